#include "libmarket/base/zone_rule.h"

#include "libmarket/base/clock.h"

#include <string.h>

#define MAX_OFFSET_HOURS 24
#define MAX_TIME_HOURS 167

static bool read_name(const char **at);
static bool read_offset(const char **at, int32_t *out);
static bool read_time(const char **at, int max_hours, int32_t *out);
static bool read_number(const char **at, int low, int high, int *out);
static bool read_date(const char **at, mk_zone_date *out);
static int64_t date_in(const mk_zone_date *date, int year);

bool mk_zone_rule_parse(const char *text, mk_zone_rule *out)
{
	mk_zone_rule rule;
	const char *at = text;

	memset(&rule, 0, sizeof(rule));
	if (!read_name(&at) || !read_offset(&at, &rule.standard_offset))
		return false;
	if (*at != '\0') {
		rule.has_daylight = true;
		rule.daylight_offset = rule.standard_offset + 3600;
		if (!read_name(&at) || (*at != ',' && !read_offset(&at, &rule.daylight_offset)))
			return false;
		if (!read_date(&at, &rule.begins) || !read_date(&at, &rule.ends) || *at != '\0')
			return false;
	}
	*out = rule;
	return true;
}

int64_t mk_zone_rule_begins(const mk_zone_rule *rule, int year)
{
	return date_in(&rule->begins, year) - rule->standard_offset;
}

int64_t mk_zone_rule_ends(const mk_zone_rule *rule, int year)
{
	return date_in(&rule->ends, year) - rule->daylight_offset;
}

/* Three letters or more, or anything alphanumeric or signed between '<' and '>'. */
static bool read_name(const char **at)
{
	bool quoted = **at == '<';
	const char *from = *at + quoted;
	const char *to = from;

	for (;; to++) {
		bool letter = (*to >= 'A' && *to <= 'Z') || (*to >= 'a' && *to <= 'z');
		bool other = (*to >= '0' && *to <= '9') || *to == '+' || *to == '-';

		if (!letter && !(quoted && other))
			break;
	}
	if (to - from < 3 || (quoted && *to != '>'))
		return false;
	*at = to + quoted;
	return true;
}

/* POSIX counts west as positive. */
static bool read_offset(const char **at, int32_t *out)
{
	int32_t west;

	if (!read_time(at, MAX_OFFSET_HOURS, &west))
		return false;
	*out = -west;
	return true;
}

static bool read_time(const char **at, int max_hours, int32_t *out)
{
	bool negative = **at == '-';
	int hours;
	int minutes = 0;
	int seconds = 0;

	if (**at == '-' || **at == '+')
		++*at;
	if (!read_number(at, 0, max_hours, &hours))
		return false;
	if (**at == ':') {
		++*at;
		if (!read_number(at, 0, 59, &minutes))
			return false;
		if (**at == ':') {
			++*at;
			if (!read_number(at, 0, 59, &seconds))
				return false;
		}
	}
	*out = hours * 3600 + minutes * 60 + seconds;
	if (negative)
		*out = -*out;
	return true;
}

static bool read_number(const char **at, int low, int high, int *out)
{
	int value = 0;
	int digits = 0;

	for (; **at >= '0' && **at <= '9' && digits < 4; ++*at, digits++)
		value = value * 10 + (**at - '0');
	*out = value;
	return digits > 0 && value >= low && value <= high;
}

static bool read_date(const char **at, mk_zone_date *out)
{
	if (*(*at)++ != ',')
		return false;
	if (**at == 'M') {
		++*at;
		out->kind = MK_ZONE_DAY_MONTH;
		if (!read_number(at, 1, 12, &out->month) || *(*at)++ != '.' ||
		    !read_number(at, 1, 5, &out->week) || *(*at)++ != '.' ||
		    !read_number(at, 0, 6, &out->day))
			return false;
	} else if (**at == 'J') {
		++*at;
		out->kind = MK_ZONE_DAY_NO_LEAP;
		if (!read_number(at, 1, 365, &out->day))
			return false;
	} else {
		out->kind = MK_ZONE_DAY_LEAP;
		if (!read_number(at, 0, 365, &out->day))
			return false;
	}
	out->seconds = 2 * 3600;
	if (**at != '/')
		return true;
	++*at;
	return read_time(at, MAX_TIME_HOURS, &out->seconds);
}

static int64_t date_in(const mk_zone_date *date, int year)
{
	market_time day = mk_time_from_civil(year, 1, 1);
	market_time next;
	int y;
	int m;
	int d;
	int weekday;

	switch (date->kind) {
	case MK_ZONE_DAY_LEAP:
		day += date->day * MK_DAY;
		break;
	case MK_ZONE_DAY_NO_LEAP:
		day += (date->day - 1) * MK_DAY;
		if (date->day >= 60 && mk_time_from_civil(year, 2, 29) != mk_time_from_civil(year, 3, 1))
			day += MK_DAY;
		break;
	case MK_ZONE_DAY_MONTH:
		day = mk_time_from_civil(year, date->month, 1);
		next = mk_time_from_civil(year, date->month + 1, 1);
		mk_time_civil(day, &y, &m, &d, &weekday);
		day += ((date->day + 6 - weekday) % 7 + 7 * (date->week - 1)) * MK_DAY;
		if (day >= next)
			day -= 7 * MK_DAY;
		break;
	}
	return day / 1000 + date->seconds;
}
