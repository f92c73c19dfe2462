/* Violations: their record, what comes of them, and how a party stands. */
#include "libmarket/standing/standing.h"

#include "libmarket/base/text.h"
#include "libmarket/crypto/crypto.h"
#include "libmarket/engine/policy_standing.h"
#include "libmarket/order/order.h"
#include "libmarket/party/seller.h"
#include "libmarket/search/search.h"

#define COLUMNS \
	"book_id, id, party, seller_id, buyer_id, type, cause, points, order_book_id, order_id, " \
	"note, evidence, state, created_at, appeal_by, expires_at, statement, appealed_at, reason, " \
	"decided_at, version"

static const mk_statement violation_insert = {
	.name = "violation_insert",
	.table = "violation",
	.sql = "INSERT INTO violation (" COLUMNS ", due_at) VALUES (:book_id, :id, :party, :seller_id, "
		   ":buyer_id, :type, :cause, :points, :order_book_id, :order_id, :note, :evidence, "
		   ":state, :created_at, :appeal_by, :expires_at, :statement, :appealed_at, :reason, "
		   ":decided_at, :version, :due_at) ON CONFLICT DO NOTHING",
};
static const mk_statement violation_page = {
	.name = "violation_page",
	.sql = "SELECT " COLUMNS " FROM violation WHERE book_id = ?1 AND "
		   "(created_at > ?2 OR (created_at = ?2 AND id > ?3)) ORDER BY created_at, id LIMIT ?4",
};
static const mk_statement violation_appeal_page = {
	.name = "violation_appeal_page",
	.sql = "SELECT " COLUMNS " FROM violation WHERE state = ?1 AND "
		   "(appealed_at > ?2 OR (appealed_at = ?2 AND id > ?3)) ORDER BY appealed_at, id LIMIT ?4",
};

static int check_record(mk_ctx *ctx, const market_violation_record_params *in, int32_t party,
                        market_error *err);
static int check_order(mk_ctx *ctx, const market_violation *violation, market_error *err);
static int put(mk_ctx *ctx, mk_offender *offender, const mk_violation *given, market_id except,
               market_error *err);
static int follow_suspension(mk_ctx *ctx, mk_offender *offender, mk_actions *now, const char *why,
                             market_error *err);
static void tell(mk_ctx *ctx, const mk_offender *offender, const mk_actions *now);
static int show(mk_ctx *ctx, market_id party, const char *row, bool suspended,
                market_standing *standing, market_error *err);

int mk_violation_record_one(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_violation_record_params *in = params;
	const bool of_buyer = mk_id_absent(in->seller);
	const int32_t party = of_buyer ? MARKET_VIOLATION_BUYER : MARKET_VIOLATION_SELLER;
	const mk_violation given = {.violation = {
									.party = party,
									.seller = in->seller,
									.buyer = in->buyer,
									.type = in->type,
									.cause = in->cause,
									.order = in->order,
									.note = in->note,
									.evidence = in->evidence,
								}};
	mk_offender offender = {.seller = NULL};
	int rc = check_record(ctx, in, party, err);

	if (rc == 0)
		rc = mk_offender_load(ctx, &given.violation, of_buyer ? "buyer" : "seller", &offender, err);
	if (rc == 0 && offender.seller && offender.seller->seller.state == MARKET_SELLER_TERMINATED) {
		rc = mk_error_at(err, MARKET_ESTATE, "seller", "the seller is terminated");
		return mk_error_object(err, rc, MARKET_ID_SELLER, in->seller);
	}
	if (rc == 0 && !mk_id_absent(in->order))
		rc = check_order(ctx, &given.violation, err);
	return rc == 0 ? put(ctx, &offender, &given, (market_id){0, 0}, err) : rc;
}

int mk_violation_of_price(mk_ctx *ctx, mk_seller *seller, market_id offer, const char *note,
                          market_error *err)
{
	const mk_violation given = {.violation = {
									.party = MARKET_VIOLATION_SELLER,
									.seller = mk_id_in(offer.book, offer.book),
									.type = ctx->policy->standing->price_breach,
									.note = note,
								}};
	const market_id result = ctx->result;
	mk_offender offender = {.seller = seller};
	int rc = 0;

	if (!given.violation.type)
		return 0;
	if (!seller)
		rc = mk_seller_load(ctx, given.violation.seller, "offer", &offender.seller, err);
	if (rc == 0)
		rc = mk_actions_read(ctx, offender.seller->standing, &offender.actions, err);
	if (rc == 0)
		rc = put(ctx, &offender, &given, offer, err);
	ctx->result = result;
	return rc;
}

