/* ACC-3: what credits seller_available pays seller_receivable first. */
#include <stdio.h>

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

static int move(const char *id, const char *debit, const char *credit, int64_t amount)
{
	return fixture_move(&f, BOOK, id, debit, credit, amount, &err);
}

static int64_t owed(void)
{
	return fixture_balance(&f, BOOK, "seller_receivable");
}

static int64_t available(void)
{
	return fixture_balance(&f, BOOK, "seller_available");
}

static void credits_pay_first(void)
{
	CHECK_OK_FATAL(move("debt:1", "seller_receivable", "suspense", 100));
	CHECK_OK_FATAL(move("mature:1", "suspense", "seller_available", 99));
	CHECK_INT(owed(), 1);
	CHECK_INT(available(), 0);
	CHECK_OK_FATAL(move("mature:2", "suspense", "seller_available", 3));
	CHECK_INT(owed(), 0);
	CHECK_INT(available(), 2);
	CHECK_INT(fixture_count(&f, "leg"), 7);
	CHECK_OK_FATAL(move("mature:3", "suspense", "seller_available", 4));
	CHECK_INT(available(), 6);
	CHECK_INT(owed(), 0);
	fixture_seal_all(&f);
	CHECK_INT(fixture_verify(&f, NULL, NULL), MK_VERIFY_SELF_CONSISTENT);
}

static void a_debt_of_exactly_that(void)
{
	CHECK_OK_FATAL(move("debt:1", "seller_receivable", "suspense", 5));
	CHECK_OK_FATAL(move("mature:1", "suspense", "seller_available", 5));
	CHECK_INT(owed(), 0);
	CHECK_INT(fixture_count(&f, "leg"), 4);
}

static void what_was_asked_is_the_content(void)
{
	CHECK_OK_FATAL(move("debt:1", "seller_receivable", "suspense", 5));
	CHECK_OK_FATAL(move("mature:1", "suspense", "seller_available", 5));
	CHECK_OK(move("mature:1", "suspense", "seller_available", 5));
	CHECK_INT(fixture_count(&f, "transfer"), 2);
	CHECK_ERROR(move("mature:1", "suspense", "seller_receivable", 5), MARKET_EKEYREUSED,
	            "client_id");
}

/* The debt that the transfer itself makes or pays counts. */
static void own_debt_counts(void)
{
	CHECK_ERROR(move("both:1", "seller_receivable", "seller_available", 5), MARKET_EINVALID,
	            "legs");
	CHECK_INT(fixture_count(&f, "transfer"), 0);
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "both:2", "seller_receivable",
	                                  "seller_available", 5);
	fixture_debit(t, "suspense", brl(3));
	fixture_credit(t, "seller_available", brl(3));
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	CHECK_INT(owed(), 0);
	CHECK_INT(available(), 3);
	CHECK_OK_FATAL(move("debt:1", "seller_receivable", "suspense", 10));
	fixture_begin(&f);
	t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "both:3", "suspense", "seller_available", 9);
	fixture_debit(t, "suspense", brl(4));
	fixture_credit(t, "seller_receivable", brl(4));
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	CHECK_INT(owed(), 0);
	CHECK_INT(available(), 6);
}

/* A receivable on the wrong side is no debt. */
static void a_credit_balance_is_no_debt(void)
{
	CHECK_OK_FATAL(move("back:1", "suspense", "seller_receivable", 5));
	CHECK_OK_FATAL(move("mature:1", "suspense", "seller_available", 2));
	CHECK_INT(owed(), -5);
	CHECK_INT(available(), 2);
}

static void reversals_pay_too(void)
{
	CHECK_OK_FATAL(move("mature:1", "suspense", "seller_available", 5));
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "payout:1", "seller_available",
	                                  "payout_in_transit", 5);
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	market_id payout = mk_transfer_id(t);
	CHECK_OK_FATAL(move("debt:1", "seller_receivable", "suspense", 3));
	fixture_begin(&f);
	t = mk_transfer_new(f.ledger, BOOK, MK_TRANSFER_REVERSAL, "failed:1");
	mk_transfer_set_pending(t, payout);
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	CHECK_INT(owed(), 0);
	CHECK_INT(available(), 2);
	CHECK_INT(fixture_balance(&f, BOOK, "payout_in_transit"), 0);
}

static void holds_are_refused(void)
{
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_PENDING, "hold:1", "suspense",
	                                  "seller_available", 5);
	CHECK_ERROR(mk_transfer_post(f.ledger, t, &err), MARKET_EINVALID, "legs");
	fixture_abort(&f);
	CHECK_OK_FATAL(move("mature:1", "suspense", "seller_available", 5));
	fixture_begin(&f);
	t = fixture_transfer(&f, BOOK, MK_TRANSFER_PENDING, "hold:2", "seller_available",
	                     "payout_in_transit", 5);
	CHECK_OK(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
}

