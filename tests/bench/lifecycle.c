/* One seller order with two lines through the typed functions: five keyed operations, each its own
 * transaction. */
#include <stdio.h>
#include <string.h>

#include <market/plugin.h>

#include "tests/bench/shop.h"

static void begin(bench_shop *shop, bench_step step);
static void end(bench_shop *shop, bench_side *side, int rc, const market_error *err);
static market_order_group *place(bench_shop *shop, bench_side *side, bench_deal *d);
static void run_step(bench_shop *shop, bench_side *side, bench_deal *d, bench_step step);
static int call(bench_shop *shop, bench_deal *d, bench_step step, market_error *err);
static void fill_place(bench_deal *d);
static void fill_pay(bench_shop *shop, bench_deal *d);
static void act_as(market_session *session, const bench_deal *d, bench_step step);

const char *const bench_step_names[BENCH_STEPS] = {
	[BENCH_PLACE] = "place",     [BENCH_PAY] = "pay",         [BENCH_SHIP] = "ship",
	[BENCH_CONFIRM] = "confirm", [BENCH_RELEASE] = "release",
};

void bench_shop_run(void *data, int64_t count, bench_side *side)
{
	bench_shop *shop = data;
	int64_t cpu = bench_cpu();

	for (int64_t i = 0; i < count; i++) {
		bench_deal d;

		bench_deal_choose(shop, &d);
		bench_deal_placed(&d, place(shop, side, &d));
		for (bench_step step = BENCH_PAY; step < BENCH_STEPS; step++)
			run_step(shop, side, &d, step);
		bench_deal_end(&d);
	}
	side->cpu += bench_cpu() - cpu;
}

market_order_group *bench_shop_place(bench_shop *shop, bench_side *side)
{
	bench_deal d;

	bench_deal_choose(shop, &d);
	return place(shop, side, &d);
}

void bench_deal_choose(bench_shop *shop, bench_deal *d)
{
	int64_t buyer = (int64_t)bench_next(&shop->random, BENCH_BUYERS) + 1;

	memset(d, 0, sizeof(*d));
	d->buyer = (market_id){buyer, buyer};
	/* A seller's first order opens its accounts: each has one before anything is measured. */
	d->seller = &shop->sellers[shop->serial < shop->n_sellers
	                               ? (uint64_t)shop->serial
	                               : bench_next(&shop->random, (uint64_t)shop->n_sellers)];
	d->serial = ++shop->serial;
}

void bench_deal_placed(bench_deal *d, market_order_group *group)
{
	d->order = group->orders[0]->id;
	d->payment = group->payment;
	d->total = group->total.amount;
	market_order_group_free(group);
}

void bench_deal_end(bench_deal *d)
{
	market_text_free(d->signature);
	d->signature = NULL;
}

const void *bench_deal_params(bench_shop *shop, bench_deal *d, bench_step step)
{
	snprintf(d->key, sizeof(d->key), "%s-%lld", bench_step_names[step], (long long)d->serial);
	switch (step) {
	case BENCH_PLACE:
		fill_place(d);
		return &d->in.place;
	case BENCH_PAY:
		fill_pay(shop, d);
		return &d->in.pay;
	case BENCH_SHIP:
		d->in.ship = (market_order_ship_params)MARKET_ORDER_SHIP_PARAMS_INIT;
		d->in.ship.key = d->in.ship.tracking = d->key;
		d->in.ship.order = d->order;
		d->in.ship.carrier = "correios";
		return &d->in.ship;
	case BENCH_CONFIRM:
		d->in.confirm = (market_order_confirm_params)MARKET_ORDER_CONFIRM_PARAMS_INIT;
		d->in.confirm.key = d->key;
		d->in.confirm.order = d->order;
		return &d->in.confirm;
	default:
		d->in.release = (market_escrow_release_params)MARKET_ESCROW_RELEASE_PARAMS_INIT;
		d->in.release.key = d->key;
		d->in.release.order = d->order;
		return &d->in.release;
	}
}

