/* A checkout in the making; private to libmarket/order. */
#ifndef MK_ORDER_PLACE_H
#define MK_ORDER_PLACE_H

#include "libmarket/catalog/catalog.h"
#include "libmarket/order/order.h"

typedef struct mk_checkout {
	const market_order_place_params *params;
	const char *country; /* where the goods go; NULL: it isn't stated */
	mk_item **items;     /* as params->items */
	mk_order_line **lines;
	size_t *order_of; /* the index of each line's order */
	size_t n_lines;
	mk_order **orders;
	size_t n_orders;
	mk_order_group group;
} mk_checkout;

/* Divides all discounts over the lines (order/divide.c). */
int mk_checkout_discount(mk_ctx *ctx, mk_checkout *checkout, market_error *err);

#endif
