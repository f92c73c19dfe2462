/* RAT-1: the buyer of a received line rates it. */
#include <string.h>

#include "libmarket/engine/journal.h"
#include "libmarket/order/order.h"
#include "libmarket/rating/sql.h"
#include "libmarket/standing/standing.h"

static int take_scores(mk_ctx *ctx, const market_rating_create_params *in, market_rating *rating,
                       market_error *err);
static int find_line(mk_ctx *ctx, mk_order *order, market_id id, const market_order_line **out,
                     market_error *err);
static int check_received(mk_ctx *ctx, const mk_order *order, const market_order_line *line,
                          market_error *err);
static int check_first(mk_ctx *ctx, const market_rating_create_params *in, market_error *err);
static void tell_created(mk_ctx *ctx, const market_rating *rating);

int mk_rating_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_rating_create_params *in = params;
	mk_order *order = (mk_order *)ctx->subject;
	const market_order_line *line = NULL;
	mk_rating row = {.rating =
	                     {
							 .ref = in->ref,
							 .buyer = order->order.buyer,
							 .seller = order->order.seller,
							 .order = in->order,
							 .line = in->line,
							 .state = MARKET_RATING_PENDING,
							 .text = in->text,
							 .anonymous = in->anonymous,
							 .created_at = ctx->now,
							 .version = 1,
						 },
	                 .bought_at = order->order.created_at};
	int rc = take_scores(ctx, in, &row.rating, err);

	if (rc == 0)
		rc = find_line(ctx, order, in->line, &line, err);
	if (rc == 0)
		rc = check_received(ctx, order, line, err);
	if (rc == 0)
		rc = check_first(ctx, in, err);
	if (rc == 0) /* BUY-1 */
		rc =
			mk_standing_check_buyer(ctx, order->order.buyer, MARKET_ACTION_NO_RATING, "order", err);
	if (rc != 0)
		return rc;
	row.rating.id = mk_new_id(ctx, in->order.book);
	row.rating.product = line->product;
	row.scores_text = mk_rating_scores_write(ctx, &row.rating);
	tell_created(ctx, &row.rating);
	if (!in->text) {
		row.rating.state = mk_rating_next_state(row.rating.state, MK_RATING_PUBLISH);
		rc = mk_rating_count(ctx, &row, err);
	}
	mk_insert(ctx, &mk_rating_insert, &mk_rating_record, row.rating.id, &row);
	ctx->result = row.rating.id;
	return rc;
}

static size_t dimension_index(const mk_policy_ratings *policy, const char *name)
{
	size_t i = 0;

	while (i < policy->n_dimensions && strcmp(policy->dimensions[i], name) != 0)
		i++;
	return i;
}

/* Each dimension of the policy once, in its order. */
static int take_scores(mk_ctx *ctx, const market_rating_create_params *in, market_rating *rating,
                       market_error *err)
{
	const mk_policy_ratings *policy = ctx->policy->ratings;
	market_dimension_score *scores =
		MK_NEW_ARRAY(ctx->arena, market_dimension_score, policy->n_dimensions);
	const market_dimension_score **list =
		MK_NEW_ARRAY(ctx->arena, const market_dimension_score *, policy->n_dimensions);

	if (!scores || !list)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < in->n_scores; i++) {
		const market_rating_mark *mark = in->scores[i];
		size_t k = dimension_index(policy, mark->dimension);
		const char *fault = k == policy->n_dimensions ? "isn't rated here"
		                    : list[k]                 ? "is rated twice"
		                                              : NULL;
		if (fault) {
			int rc = mk_error_set(err, MARKET_EINVALID, "dimension %s %s", mark->dimension, fault);
			return mk_error_field(err, rc, "scores[%zu].dimension", i);
		}
		scores[k] = (market_dimension_score){policy->dimensions[k], mark->score};
		list[k] = &scores[k];
	}
	for (size_t k = 0; k < policy->n_dimensions; k++)
		if (!list[k])
			return mk_error_at(err, MARKET_EMISSING, "scores",
			                   "the score of dimension %s is missing", policy->dimensions[k]);
	rating->scores = list;
	rating->n_scores = policy->n_dimensions;
	return 0;
}

static int find_line(mk_ctx *ctx, mk_order *order, market_id id, const market_order_line **out,
                     market_error *err)
{
	char text[MARKET_ID_TEXT_SIZE];
	int rc = mk_order_read_lines(ctx, &order, 1, err);

	for (size_t i = 0; rc == 0 && i < order->order.n_lines; i++)
		if (mk_id_equal(order->order.lines[i]->id, id)) {
			*out = order->order.lines[i];
			return 0;
		}
	if (rc != 0)
		return rc;
	market_id_format(MARKET_ID_LINE, id, text);
	return mk_error_at(err, MARKET_ENOTFOUND, "line", "the order has no line %s", text);
}

/* RAT-7: an order wholly refunded before receipt was closed, not finished; a line of which nothing
 * was received has nothing to rate either. What was refunded after receipt is rated like any other.
 */
static int check_received(mk_ctx *ctx, const mk_order *order, const market_order_line *line,
                          market_error *err)
{
	const market_time window = mk_order_policy(ctx, order)->ratings->window;
	char text[MK_TIME_TEXT_SIZE];

	if (order->order.state != MARKET_ORDER_FINISHED)
		return mk_error_at(err, MARKET_ESTATE, "order", "an order in state %s can't be rated",
		                   mk_enum_name(&mk_order_state_enum, order->order.state));
	if (line->received_quantity <= 0)
		return mk_error_at(err, MARKET_ESTATE, "line", "nothing of the line was received");
	if (ctx->now < order->order.finished_at + window)
		return 0;
	mk_duration_format(window, text);
	return mk_error_at(err, MARKET_EEXPIRED, "order", "ratings end %s after receipt", text);
}

static int check_first(mk_ctx *ctx, const market_rating_create_params *in, market_error *err)
{
	void *earlier = NULL;
	int rc = mk_store_get(ctx->store, ctx->arena, &mk_rating_by_line, &mk_key_record,
	                      MK_ARGS(mk_int(in->line.book), mk_int(in->line.id)), &earlier, err);

	if (rc != 0)
		return rc;
	if (earlier)
		return mk_error_at(err, MARKET_EEXISTS, "line", "the line is rated already");
	return mk_ref_check_free_in(ctx, &mk_rating_entity, in->order.book, in->ref, err);
}

/* RAT-10: a bad one is told at once, whether or not it is published. The buyer of an anonymous one
 * isn't named to the seller's readers. */
static void tell_created(mk_ctx *ctx, const market_rating *rating)
{
	const market_dimension_score *worst = rating->scores[0];

	for (size_t i = 1; i < rating->n_scores; i++)
		if (rating->scores[i]->score < worst->score)
			worst = rating->scores[i];
	mk_event(ctx, "rating.created", MARKET_ID_RATING, rating->id);
	if (!rating->anonymous) {
		mk_event_book(ctx, rating->buyer.book);
		mk_event_id(ctx, "order", MARKET_ID_ORDER, rating->order);
	}
	if (worst->score > ctx->policy->ratings->negative_to)
		return;
	mk_event(ctx, "rating.bad", MARKET_ID_RATING, rating->id);
	mk_event_text(ctx, "dimension", worst->dimension);
	mk_event_int(ctx, "score", worst->score);
}
