/* Checkpoints and verification as operations. */
#include "libmarket/accounting/accounting.h"
#include "libmarket/engine/market.h"
#include "libmarket/settlement/settlement.h"

#include <string.h>

#define SEALED_AT_ONCE 1000
#define ANCHOR_MAX (16 * 1024)

static int fill_checkpoint(mk_ctx *ctx, void *row, market_error *err);
static int give_report(mk_ctx *ctx, const mk_verify_report *report, market_error *err);
static const char *amounts_text(mk_ctx *ctx, const mk_verify_report *report);

static const mk_statement checkpoint_by_id = {
	.name = "ledger_checkpoint_by_id",
	.sql = "SELECT book_id, id, recorded_at, books, transfers FROM checkpoint WHERE book_id = ?1 "
		   "AND id = ?2",
};
static const mk_statement checkpoint_stored = {
	.name = "ledger_checkpoint_stored",
	.sql = "SELECT book_id, id, recorded_at, books, transfers, root, balances, previous, "
		   "key_number, signature FROM checkpoint WHERE book_id = ?1 AND id = ?2",
};

#define T market_checkpoint
static const mk_field checkpoint_fields[] = {
	MK_F_ID(T, id, CHECKPOINT, 0, "the checkpoint"),
	MK_F_TIME(T, recorded_at, 0, "when it was made"),
	MK_F_INT(T, books, MK_REQUIRED, 0, 0, "books covered"),
	MK_F_INT(T, transfers, MK_REQUIRED, 0, 0, "transfers covered"),
	MK_F_TEXT(T, anchor, MK_NOT_ROW, 0, 0, "JSON to keep outside the store"),
};
#undef T
const mk_record mk_market_checkpoint_record = MK_RECORD_OF(
	"ledger_checkpoint", market_checkpoint, checkpoint_fields, "a signed statement over all books");

const mk_entity mk_checkpoint_entity = {
	.kind = MARKET_ID_CHECKPOINT,
	.name = "checkpoint",
	.record = &mk_market_checkpoint_record,
	.by_id = &checkpoint_by_id,
	.fill = fill_checkpoint,
};

#define T market_ledger_report
static const mk_field report_fields[] = {
	MK_F_ENUM(T, result, mk_ledger_result_enum, 0, "what was found"),
	MK_F_INT(T, books, MK_REQUIRED, 0, 0, "books looked at"),
	MK_F_INT(T, accounts, MK_REQUIRED, 0, 0, "accounts looked at"),
	MK_F_INT(T, transfers, MK_REQUIRED, 0, 0, "transfers looked at"),
	MK_F_INT(T, legs, MK_REQUIRED, 0, 0, "legs looked at"),
	MK_F_INT(T, checkpoints, MK_REQUIRED, 0, 0, "checkpoints looked at"),
	MK_F_INT(T, anchors, MK_REQUIRED, 0, 0, "anchors that match"),
	MK_F_INT(T, unsealed, MK_REQUIRED, 0, 0, "transfers that no tree holds yet"),
	MK_F_TIME(T, unsealed_since, 0, "the oldest of them"),
	MK_F_INT(T, in_transit, MK_REQUIRED, 0, 0, "moves between books whose second half is to come"),
	MK_F_TIME(T, in_transit_since, 0, "the oldest of them"),
	MK_F_TEXT(T, in_transit_amounts, 0, 0, 0, "what they move"),
	MK_F_TEXT(T, place, 0, 0, 0, "the first broken place"),
	MK_F_TEXT(T, problem, 0, 0, 0, "what is wrong there"),
};
#undef T
const mk_record mk_ledger_report_record =
	MK_RECORD_OF("ledger_report", market_ledger_report, report_fields, "what verification found");

