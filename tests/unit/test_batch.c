/* Many operations in one call: independent ones, linked ones, and what they meet. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/engine/market.h"
#include "libmarket/store/driver.h"
#include "tests/unit/batch_fixture.h"

void suite_batch(void);

static const mk_driver *real;
static mk_driver counting;
static int n_commits, left, kept; /* commits that lose their answer, and those of them that count */

static int count_commit(mk_store *store, market_error *err)
{
	bool takes_effect = kept > 0;
	int rc;

	n_commits++;
	if (left == 0)
		return real->commit(store, err);
	left--;
	kept -= takes_effect;
	rc = takes_effect ? real->commit(store, err) : 0;
	if (!takes_effect)
		real->rollback(store);
	return rc != 0 ? rc : mk_error_set(err, MARKET_EUNKNOWN, "lost");
}

static void open_counting(test_market *test)
{
	test_market_open(test, NULL);
	batch_start();
	real = test->market->store->driver;
	counting = *real;
	counting.commit = count_commit;
	test->market->store->driver = &counting;
	n_commits = left = kept = 0;
}

static void close_counting(test_market *test)
{
	market_batch_free(batch_results, n_batch_items);
	test->market->store->driver = real;
	test_market_close(test);
}

static void refused_disturbs_no_other(void)
{
	test_market test;

	open_counting(&test);
	batch_add_buyer("a", NULL);
	batch_add_buyer("a", "again");
	batch_add_buyer("b", "b");
	batch_add("buyer.get", "{'buyer':'ref:none'}");
	batch_add_buyer("c", NULL);
	batch_run(&test);
	batch_check(0, 0);
	batch_check(1, MARKET_EEXISTS);
	batch_check(2, 0);
	batch_check(3, MARKET_ENOTFOUND);
	batch_check(4, 0);
	CHECK_TEXT(batch_results[3].error.field, "buyer");
	if (!test_on_postgres())
		CU_ASSERT(n_commits <= 2);
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:b'}");
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:c'}");
	TEST_REFUSED(&test, MARKET_EEXISTS, "ref", "buyer.create",
	             "{'name':'Ana','ref':'a','key':'again'}");
	CU_ASSERT_TRUE(market_session_replayed(test.session));
	close_counting(&test);
}

static void same_batch_is_a_replay(void)
{
	test_market test;
	char digest[2][65], first[300];

	open_counting(&test);
	batch_add_buyer("a", "k1");
	batch_add_buyer("a", "k2");
	batch_add_buyer("b", "k3");
	batch_run(&test);
	snprintf(first, sizeof(first), "%.299s", batch_results[2].reply);
	market_batch_free(batch_results, n_batch_items);
	test_store_digest(&test, digest[0]);
	batch_run(&test);
	for (size_t i = 0; i < 3; i++)
		CU_ASSERT_TRUE(batch_results[i].replayed);
	batch_check(1, MARKET_EEXISTS);
	CU_ASSERT(strncmp(first, batch_results[2].reply, strlen(first)) == 0);
	CHECK_TEXT(test_store_digest(&test, digest[1]), digest[0]);
	close_counting(&test);
}

static void refused_call(void)
{
	test_market test;
	market_batch_item item = {0};
	market_batch_result result;
	market_error err;

	open_counting(&test);
	memset(&result, 0xff, sizeof(result));
	CHECK_INT(market_batch(test.session, &item, 1, &result, &err), MARKET_ESIZE);
	CU_ASSERT_PTR_NULL(result.reply);
	CU_ASSERT_PTR_NULL(result.out);
	memset(&result, 0xff, sizeof(result));
	CHECK_INT(market_batch(NULL, &item, 1, &result, &err), MARKET_EMISUSE);
	CU_ASSERT_PTR_NULL(result.reply);
	market_batch_free(&result, 1);
	close_counting(&test);
}

