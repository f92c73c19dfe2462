/*
 * The store: one connection to SQLite or PostgreSQL behind one interface. SQL lives with the code
 * that owns it, as mk_statement objects; this layer prepares, binds, runs and maps rows.
 */
#ifndef MK_STORE_STORE_H
#define MK_STORE_STORE_H

#include <string.h>

#include "libmarket/base/money.h"
#include "libmarket/record/record.h"

/* Positive result: the transaction must be run again from its beginning (40001, 40P01, a miss). */
#define MK_AGAIN 1

typedef enum mk_value_kind { MK_VALUE_INT, MK_VALUE_TEXT, MK_VALUE_BLOB } mk_value_kind;

typedef struct mk_value {
	mk_value_kind kind;
	bool null;
	int64_t number;
	const void *data;
	size_t size;
} mk_value;

static inline mk_value mk_int(int64_t number)
{
	return (mk_value){.kind = MK_VALUE_INT, .number = number};
}

/* NULL binds NULL. */
static inline mk_value mk_text_value(const char *text)
{
	return (mk_value){
		.kind = MK_VALUE_TEXT, .null = !text, .data = text, .size = text ? strlen(text) : 0};
}

/* NULL binds NULL. */
static inline mk_value mk_blob(const void *data, size_t size)
{
	return (mk_value){.kind = MK_VALUE_BLOB, .null = !data, .data = data, .size = data ? size : 0};
}

static inline mk_value mk_null_int(void)
{
	return (mk_value){.kind = MK_VALUE_INT, .null = true};
}

/* 0 binds NULL. */
static inline mk_value mk_time_value(market_time time)
{
	return (mk_value){.kind = MK_VALUE_INT, .null = time == 0, .number = time};
}

/* The amount. INT64_MIN is none: that is how a value tells that its money was broken, which fails
 * with EOVERFLOW. */
static inline mk_value mk_money_value(market_money money)
{
	return mk_int(mk_money_broken(money) ? INT64_MIN : money.amount);
}
#define MK_ARGS(...) \
	(const mk_value[]){__VA_ARGS__}, sizeof((const mk_value[]){__VA_ARGS__}) / sizeof(mk_value)
#define MK_NO_ARGS NULL, 0

/*
 * A statement, the same text for every store. Parameters are positional (?1, ?2, …) and bound from
 * mk_values, or named (:column) and bound from a record by its descriptor; never mixed. The
 * PostgreSQL driver rewrites both to $n. The token {by_key} behind a table's name says that its
 * primary key finds the rows: SQLite, whose key is the id alone, would else prefer an index of the
 * book to a range of ids. The token {or_fail} behind UPDATE is for many rows at once: when one of
 * them fails, the others are undone with the transaction, for which SQLite then needs no copies of
 * the statement's own.
 *
 * Columns and fields: a MK_ID field `x` is `x_book_id`, `x_id` (flags own or self book: `x_id`
 * alone; the field `id` is `book_id`, `id`); a MK_MONEY field `x` is `x` and takes its currency
 * from the row's `currency` column, which binds from a field `currency` or else from the first
 * present money; absent ids, times, texts, enums and optional scalars are NULL; a PAIRS list is its
 * JSON text. An absent money and a span of zero are 0; a money whose column is NULL is read as
 * absent.
 *
 * Statements and records are const objects that outlive the store: what is worked out for a pair of
 * them is kept by their addresses.
 */
typedef struct mk_statement {
	const char *name;  /* "order_insert" */
	const char *table; /* the table written; NULL for reads */
	const char *sql;
	bool scan; /* a full table scan is intended */
} mk_statement;

typedef struct mk_store mk_store;

/* One statement's execution, for the benchmark's replay and the row budget. BEGIN, COMMIT and
 * ROLLBACK are traced too, as statements named "begin", "begin_read", "commit" and "rollback". The
 * values are borrowed for the time of the call. */
typedef struct mk_trace {
	const mk_statement *statement;
	const mk_value *args;
	size_t n_args;
	bool write;
	int64_t rows; /* read or written */
	/* PostgreSQL: statements of one number went to the server together. BEGIN goes with the first
	 * of its transaction. */
	int64_t batch;
} mk_trace;

typedef struct mk_store_options {
	const market_allocator *allocator;
	bool create; /* make the database file when absent */
	bool read_only;
	int64_t busy_ms; /* how long to wait for a lock, 0: 5,000 */
	/* SQLite: the turn is taken for the length of a writer's transaction, so that the writers of
	 * one process wait for each other without asking the file again and again. NULL: none. */
	struct mk_writers *writers;
} mk_store_options;

typedef enum mk_store_kind { MK_STORE_SQLITE, MK_STORE_POSTGRES } mk_store_kind;

/* A store URL taken apart: sqlite:PATH, sqlite::memory:, postgresql://… (or postgres://…), with
 * ?keys=FILE. Texts are in the arena. */
