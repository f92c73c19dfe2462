#include "tests/unit/store_sample.h"

#include <stdio.h>
#include <string.h>

static const mk_enum_value colour_values[] = {
	{1, "red", "red"}, {2, "blue", "blue"}, {0, NULL, NULL}};
static const mk_enum colour_enum = {"colour", colour_values};

static const mk_field thing_fields[] = {
	MK_F_ID(thing, id, ORDER, 0, "its id"),
	MK_F_ID(thing, owner, SELLER, 0, "somebody"),
	MK_F_ID(thing, parent, ORDER, MK_OWN_BOOK, "another of the same book"),
	MK_F_ID(thing, buyer, BUYER, MK_SELF_BOOK, "a buyer"),
	MK_F_INT(thing, number, 0, 0, 0, "a number"),
	MK_F_BOOL(thing, flag, 0, "yes or no"),
	MK_F_ENUM(thing, colour, colour_enum, 0, "a colour"),
	MK_F_TIME(thing, at, 0, "a time"),
	MK_F_SPAN(thing, span, 0, 0, 0, "a duration"),
	MK_F_RATE(thing, rate, 0, 0, 0, "a rate"),
	MK_F_MONEY(thing, price, 0, 0, 0, "a price"),
	MK_F_MONEY(thing, fee, 0, 0, 0, "a fee"),
	MK_F_TEXT(thing, currency, MK_INTERNAL, 0, 3, "the currency"),
	MK_F_TEXT(thing, name, 0, 0, 200, "a name"),
	MK_F_BLOB(thing, data, 0, 1000, "bytes"),
	MK_F_OPT_INT(thing, maybe, 0, 0, 0, "a number or none"),
	MK_F_OPT_BOOL(thing, maybe_flag, 0, "yes, no or neither"),
	MK_F_METADATA(thing),
	MK_F_TEXT(thing, loaded, MK_NOT_ROW, 0, 200, "not a column"),
	MK_F_INT(thing, version, MK_INTERNAL, 0, 0, "its version"),
};
const mk_record thing_record = MK_RECORD_OF("thing", thing, thing_fields, "a thing");

#define COLUMNS \
	"book_id, id, owner_book_id, owner_id, parent_id, buyer_id, number, flag, colour, at, span," \
	" rate, price, fee, currency, name, data, maybe, maybe_flag, metadata, version"

const mk_statement thing_insert = {
	.name = "thing_insert",
	.table = "thing",
	.sql = "INSERT INTO thing (" COLUMNS
		   ") VALUES (:book_id, :id, :owner_book_id, :owner_id, :parent_id, :buyer_id,"
		   " :number, :flag, :colour, :at, :span, :rate, :price, :fee, :currency, :name, :data,"
		   " :maybe,"
		   " :maybe_flag, :metadata, :version) ON CONFLICT DO NOTHING",
};
const mk_statement thing_update = {
	.name = "thing_update",
	.table = "thing",
	.sql = "UPDATE thing SET name = :name, price = :price, version = version + 1"
		   " WHERE book_id = :book_id AND id = :id AND version = :version",
};
const mk_statement thing_by_id = {
	.name = "thing_by_id",
	.sql = "SELECT " COLUMNS " FROM thing WHERE book_id = ?1 AND id = ?2",
};
const mk_statement thing_list = {
	.name = "thing_list",
	.sql = "SELECT " COLUMNS " FROM thing WHERE id > ?1 ORDER BY id LIMIT ?2",
};
const mk_statement thing_add = {
	.name = "thing_add",
	.table = "thing",
	.sql = "UPDATE thing SET number = number + ?1 WHERE book_id = ?2 AND id = ?3",
};
const mk_statement thing_count = {
	.name = "thing_count", .sql = "SELECT COUNT(*) AS n FROM thing", .scan = true};

static const mk_field count_fields[] = {MK_F_INT(count, n, 0, 0, 0, "how many")};
const mk_record count_record = MK_RECORD_OF("count", count, count_fields, "a number");

static const char *url_in_use;

mk_store *sample_open(const char *url, const mk_store_options *options, market_error *err)
{
	mk_store *store = NULL;
	mk_store_url parsed;
	mk_arena arena;

	mk_arena_init(&arena, &mk_allocator_default);
	if (mk_store_url_parse(url, &arena, &parsed, err) == 0 &&
	    mk_store_open(&parsed, options, &store, err) != 0)
		store = NULL;
	mk_arena_close(&arena);
	return store;
}

mk_store *sample_open_again(const char *url, int64_t busy_ms)
{
	mk_store_options options = {.create = true, .busy_ms = busy_ms};
	market_error err = {0};
	mk_store *store = sample_open(url, &options, &err);

	CHECK_OK_FATAL(store ? 0 : err.code);
	return store;
}

