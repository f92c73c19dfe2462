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
void mk_effect_fail(mk_ctx *ctx, mk_payment *payment, const char *reason, int32_t *result);
/* PAY-5. False in `*any` when there is nothing to settle. */
int mk_effect_settle(mk_ctx *ctx, mk_payment *payment, const mk_parts *parts, market_money fee,
                     bool *any, market_error *err);
/* PAY-2: money that isn't what was asked for. `name` tells it from other money; `replayed` when it
 * is there already. */
int mk_effect_suspend(mk_ctx *ctx, const mk_payment *payment, market_money amount, const char *name,
                      bool *replayed, market_error *err);
/* The same when an answer says so and no notification has come: a row of our own keeps the money.
 */
int mk_notification_suspend(mk_ctx *ctx, const mk_payment *payment, const market_request *request,
                            market_money amount, market_error *err);

#endif
