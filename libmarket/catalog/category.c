#include "libmarket/catalog/sql.h"

#include <string.h>

static int check_licences(const mk_ctx *ctx, const market_pair *const *licences, size_t count,
                          market_error *err);
static int below(mk_ctx *ctx, market_category *category, const market_category *parent,
                 market_error *err);
static void save(mk_ctx *ctx, const market_category *category);
static int pass_on(mk_ctx *ctx, const market_category *before, const market_category *after,
                   market_error *err);
static bool same_classes(const market_category *a, const market_category *b);
static void follow(const char **own, const char *before, const char *after);
static size_t depth_of(const char *path);

enum { MOST_AT_ONCE = 500 };

int mk_category_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_category_create_params *in = params;
	market_category *category = MK_NEW(ctx->arena, market_category);
	void *parent = NULL, *taken = NULL;
	int rc;

	if (!category)
		return mk_error_no_memory(err);
	rc = mk_category_check_code(in->code, err);
	if (rc == 0)
		rc = check_licences(ctx, in->licences, in->n_licences, err);
	if (rc == 0 && !mk_id_absent(in->parent))
		rc = mk_load(ctx, &mk_category_entity, in->parent, "parent", &parent, err);
	if (rc == 0)
		rc = mk_store_get(ctx->store, ctx->arena, &mk_category_by_code, &mk_category_record,
		                  MK_ARGS(mk_text_value(in->code)), &taken, err);
	if (rc != 0)
		return rc;
	category->id = mk_new_id(ctx, 0);
	category->code = in->code;
	category->name = in->name;
	category->parent = in->parent;
	category->commission_class = in->commission_class;
	category->deposit_class = in->deposit_class;
	category->fee_class = in->fee_class;
	category->licences = in->licences;
	category->n_licences = in->n_licences;
	category->created_at = ctx->now;
	category->version = 1;
	category->metadata = in->metadata;
	category->n_metadata = in->n_metadata;
	rc = below(ctx, category, parent, err);
	if (rc != 0)
		return rc;
	if (taken)
		return mk_error_at(err, MARKET_EEXISTS, "code", "category %s exists", in->code);
	mk_insert(ctx, &mk_category_insert, &mk_category_record, category->id, category);
	mk_event(ctx, "category.created", MARKET_ID_CATEGORY, category->id);
	mk_event_text(ctx, "code", category->code);
	ctx->result = category->id;
	return 0;
}

int mk_category_update(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_category_update_params *in = params;
	market_category *category = mk_arena_copy(ctx->arena, ctx->subject, sizeof(*category));
	int rc;

	if (!category)
		return mk_error_no_memory(err);
	rc = check_licences(ctx, in->licences, in->n_licences, err);
	if (rc != 0)
		return rc;
	if (in->name)
		category->name = in->name;
	if (in->commission_class)
		category->commission_class = in->commission_class;
	if (in->deposit_class)
		category->deposit_class = in->deposit_class;
	if (in->fee_class)
		category->fee_class = in->fee_class;
	if (in->licences) {
		category->licences = in->licences;
		category->n_licences = in->n_licences;
	}
	save(ctx, category);
	ctx->result = category->id;
	return pass_on(ctx, ctx->subject, category, err);
}

int mk_category_get(mk_ctx *ctx, const void *params, market_error *err)
{
	market_category *category = mk_arena_copy(ctx->arena, ctx->subject, sizeof(*category));
	mk_effective effective;
	int rc;

	(void)params;
	if (!category)
		return mk_error_no_memory(err);
	rc = mk_category_effective(ctx, category, &effective, err);
	if (rc != 0)
		return rc;
	category->attributes = effective.attributes;
	category->n_attributes = effective.n_attributes;
	category->all_licences = effective.licences;
	category->n_all_licences = effective.n_licences;
	ctx->output = category;
	return 0;
}

int mk_category_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_category_list_params *in = params;
	market_category_page *page = MK_NEW(ctx->arena, market_category_page);
	const int64_t limit = mk_page_size(in->limit);
	int64_t after, unused;
	mk_query query = {.statement = &mk_category_top, .record = &mk_category_record};
	int rc;

	if (!page)
		return mk_error_no_memory(err);
	rc = mk_cursor_read(in->after, &after, &unused, err);
	if (rc != 0)
		return rc;
	const mk_value args[] = {mk_int(after), mk_int(limit + 1), mk_int(in->parent.id)};
	query.args = args;
	query.n_args = 2;
	if (!mk_id_absent(in->parent)) {
		query.statement = &mk_category_below;
		query.n_args = 3;
	} else if (in->all) {
		query.statement = &mk_category_all;
	}
	rc = mk_catalog_page(ctx, &query, limit, &page->next, err);
	if (rc != 0)
		return rc;
	page->items = (const market_category *const *)query.rows;
	page->n_items = query.n_rows;
	ctx->output = page;
	return 0;
}

