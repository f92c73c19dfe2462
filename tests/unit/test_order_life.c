/* ORD-2, ORD-4, ORD-7, ESC-3: parcels, timers, cancelling. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/op/run.h"
#include "libmarket/order/order.h"
#include "tests/unit/order_fixture.h"

static void unpaid_closes(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_both(&b);
	test_advance(&b.m, 30 * MK_MINUTE - 1);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_pay");
	CHECK_INT(bazaar_stock(&b, 0, "reserved"), 2);
	test_advance(&b.m, 1);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "closed");
	CHECK_TEXT(bazaar_order(&b, 1, "close_reason"), "unpaid");
	CHECK_TEXT(bazaar_order(&b, 0, "closed_at"), "2026-01-05T00:30:00.000Z");
	CHECK_TEXT(bazaar_order(&b, 0, "pay_by"), "");
	CHECK_INT(bazaar_stock(&b, 0, "reserved"), 0);
	CHECK_INT(bazaar_stock(&b, 0, "available"), 100);
	CHECK_TEXT(bazaar_payment(&b, "state"), "closed");
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "payment.start", "{'payment':'%s','method':'card'}",
	             b.payment);
	bazaar_end(&b);
}

/* The deadline counts when somebody calls, not only when the work is done. */
static void unpaid_closes_before_call(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	b.m.now += MK_HOUR;
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "order.cancel", "{'order':'%s','reason':'x'}",
	             b.order[0]);
	CHECK_TEXT(bazaar_order(&b, 0, "close_reason"), "unpaid");
	bazaar_end(&b);
}

static void whole_parcel(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_both(&b);
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "order.ship", "{'order':'%s'}", b.order[0]);
	bazaar_pay(&b);
	CHECK_TEXT(bazaar_order(&b, 0, "ship_by"), "2026-01-07T00:00:00.000Z");
	CHECK_TEXT(bazaar_order(&b, 0, "cancel_at"), "2026-01-19T00:00:00.000Z");
	TEST_CALL(&b.m, "order.ship", "{'order':'%s','carrier':'post','tracking':'BR1'}", b.order[0]);
	CHECK_TEXT(test_out(&b.m, "state"), "wait_confirm");
	CHECK_TEXT(test_out(&b.m, "lines.0.shipped_quantity"), "2");
	CHECK_TEXT(test_out(&b.m, "confirm_at"), "2026-01-15T00:00:00.000Z");
	CHECK_TEXT(test_out(&b.m, "cancel_at"), "");
	TEST_CALL(&b.m, "shipment.list", "{'order':'%s'}", b.order[0]);
	CHECK_TEXT(test_out(&b.m, "items.0.whole"), "true");
	CHECK_TEXT(test_out(&b.m, "items.0.tracking"), "BR1");
	CHECK_TEXT(test_out(&b.m, "items.1.id"), "");
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "order.ship", "{'order':'%s'}", b.order[0]);
	CHECK_TEXT(bazaar_order(&b, 1, "state"), "wait_ship");
	bazaar_end(&b);
}

