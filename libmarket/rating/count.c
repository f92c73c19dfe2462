/* RAT-4: what counts; RAT-6: the sums of a day. */
#include "libmarket/engine/journal.h"
#include "libmarket/rating/sql.h"

/* What the decision rests on; both rows are guarded by their version. */
typedef struct standing {
	mk_rating_month *month;
	mk_rating_item *item;
	bool new_month, new_item;
	bool same_item; /* a rating of the same item counts already */
} standing;

static int64_t month_of(const mk_ctx *ctx, market_time time);
static int read_standing(mk_ctx *ctx, const mk_rating *row, standing *out, market_error *err);
static void decide(const mk_policy_ratings *policy, mk_rating *row, standing *at);
static void save_standing(mk_ctx *ctx, const standing *at);
static int change_days(mk_ctx *ctx, const mk_rating *row, int64_t gone_day, int64_t sign,
                       market_error *err);

int mk_rating_count(mk_ctx *ctx, mk_rating *row, market_error *err)
{
	standing at = {0};
	int rc = mk_rating_scores_read(ctx, row, err);

	if (rc == 0)
		rc = read_standing(ctx, row, &at, err);
	if (rc != 0)
		return rc;
	decide(ctx->policy->ratings, row, &at);
	save_standing(ctx, &at);
	row->rating.published_at = ctx->now;
	mk_event(ctx, "rating.published", MARKET_ID_RATING, row->rating.id);
	mk_event_text(ctx, "not_counted", row->rating.not_counted);
	mk_event_int(ctx, "credit", row->rating.credit);
	return change_days(ctx, row, 0, 1, err);
}

int mk_rating_uncount(mk_ctx *ctx, const mk_rating *row, market_error *err)
{
	mk_rating copy = *row;
	int rc = mk_rating_scores_read(ctx, &copy, err);

	if (rc == 0)
		rc = change_days(ctx, &copy, 0, -1, err);
	if (rc == 0)
		rc = change_days(ctx, &copy, mk_rating_day_of(ctx->now), 1, err);
	return rc;
}

int64_t mk_rating_day_of(market_time time)
{
	return time >= 0 ? time / MK_DAY : -((MK_DAY - 1 - time) / MK_DAY);
}

static int64_t month_of(const mk_ctx *ctx, market_time time)
{
	int year, month, day;

	mk_time_civil(time + mk_zone_offset(ctx->policy->calendar, time), &year, &month, &day, NULL);
	return (int64_t)year * 100 + month;
}

static int read_standing(mk_ctx *ctx, const mk_rating *row, standing *out, market_error *err)
{
	const market_rating *rating = &row->rating;
	const int64_t book = rating->id.book, once = ctx->policy->ratings->same_item_once;
	const int64_t month = month_of(ctx, rating->created_at);
	const mk_value month_args[] = {mk_int(book), mk_int(rating->buyer.id), mk_int(month)};
	const mk_value item_args[] = {mk_int(book), mk_int(rating->buyer.id),
	                              mk_int(rating->product.book), mk_int(rating->product.id)};
	const mk_value near_args[] = {item_args[0],
	                              item_args[1],
	                              item_args[2],
	                              item_args[3],
	                              mk_int(row->bought_at - once),
	                              mk_int(row->bought_at + once),
	                              mk_int(MARKET_RATING_PUBLISHED)};
	mk_query queries[] = {
		{.statement = &mk_rating_month_get,
	     .args = month_args,
	     .n_args = 3,
	     .record = &mk_rating_month_record},
		{.statement = &mk_rating_item_get,
	     .args = item_args,
	     .n_args = 4,
	     .record = &mk_rating_item_record},
		{.statement = &mk_rating_bought_near,
	     .args = near_args,
	     .n_args = 7,
	     .record = &mk_key_record},
	};
	int rc = mk_store_read(ctx->store, ctx->arena, queries, 3, err);

	if (rc != 0)
		return rc;
	out->new_month = queries[0].n_rows == 0;
	out->new_item = queries[1].n_rows == 0;
	out->same_item = queries[2].n_rows > 0;
	out->month = out->new_month ? MK_NEW(ctx->arena, mk_rating_month) : queries[0].rows[0];
	out->item = out->new_item ? MK_NEW(ctx->arena, mk_rating_item) : queries[1].rows[0];
	if (!out->month || !out->item)
		return mk_error_no_memory(err);
	if (out->new_month)
		*out->month = (mk_rating_month){
			.id = mk_new_id(ctx, book), .buyer = rating->buyer, .month = month, .version = 1};
	if (out->new_item)
		*out->item = (mk_rating_item){.id = mk_new_id(ctx, book),
		                              .buyer = rating->buyer,
		                              .product = rating->product,
		                              .version = 1};
	return 0;
}

