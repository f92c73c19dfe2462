/* PAY-1, PAY-2, PAY-5: notifications, money that nobody asked for, settlement. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/payment/provider.h"
#include "libmarket/payment/sql.h"
#include "tests/unit/order_fixture.h"

static void captured_once(void)
{
	bazaar b;
	char first[40], before[65], after[65];

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_both(&b);
	bazaar_pay(&b);
	snprintf(first, sizeof(first), "%s", test_out(&b.m, "id"));
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	CHECK_TEXT(bazaar_payment(&b, "shares.1.captured"), "39.90");
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_ship");
	CHECK_TEXT(bazaar_order(&b, 0, "escrow"), "held");
	CHECK_TEXT(bazaar_order_balance(&b, 0, "escrow"), "399.80");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "399.80");
	CHECK_INT(bazaar_stock(&b, 0, "sold"), 2);
	CHECK_INT(bazaar_stock(&b, 0, "reserved"), 0);
	test_store_digest(&b.m, before);
	b.notices = 0;
	CHECK_INT(bazaar_notify(&b, "captured", b.payment, "439.70"), 0);
	CHECK_TEXT(test_out(&b.m, "id"), first);
	CHECK_TEXT(test_store_digest(&b.m, after), before);
	/* another event of the same money */
	CHECK_INT(bazaar_notify(&b, "captured", b.payment, "439.70"), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "known");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "399.80");
	bazaar_end(&b);
}

static void forged(void)
{
	bazaar b;
	char body[400], before[65], after[65], *signature = NULL;
	market_payment_notify_params in = MARKET_PAYMENT_NOTIFY_PARAMS_INIT;
	market_error err;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	snprintf(body, sizeof(body),
	         "{\"event\":\"e1\",\"type\":\"captured\",\"payment\":\"%s\","
	         "\"amount\":{\"amount\":\"199.90\","
	         "\"currency\":\"BRL\"}}",
	         b.payment);
	CHECK_OK(market_sandbox_sign(b.m.market, body, b.m.now, &signature, &err));
	test_store_digest(&b.m, before);
	in.body = body;
	in.signature = signature;
	body[strlen(body) - 20] ^= 1;
	CHECK_ERROR(market_payment_notify(b.m.session, &in, NULL, &err), MARKET_ESIGNATURE,
	            "signature");
	body[strlen(body) - 20] ^= 1;
	signature[strlen(signature) - 1] ^= 1;
	CHECK_ERROR(market_payment_notify(b.m.session, &in, NULL, &err), MARKET_ESIGNATURE,
	            "signature");
	signature[strlen(signature) - 1] ^= 1;
	signature[2] ^= 1; /* its time */
	CHECK_ERROR(market_payment_notify(b.m.session, &in, NULL, &err), MARKET_ESIGNATURE,
	            "signature");
	in.signature = "t=1,v1=";
	CHECK_ERROR(market_payment_notify(b.m.session, &in, NULL, &err), MARKET_ESIGNATURE,
	            "signature");
	in.signature = "";
	CHECK_ERROR(market_payment_notify(b.m.session, &in, NULL, &err), MARKET_ELIMIT, "signature");
	in.signature = signature;
	in.provider = "nobody";
	CHECK_ERROR(market_payment_notify(b.m.session, &in, NULL, &err), MARKET_EPROVIDER, "provider");
	CHECK_TEXT(test_store_digest(&b.m, after), before);
	market_text_free(signature);
	bazaar_end(&b);
}

static void tolerance(void)
{
	static const char body[] = "{\"event\":\"%s\",\"type\":\"failed\",\"payment\":\"pay_1\"}";
	char text[100];
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	snprintf(text, sizeof(text), body, "a");
	CHECK_INT(bazaar_notify_body(&b, text, b.m.now - 5 * MK_MINUTE), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "unmatched");
	snprintf(text, sizeof(text), body, "b");
	CHECK_INT(bazaar_notify_body(&b, text, b.m.now - 5 * MK_MINUTE - 1), MARKET_EEXPIRED);
	CHECK_INT(bazaar_notify_body(&b, text, b.m.now + 5 * MK_MINUTE + 1), MARKET_EEXPIRED);
	CHECK_INT(bazaar_notify_body(&b, text, b.m.now + 5 * MK_MINUTE), 0);
	bazaar_end(&b);
}

