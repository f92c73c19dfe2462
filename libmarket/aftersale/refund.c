/* Refunds from the request to the provider's outcome. */
#include "libmarket/aftersale/internal.h"
#include "libmarket/escrow/escrow.h"
#include "libmarket/payment/payment.h"
#include "libmarket/standing/standing.h"

static void init(mk_ctx *ctx, const mk_order *order, const market_refund_create_params *in,
                 mk_refund *refund);
static const char *actor_of(const mk_ctx *ctx);
static int write_off(mk_ctx *ctx, mk_order *order, const mk_refund *refund, market_error *err);
static bool decides(const mk_ctx *ctx);
static int choose_share(mk_ctx *ctx, const mk_order *order, market_money cash, mk_share **out,
                        market_error *err);
static int ask_provider(mk_ctx *ctx, mk_order *order, mk_refund *refund, mk_share *share,
                        market_error *err);
static void put(mk_ctx *ctx, mk_refund *refund, bool stored);

int mk_refund_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_refund_create_params *in = params;
	mk_order *order = (mk_order *)ctx->subject;
	mk_refund *refund = MK_NEW(ctx->arena, mk_refund);
	int rc = refund ? 0 : mk_error_no_memory(err);

	if (rc == 0 && !in->reason) /* BUY-1 */
		rc = mk_standing_check_buyer(ctx, order->order.buyer, MARKET_ACTION_REFUND_REASON, "reason",
		                             err);
	if (rc == 0)
		rc = mk_refund_check_order(order, err);
	if (rc == 0)
		rc = mk_order_load_lines(ctx, order, err);
	if (rc != 0)
		return rc;
	init(ctx, order, in, refund);
	rc = mk_refund_make(ctx, order, in, refund, false, err);
	if (rc == 0)
		rc = mk_ref_check_free_in(ctx, &mk_refund_entity, order->order.id.book, in->ref, err);
	if (rc != 0)
		return rc;
	mk_order_save(ctx, order);
	ctx->result = refund->refund.id;
	return 0;
}

int mk_refund_order(mk_ctx *ctx, mk_order *order, const char *reason, market_error *err)
{
	market_refund_create_params in = MARKET_REFUND_CREATE_PARAMS_INIT;
	mk_refund *refund = MK_NEW(ctx->arena, mk_refund);
	int rc = refund ? mk_refund_check_order(order, err) : mk_error_no_memory(err);

	if (rc != 0)
		return rc;
	in.reason = reason;
	init(ctx, order, &in, refund);
	refund->automatic = 1;
	return mk_refund_make(ctx, order, &in, refund, false, err);
}

int mk_refund_rest(mk_ctx *ctx, mk_order *order, const char *reason, market_error *err)
{
	market_refund_create_params in = MARKET_REFUND_CREATE_PARAMS_INIT;
	mk_refund *refund = MK_NEW(ctx->arena, mk_refund);
	int rc = refund ? mk_refund_check_order(order, err) : mk_error_no_memory(err);

	if (rc == 0)
		rc = mk_refund_ask_rest(ctx, order, &in, err);
	if (rc != 0)
		return rc;
	in.reason = reason;
	init(ctx, order, &in, refund);
	refund->automatic = 1;
	return mk_refund_make(ctx, order, &in, refund, false, err);
}

int mk_refund_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	ctx->output = (void *)ctx->subject;
	return mk_refund_entity.fill(ctx, ctx->output, err);
}

int mk_refund_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_refund_list_params *in = params;
	mk_page *page;
	int rc = mk_page_read(
		ctx, &mk_refund_page, &mk_refund_record, offsetof(mk_refund, refund.created_at),
		MK_ARGS(mk_int(in->order.book), mk_int(in->order.id)), in->after, in->limit, err);

	if (rc != 0)
		return rc;
	page = ctx->output;
	for (size_t i = 0; rc == 0 && i < page->n_items; i++) {
		mk_refund *refund = page->items[i];

		refund->items_text = NULL;
		rc = mk_refund_entity.fill(ctx, refund, err);
	}
	return rc;
}

