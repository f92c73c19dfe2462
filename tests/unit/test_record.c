/* Checks, copies and the canonical form of records. */
#include "libmarket/record/record.h"

#include <stdlib.h>
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/base/limits.h"
#include "libmarket/base/money.h"
#include "tests/unit/record_sample.h"
#include "tests/unit/test.h"

void suite_record(void);

static mk_arena arena;
static sample *s;
static market_error err;

static void set_up(void)
{
	mk_arena_init(&arena, &mk_allocator_default);
	s = full_sample(&arena);
	memset(&err, 0, sizeof(err));
}

static void tear_down(void)
{
	mk_arena_close(&arena);
}

static int check(void)
{
	const void *out = NULL;

	return mk_record_check(&sample_record, s, &arena, &out, &err);
}

static char *text_of(char c, size_t size)
{
	char *text = mk_arena_get(&arena, size + 1);

	memset(text, c, size);
	text[size] = '\0';
	return text;
}

static void names_are_found(void)
{
	int32_t value = 0;

	CU_ASSERT_PTR_EQUAL(mk_record_field(&sample_record, "count", 5), &sample_record.fields[2]);
	CU_ASSERT_PTR_NULL(mk_record_field(&sample_record, "count", 4));
	CU_ASSERT_PTR_NULL(mk_record_field(&sample_record, "counts", 6));
	CHECK_TEXT(mk_enum_name(&sample_state_enum, SAMPLE_ENDED), "ended");
	CU_ASSERT_PTR_NULL(mk_enum_name(&sample_state_enum, 3));
	CU_ASSERT_TRUE(mk_enum_value_of(&sample_state_enum, "active, or not", 6, &value));
	CHECK_INT(value, SAMPLE_ACTIVE);
	CU_ASSERT_FALSE(mk_enum_value_of(&sample_state_enum, "act", 3, &value));
}

static void full_params_pass(void)
{
	const void *out = NULL;
	const sample *got;

	CHECK_OK_FATAL(mk_record_check(&sample_record, s, &arena, &out, &err));
	got = out;
	CU_ASSERT_PTR_NOT_EQUAL(got, s);
	CU_ASSERT_PTR_EQUAL(got->key, s->key);
	CU_ASSERT_PTR_EQUAL(got->lines, s->lines);
	CU_ASSERT_PTR_EQUAL(got->metadata, s->metadata);
	CU_ASSERT_TRUE(mk_money_equal(got->price, s->price));
	CHECK_INT(got->n_metadata, 2);
}

static void absent_params_refused(void)
{
	const void *out = NULL;

	CHECK_ERROR(mk_record_check(&sample_record, NULL, &arena, &out, &err), MARKET_EMISSING, "");
	CU_ASSERT_PTR_NULL(out);
}

static void older_size_completed(void)
{
	const size_t size = offsetof(sample, metadata);
	const void *out = NULL;
	const uint32_t size32 = (uint32_t)size;
	void *old = malloc(size); /* exactly: reading further is found by the sanitizer */
	const sample *got;

	memcpy(old, s, size);
	memcpy(old, &size32, sizeof(size32));
	CHECK_OK_FATAL(mk_record_check(&sample_record, old, &arena, &out, &err));
	got = out;
	CHECK_INT(got->size, sizeof(sample));
	CU_ASSERT_PTR_NULL(got->metadata);
	CHECK_INT(got->n_metadata, 0);
	CHECK_INT(got->internal, 0);
	CHECK_TEXT(got->name, "Ana");
	free(old);
}

static void older_size_without_required(void)
{
	s->size = (uint32_t)offsetof(sample, name);
	CHECK_ERROR(check(), MARKET_EMISSING, "name");
}

static void impossible_sizes_refused(void)
{
	const uint32_t sizes[] = {0,
	                          3,
	                          sizeof(void *),
	                          (uint32_t)offsetof(sample, count) + 4,
	                          (uint32_t)offsetof(sample, n_lines),
	                          (uint32_t)offsetof(sample, price) + 8,
	                          65537,
	                          UINT32_MAX};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		s->size = sizes[i];
		CHECK_ERROR(check(), MARKET_ESIZE, "");
	}
}