static void partial_parcels(void)
{
	bazaar b;
	char first[40];

	bazaar_open(&b, "BRL", NULL);
	CHECK_INT(bazaar_place(&b, "'items':[{'sku':'%s','quantity':3},{'sku':'%s','quantity':2}]",
	                       b.sku[0], b.sku[0]),
	          0);
	bazaar_pay(&b);
	TEST_REFUSED(&b.m, MARKET_EINVALID, "items[1].quantity", "order.ship",
	             "{'order':'%s','items':[{'line':'%s','quantity':2},{'line':'%s','quantity':2}]}",
	             b.order[0], b.line[0], b.line[0]);
	TEST_REFUSED(&b.m, MARKET_ENOTFOUND, "items[0].line", "order.ship",
	             "{'order':'%s','items':[{'line':'lin_1','quantity':1}]}", b.order[0]);
	TEST_CALL(&b.m, "order.ship", "{'order':'%s','items':[{'line':'%s','quantity':2}],'ref':'p1'}",
	          b.order[0], b.line[0]);
	CHECK_TEXT(test_out(&b.m, "state"), "wait_ship");
	CHECK_TEXT(test_out(&b.m, "lines.0.shipped_quantity"), "2");
	CHECK_TEXT(test_out(&b.m, "lines.1.shipped_quantity"), "");
	TEST_REFUSED(&b.m, MARKET_EEXISTS, "ref", "order.ship", "{'order':'%s','ref':'p1'}",
	             b.order[0]);
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "order.cancel", "{'order':'%s','reason':'x'}",
	             b.order[0]);
	TEST_CALL(&b.m, "shipment.list", "{'order':'%s'}", b.order[0]);
	snprintf(first, sizeof(first), "%s", test_out(&b.m, "items.0.id"));
	CHECK_TEXT(test_out(&b.m, "items.0.lines.0.quantity"), "2");
	TEST_CALL(&b.m, "order.deliver", "{'order':'%s','shipment':'%s','proof':'signed'}", b.order[0],
	          first);
	CHECK_TEXT(test_out(&b.m, "lines.0.received_quantity"), "2");
	CHECK_TEXT(test_out(&b.m, "delivered_at"), "");
	TEST_CALL(&b.m, "order.ship", "{'order':'%s'}", b.order[0]);
	CHECK_TEXT(test_out(&b.m, "state"), "wait_confirm");
	CHECK_TEXT(test_out(&b.m, "lines.0.shipped_quantity"), "3");
	CHECK_TEXT(test_out(&b.m, "lines.1.shipped_quantity"), "2");
	TEST_REFUSED(&b.m, MARKET_ESTATE, "shipment", "order.deliver", "{'order':'%s','shipment':'%s'}",
	             b.order[0], first);
	TEST_CALL(&b.m, "order.deliver", "{'order':'%s'}", b.order[0]);
	CHECK_TEXT(test_out(&b.m, "lines.0.received_quantity"), "3");
	CHECK_TEXT(test_out(&b.m, "delivered_at"), "2026-01-05T00:00:00.000Z");
	bazaar_end(&b);
}

static void receives_all_by_confirming(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	CHECK_INT(bazaar_place(&b, "'items':[{'sku':'%s','quantity':3}]", b.sku[0]), 0);
	bazaar_pay(&b);
	TEST_CALL(&b.m, "order.ship", "{'order':'%s','items':[{'line':'%s','quantity':1}]}", b.order[0],
	          b.line[0]);
	TEST_CALL(&b.m, "order.deliver", "{'order':'%s'}", b.order[0]);
	TEST_CALL(&b.m, "order.ship", "{'order':'%s'}", b.order[0]);
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.received_quantity"), "1");
	TEST_CALL(&b.m, "order.confirm", "{'order':'%s'}", b.order[0]);
	CHECK_TEXT(test_out(&b.m, "lines.0.received_quantity"), "3");
	bazaar_end(&b);
}

/* Of three units one is refunded before shipping and the others when they were shipped. */
static void unshipped_stock_comes_back_once(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	CHECK_INT(bazaar_place(&b, "'items':[{'sku':'%s','quantity':3}]", b.sku[0]), 0);
	bazaar_charge(&b, "card");
	TEST_CALL(&b.m, "refund.create", "{'order':'%s','items':[{'line':'%s','quantity':1}]}",
	          b.order[0], b.line[0]);
	test_work(&b.m);
	CHECK_INT(bazaar_stock(&b, 0, "on_hand"), 97);
	TEST_CALL(&b.m, "order.ship", "{'order':'%s'}", b.order[0]);
	CHECK_INT(bazaar_stock(&b, 0, "on_hand"), 98);
	TEST_CALL(&b.m, "refund.create", "{'order':'%s'}", b.order[0]);
	test_work(&b.m);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "closed");
	CHECK_INT(bazaar_stock(&b, 0, "on_hand"), 98);
	CHECK_INT(bazaar_stock(&b, 0, "sold"), 2);
	bazaar_end(&b);
}

