/* ORD-2, ORD-4, ORD-7: orders that end before they are shipped. */
#include "libmarket/aftersale/refund.h"
#include "libmarket/order/order.h"
#include "libmarket/payment/payment.h"

static int check_cancel(const mk_order *order, market_error *err);
static int check_idle(const mk_order *order, market_error *err);
static int wish(mk_ctx *ctx, mk_order *order, const char *reason, market_error *err);
static int refund_rest(mk_ctx *ctx, mk_order *order, market_error *err);
static int close_order(mk_ctx *ctx, mk_order *order, mk_order_step step, int32_t close_reason,
                       const char *reason, market_error *err);
static void tell(mk_ctx *ctx, const mk_order *order, const char *reason);
static int refund_whole(mk_ctx *ctx, mk_order *order, const char *reason, market_error *err);
static int refuse(const mk_order *order, int code, const char *text, market_error *err);

int mk_order_close_unpaid(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_order *order = (mk_order *)ctx->subject;

	(void)params;
	if (order->order.state == MARKET_ORDER_WAIT_PAY && order->order.pay_by > ctx->now)
		return refuse(order, MARKET_ESTATE, "the time for paying the order isn't over", err);
	return close_order(ctx, order, MK_ORDER_CLOSE_UNPAID, MARKET_CLOSE_UNPAID, NULL, err);
}

int mk_order_cancel(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_order_cancel_params *in = params;
	mk_order *order = (mk_order *)ctx->subject;
	int32_t close_reason = MARKET_CLOSE_OPERATOR_CANCELLED;
	int rc;

	if (ctx->actor.kind == MARKET_ACTOR_BUYER)
		close_reason = MARKET_CLOSE_BUYER_CANCELLED;
	else if (!in->reason)
		return mk_error_at(err, MARKET_EMISSING, "reason", "reason is missing");
	else if (ctx->actor.kind == MARKET_ACTOR_MEMBER)
		close_reason = MARKET_CLOSE_SELLER_CANCELLED;
	rc = check_cancel(order, err);
	if (rc != 0)
		return rc;
	if (close_reason == MARKET_CLOSE_BUYER_CANCELLED &&
	    order->order.state == MARKET_ORDER_WAIT_SHIP && order->order.preparing_at != 0)
		return wish(ctx, order, in->reason, err);
	/* the seller grants what the buyer wished */
	if (close_reason == MARKET_CLOSE_SELLER_CANCELLED && order->order.cancel_asked_at != 0)
		close_reason = MARKET_CLOSE_BUYER_CANCELLED;
	return close_order(ctx, order, MK_ORDER_CANCEL, close_reason, in->reason, err);
}

int mk_order_prepare(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_order *order = (mk_order *)ctx->subject;
	market_order *o = &order->order;
	int rc = 0;

	(void)params;
	if (o->state != MARKET_ORDER_WAIT_SHIP) {
		rc = mk_error_set(err, MARKET_ESTATE, "an order in state %s can't be prepared",
		                  mk_enum_name(&mk_order_state_enum, o->state));
		return mk_error_object(err, rc, MARKET_ID_ORDER, o->id);
	}
	if (o->preparing_at != 0)
		return refuse(order, MARKET_ESTATE, "the order is being prepared", err);
	rc = check_idle(order, err);
	if (rc != 0)
		return rc;
	o->preparing_at = ctx->now;
	mk_event(ctx, "order.preparing", MARKET_ID_ORDER, o->id);
	mk_event_book(ctx, o->buyer.book);
	mk_order_save(ctx, order);
	ctx->result = o->id;
	return 0;
}

int mk_order_cancel_unshipped(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_order *order = (mk_order *)ctx->subject;
	int rc;

	(void)params;
	if (order->order.state == MARKET_ORDER_WAIT_SHIP && order->order.cancel_at > ctx->now)
		return refuse(order, MARKET_ESTATE, "the time for shipping the order isn't over", err);
	if (order->order.state == MARKET_ORDER_WAIT_PAY)
		return refuse(order, MARKET_ESTATE, "the order isn't paid", err);
	if (order->order.state == MARKET_ORDER_WAIT_SHIP && (order->whole & MK_PARTLY_SHIPPED))
		return refund_rest(ctx, order, err);
	rc = check_cancel(order, err);
	if (rc != 0)
		return rc;
	if (order->order.cancel_asked_at != 0)
		return close_order(ctx, order, MK_ORDER_CANCEL, MARKET_CLOSE_BUYER_CANCELLED,
		                   order->cancel_reason, err);
	return close_order(ctx, order, MK_ORDER_CANCEL, MARKET_CLOSE_UNSHIPPED, "unshipped", err);
}

