/* ORD-4: confirmation by the buyer or by itself, and putting it off. */
#include "libmarket/order/order.h"

static int finish(mk_ctx *ctx, mk_order *order, const char *by, market_error *err);
static bool wait_for_carrier(mk_ctx *ctx, mk_order *order);
static int not_due(const mk_order *order, market_error *err);
static int extension_of(mk_ctx *ctx, mk_order *order, market_time asked, market_time *by,
                        market_error *err);

int mk_order_confirm(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	return finish(ctx, (mk_order *)ctx->subject,
	              ctx->actor.kind == MARKET_ACTOR_BUYER ? "buyer" : "operator", err);
}

int mk_order_auto_confirm(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_order *order = (mk_order *)ctx->subject;

	(void)params;
	if (order->order.state == MARKET_ORDER_WAIT_CONFIRM && order->order.freezes == 0) {
		if (order->order.confirm_at > ctx->now)
			return not_due(order, err);
		if (wait_for_carrier(ctx, order))
			return 0;
	}
	return finish(ctx, order, "time", err);
}

int mk_order_extend(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_order_extend_params *in = params;
	mk_order *order = (mk_order *)ctx->subject;
	market_order *o = &order->order;
	market_time by = 0;
	int rc;

	if (o->state != MARKET_ORDER_WAIT_CONFIRM) {
		rc = mk_error_set(err, MARKET_ESTATE, "an order in state %s can't be extended",
		                  mk_enum_name(&mk_order_state_enum, o->state));
		return mk_error_object(err, rc, MARKET_ID_ORDER, o->id);
	}
	rc = extension_of(ctx, order, in->by, &by, err);
	if (rc != 0)
		return rc;
	if (o->confirm_at != 0)
		o->confirm_at += by;
	if (order->confirm_left != 0)
		order->confirm_left += by;
	mk_event(ctx, "order.extended", MARKET_ID_ORDER, o->id);
	mk_event_book(ctx, o->buyer.book);
	mk_event_text(ctx, "by", ctx->actor.kind == MARKET_ACTOR_BUYER ? "buyer" : "seller");
	mk_event_int(ctx, "span_ms", by);
	mk_event_text(ctx, "reason", in->reason);
	mk_order_save(ctx, order);
	ctx->result = o->id;
	return 0;
}

/* ESC-4: the release is due at once. */
static int finish(mk_ctx *ctx, mk_order *order, const char *by, market_error *err)
{
	market_order *o = &order->order;
	int rc = mk_order_step_to(ctx, order, MK_ORDER_CONFIRM, err);

	if (rc == 0 && o->freezes > 0) {
		rc = mk_error_set(err, MARKET_EFROZEN, "the order has an open refund or dispute");
		return mk_error_object(err, rc, MARKET_ID_ORDER, o->id);
	}
	if (rc != 0)
		return rc;
	o->finished_at = ctx->now;
	o->confirm_at = 0;
	if (o->escrow == MARKET_ESCROW_HELD)
		o->release_at = ctx->now;
	order->whole |= MK_WHOLE_RECEIVED;
	mk_event(ctx, "order.finished", MARKET_ID_ORDER, o->id);
	mk_event_book(ctx, o->buyer.book);
	mk_event_text(ctx, "by", by);
	mk_order_save(ctx, order);
	ctx->result = o->id;
	return 0;
}

/* Without proof of delivery the carrier has until its limit, once. */
static bool wait_for_carrier(mk_ctx *ctx, mk_order *order)
{
	const mk_policy_orders *policy = mk_order_policy(ctx, order)->orders;
	market_order *o = &order->order;

	if (!policy->carrier_reports || o->delivered_at != 0 || order->carrier_extended != 0 ||
	    o->shipped_at + policy->carrier_limit <= ctx->now)
		return false;
	order->carrier_extended = 1;
	o->confirm_at = o->shipped_at + policy->carrier_limit;
	mk_event(ctx, "order.delivery_unproven", MARKET_ID_ORDER, o->id);
	mk_event_book(ctx, o->buyer.book);
	mk_order_save(ctx, order);
	ctx->result = o->id;
	return true;
}

static int not_due(const mk_order *order, market_error *err)
{
	char text[MK_TIME_TEXT_SIZE];
	int rc;

	mk_time_format(order->order.confirm_at, text);
	rc = mk_error_set(err, MARKET_ESTATE, "the order isn't due to confirm itself before %s", text);
	return mk_error_object(err, rc, MARKET_ID_ORDER, order->order.id);
}

static int extension_of(mk_ctx *ctx, mk_order *order, market_time asked, market_time *by,
                        market_error *err)
{
	const mk_policy_orders *policy = mk_order_policy(ctx, order)->orders;
	int64_t span = 0;

	if (ctx->actor.kind == MARKET_ACTOR_BUYER) {
		if (asked != 0 && asked != policy->extension)
			return mk_error_at(err, MARKET_EINVALID, "by", "a buyer extends by the policy's span");
		if (order->buyer_extensions >= policy->extensions)
			return mk_error_set(err, MARKET_EQUOTA, "the buyer has extended the order %lld times",
			                    (long long)order->buyer_extensions);
		order->buyer_extensions++;
		*by = policy->extension;
		return 0;
	}
	for (size_t i = 0; i < policy->n_seller_extensions; i++)
		if (mk_duration_parse(policy->seller_extensions[i], &span) && span == asked) {
			order->seller_extensions++;
			*by = span;
			return 0;
		}
	return mk_error_at(err, MARKET_EINVALID, "by", "a seller extends by one of the policy's spans");
}
