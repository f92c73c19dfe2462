/* RAT-4: which ratings count. */
#include <stdio.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/rating/sql.h"
#include "tests/unit/rating_fixture.h"

/* Wants of the last rating: whether it counts and why not, its point and why none. */
static void check_counts(rating_shop *shop, const char *not_counted, int credit,
                         const char *not_credited)
{
	char text[8];
	snprintf(text, sizeof(text), "%d", credit);
	CHECK_TEXT(test_out(&shop->test, "counted"), not_counted[0] ? "false" : "true");
	CHECK_TEXT(test_out(&shop->test, "not_counted"), not_counted);
	CHECK_TEXT(test_out(&shop->test, "credit"), text);
	CHECK_TEXT(test_out(&shop->test, "not_credited"), not_credited);
}

static void check_score(rating_shop *shop, const char *sum, const char *count, const char *credit)
{
	TEST_CALL(&shop->test, "rating.score", "{'seller':'ref:shop'}");
	CHECK_TEXT(test_out(&shop->test, "means.0.sum"), sum);
	CHECK_TEXT(test_out(&shop->test, "means.0.count"), count);
	CHECK_TEXT(test_out(&shop->test, "credit"), credit);
}

static void first_three_of_a_month_count(void)
{
	rating_shop shop;
	rating_shop_open(&shop, NULL);
	for (int i = 0; i < 3; i++) {
		rating_made(&shop, RATING_PLAIN, "555", NULL);
		check_counts(&shop, "", 1, "");
	}
	rating_made(&shop, RATING_PLAIN, "111", NULL);
	check_counts(&shop, "monthly_limit", -1, "");
	check_score(&shop, "15", "3", "2");
	rating_made(&shop, (rating_order){.buyer = 1}, "444", NULL);
	check_counts(&shop, "", 1, "");
	rating_made(&shop, (rating_order){.of_rival = true}, "444", NULL);
	check_counts(&shop, "", 1, "");
	check_score(&shop, "19", "4", "3");
	rating_shop_close(&shop);
}

/* The policy's zone is three hours behind UTC. */
static void months_are_those_of_the_zone(void)
{
	rating_shop shop;
	market_time end;
	rating_shop_open(&shop, NULL);
	CU_ASSERT_TRUE(market_time_parse("2026-02-01T03:00:00Z", &end));
	shop.test.now = end - 1;
	for (int i = 0; i < 3; i++)
		rating_made(&shop, RATING_PLAIN, "555", NULL);
	rating_made(&shop, RATING_PLAIN, "555", NULL);
	check_counts(&shop, "monthly_limit", 1, "");
	shop.test.now = end;
	rating_made(&shop, RATING_PLAIN, "555", NULL);
	check_counts(&shop, "", 1, "");
	rating_shop_close(&shop);
}

static void six_points_a_month(void)
{
	static const char *const scores[] = {"444", "111"};
	rating_shop shop;
	rating_shop_open(&shop, NULL);
	for (int b = 0; b < 2; b++) {
		const int point = b == 0 ? 1 : -1;
		for (int i = 0; i < 6; i++)
			rating_made(&shop, (rating_order){.buyer = b}, scores[b], NULL);
		check_counts(&shop, "monthly_limit", point, "");
		rating_made(&shop, (rating_order){.buyer = b}, scores[b], NULL);
		check_counts(&shop, "monthly_limit", 0, "monthly_limit");
		rating_made(&shop, (rating_order){.buyer = b}, "333", NULL);
		check_counts(&shop, "monthly_limit", 0, "");
		rating_made(&shop, (rating_order){.buyer = b}, scores[1 - b], NULL);
		check_counts(&shop, "monthly_limit", -point, "");
	}
	check_score(&shop, "15", "6", "0");
	rating_shop_close(&shop);
}

/* Of three scores: a mean of 4 gives a point, of 2 takes one. */
static void points_by_the_mean(void)
{
	static const struct {
		const char *scores;
		int credit;
	} cases[] = {{"543", 1}, {"533", 0}, {"223", 0}, {"213", -1}};
	rating_shop shop;
	rating_shop_open(&shop, NULL);
	for (int i = 0; i < 4; i++) {
		rating_made(&shop, (rating_order){.buyer = i}, cases[i].scores, NULL);
		check_counts(&shop, "", cases[i].credit, "");
	}
	rating_shop_close(&shop);
}

