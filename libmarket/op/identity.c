/* The rows of checks of identities, and of what buyers are told. */
#include "libmarket/identity/identity.h"
#include "libmarket/op/op.h"
#include "libmarket/payment/payment.h"

#define T market_identity_check_params
static const mk_field check_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "of whom"),
	MK_F_TEXT(T, requirement, MK_REQUIRED, 1, MK_MAX_CODE, "the requirement's key"),
	MK_F_TEXT(T, legal_name, 0, 1, MK_MAX_NAME, "absent: the seller's"),
	MK_F_TEXT(T, country, 0, 2, 2, "ISO 3166-1 alpha-2; absent: the seller's"),
	MK_F_TEXT(T, number, MK_SENSITIVE, 1, MK_MAX_CODE, "of registration"),
};
static const mk_record check_params =
	MK_PARAMS_OF("identity_check_params", T, check_fields, "a check of a seller");
#undef T

static const mk_field get_fields[] = {
	MK_F_ID(market_identity_get_params, identity, IDENTITY, MK_REQUIRED, "which check"),
};
static const mk_record get_params =
	MK_PARAMS_OF("identity_get_params", market_identity_get_params, get_fields, "a check");

#define T market_identity_item
static const mk_field item_fields[] = {
	MK_F_TEXT(T, code, MK_REQUIRED, 1, MK_MAX_CODE, "what was asked for"),
	MK_F_TEXT(T, text, MK_REQUIRED | MK_SENSITIVE, 1, MK_MAX_NAME, "the seller's answer"),
};
static const mk_record item_record =
	MK_SIZED_OF("identity_item", T, item_fields, "something that a provider asked for");
#undef T

#define T market_identity_supply_params
static const mk_field supply_fields[] = {
	MK_F_ID(T, identity, IDENTITY, MK_REQUIRED, "which check"),
	MK_F_LIST(T, items, market_identity_item, item_record, MK_REQUIRED, 1, 20,
              "what was asked for"),
};
static const mk_record supply_params =
	MK_PARAMS_OF("identity_supply_params", T, supply_fields, "what a provider asked for");
#undef T

#define T market_identity_notify_params
static const mk_field notify_fields[] = {
	MK_F_TEXT(T, provider, 0, 1, MK_MAX_CODE, "who sent it; absent: the policy's provider"),
	MK_F_TEXT(T, body, MK_REQUIRED | MK_MULTILINE | MK_SENSITIVE, 1, MK_MAX_JSON,
              "as it was received"),
	MK_F_TEXT(T, signature, MK_REQUIRED, 1, MK_MAX_TEXT, "the header that came with it"),
};
static const mk_record notify_params =
	MK_PARAMS_OF("identity_notify_params", T, notify_fields, "a notification");
#undef T

#define T market_identity_answer_params
#define SAID(member, summary) MK_F_TEXT(T, member, 0, 1, MARKET_IDENTITY_TEXT_SIZE, summary)
static const mk_field answer_fields[] = {
	MK_F_ID(T, request, REQUEST, MK_REQUIRED, "which request"),
	MK_F_INT(T, fence, 0, 0, INT64_MAX, "of the claim that this answers"),
	MK_F_ENUM(T, outcome, mk_identity_result_enum, MK_REQUIRED, "what the provider says"),
	MK_F_TEXT(T, reference, 0, 1, 128, "the provider's"),
	SAID(legal_name, "as verified"),
	MK_F_TEXT(T, country, 0, 2, 2, "ISO 3166-1 alpha-2"),
	MK_F_TEXT(T, number, MK_SENSITIVE, 1, 128, "of registration"),
	SAID(address, "as verified"),
	SAID(licences, "their numbers"),
	SAID(codes, "reasons, or what is asked for"),
	MK_F_TIME(T, valid_to, 0, "verified until"),
};
static const mk_record answer_params =
	MK_PARAMS_OF("identity_answer_params", T, answer_fields, "an answer");
#undef T

static const mk_field shown_fields[] = {
	MK_F_ID(market_seller_identity_params, seller, SELLER, MK_REQUIRED, "which seller"),
};
static const mk_record shown_params =
	MK_PARAMS_OF("seller_identity_params", market_seller_identity_params, shown_fields, "a seller");

#define T market_legal_identity
static const mk_field legal_fields[] = {
	MK_F_ID(T, seller, SELLER, 0, "who"),
	MK_F_TEXT(T, name, 0, 0, 0, "of the shop"),
	MK_F_TEXT(T, legal_name, 0, 0, 0, "of the person behind it"),
	MK_F_TEXT(T, country, 0, 0, 0, "ISO 3166-1 alpha-2"),
	MK_F_TEXT(T, number, 0, 0, 0, "of registration, as the policy shows it"),
	MK_F_TEXT(T, address, 0, 0, 0, "as verified"),
	MK_F_TEXT(T, licences, 0, 0, 0, "their numbers, parted by blanks"),
	MK_F_BOOL(T, verified, 0, "by a provider"),
};
static const mk_record legal_record =
	MK_RECORD_OF("legal_identity", T, legal_fields, "who stands behind a seller (SEL-13)");
