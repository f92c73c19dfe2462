/* The rows of ratings. */
#include "libmarket/rating/rating.h"
#include "libmarket/op/op.h"
#include "libmarket/order/order.h"
#include "libmarket/party/party.h"

static const mk_field mark_fields[] = {
	MK_F_TEXT(market_rating_mark, dimension, MK_REQUIRED, 1, MK_MAX_CODE,
              "one of the policy's dimensions"),
	MK_F_INT(market_rating_mark, score, MK_REQUIRED, 1, 5, "1 to 5"),
};
static const mk_record mark_record =
	MK_SIZED_OF("rating_mark", market_rating_mark, mark_fields, "one dimension's score");

#define T market_rating_create_params
static const mk_field create_fields[] = {
	MK_F_ID(T, order, ORDER, MK_REQUIRED, "the received order"),
	MK_F_ID(T, line, LINE, MK_REQUIRED, "which of its lines"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_LIST(T, scores, market_rating_mark, mark_record, MK_REQUIRED, 1, 20,
              "one of each dimension"),
	MK_F_TEXT(T, text, MK_MULTILINE, 1, MK_MAX_TEXT, "in words"),
	MK_F_BOOL(T, anonymous, 0, "don't show the buyer"),
};
static const mk_record create_params =
	MK_PARAMS_OF("rating_create_params", T, create_fields, "a new rating");
#undef T

static const mk_field publish_fields[] = {
	MK_F_ID(market_rating_publish_params, rating, RATING, MK_REQUIRED, "the rating"),
};
static const mk_record publish_params = MK_PARAMS_OF(
	"rating_publish_params", market_rating_publish_params, publish_fields, "which rating");

static const mk_field reject_fields[] = {
	MK_F_ID(market_rating_reject_params, rating, RATING, MK_REQUIRED, "the rating"),
	MK_F_TEXT(market_rating_reject_params, reason, MK_REQUIRED, 1, MK_MAX_CODE,
              "the reason's code"),
};
static const mk_record reject_params = MK_PARAMS_OF(
	"rating_reject_params", market_rating_reject_params, reject_fields, "which and why");

static const mk_field remove_fields[] = {
	MK_F_ID(market_rating_remove_params, rating, RATING, MK_REQUIRED, "the rating"),
	MK_F_TEXT(market_rating_remove_params, reason, MK_REQUIRED, 1, MK_MAX_CODE,
              "the reason's code"),
};
static const mk_record remove_params = MK_PARAMS_OF(
	"rating_remove_params", market_rating_remove_params, remove_fields, "which and why");

static const mk_field get_fields[] = {
	MK_F_ID(market_rating_get_params, rating, RATING, MK_REQUIRED, "the rating"),
};
static const mk_record get_params =
	MK_PARAMS_OF("rating_get_params", market_rating_get_params, get_fields, "which rating");

static const mk_field list_fields[] = {
	MK_F_ID(market_rating_list_params, seller, SELLER, MK_REQUIRED, "whose"),
	MK_F_ENUM(market_rating_list_params, state, mk_rating_state_enum, 0,
              "only those in this state"),
	MK_F_TEXT(market_rating_list_params, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(market_rating_list_params, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record list_params =
	MK_PARAMS_OF("rating_list_params", market_rating_list_params, list_fields, "which ratings");

static const mk_field page_fields[] = {
	MK_F_LIST(market_rating_page, items, market_rating, mk_rating_record, 0, 0, 0, "the ratings"),
	MK_F_TEXT(market_rating_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record page_record =
	MK_RECORD_OF("rating_page", market_rating_page, page_fields, "a page of ratings");

static const mk_field score_fields[] = {
	MK_F_ID(market_rating_score_params, seller, SELLER, MK_REQUIRED, "whose"),
	MK_F_TIME(market_rating_score_params, as_of, 0, "as of this time; absent: now"),
};
static const mk_record score_params = MK_PARAMS_OF(
	"rating_score_params", market_rating_score_params, score_fields, "whose scores, and when");

#define ANYONE MK_RELATIONS({MK_REL_ANYONE, 0})
#define BY_OPERATOR MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_RATINGS})
#define STATE_ERRORS MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE)

enum {
	RATING_CREATE,
	RATING_PUBLISH,
	RATING_REJECT,
	RATING_REMOVE,
	RATING_GET,
	RATING_LIST,
	RATING_SCORE,
	COUNT
};

static const mk_op ops[COUNT] = {
	[RATING_CREATE] =
		{
			.name = "rating.create",
			.since = "0.1",
			.summary = "Rates a received order line.",
			.params = &create_params,
			.result = &mk_rating_record,
			.gives = &mk_rating_entity,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.relations = MK_RELATIONS({MK_REL_BUYER, 0}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID, MARKET_EMISSING,
                                MARKET_ESTATE, MARKET_EEXPIRED, MARKET_EEXISTS, MARKET_ELIMITED),
			.flags = MK_OP_WRITES,
			.handler = mk_rating_create,
		},
	[RATING_PUBLISH] =
		{
			.name = "rating.publish",
			.since = "0.1",
			.summary = "Publishes a pending rating.",
			.params = &publish_params,
			.result = &mk_rating_record,
			.gives = &mk_rating_entity,
			.subject = &mk_rating_entity,
			.subject_param = "rating",
			.relations = BY_OPERATOR,
			.errors = STATE_ERRORS,
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_rating_publish,
		},
	[RATING_REJECT] =
		{
			.name = "rating.reject",
			.since = "0.1",
			.summary = "Refuses a pending rating.",
			.params = &reject_params,
			.result = &mk_rating_record,
			.gives = &mk_rating_entity,
			.subject = &mk_rating_entity,
			.subject_param = "rating",
			.relations = BY_OPERATOR,
			.errors = STATE_ERRORS,
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_rating_reject,
		},
	[RATING_REMOVE] =
		{
			.name = "rating.remove",
			.since = "0.1",
			.summary = "Removes a published rating.",
			.params = &remove_params,
			.result = &mk_rating_record,
			.gives = &mk_rating_entity,
			.subject = &mk_rating_entity,
			.subject_param = "rating",
			.relations = BY_OPERATOR,
			.errors = STATE_ERRORS,
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_rating_remove,
		},
	[RATING_GET] =
		{
			.name = "rating.get",
			.since = "0.1",
			.summary = "One rating.",
			.params = &get_params,
			.result = &mk_rating_record,
			.subject = &mk_rating_entity,
			.subject_param = "rating",
			.relations = ANYONE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND),
			.handler = mk_rating_get,
		},
	[RATING_LIST] =
		{
			.name = "rating.list",
			.since = "0.1",
			.summary = "A seller's ratings, newest first.",
			.params = &list_params,
			.result = &page_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = ANYONE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_rating_list,
		},
	[RATING_SCORE] =
		{
			.name = "rating.score",
			.since = "0.1",
			.summary = "A seller's scores, now or as of a past time.",
			.params = &score_params,
			.result = &mk_seller_score_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = ANYONE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EINVALID),
			.handler = mk_rating_score,
		},
};
extern const mk_op_group mk_op_rating;
const mk_op_group mk_op_rating = {ops, COUNT};

MK_TYPED(market_rating_create, &ops[RATING_CREATE], market_rating_create_params, market_rating)
MK_TYPED(market_rating_publish, &ops[RATING_PUBLISH], market_rating_publish_params, market_rating)
MK_TYPED(market_rating_reject, &ops[RATING_REJECT], market_rating_reject_params, market_rating)
MK_TYPED(market_rating_remove, &ops[RATING_REMOVE], market_rating_remove_params, market_rating)
MK_TYPED(market_rating_get, &ops[RATING_GET], market_rating_get_params, market_rating)
MK_TYPED_FREE(market_rating_free, market_rating)
MK_TYPED(market_rating_list, &ops[RATING_LIST], market_rating_list_params, market_rating_page)
MK_TYPED_FREE(market_rating_page_free, market_rating_page)
MK_TYPED(market_rating_score, &ops[RATING_SCORE], market_rating_score_params, market_seller_score)
MK_TYPED_FREE(market_seller_score_free, market_seller_score)
