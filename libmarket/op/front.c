/* The rows of front categories (CAT-1). */
#include "libmarket/catalog/front.h"
#include "libmarket/op/op.h"

#define POSITION(T) MK_F_INT(T, position, 0, 0, MK_MAX_FRONT_POSITION, "the lower ones stand first")
#define QUERIES(T, sum) \
	MK_F_LIST(T, queries, market_front_query, mk_front_query_record, 0, 0, MK_MAX_FRONT_QUERIES, \
	          sum)

#define T market_front_category_create_params
static const mk_field create_fields[] = {
	MK_F_TEXT(T, code, MK_REQUIRED, 1, MK_MAX_CODE, "its code, which serves as its reference"),
	MK_F_TEXT(T, name, MK_REQUIRED, 1, MK_MAX_NAME, "its name"),
	POSITION(T),
	MK_F_ENUM(T, state, mk_front_state_enum, 0, "who sees it; active when absent"),
	QUERIES(T, "one of them holds of what is in it"),
};
static const mk_record create_params =
	MK_PARAMS_OF("front_category_create_params", T, create_fields, "a new front category");
#undef T

#define T market_front_category_update_params
static const mk_field update_fields[] = {
	MK_F_ID(T, front_category, FRONT, MK_REQUIRED, "the front category"),
	MK_F_TEXT(T, name, 0, 1, MK_MAX_NAME, "its name"),
	MK_F_OPT_INT(T, position, 0, 0, MK_MAX_FRONT_POSITION, "the lower ones stand first"),
	MK_F_ENUM(T, state, mk_front_state_enum, 0, "who sees it"),
	QUERIES(T, "all of them anew"),
};
static const mk_record update_params =
	MK_PARAMS_OF("front_category_update_params", T, update_fields, "what changes of it");
#undef T

#define T market_front_category_get_params
static const mk_field get_fields[] = {
	MK_F_ID(T, front_category, FRONT, MK_REQUIRED, "the front category"),
};
static const mk_record get_params =
	MK_PARAMS_OF("front_category_get_params", T, get_fields, "which front category");
#undef T

#define T market_front_category_list_params
static const mk_field list_fields[] = {
	MK_F_BOOL(T, top, 0, "only those below none"),
	MK_F_TEXT(T, after, 0, 1, 40, "the cursor of the page before"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_PAGE, "at most so many"),
};
static const mk_record list_params =
	MK_PARAMS_OF("front_category_list_params", T, list_fields, "which front categories");
#undef T

#define T market_front_category_link_params
static const mk_field link_fields[] = {
	MK_F_ID(T, front_category, FRONT, MK_REQUIRED, "the one above"),
	MK_F_ID(T, child, FRONT, MK_REQUIRED, "the one below"),
	POSITION(T),
};
static const mk_record link_params =
	MK_PARAMS_OF("front_category_link_params", T, link_fields, "what stands below what");
#undef T

#define T market_front_category_unlink_params
static const mk_field unlink_fields[] = {
	MK_F_ID(T, front_category, FRONT, MK_REQUIRED, "the one above"),
	MK_F_ID(T, child, FRONT, MK_REQUIRED, "the one below"),
};
static const mk_record unlink_params =
	MK_PARAMS_OF("front_category_unlink_params", T, unlink_fields, "what stands there no more");
#undef T

#define T market_front_category_tree_params
static const mk_field tree_fields[] = {
	MK_F_ID(T, front_category, FRONT, MK_REQUIRED, "below which"),
	MK_F_OPT_INT(T, depth, 0, 1, MK_MAX_FRONT_DEPTH, "levels; absent: all"),
	MK_F_OPT_INT(T, limit, 0, 1, MK_MAX_FRONT_TREE, "at most so many links"),
};
static const mk_record tree_params =
	MK_PARAMS_OF("front_category_tree_params", T, tree_fields, "what is read of the graph");
#undef T

#define T market_front_category_page
static const mk_field page_fields[] = {
	MK_F_LIST(T, items, market_front_category, mk_front_record, 0, 0, MK_MAX_PAGE,
              "the front categories"),
	MK_F_TEXT(T, next, 0, 0, 0, "the cursor of the next page"),
};
static const mk_record page_record =
	MK_RECORD_OF("front_category_page", T, page_fields, "a page of front categories");
#undef T

