/*
 * Checked money. Every function returns a money that is *broken* (amount INT64_MIN, currency "!!!")
 * when it overflows, when currencies differ or when an operand is broken; a broken money can't be
 * bound, posted or printed (MARKET_EOVERFLOW), so a sequence of steps needs one check at its end.
 * An absent money (empty currency, amount 0) is neutral in sums and counts as zero of the other's
 * currency in comparisons and bounds: an absent bound isn't "no bound". money.c (with the test of
 * brokenness below) is the only file that reads `.amount` to compute, and mk_money_scale the only
 * place where money is rounded.
 */
#ifndef MK_BASE_MONEY_H
#define MK_BASE_MONEY_H

#include "libmarket/base/error.h"

typedef enum mk_rounding { MK_HALF_UP = 0, MK_HALF_EVEN = 1 } mk_rounding;

#define MK_MONEY_MAX \
	INT64_C(1000000000000000) /* the largest amount accepted from outside, 10^15 \
	                           */

/* Broken when the currency isn't three upper-case letters (whether it exists isn't looked at). NULL
 * or "" with amount 0 is absent. */
market_money mk_money(int64_t amount, const char *currency);
market_money mk_money_zero(market_money like);
static inline bool mk_money_broken(market_money m)
{
	return m.amount == INT64_MIN || m.currency[0] == '!' ||
	       (m.currency[0] == '\0' && m.amount != 0);
}
market_money mk_money_add(market_money a, market_money b);
market_money mk_money_sub(market_money a, market_money b);
market_money mk_money_neg(market_money a);
market_money mk_money_times(market_money a, int64_t factor);
/* a × numerator ÷ denominator, rounded; 128-bit intermediates. Half-up rounds away from zero. */
market_money mk_money_scale(market_money a, int64_t numerator, int64_t denominator,
                            mk_rounding rounding);
/* a × rate, the rate in parts per million. */
market_money mk_money_rate(market_money a, market_rate rate, mk_rounding rounding);
market_money mk_money_min(market_money a, market_money b);
market_money mk_money_max(market_money a, market_money b);
market_money mk_money_clamp(market_money a, market_money low, market_money high);
/* −1, 0, 1; comparing broken or unlike moneys gives 2. */
int mk_money_compare(market_money a, market_money b);
bool mk_money_less(market_money a, market_money b);
bool mk_money_equal(market_money a, market_money b);
bool mk_money_is_zero(market_money a);
bool mk_money_positive(market_money a);
bool mk_money_negative(market_money a);
/* The very same currency: an absent money has none in common with others. */
bool mk_money_same_currency(market_money a, market_money b);

/* Divides a fixed total by weights with the method of the largest remainder: floors first, then one
 * unit each to the largest remainders, equal ones by position. Weights are ≥ 0 with a positive sum
 * (all zero: everything to the first). A negative total is divided as its opposite. Returns false
 * when broken; all parts are broken then. */
bool mk_money_divide(market_money total, const int64_t *weights, size_t count, market_money *parts);
/* An amount as such a weight; −1, which makes the division fail, when it is negative or broken. */
int64_t mk_money_weight(market_money m);

/* Minor-unit digits of a currency by ISO 4217 (BRL 2, JPY 0, KWD 3), or −1 when unknown. */
int mk_currency_digits(const char *currency);
/* Decimal text ("-12.34"); 24 bytes suffice. Absent gives "", broken or unknown currency "!!!". */
#define MK_MONEY_TEXT_SIZE 32
void mk_money_format(market_money m, char text[MK_MONEY_TEXT_SIZE]);
/* Decimal text of at most the currency's digits; no exponent, sign only '-', no needless zero
 * before the point, a digit on either side of it, no negative zero. Leaves `out` when it returns
 * false. MK_MONEY_MAX isn't looked at: whoever takes an amount from outside does that. */
bool mk_money_parse(const char *amount, const char *currency, market_money *out);
/* "12.34 BRL", one space. */
bool mk_money_parse_pair(const char *text, market_money *out);

/* "5%", "0.6 %", "12.5%" ↔ parts per million; at most four decimals. */
bool mk_rate_parse(const char *text, market_rate *out);
#define MK_RATE_TEXT_SIZE 32
void mk_rate_format(market_rate rate, char text[MK_RATE_TEXT_SIZE]);

#endif