/* Neither another book nor another currency. */
static void debts_of_others_stay(void)
{
	CHECK_OK_FATAL(fixture_move(&f, BOOK + 1, "debt:1", "seller_receivable", "suspense", 9, &err));
	fixture_begin(&f);
	mk_transfer *t = mk_transfer_new(f.ledger, BOOK, MK_TRANSFER_DIRECT, "debt:usd");
	fixture_debit(t, "seller_receivable", mk_money(9, "USD"));
	fixture_credit(t, "suspense", mk_money(9, "USD"));
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	CHECK_OK_FATAL(move("mature:1", "suspense", "seller_available", 5));
	CHECK_INT(available(), 5);
	CHECK_INT(fixture_balance(&f, BOOK + 1, "seller_receivable"), 9);
}

/* What is owed changes between reading and writing: the operation runs again. */
static void the_debt_is_guarded(void)
{
	CHECK_OK_FATAL(move("debt:1", "seller_receivable", "suspense", 5));
	for (int i = 0; i < 2; i++) {
		fixture_begin(&f);
		mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, i ? "mature:2" : "mature:1",
		                                  "suspense", "seller_available", 9);
		CHECK_OK_FATAL(mk_transfer_post(f.ledger, t, &err));
		CHECK_OK_FATAL(mk_store_execute_text(
			f.store, "UPDATE account SET version = version + 1 WHERE name = 'seller_receivable'",
			&err));
		CHECK_INT(fixture_end(&f, 0, &err), MK_AGAIN);
		/* then without a debt */
		if (i == 0)
			CHECK_OK_FATAL(move("paid:1", "suspense", "seller_receivable", 5));
	}
	CHECK_INT(available(), 0);
}

static void at_most_64_legs(void)
{
	for (int more = 0; more < 2; more++) {
		char name[32];
		CHECK_OK_FATAL(move(more ? "debt:1" : "debt:0", "seller_receivable", "suspense", 5));
		fixture_begin(&f);
		mk_transfer *t = mk_transfer_new(f.ledger, BOOK, MK_TRANSFER_DIRECT, "wide:%d", more);
		for (int i = 0; i < MK_MAX_LEGS - 2 + more; i++) {
			snprintf(name, sizeof(name), "recourse:%d", i);
			fixture_debit(t, name, brl(1));
		}
		fixture_credit(t, "seller_available", brl(MK_MAX_LEGS - 2 + more));
		int rc = mk_transfer_post(f.ledger, t, &err);
		if (more)
			CHECK_ERROR(rc, MARKET_ELIMIT, "legs");
		CHECK_INT(fixture_end(&f, rc, &err), more ? MARKET_ELIMIT : 0);
	}
}

/* A part posted of a hold leaves legs that posted nothing; its reversal has none for them. */
static void a_part_is_reversed(void)
{
	CHECK_OK_FATAL(move("in:1", "psp_clearing", "escrow:a", 9));
	fixture_begin(&f);
	mk_transfer *t =
		fixture_transfer(&f, BOOK, MK_TRANSFER_PENDING, "hold:1", "escrow:a", "tax_payable", 4);
	fixture_debit(t, "escrow:a", brl(3));
	fixture_credit(t, "seller_pending", brl(3));
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	market_id hold = mk_transfer_id(t);
	fixture_begin(&f);
	t = fixture_transfer(&f, BOOK, MK_TRANSFER_POST, "post:1", "escrow:a", "tax_payable", 4);
	mk_transfer_set_pending(t, hold);
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	market_id posted = mk_transfer_id(t);
	fixture_begin(&f);
	t = mk_transfer_new(f.ledger, BOOK, MK_TRANSFER_REVERSAL, "back:1");
	mk_transfer_set_pending(t, posted);
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	CHECK_INT(fixture_balance(&f, BOOK, "escrow:a"), 9);
	CHECK_INT(fixture_count(&f, "leg"), 2 + 3 + 3 + 2);
	fixture_seal_all(&f);
	CHECK_INT(fixture_verify(&f, NULL, NULL), MK_VERIFY_SELF_CONSISTENT);
}

void suite_debt(void)
{
	CU_pSuite s = test_suite_on_store_with("debt", before, after);
	CU_add_test(s, "ACC-3: a credit of seller_available pays what is owed first",
	            credits_pay_first);
	CU_add_test(s, "ACC-3: a debt of exactly the credit", a_debt_of_exactly_that);
	CU_add_test(s, "ACC-3, LED-2: the content is what was asked, whatever was owed",
	            what_was_asked_is_the_content);
	CU_add_test(s, "ACC-3: the debt that a transfer makes or pays itself counts", own_debt_counts);
	CU_add_test(s, "ACC-3: a receivable with a credit balance is no debt",
	            a_credit_balance_is_no_debt);
	CU_add_test(s, "ACC-3: a reversal pays the debt first", reversals_pay_too);
	CU_add_test(s, "ACC-3: a hold can't credit seller_available", holds_are_refused);
	CU_add_test(s, "ACC-3: debts of other books and currencies stay", debts_of_others_stay);
	CU_add_test(s, "ACC-3: a debt that changes meanwhile runs the operation again",
	            the_debt_is_guarded);
	CU_add_test(s, "LED-2: at most 64 legs with the debt that is paid", at_most_64_legs);
	CU_add_test(s, "LED-2: a hold posted in part is reversed", a_part_is_reversed);
}
