/* SEL-6: who acts for a seller, and who no more. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/party/party.h"
#include "tests/unit/market_fixture.h"

enum { ROUNDS = 8 };

static void open_seller(test_market *test)
{
	test_market_open(test, NULL);
	TEST_CALL(test, "seller.apply",
	          "{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'Lin','ref':'lin','owner_ref':'lin-owner'}");
}

static void add_member(test_market *test, const char *ref, const char *role)
{
	TEST_CALL(test, "member.create", "{'seller':'ref:lin','name':'%s','ref':'%s','role':'%s'}", ref,
	          ref, role);
}

/* ---- the table ---- */

static char *read_page(const char *path)
{
	char name[4200];
	char *text = calloc(1, 65536);
	FILE *file;

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	snprintf(name, sizeof(name), "%s/%s", test_source_dir(), path);
	file = fopen(name, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT(fread(text, 1, 65535, file) > 0);
	fclose(file);
	return text;
}

static void table_is_documented(void)
{
	static const uint32_t columns[] = {MK_CAN_OWN,       MK_CAN_FINANCE,    MK_CAN_PAYOUT_ACCOUNT,
	                                   MK_CAN_CATALOGUE, MK_CAN_FULFILMENT, MK_CAN_SUPPORT,
	                                   MK_CAN_VIEW};
	char *page = read_page("docs/concepts/sellers.md");

	for (int32_t role = MARKET_ROLE_OWNER; role <= MARKET_ROLE_VIEWER; role++) {
		char line[200];
		size_t n =
			(size_t)snprintf(line, sizeof(line), "\n| %s |", mk_enum_name(&mk_role_enum, role));

		for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
			n += (size_t)snprintf(line + n, sizeof(line) - n, " %s |",
			                      mk_role_permissions(role) & columns[i] ? "yes" : "-");
		snprintf(line + n, sizeof(line) - n, "\n");
		CU_ASSERT_PTR_NOT_NULL(strstr(page, line));
	}
	CHECK_INT(mk_role_permissions(0), 0);
	CHECK_INT(mk_role_permissions(MARKET_ROLE_VIEWER + 1), 0);
	free(page);
}

/* ---- removal ---- */

static void session_of_a_removed_member(void)
{
	test_market test;
	market_session *session = NULL;
	market_actor actor = {.kind = MARKET_ACTOR_MEMBER};
	market_error err;

	open_seller(&test);
	add_member(&test, "vi", "viewer");
	CU_ASSERT_TRUE(market_id_parse(MARKET_ID_MEMBER, test_out(&test, "id"), &actor.id));
	CHECK_OK_FATAL(market_session_open(test.market, &actor, &session, &err));
	CHECK_OK(market_call(session, "seller.get", "{\"seller\":\"ref:lin\"}", NULL, &err));
	TEST_CALL(&test, "member.remove", "{'member':'ref:vi'}");
	CHECK_TEXT(test_out(&test, "removed_at"), "2026-01-05T00:00:00.000Z");
	CHECK_INT(market_call(session, "seller.get", "{\"seller\":\"ref:lin\"}", NULL, &err),
	          MARKET_ENOTFOUND);
	CHECK_INT(market_call(session, "order.list", "{}", NULL, &err), MARKET_EDENIED);
	market_session_close(session);
	test_market_close(&test);
}

static void answers_of_a_removed_member(void)
{
	test_market test;

	open_seller(&test);
	add_member(&test, "two", "owner");
	test_act_as(&test, "member:ref:two");
	TEST_CALL(&test, "member.create", "{'seller':'ref:lin','name':'N','role':'viewer','key':'k'}");
	test_act_as(&test, "operator:test");
	TEST_CALL(&test, "member.remove", "{'member':'ref:two'}");
	test_act_as(&test, "member:ref:two");
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "seller", "member.create",
	             "{'seller':'ref:lin','name':'N','role':'viewer','key':'k'}");
	test_market_close(&test);
}

/* ---- two owners at the same time ---- */

typedef struct caller {
	market_session *session;
	const char *operation;
	char params[80];
	int rc;
	market_error err;
} caller;

static void *call_in_thread(void *data)
{
	caller *c = data;

	do {
		c->rc = market_call(c->session, c->operation, c->params, NULL, &c->err);
	} while (c->rc == MARKET_ECONFLICT || c->rc == MARKET_EBUSY);
	return NULL;
}

static int owners_of(test_market *test, const char *seller)
{
	int owners = 0;

	TEST_CALL(test, "member.list", "{'seller':'ref:%s'}", seller);
	for (int i = 0; i < 2; i++) {
		char path[40];

		snprintf(path, sizeof(path), "items.%d.role", i);
		owners += strcmp(test_out(test, path), "owner") == 0;
	}
	return owners;
}

/* Each takes the ownership from the other. */
static void race(test_market *test, int round, bool by_themselves)
{
	caller callers[2] = {{.operation = "member.remove"},
	                     {.operation = round % 2 ? "member.remove" : "member.update"}};
	const market_actor anybody = {.kind = MARKET_ACTOR_ANONYMOUS};
	pthread_t threads[2];
	market_error err;
	char seller[20];

	snprintf(seller, sizeof(seller), "s%d", round);
	TEST_CALL(test, "seller.apply",
	          "{'name':'%s','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'O','ref':'%s','owner_ref':'%s-0'}",
	          seller, seller, seller);
	TEST_CALL(test, "member.create", "{'seller':'ref:%s','name':'T','ref':'%s-1','role':'owner'}",
	          seller, seller);
	for (int i = 0; i < 2; i++) {
		char actor[40] = "operator:race";

		if (by_themselves)
			snprintf(actor, sizeof(actor), "member:ref:%s-%d", seller, i);
		snprintf(callers[i].params, sizeof(callers[i].params), "{\"member\":\"ref:%s-%d\"%s}",
		         seller, 1 - i, i == 1 && round % 2 == 0 ? ",\"role\":\"viewer\"" : "");
		CHECK_OK_FATAL(market_session_open(test->market, &anybody, &callers[i].session, &err));
		CHECK_OK_FATAL(market_session_act_as_text(callers[i].session, actor, &err));
	}
	for (int i = 0; i < 2; i++)
		CU_ASSERT_FATAL(pthread_create(&threads[i], NULL, call_in_thread, &callers[i]) == 0);
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		market_session_close(callers[i].session);
	}
	CHECK_INT((callers[0].rc == 0) + (callers[1].rc == 0), 1);
	CHECK_INT(owners_of(test, seller), 1);
}

static void one_owner_stays(void)
{
	test_market test;

	test_market_open(&test, NULL);
	for (int round = 0; round < ROUNDS; round++)
		race(&test, round, round % 4 < 2);
	test_market_close(&test);
}

void suite_member(void);
void suite_member(void)
{
	CU_pSuite suite = test_suite_on_store("member");

	CU_add_test(suite, "SEL-6: the page's table is the one in the code", table_is_documented);
	CU_add_test(suite, "SEL-6: a session of a member that was removed is refused",
	            session_of_a_removed_member);
	CU_add_test(suite, "SEL-6: a removed member's keys answer no more",
	            answers_of_a_removed_member);
	CU_add_test(suite, "SEL-6: of two owners who remove each other at once, one stays",
	            one_owner_stays);
}
