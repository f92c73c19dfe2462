/* SEL-3, CAT-5: authorisations, the places of a brand's stores, and its prices. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "tests/unit/market_fixture.h"

enum { STORES = 50, PLACES = 3 };

static void add_brand(test_market *test, const char *code)
{
	TEST_CALL(test, "brand.create", "{'code':'%s','name':'%s','ref':'%s'}", code, code, code);
}

static void add_seller(test_market *test, const char *ref, const char *type)
{
	TEST_CALL(test, "seller.apply",
	          "{'name':'%s','store_type':'%s','country':'BR','currency':'BRL','owner_name':'O',"
	          "'ref':'%s','owner_ref':'%s-owner'}",
	          ref, type, ref, ref);
}

/* `more` begins with a comma, or is empty. */
static void authorise(test_market *test, const char *seller, const char *brand, const char *more)
{
	TEST_CALL(test, "authorisation.create",
	          "{'seller':'ref:%s','brand':'ref:%s','ref':'%s','chain':[{'from':'%s','to':'%s'}]%s}",
	          seller, brand, brand, brand, seller, more);
}

static void accept(test_market *test, const char *seller, const char *brand)
{
	TEST_CALL(test, "authorisation.accept", "{'authorisation':'ref:%s/%s'}", seller, brand);
}

static void approve(test_market *test, const char *seller)
{
	TEST_CALL(test, "seller.approve", "{'seller':'ref:%s','waiver':'known'}", seller);
}

static const char *taken(test_market *test, const char *brand, int type)
{
	char path[40];

	snprintf(path, sizeof(path), "stores.%d.taken", type - 1);
	TEST_CALL(test, "brand.get", "{'brand':'ref:%s'}", brand);
	return test_out(test, path);
}

/* How often the journal has an event of that type. */
static int events(test_market *test, const char *type)
{
	char wanted[80];
	int found = 0;

	snprintf(wanted, sizeof(wanted), "\"type\":\"%s\"", type);
	TEST_CALL(test, "event.list", "{'limit':100}");
	for (int i = 0; i < 100; i++) {
		char path[40];

		snprintf(path, sizeof(path), "items.%d.events", i);
		for (const char *at = test_out(test, path); (at = strstr(at, wanted)) != NULL; at++)
			found++;
	}
	return found;
}

/* ---- quotas ---- */

typedef struct caller {
	market_session *session;
	char params[80];
	int rc;
	market_error err;
} caller;

static void *approve_in_thread(void *data)
{
	caller *c = data;

	do {
		c->rc = market_call(c->session, "seller.approve", c->params, NULL, &c->err);
	} while (c->rc == MARKET_ECONFLICT || c->rc == MARKET_EBUSY);
	return NULL;
}

static market_time same_clock(void *user_data)
{
	return ((const test_market *)user_data)->now;
}

/* All at once, half of them through another market on the same store. */
static int approve_all(test_market *test)
{
	static caller callers[STORES];
	const market_actor actor = {
		.kind = MARKET_ACTOR_OPERATOR, .name = "many", .rights = MARKET_RIGHT_ALL};
	pthread_t threads[STORES];
	market *other = NULL;
	market_options options = MARKET_OPTIONS_INIT;
	market_error err;
	int approved = 0;

	options.clock = same_clock;
	options.user_data = test;
	CHECK_OK_FATAL(market_open(test->url, &options, &other, &err));
	for (int i = 0; i < STORES; i++) {
		snprintf(callers[i].params, sizeof(callers[i].params),
		         "{\"seller\":\"ref:s%d\",\"waiver\":\"known\"}", i);
		CHECK_OK_FATAL(
			market_session_open(i % 2 ? other : test->market, &actor, &callers[i].session, &err));
	}
	for (int i = 0; i < STORES; i++)
		CU_ASSERT_FATAL(pthread_create(&threads[i], NULL, approve_in_thread, &callers[i]) == 0);
	for (int i = 0; i < STORES; i++) {
		pthread_join(threads[i], NULL);
		if (callers[i].rc != 0)
			CHECK_INT(callers[i].rc, MARKET_EQUOTA);
		approved += callers[i].rc == 0;
		market_session_close(callers[i].session);
	}
	market_close(other);
	return approved;
}

