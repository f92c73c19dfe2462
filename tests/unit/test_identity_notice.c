/* SEL-1: what an identity provider of one's own tells is looked at before it is believed. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/market_fixture.h"

/* The body says what lacks. */
static int verify(const char *body, size_t size, const char *signature, market_time now,
                  market_time tolerance, market_identity_told *told, void *user_data,
                  market_error *err)
{
	(void)size;
	(void)signature;
	(void)now;
	(void)tolerance;
	(void)user_data;
	(void)err;
	told->result = strcmp(body, "result") ? MARKET_IDENTITY_PASSES : MARKET_IDENTITY_UNKNOWN;
	strcpy(told->event, strcmp(body, "event") ? body : "");
	strcpy(told->key, "identity:none:1");
	strcpy(told->legal_name, "Lin Ltd");
	return 0;
}

static int ask(const market_identity_request *request, market_identity_told *told, void *user_data,
               market_error *err)
{
	(void)request;
	(void)user_data;
	(void)err;
	told->result = MARKET_IDENTITY_UNKNOWN;
	return 0;
}

static void a_notification_is_whole(void)
{
	const market_identity_provider provider = {
		.size = sizeof(provider), .name = "office", .start = ask, .query = ask, .verify = verify};
	test_market test;
	size_t size = 0;
	char *policy = strdup(market_policy_default(&size));
	char *at = strstr(policy, "# provider: office");

	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	memcpy(at, "provider: office  ", 18);
	test_market_open(&test, policy);
	free(policy);
	CHECK_INT(market_identity_register(test.market, &provider, &test.err), 0);
	TEST_REFUSED(&test, MARKET_EINVALID, "body", "identity.notify",
	             "{'body':'event','signature':'x'}");
	TEST_REFUSED(&test, MARKET_EINVALID, "body", "identity.notify",
	             "{'body':'result','signature':'x'}");
	TEST_CALL(&test, "identity.notify", "{'body':'nothing','signature':'x'}");
	test_market_close(&test);
}

void suite_identity_notice(void);
void suite_identity_notice(void)
{
	CU_pSuite suite = test_suite_on_store("identity_notice");

	CU_add_test(suite, "SEL-1: a provider's notification names its event and a result",
	            a_notification_is_whole);
}
