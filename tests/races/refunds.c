/* ESC-7: refunds after release that are asked for at once. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/policy.h"
#include "tests/fault/fault.h"
#include "tests/races/cases.h"

/* Each refund takes 88.00 of the seller, and it may owe 200.00: two of them. */
enum { ORDERS = 8, AFFORDABLE = 2 };

#define DONE(m, ...) \
	fault_check(fault_call((m), __VA_ARGS__) == 0, "line %d: %s: %s", __LINE__, (m)->err.message, \
	            (m)->err.detail)

typedef struct shared {
	const fault_store *store;
	char order[ORDERS][48];
	atomic_int asked, refused;
} shared;

static void advance_limit(const fault_store *store);
static bool sell(const fault_store *store, shared *s);
static bool open_market(fault_market *m, const fault_store *store);
static char *replaced(const char *text, const char *part, const char *other);
static bool open_shop(fault_market *m, char seller[48], char sku[48]);
static bool act_as(fault_market *m, const char *actor);
static bool work(fault_market *m);
static bool sell_one(fault_market *m, const char *sku, char order[48]);
static void refund(int number, void *data);

void races_of_refunds(void)
{
	fault_case("ESC-7: refunds asked for at once never pass the advance limit", FAULT_BOTH,
	           advance_limit);
}

static void advance_limit(const fault_store *store)
{
	shared *s = fault_shared(sizeof(*s));
	fault_market m;

	s->store = store;
	if (!sell(store, s))
		return;
	fault_processes(ORDERS, refund, s);
	fault_check(atomic_load(&s->asked) == AFFORDABLE, "%d refunds were let in, not %d",
	            atomic_load(&s->asked), AFFORDABLE);
	fault_check(atomic_load(&s->refused) == ORDERS - AFFORDABLE, "%d refunds were refused",
	            atomic_load(&s->refused));
	if (!fault_open(&m, store, "worker"))
		return;
	fault_check(market_work(m.session, 1000, NULL, &m.err) >= 0, "%s", m.err.message);
	fault_close(&m);
	fault_check(fault_number(store, "SELECT debits_posted - credits_posted FROM account WHERE name "
	                                "= 'seller_receivable'") == AFFORDABLE * 8800,
	            "the seller owes something else than two refunds");
	fault_check(fault_number(store, "SELECT amount FROM refund_exposure") == 0,
	            "something counts that isn't under way");
	fault_check_ledger(store, NULL);
}

/* Sold, received, released, matured and paid out, all at one time. */
static bool sell(const fault_store *store, shared *s)
{
	fault_market m;
	char seller[48], sku[48];
	bool good = open_market(&m, store) && open_shop(&m, seller, sku);

	for (int i = 0; good && i < ORDERS; i++)
		good = sell_one(&m, sku, s->order[i]);
	good = good && work(&m) && DONE(&m, "payout.create", "{'seller':'%s'}", seller) && work(&m);
	fault_close(&m);
	return good;
}

/* The built-in policy without waiting, and with a small limit. */
static bool open_market(fault_market *m, const fault_store *store)
{
	static const char *const changes[][2] = {
		{"payout_account_cooling: 72h", "payout_account_cooling: 0s"},
		{"  maturity: 7d", "  maturity: 0s"},
		{"advance_limit: 5000.00 BRL", "advance_limit: 200.00 BRL"},
		{"tax: {rate: 5%, mode: added}", "tax: {rate: 0%, mode: added}"},
	};
	market_options options = MARKET_OPTIONS_INIT;
	char *policy = strdup(mk_policy_default);
	int rc;

	memset(m, 0, sizeof(*m));
	for (size_t i = 0; policy && i < sizeof(changes) / sizeof(changes[0]); i++) {
		char *next = replaced(policy, changes[i][0], changes[i][1]);

		free(policy);
		policy = next;
	}
	if (!fault_check(policy, "the built-in policy has changed"))
		return false;
	options.flags = MARKET_OPEN_CREATE;
	options.policy = policy;
	options.policy_size = strlen(policy);
	rc = market_open(store->url, &options, &m->market, &m->err);
	free(policy);
	if (rc == 0)
		rc = market_session_open(m->market, NULL, &m->session, &m->err);
	return fault_check(rc == 0, "%s; %s", m->err.message, m->err.detail) &&
	       act_as(m, "operator:shop");
}

