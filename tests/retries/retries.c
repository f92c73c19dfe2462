/*
 * Every operation of the scenarios with the errors that transactions get which meet others
 * (SQLITE_BUSY; 40001 and 40P01): at each statement of each transaction, one to three times in a
 * row. The outcome is the same, at most 8 tries are made, and a provider is asked outside of
 * transactions only and not once more.
 *
 *   market-retries [--seed N] [--list] [PATTERN...]
 *
 * The n-th statement of all transactions of a scenario fails in one run of it, so that there are as
 * many runs as the longest transaction has statements. MARKET_TEST_LONG=1 runs all scenarios with
 * each statement failing once, twice and three times in a row.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/op/op.h"
#include "libmarket/payment/provider.h"
#include "tests/fault/fault.h"
#include "tests/retries/inject.h"
#include "tests/scenarios/ways.h"

#define MOST_IN_A_ROW 3
#define CALLS_A_STUBBORN_ONE 5

/* Each statement of a scenario, or some of them, fails so many times; 0: twice or three times. */
typedef struct share {
	const char *name;
	int stride, times;
} share;

static const share all = {.stride = 1};
static const share short_form[] = {
	{"checkout", 1, 1}, {"ledger-approval", 1, 2}, {"ledger-checkpoint", 1, 2}, {"refunds", 8, 0},
	{"payouts", 8, 0},  {"ledger-hold", 8, 0},     {"onboarding", 8, 0},
};

/* A scenario, run again and again on copies of one store. */
typedef struct subject {
	scenario *scenario;
	fault_store base;
	fault_state clean;
	int64_t asked; /* the provider, and what for: a digest */
	int most_statements;
} subject;

static struct {
	market_payment_provider provider; /* the real one */
	int64_t asked;
	int64_t inside; /* of them in a transaction */
} outer;

static int64_t n_failed, n_runs, n_commits, n_stubborn;

static void each_statement(const fault_store *store);
static void each_statement_of(const char *path, const fault_store *store, const share *share);
static bool falls_out(const share *share, int at, int times);
static void for_good(const fault_store *store);
static void opening(const fault_store *store);
static market_time still(void *user_data);
static bool open_with(injection *i, const fault_store *store);
static bool open_subject(subject *s, const char *path, const fault_store *store);
static void close_subject(subject *s);
static bool run_once(const subject *s, injection *i, scenario_way *outer_way, fault_state *state,
                     const char *what);
static void watch_provider(scenario_market *m);
static int watched_send(const market_provider_request *request, market_provider_answer *answer,
                        void *user_data, market_error *err);
static int watched_query(const market_provider_request *request, market_provider_answer *answer,
                         void *user_data, market_error *err);
static int stubborn_call(void *data, const char *who, const char *operation, const char *params,
                         json_t **reply, bool *replayed, market_error *err);
static int stubborn_work(void *data, market_time until, market_error *err);
static void stubborn_set_time(void *data, market_time now);
static char *path_of(const char *name);

int main(int argc, char **argv)
{
	fault_begin("retries", argc, argv);
	fault_case("each statement of each transaction fails 1 to 3 times: the same outcome",
	           FAULT_BOTH, each_statement);
	fault_case("a statement that fails for good: 8 tries, an error, and nothing is done",
	           FAULT_BOTH, for_good);
	fault_case("a store is made and opened in spite of statements that fail", FAULT_POSTGRES,
	           opening);
	return fault_end();
}

/* ---- each statement ---- */

static void each_statement(const fault_store *store)
{
	n_failed = n_runs = n_commits = 0;
	if (fault_long()) {
		char *pattern = path_of("*");
		glob_t found;
		fault_check(glob(pattern, 0, NULL, &found) == 0, "there are no scenarios");
		for (size_t i = 0; i < found.gl_pathc && !fault_failed(); i++)
			each_statement_of(found.gl_pathv[i], store, &all);
		globfree(&found);
		free(pattern);
	}
	for (size_t i = 0; !fault_long() && i < sizeof(short_form) / sizeof(short_form[0]); i++) {
		char *path = path_of(short_form[i].name);
		each_statement_of(path, store, &short_form[i]);
		free(path);
	}
	fault_note("%lld statements failed, %lld of them commits, in %lld runs: the same store after "
	           "each",
	           (long long)n_failed, (long long)n_commits, (long long)n_runs);
	fault_check(n_failed > 1000 && n_commits > 20, "too few statements were made to fail");
}

