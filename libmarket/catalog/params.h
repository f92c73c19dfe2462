/* Descriptors of the params and pages of the catalogue's operations, for the table. */
#ifndef MK_CATALOG_PARAMS_H
#define MK_CATALOG_PARAMS_H

#include "libmarket/catalog/catalog.h"

/* The attribute values of a product or SKU: a JSON object of texts. */
#define MK_F_ATTRIBUTES(T, sum) \
	{ \
		.name = "attributes", .summary = sum, .kind = MK_LIST, .flags = MK_PAIRS, \
		.record = &mk_pair_record, .max = MK_MAX_ATTRIBUTES, \
		.offset = MK_AT(T, attributes, const market_pair *const *), \
		.count_offset = MK_AT(T, n_attributes, size_t) \
	}

/* A JSON object of texts. */
#define MK_F_TEXT_PAIRS(T, m, fl, hi, sum) \
	{ \
		.name = #m, .summary = sum, .kind = MK_LIST, .flags = (fl) | MK_PAIRS, \
		.record = &mk_pair_record, .max = (hi), .offset = MK_AT(T, m, const market_pair *const *), \
		.count_offset = MK_AT(T, n_##m, size_t) \
	}

extern const mk_record mk_category_create_params, mk_category_get_params;
extern const mk_record mk_category_update_params;
extern const mk_record mk_category_list_params, mk_product_create_params;
extern const mk_record mk_product_update_params, mk_product_propose_params;
extern const mk_record mk_product_publish_params, mk_product_reject_params;
extern const mk_record mk_product_revise_params, mk_product_get_params, mk_product_list_params;
extern const mk_record mk_offer_create_params, mk_offer_update_params, mk_offer_activate_params;
extern const mk_record mk_offer_pause_params, mk_offer_end_params, mk_offer_block_params;
extern const mk_record mk_offer_unblock_params, mk_offer_get_params, mk_offer_list_params;
extern const mk_record mk_warehouse_create_params, mk_warehouse_list_params;
extern const mk_record mk_stock_adjust_params, mk_stock_set_params, mk_stock_list_params;
extern const mk_record mk_category_page_record, mk_product_page_record, mk_offer_page_record;
extern const mk_record mk_warehouse_page_record, mk_stock_page_record;

#endif
