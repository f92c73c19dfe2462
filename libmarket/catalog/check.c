/* What the catalogue brings to the listing rules (CAT-4), and the operations on both. */
#include "libmarket/listing/listing.h"

#include <string.h>

#include "libmarket/catalog/sql.h"
#include "libmarket/search/search.h"

static int resume(mk_ctx *ctx, mk_listing_review *review, market_error *err);
static int check_resumed(mk_ctx *ctx, market_offer *offer, mk_listing_review *review, bool *waits,
                         market_error *err);
static int put_category(mk_ctx *ctx, market_id id, mk_listing *listing, market_error *err);
static int put_product(mk_ctx *ctx, const market_product *product, mk_listing *listing,
                       market_error *err);
static bool put_pairs(mk_ctx *ctx, mk_listing *listing, const char *before,
                      const market_pair *const *pairs, size_t count);
static int begin_offer(mk_ctx *ctx, const market_offer *offer, mk_listing *listing,
                       market_error *err);
static int put_offer(mk_ctx *ctx, market_offer *offer, market_sku *const *skus, size_t n_skus,
                     mk_listing *listing, market_error *err);
static int put_sku(mk_ctx *ctx, mk_listing *listing, size_t at, const market_pair *const *pairs,
                   size_t count, market_money price, market_money list_price);
static int put_given(mk_ctx *ctx, const market_listing_check_params *in, mk_listing *listing,
                     market_error *err);
static int put_stored(mk_ctx *ctx, const market_listing_check_params *in, mk_listing *listing,
                      market_error *err);
static int put_stored_offer(mk_ctx *ctx, market_id id, mk_listing *listing, market_error *err);

int mk_product_checked(mk_ctx *ctx, const market_product *product, bool *waits, market_error *err)
{
	mk_listing listing = {.product = product->id};
	int rc;

	if (waits)
		*waits = false;
	if (!mk_listing_is_checked(ctx))
		return 0;
	rc = put_product(ctx, product, &listing, err);
	if (rc != 0)
		return rc;
	if (waits)
		return mk_listing_gate(ctx, &listing, NULL, waits, err);
	rc = mk_listing_refuse_blocked(ctx, &listing, err);
	return rc == 0 ? mk_listing_decide(ctx, &listing, MARKET_REVIEW_CLEARED, NULL, err) : rc;
}

int mk_product_decided(mk_ctx *ctx, const market_product *product, int32_t to, const char *reason,
                       market_error *err)
{
	mk_listing listing = {.product = product->id};
	int rc = mk_listing_is_checked(ctx) ? put_product(ctx, product, &listing, err) : 0;

	return rc == 0 ? mk_listing_decide(ctx, &listing, to, reason, err) : rc;
}

int mk_offer_checked_new(mk_ctx *ctx, const market_offer *offer,
                         const market_offer_create_params *in, market_error *err)
{
	mk_listing listing = {.offer = offer->id};
	int rc;

	if (!mk_listing_is_checked(ctx))
		return 0;
	rc = begin_offer(ctx, offer, &listing, err);
	for (size_t i = 0; rc == 0 && i < in->n_skus; i++)
		if (put_sku(ctx, &listing, i, in->skus[i]->attributes, in->skus[i]->n_attributes,
		            in->skus[i]->price, in->skus[i]->list_price) != 0)
			rc = mk_error_no_memory(err);
	return rc == 0 ? mk_listing_refuse_blocked(ctx, &listing, err) : rc;
}

int mk_offer_checked(mk_ctx *ctx, market_offer *offer, market_sku *const *skus, size_t n_skus,
                     bool *waits, market_error *err)
{
	mk_listing listing = {.offer = offer->id};
	int rc;

	if (waits)
		*waits = false;
	if (!mk_listing_is_checked(ctx))
		return 0;
	rc = put_offer(ctx, offer, skus, n_skus, &listing, err);
	if (rc != 0)
		return rc;
	return waits ? mk_listing_gate(ctx, &listing, NULL, waits, err)
	             : mk_listing_refuse_blocked(ctx, &listing, err);
}

/* By anyone who may see what is checked; strangers learn of nothing else. */
int mk_listing_check(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_listing_check_params *in = params;
	mk_listing listing = {.locale = in->locale, .seller = in->seller};
	market_listing_report *report = NULL;
	int rc;

	if (mk_id_absent(listing.seller) && ctx->member)
		listing.seller = ctx->member->seller;
	rc = put_given(ctx, in, &listing, err);
	if (rc == 0)
		rc = put_stored(ctx, in, &listing, err);
	if (rc == 0 && !mk_id_absent(in->category))
		rc = put_category(ctx, in->category, &listing, err);
	if (rc == 0)
		rc = mk_listing_run(ctx, &listing, &report, err);
	ctx->output = report;
	return rc;
}

