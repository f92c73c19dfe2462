/* CAT-3: a published product changes through a request. */
#include "libmarket/catalog/params.h"
#include "libmarket/catalog/sql.h"
#include "libmarket/engine/journal.h"
#include "libmarket/listing/listing.h"
#include "libmarket/search/search.h"

#include <string.h>

static const mk_enum_value change_states[] = {
	{MARKET_CHANGE_PENDING, "pending", "waits for the marketplace"},
	{MARKET_CHANGE_CONFIRMED, "confirmed", "the product has changed"},
	{MARKET_CHANGE_DECLINED, "declined", "the product stays as it is"},
	{MARKET_CHANGE_CANCELLED, "cancelled", "taken back"},
	{0, NULL, NULL},
};
const mk_enum mk_change_state_enum = {"change_state", change_states};

#define T market_change
static const mk_field change_fields[] = {
	MK_F_ID(T, id, CHANGE, 0, "the change request"),
	MK_F_ID(T, product, PRODUCT, MK_OWN_BOOK, "what changes"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "who proposed the product; absent: the platform"),
	MK_F_ENUM(T, state, mk_change_state_enum, 0, "where it stands"),
	MK_F_INT(T, product_revision, 0, 0, 0, "of the product as the change was asked for"),
	MK_F_ID(T, category, CATEGORY, MK_OWN_BOOK, "the new back category"),
	MK_F_TEXT(T, title, 0, 1, MK_MAX_NAME, "the new title"),
	MK_F_TEXT(T, description, MK_MULTILINE, 1, MK_MAX_TEXT, "the new description"),
	MK_F_TEXT(T, brand, 0, 1, MK_MAX_NAME, "the new brand"),
	MK_F_ATTRIBUTES(T, "the new properties"),
	MK_F_TEXT_PAIRS(T, images, 0, MK_MAX_IMAGES, "the new images"),
	MK_F_BOOL(T, automatic, MK_REQUIRED, "confirmed by the policy"),
	MK_F_TEXT(T, reason, MK_MULTILINE, 1, MK_MAX_TEXT, "why it was declined"),
	MK_F_TIME(T, created_at, 0, "when it was asked for"),
	MK_F_TIME(T, decided_at, 0, "when it was decided"),
	MK_F_INT(T, version, 0, 0, 0, "counts its changes"),
};
#undef T
const mk_record mk_change_record =
	MK_RECORD_OF("change", market_change, change_fields, "a change request of a product");

#define COLUMNS \
	"book_id, id, product_id, seller_id, state, product_revision, category_id, title, " \
	"description, brand, attributes, images, automatic, reason, created_at, decided_at, version"

static const mk_statement change_insert = {
	.name = "change_insert",
	.table = "change_request",
	.sql = "INSERT INTO change_request (" COLUMNS ") VALUES (:book_id, :id, :product_id, "
		   ":seller_id, :state, :product_revision, :category_id, :title, :description, :brand, "
		   ":attributes, :images, :automatic, :reason, :created_at, :decided_at, :version) ON "
		   "CONFLICT DO NOTHING",
};
static const mk_statement change_save = {
	.name = "change_save",
	.table = "change_request",
	.sql = "UPDATE change_request SET state = :state, reason = :reason, decided_at = :decided_at, "
		   "version = version + 1 WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_statement change_by_id = {
	.name = "change_by_id",
	.sql = "SELECT " COLUMNS " FROM change_request WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement change_in_state = {
	.name = "change_in_state",
	.sql = "SELECT " COLUMNS " FROM change_request WHERE book_id = 0 AND state = ?3 AND id > ?1 "
		   "ORDER BY id LIMIT ?2",
};
static const mk_statement change_of_seller = {
	.name = "change_of_seller",
	.sql = "SELECT " COLUMNS " FROM change_request WHERE book_id = 0 AND seller_id = ?4 AND state "
		   "= ?3 AND id > ?1 ORDER BY id LIMIT ?2",
};
static const mk_statement change_of_product = {
	.name = "change_of_product",
	.sql = "SELECT " COLUMNS " FROM change_request WHERE book_id = 0 AND product_id = ?4 AND state "
		   "= ?3 AND id > ?1 ORDER BY id LIMIT ?2",
};
static const mk_statement change_of_product_of_seller = {
	.name = "change_of_product_of_seller",
	.sql = "SELECT " COLUMNS " FROM change_request WHERE book_id = 0 AND product_id = ?4 AND "
		   "seller_id = ?5 AND state = ?3 AND id > ?1 ORDER BY id LIMIT ?2",
};

static market_id change_seller(const void *row);

const mk_entity mk_change_entity = {
	.kind = MARKET_ID_CHANGE,
	.name = "change",
	.record = &mk_change_record,
	.by_id = &change_by_id,
	.seller = change_seller,
};

