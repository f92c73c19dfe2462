#include <string.h>

#include "tests/unit/store_sample.h"

void suite_store(void);

static mk_arena arena;
static market_error err;

static void before(void)
{
	memset(&err, 0, sizeof(err));
	mk_arena_init(&arena, &mk_allocator_default);
}

static void after(void)
{
	mk_arena_close(&arena);
}

/* ---- rows ---- */

static void every_kind_returns(void)
{
	mk_store *store = sample_store();
	thing put = sample_full(5, 6), *got;

	sample_insert(store, &put);
	got = sample_get(store, &arena, 5, 6);
	CU_ASSERT_PTR_NOT_NULL_FATAL(got);
	CU_ASSERT(got->id.book == 5 && got->id.id == 6);
	CU_ASSERT(got->owner.book == 77 && got->owner.id == 78);
	CU_ASSERT(got->parent.book == 5 && got->parent.id == 79);
	CU_ASSERT(got->buyer.book == 80 && got->buyer.id == 80);
	CHECK_INT(got->number, INT64_MAX);
	CU_ASSERT(got->flag);
	CHECK_INT(got->colour, 2);
	CHECK_INT(got->at, put.at);
	CHECK_INT(got->span, 5);
	CHECK_INT(got->rate, -50000);
	CU_ASSERT(mk_money_equal(got->price, put.price));
	CU_ASSERT(mk_money_equal(got->fee, put.fee));
	CHECK_TEXT(got->currency, "BRL");
	CHECK_TEXT(got->name, put.name);
	CU_ASSERT(got->data.size == 4 && memcmp(got->data.data, put.data.data, 4) == 0);
	CU_ASSERT(got->maybe && *got->maybe == 0);
	CU_ASSERT(got->maybe_flag && !*got->maybe_flag);
	CHECK_INT(got->n_metadata, 2);
	CHECK_TEXT(got->metadata[0]->name, "shelf");
	CHECK_TEXT(got->metadata[0]->value, "B\"12\\\n");
	CHECK_TEXT(got->metadata[1]->name, "größe");
	CHECK_TEXT(got->metadata[1]->value, "42 ☃");
	CU_ASSERT_PTR_NULL(got->loaded);
	mk_store_close(store);
}

static void absent_is_null(void)
{
	static const mk_statement nulls = {
		.name = "thing_nulls",
		.sql = "SELECT COUNT(*) AS n FROM thing WHERE owner_book_id IS NULL AND owner_id IS NULL"
			   " AND parent_id IS NULL AND buyer_id IS NULL AND colour IS NULL AND at IS NULL AND"
			   " currency IS NULL"
			   " AND name IS NULL AND data IS NULL AND maybe IS NULL AND maybe_flag IS NULL AND"
			   " metadata IS NULL",
	};
	mk_store *store = sample_store();
	thing put = sample_bare(0, 6), *got;
	void *row = NULL;

	sample_insert(store, &put);
	got = sample_get(store, &arena, 0, 6);
	CU_ASSERT_PTR_NOT_NULL_FATAL(got);
	CU_ASSERT(got->owner.id == 0 && got->owner.book == 0 && got->parent.id == 0 &&
	          got->parent.book == 0);
	CU_ASSERT(got->buyer.id == 0 && got->buyer.book == 0 && got->colour == 0 && got->at == 0);
	CU_ASSERT(!got->currency && !got->name && !got->data.data && !got->maybe && !got->maybe_flag);
	CU_ASSERT(!got->metadata && got->n_metadata == 0);
	CU_ASSERT(got->price.currency[0] == '\0' && mk_money_is_zero(got->price));
	CU_ASSERT(mk_time_value(0).null && !mk_time_value(1).null);
	CHECK_OK(mk_store_get(store, &arena, &nulls, &count_record, MK_NO_ARGS, &row, &err));
	CU_ASSERT(row && ((count *)row)->n == 1);
	mk_store_close(store);
}