/* A point for a good mean, one less for a bad one. */
static int64_t credit_of(const mk_policy_ratings *policy, const market_rating *rating)
{
	const int64_t count = (int64_t)rating->n_scores;
	int64_t sum = 0;

	for (size_t i = 0; i < rating->n_scores; i++)
		sum += rating->scores[i]->score;
	if (sum >= policy->positive_from * count)
		return 1;
	return sum <= policy->negative_to * count ? -1 : 0;
}

static void decide(const mk_policy_ratings *policy, mk_rating *row, standing *at)
{
	market_rating *rating = &row->rating;
	const int64_t credit = credit_of(policy, rating);
	const int64_t most = policy->credit_points_per_month;

	if (at->same_item) {
		rating->not_counted = MK_RATING_SAME_ITEM;
		rating->not_credited = credit != 0 ? MK_RATING_SAME_ITEM : NULL;
		return;
	}
	if (at->month->counted < policy->counted_per_month) {
		rating->counted = true;
		at->month->counted++;
	} else {
		rating->not_counted = MK_RATING_MONTHLY_LIMIT;
	}
	if (at->month->credit + credit > most || at->month->credit + credit < -most) {
		rating->not_credited = MK_RATING_MONTHLY_LIMIT;
	} else {
		rating->credit = credit;
		at->month->credit += credit;
	}
}

static void save_standing(mk_ctx *ctx, const standing *at)
{
	if (at->new_item)
		mk_insert(ctx, &mk_rating_item_insert, &mk_rating_item_record, at->item->id, at->item);
	else
		mk_update(ctx, &mk_rating_item_update, &mk_rating_item_record, at->item->id, at->item);
	if (at->same_item)
		return;
	if (at->new_month)
		mk_insert(ctx, &mk_rating_month_insert, &mk_rating_month_record, at->month->id, at->month);
	else
		mk_update(ctx, &mk_rating_month_update, &mk_rating_month_record, at->month->id, at->month);
}

/* What a rating adds to the sums: its scores if it counts, its credit point if it gives one. */
static size_t parts_of(const market_rating *rating, market_dimension_score *parts)
{
	size_t count = 0;

	if (rating->counted)
		for (size_t i = 0; i < rating->n_scores; i++)
			parts[count++] = *rating->scores[i];
	if (rating->credit != 0)
		parts[count++] = (market_dimension_score){MK_RATING_CREDIT, rating->credit};
	return count;
}

static int change_days(mk_ctx *ctx, const mk_rating *row, int64_t gone_day, int64_t sign,
                       market_error *err)
{
	const market_rating *rating = &row->rating;
	const int64_t book = rating->id.book, day = mk_rating_day_of(rating->published_at);
	market_dimension_score *parts =
		MK_NEW_ARRAY(ctx->arena, market_dimension_score, rating->n_scores + 1);
	mk_query *queries = MK_NEW_ARRAY(ctx->arena, mk_query, rating->n_scores + 1);
	mk_value *args = MK_NEW_ARRAY(ctx->arena, mk_value, 4 * (rating->n_scores + 1));
	size_t count;
	int rc;

	if (!parts || !queries || !args)
		return mk_error_no_memory(err);
	count = parts_of(rating, parts);
	for (size_t i = 0; i < count; i++) {
		mk_value *own = &args[4 * i];
		own[0] = mk_int(book);
		own[1] = mk_text_value(parts[i].dimension);
		own[2] = mk_int(day);
		own[3] = mk_int(gone_day);
		queries[i] = (mk_query){.statement = &mk_rating_day_get,
		                        .args = own,
		                        .n_args = 4,
		                        .record = &mk_rating_day_record};
	}
	rc = mk_store_read(ctx->store, ctx->arena, queries, count, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const mk_rating_day fresh = {.id = mk_new_id(ctx, book),
		                             .dimension = parts[i].dimension,
		                             .day = day,
		                             .gone_day = gone_day,
		                             .total = parts[i].score,
		                             .ratings = 1,
		                             .version = 1};
		const mk_rating_day *found = queries[i].n_rows ? queries[i].rows[0] : NULL;
		if (found)
			mk_plan_add(ctx->plan, MK_PHASE_UPDATE, &mk_rating_day_add, found->id,
			            MK_ARGS(mk_int(book), mk_int(found->id.id), mk_int(sign * parts[i].score),
			                    mk_int(sign)),
			            MK_RETRY);
		else if (sign > 0)
			mk_insert(ctx, &mk_rating_day_insert, &mk_rating_day_record, fresh.id, &fresh);
		else
			rc = mk_error_set(err, MARKET_ECORRUPT, "the sums of a rating's day are absent");
	}
	return rc;
}