static void malformed_bodies(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	CHECK_INT(bazaar_notify_body(&b, "{", b.m.now), MARKET_ESYNTAX);
	CHECK_INT(bazaar_notify_body(&b, "{\"type\":\"captured\"}", b.m.now), MARKET_EMISSING);
	CHECK_TEXT(b.m.err.field, "body.event");
	CHECK_INT(bazaar_notify_body(&b, "{\"event\":\"e\",\"type\":\"eaten\"}", b.m.now),
	          MARKET_EINVALID);
	CHECK_TEXT(b.m.err.field, "body.type");
	CHECK_INT(bazaar_notify_body(&b, "{\"event\":\"e\",\"type\":\"captured\",\"x\":1}", b.m.now),
	          MARKET_EUNKNOWNFIELD);
	bazaar_end(&b);
}

/* It would be stored as known, and the money of an order that is closed as unpaid forgotten. */
static void captured_without_amount(void)
{
	bazaar b;
	char body[300];

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	snprintf(body, sizeof(body), "{\"event\":\"e\",\"type\":\"captured\",\"payment\":\"%s\"}",
	         b.payment);
	CHECK_INT(bazaar_notify_body(&b, body, b.m.now), MARKET_EINVALID);
	CHECK_TEXT(b.m.err.field, "body");
	CHECK_INT(bazaar_notify(&b, "captured", b.payment, "199.90"), 0);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_ship");
	bazaar_end(&b);
}

static void anybody_may_notify(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	test_act_as(&b.m, "anonymous");
	CHECK_INT(bazaar_notify(&b, "captured", b.payment, "199.90"), 0);
	test_act_as(&b.m, "operator:test");
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_ship");
	bazaar_end(&b);
}

static void unmatched_is_kept(void)
{
	bazaar b;
	char first[40];

	bazaar_open(&b, "BRL", NULL);
	CHECK_INT(bazaar_notify(&b, "captured", "pay_1", "10.00"), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "unmatched");
	snprintf(first, sizeof(first), "%s", test_out(&b.m, "id"));
	b.notices = 0;
	CHECK_INT(bazaar_notify(&b, "captured", "pay_1", "10.00"), 0);
	CHECK_TEXT(test_out(&b.m, "id"), first);
	CHECK_INT(
		bazaar_notify_body(&b, "{\"event\":\"r\",\"type\":\"refunded\",\"key\":\"refund:rfd_1:1\"}",
	                       b.m.now),
		0);
	CHECK_TEXT(test_out(&b.m, "result"), "unmatched");
	CHECK_INT(bazaar_events(&b, "notification.unmatched"), 2);
	bazaar_end(&b);
}

static int verify_by_hand(const char *body, size_t size, const char *signature, market_time now,
                          market_time tolerance, market_provider_event *event, void *user_data,
                          market_error *err)
{
	(void)body, (void)size, (void)signature, (void)now, (void)tolerance, (void)err;
	*event = *(const market_provider_event *)user_data;
	return 0;
}

static int answer_nothing(const market_provider_request *request, market_provider_answer *answer,
                          void *user_data, market_error *err)
{
	(void)request, (void)user_data, (void)err;
	answer->result = MARKET_PROVIDER_UNKNOWN;
	return 0;
}

