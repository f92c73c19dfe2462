/* ORD, ESC: what happens to an order, from payment to release. */
#include "tests/sim/sim.h"

static void close_order(sim_order *o, int32_t reason, market_time now);
static int refund_and_close(sim *s, size_t order, int32_t reason, market_time now);
static market_time pause_timer(market_time *timer, market_time now);
static void give_seller(sim *s, size_t order, sim_transfer *t, int64_t seller, market_time now);
static void received(sim_order *o);

#define SHIP_BY (48 * SIM_HOUR)
#define UNSHIPPED (14 * SIM_DAY)
#define AUTO_CONFIRM (10 * SIM_DAY)

/* ESC-1: what isn't released, refunded or on its way. */
int64_t sim_order_held(const sim_order *o)
{
	if (o->released > 0)
		return 0;
	return o->funded - o->refunded_cash - o->refunded_promo - o->in_flight;
}

/* ESC-2 */
void sim_order_escrow(sim_order *o)
{
	if (o->escrow != MARKET_ESCROW_NONE)
		o->escrow = sim_order_held(o) == 0 && o->in_flight == 0 ? MARKET_ESCROW_SETTLED
		                                                        : MARKET_ESCROW_HELD;
}

/* A closed order has no timer but the release's. */
void sim_order_stop(sim_order *o)
{
	o->pay_by = o->ship_by = o->cancel_at = o->confirm_at = 0;
	o->ship_left = o->cancel_left = o->confirm_left = 0;
}

static market_time pause_timer(market_time *timer, market_time now)
{
	market_time at = *timer;

	*timer = 0;
	return at == 0 ? 0 : at > now ? at - now : 1;
}

/* ESC-3: freezes count; the first takes what remains of the timers. */
void sim_order_freeze(sim_order *o, market_time now)
{
	if (o->freezes++ > 0)
		return;
	o->ship_left = pause_timer(&o->ship_by, now);
	o->cancel_left = pause_timer(&o->cancel_at, now);
	o->confirm_left = pause_timer(&o->confirm_at, now);
	o->release_left = pause_timer(&o->release_at, now);
}

/* The end of the last resumes it. */
void sim_order_unfreeze(sim_order *o, market_time now)
{
	if (o->freezes == 0 || --o->freezes > 0)
		return;
	if (o->state == MARKET_ORDER_WAIT_SHIP && o->ship_left != 0)
		o->ship_by = now + o->ship_left;
	if (o->state == MARKET_ORDER_WAIT_SHIP && o->cancel_left != 0)
		o->cancel_at = now + o->cancel_left;
	if (o->state == MARKET_ORDER_WAIT_CONFIRM && o->confirm_left != 0)
		o->confirm_at = now + o->confirm_left;
	if (o->escrow == MARKET_ESCROW_HELD && o->release_left != 0)
		o->release_at = now + o->release_left;
	if (o->mature_at != 0 && o->mature_at < now)
		o->mature_at = now;
	o->ship_left = o->cancel_left = o->confirm_left = o->release_left = 0;
}

/* ORD-4, CAT-7 */
void sim_order_paid(sim *s, size_t order, market_time now)
{
	sim_order *o = &s->orders.at[order];

	for (size_t i = 0; i < o->n_lines; i++) {
		sim_stock *stock = &s->stocks.at[o->lines[i].stock];

		stock->on_hand -= o->lines[i].quantity;
		stock->reserved -= o->lines[i].quantity;
		stock->sold += o->lines[i].quantity;
		stock->dirty = true;
	}
	o->state = MARKET_ORDER_WAIT_SHIP;
	o->funded = o->cash + o->promo;
	o->escrow = MARKET_ESCROW_HELD;
	o->paid_at = now;
	o->pay_by = 0;
	o->ship_by = now + SHIP_BY;
	o->cancel_at = now + UNSHIPPED;
	o->dirty = true;
}

/* What isn't in a parcel is free again. */
void sim_order_return_stock(sim *s, sim_order *o)
{
	for (size_t i = 0; i < o->n_lines; i++) {
		sim_stock *stock = &s->stocks.at[o->lines[i].stock];
		int64_t left = o->lines[i].quantity - o->lines[i].shipped;

		if (o->paid_at == 0) {
			stock->reserved -= left;
		} else {
			stock->on_hand += left;
			stock->sold -= left;
		}
		stock->dirty = true;
	}
}

int64_t sim_left_to_ship(const sim_line *line)
{
	int64_t left = line->quantity - line->shipped - line->refunded;

	return left > 0 ? left : 0;
}

