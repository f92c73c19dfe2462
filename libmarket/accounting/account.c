/* Looking at accounts, freezing and closing them. */
#include "libmarket/accounting/accounting.h"

#include <string.h>

static const mk_statement accounts_page = {
	.name = "ledger_accounts_page",
	.sql = "SELECT book_id, id, name, currency, account_class, flags, overdraft, debits_posted, "
		   "credits_posted, debits_pending, credits_pending, version FROM account WHERE book_id = "
		   "?1 AND id >= ?2 AND id > ?3 ORDER BY id LIMIT ?4",
};
static const mk_statement account_by_name = {
	.name = "ledger_account_by_name",
	.sql = "SELECT book_id, id, name, currency, account_class, flags, overdraft, debits_posted, "
		   "credits_posted, debits_pending, credits_pending, version FROM account WHERE book_id = "
		   "?1 AND name = ?2 AND currency = ?3",
};

int mk_ledger_account_get(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_account_get_params *in = params;
	int64_t book = 0;
	void *row = NULL;
	int rc = 0;
	if (!mk_id_absent(in->account)) {
		rc = mk_load(ctx, &mk_account_entity, in->account, "account", &row, err);
	} else {
		if (!in->name || !in->currency)
			return mk_error_at(err, MARKET_EMISSING, in->name ? "currency" : "account",
			                   "account, or name and currency, are needed");
		rc = mk_book_of(ctx, in->seller, in->buyer, "", &book, err);
		if (rc == 0)
			rc = mk_store_get(
				ctx->store, ctx->arena, &account_by_name, &mk_market_account_record,
				MK_ARGS(mk_int(book), mk_text_value(in->name), mk_text_value(in->currency)), &row,
				err);
		if (rc == 0 && !row)
			rc = mk_error_at(err, MARKET_ENOTFOUND, "name",
			                 "there is no account %s in %s in that book", in->name, in->currency);
	}
	if (rc == 0)
		rc = mk_account_entity.fill(ctx, row, err);
	ctx->output = row;
	return rc;
}

int mk_ledger_account_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_account_list_params *in = params;
	int64_t book = 0;
	int rc = mk_book_of(ctx, in->seller, in->buyer, "", &book, err);
	if (rc == 0)
		rc = mk_page_read(ctx, &accounts_page, &mk_market_account_record,
		                  offsetof(market_account, id) + offsetof(market_id, id),
		                  MK_ARGS(mk_int(book)), in->after, in->limit, err);
	mk_page *page = ctx->output;
	for (size_t i = 0; rc == 0 && page && i < page->n_items; i++)
		rc = mk_account_entity.fill(ctx, page->items[i], err);
	return rc;
}

int mk_ledger_account_update(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_account_update_params *in = params;
	const market_account *account = ctx->subject;
	char text[MARKET_ID_TEXT_SIZE];
	mk_account_change *change = MK_NEW(ctx->arena, mk_account_change);
	market_id_format(MARKET_ID_JOURNAL, ctx->journal, text);
	if (!change)
		return mk_error_no_memory(err);
	change->account = in->account;
	change->overdraft = in->overdraft;
	change->reason = in->reason;
	change->client_id = mk_arena_format(ctx->arena, "account:%s", text);
	if (!change->client_id)
		return mk_error_no_memory(err);
	/* ACC-1: what is owed to somebody is never overdrawn. */
	if (account->account_class == MARKET_ACCOUNT_LIABILITY && mk_money_positive(in->overdraft))
		return mk_error_at(err, MARKET_EINVALID, "overdraft", "account %s has no overdraft",
		                   account->name);
	if (in->closed && !*in->closed)
		return mk_error_at(err, MARKET_EINVALID, "closed", "an account is closed for ever");
	if (in->frozen_in)
		*(*in->frozen_in ? &change->set : &change->clear) |= MK_ACCOUNT_FROZEN_IN;
	if (in->frozen_out)
		*(*in->frozen_out ? &change->set : &change->clear) |= MK_ACCOUNT_FROZEN_OUT;
	if (in->closed)
		change->set |= MK_ACCOUNT_CLOSED;
	int rc = mk_ledger_account_change(ctx->ledger, change, NULL, err);
	if (rc)
		return rc;
	ctx->result = in->account;
	mk_event(ctx, "ledger.account_updated", MARKET_ID_ACCOUNT, in->account);
	mk_event_text(ctx, "reason", in->reason);
	return 0;
}
