/* SEL-6: what sellers delegate to agencies, and what their people may do by it. */
#include "tests/sim/sim.h"

enum { MOST_AGENTS = 30 };

static size_t current(const sim *s, size_t seller, size_t agency)
{
	for (size_t i = 0; i < s->delegations.n; i++)
		if (s->delegations.at[i].seller == seller && s->delegations.at[i].agency == agency &&
		    s->delegations.at[i].ended_at == 0)
			return i;
	return SIM_NONE;
}

static void same(sim *s, size_t i, const market_delegation *got)
{
	const sim_delegation *d = &s->delegations.at[i];

	sim_same(s, "valid_to of a delegation", d->valid_to, got->valid_to);
	sim_same(s, "ended_at of a delegation", d->ended_at, got->ended_at);
	sim_same(s, "fulfilment of a delegation", d->fulfilment, got->fulfilment);
	sim_same(s, "finance of a delegation", d->finance, got->finance);
}

static bool act_as(sim *s, market_id member, market_time confirmed_at)
{
	const market_actor actor = {
		.kind = MARKET_ACTOR_MEMBER, .id = member, .confirmed_at = confirmed_at};

	if (market_session_act_as(s->session, &actor, &s->err) != 0)
		sim_fail(s, "a member can't act");
	return !s->failed;
}

static size_t any_seller(sim *s)
{
	return s->sellers.n == 0 ? SIM_NONE : (size_t)sim_below(s, (int64_t)s->sellers.n);
}

static void grant(sim *s)
{
	market_delegation_grant_params in = MARKET_DELEGATION_GRANT_PARAMS_INIT;
	const size_t seller = any_seller(s), agency = (size_t)sim_below(s, SIM_AGENCIES);
	const bool confirmed = sim_chance(s, 70);
	int expected = 0;
	size_t before;
	void *out;

	if (seller == SIM_NONE)
		return;
	sim_seller_timers(s, seller, "delegation.grant");
	in.seller = s->sellers.at[seller].id;
	in.agency = s->agencies[agency];
	in.finance = sim_chance(s, 30);
	in.fulfilment = sim_chance(s, 60);
	in.valid_to = s->now + sim_below(s, 20) * SIM_DAY;
	if (in.valid_to == s->now)
		expected = MARKET_EINVALID;
	else if (in.finance && !confirmed)
		expected = MARKET_EUNCONFIRMED;
	if (!act_as(s, s->sellers.at[seller].owner, confirmed ? s->now : 0))
		return;
	if (sim_run(s, "delegation.grant", &in, &out, expected)) {
		before = current(s, seller, agency);
		if (before != SIM_NONE)
			s->delegations.at[before].ended_at = s->now;
		*SIM_NEW(s->delegations) = (sim_delegation){
			.id = ((market_delegation *)out)->id,
			.seller = seller,
			.agency = agency,
			.finance = in.finance,
			.fulfilment = in.fulfilment,
			.valid_to = in.valid_to,
		};
		same(s, s->delegations.n - 1, out);
	}
	sim_free(out);
	sim_as_operator(s);
}

static void revoke(sim *s)
{
	market_delegation_get_params in = MARKET_DELEGATION_GET_PARAMS_INIT;
	int expected = 0;
	void *out;
	size_t i;

	if (s->delegations.n == 0)
		return;
	i = (size_t)sim_below(s, (int64_t)s->delegations.n);
	in.delegation = s->delegations.at[i].id;
	if (s->delegations.at[i].ended_at != 0)
		expected = MARKET_ESTATE;
	else
		s->delegations.at[i].ended_at = s->now;
	if (sim_run(s, "delegation.revoke", &in, &out, expected))
		same(s, i, out);
	sim_free(out);
}

static void add_agent(sim *s)
{
	market_agency_member_add_params in = MARKET_AGENCY_MEMBER_ADD_PARAMS_INIT;
	const size_t agency = (size_t)sim_below(s, SIM_AGENCIES);
	void *out;

	if (s->agents.n == MOST_AGENTS)
		return;
	in.agency = s->agencies[agency];
	in.name = "Pat";
	if (sim_run(s, "agency.member.add", &in, &out, 0))
		*SIM_NEW(s->agents) =
			(sim_agent){.id = ((market_agency_member *)out)->id, .agency = agency};
	sim_free(out);
}

static void remove_agent(sim *s)
{
	market_agency_member_remove_params in = MARKET_AGENCY_MEMBER_REMOVE_PARAMS_INIT;
	int expected = 0;
	void *out;
	size_t i;

	if (s->agents.n == 0)
		return;
	i = (size_t)sim_below(s, (int64_t)s->agents.n);
	in.member = s->agents.at[i].id;
	if (s->agents.at[i].removed_at != 0)
		expected = MARKET_ESTATE;
	else
		s->agents.at[i].removed_at = s->now;
	if (sim_run(s, "agency.member.remove", &in, &out, expected))
		sim_same(s, "removed_at of an agency's person", s->agents.at[i].removed_at,
		         ((market_agency_member *)out)->removed_at);
	sim_free(out);
}

/* What is delegated is let in, the rest of the seller's denied, and others are strangers. */
static void act(sim *s)
{
	market_balance_get_params in = MARKET_BALANCE_GET_PARAMS_INIT;
	const size_t seller = any_seller(s);
	const sim_agent *agent;
	const sim_delegation *d;
	size_t given;
	int expected;
	void *out;

	if (seller == SIM_NONE || s->agents.n == 0)
		return;
	agent = &s->agents.at[sim_below(s, (int64_t)s->agents.n)];
	given = current(s, seller, agent->agency);
	d = given == SIM_NONE ? NULL : &s->delegations.at[given];
	if (agent->removed_at != 0 || !d || d->valid_to <= s->now)
		expected = MARKET_ENOTFOUND;
	else
		expected = d->finance ? 0 : MARKET_EDENIED;
	in.seller = s->sellers.at[seller].id;
	in.currency = SIM_CURRENCY;
	if (!act_as(s, agent->id, 0))
		return;
	sim_run(s, "balance.get", &in, &out, expected);
	sim_free(out);
	sim_as_operator(s);
}

const sim_action sim_agency_actions[] = {
	{"delegation.grant", grant, 3},
	{"delegation.revoke", revoke, 1},
	{"agency.member.add", add_agent, 3},
	{"agency.member.remove", remove_agent, 1},
	{"balance.get", act, 4},
	{NULL, NULL, 0},
};

void sim_setup_agencies(sim *s)
{
	for (size_t i = 0; i < SIM_AGENCIES; i++) {
		market_agency_create_params in = MARKET_AGENCY_CREATE_PARAMS_INIT;
		void *out;

		in.name = "Help Ltd";
		in.country = "BR";
		if (sim_run(s, "agency.create", &in, &out, 0))
			s->agencies[i] = ((market_agency *)out)->id;
		sim_free(out);
	}
}
