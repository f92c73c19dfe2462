#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "libmarket/base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define ID_EPOCH INT64_C(946684800000) /* 2000-01-01 */
#define ID_COUNTER_BITS 22
#define ID_COUNTERS (UINT32_C(1) << ID_COUNTER_BITS)
#define ID_LAST_MILLISECOND ((INT64_C(1) << 41) - 1)

#define DAYS_FROM_0000_03_01 719468 /* to 1970-01-01 */
#define DAYS_OF_400_YEARS 146097
#define FARTHEST_YEAR 200000000
#define EARLIEST INT64_C(-62135596800000) /* 0001-01-01 */
#define LATEST INT64_C(253402300799999)   /* 9999-12-31 */

static bool read_digits(const char **at, int count, int *out);
static bool read_date(const char **at, market_time *out);
static bool read_time_of_day(const char **at, int64_t *out);
static bool read_fraction(const char **at, int *milliseconds);
static bool read_zone(const char **at, int64_t *offset);
static int64_t floor_divide(int64_t a, int64_t b);

static const struct unit {
	const char *name;
	int64_t milliseconds;
} units[] = {{"d", MK_DAY}, {"h", MK_HOUR}, {"min", MK_MINUTE}, {"s", MK_SECOND}, {"ms", 1}};

#define UNITS (sizeof(units) / sizeof(units[0]))

