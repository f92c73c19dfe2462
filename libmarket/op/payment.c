#include "libmarket/payment/payment.h"
#include "libmarket/op/op.h"

#define OPERATOR \
	{ \
		MK_REL_OPERATOR, MARKET_RIGHT_PAYMENTS \
	}
#define READERS MK_RELATIONS({MK_REL_BUYER, 0}, OPERATOR)
#define OPERATORS MK_RELATIONS(OPERATOR)

static const mk_field get_fields[] = {
	MK_F_ID(market_payment_get_params, payment, PAYMENT, MK_REQUIRED, "which payment"),
};
static const mk_record get_params =
	MK_PARAMS_OF("payment_get_params", market_payment_get_params, get_fields, "a payment");

static const mk_field list_fields[] = {
	MK_F_ID(market_payment_list_params, group, GROUP, MK_REQUIRED, "of which checkout"),
	MK_F_TEXT(market_payment_list_params, after, 0, 1, 64, "the cursor of the page before"),
	MK_F_OPT_INT(market_payment_list_params, limit, 0, 1, MK_MAX_PAGE, "items of a page"),
};
static const mk_record list_params =
	MK_PARAMS_OF("payment_list_params", market_payment_list_params, list_fields, "which payments");

static const mk_field start_fields[] = {
	MK_F_ID(market_payment_start_params, payment, PAYMENT, MK_REQUIRED, "which payment"),
	MK_F_TEXT(market_payment_start_params, method, 0, 1, MK_MAX_NAME,
              "the way to pay; absent: as placed"),
};
static const mk_record start_params =
	MK_PARAMS_OF("payment_start_params", market_payment_start_params, start_fields,
                 "a payment and a way to pay");

static const mk_field notify_fields[] = {
	MK_F_TEXT(market_payment_notify_params, provider, 0, 1, MK_MAX_CODE,
              "who sent it; absent: the policy's provider"),
	MK_F_TEXT(market_payment_notify_params, body, MK_REQUIRED | MK_MULTILINE | MK_SENSITIVE, 1,
              MK_MAX_JSON, "as it was received"),
	MK_F_TEXT(market_payment_notify_params, signature, MK_REQUIRED, 1, MK_MAX_TEXT,
              "the header that came with it"),
};
static const mk_record notify_params = MK_PARAMS_OF(
	"payment_notify_params", market_payment_notify_params, notify_fields, "a notification");

static const mk_field settle_fields[] = {
	MK_F_ID(market_payment_settle_params, payment, PAYMENT, MK_REQUIRED, "which payment"),
	MK_F_MONEY(market_payment_settle_params, fee, 0, 0, MK_MONEY_MAX, "what the provider keeps"),
	MK_F_TEXT(market_payment_settle_params, reference, 0, 1, MARKET_PROVIDER_TEXT_SIZE,
              "of the provider's settlement"),
};
static const mk_record settle_params = MK_PARAMS_OF(
	"payment_settle_params", market_payment_settle_params, settle_fields, "a settlement");

static const mk_field send_back_fields[] = {
	MK_F_ID(market_payment_return_params, payment, PAYMENT, MK_REQUIRED, "which payment"),
};
static const mk_record send_back_params = MK_PARAMS_OF(
	"payment_return_params", market_payment_return_params, send_back_fields, "a payment");

static const mk_field lapse_fields[] = {
	MK_F_ID(market_payment_lapse_params, payment, PAYMENT, MK_REQUIRED, "which payment"),
};
static const mk_record lapse_params =
	MK_PARAMS_OF("payment_lapse_params", market_payment_lapse_params, lapse_fields, "a payment");

static const mk_field request_get_fields[] = {
	MK_F_ID(market_request_get_params, request, REQUEST, MK_REQUIRED, "which request"),
};
static const mk_record request_get_params =
	MK_PARAMS_OF("request_get_params", market_request_get_params, request_get_fields, "a request");

static const mk_field outcome_fields[] = {
	MK_F_ID(market_provider_outcome_params, request, REQUEST, MK_REQUIRED, "which request"),
	MK_F_INT(market_provider_outcome_params, fence, 0, 0, INT64_MAX,
             "of the claim that this answers"),
	MK_F_ENUM(market_provider_outcome_params, outcome, mk_provider_result_enum, MK_REQUIRED,
              "what the provider says"),
	MK_F_TEXT(market_provider_outcome_params, reference, 0, 1, MARKET_PROVIDER_TEXT_SIZE,
              "the provider's"),
	MK_F_TEXT(market_provider_outcome_params, reason, 0, 1, MARKET_PROVIDER_TEXT_SIZE,
              "of a failure"),
	MK_F_TIME(market_provider_outcome_params, expires, 0, "of an authorisation or a waiting time"),
	MK_F_MONEY(market_provider_outcome_params, amount, 0, 0, MK_MONEY_MAX,
               "what was moved; absent: what was asked"),
};
static const mk_record outcome_params = MK_PARAMS_OF(
	"provider_outcome_params", market_provider_outcome_params, outcome_fields, "an answer");