static void ship_first(bazaar *b)
{
	bazaar_place_one(b);
	bazaar_pay(b);
	TEST_CALL(&b->m, "order.ship", "{'order':'%s'}", b->order[0]);
}

static void confirms_itself(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	ship_first(&b);
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "order.auto_confirm", "{'order':'%s'}", b.order[0]);
	test_advance(&b.m, 10 * MK_DAY - 1);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_confirm");
	test_advance(&b.m, 1);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "finished");
	CHECK_TEXT(bazaar_order(&b, 0, "finished_at"), "2026-01-15T00:00:00.000Z");
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.received_quantity"), "1");
	bazaar_end(&b);
}

static void delivery_puts_confirmation_off(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	ship_first(&b);
	test_advance(&b.m, 9 * MK_DAY);
	TEST_REFUSED(&b.m, MARKET_EINVALID, "delivered_at", "order.deliver",
	             "{'order':'%s','delivered_at':'2026-01-15T00:00:00Z'}", b.order[0]);
	TEST_REFUSED(&b.m, MARKET_EINVALID, "delivered_at", "order.deliver",
	             "{'order':'%s','delivered_at':'2026-01-04T00:00:00Z'}", b.order[0]);
	TEST_CALL(&b.m, "order.deliver", "{'order':'%s','delivered_at':'2026-01-13T12:00:00Z'}",
	          b.order[0]);
	CHECK_TEXT(test_out(&b.m, "confirm_at"), "2026-01-16T12:00:00.000Z");
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "order.deliver", "{'order':'%s'}", b.order[0]);
	bazaar_end(&b);
}

static void early_delivery_changes_nothing(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	ship_first(&b);
	test_advance(&b.m, 7 * MK_DAY);
	TEST_CALL(&b.m, "order.deliver", "{'order':'%s'}", b.order[0]);
	CHECK_TEXT(test_out(&b.m, "confirm_at"), "2026-01-15T00:00:00.000Z");
	bazaar_end(&b);
}

static void carrier_without_proof(void)
{
	bazaar b;

	bazaar_open_with(&b, "BRL", "carrier_reports: false", "carrier_reports: true");
	ship_first(&b);
	test_advance(&b.m, 10 * MK_DAY);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_confirm");
	CHECK_TEXT(bazaar_order(&b, 0, "confirm_at"), "2026-02-04T00:00:00.000Z");
	CHECK_INT(bazaar_events(&b, "order.delivery_unproven"), 1);
	test_advance(&b.m, 20 * MK_DAY - 1);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_confirm");
	test_advance(&b.m, 1);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "finished");
	/* with proof it is as ever */
	ship_first(&b);
	TEST_CALL(&b.m, "order.deliver", "{'order':'%s'}", b.order[0]);
	test_advance(&b.m, 10 * MK_DAY);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "finished");
	bazaar_end(&b);
}

static void buyer_confirms(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	test_act_as(&b.m, "buyer:ref:carl");
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "order.confirm", "{'order':'%s'}", b.order[0]);
	test_act_as(&b.m, "operator:test");
	bazaar_pay(&b);
	TEST_CALL(&b.m, "order.ship", "{'order':'%s'}", b.order[0]);
	test_act_as(&b.m, "member:ref:anna-owner");
	TEST_REFUSED(&b.m, MARKET_EDENIED, NULL, "order.confirm", "{'order':'%s'}", b.order[0]);
	test_act_as(&b.m, "member:ref:bela-owner");
	TEST_REFUSED(&b.m, MARKET_ENOTFOUND, "order", "order.confirm", "{'order':'%s'}", b.order[0]);
	test_act_as(&b.m, "buyer:ref:carl");
	TEST_CALL(&b.m, "order.confirm", "{'order':'%s','key':'c'}", b.order[0]);
	CHECK_TEXT(test_out(&b.m, "state"), "finished");
	CHECK_TEXT(test_out(&b.m, "release_at"), "2026-01-05T00:00:00.000Z");
	CHECK_TEXT(test_out(&b.m, "confirm_at"), "");
	bazaar_end(&b);
}

