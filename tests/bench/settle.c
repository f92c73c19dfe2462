/*
 * settle.run: finished orders of many sellers to payouts and statements, a seller at a time, each
 * payout one transaction (SET-3). The orders are real ones, placed, paid, shipped, confirmed,
 * released and matured by operations under a clock of the bench; only the payout days are timed.
 *
 * The ceiling "minimal" has the lots of the same orders in a table of its own, and two movements of
 * each (earned, available) in another. For each seller it sums up what is open, stamps it with the
 * payout and inserts the payout and its transfer, in a commit for each with the same PRAGMAs; the
 * statement is one sum of the movements before the period and in it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/journal.h"
#include "libmarket/op/run.h"
#include "tests/bench/replay.h"

#define DAY INT64_C(86400000)
#define START \
	INT64_C(1767711600000) /* 2026-01-06T15:00Z, a Tuesday: all matures within one week \
	                        */

typedef struct raw {
	sqlite3 *db;
	sqlite3_stmt *begin, *commit, *sum, *stamp, *payout, *transfer, *statement;
	int64_t seller;
} raw;

static void settle(const bench_options *options);
static void make(const char *path, const char *keys, int64_t sellers, int64_t orders,
                 uint64_t seed);
static void name_accounts(bench_shop *shop, int64_t sellers);
static void work_all(bench_shop *shop);
static void list_periods(bench_shop *shop);
static void pay_out(void *data, int64_t count, bench_side *side);
static void statement_of(bench_shop *shop, const mk_deadline *period);
static void open_raw(raw *r, int64_t sellers, int64_t orders);
static void close_raw(raw *r);
static void pay_out_raw(void *data, int64_t count, bench_side *side);
static void sum_up(sqlite3_stmt *statement, int64_t seller, int64_t *count, int64_t *sum);
static void step(sqlite3_stmt *statement);

const bench bench_settle = {
	.name = "settle.run",
	.summary = "finished orders to payouts and statements, against raw sums, stamps and inserts",
	.run = settle,
};

static bench_seller sellers_made[BENCH_SELLERS];
static mk_arena periods_arena;
static mk_deadline **periods; /* the payout days, one a seller */
static size_t n_periods;

static void settle(const bench_options *options)
{
	int64_t sellers = options->full ? BENCH_SELLERS : 100;
	int64_t orders = options->count ? options->count : options->full ? 100000 : 10000;
	char paths[3][1100], keys[1200];
	static const char *const names[] = {"settle", "settle.recorded", "settle.same"};
	bench_shop shop;
	bench_replay replay = {.work = NULL};
	raw r;
	bench_side library = {.name = "library", .run = pay_out, .data = &shop},
			   minimal = {.name = "minimal", .run = pay_out_raw, .data = &r},
			   same = {.name = "same",
	                   .prepare = bench_replay_prepare,
	                   .run = bench_replay_run,
	                   .data = &replay};
	bench_side *const sides[] = {&library, &minimal, &same};

	for (int i = 0; i < 3; i++)
		snprintf(paths[i], sizeof(paths[i]), "%s/%s", bench_folder(), names[i]);
	snprintf(keys, sizeof(keys), "%s.keys", paths[0]);
	make(paths[0], keys, sellers, orders, options->seed);
	for (int i = 1; i < 3; i++)
		bench_copy_file(paths[0], paths[i]);
	bench_shop_open(&shop, paths[0], keys, sellers_made);
	bench_shop_open(&replay.shop, paths[1], keys, sellers_made);
	bench_shop_sql(&replay.shop, "PRAGMA synchronous=OFF");
	bench_replay_open(&replay, paths[2], false);
	replay.work = pay_out;
	replay.timed = options->verbose;
	open_raw(&r, sellers, orders);
	list_periods(&shop);
	bench_shop_anchor(&shop);
	bench_compare(sides, 3, (int64_t)n_periods, sellers / 10);
	bench_shop_verify(&shop);
	for (int i = 1; i < 3; i++) {
		bench_report("settle.run", "sellers/s", &library, sides[i]);
		bench_int("orders_settled", orders);
		bench_number("orders_a_second", bench_rate(&library) * (double)orders / (double)sellers, 0);
		bench_text("verify", "ok");
		bench_text("file_system", bench_file_system());
		bench_line_end();
	}
	if (options->verbose)
		bench_replay_print(&replay, same.done);
	for (int i = 0; i < 3; i++)
		bench_side_close(sides[i]);
	mk_arena_close(&periods_arena);
	close_raw(&r);
	bench_replay_close(&replay);
	bench_shop_close(&shop);
	bench_shop_set_clock(0);
}

