#include "libmarket/catalog/sql.h"
#include "libmarket/deposit/deposit.h"
#include "libmarket/engine/journal.h"
#include "libmarket/listing/listing.h"
#include "libmarket/search/search.h"
#include "libmarket/seller/brand.h"
#include "libmarket/seller/category.h"
#include "libmarket/standing/standing.h"

#include <string.h>

static int check_listing(mk_ctx *ctx, const market_offer_create_params *in, const mk_seller *seller,
                         mk_price_check *prices, market_error *err);
static int check_product(mk_ctx *ctx, market_id seller, market_id id, market_product **out,
                         market_error *err);
static int check_prices(market_money price, market_money list_price, const char *currency,
                        market_error *err);
static int check_skus(const market_offer_create_params *in, const char *currency,
                      market_error *err);
static int check_brand_prices(mk_ctx *ctx, const market_offer_create_params *in,
                              const char *currency, mk_price_check *prices, market_error *err);
static int check_alike(const market_offer_create_params *in, size_t at, market_error *err);
static bool same_attributes(const market_offer_sku *a, const market_offer_sku *b);
static int check_refs(mk_ctx *ctx, const market_offer_create_params *in, market_error *err);
static int add_skus(mk_ctx *ctx, const market_offer *offer, const market_offer_create_params *in,
                    market_error *err);
static market_sku *sku_named(const mk_query *skus, market_id id);
static int reprice(mk_ctx *ctx, market_sku *sku, const market_offer_price *price,
                   mk_price_check *prices, market_error *err);
static int reprice_all(mk_ctx *ctx, const market_offer_update_params *in, const mk_query *skus,
                       mk_price_check *prices, market_error *err);
static void write_prices(mk_ctx *ctx, const market_offer_update_params *in, const mk_query *skus);
static int follow_prices(mk_ctx *ctx, const market_offer *offer, const mk_query *skus,
                         const mk_price_check *prices, market_error *err);
static int check_twice(const market_offer_update_params *in, size_t at, market_error *err);
static int step(mk_ctx *ctx, mk_offer_step to, const char *reason, const char *event,
                market_error *err);

/* CAT-2 */
static const struct {
	mk_offer_step step;
	int32_t from, to;
} transitions[] = {
	{MK_OFFER_ACTIVATE, MARKET_OFFER_DRAFT, MARKET_OFFER_ACTIVE},
	{MK_OFFER_ACTIVATE, MARKET_OFFER_PAUSED, MARKET_OFFER_ACTIVE},
	{MK_OFFER_PAUSE, MARKET_OFFER_ACTIVE, MARKET_OFFER_PAUSED},
	{MK_OFFER_END, MARKET_OFFER_DRAFT, MARKET_OFFER_ENDED},
	{MK_OFFER_END, MARKET_OFFER_ACTIVE, MARKET_OFFER_ENDED},
	{MK_OFFER_END, MARKET_OFFER_PAUSED, MARKET_OFFER_ENDED},
	{MK_OFFER_BLOCK, MARKET_OFFER_DRAFT, MARKET_OFFER_BLOCKED},
	{MK_OFFER_BLOCK, MARKET_OFFER_ACTIVE, MARKET_OFFER_BLOCKED},
	{MK_OFFER_BLOCK, MARKET_OFFER_PAUSED, MARKET_OFFER_BLOCKED},
	{MK_OFFER_UNBLOCK, MARKET_OFFER_BLOCKED, MARKET_OFFER_PAUSED},
	{MK_OFFER_UPDATE, MARKET_OFFER_DRAFT, MARKET_OFFER_DRAFT},
	{MK_OFFER_UPDATE, MARKET_OFFER_ACTIVE, MARKET_OFFER_ACTIVE},
	{MK_OFFER_UPDATE, MARKET_OFFER_PAUSED, MARKET_OFFER_PAUSED},
};
static const char *const step_words[] = {
	[MK_OFFER_ACTIVATE] = "activated", [MK_OFFER_PAUSE] = "paused",
	[MK_OFFER_END] = "ended",          [MK_OFFER_BLOCK] = "blocked",
	[MK_OFFER_UNBLOCK] = "unblocked",  [MK_OFFER_UPDATE] = "changed",
};