static void future_size_by_its_tail(void)
{
	struct {
		sample known;
		int64_t tail[3];
	} future;
	const void *out = NULL;

	memset(&future, 0, sizeof(future));
	future.known = *s;
	future.known.size = sizeof(future);
	CHECK_OK_FATAL(mk_record_check(&sample_record, &future, &arena, &out, &err));
	CHECK_INT(((const sample *)out)->size, sizeof(sample));
	((char *)future.tail)[sizeof(future.tail) - 1] = 1;
	CHECK_ERROR(mk_record_check(&sample_record, &future, &arena, &out, &err), MARKET_ESIZE, "");
	future.known.size -= 8;
	CHECK_OK(mk_record_check(&sample_record, &future, &arena, &out, &err));
}

static void options_by_their_size(void)
{
	typedef struct options {
		uint32_t size, flags;
		int64_t newer;
	} options;
	const options defaults = {8, 1, 5};
	options given = {sizeof(given), 2, 7}, taken = defaults;

	CHECK_OK(mk_options_take(&given, &taken, sizeof(taken), &err));
	CHECK_INT(taken.newer, 7);
	given.size = 8;
	taken = defaults;
	CHECK_OK(mk_options_take(&given, &taken, sizeof(taken), &err));
	CHECK_INT(taken.flags, 2);
	CHECK_INT(taken.newer, 5);
	given.size = sizeof(given);
	taken = defaults;
	CHECK_ERROR(mk_options_take(&given, &taken, 8, &err), MARKET_ESIZE, NULL);
	CHECK_INT(taken.flags, 1);
	given.newer = 0;
	CHECK_OK(mk_options_take(&given, &taken, 8, &err));
	CHECK_INT(taken.flags, 2);
	CHECK_INT(taken.newer, 5);
	given.size = 3;
	CHECK_ERROR(mk_options_take(&given, &taken, sizeof(taken), &err), MARKET_ESIZE, NULL);
	given.size = 65537;
	CHECK_ERROR(mk_options_take(&given, &taken, sizeof(taken), &err), MARKET_ESIZE, NULL);
}

static void older_nested_completed(void)
{
	const size_t size = offsetof(sample_line, note);
	uint32_t old_size = (uint32_t)size;
	void *old = malloc(size);
	const sample_line *lines[2] = {s->lines[1], old};
	const void *out = NULL;
	const sample *got;

	memcpy(old, s->lines[0], size);
	memcpy(old, &old_size, sizeof(old_size));
	s->lines = lines;
	CHECK_OK_FATAL(mk_record_check(&sample_record, s, &arena, &out, &err));
	got = out;
	CU_ASSERT_PTR_EQUAL(got->lines[0], lines[0]);
	CU_ASSERT_PTR_NOT_EQUAL(got->lines[1], old);
	CHECK_INT(got->lines[1]->size, sizeof(sample_line));
	CU_ASSERT_PTR_NULL(got->lines[1]->note);
	CU_ASSERT_PTR_EQUAL(lines[1], old);
	old_size = 12;
	memcpy(old, &old_size, sizeof(old_size));
	CHECK_ERROR(check(), MARKET_ESIZE, "lines[1]");
	free(old);
}

static void required_fields(void)
{
	s->count = 0;
	CHECK_ERROR(check(), MARKET_EMISSING, "count");
	s->count = 1;
	s->name = NULL;
	CHECK_ERROR(check(), MARKET_EMISSING, "name");
	s = small_sample(&arena);
	CHECK_OK(check());
}

static void first_in_table_order(void)
{
	s->name = NULL;
	s->zero = 10;
	s->codes = NULL;
	CHECK_ERROR(check(), MARKET_ELIMIT, "zero");
}

static void key_limits(void)
{
	s->key = NULL;
	CHECK_OK(check());
	s->key = text_of('k', MK_MAX_KEY);
	CHECK_OK(check());
	s->key = text_of('k', MK_MAX_KEY + 1);
	CHECK_ERROR(check(), MARKET_ELIMIT, "key");
	s->key = "";
	CHECK_ERROR(check(), MARKET_ELIMIT, "key");
	s->key = "a\nb";
	CHECK_ERROR(check(), MARKET_EUTF8, "key");
}

