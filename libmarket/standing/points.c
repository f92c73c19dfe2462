/* The points of a window, and the actions that a party's row holds as text. */
#include <stdlib.h>
#include <string.h>

#include "libmarket/base/text.h"
#include "libmarket/engine/policy_standing.h"
#include "libmarket/standing/standing.h"

static void begin(const mk_ctx *ctx, const market_violation *violation, int64_t points,
                  const mk_standing_threshold *threshold, mk_actions *actions);
static bool is_weaker(const mk_action *a, const mk_action *b, market_time now);

static const mk_statement violations_newest = {
	.name = "violations_newest",
	.sql = "SELECT book_id, id, party, seller_id, buyer_id, type, cause, points, order_book_id, "
		   "order_id, note, evidence, state, created_at, appeal_by, expires_at, statement, "
		   "appealed_at, reason, decided_at, version, due_at FROM violation "
		   "WHERE book_id = ?1 AND state <> ?2 ORDER BY created_at DESC, id DESC LIMIT ?3",
};

int mk_violations_read(mk_ctx *ctx, market_id party, mk_violation ***out, size_t *count,
                       market_error *err)
{
	int rc = mk_store_list(
		ctx->store, ctx->arena, &violations_newest, &mk_violation_record,
		MK_ARGS(mk_int(party.id), mk_int(MARKET_VIOLATION_WITHDRAWN), mk_int(MK_MOST_VIOLATIONS)),
		(void ***)out, count, err);

	for (size_t i = 0; rc == 0 && i < *count / 2; i++) {
		mk_violation *other = (*out)[i];

		(*out)[i] = (*out)[*count - 1 - i];
		(*out)[*count - 1 - i] = other;
	}
	return rc;
}

int64_t mk_points_at(mk_violation *const *all, size_t count, market_time at, int64_t *violations)
{
	int64_t points = 0, n = 0;

	for (size_t i = 0; i < count; i++)
		if (all[i]->violation.expires_at > at) {
			points += all[i]->violation.points;
			n++;
		}
	if (violations)
		*violations = n;
	return points;
}

/* "action since until rate points violation type" is a line. */
int mk_actions_read(mk_ctx *ctx, const char *standing, mk_actions *out, market_error *err)
{
	memset(out, 0, sizeof(*out));
	while (standing && *standing) {
		const char *end = strchr(standing, '\n');
		int64_t numbers[6];
		char *at = (char *)standing;

		for (size_t i = 0; i < 6; i++)
			numbers[i] = strtoll(at, &at, 10);
		if (!end || *at != ' ' || at > end || numbers[0] < 1 || numbers[0] >= MK_ACTION_KINDS)
			return mk_error_set(err, MARKET_ECORRUPT, "the actions of a standing can't be read");
		out->of[numbers[0]] = (mk_action){
			.action = (int32_t)numbers[0],
			.since = numbers[1],
			.until = numbers[2],
			.rate = numbers[3],
			.points = numbers[4],
			.violation = numbers[5],
			.type = mk_arena_text_n(ctx->arena, at + 1, (size_t)(end - at - 1)),
		};
		if (!out->of[numbers[0]].type)
			return mk_error_no_memory(err);
		standing = end + 1;
	}
	return 0;
}

int mk_actions_write(mk_ctx *ctx, const mk_actions *actions, const char **out, market_error *err)
{
	mk_text lines;
	bool good;

	*out = NULL;
	mk_text_init(&lines, ctx->arena->allocator, MK_MAX_TEXT);
	for (size_t i = 1; i < MK_ACTION_KINDS; i++) {
		const mk_action *action = &actions->of[i];

		if (action->until != 0)
			mk_text_format(&lines, "%d %lld %lld %lld %lld %lld %s\n", (int)i,
			               (long long)action->since, (long long)action->until,
			               (long long)action->rate, (long long)action->points,
			               (long long)action->violation, action->type);
	}
	good = !lines.failed;
	if (good && lines.size > 0) {
		*out = mk_arena_text_n(ctx->arena, lines.data, lines.size);
		good = *out != NULL;
	}
	mk_text_close(&lines);
	return good ? 0 : mk_error_no_memory(err);
}

void mk_actions_begin(const mk_ctx *ctx, const market_violation *violation, int64_t points,
                      mk_actions *actions)
{
	const mk_policy_standing *policy = ctx->policy->standing;
	const bool of_seller = violation->party == MARKET_VIOLATION_SELLER;
	const size_t count = of_seller ? policy->n_seller_thresholds : policy->n_buyer_thresholds;

	for (size_t i = 0; violation->points > 0 && i < count; i++) {
		const mk_standing_threshold *threshold =
			of_seller ? policy->seller_thresholds[i] : policy->buyer_thresholds[i];

		if (points >= threshold->points)
			begin(ctx, violation, points, threshold, actions);
	}
}

