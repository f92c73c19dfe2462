/* What was measured, beside the JSON lines: a table with the targets, and figures drawn. */
#ifndef TESTS_BENCH_OUTPUT_H
#define TESTS_BENCH_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One line as it was printed. */
typedef struct bench_row {
	char bench[32], unit[32], kind[32];
	char axis[16]; /* "threads", "connections", "batch" or "orders"; empty: none */
	int64_t at;    /* on it */
	double value, ceiling, ratio;
	bool has_value, has_ceiling, has_ratio;
} bench_row;

/* No JSON lines: the rows are for bench_print_table. */
void bench_output_quiet(void);
const bench_row *bench_output_rows(size_t *count);

/* ---- table.c ---- */

/* All rows against the targets, aligned. */
void bench_print_table(void);
/* Throughput by threads and by size as `folder`/threads.svg and `folder`/size.svg, drawn by
 * gnuplot. Says why on standard error when it can't, and returns false. */
bool bench_draw(const char *folder);

#endif
