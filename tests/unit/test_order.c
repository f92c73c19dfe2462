/* ORD-1, ORD-2, ORD-5, PRO-1, FRT-1: checkout, the table of states, lists. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/order/order.h"
#include "tests/unit/order_fixture.h"

static void transition_table(void)
{
	/* by state (wait_pay, wait_ship, wait_confirm, finished, closed) and step; 0 is refused */
	static const int32_t expected[5][6] = {
		/* pay, ship, confirm, close unpaid, cancel, refund whole */
		{MARKET_ORDER_WAIT_SHIP, 0, 0, MARKET_ORDER_CLOSED, MARKET_ORDER_CLOSED, 0},
		{0, MARKET_ORDER_WAIT_CONFIRM, 0, 0, MARKET_ORDER_CLOSED, MARKET_ORDER_CLOSED},
		{0, 0, MARKET_ORDER_FINISHED, 0, 0, MARKET_ORDER_CLOSED},
		{0, 0, 0, 0, 0, 0},
		{0, 0, 0, 0, 0, 0},
	};
	mk_ctx ctx = {.now = TEST_START};
	market_error err;

	for (int32_t state = MARKET_ORDER_WAIT_PAY; state <= MARKET_ORDER_CLOSED; state++)
		for (int step = MK_ORDER_PAY; step <= MK_ORDER_REFUND_WHOLE; step++) {
			mk_order order = {.order = {.id = {7, 7}, .state = state, .confirm_at = 5}};
			const int32_t wanted = expected[state - 1][step - 1];
			const int rc = mk_order_step_to(&ctx, &order, (mk_order_step)step, &err);

			CHECK_INT(rc, wanted ? 0 : MARKET_ESTATE);
			CHECK_INT(order.order.state, wanted ? wanted : state);
			CHECK_INT(order.order.confirm_at, wanted == MARKET_ORDER_CLOSED ? 0 : 5);
			if (rc != 0)
				CU_ASSERT(strncmp(err.object, "ord_", 4) == 0);
		}
}

static void checkout_of_two(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	CHECK_INT(
		bazaar_place(&b,
	                 "'items':[{'sku':'%s','quantity':2},{'sku':'%s','quantity':1},{'sku':'%s',"
	                 "'quantity':1}],"
	                 "'address':'%s','ref':'cart-1','note':'ring twice','metadata':{'cart':'7'}",
	                 b.sku[0], b.sku[1], b.sku[0], b.address),
		0);
	CHECK_TEXT(test_out(&b.m, "total"), "639.60");
	CHECK_TEXT(test_out(&b.m, "metadata.cart"), "7");
	CU_ASSERT_PTR_NOT_NULL(strstr(test_out(&b.m, "orders.0.seller"), "sel_"));
	CHECK_TEXT(bazaar_order(&b, 0, "cash"), "599.70");
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_pay");
	CHECK_TEXT(bazaar_order(&b, 0, "note"), "ring twice");
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.quantity"), "2");
	CHECK_TEXT(bazaar_order(&b, 0, "lines.1.quantity"), "1");
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.title"), "a thing of anna");
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.category"), "goods");
	CHECK_TEXT(bazaar_order(&b, 1, "cash"), "39.90");
	CHECK_TEXT(bazaar_order(&b, 1, "policy"), "1");
	CHECK_TEXT(bazaar_payment(&b, "amount"), "639.60");
	CHECK_TEXT(bazaar_payment(&b, "shares.0.amount"), "599.70");
	CHECK_TEXT(bazaar_payment(&b, "shares.1.amount"), "39.90");
	CHECK_INT(bazaar_stock(&b, 0, "reserved"), 3);
	CHECK_INT(bazaar_events(&b, "order.placed"), 2);
	bazaar_end(&b);
}

