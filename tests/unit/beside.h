/* Somebody else's connection to the same store, who acts while an operation runs. */
#ifndef TESTS_UNIT_BESIDE_H
#define TESTS_UNIT_BESIDE_H

#include "tests/unit/market_fixture.h"

typedef struct beside {
	test_market market;
	void (*act)(struct beside *b); /* NULL: beside_call */
	const char *operation;
	char params[300];
	bool pending;
	int rc; /* of the call */
} beside;

/* It has the other's clock. Closed by test_market_close of `market`. */
void beside_open(beside *b, test_market *test, const char *actor);
void beside_call(beside *b);
/* It acts once between the reads and the writes of the next operation of `test`; on SQLite, whose
 * writers wait for each other, behind it: in beside_end. */
void beside_begin(beside *b, test_market *test);
void beside_end(beside *b, test_market *test);

#endif
