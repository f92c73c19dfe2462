#include "cli/replay.h"

#include <string.h>

static bool number(const char **text, size_t least, size_t most, int64_t *out)
{
	size_t digits = 0;
	*out = 0;
	while (digits < most && **text >= '0' && **text <= '9') {
		*out = *out * 10 + (**text - '0');
		digits++;
		(*text)++;
	}
	return digits >= least;
}

static bool skip(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

static int64_t days_of_month(int64_t year, int64_t month)
{
	static const int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
	int64_t days = day - 1;
	for (int64_t y = 1970; y < year; y++)
		days += days_of_month(y, 2) == 29 ? 366 : 365;
	for (int64_t m = 1; m < month; m++)
		days += days_of_month(year, m);
	return days;
}

bool replay_time(const char *text, market_time *out)
{
	int64_t year, month, day, hour, minute, second = 0;
	bool slashes = strchr(text, '/') != NULL;
	bool ok;
	if (slashes)
		ok = number(&text, 1, 2, &month) && skip(&text, '/') && number(&text, 1, 2, &day) &&
		     skip(&text, '/') && number(&text, 4, 4, &year) && skip(&text, ' ') &&
		     number(&text, 1, 2, &hour) && skip(&text, ':') && number(&text, 2, 2, &minute);
	else
		ok = number(&text, 4, 4, &year) && skip(&text, '-') && number(&text, 2, 2, &month) &&
		     skip(&text, '-') && number(&text, 2, 2, &day) && skip(&text, ' ') &&
		     number(&text, 2, 2, &hour) && skip(&text, ':') && number(&text, 2, 2, &minute) &&
		     skip(&text, ':') && number(&text, 2, 2, &second);
	if (!ok || *text != '\0' || year < 1990 || year > 2100 || month < 1 || month > 12 || day < 1 ||
	    day > days_of_month(year, month) || hour > 23 || minute > 59 || second > 59)
		return false;
	*out = days_since_1970(year, month, day) * REPLAY_DAY + hour * REPLAY_HOUR +
	       minute * REPLAY_MINUTE + second * REPLAY_SECOND;
	return true;
}
