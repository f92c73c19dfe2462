/* PAY-2: money that nobody asked for, and its way back to the buyer. */
#include "libmarket/payment/effect.h"

static bool same_money(const market_notification *a, const market_notification *b);
static int queue_return(mk_ctx *ctx, const mk_payment *payment, market_id_kind kind,
                        market_id object, market_money amount, const char *reference,
                        size_t *queued, size_t *open, market_error *err);
static int share_outcome(mk_ctx *ctx, mk_request *request, market_error *err);
static int wait(mk_ctx *ctx, const mk_share *share, const mk_request *request, market_error *err);
static int post_share(mk_ctx *ctx, const mk_share *share, const mk_request *request, bool back,
                      market_error *err);
static int notification_outcome(mk_ctx *ctx, mk_request *request, market_error *err);

/* Dr psp_clearing / Cr suspense in the payment's own book. */
int mk_effect_suspend(mk_ctx *ctx, const mk_payment *payment, market_notification *row, bool *known,
                      market_error *err)
{
	const market_payment *p = &payment->payment;
	char text[MARKET_ID_TEXT_SIZE];
	mk_transfer *transfer;
	void **rows = NULL;
	size_t count = 0;
	int rc =
		mk_store_list(ctx->store, ctx->arena, &mk_notification_mismatched, &mk_notification_record,
	                  MK_ARGS(mk_int(p->id.book), mk_text_value(row->provider), mk_int(p->id.id),
	                          mk_int(MARKET_NOTIFICATION_MISMATCHED)),
	                  &rows, &count, err);

	for (size_t i = 0; rc == 0 && !*known && i < count; i++)
		*known = same_money(rows[i], row);
	if (rc != 0 || *known)
		return rc;
	market_id_format(MARKET_ID_NOTIFICATION, row->id, text);
	transfer = mk_transfer_new(ctx->ledger, p->id.book, MK_TRANSFER_DIRECT, "suspense:%s", text);
	mk_transfer_set_object(transfer, MARKET_ID_PAYMENT, p->id);
	mk_debit(transfer, "psp_clearing", NULL, row->amount);
	mk_credit(transfer, "suspense", NULL, row->amount);
	rc = mk_transfer_post(ctx->ledger, transfer, err);
	if (rc != 0)
		return rc;
	row->result = MARKET_NOTIFICATION_MISMATCHED;
	row->suspense = row->amount;
	mk_event(ctx, "payment.mismatched", MARKET_ID_PAYMENT, p->id);
	mk_event_money(ctx, "expected", p->amount);
	mk_event_money(ctx, "amount", row->amount);
	return 0;
}

/* An answer and a notification may both tell of it. The provider's reference says so; where one of
 * them has none, the attempt. */
static bool same_money(const market_notification *a, const market_notification *b)
{
	if (!mk_money_same_currency(a->amount, b->amount) || !mk_money_equal(a->amount, b->amount))
		return false;
	if (a->reference && b->reference)
		return mk_text_equal(a->reference, b->reference);
	return a->request && b->request && mk_text_equal(a->request, b->request);
}

int mk_notification_suspend(mk_ctx *ctx, const mk_payment *payment, const market_request *request,
                            market_money amount, market_error *err)
{
	mk_notification *row = MK_NEW(ctx->arena, mk_notification);
	bool known = false;
	int rc;

	if (!row)
		return mk_error_no_memory(err);
	row->notification = (market_notification){
		.id = mk_new_id(ctx, payment->payment.id.book),
		.provider = request->provider,
		.event = mk_arena_format(ctx->arena, "answer:%s", request->request_key),
		.type = "captured",
		.payment = payment->payment.id,
		.request = request->request_key,
		.currency = mk_arena_text(ctx->arena, amount.currency),
		.amount = amount,
		.reference = request->reference,
		.occurred_at = ctx->now,
		.received_at = ctx->now,
		.version = 1,
	};
	rc = mk_effect_suspend(ctx, payment, &row->notification, &known, err);
	if (rc != 0 || known)
		return rc;
	mk_insert(ctx, &mk_notification_insert, &mk_notification_record, row->notification.id, row);
	return 0;
}

