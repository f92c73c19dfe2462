/* Fees and splits of an order: which rules apply, how much they take, and why (COM-1 to COM-4). */
#ifndef MK_SETTLEMENT_FEE_H
#define MK_SETTLEMENT_FEE_H

#include "libmarket/order/order.h"

/* What fees are computed on: a line, or an order's freight. */
typedef struct mk_fee_component {
	market_money base; /* line: price × quantity − seller's discount; freight: its amount */
	int64_t quantity;
	const char *category_path; /* "/media/books/"; NULL: none, as of freight */
	const char *affiliate;     /* NULL: nobody */
	bool freight;
	/* out, in the policy's order. A fee costs the seller amount + tax, whatever the tax's mode. */
	const market_line_fee *const *fees;
	size_t n_fees;
	const market_line_split *const *splits;
	size_t n_splits;
} mk_fee_component;

typedef struct mk_fee_order {
	market_id seller;
	const char *seller_ref;
	int32_t store_type;
	const char *currency;
	mk_fee_component *components;
	size_t n_components;
} mk_fee_order;

/*
 * Computes the fees and splits of one order. Amounts of a rule that are in another currency than
 * the order's don't apply. When the sum exceeds a component, the last kinds are cut first, splits
 * before fees. EOVERFLOW when the amounts are too large.
 */
int mk_fee_compute(mk_arena *arena, const mk_policy *policy, mk_fee_order *order,
                   market_error *err);

/* COM-3: freezes them on an order that is being placed: `fees`, `splits` and their texts on the
 * lines, `freight_fees` on the order. Needs `item` of the lines; reads nothing. */
int mk_fee_freeze(mk_ctx *ctx, mk_order *order, mk_order_line **lines, size_t n, market_error *err);

#endif
