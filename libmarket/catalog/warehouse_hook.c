/* CAT-7: the application's own choice of a warehouse. */
#include <market/plugin.h>

#include "libmarket/catalog/sql.h"
#include "libmarket/engine/market.h"

static int write_item(mk_ctx *ctx, const mk_item *item, market_warehouse *const *warehouses,
                      size_t n_warehouses, market_warehouse_item *out, market_error *err);
static const char *country_of(market_id warehouse, market_warehouse *const *warehouses,
                              size_t n_warehouses);
static const char *id_text(mk_ctx *ctx, market_id_kind kind, market_id id);

int market_warehouse_hook_register(market *market, const market_warehouse_hook *hook,
                                   market_error *err)
{
	if (!market || !hook || hook->size < sizeof(*hook) || !hook->choose)
		return mk_error_set(err, MARKET_EINVALID, "a hook has a function that chooses");
	if (market->warehouse_hook)
		return mk_error_set(err, MARKET_EEXISTS, "the market has a warehouse hook");
	market->warehouse_hook = mk_allocate_zero(&market->allocator, sizeof(*hook));
	if (!market->warehouse_hook)
		return mk_error_no_memory(err);
	*market->warehouse_hook = *hook;
	return 0;
}

void mk_warehouse_hook_close(market *market)
{
	market_warehouse_hook *hook = market->warehouse_hook;

	if (hook && hook->destroy)
		hook->destroy(hook->user_data);
	mk_release(&market->allocator, hook);
	market->warehouse_hook = NULL;
}

int mk_warehouse_ask(mk_ctx *ctx, mk_item *const *items, size_t count, const char *country,
                     market_warehouse *const *warehouses, size_t n_warehouses, int64_t *chosen,
                     market_error *err)
{
	const market_warehouse_hook *hook = ctx->market->warehouse_hook;
	market_warehouse_question question = {
		.size = sizeof(question), .country = country, .n_items = count};
	market_error why;
	int rc = 0;

	for (size_t i = 0; i < count; i++)
		chosen[i] = -1;
	if (!hook)
		return 0;
	question.items = MK_NEW_ARRAY(ctx->arena, market_warehouse_item, count + 1);
	if (!question.items)
		return mk_error_no_memory(err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = write_item(ctx, items[i], warehouses, n_warehouses, &question.items[i], err);
	if (rc != 0)
		return rc;
	mk_error_clear(&why);
	if (hook->choose(&question, hook->user_data, &why) != 0) {
		mk_log(ctx->market, MARKET_LOG_WARNING, "the warehouse hook failed; the oldest serve");
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		const int64_t at = question.items[i].chosen;

		if (at >= 0 && (uint64_t)at < items[i]->n_stocks)
			chosen[i] = at;
		else if (at != -1)
			mk_log(ctx->market, MARKET_LOG_WARNING, "the warehouse hook chose what isn't there");
	}
	return 0;
}

static int write_item(mk_ctx *ctx, const mk_item *item, market_warehouse *const *warehouses,
                      size_t n_warehouses, market_warehouse_item *out, market_error *err)
{
	market_warehouse_stock *stocks =
		MK_NEW_ARRAY(ctx->arena, market_warehouse_stock, item->n_stocks + 1);

	out->sku = id_text(ctx, MARKET_ID_SKU, item->sku);
	out->seller = id_text(ctx, MARKET_ID_SELLER, item->seller_id);
	out->quantity = item->quantity;
	out->stocks = stocks;
	out->n_stocks = item->n_stocks;
	out->chosen = -1;
	for (size_t i = 0; stocks && i < item->n_stocks; i++) {
		const market_stock *stock = item->stocks[i];

		stocks[i].warehouse = id_text(ctx, MARKET_ID_WAREHOUSE, stock->warehouse);
		stocks[i].country = country_of(stock->warehouse, warehouses, n_warehouses);
		stocks[i].available = stock->available;
	}
	return ctx->arena->failed ? mk_error_no_memory(err) : 0;
}

static const char *country_of(market_id warehouse, market_warehouse *const *warehouses,
                              size_t n_warehouses)
{
	for (size_t i = 0; i < n_warehouses; i++)
		if (mk_id_equal(warehouses[i]->id, warehouse))
			return warehouses[i]->country;
	return NULL;
}

static const char *id_text(mk_ctx *ctx, market_id_kind kind, market_id id)
{
	char text[MARKET_ID_TEXT_SIZE];

	market_id_format(kind, id, text);
	return mk_arena_text(ctx->arena, text);
}
