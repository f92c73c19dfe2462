/*
 * The catalogue: back categories, products, sellers' offers with their SKUs, warehouses and stock.
 *
 * Categories and products belong to the platform (book 0); offers, SKUs, warehouses and stock to
 * the seller.
 *
 * Since 0.1.
 */
#ifndef MARKET_CATALOG_H
#define MARKET_CATALOG_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

/* ---- categories ---- */

/* A back category (CAT-1): a node of the tree by which products are classified and fees are
 * charged. It never moves. Its code is unique and serves as its reference ("ref:books"). */
typedef struct market_category {
	market_id id;
	const char *code;
	const char *name;
	market_id parent;             /* absent at the top */
	const char *path;             /* the codes from the top to this one: "/media/books/" */
	const char *commission_class; /* the parent's unless stated */
	market_time created_at;
	int64_t version;
	const market_pair *const *metadata;
	size_t n_metadata;
} market_category;

/* `parent`, `commission_class` and `metadata` may be absent. A code has letters, digits, `_`, `-`
 * and `.`. */
typedef struct market_category_create_params {
	uint32_t size;
	const char *key;
	const char *code;
	const char *name;
	market_id parent;
	const char *commission_class;
	const market_pair *const *metadata;
	size_t n_metadata;
} market_category_create_params;
#define MARKET_CATEGORY_CREATE_PARAMS_INIT \
	{ \
		.size = sizeof(market_category_create_params) \
	}

/* Adds a category. By operators with catalog.
 * Errors: EINVALID (code), ENOTFOUND (parent), ELIMIT (depth), EEXISTS (code). Since 0.1. */
MARKET_API int market_category_create(struct market_session *session,
                                      const market_category_create_params *in,
                                      market_category **out, market_error *err);

typedef struct market_category_get_params {
	uint32_t size;
	const char *key;
	market_id category;
} market_category_get_params;
#define MARKET_CATEGORY_GET_PARAMS_INIT \
	{ \
		.size = sizeof(market_category_get_params) \
	}

/* One category. By anyone. Since 0.1. */
MARKET_API int market_category_get(struct market_session *session,
                                   const market_category_get_params *in, market_category **out,
                                   market_error *err);
MARKET_API void market_category_free(market_category *category);

/* `parent` absent: the categories at the top, or with `all` the whole tree. */
typedef struct market_category_list_params {
	uint32_t size;
	const char *key;
	market_id parent;
	bool all;
	const char *after;
	const int64_t *limit;
} market_category_list_params;
#define MARKET_CATEGORY_LIST_PARAMS_INIT \
	{ \
		.size = sizeof(market_category_list_params) \
	}

typedef struct market_category_page {
	const market_category *const *items;
	size_t n_items;
	const char *next; /* the cursor of the next page; NULL at the end */
} market_category_page;

/* The categories below another, oldest first. By anyone.
 * Errors: EINVALID (after). Since 0.1. */
MARKET_API int market_category_list(struct market_session *session,
                                    const market_category_list_params *in,
                                    market_category_page **out, market_error *err);
MARKET_API void market_category_page_free(market_category_page *page);

/* ---- products ---- */

/* CAT-2. */
typedef enum market_product_state {
	MARKET_PRODUCT_DRAFT = 1,
	MARKET_PRODUCT_PROPOSED,
	MARKET_PRODUCT_PUBLISHED,
	MARKET_PRODUCT_REJECTED
} market_product_state;

/* What can be sold, by whichever seller offers it. */
typedef struct market_product {
	market_id id;
	const char *ref;  /* unique among the platform's products */
	market_id seller; /* who proposed it; absent: the platform itself */
	market_id category;
	int32_t state;
	const char *title;
	const char *description;
	const char *brand;
	const market_pair *const *attributes;
	size_t n_attributes;
	const char *reason; /* of the rejection, or of the last request for a revision */
	market_time created_at;
	market_time published_at;
	int64_t version;
	const market_pair *const *metadata;
	size_t n_metadata;
} market_product;

/* `seller` absent: the member's own, or the platform itself where an operator acts. `draft`: not
 * yet proposed. `ref`, `description`, `brand`, `attributes` and `metadata` may be absent. */
typedef struct market_product_create_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *ref;
	market_id category;
	const char *title;
	const char *description;
	const char *brand;
	const market_pair *const *attributes;
	size_t n_attributes;
	bool draft;
	const market_pair *const *metadata;
	size_t n_metadata;
} market_product_create_params;
#define MARKET_PRODUCT_CREATE_PARAMS_INIT \
	{ \
		.size = sizeof(market_product_create_params) \
	}

