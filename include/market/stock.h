/*
 * Warehouses and what they hold of each SKU. They belong to the seller.
 *
 * Since 0.1.
 */
#ifndef MARKET_STOCK_H
#define MARKET_STOCK_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

/* Where a seller keeps goods. */
typedef struct market_warehouse {
	market_id id;
	const char *ref; /* unique among the seller's warehouses */
	market_id seller;
	const char *name;
	const char *country; /* ISO 3166-1 alpha-2 */
	market_time created_at;
	int64_t version;
	const market_pair *const *metadata;
	size_t n_metadata;
} market_warehouse;

typedef struct market_warehouse_create_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *ref;
	const char *name;
	const char *country;
	const market_pair *const *metadata;
	size_t n_metadata;
} market_warehouse_create_params;
#define MARKET_WAREHOUSE_CREATE_PARAMS_INIT MARKET_INIT(market_warehouse_create_params)

/* Adds a warehouse. By members of the seller with catalogue or fulfilment and operators with
 * catalog. Errors: EINVALID (country), EEXISTS (ref). Since 0.1. */
MARKET_API int market_warehouse_create(struct market_session *session,
                                       const market_warehouse_create_params *in,
                                       market_warehouse **out, market_error *err);
MARKET_API void market_warehouse_free(market_warehouse *warehouse);

typedef struct market_warehouse_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *after;
	const int64_t *limit;
} market_warehouse_list_params;
#define MARKET_WAREHOUSE_LIST_PARAMS_INIT MARKET_INIT(market_warehouse_list_params)

typedef struct market_warehouse_page {
	const market_warehouse *const *items;
	size_t n_items;
	const char *next; /* the cursor of the next page; NULL at the end */
} market_warehouse_page;

/* A seller's warehouses, oldest first. By members of the seller and operators with catalog.
 * Errors: EINVALID (after). Since 0.1. */
MARKET_API int market_warehouse_list(struct market_session *session,
                                     const market_warehouse_list_params *in,
                                     market_warehouse_page **out, market_error *err);
MARKET_API void market_warehouse_page_free(market_warehouse_page *page);

/* What a warehouse has of a SKU (CAT-7). Reserved at order; at payment it leaves `on_hand` and
 * `reserved` for `sold`. `on_hand` − `reserved` can be bought and is never negative. */
typedef struct market_stock {
	market_id id;
	market_id sku;
	market_id warehouse;
	int64_t on_hand; /* with what is reserved */
	int64_t reserved;
	int64_t sold;
	int64_t available; /* on_hand − reserved */
	int64_t low_at;    /* falling to this or below raises the event stock.low; 0: when sold out */
	market_time created_at;
	int64_t version;
} market_stock;

/* `delta` is added to what is on hand. */
typedef struct market_stock_adjust_params {
	uint32_t size;
	const char *key;
	market_id sku;
	market_id warehouse;
	int64_t delta;
	const char *reason;
} market_stock_adjust_params;
#define MARKET_STOCK_ADJUST_PARAMS_INIT MARKET_INIT(market_stock_adjust_params)

/* Goods come in, are lost or are found. The first adjustment of a SKU in a warehouse makes the row.
 * By members of the seller with catalogue or fulfilment and operators with catalog. Errors:
 * ENOTFOUND (warehouse), EINVALID (delta), ELIMIT (delta), ESTOCK (delta). Since 0.1. */
MARKET_API int market_stock_adjust(struct market_session *session,
                                   const market_stock_adjust_params *in, market_stock **out,
                                   market_error *err);

/* A count of what is on hand, a threshold, or both; absent ones stay as they are. */
typedef struct market_stock_set_params {
	uint32_t size;
	const char *key;
	market_id sku;
	market_id warehouse;
	const int64_t *on_hand;
	const int64_t *low_at;
	const char *reason;
} market_stock_set_params;
#define MARKET_STOCK_SET_PARAMS_INIT MARKET_INIT(market_stock_set_params)

/* States what is on hand after a count, or at what number stock is low. By members of the seller
 * with catalogue or fulfilment and operators with catalog. Errors: ENOTFOUND (warehouse), EMISSING
 * (on_hand), ESTOCK (on_hand: less than is reserved). Since 0.1. */
MARKET_API int market_stock_set(struct market_session *session, const market_stock_set_params *in,
                                market_stock **out, market_error *err);
MARKET_API void market_stock_free(market_stock *stock);

typedef struct market_stock_list_params {
	uint32_t size;
	const char *key;
	market_id sku;
	const char *after;
	const int64_t *limit;
} market_stock_list_params;
#define MARKET_STOCK_LIST_PARAMS_INIT MARKET_INIT(market_stock_list_params)

typedef struct market_stock_page {
	const market_stock *const *items;
	size_t n_items;
	const char *next; /* the cursor of the next page; NULL at the end */
} market_stock_page;

