/* LED-7: several processes seal one book at once. */
#include <stdio.h>

#include "tests/fault/shop.h"
#include "tests/races/cases.h"

enum { SEALERS = 6, EACH = 80 };

static void one_book(const fault_store *store);
static void post_and_seal(int number, void *data);

void races_of_sealing(void)
{
	fault_case("LED-7: processes that post to one book and seal it at once", FAULT_BOTH, one_book);
}

static void one_book(const fault_store *store)
{
	fault_market m;

	if (!fault_open(&m, store, "maker"))
		return;
	fault_close(&m);
	fault_processes(SEALERS, post_and_seal, (void *)store);
	fault_check(fault_number(store, "SELECT COUNT(*) FROM transfer") == SEALERS * EACH,
	            "transfers are missing");
	fault_check_ledger(store, NULL);
}

static void post_and_seal(int number, void *data)
{
	fault_market m;
	char params[FAULT_TRANSFER_SIZE], id[20];

	if (!fault_open(&m, data, "sealer"))
		return;
	fault_meet(SEALERS);
	for (int i = 0; i < EACH && !fault_failed(); i++) {
		int rc;

		snprintf(id, sizeof(id), "seal:%d-%d", number, i);
		rc = fault_send(&m, "ledger.transfer",
		                fault_transfer(params, NULL, id, "psp_clearing", "escrow:0", 1));
		fault_check(rc == 0, "%s: %s", market_error_name(rc), m.err.message);
		fault_work(&m, 10);
	}
	fault_close(&m);
}