/* Adds a product, proposed or as a draft. By members of the seller with catalogue and operators
 * with catalog. Errors: ENOTFOUND (category), EEXISTS (ref). Since 0.1. */
MARKET_API int market_product_create(struct market_session *session,
                                     const market_product_create_params *in, market_product **out,
                                     market_error *err);

/* Absent fields stay as they are. */
typedef struct market_product_update_params {
	uint32_t size;
	const char *key;
	market_id product;
	const char *title;
	const char *description;
	const char *brand;
	const market_pair *const *attributes;
	size_t n_attributes;
} market_product_update_params;
#define MARKET_PRODUCT_UPDATE_PARAMS_INIT \
	{ \
		.size = sizeof(market_product_update_params) \
	}

/* Changes a product that isn't published yet. By members of the proposing seller with catalogue and
 * operators with catalog.
 * Errors: ESTATE. Since 0.1. */
MARKET_API int market_product_update(struct market_session *session,
                                     const market_product_update_params *in, market_product **out,
                                     market_error *err);

typedef struct market_product_propose_params {
	uint32_t size;
	const char *key;
	market_id product;
} market_product_propose_params;
#define MARKET_PRODUCT_PROPOSE_PARAMS_INIT \
	{ \
		.size = sizeof(market_product_propose_params) \
	}

/* draft → proposed. By members of the proposing seller with catalogue and operators with catalog.
 * Errors: ESTATE. Since 0.1. */
MARKET_API int market_product_propose(struct market_session *session,
                                      const market_product_propose_params *in, market_product **out,
                                      market_error *err);

typedef struct market_product_publish_params {
	uint32_t size;
	const char *key;
	market_id product;
} market_product_publish_params;
#define MARKET_PRODUCT_PUBLISH_PARAMS_INIT \
	{ \
		.size = sizeof(market_product_publish_params) \
	}

/* proposed → published. By operators with catalog.
 * Errors: ESTATE. Since 0.1. */
MARKET_API int market_product_publish(struct market_session *session,
                                      const market_product_publish_params *in, market_product **out,
                                      market_error *err);

typedef struct market_product_reject_params {
	uint32_t size;
	const char *key;
	market_id product;
	const char *reason;
} market_product_reject_params;
#define MARKET_PRODUCT_REJECT_PARAMS_INIT \
	{ \
		.size = sizeof(market_product_reject_params) \
	}

/* proposed → rejected. By operators with catalog.
 * Errors: ESTATE. Since 0.1. */
MARKET_API int market_product_reject(struct market_session *session,
                                     const market_product_reject_params *in, market_product **out,
                                     market_error *err);

typedef struct market_product_revise_params {
	uint32_t size;
	const char *key;
	market_id product;
	const char *reason;
} market_product_revise_params;
#define MARKET_PRODUCT_REVISE_PARAMS_INIT \
	{ \
		.size = sizeof(market_product_revise_params) \
	}

/* Asks the proposer for a revision; the product stays proposed. By operators with catalog.
 * Errors: ESTATE. Since 0.1. */
MARKET_API int market_product_revise(struct market_session *session,
                                     const market_product_revise_params *in, market_product **out,
                                     market_error *err);

typedef struct market_product_get_params {
	uint32_t size;
	const char *key;
	market_id product;
} market_product_get_params;
#define MARKET_PRODUCT_GET_PARAMS_INIT \
	{ \
		.size = sizeof(market_product_get_params) \
	}

/* One product. By anyone when published, else by members of the proposing seller and operators with
 * catalog. Since 0.1. */
MARKET_API int market_product_get(struct market_session *session,
                                  const market_product_get_params *in, market_product **out,
                                  market_error *err);
MARKET_API void market_product_free(market_product *product);

/* `seller`: what it proposed; `category`: of that one alone, not of those below; `state`: published
 * unless stated. */
typedef struct market_product_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	market_id category;
	int32_t state;
	const char *after;
	const int64_t *limit;
} market_product_list_params;
#define MARKET_PRODUCT_LIST_PARAMS_INIT \
	{ \
		.size = sizeof(market_product_list_params) \
	}

typedef struct market_product_page {
	const market_product *const *items;
	size_t n_items;
	const char *next; /* the cursor of the next page; NULL at the end */
} market_product_page;

/* Products of one state, oldest first. Published ones by anyone; others by operators with catalog,
 * and by members of `seller`. Errors: EDENIED (state), EINVALID (after). Since 0.1. */
