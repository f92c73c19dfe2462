/* The chain of each account: every leg follows the one before, and the last is the account's own
 * row. Walked where verify_chain.c has found that one doesn't close, to name the place. */
#include <stdio.h>
#include <string.h>

#include "libmarket/ledger/verify.h"

/* A leg with the whole of its account and the range of its transfer. */
typedef struct chain_row {
	mk_leg_row leg;
	int64_t first_leg_id, last_leg_id; /* −1: its transfer is absent */
	int64_t a_flags, a_overdraft, a_version;
	int64_t a_debits_posted, a_credits_posted, a_debits_pending, a_credits_pending;
} chain_row;

#define R chain_row
#define L(m, s) \
	{ \
		.name = #m, .summary = (s), .kind = MK_INT, .offset = (uint32_t)offsetof(R, leg.m) \
	}
static const mk_field chain_fields[] = {
	{.name = "id",
     .summary = "the leg",
     .kind = MK_ID,
     .id_kind = MARKET_ID_LEG,
     .offset = (uint32_t)offsetof(R, leg.id)},
	L(transfer_id, "its transfer"),
	L(account_id, "its account"),
	L(version, "of the account after it"),
	L(debit, "posted"),
	L(credit, "posted"),
	L(debit_held, "held"),
	L(credit_held, "held"),
	L(debits_posted, "after it"),
	L(credits_posted, "after it"),
	L(debits_pending, "after it"),
	L(credits_pending, "after it"),
	L(flags, "after it"),
	L(overdraft, "after it"),
	{.name = "account_name",
     .summary = "name",
     .kind = MK_TEXT,
     .offset = (uint32_t)offsetof(R, leg.account_name)},
	{.name = "account_currency",
     .summary = "currency",
     .kind = MK_TEXT,
     .offset = (uint32_t)offsetof(R, leg.account_currency)},
	L(account_class, "class"),
	MK_F_INT(R, first_leg_id, 0, 0, 0, "of the transfer"),
	MK_F_INT(R, last_leg_id, 0, 0, 0, "of the transfer"),
	MK_F_INT(R, a_flags, 0, 0, 0, "of the account"),
	MK_F_INT(R, a_overdraft, 0, 0, 0, "of the account"),
	MK_F_INT(R, a_version, 0, 0, 0, "of the account"),
	MK_F_INT(R, a_debits_posted, 0, 0, 0, "of the account"),
	MK_F_INT(R, a_credits_posted, 0, 0, 0, "of the account"),
	MK_F_INT(R, a_debits_pending, 0, 0, 0, "of the account"),
	MK_F_INT(R, a_credits_pending, 0, 0, 0, "of the account"),
};
static const mk_record chain_record =
	MK_RECORD_OF("chain_row", chain_row, chain_fields, "a leg with its account");
#undef L
#undef R

static const mk_statement chain_page = {
	.name = "verify_chain",
	.sql = "SELECT " MK_LEG_COLUMNS ", COALESCE(t.first_leg_id, -1) AS first_leg_id, "
		   "COALESCE(t.last_leg_id, -1) AS last_leg_id, "
		   "COALESCE(a.flags, 0) AS a_flags, COALESCE(a.overdraft, 0) AS "
		   "a_overdraft, COALESCE(a.version, -1) AS a_version, "
		   "COALESCE(a.debits_posted, 0) AS a_debits_posted, "
		   "COALESCE(a.credits_posted, 0) AS a_credits_posted, "
		   "COALESCE(a.debits_pending, 0) AS a_debits_pending, "
		   "COALESCE(a.credits_pending, 0) AS a_credits_pending FROM leg "
		   "l " MK_LEG_ACCOUNT
		   " LEFT JOIN transfer t ON t.book_id = l.book_id AND t.id = l.transfer_id WHERE "
		   "l.book_id = ?1 AND (l.account_id, l.version) > (?2, ?3) ORDER BY l.account_id, "
		   "l.version LIMIT ?4",
};
static const mk_statement account_without_legs = {
	.name = "verify_empty_account",
	.sql = "SELECT a.book_id, a.id, a.name, a.currency, a.account_class, a.flags, a.overdraft, "
		   "a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending, a.version "
		   "FROM account a WHERE a.book_id = ?1 AND NOT EXISTS (SELECT 1 FROM leg l WHERE "
		   "l.book_id = a.book_id AND l.account_id = a.id) ORDER BY a.id "
		   "LIMIT 1",
};

