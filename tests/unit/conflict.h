/* Conflicting writes between the reads and the flush of every operation of every scenario. */
#ifndef TESTS_UNIT_CONFLICT_H
#define TESTS_UNIT_CONFLICT_H

#include "libmarket/engine/market.h"
#include "tests/scenarios/ways.h"
#include "tests/unit/test.h"

/* A second connection's view of a store, or the same connection's on SQLite. */
typedef struct meddler {
	mk_store *own;  /* PostgreSQL: a connection of its own */
	mk_arena arena; /* lives as long as the statements are kept */
	mk_statement *bumps;
	size_t n_bumps;
} meddler;

/* Prepares what moves every record's version on but those of the ledger. */
void meddler_open(meddler *m, scenario_market *market, const char *url);
void meddler_close(meddler *m);
/* Moves them on: on PostgreSQL committed, on SQLite in the transaction of `store`. */
int meddler_bump(meddler *m, mk_store *store);

/* Runs a scenario twice with every operation done twice: one after the other, and the second time
 * with the first done between the other's reads and its flush. Both must answer alike and end with
 * the same books. `keyed`: both send the same key. Gives the number of operations that met their
 * twin. On SQLite, whose writers wait for each other, versions are moved on instead. */
int64_t conflict_twins(const char *path, bool keyed);

/* The scenarios' files, in order; NULL at the end. Freed by conflict_files_free. */
char **conflict_files(void);
void conflict_files_free(char **files);

#endif
