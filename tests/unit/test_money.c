#include "libmarket/base/money.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/test.h"

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 wide_unsigned;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ROUNDS 200000

void suite_money(void);

static market_money brl(int64_t amount);
static market_money usd(int64_t amount);
static bool is(market_money m, int64_t amount, const char *currency);
static const market_money nothing;

static void making(void)
{
	CU_ASSERT(is(mk_money(5, "BRL"), 5, "BRL"));
	CU_ASSERT(is(mk_money(INT64_MAX, "JPY"), INT64_MAX, "JPY"));
	CU_ASSERT(is(mk_money(-INT64_MAX, "JPY"), -INT64_MAX, "JPY"));
	CU_ASSERT(is(mk_money(0, ""), 0, ""));
	CU_ASSERT(is(mk_money(0, NULL), 0, ""));
	CU_ASSERT(mk_money_broken(mk_money(INT64_MIN, "BRL")));
	CU_ASSERT(mk_money_broken(mk_money(1, "")));
	CU_ASSERT(mk_money_broken(mk_money(1, "BR")));
	CU_ASSERT(mk_money_broken(mk_money(1, "BRLL")));
	CU_ASSERT(mk_money_broken(mk_money(1, "brl")));
	CU_ASSERT(mk_money_broken(mk_money(1, "B1L")));
	CU_ASSERT(mk_money_broken(mk_money(0, "!!!")));
	CU_ASSERT(is(mk_money(INT64_MIN, "BRL"), INT64_MIN, "!!!"));
	CU_ASSERT(is(mk_money_zero(brl(7)), 0, "BRL"));
	CU_ASSERT(is(mk_money_zero(nothing), 0, ""));
}

static void sums_at_the_bounds(void)
{
	market_money most = brl(INT64_MAX);
	market_money least = brl(-INT64_MAX);

	CU_ASSERT(is(mk_money_add(brl(1), brl(2)), 3, "BRL"));
	CU_ASSERT(is(mk_money_add(brl(INT64_MAX - 1), brl(1)), INT64_MAX, "BRL"));
	CU_ASSERT(mk_money_broken(mk_money_add(most, brl(1))));
	CU_ASSERT(is(mk_money_add(most, brl(0)), INT64_MAX, "BRL"));
	CU_ASSERT(is(mk_money_add(most, least), 0, "BRL"));
	CU_ASSERT(mk_money_broken(mk_money_add(least, brl(-1))));
	CU_ASSERT(mk_money_broken(mk_money_add(least, brl(-2))));
	CU_ASSERT(is(mk_money_sub(brl(1), brl(3)), -2, "BRL"));
	CU_ASSERT(is(mk_money_sub(brl(0), most), -INT64_MAX, "BRL"));
	CU_ASSERT(mk_money_broken(mk_money_sub(brl(-1), most)));
	CU_ASSERT(mk_money_broken(mk_money_sub(brl(1), least)));
	CU_ASSERT(is(mk_money_neg(most), -INT64_MAX, "BRL"));
	CU_ASSERT(is(mk_money_neg(least), INT64_MAX, "BRL"));
	CU_ASSERT(is(mk_money_neg(brl(0)), 0, "BRL"));
}

static void products_at_the_bounds(void)
{
	CU_ASSERT(is(mk_money_times(brl(250), 3), 750, "BRL"));
	CU_ASSERT(is(mk_money_times(brl(250), -3), -750, "BRL"));
	CU_ASSERT(is(mk_money_times(brl(INT64_MAX), -1), -INT64_MAX, "BRL"));
	CU_ASSERT(is(mk_money_times(brl(1), INT64_MAX), INT64_MAX, "BRL"));
	CU_ASSERT(mk_money_broken(mk_money_times(brl(1), INT64_MIN)));
	CU_ASSERT(mk_money_broken(mk_money_times(brl(INT64_MAX / 2 + 1), 2)));
	CU_ASSERT(is(mk_money_times(brl(INT64_MAX / 2), 2), INT64_MAX - 1, "BRL"));
	CU_ASSERT(is(mk_money_times(brl(0), INT64_MIN), 0, "BRL"));
}

