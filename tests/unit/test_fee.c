/* COM-1 to COM-5: which fee rules apply, how much they take, how refunds take it back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/settlement/fee.h"
#include "libmarket/settlement/reversal.h"
#include "tests/unit/settlement_fixture.h"

/* A policy and one order of a line or two, computed in memory. */
typedef struct desk {
	mk_arena arena;
	mk_yaml yaml;
	const mk_policy *policy;
	mk_fee_component components[3];
	mk_fee_order order;
} desk;

static desk *desk_open(const char *fees, const char *splits)
{
	static desk d;
	const char *text = settle_policy(fees, splits, NULL);
	market_error err;

	memset(&d, 0, sizeof(d));
	mk_arena_init(&d.arena, &mk_allocator_default);
	d.yaml.arena = &d.arena;
	CHECK_OK_FATAL(mk_policy_compile(text, strlen(text), &d.yaml, &d.policy, &err));
	d.order = (mk_fee_order){
		.seller = {77, 77},
		.seller_ref = "anna",
		.store_type = MK_STORE_SPECIALTY,
		.currency = "BRL",
		.components = d.components,
		.n_components = 1,
	};
	for (int i = 0; i < 3; i++)
		d.components[i] = (mk_fee_component){
			.base = mk_money(10000, "BRL"), .quantity = 1, .category_path = "/media/books/novels/"};
	return &d;
}

static void desk_close(desk *d)
{
	mk_arena_close(&d->arena);
}

static void compute(desk *d)
{
	market_error err;

	CHECK_OK_FATAL(mk_fee_compute(&d->arena, d->policy, &d->order, &err));
}

static const market_line_fee *fee(const desk *d, int component, int index)
{
	CU_ASSERT_FATAL(index < (int)d->components[component].n_fees);
	return d->components[component].fees[index];
}

static const char *amount(const desk *d, int component, int index)
{
	static char texts[8][MK_MONEY_TEXT_SIZE];
	static int next;
	char *text = texts[next++ % 8];

	mk_money_format(fee(d, component, index)->amount, text);
	return text;
}

static const char *tax(const desk *d, int component, int index)
{
	static char text[MK_MONEY_TEXT_SIZE];

	mk_money_format(fee(d, component, index)->tax, text);
	return text;
}

#define KIND(rules) \
	"  kinds:\n    - kind: commission\n      reversal: proportional\n      rules:\n" rules

static void first_match_wins(void)
{
	desk *d = desk_open(KIND("        - {name: a, categories: [books], rate: 1%}\n"
	                         "        - {name: b, categories: [media], rate: 2%}\n"
	                         "        - {name: rest, rate: 3%}\n"),
	                    NULL);

	d->order.n_components = 3;
	d->components[1].category_path = "/media/films/";
	d->components[2].category_path = "/mediaeval/booksellers/";
	compute(d);
	CHECK_TEXT(fee(d, 0, 0)->rule, "a");
	CHECK_TEXT(amount(d, 0, 0), "1.00");
	CHECK_TEXT(fee(d, 1, 0)->rule, "b");
	/* a name that only begins alike isn't the category */
	CHECK_TEXT(fee(d, 2, 0)->rule, "rest");
	CHECK_TEXT(amount(d, 2, 0), "3.00");
	desk_close(d);
}

static void predicates_and_or(void)
{
	static const struct {
		int32_t type;
		const char *path;
		const char *ref;
		const char *rule;
	} cases[] = {
		{MK_STORE_FLAGSHIP, "/media/books/", "anna", "all"},
		{MK_STORE_EXCLUSIVE, "/toys/", "anna", "all"},
		{MK_STORE_SPECIALTY, "/toys/", "anna", "rest"},
		{MK_STORE_FLAGSHIP, "/food/", "anna", "rest"},
		{MK_STORE_FLAGSHIP, "/toys/", "bela", "rest"},
		{MK_STORE_FLAGSHIP, NULL, "anna", "rest"},
		{MK_STORE_FLAGSHIP, "/toys/", NULL, "rest"},
	};
	desk *d = desk_open(
		KIND("        - {name: all, store_types: [flagship, exclusive], categories: [books, toys], "
	         "sellers: [anna], rate: 1%}\n"
	         "        - {name: rest, rate: 3%}\n"),
		NULL);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		d->order.store_type = cases[i].type;
		d->components[0].category_path = cases[i].path;
		d->order.seller_ref = cases[i].ref;
		compute(d);
		CHECK_TEXT(fee(d, 0, 0)->rule, cases[i].rule);
	}
	desk_close(d);
}

