/* Public records of the ledger, and how they are found. */
#include "libmarket/accounting/accounting.h"

#include <string.h>

#define SAME(a, b) _Static_assert((int)(a) == (int)(b), "public and own values are the same")
SAME(MARKET_ACCOUNT_CONTROL, MK_ACCOUNT_CONTROL);
SAME(MARKET_ACCOUNT_REVENUE, MK_ACCOUNT_REVENUE);
SAME(MARKET_TRANSFER_POST, MK_TRANSFER_POST);
SAME(MARKET_TRANSFER_ACCOUNT, MK_TRANSFER_ACCOUNT);
SAME(MARKET_LEDGER_OK, MK_VERIFY_OK);
SAME(MARKET_LEDGER_BROKEN, MK_VERIFY_BROKEN);

static const mk_enum_value side_values[] = {
	{MARKET_SIDE_DEBIT, "debit", "the left side"},
	{MARKET_SIDE_CREDIT, "credit", "the right side"},
	{0, NULL, NULL},
};
const mk_enum mk_side_enum = {.name = "side", .values = side_values};

static const mk_enum_value result_values[] = {
	{MARKET_LEDGER_OK, "ok", "all is consistent, up to an anchor at least"},
	{MARKET_LEDGER_SELF_CONSISTENT, "self_consistent", "no anchor: a cut off end isn't excluded"},
	{MARKET_LEDGER_BROKEN, "broken", "something was changed"},
	{0, NULL, NULL},
};
const mk_enum mk_ledger_result_enum = {.name = "ledger_result", .values = result_values};

#define T market_account
static const mk_field account_fields[] = {
	MK_F_ID(T, id, ACCOUNT, 0, "the account"),
	MK_F_TEXT(T, name, 0, 0, 0, "of the chart of accounts, with its suffix"),
	MK_F_TEXT(T, currency, 0, 0, 0, "its currency"),
	MK_F_ENUM(T, account_class, mk_account_class_enum, 0, "its class"),
	MK_F_INT(T, flags, MK_INTERNAL, 0, 0, "as stored"),
	MK_F_MONEY(T, overdraft, 0, 0, 0, "how far below zero the balance may go"),
	MK_F_MONEY(T, debits_posted, 0, 0, 0, "sum of all posted debits"),
	MK_F_MONEY(T, credits_posted, 0, 0, 0, "sum of all posted credits"),
	MK_F_MONEY(T, debits_pending, 0, 0, 0, "debits in holds"),
	MK_F_MONEY(T, credits_pending, 0, 0, 0, "credits in holds"),
	MK_F_INT(T, version, MK_REQUIRED, 0, 0, "number of its last leg"),
	MK_F_MONEY(T, balance, MK_NOT_ROW, 0, 0, "on the side of its class"),
	MK_F_MONEY(T, available, MK_NOT_ROW, 0, 0, "what of it isn't held"),
	MK_F_BOOL(T, limited, MK_NOT_ROW, "the balance may not fall below the overdraft"),
	MK_F_BOOL(T, frozen_in, MK_NOT_ROW, "nothing may raise the balance"),
	MK_F_BOOL(T, frozen_out, MK_NOT_ROW, "nothing may lower the balance"),
	MK_F_BOOL(T, closed, MK_NOT_ROW, "nothing may be posted"),
};
#undef T
const mk_record mk_market_account_record =
	MK_RECORD_OF("ledger_account", market_account, account_fields, "an account of the ledger");

#define T market_leg
static const mk_field leg_fields[] = {
	MK_F_ID(T, id, LEG, 0, "the leg"),
	MK_F_ID(T, account, ACCOUNT, MK_OWN_BOOK, "its account"),
	MK_F_TEXT(T, name, 0, 0, 0, "the account's name"),
	MK_F_TEXT(T, currency, 0, 0, 0, "the account's currency"),
	MK_F_MONEY(T, debit, 0, 0, 0, "posted debit"),
	MK_F_MONEY(T, credit, 0, 0, 0, "posted credit"),
	MK_F_MONEY(T, debit_held, 0, 0, 0, "change of the pending debits"),
	MK_F_MONEY(T, credit_held, 0, 0, 0, "change of the pending credits"),
	MK_F_INT(T, version, MK_REQUIRED, 0, 0, "of the account after it"),
	MK_F_MONEY(T, debits_posted, 0, 0, 0, "of the account after it"),
	MK_F_MONEY(T, credits_posted, 0, 0, 0, "of the account after it"),
	MK_F_MONEY(T, debits_pending, 0, 0, 0, "of the account after it"),
	MK_F_MONEY(T, credits_pending, 0, 0, 0, "of the account after it"),
};
#undef T
const mk_record mk_market_leg_record =
	MK_RECORD_OF("ledger_leg", market_leg, leg_fields, "one account's part");

