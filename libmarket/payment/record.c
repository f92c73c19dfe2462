#include "libmarket/payment/sql.h"

static const mk_enum_value payment_state_values[] = {
	{MARKET_PAYMENT_CREATED, "created", "nothing was asked of the provider yet"},
	{MARKET_PAYMENT_PENDING, "pending", "an attempt is on its way"},
	{MARKET_PAYMENT_AUTHORISED, "authorised", "may be captured until it expires"},
	{MARKET_PAYMENT_CAPTURED, "captured", "the money is here"},
	{MARKET_PAYMENT_FAILED, "failed", "the last attempt was declined or failed"},
	{MARKET_PAYMENT_CLOSED, "closed", "not expected any more"},
	{0, NULL, NULL},
};
const mk_enum mk_payment_state_enum = {"payment_state", payment_state_values};

static const mk_enum_value notification_result_values[] = {
	{MARKET_NOTIFICATION_APPLIED, "applied", "it changed something"},
	{MARKET_NOTIFICATION_KNOWN, "known", "it says what was known, or is out of order"},
	{MARKET_NOTIFICATION_LATE, "late", "money for a closed order; it goes back to the buyer"},
	{MARKET_NOTIFICATION_MISMATCHED, "mismatched",
     "amount or currency differ; the money is in suspense"},
	{MARKET_NOTIFICATION_UNMATCHED, "unmatched", "it names nothing that is known here"},
	{0, NULL, NULL},
};
const mk_enum mk_notification_result_enum = {"notification_result", notification_result_values};

static const mk_enum_value request_kind_values[] = {
	{MARKET_REQUEST_CHARGE, "charge", "authorise and capture"},
	{MARKET_REQUEST_CAPTURE, "capture", "of an authorisation"},
	{MARKET_REQUEST_REFUND, "refund", "of a charge, whole or in part"},
	{MARKET_REQUEST_PAYOUT, "payout", "to a seller's account"},
	{MARKET_REQUEST_VOID, "void", "gives up an authorisation (PAY-4)"},
	{MARKET_REQUEST_IDENTITY, "identity", "who a seller is (SEL-1)"},
	{0, NULL, NULL},
};
const mk_enum mk_request_kind_enum = {"request_kind", request_kind_values};

static const mk_enum_value request_state_values[] = {
	{MARKET_REQUEST_QUEUED, "queued", "to be sent"},
	{MARKET_REQUEST_SENDING, "sending", "claimed by a process"},
	{MARKET_REQUEST_OK, "ok", "done"},
	{MARKET_REQUEST_DECLINED, "declined", "refused by the provider"},
	{MARKET_REQUEST_FAILED, "failed", "not done"},
	{MARKET_REQUEST_UNKNOWN, "unknown", "no final answer yet"},
	{MARKET_REQUEST_RETURNED, "returned", "a payout that was paid and came back"},
	{0, NULL, NULL},
};
const mk_enum mk_request_state_enum = {"request_state", request_state_values};

static const mk_enum_value provider_result_values[] = {
	{MARKET_PROVIDER_OK, "ok", "done"},
	{MARKET_PROVIDER_AUTHORISED, "authorised", "not captured yet"},
	{MARKET_PROVIDER_DECLINED, "declined", "refused"},
	{MARKET_PROVIDER_FAILED, "failed", "not done"},
	{MARKET_PROVIDER_PENDING, "pending", "accepted; the outcome comes later"},
	{MARKET_PROVIDER_UNKNOWN, "unknown", "no answer"},
	{0, NULL, NULL},
};
const mk_enum mk_provider_result_enum = {"provider_result", provider_result_values};

