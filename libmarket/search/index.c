/* An offer's entry: made from what is stored of it, and kept with every change (CAT-8). */
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/catalog/sql.h"
#include "libmarket/crypto/crypto.h"
#include "libmarket/rating/rating.h"
#include "libmarket/search/search.h"
#include "libmarket/search/terms.h"
#include "libmarket/standing/standing.h"

#define MOST_OF_PRODUCT 500
#define MOST_OF_SELLER 500
#define FACET_BYTES 8
#define SCORE_BIT 51 /* of an identifier, where the score begins */
#define LONGEST 65536
/* words of up to 17 letters and a space: of all attributes, and of the seller, brand and path */
#define LONGEST_FACETS (18 * (MK_MAX_ATTRIBUTES * (MK_MAX_SKUS + 1) + 100))
#define DEFAULT_ENTRIES 100

/* Attributes of the product and the SKUs, each once. */
typedef struct pairs {
	const market_pair **at;
	size_t n;
} pairs;

static int find(mk_ctx *ctx, const market_offer *offer, mk_search_entry **out, market_error *err);
static int remake(mk_ctx *ctx, const market_offer *offer, const mk_search_around *around,
                  mk_search_entry *out, market_error *err);
static int gather(mk_ctx *ctx, const market_product *product, market_sku *const *skus,
                  size_t n_skus, mk_search_entry *out, market_error *err);
static int collect(mk_ctx *ctx, const market_product *product, market_sku *const *skus,
                   size_t n_skus, pairs *out, market_error *err);
static void add_once(pairs *all, const market_pair *pair);
static int write_words(mk_ctx *ctx, const market_product *product, const pairs *all,
                       mk_search_entry *out, market_error *err);
static int write_attributes(mk_ctx *ctx, const pairs *all, mk_search_entry *out, market_error *err);
static int write_facets(mk_ctx *ctx, const pairs *all, mk_search_entry *out, market_error *err);
static int add_facet(mk_ctx *ctx, mk_text *facets, market_search_facet_kind kind, const char *name,
                     const char *value, market_error *err);
static int64_t rank_of(mk_ctx *ctx, const mk_search_entry *entry);
static int64_t score_of(const mk_search_entry *entry);
static void put(mk_ctx *ctx, mk_search_entry *entry);
static void take_out(mk_ctx *ctx, const mk_search_entry *entry);
static bool alike(const mk_search_entry *a, const mk_search_entry *b);
static int look_at(mk_ctx *ctx, mk_search_entry *entry, bool *changed, market_error *err);

int mk_search_follow(mk_ctx *ctx, const market_offer *offer, const mk_search_around *around,
                     market_error *err)
{
	mk_search_entry *before = NULL;
	mk_search_entry *entry = MK_NEW(ctx->arena, mk_search_entry);
	int rc = entry ? find(ctx, offer, &before, err) : mk_error_no_memory(err);

	if (rc == 0 && offer->state == MARKET_OFFER_ACTIVE)
		rc = remake(ctx, offer, around, entry, err);
	if (rc != 0)
		return rc;
	if (before)
		take_out(ctx, before);
	if (offer->state == MARKET_OFFER_ACTIVE)
		put(ctx, entry);
	return 0;
}

int mk_search_follow_product(mk_ctx *ctx, const market_product *product, market_error *err)
{
	mk_search_entry **entries = NULL;
	size_t count = 0;
	int rc = mk_store_list(
		ctx->store, ctx->arena, &mk_search_of_product, &mk_search_entry_record,
		MK_ARGS(mk_int(product->id.book), mk_int(product->id.id), mk_int(MOST_OF_PRODUCT)),
		(void ***)&entries, &count, err);

	for (size_t i = 0; rc == 0 && i < count; i++) {
		void *offer = NULL;

		rc = mk_load(ctx, &mk_offer_entity, entries[i]->hit.offer, "offer", &offer, err);
		if (rc == 0)
			rc = mk_search_follow(ctx, offer, &(mk_search_around){.product = product}, err);
	}
	return rc;
}

int mk_search_follow_seller(mk_ctx *ctx, const mk_seller *seller, market_id except,
                            market_error *err)
{
	mk_search_entry **entries = NULL;
	size_t count = 0;
	int rc = mk_store_list(ctx->store, ctx->arena, &mk_search_of_seller, &mk_search_entry_record,
	                       MK_ARGS(mk_int(seller->seller.id.id), mk_int(MOST_OF_SELLER)),
	                       (void ***)&entries, &count, err);

	for (size_t i = 0; rc == 0 && i < count; i++) {
		void *offer = NULL;

		if (mk_id_equal(entries[i]->hit.offer, except))
			continue;
		rc = mk_load(ctx, &mk_offer_entity, entries[i]->hit.offer, "offer", &offer, err);
		if (rc == 0)
			rc = mk_search_follow(ctx, offer, &(mk_search_around){.seller = seller}, err);
	}
	return rc;
}

