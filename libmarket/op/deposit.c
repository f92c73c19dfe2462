/* The rows of deposits. */
#include "libmarket/deposit/deposit.h"
#include "libmarket/op/op.h"

#define T market_deposit_pay_params
static const mk_field pay_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose deposit"),
	MK_F_MONEY(T, amount, MK_REQUIRED, 0, 0, "how much"),
	MK_F_TEXT(T, reason, 0, 1, MK_MAX_CODE, "a bank's reference, or the penalty's code"),
};
static const mk_record pay_params =
	MK_PARAMS_OF("deposit_pay_params", T, pay_fields, "a movement of a deposit");
#undef T

#define T market_deposit_top_up_params
static const mk_field top_up_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose deposit"),
	MK_F_MONEY(T, amount, MK_REQUIRED, 0, 0, "how much"),
};
static const mk_record top_up_params =
	MK_PARAMS_OF("deposit_top_up_params", T, top_up_fields, "a top-up of a deposit");
#undef T

static const mk_field get_fields[] = {
	MK_F_ID(market_deposit_get_params, seller, SELLER, MK_REQUIRED, "whose deposit"),
};
static const mk_record get_params =
	MK_PARAMS_OF("deposit_get_params", market_deposit_get_params, get_fields, "whose deposit");

static const mk_field return_fields[] = {
	MK_F_ID(market_deposit_return_params, deposit, DEPOSIT, MK_REQUIRED, "the deposit"),
};
static const mk_record return_params = MK_PARAMS_OF(
	"deposit_return_params", market_deposit_return_params, return_fields, "which deposit");

#define T market_deposit_list_params
static const mk_field list_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose deposit"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record list_params =
	MK_PARAMS_OF("deposit_list_params", T, list_fields, "which movements");
#undef T

static const mk_field page_fields[] = {
	MK_F_LIST(market_deposit_page, items, market_deposit_movement, mk_deposit_movement_record, 0, 0,
              0, "the movements"),
	MK_F_TEXT(market_deposit_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record page_record =
	MK_RECORD_OF("deposit_page", market_deposit_page, page_fields, "a page of movements");

#define BY_OPERATOR MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_SETTLEMENT})
#define OF_FINANCE \
	MK_RELATIONS({MK_REL_MEMBER, MK_CAN_FINANCE}, {MK_REL_OPERATOR, MARKET_RIGHT_SETTLEMENT})

enum { PAY, TOP_UP, DRAW, RETURN, GET, LIST, COUNT };

static const mk_op ops[COUNT] = {
	[PAY] =
		{
			.name = "deposit.pay",
			.since = "0.1",
			.summary = "Money for a deposit has come to the bank.",
			.params = &pay_params,
			.result = &mk_deposit_record,
			.gives = &mk_deposit_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID, MARKET_ECURRENCY,
                                MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_MONEY,
			.handler = mk_deposit_pay,
		},
	[TOP_UP] =
		{
			.name = "deposit.top_up",
			.since = "0.1",
			.summary = "Tops a deposit up from what is available.",
			.params = &top_up_params,
			.result = &mk_deposit_record,
			.gives = &mk_deposit_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = OF_FINANCE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID, MARKET_ECURRENCY,
                                MARKET_ESTATE, MARKET_EFUNDS, MARKET_EINFLIGHT),
			.flags = MK_OP_WRITES | MK_OP_MONEY,
			.handler = mk_deposit_top_up,
		},
	[DRAW] =
		{
			.name = "deposit.draw",
			.since = "0.1",
			.summary = "Takes a penalty from a deposit.",
			.params = &pay_params,
			.result = &mk_deposit_record,
			.gives = &mk_deposit_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EMISSING, MARKET_EINVALID,
                                MARKET_ECURRENCY, MARKET_EFUNDS),
			.flags = MK_OP_WRITES | MK_OP_MONEY,
			.handler = mk_deposit_draw,
		},
	[RETURN] =
		{
			.name = "deposit.return",
			.since = "0.1",
			.summary = "Returns a closing seller's deposit.",
			.params = &return_params,
			.result = &mk_deposit_record,
			.gives = &mk_deposit_entity,
			.subject = &mk_deposit_entity,
			.subject_param = "deposit",
			.relations =
				MK_RELATIONS({MK_REL_SYSTEM, 0}, {MK_REL_OPERATOR, MARKET_RIGHT_SETTLEMENT}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_TIMED,
			.handler = mk_deposit_return,
		},
	[GET] =
		{
			.name = "deposit.get",
			.since = "0.1",
			.summary = "A seller's deposit.",
			.params = &get_params,
			.result = &mk_deposit_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = OF_FINANCE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.handler = mk_deposit_get,
		},
	[LIST] =
		{
			.name = "deposit.list",
			.since = "0.1",
			.summary = "What came to a deposit and left it.",
			.params = &list_params,
			.result = &page_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = OF_FINANCE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_deposit_list,
		},
};
extern const mk_op_group mk_op_deposit;
const mk_op_group mk_op_deposit = {ops, COUNT};

MK_TYPED(market_deposit_pay, &ops[PAY], market_deposit_pay_params, market_deposit)
MK_TYPED(market_deposit_top_up, &ops[TOP_UP], market_deposit_top_up_params, market_deposit)
MK_TYPED(market_deposit_draw, &ops[DRAW], market_deposit_pay_params, market_deposit)
MK_TYPED(market_deposit_return, &ops[RETURN], market_deposit_return_params, market_deposit)
MK_TYPED(market_deposit_get, &ops[GET], market_deposit_get_params, market_deposit)
MK_TYPED_FREE(market_deposit_free, market_deposit)
MK_TYPED(market_deposit_list, &ops[LIST], market_deposit_list_params, market_deposit_page)
MK_TYPED_FREE(market_deposit_page_free, market_deposit_page)
