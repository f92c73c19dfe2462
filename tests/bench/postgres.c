/* lifecycle.pg: the library on PostgreSQL by so many connections, each in a thread and with sellers
 * of its own, against both ceilings by as many. lifecycle.batch.pg: by one, with batches of 64
 * operations on orders of one seller: there a transaction is of one book. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/batch.h"
#include "tests/bench/postgres.h"

#define WIDEST 16
#define COUNT 100 /* for each connection, and once more */
#define SLICES 10
#define FEW_SELLERS 32 /* for a trial with a small count */
#define WARM_UP 10     /* of each connection */
#define BATCHES 10

/* One connection's work on each side. */
typedef struct lane {
	pthread_t thread;
	void (*work)(void *shop, int64_t count, bench_side *side);
	int64_t count, cpu;
	bench_shop shop;
	bench_pg_minimal minimal;
	bench_pg_replay replay;
} lane;

typedef struct contest {
	const char *name;
	bool batches;
	const char *keys;
	char *settings;
	bench_seller *sellers;
	bench_shop shop, recorded;
	lane lanes[WIDEST];
	int width;
	int64_t warm_up;
	uint64_t seed;
	char anchor[4000];
} contest;

static void run(const bench_options *options);
static void run_batches(const bench_options *options);
static bool prepare(contest *c, const bench_options *options);
static void finish(contest *c);
static void make_databases(contest *c, int n_sellers);
static void open_width(contest *c, int width);
static void close_width(contest *c);
static void measure(contest *c, const bench_options *options);
static void report(const contest *c, const bench_side *library, const bench_side *ceiling);
static int64_t share(const contest *c, int number, int64_t count);
static void run_lanes(contest *c, int64_t count, bench_side *side, void *(*work)(void *));
static void run_library(void *data, int64_t count, bench_side *side);
static void run_minimal(void *data, int64_t count, bench_side *side);
static void record_same(void *data, int64_t count);
static void run_same(void *data, int64_t count, bench_side *side);
static void run_one_seller(void *data, int64_t count, bench_side *side);
static void *work_library(void *data);
static void *work_minimal(void *data);
static void *work_same(void *data);
static void verify(contest *c);

const bench bench_postgres = {
	.name = "lifecycle.pg",
	.summary = "the same on PostgreSQL by 1, 4, 8 and 16 connections, each commit synced",
	.run = run,
};

const bench bench_batch_postgres = {
	.name = "lifecycle.batch.pg",
	.summary = "the same by one connection and batches of 64 operations",
	.run = run_batches,
};

static void run(const bench_options *options)
{
	static const int widths[] = {1, 4, 8, WIDEST};
	static contest c;

	c.name = bench_postgres.name;
	if (!prepare(&c, options))
		return;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		open_width(&c, widths[i]);
		measure(&c, options);
		close_width(&c);
	}
	finish(&c);
}

static void run_batches(const bench_options *options)
{
	static contest c;

	c.name = bench_batch_postgres.name;
	c.batches = true;
	if (!prepare(&c, options))
		return;
	open_width(&c, 1);
	measure(&c, options);
	close_width(&c);
	finish(&c);
}

static bool prepare(contest *c, const bench_options *options)
{
	static bench_seller sellers[BENCH_SELLERS];
	static char keys[1100];

	if (!bench_server_start())
		return false;
	snprintf(keys, sizeof(keys), "%s/%s.keys", bench_folder(), c->name);
	c->settings = bench_server_settings();
	c->keys = keys;
	c->sellers = sellers;
	c->seed = options->seed;
	make_databases(c, options->count > 0 && options->count < COUNT ? FEW_SELLERS : BENCH_SELLERS);
	return true;
}

static void finish(contest *c)
{
	free(c->settings);
	bench_server_drop();
}

