#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/store_sample.h"

void suite_store_transaction(void);

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

/* ---- reads ---- */

static void batch_of_queries(void)
{
	mk_store *store = sample_store();
	const mk_value second[] = {mk_int(1), mk_int(2)}, third[] = {mk_int(1), mk_int(3)},
				   none[] = {mk_int(2), mk_int(3)};
	const mk_value page[] = {mk_int(1), mk_int(2)};
	mk_query queries[] = {
		{.statement = &thing_by_id, .args = second, .n_args = 2, .record = &thing_record},
		{.statement = &thing_list, .args = page, .n_args = 2, .record = &thing_record},
		{.statement = &thing_by_id, .args = none, .n_args = 2, .record = &thing_record},
		{.statement = &thing_by_id, .args = third, .n_args = 2, .record = &thing_record},
		{.statement = &thing_count, .record = &count_record},
	};

	sample_fill(store, 5);
	CHECK_OK_FATAL(mk_store_begin(store, false, &err));
	for (int round = 0; round < 2; round++) {
		CHECK_OK(mk_store_read(store, &arena, queries, 5, &err));
		CU_ASSERT(queries[0].n_rows == 1 && ((thing *)queries[0].rows[0])->number == 200);
		CU_ASSERT(queries[1].n_rows == 2 && ((thing *)queries[1].rows[1])->number == 300);
		CU_ASSERT(queries[2].n_rows == 0);
		CU_ASSERT(queries[3].n_rows == 1 && ((thing *)queries[3].rows[0])->number == 300);
		CU_ASSERT(queries[4].n_rows == 1 && ((count *)queries[4].rows[0])->n == 5);
	}
	CHECK_OK(mk_store_commit(store, &err));
	mk_store_close(store);
}

static void long_list_in_order(void)
{
	mk_store *store = sample_store();
	void **rows;
	size_t n = 0;

	sample_fill(store, 700);
	CHECK_OK(mk_store_list(store, &arena, &thing_list, &thing_record,
	                       MK_ARGS(mk_int(0), mk_int(1000)), &rows, &n, &err));
	CHECK_INT(n, 700);
	for (size_t i = 0; i < n; i++)
		if (((thing *)rows[i])->id.id != (int64_t)i + 1)
			CU_FAIL_FATAL("out of order");
	mk_store_close(store);
}

typedef struct streamed {
	mk_store *store;
	int64_t n, sum, stop_at;
	int inner;
} streamed;

static int take_row(void *row, void *user_data, market_error *error)
{
	streamed *s = user_data;
	void *other;

	s->n++;
	s->sum += ((thing *)row)->number;
	if (s->store)
		s->inner =
			mk_store_get(s->store, &arena, &thing_count, &count_record, MK_NO_ARGS, &other, error);
	return s->n == s->stop_at ? MARKET_ESTATE : 0;
}

static void each_streams_all(void)
{
	mk_store *store = sample_store();
	streamed s = {0};

	sample_fill(store, 300);
	CHECK_OK(mk_store_each(store, &thing_list, &thing_record, MK_ARGS(mk_int(0), mk_int(1000)),
	                       take_row, &s, &err));
	CHECK_INT(s.n, 300);
	CHECK_INT(s.sum, 100 * 300 * 301 / 2);
	CHECK_OK_FATAL(mk_store_begin(store, false, &err));
	CHECK_OK(mk_store_each(store, &thing_list, &thing_record, MK_ARGS(mk_int(0), mk_int(10)),
	                       take_row, &s, &err));
	CHECK_INT(s.n, 310);
	CHECK_OK(mk_store_commit(store, &err));
	mk_store_close(store);
}

