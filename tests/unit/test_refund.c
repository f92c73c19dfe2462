/* PRO-1, FRT-1, COM-6, ESC-6 to ESC-8, ORD-2: refunds. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/settlement_fixture.h"

#define CHECK_BALANCE(book, account, expected) \
	CHECK_TEXT(bazaar_balance(&b, (book), (account)), (expected))

static const char reserve_settlement[] = "  maturity: 7d\n"
										 "  reserves:\n"
										 "    - {rate: 50%, period: 30d}\n"
										 "  schedule: manual\n"
										 "  zone: UTC\n"
										 "  advance_limit: 100.00 BRL\n";

/* One order of 199.90 of the first seller, released: 175.91 are the seller's. */
static void sell_one(bazaar *b)
{
	bazaar_place_one(b);
	bazaar_pay(b);
	settle_release(b, 0);
}

static void quantity_targets(void)
{
	static const char *const cash[] = {"37.24", "37.23", "37.24"};
	static const char *const promo[] = {"2.66", "2.67", "2.66"};
	bazaar b;

	settle_open_three(&b, "card");
	settle_ship(&b, 1);
	for (int i = 0; i < 3; i++) {
		settle_refund(&b, 1, "'items':[{'line':'%s','quantity':1}]", b.line[1]);
		CHECK_TEXT(settle_refund_field(&b, "cash"), cash[i]);
		CHECK_TEXT(settle_refund_field(&b, "promo"), promo[i]);
		CHECK_TEXT(settle_refund_field(&b, "items.0.quantity"), "1");
	}
	CHECK_TEXT(bazaar_order(&b, 1, "lines.0.refunded_quantity"), "3");
	CHECK_TEXT(bazaar_order(&b, 1, "refunded_cash"), "111.71");
	CHECK_TEXT(bazaar_order(&b, 1, "refunded_promo"), "7.99");
	CHECK_BALANCE(1, "promo_funding", "0.00");
	CHECK_BALANCE(1, "psp_clearing", "10.00");
	TEST_REFUSED(&b.m, MARKET_EFUNDS, "items[0].quantity", "refund.create",
	             "{'order':'%s','items':[{'line':'%s','quantity':1}]}", b.order[1], b.line[1]);
	settle_check(&b);
	bazaar_close(&b);
}

static void quantity_once(void)
{
	bazaar b;

	settle_open_three(&b, "card");
	TEST_REFUSED(&b.m, MARKET_EFUNDS, "items[0].quantity", "refund.create",
	             "{'order':'%s','items':[{'line':'%s','quantity':4}]}", b.order[1], b.line[1]);
	TEST_REFUSED(&b.m, MARKET_EINVALID, "items[1].line", "refund.create",
	             "{'order':'%s','items':[{'line':'%s','quantity':1},{'line':'%s','quantity':1}]}",
	             b.order[1], b.line[1], b.line[1]);
	TEST_REFUSED(&b.m, MARKET_ENOTFOUND, "items[0].line", "refund.create",
	             "{'order':'%s','items':[{'line':'lin_aaaa','quantity':1}]}", b.order[1]);
	TEST_REFUSED(&b.m, MARKET_EINVALID, "items[0].quantity", "refund.create",
	             "{'order':'%s','items':[{'line':'%s'}]}", b.order[1], b.line[1]);
	TEST_REFUSED(&b.m, MARKET_EINVALID, "amount", "refund.create",
	             "{'order':'%s','items':[{'line':'%s','quantity':1}],'amount':{'amount':'1.00',"
	             "'currency':'BRL'}}",
	             b.order[1], b.line[1]);
	settle_refund(&b, 1, "'items':[{'line':'%s','quantity':3}]", b.line[1]);
	CHECK_TEXT(settle_refund_field(&b, "cash"), "111.71");
	bazaar_close(&b);
}

