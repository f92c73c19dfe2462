/* LED-3: limits and holds. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/ledger_fixture.h"

#define BOOK 7001
#define ESCROW "escrow:ord_1"

static fixture f;
static market_error err;

static void before(void)
{
	fixture_open(&f);
	CHECK_OK_FATAL(fixture_move(&f, BOOK, "capture:1", "psp_clearing", ESCROW, 100, &err));
}

static void after(void)
{
	fixture_close(&f);
}

static int number;

/* Holds `amount` of the escrow for the seller. */
static int hold_until(int64_t amount, market_time expires, market_id *out)
{
	char id[32];
	snprintf(id, sizeof(id), "hold:%d", number++);
	fixture_begin(&f);
	mk_transfer *t =
		fixture_transfer(&f, BOOK, MK_TRANSFER_PENDING, id, ESCROW, "seller_pending", amount);
	mk_transfer_set_expiry(t, expires);
	int rc = fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err);
	*out = mk_transfer_id(t);
	return rc;
}

static market_id hold(int64_t amount)
{
	market_id id = {0, 0};
	CHECK_OK_FATAL(hold_until(amount, 0, &id));
	return id;
}

/* Ends a hold; an amount of −1 gives no legs. */
static int end(mk_transfer_kind kind, market_id held, int64_t amount)
{
	char id[32];
	snprintf(id, sizeof(id), "end:%d", number++);
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, BOOK, kind, id, amount >= 0 ? ESCROW : NULL,
	                                  amount >= 0 ? "seller_pending" : NULL, amount);
	mk_transfer_set_pending(t, held);
	return fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err);
}

static int draw(int64_t amount)
{
	char id[32];
	snprintf(id, sizeof(id), "draw:%d", number++);
	return fixture_move(&f, BOOK, id, ESCROW, "psp_clearing", amount, &err);
}

static void overdraw_is_refused(void)
{
	CHECK_ERROR(draw(101), MARKET_EFUNDS, "legs");
	CHECK_OK(draw(100));
	CHECK_ERROR(draw(1), MARKET_EFUNDS, "legs");
	CHECK_INT(fixture_balance(&f, BOOK, ESCROW), 0);
}

static void holds_count_against_the_balance(void)
{
	hold(60);
	CHECK_INT(fixture_balance(&f, BOOK, ESCROW), 100);
	CHECK_INT(fixture_available(&f, BOOK, ESCROW), 40);
	CHECK_INT(fixture_available(&f, BOOK, "seller_pending"), 0);
	CHECK_ERROR(draw(41), MARKET_EFUNDS, "legs");
	CHECK_OK(draw(40));
	market_id other = {0, 0};
	CHECK_ERROR(hold_until(1, 0, &other), MARKET_EFUNDS, "legs");
}

static void incoming_holds_are_no_funds(void)
{
	hold(60);
	CHECK_ERROR(fixture_move(&f, BOOK, "spend:1", "seller_pending", "seller_available", 1, &err),
	            MARKET_EFUNDS, "legs");
}

static void holds_never_draw_overdraft(void)
{
	mk_account account;
	market_id id = {0, 0};
	CU_ASSERT_TRUE_FATAL(fixture_account(&f, BOOK, ESCROW, "BRL", &account));
	market_id escrow = account.id;
	fixture_begin(&f);
	mk_account_change change = {
		.account = escrow, .overdraft = brl(50), .client_id = "account:1", .reason = "x"};
	CHECK_OK_FATAL(fixture_end(&f, mk_ledger_account_change(f.ledger, &change, NULL, &err), &err));
	CHECK_ERROR(hold_until(101, 0, &id), MARKET_EFUNDS, "legs");
	CHECK_OK(hold_until(100, 0, &id));
	CHECK_OK(draw(50)); /* a direct transfer does */
	CHECK_ERROR(draw(1), MARKET_EFUNDS, "legs");
	CHECK_OK(end(MK_TRANSFER_POST, id, -1)); /* what was set aside is paid all the same */
	CHECK_INT(fixture_balance(&f, BOOK, ESCROW), -50);
	CHECK_INT(fixture_verify(&f, NULL, NULL), MK_VERIFY_SELF_CONSISTENT);
}

