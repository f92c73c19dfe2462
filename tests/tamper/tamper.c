/*
 * LED-8: a ledger that somebody changed. In a store in which a small marketplace has worked each
 * trial changes, swaps or deletes something at random, in any column of any table of the ledger,
 * verifies, and puts it back: found with an anchor, and never quite right without one.
 *
 *   market-tamper [--seed N] [--list] [PATTERN...]
 *
 * 150 trials, 10,000 with MARKET_TEST_LONG=1, or MARKET_TAMPER_TRIALS. With
 * MARKET_SOAK_SECONDS as many as fit in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "libmarket/ledger/ledger.h"
#include "tests/fault/raw.h"
#include "tests/fault/shop.h"

enum { MOST_TABLES = 16, MOST_COLUMNS = 40, ORDERS = 6 };

typedef struct column {
	char name[40], type[40];
} column;

typedef struct table {
	char name[40];
	column columns[MOST_COLUMNS];
	size_t n_columns;
	int64_t rows;
} table;

typedef struct trials {
	const fault_store *store;
	fault_market m;
	table tables[MOST_TABLES];
	size_t n_tables;
	char *anchor;
	uint64_t random;
	int64_t done, impossible;
} trials;

static void tamper(const fault_store *store);
static int64_t most(void);
static bool fill(trials *t);
static bool sell(fault_market *m, const fault_shop *shop, int number);
static void look(trials *t);
static void take_column(int n_columns, const char *const *values, const int *lengths, void *data);
static void trial(trials *t);
static void compose_rows(trials *t, const table *in, char sql[2000]);
static void compose_change(trials *t, const table *in, char sql[2000], char count[2000]);
static void compose_swap(trials *t, const table *in, char sql[2000], char count[2000]);
static void new_value(trials *t, const column *c, char out[300]);
static const char *row_key(const trials *t);
static void row_of(trials *t, const table *in, char out[200]);
static void verify(trials *t, const char *anchor, const char *wanted, const char *sql);

int main(int argc, char **argv)
{
	fault_begin("tamper", argc, argv);
	fault_case("LED-8: whatever is changed at random is found", FAULT_BOTH, tamper);
	return fault_end();
}

static void tamper(const fault_store *store)
{
	trials *t = calloc(1, sizeof(*t));
	const char *soak = getenv("MARKET_SOAK_SECONDS");
	int64_t until = fault_now_us() + (soak ? (int64_t)atoi(soak) * 450000 : INT64_MAX / 2);

	t->store = store;
	t->random = fault_seed();
	if (fill(t)) {
		look(t);
		while (t->done < most() && fault_now_us() < until && !fault_failed())
			trial(t);
		fault_note("%lld trials of %zu tables; %lld changes the store itself refused",
		           (long long)t->done, t->n_tables, (long long)t->impossible);
	}
	fault_close(&t->m);
	free(t->anchor);
	free(t);
}

static int64_t most(void)
{
	const char *wish = getenv("MARKET_TAMPER_TRIALS");

	return wish ? atoll(wish) : fault_long() || getenv("MARKET_SOAK_SECONDS") ? 10000 : 150;
}

/* ---- the store ---- */

static bool fill(trials *t)
{
	static const fault_change changes[] = {
		{"payout_account_cooling: 72h", "payout_account_cooling: 0s"},
		{"  maturity: 7d", "  maturity: 0s"},
	};
	fault_shop shop;
	bool good =
		fault_open_changed(&t->m, t->store, changes, sizeof(changes) / sizeof(changes[0])) &&
		fault_open_shop(&t->m, "lin", 1000, &shop) &&
		FAULT_DONE(&t->m, "buyer.create", "{'name':'Ana','ref':'ana'}");

	for (int i = 0; good && i < ORDERS; i++) {
		good = sell(&t->m, &shop, i);
		if (good && i % 2 == 0) {
			free(t->anchor);
			t->anchor = fault_anchor(&t->m);
		}
	}
	good = good && FAULT_DONE(&t->m, "payout.create", "{'seller':'%s'}", shop.seller) &&
	       fault_work(&t->m, 1000);
	if (good) {
		free(t->anchor);
		t->anchor = fault_anchor(&t->m);
	}
	if (good)
		verify(t, t->anchor, "ok", "nothing was changed");
	return good && !fault_failed();
}

