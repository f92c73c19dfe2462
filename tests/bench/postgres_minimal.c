/* The least that PostgreSQL has to do for one seller order, as minimal.c has it for SQLite: 26 row
 * writes in 5 commits, each of which goes to the server and back once. */
#include "tests/bench/postgres.h"

#include <stdio.h>
#include <string.h>

#define ACCOUNTS 6 /* of a seller: clearing, escrow, pending, commission, tax, withheld */
#define SKUS 2
#define MOST_SENT 16

typedef struct statement {
	const char *name, *sql;
	int n;
} statement;

static const statement statements[] = {
	{"begin", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", 0},
	{"commit", "COMMIT", 0},
	{"order",
     "INSERT INTO orders (id, seller, buyer, status, total, created) VALUES ($1, $2, $3, 1, $4, "
     "$5)",
     5},
	{"line", "INSERT INTO line (order_id, sku, quantity, price) VALUES ($1, $2, $3, $4)", 4},
	{"stock",
     "UPDATE stock SET reserved = reserved + $2 WHERE id = $1 AND on_hand - reserved >= $2", 2},
	{"event", "INSERT INTO event (order_id, created, body) VALUES ($1, $2, $3)", 3},
	{"state", "UPDATE orders SET status = $2 WHERE id = $1 AND status = $3", 3},
	{"transfer",
     "INSERT INTO transfer (order_id, debit, credit, amount, created) VALUES ($1, $2, $3, $4, $5)",
     5},
	{"account", "UPDATE account SET balance = balance + $2, version = version + 1 WHERE id = $1",
     2},
};
#define N_STATEMENTS (sizeof(statements) / sizeof(statements[0]))

static const char schema[] =
	"CREATE TABLE seller (id BIGINT PRIMARY KEY, name TEXT NOT NULL);"
	"CREATE TABLE buyer (id BIGINT PRIMARY KEY, name TEXT NOT NULL);"
	"CREATE TABLE stock (id BIGINT PRIMARY KEY, seller BIGINT NOT NULL, on_hand BIGINT NOT NULL, "
	"reserved BIGINT NOT NULL);"
	"CREATE TABLE account (id BIGINT PRIMARY KEY, seller BIGINT NOT NULL, balance BIGINT NOT NULL, "
	"version BIGINT NOT NULL);"
	"CREATE TABLE orders (id BIGINT PRIMARY KEY, seller BIGINT NOT NULL, buyer BIGINT NOT NULL, "
	"status BIGINT NOT NULL, total BIGINT NOT NULL, created BIGINT NOT NULL);"
	"CREATE INDEX orders_seller ON orders (seller, status, created);"
	"CREATE INDEX orders_buyer ON orders (buyer, created);"
	"CREATE TABLE line (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id BIGINT NOT "
	"NULL, sku BIGINT NOT NULL, quantity BIGINT NOT NULL, price BIGINT NOT NULL);"
	"CREATE INDEX line_order ON line (order_id);"
	"CREATE TABLE transfer (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
	"order_id BIGINT NOT NULL, debit BIGINT NOT NULL, credit BIGINT NOT NULL, "
	"amount BIGINT NOT NULL, created BIGINT NOT NULL);"
	"CREATE INDEX transfer_order ON transfer (order_id);"
	"CREATE TABLE event (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id BIGINT NOT "
	"NULL, created BIGINT NOT NULL, body TEXT NOT NULL);";

/* One order on its way, and what was sent for its transaction. */
typedef struct deal {
	bench_pg_minimal *m;
	int64_t id, seller, buyer, total;
	const char *sent[MOST_SENT];
	size_t n_sent;
} deal;

static void begin(deal *d);
static void commit(deal *d);
static void place(deal *d);
static void transfer(deal *d, int from, int to, int64_t amount);
static void set_state(deal *d, int64_t state);
static void event(deal *d);
static void send(deal *d, const char *name, const mk_value *args, size_t n_args);

void bench_pg_minimal_fill(const char *database, int n_sellers)
{
	PGconn *connection = bench_pg_connect(database);
	char sql[700];

	bench_pg_sql(connection, schema);
	snprintf(sql, sizeof(sql),
	         "INSERT INTO seller SELECT i, 'seller ' || i FROM generate_series(0, %d) i;"
	         "INSERT INTO buyer SELECT i, 'buyer ' || i FROM generate_series(0, %d) i;"
	         "INSERT INTO stock SELECT i, i / %d, 1000000000, 0 FROM generate_series(0, %d) i;"
	         "INSERT INTO account SELECT i, i / %d, 0, 0 FROM generate_series(0, %d) i;",
	         n_sellers - 1, BENCH_BUYERS - 1, SKUS, n_sellers * SKUS - 1, ACCOUNTS,
	         n_sellers * ACCOUNTS - 1);
	bench_pg_sql(connection, sql);
	PQfinish(connection);
}

void bench_pg_minimal_open(bench_pg_minimal *m, const char *database)
{
	Oid types[] = {20, 20, 20, 20, 20};

	m->now = INT64_C(1767571200000);
	m->connection = bench_pg_connect(database);
	for (size_t i = 0; i < N_STATEMENTS; i++) {
		types[2] = strcmp(statements[i].name, "event") == 0 ? 25 : 20;
		bench_pg_prepare(m->connection, statements[i].name, statements[i].sql, statements[i].n,
		                 types);
	}
	if (!PQenterPipelineMode(m->connection))
		bench_die("no pipeline");
}

void bench_pg_minimal_run(bench_pg_minimal *m, int64_t count)
{
	for (int64_t i = 0; i < count; i++) {
		deal d = {.m = m, .id = ++m->order, .total = 5980};

		d.seller = m->first_seller + (int64_t)bench_next(&m->random, (uint64_t)m->n_sellers);
		d.buyer = (int64_t)bench_next(&m->random, BENCH_BUYERS);
		m->now++;
		place(&d);
		begin(&d);
		set_state(&d, 2);
		transfer(&d, 0, 1, d.total);
		commit(&d);
		for (int64_t state = 3; state <= 4; state++) {
			begin(&d);
			set_state(&d, state);
			commit(&d);
		}
		begin(&d);
		set_state(&d, 5);
		transfer(&d, 1, 2, d.total - 753);
		transfer(&d, 1, 3, 717);
		transfer(&d, 1, 4, 36);
		commit(&d);
	}
}

static void begin(deal *d)
{
	d->n_sent = 0;
	send(d, "begin", MK_NO_ARGS);
}

static void commit(deal *d)
{
	PGconn *connection = d->m->connection;

	event(d);
	send(d, "commit", MK_NO_ARGS);
	bench_pg_sync(connection);
	for (size_t i = 0; i < d->n_sent; i++)
		if (bench_pg_take(connection, d->sent[i]) != (i > 0 && i + 1 < d->n_sent))
			bench_die("%s: no row", d->sent[i]);
	bench_pg_take_sync(connection);
}

static void place(deal *d)
{
	begin(d);
	send(d, "order",
	     MK_ARGS(mk_int(d->id), mk_int(d->seller), mk_int(d->buyer), mk_int(d->total),
	             mk_int(d->m->now)));
	for (int64_t i = 0; i < SKUS; i++) {
		send(d, "line",
		     MK_ARGS(mk_int(d->id), mk_int(d->seller * SKUS + i), mk_int(i + 1), mk_int(1990)));
		send(d, "stock", MK_ARGS(mk_int(d->seller * SKUS + i), mk_int(i + 1)));
	}
	commit(d);
}

/* Three rows: the transfer and both accounts. */
static void transfer(deal *d, int from, int to, int64_t amount)
{
	int64_t debit = d->seller * ACCOUNTS + from, credit = d->seller * ACCOUNTS + to;

	send(d, "transfer",
	     MK_ARGS(mk_int(d->id), mk_int(debit), mk_int(credit), mk_int(amount), mk_int(d->m->now)));
	send(d, "account", MK_ARGS(mk_int(debit), mk_int(-amount)));
	send(d, "account", MK_ARGS(mk_int(credit), mk_int(amount)));
}

static void set_state(deal *d, int64_t state)
{
	send(d, "state", MK_ARGS(mk_int(d->id), mk_int(state), mk_int(state - 1)));
}

static void event(deal *d)
{
	char body[201];

	memset(body, 'e', sizeof(body) - 1);
	body[sizeof(body) - 1] = '\0';
	send(d, "event", MK_ARGS(mk_int(d->id), mk_int(d->m->now), mk_text_value(body)));
}

static void send(deal *d, const char *name, const mk_value *args, size_t n_args)
{
	if (d->n_sent == MOST_SENT)
		bench_die("too many statements");
	bench_pg_send(d->m->connection, name, args, n_args);
	d->sent[d->n_sent++] = name;
}
