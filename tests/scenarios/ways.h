/* Ways to run a scenario. */
#ifndef TESTS_SCENARIOS_WAYS_H
#define TESTS_SCENARIOS_WAYS_H

#include "tests/scenarios/scenario.h"

/* By the library, in this process. */
typedef struct scenario_market {
	market *market;
	market_session *session;
	market_time now;
	bool asleep; /* the clock moved and nothing was done since */
} scenario_market;

/* Makes the store; its clock stands still. `allocator` may be NULL. */
int scenario_market_open(scenario_market *m, const scenario *scenario, const char *url,
                         const market_allocator *allocator, market_error *err);
void scenario_market_close(scenario_market *m);
scenario_way scenario_by_library(scenario_market *m);
/* Whether every open order, payment, refund and payout has a deadline or a request that is sent.
 * `why` names the first that nothing will ever wake. */
bool scenario_deadlines(market *market, char why[SCENARIO_WHY]);

/* By the program `market batch`, one line at a time. */
typedef struct scenario_batch {
	int pid;
	int to, from;
	market_time now;
	bool refused; /* some line was */
	char *buffer;
	size_t used, room;
} scenario_batch;

/* False with the reason when the program can't be started. */
bool scenario_batch_open(scenario_batch *b, const char *program, const char *url,
                         char why[SCENARIO_WHY]);
/* False when the program doesn't end well: 0 when nothing was refused, else 1. */
bool scenario_batch_close(scenario_batch *b);
scenario_way scenario_by_batch(scenario_batch *b);

#endif
