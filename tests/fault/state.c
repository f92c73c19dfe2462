/* What a store holds, in a form in which two of them can be compared. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/raw.h"

#define MARK '#'         /* before a number that is an identifier */
#define SHORTEST_ID 10   /* digits of one inside a text */
#define MOST_TEXT 400000 /* of the query */

/* The query that gives each row as one text. */
typedef struct writing {
	char *sql;
	size_t used;
	char table[100];
	bool failed;
} writing;

typedef struct ids {
	int64_t *list;
	size_t n, room;
} ids;

static char *make_query(const fault_store *store);
static void add_column(int n_columns, const char *const *values, const int *lengths, void *data);
static void add_text(writing *w, const char *text);
static bool is_id(const char *column);
static bool is_hash(const char *type);
static void add_line(int n_columns, const char *const *values, const int *lengths, void *data);
static void collect(ids *all, const char *line);
static void sort_ids(ids *all);
static char *rename_ids(const ids *all, const char *line);
static size_t rename_token(const ids *all, const char *at, bool inside, char *out);
static bool id_of_text(const char *text, market_id *out);
static long long rank(const ids *all, int64_t id);
static int compare_lines(const void *a, const void *b);
static int compare_numbers(const void *a, const void *b);

bool fault_state_read(const fault_store *store, fault_state *out)
{
	static char *queries[2];
	ids all = {0};
	bool good;
	memset(out, 0, sizeof(*out));
	if (!queries[store->postgres])
		queries[store->postgres] = make_query(store);
	good = queries[store->postgres] && raw_query(store, queries[store->postgres], add_line, out);
	if (!fault_check(good && out->n > 0, "the store can't be read"))
		return false;
	for (size_t i = 0; i < out->n; i++)
		collect(&all, out->lines[i]);
	sort_ids(&all);
	for (size_t i = 0; i < out->n; i++) {
		char *line = rename_ids(&all, out->lines[i]);
		free(out->lines[i]);
		out->lines[i] = line;
	}
	free(all.list);
	qsort(out->lines, out->n, sizeof(*out->lines), compare_lines);
	return true;
}

bool fault_state_equal(const fault_state *expected, const fault_state *got, const char *what)
{
	size_t i = 0;
	while (i < expected->n && i < got->n && strcmp(expected->lines[i], got->lines[i]) == 0)
		i++;
	return fault_check(i == expected->n && i == got->n,
	                   "%s: the store differs\n  expected %.400s\n  got      %.400s", what,
	                   i < expected->n ? expected->lines[i] : "nothing more",
	                   i < got->n ? got->lines[i] : "nothing more");
}

void fault_state_free(fault_state *state)
{
	for (size_t i = 0; i < state->n; i++)
		free(state->lines[i]);
	free(state->lines);
	memset(state, 0, sizeof(*state));
}

/* ---- the query ---- */

static char *make_query(const fault_store *store)
{
	writing w = {.sql = malloc(MOST_TEXT)};
	const char *columns =
		store->postgres
			? "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), "
			  "CAST(data_type AS TEXT) FROM information_schema.columns "
			  "WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
			: "SELECT t.name, c.name, c.type FROM sqlite_schema t JOIN pragma_table_info(t.name) c "
			  "WHERE t.type = 'table' ORDER BY t.name, c.cid";
	w.sql[0] = '\0';
	if (!raw_query(store, columns, add_column, &w) || w.failed) {
		free(w.sql);
		return NULL;
	}
	add_text(&w, " FROM \"");
	add_text(&w, w.table);
	add_text(&w, "\"");
	return w.sql;
}

/* Who had the lease and what the real clock said doesn't matter; nor the store's own name. */
static void add_column(int n_columns, const char *const *values, const int *lengths, void *data)
{
	writing *w = data;
	char table[100], column[100], type[100], text[500];
	(void)n_columns;
	snprintf(table, sizeof(table), "%.*s", lengths[0], values[0]);
	snprintf(column, sizeof(column), "%.*s", lengths[1], values[1]);
	snprintf(type, sizeof(type), "%.*s", lengths[2], values[2]);
	if (strncmp(table, "market_schema", 13) == 0 || strncmp(table, "sqlite_", 7) == 0 ||
	    strncmp(table, "search_text", 11) == 0) /* made from search_entry */
		return;
	if (strcmp(table, w->table) != 0) {
		if (*w->table)
			snprintf(text, sizeof(text), " FROM \"%s\" UNION ALL ", w->table);
		add_text(w, *w->table ? text : "");
		snprintf(w->table, sizeof(w->table), "%s", table);
		snprintf(text, sizeof(text), "SELECT '%s'", table);
		add_text(w, text);
	}
	snprintf(text, sizeof(text), " || '|%s=' || COALESCE(%sCAST(%s\"%s\"%s AS TEXT), '-')", column,
	         is_id(column) ? "'#' || " : "", is_hash(type) ? "LENGTH(" : "", column,
	         is_hash(type) ? ")" : "");
	if (strcmp(column, "claimed_at") == 0 ||
	    (strcmp(table, "store") == 0 && strcmp(column, "name") == 0))
		snprintf(text, sizeof(text), " || '|%s=' || CASE WHEN %s IS NULL THEN '-' ELSE 'some' END",
		         column, column);
	add_text(w, text);
}

