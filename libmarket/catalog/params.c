/* The params and pages of the catalogue's operations. */
#include "libmarket/catalog/params.h"

#define T market_category_create_params
static const mk_field category_create_fields[] = {
	MK_F_TEXT(T, code, MK_REQUIRED, 1, MK_MAX_CODE, "its code"),
	MK_F_TEXT(T, name, MK_REQUIRED, 1, MK_MAX_NAME, "its name"),
	MK_F_ID(T, parent, CATEGORY, 0, "the category above; absent: at the top"),
	MK_F_TEXT(T, commission_class, 0, 1, MK_MAX_CODE, "absent: as the one above"),
	MK_F_TEXT(T, deposit_class, 0, 1, MK_MAX_CODE, "absent: as the one above"),
	MK_F_TEXT(T, fee_class, 0, 1, MK_MAX_CODE, "absent: as the one above"),
	MK_F_TEXT_PAIRS(T, licences, 0, MK_MAX_LICENCES, "requirements asked of its sellers"),
	MK_F_METADATA(T),
};
#undef T
const mk_record mk_category_create_params =
	MK_PARAMS_OF("category_create_params", market_category_create_params, category_create_fields,
                 "a new back category");

#define T market_category_update_params
static const mk_field category_update_fields[] = {
	MK_F_ID(T, category, CATEGORY, MK_REQUIRED, "the category"),
	MK_F_TEXT(T, name, 0, 1, MK_MAX_NAME, "its name"),
	MK_F_TEXT(T, commission_class, 0, 1, MK_MAX_CODE, "the class by which fees are set"),
	MK_F_TEXT(T, deposit_class, 0, 1, MK_MAX_CODE, "the class of its deposit"),
	MK_F_TEXT(T, fee_class, 0, 1, MK_MAX_CODE, "the class of its yearly fee"),
	MK_F_TEXT_PAIRS(T, licences, 0, MK_MAX_LICENCES, "requirements asked of its sellers"),
};
#undef T
const mk_record mk_category_update_params =
	MK_PARAMS_OF("category_update_params", market_category_update_params, category_update_fields,
                 "what changes of a category");

#define T market_category_get_params
static const mk_field category_get_fields[] = {
	MK_F_ID(T, category, CATEGORY, MK_REQUIRED, "the category"),
};
#undef T
const mk_record mk_category_get_params = MK_PARAMS_OF(
	"category_get_params", market_category_get_params, category_get_fields, "which category");

#define T market_category_list_params
static const mk_field category_list_fields[] = {
	MK_F_ID(T, parent, CATEGORY, 0, "the category above; absent: the top"),
	MK_F_BOOL(T, all, 0, "the whole tree; only without a parent"),
	MK_F_TEXT(T, after, 0, 1, MK_MAX_KEY, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "how many at most"),
};
#undef T
const mk_record mk_category_list_params = MK_PARAMS_OF(
	"category_list_params", market_category_list_params, category_list_fields, "which categories");

#define T market_product_create_params
static const mk_field product_create_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "who proposes it"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(T, category, CATEGORY, MK_REQUIRED, "its back category"),
	MK_F_TEXT(T, title, MK_REQUIRED, 1, MK_MAX_NAME, "what it is called"),
	MK_F_TEXT(T, description, MK_MULTILINE, 1, MK_MAX_TEXT, "what it is"),
	MK_F_TEXT(T, brand, 0, 1, MK_MAX_NAME, "its brand"),
	MK_F_ATTRIBUTES(T, "its properties"),
	MK_F_TEXT_PAIRS(T, images, 0, MK_MAX_IMAGES, "the addresses of its images by their SHA-256"),
	MK_F_BOOL(T, draft, 0, "not proposed yet"),
	MK_F_METADATA(T),
};
#undef T
const mk_record mk_product_create_params = MK_PARAMS_OF(
	"product_create_params", market_product_create_params, product_create_fields, "a new product");

#define T market_product_update_params
static const mk_field product_update_fields[] = {
	MK_F_ID(T, product, PRODUCT, MK_REQUIRED, "the product"),
	MK_F_TEXT(T, title, 0, 1, MK_MAX_NAME, "what it is called"),
	MK_F_TEXT(T, description, MK_MULTILINE, 1, MK_MAX_TEXT, "what it is"),
	MK_F_TEXT(T, brand, 0, 1, MK_MAX_NAME, "its brand"),
	MK_F_ATTRIBUTES(T, "its properties"),
	MK_F_TEXT_PAIRS(T, images, 0, MK_MAX_IMAGES, "the addresses of its images by their SHA-256"),
};
#undef T
const mk_record mk_product_update_params =
	MK_PARAMS_OF("product_update_params", market_product_update_params, product_update_fields,
                 "what changes of a product");