static void currencies_never_mix(void)
{
	CU_ASSERT(mk_money_broken(mk_money_add(brl(1), usd(1))));
	CU_ASSERT(mk_money_broken(mk_money_add(brl(0), usd(0))));
	CU_ASSERT(mk_money_broken(mk_money_sub(brl(1), usd(1))));
	CU_ASSERT(mk_money_broken(mk_money_min(brl(1), usd(1))));
	CU_ASSERT(mk_money_broken(mk_money_max(brl(1), usd(1))));
	CU_ASSERT(mk_money_broken(mk_money_clamp(brl(1), brl(0), usd(9))));
	CU_ASSERT_EQUAL(mk_money_compare(brl(1), usd(1)), 2);
	CU_ASSERT_FALSE(mk_money_equal(brl(1), usd(1)));
	CU_ASSERT_FALSE(mk_money_less(brl(1), usd(2)));
	CU_ASSERT_FALSE(mk_money_same_currency(brl(1), usd(1)));
	CU_ASSERT_TRUE(mk_money_same_currency(brl(1), brl(2)));
	CU_ASSERT_FALSE(mk_money_same_currency(brl(1), nothing));
}

static void broken_stays_broken(void)
{
	market_money b = mk_money_add(brl(INT64_MAX), brl(1));
	market_money parts[2];
	int64_t weights[2] = {1, 1};
	market_money each[] = {
		mk_money_add(b, brl(1)),
		mk_money_add(brl(1), b),
		mk_money_add(b, nothing),
		mk_money_add(nothing, b),
		mk_money_sub(b, b),
		mk_money_sub(brl(1), b),
		mk_money_neg(b),
		mk_money_times(b, 0),
		mk_money_scale(b, 0, 1, MK_HALF_UP),
		mk_money_rate(b, 0, MK_HALF_EVEN),
		mk_money_min(b, brl(1)),
		mk_money_min(brl(1), b),
		mk_money_max(b, brl(1)),
		mk_money_max(brl(1), b),
		mk_money_clamp(b, brl(0), brl(1)),
		mk_money_clamp(brl(0), b, brl(1)),
		mk_money_clamp(brl(0), brl(0), b),
		mk_money_zero(b),
	};
	market_money headless = {7, ""};
	size_t i;

	for (i = 0; i < COUNT(each); i++)
		CU_ASSERT(is(each[i], INT64_MIN, "!!!"));
	CU_ASSERT_EQUAL(mk_money_compare(b, b), 2);
	CU_ASSERT_FALSE(mk_money_equal(b, b));
	CU_ASSERT_FALSE(mk_money_less(b, brl(1)));
	CU_ASSERT_FALSE(mk_money_is_zero(b));
	CU_ASSERT_FALSE(mk_money_positive(b));
	CU_ASSERT_FALSE(mk_money_negative(b));
	CU_ASSERT_FALSE(mk_money_same_currency(b, b));
	CU_ASSERT_FALSE(mk_money_divide(b, weights, 2, parts));
	CU_ASSERT(mk_money_broken(parts[0]) && mk_money_broken(parts[1]));
	CU_ASSERT_TRUE(mk_money_broken(headless));
	CU_ASSERT(mk_money_broken(mk_money_add(headless, brl(1))));
}

static void absent_is_neutral(void)
{
	CU_ASSERT(is(mk_money_add(nothing, brl(5)), 5, "BRL"));
	CU_ASSERT(is(mk_money_add(brl(5), nothing), 5, "BRL"));
	CU_ASSERT(is(mk_money_add(nothing, nothing), 0, ""));
	CU_ASSERT(is(mk_money_sub(nothing, brl(5)), -5, "BRL"));
	CU_ASSERT(is(mk_money_sub(brl(5), nothing), 5, "BRL"));
	CU_ASSERT(is(mk_money_neg(nothing), 0, ""));
	CU_ASSERT(is(mk_money_times(nothing, 9), 0, ""));
	CU_ASSERT(is(mk_money_rate(nothing, 50000, MK_HALF_UP), 0, ""));
	CU_ASSERT(is(mk_money_min(nothing, brl(5)), 0, "BRL"));
	CU_ASSERT(is(mk_money_max(brl(-5), nothing), 0, "BRL"));
	CU_ASSERT_EQUAL(mk_money_compare(nothing, brl(5)), -1);
	CU_ASSERT_EQUAL(mk_money_compare(brl(0), nothing), 0);
	CU_ASSERT_TRUE(mk_money_is_zero(nothing));
	CU_ASSERT_FALSE(mk_money_broken(nothing));
	CU_ASSERT_TRUE(mk_money_same_currency(nothing, nothing));
}

