/* Clock, random source, identifiers, and times as text. */
#ifndef MK_BASE_CLOCK_H
#define MK_BASE_CLOCK_H

#include "libmarket/base/error.h"

/* The real clock and random source; what the application gives at open takes their place. */
market_time mk_clock_now(void *user_data);
int64_t mk_clock_monotonic_us(void);
bool mk_random_bytes(void *bytes, size_t size, void *user_data);

/* Makes ids: 41 bits of milliseconds since 2000-01-01 and a 22-bit counter with a random start. The
 * time never goes backwards. Not locked: the market's mutex is. */
typedef struct mk_id_source {
	int64_t millisecond;
	uint32_t counter; /* 22 bits */
	uint32_t used;    /* within this millisecond */
} mk_id_source;
void mk_id_source_init(mk_id_source *source, uint32_t start);
int64_t mk_id_next(mk_id_source *source, market_time now);
market_time mk_id_time(int64_t id);
/* The smallest that is made at that time or later. */
int64_t mk_id_first(market_time time);

/* "2026-01-31T12:00:00.000Z" ↔ milliseconds. Parsing takes a date alone, seconds and fraction
 * optional, Z or ±hh:mm required when a time of day is given. Of a fraction's digits, at most nine,
 * the milliseconds count. */
#define MK_TIME_TEXT_SIZE 32
void mk_time_format(market_time time, char text[MK_TIME_TEXT_SIZE]);
bool mk_time_valid(market_time time); /* in the years 1 to 9999, which text can say */
bool mk_time_parse(const char *text, market_time *out);
/* "48h", "15d", "30min", "90 s", "500ms" ↔ milliseconds: a whole number of one unit. Written with
 * the largest unit that divides it. */
bool mk_duration_parse(const char *text, int64_t *out);
void mk_duration_format(int64_t duration, char text[MK_TIME_TEXT_SIZE]);
/* Civil date of a UTC time: year, month 1..12, day 1..31, weekday 0 = Monday (may be NULL). Back:
 * months and days outside their range run over into the next or previous year and month. */
void mk_time_civil(market_time time, int *year, int *month, int *day, int *weekday);
market_time mk_time_from_civil(int year, int month, int day);
#define MK_SECOND INT64_C(1000)
#define MK_MINUTE (60 * MK_SECOND)
#define MK_HOUR (60 * MK_MINUTE)
#define MK_DAY (24 * MK_HOUR)

#endif