static market_change *new_change(mk_ctx *ctx, const market_product *product,
                                 const market_change_create_params *in);
static bool changes_nothing(const market_change *change);
static bool is_automatic(const mk_policy *policy, const market_change *change);
static void put(const market_change *change, market_product *product);
static int apply(mk_ctx *ctx, const market_change *change, market_product *product, bool *waits,
                 market_error *err);
static int confirm(mk_ctx *ctx, market_change *change, market_product *product, market_error *err);
static int check_pending(const market_change *change, market_error *err);
static int end(mk_ctx *ctx, int32_t state, const char *reason, const char *event,
               market_error *err);
static void tell(mk_ctx *ctx, const market_change *change, const char *event);

int mk_change_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_product *product = ctx->subject;
	market_product *changed = mk_arena_copy(ctx->arena, product, sizeof(*changed));
	market_change *change = new_change(ctx, product, params);
	bool waits; /* as it does anyway */
	int rc;

	if (!change || !changed)
		return mk_error_no_memory(err);
	rc = mk_product_step_to(changed, MK_PRODUCT_CHANGE, err);
	if (rc != 0)
		return mk_error_hint(err, rc, "One that isn't published is changed by product.update.");
	if (changes_nothing(change))
		return mk_error_set(err, MARKET_EMISSING, "the change changes nothing");
	change->automatic = is_automatic(ctx->policy, change);
	rc = change->automatic ? confirm(ctx, change, changed, err)
	                       : apply(ctx, change, changed, &waits, err);
	if (rc != 0)
		return rc;
	mk_insert(ctx, &change_insert, &mk_change_record, change->id, change);
	if (!change->automatic)
		tell(ctx, change, "change.created");
	return 0;
}

int mk_change_confirm(mk_ctx *ctx, const void *params, market_error *err)
{
	market_change *change = mk_arena_copy(ctx->arena, ctx->subject, sizeof(*change));
	void *product = NULL;
	int rc;

	(void)params;
	if (!change)
		return mk_error_no_memory(err);
	rc = check_pending(change, err);
	if (rc == 0)
		rc = mk_load(ctx, &mk_product_entity, change->product, "change", &product, err);
	if (rc == 0)
		rc = confirm(ctx, change, product, err);
	if (rc == 0)
		mk_update(ctx, &change_save, &mk_change_record, change->id, change);
	return rc;
}

int mk_change_decline(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_change_decline_params *in = params;

	return end(ctx, MARKET_CHANGE_DECLINED, in->reason, "change.declined", err);
}

int mk_change_cancel(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	return end(ctx, MARKET_CHANGE_CANCELLED, NULL, "change.cancelled", err);
}

int mk_change_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	(void)err;
	ctx->output = (void *)ctx->subject;
	return 0;
}

int mk_change_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_change_list_params *in = params;
	market_change_page *page = MK_NEW(ctx->arena, market_change_page);
	const int64_t limit = mk_page_size(in->limit);
	mk_query query = {.statement = &change_in_state, .record = &mk_change_record, .n_args = 3};
	market_id seller = in->seller;
	int64_t after, unused;
	int rc;

	if (!page)
		return mk_error_no_memory(err);
	rc = mk_cursor_read(in->after, &after, &unused, err);
	if (rc != 0)
		return rc;
	if (ctx->actor.kind == MARKET_ACTOR_MEMBER)
		seller = ctx->member->seller;
	mk_value args[5] = {mk_int(after), mk_int(limit + 1),
	                    mk_int(in->state ? in->state : MARKET_CHANGE_PENDING)};
	if (!mk_id_absent(in->product)) {
		query.statement = &change_of_product;
		args[query.n_args++] = mk_int(in->product.id);
	}
	if (!mk_id_absent(seller)) {
		query.statement =
			mk_id_absent(in->product) ? &change_of_seller : &change_of_product_of_seller;
		args[query.n_args++] = mk_int(seller.id);
	}
	query.args = args;
	rc = mk_catalog_page(ctx, &query, limit, &page->next, err);
	if (rc != 0)
		return rc;
	page->items = (const market_change *const *)query.rows;
	page->n_items = query.n_rows;
	ctx->output = page;
	return 0;
}

static market_id change_seller(const void *row)
{
	return ((const market_change *)row)->seller;
}

static market_change *new_change(mk_ctx *ctx, const market_product *product,
                                 const market_change_create_params *in)
{
	market_change *change = MK_NEW(ctx->arena, market_change);

	if (!change)
		return NULL;
	*change = (market_change){
		.id = mk_new_id(ctx, 0),
		.product = product->id,
		.seller = product->seller,
		.state = MARKET_CHANGE_PENDING,
		.product_revision = product->revision,
		.category = in->category,
		.title = in->title,
		.description = in->description,
		.brand = in->brand,
		.attributes = in->attributes,
		.n_attributes = in->n_attributes,
		.images = in->images,
		.n_images = in->n_images,
		.created_at = ctx->now,
		.version = 1,
	};
	return change;
}

