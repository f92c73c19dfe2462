/* What a lifecycle writes: rows by operation and table against the budget, and bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/replay.h"

#define BUDGET 50
#define TABLES 40

typedef struct tally {
	const char *tables[TABLES];
	int64_t rows[TABLES][BENCH_STEPS];
	size_t n_tables;
	int64_t all, bytes, writes, reads, read_rows;
	int64_t step[BENCH_STEPS];
} tally;

static void count_rows(const bench_options *options);
static void add(tally *t, const bench_call_record *call);
static bool is_transaction(const char *name);
static size_t table_of(tally *t, const char *name);
static int64_t most_of_one(const bench_recording *recording);
static int64_t written_by_process(void);
static int64_t stored(bench_shop *shop, const char *path);
static void print_tables(const tally *t, int64_t count);

const bench bench_lifecycle_rows = {.name = "lifecycle.rows",
                                    .summary = "rows and bytes that a lifecycle writes",
                                    .run = count_rows};

static void count_rows(const bench_options *options)
{
	static bench_seller sellers[BENCH_SELLERS];
	static tally t;
	int64_t count = options->count ? options->count : 500, before, written;
	char path[1100];
	bench_recording recording = {0};
	bench_side none = {0};
	bench_shop shop;

	bench_shop_make_in_folder(&shop, "rows", path, sellers);
	shop.random.state = options->seed;
	bench_shop_sql(&shop, "PRAGMA synchronous=OFF");
	bench_shop_run(&shop, BENCH_SELLERS, &none);
	before = stored(&shop, path);
	written = written_by_process();
	bench_record_start(&shop, &recording);
	bench_shop_run(&shop, count, &none);
	bench_record_stop(&shop);
	written = written_by_process() - written;
	for (size_t i = 0; i < recording.n_calls; i++)
		add(&t, &recording.calls[i]);
	bench_line("lifecycle.rows");
	bench_text("unit", "rows/lifecycle");
	bench_number("value", (double)t.all / (double)count, 2);
	bench_int("ceiling", BUDGET);
	bench_text("ceiling_kind", "budget");
	bench_number("ratio", (double)t.all / (double)count / BUDGET, 3);
	bench_number("rows", (double)t.all / (double)count, 2);
	bench_int("most", most_of_one(&recording));
	bench_number("reads", (double)t.reads / (double)count, 2);
	bench_number("rows_read", (double)t.read_rows / (double)count, 2);
	bench_int("bytes_bound", t.bytes / count);
	bench_int("bytes_stored", (stored(&shop, path) - before) / count);
	bench_int("bytes_written", written / count);
	bench_int("count", count);
	bench_line_end();
	if (options->verbose)
		print_tables(&t, count);
	bench_record_clear(&recording);
	bench_shop_close(&shop);
	if (t.all > BUDGET * count)
		bench_die("a lifecycle writes more than %d rows", BUDGET);
}

static void add(tally *t, const bench_call_record *call)
{
	size_t table;

	if (!call->write) {
		t->reads += !is_transaction(call->statement->name);
		t->read_rows += call->rows;
		return;
	}
	table = table_of(t, call->statement->table ? call->statement->table : call->statement->name);
	t->rows[table][call->step] += call->rows;
	t->step[call->step] += call->rows;
	t->all += call->rows;
	t->writes++;
	for (size_t i = 0; i < call->n_args; i++)
		if (!call->args[i].null)
			t->bytes += call->args[i].kind == MK_VALUE_INT ? 8 : (int64_t)call->args[i].size;
}

static bool is_transaction(const char *name)
{
	static const char *const names[] = {"begin", "begin_read", "commit", "rollback"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static size_t table_of(tally *t, const char *name)
{
	for (size_t i = 0; i < t->n_tables; i++)
		if (strcmp(t->tables[i], name) == 0)
			return i;
	if (t->n_tables == TABLES)
		bench_die("more than %d tables are written", TABLES);
	t->tables[t->n_tables] = name;
	return t->n_tables++;
}

/* A lifecycle ends where a place follows a release. */
static int64_t most_of_one(const bench_recording *recording)
{
	int64_t most = 0, rows = 0;
	int step = BENCH_PLACE;

	for (size_t i = 0; i < recording->n_calls; i++) {
		const bench_call_record *call = &recording->calls[i];

		if (call->step == BENCH_PLACE && step == BENCH_RELEASE)
			rows = 0;
		step = call->step;
		rows += call->write ? call->rows : 0;
		most = rows > most ? rows : most;
	}
	return most;
}

/* What the process gave to write calls: log, pages and all. */
static int64_t written_by_process(void)
{
	FILE *file = fopen("/proc/self/io", "r");
	long long value = 0;
	char name[40];

	while (file && fscanf(file, "%39[^:]: %lld\n", name, &value) == 2)
		if (strcmp(name, "wchar") == 0)
			break;
	if (file)
		fclose(file);
	return value;
}

static int64_t stored(bench_shop *shop, const char *path)
{
	bench_shop_sql(shop, "PRAGMA wal_checkpoint(TRUNCATE)");
	return bench_file_size(path);
}

static void print_tables(const tally *t, int64_t count)
{
	fprintf(stderr, "%-20s", "rows by table");
	for (int k = 0; k < BENCH_STEPS; k++)
		fprintf(stderr, "%9s", bench_step_names[k]);
	fputc('\n', stderr);
	for (size_t i = 0; i < t->n_tables; i++) {
		fprintf(stderr, "%-20s", t->tables[i]);
		for (int k = 0; k < BENCH_STEPS; k++)
			fprintf(stderr, "%9.2f", (double)t->rows[i][k] / (double)count);
		fputc('\n', stderr);
	}
	fprintf(stderr, "%-20s", "all");
	for (int k = 0; k < BENCH_STEPS; k++)
		fprintf(stderr, "%9.2f", (double)t->step[k] / (double)count);
	fputc('\n', stderr);
}
