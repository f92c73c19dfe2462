/* The legs of transfers, with the accounts that they are of. */
#include <string.h>

#include "libmarket/base/limits.h"
#include "libmarket/ledger/verify.h"

/* Transfers or accounts that one statement asks for; where fewer are left, by ids of 0. */
#define ASKED 32
#define BY_PAGE ((MK_VERIFY_PAGE + ASKED - 1) / ASKED)

static const mk_statement legs_of = {
	.name = "verify_legs",
	.sql = "SELECT " MK_LEG_OWN_COLUMNS " FROM (VALUES "
		   "(CAST(?2 AS BIGINT), CAST(?3 AS BIGINT), CAST(?4 AS BIGINT)), "
		   "(?5, ?6, ?7), (?8, ?9, ?10), (?11, ?12, ?13), (?14, ?15, ?16), (?17, ?18, ?19), "
		   "(?20, ?21, ?22), (?23, ?24, ?25), (?26, ?27, ?28), (?29, ?30, ?31), (?32, ?33, ?34), "
		   "(?35, ?36, ?37), (?38, ?39, ?40), (?41, ?42, ?43), (?44, ?45, ?46), (?47, ?48, ?49), "
		   "(?50, ?51, ?52), (?53, ?54, ?55), (?56, ?57, ?58), (?59, ?60, ?61), (?62, ?63, ?64), "
		   "(?65, ?66, ?67), (?68, ?69, ?70), (?71, ?72, ?73), (?74, ?75, ?76), (?77, ?78, ?79), "
		   "(?80, ?81, ?82), (?83, ?84, ?85), (?86, ?87, ?88), (?89, ?90, ?91), (?92, ?93, ?94), "
		   "(?95, ?96, ?97)"
		   ") r CROSS JOIN leg l {by_key} WHERE r.column1 <> 0 AND l.book_id = ?1 AND l.id >= "
		   "r.column2 AND l.id <= r.column3 AND l.transfer_id = r.column1",
};
static const mk_statement accounts_of = {
	.name = "verify_owners",
	.sql = "SELECT a.id AS id, a.name AS name, a.currency AS currency, a.account_class AS "
		   "account_class, a.version AS version, a.debits_posted AS debits_posted, "
		   "a.credits_posted AS credits_posted, a.debits_pending AS debits_pending, "
		   "a.credits_pending AS credits_pending, a.flags AS flags, a.overdraft AS overdraft FROM "
		   "(VALUES (CAST(?2 AS BIGINT)), "
		   "(?3), (?4), (?5), (?6), (?7), (?8), (?9), (?10), (?11), (?12), (?13), "
		   "(?14), (?15), (?16), (?17), (?18), (?19), (?20), (?21), (?22), (?23), (?24), "
		   "(?25), (?26), (?27), (?28), (?29), (?30), (?31), (?32), (?33)"
		   ") r CROSS JOIN account a WHERE r.column1 <> 0 AND a.book_id = ?1 AND a.id = r.column1",
};

#define R mk_page_leg
#define L(m, s) \
	{ \
		.name = #m, .summary = (s), .kind = MK_INT, .offset = (uint32_t)offsetof(R, row.m) \
	}
static const mk_field leg_fields[] = {
	{.name = "id",
     .summary = "the leg",
     .kind = MK_INT,
     .offset = (uint32_t)offsetof(R, row.id.id)},
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
};
#undef L
#undef R
static const mk_record leg_record =
	MK_RECORD_OF("page_leg", mk_page_leg, leg_fields, "a leg of a transfer at work");

#define R mk_account_state
static const mk_field account_fields[] = {
	MK_F_INT(R, id, 0, 0, 0, "the account"),
	MK_F_INT(R, account_class, 0, 0, 0, "its class"),
	MK_F_TEXT(R, name, 0, 0, 0, "its name"),
	MK_F_TEXT(R, currency, 0, 0, 0, "its currency"),
	MK_F_INT(R, version, 0, 0, 0, "number of its last leg"),
	MK_F_INT(R, debits_posted, 0, 0, 0, "sum"),
	MK_F_INT(R, credits_posted, 0, 0, 0, "sum"),
	MK_F_INT(R, debits_pending, 0, 0, 0, "sum"),
	MK_F_INT(R, credits_pending, 0, 0, 0, "sum"),
	MK_F_INT(R, flags, 0, 0, 0, "its flags"),
	MK_F_INT(R, overdraft, 0, 0, 0, "its overdraft"),
};
#undef R
static const mk_record account_record =
	MK_RECORD_OF("account_state", mk_account_state, account_fields, "an account as stored");

