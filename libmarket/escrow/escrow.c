#include "libmarket/escrow/escrow.h"

static const mk_enum_value outcome_values[] = {
	{MARKET_OUTCOME_RELEASED, "released", "all of it went to the seller's side"},
	{MARKET_OUTCOME_REFUNDED, "refunded", "all of it went back"},
	{MARKET_OUTCOME_SPLIT, "split", "some of it went back"},
	{0, NULL, NULL},
};
const mk_enum mk_escrow_outcome_enum = {"escrow_outcome", outcome_values};

#define T market_escrow
static const mk_field escrow_fields[] = {
	MK_F_ID(T, order, ORDER, 0, "the seller order"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of its amounts"),
	MK_F_ENUM(T, state, mk_escrow_state_enum, 0, "ESC-2"),
	MK_F_ENUM(T, outcome, mk_escrow_outcome_enum, 0, "when settled"),
	MK_F_MONEY(T, funded, 0, 0, 0, "cash and third-funded discounts captured"),
	MK_F_MONEY(T, released, 0, 0, 0, "to the seller's side"),
	MK_F_MONEY(T, refunded, 0, 0, 0, "to the buyer's side"),
	MK_F_MONEY(T, held, 0, 0, 0, "still there"),
	MK_F_MONEY(T, in_flight, 0, 0, 0, "requested of a provider, outcome open"),
	MK_F_INT(T, freezes, 0, 0, 0, "in force"),
	MK_F_TEXT(T, freeze_reason, 0, 0, MK_MAX_CODE, "of the first of them"),
	MK_F_TIME(T, release_at, 0, "then it is released"),
	MK_F_SPAN(T, release_left, 0, 0, 0, "of that while frozen"),
};
#undef T
const mk_record mk_escrow_record =
	MK_RECORD_OF("escrow", market_escrow, escrow_fields, "the escrow of an order");

static market_money refunded(const market_order *order);
static int freezable(const mk_order *order, market_error *err);

market_money mk_escrow_held(const market_order *order)
{
	market_money left = mk_money_sub(order->funded, refunded(order));

	if (mk_money_positive(order->released))
		return mk_money_zero(order->funded);
	return mk_money_sub(left, order->in_flight);
}

void mk_escrow_update(mk_order *order)
{
	market_order *o = &order->order;
	bool settled = mk_money_is_zero(mk_escrow_held(o)) && mk_money_is_zero(o->in_flight);

	if (o->escrow != MARKET_ESCROW_NONE)
		o->escrow = settled ? MARKET_ESCROW_SETTLED : MARKET_ESCROW_HELD;
}

int mk_escrow_get(mk_ctx *ctx, const void *params, market_error *err)
{
	const mk_order *order = ctx->subject;
	const market_order *o = &order->order;
	market_escrow *escrow = MK_NEW(ctx->arena, market_escrow);

	(void)params;
	if (!escrow)
		return mk_error_no_memory(err);
	*escrow = (market_escrow){
		.order = o->id,
		.currency = o->currency,
		.state = o->escrow,
		.funded = o->funded,
		.released = o->released,
		.refunded = refunded(o),
		.held = mk_escrow_held(o),
		.in_flight = o->in_flight,
		.freezes = o->freezes,
		.freeze_reason = order->freeze_reason,
		.release_at = o->release_at,
		.release_left = order->release_left,
	};
	if (o->escrow == MARKET_ESCROW_SETTLED) {
		escrow->outcome = MARKET_OUTCOME_SPLIT;
		if (mk_money_is_zero(escrow->refunded))
			escrow->outcome = MARKET_OUTCOME_RELEASED;
		else if (mk_money_is_zero(o->released))
			escrow->outcome = MARKET_OUTCOME_REFUNDED;
	}
	ctx->output = escrow;
	return 0;
}

int mk_escrow_freeze(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_escrow_freeze_params *in = params;
	mk_order *order = (mk_order *)ctx->subject;
	int rc = freezable(order, err);

	if (rc != 0)
		return rc;
	mk_order_freeze(ctx, order, in->reason);
	mk_event(ctx, "escrow.frozen", MARKET_ID_ORDER, order->order.id);
	mk_event_book(ctx, order->order.buyer.book);
	mk_event_text(ctx, "reason", in->reason);
	mk_event_int(ctx, "freezes", order->order.freezes);
	mk_order_save(ctx, order);
	ctx->result = order->order.id;
	return 0;
}

int mk_escrow_unfreeze(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_escrow_unfreeze_params *in = params;
	mk_order *order = (mk_order *)ctx->subject;
	int64_t by_refund = mk_money_positive(order->order.in_flight) ? 1 : 0;
	int rc;

	if (order->order.freezes <= by_refund) {
		rc = mk_error_set(err, MARKET_ESTATE,
		                  by_refund ? "the order is frozen by its refund alone"
		                            : "the order isn't frozen");
		return mk_error_object(err, rc, MARKET_ID_ORDER, order->order.id);
	}
	mk_order_unfreeze(ctx, order);
	mk_event(ctx, "escrow.unfrozen", MARKET_ID_ORDER, order->order.id);
	mk_event_book(ctx, order->order.buyer.book);
	mk_event_text(ctx, "reason", in->reason);
	mk_event_int(ctx, "freezes", order->order.freezes);
	mk_order_save(ctx, order);
	ctx->result = order->order.id;
	return 0;
}

/* A release takes all that is held, so that afterwards refunds come from elsewhere. */
static market_money refunded(const market_order *order)
{
	market_money back = mk_money_add(order->refunded_cash, order->refunded_promo);

	if (mk_money_positive(order->released))
		return mk_money_sub(order->funded, order->released);
	return mk_money_add(back, order->compensated);
}

static int freezable(const mk_order *order, market_error *err)
{
	int rc;

	if (order->order.escrow == MARKET_ESCROW_HELD)
		return 0;
	rc = mk_error_set(err, MARKET_ESTATE, "nothing is held for the order");
	return mk_error_object(err, rc, MARKET_ID_ORDER, order->order.id);
}
