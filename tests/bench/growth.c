/*
 * growth: lifecycles on stores with ever more orders, in turns. The smallest has real orders; the
 * others are copies of its file, multiplied (grow.h). work.idle: market_work with nothing due, with
 * many open orders that each have a deadline ahead, against the one indexed query that would do.
 */
#include <stdio.h>
#include <string.h>

#include "tests/bench/grow.h"

#define SIZES 3

typedef struct sized {
	bench_shop shop;
	int64_t orders;
	bench_side side;
} sized;

static void growth(const bench_options *options);
static void make_finished(const char *path, const char *keys, int64_t orders, uint64_t seed);
static void report_size(const sized *one, const sized *smallest, const char *path);
static void idle(const bench_options *options);
static void make_open(const char *path, const char *keys, int64_t orders);
static void work(void *data, int64_t count, bench_side *side);
static void query(void *data, int64_t count, bench_side *side);

const bench bench_growth = {
	.name = "growth",
	.summary = "lifecycles with 10,000 and 100,000 stored orders; --full: 1,000,000, too",
	.run = growth,
};
const bench bench_work_idle = {
	.name = "work.idle",
	.summary = "market_work with nothing due and 100,000 open orders; --full: 1,000,000",
	.run = idle,
};

static bench_seller sellers_made[BENCH_SELLERS];

static void growth(const bench_options *options)
{
	int64_t smallest = options->count ? options->count : 10000, factor = 1;
	int n = options->full ? SIZES : SIZES - 1;
	int64_t count = smallest < 2000 ? smallest : 2000;
	char paths[SIZES][1100], keys[1200];
	static sized all[SIZES];
	bench_side *sides[SIZES], none = {0};

	memset(all, 0, sizeof(all));
	snprintf(keys, sizeof(keys), "%s/growth.keys", bench_folder());
	for (int i = 0; i < n; i++, factor *= 10) {
		snprintf(paths[i], sizeof(paths[i]), "%s/growth.%d", bench_folder(), i);
		if (i == 0)
			make_finished(paths[0], keys, smallest, options->seed);
		else
			bench_copy_file(paths[0], paths[i]);
		if (i > 0)
			bench_grow(paths[i], factor - 1);
		all[i].orders = smallest * factor;
	}
	bench_shop_set_clock(0);
	for (int i = 0; i < n; i++) {
		bench_shop_open(&all[i].shop, paths[i], keys, sellers_made);
		all[i].shop.random.state = options->seed;
		all[i].shop.serial = smallest;
		all[i].side = (bench_side){.name = "library", .run = bench_shop_run, .data = &all[i].shop};
		sides[i] = &all[i].side;
		bench_shop_run(&all[i].shop, count / 4, &none);
	}
	bench_compare(sides, (size_t)n, count, options->slice ? options->slice : 50);
	for (int i = 0; i < n; i++)
		report_size(&all[i], &all[0], paths[i]);
	for (int i = 0; i < n; i++) {
		bench_side_close(&all[i].side);
		bench_shop_close(&all[i].shop);
		remove(paths[i]);
	}
}

static void make_finished(const char *path, const char *keys, int64_t orders, uint64_t seed)
{
	bench_shop shop;
	bench_side none = {0};

	bench_shop_set_clock(BENCH_GROW_SELLERS);
	bench_shop_make(&shop, path, keys, sellers_made);
	bench_shop_sql(&shop, "PRAGMA synchronous=OFF");
	bench_shop_set_clock(BENCH_GROW_ORDERS);
	shop.random.state = seed;
	bench_shop_run(&shop, orders, &none);
	bench_shop_anchor(&shop);
	bench_shop_verify(&shop);
	bench_shop_close(&shop);
}

static void report_size(const sized *one, const sized *smallest, const char *path)
{
	bench_side base = smallest->side;

	base.name = "smallest";
	bench_report("growth", "lifecycles/s", &one->side, &base);
	bench_int("orders", one->orders);
	bench_number("cpu_ratio", bench_cpu_us(&smallest->side) / bench_cpu_us(&one->side), 3);
	bench_int("bytes", bench_file_size(path));
	bench_text("file_system", bench_file_system());
	bench_line_end();
}

static void idle(const bench_options *options)
{
	int64_t orders = options->full ? 1000000 : 100000, real = 1000;
	int64_t count = options->count ? options->count : 20000;
	char path[1100], keys[1200];
	bench_shop shop;
	sqlite3 *db;
	sqlite3_stmt *due;
	bench_side library = {.name = "library", .run = work, .data = &shop},
			   raw = {.name = "indexed query", .run = query};
	bench_side *const sides[] = {&library, &raw};

	snprintf(path, sizeof(path), "%s/idle", bench_folder());
	snprintf(keys, sizeof(keys), "%s.keys", path);
	make_open(path, keys, real);
	bench_grow(path, orders / real - 1);
	bench_shop_open(&shop, path, keys, sellers_made);
	db = bench_database(path);
	due = bench_prepare(db, "SELECT id FROM deadline WHERE due_at <= ?1 ORDER BY due_at LIMIT 1");
	sqlite3_bind_int64(due, 1, BENCH_GROW_ORDERS);
	raw.data = due;
	bench_compare(sides, 2, count, count / 10);
	bench_line("work.idle");
	bench_text("unit", "ms");
	bench_number("value", 1e3 / bench_rate(&library), 4);
	bench_number("ceiling", 1e3 / bench_rate(&raw), 4);
	bench_text("ceiling_kind", raw.name);
	bench_number("ratio", bench_rate(&library) / bench_rate(&raw), 3);
	bench_int("orders", orders);
	bench_number("cpu_us", bench_cpu_us(&library), 1);
	bench_number("ceiling_cpu_us", bench_cpu_us(&raw), 1);
	bench_line_end();
	bench_side_close(&library);
	bench_side_close(&raw);
	sqlite3_finalize(due);
	sqlite3_close(db);
	bench_shop_close(&shop);
	bench_shop_set_clock(0);
	remove(path);
}

static void make_open(const char *path, const char *keys, int64_t orders)
{
	bench_shop shop;
	bench_side none = {0};

	bench_shop_set_clock(BENCH_GROW_SELLERS);
	bench_shop_make(&shop, path, keys, sellers_made);
	bench_shop_sql(&shop, "PRAGMA synchronous=OFF");
	bench_shop_set_clock(BENCH_GROW_ORDERS);
	for (int64_t i = 0; i < orders; i++)
		market_order_group_free(bench_shop_place(&shop, &none));
	bench_shop_close(&shop);
}

static void work(void *data, int64_t count, bench_side *side)
{
	bench_shop *shop = data;
	int64_t wall = bench_now(), cpu = bench_cpu();
	market_error err;

	for (int64_t i = 0; i < count; i++) {
		int done = market_work(shop->staff, 100, NULL, &err);

		bench_check(done, &err, "work");
		if (done > 0)
			bench_die("work found something to do");
	}
	side->wall += bench_now() - wall;
	side->cpu += bench_cpu() - cpu;
}

static void query(void *data, int64_t count, bench_side *side)
{
	int64_t wall = bench_now(), cpu = bench_cpu();

	for (int64_t i = 0; i < count; i++) {
		if (sqlite3_step(data) != SQLITE_DONE)
			bench_die("a deadline is due");
		sqlite3_reset(data);
	}
	side->wall += bench_now() - wall;
	side->cpu += bench_cpu() - cpu;
}