/* The accounts of a page's legs, found by their ids. */
typedef struct place {
	int64_t id; /* 0: free */
	const mk_account_state *account;
} place;
typedef struct accounts {
	place *places;
	size_t n_places; /* a power of two, at least twice the ids */
	int64_t *ids;
	size_t n_ids;
} accounts;

static int read_page(mk_verify *v, mk_arena *arena, mk_page_legs *legs, market_error *err);
static int read_legs(mk_verify *v, mk_arena *arena, mk_page_legs *legs, market_error *err);
static const mk_transfer_row *range_at(const mk_page_legs *legs, size_t index);
static void add_leg(mk_verify *v, mk_page_legs *legs, mk_page_leg *leg, size_t *at);
static int read_accounts(mk_verify *v, mk_arena *arena, mk_page_legs *legs, market_error *err);
static void collect(const mk_page_legs *legs, accounts *out);
static int look_up(mk_verify *v, mk_arena *arena, accounts *of, market_error *err);
static place *place_of(const accounts *of, int64_t id);

int mk_verify_read_legs(mk_verify *v, void *const *transfers, size_t count, mk_page_legs *legs,
                        market_error *err)
{
	*legs = (mk_page_legs){.transfers = transfers, .n_transfers = count};
	int rc = read_page(v, &v->page, legs, err);
	if (rc != MARKET_ECORRUPT)
		return rc;
	mk_error_clear(err);
	legs->unreadable = true;
	return 0;
}

int mk_verify_take_legs(mk_verify *v, const mk_page_legs *legs, size_t index,
                        const mk_leg_row *out[MK_MAX_LEGS + 1], size_t *count, market_error *err)
{
	mk_page_legs own = {.transfers = legs->transfers + index, .n_transfers = 1};
	const mk_transfer_row *row = legs->transfers[index];
	*count = 0;
	mk_verify_reading(v, "leg", "of transfer", row->id.id);
	int rc = legs->unreadable ? read_page(v, &v->inner, &own, err) : 0;
	if (rc)
		return rc;
	const mk_leg_list *list = legs->unreadable ? own.lists : legs->lists + index;
	for (const mk_page_leg *leg = list->first; leg && *count <= MK_MAX_LEGS; leg = leg->next) {
		size_t at = (*count)++;
		for (; at > 0 && out[at - 1]->id.id > leg->row.id.id; at--)
			out[at] = out[at - 1];
		out[at] = &leg->row;
		if (leg->row.version == 1 && leg->account)
			mk_verify_chain_account(v, leg->account);
	}
	return 0;
}

static int read_page(mk_verify *v, mk_arena *arena, mk_page_legs *legs, market_error *err)
{
	legs->lists = MK_NEW_ARRAY(arena, mk_leg_list, legs->n_transfers);
	if (!legs->lists)
		return mk_error_no_memory(err);
	int rc = read_legs(v, arena, legs, err);
	return rc ? rc : read_accounts(v, arena, legs, err);
}

static int read_legs(mk_verify *v, mk_arena *arena, mk_page_legs *legs, market_error *err)
{
	mk_query queries[BY_PAGE];
	size_t n_queries = (legs->n_transfers + ASKED - 1) / ASKED, at = 0;
	const size_t n_args = 1 + 3 * ASKED;
	mk_value *args = MK_NEW_ARRAY(arena, mk_value, n_queries * n_args);
	if (!args)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < n_queries; i++, args += n_args) {
		args[0] = mk_int(v->book);
		for (size_t k = 0; k < ASKED; k++) {
			const mk_transfer_row *row = range_at(legs, i * ASKED + k);
			args[1 + 3 * k] = mk_int(row->id.id);
			args[2 + 3 * k] = mk_int(row->first_leg_id);
			args[3 + 3 * k] = mk_int(row->last_leg_id);
		}
		queries[i] = (mk_query){
			.statement = &legs_of, .args = args, .n_args = n_args, .record = &leg_record};
	}
	int rc = mk_store_read(v->setup->store, arena, queries, n_queries, err);
	for (size_t i = 0; rc == 0 && i < n_queries; i++) {
		legs->n_legs += queries[i].n_rows;
		for (size_t k = 0; k < queries[i].n_rows; k++)
			add_leg(v, legs, queries[i].rows[k], &at);
	}
	return rc;
}

