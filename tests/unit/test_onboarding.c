/* SEL-1, SEL-2: applications that pass on, also by two at the same time. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/base/clock.h"
#include "tests/unit/beside.h"

#define APPLY \
	"{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL','owner_name':'Lin'," \
	"'ref':'lin','owner_ref':'lin-owner'}"
#define OWNER "member:ref:lin-owner"
#define SET_ACCOUNT \
	"payout_account.set", \
		"{'seller':'ref:lin','holder':'Lin','bank':'001','country':'BR','account':'12345678'}"
/* Without a payout account, too, nothing is sold. */
#define ACCOUNT_ASKED "gate: payout", "gate: sell"

static void open_with(test_market *test, const char *text, const char *instead)
{
	char *policy = test_policy_with(text, instead);

	test_market_open(test, policy);
	free(policy);
	TEST_CALL(test, "seller.apply", APPLY);
}

static void submit(test_market *test, const char *requirement, const char *ref)
{
	test_act_as(test, OWNER);
	TEST_CALL(test, "submission.create", "{'seller':'ref:lin','requirement':'%s','ref':'%s'}",
	          requirement, ref);
	test_act_as(test, "operator:test");
}

static void accept(test_market *test, const char *ref)
{
	test_act_as(test, "operator:test");
	TEST_CALL(test, "submission.accept", "{'submission':'ref:lin/%s'}", ref);
}

static const char *state(test_market *test)
{
	test_act_as(test, "operator:test");
	TEST_CALL(test, "seller.get", "{'seller':'ref:lin'}");
	return test_out(test, "state");
}

/* ---- what completes an application ---- */

static void account_completes_it(void)
{
	test_market test;

	open_with(&test, ACCOUNT_ASKED);
	submit(&test, "terms", "t");
	submit(&test, "identity", "i");
	accept(&test, "t");
	accept(&test, "i");
	CHECK_TEXT(state(&test), "onboarding");
	test_act_as(&test, "confirmed " OWNER);
	TEST_CALL(&test, SET_ACCOUNT);
	CHECK_TEXT(state(&test), "in_review");
	CHECK_TEXT(test_out(&test, "requirements.2.state"), "accepted");
	test_market_close(&test);
}

static void submission_after_the_account_completes_it(void)
{
	test_market test;

	open_with(&test, ACCOUNT_ASKED);
	test_act_as(&test, "confirmed " OWNER);
	TEST_CALL(&test, SET_ACCOUNT);
	submit(&test, "terms", "t");
	submit(&test, "identity", "i");
	accept(&test, "i");
	CHECK_TEXT(state(&test), "onboarding");
	accept(&test, "t");
	CHECK_TEXT(state(&test), "in_review");
	test_market_close(&test);
}

/* How many rows of the journal tell of an event. */
static int events_of(test_market *test, const char *name)
{
	char cursor[80] = "", *text;
	int found = 0;

	test_act_as(test, "operator:test");
	do {
		if (cursor[0])
			TEST_CALL(test, "event.list", "{'limit':100,'after':'%s'}", cursor);
		else
			TEST_CALL(test, "event.list", "{'limit':100}");
		text = json_dumps(test->out, JSON_COMPACT);
		for (const char *at = text; (at = strstr(at, name)) != NULL; at++)
			found++;
		free(text);
		snprintf(cursor, sizeof(cursor), "%s", test_out(test, "next"));
	} while (cursor[0]);
	return found;
}