int mk_violation_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	(void)err;
	ctx->output = (void *)ctx->subject;
	return 0;
}

int mk_violation_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_violation_list_params *in = params;

	return mk_page_read(ctx, &violation_page, &mk_violation_record,
	                    offsetof(market_violation, created_at), MK_ARGS(mk_int(in->seller.id)),
	                    in->after, in->limit, err);
}

int mk_buyer_violation_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_buyer_violation_list_params *in = params;

	return mk_page_read(ctx, &violation_page, &mk_violation_record,
	                    offsetof(market_violation, created_at), MK_ARGS(mk_int(in->buyer.id)),
	                    in->after, in->limit, err);
}

int mk_violation_appeals(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_violation_appeals_params *in = params;

	return mk_page_read(ctx, &violation_appeal_page, &mk_violation_record,
	                    offsetof(market_violation, appealed_at),
	                    MK_ARGS(mk_int(MARKET_VIOLATION_APPEALED)), in->after, in->limit, err);
}

int mk_standing_get(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_standing_get_params *in = params;
	const mk_seller *seller = ctx->subject;
	market_standing *standing = MK_NEW(ctx->arena, market_standing);

	if (!standing)
		return mk_error_no_memory(err);
	standing->seller = in->seller;
	return show(ctx, in->seller, seller->standing, mk_standing_suspended(seller), standing, err);
}

int mk_buyer_standing_get(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_buyer_standing_get_params *in = params;
	const mk_buyer *buyer = ctx->subject;
	market_standing *standing = MK_NEW(ctx->arena, market_standing);

	if (!standing)
		return mk_error_no_memory(err);
	standing->buyer = in->buyer;
	return show(ctx, in->buyer, buyer->standing, false, standing, err);
}

static int check_record(mk_ctx *ctx, const market_violation_record_params *in, int32_t party,
                        market_error *err)
{
	mk_hash hash;

	if (mk_id_absent(in->seller) && mk_id_absent(in->buyer))
		return mk_error_at(err, MARKET_EMISSING, "seller", "a seller or a buyer must be named");
	if (!mk_id_absent(in->seller) && !mk_id_absent(in->buyer))
		return mk_error_at(err, MARKET_EINVALID, "buyer",
		                   "a violation is a seller's or a buyer's, not both");
	if (!mk_policy_violation(ctx->policy, party, in->type))
		return mk_error_at(err, MARKET_EINVALID, "type", "the policy has no violation %s of a %s",
		                   in->type, mk_enum_name(&mk_violation_party_enum, party));
	if (in->evidence && !mk_unhex(in->evidence, hash.bytes, sizeof(hash.bytes)))
		return mk_error_at(err, MARKET_EINVALID, "evidence", "a digest is 64 hexadecimal digits");
	return 0;
}

static int check_order(mk_ctx *ctx, const market_violation *violation, market_error *err)
{
	const bool of_buyer = violation->party == MARKET_VIOLATION_BUYER;
	mk_order *order = NULL;
	int rc = mk_order_load(ctx, violation->order, "order", &order, err);

	if (rc == 0 && !mk_id_equal(of_buyer ? order->order.buyer : order->order.seller,
	                            of_buyer ? violation->buyer : violation->seller))
		rc = mk_error_at(err, MARKET_EINVALID, "order", "the order isn't one of the %s",
		                 of_buyer ? "buyer" : "seller");
	return rc;
}

/* ---- what comes of it ---- */

