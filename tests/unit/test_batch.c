/* Many operations in one call: independent ones, linked ones, and what they meet. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/engine/market.h"
#include "libmarket/store/driver.h"
#include "tests/unit/order_fixture.h"

#define MOST 300

void suite_batch(void);

static market_batch_item items[MOST];
static market_batch_result results[MOST];
static char texts[MOST][300];
static size_t n_items;
static const mk_driver *real;
static mk_driver counting;
static int n_commits, left, kept; /* commits that lose their answer, and those of them that count */

static void start(void)
{
	memset(items, 0, sizeof(items));
	n_items = 0;
}

/* ' stands for ". */
static market_batch_item *add(const char *operation, const char *params)
{
	market_batch_item *item = &items[n_items];

	*item = (market_batch_item)MARKET_BATCH_ITEM_INIT;
	snprintf(texts[n_items], sizeof(texts[0]), "%s", params);
	for (char *c = texts[n_items]; *c; c++)
		if (*c == '\'')
			*c = '"';
	item->operation = operation;
	item->params = texts[n_items++];
	return item;
}

static market_batch_item *add_buyer(const char *ref, const char *key)
{
	char params[200];

	snprintf(params, sizeof(params), "{'name':'Ana','ref':'%s'%s%s%s}", ref, key ? ",'key':'" : "",
	         key ? key : "", key ? "'" : "");
	return add("buyer.create", params);
}

static void run(test_market *test)
{
	market_error err;

	CHECK_OK_FATAL(market_batch(test->session, items, n_items, results, &err));
}

static void check_code(size_t index, int code)
{
	if (results[index].code != code)
		fprintf(stderr, "item %zu: %s\n", index, results[index].error.message);
	CHECK_INT(results[index].code, code);
	CHECK_INT(results[index].error.code, code);
	CU_ASSERT((results[index].reply != NULL) == (code == 0));
}

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
	start();
	real = test->market->store->driver;
	counting = *real;
	counting.commit = count_commit;
	test->market->store->driver = &counting;
	n_commits = left = kept = 0;
}

static void close_counting(test_market *test)
{
	market_batch_free(results, n_items);
	test->market->store->driver = real;
	test_market_close(test);
}

static void refused_disturbs_no_other(void)
{
	test_market test;

	open_counting(&test);
	add_buyer("a", NULL);
	add_buyer("a", "again");
	add_buyer("b", "b");
	add("buyer.get", "{'buyer':'ref:none'}");
	add_buyer("c", NULL);
	run(&test);
	check_code(0, 0);
	check_code(1, MARKET_EEXISTS);
	check_code(2, 0);
	check_code(3, MARKET_ENOTFOUND);
	check_code(4, 0);
	CHECK_TEXT(results[3].error.field, "buyer");
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
	add_buyer("a", "k1");
	add_buyer("a", "k2");
	add_buyer("b", "k3");
	run(&test);
	snprintf(first, sizeof(first), "%.299s", results[2].reply);
	market_batch_free(results, n_items);
	test_store_digest(&test, digest[0]);
	run(&test);
	for (size_t i = 0; i < 3; i++)
		CU_ASSERT_TRUE(results[i].replayed);
	check_code(1, MARKET_EEXISTS);
	CU_ASSERT(strncmp(first, results[2].reply, strlen(first)) == 0);
	CHECK_TEXT(test_store_digest(&test, digest[1]), digest[0]);
	close_counting(&test);
}

