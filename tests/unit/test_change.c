#include <stdio.h>
#include <string.h>

#include "libmarket/engine/policy.h"
#include "tests/unit/market_fixture.h"

void suite_change(void);

static char owner_id[64];

/* A published product "t" of lin's. */
static void start_with(test_market *test, const char *policy)
{
	test_market_open(test, policy);
	test_act_as(test, "operator:test");
	TEST_CALL(test, "category.create", "{'code':'books','name':'Books'}");
	TEST_CALL(test, "category.create", "{'code':'toys','name':'Toys'}");
	TEST_CALL(test, "seller.apply",
	          "{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'O','ref':'lin','owner_ref':'lin-owner'}");
	snprintf(owner_id, sizeof(owner_id), "%s", test_out(test, "owner"));
	TEST_CALL(test, "product.create",
	          "{'seller':'ref:lin','category':'ref:books','title':'Old','brand':'B','ref':'t'}");
	TEST_CALL(test, "product.publish", "{'product':'ref:t'}");
}

static void start(test_market *test)
{
	start_with(test, NULL);
}

static void ask(test_market *test, const char *what, char id[64])
{
	TEST_CALL(test, "change.create", "{'product':'ref:t',%s}", what);
	snprintf(id, 64, "%s", test_out(test, "id"));
}

static void live_product_needs_a_request(void)
{
	test_market test;
	char id[64];

	start(&test);
	TEST_REFUSED(&test, MARKET_ESTATE, "", "product.update", "{'product':'ref:t','title':'New'}");
	CU_ASSERT(strstr(test.err.hint, "change.create") != NULL);
	ask(&test, "'title':'New'", id);
	CHECK_TEXT(test_out(&test, "state"), "pending");
	CHECK_TEXT(test_out(&test, "automatic"), "false");
	TEST_CALL(&test, "product.get", "{'product':'ref:t'}");
	CHECK_TEXT(test_out(&test, "title"), "Old");
	TEST_CALL(&test, "change.confirm", "{'change':'%s'}", id);
	CHECK_TEXT(test_out(&test, "state"), "confirmed");
	TEST_CALL(&test, "product.get", "{'product':'ref:t'}");
	CHECK_TEXT(test_out(&test, "title"), "New");
	CHECK_TEXT(test_out(&test, "brand"), "B");
	CHECK_TEXT(test_out(&test, "state"), "published");
	TEST_CALL(&test, "product.create",
	          "{'category':'ref:books','title':'D','ref':'d','draft':true}");
	TEST_REFUSED(&test, MARKET_ESTATE, "", "change.create", "{'product':'ref:d','title':'New'}");
	test_market_close(&test);
}

static void decided_once(void)
{
	static const char *const operations[] = {"change.confirm", "change.decline", "change.cancel"};
	static const char *const states[] = {"confirmed", "declined", "cancelled"};
	test_market test;
	char id[64];

	start(&test);
	for (int first = 0; first < 3; first++) {
		ask(&test, "'title':'New'", id);
		TEST_CALL(&test, operations[first], "{'change':'%s'%s}", id,
		          first == 1 ? ",'reason':'no'" : "");
		CHECK_TEXT(test_out(&test, "state"), states[first]);
		for (int again = 0; again < 3; again++)
			TEST_REFUSED(&test, MARKET_ESTATE, "change", operations[again], "{'change':'%s'%s}", id,
			             again == 1 ? ",'reason':'no'" : "");
	}
	test_market_close(&test);
}

static void version_guards(void)
{
	test_market test;
	char first[64], second[64];

	start(&test);
	ask(&test, "'title':'First'", first);
	ask(&test, "'title':'Second'", second);
	TEST_CALL(&test, "change.confirm", "{'change':'%s'}", first);
	TEST_REFUSED(&test, MARKET_ECHANGED, "change", "change.confirm", "{'change':'%s'}", second);
	TEST_CALL(&test, "product.get", "{'product':'ref:t'}");
	CHECK_TEXT(test_out(&test, "title"), "First");
	TEST_CALL(&test, "change.decline", "{'change':'%s','reason':'late'}", second);
	CHECK_TEXT(test_out(&test, "reason"), "late");
	test_market_close(&test);
}

