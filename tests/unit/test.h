/*
 * What every unit test uses, beside CUnit's assertions.
 *
 * A file tests/unit/test_<module>.c has one function `void suite_<module>(void)` at the start of a
 * line; the build finds it by that and main.c calls it. It makes its suite with test_suite or, when
 * its tests use a store, test_suite_on_store: those run on SQLite and once more on PostgreSQL.
 * A test without an assertion, a name used twice in a suite and a function used twice are failures.
 */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <CUnit/CUnit.h>

#include "libmarket/base/error.h"

CU_pSuite test_suite(const char *name);
CU_pSuite test_suite_on_store(const char *name);
/* The same with functions that run before and after each test. */
CU_pSuite test_suite_with(const char *name, void (*before)(void), void (*after)(void));
CU_pSuite test_suite_on_store_with(const char *name, void (*before)(void), void (*after)(void));

/* The URL of a fresh, empty store: a new SQLite file or an empty PostgreSQL database, by the run.
 * Each call gives another one. It lives until the test ends. */
const char *test_store_url(void);
bool test_on_postgres(void);
/* A folder of this test's own, removed at its end. */
const char *test_temp_dir(void);
/* The folder of real orders, or NULL where it is absent. */
const char *test_data_dir(void);
/* The top of the sources and of the build, for data files and programs. */
const char *test_source_dir(void);
const char *test_build_dir(void);

/* The run's seed: the same in all tests, printed with any failure, chosen with --seed. */
uint64_t test_random_seed(void);
/* The next number of a sequence (splitmix64), and one below a bound. */
uint64_t test_random(uint64_t *state);
uint64_t test_random_below(uint64_t *state, uint64_t bound);

/* Leaves the test and counts it as skipped, with the reason. */
#define TEST_SKIP(reason) \
	do { \
		test_skip(reason); \
		return; \
	} while (0)

/* These want a `market_error err` in scope, and on failure show it or both values. CHECK_ERROR's
 * field is a text, or NULL when the field doesn't matter; CHECK_OK_FATAL leaves the test. */
#define CHECK_OK(call) test_check_ok((call), &err, #call, __FILE__, __LINE__, false)
#define CHECK_OK_FATAL(call) test_check_ok((call), &err, #call, __FILE__, __LINE__, true)
#define CHECK_ERROR(call, code, field) \
	test_check_error((call), &err, (code), (field), #call, __FILE__, __LINE__)
#define CHECK_INT(actual, expected) \
	test_check_int((int64_t)(actual), (int64_t)(expected), #actual, __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected) \
	test_check_text((actual), (expected), #actual, __FILE__, __LINE__)

void test_skip(const char *reason);
void test_check_ok(int64_t result, const market_error *err, const char *call, const char *file,
                   unsigned line, bool fatal);
void test_check_error(int64_t result, const market_error *err, int code, const char *field,
                      const char *call, const char *file, unsigned line);
void test_check_int(int64_t actual, int64_t expected, const char *what, const char *file,
                    unsigned line);
void test_check_text(const char *actual, const char *expected, const char *what, const char *file,
                     unsigned line);

/* For main.c. */
void test_begin_run(uint64_t seed);
void test_end_run(void);
void test_begin_test(bool on_store);
const char *test_end_test(void); /* why it was skipped, or NULL */
bool test_suite_is_on_store(CU_pSuite suite);
bool test_registration_failed(void);

#endif
