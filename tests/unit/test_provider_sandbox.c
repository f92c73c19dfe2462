/* PAY-1, PAY-3: the sandbox, and providers that aren't registered. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libmarket/engine/market.h"
#include "libmarket/payment/provider.h"
#include "tests/unit/order_fixture.h"

static void sandbox_remembers(void)
{
	bazaar b;
	market_provider_request asked = {.size = sizeof(asked),
	                                 .kind = MARKET_REQUEST_CHARGE,
	                                 .key = "charge:pay_1:1",
	                                 .object = "pay_1",
	                                 .target = "card",
	                                 .now = TEST_START};
	market_provider_answer answer = {.size = sizeof(answer)}, again = {.size = sizeof(again)};
	const market_payment_provider *sandbox;
	char *body = NULL, *signature = NULL;
	int64_t number = 0;
	market_error err;

	bazaar_open(&b, "BRL", NULL);
	asked.amount = mk_money(1000, "BRL");
	sandbox = mk_provider_find(b.m.market, "sandbox");
	CU_ASSERT_PTR_NOT_NULL_FATAL(sandbox);
	CHECK_OK(sandbox->query(&asked, &answer, sandbox->user_data, &err));
	CHECK_INT(answer.result, MARKET_PROVIDER_FAILED);
	CHECK_OK(sandbox->send(&asked, &answer, sandbox->user_data, &err));
	CHECK_INT(answer.result, MARKET_PROVIDER_OK);
	test_market_reopen(&b.m);
	sandbox = mk_provider_find(b.m.market, "sandbox");
	asked.target = "card:declined"; /* the key decides, not what comes with it */
	CHECK_OK(sandbox->send(&asked, &again, sandbox->user_data, &err));
	CHECK_INT(again.result, MARKET_PROVIDER_OK);
	CHECK_TEXT(again.reference, answer.reference);
	CHECK_OK(sandbox->query(&asked, &again, sandbox->user_data, &err));
	CHECK_INT(again.result, MARKET_PROVIDER_OK);
	CHECK_OK(
		market_sandbox_next_notification(b.m.market, b.m.now, &number, &body, &signature, &err));
	CU_ASSERT_PTR_NOT_NULL_FATAL(body);
	CU_ASSERT_PTR_NOT_NULL(strstr(body, "\"type\":\"captured\""));
	market_text_free(body);
	market_text_free(signature);
	CHECK_OK(market_sandbox_acknowledge(b.m.market, number, &err));
	CHECK_OK(
		market_sandbox_next_notification(b.m.market, b.m.now, &number, &body, &signature, &err));
	CU_ASSERT_PTR_NULL(body);
	bazaar_end(&b);
}

/* How many rows the journal has. */
static int64_t journal_rows(bazaar *b)
{
	static const mk_statement count = {
		.name = "test_count_journal",
		.sql = "SELECT count(*) AS number FROM journal",
	};
	market_error err;
	mk_arena arena;
	void *row = NULL;
	int64_t rows;

	mk_arena_init(&arena, &mk_allocator_default);
	CHECK_OK(mk_store_begin(b->m.market->store, false, &err));
	CHECK_OK(mk_store_get(b->m.market->store, &arena, &count, &mk_number_record, MK_NO_ARGS, &row,
	                      &err));
	mk_store_rollback(b->m.market->store);
	rows = row ? ((const mk_number *)row)->number : -1;
	mk_arena_close(&arena);
	return rows;
}

static void hand_over(bazaar *b, int64_t *number)
{
	market_payment_notify_params in = MARKET_PAYMENT_NOTIFY_PARAMS_INIT;
	char *body = NULL, *signature = NULL;
	market_error err;

	CHECK_OK(
		market_sandbox_next_notification(b->m.market, b->m.now, number, &body, &signature, &err));
	CU_ASSERT_PTR_NOT_NULL_FATAL(body);
	in.body = body;
	in.signature = signature;
	test_act_as(&b->m, "anonymous");
	CHECK_OK(market_payment_notify(b->m.session, &in, NULL, &err));
	test_act_as(&b->m, "operator:test");
	market_text_free(body);
	market_text_free(signature);
}

