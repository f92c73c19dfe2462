/*
 * Parcels of an order. They are made by order.ship and order.deliver.
 *
 * Since 0.1.
 */
#ifndef MARKET_SHIPMENT_H
#define MARKET_SHIPMENT_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

/* What a parcel holds of one line. */
typedef struct market_shipment_line {
	market_id id;
	market_id shipment;
	market_id line;
	int64_t quantity;
} market_shipment_line;

/* A parcel. A whole one holds everything that the order's lines name and has no lines of its own.
 */
typedef struct market_shipment {
	market_id id;
	const char *ref;
	market_id order;
	bool whole;
	const char *carrier;
	const char *tracking;
	market_time shipped_at;
	market_time delivered_at;
	const char *proof;
	int64_t version;
	const market_shipment_line *const *lines;
	size_t n_lines;
} market_shipment;

typedef struct market_shipment_get_params {
	uint32_t size;
	const char *key;
	market_id shipment;
} market_shipment_get_params;
#define MARKET_SHIPMENT_GET_PARAMS_INIT MARKET_INIT(market_shipment_get_params)

/* One parcel. By its order's buyer, members of its seller and operators with orders. Since 0.1. */
MARKET_API int market_shipment_get(struct market_session *session,
                                   const market_shipment_get_params *in, market_shipment **out,
                                   market_error *err);
MARKET_API void market_shipment_free(market_shipment *shipment);

typedef struct market_shipment_list_params {
	uint32_t size;
	const char *key;
	market_id order;
	const char *after;
	const int64_t *limit;
} market_shipment_list_params;
#define MARKET_SHIPMENT_LIST_PARAMS_INIT MARKET_INIT(market_shipment_list_params)

typedef struct market_shipment_page {
	const market_shipment *const *items;
	size_t n_items;
	const char *next;
} market_shipment_page;

/* The parcels of an order, oldest first. By the order's buyer, members of its seller and operators
 * with orders. Errors: EINVALID (after). Since 0.1. */
MARKET_API int market_shipment_list(struct market_session *session,
                                    const market_shipment_list_params *in,
                                    market_shipment_page **out, market_error *err);
MARKET_API void market_shipment_page_free(market_shipment_page *page);

#ifdef __cplusplus
}
#endif
#endif
