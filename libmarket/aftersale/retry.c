/* Refunds that are sent again: one that came back, and one that an order's end owes the buyer. */
#include "libmarket/aftersale/internal.h"
#include "libmarket/escrow/escrow.h"
#include "libmarket/payment/payment.h"

static int resend(mk_ctx *ctx, mk_refund *refund, market_error *err);
static int begin_again(mk_ctx *ctx, mk_refund *refund, market_error *err);
static int ask_left(mk_ctx *ctx, const mk_order *order, market_refund_create_params *in, bool *left,
                    market_error *err);
static void drop(mk_ctx *ctx, mk_refund *refund);
static void stop_waiting(mk_ctx *ctx, mk_refund *refund);

int mk_refund_retry(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_refund *refund = (mk_refund *)ctx->subject;
	int rc;

	(void)params;
	ctx->result = refund->refund.id;
	if (refund->refund.state == MARKET_REFUND_BOUNCED)
		return resend(ctx, refund, err);
	if (refund->refund.state == MARKET_REFUND_FAILED && refund->automatic)
		return begin_again(ctx, refund, err);
	rc = mk_error_set(err, MARKET_ESTATE, "a refund in state %s isn't sent again",
	                  mk_enum_name(&mk_refund_state_enum, refund->refund.state));
	return mk_error_object(err, rc, MARKET_ID_REFUND, refund->refund.id);
}

void mk_refund_wait(mk_ctx *ctx, mk_refund *refund, const mk_request *request)
{
	market_time due = mk_request_again(ctx, request);

	mk_deadline_set(ctx, refund->refund.id, refund->due_at, due, "refund.retry");
	refund->due_at = due;
	mk_event_int(ctx, "attempt", request->request.attempt);
	mk_event_int(ctx, "retry_at", due);
}

/* ORD-4: FRT-1 gives the freight along, since the seller's silence is its fault. */
int mk_refund_ask_rest(mk_ctx *ctx, const mk_order *order, market_refund_create_params *in,
                       market_error *err)
{
	const market_order *o = &order->order;
	market_refund_ask *asks = MK_NEW_ARRAY(ctx->arena, market_refund_ask, o->n_lines + 1);
	const market_refund_ask **list =
		MK_NEW_ARRAY(ctx->arena, const market_refund_ask *, o->n_lines + 1);

	if (!asks || !list)
		return mk_error_no_memory(err);
	in->items = list;
	in->n_items = 0;
	for (size_t i = 0; i < o->n_lines; i++) {
		int64_t left = mk_order_left_to_ship(o->lines[i]);

		if (left == 0)
			continue;
		asks[i] =
			(market_refund_ask){.size = sizeof(asks[i]), .line = o->lines[i]->id, .quantity = left};
		list[in->n_items++] = &asks[i];
	}
	in->borne_by = MARKET_BORNE_BY_SELLER;
	if (mk_money_less(o->freight_refunded, o->freight))
		in->freight = mk_money_sub(o->freight, o->freight_refunded);
	return 0;
}

/* ESC-8: it was done and came back; nothing changes in the order. */
static int resend(mk_ctx *ctx, mk_refund *refund, market_error *err)
{
	market_refund *r = &refund->refund;
	mk_payment *payment = NULL;
	mk_share *share = NULL;
	mk_order *order = NULL;
	market_id request;
	int rc = mk_refund_load_all(ctx, refund, &order, &share, err);

	if (rc == 0)
		rc = mk_payment_load(ctx, share->share.payment, NULL, &payment, err);
	if (rc == 0)
		rc = mk_request_queue_at(ctx, payment->payment.provider, MARKET_REQUEST_REFUND,
		                         MARKET_ID_REFUND, r->id, r->cash, payment->payment.reference,
		                         &request, err);
	if (rc != 0)
		return rc;
	stop_waiting(ctx, refund);
	r->state = MARKET_REFUND_RESENT;
	mk_event(ctx, "refund.resent", MARKET_ID_REFUND, r->id);
	mk_event_book(ctx, r->buyer.book);
	mk_refund_save(ctx, refund);
	return 0;
}

/* What is left now is asked for: others may have refunded or shipped meanwhile. */
static int begin_again(mk_ctx *ctx, mk_refund *refund, market_error *err)
{
	market_refund_create_params in = MARKET_REFUND_CREATE_PARAMS_INIT;
	const market_refund before = refund->refund;
	mk_order *order = NULL;
	bool left = false;
	int rc = mk_refund_load_all(ctx, refund, &order, NULL, err);

	if (rc == 0)
		rc = ask_left(ctx, order, &in, &left, err);
	if (rc != 0)
		return rc;
	if (!left) {
		drop(ctx, refund);
		return 0;
	}
	rc = mk_refund_check_order(order, err);
	if (rc != 0)
		return rc;
	stop_waiting(ctx, refund);
	rc = mk_refund_make(ctx, order, &in, refund, true, err);
	if (rc == 0 && mk_refund_is_nothing(refund)) {
		refund->refund = before;
		drop(ctx, refund);
	}
	if (rc == 0)
		mk_order_save(ctx, order);
	return rc;
}

static int ask_left(mk_ctx *ctx, const mk_order *order, market_refund_create_params *in, bool *left,
                    market_error *err)
{
	const market_order *o = &order->order;
	int rc = 0;

	*left = o->state == MARKET_ORDER_CLOSED &&
	        (mk_money_positive(mk_escrow_held(o)) || mk_money_positive(o->in_flight));
	if (o->state != MARKET_ORDER_WAIT_SHIP || !(order->whole & MK_PARTLY_SHIPPED))
		return 0;
	rc = mk_refund_ask_rest(ctx, order, in, err);
	*left = in->n_items > 0;
	return rc;
}

/* Nothing is left to refund, so nothing is waited for. */
static void drop(mk_ctx *ctx, mk_refund *refund)
{
	stop_waiting(ctx, refund);
	refund->automatic = 0;
	mk_event(ctx, "refund.dropped", MARKET_ID_REFUND, refund->refund.id);
	mk_refund_save(ctx, refund);
}

static void stop_waiting(mk_ctx *ctx, mk_refund *refund)
{
	mk_deadline_set(ctx, refund->refund.id, refund->due_at, 0, "refund.retry");
	refund->due_at = 0;
}
