#include "libmarket/catalog/sql.h"
#include "libmarket/listing/listing.h"

#include <string.h>

static int own_seller(const mk_ctx *ctx, market_id asked, market_id *out, market_error *err);
static int check_listing(mk_ctx *ctx, const market_product *product,
                         const market_category *category, bool *waits, market_error *err);
static int check_images(const market_product *product, market_error *err);
static market_product *subject_product(mk_ctx *ctx);
static int step(mk_ctx *ctx, mk_product_step to, const char *reason, const char *event,
                market_error *err);
static void save(mk_ctx *ctx, market_product *product, const char *event);
static const mk_statement *list_statement(const market_product_list_params *in);

/* CAT-2 */
static const struct {
	mk_product_step step;
	int32_t from, to;
} transitions[] = {
	{MK_PRODUCT_PROPOSE, MARKET_PRODUCT_DRAFT, MARKET_PRODUCT_PROPOSED},
	{MK_PRODUCT_PUBLISH, MARKET_PRODUCT_PROPOSED, MARKET_PRODUCT_PUBLISHED},
	{MK_PRODUCT_REJECT, MARKET_PRODUCT_PROPOSED, MARKET_PRODUCT_REJECTED},
	{MK_PRODUCT_REVISE, MARKET_PRODUCT_PROPOSED, MARKET_PRODUCT_PROPOSED},
	{MK_PRODUCT_UPDATE, MARKET_PRODUCT_DRAFT, MARKET_PRODUCT_DRAFT},
	{MK_PRODUCT_UPDATE, MARKET_PRODUCT_PROPOSED, MARKET_PRODUCT_PROPOSED},
	{MK_PRODUCT_CHANGE, MARKET_PRODUCT_PUBLISHED, MARKET_PRODUCT_PUBLISHED},
};
static const char *const step_words[] = {
	[MK_PRODUCT_PROPOSE] = "proposed", [MK_PRODUCT_PUBLISH] = "published",
	[MK_PRODUCT_REJECT] = "rejected",  [MK_PRODUCT_REVISE] = "revised",
	[MK_PRODUCT_UPDATE] = "changed",   [MK_PRODUCT_CHANGE] = "changed on request",
};

int mk_product_step_to(market_product *product, mk_product_step to, market_error *err)
{
	const char *state = mk_enum_name(&mk_product_state_enum, product->state);

	for (size_t i = 0; i < sizeof(transitions) / sizeof(transitions[0]); i++) {
		if (transitions[i].step == to && transitions[i].from == product->state) {
			product->state = transitions[i].to;
			return 0;
		}
	}
	mk_error_set(err, MARKET_ESTATE, "the product is %s and can't be %s",
	             state ? state : "of no state", step_words[to]);
	return mk_error_object(err, MARKET_ESTATE, MARKET_ID_PRODUCT, product->id);
}

int mk_product_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_product_create_params *in = params;
	market_product *product = MK_NEW(ctx->arena, market_product);
	void *category;
	bool waits; /* as it does anyway */
	int rc;

	if (!product)
		return mk_error_no_memory(err);
	rc = own_seller(ctx, in->seller, &product->seller, err);
	if (rc == 0)
		rc = mk_load(ctx, &mk_category_entity, in->category, "category", &category, err);
	if (rc == 0)
		rc = mk_ref_check_free_in(ctx, &mk_product_entity, 0, in->ref, err);
	if (rc != 0)
		return rc;
	product->id = mk_new_id(ctx, 0);
	product->ref = in->ref;
	product->category = in->category;
	product->state = in->draft ? MARKET_PRODUCT_DRAFT : MARKET_PRODUCT_PROPOSED;
	product->title = in->title;
	product->description = in->description;
	product->brand = in->brand;
	product->attributes = in->attributes;
	product->n_attributes = in->n_attributes;
	product->images = in->images;
	product->n_images = in->n_images;
	product->created_at = ctx->now;
	product->version = 1;
	product->revision = 1;
	product->metadata = in->metadata;
	product->n_metadata = in->n_metadata;
	if (!in->draft)
		rc = check_listing(ctx, product, category, &waits, err);
	if (rc != 0)
		return rc;
	mk_insert(ctx, &mk_product_insert, &mk_product_record, product->id, product);
	mk_event(ctx, in->draft ? "product.created" : "product.proposed", MARKET_ID_PRODUCT,
	         product->id);
	if (!mk_id_absent(product->seller))
		mk_event_book(ctx, product->seller.book);
	ctx->result = product->id;
	return 0;
}

