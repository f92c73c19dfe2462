/* SEL-1: what the model knows of checks of identities. */
#ifndef TESTS_SIM_IDENTITY_H
#define TESTS_SIM_IDENTITY_H

#include <market.h>

struct sim;

typedef struct sim_identity {
	market_id id;
	size_t seller;
	int32_t state;
	int word; /* what the sandbox does */
	bool supplied;
	int64_t queries;
	market_time asked_at, next_at, expires_at;
} sim_identity;

/* act_identity.c */
market_time sim_identity_due(const struct sim *s, size_t i);
void sim_identity_run(struct sim *s, size_t i, market_time at);
void sim_check_identities(struct sim *s);

#endif
