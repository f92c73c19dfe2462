#include "tests/bench/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void prepare(bench_pg_replay *replay, bench_call_record *call);
static const char *text_of(const mk_statement *statement, mk_arena *arena);
static void name_of(size_t index, char out[24]);
static void run_batch(bench_pg_replay *replay, size_t end);

void bench_pg_replay_open(bench_pg_replay *replay, const char *database)
{
	replay->connection = bench_pg_connect(database);
}

void bench_pg_replay_close(bench_pg_replay *replay)
{
	bench_record_clear(&replay->recording);
	free(replay->prepared);
	PQfinish(replay->connection);
	replay->connection = NULL;
}

void bench_pg_replay_record(bench_pg_replay *replay, int64_t count)
{
	bench_side none = {0};

	if (replay->next == replay->recording.n_calls) {
		bench_record_clear(&replay->recording);
		replay->next = 0;
	}
	bench_record_start(&replay->shop, &replay->recording);
	replay->work(&replay->shop, count, &none);
	bench_record_stop(&replay->shop);
	for (size_t i = replay->next; i < replay->recording.n_calls; i++)
		prepare(replay, &replay->recording.calls[i]);
}

void bench_pg_replay_print(const bench_pg_replay *replay)
{
	const bench_recording *all = &replay->recording;
	size_t first = all->n_calls;

	while (first > 0 && !(strcmp(all->calls[first - 1].statement->name, "begin") == 0 &&
	                      all->calls[first - 1].step == BENCH_PLACE))
		first--;
	for (size_t i = first > 0 ? first - 1 : 0; i < all->n_calls; i++) {
		if (i + 1 == first || all->calls[i].batch != all->calls[i - 1].batch)
			fprintf(stderr, "\n%-8s", bench_step_names[all->calls[i].step]);
		fprintf(stderr, " %s", all->calls[i].statement->name);
	}
	fputc('\n', stderr);
}

void bench_pg_replay_run(bench_pg_replay *replay)
{
	const bench_recording *all = &replay->recording;
	size_t end;

	if (!PQenterPipelineMode(replay->connection))
		bench_die("no pipeline");
	while (replay->next < all->n_calls) {
		end = replay->next + 1;
		while (end < all->n_calls && all->calls[end].batch == all->calls[replay->next].batch)
			end++;
		run_batch(replay, end);
	}
	PQexitPipelineMode(replay->connection);
}

static void prepare(bench_pg_replay *replay, bench_call_record *call)
{
	Oid types[MK_MAX_NAMED];
	mk_arena arena;
	char name[24];
	size_t i = 0;

	while (i < replay->n_prepared && replay->prepared[i] != call->statement)
		i++;
	call->prepared = i;
	if (i < replay->n_prepared)
		return;
	for (size_t k = 0; k < call->n_args; k++)
		types[k] = call->args[k].kind == MK_VALUE_INT    ? 20
		           : call->args[k].kind == MK_VALUE_TEXT ? 25
		                                                 : 17;
	replay->prepared = realloc(replay->prepared, sizeof(*replay->prepared) * (i + 1));
	if (!replay->prepared)
		bench_die("no memory");
	replay->prepared[replay->n_prepared++] = call->statement;
	mk_arena_init(&arena, &mk_allocator_default);
	name_of(i, name);
	bench_pg_prepare(replay->connection, name, text_of(call->statement, &arena), (int)call->n_args,
	                 types);
	mk_arena_close(&arena);
}

/* BEGIN is traced in SQLite's words. */
static const char *text_of(const mk_statement *statement, mk_arena *arena)
{
	mk_prepared scanned = {0};
	market_error err;

	if (strcmp(statement->name, "begin") == 0)
		return "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
	if (strcmp(statement->name, "begin_read") == 0)
		return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
	bench_check(mk_statement_scan(statement, true, arena, &scanned, &err), &err, statement->name);
	return scanned.numbered;
}

static void name_of(size_t index, char out[24])
{
	snprintf(out, 24, "s%zu", index);
}

static void run_batch(bench_pg_replay *replay, size_t end)
{
	const bench_call_record *calls = replay->recording.calls;
	char name[24];
	int64_t rows;

	for (size_t i = replay->next; i < end; i++) {
		name_of(calls[i].prepared, name);
		bench_pg_send(replay->connection, name, calls[i].args, calls[i].n_args);
	}
	bench_pg_sync(replay->connection);
	for (size_t i = replay->next; i < end; i++) {
		rows = bench_pg_take(replay->connection, calls[i].statement->name);
		if (rows != calls[i].rows)
			bench_die("%s had %lld rows where it was recorded, %lld where it was run",
			          calls[i].statement->name, (long long)calls[i].rows, (long long)rows);
	}
	bench_pg_take_sync(replay->connection);
	replay->round_trips++;
	replay->statements += (int64_t)(end - replay->next);
	replay->next = end;
}
