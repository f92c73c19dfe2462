/*
 * Brands, the sellers' authorisations for them, and the prices that brands ask for.
 *
 * Since 0.1.
 */
#ifndef MARKET_BRAND_H
#define MARKET_BRAND_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

/* SEL-3: how many stores of a type the brand has. */
typedef struct market_brand_stores {
	int32_t store_type;
	int64_t taken; /* places of approved sellers and of those in review */
} market_brand_stores;

/* A brand. A product names it by its code or its name, whatever the case of letters and the number
 * of spaces. Belongs to the platform. */
typedef struct market_brand {
	market_id id;
	const char *ref; /* unique among brands */
	const char *code;
	const char *name;
	const char *owner; /* the legal owner's name */
	const char *tier;  /* of the policy */
	market_time created_at;
	int64_t version;
	const market_pair *const *metadata;
	size_t n_metadata;
	const market_brand_stores *const *stores;
	size_t n_stores;
} market_brand;
MARKET_API void market_brand_free(market_brand *brand);

typedef struct market_brand_create_params {
	uint32_t size;
	const char *key;
	const char *ref;
	const char *code; /* lower-case letters, digits, '_', '-' and '.' */
	const char *name;
	const char *owner;
	const char *tier; /* absent: the policy's first */
	const market_pair *const *metadata;
	size_t n_metadata;
} market_brand_create_params;
#define MARKET_BRAND_CREATE_PARAMS_INIT MARKET_INIT(market_brand_create_params)

/* Adds a brand. From then on its products are offered by authorised sellers only (SEL-3). By
 * operators with catalog. Errors: EINVALID (code, tier), EEXISTS (ref, code, name). Since 0.1. */
MARKET_API int market_brand_create(struct market_session *session,
                                   const market_brand_create_params *in, market_brand **out,
                                   market_error *err);

/* Absent fields stay as they are. */
typedef struct market_brand_update_params {
	uint32_t size;
	const char *key;
	market_id brand;
	const char *name;
	const char *owner;
	const char *tier;
	const market_pair *const *metadata;
	size_t n_metadata;
} market_brand_update_params;
#define MARKET_BRAND_UPDATE_PARAMS_INIT MARKET_INIT(market_brand_update_params)

/* Changes a brand. A lower quota of another tier takes no place away; a former name goes on naming
 * it in products, and names no other. By operators with catalog. Errors: ENOTFOUND, EINVALID
 * (tier), EEXISTS (name). Since 0.1. */
MARKET_API int market_brand_update(struct market_session *session,
                                   const market_brand_update_params *in, market_brand **out,
                                   market_error *err);

typedef struct market_brand_get_params {
	uint32_t size;
	const char *key;
	market_id brand;
} market_brand_get_params;
#define MARKET_BRAND_GET_PARAMS_INIT MARKET_INIT(market_brand_get_params)

/* One brand. By anybody. Errors: ENOTFOUND. Since 0.1. */
MARKET_API int market_brand_get(struct market_session *session, const market_brand_get_params *in,
                                market_brand **out, market_error *err);

typedef struct market_brand_list_params {
	uint32_t size;
	const char *key;
	const char *after;
	const int64_t *limit;
} market_brand_list_params;
#define MARKET_BRAND_LIST_PARAMS_INIT MARKET_INIT(market_brand_list_params)

typedef struct market_brand_page {
	const market_brand *const *items; /* without `stores` */
	size_t n_items;
	const char *next;
} market_brand_page;

/* All brands, oldest first. By anybody. Errors: EINVALID (after). Since 0.1. */
MARKET_API int market_brand_list(struct market_session *session, const market_brand_list_params *in,
                                 market_brand_page **out, market_error *err);
MARKET_API void market_brand_page_free(market_brand_page *page);

/* ---- authorisations ---- */

/* `pending → accepted | rejected`; `accepted | expired → revoked`; either of the first two ends as
 * `expired` when its time is over. */
typedef enum market_authorisation_state {
	MARKET_AUTHORISATION_PENDING = 1,
	MARKET_AUTHORISATION_ACCEPTED,
	MARKET_AUTHORISATION_EXPIRED,
	MARKET_AUTHORISATION_REJECTED,
	MARKET_AUTHORISATION_REVOKED
} market_authorisation_state;