static void same_item_counts_once_in_14_days(void)
{
	rating_shop shop;
	rating_order order = {.product = 7};
	rating_shop_open(&shop, NULL);
	order.bought_at = TEST_START - 60 * MK_DAY;
	rating_made(&shop, order, "555", NULL);
	check_counts(&shop, "", 1, "");
	order.bought_at += 14 * MK_DAY - 1;
	rating_made(&shop, order, "333", NULL);
	check_counts(&shop, "same_item", 0, "");
	rating_made(&shop, order, "111", NULL);
	check_counts(&shop, "same_item", 0, "same_item");
	order.bought_at += 1;
	rating_made(&shop, order, "555", NULL);
	check_counts(&shop, "", 1, "");
	/* between the two that count, and published after both */
	order.bought_at -= MK_DAY;
	rating_made(&shop, order, "555", NULL);
	check_counts(&shop, "same_item", 0, "same_item");
	order.buyer = 1;
	rating_made(&shop, order, "555", NULL);
	check_counts(&shop, "", 1, "");
	order.buyer = 0;
	order.product = 8;
	rating_made(&shop, order, "555", NULL);
	check_counts(&shop, "", 1, "");
	check_score(&shop, "20", "4", "4");
	rating_shop_close(&shop);
}

/* It gave a point although the month's three places were taken. */
static void a_point_alone_is_once_too(void)
{
	rating_order order = {.product = 7, .bought_at = TEST_START};
	rating_shop shop;
	rating_shop_open(&shop, NULL);
	for (int i = 0; i < 3; i++)
		rating_made(&shop, RATING_PLAIN, "555", NULL);
	rating_made(&shop, order, "555", NULL);
	check_counts(&shop, "monthly_limit", 1, "");
	shop.test.now += 40 * MK_DAY;
	order.bought_at += 13 * MK_DAY;
	rating_made(&shop, order, "555", NULL);
	check_counts(&shop, "same_item", 0, "same_item");
	rating_shop_close(&shop);
}

static void lines_of_one_order_are_the_same_item(void)
{
	rating_shop shop;
	rating_shop_open(&shop, NULL);
	rating_made(&shop, RATING_PLAIN, "555", NULL);
	memcpy(shop.line, shop.second, sizeof(shop.line));
	CHECK_INT(rating_give(&shop, 0, "555", NULL), 0);
	check_counts(&shop, "same_item", 0, "same_item");
	rating_shop_close(&shop);
}

static void only_published_ones_take_places(void)
{
	const rating_order same = {.product = 7};
	const char *ids[3];
	rating_shop shop;
	rating_shop_open(&shop, NULL);
	for (int i = 0; i < 3; i++)
		ids[i] = rating_made(&shop, same, "111", "'text':'x'");
	check_score(&shop, "0", "0", "0");
	TEST_CALL(&shop.test, "rating.reject", "{'rating':'%s','reason':'abuse'}", ids[0]);
	check_score(&shop, "0", "0", "0");
	TEST_CALL(&shop.test, "rating.publish", "{'rating':'%s'}", ids[1]);
	check_counts(&shop, "", -1, "");
	/* a removed one doesn't stand in the way of the same item, but keeps its place in the month */
	TEST_CALL(&shop.test, "rating.remove", "{'rating':'%s','reason':'abuse'}", ids[1]);
	check_score(&shop, "0", "0", "0");
	TEST_CALL(&shop.test, "rating.publish", "{'rating':'%s'}", ids[2]);
	check_counts(&shop, "", -1, "");
	rating_made(&shop, RATING_PLAIN, "444", NULL);
	check_counts(&shop, "", 1, "");
	rating_made(&shop, RATING_PLAIN, "444", NULL);
	check_counts(&shop, "monthly_limit", 1, "");
	check_score(&shop, "5", "2", "1");
	rating_shop_close(&shop);
}

/* Another publication changes the row between this one's reading and writing: on PostgreSQL by a
 * second connection, on SQLite by the same one in the same transaction, so that it is undone with
 * the run. */
typedef struct rush {
	const mk_statement *change;
	mk_store *other;
	mk_arena arena;
	int64_t buyer;
	int left;
} rush;

static const mk_statement take_place = {
	.name = "test_take_place",
	.table = "rating_month",
	.sql = "UPDATE rating_month SET counted = counted + 1, version = version + 1 "
		   "WHERE book_id > 0 AND buyer_id = ?1",
	.scan = true,
};
static const mk_statement touch_item = {
	.name = "test_touch_item",
	.table = "rating_item",
	.sql = "UPDATE rating_item SET version = version + 1 WHERE book_id > 0 AND buyer_id = ?1",
	.scan = true,
};

static const mk_statement touch_rating = {
	.name = "test_touch_rating",
	.table = "rating",
	.sql = "UPDATE rating SET version = version + 1 WHERE book_id > 0 AND buyer_id = ?1",
	.scan = true,
};

static int change_between(mk_store *store, void *user_data)
{
	rush *r = user_data;
	if (r->left == 0)
		return 0;
	r->left--;
	return mk_store_write(r->other ? r->other : store, r->change, MK_ARGS(mk_int(r->buyer)), NULL) <
	       0;
}

