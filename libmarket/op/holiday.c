/* The rows of a seller's holiday. */
#include "libmarket/op/op.h"
#include "libmarket/party/seller.h"

#define OWNERS MK_RELATIONS({MK_REL_MEMBER, MK_CAN_OWN}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})

#define T market_seller_holiday_set_params
static const mk_field set_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "the seller"),
	MK_F_TIME(T, from, 0, "from then on; now when absent"),
	MK_F_TIME(T, to, 0, "until then; absent: until it is ended"),
};
#undef T
static const mk_record set_params = MK_PARAMS_OF(
	"seller_holiday_set_params", market_seller_holiday_set_params, set_fields, "a holiday");

static const mk_field clear_fields[] = {
	MK_F_ID(market_seller_holiday_clear_params, seller, SELLER, MK_REQUIRED, "the seller"),
};
static const mk_record clear_params =
	MK_PARAMS_OF("seller_holiday_clear_params", market_seller_holiday_clear_params, clear_fields,
                 "whose holiday");

static const mk_op ops[] = {
	{
		.name = "seller.holiday.set",
		.summary = "Puts a seller on holiday.",
		.since = "0.1",
		.params = &set_params,
		.result = &mk_seller_record,
		.gives = &mk_seller_entity,
		.subject = &mk_seller_entity,
		.subject_param = "seller",
		.relations = OWNERS,
		.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE, MARKET_EINVALID),
		.flags = MK_OP_WRITES | MK_OP_STATE,
		.handler = mk_seller_holiday_set,
	},
	{
		.name = "seller.holiday.clear",
		.summary = "Ends a seller's holiday.",
		.since = "0.1",
		.params = &clear_params,
		.result = &mk_seller_record,
		.gives = &mk_seller_entity,
		.subject = &mk_seller_entity,
		.subject_param = "seller",
		.relations = OWNERS,
		.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
		.flags = MK_OP_WRITES | MK_OP_STATE,
		.handler = mk_seller_holiday_clear,
	},
};
extern const mk_op_group mk_op_holiday;
const mk_op_group mk_op_holiday = {ops, 2};

MK_TYPED(market_seller_holiday_set, &ops[0], market_seller_holiday_set_params, market_seller)
MK_TYPED(market_seller_holiday_clear, &ops[1], market_seller_holiday_clear_params, market_seller)
