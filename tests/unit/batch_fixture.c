#include "tests/unit/batch_fixture.h"

#include <stdio.h>
#include <string.h>

market_batch_item batch_items[BATCH_MOST];
market_batch_result batch_results[BATCH_MOST];
size_t n_batch_items;
static char texts[BATCH_MOST][300];

void batch_start(void)
{
	memset(batch_items, 0, sizeof(batch_items));
	n_batch_items = 0;
}

market_batch_item *batch_add(const char *operation, const char *params)
{
	market_batch_item *item = &batch_items[n_batch_items];

	*item = (market_batch_item)MARKET_BATCH_ITEM_INIT;
	snprintf(texts[n_batch_items], sizeof(texts[0]), "%s", params);
	for (char *c = texts[n_batch_items]; *c; c++)
		if (*c == '\'')
			*c = '"';
	item->operation = operation;
	item->params = texts[n_batch_items++];
	return item;
}

market_batch_item *batch_add_buyer(const char *ref, const char *key)
{
	char params[200];

	snprintf(params, sizeof(params), "{'name':'Ana','ref':'%s'%s%s%s}", ref, key ? ",'key':'" : "",
	         key ? key : "", key ? "'" : "");
	return batch_add("buyer.create", params);
}

void batch_run(test_market *test)
{
	market_error err;

	CHECK_OK_FATAL(market_batch(test->session, batch_items, n_batch_items, batch_results, &err));
}

void batch_check(size_t index, int code)
{
	if (batch_results[index].code != code)
		fprintf(stderr, "item %zu: %s\n", index, batch_results[index].error.message);
	CHECK_INT(batch_results[index].code, code);
	CHECK_INT(batch_results[index].error.code, code);
	CU_ASSERT((batch_results[index].reply != NULL) == (code == 0));
}
