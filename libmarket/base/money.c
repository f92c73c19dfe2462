#include "libmarket/base/money.h"

#include <string.h>

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 wide_unsigned;

#define RATE_UNIT INT64_C(1000000)
#define RATE_DECIMALS 4 /* of a percentage: one part per million is 0.0001 % */

static market_money broken(void);
static bool is_capital(char c);
static bool absent(market_money m);
static bool like(market_money a, market_money b);
static market_money in_currency_of(int64_t amount, market_money a, market_money b);
static uint64_t magnitude(int64_t value);
static wide_unsigned remainder_of(uint64_t total, int64_t weight, wide_unsigned sum);
static void hand_out(uint64_t total, const int64_t *weights, size_t count, wide_unsigned sum,
                     uint64_t left, market_money *parts);
static void format_decimal(int64_t value, int digits, char *text);
static bool parse_decimal(const char *text, size_t size, int digits, int64_t *out);

market_money mk_money(int64_t amount, const char *currency)
{
	market_money m = {amount, ""};

	if (!currency || currency[0] == '\0')
		return amount == 0 ? m : broken();
	if (!is_capital(currency[0]) || !is_capital(currency[1]) || !is_capital(currency[2]) ||
	    currency[3] != '\0' || amount == INT64_MIN)
		return broken();
	memcpy(m.currency, currency, sizeof(m.currency));
	return m;
}

market_money mk_money_zero(market_money like_this)
{
	return mk_money_broken(like_this) ? broken() : in_currency_of(0, like_this, like_this);
}

market_money mk_money_add(market_money a, market_money b)
{
	int64_t sum;

	if (!like(a, b) || __builtin_add_overflow(a.amount, b.amount, &sum))
		return broken();
	return in_currency_of(sum, a, b);
}

market_money mk_money_sub(market_money a, market_money b)
{
	int64_t difference;

	if (!like(a, b) || __builtin_sub_overflow(a.amount, b.amount, &difference))
		return broken();
	return in_currency_of(difference, a, b);
}

market_money mk_money_neg(market_money a)
{
	return mk_money_broken(a) ? broken() : in_currency_of(-a.amount, a, a);
}

market_money mk_money_times(market_money a, int64_t factor)
{
	int64_t product;

	if (mk_money_broken(a) || __builtin_mul_overflow(a.amount, factor, &product))
		return broken();
	return in_currency_of(product, a, a);
}

market_money mk_money_scale(market_money a, int64_t numerator, int64_t denominator,
                            mk_rounding rounding)
{
	wide_unsigned product;
	uint64_t divisor = magnitude(denominator);
	wide_unsigned quotient;
	wide_unsigned twice;
	bool negative = (a.amount < 0) != ((numerator < 0) != (denominator < 0));

	if (mk_money_broken(a) || denominator == 0)
		return broken();
	product = (wide_unsigned)magnitude(a.amount) * magnitude(numerator);
	quotient = product / divisor;
	twice = product % divisor * 2;
	if (twice > divisor || (twice == divisor && (rounding == MK_HALF_UP || quotient % 2 == 1)))
		quotient++;
	if (quotient > INT64_MAX)
		return broken();
	return in_currency_of(negative ? -(int64_t)quotient : (int64_t)quotient, a, a);
}

market_money mk_money_rate(market_money a, market_rate rate, mk_rounding rounding)
{
	return mk_money_scale(a, rate, RATE_UNIT, rounding);
}

market_money mk_money_min(market_money a, market_money b)
{
	if (!like(a, b))
		return broken();
	return in_currency_of(b.amount < a.amount ? b.amount : a.amount, a, b);
}

market_money mk_money_max(market_money a, market_money b)
{
	if (!like(a, b))
		return broken();
	return in_currency_of(b.amount > a.amount ? b.amount : a.amount, a, b);
}

market_money mk_money_clamp(market_money a, market_money low, market_money high)
{
	return mk_money_min(mk_money_max(a, low), high);
}

int mk_money_compare(market_money a, market_money b)
{
	if (!like(a, b))
		return 2;
	return (a.amount > b.amount) - (a.amount < b.amount);
}

bool mk_money_less(market_money a, market_money b)
{
	return mk_money_compare(a, b) == -1;
}

bool mk_money_equal(market_money a, market_money b)
{
	return mk_money_compare(a, b) == 0;
}

bool mk_money_is_zero(market_money a)
{
	return !mk_money_broken(a) && a.amount == 0;
}

bool mk_money_positive(market_money a)
{
	return !mk_money_broken(a) && a.amount > 0;
}

bool mk_money_negative(market_money a)
{
	return !mk_money_broken(a) && a.amount < 0;
}

bool mk_money_same_currency(market_money a, market_money b)
{
	if (mk_money_broken(a) || mk_money_broken(b) || a.currency[0] != b.currency[0])
		return false;
	return a.currency[0] == '\0' || memcmp(a.currency, b.currency, sizeof(a.currency)) == 0;
}

bool mk_money_divide(market_money total, const int64_t *weights, size_t count, market_money *parts)
{
	uint64_t amount = magnitude(total.amount);
	uint64_t left = amount;
	wide_unsigned sum = 0;
	bool bad = mk_money_broken(total) || (count == 0 && total.amount != 0);
	size_t i;

	for (i = 0; i < count; i++) {
		bad = bad || weights[i] < 0;
		sum += magnitude(weights[i]);
	}
	for (i = 0; i < count; i++)
		parts[i] = bad ? broken() : mk_money_zero(total);
	if (bad || count == 0)
		return !bad;
	if (sum == 0) {
		parts[0] = total;
		return true;
	}
	for (i = 0; i < count; i++) {
		uint64_t whole = (uint64_t)((wide_unsigned)amount * (uint64_t)weights[i] / sum);

		parts[i].amount = (int64_t)whole;
		left -= whole;
	}
	hand_out(amount, weights, count, sum, left, parts);
	if (total.amount < 0)
		for (i = 0; i < count; i++)
			parts[i].amount = -parts[i].amount;
	return true;
}

