#include "libmarket/base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libmarket/base/clock.h"
#include "libmarket/base/zone_rule.h"
#include "tests/unit/test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void suite_zone(void);

static market_time at(const char *text);
static mk_zone *load(const char *name);
static void check_day(const char *zone, const char *moment, const char *from, const char *to);
static void check_period(mk_zone *zone, mk_period period, const char *moment, const char *from,
                         const char *to);

/* The zone or a skipped test. */
#define LOAD(zone, name) \
	mk_zone *zone; \
	if (access("/usr/share/zoneinfo/" name, R_OK) != 0) \
		TEST_SKIP("time zone data isn't installed"); \
	zone = load(name); \
	CU_ASSERT_PTR_NOT_NULL_FATAL(zone)

static void utc_needs_no_file(void)
{
	mk_zone *zone = load("UTC");

	CU_ASSERT_PTR_NOT_NULL_FATAL(zone);
	CHECK_INT(mk_zone_offset(zone, at("2026-06-01T00:00Z")), 0);
	CHECK_INT(mk_zone_day_start(zone, at("2026-06-01T23:59:59.999Z")), at("2026-06-01"));
	CHECK_INT(mk_zone_day_start(zone, at("2026-06-02")), at("2026-06-02"));
	CHECK_INT(mk_zone_day_start(zone, -1), -MK_DAY);
	CHECK_INT(mk_zone_date_start(zone, 2026, 13, 1), at("2027-01-01"));
	mk_zone_close(zone);
	mk_zone_close(NULL);
}

static void periods_in_utc(void)
{
	mk_zone *zone = load("UTC");

	CU_ASSERT_PTR_NOT_NULL_FATAL(zone);
	check_period(zone, MK_PERIOD_DAY, "2026-02-28T12:00Z", "2026-02-28", "2026-03-01");
	check_period(zone, MK_PERIOD_WEEK, "2026-11-22T23:59Z", "2026-11-16", "2026-11-23");
	check_period(zone, MK_PERIOD_WEEK, "2026-11-23T00:00Z", "2026-11-23", "2026-11-30");
	check_period(zone, MK_PERIOD_WEEK, "1999-12-31", "1999-12-27", "2000-01-03");
	check_period(zone, MK_PERIOD_FORTNIGHT, "2000-01-03", "2000-01-03", "2000-01-17");
	check_period(zone, MK_PERIOD_FORTNIGHT, "2000-01-16T23:59Z", "2000-01-03", "2000-01-17");
	check_period(zone, MK_PERIOD_FORTNIGHT, "2000-01-02", "1999-12-20", "2000-01-03");
	check_period(zone, MK_PERIOD_FORTNIGHT, "2026-11-22", "2026-11-16", "2026-11-30");
	check_period(zone, MK_PERIOD_MONTH, "2024-02-29T10:00Z", "2024-02-01", "2024-03-01");
	check_period(zone, MK_PERIOD_MONTH, "2026-12-31T23:59Z", "2026-12-01", "2027-01-01");
	mk_zone_close(zone);
}

static void names_that_are_refused(void)
{
	static const char *const names[] = {
		"",
		"/etc/passwd",
		"../../../etc/passwd",
		"America/../UTC",
		"America/",
		"./UTC",
		".hidden",
		"a b",
		"a\nb",
		"a\tb",
		"\x7F",
		"America/S\xC3\xA3o_Paulo",
		"a%sb",
		"a;b",
		"America//..",
	};
	mk_zone *zone = NULL;
	char longest[102];
	market_error err;
	size_t i;

	for (i = 0; i < COUNT(names); i++) {
		CHECK_INT(mk_zone_load(&mk_allocator_default, names[i], &zone, &err), MARKET_EINVALID);
		CHECK_INT(err.code, MARKET_EINVALID);
		CU_ASSERT_PTR_NULL(zone);
	}
	CHECK_INT(mk_zone_load(&mk_allocator_default, NULL, &zone, NULL), MARKET_EINVALID);
	memset(longest, 'a', 101);
	longest[101] = '\0';
	CHECK_INT(mk_zone_load(&mk_allocator_default, longest, &zone, &err), MARKET_EINVALID);
	CHECK_TEXT(err.message, "time zone name isn't allowed");
	longest[100] = '\0';
	CHECK_INT(mk_zone_load(&mk_allocator_default, longest, &zone, &err), MARKET_EINVALID);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "doesn't exist"));
}

