/*
 * LED-5 in one pass: the chains of a book's accounts close when every state that a leg continues,
 * and every account as stored, is the state after exactly one leg. An account is read with its
 * first leg; the accounts that have one must be those that are stored. All these are multisets of
 * equal size, compared as the polynomials that have them as roots, at points chosen at random for
 * this run: unequal ones agree by chance less often than once in 2^60 runs. Nothing need be sorted
 * or kept. Whatever doubt arises here, verify_account.c then walks the chains and names the place.
 */
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/ledger/verify.h"

__extension__ typedef unsigned __int128 wide;

#define PRIME ((UINT64_C(1) << 61) - 1)
#define STATE 8 /* numbers of a state */

static const mk_statement accounts_of = {
	.name = "verify_accounts",
	.sql = "SELECT a.id AS number FROM account a WHERE a.book_id = ?1",
};
static const mk_statement legs_of = {
	.name = "verify_count_legs",
	.sql = "SELECT COUNT(*) AS number FROM leg WHERE book_id = ?1",
};
static const mk_statement leg_before = {
	.name = "verify_leg_before",
	.sql = "SELECT " MK_LEG_COLUMNS " FROM leg l " MK_LEG_ACCOUNT
		   " WHERE l.book_id = ?1 AND l.account_id = ?2 AND l.version = ?3",
};

static void start(const mk_leg_row *leg, mk_leg_row *out);
static int settings_before(mk_verify *v, const mk_leg_row *leg, mk_leg_row *out, market_error *err);
static int add_stored(mk_verify *v, market_error *err);
static int add_account(void *row, void *user_data, market_error *err);
static void add_known(const mk_chain *chain, uint64_t product[MK_CHAIN_POINTS], int64_t account);
static void add_state(const mk_chain *chain, uint64_t product[MK_CHAIN_POINTS],
                      const int64_t state[STATE]);
static void add_leg_state(const mk_chain *chain, uint64_t product[MK_CHAIN_POINTS],
                          const mk_leg_row *leg);
static uint64_t reduce(wide number);

int mk_chain_open(mk_chain *chain, market_error *err)
{
	if (!mk_random_bytes(chain->factors, sizeof(chain->factors), NULL) ||
	    !mk_random_bytes(chain->points, sizeof(chain->points), NULL))
		return mk_error_set(err, MARKET_EIO, "the system gives no random numbers");
	for (int p = 0; p < MK_CHAIN_POINTS; p++) {
		chain->points[p] = reduce(chain->points[p]);
		for (int i = 0; i < MK_CHAIN_FACTORS; i++)
			chain->factors[p][i] = reduce(chain->factors[p][i]);
	}
	return 0;
}

void mk_chain_begin(mk_chain *chain)
{
	for (int p = 0; p < MK_CHAIN_POINTS; p++)
		chain->after[p] = chain->before[p] = 1;
	chain->accounts = 0;
	chain->doubt = false;
}

int mk_verify_chain_leg(mk_verify *v, const mk_leg_row *leg, market_error *err)
{
	mk_chain *chain = &v->chain;
	mk_leg_row before = *leg;
	int rc = 0;

	if (leg->version < 1 || __builtin_sub_overflow(leg->version, INT64_C(1), &before.version) ||
	    __builtin_sub_overflow(leg->debits_posted, leg->debit, &before.debits_posted) ||
	    __builtin_sub_overflow(leg->credits_posted, leg->credit, &before.credits_posted) ||
	    __builtin_sub_overflow(leg->debits_pending, leg->debit_held, &before.debits_pending) ||
	    __builtin_sub_overflow(leg->credits_pending, leg->credit_held, &before.credits_pending))
		chain->doubt = true;
	if (leg->version == 1)
		start(leg, &before);
	else if (!mk_leg_moves(leg))
		rc = settings_before(v, leg, &before, err);
	if (mk_verify_step(&before, leg) || mk_verify_limit(leg))
		chain->doubt = true;
	add_leg_state(chain, chain->after, leg);
	if (leg->version == 1)
		add_known(chain, chain->after, leg->account_id);
	else
		add_leg_state(chain, chain->before, &before);
	return rc;
}

void mk_verify_chain_account(mk_verify *v, const mk_account_state *a)
{
	mk_chain *chain = &v->chain;

	if (a->version < 1)
		chain->doubt = true;
	add_state(chain, chain->before,
	          (const int64_t[STATE]){a->id, a->version, a->debits_posted, a->credits_posted,
	                                 a->debits_pending, a->credits_pending, a->flags,
	                                 a->overdraft});
}

