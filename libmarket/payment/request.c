/* PAY-1, PAY-3: requests to providers as rows. */
#include <stdlib.h>
#include <string.h>

#include "libmarket/aftersale/refund.h"
#include "libmarket/engine/market.h"
#include "libmarket/payment/provider.h"
#include "libmarket/payment/sql.h"
#include "libmarket/settlement/payout.h"

/* How long a claim counts until the process has read the policy. */
#define CLAIM_AGE (2 * MK_MINUTE)
/* Queries of an unknown outcome come at doubling intervals, up to this multiple of the first. */
#define LONGEST_WAIT 64
/* What was refused is asked again at intervals that are doubled at most this often. */
#define MOST_DOUBLINGS 12

static market_time dead_before(market *m);
static int state_error(const mk_request *last, market_error *err);
static bool takes_money(const mk_request *request);
static int call_module(mk_ctx *ctx, mk_request *request, market_error *err);
static market_time next_query(const mk_ctx *ctx, const mk_request *request);
static int32_t final_state(int32_t result);

int mk_request_queue(mk_ctx *ctx, int32_t kind, market_id_kind object_kind, market_id object,
                     market_money amount, const char *target, market_id *out, market_error *err)
{
	return mk_request_queue_at(ctx, ctx->policy->payments->provider, kind, object_kind, object,
	                           amount, target, out, err);
}

int mk_request_queue_at(mk_ctx *ctx, const char *provider, int32_t kind, market_id_kind object_kind,
                        market_id object, market_money amount, const char *target, market_id *out,
                        market_error *err)
{
	char text[MARKET_ID_TEXT_SIZE];
	mk_request *last = NULL;
	mk_request *request = MK_NEW(ctx->arena, mk_request);
	int rc = mk_request_latest(ctx, kind, object, &last, err);

	if (rc == 0 && !request)
		rc = mk_error_no_memory(err);
	if (rc == 0 && last)
		rc = state_error(last, err);
	if (rc != 0)
		return rc;
	market_id_format(object_kind, object, text);
	request->request = (market_request){
		.id = mk_new_id(ctx, object.book),
		.kind = kind,
		.object = mk_arena_text(ctx->arena, text),
		.attempt = last ? last->request.attempt + 1 : 1,
		.provider = provider,
		.currency = mk_arena_text(ctx->arena, amount.currency),
		.amount = amount,
		.state = MARKET_REQUEST_QUEUED,
		.next_at = ctx->now,
		.created_at = ctx->now,
		.version = 1,
	};
	request->request.request_key =
		mk_arena_format(ctx->arena, "%s:%s:%lld", mk_enum_name(&mk_request_kind_enum, kind), text,
	                    (long long)request->request.attempt);
	request->object_kind = object_kind;
	request->subject = object;
	request->target = target;
	mk_insert(ctx, &mk_request_insert, &mk_request_record, request->request.id, request);
	*out = request->request.id;
	return 0;
}

int mk_request_latest(mk_ctx *ctx, int32_t kind, market_id object, mk_request **out,
                      market_error *err)
{
	return mk_store_get(ctx->store, ctx->arena, &mk_request_last, &mk_request_record,
	                    MK_ARGS(mk_int(object.book), mk_int(object.id), mk_int(kind)), (void **)out,
	                    err);
}

market_time mk_request_again(const mk_ctx *ctx, const mk_request *request)
{
	int64_t doublings = request->request.attempt - 1;

	if (doublings > MOST_DOUBLINGS)
		doublings = MOST_DOUBLINGS;
	return ctx->now + ctx->policy->payments->query_after * ((int64_t)1 << doublings);
}

