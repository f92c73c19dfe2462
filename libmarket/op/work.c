/* Time-driven work: deadlines in order of due time, then what is due outside. */
#include <string.h>

#include "libmarket/op/run.h"
#include "libmarket/payment/request.h"

#define SEALED_AT_ONCE 1000

static int work_once(market_session *session, bool *did, market_error *err);
static int next_deadline(market_session *session, market_time now, mk_deadline **out,
                         market_time *request, market_error *err);
static int read_next(market_session *session, mk_query *deadline, market_time *request,
                     market_error *err);
static int run_due(market_session *session, const mk_deadline *deadline, market_error *err);
static int postpone(market_session *session, const mk_deadline *deadline, bool *stands,
                    market_error *err);
static int try_postpone(market_session *session, const mk_deadline *deadline, bool *stands,
                        market_error *err);
static int seal(market_session *session, market_error *err);
static int next_due_time(market_session *session, market_time *next_due, market_error *err);

int market_work(market_session *session, int budget, market_time *next_due, market_error *err)
{
	market_error own;
	market *market;
	bool did = true;
	int done = 0;
	int rc = 0;
	if (!err)
		err = &own;
	mk_error_clear(err);
	if (!session || budget < 0)
		return mk_error_set(err, MARKET_EMISUSE, "a session and a budget of at least 0 are needed");
	if (session->busy || session->dead)
		return mk_error_set(err, MARKET_EMISUSE, "the session is busy or dead");
	market = session->market;
	rc = mk_connection_take(session, err);
	if (rc != 0)
		return rc;
	session->busy = true;
	while (rc == 0 && did && done < budget) {
		mk_arena_reset(&session->arena);
		rc = work_once(session, &did, err);
		if (rc == 0 && did)
			done++;
	}
	if (rc == 0 && !market->read_only)
		rc = seal(session, err);
	if (rc == 0 && next_due)
		rc = next_due_time(session, next_due, err);
	session->busy = false;
	session->dead = rc == MARKET_EINTERNAL;
	if (session->connection)
		mk_connection_give(session);
	return rc == 0 ? done : rc;
}

/* What is due first, be it a deadline or a request to a provider. */
static int work_once(market_session *session, bool *did, market_error *err)
{
	market_time now = mk_session_now(session), request = 0;
	mk_deadline *deadline = NULL;
	int rc = next_deadline(session, now, &deadline, &request, err);
	if (rc != 0)
		return rc;
	if (request != 0 && request <= now && (!deadline || request <= deadline->due_at))
		return mk_send_request(session, deadline ? deadline->due_at : now, did, err);
	*did = deadline != NULL;
	return deadline ? mk_run_deadline(session, deadline, err) : 0;
}

bool mk_is_of_object(int code)
{
	int32_t error_class = market_error_class_of(code);

	return error_class == MARKET_CLASS_STATE || error_class == MARKET_CLASS_CALLER ||
	       code == MARKET_EKEYREUSED || code == MARKET_ETIMEORDER || code == MARKET_ECORRUPT ||
	       code == MARKET_EPROVIDER;
}

/* Acts at the due time, whenever it is run. Another process may have been faster: then nothing is
 * left to do. What is wrong with one object must not stop all others: it is logged and tried again
 * an hour later. */
int mk_run_deadline(market_session *session, const mk_deadline *deadline, market_error *err)
{
	market_error failure;
	bool stands = false;
	int rc = run_due(session, deadline, &failure);

	if (!mk_is_of_object(rc)) {
		if (rc != 0)
			*err = failure;
		return rc;
	}
	rc = postpone(session, deadline, &stands, err);
	if (stands)
		mk_log(session->market, MARKET_LOG_WARNING, "%s at its deadline failed: %s",
		       deadline->operation, failure.message);
	return rc;
}

static int run_due(market_session *session, const mk_deadline *deadline, market_error *err)
{
	const mk_op *op = mk_op_find(deadline->operation);
	const mk_field *field;
	char *params;
	mk_run run = {.session = session,
	              .market = session->market,
	              .op = op,
	              .timed = true,
	              .effective = deadline->due_at,
	              .actor = {.kind = MARKET_ACTOR_SYSTEM, .rights = MARKET_RIGHT_ALL}};

	if (!op || !op->subject_param)
		return mk_error_set(err, MARKET_ECORRUPT, "deadline of unknown operation %s",
		                    deadline->operation);
	field = mk_record_field(op->params, op->subject_param, strlen(op->subject_param));
	params = mk_arena_zero(&session->arena, op->params->size);
	if (!params || !field)
		return mk_error_no_memory(err);
	*(uint32_t *)(void *)params = (uint32_t)op->params->size;
	memcpy(params + field->offset, &deadline->id, sizeof(deadline->id));
	run.params = params;
	return mk_run_operation(&run, err);
}

static int next_deadline(market_session *session, market_time now, mk_deadline **out,
                         market_time *request, market_error *err)
{
	const mk_value args[] = {mk_int(now)};
	mk_query deadline = {
		.statement = &mk_deadline_due, .args = args, .n_args = 1, .record = &mk_deadline_record};
	int rc = read_next(session, &deadline, request, err);
	*out = rc == 0 && deadline.n_rows ? deadline.rows[0] : NULL;
	return rc;
}

/* With the time of the next request to a provider, as one batch. */
static int read_next(market_session *session, mk_query *deadline, market_time *request,
                     market_error *err)
{
	mk_value dead;
	mk_query queries[] = {*deadline, mk_request_next_query(session->market, &dead)};
	int rc = mk_session_read(session, queries, 2, err);
	*deadline = queries[0];
	*request = rc == 0 && queries[1].n_rows ? ((const mk_number *)queries[1].rows[0])->number : 0;
	return rc;
}

static int postpone(market_session *session, const mk_deadline *deadline, bool *stands,
                    market_error *err)
{
	mk_tries tries;
	int rc;
	mk_tries_begin(&tries);
	do {
		rc = try_postpone(session, deadline, stands, err);
	} while (mk_try_again(&tries, &rc, "a deadline that is put off", err));
	return rc;
}

static int try_postpone(market_session *session, const mk_deadline *deadline, bool *stands,
                        market_error *err)
{
	mk_store *store = session->connection->store;
	int64_t rows;
	int rc = mk_store_begin(store, true, err);
	if (rc != 0)
		return rc;
	rows = mk_store_write(store, &mk_deadline_postpone,
	                      MK_ARGS(mk_int(deadline->id.book), mk_int(deadline->id.id),
	                              mk_int(mk_session_now(session) + MK_HOUR),
	                              mk_int(deadline->due_at), mk_text_value(deadline->operation)),
	                      err);
	rc = mk_store_finish(store, rows, err);
	*stands = rc == 0 && rows == 1;
	return rc;
}

/* LED-7: where the flush doesn't seal by itself. What is left is sealed the next time. */
static int seal(market_session *session, market_error *err)
{
	const mk_connection *connection = session->connection;
	int count = mk_ledger_seal_store(connection->store, &session->market->allocator,
	                                 connection->digest, SEALED_AT_ONCE, err);
	return count < 0 ? count : 0;
}

static int next_due_time(market_session *session, market_time *next_due, market_error *err)
{
	mk_query deadline = {.statement = &mk_deadline_next, .record = &mk_number_record};
	market_time request = 0;
	int rc = read_next(session, &deadline, &request, err);
	*next_due = rc == 0 && deadline.n_rows ? ((const mk_number *)deadline.rows[0])->number : 0;
	if (request != 0 && (*next_due == 0 || request < *next_due))
		*next_due = request;
	return rc;
}
