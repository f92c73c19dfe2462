/* A batch that a test fills, and what comes of it. */
#ifndef TESTS_UNIT_BATCH_FIXTURE_H
#define TESTS_UNIT_BATCH_FIXTURE_H

#include "tests/unit/market_fixture.h"

#define BATCH_MOST 300

extern market_batch_item batch_items[BATCH_MOST];
extern market_batch_result batch_results[BATCH_MOST];
extern size_t n_batch_items;

void batch_start(void);
/* ' stands for ". */
market_batch_item *batch_add(const char *operation, const char *params);
market_batch_item *batch_add_buyer(const char *ref, const char *key);
void batch_run(test_market *test);
void batch_check(size_t index, int code);

#endif
