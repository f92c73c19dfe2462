/*
 * Refunds: how much of what goes back to whom, and who bears it.
 *
 * A refund is asked of the provider when it is made and posted when the provider has done it: a
 * refund that fails changes nothing in the order (ESC-8). Meanwhile its amount is in flight: it is
 * neither held nor refundable, the order is frozen (ESC-3), and no second refund of the order
 * begins. A refund without cash asks nobody and is posted at once.
 */
#ifndef MK_AFTERSALE_REFUND_H
#define MK_AFTERSALE_REFUND_H

#include <market/refund.h>

#include "libmarket/order/order.h"
#include "libmarket/payment/request.h"

typedef struct mk_refund {
	market_refund refund;
	const char *items_text; /* JSON text of `items` */
	market_time due_at;     /* of its deadline row: it bounced, or failed and is automatic */
	int64_t automatic;      /* 1: an order's end owes it: sent again when it failed */
	market_money exposed;   /* counted for its seller while it is under way (exposure.c) */
} mk_refund;

extern const mk_record mk_refund_record, mk_refund_item_record;
extern const mk_entity mk_refund_entity;
extern const mk_enum mk_refund_state_enum, mk_borne_by_enum;
extern const char *const mk_refund_ddl[];

/* All that is left of a paid order that ends, freight included where nothing was shipped. Changes
 * and freezes `order`, whose lines must be loaded; the caller saves it. Without cash the refund is
 * done at once and closes the order. One that fails is sent again at its deadline, at doubling
 * intervals. Errors: EINFLIGHT, EFUNDS. */
int mk_refund_order(mk_ctx *ctx, mk_order *order, const char *reason, market_error *err);

/* The same of the units of a partly shipped order that aren't shipped, with the freight. Where
 * their money went back before, no refund is made and they count as refunded. */
int mk_refund_rest(mk_ctx *ctx, mk_order *order, const char *reason, market_error *err);

/* What the outcome of its request means: OK, DECLINED or FAILED. */
int mk_refund_outcome(mk_ctx *ctx, mk_request *request, market_error *err);

/* ESC-7: whether refunds under way keep the advance limit when all that is available is paid out.
 * Guards what it read. */
int mk_exposure_allows_payout(mk_ctx *ctx, market_id seller, const char *currency, bool *allowed,
                              market_error *err);
/* ESC-7: EINFLIGHT when the seller can't bear `amount` beside the refunds under way. Guards what it
 * read, unless it only looks. */
int mk_exposure_allows_fee(mk_ctx *ctx, market_id seller, market_money amount, bool look,
                           market_error *err);

int mk_refund_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_refund_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_refund_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_refund_bounce(mk_ctx *ctx, const void *params, market_error *err);
int mk_refund_retry(mk_ctx *ctx, const void *params, market_error *err);

#endif
