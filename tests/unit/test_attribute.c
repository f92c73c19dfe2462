#include <stdio.h>
#include <string.h>

#include "libmarket/catalog/catalog.h"
#include "tests/unit/market_fixture.h"

void suite_attribute(void);

static void start(test_market *test)
{
	test_market_open(test, NULL);
	test_act_as(test, "operator:test");
	TEST_CALL(test, "category.create", "{'code':'media','name':'Media'}");
	TEST_CALL(test, "category.create", "{'code':'books','name':'Books','parent':'ref:media'}");
}

static void define(test_market *test, const char *category, const char *rest)
{
	TEST_CALL(test, "attribute.create", "{'category':'ref:%s',%s}", category, rest);
}

/* A draft of a book with these attributes. */
static int propose(test_market *test, const char *attributes)
{
	return test_call(test, "product.create",
	                 "{'category':'ref:books','title':'T','attributes':{%s}}", attributes);
}

/* ---- numbers ---- */

static void numbers_have_one_way(void)
{
	static const struct {
		const char *text;
		int digits;
		bool good;
		int64_t number;
	} cases[] = {
		{"0", 0, true, 0},
		{"7", 0, true, 7},
		{"-12", 0, true, -12},
		{"999999999999999999", 0, true, INT64_C(999999999999999999)},
		{"1000000000000000000", 0, false, 0},
		{"007", 0, false, 0},
		{"-0", 0, false, 0},
		{"+1", 0, false, 0},
		{"", 0, false, 0},
		{"-", 0, false, 0},
		{"1.5", 0, false, 0},
		{"1 ", 0, false, 0},
		{"1.5", 6, true, 1500000},
		{"-0.000001", 6, true, -1},
		{"0.0000001", 6, false, 0},
		{"1.50", 6, false, 0},
		{"1.", 6, false, 0},
		{".5", 6, false, 0},
		{"00.5", 6, false, 0},
		{"999999999999.999999", 6, true, INT64_C(999999999999999999)},
		{"1000000000000", 6, false, 0},
		{"1e3", 6, false, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t number = 0;

		CU_ASSERT(mk_attribute_number(cases[i].text, cases[i].digits, &number) == cases[i].good);
		CU_ASSERT(number == cases[i].number);
	}
}

/* ---- definitions ---- */

static void definitions_are_checked(void)
{
	test_market test;

	start(&test);
	TEST_REFUSED(&test, MARKET_EMISSING, "options", "attribute.create",
	             "{'category':'ref:books','name':'cover','type':'choice'}");
	TEST_REFUSED(&test, MARKET_EINVALID, "options", "attribute.create",
	             "{'category':'ref:books','name':'cover','type':'text','options':{'a':'A'}}");
	TEST_REFUSED(&test, MARKET_EINVALID, "minimum", "attribute.create",
	             "{'category':'ref:books','name':'pages','type':'integer','minimum':'1.5'}");
	TEST_REFUSED(&test, MARKET_EINVALID, "minimum", "attribute.create",
	             "{'category':'ref:books','name':'pages','type':'text','minimum':'-1'}");
	TEST_REFUSED(
		&test, MARKET_EINVALID, "maximum", "attribute.create",
		"{'category':'ref:books','name':'pages','type':'integer','minimum':'5','maximum':'4'}");
	TEST_REFUSED(&test, MARKET_EINVALID, "maximum", "attribute.create",
	             "{'category':'ref:books','name':'used','type':'boolean','maximum':'4'}");
	define(&test, "books", "'name':'pages','type':'integer','minimum':'4','maximum':'4'");
	TEST_REFUSED(&test, MARKET_EEXISTS, "name", "attribute.create",
	             "{'category':'ref:books','name':'pages','type':'text'}");
	define(&test, "media", "'name':'language','type':'text'");
	TEST_REFUSED(&test, MARKET_EINVALID, "type", "attribute.create",
	             "{'category':'ref:books','name':'language','type':'integer'}");
	test_market_close(&test);
}

static void definitions_are_bounded(void)
{
	test_market test;

	start(&test);
	for (int i = 0; i < MK_MAX_DEFINED; i++)
		TEST_CALL(&test, "attribute.create", "{'category':'ref:books','name':'a%d','type':'text'}",
		          i);
	TEST_REFUSED(&test, MARKET_ELIMIT, "category", "attribute.create",
	             "{'category':'ref:books','name':'more','type':'text'}");
	TEST_CALL(&test, "attribute.list", "{'category':'ref:books','limit':60}");
	CHECK_TEXT(test_out(&test, "items.59.name"), "a59");
	CU_ASSERT(strlen(test_out(&test, "next")) > 0);
	TEST_REFUSED(&test, MARKET_EINVALID, "after", "attribute.list",
	             "{'category':'ref:books','after':'nonsense'}");
	test_market_close(&test);
}

/* ---- inheritance ---- */

static void nearest_wins(void)
{
	test_market test;

	start(&test);
	define(&test, "media", "'name':'language','type':'text','required':true,'maximum':'2'");
	define(&test, "media", "'name':'weight','type':'decimal','unit':'g'");
	define(&test, "books", "'name':'language','type':'text','maximum':'3'");
	TEST_CALL(&test, "category.get", "{'category':'ref:books'}");
	CHECK_TEXT(test_out(&test, "attributes.0.name"), "language");
	CHECK_TEXT(test_out(&test, "attributes.0.maximum"), "3");
	CHECK_TEXT(test_out(&test, "attributes.0.required"), "true");
	CHECK_TEXT(test_out(&test, "attributes.1.unit"), "g");
	TEST_CALL(&test, "category.get", "{'category':'ref:media'}");
	CHECK_TEXT(test_out(&test, "attributes.0.maximum"), "2");
	CHECK_INT(propose(&test, ""), MARKET_EMISSING);
	CHECK_TEXT(test.err.field, "attributes.language");
	CHECK_INT(propose(&test, "'language':'por'"), 0);
	CHECK_INT(propose(&test, "'language':'port'"), MARKET_EINVALID);
	test_market_close(&test);
}

static void required_is_loosened_when_said(void)
{
	test_market test;
	char id[64];

	start(&test);
	define(&test, "media", "'name':'language','type':'text','required':true");
	define(&test, "books", "'name':'language','type':'text','required':false");
	snprintf(id, sizeof(id), "%s", test_out(&test, "id"));
	CHECK_INT(propose(&test, ""), MARKET_EMISSING);
	TEST_CALL(&test, "attribute.update", "{'attribute':'%s','loosens':true}", id);
	CHECK_INT(propose(&test, ""), 0);
	/* required again, by itself */
	TEST_CALL(&test, "attribute.update", "{'attribute':'%s','required':true}", id);
	CHECK_INT(propose(&test, ""), MARKET_EMISSING);
	/* what is retired gives way to the one above */
	TEST_CALL(&test, "attribute.update", "{'attribute':'%s','retired':true,'required':false}", id);
	CHECK_INT(propose(&test, ""), MARKET_EMISSING);
	test_market_close(&test);
}

static void retired_counts_no_longer(void)
{
	test_market test;
	char id[64];

	start(&test);
	define(&test, "books", "'name':'pages','type':'integer','required':true");
	snprintf(id, sizeof(id), "%s", test_out(&test, "id"));
	TEST_CALL(&test, "attribute.update", "{'attribute':'%s','retired':true}", id);
	CHECK_INT(propose(&test, "'pages':'many'"), 0);
	TEST_CALL(&test, "attribute.update", "{'attribute':'%s','retired':false}", id);
	CHECK_INT(propose(&test, "'pages':'many'"), MARKET_EINVALID);
	TEST_REFUSED(&test, MARKET_EINVALID, "options", "attribute.update",
	             "{'attribute':'%s','options':{'a':'A'}}", id);
	test_market_close(&test);
}

/* ---- values ---- */

static void values_are_typed(void)
{
	static const struct {
		const char *attribute;
		int code;
	} cases[] = {
		{"'pages':'10'", 0},
		{"'pages':'9'", MARKET_EINVALID},
		{"'pages':'20'", 0},
		{"'pages':'21'", MARKET_EINVALID},
		{"'pages':'ten'", MARKET_EINVALID},
		{"'pages':'010'", MARKET_EINVALID},
		{"'weight':'0.5'", 0},
		{"'weight':'0.499999'", MARKET_EINVALID},
		{"'weight':'1.50'", MARKET_EINVALID},
		{"'used':'true'", 0},
		{"'used':'yes'", MARKET_EINVALID},
		{"'cover':'hard'", 0},
		{"'cover':'Hard'", MARKET_EINVALID},
		{"'sign':'\xE4\xB9\xA6\xE4\xB9\xA6'", 0},
		{"'sign':'\xE4\xB9\xA6'", MARKET_EINVALID},
		{"'sign':'\xE4\xB9\xA6\xE4\xB9\xA6\xE4\xB9\xA6\xE4\xB9\xA6'", MARKET_EINVALID},
		{"'free':'anything goes'", 0},
		{"'size':'L'", MARKET_EINVALID}, /* stated by the SKUs */
	};
	test_market test;

	start(&test);
	define(&test, "books", "'name':'pages','type':'integer','minimum':'10','maximum':'20'");
	define(&test, "books", "'name':'weight','type':'decimal','minimum':'0.5'");
	define(&test, "books", "'name':'used','type':'boolean'");
	define(&test, "books",
	       "'name':'cover','type':'choice','options':{'hard':'Hardcover','soft':'Paperback'}");
	define(&test, "books", "'name':'sign','type':'text','minimum':'2','maximum':'3'");
	define(&test, "books", "'name':'size','type':'text','variant':true");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_INT(propose(&test, cases[i].attribute), cases[i].code);
		if (cases[i].code != 0)
			CU_ASSERT(strncmp(test.err.field, "attributes.", 11) == 0);
	}
	test_market_close(&test);
}

