#include <pthread.h>
#include <string.h>

#include "tests/unit/store_sample.h"

void suite_schema(void);

static mk_arena arena;
static market_error err;
static mk_store *store;

static const char *const first_ddl[] = {
	"CREATE TABLE IF NOT EXISTS shelf ({key}, name {text} NOT NULL, data {blob}) {strict}",
	"CREATE INDEX IF NOT EXISTS shelf_name ON shelf (name)",
	NULL,
};
static const char *const second_ddl[] = {
	"CREATE TABLE IF NOT EXISTS book ({key}, {fk:shelf_id:shelf} NOT NULL, {fk:next_id:book}, n"
	" {int}) {strict}",
	NULL,
};
static const char *const other_ddl[] = {"CREATE TABLE IF NOT EXISTS shelf ({key}) {strict}", NULL};
static const char *const bad_ddl[] = {
	"CREATE TABLE IF NOT EXISTS fine ({key}) {strict}",
	"CREATE TABLE IF NOT EXISTS broken ({key}, n {int} NONSENSE HERE (",
	NULL,
};
static const char *const odd_ddl[] = {"CREATE TABLE IF NOT EXISTS odd (n {integer})", NULL};
static const mk_migration list[] = {{1, "shelves", first_ddl}, {2, "books", second_ddl}};

static void before(void)
{
	memset(&err, 0, sizeof(err));
	mk_arena_init(&arena, &mk_allocator_default);
}

static void after(void)
{
	mk_store_close(store);
	store = NULL;
	mk_arena_close(&arena);
}

static void open_store(void)
{
	store = sample_open_again(test_store_url(), 0);
}

static void check_version(const mk_migration *migrations, size_t n, int expected)
{
	int version = -1;

	CHECK_OK(mk_schema_version(store, migrations, n, &version, &err));
	CHECK_INT(version, expected);
}

static int64_t run(const char *sql)
{
	/* A statement is kept by its address, so each text gets its own. */
	mk_statement *statement = MK_NEW(&arena, mk_statement);

	statement->name = "run";
	statement->table = "shelf";
	statement->sql = mk_arena_text(&arena, sql);
	return mk_store_write(store, statement, MK_NO_ARGS, &err);
}

static void fresh_store_is_migrated(void)
{
	open_store();
	check_version(list, 2, 0);
	CHECK_OK(mk_schema_migrate(store, list, 2, 1000, &err));
	check_version(list, 2, 2);
	CHECK_INT(run("INSERT INTO shelf (book_id, id, name) VALUES (1, 2, 'a')"), 1);
	CHECK_OK(mk_schema_migrate(store, list, 2, 2000, &err));
	check_version(list, 2, 2);
	CHECK_INT(run("UPDATE shelf SET name = 'b' WHERE book_id = 1 AND id = 2"), 1);
}

static void old_store_gets_the_rest(void)
{
	open_store();
	CHECK_OK(mk_schema_migrate(store, list, 1, 1000, &err));
	check_version(list, 2, 1);
	CHECK_INT(run("INSERT INTO shelf (book_id, id, name) VALUES (1, 2, 'a')"), 1);
	CHECK_OK(mk_schema_migrate(store, list, 2, 2000, &err));
	check_version(list, 2, 2);
	CHECK_INT(run("INSERT INTO book (book_id, id, shelf_id) VALUES (1, 3, 2)"), 1);
}

static void newer_store_is_refused(void)
{
	int version = -1;

	open_store();
	CHECK_OK(mk_schema_migrate(store, list, 2, 1000, &err));
	CHECK_ERROR(mk_schema_version(store, list, 1, &version, &err), MARKET_ESCHEMA, NULL);
	CHECK_ERROR(mk_schema_migrate(store, list, 1, 1000, &err), MARKET_ESCHEMA, NULL);
	CHECK_INT(version, -1);
}

static void changed_migration_is_corrupt(void)
{
	const mk_migration changed[] = {{1, "shelves", other_ddl}, {2, "books", second_ddl}};
	const mk_migration renamed[] = {{1, "racks", first_ddl}, {2, "books", second_ddl}};
	const mk_migration renumbered[] = {{2, "shelves", first_ddl}, {3, "books", second_ddl}};
	int version;

	open_store();
	CHECK_OK(mk_schema_migrate(store, list, 2, 1000, &err));
	CHECK_ERROR(mk_schema_version(store, changed, 2, &version, &err), MARKET_ECORRUPT, NULL);
	CHECK_ERROR(mk_schema_version(store, renamed, 2, &version, &err), MARKET_ECORRUPT, NULL);
	CHECK_ERROR(mk_schema_version(store, renumbered, 2, &version, &err), MARKET_ECORRUPT, NULL);
	CHECK_INT(run("UPDATE market_schema SET checksum = 'x' WHERE number = 2"), 1);
	CHECK_ERROR(mk_schema_migrate(store, list, 2, 1000, &err), MARKET_ECORRUPT, NULL);
}

