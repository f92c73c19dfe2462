/* Sellers: from application to approval, suspension and back. */
#include <string.h>

#include "libmarket/party/requirement.h"
#include "libmarket/party/review.h"
#include "libmarket/party/seller.h"
#include "libmarket/seller/brand.h"
#include "libmarket/seller/category.h"

static const mk_statement seller_insert = {
	.name = "seller_insert",
	.table = "seller",
	.sql =
		"INSERT INTO seller (book_id, id, ref, name, legal_name, store_type, country, currency, "
		"state, "
		"reason, owner_id, created_at, approved_at, holiday_from, holiday_to, answer_by, due_at, "
		"version, metadata, category_paths, review_since) "
		"VALUES (:book_id, :id, :ref, :name, :legal_name, :store_type, :country, :currency, "
		":state, "
		":reason, :owner_id, :created_at, :approved_at, :holiday_from, :holiday_to, :answer_by, "
		":due_at, :version, :metadata, :category_paths, :review_since) "
		"ON CONFLICT DO NOTHING",
};
static const mk_statement seller_update = {
	.name = "seller_update",
	.table = "seller",
	.sql = "UPDATE seller SET state = :state, reason = :reason, approved_at = :approved_at, "
		   "holiday_from = :holiday_from, holiday_to = :holiday_to, closing_at = :closing_at, "
		   "gate_closed_at = :gate_closed_at, review_since = :review_since, claimed_by = "
		   ":claimed_by, claimed_until = :claimed_until, category_paths = :category_paths, "
		   "answer_by = :answer_by, due_at = :due_at, standing = :standing, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_statement seller_page = {
	.name = "seller_page",
	.sql =
		"SELECT book_id, id, ref, name, legal_name, store_type, country, currency, state, "
		"reason, owner_id, "
		"created_at, approved_at, holiday_from, holiday_to, answer_by, version, metadata, "
		"closing_at, gate_closed_at "
		"FROM seller "
		"WHERE created_at > ?1 OR (created_at = ?1 AND id > ?2) ORDER BY created_at, id LIMIT ?3",
};
static const mk_statement seller_state_page = {
	.name = "seller_state_page",
	.sql = "SELECT book_id, id, ref, name, legal_name, store_type, country, currency, state, "
		   "reason, owner_id, "
		   "created_at, approved_at, holiday_from, holiday_to, answer_by, version, metadata, "
		   "closing_at, gate_closed_at "
		   "FROM seller "
		   "WHERE state = ?1 AND (created_at > ?2 OR (created_at = ?2 AND id > ?3)) "
		   "ORDER BY created_at, id LIMIT ?4",
};

/* The transition table: from, step, to. */
typedef struct transition {
	int32_t from;
	mk_seller_step step;
	int32_t to;
} transition;

static const transition transitions[] = {
	{MARKET_SELLER_APPLIED, MK_SELLER_BEGIN, MARKET_SELLER_ONBOARDING},
	{MARKET_SELLER_INVITED, MK_SELLER_BEGIN, MARKET_SELLER_ONBOARDING},
	{MARKET_SELLER_ONBOARDING, MK_SELLER_COMPLETE, MARKET_SELLER_IN_REVIEW},
	{MARKET_SELLER_IN_REVIEW, MK_SELLER_APPROVE, MARKET_SELLER_APPROVED},
	{MARKET_SELLER_ONBOARDING, MK_SELLER_WAIVE, MARKET_SELLER_APPROVED},
	{MARKET_SELLER_IN_REVIEW, MK_SELLER_WAIVE, MARKET_SELLER_APPROVED},
	{MARKET_SELLER_APPLIED, MK_SELLER_REJECT, MARKET_SELLER_REJECTED},
	{MARKET_SELLER_INVITED, MK_SELLER_REJECT, MARKET_SELLER_REJECTED},
	{MARKET_SELLER_ONBOARDING, MK_SELLER_REJECT, MARKET_SELLER_REJECTED},
	{MARKET_SELLER_IN_REVIEW, MK_SELLER_REJECT, MARKET_SELLER_REJECTED},
	{MARKET_SELLER_APPROVED, MK_SELLER_SUSPEND, MARKET_SELLER_SUSPENDED},
	{MARKET_SELLER_SUSPENDED, MK_SELLER_REINSTATE, MARKET_SELLER_APPROVED},
	{MARKET_SELLER_APPROVED, MK_SELLER_CLOSE, MARKET_SELLER_CLOSING},
	{MARKET_SELLER_SUSPENDED, MK_SELLER_CLOSE, MARKET_SELLER_CLOSING},
	{MARKET_SELLER_CLOSING, MK_SELLER_TERMINATE, MARKET_SELLER_TERMINATED},
};