int mk_verify_chains(mk_verify *v, market_error *err)
{
	mk_chain *chain = &v->chain;
	void *found = NULL;
	int rc;

	rc = add_stored(v, err);
	if (rc)
		return rc;
	mk_verify_reading(v, "leg", NULL, 0);
	mk_arena_reset(&v->inner);
	rc = mk_store_get(v->setup->store, &v->inner, &legs_of, &mk_number_record,
	                  MK_ARGS(mk_int(v->book)), &found, err);
	if (rc)
		return rc;
	if (chain->doubt || !found || ((const mk_number *)found)->number != v->legs_of_transfers ||
	    memcmp(chain->after, chain->before, sizeof(chain->after)) != 0) {
		rc = mk_verify_accounts(v, err);
		return rc ? rc
		          : mk_verify_broken(v, mk_verify_place(v, "book %lld", (long long)v->book),
		                             "the chains of its accounts don't close");
	}
	v->report->legs += v->legs_of_transfers;
	v->report->accounts += chain->accounts;
	return 0;
}

/* What the first leg of an account continues. */
static void start(const mk_leg_row *leg, mk_leg_row *out)
{
	const mk_chart_entry *chart = mk_chart_find(leg->account_name);

	*out = (mk_leg_row){.flags = chart ? (int64_t)chart->flags : 0};
}

/* A change of the account itself says only what flags and overdraft are after it. */
static int settings_before(mk_verify *v, const mk_leg_row *leg, mk_leg_row *out, market_error *err)
{
	void *found = NULL;
	int rc = mk_store_get(v->setup->store, &v->inner, &leg_before, &mk_leg_row_record,
	                      MK_ARGS(mk_int(v->book), mk_int(leg->account_id), mk_int(out->version)),
	                      &found, err);

	if (rc == 0 && !found)
		v->chain.doubt = true;
	if (rc != 0 || !found)
		return rc;
	out->flags = ((const mk_leg_row *)found)->flags;
	out->overdraft = ((const mk_leg_row *)found)->overdraft;
	return 0;
}

static int add_stored(mk_verify *v, market_error *err)
{
	mk_verify_reading(v, "account", NULL, 0);
	int rc = mk_store_each(v->setup->store, &accounts_of, &mk_number_record,
	                       MK_ARGS(mk_int(v->book)), add_account, v, err);
	if (rc != MARKET_ECORRUPT)
		return rc;
	mk_error_clear(err); /* the walk names the place */
	v->chain.doubt = true;
	return 0;
}

static int add_account(void *row, void *user_data, market_error *err)
{
	mk_verify *v = user_data;

	(void)err;
	add_known(&v->chain, v->chain.before, ((const mk_number *)row)->number);
	v->chain.accounts++;
	return 0;
}

/* Versions of states begin with 1. */
static void add_known(const mk_chain *chain, uint64_t product[MK_CHAIN_POINTS], int64_t account)
{
	add_state(chain, product, (const int64_t[STATE]){account, -1});
}

static void add_leg_state(const mk_chain *chain, uint64_t product[MK_CHAIN_POINTS],
                          const mk_leg_row *leg)
{
	add_state(chain, product,
	          (const int64_t[STATE]){leg->account_id, leg->version, leg->debits_posted,
	                                 leg->credits_posted, leg->debits_pending, leg->credits_pending,
	                                 leg->flags, leg->overdraft});
}

/* A state is a number: each half of each of its numbers times its factor, added up. Sixteen
 * products of 61 and 32 bits fit. */
static void add_state(const mk_chain *chain, uint64_t product[MK_CHAIN_POINTS],
                      const int64_t state[STATE])
{
	for (int p = 0; p < MK_CHAIN_POINTS; p++) {
		const uint64_t *factors = chain->factors[p];
		wide sum = PRIME + chain->points[p];
		wide number = 0;

		for (int i = 0; i < STATE; i++) {
			uint32_t high = (uint32_t)((uint64_t)state[i] >> 32);

			number += (wide)factors[2 * i] * (uint32_t)(uint64_t)state[i];
			if (high)
				number += (wide)factors[2 * i + 1] * high;
		}
		product[p] = reduce((wide)product[p] * reduce(sum - reduce(number)));
	}
}

/* Modulo 2^61 - 1, of a number below 2^122. */
static uint64_t reduce(wide number)
{
	uint64_t folded = (uint64_t)(number & PRIME) + (uint64_t)(number >> 61);

	folded = (folded & PRIME) + (folded >> 61);
	return folded == PRIME ? 0 : folded;
}
