/* Appeals, what is decided of them, and what time ends. */
#include "libmarket/standing/standing.h"

static const mk_statement violation_update = {
	.name = "violation_update",
	.table = "violation",
	.sql = "UPDATE violation SET state = :state, statement = :statement, "
		   "appealed_at = :appealed_at, reason = :reason, decided_at = :decided_at, "
		   "due_at = :due_at, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};

typedef enum step { STEP_APPEAL = 1, STEP_WITHDRAW, STEP_UPHOLD, STEP_EXPIRE } step;

static const struct {
	int32_t from;
	step step;
	int32_t to;
} transitions[] = {
	{MARKET_VIOLATION_ACTIVE, STEP_APPEAL, MARKET_VIOLATION_APPEALED},
	{MARKET_VIOLATION_ACTIVE, STEP_WITHDRAW, MARKET_VIOLATION_WITHDRAWN},
	{MARKET_VIOLATION_APPEALED, STEP_WITHDRAW, MARKET_VIOLATION_WITHDRAWN},
	{MARKET_VIOLATION_APPEALED, STEP_UPHOLD, MARKET_VIOLATION_UPHELD},
	{MARKET_VIOLATION_ACTIVE, STEP_EXPIRE, MARKET_VIOLATION_EXPIRED},
	{MARKET_VIOLATION_APPEALED, STEP_EXPIRE, MARKET_VIOLATION_EXPIRED},
	{MARKET_VIOLATION_UPHELD, STEP_EXPIRE, MARKET_VIOLATION_EXPIRED},
};

/* The deadline included. */
static void save(mk_ctx *ctx, mk_violation *row, market_time due_at);
static int step_to(market_violation *violation, step to, market_error *err);
static int withdraw(mk_ctx *ctx, mk_violation *row, market_error *err);
static void keep_suspension(const mk_offender *offender, mk_violation *const *all, size_t count,
                            mk_actions *now);

int mk_violation_appeal(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_violation_appeal_params *in = params;
	mk_violation *row = (mk_violation *)ctx->subject;
	market_violation *v = &row->violation;
	char by[MARKET_TIME_TEXT_SIZE];
	int rc = step_to(v, STEP_APPEAL, err);

	if (rc != 0)
		return rc;
	if (ctx->now >= v->appeal_by) {
		market_time_format(v->appeal_by, by);
		rc = mk_error_at(err, MARKET_EEXPIRED, "violation", "appeals ended at %s", by);
		return mk_error_object(err, rc, MARKET_ID_VIOLATION, v->id);
	}
	v->statement = in->statement;
	v->appealed_at = ctx->now;
	mk_event(ctx, "violation.appealed", MARKET_ID_VIOLATION, v->id);
	save(ctx, row, row->due_at);
	ctx->result = v->id;
	return 0;
}

int mk_violation_decide(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_violation_decide_params *in = params;
	const bool withdrawn = in->decision == MARKET_DECISION_WITHDRAW;
	mk_violation *row = (mk_violation *)ctx->subject;
	market_violation *v = &row->violation;
	const uint32_t right =
		v->party == MARKET_VIOLATION_BUYER ? MARKET_RIGHT_BUYERS : MARKET_RIGHT_SELLERS;
	int rc;

	if (!(ctx->actor.rights & right))
		return mk_error_at(err, MARKET_EDENIED, "violation", "this is for operators with %s",
		                   v->party == MARKET_VIOLATION_BUYER ? "buyers" : "sellers");
	rc = step_to(v, withdrawn ? STEP_WITHDRAW : STEP_UPHOLD, err);
	if (rc != 0)
		return rc;
	v->reason = in->reason;
	v->decided_at = ctx->now;
	mk_event(ctx, withdrawn ? "violation.withdrawn" : "violation.upheld", MARKET_ID_VIOLATION,
	         v->id);
	mk_event_text(ctx, "reason", v->reason);
	rc = withdrawn ? withdraw(ctx, row, err) : 0;
	if (rc != 0)
		return rc;
	save(ctx, row, withdrawn ? 0 : row->due_at);
	ctx->result = v->id;
	return 0;
}

/* Its deadline: an action that it began is over, or the window. */
int mk_violation_expire(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_violation *row = (mk_violation *)ctx->subject;
	market_violation *v = &row->violation;
	mk_offender offender = {.seller = NULL};
	mk_violation **all = NULL;
	size_t count = 0;
	mk_actions now;
	bool milder;
	int rc;

	(void)params;
	if (row->due_at == 0 || row->due_at > ctx->now) {
		rc = mk_error_at(err, MARKET_ESTATE, "violation", "nothing of the violation is due");
		return mk_error_object(err, rc, MARKET_ID_VIOLATION, v->id);
	}
	rc = mk_offender_load(ctx, v, "violation", &offender, err);
	if (rc == 0)
		rc = mk_violations_read(ctx, mk_id_in(v->id.book, v->id.book), &all, &count, err);
	if (rc != 0)
		return rc;
	if (v->expires_at <= ctx->now && step_to(v, STEP_EXPIRE, NULL) == 0)
		mk_event(ctx, "violation.expired", MARKET_ID_VIOLATION, v->id);
	now = offender.actions;
	mk_actions_drop_ended(ctx, &now);
	milder = mk_actions_begin_milder(ctx, all, count, &offender.actions, &now);
	rc = mk_offender_save(ctx, &offender, &now, MK_PENALTY_OVER, (market_id){0, 0}, err);
	if (rc != 0)
		return rc;
	save(ctx, row, mk_violation_due(v, &offender.actions));
	if (milder)
		mk_violations_move_timers(ctx, all, count, v->id, &offender.actions);
	ctx->result = v->id;
	return 0;
}

static void save(mk_ctx *ctx, mk_violation *row, market_time due_at)
{
	if (due_at != row->due_at)
		mk_deadline_set(ctx, row->violation.id, row->due_at, due_at, "violation.expire");
	row->due_at = due_at;
	mk_update(ctx, &violation_update, &mk_violation_record, row->violation.id, row);
}

static int step_to(market_violation *violation, step to, market_error *err)
{
	int rc;

	for (size_t i = 0; i < sizeof(transitions) / sizeof(transitions[0]); i++)
		if (transitions[i].from == violation->state && transitions[i].step == to) {
			violation->state = transitions[i].to;
			return 0;
		}
	rc = mk_error_at(err, MARKET_ESTATE, "violation", "the violation is %s",
	                 mk_enum_name(&mk_violation_state_enum, violation->state));
	return mk_error_object(err, rc, MARKET_ID_VIOLATION, violation->id);
}

/* What the others alone would have brought about stays, but nothing begins or grows by it: a newer
 * policy may have other thresholds. */
static int withdraw(mk_ctx *ctx, mk_violation *row, market_error *err)
{
	mk_violation **all = NULL;
	mk_offender offender = {.seller = NULL};
	mk_actions now;
	size_t count = 0, others = 0;
	int rc = mk_offender_load(ctx, &row->violation, "violation", &offender, err);

	if (rc == 0)
		rc = mk_violations_read(ctx, mk_id_in(row->violation.id.book, row->violation.id.book), &all,
		                        &count, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < count; i++)
		if (!mk_id_equal(all[i]->violation.id, row->violation.id))
			all[others++] = all[i];
	mk_actions_trace(ctx, all, others, &now);
	for (size_t i = 1; i < MK_ACTION_KINDS; i++) {
		const mk_action *before = &offender.actions.of[i];

		if (before->until == 0)
			now.of[i] = (mk_action){.until = 0};
		if (now.of[i].until > before->until && now.of[i].rate >= before->rate)
			now.of[i].until = before->until;
		if (now.of[i].rate > before->rate)
			now.of[i].rate = before->rate;
	}
	if (offender.seller)
		keep_suspension(&offender, all, others, &now);
	rc = mk_offender_save(ctx, &offender, &now, MK_PENALTY_WITHDRAWN, (market_id){0, 0}, err);
	if (rc == 0)
		mk_violations_move_timers(ctx, all, others, row->violation.id, &offender.actions);
	return rc;
}

/* One that runs. What an older violation had brought about before it an operator has ended. */
static void keep_suspension(const mk_offender *offender, mk_violation *const *all, size_t count,
                            mk_actions *now)
{
	const market_time since = offender->actions.of[MARKET_ACTION_SUSPENSION].since;
	mk_action *suspension = &now->of[MARKET_ACTION_SUSPENSION];
	bool stays = false;

	for (size_t i = 0; mk_standing_suspended(offender->seller) && i < count; i++)
		stays = stays || (all[i]->violation.id.id == suspension->violation &&
		                  all[i]->violation.created_at >= since);
	if (!stays)
		*suspension = (mk_action){.until = 0};
	else if (suspension->since < since)
		suspension->since = since;
}

bool mk_actions_begin_milder(const mk_ctx *ctx, mk_violation *const *all, size_t count,
                             const mk_actions *before, mk_actions *now)
{
	const mk_action *ended = &before->of[MARKET_ACTION_PAYOUT_RESERVE];
	mk_actions traced;

	if (ended->until == 0 || now->of[MARKET_ACTION_PAYOUT_RESERVE].until != 0)
		return false;
	mk_actions_trace(ctx, all, count, &traced);
	if (traced.of[MARKET_ACTION_PAYOUT_RESERVE].until == 0 ||
	    traced.of[MARKET_ACTION_PAYOUT_RESERVE].rate >= ended->rate)
		return false;
	now->of[MARKET_ACTION_PAYOUT_RESERVE] = traced.of[MARKET_ACTION_PAYOUT_RESERVE];
	return true;
}

void mk_violations_move_timers(mk_ctx *ctx, mk_violation *const *all, size_t count,
                               market_id except, const mk_actions *actions)
{
	for (size_t i = 0; i < count; i++) {
		const market_time due = mk_violation_due(&all[i]->violation, actions);

		if (due != all[i]->due_at && !mk_id_equal(all[i]->violation.id, except))
			save(ctx, all[i], due);
	}
}
