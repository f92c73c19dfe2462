/* ESC-1 to ESC-4: what is held, freezes, release. */
#include <stdio.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "tests/unit/settlement_fixture.h"

static const char *escrow(bazaar *b, int index, const char *path)
{
	TEST_CALL(&b->m, "escrow.get", "{'order':'%s'}", b->order[index]);
	return test_out(&b->m, path);
}

/* Cents of a field of the escrow. */
static int64_t cents(bazaar *b, const char *path)
{
	market_money money = {0, ""};

	CU_ASSERT(market_money_parse(escrow(b, 0, path), b->currency, &money));
	return money.amount;
}

static void check_identity(bazaar *b)
{
	CHECK_INT(cents(b, "released") + cents(b, "refunded") + cents(b, "held") +
	              cents(b, "in_flight"),
	          cents(b, "funded"));
}

static void open_paid(bazaar *b, const char *method)
{
	bazaar_open(b, "BRL", settle_policy(settle_plain_fees, "[]\n", settle_plain_settlement));
	CHECK_INT(bazaar_place(b,
	                       "'items':[{'sku':'%s','quantity':3}],'discounts':[{'funder':'bank',"
	                       "'amount':{'amount':'30.00','currency':'BRL'}}]",
	                       b->sku[0]),
	          0);
	bazaar_charge(b, method);
	CHECK_TEXT(bazaar_order(b, 0, "state"), "wait_ship");
}

static void identity_holds_always(void)
{
	bazaar b;

	open_paid(&b, "card");
	check_identity(&b);
	CHECK_TEXT(escrow(&b, 0, "funded"), "599.70");
	CHECK_TEXT(escrow(&b, 0, "held"), "599.70");
	TEST_CALL(&b.m, "refund.create", "{'order':'%s','items':[{'line':'%s','quantity':1}]}",
	          b.order[0], b.line[0]);
	check_identity(&b);
	CHECK_TEXT(escrow(&b, 0, "in_flight"), "199.90");
	CHECK_TEXT(escrow(&b, 0, "held"), "399.80");
	CHECK_TEXT(bazaar_order_balance(&b, 0, "escrow"), "599.70");
	test_work(&b.m);
	check_identity(&b);
	CHECK_TEXT(escrow(&b, 0, "refunded"), "199.90");
	CHECK_TEXT(bazaar_order_balance(&b, 0, "escrow"), "399.80");
	settle_release(&b, 0);
	check_identity(&b);
	CHECK_TEXT(escrow(&b, 0, "released"), "399.80");
	/* what is refunded afterwards isn't escrow's */
	settle_refund(&b, 0, "'items':[{'line':'%s','quantity':1}]", b.line[0]);
	check_identity(&b);
	CHECK_TEXT(escrow(&b, 0, "refunded"), "199.90");
	CHECK_TEXT(escrow(&b, 0, "outcome"), "split");
	settle_check(&b);
	bazaar_close(&b);
}

static void no_overdraft(void)
{
	bazaar b;

	open_paid(&b, "card");
	TEST_REFUSED(
		&b.m, MARKET_EFUNDS, NULL, "ledger.transfer",
		"{'seller':'%s','client_id':'x:1','legs':[{'account':'escrow:%s',"
		"'debit':{'amount':'599.71',"
		"'currency':'BRL'}},{'account':'suspense','credit':{'amount':'599.71','currency':'BRL'}}]}",
		b.seller[0], b.order[0]);
	TEST_CALL(
		&b.m, "ledger.transfer",
		"{'seller':'%s','client_id':'x:1','legs':[{'account':'escrow:%s',"
		"'debit':{'amount':'599.70',"
		"'currency':'BRL'}},{'account':'suspense','credit':{'amount':'599.70','currency':'BRL'}}]}",
		b.seller[0], b.order[0]);
	bazaar_close(&b);
}

