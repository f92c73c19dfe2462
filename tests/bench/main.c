/*
 * market-bench [--ceiling] [--verbose] [--count N] [--slice N] [--seed N] [NAME...]
 *
 * Runs the named benches, or all, and prints a JSON object a line: the figure, the ceiling it is
 * measured against, and their ratio. --ceiling runs the ceilings alone. Files lie in $TMPDIR or the
 * current folder: for a figure of a disk it must be on one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

static const bench *const benches[] = {
	&bench_lifecycle, &bench_lifecycle_memory, &bench_lifecycle_rows,
	&bench_transfer,  &bench_transfer_memory,  &bench_call,
};
#define N_BENCHES (sizeof(benches) / sizeof(benches[0]))

static int usage(void);
static const bench *find(const char *name);
static int64_t number(const char *text);

int main(int argc, char **argv)
{
	bench_options options = {.seed = 1};
	const bench *chosen[64];
	size_t n_chosen = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--ceiling") == 0)
			options.ceiling = true;
		else if (strcmp(argv[i], "--verbose") == 0)
			options.verbose = true;
		else if (strcmp(argv[i], "--count") == 0 && i + 1 < argc)
			options.count = number(argv[++i]);
		else if (strcmp(argv[i], "--slice") == 0 && i + 1 < argc)
			options.slice = number(argv[++i]);
		else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
			options.seed = (uint64_t)number(argv[++i]);
		else if (n_chosen < sizeof(chosen) / sizeof(chosen[0]) && find(argv[i]))
			chosen[n_chosen++] = find(argv[i]);
		else
			return usage();
	}
	for (size_t i = 0; i < (n_chosen ? n_chosen : N_BENCHES); i++)
		(n_chosen ? chosen[i] : benches[i])->run(&options);
	return 0;
}

static int usage(void)
{
	fputs("usage: market-bench [--ceiling] [--verbose] [--count N] [--slice N] [--seed N] "
	      "[NAME...]\n",
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
