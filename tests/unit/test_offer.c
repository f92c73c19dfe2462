#include <stdio.h>
#include <string.h>

#include "tests/unit/catalog_fixture.h"

void suite_offer(void);

static const market_pair big_red[] = {{"size", "L"}, {"colour", "red"}};
static const market_pair red_big[] = {{"colour", "red"}, {"size", "L"}};
static const market_pair small_red[] = {{"size", "S"}, {"colour", "red"}};

/* An offer of two SKUs that a test changes in one place. */
typedef struct draft {
	market_offer_create_params in;
	market_offer_sku skus[2];
	const market_offer_sku *list[2];
	const market_pair *attributes[2][2];
} draft;

static void fill(draft *d, const shop *s, const market_pair *first, const market_pair *second)
{
	*d = (draft){.in = MARKET_OFFER_CREATE_PARAMS_INIT};
	d->in.seller = s->seller;
	d->in.product = s->product;
	d->in.skus = d->list;
	d->in.n_skus = 2;
	for (size_t i = 0; i < 2; i++) {
		const market_pair *pairs = i == 0 ? first : second;

		d->skus[i] = (market_offer_sku)MARKET_OFFER_SKU_INIT;
		d->skus[i].price = mk_money(500, "BRL");
		d->skus[i].attributes = d->attributes[i];
		d->skus[i].n_attributes = 2;
		d->attributes[i][0] = &pairs[0];
		d->attributes[i][1] = &pairs[1];
		d->list[i] = &d->skus[i];
	}
}

static void offer_table(void)
{
	/* by state (draft, active, paused, ended, blocked) and step; 0 is refused */
	static const int32_t expected[5][6] = {
		/* activate, pause, end, block, unblock, update */
		{MARKET_OFFER_ACTIVE, 0, MARKET_OFFER_ENDED, MARKET_OFFER_BLOCKED, 0, MARKET_OFFER_DRAFT},
		{0, MARKET_OFFER_PAUSED, MARKET_OFFER_ENDED, MARKET_OFFER_BLOCKED, 0, MARKET_OFFER_ACTIVE},
		{MARKET_OFFER_ACTIVE, 0, MARKET_OFFER_ENDED, MARKET_OFFER_BLOCKED, 0, MARKET_OFFER_PAUSED},
		{0, 0, 0, 0, 0, 0},
		{0, 0, 0, 0, MARKET_OFFER_PAUSED, 0},
	};
	market_error err;

	for (int32_t state = MARKET_OFFER_DRAFT; state <= MARKET_OFFER_BLOCKED; state++) {
		for (int32_t to = MK_OFFER_ACTIVATE; to <= MK_OFFER_UPDATE; to++) {
			market_offer offer = {.id = {7, 7}, .state = state};
			const int32_t wanted = expected[state - 1][to - 1];
			const int rc = mk_offer_step_to(&offer, (mk_offer_step)to, &err);

			CHECK_INT(rc, wanted ? 0 : MARKET_ESTATE);
			CHECK_INT(offer.state, wanted ? wanted : state);
			if (rc != 0)
				CU_ASSERT(strncmp(err.object, "off_", 4) == 0);
		}
	}
}

static void offer_life(void)
{
	shop s;
	market_error err;
	market_id id;

	shop_open(&s, true);
	id = shop_offer(&s, s.product);
	CHECK_INT(shop_offer_state(s.owner, id), MARKET_OFFER_DRAFT);
	CHECK_ERROR(shop_step(s.owner, "offer.pause", id, NULL, &err), MARKET_ESTATE, NULL);
	CHECK_OK(shop_step(s.owner, "offer.activate", id, NULL, &err));
	CHECK_INT(shop_offer_state(s.stranger, id), MARKET_OFFER_ACTIVE);
	CHECK_OK(shop_step(s.owner, "offer.pause", id, NULL, &err));
	CHECK_OK(shop_step(s.owner, "offer.activate", id, NULL, &err));
	CHECK_OK(shop_step(s.staff, "offer.block", id, "a complaint", &err));
	CHECK_ERROR(shop_step(s.owner, "offer.activate", id, NULL, &err), MARKET_ESTATE, NULL);
	CHECK_ERROR(shop_step(s.owner, "offer.end", id, NULL, &err), MARKET_ESTATE, NULL);
	CHECK_OK(shop_step(s.staff, "offer.unblock", id, NULL, &err));
	CHECK_INT(shop_offer_state(s.owner, id), MARKET_OFFER_PAUSED);
	CHECK_OK(shop_step(s.owner, "offer.end", id, NULL, &err));
	CHECK_ERROR(shop_step(s.owner, "offer.activate", id, NULL, &err), MARKET_ESTATE, NULL);
	CHECK_INT(shop_events(&s, "offer.blocked"), 1);
	CHECK_INT(shop_events(&s, "offer.ended"), 1);
	shop_close(&s);
}

