/* ESC-8, ORD-2, COM-6: what became of a refund, and of its order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/settlement_fixture.h"

#define CHECK_BALANCE(book, account, expected) \
	CHECK_TEXT(bazaar_balance(&b, (book), (account)), (expected))

/* One order of 199.90 of the first seller, released: 175.91 are the seller's. */
static void sell_one(bazaar *b)
{
	bazaar_place_one(b);
	bazaar_pay(b);
	settle_release(b, 0);
}

static void failure_changes_nothing(void)
{
	bazaar b;
	char before[2000], after[2000];

	settle_open_three(&b, "card:refund_fails");
	TEST_CALL(&b.m, "order.get", "{'order':'%s'}", b.order[1]);
	char *text = json_dumps(json_object_get(b.m.out, "lines"), JSON_COMPACT);
	snprintf(before, sizeof(before), "%s", text);
	free(text);
	settle_refund(&b, 1, "'items':[{'line':'%s','quantity':2}]", b.line[1]);
	CHECK_TEXT(settle_refund_field(&b, "state"), "failed");
	TEST_CALL(&b.m, "order.get", "{'order':'%s'}", b.order[1]);
	text = json_dumps(json_object_get(b.m.out, "lines"), JSON_COMPACT);
	snprintf(after, sizeof(after), "%s", text);
	free(text);
	CHECK_TEXT(after, before);
	CHECK_TEXT(bazaar_order(&b, 1, "refunded_cash"), "0.00");
	CHECK_TEXT(bazaar_order(&b, 1, "in_flight"), "0.00");
	CHECK_TEXT(bazaar_order(&b, 1, "freezes"), "");
	CHECK_TEXT(bazaar_payment(&b, "shares.0.in_flight"), "0.00");
	CHECK_TEXT(bazaar_order_balance(&b, 1, "escrow"), "129.70");
	CHECK_INT(bazaar_events(&b, "refund.failed"), 1);
	/* it may be asked for again */
	settle_refund(&b, 1, "'items':[{'line':'%s','quantity':3}]", b.line[1]);
	CHECK_TEXT(settle_refund_field(&b, "cash"), "111.71");
	bazaar_close(&b);
}

static void bounced_is_owed(void)
{
	bazaar b;

	settle_open_three(&b, "card");
	settle_refund(&b, 1, "'amount':{'amount':'20.00','currency':'BRL'}");
	TEST_CALL(&b.m, "refund.list", "{'order':'%s'}", b.order[1]);
	char id[40];
	snprintf(id, sizeof(id), "%s", test_out(&b.m, "items.0.id"));
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "refund.retry", "{'refund':'%s'}", id);
	CHECK_BALANCE(1, "psp_clearing", "101.71");
	TEST_CALL(&b.m, "refund.bounce", "{'refund':'%s','reason':'account closed'}", id);
	CHECK_TEXT(test_out(&b.m, "state"), "bounced");
	CHECK_BALANCE(1, "psp_clearing", "121.71");
	CHECK_TEXT(bazaar_order_balance(&b, 1, "buyer_payable"), "20.00");
	CHECK_INT(bazaar_events(&b, "refund.bounced"), 1);
	CHECK_TEXT(bazaar_order(&b, 1, "refunded_cash"), "20.00");
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "refund.bounce", "{'refund':'%s'}", id);
	/* its deadline sends it again */
	test_advance(&b.m, MK_MINUTE - 1);
	CHECK_TEXT(settle_refund_field(&b, "state"), "bounced");
	test_advance(&b.m, 1);
	test_work(&b.m);
	CHECK_TEXT(settle_refund_field(&b, "state"), "ok");
	CHECK_TEXT(bazaar_order_balance(&b, 1, "buyer_payable"), "0.00");
	CHECK_BALANCE(1, "psp_clearing", "101.71");
	settle_check(&b);
	bazaar_close(&b);
}

static void unknown_blocks(void)
{
	bazaar b;

	settle_open_three(&b, "card:refund_unknown");
	settle_refund(&b, 1, "'amount':{'amount':'20.00','currency':'BRL'}");
	CHECK_TEXT(settle_refund_field(&b, "state"), "requested");
	CHECK_TEXT(bazaar_order(&b, 1, "in_flight"), "21.43");
	CHECK_TEXT(bazaar_order_balance(&b, 1, "escrow"), "129.70");
	TEST_REFUSED(&b.m, MARKET_EINFLIGHT, NULL, "refund.create", "{'order':'%s'}", b.order[1]);
	test_act_as(&b.m, "buyer:ref:carl");
	TEST_REFUSED(&b.m, MARKET_EFROZEN, NULL, "order.cancel", "{'order':'%s'}", b.order[1]);
	test_act_as(&b.m, "operator:test");
	/* a query resolves it */
	bazaar_pass(&b, 5 * MK_MINUTE, MK_MINUTE);
	CHECK_TEXT(settle_refund_field(&b, "state"), "ok");
	CHECK_TEXT(bazaar_order_balance(&b, 1, "escrow"), "108.27");
	bazaar_close(&b);
}

