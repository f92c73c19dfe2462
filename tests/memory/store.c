#include "tests/memory/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct one_text {
	const char *name;
} one_text;
static const mk_field fields[] = {MK_F_TEXT(one_text, name, 0, 0, 0, "a text")};
static const mk_record record = MK_RECORD_OF("one_text", one_text, fields, "a text");

static const mk_statement tables = {
	.name = "memory_tables",
	.sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
		   "ORDER BY name",
	.scan = true,
};
static const mk_statement columns = {
	.name = "memory_columns",
	.sql =
		"SELECT 'coalesce(quote(' || name || '),''-'')' AS name FROM pragma_table_info(?1) ORDER "
		"BY name",
};

/* Statements are kept by their addresses, so each is made once. */
static struct {
	size_t n;
	char *names[200];
	mk_statement rows[200], counts[200];
} known;

static void must(int rc, const market_error *err)
{
	if (rc >= 0)
		return;
	printf("FAIL the store can't be read: %s\n", err->message);
	fflush(stdout);
	_exit(3);
}

static void learn(market *market)
{
	mk_arena *arena = &market->arena;
	void **rows = NULL, **names = NULL;
	market_error err;
	size_t n = 0;

	must(mk_store_list(market->store, arena, &tables, &record, MK_NO_ARGS, &names, &known.n, &err),
	     &err);
	for (size_t i = 0; i < known.n && i < 200; i++) {
		mk_text sql;

		mk_text_init(&sql, &mk_allocator_default, 1 << 20);
		known.names[i] = mk_arena_text(arena, ((one_text *)names[i])->name);
		must(mk_store_list(market->store, arena, &columns, &record,
		                   MK_ARGS(mk_text_value(known.names[i])), &rows, &n, &err),
		     &err);
		mk_text_add(&sql, "SELECT ");
		for (size_t c = 0; c < n; c++) {
			mk_text_add(&sql, c > 0 ? " || '|' || " : "");
			mk_text_add(&sql, ((one_text *)rows[c])->name);
		}
		mk_text_format(&sql, " AS name FROM %s ORDER BY 1", known.names[i]);
		known.rows[i] = (mk_statement){
			.name = known.names[i], .sql = mk_arena_text(arena, sql.data), .scan = true};
		known.counts[i] = (mk_statement){
			.name = mk_arena_format(arena, "count_%s", known.names[i]),
			.sql = mk_arena_format(arena, "SELECT CAST(count(*) AS TEXT) AS name FROM %s",
		                           known.names[i]),
			.scan = true};
		mk_text_close(&sql);
	}
}

static int add_row(void *row, void *user_data, market_error *err)
{
	const char *text = ((one_text *)row)->name;

	(void)err;
	mk_text_add(user_data, text ? text : "-");
	mk_text_add_char(user_data, '\n');
	return 0;
}

void store_digest(market *market, char out[65])
{
	mk_text all;
	mk_hash hash;
	market_error err;

	if (known.n == 0)
		learn(market);
	mk_text_init(&all, &mk_allocator_default, (size_t)1 << 30);
	for (size_t i = 0; i < known.n; i++)
		must(mk_store_each(market->store, &known.rows[i], &record, MK_NO_ARGS, add_row, &all, &err),
		     &err);
	must(mk_digest_sha256(market->digest, all.data, all.size, &hash, &err), &err);
	mk_hex(hash.bytes, sizeof(hash.bytes), out);
	mk_text_close(&all);
}

void store_shape(market *market, char out[4000])
{
	mk_text all;
	market_error err;

	if (known.n == 0)
		learn(market);
	mk_text_init(&all, &mk_allocator_default, 4000);
	for (size_t i = 0; i < known.n; i++) {
		mk_text_format(&all, "%s ", known.names[i]);
		must(mk_store_each(market->store, &known.counts[i], &record, MK_NO_ARGS, add_row, &all,
		                   &err),
		     &err);
	}
	snprintf(out, 4000, "%s", all.data);
	mk_text_close(&all);
}
