/* CAT-1: what categories ask of the attributes of products and their variants. */
#include "libmarket/catalog/sql.h"

#include <string.h>

#define COLUMNS \
	"a.book_id, a.id, a.category_id, a.name, a.type, a.required, a.loosens, a.variant, " \
	"a.retired, a.unit, a.minimum, a.maximum, a.options, a.created_at, a.version"

static const mk_statement attribute_insert = {
	.name = "attribute_insert",
	.table = "attribute",
	.sql = "INSERT INTO attribute (book_id, id, category_id, name, type, required, loosens, "
		   "variant, retired, unit, minimum, maximum, options, created_at, version) VALUES "
		   "(:book_id, :id, :category_id, :name, :type, :required, :loosens, :variant, :retired, "
		   ":unit, :minimum, :maximum, :options, :created_at, :version) ON CONFLICT DO NOTHING",
};
static const mk_statement attribute_save = {
	.name = "attribute_save",
	.table = "attribute",
	.sql = "UPDATE attribute SET required = :required, loosens = :loosens, retired = :retired, "
		   "unit = :unit, minimum = :minimum, maximum = :maximum, options = :options, version = "
		   "version + 1 WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_statement attribute_by_id = {
	.name = "attribute_by_id",
	.sql = "SELECT " COLUMNS " FROM attribute a WHERE a.book_id = ?1 AND a.id = ?2",
};
static const mk_statement attribute_of_category = {
	.name = "attribute_of_category",
	.sql = "SELECT " COLUMNS " FROM attribute a WHERE a.book_id = 0 AND a.category_id = ?3 AND "
		   "a.id > ?1 ORDER BY a.id LIMIT ?2",
};
static const mk_statement attribute_of_code = {
	.name = "attribute_of_code",
	.sql = "SELECT " COLUMNS " FROM category c JOIN attribute a ON a.book_id = c.book_id AND "
		   "a.category_id = c.id WHERE c.book_id = 0 AND c.code = ?1 ORDER BY a.id",
};

const mk_entity mk_attribute_entity = {
	.kind = MARKET_ID_ATTRIBUTE,
	.name = "attribute",
	.record = &mk_attribute_record,
	.by_id = &attribute_by_id,
};

static int check_definition(const market_attribute *attribute, market_error *err);
static int check_bound(const market_attribute *attribute, const char *field, const char *text,
                       market_error *err);
static int check_new(mk_ctx *ctx, const market_category *category,
                     const market_attribute *attribute, market_error *err);
static int split_path(mk_ctx *ctx, const char *path, mk_value *codes, size_t *count,
                      market_error *err);
static int add_level(mk_ctx *ctx, const mk_query *defined, market_attribute **all, size_t *count,
                     market_error *err);

int mk_attribute_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_attribute_create_params *in = params;
	const market_category *category = ctx->subject;
	market_attribute *attribute = MK_NEW(ctx->arena, market_attribute);
	int rc;

	if (!attribute)
		return mk_error_no_memory(err);
	*attribute = (market_attribute){
		.category = in->category,
		.name = in->name,
		.type = in->type,
		.required = in->required,
		.loosens = in->loosens,
		.variant = in->variant,
		.unit = in->unit,
		.minimum = in->minimum,
		.maximum = in->maximum,
		.options = in->options,
		.n_options = in->n_options,
		.created_at = ctx->now,
		.version = 1,
	};
	rc = check_definition(attribute, err);
	if (rc == 0)
		rc = check_new(ctx, category, attribute, err);
	if (rc != 0)
		return rc;
	attribute->id = mk_new_id(ctx, 0);
	mk_insert(ctx, &attribute_insert, &mk_attribute_record, attribute->id, attribute);
	/* the category counts its definitions' changes, so that no two pass the limit together */
	mk_update(ctx, &mk_category_save, &mk_category_record, category->id, category);
	mk_event(ctx, "attribute.created", MARKET_ID_ATTRIBUTE, attribute->id);
	mk_event_id(ctx, "category", MARKET_ID_CATEGORY, category->id);
	mk_event_text(ctx, "name", attribute->name);
	ctx->result = attribute->id;
	return 0;
}

