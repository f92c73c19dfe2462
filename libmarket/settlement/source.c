/* ESC-7, AFF-1: from which accounts money is taken. */
#include "libmarket/settlement/sql.h"

static market_money take(market_money *left, market_money have);
static int draw_own_lots(mk_ctx *ctx, mk_transfer *transfer, mk_draw *draw, market_money *left,
                         market_error *err);
static void draw_lot(mk_ctx *ctx, mk_transfer *transfer, mk_draw *draw, mk_lot *lot,
                     market_money *left);
static int draw_account(mk_ctx *ctx, mk_transfer *transfer, int64_t book, const char *stem,
                        market_money *left, market_money *taken, market_error *err);
static int draw_reserves(mk_ctx *ctx, mk_transfer *transfer, mk_draw *draw, market_money *left,
                         market_error *err);
static int draw_receivable(mk_ctx *ctx, mk_transfer *transfer, mk_draw *draw, market_money left,
                           market_error *err);
static int add_line(mk_ctx *ctx, const mk_draw *draw, market_error *err);

int mk_draw_from(mk_ctx *ctx, mk_transfer *transfer, mk_draw *draw, market_error *err)
{
	market_money left = draw->amount;
	market_money zero = mk_money_zero(left);
	int rc = 0;

	draw->pending = draw->reserved = draw->available = draw->deposited = draw->receivable = zero;
	if (!mk_money_positive(left))
		return 0;
	if (draw->own)
		rc = draw_own_lots(ctx, transfer, draw, &left, err);
	if (rc == 0 && mk_money_positive(left) && !draw->paid_out)
		rc = draw_account(ctx, transfer, draw->seller.id, "seller_available", &left,
		                  &draw->available, err);
	if (rc == 0 && mk_money_positive(left))
		rc = draw_reserves(ctx, transfer, draw, &left, err);
	if (rc == 0 && mk_money_positive(left) && draw->deposit)
		rc = draw_account(ctx, transfer, draw->seller.id, "seller_deposit", &left, &draw->deposited,
		                  err);
	if (rc == 0 && mk_money_positive(left))
		rc = draw_receivable(ctx, transfer, draw, left, err);
	return rc == 0 && transfer ? add_line(ctx, draw, err) : rc;
}

int mk_draw_affiliate(mk_ctx *ctx, mk_transfer *transfer, int64_t book, market_money amount,
                      market_error *err)
{
	market_money left = amount;
	market_money taken = mk_money_zero(amount);
	int rc = 0;

	if (!mk_money_positive(left))
		return 0;
	rc = draw_account(ctx, transfer, book, "affiliate_pending", &left, &taken, err);
	if (rc == 0 && mk_money_positive(left))
		rc = draw_account(ctx, transfer, book, "affiliate_payable", &left, &taken, err);
	if (rc == 0)
		mk_debit(transfer, "affiliate_receivable", NULL, left);
	return rc;
}

static market_money take(market_money *left, market_money have)
{
	market_money taken = mk_money_clamp(have, mk_money_zero(*left), *left);

	*left = mk_money_sub(*left, taken);
	return taken;
}

static int draw_own_lots(mk_ctx *ctx, mk_transfer *transfer, mk_draw *draw, market_money *left,
                         market_error *err)
{
	static const int32_t kinds[] = {MARKET_LOT_EARNING, MARKET_LOT_RESERVE};
	mk_lot **lots = NULL;
	size_t count = 0;
	int rc = mk_lot_list_order(ctx, draw->order, &lots, &count, err);

	for (size_t k = 0; rc == 0 && k < 2; k++)
		for (size_t i = 0; i < count; i++)
			if (lots[i]->lot.kind == kinds[k] && lots[i]->lot.matured_at == 0)
				draw_lot(ctx, transfer, draw, lots[i], left);
	return rc;
}

