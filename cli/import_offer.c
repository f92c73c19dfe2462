/* Import of offers: the rows of one offer that stand together are its SKUs. */
#include <string.h>

#include "cli/import.h"

static void create_offer(import_item *item);
static json_t *new_sku(const source_row *row);
static json_t *amount(const source_row *row, const char *field);
static void change_prices(import_item *item, json_t *found);
static bool change_sku(import_item *item, size_t row, json_t *found, json_t *prices);
static json_t *sku_of(json_t *found, const char *ref);
static void change_state(import_item *item, const char *from, const char *to);

void import_offer_ask(import_item *item)
{
	const char *seller = import_text(item, "seller");

	import_ask(item, "offer.get",
	           json_pack("{s:o}", "offer",
	                     import_address(MARKET_ID_OFFER, seller, import_text(item, "ref"))));
	import_ask(item, "product.get",
	           json_pack("{s:o}", "product",
	                     import_address(MARKET_ID_PRODUCT, NULL, import_text(item, "product"))));
}

/* What belongs to the offer is the same in all its rows. */
static bool rows_agree(import_item *item)
{
	static const char *const shared[] = {"product", "currency", "state", "metadata"};

	for (size_t i = 1; i < item->n_rows; i++)
		for (size_t k = 0; k < sizeof(shared) / sizeof(shared[0]); k++) {
			json_t *first = json_object_get(item->rows[0].values, shared[k]);
			json_t *other = json_object_get(item->rows[i].values, shared[k]);

			if (first == other || (first && other && json_equal(first, other)))
				continue;
			import_refuse(item, i, MARKET_EINVALID, shared[k],
			              "the offer's rows have different values");
			return false;
		}
	return true;
}

void import_offer_plan(import_item *item)
{
	static const char *const fixed[] = {"currency", "metadata", NULL};
	json_t *found = import_found(item, 0), *product = import_found(item, 1);
	const char *state = import_text(item, "state");

	if (!rows_agree(item))
		return;
	if (!found) {
		create_offer(item);
		return;
	}
	if (!product || strcmp(cli_text(product, "id"), cli_text(found, "product")) != 0)
		import_refuse(item, 0, MARKET_EINVALID, "product",
		              "it exists with another product, which an import doesn't change");
	else if (!import_fixed(item, found, fixed))
		change_prices(item, found);
	if (state && item->outcome != IMPORT_REFUSED)
		change_state(item, cli_text(found, "state"), state);
}

static void create_offer(import_item *item)
{
	static const char *const fields[] = {"ref", "metadata", NULL};
	const char *state = import_text(item, "state");
	json_t *skus = json_array();
	json_t *in = json_pack(
		"{s:o, s:o, s:o}", "seller",
		import_address(MARKET_ID_SELLER, NULL, import_text(item, "seller")), "product",
		import_address(MARKET_ID_PRODUCT, NULL, import_text(item, "product")), "skus", skus);

	for (size_t i = 0; i < item->n_rows; i++)
		json_array_append_new(skus, new_sku(&item->rows[i]));
	import_copy(in, &item->rows[0], fields);
	import_write(item, IMPORT_CREATED, "offer.create", in);
	if (state)
		change_state(item, "draft", state);
}

static json_t *new_sku(const source_row *row)
{
	json_t *attributes = json_object_get(row->values, "attributes");
	json_t *list_price = amount(row, "list_price");
	json_t *sku = json_pack("{s:O, s:o}", "ref", json_object_get(row->values, "sku"), "price",
	                        amount(row, "price"));

	if (attributes)
		json_object_set(sku, "attributes", attributes);
	if (list_price)
		json_object_set_new(sku, "list_price", list_price);
	return sku;
}

static json_t *amount(const source_row *row, const char *field)
{
	const char *text = json_string_value(json_object_get(row->values, field));

	return text ? json_pack("{s:s, s:s}", "amount", text, "currency",
	                        cli_text(row->values, "currency"))
	            : NULL;
}

static void change_prices(import_item *item, json_t *found)
{
	json_t *prices = json_array();
	bool good = true;

	for (size_t i = 0; i < item->n_rows && good; i++)
		good = change_sku(item, i, found, prices);
	if (good && json_array_size(prices) > 0)
		import_write(
			item, IMPORT_CHANGED, "offer.update",
			json_pack("{s:O, s:O}", "offer", json_object_get(found, "id"), "prices", prices));
	json_decref(prices);
}

static bool change_sku(import_item *item, size_t row, json_t *found, json_t *prices)
{
	const source_row *stated = &item->rows[row];
	json_t *sku = sku_of(found, cli_text(stated->values, "sku")), *price, *list_price;

	if (!sku) {
		import_refuse(item, row, MARKET_EINVALID, "sku",
		              "the offer exists without this SKU, which an import doesn't add");
		return false;
	}
	if (import_differs(stated, sku, "attributes")) {
		import_refuse(item, row, MARKET_EINVALID, "attributes",
		              "the SKU exists with others, which an import doesn't change");
		return false;
	}
	if (!import_differs(stated, sku, "price") && !import_differs(stated, sku, "list_price"))
		return true;
	price = json_pack("{s:O, s:o}", "sku", json_object_get(sku, "id"), "price",
	                  amount(stated, "price"));
	list_price = amount(stated, "list_price");
	if (list_price)
		json_object_set_new(price, "list_price", list_price);
	return json_array_append_new(prices, price) == 0;
}

static json_t *sku_of(json_t *found, const char *ref)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(found, "skus"), i,
	                   one) if (strcmp(cli_text(one, "ref"), ref) == 0 ||
	                            strcmp(cli_text(one, "id"), ref) == 0) return one;
	return NULL;
}

static void move(import_item *item, const char *operation)
{
	const char *reason = import_text(item, "reason");
	json_t *in = json_pack(
		"{s:o}", "offer",
		import_address(MARKET_ID_OFFER, import_text(item, "seller"), import_text(item, "ref")));

	if (strcmp(operation, "offer.block") == 0)
		json_object_set_new(in, "reason", json_string(reason ? reason : "import"));
	import_write(item, IMPORT_CHANGED, operation, in);
}

static void change_state(import_item *item, const char *from, const char *to)
{
	bool draft = strcmp(from, "draft") == 0, active = strcmp(from, "active") == 0;
	bool paused = strcmp(from, "paused") == 0;
	bool open = draft || active || paused;

	if (strcmp(from, to) == 0)
		return;
	if (open && strcmp(to, "active") == 0) {
		move(item, "offer.activate");
	} else if (open && strcmp(to, "paused") == 0) {
		if (draft)
			move(item, "offer.activate");
		move(item, "offer.pause");
	} else if (open && strcmp(to, "ended") == 0) {
		move(item, "offer.end");
	} else if (open && strcmp(to, "blocked") == 0) {
		move(item, "offer.block");
	} else {
		import_refuse(item, 0, MARKET_EINVALID, "state", "an offer that is %s doesn't become %.40s",
		              from, to);
	}
}
