/* The rows of what describes the catalogue: categories' changes and their attributes. */
#include "libmarket/catalog/params.h"
#include "libmarket/op/op.h"

#define T market_attribute_create_params
static const mk_field attribute_create_fields[] = {
	MK_F_ID(T, category, CATEGORY, MK_REQUIRED, "the category that defines it"),
	MK_F_TEXT(T, name, MK_REQUIRED, 1, MK_MAX_METADATA_NAME, "its name"),
	MK_F_ENUM(T, type, mk_attribute_type_enum, MK_REQUIRED, "what its values are"),
	MK_F_BOOL(T, required, 0, "whether it must be stated"),
	MK_F_BOOL(T, loosens, 0, "not required although a category above requires it"),
	MK_F_BOOL(T, variant, 0, "whether it tells SKUs apart"),
	MK_F_TEXT(T, unit, 0, 1, MK_MAX_CODE, "the unit of its values"),
	MK_F_TEXT(T, minimum, 0, 1, MK_MAX_CODE, "the least value, or length"),
	MK_F_TEXT(T, maximum, 0, 1, MK_MAX_CODE, "the greatest value, or length"),
	MK_F_TEXT_PAIRS(T, options, 0, MK_MAX_OPTIONS, "the values of a choice"),
};
static const mk_record attribute_create_params =
	MK_PARAMS_OF("attribute_create_params", T, attribute_create_fields, "a new attribute");
#undef T

#define T market_attribute_update_params
static const mk_field attribute_update_fields[] = {
	MK_F_ID(T, attribute, ATTRIBUTE, MK_REQUIRED, "the attribute"),
	MK_F_OPT_BOOL(T, required, 0, "whether it must be stated"),
	MK_F_OPT_BOOL(T, loosens, 0, "not required although a category above requires it"),
	MK_F_OPT_BOOL(T, retired, 0, "the definition counts no longer"),
	MK_F_TEXT(T, unit, 0, 1, MK_MAX_CODE, "the unit of its values"),
	MK_F_TEXT(T, minimum, 0, 1, MK_MAX_CODE, "the least value, or length"),
	MK_F_TEXT(T, maximum, 0, 1, MK_MAX_CODE, "the greatest value, or length"),
	MK_F_TEXT_PAIRS(T, options, 0, MK_MAX_OPTIONS, "the values of a choice"),
};
static const mk_record attribute_update_params = MK_PARAMS_OF(
	"attribute_update_params", T, attribute_update_fields, "what changes of an attribute");
#undef T

#define T market_attribute_list_params
static const mk_field attribute_list_fields[] = {
	MK_F_ID(T, category, CATEGORY, MK_REQUIRED, "the category that defines them"),
	MK_F_TEXT(T, after, 0, 1, MK_MAX_KEY, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "how many at most"),
};
static const mk_record attribute_list_params =
	MK_PARAMS_OF("attribute_list_params", T, attribute_list_fields, "which attributes");
#undef T

#define T market_attribute_page
static const mk_field attribute_page_fields[] = {
	MK_F_LIST(T, items, market_attribute, mk_attribute_record, 0, 0, MK_MAX_PAGE, "the attributes"),
	MK_F_TEXT(T, next, 0, 0, MK_MAX_KEY, "the cursor of the next page"),
};
static const mk_record attribute_page_record =
	MK_RECORD_OF("attribute_page", T, attribute_page_fields, "a page of attributes");
#undef T

#define ANYONE MK_RELATIONS({MK_REL_ANYONE, 0})
#define OPERATORS MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_CATALOG})

enum { CATEGORY_UPDATE, ATTRIBUTE_CREATE, ATTRIBUTE_UPDATE, ATTRIBUTE_LIST, N_OPS };

static const mk_op ops[] = {
	[CATEGORY_UPDATE] =
		{
			.name = "category.update",
			.summary = "Changes a back category.",
			.since = "0.1",
			.params = &mk_category_update_params,
			.result = &mk_category_record,
			.subject = &mk_category_entity,
			.subject_param = "category",
			.gives = &mk_category_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_EINVALID),
			.flags = MK_OP_WRITES,
			.handler = mk_category_update,
		},
	[ATTRIBUTE_CREATE] =
		{
			.name = "attribute.create",
			.summary = "Defines an attribute of a back category.",
			.since = "0.1",
			.params = &attribute_create_params,
			.result = &mk_attribute_record,
			.subject = &mk_category_entity,
			.subject_param = "category",
			.gives = &mk_attribute_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_EINVALID, MARKET_EMISSING, MARKET_ELIMIT, MARKET_EEXISTS),
			.flags = MK_OP_WRITES,
			.handler = mk_attribute_create,
		},
	[ATTRIBUTE_UPDATE] =
		{
			.name = "attribute.update",
			.summary = "Changes the definition of an attribute.",
			.since = "0.1",
			.params = &attribute_update_params,
			.result = &mk_attribute_record,
			.subject = &mk_attribute_entity,
			.subject_param = "attribute",
			.gives = &mk_attribute_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_EINVALID, MARKET_EMISSING),
			.flags = MK_OP_WRITES,
			.handler = mk_attribute_update,
		},
	[ATTRIBUTE_LIST] =
		{
			.name = "attribute.list",
			.summary = "The attributes that a back category defines.",
			.since = "0.1",
			.params = &attribute_list_params,
			.result = &attribute_page_record,
			.subject = &mk_category_entity,
			.subject_param = "category",
			.relations = ANYONE,
			.errors = MK_ERRORS(MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_attribute_list,
		},
};
_Static_assert(sizeof(ops) / sizeof(ops[0]) == N_OPS, "each row has its number");

extern const mk_op_group mk_op_catalogue;
const mk_op_group mk_op_catalogue = {ops, N_OPS};

MK_TYPED(market_category_update, &ops[CATEGORY_UPDATE], market_category_update_params,
         market_category)
MK_TYPED(market_attribute_create, &ops[ATTRIBUTE_CREATE], market_attribute_create_params,
         market_attribute)
MK_TYPED(market_attribute_update, &ops[ATTRIBUTE_UPDATE], market_attribute_update_params,
         market_attribute)
MK_TYPED(market_attribute_list, &ops[ATTRIBUTE_LIST], market_attribute_list_params,
         market_attribute_page)
MK_TYPED_FREE(market_attribute_free, market_attribute)
MK_TYPED_FREE(market_attribute_page_free, market_attribute_page)
