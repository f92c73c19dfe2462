/* SEL: sellers from application to suspension, their submissions and payout accounts. */
#include <string.h>

#include "tests/sim/sim.h"

enum { MOST_SELLERS = 6, MOST_BUYERS = 5 };

static size_t any_seller(sim *s)
{
	return s->sellers.n == 0 ? SIM_NONE : (size_t)sim_below(s, (int64_t)s->sellers.n);
}

void sim_seller_stale(sim *s, size_t seller, market_time now)
{
	s->sellers.at[seller].state = MARKET_SELLER_REJECTED;
	s->sellers.at[seller].answer_by = 0;
	sim_places_follow(s, seller, false, now);
	sim_review_follow(s, seller, now);
	sim_deposit_closing(s, seller, now);
}

/* Its application's time is over before anything else is done with it. */
void sim_seller_timers(sim *s, size_t seller, const char *operation)
{
	const market_time at = s->sellers.at[seller].answer_by;

	if (at != 0 && at <= s->now && strcmp(operation, "seller.expire") != 0)
		sim_seller_stale(s, seller, at);
}

static bool complete(const sim *s, size_t seller, market_time now)
{
	return sim_terms_met(s, seller, now) && sim_places_suffice(s, seller);
}

void sim_seller_advance(sim *s, size_t seller, market_time now)
{
	sim_seller *sel = &s->sellers.at[seller];

	if (sel->state != MARKET_SELLER_ONBOARDING || sel->answer_by <= now ||
	    !complete(s, seller, now))
		return;
	sel->state = MARKET_SELLER_IN_REVIEW;
	if (sel->review_since == 0)
		sel->review_since = now;
	sim_places_follow(s, seller, true, now);
}

static void same_seller(sim *s, size_t seller, const market_seller *got)
{
	const sim_seller *sel = &s->sellers.at[seller];

	sim_same(s, "state of a seller", sel->state, got->state);
	sim_same(s, "answer_by of a seller", sel->answer_by, got->answer_by);
	sim_same(s, "holiday_from of a seller", sel->holiday_from, got->holiday_from);
	sim_same(s, "holiday_to of a seller", sel->holiday_to, got->holiday_to);
	sim_same(s, "gate_closed_at of a seller", sel->gate_closed_at, got->gate_closed_at);
}

static void create_buyer(sim *s)
{
	market_buyer_create_params in = MARKET_BUYER_CREATE_PARAMS_INIT;
	void *out;

	if (s->buyers.n == MOST_BUYERS)
		return;
	in.name = "Ana";
	if (sim_run(s, "buyer.create", &in, &out, 0))
		*SIM_NEW(s->buyers) = ((market_buyer *)out)->id;
	sim_free(out);
}

static void apply(sim *s)
{
	market_seller_apply_params in = MARKET_SELLER_APPLY_PARAMS_INIT;
	void *out;
	size_t i;

	if (s->sellers.n == MOST_SELLERS)
		return;
	in.name = "Lin";
	in.owner_name = "Lin";
	in.country = "BR";
	in.currency = sim_chance(s, 5) ? "JPY" : SIM_CURRENCY;
	in.store_type = MARKET_STORE_INDIVIDUAL;
	if (!sim_run(s, "seller.apply", &in, &out, in.currency[0] == 'J' ? MARKET_ECURRENCY : 0))
		return;
	i = SIM_ADD(s->sellers);
	s->sellers.at[i].id = ((market_seller *)out)->id;
	s->sellers.at[i].owner = ((market_seller *)out)->owner;
	s->sellers.at[i].state = MARKET_SELLER_ONBOARDING;
	s->sellers.at[i].answer_by = s->now + 90 * SIM_DAY;
	same_seller(s, i, out);
	sim_free(out);
}

static int pass(sim *s, size_t seller)
{
	const sim_places before = sim_places_before(s, seller);
	sim_seller *sel = &s->sellers.at[seller];

	sim_seller_advance(s, seller, s->now);
	sel->state = MARKET_SELLER_APPROVED;
	sel->answer_by = 0;
	if (sim_places_keep(s, &before, sim_places_follow(s, seller, false, s->now)) != 0)
		return MARKET_EQUOTA;
	sim_review_follow(s, seller, s->now);
	return 0;
}

static void approve(sim *s)
{
	market_seller_approve_params in = MARKET_SELLER_APPROVE_PARAMS_INIT;
	size_t i = any_seller(s);
	sim_seller *sel;
	int expected = 0;
	void *out;

	if (i == SIM_NONE)
		return;
	sim_seller_timers(s, i, "seller.approve");
	sel = &s->sellers.at[i];
	in.seller = sel->id;
	in.waiver = sim_chance(s, 50) ? "known" : NULL;
	if (sel->state != MARKET_SELLER_ONBOARDING && sel->state != MARKET_SELLER_IN_REVIEW)
		expected = MARKET_ESTATE;
	else if (sim_claimed(s, i))
		expected = MARKET_ESTATE;
	else if (!complete(s, i, s->now) && !in.waiver)
		expected = MARKET_EINCOMPLETE;
	if (expected == 0)
		expected = pass(s, i);
	if (sim_run(s, "seller.approve", &in, &out, expected))
		same_seller(s, i, out);
	sim_free(out);
}

