/*
 * TZif files (RFC 8536, versions 1 to 4). The rule in the footer is written out for 400 years,
 * after which the calendar repeats to the weekday: so one table answers everything.
 */
#include "libmarket/base/zone.h"

#include "libmarket/base/clock.h"
#include "libmarket/base/zone_rule.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FOLDER "/usr/share/zoneinfo/"
#define LONGEST_NAME 100
#define LARGEST_FILE ((size_t)64 * 1024)
#define HEADER_SIZE 44
#define MAX_CHANGES 20000
#define MAX_TYPES 256
#define DAY_SECONDS INT64_C(86400)
#define CYCLE_YEARS 400
#define CYCLE_SECONDS (146097 * DAY_SECONDS)
#define FARTHEST (100 * CYCLE_SECONDS)

typedef struct change {
	int64_t at;     /* seconds */
	int32_t offset; /* seconds east of UTC from then on */
} change;

struct mk_zone {
	const market_allocator *allocator;
	int32_t first_offset; /* before the first change */
	bool repeats;         /* the last CYCLE_YEARS of changes come again and again */
	size_t count;
	change changes[];
};

typedef struct counts {
	size_t ut, standard, leaps, changes, types, name_bytes;
	size_t time_size; /* 4 or 8 */
} counts;

static bool name_allowed(const char *name);
static int read_file(const market_allocator *allocator, const char *name, unsigned char **out,
                     size_t *size, market_error *err);
static mk_zone *zone_new(const market_allocator *allocator, size_t capacity);
static bool read_header(const unsigned char *data, size_t size, size_t time_size, counts *out);
static size_t body_size(const counts *n);
static bool read_changes(const unsigned char *body, const counts *n, mk_zone *zone);
static bool read_footer(const unsigned char *at, size_t size, char *text, size_t text_size);
static void write_out_rule(mk_zone *zone, const mk_zone_rule *rule);
static void add_change(mk_zone *zone, int64_t at, int32_t offset);
static int64_t read_number(const unsigned char *bytes, size_t size);
static int year_of(int64_t seconds);
static int64_t fold(const mk_zone *zone, int64_t seconds);
static size_t changes_until(const mk_zone *zone, int64_t seconds);
static int64_t offset_at(const mk_zone *zone, int64_t seconds);
static bool change_after(const mk_zone *zone, int64_t seconds, int64_t *at);
static void period_of_day(const mk_zone *zone, mk_period period, int64_t day, market_time *from,
                          market_time *to);
static int64_t floor_divide(int64_t a, int64_t b);

int mk_zone_load(const market_allocator *allocator, const char *name, mk_zone **out,
                 market_error *err)
{
	unsigned char *data = NULL;
	size_t size = 0;
	int rc;

	*out = NULL;
	if (name && strcmp(name, "UTC") == 0) {
		*out = zone_new(allocator, 0);
		return *out ? 0 : mk_error_no_memory(err);
	}
	if (!name || !name_allowed(name)) {
		rc = mk_error_set(err, MARKET_EINVALID, "time zone name isn't allowed");
		return mk_error_hint(err, rc, "Zones have names such as \"America/Sao_Paulo\" or \"UTC\".");
	}
	rc = read_file(allocator, name, &data, &size, err);
	if (rc == 0) {
		rc = mk_zone_decode(allocator, data, size, out);
		if (rc == MARKET_ENOMEM)
			(void)mk_error_no_memory(err);
		else if (rc != 0)
			(void)mk_error_set(err, rc, "time zone \"%s\" can't be read", name);
		if (rc == MARKET_EINVALID)
			(void)mk_error_detail(err, rc, "The file %s%s isn't a TZif file without leap seconds.",
			                      FOLDER, name);
	}
	mk_release(allocator, data);
	return rc;
}

int mk_zone_decode(const market_allocator *allocator, const void *file, size_t size, mk_zone **out)
{
	const unsigned char *data = file;
	char footer[128] = "";
	mk_zone_rule rule;
	mk_zone *zone;
	counts n;

	*out = NULL;
	if (!read_header(data, size, 4, &n))
		return MARKET_EINVALID;
	if (data[4] >= '2') {
		/* The same again in 64 bits, and a rule for the time after it. */
		size_t skipped = HEADER_SIZE + body_size(&n);

		data += skipped;
		size -= skipped;
		if (!read_header(data, size, 8, &n))
			return MARKET_EINVALID;
		skipped = HEADER_SIZE + body_size(&n);
		if (!read_footer(data + skipped, size - skipped, footer, sizeof(footer)))
			return MARKET_EINVALID;
	}
	if (footer[0] != '\0' && !mk_zone_rule_parse(footer, &rule))
		return MARKET_EINVALID;
	zone = zone_new(allocator, n.changes + 2 * (CYCLE_YEARS + 3));
	if (!zone)
		return MARKET_ENOMEM;
	if (!read_changes(data + HEADER_SIZE, &n, zone)) {
		mk_zone_close(zone);
		return MARKET_EINVALID;
	}
	if (footer[0] != '\0')
		write_out_rule(zone, &rule);
	*out = zone;
	return 0;
}