/* ---- the order (ORD-2) and its fees (COM-6) ---- */

static void whole_closes_the_order(void)
{
	bazaar b;

	settle_open_three(&b, "card");
	CHECK_INT(bazaar_stock(&b, 1, "available"), 97);
	settle_refund_all(&b, 1);
	CHECK_TEXT(bazaar_order(&b, 1, "state"), "closed");
	CHECK_TEXT(bazaar_order(&b, 1, "close_reason"), "refunded");
	CHECK_INT(bazaar_stock(&b, 1, "available"), 100);
	CHECK_BALANCE(1, "psp_clearing", "0.00");
	CHECK_BALANCE(1, "fee_revenue:commission", "");
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "refund.create", "{'order':'%s'}", b.order[1]);
	settle_check(&b);
	bazaar_close(&b);
}

static void finished_stays_finished(void)
{
	bazaar b;

	settle_open_three(&b, "card");
	settle_release(&b, 1);
	settle_refund(&b, 1, "'borne_by':'seller'");
	CHECK_TEXT(bazaar_order(&b, 1, "state"), "finished");
	CHECK_TEXT(bazaar_order(&b, 1, "refunded_cash"), "121.71");
	CHECK_BALANCE(1, "seller_pending", "0.00");
	CHECK_BALANCE(1, "fee_revenue:commission", "0.00");
	CHECK_INT(bazaar_stock(&b, 1, "available"), 97);
	settle_check(&b);
	bazaar_close(&b);
}

static void cancelling_refunds(void)
{
	bazaar b;

	settle_open_three(&b, "card");
	test_act_as(&b.m, "buyer:ref:carl");
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s'}", b.order[1]);
	test_act_as(&b.m, "operator:test");
	CHECK_TEXT(bazaar_order(&b, 1, "state"), "closed");
	CHECK_TEXT(bazaar_order(&b, 1, "in_flight"), "129.70");
	test_work(&b.m);
	CHECK_TEXT(bazaar_order(&b, 1, "refunded_cash"), "121.71");
	CHECK_TEXT(bazaar_order(&b, 1, "close_reason"), "buyer_cancelled");
	CHECK_TEXT(bazaar_order(&b, 1, "escrow"), "settled");
	CHECK_BALANCE(1, "psp_clearing", "0.00");
	CHECK_INT(bazaar_stock(&b, 1, "available"), 100);
	settle_check(&b);
	bazaar_close(&b);
}

static void failed_is_sent_again(void)
{
	static const int minutes[] = {1, 2, 4, 8, 16};
	bazaar b;

	settle_open_three(&b, "card:refund_fails");
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'fraud'}", b.order[1]);
	test_work(&b.m);
	CHECK_INT(bazaar_events(&b, "refund.failed"), 1);
	for (int i = 0; i < 5; i++) {
		bazaar_check_deadlines(&b);
		test_advance(&b.m, minutes[i] * MK_MINUTE - 1);
		CHECK_INT(bazaar_events(&b, "refund.failed"), i + 1);
		test_advance(&b.m, 1);
		test_work(&b.m);
		CHECK_INT(bazaar_events(&b, "refund.failed"), i + 2);
	}
	TEST_CALL(&b.m, "refund.list", "{'order':'%s'}", b.order[1]);
	CHECK_TEXT(test_out(&b.m, "items.1.id"), "");
	CHECK_TEXT(bazaar_order_balance(&b, 1, "escrow"), "129.70");
	settle_check(&b);
	bazaar_close(&b);
}

static void failed_by_hand_is_not_sent_again(void)
{
	bazaar b;

	settle_open_three(&b, "card:refund_fails");
	settle_refund(&b, 1, "'items':[{'line':'%s','quantity':1}]", b.line[1]);
	CHECK_TEXT(settle_refund_field(&b, "state"), "failed");
	TEST_CALL(&b.m, "refund.list", "{'order':'%s'}", b.order[1]);
	char id[40];
	snprintf(id, sizeof(id), "%s", test_out(&b.m, "items.0.id"));
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "refund.retry", "{'refund':'%s'}", id);
	CHECK_INT(test_advance(&b.m, MK_DAY), 0);
	bazaar_close(&b);
}

