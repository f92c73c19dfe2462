#include "libmarket/catalog/params.h"
#include "libmarket/op/op.h"

#define ANYONE MK_RELATIONS({MK_REL_ANYONE, 0})
#define OPERATORS MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_CATALOG})
#define CATALOGUE \
	MK_RELATIONS({MK_REL_MEMBER, MK_CAN_CATALOGUE}, {MK_REL_OPERATOR, MARKET_RIGHT_CATALOG})

enum {
	CATEGORY_CREATE,
	CATEGORY_GET,
	CATEGORY_LIST,
	PRODUCT_CREATE,
	PRODUCT_UPDATE,
	PRODUCT_PROPOSE,
	PRODUCT_PUBLISH,
	PRODUCT_REJECT,
	PRODUCT_REVISE,
	PRODUCT_GET,
	PRODUCT_LIST,
	OFFER_CREATE,
	OFFER_UPDATE,
	OFFER_ACTIVATE,
	OFFER_PAUSE,
	OFFER_END,
	OFFER_BLOCK,
	OFFER_UNBLOCK,
	OFFER_GET,
	OFFER_LIST,
	WAREHOUSE_CREATE,
	WAREHOUSE_LIST,
	STOCK_ADJUST,
	STOCK_SET,
	STOCK_LIST,
	N_OPS
};

