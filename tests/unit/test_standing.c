/* SEL-7, BUY-1, CAT-5: points, at the same time too, and what hangs on them. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "tests/unit/market_fixture.h"

#define DAY INT64_C(86400000)
#define SEE_STANDING "standing.get", "{'seller':'ref:lin'}"

static void open_seller(test_market *test, const char *policy)
{
	test_market_open(test, policy);
	TEST_CALL(test, "seller.apply",
	          "{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'Lin','ref':'lin','owner_ref':'lin-owner'}");
	TEST_CALL(test, "seller.approve", "{'seller':'ref:lin','waiver':'known'}");
	TEST_CALL(test, "buyer.create", "{'name':'Ana','ref':'ana'}");
}

static void record(test_market *test, const char *type, char id[40])
{
	TEST_CALL(test, "violation.record", "{'seller':'ref:lin','type':'%s'}", type);
	if (id)
		snprintf(id, 40, "%s", test_out(test, "id"));
}

static void withdraw(test_market *test, const char *id)
{
	TEST_CALL(test, "violation.decide",
	          "{'violation':'%s','decision':'withdraw','reason':'mistaken'}", id);
}

static void check_state(test_market *test, const char *state, const char *reason)
{
	TEST_CALL(test, "seller.get", "{'seller':'ref:lin'}");
	CHECK_TEXT(test_out(test, "state"), state);
	CHECK_TEXT(test_out(test, "reason"), reason);
}

/* ---- at the same time ---- */

typedef struct caller {
	market_session *session;
	int rc;
	market_error err;
} caller;

static void *record_in_thread(void *data)
{
	caller *c = data;

	do {
		c->rc =
			market_call(c->session, "violation.record",
		                "{\"seller\":\"ref:lin\",\"type\":\"false_description\"}", NULL, &c->err);
	} while (c->rc == MARKET_ECONFLICT || c->rc == MARKET_EBUSY);
	return NULL;
}

static void two_at_once_pass_a_threshold(void)
{
	const market_actor anybody = {.kind = MARKET_ACTOR_ANONYMOUS};
	caller callers[2];
	pthread_t threads[2];
	test_market test;
	market_error err;

	open_seller(&test, NULL);
	for (int i = 0; i < 2; i++) {
		CHECK_OK_FATAL(market_session_open(test.market, &anybody, &callers[i].session, &err));
		CHECK_OK_FATAL(market_session_act_as_text(callers[i].session, "operator:test", &err));
	}
	for (int i = 0; i < 2; i++)
		CU_ASSERT_FATAL(pthread_create(&threads[i], NULL, record_in_thread, &callers[i]) == 0);
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		CHECK_INT(callers[i].rc, 0);
		market_session_close(callers[i].session);
	}
	TEST_CALL(&test, SEE_STANDING);
	CHECK_TEXT(test_out(&test, "points"), "12");
	CHECK_TEXT(test_out(&test, "actions.0.action"), "listing_block");
	test_market_close(&test);
}

/* ---- decisions ---- */

static void withdrawn_points_are_gone(void)
{
	char first[40], second[40], third[40];
	test_market test;

	open_seller(&test, NULL);
	record(&test, "bypassing", first);
	test_advance(&test, 2 * DAY);
	record(&test, "false_description", second);
	TEST_CALL(&test, SEE_STANDING);
	CHECK_TEXT(test_out(&test, "actions.0.since"), "2026-01-05T00:00:00.000Z");
	CHECK_TEXT(test_out(&test, "actions.0.until"), "2026-01-14T00:00:00.000Z");
	/* the action that the second prolonged is the first's again, and ends with it */
	withdraw(&test, second);
	TEST_CALL(&test, SEE_STANDING);
	CHECK_TEXT(test_out(&test, "points"), "12");
	CHECK_TEXT(test_out(&test, "actions.0.until"), "2026-01-12T00:00:00.000Z");
	CHECK_TEXT(test_out(&test, "actions.0.violation"), first);
	record(&test, "false_description", third);
	withdraw(&test, first);
	TEST_CALL(&test, SEE_STANDING);
	CHECK_TEXT(test_out(&test, "points"), "6");
	CHECK_TEXT(test_out(&test, "actions.0.action"), "");
	test_market_close(&test);
}