static void empty_is_not_null(void)
{
	mk_store *store = sample_store();
	thing put = sample_bare(1, 1), *got;

	put.name = "";
	put.data = (market_blob){"", 0};
	sample_insert(store, &put);
	got = sample_get(store, &arena, 1, 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(got);
	CHECK_TEXT(got->name, "");
	CU_ASSERT(got->data.data && got->data.size == 0);
	mk_store_close(store);
}

static void currency_of_first_money(void)
{
	mk_store *store = sample_store();
	thing put = sample_bare(1, 1), *got;

	put.fee = mk_money(7, "JPY");
	sample_insert(store, &put);
	got = sample_get(store, &arena, 1, 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(got);
	CHECK_TEXT(got->currency, "JPY");
	CU_ASSERT(mk_money_equal(got->fee, put.fee));
	CHECK_TEXT(got->price.currency, "JPY");
	mk_store_close(store);
}

static void bad_stored_money_is_corrupt(void)
{
	static const mk_statement spoil = {
		.name = "thing_spoil",
		.table = "thing",
		.sql = "UPDATE thing SET currency = ?1 WHERE book_id = ?2 AND id = ?3",
	};
	static const char *const spoilt[] = {"br", "BRLX", NULL};
	mk_store *store = sample_store();
	thing put = sample_full(1, 1);
	void *row;

	sample_insert(store, &put);
	for (size_t i = 0; i < 3; i++) {
		CHECK_INT(mk_store_write(store, &spoil,
		                         MK_ARGS(mk_text_value(spoilt[i]), mk_int(1), mk_int(1)), &err),
		          1);
		CHECK_ERROR(mk_store_get(store, &arena, &thing_by_id, &thing_record,
		                         MK_ARGS(mk_int(1), mk_int(1)), &row, &err),
		            MARKET_ECORRUPT, NULL);
	}
	mk_store_close(store);
}

/* ---- mistakes in statements ---- */

static void unread_column_is_internal(void)
{
	static const mk_statement statement = {.name = "thing_odd",
	                                       .sql = "SELECT id, book_id, 1 AS oddity FROM thing"};
	mk_store *store = sample_store();
	void *row;

	CHECK_ERROR(mk_store_get(store, &arena, &statement, &thing_record, MK_NO_ARGS, &row, &err),
	            MARKET_EINTERNAL, NULL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "oddity"));
	mk_store_close(store);
}

static void not_row_is_no_column(void)
{
	static const mk_statement statement = {.name = "thing_loaded",
	                                       .sql = "SELECT name AS loaded FROM thing"};
	mk_store *store = sample_store();
	void *row;

	CHECK_ERROR(mk_store_get(store, &arena, &statement, &thing_record, MK_NO_ARGS, &row, &err),
	            MARKET_EINTERNAL, NULL);
	mk_store_close(store);
}

static void id_needs_its_book(void)
{
	static const mk_statement owner = {.name = "thing_owner", .sql = "SELECT owner_id FROM thing"};
	static const mk_statement parent = {.name = "thing_parent",
	                                    .sql = "SELECT parent_id FROM thing"};
	static const mk_statement buyer = {.name = "thing_buyer", .sql = "SELECT buyer_id FROM thing"};
	static const mk_statement price = {.name = "thing_price", .sql = "SELECT price FROM thing"};
	mk_store *store = sample_store();
	void *row;

	CHECK_ERROR(mk_store_get(store, &arena, &owner, &thing_record, MK_NO_ARGS, &row, &err),
	            MARKET_EINTERNAL, NULL);
	CHECK_ERROR(mk_store_get(store, &arena, &parent, &thing_record, MK_NO_ARGS, &row, &err),
	            MARKET_EINTERNAL, NULL);
	CHECK_OK(mk_store_get(store, &arena, &buyer, &thing_record, MK_NO_ARGS, &row, &err));
	CHECK_ERROR(mk_store_get(store, &arena, &price, &thing_record, MK_NO_ARGS, &row, &err),
	            MARKET_EINTERNAL, NULL);
	mk_store_close(store);
}

static void check_finds_mistakes(void)
{
	static const mk_statement no_table = {.name = "absent", .sql = "SELECT n FROM no_such_table"};
	static const mk_statement no_field = {
		.name = "thing_no_field",
		.table = "thing",
		.sql = "UPDATE thing SET name = :nomen WHERE book_id = :book_id AND id = :id",
	};
	static const mk_statement mixed = {
		.name = "mixed", .sql = "SELECT name FROM thing WHERE id = ?1 AND book_id = :book_id"};
	static const mk_statement bare = {.name = "bare", .sql = "SELECT name FROM thing WHERE id = ?"};
	mk_store *store = sample_store();

	CHECK_OK(mk_store_check(store, &thing_insert, &thing_record, &err));
	CHECK_OK(mk_store_check(store, &thing_update, &thing_record, &err));
	CHECK_OK(mk_store_check(store, &thing_by_id, &thing_record, &err));
	CHECK_ERROR(mk_store_check(store, &thing_by_id, &count_record, &err), MARKET_EINTERNAL, NULL);
	CHECK_ERROR(mk_store_check(store, &no_table, NULL, &err), MARKET_EINTERNAL, NULL);
	CHECK_ERROR(mk_store_check(store, &no_field, &thing_record, &err), MARKET_EINTERNAL, NULL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "nomen"));
	CHECK_ERROR(mk_store_check(store, &mixed, NULL, &err), MARKET_EINTERNAL, NULL);
	CHECK_ERROR(mk_store_check(store, &bare, NULL, &err), MARKET_EINTERNAL, NULL);
	mk_store_close(store);
}

