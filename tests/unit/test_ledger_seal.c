/* LED-7: seals. */
#include <stdio.h>
#include <string.h>

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

typedef struct head {
	int64_t size;
	market_blob frontier;
} head;
static const mk_field head_fields[] = {
	MK_F_INT(head, size, 0, 0, 0, "transfers sealed"),
	MK_F_BLOB(head, frontier, 0, 0, "hashes"),
};
static const mk_record head_record = MK_RECORD_OF("head", head, head_fields, "a head");
static const mk_statement head_get = {
	.name = "test_head",
	.sql = "SELECT size, frontier FROM book_head WHERE book_id = ?1",
};

static head head_of(int64_t book)
{
	void *row = NULL;
	CHECK_OK_FATAL(mk_store_begin(f.store, false, &err));
	CHECK_OK_FATAL(mk_store_get(f.store, &f.arena, &head_get, &head_record, MK_ARGS(mk_int(book)),
	                            &row, &err));
	mk_store_rollback(f.store);
	return row ? *(const head *)row : (head){0};
}

static void post(int64_t book, int count)
{
	for (int i = 0; i < count; i++) {
		static int number;
		char id[32];
		snprintf(id, sizeof(id), "capture:%d", number++);
		CHECK_OK_FATAL(fixture_move(&f, book, id, "psp_clearing", "escrow:ord_1", 1 + i, &err));
	}
}

static void sealing_is_part_of_the_flush(void)
{
	post(BOOK, 3);
	post(BOOK + 1, 1);
	if (test_on_postgres()) {
		mk_verify_report report;
		CHECK_INT(head_of(BOOK).size, 0);
		CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_SELF_CONSISTENT);
		CHECK_INT(report.unsealed, 4);
		CHECK_INT(report.unsealed_since, FIXTURE_START + 1000);
		fixture_seal_all(&f);
	}
	CHECK_INT(head_of(BOOK).size, 3);
	CHECK_INT(head_of(BOOK).frontier.size, 2 * MK_HASH_SIZE);
	CHECK_INT(head_of(BOOK + 1).size, 1);
	mk_verify_report report;
	CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_SELF_CONSISTENT);
	CHECK_INT(report.unsealed, 0);
	CHECK_INT(report.unsealed_since, 0);
}

static void one_head_write_a_book(void)
{
	fixture_begin(&f);
	for (int i = 0; i < 4; i++) {
		char id[32];
		snprintf(id, sizeof(id), "capture:%d", i);
		mk_transfer *t = fixture_transfer(&f, BOOK + i % 2, MK_TRANSFER_DIRECT, id, "psp_clearing",
		                                  "escrow:ord_1", 5);
		CHECK_OK_FATAL(mk_transfer_post(f.ledger, t, &err));
	}
	CHECK_OK_FATAL(fixture_end(&f, 0, &err));
	fixture_seal_all(&f);
	CHECK_INT(head_of(BOOK).size, 2);
	CHECK_INT(head_of(BOOK + 1).size, 2);
	CHECK_INT(fixture_verify(&f, NULL, NULL), MK_VERIFY_SELF_CONSISTENT);
}

static void a_refused_operation_seals_nothing(void)
{
	post(BOOK, 1);
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_DIRECT, "capture:x", "psp_clearing",
	                                  "escrow:ord_1", 5);
	CHECK_OK(mk_transfer_post(f.ledger, t, &err));
	CHECK_INT(fixture_end(&f, MARKET_ESTATE, &err), MARKET_ESTATE);
	fixture_seal_all(&f);
	CHECK_INT(head_of(BOOK).size, 1);
	CHECK_INT(fixture_count(&f, "leg"), 2);
}

