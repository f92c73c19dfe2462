/* SEL-6: who acts for sellers, as the model knows it. */
#ifndef TESTS_SIM_MEMBERS_H
#define TESTS_SIM_MEMBERS_H

#include <market.h>

/* SEL-6: those beside a seller's first owner */
typedef struct sim_member {
	market_id id;
	size_t seller;
	int32_t role;
	market_time removed_at;
} sim_member;

typedef struct sim_agent {
	market_id id;
	size_t agency;
	market_time removed_at;
} sim_agent;

typedef struct sim_delegation {
	market_id id;
	size_t seller, agency;
	bool finance, fulfilment;
	market_time valid_to, ended_at;
} sim_delegation;

enum { SIM_AGENCIES = 2 };

#endif
