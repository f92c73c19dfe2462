/* The order of the stages, licences, hooks, and what a check leaves. */
#include <market/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "tests/unit/market_fixture.h"

void suite_listing(void);

#define NONE "  packs: []\n"

static const char stages[] =
	"  packs:\n"
	"  - name: p\n"
	"    structure:\n"
	"    - {id: s, severity: note, require: [images, brand]}\n"
	"    - {id: most, severity: note, field: images, maximum: 2}\n"
	"    rules:\n"
	"    - {id: t, severity: note, terms: [fake]}\n"
	"    licences:\n"
	"    - {id: l, severity: note, requirement: identity}\n"
	"    - {id: n, severity: note, attribute: isbn, pattern: '97[89]\\d{10}'}\n"
	"    prices:\n"
	"    - {id: low, severity: note, minimum: 1.00 BRL, maximum: 2.00 BRL}\n"
	"    - {id: cut, severity: note, reduction: 50%}\n"
	"  - name: q\n"
	"    structure:\n"
	"    - {id: s, severity: note, require: [description]}\n";

/* The built-in policy with these packs. */
static char *policy_with(const char *packs)
{
	const char *text = market_policy_default(NULL), *at = strstr(text, NONE);
	char *out = malloc(strlen(text) + strlen(packs) + 1);

	CU_ASSERT_FATAL(at != NULL && out != NULL);
	sprintf(out, "%.*s%s%s", (int)(at - text), text, packs, at + strlen(NONE));
	return out;
}

static void open_with(test_market *t, const char *packs)
{
	char *policy = policy_with(packs);

	test_market_open(t, policy);
	free(policy);
	TEST_CALL(t, "seller.apply",
	          "{'name':'Lin','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'L','ref':'lin','owner_ref':'lin-owner'}");
	TEST_CALL(t, "category.create", "{'code':'food','name':'Food'}");
	TEST_CALL(t, "category.create", "{'code':'tea','name':'Tea','parent':'ref:food'}");
}

static const char *trail(test_market *t)
{
	static char out[1000];
	json_t *list = json_object_get(t->out, "findings"), *item;
	size_t i;

	out[0] = '\0';
	json_array_foreach(list, i, item)
		snprintf(out + strlen(out), sizeof(out) - strlen(out), "%s%s.%s:%s", i > 0 ? " " : "",
	             json_string_value(json_object_get(item, "stage")),
	             json_string_value(json_object_get(item, "rule")),
	             json_string_value(json_object_get(item, "field")));
	return out;
}

static void stages_in_order(void)
{
	test_market t;

	open_with(&t, stages);
	TEST_CALL(&t, "listing.check",
	          "{'seller':'ref:lin','texts':[{'field':'title','text':'a fake'}],"
	          "'prices':[{'price':{'amount':'3.00','currency':'BRL'},"
	          "'list_price':{'amount':'6.01','currency':'BRL'}}]}");
	CHECK_TEXT(trail(&t), "structure.s:images structure.s:brand structure.s:description "
	                      "text.t:title licence.l:seller licence.n:attributes.isbn "
	                      "price.low:skus[0].price price.cut:skus[0].price");
	CHECK_TEXT(test_out(&t, "severity"), "note");
	test_market_close(&t);
}

static void bounds_hold_at_themselves(void)
{
	test_market t;

	open_with(&t, stages);
	TEST_CALL(&t, "listing.check",
	          "{'images':['a','b'],'texts':[{'field':'brand','text':'B'},"
	          "{'field':'description','text':'D'},"
	          "{'field':'attributes.isbn','text':'９７８1234567890'}],"
	          "'prices':[{'price':{'amount':'2.00','currency':'BRL'},"
	          "'list_price':{'amount':'4.00','currency':'BRL'}},"
	          "{'price':{'amount':'1.00','currency':'BRL'}},"
	          "{'price':{'amount':'9.00','currency':'EUR'}}]}");
	CHECK_TEXT(trail(&t), "");
	TEST_CALL(&t, "listing.check",
	          "{'images':['a','b','c'],'texts':[{'field':'brand','text':'B'},"
	          "{'field':'description','text':'D'},"
	          "{'field':'attributes.isbn','text':'9781234567890x'}],"
	          "'prices':[{'price':{'amount':'2.01','currency':'BRL'},"
	          "'list_price':{'amount':'4.03','currency':'BRL'}},"
	          "{'price':{'amount':'0.99','currency':'BRL'}}]}");
	CHECK_TEXT(trail(&t),
	           "structure.most:images licence.n:attributes.isbn "
	           "price.low:skus[0].price price.low:skus[1].price price.cut:skus[0].price");
	test_market_close(&t);
}

