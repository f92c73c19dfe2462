/* PAY-1 to PAY-4: what a provider's answer does to a payment and its orders. */
#include "libmarket/payment/effect.h"

static int capture_share(mk_ctx *ctx, mk_share *share, mk_order *order, market_error *err);
static int fund(mk_ctx *ctx, const mk_share *share, const mk_order *order, market_error *err);
static int owe(mk_ctx *ctx, const mk_payment *payment, mk_share *share, const mk_order *order,
               market_error *err);

int mk_payment_capture(mk_ctx *ctx, mk_payment *payment, const mk_parts *parts,
                       const char *reference, int32_t *result, market_error *err)
{
	int rc = mk_effect_capture(ctx, payment, parts, reference, result, err);

	if (rc != 0)
		return rc;
	mk_payment_save(ctx, payment);
	for (size_t i = 0; i < parts->count; i++)
		mk_share_save(ctx, parts->shares[i]);
	return 0;
}

int mk_effect_capture(mk_ctx *ctx, mk_payment *payment, const mk_parts *parts,
                      const char *reference, int32_t *result, market_error *err)
{
	market_payment *p = &payment->payment;
	int rc = 0;

	*result = MARKET_NOTIFICATION_APPLIED;
	p->state = MARKET_PAYMENT_CAPTURED;
	p->captured_at = ctx->now;
	if (reference && *reference)
		p->reference = reference;
	mk_event(ctx, "payment.captured", MARKET_ID_PAYMENT, p->id);
	mk_event_money(ctx, "amount", p->amount);
	for (size_t i = 0; rc == 0 && i < parts->count; i++) {
		mk_share *share = parts->shares[i];
		mk_order *order = parts->orders[i];

		if (order->order.state == MARKET_ORDER_WAIT_PAY &&
		    mk_money_equal(share->share.amount, order->order.cash)) {
			rc = capture_share(ctx, share, order, err);
		} else if (mk_money_positive(share->share.amount)) {
			*result = MARKET_NOTIFICATION_LATE;
			rc = owe(ctx, payment, share, order, err);
		}
	}
	return rc;
}

static int capture_share(mk_ctx *ctx, mk_share *share, mk_order *order, market_error *err)
{
	int rc = fund(ctx, share, order, err);

	if (rc == 0)
		rc = mk_order_paid(ctx, order, err);
	if (rc != 0)
		return rc;
	share->share.captured = share->share.amount;
	mk_event(ctx, "order.paid", MARKET_ID_ORDER, order->order.id);
	mk_event_money(ctx, "cash", share->share.captured);
	mk_order_save(ctx, order);
	return 0;
}

/* Dr psp_clearing and the discounts' funders, Cr escrow. */
static int fund(mk_ctx *ctx, const mk_share *share, const mk_order *order, market_error *err)
{
	char share_text[MARKET_ID_TEXT_SIZE], order_text[MARKET_ID_TEXT_SIZE];
	const market_order *o = &order->order;
	mk_transfer *transfer;
	mk_promo *promos = NULL;
	size_t n_promos = 0;
	int rc = mk_order_promos(ctx, order, &promos, &n_promos, err);

	if (rc != 0 || mk_money_is_zero(mk_money_add(o->cash, o->promo)))
		return rc;
	market_id_format(MARKET_ID_SHARE, share->share.id, share_text);
	market_id_format(MARKET_ID_ORDER, o->id, order_text);
	transfer =
		mk_transfer_new(ctx->ledger, o->id.book, MK_TRANSFER_DIRECT, "capture:%s", share_text);
	mk_transfer_set_object(transfer, MARKET_ID_ORDER, o->id);
	mk_debit(transfer, "psp_clearing", NULL, share->share.amount);
	for (size_t i = 0; i < n_promos; i++) {
		if (mk_text_equal(promos[i].funder, "platform"))
			mk_debit(transfer, "promo_funding", NULL, promos[i].amount);
		else
			mk_debit(transfer, "funder_receivable", promos[i].funder, promos[i].amount);
	}
	mk_credit(transfer, "escrow", order_text, mk_money_add(o->cash, o->promo));
	return mk_transfer_post(ctx->ledger, transfer, err);
}

