/* PAY-3, PAY-4: attempts at providers, unknown outcomes, the sandbox. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/payment/sql.h"
#include "tests/unit/order_fixture.h"

static void card(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	TEST_REFUSED(&b.m, MARKET_EMISSING, "method", "payment.start", "{'payment':'%s'}", b.payment);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card'}", b.payment);
	CHECK_TEXT(test_out(&b.m, "state"), "pending");
	CHECK_TEXT(test_out(&b.m, "attempt"), "1");
	TEST_REFUSED(&b.m, MARKET_EINFLIGHT, NULL, "payment.start", "{'payment':'%s'}", b.payment);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_pay");
	test_work(&b.m);
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_ship");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "199.90");
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "payment.start", "{'payment':'%s'}", b.payment);
	CHECK_INT(bazaar_deliver_notices(&b), 1);
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "199.90");
	bazaar_end(&b);
}

static void declined_then_paid(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_charge(&b, "card:declined");
	CHECK_TEXT(bazaar_payment(&b, "state"), "failed");
	CHECK_TEXT(bazaar_payment(&b, "reason"), "declined");
	bazaar_charge(&b, "card:insufficient");
	CHECK_TEXT(bazaar_payment(&b, "reason"), "insufficient funds");
	CHECK_INT(bazaar_deliver_notices(&b), 2);
	CHECK_TEXT(bazaar_payment(&b, "state"), "failed");
	bazaar_charge(&b, "wallet");
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	CHECK_TEXT(bazaar_payment(&b, "attempt"), "3");
	TEST_CALL(&b.m, "request.get", "{'request':'%s'}", bazaar_payment(&b, "request"));
	CU_ASSERT_PTR_NOT_NULL(strstr(test_out(&b.m, "request_key"), ":3"));
	CHECK_TEXT(test_out(&b.m, "state"), "ok");
	bazaar_end(&b);
}

static void unknown_found_by_query(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_charge(&b, "card:unknown");
	CHECK_TEXT(bazaar_payment(&b, "state"), "pending");
	TEST_REFUSED(&b.m, MARKET_EINFLIGHT, NULL, "payment.start", "{'payment':'%s'}", b.payment);
	TEST_CALL(&b.m, "request.get", "{'request':'%s'}", bazaar_payment(&b, "request"));
	CHECK_TEXT(test_out(&b.m, "state"), "unknown");
	test_advance(&b.m, MK_MINUTE - 1);
	CHECK_TEXT(bazaar_payment(&b, "state"), "pending");
	test_advance(&b.m, 1);
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	CHECK_TEXT(bazaar_payment(&b, "attempt"), "1");
	bazaar_end(&b);
}

static void unknown_and_lost(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_charge(&b, "card:unknown_lost");
	CHECK_TEXT(bazaar_payment(&b, "state"), "pending");
	test_advance(&b.m, MK_MINUTE);
	CHECK_TEXT(bazaar_payment(&b, "state"), "failed");
	CHECK_TEXT(bazaar_payment(&b, "reason"), "never seen");
	bazaar_charge(&b, "card");
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "199.90");
	bazaar_end(&b);
}

static void delayed(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_charge(&b, "card:delayed");
	CHECK_TEXT(bazaar_order(&b, 0, "pay_by"), "2026-01-05T02:00:00.000Z");
	test_advance(&b.m, 59 * MK_MINUTE);
	CHECK_INT(bazaar_deliver_notices(&b), 0);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_pay");
	b.m.now += MK_MINUTE;
	CHECK_INT(bazaar_deliver_notices(&b), 1);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_ship");
	TEST_CALL(&b.m, "request.get", "{'request':'%s'}", bazaar_payment(&b, "request"));
	CHECK_TEXT(test_out(&b.m, "state"), "ok");
	CHECK_TEXT(test_out(&b.m, "next_at"), "");
	bazaar_end(&b);
}

static void late_charge(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_charge(&b, "card:late");
	test_advance(&b.m, MK_HOUR);
	CHECK_TEXT(bazaar_order(&b, 0, "close_reason"), "unpaid");
	CHECK_TEXT(bazaar_payment(&b, "state"), "pending");
	bazaar_pass(&b, 4 * MK_HOUR, 10 * MK_MINUTE);
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	CHECK_TEXT(bazaar_payment(&b, "shares.0.returned"), "199.90");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "0.00");
	CHECK_TEXT(bazaar_order_balance(&b, 0, "buyer_payable"), "0.00");
	bazaar_end(&b);
}

static const mk_statement forget_claim = {
	.name = "test_forget_claim",
	.table = "provider_request",
	.sql = "UPDATE provider_request SET claimed_at = 1 WHERE book_id = ?1 AND id = ?2",
};

/* A process takes the first request that is due and dies; whoever comes next sends it again. */
static void claim_and_die(bazaar *b)
{
	market_error err;
	mk_arena arena;
	mk_request *request = NULL;
	bool query = false;

	mk_arena_init(&arena, &mk_allocator_default);
	CHECK_OK(mk_request_claim(b->m.market, b->m.market->store, &arena, b->m.now, &request, &query,
	                          &err));
	CU_ASSERT_PTR_NOT_NULL_FATAL(request);
	CHECK_OK(mk_store_begin(b->m.market->store, true, &err));
	CHECK_INT(mk_store_write(
				  b->m.market->store, &forget_claim,
				  MK_ARGS(mk_int(request->request.id.book), mk_int(request->request.id.id)), &err),
	          1);
	CHECK_OK(mk_store_commit(b->m.market->store, &err));
	mk_arena_close(&arena);
}