int mk_offer_step_to(market_offer *offer, mk_offer_step to, market_error *err)
{
	const char *state = mk_enum_name(&mk_offer_state_enum, offer->state);

	for (size_t i = 0; i < sizeof(transitions) / sizeof(transitions[0]); i++) {
		if (transitions[i].step == to && transitions[i].from == offer->state) {
			offer->state = transitions[i].to;
			return 0;
		}
	}
	mk_error_set(err, MARKET_ESTATE, "the offer is %s and can't be %s",
	             state ? state : "of no state", step_words[to]);
	return mk_error_object(err, MARKET_ESTATE, MARKET_ID_OFFER, offer->id);
}

int mk_offer_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_offer_create_params *in = params;
	const mk_seller *seller = ctx->subject;
	market_offer *offer = MK_NEW(ctx->arena, market_offer);
	mk_price_check prices = {.rule = NULL};
	int rc;

	if (!offer)
		return mk_error_no_memory(err);
	rc = check_listing(ctx, in, seller, &prices, err);
	if (rc == 0)
		rc = mk_ref_check_free_in(ctx, &mk_offer_entity, in->seller.book, in->ref, err);
	if (rc == 0)
		rc = check_refs(ctx, in, err);
	if (rc != 0)
		return rc;
	offer->id = mk_new_id(ctx, in->seller.book);
	offer->ref = in->ref;
	offer->seller = in->seller;
	offer->product = in->product;
	offer->state = MARKET_OFFER_DRAFT;
	offer->currency = seller->seller.currency;
	offer->created_at = ctx->now;
	offer->version = 1;
	offer->metadata = in->metadata;
	offer->n_metadata = in->n_metadata;
	mk_price_check_hold(&prices, offer);
	rc = mk_offer_checked_new(ctx, offer, in, err);
	if (rc != 0)
		return rc;
	mk_insert(ctx, &mk_offer_insert, &mk_offer_record, offer->id, offer);
	rc = add_skus(ctx, offer, in, err);
	if (rc != 0)
		return rc;
	mk_event(ctx, "offer.created", MARKET_ID_OFFER, offer->id);
	mk_event_id(ctx, "product", MARKET_ID_PRODUCT, offer->product);
	mk_price_check_event(ctx, &prices, offer->id);
	ctx->result = offer->id;
	return mk_price_check_violation(ctx, &prices, (mk_seller *)seller, offer->id, err);
}

int mk_offer_update(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_offer_update_params *in = params;
	market_offer *offer = mk_arena_copy(ctx->arena, ctx->subject, sizeof(*offer));
	mk_query skus = {.statement = &mk_sku_of_offer, .record = &mk_sku_record};
	const bool was_on_sale = offer && offer->state == MARKET_OFFER_ACTIVE;
	mk_price_check prices = {.rule = NULL};
	bool waits = false;
	int rc;

	if (!offer)
		return mk_error_no_memory(err);
	rc = mk_offer_step_to(offer, MK_OFFER_UPDATE, err);
	if (rc != 0)
		return rc;
	const mk_value args[] = {mk_int(offer->id.book), mk_int(offer->id.id)};
	skus.args = args;
	skus.n_args = 2;
	rc = mk_store_read(ctx->store, ctx->arena, &skus, 1, err);
	if (rc == 0)
		rc = mk_price_check_begin(ctx, offer->product, offer->currency, &prices, err);
	if (rc == 0)
		rc = reprice_all(ctx, in, &skus, &prices, err);
	if (rc == 0) /* only what is on sale waits: the rest is looked at when it is activated */
		rc = mk_offer_checked(ctx, offer, (market_sku *const *)skus.rows, skus.n_rows,
		                      was_on_sale ? &waits : NULL, err);
	if (rc != 0)
		return rc;
	if (waits)
		offer->state = MARKET_OFFER_PAUSED;
	/* an update guards the offer too, so that it can't be ended meanwhile */
	mk_price_check_hold(&prices, offer);
	mk_update(ctx, &mk_offer_save, &mk_offer_record, offer->id, offer);
	mk_event(ctx, "offer.updated", MARKET_ID_OFFER, offer->id);
	write_prices(ctx, in, &skus);
	ctx->result = offer->id;
	return follow_prices(ctx, offer, was_on_sale ? &skus : NULL, &prices, err);
}

