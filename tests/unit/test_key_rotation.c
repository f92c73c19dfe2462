/* SEL-10: the sealing key is changed while the store is in use. */
#include <stdio.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/op/schema.h"
#include "libmarket/party/sealed.h"
#include "tests/unit/market_fixture.h"

#define ACCOUNTS 5

static test_market test;
static market_error err;

static void seal(int number)
{
	test_act_as(&test, "confirmed member:ref:lin-owner");
	TEST_CALL(&test, "payout_account.set",
	          "{'seller':'ref:lin','holder':'Lin','bank':'001','country':'BR','account':'00%d'}",
	          number);
	TEST_CALL(&test, "submission.create",
	          "{'seller':'ref:lin','requirement':'identity','document':'AB%d','ref':'s%d'}", number,
	          number);
	TEST_CALL(&test, "submission.create", "{'seller':'ref:lin','requirement':'terms'}");
	test_act_as(&test, "operator:test");
}

static void open_shop(void)
{
	test_market_open(&test, NULL);
	TEST_CALL(&test, "seller.apply",
	          "{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'Lin','ref':'lin','owner_ref':'lin-owner'}");
	for (int i = 0; i < ACCOUNTS; i++)
		seal(i);
}

static void check_sealed(int numbers)
{
	char ref[40];

	TEST_CALL(&test, "payout_account.reveal", "{'seller':'ref:lin'}");
	snprintf(ref, sizeof(ref), "00%d", numbers - 1);
	CHECK_TEXT(test_out(&test, "account"), ref);
}

static void check_keys(size_t count, const char *current, const char *records)
{
	char path[40];

	TEST_CALL(&test, "keys.get", "{}");
	CHECK_INT(json_array_size(json_object_get(test.out, "sealing")), count);
	snprintf(path, sizeof(path), "sealing.%zu.number", count - 1);
	CHECK_TEXT(test_out(&test, path), current);
	snprintf(path, sizeof(path), "sealing.%zu.current", count - 1);
	CHECK_TEXT(test_out(&test, path), "true");
	snprintf(path, sizeof(path), "sealing.%zu.records", count - 1);
	CHECK_TEXT(test_out(&test, path), records);
}

static void count_calls(int64_t done, int64_t total, void *user_data)
{
	CU_ASSERT_TRUE(done <= total);
	*(int64_t *)user_data = done;
}

static void all_wrapped_anew(void)
{
	market_keys_options options = MARKET_KEYS_OPTIONS_INIT;
	market_keys_report done = MARKET_KEYS_REPORT_INIT;
	int64_t told = 0;

	open_shop();
	check_keys(1, "1", "10");
	options.progress = count_calls;
	options.user_data = &told;
	CHECK_OK_FATAL(market_keys_rotate(test.session, &options, &done, &err));
	CU_ASSERT_TRUE(done.added);
	CHECK_INT(done.number, 2);
	CHECK_INT(done.records, 2 * ACCOUNTS);
	CHECK_INT(done.rewrapped, 2 * ACCOUNTS);
	CHECK_INT(told, 2 * ACCOUNTS);
	check_keys(2, "2", "10");
	CHECK_TEXT(test_out(&test, "sealing.0.records"), "0");
	test_market_reopen(&test);
	check_sealed(ACCOUNTS);
	seal(ACCOUNTS);
	check_sealed(ACCOUNTS + 1);
	check_keys(2, "2", "12");
	test_market_close(&test);
}

/* Another process may die in between; the change is brought to its end with the same key. */
static void interrupted_is_resumed(void)
{
	market_keys_report done = MARKET_KEYS_REPORT_INIT;

	open_shop();
	CHECK_OK_FATAL(mk_keys_rotate(test.market->keys, MK_KEY_SEALING, &err));
	TEST_CALL(&test, "keys.rewrap", "{'record':'submission','limit':3}");
	CHECK_TEXT(test_out(&test, "looked"), "3");
	CHECK_TEXT(test_out(&test, "rewrapped"), "2");
	CU_ASSERT_STRING_NOT_EQUAL(test_out(&test, "next"), "");
	check_sealed(ACCOUNTS);
	CHECK_OK_FATAL(market_keys_rotate(test.session, NULL, &done, &err));
	CU_ASSERT_FALSE(done.added);
	CHECK_INT(done.number, 2);
	CHECK_INT(done.rewrapped, 2 * ACCOUNTS - 2);
	check_keys(2, "2", "10");
	CHECK_OK_FATAL(market_keys_rotate(test.session, NULL, &done, &err));
	CU_ASSERT_TRUE(done.added);
	check_keys(3, "3", "10");
	test_market_close(&test);
}

