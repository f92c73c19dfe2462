#include <stdlib.h>
#include <string.h>

#include "tests/unit/store_sample.h"

void suite_plan(void);

static mk_arena arena;
static market_error err;
static mk_store *store;
static mk_plan *plan;

static const mk_statement set_number = {
	.name = "thing_set",
	.table = "thing",
	.sql = "UPDATE thing SET number = ?1 WHERE book_id = ?2 AND id = ?3",
};
static const mk_statement other_add = {
	.name = "other_add",
	.table = "other",
	.sql = "UPDATE thing SET number = number + ?1 WHERE book_id = ?2 AND id = ?3",
};

static void before(void)
{
	memset(&err, 0, sizeof(err));
	mk_arena_init(&arena, &mk_allocator_default);
	plan = mk_plan_new(&arena);
}

static void after(void)
{
	mk_store_close(store);
	store = NULL;
	mk_arena_close(&arena);
}

/* Three things, 1 to 3 in book 1, and a transaction in which the plan can be flushed. */
static void begin(void)
{
	store = sample_store();
	sample_fill(store, 3);
	CHECK_OK_FATAL(mk_store_begin(store, true, &err));
}

static void add(mk_phase phase, const mk_statement *statement, int64_t book, int64_t id,
                mk_miss miss)
{
	mk_plan_add(plan, phase, statement, (market_id){book, id},
	            MK_ARGS(mk_int(1), mk_int(book), mk_int(id)), miss);
}

static mk_miss miss_of(int code, int rank)
{
	return (mk_miss){.code = code, .rank = rank, .field = "field", .message = "it was missed"};
}

static int64_t number_of(int64_t id)
{
	thing *row = sample_get(store, &arena, 1, id);

	return row ? row->number : -1;
}

typedef struct order {
	char text[2000];
} order;

/* Each write as "statement book/id", from its last two values. */
static void note(const mk_trace *trace, void *user_data)
{
	order *o = user_data;
	char *line;

	if (!trace->write || trace->n_args < 2)
		return;
	line = mk_arena_format(&arena, "%s %lld/%lld\n", trace->statement->name,
	                       (long long)trace->args[trace->n_args - 2].number,
	                       (long long)trace->args[trace->n_args - 1].number);
	strncat(o->text, line, sizeof(o->text) - strlen(o->text) - 1);
}

static void phases_and_sorting(void)
{
	order o = {""};

	begin();
	add(MK_PHASE_LAST, &thing_add, 9, 1, MK_ANY);
	add(MK_PHASE_LAST, &thing_add, 1, 1, MK_ANY);
	add(MK_PHASE_LEDGER, &thing_add, 2, 2, MK_ANY);
	add(MK_PHASE_LEDGER, &other_add, 2, 1, MK_ANY);
	add(MK_PHASE_LEDGER, &thing_add, 1, 7, MK_ANY);
	add(MK_PHASE_UPDATE, &thing_add, 1, 1, MK_ANY);
	add(MK_PHASE_UPDATE, &thing_add, 0, 5, MK_ANY);
	add(MK_PHASE_UPDATE, &other_add, 8, 8, MK_ANY);
	add(MK_PHASE_UPDATE, &set_number, 0, 4, MK_ANY);
	add(MK_PHASE_INSERT, &thing_add, 3, 3, MK_ANY);
	add(MK_PHASE_INSERT, &thing_add, 2, 2, MK_ANY);
	add(MK_PHASE_JOURNAL, &thing_add, 5, 5, MK_ANY);
	mk_store_set_trace(store, note, &o);
	CHECK_INT(mk_plan_flush(plan, store, &err), 0);
	CHECK_TEXT(
		o.text,
		"thing_add 5/5\nthing_add 3/3\nthing_add 2/2\nother_add 8/8\nthing_set 0/4\n"
		"thing_add 0/5\nthing_add 1/1\nthing_add 1/7\nother_add 2/1\nthing_add 2/2\nthing_add 9/1\n"
		"thing_add 1/1\n");
}