static void draw_lot(mk_ctx *ctx, mk_transfer *transfer, mk_draw *draw, mk_lot *lot,
                     market_money *left)
{
	bool pending = lot->lot.kind == MARKET_LOT_EARNING;
	market_money *source = pending ? &draw->pending : &draw->reserved;
	market_money taken = take(left, lot->lot.remaining);

	if (!mk_money_positive(taken))
		return;
	*source = mk_money_add(*source, taken);
	mk_debit(transfer, pending ? "seller_pending" : "seller_reserved", NULL, taken);
	if (!transfer)
		return;
	lot->lot.remaining = mk_money_sub(lot->lot.remaining, taken);
	mk_lot_save(ctx, lot);
}

/* The amount is chosen from the balance that was read, so the account is guarded by its version. */
static int draw_account(mk_ctx *ctx, mk_transfer *transfer, int64_t book, const char *stem,
                        market_money *left, market_money *taken, market_error *err)
{
	const mk_account *account = NULL;
	int rc = mk_ledger_account(ctx->ledger, book, stem, NULL, left->currency, &account, err);

	if (rc == 0 && transfer)
		rc = mk_ledger_guard_name(ctx->ledger, book, stem, NULL, left->currency, err);
	if (rc != 0 || !account)
		return rc;
	*taken = take(left, mk_account_available(account));
	mk_debit(transfer, stem, NULL, *taken);
	return 0;
}

static int draw_reserves(mk_ctx *ctx, mk_transfer *transfer, mk_draw *draw, market_money *left,
                         market_error *err)
{
	mk_lot **lots = NULL;
	size_t count = 0;
	int rc = mk_store_list(ctx->store, ctx->arena, &mk_lot_reserves, &mk_lot_record,
	                       MK_ARGS(mk_int(draw->seller.id), mk_text_value(left->currency)),
	                       (void ***)&lots, &count, err);

	for (size_t i = 0; rc == 0 && i < count && mk_money_positive(*left); i++)
		if (!draw->own || !mk_id_equal(lots[i]->lot.order, draw->order))
			draw_lot(ctx, transfer, draw, lots[i], left);
	return rc;
}

/* Above the policy's limit an operator decides; a limit in another currency, or none, allows
 * nothing. */
static int draw_receivable(mk_ctx *ctx, mk_transfer *transfer, mk_draw *draw, market_money left,
                           market_error *err)
{
	market_money owed = mk_money_zero(left);
	market_money limit = mk_money_zero(left);
	char text[MK_MONEY_TEXT_SIZE];
	int rc = 0;

	if (!draw->paid_out)
		rc = mk_ledger_balance(ctx->ledger, draw->seller.id, "seller_receivable", NULL,
		                       left.currency, &owed, err);
	if (rc != 0)
		return rc;
	if (mk_money_same_currency(ctx->policy->settlement->advance_limit, left))
		limit = ctx->policy->settlement->advance_limit;
	if (!draw->unlimited && mk_money_less(limit, mk_money_add(owed, left))) {
		mk_money_format(mk_money_add(owed, left), text);
		rc = mk_error_set(err, MARKET_EQUOTA, "the seller would owe %s %s", text, left.currency);
		rc = mk_error_hint(err, rc, "An operator with refunds may refund it.");
		return mk_error_object(err, rc, MARKET_ID_SELLER, draw->seller);
	}
	draw->receivable = left;
	mk_debit(transfer, "seller_receivable", NULL, left);
	return 0;
}

/* ACC-4: what available and the receivable gave is a line of the next payout. */
static int add_line(mk_ctx *ctx, const mk_draw *draw, market_error *err)
{
	market_money amount = mk_money_add(draw->available, draw->receivable);
	mk_lot *lot;

	if (!mk_money_positive(amount))
		return 0;
	lot = mk_lot_new(ctx, draw->kind, draw->seller, mk_money_neg(amount));
	if (!lot)
		return mk_error_no_memory(err);
	lot->lot.order = draw->order;
	lot->lot.refund = draw->refund;
	lot->lot.matured_at = ctx->now;
	mk_lot_add(ctx, lot);
	return 0;
}
