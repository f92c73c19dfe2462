/* SEL-1: checks of sellers at the identity sandbox, whose word is the end of the name. */
#include <string.h>

#include "tests/sim/sim.h"

#define LONGEST_WAIT 64

static const char *const names[] = {"Lin",      "Lin:refused", "Lin:more",
                                    "Lin:late", "Lin:never",   "Lin:unknown"};
enum { PASSES, REFUSED, MORE, LATE, NEVER, LOST, N_NAMES };

static void same(sim *s, size_t i, const market_identity *got)
{
	const sim_identity *c = &s->identities.at[i];

	sim_same(s, "state of a check", c->state, got->state);
	sim_same(s, "expires_at of a check", c->expires_at, got->expires_at);
}

static bool is_open(const sim_identity *c)
{
	return c->state == MARKET_IDENTITY_PENDING || c->state == MARKET_IDENTITY_WANTING;
}

static void end(sim_identity *c, int32_t state)
{
	c->state = state;
	c->next_at = 0;
	c->expires_at = 0;
}

static void give_up(sim *s, size_t i, market_time at)
{
	end(&s->identities.at[i], MARKET_IDENTITY_EXPIRED);
	sim_seller_met(s, s->identities.at[i].seller, at);
}

/* Asked or queried at the time when that was due. */
static void answer(sim *s, size_t i, market_time at)
{
	sim_identity *c = &s->identities.at[i];
	const bool waits = c->word == NEVER || (c->word == LATE && at < c->asked_at + SIM_HOUR) ||
	                   (c->word == LOST && c->queries == 0);
	int64_t factor = 1;

	if (waits) {
		for (int64_t k = 0; k < c->queries && factor < LONGEST_WAIT; k++)
			factor *= 2;
		c->next_at = at + SIM_MINUTE * factor;
		c->queries++;
	} else if (c->word == REFUSED) {
		end(c, MARKET_IDENTITY_REFUSED);
		sim_seller_met(s, c->seller, at);
	} else if (c->word == MORE && !c->supplied) {
		c->state = MARKET_IDENTITY_WANTING;
		c->next_at = 0;
	} else {
		end(c, MARKET_IDENTITY_PASSED);
		s->sellers.at[c->seller].verified = true;
		sim_seller_met(s, c->seller, at);
	}
}

market_time sim_identity_due(const sim *s, size_t i)
{
	const sim_identity *c = &s->identities.at[i];

	return c->next_at != 0 && c->next_at <= c->expires_at ? c->next_at : c->expires_at;
}

void sim_identity_run(sim *s, size_t i, market_time at)
{
	if (s->identities.at[i].next_at == at)
		answer(s, i, at);
	else
		give_up(s, i, at);
}

static void timers(sim *s, size_t i)
{
	sim_identity *c = &s->identities.at[i];

	if (c->expires_at != 0 && c->expires_at <= s->now)
		give_up(s, i, c->expires_at);
}

static void check(sim *s)
{
	market_identity_check_params in = MARKET_IDENTITY_CHECK_PARAMS_INIT;
	const size_t word = (size_t)sim_below(s, N_NAMES);
	size_t seller = s->sellers.n, i;
	int expected = 0;
	void *out;

	if (seller == 0)
		return;
	seller = (size_t)sim_below(s, (int64_t)seller);
	sim_seller_timers(s, seller, "identity.check");
	in.seller = s->sellers.at[seller].id;
	in.requirement = sim_chance(s, 90) ? "registered" : "terms";
	in.legal_name = names[word];
	in.number = "12345678000195";
	for (i = 0; i < s->identities.n; i++)
		if (s->identities.at[i].seller == seller && is_open(&s->identities.at[i]))
			expected = MARKET_EINFLIGHT;
	if (in.requirement[0] == 't')
		expected = MARKET_EINVALID;
	else if (SIM_GONE(&s->sellers.at[seller]))
		expected = MARKET_ESTATE;
	if (!sim_run(s, "identity.check", &in, &out, expected))
		return;
	i = SIM_ADD(s->identities);
	s->identities.at[i] = (sim_identity){
		.id = ((market_identity *)out)->id,
		.seller = seller,
		.state = MARKET_IDENTITY_PENDING,
		.word = (int)word,
		.asked_at = s->now,
		.next_at = s->now,
		.expires_at = s->now + 3 * SIM_DAY,
	};
	same(s, i, out);
	sim_free(out);
}

static size_t any(sim *s)
{
	return s->identities.n == 0 ? SIM_NONE : (size_t)sim_below(s, (int64_t)s->identities.n);
}

static void supply(sim *s)
{
	market_identity_supply_params in = MARKET_IDENTITY_SUPPLY_PARAMS_INIT;
	const bool asked = sim_chance(s, 80);
	const market_identity_item item = {
		.size = sizeof(item), .code = asked ? "proof_of_address" : "photo", .text = "bill 7"};
	const market_identity_item *const items[] = {&item};
	size_t i = any(s);
	sim_identity *c;
	int expected = 0;
	void *out;

	if (i == SIM_NONE)
		return;
	for (size_t k = 0; k < s->identities.n; k++)
		if (s->identities.at[k].state == MARKET_IDENTITY_WANTING)
			i = k;
	c = &s->identities.at[i];
	timers(s, i);
	in.identity = c->id;
	in.items = items;
	in.n_items = 1;
	if (c->state != MARKET_IDENTITY_WANTING)
		expected = MARKET_ESTATE;
	else if (!asked)
		expected = MARKET_EINVALID;
	if (expected == 0) {
		c->state = MARKET_IDENTITY_PENDING;
		c->supplied = true;
		c->queries = 0;
		c->asked_at = c->next_at = s->now;
		c->expires_at = s->now + 3 * SIM_DAY;
	}
	if (sim_run(s, "identity.supply", &in, &out, expected))
		same(s, i, out);
	sim_free(out);
}

static void expire(sim *s)
{
	market_identity_get_params in = MARKET_IDENTITY_GET_PARAMS_INIT;
	size_t i = any(s);
	sim_identity *c;
	bool due;
	void *out;

	if (i == SIM_NONE)
		return;
	c = &s->identities.at[i];
	in.identity = c->id;
	due = is_open(c) && c->expires_at <= s->now;
	if (due)
		give_up(s, i, s->now);
	sim_as_system(s);
	if (sim_run(s, "identity.expire", &in, &out, due ? 0 : MARKET_ESTATE))
		same(s, i, out);
	sim_free(out);
	sim_as_operator(s);
}

void sim_check_identities(sim *s)
{
	for (size_t i = 0; i < s->identities.n; i++) {
		market_identity_get_params in = MARKET_IDENTITY_GET_PARAMS_INIT;
		void *out;

		in.identity = s->identities.at[i].id;
		out = sim_read(s, "identity.get", &in);
		if (out)
			same(s, i, out);
		sim_free(out);
	}
}

const sim_action sim_identity_actions[] = {
	{"identity.check", check, 5},
	{"identity.supply", supply, 5},
	{"identity.expire", expire, 2},
	{NULL, NULL, 0},
};
