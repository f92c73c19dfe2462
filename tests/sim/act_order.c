/* ORD, ESC: what buyers, sellers and operators do with orders. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"

size_t sim_any_order(sim *s, uint32_t states)
{
	size_t n = 0;

	for (size_t i = 0; i < s->orders.n; i++)
		n += states == 0 || (states & (1u << s->orders.at[i].state)) != 0;
	if (n == 0)
		return s->orders.n == 0 ? SIM_NONE : (size_t)sim_below(s, (int64_t)s->orders.n);
	n = (size_t)sim_below(s, (int64_t)n);
	for (size_t i = 0; i < s->orders.n; i++)
		if ((states == 0 || (states & (1u << s->orders.at[i].state)) != 0) && n-- == 0)
			return i;
	return SIM_NONE;
}

static void act_for(sim *s, size_t order, int32_t actor)
{
	const sim_order *o = &s->orders.at[order];

	if (actor == MARKET_ACTOR_BUYER)
		sim_as(s, actor, s->buyers.at[o->buyer]);
	else if (actor == MARKET_ACTOR_MEMBER)
		sim_as(s, actor, s->sellers.at[o->seller].owner);
	else if (actor == MARKET_ACTOR_SYSTEM)
		sim_as_system(s);
}

static void finish(sim *s, const char *operation, void *in, size_t order, int expected)
{
	void *out;

	if (sim_run(s, operation, in, &out, expected))
		sim_same_order(s, order, out);
	sim_free(out);
	sim_as_operator(s);
}

/* A stranger isn't told that the order exists. */
static bool stranger(sim *s, const char *operation, void *in, size_t order)
{
	void *out;

	if (!sim_chance(s, 2) || s->buyers.n < 2)
		return false;
	sim_as(s, MARKET_ACTOR_BUYER, s->buyers.at[(s->orders.at[order].buyer + 1) % s->buyers.n]);
	sim_run(s, operation, in, &out, MARKET_ENOTFOUND);
	sim_free(out);
	sim_as_operator(s);
	return true;
}

#define STATE(name) (1u << MARKET_ORDER_##name)

static void prepare(sim *s)
{
	market_order_prepare_params in = MARKET_ORDER_PREPARE_PARAMS_INIT;
	size_t i = sim_any_order(s, STATE(WAIT_SHIP));

	if (i == SIM_NONE)
		return;
	in.order = s->orders.at[i].id;
	if (stranger(s, "order.prepare", &in, i))
		return;
	act_for(s, i, sim_chance(s, 50) ? MARKET_ACTOR_MEMBER : MARKET_ACTOR_OPERATOR);
	sim_order_timers(s, i, "order.prepare");
	finish(s, "order.prepare", &in, i, sim_order_prepare(s, i, s->now));
}

static void ship(sim *s)
{
	market_order_ship_params in = MARKET_ORDER_SHIP_PARAMS_INIT;
	market_ship_item items[SIM_LINES];
	const market_ship_item *list[SIM_LINES];
	size_t i = sim_any_order(s, STATE(WAIT_SHIP));
	int64_t asked[SIM_LINES] = {0};
	const sim_order *o;

	if (i == SIM_NONE || s->orders.at[i].n_parcels == 8)
		return;
	o = &s->orders.at[i];
	in.order = o->id;
	in.carrier = "post";
	for (size_t k = 0; sim_chance(s, 70) && k < o->n_lines; k++) {
		asked[k] = sim_below(s, o->lines[k].quantity + 2);
		if (asked[k] == 0)
			continue;
		items[in.n_items] = (market_ship_item){sizeof(items[0]), o->lines[k].id, asked[k]};
		list[in.n_items] = &items[in.n_items];
		in.n_items++;
	}
	in.items = in.n_items > 0 ? list : NULL;
	if (stranger(s, "order.ship", &in, i))
		return;
	act_for(s, i, sim_chance(s, 50) ? MARKET_ACTOR_MEMBER : MARKET_ACTOR_SYSTEM);
	sim_order_timers(s, i, "order.ship");
	finish(s, "order.ship", &in, i, sim_order_ship(s, i, in.n_items > 0 ? asked : NULL, s->now));
}