static void example_discounts(void)
{
	bazaar b;

	bazaar_open(&b, "CNY", NULL);
	CHECK_INT(bazaar_place(
				  &b,
				  "'items':[{'sku':'%s','quantity':1},{'sku':'%s','quantity':3}],"
				  "'discounts':[{'funder':'platform','amount':{'amount':'20.00','currency':'CNY'}},"
				  "{'funder':'seller','seller':'%s','amount':{'amount':'20.00','currency':'CNY'}}],"
				  "'freight':[{'seller':'%s','amount':{'amount':'10.00','currency':'CNY'}}]",
				  b.sku[0], b.sku[1], b.seller[0], b.seller[0]),
	          0);
	CHECK_TEXT(test_out(&b.m, "total"), "289.60");
	CHECK_TEXT(test_out(&b.m, "promo"), "20.00");
	CHECK_TEXT(bazaar_order(&b, 0, "promo"), "12.01");
	CHECK_TEXT(bazaar_order(&b, 0, "seller_discount"), "20.00");
	CHECK_TEXT(bazaar_order(&b, 0, "cash"), "177.89");
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.funder"), "platform");
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.cash"), "167.89");
	CHECK_TEXT(bazaar_order(&b, 1, "promo"), "7.99");
	CHECK_TEXT(bazaar_order(&b, 1, "cash"), "111.71");
	bazaar_pay(&b);
	CHECK_TEXT(bazaar_order_balance(&b, 0, "escrow"), "189.90");
	CHECK_TEXT(bazaar_order_balance(&b, 1, "escrow"), "119.70");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "177.89");
	CHECK_TEXT(bazaar_balance(&b, 0, "promo_funding"), "12.01");
	CHECK_TEXT(bazaar_balance(&b, 1, "psp_clearing"), "111.71");
	CHECK_TEXT(bazaar_balance(&b, 1, "promo_funding"), "7.99");
	bazaar_end(&b);
}

static void lines_share_discount(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	/* 10.00 over 39.90, 39.90 and 39.90: 3.34, 3.33, 3.33 */
	CHECK_INT(
		bazaar_place(&b,
	                 "'items':[{'sku':'%s','quantity':1},{'sku':'%s','quantity':1},{'sku':'%s',"
	                 "'quantity':1}],"
	                 "'discounts':[{'funder':'bank','seller':'%s',"
	                 "'amount':{'amount':'10.00','currency':'BRL'},'code':'TEN'}]",
	                 b.sku[1], b.sku[1], b.sku[1], b.seller[1]),
		0);
	CHECK_TEXT(bazaar_order(&b, 1, "lines.0.promo"), "3.34");
	CHECK_TEXT(bazaar_order(&b, 1, "lines.1.promo"), "3.33");
	CHECK_TEXT(bazaar_order(&b, 1, "lines.2.cash"), "36.57");
	bazaar_pay(&b);
	CHECK_TEXT(bazaar_balance(&b, 1, "funder_receivable:bank"), "10.00");
	CHECK_TEXT(bazaar_balance(&b, 1, "promo_funding"), "");
	bazaar_end(&b);
}

static long long cents(bazaar *b, const char *path)
{
	char digits[40];
	size_t n = 0;

	for (const char *at = test_out(&b->m, path); *at && n + 1 < sizeof(digits); at++)
		if (*at != '.')
			digits[n++] = *at;
	digits[n] = '\0';
	return strtoll(digits, NULL, 10);
}

/* Of a random checkout: its orders' lines add up to it, and no line costs less than nothing. */
static void check_sums(bazaar *b, long long promo)
{
	long long total = 0, given = 0;
	char path[60];

	for (int o = 0; o < 2; o++) {
		long long cash = 0;

		for (int l = 0; l < 6; l++) {
			snprintf(path, sizeof(path), "orders.%d.lines.%d.cash", o, l);
			CU_ASSERT_TRUE(cents(b, path) >= 0);
			cash += cents(b, path);
			snprintf(path, sizeof(path), "orders.%d.lines.%d.promo", o, l);
			given += cents(b, path);
		}
		snprintf(path, sizeof(path), "orders.%d.cash", o);
		CHECK_INT(cents(b, path), cash);
		total += cash;
	}
	CHECK_INT(cents(b, "total"), total);
	CHECK_INT(given, promo);
}

