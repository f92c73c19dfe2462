/* What a handler works with: one operation's reads, plan, events and result. */
#ifndef MK_ENGINE_CONTEXT_H
#define MK_ENGINE_CONTEXT_H

#include <market.h>

#include "libmarket/base/clock.h"
#include "libmarket/base/limits.h"
#include "libmarket/base/money.h"
#include "libmarket/crypto/crypto.h"
#include "libmarket/engine/entity.h"
#include "libmarket/engine/policy.h"
#include "libmarket/ledger/ledger.h"
#include "libmarket/store/store.h"

typedef struct mk_ctx {
	market *market;
	mk_store *store;
	mk_arena *arena;
	const mk_keys *keys;
	mk_digest *digest;
	const mk_policy *policy; /* in effect at `now` */
	market_actor actor;
	const struct market_member *member; /* of a member actor, or made of a delegation */
	uint32_t permissions;               /* MK_CAN_…, of `member` for its seller */
	market_id delegation;               /* by which the actor acts; absent: none */
	market_time now;                    /* effective time: every date of a record and the ledger */
	market_time recorded;               /* the clock when it was recorded */
	const void *subject;                /* the subject's row, a copy the handler may change */
	mk_plan *plan;                      /* NULL in a read */
	mk_ledger *ledger;
	market_id journal; /* this operation's journal row */
	mk_text events;    /* JSON array in the making */
	market_id result;  /* what a write made or changed; the door gives it out */
	void *output;      /* what a read gives out: the operation's result record, in the arena */
	bool known;        /* a write without key was done before: nothing is written, no journal row */
} mk_ctx;

/* A new id in a book; of a buyer or seller: mk_new_own_id, whose book is itself. */
market_id mk_new_id(mk_ctx *ctx, int64_t book);
market_id mk_new_own_id(mk_ctx *ctx);
market_id mk_id_in(int64_t book, int64_t id);
bool mk_id_equal(market_id a, market_id b);
bool mk_id_absent(market_id id);

/* ---- plan, for records with named parameters ---- */

/* A new row: a taken key or id runs the operation again, whose reads then name the error. */
void mk_insert(mk_ctx *ctx, const mk_statement *statement, const mk_record *record, market_id id,
               const void *row);
/* A row that was read: the statement is guarded by `version = :version` and adds 1 to it. */
void mk_update(mk_ctx *ctx, const mk_statement *statement, const mk_record *record, market_id id,
               const void *row);

/* ---- refs (of buyers, sellers and members, unique in the store) ---- */

/* Plans the registry row. A taken ref must have been looked up before (mk_ref_taken). */
void mk_ref_register(mk_ctx *ctx, market_id_kind kind, market_id id, const char *ref);
/* EEXISTS at field `ref` when the ref is registered. NULL refs are fine. */
int mk_ref_check_free(mk_ctx *ctx, market_id_kind kind, const char *ref, market_error *err);
/* The same for a record whose refs are unique in its book. */
int mk_ref_check_free_in(mk_ctx *ctx, const mk_entity *entity, int64_t book, const char *ref,
                         market_error *err);

/* ---- reading other records ---- */

/* Loads a record by id; ENOTFOUND names `field` when there is none. The row is in the arena. */
int mk_load(mk_ctx *ctx, const mk_entity *entity, market_id id, const char *field, void **row,
            market_error *err);
/* ENOTFOUND, also of one that is there and that the actor mustn't hear of. */
int mk_not_found(const mk_entity *entity, market_id id, const char *field, market_error *err);

/* ---- events: `type` is "noun.done"; the books concerned are the object's and those added ---- */
void mk_event(mk_ctx *ctx, const char *type, market_id_kind kind, market_id object);
/* These add to the last event. */
void mk_event_book(mk_ctx *ctx, int64_t book);
void mk_event_money(mk_ctx *ctx, const char *name, market_money value);
void mk_event_text(mk_ctx *ctx, const char *name, const char *value);
void mk_event_int(mk_ctx *ctx, const char *name, int64_t value);
void mk_event_id(mk_ctx *ctx, const char *name, market_id_kind kind, market_id id);

/* ---- deadlines: one row an object, the earliest of its timers ---- */

/* Plans the change from what the object's row had (`before`, 0 for none) to `due` (0 for none).
 * `operation` is the name of the operation that is then run on it. */
void mk_deadline_set(mk_ctx *ctx, market_id object, market_time before, market_time due,
                     const char *operation);

/* ---- lists ---- */

/* The page size asked for, within bounds. */
int64_t mk_page_size(const int64_t *asked);
/* A cursor is the text of the last row's sort keys; opaque to callers, checked on reading. */
const char *mk_cursor_write(mk_ctx *ctx, int64_t first, int64_t second);
int mk_cursor_read(const char *cursor, int64_t *first, int64_t *second, market_error *err);

/* The layout of every public `…_page`. */
typedef struct mk_page {
	void **items;
	size_t n_items;
	const char *next;
} mk_page;

/* A keyset page as ctx->output. `statement` is ordered by an int64 column, whose field lies at
 * `order_offset` in the row's struct, and id; its arguments are those given (at most 8), then the
 * cursor's two numbers, then the limit. A cursor is NULL on the first page: both numbers are then
 * 0. */
int mk_page_read(mk_ctx *ctx, const mk_statement *statement, const mk_record *record,
                 size_t order_offset, const mk_value *args, size_t n_args, const char *after,
                 const int64_t *limit, market_error *err);

#endif