static void make(const char *path, const char *keys, int64_t sellers, int64_t orders, uint64_t seed)
{
	bench_shop shop;
	bench_side none = {0};

	bench_shop_set_clock(START - 5 * DAY);
	bench_shop_make(&shop, path, keys, sellers_made);
	bench_shop_sql(&shop, "PRAGMA synchronous=OFF");
	name_accounts(&shop, sellers);
	bench_shop_set_clock(START);
	shop.random.state = seed;
	shop.n_sellers = (int)sellers;
	bench_shop_run(&shop, orders, &none);
	bench_shop_set_clock(START + 8 * DAY);
	work_all(&shop);
	bench_shop_set_clock(START + 15 * DAY);
	bench_shop_close(&shop);
}

static void name_accounts(bench_shop *shop, int64_t sellers)
{
	for (int64_t i = 0; i < sellers; i++) {
		market_payout_account_set_params in = MARKET_PAYOUT_ACCOUNT_SET_PARAMS_INIT;
		const market_actor owner = {.kind = MARKET_ACTOR_MEMBER,
		                            .id = sellers_made[i].owner,
		                            .confirmed_at = bench_shop_clock(NULL)};
		market_error err;

		bench_check(market_session_act_as(shop->member, &owner, &err), &err, "an owner");
		in.seller = sellers_made[i].seller;
		in.holder = "the owner";
		in.bank = "001";
		in.country = "BR";
		in.account = "12345-6";
		bench_check(market_payout_account_set(shop->member, &in, NULL, &err), &err,
		            "payout_account.set");
	}
}

static void work_all(bench_shop *shop)
{
	market_error err;
	int done;

	do {
		done = market_work(shop->staff, 1000, NULL, &err);
		bench_check(done, &err, "work");
	} while (done > 0);
}

static void list_periods(bench_shop *shop)
{
	static const mk_statement due = {
		.name = "bench_periods",
		.sql = "SELECT book_id, id, due_at, operation, refusals FROM deadline WHERE operation = "
			   "'settlement.run' ORDER BY book_id",
		.scan = true,
	};
	market_error err;

	mk_arena_init(&periods_arena, &mk_allocator_default);
	bench_check(mk_store_list(shop->store, &periods_arena, &due, &mk_deadline_record, MK_NO_ARGS,
	                          (void ***)&periods, &n_periods, &err),
	            &err, "payout days");
}

/* `serial` counts the payout days done. */
static void pay_out(void *data, int64_t count, bench_side *side)
{
	bench_shop *shop = data;
	market_session *session = shop->staff;
	int64_t wall = bench_now(), cpu = bench_cpu();
	market_error err;

	for (int64_t i = 0; i < count; i++) {
		const mk_deadline *period = periods[shop->serial++];

		bench_check(mk_connection_take(session, &err), &err, "a connection");
		mk_arena_reset(&session->arena);
		bench_check(mk_run_deadline(session, period, &err), &err, "settlement.run");
		mk_connection_give(session);
		statement_of(shop, period);
	}
	side->wall += bench_now() - wall;
	side->cpu += bench_cpu() - cpu;
}

static void statement_of(bench_shop *shop, const mk_deadline *period)
{
	market_statement_get_params in = MARKET_STATEMENT_GET_PARAMS_INIT;
	market_statement *statement = NULL;
	market_error err;

	in.seller = (market_id){period->id.book, period->id.book};
	in.at = period->due_at - 1;
	bench_check(market_statement_get(shop->staff, &in, &statement, &err), &err, "statement.get");
	if (statement->n_lines == 0 || statement->opening.amount == 0)
		bench_die("a statement has no lines or begins with nothing");
	market_statement_free(statement);
}