static void each_stops_when_told(void)
{
	mk_store *store = sample_store();
	streamed s = {.stop_at = 7};

	sample_fill(store, 100);
	CHECK_OK_FATAL(mk_store_begin(store, false, &err));
	CHECK_INT(mk_store_each(store, &thing_list, &thing_record, MK_ARGS(mk_int(0), mk_int(1000)),
	                        take_row, &s, &err),
	          MARKET_ESTATE);
	CHECK_INT(s.n, 7);
	CHECK_INT(sample_count(store), 100);
	CHECK_OK(mk_store_commit(store, &err));
	mk_store_close(store);
}

static void each_keeps_the_store_to_itself(void)
{
	mk_store *store = sample_store();
	streamed s = {.store = store};

	sample_fill(store, 2);
	CHECK_OK(mk_store_each(store, &thing_list, &thing_record, MK_ARGS(mk_int(0), mk_int(10)),
	                       take_row, &s, &err));
	CHECK_INT(s.inner, MARKET_EINTERNAL);
	CHECK_INT(s.n, 2);
	mk_store_close(store);
}

/* ---- transactions ---- */

static void rollback_undoes(void)
{
	mk_store *store = sample_store();
	thing put = sample_bare(1, 1);
	mk_plan *plan = mk_plan_new(&arena);

	CHECK_OK_FATAL(mk_store_begin(store, true, &err));
	mk_plan_add_record(plan, MK_PHASE_INSERT, &thing_insert, put.id, &thing_record, &put, MK_RETRY);
	CHECK_INT(mk_plan_flush(plan, store, &err), 0);
	CHECK_INT(sample_count(store), 1);
	mk_store_rollback(store);
	CHECK_INT(sample_count(store), 0);
	mk_store_rollback(store);
	sample_insert(store, &put);
	CHECK_INT(sample_count(store), 1);
	mk_store_close(store);
}

static void commit_is_seen_by_others(void)
{
	mk_store *store = sample_store(), *other = sample_open_again(sample_url(), 0);
	thing put = sample_bare(1, 1);

	CHECK_INT(sample_count(other), 0);
	sample_insert(store, &put);
	CHECK_INT(sample_count(other), 1);
	mk_store_close(other);
	mk_store_close(store);
}

static void reader_sees_one_state(void)
{
	mk_store *store = sample_store(), *other = sample_open_again(sample_url(), 0);
	thing put = sample_bare(1, 1);

	CHECK_OK_FATAL(mk_store_begin(other, false, &err));
	CHECK_INT(sample_count(other), 0);
	sample_insert(store, &put);
	CHECK_INT(sample_count(other), 0);
	CHECK_OK(mk_store_commit(other, &err));
	CHECK_INT(sample_count(other), 1);
	mk_store_close(other);
	mk_store_close(store);
}

static void transactions_dont_nest(void)
{
	mk_store *store = sample_store();

	CHECK_ERROR(mk_store_commit(store, &err), MARKET_EINTERNAL, NULL);
	CHECK_OK(mk_store_begin(store, true, &err));
	CHECK_ERROR(mk_store_begin(store, true, &err), MARKET_EINTERNAL, NULL);
	CHECK_OK(mk_store_commit(store, &err));
	mk_store_close(store);
}

