/*
 * Checkout, order groups and seller orders.
 *
 * Since 0.1.
 */
#ifndef MARKET_ORDER_H
#define MARKET_ORDER_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

typedef enum market_order_state {
	MARKET_ORDER_WAIT_PAY = 1,
	MARKET_ORDER_WAIT_SHIP,
	MARKET_ORDER_WAIT_CONFIRM,
	MARKET_ORDER_FINISHED,
	MARKET_ORDER_CLOSED
} market_order_state;

typedef enum market_close_reason {
	MARKET_CLOSE_UNPAID = 1,
	MARKET_CLOSE_BUYER_CANCELLED,
	MARKET_CLOSE_SELLER_CANCELLED,
	MARKET_CLOSE_OPERATOR_CANCELLED,
	MARKET_CLOSE_UNSHIPPED,
	MARKET_CLOSE_REFUNDED
} market_close_reason;

/* ESC-2. `none` until money is captured. */
typedef enum market_escrow_state {
	MARKET_ESCROW_NONE = 1,
	MARKET_ESCROW_HELD,
	MARKET_ESCROW_SETTLED
} market_escrow_state;

/* A fee frozen on a line at placement (COM-3, COM-4). */
typedef struct market_line_fee {
	const char *kind;
	market_money amount;
	market_money tax;
	const char *rule;        /* the name of the rule that matched */
	const char *explanation; /* every rule looked at and why it did or didn't match */
	int32_t reversal;        /* proportional, full_only, never */
} market_line_fee;

/* A part of the line's proceeds that goes to somebody else (AFF-1, SET-6). */
typedef struct market_line_split {
	const char *kind; /* "affiliate" */
	const char *beneficiary;
	market_money amount;
} market_line_split;

/* One line of a seller order; frozen at placement but for its quantities and refunded sums. */
typedef struct market_order_line {
	market_id id;
	market_id order;
	market_id sku;
	market_id offer;
	market_id product;
	market_id stock; /* the stock row it reserved */
	const char *title;
	const char *attributes; /* JSON text of the variant's attribute values */
	const char *category;   /* code of the back category */
	const char *currency;
	int64_t quantity;
	market_money price;           /* of one unit */
	market_money seller_discount; /* of the whole line */
	market_money promo;           /* third-funded discount of the whole line */
	const char *funder;           /* "platform" or the funder's name */
	market_money cash; /* what the buyer pays for the line: price × quantity − discounts */
	int64_t shipped_quantity;
	int64_t received_quantity;
	int64_t refunded_quantity;
	market_money refunded_cash;
	market_money refunded_promo;
	const market_line_fee *const *fees;
	size_t n_fees;
	const market_line_split *const *splits;
	size_t n_splits;
	int64_t version;
} market_order_line;

/* The seller's part of a checkout. `cash` + `promo` = what its escrow is funded with. */
typedef struct market_order {
	market_id id;
	const char *ref;
	market_id group;
	market_id buyer;
	market_id seller;
	int32_t state;
	int32_t close_reason;
	const char *currency;
	market_money items; /* price × quantity of all lines */
	market_money freight;
	market_money seller_discount;
	market_money promo;
	market_money cash; /* items + freight − seller_discount − promo */
	int32_t escrow;    /* ESC-2 */
	market_money funded;
	market_money released;
	market_money refunded_cash; /* with freight; also what left after release */
	market_money refunded_promo;
	market_money in_flight; /* requested of a provider, outcome open */
	market_money freight_refunded;
	market_money compensated; /* ESC-1: given back to the platform that had paid the buyer */
	int64_t freezes;          /* ESC-3 */
	market_time created_at;
	market_time paid_at;
	market_time shipped_at;
	market_time delivered_at;
	market_time finished_at;
	market_time closed_at;
	market_time pay_by;          /* ORD-4: the timers; absent when they don't run */
	market_time ship_by;         /* late afterwards */
	market_time cancel_at;       /* unshipped: cancelled by itself */
	market_time confirm_at;      /* confirmed by itself */
	market_time release_at;      /* escrow is released */
	market_time mature_at;       /* the earning becomes available */
	market_time preparing_at;    /* ORD-7: the seller began to pack it */
	market_time cancel_asked_at; /* the buyer wished to cancel it since; granted at cancel_at */
	const char *note;
	const char *address; /* where it goes: JSON text, frozen */
	int64_t policy;      /* the number of the policy version frozen for it */
	int64_t version;
	const market_order_line *const *lines;
	size_t n_lines;
} market_order;