static void drafts_wait_for_the_proposal(void)
{
	test_market test;
	char id[64];

	start(&test);
	define(&test, "books", "'name':'pages','type':'integer','required':true");
	TEST_CALL(&test, "product.create", "{'category':'ref:books','title':'T','draft':true}");
	snprintf(id, sizeof(id), "%s", test_out(&test, "id"));
	TEST_REFUSED(&test, MARKET_EMISSING, "attributes.pages", "product.propose", "{'product':'%s'}",
	             id);
	TEST_CALL(&test, "product.update", "{'product':'%s','attributes':{'pages':'x'}}", id);
	TEST_REFUSED(&test, MARKET_EINVALID, "attributes.pages", "product.propose", "{'product':'%s'}",
	             id);
	TEST_CALL(&test, "product.update", "{'product':'%s','attributes':{'pages':'3'}}", id);
	TEST_CALL(&test, "product.propose", "{'product':'%s'}", id);
	/* what is proposed stays right */
	TEST_REFUSED(&test, MARKET_EMISSING, "attributes.pages", "product.update",
	             "{'product':'%s','attributes':{}}", id);
	TEST_REFUSED(&test, MARKET_EINVALID, "attributes.pages", "product.update",
	             "{'product':'%s','attributes':{'pages':'x'}}", id);
	test_market_close(&test);
}

