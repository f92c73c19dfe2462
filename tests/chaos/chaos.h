/* The files of market-chaos. */
#ifndef TESTS_CHAOS_CHAOS_H
#define TESTS_CHAOS_CHAOS_H

#include <stdatomic.h>
#include <stdio.h>

#include "tests/fault/shop.h"

enum {
	CHAOS_PROCESSES = 32,
	CHAOS_ORDERS = 100000,
	CHAOS_SHOPS = 3,
	CHAOS_BUYERS = 8,
	CHAOS_ACCOUNTS = 6,
	CHAOS_CENTS = 100000, /* paid into each hot account */
	CHAOS_STOCK = 150,    /* of the last shop: it is sold out on the way */
	CHAOS_ID = 48
};

/* An order that all processes know. One whose maker was killed before it was whole never is. */
typedef struct chaos_order {
	atomic_int whole;
	int shop, buyer;
	long long cents;
	char order[CHAOS_ID], payment[CHAOS_ID];
} chaos_order;

/* What all processes of a run share. */
typedef struct chaos {
	const fault_store *store;
	int processes, threads, seconds;
	int64_t began, until;
	fault_shop shop[CHAOS_SHOPS];
	char buyer[CHAOS_BUYERS][CHAOS_ID];
	atomic_int n_orders;
	atomic_llong answers, refusals, worked, again, slowest_us;
	atomic_int warnings;
	char warning[400];
	chaos_order orders[CHAOS_ORDERS];
} chaos;

/* ---- worker.c ---- */

/* A process: so many threads on one market, until the time is over or somebody kills it. Each
 * answer is written to the file of the process before the next call is made. */
void chaos_work(chaos *c, int number, int generation);
/* The market of a process. Its clock is 60 times as fast as the real one, and so much ahead. */
bool chaos_open(chaos *c, fault_market *m, market_time ahead);
/* The folder's file of that name: "acknowledged-<process>", "provider", "anchor". */
void chaos_path(char out[400], const chaos *c, const char *name, int number);
/* Sends a call until it is answered. The result is the operation's own. */
int chaos_send(chaos *c, fault_market *m, const char *actor, const char *operation,
               const char *params);

/* ---- provider.c ---- */

/* What the provider does is decided by a request's key alone. */
typedef enum chaos_fate {
	CHAOS_DONE,
	CHAOS_SILENT, /* done, and its answer is lost */
	CHAOS_LOST,   /* neither done nor answered */
	CHAOS_REFUSED
} chaos_fate;
chaos_fate chaos_fate_of(const char *request_key);
/* Registers the provider `chaos`, which writes each call to a file that all processes share:
 * "<request key>\t<kind>\t<cents>\n". */
bool chaos_register(chaos *c, fault_market *m);
/* The text of a notification that a payment was captured; ' stands for ". */
void chaos_notification(char out[400], const chaos_order *order);

/* ---- after.c ---- */

/* Works off what is left, then checks what must hold. */
void chaos_check(chaos *c);

#endif
