/* Many operations of one caller: several in a transaction, each through the door. Hardly any fails
 * once it has written something. So there are no savepoints: where one does, the transaction is
 * undone, those before it run again, and it has one of its own. */
#include <string.h>

#include "libmarket/op/batch.h"

#define LONGEST_GROUP_US 10000

/* Items that share the transaction which is open. */
typedef struct group {
	mk_batch *batch;
	size_t from, to; /* those done so far */
	bool one_book;
	int64_t book; /* of the first */
} group;

static int begin(mk_batch *batch, market_session *session, const market_batch_item *items, size_t n,
                 market_batch_result *results, market_error *err);
static void end(mk_batch *batch);
static size_t step(mk_batch *batch, size_t from);
static void run_single(mk_batch *batch, size_t index);
static size_t run_group(mk_batch *batch, size_t from);
static int fill(group *g);
static bool may_join(const group *g, size_t from);
static int run_unit(group *g, size_t from, size_t to);
static size_t commit(group *g);
static void give_up(group *g, int rc, size_t to);

int market_batch(market_session *session, const market_batch_item *items, size_t n,
                 market_batch_result *results, market_error *err)
{
	mk_batch batch;
	market_error own;
	int rc;

	if (!err)
		err = &own;
	mk_error_clear(err);
	for (size_t i = 0; results && i < n; i++)
		results[i] = (market_batch_result){0};
	if (!session || (n > 0 && (!items || !results)))
		return mk_error_set(err, MARKET_EMISUSE, "a session, items and results are needed");
	for (size_t i = 0; i < n; i++)
		if (items[i].size != sizeof(*items))
			return mk_error_set(err, MARKET_ESIZE, "item %zu has another size", i);
	rc = begin(&batch, session, items, n, results, err);
	if (rc != 0)
		return rc;
	for (size_t at = 0; at < n;)
		at = step(&batch, at);
	end(&batch);
	return 0;
}

void market_batch_free(market_batch_result *results, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		mk_record_free(results[i].reply);
		mk_record_free(results[i].out);
		results[i].reply = NULL;
		results[i].out = NULL;
	}
}

static int begin(mk_batch *batch, market_session *session, const market_batch_item *items, size_t n,
                 market_batch_result *results, market_error *err)
{
	int rc = mk_session_usable(session, err);

	if (rc == 0)
		rc = mk_connection_take(session, err);
	if (rc != 0)
		return rc;
	*batch = (mk_batch){.session = session,
	                    .items = items,
	                    .results = results,
	                    .n = n,
	                    .actor = session->actor,
	                    .at = session->at};
	if (session->actor.name) {
		memcpy(batch->actor_name, session->actor_name, sizeof(batch->actor_name));
		batch->actor.name = batch->actor_name;
	}
	mk_arena_init(&batch->arena, &session->market->allocator);
	session->busy = session->held = true;
	return 0;
}

static void end(mk_batch *batch)
{
	market_session *session = batch->session;

	session->actor = batch->actor;
	if (batch->actor.name) {
		memcpy(session->actor_name, batch->actor_name, sizeof(session->actor_name));
		session->actor.name = session->actor_name;
	}
	session->at = batch->at;
	session->busy = session->held = false;
	mk_arena_close(&batch->arena);
	mk_connection_give(session);
}

/* Where the next step begins: at the same place again when its group came to nothing. */
static size_t step(mk_batch *batch, size_t from)
{
	const group none = {.batch = batch, .from = from, .to = from};
	size_t to = mk_batch_chain_end(batch, from);
	bool chain = mk_batch_is_chain(batch, from), joins = may_join(&none, from);
	market_error dead;

	if (batch->session->dead) {
		mk_error_clear(&dead);
		mk_error_set(&dead, MARKET_EMISUSE, "the session is dead after an internal error");
		mk_batch_fail(batch, from, &dead);
		return from + 1;
	}
	if (chain && !mk_batch_chain_sound(batch, from, to))
		return to;
	if (joins && to < batch->n)
		return run_group(batch, from);
	if (chain)
		mk_batch_run_chain(batch, from, to);
	else
		run_single(batch, from);
	return to;
}

bool mk_batch_in_doubt(const mk_batch *batch, size_t index)
{
	return index >= batch->doubt_from && index < batch->doubt_to;
}

static void run_single(mk_batch *batch, size_t index)
{
	mk_run run = {0};
	mk_batch_trace trace = MK_TRACE_NONE;

	if (mk_batch_in_doubt(batch, index))
		trace = batch->traces[index - batch->doubt_from];
	run.doubtful = trace == MK_TRACE_KEYED;
	if (trace == MK_TRACE_LOST)
		mk_batch_fail_unknown(batch, index, index + 1);
	else if (mk_batch_run(batch, index, &run) != 0 && run.doubtful && !run.settled &&
	         batch->results[index].code != MARKET_EUNKNOWN)
		mk_batch_fail_unknown(batch, index, index + 1); /* it didn't come as far as the door */
}

