/* SET-5: refunds and payouts of which the provider says another amount. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/settlement_fixture.h"

static const char manual_settlement[] = "  maturity: 7d\n"
										"  reserves: []\n"
										"  schedule: manual\n"
										"  minimum: 1.00 BRL\n"
										"  zone: UTC\n"
										"  advance_limit: 5000.00 BRL\n";

static void refund_short(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_charge(&b, "card:refund_amount");
	TEST_CALL(&b.m, "refund.create", "{'order':'%s','reason':'changed_mind'}", b.order[0]);
	test_work(&b.m);
	/* the buyer's claim is met here; the cent is at the provider */
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "closed");
	CHECK_TEXT(bazaar_order_balance(&b, 0, "escrow"), "0.00");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "0.01");
	CHECK_TEXT(bazaar_balance(&b, 0, "suspense"), "-0.01");
	CHECK_INT(bazaar_events(&b, "request.mismatched"), 1);
	/* the notification says the same */
	CHECK_INT(bazaar_deliver_notices(&b), 2);
	CHECK_TEXT(bazaar_balance(&b, 0, "suspense"), "-0.01");
	CHECK_INT(bazaar_events(&b, "request.mismatched"), 1);
	bazaar_end(&b);
}

/* Tells that the refund made last was `amount` of `currency`. */
static void refunded(bazaar *b, const char *refund, const char *event, const char *amount,
                     const char *currency)
{
	char body[500];

	snprintf(body, sizeof(body),
	         "{\"event\":\"%s\",\"type\":\"refunded\",\"key\":\"refund:%s:1\",\"amount\":"
	         "{\"amount\":\"%s\",\"currency\":\"%s\"}}",
	         event, refund, amount, currency);
	CHECK_INT(bazaar_notify_body(b, body, b->m.now), 0);
}

static void refund_by_notification(const char *amount, const char *currency, const char *clearing,
                                   const char *suspense)
{
	bazaar b;
	char refund[40];

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_charge(&b, "card:refund_unknown");
	TEST_CALL(&b.m, "refund.create", "{'order':'%s','reason':'changed_mind'}", b.order[0]);
	snprintf(refund, sizeof(refund), "%s", test_out(&b.m, "id"));
	refunded(&b, refund, "one", amount, currency);
	CHECK_TEXT(test_out(&b.m, "result"), "mismatched");
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "closed");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), clearing);
	CHECK_TEXT(bazaar_balance(&b, 0, "suspense"), suspense);
	/* a third amount is told, and moves nothing more */
	refunded(&b, refund, "two", "7.00", "BRL");
	CHECK_TEXT(test_out(&b.m, "result"), "mismatched");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), clearing);
	CHECK_INT(bazaar_events(&b, "request.mismatched"), 2);
	refunded(&b, refund, "three", "199.90", "BRL");
	CHECK_TEXT(test_out(&b.m, "result"), "known");
	bazaar_end(&b);
}

static void refund_told_smaller(void)
{
	refund_by_notification("199.89", "BRL", "0.01", "-0.01");
}

static void refund_told_larger(void)
{
	refund_by_notification("199.91", "BRL", "-0.01", "0.01");
}

static void refund_in_another_currency(void)
{
	refund_by_notification("40.00", "USD", "199.90", "-199.90");
}

static void payout_short(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", manual_settlement));
	settle_account(&b, 0, "payout:amount");
	bazaar_place_one(&b);
	bazaar_pay(&b);
	settle_release(&b, 0);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "amount"), "175.91");
	test_work(&b.m);
	CHECK_TEXT(bazaar_balance(&b, -2, "bank"), "-175.90");
	CHECK_TEXT(bazaar_balance(&b, 0, "payout_in_transit"), "0.00");
	CHECK_TEXT(bazaar_balance(&b, 0, "suspense"), "-0.01");
	CHECK_INT(bazaar_events(&b, "request.mismatched"), 1);
	CHECK_INT(bazaar_deliver_notices(&b), 1);
	test_work(&b.m);
	CHECK_TEXT(bazaar_balance(&b, -2, "bank"), "-175.90");
	CHECK_INT(bazaar_events(&b, "request.mismatched"), 1);
	settle_check(&b);
	bazaar_end(&b);
}

void suite_payment_compare(void);
void suite_payment_compare(void)
{
	CU_pSuite s = test_suite_on_store("payment_compare");

	CU_add_test(s, "SET-5: a refund one unit short is recorded", refund_short);
	CU_add_test(s, "SET-5: a refund told with a smaller amount", refund_told_smaller);
	CU_add_test(s, "SET-5: a refund told with a larger amount", refund_told_larger);
	CU_add_test(s, "SET-5: a refund told in another currency", refund_in_another_currency);
	CU_add_test(s, "SET-5: a payout one unit short is recorded", payout_short);
}
