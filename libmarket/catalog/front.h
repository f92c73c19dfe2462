/* Front categories (CAT-1): a graph without circles, whose nodes are queries over back categories
 * and attributes. */
#ifndef MK_CATALOG_FRONT_H
#define MK_CATALOG_FRONT_H

#include "libmarket/catalog/catalog.h"

#define MK_MAX_FRONT_QUERIES 20    /* of a front category */
#define MK_MAX_FRONT_CONDITIONS 10 /* of a query */
#define MK_MAX_FRONT_VALUES 50     /* of a condition */
#define MK_MAX_FRONT_WORDS 200     /* values of all conditions of a front category */
#define MK_MAX_FRONT_DEPTH 12
#define MK_MAX_FRONT_CHILDREN 200
#define MK_MAX_FRONT_LINKS 5000 /* of the graph */
#define MK_MAX_FRONT_TREE 1000  /* links that are read at once */
#define MK_MAX_FRONT_POSITION 1000000

typedef struct mk_front {
	market_front_category front;
	const char *queries_text; /* JSON */
} mk_front;

/* A link with the front category below. */
typedef struct mk_front_node {
	market_front_node node;
	const char *queries_text;
} mk_front_node;

extern const mk_record mk_front_query_record, mk_front_record, mk_front_node_record;
extern const mk_enum mk_front_state_enum;
extern const mk_entity mk_front_entity;
extern const mk_statement mk_front_insert, mk_front_save, mk_front_by_code, mk_front_page;
extern const char *const mk_front_ddl[];

/* The row's text from the queries; NULL when memory is exhausted. */
const char *mk_front_write(mk_ctx *ctx, const market_front_query *const *queries, size_t count);
int mk_front_read(mk_ctx *ctx, const char *text, const market_front_query *const **queries,
                  size_t *count, market_error *err);

/* ENOTFOUND when it is hidden from the actor. */
int mk_front_check_seen(const mk_ctx *ctx, const mk_front *front, const char *field,
                        market_error *err);
/* All queries of a front category and of the active ones below; `front_category` is the field. */
int mk_front_queries(mk_ctx *ctx, market_id front, const market_front_query ***queries,
                     size_t *count, market_error *err);

int mk_front_category_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_front_category_update(mk_ctx *ctx, const void *params, market_error *err);
int mk_front_category_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_front_category_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_front_category_link(mk_ctx *ctx, const void *params, market_error *err);
int mk_front_category_unlink(mk_ctx *ctx, const void *params, market_error *err);
int mk_front_category_tree(mk_ctx *ctx, const void *params, market_error *err);

#endif
