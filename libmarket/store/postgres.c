#include "libmarket/store/postgres.h"

#include <stdio.h>
#include <string.h>

static int postgres_open(mk_store *store, const mk_store_url *url, const mk_store_options *options,
                         market_error *err);
static void postgres_close(mk_store *store);
static int postgres_begin(mk_store *store, bool write, market_error *err);
static int postgres_commit(mk_store *store, market_error *err);
static void postgres_rollback(mk_store *store);
static void postgres_forget(mk_store *store, mk_prepared *prepared);
static int postgres_execute(mk_store *store, const char *sql, market_error *err);
static bool postgres_intact(mk_store *store);
static void postgres_tend(mk_store *store);
static void take_ending(mk_postgres *p);
static int send_begin(mk_postgres *p, market_error *err);
static void ignore_notice(void *data, const char *message);
static int refuse_connection(mk_postgres *p, market_error *err);
static void drop_connection(mk_postgres *p);
static bool from_server(const PGresult *result);
static int commit_failed(mk_postgres *p, const char *detail, market_error *err);
static int state_error(mk_postgres *p, const char *state, const char *what, market_error *err);
static bool in_class(const char *state, const char *classes);

const mk_driver mk_store_postgres = {
	.kind = MK_STORE_POSTGRES,
	.size = sizeof(mk_postgres),
	.open = postgres_open,
	.close = postgres_close,
	.begin = postgres_begin,
	.commit = postgres_commit,
	.rollback = postgres_rollback,
	.prepare = mk_postgres_prepare,
	.forget = postgres_forget,
	.check = mk_postgres_check,
	.read = mk_postgres_read,
	.each = mk_postgres_each,
	.run = mk_postgres_run,
	.execute = postgres_execute,
	.intact = postgres_intact,
	.tend = postgres_tend,
};

int mk_postgres_connect(mk_postgres *p, market_error *err)
{
	/* What comes before dbname the URL may replace, what comes after it not. */
	static const char *const names[] = {
		"connect_timeout",  "keepalives_idle",  "keepalives_interval",
		"keepalives_count", "tcp_user_timeout", "fallback_application_name",
		"dbname",           "client_encoding",  NULL};
	const char *const values[] = {"10",     "30",      "10",   "3", "30000",
	                              "market", p->target, "UTF8", NULL};

	take_ending(p);
	if (p->connection && PQstatus(p->connection) == CONNECTION_OK && !p->stale)
		return 0;
	drop_connection(p);
	p->connection = PQconnectdbParams(names, values, 1);
	if (!p->connection)
		return mk_error_no_memory(err);
	if (PQstatus(p->connection) != CONNECTION_OK)
		return refuse_connection(p, err);
	PQsetNoticeProcessor(p->connection, ignore_notice, NULL);
	p->generation++;
	p->stale = false;
	return 0;
}

int mk_postgres_lost(mk_postgres *p, const char *what, market_error *err)
{
	drop_connection(p);
	return mk_error_set(err, MARKET_EUNAVAILABLE,
	                    "the connection to the database server was lost (%s)", what);
}

int mk_postgres_judge(mk_postgres *p, const PGresult *result, const char *what, market_error *err)
{
	ExecStatusType status = PQresultStatus(result);
	const char *state, *message;
	int code;

	if (result &&
	    (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE))
		return 0;
	if (PQstatus(p->connection) == CONNECTION_BAD)
		return mk_postgres_lost(p, what, err);
	/* libpq's own error, for want of memory: results may be lost, so that what comes next is no
	 * longer what was asked next. */
	if (!from_server(result)) {
		drop_connection(p);
		return mk_error_no_memory(err);
	}
	state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	code = state_error(p, state ? state : "XX000", what, err);
	if (code == MK_AGAIN || code == MARKET_ENOMEM)
		return code;
	return mk_error_detail(err, code, "PostgreSQL says: %s (%s).", message ? message : "nothing",
	                       state ? state : "no code");
}

size_t mk_postgres_begin_texts(const mk_postgres *p, char texts[2][80])
{
	const char *kind = p->base.writing ? "READ COMMITTED READ WRITE" : "REPEATABLE READ READ ONLY";

	snprintf(texts[0], 80, "BEGIN ISOLATION LEVEL %s", kind);
	snprintf(texts[1], 80, "SET LOCAL lock_timeout = %lld", (long long)p->base.busy_ms);
	return p->base.writing ? 2 : 1;
}

int mk_postgres_begin_now(mk_postgres *p, market_error *err)
{
	int rc = 0;

	if (!p->begin_pending)
		return 0;
	rc = send_begin(p, err);
	if (rc == MARKET_EUNAVAILABLE && !p->connection) {
		rc = mk_postgres_connect(p, err);
		if (rc == 0)
			rc = send_begin(p, err);
	}
	p->begin_pending = rc != 0;
	return rc;
}

