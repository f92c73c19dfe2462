#include "libmarket/settlement/fee.h"

#include <string.h>

#include "libmarket/catalog/catalog.h"

/* One kind's outcome for one component. */
typedef struct charge {
	const mk_fee_rule *rule;
	market_money amount; /* without tax */
	market_money tax;
	bool cut;
} charge;

typedef struct work {
	mk_arena *arena;
	const mk_policy *policy;
	mk_fee_order *order;
	mk_rounding rounding;
	charge *charges;      /* [component × kinds + kind] */
	market_money *splits; /* [component × splits + split] */
	mk_text text;
} work;

static void charge_kind(work *w, size_t kind);
static const mk_fee_rule *find_rule(const work *w, const mk_fee_kind *kind,
                                    const mk_fee_component *component);
static const char *mismatch(const work *w, const mk_fee_rule *rule,
                            const mk_fee_component *component);
static bool in_category(const mk_fee_rule *rule, const char *path);
static bool names_seller(const work *w, const mk_fee_rule *rule);
static bool names_store_type(const work *w, const mk_fee_rule *rule);
static market_money apply(const work *w, const mk_fee_rule *rule, market_money base, int64_t times);
static void charge_order(work *w, size_t kind, const mk_fee_rule *rule);
static void set_amount(const work *w, const mk_fee_tax *tax, charge *c, market_money amount);
static void split(work *w, size_t component);
static void cut(work *w, size_t component);
static void cut_fee(const work *w, const mk_fee_tax *tax, charge *c, market_money most);
static int give(work *w, size_t component, market_error *err);
static int give_splits(work *w, size_t component, market_error *err);
static const char *explain(work *w, const mk_fee_kind *kind, const mk_fee_component *component,
                           const charge *c);
static void explain_amount(work *w, const mk_fee_kind *kind, const mk_fee_component *component,
                           const charge *c);
static void explain_bound(work *w, const char *name, market_money amount);

int mk_fee_compute(mk_arena *arena, const mk_policy *policy, mk_fee_order *order, market_error *err)
{
	work w = {
		.arena = arena, .policy = policy, .order = order, .rounding = mk_policy_rounding(policy)};
	int rc = 0;

	w.charges = MK_NEW_ARRAY(arena, charge, order->n_components * policy->fees->n_kinds + 1);
	w.splits = MK_NEW_ARRAY(arena, market_money, order->n_components * policy->n_splits + 1);
	if (!w.charges || !w.splits)
		return mk_error_no_memory(err);
	/* SEL-3: the platform charges its own store nothing */
	for (size_t k = 0; order->store_type != MK_STORE_PLATFORM && k < policy->fees->n_kinds; k++)
		charge_kind(&w, k);
	mk_text_init(&w.text, arena->allocator, MK_MAX_JSON);
	for (size_t i = 0; rc == 0 && i < order->n_components; i++) {
		split(&w, i);
		cut(&w, i);
		rc = give(&w, i, err);
	}
	mk_text_close(&w.text);
	return rc;
}

int mk_fee_freeze(mk_ctx *ctx, mk_order *order, mk_order_line **lines, size_t n, market_error *err)
{
	const mk_policy *policy = ctx->policy;
	mk_fee_order fees = {
		.seller = order->order.seller,
		.store_type = order->store_type,
		.currency = order->order.currency,
		.n_components = n,
	};
	mk_fee_component *freight;
	int rc;

	fees.components = MK_NEW_ARRAY(ctx->arena, mk_fee_component, n + 1);
	if (!fees.components)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < n; i++) {
		const market_order_line *line = &lines[i]->line;

		fees.components[i] = (mk_fee_component){
			.base =
				mk_money_sub(mk_money_times(line->price, line->quantity), line->seller_discount),
			.quantity = line->quantity,
			.category_path = lines[i]->item->category_path,
			.affiliate = lines[i]->affiliate,
		};
		fees.seller_ref = lines[i]->item->seller->seller.ref;
	}
	freight = &fees.components[n];
	*freight = (mk_fee_component){.base = order->order.freight, .quantity = 1, .freight = true};
	if (mk_money_positive(order->order.freight))
		fees.n_components++;
	rc = mk_fee_compute(ctx->arena, policy, &fees, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		const mk_fee_component *c = &fees.components[i];

		lines[i]->line.fees = c->fees;
		lines[i]->line.n_fees = c->n_fees;
		lines[i]->line.splits = c->splits;
		lines[i]->line.n_splits = c->n_splits;
		lines[i]->fees_text = mk_order_fees_write(ctx, c->fees, c->n_fees);
		lines[i]->splits_text = mk_order_splits_write(ctx, c->splits, c->n_splits);
	}
	order->freight_fees = mk_order_fees_write(ctx, freight->fees, freight->n_fees);
	return ctx->arena->failed ? mk_error_no_memory(err) : 0;
}

