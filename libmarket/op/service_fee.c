/* The rows of yearly fees and modules. */
#include "libmarket/service_fee/service_fee.h"
#include "libmarket/op/op.h"

#define T market_service_fee_charge_params
static const mk_field service_fee_charge_params_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "the seller"),
	MK_F_TEXT(T, fee, MK_REQUIRED, 1, MK_MAX_CODE, "the policy's key"),
};
static const mk_record service_fee_charge_params =
	MK_PARAMS_OF("service_fee_charge_params", T, service_fee_charge_params_fields, "a charge");
#undef T

#define T market_service_fee_get_params
static const mk_field service_fee_get_params_fields[] = {
	MK_F_ID(T, fee, SERVICE_FEE, MK_REQUIRED, "the fee"),
};
static const mk_record service_fee_get_params =
	MK_PARAMS_OF("service_fee_get_params", T, service_fee_get_params_fields, "which fee");
#undef T

#define T market_service_fee_refund_params
static const mk_field service_fee_refund_params_fields[] = {
	MK_F_ID(T, fee, SERVICE_FEE, MK_REQUIRED, "the fee"),
	MK_F_TEXT(T, reason, MK_REQUIRED, 1, MK_MAX_CODE, "the reason's code"),
};
static const mk_record service_fee_refund_params = MK_PARAMS_OF(
	"service_fee_refund_params", T, service_fee_refund_params_fields, "an early refund");
#undef T

#define T market_service_fee_list_params
static const mk_field service_fee_list_params_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "the seller"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record service_fee_list_params =
	MK_PARAMS_OF("service_fee_list_params", T, service_fee_list_params_fields, "whose");
#undef T

#define T market_module_subscribe_params
static const mk_field module_subscribe_params_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "the seller"),
	MK_F_TEXT(T, module, MK_REQUIRED, 1, MK_MAX_CODE, "the policy's key"),
};
static const mk_record module_subscribe_params =
	MK_PARAMS_OF("module_subscribe_params", T, module_subscribe_params_fields, "a subscription");
#undef T

#define T market_subscription_get_params
static const mk_field subscription_get_params_fields[] = {
	MK_F_ID(T, subscription, SUBSCRIPTION, MK_REQUIRED, "the subscription"),
};
static const mk_record subscription_get_params = MK_PARAMS_OF(
	"subscription_get_params", T, subscription_get_params_fields, "which subscription");
#undef T

static const mk_record module_list_params = {
	.name = "module_list_params",
	.summary = "nothing",
	.params = true,
	.size = sizeof(market_module_list_params),
};

