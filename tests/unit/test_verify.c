/* LED-8: what verification checks beside the seals: ledgers that are wrong and sealed as such. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/ledger_fixture.h"

#define SELLER 7001

static fixture f;
static market_error err;

static market_id post(mk_transfer_kind kind, const char *id, const char *debit, const char *credit,
                      int64_t amount, market_id other)
{
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, SELLER, kind, id, debit, credit, amount);
	mk_transfer_set_pending(t, other);
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	return mk_transfer_id(t);
}

static const market_id none = {0, 0};

static void move(const char *id, int64_t book, const char *account, bool second)
{
	fixture_begin(&f);
	mk_transfer *t = second ? mk_transfer_second(f.ledger, 0, id)
	                        : mk_transfer_new(f.ledger, book, MK_TRANSFER_DIRECT, "%s", id);
	if (second)
		mk_credit_interbook(t, SELLER, brl(7));
	else
		mk_debit_interbook(t, 0, brl(7));
	if (second)
		fixture_debit(t, account, brl(7));
	else
		fixture_credit(t, account, brl(7));
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
}

/* Accounts of few legs, so that one change makes a consistent lie. */
static void before(void)
{
	fixture_open(&f);
	post(MK_TRANSFER_DIRECT, "one:1", "affiliate_receivable", "affiliate_payable", 10, none);
	market_id hold =
		post(MK_TRANSFER_PENDING, "hold:1", "recourse:a", "withheld_tax_payable", 10, none);
	post(MK_TRANSFER_POST, "post:1", NULL, NULL, 0, hold);
	hold = post(MK_TRANSFER_PENDING, "hold:2", "recourse:b", "goods_tax_payable", 10, none);
	post(MK_TRANSFER_VOID, "void:2", NULL, NULL, 0, hold);
	post(MK_TRANSFER_PENDING, "hold:3", "recourse:c", "fee_deferred", 10, none);
	hold = post(MK_TRANSFER_DIRECT, "two:1", "bad_debt", "tax_payable", 10, none);
	post(MK_TRANSFER_REVERSAL, "back:1", NULL, NULL, 0, hold);
	move("settle:1", SELLER, "psp_clearing", false);
	move("settle:1", 0, "bank", true);
	move("settle:2", SELLER, "psp_clearing", false);
}

static void after(void)
{
	fixture_close(&f);
}

static void intact_is_ok(void)
{
	char anchor[FIXTURE_ANCHOR_MAX];
	mk_verify_report report;
	fixture_checkpoint(&f, anchor);
	CHECK_INT(fixture_verify(&f, anchor, &report), MK_VERIFY_OK);
	CHECK_TEXT(report.problem, "");
	CHECK_TEXT(report.place, "");
	CHECK_INT(report.books, 2);
	CHECK_INT(report.transfers, 11);
	CHECK_INT(report.legs, 22);
	CHECK_INT(report.checkpoints, 1);
	CHECK_INT(report.anchors, 1);
	CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_SELF_CONSISTENT);
	CHECK_INT(report.accounts, 14);
}

static void moves_in_transit(void)
{
	mk_verify_report report;
	market_time begun = f.now;
	fixture_seal_all(&f);
	CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_SELF_CONSISTENT);
	CHECK_INT(report.in_transit, 1);
	CHECK_INT(report.n_in_transit_amounts, 1);
	CHECK_INT(report.in_transit_amounts[0].amount, 7);
	CHECK_INT(report.in_transit_since, begun);
	move("settle:3", SELLER, "psp_clearing", false);
	fixture_seal_all(&f);
	CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_SELF_CONSISTENT);
	CHECK_INT(report.in_transit, 2);
	CHECK_INT(report.in_transit_amounts[0].amount, 14);
	CHECK_INT(report.in_transit_since, begun);
	move("settle:3", 0, "bank", true);
	f.now += MK_DAY;
	CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_SELF_CONSISTENT);
	CHECK_INT(report.in_transit_since, begun);
	move("settle:2", 0, "bank", true);
	fixture_seal_all(&f);
	CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_SELF_CONSISTENT);
	CHECK_INT(report.in_transit, 0);
	CHECK_INT(report.in_transit_since, 0);
}

