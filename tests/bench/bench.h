/* What the benches share: output, time, the folder of their files, and the sides that are compared.
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <market.h>
#include <sqlite3.h>

typedef struct bench_options {
	bool ceiling; /* the ceilings alone */
	bool verbose;
	bool full;     /* the sizes that take minutes, too */
	int64_t count; /* of the bench's unit; 0: its own */
	int64_t slice; /* done in turn; 0: its own */
	uint64_t seed;
} bench_options;

typedef struct bench {
	const char *name;
	const char *summary;
	void (*run)(const bench_options *options);
} bench;

extern const bench bench_lifecycle, bench_lifecycle_memory, bench_lifecycle_rows;
extern const bench bench_threads, bench_batch;
extern const bench bench_postgres, bench_batch_postgres;
extern const bench bench_transfer, bench_transfer_memory, bench_call;
extern const bench bench_verify, bench_settle, bench_work_idle, bench_growth;
extern const bench bench_listing, bench_search;

/* ---- bench.c ---- */

/* Says why on standard error and ends the program: a bench that fails has no figure. */
void bench_die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
/* The same unless `rc` is 0, with the error's texts. */
void bench_check(int rc, const market_error *err, const char *what);

/* A folder on disk for this run, removed at its end: in $TMPDIR or the current folder. */
const char *bench_folder(void);
/* The name of its file system: "ext4". */
const char *bench_file_system(void);
void bench_copy_file(const char *from, const char *to);
int64_t bench_file_size(const char *path);

/* Nanoseconds: of the clock on the wall, and of this thread on the processor. */
int64_t bench_now(void);
int64_t bench_cpu(void);

/* The same numbers for the same seed, in 0 … below − 1. */
typedef struct bench_random {
	uint64_t state;
} bench_random;
uint64_t bench_next(bench_random *random, uint64_t below);

/* ---- output.c ---- */

/* One object on a line of standard output. Texts need no escapes. */
void bench_line(const char *name);
void bench_text(const char *name, const char *value);
void bench_json(const char *name, const char *value);
void bench_int(const char *name, int64_t value);
void bench_number(const char *name, double value, int digits);
void bench_line_end(void);

/* ---- compare.c ---- */

/* What does the same work in its own way. `prepare` isn't timed, and may be NULL; `run` adds to the
 * times what it took of both clocks, so that it can leave out what isn't its own. */
typedef struct bench_side {
	const char *name;
	void (*prepare)(void *data, int64_t count);
	void (*run)(void *data, int64_t count, struct bench_side *side);
	void *data;
	const char *pragmas; /* JSON */
	int64_t wall, cpu;   /* nanoseconds */
	int64_t done;
	double *rates; /* of each slice */
	size_t n_rates;
} bench_side;

/* Runs the sides in turn, slice by slice, `count` of each. The order changes with each round. */
void bench_compare(bench_side *const *sides, size_t n_sides, int64_t count, int64_t slice);
double bench_rate(const bench_side *side); /* a second */
double bench_cpu_us(const bench_side *side);
/* A line of `value` against `ceiling` and its quartiles over the slices; bench_line_end is to
 * follow. */
void bench_report(const char *name, const char *unit, const bench_side *value,
                  const bench_side *ceiling);
void bench_side_close(bench_side *side);

/* A connection of a ceiling with the PRAGMAs of the library's own. */
sqlite3 *bench_database(const char *path);
#define BENCH_PRAGMAS 6
extern const char *const bench_pragma_names[BENCH_PRAGMAS];
char *bench_pragmas(sqlite3 *db); /* as JSON; freed with sqlite3_free */
sqlite3_stmt *bench_prepare(sqlite3 *db, const char *sql);
void bench_sql(sqlite3 *db, const char *sql);

#endif
