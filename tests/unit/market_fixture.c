#include "tests/unit/market_fixture.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"

static market_time fixture_clock(void *user_data)
{
	return ((test_market *)user_data)->now;
}

static void open_store(test_market *test, const char *policy)
{
	market_options options = MARKET_OPTIONS_INIT;
	market_error err;
	options.flags = MARKET_OPEN_CREATE;
	options.clock = fixture_clock;
	options.user_data = test;
	options.policy = policy;
	options.policy_size = policy ? strlen(policy) : 0;
	CHECK_OK_FATAL(market_open(test->url, &options, &test->market, &err));
	CHECK_OK_FATAL(market_session_open(test->market, NULL, &test->session, &err));
	test_act_as(test, "operator:test");
}

void test_market_open(test_market *test, const char *policy)
{
	const char *url = test_store_url();
	memset(test, 0, sizeof(*test));
	test->now = TEST_START;
	snprintf(test->url, sizeof(test->url), "%s%ckeys=%s/keys", url, strchr(url, '?') ? '&' : '?',
	         test_temp_dir());
	open_store(test, policy);
}

char *test_policy_with(const char *text, const char *instead)
{
	size_t size = 0;
	const char *whole = market_policy_default(&size);
	const char *at = strstr(whole, text);
	char *policy = malloc(size + strlen(instead) + 1);

	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	sprintf(policy, "%.*s%s%s", (int)(at - whole), whole, instead, at + strlen(text));
	return policy;
}

void test_market_reopen(test_market *test)
{
	market_session_close(test->session);
	market_close(test->market);
	open_store(test, NULL);
}

void test_market_close(test_market *test)
{
	json_decref(test->out);
	test->out = NULL;
	market_session_close(test->session);
	market_close(test->market);
	test->session = NULL;
	test->market = NULL;
}

void test_act_as(test_market *test, const char *actor)
{
	market_error err;
	CHECK_OK_FATAL(market_session_act_as_text(test->session, actor, &err));
}

int test_call(test_market *test, const char *operation, const char *format, ...)
{
	static char params[1 << 17];
	char *reply = NULL;
	va_list args;
	int rc;
	va_start(args, format);
	vsnprintf(params, sizeof(params), format, args);
	va_end(args);
	for (char *c = params; *c; c++)
		if (*c == '\'')
			*c = '"';
	json_decref(test->out);
	test->out = NULL;
	rc = market_call(test->session, operation, params, &reply, &test->err);
	if (rc == 0)
		test->out = json_loads(reply, JSON_DECODE_ANY, NULL);
	market_text_free(reply);
	return rc;
}

const char *test_out(test_market *test, const char *path)
{
	static char texts[8][256];
	static int next;
	char *text = texts[next++ % 8];
	json_t *at = test->out;
	char step[64];
	while (at && *path) {
		size_t length = strcspn(path, ".");
		snprintf(step, sizeof(step), "%.*s", (int)length, path);
		at = json_is_array(at) ? json_array_get(at, (size_t)atoi(step)) : json_object_get(at, step);
		path += length + (path[length] == '.');
	}
	if (json_is_object(at))
		at = json_object_get(at, "amount");
	if (json_is_string(at))
		return json_string_value(at);
	text[0] = '\0';
	if (json_is_integer(at))
		snprintf(text, sizeof(texts[0]), "%lld", (long long)json_integer_value(at));
	else if (json_is_boolean(at))
		snprintf(text, sizeof(texts[0]), "%s", json_is_true(at) ? "true" : "false");
	return text;
}

int test_advance(test_market *test, market_time span)
{
	test->now += span;
	return test_work(test);
}

int test_work(test_market *test)
{
	int done = market_work(test->session, 1000, NULL, &test->err);
	test_check_call(test, done < 0 ? done : 0, 0, NULL, __FILE__, __LINE__);
	return done;
}

void test_check_call(test_market *test, int result, int code, const char *field, const char *file,
                     unsigned line)
{
	if (code == 0)
		test_check_ok(result, &test->err, "the operation", file, line, false);
	else
		test_check_error(result, &test->err, code, field, "the operation", file, line);
}

