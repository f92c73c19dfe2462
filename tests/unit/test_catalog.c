#include <stdio.h>
#include <string.h>

#include "tests/unit/catalog_fixture.h"

void suite_catalog(void);

static const market_id nothing = {0, 0};

/* ---- CAT-1 ---- */

static void category_inherits(void)
{
	shop s;
	market_error err;
	market_category_create_params in = MARKET_CATEGORY_CREATE_PARAMS_INIT;
	market_category *category = NULL;

	shop_open(&s, false);
	in.code = "media";
	in.name = "Media";
	in.commission_class = "low";
	CHECK_OK_FATAL(market_category_create(s.staff, &in, &category, &err));
	CHECK_TEXT(category->path, "/media/");
	in.parent = category->id;
	in.code = "books";
	in.commission_class = NULL;
	market_category_free(category);
	CHECK_OK_FATAL(market_category_create(s.staff, &in, &category, &err));
	CHECK_TEXT(category->path, "/media/books/");
	CHECK_TEXT(category->commission_class, "low");
	in.parent = category->id;
	in.code = "atlases";
	in.commission_class = "high";
	market_category_free(category);
	CHECK_OK_FATAL(market_category_create(s.staff, &in, &category, &err));
	CHECK_TEXT(category->path, "/media/books/atlases/");
	CHECK_TEXT(category->commission_class, "high");
	market_category_free(category);
	CHECK_INT(shop_events(&s, "category.created"), 3);
	shop_close(&s);
}

static void category_code_is_unique(void)
{
	shop s;
	market_error err;
	market_category_create_params in = MARKET_CATEGORY_CREATE_PARAMS_INIT;
	char *reply = NULL;

	shop_open(&s, false);
	(void)shop_category(&s, "media", nothing);
	in.code = "media";
	in.name = "Media again";
	CHECK_ERROR(market_category_create(s.staff, &in, NULL, &err), MARKET_EEXISTS, "code");
	CHECK_OK(market_call(s.staff, "category.get", "{\"category\":\"ref:media\"}", &reply, &err));
	CU_ASSERT(reply && strstr(reply, "\"path\":\"/media/\""));
	market_text_free(reply);
	reply = NULL;
	/* in whatever book the actor's own references lie */
	CHECK_OK(market_call(s.owner, "category.get", "{\"category\":\"ref:media\"}", &reply, &err));
	market_text_free(reply);
	CHECK_ERROR(market_call(s.owner, "category.get", "{\"category\":\"ref:none\"}", &reply, &err),
	            MARKET_ENOTFOUND, "category");
	shop_close(&s);
}

static void category_depth(void)
{
	shop s;
	market_error err;
	market_category_create_params in = MARKET_CATEGORY_CREATE_PARAMS_INIT;
	market_id parent = nothing;
	char code[16];

	shop_open(&s, false);
	for (int i = 0; i < MK_MAX_CATEGORY_DEPTH; i++) {
		snprintf(code, sizeof(code), "level%d", i);
		parent = shop_category(&s, code, parent);
	}
	in.code = in.name = "too-deep";
	in.parent = parent;
	CHECK_ERROR(market_category_create(s.staff, &in, NULL, &err), MARKET_ELIMIT, "parent");
	shop_close(&s);
}

static void category_code_is_a_step(void)
{
	static const char *const refused[] = {"a/b", "a b", "\xC3\xA4", "a\"", "/"};
	shop s;
	market_error err;
	market_category_create_params in = MARKET_CATEGORY_CREATE_PARAMS_INIT;

	shop_open(&s, false);
	in.name = "a name";
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		in.code = refused[i];
		CHECK_ERROR(market_category_create(s.staff, &in, NULL, &err), MARKET_EINVALID, "code");
	}
	in.code = "Az09_-.";
	CHECK_OK(market_category_create(s.staff, &in, NULL, &err));
	in.code = "orphan";
	in.parent = (market_id){0, 4711};
	CHECK_ERROR(market_category_create(s.staff, &in, NULL, &err), MARKET_ENOTFOUND, "parent");
	CHECK_ERROR(market_category_create(s.owner, &in, NULL, &err), MARKET_EDENIED, "");
	shop_close(&s);
}

