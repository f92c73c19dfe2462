/* Records as JSON, both ways, and their schema. */
#include <stdlib.h>
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/base/limits.h"
#include "libmarket/base/money.h"
#include "libmarket/record/record.h"
#include "tests/unit/record_sample.h"
#include "tests/unit/test.h"

void suite_json(void);

static mk_arena arena;
static mk_text out;
static market_error err;

static void set_up(void)
{
	mk_arena_init(&arena, &mk_allocator_default);
	mk_text_init(&out, &mk_allocator_default, 4 * MK_MAX_JSON);
	memset(&err, 0, sizeof(err));
}

static void tear_down(void)
{
	mk_text_close(&out);
	mk_arena_close(&arena);
}

static int read_n(const char *json, size_t size, sample **got)
{
	void *value = NULL;
	int code = mk_json_read(&sample_record, json, size, &arena, &value, NULL, &err);

	*got = value;
	return code;
}

static int reads(const char *json)
{
	sample *got;

	return read_n(json, strlen(json), &got);
}

static const char *written(const sample *value, uint32_t flags)
{
	mk_text_reset(&out);
	mk_json_write(&sample_record, value, flags, &out);
	CU_ASSERT_FALSE(out.failed);
	return out.data;
}

/* One field beside the required ones. */
static int reads_field(const char *field)
{
	return reads(mk_arena_format(&arena, "{\"count\":3,\"name\":\"Ana\",%s}", field));
}

static void every_kind_is_written(void)
{
	sample *s = full_sample(&arena);

	CHECK_TEXT(written(s, MK_JSON_FULL), sample_json);
}

static void every_kind_is_read(void)
{
	const void *checked = NULL;
	sample *got = NULL;

	CHECK_OK_FATAL(read_n(sample_json, strlen(sample_json), &got));
	CHECK_INT(got->size, sizeof(sample));
	CU_ASSERT_PTR_NULL(got->key);
	CHECK_INT(got->lines[0]->size, sizeof(sample_line));
	CHECK_TEXT(written(got, MK_JSON_FULL), sample_json);
	CHECK_OK(mk_record_check(&sample_record, got, &arena, &checked, &err));
}

static void read_equals_typed(void)
{
	sample *s = full_sample(&arena);
	sample *got = NULL;
	mk_text other;

	CHECK_OK_FATAL(read_n(sample_json, strlen(sample_json), &got));
	mk_record_canonical(&sample_record, s, &out);
	mk_text_init(&other, &mk_allocator_default, MK_MAX_JSON);
	mk_record_canonical(&sample_record, got, &other);
	CHECK_INT(out.size, other.size);
	CU_ASSERT_EQUAL(memcmp(out.data, other.data, out.size), 0);
	mk_text_close(&other);
}

static void absent_fields_left_out(void)
{
	sample *s = small_sample(&arena);

	CHECK_TEXT(written(s, 0), "{\"count\":3,\"name\":\"Ana\"}");
	s->count = 0;
	s->internal = 5;
	CHECK_TEXT(written(s, MK_JSON_INTERNAL), "{\"count\":0,\"name\":\"Ana\",\"internal\":5}");
}

static void sensitive_is_masked(void)
{
	sample *s = small_sample(&arena);

	s->secret = "12345678901";
	CHECK_TEXT(written(s, 0), "{\"count\":3,\"name\":\"Ana\",\"secret\":\"*******8901\"}");
	s->secret = "1234";
	CHECK_TEXT(written(s, 0), "{\"count\":3,\"name\":\"Ana\",\"secret\":\"****\"}");
	s->secret = "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9";
	CHECK_TEXT(written(s, 0), "{\"count\":3,\"name\":\"Ana\",\"secret\":\"***\xC3\xA9\xC3\xA9\"}");
}

static void sensitive_records_are_masked(void)
{
	mk_field fields[3] = {*mk_record_field(&sample_record, "inner", 5),
	                      *mk_record_field(&sample_record, "blob", 4),
	                      *mk_record_field(&sample_record, "metadata", 8)};
	mk_record record = sample_record;

	record.fields = fields;
	record.n_fields = 3;
	for (size_t i = 0; i < 3; i++)
		fields[i].flags |= MK_SENSITIVE;
	mk_json_write(&record, full_sample(&arena), 0, &out);
	CHECK_TEXT(out.data,
	           "{\"inner\":{\"city\":\"***\xC3\xA9m\",\"fee\":\"****\",\"inner\":{\"city\":"
	           "\"***ife\"}},\"blob\":\"****\",\"metadata\":{\"colour\":\"***\","
	           "\"size\":\"\"}}");
}

