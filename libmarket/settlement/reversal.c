#include "libmarket/settlement/reversal.h"

static market_money target(const mk_reversal *r, const mk_part *part, market_money after,
                           mk_rounding rounding);
static void put_on(mk_reversal *r, market_money rest);
static void take_from(mk_reversal *r, market_money excess);

void mk_reversal_divide(mk_reversal *r, mk_rounding rounding)
{
	market_money zero = mk_money_zero(r->total);
	market_money after = mk_money_add(r->refunded, r->step);
	market_money own = r->total;      /* the seller's part: what no reversible part is */
	market_money borne = r->refunded; /* of it so far */
	market_money rest = r->step;

	for (size_t i = 0; i < r->n_parts; i++) {
		mk_part *part = &r->parts[i];
		market_money step = mk_money_sub(target(r, part, after, rounding), part->reversed);

		if (part->reversal != MK_REVERSAL_NEVER)
			own = mk_money_sub(own, part->frozen);
		borne = mk_money_sub(borne, part->reversed);
		part->step = mk_money_clamp(step, zero, mk_money_sub(part->frozen, part->reversed));
		rest = mk_money_sub(rest, part->step);
	}
	r->seller = mk_money_clamp(rest, zero, mk_money_sub(own, borne));
	rest = mk_money_sub(rest, r->seller);
	if (mk_money_positive(rest))
		put_on(r, rest);
	else
		take_from(r, mk_money_neg(rest));
}

static market_money target(const mk_reversal *r, const mk_part *part, market_money after,
                           mk_rounding rounding)
{
	if (part->reversal == MK_REVERSAL_NEVER)
		return mk_money_zero(part->frozen);
	if (part->reversal == MK_REVERSAL_FULL_ONLY)
		return mk_money_less(after, r->total) ? mk_money_zero(part->frozen) : part->frozen;
	if (!mk_money_positive(r->total))
		return part->frozen;
	return mk_money_scale(part->frozen, mk_money_weight(after), mk_money_weight(r->total),
	                      rounding);
}

static void put_on(mk_reversal *r, market_money rest)
{
	for (size_t i = r->n_parts; i-- > 0 && mk_money_positive(rest);) {
		mk_part *part = &r->parts[i];
		market_money room = mk_money_sub(mk_money_sub(part->frozen, part->reversed), part->step);
		market_money more = mk_money_min(rest, room);

		if (part->reversal == MK_REVERSAL_NEVER)
			continue;
		part->step = mk_money_add(part->step, more);
		rest = mk_money_sub(rest, more);
	}
}

static void take_from(mk_reversal *r, market_money excess)
{
	for (size_t i = r->n_parts; i-- > 0 && mk_money_positive(excess);) {
		mk_part *part = &r->parts[i];
		market_money less = mk_money_min(excess, part->step);

		part->step = mk_money_sub(part->step, less);
		excess = mk_money_sub(excess, less);
	}
}
