/* SEL-6: what an agency's people do for sellers. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "tests/unit/market_fixture.h"

static void open_agency(test_market *test)
{
	test_market_open(test, NULL);
	TEST_CALL(test, "seller.apply",
	          "{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'Lin','ref':'lin','owner_ref':'lin-owner'}");
	TEST_CALL(test, "agency.create", "{'name':'Help','country':'BR','ref':'help'}");
	TEST_CALL(test, "agency.member.add",
	          "{'agency':'ref:help','name':'Max','ref':'max','manager':true}");
}

/* `rights` begins with a comma, or is empty. */
static void grant(test_market *test, const char *rights, char id[40])
{
	test_act_as(test, "confirmed member:ref:lin-owner");
	TEST_CALL(test, "delegation.grant",
	          "{'seller':'ref:lin','agency':'ref:help','valid_to':'2026-02-05T00:00:00Z'%s}",
	          rights);
	snprintf(id, 40, "%s", test_out(test, "id"));
}

static void add_warehouse(test_market *test, const char *actor, const char *name)
{
	test_act_as(test, actor);
	TEST_CALL(test, "warehouse.create", "{'seller':'ref:lin','name':'%s','key':'%s'}", name, name);
}

static void acts_are_recorded(void)
{
	test_market test;
	char first[40], second[40], max[60];

	open_agency(&test);
	snprintf(max, sizeof(max), "member:%s", test_out(&test, "id"));
	grant(&test, ",'fulfilment':true", first);
	add_warehouse(&test, "member:ref:max", "one");
	test_act_as(&test, "member:ref:max");
	TEST_REFUSED(&test, MARKET_EDENIED, "", "member.create",
	             "{'seller':'ref:lin','name':'N','role':'viewer'}");
	grant(&test, ",'fulfilment':true,'support':true", second);
	add_warehouse(&test, "member:ref:max", "two");
	add_warehouse(&test, "member:ref:lin-owner", "three");
	TEST_CALL(&test, "delegation.audit", "{'delegation':'%s'}", first);
	CHECK_TEXT(test_out(&test, "items.0.operation"), "warehouse.create");
	CHECK_TEXT(test_out(&test, "items.0.actor"), max);
	CHECK_TEXT(test_out(&test, "items.1.actor"), max);
	CHECK_TEXT(test_out(&test, "items.2.actor"), "");
	TEST_CALL(&test, "delegation.audit", "{'delegation':'%s','limit':1}", second);
	CHECK_TEXT(test_out(&test, "items.0.actor"), max);
	CHECK_TEXT(test_out(&test, "items.1.actor"), "");
	CU_ASSERT(test_out(&test, "next")[0] != '\0');
	test_market_close(&test);
}

static void ends_at_its_time(void)
{
	test_market test;
	char id[40];

	open_agency(&test);
	grant(&test, "", id);
	test_act_as(&test, "member:ref:max");
	test.now = TEST_START + 31 * INT64_C(86400000) - 1;
	TEST_CALL(&test, "seller.get", "{'seller':'ref:lin'}");
	test.now++;
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "seller", "seller.get", "{'seller':'ref:lin'}");
	test_act_as(&test, "member:ref:lin-owner");
	TEST_REFUSED(&test, MARKET_EINVALID, "valid_to", "delegation.grant",
	             "{'seller':'ref:lin','agency':'ref:help','valid_to':'2026-02-05T00:00:00Z'}");
	TEST_CALL(&test, "delegation.grant",
	          "{'seller':'ref:lin','agency':'ref:help','valid_to':'2026-02-05T00:00:00.001Z'}");
	test_act_as(&test, "member:ref:max");
	TEST_CALL(&test, "seller.get", "{'seller':'ref:lin'}");
	test_market_close(&test);
}

static void keys_answer_no_more(void)
{
	test_market test;
	char id[40];

	open_agency(&test);
	grant(&test, ",'fulfilment':true", id);
	add_warehouse(&test, "member:ref:max", "one");
	add_warehouse(&test, "member:ref:max", "one");
	CU_ASSERT_TRUE(market_session_replayed(test.session));
	test_act_as(&test, "operator:test");
	TEST_CALL(&test, "delegation.revoke", "{'delegation':'%s'}", id);
	test_act_as(&test, "member:ref:max");
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "seller", "warehouse.create",
	             "{'seller':'ref:lin','name':'one','key':'one'}");
	test_market_close(&test);
}

/* ---- finance ---- */

