/* The two normative examples of the money path, to the cent. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/settlement_fixture.h"

#define CHECK_BALANCE(book, account, expected) \
	CHECK_TEXT(bazaar_balance(&b, (book), (account)), (expected))

static const char first_fees[] = "  kinds:\n"
								 "    - kind: commission\n"
								 "      reversal: proportional\n"
								 "      tax: {rate: 6%, mode: added}\n"
								 "      rules:\n"
								 "        - {name: default, rate: 5%}\n"
								 "    - kind: technical\n"
								 "      reversal: proportional\n"
								 "      tax: {rate: 6%, mode: added}\n"
								 "      rules:\n"
								 "        - {name: default, rate: 0.6%}\n";
static const char first_splits[] = "  - {kind: affiliate, rate: 3%}\n";
static const char first_settlement[] = "  maturity: 7d\n"
									   "  reserves:\n"
									   "    - {rate: 10%, period: 30d, store_types: [flagship]}\n"
									   "  schedule: manual\n"
									   "  zone: Asia/Shanghai\n"
									   "  advance_limit: 1000.00 CNY\n";

/* Rows 1A to 3B: capture, a refund of one of three while it is held, release. */
static void begin_first(bazaar *b)
{
	bazaar_open_types(b, "CNY", settle_policy(first_fees, first_splits, first_settlement),
	                  "flagship", "individual");
	CHECK_INT(
		bazaar_place(
			b,
			"'items':[{'sku':'%s','quantity':1},{'sku':'%s','quantity':3,'affiliate':'blog'}],"
			"'discounts':[{'funder':'seller','seller':'%s',"
			"'amount':{'amount':'20.00','currency':'CNY'}},"
			"{'funder':'platform','amount':{'amount':'20.00','currency':'CNY'}}],"
			"'freight':[{'seller':'%s','amount':{'amount':'10.00','currency':'CNY'}}]",
			b->sku[0], b->sku[1], b->seller[0], b->seller[0]),
		0);
	bazaar_pay(b);
	settle_refund(b, 1, "'items':[{'line':'%s','quantity':1}]", b->line[1]);
}

static void frozen_fees(void)
{
	bazaar b;

	begin_first(&b);
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.fees.0.amount"), "9.00");
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.fees.0.tax"), "0.54");
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.fees.1.amount"), "1.08");
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.fees.1.tax"), "0.06");
	CHECK_TEXT(bazaar_order(&b, 1, "lines.0.fees.0.amount"), "5.99");
	CHECK_TEXT(bazaar_order(&b, 1, "lines.0.fees.0.tax"), "0.36");
	CHECK_TEXT(bazaar_order(&b, 1, "lines.0.fees.1.amount"), "0.72");
	CHECK_TEXT(bazaar_order(&b, 1, "lines.0.fees.1.tax"), "0.04");
	CHECK_TEXT(bazaar_order(&b, 1, "lines.0.splits.0.amount"), "3.59");
	CHECK_TEXT(bazaar_order(&b, 1, "lines.0.splits.0.beneficiary"), "blog");
	bazaar_close(&b);
}

static void capture_and_held_refund(void)
{
	bazaar b;

	begin_first(&b);
	/* 1A */
	CHECK_BALANCE(0, "psp_clearing", "177.89");
	CHECK_BALANCE(0, "promo_funding", "12.01");
	CHECK_TEXT(bazaar_order_balance(&b, 0, "escrow"), "189.90");
	/* 1B less 2 */
	CHECK_TEXT(settle_refund_field(&b, "state"), "ok");
	CHECK_TEXT(settle_refund_field(&b, "cash"), "37.24");
	CHECK_TEXT(settle_refund_field(&b, "promo"), "2.66");
	CHECK_BALANCE(1, "psp_clearing", "74.47");
	CHECK_BALANCE(1, "promo_funding", "5.33");
	CHECK_TEXT(bazaar_order_balance(&b, 1, "escrow"), "79.80");
	settle_check(&b);
	bazaar_close(&b);
}

