#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const bench_pragma_names[BENCH_PRAGMAS] = {
	"journal_mode", "synchronous", "foreign_keys", "cache_size", "temp_store", "page_size",
};

static void run_slice(bench_side *side, int64_t count);
static int compare_numbers(const void *a, const void *b);
static void print_quartiles(const bench_side *value, const bench_side *ceiling);

void bench_compare(bench_side *const *sides, size_t n_sides, int64_t count, int64_t slice)
{
	size_t round = 0;

	for (int64_t done = 0; done < count; done += slice, round++) {
		int64_t n = count - done < slice ? count - done : slice;

		for (size_t i = 0; i < n_sides; i++)
			if (sides[i]->prepare)
				sides[i]->prepare(sides[i]->data, n);
		for (size_t i = 0; i < n_sides; i++)
			run_slice(sides[(i + round) % n_sides], n);
	}
}

double bench_rate(const bench_side *side)
{
	return side->wall > 0 ? (double)side->done * 1e9 / (double)side->wall : 0;
}

double bench_cpu_us(const bench_side *side)
{
	return side->done > 0 ? (double)side->cpu / 1e3 / (double)side->done : 0;
}

void bench_report(const char *name, const char *unit, const bench_side *value,
                  const bench_side *ceiling)
{
	bench_line(name);
	bench_text("unit", unit);
	bench_number("value", bench_rate(value), 1);
	bench_number("ceiling", bench_rate(ceiling), 1);
	bench_text("ceiling_kind", ceiling->name);
	bench_number("ratio", bench_rate(value) / bench_rate(ceiling), 3);
	print_quartiles(value, ceiling);
	bench_int("count", value->done);
	bench_number("cpu_us", bench_cpu_us(value), 1);
	bench_number("ceiling_cpu_us", bench_cpu_us(ceiling), 1);
}

void bench_side_close(bench_side *side)
{
	free(side->rates);
	side->rates = NULL;
	side->n_rates = 0;
}

sqlite3 *bench_database(const char *path)
{
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(path, &db,
	                    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
	                        SQLITE_OPEN_EXRESCODE,
	                    NULL) != SQLITE_OK)
		bench_die("opening %s: %s", path, sqlite3_errmsg(db));
	if (strcmp(path, ":memory:") != 0)
		bench_sql(db, "PRAGMA journal_mode=WAL");
	bench_sql(db, "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-32768;"
	              "PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=4000");
	return db;
}

char *bench_pragmas(sqlite3 *db)
{
	char *text = sqlite3_mprintf("{"), *sql;
	sqlite3_stmt *statement;

	for (size_t i = 0; i < BENCH_PRAGMAS; i++) {
		sql = sqlite3_mprintf("PRAGMA %s", bench_pragma_names[i]);
		statement = bench_prepare(db, sql);
		if (sqlite3_step(statement) != SQLITE_ROW)
			bench_die("%s: %s", sql, sqlite3_errmsg(db));
		text = sqlite3_mprintf("%z%s\"%s\":\"%s\"", text, i > 0 ? "," : "", bench_pragma_names[i],
		                       (const char *)sqlite3_column_text(statement, 0));
		sqlite3_finalize(statement);
		sqlite3_free(sql);
	}
	return sqlite3_mprintf("%z}", text);
}

sqlite3_stmt *bench_prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
		bench_die("%s: %s", sqlite3_errmsg(db), sql);
	return statement;
}

void bench_sql(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		bench_die("%s: %s", sqlite3_errmsg(db), sql);
}

static void run_slice(bench_side *side, int64_t count)
{
	int64_t wall = side->wall;

	side->run(side->data, count, side);
	side->done += count;
	side->rates = realloc(side->rates, sizeof(*side->rates) * (side->n_rates + 1));
	if (!side->rates)
		bench_die("no memory");
	side->rates[side->n_rates++] = (double)count * 1e9 / (double)(side->wall - wall);
}

static int compare_numbers(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

/* Of the ratio slice by slice: how far the figure can be trusted on a machine with other work. */
static void print_quartiles(const bench_side *value, const bench_side *ceiling)
{
	size_t n = value->n_rates < ceiling->n_rates ? value->n_rates : ceiling->n_rates;
	double *ratios = malloc(sizeof(*ratios) * (n + 1));
	char text[100];

	if (!ratios || n == 0)
		bench_die("no slice was run");
	for (size_t i = 0; i < n; i++)
		ratios[i] = value->rates[i] / ceiling->rates[i];
	qsort(ratios, n, sizeof(*ratios), compare_numbers);
	snprintf(text, sizeof(text), "[%.3f,%.3f,%.3f]", ratios[n / 4], ratios[n / 2],
	         ratios[n * 3 / 4]);
	bench_json("ratio_quartiles", text);
	free(ratios);
}