static void int_limits(void)
{
	static const int64_t values[] = {0, 50, -1, 51};

	s->count = 1000;
	CHECK_OK(check());
	s->count = 1001;
	CHECK_ERROR(check(), MARKET_ELIMIT, "count");
	s->count = -1;
	CHECK_ERROR(check(), MARKET_ELIMIT, "count");
	s->count = 1;
	for (size_t i = 0; i < 4; i++) {
		s->limit = &values[i];
		if (i < 2)
			CHECK_OK(check());
		else
			CHECK_ERROR(check(), MARKET_ELIMIT, "limit");
	}
}

static void money_limits(void)
{
	static market_money discount;

	s->price = mk_money(100, "BRL");
	CHECK_OK(check());
	s->price = mk_money(50000, "BRL");
	CHECK_OK(check());
	s->price = mk_money(99, "BRL");
	CHECK_ERROR(check(), MARKET_ELIMIT, "price");
	s->price = mk_money(50001, "BRL");
	CHECK_ERROR(check(), MARKET_ELIMIT, "price");
	CHECK_TEXT(err.message, "price must lie between 1.00 and 500.00 BRL");
	s->price = mk_money(100, "BRL");
	s->discount = &discount;
	discount = mk_money(MK_MONEY_MAX, "BRL");
	CHECK_OK(check());
	discount = mk_money(-MK_MONEY_MAX - 1, "BRL");
	CHECK_ERROR(check(), MARKET_ELIMIT, "discount");
}

static void currencies(void)
{
	s->price = mk_money(100, "XQQ");
	CHECK_ERROR(check(), MARKET_ECURRENCY, "price");
	memcpy(s->price.currency, "BRLX", 4);
	CHECK_ERROR(check(), MARKET_ECURRENCY, "price");
	memset(s->price.currency, 0, 4);
	CHECK_ERROR(check(), MARKET_ECURRENCY, "price");
	s->price = mk_money_add(mk_money(1, "BRL"), mk_money(1, "JPY"));
	CHECK_ERROR(check(), MARKET_ECURRENCY, "price");
}

static void rate_and_time_limits(void)
{
	s->rate = 500000;
	CHECK_OK(check());
	s->rate = 500001;
	CHECK_ERROR(check(), MARKET_ELIMIT, "rate");
	CHECK_TEXT(err.message, "rate must lie between 0% and 50%");
	s->rate = 0;
	s->span = MK_HOUR;
	CHECK_OK(check());
	s->span = MK_HOUR - 1;
	CHECK_ERROR(check(), MARKET_ELIMIT, "span");
	s->span = 2 * MK_DAY + 1;
	CHECK_ERROR(check(), MARKET_ELIMIT, "span");
	s->span = 0;
	s->at = INT64_C(253402300799999);
	CHECK_OK(check());
	s->at++;
	CHECK_ERROR(check(), MARKET_ELIMIT, "at");
	s->at = INT64_MIN;
	CHECK_ERROR(check(), MARKET_ELIMIT, "at");
}

static void text_limits(void)
{
	s->name = text_of('n', 20);
	CHECK_OK(check());
	s->name = text_of('n', 21);
	CHECK_ERROR(check(), MARKET_ELIMIT, "name");
	s->name = "no";
	CHECK_OK(check());
	s->name = "n";
	CHECK_ERROR(check(), MARKET_ELIMIT, "name");
	s->name = "Ana";
	s->note = text_of('n', MK_MAX_JSON);
	CHECK_OK(check());
	s->note = text_of('n', MK_MAX_JSON + 1);
	CHECK_ERROR(check(), MARKET_ELIMIT, "note");
}

static void texts_must_be_utf8(void)
{
	static const char *const bad[] = {
		"ab\x80",       "\xC0\xAF",    "\xED\xA0\x80", "abcdefgh\x01", "ab\x7F",
		"abcdefg\x1F!", "line\nbreak", "line\rbreak",  "abcdefg\xFFh", "\xF5\x80\x80\x80"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		s->name = bad[i];
		CHECK_ERROR(check(), MARKET_EUTF8, "name");
	}
	s->name = "S\xC3\xA3o \xE4\xB8\xAD\xF0\x9F\x98\x80";
	CHECK_OK(check());
	s->note = "a\nb\r\nc\td";
	CHECK_OK(check());
	s->note = "a\nb\x0B";
	CHECK_ERROR(check(), MARKET_EUTF8, "note");
}