int mk_payment_return(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_payment *payment = (mk_payment *)ctx->subject;
	market_payment *p = &payment->payment;
	mk_parts parts = {0};
	void **rows = NULL;
	size_t count = 0, queued = 0, open = 0;
	int rc = mk_payment_load_parts(ctx, payment, &parts, err);

	(void)params;
	for (size_t i = 0; rc == 0 && i < parts.count; i++) {
		const market_share *share = &parts.shares[i]->share;

		if (mk_money_less(share->returned, share->payable))
			rc = queue_return(ctx, payment, MARKET_ID_SHARE, share->id,
			                  mk_money_sub(share->payable, share->returned), p->reference, &queued,
			                  &open, err);
	}
	/* whose the money in suspense is, a person decides */
	if (rc == 0 && ctx->actor.kind != MARKET_ACTOR_SYSTEM)
		rc = mk_store_list(ctx->store, ctx->arena, &mk_notification_in_suspense,
		                   &mk_notification_record, MK_ARGS(mk_int(p->id.book), mk_int(p->id.id)),
		                   &rows, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const market_notification *notification = rows[i];

		rc = queue_return(ctx, payment, MARKET_ID_NOTIFICATION, notification->id,
		                  notification->suspense, notification->reference, &queued, &open, err);
	}
	if (rc != 0)
		return rc;
	if (queued == 0) {
		rc = open > 0
		         ? mk_error_set(err, MARKET_EINFLIGHT, "the money is on its way")
		         : mk_error_set(err, MARKET_ESTATE, "nothing of this payment is owed to the buyer");
		return mk_error_object(err, rc, MARKET_ID_PAYMENT, p->id);
	}
	payment->return_at = 0;
	mk_payment_save(ctx, payment);
	mk_event(ctx, "payment.return_requested", MARKET_ID_PAYMENT, p->id);
	ctx->result = p->id;
	return 0;
}

int mk_payment_return_outcome(mk_ctx *ctx, mk_request *request, market_error *err)
{
	if (request->object_kind == MARKET_ID_SHARE)
		return share_outcome(ctx, request, err);
	return notification_outcome(ctx, request, err);
}

static int queue_return(mk_ctx *ctx, const mk_payment *payment, market_id_kind kind,
                        market_id object, market_money amount, const char *reference,
                        size_t *queued, size_t *open, market_error *err)
{
	market_id id;
	int rc = mk_request_queue_at(ctx, payment->payment.provider, MARKET_REQUEST_REFUND, kind,
	                             object, amount, reference, &id, err);

	if (rc == MARKET_EINFLIGHT) {
		(*open)++;
		mk_error_clear(err);
		return 0;
	}
	if (rc == 0)
		(*queued)++;
	return rc;
}

static int share_outcome(mk_ctx *ctx, mk_request *request, market_error *err)
{
	void *row = NULL;
	mk_share *share;
	bool ok = request->request.state == MARKET_REQUEST_OK;
	bool bounced = !ok && request->before == MARKET_REQUEST_OK;
	int rc = mk_store_get(ctx->store, ctx->arena, &mk_share_by_id, &mk_share_record,
	                      MK_ARGS(mk_int(request->request.id.book), mk_int(request->subject.id)),
	                      &row, err);

	if (rc != 0 || !row)
		return rc != 0 ? rc
		               : mk_error_set(err, MARKET_ECORRUPT, "the share of %s is absent",
		                              request->request.object);
	share = row;
	if (!ok)
		mk_event(ctx, "payment.return_failed", MARKET_ID_PAYMENT, share->share.payment);
	else
		mk_event(ctx, "payment.returned", MARKET_ID_PAYMENT, share->share.payment);
	mk_event_money(ctx, "amount", request->request.amount);
	mk_event_text(ctx, "reason", request->request.reason);
	if (!ok)
		rc = wait(ctx, share, request, err);
	if (rc != 0 || (!ok && !bounced))
		return rc;
	rc = post_share(ctx, share, request, bounced, err);
	if (rc != 0)
		return rc;
	share->share.returned = ok ? mk_money_add(share->share.returned, request->request.amount)
	                           : mk_money_sub(share->share.returned, request->request.amount);
	mk_share_save(ctx, share);
	return 0;
}

