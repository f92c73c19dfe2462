/* SEL-8, SEL-10: the account that a seller's payouts go to. */
#include <stdio.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "tests/unit/market_fixture.h"

#define OWNER "member:ref:lin-owner"
#define SET(number) \
	"payout_account.set", \
		"{'seller':'ref:lin','holder':'Lin','bank':'001','country':'BR','account':'" number "'}"

static void open_seller(test_market *test)
{
	test_market_open(test, NULL);
	TEST_CALL(test, "seller.apply",
	          "{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'Lin','ref':'lin','owner_ref':'lin-owner'}");
}

static void typed_output_is_masked(test_market *test)
{
	market_payout_account_get_params in = MARKET_PAYOUT_ACCOUNT_GET_PARAMS_INIT;
	market_payout_account *account = NULL;
	market_error err;

	CU_ASSERT_TRUE(market_id_parse(MARKET_ID_SELLER, test_out(test, "seller"), &in.seller));
	CHECK_OK_FATAL(market_payout_account_get(test->session, &in, &account, &err));
	CHECK_TEXT(account->account, "********6789");
	market_payout_account_free(account);
}

static void number_is_sealed(void)
{
	test_market test;

	open_seller(&test);
	test_act_as(&test, "confirmed " OWNER);
	TEST_CALL(&test, SET("000123456789"));
	CU_ASSERT_PTR_NULL(strstr(test_out(&test, "account"), "12345678"));
	typed_output_is_masked(&test);
	TEST_REFUSED(&test, MARKET_EDENIED, "", "payout_account.reveal", "{'seller':'ref:lin'}");
	test_act_as(&test, "operator:auditor");
	for (int look = 0; look < 2; look++) {
		TEST_CALL(&test, "payout_account.reveal", "{'seller':'ref:lin','key':'look'}");
		CHECK_TEXT(test_out(&test, "account"), "000123456789");
	}
	TEST_CALL(&test, "event.list", "{}");
	CHECK_TEXT(test_out(&test, "items.2.operation"), "payout_account.reveal");
	CHECK_TEXT(test_out(&test, "items.3.operation"), "payout_account.reveal");
	test_market_close(&test);
}

static void change_waits(void)
{
	test_market test;

	open_seller(&test);
	test_act_as(&test, "confirmed " OWNER);
	TEST_CALL(&test, SET("1"));
	CHECK_TEXT(test_out(&test, "ready_at"), "2026-01-05T00:00:00.000Z");
	TEST_CALL(&test, SET("2"));
	CHECK_TEXT(test_out(&test, "ready_at"), "2026-01-08T00:00:00.000Z");
	test_market_close(&test);
}

static void change_is_a_record_of_its_own(void)
{
	test_market test;
	char ids[3][40];

	open_seller(&test);
	for (int i = 0; i < 3; i++) {
		test_act_as(&test, "confirmed " OWNER);
		TEST_CALL(&test, "payout_account.set",
		          "{'seller':'ref:lin','holder':'Lin %d','bank':'00%d','country':'BR',"
		          "'account':'%d'}",
		          i, i, i);
		snprintf(ids[i], sizeof(ids[i]), "%s", test_out(&test, "id"));
		test.now += MK_HOUR;
	}
	test_act_as(&test, "operator:auditor");
	for (int i = 0; i < 3; i++) {
		char number[2] = {(char)('0' + i), '\0'};

		TEST_CALL(&test, "payout_account.reveal", "{'seller':'ref:lin','account':'%s'}", ids[i]);
		CHECK_TEXT(test_out(&test, "id"), ids[i]);
		CHECK_TEXT(test_out(&test, "account"), number);
		CU_ASSERT((test_out(&test, "replaced_at")[0] == '\0') == (i == 2));
	}
	TEST_CALL(&test, "payout_account.get", "{'seller':'ref:lin'}");
	CHECK_TEXT(test_out(&test, "id"), ids[2]);
	CHECK_TEXT(test_out(&test, "holder"), "Lin 2");
	test_market_close(&test);
}

static void confirmation_is_fresh(void)
{
	test_market test;

	open_seller(&test);
	test_act_as(&test, "confirmed 2026-01-04T23:44:59.999Z " OWNER);
	TEST_REFUSED(&test, MARKET_EUNCONFIRMED, "", SET("1"));
	test_act_as(&test, "confirmed 2026-01-05T00:00:00.001Z " OWNER);
	TEST_REFUSED(&test, MARKET_EUNCONFIRMED, "", SET("1"));
	test_act_as(&test, "confirmed 2026-01-04T23:45:00Z " OWNER);
	TEST_CALL(&test, SET("1"));
	test.now += 1;
	TEST_REFUSED(&test, MARKET_EUNCONFIRMED, "", SET("2"));
	test_act_as(&test, "confirmed " OWNER);
	test.now += 15 * MK_MINUTE;
	TEST_CALL(&test, SET("2"));
	/* it goes with whom it was of */
	test_act_as(&test, OWNER);
	TEST_REFUSED(&test, MARKET_EUNCONFIRMED, "", SET("3"));
	test_market_close(&test);
}

