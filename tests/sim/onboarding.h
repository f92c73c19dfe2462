/* SEL-2, SEL-11: what the model knows of submissions and their reviews. */
#ifndef TESTS_SIM_ONBOARDING_H
#define TESTS_SIM_ONBOARDING_H

#include <market.h>

struct sim;

typedef struct sim_submission {
	market_id id;
	size_t seller;
	bool exam; /* of the requirement `rules`, else of `terms` */
	int32_t state;
	market_time valid_from, valid_to, decided_at, recheck_at, lapsed_at, due_at;
} sim_submission;

/* act_onboarding.c */
bool sim_terms_met(const struct sim *s, size_t seller, market_time now);
void sim_seller_met(struct sim *s, size_t seller, market_time now);
void sim_review_follow(struct sim *s, size_t seller, market_time now);
bool sim_claimed(const struct sim *s, size_t seller);
void sim_submission_expire(struct sim *s, size_t i, market_time now);
void sim_check_submissions(struct sim *s);

#endif
