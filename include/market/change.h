/*
 * Change requests (CAT-3): how a published product changes. Its offers, of whichever seller, stay
 * as they are. They belong to the platform.
 *
 * Since 0.1.
 */
#ifndef MARKET_CHANGE_H
#define MARKET_CHANGE_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

/* pending → confirmed | declined | cancelled, once. */
typedef enum market_change_state {
	MARKET_CHANGE_PENDING = 1,
	MARKET_CHANGE_CONFIRMED,
	MARKET_CHANGE_DECLINED,
	MARKET_CHANGE_CANCELLED
} market_change_state;

/* Absent fields are those that stay. */
typedef struct market_change {
	market_id id;
	market_id product;
	market_id seller; /* who proposed the product; absent: the platform */
	int32_t state;
	int64_t product_revision; /* of the product as the change was asked for */
	market_id category;
	const char *title;
	const char *description;
	const char *brand;
	const market_pair *const *attributes;
	size_t n_attributes;
	const market_pair *const *images;
	size_t n_images;
	bool automatic;     /* confirmed by the policy */
	const char *reason; /* why it was declined */
	market_time created_at;
	market_time decided_at;
	int64_t version;
} market_change;

/* At least one field besides the product; `attributes` and `images` replace all of them. */
typedef struct market_change_create_params {
	uint32_t size;
	const char *key;
	market_id product;
	market_id category;
	const char *title;
	const char *description;
	const char *brand;
	const market_pair *const *attributes;
	size_t n_attributes;
	const market_pair *const *images;
	size_t n_images;
} market_change_create_params;
#define MARKET_CHANGE_CREATE_PARAMS_INIT MARKET_INIT(market_change_create_params)

/* Asks for a change of a published product. When the policy confirms all its fields by itself
 * (catalogue.change_automatic), it is confirmed at once. By members of the proposing seller with
 * catalogue and operators with catalog. Errors: ESTATE (not published), EMISSING (nothing to
 * change; attributes.NAME), ENOTFOUND (category), EINVALID (attributes.NAME, images), ELISTING.
 * What a listing rule wants looked at isn't confirmed by the policy. Since 0.1. */
MARKET_API int market_change_create(struct market_session *session,
                                    const market_change_create_params *in, market_change **out,
                                    market_error *err);

typedef struct market_change_confirm_params {
	uint32_t size;
	const char *key;
	market_id change;
} market_change_confirm_params;
#define MARKET_CHANGE_CONFIRM_PARAMS_INIT MARKET_INIT(market_change_confirm_params)

/* pending → confirmed: the product takes the new values. By operators with catalog.
 * Errors: ESTATE, ECHANGED (the product has changed since), EINVALID and EMISSING
 * (attributes.NAME: its category asks for more by now), ELISTING. Since 0.1. */
MARKET_API int market_change_confirm(struct market_session *session,
                                     const market_change_confirm_params *in, market_change **out,
                                     market_error *err);

typedef struct market_change_decline_params {
	uint32_t size;
	const char *key;
	market_id change;
	const char *reason;
} market_change_decline_params;
#define MARKET_CHANGE_DECLINE_PARAMS_INIT MARKET_INIT(market_change_decline_params)

/* pending → declined. By operators with catalog. Errors: ESTATE. Since 0.1. */
MARKET_API int market_change_decline(struct market_session *session,
                                     const market_change_decline_params *in, market_change **out,
                                     market_error *err);

typedef struct market_change_cancel_params {
	uint32_t size;
	const char *key;
	market_id change;
} market_change_cancel_params;
#define MARKET_CHANGE_CANCEL_PARAMS_INIT MARKET_INIT(market_change_cancel_params)

/* pending → cancelled. By members of the proposing seller with catalogue and operators with
 * catalog. Errors: ESTATE. Since 0.1. */
MARKET_API int market_change_cancel(struct market_session *session,
                                    const market_change_cancel_params *in, market_change **out,
                                    market_error *err);

typedef struct market_change_get_params {
	uint32_t size;
	const char *key;
	market_id change;
} market_change_get_params;
#define MARKET_CHANGE_GET_PARAMS_INIT MARKET_INIT(market_change_get_params)

/* One change request. By members of the proposing seller and operators with catalog. Since 0.1. */
MARKET_API int market_change_get(struct market_session *session, const market_change_get_params *in,
                                 market_change **out, market_error *err);
MARKET_API void market_change_free(market_change *change);

/* `seller` absent: the member's own, or all of them to operators. `product`: of that one alone.
 * `state`: pending unless stated. */
typedef struct market_change_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	market_id product;
	int32_t state;
	const char *after;
	const int64_t *limit;
} market_change_list_params;
#define MARKET_CHANGE_LIST_PARAMS_INIT MARKET_INIT(market_change_list_params)

typedef struct market_change_page {
	const market_change *const *items;
	size_t n_items;
	const char *next; /* the cursor of the next page; NULL at the end */
} market_change_page;

/* Change requests of one state, oldest first. By members of `seller` and operators with catalog.
 * Errors: EINVALID (after). Since 0.1. */
MARKET_API int market_change_list(struct market_session *session,
                                  const market_change_list_params *in, market_change_page **out,
                                  market_error *err);
MARKET_API void market_change_page_free(market_change_page *page);

#ifdef __cplusplus
}
#endif
#endif