void mk_zone_close(mk_zone *zone)
{
	if (zone)
		mk_release(zone->allocator, zone);
}

int64_t mk_zone_offset(const mk_zone *zone, market_time time)
{
	return offset_at(zone, floor_divide(time, 1000)) * 1000;
}

market_time mk_zone_day_start(const mk_zone *zone, market_time time)
{
	market_time from;
	market_time to;

	mk_zone_period(zone, MK_PERIOD_DAY, time, &from, &to);
	return from;
}

market_time mk_zone_date_start(const mk_zone *zone, int year, int month, int day)
{
	int64_t local = mk_time_from_civil(year, month, day) / 1000;
	int64_t at = local - 2 * DAY_SECONDS; /* no offset is that large: the day hasn't begun */
	int64_t next;

	/* The first moment at which local time reaches midnight, or jumps over it. */
	for (;;) {
		int64_t midnight = local - offset_at(zone, at);

		if (midnight < at)
			return at * 1000;
		if (!change_after(zone, at, &next) || midnight < next)
			return midnight * 1000;
		at = next;
	}
}

void mk_zone_period(const mk_zone *zone, mk_period period, market_time time, market_time *from,
                    market_time *to)
{
	int64_t day = floor_divide(time + mk_zone_offset(zone, time), MK_DAY);

	period_of_day(zone, period, day, from, to);
	/* A clock that was put back over midnight shows the old day again, in the new one. */
	while (time >= *to) {
		day++;
		period_of_day(zone, period, day, from, to);
	}
}

