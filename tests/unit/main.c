/*
 * market-unit [--store-bound] [--seed N] [--log FILE] [--list] [PATTERN...]
 *
 * Runs the tests whose "suite/test" contains a pattern; all without one. --store-bound: only suites
 * that use a store. --log: the names of the tests that passed, one a line, added to FILE. The last
 * line printed is the totals. MARKET_TEST_STORE=postgresql runs on the server in the folder
 * MARKET_TEST_POSTGRES_DIR.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/test.h"

#define SUITE(name) void name(void);
#include "tests/unit/suites.h"
#undef SUITE

static void (*const suites[])(void) = {
#define SUITE(name) name,
#include "tests/unit/suites.h"
#undef SUITE
	NULL,
};

typedef struct options {
	bool store_bound;
	bool list;
	uint64_t seed;
	FILE *log;
	char **patterns;
	int n_patterns;
} options;

static options chosen;
static int passed, failed, skipped;
static unsigned asserts_before;
static char current[400];

static int read_options(int argc, char **argv);
static int refuse_duplicates(void);
static void run_suite(CU_pSuite suite);
static bool wanted(CU_pSuite suite, CU_pTest test);
static void test_started(const CU_pTest test, const CU_pSuite suite);
static void test_completed(const CU_pTest test, const CU_pSuite suite,
                           const CU_pFailureRecord failure);
static void suite_not_started(const CU_pSuite suite);
static void catch_crashes(void);
static void crashed(int signal_number);

int main(int argc, char **argv)
{
	if (read_options(argc, argv) != 0)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (CU_initialize_registry() != CUE_SUCCESS)
		return 2;
	for (size_t i = 0; suites[i]; i++)
		suites[i]();
	failed += refuse_duplicates();
	CU_set_test_start_handler(test_started);
	CU_set_test_complete_handler(test_completed);
	CU_set_suite_init_failure_handler(suite_not_started);
	CU_set_fail_on_inactive(CU_FALSE);
	test_begin_run(chosen.seed);
	catch_crashes();
	for (CU_pSuite suite = CU_get_registry()->pSuite; suite; suite = suite->pNext)
		run_suite(suite);
	if (failed > 0)
		printf("seed %llu\n", (unsigned long long)chosen.seed);
	test_end_run();
	CU_cleanup_registry();
	if (chosen.log)
		fclose(chosen.log);
	if (!chosen.list)
		printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
	return failed > 0;
}

static int read_options(int argc, char **argv)
{
	struct timespec now;
	int i;

	clock_gettime(CLOCK_REALTIME, &now);
	chosen.seed = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	if (getenv("MARKET_TEST_SEED"))
		chosen.seed = strtoull(getenv("MARKET_TEST_SEED"), NULL, 10);
	for (i = 1; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
		if (strcmp(argv[i], "--store-bound") == 0) {
			chosen.store_bound = true;
		} else if (strcmp(argv[i], "--list") == 0) {
			chosen.list = true;
		} else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
			chosen.seed = strtoull(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--log") == 0 && i + 1 < argc) {
			chosen.log = fopen(argv[++i], "a");
			if (!chosen.log) {
				perror(argv[i]);
				return 2;
			}
		} else {
			fprintf(stderr,
			        "usage: %s [--store-bound] [--seed N] [--log FILE] [--list] [PATTERN...]\n",
			        argv[0]);
			return 2;
		}
	}
	chosen.patterns = argv + i;
	chosen.n_patterns = argc - i;
	return 0;
}

static int refuse_duplicates(void)
{
	int refused = test_registration_failed() ? 1 : 0;

	for (CU_pSuite s = CU_get_registry()->pSuite; s; s = s->pNext) {
		for (CU_pTest t = s->pTest; t; t = t->pNext) {
			for (CU_pSuite s2 = s; s2; s2 = s2->pNext) {
				for (CU_pTest t2 = s2 == s ? t->pNext : s2->pTest; t2; t2 = t2->pNext) {
					bool name = s == s2 && strcmp(t->pName, t2->pName) == 0;

					if (!name && t->pTestFunc != t2->pTestFunc)
						continue;
					printf("FAIL %s/%s: %s is registered twice (also %s/%s)\n", s->pName, t->pName,
					       name ? "the name" : "the function", s2->pName, t2->pName);
					refused++;
				}
			}
		}
	}
	return refused;
}

static void run_suite(CU_pSuite suite)
{
	bool any = false;

	if (chosen.store_bound && !test_suite_is_on_store(suite))
		return;
	for (CU_pTest test = suite->pTest; test; test = test->pNext) {
		CU_set_test_active(test, wanted(suite, test));
		if (!wanted(suite, test))
			continue;
		any = true;
		if (chosen.list)
			printf("%s/%s\n", suite->pName, test->pName);
	}
	if (any && !chosen.list)
		CU_run_suite(suite);
}

static bool wanted(CU_pSuite suite, CU_pTest test)
{
	char name[400];

	if (chosen.n_patterns == 0)
		return true;
	snprintf(name, sizeof(name), "%s/%s", suite->pName, test->pName);
	for (int i = 0; i < chosen.n_patterns; i++)
		if (strstr(name, chosen.patterns[i]))
			return true;
	return false;
}

static void test_started(const CU_pTest test, const CU_pSuite suite)
{
	snprintf(current, sizeof(current), "%s/%s", suite->pName, test->pName);
	asserts_before = CU_get_number_of_asserts();
	test_begin_test(test_suite_is_on_store(suite));
}

static void test_completed(const CU_pTest test, const CU_pSuite suite,
                           const CU_pFailureRecord failure)
{
	const char *why_skipped = test_end_test();
	bool asserted = CU_get_number_of_asserts() > asserts_before;

	if (failure) {
		failed++;
		printf("FAIL %s/%s\n", suite->pName, test->pName);
		for (CU_pFailureRecord f = failure; f; f = f->pNext)
			printf("  %s:%u: %s\n", f->strFileName, f->uiLineNumber, f->strCondition);
	} else if (why_skipped) {
		skipped++;
		printf("SKIP %s/%s: %s\n", suite->pName, test->pName, why_skipped);
	} else if (!asserted) {
		failed++;
		printf("FAIL %s/%s: it has no assertion\n", suite->pName, test->pName);
	} else {
		passed++;
		if (chosen.log)
			fprintf(chosen.log, "%s/%s\n", suite->pName, test->pName);
	}
	current[0] = 0;
}

static void suite_not_started(const CU_pSuite suite)
{
	for (CU_pTest test = suite->pTest; test; test = test->pNext) {
		if (!test->fActive)
			continue;
		printf("FAIL %s/%s: the suite's initialisation failed\n", suite->pName, test->pName);
		failed++;
	}
}

static void catch_crashes(void)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], crashed);
#else
	(void)crashed;
#endif
}

static void crashed(int signal_number)
{
	static const char before[] = "\nFAIL crashed in ";

	(void)!write(STDOUT_FILENO, before, sizeof(before) - 1);
	(void)!write(STDOUT_FILENO, current, strlen(current));
	(void)!write(STDOUT_FILENO, "\n", 1);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}