static void another_providers_word(void)
{
	market_provider_event event = {.size = sizeof(event), .amount = mk_money(19990, "BRL")};
	market_payment_provider other = {.size = sizeof(other),
	                                 .name = "other",
	                                 .user_data = &event,
	                                 .send = answer_nothing,
	                                 .query = answer_nothing,
	                                 .verify = verify_by_hand};
	market_error err;
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	CHECK_OK(market_provider_register(b.m.market, &other, &err));
	bazaar_place_one(&b);
	event.type = MARKET_EVENT_CAPTURED;
	snprintf(event.event, sizeof(event.event), "one");
	snprintf(event.payment, sizeof(event.payment), "%.35s", b.payment);
	TEST_CALL(&b.m, "payment.notify", "{'provider':'other','body':'x','signature':'x'}");
	CHECK_TEXT(test_out(&b.m, "result"), "unmatched");
	CHECK_TEXT(test_out(&b.m, "payment"), "");
	CHECK_TEXT(bazaar_payment(&b, "state"), "created");
	/* nor is a refund that it wasn't asked for reported by it */
	bazaar_charge(&b, "card:refund_unknown");
	TEST_CALL(&b.m, "refund.create", "{'order':'%s','reason':'changed_mind'}", b.order[0]);
	event.type = MARKET_EVENT_REFUNDED;
	event.payment[0] = '\0';
	snprintf(event.event, sizeof(event.event), "two");
	snprintf(event.key, sizeof(event.key), "refund:%s:1", test_out(&b.m, "id"));
	TEST_CALL(&b.m, "payment.notify", "{'provider':'other','body':'x','signature':'x'}");
	CHECK_TEXT(test_out(&b.m, "result"), "unmatched");
	bazaar_close(&b);
}

static void wrong_amount(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	CHECK_INT(bazaar_notify(&b, "captured", b.payment, "199.89"), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "mismatched");
	CHECK_TEXT(test_out(&b.m, "suspense"), "199.89");
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_pay");
	CHECK_TEXT(bazaar_payment(&b, "state"), "failed");
	CHECK_TEXT(bazaar_balance(&b, -1, "psp_clearing"), "199.89");
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "-199.89");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "");
	TEST_CALL(&b.m, "payment.return", "{'payment':'%s'}", b.payment);
	TEST_REFUSED(&b.m, MARKET_EINFLIGHT, NULL, "payment.return", "{'payment':'%s'}", b.payment);
	test_work(&b.m);
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "0.00");
	CHECK_TEXT(bazaar_balance(&b, -1, "psp_clearing"), "0.00");
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "payment.return", "{'payment':'%s'}", b.payment);
	bazaar_end(&b);
}

static void wrong_currency(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	b.currency = "USD";
	CHECK_INT(bazaar_notify(&b, "captured", b.payment, "199.90"), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "mismatched");
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "-199.90");
	b.currency = "BRL";
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "");
	/* the right money is still taken */
	CHECK_INT(
		bazaar_notify_body(
			&b,
			"{\"event\":\"z\",\"type\":\"captured\",\"payment\":\"pay_1\",\"amount\":{\"amount\":"
			"\"1.00\",\"currency\":\"BRL\"}}",
			b.m.now),
		0);
	bazaar_pay(&b);
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_ship");
	bazaar_end(&b);
}

static void captured_twice(void)
{
	bazaar b;
	char body[400];

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_pay(&b);
	snprintf(body, sizeof(body),
	         "{\"event\":\"second\",\"type\":\"captured\",\"payment\":\"%s\","
	         "\"amount\":{\"amount\":\"199.90\","
	         "\"currency\":\"BRL\"},\"reference\":\"another\"}",
	         b.payment);
	CHECK_INT(bazaar_notify_body(&b, body, b.m.now), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "mismatched");
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "-199.90");
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "199.90");
	bazaar_end(&b);
}

/* The provider said that the first attempt failed, and captures it after all while the second waits
 * to be sent. */
static void captured_while_another_waits(void)
{
	bazaar b;
	char body[400];

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_charge(&b, "card:failed");
	CHECK_TEXT(bazaar_payment(&b, "state"), "failed");
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'card'}", b.payment);
	snprintf(body, sizeof(body),
	         "{\"event\":\"late\",\"type\":\"captured\",\"payment\":\"%s\","
	         "\"key\":\"charge:%s:1\",\"amount\":{\"amount\":\"199.90\","
	         "\"currency\":\"BRL\"},\"reference\":\"first\"}",
	         b.payment, b.payment);
	CHECK_INT(bazaar_notify_body(&b, body, b.m.now), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "applied");
	test_work(&b.m);
	bazaar_deliver_notices(&b);
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_ship");
	/* nobody is asked for the money twice */
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "");
	bazaar_end(&b);
}

