/* The rule in a TZif footer: a POSIX TZ text such as "CET-1CEST,M3.5.0,M10.5.0/3". */
#ifndef MK_BASE_ZONE_RULE_H
#define MK_BASE_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum mk_zone_day { MK_ZONE_DAY_NO_LEAP, MK_ZONE_DAY_LEAP, MK_ZONE_DAY_MONTH } mk_zone_day;

/* A day of each year and a time of it: "J60" (29 February never counted), "59" (counted, from 0) or
 * "M3.5.0" (month, week, weekday with 0 = Sunday; week 5 is the last). */
typedef struct mk_zone_date {
	mk_zone_day kind;
	int month;
	int week;
	int day;
	int32_t seconds; /* −167 h to 167 h */
} mk_zone_date;

typedef struct mk_zone_rule {
	int32_t standard_offset; /* seconds east of UTC */
	int32_t daylight_offset;
	bool has_daylight;
	mk_zone_date begins; /* daylight time, in standard time */
	mk_zone_date ends;   /* in daylight time */
} mk_zone_rule;

bool mk_zone_rule_parse(const char *text, mk_zone_rule *out);
/* Seconds since 1970 UTC at which daylight time begins and ends in a year. */
int64_t mk_zone_rule_begins(const mk_zone_rule *rule, int year);
int64_t mk_zone_rule_ends(const mk_zone_rule *rule, int year);

#endif