int mk_offender_load(mk_ctx *ctx, const market_violation *violation, const char *field,
                     mk_offender *out, market_error *err)
{
	const bool of_buyer = violation->party == MARKET_VIOLATION_BUYER;
	const uint32_t right = of_buyer ? MARKET_RIGHT_BUYERS : MARKET_RIGHT_SELLERS;
	void *row = NULL;
	int rc;

	*out = (mk_offender){.seller = NULL};
	if (ctx->actor.kind == MARKET_ACTOR_OPERATOR && !(ctx->actor.rights & right))
		return mk_error_at(err, MARKET_EDENIED, field, "this is for operators with %s",
		                   of_buyer ? "buyers" : "sellers");
	rc = mk_load(ctx, of_buyer ? &mk_buyer_entity : &mk_seller_entity,
	             of_buyer ? violation->buyer : violation->seller, field, &row, err);
	if (rc != 0)
		return rc;
	if (of_buyer)
		out->buyer = row;
	else
		out->seller = row;
	return mk_actions_read(ctx, of_buyer ? out->buyer->standing : out->seller->standing,
	                       &out->actions, err);
}

/* The party's row is written whether or not its actions change: of two violations at the same time
 * the later one misses the version, and is counted with the earlier. */
static int put(mk_ctx *ctx, mk_offender *offender, const mk_violation *given, market_id except,
               market_error *err)
{
	const mk_policy_standing *policy = ctx->policy->standing;
	const market_id party =
		offender->seller ? offender->seller->seller.id : offender->buyer->buyer.id;
	mk_violation *row = mk_arena_copy(ctx->arena, given, sizeof(*given));
	market_violation *v = &row->violation;
	mk_actions now = offender->actions;
	mk_violation **all = NULL;
	size_t count = 0;
	bool milder;
	int rc = row ? mk_violations_read(ctx, party, &all, &count, err) : mk_error_no_memory(err);

	if (rc != 0)
		return rc;
	v->id = mk_new_id(ctx, party.id);
	v->state = MARKET_VIOLATION_ACTIVE;
	v->created_at = ctx->now;
	v->appeal_by = ctx->now + policy->appeal_within;
	v->expires_at = ctx->now + policy->window;
	v->version = 1;
	if (v->cause == 0)
		v->cause = MARKET_CAUSE_PARTY;
	/* SEL-7: an action of the platform itself never counts */
	if (v->cause == MARKET_CAUSE_PARTY)
		v->points = mk_policy_violation(ctx->policy, v->party, v->type)->points;
	mk_event(ctx, "violation.recorded", MARKET_ID_VIOLATION, v->id);
	mk_event_text(ctx, "type", v->type);
	mk_event_int(ctx, "points", v->points);
	mk_actions_drop_ended(ctx, &now);
	milder = mk_actions_begin_milder(ctx, all, count, &offender->actions, &now);
	mk_actions_begin(ctx, v, mk_points_at(all, count, ctx->now, NULL) + v->points, &now);
	rc = mk_offender_save(ctx, offender, &now, MK_PENALTY_OVER, except, err);
	if (rc != 0)
		return rc;
	row->due_at = mk_violation_due(v, &offender->actions);
	if (milder)
		mk_violations_move_timers(ctx, all, count, v->id, &offender->actions);
	mk_insert(ctx, &violation_insert, &mk_violation_record, v->id, row);
	mk_deadline_set(ctx, v->id, 0, row->due_at, "violation.expire");
	ctx->result = v->id;
	return 0;
}

int mk_offender_save(mk_ctx *ctx, mk_offender *offender, const mk_actions *after, const char *why,
                     market_id except, market_error *err)
{
	const bool was_last = offender->actions.of[MARKET_ACTION_SEARCH_DEMOTION].until != 0;
	mk_seller *seller = offender->seller;
	const char *text = NULL;
	mk_actions now = *after;
	int rc = seller ? follow_suspension(ctx, offender, &now, why, err) : 0;

	if (rc == 0)
		rc = mk_actions_write(ctx, &now, &text, err);
	if (rc != 0)
		return rc;
	tell(ctx, offender, &now);
	offender->actions = now;
	if (!seller) {
		offender->buyer->standing = text;
		mk_buyer_save(ctx, offender->buyer);
		return 0;
	}
	seller->standing = text;
	mk_seller_save(ctx, seller);
	if (was_last == (now.of[MARKET_ACTION_SEARCH_DEMOTION].until != 0))
		return 0;
	return mk_search_follow_seller(ctx, seller, except, err);
}

