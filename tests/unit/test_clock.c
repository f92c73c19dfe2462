#include "libmarket/base/clock.h"

#include <string.h>

#include "tests/unit/test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void suite_clock(void);

static void times_as_text(void)
{
	static const struct {
		market_time time;
		const char *text;
	} rows[] = {
		{0, "1970-01-01T00:00:00.000Z"},
		{1, "1970-01-01T00:00:00.001Z"},
		{-1, "1969-12-31T23:59:59.999Z"},
		{INT64_C(951782400000), "2000-02-29T00:00:00.000Z"},
		{INT64_C(1769860800000), "2026-01-31T12:00:00.000Z"},
		{INT64_C(253402300799999), "9999-12-31T23:59:59.999Z"},
		{INT64_C(-62135596800000), "0001-01-01T00:00:00.000Z"},
	};
	char text[MK_TIME_TEXT_SIZE];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		market_time back = 42;

		mk_time_format(rows[i].time, text);
		CHECK_TEXT(text, rows[i].text);
		CU_ASSERT_TRUE(mk_time_parse(text, &back));
		CHECK_INT(back, rows[i].time);
	}
	mk_time_format(INT64_MAX, text);
	CHECK_TEXT(text, "292278994-08-17T07:12:55.807Z");
	mk_time_format(INT64_MIN, text);
	CHECK_TEXT(text, "-292275055-05-16T16:47:04.192Z");
}

static void times_in_other_forms(void)
{
	static const struct {
		const char *text, *same;
	} rows[] = {
		{"2026-01-31", "2026-01-31T00:00:00.000Z"},
		{"2026-01-31T12:34Z", "2026-01-31T12:34:00.000Z"},
		{"2026-01-31T12:34:56Z", "2026-01-31T12:34:56.000Z"},
		{"2026-01-31T12:34:56.7Z", "2026-01-31T12:34:56.700Z"},
		{"2026-01-31T12:34:56.07Z", "2026-01-31T12:34:56.070Z"},
		{"2026-01-31T12:34:56.123999Z", "2026-01-31T12:34:56.123Z"},
		{"2026-01-31T12:34:56.123456789Z", "2026-01-31T12:34:56.123Z"},
		{"2026-01-31T12:34:56+02:00", "2026-01-31T10:34:56.000Z"},
		{"2026-01-31T23:34-03:30", "2026-02-01T03:04:00.000Z"},
		{"2026-01-01T00:00:00.001+00:01", "2025-12-31T23:59:00.001Z"},
		{"2024-02-29", "2024-02-29T00:00:00.000Z"},
	};
	char text[MK_TIME_TEXT_SIZE];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		market_time time = 42;

		CU_ASSERT_TRUE(mk_time_parse(rows[i].text, &time));
		mk_time_format(time, text);
		CHECK_TEXT(text, rows[i].same);
	}
}

static void times_are_read_strictly(void)
{
	static const char *const refused[] = {
		"",
		"2026",
		"2026-01",
		"2026-1-31",
		"26-01-31",
		"2026-13-01",
		"2026-00-01",
		"2026-01-32",
		"2026-01-00",
		"2026-02-29",
		"1900-02-29",
		"2026-04-31",
		"2026-01-31 ",
		" 2026-01-31",
		"2026/01/31",
		"20260131",
		"2026-01-31T",
		"2026-01-31Z",
		"2026-01-31T12",
		"2026-01-31T12Z",
		"2026-01-31T12:34",
		"2026-01-31T12:34:56",
		"2026-01-31T12:34:56.",
		"2026-01-31T12:34:56.Z",
		"2026-01-31T24:00Z",
		"2026-01-31T12:60Z",
		"2026-01-31T12:34:60Z",
		"2026-01-31t12:34Z",
		"2026-01-31T12:34z",
		"2026-01-31 12:34Z",
		"2026-01-31T12:34:56.1234567890Z",
		"2026-01-31T12:34+2:00",
		"2026-01-31T12:34+0200",
		"2026-01-31T12:34+24:00",
		"2026-01-31T12:34+02:60",
		"2026-01-31T12:34+02",
		"2026-01-31T12:34Z ",
		"-2026-01-31",
		"+2026-01-31",
		"2026-01-31T12:34ZZ",
		"2026-01-31T-1:34Z",
		"yesterday",
		"0000-12-31",
		"9999-12-31T23:59:59-01:00",
	};
	market_time time = 42;
	size_t i;

	for (i = 0; i < COUNT(refused); i++)
		CU_ASSERT_FALSE(mk_time_parse(refused[i], &time));
	CU_ASSERT_FALSE(mk_time_parse(NULL, &time));
	CU_ASSERT_FALSE(market_time_parse("253402300800000", &time));
	CHECK_INT(time, 42);
	CU_ASSERT_TRUE(market_time_parse("253402300799999", &time));
}

static int length_of_month(int year, int month)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : lengths[month - 1];
}