int mk_product_update(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_product_update_params *in = params;
	market_product *product = subject_product(ctx);
	bool waits; /* as it does anyway */
	int rc;

	if (!product)
		return mk_error_no_memory(err);
	rc = mk_product_step_to(product, MK_PRODUCT_UPDATE, err);
	if (rc != 0) /* CAT-3 */
		return product->state == MARKET_PRODUCT_PUBLISHED
		           ? mk_error_hint(err, rc, "A published product changes by change.create.")
		           : rc;
	if (in->title)
		product->title = in->title;
	if (in->description)
		product->description = in->description;
	if (in->brand)
		product->brand = in->brand;
	if (in->attributes) {
		product->attributes = in->attributes;
		product->n_attributes = in->n_attributes;
	}
	if (in->images) {
		product->images = in->images;
		product->n_images = in->n_images;
	}
	if (product->state == MARKET_PRODUCT_PROPOSED)
		rc = mk_product_check(ctx, product, &waits, err);
	if (rc == 0)
		save(ctx, product, "product.updated");
	return rc;
}

int mk_product_propose(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	return step(ctx, MK_PRODUCT_PROPOSE, NULL, "product.proposed", err);
}

int mk_product_publish(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_product_publish_params *in = params;
	const market_product *product = ctx->subject;

	if (in->version > 0 && in->version != product->version)
		return mk_error_at(err, MARKET_ECHANGED, "version",
		                   "the product has changed since version %lld, to %lld",
		                   (long long)in->version, (long long)product->version);
	return step(ctx, MK_PRODUCT_PUBLISH, NULL, "product.published", err);
}

int mk_product_reject(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_product_reject_params *in = params;

	return step(ctx, MK_PRODUCT_REJECT, in->reason, "product.rejected", err);
}

int mk_product_revise(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_product_revise_params *in = params;

	return step(ctx, MK_PRODUCT_REVISE, in->reason, "product.revision_requested", err);
}

int mk_product_get(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_product *product = ctx->subject;

	(void)params;
	if (product->state != MARKET_PRODUCT_PUBLISHED && !mk_catalog_insider(ctx, product->seller))
		return mk_not_found(&mk_product_entity, product->id, "product", err);
	ctx->output = (void *)ctx->subject;
	return 0;
}

int mk_product_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_product_list_params *in = params;
	market_product_page *page = MK_NEW(ctx->arena, market_product_page);
	const int64_t limit = mk_page_size(in->limit);
	const int32_t state = in->state ? in->state : MARKET_PRODUCT_PUBLISHED;
	int64_t after, unused;
	mk_query query = {.statement = list_statement(in), .record = &mk_product_record, .n_args = 3};
	int rc;

	if (!page)
		return mk_error_no_memory(err);
	if (state != MARKET_PRODUCT_PUBLISHED && !mk_catalog_insider(ctx, in->seller))
		return mk_error_at(err, MARKET_EDENIED, "state", "only published products are shown");
	rc = mk_cursor_read(in->after, &after, &unused, err);
	if (rc != 0)
		return rc;
	mk_value args[5] = {mk_int(after), mk_int(limit + 1), mk_int(state)};
	if (!mk_id_absent(in->seller))
		args[query.n_args++] = mk_int(in->seller.id);
	if (!mk_id_absent(in->category))
		args[query.n_args++] = mk_int(in->category.id);
	query.args = args;
	rc = mk_catalog_page(ctx, &query, limit, &page->next, err);
	if (rc != 0)
		return rc;
	page->items = (const market_product *const *)query.rows;
	page->n_items = query.n_rows;
	ctx->output = page;
	return 0;
}