/* Where the walk stands. The texts of `last` are gone with their page, but for the name. */
typedef struct chain {
	chain_row last;
	char name[200];
	int64_t legs;
} chain;

static int check_leg(mk_verify *v, chain *at, const chain_row *row);
static int check_link(mk_verify *v, const chain_row *row, const mk_leg_row *before);
static bool follows(int64_t before, int64_t change, int64_t after);
static int check_last(mk_verify *v, const chain *at);
static int check_empty(mk_verify *v, market_error *err);

int mk_verify_accounts(mk_verify *v, market_error *err)
{
	chain at = {.last = {.leg = {.account_id = MK_LOWEST, .version = MK_LOWEST}}};
	size_t count = MK_VERIFY_PAGE;
	int rc = 0;
	while (rc == 0 && count == MK_VERIFY_PAGE) {
		void **rows = NULL;
		mk_arena_reset(&v->page);
		mk_verify_reading(v, "leg", "after the leg", at.legs ? at.last.leg.id.id : MK_LOWEST);
		rc = mk_store_list(v->setup->store, &v->page, &chain_page, &chain_record,
		                   MK_ARGS(mk_int(v->book), mk_int(at.last.leg.account_id),
		                           mk_int(at.last.leg.version), mk_int(MK_VERIFY_PAGE)),
		                   &rows, &count, err);
		for (size_t i = 0; rc == 0 && i < count; i++)
			rc = check_leg(v, &at, rows[i]);
	}
	if (rc == 0 && at.legs)
		rc = check_last(v, &at);
	if (rc)
		return rc;
	v->report->legs += at.legs;
	if (at.legs != v->legs_of_transfers)
		return mk_verify_broken(v, mk_verify_place(v, "book %lld", (long long)v->book),
		                        "%lld legs are in its transfers, %lld in its accounts",
		                        (long long)v->legs_of_transfers, (long long)at.legs);
	return check_empty(v, err);
}

/* LED-5 */
const char *mk_verify_step(const mk_leg_row *before, const mk_leg_row *leg)
{
	if (leg->version != before->version + 1)
		return "a version is missing before it";
	if (!follows(before->debits_posted, leg->debit, leg->debits_posted) ||
	    !follows(before->credits_posted, leg->credit, leg->credits_posted) ||
	    !follows(before->debits_pending, leg->debit_held, leg->debits_pending) ||
	    !follows(before->credits_pending, leg->credit_held, leg->credits_pending))
		return "the balances after it don't follow";
	if (leg->debits_pending < 0 || leg->credits_pending < 0)
		return "more was freed than was held";
	if (mk_leg_moves(leg) && (leg->flags != before->flags || leg->overdraft != before->overdraft))
		return "flags or overdraft changed without a record of it";
	return NULL;
}

/* LED-3 */
const char *mk_verify_limit(const mk_leg_row *leg)
{
	bool debit_normal = mk_account_debit_normal((int32_t)leg->account_class);
	int64_t balance = 0, available = 0, floor = 0;
	int64_t in = debit_normal ? leg->debits_posted : leg->credits_posted;
	int64_t out = debit_normal ? leg->credits_posted : leg->debits_posted;
	int64_t held = debit_normal ? leg->credits_pending : leg->debits_pending;
	bool holds = (debit_normal ? leg->credit_held : leg->debit_held) > 0;
	if (leg->overdraft < 0)
		return "the overdraft is negative";
	if (!(leg->flags & MK_ACCOUNT_LIMIT))
		return NULL;
	if (__builtin_sub_overflow(in, out, &balance) ||
	    __builtin_sub_overflow(balance, held, &available) ||
	    __builtin_sub_overflow(INT64_C(0), leg->overdraft, &floor))
		return "the balance overflows";
	if (available < (holds ? 0 : floor))
		return holds ? "a hold draws overdraft" : "the account is overdrawn";
	return NULL;
}