static void an_operators_suspension_stays(void)
{
	char first[40], second[40];
	test_market test;

	open_seller(&test, NULL);
	TEST_CALL(&test, "seller.suspend", "{'seller':'ref:lin','reason':'review'}");
	record(&test, "counterfeit", first);
	check_state(&test, "suspended", "review");
	TEST_CALL(&test, SEE_STANDING);
	CHECK_TEXT(test_out(&test, "actions.3.action"), "");
	withdraw(&test, first);
	check_state(&test, "suspended", "review");
	TEST_CALL(&test, "seller.reinstate", "{'seller':'ref:lin','reason':'cleared'}");
	record(&test, "counterfeit", first);
	check_state(&test, "suspended", "penalty_points");
	/* an operator's word ends it; nothing but a new violation begins it again */
	TEST_CALL(&test, "seller.reinstate", "{'seller':'ref:lin','reason':'heard'}");
	record(&test, "late_shipment", second);
	check_state(&test, "suspended", "penalty_points");
	withdraw(&test, second);
	check_state(&test, "suspended", "penalty_points");
	withdraw(&test, first);
	check_state(&test, "approved", "penalty_points_undone");
	test_market_close(&test);
}

static void a_suspension_ends_with_its_time(void)
{
	char first[40], second[40];
	test_market test;

	open_seller(&test, NULL);
	record(&test, "counterfeit", first);
	test_advance(&test, DAY);
	record(&test, "late_shipment", second);
	withdraw(&test, second);
	test_advance(&test, 89 * DAY - 1);
	check_state(&test, "suspended", "penalty_points");
	test_advance(&test, 1);
	check_state(&test, "approved", "penalty_points_over");
	test_advance(&test, 275 * DAY);
	TEST_CALL(&test, "violation.get", "{'violation':'%s'}", first);
	CHECK_TEXT(test_out(&test, "state"), "expired");
	TEST_REFUSED(&test, MARKET_ESTATE, "violation", "violation.decide",
	             "{'violation':'%s','decision':'withdraw','reason':'late'}", first);
	test_act_as(&test, "system");
	TEST_REFUSED(&test, MARKET_ESTATE, "violation", "violation.expire", "{'violation':'%s'}",
	             second);
	test_market_close(&test);
}

static void the_window_has_an_end(void)
{
	test_market test;

	open_seller(&test, NULL);
	record(&test, "false_description", NULL);
	test_advance(&test, 365 * DAY - 1);
	TEST_CALL(&test, SEE_STANDING);
	CHECK_TEXT(test_out(&test, "points"), "6");
	test_advance(&test, 1);
	TEST_CALL(&test, SEE_STANDING);
	CHECK_TEXT(test_out(&test, "points"), "0");
	record(&test, "false_description", NULL);
	TEST_CALL(&test, SEE_STANDING);
	CHECK_TEXT(test_out(&test, "actions.0.action"), "");
	test_market_close(&test);
}

static void an_appeal_has_a_time(void)
{
	char id[40];
	test_market test;

	open_seller(&test, NULL);
	record(&test, "late_shipment", id);
	test_act_as(&test, "member:ref:lin-owner");
	test_advance(&test, 15 * DAY);
	TEST_REFUSED(&test, MARKET_EEXPIRED, "violation", "violation.appeal",
	             "{'violation':'%s','statement':'No'}", id);
	test_act_as(&test, "operator:test");
	record(&test, "late_shipment", id);
	test_advance(&test, 15 * DAY - 1);
	test_act_as(&test, "member:ref:lin-owner");
	TEST_CALL(&test, "violation.appeal", "{'violation':'%s','statement':'No'}", id);
	test_market_close(&test);
}

/* ---- who judges ---- */

static void act_with(test_market *test, uint32_t rights)
{
	const market_actor actor = {.kind = MARKET_ACTOR_OPERATOR, .name = "test", .rights = rights};

	CU_ASSERT_FATAL(market_session_act_as(test->session, &actor, &test->err) == 0);
}

static void judges_have_the_right(void)
{
	char of_seller[40], of_buyer[40];
	test_market test;

	open_seller(&test, NULL);
	record(&test, "late_shipment", of_seller);
	TEST_CALL(&test, "violation.record", "{'buyer':'ref:ana','type':'refund_abuse'}");
	snprintf(of_buyer, sizeof(of_buyer), "%s", test_out(&test, "id"));
	act_with(&test, MARKET_RIGHT_BUYERS);
	TEST_REFUSED(&test, MARKET_EDENIED, "seller", "violation.record",
	             "{'seller':'ref:lin','type':'late_shipment'}");
	TEST_REFUSED(&test, MARKET_EDENIED, "violation", "violation.decide",
	             "{'violation':'%s','decision':'withdraw','reason':'r'}", of_seller);
	withdraw(&test, of_buyer);
	act_with(&test, MARKET_RIGHT_SELLERS);
	TEST_REFUSED(&test, MARKET_EDENIED, "buyer", "violation.record",
	             "{'buyer':'ref:ana','type':'refund_abuse'}");
	TEST_REFUSED(&test, MARKET_EDENIED, "violation", "violation.decide",
	             "{'violation':'%s','decision':'withdraw','reason':'r'}", of_buyer);
	withdraw(&test, of_seller);
	test_market_close(&test);
}

