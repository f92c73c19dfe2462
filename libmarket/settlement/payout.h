/* Payouts of what is available to a seller (SET-3). */
#ifndef MK_SETTLEMENT_PAYOUT_H
#define MK_SETTLEMENT_PAYOUT_H

#include "libmarket/payment/request.h"
#include "libmarket/settlement/settlement.h"

typedef struct mk_payout {
	market_payout payout;
} mk_payout;

extern const mk_record mk_payout_record;
extern const mk_entity mk_payout_entity;
extern const mk_enum mk_payout_state_enum;

typedef enum mk_payout_step {
	MK_PAYOUT_SUBMIT = 1, /* claimed and asked of the provider; again after a failure */
	MK_PAYOUT_PAY,
	MK_PAYOUT_FAIL,
	MK_PAYOUT_RETURN
} mk_payout_step;
/* The state that a step leads to; 0: not allowed there. */
int32_t mk_payout_next_state(int32_t state, mk_payout_step step);

/* What stands in the way of a payout now. */
typedef struct mk_payout_hindrance {
	int code; /* the error that payout.create gives; 0: nothing */
	const char *text;
	market_time again; /* when it is over; 0: not by itself */
} mk_payout_hindrance;

/* Pays a seller what is available, or says why not. A payout that failed is tried again instead of
 * a new one. `period` absent: outside of the schedule. */
int mk_payout_make(mk_ctx *ctx, market_id seller, const char *currency, const char *ref,
                   market_id period, market_id *out, mk_payout_hindrance *hindrance,
                   market_error *err);

/* What the outcome of its request means; RETURNED may come after OK. */
int mk_payout_outcome(mk_ctx *ctx, mk_request *request, market_error *err);

int mk_payout_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_payout_retry(mk_ctx *ctx, const void *params, market_error *err);
int mk_payout_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_payout_list(mk_ctx *ctx, const void *params, market_error *err);

#endif
