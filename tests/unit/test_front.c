/* CAT-1: front categories, a graph of queries. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "libmarket/catalog/front.h"
#include "libmarket/engine/market.h"
#include "tests/unit/market_fixture.h"

static void open_fronts(test_market *test, int count)
{
	test_market_open(test, NULL);
	for (int i = 0; i < count; i++)
		TEST_CALL(test, "front_category.create", "{'code':'f%d','name':'F','position':%d}", i, i);
}

static void put_below(test_market *test, int parent, int child, int position)
{
	TEST_CALL(test, "front_category.link",
	          "{'front_category':'ref:f%d','child':'ref:f%d','position':%d}", parent, child,
	          position);
}

static void refuse_below(test_market *test, int code, int parent, int child)
{
	TEST_REFUSED(test, code, "child", "front_category.link",
	             "{'front_category':'ref:f%d','child':'ref:f%d'}", parent, child);
}

/* "f1@1 f2@1 f3@2": what stands below f0 and how deep. */
static const char *tree(test_market *test, const char *more)
{
	static char text[200];
	int size = 0;

	TEST_CALL(test, "front_category.tree", "{'front_category':'ref:f0'%s}", more);
	text[0] = '\0';
	for (int i = 0; size < 180; i++) {
		char path[40];

		snprintf(path, sizeof(path), "items.%d.code", i);
		if (test_out(test, path)[0] == '\0')
			break;
		size += sprintf(text + size, "%s%s", i == 0 ? "" : " ", test_out(test, path));
		snprintf(path, sizeof(path), "items.%d.depth", i);
		size += sprintf(text + size, "@%s", test_out(test, path));
	}
	return text;
}

/* f0 > f1, f2; both > f3 > f4 */
static void open_diamond(test_market *test)
{
	open_fronts(test, 6);
	put_below(test, 0, 2, 2);
	put_below(test, 0, 1, 1);
	put_below(test, 1, 3, 0);
	put_below(test, 2, 3, 0);
	put_below(test, 3, 4, 0);
}

static void several_parents(void)
{
	test_market test;

	open_diamond(&test);
	CHECK_TEXT(tree(&test, ""), "f1@1 f2@1 f3@2 f3@2 f4@3");
	CHECK_TEXT(test_out(&test, "complete"), "true");
	CHECK_TEXT(tree(&test, ",'depth':2"), "f1@1 f2@1 f3@2 f3@2");
	CHECK_TEXT(test_out(&test, "complete"), "true");
	CHECK_TEXT(tree(&test, ",'limit':5"), "f1@1 f2@1 f3@2 f3@2 f4@3");
	CHECK_TEXT(test_out(&test, "complete"), "true");
	CHECK_TEXT(tree(&test, ",'limit':4"), "f1@1 f2@1 f3@2 f3@2");
	CHECK_TEXT(test_out(&test, "complete"), "false");
	/* a second link is another position */
	put_below(&test, 0, 1, 3);
	CHECK_TEXT(tree(&test, ""), "f2@1 f1@1 f3@2 f3@2 f4@3");
	TEST_CALL(&test, "front_category.unlink", "{'front_category':'ref:f0','child':'ref:f2'}");
	CHECK_TEXT(tree(&test, ""), "f1@1 f3@2 f4@3");
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "child", "front_category.unlink",
	             "{'front_category':'ref:f0','child':'ref:f2'}");
	test_market_close(&test);
}

static void hidden_ones(void)
{
	test_market test;

	open_diamond(&test);
	TEST_CALL(&test, "front_category.update", "{'front_category':'ref:f1','state':'hidden'}");
	CHECK_TEXT(tree(&test, ""), "f1@1 f2@1 f3@2 f3@2 f4@3");
	test_act_as(&test, "anonymous");
	CHECK_TEXT(tree(&test, ""), "f2@1 f3@2 f4@3");
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "front_category", "front_category.get",
	             "{'front_category':'ref:f1'}");
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "front_category", "front_category.tree",
	             "{'front_category':'ref:f1'}");
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "front_category", "offer.search",
	             "{'front_category':'ref:f1'}");
	TEST_CALL(&test, "front_category.list", "{'limit':2}");
	CHECK_TEXT(test_out(&test, "items.0.code"), "f0");
	CHECK_TEXT(test_out(&test, "items.1.code"), "f2");
	CU_ASSERT(test_out(&test, "next")[0] != '\0');
	TEST_CALL(&test, "front_category.list", "{'top':true}");
	CHECK_TEXT(test_out(&test, "items.0.code"), "f0");
	CHECK_TEXT(test_out(&test, "items.1.code"), "f5");
	CHECK_TEXT(test_out(&test, "items.2.code"), "");
	test_market_close(&test);
}

