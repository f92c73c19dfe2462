/* What the drivers and the other files of this layer share. */
#ifndef MK_STORE_DRIVER_H
#define MK_STORE_DRIVER_H

#include "libmarket/store/store.h"

#define MK_MAX_PARAMETERS 1000
#define MK_MAX_NAMED 100 /* named parameters of one statement */

/* How one column or parameter lies in a struct. */
typedef enum mk_column_kind {
	MK_COLUMN_INT,  /* int64_t */
	MK_COLUMN_TIME, /* int64_t; 0 is NULL */
	MK_COLUMN_BOOL,
	MK_COLUMN_ENUM, /* int32_t; 0 is NULL */
	MK_COLUMN_TEXT,
	MK_COLUMN_BLOB,
	MK_COLUMN_MONEY,
	MK_COLUMN_KEY,      /* `.id` of the row's own id: never NULL */
	MK_COLUMN_KEY_BOOK, /* its book */
	MK_COLUMN_ID,       /* `.id` of another id; NULL when absent */
	MK_COLUMN_BOOK,     /* its book; NULL when that id is absent */
	MK_COLUMN_OPT_INT,  /* the struct holds a pointer; NULL is NULL */
	MK_COLUMN_OPT_BOOL,
	MK_COLUMN_OPT_MONEY,
	/* these take more than one member */
	MK_COLUMN_PAIRS,
	MK_COLUMN_OWN_BOOK, /* `book_id` of a record without a field `id` */
	MK_COLUMN_CURRENCY
} mk_column_kind;

#define MK_NOWHERE UINT32_MAX
#define MK_BOOK_NONE (-1)
#define MK_BOOK_SELF (-2)

typedef struct mk_column {
	mk_column_kind kind;
	mk_value_kind value;
	uint32_t offset; /* MK_NOWHERE: of no field */
	uint32_t count_offset;
	int32_t other; /* reading: the column of a money's currency or an id's book, or MK_BOOK_… */
	const mk_field *field;
} mk_column;

/* One statement's parameters or columns with one record, in their order. */
typedef struct mk_mapping {
	const mk_record *record;
	struct mk_mapping *next;
	const char *statement; /* its name */
	size_t n_columns;
	mk_column *columns;
	size_t n_moneys; /* the record's moneys, when the statement binds any or the currency */
	mk_column *moneys;
	mk_value *values; /* reading: one row as the driver fetched it */
} mk_mapping;

/* A statement on one connection. */
typedef struct mk_prepared {
	const mk_statement *statement;
	const char *sql;      /* as given, to notice another statement at the same address */
	const char *text;     /* its tokens replaced */
	const char *numbered; /* PostgreSQL: with $n; else NULL */
	const char **names;   /* of named parameters; NULL when positional */
	size_t n_parameters;
	mk_mapping *bindings;
	mk_mapping *readings;
	void *handle; /* the driver's */
} mk_prepared;

/* A step of a plan, or a write by itself. */
typedef struct mk_step {
	const mk_statement *statement;
	mk_prepared *prepared;
	const mk_value *args;
	size_t n_args;
	const mk_record *record; /* bound from `value` at the flush; NULL: `args` */
	const void *value;
	market_id target;
	mk_phase phase;
	mk_miss miss;
	int64_t rows; /* −1: not run */
} mk_step;

typedef int (*mk_row_callback)(void *row, void *user_data, market_error *err);