static void held_until_settled(void)
{
	bazaar b;

	open_paid(&b, "card:refund_fails");
	CHECK_TEXT(escrow(&b, 0, "state"), "held");
	settle_refund_all(&b, 0);
	/* a failed request returns its amount to held */
	CHECK_TEXT(settle_refund_field(&b, "state"), "failed");
	CHECK_TEXT(escrow(&b, 0, "state"), "held");
	CHECK_TEXT(escrow(&b, 0, "held"), "599.70");
	CHECK_TEXT(escrow(&b, 0, "in_flight"), "0.00");
	CHECK_TEXT(escrow(&b, 0, "outcome"), "");
	bazaar_close(&b);
}

static void outcomes_are_computed(void)
{
	bazaar b;

	open_paid(&b, "card");
	settle_refund_all(&b, 0);
	CHECK_TEXT(escrow(&b, 0, "state"), "settled");
	CHECK_TEXT(escrow(&b, 0, "outcome"), "refunded");
	bazaar_place_one(&b);
	CHECK_TEXT(escrow(&b, 0, "state"), "none");
	bazaar_pay(&b);
	CHECK_TEXT(escrow(&b, 0, "state"), "held");
	CHECK_TEXT(escrow(&b, 0, "outcome"), "");
	settle_release(&b, 0);
	CHECK_TEXT(escrow(&b, 0, "outcome"), "released");
	bazaar_close(&b);
}

static void freezes_keep_what_remains(void)
{
	bazaar b;

	open_paid(&b, "card");
	settle_ship(&b, 0);
	test_advance(&b.m, 3 * MK_DAY);
	TEST_CALL(&b.m, "escrow.freeze", "{'order':'%s','reason':'dispute'}", b.order[0]);
	TEST_CALL(&b.m, "escrow.freeze", "{'order':'%s','reason':'second'}", b.order[0]);
	CHECK_TEXT(escrow(&b, 0, "freezes"), "2");
	CHECK_TEXT(escrow(&b, 0, "freeze_reason"), "dispute");
	CHECK_TEXT(bazaar_order(&b, 0, "confirm_at"), "");
	test_advance(&b.m, 30 * MK_DAY);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_confirm");
	TEST_REFUSED(&b.m, MARKET_EFROZEN, NULL, "order.confirm", "{'order':'%s'}", b.order[0]);
	TEST_CALL(&b.m, "escrow.unfreeze", "{'order':'%s'}", b.order[0]);
	CHECK_TEXT(bazaar_order(&b, 0, "confirm_at"), "");
	TEST_CALL(&b.m, "escrow.unfreeze", "{'order':'%s','reason':'withdrawn'}", b.order[0]);
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "escrow.unfreeze", "{'order':'%s'}", b.order[0]);
	/* 7 of the 10 days are left, to the millisecond */
	test_advance(&b.m, 7 * MK_DAY - 1);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_confirm");
	test_advance(&b.m, 1);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "finished");
	CHECK_TEXT(escrow(&b, 0, "outcome"), "released");
	CHECK_INT(bazaar_events(&b, "escrow.frozen"), 2);
	CHECK_INT(bazaar_events(&b, "escrow.unfrozen"), 2);
	bazaar_close(&b);
}

static void frozen_release_waits(void)
{
	bazaar b;

	open_paid(&b, "card");
	settle_ship(&b, 0);
	/* confirmed and frozen before the release is worked */
	TEST_CALL(&b.m, "order.confirm", "{'order':'%s'}", b.order[0]);
	TEST_CALL(&b.m, "escrow.get", "{'order':'%s'}", b.order[0]);
	if (test_call(&b.m, "escrow.freeze", "{'order':'%s','reason':'risk'}", b.order[0]) == 0) {
		test_work(&b.m);
		CHECK_TEXT(escrow(&b, 0, "state"), "held");
		TEST_REFUSED(&b.m, MARKET_EFROZEN, NULL, "escrow.release", "{'order':'%s'}", b.order[0]);
		TEST_CALL(&b.m, "escrow.unfreeze", "{'order':'%s'}", b.order[0]);
		test_advance(&b.m, 1);
	}
	/* a call works the order's own due timers first, so the freeze came too late or held it back */
	CHECK_TEXT(escrow(&b, 0, "state"), "settled");
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "escrow.freeze", "{'order':'%s','reason':'risk'}",
	             b.order[0]);
	bazaar_close(&b);
}

