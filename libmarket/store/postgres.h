/* What the files of the PostgreSQL driver share: the connection, and statements sent over it. */
#ifndef MK_STORE_POSTGRES_H
#define MK_STORE_POSTGRES_H

#include "libmarket/store/driver.h"

#include <libpq-fe.h>

typedef struct mk_postgres_statement {
	char name[48];
	uint32_t number;     /* two statements may have one text */
	uint32_t generation; /* of the connection it is prepared on; 0: none */
	bool preparing;      /* sent in the running batch, as its item `item` */
	size_t item;
	bool typed;
	Oid types[];
} mk_postgres_statement;

typedef struct mk_postgres {
	mk_store base;
	PGconn *connection; /* NULL or bad: connected again at the next begin */
	const char *target;
	bool prepare_off;
	bool begin_pending;  /* BEGIN goes with the first batch */
	bool ending;         /* ROLLBACK was sent, its result wasn't taken yet */
	bool stale;          /* it takes no writes: the next transaction asks for another server */
	uint32_t generation; /* counts connections and plan caches given up */
	const char *values[MK_MAX_PARAMETERS];
	int lengths[MK_MAX_PARAMETERS];
	int formats[MK_MAX_PARAMETERS];
	uint64_t numbers[MK_MAX_PARAMETERS];
} mk_postgres;

enum { MK_OID_BYTEA = 17, MK_OID_INT8 = 20, MK_OID_TEXT = 25 };

/* ---- postgres.c ---- */

int mk_postgres_connect(mk_postgres *p, market_error *err);
/* Gives up the connection; EUNAVAILABLE. */
int mk_postgres_lost(mk_postgres *p, const char *what, market_error *err);
/* The same for a commit that was sent: EUNKNOWN. `detail` may be NULL. */
int mk_postgres_commit_lost(mk_postgres *p, const char *detail, market_error *err);
/* 0 when the result is good, else its error; `result` NULL: the connection is lost. */
int mk_postgres_judge(mk_postgres *p, const PGresult *result, const char *what, market_error *err);
/* The statements that begin the pending transaction: their number and text. */
size_t mk_postgres_begin_texts(const mk_postgres *p, char texts[2][80]);
/* Sends a pending BEGIN by itself, once more when the connection broke while it was idle. */
int mk_postgres_begin_now(mk_postgres *p, market_error *err);

/* ---- postgres_row.c ---- */

/* How rows of the result become structs of the record, made once for a statement. */
int mk_postgres_reading(mk_postgres *p, mk_prepared *prepared, const mk_record *record,
                        const PGresult *result, mk_mapping **out, market_error *err);
/* One row as the reading's values. */
void mk_postgres_fetch(const PGresult *result, int row, const mk_mapping *reading);

/* ---- postgres_batch.c ---- */

int mk_postgres_prepare(mk_store *store, mk_prepared *prepared, market_error *err);
int mk_postgres_check(mk_store *store, mk_prepared *prepared, const mk_record *record,
                      market_error *err);
int mk_postgres_read(mk_store *store, mk_arena *arena, mk_query *queries, size_t n_queries,
                     market_error *err);
int mk_postgres_each(mk_store *store, const mk_query *query, mk_row_callback row, void *user_data,
                     market_error *err);
int mk_postgres_run(mk_store *store, mk_step *const *steps, size_t n_steps, market_error *err);

#endif