static void foreign_tables_are_refused(void)
{
	int version;

	open_store();
	CHECK_OK(mk_store_execute_text(store, "CREATE TABLE customers (name TEXT)", &err));
	CHECK_ERROR(mk_schema_version(store, list, 2, &version, &err), MARKET_EFOREIGN, NULL);
	CHECK_ERROR(mk_schema_migrate(store, list, 2, 1000, &err), MARKET_EFOREIGN, NULL);
	CHECK_INT(run("INSERT INTO customers (name) VALUES ('x')"), 1);
}

static void failed_migration_isnt_recorded(void)
{
	const mk_migration bad[] = {{1, "shelves", first_ddl}, {2, "bad", bad_ddl}};

	open_store();
	CHECK_OK(mk_schema_migrate(store, list, 1, 1000, &err));
	CHECK_ERROR(mk_schema_migrate(store, bad, 2, 1000, &err), MARKET_EINTERNAL, NULL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.hint, "bad"));
	check_version(list, 2, 1);
	CHECK_OK(mk_schema_migrate(store, list, 2, 1000, &err));
	check_version(list, 2, 2);
}

static void unknown_token_is_internal(void)
{
	const mk_migration odd[] = {{1, "odd", odd_ddl}};

	open_store();
	CHECK_ERROR(mk_schema_migrate(store, odd, 1, 1000, &err), MARKET_EINTERNAL, NULL);
	check_version(odd, 1, 0);
}

static void *migrate_too(void *url)
{
	market_error error = {0};
	mk_store_options options = {.create = true, .busy_ms = 20000};
	mk_store *own = sample_open(url, &options, &error);
	intptr_t rc = own ? mk_schema_migrate(own, list, 2, 1000, &error) : error.code;

	mk_store_close(own);
	return (void *)rc;
}

static void many_migrate_at_once(void)
{
	const char *url = test_store_url();
	pthread_t threads[6];
	void *result;

	for (int i = 0; i < 6; i++)
		CU_ASSERT_FATAL(pthread_create(&threads[i], NULL, migrate_too, (void *)(uintptr_t)url) ==
		                0);
	for (int i = 0; i < 6; i++) {
		pthread_join(threads[i], &result);
		CHECK_INT((intptr_t)result, 0);
	}
	store = sample_open_again(url, 0);
	check_version(list, 2, 2);
}

static void expired_lease_is_taken(void)
{
	open_store();
	CHECK_OK(mk_schema_migrate(store, list, 1, 1000, &err));
	CHECK_INT(run("UPDATE market_schema_lease SET holder = 99, expires = 1000 WHERE id = 1"), 1);
	CHECK_OK(mk_schema_migrate(store, list, 2, 1000, &err));
	check_version(list, 2, 2);
	CHECK_INT(run("UPDATE market_schema_lease SET expires = 1 WHERE id = 1 AND holder = 0"), 1);
}

static void references_are_kept(void)
{
	open_store();
	CHECK_OK(mk_schema_migrate(store, list, 2, 1000, &err));
	CHECK_INT(run("INSERT INTO shelf (book_id, id, name) VALUES (1, 2, 'a')"), 1);
	CHECK_INT(run("INSERT INTO book (book_id, id, shelf_id, next_id) VALUES (1, 3, 2, NULL)"), 1);
	CHECK_INT(run("INSERT INTO book (book_id, id, shelf_id, next_id) VALUES (1, 4, 2, 3)"), 1);
	CHECK_ERROR(run("INSERT INTO book (book_id, id, shelf_id) VALUES (1, 5, 77)"), MARKET_EINTERNAL,
	            NULL);
	CHECK_ERROR(run("INSERT INTO book (book_id, id, shelf_id) VALUES (1, 5, NULL)"),
	            MARKET_EINTERNAL, NULL);
	CHECK_ERROR(run("INSERT INTO book (book_id, id, shelf_id, next_id) VALUES (1, 5, 2, 77)"),
	            MARKET_EINTERNAL, NULL);
	CHECK_INT(
		run("INSERT INTO shelf (book_id, id, name) VALUES (1, 2, 'b') ON CONFLICT DO NOTHING"), 0);
}

