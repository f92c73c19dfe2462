/* A market on a store in bad condition: each condition has an error of its own, nothing is lost,
 * and the market works again when the condition is over. Files alone: test_file_condition.c. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libmarket/engine/market.h"
#include "libmarket/store/driver.h"
#include "tests/unit/market_fixture.h"

static int open_again(const test_market *test, uint32_t flags, market_error *err)
{
	market_options options = MARKET_OPTIONS_INIT;
	market *market = NULL;
	int rc;

	options.flags = flags;
	rc = market_open(test->url, &options, &market, err);
	market_close(market);
	return rc;
}

static void unknown_flags_are_refused(void)
{
	test_market test;
	market_error err;

	test_market_open(&test, NULL);
	CHECK_ERROR(open_again(&test, 1u << 3, &err), MARKET_EINVALID, "flags");
	CHECK_ERROR(open_again(&test, MARKET_OPEN_CREATE | 1u << 31, &err), MARKET_EINVALID, "flags");
	CHECK_OK(open_again(&test, MARKET_OPEN_READ_ONLY, &err));
	test_market_close(&test);
}

static void fill(test_market *test)
{
	test_market_open(test, NULL);
	for (int i = 0; i < 30; i++)
		TEST_CALL(test, "buyer.create", "{'name':'Buyer %d','ref':'b%d'}", i, i);
	TEST_CALL(test, "seller.apply",
	          "{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'Lin','ref':'lin'}");
}

/* ---- the schema ---- */

static void newer_schema_is_refused(void)
{
	test_market test;
	market_error err;

	fill(&test);
	CHECK_OK(mk_store_execute_text(test.market->store,
	                               "UPDATE market_schema SET number = number + 1000 WHERE number = "
	                               "(SELECT max(number) FROM market_schema)",
	                               &err));
	CHECK_ERROR(open_again(&test, 0, &err), MARKET_ESCHEMA, NULL);
	CHECK_ERROR(open_again(&test, MARKET_OPEN_CREATE | MARKET_OPEN_MIGRATE, &err), MARKET_ESCHEMA,
	            NULL);
	CHECK_OK(mk_store_execute_text(
		test.market->store, "UPDATE market_schema SET number = number - 1000 WHERE number > 1000",
		&err));
	CHECK_OK(open_again(&test, 0, &err));
	test_market_close(&test);
}

static void older_schema_wants_leave(void)
{
	test_market test;
	market_error err;

	fill(&test);
	CHECK_OK(mk_store_execute_text(test.market->store,
	                               "DELETE FROM market_schema WHERE number = (SELECT max(number) "
	                               "FROM market_schema)",
	                               &err));
	CHECK_ERROR(open_again(&test, MARKET_OPEN_CREATE, &err), MARKET_ESCHEMA, NULL);
	CHECK_OK(open_again(&test, MARKET_OPEN_MIGRATE, &err));
	CHECK_OK(open_again(&test, 0, &err));
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:b0'}");
	test_market_close(&test);
}

/* As a process leaves it that was killed before the store had an identity. */
static void take_identity(const test_market *test)
{
	char keys[5000];
	market_error err;

	CHECK_OK(mk_store_execute_text(test->market->store, "DELETE FROM policy", &err));
	CHECK_OK(mk_store_execute_text(test->market->store, "DELETE FROM store", &err));
	snprintf(keys, sizeof(keys), "%.4000s/keys", test_temp_dir());
	CHECK_INT(unlink(keys), 0);
}

static void interrupted_creation_goes_on(void)
{
	test_market test;
	market_error err;

	test_market_open(&test, NULL);
	take_identity(&test);
	CHECK_ERROR(open_again(&test, 0, &err), MARKET_ECORRUPT, NULL);
	CHECK_ERROR(open_again(&test, MARKET_OPEN_MIGRATE, &err), MARKET_ECORRUPT, NULL);
	CHECK_OK(open_again(&test, MARKET_OPEN_CREATE, &err));
	take_identity(&test);
	CHECK_OK(mk_store_execute_text(test.market->store,
	                               "DELETE FROM market_schema WHERE number = (SELECT max(number) "
	                               "FROM market_schema)",
	                               &err));
	CHECK_ERROR(open_again(&test, 0, &err), MARKET_ESCHEMA, NULL);
	CHECK_OK(open_again(&test, MARKET_OPEN_CREATE, &err));
	CHECK_OK(open_again(&test, 0, &err));
	test_market_close(&test);
}

