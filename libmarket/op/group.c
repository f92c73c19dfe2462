/* Operations that are written together with those of other sessions. */
#include "libmarket/op/run.h"

#define TRIES_IN_GROUPS 2

/* What the leader, on whatever thread, needs of a member. */
typedef struct turn {
	mk_run *run;
	mk_ctx *ctx;
} turn;

static int write_in_group(turn *own, mk_plan_member *member, market_error *err);
static mk_store *enter(void *data);
static void leave(void *data, mk_store *store);
static int flush_whole(mk_store *store, void *data, market_error *err);
static int flush_plan(mk_store *store, void *data, market_error *err);
static int refuse(mk_store *store, void *data, int code, bool *kept, market_error *err);

/* Who missed versions in groups again and again gets the turn for the whole operation. */
bool mk_group_wanted(const mk_run *run, int tries)
{
	return (run->op->flags & MK_OP_WRITES) && !(run->op->flags & MK_OP_ALONE) &&
	       tries < TRIES_IN_GROUPS && mk_pool_groups(run->market) &&
	       mk_writers_crowded(&run->market->writers);
}

int mk_group_write(mk_run *run, mk_ctx *ctx, market_error *err)
{
	turn own = {.run = run, .ctx = ctx};
	mk_plan_member member = {.flush = flush_whole, .refuse = refuse, .data = &own, .err = err};

	run->answered = true;
	return write_in_group(&own, &member, err);
}

int mk_group_keep(mk_run *run, mk_ctx *ctx, market_error *err)
{
	turn own = {.run = run, .ctx = ctx};
	mk_plan_member member = {.flush = flush_plan, .data = &own, .err = err};

	return write_in_group(&own, &member, err);
}

bool mk_group_enter(market_session *session)
{
	if (session->writing)
		return false;
	session->writing = true;
	atomic_fetch_add(&session->market->writers.inside, 1);
	return true;
}

void mk_group_leave(market_session *session)
{
	session->writing = false;
	atomic_fetch_sub(&session->market->writers.inside, 1);
}

/* What was read isn't held on to: the log could not begin anew. */
static int write_in_group(turn *own, mk_plan_member *member, market_error *err)
{
	const mk_lead lead = {.enter = enter, .leave = leave, .data = own->run};
	int rc;

	mk_store_rollback(own->ctx->store);
	member->err = err;
	rc = mk_writers_write(&own->run->market->writers, &lead, member);
	mk_sqlite_tend_log(own->ctx->store);
	return rc;
}

static mk_store *enter(void *data)
{
	mk_run *run = data;
	mk_connection *first = mk_pool_take_first(run->market);

	return first ? first->store : run->session->connection->store;
}

static void leave(void *data, mk_store *store)
{
	mk_run *run = data;

	if (store != run->session->connection->store)
		mk_pool_give(run->market, run->market->connections);
}

static int flush_whole(mk_store *store, void *data, market_error *err)
{
	turn *own = data;
	mk_store *before = own->ctx->store;
	int rc = mk_plan_flush(own->ctx->plan, store, err);

	own->ctx->store = store;
	mk_run_drop_output(own->run);
	if (rc == 0)
		rc = mk_run_answer(own->run, own->ctx, err);
	own->ctx->store = before;
	return rc;
}

static int flush_plan(mk_store *store, void *data, market_error *err)
{
	turn *own = data;

	return mk_plan_flush(own->ctx->plan, store, err);
}

static int refuse(mk_store *store, void *data, int code, bool *kept, market_error *err)
{
	turn *own = data;
	market_error refusal;
	int rc;

	if (!mk_run_keeps(own->run, own->ctx, code))
		return code;
	refusal = *err;
	mk_error_clear(err);
	rc = mk_run_plan_refusal(own->run, own->ctx, &refusal, err);
	if (rc == 0)
		rc = mk_plan_flush(own->ctx->plan, store, err);
	if (rc != 0)
		return rc;
	*kept = true;
	*err = refusal;
	return code;
}
