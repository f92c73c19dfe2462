/* LED-8: what verification finds. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/ledger_fixture.h"

#define SELLER 7001
#define OTHER 7002

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

static void intact_is_ok(void)
{
	char anchor[FIXTURE_ANCHOR_MAX];
	mk_verify_report report;
	CHECK_OK_FATAL(
		fixture_move(&f, SELLER, "capture:1", "psp_clearing", "escrow:ord_1", 100, &err));
	CHECK_OK_FATAL(fixture_move(&f, OTHER, "capture:2", "psp_clearing", "escrow:ord_2", 200, &err));
	fixture_checkpoint(&f, anchor);
	CHECK_INT(fixture_verify(&f, anchor, &report), MK_VERIFY_OK);
	CHECK_TEXT(report.problem, "");
	CHECK_TEXT(report.place, "");
	CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_SELF_CONSISTENT);
}

void suite_verify(void)
{
	CU_pSuite s = test_suite_on_store_with("verify", before, after);
	CU_add_test(s, "LED-8: an intact ledger is ok with an anchor and self-consistent without",
	            intact_is_ok);
}
