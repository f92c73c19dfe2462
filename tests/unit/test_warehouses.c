/* CAT-7: as many warehouses as a seller may have are all looked at. */
#include "libmarket/catalog/catalog.h"
#include "tests/unit/market_fixture.h"

static void the_last_of_all_serves(void)
{
	test_market test;

	test_market_open(&test, NULL);
	TEST_CALL(&test, "category.create", "{'code':'c','name':'C'}");
	TEST_CALL(&test, "seller.apply",
	          "{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'Lin','ref':'lin'}");
	TEST_CALL(&test, "seller.approve", "{'seller':'ref:lin','waiver':'known'}");
	TEST_CALL(&test, "product.create", "{'category':'ref:c','ref':'p','title':'P'}");
	TEST_CALL(&test, "product.publish", "{'product':'ref:p'}");
	TEST_CALL(
		&test, "offer.create",
		"{'seller':'ref:lin','product':'ref:p','ref':'o','skus':[{'ref':'s','price':{'amount':"
		"'1.00','currency':'BRL'}}]}");
	TEST_CALL(&test, "offer.activate", "{'offer':'ref:lin/o'}");
	TEST_CALL(&test, "buyer.create", "{'name':'Ana','ref':'ana'}");
	for (int i = 1; i <= MK_MAX_WAREHOUSES; i++) {
		TEST_CALL(&test, "warehouse.create", "{'seller':'ref:lin','name':'W','ref':'w%d'}", i);
		if (i % 9 == 1) /* most have never had any */
			TEST_CALL(&test, "stock.set",
			          "{'sku':'ref:lin/s','warehouse':'ref:lin/w%d','on_hand':%d}", i,
			          i == MK_MAX_WAREHOUSES);
	}
	TEST_REFUSED(&test, MARKET_ELIMIT, "seller", "warehouse.create",
	             "{'seller':'ref:lin','name':'W','ref':'one-more'}");
	TEST_CALL(&test, "order.place",
	          "{'buyer':'ref:ana','currency':'BRL','method':'card','items':[{'sku':'ref:lin/s',"
	          "'quantity':1}]}");
	TEST_REFUSED(&test, MARKET_ESTOCK, "items[0].quantity", "order.place",
	             "{'buyer':'ref:ana','currency':'BRL','method':'card','items':[{'sku':'ref:lin/s',"
	             "'quantity':1}]}");
	test_market_close(&test);
}

void suite_warehouses(void);
void suite_warehouses(void)
{
	CU_pSuite suite = test_suite_on_store("warehouses");

	CU_add_test(suite, "CAT-7: 1,000 warehouses and no more, and the last of them serves",
	            the_last_of_all_serves);
}
