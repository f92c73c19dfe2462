/*
 * A clock that jumps a day ahead or back, goes back a little, or stands still, while orders are
 * placed, paid, shipped, confirmed and left alone. What is due by the clock is done once, at its
 * own time; what isn't stays.
 *
 *   market-clock [--seed N] [--list] [PATTERN...]
 *
 * 100 jumps a store, 500 with MARKET_TEST_LONG=1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/raw.h"
#include "tests/fault/shop.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define MOST_DEADLINES 5000
#define MOST_ORDERS 2000
#define LAST_DAYS 120 /* in which everything comes to its end */

typedef struct deadline {
	int64_t id, due_at;
	char operation[80];
} deadline;

typedef struct deadlines {
	size_t n;
	deadline list[MOST_DEADLINES];
} deadlines;

typedef enum jump { AHEAD, BACK, STILL, A_LITTLE_BACK, ON, JUMPS } jump;

typedef struct order {
	char id[MARKET_ID_TEXT_SIZE], payment[MARKET_ID_TEXT_SIZE];
	bool paid, shipped;
} order;

typedef struct day {
	fault_market m;
	fault_shop shop;
	const fault_store *store;
	uint64_t random;
	int64_t now;
	int64_t done, left; /* deadlines */
	int64_t jumps[JUMPS];
	size_t n_orders;
	order orders[MOST_ORDERS];
} day;

static void jumping(const fault_store *store);
static bool open_day(day *d);
static market_time clock_of(void *user_data);
static void move_clock(day *d);
static void do_something(day *d);
static void place(day *d);
static void work_and_look(day *d);
static void work(day *d);
static bool read_deadlines(const fault_store *store, deadlines *out);
static void add_deadline(int n_columns, const char *const *values, const int *lengths, void *data);
static const deadline *find(const deadlines *all, int64_t id);
static void come_to_the_end(day *d);
static void check_journal(const day *d);
static void none(const fault_store *store, const char *what, const char *sql);

int main(int argc, char **argv)
{
	fault_begin("clock", argc, argv);
	fault_case("the clock jumps and stands still: nothing falls due early or twice", FAULT_BOTH,
	           jumping);
	return fault_end();
}

static void jumping(const fault_store *store)
{
	day *d = calloc(1, sizeof(*d));
	int most = fault_long() ? 500 : 100;
	d->store = store;
	d->random = fault_seed();
	d->now = INT64_C(1767225600000) + 12 * HOUR; /* 2026-01-01 */
	if (open_day(d)) {
		for (int i = 0; i < most && !fault_failed(); i++) {
			for (uint64_t n = fault_below(&d->random, 4); n > 0; n--)
				do_something(d);
			/* the provider answers now, which moves the orders' own deadlines */
			work(d);
			move_clock(d);
			work_and_look(d);
		}
		come_to_the_end(d);
		fault_close(&d->m);
		check_journal(d);
		if (!fault_failed())
			fault_check_ledger(store, NULL);
	}
	fault_note("%d moves of the clock: %lld a day ahead, %lld a day back, %lld a little back, %lld "
	           "still; %zu orders, %lld deadlines done, %lld left that weren't due",
	           most, (long long)d->jumps[AHEAD], (long long)d->jumps[BACK],
	           (long long)d->jumps[A_LITTLE_BACK], (long long)d->jumps[STILL], d->n_orders,
	           (long long)d->done, (long long)d->left);
	fault_check(d->done > most / 2 && d->left > most, "too little fell due");
	free(d);
}

static bool open_day(day *d)
{
	market_options options = MARKET_OPTIONS_INIT;
	fault_market *m = &d->m;
	int rc;
	options.flags = MARKET_OPEN_CREATE;
	options.clock = clock_of;
	options.user_data = d;
	rc = market_open(d->store->url, &options, &m->market, &m->err);
	if (rc == 0)
		rc = market_session_open(m->market, NULL, &m->session, &m->err);
	return fault_check(rc == 0, "open: %s", m->err.message) && fault_act_as(m, "operator:shop") &&
	       fault_open_shop(m, "lin", 100000, &d->shop) &&
	       FAULT_DONE(m, "buyer.create", "{'name':'Ana','ref':'ana'}");
}

static market_time clock_of(void *user_data)
{
	return ((day *)user_data)->now;
}

static void move_clock(day *d)
{
	static const int64_t spans[JUMPS] = {[AHEAD] = DAY, [BACK] = -DAY, [A_LITTLE_BACK] = -HOUR};
	jump kind = (jump)fault_below(&d->random, JUMPS);
	d->jumps[kind]++;
	d->now += spans[kind];
	if (kind == ON || kind == AHEAD)
		d->now += (int64_t)fault_below(&d->random, (uint64_t)(12 * HOUR));
}

/* ---- what people do ---- */

