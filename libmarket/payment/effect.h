/* What events do to a payment, not saved yet; private to libmarket/payment. */
#ifndef MK_PAYMENT_EFFECT_H
#define MK_PAYMENT_EFFECT_H

#include "libmarket/payment/sql.h"

/* These change the records given and plan postings; orders are saved, payment and shares are not.
 */
int mk_effect_capture(mk_ctx *ctx, mk_payment *payment, const mk_parts *parts,
                      const char *reference, int32_t *result, market_error *err);
int mk_effect_authorise(mk_ctx *ctx, mk_payment *payment, const char *reference,
                        market_time expires, int32_t *result, market_error *err);
/* Asks the provider to give up an authorisation (PAY-4). */
int mk_effect_void(mk_ctx *ctx, const market_payment *payment, market_error *err);
/* The payment is closed; another, for those of its orders that wait, is asked for by the same
 * method. */
int mk_payment_restart(mk_ctx *ctx, mk_payment *old, const mk_parts *parts, market_error *err);
void mk_effect_fail(mk_ctx *ctx, mk_payment *payment, const char *reason, int32_t *result);
/* PAY-5. False in `*any` when there is nothing to settle. */
int mk_effect_settle(mk_ctx *ctx, mk_payment *payment, const mk_parts *parts, market_money fee,
                     bool *any, market_error *err);
/* PAY-2: money that isn't what was asked for, by the row that tells of it, which is marked and not
 * saved. `known`: another row has told of the same money. The payment must be saved: its version
 * keeps two tellers apart. */
int mk_effect_suspend(mk_ctx *ctx, const mk_payment *payment, market_notification *row, bool *known,
                      market_error *err);
/* The same when an answer says so and no notification has come: a row of our own keeps the money.
 */
int mk_notification_suspend(mk_ctx *ctx, const mk_payment *payment, const market_request *request,
                            market_money amount, market_error *err);

#endif
