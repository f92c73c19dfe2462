/* PAY-1, PAY-2: a provider's notification, verified, stored once and applied when it fits. */
#include <string.h>

#include "libmarket/payment/effect.h"
#include "libmarket/payment/provider.h"

typedef struct notice {
	market_provider_event event;
	const char *provider;
	market_id payment_id;
	mk_payment *payment;
	mk_request *request; /* of events that aren't a payment's */
	mk_parts parts;
	mk_notification *row;
	bool save_shares;
} notice;

static const char *const type_names[] = {
	[MARKET_EVENT_AUTHORISED] = "authorised",
	[MARKET_EVENT_CAPTURED] = "captured",
	[MARKET_EVENT_FAILED] = "failed",
	[MARKET_EVENT_REFUNDED] = "refunded",
	[MARKET_EVENT_REFUND_FAILED] = "refund_failed",
	[MARKET_EVENT_PAID_OUT] = "paid_out",
	[MARKET_EVENT_PAYOUT_FAILED] = "payout_failed",
	[MARKET_EVENT_PAYOUT_RETURNED] = "payout_returned",
	[MARKET_EVENT_SETTLED] = "settled",
	[MARKET_EVENT_VOIDED] = "voided",
};

static int verify(mk_ctx *ctx, const market_payment_notify_params *in, notice *n,
                  market_error *err);
static int look_up(mk_ctx *ctx, notice *n, market_id *known, market_error *err);
static bool is_payment_event(const notice *n);
static int32_t kind_of(const notice *n);
static void find_payment(notice *n);
static int make_row(mk_ctx *ctx, notice *n, market_error *err);
static const char *currency_of(const market_provider_event *event);
static int apply(mk_ctx *ctx, notice *n, market_error *err);
static int apply_to_payment(mk_ctx *ctx, notice *n, market_error *err);
static void drop_waiting(mk_ctx *ctx, const notice *n, mk_request *request);
static bool stale(const notice *n, const mk_request *request);
static int captured(mk_ctx *ctx, notice *n, market_error *err);
static int suspend(mk_ctx *ctx, notice *n, market_error *err);
static int settled(mk_ctx *ctx, notice *n, mk_request *request, market_error *err);
static int apply_to_request(mk_ctx *ctx, notice *n, market_error *err);

int mk_payment_notify(mk_ctx *ctx, const void *params, market_error *err)
{
	notice *n = MK_NEW(ctx->arena, notice);
	market_id known = {0, 0};
	int rc = n ? verify(ctx, params, n, err) : mk_error_no_memory(err);

	if (rc == 0)
		rc = look_up(ctx, n, &known, err);
	if (rc != 0)
		return rc;
	if (!mk_id_absent(known)) {
		ctx->known = true;
		ctx->result = known;
		return 0;
	}
	rc = make_row(ctx, n, err);
	if (rc == 0)
		rc = apply(ctx, n, err);
	if (rc != 0)
		return rc;
	if (n->save_shares)
		for (size_t i = 0; i < n->parts.count; i++)
			mk_share_save(ctx, n->parts.shares[i]);
	mk_insert(ctx, &mk_notification_insert, &mk_notification_record, n->row->notification.id,
	          n->row);
	ctx->result = n->row->notification.id;
	return 0;
}

static int verify(mk_ctx *ctx, const market_payment_notify_params *in, notice *n, market_error *err)
{
	const market_payment_provider *provider;

	n->provider = in->provider ? in->provider : ctx->policy->payments->provider;
	provider = mk_provider_find(ctx->market, n->provider);
	if (!provider)
		return mk_error_field(err, mk_provider_absent(n->provider, err), "provider");
	return mk_provider_verify(ctx, provider, in, &n->event, err);
}

