/* SEL-1, SEL-13: requirements that a provider verifies, and who stands behind a seller. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/engine/market.h"
#include "tests/unit/market_fixture.h"

#define OPERATOR "operator:test"
#define OWNER "member:ref:lin-owner"
#define APPLY \
	"{'name':'Lin','legal_name':'Lin Ltd','store_type':'individual','country':'BR'," \
	"'currency':'BRL','owner_name':'Lin','ref':'lin','owner_ref':'lin-owner'}"

/* Replaces the first of its kind; frees what it was given. */
static char *changed(char *policy, const char *text, const char *instead)
{
	char *at = strstr(policy, text);
	char *out = malloc(strlen(policy) + strlen(instead) + 1);

	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	sprintf(out, "%.*s%s%s", (int)(at - policy), policy, instead, at + strlen(text));
	free(policy);
	return out;
}

static char *verified(void)
{
	return test_policy_with("key: identity\n      kind: attested",
	                        "key: identity\n      kind: verified");
}

static char *verified_policy(const char *provider)
{
	char named[80];

	snprintf(named, sizeof(named), "  provider: %s\n  # A check", provider);
	return changed(verified(), "  # provider: office\n  # A check", named);
}

static void open_at(test_market *test, const char *provider)
{
	char *policy = verified_policy(provider);

	test_market_open(test, policy);
	free(policy);
	TEST_CALL(test, "seller.apply", APPLY);
	TEST_CALL(test, "submission.create",
	          "{'seller':'ref:lin','requirement':'terms','ref':'terms'}");
	TEST_CALL(test, "submission.accept", "{'submission':'ref:lin/terms'}");
}

/* Starts a check as the owner; its identifier goes to `id`. */
static void check(test_market *test, const char *name, char id[MARKET_ID_TEXT_SIZE])
{
	test_act_as(test, OWNER);
	TEST_CALL(test, "identity.check",
	          "{'seller':'ref:lin','requirement':'identity','legal_name':'%s',"
	          "'number':'12345678000195'}",
	          name);
	snprintf(id, MARKET_ID_TEXT_SIZE, "%s", test_out(test, "id"));
	test_act_as(test, OPERATOR);
}

static const char *got(test_market *test, const char *id, const char *path)
{
	TEST_CALL(test, "identity.get", "{'identity':'%s'}", id);
	return test_out(test, path);
}

static const char *seller_got(test_market *test, const char *path)
{
	TEST_CALL(test, "seller.get", "{'seller':'ref:lin'}");
	return test_out(test, path);
}

/* Hands a notification of the sandbox in; the fields after `key` are `more`. */
static int tell(test_market *test, const char *event, const char *id, const char *more)
{
	char body[700], *signature = NULL;
	json_t *params = json_object();
	char *json, *reply = NULL;
	int rc;

	snprintf(body, sizeof(body), "{\"event\":\"%s\",\"key\":\"identity:%s:1\",%s}", event, id,
	         more);
	CHECK_INT(market_identity_sandbox_sign(test->market, body, test->now, &signature, &test->err),
	          0);
	json_object_set_new(params, "body", json_string(body));
	json_object_set_new(params, "signature", json_string(signature));
	json = json_dumps(params, 0);
	rc = market_call(test->session, "identity.notify", json, &reply, &test->err);
	json_decref(test->out);
	test->out = reply ? json_loads(reply, 0, NULL) : NULL;
	market_text_free(reply);
	market_text_free(signature);
	free(json);
	json_decref(params);
	return rc;
}

static void passes(void)
{
	test_market test;
	char id[MARKET_ID_TEXT_SIZE];

	open_at(&test, "sandbox");
	TEST_REFUSED(&test, MARKET_EINVALID, "requirement", "submission.create",
	             "{'seller':'ref:lin','requirement':'identity'}");
	TEST_REFUSED(&test, MARKET_EINVALID, "requirement", "identity.check",
	             "{'seller':'ref:lin','requirement':'terms'}");
	check(&test, "Lin Ltd", id);
	CHECK_TEXT(got(&test, id, "state"), "pending");
	CHECK_TEXT(test_out(&test, "number"), "**********0195");
	CHECK_TEXT(seller_got(&test, "requirements.1.state"), "pending");
	TEST_REFUSED(&test, MARKET_EINFLIGHT, "requirement", "identity.check",
	             "{'seller':'ref:lin','requirement':'identity'}");
	CHECK_INT(test_work(&test), 1);
	CHECK_TEXT(got(&test, id, "state"), "passed");
	CHECK_TEXT(test_out(&test, "legal_name"), "Lin Ltd");
	CHECK_TEXT(test_out(&test, "expires_at"), "");
	CHECK_TEXT(seller_got(&test, "requirements.1.state"), "accepted");
	CHECK_TEXT(test_out(&test, "state"), "in_review");
	test_market_close(&test);
}

