/*
 * The end of a seller: closing, what stands in the way, termination (SEL-9).
 *
 * Since 0.1.
 */
#ifndef MARKET_CLOSING_H
#define MARKET_CLOSING_H

#include <market/seller.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Begins to wind a seller up: no new orders; open ones run to their end with their timers, payouts
 * go on and no minimum holds them back, the deposit may be returned. There is no way back. By the
 * seller's owners, confirmed, and operators with sellers; a suspended one by operators only.
 * Errors: ENOTFOUND, EDENIED, EUNCONFIRMED, ESTATE. Since 0.1. */
MARKET_API int market_seller_close(struct market_session *session,
                                   const market_seller_reason_params *in, market_seller **out,
                                   market_error *err);

typedef enum market_obstacle_kind {
	MARKET_OBSTACLE_ORDER = 1, /* orders that aren't finished or closed */
	MARKET_OBSTACLE_REFUND,    /* orders with an open refund or dispute */
	MARKET_OBSTACLE_PAYOUT,    /* payouts without a definite outcome */
	MARKET_OBSTACLE_HOLD,      /* an account of which something is held */
	MARKET_OBSTACLE_BALANCE,   /* an account that isn't at zero */
	MARKET_OBSTACLE_RECEIVABLE /* what the seller owes: to be paid, or written off by ledger.adjust
	                            */
} market_obstacle_kind;

/* One thing that stands in the way of a seller's termination. */
typedef struct market_obstacle {
	int32_t kind;
	int64_t count;       /* of orders and payouts; 0 of accounts */
	const char *account; /* of the chart; NULL of orders and payouts */
	market_money amount; /* that the account holds, or that is held of it; of accounts only */
} market_obstacle;

typedef struct market_obstacles {
	market_id seller;
	const market_obstacle *const *items;
	size_t n_items;
} market_obstacles;

/* Everything that stands in the way of a seller's termination now, at most 100 accounts of it. By
 * members of the seller and operators with sellers. Errors: ENOTFOUND, EDENIED. Since 0.1. */
MARKET_API int market_seller_obstacles(struct market_session *session,
                                       const market_seller_get_params *in, market_obstacles **out,
                                       market_error *err);
MARKET_API void market_obstacles_free(market_obstacles *obstacles);

/* Ends a closing seller for good. EOBSTACLE lists everything that stands in its way. By operators
 * with sellers. Errors: ENOTFOUND, EDENIED, ESTATE, EOBSTACLE. Since 0.1. */
MARKET_API int market_seller_terminate(struct market_session *session,
                                       const market_seller_reason_params *in, market_seller **out,
                                       market_error *err);

#ifdef __cplusplus
}
#endif

#endif
