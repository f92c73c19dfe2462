/* Import of categories and products. */
#include <string.h>

#include "cli/import.h"

static bool other_parent(import_item *item, const char *path);
static void create_product(import_item *item);
static void change_product(import_item *item, json_t *found);
static void change_state(import_item *item, const char *from, const char *to);

void import_category_ask(import_item *item)
{
	import_ask(item, "category.get",
	           json_pack("{s:o}", "category",
	                     import_address(MARKET_ID_CATEGORY, NULL, import_text(item, "code"))));
}

void import_category_plan(import_item *item)
{
	static const char *const fields[] = {"code",          "name",      "commission_class",
	                                     "deposit_class", "fee_class", "licences",
	                                     "metadata",      NULL};
	static const char *const fixed[] = {"metadata", NULL};
	static const char *const changes[] = {"name",      "commission_class", "deposit_class",
	                                      "fee_class", "licences",         NULL};
	const char *parent = import_text(item, "parent");
	json_t *found = import_found(item, 0), *in = json_object();

	if (!found) {
		json_object_set_new(in, "name", json_string(import_text(item, "code")));
		import_copy(in, &item->rows[0], fields);
		if (parent)
			json_object_set_new(in, "parent", import_address(MARKET_ID_CATEGORY, NULL, parent));
		import_write(item, IMPORT_CREATED, "category.create", in);
		return;
	}
	import_copy(in, &item->rows[0], changes);
	json_object_set(in, "category", json_object_get(found, "id"));
	if (!import_fixed(item, found, fixed) && !other_parent(item, cli_text(found, "path")) &&
	    import_any_differs(&item->rows[0], found, changes))
		import_write(item, IMPORT_CHANGED, "category.update", in);
	else
		json_decref(in);
}

/* "/media/books/" lies below media. */
static bool other_parent(import_item *item, const char *path)
{
	const char *parent = import_text(item, "parent");
	size_t length = parent ? strlen(parent) : 0, end = strlen(path);

	if (!parent)
		return false;
	end -= end > 0;
	while (end > 0 && path[end - 1] != '/')
		end--;
	if (end >= length + 2 && strncmp(path + end - 1 - length, parent, length) == 0 &&
	    path[end - 2 - length] == '/')
		return false;
	import_refuse(item, 0, MARKET_EINVALID, "parent", "it exists at %.200s, not below %.60s", path,
	              parent);
	return true;
}

void import_product_ask(import_item *item)
{
	const char *seller = import_text(item, "seller");

	import_ask(item, "product.get",
	           json_pack("{s:o}", "product",
	                     import_address(MARKET_ID_PRODUCT, NULL, import_text(item, "ref"))));
	import_ask(item, "category.get",
	           json_pack("{s:o}", "category",
	                     import_address(MARKET_ID_CATEGORY, NULL, import_text(item, "category"))));
	if (seller)
		import_ask(item, "seller.get",
		           json_pack("{s:o}", "seller", import_address(MARKET_ID_SELLER, NULL, seller)));
}

/* Whether the object that a field names isn't the one that was found. */
static bool names_other(import_item *item, json_t *found, const char *field, size_t ask)
{
	json_t *named = ask < item->n_asks ? import_found(item, ask) : NULL;

	if (ask >= item->n_asks ||
	    (named && strcmp(cli_text(named, "id"), cli_text(found, field)) == 0))
		return false;
	import_refuse(item, 0, MARKET_EINVALID, field,
	              "it exists with another %s, which an import doesn't change", field);
	return true;
}

void import_product_plan(import_item *item)
{
	static const char *const fixed[] = {"metadata", NULL};
	json_t *found = import_found(item, 0);

	if (!found)
		create_product(item);
	else if (!names_other(item, found, "category", 1) && !names_other(item, found, "seller", 2) &&
	         !import_fixed(item, found, fixed))
		change_product(item, found);
}

static void create_product(import_item *item)
{
	static const char *const fields[] = {"ref",        "title",  "description", "brand",
	                                     "attributes", "images", "metadata",    NULL};
	const char *state = import_text(item, "state"), *seller = import_text(item, "seller");
	json_t *in = json_pack("{s:o}", "category",
	                       import_address(MARKET_ID_CATEGORY, NULL, import_text(item, "category")));

	import_copy(in, &item->rows[0], fields);
	if (seller)
		json_object_set_new(in, "seller", import_address(MARKET_ID_SELLER, NULL, seller));
	if (state && strcmp(state, "draft") == 0)
		json_object_set_new(in, "draft", json_true());
	import_write(item, IMPORT_CREATED, "product.create", in);
	if (state && strcmp(state, "draft") != 0)
		change_state(item, "proposed", state);
}

static void change_product(import_item *item, json_t *found)
{
	static const char *const changes[] = {"title",      "description", "brand",
	                                      "attributes", "images",      NULL};
	const char *state = import_text(item, "state");
	json_t *in;

	if (import_any_differs(&item->rows[0], found, changes)) {
		in = json_object();
		json_object_set(in, "product", json_object_get(found, "id"));
		import_copy(in, &item->rows[0], changes);
		import_write(item, IMPORT_CHANGED, "product.update", in);
	}
	if (state)
		change_state(item, cli_text(found, "state"), state);
}

static void move(import_item *item, const char *operation)
{
	const char *reason = import_text(item, "reason");
	json_t *in = json_pack("{s:o}", "product",
	                       import_address(MARKET_ID_PRODUCT, NULL, import_text(item, "ref")));

	if (strcmp(operation, "product.reject") == 0)
		json_object_set_new(in, "reason", json_string(reason ? reason : "import"));
	import_write(item, IMPORT_CHANGED, operation, in);
}

static void change_state(import_item *item, const char *from, const char *to)
{
	bool draft = strcmp(from, "draft") == 0;
	bool publish = strcmp(to, "published") == 0, reject = strcmp(to, "rejected") == 0;

	if (strcmp(from, to) == 0)
		return;
	if ((!draft && strcmp(from, "proposed") != 0) ||
	    (!publish && !reject && strcmp(to, "proposed") != 0)) {
		import_refuse(item, 0, MARKET_EINVALID, "state",
		              "a product that is %s doesn't become %.40s", from, to);
		return;
	}
	if (draft)
		move(item, "product.propose");
	if (publish)
		move(item, "product.publish");
	if (reject)
		move(item, "product.reject");
}
