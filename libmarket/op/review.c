/* The rows of onboarding beyond the application: queue, reasons, exams, categories. */
#include "libmarket/op/op.h"
#include "libmarket/party/exam.h"
#include "libmarket/party/seller.h"
#include "libmarket/seller/category.h"

#define BY_OPERATOR MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})
#define OWNERS MK_RELATIONS({MK_REL_MEMBER, MK_CAN_OWN}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})

static const mk_enum_value claim_values[] = {
	{MARKET_REVIEW_FREE, "free", "claimed by nobody"},
	{MARKET_REVIEW_MINE, "mine", "claimed by the one who asks"},
	{0, NULL, NULL},
};
static const mk_enum claim_enum = {"review_claim", claim_values};

#define T market_seller_review_list_params
static const mk_field list_fields[] = {
	MK_F_ENUM(T, store_type, mk_store_type_enum, 0, "only of this type"),
	MK_F_TEXT(T, country, 0, 2, 2, "only of this country"),
	MK_F_ENUM(T, claimed, claim_enum, 0, "only those claimed so"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record list_params =
	MK_PARAMS_OF("seller_review_list_params", T, list_fields, "which reviews");
#undef T

static const mk_field page_fields[] = {
	MK_F_LIST(market_review_page, items, market_review, mk_review_record, 0, 0, 0, "the reviews"),
	MK_F_TEXT(market_review_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record page_record =
	MK_RECORD_OF("review_page", market_review_page, page_fields, "a page of reviews");

static const mk_field reason_list_fields[] = {
	MK_F_TEXT(market_reason_list_params, decision, 0, 1, MK_MAX_CODE, "of which operation"),
	MK_F_TEXT(market_reason_list_params, locale, 0, 2, 35, "of the texts"),
};
static const mk_record reason_list_params = MK_PARAMS_OF(
	"reason_list_params", market_reason_list_params, reason_list_fields, "which reasons");

static const mk_field reason_fields[] = {
	MK_F_TEXT(market_reason, code, 0, 0, 0, "what a decision names"),
	MK_F_TEXT(market_reason, text, 0, 0, 0, "what it says"),
};
static const mk_record reason_record =
	MK_RECORD_OF("reason_text", market_reason, reason_fields, "a reason of a decision");
static const mk_field reasons_fields[] = {
	MK_F_LIST(market_reasons, items, market_reason, reason_record, 0, 0, 0, "the reasons"),
};
static const mk_record reasons_record =
	MK_RECORD_OF("reasons", market_reasons, reasons_fields, "reasons of decisions");

#define T market_seller_categories_set_params
static const mk_field categories_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "the seller"),
	MK_F_TEXTS(T, categories, 0, 0, MK_MAX_SELLER_CATEGORIES,
               "codes of the back categories it will trade in"),
};
static const mk_record categories_params =
	MK_PARAMS_OF("seller_categories_set_params", T, categories_fields, "a seller's categories");
#undef T

static const mk_field exam_get_fields[] = {
	MK_F_ID(market_exam_get_params, seller, SELLER, MK_REQUIRED, "who takes it"),
	MK_F_TEXT(market_exam_get_params, requirement, MK_REQUIRED, 1, MK_MAX_CODE,
              "the requirement's key"),
};
static const mk_record exam_get_params =
	MK_PARAMS_OF("exam_get_params", market_exam_get_params, exam_get_fields, "which exam");

#define T market_exam_take_params
static const mk_field exam_take_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "who takes it"),
	MK_F_TEXT(T, requirement, MK_REQUIRED, 1, MK_MAX_CODE, "the requirement's key"),
	MK_F_TEXTS(T, answers, MK_REQUIRED, 1, 200, "the chosen text of each question"),
};
static const mk_record exam_take_params =
	MK_PARAMS_OF("exam_take_params", T, exam_take_fields, "answers to an exam");
#undef T

static const mk_field question_fields[] = {
	MK_F_TEXT(market_exam_question, question, 0, 0, 0, "what is asked"),
	MK_F_TEXTS(market_exam_question, choices, 0, 0, 0, "what may be answered"),
};
static const mk_record question_record =
	MK_RECORD_OF("exam_choices", market_exam_question, question_fields, "a question of an exam");

