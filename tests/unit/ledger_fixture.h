/* A store with the ledger's tables alone, and operations on it without the door. */
#ifndef TESTS_UNIT_LEDGER_FIXTURE_H
#define TESTS_UNIT_LEDGER_FIXTURE_H

#include "libmarket/ledger/ledger.h"
#include "tests/unit/test.h"

#define FIXTURE_START INT64_C(1767225600000) /* 2026-01-01 */

typedef struct fixture {
	const char *url;
	mk_store *store;
	mk_arena arena; /* of one operation */
	mk_arena kept;  /* until the store is closed: it knows statements by their address */
	mk_digest *digest;
	mk_keys *keys;
	mk_id_source ids;
	market_time now;
	mk_plan *plan;
	mk_ledger *ledger; /* of the operation that runs */
} fixture;

void fixture_open(fixture *f);
/* Another connection to the same store, with its own operations. */
void fixture_open_other(fixture *f, const fixture *first);
void fixture_close(fixture *f);

/* One operation: begin, post, and end, which flushes and commits, or rolls back when `rc` isn't 0.
 */
void fixture_begin(fixture *f);
int fixture_end(fixture *f, int rc, market_error *err);
void fixture_abort(fixture *f);

/* A whole operation of one direct transfer in BRL: `debit` and `credit` are "stem" or
 * "stem:suffix". */
int fixture_move(fixture *f, int64_t book, const char *client_id, const char *debit,
                 const char *credit, int64_t amount, market_error *err);
/* The same steps within an operation. */
mk_transfer *fixture_transfer(fixture *f, int64_t book, mk_transfer_kind kind,
                              const char *client_id, const char *debit, const char *credit,
                              int64_t amount);
void fixture_debit(mk_transfer *t, const char *name, market_money amount);
void fixture_credit(mk_transfer *t, const char *name, market_money amount);

/* The stored account, read again; false when there is none. */
bool fixture_account(fixture *f, int64_t book, const char *name, const char *currency,
                     mk_account *out);
int64_t fixture_balance(fixture *f, int64_t book, const char *name);   /* BRL */
int64_t fixture_available(fixture *f, int64_t book, const char *name); /* BRL */
int64_t fixture_count(fixture *f, const char *table);
void fixture_seal_all(fixture *f);
void fixture_execute(fixture *f, const char *sql);

market_money brl(int64_t amount);

/* A checkpoint and its anchor's text, in `out`. */
#define FIXTURE_ANCHOR_MAX 4096
void fixture_checkpoint(fixture *f, char out[FIXTURE_ANCHOR_MAX]);
/* Verifies with the anchor (NULL: none) and gives the result; `report` may be NULL. */
int fixture_verify(fixture *f, const char *anchor, mk_verify_report *report);

#endif