static void syntax_has_a_place(void)
{
	CHECK_ERROR(reads(""), MARKET_ESYNTAX, "");
	CHECK_ERROR(reads("{\n  \"count\": 1,\n  }"), MARKET_ESYNTAX, "");
	CHECK_TEXT(err.detail, "Line 3, column 3.");
	CHECK_ERROR(reads("{\"count\":1} x"), MARKET_ESYNTAX, "");
	CHECK_TEXT(err.message, "something follows the JSON text's end");
	CHECK_ERROR(reads("{\"count\":"), MARKET_ESYNTAX, "");
	CHECK_TEXT(err.message, "the JSON text ends too early");
	CHECK_ERROR(reads("{'count':1}"), MARKET_ESYNTAX, "");
	CHECK_ERROR(reads("{\"count\":01}"), MARKET_ESYNTAX, "");
	CHECK_ERROR(reads("{\"name\":\"a\tb\"}"), MARKET_ESYNTAX, "");
}

static void only_objects(void)
{
	CHECK_ERROR(reads("[]"), MARKET_ETYPE, "");
	CHECK_ERROR(reads("3"), MARKET_ESYNTAX, "");
	CHECK_ERROR(reads("null"), MARKET_ESYNTAX, "");
	CU_ASSERT_EQUAL(mk_json_read(&sample_record, NULL, 0, &arena, &(void *){NULL}, NULL, NULL),
	                MARKET_ESYNTAX);
}

static void duplicates_have_a_place(void)
{
	CHECK_ERROR(reads("{\"count\":1,\n \"name\":\"Ana\",\n   \"count\" : 2}"), MARKET_ESYNTAX, "");
	CHECK_TEXT(err.message, "the field \"count\" is there twice");
	CHECK_TEXT(err.detail, "Line 3, column 4.");
	CHECK_ERROR(reads("{\"\xC3\xA9\":1,\"\xC3\xA9\":2}"), MARKET_ESYNTAX, "");
	CHECK_TEXT(err.detail, "Line 1, column 8.");
	CHECK_ERROR(reads_field("\"metadata\":{\"a\":\"1\",\"a\":\"2\"}"), MARKET_ESYNTAX, "");
	CHECK_ERROR(reads("{\"a\\\"b\":1,\"a\\\"b\":1}"), MARKET_ESYNTAX, "");
	CHECK_TEXT(err.detail, "Line 1, column 11.");
}

static void lengths_are_bounded(void)
{
	char *json = mk_arena_get(&arena, MK_MAX_JSON + 2);
	const char start[] = "{\"count\":3,\"name\":\"Ana\"";
	sample *got = NULL;

	memset(json, ' ', MK_MAX_JSON + 1);
	memcpy(json, start, sizeof(start) - 1);
	json[MK_MAX_JSON - 1] = '}';
	json[MK_MAX_JSON] = ' ';
	CHECK_OK(read_n(json, MK_MAX_JSON, &got));
	CHECK_ERROR(read_n(json, MK_MAX_JSON + 1, &got), MARKET_ELIMIT, "");
}

static void depth_is_bounded(void)
{
	char deep[200] = "{\"count\":3,\"name\":\"Ana\",\"x\":";
	size_t size = strlen(deep);

	memset(deep + size, '[', MK_MAX_JSON_DEPTH);
	deep[size + MK_MAX_JSON_DEPTH] = '\0';
	CHECK_ERROR(reads(deep), MARKET_ELIMIT, "");
	CHECK_TEXT(err.detail, "Line 1, column 44.");
	deep[size + MK_MAX_JSON_DEPTH - 1] = '\0';
	CHECK_ERROR(reads(deep), MARKET_ESYNTAX, "");
	CHECK_ERROR(reads_field("\"note\":\"[[[[[[[[[[[[[[[[[[[[\",\"x\":1"), MARKET_EUNKNOWNFIELD,
	            "x");
	CHECK_OK(reads_field("\"note\":\"\\\"[[[[[[[[[[[[[[[[[[[[[\""));
}

