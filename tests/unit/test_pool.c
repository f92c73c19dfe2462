/* Connections of a market: never more than allowed, whoever waits gets the one given back, and who
 * writes in a group needs none. */
#include <pthread.h>
#include <stdio.h>

#include "libmarket/op/run.h"
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

typedef struct writer {
	market_session *session;
	market_error err;
	int rc;
} writer;

static void *write_buyer(void *data)
{
	writer *w = data;
	market_buyer_create_params in = MARKET_BUYER_CREATE_PARAMS_INIT;
	market_buyer *out = NULL;

	in.name = "Ana";
	w->rc = market_buyer_create(w->session, &in, &out, &w->err);
	market_buyer_free(out);
	return NULL;
}

static int members_of(mk_writers *writers)
{
	int n;

	pthread_mutex_lock(&writers->lock);
	n = writers->n_members;
	pthread_mutex_unlock(&writers->lock);
	return n;
}

/* The turn is held until all of them wait for it. */
static void members_need_none(void)
{
	enum { WRITERS = 12 };
	const market_actor actor = {
		.kind = MARKET_ACTOR_OPERATOR, .rights = MARKET_RIGHT_ALL, .name = "pool"};
	market_options options = MARKET_OPTIONS_INIT;
	writer writers[WRITERS] = {{.rc = -1}};
	pthread_t threads[WRITERS];
	market *market;
	market_session *other;
	market_error err;
	char url[700];

	snprintf(url, sizeof(url), "sqlite:%s/members.db", test_temp_dir());
	options.flags = MARKET_OPEN_CREATE;
	options.connections = 3;
	CHECK_OK(market_open(url, &options, &market, &err));
	CHECK_OK(market_session_open(market, &actor, &other, &err));
	mk_group_enter(other);
	mk_writers_take(&market->writers);
	for (int i = 0; i < WRITERS; i++) {
		CHECK_OK(market_session_open(market, &actor, &writers[i].session, &err));
		pthread_create(&threads[i], NULL, write_buyer, &writers[i]);
	}
	for (int i = 0; i < 10000 && members_of(&market->writers) < WRITERS; i++)
		mk_store_pause(1);
	CHECK_INT(members_of(&market->writers), WRITERS);
	CHECK_INT(market->n_connections, 1);
	mk_writers_give(&market->writers);
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(threads[i], NULL);
		CU_ASSERT_EQUAL(writers[i].rc, 0);
		market_session_close(writers[i].session);
	}
	CHECK_INT(market->n_connections, 1);
	mk_group_leave(other);
	market_session_close(other);
	market_close(market);
}

void suite_pool(void)
{
	CU_pSuite s = CU_add_suite("pool", NULL, NULL);

	CU_add_test(s, "no more connections than allowed, and one given back goes on",
	            no_more_than_allowed);
	CU_add_test(s, "those who write in a group need no connection of their own", members_need_none);
}
