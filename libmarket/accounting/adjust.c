/* LED-10: adjustments by hand and write-offs, with a reason. */
#include "libmarket/accounting/accounting.h"

/* The newest line of an account at which nothing was owed. */
typedef struct owed {
	market_time since;
} owed;
static const mk_field owed_fields[] = {
	MK_F_TIME(owed, since, 0, "the time from which something was owed")};
static const mk_record owed_record =
	MK_RECORD_OF("owed", owed, owed_fields, "how long something is owed");

static const mk_statement owed_since = {
	.name = "ledger_owed_since",
	.sql = "SELECT t.effective_at AS since FROM leg l JOIN transfer t ON t.book_id = l.book_id "
		   "AND t.id = l.transfer_id WHERE l.book_id = ?1 AND l.account_id = ?2 AND "
		   "l.debits_posted > l.credits_posted AND l.version > COALESCE((SELECT MAX(z.version) "
		   "FROM leg z WHERE z.book_id = l.book_id AND z.account_id = l.account_id AND "
		   "z.debits_posted <= z.credits_posted), 0) ORDER BY l.version LIMIT 1",
};

static bool one_currency(const market_leg_params *const *legs, size_t count);
static int check_owed(mk_ctx *ctx, const market_ledger_write_off_params *in, market_error *err);

int mk_post_adjust(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_adjust_params *in = params;
	int64_t book = 0;
	mk_by_hand by_hand = {.count = 0};
	int rc = mk_book_of(ctx, in->seller, in->buyer, "", &book, err);
	mk_transfer *transfer =
		mk_transfer_new(ctx->ledger, book, MK_TRANSFER_DIRECT, "adjustment:%s", in->client_id);
	if (rc == 0)
		rc = mk_add_legs(ctx, transfer, in->legs, in->n_legs, err);
	if (rc == 0 && !one_currency(in->legs, in->n_legs))
		rc = mk_error_at(err, MARKET_ECURRENCY, "legs", "an adjustment is in one currency");
	if (rc)
		return rc;
	mk_transfer_set_reason(transfer, in->reason);
	rc = mk_transfer_post(ctx->ledger, transfer, err);
	if (rc == 0)
		rc = mk_by_hand_collect(&by_hand, in->seller, transfer, err);
	if (rc == 0)
		rc = mk_by_hand_add(ctx, &by_hand, err);
	if (rc)
		return rc;
	ctx->result = mk_transfer_id(transfer);
	mk_event(ctx, "ledger.adjusted", MARKET_ID_TRANSFER, ctx->result);
	mk_event_text(ctx, "reason", in->reason);
	return 0;
}

int mk_post_write_off(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_write_off_params *in = params;
	mk_by_hand by_hand = {.count = 0};
	int64_t book = 0;
	if (!mk_money_positive(in->amount))
		return mk_error_at(err, MARKET_EINVALID, "amount", "an amount to write off is positive");
	int rc = mk_book_of(ctx, in->seller, (market_id){0, 0}, "", &book, err);
	if (rc)
		return rc;
	mk_transfer *transfer =
		mk_transfer_new(ctx->ledger, book, MK_TRANSFER_DIRECT, "write_off:%s", in->client_id);
	mk_debit(transfer, "bad_debt", NULL, in->amount);
	mk_credit(transfer, "seller_receivable", NULL, in->amount);
	mk_transfer_set_reason(transfer, in->reason);
	rc = check_owed(ctx, in, err);
	if (rc == 0)
		rc = mk_transfer_post(ctx->ledger, transfer, err);
	if (rc == 0)
		rc = mk_by_hand_collect(&by_hand, in->seller, transfer, err);
	if (rc == 0)
		rc = mk_by_hand_add(ctx, &by_hand, err);
	if (rc)
		return rc;
	ctx->result = mk_transfer_id(transfer);
	mk_event(ctx, "ledger.written_off", MARKET_ID_TRANSFER, ctx->result);
	mk_event_money(ctx, "amount", in->amount);
	mk_event_text(ctx, "reason", in->reason);
	return 0;
}

static bool one_currency(const market_leg_params *const *legs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const market_money *own = legs[i]->debit.currency[0] ? &legs[i]->debit : &legs[i]->credit;
		const market_money *first = legs[0]->debit.currency[0] ? &legs[0]->debit : &legs[0]->credit;
		if (!mk_money_same_currency(*own, *first))
			return false;
	}
	return true;
}

static int check_owed(mk_ctx *ctx, const market_ledger_write_off_params *in, market_error *err)
{
	const mk_account *account = NULL;
	void *row = NULL;
	market_time after = ctx->policy->ledger ? ctx->policy->ledger->write_off_after : 0;
	int rc = mk_ledger_account(ctx->ledger, in->seller.id, "seller_receivable", NULL,
	                           in->amount.currency, &account, err);
	if (rc)
		return rc;
	if (!account || mk_money_less(mk_account_balance(account), in->amount))
		return mk_error_at(err, MARKET_EFUNDS, "amount", "the seller owes less than that");
	mk_ledger_guard_version(ctx->ledger, account);
	rc = mk_store_get(ctx->store, ctx->arena, &owed_since, &owed_record,
	                  MK_ARGS(mk_int(account->id.book), mk_int(account->id.id)), &row, err);
	if (rc)
		return rc;
	if (!row || ctx->now - ((const owed *)row)->since < after)
		return mk_error_at(err, MARKET_ESTATE, "seller",
		                   "the seller hasn't owed it for long enough");
	return 0;
}
