#include "tests/bench/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

static bool quiet, first_field;
static bench_row *rows;
static size_t n_rows, rows_room;

static void field(const char *name);
static void note_number(const char *name, double value);
static bench_row *row(void);

void bench_output_quiet(void)
{
	quiet = true;
}

const bench_row *bench_output_rows(size_t *count)
{
	*count = n_rows;
	return rows;
}

void bench_line(const char *name)
{
	if (n_rows == rows_room) {
		rows_room = rows_room ? 2 * rows_room : 32;
		rows = realloc(rows, sizeof(*rows) * rows_room);
		if (!rows)
			bench_die("no memory");
	}
	memset(&rows[n_rows++], 0, sizeof(*rows));
	snprintf(row()->bench, sizeof(row()->bench), "%s", name);
	first_field = true;
	if (!quiet)
		putchar('{');
	bench_text("bench", name);
}

void bench_text(const char *name, const char *value)
{
	if (strcmp(name, "unit") == 0)
		snprintf(row()->unit, sizeof(row()->unit), "%s", value);
	else if (strcmp(name, "ceiling_kind") == 0)
		snprintf(row()->kind, sizeof(row()->kind), "%s", value);
	field(name);
	if (!quiet)
		printf("\"%s\"", value);
}

void bench_json(const char *name, const char *value)
{
	field(name);
	if (!quiet)
		fputs(value, stdout);
}

void bench_int(const char *name, int64_t value)
{
	note_number(name, (double)value);
	field(name);
	if (!quiet)
		printf("%lld", (long long)value);
}

void bench_number(const char *name, double value, int digits)
{
	note_number(name, value);
	field(name);
	if (!quiet)
		printf("%.*f", digits, value);
}

void bench_line_end(void)
{
	if (!quiet)
		puts("}");
	fflush(stdout);
}

static void field(const char *name)
{
	if (quiet)
		return;
	if (!first_field)
		putchar(',');
	first_field = false;
	printf("\"%s\":", name);
}

static void note_number(const char *name, double value)
{
	static const char *const axes[] = {"threads", "connections", "batch", "orders"};
	bench_row *r = row();

	for (size_t i = 0; i < sizeof(axes) / sizeof(axes[0]); i++)
		if (strcmp(name, axes[i]) == 0) {
			snprintf(r->axis, sizeof(r->axis), "%s", name);
			r->at = (int64_t)value;
		}
	if (strcmp(name, "value") == 0) {
		r->value = value;
		r->has_value = true;
	} else if (strcmp(name, "ceiling") == 0) {
		r->ceiling = value;
		r->has_ceiling = true;
	} else if (strcmp(name, "ratio") == 0) {
		r->ratio = value;
		r->has_ratio = true;
	}
}

static bench_row *row(void)
{
	return &rows[n_rows - 1];
}