/* Sold, and one in three given back in part. */
static bool sell(fault_market *m, const fault_shop *shop, int number)
{
	char payment[MARKET_ID_TEXT_SIZE], order[MARKET_ID_TEXT_SIZE];
	const json_t *first;

	if (!FAULT_DONE(m, "order.place",
	                "{'buyer':'ref:ana','currency':'BRL','method':'card','items':[{'sku':'%s',"
	                "'quantity':%d}]}",
	                shop->sku, 1 + number))
		return false;
	snprintf(payment, sizeof(payment), "%s", fault_out(m, "payment"));
	first = json_array_get(json_object_get(m->out, "orders"), 0);
	snprintf(order, sizeof(order), "%s", json_string_value(json_object_get(first, "id")));
	if (!FAULT_DONE(m, "payment.start", "{'payment':'%s'}", payment) || !fault_work(m, 1000) ||
	    !FAULT_DONE(m, "order.ship", "{'order':'%s'}", order) ||
	    !FAULT_DONE(m, "order.confirm", "{'order':'%s'}", order) || !fault_work(m, 1000))
		return false;
	return number % 3 != 0 ||
	       (FAULT_DONE(m, "refund.create",
	                   "{'order':'%s','amount':{'amount':'12.34','currency':'BRL'}}", order) &&
	        fault_work(m, 1000));
}

/* The tables of the ledger are those that its DDL makes. */
static void look(trials *t)
{
	for (const char *const *ddl = mk_ledger_ddl; *ddl && t->n_tables < MOST_TABLES; ddl++) {
		table *at = &t->tables[t->n_tables];
		char sql[400];

		if (sscanf(*ddl, "CREATE TABLE IF NOT EXISTS %39[a-z_]", at->name) != 1)
			continue;
		snprintf(sql, sizeof(sql),
		         t->store->postgres
		             ? "SELECT column_name::text, data_type::text FROM information_schema.columns "
		               "WHERE table_schema = current_schema() AND table_name = '%s'"
		             : "SELECT name, type FROM pragma_table_info('%s')",
		         at->name);
		fault_check(raw_query(t->store, sql, take_column, at) && at->n_columns > 2,
		            "the columns of %s", at->name);
		at->rows = fault_number(t->store, "SELECT COUNT(*) FROM %s", at->name);
		snprintf(sql, sizeof(sql), "CREATE TABLE saved_%s AS SELECT * FROM %s", at->name, at->name);
		fault_check(at->rows > 1 && fault_execute(t->store, sql), "%s has %lld rows", at->name,
		            (long long)at->rows);
		t->n_tables++;
	}
	fault_check(t->n_tables >= 7, "the ledger has %zu tables only", t->n_tables);
}

static void take_column(int n_columns, const char *const *values, const int *lengths, void *data)
{
	table *in = data;
	column *c = &in->columns[in->n_columns];

	if (!fault_check(n_columns == 2 && in->n_columns < MOST_COLUMNS, "%s is too wide", in->name))
		return;
	snprintf(c->name, sizeof(c->name), "%.*s", lengths[0], values[0]);
	snprintf(c->type, sizeof(c->type), "%.*s", lengths[1], values[1]);
	in->n_columns++;
}

/* ---- a trial ---- */

static void trial(trials *t)
{
	const table *in = &t->tables[fault_below(&t->random, t->n_tables)];
	char sql[2000] = "", count[2000] = "";

	if (fault_below(&t->random, 4) == 0)
		compose_rows(t, in, sql);
	else if (fault_below(&t->random, 4) == 0)
		compose_swap(t, in, sql, count);
	else
		compose_change(t, in, sql, count);
	if (count[0] && fault_number(t->store, "SELECT COUNT(*) FROM %s", count) < 1)
		return;
	if (!fault_execute(t->store, sql)) {
		t->impossible++;
		return;
	}
	verify(t, t->anchor, "broken", sql);
	verify(t, NULL, NULL, sql);
	t->done++;
	snprintf(sql, sizeof(sql), "DELETE FROM %s", in->name);
	snprintf(count, sizeof(count), "INSERT INTO %s SELECT * FROM saved_%s", in->name, in->name);
	fault_check(fault_execute(t->store, sql) && fault_execute(t->store, count),
	            "%s can't be restored", in->name);
}

