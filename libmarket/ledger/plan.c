/* From legs to steps of the plan: guarded updates of accounts, each followed by its leg. */
#include <string.h>

#include "libmarket/ledger/internal.h"

#define RANK_BASE 1000 /* behind the operation's own errors, in the order of the transfers */

static const mk_statement account_insert = {
	.name = "account_insert",
	.table = "account",
	.sql = "INSERT INTO account (book_id, id, name, currency, account_class, flags, overdraft, "
		   "debits_posted, credits_posted, debits_pending, credits_pending, version) VALUES (?1, "
		   "?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?10, 1) ON CONFLICT DO NOTHING",
};
#define APPLY \
	"UPDATE account SET debits_posted = debits_posted + ?3, credits_posted = credits_posted + " \
	"?4, debits_pending = debits_pending + ?5, credits_pending = credits_pending + ?6, version " \
	"= version + 1 WHERE book_id = ?1 AND id = ?2 AND (flags & ?7) = 0 AND (version = ?8 OR ?8 " \
	"= -1)"
static const mk_statement account_apply = {
	.name = "account_apply", .table = "account", .sql = APPLY};
/* LED-3: the limit is guarded by the update itself. ?9 is what is drawn, ?10 1 where the overdraft
 * counts. */
static const mk_statement account_draw_credit = {
	.name = "account_draw_credit",
	.table = "account",
	.sql = APPLY
	" AND ((flags & 1) = 0 OR credits_posted - debits_posted - debits_pending + overdraft * ?10 "
	">= ?9)",
};
static const mk_statement account_draw_debit = {
	.name = "account_draw_debit",
	.table = "account",
	.sql = APPLY
	" AND ((flags & 1) = 0 OR debits_posted - credits_posted - credits_pending + overdraft * ?10 "
	">= ?9)",
};
_Static_assert(MK_ACCOUNT_LIMIT == 1, "the statements name the flag");

static const mk_statement account_change = {
	.name = "account_change",
	.table = "account",
	.sql = "UPDATE account SET flags = ?4, overdraft = ?5, version = version + 1 WHERE book_id = "
		   "?1 AND id = ?2 AND version = ?3",
};
/* LED-5 */
static const mk_statement leg_insert = {
	.name = "leg_insert",
	.table = "leg",
	.sql = "INSERT INTO leg (book_id, id, transfer_id, account_id, version, debit, credit, "
		   "debit_held, credit_held, debits_posted, credits_posted, debits_pending, "
		   "credits_pending, flags, overdraft) SELECT book_id, ?3, ?4, id, version, ?5, ?6, ?7, "
		   "?8, debits_posted, credits_posted, debits_pending, credits_pending, flags, overdraft "
		   "FROM account WHERE book_id = ?1 AND id = ?2 ON CONFLICT DO NOTHING",
};

static int check_accounts(const mk_transfer *transfer, market_error *err);
static int check_funds(const mk_transfer *transfer, const mk_leg *leg, market_error *err);
static int check_sums(const mk_transfer *transfer, market_error *err);
static int64_t refused_flags(const mk_transfer *transfer, const mk_leg *leg);
static market_money drawn(const mk_transfer *transfer, const mk_leg *leg);
static void apply(mk_leg *leg);
static void plan_account(mk_ledger *ledger, const mk_transfer *transfer, mk_leg *leg);
static void plan_insert(mk_ledger *ledger, mk_entry *entry);
static void plan_update(mk_ledger *ledger, const mk_transfer *transfer, const mk_leg *leg);
static void plan_leg(mk_ledger *ledger, const mk_transfer *transfer, const mk_leg *leg);
static int plan_transfer(mk_ledger *ledger, mk_transfer *transfer, market_error *err);

int mk_post_plan(mk_ledger *ledger, mk_transfer *transfer, market_error *err)
{
	int rc = check_accounts(transfer, err);
	if (rc == 0)
		rc = check_sums(transfer, err);
	if (rc)
		return rc;
	transfer->id.id = ledger->setup.new_id(ledger->setup.user_data);
	for (size_t i = 0; i < transfer->n_legs; i++) {
		mk_leg *leg = &transfer->legs[i];
		apply(leg);
		plan_account(ledger, transfer, leg);
		leg->id = ledger->setup.new_id(ledger->setup.user_data);
		plan_leg(ledger, transfer, leg);
	}
	return plan_transfer(ledger, transfer, err);
}

int mk_ledger_open_account(mk_ledger *ledger, int64_t book, const char *stem, const char *suffix,
                           const char *currency, market_error *err)
{
	const char *text = NULL;
	int fault = 0;
	const mk_chart_entry *chart = NULL;
	bool met = false;
	const char *name =
		mk_chart_name(ledger->setup.arena, book, stem, suffix, &chart, &fault, &text);
	mk_entry *entry = name ? mk_entry_find(ledger, book, name, currency, chart, &met) : NULL;
	mk_transfer *transfer =
		entry ? mk_transfer_new(ledger, book, MK_TRANSFER_ACCOUNT, "open:%s:%s", name, currency)
			  : NULL;
	mk_leg *leg = transfer ? MK_NEW(ledger->setup.arena, mk_leg) : NULL;
	if (!leg)
		return mk_error_no_memory(err);
	market_money zero = mk_money(0, currency);
	*leg = (mk_leg){
		.entry = entry, .debit = zero, .credit = zero, .debit_held = zero, .credit_held = zero};
	transfer->legs = leg;
	transfer->n_legs = 1;
	transfer->overdraft = zero;
	int rc = mk_transfer_content(ledger, transfer, err);
	return rc ? rc : mk_post_plan(ledger, transfer, err);
}