/* A SKU's stock in all warehouses, oldest first. By members of the seller and operators with
 * catalog. Errors: EINVALID (after). Since 0.1. */
MARKET_API int market_stock_list(struct market_session *session, const market_stock_list_params *in,
                                 market_stock_page **out, market_error *err);
MARKET_API void market_stock_page_free(market_stock_page *page);

typedef struct market_stock_transfer_params {
	uint32_t size;
	const char *key;
	market_id sku;
	market_id from;   /* the warehouse that gives */
	market_id to;     /* the one that takes */
	int64_t quantity; /* of what isn't reserved */
	const char *reason;
} market_stock_transfer_params;
#define MARKET_STOCK_TRANSFER_PARAMS_INIT MARKET_INIT(market_stock_transfer_params)

/* Moves goods from one warehouse of the seller to another, in one transaction. The output is the
 * stock of the one that takes. By members of the seller with catalogue or fulfilment and operators
 * with catalog. Errors: ENOTFOUND (from, to), EINVALID (to: the same one; reason: not of the
 * policy's), ELIMIT (quantity), ESTOCK (quantity). Since 0.1. */
MARKET_API int market_stock_transfer(struct market_session *session,
                                     const market_stock_transfer_params *in, market_stock **out,
                                     market_error *err);

/* What was counted of one SKU: what lies there for sale, reserved or not. What is paid and waits to
 * be shipped is sold, and isn't counted. */
typedef struct market_stocktake_count {
	uint32_t size;
	market_id sku;
	const int64_t *counted;
	const char *reason; /* of a difference */
} market_stocktake_count;
#define MARKET_STOCKTAKE_COUNT_INIT MARKET_INIT(market_stocktake_count)

typedef struct market_stocktake_create_params {
	uint32_t size;
	const char *key;
	market_id seller;
	market_id warehouse;
	const char *ref; /* unique among the seller's stocktakes */
	const char *note;
	const market_stocktake_count *const *counts;
	size_t n_counts;
} market_stocktake_create_params;
#define MARKET_STOCKTAKE_CREATE_PARAMS_INIT MARKET_INIT(market_stocktake_create_params)

/* One SKU of a stocktake. */
typedef struct market_stocktake_line {
	market_id sku;
	market_id stock;
	int64_t expected;   /* on hand before, by the books */
	int64_t counted;    /* on hand since */
	int64_t difference; /* counted − expected */
	const char *reason;
} market_stocktake_line;

/* A count of a warehouse, or of a part of it. */
typedef struct market_stocktake {
	market_id id;
	const char *ref;
	market_id seller;
	market_id warehouse;
	const char *note;
	market_time created_at;
	const market_stocktake_line *const *lines; /* as they were counted */
	size_t n_lines;
} market_stocktake;

/* Takes over what was counted: all SKUs or none. A difference needs a reason. By members of the
 * seller with catalogue or fulfilment and operators with catalog. Errors: ENOTFOUND (warehouse,
 * counts[].sku), EEXISTS (ref), EINVALID (counts[].sku: twice; counts[].reason: not of the
 * policy's), EMISSING (counts[].reason), ESTOCK (counts[].counted: less than is reserved).
 * Since 0.1. */
MARKET_API int market_stocktake_create(struct market_session *session,
                                       const market_stocktake_create_params *in,
                                       market_stocktake **out, market_error *err);
MARKET_API void market_stocktake_free(market_stocktake *stocktake);

typedef struct market_stocktake_get_params {
	uint32_t size;
	const char *key;
	market_id stocktake;
} market_stocktake_get_params;
#define MARKET_STOCKTAKE_GET_PARAMS_INIT MARKET_INIT(market_stocktake_get_params)

/* One stocktake. By members of the seller and operators with catalog. Since 0.1. */
MARKET_API int market_stocktake_get(struct market_session *session,
                                    const market_stocktake_get_params *in, market_stocktake **out,
                                    market_error *err);

typedef struct market_stocktake_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *after;
	const int64_t *limit;
} market_stocktake_list_params;
#define MARKET_STOCKTAKE_LIST_PARAMS_INIT MARKET_INIT(market_stocktake_list_params)

typedef struct market_stocktake_page {
	const market_stocktake *const *items; /* without their lines */
	size_t n_items;
	const char *next; /* the cursor of the next page; NULL at the end */
} market_stocktake_page;

/* A seller's stocktakes, oldest first. By members of the seller and operators with catalog. Errors:
 * EINVALID (after). Since 0.1. */
MARKET_API int market_stocktake_list(struct market_session *session,
                                     const market_stocktake_list_params *in,
                                     market_stocktake_page **out, market_error *err);
MARKET_API void market_stocktake_page_free(market_stocktake_page *page);

#ifdef __cplusplus
}
#endif
#endif
