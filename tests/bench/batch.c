/* lifecycle.batch: 64 orders go through their operations together, against both ceilings with as
 * many operations in each transaction. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/batch.h"
#include "tests/bench/minimal.h"
#include "tests/bench/replay.h"

#define SIZE BENCH_BATCH
#define COUNT (10 * SIZE)
#define SLICE SIZE

static const char *const operations[BENCH_STEPS] = {
	[BENCH_PLACE] = "order.place",      [BENCH_PAY] = "payment.notify",
	[BENCH_SHIP] = "order.ship",        [BENCH_CONFIRM] = "order.confirm",
	[BENCH_RELEASE] = "escrow.release",
};

static void batch(const bench_options *options);
static void open_files(bench_shop *shop, bench_replay *replay, bench_minimal **raw, uint64_t seed);
static void run_step(bench_shop *shop, bench_deal *deals, size_t n, bench_step step,
                     bench_side *side);
static void report(const bench_side *library, const bench_side *ceiling);

const bench bench_batch = {
	.name = "lifecycle.batch",
	.summary = "the same by batches of 64 operations",
	.run = batch,
};

void bench_batch_run(void *data, int64_t count, bench_side *side)
{
	bench_shop *shop = data;

	for (int64_t done = 0; done < count; done += SIZE) {
		static bench_deal deals[SIZE];
		size_t n = count - done < SIZE ? (size_t)(count - done) : SIZE;

		for (size_t i = 0; i < n; i++)
			bench_deal_choose(shop, &deals[i]);
		for (bench_step step = BENCH_PLACE; step < BENCH_STEPS; step++)
			run_step(shop, deals, n, step, side);
		for (size_t i = 0; i < n; i++)
			bench_deal_end(&deals[i]);
	}
}

static void batch(const bench_options *options)
{
	bench_shop shop;
	bench_replay replay = {0};
	bench_minimal *raw;
	bench_side library = {.name = "library", .run = bench_batch_run, .data = &shop};
	bench_side minimal = {.name = "minimal", .run = bench_minimal_run};
	bench_side same = {
		.name = "same", .prepare = bench_replay_prepare, .run = bench_replay_run, .data = &replay};
	bench_side *const sides[] = {&library, &minimal, &same};
	bench_side none = {0};

	open_files(&shop, &replay, &raw, options->seed);
	minimal.data = raw;
	bench_batch_run(&shop, SIZE, &none); /* statements */
	bench_replay_prepare(&replay, SIZE);
	bench_replay_run(&replay, SIZE, &none);
	bench_compare(sides, 3, options->count ? options->count : COUNT,
	              options->slice ? options->slice : SLICE);
	report(&library, &minimal);
	report(&library, &same);
	bench_shop_verify(&shop);
	for (int i = 0; i < 3; i++)
		bench_side_close(sides[i]);
	bench_minimal_close(raw);
	bench_replay_close(&replay);
	bench_shop_close(&shop);
}

static void open_files(bench_shop *shop, bench_replay *replay, bench_minimal **raw, uint64_t seed)
{
	static bench_seller sellers[BENCH_SELLERS];
	char made[1100], keys[1200], library[1100], recorded[1100], same[1100], minimal[1100];
	bench_side none = {0};
	bench_shop maker;

	snprintf(library, sizeof(library), "%s/batch.library", bench_folder());
	snprintf(recorded, sizeof(recorded), "%s/batch.recorded", bench_folder());
	snprintf(same, sizeof(same), "%s/batch.same", bench_folder());
	snprintf(minimal, sizeof(minimal), "%s/batch.minimal", bench_folder());
	bench_shop_make_in_folder(&maker, "batch.made", made, sellers);
	snprintf(keys, sizeof(keys), "%s.keys", made);
	maker.random.state = seed;
	bench_shop_run(&maker, BENCH_SELLERS, &none); /* accounts of all */
	bench_shop_close(&maker);
	bench_copy_file(made, library);
	bench_copy_file(made, recorded);
	bench_copy_file(made, same);
	bench_shop_open(shop, library, keys, sellers);
	bench_shop_open(&replay->shop, recorded, keys, sellers);
	bench_shop_sql(&replay->shop, "PRAGMA synchronous=OFF");
	shop->random.state = replay->shop.random.state = seed;
	shop->serial = replay->shop.serial = BENCH_SELLERS;
	bench_replay_open(replay, same, false);
	replay->work = bench_batch_run;
	*raw = bench_minimal_open(minimal, seed);
	bench_minimal_group(*raw, SIZE);
	bench_minimal_run(*raw, BENCH_SELLERS, &none);
	bench_shop_anchor(shop);
}

static void run_step(bench_shop *shop, bench_deal *deals, size_t n, bench_step step,
                     bench_side *side)
{
	static market_batch_result results[SIZE];
	market_batch_item items[SIZE];
	market_actor actors[SIZE];
	market_error err;
	int64_t wall, cpu;
	int rc;

	for (size_t i = 0; i < n; i++) {
		actors[i] = bench_deal_actor(&deals[i], step);
		items[i] = (market_batch_item)MARKET_BATCH_ITEM_INIT;
		items[i].operation = operations[step];
		items[i].in = bench_deal_params(shop, &deals[i], step);
		items[i].actor = &actors[i];
		items[i].flags = step == BENCH_PLACE ? 0 : MARKET_BATCH_QUIET;
	}
	shop->step = step;
	wall = bench_now();
	cpu = bench_cpu();
	rc = market_batch(shop->staff, items, n, results, &err);
	side->wall += bench_now() - wall;
	side->cpu += bench_cpu() - cpu;
	bench_check(rc, &err, "market_batch");
	for (size_t i = 0; i < n; i++) {
		bench_check(results[i].code, &results[i].error, operations[step]);
		if (step == BENCH_PLACE)
			bench_deal_placed(&deals[i], results[i].out);
	}
}

static void report(const bench_side *library, const bench_side *ceiling)
{
	bench_report("lifecycle.batch", "lifecycles/s", library, ceiling);
	bench_int("batch", SIZE);
	bench_text("file_system", bench_file_system());
	bench_line_end();
}
