#include <string.h>

#include "libmarket/agency/agency.h"
#include "libmarket/op/run.h"
#include "libmarket/party/party.h"

static bool holds(const mk_run *run, const mk_opening *opening, const mk_relation *relation);
static bool knows(const mk_run *run, const mk_opening *opening);
static bool knows_seller(const mk_run *run, const mk_opening *opening, market_id seller);
static market_id seller_asked(const mk_run *run, const mk_opening *opening);
static int act_for(mk_ctx *ctx, mk_opening *opening, const market_delegation *delegation,
                   market_error *err);

/* SEL-6: one that was removed is nobody's. */
int mk_actor_open(const mk_run *run, const market_member *row, mk_ctx *ctx, mk_opening *opening,
                  market_error *err)
{
	const market_delegation *delegation = NULL;
	int rc;
	if (row && row->removed_at == 0) {
		opening->member = ctx->member = row;
		opening->permissions = ctx->permissions = mk_role_permissions(row->role);
	}
	if (row)
		return 0;
	rc = mk_delegation_open(ctx, run->actor.id, seller_asked(run, opening), &opening->agency_member,
	                        &delegation, err);
	return rc == 0 && delegation ? act_for(ctx, opening, delegation, err) : rc;
}

int mk_authorise(const mk_run *run, const mk_opening *opening, market_error *err)
{
	const mk_op *op = run->op;
	bool exists = !op->subject || mk_id_absent(run->subject) || opening->subject;
	market_id seller;
	if (exists)
		for (const mk_relation *relation = op->relations; relation->kind != MK_REL_END; relation++)
			if (holds(run, opening, relation))
				return 0;
	if (op->subject && !mk_id_absent(run->subject) && (!exists || !knows(run, opening)))
		return mk_not_found(op->subject, run->subject, op->subject_param, err);
	seller = seller_asked(run, opening);
	if (!opening->subject && !mk_id_absent(seller) && !knows_seller(run, opening, seller))
		return mk_not_found(&mk_seller_entity, seller, "seller", err);
	return mk_error_set(err, MARKET_EDENIED, "%s may not call %s", run->actor_text, op->name);
}

/* SEL-6: one that was removed still reads what anybody may, and writes nothing. */
static bool is_somebody(const mk_run *run, const mk_opening *opening)
{
	return run->actor.kind != MARKET_ACTOR_MEMBER || opening->member || opening->agency_member ||
	       !(run->op->flags & MK_OP_WRITES);
}

static bool is_public(const mk_run *run, const mk_opening *opening)
{
	const mk_entity *entity = run->op->subject;
	return !opening->subject || !entity->shown || entity->shown(opening->subject) ||
	       knows(run, opening);
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

static bool is_agency_of(const mk_run *run, const mk_opening *opening)
{
	return opening->agency_member && opening->subject && run->op->subject->agency &&
	       mk_id_equal(run->op->subject->agency(opening->subject), opening->agency_member->agency);
}

static bool holds(const mk_run *run, const mk_opening *opening, const mk_relation *relation)
{
	switch (relation->kind) {
	case MK_REL_ANYONE:
		return is_somebody(run, opening) && is_public(run, opening);
	case MK_REL_BUYER:
		return is_buyer_of(run, opening);
	case MK_REL_MEMBER:
		return is_member_of(run, opening) &&
		       (opening->permissions & relation->need) == relation->need;
	case MK_REL_OPERATOR:
		return run->actor.kind == MARKET_ACTOR_OPERATOR &&
		       (run->actor.rights & relation->need) == relation->need;
	case MK_REL_SYSTEM:
		return run->actor.kind == MARKET_ACTOR_SYSTEM;
	case MK_REL_AGENCY:
		return is_agency_of(run, opening) &&
		       (relation->need == 0 || opening->agency_member->manager);
	case MK_REL_END:
		break;
	}
	return false;
}

/* Who may learn that the subject exists although he may not do this to it. */
static bool knows(const mk_run *run, const mk_opening *opening)
{
	return is_buyer_of(run, opening) || is_member_of(run, opening) || is_agency_of(run, opening) ||
	       run->actor.kind == MARKET_ACTOR_OPERATOR || run->actor.kind == MARKET_ACTOR_SYSTEM;
}

static bool knows_seller(const mk_run *run, const mk_opening *opening, market_id seller)
{
	return run->actor.kind == MARKET_ACTOR_OPERATOR || run->actor.kind == MARKET_ACTOR_SYSTEM ||
	       (opening->member && mk_id_equal(opening->member->seller, seller));
}

/* Whose thing the operation is about: its subject's seller, or the one that the params name. */
static market_id seller_asked(const mk_run *run, const mk_opening *opening)
{
	const mk_field *field;
	market_id id = {0, 0};
	if (opening->subject)
		return run->op->subject->seller ? run->op->subject->seller(opening->subject) : id;
	field = run->op->subject ? NULL : mk_record_field(run->op->params, "seller", strlen("seller"));
	if (field && field->kind == MK_ID && field->id_kind == MARKET_ID_SELLER)
		memcpy(&id, (const char *)run->params + field->offset, sizeof(id));
	return id;
}

/* To handlers the agency's person is a member of the seller, with a role of nobody's. */
static int act_for(mk_ctx *ctx, mk_opening *opening, const market_delegation *delegation,
                   market_error *err)
{
	market_member *member = MK_NEW(ctx->arena, market_member);
	if (!member)
		return mk_error_no_memory(err);
	member->id = opening->agency_member->id;
	member->seller = delegation->seller;
	member->name = opening->agency_member->name;
	opening->member = ctx->member = member;
	opening->permissions = ctx->permissions = mk_delegation_permissions(delegation);
	ctx->delegation = delegation->id;
	return 0;
}