int mk_offer_activate(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	return step(ctx, MK_OFFER_ACTIVATE, NULL, "offer.activated", err);
}

int mk_offer_pause(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	return step(ctx, MK_OFFER_PAUSE, NULL, "offer.paused", err);
}

int mk_offer_end(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	return step(ctx, MK_OFFER_END, NULL, "offer.ended", err);
}

int mk_offer_block(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_offer_block_params *in = params;

	return step(ctx, MK_OFFER_BLOCK, in->reason, "offer.blocked", err);
}

int mk_offer_unblock(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	return step(ctx, MK_OFFER_UNBLOCK, NULL, "offer.unblocked", err);
}

int mk_offer_get(mk_ctx *ctx, const void *params, market_error *err)
{
	market_offer *offer = (market_offer *)ctx->subject;

	(void)params;
	if (offer->state != MARKET_OFFER_ACTIVE && !mk_catalog_insider(ctx, offer->seller))
		return mk_not_found(&mk_offer_entity, offer->id, "offer", err);
	ctx->output = offer;
	return mk_offer_fill_skus(ctx, &offer, 1, err);
}

int mk_offer_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_offer_list_params *in = params;
	market_offer_page *page = MK_NEW(ctx->arena, market_offer_page);
	const bool insider = mk_catalog_insider(ctx, in->seller);
	const int32_t state = in->state || insider ? in->state : MARKET_OFFER_ACTIVE;
	const int64_t limit = mk_page_size(in->limit);
	int64_t after, unused;
	mk_query query = {.record = &mk_offer_record};
	int rc;

	if (!page)
		return mk_error_no_memory(err);
	if (state != MARKET_OFFER_ACTIVE && !insider)
		return mk_error_at(err, MARKET_EDENIED, "state", "only active offers are shown");
	rc = mk_cursor_read(in->after, &after, &unused, err);
	if (rc != 0)
		return rc;
	const mk_value args[] = {mk_int(after), mk_int(limit + 1), mk_int(in->seller.book),
	                         mk_int(state)};
	query.statement = state ? &mk_offer_in_state : &mk_offer_of_seller;
	query.args = args;
	query.n_args = state ? 4 : 3;
	rc = mk_catalog_page(ctx, &query, limit, &page->next, err);
	if (rc == 0)
		rc = mk_offer_fill_skus(ctx, (market_offer *const *)query.rows, query.n_rows, err);
	if (rc != 0)
		return rc;
	page->items = (const market_offer *const *)query.rows;
	page->n_items = query.n_rows;
	ctx->output = page;
	return 0;
}

int mk_offer_fill_skus(mk_ctx *ctx, market_offer *const *offers, size_t count, market_error *err)
{
	mk_query *queries = MK_NEW_ARRAY(ctx->arena, mk_query, count + 1);
	mk_value *args = MK_NEW_ARRAY(ctx->arena, mk_value, 2 * count + 1);
	int rc;

	if (!queries || !args)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		args[2 * i] = mk_int(offers[i]->id.book);
		args[2 * i + 1] = mk_int(offers[i]->id.id);
		queries[i] = (mk_query){.statement = &mk_sku_of_offer,
		                        .args = &args[2 * i],
		                        .n_args = 2,
		                        .record = &mk_sku_record};
	}
	rc = count > 0 ? mk_store_read(ctx->store, ctx->arena, queries, count, err) : 0;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		offers[i]->skus = (const market_sku *const *)queries[i].rows;
		offers[i]->n_skus = queries[i].n_rows;
	}
	return rc;
}