static void release_and_maturity(void)
{
	bazaar b;

	begin_first(&b);
	settle_release(&b, 0);
	settle_release(&b, 1);
	/* 3A */
	CHECK_TEXT(bazaar_order_balance(&b, 0, "escrow"), "0.00");
	CHECK_BALANCE(0, "seller_pending", "179.22");
	CHECK_BALANCE(0, "fee_revenue:commission", "9.00");
	CHECK_BALANCE(0, "fee_revenue:technical", "1.08");
	CHECK_BALANCE(0, "tax_payable", "0.60");
	/* 3B */
	CHECK_TEXT(bazaar_order_balance(&b, 1, "escrow"), "0.00");
	CHECK_BALANCE(1, "seller_pending", "72.67");
	CHECK_BALANCE(1, "fee_revenue:commission", "3.99");
	CHECK_BALANCE(1, "fee_revenue:technical", "0.48");
	CHECK_BALANCE(1, "tax_payable", "0.27");
	CHECK_BALANCE(1, "affiliate_pending", "2.39");
	/* 4A, 4B */
	test_advance(&b.m, 7 * MK_DAY);
	CHECK_BALANCE(0, "seller_pending", "0.00");
	CHECK_BALANCE(0, "seller_available", "161.30");
	CHECK_BALANCE(0, "seller_reserved", "17.92");
	CHECK_BALANCE(1, "seller_pending", "0.00");
	CHECK_BALANCE(1, "seller_available", "72.67");
	settle_check(&b);
	bazaar_close(&b);
}

static void provider_settles(void)
{
	bazaar b;

	begin_first(&b);
	TEST_CALL(&b.m, "payment.settle", "{'payment':'%s','fee':{'amount':'1.74','currency':'CNY'}}",
	          b.payment);
	test_work(&b.m);
	/* 5A, 5B */
	CHECK_BALANCE(0, "interbook:0", "176.82");
	CHECK_BALANCE(0, "psp_fee", "1.07");
	CHECK_BALANCE(0, "psp_clearing", "0.00");
	CHECK_BALANCE(1, "interbook:0", "73.80");
	CHECK_BALANCE(1, "psp_fee", "0.67");
	CHECK_BALANCE(1, "psp_clearing", "0.00");
	/* 5₀A, 5₀B */
	CHECK_BALANCE(-2, "bank", "250.62");
	settle_check(&b);
	bazaar_close(&b);
}

static void first_payout(void)
{
	bazaar b;

	begin_first(&b);
	settle_account(&b, 0, "bank of china");
	settle_release(&b, 0);
	TEST_CALL(&b.m, "payment.settle", "{'payment':'%s','fee':{'amount':'1.74','currency':'CNY'}}",
	          b.payment);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "amount"), "161.30");
	/* 6 */
	CHECK_BALANCE(0, "seller_available", "0.00");
	CHECK_BALANCE(0, "payout_in_transit", "161.30");
	/* 7: 176.82 + 73.80 came in */
	test_work(&b.m);
	test_work(&b.m);
	CHECK_BALANCE(0, "payout_in_transit", "0.00");
	CHECK_BALANCE(0, "interbook:0", "15.52");
	CHECK_BALANCE(-2, "bank", "89.32");
	settle_check(&b);
	bazaar_close(&b);
}

static void refund_after_maturity(void)
{
	bazaar b;

	begin_first(&b);
	settle_release(&b, 1);
	test_advance(&b.m, 7 * MK_DAY);
	settle_refund(&b, 1, "'items':[{'line':'%s','quantity':1}]", b.line[1]);
	/* 8 */
	CHECK_TEXT(settle_refund_field(&b, "cash"), "37.23");
	CHECK_TEXT(settle_refund_field(&b, "promo"), "2.67");
	CHECK_TEXT(settle_refund_field(&b, "from_available"), "36.34");
	CHECK_BALANCE(1, "seller_available", "36.33");
	CHECK_BALANCE(1, "fee_revenue:commission", "2.00");
	CHECK_BALANCE(1, "fee_revenue:technical", "0.24");
	CHECK_BALANCE(1, "tax_payable", "0.13");
	CHECK_BALANCE(1, "affiliate_pending", "1.20");
	CHECK_BALANCE(1, "psp_clearing", "37.24");
	CHECK_BALANCE(1, "promo_funding", "2.66");
	settle_check(&b);
	bazaar_close(&b);
}