static void frozen_and_refunded_whole(void)
{
	bazaar b;
	char account[40];

	open_paid(&b, "card");
	/* the release is refused at first, so that the freeze finds it open */
	TEST_CALL(&b.m, "ledger.account.get", "{'seller':'%s','name':'escrow:%s','currency':'BRL'}",
	          b.seller[0], b.order[0]);
	snprintf(account, sizeof(account), "%s", test_out(&b.m, "id"));
	TEST_CALL(&b.m, "ledger.account.update", "{'account':'%s','frozen_out':true,'reason':'x'}",
	          account);
	settle_finish(&b, 0);
	test_work(&b.m);
	TEST_CALL(&b.m, "escrow.freeze", "{'order':'%s','reason':'risk'}", b.order[0]);
	CU_ASSERT_NOT_EQUAL(escrow(&b, 0, "release_left")[0], '\0');
	TEST_CALL(&b.m, "ledger.account.update", "{'account':'%s','frozen_out':false,'reason':'x'}",
	          account);
	settle_refund(&b, 0, "'borne_by':'seller'");
	CHECK_TEXT(settle_refund_field(&b, "state"), "ok");
	CHECK_TEXT(escrow(&b, 0, "state"), "settled");
	CHECK_TEXT(escrow(&b, 0, "release_left"), "");
	TEST_CALL(&b.m, "escrow.unfreeze", "{'order':'%s'}", b.order[0]);
	/* there is nothing to release, so no deadline that fails again and again */
	CHECK_TEXT(bazaar_order(&b, 0, "release_at"), "");
	CHECK_INT(test_advance(&b.m, MK_HOUR), 0);
	bazaar_close(&b);
}

static void refund_freezes(void)
{
	bazaar b;

	open_paid(&b, "card:refund_unknown");
	settle_ship(&b, 0);
	test_advance(&b.m, 4 * MK_DAY);
	settle_refund(&b, 0, "'items':[{'line':'%s','quantity':1}]", b.line[0]);
	CHECK_TEXT(escrow(&b, 0, "freezes"), "1");
	CHECK_TEXT(escrow(&b, 0, "freeze_reason"), "refund");
	/* it ends with the refund alone, and nothing moves meanwhile */
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "escrow.unfreeze", "{'order':'%s'}", b.order[0]);
	TEST_REFUSED(&b.m, MARKET_EINFLIGHT, NULL, "refund.create", "{'order':'%s'}", b.order[0]);
	TEST_REFUSED(&b.m, MARKET_EFROZEN, NULL, "order.confirm", "{'order':'%s'}", b.order[0]);
	bazaar_pass(&b, 10 * MK_MINUTE, MK_MINUTE);
	CHECK_TEXT(settle_refund_field(&b, "state"), "ok");
	CHECK_TEXT(escrow(&b, 0, "freezes"), "");
	CHECK_TEXT(escrow(&b, 0, "refunded"), "199.90");
	TEST_CALL(&b.m, "order.confirm", "{'order':'%s'}", b.order[0]);
	bazaar_close(&b);
}

static void release_when_finished(void)
{
	bazaar b;

	open_paid(&b, "card");
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "escrow.release", "{'order':'%s'}", b.order[0]);
	settle_ship(&b, 0);
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "escrow.release", "{'order':'%s'}", b.order[0]);
	TEST_CALL(&b.m, "order.confirm", "{'order':'%s'}", b.order[0]);
	test_work(&b.m);
	CHECK_TEXT(bazaar_order(&b, 0, "escrow"), "settled");
	CHECK_TEXT(bazaar_order(&b, 0, "released"), "599.70");
	CHECK_INT(bazaar_events(&b, "escrow.released"), 1);
	/* once */
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "escrow.release", "{'order':'%s'}", b.order[0]);
	CHECK_TEXT(bazaar_balance(&b, 0, "seller_pending"), "527.74");
	settle_check(&b);
	bazaar_close(&b);
}