static void rush_open(rush *r, rating_shop *shop, const mk_statement *change)
{
	const mk_store_options options = {.allocator = &mk_allocator_default};
	mk_store_url url;
	market_error err;
	*r = (rush){.change = change, .buyer = shop->buyers[0].id};
	mk_arena_init(&r->arena, &mk_allocator_default);
	if (test_on_postgres()) {
		CHECK_OK_FATAL(mk_store_url_parse(shop->test.url, &r->arena, &url, &err));
		CHECK_OK_FATAL(mk_store_open(&url, &options, &r->other, &err));
	}
	mk_store_set_before_flush(shop->test.market->store, change_between, r);
}

static void rush_close(rush *r, rating_shop *shop)
{
	mk_store_set_before_flush(shop->test.market->store, NULL, NULL);
	mk_store_close(r->other);
	mk_arena_close(&r->arena);
}

static void last_place_is_given_once(void)
{
	rating_shop shop;
	rush r;
	rating_shop_open(&shop, NULL);
	rating_made(&shop, RATING_PLAIN, "555", NULL);
	rating_receive(&shop, RATING_PLAIN);
	rush_open(&r, &shop, &take_place);
	r.left = MK_MAX_TRIES;
	CHECK_INT(rating_give(&shop, 0, "555", NULL), MARKET_ECONFLICT);
	CHECK_INT(r.left, 0);
	r.left = 1;
	CHECK_INT(rating_give(&shop, 0, "555", NULL), 0);
	/* what the second connection took stays taken */
	check_counts(&shop, r.other ? "monthly_limit" : "", 1, "");
	rush_close(&r, &shop);
	rating_shop_close(&shop);
}

static void same_item_is_counted_by_one(void)
{
	rating_order order = {.product = 7};
	rating_shop shop;
	rush r;
	rating_shop_open(&shop, NULL);
	order.bought_at = TEST_START - 30 * MK_DAY;
	rating_made(&shop, order, "555", NULL);
	order.bought_at = TEST_START - MK_DAY;
	rating_receive(&shop, order);
	rush_open(&r, &shop, &touch_item);
	r.left = MK_MAX_TRIES;
	CHECK_INT(rating_give(&shop, 0, "555", NULL), MARKET_ECONFLICT);
	CHECK_INT(r.left, 0);
	r.left = MK_MAX_TRIES - 1;
	CHECK_INT(rating_give(&shop, 0, "555", NULL), 0);
	check_counts(&shop, "", 1, "");
	rush_close(&r, &shop);
	rating_shop_close(&shop);
}

static void rating_is_published_once(void)
{
	rating_shop shop;
	const char *id;
	rush r;
	rating_shop_open(&shop, NULL);
	id = rating_made(&shop, RATING_PLAIN, "555", "'text':'x'");
	rush_open(&r, &shop, &touch_rating);
	r.left = MK_MAX_TRIES;
	TEST_REFUSED(&shop.test, MARKET_ECONFLICT, NULL, "rating.publish", "{'rating':'%s'}", id);
	TEST_CALL(&shop.test, "rating.publish", "{'rating':'%s'}", id);
	r.left = MK_MAX_TRIES;
	TEST_REFUSED(&shop.test, MARKET_ECONFLICT, NULL, "rating.remove",
	             "{'rating':'%s','reason':'x'}", id);
	rush_close(&r, &shop);
	check_score(&shop, "5", "1", "1");
	rating_shop_close(&shop);
}

void suite_rating_count(void);
void suite_rating_count(void)
{
	CU_pSuite suite = test_suite_on_store("rating_count");
	CU_add_test(suite, "RAT-4: of a buyer and seller the first 3 of a month count, the 4th doesn't",
	            first_three_of_a_month_count);
	CU_add_test(suite, "RAT-4: a month begins at midnight of the policy's zone",
	            months_are_those_of_the_zone);
	CU_add_test(suite, "RAT-4: a month's credit points lie within 6, either way",
	            six_points_a_month);
	CU_add_test(suite, "RAT-5: a mean of 4 gives a point, a mean of 2 takes one",
	            points_by_the_mean);
	CU_add_test(suite, "RAT-4: the same item bought again counts from 14 d on, not 1 ms before",
	            same_item_counts_once_in_14_days);
	CU_add_test(suite, "RAT-4: an item that gave a point but no score has counted",
	            a_point_alone_is_once_too);
	CU_add_test(suite, "RAT-4: two lines of one order are the same item",
	            lines_of_one_order_are_the_same_item);
	CU_add_test(suite, "RAT-4: only what is published takes a place; rejected ones never count",
	            only_published_ones_take_places);
	CU_add_test(suite, "RAT-4: two at a time can't both take a month's place",
	            last_place_is_given_once);
	CU_add_test(suite, "RAT-4: two at a time can't both publish one rating",
	            rating_is_published_once);
	CU_add_test(suite, "RAT-4: two at a time can't both be the first of an item",
	            same_item_is_counted_by_one);
}