static void open_raw(raw *r, int64_t sellers, int64_t orders)
{
	char path[1100], sql[600];

	snprintf(path, sizeof(path), "%s/settle.minimal", bench_folder());
	*r = (raw){.db = bench_database(path)};
	bench_sql(
		r->db,
		"CREATE TABLE lot (id INTEGER PRIMARY KEY, seller INTEGER NOT NULL, order_id INTEGER NOT "
		"NULL, amount INTEGER NOT NULL, payout INTEGER, matured INTEGER NOT NULL);"
		"CREATE INDEX lot_open ON lot (seller, id) WHERE payout IS NULL;"
		"CREATE TABLE movement (id INTEGER PRIMARY KEY, seller INTEGER NOT NULL, order_id INTEGER "
		"NOT NULL, kind INTEGER NOT NULL, amount INTEGER NOT NULL, created INTEGER NOT NULL);"
		"CREATE INDEX movement_seller ON movement (seller, created, id);"
		"CREATE TABLE payout (id INTEGER PRIMARY KEY, seller INTEGER NOT NULL, amount INTEGER NOT "
		"NULL, lines INTEGER NOT NULL, state INTEGER NOT NULL, created INTEGER NOT NULL);"
		"CREATE TABLE transfer (id INTEGER PRIMARY KEY, payout INTEGER NOT NULL, debit INTEGER NOT "
		"NULL, credit INTEGER NOT NULL, amount INTEGER NOT NULL, created INTEGER NOT NULL);");
	snprintf(sql, sizeof(sql),
	         "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %lld) "
	         "INSERT INTO lot SELECT i, i %% %lld, i, 5227, NULL, 1767571200000 FROM n",
	         (long long)orders - 1, (long long)sellers);
	bench_sql(r->db, sql);
	bench_sql(r->db,
	          "INSERT INTO movement SELECT 2 * id, seller, order_id, 1, amount, matured FROM lot;"
	          "INSERT INTO movement SELECT 2 * id + 1, seller, order_id, 2, amount, matured + "
	          "604800000 FROM lot");
	r->begin = bench_prepare(r->db, "BEGIN IMMEDIATE");
	r->commit = bench_prepare(r->db, "COMMIT");
	r->sum = bench_prepare(
		r->db, "SELECT COUNT(*), SUM(amount) FROM lot WHERE seller = ?1 AND payout IS NULL");
	r->stamp =
		bench_prepare(r->db, "UPDATE lot SET payout = ?2 WHERE seller = ?1 AND payout IS NULL");
	r->payout =
		bench_prepare(r->db, "INSERT INTO payout VALUES (?2, ?1, ?3, ?4, 1, 1767571200000)");
	r->statement = bench_prepare(
		r->db, "SELECT COUNT(*), SUM(CASE WHEN created < 1768000000000 THEN amount ELSE 0 END), "
			   "SUM(amount) FROM movement WHERE seller = ?1 AND created < 1769000000000");
	r->transfer =
		bench_prepare(r->db, "INSERT INTO transfer VALUES (?2, ?2, ?1, ?1, ?3, 1767571200000)");
}

static void close_raw(raw *r)
{
	sqlite3_stmt *const all[] = {r->begin,  r->commit,   r->sum,      r->stamp,
	                             r->payout, r->transfer, r->statement};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		sqlite3_finalize(all[i]);
	sqlite3_close(r->db);
}

static void pay_out_raw(void *data, int64_t count, bench_side *side)
{
	raw *r = data;
	int64_t wall = bench_now(), cpu = bench_cpu();

	for (int64_t i = 0; i < count; i++, r->seller++) {
		sqlite3_stmt *const writes[] = {r->stamp, r->payout, r->transfer};
		int64_t lines, amount;

		step(r->begin);
		sum_up(r->sum, r->seller, &lines, &amount);
		for (int k = 0; k < 3; k++) {
			sqlite3_bind_int64(writes[k], 1, r->seller);
			sqlite3_bind_int64(writes[k], 2, r->seller + 1);
		}
		sqlite3_bind_int64(r->payout, 3, amount);
		sqlite3_bind_int64(r->payout, 4, lines);
		sqlite3_bind_int64(r->transfer, 3, amount);
		for (int k = 0; k < 3; k++)
			step(writes[k]);
		step(r->commit);
		sum_up(r->statement, r->seller, &lines, &amount);
	}
	side->wall += bench_now() - wall;
	side->cpu += bench_cpu() - cpu;
}

static void sum_up(sqlite3_stmt *statement, int64_t seller, int64_t *count, int64_t *sum)
{
	sqlite3_bind_int64(statement, 1, seller);
	if (sqlite3_step(statement) != SQLITE_ROW)
		bench_die("%s: %s", sqlite3_sql(statement), sqlite3_errmsg(sqlite3_db_handle(statement)));
	*count = sqlite3_column_int64(statement, 0);
	*sum = sqlite3_column_int64(statement, 1);
	sqlite3_reset(statement);
}

static void step(sqlite3_stmt *statement)
{
	if (sqlite3_step(statement) != SQLITE_DONE)
		bench_die("%s: %s", sqlite3_sql(statement), sqlite3_errmsg(sqlite3_db_handle(statement)));
	sqlite3_reset(statement);
}
