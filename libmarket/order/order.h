/* Order groups, seller orders and their lines: rows, loading, timers. */
#ifndef MK_ORDER_ORDER_H
#define MK_ORDER_ORDER_H

#include "libmarket/engine/context.h"

/* The row of a seller order: the public record and what is only stored. */
typedef struct mk_order {
	market_order order;
	market_time due_at;       /* of its deadline row, the earliest timer; 0: none */
	const char *freight_fees; /* JSON text of the fees frozen on freight */
	int32_t store_type;       /* of the seller at placement */
} mk_order;

/* The row of a line. */
typedef struct mk_order_line {
	market_order_line line;
	const char *fees_text;   /* JSON text of `fees` */
	const char *splits_text; /* JSON text of `splits` */
} mk_order_line;

extern const mk_record mk_order_record, mk_order_line_record, mk_order_group_record;
extern const mk_record mk_line_fee_record, mk_line_split_record;
extern const mk_entity mk_order_entity, mk_order_group_entity;
extern const mk_enum mk_order_state_enum, mk_close_reason_enum, mk_escrow_state_enum;

/* An order with its lines, fees and splits decoded; ENOTFOUND names `field`. */
int mk_order_load(mk_ctx *ctx, market_id id, const char *field, mk_order **out, market_error *err);
/* Decodes a row's lines: `lines` of the public record is set. The items are mk_order_line. */
int mk_order_load_lines(mk_ctx *ctx, mk_order *order, market_error *err);
/* All orders of a group, with lines. */
int mk_order_list_group(mk_ctx *ctx, market_id group, mk_order ***out, size_t *count, market_error *err);

/* Plans the update of an order that was read and then changed, its deadline row included: computes the
 * earliest of its timers. Call once per order and operation, last. */
void mk_order_save(mk_ctx *ctx, mk_order *order);
void mk_order_line_save(mk_ctx *ctx, mk_order_line *line);

/* The one transition table (ORD-2). ESTATE names the order and its state. */
typedef enum mk_order_step {
	MK_ORDER_PAY = 1,
	MK_ORDER_SHIP,      /* the last line is shipped */
	MK_ORDER_CONFIRM,   /* by the buyer or by itself */
	MK_ORDER_CLOSE_UNPAID,
	MK_ORDER_CANCEL,    /* paid or not, before shipping */
	MK_ORDER_REFUND_WHOLE /* everything refunded before finishing */
} mk_order_step;
int mk_order_step_to(mk_ctx *ctx, mk_order *order, mk_order_step step, market_error *err);

/* What other modules do to an order; each plans postings and changes `order`, the caller saves it. */

/* payment → order: the share's cash is captured: escrow funded, stock committed, state wait_ship. */
int mk_order_paid(mk_ctx *ctx, mk_order *order, market_error *err);
/* Returns the stock that isn't shipped: reserved (unpaid) or sold (paid) back to free. */
int mk_order_return_stock(mk_ctx *ctx, mk_order *order, market_error *err);

extern const char *const mk_order_ddl[];

#endif