static char *replaced(const char *text, const char *part, const char *other)
{
	const char *at = strstr(text, part);
	size_t size = strlen(text) + strlen(other) + 1;
	char *out = at ? malloc(size) : NULL;

	if (out)
		snprintf(out, size, "%.*s%s%s", (int)(at - text), text, other, at + strlen(part));
	return out;
}

static bool act_as(fault_market *m, const char *actor)
{
	return fault_check(market_session_act_as_text(m->session, actor, &m->err) == 0, "%s",
	                   m->err.message);
}

static bool work(fault_market *m)
{
	return fault_check(market_work(m->session, 1000, NULL, &m->err) >= 0, "%s", m->err.message);
}

static bool open_shop(fault_market *m, char seller[48], char sku[48])
{
	char product[48], warehouse[48];

	if (!DONE(m, "category.create", "{'code':'goods','name':'Goods'}") ||
	    !DONE(m, "seller.apply",
	          "{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'Lin','ref':'lin','owner_ref':'lin-owner'}"))
		return false;
	snprintf(seller, 48, "%s", fault_out(m, "id"));
	if (!DONE(m, "seller.approve", "{'seller':'%s','waiver':'known'}", seller) ||
	    !DONE(m, "product.create", "{'category':'ref:goods','title':'A thing'}"))
		return false;
	snprintf(product, 48, "%s", fault_out(m, "id"));
	if (!DONE(m, "product.publish", "{'product':'%s'}", product) ||
	    !DONE(m, "offer.create",
	          "{'seller':'%s','product':'%s','ref':'o','skus':[{'ref':'s','price':{'amount':"
	          "'100.00','currency':'BRL'}}]}",
	          seller, product) ||
	    !DONE(m, "offer.activate", "{'offer':'ref:lin/o'}") ||
	    !DONE(m, "warehouse.create", "{'seller':'%s','name':'main'}", seller))
		return false;
	snprintf(warehouse, 48, "%s", fault_out(m, "id"));
	snprintf(sku, 48, "ref:lin/s");
	return DONE(m, "stock.set", "{'sku':'%s','warehouse':'%s','on_hand':100,'reason':'new'}", sku,
	            warehouse) &&
	       DONE(m, "buyer.create", "{'name':'Ana','ref':'ana'}") &&
	       act_as(m, "confirmed member:ref:lin-owner") &&
	       DONE(m, "payout_account.set",
	            "{'seller':'%s','holder':'Lin','bank':'001','country':'BR','account':'11111111'}",
	            seller) &&
	       act_as(m, "operator:shop");
}

static bool sell_one(fault_market *m, const char *sku, char order[48])
{
	char payment[48];
	const json_t *first;

	if (!DONE(m, "order.place",
	          "{'buyer':'ref:ana','currency':'BRL','method':'card','items':[{'sku':'%s',"
	          "'quantity':1}]}",
	          sku))
		return false;
	snprintf(payment, sizeof(payment), "%s", fault_out(m, "payment"));
	first = json_array_get(json_object_get(m->out, "orders"), 0);
	snprintf(order, 48, "%s", json_string_value(json_object_get(first, "id")));
	return DONE(m, "payment.start", "{'payment':'%s'}", payment) && work(m) &&
	       DONE(m, "order.ship", "{'order':'%s'}", order) &&
	       DONE(m, "order.confirm", "{'order':'%s'}", order) && work(m);
}

static void refund(int number, void *data)
{
	shared *s = data;
	fault_market m;
	char params[200];
	int rc;

	if (!fault_open(&m, s->store, "refunder") || !act_as(&m, "member:ref:lin-owner"))
		return;
	snprintf(params, sizeof(params), "{\"order\":\"%s\"}", s->order[number]);
	fault_meet(ORDERS);
	rc = fault_send(&m, "refund.create", params);
	if (rc == 0)
		atomic_fetch_add(&s->asked, 1);
	else if (fault_check(rc == MARKET_EQUOTA, "refund %d: %s: %s", number, market_error_name(rc),
	                     m.err.message))
		atomic_fetch_add(&s->refused, 1);
	fault_close(&m);
}
