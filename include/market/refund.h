/*
 * Refunds of seller orders.
 *
 * Since 0.1.
 */
#ifndef MARKET_REFUND_H
#define MARKET_REFUND_H

#include <market/error.h>
#include <market/order.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

typedef enum market_refund_state {
	MARKET_REFUND_REQUESTED = 1, /* asked of the provider; its outcome is open */
	MARKET_REFUND_OK,
	MARKET_REFUND_FAILED,  /* nothing has changed; what an order's end owes is sent again */
	MARKET_REFUND_BOUNCED, /* ESC-8: it was done and came back; the platform owes it to the buyer */
	MARKET_REFUND_RESENT   /* a bounced one asked of the provider again */
} market_refund_state;

/* FRT-1: who bears the freight of what went wrong. */
typedef enum market_borne_by {
	MARKET_BORNE_BY_BUYER = 1,
	MARKET_BORNE_BY_SELLER,
	MARKET_BORNE_BY_PLATFORM
} market_borne_by;

/* What of a refund belongs to one line, or to the freight (`line` absent). `fees`, `splits` and
 * `seller` say who gave it back after the release; they aren't shown to buyers. */
typedef struct market_refund_item {
	market_id line;
	int64_t quantity;
	market_money cash;
	market_money promo; /* returned to the discount's funder */
	const market_line_fee *const *fees;
	size_t n_fees;
	const market_line_split *const *splits;
	size_t n_splits;
	market_money seller;
} market_refund_item;

/* One refund of one order. Lies in the seller's book. */
typedef struct market_refund {
	market_id id;
	const char *ref;
	market_id order;
	market_id buyer;
	market_id seller;
	market_id share; /* of the payment that it goes back on; absent when there is no cash */
	int32_t state;
	const char *currency;
	market_money cash;    /* to the buyer, with freight */
	market_money promo;   /* to the funders */
	market_money freight; /* of the cash */
	const char *reason;
	int32_t borne_by;
	int64_t released;          /* 1: the order's escrow was released before */
	market_money from_pending; /* what the seller gave, by source (ESC-7) */
	market_money from_reserved;
	market_money from_available;
	market_money from_receivable;
	const char *failure; /* the provider's reason */
	const char *actor;   /* who asked for it: "buyer", "member", "operator", "system" */
	market_time created_at;
	market_time resolved_at;
	int64_t version;
	const market_refund_item *const *items;
	size_t n_items;
} market_refund;
MARKET_API void market_refund_free(market_refund *refund);

/* What of a line is refunded: a quantity, or an amount of cash. */
typedef struct market_refund_ask {
	uint32_t size;
	market_id line;
	int64_t quantity;
	market_money amount;
} market_refund_ask;
#define MARKET_REFUND_ASK_INIT MARKET_INIT(market_refund_ask)

/* One of: `items`; `amount`, which is divided over the lines by their cash that is left; `freight`
 * alone; none of them, which is all that is left of the order. Freight is refunded by name: as
 * `freight` says, or with the whole order when nothing was shipped or the seller bears it (FRT-1).
 */
typedef struct market_refund_create_params {
	uint32_t size;
	const char *key;
	market_id order;
	const char *ref;
	const market_refund_ask *const *items;
	size_t n_items;
	market_money amount;
	market_money freight;
	const char *reason;
	int32_t borne_by;
} market_refund_create_params;
#define MARKET_REFUND_CREATE_PARAMS_INIT MARKET_INIT(market_refund_create_params)

/* Refunds a paid order, before or after its release. The provider is asked; the refund counts when
 * it has done it. Targets are cumulative: of quantity q of Q, round(cash × q ÷ Q) in all (PRO-1).
 * It goes back on one payment, the newest that covers it. By operators with refunds, members of the
 * seller with support or fulfilment, and the system. Errors: ESTATE, EINFLIGHT, ENOTFOUND (items),
 * EINVALID, ECURRENCY, EFUNDS (more than is refundable), EQUOTA (more than the seller may owe;
 * operators and the system may), EEXISTS (ref). Since 0.1. */
MARKET_API int market_refund_create(struct market_session *session,
                                    const market_refund_create_params *in, market_refund **out,
                                    market_error *err);

typedef struct market_refund_get_params {
	uint32_t size;
	const char *key;
	market_id refund;
} market_refund_get_params;
#define MARKET_REFUND_GET_PARAMS_INIT MARKET_INIT(market_refund_get_params)

/* One refund. By the buyer, members of the seller and operators with refunds. Since 0.1. */
MARKET_API int market_refund_get(struct market_session *session, const market_refund_get_params *in,
                                 market_refund **out, market_error *err);

typedef struct market_refund_list_params {
	uint32_t size;
	const char *key;
	market_id order;
	const char *after;
	const int64_t *limit;
} market_refund_list_params;
#define MARKET_REFUND_LIST_PARAMS_INIT MARKET_INIT(market_refund_list_params)

typedef struct market_refund_page {
	const market_refund *const *items; /* without their items */
	size_t n_items;
	const char *next;
} market_refund_page;

/* The refunds of an order, oldest first. By its buyer, members of the seller and operators with
 * refunds. Errors: EINVALID (after). Since 0.1. */
MARKET_API int market_refund_list(struct market_session *session,
                                  const market_refund_list_params *in, market_refund_page **out,
                                  market_error *err);
MARKET_API void market_refund_page_free(market_refund_page *page);

typedef struct market_refund_bounce_params {
	uint32_t size;
	const char *key;
	market_id refund;
	const char *reason;
} market_refund_bounce_params;
#define MARKET_REFUND_BOUNCE_PARAMS_INIT MARKET_INIT(market_refund_bounce_params)

/* A refund that was done has come back (ESC-8): the platform owes the cash to the buyer. Nothing
 * changes in the order. It is sent again by itself after the policy's time for queries. By
 * operators with refunds and the system. Errors: ESTATE. Since 0.1. */
MARKET_API int market_refund_bounce(struct market_session *session,
                                    const market_refund_bounce_params *in, market_refund **out,
                                    market_error *err);

typedef struct market_refund_retry_params {
	uint32_t size;
	const char *key;
	market_id refund;
} market_refund_retry_params;
#define MARKET_REFUND_RETRY_PARAMS_INIT MARKET_INIT(market_refund_retry_params)

/* Sends a refund again by a new attempt: one that bounced, whose order doesn't change, or one that
 * failed and that the end of its order owes (a cancelled order's, or of the rest of one that was
 * shipped in part): what is left of that now. Both come by themselves, at intervals that double
 * from the policy's time for queries. By operators with refunds and the system. Errors: ESTATE,
 * EINFLIGHT, EFUNDS. Since 0.1. */
MARKET_API int market_refund_retry(struct market_session *session,
                                   const market_refund_retry_params *in, market_refund **out,
                                   market_error *err);

#ifdef __cplusplus
}
#endif
#endif