/* What is looked at, in order, before an offer is made. */
static int check_listing(mk_ctx *ctx, const market_offer_create_params *in, const mk_seller *seller,
                         mk_price_check *prices, market_error *err)
{
	const char *currency = seller->seller.currency;
	market_product *product = NULL;
	mk_effective effective;
	void *category;
	int rc = mk_standing_check(ctx, seller->standing, MARKET_ACTION_LISTING_BLOCK, "seller", err);

	if (rc == 0)
		rc = check_product(ctx, in->seller, in->product, &product, err);
	if (rc == 0)
		rc = mk_deposit_check(ctx, seller, product->category, "seller", err);
	if (rc == 0)
		rc = mk_offer_check_brand(ctx, seller, product, "product", err);
	if (rc == 0)
		rc = check_skus(in, currency, err);
	if (rc == 0)
		rc = check_brand_prices(ctx, in, currency, prices, err);
	if (rc == 0)
		rc = mk_load(ctx, &mk_category_entity, product->category, "product", &category, err);
	if (rc == 0)
		rc = mk_seller_check_category(seller, category, err);
	if (rc == 0)
		rc = mk_category_effective(ctx, category, &effective, err);
	if (rc == 0)
		rc = mk_attribute_check_skus(&effective, in->skus, in->n_skus, err);
	return rc;
}

/* Another seller's proposal isn't to be seen before it is published. */
static int check_product(mk_ctx *ctx, market_id seller, market_id id, market_product **out,
                         market_error *err)
{
	void *row;
	int rc = mk_load(ctx, &mk_product_entity, id, "product", &row, err);
	const market_product *product = row;

	if (rc != 0)
		return rc;
	if (product->state != MARKET_PRODUCT_PUBLISHED && !mk_id_equal(product->seller, seller) &&
	    !mk_catalog_insider(ctx, product->seller))
		return mk_not_found(&mk_product_entity, id, "product", err);
	*out = row;
	return 0;
}

static int check_skus(const market_offer_create_params *in, const char *currency, market_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < in->n_skus; i++) {
		rc = check_prices(in->skus[i]->price, in->skus[i]->list_price, currency, err);
		if (rc == 0)
			rc = check_alike(in, i, err);
		if (rc != 0)
			mk_error_prefix(err, "skus[%zu]", i);
	}
	return rc;
}

/* CAT-5 */
static int check_brand_prices(mk_ctx *ctx, const market_offer_create_params *in,
                              const char *currency, mk_price_check *prices, market_error *err)
{
	const market_id none = {0, 0};
	int rc = mk_price_check_begin(ctx, in->product, currency, prices, err);

	for (size_t i = 0; rc == 0 && i < in->n_skus; i++) {
		rc = mk_price_check_sku(ctx, prices, in->skus[i]->ref, none, in->skus[i]->price, err);
		if (rc != 0)
			mk_error_prefix(err, "skus[%zu]", i);
	}
	return rc;
}

/* FX-1: an offer is in its seller's currency. */
static int check_prices(market_money price, market_money list_price, const char *currency,
                        market_error *err)
{
	if (strcmp(price.currency, currency) != 0)
		return mk_error_at(err, MARKET_ECURRENCY, "price",
		                   "the price is in %s, the seller sells in %s", price.currency, currency);
	if (list_price.currency[0] == '\0')
		return 0;
	if (strcmp(list_price.currency, currency) != 0)
		return mk_error_at(err, MARKET_ECURRENCY, "list_price",
		                   "the list price is in %s, the seller sells in %s", list_price.currency,
		                   currency);
	if (mk_money_less(list_price, price))
		return mk_error_at(err, MARKET_EINVALID, "list_price", "the list price is below the price");
	return 0;
}

/* CAT-2: SKUs are variants by their attribute values. */
static int check_alike(const market_offer_create_params *in, size_t at, market_error *err)
{
	const market_offer_sku *sku = in->skus[at];

	for (size_t i = 0; i < at; i++) {
		if (sku->ref && mk_text_equal(sku->ref, in->skus[i]->ref))
			return mk_error_at(err, MARKET_EINVALID, "ref", "ref %s is there twice", sku->ref);
		if (same_attributes(sku, in->skus[i]))
			return mk_error_at(err, MARKET_EINVALID, "attributes",
			                   "SKUs %zu and %zu have the same attributes", i, at);
	}
	return 0;
}

