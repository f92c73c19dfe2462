/* What lifecycle.pg is made of: a server, and its ceilings in raw libpq with pipelines. */
#ifndef TESTS_BENCH_POSTGRES_H
#define TESTS_BENCH_POSTGRES_H

#include <libpq-fe.h>

#include "libmarket/store/driver.h"
#include "tests/bench/replay.h"

/* ---- postgres_server.c ---- */

/* The server in the folder MARKET_TEST_POSTGRES_DIR, or a private one that syncs, until the end of
 * the program. NULL, and the reason on standard error, where there is none to be had. */
const char *bench_server_start(void);
/* A fresh database, a copy of `from` unless that is NULL. */
void bench_server_database(const char *name, const char *from);
/* Drops them all, as the end of the program does. */
void bench_server_drop(void);
void bench_server_url(const char *name, char out[1200]);
/* What the server is set to, as JSON; freed with free. */
char *bench_server_settings(void);

PGconn *bench_pg_connect(const char *database);
void bench_pg_sql(PGconn *connection, const char *sql);
void bench_pg_prepare(PGconn *connection, const char *name, const char *sql, int n,
                      const Oid *types);
/* In a pipeline: parameters are binary. */
void bench_pg_send(PGconn *connection, const char *name, const mk_value *args, size_t n_args);
/* The next result's rows, read or written. */
int64_t bench_pg_take(PGconn *connection, const char *name);
void bench_pg_sync(PGconn *connection);
void bench_pg_take_sync(PGconn *connection);

/* ---- postgres_minimal.c: 26 rows of an order in 5 commits, each one pipeline ---- */

typedef struct bench_pg_minimal {
	PGconn *connection;
	bench_random random;
	int64_t first_seller, n_sellers, order, now;
	int group; /* orders of one seller that share each commit, up to BENCH_BATCH; 0: one */
} bench_pg_minimal;

void bench_pg_minimal_fill(const char *database, int n_sellers);
void bench_pg_minimal_open(bench_pg_minimal *m, const char *database);
void bench_pg_minimal_run(bench_pg_minimal *m, int64_t count);

/* ---- postgres_replay.c: the library's own statements in its own batches ---- */

typedef struct bench_pg_replay {
	bench_shop shop; /* where it is recorded */
	bench_recording recording;
	PGconn *connection;                                        /* where it is run */
	void (*work)(void *shop, int64_t count, bench_side *side); /* what is recorded */
	const mk_statement **prepared;
	size_t n_prepared;
	size_t next; /* the first call that wasn't run yet */
	int64_t round_trips, statements;
} bench_pg_replay;

void bench_pg_replay_open(bench_pg_replay *replay, const char *database);
void bench_pg_replay_close(bench_pg_replay *replay);
void bench_pg_replay_record(bench_pg_replay *replay, int64_t count);
/* The batches of the last lifecycle, on standard error. */
void bench_pg_replay_print(const bench_pg_replay *replay);
void bench_pg_replay_run(bench_pg_replay *replay);

#endif