static void refuses(void)
{
	test_market test;
	char id[MARKET_ID_TEXT_SIZE];

	open_at(&test, "sandbox");
	check(&test, "Lin:refused", id);
	CHECK_INT(test_work(&test), 1);
	CHECK_TEXT(got(&test, id, "state"), "refused");
	CHECK_TEXT(test_out(&test, "codes"), "name_mismatch document_unreadable");
	CHECK_TEXT(seller_got(&test, "requirements.1.state"), "rejected");
	check(&test, "Lin Ltd", id); /* another one may pass */
	CHECK_INT(test_work(&test), 1);
	CHECK_TEXT(seller_got(&test, "state"), "in_review");
	test_market_close(&test);
}

static void asks_for_more(void)
{
	test_market test;
	char id[MARKET_ID_TEXT_SIZE];

	open_at(&test, "sandbox");
	check(&test, "Lin Ltd:more", id);
	TEST_REFUSED(&test, MARKET_ESTATE, "identity", "identity.supply",
	             "{'identity':'%s','items':[{'code':'a','text':'b'}]}", id);
	CHECK_INT(test_work(&test), 1);
	CHECK_TEXT(got(&test, id, "wanted"), "proof_of_address");
	CHECK_TEXT(seller_got(&test, "requirements.1.state"), "pending");
	test_act_as(&test, OWNER);
	TEST_REFUSED(&test, MARKET_EINVALID, "items", "identity.supply",
	             "{'identity':'%s','items':[{'code':'proof','text':'b'}]}", id);
	TEST_CALL(&test, "identity.supply",
	          "{'identity':'%s','items':[{'code':'proof_of_address','text':'bill 7'}]}", id);
	CHECK_TEXT(test_out(&test, "state"), "pending");
	test_act_as(&test, OPERATOR);
	CHECK_INT(test_work(&test), 1);
	CHECK_TEXT(got(&test, id, "state"), "passed");
	CHECK_TEXT(test_out(&test, "legal_name"), "Lin Ltd");
	test_market_close(&test);
}

static void more_than_one_thing(void)
{
	test_market test;
	char id[MARKET_ID_TEXT_SIZE];

	open_at(&test, "sandbox");
	check(&test, "Lin Ltd:never", id);
	CHECK_INT(test_work(&test), 1);
	CHECK_INT(tell(&test, "e1", id, "\"result\":\"wants\",\"codes\":\"photo deed\""), 0);
	CHECK_TEXT(test_out(&test, "result"), "applied");
	CHECK_TEXT(got(&test, id, "wanted"), "photo deed");
	TEST_REFUSED(&test, MARKET_EINCOMPLETE, "items", "identity.supply",
	             "{'identity':'%s','items':[{'code':'deed','text':'1'}]}", id);
	TEST_REFUSED(
		&test, MARKET_EINVALID, "items", "identity.supply",
		"{'identity':'%s','items':[{'code':'deed','text':'1'},{'code':'deed','text':'2'}]}", id);
	TEST_CALL(&test, "identity.supply",
	          "{'identity':'%s','items':[{'code':'deed','text':'1'},{'code':'photo','text':'2'}]}",
	          id);
	test_market_close(&test);
}

static void answers_late(void)
{
	test_market test;
	char id[MARKET_ID_TEXT_SIZE];

	open_at(&test, "sandbox");
	check(&test, "Lin Ltd:late", id);
	CHECK_INT(test_work(&test), 1);
	CHECK_TEXT(got(&test, id, "state"), "pending");
	test_advance(&test, 2 * MK_DAY);
	CHECK_TEXT(got(&test, id, "state"), "passed");
	check(&test, "Lin Ltd:unknown", id);
	CHECK_INT(test_work(&test), 1);
	CHECK_TEXT(got(&test, id, "state"), "pending");
	test_advance(&test, MK_DAY);
	CHECK_TEXT(got(&test, id, "state"), "passed");
	test_market_close(&test);
}

