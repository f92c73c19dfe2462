/* SEL-7, BUY-1: points, their thresholds, appeals and what time ends. */
#include <string.h>

#include "tests/sim/sim.h"

#define WINDOW (20 * SIM_DAY)
#define APPEAL_WITHIN (3 * SIM_DAY)

static const struct {
	bool of_buyer;
	int64_t points;
	int32_t action;
	market_time duration;
} thresholds[] = {
	{false, 12, MARKET_ACTION_LISTING_BLOCK, 3 * SIM_DAY},
	{false, 12, MARKET_ACTION_SEARCH_DEMOTION, 2 * SIM_DAY},
	{false, 16, MARKET_ACTION_PAYOUT_RESERVE, 5 * SIM_DAY},
	{false, 24, MARKET_ACTION_SUSPENSION, 4 * SIM_DAY},
	{true, 12, MARKET_ACTION_NO_RATING, 3 * SIM_DAY},
	{true, 18, MARKET_ACTION_REFUND_REASON, 6 * SIM_DAY},
	{true, 24, MARKET_ACTION_NO_ORDER, 2 * SIM_DAY},
};

static bool limited(const sim_limit *limit, market_time now)
{
	return limit->since <= now && now < limit->until;
}

bool sim_seller_limited(const sim *s, size_t seller, int32_t action, market_time now)
{
	return limited(&s->sellers.at[seller].limits[action], now);
}

bool sim_buyer_limited(const sim *s, size_t buyer, int32_t action, market_time now)
{
	return limited(&s->buyer_limits[buyer][action], now);
}

static sim_limit *limits_of(sim *s, const sim_violation *v)
{
	return v->of_buyer ? s->buyer_limits[v->party] : s->sellers.at[v->party].limits;
}

static bool same_party(const sim_violation *a, const sim_violation *b)
{
	return a->of_buyer == b->of_buyer && a->party == b->party;
}

/* Of the violations up to and with the one at `i`, without the one at `but`. */
static int64_t points(const sim *s, size_t i, size_t but, market_time at)
{
	int64_t sum = 0;

	for (size_t k = 0; k <= i; k++) {
		const sim_violation *v = &s->violations.at[k];

		if (k != but && same_party(v, &s->violations.at[i]) &&
		    v->state != MARKET_VIOLATION_WITHDRAWN && v->expires_at > at)
			sum += v->points;
	}
	return sum;
}

static void begin(const sim *s, size_t i, int64_t sum, sim_limit *limits)
{
	const sim_violation *v = &s->violations.at[i];

	for (size_t k = 0; v->points > 0 && k < sizeof(thresholds) / sizeof(thresholds[0]); k++) {
		sim_limit *limit = &limits[thresholds[k].action];
		const market_time until = v->created_at + thresholds[k].duration;

		if (thresholds[k].of_buyer != v->of_buyer || sum < thresholds[k].points ||
		    until < limit->until)
			continue;
		if (limit->until <= v->created_at)
			limit->since = v->created_at;
		limit->until = until;
		limit->violation = i;
	}
}

static void drop_ended(sim_limit *limits, market_time now)
{
	for (size_t k = 0; k < SIM_LIMITS; k++)
		if (limits[k].until <= now)
			limits[k] = (sim_limit){0};
}

/* The new limits are the party's, and a seller is suspended by them or no longer. */
static void settle(sim *s, const sim_violation *v, const sim_limit *now, market_time at)
{
	sim_limit *before = limits_of(s, v), after[SIM_LIMITS];
	sim_limit *suspension = &after[MARKET_ACTION_SUSPENSION];
	const sim_limit *old = &before[MARKET_ACTION_SUSPENSION];
	sim_seller *sel = v->of_buyer ? NULL : &s->sellers.at[v->party];

	memcpy(after, now, sizeof(after));
	/* not while it is elsewhere, and not again after an operator has ended it */
	if (sel && !sel->by_points &&
	    (sel->state != MARKET_SELLER_APPROVED ||
	     (old->until != 0 && old->violation == suspension->violation)))
		*suspension = (sim_limit){0};
	if (sel && suspension->until != 0 && !sel->by_points) {
		suspension->since = at;
		sel->state = MARKET_SELLER_SUSPENDED;
		sel->by_points = true;
		sim_places_follow(s, v->party, false, at);
	} else if (sel && suspension->until == 0 && sel->by_points) {
		sel->state = MARKET_SELLER_APPROVED;
		sel->by_points = false;
		sim_places_follow(s, v->party, false, at);
	}
	memcpy(before, after, sizeof(after));
}

static market_time due(sim *s, size_t i)
{
	const sim_violation *v = &s->violations.at[i];
	const sim_limit *limits = limits_of(s, v);
	market_time at = v->expires_at;

	if (v->state == MARKET_VIOLATION_WITHDRAWN)
		return 0;
	if (v->state == MARKET_VIOLATION_EXPIRED)
		at = 0;
	for (size_t k = 0; k < SIM_LIMITS; k++)
		if (limits[k].until != 0 && limits[k].violation == i && (at == 0 || limits[k].until < at))
			at = limits[k].until;
	return at;
}

