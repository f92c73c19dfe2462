/* lifecycle and ledger.transfer: the library against both ceilings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/minimal.h"
#include "tests/bench/replay.h"

typedef void (*side_run)(void *data, int64_t count, bench_side *side);

/* A bench of this file. */
typedef struct plan {
	const char *name;
	const char *unit;
	bool memory;
	int64_t count, slice;
	side_run library, minimal;
} plan;

/* All that one run has open. */
typedef struct contest {
	const plan *plan;
	bench_shop shop;
	bench_replay replay;
	bench_minimal *minimal_work;
	bench_side library, minimal, same;
} contest;

static void lifecycle(const bench_options *options);
static void lifecycle_memory(const bench_options *options);
static void transfer(const bench_options *options);
static void transfer_memory(const bench_options *options);
static void run(const plan *p, const bench_options *options);
static void open_files(contest *c, uint64_t seed);
static void open_memory(contest *c, uint64_t seed);
static void warm_up(contest *c, int64_t count);
static void compare(contest *c, const bench_options *options);
static void alone(contest *c, const bench_options *options);
static void print_alone(const contest *c, const bench_side *side);
static void print_pragmas(const contest *c);
static void post_transfers(void *data, int64_t count, bench_side *side);

const bench bench_lifecycle = {
	.name = "lifecycle",
	.summary = "a seller order from placing to release, in a file with WAL and synchronous=FULL",
	.run = lifecycle,
};
const bench bench_lifecycle_memory = {
	.name = "lifecycle.memory", .summary = "the same in memory", .run = lifecycle_memory};
const bench bench_transfer = {
	.name = "ledger.transfer", .summary = "one transfer of two legs, in a file", .run = transfer};
const bench bench_transfer_memory = {
	.name = "ledger.transfer.memory", .summary = "the same in memory", .run = transfer_memory};

static void lifecycle(const bench_options *options)
{
	static const plan p = {.name = "lifecycle",
	                       .unit = "lifecycles/s",
	                       .count = 3000,
	                       .slice = 50,
	                       .library = bench_shop_run,
	                       .minimal = bench_minimal_run};

	run(&p, options);
}

static void lifecycle_memory(const bench_options *options)
{
	static const plan p = {.name = "lifecycle.memory",
	                       .unit = "lifecycles/s",
	                       .memory = true,
	                       .count = 5000,
	                       .slice = 250,
	                       .library = bench_shop_run,
	                       .minimal = bench_minimal_run};

	run(&p, options);
}

static void transfer(const bench_options *options)
{
	static const plan p = {.name = "ledger.transfer",
	                       .unit = "transfers/s",
	                       .count = 5000,
	                       .slice = 200,
	                       .library = post_transfers,
	                       .minimal = bench_minimal_transfers};

	run(&p, options);
}

static void transfer_memory(const bench_options *options)
{
	static const plan p = {.name = "ledger.transfer.memory",
	                       .unit = "transfers/s",
	                       .memory = true,
	                       .count = 40000,
	                       .slice = 1000,
	                       .library = post_transfers,
	                       .minimal = bench_minimal_transfers};

	run(&p, options);
}

static void run(const plan *p, const bench_options *options)
{
	contest *c = calloc(1, sizeof(*c));

	if (!c)
		bench_die("no memory");
	c->plan = p;
	if (p->memory)
		open_memory(c, options->seed);
	else
		open_files(c, options->seed);
	c->shop.random.state = c->replay.shop.random.state = options->seed;
	c->replay.work = p->library;
	c->library = (bench_side){.name = "library", .run = p->library, .data = &c->shop};
	c->minimal = (bench_side){.name = "minimal", .run = p->minimal, .data = c->minimal_work};
	c->same = (bench_side){.name = "same",
	                       .prepare = bench_replay_prepare,
	                       .run = bench_replay_run,
	                       .data = &c->replay};
	c->library.pragmas = bench_shop_pragmas(&c->shop);
	c->minimal.pragmas = bench_pragmas(bench_minimal_database(c->minimal_work));
	c->same.pragmas = bench_pragmas(c->replay.db);
	warm_up(c, BENCH_SELLERS);
	bench_shop_anchor(&c->shop);
	if (options->ceiling)
		alone(c, options);
	else
		compare(c, options);
	sqlite3_free((void *)(uintptr_t)c->minimal.pragmas);
	sqlite3_free((void *)(uintptr_t)c->same.pragmas);
	bench_minimal_close(c->minimal_work);
	bench_replay_close(&c->replay);
	bench_shop_close(&c->shop);
	free(c);
}

/* One store is made and copied: the library's, the one that is recorded, the one that is replayed.
 */
static void open_files(contest *c, uint64_t seed)
{
	static bench_seller sellers[BENCH_SELLERS];
	static const char *const names[] = {"library", "recorded", "same"};
	char made[1100], keys[1100], paths[3][1100], minimal[1100];
	bench_shop maker;

	snprintf(made, sizeof(made), "%s/%s.made", bench_folder(), c->plan->name);
	snprintf(keys, sizeof(keys), "%s/%s.keys", bench_folder(), c->plan->name);
	snprintf(minimal, sizeof(minimal), "%s/%s.minimal", bench_folder(), c->plan->name);
	bench_shop_make(&maker, made, keys, sellers);
	bench_shop_close(&maker);
	for (int i = 0; i < 3; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s/%s.%s", bench_folder(), c->plan->name, names[i]);
		bench_copy_file(made, paths[i]);
	}
	bench_shop_open(&c->shop, paths[0], keys, sellers);
	bench_shop_open(&c->replay.shop, paths[1], keys, sellers);
	bench_shop_sql(&c->replay.shop, "PRAGMA synchronous=OFF");
	bench_replay_open(&c->replay, paths[2], false);
	c->minimal_work = bench_minimal_open(minimal, seed);
}

