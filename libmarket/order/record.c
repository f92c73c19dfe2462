#include "libmarket/order/order.h"

#include "libmarket/party/party.h"

static const mk_enum_value state_values[] = {
	{MARKET_ORDER_WAIT_PAY, "wait_pay", "placed and not paid yet"},
	{MARKET_ORDER_WAIT_SHIP, "wait_ship", "paid; the seller ships"},
	{MARKET_ORDER_WAIT_CONFIRM, "wait_confirm", "everything is shipped"},
	{MARKET_ORDER_FINISHED, "finished", "the buyer has the goods"},
	{MARKET_ORDER_CLOSED, "closed", "unpaid, cancelled or wholly refunded before finishing"},
	{0, NULL, NULL},
};
const mk_enum mk_order_state_enum = {"order_state", state_values};

static const mk_enum_value close_reason_values[] = {
	{MARKET_CLOSE_UNPAID, "unpaid", "not paid in time"},
	{MARKET_CLOSE_BUYER_CANCELLED, "buyer_cancelled", "cancelled by the buyer"},
	{MARKET_CLOSE_SELLER_CANCELLED, "seller_cancelled", "cancelled by the seller"},
	{MARKET_CLOSE_OPERATOR_CANCELLED, "operator_cancelled", "cancelled by the platform"},
	{MARKET_CLOSE_UNSHIPPED, "unshipped", "not shipped in time"},
	{MARKET_CLOSE_REFUNDED, "refunded", "wholly refunded"},
	{0, NULL, NULL},
};
const mk_enum mk_close_reason_enum = {"close_reason", close_reason_values};

static const mk_enum_value escrow_values[] = {
	{MARKET_ESCROW_NONE, "none", "no money is captured"},
	{MARKET_ESCROW_HELD, "held", "money is held or on its way back"},
	{MARKET_ESCROW_SETTLED, "settled", "nothing is held and nothing in flight"},
	{0, NULL, NULL},
};
const mk_enum mk_escrow_state_enum = {"escrow_state", escrow_values};

static const mk_field fee_fields[] = {
	MK_F_TEXT(market_line_fee, kind, 0, 0, MK_MAX_CODE, "commission, technical, …"),
	MK_F_MONEY(market_line_fee, amount, 0, 0, 0, "the fee"),
	MK_F_MONEY(market_line_fee, tax, 0, 0, 0, "the tax on it"),
	MK_F_TEXT(market_line_fee, rule, 0, 0, MK_MAX_CODE, "the rule that matched"),
	MK_F_TEXT(market_line_fee, explanation, MK_MULTILINE, 0, 0, "every rule looked at and why"),
	MK_F_ENUM(market_line_fee, reversal, mk_fee_reversal_enum, 0, "what a refund gives back of it"),
};
const mk_record mk_line_fee_record =
	MK_RECORD_OF("line_fee", market_line_fee, fee_fields, "a fee frozen on a line (COM-3)");

static const mk_field split_fields[] = {
	MK_F_TEXT(market_line_split, kind, 0, 0, MK_MAX_CODE, "affiliate, …"),
	MK_F_TEXT(market_line_split, beneficiary, 0, 0, MK_MAX_NAME, "to whom it goes"),
	MK_F_MONEY(market_line_split, amount, 0, 0, 0, "how much"),
};
const mk_record mk_line_split_record =
	MK_RECORD_OF("line_split", market_line_split, split_fields,
                 "a part of the proceeds that goes elsewhere (SET-6)");