void sim_order_all_shipped(sim_order *o, market_time now)
{
	o->state = MARKET_ORDER_WAIT_CONFIRM;
	o->ship_by = o->cancel_at = o->ship_left = o->cancel_left = 0;
	if (o->freezes > 0)
		o->confirm_left = AUTO_CONFIRM;
	else
		o->confirm_at = now + AUTO_CONFIRM;
}

/* `asked` by line, or NULL: everything that is left. */
int sim_order_ship(sim *s, size_t order, const int64_t *asked, market_time now)
{
	sim_order *o = &s->orders.at[order];
	bool plain = !asked && !o->partly && o->refunded_cash == 0 && o->refunded_promo == 0;
	sim_parcel parcel = {.shipped_at = now};
	int64_t sum = 0, rest = 0;

	if (o->state != MARKET_ORDER_WAIT_SHIP)
		return MARKET_ESTATE;
	if (o->freezes > 0)
		return MARKET_EFROZEN;
	for (size_t i = 0; i < o->n_lines; i++) {
		int64_t left = sim_left_to_ship(&o->lines[i]);

		parcel.quantity[i] = asked ? asked[i] : left;
		if (parcel.quantity[i] > left)
			return MARKET_EINVALID;
		sum += parcel.quantity[i];
		rest += left - parcel.quantity[i];
	}
	if (sum == 0)
		return MARKET_ESTATE;
	for (size_t i = 0; i < o->n_lines; i++)
		o->lines[i].shipped += parcel.quantity[i];
	o->whole = o->whole || plain;
	o->partly = o->partly || !plain;
	o->parcels[o->n_parcels++] = parcel;
	o->shipped_at = now;
	if (o->cancel_asked_at != 0) { /* ORD-7: shipping refuses the wish */
		o->cancel_asked_at = 0;
		o->cancel_at = o->ship_by - SHIP_BY + UNSHIPPED;
	}
	if (rest == 0) {
		if (!plain)
			sim_order_return_stock(s, o);
		sim_order_all_shipped(o, now);
	}
	o->dirty = true;
	return 0;
}

static void received(sim_order *o)
{
	for (size_t i = 0; i < o->n_lines; i++)
		o->lines[i].received = o->lines[i].shipped;
}

/* ORD-4: not before 3 d after the last proof. */
void sim_order_all_delivered(sim_order *o, market_time now)
{
	market_time last = 0;

	for (size_t i = 0; i < o->n_parcels; i++) {
		if (o->parcels[i].delivered_at == 0)
			return;
		if (o->parcels[i].delivered_at > last)
			last = o->parcels[i].delivered_at;
	}
	if (o->state != MARKET_ORDER_WAIT_CONFIRM)
		return;
	o->delivered_at = last;
	received(o);
	if (o->confirm_at != 0 && o->confirm_at < last + 3 * SIM_DAY)
		o->confirm_at = last + 3 * SIM_DAY;
	if (o->confirm_left != 0 && now + o->confirm_left < last + 3 * SIM_DAY)
		o->confirm_left = last + 3 * SIM_DAY - now;
}

/* One parcel, or all that are on their way. */
int sim_order_deliver(sim *s, size_t order, size_t parcel, market_time at, market_time now)
{
	sim_order *o = &s->orders.at[order];
	bool any = false;

	if (o->state != MARKET_ORDER_WAIT_CONFIRM && o->state != MARKET_ORDER_WAIT_SHIP)
		return MARKET_ESTATE;
	for (size_t i = 0; i < o->n_parcels; i++)
		any = any || (o->parcels[i].delivered_at == 0 && (parcel == SIM_NONE || parcel == i));
	if (!any)
		return MARKET_ESTATE;
	for (size_t i = 0; i < o->n_parcels; i++)
		if (o->parcels[i].delivered_at == 0 && (parcel == SIM_NONE || parcel == i) &&
		    (at > now || at < o->parcels[i].shipped_at))
			return MARKET_EINVALID;
	for (size_t i = 0; i < o->n_parcels; i++) {
		if (o->parcels[i].delivered_at != 0 || (parcel != SIM_NONE && parcel != i))
			continue;
		o->parcels[i].delivered_at = at;
		for (size_t k = 0; o->partly && k < o->n_lines; k++)
			o->lines[k].received += o->parcels[i].quantity[k];
	}
	sim_order_all_delivered(o, now);
	o->dirty = true;
	return 0;
}

/* A refund leaves nothing to ship of an order that was shipped in part. */
void sim_order_rest_refunded(sim *s, sim_order *o, market_time now)
{
	if (o->state != MARKET_ORDER_WAIT_SHIP || !o->partly)
		return;
	for (size_t i = 0; i < o->n_lines; i++)
		if (sim_left_to_ship(&o->lines[i]) > 0)
			return;
	sim_order_return_stock(s, o);
	sim_order_all_shipped(o, now);
	sim_order_all_delivered(o, now);
}