/* Of more digits than a digest's has. */
const char *mk_search_seller_word(mk_ctx *ctx, market_id seller)
{
	return mk_arena_format(ctx->arena, "%020lld", (long long)seller.id);
}

/* Eight bytes of a digest: nobody can make a value that is found under another's. */
const char *mk_search_facet_word(mk_ctx *ctx, market_search_facet_kind kind, const char *name,
                                 const char *value, market_error *err)
{
	const char kinds[] = {(char)('0' + kind), '\0'};
	char text[2 * MK_HASH_SIZE + 1];
	mk_hash hash;
	int rc = mk_digest_begin(ctx->digest, err);

	if (rc == 0)
		rc = mk_digest_add(ctx->digest, kinds, sizeof(kinds), err);
	if (rc == 0 && name)
		rc = mk_digest_add(ctx->digest, name, strlen(name) + 1, err);
	if (rc == 0)
		rc = mk_digest_add(ctx->digest, value, strlen(value), err);
	if (rc == 0)
		rc = mk_digest_end(ctx->digest, &hash, err);
	if (rc != 0)
		return NULL;
	mk_hex(hash.bytes, FACET_BYTES, text);
	return mk_arena_text(ctx->arena, text);
}

static int find(mk_ctx *ctx, const market_offer *offer, mk_search_entry **out, market_error *err)
{
	return mk_store_get(ctx->store, ctx->arena, &mk_search_of_offer, &mk_search_entry_record,
	                    MK_ARGS(mk_int(offer->id.book), mk_int(offer->id.id)), (void **)out, err);
}

static int remake(mk_ctx *ctx, const market_offer *offer, const mk_search_around *around,
                  mk_search_entry *out, market_error *err)
{
	mk_search_around now = around ? *around : (mk_search_around){.skus = NULL};
	market_offer copy = *offer;
	market_offer *one = &copy;
	mk_seller *stored = NULL;
	mk_number *sold = NULL;
	void *row = NULL;
	int rc = 0;

	if (!now.product) {
		rc = mk_load(ctx, &mk_product_entity, offer->product, "product", &row, err);
		now.product = row;
	}
	if (rc == 0 && !now.skus) {
		rc = mk_offer_fill_skus(ctx, &one, 1, err);
		now.skus = (market_sku *const *)copy.skus;
		now.n_skus = copy.n_skus;
	}
	if (rc == 0)
		rc = mk_store_get(ctx->store, ctx->arena, &mk_search_sales, &mk_number_record,
		                  MK_ARGS(mk_int(offer->id.book), mk_int(offer->id.id)), (void **)&sold,
		                  err);
	if (rc == 0)
		rc = mk_rating_mean(ctx, offer->seller, &out->hit.rating, err);
	if (rc == 0 && !now.seller) {
		rc = mk_seller_load(ctx, offer->seller, "offer", &stored, err);
		now.seller = stored;
	}
	if (rc != 0)
		return rc;
	out->last = mk_standing_has(ctx, now.seller->standing, MARKET_ACTION_SEARCH_DEMOTION, NULL);
	out->hit.offer = offer->id;
	out->hit.seller = offer->seller;
	out->hit.currency = offer->currency;
	out->hit.activated_at = offer->activated_at;
	out->hit.sales = sold ? sold->number : 0;
	out->refreshed_at = ctx->now;
	out->version = 1;
	return gather(ctx, now.product, now.skus, now.n_skus, out, err);
}

static int gather(mk_ctx *ctx, const market_product *product, market_sku *const *skus,
                  size_t n_skus, mk_search_entry *out, market_error *err)
{
	void *category = NULL;
	pairs all;
	int rc = mk_load(ctx, &mk_category_entity, product->category, "product", &category, err);

	if (rc == 0)
		rc = collect(ctx, product, skus, n_skus, &all, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < n_skus; i++)
		if (i == 0 || mk_money_less(skus[i]->price, out->hit.price))
			out->hit.price = skus[i]->price;
	out->category_path = ((const market_category *)category)->path;
	out->hit.product = product->id;
	out->hit.title = product->title;
	out->hit.brand = product->brand;
	rc = write_words(ctx, product, &all, out, err);
	if (rc == 0)
		rc = write_attributes(ctx, &all, out, err);
	return rc == 0 ? write_facets(ctx, &all, out, err) : rc;
}

