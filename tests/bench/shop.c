#include "tests/bench/shop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STOCK 1000000

static market_time ahead; /* of the real clock */

static market_session *session_of(bench_shop *shop, int32_t kind);
static void open_market(bench_shop *shop, const char *path, const char *keys, uint32_t flags,
                        int32_t connections);
static void open_sessions(bench_shop *shop);
static market_id make_category(bench_shop *shop);
static void make_seller(bench_shop *shop, market_id category, int number, bench_seller *out);
static void apply(bench_shop *shop, int number, bench_seller *out);
static market_id make_product(bench_shop *shop, market_id category, const bench_seller *seller);
static void make_offer(bench_shop *shop, market_id product, bench_seller *seller);
static void make_stock(bench_shop *shop, const bench_seller *seller);
static void add_buyers(bench_shop *shop);

typedef struct pragmas {
	const char *journal_mode, *synchronous, *foreign_keys, *cache_size, *temp_store, *page_size;
} pragmas;
static const mk_field pragmas_fields[] = {
	MK_F_TEXT(pragmas, journal_mode, 0, 0, 0, "how a commit is made whole"),
	MK_F_TEXT(pragmas, synchronous, 0, 0, 0, "when it is synced"),
	MK_F_TEXT(pragmas, foreign_keys, 0, 0, 0, "whether they are checked"),
	MK_F_TEXT(pragmas, cache_size, 0, 0, 0, "pages, or KiB when negative"),
	MK_F_TEXT(pragmas, temp_store, 0, 0, 0, "where temporary tables lie"),
	MK_F_TEXT(pragmas, page_size, 0, 0, 0, "bytes"),
};
static const mk_record pragmas_record =
	MK_RECORD_OF("pragmas", pragmas, pragmas_fields, "of a connection");

void bench_shop_make(bench_shop *shop, const char *path, const char *keys, bench_seller *sellers)
{
	bench_shop_make_some(shop, path, keys, sellers, BENCH_SELLERS);
}

void bench_shop_make_some(bench_shop *shop, const char *path, const char *keys,
                          bench_seller *sellers, int n_sellers)
{
	market_id category;
	bool sqlite;

	open_market(shop, path, keys, MARKET_OPEN_CREATE, 0);
	sqlite = mk_store_kind_of(shop->store) == MK_STORE_SQLITE;
	if (sqlite)
		bench_shop_sql(shop, "PRAGMA synchronous=OFF");
	category = make_category(shop);
	for (int i = 0; i < n_sellers; i++)
		make_seller(shop, category, i, &sellers[i]);
	add_buyers(shop);
	shop->sellers = sellers;
	shop->n_sellers = n_sellers;
	if (sqlite)
		bench_shop_sql(shop, "PRAGMA synchronous=FULL");
}

void bench_shop_make_in_folder(bench_shop *shop, const char *name, char path[1100],
                               bench_seller *sellers)
{
	char keys[1200];

	snprintf(path, 1100, "%s/%s", bench_folder(), name);
	snprintf(keys, sizeof(keys), "%s.keys", path);
	bench_shop_make(shop, path, keys, sellers);
}

void bench_shop_set_clock(market_time time)
{
	ahead = time == 0 ? 0 : time - mk_clock_now(NULL);
}

market_time bench_shop_clock(void *unused)
{
	(void)unused;
	return mk_clock_now(NULL) + ahead;
}

void bench_shop_open(bench_shop *shop, const char *path, const char *keys,
                     const bench_seller *sellers)
{
	bench_shop_open_wide(shop, path, keys, sellers, 0);
}

void bench_shop_open_wide(bench_shop *shop, const char *path, const char *keys,
                          const bench_seller *sellers, int32_t connections)
{
	open_market(shop, path, keys, 0, connections);
	shop->sellers = sellers;
}

void bench_shop_join(bench_shop *shop, const bench_shop *other, int number)
{
	*shop = (bench_shop){.market = other->market,
	                     .store = other->store,
	                     .sellers = other->sellers,
	                     .n_sellers = other->n_sellers,
	                     .serial = INT64_C(1000000000) * number,
	                     .random.state = other->random.state + (uint64_t)number};
	open_sessions(shop);
}

void bench_shop_leave(bench_shop *shop)
{
	market_session_close(shop->buyer);
	market_session_close(shop->member);
	market_session_close(shop->staff);
	market_session_close(shop->anybody);
}

void bench_shop_close(bench_shop *shop)
{
	bench_shop_leave(shop);
	market_close(shop->market);
	free(shop->anchor);
	*shop = (bench_shop){0};
}