static void posted_whole(void)
{
	market_id id = hold(60);
	CHECK_OK(end(MK_TRANSFER_POST, id, -1));
	CHECK_INT(fixture_balance(&f, BOOK, ESCROW), 40);
	CHECK_INT(fixture_available(&f, BOOK, ESCROW), 40);
	CHECK_INT(fixture_balance(&f, BOOK, "seller_pending"), 60);
}

static void posted_in_part(void)
{
	market_id id = hold(60);
	CHECK_OK(end(MK_TRANSFER_POST, id, 45));
	CHECK_INT(fixture_balance(&f, BOOK, ESCROW), 55);
	CHECK_INT(fixture_available(&f, BOOK, ESCROW), 55);
	CHECK_ERROR(end(MK_TRANSFER_POST, id, 15), MARKET_ESTATE, "pending");
}

static void posted_at_most_whole(void)
{
	market_id id = hold(60);
	CHECK_ERROR(end(MK_TRANSFER_POST, id, 61), MARKET_EFUNDS, "legs");
	fixture_begin(&f);
	mk_transfer *t =
		fixture_transfer(&f, BOOK, MK_TRANSFER_POST, "other:1", "psp_clearing", ESCROW, 1);
	mk_transfer_set_pending(t, id);
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), MARKET_EFUNDS, "legs");
	/* Not the other way round either. */
	fixture_begin(&f);
	t = fixture_transfer(&f, BOOK, MK_TRANSFER_POST, "other:2", "seller_pending", ESCROW, 1);
	mk_transfer_set_pending(t, id);
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), MARKET_EFUNDS, "legs");
	CHECK_OK(end(MK_TRANSFER_POST, id, 60));
}

static void ended_once(void)
{
	static const mk_transfer_kind kinds[] = {MK_TRANSFER_POST, MK_TRANSFER_VOID,
	                                         MK_TRANSFER_EXPIRE};
	for (size_t i = 0; i < 2; i++) {
		market_id id = hold(10);
		CHECK_OK(end(kinds[i], id, -1));
		for (size_t k = 0; k < 3; k++)
			CHECK_ERROR(end(kinds[k], id, -1), MARKET_ESTATE, "pending");
	}
	CHECK_INT(fixture_available(&f, BOOK, ESCROW), 90);
}

static void ended_once_in_one_plan(void)
{
	market_id id = hold(10);
	fixture_begin(&f);
	mk_transfer *a = fixture_transfer(&f, BOOK, MK_TRANSFER_VOID, "void:a", NULL, NULL, 0);
	mk_transfer *b = fixture_transfer(&f, BOOK, MK_TRANSFER_POST, "post:b", NULL, NULL, 0);
	mk_transfer_set_pending(a, id);
	mk_transfer_set_pending(b, id);
	CHECK_OK(mk_transfer_post(f.ledger, a, &err));
	CHECK_ERROR(mk_transfer_post(f.ledger, b, &err), MARKET_ESTATE, "pending");
	CHECK_OK(fixture_end(&f, 0, &err));
}

static void made_and_ended_in_one_plan(void)
{
	fixture_begin(&f);
	mk_transfer *t =
		fixture_transfer(&f, BOOK, MK_TRANSFER_PENDING, "hold:x", ESCROW, "seller_pending", 30);
	CHECK_OK_FATAL(mk_transfer_post(f.ledger, t, &err));
	mk_transfer *p =
		fixture_transfer(&f, BOOK, MK_TRANSFER_POST, "post:x", ESCROW, "seller_pending", 20);
	mk_transfer_set_pending(p, mk_transfer_id(t));
	CHECK_OK_FATAL(mk_transfer_post(f.ledger, p, &err));
	CHECK_OK_FATAL(fixture_end(&f, 0, &err));
	CHECK_INT(fixture_balance(&f, BOOK, "seller_pending"), 20);
	CHECK_INT(fixture_available(&f, BOOK, ESCROW), 80);
	fixture_seal_all(&f);
	CHECK_INT(fixture_verify(&f, NULL, NULL), MK_VERIFY_SELF_CONSISTENT);
}

