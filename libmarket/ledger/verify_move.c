/* LED-9: moves between books, paired by their client ids. */
#include <stdlib.h>
#include <string.h>

#include "libmarket/ledger/verify.h"

static const mk_statement transfer_of = {
	.name = "verify_move",
	.sql = "SELECT " MK_TRANSFER_COLUMNS " FROM transfer t WHERE t.book_id = ?1 AND t.id = ?2",
};
static const mk_statement transfer_named = {
	.name = "verify_pair",
	.sql =
		"SELECT " MK_TRANSFER_COLUMNS " FROM transfer t WHERE t.book_id = ?1 AND t.client_id = ?2",
};

static bool other_book(const char *name, int64_t own, int64_t *out);
static int compare_halves(mk_verify *v, const mk_leg_row *leg, const mk_transfer_row *own,
                          const mk_transfer_row *other, market_error *err);
static int in_transit(mk_verify *v, const mk_leg_row *leg, const mk_transfer_row *first);

int mk_verify_move(mk_verify *v, const mk_leg_row *leg, market_error *err)
{
	int64_t book = 0;
	void *found = NULL, *pair = NULL;
	const size_t mark = strlen(MK_MOVE_SECOND);
	if (!leg->debit && !leg->credit)
		return 0;
	if (!other_book(leg->account_name, v->book, &book))
		return mk_verify_broken(
			v, mk_verify_place(v, "account %s of book %lld", leg->account_name, (long long)v->book),
			"it names no other book");
	int rc = mk_store_get(v->setup->store, &v->inner, &transfer_of, &mk_transfer_row_record,
	                      MK_ARGS(mk_int(v->book), mk_int(leg->transfer_id)), &found, err);
	if (rc || !found)
		return rc;
	const mk_transfer_row *own = found;
	size_t length = strlen(own->client_id);
	bool second = length > mark && strcmp(own->client_id + length - mark, MK_MOVE_SECOND) == 0;
	const char *name = second ? mk_arena_text_n(&v->inner, own->client_id, length - mark)
	                          : mk_arena_format(&v->inner, "%s" MK_MOVE_SECOND, own->client_id);
	if (!name)
		return mk_error_no_memory(err);
	rc = mk_store_get(v->setup->store, &v->inner, &transfer_named, &mk_transfer_row_record,
	                  MK_ARGS(mk_int(book), mk_text_value(name)), &pair, err);
	if (rc)
		return rc;
	if (pair)
		return compare_halves(v, leg, own, pair, err);
	if (second)
		return mk_verify_broken(
			v, mk_verify_place(v, "transfer %s of book %lld", own->client_id, (long long)v->book),
			"its first half is absent from book %lld", (long long)book);
	return in_transit(v, leg, own);
}

static bool other_book(const char *name, int64_t own, int64_t *out)
{
	const char *text = strchr(name, ':') + 1;
	char *end = NULL;
	if (*text < '0' || *text > '9')
		return false;
	*out = strtoll(text, &end, 10);
	return *end == '\0' && *out != own;
}

static int compare_halves(mk_verify *v, const mk_leg_row *leg, const mk_transfer_row *own,
                          const mk_transfer_row *other, market_error *err)
{
	void **rows = NULL;
	size_t count = 0;
	const char *name = mk_arena_format(&v->inner, "interbook:%lld", (long long)v->book);
	if (!name)
		return mk_error_no_memory(err);
	int rc = mk_store_list(
		v->setup->store, &v->inner, &mk_leg_range, &mk_leg_row_record,
		MK_ARGS(mk_int(other->id.book), mk_int(other->first_leg_id), mk_int(other->last_leg_id)),
		&rows, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const mk_leg_row *half = rows[i];
		if (half->transfer_id == other->id.id && half->account_name &&
		    strcmp(half->account_name, name) == 0 &&
		    strcmp(half->account_currency, leg->account_currency) == 0 &&
		    half->debit == leg->credit && half->credit == leg->debit)
			return 0;
	}
	if (rc)
		return rc;
	return mk_verify_broken(
		v, mk_verify_place(v, "transfer %s of book %lld", own->client_id, (long long)v->book),
		"its other half in book %lld isn't equal and opposite", (long long)other->id.book);
}

static int in_transit(mk_verify *v, const mk_leg_row *leg, const mk_transfer_row *first)
{
	mk_verify_report *report = v->report;
	market_money amount = mk_money(leg->debit ? leg->debit : leg->credit, leg->account_currency);
	size_t i = 0;
	report->in_transit++;
	if (!report->in_transit_since || first->effective_at < report->in_transit_since)
		report->in_transit_since = first->effective_at;
	while (i < report->n_in_transit_amounts &&
	       !mk_money_same_currency(report->in_transit_amounts[i], amount))
		i++;
	if (i == MK_VERIFY_CURRENCIES)
		return 0;
	if (i == report->n_in_transit_amounts)
		report->in_transit_amounts[report->n_in_transit_amounts++] = mk_money_zero(amount);
	report->in_transit_amounts[i] = mk_money_add(report->in_transit_amounts[i], amount);
	return 0;
}
