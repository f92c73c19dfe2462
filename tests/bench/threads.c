/* lifecycle.threads: many threads on one file, against both ceilings in groups of as many. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/minimal.h"
#include "tests/bench/replay.h"

#define MOST_THREADS 16
#define COUNT 1600
#define SLICE 160

/* What one thread does. */
typedef struct worker {
	pthread_t thread;
	bench_shop shop;
	int64_t count;
	bench_side side;
} worker;

typedef struct contest {
	bench_shop shop;
	bench_replay replay;
	bench_minimal *minimal_work;
	worker workers[MOST_THREADS];
	int n_threads;
} contest;

static void threads(const bench_options *options);
static void open_files(contest *c, uint64_t seed);
static void measure(contest *c, int n_threads, const bench_options *options, double *one_thread);
static void run_threads(void *data, int64_t count, bench_side *side);
static void *work(void *data);
static void report(int n_threads, const bench_side *library, const bench_side *ceiling,
                   const char *pragmas);
static void close_all(contest *c);

const bench bench_threads = {
	.name = "lifecycle.threads",
	.summary = "the same by 1, 2, 4, 8 and 16 threads on one file",
	.run = threads,
};

static void threads(const bench_options *options)
{
	static const int widths[] = {1, 2, 4, 8, MOST_THREADS};
	contest *c = calloc(1, sizeof(*c));
	double one_thread = 0;

	if (!c)
		bench_die("no memory");
	open_files(c, options->seed);
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		measure(c, widths[i], options, &one_thread);
	bench_shop_verify(&c->shop);
	close_all(c);
}

static void open_files(contest *c, uint64_t seed)
{
	static bench_seller sellers[BENCH_SELLERS];
	char made[1100], keys[1100], library[1100], recorded[1100], same[1100], minimal[1100];
	bench_side none = {0};
	bench_shop maker;

	snprintf(made, sizeof(made), "%s/threads.made", bench_folder());
	snprintf(keys, sizeof(keys), "%s/threads.keys", bench_folder());
	snprintf(library, sizeof(library), "%s/threads.library", bench_folder());
	snprintf(recorded, sizeof(recorded), "%s/threads.recorded", bench_folder());
	snprintf(same, sizeof(same), "%s/threads.same", bench_folder());
	snprintf(minimal, sizeof(minimal), "%s/threads.minimal", bench_folder());
	bench_shop_make(&maker, made, keys, sellers);
	maker.random.state = seed;
	bench_shop_run(&maker, BENCH_SELLERS, &none); /* accounts of all */
	bench_shop_close(&maker);
	bench_copy_file(made, library);
	bench_copy_file(made, recorded);
	bench_copy_file(made, same);
	bench_shop_open_wide(&c->shop, library, keys, sellers, MOST_THREADS + 1);
	bench_shop_open(&c->replay.shop, recorded, keys, sellers);
	bench_shop_sql(&c->replay.shop, "PRAGMA synchronous=OFF");
	c->shop.random.state = c->replay.shop.random.state = seed;
	c->replay.shop.serial = BENCH_SELLERS;
	bench_replay_open(&c->replay, same, false);
	c->minimal_work = bench_minimal_open(minimal, seed);
	bench_minimal_run(c->minimal_work, BENCH_SELLERS, &none);
	for (int i = 0; i < MOST_THREADS; i++)
		bench_shop_join(&c->workers[i].shop, &c->shop, i + 1);
	bench_shop_anchor(&c->shop);
}

static void measure(contest *c, int n_threads, const bench_options *options, double *one_thread)
{
	bench_side library = {.name = "library", .run = run_threads, .data = c};
	bench_side minimal = {.name = "minimal", .run = bench_minimal_run, .data = c->minimal_work};
	bench_side same = {.name = "same",
	                   .prepare = bench_replay_prepare,
	                   .run = bench_replay_run,
	                   .data = &c->replay};
	bench_side *const sides[] = {&library, &minimal, &same};
	bench_side base = {.name = "one thread"}, none = {0};

	c->n_threads = n_threads;
	c->replay.group = n_threads;
	bench_minimal_group(c->minimal_work, n_threads);
	run_threads(c, n_threads, &none); /* connections and statements */
	bench_compare(sides, 3, options->count ? options->count : COUNT,
	              options->slice ? options->slice : SLICE);
	if (n_threads == 1)
		*one_thread = bench_rate(&library);
	base.done = (int64_t)(*one_thread * 1000);
	base.wall = INT64_C(1000000000000);
	base.rates = one_thread;
	base.n_rates = 1;
	report(n_threads, &library, &minimal, NULL);
	report(n_threads, &library, &same, NULL);
	if (n_threads > 1)
		report(n_threads, &library, &base, NULL);
	for (int i = 0; i < 3; i++)
		bench_side_close(sides[i]);
}

static void run_threads(void *data, int64_t count, bench_side *side)
{
	contest *c = data;
	int64_t wall = bench_now();

	for (int i = 0; i < c->n_threads; i++) {
		worker *w = &c->workers[i];

		w->side = (bench_side){0};
		w->count = count / c->n_threads + (i < count % c->n_threads);
		if (pthread_create(&w->thread, NULL, work, w) != 0)
			bench_die("a thread can't be made");
	}
	for (int i = 0; i < c->n_threads; i++) {
		pthread_join(c->workers[i].thread, NULL);
		side->cpu += c->workers[i].side.cpu;
	}
	side->wall += bench_now() - wall;
}

static void *work(void *data)
{
	worker *w = data;

	bench_shop_run(&w->shop, w->count, &w->side);
	return NULL;
}

static void report(int n_threads, const bench_side *library, const bench_side *ceiling,
                   const char *pragmas)
{
	(void)pragmas;
	bench_report("lifecycle.threads", "lifecycles/s", library, ceiling);
	bench_int("threads", n_threads);
	bench_text("file_system", bench_file_system());
	bench_line_end();
}

static void close_all(contest *c)
{
	for (int i = 0; i < MOST_THREADS; i++)
		bench_shop_leave(&c->workers[i].shop);
	bench_minimal_close(c->minimal_work);
	bench_replay_close(&c->replay);
	bench_shop_close(&c->shop);
	free(c);
}