/* ---- variants ---- */

static void variants_differ(void)
{
	test_market test;

	start(&test);
	define(
		&test, "books",
		"'name':'size','type':'choice','variant':true,'required':true,'options':{'S':'S','L':'L'}");
	define(&test, "books", "'name':'pages','type':'integer'");
	TEST_CALL(&test, "seller.apply",
	          "{'name':'S','store_type':'individual','country':'BR','currency':'BRL',"
	          "'owner_name':'O','ref':'lin'}");
	TEST_CALL(&test, "product.create", "{'category':'ref:books','title':'T','ref':'t'}");
	TEST_CALL(&test, "product.publish", "{'product':'ref:t'}");
#define OFFER "{'seller':'ref:lin','product':'ref:t','skus':[%s]}"
	TEST_REFUSED(&test, MARKET_EMISSING, "skus[0].attributes.size", "offer.create", OFFER,
	             "{'price':{'amount':'1.00','currency':'BRL'}}");
	TEST_REFUSED(&test, MARKET_EINVALID, "skus[0].attributes.size", "offer.create", OFFER,
	             "{'price':{'amount':'1.00','currency':'BRL'},'attributes':{'size':'XL'}}");
	TEST_REFUSED(
		&test, MARKET_EINVALID, "skus[0].attributes.pages", "offer.create", OFFER,
		"{'price':{'amount':'1.00','currency':'BRL'},'attributes':{'size':'S','pages':'3'}}");
	TEST_REFUSED(
		&test, MARKET_EINVALID, "skus[1].attributes", "offer.create", OFFER,
		"{'price':{'amount':'1.00','currency':'BRL'},'attributes':{'size':'S','note':'a'}},"
		"{'price':{'amount':'1.00','currency':'BRL'},'attributes':{'size':'S','note':'b'}}");
	TEST_CALL(&test, "offer.create", OFFER,
	          "{'price':{'amount':'1.00','currency':'BRL'},'attributes':{'size':'S'}},"
	          "{'price':{'amount':'1.00','currency':'BRL'},'attributes':{'size':'L'}}");
	test_market_close(&test);
}