/* One refund of an order at a time; the order of a refund is never a closed one without money. */
int mk_refund_check_order(const mk_order *order, market_error *err)
{
	const market_order *o = &order->order;
	int rc = 0;

	if (o->paid_at == 0)
		rc = mk_error_set(err, MARKET_ESTATE, "the order isn't paid");
	else if (mk_money_positive(o->in_flight))
		rc = mk_error_set(err, MARKET_EINFLIGHT, "a refund of the order is on its way");
	else if (o->state == MARKET_ORDER_CLOSED && !mk_money_positive(mk_escrow_held(o)))
		rc = mk_error_set(err, MARKET_ESTATE, "the order is closed and nothing is held for it");
	return rc == 0 ? 0 : mk_error_object(err, rc, MARKET_ID_ORDER, o->id);
}

static void init(mk_ctx *ctx, const mk_order *order, const market_refund_create_params *in,
                 mk_refund *refund)
{
	const market_order *o = &order->order;
	market_money zero = mk_money(0, o->currency);

	refund->exposed = zero;
	refund->refund = (market_refund){
		.id = mk_new_id(ctx, o->id.book),
		.ref = in->ref,
		.order = o->id,
		.buyer = o->buyer,
		.seller = o->seller,
		.state = MARKET_REFUND_REQUESTED,
		.currency = o->currency,
		.reason = in->reason,
		.borne_by = in->borne_by,
		.released = mk_money_positive(o->released) ? 1 : 0,
		.from_pending = zero,
		.from_reserved = zero,
		.from_available = zero,
		.from_receivable = zero,
		.actor = actor_of(ctx),
		.created_at = ctx->now,
		.version = 1,
	};
}

int mk_refund_make(mk_ctx *ctx, mk_order *order, const market_refund_create_params *in,
                   mk_refund *refund, bool stored, market_error *err)
{
	const market_order *o = &order->order;
	market_money burden = mk_money(0, o->currency);
	mk_share *share = NULL;
	int rc = mk_refund_work_out(ctx, order, in, refund, err);

	if (rc == 0 && mk_refund_is_nothing(refund))
		return refund->automatic
		           ? write_off(ctx, order, refund, err)
		           : mk_error_set(err, MARKET_EINVALID, "nothing of this is left to refund");
	if (rc == 0 && mk_money_positive(refund->refund.cash))
		rc = choose_share(ctx, order, refund->refund.cash, &share, err);
	if (rc == 0 && refund->refund.released)
		rc = mk_refund_burden(ctx, order, refund, &burden, err);
	if (rc == 0 && mk_money_positive(burden))
		rc = mk_exposure_take(ctx, refund, burden, share != NULL, decides(ctx), err);
	if (rc != 0)
		return rc;
	mk_event(ctx, "refund.requested", MARKET_ID_REFUND, refund->refund.id);
	mk_event_book(ctx, o->buyer.book);
	mk_event_id(ctx, "order", MARKET_ID_ORDER, o->id);
	mk_event_money(ctx, "cash", refund->refund.cash);
	mk_event_text(ctx, "reason", refund->refund.reason);
	/* PRO-1: without cash nothing is asked of anybody, what a funder gave goes back at once */
	rc = share ? ask_provider(ctx, order, refund, share, err)
	           : mk_refund_apply(ctx, order, refund, err);
	if (rc == 0)
		put(ctx, refund, stored);
	return rc;
}

static const char *actor_of(const mk_ctx *ctx)
{
	switch (ctx->actor.kind) {
	case MARKET_ACTOR_BUYER:
		return "buyer";
	case MARKET_ACTOR_MEMBER:
		return "member";
	case MARKET_ACTOR_OPERATOR:
		return "operator";
	default:
		return "system";
	}
}

