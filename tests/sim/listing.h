/* CAT-4: what an operator must look at before an offer is on sale, as the model knows it. */
#ifndef TESTS_SIM_LISTING_H
#define TESTS_SIM_LISTING_H

#include <market.h>

enum { SIM_SKUS = 2, SIM_DEAR = 10000 };

/* An offer's last review: of which prices. */
typedef struct sim_review {
	market_id id; /* once it was seen in the queue */
	int32_t state;
	int64_t prices[SIM_SKUS];
} sim_review;

#define SIM_LISTING_POLICY \
	"listing:\n  packs:\n    - name: dear\n      prices:\n" \
	"        - {id: dear, severity: review, maximum: 100.00 BRL}\n"

struct sim;
/* What an offer meets that is to be on sale with the prices that its SKUs have: ELISTING when these
 * were refused. Else its review follows, and `waits` tells whether it stays off sale. */
int sim_listing_gate(struct sim *s, size_t offer, bool *waits);
/* Nobody has to look at it any more. */
void sim_listing_over(struct sim *s, size_t offer);

#endif