/* Only what the points did is undone, and only from where they led to. */
static int follow_suspension(mk_ctx *ctx, mk_offender *offender, mk_actions *now, const char *why,
                             market_error *err)
{
	mk_action *suspension = &now->of[MARKET_ACTION_SUSPENSION];
	mk_seller *seller = offender->seller;
	const bool suspended = mk_standing_suspended(seller);
	int rc = 0;

	if (!suspended &&
	    suspension->violation == offender->actions.of[MARKET_ACTION_SUSPENSION].violation)
		*suspension = (mk_action){.until = 0}; /* an operator has ended it since */
	if (suspension->until != 0 && !suspended) {
		if (seller->seller.state != MARKET_SELLER_APPROVED) {
			*suspension = (mk_action){.until = 0};
			return 0;
		}
		suspension->since = ctx->now;
		rc = mk_seller_step_to(ctx, seller, MK_SELLER_SUSPEND, err);
		seller->seller.reason = MK_PENALTY_REASON;
		mk_event(ctx, "seller.suspended", MARKET_ID_SELLER, seller->seller.id);
		mk_event_text(ctx, "reason", MK_PENALTY_REASON);
	} else if (suspension->until == 0 && suspended) {
		rc = mk_seller_step_to(ctx, seller, MK_SELLER_REINSTATE, err);
		seller->seller.reason = why;
		mk_event(ctx, "seller.reinstated", MARKET_ID_SELLER, seller->seller.id);
		mk_event_text(ctx, "reason", why);
	}
	return rc;
}

static void tell(mk_ctx *ctx, const mk_offender *offender, const mk_actions *now)
{
	const market_id_kind kind = offender->seller ? MARKET_ID_SELLER : MARKET_ID_BUYER;
	const market_id party =
		offender->seller ? offender->seller->seller.id : offender->buyer->buyer.id;
	char until[MARKET_TIME_TEXT_SIZE];

	for (size_t i = 1; i < MK_ACTION_KINDS; i++) {
		const mk_action *before = &offender->actions.of[i], *after = &now->of[i];

		if (before->until == after->until && before->rate == after->rate)
			continue;
		mk_event(ctx, after->until ? "standing.limited" : "standing.freed", kind, party);
		mk_event_text(ctx, "action", mk_enum_name(&mk_standing_action_enum, (int32_t)i));
		if (after->until == 0)
			continue;
		market_time_format(after->until, until);
		mk_event_text(ctx, "until", until);
	}
}

market_time mk_violation_due(const market_violation *violation, const mk_actions *actions)
{
	market_time due = violation->expires_at;

	if (violation->state == MARKET_VIOLATION_WITHDRAWN)
		return 0;
	if (violation->state == MARKET_VIOLATION_EXPIRED)
		due = 0;
	for (size_t i = 1; i < MK_ACTION_KINDS; i++)
		if (actions->of[i].until != 0 && actions->of[i].violation == violation->id.id &&
		    (due == 0 || actions->of[i].until < due))
			due = actions->of[i].until;
	return due;
}

/* ---- how a party stands ---- */

static int show(mk_ctx *ctx, market_id party, const char *row, bool suspended,
                market_standing *standing, market_error *err)
{
	market_standing_action *shown =
		MK_NEW_ARRAY(ctx->arena, market_standing_action, MK_ACTION_KINDS);
	const market_standing_action **list =
		MK_NEW_ARRAY(ctx->arena, const market_standing_action *, MK_ACTION_KINDS);
	mk_violation **all = NULL;
	mk_actions actions;
	size_t count = 0;
	int rc =
		shown && list ? mk_violations_read(ctx, party, &all, &count, err) : mk_error_no_memory(err);

	if (rc == 0)
		rc = mk_actions_read(ctx, row, &actions, err);
	if (rc != 0)
		return rc;
	standing->points = mk_points_at(all, count, ctx->now, &standing->violations);
	for (int32_t i = 1; i < MK_ACTION_KINDS; i++) {
		const mk_action *action = &actions.of[i];

		if (action->until == 0 ||
		    (i == MARKET_ACTION_SUSPENSION ? !suspended : action->until <= ctx->now))
			continue;
		shown[i] = (market_standing_action){
			.action = i,
			.since = action->since,
			.until = action->until,
			.rate = action->rate,
			.points = action->points,
			.violation = mk_id_in(party.id, action->violation),
			.type = action->type,
			.summary = mk_action_summary(ctx, action),
		};
		list[standing->n_actions++] = &shown[i];
	}
	standing->actions = standing->n_actions > 0 ? list : NULL;
	ctx->output = standing;
	return 0;
}
