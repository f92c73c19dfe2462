/* The rows of submissions. */
#include "libmarket/op/op.h"
#include "libmarket/party/review.h"

#define T market_submission_create_params
static const mk_field submission_create_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose it is"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_TEXT(T, requirement, MK_REQUIRED, 1, MK_MAX_CODE, "the requirement's key"),
	MK_F_TEXT(T, statement, MK_MULTILINE, 1, MK_MAX_TEXT, "what the seller states"),
	MK_F_TEXT(T, document, MK_SENSITIVE, 1, MK_MAX_CODE, "the document's number"),
	MK_F_TIME(T, valid_from, 0, "valid from"),
	MK_F_TIME(T, valid_to, 0, "valid to"),
};
static const mk_record submission_create_params =
	MK_PARAMS_OF("submission_create_params", T, submission_create_fields, "a new submission");
#undef T

static const mk_field submission_decide_fields[] = {
	MK_F_ID(market_submission_decide_params, submission, SUBMISSION, MK_REQUIRED, "the submission"),
	MK_F_TEXT(market_submission_decide_params, reason, MK_MULTILINE, 1, MK_MAX_TEXT,
              "a rejection's reason code"),
};
static const mk_record submission_decide_params =
	MK_PARAMS_OF("submission_decide_params", market_submission_decide_params,
                 submission_decide_fields, "a decision");

#define T market_submission_waive_params
static const mk_field submission_waive_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "of whom it isn't asked"),
	MK_F_TEXT(T, requirement, MK_REQUIRED, 1, MK_MAX_CODE, "the requirement's key"),
	MK_F_TEXT(T, reason, MK_REQUIRED, 1, MK_MAX_CODE, "the reason's code"),
	MK_F_TIME(T, valid_to, 0, "valid to; absent: for ever"),
};
static const mk_record submission_waive_params =
	MK_PARAMS_OF("submission_waive_params", T, submission_waive_fields, "a waiver");
#undef T

#define T market_submission_revoke_params
static const mk_field submission_revoke_fields[] = {
	MK_F_ID(T, submission, SUBMISSION, MK_REQUIRED, "the submission"),
	MK_F_TEXT(T, reason, MK_REQUIRED, 1, MK_MAX_CODE, "the reason's code"),
};
static const mk_record submission_revoke_params =
	MK_PARAMS_OF("submission_revoke_params", T, submission_revoke_fields, "a revocation");
#undef T

static const mk_field submission_get_fields[] = {
	MK_F_ID(market_submission_get_params, submission, SUBMISSION, MK_REQUIRED, "the submission"),
};
static const mk_record submission_get_params =
	MK_PARAMS_OF("submission_get_params", market_submission_get_params, submission_get_fields,
                 "which submission");