static void zones_that_do_not_exist(void)
{
	mk_zone *zone = NULL;
	market_error err;

	CHECK_INT(mk_zone_load(&mk_allocator_default, "Mars/Olympus", &zone, &err), MARKET_EINVALID);
	CHECK_TEXT(err.message, "time zone \"Mars/Olympus\" doesn't exist");
	CHECK_INT(mk_zone_load(&mk_allocator_default, "UTC/none", &zone, &err), MARKET_EINVALID);
	CU_ASSERT_PTR_NULL(zone);
	if (access("/usr/share/zoneinfo/America", R_OK) != 0)
		TEST_SKIP("time zone data isn't installed");
	CHECK_INT(mk_zone_load(&mk_allocator_default, "America", &zone, &err), MARKET_EINVALID);
	CHECK_INT(mk_zone_load(&mk_allocator_default, "zone.tab", &zone, &err), MARKET_EINVALID);
	CU_ASSERT_PTR_NULL(zone);
}

/* Its clocks went forward at midnight, so that the day began at one o'clock. */
static void sao_paulo(void)
{
	LOAD(zone, "America/Sao_Paulo");

	CHECK_INT(mk_zone_offset(zone, at("2018-11-04T02:59:59.999Z")), -3 * MK_HOUR);
	CHECK_INT(mk_zone_offset(zone, at("2018-11-04T03:00Z")), -2 * MK_HOUR);
	check_period(zone, MK_PERIOD_DAY, "2018-11-04T12:00Z", "2018-11-04T03:00Z",
	             "2018-11-05T02:00Z");
	check_period(zone, MK_PERIOD_DAY, "2018-11-04T02:59Z", "2018-11-03T03:00Z",
	             "2018-11-04T03:00Z");
	/* Back at midnight: 16 February had 25 hours. */
	check_period(zone, MK_PERIOD_DAY, "2019-02-17T02:30Z", "2019-02-16T02:00Z",
	             "2019-02-17T03:00Z");
	check_period(zone, MK_PERIOD_MONTH, "2019-02-10", "2019-02-01T02:00Z", "2019-03-01T03:00Z");
	/* No daylight time since. */
	CHECK_INT(mk_zone_offset(zone, at("2026-01-01")), -3 * MK_HOUR);
	CHECK_INT(mk_zone_offset(zone, at("2300-01-01")), -3 * MK_HOUR);
	check_period(zone, MK_PERIOD_MONTH, "2026-02-01T02:59Z", "2026-01-01T03:00Z",
	             "2026-02-01T03:00Z");
	mk_zone_close(zone);
}

static void berlin(void)
{
	LOAD(zone, "Europe/Berlin");

	CHECK_INT(mk_zone_offset(zone, at("2026-03-29T00:59:59.999Z")), MK_HOUR);
	CHECK_INT(mk_zone_offset(zone, at("2026-03-29T01:00Z")), 2 * MK_HOUR);
	CHECK_INT(mk_zone_offset(zone, at("2026-10-25T00:59:59.999Z")), 2 * MK_HOUR);
	CHECK_INT(mk_zone_offset(zone, at("2026-10-25T01:00Z")), MK_HOUR);
	check_period(zone, MK_PERIOD_DAY, "2026-03-29T12:00Z", "2026-03-28T23:00Z",
	             "2026-03-29T22:00Z");
	check_period(zone, MK_PERIOD_DAY, "2026-10-25T12:00Z", "2026-10-24T22:00Z",
	             "2026-10-25T23:00Z");
	check_period(zone, MK_PERIOD_WEEK, "2026-10-25T22:59Z", "2026-10-18T22:00Z",
	             "2026-10-25T23:00Z");
	check_period(zone, MK_PERIOD_FORTNIGHT, "2026-03-30", "2026-03-22T23:00Z", "2026-04-05T22:00Z");
	check_period(zone, MK_PERIOD_MONTH, "2026-10-31T22:59:59.999Z", "2026-09-30T22:00Z",
	             "2026-10-31T23:00Z");
	mk_zone_close(zone);
}

