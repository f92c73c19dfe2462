/* Random numbers, and what is drawn once a run: the policy. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"

static void draw_fees(sim *s);
static void draw_settlement(sim *s);
static void write_fees(const sim *s, mk_text *text);
static void write_kind(const sim_fee_kind *kind, size_t number, mk_text *text);
static void write_settlement(const sim *s, mk_text *text);
static void write_rate(mk_text *text, const char *name, int64_t ppm);
static void write_amount(mk_text *text, const char *name, int64_t amount);

uint64_t sim_next(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

int64_t sim_below(sim *s, int64_t bound)
{
	return (int64_t)(sim_next(&s->random) % (uint64_t)bound);
}

bool sim_chance(sim *s, int percent)
{
	return sim_below(s, 100) < percent;
}

void sim_make_policy(sim *s)
{
	mk_text text;

	draw_fees(s);
	draw_settlement(s);
	s->policy.carrier_reports = sim_chance(s, 30);
	s->policy.by_warehouse = sim_chance(s, 25);
	mk_text_init(&text, &mk_allocator_default, sizeof(s->policy_text));
	mk_text_format(&text,
	               "name: sim\ncurrencies: [%s]\nsellers:\n  application_stale: 90d\n"
	               "  payout_account_cooling: 72h\n  confirmation_fresh: 15min\n"
	               "  auto_approve: false\n  requirements:\n"
	               "    - {key: terms, kind: attested, gate: sell, summary: Agree., recheck: 20d}\n"
	               "    - {key: rules, kind: training, gate: sell, store_types: [flagship], exam: "
	               "{pass: 1, retry_after: 1d, valid_for: 40d, questions: [{question: Q, choices: "
	               "[good, bad], answer: 1}]}}\n"
	               "    - {key: payout_account, kind: computed, gate: payout, summary: Name it.}\n"
	               "    - {key: registered, kind: verified, gate: sell, store_types: [flagship]}\n"
	               "  review_claim: 2h\n  warnings: [7d]\n"
	               "identity: {provider: sandbox, expire_after: 3d, tolerance: 5min}\n",
	               SIM_CURRENCY);
	mk_text_format(&text,
	               "orders:\n  unpaid_close: 30min\n  ship_by: 48h\n  unshipped_cancel: 14d\n"
	               "  auto_confirm: 10d\n  cancel_silence: 2d\n  group_by_warehouse: %s\n"
	               "  carrier_reports: %s\n  carrier_limit: 30d\n  confirm_after_delivery: 3d\n"
	               "  extension: 3d\n  extensions: 2\n  seller_extensions: [3d, 5d, 7d, 10d]\n",
	               s->policy.by_warehouse ? "true" : "false",
	               s->policy.carrier_reports ? "true" : "false");
	mk_text_add(&text, "payments:\n  provider: sim\n  tolerance: 5min\n  query_after: 1min\n"
	                   "  claim_age: 2min\n");
	write_fees(s, &text);
	write_settlement(s, &text);
	mk_text_format(&text,
	               "aftersales:\n  window: 7d\nratings:\n  window: 15d\n"
	               "  dimensions: [description, service]\n  score_window: 180d\n"
	               "  counted_per_month: %d\n  credit_points_per_month: %d\n"
	               "  same_item_once: 14d\n  positive_from: 4\n  negative_to: 2\n",
	               (int)s->policy.rated_per_month, (int)s->policy.credit_per_month);
	mk_text_add(&text, "brands:\n  tiers:\n    - tier: standard\n      quotas:\n"
	                   "        - {store_type: individual, stores: 2}\n  review_hold: 14d\n"
	                   "  warnings: [30d, 7d]\n  specialty_brands: 2\n  price_breach: block\n");
	mk_text_add(&text, SIM_STANDING_POLICY);
	mk_text_add(&text, SIM_SERVICE_FEES);
	mk_text_format(&text,
	               "deposits: {minimums: [{minimum: %d.00 BRL}], top_up_within: 15d, "
	               "chargeback_window: 200h}\n",
	               SIM_DEPOSIT / 100);
	mk_text_add(&text, "catalogue:\n  change_automatic: [brand]\n" SIM_LISTING_POLICY);
	mk_text_add(&text, "ledger:\n  two_person_amount: 10000.00 BRL\n  approval_within: 7d\n"
	                   "  write_off_after: 180d\n");
	snprintf(s->policy_text, sizeof(s->policy_text), "%s", text.data);
	mk_text_close(&text);
}

static void draw_fees(sim *s)
{
	sim_policy *p = &s->policy;

	p->n_kinds = (size_t)(1 + sim_below(s, SIM_KINDS));
	p->half_even = sim_chance(s, 40);
	for (size_t i = 0; i < p->n_kinds; i++) {
		sim_fee_kind *k = &p->kinds[i];

		k->reversal = (int)sim_below(s, 3);
		k->per = (int)sim_below(s, 3);
		k->on_freight = sim_chance(s, 30);
		k->included = sim_chance(s, 40);
		k->tax = sim_chance(s, 70) ? 100 * (1 + sim_below(s, 1500)) : 0;
		k->rate = 100 * (1 + sim_below(s, 2000));
		k->flat = sim_chance(s, 30) ? 1 + sim_below(s, 300) : 0;
		k->floor = sim_chance(s, 20) ? 1 + sim_below(s, 200) : 0;
		k->cap = sim_chance(s, 20) ? 250 + sim_below(s, 2000) : 0;
		k->special_rate = sim_chance(s, 50) ? 100 * (1 + sim_below(s, 3000)) : 0;
	}
	p->affiliate = 100 * (1 + sim_below(s, 800));
}

static void draw_settlement(sim *s)
{
	static const int64_t days[] = {1, 7, 14, 0};
	sim_policy *p = &s->policy;

	p->reserve = sim_chance(s, 50) ? 100 * (1 + sim_below(s, 3000)) : 0;
	p->reserve_period = (3 + sim_below(s, 20)) * SIM_DAY;
	p->maturity = (1 + sim_below(s, 8)) * SIM_DAY;
	p->manual = sim_chance(s, 10);
	p->period_days = p->manual ? 0 : days[sim_below(s, 4)];
	p->minimum = sim_below(s, 3000);
	p->advance_limit = sim_below(s, 8000);
	p->rated_per_month = 1 + sim_below(s, 3);
	p->credit_per_month = 1 + sim_below(s, 3);
}

static void write_fees(const sim *s, mk_text *text)
{
	mk_text_format(text, "fees:\n  rounding: %s\n  kinds:\n",
	               s->policy.half_even ? "half_even" : "half_up");
	for (size_t i = 0; i < s->policy.n_kinds; i++)
		write_kind(&s->policy.kinds[i], i, text);
	mk_text_add(text, "splits:\n  - {kind: affiliate");
	write_rate(text, "rate", s->policy.affiliate);
	mk_text_add(text, "}\n");
}

static void write_kind(const sim_fee_kind *k, size_t number, mk_text *text)
{
	static const char *const reversals[] = {"proportional", "full_only", "never"};
	static const char *const pers[] = {"line", "unit", "order"};

	mk_text_format(text, "    - kind: kind%zu\n      reversal: %s\n      on_freight: %s\n", number,
	               reversals[k->reversal], k->on_freight ? "true" : "false");
	if (k->tax > 0) {
		mk_text_format(text, "      tax: {mode: %s", k->included ? "included" : "added");
		write_rate(text, "rate", k->tax);
		mk_text_add(text, "}\n");
	}
	mk_text_add(text, "      rules:\n");
	if (k->special_rate > 0) {
		mk_text_add(text, "        - {name: special, categories: [special]");
		write_rate(text, "rate", k->special_rate);
		mk_text_add(text, "}\n");
	}
	mk_text_format(text, "        - {name: default, per: %s", pers[k->per]);
	write_rate(text, "rate", k->rate);
	write_amount(text, "flat", k->flat);
	write_amount(text, "floor", k->floor);
	write_amount(text, "cap", k->cap);
	mk_text_add(text, "}\n");
}

static void write_settlement(const sim *s, mk_text *text)
{
	const sim_policy *p = &s->policy;
	const char *schedule = p->manual              ? "manual"
	                       : p->period_days == 1  ? "daily"
	                       : p->period_days == 7  ? "weekly"
	                       : p->period_days == 14 ? "fortnightly"
	                                              : "monthly";

	mk_text_format(text, "settlement:\n  maturity: %dd\n", (int)(p->maturity / SIM_DAY));
	if (p->reserve > 0) {
		mk_text_format(text, "  reserves:\n    - {period: %dd", (int)(p->reserve_period / SIM_DAY));
		write_rate(text, "rate", p->reserve);
		mk_text_add(text, "}\n");
	} else {
		mk_text_add(text, "  reserves: []\n");
	}
	mk_text_format(text,
	               "  schedule: %s\n  minimum: %d.%02d BRL\n  zone: UTC\n"
	               "  advance_limit: %d.%02d BRL\n",
	               schedule, (int)(p->minimum / 100), (int)(p->minimum % 100),
	               (int)(p->advance_limit / 100), (int)(p->advance_limit % 100));
}

static void write_rate(mk_text *text, const char *name, int64_t ppm)
{
	mk_text_format(text, ", %s: %d.%04d%%", name, (int)(ppm / 10000), (int)(ppm % 10000));
}

static void write_amount(mk_text *text, const char *name, int64_t amount)
{
	if (amount > 0)
		mk_text_format(text, ", %s: %d.%02d BRL", name, (int)(amount / 100), (int)(amount % 100));
}