static void delivered_until_acknowledged(void)
{
	bazaar b;
	int64_t before, first = 0, second = 0;
	char digest[65], after[65];
	market_time due = 0;
	market_error err;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_charge(&b, "card");
	before = journal_rows(&b);
	hand_over(&b, &first);
	CHECK_INT(journal_rows(&b), before + 1);
	CU_ASSERT_FALSE(market_session_replayed(b.m.session));
	test_store_digest(&b.m, digest);
	/* whoever took it died before he said so */
	test_market_reopen(&b.m);
	b.m.now += MK_MINUTE;
	hand_over(&b, &second);
	CHECK_INT(second, first);
	CU_ASSERT_TRUE(market_session_replayed(b.m.session));
	CHECK_INT(journal_rows(&b), before + 1);
	CHECK_TEXT(test_store_digest(&b.m, after), digest);
	CHECK_OK(market_sandbox_next_due(b.m.market, &due, &err));
	CHECK_INT(due, TEST_START);
	CHECK_OK(market_sandbox_acknowledge(b.m.market, first, &err));
	CHECK_OK(market_sandbox_acknowledge(b.m.market, first, &err));
	CHECK_OK(market_sandbox_next_due(b.m.market, &due, &err));
	CHECK_INT(due, TEST_START + MK_DAY); /* it settles */
	CHECK_INT(bazaar_deliver_notices(&b), 0);
	bazaar_end(&b);
}

static void not_acknowledged_comes_in_order(void)
{
	bazaar b;
	int64_t first = 0, second = 0;
	market_error err;

	bazaar_open(&b, "BRL", NULL);
	bazaar_place_one(&b);
	bazaar_charge(&b, "card:duplicate");
	b.m.now += MK_MINUTE;
	hand_over(&b, &first);
	CHECK_OK(market_sandbox_acknowledge(b.m.market, first, &err));
	hand_over(&b, &second); /* the same event has a number of its own */
	CU_ASSERT_NOT_EQUAL(second, first);
	CHECK_OK(market_sandbox_acknowledge(b.m.market, second, &err));
	CHECK_INT(bazaar_deliver_notices(&b), 0);
	CHECK_ERROR(market_sandbox_next_notification(b.m.market, b.m.now, NULL, NULL, NULL, &err),
	            MARKET_EMISUSE, NULL);
	CHECK_ERROR(market_sandbox_acknowledge(NULL, first, &err), MARKET_EMISUSE, NULL);
	bazaar_end(&b);
}

static void not_named_not_there(void)
{
	bazaar b;
	char path[700], *body = NULL, *signature = NULL;
	int64_t number = 0;
	market_time due = 0;
	market_error err;

	bazaar_open_with(&b, "BRL", "provider: sandbox", "provider: till");
	CU_ASSERT_PTR_NULL(mk_provider_find(b.m.market, "sandbox"));
	CHECK_ERROR(
		market_sandbox_next_notification(b.m.market, b.m.now, &number, &body, &signature, &err),
		MARKET_EPROVIDER, NULL);
	CHECK_ERROR(market_sandbox_acknowledge(b.m.market, 1, &err), MARKET_EPROVIDER, NULL);
	CHECK_ERROR(market_sandbox_next_due(b.m.market, &due, &err), MARKET_EPROVIDER, NULL);
	CHECK_ERROR(market_sandbox_sign(b.m.market, "{}", b.m.now, &signature, &err), MARKET_EPROVIDER,
	            NULL);
	bazaar_place_one(&b);
	TEST_REFUSED(&b.m, MARKET_EPROVIDER, NULL, "payment.start", "{'payment':'%s','method':'card'}",
	             b.payment);
	CU_ASSERT_PTR_NOT_NULL(strstr(b.m.err.message, "till"));
	CU_ASSERT_PTR_NOT_NULL(strstr(b.m.err.hint, "market_provider_register"));
	TEST_REFUSED(&b.m, MARKET_EPROVIDER, "provider", "payment.notify",
	             "{'provider':'sandbox','body':'{}','signature':'x'}");
	TEST_REFUSED(&b.m, MARKET_EPROVIDER, "provider", "payment.notify",
	             "{'body':'{}','signature':'x'}");
	if (strncmp(b.m.url, "sqlite:", 7) == 0 && !strstr(b.m.url, ":memory:")) {
		snprintf(path, sizeof(path), "%.*s.sandbox", (int)strcspn(b.m.url + 7, "?"), b.m.url + 7);
		CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
	}
	CHECK_OK(market_sandbox_register(b.m.market, &err));
	CHECK_ERROR(market_sandbox_register(b.m.market, &err), MARKET_EEXISTS, NULL);
	CHECK_OK(market_sandbox_next_due(b.m.market, &due, &err));
	CHECK_INT(due, 0);
	bazaar_end(&b);
}