/* The book of what it is about is in its identifier, so that one batch finds everything. */
static int look_up(mk_ctx *ctx, notice *n, market_id *known, market_error *err)
{
	mk_query queries[2];
	size_t count = 1;
	int64_t book = 0;
	int rc = 0;

	find_payment(n);
	if (!is_payment_event(n))
		rc = mk_request_find(ctx, n->event.key, &n->request, err);
	if (rc != 0)
		return rc;
	if (n->request && (n->request->request.kind != kind_of(n) ||
	                   !mk_text_equal(n->request->request.provider, n->provider)))
		n->request = NULL;
	if (n->request)
		book = n->request->request.id.book;
	else if (!mk_id_absent(n->payment_id))
		book = n->payment_id.book;
	const mk_value event[] = {mk_int(book), mk_text_value(n->provider),
	                          mk_text_value(n->event.event)};
	const mk_value payment[] = {mk_int(n->payment_id.book), mk_int(n->payment_id.id)};
	const mk_value nowhere[] = {mk_int(0), mk_text_value(n->provider),
	                            mk_text_value(n->event.event)};
	queries[0] = (mk_query){.statement = &mk_notification_by_event,
	                        .args = event,
	                        .n_args = 3,
	                        .record = &mk_notification_record};
	if (!mk_id_absent(n->payment_id) && is_payment_event(n)) {
		queries[1] = (mk_query){.statement = &mk_payment_by_id,
		                        .args = payment,
		                        .n_args = 2,
		                        .record = &mk_payment_record};
		count = 2;
	}
	rc = mk_store_read(ctx->store, ctx->arena, queries, count, err);
	if (rc != 0)
		return rc;
	n->payment = count == 2 && queries[1].n_rows > 0 ? queries[1].rows[0] : NULL;
	/* a provider's secret vouches for what was asked of that provider alone */
	if (n->payment && !mk_text_equal(n->payment->payment.provider, n->provider))
		n->payment = NULL;
	if (!n->payment && !n->request && book != 0) {
		/* what isn't known here is kept in the platform's book */
		queries[0].args = nowhere;
		rc = mk_store_read(ctx->store, ctx->arena, queries, 1, err);
	}
	if (rc == 0 && queries[0].n_rows > 0)
		*known = ((const mk_notification *)queries[0].rows[0])->notification.id;
	return rc;
}

static bool is_payment_event(const notice *n)
{
	return n->event.type == MARKET_EVENT_AUTHORISED || n->event.type == MARKET_EVENT_CAPTURED ||
	       n->event.type == MARKET_EVENT_FAILED || n->event.type == MARKET_EVENT_SETTLED;
}

static int32_t kind_of(const notice *n)
{
	switch (n->event.type) {
	case MARKET_EVENT_REFUNDED:
	case MARKET_EVENT_REFUND_FAILED:
		return MARKET_REQUEST_REFUND;
	case MARKET_EVENT_VOIDED:
		return MARKET_REQUEST_VOID;
	default:
		return MARKET_REQUEST_PAYOUT;
	}
}

/* Named by itself, or by the key of the charge or capture: "charge:pay_…:1". */
static void find_payment(notice *n)
{
	const char *from = strchr(n->event.key, ':');
	const char *to = from ? strchr(from + 1, ':') : NULL;
	char text[MARKET_ID_TEXT_SIZE] = "";

	if (market_id_parse(MARKET_ID_PAYMENT, n->event.payment, &n->payment_id) || !to ||
	    (size_t)(to - from) > sizeof(text))
		return;
	memcpy(text, from + 1, (size_t)(to - from - 1));
	market_id_parse(MARKET_ID_PAYMENT, text, &n->payment_id);
}

