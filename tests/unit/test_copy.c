/* Copying a store, row by row: a schema of its own with every kind of key and value. */
#include <stdio.h>
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/store/copy.h"
#include "tests/unit/test.h"

static const char *const ddl[] = {
	/* a row may refer to one that comes later */
	"CREATE TABLE IF NOT EXISTS node ({key}, {fk:parent_id:node}, name {text}, data {blob}, number"
	" {int}){strict}",
	"CREATE TABLE IF NOT EXISTS leaf ({key}, {fk:node_id:node} NOT NULL, currency TEXT){strict}",
	"CREATE TABLE IF NOT EXISTS pair (book_id {int} NOT NULL, stem {text} NOT NULL, number {int} "
	"NOT NULL, PRIMARY KEY (book_id, stem, number)){strict}",
	"CREATE TABLE IF NOT EXISTS head (book_id {int} PRIMARY KEY, data {blob} NOT NULL){strict}",
	NULL,
};
static const mk_migration list[] = {{1, "copied", ddl}};

#define ROWS 700

static mk_arena arena;
static mk_store *from, *to;
static market_error err;
static int checks;

static mk_store *open_store(const char *url, bool create)
{
	const mk_store_options options = {.create = create};
	mk_store *store = NULL;
	mk_store_url parsed;

	if (mk_store_url_parse(url, &arena, &parsed, &err) == 0)
		mk_store_open(&parsed, &options, &store, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(store);
	return store;
}

static void before(void)
{
	mk_arena_init(&arena, &mk_allocator_default);
	from = to = NULL;
	checks = 0;
}

static void after(void)
{
	mk_store_close(from);
	mk_store_close(to);
	mk_arena_close(&arena);
}

static int64_t run(mk_store *store, const char *sql, const mk_value *args, size_t n_args)
{
	mk_statement *statement = MK_NEW(&arena, mk_statement);

	statement->name = "copy_test";
	statement->table = "node";
	statement->sql = mk_arena_text(&arena, sql);
	return mk_store_write(store, statement, args, n_args, &err);
}

static void add_nodes(void)
{
	static const char insert[] =
		"INSERT INTO node (book_id, id, name, data, number) VALUES (?1, ?2, ?3, ?4, ?5)";
	static const char odd[] = {0, 1, (char)0xff, 0, '\n'};
	char name[40];

	for (int64_t i = 1; i <= ROWS; i++) {
		mk_value number = i == 1   ? mk_int(INT64_MAX)
		                  : i == 2 ? mk_int(INT64_MIN + 1)
		                  : i == 3 ? mk_null_int()
		                           : mk_int(-i);
		mk_value data = i % 5 == 0   ? mk_blob(NULL, 0)
		                : i % 5 == 1 ? mk_blob("", 0)
		                             : mk_blob(odd, sizeof(odd));

		snprintf(name, sizeof(name), "%s%lld", i % 2 ? "caf\xc3\xa9 \xe2\x82\xac '\"\\\t" : "n",
		         (long long)i);
		CHECK_INT(run(from, insert,
		              MK_ARGS(mk_int(i % 3), mk_int(i),
		                      mk_text_value(i % 7 == 0   ? NULL
		                                    : i % 7 == 1 ? ""
		                                                 : name),
		                      data, number)),
		          1);
	}
	/* the first refers to the last of its book */
	CHECK_INT(run(from, "UPDATE node SET parent_id = 700 WHERE book_id = 1 AND id = 1", NULL, 0),
	          1);
}

/* A source with all of it. */
static void fill(void)
{
	from = open_store(test_store_url(), true);
	CHECK_OK(mk_schema_migrate(from, list, 1, 1000, &err));
	CHECK_OK(mk_store_begin(from, true, &err));
	add_nodes();
	for (int64_t i = 1; i <= ROWS; i++) {
		run(from, "INSERT INTO leaf (book_id, id, node_id, currency) VALUES (?1, ?2, ?2, ?3)",
		    MK_ARGS(mk_int(i % 3), mk_int(i), mk_text_value(i % 2 ? "BRL" : NULL)));
		run(from, "INSERT INTO pair (book_id, stem, number) VALUES (?1, ?2, ?3)",
		    MK_ARGS(mk_int(0), mk_text_value(i % 2 ? "Zebra" : "apple"), mk_int(i)));
		run(from, "INSERT INTO head (book_id, data) VALUES (?1, ?2)",
		    MK_ARGS(mk_int(i), mk_blob("x", (size_t)(i % 2))));
	}
	CHECK_OK(mk_store_commit(from, &err));
}

static int count_check(mk_store *store, void *user_data, market_error *error)
{
	(void)store;
	(void)user_data;
	(void)error;
	checks++;
	return 0;
}

static int fail_check(mk_store *store, void *user_data, market_error *error)
{
	(void)user_data;
	checks++;
	CHECK_ERROR(mk_schema_check_mark(store, &err), MARKET_EINCOMPLETE, NULL);
	return mk_error_set(error, MARKET_EIO, "stopped");
}

static int copy(mk_store *a, mk_store *b, int (*check)(mk_store *, void *, market_error *))
{
	mk_copy job = {
		.from = a, .to = b, .list = list, .count = 1, .now = 1, .arena = &arena, .check = check};
	int rc = mk_copy_run(&job, &err);

	if (rc == 0) {
		CHECK_INT(job.rows, 4 * ROWS);
		CHECK_INT(job.n_tables, 4);
	}
	return rc;
}

static void every_value_is_copied(void)
{
	mk_store *back;

	fill();
	to = open_store(test_store_url(), true);
	CHECK_OK(copy(from, to, count_check));
	CHECK_INT(checks, 1);
	CHECK_OK(mk_schema_check_mark(to, &err));
	/* On to SQLite, whatever this run's kind is, and back. */
	back = open_store(mk_arena_format(&arena, "sqlite:%s/back.db", test_temp_dir()), true);
	CHECK_OK(copy(to, back, NULL));
	mk_store_close(to);
	to = open_store(test_store_url(), true);
	CHECK_OK(copy(back, to, NULL));
	mk_store_close(back);
	CHECK_INT(run(to,
	              "UPDATE node SET number = 1 WHERE book_id = 1 AND id = 1 AND parent_id = 700 AND"
	              " number = 9223372036854775807 AND name = '' AND data IS NOT NULL",
	              NULL, 0),
	          1);
	CHECK_INT(run(to, "UPDATE node SET number = 1 WHERE name IS NULL AND book_id >= 0", NULL, 0),
	          ROWS / 7);
	CHECK_INT(run(to, "UPDATE node SET number = 1 WHERE data IS NULL AND book_id >= 0", NULL, 0),
	          ROWS / 5);
}

static void target_must_be_empty(void)
{
	fill();
	to = open_store(test_store_url(), true);
	CHECK_OK(copy(from, to, NULL));
	CHECK_ERROR(copy(from, to, NULL), MARKET_EEXISTS, NULL);
	mk_store_close(to);
	to = open_store(test_store_url(), true);
	CHECK_OK(mk_store_execute_text(to, "CREATE TABLE other (x INTEGER)", &err));
	CHECK_ERROR(copy(from, to, NULL), MARKET_EFOREIGN, NULL);
}

static void interrupted_copy_starts_again(void)
{
	int64_t changed, begun;

	fill();
	to = open_store(test_store_url(), true);
	CHECK_ERROR(copy(from, to, fail_check), MARKET_EIO, NULL);
	CHECK_INT(checks, 1);
	CHECK_ERROR(mk_schema_check_mark(to, &err), MARKET_EINCOMPLETE, NULL);
	/* What the first one left doesn't remain, and its mark isn't waited for. */
	run(from, "UPDATE node SET name = 'other' WHERE book_id = 0 AND id = 3", NULL, 0);
	begun = mk_clock_monotonic_us();
	CHECK_OK(copy(from, to, NULL));
	CU_ASSERT(mk_clock_monotonic_us() - begun < 4000000);
	CHECK_OK(mk_schema_check_mark(to, &err));
	changed = run(to, "UPDATE node SET number = 0 WHERE book_id = 0 AND name = 'other'", NULL, 0);
	CHECK_INT(changed, 1);
}

static int steal(mk_store *store, void *user_data, market_error *error)
{
	(void)user_data;
	(void)error;
	CHECK_INT(run(store, "UPDATE market_schema_lease SET holder = 5 WHERE id = 2", NULL, 0), 1);
	return 0;
}

static void lost_mark_fails_the_copy(void)
{
	fill();
	to = open_store(test_store_url(), true);
	CHECK_ERROR(copy(from, to, steal), MARKET_ECONFLICT, NULL);
	CHECK_ERROR(mk_schema_check_mark(to, &err), MARKET_EINCOMPLETE, NULL);
}

static void change_target(mk_copy_phase phase, const char *table, int64_t done, int64_t total,
                          void *user_data)
{
	(void)total;
	(void)user_data;
	if (phase == MK_COPY_COMPARE && done == 0 && strcmp(table, "node") == 0 && checks++ == 0)
		run(to, "UPDATE pair SET number = 5000 WHERE book_id = 0 AND number = 4", NULL, 0);
}

static void difference_is_found(void)
{
	mk_copy job = {.list = list, .count = 1, .arena = &arena, .progress = change_target};

	fill();
	job.from = from;
	job.to = to = open_store(test_store_url(), true);
	CHECK_ERROR(mk_copy_run(&job, &err), MARKET_ECORRUPT, NULL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "table pair"));
	CHECK_ERROR(mk_schema_check_mark(to, &err), MARKET_EINCOMPLETE, NULL);
}

void suite_copy(void)
{
	CU_pSuite s = test_suite_on_store_with("copy", before, after);

	CU_add_test(s, "every value goes to the other kind and back", every_value_is_copied);
	CU_add_test(s, "the target must be empty", target_must_be_empty);
	CU_add_test(s, "an interrupted copy is marked and starts again", interrupted_copy_starts_again);
	CU_add_test(s, "a copy whose mark was taken over fails", lost_mark_fails_the_copy);
	CU_add_test(s, "a row that differs in the copy is found", difference_is_found);
}