static void step(sim *s, const char *operation, int32_t from, int32_t from_too, int32_t to)
{
	market_seller_reason_params in = {.size = sizeof(in)};
	size_t i = any_seller(s);
	sim_seller *sel;
	bool good;
	void *out;

	if (i == SIM_NONE)
		return;
	sim_seller_timers(s, i, operation);
	sel = &s->sellers.at[i];
	good = (sel->state == from || sel->state == from_too) &&
	       (to != MARKET_SELLER_REJECTED || !sim_claimed(s, i));
	in.seller = sel->id;
	in.reason = "reason";
	if (good) {
		sel->state = to;
		sel->by_points = false;
		sel->answer_by = 0;
		sim_places_follow(s, i, false, s->now);
		sim_review_follow(s, i, s->now);
		if (to == MARKET_SELLER_CLOSING)
			sel->closing_at = s->now;
		if (to == MARKET_SELLER_CLOSING || to == MARKET_SELLER_REJECTED)
			sim_deposit_closing(s, i, s->now);
	}
	if (sim_run(s, operation, &in, &out, good ? 0 : MARKET_ESTATE))
		same_seller(s, i, out);
	sim_free(out);
}

static void reject(sim *s)
{
	step(s, "seller.reject", MARKET_SELLER_ONBOARDING, MARKET_SELLER_IN_REVIEW,
	     MARKET_SELLER_REJECTED);
}

static void suspend(sim *s)
{
	step(s, "seller.suspend", MARKET_SELLER_APPROVED, 0, MARKET_SELLER_SUSPENDED);
}

static void reinstate(sim *s)
{
	step(s, "seller.reinstate", MARKET_SELLER_SUSPENDED, 0, MARKET_SELLER_APPROVED);
}

/* SEL-9: rarely, for a run has few sellers. */
static void close_seller(sim *s)
{
	if (sim_chance(s, 30))
		step(s, "seller.close", MARKET_SELLER_APPROVED, MARKET_SELLER_SUSPENDED,
		     MARKET_SELLER_CLOSING);
}

static bool account_hinders(const sim_account *account)
{
	static const char *const stems[] = {
		"seller_", "payout_in_transit", "fee_deferred", "suspense",
		"escrow:", "buyer_payable:",    "recourse:",    "chargeback_clearing:"};

	if (account->debit == account->credit && account->held_debit == 0 && account->held_credit == 0)
		return false;
	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]); i++)
		if (strncmp(account->name, stems[i], strlen(stems[i])) == 0)
			return true;
	return false;
}

static bool hindered(const sim *s, size_t seller)
{
	for (size_t i = 0; i < s->orders.n; i++) {
		const sim_order *o = &s->orders.at[i];
		if (o->seller == seller &&
		    (o->state <= MARKET_ORDER_WAIT_CONFIRM || o->freezes > 0 || o->in_flight > 0))
			return true;
	}
	for (size_t i = 0; i < s->payouts.n; i++) {
		const sim_payout *p = &s->payouts.at[i];
		if (p->seller == seller && p->state == MARKET_PAYOUT_SUBMITTED)
			return true;
	}
	for (size_t i = 0; i < s->accounts.n; i++)
		if (s->accounts.at[i].book == s->sellers.at[seller].id.id &&
		    account_hinders(&s->accounts.at[i]))
			return true;
	return false;
}

static void terminate(sim *s)
{
	market_seller_reason_params in = {.size = sizeof(in)};
	size_t i = any_seller(s);
	sim_seller *sel;
	int expected = 0;
	void *out;

	if (i == SIM_NONE)
		return;
	sim_seller_timers(s, i, "seller.terminate");
	sel = &s->sellers.at[i];
	in.seller = sel->id;
	in.reason = "gone";
	if (sel->state != MARKET_SELLER_CLOSING)
		expected = MARKET_ESTATE;
	else if (hindered(s, i))
		expected = MARKET_EOBSTACLE;
	if (expected == 0) {
		sel->state = MARKET_SELLER_TERMINATED;
		sim_places_follow(s, i, false, s->now);
		sim_review_follow(s, i, s->now);
	}
	if (sim_run(s, "seller.terminate", &in, &out, expected))
		same_seller(s, i, out);
	sim_free(out);
}

static void set_holiday(sim *s)
{
	market_seller_holiday_set_params in = MARKET_SELLER_HOLIDAY_SET_PARAMS_INIT;
	size_t i = any_seller(s);
	sim_seller *sel;
	market_time from;
	int expected = 0;
	void *out;

	if (i == SIM_NONE)
		return;
	sim_seller_timers(s, i, "seller.holiday.set");
	sel = &s->sellers.at[i];
	in.seller = sel->id;
	in.from = sim_chance(s, 50) ? s->now + (sim_below(s, 4) - 1) * SIM_DAY : 0;
	in.to = sim_chance(s, 80) ? s->now + sim_below(s, 4) * SIM_DAY : 0;
	from = in.from ? in.from : s->now;
	if (SIM_GONE(sel))
		expected = MARKET_ESTATE;
	else if (in.to != 0 && (in.to <= from || in.to <= s->now))
		expected = MARKET_EINVALID;
	if (expected == 0) {
		sel->holiday_from = from;
		sel->holiday_to = in.to;
	}
	if (sim_run(s, "seller.holiday.set", &in, &out, expected))
		same_seller(s, i, out);
	sim_free(out);
}

