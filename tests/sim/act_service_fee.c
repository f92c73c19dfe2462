/* SEL-5: yearly fees and modules. */
#include <string.h>

#include "tests/sim/sim.h"

enum {
	AMOUNT = 1207,
	TAX = 60 /* 5 %: 60.35 */,
	PARTS = 12,
	PRICE = 333,
	PRICE_TAX = 17,
	MOST = 40
};
static const market_time part = 365 * SIM_DAY / PARTS, period = 30 * SIM_DAY;

static void same_fee(sim *s, size_t i, const market_service_fee *got)
{
	const sim_service_fee *f = &s->service_fees.at[i];

	sim_same(s, "state of a service fee", f->state, got->state);
	sim_same(s, "parts of a service fee", f->parts, got->parts);
	sim_same_money(s, "earned of a service fee", f->earned, got->earned);
	sim_same_money(s, "refunded of a service fee", f->refunded, got->refunded);
}

static void same_subscription(sim *s, size_t i, const market_subscription *got)
{
	sim_same(s, "state of a subscription", s->subscriptions.at[i].state, got->state);
	sim_same(s, "paid_until of a subscription", s->subscriptions.at[i].paid_until, got->paid_until);
}

static bool pays(const sim_seller *sel)
{
	return sel->state == MARKET_SELLER_APPROVED || sel->state == MARKET_SELLER_SUSPENDED;
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

/* From the seller's own money to an account. */
static int draw(sim *s, size_t seller, const char *stem, const char *suffix, int64_t amount,
                int64_t tax, market_time now)
{
	sim_draw look = {.seller = seller,
	                 .order = SIM_NONE,
	                 .refund = SIM_NONE,
	                 .limited = true,
	                 .look = true,
	                 .kind = MARKET_LOT_FEE,
	                 .amount = amount + tax};
	sim_draw take = look;
	sim_transfer t = sim_begin(s->sellers.at[seller].id.id, now);

	if (sim_draw_from(s, NULL, &look, now) != 0)
		return MARKET_EQUOTA;
	look.amount += s->sellers.at[seller].exposure;
	if (sim_draw_from(s, NULL, &look, now) != 0)
		return MARKET_EINFLIGHT;
	take.look = false;
	sim_draw_from(s, &t, &take, now);
	sim_credit(&t, stem, suffix, amount);
	sim_credit(&t, "tax_payable", NULL, tax);
	sim_post(s, &t);
	return 0;
}

static void charge(sim *s)
{
	market_service_fee_charge_params in = MARKET_SERVICE_FEE_CHARGE_PARAMS_INIT;
	const size_t i = any_seller(s, "service_fee.charge");
	int expected = 0;
	size_t n;
	void *out;

	if (i == SIM_NONE || s->service_fees.n >= MOST || !sim_chance(s, 30))
		return;
	in.seller = s->sellers.at[i].id;
	in.fee = sim_chance(s, 90) ? "stall" : "none";
	for (size_t k = 0; k < s->service_fees.n; k++)
		if (s->service_fees.at[k].seller == i &&
		    s->service_fees.at[k].state == MARKET_SERVICE_FEE_RUNNING)
			expected = MARKET_EEXISTS;
	if (in.fee[0] == 'n')
		expected = MARKET_EINVALID;
	else if (!pays(&s->sellers.at[i]))
		expected = MARKET_ESTATE;
	if (expected == 0)
		expected = draw(s, i, "fee_deferred", NULL, AMOUNT, TAX, s->now);
	if (!sim_run(s, "service_fee.charge", &in, &out, expected))
		return;
	n = SIM_ADD(s->service_fees);
	s->service_fees.at[n] = (sim_service_fee){.id = ((market_service_fee *)out)->id,
	                                          .seller = i,
	                                          .state = MARKET_SERVICE_FEE_RUNNING,
	                                          .from_at = s->now,
	                                          .due_at = s->now + part};
	same_fee(s, n, out);
	sim_free(out);
}

static void give_back(sim *s, sim_service_fee *f, sim_transfer *t, int64_t amount, int64_t tax,
                      market_time now)
{
	size_t lot;

	if (amount + tax > 0) {
		lot = sim_lot_add(s, MARKET_LOT_FEE, f->seller, SIM_NONE, amount + tax);
		s->lots.at[lot].matured_at = now;
		sim_period_open(s, f->seller, now);
	}
	sim_debit(t, "tax_payable", NULL, tax);
	sim_credit(t, "seller_available", NULL, amount + tax);
	sim_post(s, t);
}

static int64_t sales(const sim *s, const sim_service_fee *f)
{
	int64_t sum = 0;

	for (size_t i = 0; i < s->orders.n; i++) {
		const sim_order *o = &s->orders.at[i];

		if (o->seller == f->seller && o->finished_at >= f->from_at &&
		    o->finished_at < f->from_at + PARTS * part)
			sum += o->cash + o->promo - o->refunded_cash - o->refunded_promo;
	}
	return sum;
}

void sim_service_fee_earn(sim *s, size_t i, market_time now)
{
	sim_service_fee *f = &s->service_fees.at[i];
	sim_transfer t = sim_begin(s->sellers.at[f->seller].id.id, now);
	const int64_t percent = sales(s, f) >= 10000 ? 50 : 5;
	int64_t earned, rest;

	f->parts++;
	f->due_at = f->from_at + (f->parts + 1) * part;
	if (f->parts < PARTS) {
		earned = sim_round(AMOUNT, f->parts, PARTS, false);
		sim_debit(&t, "fee_deferred", NULL, earned - f->earned);
		sim_credit(&t, "fee_revenue", "service", earned - f->earned);
		sim_post(s, &t);
		f->earned = earned;
		return;
	}
	rest = AMOUNT - f->earned;
	f->state = MARKET_SERVICE_FEE_SETTLED;
	f->due_at = 0;
	f->refunded = sim_round(AMOUNT, percent, 100, false);
	f->earned = AMOUNT - f->refunded;
	sim_debit(&t, "fee_deferred", NULL, rest);
	sim_credit(&t, "fee_revenue", "service", rest - f->refunded);
	give_back(s, f, &t, f->refunded, sim_round(TAX, percent, 100, false), now);
}

static size_t any_fee(sim *s)
{
	return s->service_fees.n == 0 ? SIM_NONE : (size_t)sim_below(s, (int64_t)s->service_fees.n);
}

static void earn(sim *s)
{
	market_service_fee_get_params in = MARKET_SERVICE_FEE_GET_PARAMS_INIT;
	const size_t i = any_fee(s);
	bool due;
	void *out;

	if (i == SIM_NONE)
		return;
	in.fee = s->service_fees.at[i].id;
	due = s->service_fees.at[i].due_at != 0 && s->service_fees.at[i].due_at <= s->now;
	if (due)
		sim_service_fee_earn(s, i, s->now);
	sim_as_system(s);
	if (sim_run(s, "service_fee.earn", &in, &out, due ? 0 : MARKET_ESTATE))
		same_fee(s, i, out);
	sim_free(out);
	sim_as_operator(s);
}

static void refund(sim *s)
{
	market_service_fee_refund_params in = MARKET_SERVICE_FEE_REFUND_PARAMS_INIT;
	const size_t i = any_fee(s);
	sim_service_fee *f;
	bool good;
	void *out;

	if (i == SIM_NONE || !sim_chance(s, 20))
		return;
	f = &s->service_fees.at[i];
	while (!s->failed && f->due_at != 0 && f->due_at <= s->now)
		sim_service_fee_earn(s, i, f->due_at);
	in.fee = f->id;
	in.reason = "left";
	good = f->state == MARKET_SERVICE_FEE_RUNNING;
	if (good) {
		sim_transfer t = sim_begin(s->sellers.at[f->seller].id.id, s->now);

		f->state = MARKET_SERVICE_FEE_REFUNDED;
		f->due_at = 0;
		f->refunded = AMOUNT - f->earned;
		sim_debit(&t, "fee_deferred", NULL, f->refunded);
		give_back(s, f, &t, f->refunded, sim_round(TAX, PARTS - f->parts, PARTS, false), s->now);
	}
	if (sim_run(s, "service_fee.refund", &in, &out, good ? 0 : MARKET_ESTATE))
		same_fee(s, i, out);
	sim_free(out);
}

static void subscribe(sim *s)
{
	market_module_subscribe_params in = MARKET_MODULE_SUBSCRIBE_PARAMS_INIT;
	const size_t i = any_seller(s, "module.subscribe");
	int expected = 0;
	size_t n;
	void *out;

	if (i == SIM_NONE || s->subscriptions.n >= MOST || !sim_chance(s, 30))
		return;
	in.seller = s->sellers.at[i].id;
	in.module = sim_chance(s, 90) ? "photos" : "none";
	for (size_t k = 0; k < s->subscriptions.n; k++)
		if (s->subscriptions.at[k].seller == i &&
		    s->subscriptions.at[k].state != MARKET_SUBSCRIPTION_ENDED)
			expected = MARKET_EEXISTS;
	if (in.module[0] == 'n')
		expected = MARKET_EINVALID;
	else if (!pays(&s->sellers.at[i]))
		expected = MARKET_ESTATE;
	if (expected == 0)
		expected = draw(s, i, "fee_revenue", "photos", PRICE, PRICE_TAX, s->now);
	if (!sim_run(s, "module.subscribe", &in, &out, expected))
		return;
	n = SIM_ADD(s->subscriptions);
	s->subscriptions.at[n] = (sim_subscription){.id = ((market_subscription *)out)->id,
	                                            .seller = i,
	                                            .state = MARKET_SUBSCRIPTION_ACTIVE,
	                                            .paid_until = s->now + period,
	                                            .due_at = s->now + period};
	same_subscription(s, n, out);
	sim_free(out);
}

void sim_module_bill(sim *s, size_t i, market_time now)
{
	sim_subscription *sub = &s->subscriptions.at[i];
	int code = MARKET_ESTATE;

	if (sub->state != MARKET_SUBSCRIPTION_CANCELLED && pays(&s->sellers.at[sub->seller]))
		code = draw(s, sub->seller, "fee_revenue", "photos", PRICE, PRICE_TAX, now);
	if (code == MARKET_EINFLIGHT) {
		sub->due_at = now + SIM_HOUR;
		return;
	}
	if (code != 0)
		sub->state = MARKET_SUBSCRIPTION_ENDED;
	else
		sub->due_at = sub->paid_until += period;
}

static size_t any_subscription(sim *s)
{
	return s->subscriptions.n == 0 ? SIM_NONE : (size_t)sim_below(s, (int64_t)s->subscriptions.n);
}

static void cancel(sim *s)
{
	market_subscription_get_params in = MARKET_SUBSCRIPTION_GET_PARAMS_INIT;
	const size_t i = any_subscription(s);
	sim_subscription *sub;
	bool good;
	void *out;

	if (i == SIM_NONE || !sim_chance(s, 40))
		return;
	sub = &s->subscriptions.at[i];
	while (!s->failed && sub->state != MARKET_SUBSCRIPTION_ENDED && sub->due_at <= s->now)
		sim_module_bill(s, i, sub->due_at);
	in.subscription = sub->id;
	good = sub->state == MARKET_SUBSCRIPTION_ACTIVE;
	if (good)
		sub->state = MARKET_SUBSCRIPTION_CANCELLED;
	if (sim_run(s, "module.cancel", &in, &out, good ? 0 : MARKET_ESTATE))
		same_subscription(s, i, out);
	sim_free(out);
}

static void bill(sim *s)
{
	market_subscription_get_params in = MARKET_SUBSCRIPTION_GET_PARAMS_INIT;
	const size_t i = any_subscription(s);
	const sim_subscription *sub;
	bool due;
	void *out;

	if (i == SIM_NONE)
		return;
	sub = &s->subscriptions.at[i];
	in.subscription = sub->id;
	due = sub->state != MARKET_SUBSCRIPTION_ENDED && sub->due_at <= s->now;
	if (due)
		sim_module_bill(s, i, s->now);
	sim_as_system(s);
	if (sim_run(s, "module.bill", &in, &out, due ? 0 : MARKET_ESTATE))
		same_subscription(s, i, out);
	sim_free(out);
	sim_as_operator(s);
}

void sim_check_service_fees(sim *s)
{
	for (size_t i = 0; i < s->service_fees.n; i++) {
		market_service_fee_get_params in = MARKET_SERVICE_FEE_GET_PARAMS_INIT;
		void *out;

		in.fee = s->service_fees.at[i].id;
		out = sim_read(s, "service_fee.get", &in);
		if (out)
			same_fee(s, i, out);
		sim_free(out);
	}
}

const sim_action sim_service_fee_actions[] = {
	{"service_fee.charge", charge, 2},
	{"service_fee.earn", earn, 1},
	{"service_fee.refund", refund, 1},
	{"module.subscribe", subscribe, 2},
	{"module.cancel", cancel, 1},
	{"module.bill", bill, 1},
	{NULL, NULL, 0},
};