static void seller_by_identifier(void)
{
	char rules[400], id[MARKET_ID_TEXT_SIZE];
	desk *d;

	market_id_format(MARKET_ID_SELLER, (market_id){77, 77}, id);
	snprintf(
		rules, sizeof(rules),
		KIND(
			"        - {name: own, sellers: [%s], rate: 1%%}\n        - {name: rest, rate: 3%%}\n"),
		id);
	d = desk_open(rules, NULL);
	compute(d);
	CHECK_TEXT(fee(d, 0, 0)->rule, "own");
	d->order.seller = (market_id){78, 78};
	compute(d);
	CHECK_TEXT(fee(d, 0, 0)->rule, "rest");
	desk_close(d);
}

static void refused_policies(void)
{
	static const char *const bad[] = {
		/* no default, an unreadable predicate, rules behind the default */
		KIND("        - {name: a, categories: [books], rate: 1%}\n"),
		KIND("        - {name: a, store_types: [flagshop], rate: 1%}\n        - {name: rest, "
	         "rate: 3%}\n"),
		KIND("        - {name: rest, rate: 3%}\n        - {name: a, categories: [books], rate: "
	         "1%}\n"),
		/* ACC-1: its account couldn't be named */
		("  kinds:\n    - kind: our share\n      reversal: proportional\n      rules:\n"
	     "        - {name: rest, rate: 3%}\n"),
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *text = settle_policy(bad[i], NULL, NULL);
		const mk_policy *policy = NULL;
		mk_yaml *yaml = calloc(1, sizeof(*yaml));
		mk_arena arena;
		market_error err;

		mk_arena_init(&arena, &mk_allocator_default);
		yaml->arena = &arena;
		CHECK_ERROR(mk_policy_compile(text, strlen(text), yaml, &policy, &err), MARKET_EPOLICY,
		            NULL);
		mk_arena_close(&arena);
		free(yaml);
	}
}

static void rates_and_bounds(void)
{
	static const struct {
		const char *rule;
		int64_t base, quantity;
		const char *amount;
	} cases[] = {
		{"{name: r, rate: 12%}", 10000, 1, "12.00"},
		{"{name: r, rate: 0.6%}", 17990, 1, "1.08"},
		{"{name: r, flat: 5.00 BRL}", 10000, 3, "5.00"},
		{"{name: r, flat: 5.00 BRL, per: unit}", 10000, 3, "15.00"},
		{"{name: r, rate: 10%, flat: 1.00 BRL}", 10000, 3, "11.00"},
		{"{name: r, rate: 1%, floor: 2.00 BRL}", 19900, 1, "2.00"},
		{"{name: r, rate: 1%, floor: 2.00 BRL}", 20100, 1, "2.01"},
		{"{name: r, rate: 10%, cap: 4.00 BRL}", 3999, 1, "4.00"},
		{"{name: r, rate: 10%, cap: 4.00 BRL}", 3994, 1, "3.99"},
		{"{name: r, rate: 10%, cap: 4.00 BRL, per: unit}", 20000, 3, "12.00"},
		{"{name: r, rate: 10%}", 10000, 1, "10.00"},
		/* of another currency: they don't apply, and an absent cap is no cap of zero */
		{"{name: r, rate: 10%, cap: 4.00 CNY, floor: 3.00 CNY, flat: 1.00 CNY}", 10000, 1, "10.00"},
		{"{name: r, rate: 10%}", 0, 1, "0.00"},
	};
	char rules[300];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(rules, sizeof(rules), KIND("        - %s\n"), cases[i].rule);
		desk *d = desk_open(rules, NULL);

		d->components[0].base = mk_money(cases[i].base, "BRL");
		d->components[0].quantity = cases[i].quantity;
		compute(d);
		CHECK_TEXT(amount(d, 0, 0), cases[i].amount);
		desk_close(d);
	}
}

