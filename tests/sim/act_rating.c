/* RAT: ratings and what of them counts. */
#include <stdio.h>

#include "tests/sim/sim.h"

static int64_t month_of(const sim *s, market_time at)
{
	sim copy = {.policy = s->policy};
	market_time from, to;

	copy.policy.period_days = 0;
	sim_period_bounds(&copy, at, &from, &to);
	return from;
}

/* RAT-4, RAT-5 */
static void count(sim *s, size_t rating)
{
	sim_rating *r = &s->ratings.at[rating];
	int64_t sum = r->scores[0] + r->scores[1], counted = 0, credits = 0, credit;

	r->published_at = s->now;
	r->state = MARKET_RATING_PUBLISHED;
	credit = sum >= 4 * SIM_DIMENSIONS ? 1 : sum <= 2 * SIM_DIMENSIONS ? -1 : 0;
	for (size_t i = 0; i < s->ratings.n; i++) {
		const sim_rating *other = &s->ratings.at[i];
		int64_t apart = other->bought_at - r->bought_at;

		if (i == rating || other->published_at == 0 || other->buyer != r->buyer ||
		    other->seller != r->seller)
			continue;
		if (other->state == MARKET_RATING_PUBLISHED && other->product == r->product &&
		    apart > -14 * SIM_DAY && apart < 14 * SIM_DAY && (other->counted || other->credit != 0))
			return;
		if (other->month != r->month)
			continue;
		counted += other->counted;
		credits += other->credit;
	}
	r->counted = counted < s->policy.rated_per_month;
	if (credits + credit <= s->policy.credit_per_month &&
	    credits + credit >= -s->policy.credit_per_month)
		r->credit = credit;
}

static void same_rating(sim *s, size_t rating, const market_rating *got)
{
	const sim_rating *r = &s->ratings.at[rating];

	sim_same(s, "state of a rating", r->state, got->state);
	sim_same(s, "counted of a rating", r->counted, got->counted);
	sim_same(s, "credit of a rating", r->credit, got->credit);
	sim_same(s, "published_at of a rating", r->published_at, got->published_at);
}

static bool rated(const sim *s, size_t order, size_t line)
{
	for (size_t i = 0; i < s->ratings.n; i++)
		if (s->ratings.at[i].order == order && s->ratings.at[i].line == line)
			return true;
	return false;
}

static void create(sim *s)
{
	market_rating_create_params in = MARKET_RATING_CREATE_PARAMS_INIT;
	market_rating_mark marks[] = {MARKET_RATING_MARK_INIT, MARKET_RATING_MARK_INIT};
	const market_rating_mark *const list[] = {&marks[0], &marks[1]};
	size_t i = sim_any_order(s, 1u << MARKET_ORDER_FINISHED), line, n;
	const sim_order *o;
	int expected = 0;
	void *out;

	if (i == SIM_NONE)
		return;
	o = &s->orders.at[i];
	line = (size_t)sim_below(s, (int64_t)o->n_lines);
	marks[0].dimension = "description";
	marks[1].dimension = "service";
	marks[0].score = 1 + sim_below(s, 5);
	marks[1].score = 1 + sim_below(s, 5);
	in.order = o->id;
	in.line = o->lines[line].id;
	in.scores = list;
	in.n_scores = sim_chance(s, 97) ? 2 : 1;
	in.text = sim_chance(s, 40) ? "fine" : NULL;
	sim_as(s, MARKET_ACTOR_BUYER, s->buyers.at[o->buyer]);
	sim_order_timers(s, i, "rating.create");
	if (in.n_scores < 2)
		expected = MARKET_EMISSING;
	else if (o->state != MARKET_ORDER_FINISHED || o->lines[line].received <= 0)
		expected = MARKET_ESTATE;
	else if (s->now >= o->finished_at + 15 * SIM_DAY)
		expected = MARKET_EEXPIRED;
	else if (rated(s, i, line))
		expected = MARKET_EEXISTS;
	else if (sim_buyer_limited(s, o->buyer, MARKET_ACTION_NO_RATING, s->now))
		expected = MARKET_ELIMITED;
	if (sim_run(s, "rating.create", &in, &out, expected)) {
		n = SIM_ADD(s->ratings);
		s->ratings.at[n] = (sim_rating){
			.id = ((market_rating *)out)->id,
			.order = i,
			.line = line,
			.buyer = o->buyer,
			.seller = o->seller,
			.product = o->lines[line].product,
			.state = MARKET_RATING_PENDING,
			.scores = {marks[0].score, marks[1].score},
			.month = month_of(s, s->now),
			.created_at = s->now,
			.bought_at = o->created_at,
		};
		if (!in.text)
			count(s, n);
		same_rating(s, n, out);
	}
	sim_free(out);
	sim_as_operator(s);
}

static void step(sim *s, const char *operation, void *params, market_id *id, int32_t from,
                 int32_t to)
{
	size_t i;
	bool good;
	void *out;

	if (s->ratings.n == 0)
		return;
	i = (size_t)sim_below(s, (int64_t)s->ratings.n);
	*id = s->ratings.at[i].id;
	good = s->ratings.at[i].state == from;
	if (good && to == MARKET_RATING_PUBLISHED)
		count(s, i);
	else if (good) {
		s->ratings.at[i].state = to;
		s->ratings.at[i].ended_at = s->now;
	}
	if (sim_run(s, operation, params, &out, good ? 0 : MARKET_ESTATE))
		same_rating(s, i, out);
	sim_free(out);
}

static void publish(sim *s)
{
	market_rating_publish_params in = MARKET_RATING_PUBLISH_PARAMS_INIT;

	step(s, "rating.publish", &in, &in.rating, MARKET_RATING_PENDING, MARKET_RATING_PUBLISHED);
}

static void reject(sim *s)
{
	market_rating_reject_params in = MARKET_RATING_REJECT_PARAMS_INIT;

	in.reason = "rude";
	step(s, "rating.reject", &in, &in.rating, MARKET_RATING_PENDING, MARKET_RATING_REJECTED);
}

static void take_away(sim *s)
{
	market_rating_remove_params in = MARKET_RATING_REMOVE_PARAMS_INIT;

	in.reason = "fake";
	step(s, "rating.remove", &in, &in.rating, MARKET_RATING_PUBLISHED, MARKET_RATING_REMOVED);
}

const sim_action sim_rating_actions[] = {
	{"rating.create", create, 8},
	{"rating.publish", publish, 3},
	{"rating.reject", reject, 1},
	{"rating.remove", take_away, 1},
	{NULL, NULL, 0},
};