static void wrong_number_of_values(void)
{
	mk_store *store = sample_store();
	void *row;

	CHECK_ERROR(
		mk_store_get(store, &arena, &thing_by_id, &thing_record, MK_ARGS(mk_int(1)), &row, &err),
		MARKET_EINTERNAL, NULL);
	CHECK_ERROR(mk_store_write(store, &thing_update, MK_ARGS(mk_int(1)), &err), MARKET_EINTERNAL,
	            NULL);
	mk_store_close(store);
}

static void colons_in_texts_are_no_parameters(void)
{
	static const mk_statement statement = {
		.name = "colons",
		.sql = "SELECT CASE WHEN ':a ?1 it''s' = ?1 THEN 1 ELSE 0 END AS \"n\"",
	};
	mk_store *store = sample_store();
	void *row = NULL;

	CHECK_OK(mk_store_get(store, &arena, &statement, &count_record,
	                      MK_ARGS(mk_text_value(":a ?1 it's")), &row, &err));
	CU_ASSERT(row && ((count *)row)->n == 1);
	mk_store_close(store);
}

/* ---- values ---- */

static void typed_nulls_and_select(void)
{
	static const mk_statement copy = {
		.name = "thing_copy",
		.table = "thing",
		.sql = "INSERT INTO thing (book_id, id, number, flag, span, rate, price, fee, currency,"
			   " version, name, data, maybe)"
			   " SELECT ?1, ?2, ?6, 0, 0, 0, price, fee, currency, version, ?3, ?4, ?5 FROM thing"
			   " WHERE book_id = ?1 AND id = ?7"
			   " ON CONFLICT DO NOTHING",
	};
	mk_store *store = sample_store();
	thing first = sample_full(1, 1), *got;

	sample_insert(store, &first);
	CHECK_INT(mk_store_write(store, &copy,
	                         MK_ARGS(mk_int(1), mk_int(2), mk_text_value(NULL), mk_blob(NULL, 0),
	                                 mk_null_int(), mk_int(-9), mk_int(1)),
	                         &err),
	          1);
	CHECK_INT(mk_store_write(store, &copy,
	                         MK_ARGS(mk_int(1), mk_int(3), mk_text_value("x"), mk_blob("\0", 1),
	                                 mk_int(4), mk_int(8), mk_int(1)),
	                         &err),
	          1);
	got = sample_get(store, &arena, 1, 2);
	CU_ASSERT_PTR_NOT_NULL_FATAL(got);
	CU_ASSERT(!got->name && !got->data.data && !got->maybe && got->number == -9);
	got = sample_get(store, &arena, 1, 3);
	CU_ASSERT_PTR_NOT_NULL_FATAL(got);
	CHECK_TEXT(got->name, "x");
	CU_ASSERT(got->data.size == 1 && got->maybe && *got->maybe == 4);
	mk_store_close(store);
}