/* ---- lies ---- */

#define OF(id) "(SELECT id FROM transfer t WHERE t.client_id = '" id "' AND t.book_id = 7001)"
#define AT(id) "(SELECT effective_at FROM transfer t WHERE t.client_id = '" id "')"
#define ACC(nm) "(SELECT id FROM account a WHERE a.name = '" nm "' AND a.book_id = 7001)"

#define LEGS(set, name) "UPDATE leg SET " set " WHERE account_id = " ACC(name)
#define SOME_LEGS(set, which, name) LEGS(set, name) " AND " which
#define ACCOUNT(set, name) "UPDATE account SET " set " WHERE id = " ACC(name)

typedef struct lie {
	const char *sql[5];
	const char *problem;
} lie;

static const lie lies[] = {
	{{LEGS("credit = 11, credits_posted = 11", "affiliate_payable"),
      ACCOUNT("credits_posted = 11", "affiliate_payable")},
     "its debits and credits differ"},
	{{LEGS("credit_held = 11, credits_pending = 11", "fee_deferred"),
      ACCOUNT("credits_pending = 11", "fee_deferred")},
     "its debits and credits differ"},
	{{LEGS("credit = 10, debit = 0, credits_posted = 10, debits_posted = 0",
           "affiliate_receivable"),
      ACCOUNT("credits_posted = 10, debits_posted = 0", "affiliate_receivable"),
      LEGS("debit = 10, credit = 0, debits_posted = 10, credits_posted = 0", "affiliate_payable"),
      ACCOUNT("debits_posted = 10, credits_posted = 0", "affiliate_payable")},
     "the account is overdrawn"},
	{{LEGS("credit_held = 10, debit_held = 0, credits_pending = 10, debits_pending = 0",
           "recourse:c"),
      ACCOUNT("credits_pending = 10, debits_pending = 0", "recourse:c"),
      LEGS("debit_held = 10, credit_held = 0, debits_pending = 10, credits_pending = 0",
           "fee_deferred"),
      ACCOUNT("debits_pending = 10, credits_pending = 0", "fee_deferred")},
     "a hold draws overdraft"},
	{{"DROP INDEX transfer_pending",
      "UPDATE transfer SET pending_id = " OF("hold:1") " WHERE client_id = 'void:2'"},
     "another one ends or reverses the same transfer"},
	{{SOME_LEGS("debit_held = 9, debits_pending = 9", "debit_held = 10", "recourse:a"),
      SOME_LEGS("debit_held = -9", "debit_held = -10", "recourse:a"),
      SOME_LEGS("credit_held = 9, credits_pending = 9", "credit_held = 10", "withheld_tax_payable"),
      SOME_LEGS("credit_held = -9", "credit_held = -10", "withheld_tax_payable")},
     "it posts more than was held"},
	{{SOME_LEGS("debit_held = -9, debits_pending = 1", "debit_held = -10", "recourse:a"),
      ACCOUNT("debits_pending = 1", "recourse:a"),
      SOME_LEGS("credit_held = -9, credits_pending = 1", "credit_held = -10",
                "withheld_tax_payable"),
      ACCOUNT("credits_pending = 1", "withheld_tax_payable")},
     "it doesn't end what the hold held"},
	{{"UPDATE transfer SET expires_at = 1 WHERE client_id = 'hold:1'"},
     "it posts a hold that had expired"},
	{{"UPDATE transfer SET expires_at = " AT("post:1") " WHERE client_id = 'hold:1'"},
     "it posts a hold that had expired"},
	{{"UPDATE transfer SET kind = 5 WHERE client_id = 'void:2'"},
     "it expires a hold before its time"},
	{{"UPDATE transfer SET kind = 5 WHERE client_id = 'void:2'",
      "UPDATE transfer SET expires_at = 9000000000000 WHERE client_id = 'hold:2'"},
     "it expires a hold before its time"},
	{{"UPDATE transfer SET kind = 4 WHERE client_id = 'post:1'"},
     "it posts a hold that it should end"},
	{{"UPDATE transfer SET pending_id = " OF("one:1") " WHERE client_id = 'void:2'"},
     "what it ends isn't a hold"},
	{{"UPDATE transfer SET pending_id = 12345 WHERE client_id = 'void:2'"},
     "the transfer it refers to is absent"},
	{{"UPDATE transfer SET pending_id = " OF("hold:3") " WHERE client_id = 'void:2'"},
     "it doesn't end what the hold held"},
	{{"UPDATE transfer SET pending_id = " OF("hold:3") " WHERE client_id = 'back:1'"},
     "what it reverses can't be reversed"},
	{{"UPDATE transfer SET kind = 9 WHERE client_id = 'one:1'"}, "its kind isn't known"},
	{{"UPDATE transfer SET kind = 0 WHERE client_id = 'one:1'"}, "its kind isn't known"},
	{{"UPDATE transfer SET kind = 3 WHERE client_id = 'one:1'"},
     "its kind and the transfer it refers to don't fit"},
	{{"UPDATE transfer SET kind = 7 WHERE client_id = 'one:1'"}, "legs are missing or too many"},
	{{"UPDATE transfer SET kind = 2 WHERE client_id = 'one:1'"}, "a leg of a hold doesn't hold"},
	{{LEGS("debit_held = -10", "recourse:c"), LEGS("credit_held = -10", "fee_deferred")},
     "a leg of a hold doesn't hold"},
	{{LEGS("debit = 10", "recourse:c"), LEGS("credit = 10", "fee_deferred")},
     "a leg of a hold doesn't hold"},
	{{LEGS("credit_held = 10", "recourse:c"), LEGS("debit_held = 10", "fee_deferred")},
     "a leg of a hold doesn't hold"},
	{{LEGS("debit_held = 10", "affiliate_receivable"),
      LEGS("credit_held = 10", "affiliate_payable")},
     "a leg doesn't post"},
	{{SOME_LEGS("debit_held = 10", "debit_held = -10", "recourse:b"),
      SOME_LEGS("credit_held = 10", "credit_held = -10", "goods_tax_payable")},
     "a leg doesn't end what was held"},
	{{SOME_LEGS("debit_held = 1", "debit_held = -10", "recourse:b")},
     "a leg doesn't end what was held"},
	{{SOME_LEGS("credit_held = 1", "credit_held = -10", "goods_tax_payable")},
     "a leg doesn't end what was held"},
	{{"UPDATE transfer SET kind = 1 WHERE client_id = 'hold:3'"}, "a leg doesn't post"},
	{{"UPDATE transfer SET expires_at = 5 WHERE client_id = 'one:1'"},
     "it isn't a hold and expires"},
	{{"UPDATE transfer SET purpose = 'two' WHERE client_id = 'one:1'"},
     "its purpose isn't its client id's"},
	{{"UPDATE transfer SET purpose = 'on' WHERE client_id = 'one:1'"},
     "its purpose isn't its client id's"},
	{{"UPDATE transfer SET first_leg_id = first_leg_id - 1 WHERE client_id = 'one:1'"},
     "its first or last leg isn't the one named"},
	{{"UPDATE transfer SET last_leg_id = last_leg_id + 1 WHERE client_id = 'one:1'"},
     "its first or last leg isn't the one named"},
	{{"UPDATE account SET account_class = 1 WHERE name = 'affiliate_payable'"},
     "a leg's account isn't of the chart"},
	{{"UPDATE account SET name = 'petty_cash' WHERE name = 'affiliate_payable'"},
     "a leg's account isn't of the chart"},
	{{"UPDATE account SET name = 'tax_payable:x' WHERE name = 'affiliate_payable'"},
     "a leg's account isn't of the chart"},
	{{"UPDATE account SET name = 'bank' WHERE name = 'affiliate_receivable'"},
     "a leg's account isn't of the chart"},
	{{LEGS("credit = -10", "affiliate_payable")}, "a leg is negative or on both sides"},
	{{LEGS("debit = 5", "affiliate_payable")}, "a leg is negative or on both sides"},
	{{LEGS("version = 2", "affiliate_payable"),
      "UPDATE account SET version = 2 WHERE name = 'affiliate_payable'"},
     "a version is missing before it"},
	{{LEGS("credits_posted = 11", "affiliate_payable"),
      "UPDATE account SET credits_posted = 11 WHERE name = 'affiliate_payable'"},
     "the balances after it don't follow"},
	{{LEGS("debits_posted = 1", "affiliate_payable"),
      "UPDATE account SET debits_posted = 1 WHERE name = 'affiliate_payable'"},
     "the balances after it don't follow"},
	{{LEGS("debits_pending = 1", "affiliate_payable"),
      "UPDATE account SET debits_pending = 1 WHERE name = 'affiliate_payable'"},
     "the balances after it don't follow"},
	{{LEGS("credits_pending = 1", "affiliate_payable"),
      "UPDATE account SET credits_pending = 1 WHERE name = 'affiliate_payable'"},
     "the balances after it don't follow"},
	{{"UPDATE account SET credits_posted = 11 WHERE name = 'affiliate_payable'"},
     "it differs from its last leg"},
	{{"UPDATE account SET debits_pending = 1 WHERE name = 'affiliate_payable'"},
     "it differs from its last leg"},
	{{"UPDATE account SET overdraft = 1 WHERE name = 'affiliate_payable'"},
     "it differs from its last leg"},
	{{SOME_LEGS("flags = 3", "version = 2", "tax_payable"),
      "UPDATE account SET flags = 3 WHERE name = 'tax_payable'"},
     "flags or overdraft changed without a record of it"},
	{{SOME_LEGS("overdraft = 3", "version = 2", "tax_payable"),
      "UPDATE account SET overdraft = 3 WHERE name = 'tax_payable'"},
     "flags or overdraft changed without a record of it"},
	{{LEGS("flags = 0", "affiliate_payable"),
      "UPDATE account SET flags = 0 WHERE name = 'affiliate_payable'"},
     "flags or overdraft changed without a record of it"},
	{{"INSERT INTO account (book_id, id, name, currency, account_class, flags, overdraft, "
      "debits_posted, credits_posted, debits_pending, credits_pending, version) SELECT book_id, "
      "4242, name, 'USD', account_class, flags, 0, 0, 0, 0, 0, 1 FROM account WHERE name = "
      "'affiliate_payable'"},
     "it has no legs"},
	{{"UPDATE transfer SET client_id = 'settle:9:in' WHERE client_id = 'settle:1:in'"},
     "its first half is absent from book 7001"},
	{{"UPDATE transfer SET client_id = 'settle:9:in' WHERE client_id = 'settle:2'"},
     "its first half is absent from book 0"},
	{{"UPDATE account SET name = 'interbook:7002' WHERE name = 'interbook:7001'"},
     "its first half is absent from book 7002"},
	{{"UPDATE leg SET debit = 8, debits_posted = 8 WHERE book_id = 0 AND debit = 7",
      "UPDATE leg SET credit = 8, credits_posted = 8 WHERE book_id = 0 AND credit = 7",
      "UPDATE account SET debits_posted = 8 WHERE book_id = 0 AND debits_posted = 7",
      "UPDATE account SET credits_posted = 8 WHERE book_id = 0 AND credits_posted = 7"},
     "its other half in book 7001 isn't equal and opposite"},
	{{"UPDATE account SET name = 'interbook:x' WHERE name = 'interbook:7001'"},
     "it names no other book"},
	{{"UPDATE account SET name = 'interbook:0' WHERE name = 'interbook:7001'"},
     "it names no other book"},
};

