/* LED-10: postings by hand that need a second person. The built-in policy's sum is 10000.00 BRL. */
#include <stdlib.h>

#include "libmarket/accounting/accounting.h"
#include "libmarket/engine/market.h"
#include "tests/unit/market_fixture.h"

#define LARGE \
	"'legs':[{'account':'bank','debit':{'amount':'10000.00','currency':'BRL'}}," \
	"{'account':'suspense','credit':{'amount':'10000.00','currency':'BRL'}}]"
#define SMALL \
	"'legs':[{'account':'bank','debit':{'amount':'9999.99','currency':'BRL'}}," \
	"{'account':'suspense','credit':{'amount':'9999.99','currency':'BRL'}}]"

static test_market test;
static char request[64], posted[64];

static void open_with_request(void)
{
	test_market_open(&test, NULL);
	test_act_as(&test, "operator:ann");
	TEST_CALL(&test, "ledger.transfer", "{'client_id':'large:1','key':'k'," LARGE "}");
	snprintf(request, sizeof(request), "%s", test_out(&test, "request"));
	CHECK_TEXT(test_out(&test, "id"), "");
	CU_ASSERT_FATAL(request[0] != '\0');
}

static void approve(void)
{
	test_act_as(&test, "operator:bo");
	TEST_CALL(&test, "ledger.request.approve", "{'request':'%s'}", request);
	snprintf(posted, sizeof(posted), "%s", test_out(&test, "transfer"));
	CU_ASSERT_FATAL(posted[0] != '\0');
}

static void both_names_are_in_the_journal(void)
{
	char journal[64];
	open_with_request();
	approve();
	TEST_CALL(&test, "ledger.transfer.get", "{'transfer':'%s'}", posted);
	snprintf(journal, sizeof(journal), "%s", test_out(&test, "journal"));
	TEST_CALL(&test, "event.list", "{}");
	CHECK_TEXT(test_out(&test, "items.1.id"), journal);
	CHECK_TEXT(test_out(&test, "items.1.actor"), "operator:bo");
	CU_ASSERT_PTR_NOT_NULL(strstr(test_out(&test, "items.1.events"), "\"requested_by\":\"ann\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(test_out(&test, "items.1.events"), "\"decided_by\":\"bo\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(test_out(&test, "items.1.events"), "\"ledger.posted\""));
	test_market_close(&test);
}

static void a_replay_gives_what_it_has_become(void)
{
	open_with_request();
	TEST_CALL(&test, "ledger.transfer", "{'client_id':'large:1','key':'k'," LARGE "}");
	CU_ASSERT_TRUE(market_session_replayed(test.session));
	CHECK_TEXT(test_out(&test, "request"), request);
	CHECK_TEXT(test_out(&test, "id"), "");
	approve();
	test_act_as(&test, "operator:ann");
	TEST_CALL(&test, "ledger.transfer", "{'client_id':'large:1','key':'k'," LARGE "}");
	CU_ASSERT_TRUE(market_session_replayed(test.session));
	CHECK_TEXT(test_out(&test, "request"), request);
	CHECK_TEXT(test_out(&test, "id"), posted);
	CHECK_TEXT(test_out(&test, "legs.1.name"), "suspense");
	test_market_close(&test);
}

static void nothing_is_posted_before(void)
{
	open_with_request();
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "client_id", "ledger.transfer.get",
	             "{'client_id':'large:1'}");
	TEST_REFUSED(&test, MARKET_EDENIED, NULL, "ledger.request.approve", "{'request':'%s'}",
	             request);
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "name", "ledger.account.get",
	             "{'name':'bank','currency':'BRL'}");
	test_market_close(&test);
}

/* What came between counts: the money may be gone. The request waits on. */
static void an_approval_may_be_refused(void)
{
	test_market_open(&test, NULL);
	test_act_as(&test, "operator:ann");
	TEST_CALL(&test, "ledger.transfer", "{'client_id':'large:0'," LARGE "}");
	snprintf(request, sizeof(request), "%s", test_out(&test, "request"));
	TEST_CALL(&test, "ledger.transfer", "{'client_id':'large:0'," SMALL "}");
	test_act_as(&test, "operator:bo");
	TEST_REFUSED(&test, MARKET_EKEYREUSED, "client_id", "ledger.request.approve",
	             "{'request':'%s'}", request);
	TEST_CALL(&test, "ledger.request.get", "{'request':'%s'}", request);
	CHECK_TEXT(test_out(&test, "state"), "waiting");
	test_market_close(&test);
}