static void amount_takes_promo_along(void)
{
	bazaar b;

	settle_open_three(&b, "card");
	/* 7.99 × 50.00 ÷ 111.71 = 3.576 */
	settle_refund(&b, 1, "'items':[{'line':'%s','amount':{'amount':'50.00','currency':'BRL'}}]",
	              b.line[1]);
	CHECK_TEXT(settle_refund_field(&b, "cash"), "50.00");
	CHECK_TEXT(settle_refund_field(&b, "promo"), "3.58");
	settle_refund(&b, 1, "'amount':{'amount':'61.71','currency':'BRL'}");
	CHECK_TEXT(settle_refund_field(&b, "promo"), "4.41");
	TEST_REFUSED(&b.m, MARKET_EFUNDS, "amount", "refund.create",
	             "{'order':'%s','amount':{'amount':'0.01','currency':'BRL'}}", b.order[1]);
	TEST_REFUSED(&b.m, MARKET_ECURRENCY, "amount", "refund.create",
	             "{'order':'%s','amount':{'amount':'0.01','currency':'EUR'}}", b.order[1]);
	CHECK_TEXT(bazaar_order(&b, 1, "refunded_promo"), "7.99");
	bazaar_close(&b);
}

static void promo_returns_to_its_funder(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", settle_plain_settlement));
	CHECK_INT(bazaar_place(&b,
	                       "'items':[{'sku':'%s','quantity':1}],'discounts':[{'funder':'bank',"
	                       "'amount':{'amount':'199.90','currency':'BRL'}}]",
	                       b.sku[0]),
	          0);
	/* no charge, but escrow; a refund asks nobody */
	CHECK_TEXT(bazaar_order_balance(&b, 0, "escrow"), "199.90");
	CHECK_BALANCE(0, "funder_receivable:bank", "199.90");
	TEST_CALL(&b.m, "refund.create", "{'order':'%s'}", b.order[0]);
	CHECK_TEXT(test_out(&b.m, "state"), "ok");
	CHECK_TEXT(test_out(&b.m, "cash"), "0.00");
	CHECK_BALANCE(0, "funder_receivable:bank", "0.00");
	CHECK_TEXT(bazaar_order_balance(&b, 0, "escrow"), "0.00");
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "closed");
	CHECK_INT(bazaar_stock(&b, 0, "available"), 100);
	bazaar_close(&b);
}

static void freight_by_name(void)
{
	bazaar b;

	settle_open_three(&b, "card");
	settle_ship(&b, 1);
	TEST_REFUSED(&b.m, MARKET_EFUNDS, "freight", "refund.create",
	             "{'order':'%s','freight':{'amount':'10.01','currency':'BRL'}}", b.order[1]);
	settle_refund(&b, 1, "'freight':{'amount':'4.00','currency':'BRL'}");
	CHECK_TEXT(settle_refund_field(&b, "freight"), "4.00");
	CHECK_TEXT(settle_refund_field(&b, "cash"), "4.00");
	/* shipped: the whole order is without the freight … */
	settle_refund(&b, 1, "'borne_by':'buyer'");
	CHECK_TEXT(settle_refund_field(&b, "cash"), "111.71");
	CHECK_TEXT(settle_refund_field(&b, "borne_by"), "buyer");
	CHECK_TEXT(bazaar_order(&b, 1, "state"), "wait_confirm");
	/* … until the rest of it is refunded by name */
	settle_refund(&b, 1, "'freight':{'amount':'6.00','currency':'BRL'}");
	CHECK_TEXT(bazaar_order(&b, 1, "freight_refunded"), "10.00");
	CHECK_TEXT(bazaar_order(&b, 1, "state"), "closed");
	settle_check(&b);
	bazaar_close(&b);
}

static void freight_by_default(void)
{
	bazaar b;

	settle_open_three(&b, "card");
	settle_refund_all(&b, 1);
	CHECK_TEXT(settle_refund_field(&b, "cash"), "121.71");
	CHECK_TEXT(settle_refund_field(&b, "freight"), "10.00");
	bazaar_close(&b);
}