static size_t count_categories(shop *s, market_id parent, bool all, int64_t limit, int *pages)
{
	market_category_list_params in = MARKET_CATEGORY_LIST_PARAMS_INIT;
	market_category_page *page = NULL;
	market_error err;
	char after[64] = "";
	market_id last = {0, 0};
	size_t n = 0;

	in.parent = parent;
	in.all = all;
	in.limit = &limit;
	*pages = 0;
	do {
		in.after = after[0] ? after : NULL;
		CHECK_OK_FATAL(market_category_list(s->stranger, &in, &page, &err));
		for (size_t i = 0; i < page->n_items; i++) {
			CU_ASSERT(page->items[i]->id.id > last.id);
			last = page->items[i]->id;
		}
		CU_ASSERT((int64_t)page->n_items <= limit);
		n += page->n_items;
		snprintf(after, sizeof(after), "%s", page->next ? page->next : "");
		market_category_page_free(page);
		++*pages;
	} while (after[0]);
	return n;
}

static void category_lists(void)
{
	shop s;
	market_error err;
	market_category_list_params in = MARKET_CATEGORY_LIST_PARAMS_INIT;
	market_id top;
	int pages;
	char code[16];

	shop_open(&s, false);
	top = shop_category(&s, "top", nothing);
	for (int i = 0; i < 6; i++) {
		snprintf(code, sizeof(code), "child%d", i);
		(void)shop_category(&s, code, top);
	}
	CHECK_INT(count_categories(&s, nothing, false, 10, &pages), 1);
	CHECK_INT(count_categories(&s, top, false, 3, &pages), 6);
	CHECK_INT(pages, 2);
	CHECK_INT(count_categories(&s, top, false, 5, &pages), 6);
	CHECK_INT(pages, 2);
	CHECK_INT(count_categories(&s, nothing, true, 7, &pages), 7);
	CHECK_INT(pages, 1);
	CHECK_INT(count_categories(&s, nothing, true, 1, &pages), 7);
	CHECK_INT(pages, 7);
	in.after = "not a cursor";
	CHECK_ERROR(market_category_list(s.staff, &in, NULL, &err), MARKET_EINVALID, "after");
	shop_close(&s);
}

/* ---- CAT-2: products ---- */

static void product_table(void)
{
	/* by state (draft, proposed, published, rejected) and step; 0 is refused */
	static const int32_t expected[4][5] = {
		/* propose, publish, reject, revise, update */
		{MARKET_PRODUCT_PROPOSED, 0, 0, 0, MARKET_PRODUCT_DRAFT},
		{0, MARKET_PRODUCT_PUBLISHED, MARKET_PRODUCT_REJECTED, MARKET_PRODUCT_PROPOSED,
	     MARKET_PRODUCT_PROPOSED},
		{0, 0, 0, 0, 0},
		{0, 0, 0, 0, 0},
	};
	market_error err;

	for (int32_t state = MARKET_PRODUCT_DRAFT; state <= MARKET_PRODUCT_REJECTED; state++) {
		for (int32_t to = MK_PRODUCT_PROPOSE; to <= MK_PRODUCT_UPDATE; to++) {
			market_product product = {.id = {0, 7}, .state = state};
			const int32_t wanted = expected[state - 1][to - 1];
			const int rc = mk_product_step_to(&product, (mk_product_step)to, &err);

			CHECK_INT(rc, wanted ? 0 : MARKET_ESTATE);
			CHECK_INT(product.state, wanted ? wanted : state);
			if (rc != 0)
				CU_ASSERT(strncmp(err.object, "prd_", 4) == 0);
		}
	}
}

