/* The catalogue's statements and what its files share; private to libmarket/catalog. */
#ifndef MK_CATALOG_SQL_H
#define MK_CATALOG_SQL_H

#include "libmarket/catalog/catalog.h"

extern const mk_statement mk_category_insert, mk_category_save, mk_category_by_code;
extern const mk_statement mk_category_top, mk_category_below, mk_category_all;
extern const mk_statement mk_product_insert, mk_product_save;
extern const mk_statement mk_product_in_state, mk_product_in_category, mk_product_of_seller;
extern const mk_statement mk_product_of_seller_in_category;
extern const mk_statement mk_offer_insert, mk_offer_save, mk_offer_of_seller, mk_offer_in_state;
extern const mk_statement mk_sku_insert, mk_sku_save, mk_sku_by_ref, mk_sku_of_offer, mk_sku_item;
extern const mk_statement mk_warehouse_insert, mk_warehouse_of_seller, mk_warehouse_count;
extern const mk_statement mk_stock_insert, mk_stock_save, mk_stock_move, mk_stock_flow;
extern const mk_statement mk_stocktake_insert, mk_stocktake_line_insert;
extern const mk_statement mk_stocktake_of_seller, mk_stocktake_lines;
extern const mk_statement mk_stock_of_sku, mk_stock_everywhere, mk_stock_in;

#define MK_DECIMAL_DIGITS 6 /* behind the point */
const market_attribute *mk_attribute_named(const mk_effective *effective, const char *name);

/* Whether the actor sees what isn't public of a seller (or, when absent, of the platform). */
bool mk_catalog_insider(const mk_ctx *ctx, market_id seller);

/* The checks of a product's content before it is proposed or changed; `waits` as for
 * mk_product_checked. */
int mk_product_check(mk_ctx *ctx, const market_product *product, bool *waits, market_error *err);

/* Reads a page: the query asks for `limit` + 1 rows, of which one too many gives the cursor. */
int mk_catalog_page(mk_ctx *ctx, mk_query *query, int64_t limit, const char **next,
                    market_error *err);

/* The guarded, relative change of what can be bought, and the event stock.low when it falls to the
 * threshold. `stock` is as read; the change must fit it. */
void mk_stock_change(mk_ctx *ctx, const market_stock *stock, int64_t on_hand, int64_t reserved);
/* Sets what a row that was read has on hand, with stock.low where it falls to the threshold. */
void mk_stock_count(mk_ctx *ctx, market_stock *stock, int64_t on_hand, int64_t low_at);
/* Plans a new row. */
int mk_stock_add(mk_ctx *ctx, market_id sku, market_id warehouse, int64_t on_hand, int64_t low_at,
                 market_id *out, market_error *err);
/* EINVALID at `field`: the policy lists codes, and this isn't one. NULL is fine. */
int mk_stock_check_reason(const mk_ctx *ctx, const char *reason, const char *field,
                          market_error *err);

#endif
