/* What a store in memory holds, as text. */
#ifndef TESTS_MEMORY_STORE_H
#define TESTS_MEMORY_STORE_H

#include "libmarket/engine/market.h"

/* A digest of every row of every table. Never fails: it ends the process when it can't. */
void store_digest(market *market, char out[65]);
/* How many rows each table has. */
void store_shape(market *market, char out[4000]);

#endif
