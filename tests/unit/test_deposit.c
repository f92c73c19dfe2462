/* SEL-4: many draw on one deposit at once. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "tests/unit/market_fixture.h"

enum { DRAWS = 12, LODGED = 5 };

typedef struct caller {
	market_session *session;
	int rc;
	market_error err;
} caller;

static void *draw(void *data)
{
	caller *c = data;

	do {
		c->rc = market_call(c->session, "deposit.draw",
		                    "{\"seller\":\"ref:lin\",\"amount\":{\"amount\":\"1.00\",\"currency\":"
		                    "\"BRL\"},\"reason\":\"late\"}",
		                    NULL, &c->err);
	} while (c->rc == MARKET_ECONFLICT || c->rc == MARKET_EBUSY);
	return NULL;
}

static market_time same_clock(void *user_data)
{
	return ((const test_market *)user_data)->now;
}

static void never_more_than_lodged(void)
{
	test_market test;
	static caller callers[DRAWS];
	const market_actor actor = {
		.kind = MARKET_ACTOR_OPERATOR, .name = "many", .rights = MARKET_RIGHT_ALL};
	pthread_t threads[DRAWS];
	market *other = NULL;
	market_options options = MARKET_OPTIONS_INIT;
	market_error err;
	int drawn = 0;

	test_market_open(&test, NULL);
	TEST_CALL(&test, "seller.apply",
	          "{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'Lin','ref':'lin'}");
	TEST_CALL(&test, "deposit.pay",
	          "{'seller':'ref:lin','amount':{'amount':'%d.00','currency':'BRL'}}", LODGED);
	options.clock = same_clock;
	options.user_data = &test;
	CHECK_OK_FATAL(market_open(test.url, &options, &other, &err));
	for (int i = 0; i < DRAWS; i++)
		CHECK_OK_FATAL(
			market_session_open(i % 2 ? other : test.market, &actor, &callers[i].session, &err));
	for (int i = 0; i < DRAWS; i++)
		CU_ASSERT_FATAL(pthread_create(&threads[i], NULL, draw, &callers[i]) == 0);
	for (int i = 0; i < DRAWS; i++) {
		pthread_join(threads[i], NULL);
		if (callers[i].rc != 0)
			CHECK_INT(callers[i].rc, MARKET_EFUNDS);
		drawn += callers[i].rc == 0;
		market_session_close(callers[i].session);
	}
	CHECK_INT(drawn, LODGED);
	TEST_CALL(&test, "deposit.get", "{'seller':'ref:lin'}");
	CHECK_TEXT(test_out(&test, "balance"), "0.00");
	TEST_CALL(&test, "deposit.list", "{'seller':'ref:lin'}");
	/* of one time, in any order */
	CU_ASSERT(test_out(&test, "items.5.kind")[0] != '\0');
	CHECK_TEXT(test_out(&test, "items.6.kind"), "");
	market_close(other);
	test_market_close(&test);
}

void suite_deposit(void);
void suite_deposit(void)
{
	CU_pSuite suite = test_suite_on_store("deposit");

	CU_add_test(suite, "SEL-4: penalties drawn at once take what is lodged and no more",
	            never_more_than_lodged);
}