/* Whether the seller has a place among the brand's stores by it (SEL-3). */
typedef enum market_brand_place {
	MARKET_BRAND_PLACE_HELD = 1, /* in review, until `place_until` */
	MARKET_BRAND_PLACE_TAKEN
} market_brand_place;

/* One step from the brand's owner to the seller. */
typedef struct market_brand_link {
	uint32_t size;
	const char *from; /* who authorises */
	const char *to;   /* whom */
	market_id
		authorisation; /* the other seller's authorisation by which `from` may; absent: none */
} market_brand_link;
#define MARKET_BRAND_LINK_INIT MARKET_INIT(market_brand_link)

typedef struct market_authorised_product {
	uint32_t size;
	market_id product;
} market_authorised_product;
#define MARKET_AUTHORISED_PRODUCT_INIT MARKET_INIT(market_authorised_product)

/* That a seller may sell a brand. Belongs to the seller. */
typedef struct market_authorisation {
	market_id id;
	const char *ref; /* unique among the seller's */
	market_id seller;
	market_id brand;
	int32_t state;
	bool owner;                  /* the seller is the brand's owner */
	const char *document;        /* its number; sealed at rest and shown masked (SEL-10) */
	const char *document_digest; /* SHA-256 as 64 hexadecimal digits */
	const market_brand_link *const *chain;
	size_t n_chain;
	const market_authorised_product *const *products; /* none: all */
	size_t n_products;
	const char *const *models; /* values of the products' attribute `model`; none: all */
	size_t n_models;
	const char *const *channels; /* none: all */
	size_t n_channels;
	market_time valid_from; /* it lets nobody list before */
	market_time valid_to;   /* absent: no end */
	const char *reason;     /* of a rejection or revocation */
	int32_t place;
	market_time place_until; /* of a held place; stays when that was given up */
	market_time created_at;
	market_time decided_at;
	int64_t version;
} market_authorisation;
MARKET_API void market_authorisation_free(market_authorisation *authorisation);

typedef struct market_authorisation_create_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *ref;
	market_id brand;
	bool owner;
	const char *document;
	const char *document_digest;
	const market_brand_link *const *chain;
	size_t n_chain;
	const market_authorised_product *const *products;
	size_t n_products;
	const char *const *models;
	size_t n_models;
	const char *const *channels;
	size_t n_channels;
	market_time valid_from; /* absent: now */
	market_time valid_to;
} market_authorisation_create_params;
#define MARKET_AUTHORISATION_CREATE_PARAMS_INIT MARKET_INIT(market_authorisation_create_params)

/* Hands in an authorisation, which waits for an operator. Its chain leads without a gap from the
 * brand's legal owner, or from a seller by an authorisation of its own that is valid, to the
 * seller's legal name; an owner has none. A flagship store's is an owner's, and of nobody else's;
 * flagship and exclusive stores are of one brand. By owners and catalogue members of the seller and
 * operators with sellers. Errors: ESTATE (the seller is gone), ENOTFOUND (brand,
 * chain[i].authorisation, products[i].product), EINVALID (owner, document_digest, chain, valid_to,
 * brand), EEXISTS (ref). Since 0.1. */
MARKET_API int market_authorisation_create(struct market_session *session,
                                           const market_authorisation_create_params *in,
                                           market_authorisation **out, market_error *err);

typedef struct market_authorisation_get_params {
	uint32_t size;
	const char *key;
	market_id authorisation;
} market_authorisation_get_params;
#define MARKET_AUTHORISATION_GET_PARAMS_INIT MARKET_INIT(market_authorisation_get_params)

typedef struct market_authorisation_reason_params {
	uint32_t size;
	const char *key;
	market_id authorisation;
	const char *reason;
} market_authorisation_reason_params;
#define MARKET_AUTHORISATION_REASON_PARAMS_INIT MARKET_INIT(market_authorisation_reason_params)

/* Accepts a pending one. An approved seller takes a place among the brand's stores. By operators
 * with sellers. Errors: ENOTFOUND, ESTATE, EQUOTA (the brand has no place for one more store of the
 * type). Since 0.1. */
MARKET_API int market_authorisation_accept(struct market_session *session,
                                           const market_authorisation_get_params *in,
                                           market_authorisation **out, market_error *err);
/* Rejects a pending one. By operators with sellers. Errors: ENOTFOUND, ESTATE. Since 0.1. */
MARKET_API int market_authorisation_reject(struct market_session *session,
                                           const market_authorisation_reason_params *in,
                                           market_authorisation **out, market_error *err);