#define T market_exam
static const mk_field exam_fields[] = {
	MK_F_ID(T, seller, SELLER, 0, "who takes it"),
	MK_F_TEXT(T, requirement, 0, 0, 0, "the requirement's key"),
	MK_F_TEXT(T, summary, 0, 0, 0, "what sellers are told"),
	MK_F_INT(T, pass, 0, 0, 0, "right answers that it takes"),
	MK_F_LIST(T, questions, market_exam_question, question_record, 0, 0, 0, "in their order"),
	MK_F_TIME(T, next_at, 0, "not again before then"),
};
static const mk_record exam_record =
	MK_RECORD_OF("exam_paper", T, exam_fields, "the questions of an exam");
#undef T

enum { LIST, CLAIM, RELEASE, REASONS, CATEGORIES, EXAM_GET, EXAM_TAKE, COUNT };

static const mk_op ops[COUNT] = {
	[LIST] =
		{
			.name = "seller.review.list",
			.since = "0.1",
			.summary = "Sellers that wait for an operator.",
			.params = &list_params,
			.result = &page_record,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_seller_review_list,
		},
	[CLAIM] =
		{
			.name = "seller.review.claim",
			.since = "0.1",
			.summary = "Claims a seller's review.",
			.params = &mk_seller_get_params,
			.result = &mk_review_record,
			.gives = &mk_review_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_seller_review_claim,
		},
	[RELEASE] =
		{
			.name = "seller.review.release",
			.since = "0.1",
			.summary = "Gives a claimed review back.",
			.params = &mk_seller_get_params,
			.result = &mk_review_record,
			.gives = &mk_review_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_seller_review_release,
		},
	[REASONS] =
		{
			.name = "reason.list",
			.since = "0.1",
			.summary = "Reasons of decisions over sellers.",
			.params = &reason_list_params,
			.result = &reasons_record,
			.relations = MK_RELATIONS({MK_REL_ANYONE, 0}),
			.errors = MK_ERRORS(MARKET_EINVALID),
			.handler = mk_reason_list,
		},
	[CATEGORIES] =
		{
			.name = "seller.categories.set",
			.since = "0.1",
			.summary = "Chooses a seller's back categories anew.",
			.params = &categories_params,
			.result = &mk_seller_record,
			.gives = &mk_seller_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = OWNERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID, MARKET_ESTATE,
                                MARKET_EINCOMPLETE),
			.flags = MK_OP_WRITES,
			.handler = mk_seller_categories_set,
		},
	[EXAM_GET] =
		{
			.name = "exam.get",
			.since = "0.1",
			.summary = "The questions of an exam.",
			.params = &exam_get_params,
			.result = &exam_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = OWNERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID),
			.handler = mk_exam_get,
		},
	[EXAM_TAKE] =
		{
			.name = "exam.take",
			.since = "0.1",
			.summary = "Takes an exam.",
			.params = &exam_take_params,
			.result = &mk_submission_record,
			.gives = &mk_submission_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = MK_RELATIONS({MK_REL_MEMBER, MK_CAN_OWN}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_exam_take,
		},
};
extern const mk_op_group mk_op_review;
const mk_op_group mk_op_review = {ops, COUNT};

MK_TYPED(market_seller_review_list, &ops[LIST], market_seller_review_list_params,
         market_review_page)
MK_TYPED_FREE(market_review_page_free, market_review_page)
MK_TYPED(market_seller_review_claim, &ops[CLAIM], market_seller_get_params, market_review)
MK_TYPED(market_seller_review_release, &ops[RELEASE], market_seller_get_params, market_review)
MK_TYPED_FREE(market_review_free, market_review)
MK_TYPED(market_reason_list, &ops[REASONS], market_reason_list_params, market_reasons)
MK_TYPED_FREE(market_reasons_free, market_reasons)
MK_TYPED(market_seller_categories_set, &ops[CATEGORIES], market_seller_categories_set_params,
         market_seller)
MK_TYPED(market_exam_get, &ops[EXAM_GET], market_exam_get_params, market_exam)
MK_TYPED_FREE(market_exam_free, market_exam)
MK_TYPED(market_exam_take, &ops[EXAM_TAKE], market_exam_take_params, market_submission)
