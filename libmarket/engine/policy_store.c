#include <string.h>

#include "libmarket/engine/market.h"

typedef struct policy_row {
	market_id id;
	int64_t number;
	market_time effective_at;
	market_time recorded_at;
	const char *text;
} policy_row;

static const mk_field policy_row_fields[] = {
	MK_F_ID(policy_row, id, POLICY, 0, "the version"),
	MK_F_INT(policy_row, number, 0, 0, 0, "from 1"),
	MK_F_TIME(policy_row, effective_at, 0, "in effect from"),
	MK_F_TIME(policy_row, recorded_at, 0, "published"),
	MK_F_TEXT(policy_row, text, 0, 0, 0, "the YAML"),
};
static const mk_record policy_row_record =
	MK_RECORD_OF("policy_version", policy_row, policy_row_fields, "a version of the policy");

static const mk_statement policy_since = {
	.name = "policy_since",
	.sql = "SELECT book_id, id, number, effective_at, recorded_at, text FROM policy "
		   "WHERE book_id = 0 AND number > ?1 ORDER BY number",
};
static const mk_statement policy_insert = {
	.name = "policy_insert",
	.table = "policy",
	.sql = "INSERT INTO policy (book_id, id, number, effective_at, recorded_at, text) "
		   "VALUES (:book_id, :id, :number, :effective_at, :recorded_at, :text) ON CONFLICT DO "
		   "NOTHING",
};

static int64_t last_number(market *market);
static mk_policy_version *version_of(market *market, const mk_policy *policy);
static bool is_held(const market *market, const policy_row *row);
static int hold_version(market *market, const policy_row *row, market_error *err);
static int compile_version(mk_policy_version *version, const policy_row *row, market_error *err);
static void release_version(market *market, mk_policy_version *version);

int mk_policy_refresh(market *market, mk_store *store, mk_arena *arena, int64_t newest,
                      market_error *err)
{
	int64_t known = last_number(market);
	void **rows = NULL;
	size_t count = 0;
	int rc;
	if (newest <= known)
		return 0;
	rc = mk_store_list(store, arena, &policy_since, &policy_row_record, MK_ARGS(mk_int(known)),
	                   &rows, &count, err);
	pthread_mutex_lock(&market->lock);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (!is_held(market, rows[i]))
			rc = hold_version(market, rows[i], err);
	pthread_mutex_unlock(&market->lock);
	return rc;
}

void mk_policy_forget(market *market)
{
	mk_policy_version *version = market->policies;
	market->policies = NULL;
	while (version) {
		mk_policy_version *older = version->older;
		release_version(market, version);
		version = older;
	}
}

const mk_policy *mk_policy_last(market *market)
{
	const mk_policy *last;
	pthread_mutex_lock(&market->lock);
	last = market->policies ? market->policies->policy : NULL;
	pthread_mutex_unlock(&market->lock);
	return last;
}

const mk_policy *mk_policy_at(market *market, market_time time)
{
	const mk_policy *found = NULL;
	pthread_mutex_lock(&market->lock);
	for (const mk_policy_version *version = market->policies; version; version = version->older) {
		found = version->policy;
		if (found->effective <= time)
			break;
	}
	pthread_mutex_unlock(&market->lock);
	return found;
}

const mk_policy *mk_policy_numbered(market *market, int64_t number)
{
	const mk_policy *found = NULL;
	pthread_mutex_lock(&market->lock);
	for (const mk_policy_version *at = market->policies; at && !found; at = at->older)
		if (at->policy->number == number)
			found = at->policy;
	pthread_mutex_unlock(&market->lock);
	return found;
}

/* Made outside of the lock, which nobody holds for long; who comes second throws theirs away. */
int mk_policy_rules(market *market, const mk_policy *policy, const mk_rule_set **out,
                    market_error *err)
{
	const mk_policy_listing *listing = policy->listing;
	mk_policy_version *version;
	mk_rule_set *made = NULL;
	int rc;

	pthread_mutex_lock(&market->lock);
	version = version_of(market, policy);
	*out = version ? version->rules : NULL;
	pthread_mutex_unlock(&market->lock);
	if (*out)
		return 0;
	rc = mk_rule_set_make(&market->allocator, listing ? listing->packs : NULL,
	                      listing ? listing->n_packs : 0, &made, err);
	if (rc != 0)
		return rc;
	pthread_mutex_lock(&market->lock);
	if (version && !version->rules) {
		version->rules = made;
		made = NULL;
	}
	*out = version ? version->rules : NULL;
	pthread_mutex_unlock(&market->lock);
	mk_rule_set_free(made);
	return *out ? 0 : mk_error_set(err, MARKET_EINTERNAL, "the policy isn't one of the market's");
}

static mk_policy_version *version_of(market *market, const mk_policy *policy)
{
	mk_policy_version *version = market->policies;

	while (version && version->policy != policy)
		version = version->older;
	return version;
}

/* Another session may have been faster. */
static bool is_held(const market *market, const policy_row *row)
{
	return market->policies && market->policies->policy->number >= row->number;
}

static int64_t last_number(market *market)
{
	const mk_policy *last = mk_policy_last(market);
	return last ? last->number : 0;
}

void mk_policy_insert(mk_ctx *ctx, market_id id, int64_t number, market_time effective,
                      const char *text)
{
	policy_row row = {.id = id,
	                  .number = number,
	                  .effective_at = effective,
	                  .recorded_at = ctx->recorded,
	                  .text = text};
	mk_insert(ctx, &policy_insert, &policy_row_record, id, &row);
}

/* A version has an arena of its own, so that one that memory didn't suffice for leaves nothing. */
static int hold_version(market *market, const policy_row *row, market_error *err)
{
	mk_policy_version *version = mk_allocate_zero(&market->allocator, sizeof(*version));
	int rc;
	if (!version)
		return mk_error_no_memory(err);
	mk_arena_init(&version->arena, &market->allocator);
	rc = compile_version(version, row, err);
	if (rc != 0) {
		release_version(market, version);
		return rc;
	}
	version->older = market->policies;
	market->policies = version;
	return 0;
}

static int compile_version(mk_policy_version *version, const policy_row *row, market_error *err)
{
	mk_yaml *yaml = MK_NEW(&version->arena, mk_yaml);
	const mk_policy *compiled = NULL;
	mk_policy *own;
	int rc;
	if (!yaml)
		return mk_error_no_memory(err);
	yaml->arena = &version->arena;
	rc = mk_policy_compile(row->text, strlen(row->text), yaml, &compiled, err);
	if (rc == MARKET_EPOLICY)
		return mk_error_set(err, MARKET_ECORRUPT, "policy version %lld can't be read",
		                    (long long)row->number);
	if (rc == 0)
		rc = mk_zone_load(version->arena.allocator, compiled->settlement->zone, &version->calendar,
		                  err);
	if (rc != 0)
		return rc;
	own = (mk_policy *)mk_arena_copy(&version->arena, compiled, sizeof(*compiled));
	if (!own)
		return mk_error_no_memory(err);
	own->number = row->number;
	own->id = row->id;
	own->effective = row->effective_at;
	own->calendar = version->calendar;
	version->policy = own;
	return 0;
}

static void release_version(market *market, mk_policy_version *version)
{
	mk_zone_close(version->calendar);
	mk_rule_set_free(version->rules);
	mk_arena_close(&version->arena);
	mk_release(&market->allocator, version);
}
