/* Parcels: rows and loading. They are made and delivered by the order's operations. */
#ifndef MK_SHIPMENT_SHIPMENT_H
#define MK_SHIPMENT_SHIPMENT_H

#include "libmarket/engine/context.h"

/* The row of a parcel. */
typedef struct mk_shipment {
	market_shipment shipment;
	market_id buyer; /* of its order */
} mk_shipment;

extern const mk_record mk_shipment_record, mk_shipment_line_record;
extern const mk_entity mk_shipment_entity;

/* Plans a new parcel and its lines. */
void mk_shipment_add(mk_ctx *ctx, mk_shipment *shipment);
void mk_shipment_save(mk_ctx *ctx, mk_shipment *shipment);
/* The parcels of an order with their lines, oldest first. */
int mk_shipment_list_order(mk_ctx *ctx, market_id order, mk_shipment ***out, size_t *count,
                           market_error *err);

extern const char *const mk_shipment_ddl[];

/* ---- handlers ---- */

int mk_shipment_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_shipment_list(mk_ctx *ctx, const void *params, market_error *err);

#endif