static void finance_is_confirmed(void)
{
	test_market test;
	char id[40];

	open_agency(&test);
	test_act_as(&test, "confirmed 2026-01-04T23:44:59Z member:ref:lin-owner");
	TEST_REFUSED(&test, MARKET_EUNCONFIRMED, "", "delegation.grant",
	             "{'seller':'ref:lin','agency':'ref:help','valid_to':'2026-02-05T00:00:00Z',"
	             "'finance':true}");
	TEST_CALL(&test, "delegation.grant",
	          "{'seller':'ref:lin','agency':'ref:help','valid_to':'2026-02-05T00:00:00Z'}");
	grant(&test, ",'finance':true", id);
	test_act_as(&test, "confirmed member:ref:max");
	TEST_CALL(&test, "balance.get", "{'seller':'ref:lin','currency':'BRL'}");
	TEST_REFUSED(&test, MARKET_EDENIED, "", "payout_account.set",
	             "{'seller':'ref:lin','holder':'Max','bank':'1','country':'BR','account':'1'}");
	test_market_close(&test);
}

/* ---- reads ---- */

static void count_reads(const mk_trace *trace, void *user_data)
{
	if (strstr(trace->statement->sql, "delegation ") || strstr(trace->statement->sql, "agency"))
		(*(int *)user_data)++;
}

static void ordinary_actors_pay_nothing(void)
{
	test_market test;
	char id[40];
	int reads = 0;

	open_agency(&test);
	grant(&test, "", id);
	mk_store_set_trace(test.market->store, count_reads, &reads);
	test_act_as(&test, "member:ref:lin-owner");
	TEST_CALL(&test, "seller.get", "{'seller':'ref:lin'}");
	test_act_as(&test, "operator:test");
	TEST_CALL(&test, "seller.get", "{'seller':'ref:lin'}");
	CHECK_INT(reads, 0);
	test_act_as(&test, "member:ref:max");
	TEST_CALL(&test, "seller.get", "{'seller':'ref:lin'}");
	CHECK_INT(reads, 2);
	mk_store_set_trace(test.market->store, NULL, NULL);
	test_market_close(&test);
}

/* ---- at the same time ---- */

typedef struct caller {
	market_session *session;
	int rc;
	market_error err;
} caller;

static void *grant_in_thread(void *data)
{
	caller *c = data;

	do {
		c->rc = market_call(c->session, "delegation.grant",
		                    "{\"seller\":\"ref:lin\",\"agency\":\"ref:help\",\"valid_to\":"
		                    "\"2026-02-05T00:00:00Z\"}",
		                    NULL, &c->err);
	} while (c->rc == MARKET_ECONFLICT || c->rc == MARKET_EBUSY);
	return NULL;
}

enum { GRANTS = 6 };

static void one_grant_counts(void)
{
	const market_actor anybody = {.kind = MARKET_ACTOR_ANONYMOUS};
	caller callers[GRANTS];
	pthread_t threads[GRANTS];
	test_market test;
	market_error err;
	int current = 0;

	open_agency(&test);
	for (int i = 0; i < GRANTS; i++) {
		CHECK_OK_FATAL(market_session_open(test.market, &anybody, &callers[i].session, &err));
		CHECK_OK_FATAL(
			market_session_act_as_text(callers[i].session, "member:ref:lin-owner", &err));
	}
	for (int i = 0; i < GRANTS; i++)
		CU_ASSERT_FATAL(pthread_create(&threads[i], NULL, grant_in_thread, &callers[i]) == 0);
	for (int i = 0; i < GRANTS; i++) {
		pthread_join(threads[i], NULL);
		CHECK_INT(callers[i].rc, 0);
		market_session_close(callers[i].session);
	}
	TEST_CALL(&test, "delegation.list", "{'seller':'ref:lin'}");
	for (int i = 0; i < GRANTS; i++) {
		char path[40];

		snprintf(path, sizeof(path), "items.%d.id", i);
		CU_ASSERT(test_out(&test, path)[0] != '\0');
		snprintf(path, sizeof(path), "items.%d.ended_by", i);
		current += test_out(&test, path)[0] == '\0';
	}
	CHECK_INT(current, 1);
	test_market_close(&test);
}

void suite_agency(void);
void suite_agency(void)
{
	CU_pSuite suite = test_suite_on_store("agency");

	CU_add_test(suite, "SEL-6: what an agency's people do for a seller is listed, by person",
	            acts_are_recorded);
	CU_add_test(suite, "SEL-6: a delegation ends at its time, and may be granted again",
	            ends_at_its_time);
	CU_add_test(suite, "SEL-6: after a revocation an agency's keys answer no more",
	            keys_answer_no_more);
	CU_add_test(suite, "SEL-6: finance is delegated with a fresh confirmation, the account never",
	            finance_is_confirmed);
	CU_add_test(suite, "SEL-6: delegations are read for agencies' people alone",
	            ordinary_actors_pay_nothing);
	CU_add_test(suite, "SEL-6: of grants at the same time one counts", one_grant_counts);
}
