/* COM-1 to COM-6, PRO-1: rounding, division, fees at placement, and what refunds give back. */
#include <string.h>

#include "tests/sim/sim.h"

typedef struct component {
	int64_t base, quantity;
	bool freight, special, affiliate;
	sim_part *parts;
	size_t *n_parts;
} component;

static int64_t fee_of(const sim *s, const sim_fee_kind *k, int64_t base, int64_t times,
                      bool special);
static void put_fee(const sim *s, const sim_fee_kind *k, int64_t amount, sim_part *fee,
                    sim_part *tax);
static void charge_order(const sim *s, size_t kind, component *all, size_t n);
static void cut(const sim *s, component *c);
static bool takes(const sim_fee_kind *k, const component *c);

/* Halves away from zero, or to even. */
int64_t sim_round(int64_t amount, int64_t numerator, int64_t denominator, bool half_even)
{
	__int128 product = (__int128)amount * numerator;
	__int128 quotient = product / denominator, rest = product % denominator * 2;

	if (rest > denominator || (rest == denominator && (!half_even || quotient % 2 != 0)))
		quotient++;
	return (int64_t)quotient;
}

/* The method of the largest remainder; equal ones by position. */
void sim_divide(int64_t total, const int64_t *weights, size_t count, int64_t *parts)
{
	__int128 rest[SIM_LINES * 2];
	int64_t sum = 0, given = 0;

	for (size_t i = 0; i < count; i++)
		sum += weights[i];
	for (size_t i = 0; i < count; i++) {
		parts[i] = sum == 0 ? 0 : (int64_t)((__int128)total * weights[i] / sum);
		rest[i] = sum == 0 ? 0 : (__int128)total * weights[i] % sum;
		given += parts[i];
	}
	if (sum == 0) {
		parts[0] = total;
		return;
	}
	for (; given < total; given++) {
		size_t best = 0;

		for (size_t i = 1; i < count; i++)
			if (rest[i] > rest[best])
				best = i;
		parts[best]++;
		rest[best] = -1;
	}
}

/* COM-3: frozen at placement, kind by kind; then the split; then what doesn't fit is cut. */
void sim_freeze_fees(sim *s, sim_order *o)
{
	component all[SIM_LINES + 1];
	size_t n = 0;

	for (; n < o->n_lines; n++) {
		sim_line *line = &o->lines[n];

		all[n] = (component){.base = line->price * line->quantity - line->seller_discount,
		                     .quantity = line->quantity,
		                     .special = s->products.at[line->product].special,
		                     .affiliate = line->affiliate,
		                     .parts = line->parts,
		                     .n_parts = &line->n_parts};
	}
	o->n_freight_parts = 0;
	if (o->freight > 0)
		all[n++] = (component){.base = o->freight,
		                       .quantity = 1,
		                       .freight = true,
		                       .parts = o->freight_parts,
		                       .n_parts = &o->n_freight_parts};
	for (size_t i = 0; i < n; i++) {
		*all[i].n_parts = 2 * s->policy.n_kinds + (all[i].freight ? 0 : 1);
		memset(all[i].parts, 0, *all[i].n_parts * sizeof(sim_part));
	}
	for (size_t k = 0; k < s->policy.n_kinds; k++) {
		const sim_fee_kind *kind = &s->policy.kinds[k];

		for (size_t i = 0; i < n; i++) {
			bool special = all[i].special && kind->special_rate > 0;
			int64_t times = kind->per == SIM_PER_UNIT ? all[i].quantity : 1;

			all[i].parts[2 * k].reversal = all[i].parts[2 * k + 1].reversal = kind->reversal;
			if (takes(kind, &all[i]) && (special || kind->per != SIM_PER_ORDER))
				put_fee(s, kind, fee_of(s, kind, all[i].base, times, special), &all[i].parts[2 * k],
				        &all[i].parts[2 * k + 1]);
		}
		if (kind->per == SIM_PER_ORDER)
			charge_order(s, k, all, n);
	}
	for (size_t i = 0; i < n; i++) {
		if (all[i].affiliate)
			all[i].parts[2 * s->policy.n_kinds].frozen =
				sim_round(all[i].base, s->policy.affiliate, 1000000, s->policy.half_even);
		cut(s, &all[i]);
	}
}

static bool takes(const sim_fee_kind *k, const component *c)
{
	return !c->freight || k->on_freight;
}

/* COM-2 */
static int64_t fee_of(const sim *s, const sim_fee_kind *k, int64_t base, int64_t times,
                      bool special)
{
	int64_t amount;

	if (special)
		return sim_round(base, k->special_rate, 1000000, s->policy.half_even);
	amount = sim_round(base, k->rate, 1000000, s->policy.half_even) + k->flat * times;
	if (k->floor > 0 && amount < k->floor * times)
		amount = k->floor * times;
	if (k->cap > 0 && amount > k->cap * times)
		amount = k->cap * times;
	return amount;
}

/* COM-4 */
static void put_fee(const sim *s, const sim_fee_kind *k, int64_t amount, sim_part *fee,
                    sim_part *tax)
{
	fee->frozen = amount;
	tax->frozen = 0;
	if (k->tax == 0)
		return;
	if (k->included) {
		tax->frozen = sim_round(amount, k->tax, 1000000 + k->tax, s->policy.half_even);
		fee->frozen = amount - tax->frozen;
	} else {
		tax->frozen = sim_round(amount, k->tax, 1000000, s->policy.half_even);
	}
}