/* Each operation of the fixture is a second later. */
static void expiry_is_sharp(void)
{
	market_id early = {0, 0}, late = {0, 0};
	CHECK_OK_FATAL(hold_until(10, f.now + 3000, &early));
	CHECK_OK(end(MK_TRANSFER_POST, early, -1)); /* at + 2 s */
	CHECK_OK_FATAL(hold_until(10, f.now + 2000, &late));
	CHECK_ERROR(end(MK_TRANSFER_POST, late, -1), MARKET_EEXPIRED,
	            "pending"); /* at + 2 s, before any sweep */
	CHECK_OK(end(MK_TRANSFER_EXPIRE, late, -1));
	CHECK_ERROR(end(MK_TRANSFER_POST, late, -1), MARKET_EEXPIRED, "pending");
	CHECK_ERROR(end(MK_TRANSFER_EXPIRE, late, -1), MARKET_ESTATE, "pending");
	CHECK_INT(fixture_available(&f, BOOK, ESCROW), 90);
}

static void not_expired_early(void)
{
	market_id id = {0, 0}, forever = hold(1);
	CHECK_OK_FATAL(hold_until(10, f.now + 4000, &id));
	CHECK_ERROR(end(MK_TRANSFER_EXPIRE, id, -1), MARKET_ESTATE, "pending");
	CHECK_ERROR(end(MK_TRANSFER_EXPIRE, id, -1), MARKET_ESTATE, "pending");
	CHECK_OK(end(MK_TRANSFER_EXPIRE, id, -1));
	/* Without an expiry only the one who made it ends it. */
	f.now += 400 * MK_DAY;
	CHECK_ERROR(end(MK_TRANSFER_EXPIRE, forever, -1), MARKET_ESTATE, "pending");
	CHECK_OK(end(MK_TRANSFER_POST, forever, -1));
}

static void expiry_lies_ahead(void)
{
	market_id id = {0, 0};
	CHECK_ERROR(hold_until(1, f.now + 1000, &id), MARKET_EINVALID, "expires_at");
	CHECK_OK(hold_until(1, f.now + 1001, &id));
	fixture_begin(&f);
	mk_transfer *t =
		fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "exp:1", ESCROW, "seller_pending", 1);
	mk_transfer_set_expiry(t, f.now + 99999);
	CHECK_ERROR(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err), MARKET_EINVALID,
	            "expires_at");
}

static void voiding_is_never_refused(void)
{
	mk_account account;
	market_id id = hold(60);
	CU_ASSERT_TRUE_FATAL(fixture_account(&f, BOOK, ESCROW, "BRL", &account));
	market_id escrow = account.id;
	fixture_begin(&f);
	mk_account_change change = {.account = escrow,
	                            .set = MK_ACCOUNT_FROZEN_IN | MK_ACCOUNT_FROZEN_OUT,
	                            .client_id = "account:1",
	                            .reason = "x"};
	CHECK_OK_FATAL(fixture_end(&f, mk_ledger_account_change(f.ledger, &change, NULL, &err), &err));
	CHECK_ERROR(end(MK_TRANSFER_POST, id, -1), MARKET_EFROZEN, "legs");
	CHECK_OK(end(MK_TRANSFER_VOID, id, -1));
	CHECK_INT(fixture_available(&f, BOOK, ESCROW), 100);
}

