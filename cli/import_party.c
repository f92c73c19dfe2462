/* Import of sellers, their warehouses and what is in those. */
#include <string.h>

#include "cli/import.h"

static json_t *of_ref(json_t *page, const char *ref);
static bool take_number(import_item *item, json_t *in, json_t *found, const char *field,
                        bool *differs);

void import_seller_ask(import_item *item)
{
	import_ask(item, "seller.get",
	           json_pack("{s:o}", "seller",
	                     import_address(MARKET_ID_SELLER, NULL, import_text(item, "ref"))));
}

static void approve(import_item *item, import_outcome outcome)
{
	import_write(item, outcome, "seller.approve",
	             json_pack("{s:o, s:s}", "seller",
	                       import_address(MARKET_ID_SELLER, NULL, import_text(item, "ref")),
	                       "waiver", "imported as approved"));
}

void import_seller_plan(import_item *item)
{
	static const char *const fields[] = {"ref",      "name",     "legal_name", "store_type",
	                                     "country",  "currency", "owner_name", "owner_ref",
	                                     "metadata", NULL};
	static const char *const fixed[] = {"name",     "legal_name", "store_type", "country",
	                                    "currency", "metadata",   NULL};
	json_t *found = import_found(item, 0), *in;
	const char *state = import_text(item, "state");
	const char *now = found ? cli_text(found, "state") : "onboarding";
	bool approved = state && strcmp(state, "approved") == 0;
	bool waits = strcmp(now, "onboarding") == 0 || strcmp(now, "in_review") == 0;

	if (state && strcmp(state, now) != 0 &&
	    !(waits && (approved || strcmp(state, "in_review") == 0))) {
		import_refuse(item, 0, MARKET_EINVALID, "state", "a seller that is %s doesn't become %.40s",
		              found ? now : "new", state);
		return;
	}
	if (found && import_fixed(item, found, fixed))
		return;
	if (!found) {
		in = json_object();
		json_object_set_new(in, "owner_name", json_string(import_text(item, "name")));
		import_copy(in, &item->rows[0], fields);
		import_write(item, IMPORT_CREATED, "seller.apply", in);
	}
	if (approved && waits)
		approve(item, IMPORT_CHANGED);
}

void import_warehouse_ask(import_item *item)
{
	import_ask(item, "warehouse.list",
	           json_pack("{s:o, s:i}", "seller",
	                     import_address(MARKET_ID_SELLER, NULL, import_text(item, "seller")),
	                     "limit", 1000));
}

void import_warehouse_plan(import_item *item)
{
	static const char *const fields[] = {"ref", "name", "country", "metadata", NULL};
	static const char *const fixed[] = {"name", "country", "metadata", NULL};
	json_t *found = of_ref(import_found(item, 0), import_text(item, "ref")), *in;

	if (found) {
		import_fixed(item, found, fixed);
		return;
	}
	in = json_pack("{s:o}", "seller",
	               import_address(MARKET_ID_SELLER, NULL, import_text(item, "seller")));
	import_copy(in, &item->rows[0], fields);
	import_write(item, IMPORT_CREATED, "warehouse.create", in);
}

void import_stock_ask(import_item *item)
{
	const char *seller = import_text(item, "seller");

	import_warehouse_ask(item);
	import_ask(item, "stock.list",
	           json_pack("{s:o, s:i}", "sku",
	                     import_address(MARKET_ID_SKU, seller, import_text(item, "sku")), "limit",
	                     1000));
}

/* The stock row of one warehouse. */
static json_t *stock_in(json_t *page, const char *warehouse)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(page, "items"), i,
	                   one) if (strcmp(cli_text(one, "warehouse"), warehouse) == 0) return one;
	return NULL;
}

void import_stock_plan(import_item *item)
{
	const char *seller = import_text(item, "seller"), *name = import_text(item, "warehouse");
	json_t *warehouse = of_ref(import_found(item, 0), name);
	json_t *found = stock_in(import_found(item, 1), warehouse ? cli_text(warehouse, "id") : name);
	const char *reason = import_text(item, "reason");
	bool differs = false;
	json_t *in = json_pack("{s:o, s:o, s:s}", "sku",
	                       import_address(MARKET_ID_SKU, seller, import_text(item, "sku")),
	                       "warehouse", import_address(MARKET_ID_WAREHOUSE, seller, name), "reason",
	                       reason ? reason : "import");

	if (take_number(item, in, found, "on_hand", &differs) &&
	    take_number(item, in, found, "low_at", &differs) && differs)
		import_write(item, found ? IMPORT_CHANGED : IMPORT_CREATED, "stock.set", in);
	else
		json_decref(in);
}

static bool take_number(import_item *item, json_t *in, json_t *found, const char *field,
                        bool *differs)
{
	json_int_t number;

	if (!import_number(item, field, &number))
		return false;
	if (!import_text(item, field))
		return true;
	if (!found || json_integer_value(json_object_get(found, field)) != number)
		*differs = true;
	return json_object_set_new(in, field, json_integer(number)) == 0;
}

static json_t *of_ref(json_t *page, const char *ref)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(page, "items"), i,
	                   one) if (strcmp(cli_text(one, "ref"), ref) == 0 ||
	                            strcmp(cli_text(one, "id"), ref) == 0) return one;
	return NULL;
}
