/*
 * Typed attributes of back categories (CAT-1): what a product of a category, or each variant of its
 * offers, must and may state. They belong to the platform.
 *
 * A category has its own definitions and those of the categories above it. The nearest definition
 * of a name wins; it has the type of the one above it, and doesn't make a required attribute
 * optional unless it says `loosens`. Attributes without a definition are free texts.
 *
 * Since 0.1.
 */
#ifndef MARKET_ATTRIBUTE_H
#define MARKET_ATTRIBUTE_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

typedef enum market_attribute_type {
	MARKET_ATTRIBUTE_TEXT = 1,
	MARKET_ATTRIBUTE_INTEGER, /* up to 18 digits, written without leading zeros */
	MARKET_ATTRIBUTE_DECIMAL, /* up to 12 digits and 6 behind the point, without trailing zeros */
	MARKET_ATTRIBUTE_BOOLEAN, /* "true" or "false" */
	MARKET_ATTRIBUTE_CHOICE   /* one of `options` */
} market_attribute_type;

/* `required`: a product must state it when it is proposed, a variant when its offer is made.
 * `variant`: it is stated by each SKU of an offer and tells the SKUs apart; the others are stated
 * by the product. */
typedef struct market_attribute {
	market_id id;
	market_id category; /* that defines it */
	const char *name;   /* the name in the attributes of products and SKUs */
	int32_t type;
	bool required;
	bool loosens; /* not required although a category above requires it */
	bool variant;
	bool retired;        /* the definition counts no longer */
	const char *unit;    /* shown with the value: "cm" */
	const char *minimum; /* of a number; of a text, of its characters */
	const char *maximum;
	const market_pair *const *options; /* of a choice: each value with the text shown for it */
	size_t n_options;
	market_time created_at;
	int64_t version;
} market_attribute;

/* Absent `unit`, `minimum`, `maximum`: none. `options` are of a choice, and then required. */
typedef struct market_attribute_create_params {
	uint32_t size;
	const char *key;
	market_id category;
	const char *name;
	int32_t type;
	bool required;
	bool loosens;
	bool variant;
	const char *unit;
	const char *minimum;
	const char *maximum;
	const market_pair *const *options;
	size_t n_options;
} market_attribute_create_params;
#define MARKET_ATTRIBUTE_CREATE_PARAMS_INIT MARKET_INIT(market_attribute_create_params)

/* Defines an attribute of a category and of those below it. What is published stays as it is. By
 * operators with catalog. Errors: EINVALID (minimum, maximum, options; type: another than that of
 * the category above), EMISSING (options), ELIMIT (category), EEXISTS (name). Since 0.1. */
MARKET_API int market_attribute_create(struct market_session *session,
                                       const market_attribute_create_params *in,
                                       market_attribute **out, market_error *err);

/* Absent fields stay as they are; the type and whether it makes variants always do. */
typedef struct market_attribute_update_params {
	uint32_t size;
	const char *key;
	market_id attribute;
	const bool *required;
	const bool *loosens;
	const bool *retired;
	const char *unit;
	const char *minimum;
	const char *maximum;
	const market_pair *const *options;
	size_t n_options;
} market_attribute_update_params;
#define MARKET_ATTRIBUTE_UPDATE_PARAMS_INIT MARKET_INIT(market_attribute_update_params)

/* Changes a definition, for what is proposed from then on. By operators with catalog.
 * Errors: EINVALID (minimum, maximum, options), EMISSING (options). Since 0.1. */
MARKET_API int market_attribute_update(struct market_session *session,
                                       const market_attribute_update_params *in,
                                       market_attribute **out, market_error *err);
MARKET_API void market_attribute_free(market_attribute *attribute);

typedef struct market_attribute_list_params {
	uint32_t size;
	const char *key;
	market_id category;
	const char *after;
	const int64_t *limit;
} market_attribute_list_params;
#define MARKET_ATTRIBUTE_LIST_PARAMS_INIT MARKET_INIT(market_attribute_list_params)

typedef struct market_attribute_page {
	const market_attribute *const *items;
	size_t n_items;
	const char *next; /* the cursor of the next page; NULL at the end */
} market_attribute_page;

/* A category's own definitions, retired ones included, oldest first; those in effect, the inherited
 * ones included, are in category.get. By anyone. Errors: EINVALID (after). Since 0.1. */
MARKET_API int market_attribute_list(struct market_session *session,
                                     const market_attribute_list_params *in,
                                     market_attribute_page **out, market_error *err);
MARKET_API void market_attribute_page_free(market_attribute_page *page);

#ifdef __cplusplus
}
#endif
#endif