static const mk_field share_fields[] = {
	MK_F_ID(market_share, id, SHARE, 0, "the share"),
	MK_F_ID(market_share, payment, PAYMENT, 0, "its payment"),
	MK_F_ID(market_share, order, ORDER, MK_OWN_BOOK, "the seller order it pays for"),
	MK_F_TEXT(market_share, currency, 0, 3, 3, "of its amounts"),
	MK_F_MONEY(market_share, amount, 0, 0, 0, "of the payment"),
	MK_F_MONEY(market_share, captured, 0, 0, 0, "received for the order"),
	MK_F_MONEY(market_share, refunded, 0, 0, 0, "given back by refunds"),
	MK_F_MONEY(market_share, in_flight, 0, 0, 0, "refunds on their way"),
	MK_F_MONEY(market_share, charged_back, 0, 0, 0, "lost or under chargeback"),
	MK_F_MONEY(market_share, payable, 0, 0, 0,
               "captured for a closed order, owed to the buyer (PAY-2)"),
	MK_F_MONEY(market_share, returned, 0, 0, 0, "of it, back at the buyer"),
	MK_F_MONEY(market_share, fee, 0, 0, 0, "the provider's fee (PAY-5)"),
	MK_F_MONEY(market_share, settled, 0, 0, 0, "settled by the provider, its fee included"),
	MK_F_INT(market_share, version, 0, 0, 0, "of the record"),
};
const mk_record mk_share_record = MK_RECORD_OF("share", mk_share, share_fields,
                                               "what one payment pays of one seller order (ORD-3)");