static size_t choose_parcel(sim *s, size_t order, market_id *id)
{
	market_shipment_list_params in = MARKET_SHIPMENT_LIST_PARAMS_INIT;
	market_shipment_page *page;
	size_t parcel = SIM_NONE;

	in.order = s->orders.at[order].id;
	page = sim_read(s, "shipment.list", &in);
	if (page)
		sim_same(s, "parcels of an order", (int64_t)s->orders.at[order].n_parcels,
		         (int64_t)page->n_items);
	if (page && !s->failed) {
		parcel = (size_t)sim_below(s, (int64_t)page->n_items);
		*id = page->items[parcel]->id;
		sim_same(s, "delivered_at of a parcel", s->orders.at[order].parcels[parcel].delivered_at,
		         page->items[parcel]->delivered_at);
	}
	sim_free(page);
	return parcel;
}

static void deliver(sim *s)
{
	market_order_deliver_params in = MARKET_ORDER_DELIVER_PARAMS_INIT;
	size_t i = sim_any_order(s, sim_chance(s, 80) ? STATE(WAIT_CONFIRM) : STATE(WAIT_SHIP));
	size_t parcel = SIM_NONE;

	if (i == SIM_NONE)
		return;
	in.order = s->orders.at[i].id;
	if (s->orders.at[i].n_parcels > 0 && sim_chance(s, 50))
		parcel = choose_parcel(s, i, &in.shipment);
	if (sim_chance(s, 30))
		in.delivered_at = s->now - sim_below(s, SIM_DAY) + SIM_HOUR;
	in.proof = "signed";
	act_for(s, i, sim_chance(s, 50) ? MARKET_ACTOR_MEMBER : MARKET_ACTOR_OPERATOR);
	sim_order_timers(s, i, "order.deliver");
	finish(s, "order.deliver", &in, i,
	       sim_order_deliver(s, i, parcel, in.delivered_at ? in.delivered_at : s->now, s->now));
}

static void confirm(sim *s)
{
	market_order_confirm_params in = MARKET_ORDER_CONFIRM_PARAMS_INIT;
	size_t i = sim_any_order(s, STATE(WAIT_CONFIRM));

	if (i == SIM_NONE)
		return;
	in.order = s->orders.at[i].id;
	if (stranger(s, "order.confirm", &in, i))
		return;
	act_for(s, i, sim_chance(s, 80) ? MARKET_ACTOR_BUYER : MARKET_ACTOR_OPERATOR);
	sim_order_timers(s, i, "order.confirm");
	finish(s, "order.confirm", &in, i, sim_order_finish(s, i, s->now));
}

static void auto_confirm(sim *s)
{
	market_order_auto_confirm_params in = MARKET_ORDER_AUTO_CONFIRM_PARAMS_INIT;
	size_t i = sim_any_order(s, STATE(WAIT_CONFIRM));

	if (i == SIM_NONE)
		return;
	in.order = s->orders.at[i].id;
	sim_order_timers(s, i, "order.auto_confirm");
	finish(s, "order.auto_confirm", &in, i, sim_order_auto_confirm(s, i, s->now));
}

static void extend(sim *s)
{
	static const int64_t days[] = {0, 3, 4, 5, 10};
	market_order_extend_params in = MARKET_ORDER_EXTEND_PARAMS_INIT;
	size_t i = sim_any_order(s, STATE(WAIT_CONFIRM));
	int32_t actor = sim_chance(s, 50) ? MARKET_ACTOR_BUYER : MARKET_ACTOR_MEMBER;

	if (i == SIM_NONE)
		return;
	in.order = s->orders.at[i].id;
	in.by = days[sim_below(s, 5)] * SIM_DAY;
	act_for(s, i, actor);
	sim_order_timers(s, i, "order.extend");
	finish(s, "order.extend", &in, i, sim_order_extend(s, i, actor, in.by));
}

