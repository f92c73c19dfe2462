/* What a checkout needs to know of the goods, in one batch of reads. */
#include "libmarket/catalog/sql.h"

/* One SKU of a checkout, however many of its items want it, and where its answers are. */
typedef struct lookup {
	market_id sku;
	size_t item;   /* the query of its row; the stock's is the next */
	size_t seller; /* the query of its seller */
} lookup;

typedef struct batch {
	mk_query *queries;
	mk_value *args; /* four of each query */
	size_t n_queries;
	lookup *lookups;
	size_t n_lookups;
} batch;

static int make_batch(mk_ctx *ctx, const mk_want *wants, size_t count, batch *out,
                      market_error *err);
static size_t add_query(batch *b, const mk_statement *statement, const mk_record *record,
                        const mk_value *args, size_t n_args);
static size_t seller_query(batch *b, int64_t book);
static const lookup *find(const batch *b, market_id sku);
static mk_item *make_item(mk_ctx *ctx, const batch *b, const mk_want *want);
static int check_purchasable(const mk_item *item, market_time now, market_error *err);
static int refuse(const mk_item *item, const char *why, market_error *err);

static const mk_statement seller_guard = {
	.name = "seller_guard",
	.table = "seller",
	.sql = "UPDATE seller SET version = version WHERE book_id = ?1 AND id = ?2 AND version = ?3",
};

static const mk_field item_fields[] = {
	MK_F_ID(mk_item, sku, SKU, 0, "the SKU"),
	MK_F_ID(mk_item, offer, OFFER, 0, "its offer"),
	MK_F_ID(mk_item, product, PRODUCT, 0, "its product"),
	MK_F_TEXT(mk_item, title, 0, 0, 0, "what it is called"),
	MK_F_TEXT(mk_item, attributes, 0, 0, 0, "the variant's attribute values, as JSON"),
	MK_F_TEXT(mk_item, brand, 0, 0, 0, "its brand"),
	MK_F_TEXT(mk_item, category, 0, 0, 0, "the code of its back category"),
	MK_F_TEXT(mk_item, category_path, 0, 0, 0, "the codes from the top down"),
	MK_F_TEXT(mk_item, commission_class, 0, 0, 0, "the class by which fees are set"),
	MK_F_TEXT(mk_item, currency, 0, 0, 0, "of its prices"),
	MK_F_MONEY(mk_item, price, 0, 0, 0, "of one unit"),
	MK_F_MONEY(mk_item, list_price, 0, 0, 0, "the price before the reduction"),
	MK_F_ENUM(mk_item, offer_state, mk_offer_state_enum, 0, "the offer's state"),
	MK_F_ENUM(mk_item, product_state, mk_product_state_enum, 0, "the product's state"),
};
static const mk_record item_record =
	MK_RECORD_OF("item", mk_item, item_fields, "what can be bought");

int mk_catalog_items(mk_ctx *ctx, const mk_want *wants, size_t count, mk_item **items,
                     size_t *failed, market_error *err)
{
	batch b;
	int rc = make_batch(ctx, wants, count, &b, err);
	size_t i = 0;

	if (rc == 0 && b.n_queries > 0)
		rc = mk_store_read(ctx->store, ctx->arena, b.queries, b.n_queries, err);
	for (i = 0; rc == 0 && i < count; i++) {
		const lookup *found = find(&b, wants[i].sku);

		if (b.queries[found->item].n_rows == 0 || b.queries[found->seller].n_rows == 0) {
			rc = mk_not_found(&mk_sku_entity, wants[i].sku, "sku", err);
			break;
		}
		items[i] = make_item(ctx, &b, &wants[i]);
		if (!items[i])
			return mk_error_no_memory(err);
	}
	if (rc == 0)
		for (i = 0; i < count; i++) {
			rc = check_purchasable(items[i], ctx->now, err);
			if (rc != 0)
				break;
		}
	if (rc != 0 && failed)
		*failed = i;
	return rc;
}

