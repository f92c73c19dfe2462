/* Records from YAML: values, and every error with its place. */
#include <stdlib.h>
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/base/limits.h"
#include "libmarket/base/money.h"
#include "libmarket/record/record.h"
#include "tests/unit/record_sample.h"
#include "tests/unit/test.h"

void suite_yaml(void);

static mk_arena arena;
static mk_yaml state;
static market_error err;

static void set_up(void)
{
	mk_arena_init(&arena, &mk_allocator_default);
	memset(&state, 0, sizeof(state));
	state.arena = &arena;
	memset(&err, 0, sizeof(err));
}

static void tear_down(void)
{
	mk_arena_close(&arena);
}

static int read_n(const char *yaml, size_t size, const sample **got)
{
	void *value = NULL;
	int code = mk_yaml_read(&sample_record, yaml, size, &state, &value, &err);

	*got = value;
	return code;
}

static int reads(const char *yaml)
{
	const sample *got;

	return read_n(yaml, strlen(yaml), &got);
}

/* All errors as "line:column: message (hint)", one a line. */
static const char *errors_of(const char *yaml)
{
	mk_text text;
	const char *copy;

	(void)reads(yaml);
	mk_text_init(&text, &mk_allocator_default, 1000000);
	for (size_t i = 0; i < state.n_errors; i++) {
		const mk_yaml_error *error = &state.errors[i];

		mk_text_format(&text, "%s%d:%d: %s", i > 0 ? "\n" : "", error->line, error->column,
		               error->message);
		if (error->hint[0] != '\0')
			mk_text_format(&text, " (%s)", error->hint);
	}
	copy = mk_arena_text(&arena, text.data);
	mk_text_close(&text);
	return copy;
}

static const char *errors_of_field(const char *field)
{
	return errors_of(mk_arena_format(&arena, "count: 3\nname: Ana\n%s\n", field));
}

static const char full[] = "# a comment\n"
						   "flag: true\n"
						   "choice: false\n"
						   "count: 3\n"
						   "zero: 9\n"
						   "limit: 0\n"
						   "price: 12.34 BRL\n"
						   "discount: \"0 JPY\"\n"
						   "rate: 12.5%\n"
						   "share: 0 %\n"
						   "buyer: buy_1a\n"
						   "order: ord_7_1\n"
						   "at: 2026-01-31T12:00:00.123Z\n"
						   "until: 1970-01-01\n"
						   "span: 48h\n"
						   "state: ended\n"
						   "name: Ana\n"
						   "note: \"two\\nlines\\t\\\"quoted\\\" \\\\ \xE4\xB8\xAD\xE6\x96\x87\"\n"
						   "secret: \"12345678901\"\n"
						   "blob: AP+Aeg==\n"
						   "inner:\n"
						   "  city: Bel\xC3\xA9m\n"
						   "  fee: -12.345 KWD\n"
						   "  inner: {city: Recife}\n"
						   "lines:\n"
						   "  - sku: sku_7_z9\n"
						   "    quantity: 1\n"
						   "  - {sku: sku_0_za, quantity: 100, note: gift}\n"
						   "codes: [a, \xC3\xA9t\xC3\xA9]\n"
						   "metadata:\n"
						   "  colour: red\n"
						   "  size: ''\n";

static void every_kind_is_read(void)
{
	const sample *got = NULL;
	const void *checked = NULL;
	mk_text text;

	CHECK_OK_FATAL(read_n(full, strlen(full), &got));
	CHECK_INT(state.n_errors, 0);
	CHECK_INT(got->size, sizeof(sample));
	mk_text_init(&text, &mk_allocator_default, MK_MAX_JSON);
	mk_json_write(&sample_record, got, MK_JSON_FULL, &text);
	CHECK_TEXT(text.data, sample_json);
	mk_text_close(&text);
	CHECK_OK(mk_record_check(&sample_record, got, &arena, &checked, &err));
}

static void json_is_yaml(void)
{
	const char *json = "{\"count\": 3, \"name\": \"Ana\", \"lines\": [{\"quantity\": 2}]}";
	const sample *got = NULL;

	CHECK_OK_FATAL(read_n(json, strlen(json), &got));
	CHECK_INT(got->lines[0]->quantity, 2);
}

