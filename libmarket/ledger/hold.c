/* LED-3: the end of a hold, and reversals: transfers that refer to another one. */
#include <string.h>

#include "libmarket/base/limits.h"
#include "libmarket/ledger/internal.h"

static const mk_statement transfer_by_id = {
	.name = "transfer_by_id",
	.sql = "SELECT " MK_TRANSFER_COLUMNS " FROM transfer t WHERE t.book_id = ?1 AND t.id = ?2",
};
static const mk_statement transfer_by_pending = {
	.name = "transfer_by_pending",
	.sql = "SELECT " MK_TRANSFER_COLUMNS " FROM transfer t WHERE t.book_id = ?1 AND t.pending_id "
		   "= ?2 AND t.pending_id <> 0",
};

/* The other transfer, from the store or from this plan. */
typedef struct other {
	mk_transfer_kind kind, end_kind; /* end_kind 0: nothing refers to it yet */
	const char *client_id;
	market_time expires;
	size_t n_legs;
	mk_leg legs[MK_MAX_LEGS];
} other;

static int find_other(mk_ledger *ledger, const mk_transfer *transfer, other *out,
                      market_error *err);
static bool find_planned(mk_ledger *ledger, const mk_transfer *transfer, other *out);
static int load_legs(mk_ledger *ledger, const mk_transfer_row *row, other *out, market_error *err);
static int load_leg(mk_ledger *ledger, const mk_leg_row *row, mk_leg *leg, market_error *err);
static int check_hold(const mk_transfer *transfer, const other *hold, market_error *err);
static int check_reversible(const mk_transfer *transfer, const other *original, market_error *err);
static int end_hold(const mk_transfer *transfer, const other *hold, mk_leg *legs,
                    market_error *err);
static int post_line(const mk_transfer *transfer, const mk_line *line, const other *hold,
                     mk_leg *legs, market_error *err);
static void mirror(const other *original, mk_leg *legs);
static int own_legs(mk_ledger *ledger, mk_transfer *transfer, mk_leg *legs, market_error *err);

int mk_hold_resolve(mk_ledger *ledger, mk_transfer *transfer, market_error *err)
{
	other *found = MK_NEW(ledger->setup.arena, other);
	mk_leg *legs = MK_NEW_ARRAY(ledger->setup.arena, mk_leg, MK_MAX_LEGS + MK_DEBT_LEGS);
	int rc = found && legs ? find_other(ledger, transfer, found, err) : mk_error_no_memory(err);
	if (rc)
		return rc;
	transfer->legs = legs;
	if (transfer->kind == MK_TRANSFER_REVERSAL) {
		rc = check_reversible(transfer, found, err);
		if (rc)
			return rc;
		if (transfer->n_lines)
			return own_legs(ledger, transfer, legs, err);
		mirror(found, legs);
		transfer->n_legs = found->n_legs;
		return 0;
	}
	rc = check_hold(transfer, found, err);
	if (rc)
		return rc;
	transfer->n_legs = found->n_legs;
	return end_hold(transfer, found, legs, err);
}

static int find_other(mk_ledger *ledger, const mk_transfer *transfer, other *out, market_error *err)
{
	mk_value args[] = {mk_int(transfer->pending.book), mk_int(transfer->pending.id)};
	mk_query queries[] = {
		{.statement = &transfer_by_id,
	     .args = args,
	     .n_args = 2,
	     .record = &mk_transfer_row_record},
		{.statement = &transfer_by_pending,
	     .args = args,
	     .n_args = 2,
	     .record = &mk_transfer_row_record},
	};
	bool planned = find_planned(ledger, transfer, out);
	if (planned)
		return 0;
	int rc = mk_store_read(ledger->setup.store, ledger->setup.arena, queries, 2, err);
	if (rc)
		return rc;
	if (queries[0].n_rows == 0)
		return mk_transfer_error(transfer, err, MARKET_ENOTFOUND, "pending",
		                         "there is no such transfer in this book");
	const mk_transfer_row *row = queries[0].rows[0];
	out->kind = (mk_transfer_kind)row->kind;
	out->client_id = row->client_id;
	out->expires = row->expires_at;
	if (out->end_kind == 0 && queries[1].n_rows)
		out->end_kind = (mk_transfer_kind)((const mk_transfer_row *)queries[1].rows[0])->kind;
	return load_legs(ledger, row, out, err);
}

