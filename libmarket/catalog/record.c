#include "libmarket/catalog/params.h"

static const mk_enum_value product_states[] = {
	{MARKET_PRODUCT_DRAFT, "draft", "being written"},
	{MARKET_PRODUCT_PROPOSED, "proposed", "waits for the marketplace"},
	{MARKET_PRODUCT_PUBLISHED, "published", "can be offered by any seller"},
	{MARKET_PRODUCT_REJECTED, "rejected", "won't be sold here"},
	{0, NULL, NULL},
};
const mk_enum mk_product_state_enum = {"product_state", product_states};

static const mk_enum_value offer_states[] = {
	{MARKET_OFFER_DRAFT, "draft", "not yet on sale"},
	{MARKET_OFFER_ACTIVE, "active", "on sale"},
	{MARKET_OFFER_PAUSED, "paused", "taken off for a while"},
	{MARKET_OFFER_ENDED, "ended", "over for good"},
	{MARKET_OFFER_BLOCKED, "blocked", "taken off by the marketplace"},
	{0, NULL, NULL},
};
const mk_enum mk_offer_state_enum = {"offer_state", offer_states};

static const mk_enum_value attribute_types[] = {
	{MARKET_ATTRIBUTE_TEXT, "text", "any text"},
	{MARKET_ATTRIBUTE_INTEGER, "integer", "a whole number"},
	{MARKET_ATTRIBUTE_DECIMAL, "decimal", "a decimal number"},
	{MARKET_ATTRIBUTE_BOOLEAN, "boolean", "true or false"},
	{MARKET_ATTRIBUTE_CHOICE, "choice", "one of the options"},
	{0, NULL, NULL},
};
const mk_enum mk_attribute_type_enum = {"attribute_type", attribute_types};

static const mk_field attribute_fields[] = {
	MK_F_ID(market_attribute, id, ATTRIBUTE, 0, "the attribute"),
	MK_F_ID(market_attribute, category, CATEGORY, MK_OWN_BOOK, "the category that defines it"),
	MK_F_TEXT(market_attribute, name, 0, 1, MK_MAX_METADATA_NAME, "its name"),
	MK_F_ENUM(market_attribute, type, mk_attribute_type_enum, 0, "what its values are"),
	MK_F_BOOL(market_attribute, required, MK_REQUIRED, "whether it must be stated"),
	MK_F_BOOL(market_attribute, loosens, MK_REQUIRED,
              "not required although a category above requires it"),
	MK_F_BOOL(market_attribute, variant, MK_REQUIRED, "whether it tells SKUs apart"),
	MK_F_BOOL(market_attribute, retired, MK_REQUIRED, "the definition counts no longer"),
	MK_F_TEXT(market_attribute, unit, 0, 1, MK_MAX_CODE, "the unit of its values"),
	MK_F_TEXT(market_attribute, minimum, 0, 1, MK_MAX_CODE, "the least value, or length"),
	MK_F_TEXT(market_attribute, maximum, 0, 1, MK_MAX_CODE, "the greatest value, or length"),
	MK_F_TEXT_PAIRS(market_attribute, options, 0, MK_MAX_OPTIONS,
                    "the values of a choice, with what is shown for them"),
	MK_F_TIME(market_attribute, created_at, 0, "when it was added"),
	MK_F_INT(market_attribute, version, 0, 0, 0, "counts its changes"),
};
const mk_record mk_attribute_record =
	MK_RECORD_OF("attribute", market_attribute, attribute_fields, "an attribute of a category");

static const mk_field category_fields[] = {
	MK_F_ID(market_category, id, CATEGORY, 0, "the category"),
	MK_F_TEXT(market_category, code, 0, 1, MK_MAX_CODE, "its code, which serves as its reference"),
	MK_F_TEXT(market_category, name, 0, 1, MK_MAX_NAME, "its name"),
	MK_F_ID(market_category, parent, CATEGORY, MK_OWN_BOOK, "the category above"),
	MK_F_TEXT(market_category, path, 0, 0, 0, "the codes from the top to this one"),
	MK_F_TEXT(market_category, commission_class, 0, 1, MK_MAX_CODE,
              "the class by which fees are set"),
	MK_F_TEXT(market_category, deposit_class, 0, 1, MK_MAX_CODE, "the class of its deposit"),
	MK_F_TEXT(market_category, fee_class, 0, 1, MK_MAX_CODE, "the class of its yearly fee"),
	MK_F_TIME(market_category, created_at, 0, "when it was added"),
	MK_F_INT(market_category, version, 0, 0, 0, "counts its changes"),
	MK_F_TEXT_PAIRS(market_category, licences, 0, MK_MAX_LICENCES,
                    "requirements asked of its sellers, with what they are for"),
	MK_F_METADATA(market_category),
	MK_F_LIST(market_category, attributes, market_attribute, mk_attribute_record, MK_NOT_ROW, 0,
              MK_MAX_EFFECTIVE, "its attributes in effect"),
	MK_F_TEXT_PAIRS(market_category, all_licences, MK_NOT_ROW,
                    MK_MAX_LICENCES *MK_MAX_CATEGORY_DEPTH, "with those of the categories above"),
};
const mk_record mk_category_record =
	MK_RECORD_OF("category", market_category, category_fields, "a back category");