#define T market_product_propose_params
static const mk_field product_propose_fields[] = {
	MK_F_ID(T, product, PRODUCT, MK_REQUIRED, "the product"),
};
#undef T
const mk_record mk_product_propose_params =
	MK_PARAMS_OF("product_propose_params", market_product_propose_params, product_propose_fields,
                 "which product to propose");

#define T market_product_publish_params
static const mk_field product_publish_fields[] = {
	MK_F_ID(T, product, PRODUCT, MK_REQUIRED, "the product"),
	MK_F_INT(T, version, 0, 1, INT64_MAX, "of it that was looked at"),
};
#undef T
const mk_record mk_product_publish_params =
	MK_PARAMS_OF("product_publish_params", market_product_publish_params, product_publish_fields,
                 "which product to publish");

#define T market_product_reject_params
static const mk_field product_reject_fields[] = {
	MK_F_ID(T, product, PRODUCT, MK_REQUIRED, "the product"),
	MK_F_TEXT(T, reason, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT, "why"),
};
#undef T
const mk_record mk_product_reject_params = MK_PARAMS_OF(
	"product_reject_params", market_product_reject_params, product_reject_fields, "a rejection");

#define T market_product_revise_params
static const mk_field product_revise_fields[] = {
	MK_F_ID(T, product, PRODUCT, MK_REQUIRED, "the product"),
	MK_F_TEXT(T, reason, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT, "why"),
};
#undef T
const mk_record mk_product_revise_params =
	MK_PARAMS_OF("product_revise_params", market_product_revise_params, product_revise_fields,
                 "a request for a revision");

#define T market_product_get_params
static const mk_field product_get_fields[] = {
	MK_F_ID(T, product, PRODUCT, MK_REQUIRED, "the product"),
};
#undef T
const mk_record mk_product_get_params = MK_PARAMS_OF(
	"product_get_params", market_product_get_params, product_get_fields, "which product");

#define T market_product_list_params
static const mk_field product_list_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "who proposed them"),
	MK_F_ID(T, category, CATEGORY, 0, "of this category alone"),
	MK_F_ENUM(T, state, mk_product_state_enum, 0, "published unless stated"),
	MK_F_TEXT(T, after, 0, 1, MK_MAX_KEY, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "how many at most"),
};
#undef T
const mk_record mk_product_list_params = MK_PARAMS_OF(
	"product_list_params", market_product_list_params, product_list_fields, "which products");

#define T market_offer_sku
static const mk_field offer_sku_fields[] = {
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ATTRIBUTES(T, "what tells it from the offer's other variants"),
	MK_F_MONEY(T, price, MK_REQUIRED, 1, MK_MONEY_MAX, "of one unit"),
	MK_F_MONEY(T, list_price, 0, 1, MK_MONEY_MAX, "the price before the reduction"),
};
#undef T
static const mk_record offer_sku_record =
	MK_SIZED_OF("offer_sku", market_offer_sku, offer_sku_fields, "a SKU of a new offer");

#define T market_offer_create_params
static const mk_field offer_create_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK | MK_REQUIRED, "who offers it"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(T, product, PRODUCT, MK_REQUIRED, "what is offered"),
	MK_F_LIST(T, skus, market_offer_sku, offer_sku_record, MK_REQUIRED, 1, MK_MAX_SKUS,
              "its variants"),
	MK_F_METADATA(T),
};
#undef T
const mk_record mk_offer_create_params = MK_PARAMS_OF(
	"offer_create_params", market_offer_create_params, offer_create_fields, "a new offer");

#define T market_offer_price
static const mk_field offer_price_fields[] = {
	MK_F_ID(T, sku, SKU, MK_REQUIRED, "the SKU"),
	MK_F_MONEY(T, price, 0, 1, MK_MONEY_MAX, "of one unit"),
	MK_F_MONEY(T, list_price, 0, 1, MK_MONEY_MAX, "the price before the reduction"),
	MK_F_BOOL(T, no_list_price, 0, "removes the list price"),
};
#undef T
static const mk_record offer_price_record =
	MK_SIZED_OF("offer_price", market_offer_price, offer_price_fields, "new prices of a SKU");

