#include "libmarket/order/order.h"
#include "libmarket/op/op.h"
#include "libmarket/party/party.h"

#define OPERATOR \
	{ \
		MK_REL_OPERATOR, MARKET_RIGHT_ORDERS \
	}
#define SENDERS MK_RELATIONS({MK_REL_MEMBER, MK_CAN_FULFILMENT}, OPERATOR, {MK_REL_SYSTEM, 0})
#define READERS MK_RELATIONS({MK_REL_BUYER, 0}, {MK_REL_MEMBER, MK_CAN_VIEW}, OPERATOR)
#define BUYERS MK_RELATIONS({MK_REL_BUYER, 0}, OPERATOR)
#define TIMED MK_RELATIONS({MK_REL_SYSTEM, 0})

#define LONGEST_EXTENSION (366 * MK_DAY)

static const mk_field item_fields[] = {
	MK_F_ID(market_place_item, sku, SKU, MK_REQUIRED, "what"),
	MK_F_INT(market_place_item, quantity, MK_REQUIRED, 1, MK_MAX_QUANTITY, "units"),
	MK_F_MONEY(market_place_item, price, 0, 0, MK_MONEY_MAX,
               "of one unit, as the buyer was shown (ORD-5)"),
	MK_F_ID(market_place_item, warehouse, WAREHOUSE, 0,
            "from where; absent: the first that has enough"),
	MK_F_TEXT(market_place_item, affiliate, 0, 1, MK_MAX_CODE,
              "who brought the buyer; by operators and the system alone"),
};
static const mk_record item_record =
	MK_SIZED_OF("place_item", market_place_item, item_fields, "a SKU and a quantity");

static const mk_field discount_fields[] = {
	MK_F_TEXT(market_place_discount, funder, MK_REQUIRED, 1, MK_MAX_CODE,
              "seller, platform or a funder's name"),
	MK_F_ID(market_place_discount, seller, SELLER, 0, "on whose lines; absent: on all"),
	MK_F_MONEY(market_place_discount, amount, MK_REQUIRED, 1, MK_MONEY_MAX, "how much"),
	MK_F_TEXT(market_place_discount, code, 0, 1, MK_MAX_CODE, "of the coupon"),
};
static const mk_record discount_record = MK_SIZED_OF(
	"place_discount", market_place_discount, discount_fields, "a discount with its funder (PRO-1)");

static const mk_field freight_fields[] = {
	MK_F_ID(market_place_freight, seller, SELLER, MK_REQUIRED, "who sends"),
	MK_F_MONEY(market_place_freight, amount, MK_REQUIRED, 0, MK_MONEY_MAX, "how much"),
};
static const mk_record freight_record = MK_SIZED_OF("place_freight", market_place_freight,
                                                    freight_fields, "a seller's freight (FRT-1)");

static const mk_field place_ref_fields[] = {
	MK_F_ID(market_place_ref, seller, SELLER, MK_REQUIRED, "whose order"),
	MK_F_TEXT(market_place_ref, ref, MK_REQUIRED, 1, MK_MAX_KEY, "its reference"),
};
static const mk_record place_ref_record = MK_SIZED_OF(
	"place_ref", market_place_ref, place_ref_fields, "the reference of a seller's order");

static const mk_field ship_item_fields[] = {
	MK_F_ID(market_ship_item, line, LINE, MK_REQUIRED, "of which line"),
	MK_F_INT(market_ship_item, quantity, MK_REQUIRED, 1, MK_MAX_QUANTITY, "units"),
};
static const mk_record ship_item_record =
	MK_SIZED_OF("ship_item", market_ship_item, ship_item_fields, "what a parcel holds of a line");