static void clear_holiday(sim *s)
{
	market_seller_holiday_clear_params in = MARKET_SELLER_HOLIDAY_CLEAR_PARAMS_INIT;
	size_t i = any_seller(s);
	sim_seller *sel;
	bool good;
	void *out;

	if (i == SIM_NONE)
		return;
	sim_seller_timers(s, i, "seller.holiday.clear");
	sel = &s->sellers.at[i];
	in.seller = sel->id;
	good = sel->holiday_from != 0;
	sel->holiday_from = sel->holiday_to = 0;
	if (sim_run(s, "seller.holiday.clear", &in, &out, good ? 0 : MARKET_ESTATE))
		same_seller(s, i, out);
	sim_free(out);
}

static void expire(sim *s)
{
	market_seller_get_params in = MARKET_SELLER_GET_PARAMS_INIT;
	size_t i = any_seller(s);
	sim_seller *sel;
	bool due;
	void *out;

	if (i == SIM_NONE)
		return;
	sel = &s->sellers.at[i];
	due = sel->answer_by != 0 && sel->answer_by <= s->now;
	in.seller = sel->id;
	if (due)
		sim_seller_stale(s, i, s->now);
	sim_as_system(s);
	if (sim_run(s, "seller.expire", &in, &out, due ? 0 : MARKET_ESTATE))
		same_seller(s, i, out);
	sim_free(out);
	sim_as_operator(s);
}

static void set_account(sim *s)
{
	market_payout_account_set_params in = MARKET_PAYOUT_ACCOUNT_SET_PARAMS_INIT;
	size_t i = any_seller(s);
	bool stale = sim_chance(s, 10), other = false;
	sim_seller *sel;
	market_actor actor = {.kind = MARKET_ACTOR_MEMBER};
	void *out;

	if (i == SIM_NONE)
		return;
	sel = &s->sellers.at[i];
	sim_seller_timers(s, i, "payout_account.set");
	in.seller = sel->id;
	other = sel->verified && sim_chance(s, 20); /* SEL-13 */
	in.holder = other ? "Bo" : "Lin";
	in.bank = "bank";
	in.country = "BR";
	in.account = "12345678";
	actor.id = sel->owner;
	actor.confirmed_at = s->now - (stale ? SIM_HOUR : 0);
	if (market_session_act_as(s->session, &actor, &s->err) != 0)
		sim_fail(s, "the owner can't act");
	if (!stale && !other) {
		sel->ready_at = sel->account ? s->now + 72 * SIM_HOUR : s->now;
		sel->account = true;
		sim_seller_met(s, i, s->now);
	}
	if (sim_run(s, "payout_account.set", &in, &out,
	            stale   ? MARKET_EUNCONFIRMED
	            : other ? MARKET_EHOLDER
	                    : 0))
		sim_same(s, "ready_at of a payout account", sel->ready_at,
		         ((market_payout_account *)out)->ready_at);
	sim_free(out);
	sim_as_operator(s);
}

const sim_action sim_party_actions[] = {
	{"buyer.create", create_buyer, 1},
	{"seller.apply", apply, 1},
	{"seller.approve", approve, 2},
	{"seller.reject", reject, 1},
	{"seller.suspend", suspend, 1},
	{"seller.reinstate", reinstate, 9},
	{"seller.expire", expire, 1},
	{"payout_account.set", set_account, 3},
	{"seller.holiday.set", set_holiday, 1},
	{"seller.holiday.clear", clear_holiday, 3},
	{"seller.close", close_seller, 1},
	{"seller.terminate", terminate, 1},
	{NULL, NULL, 0},
};

/* Whom a run begins with. */
void sim_setup_party(sim *s)
{
	for (int i = 0; i < 3; i++)
		create_buyer(s);
	for (int i = 0; i < 40 && s->sellers.n < 3; i++)
		apply(s);
	for (size_t i = 0; i < s->sellers.n; i++) {
		market_seller_approve_params in = MARKET_SELLER_APPROVE_PARAMS_INIT;
		void *out;

		in.seller = s->sellers.at[i].id;
		in.waiver = "known";
		s->sellers.at[i].state = MARKET_SELLER_APPROVED;
		s->sellers.at[i].answer_by = 0;
		sim_review_follow(s, i, s->now);
		if (sim_run(s, "seller.approve", &in, &out, 0))
			same_seller(s, i, out);
		sim_free(out);
	}
	sim_setup_deposits(s);
	for (int i = 0; i < 6; i++)
		set_account(s);
}