static void late_refund_fails(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card:refund_fails'}", b.payment);
	claim_and_die(&b);
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'x'}", b.order[0]);
	test_work(&b.m);
	CHECK_TEXT(bazaar_order_balance(&b, 0, "buyer_payable"), "199.90");
	CHECK_INT(bazaar_events(&b, "payment.return_failed"), 1);
	TEST_CALL(&b.m, "payment.return", "{'payment':'%s'}", b.payment);
	test_work(&b.m);
	CHECK_INT(bazaar_events(&b, "payment.return_failed"), 2);
	CHECK_TEXT(bazaar_order_balance(&b, 0, "buyer_payable"), "199.90");
	bazaar_end(&b);
}

/* PAY-2: sent again after 1, 2, 4, … minutes, by nobody's act. */
static void late_refund_is_sent_again(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card:refund_fails'}", b.payment);
	claim_and_die(&b);
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'x'}", b.order[0]);
	test_work(&b.m);
	CHECK_INT(bazaar_events(&b, "payment.return_failed"), 1);
	test_advance(&b.m, MK_MINUTE - 1);
	CHECK_INT(bazaar_events(&b, "payment.return_failed"), 1);
	test_advance(&b.m, 1);
	CHECK_INT(bazaar_events(&b, "payment.return_failed"), 2);
	test_advance(&b.m, 2 * MK_MINUTE);
	CHECK_INT(bazaar_events(&b, "payment.return_failed"), 3);
	CHECK_TEXT(bazaar_order_balance(&b, 0, "buyer_payable"), "199.90");
	bazaar_end(&b);
}

static void late_refund_goes_at_last(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card:refund_fails_once'}",
	          b.payment);
	claim_and_die(&b);
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'x'}", b.order[0]);
	test_work(&b.m);
	CHECK_TEXT(bazaar_order_balance(&b, 0, "buyer_payable"), "199.90");
	test_advance(&b.m, MK_MINUTE);
	CHECK_TEXT(bazaar_order_balance(&b, 0, "buyer_payable"), "0.00");
	/* and no deadline is left that would fail */
	CHECK_INT(test_advance(&b.m, 10 * MK_DAY), 0);
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "payment.return", "{'payment':'%s'}", b.payment);
	bazaar_end(&b);
}