static void reader_may_not_write(void)
{
	mk_store_options options = {.read_only = true};
	mk_store *store = sample_store(), *reader;
	static const mk_statement clear = {
		.name = "thing_clear", .table = "thing", .sql = "DELETE FROM thing", .scan = true};

	CHECK_OK_FATAL(mk_store_begin(store, false, &err));
	CHECK_ERROR(mk_store_write(store, &clear, MK_NO_ARGS, &err), MARKET_EREADONLY, NULL);
	CHECK_OK(mk_store_commit(store, &err));
	reader = sample_open(sample_url(), &options, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(reader);
	CHECK_ERROR(mk_store_begin(reader, true, &err), MARKET_EREADONLY, NULL);
	CHECK_ERROR(mk_store_write(reader, &clear, MK_NO_ARGS, &err), MARKET_EREADONLY, NULL);
	CHECK_INT(sample_count(reader), 0);
	mk_store_close(reader);
	mk_store_close(store);
}

static void locked_row_is_busy(void)
{
	static const mk_statement touch = {
		.name = "thing_touch",
		.table = "thing",
		.sql = "UPDATE thing SET number = number + 1 WHERE book_id = ?1 AND id = ?2",
	};
	mk_store *store = sample_store(), *other = sample_open_again(sample_url(), 50);
	thing put = sample_bare(1, 1);
	int64_t rc;

	sample_insert(store, &put);
	CHECK_OK_FATAL(mk_store_begin(store, true, &err));
	CHECK_INT(mk_store_write(store, &touch, MK_ARGS(mk_int(1), mk_int(1)), &err), 1);
	rc = mk_store_begin(other, true, &err);
	if (rc == 0)
		rc = mk_store_write(other, &touch, MK_ARGS(mk_int(1), mk_int(1)), &err);
	CHECK_INT(rc, MARKET_EBUSY);
	mk_store_rollback(other);
	CHECK_OK(mk_store_commit(store, &err));
	CHECK_OK(mk_store_begin(other, true, &err));
	CHECK_INT(mk_store_write(other, &touch, MK_ARGS(mk_int(1), mk_int(1)), &err), 1);
	CHECK_OK(mk_store_commit(other, &err));
	mk_store_close(other);
	mk_store_close(store);
}

#define WRITERS 4
#define ROUNDS 50

static void *write_many(void *url)
{
	mk_store_options options = {.busy_ms = 20000};
	market_error error = {0};
	mk_store *store = sample_open(url, &options, &error);
	intptr_t good = 0;

	for (int i = 0; store && i < ROUNDS; i++) {
		if (mk_store_begin(store, true, &error) == 0 &&
		    mk_store_write(store, &thing_add, MK_ARGS(mk_int(1), mk_int(1), mk_int(1)), &error) ==
		        1 &&
		    mk_store_commit(store, &error) == 0)
			good++;
		else
			mk_store_rollback(store);
	}
	mk_store_close(store);
	return (void *)good;
}

static void writers_wait_for_each_other(void)
{
	mk_store *store = sample_store();
	pthread_t threads[WRITERS];
	thing put = sample_bare(1, 1), *got;
	int64_t good = 0;
	void *result;

	put.number = 100;
	sample_insert(store, &put);
	for (int i = 0; i < WRITERS; i++)
		CU_ASSERT_FATAL(
			pthread_create(&threads[i], NULL, write_many, (void *)(uintptr_t)sample_url()) == 0);
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(threads[i], &result);
		good += (intptr_t)result;
	}
	CHECK_INT(good, WRITERS * ROUNDS);
	got = sample_get(store, &arena, 1, 1);
	CU_ASSERT(got && got->number == 100 + good);
	mk_store_close(store);
}

/* ---- trace ---- */

typedef struct traced {
	int64_t reads, writes, rows_written, rows_read, begins, commits;
} traced;

static void count_trace(const mk_trace *trace, void *user_data)
{
	traced *t = user_data;

	if (strcmp(trace->statement->name, "begin") == 0)
		t->begins++;
	else if (strcmp(trace->statement->name, "commit") == 0)
		t->commits++;
	else if (trace->write)
		t->writes++, t->rows_written += trace->rows;
	else
		t->reads++, t->rows_read += trace->rows;
}

static void trace_tells_every_statement(void)
{
	mk_store *store = sample_store();
	traced t = {0};
	void **rows;
	size_t n;

	mk_store_set_trace(store, count_trace, &t);
	sample_fill(store, 9);
	CHECK_OK(mk_store_list(store, &arena, &thing_list, &thing_record, MK_ARGS(mk_int(0), mk_int(4)),
	                       &rows, &n, &err));
	CU_ASSERT(t.begins == 1 && t.commits == 1 && t.writes == 9 && t.rows_written == 9);
	CU_ASSERT(t.reads == 1 && t.rows_read == 4);
	mk_store_set_trace(store, NULL, NULL);
	CHECK_INT(sample_count(store), 9);
	CHECK_INT(t.reads, 1);
	mk_store_close(store);
}

