#include "tests/fault/raw.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/fault.h"

static bool command(const char *server, const char *sql);
static bool query_sqlite(const char *path, const char *sql, raw_row *row, void *data);
static bool query_postgres(const char *target, const char *sql, raw_row *row, void *data);
static void take_number(int n_columns, const char *const *values, const int *lengths, void *data);

bool raw_create_database(const char *server, const char *name, const char *copied)
{
	char sql[400];
	snprintf(sql, sizeof(sql), "CREATE DATABASE \"%.100s\" TEMPLATE \"%.100s\"", name,
	         copied ? copied : "template0");
	return command(server, sql);
}

bool raw_drop_database(const char *server, const char *name)
{
	char sql[200];
	snprintf(sql, sizeof(sql), "DROP DATABASE \"%.100s\" WITH (FORCE)", name);
	return command(server, sql);
}

bool raw_query(const fault_store *store, const char *sql, raw_row *row, void *data)
{
	return store->postgres ? query_postgres(store->target, sql, row, data)
	                       : query_sqlite(store->target, sql, row, data);
}

int64_t fault_number(const fault_store *store, const char *format, ...)
{
	char sql[2000];
	int64_t number = -1;
	va_list args;
	va_start(args, format);
	vsnprintf(sql, sizeof(sql), format, args);
	va_end(args);
	return raw_query(store, sql, take_number, &number) ? number : -1;
}

bool fault_execute(const fault_store *store, const char *sql)
{
	return raw_query(store, sql, NULL, NULL);
}

static bool command(const char *server, const char *sql)
{
	char target[600];
	PGresult *result;
	PGconn *connection;
	bool good;
	snprintf(target, sizeof(target), "dbname=postgres host=%.500s user=market", server);
	connection = PQconnectdb(target);
	result = PQexec(connection, sql);
	good = PQresultStatus(result) == PGRES_COMMAND_OK;
	if (!good)
		fputs(PQerrorMessage(connection), stderr);
	PQclear(result);
	PQfinish(connection);
	return good;
}

static bool query_sqlite(const char *path, const char *sql, raw_row *row, void *data)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	const char *values[200];
	int lengths[200], rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(db, 60000);
	while (rc == SQLITE_OK && *sql) {
		rc = sqlite3_prepare_v2(db, sql, -1, &statement, &sql);
		while (rc == SQLITE_OK && statement && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
			for (int i = 0; i < sqlite3_column_count(statement); i++) {
				values[i] = sqlite3_column_blob(statement, i);
				lengths[i] = sqlite3_column_type(statement, i) == SQLITE_NULL
				                 ? -1
				                 : sqlite3_column_bytes(statement, i);
			}
			if (row)
				row(sqlite3_column_count(statement), values, lengths, data);
			rc = SQLITE_OK;
		}
		rc = rc == SQLITE_DONE ? SQLITE_OK : rc;
		sqlite3_finalize(statement);
		statement = NULL;
	}
	if (rc != SQLITE_OK)
		fprintf(stderr, "%s: %s\n", path, sqlite3_errmsg(db));
	sqlite3_close(db);
	return rc == SQLITE_OK;
}

static bool query_postgres(const char *target, const char *sql, raw_row *row, void *data)
{
	const char *values[200];
	int lengths[200];
	PGconn *connection = PQconnectdb(target);
	PGresult *result = PQexec(connection, sql);
	bool good =
		PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK;
	for (int at = 0; good && row && at < PQntuples(result); at++) {
		for (int i = 0; i < PQnfields(result); i++) {
			values[i] = PQgetvalue(result, at, i);
			lengths[i] = PQgetisnull(result, at, i) ? -1 : PQgetlength(result, at, i);
		}
		row(PQnfields(result), values, lengths, data);
	}
	if (!good)
		fprintf(stderr, "%s: %s\n", sql, PQerrorMessage(connection));
	PQclear(result);
	PQfinish(connection);
	return good;
}

static void take_number(int n_columns, const char *const *values, const int *lengths, void *data)
{
	char text[32];
	if (n_columns > 0 && lengths[0] > 0) {
		snprintf(text, sizeof(text), "%.*s", lengths[0], values[0]);
		*(int64_t *)data = strtoll(text, NULL, 10);
	}
}