static void late_refund_bounces(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card:refund_bounces'}", b.payment);
	claim_and_die(&b);
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'x'}", b.order[0]);
	test_work(&b.m);
	CHECK_TEXT(bazaar_order_balance(&b, 0, "buyer_payable"), "0.00");
	b.m.now += MK_DAY;
	bazaar_deliver_notices(&b);
	CHECK_TEXT(bazaar_order_balance(&b, 0, "buyer_payable"), "199.90");
	CHECK_TEXT(bazaar_payment(&b, "shares.0.returned"), "0.00");
	bazaar_end(&b);
}

static void duplicates_and_disorder(void)
{
	static const char *const methods[] = {"card:duplicate", "card:out_of_order"};
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	for (size_t i = 0; i < 2; i++) {
		bazaar_place_one(&b);
		bazaar_charge(&b, methods[i]);
		CHECK_INT(bazaar_deliver_notices(&b), 1);
		b.m.now += MK_MINUTE;
		CHECK_INT(bazaar_deliver_notices(&b), 1);
		CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
		CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_ship");
	}
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "399.80");
	bazaar_end(&b);
}

/* The notification is faster than the answer of the call. */
static void notified_before_the_answer(void)
{
	bazaar b;
	mk_arena arena;
	mk_request *request = NULL;
	market_provider_outcome_params in = MARKET_PROVIDER_OUTCOME_PARAMS_INIT;
	market_error err;
	bool query = true;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card'}", b.payment);
	mk_arena_init(&arena, &mk_allocator_default);
	CHECK_OK(
		mk_request_claim(b.m.market, b.m.market->store, &arena, b.m.now, &request, &query, &err));
	CU_ASSERT_PTR_NOT_NULL_FATAL(request);
	CU_ASSERT_FALSE(query);
	CHECK_INT(bazaar_notify(&b, "captured", b.payment, "199.90"), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "applied");
	test_act_as(&b.m, "system");
	in.request = request->request.id;
	in.fence = request->request.fence;
	in.outcome = MARKET_PROVIDER_DECLINED;
	CHECK_OK(market_provider_outcome(b.m.session, &in, NULL, &err));
	test_act_as(&b.m, "operator:test");
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	mk_arena_close(&arena);
	bazaar_end(&b);
}

static void fences(void)
{
	bazaar b;
	mk_arena arena;
	mk_request *first = NULL, *second = NULL, *none = NULL;
	market_provider_outcome_params in = MARKET_PROVIDER_OUTCOME_PARAMS_INIT;
	market_error err;
	bool query = false;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card'}", b.payment);
	mk_arena_init(&arena, &mk_allocator_default);
	CHECK_OK(
		mk_request_claim(b.m.market, b.m.market->store, &arena, b.m.now, &first, &query, &err));
	CU_ASSERT_PTR_NOT_NULL_FATAL(first);
	CHECK_OK(mk_request_claim(b.m.market, b.m.market->store, &arena, b.m.now, &none, &query, &err));
	CU_ASSERT_PTR_NULL(none);
	CHECK_OK(mk_store_begin(b.m.market->store, true, &err));
	CHECK_INT(mk_store_write(b.m.market->store, &forget_claim,
	                         MK_ARGS(mk_int(first->request.id.book), mk_int(first->request.id.id)),
	                         &err),
	          1);
	CHECK_OK(mk_store_commit(b.m.market->store, &err));
	CHECK_OK(
		mk_request_claim(b.m.market, b.m.market->store, &arena, b.m.now, &second, &query, &err));
	CU_ASSERT_PTR_NOT_NULL_FATAL(second);
	CU_ASSERT_FALSE(query);
	CHECK_INT(second->request.fence, first->request.fence + 1);
	CHECK_TEXT(second->request.request_key, first->request.request_key);
	test_act_as(&b.m, "system");
	in.request = first->request.id;
	in.fence = first->request.fence;
	in.outcome = MARKET_PROVIDER_DECLINED;
	CHECK_OK(market_provider_outcome(b.m.session, &in, NULL, &err));
	in.fence = second->request.fence;
	in.outcome = MARKET_PROVIDER_OK;
	CHECK_OK(market_provider_outcome(b.m.session, &in, NULL, &err));
	test_act_as(&b.m, "operator:test");
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	TEST_REFUSED(&b.m, MARKET_EDENIED, NULL, "provider.outcome",
	             "{'request':'%s','fence':2,'outcome':'ok'}", bazaar_payment(&b, "request"));
	mk_arena_close(&arena);
	bazaar_end(&b);
}

