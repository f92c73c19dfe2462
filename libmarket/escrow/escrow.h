/* Escrow of seller orders (ESC-1 to ESC-4): what is held, freezes, release. */
#ifndef MK_ESCROW_ESCROW_H
#define MK_ESCROW_ESCROW_H

#include <market/escrow.h>

#include "libmarket/order/order.h"

extern const mk_record mk_escrow_record;
extern const mk_enum mk_escrow_outcome_enum;

/* ESC-1: funded − released − what left on the buyer's side − what is in flight. */
market_money mk_escrow_held(const market_order *order);
/* ESC-2: held until nothing is held and nothing in flight. The caller saves the order. */
void mk_escrow_update(mk_order *order);

int mk_escrow_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_escrow_release(mk_ctx *ctx, const void *params, market_error *err);
int mk_escrow_freeze(mk_ctx *ctx, const void *params, market_error *err);
int mk_escrow_unfreeze(mk_ctx *ctx, const void *params, market_error *err);

#endif
