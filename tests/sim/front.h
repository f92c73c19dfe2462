/* CAT-1: front categories and their links, as the model knows them. */
#ifndef TESTS_SIM_FRONT_H
#define TESTS_SIM_FRONT_H

#include <market.h>

enum { SIM_FRONTS = 6 };

typedef struct sim_graph {
	market_id fronts[SIM_FRONTS];
	bool below[SIM_FRONTS][SIM_FRONTS]; /* [parent][child] */
} sim_graph;

#endif