static void warned_in_time(void)
{
	test_market test;

	test_market_open(&test, NULL);
	TEST_CALL(&test, "seller.apply", APPLY);
	submit(&test, "identity", "i");
	accept(&test, "i");
	test_act_as(&test, OWNER);
	TEST_CALL(&test, "submission.create",
	          "{'seller':'ref:lin','requirement':'terms','ref':'t','valid_to':'2026-03-05'}");
	accept(&test, "t");
	TEST_CALL(&test, "seller.approve", "{'seller':'ref:lin'}");
	test_advance(&test, 29 * MK_DAY - 1);
	CU_ASSERT_EQUAL(events_of(&test, "submission.expiring"), 0);
	test_advance(&test, 1);
	CU_ASSERT_EQUAL(events_of(&test, "submission.expiring"), 1);
	test_advance(&test, 23 * MK_DAY);
	CU_ASSERT_EQUAL(events_of(&test, "submission.expiring"), 2);
	CU_ASSERT_EQUAL(events_of(&test, "submission.expired"), 0);
	test_advance(&test, 7 * MK_DAY);
	CU_ASSERT_EQUAL(events_of(&test, "submission.expired"), 1);
	CU_ASSERT_EQUAL(events_of(&test, "seller.gate_closed"), 1);
	CU_ASSERT_EQUAL(events_of(&test, "submission.expiring"), 2);
	submit(&test, "terms", "t2");
	accept(&test, "t2");
	CU_ASSERT_EQUAL(events_of(&test, "seller.gate_opened"), 1);
	test_market_close(&test);
}

static void publish(test_market *test, const char *text, const char *at)
{
	json_t *params = json_pack("{s:s, s:s}", "text", text, "effective_at", at);
	char *dump = json_dumps(params, JSON_COMPACT);

	CHECK_INT(market_call(test->session, "policy.publish", dump, NULL, &test->err), 0);
	free(dump);
	json_decref(params);
}

/* A new version of the terms asks every seller again and suspends nobody. */
static void renewed_asks_again(void)
{
	test_market test;
	char *policy = test_policy_with("version: 2020-01-01", "version: 2026-02-01");

	open_with(&test, "auto_approve: false", "auto_approve: true");
	submit(&test, "identity", "i");
	accept(&test, "i");
	submit(&test, "terms", "t");
	accept(&test, "t");
	CHECK_TEXT(state(&test), "approved");
	test_advance(&test, 40 * MK_DAY);
	publish(&test, policy, "2026-02-14T00:00:00Z");
	free(policy);
	CHECK_TEXT(state(&test), "approved");
	CHECK_TEXT(test_out(&test, "requirements.0.state"), "open");
	CHECK_TEXT(test_out(&test, "gate_closed_at"), "");
	submit(&test, "terms", "again");
	accept(&test, "again");
	CHECK_TEXT(state(&test), "approved");
	CHECK_TEXT(test_out(&test, "requirements.0.state"), "accepted");
	test_market_close(&test);
}

static void accepted_counts_beside_newer(void)
{
	test_market test;

	test_market_open(&test, NULL);
	TEST_CALL(&test, "seller.apply", APPLY);
	submit(&test, "identity", "i");
	accept(&test, "i");
	submit(&test, "terms", "old");
	submit(&test, "terms", "new");
	CHECK_TEXT(state(&test), "onboarding");
	CHECK_TEXT(test_out(&test, "requirements.0.state"), "pending");
	accept(&test, "old");
	CHECK_TEXT(state(&test), "in_review");
	CHECK_TEXT(test_out(&test, "requirements.0.state"), "accepted");
	test_market_close(&test);
}

/* Nothing happens to applications when a policy asks less; each goes on with its next step. */
static void approval_passes_on_what_is_complete(void)
{
	char *policy =
		test_policy_with("behind the shop.\n", "behind it.\n      store_types: [flagship]\n");
	test_market test;

	test_market_open(&test, NULL);
	TEST_CALL(&test, "seller.apply", APPLY);
	submit(&test, "terms", "t");
	accept(&test, "t");
	TEST_REFUSED(&test, MARKET_EINCOMPLETE, "seller", "seller.approve", "{'seller':'ref:lin'}");
	publish(&test, policy, "2026-01-06T00:00:00Z");
	test_advance(&test, MK_DAY);
	CHECK_TEXT(state(&test), "onboarding");
	TEST_CALL(&test, "seller.approve", "{'seller':'ref:lin'}");
	CHECK_TEXT(test_out(&test, "state"), "approved");
	CHECK_TEXT(test_out(&test, "answer_by"), "");
	TEST_REFUSED(&test, MARKET_ESTATE, "seller", "seller.approve", "{'seller':'ref:lin'}");
	free(policy);
	test_market_close(&test);
}