static void only_holds_end(void)
{
	fixture_begin(&f);
	mk_transfer *t =
		fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "direct:1", ESCROW, "seller_pending", 10);
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	market_id direct = mk_transfer_id(t);
	CHECK_ERROR(end(MK_TRANSFER_VOID, direct, -1), MARKET_ESTATE, "pending");
	CHECK_ERROR(end(MK_TRANSFER_REVERSAL, hold(5), -1), MARKET_ESTATE, "pending");
	CHECK_ERROR(end(MK_TRANSFER_POST, (market_id){BOOK, 99}, -1), MARKET_ENOTFOUND, "pending");
	CHECK_ERROR(end(MK_TRANSFER_VOID, hold(5), 5), MARKET_EINVALID, "legs");
	CHECK_ERROR(end(MK_TRANSFER_DIRECT, hold(5), 5), MARKET_EINVALID, "pending");
}

/* ---- interleavings ---- */

static const mk_statement drain = {
	.name = "test_drain",
	.table = "account",
	.sql = "UPDATE account SET debits_posted = debits_posted + ?3, version = version + 1 WHERE "
		   "book_id = ?1 AND "
		   "name = ?2",
};
static bool interfere;
static int64_t interference;

/* What another process does between an operation's reads and its flush. */
static int interfering(mk_store *store, void *user_data)
{
	fixture *other = user_data;
	market_error own;
	if (!interfere)
		return 0;
	interfere = false;
	if (test_on_postgres())
		return fixture_move(other, BOOK, "other:1", ESCROW, "seller_reserved", interference, &own);
	return mk_store_write(store, &drain,
	                      MK_ARGS(mk_int(BOOK), mk_text_value(ESCROW), mk_int(interference)),
	                      &own) < 0;
}

static int draw_meanwhile(int64_t amount, int64_t other_amount, bool guard)
{
	fixture other;
	if (test_on_postgres())
		fixture_open_other(&other, &f);
	mk_store_set_before_flush(f.store, interfering, &other);
	interfere = true;
	interference = other_amount;
	fixture_begin(&f);
	const mk_account *account = NULL;
	int rc = mk_ledger_account(f.ledger, BOOK, "escrow", "ord_1", "BRL", &account, &err);
	if (guard)
		mk_ledger_guard_version(f.ledger, account);
	mk_transfer *t =
		fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "mine:1", ESCROW, "psp_clearing", amount);
	if (rc == 0)
		rc = mk_transfer_post(f.ledger, t, &err);
	rc = fixture_end(&f, rc, &err);
	mk_store_set_before_flush(f.store, NULL, NULL);
	if (test_on_postgres())
		fixture_close(&other);
	return rc;
}

static void the_update_guards_the_limit(void)
{
	/* PostgreSQL's leg meets the other one's version too, and the operation runs again. */
	int rc = draw_meanwhile(60, 41, false);
	CU_ASSERT_TRUE(rc == MARKET_EFUNDS || (test_on_postgres() && rc == MK_AGAIN));
	CHECK_INT(fixture_balance(&f, BOOK, "psp_clearing"), 100);
	if (test_on_postgres())
		CHECK_ERROR(draw(60), MARKET_EFUNDS, "legs");
}

static void a_hot_account_is_not_retried(void)
{
	CHECK_INT(draw_meanwhile(60, 40, false), 0);
	CHECK_INT(fixture_balance(&f, BOOK, ESCROW), 0);
}

static void a_guarded_version_is_retried(void)
{
	CHECK_INT(draw_meanwhile(60, 1, true), MK_AGAIN);
	CHECK_OK(draw(60));
}