static void nul_is_refused(void)
{
	static const char with_nul[] = "{\"name\":\"A\0a\"}";
	sample *got = NULL;

	CHECK_ERROR(read_n(with_nul, sizeof(with_nul) - 1, &got), MARKET_ESYNTAX, "");
	CHECK_TEXT(err.detail, "Line 1, column 11.");
	CHECK_ERROR(reads("{\"name\":\"A\\u0000a\"}"), MARKET_EUTF8, "name");
	CHECK_ERROR(reads("{\"na\\u0000me\":\"Aa\"}"), MARKET_EUTF8, "");
}

static void utf8_is_checked(void)
{
	const char *bell = "{\"count\":3,\"name\":\"A\\u0007\"}";
	sample *got = NULL;
	const void *checked = NULL;

	CHECK_ERROR(reads("{\"name\":\"A\xFF\"}"), MARKET_EUTF8, "name");
	CU_ASSERT_PTR_NOT_NULL(strstr(err.detail, "Line 1, column "));
	CHECK_ERROR(reads("{\"name\":\"\xED\xA0\x80\"}"), MARKET_EUTF8, "name");
	CHECK_ERROR(reads("{\"name\":\"\\ud800\"}"), MARKET_ESYNTAX, "");
	CHECK_OK_FATAL(read_n(bell, strlen(bell), &got));
	CHECK_ERROR(mk_record_check(&sample_record, got, &arena, &checked, &err), MARKET_EUTF8, "name");
}

static void unknown_fields_have_a_hint(void)
{
	CHECK_ERROR(reads("{\"count\":3,\"nmae\":\"Ana\"}"), MARKET_EUNKNOWNFIELD, "nmae");
	CHECK_TEXT(err.hint, "Did you mean \"name\"?");
	CHECK_ERROR(reads_field("\"xxxxxxxxxx\":1"), MARKET_EUNKNOWNFIELD, "xxxxxxxxxx");
	CHECK_TEXT(err.hint, "");
	CHECK_ERROR(reads_field("\"internal\":1"), MARKET_EUNKNOWNFIELD, "internal");
	CHECK_ERROR(reads_field("\"lines\":[{\"quantity\":1},{\"quantty\":1}]"), MARKET_EUNKNOWNFIELD,
	            "lines[1].quantty");
	CHECK_TEXT(err.hint, "Did you mean \"quantity\"?");
}

static void key_beside_the_fields(void)
{
	const char *json = "{\"key\":\"k-1\",\"lines\":[{\"quantity\":1}]}";
	sample *got = NULL;

	CHECK_OK_FATAL(read_n(json, strlen(json), &got));
	CHECK_TEXT(got->key, "k-1");
	CHECK_ERROR(reads("{\"key\":1}"), MARKET_ETYPE, "key");
	CHECK_ERROR(reads("{\"key\":\"k\",\"kez\":1}"), MARKET_EUNKNOWNFIELD, "kez");
	CHECK_ERROR(reads("{\"lines\":[{\"key\":\"k\"}]}"), MARKET_EUNKNOWNFIELD, "lines[0].key");
}

static void wrong_types(void)
{
	static const char *const values[] = {"null", "true", "1", "1.5", "\"x\"", "[]", "{}", "[1]"};
	/* Which of the values above each field takes; a text of the wrong form is EINVALID. */
	static const struct {
		const char *name;
		const char *verdicts; /* 't' wrong type, 'i' invalid, '.' taken */
	} rows[] = {
		{"flag", "t.tttttt"},
		{"choice", "t.tttttt"},
		{"count", "tt.ttttt"},
		{"limit", "tt.ttttt"},
		{"price", "tttttttt"},
		{"discount", "tttttttt"},
		{"rate", "ttttittt"},
		{"share", "ttttittt"},
		{"buyer", "ttttittt"},
		{"order", "ttttittt"},
		{"at", "tt.titt"
	           "t"},
		{"until", "tt.titt"
	              "t"},
		{"span", "ttttittt"},
		{"state", "ttttittt"},
		{"name", "tttt.ttt"},
		{"note", "tttt.ttt"},
		{"secret", "tttt.ttt"},
		{"blob", "ttttittt"},
		{"inner", "tttttt.t"},
		{"lines", "tttttLtI"},
		{"codes", "ttttt.tI"},
		{"metadata", "tttttt.t"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t j = 0; j < 8; j++) {
			const char verdict = rows[i].verdicts[j];
			const char *json = mk_arena_format(&arena, "{\"%s\":%s}", rows[i].name, values[j]);
			const char *path =
				verdict == 'I' ? mk_arena_format(&arena, "%s[0]", rows[i].name) : rows[i].name;

			if (verdict == '.')
				CHECK_OK(reads(json));
			else
				CHECK_ERROR(reads(json),
				            verdict == 'i'   ? MARKET_EINVALID
				            : verdict == 'L' ? MARKET_ELIMIT
				                             : MARKET_ETYPE,
				            path);
		}
	}
}