static const mk_field fee_page_fields[] = {
	MK_F_LIST(market_service_fee_page, items, market_service_fee, mk_service_fee_record, 0, 0, 0,
              "the fees"),
	MK_F_TEXT(market_service_fee_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record fee_page_record =
	MK_RECORD_OF("service_fee_page", market_service_fee_page, fee_page_fields, "a page of fees");

static const mk_field subscription_page_fields[] = {
	MK_F_LIST(market_subscription_page, items, market_subscription, mk_subscription_record, 0, 0, 0,
              "the subscriptions"),
	MK_F_TEXT(market_subscription_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record subscription_page_record =
	MK_RECORD_OF("subscription_page", market_subscription_page, subscription_page_fields,
                 "a page of subscriptions");

static const mk_field module_fields[] = {
	MK_F_TEXT(market_module, module, 0, 0, 0, "the policy's key"),
	MK_F_TEXT(market_module, summary, 0, 0, 0, "what it is"),
	MK_F_MONEY(market_module, price, 0, 0, 0, "of 30 days, without tax"),
	MK_F_MONEY(market_module, tax, 0, 0, 0, "its tax"),
};
static const mk_record module_record =
	MK_RECORD_OF("module", market_module, module_fields, "a service for sellers");
static const mk_field modules_fields[] = {
	MK_F_LIST(market_modules, items, market_module, module_record, 0, 0, 0, "the modules"),
};
static const mk_record modules_record =
	MK_RECORD_OF("modules", market_modules, modules_fields, "the policy's modules");

#define BY_OPERATOR MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_SETTLEMENT})
#define BY_SYSTEM MK_RELATIONS({MK_REL_SYSTEM, 0})
#define OF_FINANCE \
	MK_RELATIONS({MK_REL_MEMBER, MK_CAN_FINANCE}, {MK_REL_OPERATOR, MARKET_RIGHT_SETTLEMENT})

enum { CHARGE, EARN, REFUND, GET, LIST, MODULES, SUBSCRIBE, CANCEL, BILL, SUBSCRIPTIONS, COUNT };

static const mk_op ops[COUNT] = {
	[CHARGE] =
		{
			.name = "service_fee.charge",
			.since = "0.1",
			.summary = "Charges a year's fee.",
			.params = &service_fee_charge_params,
			.result = &mk_service_fee_record,
			.gives = &mk_service_fee_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID, MARKET_ESTATE,
                                MARKET_EEXISTS, MARKET_ECURRENCY, MARKET_EQUOTA, MARKET_EINFLIGHT),
			.flags = MK_OP_WRITES | MK_OP_MONEY,
			.handler = mk_service_fee_charge,
		},
	[EARN] =
		{
			.name = "service_fee.earn",
			.since = "0.1",
			.summary = "A twelfth of a fee is earned; the last settles the year.",
			.params = &service_fee_get_params,
			.result = &mk_service_fee_record,
			.gives = &mk_service_fee_entity,
			.subject = &mk_service_fee_entity,
			.subject_param = "fee",
			.relations = BY_SYSTEM,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_TIMED,
			.handler = mk_service_fee_earn,
		},
	[REFUND] =
		{
			.name = "service_fee.refund",
			.since = "0.1",
			.summary = "Ends a fee and returns what is not earned.",
			.params = &service_fee_refund_params,
			.result = &mk_service_fee_record,
			.gives = &mk_service_fee_entity,
			.subject = &mk_service_fee_entity,
			.subject_param = "fee",
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_MONEY,
			.handler = mk_service_fee_refund,
		},
	[GET] =
		{
			.name = "service_fee.get",
			.since = "0.1",
			.summary = "A yearly fee.",
			.params = &service_fee_get_params,
			.result = &mk_service_fee_record,
			.subject = &mk_service_fee_entity,
			.subject_param = "fee",
			.relations = OF_FINANCE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.handler = mk_service_fee_get,
		},
	[LIST] =
		{
			.name = "service_fee.list",
			.since = "0.1",
			.summary = "A seller's yearly fees, oldest first.",
			.params = &service_fee_list_params,
			.result = &fee_page_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = OF_FINANCE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_service_fee_list,
		},
	[MODULES] =
		{
			.name = "module.list",
			.since = "0.1",
			.summary = "The service modules.",
			.params = &module_list_params,
			.result = &modules_record,
			.relations = MK_RELATIONS({MK_REL_ANYONE, 0}),
			.errors = MK_NO_ERRORS,
			.handler = mk_module_list,
		},
	[SUBSCRIBE] =
		{
			.name = "module.subscribe",
			.since = "0.1",
			.summary = "Takes a service module.",
			.params = &module_subscribe_params,
			.result = &mk_subscription_record,
			.gives = &mk_subscription_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = OF_FINANCE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID, MARKET_ESTATE,
                                MARKET_EEXISTS, MARKET_ECURRENCY, MARKET_EQUOTA, MARKET_EINFLIGHT),
			.flags = MK_OP_WRITES | MK_OP_MONEY,
			.handler = mk_module_subscribe,
		},
	[CANCEL] =
		{
			.name = "module.cancel",
			.since = "0.1",
			.summary = "Ends a subscription with what is paid.",
			.params = &subscription_get_params,
			.result = &mk_subscription_record,
			.gives = &mk_subscription_entity,
			.subject = &mk_subscription_entity,
			.subject_param = "subscription",
			.relations = OF_FINANCE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_module_cancel,
		},
	[BILL] =
		{
			.name = "module.bill",
			.since = "0.1",
			.summary = "Bills the next 30 days of a subscription, or ends it.",
			.params = &subscription_get_params,
			.result = &mk_subscription_record,
			.gives = &mk_subscription_entity,
			.subject = &mk_subscription_entity,
			.subject_param = "subscription",
			.relations = BY_SYSTEM,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_MONEY | MK_OP_TIMED,
			.handler = mk_module_bill,
		},
	[SUBSCRIPTIONS] =
		{
			.name = "subscription.list",
			.since = "0.1",
			.summary = "A seller's subscriptions, oldest first.",
			.params = &service_fee_list_params,
			.result = &subscription_page_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = OF_FINANCE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_subscription_list,
		},
};
extern const mk_op_group mk_op_service_fee;
const mk_op_group mk_op_service_fee = {ops, COUNT};

MK_TYPED(market_service_fee_charge, &ops[CHARGE], market_service_fee_charge_params,
         market_service_fee)
MK_TYPED(market_service_fee_earn, &ops[EARN], market_service_fee_get_params, market_service_fee)
MK_TYPED(market_service_fee_refund, &ops[REFUND], market_service_fee_refund_params,
         market_service_fee)
MK_TYPED(market_service_fee_get, &ops[GET], market_service_fee_get_params, market_service_fee)
MK_TYPED_FREE(market_service_fee_free, market_service_fee)
MK_TYPED(market_service_fee_list, &ops[LIST], market_service_fee_list_params,
         market_service_fee_page)
MK_TYPED_FREE(market_service_fee_page_free, market_service_fee_page)
MK_TYPED(market_module_list, &ops[MODULES], market_module_list_params, market_modules)
MK_TYPED_FREE(market_modules_free, market_modules)
MK_TYPED(market_module_subscribe, &ops[SUBSCRIBE], market_module_subscribe_params,
         market_subscription)
MK_TYPED(market_module_cancel, &ops[CANCEL], market_subscription_get_params, market_subscription)
MK_TYPED(market_module_bill, &ops[BILL], market_subscription_get_params, market_subscription)
MK_TYPED_FREE(market_subscription_free, market_subscription)
MK_TYPED(market_subscription_list, &ops[SUBSCRIPTIONS], market_service_fee_list_params,
         market_subscription_page)
MK_TYPED_FREE(market_subscription_page_free, market_subscription_page)
