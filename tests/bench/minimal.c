/* The least that SQLite has to do for one seller order: 26 row writes in 5 commits. */
#include "tests/bench/minimal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/shop.h"

#define ACCOUNTS 6 /* of a seller: clearing, escrow, pending, commission, tax, withheld */
#define SKUS 2

typedef enum statement_name {
	BEGIN,
	COMMIT,
	ORDER,
	LINE,
	STOCK,
	EVENT,
	STATE,
	TRANSFER,
	ACCOUNT,
	N_STATEMENTS
} statement_name;

static const char *const texts[N_STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ORDER] =
		"INSERT INTO orders (id, seller, buyer, status, total, created) VALUES (?1, ?2, ?3, 1, "
		"?4, ?5)",
	[LINE] = "INSERT INTO line (order_id, sku, quantity, price) VALUES (?1, ?2, ?3, ?4)",
	[STOCK] =
		"UPDATE stock SET reserved = reserved + ?2 WHERE id = ?1 AND on_hand - reserved >= ?2",
	[EVENT] = "INSERT INTO event (order_id, created, body) VALUES (?1, ?2, ?3)",
	[STATE] = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = ?3",
	[TRANSFER] =
		"INSERT INTO transfer (order_id, debit, credit, amount, created) VALUES (?1, ?2, ?3, ?4, "
		"?5)",
	[ACCOUNT] = "UPDATE account SET balance = balance + ?2, version = version + 1 WHERE id = ?1",
};

static const char schema[] =
	"CREATE TABLE seller (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
	"CREATE TABLE buyer (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
	"CREATE TABLE stock (id INTEGER PRIMARY KEY, seller INTEGER NOT NULL, on_hand INTEGER NOT "
	"NULL, "
	"reserved INTEGER NOT NULL);"
	"CREATE TABLE account (id INTEGER PRIMARY KEY, seller INTEGER NOT NULL, balance INTEGER NOT "
	"NULL, "
	"version INTEGER NOT NULL);"
	"CREATE TABLE orders (id INTEGER PRIMARY KEY, seller INTEGER NOT NULL, buyer INTEGER NOT NULL, "
	"status INTEGER NOT NULL, total INTEGER NOT NULL, created INTEGER NOT NULL);"
	"CREATE INDEX orders_seller ON orders (seller, status, created);"
	"CREATE INDEX orders_buyer ON orders (buyer, created);"
	"CREATE TABLE line (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, sku INTEGER NOT NULL, "
	"quantity INTEGER NOT NULL, price INTEGER NOT NULL);"
	"CREATE INDEX line_order ON line (order_id);"
	"CREATE TABLE transfer (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, debit INTEGER NOT "
	"NULL, "
	"credit INTEGER NOT NULL, amount INTEGER NOT NULL, created INTEGER NOT NULL);"
	"CREATE INDEX transfer_order ON transfer (order_id);"
	"CREATE TABLE event (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, created INTEGER NOT "
	"NULL, "
	"body TEXT NOT NULL);";

struct bench_minimal {
	sqlite3 *db;
	sqlite3_stmt *statements[N_STATEMENTS];
	bench_random random;
	int64_t order, now;
	int64_t group, grouped; /* operations committed at once, and those not yet */
	char body[201];         /* of an event */
};

/* One order on its way. */
typedef struct deal {
	int64_t id, seller, buyer, total, now;
} deal;

