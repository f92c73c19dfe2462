/* ACC-3: what credits an account pays the debt of its owner first, whoever posts it. What was asked
 * for stays the transfer's content; its legs say what was done. */
#include "libmarket/base/limits.h"
#include "libmarket/ledger/internal.h"

static int pay(mk_ledger *ledger, mk_transfer *transfer, size_t from, market_error *err);
static mk_leg *leg_of(mk_transfer *transfer, const mk_entry *debt);
static void drop_empty(mk_transfer *transfer);

int mk_debt_pay(mk_ledger *ledger, mk_transfer *transfer, market_error *err)
{
	size_t asked = transfer->n_legs;
	for (size_t i = 0; i < asked; i++) {
		const mk_leg *leg = &transfer->legs[i];
		if (!leg->entry->chart->pays)
			continue;
		/* How much is owed is only known when it is posted, and a hold posts what it held. */
		if (transfer->kind == MK_TRANSFER_PENDING && mk_money_positive(leg->credit_held))
			return mk_transfer_error(transfer, err, MARKET_EINVALID, "legs",
			                         "a hold can't credit account %s", leg->entry->account.name);
		if (transfer->kind == MK_TRANSFER_POST || !mk_money_positive(leg->credit))
			continue;
		int rc = pay(ledger, transfer, i, err);
		if (rc)
			return rc;
	}
	drop_empty(transfer);
	if (transfer->n_legs < 2)
		return mk_transfer_error(transfer, err, MARKET_EINVALID, "legs",
		                         "transfer \"%s\" pays the debt that it makes",
		                         transfer->client_id);
	if (transfer->n_legs > MK_MAX_LEGS)
		return mk_transfer_error(transfer, err, MARKET_ELIMIT, "legs",
		                         "transfer \"%s\" has more than %d legs with the debt that it pays",
		                         transfer->client_id, MK_MAX_LEGS);
	return 0;
}

/* The amount is chosen from the debt's balance, so the flush guards its version. An absent one is
 * opened: of two operations that both find it absent one runs again. */
static int pay(mk_ledger *ledger, mk_transfer *transfer, size_t from, market_error *err)
{
	mk_leg *leg = &transfer->legs[from];
	const char *currency = leg->credit.currency, *stem = leg->entry->chart->pays;
	mk_entry *debt = NULL;
	int rc =
		mk_entry_get(ledger, transfer->id.book, stem, currency, mk_chart_find(stem), &debt, err);
	if (rc)
		return rc;
	mk_leg *own = leg_of(transfer, debt);
	market_money owed = mk_account_balance(&debt->account);
	if (own)
		owed = mk_money_add(owed, mk_money_sub(own->debit, own->credit));
	if (!own && !debt->exists)
		return mk_ledger_open_account(ledger, transfer->id.book, stem, NULL, currency, err);
	mk_ledger_guard_version(ledger, &debt->account);
	market_money zero = mk_money_zero(owed), paid = mk_money_clamp(owed, zero, leg->credit);
	if (!mk_money_positive(paid))
		return 0;
	if (!own) {
		own = &transfer->legs[transfer->n_legs++];
		*own = (mk_leg){
			.entry = debt, .debit = zero, .credit = zero, .debit_held = zero, .credit_held = zero};
	}
	market_money net = mk_money_sub(mk_money_sub(own->debit, own->credit), paid);
	own->debit = mk_money_max(net, zero);
	own->credit = mk_money_max(mk_money_neg(net), zero);
	leg->credit = mk_money_sub(leg->credit, paid);
	return 0;
}

static mk_leg *leg_of(mk_transfer *transfer, const mk_entry *debt)
{
	for (size_t i = 0; i < transfer->n_legs; i++) {
		if (transfer->legs[i].entry == debt)
			return &transfer->legs[i];
	}
	return NULL;
}

static void drop_empty(mk_transfer *transfer)
{
	size_t kept = 0;
	for (size_t i = 0; i < transfer->n_legs; i++) {
		const mk_leg *leg = &transfer->legs[i];
		if (mk_money_is_zero(leg->debit) && mk_money_is_zero(leg->credit) &&
		    mk_money_is_zero(leg->debit_held) && mk_money_is_zero(leg->credit_held))
			continue;
		transfer->legs[kept++] = *leg;
	}
	transfer->n_legs = kept;
}
