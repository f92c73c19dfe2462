/* Requests to providers: claimed in a transaction, asked outside of any, answered through the door.
 */
#include "libmarket/op/run.h"
#include "libmarket/payment/provider.h"
#include "libmarket/payment/request.h"

static int wait_for_provider(market_session *session, const mk_request *request, market_error *err);
static int postpone(market_session *session, const mk_request *request, market_time span,
                    market_error *err);
static int record_answer(market_session *session, const mk_request *request, market_time at,
                         const market_provider_answer *answer, market_error *err);

int mk_send_request(market_session *session, market_time now, bool *did, market_error *err)
{
	market *market = session->market;
	market_provider_answer answer;
	mk_request *request = NULL;
	market_error failure;
	market_time at;
	mk_tries tries;
	bool query = false;
	int rc;

	mk_tries_begin(&tries);
	do {
		rc = mk_request_claim(market, session->connection->store, &session->arena, now, &request,
		                      &query, err);
	} while (rc == MK_CLAIMED || mk_try_again(&tries, &rc, "a claim of a request", err));
	*did = rc == 0 && request;
	if (!*did)
		return rc;
	if (!mk_provider_find(market, request->request.provider))
		return wait_for_provider(session, request, err);
	at = request->request.next_at;
	mk_connection_give(session);
	rc = mk_request_ask(market, request, query, at, &answer, &failure);
	if (rc == MARKET_ENOMEM) { /* asked for again, as after a crash */
		*err = failure;
		return rc;
	}
	if (rc != 0)
		mk_log(market, MARKET_LOG_WARNING, "%s is left unknown: %s", request->request.request_key,
		       failure.message);
	/* without a connection the answer is asked for again, as after a crash */
	rc = mk_connection_take(session, err);
	if (rc != 0)
		return rc;
	rc = record_answer(session, request, at, &answer, err);
	if (mk_is_of_object(rc)) {
		mk_log(market, MARKET_LOG_ERROR, "the answer to %s can't be recorded: %s",
		       request->request.request_key, err->message);
		rc = postpone(session, request, MK_HOUR, err);
	}
	return rc;
}

/* It was never sent: another process may have the provider, or this one later. */
static int wait_for_provider(market_session *session, const mk_request *request, market_error *err)
{
	market_error absent;

	mk_provider_absent(request->request.provider, &absent);
	mk_log(session->market, MARKET_LOG_ERROR, "%s waits: %s", request->request.request_key,
	       absent.message);
	return postpone(session, request, MK_MINUTE, err);
}

static int postpone(market_session *session, const mk_request *request, market_time span,
                    market_error *err)
{
	mk_tries tries;
	int rc;

	mk_tries_begin(&tries);
	do {
		rc = mk_request_postpone(session->connection->store, request,
		                         mk_session_now(session) + span, err);
	} while (mk_try_again(&tries, &rc, request->request.request_key, err));
	return rc;
}

/* At the time when it was due, like a deadline. */
static int record_answer(market_session *session, const mk_request *request, market_time at,
                         const market_provider_answer *answer, market_error *err)
{
	market_provider_outcome_params in = {
		.size = sizeof(in),
		.request = request->request.id,
		.fence = request->request.fence,
		.outcome = answer->result,
		.reference = answer->reference[0] ? answer->reference : NULL,
		.reason = answer->reason[0] ? answer->reason : NULL,
		.expires = answer->expires,
		.amount = answer->amount,
	};
	mk_run run = {
		.session = session,
		.market = session->market,
		.op = mk_op_find("provider.outcome"),
		.params = &in,
		.effective = at,
		.timed = true,
		.actor = {.kind = MARKET_ACTOR_SYSTEM, .rights = MARKET_RIGHT_ALL},
	};

	return mk_run_operation(&run, err);
}