static void a_guard_without_a_leg_counts(void)
{
	fixture other;
	if (test_on_postgres())
		fixture_open_other(&other, &f);
	for (int round = 0; round < 2; round++) {
		const mk_account *account = NULL;
		char id[32];
		snprintf(id, sizeof(id), "mine:%d", round);
		mk_store_set_before_flush(f.store, interfering, &other);
		interfere = round == 0;
		interference = 1;
		fixture_begin(&f);
		CHECK_OK(mk_ledger_account(f.ledger, BOOK, "escrow", "ord_1", "BRL", &account, &err));
		mk_ledger_guard_version(f.ledger, account);
		mk_transfer *t =
			fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, id, "psp_clearing", "tax_payable", 5);
		CHECK_OK(mk_transfer_post(f.ledger, t, &err));
		CHECK_INT(fixture_end(&f, 0, &err), round == 0 ? MK_AGAIN : 0);
	}
	mk_store_set_before_flush(f.store, NULL, NULL);
	if (test_on_postgres())
		fixture_close(&other);
}

static void an_absent_account_is_guarded_by_opening_it(void)
{
	mk_account account;
	for (int round = 0; round < 2; round++) {
		fixture_begin(&f);
		CHECK_OK(mk_ledger_guard_name(f.ledger, BOOK, "seller_receivable", NULL, "BRL", &err));
		char id[32];
		snprintf(id, sizeof(id), "mine:%d", round);
		mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, id, "seller_receivable",
		                                  "psp_clearing", 5);
		CHECK_OK(mk_transfer_post(f.ledger, t, &err));
		CHECK_OK(fixture_end(&f, 0, &err));
	}
	CU_ASSERT_TRUE_FATAL(fixture_account(&f, BOOK, "seller_receivable", "BRL", &account));
	CHECK_INT(account.version, 3);
	CHECK_INT(mk_account_balance(&account).amount, 10);
	fixture_seal_all(&f);
	CHECK_INT(fixture_verify(&f, NULL, NULL), MK_VERIFY_SELF_CONSISTENT);
}

void suite_hold(void)
{
	CU_pSuite s = test_suite_on_store_with("hold", before, after);
	CU_add_test(s, "LED-3: a limited account can be emptied and not overdrawn",
	            overdraw_is_refused);
	CU_add_test(s, "LED-3: holds count against the balance", holds_count_against_the_balance);
	CU_add_test(s, "LED-3: what is held for an account isn't its money yet",
	            incoming_holds_are_no_funds);
	CU_add_test(s, "LED-3: a hold never draws overdraft", holds_never_draw_overdraft);
	CU_add_test(s, "LED-3: a hold is posted whole", posted_whole);
	CU_add_test(s, "LED-3: a hold is posted in part and frees the rest", posted_in_part);
	CU_add_test(s, "LED-3: a hold posts at most its amount, on its accounts and sides",
	            posted_at_most_whole);
	CU_add_test(s, "LED-3: a hold ends once", ended_once);
	CU_add_test(s, "LED-3: a hold ends once within one operation", ended_once_in_one_plan);
	CU_add_test(s, "LED-3: a hold may be made and ended in one operation",
	            made_and_ended_in_one_plan);
	CU_add_test(s, "LED-3: at its expiry time a hold can't be posted, before the sweep",
	            expiry_is_sharp);
	CU_add_test(s, "LED-3: a hold doesn't expire before its time, or without one",
	            not_expired_early);
	CU_add_test(s, "LED-3: an expiry lies ahead and only holds have one", expiry_lies_ahead);
	CU_add_test(s, "LED-3: a frozen account lets holds be voided, not posted",
	            voiding_is_never_refused);
	CU_add_test(s, "LED-3: only holds are ended and only posted transfers reversed",
	            only_holds_end);
	CU_add_test(s, "LED-3: a limit missed between read and flush is refused",
	            the_update_guards_the_limit);
	CU_add_test(s, "LED-3: a change that leaves the funds doesn't disturb",
	            a_hot_account_is_not_retried);
	CU_add_test(s, "ACC-3: a guarded version makes the operation run again",
	            a_guarded_version_is_retried);
	CU_add_test(s, "ACC-3: a guarded account without a leg counts too",
	            a_guard_without_a_leg_counts);
	CU_add_test(s, "ACC-3: an absent account is guarded by opening it",
	            an_absent_account_is_guarded_by_opening_it);
}