#define T market_offer_update_params
static const mk_field offer_update_fields[] = {
	MK_F_ID(T, offer, OFFER, MK_REQUIRED, "the offer"),
	MK_F_LIST(T, prices, market_offer_price, offer_price_record, MK_REQUIRED, 1, MK_MAX_SKUS,
              "the new prices"),
};
#undef T
const mk_record mk_offer_update_params =
	MK_PARAMS_OF("offer_update_params", market_offer_update_params, offer_update_fields,
                 "what changes of an offer");

#define T market_offer_activate_params
static const mk_field offer_activate_fields[] = {
	MK_F_ID(T, offer, OFFER, MK_REQUIRED, "the offer"),
};
#undef T
const mk_record mk_offer_activate_params =
	MK_PARAMS_OF("offer_activate_params", market_offer_activate_params, offer_activate_fields,
                 "which offer to put on sale");

#define T market_offer_pause_params
static const mk_field offer_pause_fields[] = {
	MK_F_ID(T, offer, OFFER, MK_REQUIRED, "the offer"),
};
#undef T
const mk_record mk_offer_pause_params =
	MK_PARAMS_OF("offer_pause_params", market_offer_pause_params, offer_pause_fields,
                 "which offer to take off for a while");

#define T market_offer_end_params
static const mk_field offer_end_fields[] = {
	MK_F_ID(T, offer, OFFER, MK_REQUIRED, "the offer"),
};
#undef T
const mk_record mk_offer_end_params = MK_PARAMS_OF("offer_end_params", market_offer_end_params,
                                                   offer_end_fields, "which offer to end");

#define T market_offer_block_params
static const mk_field offer_block_fields[] = {
	MK_F_ID(T, offer, OFFER, MK_REQUIRED, "the offer"),
	MK_F_TEXT(T, reason, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT, "why"),
};
#undef T
const mk_record mk_offer_block_params = MK_PARAMS_OF(
	"offer_block_params", market_offer_block_params, offer_block_fields, "which offer to block");

#define T market_offer_unblock_params
static const mk_field offer_unblock_fields[] = {
	MK_F_ID(T, offer, OFFER, MK_REQUIRED, "the offer"),
};
#undef T
const mk_record mk_offer_unblock_params =
	MK_PARAMS_OF("offer_unblock_params", market_offer_unblock_params, offer_unblock_fields,
                 "which offer to unblock");

#define T market_offer_get_params
static const mk_field offer_get_fields[] = {
	MK_F_ID(T, offer, OFFER, MK_REQUIRED, "the offer"),
};
#undef T
const mk_record mk_offer_get_params =
	MK_PARAMS_OF("offer_get_params", market_offer_get_params, offer_get_fields, "which offer");

#define T market_offer_list_params
static const mk_field offer_list_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK | MK_REQUIRED, "whose offers"),
	MK_F_ENUM(T, state, mk_offer_state_enum, 0, "absent: all that the actor may see"),
	MK_F_TEXT(T, after, 0, 1, MK_MAX_KEY, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "how many at most"),
};
#undef T
const mk_record mk_offer_list_params =
	MK_PARAMS_OF("offer_list_params", market_offer_list_params, offer_list_fields, "which offers");

#define T market_warehouse_create_params
static const mk_field warehouse_create_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK | MK_REQUIRED, "whose it is"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_TEXT(T, name, MK_REQUIRED, 1, MK_MAX_NAME, "its name"),
	MK_F_TEXT(T, country, 0, 2, 2, "ISO 3166-1 alpha-2"),
	MK_F_METADATA(T),
};
#undef T
const mk_record mk_warehouse_create_params =
	MK_PARAMS_OF("warehouse_create_params", market_warehouse_create_params, warehouse_create_fields,
                 "a new warehouse");

#define T market_warehouse_list_params
static const mk_field warehouse_list_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK | MK_REQUIRED, "whose warehouses"),
	MK_F_TEXT(T, after, 0, 1, MK_MAX_KEY, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "how many at most"),
};
#undef T
const mk_record mk_warehouse_list_params =
	MK_PARAMS_OF("warehouse_list_params", market_warehouse_list_params, warehouse_list_fields,
                 "which warehouses");