static void add_text(writing *w, const char *text)
{
	size_t size = strlen(text);
	w->failed = w->failed || w->used + size + 1 > MOST_TEXT;
	if (w->failed)
		return;
	memcpy(w->sql + w->used, text, size + 1);
	w->used += size;
}

static bool is_id(const char *column)
{
	size_t size = strlen(column);
	return strcmp(column, "id") == 0 || (size > 3 && strcmp(column + size - 3, "_id") == 0) ||
	       strcmp(column, "object_book") == 0 || strcmp(column, "object_number") == 0;
}

static bool is_hash(const char *type)
{
	return strcmp(type, "BLOB") == 0 || strcmp(type, "bytea") == 0;
}

static void add_line(int n_columns, const char *const *values, const int *lengths, void *data)
{
	fault_state *state = data;
	(void)n_columns;
	if (state->n == state->room) {
		state->room = state->room * 2 + 256;
		state->lines = realloc(state->lines, state->room * sizeof(*state->lines));
	}
	state->lines[state->n++] = strndup(values[0], (size_t)(lengths[0] < 0 ? 0 : lengths[0]));
}

/* ---- identifiers ---- */

static void collect(ids *all, const char *line)
{
	while ((line = strchr(line, MARK)) != NULL) {
		line++;
		if (!isdigit((unsigned char)*line))
			continue;
		if (all->n == all->room) {
			all->room = all->room * 2 + 1024;
			all->list = realloc(all->list, all->room * sizeof(*all->list));
		}
		all->list[all->n++] = strtoll(line, NULL, 10);
	}
}

static void sort_ids(ids *all)
{
	size_t n = 0;
	qsort(all->list, all->n, sizeof(*all->list), compare_numbers);
	for (size_t i = 0; i < all->n; i++)
		if (n == 0 || all->list[n - 1] != all->list[i])
			all->list[n++] = all->list[i];
	all->n = n;
}

/* No name of an identifier is longer than the identifier and the room a line begins with. */
static char *rename_ids(const ids *all, const char *line)
{
	size_t size = strlen(line) * 2 + 100, used = 0;
	char *out = malloc(size);
	bool inside = false;
	while (*line) {
		size_t taken = rename_token(all, line, inside, out + used);
		if (taken > 0) {
			used += strlen(out + used);
			line += taken;
			inside = true;
			continue;
		}
		inside = isalnum((unsigned char)*line) || *line == '_';
		out[used++] = *line++;
	}
	out[used] = '\0';
	return out;
}

/* A number, or the text of an identifier. Gives the length of what was replaced. */
static size_t rename_token(const ids *all, const char *at, bool inside, char *out)
{
	char text[MARKET_ID_TEXT_SIZE];
	size_t size;
	market_id id;
	if (inside)
		return 0;
	if (isdigit((unsigned char)*at)) {
		size = strspn(at, "0123456789");
		if ((at[-1] != MARK && size < SHORTEST_ID) || rank(all, strtoll(at, NULL, 10)) < 0)
			return 0;
		sprintf(out, "%lld", rank(all, strtoll(at, NULL, 10)));
		return size;
	}
	if (!islower((unsigned char)*at) || strlen(at) < 5 || at[3] != '_')
		return 0;
	size = strspn(at, "0123456789abcdefghijklmnopqrstuvwxyz_");
	if (size >= sizeof(text))
		return 0;
	memcpy(text, at, size);
	text[size] = '\0';
	if (!id_of_text(text, &id) || rank(all, id.id) < 0)
		return 0;
	sprintf(out, "%.3s_%lld_%lld", at, rank(all, id.book), rank(all, id.id));
	return size;
}

static bool id_of_text(const char *text, market_id *out)
{
	static const market_id_kind kinds[] = {
#define X(name, prefix, word) MARKET_ID_##name,
		MARKET_ID_KIND_LIST(X)
#undef X
	};
	for (size_t i = 1; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (market_id_parse(kinds[i], text, out))
			return true;
	return false;
}

static long long rank(const ids *all, int64_t id)
{
	const int64_t *found = bsearch(&id, all->list, all->n, sizeof(id), compare_numbers);
	return found ? (long long)(found - all->list) : -1;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int compare_numbers(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}