static void random_discounts(void)
{
	uint64_t state = test_random_seed();
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	for (int i = 0; i < 30; i++) {
		long long price = 0, first, second, own;
		char items[600] = "";
		int n = 1 + (int)test_random_below(&state, 6);

		for (int k = 0; k < n; k++) {
			int seller = (int)test_random_below(&state, 2);
			size_t size = strlen(items);

			price += seller ? 3990 : 19990;
			snprintf(items + size, sizeof(items) - size, "%s{'sku':'%s','quantity':1}",
			         k ? "," : "", b.sku[seller]);
		}
		own = 1 + (long long)test_random_below(&state, (uint64_t)price / 3);
		first = 1 + (long long)test_random_below(&state, (uint64_t)price / 3);
		second = price - own - first - (long long)test_random_below(&state, (uint64_t)price / 3);
		CHECK_INT(bazaar_place(
					  &b,
					  "'items':[%s],'discounts':["
					  "{'funder':'platform','amount':{'amount':'%lld.%02lld','currency':'BRL'}},"
					  "{'funder':'seller','amount':{'amount':'%lld.%02lld','currency':'BRL'}},"
					  "{'funder':'platform','amount':{'amount':'%lld.%02lld','currency':'BRL'}}]",
					  items, first / 100, first % 100, own / 100, own % 100, second / 100,
					  second % 100),
		          0);
		check_sums(&b, first + second);
		TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'x'}",
		          b.order[b.order[0][0] ? 0 : 1]);
		b.m.now += MK_HOUR;
		test_work(&b.m);
	}
	bazaar_end(&b);
}

static void affiliate_refused(bazaar *b)
{
	test_check_call(&b->m,
	                bazaar_place(b,
	                             "'items':[{'sku':'%s','quantity':1},{'sku':'%s','quantity':1,"
	                             "'affiliate':'blog'}]",
	                             b->sku[0], b->sku[1]),
	                MARKET_EDENIED, "items[1].affiliate", __FILE__, __LINE__);
}

static void discounts_refused(void)
{
	static const char amount[] = "'amount':{'amount':'%s','currency':'%s'}";
	bazaar b;
	char five[80], many[80], dollars[80];

	bazaar_open(&b, "BRL", NULL);
	snprintf(five, sizeof(five), amount, "5.00", "BRL");
	snprintf(many, sizeof(many), amount, "199.91", "BRL");
	snprintf(dollars, sizeof(dollars), amount, "5.00", "USD");
	test_check_call(
		&b.m,
		bazaar_place(&b,
	                 "'items':[{'sku':'%s','quantity':1}],'discounts':[{'funder':'platform',%s}]",
	                 b.sku[0], many),
		MARKET_EINVALID, "discounts[0].amount", __FILE__, __LINE__);
	test_check_call(
		&b.m,
		bazaar_place(&b, "'items':[{'sku':'%s','quantity':1}],'discounts':[{'funder':'seller',%s}]",
	                 b.sku[0], many),
		MARKET_EINVALID, "discounts[0].amount", __FILE__, __LINE__);
	test_check_call(&b.m,
	                bazaar_place(&b,
	                             "'items':[{'sku':'%s','quantity':1}],"
	                             "'discounts':[{'funder':'platform',%s},{'funder':'bank',%s}]",
	                             b.sku[0], five, five),
	                MARKET_EINVALID, "discounts[1].funder", __FILE__, __LINE__);
	test_check_call(&b.m,
	                bazaar_place(&b,
	                             "'items':[{'sku':'%s','quantity':1}],"
	                             "'discounts':[{'funder':'my bank',%s}]",
	                             b.sku[0], five),
	                MARKET_EINVALID, "discounts[0].funder", __FILE__, __LINE__);
	test_check_call(
		&b.m,
		bazaar_place(&b,
	                 "'items':[{'sku':'%s','quantity':1}],'discounts':[{'funder':'platform',%s}]",
	                 b.sku[0], dollars),
		MARKET_ECURRENCY, "discounts[0].amount", __FILE__, __LINE__);
	test_check_call(
		&b.m,
		bazaar_place(&b, "'items':[{'sku':'%s','quantity':1}],'freight':[{'seller':'%s',%s}]",
	                 b.sku[0], b.seller[1], five),
		MARKET_EINVALID, "freight[0].seller", __FILE__, __LINE__);
	test_act_as(&b.m, "buyer:ref:carl");
	test_check_call(
		&b.m,
		bazaar_place(&b,
	                 "'items':[{'sku':'%s','quantity':1}],'discounts':[{'funder':'platform',%s}]",
	                 b.sku[0], five),
		MARKET_EDENIED, "discounts", __FILE__, __LINE__);
	test_check_call(
		&b.m,
		bazaar_place(&b, "'items':[{'sku':'%s','quantity':1}],'freight':[{'seller':'%s',%s}]",
	                 b.sku[0], b.seller[0], five),
		MARKET_EDENIED, "freight", __FILE__, __LINE__);
	affiliate_refused(&b);
	CHECK_INT(bazaar_place(&b, "'items':[{'sku':'%s','quantity':1}]", b.sku[0]), 0);
	bazaar_end(&b);
}