static void rules_hold_for_ever(void)
{
	LOAD(zone, "Europe/Berlin");

	/* Last Sundays of March and October of years far after the table's. */
	CHECK_INT(mk_zone_offset(zone, at("2050-03-27T00:59:59.999Z")), MK_HOUR);
	CHECK_INT(mk_zone_offset(zone, at("2050-03-27T01:00Z")), 2 * MK_HOUR);
	CHECK_INT(mk_zone_offset(zone, at("2999-03-31T00:59:59.999Z")), MK_HOUR);
	CHECK_INT(mk_zone_offset(zone, at("2999-03-31T01:00Z")), 2 * MK_HOUR);
	CHECK_INT(mk_zone_offset(zone, at("9999-10-31T00:59:59.999Z")), 2 * MK_HOUR);
	CHECK_INT(mk_zone_offset(zone, at("9999-10-31T01:00Z")), MK_HOUR);
	check_period(zone, MK_PERIOD_DAY, "9999-10-31T12:00Z", "9999-10-30T22:00Z",
	             "9999-10-31T23:00Z");
	mk_zone_close(zone);
}

static void days_that_are_odd(void)
{
	/* 00:01 back to 23:01: the minutes before it came belong to a day already closed. */
	check_day("America/St_Johns", "2006-10-29T02:30:30Z", "2006-10-29T02:30Z", "2006-10-30T03:30Z");
	check_day("America/St_Johns", "2006-10-29T02:45Z", "2006-10-29T02:30Z", "2006-10-30T03:30Z");
	check_day("America/St_Johns", "2006-10-29T02:29Z", "2006-10-28T02:30Z", "2006-10-29T02:30Z");
	/* Samoa had no 30 December 2011. */
	check_day("Pacific/Apia", "2011-12-30T09:00Z", "2011-12-29T10:00Z", "2011-12-30T10:00Z");
	check_day("Pacific/Apia", "2011-12-30T10:00Z", "2011-12-30T10:00Z", "2011-12-31T10:00Z");
	/* Daylight time that is behind: Ireland's winter. */
	check_day("Europe/Dublin", "2040-01-01T12:00Z", "2040-01-01T00:00Z", "2040-01-02T00:00Z");
	check_day("Europe/Dublin", "2040-07-01T12:00Z", "2040-06-30T23:00Z", "2040-07-01T23:00Z");
	/* South of the equator the year begins in daylight time. */
	check_day("Australia/Lord_Howe", "2045-01-01T00:00Z", "2044-12-31T13:00Z", "2045-01-01T13:00Z");
	check_day("Australia/Lord_Howe", "2045-07-01T00:00Z", "2045-06-30T13:30Z", "2045-07-01T13:30Z");
}

