/*
 * A whole market for tests: a fresh store, a clock that stands still until it is moved, one
 * session, operations called by name with JSON.
 */
#ifndef TESTS_UNIT_MARKET_FIXTURE_H
#define TESTS_UNIT_MARKET_FIXTURE_H

#include <jansson.h>
#include <market.h>

#include "tests/unit/test.h"

typedef struct test_market {
	char url[512];
	market *market;
	market_session *session;
	market_time now;  /* what its clock says */
	market_error err; /* of the last call */
	json_t *out;      /* of the last call; NULL when it was refused */
} test_market;

/* 2026-01-05T00:00:00Z, a Monday. */
#define TEST_START INT64_C(1767571200000)

/* Opens a fresh store (`policy` NULL: the built-in one) as operator:test. Leaves the test when it
 * can't. */
void test_market_open(test_market *test, const char *policy);
/* The built-in policy with another text in place of the first of its kind; to be freed. */
char *test_policy_with(const char *text, const char *instead);
/* Closes it and opens the same store again. */
void test_market_reopen(test_market *test);
void test_market_close(test_market *test);

void test_act_as(test_market *test, const char *actor);
/* Calls an operation; `format` makes its params, in which ' stands for ". Returns the code. */
int test_call(test_market *test, const char *operation, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A text of the last output by its path ("lines.0.title"), or "" when there is none. Money gives
 * its amount, numbers and truths their text. Lives until the next call. */
const char *test_out(test_market *test, const char *path);
/* Moves the clock on and does what became due; returns how many things that were. */
int test_advance(test_market *test, market_time span);
int test_work(test_market *test);

/* Calls and wants success; or a refusal with code and field. */
#define TEST_CALL(test, ...) \
	test_check_call((test), test_call((test), __VA_ARGS__), 0, NULL, __FILE__, __LINE__)
#define TEST_REFUSED(test, code, field, ...) \
	test_check_call((test), test_call((test), __VA_ARGS__), (code), (field), __FILE__, __LINE__)
void test_check_call(test_market *test, int result, int code, const char *field, const char *file,
                     unsigned line);

/* A digest of every row of every table but the journal's; two alike stores give the same text. */
const char *test_store_digest(test_market *test, char out[65]);

#endif