static void whole_discount(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	CHECK_INT(bazaar_place(&b,
	                       "'items':[{'sku':'%s','quantity':1}],'discounts':[{'funder':'platform',"
	                       "'amount':{'amount':'39.90','currency':'BRL'}}]",
	                       b.sku[1]),
	          0);
	CHECK_TEXT(bazaar_order(&b, 1, "state"), "wait_ship");
	CHECK_TEXT(bazaar_order(&b, 1, "cash"), "0.00");
	CHECK_TEXT(bazaar_order(&b, 1, "funded"), "39.90");
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	CHECK_TEXT(bazaar_order_balance(&b, 1, "escrow"), "39.90");
	CHECK_TEXT(bazaar_balance(&b, 1, "promo_funding"), "39.90");
	CHECK_TEXT(bazaar_balance(&b, 1, "psp_clearing"), "");
	CHECK_INT(bazaar_stock(&b, 1, "reserved"), 0);
	CHECK_INT(bazaar_stock(&b, 1, "sold"), 1);
	bazaar_end(&b);
}

static void changes_are_named(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	test_check_call(
		&b.m,
		bazaar_place(
			&b,
			"'items':[{'sku':'%s','quantity':1,'price':{'amount':'199.90','currency':'BRL'}},"
			"{'sku':'%s','quantity':1,'price':{'amount':'39.80','currency':'BRL'}},"
			"{'sku':'%s','quantity':1,'price':{'amount':'1.00','currency':'BRL'}}]",
			b.sku[0], b.sku[1], b.sku[1]),
		MARKET_ECHANGED, "items[1].price", __FILE__, __LINE__);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(b.m.err.detail, "items[1] was shown for 39.80 BRL and costs 39.90 BRL"));
	CU_ASSERT_PTR_NOT_NULL(strstr(b.m.err.detail, "items[2] was shown for 1.00 BRL"));
	CU_ASSERT_PTR_NULL(strstr(b.m.err.detail, "items[0]"));
	CHECK_INT(bazaar_stock(&b, 0, "reserved"), 0);
	bazaar_end(&b);
}

static void goods_refused(void)
{
	bazaar b;
	char offer[40];

	bazaar_open(&b, "BRL", NULL);
	test_check_call(&b.m,
	                bazaar_place(&b,
	                             "'items':[{'sku':'%s','quantity':1},{'sku':'sku_1','quantity':1}]",
	                             b.sku[0]),
	                MARKET_ENOTFOUND, "items[1].sku", __FILE__, __LINE__);
	test_check_call(&b.m,
	                bazaar_place(&b,
	                             "'items':[{'sku':'%s','quantity':60},{'sku':'%s','quantity':41}]",
	                             b.sku[0], b.sku[0]),
	                MARKET_ESTOCK, "items[1].quantity", __FILE__, __LINE__);
	CHECK_INT(bazaar_place(&b, "'items':[{'sku':'%s','quantity':60},{'sku':'%s','quantity':40}]",
	                       b.sku[0], b.sku[0]),
	          0);
	test_check_call(&b.m, bazaar_place(&b, "'items':[{'sku':'%s','quantity':1}]", b.sku[0]),
	                MARKET_ESTOCK, "items[0].quantity", __FILE__, __LINE__);
	TEST_CALL(&b.m, "offer.list", "{'seller':'%s'}", b.seller[1]);
	snprintf(offer, sizeof(offer), "%s", test_out(&b.m, "items.0.id"));
	TEST_CALL(&b.m, "offer.pause", "{'offer':'%s'}", offer);
	test_check_call(&b.m, bazaar_place(&b, "'items':[{'sku':'%s','quantity':1}]", b.sku[1]),
	                MARKET_EPURCHASABLE, "items[0].sku", __FILE__, __LINE__);
	b.currency = "USD";
	TEST_CALL(&b.m, "offer.activate", "{'offer':'%s'}", offer);
	test_check_call(&b.m, bazaar_place(&b, "'items':[{'sku':'%s','quantity':1}]", b.sku[1]),
	                MARKET_ECURRENCY, "items[0].sku", __FILE__, __LINE__);
	bazaar_end(&b);
}

