#include "libmarket/base/text.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void suite_text(void);

static bool refuse; /* what the allocator below does */

static void *allocate(size_t size, void *user_data)
{
	(void)user_data;
	return refuse ? NULL : malloc(size);
}

static void *reallocate(void *block, size_t size, void *user_data)
{
	(void)user_data;
	return refuse ? NULL : realloc(block, size);
}

static void release(void *block, void *user_data)
{
	(void)user_data;
	free(block);
}

static void text_grows(void)
{
	mk_text text;
	int i;

	mk_text_init(&text, &mk_allocator_default, 100000);
	CHECK_TEXT(text.data, "");
	mk_text_reset(&text);
	CHECK_TEXT(text.data, "");
	mk_text_add(&text, "a");
	mk_text_add(&text, NULL);
	mk_text_add(&text, "");
	mk_text_add_n(&text, "bcd", 2);
	mk_text_add_char(&text, '!');
	mk_text_format(&text, "%d-%s", 7, "x");
	mk_text_format(&text, "%s", "");
	CHECK_TEXT(text.data, "abc!7-x");
	CHECK_INT(text.size, 7);
	mk_text_reset(&text);
	CHECK_TEXT(text.data, "");
	for (i = 0; i < 10000; i++)
		mk_text_add(&text, "0123456789");
	CHECK_INT(text.size, 100000);
	CHECK_INT(strlen(text.data), 100000);
	CU_ASSERT_FALSE(text.failed);
	mk_text_close(&text);
	CHECK_TEXT(text.data, "");
	mk_text_close(&text);
}

static void text_stops_at_its_limit(void)
{
	mk_text text;

	mk_text_init(&text, &mk_allocator_default, 5);
	mk_text_add(&text, "12345");
	CU_ASSERT_FALSE(text.failed);
	mk_text_add(&text, "");
	CU_ASSERT_FALSE(text.failed);
	mk_text_add(&text, "6");
	CU_ASSERT_TRUE(text.failed);
	CHECK_TEXT(text.data, "12345");
	mk_text_reset(&text);
	CU_ASSERT_FALSE(text.failed);
	mk_text_add(&text, "123");
	mk_text_format(&text, "%d", 456);
	CU_ASSERT_TRUE(text.failed);
	mk_text_add(&text, "4");
	CHECK_TEXT(text.data, "123");
	mk_text_close(&text);
}

static void text_without_memory_fails_once(void)
{
	market_allocator allocator = {allocate, reallocate, release, NULL};
	char large[1000];
	mk_text text;

	memset(large, 'x', sizeof(large));
	refuse = true;
	mk_text_init(&text, &allocator, 100000);
	mk_text_add(&text, "a");
	CU_ASSERT_TRUE(text.failed);
	CHECK_TEXT(text.data, "");
	refuse = false;
	mk_text_add(&text, "b");
	CHECK_TEXT(text.data, "");
	mk_text_reset(&text);
	mk_text_add(&text, "c");
	CHECK_TEXT(text.data, "c");
	refuse = true;
	mk_text_add_n(&text, large, sizeof(large));
	CU_ASSERT_TRUE(text.failed);
	CHECK_TEXT(text.data, "c");
	refuse = false;
	mk_text_close(&text);
}

static void integers(void)
{
	mk_text text;

	mk_text_init(&text, &mk_allocator_default, 1000);
	mk_text_add_int(&text, 0);
	mk_text_add_char(&text, ' ');
	mk_text_add_int(&text, -10);
	mk_text_add_char(&text, ' ');
	mk_text_add_int(&text, INT64_MAX);
	mk_text_add_char(&text, ' ');
	mk_text_add_int(&text, INT64_MIN);
	CHECK_TEXT(text.data, "0 -10 9223372036854775807 -9223372036854775808");
	mk_text_reset(&text);
	mk_text_add_u32(&text, 0x01020304);
	mk_text_add_u64(&text, UINT64_C(0xFF02030405060708));
	mk_text_add_bytes(&text, "a\0b", 3);
	mk_text_add_bytes(&text, NULL, 0);
	CHECK_INT(text.size, 4 + 8 + 4 + 3 + 4);
	CU_ASSERT_EQUAL(memcmp(text.data,
	                       "\x01\x02\x03\x04\xFF\x02\x03\x04\x05\x06\x07\x08\0\0\0\x03"
	                       "a\0b\0\0\0\0",
	                       23),
	                0);
	mk_text_close(&text);
}

