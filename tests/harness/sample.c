/* Suites for the tests of the unit test frame: tests/harness/run builds them. */
#include <stdlib.h>

#include "tests/unit/test.h"

static void passes(void)
{
	CU_ASSERT_TRUE(test_random_below(&(uint64_t){test_random_seed()}, 10) < 10);
}

static void passes_too(void)
{
	CHECK_TEXT("a", "a");
}

static void fails(void)
{
	CHECK_INT(1, 2);
}

static void wrong_field(void)
{
	market_error err = {.field = "items[0].price"};

	CHECK_ERROR(MARKET_EINVALID, MARKET_EINVALID, "items[0].quantity");
}

static void asserts_nothing(void)
{
}

static void skips(void)
{
	TEST_SKIP("for a reason");
}

static void makes_stores(void)
{
	const char *first = test_store_url(), *second = test_store_url();

	CU_ASSERT_PTR_NOT_NULL_FATAL(first);
	CU_ASSERT_STRING_NOT_EQUAL(first, second);
}

static void crashes(void)
{
	CU_ASSERT_TRUE(true);
	if (getenv("MARKET_TEST_CRASH"))
		abort();
}

static void misuses(void)
{
	CU_ASSERT_TRUE(true);
	if (getenv("MARKET_TEST_MISUSE"))
		test_store_url();
}

void suite_sample(void)
{
	CU_pSuite s = test_suite("sample");

	CU_add_test(s, "passes", passes);
	CU_add_test(s, "passes too", passes_too);
	CU_add_test(s, "fails", fails);
	CU_add_test(s, "wrong field", wrong_field);
	CU_add_test(s, "asserts nothing", asserts_nothing);
	CU_add_test(s, "skips", skips);
	CU_add_test(s, "crashes", crashes);
	CU_add_test(s, "misuses", misuses);
	if (getenv("MARKET_TEST_TWICE")) {
		CU_add_test(s, "passes", makes_stores);
		CU_add_test(s, "passes again", passes);
	}
	s = test_suite_on_store("stores");
	CU_add_test(s, "makes stores", makes_stores);
}