int mk_category_check_code(const char *code, market_error *err)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

	if (code[strspn(code, allowed)] == '\0')
		return 0;
	mk_error_at(err, MARKET_EINVALID, "code", "the code %s has a character that isn't allowed",
	            code);
	return mk_error_hint(err, MARKET_EINVALID, "A code has letters, digits, '_', '-' and '.'.");
}

/* What no seller could show would close the category to all. */
static int check_licences(const mk_ctx *ctx, const market_pair *const *licences, size_t count,
                          market_error *err)
{
	const mk_policy_sellers *sellers = ctx->policy->sellers;

	for (size_t i = 0; i < count; i++) {
		size_t k = 0;

		while (k < sellers->n_requirements &&
		       strcmp(sellers->requirements[k]->key, licences[i]->name) != 0)
			k++;
		if (k == sellers->n_requirements || sellers->requirements[k]->kind == MK_COMPUTED)
			return mk_error_at(err, MARKET_EINVALID, "licences",
			                   "the policy has no requirement %s that is submitted",
			                   licences[i]->name);
	}
	return 0;
}

static void save(mk_ctx *ctx, const market_category *category)
{
	mk_update(ctx, &mk_category_save, &mk_category_record, category->id, category);
	mk_event(ctx, "category.updated", MARKET_ID_CATEGORY, category->id);
	mk_event_text(ctx, "code", category->code);
}

/* CAT-1: a new class reaches those below that have the class of the one above them. */
static int pass_on(mk_ctx *ctx, const market_category *before, const market_category *after,
                   market_error *err)
{
	int64_t last = 0;
	size_t count = MOST_AT_ONCE;
	int rc = 0;

	if (same_classes(before, after))
		return 0;
	while (rc == 0 && count == MOST_AT_ONCE) {
		market_category **below = NULL;

		rc = mk_store_list(ctx->store, ctx->arena, &mk_category_below, &mk_category_record,
		                   MK_ARGS(mk_int(last), mk_int(MOST_AT_ONCE), mk_int(before->id.id)),
		                   (void ***)&below, &count, err);
		for (size_t i = 0; rc == 0 && i < count; i++) {
			market_category *own = mk_arena_copy(ctx->arena, below[i], sizeof(*own));

			if (!own)
				return mk_error_no_memory(err);
			last = own->id.id;
			follow(&own->commission_class, before->commission_class, after->commission_class);
			follow(&own->deposit_class, before->deposit_class, after->deposit_class);
			follow(&own->fee_class, before->fee_class, after->fee_class);
			if (same_classes(below[i], own))
				continue;
			save(ctx, own);
			rc = pass_on(ctx, below[i], own, err);
		}
	}
	return rc;
}

static bool same_classes(const market_category *a, const market_category *b)
{
	return mk_text_equal(a->commission_class, b->commission_class) &&
	       mk_text_equal(a->deposit_class, b->deposit_class) &&
	       mk_text_equal(a->fee_class, b->fee_class);
}

static void follow(const char **own, const char *before, const char *after)
{
	if (mk_text_equal(*own, before))
		*own = after;
}

/* CAT-1: what a category takes from the one above. */
static int below(mk_ctx *ctx, market_category *category, const market_category *parent,
                 market_error *err)
{
	if (parent && depth_of(parent->path) >= MK_MAX_CATEGORY_DEPTH)
		return mk_error_at(err, MARKET_ELIMIT, "parent", "category %s is %d deep already",
		                   parent->code, MK_MAX_CATEGORY_DEPTH);
	category->path =
		mk_arena_format(ctx->arena, "%s%s/", parent ? parent->path : "/", category->code);
	if (parent && !category->commission_class)
		category->commission_class = parent->commission_class;
	if (parent && !category->deposit_class)
		category->deposit_class = parent->deposit_class;
	if (parent && !category->fee_class)
		category->fee_class = parent->fee_class;
	return category->path ? 0 : mk_error_no_memory(err);
}

static size_t depth_of(const char *path)
{
	size_t slashes = 0;

	for (; *path; path++)
		slashes += *path == '/';
	return slashes > 0 ? slashes - 1 : 0;
}