mk_store *sample_store(void)
{
	mk_store *store;

	url_in_use = test_store_url();
	store = sample_open_again(url_in_use, 0);
	sample_table(store);
	return store;
}

const char *sample_url(void)
{
	return url_in_use;
}

void sample_table(mk_store *store)
{
	market_error err = {0};
	mk_text ddl;

	mk_text_init(&ddl, &mk_allocator_default, 10000);
	mk_schema_expand(
		mk_store_kind_of(store),
		"CREATE TABLE thing ({key}, owner_book_id {int}, owner_id {int}, parent_id {int},"
		" buyer_id {int}, number {int} NOT NULL, flag {int} NOT NULL, colour {int}, at {int},"
		" span {int} NOT NULL, rate {int} NOT NULL, price {int} NOT NULL, fee {int} NOT NULL,"
		" currency TEXT, name TEXT, data {blob}, maybe {int}, maybe_flag {int}, metadata TEXT,"
		" version {int} NOT NULL, CHECK (number <> 13)) {strict}",
		&ddl);
	CHECK_OK_FATAL(mk_store_execute_text(store, ddl.data, &err));
	mk_text_close(&ddl);
}

thing sample_bare(int64_t book, int64_t id)
{
	return (thing){.id = {book, id}};
}

thing sample_full(int64_t book, int64_t id)
{
	static const market_pair pairs[] = {{"shelf", "B\"12\\\n"}, {"größe", "42 ☃"}};
	static const market_pair *const list[] = {&pairs[0], &pairs[1]};
	static const int64_t maybe = 0;
	static const bool maybe_flag = false;
	thing t = {.id = {book, id}, .owner = {77, 78}, .parent = {book, 79}, .buyer = {80, 80}};

	t.number = INT64_MAX;
	t.flag = true;
	t.colour = 2;
	t.at = INT64_C(1767225600123);
	t.span = 5;
	t.rate = -50000;
	t.price = mk_money(12345, "BRL");
	t.fee = mk_money(-1, "BRL");
	t.name = "naïve ☃";
	t.data = (market_blob){"a\0b\377", 4};
	t.maybe = &maybe;
	t.maybe_flag = &maybe_flag;
	t.metadata = list;
	t.n_metadata = 2;
	t.loaded = "never stored";
	t.version = 1;
	return t;
}

void sample_insert(mk_store *store, const thing *row)
{
	market_error err = {0};
	mk_plan *plan;
	mk_arena arena;

	mk_arena_init(&arena, &mk_allocator_default);
	plan = mk_plan_new(&arena);
	mk_plan_add_record(plan, MK_PHASE_INSERT, &thing_insert, row->id, &thing_record, row, MK_RETRY);
	CHECK_OK_FATAL(mk_store_begin(store, true, &err));
	CHECK_INT(mk_plan_flush(plan, store, &err), 0);
	CHECK_INT(mk_store_commit(store, &err), 0);
	mk_arena_close(&arena);
}

void sample_fill(mk_store *store, int64_t n)
{
	market_error err = {0};
	mk_plan *plan;
	mk_arena arena;

	mk_arena_init(&arena, &mk_allocator_default);
	plan = mk_plan_new(&arena);
	for (int64_t id = 1; id <= n; id++) {
		thing put = sample_bare(1, id);

		put.number = id * 100;
		mk_plan_add_record(plan, MK_PHASE_INSERT, &thing_insert, put.id, &thing_record, &put,
		                   MK_RETRY);
	}
	CHECK_OK_FATAL(mk_store_begin(store, true, &err));
	CHECK_INT(mk_plan_flush(plan, store, &err), 0);
	CHECK_INT(mk_store_commit(store, &err), 0);
	mk_arena_close(&arena);
}

thing *sample_get(mk_store *store, mk_arena *arena, int64_t book, int64_t id)
{
	market_error err = {0};
	void *row = NULL;

	CHECK_OK(mk_store_get(store, arena, &thing_by_id, &thing_record,
	                      MK_ARGS(mk_int(book), mk_int(id)), &row, &err));
	return row;
}

int64_t sample_count(mk_store *store)
{
	market_error err = {0};
	mk_arena arena;
	void *row = NULL;
	int64_t n;

	mk_arena_init(&arena, &mk_allocator_default);
	CHECK_OK(mk_store_get(store, &arena, &thing_count, &count_record, MK_NO_ARGS, &row, &err));
	n = row ? ((count *)row)->n : -1;
	mk_arena_close(&arena);
	return n;
}
