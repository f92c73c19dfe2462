/* Ratings: who may rate what and when, what happens to a rating, and what counts. */
#include <stdio.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/order/order.h"
#include "libmarket/rating/sql.h"
#include "tests/unit/order_fixture.h"
#include "tests/unit/rating_fixture.h"
#include "tests/unit/settlement_fixture.h"

static void line_is_rated_once(void)
{
	rating_shop shop;
	rating_shop_open(&shop, NULL);
	rating_receive(&shop, RATING_PLAIN);
	CHECK_INT(rating_give(&shop, 0, "545", "'ref':'r1'"), 0);
	CHECK_TEXT(test_out(&shop.test, "state"), "published");
	CHECK_TEXT(test_out(&shop.test, "scores.1.dimension"), "service");
	CHECK_TEXT(test_out(&shop.test, "scores.1.score"), "4");
	CHECK_TEXT(test_out(&shop.test, "order"), shop.order);
	CHECK_INT(rating_give(&shop, 0, "545", NULL), MARKET_EEXISTS);
	CHECK_TEXT(shop.test.err.field, "line");
	memcpy(shop.line, shop.second, sizeof(shop.line));
	CHECK_INT(rating_give(&shop, 0, "545", "'ref':'r1'"), MARKET_EEXISTS);
	CHECK_TEXT(shop.test.err.field, "ref");
	CHECK_INT(rating_give(&shop, 0, "545", "'ref':'r2'"), 0);
	rating_shop_close(&shop);
}

static void lines_of_other_orders_are_refused(void)
{
	rating_shop shop;
	char line[MARKET_ID_TEXT_SIZE];
	rating_shop_open(&shop, NULL);
	rating_receive(&shop, RATING_PLAIN);
	memcpy(line, shop.line, sizeof(line));
	rating_receive(&shop, RATING_PLAIN);
	memcpy(shop.line, line, sizeof(line));
	CHECK_INT(rating_give(&shop, 0, "555", NULL), MARKET_ENOTFOUND);
	CHECK_TEXT(shop.test.err.field, "line");
	rating_shop_close(&shop);
}

static void only_the_buyer_rates(void)
{
	static const char *const others[] = {"buyer:ref:b1", "member:ref:shop-owner", "operator:x",
	                                     "anonymous"};
	static const int codes[] = {MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EDENIED, MARKET_ENOTFOUND};
	rating_shop shop;
	rating_shop_open(&shop, NULL);
	rating_receive(&shop, RATING_PLAIN);
	for (size_t i = 0; i < 4; i++) {
		test_act_as(&shop.test, others[i]);
		TEST_REFUSED(&shop.test, codes[i], NULL, "rating.create",
		             "{'order':'%s','line':'%s','scores':[{'dimension':'service','score':5}]}",
		             shop.order, shop.line);
	}
	test_act_as(&shop.test, "operator:test");
	CHECK_INT(rating_give(&shop, 0, "555", NULL), 0);
	rating_shop_close(&shop);
}

static void window_ends_15_days_after_receipt(void)
{
	rating_shop shop;
	market_time finished;
	rating_shop_open(&shop, NULL);
	finished = shop.test.now;
	rating_receive(&shop, RATING_PLAIN);
	shop.test.now = finished + 15 * MK_DAY;
	CHECK_INT(rating_give(&shop, 0, "555", NULL), MARKET_EEXPIRED);
	CHECK_TEXT(shop.test.err.field, "order");
	rating_receive(&shop, (rating_order){.finished_at = finished + 1});
	CHECK_INT(rating_give(&shop, 0, "555", NULL), 0);
	rating_shop_close(&shop);
}

static void unreceived_is_not_rated(void)
{
	static const int32_t states[] = {MARKET_ORDER_WAIT_PAY, MARKET_ORDER_WAIT_SHIP,
	                                 MARKET_ORDER_WAIT_CONFIRM};
	rating_shop shop;
	rating_shop_open(&shop, NULL);
	for (size_t i = 0; i < 3; i++) {
		rating_receive(&shop, (rating_order){.state = states[i]});
		CHECK_INT(rating_give(&shop, 0, "555", NULL), MARKET_ESTATE);
		CHECK_TEXT(shop.test.err.field, "order");
	}
	rating_shop_close(&shop);
}