/* What was paid under an older policy is refunded by the same provider. */
static void an_older_policy_names_it(void)
{
	static const char *const change = "provider: sandbox";
	const char *at = strstr(mk_policy_default, change);
	static char text[1 << 16];
	json_t *params = json_object();
	char *json, *reply = NULL;
	bazaar b;

	bazaar_open(&b, "BRL", NULL);
	snprintf(text, sizeof(text), "%.*sprovider: till%s", (int)(at - mk_policy_default),
	         mk_policy_default, at + strlen(change));
	json_object_set_new(params, "text", json_string(text));
	json = json_dumps(params, JSON_COMPACT);
	test_check_call(&b.m, market_call(b.m.session, "policy.publish", json, &reply, &b.m.err), 0,
	                NULL, __FILE__, __LINE__);
	market_text_free(reply);
	free(json);
	json_decref(params);
	test_market_reopen(&b.m);
	CU_ASSERT_PTR_NOT_NULL(mk_provider_find(b.m.market, "sandbox"));
	bazaar_end(&b);
}

/* ---- a provider of one's own ---- */

static int own_send(const market_provider_request *request, market_provider_answer *answer,
                    void *user_data, market_error *err)
{
	int *calls = user_data;

	CU_ASSERT_STRING_EQUAL(request->target, "cash");
	if (++*calls == 1)
		return mk_error_set(err, MARKET_EIO, "the line is dead");
	answer->result = MARKET_PROVIDER_OK;
	return 0;
}

static int own_verify(const char *body, size_t size, const char *signature, market_time now,
                      market_time span, market_provider_event *event, void *user_data,
                      market_error *err)
{
	(void)signature, (void)now, (void)span, (void)user_data;
	if (size != 5 || strcmp(body, "hello") != 0)
		return mk_error_at(err, MARKET_ESYNTAX, "body", "not a greeting");
	event->type = 99;
	return 0;
}

static void own_provider(void)
{
	static const char *const name = "till";
	bazaar b;
	int calls = 0;
	market_payment_provider till = {.size = sizeof(till),
	                                .name = name,
	                                .user_data = &calls,
	                                .send = own_send,
	                                .query = own_send,
	                                .verify = own_verify};
	market_error err;
	mk_policy *policy;

	bazaar_open(&b, "BRL", NULL);
	CHECK_OK(market_provider_register(b.m.market, &till, &err));
	CHECK_ERROR(market_provider_register(b.m.market, &till, &err), MARKET_EEXISTS, NULL);
	till.send = NULL;
	CHECK_ERROR(market_provider_register(b.m.market, &till, &err), MARKET_EINVALID, NULL);
	policy = (mk_policy *)(void *)b.m.market->policies->policy;
	((mk_policy_payments *)(void *)policy->payments)->provider = name;
	bazaar_place_one(&b);
	bazaar_charge(&b, "cash");
	CHECK_INT(calls, 1);
	CHECK_TEXT(bazaar_payment(&b, "state"), "pending");
	test_advance(&b.m, MK_MINUTE);
	CHECK_INT(calls, 2);
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	TEST_REFUSED(&b.m, MARKET_EINVALID, "body", "payment.notify",
	             "{'body':'hello','signature':'x'}");
	TEST_REFUSED(&b.m, MARKET_ESYNTAX, "body", "payment.notify",
	             "{'body':'hallo','signature':'x'}");
	bazaar_end(&b);
}

static int till_answer(const market_provider_request *request, market_provider_answer *answer,
                       void *user_data, market_error *err)
{
	(void)request, (void)err;
	++*(int *)user_data;
	answer->result = MARKET_PROVIDER_OK;
	return 0;
}

