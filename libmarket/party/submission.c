#include "libmarket/party/submission.h"

#include <string.h>

#include "libmarket/engine/policy_sellers.h"
#include "libmarket/identity/identity.h"
#include "libmarket/party/requirement.h"
#include "libmarket/party/review.h"
#include "libmarket/party/seller.h"

static const mk_enum_value submission_state_values[] = {
	{MARKET_SUBMISSION_PENDING, "pending", "waits for an operator"},
	{MARKET_SUBMISSION_ACCEPTED, "accepted", "meets the requirement"},
	{MARKET_SUBMISSION_REJECTED, "rejected", "doesn't meet it"},
	{MARKET_SUBMISSION_WAIVED, "waived", "isn't asked for"},
	{0, NULL, NULL},
};
const mk_enum mk_submission_state_enum = {"submission_state", submission_state_values};

#define T market_submission
static const mk_field submission_fields[] = {
	MK_F_ID(T, id, SUBMISSION, 0, "the submission"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "whose it is"),
	MK_F_TEXT(T, requirement, 0, 1, MK_MAX_CODE, "the requirement's key"),
	MK_F_ENUM(T, state, mk_submission_state_enum, 0, "where it stands"),
	MK_F_TEXT(T, statement, MK_MULTILINE, 1, MK_MAX_TEXT, "what the seller states"),
	MK_F_TEXT(T, document, MK_SENSITIVE | MK_NOT_ROW, 1, MK_MAX_CODE, "the document's number"),
	MK_F_TIME(T, valid_from, 0, "valid from"),
	MK_F_TIME(T, valid_to, 0, "valid to"),
	MK_F_TEXT(T, reason, MK_MULTILINE, 1, MK_MAX_TEXT,
              "code of a rejection, or the words of a waiver"),
	MK_F_TIME(T, created_at, 0, "submitted"),
	MK_F_TIME(T, decided_at, 0, "accepted or rejected"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
	MK_F_TIME(T, recheck_at, 0, "an operator is to look at it again"),
	MK_F_TIME(T, lapsed_at, 0, "counted and counts no more since then"),
	{.name = "due_at",
     .summary = "of its deadline row",
     .kind = MK_TIME,
     .flags = MK_INTERNAL,
     .offset = MK_AT(mk_submission, due_at, market_time)},
	MK_F_BLOB(mk_submission, document_sealed, MK_INTERNAL, 0, "the number, sealed"),
	MK_F_BLOB(mk_submission, document_key, MK_INTERNAL, 0, "its data key, wrapped"),
	MK_F_BLOB(mk_submission, document_index, MK_INTERNAL, 0, "its blind index"),
};
#undef T
const mk_record mk_submission_record =
	MK_RECORD_OF("submission", mk_submission, submission_fields, "what a seller has shown");

#define COLUMNS \
	"book_id, id, ref, seller_id, requirement, state, statement, valid_from, valid_to, reason, " \
	"created_at, " \
	"decided_at, version, document_sealed, document_key, document_index, due_at, recheck_at, " \
	"lapsed_at"

static const mk_statement submission_insert = {
	.name = "submission_insert",
	.table = "submission",
	.sql = "INSERT INTO submission (" COLUMNS
		   ") VALUES (:book_id, :id, :ref, :seller_id, :requirement, :state, "
		   ":statement, :valid_from, :valid_to, :reason, :created_at, :decided_at, :version, "
		   ":document_sealed, :document_key, :document_index, :due_at, :recheck_at, :lapsed_at) ON "
		   "CONFLICT DO NOTHING",
};
static const mk_statement submission_update = {
	.name = "submission_update",
	.table = "submission",
	.sql = "UPDATE submission SET state = :state, valid_to = :valid_to, reason = :reason, "
		   "decided_at = :decided_at, due_at = :due_at, recheck_at = :recheck_at, lapsed_at = "
		   ":lapsed_at, version = version + 1 "
		   "WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_statement submission_by_id = {
	.name = "submission_by_id",
	.sql = "SELECT " COLUMNS " FROM submission WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement submission_by_ref = {
	.name = "submission_by_ref",
	.sql = "SELECT book_id, id FROM submission WHERE book_id = ?1 AND ref = ?2",
};
static const mk_statement submission_of_seller = {
	.name = "submission_of_seller",
	.sql = "SELECT book_id, id, requirement, state, reason, valid_from, valid_to, created_at, "
		   "recheck_at, lapsed_at FROM submission "
		   "WHERE book_id = ?1 ORDER BY id",
};

static const mk_statement submission_page = {
	.name = "submission_page",
	.sql = "SELECT " COLUMNS " FROM submission WHERE book_id = ?1 AND (CAST(?2 AS BIGINT) = 0 OR "
		   "state = ?2) AND (created_at > ?3 OR (created_at = ?3 AND id > ?4)) ORDER BY "
		   "created_at, id LIMIT ?5",
};

static market_id seller_of(const void *row)
{
	return ((const market_submission *)row)->seller;
}

static mk_seal_place document_place(const mk_submission *submission)
{
	return (mk_seal_place){.table = "submission",
	                       .column = "document",
	                       .owner = submission->submission.id.book,
	                       .row = submission->submission.id.id};
}

static int submission_fill(mk_ctx *ctx, void *row, market_error *err)
{
	mk_submission *submission = row;
	mk_seal_place place = document_place(submission);
	return mk_unseal_field(ctx->keys, ctx->arena, &place, submission->document_key,
	                       submission->document_sealed, &submission->submission.document, err);
}

const mk_entity mk_submission_entity = {
	.kind = MARKET_ID_SUBMISSION,
	.name = "submission",
	.record = &mk_submission_record,
	.by_id = &submission_by_id,
	.by_ref = &submission_by_ref,
	.seller = seller_of,
	.fill = submission_fill,
};

int mk_submission_list(mk_ctx *ctx, market_id seller, mk_submission ***out, size_t *count,
                       market_error *err)
{
	return mk_store_list(ctx->store, ctx->arena, &submission_of_seller, &mk_submission_record,
	                     MK_ARGS(mk_int(seller.book)), (void ***)out, count, err);
}

bool mk_submission_counts(const market_submission *submission, market_time now)
{
	return (submission->state == MARKET_SUBMISSION_ACCEPTED ||
	        submission->state == MARKET_SUBMISSION_WAIVED) &&
	       submission->valid_from <= now &&
	       (submission->valid_to == 0 || submission->valid_to > now);
}

bool mk_submission_is_of(const market_submission *submission, const mk_requirement *requirement,
                         market_time now)
{
	return !requirement || requirement->version > now ||
	       submission->created_at >= requirement->version;
}

bool mk_submission_meets(const market_submission *submission, const mk_requirement *requirement,
                         market_time now)
{
	return mk_submission_counts(submission, now) &&
	       mk_submission_is_of(submission, requirement, now);
}

int mk_submission_check_kind(const mk_ctx *ctx, const char *key, mk_requirement_kind kind,
                             const mk_requirement **out, market_error *err)
{
	static const char *const other_ways[] = {
		[MK_COMPUTED] = "computed, nothing is submitted for it",
		[MK_ATTESTED] = "attested, submit a statement or a document for it",
		[MK_VERIFIED] = "verified, start a check for it",
		[MK_TRAINING] = "a training, take its exam",
	};
	const mk_requirement *found = mk_policy_requirement(ctx->policy, key);

	if (!found)
		return mk_error_at(err, MARKET_EINVALID, "requirement", "the policy has no requirement %s",
		                   key);
	if (found->kind != (int32_t)kind)
		return mk_error_at(err, MARKET_EINVALID, "requirement", "requirement %s is %s", key,
		                   other_ways[found->kind]);
	if (out)
		*out = found;
	return 0;
}

/* SEL-10 */
static int seal_document(mk_ctx *ctx, mk_submission *submission, const char *document,
                         market_error *err)
{
	mk_seal_place place = document_place(submission);
	return document
	           ? mk_seal_field(ctx->keys, ctx->arena, &place, document, &submission->document_key,
	                           &submission->document_sealed, &submission->document_index, err)
	           : 0;
}

int mk_submission_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_submission_create_params *in = params;
	mk_seller *seller = (mk_seller *)ctx->subject;
	mk_submission row = {.submission = {
							 .ref = in->ref,
							 .seller = in->seller,
							 .requirement = in->requirement,
							 .state = MARKET_SUBMISSION_PENDING,
							 .statement = in->statement,
							 .valid_from = in->valid_from,
							 .valid_to = in->valid_to,
						 }};
	const mk_seller_news news = {.decided = &row};
	int rc = mk_submission_check_kind(ctx, in->requirement, MK_ATTESTED, NULL, err);
	if (rc == 0)
		rc = mk_seller_check_there(seller, err);
	if (rc == 0 && in->valid_to != 0 && in->valid_to <= in->valid_from)
		rc = mk_error_at(err, MARKET_EINVALID, "valid_to", "it ends before it begins");
	if (rc == 0)
		rc = mk_ref_check_free_in(ctx, &mk_submission_entity, in->seller.book, in->ref, err);
	if (rc != 0)
		return rc;
	row.submission.id = mk_new_id(ctx, in->seller.book);
	rc = seal_document(ctx, &row, in->document, err);
	if (rc != 0)
		return rc;
	mk_submission_add(ctx, &row);
	rc = mk_review_follow(ctx, seller, &news, err);
	/* also when it is in the queue: a decision at the same time may take it out */
	if (rc == 0)
		mk_seller_save(ctx, seller);
	ctx->result = row.submission.id;
	return rc;
}

