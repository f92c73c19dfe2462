/*
 * Requests to providers: a row first, sent by market_work outside of any transaction, its outcome
 * written by an operation of its own and guarded by the fence of its claim.
 */
#ifndef MK_PAYMENT_REQUEST_H
#define MK_PAYMENT_REQUEST_H

#include <market/plugin.h>

#include "libmarket/engine/context.h"

/* The row of a request. It lies in its object's book. */
typedef struct mk_request {
	market_request request;
	int64_t object_kind;    /* a market_id_kind */
	market_id subject;      /* what `object` names; in the same book */
	const char *target;     /* market_provider_request.target */
	market_time claimed_at; /* by the real clock */
	int32_t answer;         /* the last market_provider_result; not a column */
	market_time expires;    /* of that answer; not a column */
	int32_t before;         /* the state before the outcome; not a column */
	market_money
		moved; /* what the provider says it moved when that isn't what was asked; not a column */
} mk_request;

extern const mk_record mk_request_record;
extern const mk_entity mk_request_entity;
extern const mk_enum mk_request_kind_enum, mk_request_state_enum, mk_provider_result_enum;

/*
 * Plans a request. An object has one chain of attempts per kind: the next is made only after a
 * definite declined or failed (PAY-3). `target` is the method of a charge, the charge's reference
 * of a capture or refund (mk_payment's `reference`), the account of a payout. The market's work
 * sends it after the commit. Errors: EINFLIGHT (the last attempt is queued, sent or unknown),
 * ESTATE (it was ok).
 *
 * The outcome comes to the object's own module, inside the operation that records it, with
 * request->request.state OK, DECLINED or FAILED. A refund may still fail after it was ok (ESC-8)
 * and a payout be returned (RETURNED): `before` is MARKET_REQUEST_OK then.
 *
 * - charge, capture: mk_payment_charge_outcome
 * - void: mk_payment_void_outcome
 * - refund of a MARKET_ID_REFUND: mk_refund_outcome (aftersale/refund.h)
 * - refund of a share or notification: mk_payment_return_outcome (PAY-2)
 * - payout: mk_payout_outcome (settlement/payout.h)
 */
int mk_request_queue(mk_ctx *ctx, int32_t kind, market_id_kind object_kind, market_id object,
                     market_money amount, const char *target, market_id *out, market_error *err);

/* The same at a named provider: a refund or capture goes to the payment's own. */
int mk_request_queue_at(mk_ctx *ctx, const char *provider, int32_t kind, market_id_kind object_kind,
                        market_id object, market_money amount, const char *target, market_id *out,
                        market_error *err);

/* The last attempt for an object, NULL when there is none. */
/* When what a provider refused is asked of it again: at doubling intervals by the attempt. */
market_time mk_request_again(const mk_ctx *ctx, const mk_request *request);
int mk_request_latest(mk_ctx *ctx, int32_t kind, market_id object, mk_request **out,
                      market_error *err);
/* By its permanent key; NULL when there is none. */
int mk_request_find(mk_ctx *ctx, const char *request_key, mk_request **out, market_error *err);
/* Whether its outcome is still to come. */
bool mk_request_open(const mk_request *request);

/* An answer is there: plans the row and, with a definite one, calls the object's module. A request
 * whose outcome was known before is left as it is. */
int mk_request_resolve(mk_ctx *ctx, mk_request *request, int32_t result, const char *reference,
                       const char *reason, market_time expires, market_error *err);
/* The same without telling the module: a notification has told it. Nothing when it isn't open. */
void mk_request_close(mk_ctx *ctx, mk_request *request, int32_t state, const char *reference,
                      const char *reason);
/* One that waits to be sent isn't. Guarded by its version, as the claim is: it was either sent or
 * withdrawn. */
void mk_request_withdraw(mk_ctx *ctx, mk_request *request);
/* What was ok is not: a refund failed after all, a payout came back. False in `*done` when it
 * doesn't fit. */
int mk_request_reverse(mk_ctx *ctx, mk_request *request, const char *reason, bool *done,
                       market_error *err);

/* Whether `moved` is what was asked, or isn't stated. */
bool mk_request_is_asked(const mk_request *request, market_money moved);
/* SET-5: of a refund or payout that is ok, the provider says how much it moved. Another amount than
 * was asked is an event, request.mismatched, and the difference lies in suspense. Once. */
int mk_request_compare(mk_ctx *ctx, const mk_request *request, market_money moved, bool *differs,
                       market_error *err);

/* ---- the work (op/send.c) ---- */

/* Positive, and not MK_AGAIN: another process has claimed the request in between. */
#define MK_CLAIMED 2
/* Claims the first request that is due at `now`: a transaction of its own. `*out` is NULL when
 * there is none. `query`: it was sent before, and only its outcome is asked for. */
int mk_request_claim(market *m, mk_store *store, mk_arena *arena, market_time now, mk_request **out,
                     bool *query, market_error *err);
/* Asks the provider, outside of any transaction. With an error the answer is unknown. */
int mk_request_ask(market *m, const mk_request *request, bool query, market_time now,
                   market_provider_answer *answer, market_error *err);
/* Its answer couldn't be recorded: it is asked again later, so that others aren't held up. */
int mk_request_postpone(mk_store *store, const mk_request *request, market_time until,
                        market_error *err);
/* Asks when the next one is due: one mk_number at most. `dead` must live as long as the query. */
mk_query mk_request_next_query(market *m, mk_value *dead);

extern const char *const mk_request_ddl[];

#endif
