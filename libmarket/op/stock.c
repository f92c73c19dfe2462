/* The rows of stock that is moved and counted. */
#include "libmarket/catalog/catalog.h"
#include "libmarket/op/op.h"

#define T market_stock_transfer_params
static const mk_field transfer_fields[] = {
	MK_F_ID(T, sku, SKU, MK_REQUIRED, "the SKU"),
	MK_F_ID(T, from, WAREHOUSE, MK_REQUIRED, "the warehouse that gives"),
	MK_F_ID(T, to, WAREHOUSE, MK_REQUIRED, "the one that takes"),
	MK_F_INT(T, quantity, MK_REQUIRED, 1, MK_MAX_STOCK, "how many, of what isn't reserved"),
	MK_F_TEXT(T, reason, MK_MULTILINE, 1, MK_MAX_TEXT, "why"),
};
#undef T
static const mk_record transfer_params =
	MK_PARAMS_OF("stock_transfer_params", market_stock_transfer_params, transfer_fields,
                 "goods from one warehouse to another");

#define T market_stocktake_count
static const mk_field count_fields[] = {
	MK_F_ID(T, sku, SKU, MK_REQUIRED, "what was counted"),
	MK_F_OPT_INT(T, counted, MK_REQUIRED, 0, MK_MAX_STOCK,
                 "how many, reserved or not, without those that are paid"),
	MK_F_TEXT(T, reason, MK_MULTILINE, 1, MK_MAX_TEXT, "of a difference"),
};
#undef T
static const mk_record count_record =
	MK_SIZED_OF("stocktake_count", market_stocktake_count, count_fields, "what was counted");

#define T market_stocktake_create_params
static const mk_field create_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose it is"),
	MK_F_ID(T, warehouse, WAREHOUSE, MK_REQUIRED, "where"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_TEXT(T, note, MK_MULTILINE, 1, MK_MAX_TEXT, "in words"),
	MK_F_LIST(T, counts, market_stocktake_count, count_record, MK_REQUIRED, 1, MK_MAX_COUNTS,
              "what was counted"),
};
#undef T
static const mk_record create_params = MK_PARAMS_OF(
	"stocktake_create_params", market_stocktake_create_params, create_fields, "a stocktake");

static const mk_field get_fields[] = {
	MK_F_ID(market_stocktake_get_params, stocktake, STOCKTAKE, MK_REQUIRED, "the stocktake"),
};
static const mk_record get_params = MK_PARAMS_OF(
	"stocktake_get_params", market_stocktake_get_params, get_fields, "which stocktake");

#define T market_stocktake_list_params
static const mk_field list_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose"),
	MK_F_TEXT(T, after, 0, 1, MK_MAX_KEY, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "how many at most"),
};
#undef T
static const mk_record list_params = MK_PARAMS_OF(
	"stocktake_list_params", market_stocktake_list_params, list_fields, "which stocktakes");

#define T market_stocktake_page
static const mk_field page_fields[] = {
	MK_F_LIST(T, items, market_stocktake, mk_stocktake_record, 0, 0, MK_MAX_PAGE, "the stocktakes"),
	MK_F_TEXT(T, next, 0, 0, MK_MAX_KEY, "the cursor of the next page"),
};
#undef T
static const mk_record page_record =
	MK_RECORD_OF("stocktake_page", market_stocktake_page, page_fields, "a page of stocktakes");

enum { TRANSFER, CREATE, GET, LIST, COUNT };

static const mk_op ops[COUNT] = {
	[TRANSFER] =
		{
			.name = "stock.transfer",
			.summary = "Moves goods from one warehouse to another.",
			.since = "0.1",
			.params = &transfer_params,
			.result = &mk_stock_record,
			.subject = &mk_sku_entity,
			.subject_param = "sku",
			.gives = &mk_stock_entity,
			.relations = MK_STOCK_KEEPERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EINVALID, MARKET_ELIMIT, MARKET_ESTOCK),
			.flags = MK_OP_WRITES | MK_OP_STOCK,
			.handler = mk_stock_transfer,
		},
	[CREATE] =
		{
			.name = "stocktake.create",
			.summary = "Takes over what was counted in a warehouse.",
			.since = "0.1",
			.params = &create_params,
			.result = &mk_stocktake_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.gives = &mk_stocktake_entity,
			.relations = MK_STOCK_KEEPERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EEXISTS, MARKET_EINVALID, MARKET_EMISSING,
                                MARKET_ESTOCK),
			.flags = MK_OP_WRITES | MK_OP_STOCK,
			.handler = mk_stocktake_create,
		},
	[GET] =
		{
			.name = "stocktake.get",
			.summary = "One stocktake with its lines.",
			.since = "0.1",
			.params = &get_params,
			.result = &mk_stocktake_record,
			.subject = &mk_stocktake_entity,
			.subject_param = "stocktake",
			.relations = MK_CATALOG_VIEWERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.handler = mk_stocktake_get,
		},
	[LIST] =
		{
			.name = "stocktake.list",
			.summary = "A seller's stocktakes, without their lines.",
			.since = "0.1",
			.params = &list_params,
			.result = &page_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = MK_CATALOG_VIEWERS,
			.errors = MK_ERRORS(MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_stocktake_list,
		},
};
extern const mk_op_group mk_op_stock;
const mk_op_group mk_op_stock = {ops, COUNT};

MK_TYPED(market_stock_transfer, &ops[TRANSFER], market_stock_transfer_params, market_stock)
MK_TYPED(market_stocktake_create, &ops[CREATE], market_stocktake_create_params, market_stocktake)
MK_TYPED_FREE(market_stocktake_free, market_stocktake)
MK_TYPED(market_stocktake_get, &ops[GET], market_stocktake_get_params, market_stocktake)
MK_TYPED(market_stocktake_list, &ops[LIST], market_stocktake_list_params, market_stocktake_page)
MK_TYPED_FREE(market_stocktake_page_free, market_stocktake_page)