static void per_order_is_divided(void)
{
	desk *d = desk_open(KIND("        - {name: r, flat: 1.00 BRL, per: order}\n"), NULL);

	d->order.n_components = 3;
	compute(d);
	CHECK_TEXT(amount(d, 0, 0), "0.34");
	CHECK_TEXT(amount(d, 1, 0), "0.33");
	CHECK_TEXT(amount(d, 2, 0), "0.33");
	d->components[2].base = mk_money(20000, "BRL");
	compute(d);
	CHECK_TEXT(amount(d, 0, 0), "0.25");
	CHECK_TEXT(amount(d, 2, 0), "0.50");
	desk_close(d);
	/* one cap for all, not one a line */
	d = desk_open(KIND("        - {name: r, rate: 10%, cap: 15.00 BRL, per: order}\n"), NULL);
	d->order.n_components = 2;
	compute(d);
	CHECK_TEXT(amount(d, 0, 0), "7.50");
	CHECK_TEXT(amount(d, 1, 0), "7.50");
	desk_close(d);
}

static void freight_only_where_named(void)
{
	desk *d = desk_open(
		"  kinds:\n"
		"    - kind: commission\n      reversal: proportional\n      rules:\n"
		"        - {name: default, rate: 10%}\n"
		"    - kind: payment\n      reversal: proportional\n      on_freight: true\n      rules:\n"
		"        - {name: goods, categories: [books], rate: 1%}\n"
		"        - {name: default, rate: 2%}\n",
		NULL);

	d->order.n_components = 2;
	d->components[1] =
		(mk_fee_component){.base = mk_money(1500, "BRL"), .quantity = 1, .freight = true};
	compute(d);
	CHECK_INT(d->components[0].n_fees, 2);
	CHECK_TEXT(amount(d, 0, 1), "1.00");
	CHECK_INT(d->components[1].n_fees, 1);
	CHECK_TEXT(fee(d, 1, 0)->kind, "payment");
	CHECK_TEXT(fee(d, 1, 0)->rule, "default");
	CHECK_TEXT(amount(d, 1, 0), "0.30");
	desk_close(d);
}

static void tax_modes(void)
{
	desk *d = desk_open(
		"  kinds:\n"
		"    - kind: added\n      reversal: proportional\n      tax: {rate: 6%, mode: added}\n"
		"      rules:\n        - {name: default, rate: 10%}\n"
		"    - kind: within\n      reversal: proportional\n      tax: {rate: 6%, mode: included}\n"
		"      rules:\n        - {name: default, rate: 10%}\n",
		NULL);

	d->components[0].base = mk_money(10600, "BRL");
	compute(d);
	CHECK_TEXT(amount(d, 0, 0), "10.60");
	CHECK_TEXT(tax(d, 0, 0), "0.64"); /* 0.636 */
	/* 10.60 holds 0.60 of tax */
	CHECK_TEXT(amount(d, 0, 1), "10.00");
	CHECK_TEXT(tax(d, 0, 1), "0.60");
	desk_close(d);
}