#define T market_submission_list_params
static const mk_field submission_list_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose"),
	MK_F_ENUM(T, state, mk_submission_state_enum, 0, "only those in this state"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record submission_list_params =
	MK_PARAMS_OF("submission_list_params", T, submission_list_fields, "which submissions");
#undef T

static const mk_field submission_page_fields[] = {
	MK_F_LIST(market_submission_page, items, market_submission, mk_submission_record, 0, 0, 0,
              "the submissions"),
	MK_F_TEXT(market_submission_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record submission_page_record = MK_RECORD_OF(
	"submission_page", market_submission_page, submission_page_fields, "a page of submissions");

#define BY_OPERATOR MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})
#define OWNERS MK_RELATIONS({MK_REL_MEMBER, MK_CAN_OWN}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})

enum { CREATE, ACCEPT, REJECT, WAIVE, REVOKE, RECHECK, EXPIRE, GET, REVEAL, LIST, COUNT };

static const mk_op ops[COUNT] = {
	[CREATE] =
		{
			.name = "submission.create",
			.since = "0.1",
			.summary = "Submits something for a requirement.",
			.params = &submission_create_params,
			.result = &mk_submission_record,
			.gives = &mk_submission_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations =
				MK_RELATIONS({MK_REL_MEMBER, MK_CAN_OWN}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID, MARKET_ESTATE,
                                MARKET_EEXISTS),
			.flags = MK_OP_WRITES,
			.handler = mk_submission_create,
		},
	[ACCEPT] =
		{
			.name = "submission.accept",
			.since = "0.1",
			.summary = "Accepts a submission.",
			.params = &submission_decide_params,
			.result = &mk_submission_record,
			.gives = &mk_submission_entity,
			.subject = &mk_submission_entity,
			.subject_param = "submission",
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE, MARKET_EEXPIRED),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_submission_accept,
		},
	[REJECT] =
		{
			.name = "submission.reject",
			.since = "0.1",
			.summary = "Rejects a submission.",
			.params = &submission_decide_params,
			.result = &mk_submission_record,
			.gives = &mk_submission_entity,
			.subject = &mk_submission_entity,
			.subject_param = "submission",
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EMISSING, MARKET_EINVALID,
                                MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_submission_reject,
		},
	[WAIVE] =
		{
			.name = "submission.waive",
			.since = "0.1",
			.summary = "Waives a requirement for a seller.",
			.params = &submission_waive_params,
			.result = &mk_submission_record,
			.gives = &mk_submission_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_submission_waive,
		},
	[REVOKE] =
		{
			.name = "submission.revoke",
			.since = "0.1",
			.summary = "Takes back that a submission was accepted or waived.",
			.params = &submission_revoke_params,
			.result = &mk_submission_record,
			.gives = &mk_submission_entity,
			.subject = &mk_submission_entity,
			.subject_param = "submission",
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_submission_revoke,
		},
	[RECHECK] =
		{
			.name = "submission.recheck",
			.since = "0.1",
			.summary = "Leaves a submission that was looked at again.",
			.params = &submission_get_params,
			.result = &mk_submission_record,
			.gives = &mk_submission_entity,
			.subject = &mk_submission_entity,
			.subject_param = "submission",
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_submission_recheck,
		},
	[EXPIRE] =
		{
			.name = "submission.expire",
			.since = "0.1",
			.summary = "A timer of a submission.",
			.params = &submission_get_params,
			.result = &mk_submission_record,
			.gives = &mk_submission_entity,
			.subject = &mk_submission_entity,
			.subject_param = "submission",
			.relations = MK_RELATIONS({MK_REL_SYSTEM, 0}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE | MK_OP_TIMED,
			.handler = mk_submission_expire,
		},
	[GET] =
		{
			.name = "submission.get",
			.since = "0.1",
			.summary = "A submission, its document's number masked.",
			.params = &submission_get_params,
			.result = &mk_submission_record,
			.subject = &mk_submission_entity,
			.subject_param = "submission",
			.relations = OWNERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.handler = mk_submission_get,
		},
	[REVEAL] =
		{
			.name = "submission.reveal",
			.since = "0.1",
			.summary = "A submission in full; recorded.",
			.params = &submission_get_params,
			.result = &mk_submission_record,
			.gives = &mk_submission_entity,
			.subject = &mk_submission_entity,
			.subject_param = "submission",
			.relations = MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_SEALED}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.flags = MK_OP_WRITES | MK_OP_AUDITED,
			.handler = mk_submission_reveal,
		},
	[LIST] =
		{
			.name = "submission.list",
			.since = "0.1",
			.summary = "A seller's submissions, oldest first.",
			.params = &submission_list_params,
			.result = &submission_page_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = OWNERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_submission_page,
		},
};
extern const mk_op_group mk_op_submission;
const mk_op_group mk_op_submission = {ops, COUNT};

MK_TYPED(market_submission_create, &ops[CREATE], market_submission_create_params, market_submission)
MK_TYPED(market_submission_accept, &ops[ACCEPT], market_submission_decide_params, market_submission)
MK_TYPED(market_submission_reject, &ops[REJECT], market_submission_decide_params, market_submission)
MK_TYPED(market_submission_waive, &ops[WAIVE], market_submission_waive_params, market_submission)
MK_TYPED(market_submission_revoke, &ops[REVOKE], market_submission_revoke_params, market_submission)
MK_TYPED(market_submission_recheck, &ops[RECHECK], market_submission_get_params, market_submission)
MK_TYPED(market_submission_expire, &ops[EXPIRE], market_submission_get_params, market_submission)
MK_TYPED(market_submission_get, &ops[GET], market_submission_get_params, market_submission)
MK_TYPED(market_submission_reveal, &ops[REVEAL], market_submission_get_params, market_submission)
MK_TYPED_FREE(market_submission_free, market_submission)
MK_TYPED(market_submission_list, &ops[LIST], market_submission_list_params, market_submission_page)
MK_TYPED_FREE(market_submission_page_free, market_submission_page)