static size_t run_group(mk_batch *batch, size_t from)
{
	market_session *session = batch->session;
	group g = {.batch = batch, .from = from, .to = from};
	bool entered = mk_group_enter(session);
	size_t next = from;
	int rc;

	g.one_book = session->market->url.kind == MK_STORE_POSTGRES;
	rc = mk_store_begin(session->connection->store, true, NULL);
	if (rc != 0)
		batch->single = mk_batch_chain_end(batch, from);
	else if (fill(&g) == 0)
		next = commit(&g);
	if (entered)
		mk_group_leave(session);
	return next;
}

/* 0: what is done is to be committed. */
static int fill(group *g)
{
	mk_batch *batch = g->batch;
	const int64_t until = mk_clock_monotonic_us() + LONGEST_GROUP_US;
	size_t limit = batch->limit > g->from ? batch->limit : batch->n;
	int rc = 0;

	while (rc == 0 && g->to < limit) {
		size_t to = mk_batch_chain_end(batch, g->to);

		if (to - g->from > MK_BATCH_MOST || !may_join(g, g->to) ||
		    (mk_batch_is_chain(batch, g->to) && !mk_batch_chain_sound(batch, g->to, to)))
			break;
		rc = run_unit(g, g->to, to);
		if (rc != 0)
			break;
		g->to = to;
		if (mk_clock_monotonic_us() > until)
			break;
	}
	/* it has left nothing in this transaction */
	if ((rc == MK_TIMERS || rc == MK_OTHER_BOOK) && g->to > g->from &&
	    !mk_batch_is_chain(batch, g->to)) {
		mk_batch_drop(batch, g->to, g->to + 1);
		return 0;
	}
	if (rc != 0)
		give_up(g, rc, mk_batch_chain_end(batch, g->to));
	return rc;
}

/* Reads stay out of the turn to write where nothing before them asks for it; PostgreSQL gives them
 * another view. */
static bool may_join(const group *g, size_t from)
{
	const mk_batch *batch = g->batch;
	bool postgres = batch->session->market->url.kind == MK_STORE_POSTGRES;
	const mk_op *op = mk_batch_op(batch, from);

	if (mk_batch_is_chain(batch, from))
		return !postgres && from >= batch->single;
	if (!op || (op->flags & MK_OP_ALONE) || from < batch->single)
		return false;
	return (op->flags & MK_OP_WRITES) || (!postgres && from > g->from && op->subject);
}

/* One item or a chain. Other than 0: the group is given up, or ends before it. */
static int run_unit(group *g, size_t from, size_t to)
{
	mk_batch *batch = g->batch;
	bool chain = mk_batch_is_chain(batch, from);

	for (size_t i = from; i < to; i++) {
		mk_run run = {.shares = true, .linked = chain};
		int rc;

		run.one_book = g->one_book && i > g->from;
		run.book = g->book;
		rc = mk_batch_run(batch, i, &run);
		if (rc > 0)
			return rc;
		if (!mk_store_intact(batch->session->connection->store))
			return MK_AGAIN;
		if (rc != 0 && (chain || run.spoilt || rc == MARKET_EINTERNAL))
			return rc;
		batch->traces[i - g->from] = mk_batch_trace_of(&run, rc);
		if (i == g->from)
			g->book = run.actor_text ? mk_run_book(&run) : 0;
	}
	return 0;
}

/* Nobody's answer is worth anything before, not a refusal's either: it may have read what others of
 * the group have written. */
static size_t commit(group *g)
{
	mk_batch *batch = g->batch;
	market_error err;
	int rc;

	mk_error_clear(&err);
	rc = mk_store_commit(batch->session->connection->store, &err);
	if (rc == 0)
		return g->to;
	if (rc == MK_AGAIN || rc == MARKET_EBUSY || rc == MARKET_EUNKNOWN) {
		mk_batch_drop(batch, g->from, g->to);
		batch->single = g->to;
		if (rc == MARKET_EUNKNOWN) {
			batch->doubt_from = g->from;
			batch->doubt_to = g->to;
		}
		return g->from;
	}
	batch->session->dead = batch->session->dead || rc == MARKET_EINTERNAL;
	for (size_t i = g->from; i < g->to; i++)
		mk_batch_fail(batch, i, &err);
	return g->to;
}

/* What was done up to there is undone and comes again: all by itself after a conflict, else
 * together, up to what has failed. */
static void give_up(group *g, int rc, size_t to)
{
	mk_batch *batch = g->batch;

	mk_store_rollback(batch->session->connection->store);
	mk_batch_drop(batch, g->from, to);
	batch->limit = g->to;
	if (rc == MK_AGAIN || g->to == g->from)
		batch->single = to;
}