/* Whoever may write everything but signs nothing: all is sealed anew around the lie. */
static void seal_anew(void)
{
	fixture_execute(&f, "UPDATE transfer SET position = NULL WHERE book_id >= 0");
	fixture_execute(&f, "DELETE FROM book_head WHERE book_id >= 0");
	fixture_begin(&f);
	int sealed = mk_ledger_seal(f.ledger, 1000, &err);
	CHECK_OK(fixture_end(&f, sealed < 0 ? sealed : 0, &err));
	CHECK_INT(sealed, 11);
}

static void lies_are_found(void)
{
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		mk_verify_report report;
		if (i > 0)
			before();
		for (const char *const *sql = lies[i].sql; *sql; sql++)
			fixture_execute(&f, *sql);
		seal_anew();
		CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_BROKEN);
		CHECK_TEXT(report.problem, lies[i].problem);
		CU_ASSERT_TRUE(report.place[0] != '\0');
		if (i + 1 < sizeof(lies) / sizeof(lies[0]))
			after();
	}
}

/* A hold ended by its time, at that very time, among them. */
static void truth_sealed_anew_stands(void)
{
	fixture_execute(&f, "UPDATE transfer SET kind = 5 WHERE client_id = 'void:2'");
	fixture_execute(&f,
	                "UPDATE transfer SET expires_at = " AT("void:2") " WHERE client_id = 'hold:2'");
	seal_anew();
	CHECK_INT(fixture_verify(&f, NULL, NULL), MK_VERIFY_SELF_CONSISTENT);
}