static int make_row(mk_ctx *ctx, notice *n, market_error *err)
{
	int64_t book = n->request   ? n->request->request.id.book
	               : n->payment ? n->payment->payment.id.book
	                            : 0;
	const market_provider_event *event = &n->event;

	n->row = MK_NEW(ctx->arena, mk_notification);
	if (!n->row)
		return mk_error_no_memory(err);
	n->row->notification = (market_notification){
		.id = mk_new_id(ctx, book),
		.provider = n->provider,
		.event = event->event,
		.type = type_names[event->type],
		.request = event->key[0] ? event->key : NULL,
		.currency = currency_of(event),
		.amount = event->amount,
		.reference = event->reference[0] ? event->reference : NULL,
		.result = MARKET_NOTIFICATION_UNMATCHED,
		.suspense = mk_money_zero(event->amount),
		.occurred_at = event->occurred_at != 0 ? event->occurred_at : ctx->now,
		.received_at = ctx->now,
		.version = 1,
	};
	if (n->payment)
		n->row->notification.payment = n->payment->payment.id;
	return 0;
}

static const char *currency_of(const market_provider_event *event)
{
	const market_money *money = event->amount.currency[0] ? &event->amount : &event->fee;

	return money->currency[0] ? money->currency : NULL;
}

static int apply(mk_ctx *ctx, notice *n, market_error *err)
{
	if (is_payment_event(n) && n->payment)
		return apply_to_payment(ctx, n, err);
	if (n->request)
		return apply_to_request(ctx, n, err);
	mk_event(ctx, "notification.unmatched", MARKET_ID_NOTIFICATION, n->row->notification.id);
	mk_event_text(ctx, "event", n->event.event);
	return 0;
}

static int apply_to_payment(mk_ctx *ctx, notice *n, market_error *err)
{
	int32_t *result = &n->row->notification.result;
	const char *reason = n->event.reason[0] ? n->event.reason : NULL;
	mk_request *request = NULL;
	int32_t outcome = MARKET_REQUEST_OK;
	int rc = 0;

	*result = MARKET_NOTIFICATION_KNOWN;
	if (!mk_id_absent(n->payment->payment.request)) {
		rc = mk_load(ctx, &mk_request_entity, n->payment->payment.request, NULL, (void **)&request,
		             err);
		if (rc != 0)
			return rc;
	}
	switch (n->event.type) {
	case MARKET_EVENT_CAPTURED:
		rc = captured(ctx, n, err);
		if (*result == MARKET_NOTIFICATION_MISMATCHED) {
			outcome = MARKET_REQUEST_FAILED;
			reason = "amount differs";
		}
		break;
	case MARKET_EVENT_AUTHORISED:
		rc =
			mk_effect_authorise(ctx, n->payment, n->event.reference, n->event.expires, result, err);
		break;
	case MARKET_EVENT_FAILED:
		if (stale(n, request))
			return 0;
		mk_effect_fail(ctx, n->payment, reason, result);
		outcome = MARKET_REQUEST_FAILED;
		break;
	default:
		return settled(ctx, n, request, err);
	}
	if (rc != 0 || *result == MARKET_NOTIFICATION_KNOWN)
		return rc;
	if (request && !stale(n, request))
		mk_request_close(ctx, request, outcome, n->event.reference, reason);
	else
		drop_waiting(ctx, n, request);
	mk_payment_save(ctx, n->payment);
	return 0;
}

/* PAY-3: the money came by an earlier attempt, so the one that wasn't sent yet isn't sent. */
static void drop_waiting(mk_ctx *ctx, const notice *n, mk_request *request)
{
	int32_t state = n->payment->payment.state;

	if (request && request->request.state == MARKET_REQUEST_QUEUED &&
	    (state == MARKET_PAYMENT_CAPTURED || state == MARKET_PAYMENT_AUTHORISED))
		mk_request_withdraw(ctx, request);
}

/* It speaks of an attempt that isn't the last one. */
static bool stale(const notice *n, const mk_request *request)
{
	return request && n->event.key[0] && !mk_text_equal(n->event.key, request->request.request_key);
}

