/* SEL-3: what sellers and operators do about authorisations for brands. */
#include "tests/sim/sim.h"

static void same(sim *s, size_t i, const market_authorisation *got)
{
	const sim_authorisation *a = &s->authorisations.at[i];

	sim_same(s, "state of an authorisation", a->state, got->state);
	sim_same(s, "place by an authorisation", a->place, got->place);
	sim_same(s, "place_until of an authorisation", a->place_until, got->place_until);
}

static void create(sim *s)
{
	market_authorisation_create_params in = MARKET_AUTHORISATION_CREATE_PARAMS_INIT;
	const bool gap = sim_chance(s, 10);
	const market_brand_link step = {
		.size = sizeof(step), .from = gap ? "Other Ltd" : "Maker Ltd", .to = "LIN"};
	const market_brand_link *const chain[] = {&step};
	const size_t brand = (size_t)sim_below(s, SIM_BRANDS);
	size_t seller = s->sellers.n, i;
	int expected = 0;
	void *out;

	if (seller == 0 || s->authorisations.n == SIM_AUTHORISATIONS)
		return;
	seller = (size_t)sim_below(s, (int64_t)seller);
	sim_seller_timers(s, seller, "authorisation.create");
	in.seller = s->sellers.at[seller].id;
	in.brand = s->brands[brand];
	in.chain = chain;
	in.n_chain = 1;
	in.valid_to = sim_chance(s, 60) ? s->now + sim_below(s, 60) * SIM_DAY : 0;
	if (SIM_GONE(&s->sellers.at[seller]))
		expected = MARKET_ESTATE;
	else if (gap || in.valid_to == s->now)
		expected = MARKET_EINVALID;
	if (!sim_run(s, "authorisation.create", &in, &out, expected))
		return;
	i = SIM_ADD(s->authorisations);
	s->authorisations.at[i] = (sim_authorisation){
		.id = ((market_authorisation *)out)->id,
		.seller = seller,
		.brand = brand,
		.state = MARKET_AUTHORISATION_PENDING,
		.valid_to = in.valid_to,
		.due_at = in.valid_to,
		.created_at = s->now,
	};
	sim_places_follow(s, seller, true, s->now);
	same(s, i, out);
	sim_free(out);
}

static size_t any(sim *s)
{
	return s->authorisations.n == 0 ? SIM_NONE : (size_t)sim_below(s, (int64_t)s->authorisations.n);
}

static void finish(sim *s, const char *operation, void *params, size_t i, int expected)
{
	void *out;

	if (sim_run(s, operation, params, &out, expected))
		same(s, i, out);
	sim_free(out);
}

static int decide(sim *s, size_t i, int32_t from, int32_t to)
{
	const sim_places before = sim_places_before(s, s->authorisations.at[i].seller);

	return sim_places_keep(s, &before, sim_authorisation_decide(s, i, from, to, s->now));
}

static void accept_one(sim *s)
{
	market_authorisation_get_params in = MARKET_AUTHORISATION_GET_PARAMS_INIT;
	size_t i = any(s);

	if (i == SIM_NONE)
		return;
	in.authorisation = s->authorisations.at[i].id;
	sim_authorisation_timers(s, i);
	finish(s, "authorisation.accept", &in, i,
	       decide(s, i, MARKET_AUTHORISATION_PENDING, MARKET_AUTHORISATION_ACCEPTED));
}

static void end(sim *s, const char *operation, int32_t from, int32_t to)
{
	market_authorisation_reason_params in = MARKET_AUTHORISATION_REASON_PARAMS_INIT;
	size_t i = any(s);

	if (i == SIM_NONE)
		return;
	in.authorisation = s->authorisations.at[i].id;
	in.reason = "blurred";
	sim_authorisation_timers(s, i);
	finish(s, operation, &in, i, decide(s, i, from, to));
}

static void reject_one(sim *s)
{
	end(s, "authorisation.reject", MARKET_AUTHORISATION_PENDING, MARKET_AUTHORISATION_REJECTED);
}

static void revoke(sim *s)
{
	end(s, "authorisation.revoke", MARKET_AUTHORISATION_ACCEPTED, MARKET_AUTHORISATION_REVOKED);
}

static void expire(sim *s)
{
	market_authorisation_get_params in = MARKET_AUTHORISATION_GET_PARAMS_INIT;
	size_t i = any(s);

	if (i == SIM_NONE)
		return;
	in.authorisation = s->authorisations.at[i].id;
	sim_as_system(s);
	finish(s, "authorisation.expire", &in, i, sim_authorisation_expire(s, i, s->now));
	sim_as_operator(s);
}

/* The rest are read by who looks for them. */
void sim_check_authorisations(sim *s)
{
	for (size_t i = 0; i < s->authorisations.n; i++) {
		market_authorisation_get_params in = MARKET_AUTHORISATION_GET_PARAMS_INIT;
		void *out;

		in.authorisation = s->authorisations.at[i].id;
		out = sim_read(s, "authorisation.get", &in);
		if (out)
			same(s, i, out);
		sim_free(out);
	}
}

const sim_action sim_brand_actions[] = {
	{"authorisation.create", create, 2},     {"authorisation.accept", accept_one, 2},
	{"authorisation.reject", reject_one, 1}, {"authorisation.revoke", revoke, 1},
	{"authorisation.expire", expire, 1},     {NULL, NULL, 0},
};

void sim_setup_brands(sim *s)
{
	static const char *const codes[SIM_BRANDS] = {"maker", "other"};

	for (size_t i = 0; i < SIM_BRANDS; i++) {
		market_brand_create_params in = MARKET_BRAND_CREATE_PARAMS_INIT;
		void *out;

		in.code = codes[i];
		in.name = codes[i];
		in.owner = "Maker Ltd";
		if (sim_run(s, "brand.create", &in, &out, 0))
			s->brands[i] = ((market_brand *)out)->id;
		sim_free(out);
	}
}
