/* SEL-3: authorisations for brands, and the places of stores that hang on them. */
#include <string.h>

#include "tests/sim/sim.h"

#define HOLD (14 * SIM_DAY)

static bool is_live(const sim_authorisation *a)
{
	return a->state == MARKET_AUTHORISATION_PENDING || a->state == MARKET_AUTHORISATION_ACCEPTED;
}

/* A place that was held until its time was over isn't held again. */
static bool given_up(const sim *s, size_t seller, size_t brand)
{
	for (size_t i = 0; i < s->authorisations.n; i++) {
		const sim_authorisation *a = &s->authorisations.at[i];

		if (a->seller == seller && a->brand == brand && a->place == 0 && a->place_until != 0 &&
		    (is_live(a) || a->state == MARKET_AUTHORISATION_EXPIRED))
			return true;
	}
	return false;
}

static int64_t stores(const sim *s, size_t brand)
{
	int64_t n = 0;

	for (size_t i = 0; i < s->authorisations.n; i++)
		n += s->authorisations.at[i].brand == brand && s->authorisations.at[i].place != 0;
	return n;
}

static size_t first_of(const sim *s, size_t seller, size_t brand, int32_t state)
{
	for (size_t i = 0; i < s->authorisations.n; i++)
		if (s->authorisations.at[i].seller == seller && s->authorisations.at[i].brand == brand &&
		    s->authorisations.at[i].state == state)
			return i;
	return SIM_NONE;
}

static size_t holder_of(const sim *s, size_t seller, size_t brand)
{
	for (size_t i = 0; i < s->authorisations.n; i++)
		if (s->authorisations.at[i].seller == seller && s->authorisations.at[i].brand == brand &&
		    s->authorisations.at[i].place != 0)
			return i;
	return SIM_NONE;
}

/* Its timer: the end of a held place, its own end, and 30 and 7 days before that. */
static void set_due(sim_authorisation *a, market_time now)
{
	static const market_time before[] = {0, 7 * SIM_DAY, 30 * SIM_DAY};

	a->due_at = a->place == MARKET_BRAND_PLACE_HELD ? a->place_until : 0;
	for (size_t i = 0; i < 3 && a->valid_to != 0 && is_live(a); i++) {
		market_time at = a->valid_to - before[i];

		if (i > 0 && (a->state != MARKET_AUTHORISATION_ACCEPTED || at <= now))
			continue;
		if (a->due_at == 0 || at < a->due_at)
			a->due_at = at;
	}
}

static void put(sim *s, size_t i, int32_t place, market_time now)
{
	sim_authorisation *a = &s->authorisations.at[i];

	if (a->place == place)
		return;
	a->place = place;
	a->place_until = place == MARKET_BRAND_PLACE_HELD ? now + HOLD : 0;
	set_due(a, now);
}

/* An approved store keeps its place when its authorisation ends, until that is revoked. */
static int32_t wanted(const sim *s, size_t seller, size_t holder, bool accepted, bool live,
                      bool hold)
{
	const int32_t state = s->sellers.at[seller].state;
	const int32_t has = holder == SIM_NONE ? 0 : s->authorisations.at[holder].place;

	if (state == MARKET_SELLER_IN_REVIEW)
		return !live ? 0 : hold ? MARKET_BRAND_PLACE_HELD : has;
	if (state != MARKET_SELLER_APPROVED && state != MARKET_SELLER_SUSPENDED &&
	    state != MARKET_SELLER_CLOSING)
		return 0;
	if (accepted)
		return MARKET_BRAND_PLACE_TAKEN;
	if (has == MARKET_BRAND_PLACE_TAKEN &&
	    s->authorisations.at[holder].state != MARKET_AUTHORISATION_REVOKED)
		return has;
	return live && has == MARKET_BRAND_PLACE_HELD ? has : 0;
}