static void affiliate_paid_already(void)
{
	bazaar b;

	begin_first(&b);
	settle_release(&b, 1);
	test_advance(&b.m, 7 * MK_DAY);
	settle_post(&b, 1, "affiliate:blog", "affiliate_pending", "2.39", "psp_clearing", "-2.39",
	            NULL);
	settle_refund(&b, 1, "'items':[{'line':'%s','quantity':1}]", b.line[1]);
	/* 8′ */
	CHECK_BALANCE(1, "affiliate_pending", "0.00");
	CHECK_BALANCE(1, "affiliate_receivable", "1.19");
	CHECK_BALANCE(1, "seller_available", "36.33");
	settle_check(&b);
	bazaar_close(&b);
}

/* ---- the second example ---- */

static const char second_fees[] = "  kinds:\n"
								  "    - kind: commission\n"
								  "      reversal: proportional\n"
								  "      tax: {rate: 5%, mode: added}\n"
								  "      rules:\n"
								  "        - {name: default, rate: 12%}\n"
								  "    - kind: listing\n"
								  "      reversal: never\n"
								  "      tax: {rate: 5%, mode: added}\n"
								  "      rules:\n"
								  "        - {name: default, flat: 5.00 BRL}\n";
static const char second_settlement[] = "  maturity: 7d\n"
										"  reserves: []\n"
										"  schedule: manual\n"
										"  zone: America/Sao_Paulo\n"
										"  advance_limit: 1000.00 BRL\n";

/* One line of 250.00, released, matured and paid out; a deposit of 50.00; row 1. */
static void begin_second(bazaar *b)
{
	bazaar_open(b, "BRL", settle_policy(second_fees, "[]\n", second_settlement));
	TEST_CALL(&b->m, "offer.update",
	          "{'offer':'%s','prices':[{'sku':'%s','price':{'amount':'250.00','currency':'BRL'}}]}",
	          b->offer[0], b->sku[0]);
	settle_account(b, 0, "banco");
	bazaar_place_one(b);
	bazaar_pay(b);
	settle_release(b, 0);
	CHECK_TEXT(bazaar_balance(b, 0, "seller_pending"), "213.25");
	test_advance(&b->m, 7 * MK_DAY);
	TEST_CALL(&b->m, "payout.create", "{'seller':'%s'}", b->seller[0]);
	test_work(&b->m);
	settle_post(b, 0, "deposit:1", "psp_clearing", "50.00", "seller_deposit", "-50.00", NULL);
	settle_refund(b, 0, "'amount':{'amount':'100.00','currency':'BRL'}");
}

static void refund_after_payout(void)
{
	bazaar b;

	begin_second(&b);
	/* 1 */
	CHECK_TEXT(settle_refund_field(&b, "from_receivable"), "87.40");
	CHECK_BALANCE(0, "seller_receivable", "87.40");
	CHECK_BALANCE(0, "seller_available", "0.00");
	CHECK_BALANCE(0, "seller_deposit", "50.00");
	CHECK_BALANCE(0, "fee_revenue:commission", "18.00");
	CHECK_BALANCE(0, "fee_revenue:listing", "5.00");
	CHECK_BALANCE(0, "tax_payable", "1.15");
	CHECK_BALANCE(0, "psp_clearing", "200.00");
	settle_check(&b);
	bazaar_close(&b);
}

/* 60.00 of another order: fees of 12 %, 5.00 and their tax leave of 74.66. */
static void mature_sixty(bazaar *b)
{
	TEST_CALL(&b->m, "offer.update",
	          "{'offer':'%s','prices':[{'sku':'%s','price':{'amount':'74.66','currency':'BRL'}}]}",
	          b->offer[0], b->sku[0]);
	bazaar_place_one(b);
	bazaar_pay(b);
	settle_release(b, 0);
	CHECK_TEXT(bazaar_balance(b, 0, "seller_pending"), "60.00");
	test_advance(&b->m, 7 * MK_DAY);
}

