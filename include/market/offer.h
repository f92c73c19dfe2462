/*
 * Sellers' offers of products and their SKUs. They belong to the seller.
 *
 * Since 0.1.
 */
#ifndef MARKET_OFFER_H
#define MARKET_OFFER_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

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
#define MARKET_OFFER_SKU_INIT MARKET_INIT(market_offer_sku)

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
#define MARKET_OFFER_CREATE_PARAMS_INIT MARKET_INIT(market_offer_create_params)

/* Adds an offer with its SKUs, as a draft. All prices are in the seller's currency; a list price
 * isn't below the price; no two SKUs have the same attributes. The product is a published one or
 * the seller's own. By members of the seller with catalogue and operators with catalog. Errors:
 * ENOTFOUND (product), EFUNDS (seller: its deposit is below the minimum), EINCOMPLETE (product: the
 * seller may not sell its brand; seller: a specialty store has named no back category), EINVALID
 * (product: a specialty store's category is another), ECURRENCY (skus[i].price,
 * skus[i].list_price), EINVALID (skus[i].price: the brand asks for another, CAT-5;
 * skus[i].list_price, skus[i].ref, skus[i].attributes, skus[i].attributes.NAME), EMISSING
 * (skus[i].attributes.NAME), EEXISTS (ref, skus[i].ref), ELISTING (what a listing rule blocks),
 * ELIMITED (seller: its standing forbids it).
 * Since 0.1. */
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
#define MARKET_OFFER_PRICE_INIT MARKET_INIT(market_offer_price)

typedef struct market_offer_update_params {
	uint32_t size;
	const char *key;
	market_id offer;
	const market_offer_price *const *prices;
	size_t n_prices;
} market_offer_update_params;
#define MARKET_OFFER_UPDATE_PARAMS_INIT MARKET_INIT(market_offer_update_params)

/* Changes prices of SKUs. By members of the seller with catalogue and operators with catalog.
 * Errors: ESTATE (ended or blocked), ENOTFOUND (prices[i].sku), ECURRENCY (prices[i].price,
 * prices[i].list_price), EINVALID (prices[i].sku, prices[i].list_price; prices[i].price: the brand
 * asks for another, CAT-5), ELISTING. What a listing rule wants looked at is stored, and an active
 * offer is paused until its review is cleared (market/listing.h). Since 0.1. */
MARKET_API int market_offer_update(struct market_session *session,
                                   const market_offer_update_params *in, market_offer **out,
                                   market_error *err);

typedef struct market_offer_activate_params {
	uint32_t size;
	const char *key;
	market_id offer;
} market_offer_activate_params;
#define MARKET_OFFER_ACTIVATE_PARAMS_INIT MARKET_INIT(market_offer_activate_params)

/* draft | paused → active. By members of the seller with catalogue and operators with catalog.
 * What a listing rule wants looked at stays in its state until its review is cleared
 * (market/listing.h); asked again meanwhile, nothing is written (without a key), and
 * market_session_replayed tells. Errors: ESTATE, EFUNDS (a first time, and the deposit is below its
 * minimum), EINCOMPLETE (the product isn't published, or the seller hasn't met a licence of its
 * category or may not sell its brand), ELISTING (what a rule blocks or an operator refused, or a
 * brand asks for another price), ELIMITED (a first time, and the seller's standing forbids it).
 * Since 0.1. */
MARKET_API int market_offer_activate(struct market_session *session,
                                     const market_offer_activate_params *in, market_offer **out,
                                     market_error *err);

typedef struct market_offer_pause_params {
	uint32_t size;
	const char *key;
	market_id offer;
} market_offer_pause_params;
#define MARKET_OFFER_PAUSE_PARAMS_INIT MARKET_INIT(market_offer_pause_params)

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
#define MARKET_OFFER_END_PARAMS_INIT MARKET_INIT(market_offer_end_params)

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
#define MARKET_OFFER_BLOCK_PARAMS_INIT MARKET_INIT(market_offer_block_params)

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
#define MARKET_OFFER_UNBLOCK_PARAMS_INIT MARKET_INIT(market_offer_unblock_params)

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
#define MARKET_OFFER_GET_PARAMS_INIT MARKET_INIT(market_offer_get_params)

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
#define MARKET_OFFER_LIST_PARAMS_INIT MARKET_INIT(market_offer_list_params)

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

#ifdef __cplusplus
}
#endif
#endif
