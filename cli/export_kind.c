/* Rows of what is stored, kind by kind, from the lists of the API. */
#include <stdlib.h>
#include <string.h>

#include "cli/import.h"

#define PAGE 500

/* What is done with each object of a list. */
typedef struct walk {
	cli_market *open;
	void (*put)(void *to, json_t *row);
	void *to;
	const char *seller; /* its reference, or its id */
	int (*each)(struct walk *walk, json_t *one, market_error *err);
	json_t *names; /* id → reference, of categories or of a seller's warehouses */
	const char *sku;
} walk;

static int each_page(walk *w, const char *operation, json_t *in, market_error *err);
static int of_each_seller(walk *w, market_error *err,
                          int (*each)(walk *w, json_t *seller, market_error *err));
static int put_seller(walk *w, json_t *one, market_error *err);
static int put_category(walk *w, json_t *one, market_error *err);
static int name_category(walk *w, json_t *one, market_error *err);
static int put_product(walk *w, json_t *one, market_error *err);
static int put_warehouse(walk *w, json_t *one, market_error *err);
static int put_offer(walk *w, json_t *one, market_error *err);
static int put_stock(walk *w, json_t *one, market_error *err);
static int seller_warehouses(walk *w, json_t *seller, market_error *err);
static int seller_offers(walk *w, json_t *seller, market_error *err);
static int seller_stock(walk *w, json_t *seller, market_error *err);
static int offer_stock(walk *w, json_t *one, market_error *err);
static int name_warehouse(walk *w, json_t *one, market_error *err);

int export_sellers(cli_market *open, void (*put)(void *to, json_t *row), void *to,
                   market_error *err)
{
	walk w = {.open = open, .put = put, .to = to, .each = put_seller};

	return each_page(&w, "seller.list", json_object(), err);
}

int export_categories(cli_market *open, void (*put)(void *to, json_t *row), void *to,
                      market_error *err)
{
	walk w = {.open = open, .put = put, .to = to, .each = put_category};

	return each_page(&w, "category.list", json_pack("{s:b}", "all", 1), err);
}

int export_products(cli_market *open, void (*put)(void *to, json_t *row), void *to,
                    market_error *err)
{
	static const char *const states[] = {"draft", "proposed", "published", "rejected"};
	walk w = {.open = open, .put = put, .to = to, .each = name_category, .names = json_object()};
	int rc = each_page(&w, "category.list", json_pack("{s:b}", "all", 1), err);

	w.each = put_product;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]) && rc == 0; i++)
		rc = each_page(&w, "product.list", json_pack("{s:s}", "state", states[i]), err);
	json_decref(w.names);
	return rc;
}

int export_warehouses(cli_market *open, void (*put)(void *to, json_t *row), void *to,
                      market_error *err)
{
	walk w = {.open = open, .put = put, .to = to};

	return of_each_seller(&w, err, seller_warehouses);
}

int export_offers(cli_market *open, void (*put)(void *to, json_t *row), void *to, market_error *err)
{
	walk w = {.open = open, .put = put, .to = to};

	return of_each_seller(&w, err, seller_offers);
}

int export_stock(cli_market *open, void (*put)(void *to, json_t *row), void *to, market_error *err)
{
	walk w = {.open = open, .put = put, .to = to};

	return of_each_seller(&w, err, seller_stock);
}

static int each_page(walk *w, const char *operation, json_t *in, market_error *err)
{
	json_t *page = NULL, *one;
	size_t i;
	bool more = true;
	int rc = 0;

	json_object_set_new(in, "limit", json_integer(PAGE));
	while (rc == 0 && more) {
		rc = cli_do(w->open, "operator:cli", NULL, operation, json_deep_copy(in), &page, err);
		json_array_foreach(json_object_get(page, "items"), i, one) if (rc == 0) rc =
			w->each(w, one, err);
		more = json_object_get(page, "next") != NULL;
		json_object_set_new(in, "after", json_string(cli_text(page, "next")));
		json_decref(page);
	}
	json_decref(in);
	return rc;
}

static int of_each_seller(walk *w, market_error *err,
                          int (*each)(walk *w, json_t *seller, market_error *err))
{
	w->each = each;
	return each_page(w, "seller.list", json_object(), err);
}

/* A row with the fields of an object that it has. */
static json_t *row_of(json_t *one, const char *const *fields)
{
	json_t *row = json_object();

	for (; *fields; fields++) {
		json_t *value = json_object_get(one, *fields);

		if (value)
			json_object_set(row, *fields,
			                json_is_object(value) && json_object_get(value, "amount")
			                    ? json_object_get(value, "amount")
			                    : value);
	}
	return row;
}

/* An object without a reference goes by its id. */
static const char *name_of(json_t *one)
{
	const char *ref = cli_text(one, "ref");

	return *ref ? ref : cli_text(one, "id");
}

static void put_row(walk *w, json_t *row)
{
	w->put(w->to, row);
	json_decref(row);
}

static int put_seller(walk *w, json_t *one, market_error *err)
{
	static const char *const fields[] = {"name",     "legal_name", "store_type", "country",
	                                     "currency", "state",      "metadata",   NULL};
	json_t *row = row_of(one, fields);

	(void)err;
	json_object_set_new(row, "ref", json_string(name_of(one)));
	put_row(w, row);
	return 0;
}

