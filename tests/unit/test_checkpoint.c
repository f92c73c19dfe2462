/* LED-7: checkpoints and anchors. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/ledger/tally.h"
#include "tests/unit/ledger_fixture.h"

#define BOOK 7001

static fixture f;
static market_error err;
static char anchor[FIXTURE_ANCHOR_MAX];

static void before(void)
{
	fixture_open(&f);
}

static void after(void)
{
	fixture_close(&f);
}

static void post(int64_t book, const char *id, int64_t amount)
{
	CHECK_OK_FATAL(fixture_move(&f, book, id, "psp_clearing", "escrow:ord_1", amount, &err));
}

static const mk_anchor *read(const char *text)
{
	const mk_anchor *out = NULL;
	CHECK_OK_FATAL(mk_anchor_read(text, strlen(text), &f.arena, &out, &err));
	return out;
}

static void an_empty_store_has_one(void)
{
	fixture_checkpoint(&f, anchor);
	const mk_anchor *a = read(anchor);
	CHECK_INT(a->number, 1);
	CHECK_INT(a->books, 0);
	CHECK_INT(a->transfers, 0);
	CHECK_TEXT(a->store, "test-store");
	CHECK_INT(fixture_verify(&f, anchor, NULL), MK_VERIFY_OK);
}

static void they_are_a_chain(void)
{
	char first[65], second[65];
	post(BOOK, "capture:1", 5);
	fixture_checkpoint(&f, anchor);
	snprintf(first, sizeof(first), "%s", read(anchor)->previous);
	post(BOOK + 1, "capture:2", 5);
	post(BOOK, "capture:3", 5);
	fixture_checkpoint(&f, anchor);
	const mk_anchor *a = read(anchor);
	snprintf(second, sizeof(second), "%s", a->previous);
	CHECK_INT(a->number, 2);
	CHECK_INT(a->books, 2);
	CHECK_INT(a->transfers, 3);
	CHECK_INT(strspn(first, "0"), 64);
	CU_ASSERT_STRING_NOT_EQUAL(first, second);
}

static void only_changed_books_have_rows(void)
{
	post(BOOK, "capture:1", 5);
	post(BOOK + 1, "capture:2", 5);
	fixture_checkpoint(&f, anchor);
	CHECK_INT(fixture_count(&f, "checkpoint_book"), 2);
	CHECK_INT(fixture_count(&f, "checkpoint_balance"), 4);
	post(BOOK, "capture:3", 5);
	fixture_checkpoint(&f, anchor);
	CHECK_INT(fixture_count(&f, "checkpoint_book"), 3);
	CHECK_INT(fixture_count(&f, "checkpoint_balance"), 6);
	fixture_checkpoint(&f, anchor);
	CHECK_INT(fixture_count(&f, "checkpoint_book"), 3);
	CHECK_INT(fixture_count(&f, "checkpoint"), 3);
	CHECK_INT(fixture_verify(&f, anchor, NULL), MK_VERIFY_OK);
}

static void the_trial_balance_has_no_suffixes(void)
{
	CHECK_OK_FATAL(fixture_move(&f, BOOK, "capture:1", "psp_clearing", "escrow:ord_1", 5, &err));
	CHECK_OK_FATAL(fixture_move(&f, BOOK, "capture:2", "psp_clearing", "escrow:ord_2", 7, &err));
	CHECK_OK_FATAL(
		fixture_move(&f, BOOK, "release:1", "escrow:ord_1", "fee_revenue:commission", 5, &err));
	fixture_checkpoint(&f, anchor);
	CHECK_INT(
		fixture_count(
			&f,
			"checkpoint_balance WHERE stem = 'escrow' AND credits_posted = 12 AND debits_posted "
			"= 5"),
		1);
	CHECK_INT(
		fixture_count(&f, "checkpoint_balance WHERE stem = 'fee_revenue' AND credits_posted = 5"),
		1);
	CHECK_INT(fixture_count(&f, "checkpoint_balance"), 3);
}

static void many_pages_are_covered(void)
{
	for (int i = 0; i < 230; i++) {
		char id[32];
		snprintf(id, sizeof(id), "capture:%d", i);
		post(i < 120 ? i : BOOK, id, 1 + i);
	}
	fixture_checkpoint(&f, anchor);
	CHECK_INT(read(anchor)->books, 121);
	CHECK_INT(read(anchor)->transfers, 230);
	CHECK_INT(fixture_verify(&f, anchor, NULL), MK_VERIFY_OK);
}

static void a_changed_anchor_is_refused(void)
{
	const mk_anchor *out = NULL;
	post(BOOK, "capture:1", 5);
	fixture_checkpoint(&f, anchor);
	for (const char *field =
	         "\"root\":\"|\"balances\":\"|\"previous\":\"|\"signature\":\"|\"public_key\":\"";
	     field;) {
		char copy[FIXTURE_ANCHOR_MAX], name[32];
		size_t length = strcspn(field, "|");
		snprintf(copy, sizeof(copy), "%s", anchor);
		snprintf(name, sizeof(name), "%.*s", (int)length, field);
		char *at = strstr(copy, name);
		CU_ASSERT_PTR_NOT_NULL_FATAL(at);
		at[length] = at[length] == '0' ? '1' : '0';
		int rc = mk_anchor_read(copy, strlen(copy), &f.arena, &out, &err);
		CU_ASSERT_TRUE(rc == MARKET_ESIGNATURE || rc == MARKET_EINVALID);
		field = field[length] ? field + length + 1 : NULL;
	}
	CHECK_ERROR(mk_anchor_read("{", 1, &f.arena, &out, &err), MARKET_ESYNTAX, NULL);
	CHECK_ERROR(mk_anchor_read("{}", 2, &f.arena, &out, &err), MARKET_EINVALID, "format");
}

static void an_anchor_has_a_limit(void)
{
	const mk_anchor *out = NULL;
	char *text = malloc(16 * 1024 + 2);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	fixture_checkpoint(&f, anchor);
	memset(text, ' ', 16 * 1024 + 1);
	memcpy(text, anchor, strlen(anchor));
	CHECK_OK(mk_anchor_read(text, 16 * 1024, &f.arena, &out, &err));
	CHECK_ERROR(mk_anchor_read(text, 16 * 1024 + 1, &f.arena, &out, &err), MARKET_ELIMIT, NULL);
	free(text);
}

static void an_anchor_of_another_store_is_refused(void)
{
	fixture_checkpoint(&f, anchor);
	mk_verify_report report;
	const char *texts[] = {anchor};
	CHECK_OK_FATAL(mk_store_begin(f.store, false, &err));
	CHECK_ERROR(mk_ledger_verify(&(mk_verify_setup){.store = f.store,
	                                                .allocator = &mk_allocator_default,
	                                                .digest = f.digest,
	                                                .keys = f.keys,
	                                                .store_id = "other-store",
	                                                .anchors = texts,
	                                                .n_anchors = 1},
	                             &report, &err),
	            MARKET_EINVALID, "anchors[0]");
	mk_store_rollback(f.store);
}

static void the_key_comes_from_an_anchor(void)
{
	mk_verify_report report;
	const char *texts[] = {anchor};
	post(BOOK, "capture:1", 5);
	fixture_checkpoint(&f, anchor);
	mk_verify_setup setup = {.store = f.store,
	                         .allocator = &mk_allocator_default,
	                         .digest = f.digest,
	                         .store_id = "test-store",
	                         .anchors = texts,
	                         .n_anchors = 1};
	CHECK_OK_FATAL(mk_store_begin(f.store, false, &err));
	CHECK_OK(mk_ledger_verify(&setup, &report, &err));
	CHECK_INT(report.result, MK_VERIFY_OK);
	setup.n_anchors = 0;
	CHECK_ERROR(mk_ledger_verify(&setup, &report, &err), MARKET_EKEY, NULL);
	mk_store_rollback(f.store);
}

static void older_keys_still_count(void)
{
	char older[FIXTURE_ANCHOR_MAX];
	post(BOOK, "capture:1", 5);
	fixture_checkpoint(&f, older);
	CHECK_OK_FATAL(mk_keys_rotate(f.keys, MK_KEY_SIGNING, &err));
	post(BOOK, "capture:2", 5);
	fixture_checkpoint(&f, anchor);
	CHECK_INT(read(older)->key_number + 1, read(anchor)->key_number);
	CHECK_INT(fixture_verify(&f, older, NULL), MK_VERIFY_OK);
	CHECK_INT(fixture_verify(&f, anchor, NULL), MK_VERIFY_OK);
}

static int make(mk_arena *arena, mk_checkpoint *made)
{
	return mk_checkpoint_make(&(mk_checkpoint_setup){.store = f.store,
	                                                 .arena = arena,
	                                                 .digest = f.digest,
	                                                 .keys = f.keys,
	                                                 .store_id = "test-store",
	                                                 .recorded = f.now},
	                          made, &err);
}

static void a_book_has_a_limit_of_kinds(void)
{
	mk_checkpoint made;
	post(BOOK, "capture:1", 5);
	fixture_checkpoint(&f, anchor);
	fixture_execute(&f, "INSERT INTO checkpoint_balance (book_id, stem, currency, checkpoint_id, "
	                    "debits_posted, credits_posted, debits_pending, credits_pending) WITH "
	                    "RECURSIVE kind(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM kind WHERE i < "
	                    "2046) SELECT 7001, 'kind' || i, 'BRL', 1, 0, 0, 0, 0 FROM kind");
	fixture_begin(&f);
	CHECK_OK(make(&f.arena, &made));
	fixture_abort(&f);
	CHECK_OK_FATAL(fixture_move(&f, BOOK, "fee:1", "escrow:ord_1", "fee_revenue:a", 1, &err));
	fixture_seal_all(&f);
	fixture_begin(&f);
	CHECK_ERROR(make(&f.arena, &made), MARKET_ELIMIT, NULL);
	fixture_abort(&f);
	fixture_execute(&f, "INSERT INTO checkpoint_balance (book_id, stem, currency, checkpoint_id, "
	                    "debits_posted, credits_posted, debits_pending, credits_pending) VALUES "
	                    "(7001, 'kind0', 'BRL', 1, 0, 0, 0, 0)");
	fixture_begin(&f);
	CHECK_ERROR(make(&f.arena, &made), MARKET_ELIMIT, NULL);
	fixture_abort(&f);
}

/* Changes the signing key when it has given so many blocks. */
typedef struct changing {
	mk_keys *keys;
	int left;
} changing;