static void extensions(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	test_act_as(&b.m, "buyer:ref:carl");
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "order.extend", "{'order':'%s'}", b.order[0]);
	test_act_as(&b.m, "operator:test");
	bazaar_pay(&b);
	TEST_CALL(&b.m, "order.ship", "{'order':'%s'}", b.order[0]);
	TEST_REFUSED(&b.m, MARKET_EDENIED, NULL, "order.extend", "{'order':'%s'}", b.order[0]);
	test_act_as(&b.m, "buyer:ref:carl");
	TEST_REFUSED(&b.m, MARKET_EINVALID, "by", "order.extend", "{'order':'%s','by':'4d'}",
	             b.order[0]);
	TEST_CALL(&b.m, "order.extend", "{'order':'%s','reason':'still on its way'}", b.order[0]);
	TEST_CALL(&b.m, "order.extend", "{'order':'%s','by':'3d'}", b.order[0]);
	CHECK_TEXT(test_out(&b.m, "confirm_at"), "2026-01-21T00:00:00.000Z");
	TEST_REFUSED(&b.m, MARKET_EQUOTA, NULL, "order.extend", "{'order':'%s'}", b.order[0]);
	test_act_as(&b.m, "member:ref:anna-owner");
	TEST_REFUSED(&b.m, MARKET_EINVALID, "by", "order.extend", "{'order':'%s','by':'4d'}",
	             b.order[0]);
	TEST_REFUSED(&b.m, MARKET_EINVALID, "by", "order.extend", "{'order':'%s'}", b.order[0]);
	TEST_CALL(&b.m, "order.extend", "{'order':'%s','by':'10d'}", b.order[0]);
	CHECK_TEXT(test_out(&b.m, "confirm_at"), "2026-01-31T00:00:00.000Z");
	bazaar_end(&b);
}

static void cancel_unpaid(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_both(&b);
	test_act_as(&b.m, "member:ref:anna-owner");
	TEST_REFUSED(&b.m, MARKET_EMISSING, "reason", "order.cancel", "{'order':'%s'}", b.order[0]);
	test_act_as(&b.m, "buyer:ref:carl");
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s'}", b.order[0]);
	CHECK_TEXT(test_out(&b.m, "close_reason"), "buyer_cancelled");
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "order.cancel", "{'order':'%s'}", b.order[0]);
	test_act_as(&b.m, "operator:test");
	CHECK_INT(bazaar_stock(&b, 0, "reserved"), 0);
	CHECK_INT(bazaar_stock(&b, 1, "reserved"), 1);
	CHECK_TEXT(bazaar_payment(&b, "state"), "created");
	test_act_as(&b.m, "member:ref:bela-owner");
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'sold_out'}", b.order[1]);
	CHECK_TEXT(test_out(&b.m, "close_reason"), "seller_cancelled");
	test_act_as(&b.m, "operator:test");
	CHECK_TEXT(bazaar_payment(&b, "state"), "closed");
	bazaar_end(&b);
}

static void cancel_paid(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_both(&b);
	bazaar_charge(&b, "card");
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'broken'}", b.order[0]);
	CHECK_TEXT(test_out(&b.m, "close_reason"), "operator_cancelled");
	CHECK_TEXT(test_out(&b.m, "in_flight"), "399.80");
	CHECK_INT(bazaar_stock(&b, 0, "sold"), 0);
	CHECK_TEXT(bazaar_order_balance(&b, 0, "escrow"), "399.80");
	test_work(&b.m);
	CHECK_TEXT(bazaar_order(&b, 0, "refunded_cash"), "399.80");
	CHECK_TEXT(bazaar_order(&b, 0, "escrow"), "settled");
	CHECK_TEXT(bazaar_order_balance(&b, 0, "escrow"), "0.00");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "0.00");
	CHECK_INT(bazaar_stock(&b, 0, "available"), 100);
	CHECK_TEXT(bazaar_order(&b, 1, "state"), "wait_ship");
	CHECK_INT(bazaar_events(&b, "order.closed"), 1);
	bazaar_end(&b);
}

