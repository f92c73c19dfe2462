/* The back categories that a seller trades in (SEL-1). */
#ifndef MK_SELLER_CATEGORY_H
#define MK_SELLER_CATEGORY_H

#include "libmarket/party/party.h"

#define MK_MAX_SELLER_CATEGORIES 100

/* Names the seller's categories by their codes. EINVALID (categories): one is unknown or named
 * twice. */
int mk_seller_choose(mk_ctx *ctx, mk_seller *seller, const char *const *codes, size_t count,
                     market_error *err);
/* Whether one of its categories is one of these or below one. */
/* Reads categories by their codes, each by a query of its own. */
int mk_categories_read(mk_ctx *ctx, const char *const *codes, size_t count, mk_query **out,
                       market_error *err);
int mk_seller_categories_set(mk_ctx *ctx, const void *params, market_error *err);
bool mk_seller_trades_in(const mk_seller *seller, const char *const *codes, size_t count);
/* Sets the codes of the record from its row. */
int mk_seller_categories_fill(mk_ctx *ctx, mk_seller *seller, market_error *err);

#endif
