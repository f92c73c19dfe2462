#include "tests/bench/grow.h"

#include <string.h>

#define HOUR INT64_C(3600000)
#define UNIQUE_STEP 100000000

static void grow_table(sqlite3 *db, const char *table, int64_t copies);
static char *shifted_column(sqlite3 *db, const char *table, const char *column, const char *type);
static bool names_row(const char *column);
static bool is_unique(sqlite3 *db, const char *table, const char *column);
static void run(sqlite3 *db, const char *sql, int64_t copy);

void bench_grow(const char *path, int64_t copies)
{
	sqlite3 *db = bench_database(path);
	sqlite3_stmt *tables = bench_prepare(
		db, "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = "
			"'table' AND c.name = 'id' AND m.name NOT LIKE 'sqlite_%'");

	bench_sql(db, "PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-524288");
	bench_sql(db, "BEGIN");
	while (sqlite3_step(tables) == SQLITE_ROW)
		grow_table(db, (const char *)sqlite3_column_text(tables, 0), copies);
	sqlite3_finalize(tables);
	bench_sql(db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
	sqlite3_close(db);
}

/* ?1: the first identifier, ?2: what is taken from it, ?3: the copy's number. */
static void grow_table(sqlite3 *db, const char *table, int64_t copies)
{
	sqlite3_stmt *columns =
		bench_prepare(db, "SELECT name, type FROM pragma_table_info(?1) ORDER BY cid");
	char *values = sqlite3_mprintf(""), *sql;

	sqlite3_bind_text(columns, 1, table, -1, SQLITE_STATIC);
	while (sqlite3_step(columns) == SQLITE_ROW)
		values =
			sqlite3_mprintf("%z%s%z", values, values && *values ? ", " : "",
		                    shifted_column(db, table, (const char *)sqlite3_column_text(columns, 0),
		                                   (const char *)sqlite3_column_text(columns, 1)));
	sqlite3_finalize(columns);
	/* the copies lie before the first, so that none is copied again */
	sql = sqlite3_mprintf(
		"INSERT OR IGNORE INTO \"%w\" SELECT %z FROM \"%w\" WHERE id >= ?1 AND ?2 > 0 AND ?3 > 0 "
		"ORDER BY id",
		table, values, table);
	for (int64_t i = copies; i > 0; i--)
		run(db, sql, i);
	sqlite3_free(sql);
}

static char *shifted_column(sqlite3 *db, const char *table, const char *column, const char *type)
{
	if (names_row(column))
		return sqlite3_mprintf("CASE WHEN \"%w\" >= ?1 THEN \"%w\" - ?2 ELSE \"%w\" END", column,
		                       column, column);
	if (!is_unique(db, table, column) || strcmp(column, "book_id") == 0 ||
	    strcmp(column, "currency") == 0)
		return sqlite3_mprintf("\"%w\"", column);
	if (strcmp(type, "TEXT") == 0)
		return sqlite3_mprintf("\"%w\" || '.' || ?3", column);
	if (strcmp(column, "position") == 0)
		return sqlite3_mprintf("\"%w\" + ?3 * %d", column, UNIQUE_STEP);
	return sqlite3_mprintf("\"%w\"", column);
}

static bool names_row(const char *column)
{
	size_t length = strlen(column);

	return strcmp(column, "id") == 0 || strcmp(column, "object_number") == 0 ||
	       (length > 3 && strcmp(column + length - 3, "_id") == 0);
}

static bool is_unique(sqlite3 *db, const char *table, const char *column)
{
	sqlite3_stmt *statement =
		bench_prepare(db, "SELECT 1 FROM pragma_index_list(?1) i JOIN pragma_index_info(i.name) c "
	                      "WHERE i.\"unique\" = 1 AND c.name = ?2");
	bool found;

	sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, column, -1, SQLITE_STATIC);
	found = sqlite3_step(statement) == SQLITE_ROW;
	sqlite3_finalize(statement);
	return found;
}

static void run(sqlite3 *db, const char *sql, int64_t copy)
{
	sqlite3_stmt *statement = bench_prepare(db, sql);

	sqlite3_bind_int64(statement, 1, mk_id_first(BENCH_GROW_ORDERS));
	sqlite3_bind_int64(statement, 2,
	                   mk_id_first(BENCH_GROW_ORDERS) -
	                       mk_id_first(BENCH_GROW_ORDERS - copy * HOUR));
	sqlite3_bind_int64(statement, 3, copy);
	if (sqlite3_step(statement) != SQLITE_DONE)
		bench_die("%s: %s", sqlite3_errmsg(db), sql);
	sqlite3_finalize(statement);
}