static const char *const events[] = {
	[MARKET_SUBMISSION_PENDING] = "submission.created",
	[MARKET_SUBMISSION_ACCEPTED] = "submission.accepted",
	[MARKET_SUBMISSION_REJECTED] = "submission.rejected",
	[MARKET_SUBMISSION_WAIVED] = "submission.waived",
};

static void tell(mk_ctx *ctx, const char *event, const mk_submission *row)
{
	mk_event(ctx, event, MARKET_ID_SUBMISSION, row->submission.id);
	mk_event_text(ctx, "requirement", row->submission.requirement);
	mk_event_text(ctx, "reason", row->submission.reason);
}

void mk_submission_add(mk_ctx *ctx, mk_submission *row)
{
	market_submission *s = &row->submission;

	if (mk_id_absent(s->id))
		s->id = mk_new_id(ctx, s->seller.book);
	s->created_at = ctx->now;
	s->version = 1;
	row->fresh = true;
	if (s->state != MARKET_SUBMISSION_PENDING)
		mk_submission_decided(ctx, row);
	mk_submission_time(ctx, row);
	mk_insert(ctx, &submission_insert, &mk_submission_record, s->id, row);
	tell(ctx, events[s->state], row);
}

void mk_submission_settle(mk_ctx *ctx, mk_submission *row)
{
	const int32_t state = row->submission.state;

	row->due_before = row->due_at;
	if (state == MARKET_SUBMISSION_PENDING)
		row->submission.decided_at = row->due_at = 0;
	else
		mk_submission_decided(ctx, row);
	mk_submission_save(ctx, row);
	tell(ctx, state == MARKET_SUBMISSION_PENDING ? "submission.reopened" : events[state], row);
}