static void a_limit_says_why(void)
{
	test_market test;

	open_seller(&test, NULL);
	TEST_CALL(&test, "violation.record", "{'buyer':'ref:ana','type':'fraud'}");
	TEST_REFUSED(&test, MARKET_ELIMITED, "buyer", "order.place",
	             "{'buyer':'ref:ana','currency':'BRL','items':[{'sku':'sku_1','quantity':1}]}");
	CHECK_TEXT(test.err.message, "the buyer may not order until 2026-04-05T00:00:00.000Z");
	CHECK_TEXT(test.err.detail,
	           "The violation fraud brought the points to 24. An order was placed to deceive.");
	test_market_close(&test);
}

/* ---- what is stored ---- */

static void damage_is_found(void)
{
	static const char *const texts[] = {"0 1 2 3 4 5 x\n", "8 1 2 3 4 5 x\n", "1 2 3 4 5\n6 x\n",
	                                    "1 2 3 4 5 6 x", "1 2 3 4 5 6x\n"};
	char sql[100];
	test_market test;

	open_seller(&test, NULL);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		snprintf(sql, sizeof(sql), "UPDATE seller SET standing = '%s'", texts[i]);
		CU_ASSERT_FATAL(mk_store_execute_text(test.market->store, sql, &test.err) == 0);
		TEST_REFUSED(&test, MARKET_ECORRUPT, "", SEE_STANDING);
	}
	test_market_close(&test);
}

/* ---- CAT-5 ---- */

static void a_price_is_a_violation(void)
{
	test_market test;
	char sku[40];

	open_seller(&test, NULL);
	TEST_CALL(&test, "category.create", "{'code':'shoes','name':'Shoes'}");
	TEST_CALL(&test, "brand.create", "{'code':'acme','name':'Acme','ref':'acme'}");
	TEST_CALL(&test, "product.create",
	          "{'category':'ref:shoes','ref':'runner','title':'Runner','brand':'acme'}");
	TEST_CALL(&test, "product.publish", "{'product':'ref:runner'}");
	TEST_CALL(
		&test, "authorisation.create",
		"{'seller':'ref:lin','brand':'ref:acme','ref':'a','chain':[{'from':'Acme','to':'Lin'}]}");
	TEST_CALL(&test, "authorisation.accept", "{'authorisation':'ref:lin/a'}");
	TEST_CALL(&test, "price_rule.set",
	          "{'brand':'ref:acme','product':'ref:runner','currency':'BRL',"
	          "'floor':{'amount':'10.00','currency':'BRL'},'breach':'violation'}");
	test_act_as(&test, "member:ref:lin-owner");
	TEST_CALL(&test, "offer.create",
	          "{'seller':'ref:lin','ref':'o','product':'ref:runner',"
	          "'skus':[{'ref':'m','price':{'amount':'9.99','currency':'BRL'}}]}");
	snprintf(sku, sizeof(sku), "%s", test_out(&test, "skus.0.id"));
	TEST_CALL(&test, "offer.activate", "{'offer':'ref:o'}");
	test_act_as(&test, "operator:test");
	record(&test, "bypassing", NULL);
	test_advance(&test, DAY);
	test_act_as(&test, "member:ref:lin-owner");
	for (int i = 0; i < 2; i++)
		TEST_CALL(&test, "offer.update",
		          "{'offer':'ref:o','prices':[{'sku':'%s','price':{'amount':'9.9%d',"
		          "'currency':'BRL'}}]}",
		          sku, i);
	TEST_CALL(&test, "offer.update",
	          "{'offer':'ref:o','prices':[{'sku':'%s','price':{'amount':'10.00',"
	          "'currency':'BRL'}}]}",
	          sku);
	TEST_CALL(&test, SEE_STANDING);
	CHECK_TEXT(test_out(&test, "points"), "24");
	CHECK_TEXT(test_out(&test, "actions.1.action"), "search_demotion");
	CHECK_TEXT(test_out(&test, "actions.1.since"), "2026-01-05T00:00:00.000Z");
	CHECK_TEXT(test_out(&test, "actions.1.until"), "2026-01-13T00:00:00.000Z");
	CHECK_TEXT(test_out(&test, "actions.2.since"), "2026-01-06T00:00:00.000Z");
	TEST_CALL(&test, "violation.list", "{'seller':'ref:lin'}");
	CHECK_TEXT(test_out(&test, "items.0.type"), "one_price");
	CHECK_TEXT(test_out(&test, "items.0.note"), "sku m: 9.99 BRL");
	CHECK_TEXT(test_out(&test, "items.3.type"), "one_price");
	CHECK_TEXT(test_out(&test, "items.4.type"), "");
	test_market_close(&test);
}

