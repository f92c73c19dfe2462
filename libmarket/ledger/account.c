/* Accounts as one operation sees them, and guards of their versions. */
#include <string.h>

#include "libmarket/ledger/internal.h"

static const mk_statement account_read = {
	.name = "account_read",
	.sql = "SELECT book_id, id, name, currency, account_class, flags, overdraft, debits_posted, "
		   "credits_posted, debits_pending, credits_pending, version FROM account WHERE book_id = "
		   "?1 AND name = ?2 AND currency = ?3",
};
static const mk_statement account_check = {
	.name = "account_check",
	.table = "account",
	.sql = "UPDATE account SET version = version WHERE book_id = ?1 AND id = ?2 AND version = ?3",
};

static void set_currency(mk_account *account, const char *currency);

bool mk_account_debit_normal(int32_t account_class)
{
	return account_class == MK_ACCOUNT_ASSET || account_class == MK_ACCOUNT_EXPENSE ||
	       account_class == MK_ACCOUNT_CONTROL;
}

market_money mk_account_balance(const mk_account *account)
{
	if (mk_account_debit_normal(account->account_class))
		return mk_money_sub(account->debits_posted, account->credits_posted);
	return mk_money_sub(account->credits_posted, account->debits_posted);
}

market_money mk_account_available(const mk_account *account)
{
	bool debit = mk_account_debit_normal(account->account_class);
	return mk_money_sub(mk_account_balance(account),
	                    debit ? account->credits_pending : account->debits_pending);
}

int mk_ledger_account(mk_ledger *ledger, int64_t book, const char *stem, const char *suffix,
                      const char *currency, const mk_account **out, market_error *err)
{
	const mk_chart_entry *chart = NULL;
	const char *text = NULL;
	mk_entry *entry = NULL;
	int fault = 0;
	const char *name =
		mk_chart_name(ledger->setup.arena, book, stem, suffix, &chart, &fault, &text);
	*out = NULL;
	if (!name && fault == MARKET_ENOMEM)
		return mk_error_no_memory(err);
	if (!name)
		return mk_error_set(err, fault, "account \"%s\" %s", stem, text);
	int rc = mk_entry_get(ledger, book, name, currency, chart, &entry, err);
	if (rc == 0 && entry->exists)
		*out = &entry->account;
	return rc;
}

int mk_ledger_balance(mk_ledger *ledger, int64_t book, const char *stem, const char *suffix,
                      const char *currency, market_money *out, market_error *err)
{
	const mk_account *account = NULL;
	int rc = mk_ledger_account(ledger, book, stem, suffix, currency, &account, err);
	if (rc == 0)
		*out = account ? mk_account_balance(account) : mk_money(0, currency);
	if (rc == 0 && mk_money_broken(*out))
		rc = mk_error_set(err, MARKET_ECORRUPT, "the sums of account %s of book %lld overflow",
		                  stem, (long long)book);
	return rc;
}

void mk_ledger_guard_version(mk_ledger *ledger, const mk_account *account)
{
	mk_entry *entry = (mk_entry *)(uintptr_t)account;
	if (!entry || entry->guard)
		return;
	entry->guard = true;
	entry->next_guard = ledger->guards;
	ledger->guards = entry;
}

int mk_ledger_guard_name(mk_ledger *ledger, int64_t book, const char *stem, const char *suffix,
                         const char *currency, market_error *err)
{
	const mk_account *account = NULL;
	int rc = mk_ledger_account(ledger, book, stem, suffix, currency, &account, err);
	if (rc == 0 && !account)
		rc = mk_ledger_open_account(ledger, book, stem, suffix, currency, err);
	else if (rc == 0)
		mk_ledger_guard_version(ledger, account);
	return rc;
}

const char *mk_ledger_book_suffix(mk_arena *arena, int64_t book)
{
	return mk_arena_format(arena, "%lld", (long long)book);
}

uint64_t mk_ledger_hash(int64_t book, const char *text, const char *more)
{
	uint64_t hash = UINT64_C(14695981039346656037) ^ (uint64_t)book;
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	for (; *more; more++)
		hash = (hash ^ (unsigned char)*more) * UINT64_C(1099511628211);
	return hash ^ (hash >> 32);
}

mk_entry *mk_entry_find(mk_ledger *ledger, int64_t book, const char *name, const char *currency,
                        const mk_chart_entry *chart, bool *met)
{
	mk_entry **bucket = &ledger->accounts[mk_ledger_hash(book, name, currency) % MK_LEDGER_BUCKETS];
	mk_entry *entry = *bucket;
	*met = true;
	for (; entry; entry = entry->next) {
		if (entry->account.id.book == book && strcmp(entry->account.name, name) == 0 &&
		    strcmp(entry->account.currency, currency) == 0)
			return entry;
	}
	*met = false;
	entry = MK_NEW(ledger->setup.arena, mk_entry);
	if (!entry)
		return NULL;
	entry->chart = chart;
	entry->account.id.book = book;
	entry->account.name = mk_arena_text(ledger->setup.arena, name);
	entry->account.account_class = (int32_t)chart->account_class;
	entry->account.flags = chart->flags;
	entry->account.currency = mk_arena_text(ledger->setup.arena, currency);
	if (!entry->account.name || !entry->account.currency)
		return NULL;
	set_currency(&entry->account, currency);
	entry->next = *bucket;
	*bucket = entry;
	return entry;
}

mk_query mk_entry_query(mk_ledger *ledger, const mk_entry *entry)
{
	mk_value *args = MK_NEW_ARRAY(ledger->setup.arena, mk_value, 3);
	if (args) {
		args[0] = mk_int(entry->account.id.book);
		args[1] = mk_text_value(entry->account.name);
		args[2] = mk_text_value(entry->account.currency);
	}
	return (mk_query){
		.statement = &account_read, .args = args, .n_args = 3, .record = &mk_account_record};
}

void mk_entry_load(mk_entry *entry, const mk_account *row)
{
	if (!row)
		return;
	entry->account = *row;
	entry->exists = true;
	entry->read_version = row->version;
}

int mk_entry_get(mk_ledger *ledger, int64_t book, const char *name, const char *currency,
                 const mk_chart_entry *chart, mk_entry **out, market_error *err)
{
	bool met = false;
	int rc = 0;
	mk_entry *entry = mk_entry_find(ledger, book, name, currency, chart, &met);
	if (!entry)
		return mk_error_no_memory(err);
	if (!met) {
		mk_query query = mk_entry_query(ledger, entry);
		rc = query.args ? mk_store_read(ledger->setup.store, ledger->setup.arena, &query, 1, err)
		                : mk_error_no_memory(err);
		if (rc == 0 && query.n_rows)
			mk_entry_load(entry, query.rows[0]);
	}
	*out = entry;
	return rc;
}

int mk_entry_check_guards(mk_ledger *ledger, mk_store *store, market_error *err)
{
	for (mk_entry *entry = ledger->guards; entry; entry = entry->next_guard) {
		if (entry->guarded || entry->read_version == 0)
			continue;
		int64_t count =
			mk_store_write(store, &account_check,
		                   MK_ARGS(mk_int(entry->account.id.book), mk_int(entry->account.id.id),
		                           mk_int(entry->read_version + entry->steps)),
		                   err);
		if (count < 0)
			return (int)count;
		if (count == 0)
			return MK_AGAIN;
	}
	return 0;
}

static void set_currency(mk_account *account, const char *currency)
{
	market_money zero = mk_money(0, currency);
	account->overdraft = zero;
	account->debits_posted = zero;
	account->credits_posted = zero;
	account->debits_pending = zero;
	account->credits_pending = zero;
}