int mk_attribute_update(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_attribute_update_params *in = params;
	market_attribute *attribute = mk_arena_copy(ctx->arena, ctx->subject, sizeof(*attribute));
	int rc;

	if (!attribute)
		return mk_error_no_memory(err);
	if (in->required)
		attribute->required = *in->required;
	if (in->loosens)
		attribute->loosens = *in->loosens;
	if (in->retired)
		attribute->retired = *in->retired;
	if (in->unit)
		attribute->unit = in->unit;
	if (in->minimum)
		attribute->minimum = in->minimum;
	if (in->maximum)
		attribute->maximum = in->maximum;
	if (in->options) {
		attribute->options = in->options;
		attribute->n_options = in->n_options;
	}
	rc = check_definition(attribute, err);
	if (rc != 0)
		return rc;
	mk_update(ctx, &attribute_save, &mk_attribute_record, attribute->id, attribute);
	mk_event(ctx, "attribute.updated", MARKET_ID_ATTRIBUTE, attribute->id);
	mk_event_id(ctx, "category", MARKET_ID_CATEGORY, attribute->category);
	ctx->result = attribute->id;
	return 0;
}

int mk_attribute_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_attribute_list_params *in = params;
	market_attribute_page *page = MK_NEW(ctx->arena, market_attribute_page);
	const int64_t limit = mk_page_size(in->limit);
	int64_t after, unused;
	mk_query query = {.statement = &attribute_of_category, .record = &mk_attribute_record};
	int rc;

	if (!page)
		return mk_error_no_memory(err);
	rc = mk_cursor_read(in->after, &after, &unused, err);
	if (rc != 0)
		return rc;
	const mk_value args[] = {mk_int(after), mk_int(limit + 1), mk_int(in->category.id)};
	query.args = args;
	query.n_args = 3;
	rc = mk_catalog_page(ctx, &query, limit, &page->next, err);
	if (rc != 0)
		return rc;
	page->items = (const market_attribute *const *)query.rows;
	page->n_items = query.n_rows;
	ctx->output = page;
	return 0;
}

int mk_category_effective(mk_ctx *ctx, const market_category *category, mk_effective *out,
                          market_error *err)
{
	mk_value codes[MK_MAX_CATEGORY_DEPTH];
	mk_query queries[2 * MK_MAX_CATEGORY_DEPTH];
	market_attribute **all;
	const market_pair **licences;
	size_t depth = 0, n = 0, n_licences = 0, room = 0, licence_room = 0;
	int rc = split_path(ctx, category->path, codes, &depth, err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < depth; i++) {
		queries[2 * i] = (mk_query){.statement = &attribute_of_code,
		                            .args = &codes[i],
		                            .n_args = 1,
		                            .record = &mk_attribute_record};
		queries[2 * i + 1] = (mk_query){.statement = &mk_category_by_code,
		                                .args = &codes[i],
		                                .n_args = 1,
		                                .record = &mk_category_record};
	}
	rc = mk_store_read(ctx->store, ctx->arena, queries, 2 * depth, err);
	for (size_t i = 0; rc == 0 && i < depth; i++) {
		room += queries[2 * i].n_rows;
		if (queries[2 * i + 1].n_rows == 1)
			licence_room += ((market_category *)queries[2 * i + 1].rows[0])->n_licences;
	}
	if (rc != 0)
		return rc;
	all = MK_NEW_ARRAY(ctx->arena, market_attribute *, room + 1);
	licences = MK_NEW_ARRAY(ctx->arena, const market_pair *, licence_room + 1);
	if (!all || !licences)
		return mk_error_no_memory(err);
	for (size_t i = 0; rc == 0 && i < depth; i++) {
		rc = add_level(ctx, &queries[2 * i], all, &n, err);
		if (queries[2 * i + 1].n_rows != 1)
			continue;
		const market_category *level = queries[2 * i + 1].rows[0];
		for (size_t k = 0; k < level->n_licences; k++)
			licences[n_licences++] = level->licences[k];
	}
	*out = (mk_effective){.attributes = (const market_attribute *const *)all,
	                      .n_attributes = n,
	                      .licences = licences,
	                      .n_licences = n_licences};
	return rc;
}

const market_attribute *mk_attribute_named(const mk_effective *effective, const char *name)
{
	for (size_t i = 0; i < effective->n_attributes; i++)
		if (strcmp(effective->attributes[i]->name, name) == 0)
			return effective->attributes[i];
	return NULL;
}