static void never_answers(void)
{
	test_market test;
	char id[MARKET_ID_TEXT_SIZE];

	open_at(&test, "sandbox");
	check(&test, "Lin Ltd:never", id);
	test_act_as(&test, "system");
	TEST_REFUSED(&test, MARKET_ESTATE, "identity", "identity.expire", "{'identity':'%s'}", id);
	test_act_as(&test, OPERATOR);
	test_advance(&test, 29 * MK_DAY);
	CHECK_TEXT(got(&test, id, "state"), "pending");
	test_advance(&test, MK_DAY);
	CHECK_TEXT(got(&test, id, "state"), "expired");
	CHECK_TEXT(seller_got(&test, "requirements.1.state"), "rejected");
	CHECK_INT(test_advance(&test, 10 * MK_DAY), 0); /* nor is it queried any more */
	/* an answer after all changes nothing */
	CHECK_INT(tell(&test, "late", id, "\"result\":\"passes\",\"legal_name\":\"Lin Ltd\""), 0);
	CHECK_TEXT(got(&test, id, "state"), "expired");
	test_market_close(&test);
}

static void notifications(void)
{
	static const char *const passed = "\"result\":\"passes\",\"legal_name\":\"Lin Ltd\"";
	test_market test;
	char id[MARKET_ID_TEXT_SIZE], first[MARKET_ID_TEXT_SIZE];

	open_at(&test, "sandbox");
	check(&test, "Lin Ltd:never", id);
	test_act_as(&test, "anonymous");
	CHECK_INT(tell(&test, "e1", id, passed), 0);
	CHECK_TEXT(test_out(&test, "result"), "applied");
	CHECK_TEXT(test_out(&test, "provider"), "identity:sandbox");
	snprintf(first, sizeof(first), "%s", test_out(&test, "id"));
	CHECK_INT(tell(&test, "e1", id, passed), 0);
	CHECK_TEXT(test_out(&test, "id"), first);
	CHECK_INT(tell(&test, "e2", id, passed), 0);
	CHECK_TEXT(test_out(&test, "result"), "known");
	CHECK_INT(tell(&test, "e3", "idc_1", passed), 0);
	CHECK_TEXT(test_out(&test, "result"), "unmatched");
	TEST_REFUSED(&test, MARKET_ESIGNATURE, "signature", "identity.notify",
	             "{'body':'{}','signature':'t=1,v1=00'}");
	TEST_REFUSED(&test, MARKET_EPROVIDER, "provider", "identity.notify",
	             "{'provider':'nobody','body':'{}','signature':'x'}");
	CHECK_INT(tell(&test, "e4", id, "\"result\":\"refuses\""), MARKET_EINVALID);
	CHECK_INT(tell(&test, "e4", id, "\"result\":\"passes\""), MARKET_EINVALID);
	CHECK_INT(tell(&test, "e4", id, "\"result\":"), MARKET_ESYNTAX);
	test_act_as(&test, OPERATOR);
	CHECK_TEXT(got(&test, id, "state"), "passed");
	test_market_close(&test);
}

static void an_old_signature(void)
{
	test_market test;
	char *signature = NULL;

	open_at(&test, "sandbox");
	CHECK_INT(market_identity_sandbox_sign(test.market, "{}", test.now - 10 * MK_MINUTE, &signature,
	                                       &test.err),
	          0);
	TEST_REFUSED(&test, MARKET_EEXPIRED, "signature", "identity.notify",
	             "{'body':'{}','signature':'%s'}", signature);
	market_text_free(signature);
	CHECK_INT(market_identity_sandbox_sign(NULL, "{}", 0, &signature, &test.err), MARKET_EMISUSE);
	test_market_close(&test);
}

