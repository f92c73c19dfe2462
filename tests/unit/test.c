#include <ftw.h>
#include <libpq-fe.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/test.h"

#define MAX_SUITES 500
#define MAX_DATABASES 200
#define MAX_STORES 256 /* of one test */
#define MAX_URL (2 * PATH_MAX + 200)

/* Databases are used again by later tests, emptied: making one takes as long as a whole test. */
typedef enum database_state { ABSENT, FREE, TAKEN, SPOILT } database_state;

static struct {
	CU_pSuite on_store[MAX_SUITES];
	size_t n_on_store;
	bool failed;
} registered;

static struct {
	uint64_t seed;
	pid_t process;
	char root[PATH_MAX];
	char data[PATH_MAX];
	const char *postgres; /* the server's folder, or NULL */
	PGconn *server;
	database_state databases[MAX_DATABASES];
} run;

static struct {
	bool on_store;
	unsigned number;
	unsigned n_stores;
	char folder[PATH_MAX];
	char *urls[MAX_STORES];
	const char *skipped;
} test;

static CU_pSuite add_suite(const char *name, void (*before)(void), void (*after)(void), bool store);
static void die(const char *what, const char *why);
static void must_print(char *out, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void remove_tree(const char *folder);
static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk);
static int take_database(void);
static bool empty_database(int number);
static PGconn *connect_to(const char *name);
static bool server_does(PGconn *connection, const char *sql);
static void verdict(bool good, const char *file, unsigned line, bool fatal, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

CU_pSuite test_suite(const char *name)
{
	return add_suite(name, NULL, NULL, false);
}

CU_pSuite test_suite_on_store(const char *name)
{
	return add_suite(name, NULL, NULL, true);
}

CU_pSuite test_suite_with(const char *name, void (*before)(void), void (*after)(void))
{
	return add_suite(name, before, after, false);
}

CU_pSuite test_suite_on_store_with(const char *name, void (*before)(void), void (*after)(void))
{
	return add_suite(name, before, after, true);
}

const char *test_store_url(void)
{
	const char *options = getenv("MARKET_TEST_POSTGRES_OPTIONS");
	char url[MAX_URL];
	int number;

	if (!test.on_store)
		die("test_store_url", "the suite was not made with test_suite_on_store");
	if (test.n_stores >= MAX_STORES)
		die("test_store_url", "too many stores in one test");
	if (run.postgres) {
		number = take_database();
		must_print(url, sizeof(url), "postgresql:///test_%d?host=%s&user=market&keys=%s/%u.keys%s",
		           number, run.postgres, test_temp_dir(), test.n_stores, options ? options : "");
	} else {
		must_print(url, sizeof(url), "sqlite:%s/%u.db", test_temp_dir(), test.n_stores);
	}
	test.urls[test.n_stores] = strdup(url);
	if (!test.urls[test.n_stores])
		die("test_store_url", "no memory");
	return test.urls[test.n_stores++];
}

bool test_on_postgres(void)
{
	return run.postgres != NULL;
}

const char *test_temp_dir(void)
{
	if (!test.folder[0]) {
		must_print(test.folder, sizeof(test.folder), "%s/%u", run.root, test.number);
		if (mkdir(test.folder, 0700) != 0)
			die(test.folder, "the folder can't be made");
	}
	return test.folder;
}

const char *test_data_dir(void)
{
	struct stat info;

	return stat(run.data, &info) == 0 && S_ISDIR(info.st_mode) ? run.data : NULL;
}

const char *test_source_dir(void)
{
	return TEST_SOURCE_DIR;
}

const char *test_build_dir(void)
{
	return TEST_BUILD_DIR;
}

uint64_t test_random_seed(void)
{
	return run.seed;
}

uint64_t test_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t test_random_below(uint64_t *state, uint64_t bound)
{
	return test_random(state) % bound;
}

void test_skip(const char *reason)
{
	test.skipped = reason;
}

void test_check_ok(int64_t result, const market_error *err, const char *call, const char *file,
                   unsigned line, bool fatal)
{
	verdict(result == 0, file, line, fatal, "%s: %lld %s: %s; %s; field %s; object %s", call,
	        (long long)result, market_error_name((int32_t)result), err->message, err->detail,
	        err->field, err->object);
}

void test_check_error(int64_t result, const market_error *err, int code, const char *field,
                      const char *call, const char *file, unsigned line)
{
	const char *got = market_error_name((int32_t)result), *want = market_error_name(code);

	verdict(result == code, file, line, false, "%s: returned %lld %s, not %s (%s)", call,
	        (long long)result, got ? got : "?", want ? want : "?", result < 0 ? err->message : "");
	if (result == code && field)
		verdict(strcmp(err->field, field) == 0, file, line, false,
		        "%s: field \"%s\", not \"%s\" (%s)", call, err->field, field, err->message);
}

void test_check_int(int64_t actual, int64_t expected, const char *what, const char *file,
                    unsigned line)
{
	verdict(actual == expected, file, line, false, "%s: %lld, not %lld", what, (long long)actual,
	        (long long)expected);
}

void test_check_text(const char *actual, const char *expected, const char *what, const char *file,
                     unsigned line)
{
	bool equal = actual && expected ? strcmp(actual, expected) == 0 : actual == expected;

	verdict(equal, file, line, false, "%s: \"%s\", not \"%s\"", what, actual ? actual : "(null)",
	        expected ? expected : "(null)");
}

void test_begin_run(uint64_t seed)
{
	const char *temp = getenv("TMPDIR");
	const char *store = getenv("MARKET_TEST_STORE");
	const char *data = getenv("MARKET_DATA");

	run.seed = seed;
	run.process = getpid();
	if (data && data[0])
		must_print(run.data, sizeof(run.data), "%s", data);
	else
		must_print(run.data, sizeof(run.data), "%s/../shared/data", TEST_SOURCE_DIR);
	must_print(run.root, sizeof(run.root), "%s/market-unit-XXXXXX",
	           temp && temp[0] ? temp : "/tmp");
	if (!mkdtemp(run.root))
		die(run.root, "the folder can't be made");
	if (!store || strcmp(store, "postgresql") != 0)
		return;
	run.postgres = getenv("MARKET_TEST_POSTGRES_DIR");
	if (!run.postgres)
		die("MARKET_TEST_POSTGRES_DIR", "not set; tests/lib/postgres.sh starts a server");
	run.server = connect_to("postgres");
}

void test_end_run(void)
{
	if (run.server)
		PQfinish(run.server);
	remove_tree(run.root);
}

void test_begin_test(bool on_store)
{
	memset(test.folder, 0, sizeof(test.folder));
	test.on_store = on_store;
	test.skipped = NULL;
	test.number++;
}

const char *test_end_test(void)
{
	for (unsigned i = 0; i < test.n_stores; i++)
		free(test.urls[i]);
	test.n_stores = 0;
	for (int i = 0; i < MAX_DATABASES; i++)
		if (run.databases[i] == TAKEN)
			run.databases[i] = FREE;
	if (test.folder[0])
		remove_tree(test.folder);
	return test.skipped;
}

bool test_suite_is_on_store(CU_pSuite suite)
{
	for (size_t i = 0; i < registered.n_on_store; i++)
		if (registered.on_store[i] == suite)
			return true;
	return false;
}

bool test_registration_failed(void)
{
	return registered.failed;
}

static CU_pSuite add_suite(const char *name, void (*before)(void), void (*after)(void), bool store)
{
	CU_pSuite suite = CU_add_suite_with_setup_and_teardown(name, NULL, NULL, before, after);

	if (!suite || (store && registered.n_on_store >= MAX_SUITES)) {
		printf("FAIL suite %s can't be registered: %s\n", name, CU_get_error_msg());
		registered.failed = true;
		return suite;
	}
	if (store)
		registered.on_store[registered.n_on_store++] = suite;
	return suite;
}

static void die(const char *what, const char *why)
{
	printf("FAIL %s: %s\n", what, why);
	fflush(stdout);
	_exit(3);
}

static void must_print(char *out, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(out, size, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= size)
		die(out, "the text is too long");
}

/* A child that a test forked must not remove its parent's files. */
static void remove_tree(const char *folder)
{
	if (getpid() == run.process)
		nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
	(void)info;
	(void)kind;
	(void)walk;
	remove(path);
	return 0;
}

static int take_database(void)
{
	char sql[100];

	for (int i = 0; i < MAX_DATABASES; i++) {
		if (run.databases[i] == TAKEN || run.databases[i] == SPOILT)
			continue;
		if (run.databases[i] == FREE && !empty_database(i)) {
			run.databases[i] = SPOILT;
			continue;
		}
		if (run.databases[i] == ABSENT) {
			must_print(sql, sizeof(sql), "CREATE DATABASE test_%d TEMPLATE template0", i);
			if (!server_does(run.server, sql))
				die("create database", PQerrorMessage(run.server));
		}
		run.databases[i] = TAKEN;
		return i;
	}
	die("test_store_url", "too many databases");
	return -1;
}

/* A connection that a test left open would hold its locks for ever, so it is cut first. */
static bool empty_database(int number)
{
	PGconn *connection;
	char name[32];
	bool good;

	must_print(name, sizeof(name), "test_%d", number);
	connection = connect_to(name);
	good = server_does(connection,
	                   "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
	                   " WHERE datname = current_database() AND pid <> pg_backend_pid()") &&
	       server_does(connection, "SET client_min_messages = warning") &&
	       server_does(connection, "DROP SCHEMA public CASCADE") &&
	       server_does(connection, "CREATE SCHEMA public");
	PQfinish(connection);
	return good;
}

static PGconn *connect_to(const char *name)
{
	char url[MAX_URL];
	PGconn *connection;

	must_print(url, sizeof(url), "postgresql:///%s?host=%s&user=market", name, run.postgres);
	connection = PQconnectdb(url);
	if (PQstatus(connection) != CONNECTION_OK)
		die(url, PQerrorMessage(connection));
	return connection;
}

static bool server_does(PGconn *connection, const char *sql)
{
	PGresult *result = PQexec(connection, sql);
	ExecStatusType status = PQresultStatus(result);

	PQclear(result);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static void verdict(bool good, const char *file, unsigned line, bool fatal, const char *format, ...)
{
	char text[2000] = "";
	va_list args;

	if (!good) {
		va_start(args, format);
		vsnprintf(text, sizeof(text), format, args);
		va_end(args);
	}
	CU_assertImplementation(good, line, text, file, "", fatal);
}
