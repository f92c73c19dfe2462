/* CAT-7: the last units, wanted by more buyers than there are units. */
#include <stdatomic.h>
#include <stdio.h>

#include "tests/fault/shop.h"
#include "tests/races/cases.h"

/* Each buyer wants one unit, whether or not others are faster. */
enum { BUYERS = 200, PROCESSES = 8, UNITS = 20 };

typedef struct shared {
	const fault_store *store;
	char sku[MARKET_ID_TEXT_SIZE];
	atomic_int sold, sold_out;
} shared;

static void last_units(const fault_store *store);
static void buy(int number, void *data);

void races_of_stock(void)
{
	fault_case("CAT-7: 200 buyers of the last 20 units buy exactly 20", FAULT_BOTH, last_units);
}

static void last_units(const fault_store *store)
{
	shared *s = fault_shared(sizeof(*s));
	fault_market m;
	fault_shop shop;
	bool good = fault_open(&m, store, "shop") && fault_open_shop(&m, "lin", UNITS, &shop) &&
	            FAULT_DONE(&m, "buyer.create", "{'name':'Ana','ref':'b0'}");

	for (int i = 1; good && i < BUYERS; i++)
		good = FAULT_DONE(&m, "buyer.create", "{'name':'Ana','ref':'b%d'}", i);
	fault_close(&m);
	if (!good)
		return;
	s->store = store;
	snprintf(s->sku, sizeof(s->sku), "%s", shop.sku);
	fault_processes(PROCESSES, buy, s);
	fault_check(atomic_load(&s->sold) == UNITS, "%d were sold, not %d", atomic_load(&s->sold),
	            UNITS);
	fault_check(atomic_load(&s->sold_out) == BUYERS - UNITS, "%d found nothing left",
	            atomic_load(&s->sold_out));
	fault_check(fault_number(store, "SELECT reserved FROM stock") == UNITS &&
	                fault_number(store, "SELECT on_hand FROM stock") == UNITS,
	            "the stock doesn't hold what was sold");
	fault_check(fault_number(store, "SELECT COUNT(*) FROM order_line") == UNITS,
	            "there are other lines than those sold");
	fault_check_ledger(store, NULL);
}

static void buy(int number, void *data)
{
	shared *s = data;
	fault_market m;
	char params[200];

	if (!fault_open(&m, s->store, "buyer"))
		return;
	fault_meet(PROCESSES);
	for (int i = 0; i < BUYERS / PROCESSES; i++) {
		int rc;

		snprintf(params, sizeof(params),
		         "{\"buyer\":\"ref:b%d\",\"currency\":\"BRL\",\"items\":[{\"sku\":\"%s\","
		         "\"quantity\":1}]}",
		         number * (BUYERS / PROCESSES) + i, s->sku);
		rc = fault_send(&m, "order.place", params);
		if (rc == 0)
			atomic_fetch_add(&s->sold, 1);
		else if (fault_check(rc == MARKET_ESTOCK, "%s: %s", market_error_name(rc), m.err.message))
			atomic_fetch_add(&s->sold_out, 1);
	}
	fault_close(&m);
}