static const mk_field place_fields[] = {
	MK_F_ID(market_order_place_params, buyer, BUYER, MK_REQUIRED, "who buys"),
	MK_F_TEXT(market_order_place_params, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_TEXT(market_order_place_params, currency, MK_REQUIRED, 3, 3, "of all prices"),
	MK_F_LIST(market_order_place_params, items, market_place_item, item_record, MK_REQUIRED, 1,
              MK_MAX_LINES, "what to buy"),
	MK_F_LIST(market_order_place_params, discounts, market_place_discount, discount_record, 0, 0,
              100, "by operators and the system alone"),
	MK_F_LIST(market_order_place_params, freight, market_place_freight, freight_record, 0, 0,
              MK_MAX_LINES, "by operators and the system alone"),
	MK_F_ID(market_order_place_params, address, ADDRESS, 0, "where it goes"),
	MK_F_TEXT(market_order_place_params, method, 0, 1, MK_MAX_NAME,
              "the way to pay, as the provider names it"),
	MK_F_TEXT(market_order_place_params, note, MK_MULTILINE, 1, MK_MAX_TEXT, "to the seller"),
	MK_F_METADATA(market_order_place_params),
	MK_F_LIST(market_order_place_params, order_refs, market_place_ref, place_ref_record, 0, 0,
              MK_MAX_LINES, "of its orders; by operators and the system alone"),
};
static const mk_record place_params = MK_PARAMS_OF("order_place_params", market_order_place_params,
                                                   place_fields, "what to buy, and how");

static const mk_field get_fields[] = {
	MK_F_ID(market_order_get_params, order, ORDER, MK_REQUIRED, "which order"),
};
static const mk_record get_params =
	MK_PARAMS_OF("order_get_params", market_order_get_params, get_fields, "an order");

static const mk_field confirm_fields[] = {
	MK_F_ID(market_order_confirm_params, order, ORDER, MK_REQUIRED, "which order"),
};
static const mk_record confirm_params =
	MK_PARAMS_OF("order_confirm_params", market_order_confirm_params, confirm_fields, "an order");

static const mk_field auto_confirm_fields[] = {
	MK_F_ID(market_order_auto_confirm_params, order, ORDER, MK_REQUIRED, "which order"),
};
static const mk_record auto_confirm_params = MK_PARAMS_OF(
	"order_auto_confirm_params", market_order_auto_confirm_params, auto_confirm_fields, "an order");

static const mk_field close_unpaid_fields[] = {
	MK_F_ID(market_order_close_unpaid_params, order, ORDER, MK_REQUIRED, "which order"),
};
static const mk_record close_unpaid_params = MK_PARAMS_OF(
	"order_close_unpaid_params", market_order_close_unpaid_params, close_unpaid_fields, "an order");

static const mk_field cancel_unshipped_fields[] = {
	MK_F_ID(market_order_cancel_unshipped_params, order, ORDER, MK_REQUIRED, "which order"),
};
static const mk_record cancel_unshipped_params =
	MK_PARAMS_OF("order_cancel_unshipped_params", market_order_cancel_unshipped_params,
                 cancel_unshipped_fields, "an order");

static const mk_field prepare_fields[] = {
	MK_F_ID(market_order_prepare_params, order, ORDER, MK_REQUIRED, "which order"),
};
static const mk_record prepare_params =
	MK_PARAMS_OF("order_prepare_params", market_order_prepare_params, prepare_fields, "an order");

static const mk_field group_get_fields[] = {
	MK_F_ID(market_order_group_get_params, group, GROUP, MK_REQUIRED, "which checkout"),
};
static const mk_record group_get_params = MK_PARAMS_OF(
	"order_group_get_params", market_order_group_get_params, group_get_fields, "a checkout");

static const mk_field list_fields[] = {
	MK_F_ID(market_order_list_params, seller, SELLER, 0, "whose sales"),
	MK_F_ID(market_order_list_params, buyer, BUYER, 0, "whose purchases"),
	MK_F_ENUM(market_order_list_params, state, mk_order_state_enum, 0, "only in this state"),
	MK_F_TIME(market_order_list_params, from, 0, "placed at or after"),
	MK_F_TIME(market_order_list_params, to, 0, "placed before"),
	MK_F_TEXT(market_order_list_params, after, 0, 1, 64, "the cursor of the page before"),
	MK_F_OPT_INT(market_order_list_params, limit, 0, 1, MK_MAX_PAGE, "items of a page"),
};
static const mk_record list_params =
	MK_PARAMS_OF("order_list_params", market_order_list_params, list_fields, "which orders");

static const mk_field ship_fields[] = {
	MK_F_ID(market_order_ship_params, order, ORDER, MK_REQUIRED, "which order"),
	MK_F_TEXT(market_order_ship_params, carrier, 0, 1, MK_MAX_NAME, "who carries it"),
	MK_F_TEXT(market_order_ship_params, tracking, 0, 1, MK_MAX_NAME, "the carrier's number"),
	MK_F_LIST(market_order_ship_params, items, market_ship_item, ship_item_record, 0, 1,
              MK_MAX_LINES, "absent: everything that is left"),
	MK_F_TEXT(market_order_ship_params, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
};
static const mk_record ship_params =
	MK_PARAMS_OF("order_ship_params", market_order_ship_params, ship_fields, "a parcel");

static const mk_field deliver_fields[] = {
	MK_F_ID(market_order_deliver_params, order, ORDER, MK_REQUIRED, "which order"),
	MK_F_ID(market_order_deliver_params, shipment, SHIPMENT, 0, "which parcel; absent: all"),
	MK_F_TIME(market_order_deliver_params, delivered_at, 0, "absent: now"),
	MK_F_TEXT(market_order_deliver_params, proof, MK_MULTILINE, 1, MK_MAX_TEXT,
              "the carrier's or recipient's"),
};
static const mk_record deliver_params =
	MK_PARAMS_OF("order_deliver_params", market_order_deliver_params, deliver_fields, "a delivery");

static const mk_field cancel_fields[] = {
	MK_F_ID(market_order_cancel_params, order, ORDER, MK_REQUIRED, "which order"),
	MK_F_TEXT(market_order_cancel_params, reason, 0, 1, MK_MAX_CODE,
              "a code; sellers and operators give one"),
};
static const mk_record cancel_params = MK_PARAMS_OF(
	"order_cancel_params", market_order_cancel_params, cancel_fields, "an order and why");

static const mk_field extend_fields[] = {
	MK_F_ID(market_order_extend_params, order, ORDER, MK_REQUIRED, "which order"),
	MK_F_SPAN(market_order_extend_params, by, 0, 0, LONGEST_EXTENSION, "how much more time"),
	MK_F_TEXT(market_order_extend_params, reason, 0, 1, MK_MAX_TEXT, "why"),
};
static const mk_record extend_params = MK_PARAMS_OF(
	"order_extend_params", market_order_extend_params, extend_fields, "an order and more time");

static const mk_field page_fields[] = {
	MK_F_LIST(market_order_page, items, market_order, mk_order_record, 0, 0, 0,
              "the orders, without lines"),
	MK_F_TEXT(market_order_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record page_record =
	MK_RECORD_OF("order_page", market_order_page, page_fields, "orders");

enum {
	PLACE,
	GET,
	GROUP_GET,
	LIST,
	PREPARE,
	SHIP,
	DELIVER,
	CONFIRM,
	AUTO_CONFIRM,
	CLOSE_UNPAID,
	CANCEL,
	CANCEL_UNSHIPPED,
	EXTEND,
	N_OPS
};

static const mk_op order_ops[] = {
	[PLACE] =
		{
			.name = "order.place",
			.summary = "Checks out: one order per seller, stock reserved, a payment made.",
			.since = "0.1",
			.params = &place_params,
			.result = &mk_order_group_record,
			.subject = &mk_buyer_entity,
			.subject_param = "buyer",
			.gives = &mk_order_group_entity,
			.relations = MK_RELATIONS({MK_REL_BUYER, 0}, OPERATOR, {MK_REL_SYSTEM, 0}),
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_ENOTFOUND, MARKET_EPURCHASABLE,
                                MARKET_ECHANGED, MARKET_ESTOCK, MARKET_ECURRENCY, MARKET_EINVALID,
                                MARKET_EOVERFLOW, MARKET_EEXISTS, MARKET_ELIMITED),
			.flags = MK_OP_WRITES | MK_OP_STOCK,
			.handler = mk_order_place,
		},
	[GET] =
		{
			.name = "order.get",
			.summary = "One order with its lines.",
			.since = "0.1",
			.params = &get_params,
			.result = &mk_order_record,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.relations = READERS,
			.errors = MK_NO_ERRORS,
			.handler = mk_order_get,
		},
	[GROUP_GET] =
		{
			.name = "order.group.get",
			.summary = "A checkout with its orders and their lines.",
			.since = "0.1",
			.params = &group_get_params,
			.result = &mk_order_group_record,
			.subject = &mk_order_group_entity,
			.subject_param = "group",
			.relations = BUYERS,
			.errors = MK_NO_ERRORS,
			.handler = mk_order_group_get,
		},
	[LIST] =
		{
			.name = "order.list",
			.summary = "A seller's or a buyer's orders, newest first.",
			.since = "0.1",
			.params = &list_params,
			.result = &page_record,
			.relations = READERS,
			.errors = MK_ERRORS(MARKET_EMISSING, MARKET_EINVALID, MARKET_ENOTFOUND),
			.flags = MK_OP_PAGED,
			.handler = mk_order_list,
		},
	[PREPARE] =
		{
			.name = "order.prepare",
			.summary = "The seller packs the order: cancelling it becomes a wish.",
			.since = "0.1",
			.params = &prepare_params,
			.result = &mk_order_record,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.gives = &mk_order_entity,
			.relations = MK_RELATIONS({MK_REL_MEMBER, MK_CAN_FULFILMENT}, OPERATOR),
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_EFROZEN),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_order_prepare,
		},
	[SHIP] =
		{
			.name = "order.ship",
			.summary = "Hands over a parcel: the whole order, or lines by quantity.",
			.since = "0.1",
			.params = &ship_params,
			.result = &mk_order_record,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.gives = &mk_order_entity,
			.relations = SENDERS,
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_EFROZEN, MARKET_ENOTFOUND, MARKET_EINVALID,
                                MARKET_EEXISTS),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_order_ship,
		},
	[DELIVER] =
		{
			.name = "order.deliver",
			.summary = "Records the proof of delivery.",
			.since = "0.1",
			.params = &deliver_params,
			.result = &mk_order_record,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.gives = &mk_order_entity,
			.relations = SENDERS,
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_ENOTFOUND, MARKET_EINVALID),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_order_deliver,
		},
	[CONFIRM] =
		{
			.name = "order.confirm",
			.summary = "The buyer has the goods: the escrow is due for release.",
			.since = "0.1",
			.params = &confirm_params,
			.result = &mk_order_record,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.gives = &mk_order_entity,
			.relations = BUYERS,
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_EFROZEN),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_order_confirm,
		},
	[AUTO_CONFIRM] =
		{
			.name = "order.auto_confirm",
			.summary = "Confirms an order whose time has come.",
			.since = "0.1",
			.params = &auto_confirm_params,
			.result = &mk_order_record,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.gives = &mk_order_entity,
			.relations = MK_RELATIONS(OPERATOR, {MK_REL_SYSTEM, 0}),
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_EFROZEN),
			.flags = MK_OP_WRITES | MK_OP_STATE | MK_OP_TIMED,
			.handler = mk_order_auto_confirm,
		},
	[CLOSE_UNPAID] =
		{
			.name = "order.close_unpaid",
			.summary = "Closes an order that wasn't paid in time.",
			.since = "0.1",
			.params = &close_unpaid_params,
			.result = &mk_order_record,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.gives = &mk_order_entity,
			.relations = TIMED,
			.errors = MK_ERRORS(MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STOCK | MK_OP_STATE | MK_OP_TIMED,
			.handler = mk_order_close_unpaid,
		},
	[CANCEL] =
		{
			.name = "order.cancel",
			.summary = "Cancels an order before shipping, or wishes so once it is prepared.",
			.since = "0.1",
			.params = &cancel_params,
			.result = &mk_order_record,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.gives = &mk_order_entity,
			.relations =
				MK_RELATIONS({MK_REL_BUYER, 0}, {MK_REL_MEMBER, MK_CAN_FULFILMENT}, OPERATOR),
			.errors = MK_ERRORS(MARKET_EMISSING, MARKET_ESTATE, MARKET_EFROZEN, MARKET_EFUNDS),
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_STOCK | MK_OP_STATE,
			.handler = mk_order_cancel,
		},
	[CANCEL_UNSHIPPED] =
		{
			.name = "order.cancel_unshipped",
			.summary = "Cancels and refunds an order that wasn't shipped in time.",
			.since = "0.1",
			.params = &cancel_unshipped_params,
			.result = &mk_order_record,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.gives = &mk_order_entity,
			.relations = TIMED,
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_EFROZEN, MARKET_EFUNDS),
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_STOCK | MK_OP_STATE | MK_OP_TIMED,
			.handler = mk_order_cancel_unshipped,
		},
	[EXTEND] =
		{
			.name = "order.extend",
			.summary = "More time before the order confirms itself.",
			.since = "0.1",
			.params = &extend_params,
			.result = &mk_order_record,
			.subject = &mk_order_entity,
			.subject_param = "order",
			.gives = &mk_order_entity,
			.relations = MK_RELATIONS({MK_REL_BUYER, 0}, {MK_REL_MEMBER, MK_CAN_FULFILMENT}),
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_EINVALID, MARKET_EQUOTA),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_order_extend,
		},
};
_Static_assert(sizeof(order_ops) / sizeof(order_ops[0]) == N_OPS, "an operation has no row");
const mk_op_group mk_op_order = {order_ops, N_OPS};