static void last_kinds_are_cut(void)
{
	desk *d = desk_open(
		"  kinds:\n"
		"    - kind: first\n      reversal: proportional\n      rules:\n"
		"        - {name: default, flat: 6.00 BRL}\n"
		"    - kind: second\n      reversal: proportional\n      tax: {rate: 10%, mode: added}\n"
		"      rules:\n        - {name: default, flat: 5.00 BRL}\n",
		"  - {kind: affiliate, rate: 10%}\n");
	static const struct {
		int64_t base;
		const char *first, *second, *tax;
		int64_t split; /* minor units */
	} cases[] = {
		{2000, "6.00", "5.00", "0.50", 200},
		{1300, "6.00", "5.00", "0.50", 130}, /* 6.00 + 5.50 + 1.30 = 12.80: all of it fits */
		{1278, "6.00", "5.00", "0.50", 128}, /* to the cent */
		{1277, "6.00", "5.00", "0.50", 127}, /* the split goes first */
		{1150, "6.00", "5.00", "0.50", 0},
		{1149, "6.00", "4.99", "0.50", 0}, /* 5.49 = 4.99 + 0.50 */
		{711, "6.00", "1.01", "0.10", 0},  /* 1.11 = 1.01 + 0.10 */
		{601, "6.00", "0.01", "0.00", 0},
		{600, "6.00", "0.00", "0.00", 0},
		{400, "4.00", "0.00", "0.00", 0},
		{0, "0.00", "0.00", "0.00", 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		market_money sum;

		d->components[0].base = mk_money(cases[i].base, "BRL");
		d->components[0].affiliate = "blog";
		compute(d);
		CHECK_TEXT(amount(d, 0, 0), cases[i].first);
		CHECK_TEXT(amount(d, 0, 1), cases[i].second);
		CHECK_TEXT(tax(d, 0, 1), cases[i].tax);
		CHECK_INT(d->components[0].n_splits, cases[i].split > 0);
		sum = mk_money_add(fee(d, 0, 0)->amount,
		                   mk_money_add(fee(d, 0, 1)->amount, fee(d, 0, 1)->tax));
		if (cases[i].split > 0) {
			CU_ASSERT(mk_money_equal(d->components[0].splits[0]->amount,
			                         mk_money(cases[i].split, "BRL")));
			sum = mk_money_add(sum, d->components[0].splits[0]->amount);
		}
		CU_ASSERT(!mk_money_less(d->components[0].base, sum));
	}
	desk_close(d);
}

static void explanation_names_every_rule(void)
{
	desk *d = desk_open(KIND("        - {name: a, categories: [toys], rate: 1%}\n"
	                         "        - {name: b, store_types: [flagship], rate: 2%}\n"
	                         "        - {name: c, sellers: [bela], rate: 2%}\n"
	                         "        - {name: rest, rate: 3%, cap: 2.00 BRL}\n"),
	                    NULL);

	compute(d);
	CHECK_TEXT(
		fee(d, 0, 0)->explanation,
		"a: another category; b: another store type; c: another seller; rest: applies, 3% of "
		"100.00, cap 2.00 = "
		"2.00");
	desk_close(d);
}

/* ---- what is frozen, and trials ---- */

/* As it stands in JSON, without the comments. */
static void quote(const char *text, char *out)
{
	for (bool comment = false; *text; text++) {
		comment = *text == '#' || (comment && *text != '\n');
		if (*text == '\n')
			*out++ = '\\';
		if (!comment)
			*out++ = *text == '\n' ? 'n' : *text;
	}
	*out = '\0';
}

static void frozen_at_placement(void)
{
	bazaar b;
	char quoted[1 << 16];

	bazaar_open(&b, "BRL", settle_policy(settle_plain_fees, "[]\n", NULL));
	bazaar_place_one(&b);
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.fees.0.amount"), "23.99");
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.fees.0.rule"), "default");
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.fees.0.explanation"),
	           "default: applies, 12% of 199.90 = 23.99");
	bazaar_pay(&b);
	quote(settle_policy(KIND("        - {name: half, rate: 6%}\n"), "[]\n", NULL), quoted);
	TEST_CALL(&b.m, "fee.dry_run", "{'policy':'%s','to':%lld}", quoted, (long long)(b.m.now + 1));
	CHECK_TEXT(test_out(&b.m, "orders"), "1");
	CHECK_TEXT(test_out(&b.m, "sellers.0.before"), "23.99");
	CHECK_TEXT(test_out(&b.m, "sellers.0.after"), "11.99");
	CHECK_TEXT(test_out(&b.m, "sellers.0.difference"), "-12.00");
	/* the order was placed at `to`: it isn't one of those before */
	TEST_CALL(&b.m, "fee.dry_run", "{'policy':'%s','to':%lld}", quoted, (long long)b.m.now);
	CHECK_TEXT(test_out(&b.m, "orders"), "0");
	TEST_REFUSED(&b.m, MARKET_EPOLICY, "policy", "fee.dry_run", "{'policy':'name: x','to':1}");
	TEST_REFUSED(&b.m, MARKET_EINVALID, "to", "fee.dry_run", "{'policy':'%s','from':5,'to':5}",
	             quoted);
	/* a new policy changes nothing of what is frozen */
	TEST_CALL(&b.m, "policy.publish", "{'text':'%s'}", quoted);
	CHECK_TEXT(bazaar_order(&b, 0, "lines.0.fees.0.amount"), "23.99");
	settle_release(&b, 0);
	CHECK_TEXT(bazaar_balance(&b, 0, "fee_revenue:commission"), "23.99");
	bazaar_close(&b);
}