/* Counts the days of 800 years one by one. */
static void civil_dates(void)
{
	market_time time = INT64_C(-11676096000000); /* 1600-01-01, a Saturday */
	unsigned wrong = 0;
	int weekday = 5;
	int year;
	int month;
	int day;

	for (year = 1600; year < 2400; year++) {
		for (month = 1; month <= 12; month++) {
			for (day = 1; day <= length_of_month(year, month); day++) {
				int y, m, d, w;

				mk_time_civil(time, &y, &m, &d, &w);
				wrong += y != year || m != month || d != day || w != weekday;
				mk_time_civil(time + MK_DAY - 1, &y, &m, &d, NULL);
				wrong += y != year || m != month || d != day;
				wrong += mk_time_from_civil(year, month, day) != time;
				time += MK_DAY;
				weekday = (weekday + 1) % 7;
			}
		}
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CHECK_INT(time, mk_time_from_civil(2400, 1, 1));
}

static void civil_dates_run_over(void)
{
	CHECK_INT(mk_time_from_civil(2026, 13, 1), mk_time_from_civil(2027, 1, 1));
	CHECK_INT(mk_time_from_civil(2026, 0, 1), mk_time_from_civil(2025, 12, 1));
	CHECK_INT(mk_time_from_civil(2026, -11, 1), mk_time_from_civil(2025, 1, 1));
	CHECK_INT(mk_time_from_civil(2026, 25, 1), mk_time_from_civil(2028, 1, 1));
	CHECK_INT(mk_time_from_civil(2026, 1, 0), mk_time_from_civil(2025, 12, 31));
	CHECK_INT(mk_time_from_civil(2026, 2, 29), mk_time_from_civil(2026, 3, 1));
	CHECK_INT(mk_time_from_civil(-1, 1, 1), mk_time_from_civil(0, -11, 1));
	CU_ASSERT(mk_time_from_civil(INT32_MAX, INT32_MAX, INT32_MAX) > 0);
	CU_ASSERT(mk_time_from_civil(INT32_MIN, INT32_MIN, INT32_MIN) < 0);
}

static void durations(void)
{
	static const struct {
		const char *text;
		int64_t duration;
		const char *written;
	} rows[] = {
		{"48h", 48 * MK_HOUR, "2d"},
		{"15d", 15 * MK_DAY, "15d"},
		{"30min", 30 * MK_MINUTE, "30min"},
		{"90 s", 90 * MK_SECOND, "90s"},
		{"500ms", 500, "500ms"},
		{"0s", 0, "0s"},
		{"0d", 0, "0s"},
		{"36h", 36 * MK_HOUR, "36h"},
		{"60s", MK_MINUTE, "1min"},
		{"1500 ms", 1500, "1500ms"},
		{"9223372036854775807ms", INT64_MAX, "9223372036854775807ms"},
		{"106751991167d", 106751991167 * MK_DAY, "106751991167d"},
	};
	char text[MK_TIME_TEXT_SIZE];
	int64_t duration;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_TRUE(mk_duration_parse(rows[i].text, &duration));
		CHECK_INT(duration, rows[i].duration);
		mk_duration_format(duration, text);
		CHECK_TEXT(text, rows[i].written);
	}
	mk_duration_format(-MK_HOUR, text);
	CHECK_TEXT(text, "-1h");
	mk_duration_format(INT64_MIN, text);
	CHECK_TEXT(text, "-9223372036854775808ms");
}

static void durations_are_read_strictly(void)
{
	static const char *const refused[] = {
		"",
		"d",
		"5",
		"5 ",
		"5  d",
		"5w",
		"5D",
		"5 days",
		"-5d",
		"+5d",
		"05d",
		"00s",
		"5.5h",
		"1d2h",
		" 5d",
		"5d ",
		"5m",
		"9223372036854775808ms",
		"106751991168d",
		"1e3s",
	};
	int64_t duration = 42;
	size_t i;

	for (i = 0; i < COUNT(refused); i++)
		CU_ASSERT_FALSE(mk_duration_parse(refused[i], &duration));
	CU_ASSERT_FALSE(mk_duration_parse(NULL, &duration));
	CHECK_INT(duration, 42);
}

static void real_clock(void)
{
	market_time now = mk_clock_now(NULL);
	int64_t before = mk_clock_monotonic_us();

	CU_ASSERT(now > mk_time_from_civil(2020, 1, 1));
	CU_ASSERT(now < mk_time_from_civil(2200, 1, 1));
	CU_ASSERT(mk_clock_monotonic_us() >= before);
}

static void random_source(void)
{
	unsigned char first[100000];
	unsigned char second[sizeof(first)];
	unsigned seen[256] = {0};
	unsigned missing = 0;
	size_t i;

	CU_ASSERT_TRUE(mk_random_bytes(first, sizeof(first), NULL));
	CU_ASSERT_TRUE(mk_random_bytes(second, sizeof(second), NULL));
	CU_ASSERT_TRUE(mk_random_bytes(NULL, 0, NULL));
	CU_ASSERT_NOT_EQUAL(memcmp(first, second, sizeof(first)), 0);
	for (i = 0; i < sizeof(first); i++)
		seen[first[i]]++;
	for (i = 0; i < 256; i++)
		missing += seen[i] == 0;
	CU_ASSERT_EQUAL(missing, 0);
}

void suite_clock(void)
{
	CU_pSuite s = test_suite("clock");

	CU_add_test(s, "times as text, and back", times_as_text);
	CU_add_test(s, "times in other forms", times_in_other_forms);
	CU_add_test(s, "times are read strictly", times_are_read_strictly);
	CU_add_test(s, "every date of 800 years, and back", civil_dates);
	CU_add_test(s, "dates outside their range run over", civil_dates_run_over);
	CU_add_test(s, "durations as text, and back", durations);
	CU_add_test(s, "durations are read strictly", durations_are_read_strictly);
	CU_add_test(s, "the real clock", real_clock);
	CU_add_test(s, "the random source fills all bytes", random_source);
}