static void unrecordable_answer(void)
{
	bazaar b;
	char account[40], first[40];

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_pay(&b);
	TEST_CALL(&b.m, "ledger.account.get", "{'seller':'%s','name':'psp_clearing','currency':'BRL'}",
	          b.seller[0]);
	snprintf(account, sizeof(account), "%s", test_out(&b.m, "id"));
	TEST_CALL(&b.m, "ledger.account.update",
	          "{'account':'%s','frozen_in':true,'reason':'look into it'}", account);
	bazaar_place_one(&b);
	snprintf(first, sizeof(first), "%s", b.payment);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card:delayed'}", first);
	CHECK_INT(bazaar_place(&b, "'items':[{'sku':'%s','quantity':1}]", b.sku[1]), 0);
	b.m.now += 2 * MK_HOUR; /* the query finds it captured */
	bazaar_charge(&b, "card");
	TEST_CALL(&b.m, "payment.get", "{'payment':'%s'}", first);
	CHECK_TEXT(test_out(&b.m, "state"), "pending");
	TEST_CALL(&b.m, "ledger.account.update",
	          "{'account':'%s','frozen_in':false,'reason':'all is well'}", account);
	test_advance(&b.m, 2 * MK_HOUR);
	TEST_CALL(&b.m, "payment.get", "{'payment':'%s'}", first);
	CHECK_TEXT(test_out(&b.m, "state"), "captured");
	bazaar_end(&b);
}

static void authorised_then_captured(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card:authorise'}", b.payment);
	CHECK_INT(market_work(b.m.session, 1, NULL, &b.m.err), 1);
	CHECK_TEXT(bazaar_payment(&b, "state"), "authorised");
	CHECK_TEXT(bazaar_payment(&b, "authorisation_expires"), "2026-01-12T00:00:00.000Z");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "");
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_pay");
	test_work(&b.m);
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "199.90");
	bazaar_pass(&b, 10 * MK_MINUTE, MK_MINUTE);
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	bazaar_end(&b);
}

static void authorisation_lapses(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card:void_fails'}", b.payment);
	claim_and_die(&b);
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'x'}", b.order[0]);
	test_work(&b.m);
	CHECK_TEXT(bazaar_payment(&b, "state"), "authorised");
	CHECK_INT(bazaar_events(&b, "payment.void_failed"), 1);
	test_advance(&b.m, 7 * MK_DAY - 1);
	CHECK_TEXT(bazaar_payment(&b, "state"), "authorised");
	test_advance(&b.m, 1);
	CHECK_TEXT(bazaar_payment(&b, "state"), "failed");
	CHECK_TEXT(bazaar_payment(&b, "reason"), "authorisation expired");
	bazaar_end(&b);
}

static void voided(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	/* closed while the authorisation was on its way */
	bazaar_place_one(&b);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card:authorise'}", b.payment);
	claim_and_die(&b);
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'x'}", b.order[0]);
	test_work(&b.m);
	CHECK_TEXT(bazaar_payment(&b, "state"), "closed");
	CHECK_INT(bazaar_events(&b, "payment.voided"), 1);
	CHECK_INT(bazaar_deliver_notices(&b), 2);
	CHECK_TEXT(bazaar_payment(&b, "state"), "closed");
	/* closed before the capture was sent */
	bazaar_place_one(&b);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card:authorise'}", b.payment);
	CHECK_INT(market_work(b.m.session, 1, NULL, &b.m.err), 1);
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'x'}", b.order[0]);
	test_work(&b.m);
	CHECK_TEXT(bazaar_payment(&b, "state"), "closed");
	TEST_CALL(&b.m, "request.get", "{'request':'%s'}", bazaar_payment(&b, "request"));
	CHECK_TEXT(test_out(&b.m, "kind"), "capture");
	CHECK_TEXT(test_out(&b.m, "reason"), "withdrawn");
	CHECK_TEXT(test_out(&b.m, "reference"), "");
	CHECK_INT(bazaar_events(&b, "payment.voided"), 2);
	test_advance(&b.m, 8 * MK_DAY);
	CHECK_TEXT(bazaar_payment(&b, "state"), "closed");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "");
	bazaar_end(&b);
}

