/* The least that PostgreSQL has to do for one seller order, as minimal.c has it for SQLite: 26 row
 * writes in 5 commits, each of which goes to the server and back once. */
#include "tests/bench/postgres.h"

#include <stdio.h>
#include <string.h>

#include "tests/bench/batch.h"

#define ACCOUNTS 6 /* of a seller: clearing, escrow, pending, commission, tax, withheld */
#define SKUS 2
#define MOST_SENT (2 + BENCH_BATCH * 14)

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

/* An order on its way. */
typedef struct deal {
	int64_t id, seller, buyer, total;
} deal;

/* Orders that are in one transaction, and what was sent for it. */
typedef struct pipeline {
	bench_pg_minimal *m;
	deal deals[BENCH_BATCH];
	int n;
	const char *sent[MOST_SENT];
	size_t n_sent;
} pipeline;

static void choose(pipeline *p, int64_t left);
static void run(pipeline *p, void (*step)(pipeline *p, const deal *d));
static void place(pipeline *p, const deal *d);
static void pay(pipeline *p, const deal *d);
static void ship(pipeline *p, const deal *d);
static void confirm(pipeline *p, const deal *d);
static void release(pipeline *p, const deal *d);
static void transfer(pipeline *p, const deal *d, int from, int to, int64_t amount);
static void set_state(pipeline *p, const deal *d, int64_t state);
static void event(pipeline *p, const deal *d);
static void send(pipeline *p, const char *name, const mk_value *args, size_t n_args);

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
	pipeline p = {.m = m};

	for (int64_t done = 0; done < count; done += p.n) {
		choose(&p, count - done);
		run(&p, place);
		run(&p, pay);
		run(&p, ship);
		run(&p, confirm);
		run(&p, release);
	}
}

static void choose(pipeline *p, int64_t left)
{
	bench_pg_minimal *m = p->m;
	int64_t seller = m->first_seller + (int64_t)bench_next(&m->random, (uint64_t)m->n_sellers);

	p->n = m->group == 0 ? 1 : left < m->group ? (int)left : m->group;
	for (int i = 0; i < p->n; i++)
		p->deals[i] = (deal){.id = ++m->order,
		                     .seller = seller,
		                     .buyer = (int64_t)bench_next(&m->random, BENCH_BUYERS),
		                     .total = 5980};
	m->now++;
}

static void run(pipeline *p, void (*step)(pipeline *p, const deal *d))
{
	PGconn *connection = p->m->connection;

	p->n_sent = 0;
	send(p, "begin", MK_NO_ARGS);
	for (int i = 0; i < p->n; i++) {
		step(p, &p->deals[i]);
		event(p, &p->deals[i]);
	}
	send(p, "commit", MK_NO_ARGS);
	bench_pg_sync(connection);
	for (size_t i = 0; i < p->n_sent; i++)
		if (bench_pg_take(connection, p->sent[i]) != (i > 0 && i + 1 < p->n_sent))
			bench_die("%s: no row", p->sent[i]);
	bench_pg_take_sync(connection);
}

static void place(pipeline *p, const deal *d)
{
	send(p, "order",
	     MK_ARGS(mk_int(d->id), mk_int(d->seller), mk_int(d->buyer), mk_int(d->total),
	             mk_int(p->m->now)));
	for (int64_t i = 0; i < SKUS; i++) {
		send(p, "line",
		     MK_ARGS(mk_int(d->id), mk_int(d->seller * SKUS + i), mk_int(i + 1), mk_int(1990)));
		send(p, "stock", MK_ARGS(mk_int(d->seller * SKUS + i), mk_int(i + 1)));
	}
}

static void pay(pipeline *p, const deal *d)
{
	set_state(p, d, 2);
	transfer(p, d, 0, 1, d->total);
}

static void ship(pipeline *p, const deal *d)
{
	set_state(p, d, 3);
}

static void confirm(pipeline *p, const deal *d)
{
	set_state(p, d, 4);
}

static void release(pipeline *p, const deal *d)
{
	set_state(p, d, 5);
	transfer(p, d, 1, 2, d->total - 753);
	transfer(p, d, 1, 3, 717);
	transfer(p, d, 1, 4, 36);
}

/* Three rows: the transfer and both accounts. */
static void transfer(pipeline *p, const deal *d, int from, int to, int64_t amount)
{
	int64_t debit = d->seller * ACCOUNTS + from, credit = d->seller * ACCOUNTS + to;

	send(p, "transfer",
	     MK_ARGS(mk_int(d->id), mk_int(debit), mk_int(credit), mk_int(amount), mk_int(p->m->now)));
	send(p, "account", MK_ARGS(mk_int(debit), mk_int(-amount)));
	send(p, "account", MK_ARGS(mk_int(credit), mk_int(amount)));
}

static void set_state(pipeline *p, const deal *d, int64_t state)
{
	send(p, "state", MK_ARGS(mk_int(d->id), mk_int(state), mk_int(state - 1)));
}

static void event(pipeline *p, const deal *d)
{
	char body[201];

	memset(body, 'e', sizeof(body) - 1);
	body[sizeof(body) - 1] = '\0';
	send(p, "event", MK_ARGS(mk_int(d->id), mk_int(p->m->now), mk_text_value(body)));
}

static void send(pipeline *p, const char *name, const mk_value *args, size_t n_args)
{
	if (p->n_sent == MOST_SENT)
		bench_die("too many statements");
	bench_pg_send(p->m->connection, name, args, n_args);
	p->sent[p->n_sent++] = name;
}