/* ---- COM-5 ---- */

#define MOST_PARTS 6

static void divide_parts(mk_part *parts, size_t n, int64_t total, int64_t refunded, int64_t step,
                         int64_t *seller)
{
	mk_reversal reversal = {.total = mk_money(total, "BRL"),
	                        .refunded = mk_money(refunded, "BRL"),
	                        .step = mk_money(step, "BRL"),
	                        .parts = parts,
	                        .n_parts = n};

	mk_reversal_divide(&reversal, MK_HALF_UP);
	for (size_t i = 0; i < n; i++) {
		CU_ASSERT(!mk_money_broken(parts[i].step));
		CU_ASSERT(!mk_money_negative(parts[i].step));
		parts[i].reversed = mk_money_add(parts[i].reversed, parts[i].step);
		CU_ASSERT(!mk_money_less(parts[i].frozen, parts[i].reversed));
	}
	CU_ASSERT(!mk_money_negative(reversal.seller));
	*seller = mk_money_weight(reversal.seller);
}

static void set_parts(mk_part *parts, const int64_t *frozen, size_t n, int32_t reversal)
{
	for (size_t i = 0; i < n; i++)
		parts[i] =
			(mk_part){mk_money(frozen[i], "BRL"), mk_money(0, "BRL"), reversal, mk_money(0, "BRL")};
}

static int64_t reversed(const mk_part *part)
{
	return mk_money_weight(part->reversed);
}

/* Weights 6, 6, 2: the largest remainder would take a cent back between 10 and 11. */
static void six_six_two(void)
{
	static const int64_t frozen[] = {6, 6, 2};
	mk_part parts[3];
	int64_t seller = 0;

	set_parts(parts, frozen, 3, MK_REVERSAL_PROPORTIONAL);
	divide_parts(parts, 3, 14, 0, 10, &seller);
	CHECK_INT(reversed(&parts[0]) + reversed(&parts[1]) + reversed(&parts[2]) + seller, 10);
	CHECK_INT(seller, 0);
	divide_parts(parts, 3, 14, 10, 1, &seller);
	CHECK_INT(reversed(&parts[0]) + reversed(&parts[1]) + reversed(&parts[2]) + seller, 11);
	divide_parts(parts, 3, 14, 11, 3, &seller);
	CHECK_INT(reversed(&parts[0]), 6);
	CHECK_INT(reversed(&parts[1]), 6);
	CHECK_INT(reversed(&parts[2]), 2);
}

static void kept_and_full_only(void)
{
	static const int64_t frozen[] = {3000, 500};
	mk_part parts[2];
	int64_t seller = 0, borne = 0;

	set_parts(parts, frozen, 2, MK_REVERSAL_PROPORTIONAL);
	parts[1].reversal = MK_REVERSAL_NEVER;
	divide_parts(parts, 2, 25000, 0, 10000, &seller);
	CHECK_INT(reversed(&parts[0]), 1200);
	CHECK_INT(seller, 8800);
	divide_parts(parts, 2, 25000, 10000, 15000, &seller);
	CHECK_INT(reversed(&parts[0]), 3000);
	CHECK_INT(reversed(&parts[1]), 0);
	CHECK_INT(seller, 13200);
	/* full only: nothing before the last cent */
	set_parts(parts, frozen, 2, MK_REVERSAL_PROPORTIONAL);
	parts[1].reversal = MK_REVERSAL_FULL_ONLY;
	divide_parts(parts, 2, 25000, 0, 20000, &seller);
	CHECK_INT(reversed(&parts[1]), 0);
	borne = seller;
	divide_parts(parts, 2, 25000, 20000, 5000, &seller);
	CHECK_INT(reversed(&parts[0]), 3000);
	CHECK_INT(reversed(&parts[1]), 500);
	CHECK_INT(borne + seller, 21500);
}

static int64_t below(uint64_t *state, int64_t bound)
{
	return (int64_t)test_random_below(state, (uint64_t)bound);
}

