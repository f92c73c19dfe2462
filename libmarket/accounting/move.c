/* LED-9: a move between books. What the second half needs stands in the first, which is sealed: its
 * reason begins with the account in the other book. */
#include "libmarket/accounting/accounting.h"

#include <stdlib.h>
#include <string.h>

#define INTERBOOK "interbook"

/* One half: an account of a book, moved against the account between the books. */
typedef struct half {
	int64_t book, other_book;
	const char *stem, *suffix;
	market_money amount;
	bool debit; /* of the account */
} half;

static int read_halves(mk_ctx *ctx, const market_ledger_move_params *in, half *from, half *to,
                       market_error *err);
static int read_account(mk_ctx *ctx, const char *name, bool of_seller, const char *field, half *out,
                        market_error *err);
static void add_legs(mk_transfer *transfer, const half *half);
static int try_second(mk_ctx *ctx, const char *client_id, const half *to, const char *reason,
                      market_error *err);
static bool of_second(const char *client_id);
static int read_first(mk_ctx *ctx, const market_transfer *first, half *second, market_error *err);

int mk_post_move(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_move_params *in = params;
	half from, to;
	mk_by_hand by_hand = {.count = 0};
	const char *reason = mk_arena_format(ctx->arena, "%s; %s", in->to_account, in->reason);
	int rc = reason ? read_halves(ctx, in, &from, &to, err) : mk_error_no_memory(err);
	if (rc)
		return rc;
	mk_transfer *transfer =
		mk_transfer_new(ctx->ledger, from.book, MK_TRANSFER_DIRECT, "%s", in->client_id);
	add_legs(transfer, &from);
	mk_transfer_set_reason(transfer, reason);
	rc = mk_transfer_post(ctx->ledger, transfer, err);
	if (rc == 0 && !mk_transfer_replayed(transfer))
		rc = try_second(ctx, in->client_id, &to, reason, err);
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
	mk_event_book(ctx, to.book);
	mk_event_money(ctx, "amount", in->amount);
	return 0;
}

/* Doing it twice is harmless: the second half's client id is derived from the first's. */
int mk_ledger_move_finish(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_ledger_move_finish_params *in = params;
	void *row = (void *)(uintptr_t)ctx->subject;
	half second;
	mk_by_hand by_hand = {.count = 0};
	int rc = mk_transfer_entity.fill(ctx, row, err);
	const market_transfer *first = row;
	if (rc == 0)
		rc = read_first(ctx, first, &second, err);
	if (rc)
		return rc;
	mk_transfer *transfer = mk_transfer_second(ctx->ledger, second.book, first->client_id);
	add_legs(transfer, &second);
	mk_transfer_set_reason(transfer, first->reason);
	rc = mk_transfer_post(ctx->ledger, transfer, err);
	if (rc == 0)
		rc = mk_by_hand_collect(&by_hand, (market_id){second.book, second.book}, transfer, err);
	if (rc == 0)
		rc = mk_by_hand_add(ctx, &by_hand, err);
	if (rc)
		return rc;
	ctx->result = mk_transfer_id(transfer);
	mk_event(ctx, "ledger.move_finished", MARKET_ID_TRANSFER, ctx->result);
	mk_event_book(ctx, first->id.book);
	return mk_end_deadline(ctx, in->transfer, err);
}

static int read_halves(mk_ctx *ctx, const market_ledger_move_params *in, half *from, half *to,
                       market_error *err)
{
	*from = (half){.amount = in->amount, .debit = in->side != MARKET_SIDE_CREDIT};
	*to = (half){.amount = in->amount, .debit = !from->debit};
	int rc = mk_book_of(ctx, in->from_seller, in->from_buyer, "from_", &from->book, err);
	if (rc == 0)
		rc = mk_book_of(ctx, in->to_seller, in->to_buyer, "to_", &to->book, err);
	if (rc)
		return rc;
	from->other_book = to->book;
	to->other_book = from->book;
	if (from->book == to->book)
		return mk_error_at(err, MARKET_EINVALID, "to_seller", "a move is between two books");
	if (of_second(in->client_id))
		return mk_error_at(err, MARKET_EINVALID, "client_id",
		                   "a client id that ends with \"%s\" is of a second half", MK_MOVE_SECOND);
	if (!mk_money_positive(in->amount))
		return mk_error_at(err, MARKET_EINVALID, "amount", "an amount to move is positive");
	rc = read_account(ctx, in->to_account, !mk_id_absent(in->to_seller), "to_account", to, err);
	return rc ? rc
	          : read_account(ctx, in->from_account, !mk_id_absent(in->from_seller), "from_account",
	                         from, err);
}

