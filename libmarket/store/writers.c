#include "libmarket/store/writers.h"

#include "libmarket/base/clock.h"
#include "libmarket/store/driver.h"

#include <semaphore.h>
#include <sqlite3.h>

#define MOST_MEMBERS 64
#define LONGEST_GROUP_US 10000
#define LONGEST_WAIT_US 2000
/* Other processes ask for the file at least this often. */
#define YIELD_US 600
#define YIELDS_FOR_US 100000
#define LONGEST_HELD_US 25000

/* Nothing of it may be touched by others once it was woken. */
struct mk_waiter {
	sem_t wake;
	mk_group_member *member; /* NULL: wants the turn for itself */
	bool answered;
	struct mk_waiter *next;
	struct mk_waiter *wakes[2]; /* with its own answer */
};

/* The members of one transaction in their order, the leader first. */
typedef struct mk_group {
	mk_store *store;
	void *where;
	mk_waiter *first;
	mk_waiter *undone_by; /* whoever lost the whole transaction */
} mk_group;

static void wait_for_turn(mk_writers *writers, mk_waiter *waiter);
static void queue(mk_writers *writers, mk_waiter *waiter);
static void gather(mk_writers *writers);
static mk_waiter *next_member(mk_writers *writers);
static void remove_waiter(mk_writers *writers, mk_waiter **at);
static void write_group(mk_writers *writers, mk_group *group);
static void run_member(mk_group *group, mk_waiter *at);
static void commit_group(mk_writers *writers, mk_group *group);
static void answer(mk_waiter *waiters);
static void wake(mk_waiter *const *waiters);

void mk_writers_open(mk_writers *writers)
{
	pthread_condattr_t clock;

	pthread_mutex_init(&writers->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&writers->more, &clock);
	pthread_condattr_destroy(&clock);
	writers->last = &writers->first;
}

void mk_writers_close(mk_writers *writers)
{
	pthread_mutex_destroy(&writers->lock);
	pthread_cond_destroy(&writers->more);
}

void mk_writers_take(mk_writers *writers)
{
	mk_waiter waiter = {.member = NULL};

	wait_for_turn(writers, &waiter);
}

void mk_writers_give(mk_writers *writers)
{
	mk_waiter *next;

	pthread_mutex_lock(&writers->lock);
	next = writers->first;
	writers->taken = next != NULL;
	if (next)
		remove_waiter(writers, &writers->first);
	else
		writers->held_since = 0;
	pthread_mutex_unlock(&writers->lock);
	if (next)
		sem_post(&next->wake);
}

/* A process that goes from one transaction to the next would leave the others hardly a moment: they
 * only ask for the file now and then. */
void mk_writers_yield(mk_writers *writers)
{
	sqlite3_vfs *vfs;
	int64_t now = mk_clock_monotonic_us();
	bool long_held;

	if (writers->held_since == 0)
		writers->held_since = now;
	long_held = now - writers->held_since > LONGEST_HELD_US;
	if (!long_held && now >= atomic_load(&writers->yields_until))
		return;
	vfs = sqlite3_vfs_find(NULL);
	vfs->xSleep(vfs, YIELD_US);
	writers->held_since = 0;
}

void mk_writers_met_process(mk_writers *writers)
{
	atomic_store(&writers->yields_until, mk_clock_monotonic_us() + YIELDS_FOR_US);
}

bool mk_writers_crowded(mk_writers *writers)
{
	return atomic_load(&writers->inside) > 1;
}

int mk_writers_write(mk_writers *writers, const mk_lead *lead, mk_group_member *member)
{
	mk_waiter waiter = {.member = member};
	mk_group group = {.first = &waiter};

	wait_for_turn(writers, &waiter);
	if (waiter.answered) {
		wake(waiter.wakes);
		return member->rc;
	}
	group.where = lead->enter(lead->data, &group.store);
	if (!group.where) {
		mk_writers_give(writers);
		return MK_AGAIN;
	}
	group.store->leads = true;
	gather(writers);
	write_group(writers, &group);
	group.store->leads = false;
	lead->leave(lead->data, group.where);
	mk_writers_yield(writers);
	mk_writers_give(writers);
	answer(waiter.next);
	return member->rc;
}

/* Or until somebody else has done it. */
static void wait_for_turn(mk_writers *writers, mk_waiter *waiter)
{
	bool waits;

	sem_init(&waiter->wake, 0, 0);
	pthread_mutex_lock(&writers->lock);
	waits = writers->taken;
	writers->taken = true;
	if (waits)
		queue(writers, waiter);
	pthread_mutex_unlock(&writers->lock);
	while (waits && sem_wait(&waiter->wake) != 0)
		;
	sem_destroy(&waiter->wake);
}

