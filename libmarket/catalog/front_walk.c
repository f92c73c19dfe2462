/* CAT-1: what stands below a front category, read level by level. */
#include "libmarket/catalog/front.h"
#include "libmarket/catalog/sql.h"

#define BATCH 50

static const mk_statement children_of = {
	.name = "front_children",
	.sql = "SELECT l.book_id AS book_id, l.child_id AS id, l.parent_id AS parent_id, c.code AS "
		   "code, c.name AS name, c.state AS state, l.position AS position, c.queries_text AS "
		   "queries_text FROM front_link l JOIN front_category c ON c.book_id = l.book_id AND c.id "
		   "= l.child_id WHERE l.book_id = 0 AND l.parent_id = ?1 AND (CAST(?2 AS BIGINT) = 1 OR "
		   "c.state = 1) ORDER BY l.position, l.child_id LIMIT ?3",
};

/* The links below a front category. */
typedef struct walk {
	mk_front_node **nodes; /* level by level, by position */
	size_t n_nodes;
	bool complete;
} walk;

/* The front categories of one level, whose children are the next. */
typedef struct level {
	int64_t *ids;
	size_t n;
} level;

static int below(mk_ctx *ctx, market_id front, int64_t depth, int64_t limit, bool hidden, walk *out,
                 market_error *err);
static int read_level(mk_ctx *ctx, const level *above, bool hidden, int64_t limit, walk *out,
                      market_error *err);
static bool is_first(const walk *from, size_t index, market_id root);
static int collect(mk_ctx *ctx, const mk_front *root, const walk *from,
                   const market_front_query **out, size_t *count, market_error *err);

int mk_front_category_tree(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_front_category_tree_params *in = params;
	const mk_front *front = ctx->subject;
	const bool insider = mk_catalog_insider(ctx, (market_id){0, 0});
	market_front_tree *tree = MK_NEW(ctx->arena, market_front_tree);
	walk found;
	int rc =
		tree ? mk_front_check_seen(ctx, front, "front_category", err) : mk_error_no_memory(err);

	if (rc == 0)
		rc = below(ctx, front->front.id, in->depth ? *in->depth : MK_MAX_FRONT_DEPTH,
		           mk_page_size(in->limit), insider, &found, err);
	if (rc != 0)
		return rc;
	tree->items = (const market_front_node *const *)found.nodes;
	tree->n_items = found.n_nodes;
	tree->complete = found.complete;
	ctx->output = tree;
	return 0;
}

int mk_front_queries(mk_ctx *ctx, market_id front, const market_front_query ***queries,
                     size_t *count, market_error *err)
{
	void *row = NULL;
	walk found;
	int rc = mk_load(ctx, &mk_front_entity, front, "front_category", &row, err);

	if (rc == 0)
		rc = mk_front_check_seen(ctx, row, "front_category", err);
	if (rc == 0)
		rc = below(ctx, front, MK_MAX_FRONT_DEPTH, MK_MAX_FRONT_TREE, false, &found, err);
	if (rc != 0)
		return rc;
	if (!found.complete)
		return mk_error_at(err, MARKET_ELIMIT, "front_category", "more than %d links are below it",
		                   MK_MAX_FRONT_TREE);
	*queries = MK_NEW_ARRAY(ctx->arena, const market_front_query *,
	                        (found.n_nodes + 1) * MK_MAX_FRONT_QUERIES);
	*count = 0;
	return *queries ? collect(ctx, row, &found, *queries, count, err) : mk_error_no_memory(err);
}

static int collect(mk_ctx *ctx, const mk_front *root, const walk *from,
                   const market_front_query **out, size_t *count, market_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i <= from->n_nodes; i++) {
		const market_front_query *const *some;
		size_t n;

		if (i > 0 && !is_first(from, i - 1, root->front.id))
			continue;
		rc = mk_front_read(ctx, i == 0 ? root->queries_text : from->nodes[i - 1]->queries_text,
		                   &some, &n, err);
		for (size_t k = 0; rc == 0 && k < n; k++)
			out[(*count)++] = some[k];
	}
	return rc;
}

/* At most `limit` links of at most so many levels; `hidden`: also those to hidden ones. */
static int below(mk_ctx *ctx, market_id front, int64_t depth, int64_t limit, bool hidden, walk *out,
                 market_error *err)
{
	level now = {.ids = MK_NEW_ARRAY(ctx->arena, int64_t, (size_t)limit + 1), .n = 1};
	int rc = 0;

	*out = (walk){.nodes = MK_NEW_ARRAY(ctx->arena, mk_front_node *, (size_t)limit + 1),
	              .complete = true};
	if (!now.ids || !out->nodes)
		return mk_error_no_memory(err);
	now.ids[0] = front.id;
	for (int64_t at = 1; rc == 0 && at <= depth && now.n > 0 && out->complete; at++) {
		const size_t before = out->n_nodes;

		rc = read_level(ctx, &now, hidden, limit, out, err);
		now.n = 0;
		for (size_t i = before; i < out->n_nodes; i++) {
			out->nodes[i]->node.depth = at;
			if (is_first(out, i, front))
				now.ids[now.n++] = out->nodes[i]->node.id.id;
		}
	}
	return rc;
}

static int read_level(mk_ctx *ctx, const level *above, bool hidden, int64_t limit, walk *out,
                      market_error *err)
{
	for (size_t from = 0; from < above->n; from += BATCH) {
		mk_query queries[BATCH];
		mk_value args[BATCH][3];
		const size_t n = above->n - from < BATCH ? above->n - from : BATCH;
		int rc;

		for (size_t i = 0; i < n; i++) {
			args[i][0] = mk_int(above->ids[from + i]);
			args[i][1] = mk_int(hidden);
			args[i][2] = mk_int(limit + 1);
			queries[i] = (mk_query){.statement = &children_of,
			                        .args = args[i],
			                        .n_args = 3,
			                        .record = &mk_front_node_record};
		}
		rc = mk_store_read(ctx->store, ctx->arena, queries, n, err);
		if (rc != 0)
			return rc;
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < queries[i].n_rows; k++) {
				out->complete = out->complete && out->n_nodes < (size_t)limit;
				if (out->complete)
					out->nodes[out->n_nodes++] = queries[i].rows[k];
			}
		if (!out->complete)
			break;
	}
	return 0;
}

/* Where it stands below several it is met again. */
static bool is_first(const walk *from, size_t index, market_id root)
{
	const market_id id = from->nodes[index]->node.id;

	for (size_t i = 0; i < index; i++)
		if (mk_id_equal(from->nodes[i]->node.id, id))
			return false;
	return !mk_id_equal(id, root);
}