static void product_life(void)
{
	shop s;
	market_error err;
	market_product_create_params in = MARKET_PRODUCT_CREATE_PARAMS_INIT;
	market_product_update_params change = MARKET_PRODUCT_UPDATE_PARAMS_INIT;
	market_product *product = NULL;
	market_id id;

	shop_open(&s, true);
	in.category = s.category;
	in.title = "a globe";
	in.draft = true;
	CHECK_OK_FATAL(market_product_create(s.owner, &in, &product, &err));
	id = product->id;
	CHECK_INT(id.book, 0);
	CHECK_INT(product->state, MARKET_PRODUCT_DRAFT);
	/* a member proposes for its own seller */
	CU_ASSERT(mk_id_equal(product->seller, s.seller));
	market_product_free(product);
	CHECK_ERROR(shop_step(s.staff, "product.publish", id, NULL, &err), MARKET_ESTATE, NULL);
	CHECK_OK(shop_step(s.owner, "product.propose", id, NULL, &err));
	CHECK_OK(shop_step(s.staff, "product.revise", id, "the title says too little", &err));
	CHECK_INT(shop_product_state(s.owner, id), MARKET_PRODUCT_PROPOSED);
	change.product = id;
	change.title = "a globe of 30 cm";
	CHECK_OK(market_product_update(s.owner, &change, &product, &err));
	CHECK_TEXT(product->title, "a globe of 30 cm");
	CHECK_TEXT(product->reason, "the title says too little");
	market_product_free(product);
	CHECK_OK(shop_step(s.staff, "product.publish", id, NULL, &err));
	CHECK_INT(shop_product_state(s.stranger, id), MARKET_PRODUCT_PUBLISHED);
	CHECK_ERROR(market_product_update(s.owner, &change, NULL, &err), MARKET_ESTATE, NULL);
	CHECK_ERROR(shop_step(s.staff, "product.reject", id, "too late", &err), MARKET_ESTATE, NULL);
	CHECK_INT(shop_events(&s, "product.revision_requested"), 1);
	shop_close(&s);
}

static void product_rejected(void)
{
	shop s;
	market_error err;
	market_id id;

	shop_open(&s, true);
	id = shop_product(&s, "a forgery", false);
	CHECK_OK(shop_step(s.staff, "product.reject", id, "a forgery", &err));
	CHECK_INT(shop_product_state(s.owner, id), MARKET_PRODUCT_REJECTED);
	CHECK_ERROR(shop_step(s.staff, "product.publish", id, NULL, &err), MARKET_ESTATE, NULL);
	CHECK_ERROR(shop_step(s.owner, "product.propose", id, NULL, &err), MARKET_ESTATE, NULL);
	shop_close(&s);
}

static void operators_decide(void)
{
	shop s;
	market_error err;
	market_id id;

	shop_open(&s, true);
	id = shop_product(&s, "a chart", false);
	CHECK_ERROR(shop_step(s.owner, "product.publish", id, NULL, &err), MARKET_EDENIED, NULL);
	CHECK_ERROR(shop_step(s.owner, "product.reject", id, "no", &err), MARKET_EDENIED, NULL);
	CHECK_ERROR(shop_step(s.rival, "product.publish", id, NULL, &err), MARKET_ENOTFOUND, "product");
	CHECK_INT(shop_product_state(s.owner, id), MARKET_PRODUCT_PROPOSED);
	CHECK_ERROR(shop_step(s.owner, "offer.block", s.offer, "no", &err), MARKET_EDENIED, NULL);
	CHECK_ERROR(shop_step(s.owner, "offer.unblock", s.offer, NULL, &err), MARKET_EDENIED, NULL);
	CHECK_INT(shop_offer_state(s.owner, s.offer), MARKET_OFFER_ACTIVE);
	shop_close(&s);
}

static void unpublished_is_hidden(void)
{
	shop s;
	market_error err;
	market_product_list_params in = MARKET_PRODUCT_LIST_PARAMS_INIT;
	market_product_page *page = NULL;
	market_id id;

	shop_open(&s, true);
	id = shop_product(&s, "a chart", false);
	CHECK_INT(shop_product_state(s.stranger, id), 0);
	CHECK_INT(shop_product_state(s.rival, id), 0);
	CHECK_INT(shop_product_state(s.owner, id), MARKET_PRODUCT_PROPOSED);
	CHECK_INT(shop_product_state(s.staff, id), MARKET_PRODUCT_PROPOSED);
	in.state = MARKET_PRODUCT_PROPOSED;
	CHECK_ERROR(market_product_list(s.stranger, &in, &page, &err), MARKET_EDENIED, "state");
	CHECK_ERROR(market_product_list(s.owner, &in, &page, &err), MARKET_EDENIED, "state");
	in.seller = s.seller;
	CHECK_ERROR(market_product_list(s.rival, &in, &page, &err), MARKET_EDENIED, "state");
	CHECK_OK_FATAL(market_product_list(s.owner, &in, &page, &err));
	CHECK_INT(page->n_items, 1);
	CU_ASSERT(mk_id_equal(page->items[0]->id, id));
	market_product_page_free(page);
	shop_close(&s);
}

