/* The rows of penalty points and of buyers' standing. */
#include "libmarket/standing/standing.h"
#include "libmarket/op/op.h"

#define T market_violation_record_params
static const mk_field record_fields[] = {
	MK_F_ID(T, seller, SELLER, 0, "whose; or buyer"),
	MK_F_ID(T, buyer, BUYER, 0, "whose; or seller"),
	MK_F_TEXT(T, type, MK_REQUIRED, 1, MK_MAX_CODE, "one of the policy's"),
	MK_F_ENUM(T, cause, mk_violation_cause_enum, 0, "who brought it about; absent: the party"),
	MK_F_ID(T, order, ORDER, 0, "that it is about"),
	MK_F_TEXT(T, note, MK_MULTILINE, 1, MK_MAX_TEXT, "what happened"),
	MK_F_TEXT(T, evidence, 0, 1, MK_MAX_CODE, "SHA-256 of a document"),
};
static const mk_record record_params =
	MK_PARAMS_OF("violation_record_params", T, record_fields, "what was done, and by whom");
#undef T

static const mk_field get_fields[] = {
	MK_F_ID(market_violation_get_params, violation, VIOLATION, MK_REQUIRED, "the violation"),
};
static const mk_record get_params = MK_PARAMS_OF(
	"violation_get_params", market_violation_get_params, get_fields, "which violation");

#define T market_violation_list_params
static const mk_field list_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record list_params =
	MK_PARAMS_OF("violation_list_params", T, list_fields, "which violations");
#undef T