typedef struct mk_store_url {
	mk_store_kind kind;
	bool memory;
	const char *target; /* the path, or the connection string without our own options */
	const char *keys;   /* as given, or the default; NULL for memory: keys live with the process */
	bool prepare_off;   /* PostgreSQL: ?prepare=off, no named prepared statements */
} mk_store_url;
int mk_store_url_parse(const char *url, mk_arena *arena, mk_store_url *out, market_error *err);

/* EABSENT when the folder that a new file would lie in isn't there. */
int mk_store_check_folder(const char *path, market_error *err);

int mk_store_open(const mk_store_url *url, const mk_store_options *options, mk_store **out,
                  market_error *err);
void mk_store_close(mk_store *store);
mk_store_kind mk_store_kind_of(const mk_store *store);

/* A trace callback for tests and benchmarks. */
void mk_store_set_trace(mk_store *store, void (*trace)(const mk_trace *, void *), void *user_data);
/* Runs between a plan's reads and its flush (tests make the conflicting write here). */
void mk_store_set_before_flush(mk_store *store, int (*hook)(mk_store *, void *), void *user_data);

/* ---- transactions ---- */

/* Waits before a transaction is run again that met others. */
void mk_store_pause(int milliseconds);
/* How often a transaction was run that met others, and until when it may be. */
typedef struct mk_tries {
	int64_t until;
	int n;
} mk_tries;
void mk_tries_begin(mk_tries *tries);
/* Whether what gave `*rc` is run again, which is after a pause: MK_AGAIN or EBUSY, at most
 * MK_MAX_TRIES runs in all. The last MK_AGAIN becomes ECONFLICT. */
bool mk_try_again(mk_tries *tries, int *rc, const char *what, market_error *err);

/* A writer's transaction (SQLite: BEGIN IMMEDIATE; PostgreSQL: READ COMMITTED) or a reader's, which
 * sees one state of the store. PostgreSQL sends BEGIN with the first batch, and connects again when
 * the connection was lost before. Reads and writes outside a transaction are each their own. */
int mk_store_begin(mk_store *store, bool write, market_error *err);
/* EUNKNOWN when the outcome isn't known. After a failed sync (EIO) writes are refused until the
 * store is opened again. */
int mk_store_commit(mk_store *store, market_error *err);
/* Undoes the transaction; without one it does nothing. */
void mk_store_rollback(mk_store *store);
/* Ends a transaction without a plan: commits when `outcome`, what its last write gave, is no error,
 * else undoes it. MK_AGAIN when it met others. */
int mk_store_finish(mk_store *store, int64_t outcome, market_error *err);

/* Whether the transaction begun is still there: a full disk or a lost server may have undone it. */
bool mk_store_intact(mk_store *store);
bool mk_store_in_transaction(const mk_store *store);

/* What a store does for itself after a commit, on a connection without a transaction and outside of
 * any turn: SQLite copies its log into the file when that is due, PostgreSQL does nothing. */
void mk_store_tend(mk_store *store);

/* ---- reads ---- */

typedef struct mk_query {
	const mk_statement *statement;
	const mk_value *args;
	size_t n_args;
	const mk_record *record; /* rows are mapped by it */
	void **rows;             /* out: pointers to structs in the arena */
	size_t n_rows;           /* out */
} mk_query;

/* The row of a statement that gives one number. */
typedef struct mk_number {
	int64_t number;
} mk_number;
extern const mk_record mk_number_record;

/* Runs all queries as one batch (PostgreSQL: one pipeline). */
int mk_store_read(mk_store *store, mk_arena *arena, mk_query *queries, size_t n_queries,
                  market_error *err);
/* One row, or `*row` NULL. */
int mk_store_get(mk_store *store, mk_arena *arena, const mk_statement *statement,
                 const mk_record *record, const mk_value *args, size_t n_args, void **row,
                 market_error *err);
int mk_store_list(mk_store *store, mk_arena *arena, const mk_statement *statement,
                  const mk_record *record, const mk_value *args, size_t n_args, void ***rows,
                  size_t *n_rows, market_error *err);
/* Streams rows in constant memory: each row is mapped into the same scratch arena, reset after the
 * callback, which may not use the store. A non-zero return stops and is returned. */
int mk_store_each(mk_store *store, const mk_statement *statement, const mk_record *record,
                  const mk_value *args, size_t n_args,
                  int (*row)(void *row, void *user_data, market_error *err), void *user_data,
                  market_error *err);

/* Prepares a statement without running it and, when `record` isn't NULL, checks that each of its
 * named parameters and columns has a field: the test that prepares every statement on the migrated
 * schema. */
int mk_store_check(mk_store *store, const mk_statement *statement, const mk_record *record,
                   market_error *err);

/* ---- writes outside a plan: migrations, key rows, tests. Returns the row count or an error; a
 * transaction that must run again is ECONFLICT here, and the plan's flush or the commit then gives
 * MK_AGAIN. ---- */
int64_t mk_store_write(mk_store *store, const mk_statement *statement, const mk_value *args,
                       size_t n_args, market_error *err);
