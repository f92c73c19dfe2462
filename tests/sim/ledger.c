/* LED, ACC: accounts as two sums each, and what of a transfer a statement shows. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"

static sim_account *account_of(sim *s, int64_t book, const char *name);
static void pay_receivable(sim *s, sim_transfer *t);
static void note_entry(sim *s, const sim_transfer *t);
static void note_debt(sim *s, const sim_transfer *t);
static int64_t *leg_of(sim_transfer *t, const char *name);

sim_transfer sim_begin(int64_t book, market_time at)
{
	return (sim_transfer){.book = book, .at = at};
}

void sim_debit(sim_transfer *t, const char *stem, const char *suffix, int64_t amount)
{
	char name[64];

	if (!t || amount == 0)
		return;
	snprintf(name, sizeof(name), "%s%s%s", stem, suffix ? ":" : "", suffix ? suffix : "");
	*leg_of(t, name) += amount;
}

void sim_credit(sim_transfer *t, const char *stem, const char *suffix, int64_t amount)
{
	sim_debit(t, stem, suffix, -amount);
}

void sim_post(sim *s, sim_transfer *t)
{
	int64_t sum = 0;

	pay_receivable(s, t);
	for (size_t i = 0; i < t->n; i++)
		sum += t->legs[i].debit;
	if (sum != 0)
		sim_fail(s, "the model posts a transfer that isn't balanced, by %lld", (long long)sum);
	for (size_t i = 0; i < t->n; i++) {
		sim_account *account;

		if (t->legs[i].debit == 0)
			continue;
		account = account_of(s, t->book, t->legs[i].name);
		if (t->legs[i].debit > 0)
			account->debit += t->legs[i].debit;
		else
			account->credit -= t->legs[i].debit;
	}
	note_entry(s, t);
	note_debt(s, t);
}

int64_t sim_account_sum(const sim *s, int64_t book, const char *name)
{
	for (size_t i = 0; i < s->accounts.n; i++)
		if (s->accounts.at[i].book == book && strcmp(s->accounts.at[i].name, name) == 0)
			return s->accounts.at[i].debit - s->accounts.at[i].credit;
	return 0;
}

int64_t sim_held(const sim *s, int64_t book, const char *name)
{
	return -sim_account_sum(s, book, name);
}

int64_t sim_pending(const sim *s, int64_t book, const char *name)
{
	for (size_t i = 0; i < s->accounts.n; i++)
		if (s->accounts.at[i].book == book && strcmp(s->accounts.at[i].name, name) == 0)
			return s->accounts.at[i].held_debit;
	return 0;
}

void sim_hold(sim *s, int64_t book, const char *name, int64_t debit, int64_t credit)
{
	sim_account *account = account_of(s, book, name);

	account->held_debit += debit;
	account->held_credit += credit;
}

void sim_take_back(sim *s, int64_t book, const char *debit, const char *credit, int64_t amount)
{
	account_of(s, book, debit)->debit -= amount;
	account_of(s, book, credit)->credit -= amount;
}

const char *sim_order_text(const sim *s, size_t order)
{
	static char text[MARKET_ID_TEXT_SIZE];

	market_id_format(MARKET_ID_ORDER, s->orders.at[order].id, text);
	return text;
}

static sim_account *account_of(sim *s, int64_t book, const char *name)
{
	size_t i;

	for (i = 0; i < s->accounts.n; i++)
		if (s->accounts.at[i].book == book && strcmp(s->accounts.at[i].name, name) == 0)
			return &s->accounts.at[i];
	i = SIM_ADD(s->accounts);
	s->accounts.at[i].book = book;
	snprintf(s->accounts.at[i].name, sizeof(s->accounts.at[i].name), "%s", name);
	return &s->accounts.at[i];
}

/* ACC-3: what credits seller_available pays the receivable first, in the same transfer. */
static void pay_receivable(sim *s, sim_transfer *t)
{
	int64_t owed = sim_account_sum(s, t->book, "seller_receivable");
	int64_t credit = 0, paid;

	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->legs[i].name, "seller_available") == 0)
			credit -= t->legs[i].debit;
	if (credit <= 0 || owed <= 0)
		return;
	paid = credit < owed ? credit : owed;
	sim_debit(t, "seller_available", NULL, paid);
	sim_credit(t, "seller_receivable", NULL, paid);
}

/* SET-4: one line a transfer that touches what the seller has. */
static void note_entry(sim *s, const sim_transfer *t)
{
	static const char *const names[] = {"seller_pending",    "seller_reserved",
	                                    "seller_available",  "payout_in_transit",
	                                    "seller_receivable", "seller_deposit"};
	sim_entry entry = {.book = t->book, .at = t->at};
	bool any = false;

	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; k < 6; k++)
			if (t->legs[i].debit != 0 && strcmp(t->legs[i].name, names[k]) == 0) {
				entry.change[k] = k == 4 ? t->legs[i].debit : -t->legs[i].debit;
				any = true;
			}
	if (any)
		*SIM_NEW(s->entries) = entry;
}

/* LED-10: since when something is owed without a break. */
static void note_debt(sim *s, const sim_transfer *t)
{
	for (size_t i = 0; i < s->sellers.n; i++) {
		sim_seller *seller = &s->sellers.at[i];

		if (seller->id.id != t->book)
			continue;
		if (sim_account_sum(s, t->book, "seller_receivable") <= 0)
			seller->owes_since = 0;
		else if (seller->owes_since == 0)
			seller->owes_since = t->at;
	}
}

static int64_t *leg_of(sim_transfer *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->legs[i].name, name) == 0)
			return &t->legs[i].debit;
	snprintf(t->legs[t->n].name, sizeof(t->legs[0].name), "%s", name);
	t->legs[t->n].debit = 0;
	return &t->legs[t->n++].debit;
}
