/* SEL-1: requirements of the policy against what a seller has submitted. */
#ifndef MK_PARTY_REQUIREMENT_H
#define MK_PARTY_REQUIREMENT_H

#include "libmarket/party/party.h"

/* Whether no requirement of the gate is open: computed, never stored. */
int mk_seller_complete(mk_ctx *ctx, const mk_seller *seller, mk_gate gate, bool *complete,
                       market_error *err);
/* Passes an application in onboarding on when nothing is open: to review, and by policy to
 * approval. `also_accepted` are keys that this operation accepts but has not written yet. */
int mk_seller_advance(mk_ctx *ctx, mk_seller *seller, const char *const *also_accepted,
                      size_t count, market_error *err);
int mk_seller_fill(mk_ctx *ctx, void *row, market_error *err);

#endif