/* One checkout of a buyer (ORD-1). */
typedef struct market_order_group {
	market_id id;
	const char *ref;
	market_id buyer;
	const char *currency;
	market_money total; /* what the buyer pays: the sum of its orders' cash */
	market_money promo;
	market_id payment;   /* the first payment, made with the group */
	const char *address; /* JSON text, frozen */
	market_time created_at;
	int64_t policy;
	int64_t version;
	const market_order *const *orders;
	size_t n_orders;
	const market_pair *const *metadata;
	size_t n_metadata;
} market_order_group;

/* What to buy: a SKU and a quantity; `price` is the unit price the buyer was shown (ORD-5). */
typedef struct market_place_item {
	uint32_t size;
	market_id sku;
	int64_t quantity;
	market_money price; /* absent: not checked */
	market_id warehouse;
	/* Who brought the buyer; earns the policy's affiliate split. By operators and the system alone.
	 */
	const char *affiliate;
} market_place_item;
#define MARKET_PLACE_ITEM_INIT MARKET_INIT(market_place_item)

/* A discount with its funder. `seller` absent: divided over all sellers' lines of the checkout. */
typedef struct market_place_discount {
	uint32_t size;
	const char *funder; /* "seller", "platform" or a funder's name */
	market_id seller;
	market_money amount;
	const char *code;
} market_place_discount;
#define MARKET_PLACE_DISCOUNT_INIT MARKET_INIT(market_place_discount)

typedef struct market_place_freight {
	uint32_t size;
	market_id seller;
	market_money amount;
} market_place_freight;
#define MARKET_PLACE_FREIGHT_INIT MARKET_INIT(market_place_freight)

/* The reference of a seller's order, unique in the seller's book. */
typedef struct market_place_ref {
	uint32_t size;
	market_id seller;
	const char *ref;
} market_place_ref;
#define MARKET_PLACE_REF_INIT MARKET_INIT(market_place_ref)

/* `ref` is the checkout's, in the buyer's book; `order_refs` name its orders, each in its seller's
 * book: the first where a seller has several. `discounts`, `freight` and `order_refs` state what
 * the application's server knows: only operators with orders and the system may give them. */
typedef struct market_order_place_params {
	uint32_t size;
	const char *key;
	market_id buyer;
	const char *ref;
	const char *currency;
	const market_place_item *const *items;
	size_t n_items;
	const market_place_discount *const *discounts;
	size_t n_discounts;
	const market_place_freight *const *freight;
	size_t n_freight;
	market_id address;
	const char *method; /* the way to pay, as the provider names it */
	const char *note;
	const market_pair *const *metadata;
	size_t n_metadata;
	const market_place_ref *const *order_refs;
	size_t n_order_refs;
} market_order_place_params;
#define MARKET_ORDER_PLACE_PARAMS_INIT MARKET_INIT(market_order_place_params)

/* Checks out: one group, one order per seller (ORD-1), stock reserved, a payment made.
 * By the buyer and operators with orders.
 * Errors: EDENIED, ENOTFOUND, EPURCHASABLE, ECHANGED, ESTOCK, ECURRENCY, EINVALID, EOVERFLOW,
 * EEXISTS. Since 0.1. */
MARKET_API int market_order_place(struct market_session *session,
                                  const market_order_place_params *in, market_order_group **out,
                                  market_error *err);
MARKET_API void market_order_group_free(market_order_group *group);

typedef struct market_order_get_params {
	uint32_t size;
	const char *key;
	market_id order;
} market_order_get_params;
#define MARKET_ORDER_GET_PARAMS_INIT MARKET_INIT(market_order_get_params)

/* One order with its lines. By its buyer, members of its seller and operators with orders. Since
 * 0.1. */
MARKET_API int market_order_get(struct market_session *session, const market_order_get_params *in,
                                market_order **out, market_error *err);
MARKET_API void market_order_free(market_order *order);

