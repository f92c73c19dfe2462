/* Posting and reading transfers. */
#include "libmarket/accounting/accounting.h"
#include "libmarket/engine/journal.h"
#include "libmarket/party/party.h"

#include <string.h>

static const mk_statement transfer_by_client = {
	.name = "ledger_transfer_by_client",
	.sql = "SELECT book_id, id FROM transfer WHERE book_id = ?1 AND client_id = ?2",
};
static const mk_statement entries_page = {
	.name = "ledger_entries_page",
	.sql = "SELECT l.book_id, l.id, l.version, l.transfer_id, t.client_id, t.purpose, t.kind, "
		   "t.effective_at, a.currency, l.debit, l.credit, l.debit_held, l.credit_held, "
		   "l.debits_posted, l.credits_posted, l.debits_pending, l.credits_pending FROM leg l "
		   "JOIN account a ON a.book_id = l.book_id AND a.id = l.account_id JOIN transfer t ON "
		   "t.book_id = l.book_id AND t.id = l.transfer_id WHERE l.book_id = ?1 AND l.account_id "
		   "= ?2 AND l.version >= ?3 AND (l.version > ?3 OR l.id > ?4) ORDER BY l.version, l.id "
		   "LIMIT ?5",
};

static int name_book(market_id seller, market_id buyer, const char *prefix, int64_t *book,
                     market_error *err);
static int find_owner(mk_ctx *ctx, market_id seller, market_id buyer, const char *prefix,
                      market_error *err);
static int post(mk_ctx *ctx, const market_transfer_params *in, const char *field,
                mk_by_hand *by_hand, mk_transfer **out, market_error *err);
static int check_owner(mk_ctx *ctx, const market_transfer_params *in, int64_t book,
                       market_error *err);
static bool is_answer(int rc);
static int keep_expiry(mk_ctx *ctx, const market_transfer_params *in, market_id id,
                       market_error *err);

int mk_post_transfer(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_transfer_params *in = params;
	const market_transfer_params one = {
		.size = sizeof(one),
		.seller = in->seller,
		.buyer = in->buyer,
		.client_id = in->client_id,
		.kind = in->kind,
		.legs = in->legs,
		.n_legs = in->n_legs,
		.pending = in->pending,
		.expires_at = in->expires_at,
		.reason = in->reason,
		.rate_numerator = in->rate_numerator,
		.rate_denominator = in->rate_denominator,
	};
	mk_transfer *transfer = NULL;
	mk_by_hand by_hand = {.count = 0};
	int rc = post(ctx, &one, NULL, &by_hand, &transfer, err);
	if (rc == 0)
		rc = mk_by_hand_add(ctx, &by_hand, err);
	if (rc)
		return rc;
	ctx->result = mk_transfer_id(transfer);
	mk_event(ctx, "ledger.posted", MARKET_ID_TRANSFER, ctx->result);
	return 0;
}

/* LED-4 */
int mk_post_batch(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_batch_params *in = params;
	mk_by_hand by_hand = {.count = 0};
	for (size_t i = 0; i < in->n_transfers; i++) {
		mk_transfer *transfer = NULL;
		const char *field = mk_arena_format(ctx->arena, "transfers[%zu]", i);
		if (!field)
			return mk_error_no_memory(err);
		int rc = post(ctx, in->transfers[i], field, &by_hand, &transfer, err);
		if (rc)
			return rc;
	}
	int rc = mk_by_hand_add(ctx, &by_hand, err);
	if (rc)
		return rc;
	ctx->result = ctx->journal;
	mk_event(ctx, "ledger.batch_posted", MARKET_ID_JOURNAL, ctx->result);
	mk_event_int(ctx, "transfers", (int64_t)in->n_transfers);
	return 0;
}

int mk_ledger_transfer_get(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_transfer_get_params *in = params;
	market_id id = in->transfer;
	void *row = NULL;
	int64_t book = 0;
	if (mk_id_absent(id)) {
		if (!in->client_id)
			return mk_error_at(err, MARKET_EMISSING, "transfer", "transfer or client_id is needed");
		int rc = mk_book_of(ctx, in->seller, in->buyer, "", &book, err);
		if (rc == 0)
			rc = mk_store_get(ctx->store, ctx->arena, &transfer_by_client, &mk_ledger_batch_record,
			                  MK_ARGS(mk_int(book), mk_text_value(in->client_id)), &row, err);
		if (rc)
			return rc;
		if (!row)
			return mk_error_at(err, MARKET_ENOTFOUND, "client_id",
			                   "there is no transfer \"%s\" in that book", in->client_id);
		id = ((const market_ledger_batch_result *)row)->id;
	}
	int rc = mk_load(ctx, &mk_transfer_entity, id, "transfer", &row, err);
	if (rc == 0)
		rc = mk_transfer_entity.fill(ctx, row, err);
	ctx->output = row;
	return rc;
}