/* A row less, or all behind one. */
static void compose_rows(trials *t, const table *in, char sql[2000])
{
	char row[200];

	row_of(t, in, row);
	if (fault_below(&t->random, 2))
		snprintf(sql, 2000, "DELETE FROM %s WHERE %s", in->name, row);
	else
		snprintf(sql, 2000, "DELETE FROM %s WHERE %s >= (SELECT %s FROM %s WHERE %s)", in->name,
		         row_key(t), row_key(t), in->name, row);
}

static void compose_change(trials *t, const table *in, char sql[2000], char count[2000])
{
	const column *c = &in->columns[fault_below(&t->random, in->n_columns)];
	char value[300], row[200];

	new_value(t, c, value);
	row_of(t, in, row);
	snprintf(count, 2000, "%s WHERE %s AND %s <> %s", in->name, row, c->name, value);
	snprintf(sql, 2000, "UPDATE %s SET %s = %s WHERE %s", in->name, c->name, value, row);
}

static void compose_swap(trials *t, const table *in, char sql[2000], char count[2000])
{
	const char *c = in->columns[fault_below(&t->random, in->n_columns)].name;
	char one[200], other[200];

	row_of(t, in, one);
	row_of(t, in, other);
	snprintf(count, 2000, "%s WHERE %s AND %s <> (SELECT %s FROM %s WHERE %s)", in->name, one, c, c,
	         in->name, other);
	snprintf(sql, 2000,
	         "UPDATE %s SET %s = CASE WHEN %s THEN (SELECT %s FROM %s WHERE %s) ELSE (SELECT %s "
	         "FROM %s WHERE %s) END WHERE %s OR %s",
	         in->name, c, one, c, in->name, other, c, in->name, one, one, other);
}

static void new_value(trials *t, const column *c, char out[300])
{
	const long long number = (long long)fault_below(&t->random, 1000000);
	uint64_t form = fault_below(&t->random, 4);

	if (strcasecmp(c->type, "text") == 0)
		snprintf(out, 300,
		         form == 0   ? "%s || 'x'"
		         : form == 1 ? "upper(%s)"
		         : form == 2 ? "substr(%s, 2)"
		                     : "'USD'",
		         c->name);
	else if (strcasecmp(c->type, "blob") == 0)
		snprintf(out, 300, "randomblob(length(%s))", c->name);
	else if (strcasecmp(c->type, "bytea") == 0)
		snprintf(out, 300,
		         "set_byte(%s, %lld %% length(%s), (get_byte(%s, %lld %% length(%s)) + 1 + %lld %% "
		         "255) %% 256)",
		         c->name, number, c->name, c->name, number, c->name, number);
	else if (form == 0)
		snprintf(out, 300, "%s + %lld", c->name, 1 + number % 3);
	else if (form == 1)
		snprintf(out, 300, "%s - %lld", c->name, 1 + number);
	else
		snprintf(out, 300, "%lld", form == 2 ? number : 0);
}

static const char *row_key(const trials *t)
{
	return t->store->postgres ? "ctid" : "rowid";
}

static void row_of(trials *t, const table *in, char out[200])
{
	snprintf(out, 200, "%s = (SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET %lld)", row_key(t),
	         row_key(t), in->name, row_key(t),
	         (long long)fault_below(&t->random, (uint64_t)in->rows));
}

/* The result is `wanted`, or without it anything but `ok`. */
static void verify(trials *t, const char *anchor, const char *wanted, const char *sql)
{
	json_t *params = anchor ? json_pack("{s:[s]}", "anchors", anchor) : json_object();
	char *text = json_dumps(params, 0);
	int rc = fault_send(&t->m, "ledger.verify", text);
	const char *result = fault_out(&t->m, "result");

	fault_check(rc == 0, "%s; verify: %s: %s", sql, market_error_name(rc), t->m.err.message);
	fault_check(rc != 0 || (wanted ? strcmp(result, wanted) == 0 : strcmp(result, "ok") != 0),
	            "not found: %s; the result is %s", sql, result);
	fault_check(rc != 0 || strcmp(result, "broken") != 0 ||
	                (fault_out(&t->m, "place")[0] && fault_out(&t->m, "problem")[0]),
	            "found without its place: %s", sql);
	free(text);
	json_decref(params);
}