/* What can be told without other rows. */
static int check_definition(const market_attribute *attribute, market_error *err)
{
	const bool choice = attribute->type == MARKET_ATTRIBUTE_CHOICE;
	const int digits = attribute->type == MARKET_ATTRIBUTE_DECIMAL ? MK_DECIMAL_DIGITS : 0;
	int64_t least, most;
	int rc = check_bound(attribute, "minimum", attribute->minimum, err);

	if (rc == 0)
		rc = check_bound(attribute, "maximum", attribute->maximum, err);
	if (rc != 0)
		return rc;
	if (attribute->minimum && attribute->maximum &&
	    mk_attribute_number(attribute->minimum, digits, &least) &&
	    mk_attribute_number(attribute->maximum, digits, &most) && most < least)
		return mk_error_at(err, MARKET_EINVALID, "maximum",
		                   "the maximum %s is below the minimum %s", attribute->maximum,
		                   attribute->minimum);
	if (choice && attribute->n_options == 0)
		return mk_error_at(err, MARKET_EMISSING, "options", "a choice needs options");
	if (!choice && attribute->n_options > 0)
		return mk_error_at(err, MARKET_EINVALID, "options", "only a choice has options");
	return 0;
}

static int check_bound(const market_attribute *attribute, const char *field, const char *text,
                       market_error *err)
{
	const int digits = attribute->type == MARKET_ATTRIBUTE_DECIMAL ? MK_DECIMAL_DIGITS : 0;
	int64_t number = 0;

	if (!text)
		return 0;
	if (attribute->type == MARKET_ATTRIBUTE_BOOLEAN || attribute->type == MARKET_ATTRIBUTE_CHOICE)
		return mk_error_at(err, MARKET_EINVALID, field, "values of %s have no %s", attribute->name,
		                   field);
	if (!mk_attribute_number(text, digits, &number) ||
	    (attribute->type == MARKET_ATTRIBUTE_TEXT && number < 0))
		return mk_error_at(err, MARKET_EINVALID, field, "%s is no %s of such values", text, field);
	return 0;
}

static int check_new(mk_ctx *ctx, const market_category *category,
                     const market_attribute *attribute, market_error *err)
{
	const mk_value args[] = {mk_int(0), mk_int(MK_MAX_DEFINED), mk_int(category->id.id)};
	mk_query own = {.statement = &attribute_of_category,
	                .args = args,
	                .n_args = 3,
	                .record = &mk_attribute_record};
	const market_attribute *above;
	mk_effective effective;
	int rc = mk_category_effective(ctx, category, &effective, err);

	if (rc == 0)
		rc = mk_store_read(ctx->store, ctx->arena, &own, 1, err);
	if (rc != 0)
		return rc;
	above = mk_attribute_named(&effective, attribute->name);
	if (above && above->type != attribute->type && !mk_id_equal(above->category, category->id))
		return mk_error_at(err, MARKET_EINVALID, "type", "attribute %s is of another type above",
		                   attribute->name);
	if (own.n_rows >= MK_MAX_DEFINED)
		return mk_error_at(err, MARKET_ELIMIT, "category", "category %s has %d attributes already",
		                   category->code, MK_MAX_DEFINED);
	for (size_t i = 0; i < own.n_rows; i++)
		if (mk_text_equal(((market_attribute *)own.rows[i])->name, attribute->name))
			return mk_error_at(err, MARKET_EEXISTS, "name", "category %s has an attribute %s",
			                   category->code, attribute->name);
	return 0;
}

/* The codes of a path, from the top. */
static int split_path(mk_ctx *ctx, const char *path, mk_value *codes, size_t *count,
                      market_error *err)
{
	while (*path == '/' && path[1] != '\0') {
		size_t length = strcspn(path + 1, "/");
		const char *code = mk_arena_text_n(ctx->arena, path + 1, length);

		if (!code)
			return mk_error_no_memory(err);
		if (*count == MK_MAX_CATEGORY_DEPTH)
			return mk_error_set(err, MARKET_ECORRUPT, "a category lies deeper than it may");
		codes[(*count)++] = mk_text_value(code);
		path += 1 + length;
	}
	return 0;
}

/* The nearest definition wins; what it doesn't loosen stays required. */
static int add_level(mk_ctx *ctx, const mk_query *defined, market_attribute **all, size_t *count,
                     market_error *err)
{
	for (size_t i = 0; i < defined->n_rows; i++) {
		market_attribute *attribute =
			mk_arena_copy(ctx->arena, defined->rows[i], sizeof(*attribute));
		size_t at = 0;

		if (!attribute)
			return mk_error_no_memory(err);
		if (attribute->retired)
			continue;
		while (at < *count && strcmp(all[at]->name, attribute->name) != 0)
			at++;
		if (at == *count)
			++*count;
		else if (all[at]->required && !attribute->loosens)
			attribute->required = true;
		all[at] = attribute;
	}
	return 0;
}