static void do_something(day *d)
{
	order *o = d->n_orders ? &d->orders[fault_below(&d->random, d->n_orders)] : NULL;
	fault_market *m = &d->m;
	int rc = 0;
	if (!o || fault_below(&d->random, 2) == 0) {
		place(d);
		return;
	}
	/* it may be too late for it */
	if (!o->paid)
		rc = fault_call(m, "payment.start", "{'payment':'%s'}", o->payment);
	else if (!o->shipped)
		rc = fault_call(m, "order.ship", "{'order':'%s'}", o->id);
	else
		rc = fault_call(m, "order.confirm", "{'order':'%s'}", o->id);
	fault_check(rc == 0 || market_error_class_of(rc) == MARKET_CLASS_STATE, "%s: %s",
	            market_error_name(rc), m->err.message);
	o->shipped = o->shipped || (rc == 0 && o->paid);
	o->paid = o->paid || rc == 0;
}

static void place(day *d)
{
	fault_market *m = &d->m;
	order *o = &d->orders[d->n_orders];
	const json_t *first;
	if (d->n_orders == MOST_ORDERS ||
	    !FAULT_DONE(m, "order.place",
	                "{'buyer':'ref:ana','currency':'BRL','method':'card','items':[{'sku':'%s',"
	                "'quantity':1}]}",
	                d->shop.sku))
		return;
	snprintf(o->payment, sizeof(o->payment), "%s", fault_out(m, "payment"));
	first = json_array_get(json_object_get(m->out, "orders"), 0);
	snprintf(o->id, sizeof(o->id), "%s", json_string_value(json_object_get(first, "id")));
	d->n_orders++;
}

/* ---- what is due ---- */

/* What isn't due stays as it is; what is due is done, or has a later time. */
static void work_and_look(day *d)
{
	static deadlines before, after;
	if (!read_deadlines(d->store, &before))
		return;
	work(d);
	if (!read_deadlines(d->store, &after))
		return;
	for (size_t i = 0; i < before.n; i++) {
		const deadline *b = &before.list[i], *a = find(&after, b->id);
		if (b->due_at <= d->now) {
			fault_check(!a || a->due_at > d->now, "%s was due and wasn't done", b->operation);
			d->done++;
			continue;
		}
		d->left++;
		fault_check(a && a->due_at == b->due_at && strcmp(a->operation, b->operation) == 0,
		            "%s, due in %lld s, was done early", b->operation,
		            (long long)(b->due_at - d->now) / 1000);
	}
}

static void work(day *d)
{
	int done = 1;
	while (done > 0 && !fault_failed()) {
		done = market_work(d->m.session, 1000, NULL, &d->m.err);
		fault_check(done >= 0, "market_work: %s", d->m.err.message);
	}
}

static bool read_deadlines(const fault_store *store, deadlines *out)
{
	out->n = 0;
	return fault_check(raw_query(store,
	                             "SELECT CAST(id AS TEXT), CAST(due_at AS TEXT), operation FROM "
	                             "deadline ORDER BY id",
	                             add_deadline, out),
	                   "the deadlines can't be read");
}

static void add_deadline(int n_columns, const char *const *values, const int *lengths, void *data)
{
	deadlines *all = data;
	deadline *one = &all->list[all->n];
	char text[40];
	(void)n_columns;
	if (!fault_check(all->n < MOST_DEADLINES, "there are too many deadlines"))
		return;
	snprintf(text, sizeof(text), "%.*s", lengths[0], values[0]);
	one->id = strtoll(text, NULL, 10);
	snprintf(text, sizeof(text), "%.*s", lengths[1], values[1]);
	one->due_at = strtoll(text, NULL, 10);
	snprintf(one->operation, sizeof(one->operation), "%.*s", lengths[2], values[2]);
	all->n++;
}

static const deadline *find(const deadlines *all, int64_t id)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->list[i].id == id)
			return &all->list[i];
	return NULL;
}

/* ---- at the end ---- */

static void come_to_the_end(day *d)
{
	for (int i = 0; i < LAST_DAYS && !fault_failed(); i++) {
		d->now += DAY;
		work_and_look(d);
	}
	none(d->store, "orders without an end",
	     "SELECT COUNT(*) FROM seller_order WHERE closed_at IS NULL AND finished_at IS NULL");
	none(d->store, "things still reserved", "SELECT CAST(SUM(reserved) AS BIGINT) FROM stock");
	none(d->store, "escrow accounts that hold something",
	     "SELECT COUNT(*) FROM account WHERE name LIKE 'escrow:%' AND debits_posted <> "
	     "credits_posted");
}

/* Timed work is recorded when the clock has reached its time, and at that time. */
static void check_journal(const day *d)
{
	none(d->store, "timed operations recorded before their time",
	     "SELECT COUNT(*) FROM journal WHERE actor = 'system' AND effective_at > recorded_at");
	none(d->store, "timed operations done twice",
	     "SELECT COUNT(*) FROM (SELECT 1 FROM journal WHERE actor = 'system' AND outcome = 0 AND "
	     "operation <> 'provider.outcome' GROUP BY operation, result_book_id, result_id, "
	     "effective_at HAVING COUNT(*) > 1) twice");
	none(d->store, "orders whose earnings were released twice",
	     "SELECT COUNT(*) FROM (SELECT 1 FROM lot WHERE order_id IS NOT NULL AND kind = 1 GROUP BY "
	     "book_id, order_id HAVING COUNT(*) > 1) twice");
}

static void none(const fault_store *store, const char *what, const char *sql)
{
	int64_t n = fault_failed() ? 0 : fault_number(store, "%s", sql);
	fault_check(n == 0, "%lld %s", (long long)n, what);
}
