/*
 * Callers that trust nothing but the answers: each thread makes buyers under keys of its own and
 * sends what was not answered again, until it is.
 *
 *   market-callers URL NAME THREADS SECONDS [CONNECTIONS]
 *
 * Prints what was done and how often the server was away, as JSON. Status 1 at an answer that no
 * fault of the server explains.
 */
#include <market.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PATIENCE_MS 60000 /* for one call, all its sendings */
#define MAX_THREADS 64

typedef struct caller {
	market *market;
	const char *name;
	int number;
	int64_t until;
	int64_t done, busy, unavailable, unknown, replayed, longest;
	bool failed;
} caller;

static void *work(void *data);
static bool call_once(caller *c, market_session *session, const char *params);
static bool sent_again(caller *c, int rc);
static int64_t now_ms(void);
static void nap(void);

int main(int argc, char **argv)
{
	static caller callers[MAX_THREADS];
	pthread_t threads[MAX_THREADS];
	market_options options = MARKET_OPTIONS_INIT;
	market *market = NULL;
	market_error err;
	caller sum = {0};
	int n;

	if (argc < 5)
		return 2;
	n = atoi(argv[3]) < MAX_THREADS ? atoi(argv[3]) : MAX_THREADS;
	options.connections = argc > 5 ? atoi(argv[5]) : n;
	if (market_open(argv[1], &options, &market, &err) != 0) {
		fprintf(stderr, "opening: %s %s\n", err.message, err.detail);
		return 1;
	}
	for (int i = 0; i < n; i++) {
		callers[i] = (caller){.market = market, .name = argv[2], .number = i};
		callers[i].until = now_ms() + atoi(argv[4]) * 1000;
		pthread_create(&threads[i], NULL, work, &callers[i]);
	}
	for (int i = 0; i < n; i++) {
		pthread_join(threads[i], NULL);
		sum.done += callers[i].done;
		sum.busy += callers[i].busy;
		sum.unavailable += callers[i].unavailable;
		sum.unknown += callers[i].unknown;
		sum.replayed += callers[i].replayed;
		sum.longest = callers[i].longest > sum.longest ? callers[i].longest : sum.longest;
		sum.failed = sum.failed || callers[i].failed;
	}
	market_close(market);
	printf("{\"done\":%lld,\"busy\":%lld,\"unavailable\":%lld,\"unknown\":%lld,\"replayed\":%lld,"
	       "\"longest_ms\":%lld}\n",
	       (long long)sum.done, (long long)sum.busy, (long long)sum.unavailable,
	       (long long)sum.unknown, (long long)sum.replayed, (long long)sum.longest);
	return sum.failed;
}

static void *work(void *data)
{
	caller *c = data;
	market_session *session = NULL;
	market_error err;
	char actor[80], params[200];

	snprintf(actor, sizeof(actor), "operator:%.40s-%d", c->name, c->number);
	c->failed = market_session_open(c->market, NULL, &session, &err) != 0 ||
	            market_session_act_as_text(session, actor, &err) != 0;
	while (!c->failed && now_ms() < c->until) {
		snprintf(params, sizeof(params), "{\"key\":\"k-%lld\",\"name\":\"%.40s %d\"}",
		         (long long)c->done, c->name, c->number);
		c->failed = !call_once(c, session, params);
		c->done += !c->failed;
	}
	market_session_close(session);
	return NULL;
}

static bool call_once(caller *c, market_session *session, const char *params)
{
	int64_t start = now_ms(), took = 0;
	market_error err;
	char *reply;
	int rc;

	do {
		reply = NULL;
		rc = market_call(session, "buyer.create", params, &reply, &err);
		market_text_free(reply);
		took = now_ms() - start;
	} while (rc != 0 && sent_again(c, rc) && took < PATIENCE_MS);
	c->longest = took > c->longest ? took : c->longest;
	c->replayed += rc == 0 && market_session_replayed(session);
	if (rc != 0)
		fprintf(stderr, "%s: %s: %s %s\n", params, market_error_name(rc), err.message, err.detail);
	return rc == 0;
}

static bool sent_again(caller *c, int rc)
{
	c->busy += rc == MARKET_EBUSY;
	c->unavailable += rc == MARKET_EUNAVAILABLE;
	c->unknown += rc == MARKET_EUNKNOWN;
	nap();
	return rc == MARKET_EBUSY || rc == MARKET_EUNAVAILABLE || rc == MARKET_EUNKNOWN;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void nap(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
}
