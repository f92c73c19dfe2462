#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/store_sample.h"

void suite_store_postgres(void);

static mk_arena arena;
static market_error err;

static void before(void)
{
	memset(&err, 0, sizeof(err));
	mk_arena_init(&arena, &mk_allocator_default);
}

static void after(void)
{
	mk_arena_close(&arena);
}

static mk_store *with_option(const char *option)
{
	market_error error = {0};
	char *url = mk_arena_format(&arena, "%s%s", sample_url(), option);

	return sample_open(url, NULL, &error);
}

static int count_row(void *row, void *user_data, market_error *error)
{
	(void)row;
	(void)error;
	++*(int64_t *)user_data;
	return 0;
}

static void unnamed_statements_do(void)
{
	mk_store *store = sample_store(), *unnamed = with_option("&prepare=off");
	thing put = sample_full(5, 6), *got;
	int64_t n = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(unnamed);
	for (int64_t id = 1; id <= 3; id++) {
		put.id.id = id;
		sample_insert(unnamed, &put);
	}
	got = sample_get(unnamed, &arena, 5, 2);
	CU_ASSERT(got && got->number == INT64_MAX && got->n_metadata == 2);
	CHECK_OK(mk_store_each(unnamed, &thing_list, &thing_record, MK_ARGS(mk_int(1), mk_int(1)),
	                       count_row, &n, &err));
	CHECK_INT(n, 1);
	mk_store_close(unnamed);
	CHECK_INT(sample_count(store), 3);
	mk_store_close(store);
}

/* What a pooler does to named statements: they are gone, or there already. */
static void lost_statements_turn_naming_off(void)
{
	mk_store *store = sample_store();
	thing put = sample_full(1, 1);
	void *row;

	sample_insert(store, &put);
	CU_ASSERT_PTR_NOT_NULL(sample_get(store, &arena, 1, 1));
	CHECK_OK(mk_store_execute_text(store, "DEALLOCATE ALL", &err));
	CHECK_OK_FATAL(mk_store_begin(store, false, &err));
	CHECK_INT(mk_store_get(store, &arena, &thing_by_id, &thing_record,
	                       MK_ARGS(mk_int(1), mk_int(1)), &row, &err),
	          MK_AGAIN);
	mk_store_rollback(store);
	CHECK_OK_FATAL(mk_store_begin(store, false, &err));
	CU_ASSERT_PTR_NOT_NULL(sample_get(store, &arena, 1, 1));
	CHECK_OK(mk_store_commit(store, &err));
	CHECK_OK(mk_store_execute_text(store, "DEALLOCATE ALL", &err));
	CU_ASSERT_PTR_NOT_NULL(sample_get(store, &arena, 1, 1));
	mk_store_close(store);
}

static void cut_others(mk_store *killer)
{
	CHECK_OK(
		mk_store_execute_text(killer,
	                          "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
	                          " WHERE datname = current_database() AND pid <> pg_backend_pid()",
	                          &err));
}

static void idle_connection_is_made_anew(void)
{
	mk_store *store = sample_store(), *killer = sample_open_again(sample_url(), 0);
	thing put = sample_full(1, 1);

	sample_insert(store, &put);
	cut_others(killer);
	CHECK_OK_FATAL(mk_store_begin(store, true, &err));
	CU_ASSERT_PTR_NOT_NULL(sample_get(store, &arena, 1, 1));
	CHECK_INT(mk_store_write(store, &thing_add, MK_ARGS(mk_int(-1), mk_int(1), mk_int(1)), &err),
	          1);
	CHECK_OK(mk_store_commit(store, &err));
	cut_others(killer);
	CHECK_INT(sample_count(store), 1);
	mk_store_close(killer);
	mk_store_close(store);
}