static int follow_brand(sim *s, size_t seller, size_t brand, bool hold, market_time now)
{
	const size_t accepted = first_of(s, seller, brand, MARKET_AUTHORISATION_ACCEPTED);
	const size_t pending = first_of(s, seller, brand, MARKET_AUTHORISATION_PENDING);
	const size_t holder = holder_of(s, seller, brand);
	const bool live = accepted != SIM_NONE || pending != SIM_NONE;
	const int32_t want =
		wanted(s, seller, holder, accepted != SIM_NONE, live, hold && !given_up(s, seller, brand));
	size_t best = accepted != SIM_NONE ? accepted : pending;

	if (holder != SIM_NONE && accepted == SIM_NONE &&
	    (best == SIM_NONE || s->authorisations.at[holder].place == MARKET_BRAND_PLACE_TAKEN))
		best = holder;
	if (want == 0) {
		if (holder != SIM_NONE)
			put(s, holder, 0, now);
		return 0;
	}
	if (holder == SIM_NONE && stores(s, brand) >= SIM_STORES)
		return want == MARKET_BRAND_PLACE_TAKEN ? MARKET_EQUOTA : 0;
	if (holder != SIM_NONE && holder != best) {
		s->authorisations.at[best].place = s->authorisations.at[holder].place;
		s->authorisations.at[best].place_until = s->authorisations.at[holder].place_until;
		put(s, holder, 0, now);
		set_due(&s->authorisations.at[best], now);
	}
	put(s, best, want, now);
	return 0;
}

sim_places sim_places_before(const sim *s, size_t seller)
{
	sim_places before = {.seller = seller, .seller_row = s->sellers.at[seller]};

	if (s->authorisations.n > 0)
		memcpy(before.at, s->authorisations.at, s->authorisations.n * sizeof(*before.at));
	return before;
}

int sim_places_keep(sim *s, const sim_places *before, int rc)
{
	if (rc == 0)
		return 0;
	s->sellers.at[before->seller] = before->seller_row;
	if (s->authorisations.n > 0)
		memcpy(s->authorisations.at, before->at, s->authorisations.n * sizeof(*before->at));
	return rc;
}

int sim_places_follow(sim *s, size_t seller, bool hold, market_time now)
{
	int rc = 0;

	for (size_t brand = 0; rc == 0 && brand < SIM_BRANDS; brand++)
		rc = follow_brand(s, seller, brand, hold, now);
	return rc;
}

bool sim_places_suffice(const sim *s, size_t seller)
{
	for (size_t brand = 0; brand < SIM_BRANDS; brand++)
		if (first_of(s, seller, brand, MARKET_AUTHORISATION_ACCEPTED) != SIM_NONE &&
		    holder_of(s, seller, brand) == SIM_NONE && stores(s, brand) >= SIM_STORES)
			return false;
	return true;
}

bool sim_may_sell(const sim *s, size_t seller, size_t product)
{
	if (!s->products.at[product].branded)
		return true;
	for (size_t i = 0; i < s->authorisations.n; i++) {
		const sim_authorisation *a = &s->authorisations.at[i];

		if (a->seller == seller && a->brand == 0 && a->state == MARKET_AUTHORISATION_ACCEPTED &&
		    a->created_at <= s->now && (a->valid_to == 0 || s->now < a->valid_to))
			return true;
	}
	return false;
}

int sim_authorisation_decide(sim *s, size_t i, int32_t from, int32_t to, market_time now)
{
	sim_authorisation *a = &s->authorisations.at[i];
	const sim_seller *sel = &s->sellers.at[a->seller];

	/* what is over is ended too */
	if (a->state == MARKET_AUTHORISATION_EXPIRED && to == MARKET_AUTHORISATION_REVOKED)
		from = a->state;
	if (a->state != from || (to == MARKET_AUTHORISATION_ACCEPTED && SIM_GONE(sel)))
		return MARKET_ESTATE;
	a->state = to;
	set_due(a, now);
	if (to == MARKET_AUTHORISATION_ACCEPTED)
		sim_seller_advance(s, a->seller, now);
	return sim_places_follow(s, a->seller, to == MARKET_AUTHORISATION_ACCEPTED, now);
}

int sim_authorisation_expire(sim *s, size_t i, market_time now)
{
	sim_authorisation *a = &s->authorisations.at[i];

	if (a->due_at == 0 || a->due_at > now)
		return MARKET_ESTATE;
	if (a->place == MARKET_BRAND_PLACE_HELD && a->place_until <= now)
		a->place = 0;
	if (a->valid_to != 0 && a->valid_to <= now)
		a->state = MARKET_AUTHORISATION_EXPIRED;
	set_due(a, now);
	return sim_places_follow(s, a->seller, false, now);
}

void sim_authorisation_timers(sim *s, size_t i)
{
	market_time at;

	while ((at = s->authorisations.at[i].due_at) != 0 && at <= s->now)
		sim_authorisation_expire(s, i, at);
}
