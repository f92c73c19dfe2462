/* The rows of escrow. */
#include "libmarket/escrow/escrow.h"

#include "libmarket/op/op.h"
#include "libmarket/party/party.h"

static const mk_field get_fields[] = {
	MK_F_ID(market_escrow_get_params, order, ORDER, MK_REQUIRED, "which order"),
};
static const mk_record get_params =
	MK_PARAMS_OF("escrow_get_params", market_escrow_get_params, get_fields, "an order");

static const mk_field release_fields[] = {
	MK_F_ID(market_escrow_release_params, order, ORDER, MK_REQUIRED, "which order"),
};
static const mk_record release_params =
	MK_PARAMS_OF("escrow_release_params", market_escrow_release_params, release_fields, "an order");

static const mk_field freeze_fields[] = {
	MK_F_ID(market_escrow_freeze_params, order, ORDER, MK_REQUIRED, "which order"),
	MK_F_TEXT(market_escrow_freeze_params, reason, MK_REQUIRED, 1, MK_MAX_CODE,
              "the reason's code"),
};
static const mk_record freeze_params = MK_PARAMS_OF(
	"escrow_freeze_params", market_escrow_freeze_params, freeze_fields, "an order and a reason");

static const mk_field unfreeze_fields[] = {
	MK_F_ID(market_escrow_unfreeze_params, order, ORDER, MK_REQUIRED, "which order"),
	MK_F_TEXT(market_escrow_unfreeze_params, reason, 0, 1, MK_MAX_CODE, "the reason's code"),
};
static const mk_record unfreeze_params = MK_PARAMS_OF(
	"escrow_unfreeze_params", market_escrow_unfreeze_params, unfreeze_fields, "an order");

#define DECIDERS MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_REFUNDS}, {MK_REL_SYSTEM, 0})

enum { GET, RELEASE, FREEZE, UNFREEZE, COUNT };

static const mk_op ops[] = {
	[GET] =
		{
			.name = "escrow.get",
			.since = "0.1",
			.summary = "One order's escrow.",
			.params = &get_params,
			.result = &mk_escrow_record,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.relations = MK_RELATIONS({MK_REL_BUYER, 0}, {MK_REL_MEMBER, MK_CAN_VIEW},
                                      {MK_REL_OPERATOR, MARKET_RIGHT_ORDERS}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.handler = mk_escrow_get,
		},
	[RELEASE] =
		{
			.name = "escrow.release",
			.since = "0.1",
			.summary = "Releases all that is held for a finished order.",
			.params = &release_params,
			.result = &mk_order_record,
			.gives = &mk_order_entity,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.relations = DECIDERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE, MARKET_EFROZEN),
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_STATE | MK_OP_TIMED,
			.handler = mk_escrow_release,
		},
	[FREEZE] =
		{
			.name = "escrow.freeze",
			.since = "0.1",
			.summary = "Stops confirmation by itself and release.",
			.params = &freeze_params,
			.result = &mk_order_record,
			.gives = &mk_order_entity,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.relations = DECIDERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_escrow_freeze,
		},
	[UNFREEZE] =
		{
			.name = "escrow.unfreeze",
			.since = "0.1",
			.summary = "Ends one freeze.",
			.params = &unfreeze_params,
			.result = &mk_order_record,
			.gives = &mk_order_entity,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.relations = DECIDERS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_escrow_unfreeze,
		},
};
extern const mk_op_group mk_op_escrow;
const mk_op_group mk_op_escrow = {ops, COUNT};

MK_TYPED(market_escrow_get, &ops[GET], market_escrow_get_params, market_escrow)
MK_TYPED_FREE(market_escrow_free, market_escrow)
MK_TYPED(market_escrow_release, &ops[RELEASE], market_escrow_release_params, market_order)
MK_TYPED(market_escrow_freeze, &ops[FREEZE], market_escrow_freeze_params, market_order)
MK_TYPED(market_escrow_unfreeze, &ops[UNFREEZE], market_escrow_unfreeze_params, market_order)