static void sealing_has_a_limit(void)
{
	post(BOOK, 5);
	fixture_begin(&f);
	int count = mk_ledger_seal(f.ledger, 2, &err);
	CHECK_INT(count, test_on_postgres() ? 2 : 0);
	CHECK_OK(fixture_end(&f, 0, &err));
	CHECK_INT(mk_ledger_seal_store(f.store, &mk_allocator_default, f.digest, 100, &err),
	          test_on_postgres() ? 3 : 0);
	CHECK_INT(mk_ledger_seal_store(f.store, &mk_allocator_default, f.digest, 100, &err), 0);
	CHECK_INT(head_of(BOOK).size, 5);
	CHECK_INT(fixture_verify(&f, NULL, NULL), MK_VERIFY_SELF_CONSISTENT);
}

/* More than verification reads at once. */
static void many_unsealed_are_counted(void)
{
	mk_verify_report report;
	post(BOOK, 405);
	CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_SELF_CONSISTENT);
	CHECK_INT(report.unsealed, test_on_postgres() ? 405 : 0);
	CHECK_INT(report.transfers, 405);
	CHECK_INT(report.legs, 810);
	fixture_seal_all(&f);
	CHECK_INT(fixture_verify(&f, NULL, &report), MK_VERIFY_SELF_CONSISTENT);
	CHECK_INT(report.transfers, 405);
	CHECK_INT(report.accounts, 2);
}

/* Sizes around powers of two, where the frontier changes its shape. */
static void the_tree_grows_right(void)
{
	char anchor[FIXTURE_ANCHOR_MAX];
	for (int size = 1; size <= 17; size++) {
		post(BOOK, 1);
		fixture_checkpoint(&f, anchor);
		CHECK_INT(head_of(BOOK).size, size);
		CHECK_INT(head_of(BOOK).frontier.size, __builtin_popcount((unsigned)size) * MK_HASH_SIZE);
	}
	CHECK_INT(fixture_verify(&f, anchor, NULL), MK_VERIFY_OK);
}

/* docs/reference/ledger-format.md: what was anchored once must be verifiable for ever. */
static void the_format_stays(void)
{
	char hex[2 * MK_HASH_SIZE + 1];
	CHECK_OK_FATAL(fixture_move(&f, BOOK, "capture:1", "psp_clearing", "escrow:ord_1", 100, &err));
	fixture_begin(&f);
	mk_transfer *t = fixture_transfer(&f, BOOK, MK_TRANSFER_PENDING, "hold:1", "escrow:ord_1",
	                                  "seller_pending", 60);
	mk_transfer_set_expiry(t, f.now + MK_DAY);
	mk_transfer_set_reason(t, "risk");
	mk_transfer_set_object(t, MARKET_ID_ORDER, (market_id){BOOK, 99});
	CHECK_OK_FATAL(fixture_end(&f, mk_transfer_post(f.ledger, t, &err), &err));
	fixture_seal_all(&f);
	head got = head_of(BOOK);
	CHECK_INT(got.frontier.size, MK_HASH_SIZE);
	mk_hex(got.frontier.data, MK_HASH_SIZE, hex);
	CHECK_TEXT(hex, "8e1b2a4ea05134fbd5e621a234dfe1aa335fd8723b28ff0fe878f3e1d05bf9f5");
}

void suite_ledger_seal(void)
{
	CU_pSuite s = test_suite_on_store_with("ledger_seal", before, after);
	CU_add_test(s, "LED-7: transfers are sealed, at once or when asked, and counted until then",
	            sealing_is_part_of_the_flush);
	CU_add_test(s, "LED-7: an operation over two books seals both", one_head_write_a_book);
	CU_add_test(s, "LED-7: a refused operation seals nothing", a_refused_operation_seals_nothing);
	CU_add_test(s, "LED-7: sealing takes a limit", sealing_has_a_limit);
	CU_add_test(s, "LED-8: pages of transfers are counted once each", many_unsealed_are_counted);
	CU_add_test(s, "LED-7: the bytes that are hashed stay as documented", the_format_stays);
	CU_add_test(s, "LED-7: the tree is right at every size", the_tree_grows_right);
}