static charge *charge_at(const work *w, size_t component, size_t kind)
{
	return &w->charges[component * w->policy->fees->n_kinds + kind];
}

static void charge_kind(work *w, size_t kind)
{
	const mk_fee_kind *k = w->policy->fees->kinds[kind];

	for (size_t i = 0; i < w->order->n_components; i++) {
		const mk_fee_component *component = &w->order->components[i];
		charge *c = charge_at(w, i, kind);
		int64_t times;

		if (component->freight && !k->on_freight)
			continue;
		c->rule = find_rule(w, k, component);
		if (!c->rule || c->rule->per == MK_PER_ORDER)
			continue;
		times = c->rule->per == MK_PER_UNIT ? component->quantity : 1;
		set_amount(w, k->tax, c, apply(w, c->rule, component->base, times));
	}
	for (size_t i = 0; i < k->n_rules; i++)
		if (k->rules[i]->per == MK_PER_ORDER)
			charge_order(w, kind, k->rules[i]);
}

/* COM-1: the first that matches wins; the default at the end always does. */
static const mk_fee_rule *find_rule(const work *w, const mk_fee_kind *kind,
                                    const mk_fee_component *component)
{
	for (size_t i = 0; i < kind->n_rules; i++)
		if (!mismatch(w, kind->rules[i], component))
			return kind->rules[i];
	return NULL;
}

/* COM-1: all predicates must hold, one value of each suffices. What doesn't hold, or NULL. */
static const char *mismatch(const work *w, const mk_fee_rule *rule,
                            const mk_fee_component *component)
{
	if (rule->n_categories > 0 && !in_category(rule, component->category_path))
		return "category";
	if (rule->n_store_types > 0 && !names_store_type(w, rule))
		return "store type";
	if (rule->n_sellers > 0 && !names_seller(w, rule))
		return "seller";
	return NULL;
}

/* The path names the category and all above it, so that a category holds its descendants. */
static bool in_category(const mk_fee_rule *rule, const char *path)
{
	for (size_t i = 0; path && i < rule->n_categories; i++) {
		size_t size = strlen(rule->categories[i]);
		const char *at = path;

		while ((at = strstr(at, rule->categories[i])) != NULL) {
			if (at > path && at[-1] == '/' && (at[size] == '/' || at[size] == '\0'))
				return true;
			at++;
		}
	}
	return false;
}

static bool names_store_type(const work *w, const mk_fee_rule *rule)
{
	const char *name = mk_enum_name(&mk_store_type_enum, w->order->store_type);

	for (size_t i = 0; name && i < rule->n_store_types; i++)
		if (strcmp(rule->store_types[i], name) == 0)
			return true;
	return false;
}

static bool names_seller(const work *w, const mk_fee_rule *rule)
{
	char id[MARKET_ID_TEXT_SIZE];

	market_id_format(MARKET_ID_SELLER, w->order->seller, id);
	for (size_t i = 0; i < rule->n_sellers; i++)
		if (strcmp(rule->sellers[i], id) == 0 ||
		    mk_text_equal(rule->sellers[i], w->order->seller_ref))
			return true;
	return false;
}

static bool in_currency(const work *w, market_money amount)
{
	return strcmp(amount.currency, w->order->currency) == 0;
}

/* COM-2: rate and flat add up, then floor and cap; those of another currency don't apply. */
static market_money apply(const work *w, const mk_fee_rule *rule, market_money base, int64_t times)
{
	market_money amount = mk_money_zero(base);

	if (rule->rate)
		amount = mk_money_rate(base, *rule->rate, w->rounding);
	if (in_currency(w, rule->flat))
		amount = mk_money_add(amount, mk_money_times(rule->flat, times));
	if (in_currency(w, rule->floor))
		amount = mk_money_max(amount, mk_money_times(rule->floor, times));
	if (in_currency(w, rule->cap))
		amount = mk_money_min(amount, mk_money_times(rule->cap, times));
	return amount;
}

