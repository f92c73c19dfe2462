/* PAY-2 to PAY-4: payments that are not wanted any more, because their orders were closed. */
#include "libmarket/payment/effect.h"

static int drop_charge(mk_ctx *ctx, mk_payment *payment, const mk_parts *parts, market_error *err);
static int drop_authorisation(mk_ctx *ctx, mk_payment *payment, market_error *err);
static int load_request(mk_ctx *ctx, const mk_payment *payment, mk_request **out,
                        market_error *err);

size_t mk_parts_waiting(const mk_parts *parts)
{
	size_t n = 0;

	for (size_t i = 0; i < parts->count; i++)
		n += parts->orders[i]->order.state == MARKET_ORDER_WAIT_PAY;
	return n;
}

int mk_payment_order_closed(mk_ctx *ctx, const mk_order *order, market_error *err)
{
	mk_order_group *group = NULL;
	mk_payment *payment = NULL;
	mk_parts parts = {0};
	int rc = mk_order_group_load(ctx, order->order.group, NULL, &group, err);

	if (rc == 0)
		rc = mk_payment_load(ctx, group->group.payment, NULL, &payment, err);
	if (rc == 0)
		rc = mk_payment_load_parts(ctx, payment, &parts, err);
	if (rc != 0)
		return rc;
	/* as stored it is still open */
	for (size_t i = 0; i < parts.count; i++)
		if (mk_id_equal(parts.orders[i]->order.id, order->order.id))
			parts.orders[i]->order.state = MARKET_ORDER_CLOSED;
	if (payment->payment.state == MARKET_PAYMENT_PENDING)
		return drop_charge(ctx, payment, &parts, err);
	if (mk_parts_waiting(&parts) > 0)
		return 0;
	if (payment->payment.state == MARKET_PAYMENT_AUTHORISED)
		return drop_authorisation(ctx, payment, err);
	if (payment->payment.state != MARKET_PAYMENT_CREATED &&
	    payment->payment.state != MARKET_PAYMENT_FAILED)
		return 0;
	payment->payment.state = MARKET_PAYMENT_CLOSED;
	mk_payment_save(ctx, payment);
	return 0;
}

int mk_effect_void(mk_ctx *ctx, const market_payment *payment, market_error *err)
{
	market_id request;

	return mk_request_queue_at(ctx, payment->provider, MARKET_REQUEST_VOID, MARKET_ID_PAYMENT,
	                           payment->id, payment->amount, payment->reference, &request, err);
}

/* One that can't be voided lapses by itself. */
int mk_payment_void_outcome(mk_ctx *ctx, mk_request *request, market_error *err)
{
	bool ok = request->request.state == MARKET_REQUEST_OK;
	mk_payment *payment = NULL;
	int rc = mk_payment_load(ctx, mk_id_in(request->request.id.book, request->subject.id), NULL,
	                         &payment, err);

	if (rc != 0 || payment->payment.state != MARKET_PAYMENT_AUTHORISED)
		return rc;
	mk_event(ctx, ok ? "payment.voided" : "payment.void_failed", MARKET_ID_PAYMENT,
	         payment->payment.id);
	mk_event_money(ctx, "amount", payment->payment.amount);
	mk_event_text(ctx, "reason", request->request.reason);
	if (!ok)
		return 0;
	payment->payment.state = MARKET_PAYMENT_CLOSED;
	mk_payment_save(ctx, payment);
	return 0;
}

/* What wasn't sent yet is asked only for the orders that are left. What was sent goes on: its money
 * comes late (PAY-2), its authorisation is given up. */
static int drop_charge(mk_ctx *ctx, mk_payment *payment, const mk_parts *parts, market_error *err)
{
	mk_request *request = NULL;
	int rc = load_request(ctx, payment, &request, err);

	if (rc != 0 || !request || request->request.state != MARKET_REQUEST_QUEUED)
		return rc;
	mk_request_withdraw(ctx, request);
	if (mk_parts_waiting(parts) > 0)
		return mk_payment_restart(ctx, payment, parts, err);
	payment->payment.state = MARKET_PAYMENT_CLOSED;
	mk_payment_save(ctx, payment);
	return 0;
}

static int drop_authorisation(mk_ctx *ctx, mk_payment *payment, market_error *err)
{
	mk_request *request = NULL;
	int rc = load_request(ctx, payment, &request, err);

	if (rc != 0)
		return rc;
	if (request && request->request.state == MARKET_REQUEST_QUEUED)
		mk_request_withdraw(ctx, request);
	else if (request && mk_request_open(request))
		return 0; /* its capture was sent */
	return mk_effect_void(ctx, &payment->payment, err);
}

static int load_request(mk_ctx *ctx, const mk_payment *payment, mk_request **out, market_error *err)
{
	if (mk_id_absent(payment->payment.request))
		return 0;
	return mk_load(ctx, &mk_request_entity, payment->payment.request, NULL, (void **)out, err);
}
