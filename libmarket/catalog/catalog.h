/*
 * The catalogue inside the library: what can be bought, and the stock behind it.
 *
 * The rows are the public records. A checkout reads all its items with mk_catalog_items (CAT-6),
 * looks at their prices, gives each its stock row with mk_stock_choose and plans mk_stock_reserve
 * (CAT-7).
 */
#ifndef MK_CATALOG_CATALOG_H
#define MK_CATALOG_CATALOG_H

#include "libmarket/engine/context.h"
#include "libmarket/party/party.h"

#define MK_MAX_CATEGORY_DEPTH 12
#define MK_MAX_SKUS 200 /* of an offer */
#define MK_MAX_ATTRIBUTES MK_MAX_METADATA
#define MK_MAX_LICENCES 20 /* of a category */
#define MK_MAX_OPTIONS 200 /* of a choice */
#define MK_MAX_DEFINED 100 /* attributes that a category defines itself */
#define MK_MAX_EFFECTIVE (MK_MAX_DEFINED * MK_MAX_CATEGORY_DEPTH)
#define MK_MAX_IMAGES 20 /* of a product */
#define MK_MAX_STOCK INT64_C(1000000000000)
#define MK_MAX_WAREHOUSES 1000 /* of a seller */
#define MK_MAX_COUNTS 200      /* SKUs of a stocktake */

/* ---- items ---- */

/* What a buyer wants. An absent warehouse: the first that has enough. */
typedef struct mk_want {
	market_id sku;
	market_id warehouse;
	int64_t quantity;
} mk_want;

/* A SKU with all that an order line freezes of it. */
typedef struct mk_item {
	market_id sku;
	market_id offer;
	market_id product;
	market_id seller_id;
	mk_seller *seller; /* shared by the items of one seller */
	const char *title;
	const char *attributes; /* JSON text of the variant's attribute values; NULL: none */
	const char *brand;
	const char *category;      /* the code of the back category */
	const char *category_path; /* "/media/books/" */
	const char *commission_class;
	const char *currency;
	market_money price;
	market_money list_price;
	int64_t quantity;      /* as wanted */
	market_id warehouse;   /* as wanted; the chosen one's after mk_stock_choose */
	market_stock **stocks; /* of all warehouses, oldest first; shared by the items of one SKU */
	size_t n_stocks;
	market_stock *stock; /* set by mk_stock_choose */
	/* internal */
	int32_t offer_state, product_state;
} mk_item;

/* Reads `count` items in one batch (and one for their sellers) and checks that each can be bought
 * but for its stock. `items` gets `count` pointers. Errors, each looked for in all items before the
 * next: ENOTFOUND (sku), EPURCHASABLE (sku). `failed`, when not NULL, is the index of the wrong
 * item, with which the caller prefixes the field. */
int mk_catalog_items(mk_ctx *ctx, const mk_want *wants, size_t count, mk_item **items,
                     size_t *failed, market_error *err);
/* ---- stock (CAT-7) ---- */

/* Gives every item a stock row that has enough for it after those before it, by the policy's rule.
 * `country` is where the goods go; NULL: nobody knows. ESTOCK (quantity). */
int mk_stock_choose(mk_ctx *ctx, mk_item *const *items, size_t count, const char *country,
                    size_t *failed, market_error *err);
/* Asks the application's hook, if there is one, and gives the place of a stock row for each item,
 * -1 where it chose none or one that isn't there. */
int mk_warehouse_ask(mk_ctx *ctx, mk_item *const *items, size_t count, const char *country,
                     market_warehouse *const *warehouses, size_t n_warehouses, int64_t *chosen,
                     market_error *err);
void mk_warehouse_hook_close(market *market);
/* Plans the reservation of chosen items: one relative, guarded update per stock row, and the event
 * stock.low where the reservation makes it low. A miss runs the operation again, so that its reads
 * name the error. Call once per operation, with all items; what is then added to "the last event"
 * may go to stock.low. */