#define T market_front_tree
static const mk_field tree_result_fields[] = {
	MK_F_LIST(T, items, market_front_node, mk_front_node_record, 0, 0, MK_MAX_FRONT_TREE,
              "the links, level by level"),
	MK_F_BOOL(T, complete, MK_REQUIRED, "the limit left nothing out"),
};
static const mk_record tree_record =
	MK_RECORD_OF("front_tree", T, tree_result_fields, "what stands below a front category");
#undef T

#define ANYONE MK_RELATIONS({MK_REL_ANYONE, 0})
#define OPERATORS MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_CATALOG})
#define OF_FRONT .subject = &mk_front_entity, .subject_param = "front_category"

enum { CREATE, UPDATE, GET, LIST, LINK, UNLINK, TREE, COUNT };

static const mk_op ops[COUNT] = {
	[CREATE] =
		{
			.name = "front_category.create",
			.summary = "Adds a front category.",
			.since = "0.1",
			.params = &create_params,
			.result = &mk_front_record,
			.gives = &mk_front_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_EINVALID, MARKET_ELIMIT, MARKET_ENOTFOUND, MARKET_EEXISTS),
			.flags = MK_OP_WRITES,
			.handler = mk_front_category_create,
		},
	[UPDATE] =
		{
			.name = "front_category.update",
			.summary = "Changes a front category.",
			.since = "0.1",
			.params = &update_params,
			.result = &mk_front_record,
			OF_FRONT,
			.gives = &mk_front_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_ELIMIT, MARKET_ENOTFOUND),
			.flags = MK_OP_WRITES,
			.handler = mk_front_category_update,
		},
	[GET] =
		{
			.name = "front_category.get",
			.summary = "One front category.",
			.since = "0.1",
			.params = &get_params,
			.result = &mk_front_record,
			OF_FRONT,
			.relations = ANYONE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND),
			.handler = mk_front_category_get,
		},
	[LIST] =
		{
			.name = "front_category.list",
			.summary = "Front categories by position.",
			.since = "0.1",
			.params = &list_params,
			.result = &page_record,
			.relations = ANYONE,
			.errors = MK_ERRORS(MARKET_EINVALID),
			.flags = MK_OP_PAGED,
			.handler = mk_front_category_list,
		},
	[LINK] =
		{
			.name = "front_category.link",
			.summary = "Puts a front category below another.",
			.since = "0.1",
			.params = &link_params,
			.result = &mk_front_record,
			OF_FRONT,
			.gives = &mk_front_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND, MARKET_EINVALID, MARKET_ELIMIT),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_front_category_link,
		},
	[UNLINK] =
		{
			.name = "front_category.unlink",
			.summary = "Takes a front category from below another.",
			.since = "0.1",
			.params = &unlink_params,
			.result = &mk_front_record,
			OF_FRONT,
			.gives = &mk_front_entity,
			.relations = OPERATORS,
			.errors = MK_ERRORS(MARKET_ENOTFOUND),
			.flags = MK_OP_WRITES | MK_OP_STATE,
			.handler = mk_front_category_unlink,
		},
	[TREE] =
		{
			.name = "front_category.tree",
			.summary = "What stands below a front category.",
			.since = "0.1",
			.params = &tree_params,
			.result = &tree_record,
			OF_FRONT,
			.relations = ANYONE,
			.errors = MK_ERRORS(MARKET_ENOTFOUND),
			.handler = mk_front_category_tree,
		},
};
extern const mk_op_group mk_op_front;
const mk_op_group mk_op_front = {ops, COUNT};

MK_TYPED(market_front_category_create, &ops[CREATE], market_front_category_create_params,
         market_front_category)
MK_TYPED(market_front_category_update, &ops[UPDATE], market_front_category_update_params,
         market_front_category)
MK_TYPED(market_front_category_get, &ops[GET], market_front_category_get_params,
         market_front_category)
MK_TYPED(market_front_category_list, &ops[LIST], market_front_category_list_params,
         market_front_category_page)
MK_TYPED(market_front_category_link, &ops[LINK], market_front_category_link_params,
         market_front_category)
MK_TYPED(market_front_category_unlink, &ops[UNLINK], market_front_category_unlink_params,
         market_front_category)
MK_TYPED(market_front_category_tree, &ops[TREE], market_front_category_tree_params,
         market_front_tree)
MK_TYPED_FREE(market_front_category_free, market_front_category)
MK_TYPED_FREE(market_front_category_page_free, market_front_category_page)
MK_TYPED_FREE(market_front_tree_free, market_front_tree)
