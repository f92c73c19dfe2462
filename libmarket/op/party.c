/* The rows of buyers, sellers and members. */
#include "libmarket/op/op.h"
#include "libmarket/party/seller.h"
#include "libmarket/seller/category.h"
#include "libmarket/seller/closing.h"

static const mk_field buyer_create_fields[] = {
	MK_F_TEXT(market_buyer_create_params, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_TEXT(market_buyer_create_params, name, MK_REQUIRED, 1, MK_MAX_NAME, "the name"),
	MK_F_TEXT(market_buyer_create_params, email, MK_SENSITIVE, 1, MK_MAX_NAME,
              "the e-mail address"),
	MK_F_TEXT(market_buyer_create_params, locale, 0, 1, 35, "BCP 47 language tag"),
	MK_F_METADATA(market_buyer_create_params),
};
static const mk_record buyer_create_params = MK_PARAMS_OF(
	"buyer_create_params", market_buyer_create_params, buyer_create_fields, "a new buyer");

static const mk_field buyer_get_fields[] = {
	MK_F_ID(market_buyer_get_params, buyer, BUYER, MK_REQUIRED, "the buyer"),
};
static const mk_record buyer_get_params =
	MK_PARAMS_OF("buyer_get_params", market_buyer_get_params, buyer_get_fields, "which buyer");

#define T market_address_create_params
static const mk_field address_create_fields[] = {
	MK_F_ID(T, buyer, BUYER, MK_REQUIRED, "whose it is"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_TEXT(T, name, MK_REQUIRED, 1, MK_MAX_NAME, "who receives"),
	MK_F_TEXT(T, phone, MK_SENSITIVE, 1, MK_MAX_CODE, "the telephone number"),
	MK_F_TEXT(T, country, MK_REQUIRED, 2, 2, "ISO 3166-1 alpha-2"),
	MK_F_TEXT(T, region, 0, 1, MK_MAX_NAME, "state or province"),
	MK_F_TEXT(T, city, MK_REQUIRED, 1, MK_MAX_NAME, "the city"),
	MK_F_TEXT(T, postcode, 0, 1, 20, "the postcode"),
	MK_F_TEXT(T, street, MK_REQUIRED, 1, MK_MAX_NAME, "street and number"),
};
static const mk_record address_create_params =
	MK_PARAMS_OF("address_create_params", T, address_create_fields, "a new address");
#undef T

static const mk_field address_list_fields[] = {
	MK_F_ID(market_address_list_params, buyer, BUYER, MK_REQUIRED, "whose"),
	MK_F_TEXT(market_address_list_params, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(market_address_list_params, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record address_list_params = MK_PARAMS_OF(
	"address_list_params", market_address_list_params, address_list_fields, "which addresses");

static const mk_field address_page_fields[] = {
	MK_F_LIST(market_address_page, items, market_address, mk_address_record, 0, 0, 0,
              "the addresses"),
	MK_F_TEXT(market_address_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record address_page_record =
	MK_RECORD_OF("address_page", market_address_page, address_page_fields, "a page of addresses");

#define T market_seller_apply_params
static const mk_field seller_apply_fields[] = {
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_TEXT(T, name, MK_REQUIRED, 1, MK_MAX_NAME, "the shop's name"),
	MK_F_TEXT(T, legal_name, 0, 1, MK_MAX_NAME, "the legal identity"),
	MK_F_ENUM(T, store_type, mk_store_type_enum, MK_REQUIRED, "the type of store"),
	MK_F_TEXT(T, country, MK_REQUIRED, 2, 2, "ISO 3166-1 alpha-2"),
	MK_F_TEXT(T, currency, MK_REQUIRED, 3, 3, "of its orders and balances"),
	MK_F_TEXT(T, owner_name, MK_REQUIRED, 1, MK_MAX_NAME, "the first member's name"),
	MK_F_TEXT(T, owner_ref, MK_REF, 1, MK_MAX_KEY, "the first member's reference"),
	MK_F_METADATA(T),
	MK_F_TEXTS(T, categories, 0, 0, MK_MAX_SELLER_CATEGORIES,
               "codes of the back categories it will trade in"),
};
static const mk_record seller_apply_params =
	MK_PARAMS_OF("seller_apply_params", T, seller_apply_fields, "an application");
#undef T

static const mk_field seller_approve_fields[] = {
	MK_F_ID(market_seller_approve_params, seller, SELLER, MK_REQUIRED, "the seller"),
	MK_F_TEXT(market_seller_approve_params, waiver, MK_MULTILINE, 1, MK_MAX_TEXT,
              "why it is approved in spite of open requirements"),
};
static const mk_record seller_approve_params = MK_PARAMS_OF(
	"seller_approve_params", market_seller_approve_params, seller_approve_fields, "an approval");

static const mk_field seller_reason_fields[] = {
	MK_F_ID(market_seller_reason_params, seller, SELLER, MK_REQUIRED, "the seller"),
	MK_F_TEXT(market_seller_reason_params, reason, MK_REQUIRED, 1, MK_MAX_CODE,
              "the reason's code"),
	MK_F_TEXT(market_seller_reason_params, note, MK_MULTILINE, 1, MK_MAX_TEXT, "in words"),
};
const mk_record mk_seller_reason_params = MK_PARAMS_OF(
	"seller_reason_params", market_seller_reason_params, seller_reason_fields, "a reason");

static const mk_field seller_get_fields[] = {
	MK_F_ID(market_seller_get_params, seller, SELLER, MK_REQUIRED, "the seller"),
};
const mk_record mk_seller_get_params =
	MK_PARAMS_OF("seller_get_params", market_seller_get_params, seller_get_fields, "which seller");

static const mk_field seller_list_fields[] = {
	MK_F_ENUM(market_seller_list_params, state, mk_seller_state_enum, 0,
              "only those in this state"),
	MK_F_TEXT(market_seller_list_params, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(market_seller_list_params, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record seller_list_params = MK_PARAMS_OF(
	"seller_list_params", market_seller_list_params, seller_list_fields, "which sellers");

static const mk_field seller_page_fields[] = {
	MK_F_LIST(market_seller_page, items, market_seller, mk_seller_record, 0, 0, 0, "the sellers"),
	MK_F_TEXT(market_seller_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record seller_page_record =
	MK_RECORD_OF("seller_page", market_seller_page, seller_page_fields, "a page of sellers");

static const mk_field member_create_fields[] = {
	MK_F_ID(market_member_create_params, seller, SELLER, MK_REQUIRED, "whom it acts for"),
	MK_F_TEXT(market_member_create_params, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_TEXT(market_member_create_params, name, MK_REQUIRED, 1, MK_MAX_NAME, "the name"),
	MK_F_ENUM(market_member_create_params, role, mk_role_enum, MK_REQUIRED, "what it may do"),
};
static const mk_record member_create_params = MK_PARAMS_OF(
	"member_create_params", market_member_create_params, member_create_fields, "a new member");

#define OF_BUYER MK_RELATIONS({MK_REL_BUYER, 0}, {MK_REL_OPERATOR, MARKET_RIGHT_BUYERS})
#define BY_OPERATOR MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})
#define STATE_ERRORS MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE)
#define REASON_ERRORS MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID, MARKET_ESTATE)

enum {
	BUYER_CREATE,
	BUYER_GET,
	ADDRESS_CREATE,
	ADDRESS_LIST,
	SELLER_APPLY,
	SELLER_APPROVE,
	SELLER_REJECT,
	SELLER_SUSPEND,
	SELLER_REINSTATE,
	SELLER_EXPIRE,
	SELLER_GET,
	SELLER_LIST,
	MEMBER_CREATE,
	COUNT
};

static const mk_op ops[COUNT] = {
	[BUYER_CREATE] =
		{
			.name = "buyer.create",
			.since = "0.1",
			.summary = "Registers a buyer.",
			.params = &buyer_create_params,
			.result = &mk_buyer_record,
			.gives = &mk_buyer_entity,
			.relations = MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_BUYERS}),
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EEXISTS),
			.flags = MK_OP_WRITES,
			.handler = mk_buyer_create,
		},
	[BUYER_GET] =
		{
			.name = "buyer.get",
			.since = "0.1",
			.summary = "One buyer.",
			.params = &buyer_get_params,
			.result = &mk_buyer_record,
			.subject = &mk_buyer_entity,
			.subject_param = "buyer",
			.relations = OF_BUYER,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.handler = mk_buyer_get,
		},
	[ADDRESS_CREATE] =
		{
			.name = "address.create",
			.since = "0.1",
			.summary = "Adds a delivery address.",
			.params = &address_create_params,
			.result = &mk_address_record,
			.gives = &mk_address_entity,
			.subject = &mk_buyer_entity,
			.subject_param = "buyer",
			.relations = OF_BUYER,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EEXISTS),
			.flags = MK_OP_WRITES,
			.handler = mk_address_create,
		},
	[ADDRESS_LIST] =
		{
			.name = "address.list",
			.since = "0.1",
			.summary = "A buyer's addresses, oldest first.",
			.params = &address_list_params,
			.result = &address_page_record,
			.subject = &mk_buyer_entity,
			.subject_param = "buyer",
			.relations = OF_BUYER,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_address_list,
		},
	[SELLER_APPLY] =
		{
			.name = "seller.apply",
			.since = "0.1",
			.summary = "Applies as a seller.",
			.params = &seller_apply_params,
			.result = &mk_seller_record,
			.gives = &mk_seller_entity,
			.relations = MK_RELATIONS({MK_REL_ANYONE, 0}),
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_ECURRENCY, MARKET_EINVALID, MARKET_EEXISTS),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_seller_apply,
		},
	[SELLER_APPROVE] =
		{
			.name = "seller.approve",
			.since = "0.1",
			.summary = "Approves an application.",
			.params = &seller_approve_params,
			.result = &mk_seller_record,
			.gives = &mk_seller_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE, MARKET_EINCOMPLETE,
                                MARKET_EQUOTA),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_seller_approve,
		},
	[SELLER_REJECT] =
		{
			.name = "seller.reject",
			.since = "0.1",
			.summary = "Rejects an application.",
			.params = &mk_seller_reason_params,
			.result = &mk_seller_record,
			.gives = &mk_seller_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = BY_OPERATOR,
			.errors = REASON_ERRORS,
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_seller_reject,
		},
	[SELLER_SUSPEND] =
		{
			.name = "seller.suspend",
			.since = "0.1",
			.summary = "Suspends a seller.",
			.params = &mk_seller_reason_params,
			.result = &mk_seller_record,
			.gives = &mk_seller_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = BY_OPERATOR,
			.errors = REASON_ERRORS,
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_seller_suspend,
		},
	[SELLER_REINSTATE] =
		{
			.name = "seller.reinstate",
			.since = "0.1",
			.summary = "Ends a suspension.",
			.params = &mk_seller_reason_params,
			.result = &mk_seller_record,
			.gives = &mk_seller_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = BY_OPERATOR,
			.errors = REASON_ERRORS,
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_seller_reinstate,
		},
	[SELLER_EXPIRE] =
		{
			.name = "seller.expire",
			.since = "0.1",
			.summary = "Rejects an application whose time is over.",
			.params = &mk_seller_get_params,
			.result = &mk_seller_record,
			.gives = &mk_seller_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = MK_RELATIONS({MK_REL_SYSTEM, 0}),
			.errors = STATE_ERRORS,
			.flags = MK_OP_WRITES | MK_OP_STATE | MK_OP_TIMED,
			.handler = mk_seller_expire,
		},
	[SELLER_GET] =
		{
			.name = "seller.get",
			.since = "0.1",
			.summary = "One seller with its requirements.",
			.params = &mk_seller_get_params,
			.result = &mk_seller_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations =
				MK_RELATIONS({MK_REL_MEMBER, MK_CAN_VIEW}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.handler = mk_seller_get,
		},
	[SELLER_LIST] =
		{
			.name = "seller.list",
			.since = "0.1",
			.summary = "Sellers by time of application.",
			.params = &seller_list_params,
			.result = &seller_page_record,
			.relations = BY_OPERATOR,
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_seller_list,
		},
	[MEMBER_CREATE] =
		{
			.name = "member.create",
			.since = "0.1",
			.summary = "Adds a member of a seller.",
			.params = &member_create_params,
			.result = &mk_member_record,
			.gives = &mk_member_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations =
				MK_RELATIONS({MK_REL_MEMBER, MK_CAN_OWN}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EEXISTS),
			.flags = MK_OP_WRITES,
			.handler = mk_member_create,
		},
};
extern const mk_op_group mk_op_party;
const mk_op_group mk_op_party = {ops, COUNT};

MK_TYPED(market_buyer_create, &ops[BUYER_CREATE], market_buyer_create_params, market_buyer)
MK_TYPED(market_buyer_get, &ops[BUYER_GET], market_buyer_get_params, market_buyer)
MK_TYPED_FREE(market_buyer_free, market_buyer)
MK_TYPED(market_address_create, &ops[ADDRESS_CREATE], market_address_create_params, market_address)
MK_TYPED_FREE(market_address_free, market_address)
MK_TYPED(market_address_list, &ops[ADDRESS_LIST], market_address_list_params, market_address_page)
MK_TYPED_FREE(market_address_page_free, market_address_page)
MK_TYPED(market_seller_apply, &ops[SELLER_APPLY], market_seller_apply_params, market_seller)
MK_TYPED(market_seller_approve, &ops[SELLER_APPROVE], market_seller_approve_params, market_seller)
MK_TYPED(market_seller_reject, &ops[SELLER_REJECT], market_seller_reason_params, market_seller)
MK_TYPED(market_seller_suspend, &ops[SELLER_SUSPEND], market_seller_reason_params, market_seller)
MK_TYPED(market_seller_reinstate, &ops[SELLER_REINSTATE], market_seller_reason_params,
         market_seller)
MK_TYPED(market_seller_expire, &ops[SELLER_EXPIRE], market_seller_get_params, market_seller)
MK_TYPED(market_seller_get, &ops[SELLER_GET], market_seller_get_params, market_seller)
MK_TYPED_FREE(market_seller_free, market_seller)
MK_TYPED(market_seller_list, &ops[SELLER_LIST], market_seller_list_params, market_seller_page)
MK_TYPED_FREE(market_seller_page_free, market_seller_page)
MK_TYPED(market_member_create, &ops[MEMBER_CREATE], market_member_create_params, market_member)
MK_TYPED_FREE(market_member_free, market_member)
