/*
 * market-bench [--ceiling] [--verbose] [--full] [--table] [--svg DIR] [--count N] [--slice N]
 *              [--seed N] [NAME...]
 *
 * Runs the named benches, or all, and prints a JSON object a line: the figure, the ceiling it is
 * measured against, and their ratio. --table prints all of it at the end, with the targets,
 * instead.
 * --svg draws throughput by threads and by size. --ceiling runs the ceilings alone. --full adds the
 * sizes that take minutes. Files lie in $TMPDIR or the current folder: for a figure of a disk it
 * must be on one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/bench/output.h"

/* A line each. */
/* clang-format off */
static const bench *const benches[] = {
	&bench_lifecycle,
	&bench_lifecycle_memory,
	&bench_lifecycle_rows,
	&bench_threads,
	&bench_batch,
	&bench_postgres,
	&bench_batch_postgres,
	&bench_transfer,
	&bench_transfer_memory,
	&bench_call,
	&bench_verify,
	&bench_settle,
	&bench_work_idle,
	&bench_listing,
	&bench_search,
	&bench_growth,
};
/* clang-format on */
#define N_BENCHES (sizeof(benches) / sizeof(benches[0]))

static bool option(int argc, char **argv, int *at, bench_options *options);
static int usage(void);
static const bench *find(const char *name);
static int64_t number(const char *text);

int main(int argc, char **argv)
{
	bench_options options = {.seed = 1};
	const bench *chosen[N_BENCHES];
	size_t n_chosen = 0;
	const char *drawings = NULL;
	bool table = false;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--table") == 0)
			table = true;
		else if (strcmp(argv[i], "--svg") == 0 && i + 1 < argc)
			drawings = argv[++i];
		else if (option(argc, argv, &i, &options))
			continue;
		else if (n_chosen < N_BENCHES && find(argv[i]))
			chosen[n_chosen++] = find(argv[i]);
		else
			return usage();
	}
	if (table)
		bench_output_quiet();
	for (size_t i = 0; i < (n_chosen ? n_chosen : N_BENCHES); i++)
		(n_chosen ? chosen[i] : benches[i])->run(&options);
	if (table)
		bench_print_table();
	return drawings && !bench_draw(drawings) ? 1 : 0;
}

/* Whether the argument is one of those that benches read. */
static bool option(int argc, char **argv, int *at, bench_options *options)
{
	const char *name = argv[*at];
	const struct {
		const char *name;
		bool *value;
	} flags[] = {
		{"--ceiling", &options->ceiling},
		{"--verbose", &options->verbose},
		{"--full", &options->full},
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strcmp(name, flags[i].name) == 0)
			return *flags[i].value = true;
	if (*at + 1 == argc)
		return false;
	if (strcmp(name, "--count") == 0)
		options->count = number(argv[++*at]);
	else if (strcmp(name, "--slice") == 0)
		options->slice = number(argv[++*at]);
	else if (strcmp(name, "--seed") == 0)
		options->seed = (uint64_t)number(argv[++*at]);
	else
		return false;
	return true;
}

static int usage(void)
{
	fputs("usage: market-bench [--ceiling] [--verbose] [--full] [--table] [--svg DIR] [--count N] "
	      "[--slice N] [--seed N] [NAME...]\n",
	      stderr);
	for (size_t i = 0; i < N_BENCHES; i++)
		fprintf(stderr, "  %-24s %s\n", benches[i]->name, benches[i]->summary);
	return 2;
}

static const bench *find(const char *name)
{
	for (size_t i = 0; i < N_BENCHES; i++)
		if (strcmp(benches[i]->name, name) == 0)
			return benches[i];
	return NULL;
}

static int64_t number(const char *text)
{
	char *end = NULL;
	long long value = strtoll(text, &end, 10);

	if (value <= 0 || *end != '\0') {
		fprintf(stderr, "market-bench: %s isn't a number above 0\n", text);
		exit(2);
	}
	return value;
}
