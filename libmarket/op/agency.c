/* The rows of agencies and delegations. */
#include "libmarket/agency/agency.h"
#include "libmarket/op/op.h"

#define T market_agency_create_params
static const mk_field agency_create_fields[] = {
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_TEXT(T, name, MK_REQUIRED, 1, MK_MAX_NAME, "the name"),
	MK_F_TEXT(T, country, MK_REQUIRED, 2, 2, "ISO 3166-1 alpha-2"),
};
static const mk_record agency_create_params =
	MK_PARAMS_OF("agency_create_params", T, agency_create_fields, "a new agency");
#undef T

#define T market_agency_get_params
static const mk_field agency_get_fields[] = {
	MK_F_ID(T, agency, AGENCY, MK_REQUIRED, "the agency"),
};
static const mk_record agency_get_params =
	MK_PARAMS_OF("agency_get_params", T, agency_get_fields, "which agency");
#undef T

#define T market_agency_list_params
static const mk_field agency_list_fields[] = {
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record agency_list_params =
	MK_PARAMS_OF("agency_list_params", T, agency_list_fields, "which agencies");
#undef T

#define T market_agency_member_add_params
static const mk_field agency_member_add_fields[] = {
	MK_F_ID(T, agency, AGENCY, MK_REQUIRED, "the agency"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_TEXT(T, name, MK_REQUIRED, 1, MK_MAX_NAME, "the name"),
	MK_F_BOOL(T, manager, 0, "adds and removes people, gives up delegations"),
};
static const mk_record agency_member_add_params = MK_PARAMS_OF(
	"agency_member_add_params", T, agency_member_add_fields, "a new person of an agency");
#undef T

#define T market_agency_member_remove_params
static const mk_field agency_member_remove_fields[] = {
	MK_F_ID(T, member, MEMBER, MK_REQUIRED, "the person"),
};
static const mk_record agency_member_remove_params =
	MK_PARAMS_OF("agency_member_remove_params", T, agency_member_remove_fields, "who goes");
#undef T

#define T market_agency_page_params
static const mk_field of_agency_fields[] = {
	MK_F_ID(T, agency, AGENCY, MK_REQUIRED, "the agency"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record of_agency_params =
	MK_PARAMS_OF("agency_page_params", T, of_agency_fields, "of which agency");
#undef T

#define T market_delegation_grant_params
static const mk_field delegation_grant_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "by whom"),
	MK_F_ID(T, agency, AGENCY, MK_REQUIRED, "to whom"),
	MK_F_BOOL(T, finance, 0, "payouts and statements"),
	MK_F_BOOL(T, catalogue, 0, "products, offers and stock"),
	MK_F_BOOL(T, fulfilment, 0, "orders and shipments"),
	MK_F_BOOL(T, support, 0, "buyers' requests and ratings"),
	MK_F_TIME(T, valid_to, MK_REQUIRED, "nothing by it from then on"),
};
static const mk_record delegation_grant_params =
	MK_PARAMS_OF("delegation_grant_params", T, delegation_grant_fields, "what an agency may do");
#undef T

#define T market_delegation_get_params
static const mk_field delegation_get_fields[] = {
	MK_F_ID(T, delegation, DELEGATION, MK_REQUIRED, "the delegation"),
};
static const mk_record delegation_get_params =
	MK_PARAMS_OF("delegation_get_params", T, delegation_get_fields, "which delegation");
#undef T

#define T market_delegation_list_params
static const mk_field delegation_list_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_REQUIRED, "whose"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record delegation_list_params =
	MK_PARAMS_OF("delegation_list_params", T, delegation_list_fields, "which delegations");
#undef T

#define T market_delegation_audit_params
static const mk_field delegation_audit_fields[] = {
	MK_F_ID(T, delegation, DELEGATION, MK_REQUIRED, "the delegation"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record delegation_audit_params =
	MK_PARAMS_OF("delegation_audit_params", T, delegation_audit_fields, "whose acts");
#undef T

static const mk_field agency_page_fields[] = {
	MK_F_LIST(market_agency_page, items, market_agency, mk_agency_record, 0, 0, 0, "the agencies"),
	MK_F_TEXT(market_agency_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record agency_page_record =
	MK_RECORD_OF("agency_page", market_agency_page, agency_page_fields, "a page of agencies");

static const mk_field agency_member_page_fields[] = {
	MK_F_LIST(market_agency_member_page, items, market_agency_member, mk_agency_member_record, 0, 0,
              0, "the people"),
	MK_F_TEXT(market_agency_member_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record agency_member_page_record = MK_RECORD_OF(
	"agency_member_page", market_agency_member_page, agency_member_page_fields, "a page of people");

static const mk_field delegation_page_fields[] = {
	MK_F_LIST(market_delegation_page, items, market_delegation, mk_delegation_record, 0, 0, 0,
              "the delegations"),
	MK_F_TEXT(market_delegation_page, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record delegation_page_record = MK_RECORD_OF(
	"delegation_page", market_delegation_page, delegation_page_fields, "a page of delegations");

#define BY_SELLERS MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})
#define BY_AGENCY MK_RELATIONS({MK_REL_AGENCY, 0}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})
#define BY_MANAGER \
	MK_RELATIONS({MK_REL_AGENCY, MK_NEED_MANAGER}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})
#define BY_OWNER MK_RELATIONS({MK_REL_MEMBER, MK_CAN_OWN}, {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS})
#define LIST_ERRORS MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID)

enum {
	AGENCY_CREATE,
	AGENCY_GET,
	AGENCY_LIST,
	MEMBER_ADD,
	MEMBER_REMOVE,
	MEMBER_LIST,
	AGENCY_DELEGATION_LIST,
	DELEGATION_GRANT,
	DELEGATION_REVOKE,
	DELEGATION_LIST,
	DELEGATION_AUDIT,
	COUNT
};

static const mk_op ops[COUNT] = {
	[AGENCY_CREATE] =
		{
			.name = "agency.create",
			.since = "0.1",
			.summary = "Adds an agency.",
			.params = &agency_create_params,
			.result = &mk_agency_record,
			.gives = &mk_agency_entity,
			.relations = BY_SELLERS,
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EEXISTS),
			.flags = MK_OP_WRITES,
			.handler = mk_agency_create,
		},
	[AGENCY_GET] =
		{
			.name = "agency.get",
			.since = "0.1",
			.summary = "One agency.",
			.params = &agency_get_params,
			.result = &mk_agency_record,
			.subject = &mk_agency_entity,
			.subject_param = "agency",
			.relations = BY_AGENCY,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED),
			.handler = mk_agency_get,
		},
	[AGENCY_LIST] =
		{
			.name = "agency.list",
			.since = "0.1",
			.summary = "All agencies, oldest first.",
			.params = &agency_list_params,
			.result = &agency_page_record,
			.relations = BY_SELLERS,
			.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_agency_list,
		},
	[MEMBER_ADD] =
		{
			.name = "agency.member.add",
			.since = "0.1",
			.summary = "Adds somebody to an agency.",
			.params = &agency_member_add_params,
			.result = &mk_agency_member_record,
			.gives = &mk_agency_member_entity,
			.subject = &mk_agency_entity,
			.subject_param = "agency",
			.relations = BY_MANAGER,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EEXISTS),
			.flags = MK_OP_WRITES,
			.handler = mk_agency_member_add,
		},
	[MEMBER_REMOVE] =
		{
			.name = "agency.member.remove",
			.since = "0.1",
			.summary = "Removes somebody of an agency.",
			.params = &agency_member_remove_params,
			.result = &mk_agency_member_record,
			.gives = &mk_agency_member_entity,
			.subject = &mk_agency_member_entity,
			.subject_param = "member",
			.relations = BY_MANAGER,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_agency_member_remove,
		},
	[MEMBER_LIST] =
		{
			.name = "agency.member.list",
			.since = "0.1",
			.summary = "An agency's people, oldest first.",
			.params = &of_agency_params,
			.result = &agency_member_page_record,
			.subject = &mk_agency_entity,
			.subject_param = "agency",
			.relations = BY_AGENCY,
			.errors = LIST_ERRORS,
			.flags = MK_OP_PAGED,
			.handler = mk_agency_member_list,
		},
	[AGENCY_DELEGATION_LIST] =
		{
			.name = "agency.delegation.list",
			.since = "0.1",
			.summary = "What an agency was delegated, oldest first.",
			.params = &of_agency_params,
			.result = &delegation_page_record,
			.subject = &mk_agency_entity,
			.subject_param = "agency",
			.relations = BY_AGENCY,
			.errors = LIST_ERRORS,
			.flags = MK_OP_PAGED,
			.handler = mk_agency_delegation_list,
		},
	[DELEGATION_GRANT] =
		{
			.name = "delegation.grant",
			.since = "0.1",
			.summary = "Lets an agency's people act for a seller.",
			.params = &delegation_grant_params,
			.result = &mk_delegation_record,
			.gives = &mk_delegation_entity,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = MK_RELATIONS({MK_REL_MEMBER, MK_CAN_OWN}),
			.errors =
				MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_EINVALID, MARKET_EUNCONFIRMED),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_delegation_grant,
		},
	[DELEGATION_REVOKE] =
		{
			.name = "delegation.revoke",
			.since = "0.1",
			.summary = "Ends a delegation at once.",
			.params = &delegation_get_params,
			.result = &mk_delegation_record,
			.gives = &mk_delegation_entity,
			.subject = &mk_delegation_entity,
			.subject_param = "delegation",
			.relations = MK_RELATIONS({MK_REL_MEMBER, MK_CAN_OWN}, {MK_REL_AGENCY, MK_NEED_MANAGER},
                                      {MK_REL_OPERATOR, MARKET_RIGHT_SELLERS}),
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EDENIED, MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_delegation_revoke,
		},
	[DELEGATION_LIST] =
		{
			.name = "delegation.list",
			.since = "0.1",
			.summary = "What a seller has delegated, oldest first.",
			.params = &delegation_list_params,
			.result = &delegation_page_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = BY_OWNER,
			.errors = LIST_ERRORS,
			.flags = MK_OP_PAGED,
			.handler = mk_delegation_list,
		},
	[DELEGATION_AUDIT] =
		{
			.name = "delegation.audit",
			.since = "0.1",
			.summary = "What an agency's people did for a seller.",
			.params = &delegation_audit_params,
			.result = &mk_event_page_record,
			.subject = &mk_delegation_entity,
			.subject_param = "delegation",
			.relations = BY_OWNER,
			.errors = LIST_ERRORS,
			.flags = MK_OP_PAGED,
			.handler = mk_delegation_audit,
		},
};
extern const mk_op_group mk_op_agency;
const mk_op_group mk_op_agency = {ops, COUNT};

MK_TYPED(market_agency_create, &ops[AGENCY_CREATE], market_agency_create_params, market_agency)
MK_TYPED(market_agency_get, &ops[AGENCY_GET], market_agency_get_params, market_agency)
MK_TYPED(market_agency_list, &ops[AGENCY_LIST], market_agency_list_params, market_agency_page)
MK_TYPED(market_agency_member_add, &ops[MEMBER_ADD], market_agency_member_add_params,
         market_agency_member)
MK_TYPED(market_agency_member_remove, &ops[MEMBER_REMOVE], market_agency_member_remove_params,
         market_agency_member)
MK_TYPED(market_agency_member_list, &ops[MEMBER_LIST], market_agency_page_params,
         market_agency_member_page)
MK_TYPED(market_agency_delegation_list, &ops[AGENCY_DELEGATION_LIST], market_agency_page_params,
         market_delegation_page)
MK_TYPED(market_delegation_grant, &ops[DELEGATION_GRANT], market_delegation_grant_params,
         market_delegation)
MK_TYPED(market_delegation_revoke, &ops[DELEGATION_REVOKE], market_delegation_get_params,
         market_delegation)
MK_TYPED(market_delegation_list, &ops[DELEGATION_LIST], market_delegation_list_params,
         market_delegation_page)
MK_TYPED(market_delegation_audit, &ops[DELEGATION_AUDIT], market_delegation_audit_params,
         market_event_page)
MK_TYPED_FREE(market_agency_free, market_agency)
MK_TYPED_FREE(market_agency_page_free, market_agency_page)
MK_TYPED_FREE(market_agency_member_free, market_agency_member)
MK_TYPED_FREE(market_agency_member_page_free, market_agency_member_page)
MK_TYPED_FREE(market_delegation_free, market_delegation)
MK_TYPED_FREE(market_delegation_page_free, market_delegation_page)
