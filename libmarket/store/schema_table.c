/* The tables of the migrated schema: their columns, keys and order, and the statements that move
 * their rows. */
#include "libmarket/store/copy.h"

#include <string.h>

#define LONGEST_SQL (32 * 1024)

/* One column of the schema. */
typedef struct column {
	const char *table;
	const char *name;
	const char *type;
	int64_t place; /* in the primary key, from 1; 0: not in it */
	int64_t self;  /* refers to its own table */
} column;
static const mk_field column_fields[] = {
	MK_F_TEXT(column, table, 0, 0, 0, "its table"),
	MK_F_TEXT(column, name, 0, 0, 0, "its name"),
	MK_F_TEXT(column, type, 0, 0, 0, "INTEGER, TEXT or BLOB"),
	MK_F_INT(column, place, 0, 0, 0, "its place in the primary key"),
	MK_F_INT(column, self, 0, 0, 0, "whether it refers to its own table"),
};
static const mk_record column_record =
	MK_RECORD_OF("column", column, column_fields, "a column of the schema");

/* In the order of creation: what a table refers to was made before it. */
static const mk_statement list_columns = {
	.name = "schema_columns",
	.sql = "SELECT s.name AS \"table\", c.name AS name, c.type AS type, c.pk AS place,"
		   " (SELECT COUNT(*) FROM pragma_foreign_key_list(s.name) f WHERE f.\"table\" = s.name"
		   " AND f.\"from\" = c.name) AS self"
		   " FROM sqlite_schema s JOIN pragma_table_info(s.name) c"
		   " WHERE s.type = 'table' AND s.name NOT IN ('market_schema', 'market_schema_lease')"
		   " AND s.name NOT LIKE 'sqlite!_%' ESCAPE '!'"
		   " AND s.name NOT LIKE 'search!_text%' ESCAPE '!' ORDER BY s.rowid, c.cid",
	.scan = true,
};

static int open_reference(const mk_migration *list, size_t count, mk_arena *arena, mk_store **out,
                          market_error *err);
static int make_tables(column *const *columns, size_t n, mk_arena *arena, mk_table **out,
                       size_t *n_out, market_error *err);
static int make_table(column *const *columns, size_t n, mk_arena *arena, mk_table *out,
                      market_error *err);
static int make_fields(column *const *columns, size_t n, mk_arena *arena, mk_table *out,
                       market_error *err);
static int make_keys(column *const *columns, size_t n, mk_table *out, market_error *err);
static bool make_statements(mk_table *table, mk_arena *arena);
static char *page_text(const mk_table *table, int kind, bool next, mk_arena *arena);
static char *clear_text(const mk_table *table, int kind, mk_arena *arena);
static char *insert_text(const mk_table *table, mk_arena *arena);
static char *link_text(const mk_table *table, mk_arena *arena);
static void add_fields(const mk_record *record, const char *before, mk_text *out);
static void add_keys(const mk_table *table, int kind, mk_text *out);
static char *finish(mk_text *text, mk_arena *arena);

int mk_schema_tables(const mk_migration *list, size_t count, mk_arena *arena, mk_table **out,
                     size_t *n_out, market_error *err)
{
	mk_store *reference = NULL;
	void **columns = NULL;
	size_t n = 0;
	int rc = open_reference(list, count, arena, &reference, err);

	if (rc == 0)
		rc = mk_store_list(reference, arena, &list_columns, &column_record, MK_NO_ARGS, &columns,
		                   &n, err);
	if (rc == 0)
		rc = make_tables((column *const *)columns, n, arena, out, n_out, err);
	mk_store_close(reference);
	return rc;
}

/* A store in memory, migrated: it tells what the schema is, whatever the kind of the others. */
static int open_reference(const mk_migration *list, size_t count, mk_arena *arena, mk_store **out,
                          market_error *err)
{
	const mk_store_url url = {.kind = MK_STORE_SQLITE, .memory = true, .target = ":memory:"};
	const mk_store_options options = {.allocator = arena->allocator, .create = true};
	int rc = mk_store_open(&url, &options, out, err);

	return rc != 0 ? rc : mk_schema_migrate(*out, list, count, 0, err);
}