/* Its deadline, at its time. */
void sim_violation_expire(sim *s, size_t i, market_time now)
{
	sim_violation *v = &s->violations.at[i];
	sim_limit after[SIM_LIMITS];

	memcpy(after, limits_of(s, v), sizeof(after));
	if (v->expires_at <= now)
		v->state = MARKET_VIOLATION_EXPIRED;
	drop_ended(after, now);
	settle(s, v, after, now);
	v->due_at = due(s, i);
}

static void timers(sim *s, size_t i)
{
	while (s->violations.at[i].due_at != 0 && s->violations.at[i].due_at <= s->now)
		sim_violation_expire(s, i, s->violations.at[i].due_at);
}

static void same(sim *s, size_t i, const market_violation *got)
{
	const sim_violation *v = &s->violations.at[i];

	sim_same(s, "state of a violation", v->state, got->state);
	sim_same(s, "points of a violation", v->points, got->points);
	sim_same(s, "expires_at of a violation", v->expires_at, got->expires_at);
}

static void record(sim *s)
{
	market_violation_record_params in = MARKET_VIOLATION_RECORD_PARAMS_INIT;
	const bool of_buyer = sim_chance(s, 40), big = sim_chance(s, 50);
	const bool platform = sim_chance(s, 10);
	const size_t count = of_buyer ? s->buyers.n : s->sellers.n;
	const size_t party = count == 0 ? SIM_NONE : (size_t)sim_below(s, (int64_t)count);
	sim_limit after[SIM_LIMITS];
	sim_violation *v;
	int expected = 0;
	void *out;
	size_t i;

	if (party == SIM_NONE)
		return;
	if (of_buyer) {
		in.buyer = s->buyers.at[party];
		in.type = big ? "false" : "rude";
	} else {
		in.seller = s->sellers.at[party].id;
		in.type = big ? "big" : "small";
		if (s->sellers.at[party].state == MARKET_SELLER_TERMINATED)
			expected = MARKET_ESTATE;
	}
	if (sim_chance(s, 3)) {
		in.type = "nothing";
		expected = MARKET_EINVALID;
	}
	in.cause = platform ? MARKET_CAUSE_PLATFORM : 0;
	if (sim_run(s, "violation.record", &in, &out, expected)) {
		i = SIM_ADD(s->violations);
		v = &s->violations.at[i];
		*v = (sim_violation){
			.id = ((market_violation *)out)->id,
			.of_buyer = of_buyer,
			.party = party,
			.points = platform   ? 0
		              : of_buyer ? (big ? 12 : 6)
		                         : (big ? 12 : 4),
			.state = MARKET_VIOLATION_ACTIVE,
			.created_at = s->now,
			.appeal_by = s->now + APPEAL_WITHIN,
			.expires_at = s->now + WINDOW,
		};
		memcpy(after, limits_of(s, v), sizeof(after));
		drop_ended(after, s->now);
		begin(s, i, points(s, i, SIM_NONE, s->now), after);
		settle(s, v, after, s->now);
		v->due_at = due(s, i);
		same(s, i, out);
	}
	sim_free(out);
}

static size_t any(sim *s)
{
	size_t i;

	if (s->violations.n == 0)
		return SIM_NONE;
	i = (size_t)sim_below(s, (int64_t)s->violations.n);
	/* rather one of late */
	if (sim_chance(s, 60))
		i = s->violations.n - 1;
	return i;
}

static void appeal(sim *s)
{
	market_violation_appeal_params in = MARKET_VIOLATION_APPEAL_PARAMS_INIT;
	const size_t i = any(s);
	sim_violation *v;
	int expected = 0;
	void *out;

	if (i == SIM_NONE)
		return;
	timers(s, i);
	v = &s->violations.at[i];
	in.violation = v->id;
	in.statement = "It wasn't so.";
	if (v->state != MARKET_VIOLATION_ACTIVE)
		expected = MARKET_ESTATE;
	else if (s->now >= v->appeal_by)
		expected = MARKET_EEXPIRED;
	else
		v->state = MARKET_VIOLATION_APPEALED;
	if (v->of_buyer)
		sim_as(s, MARKET_ACTOR_BUYER, s->buyers.at[v->party]);
	else
		sim_as(s, MARKET_ACTOR_MEMBER, s->sellers.at[v->party].owner);
	if (sim_run(s, "violation.appeal", &in, &out, expected))
		same(s, i, out);
	sim_free(out);
	sim_as_operator(s);
}