void bench_shop_sql(bench_shop *shop, const char *sql)
{
	market_error err;

	bench_check(mk_store_execute_text(shop->store, sql, &err), &err, sql);
}

const char *bench_shop_pragmas(bench_shop *shop)
{
	static mk_statement statements[BENCH_PRAGMAS];
	static char sql[BENCH_PRAGMAS][40];
	mk_arena *arena = &shop->market->arena;
	const char *text = "";
	market_error err;

	for (size_t i = 0; i < BENCH_PRAGMAS; i++) {
		void *row = NULL;

		snprintf(sql[i], sizeof(sql[i]), "PRAGMA %s", bench_pragma_names[i]);
		statements[i] = (mk_statement){.name = bench_pragma_names[i], .sql = sql[i]};
		bench_check(mk_store_get(shop->store, arena, &statements[i], &pragmas_record, MK_NO_ARGS,
		                         &row, &err),
		            &err, sql[i]);
		text = mk_arena_format(arena, "%s%s\"%s\":\"%s\"", text, i > 0 ? "," : "",
		                       bench_pragma_names[i], ((const char *const *)row)[i]);
	}
	return mk_arena_format(arena, "{%s}", text);
}

void bench_shop_anchor(bench_shop *shop)
{
	market_ledger_checkpoint_params in = MARKET_LEDGER_CHECKPOINT_PARAMS_INIT;
	market_checkpoint *checkpoint = NULL;
	market_error err;

	bench_check(market_ledger_checkpoint(shop->staff, &in, &checkpoint, &err), &err,
	            "ledger.checkpoint");
	free(shop->anchor);
	shop->anchor = strdup(checkpoint->anchor);
	market_checkpoint_free(checkpoint);
}

void bench_shop_verify(bench_shop *shop)
{
	market_ledger_verify_params in = MARKET_LEDGER_VERIFY_PARAMS_INIT;
	market_ledger_report *report = NULL;
	const char *const anchors[] = {shop->anchor};
	market_error err;

	in.anchors = anchors;
	in.n_anchors = shop->anchor ? 1 : 0;
	bench_check(market_ledger_verify(shop->staff, &in, &report, &err), &err, "ledger.verify");
	if (report->result != MARKET_LEDGER_OK)
		bench_die("ledger.verify: broken at %s: %s", report->place ? report->place : "",
		          report->problem ? report->problem : "");
	if (report->unsealed > 0)
		bench_die("ledger.verify: %lld transfers aren't sealed", (long long)report->unsealed);
	market_ledger_report_free(report);
}

static void open_market(bench_shop *shop, const char *path, const char *keys, uint32_t flags,
                        int32_t connections)
{
	market_options options = MARKET_OPTIONS_INIT;
	market_error err;
	char url[1200];

	*shop = (bench_shop){0};
	options.flags = flags;
	options.keys = keys;
	options.connections = connections;
	shop->n_sellers = BENCH_SELLERS;
	snprintf(url, sizeof(url), "%s%s",
	         strncmp(path, "postgresql:", 11) == 0 ? "" : "sqlite:", path);
	options.clock = bench_shop_clock;
	bench_check(market_open(url, &options, &shop->market, &err), &err, "open");
	shop->store = shop->market->store;
	open_sessions(shop);
}

static void open_sessions(bench_shop *shop)
{
	shop->staff = session_of(shop, MARKET_ACTOR_OPERATOR);
	shop->buyer = session_of(shop, MARKET_ACTOR_ANONYMOUS);
	shop->member = session_of(shop, MARKET_ACTOR_ANONYMOUS);
	shop->anybody = session_of(shop, MARKET_ACTOR_ANONYMOUS);
}

static market_session *session_of(bench_shop *shop, int32_t kind)
{
	const market_actor actor = {.kind = kind, .name = "bench", .rights = MARKET_RIGHT_ALL};
	market_session *session = NULL;
	market_error err;

	bench_check(market_session_open(shop->market, &actor, &session, &err), &err, "a session");
	return session;
}

static market_id make_category(bench_shop *shop)
{
	market_category_create_params in = MARKET_CATEGORY_CREATE_PARAMS_INIT;
	market_category *category = NULL;
	market_error err;
	market_id id;

	in.code = "home";
	in.name = "Home";
	bench_check(market_category_create(shop->staff, &in, &category, &err), &err, "category.create");
	id = category->id;
	market_category_free(category);
	return id;
}