int mk_request_find(mk_ctx *ctx, const char *request_key, mk_request **out, market_error *err)
{
	static const market_id_kind kinds[] = {MARKET_ID_PAYMENT,      MARKET_ID_REFUND,
	                                       MARKET_ID_PAYOUT,       MARKET_ID_SHARE,
	                                       MARKET_ID_NOTIFICATION, MARKET_ID_IDENTITY};
	const char *object = strchr(request_key, ':');
	const char *attempt = object ? strchr(object + 1, ':') : NULL;
	char text[MARKET_ID_TEXT_SIZE] = "";
	market_id id = {0, 0};
	int32_t kind = 0;

	*out = NULL;
	if (!attempt || (size_t)(attempt - object) > sizeof(text) ||
	    !mk_enum_value_of(&mk_request_kind_enum, request_key, (size_t)(object - request_key),
	                      &kind))
		return 0;
	memcpy(text, object + 1, (size_t)(attempt - object - 1));
	for (size_t i = 0; mk_id_absent(id) && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		market_id_parse(kinds[i], text, &id);
	if (mk_id_absent(id))
		return 0;
	return mk_store_get(ctx->store, ctx->arena, &mk_request_attempt, &mk_request_record,
	                    MK_ARGS(mk_int(id.book), mk_int(id.id), mk_int(kind),
	                            mk_int(strtoll(attempt + 1, NULL, 10))),
	                    (void **)out, err);
}

bool mk_request_open(const mk_request *request)
{
	return request->request.state == MARKET_REQUEST_QUEUED ||
	       request->request.state == MARKET_REQUEST_SENDING ||
	       request->request.state == MARKET_REQUEST_UNKNOWN;
}

int mk_request_resolve(mk_ctx *ctx, mk_request *request, int32_t result, const char *reference,
                       const char *reason, market_time expires, market_error *err)
{
	market_request *r = &request->request;
	int32_t state = final_state(result);

	if (!mk_request_open(request))
		return 0;
	request->before = r->state;
	request->answer = result;
	request->expires = expires;
	request->claimed_at = 0;
	if (reference && *reference)
		r->reference = reference;
	r->reason = reason && *reason ? reason : NULL;
	r->state = state != 0 ? state : MARKET_REQUEST_UNKNOWN;
	r->next_at = state != 0 ? 0 : next_query(ctx, request);
	r->resolved_at = state != 0 ? ctx->now : 0;
	if (state == 0)
		r->queries++;
	mk_update(ctx, &mk_request_update, &mk_request_record, r->id, request);
	if (state != 0)
		return call_module(ctx, request, err);
	if (result == MARKET_PROVIDER_PENDING && r->kind == MARKET_REQUEST_CHARGE)
		return mk_payment_charge_pending(ctx, request, err);
	return 0;
}

void mk_request_close(mk_ctx *ctx, mk_request *request, int32_t state, const char *reference,
                      const char *reason)
{
	market_request *r = &request->request;

	if (!mk_request_open(request))
		return;
	if (reference && *reference)
		r->reference = reference;
	r->reason = reason;
	r->state = state;
	r->next_at = 0;
	r->resolved_at = ctx->now;
	request->claimed_at = 0;
	mk_update(ctx, &mk_request_update, &mk_request_record, r->id, request);
}

void mk_request_withdraw(mk_ctx *ctx, mk_request *request)
{
	mk_request_close(ctx, request, MARKET_REQUEST_FAILED, NULL, "withdrawn");
}

int mk_request_reverse(mk_ctx *ctx, mk_request *request, const char *reason, bool *done,
                       market_error *err)
{
	market_request *r = &request->request;

	*done = r->state == MARKET_REQUEST_OK &&
	        (r->kind == MARKET_REQUEST_REFUND || r->kind == MARKET_REQUEST_PAYOUT);
	if (!*done)
		return 0;
	request->before = r->state;
	r->state = r->kind == MARKET_REQUEST_PAYOUT ? MARKET_REQUEST_RETURNED : MARKET_REQUEST_FAILED;
	r->reason = reason;
	r->resolved_at = ctx->now;
	mk_update(ctx, &mk_request_update, &mk_request_record, r->id, request);
	return call_module(ctx, request, err);
}

int mk_request_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	(void)err;
	ctx->output = (void *)ctx->subject;
	return 0;
}

/* An answer to a claim that isn't the last one any more, or after a notification told the outcome,
 * is late. */
int mk_provider_outcome(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_provider_outcome_params *in = params;
	mk_request *request = (mk_request *)ctx->subject;
	int32_t outcome = in->outcome;
	const char *reason = in->reason;
	bool differs = false;
	int rc;

	ctx->result = request->request.id;
	if (in->fence != request->request.fence || !mk_request_open(request))
		return 0;
	/* PAY-2: another amount captures nothing */
	if (outcome == MARKET_PROVIDER_OK && takes_money(request) &&
	    !mk_request_is_asked(request, in->amount)) {
		request->moved = in->amount;
		outcome = MARKET_PROVIDER_FAILED;
		reason = "amount differs";
	}
	if (final_state(outcome) != 0) {
		mk_event(ctx, "request.resolved", MARKET_ID_REQUEST, request->request.id);
		mk_event_text(ctx, "key", request->request.request_key);
		mk_event_text(ctx, "outcome", mk_enum_name(&mk_provider_result_enum, outcome));
		mk_event_text(ctx, "reason", reason);
	}
	rc = mk_request_resolve(ctx, request, outcome, in->reference, reason, in->expires, err);
	return rc == 0 ? mk_request_compare(ctx, request, in->amount, &differs, err) : rc;
}

int mk_request_claim(market *m, mk_store *store, mk_arena *arena, market_time now, mk_request **out,
                     bool *query, market_error *err)
{
	market_time real = mk_clock_now(NULL);
	mk_request *request = NULL;
	int64_t rows = 0;
	int rc = mk_store_begin(store, true, err);

	*out = NULL;
	if (rc != 0)
		return rc;
	rc = mk_store_get(store, arena, &mk_request_due, &mk_request_record,
	                  MK_ARGS(mk_int(now), mk_int(dead_before(m))), (void **)&request, err);
	if (rc != 0 || !request) {
		mk_store_rollback(store);
		return rc;
	}
	*query = request->request.state == MARKET_REQUEST_UNKNOWN;
	rows = mk_store_write(store, &mk_request_claim_row,
	                      MK_ARGS(mk_int(request->request.id.book), mk_int(request->request.id.id),
	                              mk_int(request->request.version),
	                              mk_int(*query ? MARKET_REQUEST_UNKNOWN : MARKET_REQUEST_SENDING),
	                              mk_int(real)),
	                      err);
	rc = mk_store_finish(store, rows, err);
	if (rc != 0)
		return rc;
	if (rows != 1)
		return MK_CLAIMED;
	request->request.fence++;
	*out = request;
	return 0;
}