static void comparing(void)
{
	CU_ASSERT_EQUAL(mk_money_compare(brl(1), brl(2)), -1);
	CU_ASSERT_EQUAL(mk_money_compare(brl(2), brl(2)), 0);
	CU_ASSERT_EQUAL(mk_money_compare(brl(3), brl(2)), 1);
	CU_ASSERT_EQUAL(mk_money_compare(brl(-INT64_MAX), brl(INT64_MAX)), -1);
	CU_ASSERT_TRUE(mk_money_less(brl(1), brl(2)));
	CU_ASSERT_FALSE(mk_money_less(brl(2), brl(2)));
	CU_ASSERT_TRUE(mk_money_equal(brl(2), brl(2)));
	CU_ASSERT_TRUE(mk_money_positive(brl(1)));
	CU_ASSERT_FALSE(mk_money_positive(brl(0)));
	CU_ASSERT_TRUE(mk_money_negative(brl(-1)));
	CU_ASSERT_FALSE(mk_money_negative(brl(0)));
	CU_ASSERT(is(mk_money_min(brl(1), brl(2)), 1, "BRL"));
	CU_ASSERT(is(mk_money_max(brl(1), brl(2)), 2, "BRL"));
	CU_ASSERT(is(mk_money_clamp(brl(-3), brl(0), brl(10)), 0, "BRL"));
	CU_ASSERT(is(mk_money_clamp(brl(4), brl(0), brl(10)), 4, "BRL"));
	CU_ASSERT(is(mk_money_clamp(brl(11), brl(0), brl(10)), 10, "BRL"));
}

static void halves_are_rounded_as_named(void)
{
	static const struct {
		int64_t amount, numerator, denominator, up, even;
	} rows[] = {
		{5, 1, 2, 3, 2},           {7, 1, 2, 4, 4},           {-5, 1, 2, -3, -2},
		{-7, 1, 2, -4, -4},        {1, 1, 2, 1, 0},           {-1, 1, 2, -1, 0},
		{3, 1, 2, 2, 2},           {5, -1, 2, -3, -2},        {5, 1, -2, -3, -2},
		{-5, -1, 2, 3, 2},         {-5, 1, -2, 3, 2},         {-5, -1, -2, -3, -2},
		{5, -1, -2, 3, 2},         {1, 1, 3, 0, 0},           {2, 1, 3, 1, 1},
		{-1, 1, 3, 0, 0},          {-2, 1, 3, -1, -1},        {25, 1, 10, 3, 2},
		{35, 1, 10, 4, 4},         {24, 1, 10, 2, 2},         {26, 1, 10, 3, 3},
		{-25, 1, 10, -3, -2},      {-35, 1, 10, -4, -4},      {0, 9, 7, 0, 0},
		{9, 0, 7, 0, 0},           {100, 1, 1, 100, 100},     {249999, 1, 100000, 2, 2},
		{250000, 1, 100000, 3, 2}, {250001, 1, 100000, 3, 3},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		market_money a = brl(rows[i].amount);

		CU_ASSERT(is(mk_money_scale(a, rows[i].numerator, rows[i].denominator, MK_HALF_UP),
		             rows[i].up, "BRL"));
		CU_ASSERT(is(mk_money_scale(a, rows[i].numerator, rows[i].denominator, MK_HALF_EVEN),
		             rows[i].even, "BRL"));
	}
}