static void approved_by_itself(void)
{
	test_market test;

	open_with(&test, "auto_approve: false", "auto_approve: true");
	submit(&test, "terms", "t");
	submit(&test, "identity", "i");
	accept(&test, "t");
	CHECK_TEXT(state(&test), "onboarding");
	accept(&test, "i");
	CHECK_TEXT(state(&test), "approved");
	CHECK_TEXT(test_out(&test, "answer_by"), "");
	test_advance(&test, 100 * MK_DAY);
	CHECK_TEXT(state(&test), "approved");
	test_market_close(&test);
}

/* ---- two at the same time ---- */

static void plan_accept(beside *o, const char *ref)
{
	o->operation = "submission.accept";
	snprintf(o->params, sizeof(o->params), "{\"submission\":\"ref:lin/%s\"}", ref);
}

static void run_between(test_market *test, beside *o, const char *ref)
{
	beside_begin(o, test);
	accept(test, ref);
	beside_end(o, test);
	test_check_call(&o->market, o->rc, 0, NULL, __FILE__, __LINE__);
	CHECK_TEXT(state(test), "in_review");
}

static void last_two_accepted_at_once(void)
{
	test_market test;
	beside o;

	test_market_open(&test, NULL);
	TEST_CALL(&test, "seller.apply", APPLY);
	submit(&test, "terms", "t");
	submit(&test, "identity", "i");
	beside_open(&o, &test, "operator:other");
	plan_accept(&o, "i");
	run_between(&test, &o, "t");
	test_market_close(&o.market);
	test_market_close(&test);
}

static void account_named_at_once_with_the_last(void)
{
	test_market test;
	beside o;

	open_with(&test, ACCOUNT_ASKED);
	submit(&test, "terms", "t");
	submit(&test, "identity", "i");
	accept(&test, "i");
	beside_open(&o, &test, "confirmed " OWNER);
	o.operation = "payout_account.set";
	snprintf(o.params, sizeof(o.params),
	         "{\"seller\":\"ref:lin\",\"holder\":\"Lin\",\"bank\":\"001\",\"country\":\"BR\","
	         "\"account\":\"12345678\"}");
	run_between(&test, &o, "t");
	test_market_close(&o.market);
	test_market_close(&test);
}

static void *accept_in_thread(void *data)
{
	beside_call(data);
	return NULL;
}

/* Each in its own market and thread, again and again: whoever comes last passes it on. */
static void many_accepted_at_once(void)
{
	test_market test;
	beside others[2];
	pthread_t threads[2];

	test_market_open(&test, NULL);
	beside_open(&others[0], &test, "operator:one");
	beside_open(&others[1], &test, "operator:two");
	for (int round = 0; round < 20; round++) {
		char refs[2][20];

		TEST_CALL(&test, "seller.apply",
		          "{'name':'S','store_type':'individual','country':'BR','currency':'BRL',"
		          "'owner_name':'O','ref':'s%d'}",
		          round);
		for (int i = 0; i < 2; i++) {
			snprintf(refs[i], sizeof(refs[i]), "r%d", i);
			TEST_CALL(&test, "submission.create",
			          "{'seller':'ref:s%d','requirement':'%s','ref':'%s'}", round,
			          i ? "identity" : "terms", refs[i]);
			plan_accept(&others[i], refs[i]);
			snprintf(others[i].params, sizeof(others[i].params), "{\"submission\":\"ref:s%d/%s\"}",
			         round, refs[i]);
		}
		for (int i = 0; i < 2; i++)
			CU_ASSERT_FATAL(pthread_create(&threads[i], NULL, accept_in_thread, &others[i]) == 0);
		for (int i = 0; i < 2; i++) {
			pthread_join(threads[i], NULL);
			test_check_call(&others[i].market, others[i].rc, 0, NULL, __FILE__, __LINE__);
		}
		TEST_CALL(&test, "seller.get", "{'seller':'ref:s%d'}", round);
		CHECK_TEXT(test_out(&test, "state"), "in_review");
	}
	test_market_close(&others[0].market);
	test_market_close(&others[1].market);
	test_market_close(&test);
}

