/* SEL-11: submissions begin to count, are warned of, are looked at again and cease to count. */
#include <string.h>

#include "libmarket/engine/policy_sellers.h"
#include "libmarket/party/review.h"
#include "libmarket/party/seller.h"
#include "libmarket/party/submission.h"

static bool is_decided(const market_submission *s);
static market_time next_due(const mk_ctx *ctx, const mk_submission *row, market_time after);
static int lapse(mk_ctx *ctx, mk_submission *row, mk_seller *seller, const char *event,
                 market_error *err);
static bool is_warning(const mk_ctx *ctx, const mk_submission *row, market_time due);

void mk_submission_decided(const mk_ctx *ctx, mk_submission *row)
{
	market_submission *s = &row->submission;
	const mk_requirement *requirement = mk_policy_requirement(ctx->policy, s->requirement);

	s->decided_at = ctx->now;
	if (is_decided(s))
		s->lapsed_at = 0;
	s->recheck_at = s->state == MARKET_SUBMISSION_ACCEPTED && requirement && requirement->recheck
	                    ? ctx->now + requirement->recheck
	                    : 0;
}

void mk_submission_time(mk_ctx *ctx, mk_submission *row)
{
	const market_time before = row->fresh ? 0 : row->due_before;

	row->due_at = next_due(ctx, row, row->due_at);
	if (row->due_at != before)
		mk_deadline_set(ctx, row->submission.id, before, row->due_at, "submission.expire");
}

int mk_submission_revoke(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_submission_revoke_params *in = params;
	mk_submission *row = (mk_submission *)ctx->subject;
	market_submission *s = &row->submission;
	mk_seller *seller = NULL;
	int rc = mk_reason_check(ctx, "submission.revoke", in->reason, err);

	if (rc == 0 && (!is_decided(s) || s->lapsed_at != 0))
		rc = mk_error_at(err, MARKET_ESTATE, "submission", "the submission counts for nothing");
	if (rc == 0)
		rc = mk_seller_load(ctx, s->seller, "submission", &seller, err);
	if (rc == 0)
		rc = mk_review_check_claim(ctx, seller, err);
	if (rc != 0)
		return rc;
	s->state = MARKET_SUBMISSION_REJECTED;
	s->reason = in->reason;
	s->decided_at = ctx->now;
	s->recheck_at = 0;
	return lapse(ctx, row, seller, "submission.revoked", err);
}

/* An operator has looked again and leaves it as it is. */
int mk_submission_recheck(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_submission *row = (mk_submission *)ctx->subject;
	market_submission *s = &row->submission;
	const mk_requirement *requirement = mk_policy_requirement(ctx->policy, s->requirement);
	const mk_seller_news news = {.decided = row};
	mk_seller *seller = NULL;
	int rc = 0;

	(void)params;
	if (s->recheck_at == 0 || !mk_submission_counts(s, ctx->now))
		rc = mk_error_at(err, MARKET_ESTATE, "submission", "the submission isn't looked at again");
	if (rc == 0)
		rc = mk_seller_load(ctx, s->seller, "submission", &seller, err);
	if (rc == 0)
		rc = mk_review_check_claim(ctx, seller, err);
	if (rc != 0)
		return rc;
	row->due_before = row->due_at;
	s->recheck_at = requirement && requirement->recheck ? ctx->now + requirement->recheck : 0;
	row->due_at = ctx->now;
	mk_submission_save(ctx, row);
	mk_event(ctx, "submission.rechecked", MARKET_ID_SUBMISSION, s->id);
	ctx->result = s->id;
	return mk_seller_met(ctx, seller, &news, err);
}

/* Its deadline. Timers of one moment are handled together. */
int mk_submission_expire(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_submission *row = (mk_submission *)ctx->subject;
	market_submission *s = &row->submission;
	const market_time due = row->due_at;
	const mk_seller_news news = {.decided = row};
	mk_seller *seller = NULL;
	int rc;

	(void)params;
	if (due == 0 || due > ctx->now)
		return mk_error_at(err, MARKET_ESTATE, "submission", "nothing is due");
	rc = mk_seller_load(ctx, s->seller, "submission", &seller, err);
	if (rc != 0)
		return rc;
	if (due == s->valid_to)
		return lapse(ctx, row, seller, "submission.expired", err);
	row->due_before = due;
	mk_submission_save(ctx, row);
	if (is_warning(ctx, row, due)) {
		mk_event(ctx, "submission.expiring", MARKET_ID_SUBMISSION, s->id);
		mk_event_text(ctx, "requirement", s->requirement);
		mk_event_int(ctx, "valid_to", s->valid_to);
	}
	if (due == s->recheck_at)
		mk_event(ctx, "submission.recheck_due", MARKET_ID_SUBMISSION, s->id);
	if (due == s->recheck_at || due == s->valid_from)
		rc = mk_seller_met(ctx, seller, &news, err);
	ctx->result = s->id;
	return rc;
}

static bool is_decided(const market_submission *s)
{
	return s->state == MARKET_SUBMISSION_ACCEPTED || s->state == MARKET_SUBMISSION_WAIVED;
}

static int lapse(mk_ctx *ctx, mk_submission *row, mk_seller *seller, const char *event,
                 market_error *err)
{
	market_submission *s = &row->submission;
	const mk_seller_news news = {.decided = row};
	int rc;

	row->due_before = row->due_at;
	s->lapsed_at = ctx->now;
	mk_submission_save(ctx, row);
	mk_event(ctx, event, MARKET_ID_SUBMISSION, s->id);
	mk_event_text(ctx, "requirement", s->requirement);
	mk_event_text(ctx, "reason", s->reason);
	rc = mk_seller_lapse(ctx, seller, row, err);
	if (rc == 0)
		rc = mk_review_follow(ctx, seller, &news, err);
	if (rc != 0)
		return rc;
	mk_seller_save(ctx, seller);
	ctx->result = s->id;
	return 0;
}

static market_time earliest_after(market_time after, market_time best, market_time candidate)
{
	return candidate > after && (best == 0 || candidate < best) ? candidate : best;
}

static market_time next_due(const mk_ctx *ctx, const mk_submission *row, market_time after)
{
	const market_submission *s = &row->submission;
	const mk_policy_sellers *sellers = ctx->policy->sellers;
	market_time due = 0;
	int64_t span;

	if (!is_decided(s) || s->lapsed_at != 0)
		return 0;
	if (after == 0)
		after = s->decided_at; /* what lay before the decision isn't news */
	due = earliest_after(after, due, s->valid_from);
	due = earliest_after(after, due, s->recheck_at);
	if (s->valid_to == 0)
		return due;
	for (size_t i = 0; i < sellers->n_warnings; i++)
		if (mk_duration_parse(sellers->warnings[i], &span))
			due = earliest_after(after, due, s->valid_to - span);
	return earliest_after(after, due, s->valid_to);
}

static bool is_warning(const mk_ctx *ctx, const mk_submission *row, market_time due)
{
	const mk_policy_sellers *sellers = ctx->policy->sellers;
	int64_t span;

	for (size_t i = 0; row->submission.valid_to != 0 && i < sellers->n_warnings; i++)
		if (mk_duration_parse(sellers->warnings[i], &span) &&
		    row->submission.valid_to - span == due)
			return true;
	return false;
}
