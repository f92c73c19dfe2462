/*
 * Statements that fail as the database makes them fail when transactions meet. The functions that
 * send them stand in front of those of SQLite and libpq: SQLite's gives SQLITE_BUSY; PostgreSQL is
 * sent another statement in the place of the one chosen, which raises the error, so that the server
 * itself aborts the transaction and skips the rest of the pipeline.
 */
#ifndef TESTS_RETRIES_INJECT_H
#define TESTS_RETRIES_INJECT_H

#include <stdbool.h>
#include <stdint.h>

#define INJECT_FOR_EVER 1000000
#define INJECT_MAX_NAME 120

typedef struct injection {
	int at;            /* the statement of each transaction; its BEGIN is 0, its COMMIT the last */
	int times;         /* in a row, while the transaction is run again */
	const char *state; /* PostgreSQL: "40001" or "40P01" */
	/* out */
	int64_t failed;      /* statements that were made to fail */
	int64_t commits;     /* of them COMMIT */
	int most_tries;      /* the most transactions begun until one wasn't made to fail */
	int most_statements; /* of a transaction */
	char last[INJECT_MAX_NAME];
} injection;

/* Whatever the process sends to a store from now on, but for stores beside it. */
void inject_begin(injection *i, const char *path);
void inject_end(void);
/* Whether a transaction is open. */
bool inject_in_transaction(void);

#endif