static void json_strings(void)
{
	mk_text text;
	char all[0x80];
	int i;

	mk_text_init(&text, &mk_allocator_default, 10000);
	mk_text_add_json(&text, "a\"b\\c\nd\re\tf\x01g\x7Fh/\xC3\xA9");
	CHECK_TEXT(text.data, "\"a\\\"b\\\\c\\nd\\re\\tf\\u0001g\\u007fh/\xC3\xA9\"");
	mk_text_reset(&text);
	mk_text_add_json(&text, "");
	mk_text_add_json(&text, NULL);
	mk_text_add_json_n(&text, "a\0b", 3);
	CHECK_TEXT(text.data, "\"\"null\"a\\u0000b\"");
	mk_text_reset(&text);
	for (i = 0; i < 0x80; i++)
		all[i] = (char)i;
	mk_text_add_json_n(&text, all, sizeof(all));
	for (i = 0; i < (int)text.size; i++)
		CU_ASSERT_FATAL((unsigned char)text.data[i] >= 0x20 && text.data[i] != 0x7F);
	mk_text_close(&text);
}

static void utf8_takes_valid_text(void)
{
	static const char *const valid[] = {
		"",
		"plain",
		"a\tb\nc\r",
		"\x20\x7E",
		"\xC2\xA0",
		"\xDF\xBF",
		"\xE0\xA0\x80",
		"\xED\x9F\xBF",
		"\xEE\x80\x80",
		"\xEF\xBF\xBD",
		"\xF0\x90\x80\x80",
		"\xF4\x8F\xBF\xBF",
		"S\xC3\xA3o Paulo",
		"\xE4\xB8\xAD\xE6\x96\x87",
		"\xF0\x9F\x98\x80",
	};
	size_t i;

	for (i = 0; i < COUNT(valid); i++)
		CU_ASSERT_TRUE(mk_utf8_valid(valid[i], strlen(valid[i])));
	CHECK_INT(mk_utf8_length(""), 0);
	CHECK_INT(mk_utf8_length("S\xC3\xA3o"), 3);
	CHECK_INT(mk_utf8_length("\xE4\xB8\xAD\xE6\x96\x87\xF0\x9F\x98\x80"), 3);
}

static void utf8_refuses_the_rest(void)
{
	static const char *const invalid[] = {
		"\x80",
		"\xBF",
		"a\x80",
		"\xC0\x80",
		"\xC0\xAF",
		"\xC1\xBF", /* overlong */
		"\xE0\x80\x80",
		"\xE0\x9F\xBF",
		"\xF0\x80\x80\x80",
		"\xF0\x8F\xBF\xBF",
		"\xED\xA0\x80",
		"\xED\xAD\xBF",
		"\xED\xBF\xBF", /* surrogates */
		"\xF4\x90\x80\x80",
		"\xF5\x80\x80\x80",
		"\xF8\x88\x80\x80\x80",
		"\xFE",
		"\xFF",
		"\xC3",
		"\xE4\xB8",
		"\xF0\x9F\x98",
		"\xC3(",
		"\xE4(\xAD",
		"\xE4\xB8(",
		"\xF0(\x98\x80",
		"\xF0\x9F(\x80",
		"\xF0\x9F\x98(",
		"\xC2\x80",
		"\xC2\x85",
		"\xC2\x9F",
		"\x01",
		"\x08",
		"\x0B",
		"\x0C",
		"\x1F",
		"\x7F",
		"\x1B[31m",
	};
	size_t i;

	for (i = 0; i < COUNT(invalid); i++)
		CU_ASSERT_FALSE(mk_utf8_valid(invalid[i], strlen(invalid[i])));
	CU_ASSERT_FALSE(mk_utf8_valid("a\0b", 3));
	CU_ASSERT_FALSE(mk_utf8_valid("\0", 1));
}