static int complain(mk_store *store, int64_t book, char problem[200], void *user_data,
                    market_error *e)
{
	int64_t *seen = user_data;
	(void)store;
	(void)e;
	*seen += book;
	if (book == SELLER)
		snprintf(problem, 200, "lines and balance differ");
	return 0;
}

static void the_caller_checks_too(void)
{
	mk_verify_report report;
	int64_t seen = 0;
	fixture_seal_all(&f);
	CHECK_OK_FATAL(mk_store_begin(f.store, false, &err));
	CHECK_OK(mk_ledger_verify(&(mk_verify_setup){.store = f.store,
	                                             .allocator = &mk_allocator_default,
	                                             .digest = f.digest,
	                                             .keys = f.keys,
	                                             .store_id = "test-store",
	                                             .check_book = complain,
	                                             .user_data = &seen},
	                          &report, &err));
	mk_store_rollback(f.store);
	CHECK_INT(seen, SELLER);
	CHECK_INT(report.result, MK_VERIFY_BROKEN);
	CHECK_TEXT(report.place, "book 7001");
	CHECK_TEXT(report.problem, "lines and balance differ");
}

static void unreadable_rows_have_places(void)
{
	mk_verify_report report;
	fixture_seal_all(&f);
	fixture_execute(&f, "INSERT INTO account (book_id, id, name, currency, account_class, flags, "
	                    "overdraft, debits_posted, credits_posted, debits_pending, "
	                    "credits_pending, version) VALUES (7001, 1, 'suspense', 'xx', 6, 0, 0, 0, "
	                    "0, 0, 0, 0)");
	CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_BROKEN);
	CHECK_TEXT(report.place, "table account, book 7001");
	CHECK_TEXT(report.problem, "overdraft of a stored account has no valid currency");
}

