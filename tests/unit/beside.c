#include "tests/unit/beside.h"

#include <string.h>

#include "libmarket/engine/market.h"

static market_time same_clock(void *user_data)
{
	return ((const test_market *)user_data)->now;
}

void beside_open(beside *b, test_market *test, const char *actor)
{
	market_options options = MARKET_OPTIONS_INIT;
	market_error err;

	memset(b, 0, sizeof(*b));
	options.clock = same_clock;
	options.user_data = test;
	CHECK_OK_FATAL(market_open(test->url, &options, &b->market.market, &err));
	CHECK_OK_FATAL(market_session_open(b->market.market, NULL, &b->market.session, &err));
	test_act_as(&b->market, actor);
}

void beside_call(beside *b)
{
	b->rc = market_call(b->market.session, b->operation, b->params, NULL, &b->market.err);
}

static void act(beside *b)
{
	b->pending = false;
	if (b->act)
		b->act(b);
	else
		beside_call(b);
}

static int meddle(mk_store *store, void *user_data)
{
	beside *b = user_data;

	(void)store;
	if (b->pending)
		act(b);
	return 0;
}

void beside_begin(beside *b, test_market *test)
{
	b->pending = test_on_postgres();
	mk_store_set_before_flush(test->market->store, meddle, b);
}

void beside_end(beside *b, test_market *test)
{
	mk_store_set_before_flush(test->market->store, NULL, NULL);
	if (!test_on_postgres())
		act(b);
	CHECK_INT(b->pending, false);
}