typedef struct market_order_group_get_params {
	uint32_t size;
	const char *key;
	market_id group;
} market_order_group_get_params;
#define MARKET_ORDER_GROUP_GET_PARAMS_INIT MARKET_INIT(market_order_group_get_params)

/* A checkout with its orders and their lines. By its buyer and operators with orders. Since 0.1. */
MARKET_API int market_order_group_get(struct market_session *session,
                                      const market_order_group_get_params *in,
                                      market_order_group **out, market_error *err);

/* Either `seller` or `buyer`; absent, a member gets its seller's and a buyer its own. `from` and
 * `to` bound the time of placing: from ≤ created_at < to. */
typedef struct market_order_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	market_id buyer;
	int32_t state;
	market_time from;
	market_time to;
	const char *after;
	const int64_t *limit;
} market_order_list_params;
#define MARKET_ORDER_LIST_PARAMS_INIT MARKET_INIT(market_order_list_params)

typedef struct market_order_page {
	const market_order *const *items; /* without lines */
	size_t n_items;
	const char *next;
} market_order_page;

/* A seller's or a buyer's orders, newest first. By the buyer, members of the seller and operators
 * with orders. Errors: EMISSING, ENOTFOUND, EINVALID (after). Since 0.1. */
MARKET_API int market_order_list(struct market_session *session, const market_order_list_params *in,
                                 market_order_page **out, market_error *err);
MARKET_API void market_order_page_free(market_order_page *page);

/* What a parcel holds. */
typedef struct market_ship_item {
	uint32_t size;
	market_id line;
	int64_t quantity;
} market_ship_item;
#define MARKET_SHIP_ITEM_INIT MARKET_INIT(market_ship_item)

/* `items` absent: everything that is left. */
typedef struct market_order_ship_params {
	uint32_t size;
	const char *key;
	market_id order;
	const char *carrier;
	const char *tracking;
	const market_ship_item *const *items;
	size_t n_items;
	const char *ref; /* of the shipment */
} market_order_ship_params;
#define MARKET_ORDER_SHIP_PARAMS_INIT MARKET_INIT(market_order_ship_params)

/* Hands over a parcel: the whole order, or lines by quantity. The order waits for confirmation when
 * its last unit is shipped or refunded; until then `cancel_at` runs on. By members of the seller
 * with fulfilment, operators with orders and the system. Errors: ESTATE, EFROZEN, ENOTFOUND
 * (items), EINVALID (items), EEXISTS (ref). Since 0.1.
 */
MARKET_API int market_order_ship(struct market_session *session, const market_order_ship_params *in,
                                 market_order **out, market_error *err);

/* `shipment` absent: every parcel. `proof` is the carrier's or recipient's, as text. */
typedef struct market_order_deliver_params {
	uint32_t size;
	const char *key;
	market_id order;
	market_id shipment;
	market_time delivered_at; /* absent: now */
	const char *proof;
} market_order_deliver_params;
#define MARKET_ORDER_DELIVER_PARAMS_INIT MARKET_INIT(market_order_deliver_params)

/* Records the proof of delivery. Confirmation by itself comes not before the policy's time after it
 * (ORD-4). By members of the seller with fulfilment, operators with orders and the system.
 * Errors: ESTATE, ENOTFOUND (shipment), EINVALID (delivered_at). Since 0.1. */
MARKET_API int market_order_deliver(struct market_session *session,
                                    const market_order_deliver_params *in, market_order **out,
                                    market_error *err);

typedef struct market_order_confirm_params {
	uint32_t size;
	const char *key;
	market_id order;
} market_order_confirm_params;
#define MARKET_ORDER_CONFIRM_PARAMS_INIT MARKET_INIT(market_order_confirm_params)

/* The buyer has the goods: the order is finished and its escrow due for release (ESC-4).
 * By the buyer, operators with orders. Errors: ESTATE, EFROZEN. Since 0.1. */
MARKET_API int market_order_confirm(struct market_session *session,
                                    const market_order_confirm_params *in, market_order **out,
                                    market_error *err);

typedef struct market_order_auto_confirm_params {
	uint32_t size;
	const char *key;
	market_id order;
} market_order_auto_confirm_params;
#define MARKET_ORDER_AUTO_CONFIRM_PARAMS_INIT MARKET_INIT(market_order_auto_confirm_params)