static void contradicts_itself(void)
{
	static const char *const other = "\"result\":\"passes\",\"legal_name\":\"Bo Ltd\"";
	test_market test;
	char id[MARKET_ID_TEXT_SIZE];

	open_at(&test, "sandbox");
	check(&test, "Lin Ltd", id);
	CHECK_INT(test_work(&test), 1);
	CHECK_INT(tell(&test, "e1", id, other), 0);
	CHECK_TEXT(test_out(&test, "result"), "mismatched");
	CHECK_TEXT(got(&test, id, "state"), "contradicted");
	CHECK_TEXT(test_out(&test, "legal_name"), "Lin Ltd");
	CHECK_TEXT(test_out(&test, "contradiction"), "passes Bo Ltd");
	CHECK_TEXT(seller_got(&test, "requirements.1.state"), "pending");
	CHECK_INT(tell(&test, "e2", id, other), 0);
	CHECK_TEXT(test_out(&test, "result"), "known");
	TEST_CALL(&test, "submission.accept", "{'submission':'%s'}", got(&test, id, "submission"));
	CHECK_TEXT(test_out(&test, "state"), "accepted");
	CHECK_TEXT(seller_got(&test, "requirements.1.state"), "accepted");
	test_market_close(&test);
}

/* What a provider verified only after it had refused is in force when an operator accepts it. */
static void refuses_then_passes(void)
{
	test_market test;
	char id[MARKET_ID_TEXT_SIZE];

	open_at(&test, "sandbox");
	check(&test, "Lin:refused", id);
	TEST_REFUSED(&test, MARKET_ESTATE, "submission", "submission.accept", "{'submission':'%s'}",
	             got(&test, id, "submission"));
	CHECK_INT(test_work(&test), 1);
	CHECK_INT(tell(&test, "e1", id, "\"result\":\"passes\",\"legal_name\":\"Lin Ltd\""), 0);
	CHECK_TEXT(got(&test, id, "state"), "contradicted");
	CHECK_TEXT(seller_got(&test, "state"), "onboarding");
	TEST_CALL(&test, "submission.accept", "{'submission':'%s'}", got(&test, id, "submission"));
	CHECK_TEXT(seller_got(&test, "state"), "in_review");
	test_market_close(&test);
}

static void valid_for_a_time(void)
{
	test_market test;
	char id[MARKET_ID_TEXT_SIZE];

	open_at(&test, "sandbox");
	check(&test, "Lin Ltd:short", id);
	CHECK_INT(test_work(&test), 1);
	CHECK_TEXT(seller_got(&test, "requirements.1.state"), "accepted");
	test_advance(&test, 61 * MK_DAY);
	CHECK_TEXT(seller_got(&test, "requirements.1.state"), "expired");
	test_market_close(&test);
}

/* ---- SEL-13 ---- */

static const char *shown(test_market *test, const char *path)
{
	test_act_as(test, "anonymous");
	TEST_CALL(test, "seller.identity", "{'seller':'ref:lin'}");
	test_act_as(test, OPERATOR);
	return test_out(test, path);
}

static void what_buyers_are_told(void)
{
	test_market test;
	char id[MARKET_ID_TEXT_SIZE];

	open_at(&test, "sandbox");
	test_act_as(&test, "anonymous");
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "seller", "seller.identity", "{'seller':'ref:lin'}");
	test_act_as(&test, OPERATOR);
	TEST_CALL(&test, "seller.approve", "{'seller':'ref:lin','waiver':'known'}");
	CHECK_TEXT(shown(&test, "verified"), "");
	CHECK_TEXT(test_out(&test, "legal_name"), "Lin Ltd");
	check(&test, "Lin Importers Ltd", id);
	CHECK_INT(test_work(&test), 1);
	CHECK_TEXT(shown(&test, "legal_name"), "Lin Importers Ltd");
	CHECK_TEXT(test_out(&test, "number"), "12345678000195");
	CHECK_TEXT(test_out(&test, "address"), "1 Sandbox Street");
	CHECK_TEXT(test_out(&test, "verified"), "true");
	CHECK_INT(tell(&test, "e1", id, "\"result\":\"refuses\",\"codes\":\"forged\""), 0);
	CHECK_TEXT(shown(&test, "verified"), "");
	test_market_close(&test);
}

static void other_regions(void)
{
	static const char *const shown_there = "    - countries: [BR, CN]\n"
										   "      fields: [legal_name, country, number, address, "
										   "licences]";
	char *policy = changed(verified_policy("sandbox"), shown_there,
	                       "    - countries: [BR]\n      fields: [number_masked, licences]");
	test_market test;
	char id[MARKET_ID_TEXT_SIZE];

	test_market_open(&test, policy);
	TEST_CALL(&test, "seller.apply", APPLY);
	TEST_CALL(&test, "seller.approve", "{'seller':'ref:lin','waiver':'known'}");
	check(&test, "Lin Ltd:never", id);
	CHECK_INT(tell(&test, "e1", id,
	               "\"result\":\"passes\",\"legal_name\":\"Lin Ltd\",\"number\":\"99887766\","
	               "\"licences\":\"L-1 L-2\",\"address\":\"Rua 1\""),
	          0);
	CHECK_TEXT(shown(&test, "number"), "****7766");
	CHECK_TEXT(test_out(&test, "licences"), "L-1 L-2");
	CHECK_TEXT(test_out(&test, "legal_name"), "");
	CHECK_TEXT(test_out(&test, "country"), "");
	CHECK_TEXT(test_out(&test, "address"), "");
	free(policy);
	test_market_close(&test);
}

