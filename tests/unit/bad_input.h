/* What the tests of bad input share: a market of their own, calls that must be refused, and the
 * proof that nothing was written. */
#ifndef TESTS_UNIT_BAD_INPUT_H
#define TESTS_UNIT_BAD_INPUT_H

#include "tests/unit/call_sample.h"
#include "tests/unit/market_fixture.h"

typedef struct bad_input {
	test_market market;
	const char *what; /* the fault, for messages */
	char digest[65];
	int64_t writes;  /* statements that wrote */
	int64_t refused; /* calls that were */
} bad_input;

void bad_input_open(bad_input *bad, const char *what);
/* Checks that nothing was written and that some calls were made. */
void bad_input_close(bad_input *bad);

/* Each of these takes the params over. */
void bad_input_refused(bad_input *bad, const mk_op *op, json_t *params, int code, const char *path);
void bad_input_refused_text(bad_input *bad, const mk_op *op, const char *params, int code,
                            const char *path);
/* The same by the typed function's way. */
void bad_input_refused_struct(bad_input *bad, const mk_op *op, const void *params, int code,
                              const char *path);
/* Valid params as a struct in the arena. */
void *bad_input_struct(bad_input *bad, const mk_op *op, mk_arena *arena);

/* Calls `visit` for every field of every operation. */
void bad_input_each(bad_input *bad, void (*visit)(const call_place *place, void *bad));
/* All fields filled with what they take. */
json_t *bad_input_params(const mk_op *op);

#endif
