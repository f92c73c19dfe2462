#include "libmarket/store/writers.h"

#include "libmarket/base/clock.h"
#include "libmarket/store/driver.h"

#include <semaphore.h>
#include <sqlite3.h>

#define MOST_MEMBERS 64
#define LONGEST_GROUP_US 10000
/* After one that failed, as many are written with savepoints from their beginning. */
#define CAREFUL_GROUPS 16
#define LONGEST_WAIT_US 2000
/* Other processes ask for the file at least this often. */
#define YIELD_US 600
#define YIELDS_FOR_US 100000
#define LONGEST_HELD_US 25000

/* Nothing of it may be touched by others once it was woken. */
struct mk_waiter {
	sem_t wake;
	mk_plan_member *member; /* NULL: wants the turn for itself */
	bool answered;
	struct mk_waiter *next;
	struct mk_waiter *wakes[2]; /* with its own answer */
};

/* The members of one transaction in their order, the leader first. */
typedef struct mk_group {
	mk_store *store;
	mk_waiter *first;
	mk_waiter *undone_by; /* whoever lost the whole transaction */
	bool careful;         /* each in a savepoint of its own */
	bool failed;          /* one, for which it became so */
} mk_group;

static const mk_statement savepoint = {.name = "savepoint", .sql = "SAVEPOINT member"};
static const mk_statement release = {.name = "release", .sql = "RELEASE member"};
static const mk_statement undo = {.name = "undo", .sql = "ROLLBACK TO member"};

static void wait_for_turn(mk_writers *writers, mk_waiter *waiter);
static void queue(mk_writers *writers, mk_waiter *waiter);
static void gather(mk_writers *writers);
static int64_t patience(int64_t us);
static mk_waiter *next_plan(mk_writers *writers);
static void remove_waiter(mk_writers *writers, mk_waiter **at);
static void write_group(mk_writers *writers, mk_store *store, mk_waiter *leader);
static void write_member(mk_group *group, mk_waiter *at);
static void begin_again(mk_group *group, mk_waiter *failed);
static void write_in_savepoint(mk_group *group, mk_waiter *at);
static int undo_member(mk_store *store, mk_plan_member *member, int code);
static int run(mk_store *store, const mk_statement *statement, market_error *err);
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

int mk_writers_write(mk_writers *writers, const mk_lead *lead, mk_plan_member *member)
{
	mk_waiter waiter = {.member = member};
	mk_store *store;

	wait_for_turn(writers, &waiter);
	if (waiter.answered) {
		wake(waiter.wakes);
		return member->rc;
	}
	store = lead->enter(lead->data);
	store->leads = true;
	gather(writers);
	write_group(writers, store, &waiter);
	store->leads = false;
	lead->leave(lead->data, store);
	mk_writers_yield(writers);
	mk_writers_give(writers);
	answer(waiter.next);
	return member->rc;
}

/* Or until somebody else has written its plan. */
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
	writers->n_plans += waiter->member ? 1 : 0;
	if (writers->gathers && 2 * writers->n_plans >= writers->expected)
		pthread_cond_signal(&writers->more);
}

/* Those who wrote together last time are about to come again. While half of them are written the
 * others plan: so for half it waits as long as a commit takes, and for the rest hardly. */
static void gather(mk_writers *writers)
{
	int64_t begun = mk_clock_monotonic_us();
	int waited = 0;

	pthread_mutex_lock(&writers->lock);
	writers->gathers = true;
	while (waited == 0 && writers->n_plans < writers->expected) {
		bool half = 2 * writers->n_plans >= writers->expected;
		int64_t until = begun + patience(half ? writers->sync_us / 4 : writers->commit_us);
		const struct timespec at = {until / 1000000, until % 1000000 * 1000};

		waited = pthread_cond_timedwait(&writers->more, &writers->lock, &at);
	}
	writers->gathers = false;
	pthread_mutex_unlock(&writers->lock);
}

static int64_t patience(int64_t us)
{
	return us < LONGEST_WAIT_US ? us : LONGEST_WAIT_US;
}

/* Those who want the turn for themselves keep their place. */
static mk_waiter *next_plan(mk_writers *writers)
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
	writers->n_plans -= waiter->member ? 1 : 0;
	waiter->next = NULL;
}

