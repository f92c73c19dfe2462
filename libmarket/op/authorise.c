#include "libmarket/op/run.h"
#include "libmarket/party/party.h"

static bool holds(const mk_run *run, const mk_opening *opening, const mk_relation *relation);
static bool knows(const mk_run *run, const mk_opening *opening);

int mk_authorise(const mk_run *run, const mk_opening *opening, market_error *err)
{
	const mk_op *op = run->op;
	char text[MARKET_ID_TEXT_SIZE];
	bool exists = !op->subject || mk_id_absent(run->subject) || opening->subject;
	if (exists)
		for (const mk_relation *relation = op->relations; relation->kind != MK_REL_END; relation++)
			if (holds(run, opening, relation))
				return 0;
	if (op->subject && !mk_id_absent(run->subject) && (!exists || !knows(run, opening))) {
		market_id_format(op->subject->kind, run->subject, text);
		return mk_error_at(err, MARKET_ENOTFOUND, op->subject_param, "%s %s isn't found",
		                   op->subject->name, text);
	}
	return mk_error_set(err, MARKET_EDENIED, "%s may not call %s", run->actor_text, op->name);
}

static bool is_buyer_of(const mk_run *run, const mk_opening *opening)
{
	if (run->actor.kind != MARKET_ACTOR_BUYER)
		return false;
	if (!opening->subject)
		return true;
	return run->op->subject->buyer &&
	       mk_id_equal(run->op->subject->buyer(opening->subject), run->actor.id);
}

static bool is_member_of(const mk_run *run, const mk_opening *opening)
{
	if (run->actor.kind != MARKET_ACTOR_MEMBER || !opening->member)
		return false;
	if (!opening->subject)
		return true;
	return run->op->subject->seller &&
	       mk_id_equal(run->op->subject->seller(opening->subject), opening->member->seller);
}

static bool holds(const mk_run *run, const mk_opening *opening, const mk_relation *relation)
{
	switch (relation->kind) {
	case MK_REL_ANYONE:
		return true;
	case MK_REL_BUYER:
		return is_buyer_of(run, opening);
	case MK_REL_MEMBER:
		return is_member_of(run, opening) &&
		       (mk_role_permissions(opening->member->role) & relation->need) == relation->need;
	case MK_REL_OPERATOR:
		return run->actor.kind == MARKET_ACTOR_OPERATOR &&
		       (run->actor.rights & relation->need) == relation->need;
	case MK_REL_SYSTEM:
		return run->actor.kind == MARKET_ACTOR_SYSTEM;
	case MK_REL_END:
		break;
	}
	return false;
}

/* Who may learn that the subject exists although he may not do this to it. */
static bool knows(const mk_run *run, const mk_opening *opening)
{
	return is_buyer_of(run, opening) || is_member_of(run, opening) ||
	       run->actor.kind == MARKET_ACTOR_OPERATOR || run->actor.kind == MARKET_ACTOR_SYSTEM;
}
