/* Rows of front categories (CAT-1). */
#include "libmarket/catalog/front.h"

#include <string.h>

const char *const mk_front_ddl[] = {
	"CREATE TABLE IF NOT EXISTS front_category ({key}, code TEXT NOT NULL, name TEXT NOT NULL, "
	"position {int} NOT NULL, state {int} NOT NULL, queries_text TEXT, created_at {int} NOT NULL, "
	"version {int} NOT NULL, UNIQUE (book_id, code)){strict}",
	"CREATE INDEX IF NOT EXISTS front_category_position ON front_category (book_id, position, id)",
	"CREATE TABLE IF NOT EXISTS front_link ({key}, {fk:parent_id:front_category} NOT NULL, "
	"{fk:child_id:front_category} NOT NULL, position {int} NOT NULL, version {int} NOT NULL, "
	"UNIQUE (book_id, parent_id, child_id)){strict}",
	"CREATE INDEX IF NOT EXISTS front_link_order ON front_link (book_id, parent_id, position, "
	"child_id)",
	"CREATE INDEX IF NOT EXISTS front_link_child ON front_link (book_id, child_id)",
	"CREATE INDEX IF NOT EXISTS front_link_all ON front_link (book_id, id)",
	"CREATE TABLE IF NOT EXISTS front_graph ({key}, version {int} NOT NULL){strict}",
	NULL,
};

static const mk_enum_value states[] = {
	{MARKET_FRONT_ACTIVE, "active", "shown to all"},
	{MARKET_FRONT_HIDDEN, "hidden", "shown to operators with catalog"},
	{0, NULL, NULL},
};
const mk_enum mk_front_state_enum = {"front_state", states};

#define T market_front_condition
static const mk_field condition_fields[] = {
	MK_F_TEXT(T, name, MK_REQUIRED, 1, MK_MAX_METADATA_NAME, "the attribute"),
	MK_F_TEXTS(T, values, MK_REQUIRED, 1, MK_MAX_FRONT_VALUES, "it has one of them"),
};
static const mk_record condition_record =
	MK_SIZED_OF("front_condition", T, condition_fields, "what an attribute must be");
#undef T

#define T market_front_query
static const mk_field query_fields[] = {
	MK_F_ID(T, category, CATEGORY, MK_REQUIRED, "a back category with those below"),
	MK_F_LIST(T, conditions, market_front_condition, condition_record, 0, 0,
              MK_MAX_FRONT_CONDITIONS, "all must hold"),
};
const mk_record mk_front_query_record =
	MK_SIZED_OF("front_query", T, query_fields, "offers of a back category");
#undef T

typedef struct query_list {
	const market_front_query *const *queries;
	size_t n_queries;
} query_list;
static const mk_field query_list_fields[] = {
	MK_F_LIST(query_list, queries, market_front_query, mk_front_query_record, 0, 0,
              MK_MAX_FRONT_QUERIES, "the queries"),
};
static const mk_record query_list_record =
	MK_RECORD_OF("front_queries", query_list, query_list_fields, "queries of a front category");

#define T market_front_category
#define FRONT_FIELDS \
	MK_F_ID(T, id, FRONT, 0, "the front category"), \
		MK_F_TEXT(T, code, 0, 1, MK_MAX_CODE, "its code, which serves as its reference"), \
		MK_F_TEXT(T, name, 0, 1, MK_MAX_NAME, "its name"), \
		MK_F_INT(T, position, MK_REQUIRED, 0, MK_MAX_FRONT_POSITION, "in the list of all"), \
		MK_F_ENUM(T, state, mk_front_state_enum, 0, "who sees it"), \
		MK_F_LIST(T, queries, market_front_query, mk_front_query_record, MK_NOT_ROW, 0, \
	              MK_MAX_FRONT_QUERIES, "one of them holds of what is in it"), \
		MK_F_TIME(T, created_at, 0, "when it was added"), \
		MK_F_INT(T, version, 0, 0, 0, "counts its changes")
static const mk_field front_fields[] = {
	FRONT_FIELDS,
#undef T
#define T mk_front
	MK_F_TEXT(T, queries_text, MK_INTERNAL, 0, 0, "the queries as JSON"),
};
#undef T
const mk_record mk_front_record =
	MK_RECORD_OF("front_category", mk_front, front_fields, "what buyers walk through");

