#include "tests/unit/order_fixture.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/policy.h"
#include "tests/scenarios/ways.h"

static void keep(bazaar *b, const char *path, char out[40])
{
	snprintf(out, 40, "%s", test_out(&b->m, path));
}

static void open_seller(bazaar *b, int index, const char *type, const char *name, const char *price)
{
	test_market *m = &b->m;
	char product[40], warehouse[40];

	TEST_CALL(m, "seller.apply",
	          "{'name':'%s','ref':'%s','owner_ref':'%s-owner','store_type':'%s','country':'BR',"
	          "'currency':'%s','owner_name':'%s'}",
	          name, name, name, type, b->currency, name);
	keep(b, "id", b->seller[index]);
	TEST_CALL(m, "seller.approve", "{'seller':'%s','waiver':'known'}", b->seller[index]);
	TEST_CALL(m, "product.create", "{'category':'ref:goods','title':'a thing of %s'}", name);
	keep(b, "id", product);
	TEST_CALL(m, "product.publish", "{'product':'%s'}", product);
	TEST_CALL(m, "offer.create",
	          "{'seller':'%s','product':'%s','skus':[{'price':{'amount':'%s','currency':'%s'}}]}",
	          b->seller[index], product, price, b->currency);
	keep(b, "id", b->offer[index]);
	keep(b, "skus.0.id", b->sku[index]);
	TEST_CALL(m, "offer.activate", "{'offer':'%s'}", b->offer[index]);
	TEST_CALL(m, "warehouse.create", "{'seller':'%s','name':'main','country':'BR'}",
	          b->seller[index]);
	keep(b, "id", warehouse);
	TEST_CALL(m, "stock.set", "{'sku':'%s','warehouse':'%s','on_hand':100,'reason':'delivery'}",
	          b->sku[index], warehouse);
}

void bazaar_open(bazaar *b, const char *currency, const char *policy)
{
	bazaar_open_types(b, currency, policy, "individual", "individual");
}

void bazaar_open_types(bazaar *b, const char *currency, const char *policy, const char *first,
                       const char *second)
{
	memset(b, 0, sizeof(*b));
	b->currency = currency;
	test_market_open(&b->m, policy);
	TEST_CALL(&b->m, "category.create", "{'code':'goods','name':'goods'}");
	open_seller(b, 0, first, "anna", "199.90");
	open_seller(b, 1, second, "bela", "39.90");
	TEST_CALL(&b->m, "buyer.create", "{'name':'Carl','ref':'carl'}");
	keep(b, "id", b->buyer);
	TEST_CALL(&b->m, "address.create",
	          "{'buyer':'%s','name':'Carl','country':'BR','city':'Recife','street':'Rua 1'}",
	          b->buyer);
	keep(b, "id", b->address);
}

void bazaar_open_with(bazaar *b, const char *currency, const char *text, const char *other)
{
	const char *at = strstr(mk_policy_default, text);
	const size_t size = strlen(mk_policy_default) + strlen(other) + 1;
	char *policy = malloc(size);

	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	snprintf(policy, size, "%.*s%s%s", (int)(at - mk_policy_default), mk_policy_default, other,
	         at + strlen(text));
	bazaar_open(b, currency, policy);
	free(policy);
}

void bazaar_close(bazaar *b)
{
	test_market_close(&b->m);
}

void bazaar_check_deadlines(bazaar *b)
{
	char why[SCENARIO_WHY] = "";

	scenario_deadlines(b->m.market, why);
	CHECK_TEXT(why, "");
}

void bazaar_end(bazaar *b)
{
	test_act_as(&b->m, "operator:test");
	TEST_CALL(&b->m, "ledger.verify", "{}");
	CHECK_TEXT(test_out(&b->m, "result"), "self_consistent");
	bazaar_check_deadlines(b);
	bazaar_close(b);
}

int bazaar_place(bazaar *b, const char *format, ...)
{
	char rest[8000];
	va_list args;
	int rc;

	va_start(args, format);
	vsnprintf(rest, sizeof(rest), format, args);
	va_end(args);
	rc = test_call(&b->m, "order.place", "{'buyer':'%s','currency':'%s',%s}", b->buyer, b->currency,
	               rest);
	if (rc != 0)
		return rc;
	keep(b, "id", b->group);
	keep(b, "payment", b->payment);
	memset(b->order, 0, sizeof(b->order));
	memset(b->line, 0, sizeof(b->line));
	for (int i = 0; i < 2; i++) {
		char path[40];

		snprintf(path, sizeof(path), "orders.%d.seller", i);
		int seller = strcmp(test_out(&b->m, path), b->seller[1]) == 0;
		snprintf(path, sizeof(path), "orders.%d.id", i);
		if (!test_out(&b->m, path)[0])
			continue;
		keep(b, path, b->order[seller]);
		snprintf(path, sizeof(path), "orders.%d.lines.0.id", i);
		keep(b, path, b->line[seller]);
	}
	return 0;
}

void bazaar_place_one(bazaar *b)
{
	test_check_call(&b->m, bazaar_place(b, "'items':[{'sku':'%s','quantity':1}]", b->sku[0]), 0,
	                NULL, __FILE__, __LINE__);
}

void bazaar_place_both(bazaar *b)
{
	test_check_call(&b->m,
	                bazaar_place(b, "'items':[{'sku':'%s','quantity':2},{'sku':'%s','quantity':1}]",
	                             b->sku[0], b->sku[1]),
	                0, NULL, __FILE__, __LINE__);
}

