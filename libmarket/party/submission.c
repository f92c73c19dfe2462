#include "libmarket/party/submission.h"

#include <string.h>

#include "libmarket/identity/identity.h"
#include "libmarket/party/requirement.h"
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
	"decided_at, version, document_sealed, document_key, document_index"

static const mk_statement submission_insert = {
	.name = "submission_insert",
	.table = "submission",
	.sql = "INSERT INTO submission (" COLUMNS
		   ") VALUES (:book_id, :id, :ref, :seller_id, :requirement, :state, "
		   ":statement, :valid_from, :valid_to, :reason, :created_at, :decided_at, :version, "
		   ":document_sealed, :document_key, :document_index) ON CONFLICT DO NOTHING",
};
static const mk_statement submission_update = {
	.name = "submission_update",
	.table = "submission",
	.sql = "UPDATE submission SET state = :state, valid_to = :valid_to, reason = :reason, "
		   "decided_at = :decided_at, version = version + 1 "
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
	.sql =
		"SELECT book_id, id, requirement, state, valid_from, valid_to, created_at FROM submission "
		"WHERE book_id = ?1 ORDER BY id",
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
	char *text = NULL;
	int rc;
	if (submission->document_sealed.size == 0)
		return 0;
	if (submission->document_key.size != MK_WRAPPED_KEY_SIZE)
		return mk_error_set(err, MARKET_ECORRUPT, "a sealed document has no data key");
	rc = mk_unseal_text(ctx->keys, submission->document_key.data, &place,
	                    submission->document_sealed, ctx->arena, &text, err);
	submission->submission.document = text;
	return rc;
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

static int check_requirement(const mk_ctx *ctx, const char *key, market_error *err)
{
	for (size_t i = 0; i < ctx->policy->sellers->n_requirements; i++) {
		const mk_requirement *requirement = ctx->policy->sellers->requirements[i];
		if (strcmp(requirement->key, key) != 0)
			continue;
		if (requirement->kind == MK_COMPUTED)
			return mk_error_at(err, MARKET_EINVALID, "requirement",
			                   "requirement %s is computed, nothing is submitted for it", key);
		if (requirement->kind == MK_VERIFIED)
			return mk_error_at(err, MARKET_EINVALID, "requirement",
			                   "requirement %s is verified, start a check for it", key);
		return 0;
	}
	return mk_error_at(err, MARKET_EINVALID, "requirement", "the policy has no requirement %s",
	                   key);
}

/* SEL-10 */
static int seal_document(mk_ctx *ctx, mk_submission *submission, const char *document,
                         market_error *err)
{
	mk_seal_place place = document_place(submission);
	uint8_t *key = mk_arena_get(ctx->arena, MK_WRAPPED_KEY_SIZE);
	mk_hash *index = MK_NEW(ctx->arena, mk_hash);
	int rc;
	if (!document)
		return 0;
	if (!key || !index)
		return mk_error_no_memory(err);
	rc = mk_seal_new_key(ctx->keys, key, err);
	if (rc == 0)
		rc = mk_seal_text(ctx->keys, key, &place, document, ctx->arena,
		                  &submission->document_sealed, err);
	if (rc == 0)
		rc = mk_blind_index(ctx->keys, "submission", "document", document, index, err);
	submission->document_key = (market_blob){key, MK_WRAPPED_KEY_SIZE};
	submission->document_index = (market_blob){index->bytes, MK_HASH_SIZE};
	return rc;
}

int mk_submission_create(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_submission_create_params *in = params;
	const mk_seller *seller = ctx->subject;
	mk_submission row = {.submission = {
							 .ref = in->ref,
							 .seller = in->seller,
							 .requirement = in->requirement,
							 .state = MARKET_SUBMISSION_PENDING,
							 .statement = in->statement,
							 .valid_from = in->valid_from,
							 .valid_to = in->valid_to,
							 .created_at = ctx->now,
							 .version = 1,
						 }};
	int rc = check_requirement(ctx, in->requirement, err);
	if (rc != 0)
		return rc;
	if (seller->seller.state == MARKET_SELLER_REJECTED ||
	    seller->seller.state == MARKET_SELLER_TERMINATED)
		return mk_error_at(err, MARKET_ESTATE, "seller", "the seller is %s",
		                   mk_enum_name(&mk_seller_state_enum, seller->seller.state));
	rc = mk_ref_check_free_in(ctx, &mk_submission_entity, in->seller.book, in->ref, err);
	if (rc != 0)
		return rc;
	row.submission.id = mk_new_id(ctx, in->seller.book);
	rc = seal_document(ctx, &row, in->document, err);
	if (rc != 0)
		return rc;
	mk_submission_add(ctx, &row);
	ctx->result = row.submission.id;
	return 0;
}

void mk_submission_add(mk_ctx *ctx, mk_submission *row)
{
	if (mk_id_absent(row->submission.id))
		row->submission.id = mk_new_id(ctx, row->submission.seller.book);
	mk_insert(ctx, &submission_insert, &mk_submission_record, row->submission.id, row);
	mk_event(ctx, "submission.created", MARKET_ID_SUBMISSION, row->submission.id);
	mk_event_text(ctx, "requirement", row->submission.requirement);
}

void mk_submission_settle(mk_ctx *ctx, mk_submission *row)
{
	static const char *const events[] = {
		[MARKET_SUBMISSION_PENDING] = "submission.reopened",
		[MARKET_SUBMISSION_ACCEPTED] = "submission.accepted",
		[MARKET_SUBMISSION_REJECTED] = "submission.rejected",
	};

	row->submission.decided_at = row->submission.state == MARKET_SUBMISSION_PENDING ? 0 : ctx->now;
	mk_update(ctx, &submission_update, &mk_submission_record, row->submission.id, row);
	mk_event(ctx, events[row->submission.state], MARKET_ID_SUBMISSION, row->submission.id);
	mk_event_text(ctx, "requirement", row->submission.requirement);
	mk_event_text(ctx, "reason", row->submission.reason);
}

static int decide(mk_ctx *ctx, int32_t state, const char *reason, market_error *err)
{
	mk_submission *row = (mk_submission *)ctx->subject;
	if (row->submission.state != MARKET_SUBMISSION_PENDING)
		return mk_error_at(err, MARKET_ESTATE, "submission", "the submission is %s",
		                   mk_enum_name(&mk_submission_state_enum, row->submission.state));
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
		rc = decide(ctx, MARKET_SUBMISSION_ACCEPTED, NULL, err);
	if (rc == 0)
		rc = mk_seller_load(ctx, row->submission.seller, "submission", &seller, err);
	return rc == 0 ? mk_seller_met(ctx, seller, &news, err) : rc;
}

int mk_submission_reject(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_submission_decide_params *in = params;
	if (!in->reason)
		return mk_error_at(err, MARKET_EMISSING, "reason", "a rejection needs a reason code");
	return decide(ctx, MARKET_SUBMISSION_REJECTED, in->reason, err);
}