static void integers_are_never_reals(void)
{
	CHECK_ERROR(reads("{\"count\":3.0}"), MARKET_ETYPE, "count");
	CHECK_ERROR(reads("{\"count\":3e0}"), MARKET_ETYPE, "count");
	CHECK_ERROR(reads("{\"count\":\"3\"}"), MARKET_ETYPE, "count");
	CHECK_ERROR(reads("{\"count\":9223372036854775808}"), MARKET_ELIMIT, "");
	CHECK_OK(reads("{\"count\":9223372036854775807}"));
	CHECK_ERROR(reads("{\"count\":1e999}"), MARKET_ELIMIT, "");
}

static void written_zero_is_checked(void)
{
	CHECK_ERROR(reads("{\"count\":0}"), MARKET_ELIMIT, "count");
	CHECK_OK(reads("{\"zero\":0}"));
	CHECK_OK(reads("{\"limit\":0}"));
	CHECK_ERROR(reads("{\"span\":\"0s\"}"), MARKET_ELIMIT, "span");
	CHECK_OK(reads("{\"rate\":\"0%\"}"));
}

static void money_forms(void)
{
	static const char *const types[] = {
		"12.34",
		"\"12.34 BRL\"",
		"{\"amount\":12.34,\"currency\":\"BRL\"}",
		"{\"amount\":\"12.34\"}",
		"{\"currency\":\"BRL\"}",
		"{\"amount\":\"12.34\",\"currency\":\"BRL\",\"x\":1}",
		"{\"amount\":\"12.34\",\"currency\":986}",
	};
	static const char *const amounts[] = {"12.345", "1e2",   "+1",  " 1", "1.",
	                                      "",       "12,34", "0x1", "-"};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		CHECK_ERROR(reads(mk_arena_format(&arena, "{\"price\":%s}", types[i])), MARKET_ETYPE,
		            "price");
	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++)
		CHECK_ERROR(
			reads(mk_arena_format(&arena, "{\"price\":{\"amount\":\"%s\",\"currency\":\"BRL\"}}",
		                          amounts[i])),
			MARKET_EINVALID, "price");
	CHECK_ERROR(reads("{\"price\":{\"amount\":\"1\",\"currency\":\"brl\"}}"), MARKET_ECURRENCY,
	            "price");
	CHECK_ERROR(reads("{\"price\":{\"amount\":\"1\",\"currency\":\"\"}}"), MARKET_ECURRENCY,
	            "price");
}

static void times_as_text_or_integer(void)
{
	sample *got = NULL;
	const char *json = "{\"at\":1769860800123,\"until\":\"2026-01-31T09:00:00-03:00\"}";

	CHECK_OK_FATAL(read_n(json, strlen(json), &got));
	CHECK_INT(got->at, 1769860800123);
	CHECK_INT(*got->until, 1769860800000);
	CHECK_ERROR(reads("{\"at\":\"2026-02-30\"}"), MARKET_EINVALID, "at");
	CHECK_ERROR(reads("{\"at\":\"2026-01-31T12:00:00\"}"), MARKET_EINVALID, "at");
	CHECK_ERROR(reads("{\"span\":3600000}"), MARKET_ETYPE, "span");
	CHECK_ERROR(reads("{\"span\":\"2 weeks\"}"), MARKET_EINVALID, "span");
}

static void names_of_enums(void)
{
	CHECK_ERROR(reads("{\"state\":\"actve\"}"), MARKET_EINVALID, "state");
	CHECK_TEXT(err.hint, "Did you mean \"active\"?");
	CHECK_ERROR(reads("{\"state\":\"\"}"), MARKET_EINVALID, "state");
	CHECK_ERROR(reads("{\"state\":2}"), MARKET_ETYPE, "state");
}