/* Nobody else sends again what is owed to the buyer. */
static int wait(mk_ctx *ctx, const mk_share *share, const mk_request *request, market_error *err)
{
	market_time again = mk_request_again(ctx, request);
	mk_payment *payment = NULL;
	int rc = mk_payment_load(ctx, share->share.payment, NULL, &payment, err);

	if (rc != 0)
		return rc;
	if (payment->return_at == 0 || again < payment->return_at)
		payment->return_at = again;
	mk_payment_save(ctx, payment);
	mk_event_int(ctx, "attempt", request->request.attempt);
	mk_event_int(ctx, "retry_at", payment->return_at);
	return 0;
}

/* Dr buyer_payable / Cr psp_clearing; the mirror when it came back after all. */
static int post_share(mk_ctx *ctx, const mk_share *share, const mk_request *request, bool back,
                      market_error *err)
{
	char order_text[MARKET_ID_TEXT_SIZE];
	mk_transfer *transfer;

	market_id_format(MARKET_ID_ORDER, share->share.order, order_text);
	transfer = mk_transfer_new(ctx->ledger, share->share.id.book, MK_TRANSFER_DIRECT, "%s:%s:%lld",
	                           back ? "return_bounced" : "return", request->request.object,
	                           (long long)request->request.attempt);
	mk_transfer_set_object(transfer, MARKET_ID_ORDER, share->share.order);
	if (back) {
		mk_debit(transfer, "psp_clearing", NULL, request->request.amount);
		mk_credit(transfer, "buyer_payable", order_text, request->request.amount);
	} else {
		mk_debit(transfer, "buyer_payable", order_text, request->request.amount);
		mk_credit(transfer, "psp_clearing", NULL, request->request.amount);
	}
	return mk_transfer_post(ctx->ledger, transfer, err);
}

static int notification_outcome(mk_ctx *ctx, mk_request *request, market_error *err)
{
	mk_notification *notification = NULL;
	bool ok = request->request.state == MARKET_REQUEST_OK;
	bool bounced = !ok && request->before == MARKET_REQUEST_OK;
	mk_transfer *transfer;
	int rc = mk_load(ctx, &mk_notification_entity,
	                 mk_id_in(request->request.id.book, request->subject.id), NULL,
	                 (void **)&notification, err);

	if (rc != 0)
		return rc;
	mk_event(ctx, ok ? "payment.returned" : "payment.return_failed", MARKET_ID_PAYMENT,
	         notification->notification.payment);
	mk_event_money(ctx, "amount", request->request.amount);
	mk_event_text(ctx, "reason", request->request.reason);
	if (!ok && !bounced)
		return 0;
	transfer = mk_transfer_new(ctx->ledger, request->request.id.book, MK_TRANSFER_DIRECT,
	                           "%s:%s:%lld", bounced ? "return_bounced" : "return",
	                           request->request.object, (long long)request->request.attempt);
	mk_transfer_set_object(transfer, MARKET_ID_PAYMENT, notification->notification.payment);
	if (ok) {
		mk_debit(transfer, "suspense", NULL, request->request.amount);
		mk_credit(transfer, "psp_clearing", NULL, request->request.amount);
	} else {
		mk_debit(transfer, "psp_clearing", NULL, request->request.amount);
		mk_credit(transfer, "suspense", NULL, request->request.amount);
	}
	rc = mk_transfer_post(ctx->ledger, transfer, err);
	if (rc != 0)
		return rc;
	notification->notification.suspense =
		ok ? mk_money_zero(request->request.amount) : request->request.amount;
	mk_update(ctx, &mk_notification_update, &mk_notification_record, notification->notification.id,
	          notification);
	return 0;
}