#define T market_front_node
static const mk_field node_fields[] = {
	MK_F_ID(T, id, FRONT, 0, "the front category"),
	MK_F_ID(T, parent, FRONT, MK_OWN_BOOK, "below which it stands"),
	MK_F_TEXT(T, code, 0, 0, 0, "its code"),
	MK_F_TEXT(T, name, 0, 0, 0, "its name"),
	MK_F_ENUM(T, state, mk_front_state_enum, 0, "who sees it"),
	MK_F_INT(T, position, MK_REQUIRED, 0, MK_MAX_FRONT_POSITION, "among the parent's children"),
	MK_F_INT(T, depth, MK_NOT_ROW, 0, 0, "levels below the first"),
#undef T
#define T mk_front_node
	MK_F_TEXT(T, queries_text, MK_INTERNAL, 0, 0, "the queries as JSON"),
};
#undef T
const mk_record mk_front_node_record =
	MK_RECORD_OF("front_node", mk_front_node, node_fields, "a front category below another");

/* ---- statements ---- */

#define FRONT "book_id, id, code, name, position, state, queries_text, created_at, version"

const mk_statement mk_front_insert = {
	.name = "front_category_insert",
	.table = "front_category",
	.sql = "INSERT INTO front_category (" FRONT ") VALUES (:book_id, :id, :code, :name, :position, "
		   ":state, :queries_text, :created_at, :version) ON CONFLICT DO NOTHING",
};
const mk_statement mk_front_save = {
	.name = "front_category_save",
	.table = "front_category",
	.sql = "UPDATE front_category SET name = :name, position = :position, state = :state, "
		   "queries_text = :queries_text, version = version + 1 WHERE book_id = :book_id AND id = "
		   ":id AND version = :version",
};
static const mk_statement front_by_id = {
	.name = "front_category_by_id",
	.sql = "SELECT " FRONT " FROM front_category WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement front_by_ref = {
	.name = "front_category_by_ref",
	.sql = "SELECT book_id, id FROM front_category WHERE book_id = CAST(?1 AS BIGINT) * 0 AND code "
		   "= ?2",
};
const mk_statement mk_front_by_code = {
	.name = "front_category_by_code",
	.sql = "SELECT " FRONT " FROM front_category WHERE book_id = 0 AND code = ?1",
};
/* ?1 whether hidden ones are shown, ?2 whether only those below none. */
const mk_statement mk_front_page = {
	.name = "front_category_page",
	.sql = "SELECT " FRONT " FROM front_category WHERE book_id = 0 AND (CAST(?1 AS BIGINT) = 1 OR "
		   "state = 1) AND (CAST(?2 AS BIGINT) = 0 OR NOT EXISTS (SELECT 1 FROM front_link l WHERE "
		   "l.book_id = front_category.book_id AND l.child_id = front_category.id)) AND (position "
		   "> ?3 OR (position = ?3 AND id > ?4)) ORDER BY position, id LIMIT ?5",
};

static int fill(mk_ctx *ctx, void *row, market_error *err)
{
	mk_front *front = row;

	return mk_front_read(ctx, front->queries_text, &front->front.queries, &front->front.n_queries,
	                     err);
}

const mk_entity mk_front_entity = {
	.kind = MARKET_ID_FRONT,
	.name = "front category",
	.record = &mk_front_record,
	.by_id = &front_by_id,
	.by_ref = &front_by_ref,
	.fill = fill,
};

const char *mk_front_write(mk_ctx *ctx, const market_front_query *const *queries, size_t count)
{
	const query_list list = {queries, count};
	const char *copy = NULL;
	mk_text text;

	mk_text_init(&text, ctx->arena->allocator, MK_MAX_JSON);
	mk_json_write(&query_list_record, &list, MK_JSON_INTERNAL | MK_JSON_FULL, &text);
	if (!text.failed)
		copy = mk_arena_text_n(ctx->arena, text.data, text.size);
	mk_text_close(&text);
	return copy;
}

int mk_front_read(mk_ctx *ctx, const char *text, const market_front_query *const **queries,
                  size_t *count, market_error *err)
{
	void *list = NULL;
	int rc;

	*queries = NULL;
	*count = 0;
	if (!text)
		return 0;
	rc = mk_json_read(&query_list_record, text, strlen(text), ctx->arena, &list, NULL, err);
	if (rc == 0) {
		*queries = ((const query_list *)list)->queries;
		*count = ((const query_list *)list)->n_queries;
	} else if (rc != MARKET_ENOMEM) {
		rc = mk_error_set(err, MARKET_ECORRUPT, "the queries of a front category can't be read");
	}
	return rc;
}