static void updates_of_one_row_keep_their_order(void)
{
	static const mk_statement append = {
		.name = "thing_append",
		.table = "thing",
		.sql = "UPDATE thing SET name = COALESCE(name, '') || ?1 WHERE book_id = ?2 AND id = ?3",
	};
	thing *row;

	begin();
	for (int i = 0; i < 26; i++) {
		char *letter = mk_arena_format(&arena, "%c", 'a' + i);

		for (int64_t id = 3; id >= 1; id--)
			mk_plan_add(plan, MK_PHASE_UPDATE, &append, (market_id){1, id},
			            MK_ARGS(mk_text_value(letter), mk_int(1), mk_int(id)), MK_RETRY);
	}
	CHECK_INT(mk_plan_flush(plan, store, &err), 0);
	for (int64_t id = 1; id <= 3; id++) {
		row = sample_get(store, &arena, 1, id);
		CHECK_TEXT(row ? row->name : NULL, "abcdefghijklmnopqrstuvwxyz");
	}
}

static void no_miss_is_good(void)
{
	begin();
	CU_ASSERT(mk_plan_empty(plan));
	add(MK_PHASE_UPDATE, &thing_add, 1, 1, MK_RETRY);
	add(MK_PHASE_UPDATE, &thing_add, 1, 2, miss_of(MARKET_EFUNDS, 1));
	CU_ASSERT(!mk_plan_empty(plan));
	CHECK_INT(mk_plan_flush(plan, store, &err), 0);
	CHECK_OK(mk_store_commit(store, &err));
	CHECK_INT(number_of(1), 101);
	CHECK_INT(number_of(2), 201);
}

static void retry_beats_every_error(void)
{
	begin();
	add(MK_PHASE_UPDATE, &thing_add, 1, 91, miss_of(MARKET_EFUNDS, 1));
	add(MK_PHASE_UPDATE, &thing_add, 1, 92, MK_RETRY);
	CHECK_INT(mk_plan_flush(plan, store, &err), MK_AGAIN);
	mk_store_rollback(store);
}

static void first_in_precedence_is_reported(void)
{
	begin();
	add(MK_PHASE_UPDATE, &thing_add, 1, 91, miss_of(MARKET_EFUNDS, 3));
	add(MK_PHASE_UPDATE, &thing_add, 1, 92, miss_of(MARKET_ESTOCK, 2));
	add(MK_PHASE_UPDATE, &thing_add, 1, 93, miss_of(MARKET_EQUOTA, 2));
	add(MK_PHASE_UPDATE, &thing_add, 1, 1, miss_of(MARKET_ESTATE, 1));
	CHECK_ERROR(mk_plan_flush(plan, store, &err), MARKET_ESTOCK, "field");
	CHECK_TEXT(err.message, "it was missed");
	mk_store_rollback(store);
	CHECK_INT(number_of(1), 100);
}

static void message_may_be_absent(void)
{
	begin();
	add(MK_PHASE_UPDATE, &thing_add, 1, 91, (mk_miss){.code = MARKET_EFROZEN});
	CHECK_ERROR(mk_plan_flush(plan, store, &err), MARKET_EFROZEN, "");
	CU_ASSERT(err.message[0] != '\0');
}

static void any_count_may_be_expected(void)
{
	static const mk_statement all = {
		.name = "thing_all_add",
		.table = "thing",
		.sql = "UPDATE thing SET number = number + ?1 WHERE book_id = ?2 AND id < ?3",
	};

	begin();
	add(MK_PHASE_UPDATE, &all, 1, 99, MK_ANY);
	add(MK_PHASE_UPDATE, &all, 1, 0, MK_ANY);
	add(MK_PHASE_UPDATE, &all, 1, 3, (mk_miss){.code = MARKET_ESTATE, .rows = 2});
	CHECK_INT(mk_plan_flush(plan, store, &err), 0);
	plan = mk_plan_new(&arena);
	add(MK_PHASE_UPDATE, &all, 1, 99, (mk_miss){.code = MARKET_ESTATE, .rows = 2});
	CHECK_ERROR(mk_plan_flush(plan, store, &err), MARKET_ESTATE, NULL);
	plan = mk_plan_new(&arena);
	add(MK_PHASE_UPDATE, &all, 1, 99, miss_of(MARKET_EEXISTS, 0));
	CHECK_ERROR(mk_plan_flush(plan, store, &err), MARKET_EEXISTS, NULL);
}