static void broken_money_is_never_bound(void)
{
	static const mk_statement set = {
		.name = "thing_set_price",
		.table = "thing",
		.sql = "UPDATE thing SET price = ?1 WHERE book_id = ?2 AND id = ?3",
	};
	mk_store *store = sample_store();
	market_money broken = mk_money_add(mk_money(INT64_MAX, "BRL"), mk_money(1, "BRL"));

	CHECK_ERROR(
		mk_store_write(store, &set, MK_ARGS(mk_money_value(broken), mk_int(1), mk_int(1)), &err),
		MARKET_EOVERFLOW, NULL);
	CHECK_INT(mk_store_write(store, &set,
	                         MK_ARGS(mk_money_value(mk_money(3, "BRL")), mk_int(1), mk_int(1)),
	                         &err),
	          0);
	mk_store_close(store);
}

static void overflow_in_sql_is_an_error(void)
{
	static const mk_statement add = {
		.name = "thing_add",
		.table = "thing",
		.sql = "UPDATE thing SET number = number + 1 WHERE book_id = ?1 AND id = ?2",
	};
	mk_store *store = sample_store();
	thing put = sample_full(1, 1), *got;

	sample_insert(store, &put);
	CHECK_ERROR(mk_store_write(store, &add, MK_ARGS(mk_int(1), mk_int(1)), &err), MARKET_EOVERFLOW,
	            NULL);
	got = sample_get(store, &arena, 1, 1);
	CU_ASSERT(got && got->number == INT64_MAX);
	mk_store_close(store);
}

static void broken_constraint_is_internal(void)
{
	static const mk_statement spoil = {
		.name = "thing_thirteen",
		.table = "thing",
		.sql = "UPDATE thing SET number = 13 WHERE book_id = ?1 AND id = ?2",
	};
	mk_store *store = sample_store();
	thing put = sample_full(1, 1);

	sample_insert(store, &put);
	CHECK_ERROR(mk_store_write(store, &spoil, MK_ARGS(mk_int(1), mk_int(1)), &err),
	            MARKET_EINTERNAL, NULL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "thing_thirteen"));
	mk_store_close(store);
}

void suite_store(void)
{
	CU_pSuite s = test_suite_on_store_with("store", before, after);

	CU_add_test(s, "a field of every kind returns as it was put", every_kind_returns);
	CU_add_test(s, "absent fields are NULL and return absent", absent_is_null);
	CU_add_test(s, "an empty text or blob isn't NULL", empty_is_not_null);
	CU_add_test(s, "the currency is that of the first present money", currency_of_first_money);
	CU_add_test(s, "a stored money without a valid currency is corrupt",
	            bad_stored_money_is_corrupt);
	CU_add_test(s, "a column that no field takes is named", unread_column_is_internal);
	CU_add_test(s, "a field that isn't a column takes none", not_row_is_no_column);
	CU_add_test(s, "an id needs its book and a money its currency", id_needs_its_book);
	CU_add_test(s, "check finds mistakes in statements", check_finds_mistakes);
	CU_add_test(s, "a wrong number of values is refused", wrong_number_of_values);
	CU_add_test(s, "colons and question marks in texts are no parameters",
	            colons_in_texts_are_no_parameters);
	CU_add_test(s, "typed NULLs and INSERT SELECT", typed_nulls_and_select);
	CU_add_test(s, "a broken money is never bound", broken_money_is_never_bound);
	CU_add_test(s, "an overflow in SQL is an error", overflow_in_sql_is_an_error);
	CU_add_test(s, "a broken constraint is internal and named", broken_constraint_is_internal);
}
