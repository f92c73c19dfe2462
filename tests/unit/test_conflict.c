/* A conflicting write between the reads and the flush of every operation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/conflict.h"

/* ---- versions move on under every operation ---- */

typedef struct moved {
	scenario_market market;
	scenario_way inner;
	meddler meddler;
	bool meddled; /* this flush's versions were moved on */
	int64_t flushes;
	char unguarded[4000]; /* names of updates that matched all the same */
} moved;

static int move_versions(mk_store *store, void *user_data)
{
	moved *m = user_data;

	/* every other flush, so that the run after a miss gets through */
	m->meddled = m->flushes++ % 2 == 0;
	return m->meddled ? meddler_bump(&m->meddler, store) : 0;
}

/* An update that still matches wasn't guarded by the version that was read. */
static void watch(const mk_trace *trace, void *user_data)
{
	moved *m = user_data;
	char name[100];
	bool versioned = false;

	if (strcmp(trace->statement->name, "commit") == 0 ||
	    strcmp(trace->statement->name, "rollback") == 0)
		m->meddled = false;
	if (!m->meddled || !trace->write || !trace->statement->table || trace->rows < 1 ||
	    strncmp(trace->statement->sql, "UPDATE", 6) != 0)
		return;
	for (size_t i = 0; i < m->meddler.n_bumps; i++)
		versioned = versioned || (&m->meddler.bumps[i] != trace->statement &&
		                          strcmp(m->meddler.bumps[i].table, trace->statement->table) == 0 &&
		                          strncmp(trace->statement->name, "meddle_", 7) != 0);
	snprintf(name, sizeof(name), " %s ", trace->statement->name);
	if (versioned && !strstr(m->unguarded, name))
		snprintf(m->unguarded + strlen(m->unguarded), sizeof(m->unguarded) - strlen(m->unguarded),
		         "%s", name);
}

/* Who names a version is told that it has moved on: no rerun hides it. On SQLite the versions moved
 * in the transaction itself, and are back when it runs again. */
static bool is_told(const char *path, const moved *m)
{
	return m->meddler.own && strstr(path, "/publication.txt");
}

static int64_t run_moved(const char *path, char unguarded[4000])
{
	char why[SCENARIO_WHY] = "";
	scenario *s = scenario_read(path, why);
	scenario_values values = {0};
	moved m = {.flushes = 0};
	scenario_way way = scenario_by_library(&m.market);
	market_error err;
	const char *url = test_store_url();
	int64_t flushes;

	CHECK_TEXT(why, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CHECK_OK_FATAL(scenario_market_open(&m.market, s, url, NULL, &err));
	meddler_open(&m.meddler, &m.market, url);
	snprintf(m.unguarded, sizeof(m.unguarded), "%s", unguarded);
	mk_store_set_before_flush(m.market.market->store, move_versions, &m);
	mk_store_set_trace(m.market.market->store, watch, &m);
	CU_ASSERT(scenario_run(s, &way, &values, why) == !is_told(path, &m));
	if (is_told(path, &m)) {
		CU_ASSERT_PTR_NOT_NULL(strstr(why, "publication.txt:13: refused: changed version"));
	} else {
		CHECK_TEXT(why, "");
	}
	snprintf(unguarded, 4000, "%s", m.unguarded);
	flushes = m.flushes;
	scenario_market_close(&m.market);
	meddler_close(&m.meddler);
	scenario_values_free(&values);
	scenario_free(s);
	return flushes;
}

/* Amounts change by what they are, guarded by their limit; a payout claims its lots by their number
 * and by the version of the account that they sum up to, and frees them by their number; a period
 * must be open still, whoever else adds money to it. */
static const char *const relative[] = {
	" stock_flow ",           " stock_move ",       " lot_claim ",       " lot_unclaim ",
	" refund_exposure_give ", " period_stay_open ", " brand_quota_move "};

static void forget(char *names, const char *name)
{
	char *at = strstr(names, name);

	if (at)
		memmove(at, at + strlen(name), strlen(at + strlen(name)) + 1);
}

static void moved_versions_are_met(void)
{
	char **files = conflict_files();
	char unguarded[4000] = "";
	int64_t flushes = 0;

	for (size_t i = 0; files[i]; i++)
		flushes += run_moved(files[i], unguarded);
	CU_ASSERT(flushes > 200);
	for (size_t i = 0; i < sizeof(relative) / sizeof(relative[0]); i++)
		forget(unguarded, relative[i]);
	CHECK_TEXT(unguarded, "");
	conflict_files_free(files);
}

/* ---- the same operation, committed by another connection in between ---- */

static void twin_gives_what_one_after_the_other_gives(void)
{
	char **files = conflict_files();
	int64_t twins = 0;

	for (size_t i = 0; files[i]; i++)
		twins += conflict_twins(files[i], false);
	CU_ASSERT(twins > 100);
	conflict_files_free(files);
}

static void twin_with_the_same_key_is_a_replay(void)
{
	static const char *const files[] = {"catalogue",  "checkout", "ledger-transfer",
	                                    "onboarding", "payouts",  "refunds"};
	char path[4200];
	int64_t twins = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/tests/scenarios/%s.txt", test_source_dir(), files[i]);
		twins += conflict_twins(path, true);
	}
	CU_ASSERT(twins > 100);
}

void suite_conflict(void);
void suite_conflict(void)
{
	CU_pSuite suite = test_suite_on_store("conflict");

	CU_add_test(suite,
	            "a version that moves on under any operation runs it again, to the same outcome",
	            moved_versions_are_met);
	CU_add_test(suite,
	            "an operation whose twin is committed in between ends as one after the other",
	            twin_gives_what_one_after_the_other_gives);
	CU_add_test(suite, "a twin with the same key in between is replayed",
	            twin_with_the_same_key_is_a_replay);
}