static void fifty_approvals(void)
{
	test_market test;
	int seen = 0;

	test_market_open(&test, NULL);
	add_brand(&test, "acme");
	for (int i = 0; i < STORES; i++) {
		char ref[20];

		snprintf(ref, sizeof(ref), "s%d", i);
		add_seller(&test, ref, "exclusive");
		authorise(&test, ref, "acme", "");
		accept(&test, ref, "acme");
	}
	CHECK_TEXT(taken(&test, "acme", MARKET_STORE_EXCLUSIVE), "0");
	CHECK_INT(approve_all(&test), PLACES);
	CHECK_TEXT(taken(&test, "acme", MARKET_STORE_EXCLUSIVE), "3");
	TEST_CALL(&test, "seller.list", "{'state':'approved'}");
	for (int i = 0; i < STORES; i++) {
		char path[40];

		snprintf(path, sizeof(path), "items.%d.id", i);
		seen += test_out(&test, path)[0] != '\0';
	}
	CHECK_INT(seen, PLACES);
	test_market_close(&test);
}

static void one_flagship(void)
{
	test_market test;

	test_market_open(&test, NULL);
	add_brand(&test, "acme");
	for (int i = 0; i < 2; i++) {
		add_seller(&test, i ? "two" : "one", "flagship");
		TEST_CALL(&test, "authorisation.create",
		          "{'seller':'ref:%s','brand':'ref:acme','ref':'acme','owner':true}",
		          i ? "two" : "one");
		accept(&test, i ? "two" : "one", "acme");
	}
	approve(&test, "one");
	TEST_REFUSED(&test, MARKET_EQUOTA, "", "seller.approve", "{'seller':'ref:two','waiver':'w'}");
	CU_ASSERT_PTR_NOT_NULL(strstr(test.err.message, "acme has 1 flagship"));
	CHECK_TEXT(taken(&test, "acme", MARKET_STORE_FLAGSHIP), "1");
	test_market_close(&test);
}

/* Somebody else's call between the reads and the flush. */
typedef struct meddling {
	test_market *test;
	market *other;
	market_session *session;
	const char *operation, *params;
	bool pending;
	int rc;
} meddling;

static int call_other(meddling *m)
{
	m->pending = false;
	m->rc = market_call(m->session, m->operation, m->params, NULL, &m->test->err);
	return 0;
}

static int meddle(mk_store *store, void *user_data)
{
	meddling *m = user_data;

	(void)store;
	return m->pending ? call_other(m) : 0;
}

static void open_meddling(meddling *m, test_market *test, const char *operation, const char *params)
{
	const market_actor actor = {
		.kind = MARKET_ACTOR_OPERATOR, .name = "other", .rights = MARKET_RIGHT_ALL};
	market_options options = MARKET_OPTIONS_INIT;
	market_error err;

	options.clock = same_clock;
	options.user_data = test;
	*m = (meddling){.test = test, .operation = operation, .params = params};
	CHECK_OK_FATAL(market_open(test->url, &options, &m->other, &err));
	CHECK_OK_FATAL(market_session_open(m->other, &actor, &m->session, &err));
	m->pending = test_on_postgres();
	mk_store_set_before_flush(test->market->store, meddle, m);
}

/* On SQLite, whose writers wait for each other, the other comes behind. */
static void close_meddling(meddling *m)
{
	mk_store_set_before_flush(m->test->market->store, NULL, NULL);
	if (!test_on_postgres())
		call_other(m);
	CHECK_INT(m->pending, false);
	CHECK_INT(m->rc, 0);
	market_session_close(m->session);
	market_close(m->other);
}

static void accepted_while_approved(void)
{
	test_market test;
	meddling m;

	test_market_open(&test, NULL);
	add_brand(&test, "acme");
	add_seller(&test, "lin", "exclusive");
	authorise(&test, "lin", "acme", "");
	open_meddling(&m, &test, "authorisation.accept", "{\"authorisation\":\"ref:lin/acme\"}");
	approve(&test, "lin");
	close_meddling(&m);
	CHECK_TEXT(taken(&test, "acme", MARKET_STORE_EXCLUSIVE), "1");
	TEST_CALL(&test, "authorisation.get", "{'authorisation':'ref:lin/acme'}");
	CHECK_TEXT(test_out(&test, "place"), "taken");
	test_market_close(&test);
}

