/* The rows of submissions and payout accounts. */
#include "libmarket/op/op.h"
#include "libmarket/party/payout_account.h"
#include "libmarket/party/submission.h"

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

#define T market_payout_account_set_params
static const mk_field payout_account_set_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose it is"),
	MK_F_TEXT(T, holder, MK_REQUIRED, 1, MK_MAX_NAME, "who holds it"),
	MK_F_TEXT(T, bank, MK_REQUIRED, 1, MK_MAX_NAME, "the bank's code or name"),
	MK_F_TEXT(T, country, MK_REQUIRED, 2, 2, "ISO 3166-1 alpha-2"),
	MK_F_TEXT(T, account, MK_REQUIRED | MK_SENSITIVE, 1, MK_MAX_CODE, "the account's number"),
};
static const mk_record payout_account_set_params =
	MK_PARAMS_OF("payout_account_set_params", T, payout_account_set_fields, "a payout account");
#undef T

#define T market_payout_account_get_params
static const mk_field payout_account_get_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose it is"),
	MK_F_ID(T, account, PAYOUT_ACCOUNT, 0, "which; absent: the current one"),
};
static const mk_record payout_account_get_params =
	MK_PARAMS_OF("payout_account_get_params", T, payout_account_get_fields, "which account");
#undef T

#define BY_OPERATOR MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})
#define DECIDE_ERRORS MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EMISSING, MARKET_ESTATE)

enum { CREATE, ACCEPT, REJECT, ACCOUNT_SET, ACCOUNT_GET, ACCOUNT_REVEAL, COUNT };

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
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
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
			.errors = DECIDE_ERRORS,
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_submission_reject,
		},
	[ACCOUNT_SET] =
		{
			.name = "payout_account.set",
			.since = "0.1",
			.summary = "Names the account that payouts go to.",
			.params = &payout_account_set_params,
			.result = &mk_payout_account_record,
			.gives = &mk_payout_account_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = MK_RELATIONS({MK_REL_MEMBER, MK_CAN_PAYOUT_ACCOUNT}),
			.errors =
				MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EUNCONFIRMED, MARKET_EHOLDER),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_payout_account_set,
		},
	[ACCOUNT_GET] =
		{
			.name = "payout_account.get",
			.since = "0.1",
			.summary = "A payout account, its number masked.",
			.params = &payout_account_get_params,
			.result = &mk_payout_account_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = MK_RELATIONS({MK_REL_MEMBER, MK_CAN_FINANCE},
                                      {MK_REL_OPERATOR, MARKET_RIGHT_SETTLEMENT}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.handler = mk_payout_account_get,
		},
	[ACCOUNT_REVEAL] =
		{
			.name = "payout_account.reveal",
			.since = "0.1",
			.summary = "A payout account in full; recorded.",
			.params = &payout_account_get_params,
			.result = &mk_payout_account_record,
			.gives = &mk_payout_account_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_SEALED}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.flags = MK_OP_WRITES | MK_OP_AUDITED,
			.handler = mk_payout_account_reveal,
		},
};
extern const mk_op_group mk_op_onboarding;
const mk_op_group mk_op_onboarding = {ops, COUNT};

MK_TYPED(market_submission_create, &ops[CREATE], market_submission_create_params, market_submission)
MK_TYPED(market_submission_accept, &ops[ACCEPT], market_submission_decide_params, market_submission)
MK_TYPED(market_submission_reject, &ops[REJECT], market_submission_decide_params, market_submission)
MK_TYPED_FREE(market_submission_free, market_submission)
MK_TYPED(market_payout_account_set, &ops[ACCOUNT_SET], market_payout_account_set_params,
         market_payout_account)
MK_TYPED(market_payout_account_get, &ops[ACCOUNT_GET], market_payout_account_get_params,
         market_payout_account)
MK_TYPED(market_payout_account_reveal, &ops[ACCOUNT_REVEAL], market_payout_account_get_params,
         market_payout_account)
MK_TYPED_FREE(market_payout_account_free, market_payout_account)