/* ---- the digest of a store ---- */

typedef struct row_text {
	const char *name;
} row_text;
static const mk_field row_text_fields[] = {MK_F_TEXT(row_text, name, 0, 0, 0, "one text")};
static const mk_record row_text_record =
	MK_RECORD_OF("row_text", row_text, row_text_fields, "one text");

static const mk_statement sqlite_tables = {
	.name = "sqlite_tables",
	.sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
		   "AND name <> 'journal' ORDER BY name",
	.scan = true,
};
static const mk_statement postgres_tables = {
	.name = "postgres_tables",
	.sql =
		"SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = current_schema() "
		"AND tablename <> 'journal' ORDER BY 1",
	.scan = true,
};
static const mk_statement sqlite_columns = {
	.name = "sqlite_columns",
	.sql =
		"SELECT 'coalesce(quote(' || name || '),''-'')' AS name FROM pragma_table_info(?1) ORDER "
		"BY name",
};
static const mk_statement postgres_columns = {
	.name = "postgres_columns",
	.sql = "SELECT 'coalesce(cast(' || column_name || ' as text),''-'')' AS name "
		   "FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = "
		   "?1 ORDER BY 1",
	.scan = true,
};

static int add_row(void *row, void *user_data, market_error *err)
{
	const char *text = ((row_text *)row)->name;
	(void)err;
	mk_text_add(user_data, text ? text : "-");
	mk_text_add_char(user_data, '\n');
	return 0;
}

static void digest_table(mk_store *store, mk_arena *arena, const char *table, mk_text *all)
{
	bool postgres = mk_store_kind_of(store) == MK_STORE_POSTGRES;
	mk_statement *statement = MK_NEW(arena, mk_statement);
	mk_text sql;
	void **columns = NULL;
	size_t count = 0;
	market_error err;
	mk_text_init(&sql, &mk_allocator_default, 1 << 20);
	CHECK_OK(mk_store_list(store, arena, postgres ? &postgres_columns : &sqlite_columns,
	                       &row_text_record, MK_ARGS(mk_text_value(table)), &columns, &count,
	                       &err));
	mk_text_add(&sql, "SELECT ");
	for (size_t i = 0; i < count; i++) {
		mk_text_add(&sql, i > 0 ? " || '|' || " : "");
		mk_text_add(&sql, ((row_text *)columns[i])->name);
	}
	mk_text_format(&sql, " AS name FROM %s ORDER BY 1", table);
	statement->name = mk_arena_format(arena, "digest_%s_%p", table, (void *)statement);
	statement->sql = mk_arena_text(arena, sql.data);
	statement->scan = true;
	mk_text_add(all, table);
	mk_text_add_char(all, '\n');
	CHECK_OK(mk_store_each(store, statement, &row_text_record, MK_NO_ARGS, add_row, all, &err));
	mk_text_close(&sql);
}

const char *test_store_digest(test_market *test, char out[65])
{
	mk_store *store = test->market->store;
	bool postgres = mk_store_kind_of(store) == MK_STORE_POSTGRES;
	void **tables = NULL;
	size_t count = 0;
	mk_hash hash;
	mk_text all;
	market_error err;
	/* statements are kept by their addresses: they live as long as the market */
	mk_arena *arena = &test->market->arena;
	mk_text_init(&all, &mk_allocator_default, (size_t)1 << 30);
	CHECK_OK(mk_store_begin(store, false, &err));
	CHECK_OK(mk_store_list(store, arena, postgres ? &postgres_tables : &sqlite_tables,
	                       &row_text_record, MK_NO_ARGS, &tables, &count, &err));
	for (size_t i = 0; i < count; i++)
		digest_table(store, arena, ((row_text *)tables[i])->name, &all);
	mk_store_rollback(store);
	CHECK_OK(mk_digest_sha256(test->market->digest, all.data, all.size, &hash, &err));
	mk_hex(hash.bytes, sizeof(hash.bytes), out);
	mk_text_close(&all);
	return out;
}
