/* Lifecycles by batches. */
#ifndef TESTS_BENCH_BATCH_H
#define TESTS_BENCH_BATCH_H

#include "tests/bench/shop.h"

#define BENCH_BATCH 64 /* operations of a batch */

/* A side's `run`: as many orders go through each of their operations together. */
void bench_batch_run(void *shop, int64_t count, bench_side *side);

#endif