static void count_block(changing *c)
{
	if (c->left-- == 0)
		CHECK_OK(mk_keys_rotate(c->keys, MK_KEY_SIGNING, NULL));
}

static void *changing_allocate(size_t size, void *user_data)
{
	count_block(user_data);
	return mk_allocator_default.allocate(size, mk_allocator_default.user_data);
}

static void *changing_reallocate(void *block, size_t size, void *user_data)
{
	count_block(user_data);
	return mk_allocator_default.reallocate(block, size, mk_allocator_default.user_data);
}

static void changing_release(void *block, void *user_data)
{
	(void)user_data;
	mk_allocator_default.release(block, mk_allocator_default.user_data);
}

static void a_tally_has_a_limit_of_kinds(void)
{
	mk_tally *tally = MK_NEW(&f.arena, mk_tally);
	mk_leg_row leg = {.id = {BOOK, 1}, .debit = 1, .account_currency = "BRL"};
	char stem[32];

	CU_ASSERT_PTR_NOT_NULL_FATAL(tally);
	mk_arena_init(&tally->arena, &mk_allocator_default);
	leg.account_name = stem;
	for (int i = 0; i < MK_TALLY_MAX; i++) {
		snprintf(stem, sizeof(stem), "kind%d", i);
		CHECK_OK(mk_tally_add(tally, &leg, &err));
	}
	CHECK_OK(mk_tally_add(tally, &leg, &err));
	leg.debit = INT64_MAX;
	CHECK_ERROR(mk_tally_add(tally, &leg, &err), MARKET_EOVERFLOW, NULL);
	leg.account_name = "other";
	CHECK_ERROR(mk_tally_add(tally, &leg, &err), MARKET_ELIMIT, NULL);
	mk_arena_close(&tally->arena);
}