static void others_address(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	TEST_CALL(&b.m, "buyer.create", "{'name':'Dora','ref':'dora'}");
	TEST_CALL(&b.m, "address.create",
	          "{'buyer':'ref:dora','name':'Dora','country':'BR','city':'Recife','street':'Rua 2'}");
	snprintf(b.address, sizeof(b.address), "%s", test_out(&b.m, "id"));
	test_check_call(
		&b.m,
		bazaar_place(&b, "'items':[{'sku':'%s','quantity':1}],'address':'%s'", b.sku[0], b.address),
		MARKET_ENOTFOUND, "address", __FILE__, __LINE__);
	bazaar_end(&b);
}

static void orders_by_warehouse(void)
{
	bazaar b;
	char second[40];

	bazaar_open_with(&b, "BRL", "group_by_warehouse: false", "group_by_warehouse: true");
	TEST_CALL(&b.m, "warehouse.create", "{'seller':'%s','name':'second','country':'BR'}",
	          b.seller[0]);
	snprintf(second, sizeof(second), "%s", test_out(&b.m, "id"));
	TEST_CALL(&b.m, "stock.set", "{'sku':'%s','warehouse':'%s','on_hand':5,'reason':'x'}", b.sku[0],
	          second);
	CHECK_INT(bazaar_place(
				  &b,
				  "'items':[{'sku':'%s','quantity':1},{'sku':'%s','quantity':1,'warehouse':'%s'},"
				  "{'sku':'%s','quantity':2}],'freight':[{'seller':'%s',"
				  "'amount':{'amount':'7.00','currency':'BRL'}}]",
				  b.sku[0], b.sku[0], second, b.sku[0], b.seller[0]),
	          0);
	CHECK_TEXT(test_out(&b.m, "orders.0.cash"), "606.70");
	CHECK_TEXT(test_out(&b.m, "orders.0.lines.1.quantity"), "2");
	CHECK_TEXT(test_out(&b.m, "orders.1.cash"), "199.90");
	CHECK_TEXT(test_out(&b.m, "orders.2.id"), "");
	bazaar_end(&b);
}

static void sellers_see_where_to_send(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	CHECK_INT(bazaar_place(&b,
	                       "'items':[{'sku':'%s','quantity':1}],'address':'%s','note':'ring twice'",
	                       b.sku[0], b.address),
	          0);
	test_act_as(&b.m, "member:ref:anna-owner");
	CU_ASSERT_PTR_NOT_NULL(strstr(bazaar_order(&b, 0, "address"), "Rua 1"));
	CHECK_TEXT(bazaar_order(&b, 0, "note"), "ring twice");
	bazaar_end(&b);
}

static void refs_and_keys(void)
{
	bazaar b;
	char first[40];

	bazaar_open(&b, "BRL", NULL);
	CHECK_INT(
		bazaar_place(&b, "'items':[{'sku':'%s','quantity':1}],'ref':'cart','key':'k1'", b.sku[0]),
		0);
	snprintf(first, sizeof(first), "%s", b.group);
	CHECK_INT(
		bazaar_place(&b, "'items':[{'sku':'%s','quantity':1}],'ref':'cart','key':'k1'", b.sku[0]),
		0);
	CU_ASSERT_TRUE(market_session_replayed(b.m.session));
	CHECK_TEXT(b.group, first);
	CHECK_INT(bazaar_stock(&b, 0, "reserved"), 1);
	test_check_call(&b.m,
	                bazaar_place(&b, "'items':[{'sku':'%s','quantity':1}],'ref':'cart'", b.sku[0]),
	                MARKET_EEXISTS, "ref", __FILE__, __LINE__);
	test_act_as(&b.m, "buyer:ref:carl");
	TEST_CALL(&b.m, "order.group.get", "{'group':'ref:cart'}");
	CHECK_TEXT(test_out(&b.m, "id"), first);
	bazaar_end(&b);
}