static void later_sees_earlier(void)
{
	test_market test;
	market_batch_item *item;

	open_counting(&test);
	batch_add_buyer("ana", NULL);
	batch_add("buyer.get", "{'buyer':'ref:ana'}");
	item = batch_add("address.create", "{'buyer':'ref:ana','name':'A','street':'x','city':'y',"
	                                   "'country':'BR'}");
	item->as = "buyer:ref:ana";
	item = batch_add("buyer.get", "{'buyer':'ref:ana'}");
	item->as = "buyer:ref:ana";
	batch_add_buyer("bo", NULL);
	batch_run(&test);
	batch_check(0, 0);
	batch_check(1, 0);
	batch_check(3, 0);
	batch_check(4, 0);
	CU_ASSERT(strstr(batch_results[3].reply, "\"ana\"") != NULL);
	/* the session's own actor is back */
	TEST_CALL(&test, "buyer.create", "{'name':'Cy'}");
	close_counting(&test);
}

static void many_more_than_a_group(void)
{
	test_market test;
	char ref[20];

	open_counting(&test);
	for (int i = 0; i < 200; i++) {
		snprintf(ref, sizeof(ref), "r%d", i);
		batch_add_buyer(ref, ref);
	}
	batch_run(&test);
	for (size_t i = 0; i < n_batch_items; i++)
		batch_check(i, 0);
	CU_ASSERT(n_commits >= 200 / 64);
	CU_ASSERT(n_commits < 200);
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:r199'}");
	close_counting(&test);
}

static void alone_in_the_middle(void)
{
	test_market test;

	open_counting(&test);
	batch_add_buyer("a", NULL);
	batch_add("ledger.checkpoint", "{}");
	batch_add_buyer("b", NULL);
	batch_add("event.list", "{}");
	batch_add_buyer("c", NULL);
	batch_run(&test);
	for (size_t i = 0; i < n_batch_items; i++)
		batch_check(i, 0);
	CU_ASSERT(n_commits >= 3);
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:c'}");
	close_counting(&test);
}

static const char apply[] =
	"{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL','owner_name':'Lin',"
	"'ref':'lin','owner_ref':'lin-owner'}";

static void check_timers(bool linked)
{
	test_market test;

	open_counting(&test);
	TEST_CALL(&test, "seller.apply", apply);
	test.now += 365 * MK_DAY;
	batch_add_buyer("a", NULL)->flags = linked ? MARKET_BATCH_LINKED : 0;
	batch_add("seller.approve", "{'seller':'ref:lin','waiver':'late'}");
	batch_add_buyer("b", NULL);
	batch_run(&test);
	batch_check(0, linked ? MARKET_ECHAIN : 0);
	batch_check(1, MARKET_ESTATE);
	batch_check(2, 0);
	TEST_CALL(&test, "seller.get", "{'seller':'ref:lin'}");
	CHECK_TEXT(test_out(&test, "reason"), "stale");
	close_counting(&test);
}

static void timers_come_first(void)
{
	check_timers(false);
}

static void timers_come_before_a_chain(void)
{
	check_timers(true);
}

static void bad_items_have_their_own_errors(void)
{
	test_market test;
	const market_actor actor = {.kind = MARKET_ACTOR_ANONYMOUS};
	market_batch_item *item;
	market_error err;

	open_counting(&test);
	batch_add_buyer("a", NULL);
	batch_add("no.such", "{}");
	batch_add(NULL, "{}");
	batch_add("buyer.create", "{'name':");
	batch_add("buyer.create", "{'nam':'x'}");
	batch_add_buyer("b", NULL)->flags = 1 << 20;
	item = batch_add_buyer("b", NULL);
	item->as = "anonymous";
	item->actor = &actor;
	batch_add_buyer("b", NULL)->as = "nobody:x";
	batch_add_buyer("b", NULL)->as = "buyer:ref:none";
	batch_add_buyer("b", NULL)->at = -1;
	batch_add_buyer("b", NULL)->at = 1;
	item = batch_add_buyer("b", NULL);
	item->in = item;
	batch_add_buyer("c", NULL)->at = TEST_START + MK_DAY;
	batch_run(&test);
	batch_check(0, 0);
	batch_check(1, MARKET_EUNKNOWNOP);
	batch_check(2, MARKET_EMISUSE);
	batch_check(3, MARKET_ESYNTAX);
	batch_check(4, MARKET_EUNKNOWNFIELD);
	batch_check(5, MARKET_EINVALID);
	batch_check(6, MARKET_EMISUSE);
	batch_check(7, MARKET_EINVALID);
	batch_check(8, MARKET_ENOTFOUND);
	batch_check(9, MARKET_EINVALID);
	batch_check(10, MARKET_ETIMEORDER);
	batch_check(11, MARKET_EMISUSE);
	batch_check(12, 0);
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "buyer", "buyer.get", "{'buyer':'ref:b'}");
	CU_ASSERT(strstr(batch_results[12].reply, "2026-01-06T") != NULL);
	batch_items[0].size = 3;
	CHECK_ERROR(market_batch(test.session, batch_items, 1, batch_results + 20, &err), MARKET_ESIZE,
	            NULL);
	CHECK_ERROR(market_batch(test.session, NULL, 1, batch_results + 20, &err), MARKET_EMISUSE,
	            NULL);
	CHECK_ERROR(market_batch(NULL, batch_items, 1, batch_results + 20, &err), MARKET_EMISUSE, NULL);
	CHECK_OK(market_batch(test.session, NULL, 0, NULL, &err));
	close_counting(&test);
}