/* What the others alone have brought about. */
static void withdraw(sim *s, size_t i)
{
	sim_violation *v = &s->violations.at[i];
	const sim_limit *before = limits_of(s, v);
	sim_limit after[SIM_LIMITS] = {{0}}, *suspension = &after[MARKET_ACTION_SUSPENSION];
	const market_time since = before[MARKET_ACTION_SUSPENSION].since;

	for (size_t k = 0; k < s->violations.n; k++)
		if (k != i && same_party(&s->violations.at[k], v) &&
		    s->violations.at[k].state != MARKET_VIOLATION_WITHDRAWN)
			begin(s, k, points(s, k, i, s->violations.at[k].created_at), after);
	drop_ended(after, s->now);
	for (size_t k = 0; k < SIM_LIMITS; k++) {
		if (before[k].until == 0)
			after[k] = (sim_limit){0};
		if (after[k].until > before[k].until)
			after[k].until = before[k].until;
	}
	if (!v->of_buyer && suspension->until != 0 &&
	    (!s->sellers.at[v->party].by_points ||
	     s->violations.at[suspension->violation].created_at < since)) /* ended by an operator */
		*suspension = (sim_limit){0};
	if (suspension->until != 0 && suspension->since < since)
		suspension->since = since;
	v->state = MARKET_VIOLATION_WITHDRAWN;
	settle(s, v, after, s->now);
	for (size_t k = 0; k < s->violations.n; k++)
		if (same_party(&s->violations.at[k], v))
			s->violations.at[k].due_at = due(s, k);
}

static void decide(sim *s)
{
	market_violation_decide_params in = MARKET_VIOLATION_DECIDE_PARAMS_INIT;
	const bool withdrawn = sim_chance(s, 50);
	const size_t i = any(s);
	sim_violation *v;
	int expected = 0;
	void *out;

	if (i == SIM_NONE)
		return;
	timers(s, i);
	v = &s->violations.at[i];
	in.violation = v->id;
	in.reason = "seen";
	in.decision = withdrawn ? MARKET_DECISION_WITHDRAW : MARKET_DECISION_UPHOLD;
	if (v->state != MARKET_VIOLATION_APPEALED &&
	    (!withdrawn || v->state != MARKET_VIOLATION_ACTIVE))
		expected = MARKET_ESTATE;
	else if (withdrawn)
		withdraw(s, i);
	else
		v->state = MARKET_VIOLATION_UPHELD;
	if (sim_run(s, "violation.decide", &in, &out, expected))
		same(s, i, out);
	sim_free(out);
}

static void expire(sim *s)
{
	market_violation_get_params in = MARKET_VIOLATION_GET_PARAMS_INIT;
	const size_t i = any(s);
	bool is_due;
	void *out;

	if (i == SIM_NONE)
		return;
	in.violation = s->violations.at[i].id;
	is_due = s->violations.at[i].due_at != 0 && s->violations.at[i].due_at <= s->now;
	if (is_due)
		sim_violation_expire(s, i, s->now);
	sim_as_system(s);
	if (sim_run(s, "violation.expire", &in, &out, is_due ? 0 : MARKET_ESTATE))
		same(s, i, out);
	sim_free(out);
	sim_as_operator(s);
}

static void compare(sim *s, const sim_limit *limits, bool suspended, size_t last,
                    const market_standing *got)
{
	size_t n = 0;

	if (last != SIM_NONE)
		sim_same(s, "points of a party", points(s, last, SIM_NONE, s->now), got->points);
	for (int32_t k = 1; !s->failed && k < SIM_LIMITS; k++) {
		if (k == MARKET_ACTION_SUSPENSION ? !suspended : limits[k].until <= s->now)
			continue;
		if (n == got->n_actions) {
			sim_fail(s, "action %d isn't shown", (int)k);
			return;
		}
		sim_same(s, "action of a party", k, got->actions[n]->action);
		sim_same(s, "since of an action", limits[k].since, got->actions[n]->since);
		sim_same(s, "until of an action", limits[k].until, got->actions[n]->until);
		sim_same_id(s, "violation of an action", s->violations.at[limits[k].violation].id,
		            got->actions[n]->violation);
		n++;
	}
	sim_same(s, "actions of a party", (int64_t)n, (int64_t)got->n_actions);
}

static void stand(sim *s)
{
	market_standing_get_params of_seller = MARKET_STANDING_GET_PARAMS_INIT;
	market_buyer_standing_get_params of_buyer = MARKET_BUYER_STANDING_GET_PARAMS_INIT;
	const size_t i = any(s);
	size_t last = SIM_NONE;
	const sim_violation *v;
	market_standing *got;

	if (i == SIM_NONE)
		return;
	v = &s->violations.at[i];
	for (size_t k = 0; k < s->violations.n; k++)
		if (same_party(&s->violations.at[k], v))
			last = k;
	if (v->of_buyer) {
		of_buyer.buyer = s->buyers.at[v->party];
		got = sim_read(s, "buyer.standing.get", &of_buyer);
	} else {
		of_seller.seller = s->sellers.at[v->party].id;
		got = sim_read(s, "standing.get", &of_seller);
	}
	if (got)
		compare(s, limits_of(s, v), !v->of_buyer && s->sellers.at[v->party].by_points, last, got);
	sim_free(got);
}

const sim_action sim_standing_actions[] = {
	{"violation.record", record, 20}, {"violation.appeal", appeal, 10},
	{"violation.decide", decide, 10}, {"violation.expire", expire, 4},
	{"standing.get", stand, 12},      {NULL, NULL, 0},
};