static void tokens_expand(void)
{
	static const char *const texts[][3] = {
		{"({key}, n {int} NOT NULL) {strict}",
	     "(book_id INTEGER NOT NULL, id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT",
	     "(book_id BIGINT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (book_id, id), n BIGINT NOT"
	     " NULL) "},
		{"d {blob}, t {text}", "d BLOB, t TEXT", "d BYTEA, t TEXT COLLATE \"C\""},
		{"{fk:a_id:orders} NOT NULL", "a_id INTEGER REFERENCES orders (id) NOT NULL",
	     "FOREIGN KEY (book_id, a_id) REFERENCES orders (book_id, id), a_id BIGINT NOT NULL"},
		{"no token", "no token", "no token"},
	};
	static const char *const wrong[] = {"{",      "{}",      "{key",    "{fk:}",
	                                    "{fk:a}", "{fk::t}", "{fk:a:}", "{KEY}"};
	mk_text text;

	mk_text_init(&text, &mk_allocator_default, 10000);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (size_t kind = 0; kind < 2; kind++) {
			mk_text_reset(&text);
			CHECK_INT(mk_schema_expand(kind == 0 ? MK_STORE_SQLITE : MK_STORE_POSTGRES, texts[i][0],
			                           &text),
			          0);
			CHECK_TEXT(text.data, texts[i][1 + kind]);
		}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK_INT(mk_schema_expand(MK_STORE_SQLITE, wrong[i], &text), MARKET_EINTERNAL);
	mk_text_close(&text);
}

/* ---- URLs ---- */

static void check_url(const char *url, mk_store_kind kind, const char *target, const char *keys)
{
	mk_store_url parsed = {0};

	CHECK_OK(mk_store_url_parse(url, &arena, &parsed, &err));
	CHECK_INT(parsed.kind, kind);
	CHECK_TEXT(parsed.target, target);
	CHECK_TEXT(parsed.keys, keys);
}

static void urls_are_taken_apart(void)
{
	mk_store_url url;

	check_url("sqlite:/tmp/a b.db", MK_STORE_SQLITE, "/tmp/a b.db", "/tmp/a b.db.keys");
	check_url("sqlite:a.db?keys=/etc/my%20keys", MK_STORE_SQLITE, "a.db", "/etc/my keys");
	check_url("sqlite::memory:", MK_STORE_SQLITE, ":memory:", NULL);
	check_url("postgresql://u@h:5/shop", MK_STORE_POSTGRES, "postgresql://u@h:5/shop",
	          "./shop.keys");
	check_url("postgres:///shop?host=/tmp&keys=k&connect_timeout=3", MK_STORE_POSTGRES,
	          "postgres:///shop?host=/tmp&connect_timeout=3", "k");
	check_url("postgresql:///?dbname=a%2Fb&prepare=on", MK_STORE_POSTGRES,
	          "postgresql:///?dbname=a%2Fb", "./a_b.keys");
	CHECK_OK(mk_store_url_parse("sqlite::memory:", &arena, &url, &err));
	CU_ASSERT(url.memory && !url.prepare_off);
	CHECK_OK(mk_store_url_parse("postgresql:///x?prepare=off&host=/tmp", &arena, &url, &err));
	CU_ASSERT(!url.memory && url.prepare_off);
	CHECK_TEXT(url.target, "postgresql:///x?host=/tmp");
}

static void bad_urls_are_refused(void)
{
	static const char *const bad[] = {
		"",
		"market.db",
		"sqlite",
		"sqlite:",
		"sqlite:?keys=k",
		"sqlite:a.db?keys=",
		"sqlite:a.db?kyes=k",
		"sqlite:a.db?prepare=off",
		"mysql://x/y",
		"postgresql://x/y?prepare=maybe",
		"postgresql://x/y?no_such_option=1",
		"postgresql://[x/y",
		"postgresql:///x?out of memory",
	};
	mk_store_url url;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK_ERROR(mk_store_url_parse(bad[i], &arena, &url, &err), MARKET_EINVALID, "store");
		CU_ASSERT(err.message[0] != '\0');
	}
	mk_store_url_parse("postgresql://user:secret@[x/y", &arena, &url, &err);
	CU_ASSERT(!strstr(err.message, "secret") && !strstr(err.detail, "secret"));
}

void suite_schema(void)
{
	CU_pSuite s = test_suite_on_store_with("schema", before, after);

	CU_add_test(s, "a fresh store is migrated, once", fresh_store_is_migrated);
	CU_add_test(s, "an old store gets what is missing", old_store_gets_the_rest);
	CU_add_test(s, "a newer store is refused", newer_store_is_refused);
	CU_add_test(s, "a migration changed afterwards is corrupt", changed_migration_is_corrupt);
	CU_add_test(s, "foreign tables are refused and left alone", foreign_tables_are_refused);
	CU_add_test(s, "a failed migration isn't recorded", failed_migration_isnt_recorded);
	CU_add_test(s, "an unknown token is internal", unknown_token_is_internal);
	CU_add_test(s, "many processes migrate at once", many_migrate_at_once);
	CU_add_test(s, "an expired lease is taken and given back", expired_lease_is_taken);
	CU_add_test(s, "references and keys hold", references_are_kept);
	s = test_suite_with("store_url", before, after);
	CU_add_test(s, "tokens expand for both stores", tokens_expand);
	CU_add_test(s, "URLs are taken apart", urls_are_taken_apart);
	CU_add_test(s, "bad URLs are refused without their password", bad_urls_are_refused);
}