static void freight_when_seller_bears(void)
{
	bazaar b;

	settle_open_three(&b, "card");
	settle_ship(&b, 1);
	settle_refund(&b, 1, "'borne_by':'seller','reason':'broken'");
	CHECK_TEXT(settle_refund_field(&b, "cash"), "121.71");
	CHECK_TEXT(settle_refund_field(&b, "borne_by"), "seller");
	bazaar_close(&b);
}

static void refundable_of_the_share(void)
{
	bazaar b;

	settle_open_three(&b, "card");
	/* discounts are never refundable: 121.71 of 129.70 that escrow holds */
	TEST_REFUSED(&b.m, MARKET_EFUNDS, "amount", "refund.create",
	             "{'order':'%s','amount':{'amount':'111.72','currency':'BRL'}}", b.order[1]);
	TEST_CALL(&b.m, "refund.create", "{'order':'%s','amount':{'amount':'100.00','currency':'BRL'}}",
	          b.order[1]);
	CHECK_TEXT(bazaar_payment(&b, "shares.0.in_flight"), "100.00");
	CHECK_TEXT(bazaar_payment(&b, "shares.0.refunded"), "0.00");
	/* what is in flight blocks */
	TEST_REFUSED(&b.m, MARKET_EINFLIGHT, NULL, "refund.create",
	             "{'order':'%s','amount':{'amount':'1.00','currency':'BRL'}}", b.order[1]);
	CHECK_TEXT(bazaar_order(&b, 1, "refunded_cash"), "0.00");
	test_work(&b.m);
	CHECK_TEXT(bazaar_payment(&b, "shares.0.in_flight"), "0.00");
	CHECK_TEXT(bazaar_payment(&b, "shares.0.refunded"), "100.00");
	CHECK_TEXT(bazaar_order(&b, 1, "refunded_cash"), "100.00");
	bazaar_close(&b);
}

static void unpaid_has_nothing(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "refund.create", "{'order':'%s'}", b.order[0]);
	test_advance(&b.m, 31 * MK_MINUTE);
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "refund.create", "{'order':'%s'}", b.order[0]);
	bazaar_close(&b);
}

static void who_may_refund(void)
{
	static const struct {
		const char *role;
		int code;
	} roles[] = {
		{"finance", MARKET_EDENIED},
		{"catalogue", MARKET_EDENIED},
		{"viewer", MARKET_EDENIED},
		{"fulfilment", 0},
		{"support", 0},
	};
	bazaar b;
	char actor[60];

	settle_open_three(&b, "card");
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		TEST_CALL(&b.m, "member.create", "{'seller':'%s','ref':'%s','name':'x','role':'%s'}",
		          b.seller[1], roles[i].role, roles[i].role);
		snprintf(actor, sizeof(actor), "member:ref:%s", roles[i].role);
		test_act_as(&b.m, actor);
		CHECK_INT(test_call(&b.m, "refund.create",
		                    "{'order':'%s','amount':{'amount':'1.00','currency':'BRL'}}",
		                    b.order[1]),
		          roles[i].code);
		test_act_as(&b.m, "operator:test");
		test_work(&b.m);
	}
	test_act_as(&b.m, "buyer:ref:carl");
	TEST_REFUSED(&b.m, MARKET_EDENIED, NULL, "refund.create", "{'order':'%s'}", b.order[1]);
	TEST_CALL(&b.m, "refund.list", "{'order':'%s'}", b.order[1]);
	CHECK_TEXT(test_out(&b.m, "items.1.cash"), "1.00");
	CHECK_TEXT(test_out(&b.m, "items.1.actor"), "member");
	test_act_as(&b.m, "member:ref:anna-owner");
	TEST_REFUSED(&b.m, MARKET_ENOTFOUND, NULL, "refund.create", "{'order':'%s'}", b.order[1]);
	bazaar_close(&b);
}

