/* The files of market-chaos. */
#ifndef TESTS_CHAOS_CHAOS_H
#define TESTS_CHAOS_CHAOS_H

#include <pthread.h>
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
	bool batches; /* calls are sent by many at once */
	int processes, threads, seconds;
	int64_t kill_every_us;
	int64_t began, until;
	fault_shop shop[CHAOS_SHOPS];
	char buyer[CHAOS_BUYERS][CHAOS_ID];
	atomic_int n_orders;
	atomic_llong answers, refusals, worked, again, slowest_us;
	atomic_llong chains, broken;
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

typedef struct chaos_thread {
	chaos *c;
	fault_market m; /* the market is the process's, the session its own */
	pthread_t id;
	int process, generation, number, steps, serial, file;
	uint64_t random;
} chaos_thread;

typedef struct chaos_call {
	char actor[64];
	const char *operation;
	char params[900]; /* ' stands for " */
	int shop, buyer;
	long long cents; /* of a new order */
} chaos_call;

/* One that there is reason for, with a key of its own or one that all callers share. */
void chaos_compose(chaos_thread *t, chaos_call *out);
/* Writes the answer down, with the output in the thread's market. */
void chaos_acknowledge(chaos_thread *t, const chaos_call *made, int rc);
/* Whether it is a refusal that no key keeps. */
bool chaos_unkept(const chaos_call *made, int rc);

/* ---- batch.c ---- */

/* Composes a batch, in which chains are, and sends it until each item is answered. */
void chaos_send_batch(chaos_thread *t);
/* Checks that nothing is there of a chain that was told to be broken. */
void chaos_check_broken(const chaos *c);

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
