/*
 * Escrow of a seller order: what is held, and its release.
 *
 * Since 0.1.
 */
#ifndef MARKET_ESCROW_H
#define MARKET_ESCROW_H

#include <market/error.h>
#include <market/order.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

/* Computed when nothing is held and nothing in flight. */
typedef enum market_escrow_outcome {
	MARKET_OUTCOME_RELEASED = 1,
	MARKET_OUTCOME_REFUNDED,
	MARKET_OUTCOME_SPLIT
} market_escrow_outcome;

/* The escrow of one order: funded = released + refunded + held + in flight, always. */
typedef struct market_escrow {
	market_id order;
	const char *currency;
	int32_t state;   /* a market_escrow_state */
	int32_t outcome; /* a market_escrow_outcome; absent while money is held */
	market_money funded;
	market_money released;
	market_money refunded; /* from escrow: to the buyer, to a discount's funder, to the platform */
	market_money held;
	market_money in_flight; /* requested of a provider, outcome open */
	int64_t freezes;
	const char *freeze_reason; /* of the first freeze in force */
	market_time release_at;    /* absent while frozen, and when nothing is due */
	market_time release_left;  /* what remains of it when the last freeze ends */
} market_escrow;
MARKET_API void market_escrow_free(market_escrow *escrow);

typedef struct market_escrow_get_params {
	uint32_t size;
	const char *key;
	market_id order;
} market_escrow_get_params;
#define MARKET_ESCROW_GET_PARAMS_INIT MARKET_INIT(market_escrow_get_params)

/* One order's escrow. By its buyer, members of its seller and operators with orders. Since 0.1. */
MARKET_API int market_escrow_get(struct market_session *session, const market_escrow_get_params *in,
                                 market_escrow **out, market_error *err);

typedef struct market_escrow_release_params {
	uint32_t size;
	const char *key;
	market_id order;
} market_escrow_release_params;
#define MARKET_ESCROW_RELEASE_PARAMS_INIT MARKET_INIT(market_escrow_release_params)

/* Releases all that is held for a finished order: fees, their tax and splits are booked, the rest
 * is the seller's and matures later. It is due at once when the order finishes; market_work does
 * it, and an operator with refunds may. Errors: ESTATE (not finished, nothing held, not due),
 * EFROZEN. Since 0.1. */
MARKET_API int market_escrow_release(struct market_session *session,
                                     const market_escrow_release_params *in, market_order **out,
                                     market_error *err);

typedef struct market_escrow_freeze_params {
	uint32_t size;
	const char *key;
	market_id order;
	const char *reason;
} market_escrow_freeze_params;
#define MARKET_ESCROW_FREEZE_PARAMS_INIT MARKET_INIT(market_escrow_freeze_params)

/* Stops the order's timers: the seller's time for shipping, which it may not do meanwhile,
 * confirmation by itself and release. Freezes count: the last unfreeze resumes what remained of the
 * timers. By operators with refunds and the system. Errors: ESTATE (nothing is held). Since 0.1. */
MARKET_API int market_escrow_freeze(struct market_session *session,
                                    const market_escrow_freeze_params *in, market_order **out,
                                    market_error *err);

typedef struct market_escrow_unfreeze_params {
	uint32_t size;
	const char *key;
	market_id order;
	const char *reason;
} market_escrow_unfreeze_params;
#define MARKET_ESCROW_UNFREEZE_PARAMS_INIT MARKET_INIT(market_escrow_unfreeze_params)

/* Ends one freeze that escrow.freeze began; that of a refund under way ends with the refund alone.
 * By operators with refunds and the system. Errors: ESTATE (no such freeze). Since 0.1. */
MARKET_API int market_escrow_unfreeze(struct market_session *session,
                                      const market_escrow_unfreeze_params *in, market_order **out,
                                      market_error *err);

#ifdef __cplusplus
}
#endif
#endif