bool mk_leg_moves(const mk_leg_row *leg)
{
	return leg->debit || leg->credit || leg->debit_held || leg->credit_held;
}

static int check_leg(mk_verify *v, chain *at, const chain_row *row)
{
	bool goes_on = at->legs && row->leg.account_id == at->last.leg.account_id;
	int rc = at->legs && !goes_on ? check_last(v, at) : 0;
	if (rc == 0)
		rc = check_link(v, row, goes_on ? &at->last.leg : NULL);
	if (rc)
		return rc;
	at->last = *row;
	at->legs++;
	snprintf(at->name, sizeof(at->name), "%s", row->leg.account_name);
	return 0;
}

static int check_link(mk_verify *v, const chain_row *row, const mk_leg_row *before)
{
	static const mk_leg_row nothing;
	const mk_leg_row *leg = &row->leg;
	const char *problem = NULL;
	if (!leg->account_name)
		return mk_verify_broken(
			v,
			mk_verify_place(v, "leg %lld of book %lld", (long long)leg->id.id, (long long)v->book),
			"its account is absent");
	if (leg->id.id < row->first_leg_id || leg->id.id > row->last_leg_id || row->first_leg_id < 0)
		problem = "its transfer is absent or doesn't know it";
	const mk_chart_entry *chart = mk_chart_find(leg->account_name);
	mk_leg_row first = nothing;
	first.flags = chart ? (int64_t)chart->flags : 0;
	if (!problem)
		problem = mk_verify_step(before ? before : &first, leg);
	if (!problem)
		problem = mk_verify_limit(leg);
	if (!problem)
		return 0;
	return mk_verify_broken(v,
	                        mk_verify_place(v, "leg %lld, version %lld of account %s of book %lld",
	                                        (long long)leg->id.id, (long long)leg->version,
	                                        leg->account_name, (long long)v->book),
	                        "%s", problem);
}

static bool follows(int64_t before, int64_t change, int64_t after)
{
	int64_t sum = 0;
	return !__builtin_add_overflow(before, change, &sum) && sum == after;
}

static int check_last(mk_verify *v, const chain *at)
{
	const chain_row *row = &at->last;
	const mk_leg_row *leg = &row->leg;
	v->report->accounts++;
	if (row->a_version == leg->version && row->a_flags == leg->flags &&
	    row->a_overdraft == leg->overdraft && row->a_debits_posted == leg->debits_posted &&
	    row->a_credits_posted == leg->credits_posted &&
	    row->a_debits_pending == leg->debits_pending &&
	    row->a_credits_pending == leg->credits_pending)
		return 0;
	return mk_verify_broken(
		v, mk_verify_place(v, "account %s of book %lld", at->name, (long long)v->book),
		"it differs from its last leg");
}

static int check_empty(mk_verify *v, market_error *err)
{
	void *found = NULL;
	mk_arena_reset(&v->inner);
	mk_verify_reading(v, "account", NULL, 0);
	int rc = mk_store_get(v->setup->store, &v->inner, &account_without_legs, &mk_account_record,
	                      MK_ARGS(mk_int(v->book)), &found, err);
	if (rc == 0 && found)
		rc =
			mk_verify_broken(v,
		                     mk_verify_place(v, "account %s of book %lld",
		                                     ((const mk_account *)found)->name, (long long)v->book),
		                     "it has no legs");
	return rc;
}