/* PAY-2: the order no longer waits for this money. */
static int owe(mk_ctx *ctx, const mk_payment *payment, mk_share *share, const mk_order *order,
               market_error *err)
{
	char share_text[MARKET_ID_TEXT_SIZE], order_text[MARKET_ID_TEXT_SIZE];
	market_id request;
	mk_transfer *transfer;
	int rc;

	market_id_format(MARKET_ID_SHARE, share->share.id, share_text);
	market_id_format(MARKET_ID_ORDER, order->order.id, order_text);
	transfer = mk_transfer_new(ctx->ledger, share->share.id.book, MK_TRANSFER_DIRECT, "late:%s",
	                           share_text);
	mk_transfer_set_object(transfer, MARKET_ID_ORDER, order->order.id);
	mk_debit(transfer, "psp_clearing", NULL, share->share.amount);
	mk_credit(transfer, "buyer_payable", order_text, share->share.amount);
	rc = mk_transfer_post(ctx->ledger, transfer, err);
	if (rc != 0)
		return rc;
	share->share.payable = share->share.amount;
	mk_event(ctx, "payment.late", MARKET_ID_PAYMENT, payment->payment.id);
	mk_event_id(ctx, "order", MARKET_ID_ORDER, order->order.id);
	mk_event_money(ctx, "amount", share->share.amount);
	return mk_request_queue_at(ctx, payment->payment.provider, MARKET_REQUEST_REFUND,
	                           MARKET_ID_SHARE, share->share.id, share->share.amount,
	                           payment->payment.reference, &request, err);
}

/* PAY-4: authorised: posts nothing; the capture is asked for at once, as long as an order waits for
 * it. What none waits for is given up. */
int mk_effect_authorise(mk_ctx *ctx, mk_payment *payment, const char *reference,
                        market_time expires, int32_t *result, market_error *err)
{
	market_payment *p = &payment->payment;
	mk_parts parts = {0};
	market_id request;
	int rc = 0;

	*result = MARKET_NOTIFICATION_KNOWN;
	if (p->state != MARKET_PAYMENT_CREATED && p->state != MARKET_PAYMENT_PENDING)
		return 0;
	*result = MARKET_NOTIFICATION_APPLIED;
	p->state = MARKET_PAYMENT_AUTHORISED;
	p->authorised_at = ctx->now;
	p->authorisation_expires = expires;
	if (reference && *reference)
		p->reference = reference;
	mk_event(ctx, "payment.authorised", MARKET_ID_PAYMENT, p->id);
	mk_event_money(ctx, "amount", p->amount);
	rc = mk_payment_load_parts(ctx, payment, &parts, err);
	if (rc == 0 && mk_parts_waiting(&parts) == 0)
		return mk_effect_void(ctx, p, err);
	if (rc == 0)
		rc = mk_request_queue_at(ctx, p->provider, MARKET_REQUEST_CAPTURE, MARKET_ID_PAYMENT, p->id,
		                         p->amount, p->reference, &request, err);
	if (rc == 0)
		p->request = request;
	return rc;
}

void mk_effect_fail(mk_ctx *ctx, mk_payment *payment, const char *reason, int32_t *result)
{
	market_payment *p = &payment->payment;

	*result = MARKET_NOTIFICATION_KNOWN;
	if (p->state != MARKET_PAYMENT_CREATED && p->state != MARKET_PAYMENT_PENDING &&
	    p->state != MARKET_PAYMENT_AUTHORISED)
		return;
	*result = MARKET_NOTIFICATION_APPLIED;
	p->state = MARKET_PAYMENT_FAILED;
	p->reason = reason;
	mk_event(ctx, "payment.failed", MARKET_ID_PAYMENT, p->id);
	mk_event_text(ctx, "reason", reason);
}