static void queue(mk_writers *writers, mk_waiter *waiter)
{
	*writers->last = waiter;
	writers->last = &waiter->next;
	writers->n_members += waiter->member ? 1 : 0;
	if (writers->gathers && writers->n_members >= writers->expected)
		pthread_cond_signal(&writers->more);
}

/* Those who wrote together last time are about to come again. To wait longer than a commit takes
 * would cost more than a commit of one's own. */
static void gather(mk_writers *writers)
{
	int64_t patience = writers->commit_us < LONGEST_WAIT_US ? writers->commit_us : LONGEST_WAIT_US;
	int64_t until = mk_clock_monotonic_us() + patience;
	const struct timespec at = {until / 1000000, until % 1000000 * 1000};
	int waited = 0;

	pthread_mutex_lock(&writers->lock);
	writers->gathers = true;
	while (waited == 0 && writers->n_members < writers->expected)
		waited = pthread_cond_timedwait(&writers->more, &writers->lock, &at);
	writers->gathers = false;
	pthread_mutex_unlock(&writers->lock);
}

/* Those who want the turn for themselves keep their place. */
static mk_waiter *next_member(mk_writers *writers)
{
	mk_waiter **at = &writers->first, *found;

	pthread_mutex_lock(&writers->lock);
	while (*at && !(*at)->member)
		at = &(*at)->next;
	found = *at;
	if (found)
		remove_waiter(writers, at);
	pthread_mutex_unlock(&writers->lock);
	return found;
}

static void remove_waiter(mk_writers *writers, mk_waiter **at)
{
	mk_waiter *waiter = *at;

	*at = waiter->next;
	if (!*at)
		writers->last = at;
	writers->n_members -= waiter->member ? 1 : 0;
	waiter->next = NULL;
}

static void write_group(mk_writers *writers, mk_group *group)
{
	int64_t until = mk_clock_monotonic_us() + LONGEST_GROUP_US;
	mk_waiter *at = group->first, **end = &at->next;
	int n = 0;

	at->member->rc = mk_store_begin(group->store, true, at->member->err);
	if (at->member->rc != 0)
		return;
	run_member(group, at);
	while (!group->undone_by && ++n < MOST_MEMBERS && mk_clock_monotonic_us() < until &&
	       (at = next_member(writers)) != NULL) {
		*end = at;
		end = &at->next;
		run_member(group, at);
	}
	commit_group(writers, group);
	writers->expected = atomic_load(&writers->inside) - 1;
}

/* What reads within the turn to write hardly ever fails once it has written something, so that no
 * savepoint is worth its time. */
static void run_member(mk_group *group, mk_waiter *at)
{
	mk_group_member *member = at->member;
	bool spoilt = false;

	member->rc = member->run(group->where, member->data, &spoilt, member->err);
	if (spoilt || !group->store->driver->intact(group->store))
		group->undone_by = at;
}

/* Nobody's answer is worth anything before, not a refusal's either: it may have read what others of
 * the group have written. What undid the group is the answer of that member alone. */
static void commit_group(mk_writers *writers, mk_group *group)
{
	int64_t before = mk_clock_monotonic_us();
	market_error failure;
	int rc;

	if (group->undone_by) {
		mk_store_rollback(group->store);
		for (mk_waiter *at = group->first; at; at = at->next)
			if (at != group->undone_by || at->member->rc == 0)
				at->member->rc = MK_AGAIN;
		return;
	}
	mk_error_clear(&failure);
	rc = mk_store_commit(group->store, &failure);
	writers->commit_us = (3 * writers->commit_us + mk_clock_monotonic_us() - before) / 4;
	for (mk_waiter *at = group->first; at && rc != 0; at = at->next) {
		at->member->rc = rc;
		*at->member->err = failure;
	}
}

/* Each wakes two more, so that nobody waits for one thread to wake all. */
static void answer(mk_waiter *waiters)
{
	mk_waiter *list[MOST_MEMBERS + 1], *first[2] = {waiters, NULL};
	size_t n = 0;

	for (; waiters; waiters = waiters->next)
		list[n++] = waiters;
	for (size_t i = 0; i < n; i++) {
		list[i]->answered = true;
		list[i]->wakes[0] = 2 * i + 1 < n ? list[2 * i + 1] : NULL;
		list[i]->wakes[1] = 2 * i + 2 < n ? list[2 * i + 2] : NULL;
	}
	wake(first);
}

static void wake(mk_waiter *const *waiters)
{
	for (int i = 0; i < 2 && waiters[i]; i++)
		sem_post(&waiters[i]->wake);
}