static void chain_is_done_whole_or_not_at_all(void)
{
	test_market test;
	char before[65], after[65];

	open_counting(&test);
	add_buyer("a", NULL);
	run(&test);
	market_batch_free(results, n_items);
	test_store_digest(&test, before);
	start();
	add_buyer("b", "b")->flags = MARKET_BATCH_LINKED;
	add_buyer("a", "a")->flags = MARKET_BATCH_LINKED;
	add_buyer("c", NULL);
	run(&test);
	check_code(0, MARKET_ECHAIN);
	check_code(1, MARKET_EEXISTS);
	check_code(2, MARKET_ECHAIN);
	CHECK_INT((int)results[0].broken_by, 1);
	CHECK_INT((int)results[2].broken_by, 1);
	CHECK_TEXT(test_store_digest(&test, after), before);
	/* nothing is kept by the keys either */
	TEST_CALL(&test, "event.list", "{}");
	CHECK_TEXT(test_out(&test, "items.2.operation"), "");
	start();
	add_buyer("d", NULL);
	add_buyer("b", "b")->flags = MARKET_BATCH_LINKED;
	add_buyer("c", "c");
	add_buyer("x", NULL)->flags = MARKET_BATCH_LINKED;
	add_buyer("a", NULL);
	add_buyer("e", NULL);
	run(&test);
	for (size_t i = 0; i < 3; i++)
		check_code(i, 0);
	check_code(3, MARKET_ECHAIN);
	check_code(4, MARKET_EEXISTS);
	check_code(5, 0);
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:d'}");
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:c'}");
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "buyer", "buyer.get", "{'buyer':'ref:x'}");
	close_counting(&test);
}

static void chain_that_cannot_be(void)
{
	test_market test;
	char before[65], after[65];

	open_counting(&test);
	test_store_digest(&test, before);
	add_buyer("a", NULL)->flags = MARKET_BATCH_LINKED;
	add("ledger.checkpoint", "{}");
	add_buyer("b", NULL)->flags = MARKET_BATCH_LINKED;
	add("no.such", "{}")->flags = MARKET_BATCH_LINKED;
	add_buyer("c", NULL);
	for (int i = 0; i < 66; i++)
		add_buyer("d", NULL)->flags = i < 65 ? MARKET_BATCH_LINKED : 0;
	add_buyer("e", NULL)->flags = MARKET_BATCH_LINKED;
	run(&test);
	check_code(0, MARKET_ECHAIN);
	check_code(1, MARKET_EMISUSE);
	check_code(2, MARKET_ECHAIN);
	check_code(3, MARKET_EUNKNOWNOP);
	check_code(4, MARKET_ECHAIN);
	check_code(5, MARKET_ECHAIN);
	check_code(5 + 64, MARKET_ELIMIT);
	check_code(5 + 65, MARKET_ECHAIN);
	check_code(5 + 66, MARKET_EINVALID);
	CHECK_TEXT(test_store_digest(&test, after), before);
	close_counting(&test);
}

static void chain_that_is_cut(void)
{
	test_market test;

	open_counting(&test);
	add_buyer("a", NULL);
	add_buyer("b", NULL)->flags = MARKET_BATCH_LINKED;
	run(&test);
	check_code(0, 0);
	check_code(1, MARKET_EINVALID);
	close_counting(&test);
}

/* To confirm makes the release due, which only the chain's own transaction knows. */
static void chain_with_own_timer(void)
{
	bazaar b;
	char params[100];

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_pay(&b);
	TEST_CALL(&b.m, "order.ship", "{'order':'%s','carrier':'c','tracking':'t'}", b.order[0]);
	start();
	snprintf(params, sizeof(params), "{'order':'%s'}", b.order[0]);
	add("order.confirm", params)->flags = MARKET_BATCH_LINKED;
	add("order.confirm", params);
	run(&b.m);
	check_code(0, MARKET_ECHAIN);
	check_code(1, MARKET_ESTATE);
	CU_ASSERT_PTR_NOT_NULL(strstr(results[1].error.message, "escrow.release is due"));
	market_batch_free(results, n_items);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_confirm");
	bazaar_end(&b);
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
	add_buyer("ana", NULL);
	add("buyer.get", "{'buyer':'ref:ana'}");
	item = add("address.create", "{'buyer':'ref:ana','name':'A','street':'x','city':'y',"
	                             "'country':'BR'}");
	item->as = "buyer:ref:ana";
	item = add("buyer.get", "{'buyer':'ref:ana'}");
	item->as = "buyer:ref:ana";
	add_buyer("bo", NULL);
	run(&test);
	check_code(0, 0);
	check_code(1, 0);
	check_code(3, 0);
	check_code(4, 0);
	CU_ASSERT(strstr(results[3].reply, "\"ana\"") != NULL);
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
		add_buyer(ref, ref);
	}
	run(&test);
	for (size_t i = 0; i < n_items; i++)
		check_code(i, 0);
	CU_ASSERT(n_commits >= 200 / 64);
	CU_ASSERT(n_commits < 200);
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:r199'}");
	close_counting(&test);
}