int mk_store_execute_text(mk_store *store, const char *sql, market_error *err); /* DDL */

/* ---- plans ---- */

typedef enum mk_phase {
	MK_PHASE_JOURNAL = 0, /* first: the journal row */
	MK_PHASE_INSERT,      /* new records, in the order they were added */
	MK_PHASE_UPDATE,      /* guarded updates, sorted by table, book, id, then order added */
	MK_PHASE_LEDGER,      /* accounts and legs, sorted by book, account, then order added */
	MK_PHASE_LAST         /* what must see all the others, in the order added */
} mk_phase;

/* What it means when a step's row count differs from the expected one. */
typedef struct mk_miss {
	int code; /* MK_AGAIN: a version or a new row's key; else a MARKET_E… of the operation */
	int rank; /* precedence: the smallest rank of all missed errors is reported */
	const char *field; /* for the error; may be NULL */
	const char *message;
	int64_t rows; /* how many are expected; 0: one */
} mk_miss;
#define MK_RETRY ((mk_miss){.code = MK_AGAIN})

typedef struct mk_plan mk_plan;

mk_plan *mk_plan_new(mk_arena *arena); /* NULL when memory is exhausted */
bool mk_plan_empty(const mk_plan *plan);
/* `target` orders the step within its phase. Values are copied by reference: texts must live in the
 * arena or longer. A failed allocation or a broken money is remembered and reported by the flush.
 */
void mk_plan_add(mk_plan *plan, mk_phase phase, const mk_statement *statement, market_id target,
                 const mk_value *args, size_t n_args, mk_miss miss);
/* The same with named parameters bound from a record now (later changes of the struct don't count).
 */
void mk_plan_add_record(mk_plan *plan, mk_phase phase, const mk_statement *statement,
                        market_id target, const mk_record *record, const void *value, mk_miss miss);
/* Expects any row count ≥ 0 (an idempotent delete). */
#define MK_ANY ((mk_miss){.code = 0})
/* Runs after the last step, before the commit: sealing. */
void mk_plan_set_seal(mk_plan *plan, int (*seal)(mk_store *, void *, market_error *),
                      void *user_data);
/* Runs the steps in order and judges them whole: 0, MK_AGAIN, or the error. Needs a writer's
 * transaction; nothing is undone when it fails. */
int mk_plan_flush(mk_plan *plan, mk_store *store, market_error *err);

/* ---- schema ---- */

/* One step of the append-only list. DDL is one statement an entry, the same for all stores but for
 * these tokens: {key} (book_id and id as the store's primary key; must come first), {int}, {text}
 * (in byte order), {blob}, {fk:column:table} (a column that refers to a row of the same book;
 * `column` includes _id; NULL allowed unless NOT NULL follows), {strict} (after the closing
 * parenthesis), {id_index:table} (a whole statement: rows are found by their id alone),
 * {text_index:search} and {text_lookup:search} (whole statements: the text index of search_entry).
 * DDL is idempotent: IF NOT EXISTS. */
typedef struct mk_migration {
	int number;
	const char *name;
	const char *const *ddl; /* ends with NULL */
} mk_migration;

/* Whether the store holds a market schema, and of which number: 0 when empty. EFOREIGN when it
 * holds other tables, ESCHEMA when it is newer than `last`, ECORRUPT when a checksum differs. */
int mk_schema_version(mk_store *store, const mk_migration *list, size_t count, int *version,
                      market_error *err);
/* Applies what is missing, one statement at a time, under a lease row. */
int mk_schema_migrate(mk_store *store, const mk_migration *list, size_t count, market_time now,
                      market_error *err);
/* A DDL or statement text with its tokens replaced for a kind of store. */
int mk_schema_expand(mk_store_kind kind, const char *ddl, mk_text *out);

/* ---- the text index: the one thing that each store does in its own way ---- */

/* `X_text` indexes the columns `words` and `facets` of `X_entry`, words with spaces between them.
 * SQLite's is an FTS5 table that reads them from there; PostgreSQL's a table of tsvectors, a facet
 * with "=" before it. No copy takes it along: it is made anew. What expands a schema's token. */
bool mk_text_index_expand(mk_store_kind kind, const char *token, size_t size, mk_text *out);
/* SQLite: makes the index part of the transaction, and changes nothing. */
#define MK_TEXT_INDEX_TOUCH "DELETE FROM search_text WHERE 0"
/* PostgreSQL: the columns of an entry as terms. */
#define MK_TEXT_INDEX_TERMS \
	"CAST(COALESCE((SELECT string_agg('''' || w.word || ''':' || w.place, ' ') FROM " \
	"unnest(string_to_array(words, ' ')) WITH ORDINALITY AS w (word, place)), '') || ' ' || " \
	"COALESCE((SELECT string_agg('''=' || f.word || '''', ' ') FROM " \
	"unnest(string_to_array(facets, ' ')) AS f (word)), '') AS tsvector)"
/* Makes the index of search_entry anew. */
int mk_text_index_rebuild(mk_store *store, market_error *err);

#endif