static void refunded_before_receipt_is_not_rated(void)
{
	rating_shop shop;
	rating_shop_open(&shop, NULL);
	rating_receive(&shop, (rating_order){.state = MARKET_ORDER_CLOSED});
	CHECK_INT(rating_give(&shop, 0, "555", NULL), MARKET_ESTATE);
	CHECK_TEXT(shop.test.err.field, "order");
	rating_receive(&shop, (rating_order){.unreceived = true});
	CHECK_INT(rating_give(&shop, 0, "555", NULL), MARKET_ESTATE);
	CHECK_TEXT(shop.test.err.field, "line");
	rating_shop_close(&shop);
}

static void each_dimension_once(void)
{
	static const struct {
		const char *scores;
		int code;
		const char *field;
	} cases[] = {
		{"{'dimension':'description','score':5},{'dimension':'service','score':5}", MARKET_EMISSING,
	     "scores"},
		{"{'dimension':'description','score':5},{'dimension':'description','score':5}",
	     MARKET_EINVALID, "scores[1].dimension"},
		{"{'dimension':'smell','score':5}", MARKET_EINVALID, "scores[0].dimension"},
		{"{'dimension':'service','score':0}", MARKET_ELIMIT, "scores[0].score"},
		{"{'dimension':'service','score':6}", MARKET_ELIMIT, "scores[0].score"},
	};
	rating_shop shop;
	rating_shop_open(&shop, NULL);
	rating_receive(&shop, RATING_PLAIN);
	test_act_as(&shop.test, "buyer:ref:b0");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		TEST_REFUSED(&shop.test, cases[i].code, cases[i].field, "rating.create",
		             "{'order':'%s','line':'%s','scores':[%s]}", shop.order, shop.line,
		             cases[i].scores);
	CHECK_INT(rating_give(&shop, 0, "155", NULL), 0);
	rating_shop_close(&shop);
}

static void text_waits_for_an_operator(void)
{
	rating_shop shop;
	const char *id;
	rating_shop_open(&shop, NULL);
	id = rating_made(&shop, RATING_PLAIN, "555", "'text':'as described'");
	CHECK_TEXT(test_out(&shop.test, "state"), "pending");
	CHECK_TEXT(test_out(&shop.test, "counted"), "false");
	test_act_as(&shop.test, "member:ref:shop-owner");
	TEST_REFUSED(&shop.test, MARKET_EDENIED, NULL, "rating.publish", "{'rating':'%s'}", id);
	TEST_REFUSED(&shop.test, MARKET_ENOTFOUND, "rating", "rating.get", "{'rating':'%s'}", id);
	test_act_as(&shop.test, "buyer:ref:b0");
	TEST_CALL(&shop.test, "rating.get", "{'rating':'%s'}", id);
	test_act_as(&shop.test, "operator:test");
	TEST_CALL(&shop.test, "rating.get", "{'rating':'%s'}", id);
	shop.test.now += MK_DAY;
	TEST_CALL(&shop.test, "rating.publish", "{'rating':'%s'}", id);
	CHECK_TEXT(test_out(&shop.test, "state"), "published");
	CHECK_TEXT(test_out(&shop.test, "counted"), "true");
	CHECK_TEXT(test_out(&shop.test, "published_at"), "2026-01-06T00:00:00.000Z");
	test_act_as(&shop.test, "anonymous");
	TEST_CALL(&shop.test, "rating.get", "{'rating':'%s'}", id);
	CHECK_TEXT(test_out(&shop.test, "text"), "as described");
	rating_shop_close(&shop);
}

