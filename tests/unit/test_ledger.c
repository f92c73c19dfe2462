/* Transfers and accounts: ACC-1, LED-1, LED-2, LED-4, LED-5, LED-6. */
#include <stdio.h>
#include <string.h>

#include "libmarket/base/limits.h"
#include "tests/unit/ledger_fixture.h"

#define BOOK 7001

static fixture f;
static market_error err;

static void before(void)
{
	fixture_open(&f);
}

static void after(void)
{
	fixture_close(&f);
}

static void capture(int64_t amount)
{
	char id[64];
	snprintf(id, sizeof(id), "capture:%lld", (long long)f.now);
	CHECK_OK_FATAL(fixture_move(&f, BOOK, id, "psp_clearing", "escrow:ord_1", amount, &err));
}

static void capture_and_release(void)
{
	capture(18990);
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "release:ord_1", "escrow:ord_1", NULL, 18990);
	fixture_credit(t, "seller_pending", brl(17922));
	fixture_credit(t, "fee_revenue:commission", brl(900));
	fixture_credit(t, "fee_revenue:technical", brl(108));
	fixture_credit(t, "tax_payable", brl(60));
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	CHECK_INT(fixture_balance(&f, BOOK, "escrow:ord_1"), 0);
	CHECK_INT(fixture_balance(&f, BOOK, "seller_pending"), 17922);
	CHECK_INT(fixture_balance(&f, BOOK, "fee_revenue:commission"), 900);
	CHECK_INT(fixture_balance(&f, BOOK, "psp_clearing"), 18990);
	CHECK_INT(fixture_count(&f, "leg"), 7);
}

void suite_ledger(void)
{
	CU_pSuite s = test_suite_on_store_with("ledger", before, after);
	CU_add_test(s, "LED-2: a capture and a release post their legs", capture_and_release);
}