static void product_lists(void)
{
	shop s;
	market_error err;
	market_product_list_params in = MARKET_PRODUCT_LIST_PARAMS_INIT;
	market_product_create_params own = MARKET_PRODUCT_CREATE_PARAMS_INIT;
	market_product_page *page = NULL;
	market_product *product = NULL;
	market_id other;

	shop_open(&s, true);
	(void)shop_product(&s, "a second atlas", true);
	other = shop_category(&s, "toys", nothing);
	own.category = other;
	own.title = "a platform's toy";
	CHECK_OK_FATAL(market_product_create(s.staff, &own, &product, &err));
	CU_ASSERT(mk_id_absent(product->seller));
	CHECK_OK(shop_step(s.staff, "product.publish", product->id, NULL, &err));
	CHECK_OK_FATAL(market_product_list(s.stranger, &in, &page, &err));
	CHECK_INT(page->n_items, 3);
	market_product_page_free(page);
	in.category = other;
	CHECK_OK_FATAL(market_product_list(s.stranger, &in, &page, &err));
	CHECK_INT(page->n_items, 1);
	market_product_page_free(page);
	in.seller = s.seller;
	CHECK_OK_FATAL(market_product_list(s.stranger, &in, &page, &err));
	CHECK_INT(page->n_items, 0);
	market_product_page_free(page);
	in.category = nothing;
	CHECK_OK_FATAL(market_product_list(s.stranger, &in, &page, &err));
	CHECK_INT(page->n_items, 2);
	market_product_page_free(page);
	market_product_free(product);
	shop_close(&s);
}

static void product_refs(void)
{
	shop s;
	market_error err;
	market_product_create_params in = MARKET_PRODUCT_CREATE_PARAMS_INIT;
	char *reply = NULL;

	shop_open(&s, true);
	in.category = s.category;
	in.title = "a map";
	in.ref = "map-1";
	CHECK_OK(market_product_create(s.owner, &in, NULL, &err));
	CHECK_ERROR(market_product_create(s.staff, &in, NULL, &err), MARKET_EEXISTS, "ref");
	CHECK_OK(market_call(s.owner, "product.get", "{\"product\":\"ref:map-1\"}", &reply, &err));
	CU_ASSERT(reply && strstr(reply, "\"title\":\"a map\""));
	market_text_free(reply);
	in.ref = "map-2";
	in.category = (market_id){0, 4711};
	CHECK_ERROR(market_product_create(s.owner, &in, NULL, &err), MARKET_ENOTFOUND, "category");
	shop_close(&s);
}

void suite_catalog(void)
{
	CU_pSuite s = test_suite_on_store("catalog");

	CU_add_test(s, "CAT-1: a category takes path and commission class from above",
	            category_inherits);
	CU_add_test(s, "CAT-1: a category's code is unique and serves as its reference",
	            category_code_is_unique);
	CU_add_test(s, "CAT-1: the tree is 12 deep and no deeper", category_depth);
	CU_add_test(s, "CAT-1: a code is one step of a path", category_code_is_a_step);
	CU_add_test(s, "categories are listed by parent and whole, in keyset pages", category_lists);
	CU_add_test(s, "CAT-2: every state of a product and every step", product_table);
	CU_add_test(s, "CAT-2: a product from draft to published, with a revision", product_life);
	CU_add_test(s, "CAT-2: a rejected product stays rejected", product_rejected);
	CU_add_test(s, "CAT-2: the marketplace alone publishes, rejects and blocks", operators_decide);
	CU_add_test(s, "strangers and rivals don't see unpublished products", unpublished_is_hidden);
	CU_add_test(s, "products are listed by seller and category", product_lists);
	CU_add_test(s, "a product's reference is unique on the platform", product_refs);
}