#define T market_transfer
static const mk_field transfer_fields[] = {
	MK_F_ID(T, id, TRANSFER, 0, "the transfer"),
	MK_F_TEXT(T, client_id, 0, 0, 0, "permanent and unique in its book"),
	MK_F_TEXT(T, purpose, 0, 0, 0, "the part of it before the colon"),
	MK_F_ENUM(T, kind, mk_transfer_kind_enum, 0, "its kind"),
	MK_F_TIME(T, effective_at, 0, "when it counts"),
	MK_F_TIME(T, recorded_at, 0, "when it was written"),
	MK_F_ID(T, journal, JOURNAL, 0, "the operation that posted it"),
	MK_F_ID(T, pending, TRANSFER, MK_OWN_BOOK, "the hold it ends, or the transfer it reverses"),
	MK_F_TIME(T, expires_at, 0, "of a hold"),
	MK_F_TEXT(T, reason, 0, 0, 0, "why"),
	MK_F_INT(T, rate_numerator, 0, 0, 0, "of an exchange"),
	MK_F_INT(T, rate_denominator, 0, 0, 0, "of an exchange"),
	MK_F_OPT_INT(T, position, 0, 0, 0, "in the sealed tree of its book"),
	MK_F_LIST(T, legs, market_leg, mk_market_leg_record, MK_NOT_ROW, 0, MK_MAX_LEGS, "its legs"),
	MK_F_ID(T, request, LEDGER_REQUEST, MK_NOT_ROW, "it waits, or waited, for a second person"),
};
#undef T
const mk_record mk_market_transfer_record =
	MK_RECORD_OF("ledger_transfer", market_transfer, transfer_fields, "a transfer of the ledger");

#define T market_ledger_entry
static const mk_field entry_fields[] = {
	MK_F_ID(T, id, LEG, 0, "the leg"),
	MK_F_INT(T, version, MK_REQUIRED, 0, 0, "of the account after it"),
	MK_F_ID(T, transfer, TRANSFER, MK_OWN_BOOK, "its transfer"),
	MK_F_TEXT(T, client_id, 0, 0, 0, "the transfer's client id"),
	MK_F_TEXT(T, purpose, 0, 0, 0, "the transfer's purpose"),
	MK_F_ENUM(T, kind, mk_transfer_kind_enum, 0, "the transfer's kind"),
	MK_F_TIME(T, effective_at, 0, "when it counts"),
	MK_F_TEXT(T, currency, 0, 0, 0, "the account's currency"),
	MK_F_MONEY(T, debit, 0, 0, 0, "posted debit"),
	MK_F_MONEY(T, credit, 0, 0, 0, "posted credit"),
	MK_F_MONEY(T, debit_held, 0, 0, 0, "change of the pending debits"),
	MK_F_MONEY(T, credit_held, 0, 0, 0, "change of the pending credits"),
	MK_F_MONEY(T, debits_posted, 0, 0, 0, "of the account after it"),
	MK_F_MONEY(T, credits_posted, 0, 0, 0, "of the account after it"),
	MK_F_MONEY(T, debits_pending, 0, 0, 0, "of the account after it"),
	MK_F_MONEY(T, credits_pending, 0, 0, 0, "of the account after it"),
};
#undef T
const mk_record mk_ledger_entry_record =
	MK_RECORD_OF("ledger_entry", market_ledger_entry, entry_fields, "one line of an account");

static const mk_field batch_fields[] = {
	MK_F_ID(market_ledger_batch_result, id, JOURNAL, 0, "the journal row that its transfers name"),
	MK_F_ID(market_ledger_batch_result, request, LEDGER_REQUEST, MK_NOT_ROW,
            "it waits, or waited, for a second person"),
};
const mk_record mk_ledger_batch_record =
	MK_RECORD_OF("ledger_batch", market_ledger_batch_result, batch_fields, "a linked batch");

static const mk_statement account_by_id = {
	.name = "ledger_account_by_id",
	.sql = "SELECT book_id, id, name, currency, account_class, flags, overdraft, debits_posted, "
		   "credits_posted, debits_pending, credits_pending, version FROM account WHERE book_id = "
		   "?1 AND id = ?2",
};
#define TRANSFER_COLUMNS \
	"t.book_id, t.id, t.client_id, t.purpose, t.kind, t.effective_at, t.recorded_at, " \
	"t.journal_book_id, t.journal_id, NULLIF(t.pending_id, 0) AS pending_id, " \
	"NULLIF(t.expires_at, 0) AS expires_at, NULLIF(t.reason, '') AS reason, t.rate_numerator, " \
	"t.rate_denominator, t.position"