static void every_byte_is_seen(void)
{
	char text[20];

	for (int at = 0; at < 19; at++) {
		for (int c = 1; c < 256; c++) {
			const bool good = (c >= 0x20 && c < 0x7F) || c == '\t';

			memset(text, 'x', 19);
			text[19] = '\0';
			text[at] = (char)c;
			s->name = text;
			if ((check() == 0) != good)
				CU_FAIL("a byte was judged wrongly");
		}
	}
	CU_ASSERT_PTR_EQUAL(s->name, text);
}

static void blob_limits(void)
{
	s->blob = (market_blob){"12345678", 8};
	CHECK_OK(check());
	s->blob = (market_blob){"123456789", 9};
	CHECK_ERROR(check(), MARKET_ELIMIT, "blob");
}

static void enum_values(void)
{
	s->state = SAMPLE_DRAFT;
	CHECK_OK(check());
	s->state = 3;
	CHECK_ERROR(check(), MARKET_EINVALID, "state");
	s->state = -1;
	CHECK_ERROR(check(), MARKET_EINVALID, "state");
}

static void identifiers(void)
{
	s->buyer = (market_id){42, 43};
	CHECK_ERROR(check(), MARKET_EINVALID, "buyer");
	s->buyer = (market_id){0, 0};
	s->order = (market_id){7, -1};
	CHECK_ERROR(check(), MARKET_EINVALID, "order");
	s->order = (market_id){-7, 1};
	CHECK_ERROR(check(), MARKET_EINVALID, "order");
	s->order = (market_id){7, 0};
	CHECK_ERROR(check(), MARKET_EINVALID, "order");
	s->order = (market_id){0, 1};
	CHECK_OK(check());
}

static void list_limits(void)
{
	const sample_line *lines[] = {s->lines[0], s->lines[0], s->lines[0], s->lines[0]};

	s->lines = lines;
	s->n_lines = 3;
	CHECK_OK(check());
	s->n_lines = 4;
	CHECK_ERROR(check(), MARKET_ELIMIT, "lines");
	s->n_lines = 0;
	CHECK_ERROR(check(), MARKET_ELIMIT, "lines");
	s->lines = NULL;
	CHECK_OK(check());
	s->n_lines = 1;
	CHECK_ERROR(check(), MARKET_EINVALID, "lines");
	s->lines = lines;
	s->n_lines = 3;
	lines[2] = NULL;
	CHECK_ERROR(check(), MARKET_EINVALID, "lines[2]");
}

static void nested_paths(void)
{
	sample_line over = *s->lines[1];
	const sample_line *lines[] = {s->lines[0], s->lines[0], &over};
	sample_inner inner = *s->inner;
	sample_inner innermost = *inner.inner;

	s->lines = lines;
	s->n_lines = 3;
	over.quantity = 101;
	CHECK_ERROR(check(), MARKET_ELIMIT, "lines[2].quantity");
	over.quantity = 1;
	inner.inner = &innermost;
	s->inner = &inner;
	innermost.city = "more than ten";
	CHECK_ERROR(check(), MARKET_ELIMIT, "inner.inner.city");
	innermost.city = NULL;
	CHECK_ERROR(check(), MARKET_EMISSING, "inner.inner.city");
	CU_ASSERT_EQUAL(mk_record_check(&sample_record, s, &arena, &(const void *){NULL}, NULL),
	                MARKET_EMISSING);
}

static void text_lists(void)
{
	const char *codes[] = {text_of('c', MK_MAX_TEXT), "b", "c", "d"};

	s->codes = codes;
	s->n_codes = 3;
	CHECK_OK(check());
	s->n_codes = 4;
	CHECK_ERROR(check(), MARKET_ELIMIT, "codes");
	s->n_codes = 3;
	codes[1] = "";
	CHECK_ERROR(check(), MARKET_ELIMIT, "codes[1]");
	codes[1] = "\xFF";
	CHECK_ERROR(check(), MARKET_EUTF8, "codes[1]");
	codes[1] = text_of('c', MK_MAX_TEXT + 1);
	CHECK_ERROR(check(), MARKET_ELIMIT, "codes[1]");
}