static int till_verify(const char *body, size_t size, const char *signature, market_time now,
                       market_time span, market_provider_event *event, void *user_data,
                       market_error *err)
{
	(void)body, (void)size, (void)signature, (void)now, (void)span, (void)event, (void)user_data;
	return mk_error_at(err, MARKET_ESIGNATURE, "signature", "it has none");
}

static void requests_wait_for_their_provider(void)
{
	bazaar b;
	int calls = 0;
	market_payment_provider till = {.size = sizeof(till),
	                                .name = "till",
	                                .user_data = &calls,
	                                .send = till_answer,
	                                .query = till_answer,
	                                .verify = till_verify};
	market_error err;

	bazaar_open_with(&b, "BRL", "provider: sandbox", "provider: till");
	CHECK_OK(market_provider_register(b.m.market, &till, &err));
	bazaar_place_one(&b);
	TEST_CALL(&b.m, "payment.start", "{'payment':'%s','method':'cash'}", b.payment);
	test_market_reopen(&b.m); /* another process, which hasn't the provider */
	test_work(&b.m);
	CHECK_TEXT(bazaar_payment(&b, "state"), "pending");
	CHECK_INT(calls, 0);
	TEST_CALL(&b.m, "request.get", "{'request':'%s'}", bazaar_payment(&b, "request"));
	CHECK_TEXT(test_out(&b.m, "state"), "sending");
	CHECK_INT(bazaar_events(&b, "request.resolved"), 0);
	CHECK_OK(market_provider_register(b.m.market, &till, &err));
	test_advance(&b.m, MK_MINUTE);
	CHECK_INT(calls, 1);
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	bazaar_end(&b);
}

/* ---- a provider that keeps to nothing ---- */

static market_money of(int64_t amount, const char *currency)
{
	market_money money = {.amount = amount};

	memcpy(money.currency, currency, strnlen(currency, sizeof(money.currency)));
	return money;
}

static int wild_send(const market_provider_request *request, market_provider_answer *answer,
                     void *user_data, market_error *err)
{
	const char *how = request->target;

	(void)user_data;
	CU_ASSERT_STRING_EQUAL(err->message, "");
	answer->result = MARKET_PROVIDER_OK;
	snprintf(answer->reference, sizeof(answer->reference), "w1");
	if (strcmp(how, "result") == 0)
		answer->result = 99;
	else if (strcmp(how, "code") == 0)
		return 7;
	else if (strcmp(how, "currency") == 0)
		answer->amount = of(5, "ZZZZ");
	else if (strcmp(how, "text") == 0)
		snprintf(answer->reference, sizeof(answer->reference), "w\xff");
	else if (strcmp(how, "long") == 0)
		memset(answer->reference, 'w', sizeof(answer->reference));
	else if (strcmp(how, "cut") == 0) {
		answer->result = MARKET_PROVIDER_DECLINED;
		snprintf(answer->reason, sizeof(answer->reason), "n\xc3\xa3o\n\xc3");
	}
	return 0;
}

static int wild_query(const market_provider_request *request, market_provider_answer *answer,
                      void *user_data, market_error *err)
{
	(void)request, (void)user_data, (void)err;
	answer->result = MARKET_PROVIDER_FAILED;
	return 0;
}

static int wild_verify(const char *body, size_t size, const char *signature, market_time now,
                       market_time span, market_provider_event *event, void *user_data,
                       market_error *err)
{
	(void)size, (void)signature, (void)now, (void)span, (void)user_data, (void)err;
	event->type = MARKET_EVENT_CAPTURED;
	snprintf(event->event, sizeof(event->event), "e");
	if (strcmp(body, "currency") == 0)
		event->amount = of(5, "ZZZZ");
	else if (strcmp(body, "text") == 0)
		snprintf(event->reference, sizeof(event->reference), "\xff");
	else if (strcmp(body, "code") == 0)
		return -999;
	else if (strcmp(body, "silent") == 0)
		return MARKET_ESIGNATURE;
	else if (strcmp(body, "noise") == 0) {
		memset(err, 0xff, sizeof(*err));
		return MARKET_ESIGNATURE;
	}
	return 0;
}

