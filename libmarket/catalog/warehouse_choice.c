/* CAT-7: which warehouse serves each item of a checkout, by the policy's rule. */
#include <string.h>

#include "libmarket/catalog/sql.h"

/* What a choice goes by. */
typedef struct choice {
	mk_item *const *items;
	size_t count;
	int32_t rule;
	const mk_ship_region *region;  /* NULL: no warehouse is nearer than another */
	market_warehouse **warehouses; /* of all sellers; where the region tells them apart */
	size_t n_warehouses;
	int64_t
		*suggested; /* by the application: places among an item's stocks; NULL: it isn't asked */
} choice;

static int prepare(mk_ctx *ctx, choice *c, const char *country, market_error *err);
static int ask_hook(mk_ctx *ctx, choice *c, const char *country, market_error *err);
static void take_suggested(const choice *c, mk_item *item, market_stock *stock);
static const mk_ship_region *region_of(const mk_policy_stock *policy, const char *country);
static int read_warehouses(mk_ctx *ctx, choice *c, market_error *err);
static void take_together(choice *c, mk_item *first);
static size_t serve(choice *c, const mk_item *of, market_id warehouse, bool keep);
static market_stock *in_warehouse(const choice *c, const mk_item *item, market_id warehouse);
static int choose(choice *c, mk_item *item, market_error *err);
static bool allowed(const mk_item *item, const market_stock *stock);
static size_t distance(const choice *c, const market_stock *stock);
static int64_t left(const choice *c, const market_stock *stock);
static int64_t promised(mk_item *const *items, size_t count, const market_stock *stock);

int mk_stock_choose(mk_ctx *ctx, mk_item *const *items, size_t count, const char *country,
                    size_t *failed, market_error *err)
{
	choice c = {.items = items, .count = count};
	int rc = prepare(ctx, &c, country, err);

	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (c.rule == MK_WAREHOUSE_FEWEST_PARCELS && !items[i]->stock)
			take_together(&c, items[i]);
		if (c.suggested && c.suggested[i] >= 0)
			take_suggested(&c, items[i], items[i]->stocks[c.suggested[i]]);
		if (!items[i]->stock)
			rc = choose(&c, items[i], err);
		if (rc != 0 && failed)
			*failed = i;
	}
	return rc;
}

void mk_stock_reserve(mk_ctx *ctx, mk_item *const *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const market_stock *stock = items[i]->stock;

		if (promised(items, i, stock) == 0)
			mk_stock_change(ctx, stock, 0, promised(items, count, stock));
	}
}

static int prepare(mk_ctx *ctx, choice *c, const char *country, market_error *err)
{
	const mk_policy_stock *policy = ctx->policy->stock;

	if (policy)
		c->rule = policy->warehouse_choice;
	if (c->rule == MK_WAREHOUSE_HOOK)
		return ask_hook(ctx, c, country, err);
	if (c->rule != MK_WAREHOUSE_NEAREST && c->rule != MK_WAREHOUSE_FEWEST_PARCELS)
		return 0;
	c->region = region_of(policy, country);
	return c->region ? read_warehouses(ctx, c, err) : 0;
}

static int ask_hook(mk_ctx *ctx, choice *c, const char *country, market_error *err)
{
	int rc = read_warehouses(ctx, c, err);

	if (rc != 0)
		return rc;
	c->suggested = MK_NEW_ARRAY(ctx->arena, int64_t, c->count + 1);
	if (!c->suggested)
		return mk_error_no_memory(err);
	return mk_warehouse_ask(ctx, c->items, c->count, country, c->warehouses, c->n_warehouses,
	                        c->suggested, err);
}

/* Where there is enough; else the library's own choice follows. */
static void take_suggested(const choice *c, mk_item *item, market_stock *stock)
{
	if (!allowed(item, stock) || left(c, stock) < item->quantity)
		return;
	item->stock = stock;
	item->warehouse = stock->warehouse;
}

static const mk_ship_region *region_of(const mk_policy_stock *policy, const char *country)
{
	for (size_t i = 0; country && i < policy->n_regions; i++)
		for (size_t k = 0; k < policy->regions[i]->n_ship_to; k++)
			if (strcmp(policy->regions[i]->ship_to[k], country) == 0)
				return policy->regions[i];
	return NULL;
}