static void each_statement_of(const char *path, const fault_store *store, const share *share)
{
	static const char *const states[] = {"40001", "40P01"};
	uint64_t random = fault_seed();
	subject s;
	char what[300];
	if (fault_failed() || !open_subject(&s, path, store))
		return;
	for (int at = (int)fault_below(&random, (uint64_t)share->stride);
	     at <= s.most_statements && !fault_failed(); at += share->stride) {
		for (int times = 1; times <= MOST_IN_A_ROW; times++) {
			injection i = {.at = at, .times = times, .state = states[(at + times) % 2]};
			fault_state state = {0};
			if (falls_out(share, at, times))
				continue;
			snprintf(what, sizeof(what), "%s, statement %d, %d times", s.scenario->name, at, times);
			if (run_once(&s, &i, NULL, &state, what))
				fault_state_equal(&s.clean, &state, what);
			fault_check(i.most_tries <= times + 1, "%s: %d tries", what, i.most_tries);
			fault_check(outer.asked == s.asked, "%s: the provider was asked otherwise", what);
			fault_state_free(&state);
			n_failed += i.failed;
			n_commits += i.commits;
			n_runs++;
		}
	}
	close_subject(&s);
}

static bool falls_out(const share *share, int at, int times)
{
	if (fault_long())
		return false;
	return times != (share->times > 0 ? share->times : 2 + at % 2);
}

/* ---- for good ---- */

typedef struct stubborn {
	scenario_market *m;
	scenario_way inner;
	const char *path;
	uint64_t random;
	int64_t n_calls;
	bool postgres;
} stubborn;

static void for_good(const fault_store *store)
{
	char *path = path_of("checkout");
	fault_state state = {0};
	subject s;
	n_stubborn = 0;
	if (open_subject(&s, path, store)) {
		stubborn t = {.random = fault_seed(), .postgres = store->postgres};
		scenario_way way = {.data = &t,
		                    .call = stubborn_call,
		                    .work = stubborn_work,
		                    .set_time = stubborn_set_time};
		if (run_once(&s, NULL, &way, &state, "for good"))
			fault_state_equal(&s.clean, &state, "after statements that failed for good");
		fault_check(outer.asked == s.asked, "the provider was asked otherwise");
		fault_state_free(&state);
		close_subject(&s);
	}
	fault_note("%lld calls were given up after 8 tries and then done", (long long)n_stubborn);
	fault_check(n_stubborn > 2, "only %lld calls were given up", (long long)n_stubborn);
	free(path);
}

static int stubborn_call(void *data, const char *who, const char *operation, const char *params,
                         json_t **reply, bool *replayed, market_error *err)
{
	stubborn *t = data;
	const mk_op *op = mk_op_find(operation);
	injection i = {.at = (int)fault_below(&t->random, 8), .times = INJECT_FOR_EVER};
	int rc, given_up = t->postgres ? MARKET_ECONFLICT : MARKET_EBUSY;
	i.state = t->n_calls % 2 ? "40001" : "40P01";
	/* what is due comes first, and isn't what is tried */
	if (t->n_calls++ % CALLS_A_STUBBORN_ONE != 0 || !op || !(op->flags & MK_OP_WRITES))
		return t->inner.call(t->m, who, operation, params, reply, replayed, err);
	if (!t->m->asleep) {
		rc = t->inner.work(t->m, t->m->now, err);
		if (rc != 0)
			return rc;
	}
	rc = market_session_act_as_text(t->m->session, who, err);
	if (rc == 0) {
		char *text = NULL;
		inject_begin(&i, t->path);
		rc = market_call(t->m->session, operation, params, &text, err);
		inject_end();
		if (rc == 0)
			*reply = json_loads(text, JSON_DECODE_ANY, NULL);
		*replayed = market_session_replayed(t->m->session);
		market_text_free(text);
	}
	if (i.failed == 0)
		return rc;
	n_stubborn++;
	fault_check(rc == given_up, "%s, statement %d (%s): %s (%s), not %s", operation, i.at, i.last,
	            market_error_name(rc), err->message, market_error_name(given_up));
	fault_check(i.most_tries <= MK_MAX_TRIES && i.failed >= MK_MAX_TRIES, "%s: %d tries", operation,
	            i.most_tries);
	return t->inner.call(t->m, who, operation, params, reply, replayed, err);
}

static int stubborn_work(void *data, market_time until, market_error *err)
{
	stubborn *t = data;
	return t->inner.work(t->m, until, err);
}

static void stubborn_set_time(void *data, market_time now)
{
	stubborn *t = data;
	t->inner.set_time(t->m, now);
}

/* ---- opening ---- */

/* SQLite itself waits for others while it opens a file. */
static void opening(const fault_store *store)
{
	enum { STATEMENTS = 5 };
	injection none = {.at = -1};
	fault_state clean = {0};
	int64_t failed = 0;
	if (open_with(&none, store))
		fault_state_read(store, &clean);
	for (int n = 0; n < STATEMENTS * MOST_IN_A_ROW && !fault_failed(); n++) {
		injection i = {.at = n / MOST_IN_A_ROW, .times = 1 + n % MOST_IN_A_ROW, .state = "40001"};
		fault_state state = {0};
		fault_store own;
		fault_store_new(store->postgres, &own);
		if (open_with(&i, &own) && fault_state_read(&own, &state))
			fault_state_equal(&clean, &state, "a new store");
		fault_state_free(&state);
		failed += i.failed;
		if (open_with(&i, &own) && fault_state_read(&own, &state))
			fault_state_equal(&clean, &state, "a store that was there");
		fault_state_free(&state);
		fault_store_drop(&own);
		failed += i.failed;
	}
	fault_state_free(&clean);
	fault_note("%lld statements failed", (long long)failed);
}

