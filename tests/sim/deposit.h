/* SEL-4: what the model knows of deposits. */
#ifndef TESTS_SIM_DEPOSIT_H
#define TESTS_SIM_DEPOSIT_H

#include <market.h>

struct sim;

enum { SIM_DEPOSIT = 1000 /* at least, in minor units */ };

typedef struct sim_deposit {
	market_id id; /* absent until something was lodged */
	market_time top_up_by, return_at;
} sim_deposit;

/* act_deposit.c */
bool sim_deposit_short(const struct sim *s, size_t seller);
void sim_setup_deposits(struct sim *s);
void sim_deposit_closing(struct sim *s, size_t seller, market_time now);
int sim_deposit_return(struct sim *s, size_t seller, bool system, market_time now);
void sim_check_deposits(struct sim *s);

#endif
