/* Order groups, seller orders and their lines: rows, loading, timers. */
#ifndef MK_ORDER_ORDER_H
#define MK_ORDER_ORDER_H

#include "libmarket/engine/context.h"

/* The row of a seller order: the public record and what is only stored. */
typedef struct mk_order {
	market_order order;
	market_time due_at;       /* of its deadline row, the earliest timer; 0: none */
	const char *freight_fees; /* fees frozen on freight, as a line's */
	int32_t store_type;       /* of the seller at placement */
	int64_t whole;            /* MK_WHOLE_… */
	/* ESC-3: what remained of the timers when they were frozen; 0: none */
	market_time ship_left, cancel_left, confirm_left, release_left;
	const char *freeze_reason;
	int64_t buyer_extensions, seller_extensions; /* ORD-4: how often confirmation was put off */
	int64_t carrier_extended;                    /* it was extended to the carrier's limit */
	const char *cancel_reason;
	market_id warehouse; /* only while the order is placed; not a column */
} mk_order;

/* Everything went in one parcel, or was received at once: the lines' rows don't say so one by one.
 */
enum {
	MK_WHOLE_SHIPPED = 1 << 0,
	MK_WHOLE_RECEIVED = 1 << 1,
	MK_PARTLY_SHIPPED = 1 << 2 /* a parcel held some of the lines: their rows say how much */
};

/* The row of a line. */
typedef struct mk_order_line {
	market_order_line line;
	const char *fees_text;   /* `fees` as the row holds them (order/frozen.c) */
	const char *splits_text; /* `splits` likewise */
	/* Only while the order is placed, for what freezes fees; not columns. */
	const struct mk_item *item; /* the catalogue's (catalog/catalog.h), with its category's path */
	const char *affiliate;      /* who brought the buyer; NULL: nobody */
} mk_order_line;

/* The row of a checkout. */
typedef struct mk_order_group {
	market_order_group group;
	const char *order_list; /* its orders: "book.id" with blanks between */
} mk_order_group;

extern const mk_record mk_order_record, mk_order_line_record, mk_order_group_record;
extern const mk_record mk_line_fee_record, mk_line_split_record;
extern const mk_entity mk_order_entity, mk_order_group_entity;
extern const mk_enum mk_order_state_enum, mk_close_reason_enum, mk_escrow_state_enum;

/* An order with its lines, fees and splits decoded; ENOTFOUND names `field`. */
int mk_order_load(mk_ctx *ctx, market_id id, const char *field, mk_order **out, market_error *err);
/* Decodes a row's lines: `lines` of the public record is set. The items are mk_order_line. */
int mk_order_load_lines(mk_ctx *ctx, mk_order *order, market_error *err);
/* The lines of several orders in one batch, their fees and splits left as text. */
int mk_order_read_lines(mk_ctx *ctx, mk_order *const *orders, size_t count, market_error *err);
/* The rows as a line of the public record has them: quantities of whole parcels filled in. */
void mk_order_put_lines(mk_order *order, mk_order_line *const *lines, size_t count);
/* All orders of a checkout with their lines as rows; and a row's fees and splits decoded. */
int mk_order_group_orders(mk_ctx *ctx, const mk_order_group *group, mk_order ***out, size_t *count,
                          market_error *err);
int mk_order_decode_lines(mk_ctx *ctx, mk_order *order, market_error *err);
int mk_order_group_load(mk_ctx *ctx, market_id id, const char *field, mk_order_group **out,
                        market_error *err);
void mk_order_group_save(mk_ctx *ctx, mk_order_group *group);

/* The texts of fees and splits that a line's row carries, and back. NULL text: none. */
const char *mk_order_fees_write(mk_ctx *ctx, const market_line_fee *const *fees, size_t count);
int mk_order_fees_read(mk_ctx *ctx, const char *text, const market_line_fee *const **out,
                       size_t *count, market_error *err);
const char *mk_order_splits_write(mk_ctx *ctx, const market_line_split *const *splits,
                                  size_t count);
int mk_order_splits_read(mk_ctx *ctx, const char *text, const market_line_split *const **out,
                         size_t *count, market_error *err);
/* The policy frozen for the order. */
const mk_policy *mk_order_policy(const mk_ctx *ctx, const mk_order *order);

