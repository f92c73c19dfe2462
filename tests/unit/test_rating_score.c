/* RAT-6: means of sellers, now and as of any past time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "tests/unit/rating_fixture.h"

static void silence_gives_no_score(void)
{
	rating_shop shop;
	rating_shop_open(&shop, NULL);
	rating_receive(&shop, RATING_PLAIN);
	test_advance(&shop.test, 16 * MK_DAY);
	TEST_CALL(&shop.test, "rating.score", "{'seller':'ref:shop'}");
	CHECK_TEXT(test_out(&shop.test, "means.2.dimension"), "logistics");
	CHECK_TEXT(test_out(&shop.test, "means.2.mean"), "");
	CHECK_TEXT(test_out(&shop.test, "means.2.sum"), "0");
	CHECK_TEXT(test_out(&shop.test, "means.2.count"), "0");
	CHECK_TEXT(test_out(&shop.test, "credit"), "0");
	TEST_CALL(&shop.test, "rating.list", "{'seller':'ref:shop'}");
	CHECK_INT(json_array_size(json_object_get(shop.test.out, "items")), 0);
	rating_shop_close(&shop);
}

/* 17 / 4 = 4.25, 14 / 3 = 4.67, 13 / 4 = 3.25, 49 / 20 = 2.45 and the like: halves go up. */
static void means_are_shown_to_one_decimal(void)
{
	static const char *const scores[] = {"543", "453", "443", "423"};
	static const char *const means[][2] = {{"17", "4.3"}, {"15", "3.8"}, {"12", "3.0"}};
	rating_shop shop;
	char path[32];
	rating_shop_open(&shop, NULL);
	for (int i = 0; i < 4; i++)
		rating_made(&shop, (rating_order){.buyer = i}, scores[i], NULL);
	TEST_CALL(&shop.test, "rating.score", "{'seller':'ref:shop'}");
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "means.%d.sum", i);
		CHECK_TEXT(test_out(&shop.test, path), means[i][0]);
		snprintf(path, sizeof(path), "means.%d.mean", i);
		CHECK_TEXT(test_out(&shop.test, path), means[i][1]);
		snprintf(path, sizeof(path), "means.%d.count", i);
		CHECK_TEXT(test_out(&shop.test, path), "4");
	}
	rating_made(&shop, RATING_PLAIN, "154", NULL);
	TEST_CALL(&shop.test, "rating.score", "{'seller':'ref:shop'}");
	CHECK_TEXT(test_out(&shop.test, "means.0.mean"), "3.6"); /* 18 / 5 */
	CHECK_TEXT(test_out(&shop.test, "means.1.mean"), "4.0"); /* 20 / 5 */
	CHECK_TEXT(test_out(&shop.test, "means.2.mean"), "3.2"); /* 16 / 5 */
	rating_shop_close(&shop);
}

static void sums_of_forged_days_overflow(void)
{
	static const mk_statement forge = {
		.name = "test_forge_days",
		.table = "rating_day",
		.sql = "UPDATE rating_day SET total = 9223372036854775807 WHERE book_id = ?1",
	};
	rating_shop shop;
	market_error err;

	rating_shop_open(&shop, NULL);
	rating_made(&shop, RATING_PLAIN, "555", NULL);
	test_advance(&shop.test, MK_DAY);
	rating_made(&shop, RATING_PLAIN, "555", NULL);
	CU_ASSERT(mk_store_write(shop.test.market->store, &forge, MK_ARGS(mk_int(shop.seller.book)),
	                         &err) > 1);
	TEST_REFUSED(&shop.test, MARKET_ECORRUPT, NULL, "rating.score", "{'seller':'ref:shop'}");
	rating_shop_close(&shop);
}

static void check_count(rating_shop *shop, const char *as_of, const char *count, const char *credit)
{
	TEST_CALL(&shop->test, "rating.score", "{'seller':'ref:shop'%s%s%s}", as_of ? ",'as_of':'" : "",
	          as_of ? as_of : "", as_of ? "'" : "");
	CHECK_TEXT(test_out(&shop->test, "means.0.count"), count);
	CHECK_TEXT(test_out(&shop->test, "credit"), credit);
}

static void window_is_180_days(void)
{
	rating_shop shop;
	rating_shop_open(&shop, NULL);
	rating_made(&shop, RATING_PLAIN, "555", NULL);
	shop.test.now = TEST_START + 180 * MK_DAY - 1;
	check_count(&shop, NULL, "1", "1");
	CHECK_TEXT(test_out(&shop.test, "from"), "2026-01-05T00:00:00.000Z");
	shop.test.now = TEST_START + 180 * MK_DAY;
	check_count(&shop, NULL, "0", "1");
	check_count(&shop, "2026-07-03T23:59:59.999Z", "1", "1");
	check_count(&shop, "2026-07-04T00:00:00Z", "0", "1");
	rating_shop_close(&shop);
}