static void full_brand_stops_auto_approval(void)
{
	static const char section[] =
		"brands:\n  tiers: [{tier: t, quotas: [{store_type: exclusive, stores: 0}]}]\n"
		"  review_hold: 1d\n  specialty_brands: 2\n  price_breach: block\n\norders:\n  # An order "
		"that isn't paid by";
	static const char *const changes[][2] = {
		{"auto_approve: false", "auto_approve: true"},
		{"    - key: terms\n      kind: attested\n      gate: sell",
	     "    - key: terms\n      kind: attested\n      gate: payout"},
		{"    - key: identity\n      kind: attested\n      gate: sell",
	     "    - key: identity\n      kind: attested\n      gate: payout"},
	};
	char policy[40000];
	size_t size = 0;
	const char *whole = market_policy_default(&size);
	const char *begin = strstr(whole, "\nbrands:\n"), *end = strstr(whole, "\norders:\n");
	const char *rest = strstr(whole, "isn't paid by");
	test_market test;

	CU_ASSERT_FATAL(begin && end && rest && size < sizeof(policy) - 1000);
	snprintf(policy, sizeof(policy), "%.*s\n%s%s", (int)(begin - whole), whole, section,
	         rest + strlen("isn't paid by"));
	for (size_t i = 0; i < 3; i++) {
		char before[40000];
		const char *at = strstr(policy, changes[i][0]);

		CU_ASSERT_PTR_NOT_NULL_FATAL(at);
		snprintf(before, sizeof(before), "%.*s%s%s", (int)(at - policy), policy, changes[i][1],
		         at + strlen(changes[i][0]));
		memcpy(policy, before, strlen(before) + 1);
	}
	test_market_open(&test, policy);
	add_brand(&test, "acme");
	add_seller(&test, "lin", "exclusive");
	authorise(&test, "lin", "acme", "");
	accept(&test, "lin", "acme");
	TEST_CALL(&test, "seller.get", "{'seller':'ref:lin'}");
	CHECK_TEXT(test_out(&test, "state"), "in_review");
	add_seller(&test, "mia", "individual");
	CHECK_TEXT(test_out(&test, "state"), "approved");
	test_market_close(&test);
}

/* ---- authorisations ---- */

static void warned_and_expired(void)
{
	test_market test;

	test_market_open(&test, NULL);
	add_brand(&test, "acme");
	add_seller(&test, "lin", "individual");
	authorise(&test, "lin", "acme", ",'valid_to':'2026-03-06'"); /* 60 days */
	accept(&test, "lin", "acme");
	test_advance(&test, 30 * MK_DAY - 1);
	CHECK_INT(events(&test, "authorisation.expiring"), 0);
	test_advance(&test, 1);
	CHECK_INT(events(&test, "authorisation.expiring"), 1);
	test_advance(&test, 23 * MK_DAY);
	CHECK_INT(events(&test, "authorisation.expiring"), 2);
	test_advance(&test, 7 * MK_DAY - 1);
	CHECK_INT(events(&test, "authorisation.expired"), 0);
	test_advance(&test, 1);
	CHECK_INT(events(&test, "authorisation.expired"), 1);
	CHECK_INT(events(&test, "authorisation.expiring"), 2);
	test_act_as(&test, "system");
	TEST_REFUSED(&test, MARKET_ESTATE, "authorisation", "authorisation.expire",
	             "{'authorisation':'ref:lin/acme'}");
	test_market_close(&test);
}

static void add_product(test_market *test, const char *ref, const char *model)
{
	TEST_CALL(test, "product.create",
	          "{'category':'ref:toys','ref':'%s','title':'P','brand':'Acme',"
	          "'attributes':{'model':'%s'}}",
	          ref, model);
	TEST_CALL(test, "product.publish", "{'product':'ref:%s'}", ref);
}