/* What is in force isn't weakened: the milder one that lasts longer comes after it. */
static void begin(const mk_ctx *ctx, const market_violation *violation, int64_t points,
                  const mk_standing_threshold *threshold, mk_actions *actions)
{
	mk_action *action = &actions->of[threshold->action];
	const mk_action own = {
		.action = threshold->action,
		.since = action->until > violation->created_at ? action->since : violation->created_at,
		.until = violation->created_at + threshold->duration,
		.rate = threshold->rate ? *threshold->rate : 0,
		.points = points,
		.violation = violation->id.id,
		.type = violation->type,
	};

	if (!is_weaker(&own, action, ctx->now))
		*action = own;
}

static bool is_weaker(const mk_action *a, const mk_action *b, market_time now)
{
	if (b->until > now && a->until > now && a->rate != b->rate)
		return a->rate < b->rate;
	return a->until < b->until;
}

const char *mk_action_summary(const mk_ctx *ctx, const mk_action *action)
{
	const mk_violation_type *type =
		mk_policy_violation(ctx->policy,
	                        action->action <= MARKET_ACTION_SUSPENSION ? MARKET_VIOLATION_SELLER
	                                                                   : MARKET_VIOLATION_BUYER,
	                        action->type);

	return type ? type->summary : NULL;
}

void mk_actions_drop_ended(const mk_ctx *ctx, mk_actions *actions)
{
	for (size_t i = 1; i < MK_ACTION_KINDS; i++)
		if (actions->of[i].until <= ctx->now)
			actions->of[i] = (mk_action){.until = 0};
}

void mk_actions_trace(const mk_ctx *ctx, mk_violation *const *all, size_t count, mk_actions *out)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < count; i++)
		mk_actions_begin(ctx, &all[i]->violation,
		                 mk_points_at(all, i + 1, all[i]->violation.created_at, NULL), out);
	mk_actions_drop_ended(ctx, out);
}

/* ---- what others ask ---- */

/* A deadline's time may lie before the action's beginning. */
static bool in_force(const mk_ctx *ctx, const mk_action *action)
{
	return action->since <= ctx->now && ctx->now < action->until;
}

bool mk_standing_has(mk_ctx *ctx, const char *standing, int32_t action, mk_action *out)
{
	mk_actions actions;

	if (!standing || mk_actions_read(ctx, standing, &actions, NULL) != 0 ||
	    !in_force(ctx, &actions.of[action]))
		return false;
	if (out)
		*out = actions.of[action];
	return true;
}

int mk_standing_check(mk_ctx *ctx, const char *standing, int32_t action, const char *field,
                      market_error *err)
{
	static const char *const what[] = {
		[MARKET_ACTION_LISTING_BLOCK] = "nothing new of the seller comes on sale",
		[MARKET_ACTION_SEARCH_DEMOTION] = "the seller's offers come last",
		[MARKET_ACTION_PAYOUT_RESERVE] = "a part of the seller's earnings is kept back",
		[MARKET_ACTION_SUSPENSION] = "the seller is suspended",
		[MARKET_ACTION_NO_RATING] = "the buyer may not rate",
		[MARKET_ACTION_REFUND_REASON] = "the buyer is refunded only for a named reason",
		[MARKET_ACTION_NO_ORDER] = "the buyer may not order",
	};
	char until[MARKET_TIME_TEXT_SIZE];
	const char *summary;
	mk_actions actions;
	const mk_action *found = &actions.of[action];
	int rc = mk_actions_read(ctx, standing, &actions, err);

	if (rc != 0 || !in_force(ctx, found))
		return rc;
	market_time_format(found->until, until);
	rc = mk_error_at(err, MARKET_ELIMITED, field, "%s until %s", what[action], until);
	summary = mk_action_summary(ctx, found);
	mk_error_detail(err, rc, "The violation %s brought the points to %lld.%s%s", found->type,
	                (long long)found->points, summary ? " " : "", summary ? summary : "");
	return mk_error_hint(err, rc, "violation.appeal contests a violation in its time.");
}

int mk_standing_check_buyer(mk_ctx *ctx, market_id buyer, int32_t action, const char *field,
                            market_error *err)
{
	void *row = NULL;
	int rc = mk_load(ctx, &mk_buyer_entity, buyer, field, &row, err);

	return rc == 0 ? mk_standing_check(ctx, ((const mk_buyer *)row)->standing, action, field, err)
	               : rc;
}

bool mk_standing_suspended(const mk_seller *seller)
{
	return seller->seller.state == MARKET_SELLER_SUSPENDED &&
	       mk_text_equal(seller->seller.reason, MK_PENALTY_REASON);
}