static int make_tables(column *const *columns, size_t n, mk_arena *arena, mk_table **out,
                       size_t *n_out, market_error *err)
{
	size_t n_tables = 0;
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(columns[i]->table, columns[i - 1]->table) != 0)
			n_tables++;
	*n_out = n_tables;
	*out = MK_NEW_ARRAY(arena, mk_table, n_tables + 1);
	if (!*out)
		return mk_error_no_memory(err);
	n_tables = 0;
	for (size_t i = 0, end; i < n && rc == 0; i = end) {
		for (end = i + 1; end < n && strcmp(columns[end]->table, columns[i]->table) == 0;)
			end++;
		rc = make_table(columns + i, end - i, arena, &(*out)[n_tables++], err);
	}
	return rc;
}

static int make_table(column *const *columns, size_t n, mk_arena *arena, mk_table *out,
                      market_error *err)
{
	int rc;

	out->name = columns[0]->table;
	rc = make_fields(columns, n, arena, out, err);
	if (rc == 0)
		rc = make_keys(columns, n, out, err);
	if (rc == 0 && !make_statements(out, arena))
		rc = mk_error_no_memory(err);
	return rc;
}

static int make_fields(column *const *columns, size_t n, mk_arena *arena, mk_table *out,
                       market_error *err)
{
	mk_field *fields = MK_NEW_ARRAY(arena, mk_field, n);
	size_t size = 0;

	if (!fields)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < n; i++) {
		mk_field *field = &fields[i];

		field->name = columns[i]->name;
		field->summary = "a column";
		field->offset = (uint32_t)size;
		size += sizeof(void *);
		if (strcmp(columns[i]->type, "INTEGER") == 0) {
			field->kind = MK_INT;
			field->flags = MK_OPTIONAL;
		} else if (strcmp(columns[i]->type, "TEXT") == 0) {
			field->kind = MK_TEXT;
		} else if (strcmp(columns[i]->type, "BLOB") == 0) {
			field->kind = MK_BLOB;
			size += sizeof(market_blob) - sizeof(void *);
		} else {
			return mk_error_set(err, MARKET_EINTERNAL, "column %s of table %s is of type %s",
			                    columns[i]->name, columns[i]->table, columns[i]->type);
		}
		if (columns[i]->self > 0)
			out->self = field;
	}
	out->record = (mk_record){
		.name = out->name, .summary = "a row", .fields = fields, .n_fields = n, .size = size};
	return 0;
}

/* Where SQLite's key is the id alone, PostgreSQL's is book and id. */
static int make_keys(column *const *columns, size_t n, mk_table *out, market_error *err)
{
	const mk_field *book = mk_record_field(&out->record, "book_id", 7);
	size_t n_keys = 0;

	for (size_t i = 0; i < n; i++) {
		const mk_field *field = &out->record.fields[i];

		if (columns[i]->place < 1)
			continue;
		if (columns[i]->place > MK_TABLE_KEYS)
			return mk_error_set(err, MARKET_EINTERNAL, "the key of table %s is too wide",
			                    out->name);
		out->keys[MK_STORE_SQLITE][columns[i]->place - 1] = field;
		n_keys++;
	}
	if (n_keys == 0 || !book)
		return mk_error_set(err, MARKET_EINTERNAL, "table %s has no key or no book", out->name);
	out->n_keys[MK_STORE_SQLITE] = n_keys;
	memcpy(out->keys[MK_STORE_POSTGRES], out->keys[MK_STORE_SQLITE], sizeof(out->keys[0]));
	out->n_keys[MK_STORE_POSTGRES] = n_keys;
	if (n_keys == 1 && strcmp(out->keys[MK_STORE_SQLITE][0]->name, "id") == 0) {
		out->keys[MK_STORE_POSTGRES][1] = out->keys[MK_STORE_SQLITE][0];
		out->keys[MK_STORE_POSTGRES][0] = book;
		out->n_keys[MK_STORE_POSTGRES] = 2;
	}
	return 0;
}