static void typed_items_give_structs(void)
{
	test_market test;
	market_buyer_create_params in = MARKET_BUYER_CREATE_PARAMS_INIT;
	const market_buyer *made;

	open_counting(&test);
	in.name = "Ana";
	in.key = "k";
	for (int i = 0; i < 3; i++) {
		batch_items[n_batch_items] = (market_batch_item)MARKET_BATCH_ITEM_INIT;
		batch_items[n_batch_items].operation = "buyer.create";
		batch_items[n_batch_items].flags = i == 2 ? MARKET_BATCH_QUIET : 0;
		batch_items[n_batch_items++].in = &in;
	}
	batch_run(&test);
	made = batch_results[0].out;
	CU_ASSERT_PTR_NOT_NULL_FATAL(made);
	CHECK_TEXT(made->name, "Ana");
	CU_ASSERT_FALSE(batch_results[0].replayed);
	CU_ASSERT_TRUE(batch_results[1].replayed);
	CU_ASSERT_PTR_NULL(batch_results[1].reply);
	CHECK_INT(batch_results[2].code, 0);
	CU_ASSERT_PTR_NULL(batch_results[2].out);
	close_counting(&test);
}

static void lose(int took)
{
	batch_start();
	left = 1;
	kept = took;
}

static void check_lost_commits(int took)
{
	test_market test;

	open_counting(&test);
	lose(took);
	batch_add_buyer("a", "k1");
	batch_add_buyer("a", "k2");
	batch_add_buyer("b", NULL);
	batch_add_buyer("c", "k3");
	batch_run(&test);
	batch_check(0, 0);
	CU_ASSERT_FALSE(batch_results[0].replayed);
	batch_check(1, MARKET_EEXISTS);
	batch_check(2, MARKET_EUNKNOWN);
	batch_check(3, 0);
	market_batch_free(batch_results, n_batch_items);
	lose(took);
	batch_add_buyer("d", "k4")->flags = MARKET_BATCH_LINKED;
	batch_add_buyer("e", "k5");
	batch_run(&test);
	batch_check(0, 0);
	batch_check(1, 0);
	CU_ASSERT_FALSE(batch_results[1].replayed);
	market_batch_free(batch_results, n_batch_items);
	lose(took);
	batch_add_buyer("g", "k6")->flags = MARKET_BATCH_LINKED;
	batch_add_buyer("h", NULL);
	batch_run(&test);
	batch_check(0, MARKET_EUNKNOWN);
	batch_check(1, MARKET_EUNKNOWN);
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:c'}");
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:e'}");
	close_counting(&test);
}

static void lost_commit_that_took_effect(void)
{
	check_lost_commits(1);
}

static void lost_commit_that_did_not(void)
{
	check_lost_commits(0);
}

/* A flush that misses: the group is undone and comes again. */
static int fail_flush(mk_store *store, void *user_data)
{
	int *countdown = user_data;

	(void)store;
	return (*countdown)-- == 0 ? MK_AGAIN : 0;
}

