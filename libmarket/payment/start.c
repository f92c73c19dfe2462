/* PAY-3: a new attempt at the provider. */
#include "libmarket/payment/effect.h"
#include "libmarket/payment/provider.h"

static int check_state(const mk_payment *payment, market_error *err);
static int ask(mk_ctx *ctx, mk_payment *payment, mk_share *const *shares, const char *method,
               market_error *err);
static int replace(mk_ctx *ctx, mk_payment *old, const mk_parts *parts, size_t n_open,
                   mk_payment **out, mk_share ***shares, market_error *err);
static int refuse(const mk_payment *payment, int code, const char *text, market_error *err);

int mk_payment_start(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_payment_start_params *in = params;
	mk_payment *payment = (mk_payment *)ctx->subject;
	const char *method = in->method ? in->method : payment->payment.method;
	mk_share **shares = NULL;
	mk_parts parts = {0};
	size_t n_open;
	int rc = check_state(payment, err);

	if (rc == 0 && !method)
		rc = mk_error_at(err, MARKET_EMISSING, "method", "method is missing");
	if (rc == 0)
		rc = mk_payment_load_parts(ctx, payment, &parts, err);
	if (rc != 0)
		return rc;
	n_open = mk_parts_waiting(&parts);
	if (n_open == 0)
		return refuse(payment, MARKET_ESTATE, "no order waits for this payment", err);
	if (n_open < parts.count)
		rc = replace(ctx, payment, &parts, n_open, &payment, &shares, err);
	if (rc == 0 && !mk_provider_find(ctx->market, payment->payment.provider))
		rc = mk_provider_absent(payment->payment.provider, err);
	if (rc == 0)
		rc = ask(ctx, payment, shares, method, err);
	if (rc != 0)
		return rc;
	ctx->result = payment->payment.id;
	return 0;
}

int mk_payment_restart(mk_ctx *ctx, mk_payment *old, const mk_parts *parts, market_error *err)
{
	mk_payment *payment = NULL;
	mk_share **shares = NULL;
	int rc = replace(ctx, old, parts, mk_parts_waiting(parts), &payment, &shares, err);

	return rc == 0 ? ask(ctx, payment, shares, old->payment.method, err) : rc;
}

/* `shares` are given with a payment that is new. */
static int ask(mk_ctx *ctx, mk_payment *payment, mk_share *const *shares, const char *method,
               market_error *err)
{
	market_id request;
	int rc = mk_request_queue_at(ctx, payment->payment.provider, MARKET_REQUEST_CHARGE,
	                             MARKET_ID_PAYMENT, payment->payment.id, payment->payment.amount,
	                             method, &request, err);

	if (rc != 0)
		return rc;
	payment->payment.method = method;
	payment->payment.state = MARKET_PAYMENT_PENDING;
	payment->payment.attempt++;
	payment->payment.request = request;
	payment->payment.reason = NULL;
	if (shares)
		mk_payment_add(ctx, payment, shares);
	else
		mk_payment_save(ctx, payment);
	mk_event(ctx, "payment.started", MARKET_ID_PAYMENT, payment->payment.id);
	mk_event_money(ctx, "amount", payment->payment.amount);
	mk_event_int(ctx, "attempt", payment->payment.attempt);
	return 0;
}

static int check_state(const mk_payment *payment, market_error *err)
{
	switch (payment->payment.state) {
	case MARKET_PAYMENT_CREATED:
	case MARKET_PAYMENT_FAILED:
		return 0;
	case MARKET_PAYMENT_PENDING:
		return refuse(payment, MARKET_EINFLIGHT, "the outcome of the last attempt is awaited", err);
	case MARKET_PAYMENT_AUTHORISED:
		return refuse(payment, MARKET_ESTATE, "the payment is authorised", err);
	case MARKET_PAYMENT_CAPTURED:
		return refuse(payment, MARKET_ESTATE, "the payment is captured", err);
	default:
		return refuse(payment, MARKET_ESTATE, "the payment is closed", err);
	}
}

/* Some orders are closed: nobody is asked to pay for them. */
static int replace(mk_ctx *ctx, mk_payment *old, const mk_parts *parts, size_t n_open,
                   mk_payment **out, mk_share ***shares, market_error *err)
{
	mk_order **open = MK_NEW_ARRAY(ctx->arena, mk_order *, n_open);
	mk_order_group *group = NULL;
	size_t n = 0;
	int rc;

	if (!open)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < parts->count; i++)
		if (parts->orders[i]->order.state == MARKET_ORDER_WAIT_PAY)
			open[n++] = parts->orders[i];
	rc = mk_order_group_load(ctx, old->payment.group, NULL, &group, err);
	if (rc == 0)
		rc = mk_payment_create(ctx, &group->group, open, n, old->payment.method, out, shares, err);
	if (rc != 0)
		return rc;
	old->payment.state = MARKET_PAYMENT_CLOSED;
	mk_payment_save(ctx, old);
	group->group.payment = (*out)->payment.id;
	mk_order_group_save(ctx, group);
	return 0;
}

static int refuse(const mk_payment *payment, int code, const char *text, market_error *err)
{
	int rc = mk_error_set(err, code, "%s", text);

	return mk_error_object(err, rc, MARKET_ID_PAYMENT, payment->payment.id);
}