/* Once for each seller, in one batch. */
static int read_warehouses(mk_ctx *ctx, choice *c, market_error *err)
{
	mk_query *queries = MK_NEW_ARRAY(ctx->arena, mk_query, c->count + 1);
	mk_value *args = MK_NEW_ARRAY(ctx->arena, mk_value, 4 * c->count + 1);
	size_t n = 0, total = 0, k;
	int rc;

	if (!queries || !args)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < c->count; i++) {
		const int64_t book = c->items[i]->sku.book;

		for (k = 0; k < n && args[4 * k].number != book; k++)
			;
		if (k < n)
			continue;
		args[4 * n] = mk_int(book);
		args[4 * n + 1] = args[4 * n + 2] = mk_int(0);
		args[4 * n + 3] = mk_int(MK_MAX_WAREHOUSES);
		queries[n] = (mk_query){.statement = &mk_warehouse_of_seller,
		                        .args = &args[4 * n],
		                        .n_args = 4,
		                        .record = &mk_warehouse_record};
		n++;
	}
	rc = mk_store_read(ctx->store, ctx->arena, queries, n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		total += queries[i].n_rows;
	c->warehouses = MK_NEW_ARRAY(ctx->arena, market_warehouse *, total + 1);
	if (rc == 0 && !c->warehouses)
		return mk_error_no_memory(err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		for (k = 0; k < queries[i].n_rows; k++)
			c->warehouses[c->n_warehouses++] = queries[i].rows[k];
	return rc;
}

/* The warehouse that serves the most of what is left of the seller's items, again and again. */
static void take_together(choice *c, mk_item *first)
{
	size_t most = 0, near = 0;
	const market_stock *best = NULL;

	for (size_t i = 0; i < c->count; i++) {
		const mk_item *item = c->items[i];

		if (item->stock || item->sku.book != first->sku.book)
			continue;
		for (size_t k = 0; k < item->n_stocks; k++) {
			const market_stock *stock = item->stocks[k];
			const size_t served = serve(c, first, stock->warehouse, false);
			const size_t far = distance(c, stock);

			if (served > most ||
			    (served == most && most > 0 &&
			     (far < near || (far == near && stock->warehouse.id < best->warehouse.id)))) {
				most = served;
				near = far;
				best = stock;
			}
		}
	}
	if (best)
		serve(c, first, best->warehouse, true);
}

/* How many items of the seller the warehouse has enough for; they are given their stock to keep. */
static size_t serve(choice *c, const mk_item *of, market_id warehouse, bool keep)
{
	size_t served = 0;
	bool tried[MK_MAX_LIST] = {false};

	for (size_t i = 0; i < c->count; i++) {
		mk_item *item = c->items[i];

		if (item->stock || item->sku.book != of->sku.book)
			continue;
		item->stock = in_warehouse(c, item, warehouse);
		tried[i] = item->stock != NULL;
		served += tried[i];
	}
	for (size_t i = 0; i < c->count; i++) {
		if (!tried[i])
			continue;
		if (keep)
			c->items[i]->warehouse = warehouse;
		else
			c->items[i]->stock = NULL;
	}
	return served;
}

static market_stock *in_warehouse(const choice *c, const mk_item *item, market_id warehouse)
{
	for (size_t i = 0; i < item->n_stocks; i++) {
		market_stock *stock = item->stocks[i];

		if (mk_id_equal(stock->warehouse, warehouse) && allowed(item, stock) &&
		    left(c, stock) >= item->quantity)
			return stock;
	}
	return NULL;
}

/* The nearest that has enough, and of those the oldest: they stand in that order. */
static int choose(choice *c, mk_item *item, market_error *err)
{
	char text[MARKET_ID_TEXT_SIZE];
	int64_t most = 0;

	for (size_t i = 0; i < item->n_stocks; i++) {
		market_stock *stock = item->stocks[i];
		const int64_t here = left(c, stock);

		if (!allowed(item, stock))
			continue;
		if (here >= item->quantity &&
		    (!item->stock || distance(c, stock) < distance(c, item->stock)))
			item->stock = stock;
		most = here > most ? here : most;
	}
	if (item->stock) {
		item->warehouse = item->stock->warehouse;
		return 0;
	}
	market_id_format(MARKET_ID_SKU, item->sku, text);
	return mk_error_at(err, MARKET_ESTOCK, "quantity",
	                   "sku %s: %lld are available, %lld are wanted", text, (long long)most,
	                   (long long)item->quantity);
}

static bool allowed(const mk_item *item, const market_stock *stock)
{
	return mk_id_absent(item->warehouse) || mk_id_equal(item->warehouse, stock->warehouse);
}

/* The place of its country in the region's list; what it doesn't name comes last. */
static size_t distance(const choice *c, const market_stock *stock)
{
	const char *country = NULL;

	if (!c->region)
		return 0;
	for (size_t i = 0; i < c->n_warehouses; i++)
		if (mk_id_equal(c->warehouses[i]->id, stock->warehouse))
			country = c->warehouses[i]->country;
	for (size_t i = 0; country && i < c->region->n_ship_from; i++)
		if (strcmp(c->region->ship_from[i], country) == 0)
			return i;
	return c->region->n_ship_from;
}

static int64_t left(const choice *c, const market_stock *stock)
{
	return stock->available - promised(c->items, c->count, stock);
}

/* How much the first `count` items take of a stock row. */
static int64_t promised(mk_item *const *items, size_t count, const market_stock *stock)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		if (items[i]->stock && mk_id_equal(items[i]->stock->id, stock->id))
			sum += items[i]->quantity;
	return sum;
}