#define T market_buyer_violation_list_params
static const mk_field buyer_list_fields[] = {
	MK_F_ID(T, buyer, BUYER, MK_REQUIRED, "whose"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record buyer_list_params =
	MK_PARAMS_OF("buyer_violation_list_params", T, buyer_list_fields, "which violations");
#undef T

#define T market_violation_appeals_params
static const mk_field appeals_fields[] = {
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record appeals_params =
	MK_PARAMS_OF("violation_appeals_params", T, appeals_fields, "which appeals");
#undef T

#define T market_violation_appeal_params
static const mk_field appeal_fields[] = {
	MK_F_ID(T, violation, VIOLATION, MK_REQUIRED, "against which violation"),
	MK_F_TEXT(T, statement, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT, "what is to be said"),
};
static const mk_record appeal_params =
	MK_PARAMS_OF("violation_appeal_params", T, appeal_fields, "an appeal");
#undef T

#define T market_violation_decide_params
static const mk_field decide_fields[] = {
	MK_F_ID(T, violation, VIOLATION, MK_REQUIRED, "the violation"),
	MK_F_ENUM(T, decision, mk_violation_decision_enum, MK_REQUIRED, "what becomes of it"),
	MK_F_TEXT(T, reason, MK_REQUIRED, 1, MK_MAX_CODE, "the reason's code"),
};
static const mk_record decide_params =
	MK_PARAMS_OF("violation_decide_params", T, decide_fields, "a decision");
#undef T

static const mk_field standing_fields[] = {
	MK_F_ID(market_standing_get_params, seller, SELLER, MK_REQUIRED, "the seller"),
};
static const mk_record standing_params = MK_PARAMS_OF(
	"standing_get_params", market_standing_get_params, standing_fields, "which seller");

static const mk_field buyer_standing_fields[] = {
	MK_F_ID(market_buyer_standing_get_params, buyer, BUYER, MK_REQUIRED, "the buyer"),
};
static const mk_record buyer_standing_params =
	MK_PARAMS_OF("buyer_standing_get_params", market_buyer_standing_get_params,
                 buyer_standing_fields, "which buyer");

static const mk_field page_fields[] = {
	MK_F_LIST(market_violation_page, items, market_violation, mk_violation_record, 0, 0, 0,
              "the violations"),
	MK_F_TEXT(market_violation_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record page_record =
	MK_RECORD_OF("violation_page", market_violation_page, page_fields, "a page of violations");

#define JUDGES \
	{MK_REL_OPERATOR, MARKET_RIGHT_SELLERS}, \
	{ \
		MK_REL_OPERATOR, MARKET_RIGHT_BUYERS \
	}
#define OF_SELLER \
	MK_RELATIONS({MK_REL_MEMBER, MK_CAN_VIEW}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})
#define OF_BUYER MK_RELATIONS({MK_REL_BUYER, 0}, {MK_REL_OPERATOR, MARKET_RIGHT_BUYERS})
#define READ_ERRORS MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED)
#define LIST_ERRORS MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID)

enum {
	RECORD,
	GET,
	LIST,
	BUYER_LIST,
	APPEALS,
	APPEAL,
	DECIDE,
	EXPIRE,
	STANDING,
	BUYER_STANDING,
	COUNT
};

static const mk_op ops[COUNT] = {
	[RECORD] =
		{
			.name = "violation.record",
			.since = "0.1",
			.summary = "Records what a seller or a buyer did against the rules.",
			.params = &record_params,
			.result = &mk_violation_record,
			.gives = &mk_violation_entity,
			.relations = MK_RELATIONS(JUDGES),
			.errors = MK_ERRORS(MARKET_EMISSING, MARKET_EINVALID, MARKET_EDENIED, MARKET_ENOTFOUND,
                                MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_violation_record_one,
		},
	[GET] =
		{
			.name = "violation.get",
			.since = "0.1",
			.summary = "One violation.",
			.params = &get_params,
			.result = &mk_violation_record,
			.subject = &mk_violation_entity,
			.subject_param = "violation",
			.relations = MK_RELATIONS({MK_REL_MEMBER, MK_CAN_VIEW}, {MK_REL_BUYER, 0}, JUDGES),
			.errors = READ_ERRORS,
			.handler = mk_violation_get,
		},
	[LIST] =
		{
			.name = "violation.list",
			.since = "0.1",
			.summary = "A seller's violations, oldest first.",
			.params = &list_params,
			.result = &page_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = OF_SELLER,
			.errors = LIST_ERRORS,
			.flags = MK_OP_PAGED,
			.handler = mk_violation_list,
		},
	[BUYER_LIST] =
		{
			.name = "buyer.violation.list",
			.since = "0.1",
			.summary = "A buyer's violations, oldest first.",
			.params = &buyer_list_params,
			.result = &page_record,
			.subject = &mk_buyer_entity,
			.subject_param = "buyer",
			.relations = OF_BUYER,
			.errors = LIST_ERRORS,
			.flags = MK_OP_PAGED,
			.handler = mk_buyer_violation_list,
		},
	[APPEALS] =
		{
			.name = "violation.appeals",
			.since = "0.1",
			.summary = "The appeals that wait for a decision, in their order.",
			.params = &appeals_params,
			.result = &page_record,
			.relations = MK_RELATIONS(JUDGES),
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_violation_appeals,
		},
	[APPEAL] =
		{
			.name = "violation.appeal",
			.since = "0.1",
			.summary = "Appeals against a violation.",
			.params = &appeal_params,
			.result = &mk_violation_record,
			.gives = &mk_violation_entity,
			.subject = &mk_violation_entity,
			.subject_param = "violation",
			.relations = MK_RELATIONS({MK_REL_MEMBER, MK_CAN_OWN}, {MK_REL_BUYER, 0}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE, MARKET_EEXPIRED),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_violation_appeal,
		},
	[DECIDE] =
		{
			.name = "violation.decide",
			.since = "0.1",
			.summary = "Withdraws a violation, or upholds it against an appeal.",
			.params = &decide_params,
			.result = &mk_violation_record,
			.gives = &mk_violation_entity,
			.subject = &mk_violation_entity,
			.subject_param = "violation",
			.relations = MK_RELATIONS(JUDGES),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_violation_decide,
		},
	[EXPIRE] =
		{
			.name = "violation.expire",
			.since = "0.1",
			.summary = "Ends what a violation brought about, and the violation, in time.",
			.params = &get_params,
			.result = &mk_violation_record,
			.gives = &mk_violation_entity,
			.subject = &mk_violation_entity,
			.subject_param = "violation",
			.relations = MK_RELATIONS({MK_REL_SYSTEM, 0}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE | MK_OP_TIMED,
			.handler = mk_violation_expire,
		},
	[STANDING] =
		{
			.name = "standing.get",
			.since = "0.1",
			.summary = "A seller's penalty points and what they have brought about.",
			.params = &standing_params,
			.result = &mk_standing_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = OF_SELLER,
			.errors = READ_ERRORS,
			.handler = mk_standing_get,
		},
	[BUYER_STANDING] =
		{
			.name = "buyer.standing.get",
			.since = "0.1",
			.summary = "A buyer's points and the limits that they have brought about.",
			.params = &buyer_standing_params,
			.result = &mk_standing_record,
			.subject = &mk_buyer_entity,
			.subject_param = "buyer",
			.relations = OF_BUYER,
			.errors = READ_ERRORS,
			.handler = mk_buyer_standing_get,
		},
};
extern const mk_op_group mk_op_standing;
const mk_op_group mk_op_standing = {ops, COUNT};

MK_TYPED(market_violation_record, &ops[RECORD], market_violation_record_params, market_violation)
MK_TYPED(market_violation_get, &ops[GET], market_violation_get_params, market_violation)
MK_TYPED_FREE(market_violation_free, market_violation)
MK_TYPED(market_violation_list, &ops[LIST], market_violation_list_params, market_violation_page)
MK_TYPED_FREE(market_violation_page_free, market_violation_page)
MK_TYPED(market_buyer_violation_list, &ops[BUYER_LIST], market_buyer_violation_list_params,
         market_violation_page)
MK_TYPED(market_violation_appeals, &ops[APPEALS], market_violation_appeals_params,
         market_violation_page)
MK_TYPED(market_violation_appeal, &ops[APPEAL], market_violation_appeal_params, market_violation)
MK_TYPED(market_violation_decide, &ops[DECIDE], market_violation_decide_params, market_violation)
MK_TYPED(market_violation_expire, &ops[EXPIRE], market_violation_get_params, market_violation)
MK_TYPED(market_standing_get, &ops[STANDING], market_standing_get_params, market_standing)
MK_TYPED_FREE(market_standing_free, market_standing)
MK_TYPED(market_buyer_standing_get, &ops[BUYER_STANDING], market_buyer_standing_get_params,
         market_standing)