/* The capture was sent: its money is owed, and nothing is voided. */
static void too_late_to_void(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card:authorise'}", b.payment);
	CHECK_INT(market_work(b.m.session, 1, NULL, &b.m.err), 1);
	claim_and_die(&b);
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'x'}", b.order[0]);
	test_work(&b.m);
	CHECK_TEXT(bazaar_payment(&b, "shares.0.returned"), "199.90");
	CHECK_INT(bazaar_events(&b, "payment.voided"), 0);
	bazaar_end(&b);
}

static void charge_withdrawn(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card'}", b.payment);
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'x'}", b.order[0]);
	CHECK_TEXT(bazaar_payment(&b, "state"), "closed");
	test_work(&b.m);
	TEST_CALL(&b.m, "request.get", "{'request':'%s'}", bazaar_payment(&b, "request"));
	CHECK_TEXT(test_out(&b.m, "state"), "failed");
	CHECK_TEXT(test_out(&b.m, "reason"), "withdrawn");
	CHECK_INT(bazaar_deliver_notices(&b), 0);
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "payment.start", "{'payment':'%s'}", b.payment);
	bazaar_end(&b);
}

static void charge_made_anew(void)
{
	bazaar b;
	char old[40];

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_both(&b);
	snprintf(old, sizeof(old), "%s", b.payment);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card'}", b.payment);
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'x'}", b.order[0]);
	CHECK_TEXT(bazaar_payment(&b, "state"), "closed");
	TEST_CALL(&b.m, "order.group.get", "{'group':'%s'}", b.group);
	snprintf(b.payment, sizeof(b.payment), "%s", test_out(&b.m, "payment"));
	CU_ASSERT_STRING_NOT_EQUAL(b.payment, old);
	CHECK_TEXT(bazaar_payment(&b, "amount"), "39.90");
	CHECK_TEXT(bazaar_payment(&b, "method"), "card");
	test_work(&b.m);
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	CHECK_TEXT(bazaar_order(&b, 1, "state"), "wait_ship");
	CHECK_INT(bazaar_deliver_notices(&b), 1);
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "");
	CHECK_TEXT(bazaar_balance(&b, 1, "psp_clearing"), "39.90");
	bazaar_end(&b);
}

static void vouchers(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_charge(&b, "boleto");
	CHECK_TEXT(bazaar_order(&b, 0, "pay_by"), "2026-01-08T00:00:00.000Z");
	bazaar_pass(&b, MK_DAY, 6 * MK_HOUR);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_ship");
	bazaar_place_one(&b);
	bazaar_charge(&b, "boleto:unpaid");
	bazaar_pass(&b, 3 * MK_DAY, 6 * MK_HOUR);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "closed");
	CHECK_TEXT(bazaar_payment(&b, "state"), "failed");
	bazaar_place_one(&b);
	bazaar_charge(&b, "boleto:amount");
	bazaar_pass(&b, MK_DAY, 6 * MK_HOUR);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_pay");
	CHECK_TEXT(bazaar_payment(&b, "reason"), "amount differs");
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "-199.89");
	bazaar_end(&b);
}