static void licences_are_the_sellers(void)
{
	test_market t;

	open_with(&t, "  packs:\n  - name: p\n    licences:\n"
	              "    - {id: l, severity: block, categories: [food], requirement: identity,\n"
	              "       texts: {en: show it, zh: 出示}}\n");
	TEST_CALL(&t, "product.create",
	          "{'seller':'ref:lin','category':'ref:tea','title':'Tea','draft':true,'ref':'tea'}");
	TEST_REFUSED(&t, MARKET_ELISTING, "seller", "product.propose", "{'product':'ref:tea'}");
	CU_ASSERT(strstr(t.err.detail, "seller: l") != NULL);
	TEST_CALL(&t, "listing.check", "{'product':'ref:tea','locale':'zh-CN'}");
	CHECK_TEXT(test_out(&t, "findings.0.message"), "出示");
	TEST_CALL(&t, "submission.create",
	          "{'seller':'ref:lin','requirement':'identity','ref':'id','valid_to':'2026-03-01'}");
	TEST_REFUSED(&t, MARKET_ELISTING, "seller", "product.propose", "{'product':'ref:tea'}");
	TEST_CALL(&t, "submission.accept", "{'submission':'ref:lin/id'}");
	test_market_close(&t);
}

static void findings_all_stand_in_the_detail(void)
{
	test_market t;

	open_with(&t, "  packs:\n  - name: p\n    rules:\n"
	              "    - {id: a, severity: note, terms: [one]}\n"
	              "    - {id: b, severity: block, terms: [two]}\n");
	TEST_REFUSED(&t, MARKET_ELISTING, "description", "product.create",
	             "{'category':'ref:tea','title':'One','description':'two and two'}");
	CHECK_TEXT(t.err.detail, "title: a \"One\"; description: b \"two\"; description: b \"two\".");
	test_market_close(&t);
}

/* ---- hooks ---- */

typedef struct hook_state {
	test_market *t;
	int calls, destroyed, inner, result;
	int32_t severity;
	const char *field;
	int64_t offset, length;
	int added;
} hook_state;

static int look(const market_listing_view *view, market_listing_findings *findings, void *data,
                market_error *err)
{
	hook_state *s = data;
	market_listing_finding finding = {.rule = "own",
	                                  .severity = s->severity,
	                                  .field = s->field,
	                                  .offset = s->offset,
	                                  .length = s->length,
	                                  .message = "seen"};
	market_error inner;
	char *reply = NULL;

	s->calls++;
	CU_ASSERT(view->n_texts > 0);
	CHECK_TEXT(view->category, "/food/tea/");
	s->inner = market_call(s->t->session, "buyer.create", "{\"name\":\"A\"}", &reply, &inner);
	if (s->severity)
		s->added = market_listing_findings_add(findings, &finding, err);
	return s->result;
}

static void forget(void *data)
{
	((hook_state *)data)->destroyed++;
}

static void hooks_veto_and_add(void)
{
	test_market t;
	hook_state s = {.t = &t, .severity = MARKET_SEVERITY_BLOCK, .field = "title", .offset = 3};
	market_listing_hook hook = {
		.size = sizeof(hook), .name = "own", .user_data = &s, .check = look, .destroy = forget};
	market_error err;

	open_with(&t, "  packs: []\n");
	CHECK_OK_FATAL(market_listing_hook_register(t.market, &hook, &err));
	CHECK_ERROR(market_listing_hook_register(t.market, &hook, &err), MARKET_EEXISTS, NULL);
	s.length = 3;
	TEST_REFUSED(&t, MARKET_ELISTING, "title", "product.create",
	             "{'category':'ref:tea','title':'茶茶茶'}");
	CHECK_INT(s.calls, 1);
	CHECK_INT(s.inner, MARKET_EMISUSE);
	TEST_CALL(&t, "listing.check",
	          "{'category':'ref:tea','texts':[{'field':'title','text':'茶茶茶'}]}");
	CHECK_TEXT(trail(&t), "hook.own:title");
	CHECK_TEXT(test_out(&t, "findings.0.found"), "茶");
	CHECK_TEXT(test_out(&t, "findings.0.characters"), "1");
	CHECK_TEXT(test_out(&t, "findings.0.message"), "seen");
	s.length = 7;
	TEST_CALL(&t, "listing.check",
	          "{'category':'ref:tea','texts':[{'field':'title','text':'茶茶茶'}]}");
	CHECK_INT(s.added, MARKET_EINVALID);
	CHECK_TEXT(trail(&t), "");
	s.length = 2;
	TEST_CALL(&t, "listing.check",
	          "{'category':'ref:tea','texts':[{'field':'title','text':'茶茶茶'}]}");
	CHECK_INT(s.added, MARKET_EINVALID);
	test_market_close(&t);
	CHECK_INT(s.destroyed, 1);
}