int mk_listing_review_clear(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_listing_review_clear_params *in = params;
	mk_listing_review *review = NULL;
	int rc = mk_listing_review_step(ctx, MARKET_REVIEW_CLEARED, in->reason, &review, err);

	if (rc == 0 && !mk_id_absent(review->review.offer))
		rc = resume(ctx, review, err);
	return rc;
}

/* The decision stands, whatever else keeps the offer off sale: its owner puts it on sale later. */
static int resume(mk_ctx *ctx, mk_listing_review *review, market_error *err)
{
	market_offer *offer;
	market_error why;
	void *row = NULL;
	bool waits = false;
	int rc = mk_load(ctx, &mk_offer_entity, review->review.offer, "offer", &row, err);

	if (rc != 0)
		return rc;
	offer = row;
	mk_error_clear(&why);
	rc = check_resumed(ctx, offer, review, &waits, &why);
	if (waits || market_error_class_of(rc) == MARKET_CLASS_STATE)
		return 0;
	if (rc != 0) {
		*err = why;
		return rc;
	}
	offer->activated_at = ctx->now;
	mk_update(ctx, &mk_offer_save, &mk_offer_record, offer->id, offer);
	mk_event(ctx, "offer.activated", MARKET_ID_OFFER, offer->id);
	return mk_search_follow(ctx, offer, NULL, err);
}

/* What was changed since it was looked at is another listing. */
static int check_resumed(mk_ctx *ctx, market_offer *offer, mk_listing_review *review, bool *waits,
                         market_error *err)
{
	mk_listing listing = {.offer = offer->id};
	int rc = mk_offer_step_to(offer, MK_OFFER_ACTIVATE, err);

	if (rc == 0)
		rc = mk_offer_check_activation(ctx, offer, err);
	if (rc == 0)
		rc = put_offer(ctx, offer, NULL, 0, &listing, err);
	return rc == 0 ? mk_listing_gate(ctx, &listing, review, waits, err) : rc;
}

static int put_category(mk_ctx *ctx, market_id id, mk_listing *listing, market_error *err)
{
	void *row = NULL;
	int rc = mk_load(ctx, &mk_category_entity, id, "category", &row, err);

	if (rc == 0)
		listing->category = ((const market_category *)row)->path;
	return rc;
}

static int put_product(mk_ctx *ctx, const market_product *product, mk_listing *listing,
                       market_error *err)
{
	listing->is_product = true;
	listing->is_change = product->state == MARKET_PRODUCT_PUBLISHED;
	listing->seller = product->seller;
	listing->n_images = (int64_t)product->n_images;
	if (!mk_listing_say(ctx, listing, "title", product->title) ||
	    !mk_listing_say(ctx, listing, "description", product->description) ||
	    !mk_listing_say(ctx, listing, "brand", product->brand) ||
	    !put_pairs(ctx, listing, "attributes.", product->attributes, product->n_attributes))
		return mk_error_no_memory(err);
	return put_category(ctx, product->category, listing, err);
}

static bool put_pairs(mk_ctx *ctx, mk_listing *listing, const char *before,
                      const market_pair *const *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *field = mk_arena_join(ctx->arena, MK_TEXTS(before, pairs[i]->name));
		const char *named = field ? mk_arena_join(ctx->arena, MK_TEXTS(field, " (name)")) : NULL;

		/* a name is shown as well, and is the seller's own where the category has none such */
		if (!named || !mk_listing_say(ctx, listing, field, pairs[i]->value) ||
		    !mk_listing_say(ctx, listing, named, pairs[i]->name))
			return false;
	}
	return true;
}

/* An offer says what its SKUs are and cost; its product was checked when it was proposed. */
static int begin_offer(mk_ctx *ctx, const market_offer *offer, mk_listing *listing,
                       market_error *err)
{
	void *row = NULL;
	int rc = mk_load(ctx, &mk_product_entity, offer->product, "product", &row, err);

	listing->offer = offer->id;
	listing->seller = offer->seller;
	return rc == 0 ? put_category(ctx, ((const market_product *)row)->category, listing, err) : rc;
}