static void miss_explains_a_later_failure(void)
{
	static const mk_statement thirteen = {
		.name = "thing_thirteen",
		.table = "thing",
		.sql = "UPDATE thing SET number = 12 + ?1 WHERE book_id = ?2 AND id = ?3",
	};

	begin();
	add(MK_PHASE_INSERT, &thing_add, 1, 91, miss_of(MARKET_ESTOCK, 1));
	add(MK_PHASE_UPDATE, &thirteen, 1, 1, MK_RETRY);
	CHECK_ERROR(mk_plan_flush(plan, store, &err), MARKET_ESTOCK, NULL);
	mk_store_rollback(store);
	CHECK_OK_FATAL(mk_store_begin(store, true, &err));
	plan = mk_plan_new(&arena);
	add(MK_PHASE_INSERT, &thing_add, 1, 1, miss_of(MARKET_ESTOCK, 1));
	add(MK_PHASE_UPDATE, &thirteen, 1, 1, MK_RETRY);
	CHECK_ERROR(mk_plan_flush(plan, store, &err), MARKET_EINTERNAL, NULL);
}

static void taken_key_runs_again(void)
{
	thing row = sample_full(1, 2);

	begin();
	mk_plan_add_record(plan, MK_PHASE_INSERT, &thing_insert, row.id, &thing_record, &row, MK_RETRY);
	CHECK_INT(mk_plan_flush(plan, store, &err), MK_AGAIN);
	mk_store_rollback(store);
	CHECK_INT(number_of(2), 200);
}

static void old_version_runs_again(void)
{
	thing row = sample_bare(1, 2);

	begin();
	row.name = "new";
	mk_plan_add_record(plan, MK_PHASE_UPDATE, &thing_update, row.id, &thing_record, &row, MK_RETRY);
	CHECK_INT(mk_plan_flush(plan, store, &err), 0);
	CHECK_INT(mk_plan_flush(plan, store, &err), MK_AGAIN);
	CHECK_TEXT(sample_get(store, &arena, 1, 2)->name, "new");
	CHECK_INT(sample_get(store, &arena, 1, 2)->version, 1);
}

/* ---- values ---- */

static void values_are_taken_when_added(void)
{
	bool flag = true;
	int64_t maybe = 5;
	thing row = sample_full(1, 50), *got;

	begin();
	row.maybe = &maybe;
	row.maybe_flag = &flag;
	mk_plan_add_record(plan, MK_PHASE_INSERT, &thing_insert, row.id, &thing_record, &row, MK_RETRY);
	row.number = 1;
	row.price = mk_money(1, "USD");
	maybe = 6;
	flag = false;
	CHECK_INT(mk_plan_flush(plan, store, &err), 0);
	got = sample_get(store, &arena, 1, 50);
	CU_ASSERT_PTR_NOT_NULL_FATAL(got);
	CHECK_INT(got->number, INT64_MAX);
	CHECK_TEXT(got->price.currency, "BRL");
	CU_ASSERT(got->maybe && *got->maybe == 5 && got->maybe_flag && *got->maybe_flag);
}

static void broken_money_stops_the_plan(void)
{
	thing row = sample_full(1, 50);
	order o = {""};

	begin();
	mk_store_set_trace(store, note, &o);
	add(MK_PHASE_JOURNAL, &thing_add, 1, 1, MK_RETRY);
	row.fee = mk_money_neg(mk_money_times(mk_money(INT64_MAX, "BRL"), 2));
	mk_plan_add_record(plan, MK_PHASE_INSERT, &thing_insert, row.id, &thing_record, &row, MK_RETRY);
	CHECK_ERROR(mk_plan_flush(plan, store, &err), MARKET_EOVERFLOW, NULL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "fee"));
	plan = mk_plan_new(&arena);
	add(MK_PHASE_JOURNAL, &thing_add, 1, 1, MK_RETRY);
	mk_plan_add(plan, MK_PHASE_INSERT, &thing_add, row.id,
	            MK_ARGS(mk_money_value(row.fee), mk_int(1), mk_int(1)), MK_RETRY);
	CHECK_ERROR(mk_plan_flush(plan, store, &err), MARKET_EOVERFLOW, NULL);
	CHECK_TEXT(o.text, "");
	CHECK_INT(number_of(1), 100);
}