static void metadata_limits(void)
{
	market_pair pairs[MK_MAX_METADATA + 1];
	const market_pair *metadata[MK_MAX_METADATA + 1];

	for (size_t i = 0; i <= MK_MAX_METADATA; i++) {
		pairs[i] = (market_pair){text_of((char)('a' + i), MK_MAX_METADATA_NAME),
		                         text_of('v', MK_MAX_METADATA_VALUE)};
		metadata[i] = &pairs[i];
	}
	s->metadata = metadata;
	s->n_metadata = MK_MAX_METADATA;
	CHECK_OK(check());
	s->n_metadata++;
	CHECK_ERROR(check(), MARKET_ELIMIT, "metadata");
	s->n_metadata--;
	pairs[19].name = pairs[3].name;
	CHECK_ERROR(check(), MARKET_EINVALID, "metadata[19]");
	pairs[19].name = text_of('x', MK_MAX_METADATA_NAME + 1);
	CHECK_ERROR(check(), MARKET_ELIMIT, "metadata[19].name");
	pairs[19].name = "x";
	pairs[19].value = text_of('x', MK_MAX_METADATA_VALUE + 1);
	CHECK_ERROR(check(), MARKET_ELIMIT, "metadata[19].value");
}

static void endless_nesting_refused(void)
{
	sample_inner ring = {"ring", {0, ""}, &ring};

	s->inner = &ring;
	CHECK_ERROR(check(), MARKET_ELIMIT, NULL);
}

static void *no_memory(size_t size, void *user_data)
{
	(void)size;
	(void)user_data;
	return NULL;
}

static void check_without_memory(void)
{
	const market_allocator none = {no_memory, NULL, NULL, NULL};
	const void *out = NULL;
	mk_arena small;

	mk_arena_init(&small, &none);
	CHECK_ERROR(mk_record_check(&sample_record, s, &small, &out, &err), MARKET_ENOMEM, "");
	CU_ASSERT_PTR_NULL(out);
	mk_arena_close(&small);
}

void suite_record(void)
{
	CU_pSuite suite = test_suite_with("record", set_up, tear_down);

	CU_add_test(suite, "fields and enum values are found by whole name", names_are_found);
	CU_add_test(suite, "params with every field pass and are copied", full_params_pass);
	CU_add_test(suite, "no params at all are refused", absent_params_refused);
	CU_add_test(suite, "an older, smaller struct is completed with zeros", older_size_completed);
	CU_add_test(suite, "an older struct without a required field is refused",
	            older_size_without_required);
	CU_add_test(suite, "a size within a field, tiny or huge is refused", impossible_sizes_refused);
	CU_add_test(suite, "a future struct is taken when its tail is zero", future_size_by_its_tail);
	CU_add_test(suite, "options are taken by their size, older and newer", options_by_their_size);
	CU_add_test(suite, "an older nested record is completed in a new list", older_nested_completed);
	CU_add_test(suite, "each required field is asked for", required_fields);
	CU_add_test(suite, "the first error in table order is named", first_in_table_order);
	CU_add_test(suite, "a key at and over its limit", key_limits);
	CU_add_test(suite, "integers at and over their bounds", int_limits);
	CU_add_test(suite, "amounts at and over their bounds", money_limits);
	CU_add_test(suite, "unknown, unended and absent currencies are refused", currencies);
	CU_add_test(suite, "rates, durations and times at and over their bounds", rate_and_time_limits);
	CU_add_test(suite, "texts at and over their lengths", text_limits);
	CU_add_test(suite, "texts of invalid UTF-8 or control characters are refused",
	            texts_must_be_utf8);
	CU_add_test(suite, "every byte at every place of a short text is judged", every_byte_is_seen);
	CU_add_test(suite, "bytes at and over their limit", blob_limits);
	CU_add_test(suite, "unknown enum values are refused", enum_values);
	CU_add_test(suite, "identifiers that can't exist are refused", identifiers);
	CU_add_test(suite, "lists at and over their limits, without memory or items", list_limits);
	CU_add_test(suite, "errors in nested records have whole paths", nested_paths);
	CU_add_test(suite, "lists of texts and their items at and over their limits", text_lists);
	CU_add_test(suite, "metadata at and over its limits, names once", metadata_limits);
	CU_add_test(suite, "a record that contains itself is refused", endless_nesting_refused);
	CU_add_test(suite, "a check without memory says so", check_without_memory);
}