static void created_by_several(void)
{
	enum { PROCESSES = 6 };
	test_market test = {0};
	const char *url = test_store_url();
	pid_t processes[PROCESSES];
	market_error err;

	snprintf(test.url, sizeof(test.url), "%s%ckeys=%s/keys", url, strchr(url, '?') ? '&' : '?',
	         test_temp_dir());
	fflush(stdout);
	for (int i = 0; i < PROCESSES; i++) {
		processes[i] = fork();
		if (processes[i] == 0)
			_exit(-open_again(&test, MARKET_OPEN_CREATE, &err));
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status = -1;

		waitpid(processes[i], &status, 0);
		CHECK_INT(status, 0);
	}
	CHECK_OK(open_again(&test, 0, &err));
}

/* ---- other things in the store's place ---- */

static void foreign_store_is_refused(void)
{
	test_market test;
	market_error err;

	test_market_open(&test, NULL);
	CHECK_OK(mk_store_execute_text(test.market->store, "CREATE TABLE letters (a TEXT)", &err));
	CHECK_OK(mk_store_execute_text(test.market->store, "DROP TABLE market_schema", &err));
	CHECK_ERROR(open_again(&test, 0, &err), MARKET_EFOREIGN, NULL);
	CHECK_ERROR(open_again(&test, MARKET_OPEN_CREATE | MARKET_OPEN_MIGRATE, &err), MARKET_EFOREIGN,
	            NULL);
	test_market_close(&test);
}

/* ---- read-only ---- */

static void reading_only_refuses_writes(void)
{
	market_options options = MARKET_OPTIONS_INIT;
	test_market test, reader;
	market_error err;
	char before[65], after[65];

	fill(&test);
	test_store_digest(&test, before);
	reader = test;
	reader.out = NULL;
	options.flags = MARKET_OPEN_READ_ONLY;
	CHECK_OK_FATAL(market_open(test.url, &options, &reader.market, &err));
	CHECK_OK_FATAL(market_session_open(reader.market, NULL, &reader.session, &err));
	test_act_as(&reader, "operator:test");
	TEST_CALL(&reader, "buyer.get", "{'buyer':'ref:b3'}");
	TEST_REFUSED(&reader, MARKET_EREADONLY, NULL, "buyer.create", "{'name':'No'}");
	TEST_REFUSED(&reader, MARKET_EREADONLY, NULL, "seller.suspend",
	             "{'seller':'ref:lin','reason':'r','key':'k'}");
	test_market_close(&reader);
	CHECK_TEXT(test_store_digest(&test, after), before);
	test_market_close(&test);
}

/* A role that may read and no more. */
static void role_without_rights_is_refused(void)
{
	test_market test, reader;
	market_options options = MARKET_OPTIONS_INIT;
	market_error err;
	char *user;

	fill(&test);
	if (!test_on_postgres()) {
		CHECK_OK(mk_store_execute_text(test.market->store, "PRAGMA query_only = 1", &err));
		TEST_REFUSED(&test, MARKET_EREADONLY, NULL, "buyer.create", "{'name':'No'}");
		TEST_CALL(&test, "buyer.get", "{'buyer':'ref:b3'}");
		CHECK_OK(mk_store_execute_text(test.market->store, "PRAGMA query_only = 0", &err));
		TEST_CALL(&test, "buyer.create", "{'name':'Yes'}");
		test_market_close(&test);
		return;
	}
	mk_store_execute_text(test.market->store, "CREATE ROLE reader LOGIN", NULL);
	CHECK_OK(
		mk_store_execute_text(test.market->store, "GRANT USAGE ON SCHEMA public TO reader", &err));
	CHECK_OK(mk_store_execute_text(test.market->store,
	                               "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader", &err));
	reader = test;
	reader.out = NULL;
	user = strstr(reader.url, "user=market");
	CU_ASSERT_PTR_NOT_NULL_FATAL(user);
	memcpy(user, "user=reader", 11);
	CHECK_OK_FATAL(market_open(reader.url, &options, &reader.market, &err));
	CHECK_OK_FATAL(market_session_open(reader.market, NULL, &reader.session, &err));
	test_act_as(&reader, "operator:test");
	TEST_REFUSED(&reader, MARKET_EREADONLY, NULL, "buyer.create", "{'name':'No'}");
	TEST_CALL(&reader, "buyer.get", "{'buyer':'ref:b3'}");
	test_market_close(&reader);
	test_market_close(&test);
}

