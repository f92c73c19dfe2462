/* The back categories that a seller trades in (SEL-1). */
#ifndef MK_SELLER_CATEGORY_H
#define MK_SELLER_CATEGORY_H

#include "libmarket/party/party.h"

#define MK_MAX_SELLER_CATEGORIES 100

/* Names the seller's categories by their codes. EINVALID (categories): one is unknown or named
 * twice, or a specialty store's lie in several of the first level. */
int mk_seller_choose(mk_ctx *ctx, mk_seller *seller, const char *const *codes, size_t count,
                     market_error *err);
/* Reads categories by their codes, each by a query of its own. */
int mk_categories_read(mk_ctx *ctx, const char *const *codes, size_t count, mk_query **out,
                       market_error *err);
int mk_seller_categories_set(mk_ctx *ctx, const void *params, market_error *err);
/* Whether one of its categories is one of these or below one. */
bool mk_seller_trades_in(const mk_seller *seller, const char *const *codes, size_t count);
/* SEL-3: a specialty store offers goods of its own back category of the first level. EINCOMPLETE
 * (seller): it has named none. EINVALID (product): this is another. */
int mk_seller_check_category(const mk_seller *seller, const market_category *category,
                             market_error *err);
/* Sets the codes of the record from its row. */
int mk_seller_categories_fill(mk_ctx *ctx, mk_seller *seller, market_error *err);

#endif