typedef struct mk_driver {
	mk_store_kind kind;
	size_t size; /* of the driver's store, which begins with an mk_store */
	int (*open)(mk_store *store, const mk_store_url *url, const mk_store_options *options,
	            market_error *err);
	void (*close)(mk_store *store);
	int (*begin)(mk_store *store, bool write, market_error *err);
	int (*commit)(mk_store *store, market_error *err);
	void (*rollback)(mk_store *store);
	int (*prepare)(mk_store *store, mk_prepared *prepared, market_error *err);
	void (*forget)(mk_store *store, mk_prepared *prepared);
	int (*check)(mk_store *store, mk_prepared *prepared, const mk_record *record,
	             market_error *err);
	int (*read)(mk_store *store, mk_arena *arena, mk_query *queries, size_t n_queries,
	            market_error *err);
	int (*each)(mk_store *store, const mk_query *query, mk_row_callback row, void *user_data,
	            market_error *err);
	/* Runs the steps until one fails; sets `rows` of those that ran. */
	int (*run)(mk_store *store, mk_step *const *steps, size_t n_steps, market_error *err);
	int (*execute)(mk_store *store, const char *sql, market_error *err);
	/* Whether the transaction begun is still there: a full disk may have undone it. */
	bool (*intact)(mk_store *store);
	void (*tend)(mk_store *store);
} mk_driver;

extern const mk_driver mk_store_sqlite, mk_store_postgres;

struct mk_store {
	const mk_driver *driver;
	market_allocator allocator;
	mk_arena arena;   /* statements and mappings: as long as the store */
	mk_arena scratch; /* rows that are streamed */
	mk_prepared **slots;
	size_t n_slots, n_prepared; /* a power of two; at most half of them in use */
	void (*trace)(const mk_trace *, void *);
	void *trace_data;
	int (*before_flush)(mk_store *, void *);
	void *before_flush_data;
	int64_t batch; /* of the statements that are traced */
	int64_t busy_ms;
	bool read_only;
	bool refused; /* a sync failed: no more writes */
	bool leads;   /* for a group, whose turn it is */
	bool in_transaction, writing;
	bool again; /* this transaction must run again */
	bool streaming;
};

/* ---- store.c ---- */

/* The statement as prepared here before, or prepared now. */
int mk_store_prepare(mk_store *store, const mk_statement *statement, mk_prepared **out,
                     market_error *err);
/* EINTERNAL unless so many values are given as the statement takes. */
int mk_store_check_args(const mk_prepared *prepared, const mk_value *args, size_t n_args,
                        market_error *err);
/* The error of a write after a failed sync, which holds for all that follow. */
int mk_store_refused(mk_store *store, market_error *err);
void mk_store_traced(mk_store *store, const mk_statement *statement, const mk_value *args,
                     size_t n_args, bool write, int64_t rows);
/* Adds a row to a query's result; `room` is the capacity so far, 0 at first. */
int mk_store_add_row(mk_query *query, size_t *room, void *row, mk_arena *arena, market_error *err);

/* ---- schema.c ---- */

/* Makes the tables that tell of the schema itself, where they are absent. */
int mk_schema_own_tables(mk_store *store, market_error *err);

/* ---- statement.c ---- */

/* Finds a statement's parameters and, with `number`, rewrites them as $1, $2, … */
int mk_statement_scan(const mk_statement *statement, bool number, mk_arena *arena, mk_prepared *out,
                      market_error *err);

/* ---- row.c ---- */

/* The mapping of the statement's named parameters to the record's fields, made once. */
int mk_row_binding(mk_store *store, mk_prepared *prepared, const mk_record *record,
                   const mk_mapping **out, market_error *err);
/* Writes the record's values, one for each parameter. */
int mk_row_bind(const mk_mapping *binding, const void *record, mk_arena *arena, mk_value *values,
                market_error *err);

/* The names of a result's columns, from a driver. */
typedef struct mk_columns {
	const char *(*name)(const void *result, size_t index);
	const void *result;
	size_t n;
} mk_columns;
int mk_row_reading(mk_store *store, mk_prepared *prepared, const mk_record *record,
                   const mk_columns *columns, mk_mapping **out, market_error *err);
/* Makes a struct of `reading->values`; texts and blobs are copied. */
int mk_row_make(const mk_mapping *reading, mk_arena *arena, void **out, market_error *err);

/* A mapping made before. */
static inline mk_mapping *mk_mapping_find(mk_mapping *mapping, const mk_record *record)
{
	while (mapping && mapping->record != record)
		mapping = mapping->next;
	return mapping;
}

#endif