/* Encodes every code point and asks; then every sequence of two bytes. */
static void utf8_over_all_code_points(void)
{
	unsigned wrong = 0;
	uint32_t point;

	for (point = 0; point <= 0x10FFFF; point++) {
		bool control = (point < 0x20 && point != 9 && point != 10 && point != 13) ||
		               (point >= 0x7F && point < 0xA0);
		bool surrogate = point >= 0xD800 && point <= 0xDFFF;
		char bytes[4];
		size_t size;

		if (point < 0x80) {
			size = 1;
			bytes[0] = (char)point;
		} else if (point < 0x800) {
			size = 2;
			bytes[0] = (char)(0xC0 | point >> 6);
		} else if (point < 0x10000) {
			size = 3;
			bytes[0] = (char)(0xE0 | point >> 12);
			bytes[1] = (char)(0x80 | (point >> 6 & 0x3F));
		} else {
			size = 4;
			bytes[0] = (char)(0xF0 | point >> 18);
			bytes[1] = (char)(0x80 | (point >> 12 & 0x3F));
			bytes[2] = (char)(0x80 | (point >> 6 & 0x3F));
		}
		if (size > 1)
			bytes[size - 1] = (char)(0x80 | (point & 0x3F));
		wrong += mk_utf8_valid(bytes, size) != (!control && !surrogate);
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void equal_texts(void)
{
	CU_ASSERT_TRUE(mk_text_equal("a", "a"));
	CU_ASSERT_FALSE(mk_text_equal("a", "b"));
	CU_ASSERT_FALSE(mk_text_equal("a", NULL));
	CU_ASSERT_FALSE(mk_text_equal(NULL, ""));
	CU_ASSERT_TRUE(mk_text_equal(NULL, NULL));
}

static void nearest_word(void)
{
	static const char *const words[] = {"commission", "currencies", "escrow", "rate", "rates", "x"};
	char longest[100];

	CHECK_TEXT(mk_text_nearest("comission", words, COUNT(words)), "commission");
	CHECK_TEXT(mk_text_nearest("currencys", words, COUNT(words)), "currencies");
	CHECK_TEXT(mk_text_nearest("ecsrow", words, COUNT(words)), "escrow");
	CHECK_TEXT(mk_text_nearest("rate", words, COUNT(words)), "rate");
	CHECK_TEXT(mk_text_nearest("rat", words, COUNT(words)), "rate");
	CHECK_TEXT(mk_text_nearest("rats", words, COUNT(words)), "rate");
	CU_ASSERT_PTR_NULL(mk_text_nearest("tax", words, COUNT(words)));
	CU_ASSERT_PTR_NULL(mk_text_nearest("settlement", words, COUNT(words)));
	CU_ASSERT_PTR_NULL(mk_text_nearest("comm", words, COUNT(words)));
	CU_ASSERT_PTR_NULL(mk_text_nearest("", words, COUNT(words)));
	CU_ASSERT_PTR_NULL(mk_text_nearest(NULL, words, COUNT(words)));
	CU_ASSERT_PTR_NULL(mk_text_nearest("rate", NULL, 0));
	memset(longest, 'c', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	CU_ASSERT_PTR_NULL(mk_text_nearest(longest, words, COUNT(words)));
}

static void hexadecimal(void)
{
	unsigned char bytes[4] = {9, 9, 9, 9};
	char hex[9];

	mk_hex("\x00\x0F\xA5\xFF", 4, hex);
	CHECK_TEXT(hex, "000fa5ff");
	mk_hex(NULL, 0, hex);
	CHECK_TEXT(hex, "");
	CU_ASSERT_TRUE(mk_unhex("000fA5Ff", bytes, 4));
	CU_ASSERT_EQUAL(memcmp(bytes, "\x00\x0F\xA5\xFF", 4), 0);
	CU_ASSERT_FALSE(mk_unhex("000fa5f", bytes, 4));
	CU_ASSERT_FALSE(mk_unhex("111111111", bytes, 4));
	CU_ASSERT_FALSE(mk_unhex("1111111g", bytes, 4));
	CU_ASSERT_FALSE(mk_unhex("0x111111", bytes, 4));
	CU_ASSERT_FALSE(mk_unhex(NULL, bytes, 4));
	CU_ASSERT_EQUAL(memcmp(bytes, "\x00\x0F\xA5\xFF", 4), 0);
	CU_ASSERT_TRUE(mk_unhex("", bytes, 0));
}

void suite_text(void)
{
	CU_pSuite s = test_suite("text");

	CU_add_test(s, "a text grows and ends with a NUL", text_grows);
	CU_add_test(s, "a text stops at its limit", text_stops_at_its_limit);
	CU_add_test(s, "a text without memory fails and keeps what it had",
	            text_without_memory_fails_once);
	CU_add_test(s, "integers in digits and in big-endian bytes", integers);
	CU_add_test(s, "JSON strings are escaped", json_strings);
	CU_add_test(s, "valid UTF-8 is taken", utf8_takes_valid_text);
	CU_add_test(s, "other bytes and control characters are refused", utf8_refuses_the_rest);
	CU_add_test(s, "every code point is judged rightly", utf8_over_all_code_points);
	CU_add_test(s, "equal texts", equal_texts);
	CU_add_test(s, "the nearest word for a hint", nearest_word);
	CU_add_test(s, "hexadecimal digits, and back", hexadecimal);
}