static bool same_attributes(const market_offer_sku *a, const market_offer_sku *b)
{
	if (a->n_attributes != b->n_attributes)
		return false;
	for (size_t i = 0; i < a->n_attributes; i++) {
		size_t j = 0;

		while (j < b->n_attributes &&
		       (strcmp(a->attributes[i]->name, b->attributes[j]->name) != 0 ||
		        strcmp(a->attributes[i]->value, b->attributes[j]->value) != 0))
			j++;
		if (j == b->n_attributes)
			return false;
	}
	return true;
}

static int check_refs(mk_ctx *ctx, const market_offer_create_params *in, market_error *err)
{
	mk_query *queries = MK_NEW_ARRAY(ctx->arena, mk_query, in->n_skus);
	mk_value *args = MK_NEW_ARRAY(ctx->arena, mk_value, 2 * in->n_skus);
	int rc;

	if (!queries || !args)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < in->n_skus; i++) {
		args[2 * i] = mk_int(in->seller.book);
		args[2 * i + 1] = mk_text_value(in->skus[i]->ref);
		queries[i] = (mk_query){.statement = &mk_sku_by_ref,
		                        .args = &args[2 * i],
		                        .n_args = 2,
		                        .record = &mk_key_record};
	}
	rc = mk_store_read(ctx->store, ctx->arena, queries, in->n_skus, err);
	for (size_t i = 0; rc == 0 && i < in->n_skus; i++) {
		if (queries[i].n_rows == 0)
			continue;
		rc = mk_error_at(err, MARKET_EEXISTS, "ref", "ref %s is taken", in->skus[i]->ref);
		mk_error_prefix(err, "skus[%zu]", i);
	}
	return rc;
}

static int add_skus(mk_ctx *ctx, const market_offer *offer, const market_offer_create_params *in,
                    market_error *err)
{
	for (size_t i = 0; i < in->n_skus; i++) {
		market_sku *sku = MK_NEW(ctx->arena, market_sku);

		if (!sku)
			return mk_error_no_memory(err);
		sku->id = mk_new_id(ctx, offer->id.book);
		sku->ref = in->skus[i]->ref;
		sku->offer = offer->id;
		sku->attributes = in->skus[i]->attributes;
		sku->n_attributes = in->skus[i]->n_attributes;
		sku->currency = offer->currency;
		sku->price = in->skus[i]->price;
		sku->list_price = in->skus[i]->list_price;
		sku->created_at = ctx->now;
		sku->version = 1;
		mk_insert(ctx, &mk_sku_insert, &mk_sku_record, sku->id, sku);
	}
	return 0;
}

static market_sku *sku_named(const mk_query *skus, market_id id)
{
	for (size_t i = 0; i < skus->n_rows; i++) {
		market_sku *sku = skus->rows[i];

		if (mk_id_equal(sku->id, id))
			return sku;
	}
	return NULL;
}

static int check_twice(const market_offer_update_params *in, size_t at, market_error *err)
{
	for (size_t i = 0; i < at; i++)
		if (mk_id_equal(in->prices[i]->sku, in->prices[at]->sku))
			return mk_error_at(err, MARKET_EINVALID, "sku", "the SKU is there twice");
	return 0;
}

static int reprice(mk_ctx *ctx, market_sku *sku, const market_offer_price *price,
                   mk_price_check *prices, market_error *err)
{
	const bool stated = price->list_price.currency[0] != '\0';
	const market_money before = sku->price;
	int rc;

	if (stated && price->no_list_price)
		return mk_error_at(err, MARKET_EINVALID, "list_price", "a list price is given and removed");
	if (price->price.currency[0] != '\0')
		sku->price = price->price;
	if (stated)
		sku->list_price = price->list_price;
	else if (price->no_list_price)
		sku->list_price = (market_money){0, ""};
	rc = check_prices(sku->price, sku->list_price, sku->currency, err);
	/* CAT-5: what stays as it is was looked at */
	if (rc != 0 || mk_money_compare(sku->price, before) == 0)
		return rc;
	return mk_price_check_sku(ctx, prices, sku->ref, sku->id, sku->price, err);
}