void mk_submission_save(mk_ctx *ctx, mk_submission *row)
{
	mk_submission_time(ctx, row);
	mk_update(ctx, &submission_update, &mk_submission_record, row->submission.id, row);
}

/* What an operator makes of one that is pending. */
static int decide(mk_ctx *ctx, int32_t state, const char *reason, mk_seller **seller,
                  market_error *err)
{
	mk_submission *row = (mk_submission *)ctx->subject;
	int rc = mk_seller_load(ctx, row->submission.seller, "submission", seller, err);
	if (rc == 0)
		rc = mk_review_check_claim(ctx, *seller, err);
	if (rc != 0)
		return rc;
	if (row->submission.state != MARKET_SUBMISSION_PENDING)
		return mk_error_at(err, MARKET_ESTATE, "submission", "the submission is %s",
		                   mk_enum_name(&mk_submission_state_enum, row->submission.state));
	if (state == MARKET_SUBMISSION_ACCEPTED && row->submission.valid_to != 0 &&
	    row->submission.valid_to <= ctx->now)
		return mk_error_at(err, MARKET_EEXPIRED, "submission", "the submission's time is over");
	row->submission.state = state;
	row->submission.reason = reason;
	mk_submission_settle(ctx, row);
	ctx->result = row->submission.id;
	return 0;
}

