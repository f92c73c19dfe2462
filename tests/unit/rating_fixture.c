#include "tests/unit/rating_fixture.h"

#include <stdio.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/order/order.h"

static market_id new_seller(rating_shop *shop, const char *ref);
static void add_line(mk_plan *plan, const mk_order *order, int64_t id, int64_t product);

void rating_shop_open(rating_shop *shop, const char *policy)
{
	memset(shop, 0, sizeof(*shop));
	test_market_open(&shop->test, policy);
	shop->seller = new_seller(shop, "shop");
	shop->rival = new_seller(shop, "rival");
	for (int i = 0; i < SHOP_BUYERS; i++) {
		TEST_CALL(&shop->test, "buyer.create", "{'name':'Ana','ref':'b%d'}", i);
		CU_ASSERT_TRUE_FATAL(
			market_id_parse(MARKET_ID_BUYER, test_out(&shop->test, "id"), &shop->buyers[i]));
	}
}

void rating_shop_close(rating_shop *shop)
{
	test_market_close(&shop->test);
}

static market_id new_seller(rating_shop *shop, const char *ref)
{
	market_id id = {0, 0};

	TEST_CALL(
		&shop->test, "seller.apply",
		"{'name':'%s','store_type':'individual','country':'BR','currency':'BRL','owner_name':'Lin',"
		"'ref':'%s','owner_ref':'%s-owner'}",
		ref, ref, ref);
	CU_ASSERT_TRUE_FATAL(market_id_parse(MARKET_ID_SELLER, test_out(&shop->test, "id"), &id));
	TEST_CALL(&shop->test, "seller.approve", "{'seller':'ref:%s','waiver':'known'}", ref);
	return id;
}

void rating_receive(rating_shop *shop, rating_order as)
{
	const market_id seller = as.of_rival ? shop->rival : shop->seller;
	const int64_t n = ++shop->made, product = as.product ? as.product : 100000 + n;
	mk_store *store = shop->test.market->store;
	mk_order row = {.whole = as.unreceived ? 0 : MK_WHOLE_SHIPPED | MK_WHOLE_RECEIVED};
	market_order *order = &row.order;
	mk_arena arena;
	mk_plan *plan;
	market_error err;

	order->id = (market_id){seller.book, n};
	order->group = (market_id){shop->buyers[as.buyer].book, n};
	order->buyer = shop->buyers[as.buyer];
	order->seller = seller;
	order->state = as.state ? as.state : MARKET_ORDER_FINISHED;
	order->close_reason = order->state == MARKET_ORDER_CLOSED ? MARKET_CLOSE_REFUNDED : 0;
	order->currency = "BRL";
	order->escrow = MARKET_ESCROW_NONE;
	if (order->state == MARKET_ORDER_FINISHED)
		order->finished_at = as.finished_at ? as.finished_at : shop->test.now;
	order->created_at = as.bought_at ? as.bought_at : shop->test.now - MK_HOUR;
	order->policy = 1;
	order->version = 1;
	mk_arena_init(&arena, &mk_allocator_default);
	plan = mk_plan_new(&arena);
	mk_plan_add_record(plan, MK_PHASE_INSERT, &mk_order_insert, order->id, &mk_order_record, &row,
	                   MK_RETRY);
	add_line(plan, &row, 2 * n, product);
	add_line(plan, &row, 2 * n + 1, product);
	CHECK_OK_FATAL(mk_store_begin(store, true, &err));
	CHECK_OK_FATAL(mk_plan_flush(plan, store, &err));
	CHECK_OK_FATAL(mk_store_commit(store, &err));
	mk_arena_close(&arena);
	market_id_format(MARKET_ID_ORDER, order->id, shop->order);
	market_id_format(MARKET_ID_LINE, mk_id_in(seller.book, 2 * n), shop->line);
	market_id_format(MARKET_ID_LINE, mk_id_in(seller.book, 2 * n + 1), shop->second);
}

static void add_line(mk_plan *plan, const mk_order *order, int64_t id, int64_t product)
{
	mk_order_line row = {.line = {
							 .id = mk_id_in(order->order.id.book, id),
							 .order = order->order.id,
							 .sku = mk_id_in(order->order.id.book, 1),
							 .product = mk_id_in(0, product),
							 .title = "an atlas",
							 .currency = "BRL",
							 .quantity = 1,
							 .price = mk_money(1000, "BRL"),
							 .cash = mk_money(1000, "BRL"),
							 .version = 1,
						 }};

	mk_plan_add_record(plan, MK_PHASE_INSERT, &mk_order_line_insert, row.line.id,
	                   &mk_order_line_record, &row, MK_RETRY);
}

int rating_give(rating_shop *shop, int buyer, const char *scores, const char *more)
{
	static const char *const dimensions[] = {"description", "service", "logistics"};
	char actor[32], list[300] = "";
	int rc;

	for (size_t i = 0; i < 3 && scores[i]; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list),
		         "%s{'dimension':'%s','score':%c}", i > 0 ? "," : "", dimensions[i], scores[i]);
	snprintf(actor, sizeof(actor), "buyer:ref:b%d", buyer);
	test_act_as(&shop->test, actor);
	rc = test_call(&shop->test, "rating.create", "{'order':'%s','line':'%s','scores':[%s]%s%s}",
	               shop->order, shop->line, list, more ? "," : "", more ? more : "");
	test_act_as(&shop->test, "operator:test");
	return rc;
}

const char *rating_made(rating_shop *shop, rating_order order, const char *scores, const char *more)
{
	static char ids[64][MARKET_ID_TEXT_SIZE];
	static int next;
	char *id = ids[next++ % 64];

	rating_receive(shop, order);
	test_check_call(&shop->test, rating_give(shop, order.buyer, scores, more), 0, NULL, __FILE__,
	                __LINE__);
	snprintf(id, MARKET_ID_TEXT_SIZE, "%s", test_out(&shop->test, "id"));
	return id;
}

int rating_events(rating_shop *shop, const char *type)
{
	char text[80], limit[40] = "{'limit':1000}";
	int n = 0;

	snprintf(text, sizeof(text), "\"type\":\"%s\"", type);
	TEST_CALL(&shop->test, "event.list", "%s", limit);
	for (size_t i = 0; i < json_array_size(json_object_get(shop->test.out, "items")); i++) {
		json_t *item = json_array_get(json_object_get(shop->test.out, "items"), i);
		const char *events = json_string_value(json_object_get(item, "events"));
		for (const char *at = events; at && (at = strstr(at, text)); at++)
			n++;
	}
	return n;
}