static const market_payment_provider wild = {.size = sizeof(wild),
                                             .name = "till",
                                             .send = wild_send,
                                             .query = wild_query,
                                             .verify = wild_verify};

static void answers_that_cannot_be(void)
{
	static const char *const unknown[] = {"result", "code", "currency", "text"};
	market_error err;
	bazaar b;

	bazaar_open_with(&b, "BRL", "provider: sandbox", "provider: till");
	CHECK_OK(market_provider_register(b.m.market, &wild, &err));
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		bazaar_place_one(&b);
		bazaar_charge(&b, unknown[i]);
		TEST_CALL(&b.m, "request.get", "{'request':'%s'}", bazaar_payment(&b, "request"));
		CHECK_TEXT(test_out(&b.m, "state"), "unknown");
		CHECK_TEXT(test_out(&b.m, "reference"), "");
		test_advance(&b.m, MK_MINUTE);
		CHECK_TEXT(bazaar_payment(&b, "state"), "failed");
	}
	bazaar_place_one(&b);
	bazaar_charge(&b, "cut");
	CHECK_TEXT(bazaar_payment(&b, "state"), "failed");
	CHECK_TEXT(bazaar_payment(&b, "reason"), "n??o??");
	bazaar_place_one(&b);
	bazaar_charge(&b, "long");
	CHECK_TEXT(bazaar_payment(&b, "state"), "captured");
	CHECK_INT(strlen(bazaar_payment(&b, "reference")), MARKET_PROVIDER_TEXT_SIZE - 1);
	bazaar_end(&b);
}

static void events_that_cannot_be(void)
{
	bazaar b;
	market_error err;
	market_payment_notify_params in = MARKET_PAYMENT_NOTIFY_PARAMS_INIT;

	bazaar_open_with(&b, "BRL", "provider: sandbox", "provider: till");
	CHECK_OK(market_provider_register(b.m.market, &wild, &err));
	TEST_REFUSED(&b.m, MARKET_EINVALID, "body", "payment.notify",
	             "{'body':'currency','signature':'x'}");
	TEST_REFUSED(&b.m, MARKET_EINVALID, "body", "payment.notify",
	             "{'body':'text','signature':'x'}");
	TEST_REFUSED(&b.m, MARKET_EPROVIDER, "", "payment.notify", "{'body':'code','signature':'x'}");
	TEST_REFUSED(&b.m, MARKET_ESIGNATURE, "", "payment.notify",
	             "{'body':'silent','signature':'x'}");
	CHECK_INT(b.m.err.code, MARKET_ESIGNATURE);
	CHECK_TEXT(b.m.err.message, "provider till: a signature or digest doesn't match");
	TEST_REFUSED(&b.m, MARKET_ESIGNATURE, "", "payment.notify", "{'body':'noise','signature':'x'}");
	CHECK_TEXT(b.m.err.message, "provider till: a signature or digest doesn't match");
	in.body = "noise"; /* the provider has an error to fill even where the caller wants none */
	in.signature = "x";
	CHECK_INT(market_payment_notify(b.m.session, &in, NULL, NULL), MARKET_ESIGNATURE);
	bazaar_end(&b);
}

void suite_provider_sandbox(void);
void suite_provider_sandbox(void)
{
	CU_pSuite s = test_suite_on_store("provider_sandbox");

	CU_add_test(s, "PAY-3: the sandbox remembers by key, in another process too",
	            sandbox_remembers);
	CU_add_test(s, "PAY-1: delivered until it is acknowledged, journalled once",
	            delivered_until_acknowledged);
	CU_add_test(s, "PAY-1: notifications are acknowledged one by one",
	            not_acknowledged_comes_in_order);
	CU_add_test(s, "PAY-1: a provider that isn't there is named", not_named_not_there);
	CU_add_test(s, "PAY-1: an older policy names the sandbox", an_older_policy_names_it);
	CU_add_test(s, "PAY-1: a provider of one's own", own_provider);
	CU_add_test(s, "PAY-3: requests wait until their provider is there",
	            requests_wait_for_their_provider);
	CU_add_test(s, "PAY-3: an answer that can't be is no answer", answers_that_cannot_be);
	CU_add_test(s, "PAY-1: an event that can't be isn't stored", events_that_cannot_be);
}