static void cancel_whole_discount(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	CHECK_INT(bazaar_place(&b,
	                       "'items':[{'sku':'%s','quantity':1}],'discounts':[{'funder':'platform',"
	                       "'amount':{'amount':'39.90','currency':'BRL'}}]",
	                       b.sku[1]),
	          0);
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'broken'}", b.order[1]);
	CHECK_TEXT(test_out(&b.m, "state"), "closed");
	CHECK_TEXT(test_out(&b.m, "close_reason"), "operator_cancelled");
	CHECK_TEXT(bazaar_order_balance(&b, 1, "escrow"), "0.00");
	CHECK_TEXT(bazaar_balance(&b, 1, "promo_funding"), "0.00");
	CHECK_INT(bazaar_stock(&b, 1, "available"), 100);
	CHECK_INT(bazaar_events(&b, "order.closed"), 1);
	bazaar_end(&b);
}

static void unshipped_is_cancelled(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_charge(&b, "card");
	test_advance(&b.m, 14 * MK_DAY - 1);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_ship");
	test_advance(&b.m, 1);
	CHECK_TEXT(bazaar_order(&b, 0, "close_reason"), "unshipped");
	CHECK_TEXT(bazaar_order(&b, 0, "refunded_cash"), "199.90");
	CHECK_INT(bazaar_stock(&b, 0, "available"), 100);
	bazaar_end(&b);
}

/* One of three is refunded before shipping: two go, and one is in stock again. */
static void refunded_before_shipping(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	CHECK_INT(bazaar_place(&b, "'items':[{'sku':'%s','quantity':3}]", b.sku[1]), 0);
	bazaar_charge(&b, "card");
	TEST_CALL(&b.m, "refund.create",
	          "{'order':'%s','items':[{'line':'%s','quantity':1}],'reason':'changed_mind'}",
	          b.order[1], b.line[1]);
	TEST_REFUSED(&b.m, MARKET_EFROZEN, NULL, "order.ship", "{'order':'%s'}", b.order[1]);
	TEST_REFUSED(&b.m, MARKET_EFROZEN, NULL, "order.cancel", "{'order':'%s','reason':'x'}",
	             b.order[1]);
	test_work(&b.m);
	TEST_REFUSED(&b.m, MARKET_EINVALID, "items[0].quantity", "order.ship",
	             "{'order':'%s','items':[{'line':'%s','quantity':3}]}", b.order[1], b.line[1]);
	TEST_CALL(&b.m, "order.ship", "{'order':'%s'}", b.order[1]);
	CHECK_TEXT(test_out(&b.m, "state"), "wait_confirm");
	CHECK_TEXT(test_out(&b.m, "lines.0.shipped_quantity"), "2");
	CHECK_INT(bazaar_stock(&b, 1, "sold"), 2);
	CHECK_INT(bazaar_stock(&b, 1, "available"), 98);
	bazaar_end(&b);
}

