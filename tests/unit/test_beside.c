/* What was read is still so when it is written: operations that another one overtakes. */
#include <stdio.h>
#include <stdlib.h>

#include "libmarket/base/clock.h"
#include "tests/unit/beside.h"

#define OPERATOR "operator:test"
#define OWNER "member:ref:lin-owner"

/* ---- an order, and the end of its seller ---- */

static void open_shop(test_market *test, const char *policy)
{
	test_market_open(test, policy);
	TEST_CALL(test, "category.create", "{'code':'books','name':'Books'}");
	TEST_CALL(test, "seller.apply",
	          "{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'Lin','ref':'lin','owner_ref':'lin-owner'}");
	TEST_CALL(test, "product.create", "{'category':'ref:books','ref':'pen','title':'A pen'}");
	TEST_CALL(test, "product.publish", "{'product':'ref:pen'}");
}

static void open_for_sale(test_market *test)
{
	open_shop(test, NULL);
	TEST_CALL(test, "seller.approve", "{'seller':'ref:lin','waiver':'known'}");
	test_act_as(test, OWNER);
	TEST_CALL(test, "offer.create",
	          "{'seller':'ref:lin','product':'ref:pen','ref':'pen','skus':[{'ref':'pen','price':"
	          "{'amount':'1.00','currency':'BRL'}}]}");
	TEST_CALL(test, "offer.activate", "{'offer':'ref:pen'}");
	TEST_CALL(test, "warehouse.create", "{'seller':'ref:lin','name':'Main','ref':'main'}");
	TEST_CALL(test, "stock.adjust",
	          "{'sku':'ref:pen','warehouse':'ref:main','delta':10,'reason':'bought'}");
	test_act_as(test, OPERATOR);
}

static void end_the_seller(beside *b)
{
	b->operation = "seller.close";
	beside_call(b);
	CHECK_INT(b->rc, 0);
	b->operation = "seller.terminate";
	beside_call(b);
}

/* Placed behind the end it would be nobody's to ship. */
static void ended_while_an_order_is_placed(void)
{
	test_market test;
	beside other;
	int rc;

	open_for_sale(&test);
	TEST_CALL(&test, "buyer.create", "{'name':'Ana','ref':'ana'}");
	beside_open(&other, &test, OPERATOR);
	other.act = end_the_seller;
	snprintf(other.params, sizeof(other.params), "{\"seller\":\"ref:lin\",\"reason\":\"left\"}");
	beside_begin(&other, &test);
	rc = test_call(&test, "order.place",
	               "{'buyer':'ref:ana','currency':'BRL','method':'card','items':[{'sku':"
	               "'ref:lin/pen','quantity':1}]}");
	beside_end(&other, &test);
	CHECK_INT(rc, test_on_postgres() ? MARKET_EPURCHASABLE : 0);
	CHECK_INT(other.rc == 0, test_on_postgres());
	TEST_CALL(&test, "order.list", "{'seller':'ref:lin'}");
	CHECK_TEXT(test_out(&test, "items.0.state"), test_on_postgres() ? "" : "wait_pay");
	test_market_close(&other.market);
	test_market_close(&test);
}

/* ---- a count, and what is taken out meanwhile ---- */

static void taken_out_while_it_is_counted(void)
{
	test_market test;
	beside other;
	int rc;

	open_for_sale(&test);
	beside_open(&other, &test, OWNER);
	other.operation = "stock.adjust";
	snprintf(
		other.params, sizeof(other.params),
		"{\"sku\":\"ref:pen\",\"warehouse\":\"ref:main\",\"delta\":-5,\"reason\":\"damaged\"}");
	test_act_as(&test, OWNER);
	beside_begin(&other, &test);
	rc = test_call(&test, "stocktake.create",
	               "{'seller':'ref:lin','warehouse':'ref:main','counts':[{'sku':'ref:pen',"
	               "'counted':10}]}");
	beside_end(&other, &test);
	CHECK_INT(other.rc, 0);
	/* ten are one more than five, and nobody says why */
	CHECK_INT(rc, test_on_postgres() ? MARKET_EMISSING : 0);
	test_market_close(&other.market);
	test_market_close(&test);
}

/* ---- an exam, and the end of the one before ---- */

#define EXAM \
	"    - {key: rules, kind: training, gate: sell, summary: Know the rules., exam: {pass: 1, " \
	"retry_after: 30d, valid_for: 30d, questions: [{question: When, choices: [Soon, Never], " \
	"answer: 1}]}}\n"

static void work(beside *b)
{
	CU_ASSERT(test_work(&b->market) > 0);
}

static void exam_at_the_end_of_the_last(void)
{
	test_market test;
	beside other;
	char *policy = test_policy_with("  requirements:\n", "  requirements:\n" EXAM);

	open_shop(&test, policy);
	free(policy);
	test_act_as(&test, OWNER);
	TEST_CALL(&test, "exam.take", "{'seller':'ref:lin','requirement':'rules','answers':['Soon']}");
	test_act_as(&test, OPERATOR);
	TEST_CALL(&test, "seller.approve", "{'seller':'ref:lin','waiver':'known'}");
	test.now += 30 * MK_DAY;
	beside_open(&other, &test, OPERATOR);
	other.act = work;
	test_act_as(&test, OWNER);
	beside_begin(&other, &test);
	TEST_CALL(&test, "exam.take", "{'seller':'ref:lin','requirement':'rules','answers':['Soon']}");
	beside_end(&other, &test);
	TEST_CALL(&test, "seller.get", "{'seller':'ref:lin'}");
	CHECK_TEXT(test_out(&test, "gate_closed_at"), "");
	test_market_close(&other.market);
	test_market_close(&test);
}

void suite_beside(void);
void suite_beside(void)
{
	CU_pSuite suite = test_suite_on_store("beside");

	CU_add_test(suite, "SEL-9, CAT-6: no order is placed with a seller that is ended meanwhile",
	            ended_while_an_order_is_placed);
	CU_add_test(suite, "CAT-7: what is taken out while it is counted is no longer as expected",
	            taken_out_while_it_is_counted);
	CU_add_test(suite, "SEL-11: an exam taken while the last one ends leaves the gate open",
	            exam_at_the_end_of_the_last);
}
