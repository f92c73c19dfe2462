#include "tests/bench/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_sum(const bench_replay *replay, const char *name, bool writes, int64_t count);
static void print_statements(const char *name, int64_t calls, int64_t wall, int64_t count);
static void record(const mk_trace *trace, void *user_data);
static void copy_args(bench_call_record *call, const mk_trace *trace);
static size_t find_prepared(bench_replay *replay, const mk_statement *statement);
static sqlite3_stmt *prepare(sqlite3 *db, const mk_statement *statement);
static bool left_out(bench_replay *replay, const bench_call_record *call);
static void run_call(bench_replay *replay, const bench_call_record *call);
static void bind(sqlite3_stmt *raw, int at, const mk_value *value);
static int dearest_first(const void *a, const void *b);

static bench_shop *recorded_shop; /* whose step is noted */

void bench_record_start(bench_shop *shop, bench_recording *recording)
{
	recorded_shop = shop;
	mk_store_set_trace(shop->store, record, recording);
}

void bench_record_stop(bench_shop *shop)
{
	mk_store_set_trace(shop->store, NULL, NULL);
}

void bench_record_clear(bench_recording *recording)
{
	for (size_t i = 0; i < recording->n_calls; i++)
		free(recording->calls[i].args);
	free(recording->calls);
	*recording = (bench_recording){0};
}

void bench_replay_open(bench_replay *replay, const char *path, bool memory)
{
	sqlite3_backup *backup;
	sqlite3 *file;

	replay->work = bench_shop_run;
	replay->db = bench_database(memory ? ":memory:" : path);
	if (!memory)
		return;
	file = bench_database(path);
	backup = sqlite3_backup_init(replay->db, "main", file, "main");
	if (!backup || sqlite3_backup_step(backup, -1) != SQLITE_DONE)
		bench_die("loading %s: %s", path, sqlite3_errmsg(replay->db));
	sqlite3_backup_finish(backup);
	sqlite3_close(file);
}

void bench_replay_close(bench_replay *replay)
{
	for (size_t i = 0; i < replay->n_prepared; i++)
		sqlite3_finalize(replay->prepared[i].raw);
	free(replay->prepared);
	bench_record_clear(&replay->recording);
	sqlite3_close(replay->db);
	bench_shop_close(&replay->shop);
	*replay = (bench_replay){0};
}

void bench_replay_prepare(void *data, int64_t count)
{
	bench_replay *replay = data;
	bench_side none = {0};

	if (replay->next == replay->recording.n_calls) {
		bench_record_clear(&replay->recording);
		replay->next = 0;
	}
	bench_record_start(&replay->shop, &replay->recording);
	replay->work(&replay->shop, count, &none);
	bench_record_stop(&replay->shop);
	for (size_t i = replay->next; i < replay->recording.n_calls; i++)
		replay->recording.calls[i].prepared =
			find_prepared(replay, replay->recording.calls[i].statement);
}

void bench_replay_run(void *data, int64_t count, bench_side *side)
{
	bench_replay *replay = data;
	int64_t wall = bench_now(), cpu = bench_cpu();

	(void)count;
	for (; replay->next < replay->recording.n_calls; replay->next++)
		if (!left_out(replay, &replay->recording.calls[replay->next]))
			run_call(replay, &replay->recording.calls[replay->next]);
	if (replay->grouped > 0)
		bench_sql(replay->db, "COMMIT");
	replay->grouped = 0;
	side->wall += bench_now() - wall;
	side->cpu += bench_cpu() - cpu;
}

void bench_replay_print(bench_replay *replay, int64_t count)
{
	qsort(replay->prepared, replay->n_prepared, sizeof(*replay->prepared), dearest_first);
	fprintf(stderr, "%-28s%12s%12s%12s\n", "statement", "calls", "us each", "us in all");
	for (size_t i = 0; i < replay->n_prepared; i++)
		if (replay->prepared[i].calls > 0)
			print_statements(replay->prepared[i].statement->name, replay->prepared[i].calls,
			                 replay->prepared[i].wall, count);
	print_sum(replay, "all that write", true, count);
	print_sum(replay, "all others, begin and commit", false, count);
}

static void print_sum(const bench_replay *replay, const char *name, bool writes, int64_t count)
{
	int64_t calls = 0, wall = 0;

	for (size_t i = 0; i < replay->n_prepared; i++) {
		if ((replay->prepared[i].statement->table != NULL) != writes)
			continue;
		calls += replay->prepared[i].calls;
		wall += replay->prepared[i].wall;
	}
	if (calls > 0)
		print_statements(name, calls, wall, count);
}

static void print_statements(const char *name, int64_t calls, int64_t wall, int64_t count)
{
	fprintf(stderr, "%-28s%12.2f%12.2f%12.2f\n", name, (double)calls / (double)count,
	        (double)wall / 1e3 / (double)calls, (double)wall / 1e3 / (double)count);
}

