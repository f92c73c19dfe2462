/* The matrix of permissions: its rows, the callers of its columns, and calls that change nothing.
 */
#ifndef TESTS_UNIT_INTRUDER_H
#define TESTS_UNIT_INTRUDER_H

#include "tests/scenarios/ways.h"
#include "tests/unit/call_sample.h"
#include "tests/unit/test.h"

typedef enum verdict { VERDICT_OK, VERDICT_DENIED, VERDICT_NOT_FOUND } verdict;

#define N_COLUMNS 7
#define MAX_CALLERS 12

/* Who stands in one column; `right` is an operator's. */
typedef struct caller {
	const char *name; /* as cells write it; NULL at the end */
	const char *actor;
	uint32_t right;
} caller;

typedef struct column {
	const char *name;
	caller callers[MAX_CALLERS + 1];
} column;
extern const column columns[N_COLUMNS];

typedef struct matrix_row {
	char operation[64];
	char params[300];
	char cells[N_COLUMNS][300];
	int line;
} matrix_row;

typedef struct intruder {
	scenario *scenario;
	scenario_values values;
	scenario_market market;
	matrix_row *rows;
	size_t n_rows;
	int64_t writes; /* since the last call */
	bool flushed;   /* a plan came to its flush, which then failed */
	market_error err;
} intruder;

/* A store in which one of everything exists twice, of different owners, and the matrix. */
void intruder_open(intruder *t);
void intruder_close(intruder *t);

/* Calls a row's operation; nothing is ever committed. `missing`: with an identifier of nothing for
 * its subject. */
int intruder_call(intruder *t, const matrix_row *row, const caller *who, bool missing);
verdict intruder_verdict(const intruder *t, const matrix_row *row, int code);
/* A row's subject's identifier as it was sent. */
const char *intruder_subject(intruder *t, const matrix_row *row, bool missing);

/* The cell that says so, as the file writes it. */
void cell_write(const column *column, const verdict verdicts[MAX_CALLERS], char cell[300]);

#endif