static void periods_leave_no_gap(void)
{
	static const char *const names[] = {
		"America/Sao_Paulo", "Europe/Berlin",  "America/St_Johns",
		"Pacific/Apia",      "Asia/Shanghai",  "America/Havana",
		"Africa/Casablanca", "Asia/Kathmandu", "UTC",
	};
	uint64_t state = test_random_seed();
	unsigned wrong = 0;
	size_t i;
	int k;

	if (access("/usr/share/zoneinfo/America/Sao_Paulo", R_OK) != 0)
		TEST_SKIP("time zone data isn't installed");
	for (i = 0; i < COUNT(names); i++) {
		mk_zone *zone = load(names[i]);

		CU_ASSERT_PTR_NOT_NULL_FATAL(zone);
		for (k = 0; k < 2000; k++) {
			mk_period period = (mk_period)(k % 4);
			market_time time = (int64_t)test_random_below(&state, UINT64_C(8000000000000)) -
			                   INT64_C(2000000000000);
			market_time from, to, next_from, next_to, last_from, last_to;

			mk_zone_period(zone, period, time, &from, &to);
			mk_zone_period(zone, period, to, &next_from, &next_to);
			mk_zone_period(zone, period, to - 1, &last_from, &last_to);
			wrong += from > time || to <= time || next_from != to || last_from != from;
			wrong += last_to != to || next_to <= to;
		}
		mk_zone_close(zone);
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static size_t read_whole(const char *path, unsigned char *bytes, size_t size)
{
	FILE *file = fopen(path, "rb");
	size_t got;

	if (!file)
		return 0;
	got = fread(bytes, 1, size, file);
	fclose(file);
	return got;
}

static void damaged_files_are_refused(void)
{
	uint64_t state = test_random_seed();
	unsigned char bytes[8192];
	size_t size = read_whole("/usr/share/zoneinfo/Europe/Berlin", bytes, sizeof(bytes));
	mk_zone *zone = NULL;
	unsigned wrong = 0;
	size_t i;

	if (size == 0)
		TEST_SKIP("time zone data isn't installed");
	for (i = 0; i < size; i++) {
		unsigned char *cut = malloc(i + 1); /* of its own, so that a read past the end shows */

		memcpy(cut, bytes, i);
		wrong += mk_zone_decode(&mk_allocator_default, cut, i, &zone) != MARKET_EINVALID;
		wrong += zone != NULL;
		free(cut);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	/* Any byte changed: refused or another zone that still answers. */
	for (i = 0; i < 3000; i++) {
		size_t place = (size_t)test_random_below(&state, i % 2 ? 44 : size);
		unsigned char before = bytes[place];
		market_time from = 0, to = 0;

		bytes[place] = (unsigned char)test_random(&state);
		if (mk_zone_decode(&mk_allocator_default, bytes, size, &zone) == 0) {
			mk_zone_period(zone, MK_PERIOD_MONTH, at("2040-05-05"), &from, &to);
			wrong += from > at("2040-05-05") || to <= at("2040-05-05");
			mk_zone_close(zone);
		}
		bytes[place] = before;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

/* Version 1: one change, at 100 seconds, from one hour to two. */
static void old_files_are_read(void)
{
	static const unsigned char file[] = "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
										"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\x02\0\0\0\x04"
										"\0\0\0\x64\x01"
										"\0\0\x0E\x10\0\0\0\0\x1C\x20\0\0"
										"ABC";
	mk_zone *zone;

	CHECK_INT(mk_zone_decode(&mk_allocator_default, file, sizeof(file), &zone), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(zone);
	CHECK_INT(mk_zone_offset(zone, 99999), MK_HOUR);
	CHECK_INT(mk_zone_offset(zone, 100000), 2 * MK_HOUR);
	CHECK_INT(mk_zone_offset(zone, INT64_C(10000000000000)), 2 * MK_HOUR);
	mk_zone_close(zone);
}

static void rules(void)
{
	static const struct {
		const char *text;
		int year;
		const char *begins, *ends;
		int standard, daylight;
	} rows[] = {
		{"CET-1CEST,M3.5.0,M10.5.0/3", 2026, "2026-03-29T01:00Z", "2026-10-25T01:00Z", 60, 120},
		{"EST5EDT,M3.2.0,M11.1.0", 2026, "2026-03-08T07:00Z", "2026-11-01T06:00Z", -300, -240},
		{"IST-1GMT0,M10.5.0,M3.5.0/1", 2026, "2026-10-25T01:00Z", "2026-03-29T01:00Z", 60, 0},
		{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2026, "2026-03-29T01:00Z", "2026-10-25T01:00Z", -120,
	     -60},
		{"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2026, "2026-10-03T15:30Z", "2026-04-04T15:00Z",
	     630, 660},
		{"AAA0BBB,J60/0,J61/0", 2024, "2024-03-01", "2024-03-01T23:00Z", 0, 60},
		{"AAA0BBB,J60/0,J61/0", 2023, "2023-03-01", "2023-03-01T23:00Z", 0, 60},
		{"AAA0BBB,59/0,60/0", 2024, "2024-02-29", "2024-02-29T23:00Z", 0, 60},
		{"AAA0BBB,59/0,60/0", 2023, "2023-03-01", "2023-03-01T23:00Z", 0, 60},
		{"EET-2EEST,M3.4.4/50,M10.4.4/50", 2026, "2026-03-28T00:00Z", "2026-10-23T23:00Z", 120,
	     180},
		{"AAA+1:30:30BBB-0:0:30,0/167,365/-167", 2024, "2024-01-08T00:30:30Z",
	     "2024-12-24T00:59:30Z", -91, 0},
	};
	mk_zone_rule rule;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_TRUE_FATAL(mk_zone_rule_parse(rows[i].text, &rule));
		CU_ASSERT_TRUE(rule.has_daylight);
		CHECK_INT(mk_zone_rule_begins(&rule, rows[i].year) * 1000, at(rows[i].begins));
		CHECK_INT(mk_zone_rule_ends(&rule, rows[i].year) * 1000, at(rows[i].ends));
		if (i + 1 == COUNT(rows))
			continue;
		CHECK_INT(rule.standard_offset, rows[i].standard * 60);
		CHECK_INT(rule.daylight_offset, rows[i].daylight * 60);
	}
	CHECK_INT(rule.standard_offset, -5430);
	CHECK_INT(rule.daylight_offset, 30);
	CU_ASSERT_TRUE(mk_zone_rule_parse("<-03>3", &rule));
	CU_ASSERT_FALSE(rule.has_daylight);
	CHECK_INT(rule.standard_offset, -3 * 3600);
}

static void rules_that_are_refused(void)
{
	static const char *const refused[] = {
		"",
		"CET",
		"CE-1",
		"-1",
		"CET-25",
		"CET-1:60",
		"CET-1CEST",
		"CET-1CEST,",
		"CET-1CEST,M3.5.0",
		"CET-1CEST,M3.5.0,",
		"CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M0.5.0,M10.5.0",
		"CET-1CEST,M3.6.0,M10.5.0",
		"CET-1CEST,M3.0.0,M10.5.0",
		"CET-1CEST,M3.5.7,M10.5.0",
		"CET-1CEST,M3.5,M10.5.0",
		"CET-1CEST,J0,J60",
		"CET-1CEST,J366,J60",
		"CET-1CEST,366,60",
		"CET-1CEST,M3.5.0/168,M10.5.0",
		"CET-1CEST,M3.5.0/,M10.5.0",
		"CET-1CEST,M3.5.0,M10.5.0x",
		"<CET-1",
		"<A>1",
		"CET-1CE,M3.5.0,M10.5.0",
		"C1T-1",
		"CET-99999999999999",
		":Europe/Berlin",
	};
	mk_zone_rule rule;
	size_t i;

	memset(&rule, 0x55, sizeof(rule));
	for (i = 0; i < COUNT(refused); i++)
		CU_ASSERT_FALSE(mk_zone_rule_parse(refused[i], &rule));
	CHECK_INT(rule.standard_offset, 0x55555555);
}

void suite_zone(void)
{
	CU_pSuite s = test_suite("zone");

	CU_add_test(s, "UTC needs no file", utc_needs_no_file);
	CU_add_test(s, "days, weeks, fortnights and months in UTC", periods_in_utc);
	CU_add_test(s, "names that lead elsewhere are refused", names_that_are_refused);
	CU_add_test(s, "zones that don't exist are an error", zones_that_do_not_exist);
	CU_add_test(s, "a day may begin at one o'clock or have 25 hours", sao_paulo);
	CU_add_test(s, "periods over changes of the clock", berlin);
	CU_add_test(s, "the last rule holds for ever", rules_hold_for_ever);
	CU_add_test(s, "repeated midnights, days left out, daylight time behind", days_that_are_odd);
	CU_add_test(s, "periods leave no gap and don't overlap", periods_leave_no_gap);
	CU_add_test(s, "damaged files are refused", damaged_files_are_refused);
	CU_add_test(s, "files of version 1 are read", old_files_are_read);
	CU_add_test(s, "rules of daylight time", rules);
	CU_add_test(s, "malformed rules are refused", rules_that_are_refused);
}

static market_time at(const char *text)
{
	market_time time = INT64_MIN;

	CU_ASSERT_TRUE_FATAL(mk_time_parse(text, &time));
	return time;
}

static mk_zone *load(const char *name)
{
	mk_zone *zone = NULL;
	market_error err;

	mk_error_clear(&err);
	CHECK_OK(mk_zone_load(&mk_allocator_default, name, &zone, &err));
	return zone;
}

static void check_day(const char *name, const char *moment, const char *from, const char *to)
{
	char path[200];
	mk_zone *zone;

	(void)snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	if (access(path, R_OK) != 0)
		TEST_SKIP("time zone data isn't installed");
	zone = load(name);
	CU_ASSERT_PTR_NOT_NULL_FATAL(zone);
	check_period(zone, MK_PERIOD_DAY, moment, from, to);
	mk_zone_close(zone);
}

static void check_period(mk_zone *zone, mk_period period, const char *moment, const char *from,
                         const char *to)
{
	market_time got_from;
	market_time got_to;

	mk_zone_period(zone, period, at(moment), &got_from, &got_to);
	CHECK_INT(got_from, at(from));
	CHECK_INT(got_to, at(to));
	if (period == MK_PERIOD_DAY)
		CHECK_INT(mk_zone_day_start(zone, at(moment)), at(from));
}
