/* Changes of an account's flags and overdraft: a transfer of one leg without an amount, so that
 * they are part of the account's chain and are sealed. */
#include "libmarket/ledger/internal.h"

#define CHANGEABLE (MK_ACCOUNT_FROZEN_IN | MK_ACCOUNT_FROZEN_OUT | MK_ACCOUNT_CLOSED)

static const mk_statement account_by_id = {
	.name = "account_by_id",
	.sql = "SELECT book_id, id, name, currency, account_class, flags, overdraft, debits_posted, "
		   "credits_posted, debits_pending, credits_pending, version FROM account WHERE book_id = "
		   "?1 AND id = ?2",
};

static int load(mk_ledger *ledger, market_id id, mk_entry **out, market_error *err);
static int make_transfer(mk_ledger *ledger, const mk_account_change *change, mk_entry *entry,
                         mk_transfer **out, market_error *err);
static int check_change(const mk_account *account, const mk_transfer *change, market_error *err);

int mk_ledger_account_change(mk_ledger *ledger, const mk_account_change *change,
                             market_id *transfer, market_error *err)
{
	mk_entry *entry = NULL;
	mk_transfer *made = NULL;
	if (!ledger->setup.plan)
		return mk_error_set(err, MARKET_EINTERNAL, "an account can't be changed here");
	int rc = load(ledger, change->account, &entry, err);
	if (rc == 0)
		rc = make_transfer(ledger, change, entry, &made, err);
	if (rc == 0)
		rc = mk_post_earlier(ledger, made, err);
	if (rc)
		return rc;
	if (!made->replayed) {
		rc = check_change(&entry->account, made, err);
		if (rc == 0)
			rc = mk_plan_account_change(ledger, made, err);
	}
	if (rc == 0 && transfer)
		*transfer = made->id;
	return rc;
}

static int load(mk_ledger *ledger, market_id id, mk_entry **out, market_error *err)
{
	void *row = NULL;
	int rc = mk_store_get(ledger->setup.store, ledger->setup.arena, &account_by_id,
	                      &mk_account_record, MK_ARGS(mk_int(id.book), mk_int(id.id)), &row, err);
	if (rc)
		return rc;
	if (!row)
		return mk_error_at(err, MARKET_ENOTFOUND, "account", "there is no such account");
	const mk_account *account = row;
	const mk_chart_entry *chart = mk_chart_find(account->name);
	if (!chart)
		return mk_error_set(err, MARKET_ECORRUPT, "account %s isn't of the chart", account->name);
	return mk_entry_get(ledger, id.book, account->name, account->currency, chart, out, err);
}

static int make_transfer(mk_ledger *ledger, const mk_account_change *change, mk_entry *entry,
                         mk_transfer **out, market_error *err)
{
	const mk_account *account = &entry->account;
	market_money zero = mk_money_zero(account->debits_posted);
	mk_transfer *made =
		mk_transfer_new(ledger, account->id.book, MK_TRANSFER_ACCOUNT, "%s", change->client_id);
	mk_leg *leg = made ? MK_NEW(ledger->setup.arena, mk_leg) : NULL;
	if (!leg)
		return mk_error_no_memory(err);
	*leg = (mk_leg){
		.entry = entry, .debit = zero, .credit = zero, .debit_held = zero, .credit_held = zero};
	made->legs = leg;
	made->n_legs = 1;
	made->change = change;
	made->flags = (account->flags | (change->set & CHANGEABLE)) & ~(change->clear & CHANGEABLE);
	made->overdraft = change->overdraft.currency[0] ? change->overdraft : account->overdraft;
	mk_transfer_set_reason(made, change->reason);
	*out = made;
	return mk_transfer_content(ledger, made, err);
}

static int check_change(const mk_account *account, const mk_transfer *change, market_error *err)
{
	market_money overdraft = change->overdraft,
				 after = mk_money_add(mk_account_available(account), overdraft);
	if (account->flags & MK_ACCOUNT_CLOSED)
		return mk_error_at(err, MARKET_ECLOSED, "account", "account %s is closed", account->name);
	if (!mk_money_same_currency(overdraft, account->debits_posted))
		return mk_error_at(err, MARKET_ECURRENCY, "overdraft", "account %s is in %s", account->name,
		                   account->currency);
	if (mk_money_broken(overdraft) || mk_money_negative(overdraft))
		return mk_error_at(err, MARKET_EINVALID, "overdraft", "an overdraft isn't negative");
	if (mk_money_positive(overdraft) && !(change->flags & MK_ACCOUNT_LIMIT))
		return mk_error_at(err, MARKET_EINVALID, "overdraft", "account %s has no limit",
		                   account->name);
	if ((change->flags & MK_ACCOUNT_CLOSED) &&
	    (!mk_money_is_zero(mk_account_balance(account)) ||
	     !mk_money_is_zero(account->debits_pending) || !mk_money_is_zero(account->credits_pending)))
		return mk_error_at(err, MARKET_ESTATE, "closed", "account %s has a balance or a hold",
		                   account->name);
	if ((change->flags & MK_ACCOUNT_LIMIT) && mk_money_negative(after))
		return mk_error_at(err, MARKET_EFUNDS, "overdraft", "account %s has drawn more than that",
		                   account->name);
	return 0;
}