int mk_product_check(mk_ctx *ctx, const market_product *product, bool *waits, market_error *err)
{
	void *category;
	int rc = mk_load(ctx, &mk_category_entity, product->category, "category", &category, err);

	return rc == 0 ? check_listing(ctx, product, category, waits, err) : rc;
}

/* What is looked at, in order, whenever a product's content is proposed. */
static int check_listing(mk_ctx *ctx, const market_product *product,
                         const market_category *category, bool *waits, market_error *err)
{
	mk_effective effective;
	int rc = check_images(product, err);

	if (rc == 0)
		rc = mk_category_effective(ctx, category, &effective, err);
	if (rc == 0)
		rc = mk_attribute_check_product(&effective, product, err);
	if (rc == 0)
		rc = mk_product_checked(ctx, product, waits, err);
	return rc;
}

static int check_images(const market_product *product, market_error *err)
{
	for (size_t i = 0; i < product->n_images; i++) {
		const market_pair *image = product->images[i];

		if (strlen(image->name) != 64 || strspn(image->name, "0123456789abcdef") != 64)
			return mk_error_at(err, MARKET_EINVALID, "images", "%s is no SHA-256 in hexadecimal",
			                   image->name);
		if (strncmp(image->value, "https://", 8) != 0 || image->value[8] == '\0')
			return mk_error_at(err, MARKET_EINVALID, "images",
			                   "the address of image %.16s doesn't begin with https://",
			                   image->name);
	}
	return 0;
}

/* A member proposes for its own seller, whether it names it or not. */
static int own_seller(const mk_ctx *ctx, market_id asked, market_id *out, market_error *err)
{
	*out = asked;
	if (ctx->actor.kind != MARKET_ACTOR_MEMBER || !mk_id_absent(asked))
		return 0;
	if (!ctx->member)
		return mk_error_at(err, MARKET_EDENIED, "seller", "the member isn't known");
	*out = ctx->member->seller;
	return 0;
}

static market_product *subject_product(mk_ctx *ctx)
{
	return mk_arena_copy(ctx->arena, ctx->subject, sizeof(market_product));
}

static int step(mk_ctx *ctx, mk_product_step to, const char *reason, const char *event,
                market_error *err)
{
	market_product *product = subject_product(ctx);
	bool waits; /* as it does anyway */
	int rc;

	if (!product)
		return mk_error_no_memory(err);
	rc = mk_product_step_to(product, to, err);
	if (rc == 0 && to == MK_PRODUCT_PROPOSE)
		rc = mk_product_check(ctx, product, &waits, err);
	if (rc != 0)
		return rc;
	product->reason = reason;
	if (to == MK_PRODUCT_PUBLISH)
		product->published_at = ctx->now;
	if (to != MK_PRODUCT_PROPOSE)
		rc = mk_listing_decide(
			ctx, &(mk_listing){.product = product->id},
			to == MK_PRODUCT_PUBLISH ? MARKET_REVIEW_CLEARED : MARKET_REVIEW_REFUSED, reason, err);
	if (rc != 0)
		return rc;
	save(ctx, product, event);
	mk_event_text(ctx, "reason", reason);
	return 0;
}

static void save(mk_ctx *ctx, market_product *product, const char *event)
{
	mk_update(ctx, &mk_product_save, &mk_product_record, product->id, product);
	mk_event(ctx, event, MARKET_ID_PRODUCT, product->id);
	if (!mk_id_absent(product->seller))
		mk_event_book(ctx, product->seller.book);
	ctx->result = product->id;
}

static const mk_statement *list_statement(const market_product_list_params *in)
{
	if (mk_id_absent(in->category))
		return mk_id_absent(in->seller) ? &mk_product_in_state : &mk_product_of_seller;
	return mk_id_absent(in->seller) ? &mk_product_in_category : &mk_product_of_seller_in_category;
}