/* ESC-7: above the advance limit an operator decides. */
static bool decides(const mk_ctx *ctx)
{
	return ctx->actor.kind == MARKET_ACTOR_OPERATOR || ctx->actor.kind == MARKET_ACTOR_SYSTEM;
}

/* ORD-3: the newest payment that covers it. ESC-6: of what is refundable, discounts never are. */
static int choose_share(mk_ctx *ctx, const mk_order *order, market_money cash, mk_share **out,
                        market_error *err)
{
	mk_share **shares = NULL;
	market_money most = mk_money_zero(cash);
	char text[MK_MONEY_TEXT_SIZE];
	size_t count = 0;
	int rc = mk_share_list_order(ctx, order->order.id, &shares, &count, err);

	for (size_t i = 0; rc == 0 && i < count; i++) {
		market_money refundable = mk_share_refundable(shares[i]);

		if (!mk_money_less(refundable, cash)) {
			*out = shares[i];
			return 0;
		}
		most = mk_money_max(most, refundable);
	}
	if (rc != 0)
		return rc;
	mk_money_format(most, text);
	rc = mk_error_set(err, MARKET_EFUNDS, "only %s %s can be refunded on one payment", text,
	                  cash.currency);
	return mk_error_object(err, rc, MARKET_ID_ORDER, order->order.id);
}

/* Units whose money went back before they were to be shipped. */
static int write_off(mk_ctx *ctx, mk_order *order, const mk_refund *refund, market_error *err)
{
	for (size_t i = 0; i < refund->refund.n_items; i++)
		for (size_t k = 0; k < order->order.n_lines; k++) {
			mk_order_line *line = (mk_order_line *)(void *)order->order.lines[k];

			if (!mk_id_equal(line->line.id, refund->refund.items[i]->line))
				continue;
			line->line.refunded_quantity += refund->refund.items[i]->quantity;
			mk_order_line_save(ctx, line);
		}
	return mk_order_rest_refunded(ctx, order, err);
}

/* ESC-2, ESC-3: the amount is in flight and the order frozen until the outcome is known. */
static int ask_provider(mk_ctx *ctx, mk_order *order, mk_refund *refund, mk_share *share,
                        market_error *err)
{
	market_refund *r = &refund->refund;
	mk_payment *payment = NULL;
	market_id request;
	int rc = mk_payment_load(ctx, share->share.payment, NULL, &payment, err);

	if (rc != 0)
		return rc;
	r->share = share->share.id;
	r->state = MARKET_REFUND_REQUESTED;
	r->failure = NULL;
	r->resolved_at = 0;
	order->order.in_flight = mk_money_add(order->order.in_flight, mk_money_add(r->cash, r->promo));
	mk_order_freeze(ctx, order, "refund");
	share->share.in_flight = mk_money_add(share->share.in_flight, r->cash);
	mk_share_save(ctx, share);
	refund->items_text = mk_refund_items_write(ctx, r);
	return mk_request_queue_at(ctx, payment->payment.provider, MARKET_REQUEST_REFUND,
	                           MARKET_ID_REFUND, r->id, r->cash, payment->payment.reference,
	                           &request, err);
}

static void put(mk_ctx *ctx, mk_refund *refund, bool stored)
{
	if (stored)
		mk_refund_save(ctx, refund);
	else
		mk_insert(ctx, &mk_refund_insert, &mk_refund_record, refund->refund.id, refund);
}

/* ---- outcomes ---- */

static int done(mk_ctx *ctx, mk_refund *refund, market_error *err);
static int not_done(mk_ctx *ctx, mk_refund *refund, const mk_request *request, market_error *err);
static void land(mk_ctx *ctx, mk_order *order, mk_share *share, mk_refund *refund);
static int bounced(mk_ctx *ctx, mk_refund *refund, const mk_request *request, market_error *err);
static int resent(mk_ctx *ctx, mk_refund *refund, const mk_request *request, market_error *err);
static int post_payable(mk_ctx *ctx, const mk_refund *refund, const mk_request *request, bool back,
                        market_error *err);