/* COM-2: one amount for all components that the rule takes, divided by their bases. */
static void charge_order(work *w, size_t kind, const mk_fee_rule *rule)
{
	const mk_fee_tax *tax = w->policy->fees->kinds[kind]->tax;
	size_t n = w->order->n_components;
	int64_t *weights = MK_NEW_ARRAY(w->arena, int64_t, n);
	charge **taken = MK_NEW_ARRAY(w->arena, charge *, n);
	market_money *parts = MK_NEW_ARRAY(w->arena, market_money, n);
	market_money base = mk_money(0, w->order->currency);
	size_t count = 0;

	if (!weights || !taken || !parts)
		return; /* the arena remembers it */
	for (size_t i = 0; i < n; i++) {
		if (charge_at(w, i, kind)->rule != rule)
			continue;
		base = mk_money_add(base, w->order->components[i].base);
		weights[count] = mk_money_weight(w->order->components[i].base);
		taken[count++] = charge_at(w, i, kind);
	}
	if (count == 0)
		return;
	mk_money_divide(apply(w, rule, base, 1), weights, count, parts);
	for (size_t i = 0; i < count; i++)
		set_amount(w, tax, taken[i], parts[i]);
}

/* COM-4: `amount` of the fee as the rule says; what of it is tax depends on the mode. */
static void set_amount(const work *w, const mk_fee_tax *tax, charge *c, market_money amount)
{
	c->amount = amount;
	c->tax = mk_money_zero(amount);
	if (!tax)
		return;
	if (tax->mode == MK_TAX_INCLUDED) {
		c->tax = mk_money_scale(amount, tax->rate, 1000000 + tax->rate, w->rounding);
		c->amount = mk_money_sub(amount, c->tax);
	} else {
		c->tax = mk_money_rate(amount, tax->rate, w->rounding);
	}
}

/* AFF-1, SET-6: of the base, like a fee. */
static void split(work *w, size_t component)
{
	const mk_fee_component *c = &w->order->components[component];

	for (size_t s = 0; s < w->policy->n_splits; s++) {
		market_money *amount = &w->splits[component * w->policy->n_splits + s];

		*amount = mk_money_zero(c->base);
		if (!c->freight && c->affiliate)
			*amount = mk_money_rate(c->base, w->policy->splits[s]->rate, w->rounding);
	}
}

/* COM-4: what is first in the policy's order is taken first; what doesn't fit any more is cut. */
static void cut(work *w, size_t component)
{
	market_money left = w->order->components[component].base;

	for (size_t k = 0; k < w->policy->fees->n_kinds; k++) {
		charge *c = charge_at(w, component, k);

		if (!c->rule)
			continue;
		if (mk_money_less(left, mk_money_add(c->amount, c->tax)))
			cut_fee(w, w->policy->fees->kinds[k]->tax, c, left);
		left = mk_money_sub(left, mk_money_add(c->amount, c->tax));
	}
	for (size_t s = 0; s < w->policy->n_splits; s++) {
		market_money *amount = &w->splits[component * w->policy->n_splits + s];

		*amount = mk_money_min(*amount, left);
		left = mk_money_sub(left, *amount);
	}
}

/* The largest fee that leaves nothing negative with its own tax. */
static void cut_fee(const work *w, const mk_fee_tax *tax, charge *c, market_money most)
{
	market_money unit = mk_money(1, most.currency);
	market_money amount = most;

	c->cut = true;
	if (tax && tax->mode == MK_TAX_ADDED)
		amount =
			mk_money_add(mk_money_scale(most, 1000000, 1000000 + tax->rate, w->rounding), unit);
	set_amount(w, tax, c, amount);
	while (mk_money_positive(amount) && mk_money_less(most, mk_money_add(c->amount, c->tax))) {
		amount = mk_money_sub(amount, unit);
		set_amount(w, tax, c, amount);
	}
}