static void scaling_is_exact_in_128_bits(void)
{
	const int64_t most = INT64_MAX;

	CU_ASSERT(is(mk_money_scale(brl(most), most, most, MK_HALF_UP), most, "BRL"));
	CU_ASSERT(is(mk_money_scale(brl(-most), most, most, MK_HALF_UP), -most, "BRL"));
	CU_ASSERT(is(mk_money_scale(brl(most), most - 1, most, MK_HALF_UP), most - 1, "BRL"));
	CU_ASSERT(is(mk_money_scale(brl(most), 1, INT64_MIN, MK_HALF_UP), -1, "BRL"));
	CU_ASSERT(is(mk_money_scale(brl(most), INT64_MIN, INT64_MIN, MK_HALF_UP), most, "BRL"));
	CU_ASSERT(is(mk_money_scale(brl(1), INT64_MIN, INT64_MIN, MK_HALF_EVEN), 1, "BRL"));
	CU_ASSERT(mk_money_broken(mk_money_scale(brl(1), INT64_MIN, 1, MK_HALF_UP)));
	CU_ASSERT(mk_money_broken(mk_money_scale(brl(most), 2, 1, MK_HALF_UP)));
	CU_ASSERT(mk_money_broken(mk_money_scale(brl(most), most, 1, MK_HALF_UP)));
	CU_ASSERT(mk_money_broken(mk_money_scale(brl(5), 1, 0, MK_HALF_UP)));
	/* 2 × INT64_MAX ÷ 2 and half a unit more, which is too much. */
	CU_ASSERT(is(mk_money_scale(brl(most), 2, 2, MK_HALF_UP), most, "BRL"));
	CU_ASSERT(mk_money_broken(mk_money_scale(brl(most), most, most - 1, MK_HALF_UP)));
}

static void rates_are_parts_per_million(void)
{
	CU_ASSERT(is(mk_money_rate(brl(10000), 50000, MK_HALF_UP), 500, "BRL"));
	CU_ASSERT(is(mk_money_rate(brl(1010), 50000, MK_HALF_UP), 51, "BRL"));
	CU_ASSERT(is(mk_money_rate(brl(1010), 50000, MK_HALF_EVEN), 50, "BRL"));
	CU_ASSERT(is(mk_money_rate(brl(-1010), 50000, MK_HALF_UP), -51, "BRL"));
	CU_ASSERT(is(mk_money_rate(brl(17990), 6000, MK_HALF_UP), 108, "BRL"));
	CU_ASSERT(is(mk_money_rate(brl(500000), 1, MK_HALF_UP), 1, "BRL"));
	CU_ASSERT(is(mk_money_rate(brl(499999), 1, MK_HALF_UP), 0, "BRL"));
	CU_ASSERT(is(mk_money_rate(brl(INT64_MAX), 1000000, MK_HALF_UP), INT64_MAX, "BRL"));
	CU_ASSERT(mk_money_broken(mk_money_rate(brl(INT64_MAX), 1000001, MK_HALF_UP)));
}

/* Of every length and either sign; small ones often, where halves are. */
static int64_t random_number(uint64_t *state)
{
	int64_t number = (int64_t)(test_random(state) >> (1 + test_random_below(state, 63)));

	return test_random(state) % 2 ? -number : number;
}