static void cancel(sim *s)
{
	static const int32_t actors[] = {MARKET_ACTOR_BUYER, MARKET_ACTOR_MEMBER,
	                                 MARKET_ACTOR_OPERATOR};
	market_order_cancel_params in = MARKET_ORDER_CANCEL_PARAMS_INIT;
	size_t i = sim_any_order(s, STATE(WAIT_PAY) | STATE(WAIT_SHIP));
	int32_t actor = actors[sim_below(s, 3)];

	if (i == SIM_NONE)
		return;
	in.order = s->orders.at[i].id;
	in.reason = sim_chance(s, 80) ? "changed" : NULL;
	if (stranger(s, "order.cancel", &in, i))
		return;
	act_for(s, i, actor);
	sim_order_timers(s, i, "order.cancel");
	finish(s, "order.cancel", &in, i, sim_order_cancel(s, i, actor, in.reason != NULL, s->now));
}

static void close_unpaid(sim *s)
{
	market_order_close_unpaid_params in = MARKET_ORDER_CLOSE_UNPAID_PARAMS_INIT;
	size_t i = sim_any_order(s, STATE(WAIT_PAY));

	if (i == SIM_NONE)
		return;
	in.order = s->orders.at[i].id;
	act_for(s, i, MARKET_ACTOR_SYSTEM);
	sim_order_timers(s, i, "order.close_unpaid");
	finish(s, "order.close_unpaid", &in, i, sim_order_close_unpaid(s, i, s->now));
}

static void cancel_unshipped(sim *s)
{
	market_order_cancel_unshipped_params in = MARKET_ORDER_CANCEL_UNSHIPPED_PARAMS_INIT;
	size_t i = sim_any_order(s, STATE(WAIT_SHIP));

	if (i == SIM_NONE)
		return;
	in.order = s->orders.at[i].id;
	act_for(s, i, MARKET_ACTOR_SYSTEM);
	sim_order_timers(s, i, "order.cancel_unshipped");
	finish(s, "order.cancel_unshipped", &in, i, sim_order_cancel_unshipped(s, i, s->now));
}

static void release(sim *s)
{
	market_escrow_release_params in = MARKET_ESCROW_RELEASE_PARAMS_INIT;
	size_t i = sim_any_order(s, STATE(FINISHED));
	bool system = sim_chance(s, 50);

	if (i == SIM_NONE)
		return;
	in.order = s->orders.at[i].id;
	if (system)
		sim_as_system(s);
	sim_order_timers(s, i, "escrow.release");
	finish(s, "escrow.release", &in, i, sim_escrow_release(s, i, system, s->now));
}

static void freeze(sim *s)
{
	market_escrow_freeze_params in = MARKET_ESCROW_FREEZE_PARAMS_INIT;
	size_t i = sim_any_order(s, STATE(WAIT_SHIP) | STATE(WAIT_CONFIRM) | STATE(FINISHED));

	if (i == SIM_NONE)
		return;
	in.order = s->orders.at[i].id;
	in.reason = "look";
	sim_order_timers(s, i, "escrow.freeze");
	finish(s, "escrow.freeze", &in, i, sim_escrow_freeze(s, i, s->now));
}

static void unfreeze(sim *s)
{
	market_escrow_unfreeze_params in = MARKET_ESCROW_UNFREEZE_PARAMS_INIT;
	size_t i = SIM_NONE;

	for (size_t k = 0; k < s->orders.n; k++)
		if (s->orders.at[k].freezes > 0)
			i = k;
	if (i == SIM_NONE || sim_chance(s, 10))
		i = sim_any_order(s, 0);
	if (i == SIM_NONE)
		return;
	in.order = s->orders.at[i].id;
	sim_order_timers(s, i, "escrow.unfreeze");
	finish(s, "escrow.unfreeze", &in, i, sim_escrow_unfreeze(s, i, s->now));
}

const sim_action sim_order_actions[] = {
	{"order.place", sim_order_place, 30},
	{"order.prepare", prepare, 5},
	{"order.ship", ship, 24},
	{"order.deliver", deliver, 10},
	{"order.confirm", confirm, 14},
	{"order.auto_confirm", auto_confirm, 1},
	{"order.extend", extend, 3},
	{"order.cancel", cancel, 4},
	{"order.close_unpaid", close_unpaid, 1},
	{"order.cancel_unshipped", cancel_unshipped, 1},
	{"escrow.release", release, 4},
	{"escrow.freeze", freeze, 3},
	{"escrow.unfreeze", unfreeze, 4},
	{NULL, NULL, 0},
};
