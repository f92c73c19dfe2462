/* Connections of a market: never more than allowed, and whoever waits gets the one given back. */
#include <pthread.h>
#include <stdio.h>

#include "libmarket/engine/market.h"
#include "tests/unit/test.h"

void suite_pool(void);

typedef struct taker {
	market *market;
	mk_connection *connection;
	int rc;
	pthread_barrier_t *meet; /* NULL: nobody; else it holds what it took until all have met twice */
} taker;

static void *take(void *data)
{
	taker *t = data;

	t->rc = mk_pool_take(t->market, &t->connection, NULL);
	if (t->meet) {
		pthread_barrier_wait(t->meet);
		pthread_barrier_wait(t->meet);
	}
	if (t->connection)
		mk_pool_give(t->market, t->connection);
	return NULL;
}

static void no_more_than_allowed(void)
{
	market_options options = MARKET_OPTIONS_INIT;
	mk_connection *own = NULL, *second = NULL;
	taker other = {.rc = -1}, waiting = {.rc = -1};
	pthread_barrier_t meet;
	pthread_t threads[2];
	market_error err;
	char url[700];

	snprintf(url, sizeof(url), "sqlite:%s/pool.db", test_temp_dir());
	options.flags = MARKET_OPEN_CREATE;
	options.connections = 2;
	CHECK_OK(market_open(url, &options, &other.market, &err));
	waiting.market = other.market;
	CHECK_OK(mk_pool_take(other.market, &own, &err));
	CHECK_INT(mk_pool_take(other.market, &second, &err), MARKET_EMISUSE);
	pthread_barrier_init(&meet, NULL, 2);
	other.meet = &meet;
	pthread_create(&threads[0], NULL, take, &other);
	pthread_barrier_wait(&meet);
	CHECK_OK(other.rc);
	CU_ASSERT(other.connection != own);
	pthread_create(&threads[1], NULL, take, &waiting);
	mk_store_pause(50);
	CHECK_INT(other.market->n_connections, 2);
	mk_pool_give(other.market, own);
	pthread_join(threads[1], NULL);
	CHECK_OK(waiting.rc);
	CU_ASSERT_PTR_EQUAL(waiting.connection, own);
	pthread_barrier_wait(&meet);
	pthread_join(threads[0], NULL);
	pthread_barrier_destroy(&meet);
	market_close(other.market);
}

void suite_pool(void)
{
	CU_pSuite s = CU_add_suite("pool", NULL, NULL);

	CU_add_test(s, "no more connections than allowed, and one given back goes on",
	            no_more_than_allowed);
}