/* ---- the policy ---- */

static void the_policy_is_checked(void)
{
	static const struct {
		const char *text, *instead, *message;
	} cases[] = {
		{"key: bypassing,", "key: late_shipment,", "violation late_shipment stands twice"},
		{"action: suspension,", "action: no_order,", "no_order isn't an action against sellers"},
		{"action: no_order,", "action: suspension,", "suspension isn't an action against buyers"},
		{", rate: 20%}", "}", "payout_reserve needs a rate"},
		{"action: suspension, duration: 90d}", "action: suspension, duration: 90d, rate: 1%}",
	     "suspension takes no rate"},
		{"price_breach: one_price", "price_breach: fraud", "sellers have no violation fraud"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *policy = test_policy_with(cases[i].text, cases[i].instead);
		market_policy_error errors[4];
		size_t count = 0;

		CHECK_INT(market_policy_check(policy, strlen(policy), errors, 4, &count, NULL),
		          MARKET_EPOLICY);
		CHECK_TEXT(count > 0 ? errors[0].message : "", cases[i].message);
		free(policy);
	}
}

static void a_breach_needs_its_violation(void)
{
	char *policy = test_policy_with("  price_breach: one_price\n", "");
	test_market test;

	open_seller(&test, policy);
	TEST_CALL(&test, "category.create", "{'code':'shoes','name':'Shoes'}");
	TEST_CALL(&test, "brand.create", "{'code':'acme','name':'Acme','ref':'acme'}");
	TEST_CALL(&test, "product.create",
	          "{'category':'ref:shoes','ref':'runner','title':'Runner','brand':'acme'}");
	TEST_REFUSED(&test, MARKET_EINVALID, "breach", "price_rule.set",
	             "{'brand':'ref:acme','product':'ref:runner','currency':'BRL',"
	             "'breach':'violation'}");
	free(policy);
	test_market_close(&test);
}

static void a_newer_policy_begins_nothing(void)
{
	char *policy = test_policy_with("{points: 12, action: listing_block, duration: 7d}",
	                                "{points: 2, action: listing_block, duration: 99d}");
	char first[40], *json;
	test_market test;
	json_t *params;

	open_seller(&test, NULL);
	record(&test, "false_description", NULL);
	record(&test, "late_shipment", first);
	params = json_pack("{s:s}", "text", policy);
	json = json_dumps(params, 0);
	CU_ASSERT_FATAL(market_call(test.session, "policy.publish", json, NULL, &test.err) == 0);
	withdraw(&test, first);
	TEST_CALL(&test, SEE_STANDING);
	CHECK_TEXT(test_out(&test, "points"), "6");
	CHECK_TEXT(test_out(&test, "actions.0.action"), "");
	record(&test, "late_shipment", NULL);
	TEST_CALL(&test, SEE_STANDING);
	CHECK_TEXT(test_out(&test, "actions.0.action"), "listing_block");
	free(json);
	json_decref(params);
	free(policy);
	test_market_close(&test);
}

void suite_standing(void);
void suite_standing(void)
{
	CU_pSuite suite = test_suite_on_store("standing");

	CU_add_test(suite, "SEL-7: of violations at the same time each counts",
	            two_at_once_pass_a_threshold);
	CU_add_test(suite, "SEL-7: withdrawn points are as if they had never been",
	            withdrawn_points_are_gone);
	CU_add_test(suite, "SEL-7: points end no suspension but their own",
	            an_operators_suspension_stays);
	CU_add_test(suite, "SEL-7: a suspension by points ends with its time",
	            a_suspension_ends_with_its_time);
	CU_add_test(suite, "SEL-7: points count for a year, not a millisecond longer",
	            the_window_has_an_end);
	CU_add_test(suite, "SEL-7: an appeal is made within 15 days", an_appeal_has_a_time);
	CU_add_test(suite, "BUY-1: sellers and buyers are judged by those with the right",
	            judges_have_the_right);
	CU_add_test(suite, "BUY-1: a limit says why and until when", a_limit_says_why);
	CU_add_test(suite, "SEL-7: actions that can't be read are damage", damage_is_found);
	CU_add_test(suite, "CAT-5: a price that a brand doesn't allow gives points",
	            a_price_is_a_violation);
	CU_add_test(suite, "CAT-5: a breach is a violation only where the policy says which",
	            a_breach_needs_its_violation);
	CU_add_test(suite, "SEL-7: thresholds of the policy fit their parties", the_policy_is_checked);
	CU_add_test(suite, "SEL-7: a withdrawal begins nothing under a newer policy",
	            a_newer_policy_begins_nothing);
}
