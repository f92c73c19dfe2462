/* The files of market-allocation. */
#ifndef TESTS_ALLOCATION_CASES_H
#define TESTS_ALLOCATION_CASES_H

#include <sqlite3.h>

#include "tests/fault/fault.h"
#include "tests/scenarios/ways.h"

/* ---- allocation.c ---- */

scenario *allocation_scenario(const char *name);
/* Opens a store in memory for it. */
bool allocation_open(scenario_market *m, const scenario *s);
/* The connection of the store in memory, which was opened before anything else was. */
sqlite3 *allocation_connection(void);

/* ---- batch.c ---- */

void allocation_of_batches(void);

/* ---- batch_stored.c ---- */

void allocation_of_stored_batches(void);

#endif