int mk_ledger_transfer_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_transfer_list_params *in = params;
	return mk_page_read(
		ctx, &entries_page, &mk_ledger_entry_record, offsetof(market_ledger_entry, version),
		MK_ARGS(mk_int(in->account.book), mk_int(in->account.id)), in->after, in->limit, err);
}

/* Run from the hold's deadline; one that has ended by then has nothing left to free. */
int mk_ledger_hold_expire(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_hold_expire_params *in = params;
	const market_transfer *hold = ctx->subject;
	char text[MARKET_ID_TEXT_SIZE];
	market_error own;
	market_id_format(MARKET_ID_TRANSFER, in->transfer, text);
	mk_transfer *transfer =
		mk_transfer_new(ctx->ledger, in->transfer.book, MK_TRANSFER_EXPIRE, "expire:%s", text);
	mk_transfer_set_pending(transfer, in->transfer);
	int rc = mk_transfer_post(ctx->ledger, transfer, &own);
	bool early =
		hold->kind != MK_TRANSFER_PENDING || !hold->expires_at || ctx->now < hold->expires_at;
	if (rc == MARKET_ESTATE && !early)
		rc = 0;
	if (rc) {
		if (err)
			*err = own;
		return rc;
	}
	ctx->result = in->transfer;
	mk_event(ctx, "ledger.hold_ended", MARKET_ID_TRANSFER, in->transfer);
	return mk_end_deadline(ctx, in->transfer, err);
}

int mk_end_deadline(mk_ctx *ctx, market_id object, market_error *err)
{
	void *row = NULL;
	int rc = mk_store_get(ctx->store, ctx->arena, &mk_deadline_get, &mk_deadline_record,
	                      MK_ARGS(mk_int(object.book), mk_int(object.id)), &row, err);
	const mk_deadline *deadline = row;
	if (rc == 0 && deadline)
		mk_deadline_set(ctx, object, deadline->due_at, 0, deadline->operation);
	return rc;
}

int mk_book_of(mk_ctx *ctx, market_id seller, market_id buyer, const char *prefix, int64_t *book,
               market_error *err)
{
	int rc = name_book(seller, buyer, prefix, book, err);
	return rc ? rc : find_owner(ctx, seller, buyer, prefix, err);
}

int mk_add_legs(mk_ctx *ctx, mk_transfer *transfer, const market_leg_params *const *legs,
                size_t count, market_error *err)
{
	for (size_t i = 0; transfer && i < count; i++) {
		const char *stem = NULL, *suffix = NULL;
		bool debit = legs[i]->debit.currency[0] != '\0',
			 credit = legs[i]->credit.currency[0] != '\0';
		int rc = mk_account_name_split(ctx, legs[i]->account, &stem, &suffix, err);
		if (rc == 0 && debit == credit)
			rc = mk_error_at(err, MARKET_EINVALID, "debit", "a leg has a debit or a credit");
		if (rc) {
			mk_error_prefix(err, "legs[%zu]", i);
			return rc;
		}
		if (debit)
			mk_debit(transfer, stem, suffix, legs[i]->debit);
		else
			mk_credit(transfer, stem, suffix, legs[i]->credit);
	}
	return transfer ? 0 : mk_error_no_memory(err);
}

int mk_account_name_split(mk_ctx *ctx, const char *name, const char **stem, const char **suffix,
                          market_error *err)
{
	size_t length = strcspn(name, ":");
	if (!mk_chart_find(name))
		return mk_error_at(err, MARKET_EINVALID, "account", "\"%s\" isn't an account of the chart",
		                   name);
	*stem = mk_arena_text_n(ctx->arena, name, length);
	*suffix = name[length] == ':' ? name + length + 1 : NULL;
	return *stem ? 0 : mk_error_no_memory(err);
}

