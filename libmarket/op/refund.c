/* The rows of refunds. */
#include "libmarket/aftersale/refund.h"

#include "libmarket/op/op.h"
#include "libmarket/party/party.h"

#define T market_refund_ask
static const mk_field ask_fields[] = {
	MK_F_ID(T, line, LINE, MK_REQUIRED, "which line"),
	MK_F_INT(T, quantity, 0, 0, MK_MAX_QUANTITY, "units"),
	MK_F_MONEY(T, amount, 0, 0, MK_MONEY_MAX, "cash instead of units"),
};
#undef T
static const mk_record ask_record =
	MK_SIZED_OF("refund_ask", market_refund_ask, ask_fields, "what of a line");

#define T market_refund_create_params
static const mk_field create_fields[] = {
	MK_F_ID(T, order, ORDER, MK_REQUIRED, "which order"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_LIST(T, items, market_refund_ask, ask_record, 0, 1, MK_MAX_LINES, "by line"),
	MK_F_MONEY(T, amount, 0, 0, MK_MONEY_MAX, "cash, divided over the lines"),
	MK_F_MONEY(T, freight, 0, 0, MK_MONEY_MAX, "of the freight"),
	MK_F_TEXT(T, reason, 0, 1, MK_MAX_CODE, "the reason's code"),
	MK_F_ENUM(T, borne_by, mk_borne_by_enum, 0, "who bears the freight of what went wrong"),
};
#undef T
static const mk_record create_params = MK_PARAMS_OF(
	"refund_create_params", market_refund_create_params, create_fields, "a new refund");

static const mk_field get_fields[] = {
	MK_F_ID(market_refund_get_params, refund, REFUND, MK_REQUIRED, "which refund"),
};
static const mk_record get_params =
	MK_PARAMS_OF("refund_get_params", market_refund_get_params, get_fields, "a refund");

static const mk_field list_fields[] = {
	MK_F_ID(market_refund_list_params, order, ORDER, MK_REQUIRED, "of which order"),
	MK_F_TEXT(market_refund_list_params, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(market_refund_list_params, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record list_params =
	MK_PARAMS_OF("refund_list_params", market_refund_list_params, list_fields, "which refunds");

static const mk_field bounce_fields[] = {
	MK_F_ID(market_refund_bounce_params, refund, REFUND, MK_REQUIRED, "which refund"),
	MK_F_TEXT(market_refund_bounce_params, reason, 0, 1, MK_MAX_CODE, "the provider's reason"),
};
static const mk_record bounce_params = MK_PARAMS_OF(
	"refund_bounce_params", market_refund_bounce_params, bounce_fields, "a refund that came back");

static const mk_field retry_fields[] = {
	MK_F_ID(market_refund_retry_params, refund, REFUND, MK_REQUIRED, "which refund"),
};
static const mk_record retry_params =
	MK_PARAMS_OF("refund_retry_params", market_refund_retry_params, retry_fields, "a refund");

static const mk_field page_fields[] = {
	MK_F_LIST(market_refund_page, items, market_refund, mk_refund_record, 0, 0, 0, "the refunds"),
	MK_F_TEXT(market_refund_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record page_record =
	MK_RECORD_OF("refund_page", market_refund_page, page_fields, "a page of refunds");

#define READERS \
	MK_RELATIONS({MK_REL_BUYER, 0}, {MK_REL_MEMBER, MK_CAN_VIEW}, \
	             {MK_REL_OPERATOR, MARKET_RIGHT_REFUNDS})
#define DECIDERS MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_REFUNDS}, {MK_REL_SYSTEM, 0})

enum { CREATE, GET, LIST, BOUNCE, RETRY, COUNT };

static const mk_op ops[] = {
	[CREATE] =
		{
			.name = "refund.create",
			.since = "0.1",
			.summary = "Refunds a paid order, in whole or in part.",
			.params = &create_params,
			.result = &mk_refund_record,
			.gives = &mk_refund_entity,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.relations =
				MK_RELATIONS({MK_REL_MEMBER, MK_CAN_SUPPORT}, {MK_REL_MEMBER, MK_CAN_FULFILMENT},
                             {MK_REL_OPERATOR, MARKET_RIGHT_REFUNDS}, {MK_REL_SYSTEM, 0}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE, MARKET_EINFLIGHT,
                                MARKET_ECURRENCY, MARKET_EINVALID, MARKET_EFUNDS, MARKET_EQUOTA,
                                MARKET_EEXISTS, MARKET_ELIMITED),
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_STOCK | MK_OP_STATE,
			.handler = mk_refund_create,
		},
	[GET] =
		{
			.name = "refund.get",
			.since = "0.1",
			.summary = "One refund.",
			.params = &get_params,
			.result = &mk_refund_record,
			.subject = &mk_refund_entity,
			.subject_param = "refund",
			.relations = READERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.handler = mk_refund_get,
		},
	[LIST] =
		{
			.name = "refund.list",
			.since = "0.1",
			.summary = "The refunds of an order, oldest first.",
			.params = &list_params,
			.result = &page_record,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.relations = READERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_refund_list,
		},
	[BOUNCE] =
		{
			.name = "refund.bounce",
			.since = "0.1",
			.summary = "A refund that was done has come back.",
			.params = &bounce_params,
			.result = &mk_refund_record,
			.gives = &mk_refund_entity,
			.subject = &mk_refund_entity,
			.subject_param = "refund",
			.relations = DECIDERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_STATE,
			.handler = mk_refund_bounce,
		},
	[RETRY] =
		{
			.name = "refund.retry",
			.since = "0.1",
			.summary = "Sends a refund again that bounced, or that an order's end owes.",
			.params = &retry_params,
			.result = &mk_refund_record,
			.gives = &mk_refund_entity,
			.subject = &mk_refund_entity,
			.subject_param = "refund",
			.relations = DECIDERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE, MARKET_EINFLIGHT,
                                MARKET_EFUNDS),
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_STOCK | MK_OP_STATE | MK_OP_TIMED,
			.handler = mk_refund_retry,
		},
};
extern const mk_op_group mk_op_refund;
const mk_op_group mk_op_refund = {ops, COUNT};

MK_TYPED(market_refund_create, &ops[CREATE], market_refund_create_params, market_refund)
MK_TYPED(market_refund_get, &ops[GET], market_refund_get_params, market_refund)
MK_TYPED_FREE(market_refund_free, market_refund)
MK_TYPED(market_refund_list, &ops[LIST], market_refund_list_params, market_refund_page)
MK_TYPED_FREE(market_refund_page_free, market_refund_page)
MK_TYPED(market_refund_bounce, &ops[BOUNCE], market_refund_bounce_params, market_refund)
MK_TYPED(market_refund_retry, &ops[RETRY], market_refund_retry_params, market_refund)