/* ---- a full disk ---- */

static void make_full(const test_market *test)
{
	market_error err;

	if (!test_on_postgres()) {
		CHECK_OK(mk_store_execute_text(test->market->store, "PRAGMA max_page_count = 1", &err));
		return;
	}
	CHECK_OK(mk_store_execute_text(test->market->store,
	                               "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql "
	                               "AS 'BEGIN RAISE EXCEPTION USING ERRCODE = ''53100''; END'",
	                               &err));
	CHECK_OK(mk_store_execute_text(test->market->store,
	                               "CREATE TRIGGER full_disk BEFORE INSERT ON buyer "
	                               "EXECUTE FUNCTION full_disk()",
	                               &err));
}

static void make_room(const test_market *test)
{
	market_error err;

	CHECK_OK(mk_store_execute_text(test->market->store,
	                               test_on_postgres() ? "DROP TRIGGER full_disk ON buyer"
	                                                  : "PRAGMA max_page_count = 1000000",
	                               &err));
}

static void full_disk_is_told(void)
{
	test_market test;
	char before[65], after[65];
	int rc = 0;

	fill(&test);
	make_full(&test);
	for (int i = 0; i < 2000 && rc == 0; i++) {
		test_store_digest(&test, before);
		rc = test_call(&test, "buyer.create", "{'name':'%0150d','metadata':{'a':'%0400d'}}", i, i);
	}
	CHECK_INT(rc, MARKET_EFULL);
	CHECK_TEXT(test_store_digest(&test, after), before);
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:b3'}");
	make_room(&test);
	TEST_CALL(&test, "buyer.create", "{'name':'Room again'}");
	test_market_close(&test);
}

/* ---- locks ---- */

static void locked_store_is_busy(void)
{
	static const mk_statement lock = {
		.name = "lock_sellers",
		.table = "seller",
		.sql = "UPDATE seller SET version = version WHERE book_id > ?1",
		.scan = true,
	};
	test_market test, other;
	market_error err;
	char before[65], after[65];

	fill(&test);
	other = test;
	other.out = NULL;
	{
		market_options options = MARKET_OPTIONS_INIT;

		CHECK_OK_FATAL(market_open(test.url, &options, &other.market, &err));
		CHECK_OK_FATAL(market_session_open(other.market, NULL, &other.session, &err));
	}
	test_store_digest(&test, before);
	CHECK_OK(mk_store_begin(other.market->store, true, &err));
	CU_ASSERT(mk_store_write(other.market->store, &lock, MK_ARGS(mk_int(0)), &err) > 0);
	test.market->store->busy_ms = 100;
	if (test_on_postgres())
		CHECK_OK(mk_store_execute_text(test.market->store, "SET lock_timeout = 100", &err));
	TEST_REFUSED(&test, MARKET_EBUSY, NULL, "seller.approve",
	             "{'seller':'ref:lin','waiver':'w','key':'one'}");
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:b3'}");
	mk_store_rollback(other.market->store);
	CHECK_TEXT(test_store_digest(&test, after), before);
	TEST_CALL(&test, "seller.approve", "{'seller':'ref:lin','waiver':'w','key':'one'}");
	CHECK_TEXT(test_out(&test, "state"), "approved");
	market_session_close(other.session);
	market_close(other.market);
	test_market_close(&test);
}

void suite_store_condition(void);
void suite_store_condition(void)
{
	CU_pSuite suite = test_suite_on_store("store_condition");

	CU_add_test(suite, "flags that aren't known are refused", unknown_flags_are_refused);
	CU_add_test(suite, "a store of a newer schema is refused", newer_schema_is_refused);
	CU_add_test(suite, "a store of an older schema is migrated only with leave",
	            older_schema_wants_leave);
	CU_add_test(suite, "a creation that was interrupted goes on with leave to create alone",
	            interrupted_creation_goes_on);
	CU_add_test(suite, "processes that create one store at once all open it", created_by_several);
	CU_add_test(suite, "a store of other tables is refused", foreign_store_is_refused);
	CU_add_test(suite, "a market opened for reading writes nothing", reading_only_refuses_writes);
	CU_add_test(suite, "a connection without rights to write is read-only",
	            role_without_rights_is_refused);
	CU_add_test(suite, "a full disk is told, undone, and over when there is room",
	            full_disk_is_told);
	CU_add_test(suite, "a locked store is busy and then does the same key once",
	            locked_store_is_busy);
}