static int name_book(market_id seller, market_id buyer, const char *prefix, int64_t *book,
                     market_error *err)
{
	*book = !mk_id_absent(seller) ? seller.id : buyer.id;
	if (mk_id_absent(seller) || mk_id_absent(buyer))
		return 0;
	mk_error_set(err, MARKET_EINVALID, "a book is of a seller or of a buyer");
	return mk_error_field(err, MARKET_EINVALID, "%sbuyer", prefix);
}

static int find_owner(mk_ctx *ctx, market_id seller, market_id buyer, const char *prefix,
                      market_error *err)
{
	bool of_seller = !mk_id_absent(seller);
	void *row = NULL;
	if (!of_seller && mk_id_absent(buyer))
		return 0;
	int rc = mk_load(ctx, of_seller ? &mk_seller_entity : &mk_buyer_entity,
	                 of_seller ? seller : buyer, NULL, &row, err);
	return rc ? mk_error_field(err, rc, "%s%s", prefix, of_seller ? "seller" : "buyer") : 0;
}

static int post(mk_ctx *ctx, const market_transfer_params *in, const char *field,
                mk_by_hand *by_hand, mk_transfer **out, market_error *err)
{
	int64_t book = 0;
	mk_transfer_kind kind = in->kind ? (mk_transfer_kind)in->kind : MK_TRANSFER_DIRECT;
	int rc = name_book(in->seller, in->buyer, "", &book, err);
	mk_transfer *transfer = mk_transfer_new(ctx->ledger, book, kind, "%s", in->client_id);
	if (rc == 0)
		rc = mk_add_legs(ctx, transfer, in->legs, in->n_legs, err);
	if (rc) {
		if (field)
			mk_error_prefix(err, "%s", field);
		return rc;
	}
	mk_transfer_set_field(transfer, field);
	mk_transfer_set_reason(transfer, in->reason);
	mk_transfer_set_pending(transfer, in->pending);
	mk_transfer_set_expiry(transfer, in->expires_at);
	if (in->rate_numerator || in->rate_denominator)
		mk_transfer_set_rate(transfer, in->rate_numerator, in->rate_denominator);
	rc = mk_transfer_post(ctx->ledger, transfer, err);
	if (!is_answer(rc))
		return rc;
	int unowned = book && in->n_legs ? check_owner(ctx, in, book, err) : 0;
	if (unowned && field)
		mk_error_prefix(err, "%s", field);
	if (unowned)
		return unowned;
	if (rc == 0 && !mk_transfer_replayed(transfer))
		rc = keep_expiry(ctx, in, mk_transfer_id(transfer), err);
	if (rc == 0) {
		rc = mk_by_hand_collect(by_hand, in->seller, transfer, err);
		if (rc && field)
			mk_error_prefix(err, "%s", field);
	}
	*out = transfer;
	return rc;
}

/* Whoever has an account that was there before is there: only what opens one looks. */
static int check_owner(mk_ctx *ctx, const market_transfer_params *in, int64_t book,
                       market_error *err)
{
	const market_leg_params *leg = in->legs[0];
	const mk_account *account = NULL;
	const char *stem = NULL, *suffix = NULL;
	market_error own;
	int rc = mk_account_name_split(ctx, leg->account, &stem, &suffix, &own);
	if (rc == 0)
		rc = mk_ledger_account(ctx->ledger, book, stem, suffix,
		                       leg->debit.currency[0] ? leg->debit.currency : leg->credit.currency,
		                       &account, &own);
	if (rc == 0 && account && account->version > 1)
		return 0;
	if (!is_answer(rc)) {
		*err = own;
		return rc;
	}
	return find_owner(ctx, in->seller, in->buyer, "", err);
}

/* After anything else the transaction may read no more. */
static bool is_answer(int rc)
{
	int32_t error_class = market_error_class_of(rc);
	return rc == 0 || error_class == MARKET_CLASS_STATE || error_class == MARKET_CLASS_CALLER;
}

/* A hold with an expiry has a deadline, until it ends. */
static int keep_expiry(mk_ctx *ctx, const market_transfer_params *in, market_id id,
                       market_error *err)
{
	if (in->expires_at)
		mk_deadline_set(ctx, id, 0, in->expires_at, "ledger.hold.expire");
	if (mk_id_absent(in->pending) || in->kind == MARKET_TRANSFER_REVERSAL)
		return 0;
	return mk_end_deadline(ctx, in->pending, err);
}