int mk_payment_charge_outcome(mk_ctx *ctx, mk_request *request, market_error *err)
{
	const market_request *r = &request->request;
	mk_payment *payment = NULL;
	mk_parts parts = {0};
	int32_t result = 0;
	int rc = mk_payment_load(ctx, mk_id_in(r->id.book, request->subject.id), NULL, &payment, err);

	if (rc != 0)
		return rc;
	if (r->state != MARKET_REQUEST_OK) {
		mk_effect_fail(ctx, payment, r->reason, &result);
		if (mk_money_positive(request->moved)) {
			rc = mk_notification_suspend(ctx, payment, r, request->moved, err);
			result = MARKET_NOTIFICATION_APPLIED;
		}
	} else if (request->answer == MARKET_PROVIDER_AUTHORISED) {
		rc = mk_effect_authorise(ctx, payment, r->reference, request->expires, &result, err);
	} else if (payment->payment.state != MARKET_PAYMENT_CAPTURED) {
		rc = mk_payment_load_parts(ctx, payment, &parts, err);
		return rc == 0 ? mk_payment_capture(ctx, payment, &parts, r->reference, &result, err) : rc;
	} else if (r->reference && !payment->payment.reference) {
		payment->payment.reference = r->reference;
		result = MARKET_NOTIFICATION_APPLIED;
	} else if (r->reference && !mk_text_equal(r->reference, payment->payment.reference)) {
		/* captured twice: the second is nobody's yet */
		rc = mk_notification_suspend(ctx, payment, r, r->amount, err);
		result = MARKET_NOTIFICATION_APPLIED;
	}
	if (rc == 0 && result == MARKET_NOTIFICATION_APPLIED)
		mk_payment_save(ctx, payment);
	return rc;
}

/* ORD-4: who pays by a way that takes days isn't closed after minutes. */
int mk_payment_charge_pending(mk_ctx *ctx, mk_request *request, market_error *err)
{
	mk_payment *payment = NULL;
	mk_parts parts = {0};
	int rc;

	if (request->expires <= ctx->now)
		return 0;
	rc = mk_payment_load(ctx, mk_id_in(request->request.id.book, request->subject.id), NULL,
	                     &payment, err);
	if (rc == 0)
		rc = mk_payment_load_parts(ctx, payment, &parts, err);
	for (size_t i = 0; rc == 0 && i < parts.count; i++) {
		mk_order *order = parts.orders[i];

		if (order->order.state != MARKET_ORDER_WAIT_PAY || order->order.pay_by >= request->expires)
			continue;
		order->order.pay_by = request->expires;
		mk_order_save(ctx, order);
	}
	return rc;
}

int mk_payment_lapse(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_payment *payment = (mk_payment *)ctx->subject;
	market_payment *p = &payment->payment;
	mk_request *request = NULL;
	int32_t result = 0;
	int rc;

	(void)params;
	if (p->state != MARKET_PAYMENT_AUTHORISED || p->authorisation_expires > ctx->now) {
		rc = mk_error_set(err, MARKET_ESTATE, "the payment has no authorisation that has expired");
		return mk_error_object(err, rc, MARKET_ID_PAYMENT, p->id);
	}
	rc = mk_request_latest(ctx, MARKET_REQUEST_CAPTURE, p->id, &request, err);
	if (rc != 0)
		return rc;
	if (request && mk_request_open(request)) {
		rc = mk_error_set(err, MARKET_EINFLIGHT, "the outcome of the capture is awaited");
		return mk_error_object(err, rc, MARKET_ID_PAYMENT, p->id);
	}
	mk_effect_fail(ctx, payment, "authorisation expired", &result);
	mk_payment_save(ctx, payment);
	ctx->result = p->id;
	return 0;
}