static bool open_with(injection *i, const fault_store *store)
{
	market_options options = MARKET_OPTIONS_INIT;
	market *market = NULL;
	market_error err;
	int rc;
	options.flags = MARKET_OPEN_CREATE;
	options.clock = still;
	inject_begin(i, store->target);
	rc = market_open(store->url, &options, &market, &err);
	inject_end();
	market_close(market);
	return fault_check(rc == 0, "open, statement %d, %d times (%s): %s: %s", i->at, i->times,
	                   i->last, market_error_name(rc), err.message);
}

static market_time still(void *user_data)
{
	(void)user_data;
	return INT64_C(1767225600000);
}

/* ---- one run ---- */

static bool open_subject(subject *s, const char *path, const fault_store *store)
{
	injection none = {.at = -1};
	char why[SCENARIO_WHY] = "";
	scenario_market m = {0};
	market_error err;
	int rc;
	memset(s, 0, sizeof(*s));
	s->scenario = scenario_read(path, why);
	if (!fault_check(s->scenario != NULL, "%s", why))
		return false;
	fault_store_new(store->postgres, &s->base);
	rc = scenario_market_open(&m, s->scenario, s->base.url, NULL, &err);
	scenario_market_close(&m);
	fault_check(rc == 0, "%s: %s", path, rc == 0 ? "" : err.message);
	if (!fault_failed())
		run_once(s, &none, NULL, &s->clean, path);
	s->asked = outer.asked;
	s->most_statements = none.most_statements;
	return !fault_failed();
}

static void close_subject(subject *s)
{
	fault_state_free(&s->clean);
	fault_store_drop(&s->base);
	scenario_free(s->scenario);
}

/* Identifiers are made in the same order in each run. */
static bool run_once(const subject *s, injection *i, scenario_way *way, fault_state *state,
                     const char *what)
{
	char why[SCENARIO_WHY] = "";
	scenario_values values = {0};
	scenario_market m;
	scenario_way library;
	fault_store store;
	market_error err;
	int rc;
	fault_store_copy(&s->base, &store);
	rc = scenario_market_open(&m, s->scenario, store.url, NULL, &err);
	if (!fault_check(rc == 0, "%s: open: %s", what, rc == 0 ? "" : err.message))
		return false;
	m.market->ids.counter = 0;
	watch_provider(&m);
	library = scenario_by_library(&m);
	if (way) {
		stubborn *t = way->data;
		t->m = &m;
		t->inner = library;
		t->path = store.target;
		library = *way;
	}
	if (i)
		inject_begin(i, store.target);
	fault_check(scenario_run(s->scenario, &library, &values, why), "%s: %s", what, why);
	inject_end();
	rc = market_work(m.session, 1000, NULL, &err);
	fault_check(rc >= 0, "%s: what is left: %s", what, rc < 0 ? err.message : "");
	fault_check(outer.inside == 0, "%s: a provider was asked inside a transaction", what);
	scenario_values_free(&values);
	scenario_market_close(&m);
	if (!fault_failed())
		fault_state_read(&store, state);
	fault_store_drop(&store);
	return !fault_failed();
}

static void watch_provider(scenario_market *m)
{
	market_payment_provider *provider =
		(market_payment_provider *)mk_provider_find(m->market, MK_SANDBOX);
	outer.asked = outer.inside = 0;
	if (!provider)
		return;
	outer.provider = *provider;
	provider->send = watched_send;
	provider->query = watched_query;
}

static int watched_send(const market_provider_request *request, market_provider_answer *answer,
                        void *user_data, market_error *err)
{
	outer.asked = outer.asked * 31 + request->kind;
	outer.inside += inject_in_transaction();
	return outer.provider.send(request, answer, user_data, err);
}

static int watched_query(const market_provider_request *request, market_provider_answer *answer,
                         void *user_data, market_error *err)
{
	outer.asked = outer.asked * 31 + 100 + request->kind;
	outer.inside += inject_in_transaction();
	return outer.provider.query(request, answer, user_data, err);
}

static char *path_of(const char *name)
{
	const char *source = getenv("MARKET_SOURCE");
	char path[1000];
	snprintf(path, sizeof(path), "%.800s/tests/scenarios/%.100s.txt", source ? source : ".", name);
	return strdup(path);
}
