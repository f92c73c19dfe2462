/* A seller, buyers and received orders of theirs, for the tests of ratings. */
#ifndef TESTS_UNIT_RATING_FIXTURE_H
#define TESTS_UNIT_RATING_FIXTURE_H

#include "libmarket/base/clock.h"
#include "tests/unit/market_fixture.h"

#define SHOP_BUYERS 4

typedef struct rating_shop {
	test_market test;
	market_id seller;              /* "shop"; its owner is the member "shop-owner" */
	market_id rival;               /* "rival" */
	market_id buyers[SHOP_BUYERS]; /* "b0", "b1", … */
	int64_t made;                  /* how many orders */
	/* of the last order: its text, and those of its lines */
	char order[MARKET_ID_TEXT_SIZE], line[MARKET_ID_TEXT_SIZE], second[MARKET_ID_TEXT_SIZE];
} rating_shop;

/* An order as the test wants it: received at `finished_at`, 0 for now; placed at `bought_at`, 0 for
 * an hour before that. */
typedef struct rating_order {
	int buyer;
	int64_t product; /* 0: another one each time */
	market_time bought_at, finished_at;
	int32_t state;   /* 0: finished */
	bool unreceived; /* finished, but nothing of its lines was received */
	bool of_rival;
} rating_order;

void rating_shop_open(rating_shop *shop, const char *policy);
void rating_shop_close(rating_shop *shop);

/* Stores such an order with two lines of the same product. */
void rating_receive(rating_shop *shop, rating_order as);
/* Rates the last order's first line as its buyer with these scores for description, service and
 * logistics; `more` is added to the params ("'text':'good'"), or NULL. Acts as the operator
 * afterwards. */
int rating_give(rating_shop *shop, int buyer, const char *scores, const char *more);
/* Receives and rates, and wants success. Gives the rating's id, which lives until 64 calls later.
 */
const char *rating_made(rating_shop *shop, rating_order order, const char *scores,
                        const char *more);

#define RATING_PLAIN ((rating_order){0})

/* How many events of the type the journal has. */
int rating_events(rating_shop *shop, const char *type);

#endif