static const mk_op catalog_ops[] = {
	[CATEGORY_CREATE] =
		{
			.name = "category.create",
			.summary = "Adds a back category.",
			.since = "0.1",
			.params = &mk_category_create_params,
			.result = &mk_category_record,
			.gives = &mk_category_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_EINVALID, MARKET_ENOTFOUND, MARKET_ELIMIT, MARKET_EEXISTS),
			.flags = MK_OP_WRITES,
			.handler = mk_category_create,
		},
	[CATEGORY_GET] =
		{
			.name = "category.get",
			.summary = "One back category.",
			.since = "0.1",
			.params = &mk_category_get_params,
			.result = &mk_category_record,
			.subject = &mk_category_entity,
			.subject_param = "category",
			.relations = ANYONE,
			.errors = MK_NO_ERRORS,
			.handler = mk_category_get,
		},
	[CATEGORY_LIST] =
		{
			.name = "category.list",
			.summary = "The categories below another.",
			.since = "0.1",
			.params = &mk_category_list_params,
			.result = &mk_category_page_record,
			.relations = ANYONE,
			.errors = MK_ERRORS(MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_category_list,
		},
	[PRODUCT_CREATE] =
		{
			.name = "product.create",
			.summary = "Adds a product, proposed or as a draft.",
			.since = "0.1",
			.params = &mk_product_create_params,
			.result = &mk_product_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.gives = &mk_product_entity,
			.relations = CATALOGUE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EEXISTS, MARKET_EINVALID, MARKET_EMISSING,
                                MARKET_ELISTING),
			.flags = MK_OP_WRITES,
			.handler = mk_product_create,
		},
	[PRODUCT_UPDATE] =
		{
			.name = "product.update",
			.summary = "Changes a product that isn't published yet.",
			.since = "0.1",
			.params = &mk_product_update_params,
			.result = &mk_product_record,
			.subject = &mk_product_entity,
			.subject_param = "product",
			.gives = &mk_product_entity,
			.relations = CATALOGUE,
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_EINVALID, MARKET_EMISSING, MARKET_ELISTING),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_product_update,
		},
	[PRODUCT_PROPOSE] =
		{
			.name = "product.propose",
			.summary = "Proposes a draft.",
			.since = "0.1",
			.params = &mk_product_propose_params,
			.result = &mk_product_record,
			.subject = &mk_product_entity,
			.subject_param = "product",
			.gives = &mk_product_entity,
			.relations = CATALOGUE,
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_EINVALID, MARKET_EMISSING, MARKET_ELISTING),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_product_propose,
		},
	[PRODUCT_PUBLISH] =
		{
			.name = "product.publish",
			.summary = "Publishes a proposed product.",
			.since = "0.1",
			.params = &mk_product_publish_params,
			.result = &mk_product_record,
			.subject = &mk_product_entity,
			.subject_param = "product",
			.gives = &mk_product_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_ECHANGED),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_product_publish,
		},
	[PRODUCT_REJECT] =
		{
			.name = "product.reject",
			.summary = "Rejects a proposed product.",
			.since = "0.1",
			.params = &mk_product_reject_params,
			.result = &mk_product_record,
			.subject = &mk_product_entity,
			.subject_param = "product",
			.gives = &mk_product_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_product_reject,
		},
	[PRODUCT_REVISE] =
		{
			.name = "product.revise",
			.summary = "Asks for a revision of a proposed product.",
			.since = "0.1",
			.params = &mk_product_revise_params,
			.result = &mk_product_record,
			.subject = &mk_product_entity,
			.subject_param = "product",
			.gives = &mk_product_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_product_revise,
		},
	[PRODUCT_GET] =
		{
			.name = "product.get",
			.summary = "One product.",
			.since = "0.1",
			.params = &mk_product_get_params,
			.result = &mk_product_record,
			.subject = &mk_product_entity,
			.subject_param = "product",
			.relations = ANYONE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND),
			.handler = mk_product_get,
		},
	[PRODUCT_LIST] =
		{
			.name = "product.list",
			.summary = "Products of one state.",
			.since = "0.1",
			.params = &mk_product_list_params,
			.result = &mk_product_page_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = ANYONE,
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_product_list,
		},
	[OFFER_CREATE] =
		{
			.name = "offer.create",
			.summary = "Adds an offer with its SKUs, as a draft.",
			.since = "0.1",
			.params = &mk_offer_create_params,
			.result = &mk_offer_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.gives = &mk_offer_entity,
			.relations = CATALOGUE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EFUNDS, MARKET_EINCOMPLETE,
                                MARKET_ECURRENCY, MARKET_EINVALID, MARKET_EMISSING, MARKET_EEXISTS,
                                MARKET_ELISTING, MARKET_ELIMITED),
			.flags = MK_OP_WRITES,
			.handler = mk_offer_create,
		},
	[OFFER_UPDATE] =
		{
			.name = "offer.update",
			.summary = "Changes prices of SKUs.",
			.since = "0.1",
			.params = &mk_offer_update_params,
			.result = &mk_offer_record,
			.subject = &mk_offer_entity,
			.subject_param = "offer",
			.gives = &mk_offer_entity,
			.relations = CATALOGUE,
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_ENOTFOUND, MARKET_ECURRENCY, MARKET_EINVALID,
                                MARKET_ELISTING),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_offer_update,
		},
	[OFFER_ACTIVATE] =
		{
			.name = "offer.activate",
			.summary = "Puts an offer on sale.",
			.since = "0.1",
			.params = &mk_offer_activate_params,
			.result = &mk_offer_record,
			.subject = &mk_offer_entity,
			.subject_param = "offer",
			.gives = &mk_offer_entity,
			.relations = CATALOGUE,
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_EFUNDS, MARKET_EINCOMPLETE, MARKET_ELISTING,
                                MARKET_ELIMITED),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_offer_activate,
		},
	[OFFER_PAUSE] =
		{
			.name = "offer.pause",
			.summary = "Takes an offer off for a while.",
			.since = "0.1",
			.params = &mk_offer_pause_params,
			.result = &mk_offer_record,
			.subject = &mk_offer_entity,
			.subject_param = "offer",
			.gives = &mk_offer_entity,
			.relations = CATALOGUE,
			.errors = MK_ERRORS(MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_offer_pause,
		},
	[OFFER_END] =
		{
			.name = "offer.end",
			.summary = "Ends an offer for good.",
			.since = "0.1",
			.params = &mk_offer_end_params,
			.result = &mk_offer_record,
			.subject = &mk_offer_entity,
			.subject_param = "offer",
			.gives = &mk_offer_entity,
			.relations = CATALOGUE,
			.errors = MK_ERRORS(MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_offer_end,
		},
	[OFFER_BLOCK] =
		{
			.name = "offer.block",
			.summary = "Takes an offer off by the marketplace.",
			.since = "0.1",
			.params = &mk_offer_block_params,
			.result = &mk_offer_record,
			.subject = &mk_offer_entity,
			.subject_param = "offer",
			.gives = &mk_offer_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_offer_block,
		},
	[OFFER_UNBLOCK] =
		{
			.name = "offer.unblock",
			.summary = "Lets a blocked offer be put on sale again.",
			.since = "0.1",
			.params = &mk_offer_unblock_params,
			.result = &mk_offer_record,
			.subject = &mk_offer_entity,
			.subject_param = "offer",
			.gives = &mk_offer_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_offer_unblock,
		},
	[OFFER_GET] =
		{
			.name = "offer.get",
			.summary = "One offer with its SKUs.",
			.since = "0.1",
			.params = &mk_offer_get_params,
			.result = &mk_offer_record,
			.subject = &mk_offer_entity,
			.subject_param = "offer",
			.relations = ANYONE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND),
			.handler = mk_offer_get,
		},
	[OFFER_LIST] =
		{
			.name = "offer.list",
			.summary = "A seller's offers with their SKUs.",
			.since = "0.1",
			.params = &mk_offer_list_params,
			.result = &mk_offer_page_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = ANYONE,
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_offer_list,
		},
	[WAREHOUSE_CREATE] =
		{
			.name = "warehouse.create",
			.summary = "Adds a warehouse.",
			.since = "0.1",
			.params = &mk_warehouse_create_params,
			.result = &mk_warehouse_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.gives = &mk_warehouse_entity,
			.relations = MK_STOCK_KEEPERS,
			.errors = MK_ERRORS(MARKET_EINVALID, MARKET_EEXISTS, MARKET_ELIMIT),
			.flags = MK_OP_WRITES,
			.handler = mk_warehouse_create,
		},
	[WAREHOUSE_LIST] =
		{
			.name = "warehouse.list",
			.summary = "A seller's warehouses.",
			.since = "0.1",
			.params = &mk_warehouse_list_params,
			.result = &mk_warehouse_page_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = MK_CATALOG_VIEWERS,
			.errors = MK_ERRORS(MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_warehouse_list,
		},
	[STOCK_ADJUST] =
		{
			.name = "stock.adjust",
			.summary = "Goods come in, are lost or are found.",
			.since = "0.1",
			.params = &mk_stock_adjust_params,
			.result = &mk_stock_record,
			.subject = &mk_sku_entity,
			.subject_param = "sku",
			.gives = &mk_stock_entity,
			.relations = MK_STOCK_KEEPERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EINVALID, MARKET_ELIMIT, MARKET_ESTOCK),
			.flags = MK_OP_WRITES | MK_OP_STOCK,
			.handler = mk_stock_adjust,
		},
	[STOCK_SET] =
		{
			.name = "stock.set",
			.summary = "States a count or a threshold of stock.",
			.since = "0.1",
			.params = &mk_stock_set_params,
			.result = &mk_stock_record,
			.subject = &mk_sku_entity,
			.subject_param = "sku",
			.gives = &mk_stock_entity,
			.relations = MK_STOCK_KEEPERS,
			.errors = MK_ERRORS(MARKET_EINVALID, MARKET_ENOTFOUND, MARKET_EMISSING, MARKET_ESTOCK),
			.flags = MK_OP_WRITES | MK_OP_STOCK,
			.handler = mk_stock_set,
		},
	[STOCK_LIST] =
		{
			.name = "stock.list",
			.summary = "A SKU's stock in all warehouses.",
			.since = "0.1",
			.params = &mk_stock_list_params,
			.result = &mk_stock_page_record,
			.subject = &mk_sku_entity,
			.subject_param = "sku",
			.relations = MK_CATALOG_VIEWERS,
			.errors = MK_ERRORS(MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_stock_list,
		},
};
_Static_assert(sizeof(catalog_ops) / sizeof(catalog_ops[0]) == N_OPS, "each row has its number");

const mk_op_group mk_op_catalog = {catalog_ops, N_OPS};

MK_TYPED(market_category_create, &catalog_ops[CATEGORY_CREATE], market_category_create_params,
         market_category)
MK_TYPED(market_category_get, &catalog_ops[CATEGORY_GET], market_category_get_params,
         market_category)
MK_TYPED(market_category_list, &catalog_ops[CATEGORY_LIST], market_category_list_params,
         market_category_page)
MK_TYPED(market_product_create, &catalog_ops[PRODUCT_CREATE], market_product_create_params,
         market_product)
MK_TYPED(market_product_update, &catalog_ops[PRODUCT_UPDATE], market_product_update_params,
         market_product)
MK_TYPED(market_product_propose, &catalog_ops[PRODUCT_PROPOSE], market_product_propose_params,
         market_product)
MK_TYPED(market_product_publish, &catalog_ops[PRODUCT_PUBLISH], market_product_publish_params,
         market_product)
MK_TYPED(market_product_reject, &catalog_ops[PRODUCT_REJECT], market_product_reject_params,
         market_product)
MK_TYPED(market_product_revise, &catalog_ops[PRODUCT_REVISE], market_product_revise_params,
         market_product)
MK_TYPED(market_product_get, &catalog_ops[PRODUCT_GET], market_product_get_params, market_product)
MK_TYPED(market_product_list, &catalog_ops[PRODUCT_LIST], market_product_list_params,
         market_product_page)
MK_TYPED(market_offer_create, &catalog_ops[OFFER_CREATE], market_offer_create_params, market_offer)
MK_TYPED(market_offer_update, &catalog_ops[OFFER_UPDATE], market_offer_update_params, market_offer)
MK_TYPED(market_offer_activate, &catalog_ops[OFFER_ACTIVATE], market_offer_activate_params,
         market_offer)
MK_TYPED(market_offer_pause, &catalog_ops[OFFER_PAUSE], market_offer_pause_params, market_offer)
MK_TYPED(market_offer_end, &catalog_ops[OFFER_END], market_offer_end_params, market_offer)
MK_TYPED(market_offer_block, &catalog_ops[OFFER_BLOCK], market_offer_block_params, market_offer)
MK_TYPED(market_offer_unblock, &catalog_ops[OFFER_UNBLOCK], market_offer_unblock_params,
         market_offer)
MK_TYPED(market_offer_get, &catalog_ops[OFFER_GET], market_offer_get_params, market_offer)
MK_TYPED(market_offer_list, &catalog_ops[OFFER_LIST], market_offer_list_params, market_offer_page)
MK_TYPED(market_warehouse_create, &catalog_ops[WAREHOUSE_CREATE], market_warehouse_create_params,
         market_warehouse)
MK_TYPED(market_warehouse_list, &catalog_ops[WAREHOUSE_LIST], market_warehouse_list_params,
         market_warehouse_page)
MK_TYPED(market_stock_adjust, &catalog_ops[STOCK_ADJUST], market_stock_adjust_params, market_stock)
MK_TYPED(market_stock_set, &catalog_ops[STOCK_SET], market_stock_set_params, market_stock)
MK_TYPED(market_stock_list, &catalog_ops[STOCK_LIST], market_stock_list_params, market_stock_page)

MK_TYPED_FREE(market_category_free, market_category)
MK_TYPED_FREE(market_category_page_free, market_category_page)
MK_TYPED_FREE(market_product_free, market_product)
MK_TYPED_FREE(market_product_page_free, market_product_page)
MK_TYPED_FREE(market_offer_free, market_offer)
MK_TYPED_FREE(market_offer_page_free, market_offer_page)
MK_TYPED_FREE(market_warehouse_free, market_warehouse)
MK_TYPED_FREE(market_warehouse_page_free, market_warehouse_page)
MK_TYPED_FREE(market_stock_free, market_stock)
MK_TYPED_FREE(market_stock_page_free, market_stock_page)
