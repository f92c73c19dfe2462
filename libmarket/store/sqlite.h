/* One connection to SQLite, as the files of its driver share it. */
#ifndef MK_STORE_SQLITE_H
#define MK_STORE_SQLITE_H

#include <sqlite3.h>

#include "libmarket/store/driver.h"
#include "libmarket/store/sqlite_wal.h"
#include "libmarket/store/writers.h"

typedef struct mk_sqlite {
	mk_store base;
	sqlite3 *db;
	sqlite3_vfs *vfs;
	mk_wal *wal; /* NULL for a store in memory */
	mk_writers *writers;
	bool has_turn;      /* of `writers`, for this transaction */
	bool stops_writers; /* of all processes, while the log is copied */
	bool undid_itself;  /* SQLite, the last transaction */
	sqlite3_stmt *begin_read, *begin_write, *commit, *rollback;
	int64_t waiting_since;
} mk_sqlite;

/* ---- sqlite_open.c ---- */

int mk_sqlite_open(mk_store *store, const mk_store_url *url, const mk_store_options *options,
                   market_error *err);

/* ---- sqlite_log.c ---- */

/* The driver, instead of SQLite, sees to it that the log doesn't grow for ever. */
void mk_sqlite_watch_log(mk_sqlite *s, int step);
/* Copies the log into the file when it is due. */
void mk_sqlite_tend_log(mk_store *store);

/* Prepares what begins and ends transactions, or prepares it anew: a change of the schema made it
 * invalid, and SQLite itself would only notice when it is run, where memory may be missing. */
int mk_sqlite_keep_statements(mk_sqlite *s, market_error *err);

/* ---- sqlite.c ---- */

/* The error of a result of SQLite; MK_AGAIN when the transaction must run again. */
int mk_sqlite_failure(mk_sqlite *s, int code, const char *what, market_error *err);

#endif