static void drop_refused(int64_t number, int code)
{
	CHECK_ERROR(market_keys_drop(test.session, number, &err), code, NULL);
}

static void older_key_goes_when_free(void)
{
	open_shop();
	drop_refused(1, MARKET_EINVALID);
	drop_refused(2, MARKET_EINVALID);
	drop_refused(0, MARKET_EINVALID);
	CHECK_OK_FATAL(mk_keys_rotate(test.market->keys, MK_KEY_SEALING, &err));
	drop_refused(1, MARKET_ESTATE);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "10 records"));
	CHECK_OK_FATAL(market_keys_rotate(test.session, NULL, NULL, &err));
	/* the file was changed this very moment */
	drop_refused(1, MARKET_ESTATE);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "minute"));
	test_market_close(&test);
}

static void only_who_may(void)
{
	market_keys_report done = MARKET_KEYS_REPORT_INIT;

	open_shop();
	test_act_as(&test, "member:ref:lin-owner");
	TEST_REFUSED(&test, MARKET_EDENIED, NULL, "keys.get", "{}");
	TEST_REFUSED(&test, MARKET_EDENIED, NULL, "keys.rewrap", "{'record':'submission'}");
	CHECK_ERROR(market_keys_rotate(test.session, NULL, &done, &err), MARKET_EDENIED, NULL);
	drop_refused(1, MARKET_EDENIED);
	test_act_as(&test, "operator:test");
	check_keys(1, "1", "10");
	TEST_REFUSED(&test, MARKET_EINVALID, "record", "keys.rewrap", "{'record':'order'}");
	TEST_REFUSED(&test, MARKET_EINVALID, "after", "keys.rewrap",
	             "{'record':'submission','after':'x'}");
	CHECK_ERROR(market_keys_rotate(NULL, NULL, NULL, &err), MARKET_EMISUSE, NULL);
	CHECK_ERROR(market_keys_drop(NULL, 1, &err), MARKET_EMISUSE, NULL);
	test_market_close(&test);
}

static void signing_key_is_changed(void)
{
	market_keys_options options = MARKET_KEYS_OPTIONS_INIT;
	market_keys_report done = MARKET_KEYS_REPORT_INIT;

	open_shop();
	options.signing = true;
	CHECK_OK_FATAL(market_keys_rotate(test.session, &options, &done, &err));
	CU_ASSERT_TRUE(done.added);
	CHECK_INT(done.number, 2);
	CHECK_INT(done.rewrapped, 0);
	TEST_CALL(&test, "keys.get", "{}");
	CHECK_TEXT(test_out(&test, "signing"), "2");
	check_keys(1, "1", "10");
	options.size = 1;
	CHECK_ERROR(market_keys_rotate(test.session, &options, &done, &err), MARKET_ESIZE, NULL);
	test_market_close(&test);
}

/* A table with a sealed column that rewrapping doesn't know would lose its data with the key. */
static void every_sealed_table_is_known(void)
{
	int found = 0;

	for (size_t i = 0; i < mk_schema_count; i++)
		for (const char *const *text = mk_schema_list[i].ddl; *text; text++) {
			char name[64] = "";
			bool known = false;

			if (!strstr(*text, "_sealed {blob}"))
				continue;
			CU_ASSERT_EQUAL(sscanf(*text, "CREATE TABLE IF NOT EXISTS %63s", name), 1);
			for (size_t j = 0; mk_sealed_tables[j]; j++)
				known = known || strcmp(mk_sealed_tables[j]->name, name) == 0;
			CU_ASSERT_TRUE(known);
			found++;
		}
	CU_ASSERT_TRUE(found >= 2);
}

void suite_key_rotation(void);
void suite_key_rotation(void)
{
	CU_pSuite s = test_suite_on_store("key_rotation");
	CU_add_test(s, "SEL-10: a change of the sealing key wraps every record's key anew",
	            all_wrapped_anew);
	CU_add_test(s, "SEL-10: an interrupted change of keys is brought to its end",
	            interrupted_is_resumed);
	CU_add_test(s, "SEL-10: an older key goes only when nothing needs it",
	            older_key_goes_when_free);
	CU_add_test(s, "SEL-10: only an operator with the right changes keys", only_who_may);
	CU_add_test(s, "SEL-10: the signing key is changed by itself", signing_key_is_changed);
	CU_add_test(s, "SEL-10: every table with sealed fields is known to the change of keys",
	            every_sealed_table_is_known);
}
