#include "tests/unit/catalog_fixture.h"

#include <stdio.h>
#include <string.h>

static const market_pair colours[] = {{"colour", "red"}, {"colour", "blue"}};
static const market_pair *const red[] = {&colours[0]}, *const blue[] = {&colours[1]};

static void open_sessions(shop *s);
static void add_goods(shop *s);
static market_id add_warehouse(shop *s, const char *ref);

void shop_open(shop *s, bool goods)
{
	*s = (shop){.url = test_store_url()};
	market_options options = MARKET_OPTIONS_INIT;
	market_error err;

	options.flags = MARKET_OPEN_CREATE;
	CHECK_OK_FATAL(market_open(s->url, &options, &s->market, &err));
	s->staff = shop_session(s, MARKET_ACTOR_OPERATOR, (market_id){0, 0});
	s->seller = shop_seller(s, "north", &s->owner);
	s->rival_seller = shop_seller(s, "south", &s->rival);
	open_sessions(s);
	if (goods)
		add_goods(s);
}

void shop_close(shop *s)
{
	market_session_close(s->staff);
	market_session_close(s->owner);
	market_session_close(s->stranger);
	market_session_close(s->rival);
	market_close(s->market);
}

void shop_leave(shop *s)
{
	shop_close(s);
	s->market = NULL;
	s->staff = s->owner = s->stranger = s->rival = NULL;
}

void shop_return(shop *s)
{
	market_options options = MARKET_OPTIONS_INIT;
	market_error err;

	CHECK_OK_FATAL(market_open(s->url, &options, &s->market, &err));
	s->staff = shop_session(s, MARKET_ACTOR_OPERATOR, (market_id){0, 0});
}

market_session *shop_session(shop *s, int32_t kind, market_id id)
{
	const market_actor actor = {
		.kind = kind, .id = id, .name = "staff", .rights = MARKET_RIGHT_ALL};
	market_session *session = NULL;
	market_error err;

	CHECK_OK_FATAL(market_session_open(s->market, &actor, &session, &err));
	return session;
}

market_id shop_seller(shop *s, const char *name, market_session **owner)
{
	market_seller_apply_params in = MARKET_SELLER_APPLY_PARAMS_INIT;
	market_seller_approve_params yes = MARKET_SELLER_APPROVE_PARAMS_INIT;
	market_seller *seller = NULL;
	market_error err;
	market_id id;

	in.ref = name;
	in.name = name;
	in.store_type = MARKET_STORE_INDIVIDUAL;
	in.country = "BR";
	in.currency = "BRL";
	in.owner_name = "the owner";
	CHECK_OK_FATAL(market_seller_apply(s->staff, &in, &seller, &err));
	id = seller->id;
	*owner = shop_session(s, MARKET_ACTOR_MEMBER, seller->owner);
	market_seller_free(seller);
	yes.seller = id;
	yes.waiver = "known for years";
	CHECK_OK_FATAL(market_seller_approve(s->staff, &yes, NULL, &err));
	return id;
}

market_session *shop_member(shop *s, int32_t role)
{
	market_member_create_params in = MARKET_MEMBER_CREATE_PARAMS_INIT;
	market_member *member = NULL;
	market_session *session;
	market_error err;

	in.seller = s->seller;
	in.name = "a member";
	in.role = role;
	CHECK_OK_FATAL(market_member_create(s->staff, &in, &member, &err));
	session = shop_session(s, MARKET_ACTOR_MEMBER, member->id);
	market_member_free(member);
	return session;
}

market_id shop_category(shop *s, const char *code, market_id parent)
{
	market_category_create_params in = MARKET_CATEGORY_CREATE_PARAMS_INIT;
	market_category *category = NULL;
	market_error err;
	market_id id = {0, 0};

	in.code = code;
	in.name = code;
	in.parent = parent;
	CHECK_OK(market_category_create(s->staff, &in, &category, &err));
	if (category)
		id = category->id;
	market_category_free(category);
	return id;
}

market_id shop_product(shop *s, const char *title, bool published)
{
	market_product_create_params in = MARKET_PRODUCT_CREATE_PARAMS_INIT;
	market_product_publish_params yes = MARKET_PRODUCT_PUBLISH_PARAMS_INIT;
	market_product *product = NULL;
	market_error err;

	in.category = s->category;
	in.title = title;
	CHECK_OK_FATAL(market_product_create(s->owner, &in, &product, &err));
	yes.product = product->id;
	market_product_free(product);
	if (published)
		CHECK_OK(market_product_publish(s->staff, &yes, NULL, &err));
	return yes.product;
}

market_id shop_offer(shop *s, market_id product)
{
	market_offer_sku skus[] = {MARKET_OFFER_SKU_INIT, MARKET_OFFER_SKU_INIT};
	const market_offer_sku *const list[] = {&skus[0], &skus[1]};
	market_offer_create_params in = MARKET_OFFER_CREATE_PARAMS_INIT;
	market_offer *offer = NULL;
	market_error err;
	market_id id;

	skus[0].attributes = red;
	skus[1].attributes = blue;
	skus[0].n_attributes = skus[1].n_attributes = 1;
	skus[0].price = mk_money(1000, "BRL");
	skus[1].price = mk_money(1200, "BRL");
	in.seller = s->seller;
	in.product = product;
	in.skus = list;
	in.n_skus = 2;
	CHECK_OK_FATAL(market_offer_create(s->owner, &in, &offer, &err));
	id = offer->id;
	CHECK_INT(offer->n_skus, 2);
	if (mk_id_absent(s->red) && offer->n_skus == 2) {
		s->red = offer->skus[0]->id;
		s->blue = offer->skus[1]->id;
	}
	market_offer_free(offer);
	return id;
}