/* Plans the update of an order that was read and then changed, its deadline row included: computes
 * the earliest of its timers. Call once per order and operation, last. Timers and their operations:
 *   pay_by      order.close_unpaid       cancel_at   order.cancel_unshipped
 *   confirm_at  order.auto_confirm       release_at  escrow.release
 *   mature_at   settlement.mature */
void mk_order_save(mk_ctx *ctx, mk_order *order);
/* Plans a new order with its deadline and its lines. */
void mk_order_add(mk_ctx *ctx, mk_order *order);
/* ESC-3: freezes count. The first one takes what remains of ship_by, cancel_at, confirm_at and
 * release_at away, the end of the last one gives it back from now on; meanwhile nothing matures.
 * The caller saves the order. */
void mk_order_freeze(mk_ctx *ctx, mk_order *order, const char *reason);
void mk_order_unfreeze(mk_ctx *ctx, mk_order *order);
void mk_order_line_save(mk_ctx *ctx, mk_order_line *line);

/* The one transition table (ORD-2). ESTATE names the order and its state. */
typedef enum mk_order_step {
	MK_ORDER_PAY = 1,
	MK_ORDER_SHIP,    /* nothing is left to ship */
	MK_ORDER_CONFIRM, /* by the buyer or by itself */
	MK_ORDER_CLOSE_UNPAID,
	MK_ORDER_CANCEL,      /* paid or not, before shipping */
	MK_ORDER_REFUND_WHOLE /* everything refunded before finishing */
} mk_order_step;
int mk_order_step_to(mk_ctx *ctx, mk_order *order, mk_order_step step, market_error *err);
/* The state that a step leads to from `state`; 0: not allowed there. */
int32_t mk_order_next_state(int32_t state, mk_order_step step);

/* What other modules do to an order; each plans postings and changes `order`, the caller saves it.
 */

/* payment → order: the share's cash is captured: escrow funded, stock committed, state wait_ship.
 * The lines must be loaded. */
int mk_order_paid(mk_ctx *ctx, mk_order *order, market_error *err);
/* Third-funded discounts of an order by funder (its lines must be loaded): "platform" or a name. */
typedef struct mk_promo {
	const char *funder;
	market_money amount;
} mk_promo;
int mk_order_promos(mk_ctx *ctx, const mk_order *order, mk_promo **out, size_t *count,
                    market_error *err);
/* Returns the stock that isn't shipped: reserved (unpaid) or sold (paid) back to free. */
int mk_order_return_stock(mk_ctx *ctx, mk_order *order, market_error *err);
/* How many units of a line are neither in a parcel nor refunded. */
int64_t mk_order_left_to_ship(const market_order_line *line);
/* aftersale → order: units were refunded. A partly shipped order of which nothing is left to ship
 * waits for confirmation from now on. The lines must be loaded. */
int mk_order_rest_refunded(mk_ctx *ctx, mk_order *order, market_error *err);

extern const char *const mk_order_ddl[];
extern const mk_statement mk_order_by_id, mk_order_by_ref, mk_order_insert, mk_order_update;
extern const mk_statement mk_order_page_seller, mk_order_page_buyer;
extern const mk_statement mk_order_line_list, mk_order_line_insert, mk_order_line_update;
extern const mk_statement mk_order_group_by_id, mk_order_group_by_ref, mk_order_group_insert,
	mk_order_group_update;

/* ---- handlers ---- */

int mk_order_place(mk_ctx *ctx, const void *params, market_error *err);
int mk_order_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_order_group_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_order_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_order_prepare(mk_ctx *ctx, const void *params, market_error *err);
int mk_order_ship(mk_ctx *ctx, const void *params, market_error *err);
int mk_order_deliver(mk_ctx *ctx, const void *params, market_error *err);
int mk_order_confirm(mk_ctx *ctx, const void *params, market_error *err);
int mk_order_auto_confirm(mk_ctx *ctx, const void *params, market_error *err);
int mk_order_extend(mk_ctx *ctx, const void *params, market_error *err);
int mk_order_close_unpaid(mk_ctx *ctx, const void *params, market_error *err);
int mk_order_cancel(mk_ctx *ctx, const void *params, market_error *err);
int mk_order_cancel_unshipped(mk_ctx *ctx, const void *params, market_error *err);

#endif