int bazaar_notify(bazaar *b, const char *type, const char *payment, const char *amount)
{
	char body[600];

	snprintf(
		body, sizeof(body),
		"{\"event\":\"evt_%d\",\"type\":\"%s\",\"payment\":\"%s\",\"amount\":{\"amount\":\"%s\","
		"\"currency\":\"%s\"},\"reference\":\"ref_%s\"}",
		b->notices++, type, payment, amount, b->currency, payment);
	return bazaar_notify_body(b, body, b->m.now);
}

int bazaar_notify_body(bazaar *b, const char *body, market_time signed_at)
{
	json_t *params = json_object();
	char *signature = NULL, *text, *reply = NULL;
	int rc;

	rc = market_sandbox_sign(b->m.market, body, signed_at, &signature, &b->m.err);
	test_check_call(&b->m, rc, 0, NULL, __FILE__, __LINE__);
	json_object_set_new(params, "body", json_string(body));
	json_object_set_new(params, "signature", json_string(signature));
	text = json_dumps(params, JSON_COMPACT);
	rc = market_call(b->m.session, "payment.notify", text, &reply, &b->m.err);
	json_decref(b->m.out);
	b->m.out = rc == 0 ? json_loads(reply, JSON_DECODE_ANY, NULL) : NULL;
	market_text_free(reply);
	market_text_free(signature);
	free(text);
	json_decref(params);
	return rc;
}

void bazaar_pay(bazaar *b)
{
	char amount[40];

	snprintf(amount, sizeof(amount), "%s", bazaar_payment(b, "amount"));
	test_check_call(&b->m, bazaar_notify(b, "captured", b->payment, amount), 0, NULL, __FILE__,
	                __LINE__);
	CHECK_TEXT(test_out(&b->m, "result"), "applied");
}

void bazaar_charge(bazaar *b, const char *method)
{
	TEST_CALL(&b->m, "payment.start", "{'payment':'%s','method':'%s'}", b->payment, method);
	test_work(&b->m);
}

int bazaar_deliver_notices(bazaar *b)
{
	market_payment_notify_params in = MARKET_PAYMENT_NOTIFY_PARAMS_INIT;
	char *body = NULL, *signature = NULL;
	int64_t number = 0;
	int n = 0;

	for (;;) {
		int rc = market_sandbox_next_notification(b->m.market, b->m.now, &number, &body, &signature,
		                                          &b->m.err);

		test_check_call(&b->m, rc, 0, NULL, __FILE__, __LINE__);
		if (rc != 0 || !body)
			return n;
		in.body = body;
		in.signature = signature;
		rc = market_payment_notify(b->m.session, &in, NULL, &b->m.err);
		test_check_call(&b->m, rc, 0, NULL, __FILE__, __LINE__);
		market_text_free(body);
		market_text_free(signature);
		rc = market_sandbox_acknowledge(b->m.market, number, &b->m.err);
		test_check_call(&b->m, rc, 0, NULL, __FILE__, __LINE__);
		n++;
	}
}

void bazaar_pass(bazaar *b, market_time span, market_time step)
{
	const market_time end = b->m.now + span;

	while (b->m.now < end) {
		test_advance(&b->m, end - b->m.now < step ? end - b->m.now : step);
		bazaar_deliver_notices(b);
		test_work(&b->m);
	}
}

static const char *lasting(const char *text)
{
	static char texts[8][256];
	static int next;
	char *own = texts[next++ % 8];

	snprintf(own, sizeof(texts[0]), "%s", text);
	return own;
}

const char *bazaar_order(bazaar *b, int index, const char *path)
{
	TEST_CALL(&b->m, "order.get", "{'order':'%s'}", b->order[index]);
	return lasting(test_out(&b->m, path));
}

const char *bazaar_payment(bazaar *b, const char *path)
{
	TEST_CALL(&b->m, "payment.get", "{'payment':'%s'}", b->payment);
	return lasting(test_out(&b->m, path));
}

const char *bazaar_balance(bazaar *b, int book, const char *account)
{
	char owner[80] = "";
	int rc;

	if (book >= 0)
		snprintf(owner, sizeof(owner), "'seller':'%s',", b->seller[book]);
	else if (book == -1)
		snprintf(owner, sizeof(owner), "'buyer':'%s',", b->buyer);
	rc = test_call(&b->m, "ledger.account.get", "{%s'name':'%s','currency':'%s'}", owner, account,
	               b->currency);
	return rc == 0 ? lasting(test_out(&b->m, "balance")) : "";
}

const char *bazaar_order_balance(bazaar *b, int index, const char *stem)
{
	char name[80];

	snprintf(name, sizeof(name), "%s:%s", stem, b->order[index]);
	return bazaar_balance(b, index, name);
}

int64_t bazaar_stock(bazaar *b, int index, const char *field)
{
	char path[60];

	TEST_CALL(&b->m, "stock.list", "{'sku':'%s'}", b->sku[index]);
	snprintf(path, sizeof(path), "items.0.%s", field);
	return strtoll(test_out(&b->m, path), NULL, 10);
}

int bazaar_events(bazaar *b, const char *type)
{
	char text[80];
	int n = 0;

	snprintf(text, sizeof(text), "\"type\":\"%s\"", type);
	TEST_CALL(&b->m, "event.list", "{'limit':1000}");
	for (size_t i = 0; i < json_array_size(json_object_get(b->m.out, "items")); i++) {
		json_t *entry = json_array_get(json_object_get(b->m.out, "items"), i);
		const char *at = json_string_value(json_object_get(entry, "events"));

		for (; at && (at = strstr(at, text)); at++)
			n++;
	}
	return n;
}
