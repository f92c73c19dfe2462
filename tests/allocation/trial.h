/* One call tried with each of its allocations failing, each time in a process of its own. */
#ifndef TESTS_ALLOCATION_TRIAL_H
#define TESTS_ALLOCATION_TRIAL_H

#include <market.h>

typedef struct trial {
	const char *name;
	void *data;
	/* Before the fault, in the process of its own; may be NULL. False when it can't be tried. */
	bool (*begin)(void *data, int64_t n);
	/* What is tried: a code, or something positive. Frees what it is given. */
	int (*work)(void *data, market_error *err);
	/* A digest of what `work` was given; may be NULL. One failure survived gives the same. */
	uint64_t (*result)(void *data);
	/* The same once more without a fault; NULL: `work`. */
	int (*again)(void *data, market_error *err);
	/* A digest of the store; NULL: it may have changed. */
	uint64_t (*digest)(void *data);
	/* What `digest` has to give when just that part of the work was done which `result` tells of;
	 * NULL: all or nothing. Asked where nothing was done. */
	uint64_t (*expected)(void *data, uint64_t result);
	/* Closes all that the process has open; what it then still holds is lost. */
	void (*end)(void *data);
	int64_t most; /* failures tried in the short form; 0: all */
	bool alone;   /* one process at a time */
	/* libpq may lose the connection, or the answer to a commit. */
	bool server;
} trial;

/* Tries them all; `for_good`: the allocations after the failed one fail too. The first that goes
 * wrong fails the case. */
void trial_run(const trial *t, bool for_good);

/* How many failures were tried since the last report, and at how many places; and forgets them. */
void trial_report(const char *what, int64_t least_tries, int64_t least_sites);

#endif