/* The one that is replayed is loaded from a copy of the recorded one. */
static void open_memory(contest *c, uint64_t seed)
{
	static bench_seller sellers[2][BENCH_SELLERS];
	char made[1100], sql[1200];

	bench_shop_make(&c->shop, ":memory:", NULL, sellers[0]);
	bench_shop_make(&c->replay.shop, ":memory:", NULL, sellers[1]);
	snprintf(made, sizeof(made), "%s/%s.made", bench_folder(), c->plan->name);
	snprintf(sql, sizeof(sql), "VACUUM INTO '%s'", made);
	bench_shop_sql(&c->replay.shop, sql);
	bench_replay_open(&c->replay, made, true);
	c->minimal_work = bench_minimal_open(":memory:", seed);
}

static void warm_up(contest *c, int64_t count)
{
	bench_side none = {0};

	c->plan->library(&c->shop, count, &none);
	bench_replay_prepare(&c->replay, count);
	bench_replay_run(&c->replay, count, &none);
	c->plan->minimal(c->minimal_work, count, &none);
}

static void compare(contest *c, const bench_options *options)
{
	bench_side *const sides[] = {&c->library, &c->minimal, &c->same};
	const bench_side *const ceilings[] = {&c->minimal, &c->same};

	memset(c->shop.step_wall, 0, sizeof(c->shop.step_wall));
	c->replay.timed = options->verbose;
	bench_compare(sides, 3, options->count ? options->count : c->plan->count,
	              options->slice ? options->slice : c->plan->slice);
	bench_shop_verify(&c->shop);
	for (int i = 0; i < 2; i++) {
		bench_report(c->plan->name, c->plan->unit, &c->library, ceilings[i]);
		bench_text("verify", "ok");
		if (!c->plan->memory)
			bench_text("file_system", bench_file_system());
		print_pragmas(c);
		bench_line_end();
	}
	if (options->verbose) {
		for (int i = 0; i < BENCH_STEPS && c->plan->library == bench_shop_run; i++)
			fprintf(stderr, "%-8s %7.1f us\n", bench_step_names[i],
			        (double)c->shop.step_wall[i] / 1e3 / (double)c->library.done);
		bench_replay_print(&c->replay, c->same.done);
	}
	for (int i = 0; i < 3; i++)
		bench_side_close(sides[i]);
}

/* Nothing else runs in between: recording is done before. */
static void alone(contest *c, const bench_options *options)
{
	int64_t count = options->count ? options->count : c->plan->count;
	bench_side *const minimal[] = {&c->minimal}, *const same[] = {&c->same};

	bench_compare(minimal, 1, count, options->slice ? options->slice : c->plan->slice);
	print_alone(c, &c->minimal);
	bench_compare(same, 1, count, count);
	print_alone(c, &c->same);
	bench_side_close(&c->minimal);
	bench_side_close(&c->same);
}

static void print_alone(const contest *c, const bench_side *side)
{
	bench_line(c->plan->name);
	bench_text("unit", c->plan->unit);
	bench_number("ceiling", bench_rate(side), 1);
	bench_text("ceiling_kind", side->name);
	bench_json("alone", "true");
	bench_int("count", side->done);
	bench_number("ceiling_cpu_us", bench_cpu_us(side), 1);
	bench_json("pragmas", side->pragmas);
	bench_line_end();
}

static void print_pragmas(const contest *c)
{
	char *all = sqlite3_mprintf("{\"library\":%s,\"minimal\":%s,\"same\":%s}", c->library.pragmas,
	                            c->minimal.pragmas, c->same.pragmas);

	if (!all)
		bench_die("no memory");
	bench_json("pragmas", all);
	sqlite3_free(all);
}

/* Cash that a provider took into a seller's escrow, each with a client id of its own. */
static void post_transfers(void *data, int64_t count, bench_side *side)
{
	bench_shop *shop = data;
	market_leg_params legs[] = {MARKET_LEG_PARAMS_INIT, MARKET_LEG_PARAMS_INIT};
	const market_leg_params *const list[] = {&legs[0], &legs[1]};
	market_ledger_transfer_params in = MARKET_LEDGER_TRANSFER_PARAMS_INIT;
	char name[40];
	market_error err;
	int64_t cpu;

	legs[0].account = "psp_clearing";
	legs[0].debit = legs[1].credit = (market_money){100, "BRL"};
	legs[1].account = "seller_pending";
	in.key = in.client_id = name;
	in.legs = list;
	in.n_legs = 2;
	cpu = bench_cpu();
	for (int64_t i = 0; i < count; i++) {
		int64_t wall;
		int rc;

		snprintf(name, sizeof(name), "bench:%lld", (long long)++shop->serial);
		in.seller =
			shop->sellers[shop->serial <= BENCH_SELLERS ? (uint64_t)shop->serial - 1
		                                                : bench_next(&shop->random, BENCH_SELLERS)]
				.seller;
		wall = bench_now();
		rc = market_ledger_transfer(shop->staff, &in, NULL, &err);
		side->wall += bench_now() - wall;
		bench_check(rc, &err, "ledger.transfer");
	}
	side->cpu += bench_cpu() - cpu;
}