/* Notifies `event` of `amount` of the last payment, by a reference. */
static int tell(bazaar *b, const char *event, const char *type, const char *amount,
                const char *reference)
{
	char body[700];

	snprintf(body, sizeof(body),
	         "{\"event\":\"%s\",\"type\":\"%s\",\"payment\":\"%s\",\"amount\":"
	         "{\"amount\":\"%s\",\"currency\":\"BRL\"},\"reference\":\"%s\"}",
	         event, type, b->payment, amount, reference);
	return bazaar_notify_body(b, body, b->m.now);
}

static void one_reference_several_amounts(void)
{
	bazaar b;
	char long_one[100], other[100];

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	CHECK_INT(tell(&b, "a", "captured", "10.00", "ref"), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "mismatched");
	CHECK_INT(tell(&b, "b", "captured", "20.00", "ref"), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "mismatched");
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "-30.00");
	/* the same money told again */
	CHECK_INT(tell(&b, "c", "captured", "20.00", "ref"), 0);
	CHECK_TEXT(test_out(&b.m, "suspense"), "0.00");
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "-30.00");
	/* alike in their first 90 characters */
	memset(long_one, 'x', 90);
	memcpy(long_one + 90, "1", 2);
	memcpy(other, long_one, sizeof(other));
	other[90] = '2';
	CHECK_INT(tell(&b, "d", "captured", "5.00", long_one), 0);
	CHECK_INT(tell(&b, "e", "captured", "5.00", other), 0);
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "-40.00");
	TEST_CALL(&b.m, "payment.return", "{'payment':'%s'}", b.payment);
	test_work(&b.m);
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "0.00");
	/* it isn't forgotten when it has gone back */
	CHECK_INT(tell(&b, "f", "captured", "20.00", "ref"), 0);
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "0.00");
	bazaar_end(&b);
}

static void late_money(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_both(&b);
	test_advance(&b.m, MK_HOUR);
	CHECK_TEXT(bazaar_payment(&b, "state"), "closed");
	CHECK_INT(bazaar_notify(&b, "captured", b.payment, "439.70"), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "late");
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "closed");
	CHECK_TEXT(bazaar_order_balance(&b, 0, "buyer_payable"), "399.80");
	CHECK_TEXT(bazaar_order_balance(&b, 0, "escrow"), "");
	CHECK_TEXT(bazaar_payment(&b, "shares.0.payable"), "399.80");
	CHECK_TEXT(bazaar_payment(&b, "shares.0.captured"), "0.00");
	test_work(&b.m);
	CHECK_TEXT(bazaar_order_balance(&b, 0, "buyer_payable"), "0.00");
	CHECK_TEXT(bazaar_order_balance(&b, 1, "buyer_payable"), "0.00");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "0.00");
	CHECK_TEXT(bazaar_payment(&b, "shares.0.returned"), "399.80");
	CHECK_INT(bazaar_events(&b, "payment.returned"), 2);
	CHECK_INT(bazaar_stock(&b, 0, "available"), 100);
	bazaar_end(&b);
}

static void partly_late_money(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_both(&b);
	TEST_CALL(&b.m, "order.cancel", "{'order':'%s','reason':'x'}", b.order[0]);
	CHECK_INT(bazaar_notify(&b, "captured", b.payment, "439.70"), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "late");
	CHECK_TEXT(bazaar_order(&b, 1, "state"), "wait_ship");
	CHECK_TEXT(bazaar_order_balance(&b, 1, "escrow"), "39.90");
	CHECK_TEXT(bazaar_order_balance(&b, 0, "buyer_payable"), "399.80");
	bazaar_end(&b);
}

static void settled(void)
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
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "payment.settle", "{'payment':'%s'}", b.payment);
	bazaar_pay(&b);
	TEST_REFUSED(&b.m, MARKET_ECURRENCY, "fee", "payment.settle",
	             "{'payment':'%s','fee':{'amount':'1.74','currency':'USD'}}", b.payment);
	TEST_CALL(&b.m, "payment.settle",
	          "{'payment':'%s','fee':{'amount':'1.74','currency':'CNY'},'reference':'file 7'}",
	          b.payment);
	CHECK_TEXT(test_out(&b.m, "fee"), "1.74");
	CHECK_TEXT(test_out(&b.m, "shares.0.fee"), "1.07");
	CHECK_TEXT(test_out(&b.m, "shares.1.fee"), "0.67");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "0.00");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_fee"), "1.07");
	CHECK_TEXT(bazaar_balance(&b, 0, "interbook:0"), "176.82");
	CHECK_TEXT(bazaar_balance(&b, 1, "interbook:0"), "111.04");
	CHECK_TEXT(bazaar_balance(&b, -2, "bank"), "");
	test_work(&b.m);
	CHECK_TEXT(bazaar_balance(&b, -2, "bank"), "287.86");
	TEST_REFUSED(&b.m, MARKET_ESTATE, NULL, "payment.settle", "{'payment':'%s'}", b.payment);
	bazaar_end(&b);
}