#define T market_payment
static const mk_field payment_fields[] = {
	MK_F_ID(T, id, PAYMENT, 0, "the payment"),
	MK_F_ID(T, group, GROUP, MK_OWN_BOOK, "the checkout"),
	MK_F_ID(T, buyer, BUYER, MK_SELF_BOOK, "who pays"),
	MK_F_TEXT(T, provider, 0, 0, MK_MAX_CODE, "who takes the money"),
	MK_F_TEXT(T, method, 0, 0, MK_MAX_NAME, "as the provider names it"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of its amounts"),
	MK_F_MONEY(T, amount, 0, 0, 0, "to be paid"),
	MK_F_ENUM(T, state, mk_payment_state_enum, 0, "where it stands"),
	MK_F_INT(T, attempt, 0, 0, 0, "how often the provider was asked (PAY-3)"),
	MK_F_ID(T, request, REQUEST, MK_OWN_BOOK, "of the last attempt"),
	MK_F_TEXT(T, reference, 0, 0, MARKET_PROVIDER_TEXT_SIZE, "the provider's"),
	MK_F_TEXT(T, reason, 0, 0, MARKET_PROVIDER_TEXT_SIZE, "of the last failure"),
	MK_F_MONEY(T, fee, 0, 0, 0, "the provider's (PAY-5)"),
	MK_F_TIME(T, created_at, 0, "made"),
	MK_F_TIME(T, authorised_at, 0, "authorised"),
	MK_F_TIME(T, authorisation_expires, 0, "until then it may be captured (PAY-4)"),
	MK_F_TIME(T, captured_at, 0, "captured"),
	MK_F_TIME(T, settled_at, 0, "settled by the provider"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
	MK_F_LIST(T, shares, market_share, mk_share_record, MK_NOT_ROW, 0, 0, "of the seller orders"),
#undef T
#define T mk_payment
	MK_F_TEXT(T, parts, MK_INTERNAL, 0, 0, "the numbers of its shares and their orders"),
	MK_F_TIME(T, return_at, MK_INTERNAL, "then late money is sent back again (PAY-2)"),
	MK_F_TIME(T, due_at, MK_INTERNAL, "of its deadline row"),
#undef T
};
const mk_record mk_payment_record =
	MK_RECORD_OF("payment", mk_payment, payment_fields, "a payment of a checkout");

#define T market_notification
static const mk_field notification_fields[] = {
	MK_F_ID(T, id, NOTIFICATION, 0, "the notification"),
	MK_F_TEXT(T, provider, 0, 0, MK_MAX_CODE, "who sent it"),
	MK_F_TEXT(T, event, 0, 0, MARKET_PROVIDER_TEXT_SIZE, "the provider's own name of it"),
	MK_F_TEXT(T, type, 0, 0, MK_MAX_CODE, "what happened"),
	MK_F_ID(T, payment, PAYMENT, MK_OWN_BOOK, "to which payment"),
	MK_F_TEXT(T, request, 0, 0, MARKET_PROVIDER_TEXT_SIZE, "to the request with that key"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of its amounts"),
	MK_F_MONEY(T, amount, 0, 0, 0, "how much"),
	MK_F_TEXT(T, reference, 0, 0, MARKET_PROVIDER_TEXT_SIZE, "the provider's"),
	MK_F_ENUM(T, result, mk_notification_result_enum, 0, "what became of it"),
	MK_F_MONEY(T, suspense, 0, 0, 0, "money that is neither returned nor moved yet (PAY-2)"),
	MK_F_TIME(T, occurred_at, 0, "when it happened at the provider"),
	MK_F_TIME(T, received_at, 0, "when it came here"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
#undef T
};
const mk_record mk_notification_record =
	MK_RECORD_OF("notification", mk_notification, notification_fields, "what a provider said");

#define T market_request
static const mk_field request_fields[] = {
	MK_F_ID(T, id, REQUEST, 0, "the request"),
	MK_F_ENUM(T, kind, mk_request_kind_enum, 0, "what is asked"),
	MK_F_TEXT(T, object, 0, 0, MK_MAX_CODE, "what it is for"),
	MK_F_INT(T, attempt, 0, 0, 0, "which attempt for it (PAY-3)"),
	MK_F_TEXT(T, request_key, 0, 0, MARKET_PROVIDER_TEXT_SIZE, "its permanent key"),
	MK_F_TEXT(T, provider, 0, 0, MK_MAX_CODE, "who is asked"),
	MK_F_TEXT(T, currency, 0, 3, 3, "of the amount"),
	MK_F_MONEY(T, amount, 0, 0, 0, "how much"),
	MK_F_ENUM(T, state, mk_request_state_enum, 0, "where it stands"),
	MK_F_INT(T, fence, 0, 0, 0, "raised by each claim"),
	MK_F_INT(T, queries, 0, 0, 0, "how often its outcome was asked for"),
	MK_F_TIME(T, next_at, 0, "when it is sent or queried next"),
	MK_F_TEXT(T, reference, 0, 0, MARKET_PROVIDER_TEXT_SIZE, "the provider's"),
	MK_F_TEXT(T, reason, 0, 0, MARKET_PROVIDER_TEXT_SIZE, "of a failure"),
	MK_F_TIME(T, created_at, 0, "made"),
	MK_F_TIME(T, resolved_at, 0, "its outcome became known"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
#undef T
#define T mk_request
	MK_F_INT(T, object_kind, MK_INTERNAL, 0, 0, "the kind of what it is for"),
	MK_F_ID(T, subject, NONE, MK_OWN_BOOK | MK_INTERNAL, "what it is for"),
	MK_F_TEXT(T, target, MK_SENSITIVE | MK_INTERNAL, 0, 0, "method, charge or account"),
	MK_F_TIME(T, claimed_at, MK_INTERNAL, "by the real clock"),
#undef T
};
const mk_record mk_request_record =
	MK_RECORD_OF("request", mk_request, request_fields, "an attempt at a provider (PAY-3)");

static market_id payment_buyer(const void *row)
{
	return ((const mk_payment *)row)->payment.buyer;
}

static int payment_fill(mk_ctx *ctx, void *row, market_error *err)
{
	mk_share **shares = NULL;
	size_t count = 0;
	int rc = mk_payment_load_shares(ctx, row, &shares, &count, err);

	if (rc == 0)
		mk_payment_hide(ctx, row);
	return rc;
}

const mk_entity mk_payment_entity = {
	.kind = MARKET_ID_PAYMENT,
	.name = "payment",
	.record = &mk_payment_record,
	.by_id = &mk_payment_by_id,
	.buyer = payment_buyer,
	.fill = payment_fill,
};
const mk_entity mk_notification_entity = {
	.kind = MARKET_ID_NOTIFICATION,
	.name = "notification",
	.record = &mk_notification_record,
	.by_id = &mk_notification_by_id,
};
const mk_entity mk_request_entity = {
	.kind = MARKET_ID_REQUEST,
	.name = "request",
	.record = &mk_request_record,
	.by_id = &mk_request_by_id,
};
