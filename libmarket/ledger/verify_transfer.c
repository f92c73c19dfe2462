/* One transfer: its own row, its legs, and the hold or transfer that it refers to. */
#include <string.h>

#include "libmarket/base/limits.h"
#include "libmarket/ledger/verify.h"

static const mk_statement other_of = {
	.name = "verify_other",
	.sql = "SELECT " MK_TRANSFER_COLUMNS " FROM transfer t WHERE t.book_id = ?1 AND t.id = ?2",
};
static const mk_statement ends_of = {
	.name = "verify_ends",
	.sql = "SELECT " MK_TRANSFER_COLUMNS " FROM transfer t WHERE t.book_id = ?1 AND t.pending_id "
		   "= ?2 AND t.pending_id <> 0 ORDER BY t.id LIMIT 2",
};

typedef struct group {
	const char *currency;
	int64_t debit, credit, debit_held, credit_held;
} group;

static const char *check_row(const mk_transfer_row *row, const mk_leg_row *const *legs,
                             size_t n_legs);
static const char *check_legs(const mk_transfer_row *row, const mk_leg_row *const *legs,
                              size_t n_legs);
static const char *check_leg(const mk_transfer_row *row, const mk_leg_row *leg);
static const char *check_sums(const mk_leg_row *const *legs, size_t n_legs);
static bool add_group(group *g, const mk_leg_row *leg);
static int check_other(mk_verify *v, const mk_transfer_row *row, const mk_leg_row *const *legs,
                       size_t n_legs, const char **problem, market_error *err);
static const char *check_hold(const mk_transfer_row *row, const mk_transfer_row *hold,
                              const mk_leg_row *const *legs, size_t n_legs, void *const *held,
                              size_t n_held);

int mk_verify_transfer(mk_verify *v, const mk_transfer_row *row, const mk_leg_row *const *legs,
                       size_t n_legs, market_error *err)
{
	int rc = 0;
	const char *problem = check_row(row, legs, n_legs);
	if (!problem)
		problem = check_legs(row, legs, n_legs);
	if (!problem)
		problem = check_sums(legs, n_legs);
	if (!problem && row->pending_id)
		rc = check_other(v, row, legs, n_legs, &problem, err);
	if (rc == 0 && problem)
		rc = mk_verify_broken(
			v, mk_verify_place(v, "transfer %s of book %lld", row->client_id, (long long)v->book),
			"%s", problem);
	return rc;
}

static const char *check_row(const mk_transfer_row *row, const mk_leg_row *const *legs,
                             size_t n_legs)
{
	size_t purpose = strcspn(row->client_id, ":");
	bool refers = row->kind == MK_TRANSFER_POST || row->kind == MK_TRANSFER_VOID ||
	              row->kind == MK_TRANSFER_EXPIRE || row->kind == MK_TRANSFER_REVERSAL;
	if (row->kind < MK_TRANSFER_DIRECT || row->kind > MK_TRANSFER_ACCOUNT)
		return "its kind isn't known";
	if (strlen(row->purpose) != purpose || strncmp(row->purpose, row->client_id, purpose) != 0)
		return "its purpose isn't its client id's";
	if (row->digest.size != MK_HASH_SIZE)
		return "its digest is malformed";
	if (refers != (row->pending_id != 0))
		return "its kind and the transfer it refers to don't fit";
	if (row->expires_at && row->kind != MK_TRANSFER_PENDING)
		return "it isn't a hold and expires";
	if (n_legs < (row->kind == MK_TRANSFER_ACCOUNT ? 1u : 2u) ||
	    (row->kind == MK_TRANSFER_ACCOUNT && n_legs > 1))
		return "legs are missing or too many";
	if (legs[0]->id.id != row->first_leg_id || legs[n_legs - 1]->id.id != row->last_leg_id)
		return "its first or last leg isn't the one named";
	return NULL;
}

static const char *check_legs(const mk_transfer_row *row, const mk_leg_row *const *legs,
                              size_t n_legs)
{
	for (size_t i = 0; i < n_legs; i++) {
		const char *problem = check_leg(row, legs[i]);
		if (problem)
			return problem;
		for (size_t k = 0; k < i; k++) {
			if (legs[k]->account_id == legs[i]->account_id)
				return "two legs are of one account";
		}
	}
	return NULL;
}

static const char *check_leg(const mk_transfer_row *row, const mk_leg_row *leg)
{
	const mk_chart_entry *chart = leg->account_name ? mk_chart_find(leg->account_name) : NULL;
	bool posts = leg->debit || leg->credit, holds = leg->debit_held || leg->credit_held;
	if (!leg->account_name)
		return "a leg's account is absent";
	if (!chart || (int64_t)chart->account_class != leg->account_class ||
	    chart->suffixed != (strchr(leg->account_name, ':') != NULL) ||
	    (chart->platform_only && leg->id.book != 0))
		return "a leg's account isn't of the chart";
	if (leg->debit < 0 || leg->credit < 0 || (leg->debit && leg->credit))
		return "a leg is negative or on both sides";
	switch (row->kind) {
	case MK_TRANSFER_DIRECT:
	case MK_TRANSFER_REVERSAL:
		return posts && !holds ? NULL : "a leg doesn't post";
	case MK_TRANSFER_PENDING:
		return !posts && leg->debit_held >= 0 && leg->credit_held >= 0 &&
		               !leg->debit_held != !leg->credit_held
		           ? NULL
		           : "a leg of a hold doesn't hold";
	case MK_TRANSFER_ACCOUNT:
		return !posts && !holds ? NULL : "a leg moves money where none should";
	default:
		return holds && leg->debit_held <= 0 && leg->credit_held <= 0
		           ? NULL
		           : "a leg doesn't end what was held";
	}
}

