/* LED-9: a move between books. What the second half needs stands in the first, which is sealed: its
 * reason begins with the account in the other book. */
#include "libmarket/accounting/accounting.h"

#include <stdlib.h>
#include <string.h>

static bool of_second(const char *client_id);
static int check_accounts(mk_ctx *ctx, const market_ledger_move_params *in, const char **stem,
                          const char **suffix, market_error *err);
static int read_first(mk_ctx *ctx, const market_transfer *first, const market_leg **interbook,
                      int64_t *book, const char **account, market_error *err);

int mk_ledger_move(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_move_params *in = params;
	int64_t from = 0, to = 0;
	const char *stem = NULL, *suffix = NULL;
	bool debit = in->side != MARKET_SIDE_CREDIT;
	mk_by_hand by_hand = {.count = 0};
	int rc = mk_book_of(in->from_seller, in->from_buyer, "from_buyer", &from, err);
	if (rc == 0)
		rc = mk_book_of(in->to_seller, in->to_buyer, "to_buyer", &to, err);
	if (rc == 0 && from == to)
		rc = mk_error_at(err, MARKET_EINVALID, "to_seller", "a move is between two books");
	if (rc == 0)
		rc = check_accounts(ctx, in, &stem, &suffix, err);
	if (rc)
		return rc;
	mk_transfer *transfer =
		mk_transfer_new(ctx->ledger, from, MK_TRANSFER_DIRECT, "%s", in->client_id);
	if (debit) {
		mk_debit(transfer, stem, suffix, in->amount);
		mk_credit_interbook(transfer, to, in->amount);
	} else {
		mk_credit(transfer, stem, suffix, in->amount);
		mk_debit_interbook(transfer, to, in->amount);
	}
	mk_transfer_set_reason(transfer,
	                       mk_arena_format(ctx->arena, "%s; %s", in->to_account, in->reason));
	rc = mk_transfer_post(ctx->ledger, transfer, err);
	if (rc == 0)
		rc = mk_by_hand_collect(&by_hand, in->from_seller, transfer, err);
	if (rc == 0)
		rc = mk_by_hand_add(ctx, &by_hand, err);
	if (rc)
		return rc;
	ctx->result = mk_transfer_id(transfer);
	if (!mk_transfer_replayed(transfer))
		mk_deadline_set(ctx, ctx->result, 0, ctx->now, "ledger.move.finish");
	mk_event(ctx, "ledger.move_begun", MARKET_ID_TRANSFER, ctx->result);
	mk_event_book(ctx, to);
	mk_event_money(ctx, "amount", in->amount);
	return 0;
}

/* Doing it twice is harmless: the second half's client id is derived from the first's. */
int mk_ledger_move_finish(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_move_finish_params *in = params;
	void *row = (void *)(uintptr_t)ctx->subject;
	const market_leg *interbook = NULL;
	const char *account = NULL, *stem = NULL, *suffix = NULL;
	mk_by_hand by_hand = {.count = 0};
	int64_t book = 0;
	int rc = mk_transfer_entity.fill(ctx, row, err);
	const market_transfer *first = row;
	if (rc == 0)
		rc = read_first(ctx, first, &interbook, &book, &account, err);
	if (rc == 0)
		rc = mk_account_name_split(ctx, account, &stem, &suffix, err);
	if (rc)
		return rc;
	mk_transfer *second = mk_transfer_second(ctx->ledger, book, first->client_id);
	if (mk_money_positive(interbook->credit)) {
		mk_debit_interbook(second, first->id.book, interbook->credit);
		mk_credit(second, stem, suffix, interbook->credit);
	} else {
		mk_credit_interbook(second, first->id.book, interbook->debit);
		mk_debit(second, stem, suffix, interbook->debit);
	}
	mk_transfer_set_reason(second, first->reason);
	rc = mk_transfer_post(ctx->ledger, second, err);
	if (rc == 0)
		rc = mk_by_hand_collect(&by_hand, (market_id){book, book}, second, err);
	if (rc == 0)
		rc = mk_by_hand_add(ctx, &by_hand, err);
	if (rc)
		return rc;
	ctx->result = mk_transfer_id(second);
	mk_event(ctx, "ledger.move_finished", MARKET_ID_TRANSFER, ctx->result);
	mk_event_book(ctx, first->id.book);
	return mk_end_deadline(ctx, in->transfer, err);
}

static bool of_second(const char *client_id)
{
	size_t mark = strlen(MK_MOVE_SECOND), length = strlen(client_id);
	return length > mark && strcmp(client_id + length - mark, MK_MOVE_SECOND) == 0;
}

static int check_accounts(mk_ctx *ctx, const market_ledger_move_params *in, const char **stem,
                          const char **suffix, market_error *err)
{
	const char *to_stem = NULL, *to_suffix = NULL;
	if (of_second(in->client_id))
		return mk_error_at(err, MARKET_EINVALID, "client_id",
		                   "a client id that ends with \"%s\" is of a second half", MK_MOVE_SECOND);
	if (!mk_money_positive(in->amount))
		return mk_error_at(err, MARKET_EINVALID, "amount", "an amount to move is positive");
	int rc = mk_account_name_split(ctx, in->to_account, &to_stem, &to_suffix, err);
	if (rc)
		return mk_error_field(err, rc, "to_account");
	rc = mk_account_name_split(ctx, in->from_account, stem, suffix, err);
	return rc ? mk_error_field(err, rc, "from_account") : 0;
}

static int read_first(mk_ctx *ctx, const market_transfer *first, const market_leg **interbook,
                      int64_t *book, const char **account, market_error *err)
{
	size_t length = first->reason ? strcspn(first->reason, ";") : 0;
	for (size_t i = 0; i < first->n_legs; i++) {
		if (strncmp(first->legs[i]->name, "interbook:", strlen("interbook:")) == 0)
			*interbook = first->legs[i];
	}
	if (of_second(first->client_id) || !*interbook || length == 0 || first->reason[length] != ';')
		return mk_error_at(err, MARKET_EINVALID, "transfer",
		                   "transfer \"%s\" isn't the first half of a move", first->client_id);
	*book = strtoll((*interbook)->name + strlen("interbook:"), NULL, 10);
	*account = mk_arena_text_n(ctx->arena, first->reason, length);
	return *account ? 0 : mk_error_no_memory(err);
}
