/* The account that a seller's payouts go to (SEL-8, SEL-10). */
#ifndef MK_PARTY_PAYOUT_ACCOUNT_H
#define MK_PARTY_PAYOUT_ACCOUNT_H

#include "libmarket/party/party.h"

extern const mk_record mk_payout_account_record;
extern const mk_entity mk_payout_account_entity;

/* The account that the seller's payouts go to now, with its number in full, or NULL. */
int mk_payout_account_find(mk_ctx *ctx, market_id seller, market_payout_account **out,
                           market_error *err);

int mk_payout_account_set(mk_ctx *ctx, const void *params, market_error *err);
int mk_payout_account_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_payout_account_reveal(mk_ctx *ctx, const void *params, market_error *err);

#endif
