/* Notes which errors the operations of a test program gave: the linker leads their calls here. At
 * the end they are added to the file MARKET_TEST_ERRORS, for the suite errors. */
#include <stdio.h>
#include <stdlib.h>

#include "libmarket/op/op.h"

#define MAX_OPERATIONS 500
#define MAX_ERRORS 100

int __real_mk_op_run(market_session *session, const mk_op *op, const void *params, void **out,
                     market_error *err);
int __wrap_mk_op_run(market_session *session, const mk_op *op, const void *params, void **out,
                     market_error *err);
int __real_mk_op_run_json(market_session *session, const mk_op *op, const void *params,
                          char **reply, market_error *err);
int __wrap_mk_op_run_json(market_session *session, const mk_op *op, const void *params,
                          char **reply, market_error *err);

static bool given[MAX_OPERATIONS][MAX_ERRORS];
static bool any;

static void write_given(void)
{
	const char *path = getenv("MARKET_TEST_ERRORS");
	FILE *file = path && path[0] ? fopen(path, "a") : NULL;

	for (size_t i = 0; file && i < MAX_OPERATIONS && mk_op_at(i); i++)
		for (int code = 0; code < MAX_ERRORS; code++)
			if (given[i][code])
				fprintf(file, "%s %s\n", mk_op_at(i)->name, market_error_name(-code));
	if (file)
		fclose(file);
}

static int note(const mk_op *op, int rc)
{
	size_t i = 0;

	while (i < MAX_OPERATIONS - 1 && mk_op_at(i) && mk_op_at(i) != op)
		i++;
	if (rc >= 0 || -rc >= MAX_ERRORS || mk_op_at(i) != op)
		return rc;
	if (!any)
		atexit(write_given);
	any = true;
	given[i][-rc] = true;
	return rc;
}

int __wrap_mk_op_run(market_session *session, const mk_op *op, const void *params, void **out,
                     market_error *err)
{
	return note(op, __real_mk_op_run(session, op, params, out, err));
}

int __wrap_mk_op_run_json(market_session *session, const mk_op *op, const void *params,
                          char **reply, market_error *err)
{
	return note(op, __real_mk_op_run_json(session, op, params, reply, err));
}