int sim_order_finish(sim *s, size_t order, market_time now)
{
	sim_order *o = &s->orders.at[order];

	if (o->state != MARKET_ORDER_WAIT_CONFIRM)
		return MARKET_ESTATE;
	if (o->freezes > 0)
		return MARKET_EFROZEN;
	o->state = MARKET_ORDER_FINISHED;
	o->finished_at = now;
	o->confirm_at = 0;
	if (o->escrow == MARKET_ESCROW_HELD)
		o->release_at = now;
	received(o);
	o->dirty = true;
	s->finished++;
	return 0;
}

int sim_order_auto_confirm(sim *s, size_t order, market_time now)
{
	sim_order *o = &s->orders.at[order];

	if (o->state == MARKET_ORDER_WAIT_CONFIRM && o->freezes == 0) {
		if (o->confirm_at > now)
			return MARKET_ESTATE;
		if (s->policy.carrier_reports && o->delivered_at == 0 && !o->carrier_extended &&
		    o->shipped_at + 30 * SIM_DAY > now) {
			o->carrier_extended = true;
			o->confirm_at = o->shipped_at + 30 * SIM_DAY;
			o->dirty = true;
			return 0;
		}
	}
	return sim_order_finish(s, order, now);
}

int sim_order_extend(sim *s, size_t order, int32_t actor, market_time by)
{
	static const int64_t days[] = {3, 5, 7, 10};
	sim_order *o = &s->orders.at[order];
	bool known = false;

	if (o->state != MARKET_ORDER_WAIT_CONFIRM)
		return MARKET_ESTATE;
	if (actor == MARKET_ACTOR_BUYER) {
		if (by != 0 && by != 3 * SIM_DAY)
			return MARKET_EINVALID;
		if (o->extensions >= 2)
			return MARKET_EQUOTA;
		o->extensions++;
		by = 3 * SIM_DAY;
		known = true;
	}
	for (size_t i = 0; i < 4; i++)
		known = known || by == days[i] * SIM_DAY;
	if (!known)
		return MARKET_EINVALID;
	if (o->confirm_at != 0)
		o->confirm_at += by;
	if (o->confirm_left != 0)
		o->confirm_left += by;
	o->dirty = true;
	return 0;
}

int sim_order_prepare(sim *s, size_t order, market_time now)
{
	sim_order *o = &s->orders.at[order];

	if (o->state != MARKET_ORDER_WAIT_SHIP || o->preparing_at != 0)
		return MARKET_ESTATE;
	if (o->freezes > 0)
		return MARKET_EFROZEN;
	o->preparing_at = now;
	o->dirty = true;
	return 0;
}

static void close_order(sim_order *o, int32_t reason, market_time now)
{
	o->state = MARKET_ORDER_CLOSED;
	o->closed_at = now;
	o->close_reason = reason;
	sim_order_stop(o);
	o->dirty = true;
}

static int refund_and_close(sim *s, size_t order, int32_t reason, market_time now)
{
	static const sim_ask everything = {.amount = -1, .freight = -1};
	sim_order *o = &s->orders.at[order];
	bool paid = o->paid_at != 0;
	int rc = 0;

	if (paid && o->refunded_cash + o->refunded_promo < o->funded)
		rc = sim_refund_create(s, order, &everything, false, true, now);
	if (rc != 0)
		return rc;
	o = &s->orders.at[order];
	if (o->state != MARKET_ORDER_CLOSED) {
		sim_order_return_stock(s, o);
		close_order(o, reason, now);
	}
	o->close_reason = reason;
	if (!paid)
		sim_payment_order_closed(s, order, now);
	return 0;
}

int sim_order_close_unpaid(sim *s, size_t order, market_time now)
{
	sim_order *o = &s->orders.at[order];

	if (o->state != MARKET_ORDER_WAIT_PAY || o->pay_by > now)
		return MARKET_ESTATE;
	return refund_and_close(s, order, MARKET_CLOSE_UNPAID, now);
}