static int captured(mk_ctx *ctx, notice *n, market_error *err)
{
	market_payment *p = &n->payment->payment;
	int32_t *result = &n->row->notification.result;
	int rc;

	if (p->state == MARKET_PAYMENT_CAPTURED) {
		/* the same money told again; other money, captured twice, is nobody's yet */
		if (!n->event.reference[0] ||
		    (p->reference && mk_text_equal(n->event.reference, p->reference)))
			return 0;
		if (p->reference || !mk_money_equal(n->event.amount, p->amount))
			return suspend(ctx, n, err);
		p->reference = n->event.reference;
		*result = MARKET_NOTIFICATION_APPLIED;
		return 0;
	}
	if (!mk_money_same_currency(n->event.amount, p->amount) ||
	    !mk_money_equal(n->event.amount, p->amount)) {
		rc = suspend(ctx, n, err);
		if (rc == 0 && *result == MARKET_NOTIFICATION_MISMATCHED)
			mk_effect_fail(ctx, n->payment, "amount differs", &(int32_t){0});
		return rc;
	}
	rc = mk_payment_load_parts(ctx, n->payment, &n->parts, err);
	if (rc == 0)
		rc = mk_effect_capture(ctx, n->payment, &n->parts, n->event.reference, result, err);
	n->save_shares = true;
	return rc;
}

static int suspend(mk_ctx *ctx, notice *n, market_error *err)
{
	bool known = false;

	return mk_effect_suspend(ctx, n->payment, &n->row->notification, &known, err);
}

/* Nothing is settled that wasn't captured: should that notification be late, this one says it too.
 * Its reference is the settlement's, not the money's. */
static int settled(mk_ctx *ctx, notice *n, mk_request *request, market_error *err)
{
	market_payment *p = &n->payment->payment;
	int32_t *result = &n->row->notification.result, capture = 0;
	market_money fee = mk_money_add(mk_money_zero(p->amount), n->event.fee);
	bool any = false;
	int rc = 0;

	if (p->settled_at != 0 || mk_money_broken(fee))
		return 0;
	rc = mk_payment_load_parts(ctx, n->payment, &n->parts, err);
	if (rc == 0 && p->state != MARKET_PAYMENT_CAPTURED) {
		if (!mk_money_equal(n->event.amount, p->amount))
			return 0;
		rc = mk_effect_capture(ctx, n->payment, &n->parts,
		                       request ? request->request.reference : NULL, &capture, err);
		n->save_shares = true;
	}
	if (rc == 0)
		rc = mk_effect_settle(ctx, n->payment, &n->parts, fee, &any, err);
	if (rc == 0 && any)
		mk_event_text(ctx, "reference", n->row->notification.reference);
	if (rc != 0 || (!any && !n->save_shares))
		return rc;
	n->save_shares = true;
	*result = MARKET_NOTIFICATION_APPLIED;
	drop_waiting(ctx, n, request);
	mk_payment_save(ctx, n->payment);
	return 0;
}

static int apply_to_request(mk_ctx *ctx, notice *n, market_error *err)
{
	int32_t *result = &n->row->notification.result;
	const char *reason = n->event.reason[0] ? n->event.reason : NULL;
	bool ok = n->event.type == MARKET_EVENT_REFUNDED || n->event.type == MARKET_EVENT_PAID_OUT ||
	          n->event.type == MARKET_EVENT_VOIDED;
	bool done = mk_request_open(n->request), differs = false;
	int rc = 0;

	if (done)
		rc = mk_request_resolve(ctx, n->request, ok ? MARKET_PROVIDER_OK : MARKET_PROVIDER_FAILED,
		                        n->event.reference, reason, 0, err);
	else if (!ok)
		rc = mk_request_reverse(ctx, n->request, reason, &done, err);
	if (rc == 0 && ok)
		rc = mk_request_compare(ctx, n->request, n->event.amount, &differs, err);
	*result = differs ? MARKET_NOTIFICATION_MISMATCHED
	          : done  ? MARKET_NOTIFICATION_APPLIED
	                  : MARKET_NOTIFICATION_KNOWN;
	return rc;
}
