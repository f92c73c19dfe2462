/* SET-3: what happens while a payout day passes. */
#include <stdio.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "tests/unit/settlement_fixture.h"

typedef struct meanwhile {
	test_market other;
	int looks;
} meanwhile;

/* At the second look: what an operator posts by hand is tried before it is done. */
static void pay_between(const mk_trace *trace, void *user_data)
{
	meanwhile *day = user_data;

	if (strcmp(trace->statement->name, "period_of_seller") != 0 || ++day->looks != 2)
		return;
	CU_ASSERT_EQUAL(test_work(&day->other), 1);
}

/* On PostgreSQL the payout day finds nothing and ends its period between another operation's look
 * at the period and its money; on SQLite it can't. */
static void payout_day_meanwhile(void)
{
	meanwhile day = {.looks = 0};
	test_market *other = &day.other;
	bazaar b;

	bazaar_open(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", settle_plain_settlement));
	settle_account(&b, 0, "bank");
	bazaar_place_one(&b);
	bazaar_pay(&b);
	settle_release(&b, 0);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	test_work(&b.m);
	b.m.now += 7 * MK_DAY;
	other->now = b.m.now;
	snprintf(other->url, sizeof(other->url), "%s", b.m.url);
	test_market_reopen(other);
	if (test_on_postgres())
		mk_store_set_trace(b.m.market->store, pay_between, &day);
	else
		CU_ASSERT_EQUAL(test_work(other), 1);
	TEST_CALL(&b.m, "ledger.adjust",
	          "{'seller':'%s','client_id':'1','reason':'goodwill','legs':["
	          "{'account':'compensation_expense','debit':{'amount':'50.00','currency':'BRL'}},"
	          "{'account':'seller_available','credit':{'amount':'50.00','currency':'BRL'}}]}",
	          b.seller[0]);
	mk_store_set_trace(b.m.market->store, NULL, NULL);
	CU_ASSERT(!test_on_postgres() || day.looks >= 2);
	test_market_close(other);
	test_advance(&b.m, 8 * MK_DAY);
	CHECK_TEXT(bazaar_balance(&b, 0, "seller_available"), "0.00");
	CHECK_INT(bazaar_events(&b, "payout.paid"), 2);
	settle_check(&b);
	bazaar_close(&b);
}

/* An earning that is available from Monday, 12 January, is paid at the end of its period. */
static void paid_on(const char *schedule, const char *day)
{
	char settlement[200];
	bazaar b;

	snprintf(settlement, sizeof(settlement),
	         "  maturity: 7d\n  reserves: []\n  schedule: %s\n  zone: UTC\n"
	         "  advance_limit: 5000.00 BRL\n",
	         schedule);
	bazaar_open(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", settlement));
	settle_account(&b, 0, "bank");
	bazaar_place_one(&b);
	bazaar_pay(&b);
	settle_release(&b, 0);
	test_advance(&b.m, 40 * MK_DAY);
	TEST_CALL(&b.m, "payout.list", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "items.0.created_at"), day);
	bazaar_end(&b);
}

static void daily(void)
{
	paid_on("daily", "2026-01-13T00:00:00.000Z");
}

static void weekly(void)
{
	paid_on("weekly", "2026-01-19T00:00:00.000Z");
}

static void fortnightly(void)
{
	paid_on("fortnightly", "2026-01-26T00:00:00.000Z");
}

static void monthly(void)
{
	paid_on("monthly", "2026-02-01T00:00:00.000Z");
}

static void manual(void)
{
	paid_on("manual", "");
}

void suite_payout_day(void);
void suite_payout_day(void)
{
	CU_pSuite s = test_suite_on_store("payout_day");

	CU_add_test(s, "SET-3: what comes while the payout day passes is paid on the next",
	            payout_day_meanwhile);
	CU_add_test(s, "SET-3: paid every day", daily);
	CU_add_test(s, "SET-3: paid every week", weekly);
	CU_add_test(s, "SET-3: paid every fortnight", fortnightly);
	CU_add_test(s, "SET-3: paid every month", monthly);
	CU_add_test(s, "SET-3: paid by hand alone", manual);
}