static void past_scores_stay(void)
{
	rating_shop shop;
	const char *id;
	rating_shop_open(&shop, NULL);
	shop.test.now += 10 * MK_HOUR;
	id = rating_made(&shop, RATING_PLAIN, "555", NULL);
	shop.test.now += 3 * MK_DAY;
	TEST_CALL(&shop.test, "rating.remove", "{'rating':'%s','reason':'abuse'}", id);
	check_count(&shop, NULL, "0", "0");
	shop.test.now += 10 * MK_DAY;
	check_count(&shop, "2026-01-05T09:59:59.999Z", "0", "0");
	check_count(&shop, "2026-01-05T10:00:00Z", "1", "1");
	check_count(&shop, "2026-01-06T00:00:00Z", "1", "1");
	check_count(&shop, "2026-01-08T09:59:59.999Z", "1", "1");
	check_count(&shop, "2026-01-08T10:00:00Z", "0", "0");
	check_count(&shop, "2026-01-09T00:00:00Z", "0", "0");
	check_count(&shop, "2026-01-18T10:00:00Z", "0", "0");
	TEST_REFUSED(&shop.test, MARKET_EINVALID, "as_of", "rating.score",
	             "{'seller':'ref:shop','as_of':'2026-01-18T10:00:00.001Z'}");
	rating_shop_close(&shop);
}

static void removed_within_a_day(void)
{
	rating_shop shop;
	const char *id;
	rating_shop_open(&shop, NULL);
	id = rating_made(&shop, RATING_PLAIN, "555", NULL);
	shop.test.now += MK_HOUR;
	TEST_CALL(&shop.test, "rating.remove", "{'rating':'%s','reason':'abuse'}", id);
	check_count(&shop, NULL, "0", "0");
	check_count(&shop, "2026-01-05T00:59:59.999Z", "1", "1");
	check_count(&shop, "2026-01-05T01:00:00Z", "0", "0");
	rating_shop_close(&shop);
}

static void removed_on_the_last_day(void)
{
	rating_shop shop;
	const char *id;
	rating_shop_open(&shop, NULL);
	id = rating_made(&shop, RATING_PLAIN, "555", NULL);
	shop.test.now = TEST_START + 179 * MK_DAY + MK_HOUR;
	TEST_CALL(&shop.test, "rating.remove", "{'rating':'%s','reason':'abuse'}", id);
	shop.test.now += 10 * MK_DAY;
	check_count(&shop, "2026-07-03T00:59:59.999Z", "1", "1");
	check_count(&shop, "2026-07-03T01:00:00Z", "0", "0");
	rating_shop_close(&shop);
}

/* ---- a random series against a plain model ---- */

typedef struct model_rating {
	char id[MARKET_ID_TEXT_SIZE];
	int buyer, scores[3];
	int64_t product;
	market_time bought_at, created_at, published_at, ended_at;
	bool published, counted;
	int credit;
} model_rating;

typedef struct model {
	model_rating ratings[400];
	int count;
	uint64_t state;
} model;

/* The policy of this test has its months in UTC. */
static int64_t month_number(market_time time)
{
	int year, month, day;
	mk_time_civil(time, &year, &month, &day, NULL);
	return year * 12 + month;
}

/* RAT-4 again, from nothing but the ratings published before. */
static void model_publish(model *m, model_rating *rating, market_time now)
{
	const int sum = rating->scores[0] + rating->scores[1] + rating->scores[2];
	const int credit = sum >= 12 ? 1 : sum <= 6 ? -1 : 0;
	int places = 0, points = 0;
	bool same = false;
	for (int i = 0; i < m->count; i++) {
		const model_rating *other = &m->ratings[i];
		if (!other->published || other->buyer != rating->buyer)
			continue;
		if (other->product == rating->product && other->ended_at == 0 &&
		    (other->counted || other->credit) &&
		    llabs(other->bought_at - rating->bought_at) < 14 * MK_DAY)
			same = true;
		if (month_number(other->created_at) == month_number(rating->created_at)) {
			places += other->counted;
			points += other->credit;
		}
	}
	rating->published = true;
	rating->published_at = now;
	rating->counted = !same && places < 3;
	rating->credit = !same && abs(points + credit) <= 6 ? credit : 0;
}

static void model_check(model *m, rating_shop *shop, market_time as_of)
{
	int64_t sums[3] = {0}, count = 0, credit = 0;
	char path[32], expected[24], time[MARKET_TIME_TEXT_SIZE];
	for (int i = 0; i < m->count; i++) {
		const model_rating *rating = &m->ratings[i];
		if (!rating->published || rating->published_at > as_of ||
		    (rating->ended_at != 0 && rating->ended_at <= as_of))
			continue;
		credit += rating->credit;
		if (!rating->counted || rating->published_at / MK_DAY <= as_of / MK_DAY - 180)
			continue;
		count++;
		for (int k = 0; k < 3; k++)
			sums[k] += rating->scores[k];
	}
	market_time_format(as_of, time);
	if (as_of == shop->test.now && test_random_below(&m->state, 2))
		TEST_CALL(&shop->test, "rating.score", "{'seller':'ref:shop'}");
	else
		TEST_CALL(&shop->test, "rating.score", "{'seller':'ref:shop','as_of':'%s'}", time);
	for (int k = 0; k < 3; k++) {
		snprintf(path, sizeof(path), "means.%d.sum", k);
		snprintf(expected, sizeof(expected), "%lld", (long long)sums[k]);
		CHECK_TEXT(test_out(&shop->test, path), expected);
		snprintf(path, sizeof(path), "means.%d.count", k);
		snprintf(expected, sizeof(expected), "%lld", (long long)count);
		CHECK_TEXT(test_out(&shop->test, path), expected);
	}
	snprintf(expected, sizeof(expected), "%lld", (long long)credit);
	CHECK_TEXT(test_out(&shop->test, "credit"), expected);
}