static int32_t next_state(int32_t from, mk_seller_step step)
{
	for (size_t i = 0; i < sizeof(transitions) / sizeof(transitions[0]); i++)
		if (transitions[i].from == from && transitions[i].step == step)
			return transitions[i].to;
	return 0;
}

int mk_seller_load(mk_ctx *ctx, market_id id, const char *field, mk_seller **out, market_error *err)
{
	return mk_load(ctx, &mk_seller_entity, id, field, (void **)out, err);
}

bool mk_seller_is_leaving(const mk_seller *seller)
{
	return seller->seller.state == MARKET_SELLER_CLOSING || mk_seller_is_gone(seller);
}

bool mk_seller_sells(const mk_seller *seller)
{
	return seller->seller.state == MARKET_SELLER_APPROVED && seller->seller.gate_closed_at == 0;
}

bool mk_seller_on_holiday(const mk_seller *seller, market_time now)
{
	const market_time from = seller->seller.holiday_from, to = seller->seller.holiday_to;
	return from != 0 && from <= now && (to == 0 || now < to);
}

void mk_seller_save(mk_ctx *ctx, mk_seller *seller)
{
	market_time before = seller->due_at;
	seller->due_at = seller->seller.answer_by;
	if (seller->due_at != before)
		mk_deadline_set(ctx, seller->seller.id, before, seller->due_at, "seller.expire");
	mk_update(ctx, &seller_update, &mk_seller_record, seller->seller.id, seller);
	mk_places_save(ctx, seller);
}

static int refuse_state(const mk_seller *seller, market_error *err)
{
	int rc = mk_error_at(err, MARKET_ESTATE, "seller", "the seller is %s",
	                     mk_enum_name(&mk_seller_state_enum, seller->seller.state));
	return mk_error_object(err, rc, MARKET_ID_SELLER, seller->seller.id);
}

bool mk_seller_is_gone(const mk_seller *seller)
{
	return seller->seller.state == MARKET_SELLER_REJECTED ||
	       seller->seller.state == MARKET_SELLER_TERMINATED;
}

int mk_seller_check_there(const mk_seller *seller, market_error *err)
{
	return mk_seller_is_gone(seller) ? refuse_state(seller, err) : 0;
}

int mk_seller_step_to(mk_ctx *ctx, mk_seller *seller, mk_seller_step step, market_error *err)
{
	int32_t next = next_state(seller->seller.state, step);
	if (next == 0)
		return refuse_state(seller, err);
	seller->seller.state = next;
	if (next != MARKET_SELLER_ONBOARDING && next != MARKET_SELLER_IN_REVIEW)
		seller->seller.answer_by = 0;
	if (next == MARKET_SELLER_APPROVED && seller->seller.approved_at == 0)
		seller->seller.approved_at = ctx->now;
	if (next == MARKET_SELLER_CLOSING)
		seller->seller.closing_at = ctx->now;
	if (next == MARKET_SELLER_IN_REVIEW && seller->review_since == 0)
		seller->review_since = ctx->now;
	return mk_places_follow(ctx, seller, step == MK_SELLER_COMPLETE, err);
}

/* ---- operations ---- */

static market_member owner_of(const market_seller_apply_params *in, const mk_ctx *ctx)
{
	return (market_member){
		.ref = in->owner_ref,
		.name = in->owner_name,
		.role = MARKET_ROLE_OWNER,
		.created_at = ctx->now,
		.version = 1,
	};
}

