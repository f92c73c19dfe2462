/* SEL-4: deposits are paid in, topped up, drawn and returned. */
#include <string.h>

#include "tests/sim/sim.h"

static const market_time window = 200 * SIM_HOUR, top_up_within = 15 * SIM_DAY;

static int64_t balance(const sim *s, size_t seller)
{
	return sim_held(s, s->sellers.at[seller].id.id, "seller_deposit");
}

bool sim_deposit_short(const sim *s, size_t seller)
{
	return balance(s, seller) < SIM_DEPOSIT;
}

static void same(sim *s, size_t seller, const market_deposit *got)
{
	const sim_deposit *d = &s->sellers.at[seller].deposit;
	const int64_t missing = SIM_DEPOSIT - balance(s, seller);

	sim_same_money(s, "balance of a deposit", balance(s, seller), got->balance);
	sim_same_money(s, "shortfall of a deposit", missing > 0 ? missing : 0, got->shortfall);
	sim_same(s, "top_up_by of a deposit", d->top_up_by, got->top_up_by);
	sim_same(s, "return_at of a deposit", d->return_at, got->return_at);
}

/* What follows from a new balance. */
static void follow(sim *s, size_t seller, bool drawn)
{
	sim_deposit *d = &s->sellers.at[seller].deposit;

	if (!sim_deposit_short(s, seller))
		d->top_up_by = 0;
	else if (drawn && d->top_up_by <= s->now)
		d->top_up_by = s->now + top_up_within;
}

static void made(sim *s, size_t seller, const market_deposit *got)
{
	s->sellers.at[seller].deposit.id = got->id;
	same(s, seller, got);
}

static size_t any_seller(sim *s, const char *operation)
{
	size_t i;

	if (s->sellers.n == 0)
		return SIM_NONE;
	i = (size_t)sim_below(s, (int64_t)s->sellers.n);
	sim_seller_timers(s, i, operation);
	return i;
}

static int closed(const sim_seller *sel)
{
	return SIM_GONE(sel) || sel->state == MARKET_SELLER_CLOSING ? MARKET_ESTATE : 0;
}

static int wrong_amount(sim *s, market_money *amount, int64_t good)
{
	const int64_t chance = sim_below(s, 20);

	*amount = chance == 0 ? mk_money(500, "USD") : sim_money(chance == 1 ? 0 : good);
	return chance == 0 ? MARKET_ECURRENCY : chance == 1 ? MARKET_EINVALID : 0;
}

static void pay_for(sim *s, size_t i)
{
	market_deposit_pay_params in = MARKET_DEPOSIT_PAY_PARAMS_INIT;
	const sim_seller *sel = &s->sellers.at[i];
	int expected;
	void *out;

	in.seller = sel->id;
	expected = wrong_amount(s, &in.amount, 1 + sim_below(s, 2 * SIM_DEPOSIT));
	if (closed(sel) != 0)
		expected = MARKET_ESTATE;
	if (expected == 0) {
		sim_transfer t = sim_begin(sel->id.id, s->now);

		sim_debit(&t, "interbook:0", NULL, in.amount.amount);
		sim_credit(&t, "seller_deposit", NULL, in.amount.amount);
		sim_post(s, &t);
		sim_move(s, i, in.amount.amount, s->now);
		follow(s, i, false);
	}
	if (sim_run(s, "deposit.pay", &in, &out, expected))
		made(s, i, out);
	sim_free(out);
}

static void pay(sim *s)
{
	const size_t i = any_seller(s, "deposit.pay");

	if (i != SIM_NONE)
		pay_for(s, i);
}

void sim_setup_deposits(sim *s)
{
	for (size_t i = 0; i < s->sellers.n; i++)
		while (!s->failed && sim_deposit_short(s, i))
			pay_for(s, i);
}

static void top_up(sim *s)
{
	market_deposit_top_up_params in = MARKET_DEPOSIT_TOP_UP_PARAMS_INIT;
	const size_t i = any_seller(s, "deposit.top_up");
	sim_seller *sel;
	int expected;
	size_t lot;
	void *out;

	if (i == SIM_NONE)
		return;
	sel = &s->sellers.at[i];
	in.seller = sel->id;
	expected = wrong_amount(s, &in.amount, 1 + sim_below(s, SIM_DEPOSIT));
	if (closed(sel) != 0)
		expected = MARKET_ESTATE;
	else if (expected == 0 && !sim_refunds_allow(s, i, s->now))
		expected = MARKET_EINFLIGHT;
	else if (expected == 0 && sim_held(s, sel->id.id, "seller_available") -
	                                  sim_pending(s, sel->id.id, "seller_available") <
	                              in.amount.amount)
		expected = MARKET_EFUNDS;
	if (expected == 0) {
		sim_transfer t = sim_begin(sel->id.id, s->now);

		lot = sim_lot_add(s, MARKET_LOT_DEPOSIT, i, SIM_NONE, -in.amount.amount);
		s->lots.at[lot].matured_at = s->now;
		sim_debit(&t, "seller_available", NULL, in.amount.amount);
		sim_credit(&t, "seller_deposit", NULL, in.amount.amount);
		sim_post(s, &t);
		sim_period_open(s, i, s->now);
		follow(s, i, false);
	}
	if (sim_run(s, "deposit.top_up", &in, &out, expected))
		made(s, i, out);
	sim_free(out);
}