static void settled_by_notification(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_charge(&b, "card");
	bazaar_pass(&b, MK_DAY, 6 * MK_HOUR);
	CHECK_TEXT(bazaar_payment(&b, "fee"), "1.20");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "0.00");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_fee"), "1.20");
	CHECK_TEXT(bazaar_balance(&b, -2, "bank"), "198.70");
	bazaar_end(&b);
}

static void settled_before_captured(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	CHECK_INT(tell(&b, "s", "settled", "199.90", "payout 7"), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "applied");
	CHECK_TEXT(bazaar_payment(&b, "reference"), "");
	CHECK_TEXT(bazaar_order(&b, 0, "state"), "wait_ship");
	CHECK_TEXT(bazaar_order_balance(&b, 0, "escrow"), "199.90");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "0.00");
	/* which money it was is told now */
	CHECK_INT(tell(&b, "c", "captured", "199.90", "charge 1"), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "applied");
	CHECK_TEXT(bazaar_payment(&b, "reference"), "charge 1");
	CHECK_INT(tell(&b, "d", "captured", "199.90", "charge 1"), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "known");
	CHECK_TEXT(bazaar_balance(&b, 0, "psp_clearing"), "0.00");
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "");
	CHECK_INT(tell(&b, "e", "captured", "199.90", "charge 2"), 0);
	CHECK_TEXT(test_out(&b.m, "result"), "mismatched");
	bazaar_end(&b);
}

/* The charge's answer is late, and not mistaken for other money. */
static void settled_keeps_the_reference(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_charge(&b, "card:unknown");
	CHECK_INT(tell(&b, "s", "settled", "199.90", "payout 7"), 0);
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	test_advance(&b.m, MK_MINUTE);
	CU_ASSERT_PTR_NOT_NULL(strstr(bazaar_payment(&b, "reference"), "sb_charge:"));
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "");
	bazaar_pass(&b, 2 * MK_HOUR, MK_HOUR);
	CHECK_TEXT(bazaar_balance(&b, -1, "suspense"), "");
	bazaar_end(&b);
}

static void buyers_see_no_provider_fees(void)
{
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_pay(&b);
	TEST_CALL(&b.m, "payment.settle", "{'payment':'%s','fee':{'amount':'1.00','currency':'BRL'}}",
	          b.payment);
	test_act_as(&b.m, "buyer:ref:carl");
	CHECK_TEXT(bazaar_payment(&b, "amount"), "199.90");
	CHECK_TEXT(bazaar_payment(&b, "fee"), "");
	CHECK_TEXT(bazaar_payment(&b, "shares.0.fee"), "");
	TEST_CALL(&b.m, "payment.list", "{'group':'%s'}", b.group);
	CHECK_TEXT(test_out(&b.m, "items.0.fee"), "");
	TEST_REFUSED(&b.m, MARKET_EDENIED, NULL, "payment.return", "{'payment':'%s'}", b.payment);
	test_act_as(&b.m, "member:ref:anna-owner");
	TEST_REFUSED(&b.m, MARKET_ENOTFOUND, "payment", "payment.get", "{'payment':'%s'}", b.payment);
	bazaar_end(&b);
}

/* ---- rows ---- */

static int64_t rows_written;

static void count_rows(const mk_trace *trace, void *user_data)
{
	(void)user_data;
	if (trace->write && trace->rows > 0)
		rows_written += trace->rows;
}

static int64_t rows_of(int64_t *before)
{
	int64_t rows = rows_written - *before;

	*before = rows_written;
	return rows;
}