int mk_refund_outcome(mk_ctx *ctx, mk_request *request, market_error *err)
{
	bool ok = request->request.state == MARKET_REQUEST_OK;
	mk_refund *refund = NULL;
	int rc = mk_load(ctx, &mk_refund_entity, request->subject, NULL, (void **)&refund, err);

	if (rc == 0)
		rc = mk_refund_items_read(ctx, refund, err);
	if (rc != 0)
		return rc;
	switch (refund->refund.state) {
	case MARKET_REFUND_REQUESTED:
		return ok ? done(ctx, refund, err) : not_done(ctx, refund, request, err);
	case MARKET_REFUND_OK:
		return ok ? 0 : bounced(ctx, refund, request, err);
	case MARKET_REFUND_RESENT:
		return resent(ctx, refund, request, err);
	default:
		return 0; /* it says what was known */
	}
}

int mk_refund_bounce(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_refund_bounce_params *in = params;
	const mk_refund *refund = ctx->subject;
	mk_request *request = NULL;
	bool reversed = false;
	int rc = mk_request_latest(ctx, MARKET_REQUEST_REFUND, refund->refund.id, &request, err);

	if (rc == 0 && request && refund->refund.state == MARKET_REFUND_OK)
		rc = mk_request_reverse(ctx, request, in->reason, &reversed, err);
	if (rc == 0 && !reversed) {
		rc = mk_error_set(err, MARKET_ESTATE, "a refund in state %s can't have come back",
		                  mk_enum_name(&mk_refund_state_enum, refund->refund.state));
		return mk_error_object(err, rc, MARKET_ID_REFUND, refund->refund.id);
	}
	ctx->result = refund->refund.id;
	return rc;
}