static void circles_are_refused(void)
{
	test_market test;

	open_diamond(&test);
	refuse_below(&test, MARKET_EINVALID, 4, 0);
	CHECK_TEXT(test.err.message, "f4 would stand below itself");
	CHECK_TEXT(test.err.detail, "The circle would be f4 > f0 > f2 > f3 > f4.");
	refuse_below(&test, MARKET_EINVALID, 3, 3);
	CHECK_TEXT(test.err.detail, "The circle would be f3 > f3.");
	refuse_below(&test, MARKET_EINVALID, 1, 0);
	put_below(&test, 4, 5, 0);
	put_below(&test, 0, 5, 0);
	TEST_CALL(&test, "front_category.unlink", "{'front_category':'ref:f3','child':'ref:f4'}");
	put_below(&test, 4, 0, 0);
	test_market_close(&test);
}

/* 12 levels stand, the 13th doesn't, from above and from below. */
static void depth_is_bounded(void)
{
	test_market test;

	open_fronts(&test, 14);
	for (int i = 0; i < 11; i++)
		put_below(&test, i, i + 1, 0);
	refuse_below(&test, MARKET_ELIMIT, 11, 12);
	refuse_below(&test, MARKET_ELIMIT, 12, 0);
	put_below(&test, 10, 12, 0);
	put_below(&test, 13, 1, 0);
	test_market_close(&test);
}

static void children_are_bounded(void)
{
	test_market test;

	open_fronts(&test, MK_MAX_FRONT_CHILDREN + 2);
	for (int i = 1; i <= MK_MAX_FRONT_CHILDREN; i++)
		put_below(&test, 0, i, 0);
	refuse_below(&test, MARKET_ELIMIT, 0, MK_MAX_FRONT_CHILDREN + 1);
	put_below(&test, 0, 1, 5);
	put_below(&test, 1, MK_MAX_FRONT_CHILDREN + 1, 0);
	test_market_close(&test);
}

/* ---- links made at the same moment ---- */

enum { RING = 12 };

typedef struct caller {
	market_session *session;
	char params[80];
	int rc;
	market_error err;
} caller;

static void *link_in_thread(void *data)
{
	caller *c = data;

	do {
		c->rc = market_call(c->session, "front_category.link", c->params, NULL, &c->err);
	} while (c->rc == MARKET_ECONFLICT || c->rc == MARKET_EBUSY);
	return NULL;
}

static market_time same_clock(void *user_data)
{
	return ((const test_market *)user_data)->now;
}

/* Each puts the next of the ring below its own, half of them through another market on the same
 * store; gives how many were let. */
static int close_ring(test_market *test, int from, int size)
{
	static caller callers[RING];
	const market_actor actor = {
		.kind = MARKET_ACTOR_OPERATOR, .name = "many", .rights = MARKET_RIGHT_ALL};
	pthread_t threads[RING];
	market *other = NULL;
	market_options options = MARKET_OPTIONS_INIT;
	market_error err;
	int linked = 0;

	options.clock = same_clock;
	options.user_data = test;
	CHECK_OK_FATAL(market_open(test->url, &options, &other, &err));
	for (int i = 0; i < size; i++) {
		snprintf(callers[i].params, sizeof(callers[i].params),
		         "{\"front_category\":\"ref:f%d\",\"child\":\"ref:f%d\"}", from + i,
		         from + (i + 1) % size);
		CHECK_OK_FATAL(
			market_session_open(i % 2 ? other : test->market, &actor, &callers[i].session, &err));
	}
	for (int i = 0; i < size; i++)
		CU_ASSERT_FATAL(pthread_create(&threads[i], NULL, link_in_thread, &callers[i]) == 0);
	for (int i = 0; i < size; i++) {
		pthread_join(threads[i], NULL);
		if (callers[i].rc != 0)
			CHECK_INT(callers[i].rc, MARKET_EINVALID);
		linked += callers[i].rc == 0;
		market_session_close(callers[i].session);
	}
	market_close(other);
	return linked;
}

static void links_at_once(void)
{
	test_market test;

	open_fronts(&test, 2 * 10 + RING);
	for (int i = 0; i < 10; i++)
		CHECK_INT(close_ring(&test, 2 * i, 2), 1);
	CHECK_INT(close_ring(&test, 20, RING), RING - 1);
	test_market_close(&test);
}

/* ---- queries ---- */

/* `count` conditions of `each` values. */
static int create_with(test_market *test, int count, int each)
{
	static char text[8000];
	int size = 0;

	for (int i = 0; i < count; i++) {
		size += sprintf(text + size, "%s{'name':'n','values':[", i ? "," : "");
		for (int k = 0; k < each; k++)
			size += sprintf(text + size, "%s'v'", k ? "," : "");
		size += sprintf(text + size, "]}");
	}
	return test_call(test, "front_category.create",
	                 "{'code':'c%d-%d','name':'C','queries':[{'category':'ref:all','conditions':"
	                 "[%s]}]}",
	                 count, each, text);
}

