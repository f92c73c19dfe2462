/* A market on a file in bad condition: truncated, spoilt, foreign, write-protected, out of room.
 * What servers have too: test_store_condition.c. */
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libmarket/engine/market.h"
#include "tests/unit/market_fixture.h"

static market_time stopped(void *user_data)
{
	return ((test_market *)user_data)->now;
}

/* A file of this test's own, with some buyers and a seller. */
static void fill(test_market *test, char path[5000])
{
	market_options options = MARKET_OPTIONS_INIT;
	market_error err;

	memset(test, 0, sizeof(*test));
	snprintf(path, 5000, "%.400s/store/f.db", test_temp_dir());
	*strrchr(path, '/') = '\0';
	mkdir(path, 0755);
	path[strlen(path)] = '/';
	snprintf(test->url, sizeof(test->url), "sqlite:%.450s", path);
	test->now = TEST_START;
	options.flags = MARKET_OPEN_CREATE;
	options.clock = stopped;
	options.user_data = test;
	CHECK_OK_FATAL(market_open(test->url, &options, &test->market, &err));
	CHECK_OK_FATAL(market_session_open(test->market, NULL, &test->session, &err));
	test_act_as(test, "operator:test");
	for (int i = 0; i < 30; i++)
		TEST_CALL(test, "buyer.create", "{'name':'Buyer %d','ref':'b%d'}", i, i);
	TEST_CALL(test, "seller.apply",
	          "{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'Lin','ref':'lin'}");
}

/* ---- files that are no store, or no whole one ---- */

static char *read_all(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	char *data;

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fseek(file, 0, SEEK_END);
	*size = (size_t)ftell(file);
	rewind(file);
	data = malloc(*size + 1);
	CU_ASSERT_FATAL(fread(data, 1, *size, file) == *size);
	fclose(file);
	return data;
}

static void write_all(const char *path, const char *data, size_t size)
{
	FILE *file = fopen(path, "wb");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_FATAL(fwrite(data, 1, size, file) == size);
	fclose(file);
}

static bool is_of_bad_file(int code)
{
	return code == MARKET_ECORRUPT || code == MARKET_EFOREIGN || code == MARKET_ESCHEMA ||
	       code == MARKET_EIO;
}

/* Opens what is there and looks at all of it. 0 when nothing was noticed. */
static int look_through(const test_market *test, market_error *err)
{
	market_options options = MARKET_OPTIONS_INIT;
	market *market = NULL;
	market_session *session = NULL;
	char *reply = NULL;
	int rc;

	rc = market_open(test->url, &options, &market, err);
	if (rc == 0)
		rc = market_session_open(market, NULL, &session, err);
	if (rc == 0)
		rc = market_session_act_as_text(session, "operator:auditor", err);
	if (rc == 0)
		rc = market_call(session, "seller.list", "{}", NULL, err);
	if (rc == 0)
		rc = market_call(session, "event.list", "{\"limit\":1000}", NULL, err);
	if (rc == 0)
		rc = market_call(session, "buyer.get", "{\"buyer\":\"ref:b29\"}", NULL, err);
	if (rc == 0)
		rc = market_call(session, "ledger.verify", "{}", &reply, err);
	if (rc == 0 && strstr(reply, "\"broken\""))
		rc = mk_error_set(err, MARKET_ECORRUPT, "the ledger is broken");
	market_text_free(reply);
	market_session_close(session);
	market_close(market);
	return rc;
}

static void truncated_file_is_noticed(void)
{
	test_market test;
	market_error err;
	char path[5000], *data;
	size_t size;
	int code;

	fill(&test, path);
	test_market_close(&test);
	data = read_all(path, &size);
	CHECK_OK(look_through(&test, &err));
	for (size_t part = 0; part < 16; part++) {
		write_all(path, data, size * part / 16 + (part > 0 && part % 2 ? 100 : 0));
		code = look_through(&test, &err);
		if (!is_of_bad_file(code))
			CHECK_INT(code, MARKET_ECORRUPT);
	}
	write_all(path, data, size);
	CHECK_OK(look_through(&test, &err));
	free(data);
}

static void garbage_never_harms(void)
{
	uint64_t random = test_random_seed();
	test_market test;
	market_error err;
	char path[5000], *data, *spoilt;
	size_t size;
	int noticed = 0;

	fill(&test, path);
	test_market_close(&test);
	data = read_all(path, &size);
	spoilt = malloc(size);
	/* most sectors are of pages that nothing is read from */
	for (int i = 0; i < 60 || (noticed == 0 && i < 3000); i++) {
		size_t at = test_random_below(&random, size / 512) * 512;
		int code;

		memcpy(spoilt, data, size);
		for (size_t n = 0; n < 512; n++)
			spoilt[at + n] = (char)test_random(&random);
		write_all(path, spoilt, size);
		code = look_through(&test, &err);
		noticed += code != 0;
		if (code != 0 && !is_of_bad_file(code) && code != MARKET_EPOLICY &&
		    code != MARKET_ENOTFOUND && code != MARKET_EABSENT && code != MARKET_EKEY)
			CHECK_TEXT(err.message, "what tells of a corrupt store");
	}
	CU_ASSERT(noticed > 0);
	write_all(path, data, size);
	CHECK_OK(look_through(&test, &err));
	free(data);
	free(spoilt);
}

