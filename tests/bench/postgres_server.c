#include "tests/bench/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SCRIPT BENCH_SOURCE_DIR "/tests/lib/postgres.sh"
#define MOST_DATABASES 8

static char folder[512];
static bool own;
static char databases[MOST_DATABASES][64];
static size_t n_databases;

static bool start_own(void);
static void leave(void);
static void full_name(const char *name, char out[64]);
static void check(PGconn *connection, const PGresult *result, const char *what);
static void put_int(char out[8], int64_t number);

const char *bench_server_start(void)
{
	const char *given = getenv("MARKET_TEST_POSTGRES_DIR");

	if (folder[0] != '\0')
		return folder;
	if (given && given[0] != '\0')
		snprintf(folder, sizeof(folder), "%s", given);
	else if (!start_own())
		return NULL;
	atexit(leave);
	return folder;
}

void bench_server_database(const char *name, const char *from)
{
	PGconn *connection = bench_pg_connect(NULL);
	char full[64], template[64] = "template0", sql[200];

	if (n_databases == MOST_DATABASES)
		bench_die("too many databases");
	full_name(name, full);
	if (from)
		full_name(from, template);
	snprintf(sql, sizeof(sql), "CREATE DATABASE \"%s\" TEMPLATE \"%s\"", full, template);
	bench_pg_sql(connection, sql);
	PQfinish(connection);
	memcpy(databases[n_databases++], full, sizeof(full));
}

void bench_server_drop(void)
{
	char text[100];

	while (n_databases > 0) {
		PGconn *connection = bench_pg_connect(NULL);

		snprintf(text, sizeof(text), "DROP DATABASE \"%s\" WITH (FORCE)", databases[--n_databases]);
		PQclear(PQexec(connection, text));
		PQfinish(connection);
	}
}

void bench_server_url(const char *name, char out[1200])
{
	char full[64] = "postgres";

	if (name)
		full_name(name, full);
	snprintf(out, 1200, "postgresql:///%s?host=%s&user=market", full, folder);
}

char *bench_server_settings(void)
{
	PGconn *connection = bench_pg_connect(NULL);
	PGresult *result = PQexec(
		connection, "SELECT json_object_agg(name, current_setting(name)) FROM pg_settings WHERE "
					"name IN ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes', "
					"'wal_level', 'wal_sync_method', 'shared_buffers', 'max_wal_size')");
	char *text;

	check(connection, result, "settings");
	text = strdup(PQgetvalue(result, 0, 0));
	PQclear(result);
	PQfinish(connection);
	return text;
}

PGconn *bench_pg_connect(const char *database)
{
	char url[1200];
	PGconn *connection;

	bench_server_url(database, url);
	connection = PQconnectdb(url);
	if (PQstatus(connection) != CONNECTION_OK)
		bench_die("%s", PQerrorMessage(connection));
	return connection;
}

void bench_pg_sql(PGconn *connection, const char *sql)
{
	PGresult *result = PQexec(connection, sql);

	check(connection, result, sql);
	PQclear(result);
}

void bench_pg_prepare(PGconn *connection, const char *name, const char *sql, int n,
                      const Oid *types)
{
	PGresult *result = PQprepare(connection, name, sql, n, types);

	check(connection, result, sql);
	PQclear(result);
}

void bench_pg_send(PGconn *connection, const char *name, const mk_value *args, size_t n_args)
{
	const char *values[MK_MAX_NAMED] = {NULL};
	char numbers[MK_MAX_NAMED][8];
	int lengths[MK_MAX_NAMED] = {0}, formats[MK_MAX_NAMED];

	if (n_args > MK_MAX_NAMED)
		bench_die("%s has too many parameters", name);
	for (size_t i = 0; i < n_args; i++) {
		formats[i] = 1;
		if (args[i].null)
			continue;
		values[i] = args[i].data ? args[i].data : "";
		lengths[i] = (int)args[i].size;
		if (args[i].kind != MK_VALUE_INT)
			continue;
		put_int(numbers[i], args[i].number);
		values[i] = numbers[i];
		lengths[i] = 8;
	}
	if (!PQsendQueryPrepared(connection, name, (int)n_args, values, lengths, formats, 1))
		bench_die("%s: %s", name, PQerrorMessage(connection));
}

int64_t bench_pg_take(PGconn *connection, const char *name)
{
	PGresult *result = PQgetResult(connection);
	int64_t rows;

	check(connection, result, name);
	rows = PQresultStatus(result) == PGRES_TUPLES_OK ? PQntuples(result)
	                                                 : strtoll(PQcmdTuples(result), NULL, 10);
	PQclear(result);
	if (PQgetResult(connection))
		bench_die("%s gave two results", name);
	return rows;
}

void bench_pg_sync(PGconn *connection)
{
	if (!PQpipelineSync(connection))
		bench_die("pipeline: %s", PQerrorMessage(connection));
}

void bench_pg_take_sync(PGconn *connection)
{
	PGresult *result = PQgetResult(connection);

	if (PQresultStatus(result) != PGRES_PIPELINE_SYNC)
		bench_die("pipeline: %s", PQerrorMessage(connection));
	PQclear(result);
}

static bool start_own(void)
{
	FILE *script = popen("sh '" SCRIPT "' start --fsync", "r");
	int status;

	if (!script || !fgets(folder, sizeof(folder), script))
		folder[0] = '\0';
	status = script ? pclose(script) : -1;
	folder[strcspn(folder, "\n")] = '\0';
	own = status == 0 && folder[0] != '\0';
	if (own)
		return true;
	fprintf(stderr, "SKIP the benches on PostgreSQL: %s\n", folder);
	folder[0] = '\0';
	return false;
}

static void leave(void)
{
	char text[700];

	if (own) {
		snprintf(text, sizeof(text), "sh '" SCRIPT "' stop '%s'", folder);
		if (system(text) != 0)
			fprintf(stderr, "market-bench: the server in %s wasn't stopped\n", folder);
		return;
	}
	bench_server_drop();
}

static void full_name(const char *name, char out[64])
{
	snprintf(out, 64, "bench_%d_%s", (int)getpid(), name);
}

static void check(PGconn *connection, const PGresult *result, const char *what)
{
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		bench_die("%s: %s", what, PQerrorMessage(connection));
}

static void put_int(char out[8], int64_t number)
{
	for (int i = 0; i < 8; i++)
		out[i] = (char)(uint8_t)((uint64_t)number >> (56 - 8 * i));
}