static void byte_order_mark_and_text_block(void)
{
	const char *yaml = "\xEF\xBB\xBF---\ncount: 3\nname: Ana\nnote: |\n  one\n  two\n...\n";
	const sample *got = NULL;

	CHECK_OK_FATAL(read_n(yaml, strlen(yaml), &got));
	CHECK_TEXT(got->note, "one\ntwo\n");
}

static void empty_documents(void)
{
	CHECK_TEXT(errors_of(""), "1:1: the document is empty");
	CHECK_TEXT(errors_of("# nothing\n"), "1:1: the document is empty");
	CHECK_TEXT(errors_of("---\n...\n"), "1:1: the document is empty");
	CHECK_TEXT(errors_of("- a\n"), "1:1: the document must be a mapping of keys");
	CHECK_TEXT(errors_of("\n text\n"), "2:2: the document must be a mapping of keys");
	CHECK_ERROR(mk_yaml_read(&sample_record, NULL, 0, &state, &(void *){NULL}, &err),
	            MARKET_EPOLICY, "");
}

static void all_errors_in_one_run(void)
{
	CHECK_TEXT(errors_of("count: many\n"
	                     "nmae: Ana\n"
	                     "price: 9 XQQ\n"
	                     "rate: 51%\n"
	                     "span: soon\n"
	                     "state: actve\n"
	                     "flag: yes\n"
	                     "lines:\n"
	                     "  - quantity: 0\n"
	                     "  - qantity: 2\n"
	                     "count: 4\n"),
	           "1:1: \"name\" is missing in this sample\n"
	           "1:8: count must be a whole number\n"
	           "2:1: the key \"nmae\" isn't known in this sample (Did you mean \"name\"?)\n"
	           "3:8: price \"9 XQQ\" isn't an amount (An amount is written as \"12.34 BRL\".)\n"
	           "4:7: rate must lie between 0% and 50%\n"
	           "5:7: span \"soon\" isn't a duration (A duration is written as \"48h\", \"15d\", "
	           "\"30min\", \"90s\" or \"500ms\".)\n"
	           "6:8: state \"actve\" isn't known (Did you mean \"active\"?)\n"
	           "7:7: flag must be true or false\n"
	           "9:15: quantity must lie between 1 and 100\n"
	           "10:5: the key \"qantity\" isn't known in this sample_line (Did you mean "
	           "\"quantity\"?)\n"
	           "10:5: \"quantity\" is missing in this sample_line\n"
	           "11:1: the key \"count\" is there twice, first on line 1");
	CHECK_TEXT(err.message, "line 1, column 1: \"name\" is missing in this sample");
	CHECK_TEXT(err.detail, "12 errors were found.");
	CHECK_INT(err.code, MARKET_EPOLICY);
}

static void unknown_keys(void)
{
	CHECK_TEXT(errors_of_field("stat: draft"),
	           "3:1: the key \"stat\" isn't known in this sample (Did you mean \"state\"?)");
	CHECK_TEXT(errors_of_field("state: qqqqqqqqq"),
	           "3:8: state \"qqqqqqqqq\" isn't known (It is one of draft, active, ended.)");
	CHECK_TEXT(errors_of_field("zzzzzzzzzzz: 1"),
	           "3:1: the key \"zzzzzzzzzzz\" isn't known in this sample");
	CHECK_TEXT(errors_of_field("internal: 1"),
	           "3:1: the key \"internal\" isn't known in this sample");
	CHECK_TEXT(errors_of_field("key: k"), "3:1: the key \"key\" isn't known in this sample");
	CHECK_TEXT(errors_of_field("? [a]\n: 1"), "3:3: a key must be a text");
	CHECK_TEXT(errors_of_field("? {a: [b]}\n: {c: d}\nzero: 10"),
	           "3:3: a key must be a text\n5:7: zero must lie between 0 and 9");
}

static void duplicate_keys(void)
{
	CHECK_TEXT(errors_of_field("name: Eva"),
	           "3:1: the key \"name\" is there twice, first on line 2");
	CHECK_TEXT(errors_of_field("lines: [{quantity: 1, \"quantity\": 2}]"),
	           "3:23: the key \"quantity\" is there twice, first on line 3");
	CHECK_TEXT(errors_of_field("metadata: {a: b, a: c}"), "3:18: a key of metadata is there twice");
}

