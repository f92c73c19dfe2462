/* ESC-7: refunds after release that are asked for at once. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/shop.h"
#include "tests/races/cases.h"

/* Each refund takes 88.00 of the seller, and it may owe 200.00: two of them. */
enum { ORDERS = 8, AFFORDABLE = 2 };

typedef struct shared {
	const fault_store *store;
	char order[ORDERS][48];
	atomic_int asked, refused;
} shared;

static void advance_limit(const fault_store *store);
static bool sell(const fault_store *store, shared *s);
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
	fault_work(&m, 1000);
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
	/* Without waiting, and with a small limit. */
	static const fault_change changes[] = {
		{"payout_account_cooling: 72h", "payout_account_cooling: 0s"},
		{"  maturity: 7d", "  maturity: 0s"},
		{"advance_limit: 5000.00 BRL", "advance_limit: 200.00 BRL"},
		{"tax: {rate: 5%, mode: added}", "tax: {rate: 0%, mode: added}"},
	};
	fault_market m;
	fault_shop shop;
	bool good = fault_open_changed(&m, store, changes, sizeof(changes) / sizeof(changes[0])) &&
	            fault_open_shop(&m, "lin", 100, &shop) &&
	            FAULT_DONE(&m, "buyer.create", "{'name':'Ana','ref':'ana'}");

	for (int i = 0; good && i < ORDERS; i++)
		good = sell_one(&m, shop.sku, s->order[i]);
	good = good && fault_work(&m, 1000) &&
	       FAULT_DONE(&m, "payout.create", "{'seller':'%s'}", shop.seller) && fault_work(&m, 1000);
	fault_close(&m);
	return good;
}

static bool sell_one(fault_market *m, const char *sku, char order[48])
{
	char payment[48];
	const json_t *first;

	if (!FAULT_DONE(m, "order.place",
	                "{'buyer':'ref:ana','currency':'BRL','method':'card','items':[{'sku':'%s',"
	                "'quantity':1}]}",
	                sku))
		return false;
	snprintf(payment, sizeof(payment), "%s", fault_out(m, "payment"));
	first = json_array_get(json_object_get(m->out, "orders"), 0);
	snprintf(order, 48, "%s", json_string_value(json_object_get(first, "id")));
	return FAULT_DONE(m, "payment.start", "{'payment':'%s'}", payment) && fault_work(m, 1000) &&
	       FAULT_DONE(m, "order.ship", "{'order':'%s'}", order) &&
	       FAULT_DONE(m, "order.confirm", "{'order':'%s'}", order) && fault_work(m, 1000);
}

static void refund(int number, void *data)
{
	shared *s = data;
	fault_market m;
	char params[200];
	int rc;

	if (!fault_open(&m, s->store, "refunder") || !fault_act_as(&m, "member:ref:lin-owner"))
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
