/* The rows of change requests. */
#include "libmarket/catalog/params.h"
#include "libmarket/op/op.h"

#define T market_change_create_params
static const mk_field change_create_fields[] = {
	MK_F_ID(T, product, PRODUCT, MK_REQUIRED, "what changes"),
	MK_F_ID(T, category, CATEGORY, 0, "the new back category"),
	MK_F_TEXT(T, title, 0, 1, MK_MAX_NAME, "the new title"),
	MK_F_TEXT(T, description, MK_MULTILINE, 1, MK_MAX_TEXT, "the new description"),
	MK_F_TEXT(T, brand, 0, 1, MK_MAX_NAME, "the new brand"),
	MK_F_ATTRIBUTES(T, "the new properties"),
	MK_F_TEXT_PAIRS(T, images, 0, MK_MAX_IMAGES, "the new images"),
};
static const mk_record change_create_params =
	MK_PARAMS_OF("change_create_params", T, change_create_fields, "a change of a product");
#undef T

static const mk_field change_confirm_fields[] = {
	MK_F_ID(market_change_confirm_params, change, CHANGE, MK_REQUIRED, "the change request"),
};
static const mk_record change_confirm_params =
	MK_PARAMS_OF("change_confirm_params", market_change_confirm_params, change_confirm_fields,
                 "which change to confirm");

static const mk_field change_decline_fields[] = {
	MK_F_ID(market_change_decline_params, change, CHANGE, MK_REQUIRED, "the change request"),
	MK_F_TEXT(market_change_decline_params, reason, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT,
              "why"),
};
static const mk_record change_decline_params =
	MK_PARAMS_OF("change_decline_params", market_change_decline_params, change_decline_fields,
                 "which change to decline");

static const mk_field change_cancel_fields[] = {
	MK_F_ID(market_change_cancel_params, change, CHANGE, MK_REQUIRED, "the change request"),
};
static const mk_record change_cancel_params =
	MK_PARAMS_OF("change_cancel_params", market_change_cancel_params, change_cancel_fields,
                 "which change to take back");

static const mk_field change_get_fields[] = {
	MK_F_ID(market_change_get_params, change, CHANGE, MK_REQUIRED, "the change request"),
};
static const mk_record change_get_params = MK_PARAMS_OF(
	"change_get_params", market_change_get_params, change_get_fields, "which change request");

#define T market_change_list_params
static const mk_field change_list_fields[] = {
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "who proposed the products"),
	MK_F_ID(T, product, PRODUCT, 0, "of this one alone"),
	MK_F_ENUM(T, state, mk_change_state_enum, 0, "pending unless stated"),
	MK_F_TEXT(T, after, 0, 1, MK_MAX_KEY, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "how many at most"),
};
static const mk_record change_list_params =
	MK_PARAMS_OF("change_list_params", T, change_list_fields, "which change requests");
#undef T

#define T market_change_page
static const mk_field change_page_fields[] = {
	MK_F_LIST(T, items, market_change, mk_change_record, 0, 0, MK_MAX_PAGE, "the change requests"),
	MK_F_TEXT(T, next, 0, 0, MK_MAX_KEY, "the cursor of the next page"),
};
static const mk_record change_page_record =
	MK_RECORD_OF("change_page", T, change_page_fields, "a page of change requests");
#undef T

#define OPERATORS MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_CATALOG})
#define CATALOGUE \
	MK_RELATIONS({MK_REL_MEMBER, MK_CAN_CATALOGUE}, {MK_REL_OPERATOR, MARKET_RIGHT_CATALOG})

enum {
	CHANGE_CREATE,
	CHANGE_CONFIRM,
	CHANGE_DECLINE,
	CHANGE_CANCEL,
	CHANGE_GET,
	CHANGE_LIST,
	N_OPS
};

static const mk_op ops[] = {
	[CHANGE_CREATE] =
		{
			.name = "change.create",
			.summary = "Asks for a change of a published product.",
			.since = "0.1",
			.params = &change_create_params,
			.result = &mk_change_record,
			.subject = &mk_product_entity,
			.subject_param = "product",
			.gives = &mk_change_entity,
			.relations = CATALOGUE,
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_EMISSING, MARKET_ENOTFOUND, MARKET_EINVALID,
                                MARKET_ELISTING),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_change_create,
		},
	[CHANGE_CONFIRM] =
		{
			.name = "change.confirm",
			.summary = "Confirms a change of a product.",
			.since = "0.1",
			.params = &change_confirm_params,
			.result = &mk_change_record,
			.subject = &mk_change_entity,
			.subject_param = "change",
			.gives = &mk_change_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_ESTATE, MARKET_ECHANGED, MARKET_EINVALID, MARKET_EMISSING,
                                MARKET_ELISTING),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_change_confirm,
		},
	[CHANGE_DECLINE] =
		{
			.name = "change.decline",
			.summary = "Declines a change of a product.",
			.since = "0.1",
			.params = &change_decline_params,
			.result = &mk_change_record,
			.subject = &mk_change_entity,
			.subject_param = "change",
			.gives = &mk_change_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_change_decline,
		},
	[CHANGE_CANCEL] =
		{
			.name = "change.cancel",
			.summary = "Takes back a change of a product.",
			.since = "0.1",
			.params = &change_cancel_params,
			.result = &mk_change_record,
			.subject = &mk_change_entity,
			.subject_param = "change",
			.gives = &mk_change_entity,
			.relations = CATALOGUE,
			.errors = MK_ERRORS(MARKET_ESTATE),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_change_cancel,
		},
	[CHANGE_GET] =
		{
			.name = "change.get",
			.summary = "One change request.",
			.since = "0.1",
			.params = &change_get_params,
			.result = &mk_change_record,
			.subject = &mk_change_entity,
			.subject_param = "change",
			.relations = MK_CATALOG_VIEWERS,
			.errors = (const int[]){0},
			.handler = mk_change_get,
		},
	[CHANGE_LIST] =
		{
			.name = "change.list",
			.summary = "Change requests of one state.",
			.since = "0.1",
			.params = &change_list_params,
			.result = &change_page_record,
			.subject = &mk_seller_entity,
			.subject_param = "seller",
			.relations = MK_CATALOG_VIEWERS,
			.errors = MK_ERRORS(MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_change_list,
		},
};
_Static_assert(sizeof(ops) / sizeof(ops[0]) == N_OPS, "each row has its number");

extern const mk_op_group mk_op_change;
const mk_op_group mk_op_change = {ops, N_OPS};

MK_TYPED(market_change_create, &ops[CHANGE_CREATE], market_change_create_params, market_change)
MK_TYPED(market_change_confirm, &ops[CHANGE_CONFIRM], market_change_confirm_params, market_change)
MK_TYPED(market_change_decline, &ops[CHANGE_DECLINE], market_change_decline_params, market_change)
MK_TYPED(market_change_cancel, &ops[CHANGE_CANCEL], market_change_cancel_params, market_change)
MK_TYPED(market_change_get, &ops[CHANGE_GET], market_change_get_params, market_change)
MK_TYPED(market_change_list, &ops[CHANGE_LIST], market_change_list_params, market_change_page)
MK_TYPED_FREE(market_change_free, market_change)
MK_TYPED_FREE(market_change_page_free, market_change_page)