static int reprice_all(mk_ctx *ctx, const market_offer_update_params *in, const mk_query *skus,
                       mk_price_check *prices, market_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < in->n_prices; i++)
		if (!sku_named(skus, in->prices[i]->sku))
			rc = mk_error_at(err, MARKET_ENOTFOUND, "sku", "the offer has no such SKU"),
			mk_error_prefix(err, "prices[%zu]", i);
	for (size_t i = 0; rc == 0 && i < in->n_prices; i++) {
		rc = check_twice(in, i, err);
		if (rc == 0)
			rc = reprice(ctx, sku_named(skus, in->prices[i]->sku), in->prices[i], prices, err);
		if (rc != 0)
			mk_error_prefix(err, "prices[%zu]", i);
	}
	return rc;
}

static void write_prices(mk_ctx *ctx, const market_offer_update_params *in, const mk_query *skus)
{
	for (size_t i = 0; i < in->n_prices; i++) {
		const market_sku *sku = sku_named(skus, in->prices[i]->sku);
		char name[MARKET_ID_TEXT_SIZE];

		mk_update(ctx, &mk_sku_save, &mk_sku_record, sku->id, sku);
		market_id_format(MARKET_ID_SKU, sku->id, name);
		mk_event_money(ctx, name, sku->price);
	}
}

/* What a breach brings about, and the entry in the search, of `skus` as they are now; NULL: it has
 * none. */
static int follow_prices(mk_ctx *ctx, const market_offer *offer, const mk_query *skus,
                         const mk_price_check *prices, market_error *err)
{
	mk_seller *seller = NULL;
	int rc = mk_seller_load(ctx, offer->seller, "offer", &seller, err);

	mk_price_check_event(ctx, prices, offer->id);
	if (rc == 0)
		rc = mk_price_check_violation(ctx, prices, seller, offer->id, err);
	if (rc != 0 || !skus)
		return rc;
	return mk_search_follow(ctx, offer,
	                        &(mk_search_around){.skus = (market_sku *const *)skus->rows,
	                                            .n_skus = skus->n_rows,
	                                            .seller = seller},
	                        err);
}

static int step(mk_ctx *ctx, mk_offer_step to, const char *reason, const char *event,
                market_error *err)
{
	market_offer *offer = mk_arena_copy(ctx->arena, ctx->subject, sizeof(*offer));
	const int32_t before = offer ? offer->state : 0;
	bool waits = false;
	int rc;

	if (!offer)
		return mk_error_no_memory(err);
	rc = mk_offer_step_to(offer, to, err);
	if (rc == 0 && to == MK_OFFER_ACTIVATE)
		rc = mk_offer_check_activation(ctx, offer, err);
	if (rc == 0 && to == MK_OFFER_ACTIVATE)
		rc = mk_offer_checked(ctx, offer, NULL, 0, &waits, err);
	if (rc == 0 && to == MK_OFFER_END)
		rc = mk_listing_decide(ctx, &(mk_listing){.offer = offer->id}, MARKET_REVIEW_NOTED,
		                       "the offer was ended", err);
	if (rc != 0)
		return rc;
	if (waits && mk_plan_empty(ctx->plan)) { /* and did so before */
		ctx->known = true;
		ctx->result = offer->id;
		return 0;
	}
	if (waits) { /* CAT-4: it goes on sale when its review is cleared */
		offer->state = before;
		event = "offer.held";
		to = MK_OFFER_UPDATE;
	}
	offer->reason = reason;
	if (to == MK_OFFER_ACTIVATE)
		offer->activated_at = ctx->now;
	if (to == MK_OFFER_END)
		offer->ended_at = ctx->now;
	mk_update(ctx, &mk_offer_save, &mk_offer_record, offer->id, offer);
	mk_event(ctx, event, MARKET_ID_OFFER, offer->id);
	mk_event_text(ctx, "reason", reason);
	ctx->result = offer->id;
	if (before != MARKET_OFFER_ACTIVE && offer->state != MARKET_OFFER_ACTIVE)
		return 0;
	return mk_search_follow(ctx, offer, NULL, err);
}