#define T market_stock_adjust_params
static const mk_field stock_adjust_fields[] = {
	MK_F_ID(T, sku, SKU, MK_REQUIRED, "the SKU"),
	MK_F_ID(T, warehouse, WAREHOUSE, MK_REQUIRED, "where"),
	MK_F_INT(T, delta, MK_REQUIRED, -MK_MAX_STOCK, MK_MAX_STOCK,
             "what comes in, or negative, goes"),
	MK_F_TEXT(T, reason, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT, "why"),
};
#undef T
const mk_record mk_stock_adjust_params =
	MK_PARAMS_OF("stock_adjust_params", market_stock_adjust_params, stock_adjust_fields,
                 "goods that came in or went");

#define T market_stock_set_params
static const mk_field stock_set_fields[] = {
	MK_F_ID(T, sku, SKU, MK_REQUIRED, "the SKU"),
	MK_F_ID(T, warehouse, WAREHOUSE, MK_REQUIRED, "where"),
	MK_F_OPT_INT(T, on_hand, 0, 0, MK_MAX_STOCK, "what was counted"),
	MK_F_OPT_INT(T, low_at, 0, 0, MK_MAX_STOCK, "falling to this raises stock.low"),
	MK_F_TEXT(T, reason, MK_MULTILINE, 1, MK_MAX_TEXT, "why"),
};
#undef T
const mk_record mk_stock_set_params = MK_PARAMS_OF("stock_set_params", market_stock_set_params,
                                                   stock_set_fields, "a count or a threshold");

#define T market_stock_list_params
static const mk_field stock_list_fields[] = {
	MK_F_ID(T, sku, SKU, MK_REQUIRED, "the SKU"),
	MK_F_TEXT(T, after, 0, 1, MK_MAX_KEY, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "how many at most"),
};
#undef T
const mk_record mk_stock_list_params =
	MK_PARAMS_OF("stock_list_params", market_stock_list_params, stock_list_fields, "which stock");

#define T market_category_page
static const mk_field category_page_fields[] = {
	MK_F_LIST(T, items, market_category, mk_category_record, 0, 0, MK_MAX_PAGE, "the categories"),
	MK_F_TEXT(T, next, 0, 0, MK_MAX_KEY, "the cursor of the next page"),
};
#undef T
const mk_record mk_category_page_record = MK_RECORD_OF(
	"category_page", market_category_page, category_page_fields, "a page of categories");

#define T market_product_page
static const mk_field product_page_fields[] = {
	MK_F_LIST(T, items, market_product, mk_product_record, 0, 0, MK_MAX_PAGE, "the products"),
	MK_F_TEXT(T, next, 0, 0, MK_MAX_KEY, "the cursor of the next page"),
};
#undef T
const mk_record mk_product_page_record =
	MK_RECORD_OF("product_page", market_product_page, product_page_fields, "a page of products");

#define T market_offer_page
static const mk_field offer_page_fields[] = {
	MK_F_LIST(T, items, market_offer, mk_offer_record, 0, 0, MK_MAX_PAGE, "the offers"),
	MK_F_TEXT(T, next, 0, 0, MK_MAX_KEY, "the cursor of the next page"),
};
#undef T
const mk_record mk_offer_page_record =
	MK_RECORD_OF("offer_page", market_offer_page, offer_page_fields, "a page of offers");

#define T market_warehouse_page
static const mk_field warehouse_page_fields[] = {
	MK_F_LIST(T, items, market_warehouse, mk_warehouse_record, 0, 0, MK_MAX_PAGE, "the warehouses"),
	MK_F_TEXT(T, next, 0, 0, MK_MAX_KEY, "the cursor of the next page"),
};
#undef T
const mk_record mk_warehouse_page_record = MK_RECORD_OF(
	"warehouse_page", market_warehouse_page, warehouse_page_fields, "a page of warehouses");

#define T market_stock_page
static const mk_field stock_page_fields[] = {
	MK_F_LIST(T, items, market_stock, mk_stock_record, 0, 0, MK_MAX_PAGE, "the stock rows"),
	MK_F_TEXT(T, next, 0, 0, MK_MAX_KEY, "the cursor of the next page"),
};
#undef T
const mk_record mk_stock_page_record =
	MK_RECORD_OF("stock_page", market_stock_page, stock_page_fields, "a page of stock rows");