static int collect(mk_ctx *ctx, const market_product *product, market_sku *const *skus,
                   size_t n_skus, pairs *out, market_error *err)
{
	size_t most = product->n_attributes;

	for (size_t i = 0; i < n_skus; i++)
		most += skus[i]->n_attributes;
	out->n = 0;
	out->at = MK_NEW_ARRAY(ctx->arena, const market_pair *, most + 1);
	if (!out->at)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < product->n_attributes; i++)
		add_once(out, product->attributes[i]);
	for (size_t i = 0; i < n_skus; i++)
		for (size_t k = 0; k < skus[i]->n_attributes; k++)
			add_once(out, skus[i]->attributes[k]);
	return 0;
}

static void add_once(pairs *all, const market_pair *pair)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->at[i]->name, pair->name) == 0 &&
		    strcmp(all->at[i]->value, pair->value) == 0)
			return;
	all->at[all->n++] = pair;
}

static int write_words(mk_ctx *ctx, const market_product *product, const pairs *all,
                       mk_search_entry *out, market_error *err)
{
	mk_search_words words = {.count = 0};
	bool good;

	mk_text_init(&words.text, ctx->arena->allocator, LONGEST);
	good = mk_search_add(ctx->arena, product->title, &words) &&
	       mk_search_add(ctx->arena, product->brand, &words);
	for (size_t i = 0; good && i < all->n; i++)
		good = mk_search_add(ctx->arena, all->at[i]->value, &words);
	/* a space stands between words */
	if (good && !words.text.failed)
		out->words = mk_arena_text_n(ctx->arena, words.text.size > 0 ? words.text.data : "",
		                             words.text.size > 0 ? words.text.size - 1 : 0);
	mk_text_close(&words.text);
	return out->words ? 0 : mk_error_no_memory(err);
}

static int write_attributes(mk_ctx *ctx, const pairs *all, mk_search_entry *out, market_error *err)
{
	mk_text lines;

	mk_text_init(&lines, ctx->arena->allocator, MK_MAX_JSON);
	for (size_t i = 0; i < all->n; i++) {
		mk_text_add(&lines, all->at[i]->name);
		mk_text_add_char(&lines, MK_SEARCH_VALUE);
		mk_text_add(&lines, all->at[i]->value);
		mk_text_add_char(&lines, MK_SEARCH_END);
	}
	if (!lines.failed && lines.size > 0)
		out->attributes = mk_arena_text_n(ctx->arena, lines.data, lines.size);
	mk_text_close(&lines);
	return all->n == 0 || out->attributes ? 0 : mk_error_no_memory(err);
}

static int write_facets(mk_ctx *ctx, const pairs *all, mk_search_entry *out, market_error *err)
{
	const char *seller = mk_search_seller_word(ctx, out->hit.seller);
	mk_text facets;
	int rc = 0;

	if (!seller)
		return mk_error_no_memory(err);
	mk_text_init(&facets, ctx->arena->allocator, LONGEST_FACETS);
	mk_text_add(&facets, seller);
	/* "/media/books/" */
	for (const char *at = out->category_path; rc == 0 && *at == '/' && at[1] != '\0';) {
		const size_t size = strcspn(at + 1, "/");
		const char *code = mk_arena_text_n(ctx->arena, at + 1, size);

		rc = code ? add_facet(ctx, &facets, MARKET_FACET_CATEGORY, NULL, code, err)
		          : mk_error_no_memory(err);
		at += 1 + size;
	}
	if (rc == 0 && out->hit.brand)
		rc = add_facet(ctx, &facets, MARKET_FACET_BRAND, NULL, out->hit.brand, err);
	for (size_t i = 0; rc == 0 && i < all->n; i++)
		rc = add_facet(ctx, &facets, MARKET_FACET_ATTRIBUTE, all->at[i]->name, all->at[i]->value,
		               err);
	if (rc == 0 && !facets.failed)
		out->facets = mk_arena_text_n(ctx->arena, facets.data, facets.size);
	mk_text_close(&facets);
	return rc != 0 || out->facets ? rc : mk_error_no_memory(err);
}

static int add_facet(mk_ctx *ctx, mk_text *facets, market_search_facet_kind kind, const char *name,
                     const char *value, market_error *err)
{
	market_error own;
	const char *word = mk_search_facet_word(ctx, kind, name, value, err ? err : &own);

	if (!word)
		return mk_error_no_memory(err);
	if (facets->size > 0)
		mk_text_add_char(facets, ' ');
	mk_text_add(facets, word);
	return 0;
}

