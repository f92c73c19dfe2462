/*
 * The catalogue: back categories and products, which belong to the platform (book 0). Offers and
 * stock, which belong to sellers, have headers of their own.
 *
 * Since 0.1.
 */
#ifndef MARKET_CATALOG_H
#define MARKET_CATALOG_H

#include <market/attribute.h>
#include <market/change.h>
#include <market/error.h>
#include <market/offer.h>
#include <market/stock.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

/* ---- categories ---- */

/* A back category (CAT-1): a node of the tree by which products are classified and fees are
 * charged. It never moves. Its code is unique and serves as its reference ("ref:books"). The three
 * classes are names by which the policy's rules find it. */
typedef struct market_category {
	market_id id;
	const char *code;
	const char *name;
	market_id parent;             /* absent at the top */
	const char *path;             /* the codes from the top to this one: "/media/books/" */
	const char *commission_class; /* of the commission; when made, the parent's unless stated */
	const char *deposit_class;    /* of the deposit (SEL-4); likewise */
	const char *fee_class;        /* of the yearly fee (SEL-5); likewise */
	market_time created_at;
	int64_t version;
	const market_pair *const *licences; /* requirements that a seller must have met to put an offer
	                                     * on sale here or below, each with what it is for */
	size_t n_licences;
	const market_pair *const *metadata;
	size_t n_metadata;
	/* category.get alone: what is in effect, with what the categories above define */
	const market_attribute *const *attributes;
	size_t n_attributes;
	const market_pair *const *all_licences;
	size_t n_all_licences;
} market_category;

/* All but `code` and `name` may be absent. A code has letters, digits, `_`, `-` and `.`. */
typedef struct market_category_create_params {
	uint32_t size;
	const char *key;
	const char *code;
	const char *name;
	market_id parent;
	const char *commission_class;
	const char *deposit_class;
	const char *fee_class;
	const market_pair *const *licences;
	size_t n_licences;
	const market_pair *const *metadata;
	size_t n_metadata;
} market_category_create_params;
#define MARKET_CATEGORY_CREATE_PARAMS_INIT MARKET_INIT(market_category_create_params)

/* Adds a category. By operators with catalog.
 * Errors: EINVALID (code; licences: no requirement of the policy), ENOTFOUND (parent), ELIMIT
 * (parent: too deep), EEXISTS (code). Since 0.1. */
MARKET_API int market_category_create(struct market_session *session,
                                      const market_category_create_params *in,
                                      market_category **out, market_error *err);

/* Absent fields stay as they are. A class given here reaches the categories below that had the
 * class of the one above them. */
typedef struct market_category_update_params {
	uint32_t size;
	const char *key;
	market_id category;
	const char *name;
	const char *commission_class;
	const char *deposit_class;
	const char *fee_class;
	const market_pair *const *licences;
	size_t n_licences;
} market_category_update_params;
#define MARKET_CATEGORY_UPDATE_PARAMS_INIT MARKET_INIT(market_category_update_params)

/* Changes a category; what it is called and how it is charged of orders from then on. By operators
 * with catalog. Errors: EINVALID (licences: no requirement of the policy). Since 0.1. */
MARKET_API int market_category_update(struct market_session *session,
                                      const market_category_update_params *in,
                                      market_category **out, market_error *err);

typedef struct market_category_get_params {
	uint32_t size;
	const char *key;
	market_id category;
} market_category_get_params;
#define MARKET_CATEGORY_GET_PARAMS_INIT MARKET_INIT(market_category_get_params)

/* One category, with the attributes and licences in effect. By anyone. Since 0.1. */
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
#define MARKET_CATEGORY_LIST_PARAMS_INIT MARKET_INIT(market_category_list_params)

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
	const market_pair *const *images; /* in the order shown: the SHA-256 of each in hexadecimal,
	                                   * with the address where it is found */
	size_t n_images;
	const char *reason; /* of the rejection, or of the last request for a revision */
	market_time created_at;
	market_time published_at;
	int64_t version;
	const market_pair *const *metadata;
	size_t n_metadata;
	int64_t revision; /* counts the change requests that were confirmed, from 1 (CAT-3) */
} market_product;

/* `seller` absent: the member's own, or the platform itself where an operator acts. `draft`: not
 * yet proposed. `ref`, `description`, `brand`, `attributes`, `images` and `metadata` may be absent.
 */
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
	const market_pair *const *images;
	size_t n_images;
	bool draft;
	const market_pair *const *metadata;
	size_t n_metadata;
} market_product_create_params;
#define MARKET_PRODUCT_CREATE_PARAMS_INIT MARKET_INIT(market_product_create_params)

/* Adds a product, proposed or as a draft. By members of the seller with catalogue and operators
 * with catalog. Errors: ENOTFOUND (category), EEXISTS (ref); unless a draft, EINVALID (images,
 * attributes.NAME) and EMISSING (attributes.NAME) when it doesn't fit its category, ELISTING when a
 * listing rule blocks it. Since 0.1. */
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
	const market_pair *const *images;
	size_t n_images;
} market_product_update_params;
#define MARKET_PRODUCT_UPDATE_PARAMS_INIT MARKET_INIT(market_product_update_params)

/* Changes a product that isn't published yet; a published one changes by change.create. By members
 * of the proposing seller with catalogue and operators with catalog. Errors: ESTATE; of a proposed
 * one EINVALID and EMISSING (attributes.NAME), and ELISTING. Since 0.1. */
MARKET_API int market_product_update(struct market_session *session,
                                     const market_product_update_params *in, market_product **out,
                                     market_error *err);

typedef struct market_product_propose_params {
	uint32_t size;
	const char *key;
	market_id product;
} market_product_propose_params;
#define MARKET_PRODUCT_PROPOSE_PARAMS_INIT MARKET_INIT(market_product_propose_params)

/* draft → proposed. By members of the proposing seller with catalogue and operators with catalog.
 * Errors: ESTATE, EINVALID and EMISSING (attributes.NAME), ELISTING. Since 0.1. */
MARKET_API int market_product_propose(struct market_session *session,
                                      const market_product_propose_params *in, market_product **out,
                                      market_error *err);

typedef struct market_product_publish_params {
	uint32_t size;
	const char *key;
	market_id product;
	int64_t version; /* that was looked at; 0: whichever is there */
} market_product_publish_params;
#define MARKET_PRODUCT_PUBLISH_PARAMS_INIT MARKET_INIT(market_product_publish_params)

/* proposed → published. Its proposer may change it until then: with `version` nothing is published
 * that nobody has looked at. By operators with catalog.
 * Errors: ESTATE, ECHANGED (version). Since 0.1. */
MARKET_API int market_product_publish(struct market_session *session,
                                      const market_product_publish_params *in, market_product **out,
                                      market_error *err);

typedef struct market_product_reject_params {
	uint32_t size;
	const char *key;
	market_id product;
	const char *reason;
} market_product_reject_params;
#define MARKET_PRODUCT_REJECT_PARAMS_INIT MARKET_INIT(market_product_reject_params)

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
#define MARKET_PRODUCT_REVISE_PARAMS_INIT MARKET_INIT(market_product_revise_params)

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
#define MARKET_PRODUCT_GET_PARAMS_INIT MARKET_INIT(market_product_get_params)

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
#define MARKET_PRODUCT_LIST_PARAMS_INIT MARKET_INIT(market_product_list_params)

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

#ifdef __cplusplus
}
#endif
#endif