static void activation_needs_product(void)
{
	shop s;
	market_error err;
	market_id product, offer;

	shop_open(&s, true);
	product = shop_product(&s, "a chart", false);
	offer = shop_offer(&s, product);
	CHECK_ERROR(shop_activate(&s, offer, &err), MARKET_EINCOMPLETE, "offer");
	CHECK_OK(shop_step(s.staff, "product.publish", product, NULL, &err));
	CHECK_OK(shop_activate(&s, offer, &err));
	shop_close(&s);
}

static void variants_differ(void)
{
	shop s;
	market_error err;
	draft d;

	shop_open(&s, true);
	fill(&d, &s, big_red, red_big);
	CHECK_ERROR(market_offer_create(s.owner, &d.in, NULL, &err), MARKET_EINVALID,
	            "skus[1].attributes");
	fill(&d, &s, big_red, small_red);
	CHECK_OK(market_offer_create(s.owner, &d.in, NULL, &err));
	/* one more value, and they differ too */
	fill(&d, &s, big_red, red_big);
	d.skus[1].n_attributes = 1;
	CHECK_OK(market_offer_create(s.owner, &d.in, NULL, &err));
	shop_close(&s);
}

static void prices_are_checked(void)
{
	shop s;
	market_error err;
	draft d;

	shop_open(&s, true);
	fill(&d, &s, big_red, small_red);
	d.skus[1].price = mk_money(500, "EUR");
	CHECK_ERROR(market_offer_create(s.owner, &d.in, NULL, &err), MARKET_ECURRENCY, "skus[1].price");
	fill(&d, &s, big_red, small_red);
	d.skus[0].list_price = mk_money(900, "EUR");
	CHECK_ERROR(market_offer_create(s.owner, &d.in, NULL, &err), MARKET_ECURRENCY,
	            "skus[0].list_price");
	d.skus[0].list_price = mk_money(499, "BRL");
	CHECK_ERROR(market_offer_create(s.owner, &d.in, NULL, &err), MARKET_EINVALID,
	            "skus[0].list_price");
	d.skus[0].list_price = mk_money(500, "BRL");
	CHECK_OK(market_offer_create(s.owner, &d.in, NULL, &err));
	d.skus[0].price = mk_money(0, "BRL");
	CHECK_ERROR(market_offer_create(s.owner, &d.in, NULL, &err), MARKET_ELIMIT, "skus[0].price");
	shop_close(&s);
}

static void refs_are_unique(void)
{
	shop s;
	market_error err;
	draft d;
	char *reply = NULL;

	shop_open(&s, true);
	fill(&d, &s, big_red, small_red);
	d.in.ref = "atlas";
	d.skus[0].ref = "a1";
	d.skus[1].ref = "a1";
	CHECK_ERROR(market_offer_create(s.owner, &d.in, NULL, &err), MARKET_EINVALID, "skus[1].ref");
	d.skus[1].ref = "a2";
	CHECK_OK(market_offer_create(s.owner, &d.in, NULL, &err));
	CHECK_ERROR(market_offer_create(s.owner, &d.in, NULL, &err), MARKET_EEXISTS, "ref");
	d.in.ref = "another";
	d.skus[0].ref = "a3";
	CHECK_ERROR(market_offer_create(s.owner, &d.in, NULL, &err), MARKET_EEXISTS, "skus[1].ref");
	CHECK_OK(market_call(s.owner, "offer.get", "{\"offer\":\"ref:atlas\"}", &reply, &err));
	CU_ASSERT(reply && strstr(reply, "\"ref\":\"a1\"") && strstr(reply, "\"size\":\"L\""));
	market_text_free(reply);
	reply = NULL;
	CHECK_OK(market_call(s.staff, "offer.get", "{\"offer\":\"ref:north/atlas\"}", &reply, &err));
	market_text_free(reply);
	/* another seller may use the same */
	CHECK_ERROR(market_call(s.rival, "offer.get", "{\"offer\":\"ref:atlas\"}", &reply, &err),
	            MARKET_ENOTFOUND, "offer");
	shop_close(&s);
}