static void charge_order(const sim *s, size_t kind, component *all, size_t n)
{
	const sim_fee_kind *k = &s->policy.kinds[kind];
	int64_t weights[SIM_LINES + 1], parts[SIM_LINES + 1], base = 0;
	size_t taken[SIM_LINES + 1], count = 0;

	for (size_t i = 0; i < n; i++) {
		if (!takes(k, &all[i]) || (all[i].special && k->special_rate > 0))
			continue;
		taken[count] = i;
		weights[count++] = all[i].base;
		base += all[i].base;
	}
	if (count == 0)
		return;
	sim_divide(fee_of(s, k, base, 1, false), weights, count, parts);
	for (size_t i = 0; i < count; i++)
		put_fee(s, k, parts[i], &all[taken[i]].parts[2 * kind], &all[taken[i]].parts[2 * kind + 1]);
}

/* COM-4: the last kinds are cut first and their tax computed anew; the largest fee that fits. */
static void cut(const sim *s, component *c)
{
	int64_t left = c->base;

	for (size_t k = 0; k < s->policy.n_kinds; k++) {
		sim_part *fee = &c->parts[2 * k], *tax = &c->parts[2 * k + 1];
		int64_t amount = left;

		if (fee->frozen + tax->frozen > left)
			do
				put_fee(s, &s->policy.kinds[k], amount, fee, tax);
			while (fee->frozen + tax->frozen > left && amount-- > 0);
		left -= fee->frozen + tax->frozen;
	}
	if (!c->freight && c->parts[2 * s->policy.n_kinds].frozen > left)
		c->parts[2 * s->policy.n_kinds].frozen = left;
}

/* COM-5: one step of a refund: what each part gives back, and the seller. */
int64_t sim_reverse(const sim *s, sim_part *parts, size_t n, int64_t total, int64_t refunded,
                    int64_t step, int64_t *steps)
{
	int64_t rest = step, own = total, borne = refunded, seller;

	for (size_t i = 0; i < n; i++) {
		int64_t target = 0;

		if (parts[i].reversal == SIM_FULL_ONLY && refunded + step >= total)
			target = parts[i].frozen;
		if (parts[i].reversal == SIM_PROPORTIONAL)
			target = total > 0
			             ? sim_round(parts[i].frozen, refunded + step, total, s->policy.half_even)
			             : parts[i].frozen;
		if (parts[i].reversal != SIM_NEVER)
			own -= parts[i].frozen;
		borne -= parts[i].back;
		steps[i] = target - parts[i].back;
		if (steps[i] > parts[i].frozen - parts[i].back)
			steps[i] = parts[i].frozen - parts[i].back;
		if (steps[i] < 0)
			steps[i] = 0;
		rest -= steps[i];
	}
	seller = rest < own - borne ? rest : own - borne;
	if (seller < 0)
		seller = 0;
	rest -= seller;
	for (size_t i = n; i-- > 0 && rest != 0;) {
		int64_t room = parts[i].frozen - parts[i].back - steps[i], change;

		if (rest > 0 && parts[i].reversal == SIM_NEVER)
			continue;
		change = rest > 0 ? (rest < room ? rest : room) : (-rest < steps[i] ? rest : -steps[i]);
		steps[i] += change;
		rest -= change;
	}
	return seller;
}

/* COM-6: what refunds before the release have left of each part. */
void sim_accrue(const sim *s, sim_part *parts, size_t n, int64_t total, int64_t refunded)
{
	int64_t steps[2 * SIM_KINDS + 1];

	for (size_t i = 0; i < n; i++)
		parts[i].back = 0;
	if (refunded <= 0)
		return;
	sim_reverse(s, parts, n, total, 0, refunded, steps);
	for (size_t i = 0; i < n; i++)
		parts[i].back = steps[i];
}

/* Credits what isn't given back of each part; gives what is left of `held`. */
int64_t sim_credit_parts(sim *s, sim_order *o, sim_transfer *t, int64_t held)
{
	for (size_t i = 0; i <= o->n_lines; i++) {
		bool freight = i == o->n_lines;
		sim_line *line = freight ? NULL : &o->lines[i];
		sim_part *parts = freight ? o->freight_parts : line->parts;
		size_t n = freight ? o->n_freight_parts : line->n_parts;

		if (freight)
			sim_accrue(s, parts, n, o->freight, o->freight_refunded);
		else
			sim_accrue(s, parts, n, line->cash + line->promo,
			           line->refunded_cash + line->refunded_promo);
		for (size_t k = 0; k < n; k++) {
			int64_t left = parts[k].frozen - parts[k].back;

			held -= left;
			sim_credit(t, sim_part_account(s, k), NULL, left);
		}
	}
	return held;
}

const char *sim_part_account(const sim *s, size_t part)
{
	static const char *const kinds[] = {"fee_revenue:kind0", "fee_revenue:kind1",
	                                    "fee_revenue:kind2"};

	if (part >= 2 * s->policy.n_kinds)
		return "affiliate_pending";
	return part % 2 == 0 ? kinds[part / 2] : "tax_payable";
}