int mk_request_ask(market *m, const mk_request *request, bool query, market_time now,
                   market_provider_answer *answer, market_error *err)
{
	const market_request *r = &request->request;
	const market_payment_provider *provider = mk_provider_find(m, r->provider);
	market_provider_request asked = {
		.size = sizeof(asked),
		.kind = r->kind,
		.key = r->request_key,
		.object = r->object,
		.target = request->target,
		.amount = r->amount,
		.now = now,
	};

	*answer = (market_provider_answer){.size = sizeof(*answer), .result = MARKET_PROVIDER_UNKNOWN};
	if (!provider)
		return mk_error_set(err, MARKET_EPROVIDER, "provider %s isn't registered", r->provider);
	return mk_provider_ask(m, provider, &asked, query, answer, err);
}

int mk_request_postpone(mk_store *store, const mk_request *request, market_time until,
                        market_error *err)
{
	int64_t rows;
	int rc = mk_store_begin(store, true, err);

	if (rc != 0)
		return rc;
	rows = mk_store_write(store, &mk_request_postpone_row,
	                      MK_ARGS(mk_int(request->request.id.book), mk_int(request->request.id.id),
	                              mk_int(request->request.fence), mk_int(until)),
	                      err);
	return mk_store_finish(store, rows, err);
}

mk_query mk_request_next_query(market *m, mk_value *dead)
{
	*dead = mk_int(dead_before(m));
	return (mk_query){
		.statement = &mk_request_next, .args = dead, .n_args = 1, .record = &mk_number_record};
}

/* A claim from before that time, by the real clock, is of a process taken for dead: the request is
 * sent again by its key. */
static market_time dead_before(market *m)
{
	market_time now = mk_clock_now(NULL);
	const mk_policy *policy = mk_policy_at(m, now);

	return now - (policy ? policy->payments->claim_age : CLAIM_AGE);
}

static int state_error(const mk_request *last, market_error *err)
{
	int rc;

	if (mk_request_open(last)) {
		rc = mk_error_set(err, MARKET_EINFLIGHT, "the outcome of %s is awaited",
		                  last->request.request_key);
		return mk_error_object(err, rc, MARKET_ID_REQUEST, last->request.id);
	}
	if (last->request.state == MARKET_REQUEST_OK && last->request.kind != MARKET_REQUEST_CHARGE) {
		rc = mk_error_set(err, MARKET_ESTATE, "%s is done", last->request.request_key);
		return mk_error_object(err, rc, MARKET_ID_REQUEST, last->request.id);
	}
	return 0;
}

static bool takes_money(const mk_request *request)
{
	return request->request.kind == MARKET_REQUEST_CHARGE ||
	       request->request.kind == MARKET_REQUEST_CAPTURE;
}

static int call_module(mk_ctx *ctx, mk_request *request, market_error *err)
{
	switch (request->request.kind) {
	case MARKET_REQUEST_CHARGE:
	case MARKET_REQUEST_CAPTURE:
		return mk_payment_charge_outcome(ctx, request, err);
	case MARKET_REQUEST_VOID:
		return mk_payment_void_outcome(ctx, request, err);
	case MARKET_REQUEST_REFUND:
		if (request->object_kind == MARKET_ID_REFUND)
			return mk_refund_outcome(ctx, request, err);
		return mk_payment_return_outcome(ctx, request, err);
	case MARKET_REQUEST_PAYOUT:
		return mk_payout_outcome(ctx, request, err);
	case MARKET_REQUEST_IDENTITY: /* the operation that brings the answer applies it */
		return 0;
	}
	return mk_error_set(err, MARKET_ECORRUPT, "request %s is of no known kind",
	                    request->request.request_key);
}

static market_time next_query(const mk_ctx *ctx, const mk_request *request)
{
	market_time wait = ctx->policy->payments->query_after;
	int64_t factor = 1;

	for (int64_t i = 0; i < request->request.queries && factor < LONGEST_WAIT; i++)
		factor *= 2;
	return ctx->now + wait * factor;
}

static int32_t final_state(int32_t result)
{
	switch (result) {
	case MARKET_PROVIDER_OK:
	case MARKET_PROVIDER_AUTHORISED:
		return MARKET_REQUEST_OK;
	case MARKET_PROVIDER_DECLINED:
		return MARKET_REQUEST_DECLINED;
	case MARKET_PROVIDER_FAILED:
		return MARKET_REQUEST_FAILED;
	default:
		return 0;
	}
}