/* Asked in media only; books are below it. */
#define MEDIA_ONLY \
	"- key: identity\n      kind: attested", \
		"- key: identity\n      kind: attested\n      categories: [media]"
#define APPLY_IN(ref, categories) \
	"{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL','owner_name':'Lin'," \
	"'ref':'" ref "','categories':" categories "}"

static void categories_decide_what_is_asked(void)
{
	test_market test;

	open_with(&test, MEDIA_ONLY);
	TEST_CALL(&test, "category.create", "{'code':'media','name':'Media'}");
	TEST_CALL(&test, "category.create", "{'code':'books','name':'Books','parent':'ref:media'}");
	TEST_CALL(&test, "category.create", "{'code':'medi','name':'Toys'}");
	TEST_CALL(&test, "seller.get", "{'seller':'ref:lin'}");
	CHECK_TEXT(test_out(&test, "requirements.1.name"), "payout_account");
	TEST_CALL(&test, "seller.apply", APPLY_IN("m", "['media']"));
	CHECK_TEXT(test_out(&test, "requirements.1.name"), "identity");
	TEST_CALL(&test, "seller.apply", APPLY_IN("b", "['medi','books']"));
	CHECK_TEXT(test_out(&test, "requirements.1.name"), "identity");
	CHECK_TEXT(test_out(&test, "categories.0"), "medi");
	TEST_CALL(&test, "seller.apply", APPLY_IN("t", "['medi']"));
	CHECK_TEXT(test_out(&test, "requirements.1.name"), "payout_account");
	TEST_CALL(&test, "seller.get", "{'seller':'ref:b'}");
	CHECK_TEXT(test_out(&test, "requirements.1.name"), "identity");
	CHECK_TEXT(test_out(&test, "categories.1"), "books");
	test_market_close(&test);
}

static void categories_are_known_and_named_once(void)
{
	test_market test;

	test_market_open(&test, NULL);
	TEST_CALL(&test, "category.create", "{'code':'media','name':'Media'}");
	TEST_REFUSED(&test, MARKET_EINVALID, "categories", "seller.apply",
	             APPLY_IN("a", "['media','toys']"));
	TEST_REFUSED(&test, MARKET_EINVALID, "categories", "seller.apply",
	             APPLY_IN("a", "['media','media']"));
	TEST_CALL(&test, "seller.apply", APPLY_IN("a", "['media']"));
	test_market_close(&test);
}

void suite_onboarding(void);
void suite_onboarding(void)
{
	CU_pSuite suite = test_suite_on_store("onboarding");

	CU_add_test(suite, "SEL-2: a payout account that was the last open requirement passes it on",
	            account_completes_it);
	CU_add_test(suite, "SEL-2: a submission accepted after the payout account passes it on",
	            submission_after_the_account_completes_it);
	CU_add_test(suite, "SEL-11: a submission warns 30 and 7 days before, then closes its gate",
	            warned_in_time);
	CU_add_test(suite, "SEL-1: a renewed requirement asks again and suspends nobody",
	            renewed_asks_again);
	CU_add_test(suite, "SEL-1: what was accepted counts while a newer submission waits",
	            accepted_counts_beside_newer);
	CU_add_test(suite, "SEL-2: approval passes on an application of which nothing is open any more",
	            approval_passes_on_what_is_complete);
	CU_add_test(suite, "SEL-2: by policy a complete application is approved by itself",
	            approved_by_itself);
	CU_add_test(suite, "SEL-2: the last two submissions accepted at the same time pass it on",
	            last_two_accepted_at_once);
	CU_add_test(suite, "SEL-2: an account named while the last submission is accepted passes it on",
	            account_named_at_once_with_the_last);
	CU_add_test(suite, "SEL-2: two operators accept side by side, twenty times over",
	            many_accepted_at_once);
	CU_add_test(suite, "SEL-1: a requirement of a category is asked there and below it only",
	            categories_decide_what_is_asked);
	CU_add_test(suite, "SEL-1: an applicant's categories are known ones, each named once",
	            categories_are_known_and_named_once);
}