market_time mk_clock_now(void *user_data)
{
	struct timespec now;

	(void)user_data;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t mk_clock_monotonic_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

bool mk_random_bytes(void *bytes, size_t size, void *user_data)
{
	unsigned char *to = bytes;

	(void)user_data;
	while (size > 0) {
		ssize_t got = getrandom(to, size, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		to += got;
		size -= (size_t)got;
	}
	return true;
}

void mk_id_source_init(mk_id_source *source, uint32_t start)
{
	source->millisecond = 0;
	source->counter = start % ID_COUNTERS;
	source->used = 0;
}

int64_t mk_id_next(mk_id_source *source, market_time now)
{
	int64_t millisecond = now > ID_EPOCH ? now - ID_EPOCH : 0;

	if (millisecond > ID_LAST_MILLISECOND)
		millisecond = ID_LAST_MILLISECOND;
	if (millisecond < 1)
		millisecond = 1; /* keeps every id positive */
	if (millisecond > source->millisecond) {
		source->millisecond = millisecond;
		source->used = 0;
	} else if (source->used == ID_COUNTERS && source->millisecond < ID_LAST_MILLISECOND) {
		source->millisecond++;
		source->used = 0;
	}
	source->counter = (source->counter + 1) % ID_COUNTERS;
	source->used++;
	return source->millisecond << ID_COUNTER_BITS | source->counter;
}

market_time mk_id_time(int64_t id)
{
	return (id >> ID_COUNTER_BITS) + ID_EPOCH;
}

int64_t mk_id_first(market_time time)
{
	if (time <= ID_EPOCH)
		return 0;
	if (time - ID_EPOCH > INT64_MAX >> ID_COUNTER_BITS)
		return INT64_MAX;
	return (time - ID_EPOCH) << ID_COUNTER_BITS;
}

void mk_time_format(market_time time, char text[MK_TIME_TEXT_SIZE])
{
	int64_t rest = time % MK_DAY < 0 ? time % MK_DAY + MK_DAY : time % MK_DAY;
	char buffer[80]; /* the compiler reckons with eleven characters a number */
	int year;
	int month;
	int day;

	mk_time_civil(time, &year, &month, &day, NULL);
	(void)snprintf(buffer, sizeof(buffer), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month, day,
	               (int)(rest / MK_HOUR), (int)(rest / MK_MINUTE % 60),
	               (int)(rest / MK_SECOND % 60), (int)(rest % MK_SECOND));
	buffer[MK_TIME_TEXT_SIZE - 1] = '\0';
	memcpy(text, buffer, strlen(buffer) + 1);
}

bool mk_time_parse(const char *text, market_time *out)
{
	const char *at = text;
	market_time time;
	int64_t within = 0;
	int64_t offset = 0;

	if (!text || !read_date(&at, &time))
		return false;
	if (*at == 'T') {
		at++;
		if (!read_time_of_day(&at, &within) || !read_zone(&at, &offset))
			return false;
	}
	time += within - offset;
	if (*at != '\0' || !mk_time_valid(time))
		return false;
	*out = time;
	return true;
}

bool mk_time_valid(market_time time)
{
	return time >= EARLIEST && time <= LATEST;
}

bool mk_duration_parse(const char *text, int64_t *out)
{
	const char *at = text;
	int64_t value = 0;
	size_t i;

	if (!text || *at < '0' || *at > '9' || (at[0] == '0' && at[1] >= '0' && at[1] <= '9'))
		return false;
	for (; *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *at - '0', &value))
			return false;
	if (*at == ' ')
		at++;
	for (i = 0; i < UNITS; i++) {
		if (strcmp(at, units[i].name) != 0)
			continue;
		if (__builtin_mul_overflow(value, units[i].milliseconds, &value))
			return false;
		*out = value;
		return true;
	}
	return false;
}

void mk_duration_format(int64_t duration, char text[MK_TIME_TEXT_SIZE])
{
	size_t i = 0;

	while (i < UNITS - 1 && duration % units[i].milliseconds != 0)
		i++;
	if (duration == 0)
		i = 3;
	(void)snprintf(text, MK_TIME_TEXT_SIZE, "%lld%s", (long long)(duration / units[i].milliseconds),
	               units[i].name);
}

/* Years begin in March, so that the leap day is their last one (H. Hinnant's algorithm). */
void mk_time_civil(market_time time, int *year, int *month, int *day, int *weekday)
{
	int64_t days = floor_divide(time, MK_DAY);
	int64_t shifted = days + DAYS_FROM_0000_03_01;
	int64_t era = floor_divide(shifted, DAYS_OF_400_YEARS);
	int64_t of_era = shifted - era * DAYS_OF_400_YEARS;
	int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t march_month = (5 * of_year + 2) / 153;
	int64_t civil_month = march_month < 10 ? march_month + 3 : march_month - 9;

	*year = (int)(year_of_era + era * 400 + (civil_month <= 2));
	*month = (int)civil_month;
	*day = (int)(of_year - (153 * march_month + 2) / 5 + 1);
	if (weekday)
		*weekday = (int)(days + 3 - floor_divide(days + 3, 7) * 7);
}

market_time mk_time_from_civil(int year, int month, int day)
{
	int64_t months = (int64_t)month - 1;
	int64_t shifted_year = (int64_t)year + floor_divide(months, 12);
	int64_t era;
	int64_t year_of_era;
	int64_t of_year;

	if (shifted_year > FARTHEST_YEAR)
		shifted_year = FARTHEST_YEAR;
	if (shifted_year < -FARTHEST_YEAR)
		shifted_year = -FARTHEST_YEAR;
	months -= floor_divide(months, 12) * 12;
	if (months < 2)
		shifted_year--;
	era = floor_divide(shifted_year, 400);
	year_of_era = shifted_year - era * 400;
	of_year = (153 * ((months + 10) % 12) + 2) / 5 + day - 1;
	return (era * DAYS_OF_400_YEARS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	        of_year - DAYS_FROM_0000_03_01) *
	       MK_DAY;
}

static bool read_digits(const char **at, int count, int *out)
{
	int value = 0;
	int i;

	for (i = 0; i < count; i++) {
		char c = (*at)[i];

		if (c < '0' || c > '9')
			return false;
		value = value * 10 + (c - '0');
	}
	*at += count;
	*out = value;
	return true;
}

static bool read_date(const char **at, market_time *out)
{
	int given[3];
	int found[3];

	if (!read_digits(at, 4, &given[0]) || *(*at)++ != '-' || !read_digits(at, 2, &given[1]) ||
	    *(*at)++ != '-' || !read_digits(at, 2, &given[2]))
		return false;
	/* A day that doesn't exist comes back as another one. */
	*out = mk_time_from_civil(given[0], given[1], given[2]);
	mk_time_civil(*out, &found[0], &found[1], &found[2], NULL);
	return memcmp(given, found, sizeof(given)) == 0;
}

static bool read_time_of_day(const char **at, int64_t *out)
{
	int hour;
	int minute;
	int second = 0;
	int milliseconds = 0;

	if (!read_digits(at, 2, &hour) || *(*at)++ != ':' || !read_digits(at, 2, &minute))
		return false;
	if (**at == ':') {
		++*at;
		if (!read_digits(at, 2, &second) || !read_fraction(at, &milliseconds))
			return false;
	}
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*out = hour * MK_HOUR + minute * MK_MINUTE + second * MK_SECOND + milliseconds;
	return true;
}

/* Up to nine digits; what is finer than a millisecond is cut. */
static bool read_fraction(const char **at, int *milliseconds)
{
	int digits = 0;

	if (**at != '.')
		return true;
	++*at;
	for (; **at >= '0' && **at <= '9'; ++*at)
		if (++digits <= 3)
			*milliseconds = *milliseconds * 10 + (**at - '0');
	if (digits == 0 || digits > 9)
		return false;
	for (; digits < 3; digits++)
		*milliseconds *= 10;
	return true;
}

static bool read_zone(const char **at, int64_t *offset)
{
	char sign = *(*at)++;
	int hours;
	int minutes;

	if (sign == 'Z')
		return true;
	if ((sign != '+' && sign != '-') || !read_digits(at, 2, &hours) || *(*at)++ != ':' ||
	    !read_digits(at, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*offset = hours * MK_HOUR + minutes * MK_MINUTE;
	if (sign == '-')
		*offset = -*offset;
	return true;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}