int mk_plan_account_change(mk_ledger *ledger, mk_transfer *transfer, market_error *err)
{
	mk_leg *leg = &transfer->legs[0];
	mk_account *account = &leg->entry->account;
	mk_plan_add(ledger->setup.plan, MK_PHASE_LEDGER, &account_change, account->id,
	            MK_ARGS(mk_int(account->id.book), mk_int(account->id.id), mk_int(account->version),
	                    mk_int(transfer->flags), mk_money_value(transfer->overdraft)),
	            MK_RETRY);
	account->flags = transfer->flags;
	account->overdraft = transfer->overdraft;
	account->version++;
	leg->entry->steps++;
	leg->entry->guarded = true;
	transfer->id.id = ledger->setup.new_id(ledger->setup.user_data);
	leg->id = ledger->setup.new_id(ledger->setup.user_data);
	plan_leg(ledger, transfer, leg);
	return plan_transfer(ledger, transfer, err);
}

/* Closed is said before frozen, frozen before funds, whichever leg it is. */
static int check_accounts(const mk_transfer *transfer, market_error *err)
{
	for (size_t i = 0; i < transfer->n_legs; i++) {
		const mk_account *account = &transfer->legs[i].entry->account;
		if (account->flags & refused_flags(transfer, &transfer->legs[i]) & MK_ACCOUNT_CLOSED)
			return mk_transfer_error(transfer, err, MARKET_ECLOSED, "legs", "account %s is closed",
			                         account->name);
	}
	for (size_t i = 0; i < transfer->n_legs; i++) {
		const mk_account *account = &transfer->legs[i].entry->account;
		if (account->flags & refused_flags(transfer, &transfer->legs[i]))
			return mk_transfer_error(transfer, err, MARKET_EFROZEN, "legs", "account %s is frozen",
			                         account->name);
	}
	for (size_t i = 0; i < transfer->n_legs; i++) {
		int rc = check_funds(transfer, &transfer->legs[i], err);
		if (rc)
			return rc;
	}
	return 0;
}

static int check_funds(const mk_transfer *transfer, const mk_leg *leg, market_error *err)
{
	const mk_account *account = &leg->entry->account;
	market_money want = drawn(transfer, leg), have = mk_account_available(account);
	char wanted[MK_MONEY_TEXT_SIZE], available[MK_MONEY_TEXT_SIZE];
	if (!(account->flags & MK_ACCOUNT_LIMIT) || !mk_money_positive(want))
		return 0;
	if (transfer->kind != MK_TRANSFER_PENDING) /* LED-3: holds never draw overdraft */
		have = mk_money_add(have, account->overdraft);
	if (!mk_money_less(have, want))
		return 0;
	mk_money_format(want, wanted);
	mk_money_format(have, available);
	return mk_transfer_error(transfer, err, MARKET_EFUNDS, "legs",
	                         "account %s has %s %s available, not %s", account->name, available,
	                         account->currency, wanted);
}

static int check_sums(const mk_transfer *transfer, market_error *err)
{
	for (size_t i = 0; i < transfer->n_legs; i++) {
		const mk_leg *leg = &transfer->legs[i];
		const mk_account *account = &leg->entry->account;
		if (mk_money_broken(mk_money_add(account->debits_posted, leg->debit)) ||
		    mk_money_broken(mk_money_add(account->credits_posted, leg->credit)) ||
		    mk_money_broken(mk_money_add(account->debits_pending, leg->debit_held)) ||
		    mk_money_broken(mk_money_add(account->credits_pending, leg->credit_held)))
			return mk_transfer_error(transfer, err, MARKET_EOVERFLOW, "legs",
			                         "the sums of account %s overflow", account->name);
	}
	return 0;
}

/* The end of a hold that posts nothing frees money and is never refused. */
static int64_t refused_flags(const mk_transfer *transfer, const mk_leg *leg)
{
	bool debit_normal = mk_account_debit_normal(leg->entry->account.account_class);
	bool debit = mk_money_positive(leg->debit) || mk_money_positive(leg->debit_held);
	bool credit = mk_money_positive(leg->credit) || mk_money_positive(leg->credit_held);
	if (transfer->kind == MK_TRANSFER_VOID || transfer->kind == MK_TRANSFER_EXPIRE)
		return 0;
	if (!debit && !credit)
		return MK_ACCOUNT_CLOSED;
	return MK_ACCOUNT_CLOSED |
	       (debit == debit_normal ? MK_ACCOUNT_FROZEN_IN : MK_ACCOUNT_FROZEN_OUT);
}

