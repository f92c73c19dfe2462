/* Brands, authorisations for them, the places of their stores (SEL-3) and their prices (CAT-5). */
#ifndef MK_SELLER_BRAND_H
#define MK_SELLER_BRAND_H

#include "libmarket/party/party.h"

typedef struct mk_brand {
	market_brand brand;
} mk_brand;

/* How many stores of one type a brand has. */
typedef struct mk_quota {
	market_id id;
	market_id brand;
	int32_t store_type;
	int64_t taken;
	int64_t version;
	/* of the join with the brand */
	const char *tier;
	const char *code;
	int64_t delta; /* planned by this operation */
} mk_quota;

typedef struct mk_authorisation {
	market_authorisation authorisation;
	market_blob document_sealed;
	market_blob document_key;
	market_blob document_index; /* blind: equal numbers find each other */
	const char *chain_text, *products_text, *models_text, *channels_text;
	market_time due_at;     /* of its deadline row, and the earliest of its timers */
	market_time due_before; /* as it was read */
	mk_quota *quota;        /* read with the seller's others */
	bool changed, fresh;    /* to be written; not stored yet */
} mk_authorisation;

/* A seller's authorisations that are pending, accepted or expired, oldest first. */
typedef struct mk_seller_brands {
	mk_authorisation **rows;
	size_t n_rows;
} mk_seller_brands;

extern const mk_record mk_brand_record, mk_authorisation_record, mk_price_rule_record;
extern const mk_record mk_brand_link_record, mk_authorised_product_record, mk_quota_record;
extern const mk_entity mk_brand_entity, mk_authorisation_entity, mk_price_rule_entity;
extern const mk_enum mk_authorisation_state_enum, mk_brand_place_enum;
extern const char *const mk_brand_ddl[];

/* ---- brands ---- */

/* The text by which a brand is found: folded (NFKC, case), with single spaces and none at the ends.
 * NULL when memory is exhausted. */
const char *mk_brand_fold(mk_ctx *ctx, const char *text);
/* The brand that a product's text names by code, name or a former name, or NULL. */
int mk_brand_named(mk_ctx *ctx, const char *text, mk_brand **out, market_error *err);
/* Plans the counters of a new brand's stores. */
void mk_quota_insert(mk_ctx *ctx, market_id brand);

/* ---- a seller's places among the brands' stores ---- */

/* Reads seller->brands once. */
int mk_seller_brands_read(mk_ctx *ctx, mk_seller *seller, market_error *err);
/* Gives or frees places as the seller's state and its authorisations ask. `hold`: one in review may
 * take a place for a while, if there is one. EQUOTA when an approved one finds none. Planned by
 * mk_places_save. */
int mk_places_follow(mk_ctx *ctx, mk_seller *seller, bool hold, market_error *err);
void mk_places_save(mk_ctx *ctx, mk_seller *seller);
/* The time in which one in review holds a place is over; the caller follows. */
int mk_place_give_up(mk_ctx *ctx, mk_seller *seller, mk_authorisation *row, market_error *err);
/* Whether it could be approved now, as far as places go. */
int mk_places_suffice(mk_ctx *ctx, mk_seller *seller, bool *suffice, market_error *err);
void mk_authorisation_write(mk_ctx *ctx, mk_authorisation *row);

/* ---- what an authorisation says, in authorisation_scope.c ---- */

/* Checks the params against the seller, its brand and what they name. */
int mk_authorisation_check(mk_ctx *ctx, const mk_seller *seller, const mk_brand *brand,
                           const market_authorisation_create_params *in, market_error *err);
/* Between the public lists and the columns that hold them as text. */
void mk_authorisation_encode(mk_ctx *ctx, mk_authorisation *row);
int mk_authorisation_decode(mk_ctx *ctx, mk_authorisation *row, market_error *err);
/* Whether it is accepted and its time runs. */
bool mk_authorisation_valid(const mk_ctx *ctx, const mk_authorisation *row);

/* ---- what others ask ---- */

/* SEL-3: whether the seller has as many accepted brands as its type asks for. */
int mk_brands_shown(mk_ctx *ctx, mk_seller *seller, bool *shown, market_error *err);
/* SEL-3: EINCOMPLETE when the product is of a brand that the seller may not sell. */
int mk_brand_check_listing(mk_ctx *ctx, const mk_seller *seller, const market_product *product,
                           market_error *err);

/* CAT-5: the prices of one offer against its product's rule. */
typedef struct mk_price_check {
	const market_price_rule *rule; /* NULL: none */
	int32_t breach;                /* what comes of one */
	const char *sku;               /* the first that breaks it; NULL: none */
	market_money price;
} mk_price_check;
int mk_price_check_begin(mk_ctx *ctx, market_id product, const char *currency,
                         mk_price_check *check, market_error *err);
bool mk_price_rule_breaks(const market_price_rule *rule, market_money price);
/* EINVALID (price) when a breach blocks. `name` is the SKU's reference; NULL: `id` names it. */
int mk_price_check_sku(mk_ctx *ctx, mk_price_check *check, const char *name, market_id id,
                       market_money price, market_error *err);
/* A breach that is reviewed blocks the offer; before it is written. */
void mk_price_check_hold(const mk_price_check *check, market_offer *offer);
/* Behind the offer's own event. */
void mk_price_check_event(mk_ctx *ctx, const mk_price_check *check, market_id offer);
/* A breach that is a violation gives the seller points (SEL-7). `seller` NULL: it is read. */
int mk_price_check_violation(mk_ctx *ctx, const mk_price_check *check, mk_seller *seller,
                             market_id offer, market_error *err);

/* ---- handlers ---- */

int mk_brand_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_brand_update(mk_ctx *ctx, const void *params, market_error *err);
int mk_brand_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_brand_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_authorisation_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_authorisation_accept(mk_ctx *ctx, const void *params, market_error *err);
int mk_authorisation_reject(mk_ctx *ctx, const void *params, market_error *err);
int mk_authorisation_revoke(mk_ctx *ctx, const void *params, market_error *err);
int mk_authorisation_expire(mk_ctx *ctx, const void *params, market_error *err);
int mk_authorisation_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_authorisation_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_price_rule_set(mk_ctx *ctx, const void *params, market_error *err);
int mk_price_rule_list(mk_ctx *ctx, const void *params, market_error *err);

#endif
