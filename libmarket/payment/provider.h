/* The providers of a market, by name. */
#ifndef MK_PAYMENT_PROVIDER_H
#define MK_PAYMENT_PROVIDER_H

#include <market/plugin.h>

#include "libmarket/engine/context.h"

#define MK_SANDBOX "sandbox"

/* At open, with the sandbox when a policy of the store names it; and at close. */
int mk_providers_open(market *m, market_error *err);
void mk_providers_close(market *m);

/* NULL when there is none of that name. */
const market_payment_provider *mk_provider_find(market *m, const char *name);

/* EPROVIDER with what to do; returns it. */
int mk_provider_absent(const char *name, market_error *err);

/* Asks a provider to verify and read a notification. `event` is only filled with what can be used.
 * Errors: what the provider returned; EPROVIDER for no code of ours; EINVALID (body); ENOMEM. */
int mk_provider_verify(mk_ctx *ctx, const market_payment_provider *provider,
                       const market_payment_notify_params *in, market_provider_event *event,
                       market_error *err);

/* Asks it to send or to query. With an error, which is also that of an answer that can't be used,
 * the answer is UNKNOWN. `err` isn't NULL. */
int mk_provider_ask(market *m, const market_payment_provider *provider,
                    const market_provider_request *request, bool query,
                    market_provider_answer *answer, market_error *err);

/* The provider "sandbox" (payment/sandbox.c); its own store is opened when it is first used. */
int mk_sandbox_provider(market *m, market_payment_provider *out, market_error *err);

#endif
