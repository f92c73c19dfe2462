/*
 * What the programs that test faults share: cases and their totals, fresh stores of both kinds,
 * calls with JSON, questions to a store behind the library's back, processes.
 *
 * A program is a list of cases. Each runs on SQLite and, where there is a server, on PostgreSQL,
 * and counts as one test there. A case fails with its first failed check, in whichever process.
 */
#ifndef TESTS_FAULT_FAULT_H
#define TESTS_FAULT_FAULT_H

#include <jansson.h>
#include <market.h>

typedef struct fault_store {
	bool postgres;
	char url[1200];    /* for market_open */
	char target[1100]; /* the file, or the connection string */
	char name[64];     /* of the database */
	char beside[400];  /* what the names of its files begin with */
} fault_store;

enum { FAULT_SQLITE = 1, FAULT_POSTGRES = 2, FAULT_BOTH = 3 };

/* ---- cases ---- */

/* Reads `[--seed N] [--list] [PATTERN...]`: cases whose name contains a pattern; all without one.
 */
void fault_begin(const char *suite, int argc, char **argv);
/* Runs a case on the kinds of store given, each time with a fresh one. */
void fault_case(const char *name, int stores, void (*run)(const fault_store *store));
/* Prints the totals; the program's exit code. */
int fault_end(void);

/* Whether the long form of the tests is wanted (MARKET_TEST_LONG=1). */
bool fault_long(void);
/* A case's own sequence of random numbers, from the run's seed. */
uint64_t fault_random(uint64_t *state);
uint64_t fault_below(uint64_t *state, uint64_t bound);
uint64_t fault_seed(void);
/* Whether a check of the case has failed. */
bool fault_failed(void);
/* Notes the first failure of the case, from any of its processes. Gives `good` back. */
bool fault_check(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A line of the suite's log, shown when it fails. */
void fault_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Counts a call that was sent again. */
void fault_count_again(void);
/* A folder that is removed at the end. */
const char *fault_folder(void);
/* Another fresh store of the same kind. */
void fault_store_new(bool postgres, fault_store *out);
/* A copy of a store that nobody has open. */
void fault_store_copy(const fault_store *store, fault_store *out);
/* Away before the end, for want of room. */
void fault_store_drop(const fault_store *store);

/* ---- calls ---- */

typedef struct fault_market {
	market *market;
	market_session *session;
	market_error err;
	json_t *out; /* of the last call; NULL when it was refused */
} fault_market;

/* Opens a market, making its store when it is absent, with a session of operator:NAME. */
bool fault_open(fault_market *m, const fault_store *store, const char *name);
/* The same with so many connections to the store; 0: as many as the library likes. */
bool fault_open_with(fault_market *m, const fault_store *store, const char *name,
                     int32_t connections);
void fault_close(fault_market *m);
/* Calls an operation; `format` makes its params, in which ' stands for ". Returns the code. */
int fault_call(fault_market *m, const char *operation, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same until the store is free: EBUSY and ECONFLICT are sent again. */
int fault_send(fault_market *m, const char *operation, const char *params);
/* A text member of the last output, or "". */
const char *fault_out(const fault_market *m, const char *name);

/* ---- the ledger ---- */

/* A direct transfer of BRL cents in the platform's book. */
#define FAULT_TRANSFER_SIZE 400
const char *fault_transfer(char out[FAULT_TRANSFER_SIZE], const char *key, const char *client_id,
                           const char *debit, const char *credit, int64_t cents);
/* Checks what must hold whatever was done before: debits equal credits, nobody ever was below a
 * limit, legs and transfers fit each other, verification isn't broken; with an anchor it is `ok`.
 */
void fault_check_ledger(const fault_store *store, const char *anchor);
/* A checkpoint's anchor; freed with free. */
char *fault_anchor(fault_market *m);

/* ---- behind the library's back ---- */

/* One number of a query, or −1. */
int64_t fault_number(const fault_store *store, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool fault_execute(const fault_store *store, const char *sql);

/* All rows of a store, one a line, sorted. An identifier is replaced by its place in the order of
 * their making and a hash by its length, so that stores to which the same was done are equal, even
 * when something was tried several times. */
typedef struct fault_state {
	char **lines;
	size_t n, room;
} fault_state;
bool fault_state_read(const fault_store *store, fault_state *out);
/* Notes a failure with the first line that only one of them has. */
bool fault_state_equal(const fault_state *expected, const fault_state *got, const char *what);
void fault_state_free(fault_state *state);

/* ---- processes ---- */

/* Runs `work` in so many processes at once, each with its number, and waits for them. They share
 * what `shared` gave. A process that dies is a failure of the case. */
void fault_processes(int count, void (*work)(int number, void *data), void *data);
/* Zeroed memory that the case's processes share, until its end. */
void *fault_shared(size_t size);
/* Waits until so many processes are here. */
void fault_meet(int count);
int64_t fault_now_us(void);

#endif