#undef T

#define STARTERS MK_RELATIONS({MK_REL_MEMBER, MK_CAN_OWN}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})
#define READERS MK_RELATIONS({MK_REL_MEMBER, MK_CAN_VIEW}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})
#define BY_SYSTEM MK_RELATIONS({MK_REL_SYSTEM, 0})
#define ANYONE MK_RELATIONS({MK_REL_ANYONE, 0})

enum { CHECK, GET, SUPPLY, EXPIRE, NOTIFY, ANSWER, SHOWN, N_OPS };

static const mk_op identity_ops[] = {
	[CHECK] =
		{
			.name = "identity.check",
			.summary = "Asks the policy's identity provider who a seller is.",
			.since = "0.1",
			.params = &check_params,
			.result = &mk_identity_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.gives = &mk_identity_entity,
			.relations = STARTERS,
			.errors = MK_ERRORS(MARKET_EINVALID, MARKET_ESTATE, MARKET_EINFLIGHT, MARKET_EPROVIDER),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_identity_check,
		},
	[GET] =
		{
			.name = "identity.get",
			.summary = "One check of an identity.",
			.since = "0.1",
			.params = &get_params,
			.result = &mk_identity_record,
			.subject = &mk_identity_entity,
			.subject_param = "identity",
			.relations = READERS,
			.errors = MK_NO_ERRORS,
			.handler = mk_identity_get,
		},
	[SUPPLY] =
		{
			.name = "identity.supply",
			.summary = "Gives the provider what it asked for.",
			.since = "0.1",
			.params = &supply_params,
			.result = &mk_identity_record,
			.subject = &mk_identity_entity,
			.subject_param = "identity",
			.gives = &mk_identity_entity,
			.relations = STARTERS,
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_EINVALID, MARKET_EINCOMPLETE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_identity_supply,
		},
	[EXPIRE] =
		{
			.name = "identity.expire",
			.summary = "Gives up a check whose time is over.",
			.since = "0.1",
			.params = &get_params,
			.result = &mk_identity_record,
			.subject = &mk_identity_entity,
			.subject_param = "identity",
			.gives = &mk_identity_entity,
			.relations = BY_SYSTEM,
			.errors = MK_ERRORS(MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE | MK_OP_TIMED,
			.handler = mk_identity_expire,
		},
	[NOTIFY] =
		{
			.name = "identity.notify",
			.summary = "Takes an identity provider's notification: verified, stored once, applied.",
			.since = "0.1",
			.params = &notify_params,
			.result = &mk_notification_record,
			.gives = &mk_notification_entity,
			.relations = ANYONE,
			.errors = MK_ERRORS(MARKET_EPROVIDER, MARKET_ESIGNATURE, MARKET_EEXPIRED,
                                MARKET_ESYNTAX, MARKET_EINVALID),
			.flags = MK_OP_WRITES | MK_OP_NEVER_REFUSED,
			.handler = mk_identity_notify,
		},
	[ANSWER] =
		{
			.name = "identity.answer",
			.summary = "Records an identity provider's answer to a claimed request.",
			.since = "0.1",
			.params = &answer_params,
			.result = &mk_request_record,
			.subject = &mk_request_entity,
			.subject_param = "request",
			.gives = &mk_request_entity,
			.relations = BY_SYSTEM,
			.errors = MK_NO_ERRORS,
			.flags = MK_OP_WRITES | MK_OP_NEVER_REFUSED,
			.handler = mk_identity_take_answer,
		},
	[SHOWN] =
		{
			.name = "seller.identity",
			.summary = "What buyers are told of who stands behind a seller.",
			.since = "0.1",
			.params = &shown_params,
			.result = &legal_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = ANYONE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND),
			.handler = mk_seller_identity,
		},
};
_Static_assert(sizeof(identity_ops) / sizeof(identity_ops[0]) == N_OPS, "an operation has no row");
const mk_op_group mk_op_identity = {identity_ops, N_OPS};

MK_TYPED(market_identity_check, &identity_ops[CHECK], market_identity_check_params, market_identity)
MK_TYPED(market_identity_get, &identity_ops[GET], market_identity_get_params, market_identity)
MK_TYPED(market_identity_supply, &identity_ops[SUPPLY], market_identity_supply_params,
         market_identity)
MK_TYPED(market_identity_expire, &identity_ops[EXPIRE], market_identity_get_params, market_identity)
MK_TYPED(market_identity_notify, &identity_ops[NOTIFY], market_identity_notify_params,
         market_notification)
MK_TYPED(market_identity_answer, &identity_ops[ANSWER], market_identity_answer_params,
         market_request)
MK_TYPED(market_seller_identity, &identity_ops[SHOWN], market_seller_identity_params,
         market_legal_identity)
MK_TYPED_FREE(market_identity_free, market_identity)
MK_TYPED_FREE(market_legal_identity_free, market_legal_identity)