/* A store in which every seller has sold once, and copies of it. */
static void make_databases(contest *c, int n_sellers)
{
	PGconn *connection;
	bench_shop maker;
	bench_side none = {0};
	char url[1200];

	bench_server_database("made", NULL);
	connection = bench_pg_connect("made");
	bench_pg_sql(connection, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit "
	                         "= off', current_database()); END $$");
	PQfinish(connection);
	bench_server_url("made", url);
	bench_shop_make_some(&maker, url, c->keys, c->sellers, n_sellers);
	maker.random.state = c->seed;
	bench_shop_run(&maker, n_sellers, &none);
	bench_shop_anchor(&maker);
	snprintf(c->anchor, sizeof(c->anchor), "%s", maker.anchor);
	bench_shop_sql(&maker, "ANALYZE");
	bench_shop_close(&maker);
	bench_server_database("library", "made");
	bench_server_database("recorded", "made");
	bench_server_database("same", "made");
	bench_server_database("minimal", NULL);
	bench_pg_minimal_fill("minimal", n_sellers);
	c->shop.n_sellers = n_sellers;
}

static void open_width(contest *c, int width)
{
	int n_sellers = c->shop.n_sellers, each = n_sellers / width;
	char url[1200];

	c->width = width;
	c->warm_up = c->batches ? BENCH_BATCH : (int64_t)WARM_UP * width;
	bench_server_url("library", url);
	bench_shop_open_wide(&c->shop, url, c->keys, c->sellers, width);
	bench_server_url("recorded", url);
	bench_shop_open_wide(&c->recorded, url, c->keys, c->sellers, 1);
	bench_shop_sql(&c->recorded, "SET synchronous_commit = off");
	c->shop.n_sellers = c->recorded.n_sellers = n_sellers;
	c->shop.random.state = c->recorded.random.state = c->seed;
	for (int i = 0; i < width; i++) {
		lane *l = &c->lanes[i];
		int number = 1 + width * WIDEST + i;

		bench_shop_join(&l->shop, &c->shop, number);
		bench_shop_join(&l->replay.shop, &c->recorded, number);
		l->shop.sellers += i * each;
		l->replay.shop.sellers += i * each;
		l->shop.n_sellers = l->replay.shop.n_sellers = each;
		l->work = c->batches ? run_one_seller : bench_shop_run;
		l->replay.work = l->work;
		bench_pg_replay_open(&l->replay, "same");
		l->minimal = (bench_pg_minimal){.first_seller = (int64_t)i * each,
		                                .n_sellers = each,
		                                .group = c->batches ? BENCH_BATCH : 0,
		                                .order = INT64_C(1000000000) * number,
		                                .random.state = c->seed + (uint64_t)number};
		bench_pg_minimal_open(&l->minimal, "minimal");
	}
}

static void close_width(contest *c)
{
	int n_sellers = c->shop.n_sellers;

	for (int i = 0; i < c->width; i++) {
		bench_shop_leave(&c->lanes[i].shop);
		bench_shop_leave(&c->lanes[i].replay.shop);
		bench_pg_replay_close(&c->lanes[i].replay);
		PQfinish(c->lanes[i].minimal.connection);
		c->lanes[i] = (lane){0};
	}
	bench_shop_close(&c->recorded);
	bench_shop_close(&c->shop);
	c->shop.n_sellers = n_sellers;
}

static void measure(contest *c, const bench_options *options)
{
	bench_side library = {.name = "library", .run = run_library, .data = c};
	bench_side minimal = {.name = "minimal", .run = run_minimal, .data = c};
	bench_side same = {.name = "same", .prepare = record_same, .run = run_same, .data = c};
	bench_side *const sides[] = {&library, &minimal, &same};
	bench_side none = {0};
	int64_t count = options->count ? options->count
	                : c->batches   ? (int64_t)BATCHES * BENCH_BATCH
	                               : (int64_t)COUNT * (c->width + 1);

	run_library(c, c->warm_up, &none);
	run_minimal(c, c->warm_up, &none);
	record_same(c, c->warm_up);
	run_same(c, c->warm_up, &none);
	bench_compare(sides, 3, count, options->slice ? options->slice : (count + SLICES - 1) / SLICES);
	verify(c);
	if (options->verbose && c->width == 1)
		bench_pg_replay_print(&c->lanes[0].replay);
	report(c, &library, &minimal);
	report(c, &library, &same);
	for (int i = 0; i < 3; i++)
		bench_side_close(sides[i]);
}