static void unlike_currencies_stop_the_plan(void)
{
	thing row = sample_full(1, 50);

	begin();
	add(MK_PHASE_JOURNAL, &thing_add, 1, 1, MK_RETRY);
	row.fee = mk_money(1, "USD");
	mk_plan_add_record(plan, MK_PHASE_INSERT, &thing_insert, row.id, &thing_record, &row, MK_RETRY);
	CHECK_ERROR(mk_plan_flush(plan, store, &err), MARKET_EINTERNAL, NULL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "USD"));
	plan = mk_plan_new(&arena);
	add(MK_PHASE_JOURNAL, &thing_add, 1, 1, MK_RETRY);
	row = sample_full(1, 51);
	row.currency = "USD";
	mk_plan_add_record(plan, MK_PHASE_INSERT, &thing_insert, row.id, &thing_record, &row, MK_RETRY);
	CHECK_ERROR(mk_plan_flush(plan, store, &err), MARKET_EINTERNAL, NULL);
	CHECK_INT(number_of(1), 100);
}

static void plan_needs_a_writer(void)
{
	begin();
	CHECK_OK(mk_store_commit(store, &err));
	add(MK_PHASE_UPDATE, &thing_add, 1, 1, MK_RETRY);
	CHECK_ERROR(mk_plan_flush(plan, store, &err), MARKET_EINTERNAL, NULL);
	CHECK_OK(mk_store_begin(store, false, &err));
	CHECK_ERROR(mk_plan_flush(plan, store, &err), MARKET_EINTERNAL, NULL);
	CHECK_OK(mk_store_commit(store, &err));
	CHECK_INT(number_of(1), 100);
}

static void *no_memory(size_t size, void *user_data)
{
	(void)size;
	(void)user_data;
	return NULL;
}

static void *no_more_memory(void *block, size_t size, void *user_data)
{
	(void)block;
	return no_memory(size, user_data);
}

static void no_release(void *block, void *user_data)
{
	(void)user_data;
	CU_ASSERT_PTR_NULL(block);
}

static void no_memory_is_remembered(void)
{
	static const market_allocator none = {no_memory, no_more_memory, no_release, NULL};
	const market_allocator *own = arena.allocator;

	begin();
	arena.allocator = &none;
	for (int i = 0; i < 10000; i++)
		add(MK_PHASE_UPDATE, &thing_add, 1, 1, MK_RETRY);
	arena.allocator = own;
	CHECK_ERROR(mk_plan_flush(plan, store, &err), MARKET_ENOMEM, NULL);
	CHECK_INT(number_of(1), 100);
}

static void large_plan(void)
{
	uint64_t state = test_random_seed();
	int64_t sums[4] = {0, 100, 200, 300};

	begin();
	for (int i = 0; i < 3000; i++) {
		int64_t id = 1 + (int64_t)test_random_below(&state, 3);

		add((mk_phase)test_random_below(&state, 5), &thing_add, 1, id, MK_RETRY);
		sums[id]++;
	}
	CHECK_INT(mk_plan_flush(plan, store, &err), 0);
	for (int64_t id = 1; id <= 3; id++)
		CHECK_INT(number_of(id), sums[id]);
}

/* ---- the seal and the conflicting write ---- */

static int seal_result;

static int seal(mk_store *s, void *user_data, market_error *error)
{
	int64_t n = mk_store_write(s, &thing_add, MK_ARGS(mk_int(1000), mk_int(1), mk_int(1)), error);

	++*(int *)user_data;
	return n == 1 ? seal_result : -1;
}

static void seal_runs_last(void)
{
	int sealed = 0;
	order o = {""};

	begin();
	mk_store_set_trace(store, note, &o);
	seal_result = 0;
	mk_plan_set_seal(plan, seal, &sealed);
	add(MK_PHASE_LAST, &thing_add, 1, 2, MK_RETRY);
	CHECK_INT(mk_plan_flush(plan, store, &err), 0);
	CHECK_TEXT(o.text, "thing_add 1/2\nthing_add 1/1\n");
	CHECK_INT(number_of(1), 1100);
	seal_result = MARKET_ECORRUPT;
	CHECK_INT(mk_plan_flush(plan, store, &err), MARKET_ECORRUPT);
	CHECK_INT(sealed, 2);
}