#define T market_order_line
static const mk_field line_fields[] = {
	MK_F_ID(T, id, LINE, 0, "the line"),
	MK_F_ID(T, order, ORDER, MK_OWN_BOOK, "its order"),
	MK_F_ID(T, sku, SKU, MK_OWN_BOOK, "what was bought"),
	MK_F_ID(T, offer, OFFER, MK_OWN_BOOK, "the offer"),
	MK_F_ID(T, product, PRODUCT, 0, "the product"),
	MK_F_ID(T, stock, STOCK, MK_OWN_BOOK, "the stock row it reserved"),
	MK_F_TEXT(T, title, 0, 0, MK_MAX_NAME, "as the buyer saw it"),
	MK_F_TEXT(T, attributes, 0, 0, 0, "of the variant, JSON"),
	MK_F_TEXT(T, category, 0, 0, MK_MAX_CODE, "code of the back category"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of its amounts"),
	MK_F_INT(T, quantity, 0, 0, 0, "units"),
	MK_F_MONEY(T, price, 0, 0, 0, "of one unit"),
	MK_F_MONEY(T, seller_discount, 0, 0, 0, "of the whole line"),
	MK_F_MONEY(T, promo, 0, 0, 0, "third-funded discount of the whole line"),
	MK_F_TEXT(T, funder, 0, 0, MK_MAX_CODE, "who pays that"),
	MK_F_MONEY(T, cash, 0, 0, 0, "what the buyer pays for the line"),
	MK_F_INT(T, shipped_quantity, 0, 0, 0, "units in parcels"),
	MK_F_INT(T, received_quantity, 0, 0, 0, "units at the buyer"),
	MK_F_INT(T, refunded_quantity, 0, 0, 0, "units refunded"),
	MK_F_MONEY(T, refunded_cash, 0, 0, 0, "refunded to the buyer"),
	MK_F_MONEY(T, refunded_promo, 0, 0, 0, "returned to the funder"),
	MK_F_LIST(T, fees, market_line_fee, mk_line_fee_record, MK_NOT_ROW, 0, 0, "frozen fees"),
	MK_F_LIST(T, splits, market_line_split, mk_line_split_record, MK_NOT_ROW, 0, 0,
              "frozen splits"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
#undef T
#define T mk_order_line
	MK_F_TEXT(T, fees_text, MK_INTERNAL, 0, 0, "of fees"),
	MK_F_TEXT(T, splits_text, MK_INTERNAL, 0, 0, "of splits"),
#undef T
};
const mk_record mk_order_line_record =
	MK_RECORD_OF("order_line", mk_order_line, line_fields, "a line of a seller order");

#define T market_order
static const mk_field order_fields[] = {
	MK_F_ID(T, id, ORDER, 0, "the seller order"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(T, group, GROUP, 0, "its checkout"),
	MK_F_ID(T, buyer, BUYER, MK_SELF_BOOK, "who bought"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "who sold"),
	MK_F_ENUM(T, state, mk_order_state_enum, 0, "where it stands (ORD-2)"),
	MK_F_ENUM(T, close_reason, mk_close_reason_enum, 0, "why it was closed"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of its amounts"),
	MK_F_MONEY(T, items, 0, 0, 0, "price × quantity of all lines"),
	MK_F_MONEY(T, freight, 0, 0, 0, "FRT-1"),
	MK_F_MONEY(T, seller_discount, 0, 0, 0, "of all lines"),
	MK_F_MONEY(T, promo, 0, 0, 0, "third-funded discounts of all lines"),
	MK_F_MONEY(T, cash, 0, 0, 0, "what the buyer pays"),
	MK_F_ENUM(T, escrow, mk_escrow_state_enum, 0, "ESC-2"),
	MK_F_MONEY(T, funded, 0, 0, 0, "cash and third-funded discounts captured"),
	MK_F_MONEY(T, released, 0, 0, 0, "released from escrow"),
	MK_F_MONEY(T, refunded_cash, 0, 0, 0, "refunded to the buyer"),
	MK_F_MONEY(T, refunded_promo, 0, 0, 0, "returned to the funders"),
	MK_F_MONEY(T, in_flight, 0, 0, 0, "requested of a provider, outcome open"),
	MK_F_MONEY(T, freight_refunded, 0, 0, 0, "of the freight"),
	MK_F_MONEY(T, compensated, 0, 0, 0, "given back to the platform that had paid the buyer"),
	MK_F_INT(T, freezes, 0, 0, 0, "open refunds and disputes (ESC-3)"),
	MK_F_TIME(T, created_at, 0, "placed"),
	MK_F_TIME(T, paid_at, 0, "paid"),
	MK_F_TIME(T, shipped_at, 0, "its last parcel was handed over"),
	MK_F_TIME(T, delivered_at, 0, "its last parcel was delivered"),
	MK_F_TIME(T, finished_at, 0, "finished"),
	MK_F_TIME(T, closed_at, 0, "closed"),
	MK_F_TIME(T, pay_by, 0, "unpaid by then it is closed"),
	MK_F_TIME(T, ship_by, 0, "later is late"),
	MK_F_TIME(T, cancel_at, 0, "unshipped by then it is cancelled"),
	MK_F_TIME(T, confirm_at, 0, "then it confirms itself"),
	MK_F_TIME(T, release_at, 0, "then its escrow is released"),
	MK_F_TIME(T, mature_at, 0, "then the earning becomes available"),
	MK_F_TIME(T, preparing_at, 0, "the seller began to pack it (ORD-7)"),
	MK_F_TIME(T, cancel_asked_at, 0, "the buyer wished to cancel it"),
	MK_F_TEXT(T, note, MK_MULTILINE, 0, MK_MAX_TEXT, "the buyer's (ORD-9)"),
	MK_F_TEXT(T, address, 0, 0, 0, "where it goes, JSON"),
	MK_F_INT(T, policy, 0, 0, 0, "the number of the policy version frozen for it"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
	MK_F_LIST(T, lines, market_order_line, mk_order_line_record, MK_NOT_ROW, 0, 0,
              "what was bought"),
#undef T
#define T mk_order
	MK_F_TIME(T, due_at, MK_INTERNAL, "of its deadline row"),
	MK_F_TEXT(T, freight_fees, MK_INTERNAL, 0, 0, "fees frozen on freight"),
	MK_F_ENUM(T, store_type, mk_store_type_enum, MK_INTERNAL, "of the seller at placement"),
	MK_F_INT(T, whole, MK_INTERNAL, 0, 0, "shipped or received as a whole"),
	MK_F_SPAN(T, ship_left, MK_INTERNAL, 0, 0, "of ship_by while frozen (ESC-3)"),
	MK_F_SPAN(T, cancel_left, MK_INTERNAL, 0, 0, "of cancel_at while frozen (ESC-3)"),
	MK_F_SPAN(T, confirm_left, MK_INTERNAL, 0, 0, "of confirm_at while frozen (ESC-3)"),
	MK_F_SPAN(T, release_left, MK_INTERNAL, 0, 0, "of release_at while frozen (ESC-3)"),
	MK_F_TEXT(T, freeze_reason, MK_INTERNAL, 0, 0, "of the last freeze"),
	MK_F_INT(T, buyer_extensions, MK_INTERNAL, 0, 0, "how often the buyer put confirmation off"),
	MK_F_INT(T, seller_extensions, MK_INTERNAL, 0, 0, "how often the seller did"),
	MK_F_INT(T, carrier_extended, MK_INTERNAL, 0, 0, "it was extended to the carrier's limit"),
	MK_F_TEXT(T, cancel_reason, MK_INTERNAL, 0, 0, "why it was cancelled"),
#undef T
};
const mk_record mk_order_record = MK_RECORD_OF("order", mk_order, order_fields, "a seller order");

#define T market_order_group
static const mk_field group_fields[] = {
	MK_F_ID(T, id, GROUP, 0, "the checkout"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(T, buyer, BUYER, MK_SELF_BOOK, "who bought"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of its amounts"),
	MK_F_MONEY(T, total, 0, 0, 0, "what the buyer pays"),
	MK_F_MONEY(T, promo, 0, 0, 0, "third-funded discounts"),
	MK_F_ID(T, payment, PAYMENT, MK_OWN_BOOK, "the payment that is expected"),
	MK_F_TEXT(T, address, 0, 0, 0, "where it goes, JSON"),
	MK_F_TIME(T, created_at, 0, "placed"),
	MK_F_INT(T, policy, 0, 0, 0, "the number of the policy version frozen for it"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
	MK_F_LIST(T, orders, market_order, mk_order_record, MK_NOT_ROW, 0, 0, "one a seller"),
	MK_F_METADATA(T),
#undef T
#define T mk_order_group
	MK_F_TEXT(T, order_list, MK_INTERNAL, 0, 0, "the numbers of its orders"),
#undef T
};
const mk_record mk_order_group_record =
	MK_RECORD_OF("order_group", mk_order_group, group_fields, "a checkout of a buyer (ORD-1)");

static market_id order_buyer(const void *row)
{
	return ((const mk_order *)row)->order.buyer;
}

static market_id order_seller(const void *row)
{
	return ((const mk_order *)row)->order.seller;
}

static market_id group_buyer(const void *row)
{
	return ((const mk_order_group *)row)->group.buyer;
}

static int order_fill(mk_ctx *ctx, void *row, market_error *err)
{
	return mk_order_load_lines(ctx, row, err);
}

static int group_fill(mk_ctx *ctx, void *row, market_error *err)
{
	mk_order_group *group = row;
	mk_order **orders = NULL;
	size_t count = 0;
	int rc = mk_order_group_orders(ctx, group, &orders, &count, err);

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = mk_order_decode_lines(ctx, orders[i], err);
	if (rc != 0)
		return rc;
	group->group.orders = (const market_order *const *)orders;
	group->group.n_orders = count;
	return 0;
}

const mk_entity mk_order_entity = {
	.kind = MARKET_ID_ORDER,
	.name = "order",
	.record = &mk_order_record,
	.by_id = &mk_order_by_id,
	.by_ref = &mk_order_by_ref,
	.buyer = order_buyer,
	.seller = order_seller,
	.fill = order_fill,
};
const mk_entity mk_order_group_entity = {
	.kind = MARKET_ID_GROUP,
	.name = "order group",
	.record = &mk_order_group_record,
	.by_id = &mk_order_group_by_id,
	.by_ref = &mk_order_group_by_ref,
	.buyer = group_buyer,
	.fill = group_fill,
};