static void foreign_file_is_refused(void)
{
	static const char text[] = "This is a letter and no database, as anybody sees who reads it.";
	market_options options = MARKET_OPTIONS_INIT;
	test_market test;
	market *market = NULL;
	market_error err;
	char path[5000];

	fill(&test, path);
	test_market_close(&test);
	options.flags = MARKET_OPEN_CREATE | MARKET_OPEN_MIGRATE;
	write_all(path, text, sizeof(text));
	CHECK_ERROR(market_open(test.url, &options, &market, &err), MARKET_EFOREIGN, NULL);
	unlink(path);
	options.flags = 0;
	CHECK_ERROR(market_open(test.url, &options, &market, &err), MARKET_EABSENT, NULL);
	CU_ASSERT_PTR_NULL(market);
}

/* Gives up what root may do to files of others and against their modes. */
static bool without_privileges(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

	return syscall(SYS_capset, &header, none) == 0;
}

static int in_child(const test_market *test, int (*run)(const test_market *))
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(-run(test));
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -100;
}

static int write_one(const test_market *test)
{
	market_options options = MARKET_OPTIONS_INIT;
	market *market = NULL;
	market_session *session = NULL;
	market_error err;
	int rc = without_privileges() ? 0 : -99;

	if (rc == 0)
		rc = market_open(test->url, &options, &market, &err);
	if (rc == 0)
		rc = market_session_open(market, NULL, &session, &err);
	if (rc == 0)
		rc = market_session_act_as_text(session, "operator:nobody", &err);
	if (rc == 0)
		rc = market_call(session, "buyer.create", "{\"name\":\"No\"}", NULL, &err);
	market_session_close(session);
	market_close(market);
	return rc;
}

static void protected_store_is_read_only(void)
{
	test_market test;
	market_error err;
	char path[5000], folder[5000];

	fill(&test, path);
	test_market_close(&test);
	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path), path);
	chmod(path, 0444);
	CHECK_INT(in_child(&test, write_one), MARKET_EREADONLY);
	chmod(folder, 0555);
	CHECK_INT(in_child(&test, write_one), MARKET_EREADONLY);
	chmod(folder, 0755);
	chmod(path, 0644);
	CHECK_OK(look_through(&test, &err));
	CHECK_INT(in_child(&test, write_one), 0);
}

/* ---- a full disk ---- */

/* A file that may not grow: the operating system refuses the write itself. */
static int outgrow(const test_market *test)
{
	struct rlimit limit = {0, 0};
	market_options options = MARKET_OPTIONS_INIT;
	market *market = NULL;
	market_session *session = NULL;
	market_error err;
	struct stat info;
	int rc;

	signal(SIGXFSZ, SIG_IGN);
	rc = market_open(test->url, &options, &market, &err);
	if (rc == 0)
		rc = market_session_open(market, NULL, &session, &err);
	if (rc == 0)
		rc = market_session_act_as_text(session, "operator:nobody", &err);
	if (stat(strchr(test->url, ':') + 1, &info) == 0)
		limit.rlim_cur = limit.rlim_max = (rlim_t)info.st_size;
	setrlimit(RLIMIT_FSIZE, &limit);
	for (int i = 0; i < 5000 && rc == 0; i++)
		rc = market_call(session, "buyer.create", "{\"name\":\"Growing and growing\"}", NULL, &err);
	if (rc != 0 && market_call(session, "buyer.get", "{\"buyer\":\"ref:b3\"}", NULL, &err) != 0)
		rc = -98;
	market_session_close(session);
	market_close(market);
	return rc;
}

static void file_that_may_not_grow_is_typed(void)
{
	char path[5000];
	test_market test;
	market_error err;
	int code;

	fill(&test, path);
	test_market_close(&test);
	code = in_child(&test, outgrow);
	CU_ASSERT(code == MARKET_EFULL || code == MARKET_EIO);
	CHECK_OK(look_through(&test, &err));
}

void suite_file_condition(void);
void suite_file_condition(void)
{
	CU_pSuite suite = test_suite("file_condition");

	CU_add_test(suite, "a truncated file is noticed wherever it ends", truncated_file_is_noticed);
	CU_add_test(suite, "garbage anywhere in the file has a typed error at most",
	            garbage_never_harms);
	CU_add_test(suite, "a foreign file is refused, an absent one told", foreign_file_is_refused);
	CU_add_test(suite, "a write-protected file is read-only", protected_store_is_read_only);
	CU_add_test(suite, "a file that may not grow is told and keeps what it has",
	            file_that_may_not_grow_is_typed);
}
