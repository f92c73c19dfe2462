/* RAT-1: what happens to a rating after it was made. */
#include "libmarket/rating/sql.h"

static const struct {
	int32_t from;
	mk_rating_step step;
	int32_t to;
} transitions[] = {
	{MARKET_RATING_PENDING, MK_RATING_PUBLISH, MARKET_RATING_PUBLISHED},
	{MARKET_RATING_PENDING, MK_RATING_REJECT, MARKET_RATING_REJECTED},
	{MARKET_RATING_PUBLISHED, MK_RATING_REMOVE, MARKET_RATING_REMOVED},
};

static int step_to(mk_rating *row, mk_rating_step step, market_error *err);
static void end(mk_ctx *ctx, mk_rating *row, const char *event, const char *reason);
static void save(mk_ctx *ctx, const mk_rating *row);

int32_t mk_rating_next_state(int32_t from, mk_rating_step step)
{
	for (size_t i = 0; i < sizeof(transitions) / sizeof(transitions[0]); i++)
		if (transitions[i].from == from && transitions[i].step == step)
			return transitions[i].to;
	return 0;
}

int mk_rating_publish(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_rating *row = (mk_rating *)ctx->subject;
	int rc = step_to(row, MK_RATING_PUBLISH, err);

	(void)params;
	if (rc == 0)
		rc = mk_rating_count(ctx, row, err);
	if (rc == 0)
		save(ctx, row);
	return rc;
}

int mk_rating_reject(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_rating_reject_params *in = params;
	mk_rating *row = (mk_rating *)ctx->subject;
	int rc = step_to(row, MK_RATING_REJECT, err);

	if (rc == 0)
		end(ctx, row, "rating.rejected", in->reason);
	return rc;
}

int mk_rating_remove(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_rating_remove_params *in = params;
	mk_rating *row = (mk_rating *)ctx->subject;
	int rc = step_to(row, MK_RATING_REMOVE, err);

	if (rc == 0)
		rc = mk_rating_uncount(ctx, row, err);
	if (rc == 0)
		end(ctx, row, "rating.removed", in->reason);
	return rc;
}

static int step_to(mk_rating *row, mk_rating_step step, market_error *err)
{
	const int32_t next = mk_rating_next_state(row->rating.state, step);

	if (next == 0)
		return mk_error_at(err, MARKET_ESTATE, "rating", "the rating is %s",
		                   mk_enum_name(&mk_rating_state_enum, row->rating.state));
	row->rating.state = next;
	return 0;
}

static void end(mk_ctx *ctx, mk_rating *row, const char *event, const char *reason)
{
	row->rating.reason = reason;
	row->rating.ended_at = ctx->now;
	mk_event(ctx, event, MARKET_ID_RATING, row->rating.id);
	mk_event_text(ctx, "reason", reason);
	save(ctx, row);
}

static void save(mk_ctx *ctx, const mk_rating *row)
{
	mk_update(ctx, &mk_rating_update, &mk_rating_record, row->rating.id, row);
	ctx->result = row->rating.id;
}