market_actor bench_deal_actor(const bench_deal *d, bench_step step)
{
	if (step == BENCH_PLACE || step == BENCH_CONFIRM)
		return (market_actor){.kind = MARKET_ACTOR_BUYER, .id = d->buyer};
	if (step == BENCH_SHIP)
		return (market_actor){.kind = MARKET_ACTOR_MEMBER, .id = d->seller->owner};
	return (market_actor){
		.kind = MARKET_ACTOR_OPERATOR, .name = "bench", .rights = MARKET_RIGHT_ALL};
}

static void begin(bench_shop *shop, bench_step step)
{
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

static market_order_group *place(bench_shop *shop, bench_side *side, bench_deal *d)
{
	const market_order_place_params *in = bench_deal_params(shop, d, BENCH_PLACE);
	market_order_group *group = NULL;
	market_error err;
	int rc;

	begin(shop, BENCH_PLACE);
	act_as(shop->buyer, d, BENCH_PLACE);
	rc = market_order_place(shop->buyer, in, &group, &err);
	end(shop, side, rc, &err);
	return group;
}

static void run_step(bench_shop *shop, bench_side *side, bench_deal *d, bench_step step)
{
	market_error err;
	int rc;

	bench_deal_params(shop, d, step);
	begin(shop, step);
	rc = call(shop, d, step, &err);
	end(shop, side, rc, &err);
}

static int call(bench_shop *shop, bench_deal *d, bench_step step, market_error *err)
{
	switch (step) {
	case BENCH_PAY:
		return market_payment_notify(shop->staff, &d->in.pay, NULL, err);
	case BENCH_SHIP:
		act_as(shop->member, d, step);
		return market_order_ship(shop->member, &d->in.ship, NULL, err);
	case BENCH_CONFIRM:
		act_as(shop->buyer, d, step);
		return market_order_confirm(shop->buyer, &d->in.confirm, NULL, err);
	default:
		return market_escrow_release(shop->staff, &d->in.release, NULL, err);
	}
}

static void fill_place(bench_deal *d)
{
	market_order_place_params *in = &d->in.place;

	*in = (market_order_place_params)MARKET_ORDER_PLACE_PARAMS_INIT;
	for (int i = 0; i < 2; i++) {
		d->items[i] = (market_place_item)MARKET_PLACE_ITEM_INIT;
		d->items[i].sku = d->seller->skus[i];
		d->items[i].quantity = i + 1;
		d->items[i].price = (market_money){1990, "BRL"};
		d->list[i] = &d->items[i];
	}
	in->key = d->key;
	in->buyer = d->buyer;
	in->currency = "BRL";
	in->items = d->list;
	in->n_items = 2;
	in->method = "card";
}

static void fill_pay(bench_shop *shop, bench_deal *d)
{
	char payment[MARKET_ID_TEXT_SIZE], when[MARKET_TIME_TEXT_SIZE];
	market_payment_notify_params *in = &d->in.pay;
	market_time now = bench_shop_clock(NULL);
	market_error err;

	market_id_format(MARKET_ID_PAYMENT, d->payment, payment);
	market_time_format(now, when);
	snprintf(d->body, sizeof(d->body),
	         "{\"event\":\"evt-%lld\",\"type\":\"captured\",\"payment\":\"%s\","
	         "\"reference\":\"ch-%lld\","
	         "\"amount\":{\"amount\":\"%lld.%02lld\",\"currency\":\"BRL\"},\"occurred_at\":\"%s\"}",
	         (long long)d->serial, payment, (long long)d->serial, (long long)(d->total / 100),
	         (long long)(d->total % 100), when);
	bench_check(market_sandbox_sign(shop->market, d->body, now, &d->signature, &err), &err,
	            "signing");
	*in = (market_payment_notify_params)MARKET_PAYMENT_NOTIFY_PARAMS_INIT;
	in->body = d->body;
	in->signature = d->signature;
	in->key = d->key;
}

static void act_as(market_session *session, const bench_deal *d, bench_step step)
{
	const market_actor actor = bench_deal_actor(d, step);
	market_error err;

	bench_check(market_session_act_as(session, &actor, &err), &err, "an actor");
}