static const mk_field page_fields[] = {
	MK_F_LIST(market_payment_page, items, market_payment, mk_payment_record, 0, 0, 0,
              "the payments, without shares"),
	MK_F_TEXT(market_payment_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record page_record =
	MK_RECORD_OF("payment_page", market_payment_page, page_fields, "payments");

enum { GET, LIST, START, NOTIFY, SETTLE, RETURN, LAPSE, REQUEST_GET, OUTCOME, N_OPS };

static const mk_op payment_ops[] = {
	[GET] =
		{
			.name = "payment.get",
			.summary = "One payment with its shares.",
			.since = "0.1",
			.params = &get_params,
			.result = &mk_payment_record,
			.subject = &mk_payment_entity,
			.subject_param = "payment",
			.relations = READERS,
			.errors = MK_NO_ERRORS,
			.handler = mk_payment_get,
		},
	[LIST] =
		{
			.name = "payment.list",
			.summary = "The payments of a checkout, oldest first.",
			.since = "0.1",
			.params = &list_params,
			.result = &page_record,
			.subject = &mk_order_group_entity,
			.subject_param = "group",
			.relations = READERS,
			.errors = MK_ERRORS(MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_payment_list,
		},
	[START] =
		{
			.name = "payment.start",
			.summary = "Asks the provider for the money.",
			.since = "0.1",
			.params = &start_params,
			.result = &mk_payment_record,
			.subject = &mk_payment_entity,
			.subject_param = "payment",
			.gives = &mk_payment_entity,
			.relations = READERS,
			.errors = MK_ERRORS(MARKET_EINFLIGHT, MARKET_ESTATE, MARKET_EMISSING, MARKET_EPROVIDER),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_payment_start,
		},
	[NOTIFY] =
		{
			.name = "payment.notify",
			.summary =
				"Takes a provider's notification: verified, stored once, applied when it fits.",
			.since = "0.1",
			.params = &notify_params,
			.result = &mk_notification_record,
			.gives = &mk_notification_entity,
			.relations = MK_RELATIONS({MK_REL_ANYONE, 0}),
			.errors = MK_ERRORS(MARKET_EPROVIDER, MARKET_ESIGNATURE, MARKET_EEXPIRED,
                                MARKET_ESYNTAX, MARKET_EINVALID),
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_STOCK | MK_OP_NEVER_REFUSED,
			.handler = mk_payment_notify,
		},
	[SETTLE] =
		{
			.name = "payment.settle",
			.summary = "The provider has paid out what it captured, less its fee.",
			.since = "0.1",
			.params = &settle_params,
			.result = &mk_payment_record,
			.subject = &mk_payment_entity,
			.subject_param = "payment",
			.gives = &mk_payment_entity,
			.relations = MK_RELATIONS(OPERATOR, {MK_REL_SYSTEM, 0}),
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_ECURRENCY, MARKET_EOVERFLOW),
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_STATE,
			.handler = mk_payment_settle,
		},
	[RETURN] =
		{
			.name = "payment.return",
			.summary = "Sends back what is owed to the buyer.",
			.since = "0.1",
			.params = &send_back_params,
			.result = &mk_payment_record,
			.subject = &mk_payment_entity,
			.subject_param = "payment",
			.gives = &mk_payment_entity,
			.relations = MK_RELATIONS(OPERATOR, {MK_REL_SYSTEM, 0}),
			.errors = MK_ERRORS(MARKET_EINFLIGHT, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_STATE | MK_OP_TIMED,
			.handler = mk_payment_return,
		},
	[LAPSE] =
		{
			.name = "payment.lapse",
			.summary = "The authorisation has expired uncaptured.",
			.since = "0.1",
			.params = &lapse_params,
			.result = &mk_payment_record,
			.subject = &mk_payment_entity,
			.subject_param = "payment",
			.gives = &mk_payment_entity,
			.relations = MK_RELATIONS({MK_REL_SYSTEM, 0}),
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_EINFLIGHT),
			.flags = MK_OP_WRITES | MK_OP_STATE | MK_OP_TIMED,
			.handler = mk_payment_lapse,
		},
	[REQUEST_GET] =
		{
			.name = "request.get",
			.summary = "One request to a provider.",
			.since = "0.1",
			.params = &request_get_params,
			.result = &mk_request_record,
			.subject = &mk_request_entity,
			.subject_param = "request",
			.relations = OPERATORS,
			.errors = MK_NO_ERRORS,
			.handler = mk_request_get,
		},
	[OUTCOME] =
		{
			.name = "provider.outcome",
			.summary = "Records a provider's answer to a claimed request.",
			.since = "0.1",
			.params = &outcome_params,
			.result = &mk_request_record,
			.subject = &mk_request_entity,
			.subject_param = "request",
			.gives = &mk_request_entity,
			.relations = MK_RELATIONS({MK_REL_SYSTEM, 0}),
			.errors = MK_NO_ERRORS,
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_STOCK | MK_OP_NEVER_REFUSED,
			.handler = mk_provider_outcome,
		},
};
_Static_assert(sizeof(payment_ops) / sizeof(payment_ops[0]) == N_OPS, "an operation has no row");
const mk_op_group mk_op_payment = {payment_ops, N_OPS};

MK_TYPED(market_payment_get, &payment_ops[GET], market_payment_get_params, market_payment)
MK_TYPED(market_payment_list, &payment_ops[LIST], market_payment_list_params, market_payment_page)
MK_TYPED(market_payment_start, &payment_ops[START], market_payment_start_params, market_payment)
MK_TYPED(market_payment_notify, &payment_ops[NOTIFY], market_payment_notify_params,
         market_notification)
MK_TYPED(market_payment_settle, &payment_ops[SETTLE], market_payment_settle_params, market_payment)
MK_TYPED(market_payment_return, &payment_ops[RETURN], market_payment_return_params, market_payment)
MK_TYPED(market_payment_lapse, &payment_ops[LAPSE], market_payment_lapse_params, market_payment)
MK_TYPED(market_request_get, &payment_ops[REQUEST_GET], market_request_get_params, market_request)
MK_TYPED(market_provider_outcome, &payment_ops[OUTCOME], market_provider_outcome_params,
         market_request)
MK_TYPED_FREE(market_payment_free, market_payment)
MK_TYPED_FREE(market_payment_page_free, market_payment_page)
MK_TYPED_FREE(market_notification_free, market_notification)
MK_TYPED_FREE(market_request_free, market_request)