static void values_of_the_wrong_type(void)
{
	CHECK_TEXT(errors_of_field("flag: \"true\""),
	           "3:7: flag must be true or false (Leave the quotes out.)");
	CHECK_TEXT(errors_of_field("zero: '1'"),
	           "3:7: zero must be a whole number (Leave the quotes out.)");
	CHECK_TEXT(errors_of_field("zero: 1.0"), "3:7: zero must be a whole number");
	CHECK_TEXT(errors_of_field("zero: 01"), "3:7: zero must be a whole number");
	CHECK_TEXT(errors_of_field("zero: 0x1"), "3:7: zero must be a whole number");
	CHECK_TEXT(errors_of_field("zero: 99999999999999999999"), "3:7: zero must be a whole number");
	CHECK_TEXT(errors_of_field("zero: [1]"), "3:1: zero must be a whole number");
	CHECK_TEXT(errors_of_field("inner: text"), "3:8: inner must be an object");
	CHECK_TEXT(errors_of_field("inner: [text]"), "3:1: inner must be an object");
	CHECK_TEXT(errors_of_field("lines: {quantity: 1}"), "3:1: lines must be a list");
	CHECK_TEXT(errors_of_field("lines: [1, [2]]"),
	           "3:9: an item of lines must be a mapping\n3:12: an item of lines must be a mapping");
	CHECK_TEXT(errors_of_field("codes: [a, {b: c}]"), "3:12: an item of codes must be a text");
	CHECK_TEXT(errors_of_field("codes: a"), "3:8: codes must be a list");
	CHECK_TEXT(errors_of_field("metadata: [a]"), "3:1: metadata must be an object of texts");
	CHECK_TEXT(errors_of_field("metadata: {a: [b]}"), "3:15: a value of metadata must be a text");
	CHECK_TEXT(errors_of_field("order: buy_7_1"),
	           "3:8: order \"buy_7_1\" isn't an identifier of kind order (The text of such an "
	           "identifier begins with \"ord_\".)");
	CHECK_TEXT(errors_of_field("blob: A"), "3:7: blob isn't base64");
}

static void keys_without_a_value(void)
{
	CHECK_TEXT(errors_of_field("zero:"), "3:1: \"zero\" has no value (Leave the key out.)");
	CHECK_TEXT(errors_of_field("note: ~"), "3:1: \"note\" has no value (Leave the key out.)");
	CHECK_TEXT(errors_of_field("lines: null"), "3:1: \"lines\" has no value (Leave the key out.)");
	CHECK_TEXT(errors_of_field("note: \"null\""), "");
	CHECK_TEXT(errors_of_field("note: ''"), "");
}

static void required_fields(void)
{
	CHECK_TEXT(errors_of("flag: true\n"),
	           "1:1: \"count\" is missing in this sample\n1:1: \"name\" is missing in this sample");
	CHECK_TEXT(errors_of_field("inner:\n  fee: 1 BRL"),
	           "4:3: \"city\" is missing in this sample_inner");
}

static void limits(void)
{
	CHECK_TEXT(errors_of("count: 1000\nname: abcdefghijklmnopqrst\nzero: 0\nprice: 1.00 BRL\n"
	                     "span: 2d\nrate: 50%\ncodes: [a, b, c]\nblob: MTIzNDU2Nzg=\n"),
	           "");
	CHECK_TEXT(errors_of("count: 1001\nname: abcdefghijklmnopqrstu\nzero: -1\nprice: 0.99 BRL\n"
	                     "span: 49h\nrate: 50.0001%\ncodes: [a, b, c, d]\nblob: MTIzNDU2Nzg5\n"),
	           "1:8: count must lie between 1 and 1000\n"
	           "2:7: name is longer than 20 bytes\n"
	           "3:7: zero must lie between 0 and 9\n"
	           "4:8: price must lie between 1.00 and 500.00 BRL\n"
	           "5:7: span must lie between 1h and 2d\n"
	           "6:7: rate must lie between 0% and 50%\n"
	           "7:1: codes holds 4 items, more than 3\n"
	           "8:7: blob is longer than 8 bytes");
	CHECK_TEXT(errors_of_field("lines: []"), "3:1: lines holds 0 items, fewer than 1");
	CHECK_TEXT(errors_of_field("span: 0s"), "3:7: span must lie between 1h and 2d");
	CHECK_TEXT(errors_of_field("codes: [a, '']"), "3:12: codes is empty");
	CHECK_TEXT(errors_of("count: 0\nname: \"a\\nb\"\n"),
	           "1:8: count must lie between 1 and 1000\n2:7: name holds a line break");
}