static void freezing_keeps_the_rest(void)
{
	mk_ctx ctx = {.now = 1000};
	mk_order order = {.order = {.state = MARKET_ORDER_WAIT_CONFIRM, .confirm_at = 1500}};

	mk_order_freeze(&ctx, &order, "refund");
	mk_order_freeze(&ctx, &order, "dispute");
	CHECK_INT(order.order.freezes, 2);
	CHECK_INT(order.order.confirm_at, 0);
	CHECK_INT(order.confirm_left, 500);
	CHECK_TEXT(order.freeze_reason, "refund");
	ctx.now = 9000;
	mk_order_unfreeze(&ctx, &order);
	CHECK_INT(order.order.confirm_at, 0);
	mk_order_unfreeze(&ctx, &order);
	CHECK_INT(order.order.confirm_at, 9500);
	CHECK_INT(order.confirm_left, 0);
	mk_order_unfreeze(&ctx, &order);
	CHECK_INT(order.order.freezes, 0);
	/* due at the very moment: it still runs again */
	order.order.release_at = ctx.now;
	mk_order_freeze(&ctx, &order, "refund");
	CHECK_INT(order.release_left, 1);
	mk_order_unfreeze(&ctx, &order);
	CHECK_INT(order.order.release_at, 0);
	CHECK_INT(order.release_left, 0);
	/* only what is held is ever released */
	order.order.escrow = MARKET_ESCROW_HELD;
	order.order.release_at = ctx.now;
	mk_order_freeze(&ctx, &order, "refund");
	mk_order_unfreeze(&ctx, &order);
	CHECK_INT(order.order.release_at, 9001);
}

/* Two processes read the same deadline; the slower one must not put off what follows it. */
static void late_worker_postpones_nothing(void)
{
	bazaar b;
	mk_deadline read = {.operation = "order.auto_confirm"};
	market_error err;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_pay(&b);
	TEST_CALL(&b.m, "order.ship", "{'order':'%s'}", b.order[0]);
	CU_ASSERT_TRUE(market_id_parse(MARKET_ID_ORDER, b.order[0], &read.id));
	read.due_at = b.m.now += 10 * MK_DAY;
	CHECK_INT(market_work(b.m.session, 1, NULL, &err), 1);
	CHECK_OK(mk_connection_take(b.m.session, &err));
	CHECK_OK(mk_run_deadline(b.m.session, &read, &err));
	mk_connection_give(b.m.session);
	CHECK_INT(test_work(&b.m), 1);
	CHECK_TEXT(bazaar_order(&b, 0, "escrow"), "settled");
	bazaar_end(&b);
}

void suite_order_life(void);
void suite_order_life(void)
{
	CU_pSuite s = test_suite_on_store("order_life");

	CU_add_test(s, "ORD-4: unpaid after 30 minutes, to the millisecond", unpaid_closes);
	CU_add_test(s, "ORD-4: an overdue timer comes before the call", unpaid_closes_before_call);
	CU_add_test(s, "ORD-2: one parcel for the whole order", whole_parcel);
	CU_add_test(s, "ORD-2: several parcels by line and quantity", partial_parcels);
	CU_add_test(s, "ORD-2: who confirms has received every parcel", receives_all_by_confirming);
	CU_add_test(s, "CAT-7: units that weren't shipped are free again once",
	            unshipped_stock_comes_back_once);
	CU_add_test(s, "ORD-4: confirms itself after 10 days, to the millisecond", confirms_itself);
	CU_add_test(s, "ORD-4: not before 3 days after delivery", delivery_puts_confirmation_off);
	CU_add_test(s, "ORD-4: an early delivery shortens nothing", early_delivery_changes_nothing);
	CU_add_test(s, "ORD-4: without proof the carrier has until its limit", carrier_without_proof);
	CU_add_test(s, "ESC-4: the buyer confirms and the release is due", buyer_confirms);
	CU_add_test(s, "ORD-4: extensions of buyer and seller", extensions);
	CU_add_test(s, "ORD-7: unpaid orders are cancelled at once", cancel_unpaid);
	CU_add_test(s, "ORD-7: a paid order is cancelled and refunded whole", cancel_paid);
	CU_add_test(s, "ORD-7, PRO-1: a wholly discounted order is cancelled", cancel_whole_discount);
	CU_add_test(s, "ORD-4: unshipped after 14 days, to the millisecond", unshipped_is_cancelled);
	CU_add_test(s, "CAT-7: what is refunded before shipping isn't shipped",
	            refunded_before_shipping);
	CU_add_test(s, "ESC-3: freezes count and keep what remains", freezing_keeps_the_rest);
	CU_add_test(s, "a deadline read twice is done once and what follows isn't put off",
	            late_worker_postpones_nothing);
}
