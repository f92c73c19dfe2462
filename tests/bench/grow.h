/* Stores with many orders, made of fewer real ones. */
#ifndef TESTS_BENCH_GROW_H
#define TESTS_BENCH_GROW_H

#include "tests/bench/shop.h"

/* Under these clocks the sellers, and then the orders that are multiplied, must be made: between
 * them there is room for the identifiers of 9,000 copies, an hour each. */
#define BENCH_GROW_SELLERS INT64_C(1735700400000)
#define BENCH_GROW_ORDERS INT64_C(1767711600000)

/* Puts `copies` of all rows of the orders into a store's file that nobody has open: in every table
 * the rows that are as new as the orders, with identifiers that are that many hours older. Columns
 * that refer to such rows follow; texts that must be unique get an ending, and numbers that must
 * be, a distance. What isn't unique is as in the real rows: states, times, texts. The copies only
 * make tables and indices large and stand where real ones would; no operation works on them, and
 * the ledger verifies only before. */
void bench_grow(const char *path, int64_t copies);

#endif