/* ---- memory ---- */

static int64_t allocations_left;

static void *scarce_allocate(size_t size, void *user_data)
{
	(void)user_data;
	return allocations_left-- > 0 ? malloc(size) : NULL;
}

static void *scarce_reallocate(void *block, size_t size, void *user_data)
{
	(void)user_data;
	return allocations_left-- > 0 ? realloc(block, size) : NULL;
}

static void scarce_release(void *block, void *user_data)
{
	(void)user_data;
	free(block);
}

static const market_allocator scarce = {scarce_allocate, scarce_reallocate, scarce_release, NULL};

static int use_scarce(const char *url, int64_t id, mk_arena *own)
{
	mk_store_options options = {.allocator = &scarce};
	thing put = sample_full(1, id);
	mk_store *store = NULL;
	mk_store_url parsed;
	mk_plan *plan;
	void *row;
	int rc = mk_store_url_parse(url, own, &parsed, &err);

	if (rc == 0)
		rc = mk_store_open(&parsed, &options, &store, &err);
	if (rc == 0)
		rc = mk_store_begin(store, true, &err);
	if (rc != 0)
		goto out;
	plan = mk_plan_new(own);
	if (!plan) {
		rc = MARKET_ENOMEM;
		goto out;
	}
	mk_plan_add_record(plan, MK_PHASE_INSERT, &thing_insert, put.id, &thing_record, &put, MK_RETRY);
	mk_plan_add(plan, MK_PHASE_UPDATE, &thing_add, put.id,
	            MK_ARGS(mk_int(-1), mk_int(1), mk_int(id)), MK_RETRY);
	rc = mk_plan_flush(plan, store, &err);
	if (rc == 0)
		rc = mk_store_get(store, own, &thing_by_id, &thing_record, MK_ARGS(mk_int(1), mk_int(id)),
		                  &row, &err);
	if (rc == 0)
		rc = mk_store_commit(store, &err);
out:
	mk_store_close(store);
	return rc;
}

static void every_allocation_may_fail(void)
{
	mk_store *store = sample_store();
	mk_arena own;
	int64_t n;
	int rc = MARKET_ENOMEM;

	for (n = 0; n < 1000 && rc == MARKET_ENOMEM; n++) {
		allocations_left = n;
		mk_arena_init(&own, &scarce);
		rc = use_scarce(sample_url(), n + 1, &own);
		mk_arena_close(&own);
		CHECK_INT(sample_count(store), rc == 0 ? 1 : 0);
	}
	CHECK_OK(rc);
	CU_ASSERT(n > 5);
	mk_store_close(store);
}

void suite_store_transaction(void)
{
	CU_pSuite s = test_suite_on_store_with("store_transaction", before, after);

	CU_add_test(s, "a batch gives each query its rows", batch_of_queries);
	CU_add_test(s, "a long list comes whole and in order", long_list_in_order);
	CU_add_test(s, "each streams all rows", each_streams_all);
	CU_add_test(s, "each stops when its callback says so", each_stops_when_told);
	CU_add_test(s, "a callback of each may not use the store", each_keeps_the_store_to_itself);
	CU_add_test(s, "a rollback undoes", rollback_undoes);
	CU_add_test(s, "a commit is seen by others", commit_is_seen_by_others);
	CU_add_test(s, "a reader sees one state", reader_sees_one_state);
	CU_add_test(s, "transactions don't nest", transactions_dont_nest);
	CU_add_test(s, "a reader may not write", reader_may_not_write);
	CU_add_test(s, "a locked row is busy after the deadline", locked_row_is_busy);
	CU_add_test(s, "writers wait for each other", writers_wait_for_each_other);
	CU_add_test(s, "the trace tells every statement", trace_tells_every_statement);
	CU_add_test(s, "every allocation may fail", every_allocation_may_fail);
}