static bool name_allowed(const char *name)
{
	size_t i;

	if (name[0] == '\0' || name[0] == '/' || name[0] == '.' || strstr(name, ".."))
		return false;
	for (i = 0; name[i]; i++) {
		char c = name[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (i >= LONGEST_NAME || (!letter && !strchr("/_-+", c)))
			return false;
	}
	return name[i - 1] != '/';
}

static int read_file(const market_allocator *allocator, const char *name, unsigned char **out,
                     size_t *size, market_error *err)
{
	char path[sizeof(FOLDER) + LONGEST_NAME + 1];
	unsigned char *data = NULL;
	FILE *file;
	int rc;

	(void)snprintf(path, sizeof(path), "%s%s", FOLDER, name);
	file = fopen(path, "rb");
	if (!file && errno == ENOMEM)
		return mk_error_no_memory(err);
	if (!file && errno != ENOENT && errno != ENOTDIR)
		return mk_error_set(err, MARKET_EIO, "time zone \"%s\" can't be opened", name);
	if (!file) {
		rc = mk_error_set(err, MARKET_EINVALID, "time zone \"%s\" doesn't exist", name);
		return mk_error_detail(err, rc, "There is no file %s.", path);
	}
	data = mk_allocate(allocator, LARGEST_FILE);
	if (!data) {
		rc = mk_error_no_memory(err);
		goto out;
	}
	*size = fread(data, 1, LARGEST_FILE, file);
	if (ferror(file)) {
		rc = mk_error_set(err, MARKET_EINVALID, "time zone \"%s\" can't be read", name);
		goto out;
	}
	*out = data;
	data = NULL;
	rc = 0;
out:
	(void)fclose(file);
	mk_release(allocator, data);
	return rc;
}

static mk_zone *zone_new(const market_allocator *allocator, size_t capacity)
{
	mk_zone *zone = mk_allocate_zero(allocator, sizeof(mk_zone) + capacity * sizeof(change));

	if (zone)
		zone->allocator = allocator;
	return zone;
}

static bool read_header(const unsigned char *data, size_t size, size_t time_size, counts *out)
{
	if (size < HEADER_SIZE || memcmp(data, "TZif", 4) != 0)
		return false;
	out->ut = (size_t)(uint32_t)read_number(data + 20, 4);
	out->standard = (size_t)(uint32_t)read_number(data + 24, 4);
	out->leaps = (size_t)(uint32_t)read_number(data + 28, 4);
	out->changes = (size_t)(uint32_t)read_number(data + 32, 4);
	out->types = (size_t)(uint32_t)read_number(data + 36, 4);
	out->name_bytes = (size_t)(uint32_t)read_number(data + 40, 4);
	out->time_size = time_size;
	return out->changes <= MAX_CHANGES && out->types <= MAX_TYPES && out->leaps == 0 &&
	       out->ut <= MAX_TYPES && out->standard <= MAX_TYPES && out->name_bytes <= size &&
	       body_size(out) <= size - HEADER_SIZE;
}

static size_t body_size(const counts *n)
{
	return n->changes * (n->time_size + 1) + n->types * 6 + n->name_bytes + n->standard + n->ut;
}

static bool read_changes(const unsigned char *body, const counts *n, mk_zone *zone)
{
	const unsigned char *indices = body + n->changes * n->time_size;
	const unsigned char *types = indices + n->changes;
	size_t i;

	if (n->types == 0)
		return false;
	for (i = 0; i < n->types; i++) {
		int64_t offset = read_number(types + 6 * i, 4);

		if (offset <= -2 * DAY_SECONDS || offset >= 2 * DAY_SECONDS)
			return false;
	}
	zone->first_offset = (int32_t)read_number(types, 4);
	for (i = 0; i < n->changes; i++) {
		int64_t at = read_number(body + i * n->time_size, n->time_size);

		if (indices[i] >= n->types || at > FARTHEST || (i > 0 && at <= zone->changes[i - 1].at))
			return false;
		add_change(zone, at, (int32_t)read_number(types + (size_t)6 * indices[i], 4));
	}
	return true;
}

/* A line of its own: a line feed, the rule, a line feed. */
static bool read_footer(const unsigned char *at, size_t size, char *text, size_t text_size)
{
	const unsigned char *end = size > 1 ? memchr(at + 1, '\n', size - 1) : NULL;
	size_t length;

	if (!end || at[0] != '\n')
		return false;
	length = (size_t)(end - at) - 1;
	if (length >= text_size)
		return false;
	memcpy(text, at + 1, length);
	text[length] = '\0';
	return true;
}

static void write_out_rule(mk_zone *zone, const mk_zone_rule *rule)
{
	int64_t last = zone->count > 0 ? zone->changes[zone->count - 1].at : INT64_MIN;
	int year = zone->count > 0 ? year_of(last) : 1970;
	int end = year + CYCLE_YEARS + 2;

	if (!rule->has_daylight) {
		if (zone->count == 0)
			zone->first_offset = rule->standard_offset;
		return;
	}
	for (; year <= end; year++) {
		int64_t begins = mk_zone_rule_begins(rule, year);
		int64_t ends = mk_zone_rule_ends(rule, year);

		if (begins > last)
			add_change(zone, begins, rule->daylight_offset);
		if (ends > last)
			add_change(zone, ends, rule->standard_offset);
	}
	zone->repeats = true;
}

/* Keeps the order of time; of two at one moment the later added counts. */
static void add_change(mk_zone *zone, int64_t at, int32_t offset)
{
	size_t place = zone->count++;

	for (; place > 0 && zone->changes[place - 1].at > at; place--)
		zone->changes[place] = zone->changes[place - 1];
	zone->changes[place].at = at;
	zone->changes[place].offset = offset;
}

/* Big-endian, signed. */
static int64_t read_number(const unsigned char *bytes, size_t size)
{
	uint64_t value = bytes[0] >= 0x80 ? UINT64_MAX : 0;
	size_t i;

	for (i = 0; i < size; i++)
		value = value << 8 | bytes[i];
	return (int64_t)value;
}

static int year_of(int64_t seconds)
{
	int year;
	int month;
	int day;

	if (seconds < -FARTHEST)
		return 1970;
	mk_time_civil(seconds * 1000, &year, &month, &day, NULL);
	return year;
}

/* Moves a time after the table back by whole cycles to where the table shows the same. */
static int64_t fold(const mk_zone *zone, int64_t seconds)
{
	int64_t last = zone->count > 0 ? zone->changes[zone->count - 1].at : 0;

	if (!zone->repeats || seconds < last)
		return seconds;
	return seconds - ((seconds - last) / CYCLE_SECONDS + 1) * CYCLE_SECONDS;
}

static size_t changes_until(const mk_zone *zone, int64_t seconds)
{
	size_t low = 0;
	size_t high = zone->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (zone->changes[middle].at <= seconds)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int64_t offset_at(const mk_zone *zone, int64_t seconds)
{
	size_t until = changes_until(zone, fold(zone, seconds));

	return until > 0 ? zone->changes[until - 1].offset : zone->first_offset;
}

static bool change_after(const mk_zone *zone, int64_t seconds, int64_t *at)
{
	int64_t folded = fold(zone, seconds);
	size_t until = changes_until(zone, folded);

	if (until == zone->count)
		return false;
	*at = zone->changes[until].at + (seconds - folded);
	return true;
}

/* `day` counts the civil days since 1970-01-01. */
static void period_of_day(const mk_zone *zone, mk_period period, int64_t day, market_time *from,
                          market_time *to)
{
	int64_t monday = mk_time_from_civil(2000, 1, 3) / MK_DAY;
	int64_t length = period == MK_PERIOD_FORTNIGHT ? 14 : period == MK_PERIOD_WEEK ? 7 : 1;
	int64_t first = monday + floor_divide(day - monday, length) * length;
	int year;
	int month;
	int date;

	if (period == MK_PERIOD_MONTH) {
		mk_time_civil(day * MK_DAY, &year, &month, &date, NULL);
		*from = mk_zone_date_start(zone, year, month, 1);
		*to = mk_zone_date_start(zone, year, month + 1, 1);
	} else {
		mk_time_civil(first * MK_DAY, &year, &month, &date, NULL);
		*from = mk_zone_date_start(zone, year, month, date);
		*to = mk_zone_date_start(zone, year, month, date + (int)length);
	}
}

static int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}