static void missed_version_runs_again(void)
{
	static char texts[BATCH_MOST][40];
	test_market test;
	char ref[20];
	int countdown = 5;

	open_counting(&test);
	for (int i = 0; i < 20; i++) {
		snprintf(ref, sizeof(ref), "r%d", i);
		batch_add_buyer(ref, i % 3 ? ref : NULL);
		if (i == 9 || i == 10)
			batch_items[i].flags = MARKET_BATCH_LINKED;
	}
	for (int at = 0; at < 20; at += 4) {
		market_batch_free(batch_results, n_batch_items);
		for (size_t i = 0; i < n_batch_items; i++) {
			snprintf(texts[i], sizeof(texts[i]), "{\"name\":\"x\",\"ref\":\"r%zu-%d\"}", i, at);
			batch_items[i].params = texts[i];
		}
		countdown = at;
		mk_store_set_before_flush(test.market->store, fail_flush, &countdown);
		batch_run(&test);
		mk_store_set_before_flush(test.market->store, NULL, NULL);
		for (size_t i = 0; i < n_batch_items; i++)
			batch_check(i, 0);
	}
	close_counting(&test);
}

typedef struct worker {
	test_market *test;
	market_batch_item items[64];
	market_batch_result results[64];
	char params[64][80];
	int number, good;
} worker;

static void *work(void *data)
{
	worker *w = data;
	market_session *session = NULL;
	market_error err;
	const market_actor actor = {
		.kind = MARKET_ACTOR_OPERATOR, .name = "test", .rights = MARKET_RIGHT_ALL};

	if (market_session_open(w->test->market, &actor, &session, &err) != 0)
		return NULL;
	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < 64; i++) {
			snprintf(w->params[i], sizeof(w->params[i]), "{\"name\":\"x\",\"ref\":\"w%d-%d-%d\"}",
			         w->number, round, i);
			w->items[i] = (market_batch_item)MARKET_BATCH_ITEM_INIT;
			w->items[i].operation = "buyer.create";
			w->items[i].params = w->params[i];
			w->items[i].flags = i % 8 < 3 ? MARKET_BATCH_LINKED : 0;
		}
		if (market_batch(session, w->items, 64, w->results, &err) == 0)
			for (int i = 0; i < 64; i++)
				w->good += w->results[i].code == 0;
		market_batch_free(w->results, 64);
	}
	market_session_close(session);
	return NULL;
}

static void threads_batch_side_by_side(void)
{
	static worker workers[4];
	pthread_t threads[4];
	test_market test;

	test_market_open(&test, NULL);
	for (int i = 0; i < 4; i++) {
		workers[i] = (worker){.test = &test, .number = i};
		pthread_create(&threads[i], NULL, work, &workers[i]);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		CHECK_INT(workers[i].good, 4 * 64);
	}
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:w3-3-63'}");
	test_market_close(&test);
}

void suite_batch(void)
{
	CU_pSuite s = test_suite_on_store("batch");

	CU_add_test(s, "a refusal disturbs no other item and is kept by its key",
	            refused_disturbs_no_other);
	CU_add_test(s, "the same batch again is a replay", same_batch_is_a_replay);
	CU_add_test(s, "a refused call leaves no outputs", refused_call);
	CU_add_test(s, "a later item finds what an earlier one has done", later_sees_earlier);
	CU_add_test(s, "more batch_items than a transaction holds", many_more_than_a_group);
	CU_add_test(s, "what runs alone has a transaction of its own", alone_in_the_middle);
	CU_add_test(s, "timers that are due come before their subject's item", timers_come_first);
	CU_add_test(s, "and before its chain", timers_come_before_a_chain);
	CU_add_test(s, "bad batch_items have errors of their own", bad_items_have_their_own_errors);
	CU_add_test(s, "typed params give typed outputs", typed_items_give_structs);
	CU_add_test(s, "a lost commit that took effect is resolved by the keys of many",
	            lost_commit_that_took_effect);
	CU_add_test(s, "so is one that did not", lost_commit_that_did_not);
	CU_add_test(s, "a version that was missed runs its group again", missed_version_runs_again);
	CU_add_test(s, "threads batch side by side", threads_batch_side_by_side);
}
