#include "libmarket/seller/brand.h"
#include "libmarket/rule/fold.h"

#include <string.h>

#include "libmarket/engine/policy_brands.h"

#define COLUMNS "book_id, id, ref, code, name, owner, tier, created_at, version, metadata"

static const mk_field stores_fields[] = {
	MK_F_ENUM(market_brand_stores, store_type, mk_store_type_enum, 0, "the type of store"),
	MK_F_INT(market_brand_stores, taken, MK_REQUIRED, 0, 0, "places taken"),
};
static const mk_record stores_record =
	MK_RECORD_OF("brand_stores", market_brand_stores, stores_fields, "stores of one type");

#define T market_brand
static const mk_field brand_fields[] = {
	MK_F_ID(T, id, BRAND, 0, "the brand"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_TEXT(T, code, 0, 1, MK_MAX_CODE, "its code"),
	MK_F_TEXT(T, name, 0, 1, MK_MAX_NAME, "its name"),
	MK_F_TEXT(T, owner, 0, 1, MK_MAX_NAME, "the legal owner"),
	MK_F_TEXT(T, tier, 0, 1, MK_MAX_CODE, "its rank in the policy"),
	MK_F_TIME(T, created_at, 0, "added"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
	MK_F_METADATA(T),
	MK_F_LIST(T, stores, market_brand_stores, stores_record, MK_NOT_ROW, 0, 0,
              "how many stores it has"),
};
#undef T
const mk_record mk_brand_record = MK_RECORD_OF("brand", mk_brand, brand_fields, "a brand");

typedef struct brand_name {
	market_id id, brand;
	const char *name_key; /* mk_brand_fold */
} brand_name;
static const mk_field name_fields[] = {
	MK_F_ID(brand_name, id, NONE, MK_INTERNAL, "its row"),
	MK_F_ID(brand_name, brand, BRAND, MK_INTERNAL, "whose name it is or was"),
	MK_F_TEXT(brand_name, name_key, MK_INTERNAL, 0, 0, "the name folded"),
};
static const mk_record name_record =
	MK_RECORD_OF("brand_name", brand_name, name_fields, "what a brand is or was called");
static const mk_statement name_insert = {
	.name = "brand_name_insert",
	.table = "brand_name",
	.sql = "INSERT INTO brand_name (book_id, id, brand_id, name_key) VALUES (:book_id, :id, "
		   ":brand_id, :name_key) ON CONFLICT DO NOTHING",
};

static const mk_statement brand_insert = {
	.name = "brand_insert",
	.table = "brand",
	.sql = "INSERT INTO brand (" COLUMNS ") VALUES (:book_id, :id, :ref, :code, :name, :owner, "
		   ":tier, :created_at, :version, :metadata) ON CONFLICT DO NOTHING",
};
static const mk_statement brand_update = {
	.name = "brand_update",
	.table = "brand",
	.sql = "UPDATE brand SET name = :name, owner = :owner, tier = :tier, metadata = :metadata, "
		   "version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_statement brand_by_id = {
	.name = "brand_by_id",
	.sql = "SELECT " COLUMNS " FROM brand WHERE book_id = ?1 AND id = ?2",
};
/* Brands lie in book 0 whatever book a reference is looked up in. */
static const mk_statement brand_by_ref = {
	.name = "brand_by_ref",
	.sql = "SELECT book_id, id FROM brand WHERE book_id = CAST(?1 AS BIGINT) * 0 AND ref = ?2",
};
static const mk_statement brand_by_code = {
	.name = "brand_by_code",
	.sql = "SELECT " COLUMNS " FROM brand WHERE book_id = 0 AND code = ?1",
};
static const mk_statement brand_by_name = {
	.name = "brand_by_name",
	.sql = "SELECT " COLUMNS " FROM brand WHERE book_id = 0 AND id = (SELECT brand_id FROM "
		   "brand_name WHERE book_id = 0 AND name_key = ?1)",
};
static const mk_statement brand_page = {
	.name = "brand_page",
	.sql = "SELECT " COLUMNS " FROM brand WHERE book_id = 0 AND "
		   "(created_at > ?1 OR (created_at = ?1 AND id > ?2)) ORDER BY created_at, id LIMIT ?3",
};
static const mk_statement stores_of_brand = {
	.name = "stores_of_brand",
	.sql = "SELECT store_type, taken FROM brand_quota WHERE book_id = ?1 AND brand_id = ?2 "
		   "ORDER BY store_type",
};

static int brand_fill(mk_ctx *ctx, void *row, market_error *err)
{
	market_brand *brand = row;
	mk_query query = {.statement = &stores_of_brand, .record = &stores_record};
	const mk_value args[] = {mk_int(brand->id.book), mk_int(brand->id.id)};
	int rc;
	query.args = args;
	query.n_args = 2;
	rc = mk_store_read(ctx->store, ctx->arena, &query, 1, err);
	brand->stores = (const market_brand_stores *const *)query.rows;
	brand->n_stores = query.n_rows;
	return rc;
}

const mk_entity mk_brand_entity = {
	.kind = MARKET_ID_BRAND,
	.name = "brand",
	.record = &mk_brand_record,
	.by_id = &brand_by_id,
	.by_ref = &brand_by_ref,
	.fill = brand_fill,
};

const char *mk_brand_fold(mk_ctx *ctx, const char *text)
{
	mk_folded folded;
	size_t size = 0, kept = 0;
	char *out = NULL;
	if (mk_fold(text, strlen(text), ctx->arena, &folded))
		out = mk_fold_encode(&folded, false, ctx->arena, &size);
	if (!out)
		return NULL;
	for (size_t i = 0; i < size; i++)
		if (out[i] != ' ' || (kept > 0 && out[kept - 1] != ' '))
			out[kept++] = out[i];
	while (kept > 0 && out[kept - 1] == ' ')
		kept--;
	out[kept] = '\0';
	return out;
}

int mk_brand_named(mk_ctx *ctx, const char *text, mk_brand **out, market_error *err)
{
	const char *folded = text ? mk_brand_fold(ctx, text) : NULL;
	const mk_value args[] = {mk_text_value(folded)};
	mk_query queries[] = {
		{.statement = &brand_by_code, .args = args, .n_args = 1, .record = &mk_brand_record},
		{.statement = &brand_by_name, .args = args, .n_args = 1, .record = &mk_brand_record},
	};
	int rc;
	*out = NULL;
	if (!text)
		return 0;
	if (!folded)
		return mk_error_no_memory(err);
	rc = mk_store_read(ctx->store, ctx->arena, queries, 2, err);
	for (size_t i = 0; rc == 0 && !*out && i < 2; i++)
		if (queries[i].n_rows > 0)
			*out = queries[i].rows[0];
	return rc;
}

/* ---- operations ---- */

static int check_code(const char *code, market_error *err)
{
	if (strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789_-.") == strlen(code))
		return 0;
	return mk_error_at(err, MARKET_EINVALID, "code",
	                   "the code \"%s\" has more than lower-case letters, digits, '_', '-' and '.'",
	                   code);
}

static int check_tier(const mk_ctx *ctx, const char *tier, market_error *err)
{
	if (!tier || mk_policy_brand_tier(ctx->policy, tier))
		return 0;
	return mk_error_at(err, MARKET_EINVALID, "tier", "the policy has no tier %s", tier);
}

/* No text may name two brands. */
static int check_free(mk_ctx *ctx, const char *text, market_id own, const char *field,
                      market_error *err)
{
	mk_brand *other = NULL;
	int rc = mk_brand_named(ctx, text, &other, err);
	if (rc != 0 || !other || mk_id_equal(other->brand.id, own))
		return rc;
	return mk_error_at(err, MARKET_EEXISTS, field, "%s names the brand %s", text,
	                   other->brand.code);
}

/* Products that were made before it is called otherwise go on naming it. */
static void add_name(mk_ctx *ctx, const mk_brand *brand)
{
	const brand_name row = {mk_new_id(ctx, 0), brand->brand.id,
	                        mk_brand_fold(ctx, brand->brand.name)};

	mk_insert(ctx, &name_insert, &name_record, row.id, &row);
}

int mk_brand_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_brand_create_params *in = params;
	const market_id none = {0, 0};
	mk_brand row = {.brand = {
						.ref = in->ref,
						.code = in->code,
						.name = in->name,
						.owner = in->owner,
						.tier = in->tier ? in->tier : ctx->policy->brands->tiers[0]->tier,
						.created_at = ctx->now,
						.version = 1,
						.metadata = in->metadata,
						.n_metadata = in->n_metadata,
					}};
	int rc = check_code(in->code, err);
	if (rc == 0)
		rc = check_tier(ctx, in->tier, err);
	if (rc == 0)
		rc = mk_ref_check_free_in(ctx, &mk_brand_entity, 0, in->ref, err);
	if (rc == 0)
		rc = check_free(ctx, in->code, none, "code", err);
	if (rc == 0)
		rc = check_free(ctx, in->name, none, "name", err);
	if (rc != 0)
		return rc;
	row.brand.id = mk_new_id(ctx, 0);
	mk_insert(ctx, &brand_insert, &mk_brand_record, row.brand.id, &row);
	add_name(ctx, &row);
	mk_quota_insert(ctx, row.brand.id);
	mk_event(ctx, "brand.created", MARKET_ID_BRAND, row.brand.id);
	mk_event_text(ctx, "code", in->code);
	ctx->result = row.brand.id;
	return 0;
}

int mk_brand_update(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_brand_update_params *in = params;
	mk_brand *row = (mk_brand *)ctx->subject, *named = NULL;
	int rc = check_tier(ctx, in->tier, err);
	if (rc == 0)
		rc = check_free(ctx, in->name, row->brand.id, "name", err);
	if (rc == 0)
		rc = mk_brand_named(ctx, in->name, &named, err);
	if (rc != 0)
		return rc;
	if (in->name)
		row->brand.name = in->name;
	if (in->name && !named)
		add_name(ctx, row);
	if (in->owner)
		row->brand.owner = in->owner;
	if (in->tier)
		row->brand.tier = in->tier;
	if (in->metadata) {
		row->brand.metadata = in->metadata;
		row->brand.n_metadata = in->n_metadata;
	}
	mk_update(ctx, &brand_update, &mk_brand_record, row->brand.id, row);
	mk_event(ctx, "brand.updated", MARKET_ID_BRAND, row->brand.id);
	mk_event_text(ctx, "tier", row->brand.tier);
	ctx->result = row->brand.id;
	return 0;
}

int mk_brand_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	ctx->output = (void *)ctx->subject;
	return brand_fill(ctx, ctx->output, err);
}

int mk_brand_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_brand_list_params *in = params;
	return mk_page_read(ctx, &brand_page, &mk_brand_record, offsetof(market_brand, created_at),
	                    MK_NO_ARGS, in->after, in->limit, err);
}
