/* Steps of a refund, private to libmarket/aftersale. */
#ifndef MK_AFTERSALE_INTERNAL_H
#define MK_AFTERSALE_INTERNAL_H

#include "libmarket/aftersale/refund.h"

extern const mk_statement mk_refund_by_id, mk_refund_by_ref, mk_refund_of_order, mk_refund_page,
	mk_refund_insert, mk_refund_update;

/* The items of a refund as its row keeps them, and back. */
const char *mk_refund_items_write(mk_ctx *ctx, const market_refund *refund);
int mk_refund_items_read(mk_ctx *ctx, mk_refund *refund, market_error *err);
void mk_refund_save(mk_ctx *ctx, mk_refund *refund);

/* What is asked for, worked out: sets `items`, `cash`, `promo` and `freight` of the refund
 * (refund/amount.c). Errors: ENOTFOUND, EINVALID, ECURRENCY, EFUNDS. */
int mk_refund_work_out(mk_ctx *ctx, const mk_order *order, const market_refund_create_params *in,
                       mk_refund *refund, market_error *err);

/* Done: posts it and changes the order, which the caller saves (refund/apply.c). */
int mk_refund_apply(mk_ctx *ctx, mk_order *order, mk_refund *refund, market_error *err);
/* Whether the seller can bear it (ESC-7), without doing anything. EQUOTA. */
int mk_refund_check_sources(mk_ctx *ctx, const mk_order *order, const mk_refund *refund,
                            bool unlimited, market_error *err);

#endif