static void alone_in_the_middle(void)
{
	test_market test;

	open_counting(&test);
	add_buyer("a", NULL);
	add("ledger.checkpoint", "{}");
	add_buyer("b", NULL);
	add("event.list", "{}");
	add_buyer("c", NULL);
	run(&test);
	for (size_t i = 0; i < n_items; i++)
		check_code(i, 0);
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
	add_buyer("a", NULL)->flags = linked ? MARKET_BATCH_LINKED : 0;
	add("seller.approve", "{'seller':'ref:lin','waiver':'late'}");
	add_buyer("b", NULL);
	run(&test);
	check_code(0, linked ? MARKET_ECHAIN : 0);
	check_code(1, MARKET_ESTATE);
	check_code(2, 0);
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
	add_buyer("a", NULL);
	add("no.such", "{}");
	add(NULL, "{}");
	add("buyer.create", "{'name':");
	add("buyer.create", "{'nam':'x'}");
	add_buyer("b", NULL)->flags = 1 << 20;
	item = add_buyer("b", NULL);
	item->as = "anonymous";
	item->actor = &actor;
	add_buyer("b", NULL)->as = "nobody:x";
	add_buyer("b", NULL)->as = "buyer:ref:none";
	add_buyer("b", NULL)->at = -1;
	add_buyer("b", NULL)->at = 1;
	item = add_buyer("b", NULL);
	item->in = item;
	add_buyer("c", NULL)->at = TEST_START + MK_DAY;
	run(&test);
	check_code(0, 0);
	check_code(1, MARKET_EUNKNOWNOP);
	check_code(2, MARKET_EMISUSE);
	check_code(3, MARKET_ESYNTAX);
	check_code(4, MARKET_EUNKNOWNFIELD);
	check_code(5, MARKET_EINVALID);
	check_code(6, MARKET_EMISUSE);
	check_code(7, MARKET_EINVALID);
	check_code(8, MARKET_ENOTFOUND);
	check_code(9, MARKET_EINVALID);
	check_code(10, MARKET_ETIMEORDER);
	check_code(11, MARKET_EMISUSE);
	check_code(12, 0);
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "buyer", "buyer.get", "{'buyer':'ref:b'}");
	CU_ASSERT(strstr(results[12].reply, "2026-01-06T") != NULL);
	items[0].size = 3;
	CHECK_ERROR(market_batch(test.session, items, 1, results + 20, &err), MARKET_ESIZE, NULL);
	CHECK_ERROR(market_batch(test.session, NULL, 1, results + 20, &err), MARKET_EMISUSE, NULL);
	CHECK_ERROR(market_batch(NULL, items, 1, results + 20, &err), MARKET_EMISUSE, NULL);
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
		items[n_items] = (market_batch_item)MARKET_BATCH_ITEM_INIT;
		items[n_items].operation = "buyer.create";
		items[n_items].flags = i == 2 ? MARKET_BATCH_QUIET : 0;
		items[n_items++].in = &in;
	}
	run(&test);
	made = results[0].out;
	CU_ASSERT_PTR_NOT_NULL_FATAL(made);
	CHECK_TEXT(made->name, "Ana");
	CU_ASSERT_FALSE(results[0].replayed);
	CU_ASSERT_TRUE(results[1].replayed);
	CU_ASSERT_PTR_NULL(results[1].reply);
	CHECK_INT(results[2].code, 0);
	CU_ASSERT_PTR_NULL(results[2].out);
	close_counting(&test);
}

