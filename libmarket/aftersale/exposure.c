/*
 * ESC-7: what refunds after release that are under way will take from a seller, one row a seller
 * and currency. A refund is posted when its provider has done it, so that two asked for at once
 * would each find the same sources and the same room below the advance limit.
 */
#include "libmarket/aftersale/internal.h"
#include "libmarket/settlement/settlement.h"

typedef struct exposure {
	market_id id;
	const char *currency;
	market_money amount;
	int64_t version;
} exposure;

static const mk_field exposure_fields[] = {
	MK_F_ID(exposure, id, NONE, MK_INTERNAL, "its row"),
	MK_F_TEXT(exposure, currency, 0, 3, 3, "of the amount"),
	MK_F_MONEY(exposure, amount, 0, 0, 0, "that refunds under way will take"),
	MK_F_INT(exposure, version, 0, 0, 0, "of the record"),
};
static const mk_record exposure_record = MK_RECORD_OF(
	"refund_exposure", exposure, exposure_fields, "what refunds under way will take of a seller");

static const mk_statement by_currency = {
	.name = "refund_exposure_by_currency",
	.sql = "SELECT book_id, id, currency, amount, version FROM refund_exposure WHERE book_id = ?1 "
		   "AND currency = ?2",
};
static const mk_statement insert = {
	.name = "refund_exposure_insert",
	.table = "refund_exposure",
	.sql = "INSERT INTO refund_exposure (book_id, id, currency, amount, version) VALUES "
		   "(:book_id, :id, :currency, :amount, :version) ON CONFLICT DO NOTHING",
};
static const mk_statement update = {
	.name = "refund_exposure_update",
	.table = "refund_exposure",
	.sql = "UPDATE refund_exposure SET amount = :amount, version = version + 1 WHERE book_id = "
		   ":book_id AND id = :id AND version = :version",
};
/* An amount: outcomes wait for each other. */
static const mk_statement give = {
	.name = "refund_exposure_give",
	.table = "refund_exposure",
	.sql = "UPDATE refund_exposure SET amount = amount - ?3, version = version + 1 WHERE book_id = "
		   "?1 AND currency = ?2 AND amount >= ?3",
};

static int find(mk_ctx *ctx, int64_t book, const char *currency, exposure **out, market_error *err);
static int check_limit(mk_ctx *ctx, const market_refund *refund, market_money all,
                       market_error *err);
static int add(mk_ctx *ctx, exposure *row, int64_t book, market_money amount, market_error *err);

int mk_exposure_take(mk_ctx *ctx, mk_refund *refund, market_money burden, bool asked,
                     bool unlimited, market_error *err)
{
	const market_refund *r = &refund->refund;
	exposure *row = NULL;
	int rc = find(ctx, r->id.book, r->currency, &row, err);

	if (rc == 0 && !unlimited)
		rc = check_limit(ctx, r, row ? mk_money_add(row->amount, burden) : burden, err);
	if (rc != 0)
		return rc;
	if (asked)
		refund->exposed = burden;
	return add(ctx, row, r->id.book, refund->exposed, err);
}

void mk_exposure_give(mk_ctx *ctx, mk_refund *refund)
{
	const market_refund *r = &refund->refund;

	if (!mk_money_positive(refund->exposed))
		return;
	mk_plan_add(
		ctx->plan, MK_PHASE_UPDATE, &give, r->id,
		MK_ARGS(mk_int(r->id.book), mk_text_value(r->currency), mk_money_value(refund->exposed)),
		MK_RETRY);
	refund->exposed = mk_money_zero(refund->exposed);
}

int mk_exposure_allows_payout(mk_ctx *ctx, market_id seller, const char *currency, bool *allowed,
                              market_error *err)
{
	mk_draw draw = {.seller = seller, .paid_out = true};
	exposure *row = NULL;
	int rc = find(ctx, seller.id, currency, &row, err);

	*allowed = true;
	if (rc == 0 && row) {
		draw.amount = row->amount;
		rc = mk_draw_from(ctx, NULL, &draw, err);
	}
	if (rc == MARKET_EQUOTA) {
		mk_error_clear(err);
		*allowed = false;
		return 0;
	}
	/* guards the row, also one that isn't there yet */
	return rc == 0 ? add(ctx, row, seller.id, mk_money(0, currency), err) : rc;
}

int mk_exposure_allows_fee(mk_ctx *ctx, market_id seller, market_money amount, bool look,
                           market_error *err)
{
	mk_draw draw = {.seller = seller, .kind = MARKET_LOT_FEE, .amount = amount};
	exposure *row = NULL;
	int rc = find(ctx, seller.id, amount.currency, &row, err);

	if (rc == 0 && row && mk_money_positive(row->amount)) {
		draw.amount = mk_money_add(amount, row->amount);
		rc = mk_draw_from(ctx, NULL, &draw, err);
	}
	if (rc == MARKET_EQUOTA)
		return mk_error_set(err, MARKET_EINFLIGHT, "refunds under way need what the seller has");
	return rc == 0 && !look ? add(ctx, row, seller.id, mk_money_zero(amount), err) : rc;
}

static int find(mk_ctx *ctx, int64_t book, const char *currency, exposure **out, market_error *err)
{
	return mk_store_get(ctx->store, ctx->arena, &by_currency, &exposure_record,
	                    MK_ARGS(mk_int(book), mk_text_value(currency)), (void **)out, err);
}

/* The sources are looked at as if all were drawn at once; what they were read from is guarded. */
static int check_limit(mk_ctx *ctx, const market_refund *refund, market_money all,
                       market_error *err)
{
	static const char *const accounts[] = {"seller_available", "seller_receivable"};
	mk_draw draw = {
		.seller = refund->seller,
		.order = refund->order,
		.kind = MARKET_LOT_REFUND,
		.amount = all,
	};
	int rc = mk_draw_from(ctx, NULL, &draw, err);

	for (size_t i = 0; rc == 0 && i < sizeof(accounts) / sizeof(accounts[0]); i++)
		rc = mk_ledger_guard_name(ctx->ledger, refund->seller.id, accounts[i], NULL,
		                          refund->currency, err);
	return rc;
}

/* To the row that was read; NULL: there was none. */
static int add(mk_ctx *ctx, exposure *row, int64_t book, market_money amount, market_error *err)
{
	exposure *fresh;

	if (row) {
		row->amount = mk_money_add(row->amount, amount);
		mk_update(ctx, &update, &exposure_record, row->id, row);
		return 0;
	}
	fresh = MK_NEW(ctx->arena, exposure);
	if (!fresh)
		return mk_error_no_memory(err);
	*fresh = (exposure){.id = mk_new_id(ctx, book), .amount = amount, .version = 1};
	fresh->currency = mk_arena_text(ctx->arena, amount.currency);
	mk_insert(ctx, &insert, &exposure_record, fresh->id, fresh);
	return 0;
}
