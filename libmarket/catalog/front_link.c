/*
 * CAT-1: the links of front categories. A circle can only be seen in the whole graph, so every link
 * is made against a version of it, the one row of front_graph: of two links that are made at the
 * same moment the second reads again what the first has written.
 */
#include <string.h>

#include "libmarket/catalog/front.h"

#define PATH_BYTES 500

/* Of the graph; its identifier is fixed. */
typedef struct graph_row {
	market_id id;
	int64_t version;
} graph_row;
static const market_id the_graph = {0, 1};

static const mk_field graph_fields[] = {
	MK_F_ID(graph_row, id, NONE, 0, "the graph"),
	MK_F_INT(graph_row, version, 0, 0, 0, "counts its links"),
};
static const mk_record graph_record =
	MK_RECORD_OF("front_graph", graph_row, graph_fields, "the version of the links");

typedef struct link_row {
	market_id id, parent, child;
	int64_t position, version;
} link_row;

#define T link_row
static const mk_field link_fields[] = {
	MK_F_ID(T, id, NONE, 0, "the link"),
	MK_F_ID(T, parent, FRONT, MK_OWN_BOOK, "above"),
	MK_F_ID(T, child, FRONT, MK_OWN_BOOK, "below"),
	MK_F_INT(T, position, MK_REQUIRED, 0, MK_MAX_FRONT_POSITION, "among the children"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
};
#undef T
static const mk_record link_record =
	MK_RECORD_OF("front_link", link_row, link_fields, "a front category below another");

#define LINK "book_id, id, parent_id, child_id, position, version"

static const mk_statement graph_insert = {
	.name = "front_graph_insert",
	.table = "front_graph",
	.sql = "INSERT INTO front_graph (book_id, id, version) VALUES (:book_id, :id, :version) ON "
		   "CONFLICT DO NOTHING",
};
static const mk_statement graph_save = {
	.name = "front_graph_save",
	.table = "front_graph",
	.sql = "UPDATE front_graph SET version = version + 1 WHERE book_id = :book_id AND id = :id AND "
		   "version = :version",
};
static const mk_statement graph_version = {
	.name = "front_graph_version",
	.sql = "SELECT book_id, id, version FROM front_graph WHERE book_id = 0 AND id = 1",
};
static const mk_statement link_insert = {
	.name = "front_link_insert",
	.table = "front_link",
	.sql = "INSERT INTO front_link (" LINK ") VALUES (:book_id, :id, :parent_id, :child_id, "
		   ":position, :version) ON CONFLICT DO NOTHING",
};
static const mk_statement link_save = {
	.name = "front_link_save",
	.table = "front_link",
	.sql = "UPDATE front_link SET position = :position, version = version + 1 WHERE book_id = "
		   ":book_id AND id = :id AND version = :version",
};
static const mk_statement link_delete = {
	.name = "front_link_delete",
	.table = "front_link",
	.sql = "DELETE FROM front_link WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement link_between = {
	.name = "front_link_between",
	.sql = "SELECT " LINK " FROM front_link WHERE book_id = 0 AND parent_id = ?1 AND child_id = ?2",
};
static const mk_statement links_all = {
	.name = "front_link_all",
	.sql = "SELECT " LINK " FROM front_link WHERE book_id = 0 ORDER BY id LIMIT ?1",
};

typedef struct graph {
	graph_row *row; /* NULL: no link was ever made */
	link_row **links;
	size_t n_links;
} graph;

/* Front categories met on a way, each once, with the place of the one before. */
typedef struct way {
	int64_t *id;
	size_t *from;
	size_t n;
} way;

static int read_graph(mk_ctx *ctx, graph *out, market_error *err);
static int find_link(mk_ctx *ctx, market_id parent, market_id child, link_row **out,
                     market_error *err);
static int check_circle(mk_ctx *ctx, const graph *g, int64_t parent, int64_t child,
                        market_error *err);
static int refuse_circle(mk_ctx *ctx, const way *w, size_t end, market_error *err);
static int check_limits(mk_ctx *ctx, const graph *g, int64_t parent, int64_t child,
                        market_error *err);
static size_t levels(const graph *g, int64_t start, bool up, int64_t *now, int64_t *then);
static bool meet(int64_t *all, size_t *n, int64_t id);
static void put_link(mk_ctx *ctx, const graph *g, const market_front_category_link_params *in);

int mk_front_category_link(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_front_category_link_params *in = params;
	link_row *link = NULL;
	void *child = NULL;
	graph g = {NULL, NULL, 0};
	int rc = mk_load(ctx, &mk_front_entity, in->child, "child", &child, err);

	if (rc == 0)
		rc = find_link(ctx, in->front_category, in->child, &link, err);
	if (rc == 0 && !link)
		rc = read_graph(ctx, &g, err);
	if (rc == 0 && !link)
		rc = check_circle(ctx, &g, in->front_category.id, in->child.id, err);
	if (rc == 0 && !link)
		rc = check_limits(ctx, &g, in->front_category.id, in->child.id, err);
	if (rc != 0)
		return rc;
	if (link) {
		link->position = in->position;
		mk_update(ctx, &link_save, &link_record, link->id, link);
	} else {
		put_link(ctx, &g, in);
	}
	mk_event(ctx, "front_category.linked", MARKET_ID_FRONT, in->front_category);
	mk_event_id(ctx, "child", MARKET_ID_FRONT, in->child);
	ctx->result = in->front_category;
	return 0;
}

int mk_front_category_unlink(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_front_category_unlink_params *in = params;
	link_row *link = NULL;
	int rc = find_link(ctx, in->front_category, in->child, &link, err);

	if (rc == 0 && !link) {
		rc = mk_error_at(err, MARKET_ENOTFOUND, "child", "the front category isn't below it");
		mk_error_object(err, rc, MARKET_ID_FRONT, in->child);
	}
	if (rc != 0)
		return rc;
	mk_plan_add(ctx->plan, MK_PHASE_UPDATE, &link_delete, link->id,
	            MK_ARGS(mk_int(link->id.book), mk_int(link->id.id)), MK_RETRY);
	mk_event(ctx, "front_category.unlinked", MARKET_ID_FRONT, in->front_category);
	mk_event_id(ctx, "child", MARKET_ID_FRONT, in->child);
	ctx->result = in->front_category;
	return 0;
}

/* The version first: what is linked after it was read makes the update miss. */
static int read_graph(mk_ctx *ctx, graph *out, market_error *err)
{
	const mk_value most = mk_int(MK_MAX_FRONT_LINKS + 1);
	mk_query queries[] = {
		{.statement = &graph_version, .record = &graph_record},
		{.statement = &links_all, .args = &most, .n_args = 1, .record = &link_record},
	};
	int rc = mk_store_read(ctx->store, ctx->arena, queries, 2, err);

	if (rc != 0)
		return rc;
	out->row = queries[0].n_rows > 0 ? queries[0].rows[0] : NULL;
	out->links = (link_row **)queries[1].rows;
	out->n_links = queries[1].n_rows;
	return 0;
}

static int find_link(mk_ctx *ctx, market_id parent, market_id child, link_row **out,
                     market_error *err)
{
	return mk_store_get(ctx->store, ctx->arena, &link_between, &link_record,
	                    MK_ARGS(mk_int(parent.id), mk_int(child.id)), (void **)out, err);
}

static void put_link(mk_ctx *ctx, const graph *g, const market_front_category_link_params *in)
{
	const graph_row first = {.id = the_graph, .version = 1};
	const link_row link = {.id = mk_new_id(ctx, 0),
	                       .parent = in->front_category,
	                       .child = in->child,
	                       .position = in->position,
	                       .version = 1};

	mk_insert(ctx, &link_insert, &link_record, link.id, &link);
	if (g->row)
		mk_update(ctx, &graph_save, &graph_record, the_graph, g->row);
	else
		mk_insert(ctx, &graph_insert, &graph_record, the_graph, &first);
}

/* Whether the parent is met on the way down from the child. */
static int check_circle(mk_ctx *ctx, const graph *g, int64_t parent, int64_t child,
                        market_error *err)
{
	way w = {.id = MK_NEW_ARRAY(ctx->arena, int64_t, g->n_links + 1),
	         .from = MK_NEW_ARRAY(ctx->arena, size_t, g->n_links + 1),
	         .n = 0};

	if (!w.id || !w.from)
		return mk_error_no_memory(err);
	w.id[w.n++] = child;
	for (size_t at = 0; at < w.n; at++) {
		if (w.id[at] == parent)
			return refuse_circle(ctx, &w, at, err);
		for (size_t i = 0; i < g->n_links; i++)
			if (g->links[i]->parent.id == w.id[at] && meet(w.id, &w.n, g->links[i]->child.id))
				w.from[w.n - 1] = at;
	}
	return 0;
}

/* From the one that would be above, down to itself. */
static int refuse_circle(mk_ctx *ctx, const way *w, size_t end, market_error *err)
{
	const char *path = NULL, *first = NULL, *code;
	int rc;

	for (size_t at = end;; at = w->from[at]) {
		void *row = NULL;

		rc = mk_load(ctx, &mk_front_entity, (market_id){0, w->id[at]}, "child", &row, err);
		if (rc != 0)
			return rc;
		code = ((const mk_front *)row)->front.code;
		first = first ? first : code;
		path = path ? mk_arena_join(ctx->arena, MK_TEXTS(code, " > ", path)) : code;
		if (!path)
			return mk_error_no_memory(err);
		if (at == 0)
			break;
	}
	rc = mk_error_at(err, MARKET_EINVALID, "child", "%s would stand below itself", first);
	return mk_error_detail(err, rc, "The circle would be %s > %.*s.", first, PATH_BYTES, path);
}

static int check_limits(mk_ctx *ctx, const graph *g, int64_t parent, int64_t child,
                        market_error *err)
{
	int64_t *now = MK_NEW_ARRAY(ctx->arena, int64_t, g->n_links + 1);
	int64_t *then = MK_NEW_ARRAY(ctx->arena, int64_t, g->n_links + 1);
	size_t children = 0;

	if (!now || !then)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < g->n_links; i++)
		children += g->links[i]->parent.id == parent;
	if (children >= MK_MAX_FRONT_CHILDREN)
		return mk_error_at(err, MARKET_ELIMIT, "child", "%zu stand below it already", children);
	if (g->n_links >= MK_MAX_FRONT_LINKS)
		return mk_error_at(err, MARKET_ELIMIT, "child", "there are %zu links already", g->n_links);
	if (levels(g, parent, true, now, then) + levels(g, child, false, now, then) >
	    MK_MAX_FRONT_DEPTH)
		return mk_error_at(err, MARKET_ELIMIT, "child", "more than %d levels would stand so",
		                   MK_MAX_FRONT_DEPTH);
	return 0;
}

/* Of the longest way, the start included; there is no circle. */
static size_t levels(const graph *g, int64_t start, bool up, int64_t *now, int64_t *then)
{
	size_t n = 1, depth = 0;

	for (now[0] = start; n > 0; depth++) {
		size_t next = 0;
		int64_t *swap = now;

		for (size_t k = 0; k < n; k++)
			for (size_t i = 0; i < g->n_links; i++) {
				const int64_t from = up ? g->links[i]->child.id : g->links[i]->parent.id;

				if (from == now[k])
					meet(then, &next, up ? g->links[i]->parent.id : g->links[i]->child.id);
			}
		now = then;
		then = swap;
		n = next;
	}
	return depth;
}

static bool meet(int64_t *all, size_t *n, int64_t id)
{
	for (size_t i = 0; i < *n; i++)
		if (all[i] == id)
			return false;
	all[(*n)++] = id;
	return true;
}
