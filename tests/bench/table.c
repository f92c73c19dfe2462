/* The figures against their targets as a table, and drawn. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/bench/output.h"

/* What a bench is to reach: a ratio to a ceiling, or a value. */
typedef struct target {
	const char *bench;
	const char *kind; /* of the ceiling; NULL: any */
	int64_t at;       /* on the row's axis; 0: anywhere */
	bool value;       /* `bound` is of the value, else of the ratio */
	bool most;        /* at most `bound`, else at least */
	double bound;
} target;

static const target targets[] = {
	{.bench = "lifecycle", .kind = "minimal", .bound = 0.60},
	{.bench = "lifecycle", .kind = "same", .bound = 0.90},
	{.bench = "lifecycle.memory", .kind = "minimal", .bound = 0.30},
	{.bench = "lifecycle.memory", .kind = "same", .bound = 0.50},
	{.bench = "lifecycle.rows", .kind = "budget", .most = true, .bound = 1},
	{.bench = "lifecycle.threads", .kind = "one thread", .at = 16, .bound = 3.5},
	{.bench = "lifecycle.threads", .kind = "same", .at = 16, .bound = 0.75},
	{.bench = "lifecycle.batch", .kind = "minimal", .bound = 0.50},
	{.bench = "lifecycle.pg", .kind = "same", .bound = 0.75},
	{.bench = "settle.run", .kind = "minimal", .bound = 0.40},
	{.bench = "verify", .kind = "sha256+scan", .bound = 0.50},
	{.bench = "work.idle", .value = true, .most = true, .bound = 1.0},
	{.bench = "listing.check", .kind = "flat", .bound = 2.0},
	{.bench = "search", .kind = "bare", .bound = 0.30},
	{.bench = "growth", .kind = "smallest", .bound = 0.85},
};

typedef enum { BENCH, AT, VALUE, UNIT, CEILING, KIND, RATIO, TARGET, REACHED, COLUMNS } column;
typedef char cells[COLUMNS][48];

/* One curve: the value of a bench, or a ceiling of it. */
typedef struct curve {
	const bench_row *first;
	bool ceiling;
} curve;

static const target *target_of(const bench_row *row);
static void fill(const bench_row *row, cells out);
static bool reached(const bench_row *row, const target *t);
static void print_cells(const cells *line, const size_t widths[COLUMNS]);
static bool draw(const char *folder, const char *name, const char *const *axes, const char *label,
                 bool logarithmic);
static bool on_axis(const bench_row *row, const char *const *axes);
static size_t find_curves(const char *const *axes, curve *curves, size_t room);
static bool same_curve(const curve *c, const bench_row *row);
static void print_points(FILE *out, const curve *c);

void bench_print_table(void)
{
	static const cells head = {"bench", "at",    "value",  "unit",   "ceiling",
	                           "kind",  "ratio", "target", "reached"};
	size_t count, widths[COLUMNS];
	const bench_row *rows = bench_output_rows(&count);
	cells *lines = calloc(count + 1, sizeof(*lines));

	if (!lines)
		return;
	memcpy(lines[0], head, sizeof(head));
	for (size_t i = 0; i < count; i++)
		fill(&rows[i], lines[i + 1]);
	for (int k = 0; k < COLUMNS; k++) {
		widths[k] = 0;
		for (size_t i = 0; i <= count; i++)
			if (strlen(lines[i][k]) > widths[k])
				widths[k] = strlen(lines[i][k]);
	}
	for (size_t i = 0; i <= count; i++)
		print_cells((const cells *)&lines[i], widths);
	free(lines);
}

bool bench_draw(const char *folder)
{
	static const char *const threads[] = {"threads", "connections", NULL};
	static const char *const size[] = {"orders", NULL};

	if (system("command -v gnuplot >/dev/null 2>&1") != 0) {
		fputs("SKIP the drawings: gnuplot isn't installed (package gnuplot-nox)\n", stderr);
		return true;
	}
	if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
		fprintf(stderr, "market-bench: %s: %s\n", folder, strerror(errno));
		return false;
	}
	return draw(folder, "threads", threads, "threads or connections", false) &&
	       draw(folder, "size", size, "stored orders", true);
}

static const target *target_of(const bench_row *row)
{
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		const target *t = &targets[i];

		if (strcmp(t->bench, row->bench) == 0 && (!t->kind || strcmp(t->kind, row->kind) == 0) &&
		    (t->at == 0 || t->at == row->at))
			return t;
	}
	return NULL;
}