static const mk_transfer_row *range_at(const mk_page_legs *legs, size_t index)
{
	static const mk_transfer_row none;
	return index < legs->n_transfers ? legs->transfers[index] : &none;
}

/* Legs come in the order of their transfers, though nothing but habit says so. */
static void add_leg(mk_verify *v, mk_page_legs *legs, mk_page_leg *leg, size_t *at)
{
	while (((const mk_transfer_row *)legs->transfers[*at])->id.id != leg->row.transfer_id)
		*at = (*at + 1) % legs->n_transfers;
	mk_leg_list *list = &legs->lists[*at];
	leg->row.id.book = v->book;
	if (list->last)
		list->last->next = leg;
	else
		list->first = leg;
	list->last = leg;
}

/* Without an account a leg stays without its name. */
static int read_accounts(mk_verify *v, mk_arena *arena, mk_page_legs *legs, market_error *err)
{
	accounts found = {.n_places = 2};
	while (found.n_places < 2 * legs->n_legs)
		found.n_places *= 2;
	found.places = MK_NEW_ARRAY(arena, place, found.n_places);
	found.ids = MK_NEW_ARRAY(arena, int64_t, legs->n_legs + 1);
	if (!found.places || !found.ids)
		return mk_error_no_memory(err);
	collect(legs, &found);
	int rc = look_up(v, arena, &found, err);
	for (size_t i = 0; rc == 0 && i < legs->n_transfers; i++) {
		for (mk_page_leg *leg = legs->lists[i].first; leg; leg = leg->next) {
			leg->account = place_of(&found, leg->row.account_id)->account;
			if (!leg->account)
				continue;
			leg->row.account_name = leg->account->name;
			leg->row.account_currency = leg->account->currency;
			leg->row.account_class = leg->account->account_class;
		}
	}
	return rc;
}

static void collect(const mk_page_legs *legs, accounts *out)
{
	for (size_t i = 0; i < legs->n_transfers; i++) {
		for (const mk_page_leg *leg = legs->lists[i].first; leg; leg = leg->next) {
			place *own = place_of(out, leg->row.account_id);
			if (own->id == 0)
				out->ids[out->n_ids++] = own->id = leg->row.account_id;
		}
	}
}

static int look_up(mk_verify *v, mk_arena *arena, accounts *of, market_error *err)
{
	size_t n_queries = (of->n_ids + ASKED - 1) / ASKED;
	const size_t n_args = 1 + ASKED;
	mk_query *queries = MK_NEW_ARRAY(arena, mk_query, n_queries);
	mk_value *args = MK_NEW_ARRAY(arena, mk_value, n_queries * n_args);
	if (!queries || !args)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < n_queries; i++, args += n_args) {
		args[0] = mk_int(v->book);
		for (size_t k = 0; k < ASKED; k++)
			args[1 + k] = mk_int(i * ASKED + k < of->n_ids ? of->ids[i * ASKED + k] : 0);
		queries[i] = (mk_query){
			.statement = &accounts_of, .args = args, .n_args = n_args, .record = &account_record};
	}
	int rc = mk_store_read(v->setup->store, arena, queries, n_queries, err);
	for (size_t i = 0; rc == 0 && i < n_queries; i++) {
		for (size_t k = 0; k < queries[i].n_rows; k++) {
			const mk_account_state *account = queries[i].rows[k];
			place_of(of, account->id)->account = account;
		}
	}
	return rc;
}

/* An id of 0 finds a free place: no account has it. */
static place *place_of(const accounts *of, int64_t id)
{
	size_t at = (size_t)(((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
	for (;; at++) {
		place *own = &of->places[at & (of->n_places - 1)];
		if (own->id == id || own->id == 0)
			return own;
	}
}
