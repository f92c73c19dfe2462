/* CAT-3: change requests of published products. */
#include "tests/sim/sim.h"

enum { MOST_CHANGES = 40 };

/* The policy confirms a change of the brand alone. */
static void create(sim *s)
{
	market_change_create_params in = MARKET_CHANGE_CREATE_PARAMS_INIT;
	size_t i = s->products.n == 0 ? SIM_NONE : (size_t)sim_below(s, (int64_t)s->products.n);
	int64_t what = sim_below(s, 10);
	int expected = 0;
	bool automatic;
	void *out;

	if (i == SIM_NONE || s->changes.n == MOST_CHANGES)
		return;
	in.product = s->products.at[i].id;
	if (what >= 1 && what <= 5)
		in.title = "changed thing";
	if (what >= 4)
		in.brand = "maker";
	automatic = !in.title;
	if (s->products.at[i].state != MARKET_PRODUCT_PUBLISHED)
		expected = MARKET_ESTATE;
	else if (what == 0)
		expected = MARKET_EMISSING;
	if (sim_run(s, "change.create", &in, &out, expected)) {
		const market_change *got = out;

		*SIM_NEW(s->changes) = (sim_change){
			.id = got->id,
			.product = i,
			.state = automatic ? MARKET_CHANGE_CONFIRMED : MARKET_CHANGE_PENDING,
			.at = s->products.at[i].changes,
			.branded = in.brand != NULL,
		};
		s->products.at[i].changes += automatic;
		s->products.at[i].branded |= automatic && in.brand;
		sim_same(s, "state of a change", s->changes.at[s->changes.n - 1].state, got->state);
		sim_same(s, "whether a change is automatic", automatic, got->automatic);
	}
	sim_free(out);
}

/* A change is decided once; it is confirmed only while its product is as it was. */
static void decide(sim *s, const char *operation, void *params, market_id *id, int32_t to)
{
	size_t i = s->changes.n == 0 ? SIM_NONE : (size_t)sim_below(s, (int64_t)s->changes.n);
	sim_product *product;
	sim_change *change;
	int expected = 0;
	void *out;

	if (i == SIM_NONE)
		return;
	change = &s->changes.at[i];
	product = &s->products.at[change->product];
	*id = change->id;
	if (change->state != MARKET_CHANGE_PENDING)
		expected = MARKET_ESTATE;
	else if (to == MARKET_CHANGE_CONFIRMED && change->at != product->changes)
		expected = MARKET_ECHANGED;
	if (expected == 0) {
		change->state = to;
		product->changes += to == MARKET_CHANGE_CONFIRMED;
		product->branded |= to == MARKET_CHANGE_CONFIRMED && change->branded;
	}
	if (sim_run(s, operation, params, &out, expected))
		sim_same(s, "state of a change", change->state, ((market_change *)out)->state);
	sim_free(out);
}

static void confirm(sim *s)
{
	market_change_confirm_params in = MARKET_CHANGE_CONFIRM_PARAMS_INIT;

	decide(s, "change.confirm", &in, &in.change, MARKET_CHANGE_CONFIRMED);
}

static void decline(sim *s)
{
	market_change_decline_params in = MARKET_CHANGE_DECLINE_PARAMS_INIT;

	in.reason = "blurred";
	decide(s, "change.decline", &in, &in.change, MARKET_CHANGE_DECLINED);
}

static void cancel(sim *s)
{
	market_change_cancel_params in = MARKET_CHANGE_CANCEL_PARAMS_INIT;

	decide(s, "change.cancel", &in, &in.change, MARKET_CHANGE_CANCELLED);
}

const sim_action sim_change_actions[] = {
	{"change.create", create, 2},
	{"change.confirm", confirm, 2},
	{"change.decline", decline, 1},
	{"change.cancel", cancel, 1},
	{NULL, NULL, 0},
};
