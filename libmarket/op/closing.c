/* The rows of a seller's end. */
#include "libmarket/seller/closing.h"
#include "libmarket/op/op.h"
#include "libmarket/party/seller.h"

#define BY_OPERATOR MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})

enum { CLOSE, OBSTACLES, TERMINATE, COUNT };

static const mk_op ops[COUNT] = {
	[CLOSE] =
		{
			.name = "seller.close",
			.since = "0.1",
			.summary = "Begins to wind a seller up.",
			.params = &mk_seller_reason_params,
			.result = &mk_seller_record,
			.gives = &mk_seller_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations =
				MK_RELATIONS({MK_REL_MEMBER, MK_CAN_OWN}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EUNCONFIRMED,
                                MARKET_EINVALID, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_seller_close,
		},
	[OBSTACLES] =
		{
			.name = "seller.obstacles",
			.since = "0.1",
			.summary = "What stands in the way of a seller's termination.",
			.params = &mk_seller_get_params,
			.result = &mk_obstacles_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations =
				MK_RELATIONS({MK_REL_MEMBER, MK_CAN_VIEW}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.handler = mk_seller_obstacles,
		},
	[TERMINATE] =
		{
			.name = "seller.terminate",
			.since = "0.1",
			.summary = "Ends a closing seller for good.",
			.params = &mk_seller_reason_params,
			.result = &mk_seller_record,
			.gives = &mk_seller_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID, MARKET_ESTATE,
                                MARKET_EOBSTACLE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_seller_terminate,
		},
};
extern const mk_op_group mk_op_closing;
const mk_op_group mk_op_closing = {ops, COUNT};

MK_TYPED(market_seller_close, &ops[CLOSE], market_seller_reason_params, market_seller)
MK_TYPED(market_seller_obstacles, &ops[OBSTACLES], market_seller_get_params, market_obstacles)
MK_TYPED_FREE(market_obstacles_free, market_obstacles)
MK_TYPED(market_seller_terminate, &ops[TERMINATE], market_seller_reason_params, market_seller)