int sim_order_cancel(sim *s, size_t order, int32_t actor, bool reason, market_time now)
{
	sim_order *o = &s->orders.at[order];
	int32_t close = actor == MARKET_ACTOR_BUYER    ? MARKET_CLOSE_BUYER_CANCELLED
	                : actor == MARKET_ACTOR_MEMBER ? MARKET_CLOSE_SELLER_CANCELLED
	                                               : MARKET_CLOSE_OPERATOR_CANCELLED;

	if (actor != MARKET_ACTOR_BUYER && !reason)
		return MARKET_EMISSING;
	if (o->state != MARKET_ORDER_WAIT_PAY && o->state != MARKET_ORDER_WAIT_SHIP)
		return MARKET_ESTATE;
	if (o->whole || o->partly)
		return MARKET_ESTATE;
	if (o->freezes > 0)
		return MARKET_EFROZEN;
	if (actor == MARKET_ACTOR_BUYER && o->preparing_at != 0) { /* ORD-7: a wish */
		if (o->cancel_asked_at != 0)
			return MARKET_ESTATE;
		o->cancel_asked_at = now;
		if (now + 2 * SIM_DAY < o->cancel_at)
			o->cancel_at = now + 2 * SIM_DAY;
		o->dirty = true;
		return 0;
	}
	if (actor == MARKET_ACTOR_MEMBER && o->cancel_asked_at != 0)
		close = MARKET_CLOSE_BUYER_CANCELLED;
	return refund_and_close(s, order, close, now);
}

int sim_order_cancel_unshipped(sim *s, size_t order, market_time now)
{
	sim_order *o = &s->orders.at[order];
	int rc;

	if (o->state != MARKET_ORDER_WAIT_SHIP || o->cancel_at > now)
		return MARKET_ESTATE;
	if (o->freezes > 0)
		return MARKET_EFROZEN;
	if (o->partly) { /* ORD-4: the rest goes back, the order goes on */
		rc = sim_refund_rest(s, order, now);
		if (rc != 0)
			return rc;
		s->orders.at[order].cancel_at = s->orders.at[order].cancel_left = 0;
		s->orders.at[order].dirty = true;
		return 0;
	}
	return refund_and_close(
		s, order, o->cancel_asked_at != 0 ? MARKET_CLOSE_BUYER_CANCELLED : MARKET_CLOSE_UNSHIPPED,
		now);
}

int sim_escrow_freeze(sim *s, size_t order, market_time now)
{
	sim_order *o = &s->orders.at[order];

	if (o->escrow != MARKET_ESCROW_HELD)
		return MARKET_ESTATE;
	sim_order_freeze(o, now);
	o->dirty = true;
	return 0;
}

int sim_escrow_unfreeze(sim *s, size_t order, market_time now)
{
	sim_order *o = &s->orders.at[order];

	if (o->freezes <= (o->in_flight > 0 ? 1 : 0))
		return MARKET_ESTATE;
	sim_order_unfreeze(o, now);
	o->dirty = true;
	return 0;
}

/* ESC-4, COM-6: what is held goes to the seller's side, less what is frozen for others. */
int sim_escrow_release(sim *s, size_t order, bool system, market_time now)
{
	sim_order *o = &s->orders.at[order];
	int64_t held = sim_order_held(o), seller = held;
	sim_transfer t = sim_begin(o->id.book, now);

	if (o->state != MARKET_ORDER_FINISHED || o->escrow != MARKET_ESCROW_HELD)
		return MARKET_ESTATE;
	if (o->freezes > 0)
		return MARKET_EFROZEN;
	if (system && (o->release_at == 0 || o->release_at > now))
		return MARKET_ESTATE;
	sim_debit(&t, "escrow", sim_order_text(s, order), held);
	if (held > 0) {
		seller = sim_credit_parts(s, o, &t, held);
		give_seller(s, order, &t, seller, now);
		sim_post(s, &t);
	}
	o->release_at = 0;
	o->released += held;
	sim_order_escrow(o);
	o->dirty = true;
	return 0;
}

/* SET-2: one lot; fees kept beyond what is held are the seller's debt. */
static void give_seller(sim *s, size_t order, sim_transfer *t, int64_t seller, market_time now)
{
	sim_order *o = &s->orders.at[order];
	size_t lot;

	if (seller < 0) {
		sim_draw draw = {.seller = o->seller,
		                 .order = order,
		                 .refund = SIM_NONE,
		                 .kind = MARKET_LOT_FEE,
		                 .amount = -seller};

		sim_draw_from(s, t, &draw, now);
		return;
	}
	sim_credit(t, "seller_pending", NULL, seller);
	if (seller == 0)
		return;
	lot = sim_lot_add(s, MARKET_LOT_EARNING, o->seller, order, seller);
	s->lots.at[lot].matures_at = o->finished_at + s->policy.maturity;
	if (s->lots.at[lot].matures_at < now)
		s->lots.at[lot].matures_at = now;
	o->mature_at = s->lots.at[lot].matures_at;
}
