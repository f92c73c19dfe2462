/* Steps of a refund, private to libmarket/aftersale. */
#ifndef MK_AFTERSALE_INTERNAL_H
#define MK_AFTERSALE_INTERNAL_H

#include "libmarket/aftersale/refund.h"
#include "libmarket/payment/payment.h"

extern const mk_statement mk_refund_by_id, mk_refund_by_ref, mk_refund_of_order, mk_refund_page,
	mk_refund_insert, mk_refund_update;

/* The items of a refund as its row keeps them, and back. */
const char *mk_refund_items_write(mk_ctx *ctx, const market_refund *refund);
int mk_refund_items_read(mk_ctx *ctx, mk_refund *refund, market_error *err);
void mk_refund_save(mk_ctx *ctx, mk_refund *refund);

/* What is asked for, worked out: sets `items`, `cash`, `promo` and `freight` of the refund, which
 * may be nothing (amount.c). Errors: ENOTFOUND, EINVALID, ECURRENCY, EFUNDS. */
int mk_refund_work_out(mk_ctx *ctx, const mk_order *order, const market_refund_create_params *in,
                       mk_refund *refund, market_error *err);
bool mk_refund_is_nothing(const mk_refund *refund);

/* Posts it and changes the order, which the caller saves (apply.c). */
int mk_refund_apply(mk_ctx *ctx, mk_order *order, mk_refund *refund, market_error *err);
/* What the seller bears of a refund after release beyond the order's own pending earning. */
int mk_refund_burden(mk_ctx *ctx, const mk_order *order, const mk_refund *refund,
                     market_money *burden, market_error *err);

/* ---- ESC-7: refunds after release that are under way (exposure.c) ---- */

/* Wants the seller able to bear the burden beside those of all refunds under way, and counts it
 * when the refund is `asked` of a provider. EQUOTA unless `unlimited`. */
int mk_exposure_take(mk_ctx *ctx, mk_refund *refund, market_money burden, bool asked,
                     bool unlimited, market_error *err);
/* Its outcome is there. */
void mk_exposure_give(mk_ctx *ctx, mk_refund *refund);

/* ---- steps from the request to the outcome (refund.c) ---- */

/* Works it out and asks the provider, or posts it where nobody is to be asked. A refund that is
 * `stored` is saved, else added. The caller saves the order. */
int mk_refund_make(mk_ctx *ctx, mk_order *order, const market_refund_create_params *in,
                   mk_refund *refund, bool stored, market_error *err);
/* The order, with its lines, and the share of a refund; `share` NULL: isn't wanted. */
int mk_refund_load_all(mk_ctx *ctx, mk_refund *refund, mk_order **order, mk_share **share,
                       market_error *err);
/* The order of a refund may be refunded. ESTATE, EINFLIGHT. */
int mk_refund_check_order(const mk_order *order, market_error *err);
/* What is to be asked for of the units that aren't shipped; false: there are none. */
int mk_refund_ask_rest(mk_ctx *ctx, const mk_order *order, market_refund_create_params *in,
                       market_error *err);

/* ---- sending again (retry.c) ---- */

/* Its deadline after the outcome of a request that wasn't ok, at doubling intervals. */
void mk_refund_wait(mk_ctx *ctx, mk_refund *refund, const mk_request *request);

#endif