static int ids_on_page(bazaar *b, char seen[][40], int n)
{
	char path[40];

	for (int i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "items.%d.id", i);
		if (!test_out(&b->m, path)[0])
			break;
		snprintf(seen[n++], 40, "%s", test_out(&b->m, path));
	}
	return n;
}

static void sellers_list(void)
{
	bazaar b;
	char placed[7][40], seen[20][40], next[64] = "";
	int n = 0;

	bazaar_open(&b, "BRL", NULL);
	for (int i = 0; i < 7; i++) {
		bazaar_place_one(&b);
		snprintf(placed[i], 40, "%s", b.order[0]);
		if (i % 2 == 0)
			bazaar_pay(&b);
		if (i == 3)
			b.m.now += 1;
	}
	do {
		TEST_CALL(&b.m, "order.list",
		          next[0] ? "{'seller':'%s','limit':2,'after':'%s'}" : "{'seller':'%s','limit':2}",
		          b.seller[0], next);
		n = ids_on_page(&b, seen, n);
		snprintf(next, sizeof(next), "%s", test_out(&b.m, "next"));
	} while (next[0] && n < 15);
	CHECK_INT(n, 7);
	for (int i = 0; i < n; i++)
		CHECK_TEXT(seen[i], placed[6 - i]);
	TEST_CALL(&b.m, "order.list", "{'seller':'%s','state':'wait_ship'}", b.seller[0]);
	CHECK_INT(ids_on_page(&b, seen, 0), 4);
	TEST_CALL(&b.m, "order.list", "{'seller':'%s','from':'2026-01-05T00:00:00.001Z'}", b.seller[0]);
	CHECK_INT(ids_on_page(&b, seen, 0), 3);
	TEST_CALL(&b.m, "order.list", "{'seller':'%s','to':'2026-01-05T00:00:00.001Z'}", b.seller[0]);
	CHECK_INT(ids_on_page(&b, seen, 0), 4);
	TEST_REFUSED(&b.m, MARKET_EINVALID, "after", "order.list", "{'seller':'%s','after':'x'}",
	             b.seller[0]);
	TEST_REFUSED(&b.m, MARKET_EMISSING, "seller", "order.list", "{}");
	TEST_REFUSED(&b.m, MARKET_EINVALID, "buyer", "order.list", "{'seller':'%s','buyer':'%s'}",
	             b.seller[0], b.buyer);
	bazaar_end(&b);
}

static void everybody_sees_his_own(void)
{
	bazaar b;
	char seen[20][40];

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_both(&b);
	test_act_as(&b.m, "buyer:ref:carl");
	TEST_CALL(&b.m, "order.list", "{}");
	CHECK_INT(ids_on_page(&b, seen, 0), 2);
	TEST_CALL(&b.m, "order.list", "{'state':'closed'}");
	CHECK_INT(ids_on_page(&b, seen, 0), 0);
	TEST_REFUSED(&b.m, MARKET_ENOTFOUND, "seller", "order.list", "{'seller':'%s'}", b.seller[0]);
	TEST_REFUSED(&b.m, MARKET_ENOTFOUND, "buyer", "order.list", "{'buyer':'buy_1'}");
	test_act_as(&b.m, "member:ref:anna-owner");
	TEST_CALL(&b.m, "order.list", "{}");
	CHECK_INT(ids_on_page(&b, seen, 0), 1);
	CHECK_TEXT(seen[0], b.order[0]);
	TEST_REFUSED(&b.m, MARKET_ENOTFOUND, "seller", "order.list", "{'seller':'%s'}", b.seller[1]);
	TEST_REFUSED(&b.m, MARKET_ENOTFOUND, "buyer", "order.list", "{'buyer':'%s'}", b.buyer);
	TEST_REFUSED(&b.m, MARKET_ENOTFOUND, "order", "order.get", "{'order':'%s'}", b.order[1]);
	TEST_REFUSED(&b.m, MARKET_ENOTFOUND, "group", "order.group.get", "{'group':'%s'}", b.group);
	TEST_CALL(&b.m, "order.get", "{'order':'%s'}", b.order[0]);
	test_act_as(&b.m, "anonymous");
	TEST_REFUSED(&b.m, MARKET_EDENIED, NULL, "order.list", "{}");
	bazaar_end(&b);
}