/* Ends an accepted or expired one and frees its place; running offers stay. By operators with
 * sellers. Errors: ENOTFOUND, ESTATE. Since 0.1. */
MARKET_API int market_authorisation_revoke(struct market_session *session,
                                           const market_authorisation_reason_params *in,
                                           market_authorisation **out, market_error *err);
/* Does what is due: warns before the end, ends it, or gives a held place up. By the system. Errors:
 * ENOTFOUND, ESTATE (nothing is due). Since 0.1. */
MARKET_API int market_authorisation_expire(struct market_session *session,
                                           const market_authorisation_get_params *in,
                                           market_authorisation **out, market_error *err);
/* One authorisation. By members of the seller and operators with sellers. Errors: ENOTFOUND. Since
 * 0.1. */
MARKET_API int market_authorisation_get(struct market_session *session,
                                        const market_authorisation_get_params *in,
                                        market_authorisation **out, market_error *err);

typedef struct market_authorisation_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *after;
	const int64_t *limit;
} market_authorisation_list_params;
#define MARKET_AUTHORISATION_LIST_PARAMS_INIT MARKET_INIT(market_authorisation_list_params)

typedef struct market_authorisation_page {
	const market_authorisation *const
		*items; /* without document, chain and what it is narrowed to */
	size_t n_items;
	const char *next;
} market_authorisation_page;

/* A seller's authorisations, oldest first. By members of the seller and operators with sellers.
 * Errors: ENOTFOUND, EINVALID (after). Since 0.1. */
MARKET_API int market_authorisation_list(struct market_session *session,
                                         const market_authorisation_list_params *in,
                                         market_authorisation_page **out, market_error *err);
MARKET_API void market_authorisation_page_free(market_authorisation_page *page);

/* ---- prices (CAT-5) ---- */

typedef enum market_price_breach {
	MARKET_PRICE_BREACH_BLOCK = 1, /* the offer or the change is refused */
	MARKET_PRICE_BREACH_REVIEW,    /* the offer is blocked until an operator unblocks it */
	MARKET_PRICE_BREACH_EVENT,     /* the event price_rule.breached */
	MARKET_PRICE_BREACH_VIOLATION  /* a violation of the seller's (market/standing.h) */
} market_price_breach;

/* What a brand asks of its stores for a product. With neither price nor floor nothing is asked. */
typedef struct market_price_rule {
	market_id id;
	market_id brand;
	market_id product;
	const char *currency;
	market_money price; /* the one price */
	market_money floor; /* the least one */
	int32_t breach;     /* absent: as the policy says */
	market_time created_at;
	market_time changed_at;
	int64_t version;
} market_price_rule;
MARKET_API void market_price_rule_free(market_price_rule *rule);

typedef struct market_price_rule_set_params {
	uint32_t size;
	const char *key;
	market_id brand;
	market_id product;
	const char *currency;
	market_money price;
	market_money floor;
	int32_t breach;
} market_price_rule_set_params;
#define MARKET_PRICE_RULE_SET_PARAMS_INIT MARKET_INIT(market_price_rule_set_params)

/* Sets or lifts what a brand asks for a product of it in one currency: a price or a floor, not
 * both. Offers that run aren't looked at. By operators with catalog. Errors: ENOTFOUND (brand,
 * product), EINVALID (product, price), ECURRENCY (currency, price, floor). Since 0.1. */
MARKET_API int market_price_rule_set(struct market_session *session,
                                     const market_price_rule_set_params *in,
                                     market_price_rule **out, market_error *err);

typedef struct market_price_rule_list_params {
	uint32_t size;
	const char *key;
	market_id brand;
	const char *after;
	const int64_t *limit;
} market_price_rule_list_params;
#define MARKET_PRICE_RULE_LIST_PARAMS_INIT MARKET_INIT(market_price_rule_list_params)

typedef struct market_price_rule_page {
	const market_price_rule *const *items;
	size_t n_items;
	const char *next;
} market_price_rule_page;

/* A brand's price rules, oldest first. By operators with catalog. Errors: ENOTFOUND, EINVALID
 * (after). Since 0.1. */
MARKET_API int market_price_rule_list(struct market_session *session,
                                      const market_price_rule_list_params *in,
                                      market_price_rule_page **out, market_error *err);
MARKET_API void market_price_rule_page_free(market_price_rule_page *page);

#ifdef __cplusplus
}
#endif
#endif