/* pending, published, rejected, removed by publish, reject, remove; 0: not from there. */
static void steps_follow_the_table(void)
{
	static const int32_t expected[4][3] = {{MARKET_RATING_PUBLISHED, MARKET_RATING_REJECTED, 0},
	                                       {0, 0, MARKET_RATING_REMOVED},
	                                       {0},
	                                       {0}};
	static const char *const operations[] = {"publish", "reject", "remove"};
	static const char *const names[] = {"pending", "published", "rejected", "removed"};
	rating_shop shop;
	rating_shop_open(&shop, NULL);
	for (int32_t from = 0; from < 4; from++)
		for (int step = 0; step < 3; step++) {
			const char *id = rating_made(&shop, RATING_PLAIN, "555", "'text':'x'");
			char name[32], reason[32] = "";
			int32_t to = expected[from][step];
			if (from == 1 || from == 3)
				TEST_CALL(&shop.test, "rating.publish", "{'rating':'%s'}", id);
			if (from == 2)
				TEST_CALL(&shop.test, "rating.reject", "{'rating':'%s','reason':'abuse'}", id);
			if (from == 3)
				TEST_CALL(&shop.test, "rating.remove", "{'rating':'%s','reason':'abuse'}", id);
			CHECK_TEXT(test_out(&shop.test, "state"), names[from]);
			CHECK_INT(mk_rating_next_state(from + 1, (mk_rating_step)(step + 1)), to);
			snprintf(name, sizeof(name), "rating.%s", operations[step]);
			if (step > 0)
				snprintf(reason, sizeof(reason), ",'reason':'spam'");
			CHECK_INT(test_call(&shop.test, name, "{'rating':'%s'%s}", id, reason),
			          to != 0 ? 0 : MARKET_ESTATE);
			if (to != 0)
				CHECK_TEXT(test_out(&shop.test, "state"), names[to - 1]);
		}
	TEST_REFUSED(&shop.test, MARKET_EMISSING, "reason", "rating.reject", "{'rating':'rat_1'}");
	rating_shop_close(&shop);
}

static void anonymous_hides_the_buyer(void)
{
	static const struct {
		const char *actor;
		bool sees_plain_order, sees_anonymous;
	} cases[] = {{"buyer:ref:b0", true, true},           {"operator:test", true, true},
	             {"member:ref:shop-owner", true, false}, {"member:ref:rival-owner", false, false},
	             {"buyer:ref:b1", false, false},         {"anonymous", false, false}};
	rating_shop shop;
	const char *plain, *hidden;
	rating_shop_open(&shop, NULL);
	plain = rating_made(&shop, RATING_PLAIN, "555", "'ref':'p'");
	hidden = rating_made(&shop, RATING_PLAIN, "555", "'anonymous':true,'ref':'h'");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_act_as(&shop.test, cases[i].actor);
		TEST_CALL(&shop.test, "rating.get", "{'rating':'%s'}", plain);
		CU_ASSERT_STRING_NOT_EQUAL(test_out(&shop.test, "buyer"), "");
		CHECK_INT(test_out(&shop.test, "order")[0] != '\0', cases[i].sees_plain_order);
		CHECK_INT(test_out(&shop.test, "ref")[0] != '\0', cases[i].sees_plain_order);
		TEST_CALL(&shop.test, "rating.get", "{'rating':'%s'}", hidden);
		CHECK_INT(test_out(&shop.test, "buyer")[0] != '\0', cases[i].sees_anonymous);
		CHECK_INT(test_out(&shop.test, "order")[0] != '\0', cases[i].sees_anonymous);
		CHECK_INT(test_out(&shop.test, "line")[0] != '\0', cases[i].sees_anonymous);
		CHECK_INT(test_out(&shop.test, "ref")[0] != '\0', cases[i].sees_anonymous);
		TEST_CALL(&shop.test, "rating.list", "{'seller':'ref:shop','limit':1}");
		CHECK_INT(test_out(&shop.test, "items.0.buyer")[0] != '\0', cases[i].sees_anonymous);
	}
	rating_shop_close(&shop);
}