static void fill(sqlite3 *db);
static void one(bench_minimal *m);
static void place(bench_minimal *m, const deal *d);
static void pay(bench_minimal *m, const deal *d);
static void settle(bench_minimal *m, const deal *d);
static void transfer(bench_minimal *m, const deal *d, int from, int to, int64_t amount);
static void set_state(bench_minimal *m, const deal *d, int64_t state);
static void event(bench_minimal *m, const deal *d);
static bool left_out(bench_minimal *m, statement_name name);
static void step(bench_minimal *m, statement_name name, const int64_t *args, int n_args);
#define STEP(m, name, ...) \
	step((m), (name), (const int64_t[]){__VA_ARGS__}, \
	     sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

bench_minimal *bench_minimal_open(const char *path, uint64_t seed)
{
	bench_minimal *m = calloc(1, sizeof(*m));

	if (!m)
		bench_die("no memory");
	m->db = bench_database(path);
	m->random.state = seed;
	m->now = INT64_C(1767571200000);
	memset(m->body, 'e', sizeof(m->body) - 1);
	bench_sql(m->db, schema);
	fill(m->db);
	for (int i = 0; i < N_STATEMENTS; i++)
		m->statements[i] = bench_prepare(m->db, texts[i]);
	return m;
}

void bench_minimal_close(bench_minimal *m)
{
	for (int i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(m->statements[i]);
	sqlite3_close(m->db);
	free(m);
}

sqlite3 *bench_minimal_database(bench_minimal *m)
{
	return m->db;
}

void bench_minimal_group(bench_minimal *m, int64_t size)
{
	m->group = size;
}

void bench_minimal_run(void *data, int64_t count, bench_side *side)
{
	bench_minimal *m = data;
	int64_t wall = bench_now(), cpu = bench_cpu();

	for (int64_t i = 0; i < count; i++)
		one(m);
	if (m->grouped > 0)
		bench_sql(m->db, "COMMIT");
	m->grouped = 0;
	side->wall += bench_now() - wall;
	side->cpu += bench_cpu() - cpu;
}

void bench_minimal_transfers(void *data, int64_t count, bench_side *side)
{
	bench_minimal *m = data;
	int64_t wall = bench_now(), cpu = bench_cpu();

	for (int64_t i = 0; i < count; i++) {
		deal d = {.id = ++m->order,
		          .seller = (int64_t)bench_next(&m->random, BENCH_SELLERS),
		          .now = ++m->now};

		step(m, BEGIN, NULL, 0);
		transfer(m, &d, 0, 1, 100);
		event(m, &d);
		step(m, COMMIT, NULL, 0);
	}
	side->wall += bench_now() - wall;
	side->cpu += bench_cpu() - cpu;
}

static void fill(sqlite3 *db)
{
	char *sql = sqlite3_mprintf(
		"BEGIN;"
		"WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
		"INSERT INTO seller SELECT i, 'seller ' || i FROM n;"
		"WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
		"INSERT INTO buyer SELECT i, 'buyer ' || i FROM n;"
		"WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
		"INSERT INTO stock SELECT i, i / %d, 1000000000, 0 FROM n;"
		"WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
		"INSERT INTO account SELECT i, i / %d, 0, 0 FROM n;"
		"COMMIT;",
		BENCH_SELLERS - 1, BENCH_BUYERS - 1, BENCH_SELLERS * SKUS - 1, SKUS,
		BENCH_SELLERS * ACCOUNTS - 1, ACCOUNTS);

	if (!sql)
		bench_die("no memory");
	bench_sql(db, sql);
	sqlite3_free(sql);
}

static void one(bench_minimal *m)
{
	deal d = {.id = ++m->order, .total = 5980};

	d.seller = (int64_t)bench_next(&m->random, BENCH_SELLERS);
	d.buyer = (int64_t)bench_next(&m->random, BENCH_BUYERS);
	d.now = ++m->now;
	place(m, &d);
	pay(m, &d);
	for (int64_t state = 3; state <= 4; state++) {
		step(m, BEGIN, NULL, 0);
		set_state(m, &d, state);
		event(m, &d);
		step(m, COMMIT, NULL, 0);
	}
	settle(m, &d);
}

static void place(bench_minimal *m, const deal *d)
{
	step(m, BEGIN, NULL, 0);
	STEP(m, ORDER, d->id, d->seller, d->buyer, d->total, d->now);
	for (int64_t i = 0; i < SKUS; i++) {
		STEP(m, LINE, d->id, d->seller * SKUS + i, i + 1, 1990);
		STEP(m, STOCK, d->seller * SKUS + i, i + 1);
	}
	event(m, d);
	step(m, COMMIT, NULL, 0);
}

static void pay(bench_minimal *m, const deal *d)
{
	step(m, BEGIN, NULL, 0);
	set_state(m, d, 2);
	transfer(m, d, 0, 1, d->total);
	event(m, d);
	step(m, COMMIT, NULL, 0);
}

static void settle(bench_minimal *m, const deal *d)
{
	step(m, BEGIN, NULL, 0);
	set_state(m, d, 5);
	transfer(m, d, 1, 2, d->total - 753);
	transfer(m, d, 1, 3, 717);
	transfer(m, d, 1, 4, 36);
	event(m, d);
	step(m, COMMIT, NULL, 0);
}

/* Three rows: the transfer and both accounts. */
static void transfer(bench_minimal *m, const deal *d, int from, int to, int64_t amount)
{
	int64_t debit = d->seller * ACCOUNTS + from, credit = d->seller * ACCOUNTS + to;

	STEP(m, TRANSFER, d->id, debit, credit, amount, d->now);
	STEP(m, ACCOUNT, debit, -amount);
	STEP(m, ACCOUNT, credit, amount);
}

static void set_state(bench_minimal *m, const deal *d, int64_t state)
{
	STEP(m, STATE, d->id, state, state - 1);
}

static void event(bench_minimal *m, const deal *d)
{
	sqlite3_bind_text(m->statements[EVENT], 3, m->body, sizeof(m->body) - 1, SQLITE_STATIC);
	STEP(m, EVENT, d->id, d->now);
}

/* In a group only the first begins, and only the last commits. */
static bool left_out(bench_minimal *m, statement_name name)
{
	if (m->group < 2 || (name != BEGIN && name != COMMIT))
		return false;
	if (name == BEGIN)
		return m->grouped > 0;
	m->grouped = (m->grouped + 1) % m->group;
	return m->grouped > 0;
}

static void step(bench_minimal *m, statement_name name, const int64_t *args, int n_args)
{
	sqlite3_stmt *statement = m->statements[name];

	if (left_out(m, name))
		return;

	for (int i = 0; i < n_args; i++)
		sqlite3_bind_int64(statement, i + 1, args[i]);
	if (sqlite3_step(statement) != SQLITE_DONE)
		bench_die("%s: %s", texts[name], sqlite3_errmsg(m->db));
	sqlite3_reset(statement);
	if (name != BEGIN && name != COMMIT && sqlite3_changes(m->db) != 1)
		bench_die("%s: no row", texts[name]);
}