static int unreadable_lot(mk_store *store, int64_t book, char problem[200], void *user_data,
                          market_error *e)
{
	(void)store;
	(void)problem;
	(void)user_data;
	return book == SELLER ? mk_error_set(e, MARKET_ECORRUPT, "a page is damaged") : 0;
}

static void damage_has_a_place(void)
{
	mk_verify_report report;
	mk_verify_setup setup = {.store = f.store,
	                         .allocator = &mk_allocator_default,
	                         .digest = f.digest,
	                         .keys = f.keys,
	                         .store_id = "test-store",
	                         .check_book = unreadable_lot};
	fixture_seal_all(&f);
	CHECK_OK_FATAL(mk_store_begin(f.store, false, &err));
	CHECK_OK(mk_ledger_verify(&setup, &report, &err));
	CHECK_INT(report.result, MK_VERIFY_BROKEN);
	CHECK_TEXT(report.place, "table account or lot, book 7001");
	CHECK_TEXT(report.problem, "a page is damaged");
	CHECK_OK(mk_ledger_verify(&setup, &report, NULL));
	CHECK_TEXT(report.problem, "a page is damaged");
	mk_store_rollback(f.store);
}

/* Where the flush seals there is no honest transfer without a seal. */
static void unsealed_is_counted_or_found(void)
{
	mk_verify_report report;
	fixture_execute(&f, "UPDATE transfer SET position = NULL WHERE book_id >= 0");
	fixture_execute(&f, "DELETE FROM book_head WHERE book_id >= 0");
	if (test_on_postgres()) {
		CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_SELF_CONSISTENT);
		CHECK_INT(report.unsealed, 11);
		CHECK_INT(report.unsealed_since, FIXTURE_START + 1000);
	} else {
		CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_BROKEN);
		CHECK_TEXT(report.problem, "it was never sealed");
		CHECK_TEXT(report.place, "transfer settle:1:in of book 0");
		CHECK_INT(report.unsealed, 1);
		CHECK_INT(report.unsealed_since, FIXTURE_START + 10000);
	}
}

