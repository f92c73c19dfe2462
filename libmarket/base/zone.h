/* Time zones by name from the system's TZif files (/usr/share/zoneinfo), for calendar periods. */
#ifndef MK_BASE_ZONE_H
#define MK_BASE_ZONE_H

#include "libmarket/base/arena.h"
#include "libmarket/base/error.h"

typedef struct mk_zone mk_zone;

/* "UTC" always works; names with "..", a leading '/' or control characters are refused. A name that
 * is refused or doesn't exist is EINVALID. */
int mk_zone_load(const market_allocator *allocator, const char *name, mk_zone **out,
                 market_error *err);
/* The same from the bytes of a TZif file: 0, EINVALID or ENOMEM. */
int mk_zone_decode(const market_allocator *allocator, const void *file, size_t size, mk_zone **out);
void mk_zone_close(mk_zone *zone);
/* Offset from UTC in milliseconds at a UTC time. */
int64_t mk_zone_offset(const mk_zone *zone, market_time time);
/* The UTC time at which the civil day of `time` in the zone begins; and that of a civil date, whose
 * month and day may lie outside their range (month 13, day 0). A day begins at the first moment
 * whose local time is midnight or later, so days and periods leave no gap and don't overlap. */
market_time mk_zone_day_start(const mk_zone *zone, market_time time);
market_time mk_zone_date_start(const mk_zone *zone, int year, int month, int day);

typedef enum mk_period {
	MK_PERIOD_DAY,
	MK_PERIOD_WEEK,
	MK_PERIOD_FORTNIGHT,
	MK_PERIOD_MONTH
} mk_period;
/* The UTC bounds [from, to) of the period that holds `time`. Weeks begin on Monday; fortnights
 * count from Monday 2000-01-03. */
void mk_zone_period(const mk_zone *zone, mk_period period, market_time time, market_time *from,
                    market_time *to);

#endif