static int set_account(test_market *test, const char *holder)
{
	int rc;

	test_act_as(test, "confirmed " OWNER);
	rc = test_call(test, "payout_account.set",
	               "{'seller':'ref:lin','holder':'%s','bank':'001','country':'BR',"
	               "'account':'12345678'}",
	               holder);
	test_act_as(test, OPERATOR);
	return rc;
}

static void the_holder_is_who_was_verified(void)
{
	test_market test;
	char id[MARKET_ID_TEXT_SIZE];

	open_at(&test, "sandbox");
	CHECK_INT(set_account(&test, "Bo"), 0); /* nobody was verified yet */
	CHECK_TEXT(seller_got(&test, "requirements.2.state"), "accepted");
	check(&test, "Lin Importers Ltd", id);
	CHECK_INT(test_work(&test), 1);
	CHECK_TEXT(seller_got(&test, "requirements.2.state"), "open");
	CHECK_INT(set_account(&test, "Lin Importer Ltd"), MARKET_EHOLDER);
	CHECK_TEXT(test.err.field, "holder");
	CHECK_INT(set_account(&test, "ＬＩＮ  importers ltd."), 0);
	CHECK_TEXT(seller_got(&test, "requirements.2.state"), "accepted");
	test_market_close(&test);
}

/* ---- providers ---- */

typedef struct office {
	int started, queried;
	int32_t result;
	bool spoilt;
	int rc;
	char items[100], number[100];
} office;

static int office_answer(office *o, market_identity_told *told)
{
	told->result = o->result;
	snprintf(told->legal_name, sizeof(told->legal_name), "Lin Ltd");
	snprintf(told->codes, sizeof(told->codes), "deed");
	if (o->spoilt)
		memset(told->legal_name, 'x', sizeof(told->legal_name));
	return o->rc;
}

static int office_start(const market_identity_request *request, market_identity_told *told,
                        void *user_data, market_error *err)
{
	office *o = user_data;

	(void)err;
	o->started++;
	snprintf(o->items, sizeof(o->items), "%s", request->items ? request->items : "");
	snprintf(o->number, sizeof(o->number), "%s", request->number ? request->number : "");
	return office_answer(o, told);
}

static int office_query(const market_identity_request *request, market_identity_told *told,
                        void *user_data, market_error *err)
{
	office *o = user_data;

	(void)request;
	(void)err;
	o->queried++;
	return office_answer(o, told);
}

static int office_verify(const char *body, size_t size, const char *signature, market_time now,
                         market_time tolerance, market_identity_told *told, void *user_data,
                         market_error *err)
{
	(void)body;
	(void)size;
	(void)signature;
	(void)now;
	(void)tolerance;
	(void)told;
	(void)user_data;
	(void)err;
	return 7;
}

static market_identity_provider office_of(office *o)
{
	return (market_identity_provider){
		.size = sizeof(market_identity_provider),
		.name = "office",
		.user_data = o,
		.start = office_start,
		.query = office_query,
		.verify = office_verify,
	};
}

