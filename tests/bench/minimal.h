/* The ceiling "minimal": raw SQLite with prepared statements and append tables. */
#ifndef TESTS_BENCH_MINIMAL_H
#define TESTS_BENCH_MINIMAL_H

#include "tests/bench/bench.h"

typedef struct bench_minimal bench_minimal;

/* A fresh database at `path` (":memory:" too) with 1,000 sellers and 100,000 buyers. */
bench_minimal *bench_minimal_open(const char *path, uint64_t seed);
void bench_minimal_close(bench_minimal *minimal);
/* So many operations are committed at once. */
void bench_minimal_group(bench_minimal *minimal, int64_t size);
sqlite3 *bench_minimal_database(bench_minimal *minimal);

/* Sides' `run`: whole lifecycles, and single transfers of two accounts with their event. */
void bench_minimal_run(void *minimal, int64_t count, bench_side *side);
void bench_minimal_transfers(void *minimal, int64_t count, bench_side *side);

#endif
