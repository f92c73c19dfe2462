/* Linked items: all of them, or none. */
#include <string.h>

#include "libmarket/engine/journal.h"
#include "libmarket/op/batch.h"

#define NONE SIZE_MAX
#define MOST_TIMERS 100

typedef struct chain {
	mk_batch *batch;
	size_t from, to;
	size_t broken; /* the item that failed; NONE: the transaction itself did */
	bool doubtful; /* a commit of it has no known outcome */
	bool lost;     /* it writes without a key */
	int own;       /* timers met that only its own transaction had */
	mk_run run;    /* of the item last run */
} chain;

static int fault(chain *c, market_error *err);
static int attempt(chain *c, market_error *err);
static int run_items(chain *c);
static int work_timer(chain *c, market_error *err);
static bool was_lost(const mk_batch *batch, size_t from, size_t to);
static void fail(const chain *c, const market_error *err);

size_t mk_batch_chain_end(const mk_batch *batch, size_t from)
{
	while (from + 1 < batch->n && mk_batch_is_chain(batch, from))
		from++;
	return from + 1;
}

bool mk_batch_is_chain(const mk_batch *batch, size_t from)
{
	return batch->items[from].flags & MARKET_BATCH_LINKED;
}

bool mk_batch_chain_sound(mk_batch *batch, size_t from, size_t to)
{
	chain c = {.batch = batch, .from = from, .to = to};
	market_error err;

	mk_error_clear(&err);
	if (fault(&c, &err) == 0)
		return true;
	fail(&c, &err);
	return false;
}

void mk_batch_run_chain(mk_batch *batch, size_t from, size_t to)
{
	chain c = {.batch = batch, .from = from, .to = to, .broken = NONE};
	market_error err;
	mk_tries tries;
	bool again = true;
	int timers = 0, looks = 0, rc = MARKET_EUNKNOWN;

	c.doubtful = mk_batch_in_doubt(batch, from);
	c.lost = c.doubtful && was_lost(batch, from, to);
	again = !c.lost;
	mk_tries_begin(&tries);
	while (again) {
		rc = attempt(&c, &err);
		if (rc == 0)
			return;
		c.doubtful = c.doubtful || (rc == MARKET_EUNKNOWN && c.broken == NONE);
		if (rc == MK_TIMERS)
			rc = work_timer(&c, &err);
		if (rc == 0)
			again = ++timers < MOST_TIMERS;
		else if (c.doubtful)
			again = !c.lost && mk_look_again(rc, ++looks) && mk_clock_monotonic_us() < tries.until;
		else
			again = mk_try_again(&tries, &rc, "a chain", &err);
	}
	if (rc == 0)
		mk_error_set(&err, MARKET_ECONFLICT, "a chain met %d timers", timers);
	batch->session->dead = batch->session->dead || rc == MARKET_EINTERNAL;
	if (c.doubtful)
		mk_batch_fail_unknown(batch, from, to);
	else
		fail(&c, &err);
}

/* What is wrong before anything is run. */
static int fault(chain *c, market_error *err)
{
	const mk_batch *batch = c->batch;

	for (size_t i = c->from; i < c->to; i++) {
		const mk_op *op = mk_batch_op(batch, i);

		c->broken = i;
		if (i - c->from == MARKET_BATCH_LONGEST_CHAIN)
			return mk_error_set(err, MARKET_ELIMIT, "a chain has at most %d items",
			                    MARKET_BATCH_LONGEST_CHAIN);
		if (op && (op->flags & MK_OP_ALONE))
			return mk_error_set(err, MARKET_EMISUSE, "%s runs alone: it can't be linked", op->name);
	}
	if (mk_batch_is_chain(batch, c->to - 1))
		return mk_error_at(err, MARKET_EINVALID, "flags", "the last item is linked to none");
	return 0;
}

static int attempt(chain *c, market_error *err)
{
	mk_batch *batch = c->batch;
	mk_store *store = batch->session->connection->store;
	bool entered = mk_group_enter(batch->session);
	int rc;

	mk_error_clear(err);
	c->broken = NONE;
	rc = mk_store_begin(store, true, err);
	if (rc == 0)
		rc = run_items(c);
	if (rc == 0) {
		rc = mk_store_commit(store, err);
	} else if (c->broken != NONE) {
		*err = batch->results[c->broken].error;
		mk_store_rollback(store);
	}
	if (entered)
		mk_group_leave(batch->session);
	if (rc != 0)
		mk_batch_drop(batch, c->from, c->to);
	return rc;
}

static int run_items(chain *c)
{
	for (size_t i = c->from; i < c->to; i++) {
		int rc;

		c->run = (mk_run){.shares = true, .linked = true, .doubtful = c->doubtful};
		rc = mk_batch_run(c->batch, i, &c->run);
		if (rc != 0) {
			c->broken = i;
			return rc;
		}
		c->lost = c->lost || mk_batch_trace_of(&c->run, rc) == MK_TRACE_LOST;
	}
	return 0;
}

/* Unless an item of the chain has made it: then it is undone with the chain, and always met again.
 * Met once only, somebody else may have worked it meanwhile. */
static int work_timer(chain *c, market_error *err)
{
	const mk_deadline *due = &c->run.due;
	const mk_value args[] = {mk_int(due->id.book), mk_int(due->id.id)};
	void *row = NULL;
	const mk_deadline *stored;
	int rc = mk_session_get(c->batch->session, &mk_deadline_get, &mk_deadline_record, args, 2, &row,
	                        err);

	if (rc != 0)
		return rc;
	stored = row;
	if (stored && stored->due_at == due->due_at && strcmp(stored->operation, due->operation) == 0)
		return mk_run_deadline(c->batch->session, due, err);
	if (c->own++ == 0)
		return 0;
	return mk_error_set(err, MARKET_ESTATE, "%s is due by what the chain did before",
	                    due->operation);
}

static bool was_lost(const mk_batch *batch, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (batch->traces[i - batch->doubt_from] == MK_TRACE_LOST)
			return true;
	return false;
}

static void fail(const chain *c, const market_error *err)
{
	for (size_t i = c->from; i < c->to; i++) {
		market_error other;

		mk_batch_fail(c->batch, i, err);
		if (c->broken == NONE || i == c->broken)
			continue;
		mk_error_clear(&other);
		mk_error_set(&other, MARKET_ECHAIN, "item %zu of the batch broke its chain (%s)", c->broken,
		             market_error_name(err->code));
		mk_batch_fail(c->batch, i, &other);
		c->batch->results[i].broken_by = c->broken;
	}
}