static void all_fields_change(void)
{
	test_market test;
	char id[64];

	start(&test);
	TEST_REFUSED(&test, MARKET_EMISSING, "", "change.create", "{'product':'ref:t'}");
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "category", "change.create",
	             "{'product':'ref:t','category':'ref:none'}");
	TEST_REFUSED(&test, MARKET_EINVALID, "images", "change.create",
	             "{'product':'ref:t','images':{'abc':'https://x'}}");
	TEST_REFUSED(&test, MARKET_EINVALID, "images", "change.create",
	             "{'product':'ref:t','images':"
	             "{'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef':'ftp://x'}}");
	ask(&test,
	    "'category':'ref:toys','title':'T','description':'D','brand':'C','attributes':{'a':'1'},"
	    "'images':{'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef':'https://x'}",
	    id);
	TEST_CALL(&test, "change.confirm", "{'change':'%s'}", id);
	TEST_CALL(&test, "product.list", "{'category':'ref:toys'}");
	CHECK_TEXT(test_out(&test, "items.0.title"), "T");
	CHECK_TEXT(test_out(&test, "items.0.description"), "D");
	CHECK_TEXT(test_out(&test, "items.0.brand"), "C");
	CHECK_TEXT(test_out(&test, "items.0.attributes.a"), "1");
	CHECK_TEXT(json_string_value(json_object_get(
				   json_object_get(json_array_get(json_object_get(test.out, "items"), 0), "images"),
				   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")),
	           "https://x");
	test_market_close(&test);
}

static void category_is_asked_at_both_ends(void)
{
	test_market test;
	char id[64];

	start(&test);
	TEST_CALL(&test, "attribute.create",
	          "{'category':'ref:books','name':'pages','type':'integer'}");
	TEST_REFUSED(&test, MARKET_EINVALID, "attributes.pages", "change.create",
	             "{'product':'ref:t','attributes':{'pages':'x'}}");
	ask(&test, "'attributes':{'pages':'3'}", id);
	TEST_CALL(&test, "attribute.create",
	          "{'category':'ref:books','name':'author','type':'text','required':true}");
	TEST_REFUSED(&test, MARKET_EMISSING, "attributes.author", "change.confirm", "{'change':'%s'}",
	             id);
	TEST_CALL(&test, "change.cancel", "{'change':'%s'}", id);
	ask(&test, "'attributes':{'pages':'3','author':'A'}", id);
	TEST_CALL(&test, "attribute.create",
	          "{'category':'ref:books','name':'size','type':'choice','options':{'S':'S'}}");
	TEST_CALL(&test, "change.cancel", "{'change':'%s'}", id);
	ask(&test, "'attributes':{'weight':'x','author':'A'}", id);
	TEST_CALL(&test, "attribute.create",
	          "{'category':'ref:books','name':'weight','type':'decimal'}");
	TEST_REFUSED(&test, MARKET_EINVALID, "attributes.weight", "change.confirm", "{'change':'%s'}",
	             id);
	test_market_close(&test);
}

static char *policy_with(const char *fields)
{
	static char text[64 * 1024];
	const char *at = strstr(mk_policy_default, "change_automatic: []");

	CU_ASSERT_FATAL(at != NULL && mk_policy_default_size < sizeof(text) - 100);
	snprintf(text, sizeof(text), "%.*schange_automatic: [%s]%s", (int)(at - mk_policy_default),
	         mk_policy_default, fields, at + strlen("change_automatic: []"));
	return text;
}

static void policy_confirms(void)
{
	test_market test;
	char id[64];

	start_with(&test, policy_with("description, images"));
	ask(&test, "'description':'Longer'", id);
	CHECK_TEXT(test_out(&test, "state"), "confirmed");
	CHECK_TEXT(test_out(&test, "automatic"), "true");
	TEST_CALL(&test, "product.get", "{'product':'ref:t'}");
	CHECK_TEXT(test_out(&test, "description"), "Longer");
	/* one field that isn't named, and it waits */
	ask(&test, "'description':'Short','title':'New'", id);
	CHECK_TEXT(test_out(&test, "state"), "pending");
	TEST_REFUSED(&test, MARKET_EINVALID, "images", "change.create",
	             "{'product':'ref:t','images':{'abc':'https://x'}}");
	test_market_close(&test);
}

static void policy_names_fields(void)
{
	market_policy_error errors[4];
	const char *text = policy_with("descriptoin");
	size_t n = 0;
	market_error err;

	CHECK_INT(market_policy_check(text, strlen(text), errors, 4, &n, &err), MARKET_EPOLICY);
	CHECK_INT((int)n, 1);
	CU_ASSERT(strstr(errors[0].message, "descriptoin") != NULL);
	CU_ASSERT(strstr(errors[0].hint, "description") != NULL);
}

static void who_sees_and_asks(void)
{
	test_market test;
	char id[64], all[64], actor[80];

	start(&test);
	ask(&test, "'title':'New'", id);
	TEST_CALL(&test, "product.create", "{'category':'ref:books','title':'P','ref':'p'}");
	TEST_CALL(&test, "product.publish", "{'product':'ref:p'}");
	TEST_CALL(&test, "change.create", "{'product':'ref:p','title':'Q'}");
	snprintf(all, sizeof(all), "%s", test_out(&test, "id"));
	TEST_CALL(&test, "change.list", "{'limit':1}");
	CHECK_TEXT(test_out(&test, "items.0.id"), id);
	CU_ASSERT(strlen(test_out(&test, "next")) > 0);
	TEST_REFUSED(&test, MARKET_EINVALID, "after", "change.list", "{'after':'nonsense'}");
	TEST_CALL(&test, "change.list", "{'product':'ref:p'}");
	CHECK_TEXT(test_out(&test, "items.0.id"), all);
	snprintf(actor, sizeof(actor), "member:%s", owner_id);
	test_act_as(&test, actor);
	TEST_CALL(&test, "change.list", "{}");
	CHECK_TEXT(test_out(&test, "items.0.id"), id);
	CHECK_TEXT(test_out(&test, "items.1.id"), "");
	TEST_CALL(&test, "change.list", "{'product':'ref:p'}");
	CHECK_TEXT(test_out(&test, "items.0.id"), "");
	TEST_CALL(&test, "change.list", "{'product':'ref:t','seller':'ref:lin'}");
	CHECK_TEXT(test_out(&test, "items.0.id"), id);
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "change", "change.get", "{'change':'%s'}", all);
	TEST_REFUSED(&test, MARKET_EDENIED, "", "change.confirm", "{'change':'%s'}", id);
	TEST_CALL(&test, "change.get", "{'change':'%s'}", id);
	TEST_CALL(&test, "change.cancel", "{'change':'%s'}", id);
	test_market_close(&test);
}

void suite_change(void)
{
	CU_pSuite s = test_suite_on_store("change");

	CU_add_test(s, "CAT-3: a live product changes by a request alone",
	            live_product_needs_a_request);
	CU_add_test(s, "CAT-3: a change request is decided once", decided_once);
	CU_add_test(s, "CAT-3: the product's version guards its change", version_guards);
	CU_add_test(s, "CAT-3: every field can change", all_fields_change);
	CU_add_test(s, "CAT-1, CAT-3: a change fits the category when asked and when confirmed",
	            category_is_asked_at_both_ends);
	CU_add_test(s, "CAT-3: the policy confirms by itself only what it names", policy_confirms);
	CU_add_test(s, "CAT-3: the policy names fields that there are", policy_names_fields);
	CU_add_test(s, "CAT-3: sellers see and ask for changes of their own products",
	            who_sees_and_asks);
}
