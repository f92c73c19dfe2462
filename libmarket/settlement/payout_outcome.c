/* SET-3: what became of a payout at the provider. */
#include "libmarket/settlement/sql.h"

static int paid(mk_ctx *ctx, mk_payout *payout, market_error *err);
static int failed(mk_ctx *ctx, mk_payout *payout, const char *reason, market_error *err);
static int returned(mk_ctx *ctx, mk_payout *payout, const char *reason, market_error *err);
static mk_transfer *transfer_of(mk_ctx *ctx, const mk_payout *payout, const char *purpose);
static int move(mk_ctx *ctx, mk_transfer *transfer, market_error *err);

int mk_payout_outcome(mk_ctx *ctx, mk_request *request, market_error *err)
{
	mk_payout *payout = NULL;
	int rc = mk_load(ctx, &mk_payout_entity, request->subject, NULL, (void **)&payout, err);
	mk_payout_step step = MK_PAYOUT_FAIL;
	int32_t next;

	if (rc != 0)
		return rc;
	if (request->request.state == MARKET_REQUEST_OK)
		step = MK_PAYOUT_PAY;
	else if (request->request.state == MARKET_REQUEST_RETURNED)
		step = MK_PAYOUT_RETURN;
	next = mk_payout_next_state(payout->payout.state, step);
	if (next == 0)
		return 0; /* it says what was known */
	payout->payout.state = next;
	if (step == MK_PAYOUT_PAY)
		rc = paid(ctx, payout, err);
	else if (step == MK_PAYOUT_FAIL)
		rc = failed(ctx, payout, request->request.reason, err);
	else
		rc = returned(ctx, payout, request->request.reason, err);
	if (rc == 0)
		mk_update(ctx, &mk_payout_update, &mk_payout_record, payout->payout.id, payout);
	return rc;
}

/* Dr payout_in_transit / Cr interbook:0; book 0: Dr interbook:seller / Cr bank */
static int paid(mk_ctx *ctx, mk_payout *payout, market_error *err)
{
	mk_transfer *transfer = transfer_of(ctx, payout, "payout_paid");

	payout->payout.paid_at = ctx->now;
	mk_event(ctx, "payout.paid", MARKET_ID_PAYOUT, payout->payout.id);
	mk_event_money(ctx, "amount", payout->payout.amount);
	mk_debit(transfer, "payout_in_transit", NULL, payout->payout.amount);
	mk_credit_interbook(transfer, 0, payout->payout.amount);
	return move(ctx, transfer, err);
}

/* The money is available again, its lines are free; what is owed by now is paid first. */
static int failed(mk_ctx *ctx, mk_payout *payout, const char *reason, market_error *err)
{
	mk_transfer *transfer = transfer_of(ctx, payout, "payout_failed");
	market_payout *p = &payout->payout;
	int rc;

	p->failed_at = ctx->now;
	p->reason = reason;
	mk_event(ctx, "payout.failed", MARKET_ID_PAYOUT, p->id);
	mk_event_text(ctx, "reason", reason);
	mk_debit(transfer, "payout_in_transit", NULL, p->amount);
	mk_credit(transfer, "seller_available", NULL, p->amount);
	rc = mk_transfer_post(ctx->ledger, transfer, err);
	if (rc != 0)
		return rc;
	mk_plan_add(ctx->plan, MK_PHASE_UPDATE, &mk_lot_unclaim, p->id,
	            MK_ARGS(mk_int(p->id.book), mk_int(p->id.id)),
	            (mk_miss){.code = MK_AGAIN, .rows = p->lines});
	return mk_period_open(ctx, p->seller, p->currency, err);
}

/* The mirror of paid. It keeps its lines; the next payout has one line more. */
static int returned(mk_ctx *ctx, mk_payout *payout, const char *reason, market_error *err)
{
	mk_transfer *transfer = transfer_of(ctx, payout, "payout_returned");
	market_payout *p = &payout->payout;
	mk_lot *lot = mk_lot_new(ctx, MARKET_LOT_RETURNED, p->seller, p->amount);
	int rc;

	if (!lot)
		return mk_error_no_memory(err);
	p->returned_at = ctx->now;
	p->reason = reason;
	mk_event(ctx, "payout.returned", MARKET_ID_PAYOUT, p->id);
	mk_event_text(ctx, "reason", reason);
	lot->lot.matured_at = ctx->now;
	mk_lot_add(ctx, lot);
	mk_debit_interbook(transfer, 0, p->amount);
	mk_credit(transfer, "seller_available", NULL, p->amount);
	rc = move(ctx, transfer, err);
	return rc == 0 ? mk_period_open(ctx, p->seller, p->currency, err) : rc;
}

static mk_transfer *transfer_of(mk_ctx *ctx, const mk_payout *payout, const char *purpose)
{
	char text[MARKET_ID_TEXT_SIZE];
	mk_transfer *transfer;

	market_id_format(MARKET_ID_PAYOUT, payout->payout.id, text);
	transfer = mk_transfer_new(ctx->ledger, payout->payout.seller.id, MK_TRANSFER_DIRECT,
	                           "%s:%s:%lld", purpose, text, (long long)payout->payout.attempt);
	mk_transfer_set_object(transfer, MARKET_ID_PAYOUT, payout->payout.id);
	return transfer;
}

/* LED-9: the platform's half follows from the first half's deadline; its account stands in the
 * reason. */
static int move(mk_ctx *ctx, mk_transfer *transfer, market_error *err)
{
	int rc;

	mk_transfer_set_reason(transfer, "bank; payout");
	rc = mk_transfer_post(ctx->ledger, transfer, err);
	if (rc == 0)
		mk_deadline_set(ctx, mk_transfer_id(transfer), 0, ctx->now, "ledger.move.finish");
	return rc;
}
