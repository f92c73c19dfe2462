/* Linked items of a batch. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/batch_fixture.h"
#include "tests/unit/order_fixture.h"

void suite_batch_chain(void);

static void chain_is_done_whole_or_not_at_all(void)
{
	test_market test;
	char before[65], after[65];

	test_market_open(&test, NULL);
	batch_start();
	batch_add_buyer("a", NULL);
	batch_run(&test);
	market_batch_free(batch_results, n_batch_items);
	test_store_digest(&test, before);
	batch_start();
	batch_add_buyer("b", "b")->flags = MARKET_BATCH_LINKED;
	batch_add_buyer("a", "a")->flags = MARKET_BATCH_LINKED;
	batch_add_buyer("c", NULL);
	batch_run(&test);
	batch_check(0, MARKET_ECHAIN);
	batch_check(1, MARKET_EEXISTS);
	batch_check(2, MARKET_ECHAIN);
	CHECK_INT((int)batch_results[0].broken_by, 1);
	CHECK_INT((int)batch_results[2].broken_by, 1);
	CHECK_TEXT(test_store_digest(&test, after), before);
	/* nothing is kept by the keys either */
	TEST_CALL(&test, "event.list", "{}");
	CHECK_TEXT(test_out(&test, "items.2.operation"), "");
	batch_start();
	batch_add_buyer("d", NULL);
	batch_add_buyer("b", "b")->flags = MARKET_BATCH_LINKED;
	batch_add_buyer("c", "c");
	batch_add_buyer("x", NULL)->flags = MARKET_BATCH_LINKED;
	batch_add_buyer("a", NULL);
	batch_add_buyer("e", NULL);
	batch_run(&test);
	for (size_t i = 0; i < 3; i++)
		batch_check(i, 0);
	batch_check(3, MARKET_ECHAIN);
	batch_check(4, MARKET_EEXISTS);
	batch_check(5, 0);
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:d'}");
	TEST_CALL(&test, "buyer.get", "{'buyer':'ref:c'}");
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "buyer", "buyer.get", "{'buyer':'ref:x'}");
	market_batch_free(batch_results, n_batch_items);
	test_market_close(&test);
}

static void chain_that_cannot_be(void)
{
	test_market test;
	char before[65], after[65];

	test_market_open(&test, NULL);
	batch_start();
	test_store_digest(&test, before);
	batch_add_buyer("a", NULL)->flags = MARKET_BATCH_LINKED;
	batch_add("ledger.checkpoint", "{}");
	batch_add_buyer("b", NULL)->flags = MARKET_BATCH_LINKED;
	batch_add("no.such", "{}")->flags = MARKET_BATCH_LINKED;
	batch_add_buyer("c", NULL);
	for (int i = 0; i < 66; i++)
		batch_add_buyer("d", NULL)->flags = i < 65 ? MARKET_BATCH_LINKED : 0;
	batch_add_buyer("e", NULL)->flags = MARKET_BATCH_LINKED;
	batch_run(&test);
	batch_check(0, MARKET_ECHAIN);
	batch_check(1, MARKET_EMISUSE);
	batch_check(2, MARKET_ECHAIN);
	batch_check(3, MARKET_EUNKNOWNOP);
	batch_check(4, MARKET_ECHAIN);
	batch_check(5, MARKET_ECHAIN);
	batch_check(5 + 64, MARKET_ELIMIT);
	batch_check(5 + 65, MARKET_ECHAIN);
	batch_check(5 + 66, MARKET_EINVALID);
	CHECK_TEXT(test_store_digest(&test, after), before);
	market_batch_free(batch_results, n_batch_items);
	test_market_close(&test);
}

static void chain_that_is_cut(void)
{
	test_market test;

	test_market_open(&test, NULL);
	batch_start();
	batch_add_buyer("a", NULL);
	batch_add_buyer("b", NULL)->flags = MARKET_BATCH_LINKED;
	batch_run(&test);
	batch_check(0, 0);
	batch_check(1, MARKET_EINVALID);
	market_batch_free(batch_results, n_batch_items);
	test_market_close(&test);
}

/* To confirm makes the release due, which only the chain's own transaction knows. */
static void chain_with_own_timer(void)
{
	bazaar b;
	char params[100];

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_pay(&b);
	TEST_CALL(&b.m, "order.ship", "{'order':'%s','carrier':'c','tracking':'t'}", b.order[0]);
	batch_start();
	snprintf(params, sizeof(params), "{'order':'%s'}", b.order[0]);
	batch_add("order.confirm", params)->flags = MARKET_BATCH_LINKED;
	batch_add("order.confirm", params);
	batch_run(&b.m);
	batch_check(0, MARKET_ECHAIN);
	batch_check(1, MARKET_ESTATE);
	CU_ASSERT_PTR_NOT_NULL(strstr(batch_results[1].error.message, "escrow.release is due"));
	market_batch_free(batch_results, n_batch_items);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_confirm");
	bazaar_end(&b);
}

void suite_batch_chain(void)
{
	CU_pSuite s = test_suite_on_store("batch_chain");

	CU_add_test(s, "linked items are done whole or not at all", chain_is_done_whole_or_not_at_all);
	CU_add_test(s, "a chain that can't be run fails before it begins", chain_that_cannot_be);
	CU_add_test(s, "a chain that was cut isn't run beside others either", chain_that_is_cut);
	CU_add_test(s, "a timer of the chain's own making breaks it", chain_with_own_timer);
}