static void list_is_newest_first(void)
{
	rating_shop shop;
	char after[64];
	rating_shop_open(&shop, NULL);
	for (int i = 0; i < 5; i++) {
		rating_made(&shop, RATING_PLAIN, i % 2 ? "333" : "444", NULL);
		shop.test.now += i == 1 ? 0 : MK_MINUTE;
	}
	rating_made(&shop, (rating_order){.of_rival = true}, "555", NULL);
	rating_made(&shop, RATING_PLAIN, "555", "'text':'waits'");
	TEST_CALL(&shop.test, "rating.list", "{'seller':'ref:shop','limit':3}");
	CHECK_INT(json_array_size(json_object_get(shop.test.out, "items")), 3);
	CHECK_TEXT(test_out(&shop.test, "items.0.created_at"), "2026-01-05T00:03:00.000Z");
	CHECK_TEXT(test_out(&shop.test, "items.2.created_at"), "2026-01-05T00:01:00.000Z");
	snprintf(after, sizeof(after), "%s", test_out(&shop.test, "next"));
	TEST_CALL(&shop.test, "rating.list", "{'seller':'ref:shop','limit':3,'after':'%s'}", after);
	CHECK_INT(json_array_size(json_object_get(shop.test.out, "items")), 2);
	CHECK_TEXT(test_out(&shop.test, "items.0.created_at"), "2026-01-05T00:01:00.000Z");
	CHECK_TEXT(test_out(&shop.test, "items.1.created_at"), "2026-01-05T00:00:00.000Z");
	CHECK_TEXT(test_out(&shop.test, "next"), "");
	TEST_CALL(&shop.test, "rating.list", "{'seller':'ref:shop','state':'pending'}");
	CHECK_TEXT(test_out(&shop.test, "items.0.text"), "waits");
	TEST_REFUSED(&shop.test, MARKET_EINVALID, "after", "rating.list",
	             "{'seller':'ref:shop','after':'x'}");
	test_act_as(&shop.test, "member:ref:shop-owner");
	TEST_REFUSED(&shop.test, MARKET_EDENIED, "state", "rating.list",
	             "{'seller':'ref:shop','state':'pending'}");
	rating_shop_close(&shop);
}

static void bad_ones_are_told_at_once(void)
{
	rating_shop shop;
	rating_shop_open(&shop, NULL);
	rating_made(&shop, RATING_PLAIN, "533", NULL);
	CHECK_INT(rating_events(&shop, "rating.created"), 1);
	CHECK_INT(rating_events(&shop, "rating.published"), 1);
	CHECK_INT(rating_events(&shop, "rating.bad"), 0);
	rating_made(&shop, RATING_PLAIN, "525", "'text':'slow','anonymous':true");
	CHECK_INT(rating_events(&shop, "rating.bad"), 1);
	CHECK_INT(rating_events(&shop, "rating.published"), 1);
	TEST_CALL(&shop.test, "event.list", "{'limit':1000}");
	for (size_t i = 0; i < json_array_size(json_object_get(shop.test.out, "items")); i++) {
		json_t *item = json_array_get(json_object_get(shop.test.out, "items"), i);
		const char *events = json_string_value(json_object_get(item, "events"));
		if (!events || !strstr(events, "rating.bad"))
			continue;
		CU_ASSERT_PTR_NOT_NULL(strstr(events, "\"dimension\":\"service\",\"score\":2"));
		CU_ASSERT_PTR_NULL(strstr(events, "\"also\""));
	}
	rating_shop_close(&shop);
}

/* From the checkout on, by the operations alone. */
static void bought_received_rated(void)
{
	static const char rate[] =
		"{'order':'%s','line':'%s','scores':[{'dimension':'logistics','score':3},"
		"{'dimension':'description','score':5},{'dimension':'service','score':4}]}";
	bazaar b;
	char actor[60];
	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_pay(&b);
	TEST_CALL(&b.m, "order.ship", "{'order':'%s','carrier':'post','tracking':'BR1'}", b.order[0]);
	snprintf(actor, sizeof(actor), "buyer:%s", b.buyer);
	test_act_as(&b.m, actor);
	TEST_REFUSED(&b.m, MARKET_ESTATE, "order", "rating.create", rate, b.order[0], b.line[0]);
	TEST_CALL(&b.m, "order.confirm", "{'order':'%s'}", b.order[0]);
	TEST_CALL(&b.m, "rating.create", rate, b.order[0], b.line[0]);
	CHECK_TEXT(test_out(&b.m, "state"), "published");
	CHECK_TEXT(test_out(&b.m, "scores.2.dimension"), "logistics");
	CHECK_TEXT(test_out(&b.m, "scores.2.score"), "3");
	CU_ASSERT_STRING_NOT_EQUAL(test_out(&b.m, "product"), "");
	TEST_CALL(&b.m, "rating.score", "{'seller':'%s'}", b.seller[0]);
	CHECK_TEXT(test_out(&b.m, "means.0.mean"), "5.0");
	CHECK_TEXT(test_out(&b.m, "means.2.mean"), "3.0");
	CHECK_TEXT(test_out(&b.m, "credit"), "1");
	bazaar_close(&b);
}