void mk_stock_reserve(mk_ctx *ctx, mk_item *const *items, size_t count);
/* Plans that their sellers are as they were read. */
void mk_items_guard(mk_ctx *ctx, mk_item *const *items, size_t count);

/* The way of a reserved quantity: paid (reserved and on hand → sold), closed unpaid (no longer
 * reserved), come back (sold → on hand). Each plans one relative update; lines of one stock row are
 * better added up before. A miss is MARKET_ECORRUPT: the stock doesn't hold what the order says. */
void mk_stock_commit(mk_ctx *ctx, market_id stock, int64_t quantity);
void mk_stock_release(mk_ctx *ctx, market_id stock, int64_t quantity);
void mk_stock_return(mk_ctx *ctx, market_id stock, int64_t quantity);

/* A code is a step of a path, so it holds no slash: EINVALID (code). */
int mk_category_check_code(const char *code, market_error *err);

/* ---- attributes and licences (CAT-1) ---- */

/* What is in effect for a category: its own and what the categories above it define. */
typedef struct mk_effective {
	const market_attribute *const *attributes; /* by name; none is retired */
	size_t n_attributes;
	const market_pair *const *licences;
	size_t n_licences;
} mk_effective;
int mk_category_effective(mk_ctx *ctx, const market_category *category, mk_effective *out,
                          market_error *err);

/* EINCOMPLETE (offer): the seller hasn't met what the product's category or one above it asks. */
int mk_licences_check(mk_ctx *ctx, market_id seller, const market_product *product,
                      market_error *err);

/* Whether the attributes of a product fit those of its category. EINVALID and EMISSING name the
 * field "attributes.NAME". */
int mk_attribute_check_product(const mk_effective *effective, const market_product *product,
                               market_error *err);
/* The same for the SKUs of an offer ("skus[i].attributes.NAME"), which must differ. */
int mk_attribute_check_skus(const mk_effective *effective, const market_offer_sku *const *skus,
                            size_t count, market_error *err);
/* A number in its one way of being written: `digits` of them behind the point at most, and `out` is
 * that many times ten the number. */
bool mk_attribute_number(const char *text, int digits, int64_t *out);

/* ---- states (CAT-2) ---- */

typedef enum mk_product_step {
	MK_PRODUCT_PROPOSE = 1,
	MK_PRODUCT_PUBLISH,
	MK_PRODUCT_REJECT,
	MK_PRODUCT_REVISE,
	MK_PRODUCT_UPDATE,
	MK_PRODUCT_CHANGE
} mk_product_step;
/* Changes the state by the transition table; ESTATE names the product and its state. */
int mk_product_step_to(market_product *product, mk_product_step step, market_error *err);

typedef enum mk_offer_step {
	MK_OFFER_ACTIVATE = 1,
	MK_OFFER_PAUSE,
	MK_OFFER_END,
	MK_OFFER_BLOCK,
	MK_OFFER_UNBLOCK,
	MK_OFFER_UPDATE
} mk_offer_step;
int mk_offer_step_to(market_offer *offer, mk_offer_step step, market_error *err);
/* Whether it may come on sale now: a published product, a brand that the seller may sell, at a
 * price that the brand doesn't block; at the first time also a seller that may list. EINCOMPLETE,
 * ELISTING, EFUNDS, ELIMITED. */
int mk_offer_check_activation(mk_ctx *ctx, const market_offer *offer, market_error *err);
/* SEL-3: EINCOMPLETE with the field `field` when the seller may not sell the product's brand. */
int mk_offer_check_brand(mk_ctx *ctx, const mk_seller *seller, const market_product *product,
                         const char *field, market_error *err);

/* ---- listing rules (CAT-4), catalog/check.c ---- */

/* A product that is to be published, as it is stored after this operation: ELISTING when a rule
 * blocks it; what is to be looked at leaves a review, and `waits` tells. NULL: an operator decides
 * just now, and its review with that. */
