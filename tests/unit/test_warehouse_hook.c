/* CAT-7: the application's own choice of a warehouse. */
#include <market/plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "tests/unit/market_fixture.h"

/* The built-in policy with the application's choice. */
static char *policy_with_hook(void)
{
	static const char oldest[] = "warehouse_choice: oldest", hook[] = "warehouse_choice: hook  ";
	char *text = malloc(strlen(mk_policy_default) + 1);
	char *at;

	if (!text)
		abort();
	strcpy(text, mk_policy_default);
	at = strstr(text, oldest);
	CU_ASSERT_FATAL(at != NULL);
	memcpy(at, hook, sizeof(hook) - 1);
	return text;
}

typedef struct state {
	test_market *test;
	int64_t wish; /* the place that is chosen for every item */
	int result, calls, inner, destroyed;
	char country[8], near[8];
	int64_t available;
} state;

static int choose(market_warehouse_question *question, void *data, market_error *err)
{
	state *s = data;
	market_error inner;
	char *reply = NULL;

	(void)err;
	s->calls++;
	snprintf(s->country, sizeof(s->country), "%s", question->country ? question->country : "-");
	for (size_t i = 0; i < question->n_items; i++) {
		market_warehouse_item *item = &question->items[i];

		CHECK_INT((int)item->n_stocks, 2);
		CHECK_INT((int)item->chosen, -1);
		CU_ASSERT(strncmp(item->sku, "sku_", 4) == 0 && strncmp(item->seller, "sel_", 4) == 0);
		snprintf(s->near, sizeof(s->near), "%s", item->stocks[1].country);
		s->available = item->stocks[1].available;
		item->chosen = s->wish;
	}
	s->inner = market_call(s->test->session, "buyer.create", "{\"name\":\"A\"}", &reply, &inner);
	return s->result;
}

static int warnings;

static void hear(int32_t level, const char *message, void *data)
{
	(void)message;
	(void)data;
	warnings += level <= MARKET_LOG_WARNING;
}

static void forget(void *data)
{
	((state *)data)->destroyed++;
}

/* A SKU, 5 in the warehouse `old` and 3 in `young`. */
static void open_shop(test_market *test)
{
	char *policy = policy_with_hook();

	test_market_open(test, policy);
	free(policy);
	TEST_CALL(test, "category.create", "{'code':'c','name':'C'}");
	TEST_CALL(test, "seller.apply",
	          "{'name':'S','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'O','ref':'s'}");
	TEST_CALL(test, "seller.approve", "{'seller':'ref:s','waiver':'known'}");
	TEST_CALL(test, "product.create", "{'category':'ref:c','ref':'p','title':'P'}");
	TEST_CALL(test, "product.publish", "{'product':'ref:p'}");
	TEST_CALL(test, "offer.create",
	          "{'seller':'ref:s','product':'ref:p','ref':'o','skus':[{'ref':'k','price':"
	          "{'amount':'1.00','currency':'BRL'}}]}");
	TEST_CALL(test, "offer.activate", "{'offer':'ref:s/o'}");
	TEST_CALL(test, "warehouse.create", "{'seller':'ref:s','name':'O','ref':'old'}");
	TEST_CALL(test, "warehouse.create",
	          "{'seller':'ref:s','name':'Y','ref':'young','country':'CN'}");
	TEST_CALL(test, "stock.adjust",
	          "{'sku':'ref:s/k','warehouse':'ref:s/old','delta':5,'reason':'b'}");
	TEST_CALL(test, "stock.adjust",
	          "{'sku':'ref:s/k','warehouse':'ref:s/young','delta':3,'reason':'b'}");
	TEST_CALL(test, "buyer.create", "{'name':'Ana','ref':'ana'}");
	TEST_CALL(test, "address.create",
	          "{'buyer':'ref:ana','ref':'home','name':'A','country':'PT','city':'P','street':'R'}");
}

static void buy(test_market *test, const char *more, int quantity)
{
	TEST_CALL(test, "order.place",
	          "{'buyer':'ref:ana','currency':'BRL','method':'card','address':'ref:ana/home',"
	          "'items':[{'sku':'ref:s/k','quantity':%d%s}]}",
	          quantity, more);
}

static void check_reserved(test_market *test, const char *old, const char *young)
{
	TEST_CALL(test, "stock.list", "{'sku':'ref:s/k'}");
	CHECK_TEXT(test_out(test, "items.0.reserved"), old);
	CHECK_TEXT(test_out(test, "items.1.reserved"), young);
}

static void the_hook_chooses(void)
{
	test_market test;
	state s = {.test = &test, .wish = 1};
	market_warehouse_hook hook = {
		.size = sizeof(hook), .user_data = &s, .choose = choose, .destroy = forget};
	market_error err;

	open_shop(&test);
	buy(&test, "", 1); /* none is registered: the oldest */
	check_reserved(&test, "1", "0");
	CHECK_OK_FATAL(market_warehouse_hook_register(test.market, &hook, &err));
	CHECK_ERROR(market_warehouse_hook_register(test.market, &hook, &err), MARKET_EEXISTS, NULL);
	buy(&test, "", 2);
	check_reserved(&test, "1", "2");
	CHECK_INT(s.calls, 1);
	CHECK_INT(s.inner, MARKET_EMISUSE);
	CHECK_TEXT(s.country, "PT");
	CHECK_TEXT(s.near, "CN");
	CHECK_INT((int)s.available, 3);
	buy(&test, "", 2); /* too few there */
	check_reserved(&test, "3", "2");
	buy(&test, ",'warehouse':'ref:s/young'", 1); /* the buyer's wish stays */
	check_reserved(&test, "3", "3");
	test.market->log = hear;
	warnings = 0;
	s.wish = -1; /* none is chosen: the oldest */
	buy(&test, "", 1);
	check_reserved(&test, "4", "3");
	CHECK_INT(warnings, 0);
	s.wish = 2; /* that isn't there */
	buy(&test, "", 1);
	check_reserved(&test, "5", "3");
	CHECK_INT(warnings, 1);
	test_market_close(&test);
	CHECK_INT(s.destroyed, 1);
}

static void a_failing_hook_stops_nobody(void)
{
	test_market test;
	state s = {.test = &test, .wish = 1, .result = MARKET_EIO};
	market_warehouse_hook hook = {.size = sizeof(hook), .user_data = &s};
	market_error err;

	open_shop(&test);
	CHECK_ERROR(market_warehouse_hook_register(test.market, &hook, &err), MARKET_EINVALID, NULL);
	hook.choose = choose;
	CHECK_OK_FATAL(market_warehouse_hook_register(test.market, &hook, &err));
	buy(&test, "", 1);
	check_reserved(&test, "1", "0");
	CHECK_INT(s.calls, 1);
	test_market_close(&test);
}

void suite_warehouse_hook(void);
void suite_warehouse_hook(void)
{
	CU_pSuite suite = test_suite_on_store("warehouse_hook");

	CU_add_test(suite, "CAT-7: the application chooses the warehouse, within what is there",
	            the_hook_chooses);
	CU_add_test(suite, "CAT-7: a warehouse hook that fails stops no order",
	            a_failing_hook_stops_nobody);
}