static void open_goods(test_market *test)
{
	test_market_open(test, NULL);
	TEST_CALL(test, "category.create", "{'code':'toys','name':'Toys'}");
	add_product(test, "one", "M1");
	add_product(test, "two", "M2");
	add_brand(test, "acme");
	add_seller(test, "lin", "individual");
	approve(test, "lin");
}

static int offer(test_market *test, const char *seller, const char *product)
{
	return test_call(test, "offer.create",
	                 "{'seller':'ref:%s','product':'ref:%s','skus':[{'price':{'amount':'1.00',"
	                 "'currency':'BRL'}}]}",
	                 seller, product);
}

static void narrowed(void)
{
	test_market test;

	open_goods(&test);
	authorise(&test, "lin", "acme",
	          ",'products':[{'product':'ref:one'}],'channels':['marketplace']");
	CHECK_INT(offer(&test, "lin", "one"), MARKET_EINCOMPLETE);
	accept(&test, "lin", "acme");
	CHECK_INT(offer(&test, "lin", "one"), 0);
	CHECK_INT(offer(&test, "lin", "two"), MARKET_EINCOMPLETE);
	add_seller(&test, "mia", "individual");
	authorise(&test, "mia", "acme", ",'channels':['own shop']");
	accept(&test, "mia", "acme");
	CHECK_INT(offer(&test, "mia", "one"), MARKET_EINCOMPLETE);
	add_seller(&test, "noa", "individual");
	authorise(&test, "noa", "acme", ",'models':['M2','M3'],'valid_from':'2026-01-06'");
	accept(&test, "noa", "acme");
	CHECK_INT(offer(&test, "noa", "two"), MARKET_EINCOMPLETE);
	test_advance(&test, MK_DAY);
	CHECK_INT(offer(&test, "noa", "two"), 0);
	CHECK_INT(offer(&test, "noa", "one"), MARKET_EINCOMPLETE);
	test_market_close(&test);
}

#define UNDER(name) \
	"authorisation.create", \
		"{'seller':'ref:mia','brand':'ref:acme','ref':'under','chain':[{'from':'" name \
		"','to':'mia','authorisation':'%s'}]}"

/* What hangs on another's authorisation reaches as far, and ends with it. */
static void hangs_on_another(void)
{
	char upper[64];
	test_market test;

	open_goods(&test);
	authorise(&test, "lin", "acme", ",'models':['M1']");
	snprintf(upper, sizeof(upper), "%s", test_out(&test, "id"));
	add_seller(&test, "mia", "individual");
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "chain[0].authorisation", UNDER("lin"), upper);
	accept(&test, "lin", "acme");
	TEST_REFUSED(&test, MARKET_EINVALID, "chain[0].from", UNDER("somebody"), upper);
	TEST_CALL(&test, UNDER("lin"), upper);
	CHECK_TEXT(test_out(&test, "chain.0.authorisation"), upper);
	accept(&test, "mia", "under");
	CHECK_INT(offer(&test, "mia", "one"), 0);
	CHECK_INT(offer(&test, "mia", "two"), MARKET_EINCOMPLETE);
	TEST_CALL(&test, "authorisation.revoke", "{'authorisation':'%s','reason':'over'}", upper);
	CHECK_INT(offer(&test, "mia", "one"), MARKET_EINCOMPLETE);
	test_market_close(&test);
}

/* Ten steps from the owner are looked at, not one more. */
static void chains_have_an_end(void)
{
	char upper[64] = "", seller[8], before[8] = "lin";
	test_market test;

	open_goods(&test);
	for (int i = 0; i < 11; i++) {
		snprintf(seller, sizeof(seller), i == 0 ? "lin" : "s%d", i);
		if (i == 0) {
			authorise(&test, seller, "acme", "");
		} else {
			add_seller(&test, seller, "individual");
			TEST_CALL(&test, "authorisation.create",
			          "{'seller':'ref:%s','brand':'ref:acme','ref':'acme','chain':[{'from':'%s',"
			          "'to':'%s','authorisation':'%s'}]}",
			          seller, before, seller, upper);
		}
		snprintf(upper, sizeof(upper), "%s", test_out(&test, "id"));
		accept(&test, seller, "acme");
		CHECK_INT(offer(&test, seller, "one"), i < 10 ? 0 : MARKET_EINCOMPLETE);
		snprintf(before, sizeof(before), "%s", seller);
	}
	test_market_close(&test);
}