int shop_activate(shop *s, market_id offer, market_error *err)
{
	market_offer_activate_params in = MARKET_OFFER_ACTIVATE_PARAMS_INIT;

	in.offer = offer;
	return market_offer_activate(s->owner, &in, NULL, err);
}

int shop_adjust(shop *s, market_id sku, market_id warehouse, int64_t delta, market_error *err)
{
	market_stock_adjust_params in = MARKET_STOCK_ADJUST_PARAMS_INIT;

	in.sku = sku;
	in.warehouse = warehouse;
	in.delta = delta;
	in.reason = "delivery";
	return market_stock_adjust(s->staff, &in, NULL, err);
}

int shop_threshold(shop *s, market_id sku, market_id warehouse, int64_t low_at, market_error *err)
{
	market_stock_set_params in = MARKET_STOCK_SET_PARAMS_INIT;

	in.sku = sku;
	in.warehouse = warehouse;
	in.low_at = &low_at;
	return market_stock_set(s->staff, &in, NULL, err);
}

market_stock shop_stock(shop *s, market_id sku, market_id warehouse)
{
	market_stock_list_params in = MARKET_STOCK_LIST_PARAMS_INIT;
	market_stock_page *page = NULL;
	market_stock found = {.on_hand = -1};
	market_error err;

	in.sku = sku;
	CHECK_OK(market_stock_list(s->staff, &in, &page, &err));
	for (size_t i = 0; page && i < page->n_items; i++)
		if (mk_id_equal(page->items[i]->warehouse, warehouse))
			found = *page->items[i];
	market_stock_page_free(page);
	return found;
}

int shop_events(shop *s, const char *type)
{
	market_event_list_params in = MARKET_EVENT_LIST_PARAMS_INIT;
	market_event_page *page = NULL;
	const int64_t limit = MK_MAX_PAGE;
	market_error err;
	char text[80];
	int n = 0;

	snprintf(text, sizeof(text), "\"type\":\"%s\"", type);
	in.limit = &limit;
	CHECK_OK(market_event_list(s->staff, &in, &page, &err));
	for (size_t i = 0; page && i < page->n_items; i++)
		for (const char *at = page->items[i]->events; at && (at = strstr(at, text)); at++)
			n++;
	market_event_page_free(page);
	return n;
}

int shop_step(market_session *session, const char *operation, market_id object, const char *reason,
              market_error *err)
{
	const bool product = strncmp(operation, "product.", 8) == 0;
	char id[MARKET_ID_TEXT_SIZE], params[300];

	market_id_format(product ? MARKET_ID_PRODUCT : MARKET_ID_OFFER, object, id);
	snprintf(params, sizeof(params),
	         reason ? "{\"%s\":\"%s\",\"reason\":\"%s\"}" : "{\"%s\":\"%s\"}",
	         product ? "product" : "offer", id, reason);
	return market_call(session, operation, params, NULL, err);
}

int32_t shop_product_state(market_session *session, market_id id)
{
	market_product_get_params in = MARKET_PRODUCT_GET_PARAMS_INIT;
	market_product *product = NULL;
	int32_t state = 0;

	in.product = id;
	if (market_product_get(session, &in, &product, NULL) == 0)
		state = product->state;
	market_product_free(product);
	return state;
}

int32_t shop_offer_state(market_session *session, market_id id)
{
	market_offer_get_params in = MARKET_OFFER_GET_PARAMS_INIT;
	market_offer *offer = NULL;
	int32_t state = 0;

	in.offer = id;
	if (market_offer_get(session, &in, &offer, NULL) == 0)
		state = offer->state;
	market_offer_free(offer);
	return state;
}

static void open_sessions(shop *s)
{
	market_buyer_create_params in = MARKET_BUYER_CREATE_PARAMS_INIT;
	market_buyer *buyer = NULL;
	market_error err;

	in.name = "a buyer";
	CHECK_OK_FATAL(market_buyer_create(s->staff, &in, &buyer, &err));
	s->stranger = shop_session(s, MARKET_ACTOR_BUYER, buyer->id);
	market_buyer_free(buyer);
}

static void add_goods(shop *s)
{
	market_error err;

	s->category = shop_category(s, "media", (market_id){0, 0});
	s->product = shop_product(s, "an atlas", true);
	s->offer = shop_offer(s, s->product);
	CHECK_OK(shop_activate(s, s->offer, &err));
	s->warehouse = add_warehouse(s, "main");
	s->second = add_warehouse(s, "second");
}

static market_id add_warehouse(shop *s, const char *ref)
{
	market_warehouse_create_params in = MARKET_WAREHOUSE_CREATE_PARAMS_INIT;
	market_warehouse *warehouse = NULL;
	market_error err;
	market_id id;

	in.seller = s->seller;
	in.ref = ref;
	in.name = ref;
	in.country = "BR";
	CHECK_OK_FATAL(market_warehouse_create(s->owner, &in, &warehouse, &err));
	id = warehouse->id;
	market_warehouse_free(warehouse);
	return id;
}