int mk_ledger_checkpoint_op(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_checkpoint made;
	int sealed = mk_store_kind_of(ctx->store) == MK_STORE_POSTGRES ? 1 : 0;
	(void)params;
	while (sealed > 0)
		sealed = mk_ledger_seal(ctx->ledger, SEALED_AT_ONCE, err);
	if (sealed < 0)
		return sealed == MARKET_EBUSY ? MK_AGAIN : sealed;
	int rc = mk_checkpoint_make(&(mk_checkpoint_setup){.store = ctx->store,
	                                                   .arena = ctx->arena,
	                                                   .digest = ctx->digest,
	                                                   .keys = ctx->keys,
	                                                   .store_id = ctx->market->store_id,
	                                                   .recorded = ctx->recorded},
	                            &made, err);
	if (rc)
		return rc;
	ctx->result = made.id;
	mk_event(ctx, "ledger.checkpointed", MARKET_ID_CHECKPOINT, made.id);
	mk_event_int(ctx, "number", made.id.id);
	mk_event_int(ctx, "transfers", made.transfers);
	return 0;
}

int mk_ledger_verify_op(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_verify_params *in = params;
	mk_verify_report *report = MK_NEW(ctx->arena, mk_verify_report);
	if (!report)
		return mk_error_no_memory(err);
	int rc = mk_ledger_verify(&(mk_verify_setup){.store = ctx->store,
	                                             .allocator = ctx->arena->allocator,
	                                             .digest = ctx->digest,
	                                             .keys = ctx->keys,
	                                             .store_id = ctx->market->store_id,
	                                             .anchors = in->anchors,
	                                             .n_anchors = in->n_anchors,
	                                             .check_book = mk_settlement_check_book,
	                                             .user_data = ctx},
	                          report, err);
	return rc ? rc : give_report(ctx, report, err);
}

static int fill_checkpoint(mk_ctx *ctx, void *row, market_error *err)
{
	market_checkpoint *checkpoint = row;
	void *stored = NULL;
	mk_text text;
	int rc =
		mk_store_get(ctx->store, ctx->arena, &checkpoint_stored, &mk_checkpoint_record,
	                 MK_ARGS(mk_int(checkpoint->id.book), mk_int(checkpoint->id.id)), &stored, err);
	if (rc || !stored)
		return rc;
	mk_text_init(&text, ctx->arena->allocator, ANCHOR_MAX);
	rc = mk_anchor_write(stored, ctx->keys, ctx->market->store_id, &text, err);
	checkpoint->anchor = rc == 0 ? mk_arena_text(ctx->arena, text.data) : NULL;
	if (rc == 0 && !checkpoint->anchor)
		rc = mk_error_no_memory(err);
	mk_text_close(&text);
	return rc;
}

static int give_report(mk_ctx *ctx, const mk_verify_report *report, market_error *err)
{
	market_ledger_report *out = MK_NEW(ctx->arena, market_ledger_report);
	if (!out)
		return mk_error_no_memory(err);
	*out = (market_ledger_report){
		.result = report->result,
		.books = report->books,
		.accounts = report->accounts,
		.transfers = report->transfers,
		.legs = report->legs,
		.checkpoints = report->checkpoints,
		.anchors = report->anchors,
		.unsealed = report->unsealed,
		.unsealed_since = report->unsealed_since,
		.in_transit = report->in_transit,
		.in_transit_since = report->in_transit_since,
		.in_transit_amounts = amounts_text(ctx, report),
		.place = report->place[0] ? report->place : NULL,
		.problem = report->problem[0] ? report->problem : NULL,
	};
	ctx->output = out;
	return 0;
}

static const char *amounts_text(mk_ctx *ctx, const mk_verify_report *report)
{
	const char *all = NULL;
	for (size_t i = 0; i < report->n_in_transit_amounts; i++) {
		char text[MK_MONEY_TEXT_SIZE];
		mk_money_format(report->in_transit_amounts[i], text);
		all = mk_arena_format(ctx->arena, "%s%s%s %s", all ? all : "", all ? ", " : "", text,
		                      report->in_transit_amounts[i].currency);
	}
	return all;
}