static void model_create(model *m, rating_shop *shop)
{
	model_rating *rating = &m->ratings[m->count];
	bool waits = test_random_below(&m->state, 3) == 0;
	char scores[4] = "";
	memset(rating, 0, sizeof(*rating));
	for (int k = 0; k < 3; k++) {
		rating->scores[k] = 1 + (int)test_random_below(&m->state, 5);
		scores[k] = (char)('0' + rating->scores[k]);
	}
	rating->buyer = (int)test_random_below(&m->state, SHOP_BUYERS);
	rating->product = 1 + (int64_t)test_random_below(&m->state, 12);
	rating->created_at = shop->test.now;
	rating->bought_at =
		shop->test.now - (1 + (int64_t)test_random_below(&m->state, 40)) * (MK_DAY / 2);
	snprintf(rating->id, sizeof(rating->id), "%s",
	         rating_made(shop,
	                     (rating_order){.buyer = rating->buyer,
	                                    .product = rating->product,
	                                    .bought_at = rating->bought_at},
	                     scores, waits ? "'text':'x'" : NULL));
	if (!waits)
		model_publish(m, rating, shop->test.now);
	m->count++;
}

static void model_moderate(model *m, rating_shop *shop)
{
	model_rating *rating;
	if (m->count == 0)
		return;
	rating = &m->ratings[test_random_below(&m->state, (uint64_t)m->count)];
	if (rating->ended_at != 0)
		return;
	if (rating->published || test_random_below(&m->state, 6) == 0) {
		TEST_CALL(&shop->test, rating->published ? "rating.remove" : "rating.reject",
		          "{'rating':'%s','reason':'abuse'}", rating->id);
		rating->ended_at = shop->test.now;
		return;
	}
	TEST_CALL(&shop->test, "rating.publish", "{'rating':'%s'}", rating->id);
	model_publish(m, rating, shop->test.now);
}

/* The built-in policy with its months in UTC. */
static char *utc_policy(void)
{
	size_t size = 0;
	const char *text = market_policy_default(&size);
	static const char zone[] = "zone: America/Sao_Paulo";
	char *copy = calloc(1, size + 1);
	memcpy(copy, text, size);
	memcpy(strstr(copy, zone), "zone: UTC              ", sizeof(zone) - 1);
	return copy;
}

static void random_series_equals_the_model(void)
{
	static model m;
	rating_shop shop;
	char *policy = utc_policy();
	m = (model){.state = test_random_seed()};
	rating_shop_open(&shop, policy);
	free(policy);
	for (int i = 0; i < 240; i++) {
		shop.test.now += (market_time)test_random_below(&m.state, (uint64_t)(3 * MK_DAY));
		if (test_random_below(&m.state, 3) > 0)
			model_create(&m, &shop);
		else
			model_moderate(&m, &shop);
		if (i % 20 == 0)
			model_check(&m, &shop, shop.test.now);
	}
	for (int i = 0; i < 60; i++)
		model_check(&m, &shop,
		            TEST_START + (market_time)test_random_below(
									 &m.state, (uint64_t)(shop.test.now - TEST_START)));
	/* the moments at which something changed, and those just before */
	for (int i = 0; i < m.count; i += 5) {
		const model_rating *rating = &m.ratings[i];
		if (rating->published)
			model_check(&m, &shop, rating->published_at);
		if (rating->ended_at != 0)
			model_check(&m, &shop, rating->ended_at - 1);
	}
	rating_shop_close(&shop);
}

void suite_rating_score(void);
void suite_rating_score(void)
{
	CU_pSuite suite = test_suite_on_store("rating_score");
	CU_add_test(suite, "RAT-3: silence gives no score", silence_gives_no_score);
	CU_add_test(suite, "RAT-6: a mean is exact and shown to one decimal, halves up",
	            means_are_shown_to_one_decimal);
	CU_add_test(suite, "RAT-6: sums of forged days that overflow are corrupt",
	            sums_of_forged_days_overflow);
	CU_add_test(suite, "RAT-4: a rating scores on 180 days, not on the 181st", window_is_180_days);
	CU_add_test(suite, "RAT-6: a removed rating stays in the scores of before", past_scores_stay);
	CU_add_test(suite, "RAT-6: published and removed on one day, told apart to the millisecond",
	            removed_within_a_day);
	CU_add_test(suite, "RAT-6: removed on the last day of its window, it scores until then",
	            removed_on_the_last_day);
	CU_add_test(suite, "RAT-6: sums of days equal the ratings added up, as of any time",
	            random_series_equals_the_model);
}
