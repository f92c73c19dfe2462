#include "tests/unit/bad_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"

static void count_write(const mk_trace *trace, void *user_data)
{
	bad_input *bad = user_data;

	if (trace->write && trace->statement->table)
		bad->writes++;
}

void bad_input_open(bad_input *bad, const char *what)
{
	memset(bad, 0, sizeof(*bad));
	bad->what = what;
	test_market_open(&bad->market, NULL);
	TEST_CALL(&bad->market, "buyer.create", "{'name':'Ana'}");
	test_store_digest(&bad->market, bad->digest);
	mk_store_set_trace(bad->market.market->store, count_write, bad);
}

void bad_input_close(bad_input *bad)
{
	char after[65];

	CU_ASSERT(bad->refused > 0);
	CHECK_INT(bad->writes, 0);
	CHECK_TEXT(test_store_digest(&bad->market, after), bad->digest);
	TEST_CALL(&bad->market, "buyer.create", "{'name':'Bo'}");
	CU_ASSERT(bad->writes > 0);
	test_market_close(&bad->market);
}

static void check(bad_input *bad, const mk_op *op, int rc, int code, const char *path)
{
	char label[300];

	snprintf(label, sizeof(label), "%s, %s, %s", bad->what, op->name, path);
	test_check_error(rc, &bad->market.err, code, path, label, __FILE__, __LINE__);
	bad->refused++;
}

void bad_input_refused(bad_input *bad, const mk_op *op, json_t *params, int code, const char *path)
{
	char *text = json_dumps(params, JSON_COMPACT);

	bad_input_refused_text(bad, op, text, code, path);
	free(text);
	json_decref(params);
}

void bad_input_refused_text(bad_input *bad, const mk_op *op, const char *params, int code,
                            const char *path)
{
	char *reply = NULL;
	int rc = market_call(bad->market.session, op->name, params, &reply, &bad->market.err);

	check(bad, op, rc, code, path);
	CU_ASSERT_PTR_NULL(reply);
	market_text_free(reply);
}

void bad_input_refused_struct(bad_input *bad, const mk_op *op, const void *params, int code,
                              const char *path)
{
	void *out = NULL;
	int rc = mk_op_run(bad->market.session, op, params, &out, &bad->market.err);

	check(bad, op, rc, code, path);
	CU_ASSERT_PTR_NULL(out);
	mk_record_free(out);
}

void *bad_input_struct(bad_input *bad, const mk_op *op, mk_arena *arena)
{
	json_t *sample = bad_input_params(op);
	char *text = json_dumps(sample, JSON_COMPACT);
	void *params = NULL;
	int rc = mk_json_read(op->params, text, strlen(text), arena, &params, NULL, &bad->market.err);

	test_check_ok(rc, &bad->market.err, op->name, __FILE__, __LINE__, true);
	free(text);
	json_decref(sample);
	return params;
}

void bad_input_each(bad_input *bad, void (*visit)(const call_place *place, void *bad))
{
	const mk_op *op;

	for (size_t i = 0; (op = mk_op_at(i)); i++)
		call_each_place(op, visit, bad);
}

json_t *bad_input_params(const mk_op *op)
{
	return call_sample(op->params, true, NULL, NULL);
}
