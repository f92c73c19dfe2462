/* Calls, and what must always hold of a ledger. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/fault.h"

#define MAX_PARAMS 20000

static int call(fault_market *m, const char *operation, const char *params);
static void check_numbers(const fault_store *store);

bool fault_open(fault_market *m, const fault_store *store, const char *name)
{
	return fault_open_with(m, store, name, 0);
}

bool fault_open_with(fault_market *m, const fault_store *store, const char *name,
                     int32_t connections)
{
	market_options options = MARKET_OPTIONS_INIT;
	market_actor actor = {.kind = MARKET_ACTOR_OPERATOR, .name = name, .rights = MARKET_RIGHT_ALL};
	int rc;
	memset(m, 0, sizeof(*m));
	options.flags = MARKET_OPEN_CREATE | MARKET_OPEN_MIGRATE;
	options.connections = connections;
	rc = market_open(store->url, &options, &m->market, &m->err);
	if (rc == 0)
		rc = market_session_open(m->market, &actor, &m->session, &m->err);
	return fault_check(rc == 0, "open: %s: %s; %s", market_error_name(rc), m->err.message,
	                   m->err.detail);
}

void fault_close(fault_market *m)
{
	json_decref(m->out);
	market_session_close(m->session);
	market_close(m->market);
	memset(m, 0, sizeof(*m));
}

int fault_call(fault_market *m, const char *operation, const char *format, ...)
{
	char params[MAX_PARAMS];
	va_list args;
	va_start(args, format);
	vsnprintf(params, sizeof(params), format, args);
	va_end(args);
	return call(m, operation, params);
}

int fault_send(fault_market *m, const char *operation, const char *params)
{
	int rc = call(m, operation, params);
	for (int i = 0; i < 100 && (rc == MARKET_EBUSY || rc == MARKET_ECONFLICT); i++) {
		fault_count_again();
		rc = call(m, operation, params);
	}
	return rc;
}

const char *fault_out(const fault_market *m, const char *name)
{
	const char *text = json_string_value(json_object_get(m->out, name));
	return text ? text : "";
}

const char *fault_transfer(char out[FAULT_TRANSFER_SIZE], const char *key, const char *client_id,
                           const char *debit, const char *credit, int64_t cents)
{
	char amount[80];
	snprintf(amount, sizeof(amount), "{'amount':'%lld.%02lld','currency':'BRL'}",
	         (long long)(cents / 100), (long long)(cents % 100));
	snprintf(out, FAULT_TRANSFER_SIZE,
	         "{%s%.60s%s'client_id':'%.60s','legs':[{'account':'%.40s','debit':%s},"
	         "{'account':'%.40s','credit':%s}]}",
	         key ? "'key':'" : "", key ? key : "", key ? "'," : "", client_id, debit, amount,
	         credit, amount);
	return out;
}

char *fault_anchor(fault_market *m)
{
	int rc = fault_send(m, "ledger.checkpoint", "{}");
	fault_check(rc == 0, "ledger.checkpoint: %s: %s", market_error_name(rc), m->err.message);
	return strdup(fault_out(m, "anchor"));
}

void fault_check_ledger(const fault_store *store, const char *anchor)
{
	fault_market m;
	json_t *params, *lines, *line;
	char *text;
	int64_t debits = 0;
	size_t i;
	int rc;
	check_numbers(store);
	if (!fault_open(&m, store, "check"))
		return;
	rc = fault_send(&m, "ledger.trial_balance", "{'all':true}");
	fault_check(rc == 0, "trial balance: %s", m.err.message);
	lines = json_object_get(m.out, "lines");
	json_array_foreach(lines, i, line)
	{
		market_money debit = {0, ""}, credit = {0, ""};
		json_t *d = json_object_get(line, "debits_posted"),
			   *c = json_object_get(line, "credits_posted");
		const char *currency = json_string_value(json_object_get(d, "currency"));
		fault_check(
			market_money_parse(json_string_value(json_object_get(d, "amount")), currency, &debit) &&
				market_money_parse(json_string_value(json_object_get(c, "amount")), currency,
		                           &credit),
			"the trial balance has no amounts");
		debits += debit.amount - credit.amount;
	}
	fault_check(debits == 0, "debits and credits differ by %lld", (long long)debits);
	free(fault_anchor(&m)); /* seals what is not yet sealed */
	params = anchor ? json_pack("{s:[s]}", "anchors", anchor) : json_object();
	text = json_dumps(params, 0);
	rc = call(&m, "ledger.verify", text);
	fault_check(rc == 0 && strcmp(fault_out(&m, "result"), anchor ? "ok" : "self_consistent") == 0,
	            "verify: %s, %s: %s", fault_out(&m, "result"), fault_out(&m, "place"),
	            fault_out(&m, "problem"));
	fault_check(json_integer_value(json_object_get(m.out, "unsealed")) == 0,
	            "transfers are unsealed");
	free(text);
	json_decref(params);
	fault_close(&m);
}

static int call(fault_market *m, const char *operation, const char *params)
{
	char *reply = NULL, *text = strdup(params);
	int rc;
	for (char *c = text; *c; c++)
		if (*c == '\'')
			*c = '"';
	json_decref(m->out);
	m->out = NULL;
	rc = market_call(m->session, operation, text, &reply, &m->err);
	if (rc == 0)
		m->out = json_loads(reply, JSON_DECODE_ANY, NULL);
	market_text_free(reply);
	free(text);
	return rc;
}

/* LED-3: a leg keeps its account's sums, so that the past is checked too. */
static void check_numbers(const fault_store *store)
{
	static const char *const tables[] = {"account", "leg"};
	for (size_t i = 0; i < 2; i++) {
		const char *from =
			i == 0 ? "account a"
				   : "leg l JOIN account a ON a.book_id = l.book_id AND a.id = l.account_id";
		char p = i == 0 ? 'a' : 'l';
		int64_t below = fault_number(
			store,
			"SELECT COUNT(*) FROM %s WHERE (%c.flags & 1) <> 0 AND a.account_class IN (2, 3, 4) "
			"AND %c.credits_posted - %c.debits_posted - %c.debits_pending + %c.overdraft < 0",
			from, p, p, p, p, p);
		fault_check(below == 0, "%lld rows of %s are below their limit", (long long)below,
		            tables[i]);
	}
	fault_check(
		fault_number(store, "SELECT COUNT(*) FROM leg l WHERE NOT EXISTS (SELECT 1 FROM transfer t "
	                        "WHERE t.book_id = l.book_id AND t.id = l.transfer_id)") == 0,
		"legs have no transfer");
	/* The legs' own ranges are verify's matter. */
	fault_check(fault_number(store, "SELECT (SELECT COUNT(*) FROM transfer) - COUNT(*) FROM "
	                                "(SELECT DISTINCT book_id, transfer_id FROM leg) whole") == 0,
	            "transfers have no legs");
	fault_check(
		fault_number(store,
	                 "SELECT COUNT(*) FROM transfer t WHERE NOT EXISTS (SELECT 1 FROM journal j "
	                 "WHERE j.book_id = t.journal_book_id AND j.id = t.journal_id)") == 0,
		"transfers have no journal row");
	fault_check(fault_number(
					store,
					"SELECT COUNT(*) FROM account a WHERE a.version <> (SELECT COUNT(*) FROM leg l "
					"WHERE l.book_id = a.book_id AND l.account_id = a.id)") == 0,
	            "an account's version isn't the number of its legs");
}