static void refund_in_random_steps(uint64_t *state)
{
	int64_t total = 1 + below(state, 3000), left = total, refunded = 0, borne = 0, reversible = 0;
	size_t n = (size_t)below(state, MOST_PARTS + 1);
	mk_part parts[MOST_PARTS + 1];

	for (size_t i = 0; i < n; i++) {
		/* often small, often all that is left */
		int64_t frozen = below(state, 4) == 0 ? left : below(state, 1 + left / 2);
		int32_t reversal = (int32_t)(1 + below(state, 3));

		set_parts(&parts[i], &frozen, 1, reversal);
		left -= frozen;
		if (reversal != MK_REVERSAL_NEVER)
			reversible += frozen;
	}
	while (refunded < total) {
		int64_t step =
			1 + below(state, total - refunded < 40 || below(state, 3) ? total - refunded : 40);
		int64_t before = 0, after = 0, seller = 0;

		for (size_t i = 0; i < n; i++)
			before += reversed(&parts[i]);
		divide_parts(parts, n, total, refunded, step, &seller);
		for (size_t i = 0; i < n; i++)
			after += reversed(&parts[i]);
		CHECK_INT(after - before + seller, step);
		refunded += step;
		borne += seller;
		CU_ASSERT(borne <= total - reversible);
	}
	for (size_t i = 0; i < n; i++)
		CHECK_INT(reversed(&parts[i]),
		          parts[i].reversal == MK_REVERSAL_NEVER ? 0 : mk_money_weight(parts[i].frozen));
	CHECK_INT(borne, total - reversible);
}

static void random_refunds_are_exact(void)
{
	uint64_t state = test_random_seed();

	for (int i = 0; i < 3000; i++)
		refund_in_random_steps(&state);
}

/* One step of what was refunded already is the target itself. */
static void targets_are_cumulative(void)
{
	static const int64_t frozen[] = {599, 36, 72, 4, 359};
	static const int64_t third[] = {200, 12, 24, 1, 120}, two[] = {399, 24, 48, 3, 239};
	mk_part parts[5];
	int64_t seller = 0;

	set_parts(parts, frozen, 5, MK_REVERSAL_PROPORTIONAL);
	divide_parts(parts, 5, 11970, 0, 3990, &seller);
	for (int i = 0; i < 5; i++)
		CHECK_INT(reversed(&parts[i]), third[i]);
	CHECK_INT(seller, 3633);
	divide_parts(parts, 5, 11970, 3990, 3990, &seller);
	for (int i = 0; i < 5; i++)
		CHECK_INT(reversed(&parts[i]), two[i]);
	CHECK_INT(seller, 3634);
}

void suite_fee(void);
void suite_fee(void)
{
	CU_pSuite s = test_suite("fee");

	CU_add_test(s, "COM-1: the first rule that matches wins, categories hold their descendants",
	            first_match_wins);
	CU_add_test(s, "COM-1: predicates hold together, one value of each suffices",
	            predicates_and_or);
	CU_add_test(s, "COM-1: a seller by its identifier", seller_by_identifier);
	CU_add_test(s, "COM-1: no default, an unreadable predicate: the policy is refused",
	            refused_policies);
	CU_add_test(s, "COM-2: rate, flat, floor and cap at and over their bounds", rates_and_bounds);
	CU_add_test(s, "COM-2: per order is divided over the lines by base", per_order_is_divided);
	CU_add_test(s, "COM-2: freight is charged by the kinds that say so", freight_only_where_named);
	CU_add_test(s, "COM-3: the explanation names every rule looked at",
	            explanation_names_every_rule);
	CU_add_test(s, "COM-4: tax is added or included", tax_modes);
	CU_add_test(s, "COM-4: the last kinds are cut first, at and over the line's amount",
	            last_kinds_are_cut);
	CU_add_test(s, "COM-5: targets are cumulative", targets_are_cumulative);
	CU_add_test(s, "COM-5: weights 6, 6, 2", six_six_two);
	CU_add_test(s, "COM-5: kept fees, and those given back only in full", kept_and_full_only);
	CU_add_test(s, "COM-5: random steps are never negative and exact in the end",
	            random_refunds_are_exact);

	s = test_suite_on_store("fee_store");
	CU_add_test(s, "COM-3: fees are frozen at placement; a trial shows the difference",
	            frozen_at_placement);
}
