/* CAT-1: front categories and their queries. */
#include "libmarket/catalog/front.h"

#include <string.h>

#include "libmarket/catalog/sql.h"

static int check_queries(mk_ctx *ctx, const market_front_query *const *queries, size_t count,
                         market_error *err);
static int count_words(const market_front_query *const *queries, size_t count, market_error *err);
static int take_queries(mk_ctx *ctx, const market_front_query *const *queries, size_t count,
                        mk_front *front, market_error *err);

int mk_front_category_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_front_category_create_params *in = params;
	mk_front row = {.front = {
						.code = in->code,
						.name = in->name,
						.position = in->position,
						.state = in->state ? in->state : MARKET_FRONT_ACTIVE,
						.created_at = ctx->now,
						.version = 1,
					}};
	void *taken = NULL;
	int rc = mk_category_check_code(in->code, err);

	if (rc == 0)
		rc = take_queries(ctx, in->queries, in->n_queries, &row, err);
	if (rc == 0)
		rc = mk_store_get(ctx->store, ctx->arena, &mk_front_by_code, &mk_front_record,
		                  MK_ARGS(mk_text_value(in->code)), &taken, err);
	if (rc == 0 && taken)
		rc = mk_error_at(err, MARKET_EEXISTS, "code", "front category %s exists", in->code);
	if (rc != 0)
		return rc;
	row.front.id = mk_new_id(ctx, 0);
	mk_insert(ctx, &mk_front_insert, &mk_front_record, row.front.id, &row);
	mk_event(ctx, "front_category.created", MARKET_ID_FRONT, row.front.id);
	mk_event_text(ctx, "code", in->code);
	ctx->result = row.front.id;
	return 0;
}

int mk_front_category_update(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_front_category_update_params *in = params;
	mk_front *row = (mk_front *)ctx->subject;
	int rc = in->queries ? take_queries(ctx, in->queries, in->n_queries, row, err) : 0;

	if (rc != 0)
		return rc;
	if (in->name)
		row->front.name = in->name;
	if (in->position)
		row->front.position = *in->position;
	if (in->state)
		row->front.state = in->state;
	mk_update(ctx, &mk_front_save, &mk_front_record, row->front.id, row);
	mk_event(ctx, "front_category.updated", MARKET_ID_FRONT, row->front.id);
	mk_event_text(ctx, "code", row->front.code);
	ctx->result = row->front.id;
	return 0;
}

int mk_front_category_get(mk_ctx *ctx, const void *params, market_error *err)
{
	int rc = mk_front_check_seen(ctx, ctx->subject, "front_category", err);

	(void)params;
	ctx->output = (void *)ctx->subject;
	return rc == 0 ? mk_front_entity.fill(ctx, ctx->output, err) : rc;
}

int mk_front_category_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_front_category_list_params *in = params;
	const bool insider = mk_catalog_insider(ctx, (market_id){0, 0});
	mk_page *page;
	int rc = mk_page_read(ctx, &mk_front_page, &mk_front_record, offsetof(mk_front, front.position),
	                      MK_ARGS(mk_int(insider), mk_int(in->top)), in->after, in->limit, err);

	if (rc != 0)
		return rc;
	page = ctx->output;
	for (size_t i = 0; rc == 0 && i < page->n_items; i++)
		rc = mk_front_entity.fill(ctx, page->items[i], err);
	return rc;
}

int mk_front_check_seen(const mk_ctx *ctx, const mk_front *front, const char *field,
                        market_error *err)
{
	if (front->front.state == MARKET_FRONT_ACTIVE || mk_catalog_insider(ctx, (market_id){0, 0}))
		return 0;
	return mk_not_found(&mk_front_entity, front->front.id, field, err);
}

static int take_queries(mk_ctx *ctx, const market_front_query *const *queries, size_t count,
                        mk_front *front, market_error *err)
{
	int rc = count_words(queries, count, err);

	if (rc == 0)
		rc = check_queries(ctx, queries, count, err);
	if (rc != 0)
		return rc;
	front->queries_text = mk_front_write(ctx, queries, count);
	return front->queries_text ? 0 : mk_error_no_memory(err);
}

static int check_queries(mk_ctx *ctx, const market_front_query *const *queries, size_t count,
                         market_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		void *category = NULL;

		rc = mk_load(ctx, &mk_category_entity, queries[i]->category, "category", &category, err);
		if (rc != 0)
			mk_error_prefix(err, "queries[%zu]", i);
	}
	return rc;
}

/* No attribute of a product has a longer value. */
static int count_words(const market_front_query *const *queries, size_t count, market_error *err)
{
	size_t words = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < queries[i]->n_conditions; k++) {
			const market_front_condition *condition = queries[i]->conditions[k];

			words += condition->n_values;
			for (size_t j = 0; j < condition->n_values; j++)
				if (strlen(condition->values[j]) > MK_MAX_METADATA_VALUE)
					return mk_error_at(err, MARKET_ELIMIT, "queries",
					                   "a value of %s is longer than %d bytes", condition->name,
					                   MK_MAX_METADATA_VALUE);
		}
	if (words > MK_MAX_FRONT_WORDS)
		return mk_error_at(err, MARKET_ELIMIT, "queries", "%zu values, and %d are the most", words,
		                   MK_MAX_FRONT_WORDS);
	return 0;
}