static void report(const contest *c, const bench_side *library, const bench_side *ceiling)
{
	int64_t round_trips = 0, statements = 0;
	double lifecycles = (double)(library->done + c->warm_up);

	for (int i = 0; i < c->width; i++) {
		round_trips += c->lanes[i].replay.round_trips;
		statements += c->lanes[i].replay.statements;
	}
	bench_report(c->name, "lifecycles/s", library, ceiling);
	bench_text("verify", "ok");
	bench_int("connections", c->width);
	if (c->batches)
		bench_int("batch", BENCH_BATCH);
	bench_number("round_trips", (double)round_trips / lifecycles, 1);
	bench_number("statements", (double)statements / lifecycles, 1);
	bench_json("server", c->settings);
	bench_line_end();
}

static int64_t share(const contest *c, int number, int64_t count)
{
	return count / c->width + (number < count % c->width);
}

static void run_lanes(contest *c, int64_t count, bench_side *side, void *(*work)(void *))
{
	int64_t wall = bench_now();

	for (int i = 0; i < c->width; i++) {
		c->lanes[i].count = share(c, i, count);
		if (pthread_create(&c->lanes[i].thread, NULL, work, &c->lanes[i]) != 0)
			bench_die("a thread can't be made");
	}
	for (int i = 0; i < c->width; i++) {
		pthread_join(c->lanes[i].thread, NULL);
		side->cpu += c->lanes[i].cpu;
	}
	side->wall += bench_now() - wall;
}

static void run_library(void *data, int64_t count, bench_side *side)
{
	run_lanes(data, count, side, work_library);
}

static void run_minimal(void *data, int64_t count, bench_side *side)
{
	run_lanes(data, count, side, work_minimal);
}

/* One after the other: their sellers differ, so that the order in which they are run doesn't
 * matter. */
static void record_same(void *data, int64_t count)
{
	contest *c = data;

	for (int i = 0; i < c->width; i++)
		bench_pg_replay_record(&c->lanes[i].replay, share(c, i, count));
}

static void run_same(void *data, int64_t count, bench_side *side)
{
	run_lanes(data, count, side, work_same);
}

/* Each batch of one, by chance. */
static void run_one_seller(void *data, int64_t count, bench_side *side)
{
	bench_shop *shop = data;
	const bench_seller *sellers = shop->sellers;
	int n_sellers = shop->n_sellers;

	for (int64_t done = 0; done < count; done += BENCH_BATCH) {
		shop->sellers = sellers + bench_next(&shop->random, (uint64_t)n_sellers);
		shop->n_sellers = 1;
		bench_batch_run(shop, count - done < BENCH_BATCH ? count - done : BENCH_BATCH, side);
	}
	shop->sellers = sellers;
	shop->n_sellers = n_sellers;
}

static void *work_library(void *data)
{
	lane *l = data;
	bench_side none = {0};
	int64_t cpu = bench_cpu();

	l->work(&l->shop, l->count, &none);
	l->cpu = bench_cpu() - cpu;
	return NULL;
}

static void *work_minimal(void *data)
{
	lane *l = data;
	int64_t cpu = bench_cpu();

	bench_pg_minimal_run(&l->minimal, l->count);
	l->cpu = bench_cpu() - cpu;
	return NULL;
}

static void *work_same(void *data)
{
	lane *l = data;
	int64_t cpu = bench_cpu();

	bench_pg_replay_run(&l->replay);
	l->cpu = bench_cpu() - cpu;
	return NULL;
}

/* What was sold is sealed by a checkpoint, and proved with the anchor of the beginning. */
static void verify(contest *c)
{
	bench_shop_anchor(&c->shop);
	free(c->shop.anchor);
	c->shop.anchor = strdup(c->anchor);
	bench_shop_verify(&c->shop);
}
