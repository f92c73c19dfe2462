/* Commit groups: the writers of one process on one SQLite file, who write one after the other or
 * together. */
#ifndef MK_STORE_WRITERS_H
#define MK_STORE_WRITERS_H

#include <pthread.h>
#include <stdatomic.h>

#include "libmarket/store/store.h"

/* What waits for a group, on its caller's stack. */
typedef struct mk_group_member {
	/* Does it in the transaction of `where`, on the thread of whoever leads. Sets `*spoilt` when
	 * the transaction holds some of its writes, but not all. */
	int (*run)(void *where, void *data, bool *spoilt, market_error *err);
	void *data;
	market_error *err;
	int rc; /* out */
} mk_group_member;

typedef struct mk_waiter mk_waiter;

typedef struct mk_writers {
	/* How many operations that write are under way: one alone needs no group. */
	atomic_int inside;
	/* A sync failed: what any connection has written since proves nothing. */
	atomic_bool refused;
	/* Another process had the file when we wanted it: until then it gets its turn. */
	atomic_llong yields_until;
	/* Pages of the log after the last commit, and when it was last copied; by how many it grows
	 * until it is copied again; whether somebody is at it. */
	atomic_int log_pages, log_copied, log_step;
	atomic_bool log_tended;
	int64_t held_since; /* without a chance for them; of whoever has the turn */
	/* The rest is behind the lock. */
	pthread_mutex_t lock;
	pthread_cond_t more; /* a member was queued */
	bool taken;
	bool gathers;     /* the leader waits for `expected` of them */
	mk_waiter *first; /* longest waiting first */
	mk_waiter **last;
	int n_members, expected;
	int64_t commit_us; /* what a commit takes, on average */
} mk_writers;

void mk_writers_open(mk_writers *writers);
void mk_writers_close(mk_writers *writers);

/* The turn to write, first come, first served; and on to the next. */
void mk_writers_take(mk_writers *writers);
void mk_writers_give(mk_writers *writers);
/* After a commit: the file is left to other processes for a moment when they want it. */
void mk_writers_yield(mk_writers *writers);
/* Another process holds the file. */
void mk_writers_met_process(mk_writers *writers);

/* Whether the log has grown so much that a store is to be tended. */
bool mk_writers_log_due(const mk_writers *writers);

/* Whether a writer's transaction should be planned outside the turn: others write as well. */
bool mk_writers_crowded(mk_writers *writers);

/*
 * Has the member done and committed, in a group with those of others. Whoever finds nobody at it
 * leads: it runs one after the other in one transaction, commits and wakes all. `enter` gives where
 * they are run and its store, or NULL, `leave` takes it back. MK_AGAIN: the group was undone, by
 * what the member or another has left behind in it, or there was nowhere to run it.
 */
typedef struct mk_lead {
	void *(*enter)(void *data, mk_store **store);
	void (*leave)(void *data, void *where);
	void *data;
} mk_lead;
int mk_writers_write(mk_writers *writers, const mk_lead *lead, mk_group_member *member);

#endif
