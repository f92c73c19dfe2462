/* Copying a whole store into another, of the same kind or the other one. */
#ifndef MK_STORE_COPY_H
#define MK_STORE_COPY_H

#include "libmarket/crypto/crypto.h"
#include "libmarket/store/driver.h"

/* ---- schema_table.c: what a table looks like, told by the migrated schema ---- */

#define MK_TABLE_KEYS 6

/* A row is a struct made for the table: of each column a pointer that is NULL where the column is
 * (of a blob a market_blob). Statements by kind of store: their primary keys differ. */
typedef struct mk_table {
	const char *name;
	mk_record record;
	const mk_field *self; /* refers to a row of the same table; NULL: none does */
	size_t n_keys[2];
	const mk_field *keys[2][MK_TABLE_KEYS];
	mk_statement first[2], next[2]; /* a page: ?1 how many; the last key, then how many */
	mk_statement clear[2];          /* ?1 how many */
	mk_statement count, insert;
	mk_statement link, unlink; /* set the column `self`; make it NULL everywhere */
} mk_table;

/* Every table of the schema that the list makes but the store's own two, each behind those that it
 * refers to. The arena outlives the stores that run their statements. */
int mk_schema_tables(const mk_migration *list, size_t count, mk_arena *arena, mk_table **out,
                     size_t *n_out, market_error *err);

/* ---- schema_mark.c: the mark of a store that a copy is filling ---- */

/* EINCOMPLETE when a copy into the store was begun and hasn't ended. */
int mk_schema_check_mark(mk_store *store, market_error *err);
/* Marks the store, or takes over the mark that a copy left which has ended without finishing;
 * `taken` tells which. EEXISTS when it holds a store, EBUSY when another copy is at work. */
int mk_schema_mark(mk_store *store, bool holds, int64_t holder, bool *taken, market_error *err);
/* Keeps the mark from others for a while; inside a transaction or outside. ECONFLICT when it was
 * taken over. */
int mk_schema_renew_mark(mk_store *store, int64_t holder, market_error *err);
/* Lets another copy take the mark over at once. */
void mk_schema_leave_mark(mk_store *store, int64_t holder);
int mk_schema_unmark(mk_store *store, int64_t holder, market_error *err);

/* ---- sqlite_file.c: a store as one file at rest ---- */

/* Writes what the store holds at one moment to a new file, while others go on writing. */
int mk_sqlite_write_file(mk_store *store, const char *path, market_error *err);
/* Ends the use of a log beside the file. */
int mk_sqlite_close_log(mk_store *store, market_error *err);
/* ECORRUPT when the file's own structure is damaged. */
int mk_sqlite_check_file(mk_store *store, market_error *err);

/* ---- copy.c, copy_page.c ---- */

typedef enum mk_copy_phase { MK_COPY_COUNT = 1, MK_COPY_WRITE, MK_COPY_COMPARE } mk_copy_phase;

/* What a table held: its number of rows, and the sum of their digests, which is the same in every
 * order. */
typedef struct mk_copy_sum {
	int64_t rows;
	uint64_t lanes[MK_HASH_SIZE / sizeof(uint64_t)];
} mk_copy_sum;

typedef struct mk_copy {
	mk_store *from, *to;
	const mk_migration *list;
	size_t count;
	market_time now;
	mk_arena *arena; /* outlives both stores */
	void (*progress)(mk_copy_phase phase, const char *table, int64_t done, int64_t total,
	                 void *user_data);
	/* Before the copy may be opened; may be NULL. */
	int (*check)(mk_store *to, void *user_data, market_error *err);
	void *user_data;
	/* out */
	int64_t rows;
	size_t n_tables;
	/* of the run */
	mk_table *tables;
	mk_arena page;
	mk_digest *digest;
	mk_text canonical;
	int64_t holder; /* of the mark */
	bool marked;
	int64_t done, total;
} mk_copy;

/* Copies what `from` holds at one moment, reads it back and compares it row by row. `to` must be
 * empty (EEXISTS, EFOREIGN); until the copy has ended it can't be opened, and a copy begun again
 * starts from nothing. */
int mk_copy_run(mk_copy *copy, market_error *err);

/* Hands over every page of a table in the order of its key. The rows live until the call returns.
 */
int mk_copy_pages(mk_copy *copy, mk_store *store, const mk_table *table,
                  int (*page)(mk_copy *copy, const mk_table *table, void **rows, size_t n_rows,
                              void *user_data, market_error *err),
                  void *user_data, market_error *err);
/* Adds a row to a table's sum. */
int mk_copy_add(mk_copy *copy, const mk_table *table, const void *row, mk_copy_sum *sum,
                market_error *err);

#endif