static void undone_and_cut_goes_on(void)
{
	mk_store *store = sample_store(), *killer = sample_open_again(sample_url(), 0);
	thing put = sample_full(1, 1);

	sample_insert(store, &put);
	for (int cut = 0; cut < 2; cut++) {
		CHECK_OK_FATAL(mk_store_begin(store, true, &err));
		CHECK_INT(
			mk_store_write(store, &thing_add, MK_ARGS(mk_int(-1), mk_int(1), mk_int(1)), &err), 1);
		mk_store_rollback(store);
		if (cut)
			cut_others(killer);
		CHECK_INT(sample_get(store, &arena, 1, 1)->number, INT64_MAX);
	}
	mk_store_close(killer);
	mk_store_close(store);
}

static void cut_transaction_is_unavailable(void)
{
	mk_store *store = sample_store(), *killer = sample_open_again(sample_url(), 0);
	thing put = sample_full(1, 1);
	void *row;

	sample_insert(store, &put);
	CHECK_OK_FATAL(mk_store_begin(store, true, &err));
	CHECK_INT(mk_store_write(store, &thing_add, MK_ARGS(mk_int(-1), mk_int(1), mk_int(1)), &err),
	          1);
	cut_others(killer);
	CHECK_ERROR(mk_store_get(store, &arena, &thing_by_id, &thing_record,
	                         MK_ARGS(mk_int(1), mk_int(1)), &row, &err),
	            MARKET_EUNAVAILABLE, NULL);
	CHECK_ERROR(mk_store_get(store, &arena, &thing_by_id, &thing_record,
	                         MK_ARGS(mk_int(1), mk_int(1)), &row, &err),
	            MARKET_EUNAVAILABLE, NULL);
	mk_store_rollback(store);
	CHECK_OK_FATAL(mk_store_begin(store, true, &err));
	CHECK_INT(sample_get(store, &arena, 1, 1)->number, INT64_MAX);
	CHECK_OK(mk_store_commit(store, &err));
	mk_store_close(killer);
	mk_store_close(store);
}

static void cut_commit_is_unknown(void)
{
	mk_store *store = sample_store(), *killer = sample_open_again(sample_url(), 0);
	thing put = sample_full(1, 1);

	sample_insert(store, &put);
	CHECK_OK_FATAL(mk_store_begin(store, true, &err));
	CHECK_INT(mk_store_write(store, &thing_add, MK_ARGS(mk_int(-1), mk_int(1), mk_int(1)), &err),
	          1);
	cut_others(killer);
	CHECK_ERROR(mk_store_commit(store, &err), MARKET_EUNKNOWN, NULL);
	CHECK_INT(sample_count(store), 1);
	mk_store_close(killer);
	mk_store_close(store);
}

typedef struct crossing {
	const char *url;
	int64_t first, second;
	pthread_barrier_t *barrier;
	int64_t write;
	int commit;
} crossing;

static void *cross(void *data)
{
	mk_store_options options = {.busy_ms = 20000};
	crossing *c = data;
	market_error error = {0};
	mk_store *store = sample_open(c->url, &options, &error);

	mk_store_begin(store, true, &error);
	mk_store_write(store, &thing_add, MK_ARGS(mk_int(1), mk_int(1), mk_int(c->first)), &error);
	pthread_barrier_wait(c->barrier);
	c->write =
		mk_store_write(store, &thing_add, MK_ARGS(mk_int(1), mk_int(1), mk_int(c->second)), &error);
	c->commit = mk_store_commit(store, &error);
	mk_store_close(store);
	return NULL;
}