/* Within one plan a hold may be made and ended; an end planned before counts as one. */
static bool find_planned(mk_ledger *ledger, const mk_transfer *transfer, other *out)
{
	bool found = false;
	for (const mk_transfer *at = ledger->first; at; at = at->next) {
		if (at->id.book != transfer->pending.book)
			continue;
		if (at->pending.id == transfer->pending.id)
			out->end_kind = at->kind;
		if (at->id.id != transfer->pending.id)
			continue;
		found = true;
		out->kind = at->kind;
		out->client_id = at->client_id;
		out->expires = at->expires;
		out->n_legs = at->n_legs;
		memcpy(out->legs, at->legs, at->n_legs * sizeof(at->legs[0]));
	}
	return found;
}

static int load_legs(mk_ledger *ledger, const mk_transfer_row *row, other *out, market_error *err)
{
	void **rows = NULL;
	size_t count = 0;
	int rc = mk_store_list(
		ledger->setup.store, ledger->setup.arena, &mk_leg_range, &mk_leg_row_record,
		MK_ARGS(mk_int(row->id.book), mk_int(row->first_leg_id), mk_int(row->last_leg_id)), &rows,
		&count, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const mk_leg_row *leg = rows[i];
		if (leg->transfer_id != row->id.id)
			continue;
		if (out->n_legs == MK_MAX_LEGS)
			return mk_error_set(err, MARKET_ECORRUPT, "transfer \"%s\" has more than 64 legs",
			                    row->client_id);
		rc = load_leg(ledger, leg, &out->legs[out->n_legs++], err);
	}
	return rc;
}

static int load_leg(mk_ledger *ledger, const mk_leg_row *row, mk_leg *leg, market_error *err)
{
	const mk_chart_entry *chart = row->account_name ? mk_chart_find(row->account_name) : NULL;
	if (!chart || !row->account_currency)
		return mk_error_set(err, MARKET_ECORRUPT, "a leg's account isn't of the chart");
	const char *currency = row->account_currency;
	leg->debit = mk_money(row->debit, currency);
	leg->credit = mk_money(row->credit, currency);
	leg->debit_held = mk_money(row->debit_held, currency);
	leg->credit_held = mk_money(row->credit_held, currency);
	return mk_entry_get(ledger, row->id.book, row->account_name, currency, chart, &leg->entry, err);
}

static int check_hold(const mk_transfer *transfer, const other *hold, market_error *err)
{
	market_time now = transfer->ledger->setup.effective;
	bool late = hold->expires && now >= hold->expires;
	if (hold->kind != MK_TRANSFER_PENDING)
		return mk_transfer_error(transfer, err, MARKET_ESTATE, "pending",
		                         "transfer \"%s\" isn't a hold", hold->client_id);
	if (hold->end_kind == MK_TRANSFER_EXPIRE && transfer->kind != MK_TRANSFER_EXPIRE)
		return mk_transfer_error(transfer, err, MARKET_EEXPIRED, "pending",
		                         "hold \"%s\" has expired", hold->client_id);
	if (hold->end_kind)
		return mk_transfer_error(transfer, err, MARKET_ESTATE, "pending",
		                         "hold \"%s\" has ended already", hold->client_id);
	if (transfer->kind == MK_TRANSFER_EXPIRE && !late)
		return mk_transfer_error(transfer, err, MARKET_ESTATE, "pending",
		                         "hold \"%s\" hasn't expired", hold->client_id);
	/* Even before the sweep. */
	if (transfer->kind == MK_TRANSFER_POST && late)
		return mk_transfer_error(transfer, err, MARKET_EEXPIRED, "pending",
		                         "hold \"%s\" has expired", hold->client_id);
	return 0;
}