static void random_scaling(void)
{
	uint64_t state = test_random_seed();
	unsigned wrong = 0;
	unsigned broken = 0;
	unsigned i;

	printf("  seed %" PRIu64 "\n", state);
	for (i = 0; i < ROUNDS; i++) {
		int64_t a = random_number(&state);
		int64_t n = random_number(&state);
		int64_t d = random_number(&state);
		mk_rounding rounding = test_random(&state) % 2 ? MK_HALF_UP : MK_HALF_EVEN;
		market_money got;
		wide product;
		wide_unsigned size;
		wide_unsigned by;
		wide_unsigned rounded;
		bool negative;

		if (d == 0)
			continue;
		got = mk_money_scale(brl(a), n, d, rounding);
		product = (wide)a * n;
		negative = (product < 0) != (d < 0) && product != 0;
		size = product < 0 ? -(wide_unsigned)product : (wide_unsigned)product;
		by = d < 0 ? -(wide_unsigned)d : (wide_unsigned)d;
		rounded = (2 * size + by) / (2 * by);
		if (rounding == MK_HALF_EVEN && (2 * size + by) % (2 * by) == 0 && rounded % 2 == 1)
			rounded--;
		if (rounded > (wide_unsigned)INT64_MAX) {
			broken++;
			wrong += !mk_money_broken(got);
		} else {
			wrong += !is(got, negative ? -(int64_t)rounded : (int64_t)rounded, "BRL");
		}
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(broken > ROUNDS / 100 && broken < ROUNDS * 9 / 10);
}

static void random_sums(void)
{
	uint64_t state = test_random_seed() ^ 0x5375;
	unsigned wrong = 0;
	unsigned i;

	for (i = 0; i < ROUNDS; i++) {
		int64_t a = (int64_t)(test_random(&state) >> test_random_below(&state, 8)) | 1;
		int64_t b = (int64_t)(test_random(&state) >> test_random_below(&state, 8)) | 1;
		wide exact[3] = {(wide)a + b, (wide)a - b, (wide)a * b};
		market_money got[3] = {mk_money_add(brl(a), brl(b)), mk_money_sub(brl(a), brl(b)),
		                       mk_money_times(brl(a), b)};
		int k;

		for (k = 0; k < 3; k++) {
			bool fits = exact[k] >= -INT64_MAX && exact[k] <= INT64_MAX;

			wrong += fits ? !is(got[k], (int64_t)exact[k], "BRL") : !mk_money_broken(got[k]);
		}
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void check_divide(int64_t total, const int64_t *weights, const int64_t *parts, size_t count)
{
	market_money got[8];
	size_t i;

	CU_ASSERT_TRUE(mk_money_divide(brl(total), weights, count, got));
	for (i = 0; i < count; i++) {
		CHECK_INT(got[i].amount, parts[i]);
		CU_ASSERT_STRING_EQUAL(got[i].currency, "BRL");
	}
}

#define DIVIDE(total, weights, parts) \
	do { \
		const int64_t w[] = weights; \
		const int64_t p[] = parts; \
		CU_ASSERT_EQUAL_FATAL(COUNT(w), COUNT(p)); \
		check_divide((total), w, p, COUNT(w)); \
	} while (0)
#define LIST(...) \
	{ \
		__VA_ARGS__ \
	}

static void dividing(void)
{
	DIVIDE(2000, LIST(17990, 11970), LIST(1201, 799));
	DIVIDE(100, LIST(1, 1, 1), LIST(34, 33, 33));
	DIVIDE(101, LIST(1, 1, 1), LIST(34, 34, 33));
	DIVIDE(-101, LIST(1, 1, 1), LIST(-34, -34, -33));
	DIVIDE(10, LIST(0, 3, 0, 7, 0), LIST(0, 3, 0, 7, 0));
	DIVIDE(1, LIST(1, 2, 3), LIST(0, 0, 1));
	DIVIDE(2, LIST(1, 2, 3), LIST(0, 1, 1));
	DIVIDE(5, LIST(0, 0), LIST(5, 0));
	DIVIDE(-5, LIST(0, 0, 0), LIST(-5, 0, 0));
	DIVIDE(0, LIST(1, 2), LIST(0, 0));
	DIVIDE(7, LIST(INT64_MAX), LIST(7));
	DIVIDE(INT64_MAX, LIST(INT64_MAX, INT64_MAX, INT64_MAX),
	       LIST(INT64_MAX / 3 + 1, INT64_MAX / 3, INT64_MAX / 3));
	DIVIDE(INT64_MAX, LIST(INT64_MAX, 1), LIST(INT64_MAX - 1, 1));
	DIVIDE(3, LIST(INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX), LIST(1, 1, 1, 0));
}

static void thirds_come_back_as_they_went(void)
{
	static const int64_t shares[] = {3333, 3333, 3334};
	int64_t left[3] = {3333, 3333, 3334};
	int64_t total = 10000;
	market_money parts[3];
	int i;

	check_divide(10000, shares, shares, 3);
	/* Refunds in pieces, each over what is left, end at nothing for each share. */
	while (total > 0) {
		int64_t piece = total < 1777 ? total : 1777;

		CU_ASSERT_TRUE_FATAL(mk_money_divide(brl(piece), left, 3, parts));
		for (i = 0; i < 3; i++) {
			left[i] -= parts[i].amount;
			CU_ASSERT(left[i] >= 0);
		}
		total -= piece;
	}
	CU_ASSERT(left[0] == 0 && left[1] == 0 && left[2] == 0);
}

static void dividing_refuses(void)
{
	static const int64_t negative[] = {1, -1, 3};
	static const int64_t least[] = {INT64_MIN, 1};
	static const int64_t good[] = {1, 2};
	market_money parts[3] = {{1, "BRL"}, {1, "BRL"}, {1, "BRL"}};

	CU_ASSERT_FALSE(mk_money_divide(brl(10), negative, 3, parts));
	CU_ASSERT(mk_money_broken(parts[0]) && mk_money_broken(parts[1]) && mk_money_broken(parts[2]));
	CU_ASSERT_FALSE(mk_money_divide(brl(10), least, 2, parts));
	CU_ASSERT_FALSE(mk_money_divide(brl(10), NULL, 0, NULL));
	CU_ASSERT_TRUE(mk_money_divide(brl(0), NULL, 0, NULL));
	CU_ASSERT_TRUE(mk_money_divide(nothing, good, 2, parts));
	CU_ASSERT(is(parts[0], 0, "") && is(parts[1], 0, ""));
}

typedef struct rest {
	wide_unsigned value;
	size_t place;
} rest;

static int by_rest(const void *a, const void *b)
{
	const rest *x = a;
	const rest *y = b;

	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	return x->place < y->place ? -1 : 1;
}

/* The method as the books describe it: sort the remainders, hand out from the top. */
static void divide_by_sorting(int64_t total, const int64_t *weights, size_t count, int64_t *parts)
{
	rest rests[40];
	wide_unsigned sum = 0;
	int64_t left = total;
	size_t i;

	for (i = 0; i < count; i++)
		sum += (wide_unsigned)weights[i];
	for (i = 0; i < count; i++) {
		wide_unsigned product = (wide_unsigned)total * (wide_unsigned)weights[i];

		parts[i] = (int64_t)(product / sum);
		rests[i].value = product % sum;
		rests[i].place = i;
		left -= parts[i];
	}
	qsort(rests, count, sizeof(rests[0]), by_rest);
	for (i = 0; left > 0; i++, left--)
		parts[rests[i].place]++;
}

static void random_division(void)
{
	uint64_t state = test_random_seed() ^ 0x4449;
	unsigned wrong = 0;
	int round;

	for (round = 0; round < 20000; round++) {
		size_t count = 1 + (size_t)test_random_below(&state, 40);
		unsigned shift = 1 + (unsigned)test_random_below(&state, 63);
		int64_t total = (int64_t)(test_random(&state) >> (1 + test_random_below(&state, 63)));
		int64_t weights[40];
		int64_t expected[40];
		market_money parts[40];
		wide sum = 0;
		size_t i;

		for (i = 0; i < count; i++) {
			weights[i] = (int64_t)(test_random(&state) >> shift);
			sum += weights[i];
		}
		if (sum == 0)
			continue;
		divide_by_sorting(total, weights, count, expected);
		wrong += !mk_money_divide(brl(total), weights, count, parts);
		sum = 0;
		for (i = 0; i < count; i++) {
			wrong += parts[i].amount != expected[i];
			sum += parts[i].amount;
		}
		wrong += sum != total;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

void suite_money(void)
{
	CU_pSuite s = test_suite("money");

	CU_add_test(s, "a money has three letters and an amount, or is broken", making);
	CU_add_test(s, "sums and differences break at the bounds of 64 bits", sums_at_the_bounds);
	CU_add_test(s, "products break at the bounds of 64 bits", products_at_the_bounds);
	CU_add_test(s, "LED-6: currencies never mix", currencies_never_mix);
	CU_add_test(s, "a broken money breaks every result", broken_stays_broken);
	CU_add_test(s, "an absent money is neutral", absent_is_neutral);
	CU_add_test(s, "comparing, least, most and bounds", comparing);
	CU_add_test(s, "halves go up or to even, as named, for either sign",
	            halves_are_rounded_as_named);
	CU_add_test(s, "scaling is exact in 128 bits", scaling_is_exact_in_128_bits);
	CU_add_test(s, "rates are parts per million", rates_are_parts_per_million);
	CU_add_test(s, "random scaling equals another computation", random_scaling);
	CU_add_test(s, "random sums and products equal another computation", random_sums);
	CU_add_test(s, "a total is divided by the largest remainder", dividing);
	CU_add_test(s, "thirds of 33.33, 33.33 and 33.34 come back as the same",
	            thirds_come_back_as_they_went);
	CU_add_test(s, "dividing refuses bad weights and totals", dividing_refuses);
	CU_add_test(s, "random division equals sorting the remainders", random_division);
}

static market_money brl(int64_t amount)
{
	return mk_money(amount, "BRL");
}

static market_money usd(int64_t amount)
{
	return mk_money(amount, "USD");
}

static bool is(market_money m, int64_t amount, const char *currency)
{
	return m.amount == amount && strcmp(m.currency, currency) == 0;
}