int mk_postgres_commit_lost(mk_postgres *p, const char *detail, market_error *err)
{
	drop_connection(p);
	mk_error_set(err, MARKET_EUNKNOWN, "the connection was lost while committing");
	if (detail && detail[0])
		mk_error_detail(err, MARKET_EUNKNOWN, "%s", detail);
	return mk_error_hint(err, MARKET_EUNKNOWN, "Send the same key again to learn the outcome.");
}

static int postgres_open(mk_store *store, const mk_store_url *url, const mk_store_options *options,
                         market_error *err)
{
	mk_postgres *p = (mk_postgres *)store;

	(void)options;
	p->target = mk_arena_text(&store->arena, url->target);
	if (!p->target)
		return mk_error_no_memory(err);
	p->prepare_off = url->prepare_off;
	for (size_t i = 0; i < MK_MAX_PARAMETERS; i++)
		p->formats[i] = 1;
	return mk_postgres_connect(p, err);
}

static void postgres_close(mk_store *store)
{
	drop_connection((mk_postgres *)store);
}

static int postgres_begin(mk_store *store, bool write, market_error *err)
{
	mk_postgres *p = (mk_postgres *)store;
	int rc = mk_postgres_connect(p, err);

	(void)write;
	p->begin_pending = rc == 0;
	store->batch++;
	return rc;
}

static int postgres_commit(mk_store *store, market_error *err)
{
	mk_postgres *p = (mk_postgres *)store;
	PGresult *result;
	int rc;

	if (p->begin_pending) {
		p->begin_pending = false;
		return 0;
	}
	if (!p->connection)
		return mk_postgres_lost(p, "before commit", err);
	store->batch++;
	result = PQexec(p->connection, "COMMIT");
	if (PQstatus(p->connection) == CONNECTION_BAD || !from_server(result)) {
		rc = commit_failed(p, NULL, err);
	} else {
		rc = mk_postgres_judge(p, result, "commit", err);
		/* The server, or a pooler before it, went while it committed. */
		if (rc == MARKET_EUNAVAILABLE || rc == MARKET_EUNKNOWN)
			rc = commit_failed(p, err ? err->detail : NULL, err);
		if (rc == 0 && strcmp(PQcmdStatus(result), "COMMIT") != 0)
			rc =
				mk_error_set(err, MARKET_EINTERNAL, "the transaction was undone before its commit");
	}
	PQclear(result);
	return rc;
}

/* Nobody waits for its result: it is there when the connection is used again. */
static void postgres_rollback(mk_store *store)
{
	mk_postgres *p = (mk_postgres *)store;

	store->batch += !p->begin_pending;
	if (!p->begin_pending && p->connection && PQtransactionStatus(p->connection) != PQTRANS_IDLE)
		p->ending = PQsendQuery(p->connection, "ROLLBACK");
	p->begin_pending = false;
	if (p->connection && !p->ending && PQtransactionStatus(p->connection) != PQTRANS_IDLE)
		drop_connection(p);
}

/* Prepared statements end with the connection. */
static void postgres_forget(mk_store *store, mk_prepared *prepared)
{
	(void)store;
	prepared->handle = NULL;
}

static int postgres_execute(mk_store *store, const char *sql, market_error *err)
{
	mk_postgres *p = (mk_postgres *)store;
	PGresult *result;
	int rc = store->in_transaction ? mk_postgres_begin_now(p, err) : mk_postgres_connect(p, err);

	if (rc != 0)
		return rc;
	if (!p->connection)
		return mk_postgres_lost(p, "text", err);
	result = PQexec(p->connection, sql);
	rc = mk_postgres_judge(p, result, "text", err);
	PQclear(result);
	return rc;
}

static bool postgres_intact(mk_store *store)
{
	mk_postgres *p = (mk_postgres *)store;

	return p->begin_pending ||
	       (p->connection && PQtransactionStatus(p->connection) == PQTRANS_INTRANS);
}

/* Its server does. */
static void postgres_tend(mk_store *store)
{
	(void)store;
}

static void take_ending(mk_postgres *p)
{
	PGresult *result;

	if (!p->ending)
		return;
	p->ending = false;
	while ((result = PQgetResult(p->connection)) != NULL)
		PQclear(result);
	if (PQtransactionStatus(p->connection) != PQTRANS_IDLE)
		drop_connection(p);
}