/* The same by itself, when `confirm_at` has come. Where the carrier reports deliveries and no proof
 * has come by then, the time is extended to the carrier's limit once. By the system and operators
 * with orders. Errors: ESTATE, EFROZEN. Since 0.1. */
MARKET_API int market_order_auto_confirm(struct market_session *session,
                                         const market_order_auto_confirm_params *in,
                                         market_order **out, market_error *err);

typedef struct market_order_close_unpaid_params {
	uint32_t size;
	const char *key;
	market_id order;
} market_order_close_unpaid_params;
#define MARKET_ORDER_CLOSE_UNPAID_PARAMS_INIT MARKET_INIT(market_order_close_unpaid_params)

/* Closes an order that wasn't paid by `pay_by`; its stock is free again. By the system.
 * Errors: ESTATE. Since 0.1. */
MARKET_API int market_order_close_unpaid(struct market_session *session,
                                         const market_order_close_unpaid_params *in,
                                         market_order **out, market_error *err);

/* `reason` is a code of the caller's; sellers and operators must give one. */
typedef struct market_order_cancel_params {
	uint32_t size;
	const char *key;
	market_id order;
	const char *reason;
} market_order_cancel_params;
#define MARKET_ORDER_CANCEL_PARAMS_INIT MARKET_INIT(market_order_cancel_params)

/* Cancels before anything is shipped (ORD-7); a paid order is refunded whole. By the buyer at once,
 * by members of the seller with fulfilment and by operators with orders for a reason. Once the
 * seller prepares the order, the buyer's call is a wish: the seller grants it by cancelling, or
 * refuses it by shipping; after the policy's time of silence it is granted. Errors: EMISSING
 * (reason), ESTATE, EFROZEN, EFUNDS. Since 0.1. */
MARKET_API int market_order_cancel(struct market_session *session,
                                   const market_order_cancel_params *in, market_order **out,
                                   market_error *err);

typedef struct market_order_prepare_params {
	uint32_t size;
	const char *key;
	market_id order;
} market_order_prepare_params;
#define MARKET_ORDER_PREPARE_PARAMS_INIT MARKET_INIT(market_order_prepare_params)

/* The seller packs a paid order: from now on the buyer can't cancel it at once (ORD-7). Its state
 * stays. By members of the seller with fulfilment and operators with orders. Errors: ESTATE,
 * EFROZEN. Since 0.1. */
MARKET_API int market_order_prepare(struct market_session *session,
                                    const market_order_prepare_params *in, market_order **out,
                                    market_error *err);

typedef struct market_order_cancel_unshipped_params {
	uint32_t size;
	const char *key;
	market_id order;
} market_order_cancel_unshipped_params;
#define MARKET_ORDER_CANCEL_UNSHIPPED_PARAMS_INIT MARKET_INIT(market_order_cancel_unshipped_params)

/* Cancels and refunds a paid order of which nothing was shipped by `cancel_at` (ORD-4), or that the
 * buyer wished to cancel and the seller kept silent about (ORD-7). Of an order
 * that was shipped in part the rest is refunded, with the freight, and the order goes on: it waits
 * for confirmation when the refund is done. By the system. Errors: ESTATE, EFROZEN, EFUNDS. Since
 * 0.1. */
MARKET_API int market_order_cancel_unshipped(struct market_session *session,
                                             const market_order_cancel_unshipped_params *in,
                                             market_order **out, market_error *err);

/* `by`: a buyer's is the policy's (3 d); a seller chooses one of the policy's (3, 5, 7 or 10 d). */
typedef struct market_order_extend_params {
	uint32_t size;
	const char *key;
	market_id order;
	market_time by;
	const char *reason;
} market_order_extend_params;
#define MARKET_ORDER_EXTEND_PARAMS_INIT MARKET_INIT(market_order_extend_params)

/* Gives more time before the order confirms itself: the buyer twice, the seller by its choice
 * (ORD-4). By the buyer and members of the seller with fulfilment. Errors: ESTATE, EINVALID (by),
 * EQUOTA. Since 0.1. */
MARKET_API int market_order_extend(struct market_session *session,
                                   const market_order_extend_params *in, market_order **out,
                                   market_error *err);

#ifdef __cplusplus
}
#endif
#endif
