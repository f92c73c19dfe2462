#include "tests/retries/inject.h"

#include <dlfcn.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

/* Statements outside transactions that pass before the next ones fail: several are run again. */
#define BETWEEN 6

typedef enum kind { BEGIN, COMMIT, ROLLBACK, OTHER } kind;

static struct {
	injection *now;
	const char *path; /* of the SQLite file */
	bool in_transaction;
	bool hit;      /* this transaction was made to fail */
	bool retrying; /* the one before was, and this is its next try */
	int index, left, tries;
	int64_t outside; /* statements outside transactions */
} at;

static char raising_text[120];

static kind kind_of(const char *sql);
static bool must_fail(const char *sql);
static bool count(kind what);
static bool outside(void);
static int send_raising(PGconn *connection);
static const char *raising(void);
static void *real(const char *name);

void inject_begin(injection *i, const char *path)
{
	memset(&at, 0, sizeof(at));
	i->failed = i->commits = 0;
	i->most_tries = i->most_statements = 0;
	i->last[0] = '\0';
	at.now = i;
	at.path = path;
}

void inject_end(void)
{
	at.now = NULL;
	/* a transaction whose beginning failed at last had no end either */
	at.in_transaction = false;
}

bool inject_in_transaction(void)
{
	return at.in_transaction;
}

/* ---- in front of the databases' libraries ---- */

int sqlite3_step(sqlite3_stmt *statement)
{
	int (*step)(sqlite3_stmt *) = NULL;
	const char *file;
	*(void **)&step = real("sqlite3_step");
	if (!at.now || sqlite3_stmt_busy(statement))
		return step(statement);
	file = sqlite3_db_filename(sqlite3_db_handle(statement), "main");
	if (!file || !at.path || strcmp(file, at.path) != 0)
		return step(statement);
	return must_fail(sqlite3_sql(statement)) ? SQLITE_BUSY : step(statement);
}

int PQsendQueryPrepared(PGconn *connection, const char *name, int n, const char *const *values,
                        const int *lengths, const int *formats, int format)
{
	int (*send)(PGconn *, const char *, int, const char *const *, const int *, const int *, int);
	*(void **)&send = real("PQsendQueryPrepared");
	if (at.now && must_fail(name))
		return send_raising(connection);
	return send(connection, name, n, values, lengths, formats, format);
}

int PQsendQueryParams(PGconn *connection, const char *sql, int n, const Oid *types,
                      const char *const *values, const int *lengths, const int *formats, int format)
{
	int (*send)(PGconn *, const char *, int, const Oid *, const char *const *, const int *,
	            const int *, int);
	*(void **)&send = real("PQsendQueryParams");
	if (at.now && sql != raising_text && must_fail(sql))
		return send_raising(connection);
	return send(connection, sql, n, types, values, lengths, formats, format);
}

/* ROLLBACK, which nobody waits for and which doesn't fail. */
int PQsendQuery(PGconn *connection, const char *sql)
{
	int (*send)(PGconn *, const char *);
	*(void **)&send = real("PQsendQuery");
	if (at.now)
		must_fail(sql);
	return send(connection, sql);
}

/* A COMMIT that fails ends its transaction. */
PGresult *PQexec(PGconn *connection, const char *sql)
{
	PGresult *(*execute)(PGconn *, const char *);
	*(void **)&execute = real("PQexec");
	if (!at.now || !must_fail(sql))
		return execute(connection, sql);
	if (kind_of(sql) == COMMIT)
		PQclear(execute(connection, "ROLLBACK"));
	return execute(connection, raising());
}

/* ---- which one fails ---- */

static kind kind_of(const char *sql)
{
	if (strncmp(sql, "BEGIN", 5) == 0)
		return BEGIN;
	if (strncmp(sql, "COMMIT", 6) == 0)
		return COMMIT;
	return strncmp(sql, "ROLLBACK", 8) == 0 ? ROLLBACK : OTHER;
}

static bool must_fail(const char *sql)
{
	kind what = kind_of(sql);
	bool fails = what != BEGIN && !at.in_transaction ? what == OTHER && outside() : count(what);
	if (!fails)
		return false;
	at.now->failed++;
	at.now->commits += what == COMMIT;
	snprintf(at.now->last, sizeof(at.now->last), "%.100s", sql);
	return true;
}

static bool count(kind what)
{
	bool fails;
	if (what == BEGIN) {
		if (!at.retrying) {
			at.left = at.now->times;
			at.tries = 0;
		}
		at.in_transaction = true;
		at.hit = false;
		at.index = 0;
		if (++at.tries > at.now->most_tries)
			at.now->most_tries = at.tries;
	}
	if (what == ROLLBACK) {
		at.retrying = at.hit;
		at.in_transaction = false;
		return false;
	}
	fails = at.index == at.now->at && at.left > 0;
	if (at.index > at.now->most_statements)
		at.now->most_statements = at.index;
	at.index++;
	if (fails) {
		at.left--;
		at.hit = at.retrying = true;
	}
	if (what == COMMIT) {
		at.retrying = at.hit;
		at.in_transaction = false;
	}
	return fails;
}

static bool outside(void)
{
	return at.now->at == 0 && at.outside++ % (at.now->times + BETWEEN) < at.now->times;
}

static int send_raising(PGconn *connection)
{
	return PQsendQueryParams(connection, raising(), 0, NULL, NULL, NULL, NULL, 1);
}

static const char *raising(void)
{
	snprintf(raising_text, sizeof(raising_text),
	         "DO $$BEGIN RAISE EXCEPTION 'transactions met' USING ERRCODE = '%.5s'; END$$",
	         at.now->state);
	return raising_text;
}

static void *real(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}