static int send_begin(mk_postgres *p, market_error *err)
{
	char texts[2][80];
	size_t n = mk_postgres_begin_texts(p, texts);
	int rc = 0;

	if (!p->connection)
		return mk_postgres_lost(p, "begin", err);
	for (size_t i = 0; i < n && rc == 0; i++) {
		PGresult *result = PQexec(p->connection, texts[i]);

		rc = mk_postgres_judge(p, result, "begin", err);
		PQclear(result);
	}
	return rc;
}

/* libpq would print notices to stderr. */
static void ignore_notice(void *data, const char *message)
{
	(void)data;
	(void)message;
}

/* libpq tells what happened only in words; they never hold the password. */
static int refuse_connection(mk_postgres *p, market_error *err)
{
	const char *message = PQerrorMessage(p->connection);
	const char *database = strstr(message, "database \"");
	int code =
		database && strstr(database, "does not exist") ? MARKET_EABSENT : MARKET_EUNAVAILABLE;

	mk_error_set(err, code, "%s",
	             code == MARKET_EABSENT ? "the database doesn't exist"
	                                    : "the database server can't be reached");
	mk_error_detail(err, code, "PostgreSQL says: %.*s.", (int)strcspn(message, "\n"), message);
	drop_connection(p);
	return code;
}

static void drop_connection(mk_postgres *p)
{
	PQfinish(p->connection);
	p->connection = NULL;
	p->ending = false;
}

/* Whether the server itself has answered, not libpq for want of memory. */
static bool from_server(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return result && (status == PGRES_COMMAND_OK || status == PGRES_PIPELINE_ABORTED ||
	                  PQresultErrorField(result, PG_DIAG_SQLSTATE));
}

static int commit_failed(mk_postgres *p, const char *detail, market_error *err)
{
	char kept[sizeof(err->detail)];

	if (!p->base.writing)
		return mk_postgres_lost(p, "commit", err);
	/* It may lie in the error that is written now. */
	snprintf(kept, sizeof(kept), "%s", detail ? detail : "");
	return mk_postgres_commit_lost(p, kept, err);
}

static int state_error(mk_postgres *p, const char *state, const char *what, market_error *err)
{
	if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0)
		return MK_AGAIN;
	if (strcmp(state, "26000") == 0 || strcmp(state, "42P05") == 0) {
		/* A pooler hands the transactions of one client to several servers. */
		p->prepare_off = true;
		return MK_AGAIN;
	}
	/* "begin" with 0A000: the server has become a replica. */
	if (strcmp(state, "25006") == 0 ||
	    (strcmp(state, "0A000") == 0 && strcmp(what, "begin") == 0)) {
		p->stale = true;
		return mk_error_set(err, MARKET_EREADONLY, "the store can't be written (%s)", what);
	}
	if (strcmp(state, "0A000") == 0 && p->base.in_transaction) {
		/* A table changed under a prepared statement: prepare all anew, under new names. */
		p->generation++;
		return MK_AGAIN;
	}
	if (strcmp(state, "40003") == 0 || strcmp(state, "08007") == 0)
		return mk_error_set(err, MARKET_EUNKNOWN, "the server doesn't know the outcome (%s)", what);
	if (strcmp(state, "55P03") == 0 || strcmp(state, "57014") == 0)
		return mk_error_set(err, MARKET_EBUSY, "the store is locked by others (%s)", what);
	if (strcmp(state, "53100") == 0)
		return mk_error_set(err, MARKET_EFULL, "the server's disk is full (%s)", what);
	if (strcmp(state, "53200") == 0)
		return mk_error_no_memory(err);
	if (strcmp(state, "42501") == 0)
		return mk_error_set(err, MARKET_EREADONLY, "the store can't be written (%s)", what);
	if (strcmp(state, "22003") == 0)
		return mk_error_set(err, MARKET_EOVERFLOW, "a sum in statement %s overflows", what);
	if (strcmp(state, "XX001") == 0 || strcmp(state, "XX002") == 0)
		return mk_error_set(err, MARKET_ECORRUPT, "the server found damaged data (%s)", what);
	if (in_class(state, "58"))
		return mk_error_set(err, MARKET_EIO, "reading or writing the store failed (%s)", what);
	if (in_class(state, "08 53 57"))
		return mk_error_set(err, MARKET_EUNAVAILABLE, "the database server is not available (%s)",
		                    what);
	if (in_class(state, "23"))
		return mk_error_set(err, MARKET_EINTERNAL, "statement %s breaks a constraint", what);
	return mk_error_set(err, MARKET_EINTERNAL, "statement %s failed", what);
}

static bool in_class(const char *state, const char *classes)
{
	for (; classes[0]; classes += classes[2] ? 3 : 2)
		if (strncmp(state, classes, 2) == 0)
			return true;
	return false;
}
