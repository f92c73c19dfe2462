/* Reading ratings. */
#include "libmarket/rating/sql.h"

int mk_rating_get(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_rating *row = (mk_rating *)ctx->subject;
	const market_rating *rating = &row->rating;
	bool own = ctx->actor.kind == MARKET_ACTOR_BUYER && mk_id_equal(ctx->actor.id, rating->buyer);

	(void)params;
	if (rating->state != MARKET_RATING_PUBLISHED && !own && !mk_rating_moderates(ctx))
		return mk_not_found(&mk_rating_entity, rating->id, "rating", err);
	ctx->output = row;
	return mk_rating_show(ctx, row, err);
}

int mk_rating_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_rating_list_params *in = params;
	const int32_t state = in->state != 0 ? in->state : MARKET_RATING_PUBLISHED;
	const int64_t limit = mk_page_size(in->limit);
	market_rating_page *page = MK_NEW(ctx->arena, market_rating_page);
	int64_t before = INT64_MAX, below = INT64_MAX;
	mk_rating **rows = NULL;
	int rc = 0;

	if (!page)
		return mk_error_no_memory(err);
	if (state != MARKET_RATING_PUBLISHED && !mk_rating_moderates(ctx))
		return mk_error_at(err, MARKET_EDENIED, "state",
		                   "only operators with ratings see %s ratings",
		                   mk_enum_name(&mk_rating_state_enum, state));
	if (in->after)
		rc = mk_cursor_read(in->after, &before, &below, err);
	if (rc == 0)
		rc = mk_store_list(ctx->store, ctx->arena, &mk_rating_page, &mk_rating_record,
		                   MK_ARGS(mk_int(in->seller.book), mk_int(state), mk_int(before),
		                           mk_int(below), mk_int(limit + 1)),
		                   (void ***)&rows, &page->n_items, err);
	if (rc == 0 && page->n_items > (size_t)limit) {
		const market_rating *last = &rows[limit - 1]->rating;
		page->n_items = (size_t)limit;
		page->next = mk_cursor_write(ctx, last->created_at, last->id.id);
	}
	for (size_t i = 0; rc == 0 && i < page->n_items; i++)
		rc = mk_rating_show(ctx, rows[i], err);
	page->items = (const market_rating *const *)rows;
	ctx->output = page;
	return rc;
}