MK_TYPED(market_order_place, &order_ops[PLACE], market_order_place_params, market_order_group)
MK_TYPED(market_order_get, &order_ops[GET], market_order_get_params, market_order)
MK_TYPED(market_order_group_get, &order_ops[GROUP_GET], market_order_group_get_params,
         market_order_group)
MK_TYPED(market_order_list, &order_ops[LIST], market_order_list_params, market_order_page)
MK_TYPED(market_order_prepare, &order_ops[PREPARE], market_order_prepare_params, market_order)
MK_TYPED(market_order_ship, &order_ops[SHIP], market_order_ship_params, market_order)
MK_TYPED(market_order_deliver, &order_ops[DELIVER], market_order_deliver_params, market_order)
MK_TYPED(market_order_confirm, &order_ops[CONFIRM], market_order_confirm_params, market_order)
MK_TYPED(market_order_auto_confirm, &order_ops[AUTO_CONFIRM], market_order_auto_confirm_params,
         market_order)
MK_TYPED(market_order_close_unpaid, &order_ops[CLOSE_UNPAID], market_order_close_unpaid_params,
         market_order)
MK_TYPED(market_order_cancel, &order_ops[CANCEL], market_order_cancel_params, market_order)
MK_TYPED(market_order_cancel_unshipped, &order_ops[CANCEL_UNSHIPPED],
         market_order_cancel_unshipped_params, market_order)
MK_TYPED(market_order_extend, &order_ops[EXTEND], market_order_extend_params, market_order)
MK_TYPED_FREE(market_order_free, market_order)
MK_TYPED_FREE(market_order_group_free, market_order_group)
MK_TYPED_FREE(market_order_page_free, market_order_page)