static void strangers_see_active(void)
{
	shop s;
	market_error err;
	market_offer_list_params in = MARKET_OFFER_LIST_PARAMS_INIT;
	market_offer_page *page = NULL;
	market_id hidden;
	draft d;

	shop_open(&s, true);
	hidden = shop_offer(&s, s.product);
	CHECK_INT(shop_offer_state(s.stranger, hidden), 0);
	CHECK_INT(shop_offer_state(s.rival, hidden), 0);
	CHECK_INT(shop_offer_state(s.owner, hidden), MARKET_OFFER_DRAFT);
	CHECK_ERROR(shop_step(s.rival, "offer.end", hidden, NULL, &err), MARKET_ENOTFOUND, "offer");
	CHECK_ERROR(shop_step(s.stranger, "offer.end", s.offer, NULL, &err), MARKET_ENOTFOUND, "offer");
	in.seller = s.seller;
	CHECK_OK_FATAL(market_offer_list(s.stranger, &in, &page, &err));
	CHECK_INT(page->n_items, 1);
	CU_ASSERT(mk_id_equal(page->items[0]->id, s.offer));
	CHECK_INT(page->items[0]->n_skus, 2);
	market_offer_page_free(page);
	CHECK_OK_FATAL(market_offer_list(s.owner, &in, &page, &err));
	CHECK_INT(page->n_items, 2);
	market_offer_page_free(page);
	in.state = MARKET_OFFER_DRAFT;
	CHECK_ERROR(market_offer_list(s.stranger, &in, &page, &err), MARKET_EDENIED, "state");
	/* nor may a rival offer what isn't published */
	fill(&d, &s, big_red, small_red);
	d.in.seller = s.rival_seller;
	d.in.product = shop_product(&s, "a chart", false);
	CHECK_ERROR(market_offer_create(s.rival, &d.in, NULL, &err), MARKET_ENOTFOUND, "product");
	shop_close(&s);
}

static void roles_decide(void)
{
	shop s;
	market_error err;
	market_session *viewer, *keeper, *editor;
	market_stock_adjust_params in = MARKET_STOCK_ADJUST_PARAMS_INIT;

	shop_open(&s, true);
	viewer = shop_member(&s, MARKET_ROLE_VIEWER);
	keeper = shop_member(&s, MARKET_ROLE_FULFILMENT);
	editor = shop_member(&s, MARKET_ROLE_CATALOGUE);
	CHECK_ERROR(shop_step(viewer, "offer.pause", s.offer, NULL, &err), MARKET_EDENIED, NULL);
	CHECK_ERROR(shop_step(keeper, "offer.pause", s.offer, NULL, &err), MARKET_EDENIED, NULL);
	CHECK_OK(shop_step(editor, "offer.pause", s.offer, NULL, &err));
	CHECK_INT(shop_offer_state(viewer, s.offer), MARKET_OFFER_PAUSED);
	in.sku = s.red;
	in.warehouse = s.warehouse;
	in.delta = 1;
	in.reason = "found";
	CHECK_ERROR(market_stock_adjust(viewer, &in, NULL, &err), MARKET_EDENIED, NULL);
	CHECK_ERROR(market_stock_adjust(s.stranger, &in, NULL, &err), MARKET_ENOTFOUND, "sku");
	CHECK_ERROR(market_stock_adjust(s.rival, &in, NULL, &err), MARKET_ENOTFOUND, "sku");
	CHECK_OK(market_stock_adjust(keeper, &in, NULL, &err));
	CHECK_OK(market_stock_adjust(editor, &in, NULL, &err));
	market_session_close(viewer);
	market_session_close(keeper);
	market_session_close(editor);
	shop_close(&s);
}