static void metadata_limits(void)
{
	mk_text text;

	mk_text_init(&text, &mk_allocator_default, 100000);
	mk_text_add(&text, "metadata:\n");
	for (int i = 0; i < MK_MAX_METADATA; i++)
		mk_text_format(&text, "  k%d: v\n", i);
	CHECK_TEXT(errors_of_field(text.data), "");
	mk_text_add(&text, "  over: v\n");
	CHECK_TEXT(errors_of_field(text.data), "3:1: metadata holds 21 items, more than 20");
	mk_text_close(&text);
}

static void anchors_aliases_and_tags(void)
{
	CHECK_TEXT(errors_of("count: &three 3\nname: Ana\nzero: *three\nnote: !!str text\n"
	                     "inner: &i {city: !x Rio}\ncodes: !y [a]\n"),
	           "1:8: anchors aren't allowed (Write the value out.)\n"
	           "3:7: aliases aren't allowed (Write the value out.)\n"
	           "4:7: tags aren't allowed (Leave the tag out.)\n"
	           "5:8: anchors aren't allowed (Write the value out.)\n"
	           "5:18: tags aren't allowed (Leave the tag out.)\n"
	           "6:8: tags aren't allowed (Leave the tag out.)");
	CHECK_TEXT(errors_of_field("<<: *name"), "3:1: the key \"<<\" isn't known in this sample\n"
	                                         "3:5: aliases aren't allowed (Write the value out.)");
	CHECK_TEXT(errors_of_field("*name : 1"), "3:1: aliases aren't allowed (Write the value out.)");
}

/* `levels` of the document are one in another. */
static const char *nested(int levels)
{
	mk_text text;
	const char *copy;

	mk_text_init(&text, &mk_allocator_default, 100000);
	mk_text_add(&text, "count: 3\nname: Ana\ninner: ");
	for (int i = 2; i <= levels; i++)
		mk_text_add(&text, i < levels ? "{city: a, inner: " : "{city: a");
	for (int i = 2; i <= levels; i++)
		mk_text_add_char(&text, '}');
	mk_text_add_char(&text, '\n');
	copy = mk_arena_text(&arena, text.data);
	mk_text_close(&text);
	return copy;
}

static void depth_is_bounded(void)
{
	char *deep = mk_arena_get(&arena, MK_MAX_POLICY + 1);

	CHECK_TEXT(errors_of(nested(MK_MAX_POLICY_DEPTH)), "");
	CHECK_TEXT(errors_of(nested(MK_MAX_POLICY_DEPTH + 1)),
	           "3:263: values are nested more than 16 deep");
	CHECK_TEXT(errors_of(nested(MK_MAX_POLICY_DEPTH + 20)),
	           "3:263: values are nested more than 16 deep");
	memset(deep, '[', MK_MAX_POLICY);
	deep[MK_MAX_POLICY] = '\0';
	CHECK_TEXT(errors_of(deep), "1:1: the document must be a mapping of keys\n"
	                            "1:17: values are nested more than 16 deep\n"
	                            "1:81: the document is nested far too deep");
}

static void several_documents(void)
{
	CHECK_TEXT(errors_of("count: 3\nname: Ana\n---\ncount: 4\n"),
	           "3:1: a second document begins here (Put everything into one document.)");
	CHECK_TEXT(errors_of("count: 0\nname: Ana\n...\n---\n"),
	           "1:8: count must lie between 1 and 1000\n"
	           "4:1: a second document begins here (Put everything into one document.)");
}

