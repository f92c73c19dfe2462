/* One seller order with two lines through the typed functions: five keyed operations, each its own
 * transaction. */
#include <stdio.h>
#include <string.h>

#include <market/plugin.h>

#include "tests/bench/shop.h"

/* What one lifecycle carries from operation to operation. */
typedef struct deal {
	const bench_seller *seller;
	market_id buyer, order, payment;
	int64_t total;
	char key[40];
} deal;

static void begin(bench_shop *shop, bench_step step, deal *d);
static void end(bench_shop *shop, bench_side *side, int rc, const market_error *err);
static void choose(bench_shop *shop, deal *d);
static market_order_group *place(bench_shop *shop, bench_side *side, deal *d);
static void pay(bench_shop *shop, bench_side *side, deal *d);
static void ship(bench_shop *shop, bench_side *side, deal *d);
static void confirm(bench_shop *shop, bench_side *side, deal *d);
static void release(bench_shop *shop, bench_side *side, deal *d);
static void act_as(market_session *session, int32_t kind, market_id id);

const char *const bench_step_names[BENCH_STEPS] = {
	[BENCH_PLACE] = "place",     [BENCH_PAY] = "pay",         [BENCH_SHIP] = "ship",
	[BENCH_CONFIRM] = "confirm", [BENCH_RELEASE] = "release",
};

void bench_shop_run(void *data, int64_t count, bench_side *side)
{
	bench_shop *shop = data;
	int64_t cpu = bench_cpu();

	for (int64_t i = 0; i < count; i++) {
		deal d;
		market_order_group *group;

		choose(shop, &d);
		group = place(shop, side, &d);
		d.order = group->orders[0]->id;
		d.payment = group->payment;
		d.total = group->total.amount;
		market_order_group_free(group);
		pay(shop, side, &d);
		ship(shop, side, &d);
		confirm(shop, side, &d);
		release(shop, side, &d);
	}
	side->cpu += bench_cpu() - cpu;
}

market_order_group *bench_shop_place(bench_shop *shop, bench_side *side)
{
	deal d;

	choose(shop, &d);
	return place(shop, side, &d);
}

static void begin(bench_shop *shop, bench_step step, deal *d)
{
	snprintf(d->key, sizeof(d->key), "%s-%lld", bench_step_names[step], (long long)shop->serial);
	shop->step = step;
	shop->begun = bench_now();
}

static void end(bench_shop *shop, bench_side *side, int rc, const market_error *err)
{
	int64_t wall = bench_now() - shop->begun;

	side->wall += wall;
	shop->step_wall[shop->step] += wall;
	bench_check(rc, err, bench_step_names[shop->step]);
}

static void choose(bench_shop *shop, deal *d)
{
	int64_t buyer = (int64_t)bench_next(&shop->random, BENCH_BUYERS) + 1;

	*d = (deal){.buyer = {buyer, buyer}};
	/* A seller's first order opens its accounts: each has one before anything is measured. */
	d->seller = &shop->sellers[shop->serial < shop->n_sellers
	                               ? (uint64_t)shop->serial
	                               : bench_next(&shop->random, (uint64_t)shop->n_sellers)];
	shop->serial++;
}

static market_order_group *place(bench_shop *shop, bench_side *side, deal *d)
{
	market_place_item items[] = {MARKET_PLACE_ITEM_INIT, MARKET_PLACE_ITEM_INIT};
	const market_place_item *const list[] = {&items[0], &items[1]};
	market_order_place_params in = MARKET_ORDER_PLACE_PARAMS_INIT;
	market_order_group *group = NULL;
	market_error err;
	int rc;

	for (int i = 0; i < 2; i++) {
		items[i].sku = d->seller->skus[i];
		items[i].quantity = i + 1;
		items[i].price = (market_money){1990, "BRL"};
	}
	in.key = d->key;
	in.buyer = d->buyer;
	in.currency = "BRL";
	in.items = list;
	in.n_items = 2;
	in.method = "card";
	begin(shop, BENCH_PLACE, d);
	act_as(shop->buyer, MARKET_ACTOR_BUYER, d->buyer);
	rc = market_order_place(shop->buyer, &in, &group, &err);
	end(shop, side, rc, &err);
	return group;
}

static void pay(bench_shop *shop, bench_side *side, deal *d)
{
	market_payment_notify_params in = MARKET_PAYMENT_NOTIFY_PARAMS_INIT;
	char body[600], payment[MARKET_ID_TEXT_SIZE], when[MARKET_TIME_TEXT_SIZE];
	market_time now = bench_shop_clock(NULL);
	char *signature = NULL;
	market_error err;
	int rc;

	market_id_format(MARKET_ID_PAYMENT, d->payment, payment);
	market_time_format(now, when);
	snprintf(body, sizeof(body),
	         "{\"event\":\"evt-%lld\",\"type\":\"captured\",\"payment\":\"%s\","
	         "\"reference\":\"ch-%lld\","
	         "\"amount\":{\"amount\":\"%lld.%02lld\",\"currency\":\"BRL\"},\"occurred_at\":\"%s\"}",
	         (long long)shop->serial, payment, (long long)shop->serial, (long long)(d->total / 100),
	         (long long)(d->total % 100), when);
	bench_check(market_sandbox_sign(shop->market, body, now, &signature, &err), &err, "signing");
	in.body = body;
	in.signature = signature;
	in.key = d->key;
	begin(shop, BENCH_PAY, d);
	rc = market_payment_notify(shop->staff, &in, NULL, &err);
	end(shop, side, rc, &err);
	market_text_free(signature);
}

static void ship(bench_shop *shop, bench_side *side, deal *d)
{
	market_order_ship_params in = MARKET_ORDER_SHIP_PARAMS_INIT;
	market_error err;
	int rc;

	in.key = d->key;
	in.order = d->order;
	in.carrier = "correios";
	in.tracking = d->key;
	begin(shop, BENCH_SHIP, d);
	act_as(shop->member, MARKET_ACTOR_MEMBER, d->seller->owner);
	rc = market_order_ship(shop->member, &in, NULL, &err);
	end(shop, side, rc, &err);
}

static void confirm(bench_shop *shop, bench_side *side, deal *d)
{
	market_order_confirm_params in = MARKET_ORDER_CONFIRM_PARAMS_INIT;
	market_error err;
	int rc;

	in.key = d->key;
	in.order = d->order;
	begin(shop, BENCH_CONFIRM, d);
	act_as(shop->buyer, MARKET_ACTOR_BUYER, d->buyer);
	rc = market_order_confirm(shop->buyer, &in, NULL, &err);
	end(shop, side, rc, &err);
}

static void release(bench_shop *shop, bench_side *side, deal *d)
{
	market_escrow_release_params in = MARKET_ESCROW_RELEASE_PARAMS_INIT;
	market_error err;
	int rc;

	in.key = d->key;
	in.order = d->order;
	begin(shop, BENCH_RELEASE, d);
	rc = market_escrow_release(shop->staff, &in, NULL, &err);
	end(shop, side, rc, &err);
}

static void act_as(market_session *session, int32_t kind, market_id id)
{
	const market_actor actor = {.kind = kind, .id = id};
	market_error err;

	bench_check(market_session_act_as(session, &actor, &err), &err, "an actor");
}