static void draw(sim *s)
{
	market_deposit_pay_params in = MARKET_DEPOSIT_PAY_PARAMS_INIT;
	const size_t i = any_seller(s, "deposit.draw");
	const sim_seller *sel;
	int expected;
	void *out;

	if (i == SIM_NONE || !sim_chance(s, 30))
		return;
	sel = &s->sellers.at[i];
	in.seller = sel->id;
	in.reason = sim_chance(s, 90) ? "late" : NULL;
	expected = wrong_amount(s, &in.amount, 1 + sim_below(s, SIM_DEPOSIT));
	if (!in.reason)
		expected = MARKET_EMISSING;
	else if (expected == 0 && balance(s, i) < in.amount.amount)
		expected = MARKET_EFUNDS;
	if (expected == 0) {
		sim_transfer t = sim_begin(sel->id.id, s->now);

		sim_debit(&t, "seller_deposit", NULL, in.amount.amount);
		sim_credit(&t, "fee_revenue", "penalty", in.amount.amount);
		sim_post(s, &t);
		follow(s, i, true);
	}
	if (sim_run(s, "deposit.draw", &in, &out, expected))
		made(s, i, out);
	sim_free(out);
}

/* After the last order's end and the closing; a day on while anything is open. */
static market_time find_return(const sim *s, size_t seller, market_time now)
{
	market_time from = s->sellers.at[seller].closing_at;
	bool open = false;

	for (size_t i = 0; i < s->orders.n; i++) {
		const sim_order *o = &s->orders.at[i];
		const market_time ended = o->finished_at ? o->finished_at : o->closed_at;

		if (o->seller != seller)
			continue;
		from = ended > from ? ended : from;
		open = open || o->state <= MARKET_ORDER_WAIT_CONFIRM || o->freezes > 0 || o->in_flight > 0;
	}
	if (from == 0) /* it was rejected */
		return now;
	return open && from + window <= now ? now + SIM_DAY : from + window;
}

void sim_deposit_closing(sim *s, size_t seller, market_time now)
{
	sim_deposit *d = &s->sellers.at[seller].deposit;

	if (d->id.id != 0)
		d->return_at = find_return(s, seller, now);
}

int sim_deposit_return(sim *s, size_t seller, bool system, market_time now)
{
	sim_seller *sel = &s->sellers.at[seller];
	sim_transfer t = sim_begin(sel->id.id, now);
	const int64_t amount = balance(s, seller);
	market_time at;
	size_t lot;

	if (closed(sel) == 0)
		return MARKET_ESTATE;
	if (amount == 0 && !system)
		return MARKET_ESTATE;
	at = amount > 0 ? find_return(s, seller, now) : 0;
	if (at > now && !system)
		return MARKET_ESTATE;
	sel->deposit.return_at = at > now ? at : 0;
	if (at > now || amount == 0)
		return 0;
	sel->deposit.top_up_by = 0;
	lot = sim_lot_add(s, MARKET_LOT_DEPOSIT, seller, SIM_NONE, amount);
	s->lots.at[lot].matured_at = now;
	sim_debit(&t, "seller_deposit", NULL, amount);
	sim_credit(&t, "seller_available", NULL, amount);
	sim_period_open(s, seller, now);
	sim_post(s, &t);
	return 0;
}

static void give_back(sim *s)
{
	market_deposit_return_params in = MARKET_DEPOSIT_RETURN_PARAMS_INIT;
	const size_t i = any_seller(s, "deposit.return");
	const bool system = sim_chance(s, 50);
	const sim_deposit *d;
	int expected;
	void *out;

	if (i == SIM_NONE || s->sellers.at[i].deposit.id.id == 0)
		return;
	d = &s->sellers.at[i].deposit;
	in.deposit = d->id;
	while (!system && d->return_at != 0 && d->return_at <= s->now)
		sim_deposit_return(s, i, true, d->return_at);
	expected = sim_deposit_return(s, i, system, s->now);
	if (system)
		sim_as_system(s);
	if (sim_run(s, "deposit.return", &in, &out, expected))
		same(s, i, out);
	sim_free(out);
	sim_as_operator(s);
}

void sim_check_deposits(sim *s)
{
	for (size_t i = 0; i < s->sellers.n; i++) {
		market_deposit_get_params in = MARKET_DEPOSIT_GET_PARAMS_INIT;
		void *out;

		in.seller = s->sellers.at[i].id;
		out = sim_read(s, "deposit.get", &in);
		if (out)
			same(s, i, out);
		sim_free(out);
	}
}

const sim_action sim_deposit_actions[] = {
	{"deposit.pay", pay, 3},   {"deposit.top_up", top_up, 4},
	{"deposit.draw", draw, 3}, {"deposit.return", give_back, 1},
	{NULL, NULL, 0},
};