static void invalid_utf8(void)
{
	CHECK_TEXT(errors_of("count: 3\nname: A\xFFna\nnote: \xC3\xA9 \xC3\nflag: \x01\n"),
	           "2:8: invalid UTF-8 or a control character\n"
	           "3:9: invalid UTF-8 or a control character\n"
	           "4:7: invalid UTF-8 or a control character");
	CHECK_TEXT(errors_of_field("note: \"a\\x07\""),
	           "3:7: note isn't valid UTF-8 or holds a control character");
	CHECK_TEXT(errors_of_field("note: \"a\\0b\""), "3:7: the text holds a NUL");
	CHECK_TEXT(errors_of_field("\"a\\0b\": 1"), "3:1: the text holds a NUL");
}

static void syntax_errors(void)
{
	const char *errors =
		errors_of("count: many\nnmae: Ana\nlines:\n  - quantity: 1\n - quantity: 2\n");

	CU_ASSERT_PTR_NOT_NULL(
		strstr(errors, "1:8: count must be a whole number\n2:1: the key \"nmae\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(errors, "\n5:2: this isn't well-formed YAML: "));
	CU_ASSERT_PTR_NULL(strstr(errors, "missing"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(errors_of("count: 3\n\tname: Ana\n"), "2:1: this isn't well-formed YAML: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(errors_of("count: [3\n"), "this isn't well-formed YAML"));
	CU_ASSERT_PTR_NOT_NULL(strstr(errors_of("a: b: c\n"), "1:5: this isn't well-formed YAML"));
}

static void length_is_bounded(void)
{
	char *yaml = mk_arena_get(&arena, MK_MAX_POLICY + 2);

	memset(yaml, ' ', MK_MAX_POLICY + 1);
	memcpy(yaml, "count: 3\nname: Ana\n", 19);
	yaml[19] = '#';
	yaml[MK_MAX_POLICY] = '\0';
	CHECK_TEXT(errors_of(yaml), "");
	yaml[MK_MAX_POLICY] = ' ';
	yaml[MK_MAX_POLICY + 1] = '\0';
	CHECK_TEXT(errors_of(yaml), "1:1: the text is longer than 1048576 bytes");
}

static void errors_are_bounded(void)
{
	mk_text text;

	mk_text_init(&text, &mk_allocator_default, MK_MAX_POLICY);
	for (int i = 0; i < MK_MAX_POLICY_ERRORS * 2; i++)
		mk_text_format(&text, "unknown%d: 1\n", i);
	mk_text_add(&text, "count: 3\nname: Ana\n");
	CHECK_ERROR(reads(text.data), MARKET_EPOLICY, "");
	CHECK_INT(state.n_errors, MK_MAX_POLICY_ERRORS);
	CHECK_INT(state.errors[0].line, 1);
	CHECK_INT(state.errors[MK_MAX_POLICY_ERRORS - 1].line, MK_MAX_POLICY_ERRORS);
	mk_yaml_report(&state, NULL, NULL, NULL, "first");
	CHECK_INT(state.n_errors, MK_MAX_POLICY_ERRORS);
	CHECK_TEXT(state.errors[1].message, "first");
	CHECK_INT(state.errors[MK_MAX_POLICY_ERRORS - 1].line, MK_MAX_POLICY_ERRORS - 1);
	mk_text_close(&text);
}

static void values_are_bounded(void)
{
	char *yaml = mk_arena_get(&arena, 300000);

	for (size_t i = 0; i < 110000; i++)
		memcpy(yaml + 2 * i, "a,", 3);
	memcpy(yaml, "a: [", 4);
	CU_ASSERT_PTR_NOT_NULL(strstr(errors_of(yaml), "the document has too many values"));
	CU_ASSERT_PTR_NOT_NULL(strstr(errors_of(yaml), "the key \"a\" isn't known"));
}

static void later_checks_have_places(void)
{
	const sample *got = NULL;

	CHECK_OK_FATAL(read_n(full, strlen(full), &got));
	mk_yaml_report(&state, got->lines[1], "quantity", NULL, "no %s", "stock");
	mk_yaml_report(&state, got, "inner", "A hint.", "no room");
	mk_yaml_report(&state, got, "rate", NULL, "too much");
	mk_yaml_report(&state, got->codes[1], NULL, NULL, "not a code");
	mk_yaml_report(&state, got->lines[0], "note", NULL, "no note");
	mk_yaml_report(&state, got->metadata[1], NULL, NULL, "no size");
	mk_yaml_report(&state, &arena, NULL, NULL, "nowhere");
	CHECK_INT(state.n_errors, 7);
	CHECK_TEXT(state.errors[0].message, "nowhere");
	CHECK_INT(state.errors[1].line, 9);
	CHECK_INT(state.errors[1].column, 7);
	CHECK_INT(state.errors[2].line, 21);
	CHECK_INT(state.errors[2].column, 1);
	CHECK_TEXT(state.errors[2].hint, "A hint.");
	CHECK_INT(state.errors[3].line, 26);
	CHECK_INT(state.errors[3].column, 5);
	CHECK_INT(state.errors[4].line, 28);
	CHECK_INT(state.errors[4].column, 31);
	CHECK_TEXT(state.errors[4].message, "no stock");
	CHECK_INT(state.errors[5].line, 29);
	CHECK_INT(state.errors[5].column, 12);
	CHECK_INT(state.errors[6].line, 32);
}

static void damaged_documents(void)
{
	const size_t size = strlen(full);
	uint64_t random = test_random_seed();
	int taken = 0;

	for (int i = 0; i < 5000; i++) {
		char *copy = malloc(size);
		const sample *got = NULL;
		const void *checked = NULL;

		memcpy(copy, full, size);
		for (uint64_t n = test_random_below(&random, 3) + 1; n > 0; n--)
			copy[test_random_below(&random, size)] = (char)test_random(&random);
		if (read_n(copy, size, &got) == 0) {
			taken++;
			CHECK_OK(mk_record_check(&sample_record, got, &arena, &checked, &err));
		} else {
			CU_ASSERT(state.n_errors > 0);
		}
		free(copy);
		mk_arena_reset(&arena);
	}
	CU_ASSERT(taken > 0);
}

static void *no_memory(size_t size, void *user_data)
{
	(void)size;
	(void)user_data;
	return NULL;
}

static void read_without_memory(void)
{
	const market_allocator none = {no_memory, NULL, NULL, NULL};
	const sample *got = NULL;
	mk_arena small;

	mk_arena_init(&small, &none);
	state.arena = &small;
	CHECK_ERROR(read_n(full, strlen(full), &got), MARKET_ENOMEM, "");
	CU_ASSERT_PTR_NULL(got);
	state.arena = &arena;
}

void suite_yaml(void)
{
	CU_pSuite suite = test_suite_with("yaml", set_up, tear_down);

	CU_add_test(suite, "a field of every kind is read", every_kind_is_read);
	CU_add_test(suite, "JSON is read too", json_is_yaml);
	CU_add_test(suite, "a byte order mark and text blocks are read",
	            byte_order_mark_and_text_block);
	CU_add_test(suite, "a document that isn't a mapping is refused", empty_documents);
	CU_add_test(suite, "all errors come in one run, in order of line", all_errors_in_one_run);
	CU_add_test(suite, "unknown keys have the nearest key as hint, unknown values the known ones",
	            unknown_keys);
	CU_add_test(suite, "duplicate keys name the first one's line", duplicate_keys);
	CU_add_test(suite, "values of the wrong type are refused at their place",
	            values_of_the_wrong_type);
	CU_add_test(suite, "a key without a value is refused", keys_without_a_value);
	CU_add_test(suite, "required fields are asked for, nested ones too", required_fields);
	CU_add_test(suite, "values at and over their limits", limits);
	CU_add_test(suite, "metadata at and over its limit", metadata_limits);
	CU_add_test(suite, "anchors, aliases and tags are refused", anchors_aliases_and_tags);
	CU_add_test(suite, "nesting at and over its depth, and far deeper", depth_is_bounded);
	CU_add_test(suite, "a second document is refused", several_documents);
	CU_add_test(suite, "invalid UTF-8 has line and column, each line", invalid_utf8);
	CU_add_test(suite, "a syntax error doesn't hide the errors before it", syntax_errors);
	CU_add_test(suite, "a document at and over its length", length_is_bounded);
	CU_add_test(suite, "only the first hundred errors are kept", errors_are_bounded);
	CU_add_test(suite, "a document of too many values is refused", values_are_bounded);
	CU_add_test(suite, "later checks find the place of fields and items", later_checks_have_places);
	CU_add_test(suite, "damaged documents are refused or pass the checks", damaged_documents);
	CU_add_test(suite, "reading without memory says so", read_without_memory);
}