static void a_failing_hook_is_a_review(void)
{
	test_market t;
	hook_state s = {.t = &t, .result = MARKET_EIO};
	market_listing_hook hook = {
		.size = sizeof(hook), .name = "own", .user_data = &s, .check = look};
	market_error err;

	open_with(&t, "  packs: []\n");
	CHECK_OK_FATAL(market_listing_hook_register(t.market, &hook, &err));
	TEST_CALL(&t, "product.create", "{'category':'ref:tea','title':'Tea'}");
	TEST_CALL(&t, "listing.review.list", "{}");
	CHECK_TEXT(test_out(&t, "items.0.findings.0.rule"), "failed");
	CHECK_TEXT(test_out(&t, "items.0.severity"), "review");
	test_market_close(&t);
}

static void hooks_need_a_name_and_a_check(void)
{
	test_market t;
	market_listing_hook hook = {.size = sizeof(hook), .name = "own"};
	char name[80];
	market_error err;

	open_with(&t, "  packs: []\n");
	CHECK_ERROR(market_listing_hook_register(t.market, &hook, &err), MARKET_EINVALID, NULL);
	hook.check = look;
	memset(name, 'a', 65);
	name[65] = '\0';
	hook.name = name;
	CHECK_ERROR(market_listing_hook_register(t.market, &hook, &err), MARKET_EINVALID, NULL);
	hook.size = 8;
	hook.name = "own";
	CHECK_ERROR(market_listing_hook_register(t.market, &hook, &err), MARKET_EINVALID, NULL);
	test_market_close(&t);
}

/* ---- reviews ---- */

static void an_offer_waits_for_its_product(void)
{
	test_market t;

	open_with(&t, "  packs:\n  - name: p\n    prices:\n"
	              "    - {id: low, severity: review, minimum: 5.00 BRL}\n");
	TEST_CALL(&t, "product.create",
	          "{'seller':'ref:lin','category':'ref:tea','title':'Tea','ref':'tea'}");
	TEST_CALL(&t, "product.publish", "{'product':'ref:tea'}");
	TEST_CALL(&t, "offer.create",
	          "{'seller':'ref:lin','product':'ref:tea','ref':'o',"
	          "'skus':[{'price':{'amount':'4.00','currency':'BRL'}}]}");
	TEST_CALL(&t, "offer.activate", "{'offer':'ref:lin/o'}");
	CHECK_TEXT(test_out(&t, "state"), "draft");
	TEST_CALL(&t, "listing.review.list", "{}");
	test_market_close(&t);
}

static void rules_of_another_version(void)
{
	test_market t;
	char *policy = policy_with("  packs:\n  - {name: p, rules: [{id: a, severity: block, terms: "
	                           "[tea]}]}\n");
	json_t *params = json_object();
	char *text, *reply = NULL;

	open_with(&t, "  packs: []\n");
	TEST_CALL(&t, "product.create", "{'category':'ref:tea','title':'Tea'}");
	json_object_set_new(params, "text", json_string(policy));
	text = json_dumps(params, 0);
	CU_ASSERT(market_call(t.session, "policy.publish", text, &reply, &t.err) == 0);
	market_text_free(reply);
	TEST_REFUSED(&t, MARKET_ELISTING, "title", "product.create",
	             "{'category':'ref:tea','title':'Tea'}");
	json_decref(params);
	free(text);
	free(policy);
	test_market_close(&t);
}

static void a_wrong_pack_is_a_wrong_policy(void)
{
	char *policy = policy_with("  packs:\n  - name: p\n    rules:\n    - {id: a, severity: block, "
	                           "patterns: ['(']}\n");
	market_policy_error errors[4];
	market_error err;
	size_t count = 0;

	CHECK_ERROR(market_policy_check(policy, strlen(policy), errors, 4, &count, &err),
	            MARKET_EPOLICY, NULL);
	CHECK_INT(count, 1);
	CHECK_INT(errors[0].column, 43);
	free(policy);
}

void suite_listing(void)
{
	CU_pSuite s = test_suite_on_store("listing");

	CU_add_test(s, "CAT-4: stages run in order over all packs and list all they find",
	            stages_in_order);
	CU_add_test(s, "CAT-4: bounds of lengths, images, prices and forms hold at themselves",
	            bounds_hold_at_themselves);
	CU_add_test(s, "CAT-4: a category's licence is the seller's accepted submission",
	            licences_are_the_sellers);
	CU_add_test(s, "CAT-4: a refusal names all findings", findings_all_stand_in_the_detail);
	CU_add_test(s, "CAT-4: hooks come last, may veto, and can't call back", hooks_veto_and_add);
	CU_add_test(s, "CAT-4: a hook that fails is a review, not a pass", a_failing_hook_is_a_review);
	CU_add_test(s, "CAT-4: a hook has a name and a check", hooks_need_a_name_and_a_check);
	CU_add_test(s, "CAT-4: an offer that waits isn't on sale", an_offer_waits_for_its_product);
	CU_add_test(s, "CAT-4: the rules are those of the policy in effect", rules_of_another_version);
	CU_add_test(s, "CAT-4: a pack's error is the policy's, with its place",
	            a_wrong_pack_is_a_wrong_policy);
}