static void a_provider_of_ones_own(void)
{
	office o = {.result = MARKET_IDENTITY_WANTS};
	market_identity_provider provider = office_of(&o);
	test_market test;
	char id[MARKET_ID_TEXT_SIZE];

	open_at(&test, "office");
	TEST_REFUSED(&test, MARKET_EPROVIDER, NULL, "identity.check",
	             "{'seller':'ref:lin','requirement':'identity'}");
	CHECK_INT(market_identity_register(test.market, &provider, &test.err), 0);
	CHECK_INT(market_identity_register(test.market, &provider, &test.err), MARKET_EEXISTS);
	provider.start = NULL;
	CHECK_INT(market_identity_register(test.market, &provider, &test.err), MARKET_EINVALID);
	check(&test, "Lin Ltd", id);
	CHECK_INT(test_work(&test), 1);
	CHECK_INT(o.started, 1);
	CHECK_TEXT(o.number, "12345678000195"); /* whole */
	TEST_CALL(&test, "identity.supply", "{'identity':'%s','items':[{'code':'deed','text':'a=b'}]}",
	          id);
	o.spoilt = true; /* what can't be read is no answer */
	o.result = MARKET_IDENTITY_PASSES;
	CHECK_INT(test_work(&test), 1);
	CHECK_TEXT(o.items, "deed=a=b\n");
	CHECK_TEXT(got(&test, id, "state"), "pending");
	o.spoilt = false;
	o.rc = 9; /* no code of ours */
	test_advance(&test, MK_DAY);
	CHECK_TEXT(got(&test, id, "state"), "pending");
	o.rc = 0;
	test_advance(&test, 10 * MK_DAY);
	CHECK_TEXT(got(&test, id, "state"), "passed");
	CHECK_INT(o.started, 2);
	TEST_REFUSED(&test, MARKET_EPROVIDER, NULL, "identity.notify", "{'body':'{}','signature':'x'}");
	test_market_close(&test);
}

/* Where the provider isn't, its requests wait for a process that has it. */
static void waits_for_its_provider(void)
{
	office o = {.result = MARKET_IDENTITY_PASSES};
	market_identity_provider provider = office_of(&o);
	test_market test;
	char id[MARKET_ID_TEXT_SIZE];

	open_at(&test, "office");
	CHECK_INT(market_identity_register(test.market, &provider, &test.err), 0);
	check(&test, "Lin Ltd", id);
	test_market_reopen(&test);
	test_work(&test);
	CHECK_INT(o.started, 0);
	CHECK_TEXT(got(&test, id, "state"), "pending");
	CHECK_INT(market_identity_register(test.market, &provider, &test.err), 0);
	test_advance(&test, MK_HOUR);
	CHECK_INT(o.started, 1);
	CHECK_TEXT(got(&test, id, "state"), "passed");
	test_market_close(&test);
}

static void policies(void)
{
	char *bad[] = {verified(), test_policy_with("licences]", "shoe_size]"),
	               test_policy_with("[AT, BE", "[CN, BE")};
	test_market test;

	test_market_open(&test, NULL);
	for (size_t i = 0; i < 3; i++) {
		json_t *params = json_pack("{s:s}", "text", bad[i]);
		char *json = json_dumps(params, 0);

		CHECK_INT(market_call(test.session, "policy.publish", json, NULL, &test.err),
		          MARKET_EPOLICY);
		free(json);
		free(bad[i]);
		json_decref(params);
	}
	test_market_close(&test);
}

void suite_identity(void)
{
	CU_pSuite s = test_suite_on_store("identity");

	CU_add_test(s, "SEL-1: what a provider verifies is accepted by itself", passes);
	CU_add_test(s, "SEL-1: a provider refuses with reasons", refuses);
	CU_add_test(s, "SEL-1: a provider asks for more and gets it", asks_for_more);
	CU_add_test(s, "SEL-1: all that a provider asks for is given at once", more_than_one_thing);
	CU_add_test(s, "SEL-1: a provider that answers late is queried", answers_late);
	CU_add_test(s, "SEL-1: a check that nobody answers expires", never_answers);
	CU_add_test(s, "SEL-1: a provider's notification counts once", notifications);
	CU_add_test(s, "SEL-1: a notification with an old signature isn't taken", an_old_signature);
	CU_add_test(s, "SEL-1: a provider that contradicts itself closes the gate", contradicts_itself);
	CU_add_test(s, "SEL-1: an operator decides between two answers", refuses_then_passes);
	CU_add_test(s, "SEL-1: what was verified counts for its time", valid_for_a_time);
	CU_add_test(s, "SEL-1: a provider of one's own", a_provider_of_ones_own);
	CU_add_test(s, "SEL-1: a check waits for its provider", waits_for_its_provider);
	CU_add_test(s, "SEL-1: a policy with verified requirements names a provider", policies);
	CU_add_test(s, "SEL-13: buyers are told who stands behind a seller", what_buyers_are_told);
	CU_add_test(s, "SEL-13: they are told what the region wants", other_regions);
	CU_add_test(s, "SEL-13: payouts go to who was verified", the_holder_is_who_was_verified);
}