static void make_seller(bench_shop *shop, market_id category, int number, bench_seller *out)
{
	apply(shop, number, out);
	make_offer(shop, make_product(shop, category, out), out);
	make_stock(shop, out);
}

static void apply(bench_shop *shop, int number, bench_seller *out)
{
	market_seller_apply_params in = MARKET_SELLER_APPLY_PARAMS_INIT;
	market_seller_approve_params yes = MARKET_SELLER_APPROVE_PARAMS_INIT;
	market_seller *seller = NULL;
	market_error err;
	char name[40];

	snprintf(name, sizeof(name), "shop %d", number);
	in.ref = name;
	in.name = name;
	in.store_type = MARKET_STORE_INDIVIDUAL;
	in.country = "BR";
	in.currency = "BRL";
	in.owner_name = "the owner";
	bench_check(market_seller_apply(shop->staff, &in, &seller, &err), &err, "seller.apply");
	out->seller = seller->id;
	out->owner = seller->owner;
	market_seller_free(seller);
	yes.seller = out->seller;
	yes.waiver = "known for years";
	bench_check(market_seller_approve(shop->staff, &yes, NULL, &err), &err, "seller.approve");
}

static market_id make_product(bench_shop *shop, market_id category, const bench_seller *seller)
{
	market_product_create_params in = MARKET_PRODUCT_CREATE_PARAMS_INIT;
	market_product_publish_params yes = MARKET_PRODUCT_PUBLISH_PARAMS_INIT;
	market_product *product = NULL;
	market_error err;

	in.seller = seller->seller;
	in.category = category;
	in.title = "A lamp of brass";
	bench_check(market_product_create(shop->staff, &in, &product, &err), &err, "product.create");
	yes.product = product->id;
	market_product_free(product);
	bench_check(market_product_publish(shop->staff, &yes, NULL, &err), &err, "product.publish");
	return yes.product;
}

static void make_offer(bench_shop *shop, market_id product, bench_seller *seller)
{
	static const market_pair colours[] = {{"colour", "red"}, {"colour", "blue"}};
	static const market_pair *const attributes[] = {&colours[0], &colours[1]};
	market_offer_sku skus[] = {MARKET_OFFER_SKU_INIT, MARKET_OFFER_SKU_INIT};
	const market_offer_sku *const list[] = {&skus[0], &skus[1]};
	market_offer_create_params in = MARKET_OFFER_CREATE_PARAMS_INIT;
	market_offer_activate_params active = MARKET_OFFER_ACTIVATE_PARAMS_INIT;
	market_offer *offer = NULL;
	market_error err;

	for (int i = 0; i < 2; i++) {
		skus[i].attributes = &attributes[i];
		skus[i].n_attributes = 1;
		skus[i].price = (market_money){1990, "BRL"};
	}
	in.seller = seller->seller;
	in.product = product;
	in.skus = list;
	in.n_skus = 2;
	bench_check(market_offer_create(shop->staff, &in, &offer, &err), &err, "offer.create");
	active.offer = offer->id;
	seller->skus[0] = offer->skus[0]->id;
	seller->skus[1] = offer->skus[1]->id;
	market_offer_free(offer);
	bench_check(market_offer_activate(shop->staff, &active, NULL, &err), &err, "offer.activate");
}

static void make_stock(bench_shop *shop, const bench_seller *seller)
{
	market_warehouse_create_params in = MARKET_WAREHOUSE_CREATE_PARAMS_INIT;
	market_stock_adjust_params more = MARKET_STOCK_ADJUST_PARAMS_INIT;
	market_warehouse *warehouse = NULL;
	market_error err;

	in.seller = seller->seller;
	in.name = "the main one";
	in.country = "BR";
	bench_check(market_warehouse_create(shop->staff, &in, &warehouse, &err), &err,
	            "warehouse.create");
	more.warehouse = warehouse->id;
	market_warehouse_free(warehouse);
	more.delta = STOCK;
	more.reason = "delivery";
	for (int i = 0; i < 2; i++) {
		more.sku = seller->skus[i];
		bench_check(market_stock_adjust(shop->staff, &more, NULL, &err), &err, "stock.adjust");
	}
}

/* Identifiers from 1 on: those of operations are much larger. */
static void add_buyers(bench_shop *shop)
{
	char sql[400];

	snprintf(sql, sizeof(sql),
	         "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
	         "INSERT INTO buyer (book_id, id, name, created_at, version) "
	         "SELECT i, i, 'buyer ' || i, 1767571200000, 1 FROM n",
	         BENCH_BUYERS);
	bench_shop_sql(shop, sql);
}