int64_t mk_money_weight(market_money m)
{
	return mk_money_broken(m) || m.amount < 0 ? -1 : m.amount;
}

void mk_money_format(market_money m, char text[MK_MONEY_TEXT_SIZE])
{
	int digits = mk_currency_digits(m.currency);

	if (mk_money_broken(m) || (digits < 0 && !absent(m)))
		memcpy(text, "!!!", 4);
	else if (absent(m))
		text[0] = '\0';
	else
		format_decimal(m.amount, digits, text);
}

bool mk_money_parse(const char *amount, const char *currency, market_money *out)
{
	int digits = mk_currency_digits(currency);
	int64_t value;

	if (!amount || digits < 0 || !parse_decimal(amount, strlen(amount), digits, &value))
		return false;
	*out = mk_money(value, currency);
	return true;
}

bool mk_money_parse_pair(const char *text, market_money *out)
{
	const char *space = text ? strchr(text, ' ') : NULL;
	int digits = space ? mk_currency_digits(space + 1) : -1;
	int64_t value;

	if (digits < 0 || !parse_decimal(text, (size_t)(space - text), digits, &value))
		return false;
	*out = mk_money(value, space + 1);
	return true;
}

bool mk_rate_parse(const char *text, market_rate *out)
{
	size_t size = text ? strlen(text) : 0;
	int64_t value;

	if (size < 2 || text[size - 1] != '%')
		return false;
	size--;
	if (text[size - 1] == ' ')
		size--;
	if (!parse_decimal(text, size, RATE_DECIMALS, &value))
		return false;
	*out = value;
	return true;
}

void mk_rate_format(market_rate rate, char text[MK_RATE_TEXT_SIZE])
{
	size_t size;

	format_decimal(rate, RATE_DECIMALS, text);
	size = strlen(text);
	while (text[size - 1] == '0')
		size--;
	if (text[size - 1] == '.')
		size--;
	memcpy(text + size, "%", 2);
}

static market_money broken(void)
{
	market_money m = {INT64_MIN, "!!!"};

	return m;
}

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool absent(market_money m)
{
	return m.currency[0] == '\0' && m.amount == 0;
}

/* Whether both are whole and of one currency or absent. */
static bool like(market_money a, market_money b)
{
	if (mk_money_broken(a) || mk_money_broken(b))
		return false;
	return absent(a) || absent(b) || memcmp(a.currency, b.currency, sizeof(a.currency)) == 0;
}

/* Neither is broken. */
static market_money in_currency_of(int64_t amount, market_money a, market_money b)
{
	return mk_money(amount, absent(a) ? b.currency : a.currency);
}

static uint64_t magnitude(int64_t value)
{
	return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

static wide_unsigned remainder_of(uint64_t total, int64_t weight, wide_unsigned sum)
{
	return (wide_unsigned)total * (uint64_t)weight % sum;
}

/* Adds one unit to the `left` largest remainders. Finds the smallest of them by bisection, so that
 * no memory is needed to sort. */
static void hand_out(uint64_t total, const int64_t *weights, size_t count, wide_unsigned sum,
                     uint64_t left, market_money *parts)
{
	wide_unsigned low = 0;
	wide_unsigned high = sum;
	uint64_t above = 0;
	size_t i;

	if (left == 0)
		return;
	/* At least `left` remainders are ≥ low, fewer are ≥ high. */
	while (high - low > 1) {
		wide_unsigned middle = low + (high - low) / 2;
		uint64_t reached = 0;

		for (i = 0; i < count; i++)
			reached += remainder_of(total, weights[i], sum) >= middle;
		if (reached >= left)
			low = middle;
		else
			high = middle;
	}
	for (i = 0; i < count; i++)
		above += remainder_of(total, weights[i], sum) > low;
	left -= above;
	for (i = 0; i < count; i++) {
		wide_unsigned rest = remainder_of(total, weights[i], sum);

		if (rest > low) {
			parts[i].amount++;
		} else if (rest == low && left > 0) {
			parts[i].amount++;
			left--;
		}
	}
}

static void format_decimal(int64_t value, int digits, char *text)
{
	char reversed[32];
	size_t size = 0;
	uint64_t rest = magnitude(value);

	do {
		if (digits > 0 && size == (size_t)digits)
			reversed[size++] = '.';
		reversed[size++] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0 || size <= (size_t)digits);
	if (digits > 0 && size == (size_t)digits + 1)
		reversed[size++] = '0';
	if (value < 0)
		*text++ = '-';
	while (size > 0)
		*text++ = reversed[--size];
	*text = '\0';
}

static bool parse_decimal(const char *text, size_t size, int digits, int64_t *out)
{
	const char *end = text + size;
	bool negative = size > 0 && *text == '-';
	const char *whole = negative ? text + 1 : text;
	const char *at = whole;
	const char *point = NULL;
	int64_t value = 0;
	int decimals = 0;

	for (; at < end; at++) {
		if (*at == '.' && !point) {
			point = at;
			continue;
		}
		if (*at < '0' || *at > '9' || (point && ++decimals > digits))
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *at - '0', &value))
			return false;
	}
	if (whole == end || point == whole || (point && decimals == 0))
		return false;
	if (whole[0] == '0' && end - whole > 1 && point != whole + 1)
		return false;
	for (; decimals < digits; decimals++)
		if (__builtin_mul_overflow(value, 10, &value))
			return false;
	if (negative && value == 0)
		return false;
	*out = negative ? -value : value;
	return true;
}