/* Somebody refunded by hand what the failed refund owed: its deadline finds nothing and ends. */
static void refunded_by_hand_meanwhile(void)
{
	bazaar b;

	settle_open_three(&b, "card:refund_fails_once");
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'fraud'}", b.order[1]);
	test_work(&b.m);
	/* its own first attempt fails, so that both are left to be sent again */
	TEST_CALL(&b.m, "refund.create", "{'order':'%s','amount':{'amount':'20.00','currency':'BRL'}}",
	          b.order[1]);
	test_work(&b.m);
	CHECK_TEXT(bazaar_order(&b, 1, "refunded_cash"), "0.00");
	test_advance(&b.m, MK_MINUTE);
	test_work(&b.m);
	CHECK_TEXT(bazaar_order(&b, 1, "refunded_cash"), "121.71");
	CHECK_TEXT(bazaar_order(&b, 1, "escrow"), "settled");
	CHECK_INT(test_advance(&b.m, MK_DAY), 0);
	settle_check(&b);
	bazaar_close(&b);
}

static void cancelled_but_refund_failed(void)
{
	bazaar b;

	settle_open_three(&b, "card:refund_fails");
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'fraud'}", b.order[1]);
	test_work(&b.m);
	CHECK_TEXT(bazaar_order(&b, 1, "state"), "closed");
	CHECK_TEXT(bazaar_order(&b, 1, "escrow"), "held");
	CHECK_TEXT(bazaar_order_balance(&b, 1, "escrow"), "129.70");
	/* what is held for a closed order can be refunded again */
	settle_refund_all(&b, 1);
	CHECK_TEXT(settle_refund_field(&b, "cash"), "121.71");
	bazaar_close(&b);
}

static void no_reversal_before_release(void)
{
	bazaar b;

	settle_open_three(&b, "card");
	settle_refund(&b, 1, "'items':[{'line':'%s','quantity':1}]", b.line[1]);
	CHECK_BALANCE(1, "fee_revenue:commission", "");
	/* 14.36 frozen, less 4.79 */
	settle_release(&b, 1);
	CHECK_BALANCE(1, "fee_revenue:commission", "9.57");
	CHECK_BALANCE(1, "seller_pending", "80.23");
	settle_check(&b);
	bazaar_close(&b);
}

static void kept_fee_is_charged(void)
{
	static const char kept[] = "  kinds:\n"
							   "    - kind: listing\n"
							   "      reversal: never\n"
							   "      tax: {rate: 10%, mode: added}\n"
							   "      rules:\n"
							   "        - {name: default, flat: 5.00 BRL}\n";
	bazaar b;

	bazaar_open(&b, "BRL", settle_policy(kept, "[]\n", settle_plain_settlement));
	sell_one(&b);
	test_advance(&b.m, 7 * MK_DAY);
	CHECK_BALANCE(0, "seller_available", "194.40");
	bazaar_place_one(&b);
	bazaar_pay(&b);
	settle_refund_all(&b, 0);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "closed");
	CHECK_BALANCE(0, "fee_revenue:listing", "10.00");
	CHECK_BALANCE(0, "tax_payable", "1.00");
	CHECK_BALANCE(0, "seller_available", "188.90");
	settle_check(&b);
	/* refunded but for a part that is less than the fee: the release leaves a debt */
	bazaar_place_one(&b);
	bazaar_pay(&b);
	settle_refund(&b, 0, "'amount':{'amount':'198.90','currency':'BRL'}");
	settle_release(&b, 0);
	CHECK_BALANCE(0, "fee_revenue:listing", "15.00");
	CHECK_BALANCE(0, "seller_available", "184.40");
	settle_check(&b);
	bazaar_close(&b);
}

void suite_refund_outcome(void);
void suite_refund_outcome(void)
{
	CU_pSuite s = test_suite_on_store("refund_outcome");

	CU_add_test(s, "ESC-8: a failed refund changes nothing in the order", failure_changes_nothing);
	CU_add_test(s, "ESC-8: a refund that bounced is owed to the buyer and sent again",
	            bounced_is_owed);
	CU_add_test(s, "PAY-3: an unknown outcome blocks until a query resolves it", unknown_blocks);
	CU_add_test(s, "ORD-2: wholly refunded before finishing closes the order",
	            whole_closes_the_order);
	CU_add_test(s, "ORD-2: a finished order stays finished", finished_stays_finished);
	CU_add_test(s, "ORD-7: cancelling a paid order refunds it", cancelling_refunds);
	CU_add_test(s, "ESC-2: a cancelled order whose refund failed still holds its money",
	            cancelled_but_refund_failed);
	CU_add_test(s, "ESC-8: what a cancelled order owes is sent again, at doubling intervals",
	            failed_is_sent_again);
	CU_add_test(s, "ESC-8: a failed refund made by hand is its maker's to repeat",
	            failed_by_hand_is_not_sent_again);
	CU_add_test(s, "PAY-3: an order's end is refunded once, whoever asks meanwhile",
	            refunded_by_hand_meanwhile);
	CU_add_test(s, "COM-6: nothing is reversed before the release, which accrues the rest",
	            no_reversal_before_release);
	CU_add_test(s, "COM-6: a kept fee is charged from available on", kept_fee_is_charged);
}
