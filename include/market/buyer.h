/*
 * Buyers and their addresses.
 *
 * Since 0.1.
 */
#ifndef MARKET_BUYER_H
#define MARKET_BUYER_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

/* A buyer. Owns a book: its own id. */
typedef struct market_buyer {
	market_id id;
	const char *ref; /* the caller's reference, unique in the store */
	const char *name;
	const char *email;  /* masked unless read in full */
	const char *locale; /* BCP 47 */
	market_time created_at;
	int64_t version;
	const market_pair *const *metadata;
	size_t n_metadata;
} market_buyer;

/* `ref`, `email`, `locale` and `metadata` may be absent. */
typedef struct market_buyer_create_params {
	uint32_t size;
	const char *key;
	const char *ref;
	const char *name;
	const char *email;
	const char *locale;
	const market_pair *const *metadata;
	size_t n_metadata;
} market_buyer_create_params;
#define MARKET_BUYER_CREATE_PARAMS_INIT MARKET_INIT(market_buyer_create_params)

/* Registers a buyer. By operators with buyers.
 * Errors: EEXISTS (ref). Since 0.1. */
MARKET_API int market_buyer_create(struct market_session *session,
                                   const market_buyer_create_params *in, market_buyer **out,
                                   market_error *err);

typedef struct market_buyer_get_params {
	uint32_t size;
	const char *key;
	market_id buyer;
} market_buyer_get_params;
#define MARKET_BUYER_GET_PARAMS_INIT MARKET_INIT(market_buyer_get_params)

/* One buyer. By the buyer and operators with buyers. Since 0.1. */
MARKET_API int market_buyer_get(struct market_session *session, const market_buyer_get_params *in,
                                market_buyer **out, market_error *err);
MARKET_API void market_buyer_free(market_buyer *buyer);

/* A delivery address of a buyer. Orders freeze a copy of it. */
typedef struct market_address {
	market_id id;
	const char *ref;
	const char *name;
	const char *phone;
	const char *country; /* ISO 3166-1 alpha-2 */
	const char *region;
	const char *city;
	const char *postcode;
	const char *street;
	market_time created_at;
	int64_t version;
} market_address;

typedef struct market_address_create_params {
	uint32_t size;
	const char *key;
	market_id buyer;
	const char *ref;
	const char *name;
	const char *phone;
	const char *country;
	const char *region;
	const char *city;
	const char *postcode;
	const char *street;
} market_address_create_params;
#define MARKET_ADDRESS_CREATE_PARAMS_INIT MARKET_INIT(market_address_create_params)

/* Adds an address. By the buyer and operators with buyers.
 * Errors: EEXISTS (ref). Since 0.1. */
MARKET_API int market_address_create(struct market_session *session,
                                     const market_address_create_params *in, market_address **out,
                                     market_error *err);
MARKET_API void market_address_free(market_address *address);

typedef struct market_address_list_params {
	uint32_t size;
	const char *key;
	market_id buyer;
	const char *after;
	const int64_t *limit;
} market_address_list_params;
#define MARKET_ADDRESS_LIST_PARAMS_INIT MARKET_INIT(market_address_list_params)

typedef struct market_address_page {
	const market_address *const *items;
	size_t n_items;
	const char *next; /* the cursor of the next page; NULL at the end */
} market_address_page;

/* A buyer's addresses, oldest first. By the buyer and operators with buyers. Since 0.1. */
MARKET_API int market_address_list(struct market_session *session,
                                   const market_address_list_params *in, market_address_page **out,
                                   market_error *err);
MARKET_API void market_address_page_free(market_address_page *page);

#ifdef __cplusplus
}
#endif
#endif
