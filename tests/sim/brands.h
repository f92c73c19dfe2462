/* CAT-3, SEL-3: what the model knows of changes of products and of brands. */
#ifndef TESTS_SIM_BRANDS_H
#define TESTS_SIM_BRANDS_H

#include <market.h>

/* CAT-3 */
typedef struct sim_change {
	market_id id;
	size_t product;
	int32_t state;
	int64_t at; /* the product's changes when it was asked for */
	bool branded;
} sim_change;

/* SEL-3 */
typedef struct sim_authorisation {
	market_id id;
	size_t seller, brand;
	int32_t state, place;
	market_time place_until, valid_to, due_at, created_at;
} sim_authorisation;

enum { SIM_BRANDS = 2, SIM_STORES = 2 /* a brand has at most */, SIM_AUTHORISATIONS = 30 };

#endif