static int make_batch(mk_ctx *ctx, const mk_want *wants, size_t count, batch *out,
                      market_error *err)
{
	*out = (batch){
		.queries = MK_NEW_ARRAY(ctx->arena, mk_query, 3 * count + 1),
		.args = MK_NEW_ARRAY(ctx->arena, mk_value, 4 * (3 * count + 1)),
		.lookups = MK_NEW_ARRAY(ctx->arena, lookup, count + 1),
	};
	if (!out->queries || !out->args || !out->lookups)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		const market_id sku = wants[i].sku;
		lookup *next = &out->lookups[out->n_lookups];

		if (find(out, sku))
			continue;
		next->sku = sku;
		next->seller = seller_query(out, sku.book);
		next->item =
			add_query(out, &mk_sku_item, &item_record, MK_ARGS(mk_int(sku.book), mk_int(sku.id)));
		add_query(out, &mk_stock_everywhere, &mk_stock_record,
		          MK_ARGS(mk_int(sku.book), mk_int(sku.id), mk_int(MK_MAX_WAREHOUSES)));
		out->n_lookups++;
	}
	return 0;
}

static size_t add_query(batch *b, const mk_statement *statement, const mk_record *record,
                        const mk_value *args, size_t n_args)
{
	mk_value *own = &b->args[4 * b->n_queries];

	for (size_t i = 0; i < n_args; i++)
		own[i] = args[i];
	b->queries[b->n_queries] =
		(mk_query){.statement = statement, .args = own, .n_args = n_args, .record = record};
	return b->n_queries++;
}

/* A seller is read once for all its items; their book is its id. */
static size_t seller_query(batch *b, int64_t book)
{
	for (size_t i = 0; i < b->n_lookups; i++)
		if (b->lookups[i].sku.book == book)
			return b->lookups[i].seller;
	return add_query(b, mk_seller_entity.by_id, mk_seller_entity.record,
	                 MK_ARGS(mk_int(book), mk_int(book)));
}

static const lookup *find(const batch *b, market_id sku)
{
	for (size_t i = 0; i < b->n_lookups; i++)
		if (mk_id_equal(b->lookups[i].sku, sku))
			return &b->lookups[i];
	return NULL;
}

static mk_item *make_item(mk_ctx *ctx, const batch *b, const mk_want *want)
{
	const lookup *found = find(b, want->sku);
	const mk_query *stock = &b->queries[found->item + 1];
	mk_item *item = mk_arena_copy(ctx->arena, b->queries[found->item].rows[0], sizeof(*item));

	if (!item)
		return NULL;
	item->seller = b->queries[found->seller].rows[0];
	item->seller_id = mk_id_in(want->sku.book, want->sku.book);
	item->quantity = want->quantity;
	item->warehouse = want->warehouse;
	item->stocks = (market_stock **)stock->rows;
	item->n_stocks = stock->n_rows;
	return item;
}

/* CAT-6, but for the stock. */
static int check_purchasable(const mk_item *item, market_time now, market_error *err)
{
	if (!mk_seller_sells(item->seller))
		return refuse(item, "its seller takes no orders", err);
	if (mk_seller_on_holiday(item->seller, now))
		return refuse(item, "its seller is on holiday", err);
	if (item->product_state != MARKET_PRODUCT_PUBLISHED)
		return refuse(item, "its product isn't published", err);
	if (item->offer_state != MARKET_OFFER_ACTIVE)
		return refuse(item, "its offer isn't active", err);
	return 0;
}

static int refuse(const mk_item *item, const char *why, market_error *err)
{
	char text[MARKET_ID_TEXT_SIZE];

	market_id_format(MARKET_ID_SKU, item->sku, text);
	return mk_error_at(err, MARKET_EPURCHASABLE, "sku", "sku %s can't be bought: %s", text, why);
}

/* CAT-6: its sellers are at the commit as they were read. SQLite has one writer, who has read them
 * in this transaction; elsewhere another may have closed one since, and ended it. */
void mk_items_guard(mk_ctx *ctx, mk_item *const *items, size_t count)
{
	if (mk_store_kind_of(ctx->store) == MK_STORE_SQLITE)
		return;
	for (size_t i = 0; i < count; i++) {
		const market_seller *seller = &items[i]->seller->seller;
		bool first = true;

		for (size_t k = 0; k < i; k++)
			first = first && items[k]->seller != items[i]->seller;
		if (first)
			mk_plan_add(
				ctx->plan, MK_PHASE_UPDATE, &seller_guard, seller->id,
				MK_ARGS(mk_int(seller->id.book), mk_int(seller->id.id), mk_int(seller->version)),
				MK_RETRY);
	}
}
