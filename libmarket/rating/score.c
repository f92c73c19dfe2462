/* RAT-6: a seller's means, exact, as of any time. */
#include "libmarket/engine/market.h"
#include "libmarket/rating/sql.h"

/* The sums of one question: the dimensions of the policy, then credit points. */
typedef struct tally {
	const mk_policy_ratings *policy;
	mk_rating_sum *sums;
	int64_t seller;
	int64_t first_day; /* of the window */
	market_time as_of;
} tally;

static int begin(mk_ctx *ctx, const market_rating_score_params *in, tally *out, market_error *err);
static int add_days(mk_ctx *ctx, tally *t, int64_t last_day, market_error *err);
static int add_edges(mk_ctx *ctx, tally *t, market_error *err);
static int add_rating(mk_ctx *ctx, tally *t, mk_rating *row, market_error *err);
static int give(mk_ctx *ctx, const tally *t, market_id seller, market_error *err);

/* The sums of whole days hold what is so now. Of a moment in the past they hold the days before it;
 * the ratings published or removed on its own day are looked at one by one. */
int mk_rating_score(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_rating_score_params *in = params;
	tally t = {0};
	int64_t today;
	int rc = begin(ctx, in, &t, err);

	if (rc != 0)
		return rc;
	today = mk_rating_day_of(t.as_of);
	rc = add_days(ctx, &t, in->as_of == 0 ? today : today - 1, err);
	if (rc == 0 && in->as_of != 0)
		rc = add_edges(ctx, &t, err);
	return rc == 0 ? give(ctx, &t, in->seller, err) : rc;
}

int mk_rating_mean(mk_ctx *ctx, market_id seller, int64_t *hundredths, market_error *err)
{
	const market_rating_score_params in = {.size = sizeof(in), .seller = seller};
	int64_t total = 0, ratings = 0;
	tally t = {0};
	int rc = begin(ctx, &in, &t, err);

	if (rc == 0)
		rc = add_days(ctx, &t, mk_rating_day_of(t.as_of), err);
	for (size_t i = 0; rc == 0 && i < t.policy->n_dimensions; i++) {
		total += t.sums[i].total;
		ratings += t.sums[i].ratings;
	}
	*hundredths = ratings == 0 ? 0 : (200 * total + ratings) / (2 * ratings);
	return rc;
}

static int begin(mk_ctx *ctx, const market_rating_score_params *in, tally *out, market_error *err)
{
	const mk_policy *policy = ctx->policy;

	if (in->as_of > ctx->now)
		return mk_error_at(err, MARKET_EINVALID, "as_of", "the time lies in the future");
	out->as_of = in->as_of != 0 ? in->as_of : ctx->now;
	if (in->as_of != 0)
		policy = mk_policy_at(ctx->market, in->as_of);
	out->policy = policy->ratings;
	out->seller = in->seller.book;
	out->first_day = mk_rating_day_of(out->as_of) - out->policy->score_window / MK_DAY + 1;
	out->sums = MK_NEW_ARRAY(ctx->arena, mk_rating_sum, out->policy->n_dimensions + 1);
	return out->sums ? 0 : mk_error_no_memory(err);
}

static int add_days(mk_ctx *ctx, tally *t, int64_t last_day, market_error *err)
{
	const size_t count = t->policy->n_dimensions + 1;
	mk_query *queries = MK_NEW_ARRAY(ctx->arena, mk_query, count);
	mk_value *args = MK_NEW_ARRAY(ctx->arena, mk_value, 5 * count);
	int rc;

	if (!queries || !args)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		bool credit = i + 1 == count;
		mk_value *own = &args[5 * i];
		own[0] = mk_int(t->seller);
		own[1] = mk_text_value(credit ? MK_RATING_CREDIT : t->policy->dimensions[i]);
		own[2] = mk_int(credit ? -INT64_MAX : t->first_day - 1);
		own[3] = mk_int(last_day);
		own[4] = mk_int(mk_rating_day_of(t->as_of));
		queries[i] = (mk_query){.statement = &mk_rating_day_sum,
		                        .args = own,
		                        .n_args = 5,
		                        .record = &mk_rating_sum_record};
	}
	rc = mk_store_read(ctx->store, ctx->arena, queries, count, err);
	if (rc == MARKET_EOVERFLOW)
		rc = mk_error_set(err, MARKET_ECORRUPT, "the sums of the seller's days overflow");
	for (size_t i = 0; rc == 0 && i < count; i++)
		t->sums[i] = *(const mk_rating_sum *)queries[i].rows[0];
	return rc;
}