MARKET_API int market_product_list(struct market_session *session,
                                   const market_product_list_params *in, market_product_page **out,
                                   market_error *err);
MARKET_API void market_product_page_free(market_product_page *page);

/* ---- offers and SKUs ---- */

/* CAT-2. */
typedef enum market_offer_state {
	MARKET_OFFER_DRAFT = 1,
	MARKET_OFFER_ACTIVE,
	MARKET_OFFER_PAUSED,
	MARKET_OFFER_ENDED,
	MARKET_OFFER_BLOCKED
} market_offer_state;

/* A variant of an offer: what a buyer puts in the cart. */
typedef struct market_sku {
	market_id id;
	const char *ref; /* unique among the seller's SKUs */
	market_id offer;
	const market_pair *const *attributes; /* tell the variants of an offer apart */
	size_t n_attributes;
	const char *currency;
	market_money price;
	market_money list_price; /* the price before the reduction; absent: none is shown */
	market_time created_at;
	int64_t version;
} market_sku;

/* A seller's offer of a product. */
typedef struct market_offer {
	market_id id;
	const char *ref; /* unique among the seller's offers */
	market_id seller;
	market_id product;
	int32_t state;
	const char *currency;
	const char *reason; /* why it is blocked */
	market_time created_at;
	market_time activated_at; /* last */
	market_time ended_at;
	int64_t version;
	const market_pair *const *metadata;
	size_t n_metadata;
	const market_sku *const *skus;
	size_t n_skus;
} market_offer;

/* One SKU of offer.create. `ref`, `attributes` and `list_price` may be absent. */
typedef struct market_offer_sku {
	uint32_t size;
	const char *ref;
	const market_pair *const *attributes;
	size_t n_attributes;
	market_money price;
	market_money list_price;
} market_offer_sku;
#define MARKET_OFFER_SKU_INIT \
	{ \
		.size = sizeof(market_offer_sku) \
	}

typedef struct market_offer_create_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *ref;
	market_id product;
	const market_offer_sku *const *skus;
	size_t n_skus;
	const market_pair *const *metadata;
	size_t n_metadata;
} market_offer_create_params;
#define MARKET_OFFER_CREATE_PARAMS_INIT \
	{ \
		.size = sizeof(market_offer_create_params) \
	}

/* Adds an offer with its SKUs, as a draft. All prices are in the seller's currency; a list price
 * isn't below the price; no two SKUs have the same attributes. The product is a published one or
 * the seller's own. By members of the seller with catalogue and operators with catalog. Errors:
 * ENOTFOUND (product), ECURRENCY (skus[i].price, skus[i].list_price), EINVALID (skus[i].list_price,
 * skus[i].ref, skus[i].attributes), EEXISTS (ref, skus[i].ref). Since 0.1. */
MARKET_API int market_offer_create(struct market_session *session,
                                   const market_offer_create_params *in, market_offer **out,
                                   market_error *err);

/* New prices of one SKU; absent ones stay as they are. */
typedef struct market_offer_price {
	uint32_t size;
	market_id sku;
	market_money price;
	market_money list_price;
	bool no_list_price; /* removes it */
} market_offer_price;
#define MARKET_OFFER_PRICE_INIT \
	{ \
		.size = sizeof(market_offer_price) \
	}

typedef struct market_offer_update_params {
	uint32_t size;
	const char *key;
	market_id offer;
	const market_offer_price *const *prices;
	size_t n_prices;
} market_offer_update_params;
#define MARKET_OFFER_UPDATE_PARAMS_INIT \
	{ \
		.size = sizeof(market_offer_update_params) \
	}

/* Changes prices of SKUs. By members of the seller with catalogue and operators with catalog.
 * Errors: ESTATE (ended or blocked), ENOTFOUND (prices[i].sku), ECURRENCY (prices[i].price,
 * prices[i].list_price), EINVALID (prices[i].sku, prices[i].list_price). Since 0.1. */
MARKET_API int market_offer_update(struct market_session *session,
                                   const market_offer_update_params *in, market_offer **out,
                                   market_error *err);

typedef struct market_offer_activate_params {
	uint32_t size;
	const char *key;
	market_id offer;
} market_offer_activate_params;
#define MARKET_OFFER_ACTIVATE_PARAMS_INIT \
	{ \
		.size = sizeof(market_offer_activate_params) \
	}

/* draft | paused → active. By members of the seller with catalogue and operators with catalog.
 * Errors: ESTATE, EINCOMPLETE (the product isn't published). Since 0.1. */
MARKET_API int market_offer_activate(struct market_session *session,
                                     const market_offer_activate_params *in, market_offer **out,
                                     market_error *err);