static void buyers_see_no_fees(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	test_act_as(&b.m, "buyer:ref:carl");
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.fees.0.kind"), "");
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.price"), "199.90");
	bazaar_end(&b);
}

static void fee_texts(void)
{
	mk_arena arena;
	mk_ctx ctx = {.arena = &arena};
	market_line_fee one = {"commission", mk_money(599, "CNY"),  mk_money(36, "CNY"),
	                       "default",    "a \"quoted\" reason", MK_REVERSAL_PROPORTIONAL};
	market_line_split two = {"affiliate", "blog", mk_money(359, "CNY")};
	const market_line_fee *fees[] = {&one, &one};
	const market_line_split *splits[] = {&two};
	const market_line_fee *const *back = NULL;
	const market_line_split *const *parts = NULL;
	size_t n = 0;
	market_error err;

	mk_arena_init(&arena, &mk_allocator_default);
	CU_ASSERT_PTR_NULL(mk_order_fees_write(&ctx, fees, 0));
	CHECK_OK(mk_order_fees_read(&ctx, mk_order_fees_write(&ctx, fees, 2), &back, &n, &err));
	CHECK_INT(n, 2);
	CHECK_TEXT(back[1]->explanation, one.explanation);
	CU_ASSERT_TRUE(mk_money_equal(back[0]->tax, one.tax));
	CHECK_INT(back[0]->reversal, MK_REVERSAL_PROPORTIONAL);
	CHECK_OK(mk_order_splits_read(&ctx, mk_order_splits_write(&ctx, splits, 1), &parts, &n, &err));
	CHECK_TEXT(parts[0]->beneficiary, "blog");
	CHECK_ERROR(mk_order_fees_read(&ctx, "{\"fees\":3}", &back, &n, &err), MARKET_ECORRUPT, NULL);
	mk_arena_close(&arena);
}

void suite_order(void);
void suite_order(void)
{
	CU_pSuite s = test_suite_on_store("order");

	CU_add_test(s, "ORD-2: every state and every step", transition_table);
	CU_add_test(s, "ORD-1, ORD-3: a checkout of two sellers is two orders and two shares",
	            checkout_of_two);
	CU_add_test(s, "PRO-1: example 1's discounts, to the cent", example_discounts);
	CU_add_test(s, "PRO-1: a discount over the lines of a seller, by largest remainder",
	            lines_share_discount);
	CU_add_test(s, "PRO-1: random discounts lose nothing", random_discounts);
	CU_add_test(s, "PRO-1: discounts and freight that are refused", discounts_refused);
	CU_add_test(s, "PRO-1: a whole discount has escrow and no charge", whole_discount);
	CU_add_test(s, "ORD-5: changed prices are named", changes_are_named);
	CU_add_test(s, "CAT-6, CAT-7: what can't be bought", goods_refused);
	CU_add_test(s, "an address of somebody else isn't there", others_address);
	CU_add_test(s, "ORD-1: an order per warehouse, by policy", orders_by_warehouse);
	CU_add_test(s, "ORD-9: the seller sees where to send, and the note", sellers_see_where_to_send);
	CU_add_test(s, "a key replays a checkout, a ref is unique", refs_and_keys);
	CU_add_test(s, "a seller's orders by state and time, page by page", sellers_list);
	CU_add_test(s, "buyers and sellers see their own orders alone", everybody_sees_his_own);
	CU_add_test(s, "buyers don't see what the seller is charged", buyers_see_no_fees);
	CU_add_test(s, "COM-3: the texts of fees and splits and back", fee_texts);
}