static void prices_change(void)
{
	shop s;
	market_error err;
	market_offer_update_params in = MARKET_OFFER_UPDATE_PARAMS_INIT;
	market_offer_price prices[2] = {MARKET_OFFER_PRICE_INIT, MARKET_OFFER_PRICE_INIT};
	const market_offer_price *const list[] = {&prices[0], &prices[1]};
	market_offer *offer = NULL;

	shop_open(&s, true);
	in.offer = s.offer;
	in.prices = list;
	in.n_prices = 2;
	prices[0].sku = s.blue;
	prices[0].price = mk_money(1100, "BRL");
	prices[0].list_price = mk_money(1200, "BRL");
	prices[1].sku = s.red;
	prices[1].list_price = mk_money(999, "BRL");
	CHECK_ERROR(market_offer_update(s.owner, &in, NULL, &err), MARKET_EINVALID,
	            "prices[1].list_price");
	prices[1].list_price = mk_money(1000, "BRL");
	CHECK_OK_FATAL(market_offer_update(s.owner, &in, &offer, &err));
	CHECK_INT(offer->skus[0]->price.amount, 1000);
	CHECK_INT(offer->skus[0]->list_price.amount, 1000);
	CHECK_INT(offer->skus[1]->price.amount, 1100);
	market_offer_free(offer);
	in.n_prices = 1;
	prices[0].list_price = (market_money){0, ""};
	prices[0].no_list_price = true;
	CHECK_OK_FATAL(market_offer_update(s.owner, &in, &offer, &err));
	CHECK_TEXT(offer->skus[1]->list_price.currency, "");
	market_offer_free(offer);
	in.n_prices = 2;
	prices[1].sku = s.blue;
	CHECK_ERROR(market_offer_update(s.owner, &in, NULL, &err), MARKET_EINVALID, "prices[1].sku");
	prices[1].sku = (market_id){s.seller.book, 4711};
	CHECK_ERROR(market_offer_update(s.owner, &in, NULL, &err), MARKET_ENOTFOUND, "prices[1].sku");
	in.n_prices = 1;
	prices[0].price = mk_money(1100, "EUR");
	CHECK_ERROR(market_offer_update(s.owner, &in, NULL, &err), MARKET_ECURRENCY, "prices[0].price");
	prices[0].price = mk_money(1100, "BRL");
	CHECK_OK(shop_step(s.owner, "offer.end", s.offer, NULL, &err));
	CHECK_ERROR(market_offer_update(s.owner, &in, NULL, &err), MARKET_ESTATE, NULL);
	shop_close(&s);
}

static void offer_pages(void)
{
	shop s;
	market_error err;
	market_offer_list_params in = MARKET_OFFER_LIST_PARAMS_INIT;
	market_offer_page *page = NULL;
	int64_t limit = 2;
	char after[64] = "";
	market_id seen[8];
	size_t n = 0;

	shop_open(&s, true);
	for (int i = 0; i < 4; i++)
		(void)shop_offer(&s, s.product);
	in.seller = s.seller;
	in.limit = &limit;
	do {
		in.after = after[0] ? after : NULL;
		CHECK_OK_FATAL(market_offer_list(s.staff, &in, &page, &err));
		CU_ASSERT_FATAL(page->n_items <= 2 && n + page->n_items <= 8);
		for (size_t i = 0; i < page->n_items; i++)
			seen[n++] = page->items[i]->id;
		snprintf(after, sizeof(after), "%s", page->next ? page->next : "");
		market_offer_page_free(page);
	} while (after[0]);
	CHECK_INT(n, 5);
	for (size_t i = 1; i < n; i++)
		CU_ASSERT(seen[i].id > seen[i - 1].id);
	in.after = NULL;
	in.state = MARKET_OFFER_DRAFT;
	limit = 4;
	CHECK_OK_FATAL(market_offer_list(s.owner, &in, &page, &err));
	CHECK_INT(page->n_items, 4);
	CU_ASSERT_PTR_NULL(page->next);
	market_offer_page_free(page);
	shop_close(&s);
}

void suite_offer(void)
{
	CU_pSuite s = test_suite_on_store("offer");

	CU_add_test(s, "CAT-2: every state of an offer and every step", offer_table);
	CU_add_test(s, "CAT-2: an offer from draft to ended, blocked between", offer_life);
	CU_add_test(s, "CAT-2: an offer is activated once its product is published",
	            activation_needs_product);
	CU_add_test(s, "CAT-2: SKUs are told apart by their attribute values", variants_differ);
	CU_add_test(s, "prices are in the seller's currency and not above the list price",
	            prices_are_checked);
	CU_add_test(s, "references of offers and SKUs are unique to the seller", refs_are_unique);
	CU_add_test(s, "strangers see active offers alone", strangers_see_active);
	CU_add_test(s, "a member's role decides over offers and stock", roles_decide);
	CU_add_test(s, "prices of SKUs change while the offer runs", prices_change);
	CU_add_test(s, "offers are listed in keyset pages and by state", offer_pages);
}
