/* The rows of a seller's members, beside member.create. */
#include "libmarket/op/op.h"
#include "libmarket/party/seller.h"

#define T market_member_update_params
static const mk_field update_fields[] = {
	MK_F_ID(T, member, MEMBER, MK_REQUIRED, "the member"),
	MK_F_TEXT(T, name, 0, 1, MK_MAX_NAME, "the name"),
	MK_F_ENUM(T, role, mk_role_enum, 0, "what it may do"),
};
static const mk_record update_params =
	MK_PARAMS_OF("member_update_params", T, update_fields, "what changes of a member");
#undef T

static const mk_field remove_fields[] = {
	MK_F_ID(market_member_remove_params, member, MEMBER, MK_REQUIRED, "the member"),
};
static const mk_record remove_params =
	MK_PARAMS_OF("member_remove_params", market_member_remove_params, remove_fields, "who goes");

#define T market_member_list_params
static const mk_field list_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose"),
	MK_F_BOOL(T, removed, 0, "those that were removed, too"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record list_params =
	MK_PARAMS_OF("member_list_params", T, list_fields, "which members");
#undef T

static const mk_field page_fields[] = {
	MK_F_LIST(market_member_page, items, market_member, mk_member_record, 0, 0, 0, "the members"),
	MK_F_TEXT(market_member_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record page_record =
	MK_RECORD_OF("member_page", market_member_page, page_fields, "a page of members");

#define BY_OWNER MK_RELATIONS({MK_REL_MEMBER, MK_CAN_OWN}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})

enum { UPDATE, REMOVE, LIST, COUNT };

static const mk_op ops[COUNT] = {
	[UPDATE] =
		{
			.name = "member.update",
			.since = "0.1",
			.summary = "Changes a member's name or role.",
			.params = &update_params,
			.result = &mk_member_record,
			.gives = &mk_member_entity,
			.subject = &mk_member_entity,
			.subject_param = "member",
			.relations = BY_OWNER,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EMISSING, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_member_update,
		},
	[REMOVE] =
		{
			.name = "member.remove",
			.since = "0.1",
			.summary = "Removes a member of a seller.",
			.params = &remove_params,
			.result = &mk_member_record,
			.gives = &mk_member_entity,
			.subject = &mk_member_entity,
			.subject_param = "member",
			.relations = BY_OWNER,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_member_remove,
		},
	[LIST] =
		{
			.name = "member.list",
			.since = "0.1",
			.summary = "A seller's members, oldest first.",
			.params = &list_params,
			.result = &page_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations =
				MK_RELATIONS({MK_REL_MEMBER, MK_CAN_VIEW}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_member_list,
		},
};
extern const mk_op_group mk_op_member;
const mk_op_group mk_op_member = {ops, COUNT};

MK_TYPED(market_member_update, &ops[UPDATE], market_member_update_params, market_member)
MK_TYPED(market_member_remove, &ops[REMOVE], market_member_remove_params, market_member)
MK_TYPED(market_member_list, &ops[LIST], market_member_list_params, market_member_page)
MK_TYPED_FREE(market_member_page_free, market_member_page)
