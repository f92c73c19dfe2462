/* A market that sells: for programs that need more than a ledger. */
#ifndef TESTS_FAULT_SHOP_H
#define TESTS_FAULT_SHOP_H

#include "tests/fault/fault.h"

/* A part of the built-in policy and what stands there instead. */
typedef const char *fault_change[2];

typedef struct fault_shop {
	char seller[MARKET_ID_TEXT_SIZE], sku[MARKET_ID_TEXT_SIZE];
} fault_shop;

/* Makes the store with the built-in policy changed so. The session is of operator:shop. */
bool fault_open_changed(fault_market *m, const fault_store *store, const fault_change *changes,
                        size_t n_changes);
/* The shop `ref` of the owner `<ref>-owner`, with a payout account, which sells one thing at
 * 100.00 BRL as long as there is stock. */
bool fault_open_shop(fault_market *m, const char *ref, int64_t stock, fault_shop *out);
bool fault_act_as(fault_market *m, const char *actor);
/* Does what is due, at most `budget` of it. */
bool fault_work(fault_market *m, int budget);

/* Calls that are part of the preparation: they succeed or the case fails. */
#define FAULT_DONE(m, ...) \
	fault_check(fault_call((m), __VA_ARGS__) == 0, "%s, line %d: %s: %s", __FILE__, __LINE__, \
	            (m)->err.message, (m)->err.detail)

#endif