static void lists_and_references(void)
{
	bazaar b;

	settle_open_three(&b, "card");
	settle_refund(&b, 1, "'ref':'r1','amount':{'amount':'1.00','currency':'BRL'}");
	TEST_REFUSED(&b.m, MARKET_EEXISTS, "ref", "refund.create",
	             "{'order':'%s','ref':'r1','amount':{'amount':'1.00','currency':'BRL'}}",
	             b.order[1]);
	settle_refund(&b, 1, "'ref':'r2','amount':{'amount':'2.00','currency':'BRL'}");
	TEST_CALL(&b.m, "refund.list", "{'order':'%s','limit':1}", b.order[1]);
	CHECK_TEXT(test_out(&b.m, "items.0.ref"), "r1");
	TEST_CALL(&b.m, "refund.list", "{'order':'%s','after':'%s'}", b.order[1],
	          test_out(&b.m, "next"));
	CHECK_TEXT(test_out(&b.m, "items.0.ref"), "r2");
	CHECK_TEXT(test_out(&b.m, "next"), "");
	bazaar_close(&b);
}

/* ---- who bears it (ESC-7) ---- */

static void own_pending_first(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", settle_plain_settlement));
	sell_one(&b);
	sell_one(&b);
	/* another order's pending earning is no source: it stays whole */
	settle_refund(&b, 0, "'amount':{'amount':'99.95','currency':'BRL'}");
	CHECK_TEXT(settle_refund_field(&b, "from_pending"), "87.95");
	CHECK_BALANCE(0, "seller_pending", "263.87");
	settle_refund_all(&b, 0);
	CHECK_TEXT(settle_refund_field(&b, "from_pending"), "87.96");
	CHECK_TEXT(settle_refund_field(&b, "from_receivable"), "0.00");
	CHECK_BALANCE(0, "seller_pending", "175.91");
	CHECK_BALANCE(0, "fee_revenue:commission", "23.99");
	settle_check(&b);
	test_advance(&b.m, 7 * MK_DAY);
	CHECK_BALANCE(0, "seller_available", "175.91");
	settle_check(&b);
	bazaar_close(&b);
}