/* The code before the last in "/media/books/" is that of the category above. */
static int put_category(walk *w, json_t *one, market_error *err)
{
	static const char *const fields[] = {"code",          "name",      "commission_class",
	                                     "deposit_class", "fee_class", "licences",
	                                     "metadata",      NULL};
	json_t *row = row_of(one, fields);
	const char *path = cli_text(one, "path");
	size_t end = strlen(path) - strlen(cli_text(one, "code")) - 2, begin = end;

	(void)err;
	while (begin > 0 && path[begin - 1] != '/')
		begin--;
	if (end > begin)
		json_object_set_new(row, "parent", json_stringn(path + begin, end - begin));
	put_row(w, row);
	return 0;
}

static int name_category(walk *w, json_t *one, market_error *err)
{
	(void)err;
	return json_object_set(w->names, cli_text(one, "id"), json_object_get(one, "code"));
}

/* The reference of an object that another names by its id. */
static int name_by_id(walk *w, json_t *row, const char *field, const char *operation,
                      const char *id, market_error *err)
{
	json_t *found = NULL;
	int rc = cli_do(w->open, "operator:cli", NULL, operation, json_pack("{s:s}", field, id), &found,
	                err);

	if (rc == 0)
		json_object_set_new(row, field, json_string(name_of(found)));
	json_decref(found);
	return rc;
}

static int put_product(walk *w, json_t *one, market_error *err)
{
	static const char *const fields[] = {"state",  "title",  "description", "brand", "attributes",
	                                     "images", "reason", "metadata",    NULL};
	json_t *row = row_of(one, fields);
	const char *seller = cli_text(one, "seller");
	int rc = 0;

	json_object_set_new(row, "ref", json_string(name_of(one)));
	json_object_set(row, "category", json_object_get(w->names, cli_text(one, "category")));
	if (*seller)
		rc = name_by_id(w, row, "seller", "seller.get", seller, err);
	put_row(w, row);
	return rc;
}

static int seller_warehouses(walk *w, json_t *seller, market_error *err)
{
	walk of = *w;

	of.seller = name_of(seller);
	of.each = put_warehouse;
	return each_page(&of, "warehouse.list",
	                 json_pack("{s:O}", "seller", json_object_get(seller, "id")), err);
}

static int put_warehouse(walk *w, json_t *one, market_error *err)
{
	static const char *const fields[] = {"name", "country", "metadata", NULL};
	json_t *row = row_of(one, fields);

	(void)err;
	json_object_set_new(row, "seller", json_string(w->seller));
	json_object_set_new(row, "ref", json_string(name_of(one)));
	put_row(w, row);
	return 0;
}

static int seller_offers(walk *w, json_t *seller, market_error *err)
{
	walk of = *w;

	of.seller = name_of(seller);
	of.each = put_offer;
	return each_page(&of, "offer.list", json_pack("{s:O}", "seller", json_object_get(seller, "id")),
	                 err);
}

static int put_offer(walk *w, json_t *one, market_error *err)
{
	static const char *const shared[] = {"state", "currency", "reason", "metadata", NULL};
	static const char *const fields[] = {"attributes", "price", "list_price", NULL};
	json_t *offer = row_of(one, shared), *sku;
	size_t i;
	int rc;

	json_object_set_new(offer, "seller", json_string(w->seller));
	json_object_set_new(offer, "ref", json_string(name_of(one)));
	rc = name_by_id(w, offer, "product", "product.get", cli_text(one, "product"), err);
	json_array_foreach(json_object_get(one, "skus"), i, sku)
	{
		json_t *row = row_of(sku, fields);

		json_object_update(row, offer);
		json_object_set_new(row, "sku", json_string(name_of(sku)));
		put_row(w, row);
	}
	json_decref(offer);
	return rc;
}

static int seller_stock(walk *w, json_t *seller, market_error *err)
{
	walk of = *w;
	int rc;

	of.seller = name_of(seller);
	of.names = json_object();
	of.each = name_warehouse;
	rc = each_page(&of, "warehouse.list",
	               json_pack("{s:O}", "seller", json_object_get(seller, "id")), err);
	of.each = offer_stock;
	if (rc == 0)
		rc = each_page(&of, "offer.list",
		               json_pack("{s:O}", "seller", json_object_get(seller, "id")), err);
	json_decref(of.names);
	return rc;
}

static int name_warehouse(walk *w, json_t *one, market_error *err)
{
	(void)err;
	return json_object_set_new(w->names, cli_text(one, "id"), json_string(name_of(one)));
}

static int offer_stock(walk *w, json_t *one, market_error *err)
{
	walk of = *w;
	json_t *sku;
	size_t i;
	int rc = 0;

	of.each = put_stock;
	json_array_foreach(json_object_get(one, "skus"), i, sku)
	{
		of.sku = name_of(sku);
		if (rc == 0)
			rc = each_page(&of, "stock.list", json_pack("{s:O}", "sku", json_object_get(sku, "id")),
			               err);
	}
	return rc;
}

static int put_stock(walk *w, json_t *one, market_error *err)
{
	static const char *const fields[] = {"on_hand", "low_at", NULL};
	json_t *row = row_of(one, fields);

	(void)err;
	json_object_set_new(row, "seller", json_string(w->seller));
	json_object_set_new(row, "sku", json_string(w->sku));
	json_object_set(row, "warehouse", json_object_get(w->names, cli_text(one, "warehouse")));
	put_row(w, row);
	return 0;
}
