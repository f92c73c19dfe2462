/* SEL-7, BUY-1: violations and what they bring about, as the model knows it. */
#ifndef TESTS_SIM_STANDING_H
#define TESTS_SIM_STANDING_H

#include <market.h>

enum { SIM_LIMITS = MARKET_ACTION_NO_ORDER + 1, SIM_LIMITED_BUYERS = 8 };

/* One action against a party, from when to when, and by which of the violations. */
typedef struct sim_limit {
	market_time since, until;
	size_t violation;
} sim_limit;

typedef struct sim_violation {
	market_id id;
	bool of_buyer;
	size_t party;
	int64_t points;
	int32_t state;
	market_time created_at, appeal_by, expires_at, due_at;
} sim_violation;

/* The policy's, and the part that a reserve of points keeps. */
#define SIM_STANDING_POLICY \
	"standing:\n  window: 20d\n  appeal_within: 3d\n  violations:\n" \
	"    - {key: small, party: seller, points: 4, summary: Small.}\n" \
	"    - {key: big, party: seller, points: 12, summary: Big.}\n" \
	"    - {key: rude, party: buyer, points: 6, summary: Rude.}\n" \
	"    - {key: false, party: buyer, points: 12, summary: False.}\n" \
	"  seller_thresholds:\n" \
	"    - {points: 12, action: listing_block, duration: 3d}\n" \
	"    - {points: 12, action: search_demotion, duration: 2d}\n" \
	"    - {points: 16, action: payout_reserve, duration: 5d, rate: 30%}\n" \
	"    - {points: 24, action: suspension, duration: 4d}\n" \
	"  buyer_thresholds:\n" \
	"    - {points: 12, action: no_rating, duration: 3d}\n" \
	"    - {points: 18, action: no_refund_without_reason, duration: 6d}\n" \
	"    - {points: 24, action: no_order, duration: 2d}\n"
#define SIM_PENALTY_RESERVE 300000

struct sim;
void sim_violation_expire(struct sim *s, size_t violation, market_time now);
bool sim_seller_limited(const struct sim *s, size_t seller, int32_t action, market_time now);
bool sim_buyer_limited(const struct sim *s, size_t buyer, int32_t action, market_time now);

#endif