int mk_product_checked(mk_ctx *ctx, const market_product *product, bool *waits, market_error *err);
/* A change that would make a published product so was decided, and its review with it. */
int mk_product_decided(mk_ctx *ctx, const market_product *product, int32_t to, const char *reason,
                       market_error *err);
/* A new offer: ELISTING when a rule blocks it. */
int mk_offer_checked_new(mk_ctx *ctx, const market_offer *offer,
                         const market_offer_create_params *in, market_error *err);
/* An offer that is or goes on sale; `waits`: an operator must look at it first; NULL: one that
 * isn't on sale and is only refused what is blocked. `skus` NULL: as they are stored. */
int mk_offer_checked(mk_ctx *ctx, market_offer *offer, market_sku *const *skus, size_t n_skus,
                     bool *waits, market_error *err);

/* ---- rows ---- */

extern const mk_record mk_attribute_record, mk_change_record;
extern const mk_entity mk_attribute_entity, mk_change_entity;
extern const mk_enum mk_attribute_type_enum, mk_change_state_enum;
extern const mk_record mk_category_record, mk_product_record, mk_offer_record, mk_sku_record;
extern const mk_record mk_warehouse_record, mk_stock_record, mk_stocktake_record;
extern const mk_entity mk_category_entity, mk_product_entity, mk_offer_entity, mk_sku_entity;
extern const mk_entity mk_warehouse_entity, mk_stock_entity, mk_stocktake_entity;
extern const mk_enum mk_product_state_enum, mk_offer_state_enum;

/* SKUs of many offers in one batch: sets `skus` of each. */
int mk_offer_fill_skus(mk_ctx *ctx, market_offer *const *offers, size_t count, market_error *err);

extern const char *const mk_catalog_ddl[], *const mk_catalogue_ddl[];

/* ---- handlers ---- */

int mk_category_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_category_update(mk_ctx *ctx, const void *params, market_error *err);
int mk_attribute_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_attribute_update(mk_ctx *ctx, const void *params, market_error *err);
int mk_attribute_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_category_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_category_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_change_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_change_confirm(mk_ctx *ctx, const void *params, market_error *err);
int mk_change_decline(mk_ctx *ctx, const void *params, market_error *err);
int mk_change_cancel(mk_ctx *ctx, const void *params, market_error *err);
int mk_change_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_change_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_product_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_product_update(mk_ctx *ctx, const void *params, market_error *err);
int mk_product_propose(mk_ctx *ctx, const void *params, market_error *err);
int mk_product_publish(mk_ctx *ctx, const void *params, market_error *err);
int mk_product_reject(mk_ctx *ctx, const void *params, market_error *err);
int mk_product_revise(mk_ctx *ctx, const void *params, market_error *err);
int mk_product_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_product_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_offer_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_offer_update(mk_ctx *ctx, const void *params, market_error *err);
int mk_offer_activate(mk_ctx *ctx, const void *params, market_error *err);
int mk_offer_pause(mk_ctx *ctx, const void *params, market_error *err);
int mk_offer_end(mk_ctx *ctx, const void *params, market_error *err);
int mk_offer_block(mk_ctx *ctx, const void *params, market_error *err);
int mk_offer_unblock(mk_ctx *ctx, const void *params, market_error *err);
int mk_offer_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_offer_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_warehouse_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_warehouse_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_stock_adjust(mk_ctx *ctx, const void *params, market_error *err);
int mk_stock_set(mk_ctx *ctx, const void *params, market_error *err);
int mk_stock_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_stock_transfer(mk_ctx *ctx, const void *params, market_error *err);
int mk_stocktake_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_stocktake_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_stocktake_list(mk_ctx *ctx, const void *params, market_error *err);
/* Sets the lines of a stocktake. */
int mk_stocktake_fill(mk_ctx *ctx, void *row, market_error *err);
int mk_listing_check(mk_ctx *ctx, const void *params, market_error *err);
int mk_listing_review_clear(mk_ctx *ctx, const void *params, market_error *err);

#endif