/* ORD-7: granted when the seller keeps silent. */
static int wish(mk_ctx *ctx, mk_order *order, const char *reason, market_error *err)
{
	market_order *o = &order->order;
	market_time granted = ctx->now + mk_order_policy(ctx, order)->orders->cancel_silence;

	if (o->cancel_asked_at != 0)
		return refuse(order, MARKET_ESTATE, "the buyer has asked to cancel the order", err);
	o->cancel_asked_at = ctx->now;
	order->cancel_reason = reason;
	if (granted < o->cancel_at)
		o->cancel_at = granted;
	mk_event(ctx, "order.cancel_asked", MARKET_ID_ORDER, o->id);
	mk_event_book(ctx, o->buyer.book);
	mk_event_text(ctx, "reason", reason);
	mk_event_int(ctx, "granted_at", o->cancel_at);
	mk_order_save(ctx, order);
	ctx->result = o->id;
	return 0;
}

static int check_cancel(const mk_order *order, market_error *err)
{
	const market_order *o = &order->order;

	if (mk_order_next_state(o->state, MK_ORDER_CANCEL) == 0)
		return 0; /* the step says so */
	if (order->whole & (MK_WHOLE_SHIPPED | MK_PARTLY_SHIPPED))
		return refuse(order, MARKET_ESTATE, "a part of the order is shipped", err);
	return check_idle(order, err);
}

/* ESC-3: a refund on its way freezes too. */
static int check_idle(const mk_order *order, market_error *err)
{
	const market_order *o = &order->order;

	if (o->freezes > 0)
		return refuse(order, MARKET_EFROZEN, "the order has an open refund or dispute", err);
	return 0;
}

/* ORD-4: what went stays sold, and the order goes on when its rest is refunded. */
static int refund_rest(mk_ctx *ctx, mk_order *order, market_error *err)
{
	int rc = check_idle(order, err);

	if (rc == 0)
		rc = mk_order_load_lines(ctx, order, err);
	if (rc == 0)
		rc = mk_refund_rest(ctx, order, "unshipped", err);
	if (rc != 0)
		return rc;
	order->order.cancel_at = 0;
	order->cancel_left = 0;
	mk_event(ctx, "order.rest_cancelled", MARKET_ID_ORDER, order->order.id);
	mk_event_book(ctx, order->order.buyer.book);
	mk_order_save(ctx, order);
	ctx->result = order->order.id;
	return 0;
}

static int close_order(mk_ctx *ctx, mk_order *order, mk_order_step step, int32_t close_reason,
                       const char *reason, market_error *err)
{
	market_order *o = &order->order;
	bool paid = o->paid_at != 0, told;
	int rc;

	if (mk_order_next_state(o->state, step) == 0)
		return mk_order_step_to(ctx, order, step, err);
	rc = mk_order_load_lines(ctx, order, err);
	if (rc == 0 && paid)
		rc = refund_whole(ctx, order, reason ? reason : "cancelled", err);
	/* a refund without cash is done at once and has closed it */
	told = o->state == MARKET_ORDER_CLOSED;
	if (rc == 0 && !told) {
		rc = mk_order_return_stock(ctx, order, err);
		if (rc == 0)
			rc = mk_order_step_to(ctx, order, step, err);
	}
	if (rc == 0 && !paid)
		rc = mk_payment_order_closed(ctx, order, err);
	if (rc != 0)
		return rc;
	o->close_reason = close_reason;
	order->cancel_reason = reason;
	if (!told)
		tell(ctx, order, reason);
	mk_order_save(ctx, order);
	ctx->result = o->id;
	return 0;
}

static void tell(mk_ctx *ctx, const mk_order *order, const char *reason)
{
	mk_event(ctx, "order.closed", MARKET_ID_ORDER, order->order.id);
	mk_event_book(ctx, order->order.buyer.book);
	mk_event_text(ctx, "close_reason",
	              mk_enum_name(&mk_close_reason_enum, order->order.close_reason));
	mk_event_text(ctx, "reason", reason);
}

/* What is held goes back; what was refunded before is gone already. */
static int refund_whole(mk_ctx *ctx, mk_order *order, const char *reason, market_error *err)
{
	market_order *o = &order->order;
	market_money gone = mk_money_add(o->refunded_cash, o->refunded_promo);

	if (!mk_money_less(gone, o->funded))
		return 0;
	return mk_refund_order(ctx, order, reason, err);
}

static int refuse(const mk_order *order, int code, const char *text, market_error *err)
{
	int rc = mk_error_set(err, code, "%s", text);

	return mk_error_object(err, rc, MARKET_ID_ORDER, order->order.id);
}