static void it_expires(void)
{
	open_with_request();
	test_advance(&test, 7 * INT64_C(86400000) - 1);
	TEST_CALL(&test, "ledger.request.get", "{'request':'%s'}", request);
	CHECK_TEXT(test_out(&test, "state"), "waiting");
	test_advance(&test, 1);
	TEST_CALL(&test, "ledger.request.get", "{'request':'%s'}", request);
	CHECK_TEXT(test_out(&test, "state"), "expired");
	test_market_close(&test);
}

static void a_batch_names_its_journal_row(void)
{
	test_market_open(&test, NULL);
	test_act_as(&test, "operator:ann");
	TEST_CALL(&test, "ledger.batch", "{'key':'k','transfers':[{'client_id':'b:1'," LARGE "}]}");
	CHECK_TEXT(test_out(&test, "id"), "");
	snprintf(request, sizeof(request), "%s", test_out(&test, "request"));
	test_act_as(&test, "operator:bo");
	TEST_CALL(&test, "ledger.request.approve", "{'request':'%s'}", request);
	CHECK_TEXT(test_out(&test, "transfer"), "");
	snprintf(posted, sizeof(posted), "%s", test_out(&test, "journal"));
	TEST_CALL(&test, "ledger.transfer.get", "{'client_id':'b:1'}");
	CHECK_TEXT(test_out(&test, "journal"), posted);
	test_act_as(&test, "operator:ann");
	TEST_CALL(&test, "ledger.batch", "{'key':'k','transfers':[{'client_id':'b:1'," LARGE "}]}");
	CHECK_TEXT(test_out(&test, "id"), posted);
	CHECK_TEXT(test_out(&test, "request"), request);
	test_market_close(&test);
}

static int allocations_left;

static void *allocate(size_t size, void *user_data)
{
	(void)user_data;
	return allocations_left-- > 0 ? malloc(size) : NULL;
}

static void *reallocate(void *block, size_t size, void *user_data)
{
	(void)user_data;
	return allocations_left-- > 0 ? realloc(block, size) : NULL;
}

/* No lack of memory may look as if too much were asked for. */
static void memory_may_run_out(void)
{
	int rc = MARKET_ENOMEM, failed = 0;

	test_market_open(&test, NULL);
	test_act_as(&test, "operator:ann");
	test.market->allocator.allocate = allocate;
	test.market->allocator.reallocate = reallocate;
	for (; rc == MARKET_ENOMEM && failed < 1000; failed++) {
		allocations_left = failed;
		rc = test_call(&test, "ledger.transfer", "{'client_id':'large:1'," LARGE "}");
	}
	CHECK_INT(rc, 0);
	CU_ASSERT(failed > 2);
	allocations_left = 1000000;
	CU_ASSERT(test_out(&test, "request")[0] != '\0');
	test_market_close(&test);
}

static void states_and_decisions(void)
{
	for (int32_t state = 0; state <= MARKET_LEDGER_REQUEST_EXPIRED + 1; state++) {
		for (int32_t to = 0; to <= MARKET_LEDGER_REQUEST_EXPIRED + 1; to++) {
			bool allowed =
				state == MARKET_LEDGER_REQUEST_WAITING &&
				(to == MARKET_LEDGER_REQUEST_APPROVED || to == MARKET_LEDGER_REQUEST_REJECTED ||
			     to == MARKET_LEDGER_REQUEST_EXPIRED);
			CHECK_INT(mk_ledger_request_next_state(state, to), allowed ? to : 0);
		}
	}
}

void suite_ledger_request(void)
{
	CU_pSuite s = test_suite_on_store("ledger_request");
	CU_add_test(s, "LED-10: both names are in the journal", both_names_are_in_the_journal);
	CU_add_test(s, "LED-10: a replay gives the request, then what it has become",
	            a_replay_gives_what_it_has_become);
	CU_add_test(s, "LED-10: nothing is posted before, and nobody approves his own",
	            nothing_is_posted_before);
	CU_add_test(s, "LED-10: an approval that can't be posted leaves the request waiting",
	            an_approval_may_be_refused);
	CU_add_test(s, "LED-10: a request expires", it_expires);
	CU_add_test(s, "LED-10: an approved batch names its journal row",
	            a_batch_names_its_journal_row);
	CU_add_test(s, "LED-10: a request for want of memory says so", memory_may_run_out);
	CU_add_test(s, "LED-10: only what waits is decided, once", states_and_decisions);
}