static bool changes_nothing(const market_change *change)
{
	return mk_id_absent(change->category) && !change->title && !change->description &&
	       !change->brand && !change->attributes && !change->images;
}

static bool named(const mk_policy *policy, const char *field)
{
	for (size_t i = 0; policy->catalogue && i < policy->catalogue->n_change_automatic; i++)
		if (strcmp(policy->catalogue->change_automatic[i], field) == 0)
			return true;
	return false;
}

static bool is_automatic(const mk_policy *policy, const market_change *change)
{
	return (mk_id_absent(change->category) || named(policy, "category")) &&
	       (!change->title || named(policy, "title")) &&
	       (!change->description || named(policy, "description")) &&
	       (!change->brand || named(policy, "brand")) &&
	       (!change->attributes || named(policy, "attributes")) &&
	       (!change->images || named(policy, "images"));
}

/* The product as it would be. */
static void put(const market_change *change, market_product *product)
{
	if (!mk_id_absent(change->category))
		product->category = change->category;
	if (change->title)
		product->title = change->title;
	if (change->description)
		product->description = change->description;
	if (change->brand)
		product->brand = change->brand;
	if (change->attributes) {
		product->attributes = change->attributes;
		product->n_attributes = change->n_attributes;
	}
	if (change->images) {
		product->images = change->images;
		product->n_images = change->n_images;
	}
}

/* Checked as when it is proposed. */
static int apply(mk_ctx *ctx, const market_change *change, market_product *product, bool *waits,
                 market_error *err)
{
	put(change, product);
	return mk_product_check(ctx, product, waits, err);
}

/* The one path, by an operator or by the policy. */
static int confirm(mk_ctx *ctx, market_change *change, market_product *product, market_error *err)
{
	bool waits = false;
	int rc;

	if (product->revision != change->product_revision) {
		mk_error_at(err, MARKET_ECHANGED, "change", "the product has changed since it was asked");
		return mk_error_hint(err, MARKET_ECHANGED,
		                     "Decline the request, and let it be made again from what is there.");
	}
	rc = mk_product_step_to(product, MK_PRODUCT_CHANGE, err);
	if (rc == 0)
		rc = apply(ctx, change, product, change->automatic ? &waits : NULL, err);
	if (rc != 0)
		return rc;
	if (waits) { /* CAT-4: not without an operator */
		change->automatic = false;
		return 0;
	}
	product->revision++;
	change->state = MARKET_CHANGE_CONFIRMED;
	change->decided_at = ctx->now;
	mk_update(ctx, &mk_product_save, &mk_product_record, product->id, product);
	tell(ctx, change, "change.confirmed");
	return mk_search_follow_product(ctx, product, err);
}

static int check_pending(const market_change *change, market_error *err)
{
	if (change->state == MARKET_CHANGE_PENDING)
		return 0;
	return mk_error_at(err, MARKET_ESTATE, "change", "the change request is %s",
	                   mk_enum_name(&mk_change_state_enum, change->state));
}

static int end(mk_ctx *ctx, int32_t state, const char *reason, const char *event, market_error *err)
{
	market_change *change = mk_arena_copy(ctx->arena, ctx->subject, sizeof(*change));
	void *product = NULL;
	int rc;

	if (!change)
		return mk_error_no_memory(err);
	rc = check_pending(change, err);
	if (rc == 0)
		rc = mk_load(ctx, &mk_product_entity, change->product, "change", &product, err);
	if (rc != 0)
		return rc;
	put(change, product);
	rc = mk_product_decided(
		ctx, product, state == MARKET_CHANGE_DECLINED ? MARKET_REVIEW_REFUSED : MARKET_REVIEW_NOTED,
		reason, err);
	if (rc != 0)
		return rc;
	change->state = state;
	change->reason = reason;
	change->decided_at = ctx->now;
	mk_update(ctx, &change_save, &mk_change_record, change->id, change);
	tell(ctx, change, event);
	mk_event_text(ctx, "reason", reason);
	return 0;
}

static void tell(mk_ctx *ctx, const market_change *change, const char *event)
{
	mk_event(ctx, event, MARKET_ID_CHANGE, change->id);
	mk_event_id(ctx, "product", MARKET_ID_PRODUCT, change->product);
	if (!mk_id_absent(change->seller))
		mk_event_book(ctx, change->seller.book);
	ctx->result = change->id;
}
