/* The log of an SQLite store is written by the transaction, not by the page. */
#ifndef MK_STORE_SQLITE_WAL_H
#define MK_STORE_SQLITE_WAL_H

#include "libmarket/base/arena.h"

/*
 * A file system for one connection over the process's default one. SQLite gives each page of a
 * transaction to the log in two writes; here they are collected, and written together when the page
 * that ends the transaction has come, before SQLite syncs and before others can see it. All other
 * files and calls go straight to the default.
 */
typedef struct mk_wal mk_wal;

/* NULL when memory is exhausted. */
mk_wal *mk_wal_open(const market_allocator *allocator);
/* After the connection is closed. NULL does nothing. */
void mk_wal_close(mk_wal *wal);
/* Under this name sqlite3_open_v2 finds it. */
const char *mk_wal_name(const mk_wal *wal);
/* Called before each sync of the log from now on. NULL: nothing more is. */
void mk_wal_on_sync(mk_wal *wal, void (*call)(void *data), void *data);

#endif