/* The score, then the second of activation, which no change of a price or a title moves, then what
 * makes it one of a kind. */
static int64_t rank_of(mk_ctx *ctx, const mk_search_entry *entry)
{
	const int64_t seconds = entry->hit.activated_at / MK_SECOND & INT64_C(0xffffffff);

	return score_of(entry) << SCORE_BIT | seconds << 19 | (mk_new_id(ctx, 1).id & 0x7ffff);
}

/* 0 to 4095, 0 for those that come last: 1, 200 for each doubling of the pieces sold, 4 for each
 * hundredth above 3.00. */
static int64_t score_of(const mk_search_entry *entry)
{
	int64_t score = 1;

	if (entry->last)
		return 0;
	for (int64_t sales = entry->hit.sales; sales > 0; sales >>= 1)
		score += 200;
	if (entry->hit.rating > 300)
		score += 4 * (entry->hit.rating - 300);
	return score > 4095 ? 4095 : score;
}

static void put(mk_ctx *ctx, mk_search_entry *entry)
{
	const mk_store_kind kind = mk_store_kind_of(ctx->store);

	entry->id = (market_id){entry->hit.seller.book, rank_of(ctx, entry)};
	mk_plan_add_record(ctx->plan, MK_PHASE_LAST, &mk_search_insert, entry->id,
	                   &mk_search_entry_record, entry, MK_RETRY);
	mk_plan_add(ctx->plan, MK_PHASE_LAST, &mk_search_text_add[kind], entry->id,
	            MK_ARGS(mk_int(entry->id.book), mk_int(entry->id.id)), MK_RETRY);
}

static void take_out(mk_ctx *ctx, const mk_search_entry *entry)
{
	const mk_store_kind kind = mk_store_kind_of(ctx->store);
	const mk_value args[] = {mk_int(entry->id.book), mk_int(entry->id.id), mk_int(entry->version)};

	mk_plan_add(ctx->plan, MK_PHASE_LAST, &mk_search_text_remove[kind], entry->id, args, 2,
	            MK_RETRY);
	mk_plan_add(ctx->plan, MK_PHASE_LAST, &mk_search_delete, entry->id, args, 3, MK_RETRY);
}

/* ---- what was sold and rated since ---- */

int mk_search_refresh(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_search_refresh_params *in = params;
	const int64_t limit = in->limit ? *in->limit : DEFAULT_ENTRIES;
	const market_time older = in->older ? in->older : ctx->now - MK_DAY;
	market_search_refreshed *done = MK_NEW(ctx->arena, market_search_refreshed);
	mk_search_entry **entries = NULL;
	size_t count = 0;
	int rc;

	if (!done)
		return mk_error_no_memory(err);
	rc = mk_store_list(ctx->store, ctx->arena, &mk_search_stale, &mk_search_entry_record,
	                   MK_ARGS(mk_int(older), mk_int(limit)), (void ***)&entries, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		bool changed = false;

		rc = look_at(ctx, entries[i], &changed, err);
		done->changed += changed;
	}
	done->looked = (int64_t)count;
	done->more = done->looked == limit;
	ctx->output = done;
	return rc;
}

static int look_at(mk_ctx *ctx, mk_search_entry *entry, bool *changed, market_error *err)
{
	mk_search_entry *now = MK_NEW(ctx->arena, mk_search_entry);
	void *offer = NULL;
	int rc = now ? mk_load(ctx, &mk_offer_entity, entry->hit.offer, "offer", &offer, err)
	             : mk_error_no_memory(err);
	if (rc == 0)
		rc = remake(ctx, offer, NULL, now, err);
	if (rc != 0)
		return rc;
	*changed = !alike(entry, now);
	if (*changed) {
		take_out(ctx, entry);
		put(ctx, now);
		return 0;
	}
	entry->hit.sales = now->hit.sales;
	entry->hit.rating = now->hit.rating;
	entry->refreshed_at = ctx->now;
	mk_update(ctx, &mk_search_touch, &mk_search_entry_record, entry->id, entry);
	return 0;
}

static bool alike(const mk_search_entry *a, const mk_search_entry *b)
{
	return a->id.id >> SCORE_BIT == score_of(b) &&
	       mk_money_compare(a->hit.price, b->hit.price) == 0 &&
	       mk_text_equal(a->hit.title, b->hit.title) && mk_text_equal(a->words, b->words) &&
	       mk_text_equal(a->facets, b->facets) && a->hit.activated_at == b->hit.activated_at;
}