static void write_group(mk_writers *writers, mk_store *store, mk_waiter *leader)
{
	int64_t until = mk_clock_monotonic_us() + LONGEST_GROUP_US;
	mk_group group = {.store = store, .first = leader, .careful = writers->careful > 0};
	mk_waiter **end = &group.first, *at = leader;
	int n = 0;

	at->member->rc = mk_store_begin(store, true, at->member->err);
	if (at->member->rc != 0)
		return;
	if (writers->careful > 0)
		writers->careful--;
	do {
		*end = at;
		end = &at->next;
		write_member(&group, at);
	} while (!group.undone_by && ++n < MOST_MEMBERS && mk_clock_monotonic_us() < until &&
	         (at = next_plan(writers)) != NULL);
	if (group.failed)
		writers->careful = CAREFUL_GROUPS;
	commit_group(writers, &group);
	writers->expected = atomic_load(&writers->inside) - 1;
}

/* Hardly any plan fails, and savepoints take a third of the time of writing. So a group does
 * without until one fails, and then begins again with them. */
static void write_member(mk_group *group, mk_waiter *at)
{
	mk_plan_member *member = at->member;

	if (group->careful) {
		write_in_savepoint(group, at);
		return;
	}
	member->rc = member->flush(group->store, member->data, member->err);
	member->written = member->rc == 0;
	if (!group->store->driver->intact(group->store))
		group->undone_by = at;
	else if (member->rc != 0)
		begin_again(group, at);
}

static void begin_again(mk_group *group, mk_waiter *failed)
{
	mk_store *store = group->store;

	group->careful = group->failed = true;
	store->again = false;
	mk_store_rollback(store);
	failed->member->rc = mk_store_begin(store, true, failed->member->err);
	if (failed->member->rc != 0)
		group->undone_by = failed;
	for (mk_waiter *at = group->first; at && !group->undone_by; at = at->next) {
		mk_error_clear(at->member->err);
		write_in_savepoint(group, at);
	}
}

/* A member that failed is undone alone. Where even that fails the whole transaction is. */
static void write_in_savepoint(mk_group *group, mk_waiter *at)
{
	mk_store *store = group->store;
	mk_plan_member *member = at->member;
	int rc = run(store, &savepoint, member->err);

	if (rc == 0) {
		rc = member->flush(store, member->data, member->err);
		member->written = rc == 0;
		if (rc != 0)
			rc = undo_member(store, member, rc);
		if (store->driver->intact(store)) {
			int released = run(store, &release, rc == 0 ? member->err : NULL);

			if (released != 0)
				store->driver->rollback(store);
			rc = rc == 0 ? released : rc;
		}
	}
	member->rc = rc;
	if (!store->driver->intact(store))
		group->undone_by = at;
}

static int undo_member(mk_store *store, mk_plan_member *member, int code)
{
	bool kept = false;

	store->again = false;
	if (!store->driver->intact(store))
		return code;
	if (run(store, &undo, NULL) != 0) {
		store->driver->rollback(store);
		return code;
	}
	if (code < 0 && member->refuse)
		code = member->refuse(store, member->data, code, &kept, member->err);
	member->written = kept;
	if (!kept && store->driver->intact(store) && run(store, &undo, NULL) != 0)
		store->driver->rollback(store);
	return code;
}

static int run(mk_store *store, const mk_statement *statement, market_error *err)
{
	int64_t rows = mk_store_write(store, statement, MK_NO_ARGS, err);

	return rows < 0 ? (int)rows : 0;
}

/* Nobody's answer is worth anything before, not a refusal's either: it may have read what others of
 * the group have written. What undid the group is the answer of that member alone. */
static void commit_group(mk_writers *writers, mk_group *group)
{
	int64_t before = mk_clock_monotonic_us();
	market_error failure;
	bool written = false;
	int rc;

	for (mk_waiter *at = group->first; at; at = at->next)
		written = written || at->member->written;
	if (group->undone_by || !written) {
		mk_store_rollback(group->store);
		for (mk_waiter *at = group->first; at && group->undone_by; at = at->next)
			at->member->rc = at == group->undone_by ? at->member->rc : MK_AGAIN;
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