static void identifiers_of_the_kind(void)
{
	CHECK_OK(reads("{\"order\":\"ord_7_1\"}"));
	CHECK_ERROR(reads("{\"order\":\"buy_7_1\"}"), MARKET_EINVALID, "order");
	CHECK_TEXT(err.detail, "The text of such an identifier begins with \"ord_\".");
	CHECK_ERROR(reads("{\"order\":\"ord_\"}"), MARKET_EINVALID, "order");
	CHECK_ERROR(reads("{\"order\":\"ref:mine\"}"), MARKET_EINVALID, "order");
}

static void references_are_collected(void)
{
	const char *json = "{\"buyer\":\"ref:b-1\",\"order\":\"ord_7_1\","
					   "\"lines\":[{\"sku\":\"sku_7_1\"},{\"sku\":\"ref:sel_1/blue\"}]}";
	mk_pending_ref *refs = NULL;
	void *value = NULL;
	sample *got;

	CHECK_OK_FATAL(mk_json_read(&sample_record, json, strlen(json), &arena, &value, &refs, &err));
	got = value;
	CU_ASSERT_PTR_NOT_NULL_FATAL(refs);
	CHECK_TEXT(refs->text, "b-1");
	CHECK_TEXT(refs->path, "buyer");
	CHECK_INT(refs->kind, MARKET_ID_BUYER);
	CU_ASSERT_PTR_EQUAL(refs->target, &got->buyer);
	CHECK_INT(refs->target->id, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(refs->next);
	CHECK_TEXT(refs->next->text, "sel_1/blue");
	CHECK_TEXT(refs->next->path, "lines[1].sku");
	CU_ASSERT_PTR_EQUAL(refs->next->target, &got->lines[1]->sku);
	CU_ASSERT_PTR_NULL(refs->next->next);
	CHECK_ERROR(
		mk_json_read(&sample_record, "{\"order\":\"ref:\"}", 16, &arena, &value, &refs, &err),
		MARKET_EINVALID, "order");
}

static void secrets_are_not_repeated(void)
{
	mk_field field = *mk_record_field(&sample_record, "span", 4);
	mk_record record = sample_record;
	void *value = NULL;

	field.flags |= MK_SENSITIVE;
	record.fields = &field;
	record.n_fields = 1;
	CHECK_ERROR(mk_json_read(&record, "{\"span\":\"hunter2\"}", 18, &arena, &value, NULL, &err),
	            MARKET_EINVALID, "span");
	CU_ASSERT_PTR_NULL(strstr(err.message, "hunter2"));
	CU_ASSERT_PTR_NULL(strstr(err.detail, "hunter2"));
}

static void zero_required_is_missing(void)
{
	mk_field fields[2] = {*mk_record_field(&sample_record, "zero", 4),
	                      *mk_record_field(&sample_record, "flag", 4)};
	mk_record record = sample_record;
	void *value = NULL;

	fields[0].flags |= MK_REQUIRED;
	fields[1].flags |= MK_REQUIRED;
	record.fields = fields;
	record.n_fields = 2;
	CHECK_ERROR(mk_json_read(&record, "{\"flag\":false}", 14, &arena, &value, NULL, &err),
	            MARKET_EMISSING, "zero");
	CHECK_ERROR(mk_json_read(&record, "{\"zero\":0}", 10, &arena, &value, NULL, &err),
	            MARKET_EMISSING, "flag");
	CHECK_OK_FATAL(
		mk_json_read(&record, "{\"flag\":false,\"zero\":0}", 23, &arena, &value, NULL, &err));
	mk_json_write(&record, value, 0, &out);
	CHECK_TEXT(out.data, "{\"zero\":0,\"flag\":false}");
}

static void every_cut_is_refused(void)
{
	const size_t size = strlen(sample_json);

	for (size_t i = 0; i < size; i++) {
		char *cut = malloc(i + 1);
		sample *got = NULL;

		memcpy(cut, sample_json, i);
		if (read_n(cut, i, &got) == 0)
			CU_FAIL("a cut text was taken");
		free(cut);
		mk_arena_reset(&arena);
	}
	CU_ASSERT(size > 500);
}

static void damaged_texts(void)
{
	const size_t size = strlen(sample_json);
	uint64_t random = test_random_seed();
	int taken = 0;

	for (int i = 0; i < 20000; i++) {
		char *copy = malloc(size);
		sample *got = NULL;
		const void *checked = NULL;

		memcpy(copy, sample_json, size);
		for (uint64_t n = test_random_below(&random, 3) + 1; n > 0; n--)
			copy[test_random_below(&random, size)] = (char)test_random(&random);
		if (read_n(copy, size, &got) == 0 &&
		    mk_record_check(&sample_record, got, &arena, &checked, &err) == 0) {
			void *packed = NULL;

			taken++;
			(void)written(checked, 0);
			CU_ASSERT_EQUAL(
				mk_record_pack(&sample_record, checked, &mk_allocator_default, &packed, NULL), 0);
			mk_record_free(packed);
		}
		free(copy);
		mk_arena_reset(&arena);
	}
	CU_ASSERT(taken > 0);
}

static size_t allocations_left;

static void *failing_allocate(size_t size, void *user_data)
{
	(void)user_data;
	return allocations_left-- > 0 ? malloc(size) : NULL;
}

static void *failing_reallocate(void *block, size_t size, void *user_data)
{
	(void)user_data;
	return allocations_left-- > 0 ? realloc(block, size) : NULL;
}

static void failing_release(void *block, void *user_data)
{
	(void)user_data;
	free(block);
}

static void read_without_memory(void)
{
	const market_allocator failing = {failing_allocate, failing_reallocate, failing_release, NULL};
	char *json = mk_arena_get(&arena, 200000);
	bool done = false;
	size_t n;

	memset(json, 'x', 200000);
	memcpy(json, "{\"note\":\"", 9);
	memcpy(json + 199980, "\",\"name\":\"Ana\"}", 15);
	for (n = 0; n < 50 && !done; n++) {
		mk_arena small;
		void *value = NULL;
		int code;

		allocations_left = n;
		mk_arena_init(&small, &failing);
		code = mk_json_read(&sample_record, json, 199995, &small, &value, NULL, &err);
		done = code == 0;
		if (!done)
			CHECK_ERROR(code, MARKET_ENOMEM, "");
		allocations_left = 0;
		mk_arena_close(&small);
	}
	CU_ASSERT_TRUE(done);
	CU_ASSERT(n > 1);
}

void suite_json(void)
{
	CU_pSuite suite = test_suite_with("json", set_up, tear_down);

	CU_add_test(suite, "a field of every kind is written", every_kind_is_written);
	CU_add_test(suite, "encoding what was decoded gives the same text", every_kind_is_read);
	CU_add_test(suite, "what is read has the canonical form of the typed record",
	            read_equals_typed);
	CU_add_test(suite, "absent fields are left out, required numbers never",
	            absent_fields_left_out);
	CU_add_test(suite, "sensitive texts show their last four characters", sensitive_is_masked);
	CU_add_test(suite, "all of a sensitive record or list is masked", sensitive_records_are_masked);
	CU_add_test(suite, "a syntax error has line and column", syntax_has_a_place);
	CU_add_test(suite, "only an object is taken", only_objects);
	CU_add_test(suite, "a duplicate key has the line and column of the second",
	            duplicates_have_a_place);
	CU_add_test(suite, "a text at and over its length", lengths_are_bounded);
	CU_add_test(suite, "nesting at and over its depth", depth_is_bounded);
	CU_add_test(suite, "a NUL is refused, written out or escaped", nul_is_refused);
	CU_add_test(suite, "invalid UTF-8 is refused, escaped too", utf8_is_checked);
	CU_add_test(suite, "an unknown field has a path and the nearest name",
	            unknown_fields_have_a_hint);
	CU_add_test(suite, "params have their key beside the fields", key_beside_the_fields);
	CU_add_test(suite, "each field with each type of value", wrong_types);
	CU_add_test(suite, "integers are never reals or texts", integers_are_never_reals);
	CU_add_test(suite, "a zero that was written is within bounds", written_zero_is_checked);
	CU_add_test(suite, "money is an object of two texts", money_forms);
	CU_add_test(suite, "times are text or integers, durations text", times_as_text_or_integer);
	CU_add_test(suite, "enums are names, with the nearest as hint", names_of_enums);
	CU_add_test(suite, "identifiers are of the field's kind", identifiers_of_the_kind);
	CU_add_test(suite, "references are collected where they are allowed", references_are_collected);
	CU_add_test(suite, "an error doesn't repeat a sensitive value", secrets_are_not_repeated);
	CU_add_test(suite, "a required field whose zero counts is asked for", zero_required_is_missing);
	CU_add_test(suite, "a text cut anywhere is refused", every_cut_is_refused);
	CU_add_test(suite, "damaged texts are refused or safe to use", damaged_texts);
	CU_add_test(suite, "reading without memory says so", read_without_memory);
}
