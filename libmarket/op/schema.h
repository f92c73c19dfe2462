/* The schema of a whole store, and its founding. */
#ifndef MK_OP_SCHEMA_H
#define MK_OP_SCHEMA_H

#include "libmarket/engine/market.h"

/* Append-only: a released entry never changes. */
extern const mk_migration mk_schema_list[];
extern const size_t mk_schema_count;
/* The number of the last entry; numbers may be left out. */
int mk_schema_last(void);

/* Whether the store has a schema but was never founded (its maker died in between). */
int mk_store_is_empty(market *market, bool *empty, market_error *err);
/* Writes the store's identity and its first policy in one transaction. */
int mk_store_found(market *market, const char *policy, size_t policy_size, market_error *err);
/* The identity of a store, within a transaction; in the arena. */
int mk_store_name(mk_store *store, mk_arena *arena, const char **out, market_error *err);
/* The store's identity; in the market's arena. */
int mk_store_identity(market *market, const char **out, market_error *err);
/* Whether the store's keys were never made, and that they are now. */
int mk_store_keys_due(market *market, bool *due, market_error *err);
int mk_store_keys_made(market *market, market_error *err);

#endif
