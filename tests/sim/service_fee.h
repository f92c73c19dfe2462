/* SEL-5: what the model knows of yearly fees and modules. */
#ifndef TESTS_SIM_SERVICE_FEE_H
#define TESTS_SIM_SERVICE_FEE_H

#include <market.h>

struct sim;

#define SIM_SERVICE_FEES \
	"service_fees: {tax: 5%, yearly: [{key: stall, amount: 12.07 BRL, refunds: [{sales_from: 0.00" \
	" BRL, share: 5%}, {sales_from: 100.00 BRL, share: 50%}]}], modules: [{key: photos, price: " \
	"3.33 BRL}]}\n"

typedef struct sim_service_fee {
	market_id id;
	size_t seller;
	int32_t state;
	int64_t earned, refunded, parts;
	market_time from_at, due_at;
} sim_service_fee;

typedef struct sim_subscription {
	market_id id;
	size_t seller;
	int32_t state;
	market_time paid_until, due_at; /* the deadline, until it ends */
} sim_subscription;

/* act_service_fee.c */
void sim_service_fee_earn(struct sim *s, size_t i, market_time now);
void sim_module_bill(struct sim *s, size_t i, market_time now);
void sim_check_service_fees(struct sim *s);

#endif