static void row_budget(void)
{
	bazaar b;
	int64_t mark = 0, rows;

	bazaar_open(&b, "BRL", NULL);
	/* the seller's account of the provider exists after the first order */
	CHECK_INT(bazaar_place(&b, "'items':[{'sku':'%s','quantity':1}]", b.sku[0]), 0);
	bazaar_pay(&b);
	TEST_CALL(&b.m, "warehouse.create", "{'seller':'%s','name':'second','country':'BR'}",
	          b.seller[0]);
	TEST_CALL(&b.m, "stock.set", "{'sku':'%s','warehouse':'%s','on_hand':5,'reason':'x'}", b.sku[0],
	          test_out(&b.m, "id"));
	rows_written = 0;
	mk_store_set_trace(b.m.market->store, count_rows, NULL);
	/* 98 are left in the first warehouse: two lines take both stock rows */
	CHECK_INT(
		bazaar_place(&b, "'items':[{'sku':'%s','quantity':98},{'sku':'%s','quantity':2}],'key':'a'",
	                 b.sku[0], b.sku[0]),
		0);
	rows = rows_of(&mark);
	/* where writers overlap the seller's row is written, too: CAT-6 */
	CHECK_INT(rows, test_on_postgres() ? 11 : 10);
	test_act_as(&b.m, "anonymous");
	CHECK_INT(bazaar_notify(&b, "captured", b.payment, "19990.00"), 0);
	rows = rows_of(&mark);
	CU_ASSERT_TRUE(rows <= 15);
	CHECK_TEXT(test_out(&b.m, "result"), "applied");
	test_act_as(&b.m, "member:ref:anna-owner");
	TEST_CALL(&b.m, "order.ship", "{'order':'%s','key':'s'}", b.order[0]);
	CHECK_INT(rows_of(&mark), 4);
	test_act_as(&b.m, "buyer:ref:carl");
	TEST_CALL(&b.m, "order.confirm", "{'order':'%s','key':'c'}", b.order[0]);
	CHECK_INT(rows_of(&mark), 3);
	mk_store_set_trace(b.m.market->store, NULL, NULL);
	bazaar_end(&b);
}

void suite_payment(void);
void suite_payment(void)
{
	CU_pSuite s = test_suite_on_store("payment");

	CU_add_test(s, "PAY-1: captured, once, whatever comes again", captured_once);
	CU_add_test(s, "PAY-1: forged notifications write nothing", forged);
	CU_add_test(s, "PAY-1: five minutes' tolerance, to the millisecond", tolerance);
	CU_add_test(s, "PAY-1: malformed bodies name the field", malformed_bodies);
	CU_add_test(s, "PAY-2: captured without an amount is refused", captured_without_amount);
	CU_add_test(s, "PAY-1: the signature counts, not the actor", anybody_may_notify);
	CU_add_test(s, "PAY-1: what names nothing known is kept", unmatched_is_kept);
	CU_add_test(s, "PAY-1: a provider speaks of its own payments alone", another_providers_word);
	CU_add_test(s, "PAY-2: a wrong amount captures nothing and goes back", wrong_amount);
	CU_add_test(s, "PAY-2: a wrong currency captures nothing", wrong_currency);
	CU_add_test(s, "PAY-2: captured twice", captured_twice);
	CU_add_test(s, "PAY-3: an attempt that waits isn't sent once another has captured",
	            captured_while_another_waits);
	CU_add_test(s, "PAY-2: one reference, several amounts; long references",
	            one_reference_several_amounts);
	CU_add_test(s, "PAY-2: money for a closed order goes back by itself", late_money);
	CU_add_test(s, "PAY-2, ORD-3: money for two orders of which one is closed", partly_late_money);
	CU_add_test(s, "PAY-5: the provider's fee over the shares, example 1", settled);
	CU_add_test(s, "PAY-5, LED-9: settled by notification, the bank has it",
	            settled_by_notification);
	CU_add_test(s, "PAY-1: settled before captured", settled_before_captured);
	CU_add_test(s, "PAY-1: a settlement's reference isn't the payment's",
	            settled_keeps_the_reference);
	CU_add_test(s, "buyers don't see the provider's fee", buyers_see_no_provider_fees);
	CU_add_test(s, "row budget: place 10, pay 15, ship 4, confirm 3", row_budget);
}