static int check_reversible(const mk_transfer *transfer, const other *original, market_error *err)
{
	if (original->kind != MK_TRANSFER_DIRECT && original->kind != MK_TRANSFER_POST)
		return mk_transfer_error(transfer, err, MARKET_ESTATE, "pending",
		                         "transfer \"%s\" isn't of a kind that can be reversed",
		                         original->client_id);
	if (original->end_kind)
		return mk_transfer_error(transfer, err, MARKET_ESTATE, "pending",
		                         "transfer \"%s\" has been reversed", original->client_id);
	return 0;
}

/* Every account of the hold gets its leg: what isn't posted is freed. */
static int end_hold(const mk_transfer *transfer, const other *hold, mk_leg *legs, market_error *err)
{
	bool whole = transfer->kind == MK_TRANSFER_POST && transfer->n_lines == 0;
	for (size_t i = 0; i < hold->n_legs; i++) {
		const mk_leg *held = &hold->legs[i];
		legs[i] = (mk_leg){
			.entry = held->entry,
			.debit = whole ? held->debit_held : mk_money_zero(held->debit_held),
			.credit = whole ? held->credit_held : mk_money_zero(held->credit_held),
			.debit_held = mk_money_neg(held->debit_held),
			.credit_held = mk_money_neg(held->credit_held),
		};
	}
	for (size_t i = 0; i < transfer->n_lines; i++) {
		int rc = post_line(transfer, &transfer->lines[i], hold, legs, err);
		if (rc)
			return rc;
	}
	return 0;
}

static int post_line(const mk_transfer *transfer, const mk_line *line, const other *hold,
                     mk_leg *legs, market_error *err)
{
	market_money zero = mk_money_zero(line->debit), net = mk_money_sub(line->debit, line->credit);
	market_money debit = mk_money_max(net, zero), credit = mk_money_max(mk_money_neg(net), zero);
	for (size_t i = 0; i < hold->n_legs; i++) {
		const mk_account *account = &legs[i].entry->account;
		if (strcmp(account->name, line->name) != 0 || strcmp(account->currency, zero.currency) != 0)
			continue;
		if (mk_money_less(hold->legs[i].debit_held, debit) ||
		    mk_money_less(hold->legs[i].credit_held, credit))
			return mk_transfer_error(transfer, err, MARKET_EFUNDS, "legs",
			                         "hold \"%s\" holds less on account %s", hold->client_id,
			                         line->name);
		legs[i].debit = debit;
		legs[i].credit = credit;
		return 0;
	}
	return mk_transfer_error(transfer, err, MARKET_EFUNDS, "legs",
	                         "hold \"%s\" holds nothing on account %s", hold->client_id,
	                         line->name);
}

static void mirror(const other *original, mk_leg *legs)
{
	for (size_t i = 0; i < original->n_legs; i++) {
		const mk_leg *leg = &original->legs[i];
		market_money zero = mk_money_zero(leg->debit);
		legs[i] = (mk_leg){.entry = leg->entry,
		                   .debit = leg->credit,
		                   .credit = leg->debit,
		                   .debit_held = zero,
		                   .credit_held = zero};
	}
}

static int own_legs(mk_ledger *ledger, mk_transfer *transfer, mk_leg *legs, market_error *err)
{
	for (size_t i = 0; i < transfer->n_lines; i++) {
		const mk_line *line = &transfer->lines[i];
		market_money zero = mk_money_zero(line->debit),
					 net = mk_money_sub(line->debit, line->credit);
		bool met = false;
		if (mk_money_is_zero(net))
			continue;
		mk_entry *entry =
			mk_entry_find(ledger, transfer->id.book, line->name, zero.currency, line->chart, &met);
		if (!entry)
			return mk_error_no_memory(err);
		legs[transfer->n_legs++] = (mk_leg){
			.entry = entry,
			.debit = mk_money_max(net, zero),
			.credit = mk_money_max(mk_money_neg(net), zero),
			.debit_held = zero,
			.credit_held = zero,
		};
	}
	return 0;
}