static int check_application(mk_ctx *ctx, const market_seller_apply_params *in, market_error *err)
{
	int rc;
	/* SEL-3 */
	if (in->store_type == MARKET_STORE_PLATFORM &&
	    (ctx->actor.kind != MARKET_ACTOR_OPERATOR || !(ctx->actor.rights & MARKET_RIGHT_SELLERS)))
		return mk_error_at(err, MARKET_EDENIED, "store_type",
		                   "the platform's own store is opened by operators");
	if (!mk_policy_has_currency(ctx->policy, in->currency))
		return mk_error_at(err, MARKET_ECURRENCY, "currency",
		                   "currency %s isn't one of this marketplace", in->currency);
	rc = mk_ref_check_free(ctx, MARKET_ID_SELLER, in->ref, err);
	if (rc != 0)
		return rc;
	rc = mk_ref_check_free(ctx, MARKET_ID_MEMBER, in->owner_ref, err);
	return rc == MARKET_EEXISTS ? mk_error_field(err, rc, "owner_ref") : rc;
}

int mk_seller_apply(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_seller_apply_params *in = params;
	market_member owner = owner_of(in, ctx);
	mk_seller seller = {.seller = {
							.ref = in->ref,
							.name = in->name,
							.legal_name = in->legal_name,
							.store_type = in->store_type,
							.country = in->country,
							.currency = in->currency,
							.state = MARKET_SELLER_ONBOARDING,
							.created_at = ctx->now,
							.answer_by = ctx->now + ctx->policy->sellers->application_stale,
							.version = 1,
							.metadata = in->metadata,
							.n_metadata = in->n_metadata,
						}};
	int rc = check_application(ctx, in, err);
	if (rc == 0)
		rc = mk_seller_choose(ctx, &seller, in->categories, in->n_categories, err);
	if (rc != 0)
		return rc;
	seller.seller.id = mk_new_own_id(ctx);
	seller.due_at = seller.seller.answer_by;
	owner.id = mk_new_id(ctx, seller.seller.id.id);
	owner.seller = seller.seller.id;
	seller.seller.owner = owner.id;
	mk_event(ctx, "seller.applied", MARKET_ID_SELLER, seller.seller.id);
	rc = mk_seller_advance(ctx, &seller, NULL, err);
	if (rc == 0)
		rc = mk_review_follow(ctx, &seller, NULL, err);
	if (rc != 0)
		return rc;
	mk_insert(ctx, &seller_insert, &mk_seller_record, seller.seller.id, &seller);
	mk_ref_register(ctx, MARKET_ID_SELLER, seller.seller.id, in->ref);
	mk_member_insert(ctx, &owner);
	mk_deadline_set(ctx, seller.seller.id, 0, seller.due_at, "seller.expire");
	ctx->result = seller.seller.id;
	return 0;
}

static int approve(mk_ctx *ctx, mk_seller *seller, const char *waiver, market_error *err)
{
	int rc = mk_seller_step_to(ctx, seller, waiver ? MK_SELLER_WAIVE : MK_SELLER_APPROVE, err);
	if (rc != 0)
		return rc;
	mk_event(ctx, "seller.approved", MARKET_ID_SELLER, seller->seller.id);
	mk_event_text(ctx, "waiver", waiver);
	return 0;
}

int mk_seller_approve(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_seller_approve_params *in = params;
	mk_seller *seller = (mk_seller *)ctx->subject;
	bool complete = false;
	int rc;
	if (next_state(seller->seller.state, MK_SELLER_WAIVE) == 0)
		return mk_seller_step_to(ctx, seller, MK_SELLER_APPROVE, err);
	rc = mk_review_check_claim(ctx, seller, err);
	if (rc == 0)
		rc = mk_seller_complete(ctx, seller, MK_GATE_SELL, &complete, err);
	if (rc != 0)
		return rc;
	/* SEL-2: complete, or an operator's recorded waiver */
	if (!complete && !in->waiver) {
		rc = mk_error_at(err, MARKET_EINCOMPLETE, "seller", "requirements of the seller are open");
		return mk_error_hint(err, rc, "Accept its submissions, or give a waiver with its reason.");
	}
	/* a policy may ask less since: nobody else would pass it to review */
	if (complete)
		rc = mk_seller_advance(ctx, seller, NULL, err);
	if (rc == 0 && seller->seller.state != MARKET_SELLER_APPROVED)
		rc = approve(ctx, seller, in->waiver, err);
	if (rc == 0)
		rc = mk_review_follow(ctx, seller, NULL, err);
	if (rc != 0)
		return rc;
	mk_seller_save(ctx, seller);
	ctx->result = seller->seller.id;
	return 0;
}

