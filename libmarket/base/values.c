/* Times and amounts as text, for applications. */
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/base/money.h"

void market_time_format(market_time time, char text[MARKET_TIME_TEXT_SIZE])
{
	mk_time_format(time, text);
}

bool market_time_parse(const char *text, market_time *out)
{
	market_time value = 0;
	size_t digits = text ? strspn(text, "0123456789") : 0;
	if (!text || digits == 0)
		return false;
	if (text[digits] != '\0')
		return mk_time_parse(text, out);
	if (digits > 15)
		return false;
	for (size_t i = 0; i < digits; i++)
		value = value * 10 + (text[i] - '0');
	if (!mk_time_valid(value))
		return false;
	*out = value;
	return true;
}

void market_money_format(market_money money, char text[MARKET_MONEY_TEXT_SIZE])
{
	mk_money_format(money, text);
}

bool market_money_parse(const char *amount, const char *currency, market_money *out)
{
	return amount && currency && mk_money_parse(amount, currency, out);
}