int mk_refund_load_all(mk_ctx *ctx, mk_refund *refund, mk_order **order, mk_share **share,
                       market_error *err)
{
	mk_share **shares = NULL;
	size_t count = 0;
	int rc = mk_order_load(ctx, refund->refund.order, NULL, order, err);

	if (rc != 0 || !share)
		return rc;
	rc = mk_share_list_order(ctx, refund->refund.order, &shares, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (mk_id_equal(shares[i]->share.id, refund->refund.share))
			*share = shares[i];
	if (rc == 0 && !*share) {
		rc = mk_error_set(err, MARKET_ECORRUPT, "the share of a refund is absent");
		return mk_error_object(err, rc, MARKET_ID_REFUND, refund->refund.id);
	}
	return rc;
}

static int done(mk_ctx *ctx, mk_refund *refund, market_error *err)
{
	mk_share *share = NULL;
	mk_order *order = NULL;
	int rc = mk_refund_load_all(ctx, refund, &order, &share, err);

	if (rc != 0)
		return rc;
	land(ctx, order, share, refund);
	share->share.refunded = mk_money_add(share->share.refunded, refund->refund.cash);
	mk_order_unfreeze(ctx, order);
	rc = mk_refund_apply(ctx, order, refund, err);
	if (rc != 0)
		return rc;
	mk_share_save(ctx, share);
	mk_order_save(ctx, order);
	mk_refund_save(ctx, refund);
	return 0;
}

/* ESC-8: the amount is held again, and refundable. */
static int not_done(mk_ctx *ctx, mk_refund *refund, const mk_request *request, market_error *err)
{
	market_refund *r = &refund->refund;
	mk_share *share = NULL;
	mk_order *order = NULL;
	int rc = mk_refund_load_all(ctx, refund, &order, &share, err);

	if (rc != 0)
		return rc;
	land(ctx, order, share, refund);
	mk_order_unfreeze(ctx, order);
	mk_escrow_update(order);
	r->state = MARKET_REFUND_FAILED;
	r->failure = request->request.reason;
	r->resolved_at = ctx->now;
	mk_event(ctx, "refund.failed", MARKET_ID_REFUND, r->id);
	mk_event_book(ctx, r->buyer.book);
	mk_event_id(ctx, "order", MARKET_ID_ORDER, r->order);
	mk_event_text(ctx, "reason", r->failure);
	/* nobody else asks again for what an order's end owes the buyer */
	if (refund->automatic)
		mk_refund_wait(ctx, refund, request);
	mk_share_save(ctx, share);
	mk_order_save(ctx, order);
	mk_refund_save(ctx, refund);
	return 0;
}

static void land(mk_ctx *ctx, mk_order *order, mk_share *share, mk_refund *refund)
{
	market_money all = mk_money_add(refund->refund.cash, refund->refund.promo);

	order->order.in_flight = mk_money_sub(order->order.in_flight, all);
	share->share.in_flight = mk_money_sub(share->share.in_flight, refund->refund.cash);
	mk_exposure_give(ctx, refund);
}

/* ESC-8 */
static int bounced(mk_ctx *ctx, mk_refund *refund, const mk_request *request, market_error *err)
{
	int rc = post_payable(ctx, refund, request, true, err);

	if (rc != 0)
		return rc;
	refund->refund.state = MARKET_REFUND_BOUNCED;
	refund->refund.failure = request->request.reason;
	mk_event(ctx, "refund.bounced", MARKET_ID_REFUND, refund->refund.id);
	mk_event_book(ctx, refund->refund.buyer.book);
	mk_event_money(ctx, "cash", refund->refund.cash);
	mk_event_text(ctx, "reason", request->request.reason);
	mk_refund_wait(ctx, refund, request);
	mk_refund_save(ctx, refund);
	return 0;
}

static int resent(mk_ctx *ctx, mk_refund *refund, const mk_request *request, market_error *err)
{
	bool ok = request->request.state == MARKET_REQUEST_OK;
	int rc = ok ? post_payable(ctx, refund, request, false, err) : 0;

	if (rc != 0)
		return rc;
	refund->refund.state = ok ? MARKET_REFUND_OK : MARKET_REFUND_BOUNCED;
	refund->refund.failure = ok ? NULL : request->request.reason;
	refund->refund.resolved_at = ctx->now;
	mk_event(ctx, ok ? "refund.ok" : "refund.bounced", MARKET_ID_REFUND, refund->refund.id);
	mk_event_book(ctx, refund->refund.buyer.book);
	if (!ok)
		mk_refund_wait(ctx, refund, request);
	mk_refund_save(ctx, refund);
	return 0;
}

/* Dr psp_clearing / Cr buyer_payable when it came back, the mirror when it went again. */
static int post_payable(mk_ctx *ctx, const mk_refund *refund, const mk_request *request, bool back,
                        market_error *err)
{
	const market_refund *r = &refund->refund;
	char id[MARKET_ID_TEXT_SIZE], order[MARKET_ID_TEXT_SIZE];
	mk_transfer *transfer;

	market_id_format(MARKET_ID_REFUND, r->id, id);
	market_id_format(MARKET_ID_ORDER, r->order, order);
	transfer = mk_transfer_new(ctx->ledger, r->id.book, MK_TRANSFER_DIRECT, "%s:%s:%lld",
	                           back ? "refund_bounced" : "refund_resent", id,
	                           (long long)request->request.attempt);
	mk_transfer_set_object(transfer, MARKET_ID_REFUND, r->id);
	if (back) {
		mk_debit(transfer, "psp_clearing", NULL, r->cash);
		mk_credit(transfer, "buyer_payable", order, r->cash);
	} else {
		mk_debit(transfer, "buyer_payable", order, r->cash);
		mk_credit(transfer, "psp_clearing", NULL, r->cash);
	}
	return mk_transfer_post(ctx->ledger, transfer, err);
}