static void queries_are_bounded(void)
{
	test_market test;
	char value[MK_MAX_METADATA_VALUE + 2];

	open_fronts(&test, 0);
	TEST_CALL(&test, "category.create", "{'code':'all','name':'All'}");
	CHECK_INT(create_with(&test, 4, 50), 0);
	CHECK_INT(create_with(&test, 4, 51), MARKET_ELIMIT);
	CHECK_INT(create_with(&test, 10, 20), 0);
	CHECK_INT(create_with(&test, 10, 21), MARKET_ELIMIT);
	CHECK_TEXT(test.err.field, "queries");
	CHECK_INT(create_with(&test, 11, 1), MARKET_ELIMIT);
	CHECK_INT(create_with(&test, 1, 0), MARKET_ELIMIT);
	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	TEST_REFUSED(&test, MARKET_ELIMIT, "queries", "front_category.create",
	             "{'code':'c','name':'C','queries':[{'category':'ref:all','conditions':"
	             "[{'name':'n','values':['%s']}]}]}",
	             value);
	value[MK_MAX_METADATA_VALUE] = '\0';
	TEST_CALL(&test, "front_category.create",
	          "{'code':'c','name':'C','queries':[{'category':'ref:all','conditions':"
	          "[{'name':'n','values':['%s']}]}]}",
	          value);
	CHECK_TEXT(test_out(&test, "queries.0.conditions.0.values.0"), value);
	test_market_close(&test);
}

static void queries_are_kept(void)
{
	char absent[MARKET_ID_TEXT_SIZE];
	test_market test;

	market_id_format(MARKET_ID_CATEGORY, (market_id){0, 99}, absent);
	open_fronts(&test, 0);
	TEST_CALL(&test, "category.create", "{'code':'all','name':'All'}");
	TEST_CALL(
		&test, "front_category.create",
		"{'code':'gifts','name':'Gifts','position':7,'queries':[{'category':'ref:all',"
		"'conditions':[{'name':'colour','values':['red','green']}]},{'category':'ref:all'}]}");
	TEST_CALL(&test, "front_category.update", "{'front_category':'ref:gifts','name':'Presents'}");
	CHECK_TEXT(test_out(&test, "name"), "Presents");
	CHECK_TEXT(test_out(&test, "position"), "7");
	CHECK_TEXT(test_out(&test, "state"), "active");
	CHECK_TEXT(test_out(&test, "queries.0.conditions.0.values.1"), "green");
	CU_ASSERT(test_out(&test, "queries.1.category")[0] != '\0');
	TEST_CALL(&test, "front_category.update",
	          "{'front_category':'ref:gifts','queries':[],'position':0}");
	CHECK_TEXT(test_out(&test, "queries.0.category"), "");
	CHECK_TEXT(test_out(&test, "position"), "0");
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "queries[1].category", "front_category.update",
	             "{'front_category':'ref:gifts','queries':[{'category':'ref:all'},"
	             "{'category':'%s'}]}",
	             absent);
	TEST_REFUSED(&test, MARKET_EEXISTS, "code", "front_category.create",
	             "{'code':'gifts','name':'G'}");
	TEST_REFUSED(&test, MARKET_EINVALID, "code", "front_category.create",
	             "{'code':'a/b','name':'G'}");
	test_market_close(&test);
}

/* 1,000 words of all queries are asked for and no more. */
static void search_is_bounded(void)
{
	test_market test;

	open_fronts(&test, 1);
	TEST_CALL(&test, "category.create", "{'code':'all','name':'All'}");
	for (int i = 0; i < 5; i++) {
		CHECK_INT(create_with(&test, 10 - i, 19), 0);
		TEST_CALL(&test, "front_category.link", "{'front_category':'ref:f0','child':'ref:c%d-19'}",
		          10 - i);
	}
	/* 40 conditions of 19, and 5 categories: 765 */
	CHECK_INT(create_with(&test, 5, 40), 0);
	TEST_CALL(&test, "front_category.link", "{'front_category':'ref:f0','child':'ref:c5-40'}");
	CHECK_INT(create_with(&test, 1, 33), 0);
	TEST_CALL(&test, "front_category.link", "{'front_category':'ref:f0','child':'ref:c1-33'}");
	TEST_CALL(&test, "offer.search", "{'front_category':'ref:f0'}");
	CHECK_INT(create_with(&test, 1, 1), 0);
	TEST_CALL(&test, "front_category.link", "{'front_category':'ref:c1-33','child':'ref:c1-1'}");
	TEST_REFUSED(&test, MARKET_ELIMIT, "front_category", "offer.search",
	             "{'front_category':'ref:f0'}");
	test_market_close(&test);
}

void suite_front(void);
void suite_front(void)
{
	CU_pSuite s = test_suite_on_store("front");

	CU_add_test(s, "CAT-1: a front category may stand below several", several_parents);
	CU_add_test(s, "CAT-1: hidden front categories are seen by operators alone", hidden_ones);
	CU_add_test(s, "CAT-1: no front category stands below itself", circles_are_refused);
	CU_add_test(s, "CAT-1: front categories are 12 levels deep and no deeper", depth_is_bounded);
	CU_add_test(s, "CAT-1: 200 stand below a front category and no more", children_are_bounded);
	CU_add_test(s, "CAT-1: of links at once that would close a circle all but one are made",
	            links_at_once);
	CU_add_test(s, "CAT-1: a front category's queries are bounded", queries_are_bounded);
	CU_add_test(s, "CAT-1: a front category keeps its queries", queries_are_kept);
	CU_add_test(s, "CAT-1: a search by front category is bounded", search_is_bounded);
}