static void record(const mk_trace *trace, void *user_data)
{
	bench_recording *recording = user_data;
	bench_call_record *call;

	if (recording->n_calls == recording->room) {
		recording->room = recording->room ? recording->room * 2 : 1024;
		recording->calls = realloc(recording->calls, sizeof(*recording->calls) * recording->room);
		if (!recording->calls)
			bench_die("no memory");
	}
	call = &recording->calls[recording->n_calls++];
	*call = (bench_call_record){.statement = trace->statement,
	                            .n_args = trace->n_args,
	                            .rows = trace->rows,
	                            .step = (int)recorded_shop->step,
	                            .batch = trace->batch,
	                            .write = trace->write};
	copy_args(call, trace);
}

/* Values and what they point to, in one block. */
static void copy_args(bench_call_record *call, const mk_trace *trace)
{
	size_t size = sizeof(mk_value) * trace->n_args;
	char *data;

	if (trace->n_args == 0)
		return;
	for (size_t i = 0; i < trace->n_args; i++)
		if (!trace->args[i].null && trace->args[i].kind != MK_VALUE_INT)
			size += trace->args[i].size;
	call->args = malloc(size);
	if (!call->args)
		bench_die("no memory");
	data = (char *)(call->args + trace->n_args);
	for (size_t i = 0; i < trace->n_args; i++) {
		mk_value *value = &call->args[i];

		*value = trace->args[i];
		if (value->null || value->kind == MK_VALUE_INT)
			continue;
		if (value->size > 0)
			memcpy(data, value->data, value->size);
		value->data = data;
		data += value->size;
	}
}

static size_t find_prepared(bench_replay *replay, const mk_statement *statement)
{
	for (size_t i = 0; i < replay->n_prepared; i++)
		if (replay->prepared[i].statement == statement)
			return i;
	replay->prepared =
		realloc(replay->prepared, sizeof(*replay->prepared) * (replay->n_prepared + 1));
	if (!replay->prepared)
		bench_die("no memory");
	replay->prepared[replay->n_prepared] =
		(struct bench_prepared){.statement = statement, .raw = prepare(replay->db, statement)};
	return replay->n_prepared++;
}

static sqlite3_stmt *prepare(sqlite3 *db, const mk_statement *statement)
{
	sqlite3_stmt *raw;
	mk_text text;

	mk_text_init(&text, &mk_allocator_default, 1 << 20);
	if (mk_schema_expand(MK_STORE_SQLITE, statement->sql, &text) != 0)
		bench_die("%s has an unknown token", statement->name);
	raw = bench_prepare(db, text.data);
	mk_text_close(&text);
	return raw;
}

/* In a group only the first begins, and only the last commits. */
static bool left_out(bench_replay *replay, const bench_call_record *call)
{
	bool begins = strcmp(call->statement->name, "begin") == 0;
	bool commits = strcmp(call->statement->name, "commit") == 0;

	if (replay->group < 2 || !(begins || commits))
		return false;
	if (begins)
		return replay->grouped > 0;
	replay->grouped = (replay->grouped + 1) % replay->group;
	return replay->grouped > 0;
}

static void run_call(bench_replay *replay, const bench_call_record *call)
{
	struct bench_prepared *prepared = &replay->prepared[call->prepared];
	int64_t rows = 0, wall = replay->timed ? bench_now() : 0;
	int rc;

	for (size_t i = 0; i < call->n_args; i++)
		bind(prepared->raw, (int)i + 1, &call->args[i]);
	while ((rc = sqlite3_step(prepared->raw)) == SQLITE_ROW)
		rows++;
	if (call->write)
		rows = sqlite3_changes64(replay->db);
	sqlite3_reset(prepared->raw);
	if (rc != SQLITE_DONE || rows != call->rows)
		bench_die("%s had %lld rows where it was recorded, %lld where it was run: %s",
		          call->statement->name, (long long)call->rows, (long long)rows,
		          sqlite3_errmsg(replay->db));
	if (replay->timed) {
		prepared->wall += bench_now() - wall;
		prepared->calls++;
	}
}

static void bind(sqlite3_stmt *raw, int at, const mk_value *value)
{
	if (value->null)
		sqlite3_bind_null(raw, at);
	else if (value->kind == MK_VALUE_INT)
		sqlite3_bind_int64(raw, at, value->number);
	else if (value->kind == MK_VALUE_TEXT)
		sqlite3_bind_text64(raw, at, value->data, value->size, SQLITE_STATIC, SQLITE_UTF8);
	else
		sqlite3_bind_blob64(raw, at, value->data, value->size, SQLITE_STATIC);
}

static int dearest_first(const void *a, const void *b)
{
	int64_t left = ((const struct bench_prepared *)a)->wall,
			right = ((const struct bench_prepared *)b)->wall;

	return left > right ? -1 : left < right;
}
