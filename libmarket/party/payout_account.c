#include "libmarket/party/payout_account.h"

#define FRESH (15 * MK_MINUTE)

typedef struct payout_account_row {
	market_payout_account account;
	market_blob account_sealed;
	market_blob account_key;
	market_blob account_index;
} payout_account_row;

#define T market_payout_account
static const mk_field payout_account_fields[] = {
	MK_F_ID(T, id, PAYOUT_ACCOUNT, 0, "the account"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "whose it is"),
	MK_F_TEXT(T, holder, 0, 1, MK_MAX_NAME, "who holds it"),
	MK_F_TEXT(T, bank, 0, 1, MK_MAX_NAME, "the bank's code or name"),
	MK_F_TEXT(T, country, 0, 2, 2, "ISO 3166-1 alpha-2"),
	MK_F_TEXT(T, account, MK_SENSITIVE | MK_NOT_ROW, 1, MK_MAX_CODE, "the account's number"),
	MK_F_TIME(T, created_at, 0, "named or last changed"),
	MK_F_TIME(T, ready_at, 0, "payouts wait until then"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
	MK_F_BLOB(payout_account_row, account_sealed, MK_INTERNAL, 0, "the number, sealed"),
	MK_F_BLOB(payout_account_row, account_key, MK_INTERNAL, 0, "its data key, wrapped"),
	MK_F_BLOB(payout_account_row, account_index, MK_INTERNAL, 0, "its blind index"),
};
#undef T
const mk_record mk_payout_account_record =
	MK_RECORD_OF("payout_account", payout_account_row, payout_account_fields, "where payouts go");

#define COLUMNS \
	"book_id, id, seller_id, holder, bank, country, created_at, ready_at, version, " \
	"account_sealed, account_key, account_index"

static const mk_statement payout_account_by_id = {
	.name = "payout_account_by_id",
	.sql = "SELECT " COLUMNS " FROM payout_account WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement payout_account_of_seller = {
	.name = "payout_account_of_seller",
	.sql = "SELECT " COLUMNS " FROM payout_account WHERE book_id = ?1 AND seller_id = ?1",
};
static const mk_statement payout_account_insert = {
	.name = "payout_account_insert",
	.table = "payout_account",
	.sql = "INSERT INTO payout_account (" COLUMNS
		   ") VALUES (:book_id, :id, :seller_id, :holder, :bank, "
		   ":country, :created_at, :ready_at, :version, :account_sealed, :account_key, "
		   ":account_index) "
		   "ON CONFLICT DO NOTHING",
};
static const mk_statement payout_account_update = {
	.name = "payout_account_update",
	.table = "payout_account",
	.sql = "UPDATE payout_account SET holder = :holder, bank = :bank, country = :country, "
		   "created_at = :created_at, ready_at = :ready_at, account_sealed = :account_sealed, "
		   "account_key = :account_key, account_index = :account_index, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};

static market_id seller_of(const void *row)
{
	return ((const market_payout_account *)row)->seller;
}

static mk_seal_place account_place(const payout_account_row *row)
{
	return (mk_seal_place){.table = "payout_account",
	                       .column = "account",
	                       .owner = row->account.id.book,
	                       .row = row->account.id.id};
}

static int payout_account_fill(mk_ctx *ctx, void *value, market_error *err)
{
	payout_account_row *row = value;
	mk_seal_place place = account_place(row);
	char *text = NULL;
	int rc;
	if (row->account_key.size != MK_WRAPPED_KEY_SIZE)
		return mk_error_set(err, MARKET_ECORRUPT, "a payout account has no data key");
	rc = mk_unseal_text(ctx->keys, row->account_key.data, &place, row->account_sealed, ctx->arena,
	                    &text, err);
	row->account.account = text;
	return rc;
}

const mk_entity mk_payout_account_entity = {
	.kind = MARKET_ID_PAYOUT_ACCOUNT,
	.name = "payout account",
	.record = &mk_payout_account_record,
	.by_id = &payout_account_by_id,
	.seller = seller_of,
	.fill = payout_account_fill,
};

static int find_row(mk_ctx *ctx, market_id seller, payout_account_row **out, market_error *err)
{
	return mk_store_get(ctx->store, ctx->arena, &payout_account_of_seller,
	                    &mk_payout_account_record, MK_ARGS(mk_int(seller.id)), (void **)out, err);
}

int mk_payout_account_find(mk_ctx *ctx, market_id seller, market_payout_account **out,
                           market_error *err)
{
	payout_account_row *row = NULL;
	int rc = find_row(ctx, seller, &row, err);
	*out = NULL;
	if (rc != 0 || !row)
		return rc;
	rc = payout_account_fill(ctx, row, err);
	if (rc == 0)
		*out = &row->account;
	return rc;
}

static int seal_account(mk_ctx *ctx, payout_account_row *row, const char *number, market_error *err)
{
	mk_seal_place place = account_place(row);
	uint8_t *key = mk_arena_get(ctx->arena, MK_WRAPPED_KEY_SIZE);
	mk_hash *index = MK_NEW(ctx->arena, mk_hash);
	int rc;
	if (!key || !index)
		return mk_error_no_memory(err);
	rc = mk_seal_new_key(ctx->keys, key, err);
	if (rc == 0)
		rc = mk_seal_text(ctx->keys, key, &place, number, ctx->arena, &row->account_sealed, err);
	if (rc == 0)
		rc = mk_blind_index(ctx->keys, "payout_account", "account", number, index, err);
	row->account_key = (market_blob){key, MK_WRAPPED_KEY_SIZE};
	row->account_index = (market_blob){index->bytes, MK_HASH_SIZE};
	return rc;
}

int mk_payout_account_set(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_payout_account_set_params *in = params;
	payout_account_row *row = NULL;
	bool change;
	int rc;
	/* SEL-8: a fresh confirmation */
	if (in->confirmed_at > ctx->now || ctx->now - in->confirmed_at > FRESH)
		return mk_error_at(err, MARKET_EEXPIRED, "confirmed_at", "the confirmation isn't fresh");
	rc = find_row(ctx, in->seller, &row, err);
	if (rc != 0)
		return rc;
	change = row != NULL;
	if (!row)
		row = MK_NEW(ctx->arena, payout_account_row);
	if (!row)
		return mk_error_no_memory(err);
	if (!change) {
		row->account.id = mk_new_id(ctx, in->seller.id);
		row->account.version = 1;
	}
	row->account.seller = in->seller;
	row->account.holder = in->holder;
	row->account.bank = in->bank;
	row->account.country = in->country;
	row->account.created_at = ctx->now;
	row->account.ready_at =
		change ? ctx->now + ctx->policy->sellers->payout_account_cooling : ctx->now;
	rc = seal_account(ctx, row, in->account, err);
	if (rc != 0)
		return rc;
	if (change)
		mk_update(ctx, &payout_account_update, &mk_payout_account_record, row->account.id, row);
	else
		mk_insert(ctx, &payout_account_insert, &mk_payout_account_record, row->account.id, row);
	mk_event(ctx, change ? "payout_account.changed" : "payout_account.named",
	         MARKET_ID_PAYOUT_ACCOUNT, row->account.id);
	ctx->result = row->account.id;
	return 0;
}

int mk_payout_account_get(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_seller_get_params *in = params;
	market_payout_account *account = NULL;
	int rc = mk_payout_account_find(ctx, in->seller, &account, err);
	if (rc == 0 && !account)
		rc = mk_error_at(err, MARKET_ENOTFOUND, "seller", "the seller has named no payout account");
	ctx->output = account;
	return rc;
}

/* SEL-10: the full number only with a right, and every look is recorded. */
int mk_payout_account_reveal(mk_ctx *ctx, const void *params, market_error *err)
{
	int rc = mk_payout_account_get(ctx, params, err);
	const market_payout_account *account = ctx->output;
	if (rc != 0)
		return rc;
	mk_event(ctx, "payout_account.revealed", MARKET_ID_PAYOUT_ACCOUNT, account->id);
	ctx->result = account->id;
	return 0;
}