static void document_is_sealed(void)
{
	market_authorisation_get_params in = MARKET_AUTHORISATION_GET_PARAMS_INIT;
	market_authorisation *authorisation = NULL;
	market_error err;
	test_market test;

	test_market_open(&test, NULL);
	add_brand(&test, "acme");
	add_seller(&test, "lin", "individual");
	authorise(&test, "lin", "acme", ",'document':'TM-000-1234'");
	CHECK_TEXT(test_out(&test, "document"), "*******1234");
	CU_ASSERT_TRUE(
		market_id_parse(MARKET_ID_AUTHORISATION, test_out(&test, "id"), &in.authorisation));
	CHECK_OK_FATAL(market_authorisation_get(test.session, &in, &authorisation, &err));
	CHECK_TEXT(authorisation->document, "*******1234");
	market_authorisation_free(authorisation);
	TEST_REFUSED(&test, MARKET_ENOTFOUND, "brand", "authorisation.create",
	             "{'seller':'ref:lin','brand':'ref:lost'}");
	test_market_close(&test);
}

/* ---- prices ---- */

static void breach_is_told(void)
{
	test_market test;

	open_goods(&test);
	authorise(&test, "lin", "acme", "");
	accept(&test, "lin", "acme");
	TEST_CALL(&test, "price_rule.set",
	          "{'brand':'ref:acme','product':'ref:one','currency':'BRL','price':{'amount':'2.00',"
	          "'currency':'BRL'}}");
	CHECK_INT(offer(&test, "lin", "one"), MARKET_EINVALID);
	CHECK_TEXT(test.err.field, "skus[0].price");
	CU_ASSERT_PTR_NOT_NULL(strstr(test.err.message, "1.00 BRL, the brand asks for 2.00 BRL"));
	CHECK_INT(events(&test, "price_rule.breached"), 0);
	TEST_CALL(&test, "price_rule.set",
	          "{'brand':'ref:acme','product':'ref:one','currency':'BRL','breach':'event',"
	          "'floor':{'amount':'1.01','currency':'BRL'}}");
	CHECK_INT(offer(&test, "lin", "one"), 0);
	CHECK_TEXT(test_out(&test, "state"), "draft");
	CHECK_INT(events(&test, "price_rule.breached"), 1);
	CHECK_INT(offer(&test, "lin", "two"), 0);
	CHECK_INT(events(&test, "price_rule.breached"), 1);
	test_market_close(&test);
}

void suite_brand(void);
void suite_brand(void)
{
	CU_pSuite suite = test_suite_on_store("brand");

	CU_add_test(suite, "SEL-3: 50 approvals at once give 3 exclusive stores of a brand, no more",
	            fifty_approvals);
	CU_add_test(suite, "SEL-3: a brand has one flagship", one_flagship);
	CU_add_test(suite,
	            "SEL-3: an authorisation accepted while its seller is approved takes a place",
	            accepted_while_approved);
	CU_add_test(suite, "SEL-3: without a place nobody is approved by itself",
	            full_brand_stops_auto_approval);
	CU_add_test(suite, "SEL-3: an authorisation warns 30 and 7 days before its end, then expires",
	            warned_and_expired);
	CU_add_test(suite, "SEL-3: an authorisation is narrowed to products, models, channels and time",
	            narrowed);
	CU_add_test(suite, "SEL-3: what hangs on another's authorisation reaches as far and as long",
	            hangs_on_another);
	CU_add_test(suite, "SEL-3: a chain of authorisations has an end", chains_have_an_end);
	CU_add_test(suite, "SEL-10: an authorisation's document is sealed and shown masked",
	            document_is_sealed);
	CU_add_test(suite, "CAT-5: a breach names sku and prices, or raises an event", breach_is_told);
}