typedef struct market_offer_pause_params {
	uint32_t size;
	const char *key;
	market_id offer;
} market_offer_pause_params;
#define MARKET_OFFER_PAUSE_PARAMS_INIT \
	{ \
		.size = sizeof(market_offer_pause_params) \
	}

/* active → paused. By members of the seller with catalogue and operators with catalog.
 * Errors: ESTATE. Since 0.1. */
MARKET_API int market_offer_pause(struct market_session *session,
                                  const market_offer_pause_params *in, market_offer **out,
                                  market_error *err);

typedef struct market_offer_end_params {
	uint32_t size;
	const char *key;
	market_id offer;
} market_offer_end_params;
#define MARKET_OFFER_END_PARAMS_INIT \
	{ \
		.size = sizeof(market_offer_end_params) \
	}

/* draft | active | paused → ended, for good. By members of the seller with catalogue and operators
 * with catalog. Errors: ESTATE. Since 0.1. */
MARKET_API int market_offer_end(struct market_session *session, const market_offer_end_params *in,
                                market_offer **out, market_error *err);

typedef struct market_offer_block_params {
	uint32_t size;
	const char *key;
	market_id offer;
	const char *reason;
} market_offer_block_params;
#define MARKET_OFFER_BLOCK_PARAMS_INIT \
	{ \
		.size = sizeof(market_offer_block_params) \
	}

/* draft | active | paused → blocked. By operators with catalog.
 * Errors: ESTATE. Since 0.1. */
MARKET_API int market_offer_block(struct market_session *session,
                                  const market_offer_block_params *in, market_offer **out,
                                  market_error *err);

typedef struct market_offer_unblock_params {
	uint32_t size;
	const char *key;
	market_id offer;
} market_offer_unblock_params;
#define MARKET_OFFER_UNBLOCK_PARAMS_INIT \
	{ \
		.size = sizeof(market_offer_unblock_params) \
	}

/* blocked → paused: the seller activates it again. By operators with catalog.
 * Errors: ESTATE. Since 0.1. */
MARKET_API int market_offer_unblock(struct market_session *session,
                                    const market_offer_unblock_params *in, market_offer **out,
                                    market_error *err);

typedef struct market_offer_get_params {
	uint32_t size;
	const char *key;
	market_id offer;
} market_offer_get_params;
#define MARKET_OFFER_GET_PARAMS_INIT \
	{ \
		.size = sizeof(market_offer_get_params) \
	}

/* One offer with its SKUs. By anyone when active, else by members of the seller and operators with
 * catalog. Since 0.1. */
MARKET_API int market_offer_get(struct market_session *session, const market_offer_get_params *in,
                                market_offer **out, market_error *err);
MARKET_API void market_offer_free(market_offer *offer);

/* `state` absent: all of them to members and operators, the active ones to others. */
typedef struct market_offer_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	int32_t state;
	const char *after;
	const int64_t *limit;
} market_offer_list_params;
#define MARKET_OFFER_LIST_PARAMS_INIT \
	{ \
		.size = sizeof(market_offer_list_params) \
	}

typedef struct market_offer_page {
	const market_offer *const *items;
	size_t n_items;
	const char *next; /* the cursor of the next page; NULL at the end */
} market_offer_page;

/* A seller's offers with their SKUs, oldest first. Active ones by anyone, others by members of the
 * seller and operators with catalog.
 * Errors: EDENIED (state), EINVALID (after). Since 0.1. */
MARKET_API int market_offer_list(struct market_session *session, const market_offer_list_params *in,
                                 market_offer_page **out, market_error *err);
MARKET_API void market_offer_page_free(market_offer_page *page);

/* ---- warehouses and stock ---- */

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
#define MARKET_WAREHOUSE_CREATE_PARAMS_INIT \
	{ \
		.size = sizeof(market_warehouse_create_params) \
	}

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
#define MARKET_WAREHOUSE_LIST_PARAMS_INIT \
	{ \
		.size = sizeof(market_warehouse_list_params) \
	}

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
#define MARKET_STOCK_ADJUST_PARAMS_INIT \
	{ \
		.size = sizeof(market_stock_adjust_params) \
	}

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
#define MARKET_STOCK_SET_PARAMS_INIT \
	{ \
		.size = sizeof(market_stock_set_params) \
	}

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
#define MARKET_STOCK_LIST_PARAMS_INIT \
	{ \
		.size = sizeof(market_stock_list_params) \
	}

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

#ifdef __cplusplus
}
#endif
#endif
