/* Payments, their shares of seller orders, and notifications: rows, loading, capture. */
#ifndef MK_PAYMENT_PAYMENT_H
#define MK_PAYMENT_PAYMENT_H

#include <market/plugin.h>

#include "libmarket/order/order.h"
#include "libmarket/payment/request.h"

/* The row of a payment. */
typedef struct mk_payment {
	market_payment payment;
	const char *parts;     /* its shares and their orders: "book.share.order" with blanks between */
	market_time return_at; /* PAY-2: then late money is sent back again; 0: none waits for that */
	market_time due_at;    /* of its deadline row, the earliest timer; 0: none */
} mk_payment;

/* The row of a share; it lies in the seller's book. */
typedef struct mk_share {
	market_share share;
} mk_share;

typedef struct mk_notification {
	market_notification notification;
} mk_notification;

extern const mk_record mk_payment_record, mk_share_record, mk_notification_record;
extern const mk_entity mk_payment_entity, mk_notification_entity;
extern const mk_enum mk_payment_state_enum, mk_notification_result_enum;

/* A payment, without and with its shares; ENOTFOUND names `field`. The public record's `shares` are
 * set. */
int mk_payment_load(mk_ctx *ctx, market_id id, const char *field, mk_payment **out,
                    market_error *err);
int mk_payment_load_shares(mk_ctx *ctx, mk_payment *payment, mk_share ***out, size_t *count,
                           market_error *err);
void mk_payment_save(mk_ctx *ctx, mk_payment *payment);

/* The shares of an order, newest payment first (ORD-3). */
int mk_share_list_order(mk_ctx *ctx, market_id order, mk_share ***out, size_t *count,
                        market_error *err);
/* Plans the update of a share that was read and then changed. Call once per share and operation. */
void mk_share_save(mk_ctx *ctx, mk_share *share);
/* ESC-6: captured − refunded − in flight − charged back. What is owed for a closed order (PAY-2)
 * was never captured for it. */
market_money mk_share_refundable(const mk_share *share);

/* Makes the payment of a checkout with a share for each order. */
int mk_payment_create(mk_ctx *ctx, const market_order_group *group, mk_order *const *orders,
                      size_t n_orders, const char *method, mk_payment **out, mk_share ***shares,
                      market_error *err);
/* Plans both; the orders are planned before. */
void mk_payment_add(mk_ctx *ctx, mk_payment *payment, mk_share *const *shares);

/* A payment's shares and, in the same order, their orders with lines. */
typedef struct mk_parts {
	mk_share **shares;
	mk_order **orders;
	size_t count;
} mk_parts;
int mk_payment_load_parts(mk_ctx *ctx, mk_payment *payment, mk_parts *out, market_error *err);
/* The money is here. Each share is captured and its order paid or, when the order no longer waits
 * for it, owed to the buyer and sent back (PAY-2). Plans everything. `result` is a
 * market_notification_result. */
int mk_payment_capture(mk_ctx *ctx, mk_payment *payment, const mk_parts *parts,
                       const char *reference, int32_t *result, market_error *err);
/* Removes what a buyer doesn't see. */
void mk_payment_hide(const mk_ctx *ctx, mk_payment *payment);

/* How many of them wait to be paid. */
size_t mk_parts_waiting(const mk_parts *parts);

/* An unpaid order is closed: its payment isn't expected any more when none of its orders waits for
 * it. A charge or capture that wasn't sent yet is withdrawn, an authorisation voided (PAY-4); a
 * charge is made anew for the orders that are left. */
int mk_payment_order_closed(mk_ctx *ctx, const mk_order *order, market_error *err);

/* What the outcome of a request means (request.c calls them). */
int mk_payment_charge_outcome(mk_ctx *ctx, mk_request *request, market_error *err);
/* A charge's outcome comes later: its orders wait as long as the provider says. */
int mk_payment_charge_pending(mk_ctx *ctx, mk_request *request, market_error *err);
int mk_payment_return_outcome(mk_ctx *ctx, mk_request *request, market_error *err);
int mk_payment_void_outcome(mk_ctx *ctx, mk_request *request, market_error *err);

/* A notification of that event, stored before; absent when there is none. */
int mk_notification_known(mk_ctx *ctx, int64_t book, const char *provider, const char *event,
                          market_id *known, market_error *err);
/* Plans the row of one that moves no money. */
market_id mk_notification_keep(mk_ctx *ctx, int64_t book, const market_notification *told);

extern const char *const mk_payment_ddl[];

/* ---- handlers ---- */

int mk_payment_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_payment_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_payment_start(mk_ctx *ctx, const void *params, market_error *err);
int mk_payment_notify(mk_ctx *ctx, const void *params, market_error *err);
int mk_payment_settle(mk_ctx *ctx, const void *params, market_error *err);
int mk_payment_return(mk_ctx *ctx, const void *params, market_error *err);
int mk_payment_lapse(mk_ctx *ctx, const void *params, market_error *err);
int mk_request_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_provider_outcome(mk_ctx *ctx, const void *params, market_error *err);

#endif