static int finish_step(mk_ctx *ctx, mk_seller_step step, const char *reason, const char *note,
                       market_error *err)
{
	static const char *const events[] = {
		[MK_SELLER_REJECT] = "seller.rejected",      [MK_SELLER_SUSPEND] = "seller.suspended",
		[MK_SELLER_REINSTATE] = "seller.reinstated", [MK_SELLER_CLOSE] = "seller.closing",
		[MK_SELLER_TERMINATE] = "seller.terminated",
	};
	mk_seller *seller = (mk_seller *)ctx->subject;
	int rc = mk_seller_step_to(ctx, seller, step, err);
	if (rc == 0 && step == MK_SELLER_REINSTATE)
		rc = mk_seller_reopen(ctx, seller, NULL, err);
	if (rc == 0)
		rc = mk_review_follow(ctx, seller, NULL, err);
	if (rc != 0)
		return rc;
	seller->seller.reason = reason;
	mk_event(ctx, events[step], MARKET_ID_SELLER, seller->seller.id);
	mk_event_text(ctx, "reason", reason);
	mk_event_text(ctx, "note", note);
	mk_seller_save(ctx, seller);
	ctx->result = seller->seller.id;
	return 0;
}

int mk_seller_finish_step(mk_ctx *ctx, mk_seller_step step, const void *params, market_error *err)
{
	static const char *const decisions[] = {
		[MK_SELLER_REJECT] = "seller.reject",       [MK_SELLER_SUSPEND] = "seller.suspend",
		[MK_SELLER_REINSTATE] = "seller.reinstate", [MK_SELLER_CLOSE] = "seller.close",
		[MK_SELLER_TERMINATE] = "seller.terminate",
	};
	const market_seller_reason_params *in = params;
	int rc = mk_reason_check(ctx, decisions[step], in->reason, err);
	if (rc == 0 && step == MK_SELLER_REJECT)
		rc = mk_review_check_claim(ctx, ctx->subject, err);
	return rc == 0 ? finish_step(ctx, step, in->reason, in->note, err) : rc;
}

int mk_seller_suspend(mk_ctx *ctx, const void *params, market_error *err)
{
	return mk_seller_finish_step(ctx, MK_SELLER_SUSPEND, params, err);
}

int mk_seller_reinstate(mk_ctx *ctx, const void *params, market_error *err)
{
	return mk_seller_finish_step(ctx, MK_SELLER_REINSTATE, params, err);
}

int mk_seller_give_up(mk_ctx *ctx, market_error *err)
{
	const mk_seller *seller = ctx->subject;
	if (seller->seller.answer_by == 0 || seller->seller.answer_by > ctx->now)
		return mk_error_at(err, MARKET_ESTATE, "seller", "the application's time isn't over");
	return finish_step(ctx, MK_SELLER_REJECT, "stale", NULL, err);
}

int mk_seller_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	ctx->output = (void *)ctx->subject;
	return mk_seller_fill(ctx, ctx->output, err);
}

int mk_seller_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_seller_list_params *in = params;
	size_t offset = offsetof(market_seller, created_at);
	if (in->state == 0)
		return mk_page_read(ctx, &seller_page, &mk_seller_record, offset, MK_NO_ARGS, in->after,
		                    in->limit, err);
	return mk_page_read(ctx, &seller_state_page, &mk_seller_record, offset,
	                    MK_ARGS(mk_int(in->state)), in->after, in->limit, err);
}