static bool make_statements(mk_table *table, mk_arena *arena)
{
	mk_statement *own[] = {&table->count,    &table->insert,   &table->link,    &table->unlink,
	                       &table->first[0], &table->first[1], &table->next[0], &table->next[1],
	                       &table->clear[0], &table->clear[1]};
	bool good = true;

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		own[i]->name = table->name;
		own[i]->table = table->name;
		own[i]->scan = true;
	}
	table->count.sql = mk_arena_format(arena, "SELECT COUNT(*) AS number FROM %s", table->name);
	table->insert.sql = insert_text(table, arena);
	for (int kind = 0; kind < 2; kind++) {
		table->first[kind].sql = page_text(table, kind, false, arena);
		table->next[kind].sql = page_text(table, kind, true, arena);
		table->clear[kind].sql = clear_text(table, kind, arena);
	}
	if (table->self) {
		table->link.sql = link_text(table, arena);
		table->unlink.sql =
			mk_arena_format(arena, "%s %s SET %s = NULL WHERE book_id >= 0 AND %s IS NOT NULL",
		                    "UPDATE", table->name, table->self->name, table->self->name);
	}
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		good = good && (own[i]->sql || (!table->self && (i == 2 || i == 3)));
	return good;
}

static char *page_text(const mk_table *table, int kind, bool next, mk_arena *arena)
{
	size_t n = table->n_keys[kind];
	mk_text text;

	mk_text_init(&text, arena->allocator, LONGEST_SQL);
	mk_text_add(&text, "SELECT ");
	add_fields(&table->record, "", &text);
	mk_text_format(&text, " FROM %s", table->name);
	if (next) {
		mk_text_add(&text, " WHERE (");
		add_keys(table, kind, &text);
		for (size_t i = 0; i < n; i++)
			mk_text_format(&text, "%s?%zu", i == 0 ? ") > (" : ", ", i + 1);
		mk_text_add(&text, ")");
	}
	mk_text_add(&text, " ORDER BY ");
	add_keys(table, kind, &text);
	mk_text_format(&text, " LIMIT ?%zu", next ? n + 1 : 1);
	return finish(&text, arena);
}

static char *clear_text(const mk_table *table, int kind, mk_arena *arena)
{
	mk_text text;

	mk_text_init(&text, arena->allocator, LONGEST_SQL);
	mk_text_format(&text, "%s FROM %s WHERE (", "DELETE", table->name);
	add_keys(table, kind, &text);
	mk_text_add(&text, ") IN (SELECT ");
	add_keys(table, kind, &text);
	mk_text_format(&text, " FROM %s ORDER BY ", table->name);
	add_keys(table, kind, &text);
	mk_text_add(&text, " LIMIT ?1)");
	return finish(&text, arena);
}

static char *insert_text(const mk_table *table, mk_arena *arena)
{
	mk_text text;

	mk_text_init(&text, arena->allocator, LONGEST_SQL);
	mk_text_format(&text, "%s INTO %s (", "INSERT", table->name);
	add_fields(&table->record, "", &text);
	mk_text_add(&text, ") VALUES (");
	add_fields(&table->record, ":", &text);
	mk_text_add(&text, ") ON CONFLICT DO NOTHING");
	return finish(&text, arena);
}

static char *link_text(const mk_table *table, mk_arena *arena)
{
	size_t n = table->n_keys[MK_STORE_POSTGRES];
	mk_text text;

	mk_text_init(&text, arena->allocator, LONGEST_SQL);
	mk_text_format(&text, "%s %s SET %s = :%s", "UPDATE", table->name, table->self->name,
	               table->self->name);
	for (size_t i = 0; i < n; i++) {
		const char *key = table->keys[MK_STORE_POSTGRES][i]->name;

		mk_text_format(&text, "%s%s = :%s", i == 0 ? " WHERE " : " AND ", key, key);
	}
	return finish(&text, arena);
}

static void add_fields(const mk_record *record, const char *before, mk_text *out)
{
	for (size_t i = 0; i < record->n_fields; i++)
		mk_text_format(out, "%s%s%s", i == 0 ? "" : ", ", before, record->fields[i].name);
}

static void add_keys(const mk_table *table, int kind, mk_text *out)
{
	for (size_t i = 0; i < table->n_keys[kind]; i++)
		mk_text_format(out, "%s%s", i == 0 ? "" : ", ", table->keys[kind][i]->name);
}

static char *finish(mk_text *text, mk_arena *arena)
{
	char *copy = text->failed ? NULL : mk_arena_text_n(arena, text->data, text->size);

	mk_text_close(text);
	return copy;
}
