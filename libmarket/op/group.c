/* Commit groups: operations that share a transaction with those of other sessions. */
#include "libmarket/op/run.h"

#define TRIES_IN_GROUPS 2

static void *enter(void *data, mk_store **store);
static void leave(void *data, void *where);
static int run_there(void *where, void *data, bool *spoilt, market_error *err);
static int work_timer(mk_run *run, market_error *err);
static void tend_log(market *market);

/* Who had to leave a group again and again gets the turn alone. */
bool mk_group_wanted(const mk_run *run, int tries)
{
	return (run->op->flags & MK_OP_WRITES) && !(run->op->flags & MK_OP_ALONE) && !run->alone &&
	       tries < TRIES_IN_GROUPS && mk_pool_groups(run->market) &&
	       mk_writers_crowded(&run->market->writers);
}

int mk_group_run(mk_run *run, market_error *err)
{
	const mk_lead lead = {.enter = enter, .leave = leave, .data = run};
	mk_group_member member = {.run = run_there, .data = run, .err = err};
	int rc;

	if (mk_pool_is_inside(run->market) && !run->session->connection)
		return mk_error_set(err, MARKET_EMISUSE, "a call from inside an operation is refused");
	rc = mk_writers_write(&run->market->writers, &lead, &member);
	tend_log(run->market);
	if (rc != 0)
		mk_run_drop_output(run);
	if (rc != MK_TIMERS)
		return rc;
	rc = work_timer(run, err);
	return rc == 0 ? MK_TIMERS : rc;
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

static void *enter(void *data, mk_store **store)
{
	mk_run *run = data;
	mk_connection *connection = mk_pool_take_first(run->market);

	if (!connection)
		connection = run->session->connection;
	if (!connection)
		connection = mk_pool_take_other(run->market);
	*store = connection ? connection->store : NULL;
	return connection;
}

static void leave(void *data, void *where)
{
	mk_run *run = data;

	if (where != run->session->connection)
		mk_pool_give(run->market, where);
}

static int work_timer(mk_run *run, market_error *err)
{
	int rc = mk_connection_take(run->session, err);

	if (rc != 0)
		return rc;
	rc = mk_run_deadline(run->session, &run->due, err);
	mk_connection_give(run->session);
	return rc;
}

/* Whoever comes first when it is due, if there is a connection to spare: nobody waits for it. */
static void tend_log(market *market)
{
	mk_connection *connection;

	if (!mk_writers_log_due(&market->writers))
		return;
	connection = mk_pool_take_other(market);
	if (!connection)
		return;
	mk_store_tend(connection->store);
	mk_pool_give(market, connection);
}

/* Its session waits meanwhile, and works with the leader's connection, which remembers the pages
 * that the group has read and written. */
static int run_there(void *where, void *data, bool *spoilt, market_error *err)
{
	mk_run *run = data;
	mk_connection *own = run->session->connection;
	int rc;

	run->session->connection = where;
	run->session->connection_uses++;
	run->shares = true;
	rc = mk_run_attempt(run, err);
	run->shares = false;
	run->session->connection_uses--;
	run->session->connection = own;
	*spoilt = run->spoilt;
	run->alone = run->spoilt;
	return run->spoilt ? MK_AGAIN : rc;
}