static void a_key_changed_meanwhile(void)
{
	changing c = {.keys = f.keys};
	post(BOOK, "capture:1", 5);
	fixture_seal_all(&f);
	for (int blocks = 0; c.left <= 0; blocks++) {
		mk_arena arena;
		mk_checkpoint made;
		const market_allocator allocator = {changing_allocate, changing_reallocate,
		                                    changing_release, &c};
		c.left = blocks;
		mk_arena_init(&arena, &allocator);
		fixture_begin(&f);
		int rc = make(&arena, &made);
		CHECK_INT(rc, 0);
		CHECK_INT(fixture_end(&f, rc, &err), rc);
		mk_arena_close(&arena);
	}
	CU_ASSERT_TRUE(mk_keys_current(f.keys, MK_KEY_SIGNING) > 1);
	CHECK_INT(fixture_verify(&f, NULL, NULL), MK_VERIFY_SELF_CONSISTENT);
}

/* What comes after the anchor is checked by itself; what it knows may not be gone. */
static void older_anchors_hold(void)
{
	char older[FIXTURE_ANCHOR_MAX];
	post(BOOK, "capture:1", 5);
	fixture_checkpoint(&f, older);
	post(BOOK, "capture:2", 5);
	CHECK_INT(fixture_verify(&f, older, NULL), MK_VERIFY_OK);
	fixture_checkpoint(&f, anchor);
	CHECK_INT(fixture_verify(&f, older, NULL), MK_VERIFY_OK);
	mk_verify_report report;
	fixture_execute(&f, "DELETE FROM checkpoint WHERE book_id = 0 AND id = 2");
	fixture_execute(&f, "DELETE FROM checkpoint_book WHERE book_id >= 0 AND checkpoint_id = 2");
	fixture_execute(&f, "DELETE FROM checkpoint_balance WHERE book_id >= 0 AND checkpoint_id = 2");
	CHECK_INT(fixture_verify(&f, older, NULL), MK_VERIFY_OK);
	CHECK_INT(fixture_verify(&f, anchor, &report), MK_VERIFY_BROKEN);
	CHECK_TEXT(report.place, "checkpoint 2");
}

