/* An operation by name with JSON against its typed function. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/shop.h"

typedef struct caller {
	bench_shop *shop;
	market_id order;
	char order_text[MARKET_ID_TEXT_SIZE];
} caller;

static void call(const bench_options *options);
static void report(const char *operation, const bench_side *json, const bench_side *typed);
static void get_typed(void *data, int64_t count, bench_side *side);
static void get_json(void *data, int64_t count, bench_side *side);
static void place_typed(void *data, int64_t count, bench_side *side);
static void place_json(void *data, int64_t count, bench_side *side);
static void stop(bench_side *side, int64_t wall, int64_t cpu);

const bench bench_call = {.name = "call.json",
                          .summary = "market_call with JSON against the typed function, in memory",
                          .run = call};

static void call(const bench_options *options)
{
	static bench_seller sellers[BENCH_SELLERS];
	bench_shop shop;
	caller c = {.shop = &shop};
	bench_side json = {.name = "json", .data = &c}, typed = {.name = "typed", .data = &c},
			   none = {0};
	bench_side *const sides[] = {&json, &typed};
	int64_t count = options->count ? options->count : 20000;
	market_order_group *group;

	bench_shop_make(&shop, ":memory:", NULL, sellers);
	shop.random.state = options->seed;
	group = bench_shop_place(&shop, &none);
	c.order = group->orders[0]->id;
	market_id_format(MARKET_ID_ORDER, c.order, c.order_text);
	market_order_group_free(group);
	json.run = get_json;
	typed.run = get_typed;
	bench_compare(sides, 2, count, count / 20);
	report("order.get", &json, &typed);
	bench_side_close(&json);
	bench_side_close(&typed);
	json = (bench_side){.name = "json", .run = place_json, .data = &c};
	typed = (bench_side){.name = "typed", .run = place_typed, .data = &c};
	bench_compare(sides, 2, count / 2, count / 40);
	report("order.place", &json, &typed);
	bench_side_close(&json);
	bench_side_close(&typed);
	bench_shop_close(&shop);
}

static void report(const char *operation, const bench_side *json, const bench_side *typed)
{
	bench_report("call.json", "calls/s", json, typed);
	bench_text("operation", operation);
	bench_number("added_us", bench_cpu_us(json) - bench_cpu_us(typed), 1);
	bench_line_end();
}

static void get_typed(void *data, int64_t count, bench_side *side)
{
	const caller *c = data;
	market_order_get_params in = MARKET_ORDER_GET_PARAMS_INIT;
	int64_t wall = bench_now(), cpu = bench_cpu();
	market_error err;

	in.order = c->order;
	for (int64_t i = 0; i < count; i++) {
		market_order *order = NULL;

		bench_check(market_order_get(c->shop->staff, &in, &order, &err), &err, "order.get");
		market_order_free(order);
	}
	stop(side, wall, cpu);
}

static void get_json(void *data, int64_t count, bench_side *side)
{
	const caller *c = data;
	int64_t wall = bench_now(), cpu = bench_cpu();
	char params[100];
	market_error err;

	snprintf(params, sizeof(params), "{\"order\":\"%s\"}", c->order_text);
	for (int64_t i = 0; i < count; i++) {
		char *reply = NULL;

		bench_check(market_call(c->shop->staff, "order.get", params, &reply, &err), &err,
		            "order.get");
		market_text_free(reply);
	}
	stop(side, wall, cpu);
}

static void place_typed(void *data, int64_t count, bench_side *side)
{
	const caller *c = data;
	int64_t cpu = bench_cpu();

	for (int64_t i = 0; i < count; i++)
		market_order_group_free(bench_shop_place(c->shop, side));
	side->cpu += bench_cpu() - cpu;
}

static void place_json(void *data, int64_t count, bench_side *side)
{
	const caller *c = data;
	bench_shop *shop = c->shop;

	for (int64_t i = 0; i < count; i++) {
		const bench_seller *seller = &shop->sellers[bench_next(&shop->random, BENCH_SELLERS)];
		int64_t number = (int64_t)bench_next(&shop->random, BENCH_BUYERS) + 1, wall, cpu;
		const market_actor actor = {.kind = MARKET_ACTOR_BUYER, .id = {number, number}};
		char buyer[MARKET_ID_TEXT_SIZE], skus[2][MARKET_ID_TEXT_SIZE], params[700], *reply = NULL;
		market_error err;
		int rc;

		market_id_format(MARKET_ID_BUYER, actor.id, buyer);
		for (int k = 0; k < 2; k++)
			market_id_format(MARKET_ID_SKU, seller->skus[k], skus[k]);
		snprintf(
			params, sizeof(params),
			"{\"key\":\"place-%lld\",\"buyer\":\"%s\",\"currency\":\"BRL\",\"method\":\"card\","
			"\"items\":["
			"{\"sku\":\"%s\",\"quantity\":1,\"price\":{\"amount\":\"19.90\",\"currency\":\"BRL\"}},"
			"{\"sku\":\"%s\",\"quantity\":2,\"price\":{\"amount\":\"19.90\","
			"\"currency\":\"BRL\"}}]}",
			(long long)++shop->serial, buyer, skus[0], skus[1]);
		wall = bench_now();
		cpu = bench_cpu();
		rc = market_session_act_as(shop->buyer, &actor, &err);
		if (rc == 0)
			rc = market_call(shop->buyer, "order.place", params, &reply, &err);
		stop(side, wall, cpu);
		bench_check(rc, &err, "order.place");
		market_text_free(reply);
	}
}

static void stop(bench_side *side, int64_t wall, int64_t cpu)
{
	side->wall += bench_now() - wall;
	side->cpu += bench_cpu() - cpu;
}