static void mismatch_by_query(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_charge(&b, "boleto:amount");
	/* the query is faster than the notification */
	test_advance(&b.m, MK_DAY + 2 * MK_HOUR);
	CHECK_TEXT(bazaar_payment(&b, "reason"), "amount differs");
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "-199.89");
	CHECK_INT(bazaar_deliver_notices(&b), 1);
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "-199.89");
	TEST_CALL(&b.m, "payment.return", "{'payment':'%s'}", b.payment);
	test_work(&b.m);
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "0.00");
	bazaar_end(&b);
}

static void replaced_payment(void)
{
	bazaar b;
	char old[40];

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_both(&b);
	snprintf(old, sizeof(old), "%s", b.payment);
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'x'}", b.order[0]);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card'}", b.payment);
	CHECK_TEXT(test_out(&b.m, "amount"), "39.90");
	CU_ASSERT_STRING_NOT_EQUAL(test_out(&b.m, "id"), old);
	snprintf(b.payment, sizeof(b.payment), "%s", test_out(&b.m, "id"));
	test_work(&b.m);
	CHECK_TEXT(bazaar_order(&b, 1, "state"), "wait_ship");
	TEST_CALL(&b.m, "order.group.get", "{'group':'%s'}", b.group);
	CHECK_TEXT(test_out(&b.m, "payment"), b.payment);
	TEST_CALL(&b.m, "payment.list", "{'group':'%s'}", b.group);
	CHECK_TEXT(test_out(&b.m, "items.0.state"), "closed");
	CHECK_TEXT(test_out(&b.m, "items.1.state"), "captured");
	/* the old one is paid too: all of it goes back */
	CHECK_INT(bazaar_notify(&b, "captured", old, "439.70"), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "late");
	test_work(&b.m);
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "0.00");
	CHECK_TEXT(bazaar_balance(&b, 1, "psp_clearing"), "39.90");
	bazaar_end(&b);
}

void suite_provider(void);
void suite_provider(void)
{
	CU_pSuite s = test_suite_on_store("provider");

	CU_add_test(s, "PAY-3: a card is charged", card);
	CU_add_test(s, "PAY-3: a new attempt only after a definite refusal", declined_then_paid);
	CU_add_test(s, "PAY-3: an unknown outcome is found by query", unknown_found_by_query);
	CU_add_test(s, "PAY-3: a request that never arrived", unknown_and_lost);
	CU_add_test(s, "PAY-1: the outcome comes by notification", delayed);
	CU_add_test(s, "PAY-2: the outcome comes after the order was closed", late_charge);
	CU_add_test(s, "PAY-2: late money whose refund failed is sent back again by itself",
	            late_refund_is_sent_again);
	CU_add_test(s, "PAY-2: late money that was sent back again isn't a third time",
	            late_refund_goes_at_last);
	CU_add_test(s, "PAY-2: the automatic refund fails and is asked for again", late_refund_fails);
	CU_add_test(s, "ESC-8: the automatic refund comes back", late_refund_bounces);
	CU_add_test(s, "PAY-1: notifications twice and out of order", duplicates_and_disorder);
	CU_add_test(s, "PAY-1: a notification before the call returns", notified_before_the_answer);
	CU_add_test(s, "a claim's fence: an earlier answer counts no more", fences);
	CU_add_test(s, "an answer that can't be recorded holds nobody up", unrecordable_answer);
	CU_add_test(s, "PAY-4: an authorisation posts nothing and is captured",
	            authorised_then_captured);
	CU_add_test(s, "PAY-4: an authorisation that can't be voided ends", authorisation_lapses);
	CU_add_test(s, "PAY-4: what no order waits for is voided", voided);
	CU_add_test(s, "PAY-4: a capture that was sent isn't voided", too_late_to_void);
	CU_add_test(s, "PAY-2: a charge is withdrawn before it is sent", charge_withdrawn);
	CU_add_test(s, "PAY-2, ORD-3: a charge is made anew for the orders left", charge_made_anew);
	CU_add_test(s, "ORD-4: vouchers take days", vouchers);
	CU_add_test(s, "PAY-2: a query tells of another amount", mismatch_by_query);
	CU_add_test(s, "ORD-3: a payment is replaced when an order was cancelled", replaced_payment);
}