static void reserves_and_available(void)
{
	char first[40];
	bazaar b;

	bazaar_open(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", reserve_settlement));
	sell_one(&b);
	snprintf(first, sizeof(first), "%s", b.order[0]);
	sell_one(&b);
	test_advance(&b.m, 7 * MK_DAY);
	CHECK_BALANCE(0, "seller_reserved", "175.92");
	CHECK_BALANCE(0, "seller_available", "175.90");
	/* own reserve lot 87.96, then available */
	settle_refund(&b, 0, "'amount':{'amount':'150.00','currency':'BRL'}");
	CHECK_TEXT(settle_refund_field(&b, "from_reserved"), "87.96");
	CHECK_TEXT(settle_refund_field(&b, "from_available"), "44.04");
	CHECK_BALANCE(0, "seller_available", "131.86");
	settle_check(&b);
	/* of the first order: its own reserve, all that is available; nothing is left of other reserves
	 */
	snprintf(b.order[0], sizeof(b.order[0]), "%s", first);
	settle_refund_all(&b, 0);
	CHECK_TEXT(settle_refund_field(&b, "from_reserved"), "87.96");
	CHECK_TEXT(settle_refund_field(&b, "from_available"), "87.95");
	CHECK_BALANCE(0, "seller_reserved", "0.00");
	CHECK_BALANCE(0, "seller_available", "43.91");
	settle_check(&b);
	bazaar_close(&b);
}

static void other_reserves_then_debt(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", reserve_settlement));
	settle_account(&b, 0, "bank");
	sell_one(&b);
	sell_one(&b);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	test_work(&b.m);
	/* its own 87.96; available is paid out; the other order's reserve gives the rest */
	settle_refund_all(&b, 0);
	CHECK_TEXT(settle_refund_field(&b, "from_reserved"), "175.91");
	CHECK_TEXT(settle_refund_field(&b, "from_available"), "0.00");
	CHECK_BALANCE(0, "seller_reserved", "0.01");
	CHECK_BALANCE(0, "seller_receivable", "0.00");
	settle_check(&b);
	bazaar_close(&b);
}

static void advance_limit(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", reserve_settlement));
	settle_account(&b, 0, "bank");
	sell_one(&b);
	test_advance(&b.m, 37 * MK_DAY);
	CHECK_BALANCE(0, "seller_available", "175.91");
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	test_work(&b.m);
	/* 88 % of 113.64 are 100.00: at the limit; a cent more needs an operator */
	test_act_as(&b.m, "member:ref:anna-owner");
	TEST_REFUSED(&b.m, MARKET_EQUOTA, NULL, "refund.create",
	             "{'order':'%s','amount':{'amount':'113.65','currency':'BRL'}}", b.order[0]);
	settle_refund(&b, 0, "'amount':{'amount':'113.64','currency':'BRL'}");
	CHECK_TEXT(settle_refund_field(&b, "from_receivable"), "100.00");
	TEST_REFUSED(&b.m, MARKET_EQUOTA, NULL, "refund.create", "{'order':'%s'}", b.order[0]);
	test_act_as(&b.m, "operator:test");
	settle_refund_all(&b, 0);
	CHECK_BALANCE(0, "seller_receivable", "175.91");
	CHECK_BALANCE(0, "fee_revenue:commission", "0.00");
	settle_check(&b);
	bazaar_close(&b);
}

/* Three orders of 175.91 for the seller, paid out; their refunds are asked for before any is done.
 */
static void advance_limit_counts_what_is_under_way(void)
{
	bazaar b;
	char order[3][40];

	bazaar_open(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", reserve_settlement));
	settle_account(&b, 0, "bank");
	for (int i = 0; i < 3; i++) {
		bazaar_place_one(&b);
		bazaar_charge(&b, i == 1 ? "card:refund_fails" : "card");
		settle_release(&b, 0);
		snprintf(order[i], sizeof(order[i]), "%s", b.order[0]);
	}
	test_advance(&b.m, 37 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	test_work(&b.m);
	test_act_as(&b.m, "member:ref:anna-owner");
	/* 88 % of 68.18 are 60.00, of 45.45 are 40.00: 100.00 is the limit */
	TEST_CALL(&b.m, "refund.create", "{'order':'%s','amount':{'amount':'68.18','currency':'BRL'}}",
	          order[0]);
	TEST_CALL(&b.m, "refund.create", "{'order':'%s','amount':{'amount':'45.45','currency':'BRL'}}",
	          order[1]);
	TEST_REFUSED(&b.m, MARKET_EQUOTA, NULL, "refund.create",
	             "{'order':'%s','amount':{'amount':'0.02','currency':'BRL'}}", order[2]);
	test_act_as(&b.m, "operator:test");
	test_work(&b.m);
	/* the second failed: its part of the limit is free again, to the cent */
	CHECK_BALANCE(0, "seller_receivable", "60.00");
	test_act_as(&b.m, "member:ref:anna-owner");
	TEST_REFUSED(&b.m, MARKET_EQUOTA, NULL, "refund.create",
	             "{'order':'%s','amount':{'amount':'45.47','currency':'BRL'}}", order[2]);
	TEST_CALL(&b.m, "refund.create", "{'order':'%s','amount':{'amount':'45.45','currency':'BRL'}}",
	          order[2]);
	test_act_as(&b.m, "operator:test");
	test_work(&b.m);
	CHECK_BALANCE(0, "seller_receivable", "100.00");
	settle_check(&b);
	bazaar_close(&b);
}

/* What is available is paid out only when the refund under way keeps the limit without it. */
static void payout_leaves_what_is_under_way(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", reserve_settlement));
	settle_account(&b, 0, "bank");
	bazaar_place_one(&b);
	bazaar_charge(&b, "card:refund_unknown");
	settle_release(&b, 0);
	test_advance(&b.m, 37 * MK_DAY);
	CHECK_BALANCE(0, "seller_available", "175.91");
	test_act_as(&b.m, "member:ref:anna-owner");
	/* 88 % of 113.65 are 100.01, a cent above the limit */
	TEST_CALL(&b.m, "refund.create", "{'order':'%s','amount':{'amount':'113.65','currency':'BRL'}}",
	          b.order[0]);
	test_act_as(&b.m, "operator:test");
	TEST_REFUSED(&b.m, MARKET_EINFLIGHT, NULL, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CHECK_BALANCE(0, "seller_available", "175.91");
	test_advance(&b.m, MK_DAY);
	CHECK_BALANCE(0, "seller_available", "75.90");
	CHECK_BALANCE(0, "seller_receivable", "0.00");
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "amount"), "75.90");
	test_work(&b.m);
	/* at the limit it may be owed */
	bazaar_place_one(&b);
	bazaar_charge(&b, "card:refund_unknown");
	settle_release(&b, 0);
	test_advance(&b.m, 37 * MK_DAY);
	TEST_CALL(&b.m, "refund.create", "{'order':'%s','amount':{'amount':'113.64','currency':'BRL'}}",
	          b.order[0]);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "amount"), "175.91");
	test_advance(&b.m, MK_DAY);
	CHECK_BALANCE(0, "seller_receivable", "100.00");
	settle_check(&b);
	bazaar_close(&b);
}