/* What a leg takes out of its account that no hold has set aside before. */
static market_money drawn(const mk_transfer *transfer, const mk_leg *leg)
{
	bool debit_normal = mk_account_debit_normal(leg->entry->account.account_class);
	if (transfer->kind == MK_TRANSFER_PENDING)
		return debit_normal ? leg->credit_held : leg->debit_held;
	if (transfer->kind == MK_TRANSFER_DIRECT || transfer->kind == MK_TRANSFER_REVERSAL)
		return debit_normal ? leg->credit : leg->debit;
	return mk_money_zero(leg->debit);
}

static void apply(mk_leg *leg)
{
	mk_account *account = &leg->entry->account;
	account->debits_posted = mk_money_add(account->debits_posted, leg->debit);
	account->credits_posted = mk_money_add(account->credits_posted, leg->credit);
	account->debits_pending = mk_money_add(account->debits_pending, leg->debit_held);
	account->credits_pending = mk_money_add(account->credits_pending, leg->credit_held);
	account->version++;
}

static void plan_account(mk_ledger *ledger, const mk_transfer *transfer, mk_leg *leg)
{
	if (leg->entry->exists)
		plan_update(ledger, transfer, leg);
	else
		plan_insert(ledger, leg->entry);
	leg->entry->exists = true;
	leg->entry->steps++;
}

/* A new account is written once, with its first leg's sums. */
static void plan_insert(mk_ledger *ledger, mk_entry *entry)
{
	mk_account *account = &entry->account;
	account->id.id = ledger->setup.new_id(ledger->setup.user_data);
	mk_plan_add(
		ledger->setup.plan, MK_PHASE_LEDGER, &account_insert, account->id,
		MK_ARGS(mk_int(account->id.book), mk_int(account->id.id), mk_text_value(account->name),
	            mk_text_value(account->currency), mk_int(account->account_class),
	            mk_int(account->flags), mk_money_value(account->debits_posted),
	            mk_money_value(account->credits_posted), mk_money_value(account->debits_pending),
	            mk_money_value(account->credits_pending)),
		MK_RETRY);
	entry->guarded = true;
}

static void plan_update(mk_ledger *ledger, const mk_transfer *transfer, const mk_leg *leg)
{
	mk_entry *entry = leg->entry;
	const mk_account *account = &entry->account;
	market_money want = drawn(transfer, leg);
	bool limited = mk_money_positive(want) && (account->flags & MK_ACCOUNT_LIMIT);
	bool first = entry->guard && !entry->guarded && entry->steps == 0;
	const mk_statement *statement = &account_apply;
	mk_miss miss = MK_RETRY;
	const mk_value args[] = {mk_int(account->id.book),
	                         mk_int(account->id.id),
	                         mk_money_value(leg->debit),
	                         mk_money_value(leg->credit),
	                         mk_money_value(leg->debit_held),
	                         mk_money_value(leg->credit_held),
	                         mk_int(refused_flags(transfer, leg)),
	                         mk_int(first ? entry->read_version : -1),
	                         mk_money_value(want),
	                         mk_int(transfer->kind != MK_TRANSFER_PENDING)};
	if (limited)
		statement = mk_account_debit_normal(account->account_class) ? &account_draw_debit
		                                                            : &account_draw_credit;
	if (limited && !first) {
		miss.code = MARKET_EFUNDS;
		miss.rank = RANK_BASE + (int)ledger->n_transfers;
		miss.field = transfer->field ? transfer->field : "legs";
		miss.message = mk_arena_join(ledger->setup.arena,
		                             MK_TEXTS("account ", account->name, " no longer covers it"));
	}
	entry->guarded = entry->guarded || first;
	mk_plan_add(ledger->setup.plan, MK_PHASE_LEDGER, statement, account->id, args, limited ? 10 : 8,
	            miss);
}

static void plan_leg(mk_ledger *ledger, const mk_transfer *transfer, const mk_leg *leg)
{
	market_id account = leg->entry->account.id;
	mk_plan_add(ledger->setup.plan, MK_PHASE_LEDGER, &leg_insert, account,
	            MK_ARGS(mk_int(account.book), mk_int(account.id), mk_int(leg->id),
	                    mk_int(transfer->id.id), mk_money_value(leg->debit),
	                    mk_money_value(leg->credit), mk_money_value(leg->debit_held),
	                    mk_money_value(leg->credit_held)),
	            MK_RETRY);
}

/* Where sealing is the flush's last step it inserts the transfer itself, with its position. */
static int plan_transfer(mk_ledger *ledger, mk_transfer *transfer, market_error *err)
{
	if (!ledger->setup.seal_now) {
		mk_value args[MK_TRANSFER_ARGS + 1];
		mk_transfer_bind(ledger, transfer, args);
		args[MK_TRANSFER_ARGS] = mk_null_int();
		mk_plan_add(ledger->setup.plan, MK_PHASE_INSERT, &mk_transfer_insert, transfer->id, args,
		            MK_TRANSFER_ARGS + 1, MK_RETRY);
	}
	mk_ledger_remember(ledger, transfer);
	return ledger->setup.arena->failed ? mk_error_no_memory(err) : 0;
}