/* ---- classes and licences ---- */

static void classes_are_inherited(void)
{
	test_market test;

	start(&test);
	TEST_CALL(&test, "category.create",
	          "{'code':'toys','name':'Toys','deposit_class':'d1','fee_class':'f1'}");
	TEST_CALL(&test, "category.create",
	          "{'code':'dolls','name':'Dolls','parent':'ref:toys','fee_class':'f2'}");
	CHECK_TEXT(test_out(&test, "deposit_class"), "d1");
	CHECK_TEXT(test_out(&test, "fee_class"), "f2");
	TEST_CALL(
		&test, "category.update",
		"{'category':'ref:toys','deposit_class':'d2','commission_class':'c','name':'All toys'}");
	CHECK_TEXT(test_out(&test, "name"), "All toys");
	CHECK_TEXT(test_out(&test, "fee_class"), "f1");
	TEST_CALL(&test, "category.get", "{'category':'ref:dolls'}");
	CHECK_TEXT(test_out(&test, "deposit_class"), "d2");
	CHECK_TEXT(test_out(&test, "commission_class"), "c");
	CHECK_TEXT(test_out(&test, "fee_class"), "f2");
	TEST_REFUSED(&test, MARKET_EINVALID, "licences", "category.update",
	             "{'category':'ref:toys','licences':{'nothing':'x'}}");
	TEST_REFUSED(&test, MARKET_EINVALID, "licences", "category.create",
	             "{'code':'c','name':'C','licences':{'payout_account':'computed'}}");
	TEST_CALL(&test, "category.update", "{'category':'ref:toys','licences':{'identity':'known'}}");
	TEST_CALL(&test, "category.update", "{'category':'ref:dolls','licences':{'terms':'agreed'}}");
	TEST_CALL(&test, "category.get", "{'category':'ref:dolls'}");
	CHECK_TEXT(test_out(&test, "licences.terms"), "agreed");
	CHECK_TEXT(test_out(&test, "licences.identity"), "");
	CHECK_TEXT(test_out(&test, "all_licences.identity"), "known");
	CHECK_TEXT(test_out(&test, "all_licences.terms"), "agreed");
	test_market_close(&test);
}

void suite_attribute(void)
{
	CU_pSuite s = test_suite_on_store("attribute");

	CU_add_test(s, "CAT-1: a number is written in one way", numbers_have_one_way);
	CU_add_test(s, "CAT-1: a definition that nothing could meet is refused",
	            definitions_are_checked);
	CU_add_test(s, "CAT-1: a category defines so many attributes and no more",
	            definitions_are_bounded);
	CU_add_test(s, "CAT-1: the nearest definition of an attribute wins", nearest_wins);
	CU_add_test(s, "CAT-1: a required attribute is loosened only when that is said",
	            required_is_loosened_when_said);
	CU_add_test(s, "CAT-1: a retired definition counts no longer", retired_counts_no_longer);
	CU_add_test(s, "CAT-1: values have the type and lie within the limits", values_are_typed);
	CU_add_test(s, "CAT-1: a draft is checked when it is proposed", drafts_wait_for_the_proposal);
	CU_add_test(s, "CAT-2: variants differ in what makes them", variants_differ);
	CU_add_test(s, "CAT-1: classes and licences come from above", classes_are_inherited);
}