static void lose(int took)
{
	start();
	left = 1;
	kept = took;
}

static void check_lost_commits(int took)
{
	test_market test;

	open_counting(&test);
	lose(took);
	add_buyer("a", "k1");
	add_buyer("a", "k2");
	add_buyer("b", NULL);
	add_buyer("c", "k3");
	run(&test);
	check_code(0, 0);
	CU_ASSERT_FALSE(results[0].replayed);
	check_code(1, MARKET_EEXISTS);
	check_code(2, MARKET_EUNKNOWN);
	check_code(3, 0);
	market_batch_free(results, n_items);
	lose(took);
	add_buyer("d", "k4")->flags = MARKET_BATCH_LINKED;
	add_buyer("e", "k5");
	run(&test);
	check_code(0, 0);
	check_code(1, 0);
	CU_ASSERT_FALSE(results[1].replayed);
	market_batch_free(results, n_items);
	lose(took);
	add_buyer("g", "k6")->flags = MARKET_BATCH_LINKED;
	add_buyer("h", NULL);
	run(&test);
	check_code(0, MARKET_EUNKNOWN);
	check_code(1, MARKET_EUNKNOWN);
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
	test_market test;
	char ref[20];
	int countdown = 5;

	open_counting(&test);
	for (int i = 0; i < 20; i++) {
		snprintf(ref, sizeof(ref), "r%d", i);
		add_buyer(ref, i % 3 ? ref : NULL);
		if (i == 9 || i == 10)
			items[i].flags = MARKET_BATCH_LINKED;
	}
	for (int at = 0; at < 20; at += 4) {
		market_batch_free(results, n_items);
		for (size_t i = 0; i < n_items; i++) {
			snprintf(texts[i], sizeof(texts[0]), "{\"name\":\"x\",\"ref\":\"r%zu-%d\"}", i, at);
			items[i].params = texts[i];
		}
		countdown = at;
		mk_store_set_before_flush(test.market->store, fail_flush, &countdown);
		run(&test);
		mk_store_set_before_flush(test.market->store, NULL, NULL);
		for (size_t i = 0; i < n_items; i++)
			check_code(i, 0);
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
	CU_add_test(s, "linked items are done whole or not at all", chain_is_done_whole_or_not_at_all);
	CU_add_test(s, "a chain that can't be run fails before it begins", chain_that_cannot_be);
	CU_add_test(s, "a chain that was cut isn't run beside others either", chain_that_is_cut);
	CU_add_test(s, "a timer of the chain's own making breaks it", chain_with_own_timer);
	CU_add_test(s, "a refused call leaves no outputs", refused_call);
	CU_add_test(s, "a later item finds what an earlier one has done", later_sees_earlier);
	CU_add_test(s, "more items than a transaction holds", many_more_than_a_group);
	CU_add_test(s, "what runs alone has a transaction of its own", alone_in_the_middle);
	CU_add_test(s, "timers that are due come before their subject's item", timers_come_first);
	CU_add_test(s, "and before its chain", timers_come_before_a_chain);
	CU_add_test(s, "bad items have errors of their own", bad_items_have_their_own_errors);
	CU_add_test(s, "typed params give typed outputs", typed_items_give_structs);
	CU_add_test(s, "a lost commit that took effect is resolved by the keys of many",
	            lost_commit_that_took_effect);
	CU_add_test(s, "so is one that did not", lost_commit_that_did_not);
	CU_add_test(s, "a version that was missed runs its group again", missed_version_runs_again);
	CU_add_test(s, "threads batch side by side", threads_batch_side_by_side);
}