static const mk_statement transfer_by_id = {
	.name = "ledger_transfer_by_id",
	.sql = "SELECT " TRANSFER_COLUMNS " FROM transfer t WHERE t.book_id = ?1 AND t.id = ?2",
};
/* LED-10: what a posting by hand gave may be the id of its request. */
static const mk_statement posting_by_id = {
	.name = "ledger_posting_by_id",
	.sql = "SELECT " TRANSFER_COLUMNS
		   " FROM transfer t WHERE t.book_id = ?1 AND t.id = ?2 UNION ALL SELECT " TRANSFER_COLUMNS
		   " FROM ledger_request r JOIN transfer t ON t.book_id = r.transfer_book_id AND t.id = "
		   "r.transfer_id WHERE r.book_id = ?1 AND r.id = ?2 UNION ALL SELECT r.book_id, 0, NULL, "
		   "NULL, 0, r.requested_at, r.requested_at, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL FROM "
		   "ledger_request r WHERE r.book_id = ?1 AND r.id = ?2 AND r.transfer_id IS NULL",
};
static const mk_statement transfer_legs = {
	.name = "ledger_transfer_legs",
	.sql = "SELECT l.book_id, l.id, l.account_id, a.name, a.currency, l.debit, l.credit, "
		   "l.debit_held, l.credit_held, l.version, l.debits_posted, l.credits_posted, "
		   "l.debits_pending, l.credits_pending FROM transfer t JOIN leg l {by_key} ON l.book_id = "
		   "t.book_id AND l.id >= t.first_leg_id AND l.id <= t.last_leg_id AND l.transfer_id = "
		   "t.id JOIN account a ON a.book_id = l.book_id AND a.id = l.account_id WHERE t.book_id "
		   "= ?1 AND t.id = ?2 ORDER BY l.id",
};
static const mk_statement batch_by_id = {
	.name = "ledger_batch_by_id",
	.sql = "SELECT book_id, id FROM journal WHERE book_id = ?1 AND id = ?2 UNION ALL SELECT "
		   "book_id, COALESCE(journal_id, 0) FROM ledger_request WHERE book_id = ?1 AND id = ?2",
};

static int fill_account(mk_ctx *ctx, void *row, market_error *err);
static int fill_transfer(mk_ctx *ctx, void *row, market_error *err);
static int fill_posting(mk_ctx *ctx, void *row, market_error *err);
static int fill_batch(mk_ctx *ctx, void *row, market_error *err);

const mk_entity mk_account_entity = {
	.kind = MARKET_ID_ACCOUNT,
	.name = "account",
	.record = &mk_market_account_record,
	.by_id = &account_by_id,
	.fill = fill_account,
};
const mk_entity mk_transfer_entity = {
	.kind = MARKET_ID_TRANSFER,
	.name = "transfer",
	.record = &mk_market_transfer_record,
	.by_id = &transfer_by_id,
	.fill = fill_transfer,
};
const mk_entity mk_posting_entity = {
	.kind = MARKET_ID_TRANSFER,
	.name = "transfer",
	.record = &mk_market_transfer_record,
	.by_id = &posting_by_id,
	.fill = fill_posting,
};
const mk_entity mk_batch_entity = {
	.kind = MARKET_ID_JOURNAL,
	.name = "batch",
	.record = &mk_ledger_batch_record,
	.by_id = &batch_by_id,
	.fill = fill_batch,
};

static int fill_account(mk_ctx *ctx, void *row, market_error *err)
{
	market_account *account = row;
	const mk_account own = {
		.account_class = account->account_class,
		.debits_posted = account->debits_posted,
		.credits_posted = account->credits_posted,
		.debits_pending = account->debits_pending,
		.credits_pending = account->credits_pending,
	};
	(void)ctx;
	(void)err;
	account->balance = mk_account_balance(&own);
	account->available = mk_account_available(&own);
	account->limited = (account->flags & MK_ACCOUNT_LIMIT) != 0;
	account->frozen_in = (account->flags & MK_ACCOUNT_FROZEN_IN) != 0;
	account->frozen_out = (account->flags & MK_ACCOUNT_FROZEN_OUT) != 0;
	account->closed = (account->flags & MK_ACCOUNT_CLOSED) != 0;
	return 0;
}

static int fill_transfer(mk_ctx *ctx, void *row, market_error *err)
{
	market_transfer *transfer = row;
	void **legs = NULL;
	size_t count = 0;
	int rc = mk_store_list(ctx->store, ctx->arena, &transfer_legs, &mk_market_leg_record,
	                       MK_ARGS(mk_int(transfer->id.book), mk_int(transfer->id.id)), &legs,
	                       &count, err);
	transfer->legs = (const market_leg *const *)legs;
	transfer->n_legs = count;
	return rc;
}

static int fill_posting(mk_ctx *ctx, void *row, market_error *err)
{
	market_transfer *transfer = row;
	if (!mk_id_equal(transfer->id, ctx->result))
		transfer->request = ctx->result;
	return mk_id_absent(transfer->id) ? 0 : fill_transfer(ctx, row, err);
}

static int fill_batch(mk_ctx *ctx, void *row, market_error *err)
{
	market_ledger_batch_result *batch = row;
	(void)err;
	if (!mk_id_equal(batch->id, ctx->result))
		batch->request = ctx->result;
	return 0;
}