static void deadlock_runs_again(void)
{
	mk_store *store = sample_store();
	pthread_barrier_t barrier;
	crossing a = {.url = sample_url(), .first = 1, .second = 2, .barrier = &barrier}, b = a;
	crossing *loser;
	pthread_t threads[2];

	b.first = 2;
	b.second = 1;
	sample_fill(store, 2);
	pthread_barrier_init(&barrier, NULL, 2);
	CU_ASSERT_FATAL(pthread_create(&threads[0], NULL, cross, &a) == 0);
	CU_ASSERT_FATAL(pthread_create(&threads[1], NULL, cross, &b) == 0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	pthread_barrier_destroy(&barrier);
	loser = a.write == 1 ? &b : &a;
	CHECK_INT(a.write + b.write, 1 + MARKET_ECONFLICT);
	CHECK_INT(loser->commit, MK_AGAIN);
	CHECK_INT(a.commit + b.commit, MK_AGAIN);
	mk_store_close(store);
}

static void absent_database_is_absent(void)
{
	mk_store *store = sample_store();
	const char *question = strchr(sample_url(), '?');
	char *url = mk_arena_format(&arena, "postgresql:///no_such_database%s", question);

	CU_ASSERT_PTR_NULL(sample_open(url, NULL, &err));
	CHECK_INT(err.code, MARKET_EABSENT);
	CU_ASSERT_PTR_NULL(sample_open("postgresql:///x?host=/nonexistent", NULL, &err));
	CHECK_INT(err.code, MARKET_EUNAVAILABLE);
	mk_store_close(store);
}

static void sums_must_be_cast(void)
{
	static const mk_statement plain = {
		.name = "thing_sum", .sql = "SELECT SUM(number) AS n FROM thing", .scan = true};
	mk_store *store = sample_store();
	void *row;

	sample_fill(store, 2);
	CHECK_ERROR(mk_store_get(store, &arena, &plain, &count_record, MK_NO_ARGS, &row, &err),
	            MARKET_EINTERNAL, NULL);
	mk_store_close(store);
}

static void altered_table_runs_again(void)
{
	static const mk_statement all = {
		.name = "thing_all", .sql = "SELECT n.* FROM numbers n", .scan = true};
	mk_store *store = sample_store();
	void *row;

	CHECK_OK(mk_store_execute_text(store, "CREATE TABLE numbers (n INTEGER)", &err));
	CHECK_OK(mk_store_get(store, &arena, &all, &count_record, MK_NO_ARGS, &row, &err));
	CHECK_OK(mk_store_execute_text(store, "ALTER TABLE numbers ALTER COLUMN n TYPE BIGINT", &err));
	CHECK_OK_FATAL(mk_store_begin(store, false, &err));
	CHECK_INT(mk_store_get(store, &arena, &all, &count_record, MK_NO_ARGS, &row, &err), MK_AGAIN);
	mk_store_rollback(store);
	CHECK_OK_FATAL(mk_store_begin(store, false, &err));
	CHECK_OK(mk_store_get(store, &arena, &all, &count_record, MK_NO_ARGS, &row, &err));
	CHECK_OK(mk_store_commit(store, &err));
	mk_store_close(store);
}

/* Only in a run on PostgreSQL. */
void suite_store_postgres(void)
{
	const char *kind = getenv("MARKET_TEST_STORE");
	CU_pSuite s;

	if (!kind || strcmp(kind, "postgresql") != 0)
		return;
	s = test_suite_on_store_with("store_postgres", before, after);
	CU_add_test(s, "unnamed statements do without named ones", unnamed_statements_do);
	CU_add_test(s, "statements lost behind a pooler turn naming off",
	            lost_statements_turn_naming_off);
	CU_add_test(s, "a connection cut while idle is made anew", idle_connection_is_made_anew);
	CU_add_test(s, "what was undone isn't waited for, and is undone", undone_and_cut_goes_on);
	CU_add_test(s, "a connection cut in a transaction is unavailable",
	            cut_transaction_is_unavailable);
	CU_add_test(s, "a connection cut before commit leaves the outcome unknown",
	            cut_commit_is_unknown);
	CU_add_test(s, "a deadlock's victim runs again", deadlock_runs_again);
	CU_add_test(s, "an absent database and an absent server are told apart",
	            absent_database_is_absent);
	CU_add_test(s, "a sum without a cast is refused", sums_must_be_cast);
	CU_add_test(s, "a table altered under a statement runs again", altered_table_runs_again);
}