void suite_checkpoint(void)
{
	CU_pSuite s = test_suite_on_store_with("checkpoint", before, after);
	CU_add_test(s, "LED-7: an empty store has a checkpoint too", an_empty_store_has_one);
	CU_add_test(s, "LED-7: each checkpoint names the one before", they_are_a_chain);
	CU_add_test(s, "LED-7: only what changed has rows", only_changed_books_have_rows);
	CU_add_test(s, "LED-7: the trial balance is by book, stem and currency",
	            the_trial_balance_has_no_suffixes);
	CU_add_test(s, "LED-7: hundreds of books and transfers are covered", many_pages_are_covered);
	CU_add_test(s, "LED-7: an anchor with anything changed is refused",
	            a_changed_anchor_is_refused);
	CU_add_test(s, "LED-7: an anchor has at most 16 KB", an_anchor_has_a_limit);
	CU_add_test(s, "LED-7: an anchor of another store is refused",
	            an_anchor_of_another_store_is_refused);
	CU_add_test(s, "LED-8: the public key comes from the provider or an anchor",
	            the_key_comes_from_an_anchor);
	CU_add_test(s, "LED-7: checkpoints of older keys still count", older_keys_still_count);
	CU_add_test(s, "LED-7: a book has so many kinds of accounts", a_book_has_a_limit_of_kinds);
	CU_add_test(s, "LED-7: a trial balance in the making has so many kinds of accounts",
	            a_tally_has_a_limit_of_kinds);
	CU_add_test(s, "LED-7: a key that changes while a checkpoint is made leaves no wrong one",
	            a_key_changed_meanwhile);
	CU_add_test(s, "LED-8: an older anchor holds, a missing checkpoint doesn't",
	            older_anchors_hold);
}
