/* Requests to providers: claimed in a transaction, asked outside of any, answered through the door.
 */
#include "libmarket/identity/identity.h"
#include "libmarket/op/run.h"
#include "libmarket/payment/provider.h"
#include "libmarket/payment/request.h"

/* A claimed request on its way. What is asked and answered lies in the session's arena. */
typedef struct sending {
	market_session *session;
	const mk_request *request;
	bool query;
	market_time at; /* when it was due: the answer is recorded for that time, as of a deadline */
	market_identity_request identity;
	market_identity_told told;
	market_provider_answer answer;
} sending;

/* How requests of one sort are sent. */
typedef struct way {
	/* EPROVIDER: nobody of that name is here. */
	int (*find)(const sending *s, market_error *err);
	/* Reads what is asked, outside a transaction. NULL: the request says all. */
	int (*prepare)(sending *s, market_error *err);
	/* With an error the answer is unknown. Without a connection. */
	int (*ask)(sending *s, market_error *err);
	int (*record)(sending *s, market_error *err);
} way;

static const way *way_of(const mk_request *request);
static int wait_for_provider(sending *s, const market_error *absent, market_error *err);
static int postpone(market_session *session, const mk_request *request, market_time span,
                    market_error *err);
static int ask_and_record(sending *s, const way *how, market_error *err);
static int run(const sending *s, const char *operation, const void *params, market_error *err);

int mk_send_request(market_session *session, market_time now, bool *did, market_error *err)
{
	market *market = session->market;
	mk_request *request = NULL;
	market_error absent;
	mk_tries tries;
	sending *sent;
	const way *how;
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
	sent = MK_NEW(&session->arena, sending);
	if (!sent)
		return mk_error_no_memory(err);
	sent->session = session;
	sent->request = request;
	sent->query = query;
	sent->at = request->request.next_at;
	how = way_of(request);
	if (how->find(sent, &absent) != 0)
		return wait_for_provider(sent, &absent, err);
	rc = how->prepare ? how->prepare(sent, err) : 0;
	if (rc == 0)
		rc = ask_and_record(sent, how, err);
	if (mk_is_of_object(rc)) {
		mk_log(market, MARKET_LOG_ERROR, "the answer to %s can't be recorded: %s",
		       request->request.request_key, err->message);
		rc = postpone(session, request, MK_HOUR, err);
	}
	return rc;
}

/* It was never sent: another process may have the provider, or this one later. */
static int wait_for_provider(sending *s, const market_error *absent, market_error *err)
{
	mk_log(s->session->market, MARKET_LOG_ERROR, "%s waits: %s", s->request->request.request_key,
	       absent->message);
	return postpone(s->session, s->request, MK_MINUTE, err);
}

static int ask_and_record(sending *s, const way *how, market_error *err)
{
	market_error failure;
	int rc;

	mk_connection_give(s->session);
	rc = how->ask(s, &failure);
	if (rc == MARKET_ENOMEM) { /* asked for again, as after a crash */
		*err = failure;
		return rc;
	}
	if (rc != 0)
		mk_log(s->session->market, MARKET_LOG_WARNING, "%s is left unknown: %s",
		       s->request->request.request_key, failure.message);
	/* without a connection the answer is asked for again, as after a crash */
	rc = mk_connection_take(s->session, err);
	return rc == 0 ? how->record(s, err) : rc;
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

static int run(const sending *s, const char *operation, const void *params, market_error *err)
{
	mk_run run = {
		.session = s->session,
		.market = s->session->market,
		.op = mk_op_find(operation),
		.params = params,
		.effective = s->at,
		.timed = true,
		.actor = {.kind = MARKET_ACTOR_SYSTEM, .rights = MARKET_RIGHT_ALL},
	};

	return mk_run_operation(&run, err);
}

/* ---- money ---- */

static int find_payer(const sending *s, market_error *err)
{
	const char *name = s->request->request.provider;

	return mk_provider_find(s->session->market, name) ? 0 : mk_provider_absent(name, err);
}

static int ask_payer(sending *s, market_error *err)
{
	return mk_request_ask(s->session->market, s->request, s->query, s->at, &s->answer, err);
}

static int record_payment(sending *s, market_error *err)
{
	const market_provider_answer *answer = &s->answer;
	market_provider_outcome_params in = {
		.size = sizeof(in),
		.request = s->request->request.id,
		.fence = s->request->request.fence,
		.outcome = answer->result,
		.reference = answer->reference[0] ? answer->reference : NULL,
		.reason = answer->reason[0] ? answer->reason : NULL,
		.expires = answer->expires,
		.amount = answer->amount,
	};

	return run(s, "provider.outcome", &in, err);
}

/* ---- identities (SEL-1) ---- */

static int find_verifier(const sending *s, market_error *err)
{
	const char *name = s->request->request.provider;

	return mk_identity_find(s->session->market, name) ? 0 : mk_identity_absent(name, err);
}

static int prepare_identity(sending *s, market_error *err)
{
	const market_id id = s->request->subject;
	mk_identity *row = NULL;
	int rc = mk_session_get(s->session, mk_identity_entity.by_id, &mk_identity_record,
	                        MK_ARGS(mk_int(id.book), mk_int(id.id)), (void **)&row, err);

	if (rc == 0 && !row)
		return mk_error_set(err, MARKET_ECORRUPT, "request %s is for nothing",
		                    s->request->request.request_key);
	return rc == 0 ? mk_identity_prepare(s->session->market, &s->session->arena, row, s->request,
	                                     s->at, &s->identity, err)
	               : rc;
}

static int ask_verifier(sending *s, market_error *err)
{
	return mk_identity_ask(s->session->market, s->request, &s->identity, s->query, &s->told, err);
}

static int record_identity(sending *s, market_error *err)
{
	const mk_identity_answer answer = mk_identity_answer_of(&s->told);
	market_identity_answer_params in = {
		.size = sizeof(in),
		.request = s->request->request.id,
		.fence = s->request->request.fence,
		.outcome = answer.result,
		.reference = answer.reference,
		.legal_name = answer.legal_name,
		.country = answer.country,
		.number = answer.number,
		.address = answer.address,
		.licences = answer.licences,
		.codes = answer.codes,
		.valid_to = answer.valid_to,
	};

	return run(s, "identity.answer", &in, err);
}

static const way *way_of(const mk_request *request)
{
	static const way money = {find_payer, NULL, ask_payer, record_payment};
	static const way identity = {find_verifier, prepare_identity, ask_verifier, record_identity};

	return request->request.kind == MARKET_REQUEST_IDENTITY ? &identity : &money;
}