static int add_edges(mk_ctx *ctx, tally *t, market_error *err)
{
	const market_time day_start = mk_rating_day_of(t->as_of) * MK_DAY;
	const mk_value published[] = {mk_int(t->seller), mk_int(day_start), mk_int(t->as_of)};
	const mk_value removed[] = {mk_int(t->seller), mk_int(t->as_of), mk_int(day_start + MK_DAY),
	                            mk_int(day_start)};
	mk_query queries[] = {
		{.statement = &mk_rating_published_between,
	     .args = published,
	     .n_args = 3,
	     .record = &mk_rating_record},
		{.statement = &mk_rating_removed_between,
	     .args = removed,
	     .n_args = 4,
	     .record = &mk_rating_record},
	};
	int rc = mk_store_read(ctx->store, ctx->arena, queries, 2, err);

	for (size_t k = 0; rc == 0 && k < 2; k++)
		for (size_t i = 0; rc == 0 && i < queries[k].n_rows; i++)
			rc = add_rating(ctx, t, queries[k].rows[i], err);
	return rc;
}

static int add_rating(mk_ctx *ctx, tally *t, mk_rating *row, market_error *err)
{
	const market_rating *rating = &row->rating;
	const size_t n = t->policy->n_dimensions;
	int rc = mk_rating_scores_read(ctx, row, err);

	t->sums[n].total += rating->credit;
	if (!rating->counted || mk_rating_day_of(rating->published_at) < t->first_day)
		return rc;
	for (size_t i = 0; rc == 0 && i < n; i++)
		for (size_t k = 0; k < rating->n_scores; k++)
			if (mk_text_equal(t->policy->dimensions[i], rating->scores[k]->dimension)) {
				t->sums[i].total += rating->scores[k]->score;
				t->sums[i].ratings++;
			}
	return rc;
}

/* To one decimal, halves up; all are positive. */
static const char *mean_text(mk_ctx *ctx, const mk_rating_sum *sum)
{
	int64_t tenths;

	if (sum->ratings == 0)
		return NULL;
	tenths = (20 * sum->total + sum->ratings) / (2 * sum->ratings);
	return mk_arena_format(ctx->arena, "%lld.%lld", (long long)(tenths / 10),
	                       (long long)(tenths % 10));
}

static int give(mk_ctx *ctx, const tally *t, market_id seller, market_error *err)
{
	const size_t n = t->policy->n_dimensions;
	market_seller_score *score = MK_NEW(ctx->arena, market_seller_score);
	market_dimension_mean *means = MK_NEW_ARRAY(ctx->arena, market_dimension_mean, n);
	const market_dimension_mean **list = MK_NEW_ARRAY(ctx->arena, const market_dimension_mean *, n);

	if (!score || !means || !list)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < n; i++) {
		means[i] = (market_dimension_mean){.dimension = t->policy->dimensions[i],
		                                   .mean = mean_text(ctx, &t->sums[i]),
		                                   .sum = t->sums[i].total,
		                                   .count = t->sums[i].ratings};
		list[i] = &means[i];
	}
	*score = (market_seller_score){.seller = seller,
	                               .from = t->first_day * MK_DAY,
	                               .as_of = t->as_of,
	                               .means = list,
	                               .n_means = n,
	                               .credit = t->sums[n].total};
	ctx->output = score;
	return 0;
}
