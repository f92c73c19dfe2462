/* The ceiling "same": the library's own statements and values, recorded on one copy of a store and
 * run raw on another, reads included. */
#ifndef TESTS_BENCH_REPLAY_H
#define TESTS_BENCH_REPLAY_H

#include "tests/bench/shop.h"

/* One statement as it was run. */
typedef struct bench_call_record {
	const mk_statement *statement;
	mk_value *args;
	size_t n_args;
	int64_t rows;
	int step; /* of the lifecycle */
	int64_t batch;
	bool write;
	size_t prepared; /* of the replay's */
} bench_call_record;

typedef struct bench_recording {
	bench_call_record *calls;
	size_t n_calls, room;
} bench_recording;

typedef struct bench_replay {
	bench_shop shop; /* where it is recorded */
	sqlite3 *db;     /* where it is run */
	/* What is recorded: a slice of lifecycles, or of other work. */
	void (*work)(void *shop, int64_t count, bench_side *side);
	bench_recording recording;
	size_t next; /* the first call that wasn't run yet */
	struct bench_prepared {
		const mk_statement *statement;
		sqlite3_stmt *raw;
		int64_t wall, calls; /* with `timed` */
	} * prepared;
	size_t n_prepared;
	int64_t group; /* operations committed at once; 0: one */
	int64_t grouped;
	bool timed; /* each statement by itself, which costs time of its own */
} bench_replay;

void bench_record_start(bench_shop *shop, bench_recording *recording);
void bench_record_stop(bench_shop *shop);
void bench_record_clear(bench_recording *recording);

/* `shop` must be open on the copy; `path` is the other copy, or a file that is loaded into memory.
 */
void bench_replay_open(bench_replay *replay, const char *path, bool memory);
void bench_replay_close(bench_replay *replay);
/* The side's `prepare` and `run`. */
void bench_replay_prepare(void *replay, int64_t count);
void bench_replay_run(void *replay, int64_t count, bench_side *side);
/* With `timed`: what each statement took, on standard error. */
void bench_replay_print(bench_replay *replay, int64_t count);

#endif