static void deposit_is_no_source(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", settle_plain_settlement));
	settle_account(&b, 0, "bank");
	sell_one(&b);
	settle_post(&b, 0, "deposit:1", "psp_clearing", "50.00", "seller_deposit", "-50.00", NULL);
	test_advance(&b.m, 8 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	test_work(&b.m);
	settle_refund_all(&b, 0);
	CHECK_BALANCE(0, "seller_deposit", "50.00");
	CHECK_BALANCE(0, "seller_receivable", "175.91");
	bazaar_close(&b);
}

void suite_refund(void);
void suite_refund(void)
{
	CU_pSuite s = test_suite_on_store("refund");

	CU_add_test(s, "PRO-1: targets of quantities are cumulative", quantity_targets);
	CU_add_test(s, "PRO-1: a quantity is refunded once, at and over what is left", quantity_once);
	CU_add_test(s, "PRO-1: an amount takes its part of the discount along",
	            amount_takes_promo_along);
	CU_add_test(s, "PRO-1: a fully discounted order's refund asks nobody",
	            promo_returns_to_its_funder);
	CU_add_test(s, "FRT-1: freight is refunded by name", freight_by_name);
	CU_add_test(s, "FRT-1: freight of an order that wasn't shipped goes with it",
	            freight_by_default);
	CU_add_test(s, "FRT-1: freight goes with the order when the seller bears it",
	            freight_when_seller_bears);
	CU_add_test(s, "ESC-6: refundable is captured cash less refunded and in flight",
	            refundable_of_the_share);
	CU_add_test(s, "ESC-6: an unpaid or closed order has nothing to refund", unpaid_has_nothing);
	CU_add_test(s, "SEL-6: who may refund", who_may_refund);
	CU_add_test(s, "refunds by page and reference", lists_and_references);
	CU_add_test(s, "ESC-7: the order's own pending earning comes first, another's never",
	            own_pending_first);
	CU_add_test(s, "ESC-7: own reserve, then available", reserves_and_available);
	CU_add_test(s, "ESC-7: other reserves, oldest first, before any debt",
	            other_reserves_then_debt);
	CU_add_test(s, "ESC-7: debt up to the advance limit, to the cent; above it an operator",
	            advance_limit);
	CU_add_test(s, "ESC-7: refunds under way count towards the advance limit, until they fail",
	            advance_limit_counts_what_is_under_way);
	CU_add_test(s, "ESC-7: a payout leaves what refunds under way will take",
	            payout_leaves_what_is_under_way);
	CU_add_test(s, "ESC-7: the deposit is no source of a refund", deposit_is_no_source);
}