static void a_missing_balance_is_named(void)
{
	mk_verify_report report;
	char anchor[FIXTURE_ANCHOR_MAX];
	fixture_checkpoint(&f, anchor);
	fixture_execute(&f,
	                "DELETE FROM checkpoint_balance WHERE book_id = 7001 AND stem = 'bad_debt'");
	CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_BROKEN);
	CHECK_TEXT(report.problem, "the trial balance lacks bad_debt BRL");
}

/* Memory that ends after so many blocks. */
static void *some_allocate(size_t size, void *user_data)
{
	int *left = user_data;
	return (*left)-- > 0 ? mk_allocator_default.allocate(size, NULL) : NULL;
}

static void *some_reallocate(void *block, size_t size, void *user_data)
{
	int *left = user_data;
	return (*left)-- > 0 ? mk_allocator_default.reallocate(block, size, NULL) : NULL;
}

static void some_release(void *block, void *user_data)
{
	(void)user_data;
	mk_allocator_default.release(block, NULL);
}

static int verify_with_little_memory(void)
{
	mk_verify_report report;
	int left = -1;
	const market_allocator allocator = {some_allocate, some_reallocate, some_release, &left};
	const mk_verify_setup setup = {.store = f.store,
	                               .allocator = &allocator,
	                               .digest = f.digest,
	                               .keys = f.keys,
	                               .store_id = "test-store"};
	CHECK_OK_FATAL(mk_store_begin(f.store, false, &err));
	for (int blocks = 0; left < 0; blocks++) {
		left = blocks;
		int rc = mk_ledger_verify(&setup, &report, &err);
		CHECK_INT(rc, left < 0 ? MARKET_ENOMEM : 0);
	}
	mk_store_rollback(f.store);
	return report.result;
}

static void little_memory_is_no_verdict(void)
{
	fixture_seal_all(&f);
	CHECK_INT(verify_with_little_memory(), MK_VERIFY_SELF_CONSISTENT);
	fixture_execute(&f, "DELETE FROM leg WHERE book_id >= 0");
	CHECK_INT(verify_with_little_memory(), MK_VERIFY_BROKEN);
}

void suite_verify(void)
{
	CU_pSuite s = test_suite_on_store_with("verify", before, after);
	CU_add_test(s, "LED-8: an intact ledger is ok with an anchor and self-consistent without",
	            intact_is_ok);
	CU_add_test(s, "LED-9: moves between books are paired, those in transit counted with their age",
	            moves_in_transit);
	CU_add_test(s, "LED-8: a wrong ledger is found wrong though it is sealed", lies_are_found);
	CU_add_test(s, "LED-8: a right ledger sealed anew is right", truth_sealed_anew_stands);
	CU_add_test(s, "ACC-4: what lies beside the ledger is checked by its owner",
	            the_caller_checks_too);
	CU_add_test(s, "LED-8: a transfer that was never sealed is found or counted",
	            unsealed_is_counted_or_found);
	CU_add_test(s, "LED-8: a trial balance without one of its lines names it",
	            a_missing_balance_is_named);
	CU_add_test(s, "LED-8: a row that can't be read is a broken place",
	            unreadable_rows_have_places);
	CU_add_test(s, "LED-8: memory that ends is an error and no verdict",
	            little_memory_is_no_verdict);
	CU_add_test(s, "LED-8: damage is found at its place, without an error too", damage_has_a_place);
}