static void debt_is_paid_first(void)
{
	bazaar b;

	begin_second(&b);
	mature_sixty(&b);
	/* 2 and 3: one transfer */
	CHECK_BALANCE(0, "seller_pending", "0.00");
	CHECK_BALANCE(0, "seller_available", "0.00");
	CHECK_BALANCE(0, "seller_receivable", "27.40");
	/* 4 */
	TEST_REFUSED(&b.m, MARKET_EFUNDS, NULL, "payout.create", "{'seller':'%s'}", b.seller[0]);
	CHECK_BALANCE(0, "payout_in_transit", "0.00");
	settle_check(&b);
	bazaar_close(&b);
}

static void chargeback_lost(void)
{
	bazaar b;

	begin_second(&b);
	mature_sixty(&b);
	/* 5 */
	settle_post(&b, 0, "chargeback:c1", "chargeback_clearing:c1", "150.00", "suspense", "100.00",
	            "psp_fee", "15.00", "psp_clearing", "-265.00", NULL);
	/* 6 */
	settle_post(&b, 0, "chargeback_lost:c1", "fee_revenue:commission", "18.00", "tax_payable",
	            "0.90", "seller_deposit", "50.00", "seller_receivable", "81.10",
	            "chargeback_clearing:c1", "-150.00", NULL);
	/* 7 */
	settle_post(&b, 0, "dispute_fee:c1", "seller_receivable", "15.00", "fee_revenue:dispute",
	            "-15.00", NULL);
	/* 8 */
	settle_post(&b, 0, "excess_won:c1", "psp_clearing", "100.00", "suspense", "-100.00", NULL);
	CHECK_BALANCE(0, "seller_receivable", "123.50");
	CHECK_BALANCE(0, "seller_deposit", "0.00");
	CHECK_BALANCE(0, "chargeback_clearing:c1", "0.00");
	CHECK_BALANCE(0, "suspense", "0.00");
	CHECK_BALANCE(0, "psp_fee", "15.00");
	CHECK_BALANCE(0, "fee_revenue:dispute", "15.00");
	bazaar_close(&b);
}

static void chargeback_won(void)
{
	bazaar b;

	begin_second(&b);
	settle_post(&b, 0, "chargeback:c1", "chargeback_clearing:c1", "150.00", "suspense", "100.00",
	            "psp_fee", "15.00", "psp_clearing", "-265.00", NULL);
	/* 6′ */
	settle_post(&b, 0, "chargeback_won:c1", "psp_clearing", "150.00", "chargeback_clearing:c1",
	            "-150.00", NULL);
	CHECK_BALANCE(0, "seller_receivable", "87.40");
	CHECK_BALANCE(0, "seller_deposit", "50.00");
	CHECK_BALANCE(0, "chargeback_clearing:c1", "0.00");
	bazaar_close(&b);
}

void suite_examples(void);
void suite_examples(void)
{
	CU_pSuite s = test_suite_on_store("examples");

	CU_add_test(s, "COM-2, AFF-1: example 1, fees and splits frozen at placement", frozen_fees);
	CU_add_test(s, "PRO-1: example 1 rows 1 and 2, capture and a refund while held",
	            capture_and_held_refund);
	CU_add_test(s, "COM-6, SET-2: example 1 rows 3 and 4, release and maturity",
	            release_and_maturity);
	CU_add_test(s, "PAY-5: example 1 row 5, the provider settles", provider_settles);
	CU_add_test(s, "SET-3: example 1 rows 6 and 7, payout", first_payout);
	CU_add_test(s, "COM-5: example 1 row 8, a refund after maturity", refund_after_maturity);
	CU_add_test(s, "AFF-1: example 1 row 8', the affiliate was paid", affiliate_paid_already);
	CU_add_test(s, "ESC-7: example 2 row 1, a refund after payout", refund_after_payout);
	CU_add_test(s, "ACC-3: example 2 rows 2 to 4, what is owed is paid first", debt_is_paid_first);
	CU_add_test(s, "DIS-3: example 2 rows 5 to 8, a chargeback lost", chargeback_lost);
	CU_add_test(s, "DIS-3: example 2 row 6', a chargeback won", chargeback_won);
}