/* Refunded whole while it waits for the buyer, and after the buyer had it. */
static void refunds_before_and_after_receipt(void)
{
	static const char rate[] =
		"{'order':'%s','line':'%s','scores':[{'dimension':'logistics','score':1},"
		"{'dimension':'description','score':1},{'dimension':'service','score':1}]}";
	bazaar b;
	char actor[60];
	bazaar_open(&b, "BRL", NULL);
	bazaar_place_both(&b);
	bazaar_pay(&b);
	settle_ship(&b, 0);
	settle_refund_all(&b, 0);
	CHECK_TEXT(bazaar_order(&b, 0, "close_reason"), "refunded");
	settle_release(&b, 1);
	settle_refund_all(&b, 1);
	CHECK_TEXT(bazaar_order(&b, 1, "state"), "finished");
	snprintf(actor, sizeof(actor), "buyer:%s", b.buyer);
	test_act_as(&b.m, actor);
	TEST_REFUSED(&b.m, MARKET_ESTATE, "order", "rating.create", rate, b.order[0], b.line[0]);
	TEST_CALL(&b.m, "rating.create", rate, b.order[1], b.line[1]);
	CHECK_TEXT(test_out(&b.m, "counted"), "true");
	bazaar_close(&b);
}

static void check_policy(const char *from, const char *to, const char *message)
{
	size_t size = 0;
	const char *text = market_policy_default(&size);
	const char *at = strstr(text, from);
	const mk_policy *policy = NULL;
	static mk_yaml yaml;
	market_error err;
	mk_arena arena;
	char *changed;
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	mk_arena_init(&arena, &mk_allocator_default);
	changed = mk_arena_format(&arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	yaml = (mk_yaml){.arena = &arena};
	if (message) {
		CHECK_ERROR(mk_policy_compile(changed, strlen(changed), &yaml, &policy, &err),
		            MARKET_EPOLICY, NULL);
		CHECK_TEXT(yaml.errors[0].message, message);
	} else {
		CHECK_OK(mk_policy_compile(changed, strlen(changed), &yaml, &policy, &err));
	}
	mk_arena_close(&arena);
}

static void policy_of_ratings_is_checked(void)
{
	check_policy("negative_to: 2", "negative_to: 3", NULL);
	check_policy("negative_to: 2", "negative_to: 4", "negative_to is not below positive_from");
	check_policy("[description, service", "[service, service", "dimension service stands twice");
}

void suite_rating(void);
void suite_rating(void)
{
	CU_pSuite suite = test_suite_on_store("rating");
	CU_add_test(suite, "RAT-1: bought, paid, shipped, confirmed and rated", bought_received_rated);
	CU_add_test(suite, "RAT-1: a received line is rated once", line_is_rated_once);
	CU_add_test(suite, "RAT-1: a line of another order is refused",
	            lines_of_other_orders_are_refused);
	CU_add_test(suite, "RAT-1: nobody but the order's buyer rates", only_the_buyer_rates);
	CU_add_test(suite, "RAT-1: a line is rated until 15 d after receipt, then no more",
	            window_ends_15_days_after_receipt);
	CU_add_test(suite, "RAT-1: what isn't received isn't rated", unreceived_is_not_rated);
	CU_add_test(suite, "RAT-1: each dimension has one score from 1 to 5", each_dimension_once);
	CU_add_test(suite, "RAT-1: a text waits for an operator", text_waits_for_an_operator);
	CU_add_test(suite, "RAT-1: every step from every state is as the table says",
	            steps_follow_the_table);
	CU_add_test(suite, "RAT-1: an anonymous rating hides its buyer, also from the seller",
	            anonymous_hides_the_buyer);
	CU_add_test(suite, "RAT-1: a seller's ratings by page, newest first", list_is_newest_first);
	CU_add_test(suite, "RAT-7: what was wholly refunded before receipt isn't rated",
	            refunded_before_receipt_is_not_rated);
	CU_add_test(suite, "RAT-7: a refund after receipt hinders no rating",
	            refunds_before_and_after_receipt);
	CU_add_test(suite, "RAT-10: a score of 2 raises an event at once, one of 3 doesn't",
	            bad_ones_are_told_at_once);
	suite = test_suite("rating_policy");
	CU_add_test(suite, "RAT-5: dimensions stand once and negative_to is below positive_from",
	            policy_of_ratings_is_checked);
}
