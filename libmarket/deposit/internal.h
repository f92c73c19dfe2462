#ifndef MK_DEPOSIT_INTERNAL_H
#define MK_DEPOSIT_INTERNAL_H

#include "libmarket/deposit/deposit.h"

extern const mk_statement mk_deposit_of_seller, mk_deposit_insert, mk_deposit_update;
extern const mk_statement mk_deposit_movement_insert, mk_deposit_movement_page;

/* Completes an output: balance, minimum, shortfall. */
int mk_deposit_fill(mk_ctx *ctx, void *row, market_error *err);

#endif
