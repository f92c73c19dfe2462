/* Bytes as base64. */
#include "libmarket/base/base64.h"

#include <string.h>

#include "tests/unit/test.h"

void suite_base64(void);

static void base64_both_ways(void)
{
	mk_arena arena;
	mk_text out;
	static const char *const texts[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
	                                    "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
	static const char *const bad[] = {
		"Z", "Zg", "Zg=", "Zh==", "Zm9=", "====", "Zg==Zg==", "Z-_A", "Zm 9"};

	mk_arena_init(&arena, &mk_allocator_default);
	mk_text_init(&out, &mk_allocator_default, 100);
	for (size_t i = 0; i < 7; i++) {
		market_blob blob = {NULL, 99};

		mk_text_reset(&out);
		CHECK_INT(mk_base64_encode("foobar", i, &out), 0);
		CHECK_TEXT(out.data, texts[i]);
		CU_ASSERT_TRUE_FATAL(mk_base64_decode(texts[i], &arena, &blob));
		CHECK_INT(blob.size, i);
		CU_ASSERT_PTR_NOT_NULL(blob.data);
		CU_ASSERT_EQUAL(memcmp(blob.data, "foobar", i), 0);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		market_blob blob = {NULL, 0};

		CU_ASSERT_FALSE(mk_base64_decode(bad[i], &arena, &blob));
	}
	mk_text_close(&out);
	mk_text_init(&out, &mk_allocator_default, 7);
	CHECK_INT(mk_base64_encode("foobar", 6, &out), MARKET_ENOMEM);
	mk_text_close(&out);
	mk_arena_close(&arena);
}

void suite_base64(void)
{
	CU_pSuite suite = test_suite("base64");

	CU_add_test(suite, "base64 both ways, one text for each value", base64_both_ways);
}
