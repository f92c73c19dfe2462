/*
 * Front categories: what buyers walk through. Each is a set of questions to the back categories and
 * the attributes of products, and may stand below several others (CAT-1).
 *
 * Since 0.1.
 */
#ifndef MARKET_FRONT_CATEGORY_H
#define MARKET_FRONT_CATEGORY_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

typedef enum market_front_state {
	MARKET_FRONT_ACTIVE = 1,
	MARKET_FRONT_HIDDEN /* seen by operators with catalog alone, and left out by others above it */
} market_front_state;

/* An attribute of the product, or of one of the SKUs, has one of the values. */
typedef struct market_front_condition {
	uint32_t size;
	const char *name;
	const char *const *values;
	size_t n_values;
} market_front_condition;
#define MARKET_FRONT_CONDITION_INIT MARKET_INIT(market_front_condition)

/* Offers of a back category, those below included, for which all conditions hold. */
typedef struct market_front_query {
	uint32_t size;
	market_id category;
	const market_front_condition *const *conditions;
	size_t n_conditions;
} market_front_query;
#define MARKET_FRONT_QUERY_INIT MARKET_INIT(market_front_query)

/* An offer is in it when one of its queries holds, or one of those of the active front categories
 * below. Its code is unique and serves as its reference ("ref:gifts"). */
typedef struct market_front_category {
	market_id id;
	const char *code;
	const char *name;
	int64_t position; /* in the list of all */
	int32_t state;
	const market_front_query *const *queries;
	size_t n_queries;
	market_time created_at;
	int64_t version;
} market_front_category;

typedef struct market_front_category_create_params {
	uint32_t size;
	const char *key;
	const char *code;
	const char *name;
	int64_t position;                         /* 0 to 1,000,000 */
	int32_t state;                            /* active when absent */
	const market_front_query *const *queries; /* at most 20; in all 200 values */
	size_t n_queries;
} market_front_category_create_params;
#define MARKET_FRONT_CATEGORY_CREATE_PARAMS_INIT MARKET_INIT(market_front_category_create_params)

/* Adds a front category, below none. By operators with catalog.
 * Errors: EINVALID (code), ELIMIT (queries), ENOTFOUND (queries[i].category), EEXISTS (code).
 * Since 0.1. */
MARKET_API int market_front_category_create(struct market_session *session,
                                            const market_front_category_create_params *in,
                                            market_front_category **out, market_error *err);

/* Absent fields stay as they are. */
typedef struct market_front_category_update_params {
	uint32_t size;
	const char *key;
	market_id front_category;
	const char *name;
	const int64_t *position;
	int32_t state;
	const market_front_query *const *queries; /* all of them anew */
	size_t n_queries;
} market_front_category_update_params;
#define MARKET_FRONT_CATEGORY_UPDATE_PARAMS_INIT MARKET_INIT(market_front_category_update_params)

/* Changes a front category. By operators with catalog. Errors: ELIMIT (queries), ENOTFOUND
 * (queries[i].category). Since 0.1. */
MARKET_API int market_front_category_update(struct market_session *session,
                                            const market_front_category_update_params *in,
                                            market_front_category **out, market_error *err);

typedef struct market_front_category_get_params {
	uint32_t size;
	const char *key;
	market_id front_category;
} market_front_category_get_params;
#define MARKET_FRONT_CATEGORY_GET_PARAMS_INIT MARKET_INIT(market_front_category_get_params)

/* One front category. By anyone; a hidden one by operators with catalog. Errors: ENOTFOUND
 * (front_category: hidden). Since 0.1. */
MARKET_API int market_front_category_get(struct market_session *session,
                                         const market_front_category_get_params *in,
                                         market_front_category **out, market_error *err);
MARKET_API void market_front_category_free(market_front_category *front);

typedef struct market_front_category_list_params {
	uint32_t size;
	const char *key;
	bool top; /* only those below none */
	const char *after;
	const int64_t *limit;
} market_front_category_list_params;
#define MARKET_FRONT_CATEGORY_LIST_PARAMS_INIT MARKET_INIT(market_front_category_list_params)

typedef struct market_front_category_page {
	const market_front_category *const *items;
	size_t n_items;
	const char *next; /* the cursor of the next page; NULL at the end */
} market_front_category_page;

/* Front categories by position; hidden ones for operators with catalog. By anyone. Errors: EINVALID
 * (after). Since 0.1. */
MARKET_API int market_front_category_list(struct market_session *session,
                                          const market_front_category_list_params *in,
                                          market_front_category_page **out, market_error *err);
MARKET_API void market_front_category_page_free(market_front_category_page *page);

typedef struct market_front_category_link_params {
	uint32_t size;
	const char *key;
	market_id front_category; /* the one above */
	market_id child;
	int64_t position; /* among the children, 0 to 1,000,000 */
} market_front_category_link_params;
#define MARKET_FRONT_CATEGORY_LINK_PARAMS_INIT MARKET_INIT(market_front_category_link_params)

/* Puts a front category below another, or at another position there, and gives the one above. None
 * may stand below itself, also when two links that would close a circle together are made at the
 * same moment. By operators with catalog.
 * Errors: ENOTFOUND (child), EINVALID (child: it stands above already; the detail names the way),
 * ELIMIT (child: 12 levels, 200 children, 5,000 links in all). Since 0.1. */
MARKET_API int market_front_category_link(struct market_session *session,
                                          const market_front_category_link_params *in,
                                          market_front_category **out, market_error *err);

typedef struct market_front_category_unlink_params {
	uint32_t size;
	const char *key;
	market_id front_category; /* the one above */
	market_id child;
} market_front_category_unlink_params;
#define MARKET_FRONT_CATEGORY_UNLINK_PARAMS_INIT MARKET_INIT(market_front_category_unlink_params)

/* Takes a front category from below another; what stands below it stays there. By operators with
 * catalog. Errors: ENOTFOUND (child: isn't there). Since 0.1. */
MARKET_API int market_front_category_unlink(struct market_session *session,
                                            const market_front_category_unlink_params *in,
                                            market_front_category **out, market_error *err);

typedef struct market_front_category_tree_params {
	uint32_t size;
	const char *key;
	market_id front_category;
	const int64_t *depth; /* levels below; absent: all */
	const int64_t *limit; /* links, at most 1,000; absent: 100 */
} market_front_category_tree_params;
#define MARKET_FRONT_CATEGORY_TREE_PARAMS_INIT MARKET_INIT(market_front_category_tree_params)

/* A front category where it stands below another. */
typedef struct market_front_node {
	market_id id;
	market_id parent;
	const char *code;
	const char *name;
	int32_t state;
	int64_t position; /* among the parent's children */
	int64_t depth;    /* below the first: 1 of its children */
} market_front_node;

typedef struct market_front_tree {
	const market_front_node *const *items;
	size_t n_items;
	bool complete; /* the limit left nothing out */
} market_front_tree;

/* What stands below a front category, level by level, by position: each link once, also where one
 * stands below several. Hidden ones, and what stands below those alone, for operators with catalog.
 * By anyone. Errors: ENOTFOUND (front_category: hidden). Since 0.1. */
MARKET_API int market_front_category_tree(struct market_session *session,
                                          const market_front_category_tree_params *in,
                                          market_front_tree **out, market_error *err);
MARKET_API void market_front_tree_free(market_front_tree *tree);

#ifdef __cplusplus
}
#endif
#endif