/* A key that was refused for want of a confirmation does its work afterwards. */
static void key_is_kept_for_later(void)
{
	static const char set[] = "{'seller':'ref:lin','holder':'Lin','bank':'001','country':'BR',"
							  "'account':'1','key':'set'}";
	test_market test;

	open_seller(&test);
	test_act_as(&test, OWNER);
	TEST_REFUSED(&test, MARKET_EUNCONFIRMED, "", "payout_account.set", set);
	test_act_as(&test, "confirmed " OWNER);
	TEST_CALL(&test, "payout_account.set", set);
	CU_ASSERT_FALSE(market_session_replayed(test.session));
	test_market_close(&test);
}

static void nobody_confirms_himself(void)
{
	test_market test;

	open_seller(&test);
	test_act_as(&test, OWNER);
	TEST_REFUSED(&test, MARKET_EUNKNOWNFIELD, "confirmed_at", "payout_account.set",
	             "{'seller':'ref:lin','holder':'Lin','bank':'001','country':'BR','account':'1',"
	             "'confirmed_at':'2026-01-05T00:00:00Z'}");
	/* a ref that looks like a confirmation is none */
	TEST_CALL(&test, "seller.get", "{'seller':'ref:lin'}");
	CHECK_INT(market_session_act_as_text(test.session, "member:confirmed ref:lin-owner", NULL),
	          MARKET_EINVALID);
	CHECK_INT(market_session_act_as_text(test.session, "confirmed 2026x " OWNER, NULL),
	          MARKET_EINVALID);
	CHECK_INT(market_session_act_as_text(test.session, "confirmed ", NULL), MARKET_EINVALID);
	CHECK_INT(market_session_act_as_text(test.session, "confirmed confirmed " OWNER, NULL),
	          MARKET_EINVALID);
	test_act_as(&test, "confirmed operator:test");
	TEST_REFUSED(&test, MARKET_EDENIED, NULL, SET("1"));
	test_market_close(&test);
}

static void actors_carry_their_confirmation(void)
{
	market_payout_account_set_params in = MARKET_PAYOUT_ACCOUNT_SET_PARAMS_INIT;
	market_actor actor = {.kind = MARKET_ACTOR_MEMBER};
	market_payout_account *account = NULL;
	test_market test;
	market_error err;

	open_seller(&test);
	CU_ASSERT(market_id_parse(MARKET_ID_SELLER, test_out(&test, "id"), &in.seller));
	CU_ASSERT(market_id_parse(MARKET_ID_MEMBER, test_out(&test, "owner"), &actor.id));
	in.holder = "Lin";
	in.bank = "001";
	in.country = "BR";
	in.account = "000123456789";
	CHECK_OK(market_session_act_as(test.session, &actor, &err));
	CHECK_INT(market_payout_account_set(test.session, &in, &account, &err), MARKET_EUNCONFIRMED);
	actor.confirmed_at = -1;
	CHECK_INT(market_session_act_as(test.session, &actor, &err), MARKET_EINVALID);
	actor.confirmed_at = test.now;
	CHECK_OK(market_session_act_as(test.session, &actor, &err));
	CHECK_OK(market_payout_account_set(test.session, &in, &account, &err));
	market_payout_account_free(account);
	test_market_close(&test);
}

void suite_payout_account(void);
void suite_payout_account(void)
{
	CU_pSuite suite = test_suite_on_store("payout_account");

	CU_add_test(suite, "SEL-10: an account number is sealed, masked, and its full view recorded",
	            number_is_sealed);
	CU_add_test(suite, "SEL-8: a change of the payout account delays payouts by 72 h",
	            change_waits);
	CU_add_test(suite, "SEL-8: a change is a record of its own, the ones before stay",
	            change_is_a_record_of_its_own);
	CU_add_test(suite, "SEL-8: a confirmation counts for 15 minutes, to the millisecond",
	            confirmation_is_fresh);
	CU_add_test(suite, "SEL-8: a key refused for want of a confirmation isn't used up",
	            key_is_kept_for_later);
	CU_add_test(suite, "SEL-8: params and names can't say that somebody is confirmed",
	            nobody_confirms_himself);
	CU_add_test(suite, "SEL-8: a typed actor carries its confirmation",
	            actors_carry_their_confirmation);
}