static int read_account(mk_ctx *ctx, const char *name, bool of_seller, const char *field, half *out,
                        market_error *err)
{
	const mk_account *account = NULL;
	int rc = mk_account_name_split(ctx, name, &out->stem, &out->suffix, err);
	if (rc == 0 && strcmp(out->stem, INTERBOOK) == 0)
		rc = mk_error_set(err, MARKET_EINVALID, "%s is what the move itself goes over", name);
	if (rc == 0 && !of_seller && mk_is_of_seller(out->stem))
		rc = mk_error_set(err, MARKET_EINVALID, "%s is of a seller's book", name);
	if (rc == 0)
		rc = mk_ledger_account(ctx->ledger, out->book, out->stem, out->suffix, out->amount.currency,
		                       &account, err);
	if (rc == 0 && account && (account->flags & MK_ACCOUNT_CLOSED))
		rc = mk_error_set(err, MARKET_ECLOSED, "account %s is closed", name);
	return rc ? mk_error_field(err, rc, "%s", field) : 0;
}

static void add_legs(mk_transfer *transfer, const half *half)
{
	if (half->debit) {
		mk_debit(transfer, half->stem, half->suffix, half->amount);
		mk_credit_interbook(transfer, half->other_book, half->amount);
	} else {
		mk_credit(transfer, half->stem, half->suffix, half->amount);
		mk_debit_interbook(transfer, half->other_book, half->amount);
	}
}

/* Once the first half is posted the money is in transit: whatever would refuse the second by what
 * is known now refuses both. */
static int try_second(mk_ctx *ctx, const char *client_id, const half *to, const char *reason,
                      market_error *err)
{
	mk_ledger *trial = mk_ledger_trial(ctx->ledger, mk_plan_new(ctx->arena));
	if (!trial)
		return mk_error_no_memory(err);
	mk_transfer *second = mk_transfer_second(trial, to->book, client_id);
	add_legs(second, to);
	mk_transfer_set_reason(second, reason);
	int rc = mk_transfer_post(trial, second, err);
	return rc < 0 && err && strcmp(err->field, "legs") == 0 ? mk_error_field(err, rc, "to_account")
	                                                        : rc;
}

static bool of_second(const char *client_id)
{
	size_t mark = strlen(MK_MOVE_SECOND), length = strlen(client_id);
	return length > mark && strcmp(client_id + length - mark, MK_MOVE_SECOND) == 0;
}

static int read_first(mk_ctx *ctx, const market_transfer *first, half *second, market_error *err)
{
	const market_leg *interbook = NULL;
	size_t length = first->reason ? strcspn(first->reason, ";") : 0;
	for (size_t i = 0; i < first->n_legs; i++) {
		if (strncmp(first->legs[i]->name, INTERBOOK ":", strlen(INTERBOOK ":")) == 0)
			interbook = first->legs[i];
	}
	if (of_second(first->client_id) || !interbook || length == 0 || first->reason[length] != ';')
		return mk_error_at(err, MARKET_EINVALID, "transfer",
		                   "transfer \"%s\" isn't the first half of a move", first->client_id);
	bool debit = !mk_money_positive(interbook->credit);
	*second = (half){
		.book = strtoll(interbook->name + strlen(INTERBOOK ":"), NULL, 10),
		.other_book = first->id.book,
		.amount = debit ? interbook->debit : interbook->credit,
		.debit = debit,
	};
	const char *account = mk_arena_text_n(ctx->arena, first->reason, length);
	return account ? mk_account_name_split(ctx, account, &second->stem, &second->suffix, err)
	               : mk_error_no_memory(err);
}