/* Balanced in each currency, posted and held. */
static const char *check_sums(const mk_leg_row *const *legs, size_t n_legs)
{
	group groups[2] = {{NULL, 0, 0, 0, 0}, {NULL, 0, 0, 0, 0}};
	for (size_t i = 0; i < n_legs; i++) {
		group *g = groups;
		while (g < groups + 2 && g->currency && strcmp(g->currency, legs[i]->account_currency) != 0)
			g++;
		if (g == groups + 2)
			return "it mixes more than two currencies";
		if (!add_group(g, legs[i]))
			return "its sums overflow";
	}
	for (size_t i = 0; i < 2; i++) {
		if (groups[i].debit != groups[i].credit || groups[i].debit_held != groups[i].credit_held)
			return "its debits and credits differ";
	}
	return NULL;
}

static bool add_group(group *g, const mk_leg_row *leg)
{
	g->currency = leg->account_currency;
	return !__builtin_add_overflow(g->debit, leg->debit, &g->debit) &&
	       !__builtin_add_overflow(g->credit, leg->credit, &g->credit) &&
	       !__builtin_add_overflow(g->debit_held, leg->debit_held, &g->debit_held) &&
	       !__builtin_add_overflow(g->credit_held, leg->credit_held, &g->credit_held);
}

/* LED-3: ended once, with no more than was held; LED-2: reversed once. */
static int check_other(mk_verify *v, const mk_transfer_row *row, const mk_leg_row *const *legs,
                       size_t n_legs, const char **problem, market_error *err)
{
	const mk_value args[] = {mk_int(row->id.book), mk_int(row->pending_id)};
	mk_query queries[] = {
		{.statement = &other_of, .args = args, .n_args = 2, .record = &mk_transfer_row_record},
		{.statement = &ends_of, .args = args, .n_args = 2, .record = &mk_transfer_row_record},
	};
	void **held = NULL;
	size_t n_held = 0, own = 0;
	int rc = mk_store_read(v->setup->store, &v->inner, queries, 2, err);
	if (rc)
		return rc;
	if (queries[0].n_rows == 0) {
		*problem = "the transfer it refers to is absent";
		return 0;
	}
	if (queries[1].n_rows > 1) {
		*problem = "another one ends or reverses the same transfer";
		return 0;
	}
	const mk_transfer_row *other = queries[0].rows[0];
	if (row->kind == MK_TRANSFER_REVERSAL) {
		if (other->kind != MK_TRANSFER_DIRECT && other->kind != MK_TRANSFER_POST)
			*problem = "what it reverses can't be reversed";
		return 0;
	}
	rc = mk_store_list(
		v->setup->store, &v->inner, &mk_leg_range, &mk_leg_row_record,
		MK_ARGS(mk_int(other->id.book), mk_int(other->first_leg_id), mk_int(other->last_leg_id)),
		&held, &n_held, err);
	for (size_t i = 0; rc == 0 && i < n_held; i++) {
		if (((const mk_leg_row *)held[i])->transfer_id == other->id.id)
			held[own++] = held[i];
	}
	if (rc == 0)
		*problem = check_hold(row, other, legs, n_legs, held, own);
	return rc;
}

static const char *check_hold(const mk_transfer_row *row, const mk_transfer_row *hold,
                              const mk_leg_row *const *legs, size_t n_legs, void *const *held,
                              size_t n_held)
{
	if (hold->kind != MK_TRANSFER_PENDING)
		return "what it ends isn't a hold";
	if (row->kind == MK_TRANSFER_POST && hold->expires_at && row->effective_at >= hold->expires_at)
		return "it posts a hold that had expired";
	if (row->kind == MK_TRANSFER_EXPIRE &&
	    (!hold->expires_at || row->effective_at < hold->expires_at))
		return "it expires a hold before its time";
	if (n_held != n_legs)
		return "its legs aren't those of the hold";
	for (size_t i = 0; i < n_legs; i++) {
		const mk_leg_row *leg = legs[i], *from = NULL;
		for (size_t k = 0; k < n_held && !from; k++) {
			const mk_leg_row *candidate = held[k];
			from = candidate->account_id == leg->account_id ? candidate : NULL;
		}
		if (!from || leg->debit_held != -from->debit_held || leg->credit_held != -from->credit_held)
			return "it doesn't end what the hold held";
		if (leg->debit > from->debit_held || leg->credit > from->credit_held)
			return "it posts more than was held";
		if (row->kind != MK_TRANSFER_POST && (leg->debit || leg->credit))
			return "it posts a hold that it should end";
	}
	return NULL;
}