int mk_submission_accept(mk_ctx *ctx, const void *params, market_error *err)
{
	const mk_submission *row = ctx->subject;
	const mk_seller_news news = {.decided = row};
	mk_seller *seller = NULL;
	int rc = mk_identity_check_accept(ctx, &row->submission, err);
	(void)params;
	if (rc == 0)
		rc = decide(ctx, MARKET_SUBMISSION_ACCEPTED, NULL, &seller, err);
	return rc == 0 ? mk_seller_met(ctx, seller, &news, err) : rc;
}

int mk_submission_reject(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_submission_decide_params *in = params;
	const mk_seller_news news = {.decided = ctx->subject};
	mk_seller *seller = NULL;
	int rc;
	if (!in->reason)
		return mk_error_at(err, MARKET_EMISSING, "reason", "a rejection needs a reason code");
	rc = mk_reason_check(ctx, "submission.reject", in->reason, err);
	if (rc == 0)
		rc = decide(ctx, MARKET_SUBMISSION_REJECTED, in->reason, &seller, err);
	return rc == 0 ? mk_seller_met(ctx, seller, &news, err) : rc;
}

int mk_submission_waive(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_submission_waive_params *in = params;
	mk_seller *seller = (mk_seller *)ctx->subject;
	mk_submission row = {.submission = {
							 .seller = in->seller,
							 .requirement = in->requirement,
							 .state = MARKET_SUBMISSION_WAIVED,
							 .reason = in->reason,
							 .valid_to = in->valid_to,
						 }};
	const mk_seller_news news = {.decided = &row};
	const mk_requirement *requirement = mk_policy_requirement(ctx->policy, in->requirement);
	int rc = 0;
	/* who is gone may still have money to be paid out */
	if (!requirement || requirement->gate != MK_GATE_PAYOUT)
		rc = mk_seller_check_there(seller, err);
	if (rc == 0)
		rc = mk_review_check_claim(ctx, seller, err);
	if (rc == 0 && (!requirement || requirement->kind == MK_COMPUTED))
		rc = mk_submission_check_kind(ctx, in->requirement, MK_ATTESTED, NULL, err);
	if (rc == 0)
		rc = mk_reason_check(ctx, "submission.waive", in->reason, err);
	if (rc == 0 && in->valid_to != 0 && in->valid_to <= ctx->now)
		rc = mk_error_at(err, MARKET_EINVALID, "valid_to", "it is over already");
	if (rc != 0)
		return rc;
	mk_submission_add(ctx, &row);
	ctx->result = row.submission.id;
	return mk_seller_met(ctx, seller, &news, err);
}

int mk_submission_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	ctx->output = (void *)ctx->subject;
	return submission_fill(ctx, ctx->output, err);
}

/* SEL-10: the whole number; the door records who read it. */
int mk_submission_reveal(mk_ctx *ctx, const void *params, market_error *err)
{
	const mk_submission *row = ctx->subject;
	(void)params;
	(void)err;
	mk_event(ctx, "submission.revealed", MARKET_ID_SUBMISSION, row->submission.id);
	ctx->result = row->submission.id;
	return 0;
}

int mk_submission_page(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_submission_list_params *in = params;
	int rc = mk_page_read(
		ctx, &submission_page, &mk_submission_record, offsetof(market_submission, created_at),
		MK_ARGS(mk_int(in->seller.id), mk_int(in->state)), in->after, in->limit, err);
	const mk_page *page = ctx->output;

	for (size_t i = 0; rc == 0 && i < page->n_items; i++)
		rc = submission_fill(ctx, page->items[i], err);
	return rc;
}
