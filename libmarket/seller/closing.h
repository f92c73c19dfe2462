/* SEL-9: the end of a seller. */
#ifndef MK_SELLER_CLOSING_H
#define MK_SELLER_CLOSING_H

#include <market/closing.h>

#include "libmarket/party/party.h"

extern const mk_record mk_obstacles_record;

int mk_seller_reject(mk_ctx *ctx, const void *params, market_error *err);
int mk_seller_expire(mk_ctx *ctx, const void *params, market_error *err);
int mk_seller_close(mk_ctx *ctx, const void *params, market_error *err);
int mk_seller_obstacles(mk_ctx *ctx, const void *params, market_error *err);
int mk_seller_terminate(mk_ctx *ctx, const void *params, market_error *err);

#endif