static int give(work *w, size_t component, market_error *err)
{
	mk_fee_component *c = &w->order->components[component];
	size_t n_kinds = w->policy->fees->n_kinds;
	const market_line_fee **list = MK_NEW_ARRAY(w->arena, const market_line_fee *, n_kinds);
	market_line_fee *fees = MK_NEW_ARRAY(w->arena, market_line_fee, n_kinds);

	if (!list || !fees)
		return mk_error_no_memory(err);
	c->fees = list;
	c->n_fees = 0;
	for (size_t k = 0; k < n_kinds; k++) {
		const mk_fee_kind *kind = w->policy->fees->kinds[k];
		const charge *charged = charge_at(w, component, k);

		if (!charged->rule)
			continue;
		if (mk_money_broken(charged->amount) || mk_money_broken(charged->tax))
			return mk_error_set(err, MARKET_EOVERFLOW, "the fee %s is too large", kind->kind);
		fees[k] = (market_line_fee){
			.kind = kind->kind,
			.amount = charged->amount,
			.tax = charged->tax,
			.rule = charged->rule->name,
			.explanation = explain(w, kind, c, charged),
			.reversal = kind->reversal,
		};
		if (!fees[k].explanation)
			return mk_error_no_memory(err);
		list[c->n_fees++] = &fees[k];
	}
	return give_splits(w, component, err);
}

static int give_splits(work *w, size_t component, market_error *err)
{
	mk_fee_component *c = &w->order->components[component];
	size_t n = w->policy->n_splits;
	const market_line_split **list = MK_NEW_ARRAY(w->arena, const market_line_split *, n + 1);
	market_line_split *splits = MK_NEW_ARRAY(w->arena, market_line_split, n + 1);

	if (!list || !splits)
		return mk_error_no_memory(err);
	c->splits = list;
	c->n_splits = 0;
	for (size_t s = 0; s < n; s++) {
		market_money amount = w->splits[component * n + s];

		if (mk_money_broken(amount))
			return mk_error_set(err, MARKET_EOVERFLOW, "the split %s is too large",
			                    w->policy->splits[s]->kind);
		if (!mk_money_positive(amount))
			continue;
		splits[s] = (market_line_split){
			.kind = w->policy->splits[s]->kind,
			.beneficiary = c->affiliate,
			.amount = amount,
		};
		list[c->n_splits++] = &splits[s];
	}
	return 0;
}

/* COM-3: every rule looked at and why. */
static const char *explain(work *w, const mk_fee_kind *kind, const mk_fee_component *component,
                           const charge *c)
{
	mk_text_reset(&w->text);
	for (size_t i = 0; i < kind->n_rules && kind->rules[i] != c->rule; i++)
		mk_text_join(&w->text, MK_TEXTS(kind->rules[i]->name, ": another ",
		                                mismatch(w, kind->rules[i], component), "; "));
	explain_amount(w, kind, component, c);
	return w->text.failed ? NULL : mk_arena_text_n(w->arena, w->text.data, w->text.size);
}

static void explain_amount(work *w, const mk_fee_kind *kind, const mk_fee_component *component,
                           const charge *c)
{
	char text[MK_MONEY_TEXT_SIZE];
	char rate[MK_RATE_TEXT_SIZE];

	mk_text_join(&w->text, MK_TEXTS(c->rule->name, ": applies"));
	if (c->rule->rate) {
		mk_rate_format(*c->rule->rate, rate);
		mk_money_format(component->base, text);
		mk_text_join(&w->text, MK_TEXTS(", ", rate, " of ", text));
	}
	explain_bound(w, "flat", c->rule->flat);
	explain_bound(w, "floor", c->rule->floor);
	explain_bound(w, "cap", c->rule->cap);
	if (c->rule->per == MK_PER_UNIT || c->rule->per == MK_PER_ORDER)
		mk_text_join(&w->text, MK_TEXTS(" per ", mk_enum_name(&mk_fee_per_enum, c->rule->per)));
	mk_money_format(c->amount, text);
	mk_text_join(&w->text, MK_TEXTS(" = ", text));
	if (kind->tax) {
		mk_rate_format(kind->tax->rate, rate);
		mk_money_format(c->tax, text);
		mk_text_join(&w->text,
		             MK_TEXTS(", tax ", rate, " ", mk_enum_name(&mk_tax_mode_enum, kind->tax->mode),
		                      " ", text));
	}
	if (c->cut)
		mk_text_add(&w->text, ", cut to what was left");
}

static void explain_bound(work *w, const char *name, market_money amount)
{
	char text[MK_MONEY_TEXT_SIZE];

	if (amount.currency[0] == '\0')
		return;
	mk_money_format(amount, text);
	mk_text_join(&w->text, MK_TEXTS(", ", name, " ", text));
	if (!in_currency(w, amount))
		mk_text_join(&w->text, MK_TEXTS(" ", amount.currency, " (another currency)"));
}