/* Without SKUs those that are stored. */
static int put_offer(mk_ctx *ctx, market_offer *offer, market_sku *const *skus, size_t n_skus,
                     mk_listing *listing, market_error *err)
{
	int rc = begin_offer(ctx, offer, listing, err);

	if (rc == 0 && !skus) {
		rc = mk_offer_fill_skus(ctx, &offer, 1, err);
		skus = (market_sku *const *)offer->skus;
		n_skus = offer->n_skus;
	}
	for (size_t i = 0; rc == 0 && i < n_skus; i++)
		if (put_sku(ctx, listing, i, skus[i]->attributes, skus[i]->n_attributes, skus[i]->price,
		            skus[i]->list_price) != 0)
			rc = mk_error_no_memory(err);
	return rc;
}

static int put_sku(mk_ctx *ctx, mk_listing *listing, size_t at, const market_pair *const *pairs,
                   size_t count, market_money price, market_money list_price)
{
	const char *before = mk_arena_format(ctx->arena, "skus[%zu].attributes.", at);

	return before && put_pairs(ctx, listing, before, pairs, count) &&
	               mk_listing_ask(ctx, listing, price, list_price)
	           ? 0
	           : MARKET_ENOMEM;
}

static int put_given(mk_ctx *ctx, const market_listing_check_params *in, mk_listing *listing,
                     market_error *err)
{
	for (size_t i = 0; i < in->n_texts; i++)
		if (!mk_listing_say(ctx, listing, in->texts[i]->field, in->texts[i]->text))
			return mk_error_no_memory(err);
	for (size_t i = 0; i < in->n_prices; i++)
		if (!mk_listing_ask(ctx, listing, in->prices[i]->price, in->prices[i]->list_price))
			return mk_error_no_memory(err);
	listing->is_product = in->n_texts > 0 || in->n_images > 0;
	listing->n_images = (int64_t)in->n_images;
	return 0;
}

/* What is given takes the place of what is stored. */
static int put_stored(mk_ctx *ctx, const market_listing_check_params *in, mk_listing *listing,
                      market_error *err)
{
	const market_listing_text **texts = listing->texts;
	const size_t n_texts = listing->n_texts;
	mk_listing stored = {.seller = listing->seller};
	const market_product *product = NULL;
	void *row = NULL;
	int rc = 0;

	if (!mk_id_absent(in->offer)) {
		rc = put_stored_offer(ctx, in->offer, listing, err);
		if (rc != 0)
			return rc;
	}
	if (mk_id_absent(in->product))
		return 0;
	rc = mk_load(ctx, &mk_product_entity, in->product, "product", &row, err);
	if (rc != 0)
		return rc;
	product = row;
	if (product->state != MARKET_PRODUCT_PUBLISHED && !mk_catalog_insider(ctx, product->seller))
		return mk_not_found(&mk_product_entity, product->id, "product", err);
	rc = put_product(ctx, product, &stored, err);
	for (size_t i = 0; rc == 0 && i < stored.n_texts; i++) {
		bool given = false;

		for (size_t k = 0; k < n_texts; k++)
			given = given || strcmp(texts[k]->field, stored.texts[i]->field) == 0;
		if (!given && !mk_listing_say(ctx, listing, stored.texts[i]->field, stored.texts[i]->text))
			rc = mk_error_no_memory(err);
	}
	listing->product = product->id;
	listing->category = stored.category;
	listing->is_product = true;
	if (mk_id_absent(listing->seller))
		listing->seller = product->seller;
	if (in->n_images == 0)
		listing->n_images = stored.n_images;
	return rc;
}

static int put_stored_offer(mk_ctx *ctx, market_id id, mk_listing *listing, market_error *err)
{
	const bool prices = listing->n_prices == 0;
	mk_listing stored = {0};
	market_offer *offer;
	void *row = NULL;
	int rc = mk_load(ctx, &mk_offer_entity, id, "offer", &row, err);

	if (rc != 0)
		return rc;
	offer = row;
	if (!mk_catalog_insider(ctx, offer->seller))
		return mk_not_found(&mk_offer_entity, id, "offer", err);
	rc = put_offer(ctx, offer, NULL, 0, &stored, err);
	for (size_t i = 0; rc == 0 && i < stored.n_texts; i++)
		if (!mk_listing_say(ctx, listing, stored.texts[i]->field, stored.texts[i]->text))
			rc = mk_error_no_memory(err);
	if (rc != 0)
		return rc;
	if (prices) {
		listing->prices = stored.prices;
		listing->n_prices = stored.n_prices;
	}
	listing->offer = id;
	listing->category = stored.category;
	listing->seller = offer->seller;
	return 0;
}
