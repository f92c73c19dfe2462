/* The kinds of rows, with their fields. */
#include <string.h>

#include "cli/import.h"

#define FIELDS(...) ((const char *const[]){__VA_ARGS__, NULL})

const import_kind import_kinds[] = {
	{.name = "sellers",
     .fields = FIELDS("ref", "name", "legal_name", "store_type", "country", "currency", "state",
                      "owner_name", "owner_ref", "metadata"),
     .required = FIELDS("ref", "name", "store_type", "country", "currency"),
     .identity = FIELDS("ref"),
     .ask = import_seller_ask,
     .plan = import_seller_plan,
     .export = export_sellers},
	{.name = "categories",
     .fields = FIELDS("code", "name", "parent", "commission_class", "deposit_class", "fee_class",
                      "licences", "metadata"),
     .required = FIELDS("code"),
     .identity = FIELDS("code"),
     .ask = import_category_ask,
     .plan = import_category_plan,
     .export = export_categories},
	{.name = "products",
     .fields = FIELDS("ref", "seller", "category", "state", "title", "description", "brand",
                      "attributes", "images", "reason", "metadata"),
     .required = FIELDS("ref", "category", "title"),
     .identity = FIELDS("ref"),
     .ask = import_product_ask,
     .plan = import_product_plan,
     .export = export_products},
	{.name = "warehouses",
     .fields = FIELDS("seller", "ref", "name", "country", "metadata"),
     .required = FIELDS("seller", "ref", "name"),
     .identity = FIELDS("seller", "ref"),
     .ask = import_warehouse_ask,
     .plan = import_warehouse_plan,
     .export = export_warehouses},
	{.name = "offers",
     .fields = FIELDS("seller", "ref", "product", "state", "sku", "attributes", "price",
                      "list_price", "currency", "reason", "metadata"),
     .required = FIELDS("seller", "ref", "product", "sku", "price", "currency"),
     .identity = FIELDS("seller", "ref"),
     .joined = "sku",
     .ask = import_offer_ask,
     .plan = import_offer_plan,
     .export = export_offers},
	{.name = "stock",
     .fields = FIELDS("seller", "sku", "warehouse", "on_hand", "low_at", "reason"),
     .required = FIELDS("seller", "sku", "warehouse"),
     .identity = FIELDS("seller", "sku", "warehouse"),
     .ask = import_stock_ask,
     .plan = import_stock_plan,
     .export = export_stock},
	{.name = NULL},
};

const import_kind *import_kind_named(const char *name)
{
	for (const import_kind *kind = import_kinds; kind->name; kind++)
		if (strcmp(kind->name, name) == 0)
			return kind;
	return NULL;
}
