#include "libmarket/shipment/shipment.h"
#include "libmarket/op/op.h"
#include "libmarket/order/order.h"
#include "libmarket/party/party.h"

#define READERS \
	MK_RELATIONS({MK_REL_BUYER, 0}, {MK_REL_MEMBER, MK_CAN_VIEW}, \
	             {MK_REL_OPERATOR, MARKET_RIGHT_ORDERS})

static const mk_field get_fields[] = {
	MK_F_ID(market_shipment_get_params, shipment, SHIPMENT, MK_REQUIRED, "which parcel"),
};
static const mk_record get_params =
	MK_PARAMS_OF("shipment_get_params", market_shipment_get_params, get_fields, "a parcel");

static const mk_field list_fields[] = {
	MK_F_ID(market_shipment_list_params, order, ORDER, MK_REQUIRED, "of which order"),
	MK_F_TEXT(market_shipment_list_params, after, 0, 1, 64, "the cursor of the page before"),
	MK_F_OPT_INT(market_shipment_list_params, limit, 0, 1, MK_MAX_PAGE, "items of a page"),
};
static const mk_record list_params =
	MK_PARAMS_OF("shipment_list_params", market_shipment_list_params, list_fields, "which parcels");

static const mk_field page_fields[] = {
	MK_F_LIST(market_shipment_page, items, market_shipment, mk_shipment_record, 0, 0, 0,
              "the parcels"),
	MK_F_TEXT(market_shipment_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record page_record =
	MK_RECORD_OF("shipment_page", market_shipment_page, page_fields, "parcels");

enum { GET, LIST, N_OPS };

static const mk_op shipment_ops[] = {
	[GET] =
		{
			.name = "shipment.get",
			.summary = "One parcel.",
			.since = "0.1",
			.params = &get_params,
			.result = &mk_shipment_record,
			.subject = &mk_shipment_entity,
			.subject_param = "shipment",
			.relations = READERS,
			.errors = MK_NO_ERRORS,
			.handler = mk_shipment_get,
		},
	[LIST] =
		{
			.name = "shipment.list",
			.summary = "The parcels of an order, oldest first.",
			.since = "0.1",
			.params = &list_params,
			.result = &page_record,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.relations = READERS,
			.errors = MK_ERRORS(MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_shipment_list,
		},
};
_Static_assert(sizeof(shipment_ops) / sizeof(shipment_ops[0]) == N_OPS, "an operation has no row");
const mk_op_group mk_op_shipment = {shipment_ops, N_OPS};

MK_TYPED(market_shipment_get, &shipment_ops[GET], market_shipment_get_params, market_shipment)
MK_TYPED(market_shipment_list, &shipment_ops[LIST], market_shipment_list_params,
         market_shipment_page)
MK_TYPED_FREE(market_shipment_free, market_shipment)
MK_TYPED_FREE(market_shipment_page_free, market_shipment_page)