static const mk_field product_fields[] = {
	MK_F_ID(market_product, id, PRODUCT, 0, "the product"),
	MK_F_TEXT(market_product, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(market_product, seller, SELLER, MK_SELF_BOOK, "who proposed it; absent: the platform"),
	MK_F_ID(market_product, category, CATEGORY, MK_OWN_BOOK, "its back category"),
	MK_F_ENUM(market_product, state, mk_product_state_enum, 0, "where it stands"),
	MK_F_TEXT(market_product, title, 0, 1, MK_MAX_NAME, "what it is called"),
	MK_F_TEXT(market_product, description, MK_MULTILINE, 1, MK_MAX_TEXT, "what it is"),
	MK_F_TEXT(market_product, brand, 0, 1, MK_MAX_NAME, "its brand"),
	MK_F_ATTRIBUTES(market_product, "its properties"),
	MK_F_TEXT_PAIRS(market_product, images, 0, MK_MAX_IMAGES,
                    "the addresses of its images by their SHA-256"),
	MK_F_TEXT(market_product, reason, MK_MULTILINE, 1, MK_MAX_TEXT, "of a rejection or a revision"),
	MK_F_TIME(market_product, created_at, 0, "when it was added"),
	MK_F_TIME(market_product, published_at, 0, "when it was published"),
	MK_F_INT(market_product, version, 0, 0, 0, "counts its changes"),
	MK_F_INT(market_product, revision, 0, 0, 0, "counts the changes of what is published"),
	MK_F_METADATA(market_product),
};
const mk_record mk_product_record =
	MK_RECORD_OF("product", market_product, product_fields, "what can be sold");

static const mk_field sku_fields[] = {
	MK_F_ID(market_sku, id, SKU, 0, "the SKU"),
	MK_F_TEXT(market_sku, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(market_sku, offer, OFFER, MK_OWN_BOOK, "its offer"),
	MK_F_ATTRIBUTES(market_sku, "what tells it from the offer's other variants"),
	MK_F_TEXT(market_sku, currency, 0, 3, 3, "of its prices"),
	MK_F_MONEY(market_sku, price, 0, 0, MK_MONEY_MAX, "of one unit"),
	MK_F_MONEY(market_sku, list_price, 0, 0, MK_MONEY_MAX, "the price before the reduction"),
	MK_F_TIME(market_sku, created_at, 0, "when it was added"),
	MK_F_INT(market_sku, version, 0, 0, 0, "counts its changes"),
};
const mk_record mk_sku_record =
	MK_RECORD_OF("sku", market_sku, sku_fields, "a variant of an offer");

static const mk_field offer_fields[] = {
	MK_F_ID(market_offer, id, OFFER, 0, "the offer"),
	MK_F_TEXT(market_offer, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(market_offer, seller, SELLER, MK_SELF_BOOK, "who offers it"),
	MK_F_ID(market_offer, product, PRODUCT, 0, "what is offered"),
	MK_F_ENUM(market_offer, state, mk_offer_state_enum, 0, "where it stands"),
	MK_F_TEXT(market_offer, currency, 0, 3, 3, "of its prices"),
	MK_F_TEXT(market_offer, reason, MK_MULTILINE, 1, MK_MAX_TEXT, "why it is blocked"),
	MK_F_TIME(market_offer, created_at, 0, "when it was added"),
	MK_F_TIME(market_offer, activated_at, 0, "when it was last put on sale"),
	MK_F_TIME(market_offer, ended_at, 0, "when it ended"),
	MK_F_INT(market_offer, version, 0, 0, 0, "counts its changes"),
	MK_F_METADATA(market_offer),
	MK_F_LIST(market_offer, skus, market_sku, mk_sku_record, MK_NOT_ROW, 0, MK_MAX_SKUS,
              "its variants"),
};
const mk_record mk_offer_record =
	MK_RECORD_OF("offer", market_offer, offer_fields, "a seller's offer");

static const mk_field warehouse_fields[] = {
	MK_F_ID(market_warehouse, id, WAREHOUSE, 0, "the warehouse"),
	MK_F_TEXT(market_warehouse, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(market_warehouse, seller, SELLER, MK_SELF_BOOK, "whose it is"),
	MK_F_TEXT(market_warehouse, name, 0, 1, MK_MAX_NAME, "its name"),
	MK_F_TEXT(market_warehouse, country, 0, 2, 2, "ISO 3166-1 alpha-2"),
	MK_F_TIME(market_warehouse, created_at, 0, "when it was added"),
	MK_F_INT(market_warehouse, version, 0, 0, 0, "counts its changes"),
	MK_F_METADATA(market_warehouse),
};
const mk_record mk_warehouse_record =
	MK_RECORD_OF("warehouse", market_warehouse, warehouse_fields, "where a seller keeps goods");

static const mk_field stock_fields[] = {
	MK_F_ID(market_stock, id, STOCK, 0, "the stock row"),
	MK_F_ID(market_stock, sku, SKU, MK_OWN_BOOK, "of which SKU"),
	MK_F_ID(market_stock, warehouse, WAREHOUSE, MK_OWN_BOOK, "in which warehouse"),
	MK_F_INT(market_stock, on_hand, MK_REQUIRED, 0, MK_MAX_STOCK,
             "what is there, with what is reserved"),
	MK_F_INT(market_stock, reserved, MK_REQUIRED, 0, MK_MAX_STOCK, "ordered and not yet paid"),
	MK_F_INT(market_stock, sold, MK_REQUIRED, 0, MK_MAX_STOCK, "paid"),
	MK_F_INT(market_stock, available, MK_REQUIRED, 0, MK_MAX_STOCK, "what can be bought"),
	MK_F_INT(market_stock, low_at, MK_REQUIRED, 0, MK_MAX_STOCK,
             "falling to this raises stock.low"),
	MK_F_TIME(market_stock, created_at, 0, "when it was added"),
	MK_F_INT(market_stock, version, 0, 0, 0, "counts its changes"),
};
const mk_record mk_stock_record =
	MK_RECORD_OF("stock", market_stock, stock_fields, "what a warehouse has of a SKU");