static void who_may_release(void)
{
	bazaar b;

	open_paid(&b, "card");
	test_act_as(&b.m, "member:ref:anna-owner");
	TEST_REFUSED(&b.m, MARKET_EDENIED, NULL, "escrow.release", "{'order':'%s'}", b.order[0]);
	TEST_REFUSED(&b.m, MARKET_EDENIED, NULL, "escrow.freeze", "{'order':'%s','reason':'x'}",
	             b.order[0]);
	CHECK_TEXT(escrow(&b, 0, "held"), "599.70");
	test_act_as(&b.m, "buyer:ref:carl");
	TEST_REFUSED(&b.m, MARKET_EDENIED, NULL, "escrow.release", "{'order':'%s'}", b.order[0]);
	CHECK_TEXT(escrow(&b, 0, "held"), "599.70");
	test_act_as(&b.m, "member:ref:bela-owner");
	TEST_REFUSED(&b.m, MARKET_ENOTFOUND, NULL, "escrow.get", "{'order':'%s'}", b.order[0]);
	test_act_as(&b.m, "operator:test");
	bazaar_close(&b);
}

static void nothing_to_hold(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", settle_plain_settlement));
	CHECK_INT(bazaar_place(&b,
	                       "'items':[{'sku':'%s','quantity':1}],'discounts':[{'funder':'seller',"
	                       "'amount':{'amount':'199.90','currency':'BRL'}}]",
	                       b.sku[0]),
	          0);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_ship");
	settle_release(&b, 0);
	CHECK_TEXT(bazaar_balance(&b, 0, "seller_pending"), "");
	bazaar_close(&b);
}

static int writes;

static void count_writes(const mk_trace *trace, void *user_data)
{
	(void)user_data;
	if (trace->write && trace->statement->table)
		writes += (int)trace->rows;
}

static void release_row_budget(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_pay(&b);
	settle_finish(&b, 0);
	/* opens the seller's accounts */
	test_work(&b.m);
	bazaar_place_one(&b);
	bazaar_pay(&b);
	settle_finish(&b, 0);
	writes = 0;
	mk_store_set_trace(b.m.market->store, count_writes, NULL);
	CHECK_INT(test_work(&b.m), 1);
	mk_store_set_trace(b.m.market->store, NULL, NULL);
	/* on PostgreSQL the same work seals this transfer and the one before: a position each, and the
	 * head */
	CU_ASSERT(writes > 10 && writes <= (test_on_postgres() ? 17 : 14));
	CHECK_TEXT(bazaar_order(&b, 0, "escrow"), "settled");
	bazaar_close(&b);
}

void suite_escrow(void);
void suite_escrow(void)
{
	CU_pSuite s = test_suite_on_store("escrow");

	CU_add_test(s, "ESC-1: funded is released, refunded, held and in flight, always",
	            identity_holds_always);
	CU_add_test(s, "ESC-1: an escrow account is never overdrawn, to the cent", no_overdraft);
	CU_add_test(s, "ESC-2: held until nothing is held or in flight; a failed request returns",
	            held_until_settled);
	CU_add_test(s, "ESC-2: the outcome is computed once it is settled", outcomes_are_computed);
	CU_add_test(s, "ESC-3: freezes count and keep what remains of the time",
	            freezes_keep_what_remains);
	CU_add_test(s, "ESC-3: a frozen order isn't released", frozen_release_waits);
	CU_add_test(s, "ESC-3: frozen and refunded whole, nothing is left to release",
	            frozen_and_refunded_whole);
	CU_add_test(s, "ESC-3: a refund under way freezes, its outcome resumes", refund_freezes);
	CU_add_test(s, "ESC-4: released when finished, once", release_when_finished);
	CU_add_test(s, "ESC-4: who may release and freeze", who_may_release);
	CU_add_test(s, "PRO-1: goods that cost nothing are released without a posting",
	            nothing_to_hold);
	CU_add_test(s, "a release writes at most 14 rows", release_row_budget);
}
