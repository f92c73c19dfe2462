/* SET-5: a refund or payout of which the provider says that it moved another amount. */
#include "libmarket/payment/sql.h"

static int post(mk_ctx *ctx, const mk_request *request, market_money asked, market_money moved,
                bool *known, market_error *err);

bool mk_request_is_asked(const mk_request *request, market_money moved)
{
	return moved.currency[0] == '\0' || (mk_money_same_currency(moved, request->request.amount) &&
	                                     mk_money_equal(moved, request->request.amount));
}

int mk_request_compare(mk_ctx *ctx, const mk_request *request, market_money moved, bool *differs,
                       market_error *err)
{
	const market_request *r = &request->request;
	bool known = false;
	int rc;

	*differs = (r->kind == MARKET_REQUEST_REFUND || r->kind == MARKET_REQUEST_PAYOUT) &&
	           r->state == MARKET_REQUEST_OK && !mk_request_is_asked(request, moved);
	if (!*differs)
		return 0;
	if (mk_money_same_currency(r->amount, moved)) {
		rc = post(ctx, request, r->amount, moved, &known, err);
	} else {
		rc = post(ctx, request, r->amount, mk_money_zero(r->amount), &known, err);
		if (rc == 0)
			rc = post(ctx, request, mk_money_zero(moved), moved, &known, err);
	}
	if (rc != 0 || known)
		return rc;
	mk_event(ctx, "request.mismatched", MARKET_ID_REQUEST, r->id);
	mk_event_text(ctx, "key", r->request_key);
	mk_event_money(ctx, "expected", r->amount);
	mk_event_money(ctx, "amount", moved);
	return 0;
}

/* The parties have what was decided. What the provider kept stays with it or at the bank, Cr
 * suspense; what it gave beyond is Dr suspense, until an operator moves it. */
static int post(mk_ctx *ctx, const mk_request *request, market_money asked, market_money moved,
                bool *known, market_error *err)
{
	const market_request *r = &request->request;
	market_money zero = mk_money_zero(asked);
	market_money kept = mk_money_max(mk_money_sub(asked, moved), zero);
	market_money beyond = mk_money_max(mk_money_sub(moved, asked), zero);
	bool payout = r->kind == MARKET_REQUEST_PAYOUT;
	mk_transfer *transfer;
	int rc;

	transfer = mk_transfer_new(ctx->ledger, r->id.book, MK_TRANSFER_DIRECT, "difference:%s:%s",
	                           r->request_key, asked.currency);
	mk_transfer_set_object(transfer, (market_id_kind)request->object_kind, request->subject);
	mk_transfer_set_reason(transfer, payout ? "bank; another amount was paid"
	                                        : "another amount was refunded");
	mk_credit(transfer, "suspense", NULL, kept);
	mk_debit(transfer, "suspense", NULL, beyond);
	if (payout) {
		mk_debit_interbook(transfer, 0, kept);
		mk_credit_interbook(transfer, 0, beyond);
	} else {
		mk_debit(transfer, "psp_clearing", NULL, kept);
		mk_credit(transfer, "psp_clearing", NULL, beyond);
	}
	rc = mk_transfer_post(ctx->ledger, transfer, err);
	if (rc == MARKET_EKEYREUSED) {
		/* a third amount: told by an event alone */
		mk_error_clear(err);
		return 0;
	}
	*known = rc == 0 && mk_transfer_replayed(transfer);
	if (rc == 0 && !*known && payout)
		mk_deadline_set(ctx, mk_transfer_id(transfer), 0, ctx->now, "ledger.move.finish");
	return rc;
}
