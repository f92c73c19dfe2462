/* PAY-5: what the provider has paid out to the bank, and its fee. */
#include "libmarket/payment/effect.h"

static int divide_fee(mk_ctx *ctx, const mk_parts *parts, market_money fee,
                      market_money *parts_of_fee, market_error *err);
static int settle_share(mk_ctx *ctx, mk_share *share, market_money gross, market_money fee,
                        market_error *err);
static market_money open_amount(const mk_share *share);
static market_money received(const mk_share *share);

int mk_payment_settle(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_payment_settle_params *in = params;
	mk_payment *payment = (mk_payment *)ctx->subject;
	market_payment *p = &payment->payment;
	mk_parts parts = {0};
	bool any = false;
	int rc;

	if (p->state != MARKET_PAYMENT_CAPTURED) {
		rc = mk_error_set(err, MARKET_ESTATE, "the payment isn't captured");
		return mk_error_object(err, rc, MARKET_ID_PAYMENT, p->id);
	}
	if (in->fee.currency[0] != '\0' && !mk_money_same_currency(in->fee, p->amount))
		return mk_error_at(err, MARKET_ECURRENCY, "fee", "the payment is in %s", p->currency);
	rc = mk_payment_load_parts(ctx, payment, &parts, err);
	if (rc == 0)
		rc = mk_effect_settle(ctx, payment, &parts, mk_money_add(mk_money_zero(p->amount), in->fee),
		                      &any, err);
	if (rc == 0 && !any) {
		rc = mk_error_set(err, MARKET_ESTATE, "nothing of the payment is left to settle");
		rc = mk_error_object(err, rc, MARKET_ID_PAYMENT, p->id);
	}
	if (rc != 0)
		return rc;
	mk_event_text(ctx, "reference", in->reference);
	mk_payment_save(ctx, payment);
	for (size_t i = 0; i < parts.count; i++)
		mk_share_save(ctx, parts.shares[i]);
	ctx->result = p->id;
	return 0;
}

/* Refunds that the provider took off meanwhile are settled with the rest, also below zero. */
int mk_effect_settle(mk_ctx *ctx, mk_payment *payment, const mk_parts *parts, market_money fee,
                     bool *any, market_error *err)
{
	market_payment *p = &payment->payment;
	market_money *fees = MK_NEW_ARRAY(ctx->arena, market_money, parts->count + 1);
	market_money settled = mk_money_zero(p->amount);
	int rc = fees ? divide_fee(ctx, parts, fee, fees, err) : mk_error_no_memory(err);

	*any = false;
	for (size_t i = 0; rc == 0 && i < parts->count; i++) {
		market_money gross = open_amount(parts->shares[i]);

		if (mk_money_is_zero(gross) && mk_money_is_zero(fees[i]))
			continue;
		*any = true;
		settled = mk_money_add(settled, gross);
		rc = settle_share(ctx, parts->shares[i], gross, fees[i], err);
	}
	if (rc != 0 || !*any)
		return rc;
	p->fee = mk_money_add(p->fee, fee);
	p->settled_at = ctx->now;
	mk_event(ctx, "payment.settled", MARKET_ID_PAYMENT, p->id);
	mk_event_money(ctx, "gross", settled);
	mk_event_money(ctx, "fee", fee);
	return 0;
}

static int divide_fee(mk_ctx *ctx, const mk_parts *parts, market_money fee,
                      market_money *parts_of_fee, market_error *err)
{
	int64_t *weights = MK_NEW_ARRAY(ctx->arena, int64_t, parts->count + 1);

	if (!weights)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < parts->count; i++)
		weights[i] = mk_money_weight(received(parts->shares[i]));
	if (!mk_money_divide(fee, weights, parts->count, parts_of_fee))
		return mk_error_at(err, MARKET_EOVERFLOW, "fee", "the fee can't be divided");
	return 0;
}

/* Dr interbook:0 net, Dr psp_fee / Cr psp_clearing; the platform's half follows by LED-9. */
static int settle_share(mk_ctx *ctx, mk_share *share, market_money gross, market_money fee,
                        market_error *err)
{
	char share_text[MARKET_ID_TEXT_SIZE];
	int64_t book = share->share.id.book;
	market_money net = mk_money_sub(gross, fee), zero = mk_money_zero(gross);
	mk_transfer *transfer;
	int rc;

	market_id_format(MARKET_ID_SHARE, share->share.id, share_text);
	transfer = mk_transfer_new(ctx->ledger, book, MK_TRANSFER_DIRECT, "settle:%s:%lld", share_text,
	                           (long long)share->share.version);
	mk_transfer_set_object(transfer, MARKET_ID_ORDER, share->share.order);
	mk_transfer_set_reason(transfer, "bank; settled by the provider");
	mk_debit(transfer, "psp_fee", NULL, fee);
	mk_credit(transfer, "psp_clearing", NULL, mk_money_max(gross, zero));
	mk_debit(transfer, "psp_clearing", NULL, mk_money_max(mk_money_neg(gross), zero));
	mk_debit_interbook(transfer, 0, mk_money_max(net, zero));
	mk_credit_interbook(transfer, 0, mk_money_max(mk_money_neg(net), zero));
	rc = mk_transfer_post(ctx->ledger, transfer, err);
	if (rc != 0)
		return rc;
	if (!mk_money_is_zero(net))
		mk_deadline_set(ctx, mk_transfer_id(transfer), 0, ctx->now, "ledger.move.finish");
	share->share.fee = mk_money_add(share->share.fee, fee);
	share->share.settled = mk_money_add(share->share.settled, gross);
	return 0;
}

/* What the provider still has of it: received − given back − settled. */
static market_money open_amount(const mk_share *share)
{
	market_money back = mk_money_add(share->share.refunded, share->share.returned);

	return mk_money_sub(mk_money_sub(received(share), back), share->share.settled);
}

static market_money received(const mk_share *share)
{
	return mk_money_add(share->share.captured, share->share.payable);
}