static void fill(const bench_row *row, cells out)
{
	const target *t = target_of(row);

	snprintf(out[BENCH], sizeof(out[BENCH]), "%s", row->bench);
	if (row->axis[0] != '\0')
		snprintf(out[AT], sizeof(out[AT]), "%lld %s", (long long)row->at, row->axis);
	if (row->has_value)
		snprintf(out[VALUE], sizeof(out[VALUE]), row->value < 10 ? "%.3f" : "%.1f", row->value);
	snprintf(out[UNIT], sizeof(out[UNIT]), "%s", row->unit);
	if (row->has_ceiling)
		snprintf(out[CEILING], sizeof(out[CEILING]), row->ceiling < 10 ? "%.3f" : "%.1f",
		         row->ceiling);
	snprintf(out[KIND], sizeof(out[KIND]), "%s", row->kind);
	if (row->has_ratio)
		snprintf(out[RATIO], sizeof(out[RATIO]), "%.3f", row->ratio);
	if (!t || !(t->value ? row->has_value : row->has_ratio))
		return;
	snprintf(out[TARGET], sizeof(out[TARGET]), "%s %.2f%s%s", t->most ? "<=" : ">=", t->bound,
	         t->value ? " " : "", t->value ? row->unit : "");
	snprintf(out[REACHED], sizeof(out[REACHED]), "%s", reached(row, t) ? "yes" : "no");
}

static bool reached(const bench_row *row, const target *t)
{
	double figure = t->value ? row->value : row->ratio;

	return t->most ? figure <= t->bound : figure >= t->bound;
}

/* Numbers to the right. */
static void print_cells(const cells *line, const size_t widths[COLUMNS])
{
	for (int k = 0; k < COLUMNS; k++) {
		bool number = k == VALUE || k == CEILING || k == RATIO || k == AT;

		if (k == COLUMNS - 1)
			printf("%s\n", (*line)[k]);
		else
			printf("%*s  ", number ? (int)widths[k] : -(int)widths[k], (*line)[k]);
	}
}

static bool draw(const char *folder, const char *name, const char *const *axes, const char *label,
                 bool logarithmic)
{
	curve curves[32];
	size_t n = find_curves(axes, curves, sizeof(curves) / sizeof(curves[0]));
	FILE *out;
	int status;

	if (n == 0) {
		fprintf(stderr, "market-bench: nothing was measured by %s\n", label);
		return true;
	}
	out = popen("gnuplot", "w");
	if (!out)
		return false;
	fprintf(out,
	        "set terminal svg size 800,500 enhanced font 'sans-serif,12'\n"
	        "set output '%s/%s.svg'\nset xlabel '%s'\nset ylabel '%s'\nset yrange [0:*]\n"
	        "set key outside bottom center horizontal noenhanced\nset grid\n%s\nplot ",
	        folder, name, label, curves[0].first->unit, logarithmic ? "set logscale x" : "");
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s'-' with linespoints %s title '%s%s%s'", i > 0 ? ", " : "",
		        curves[i].ceiling ? "dashtype 2" : "", curves[i].first->bench,
		        curves[i].ceiling ? ", " : "", curves[i].ceiling ? curves[i].first->kind : "");
	fputc('\n', out);
	for (size_t i = 0; i < n; i++)
		print_points(out, &curves[i]);
	status = pclose(out);
	if (status != 0)
		fprintf(stderr, "market-bench: gnuplot ended with %d\n", status);
	return status == 0;
}

static bool on_axis(const bench_row *row, const char *const *axes)
{
	for (; *axes; axes++)
		if (strcmp(row->axis, *axes) == 0)
			return true;
	return false;
}

/* A bench's value once, however many ceilings it has. */
static size_t find_curves(const char *const *axes, curve *curves, size_t room)
{
	size_t count, n = 0;
	const bench_row *rows = bench_output_rows(&count);

	for (size_t i = 0; i < count; i++)
		for (int ceiling = 0; ceiling < 2; ceiling++) {
			curve c = {.first = &rows[i], .ceiling = ceiling};
			bool known = !on_axis(&rows[i], axes) || (ceiling && !rows[i].has_ceiling);

			for (size_t k = 0; k < n && !known; k++)
				known = curves[k].ceiling == c.ceiling && same_curve(&curves[k], &rows[i]);
			if (!known && n < room)
				curves[n++] = c;
		}
	return n;
}

static bool same_curve(const curve *c, const bench_row *row)
{
	return strcmp(c->first->bench, row->bench) == 0 && strcmp(c->first->axis, row->axis) == 0 &&
	       (!c->ceiling || strcmp(c->first->kind, row->kind) == 0);
}

static void print_points(FILE *out, const curve *c)
{
	size_t count;
	const bench_row *rows = bench_output_rows(&count);

	for (size_t i = 0; i < count; i++)
		if (same_curve(c, &rows[i]) && strcmp(c->first->kind, rows[i].kind) == 0)
			fprintf(out, "%lld %.3f\n", (long long)rows[i].at,
			        c->ceiling ? rows[i].ceiling : rows[i].value);
	fputs("e\n", out);
}