static void nothing_missed_is_sealed(void)
{
	int sealed = 0;

	begin();
	seal_result = 0;
	mk_plan_set_seal(plan, seal, &sealed);
	add(MK_PHASE_LAST, &thing_add, 1, 91, miss_of(MARKET_ESTATE, 1));
	CHECK_ERROR(mk_plan_flush(plan, store, &err), MARKET_ESTATE, NULL);
	CHECK_INT(sealed, 0);
}

/* On the plan's own connection, in its transaction. */
static int write_between(mk_store *s, void *user_data)
{
	static const mk_statement conflict = {
		.name = "thing_conflict",
		.table = "thing",
		.sql = "UPDATE thing SET version = version + ?1 WHERE book_id = ?2 AND id = ?3",
	};
	market_error error = {0};
	int64_t n = mk_store_write(s, &conflict, MK_ARGS(mk_int(1), mk_int(1), mk_int(2)), &error);

	++*(int *)user_data;
	return n == 1 ? 0 : MARKET_EINTERNAL;
}

static void conflicting_write_is_noticed(void)
{
	thing row = sample_bare(1, 2);
	int n = 0;

	begin();
	mk_store_set_before_flush(store, write_between, &n);
	mk_plan_add_record(plan, MK_PHASE_UPDATE, &thing_update, row.id, &thing_record, &row, MK_RETRY);
	CHECK_INT(mk_plan_flush(plan, store, &err), MK_AGAIN);
	CHECK_INT(n, 1);
}

/* By another process, where that is possible while this transaction is open. */
static int commit_between(mk_store *s, void *user_data)
{
	mk_store *other = user_data;
	market_error error = {0};
	int rc = mk_store_begin(other, true, &error);

	(void)s;
	if (rc == 0)
		rc = (int)mk_store_write(other, &thing_add, MK_ARGS(mk_int(7), mk_int(1), mk_int(1)),
		                         &error) == 1
		         ? 0
		         : -1;
	return rc == 0 ? mk_store_commit(other, &error) : rc;
}

static void amounts_wait_for_other_writers(void)
{
	mk_store *other;
	int rc;

	begin();
	other = sample_open_again(sample_url(), 50);
	mk_store_set_before_flush(store, commit_between, other);
	add(MK_PHASE_UPDATE, &thing_add, 1, 1, MK_RETRY);
	rc = mk_plan_flush(plan, store, &err);
	mk_store_close(other);
	CHECK_INT(rc, test_on_postgres() ? 0 : MARKET_EBUSY);
	CHECK_INT(number_of(1), test_on_postgres() ? 108 : 100);
}

void suite_plan(void)
{
	CU_pSuite s = test_suite_on_store_with("plan", before, after);

	CU_add_test(s, "phases in order, updates and accounts sorted", phases_and_sorting);
	CU_add_test(s, "updates of one row keep their order", updates_of_one_row_keep_their_order);
	CU_add_test(s, "a plan without a miss is good", no_miss_is_good);
	CU_add_test(s, "a retry beats every error", retry_beats_every_error);
	CU_add_test(s, "the missed error first in precedence is reported",
	            first_in_precedence_is_reported);
	CU_add_test(s, "a miss without a message says what its code means", message_may_be_absent);
	CU_add_test(s, "any count may be expected", any_count_may_be_expected);
	CU_add_test(s, "a miss explains a later failure", miss_explains_a_later_failure);
	CU_add_test(s, "a taken key runs again", taken_key_runs_again);
	CU_add_test(s, "an old version runs again", old_version_runs_again);
	CU_add_test(s, "values are taken when they are added", values_are_taken_when_added);
	CU_add_test(s, "a broken money stops the plan before its first step",
	            broken_money_stops_the_plan);
	CU_add_test(s, "unlike currencies in one row stop the plan", unlike_currencies_stop_the_plan);
	CU_add_test(s, "a plan needs a writer's transaction", plan_needs_a_writer);
	CU_add_test(s, "exhausted memory is remembered", no_memory_is_remembered);
	CU_add_test(s, "a large plan runs every step", large_plan);
	CU_add_test(s, "the seal runs last", seal_runs_last);
	CU_add_test(s, "what was missed isn't sealed", nothing_missed_is_sealed);
	CU_add_test(s, "a conflicting write before the flush is noticed", conflicting_write_is_noticed);
	CU_add_test(s, "an amount counts on top of another writer's", amounts_wait_for_other_writers);
}
