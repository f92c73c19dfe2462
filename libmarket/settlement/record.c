#include "libmarket/settlement/sql.h"

static const mk_enum_value lot_kind_values[] = {
	{MARKET_LOT_EARNING, "earning", "of a release"},
	{MARKET_LOT_RESERVE, "reserve", "held back of an earning"},
	{MARKET_LOT_REFUND, "refund", "taken for a refund after release"},
	{MARKET_LOT_FEE, "fee", "kept or charged fees"},
	{MARKET_LOT_RETURNED, "returned", "a payout that came back"},
	{MARKET_LOT_ADJUSTMENT, "adjustment", "posted by hand"},
	{MARKET_LOT_DEPOSIT, "deposit", "lodged as a deposit, or returned of it"},
	{0, NULL, NULL},
};
const mk_enum mk_lot_kind_enum = {"lot_kind", lot_kind_values};

#define T market_lot
static const mk_field lot_fields[] = {
	MK_F_ID(T, id, LOT, 0, "the lot"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "whose it is"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of its amounts"),
	MK_F_ENUM(T, kind, mk_lot_kind_enum, 0, "what it is of"),
	MK_F_ID(T, order, ORDER, MK_OWN_BOOK, "the order that it comes from"),
	MK_F_ID(T, refund, REFUND, MK_OWN_BOOK, "the refund that it was taken for"),
	MK_F_ID(T, payout, PAYOUT, MK_OWN_BOOK, "the payout that claimed it"),
	MK_F_MONEY(T, amount, 0, 0, 0, "what it was made with"),
	MK_F_MONEY(T, remaining, 0, 0, 0, "what counts in the balance"),
	MK_F_TIME(T, created_at, 0, "made"),
	MK_F_TIME(T, matures_at, 0, "becomes available"),
	MK_F_TIME(T, matured_at, 0, "became available"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
#undef T
#define T mk_lot
	MK_F_TIME(T, due_at, MK_INTERNAL, "of its deadline row"),
#undef T
};
const mk_record mk_lot_record =
	MK_RECORD_OF("lot", mk_lot, lot_fields, "a line of a seller's account");

static const mk_enum_value payout_state_values[] = {
	{MARKET_PAYOUT_DRAFT, "draft", "hasn't claimed its lines"},
	{MARKET_PAYOUT_SUBMITTED, "submitted", "claimed and to be sent"},
	{MARKET_PAYOUT_PROCESSING, "processing", "sent to the provider"},
	{MARKET_PAYOUT_PAID, "paid", "done"},
	{MARKET_PAYOUT_FAILED, "failed", "the money is available again"},
	{MARKET_PAYOUT_UNKNOWN, "unknown", "no definite outcome yet"},
	{MARKET_PAYOUT_RETURNED, "returned", "paid, and came back"},
	{0, NULL, NULL},
};
const mk_enum mk_payout_state_enum = {"payout_state", payout_state_values};

#define T market_payout
static const mk_field payout_fields[] = {
	MK_F_ID(T, id, PAYOUT, 0, "the payout"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "who is paid"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of its amounts"),
	MK_F_MONEY(T, amount, 0, 0, 0, "what is paid"),
	MK_F_MONEY(T, receivable, 0, 0, 0, "what the seller owed and was deducted"),
	MK_F_INT(T, lines, 0, 0, 0, "lots that it claimed"),
	MK_F_ENUM(T, state, mk_payout_state_enum, 0, "where it stands"),
	MK_F_INT(T, attempt, 0, 0, 0, "how often it was asked of the provider"),
	MK_F_ID(T, period, STATEMENT, MK_OWN_BOOK, "the settlement period that it closed"),
	MK_F_TEXT(T, bank, 0, 0, MK_MAX_NAME, "where it goes"),
	MK_F_TEXT(T, holder, 0, 0, MK_MAX_NAME, "who holds the account"),
	MK_F_TEXT(T, reason, 0, 0, MK_MAX_TEXT, "of a failure or return"),
	MK_F_TIME(T, created_at, 0, "made"),
	MK_F_TIME(T, paid_at, 0, "paid"),
	MK_F_TIME(T, failed_at, 0, "failed last"),
	MK_F_TIME(T, returned_at, 0, "came back"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
	MK_F_ID(T, account, PAYOUT_ACCOUNT, MK_OWN_BOOK, "the payout account that it goes to"),
#undef T
};
const mk_record mk_payout_record =
	MK_RECORD_OF("payout", mk_payout, payout_fields, "a payment to a seller");

#define T market_settlement_period
static const mk_field period_fields[] = {
	MK_F_ID(T, id, STATEMENT, 0, "the period"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "whose"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of what is settled"),
	MK_F_TIME(T, from_at, 0, "its first moment"),
	MK_F_TIME(T, to_at, 0, "its end, which isn't part of it"),
	MK_F_TIME(T, due_at, 0, "when it is run"),
	MK_F_TIME(T, closed_at, 0, "run"),
	MK_F_ID(T, payout, PAYOUT, MK_OWN_BOOK, "what was paid"),
	MK_F_TEXT(T, outcome, 0, 0, MK_MAX_TEXT, "why nothing was paid"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
#undef T
};
const mk_record mk_period_record = MK_RECORD_OF("settlement_period", mk_period_row, period_fields,
                                                "a period of the payout schedule");

static market_id lot_seller(const void *row)
{
	return ((const mk_lot *)row)->lot.seller;
}

static market_id payout_seller(const void *row)
{
	return ((const mk_payout *)row)->payout.seller;
}

static market_id period_seller(const void *row)
{
	return ((const mk_period_row *)row)->period.seller;
}

/* What is between submitted and its outcome stands in the request. */
static int payout_fill(mk_ctx *ctx, void *row, market_error *err)
{
	market_payout *payout = &((mk_payout *)row)->payout;
	mk_request *request = NULL;
	int rc;

	if (payout->state != MARKET_PAYOUT_SUBMITTED)
		return 0;
	rc = mk_request_latest(ctx, MARKET_REQUEST_PAYOUT, payout->id, &request, err);
	if (rc != 0 || !request)
		return rc;
	if (request->request.state == MARKET_REQUEST_SENDING)
		payout->state = MARKET_PAYOUT_PROCESSING;
	else if (request->request.state == MARKET_REQUEST_UNKNOWN)
		payout->state = MARKET_PAYOUT_UNKNOWN;
	return 0;
}

const mk_entity mk_lot_entity = {
	.kind = MARKET_ID_LOT,
	.name = "lot",
	.record = &mk_lot_record,
	.by_id = &mk_lot_by_id,
	.seller = lot_seller,
};
const mk_entity mk_payout_entity = {
	.kind = MARKET_ID_PAYOUT,
	.name = "payout",
	.record = &mk_payout_record,
	.by_id = &mk_payout_by_id,
	.by_ref = &mk_payout_by_ref,
	.seller = payout_seller,
	.fill = payout_fill,
};
const mk_entity mk_period_entity = {
	.kind = MARKET_ID_STATEMENT,
	.name = "settlement period",
	.record = &mk_period_record,
	.by_id = &mk_period_by_id,
	.seller = period_seller,
};
