/* SEL-8, SEL-10: an account is never written over. A change retires it and adds another, so that
 * whatever names an account names it for good. */
#include "libmarket/party/payout_account.h"

#include "libmarket/identity/identity.h"
#include "libmarket/party/requirement.h"
#include "libmarket/party/seller.h"

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
	MK_F_TIME(T, replaced_at, 0, "by the next one"),
	MK_F_BLOB(payout_account_row, account_sealed, MK_INTERNAL, 0, "the number, sealed"),
	MK_F_BLOB(payout_account_row, account_key, MK_INTERNAL, 0, "its data key, wrapped"),
	MK_F_BLOB(payout_account_row, account_index, MK_INTERNAL, 0, "its blind index"),
};
#undef T
const mk_record mk_payout_account_record =
	MK_RECORD_OF("payout_account", payout_account_row, payout_account_fields, "where payouts go");

#define COLUMNS \
	"book_id, id, seller_id, holder, bank, country, created_at, ready_at, version, replaced_at, " \
	"account_sealed, account_key, account_index"

static const mk_statement payout_account_by_id = {
	.name = "payout_account_by_id",
	.sql = "SELECT " COLUMNS " FROM payout_account WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement payout_account_current = {
	.name = "payout_account_current",
	.sql = "SELECT " COLUMNS " FROM payout_account WHERE book_id = ?1 AND seller_id = ?1 AND "
		   "replaced_at IS NULL",
};
static const mk_statement payout_account_insert = {
	.name = "payout_account_insert",
	.table = "payout_account",
	.sql = "INSERT INTO payout_account (" COLUMNS
		   ") VALUES (:book_id, :id, :seller_id, :holder, :bank, "
		   ":country, :created_at, :ready_at, :version, :replaced_at, :account_sealed, "
		   ":account_key, :account_index) ON CONFLICT DO NOTHING",
};
static const mk_statement payout_account_retire = {
	.name = "payout_account_retire",
	.table = "payout_account",
	.sql = "UPDATE payout_account SET replaced_at = :replaced_at, version = version + 1 "
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
	int rc = mk_unseal_field(ctx->keys, ctx->arena, &place, row->account_key, row->account_sealed,
	                         &row->account.account, err);
	if (rc == 0 && !row->account.account)
		rc = mk_error_set(err, MARKET_ECORRUPT, "a payout account has no number");
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
	return mk_store_get(ctx->store, ctx->arena, &payout_account_current, &mk_payout_account_record,
	                    MK_ARGS(mk_int(seller.id)), (void **)out, err);
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
	return mk_seal_field(ctx->keys, ctx->arena, &place, number, &row->account_key,
	                     &row->account_sealed, &row->account_index, err);
}

int mk_check_confirmation(const mk_ctx *ctx, market_error *err)
{
	const market_time at = ctx->actor.confirmed_at;
	int rc;
	if (at != 0 && at <= ctx->now && ctx->now - at <= ctx->policy->sellers->confirmation_fresh)
		return 0;
	rc = mk_error_set(err, MARKET_EUNCONFIRMED, "the actor has given no fresh confirmation");
	return mk_error_hint(err, rc, "Let the person prove who they are, then act as them again.");
}

static int add_account(mk_ctx *ctx, const market_payout_account_set_params *in, bool change,
                       market_id *out, market_error *err)
{
	market_time wait = change ? ctx->policy->sellers->payout_account_cooling : 0;
	payout_account_row row = {.account = {
								  .id = mk_new_id(ctx, in->seller.id),
								  .seller = in->seller,
								  .holder = in->holder,
								  .bank = in->bank,
								  .country = in->country,
								  .created_at = ctx->now,
								  .ready_at = ctx->now + wait,
								  .version = 1,
							  }};
	int rc = seal_account(ctx, &row, in->account, err);
	if (rc != 0)
		return rc;
	/* one is current at a time: behind the update that retires the one before */
	mk_plan_add_record(ctx->plan, change ? MK_PHASE_LAST : MK_PHASE_INSERT, &payout_account_insert,
	                   row.account.id, &mk_payout_account_record, &row, MK_RETRY);
	*out = row.account.id;
	return 0;
}

int mk_payout_account_set(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_payout_account_set_params *in = params;
	const mk_seller_news news = {.payout_account = true};
	payout_account_row *before = NULL;
	int rc = mk_check_confirmation(ctx, err);
	if (rc == 0)
		rc = mk_identity_check_holder(ctx, in->seller, in->holder, err);
	if (rc == 0)
		rc = find_row(ctx, in->seller, &before, err);
	if (rc == 0)
		rc = add_account(ctx, in, before != NULL, &ctx->result, err);
	if (rc != 0)
		return rc;
	if (before) {
		before->account.replaced_at = ctx->now;
		mk_update(ctx, &payout_account_retire, &mk_payout_account_record, before->account.id,
		          before);
	}
	mk_event(ctx, before ? "payout_account.changed" : "payout_account.named",
	         MARKET_ID_PAYOUT_ACCOUNT, ctx->result);
	if (before)
		mk_event_id(ctx, "replaces", MARKET_ID_PAYOUT_ACCOUNT, before->account.id);
	mk_event_int(ctx, "confirmed_at", ctx->actor.confirmed_at);
	return mk_seller_met(ctx, (mk_seller *)ctx->subject, &news, err);
}

/* An account that a payout went to is found when it was replaced, too. */
static int find_named(mk_ctx *ctx, const market_payout_account_get_params *in,
                      market_payout_account **out, market_error *err)
{
	payout_account_row *row = NULL;
	int rc = mk_load(ctx, &mk_payout_account_entity, in->account, "account", (void **)&row, err);
	if (rc != 0)
		return rc;
	if (!mk_id_equal(row->account.seller, in->seller))
		return mk_not_found(&mk_payout_account_entity, in->account, "account", err);
	*out = &row->account;
	return payout_account_fill(ctx, row, err);
}

int mk_payout_account_get(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_payout_account_get_params *in = params;
	market_payout_account *account = NULL;
	int rc = mk_id_absent(in->account) ? mk_payout_account_find(ctx, in->seller, &account, err)
	                                   : find_named(ctx, in, &account, err);
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
