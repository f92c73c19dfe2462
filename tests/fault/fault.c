#include "tests/fault/fault.h"

#include <ftw.h>
#include <glob.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/fault/raw.h"

#define MAX_SHARED 32

/* What the processes of a case share. */
typedef struct board {
	atomic_int failed;
	atomic_int met;
	atomic_int again;
	char why[1000];
} board;

static struct {
	const char *suite;
	uint64_t seed;
	char **patterns;
	int n_patterns;
	bool list;
	char folder[300];
	int n_stores;
	pid_t process;
	board *board;
	int passed, failed, skipped;
	void *shared[MAX_SHARED];
	size_t sizes[MAX_SHARED];
	int n_shared;
} run;

static bool wanted(const char *name);
static void run_on(const char *name, bool postgres, void (*work)(const fault_store *store));
static void verdict(const char *name);
static void make_store(bool postgres, const char *copied, fault_store *out);
static void copy_file(const char *from, const char *to);
static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk);
static void die(const char *what);

void fault_begin(const char *suite, int argc, char **argv)
{
	const char *temp = getenv("TMPDIR"), *seed = getenv("MARKET_TEST_SEED");
	int i = 1;
	run.suite = suite;
	run.process = getpid();
	run.seed = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
	for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
		if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
			run.seed = strtoull(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--list") == 0)
			run.list = true;
	}
	run.patterns = argv + i;
	run.n_patterns = argc - i;
	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(run.folder, sizeof(run.folder), "%.200s/market-%s-XXXXXX", temp ? temp : "/tmp",
	         suite);
	if (!mkdtemp(run.folder))
		die(run.folder);
	run.board =
		mmap(NULL, sizeof(*run.board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run.board == MAP_FAILED)
		die("mmap");
	if (!run.list)
		printf("seed %llu\n", (unsigned long long)run.seed);
}

void fault_case(const char *name, int stores, void (*work)(const fault_store *store))
{
	if (stores & FAULT_SQLITE)
		run_on(name, false, work);
	if (stores & FAULT_POSTGRES)
		run_on(name, true, work);
}

int fault_end(void)
{
	nftw(run.folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	if (!run.list)
		printf("%d passed, %d failed, %d skipped\n", run.passed, run.failed, run.skipped);
	return run.failed > 0;
}

bool fault_long(void)
{
	const char *wish = getenv("MARKET_TEST_LONG");
	return wish && strcmp(wish, "1") == 0;
}

uint64_t fault_seed(void)
{
	return run.seed;
}

uint64_t fault_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t fault_below(uint64_t *state, uint64_t bound)
{
	return fault_random(state) % bound;
}

bool fault_failed(void)
{
	return atomic_load(&run.board->failed) != 0;
}

bool fault_check(bool good, const char *format, ...)
{
	va_list args;
	int none = 0;
	if (good || !atomic_compare_exchange_strong(&run.board->failed, &none, 1))
		return good;
	va_start(args, format);
	vsnprintf(run.board->why, sizeof(run.board->why), format, args);
	va_end(args);
	return good;
}

void fault_note(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("  ", stdout);
	vprintf(format, args);
	putchar('\n');
	va_end(args);
}

void fault_count_again(void)
{
	atomic_fetch_add(&run.board->again, 1);
}

const char *fault_folder(void)
{
	return run.folder;
}

void fault_store_new(bool postgres, fault_store *out)
{
	make_store(postgres, NULL, out);
}

void fault_store_copy(const fault_store *store, fault_store *out)
{
	static const char *const suffixes[] = {".db", ".db.keys", ".keys"};
	char from[500], to[500];
	make_store(store->postgres, store->name, out);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		snprintf(from, sizeof(from), "%s%s", store->beside, suffixes[i]);
		snprintf(to, sizeof(to), "%s%s", out->beside, suffixes[i]);
		copy_file(from, to);
	}
}

void fault_store_drop(const fault_store *store)
{
	const char *server = getenv("MARKET_TEST_POSTGRES_DIR");
	char pattern[500];
	glob_t found;
	snprintf(pattern, sizeof(pattern), "%s.*", store->beside);
	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
	globfree(&found);
	if (store->postgres && !raw_drop_database(server ? server : "", store->name))
		die("DROP DATABASE");
}

void *fault_shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED || run.n_shared == MAX_SHARED)
		die("mmap");
	run.shared[run.n_shared] = memory;
	run.sizes[run.n_shared++] = size;
	return memory;
}

void fault_meet(int count)
{
	int round = atomic_fetch_add(&run.board->met, 1) / count;
	while (atomic_load(&run.board->met) < (round + 1) * count && !fault_failed())
		usleep(100);
}

int64_t fault_now_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void fault_processes(int count, void (*work)(int number, void *data), void *data)
{
	pid_t children[256];
	atomic_store(&run.board->met, 0);
	fflush(stdout);
	for (int i = 0; i < count; i++) {
		children[i] = fork();
		if (children[i] < 0)
			die("fork");
		if (children[i] == 0) {
			alarm(600);
			work(i, data);
			fflush(stdout);
			_exit(0);
		}
	}
	for (int i = 0; i < count; i++) {
		int status = 0;
		waitpid(children[i], &status, 0);
		fault_check(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		            "process %d ended with status %#x", i, status);
	}
}

static bool wanted(const char *name)
{
	for (int i = 0; i < run.n_patterns; i++)
		if (strstr(name, run.patterns[i]))
			return true;
	return run.n_patterns == 0;
}

static void run_on(const char *name, bool postgres, void (*work)(const fault_store *store))
{
	fault_store store;
	char full[300];
	int64_t began = fault_now_us();
	snprintf(full, sizeof(full), "%s/%s (%s)", run.suite, name, postgres ? "PostgreSQL" : "SQLite");
	if (!wanted(full))
		return;
	if (run.list) {
		puts(full);
		return;
	}
	if (postgres && !getenv("MARKET_TEST_POSTGRES_DIR")) {
		const char *why = getenv("MARKET_TEST_POSTGRES_WHY");
		printf("SKIP %s: %s\n", full,
		       why && *why ? why : "there is no server (MARKET_TEST_POSTGRES_DIR)");
		run.skipped++;
		return;
	}
	memset(run.board, 0, sizeof(*run.board));
	fault_store_new(postgres, &store);
	work(&store);
	for (int i = 0; i < run.n_shared; i++)
		munmap(run.shared[i], run.sizes[i]);
	run.n_shared = 0;
	verdict(full);
	if (atomic_load(&run.board->again) > 0)
		fault_note("%d calls met a busy store or a conflict and were sent again",
		           atomic_load(&run.board->again));
	fault_note("%.1f s", (double)(fault_now_us() - began) / 1e6);
}

static void verdict(const char *name)
{
	const char *path = getenv("MARKET_TEST_NAMES");
	FILE *names;
	if (fault_failed()) {
		run.failed++;
		printf("FAIL %s: %s (seed %llu)\n", name, run.board->why, (unsigned long long)run.seed);
		return;
	}
	run.passed++;
	printf("ok %s\n", name);
	names = path ? fopen(path, "a") : NULL;
	if (names) {
		fprintf(names, "%s\n", name);
		fclose(names);
	}
}

static void make_store(bool postgres, const char *copied, fault_store *out)
{
	const char *server = getenv("MARKET_TEST_POSTGRES_DIR");
	const char *options = getenv("MARKET_TEST_POSTGRES_OPTIONS");
	int number = run.n_stores++;
	memset(out, 0, sizeof(*out));
	out->postgres = postgres;
	snprintf(out->beside, sizeof(out->beside), "%s/%d", run.folder, number);
	if (!postgres) {
		snprintf(out->target, sizeof(out->target), "%s.db", out->beside);
		snprintf(out->url, sizeof(out->url), "sqlite:%.1000s", out->target);
		return;
	}
	snprintf(out->name, sizeof(out->name), "%s_%d_%d", run.suite, (int)run.process, number);
	snprintf(out->target, sizeof(out->target), "dbname=%s host=%.400s user=market", out->name,
	         server ? server : "");
	snprintf(out->url, sizeof(out->url),
	         "postgresql:///%s?host=%.400s&user=market&keys=%s.keys%.100s", out->name,
	         server ? server : "", out->beside, options ? options : "");
	if (!raw_create_database(server ? server : "", out->name, copied))
		die("CREATE DATABASE");
}

static void copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "r"), *out = in ? fopen(to, "w") : NULL;
	char bytes[65536];
	size_t n;
	while (out && (n = fread(bytes, 1, sizeof(bytes), in)) > 0)
		if (fwrite(bytes, 1, n, out) != n)
			die(to);
	if (out && fchmod(fileno(out), 0600) != 0)
		die(to);
	if (in)
		fclose(in);
	if (out && fclose(out) != 0)
		die(to);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
	(void)info;
	(void)kind;
	(void)walk;
	return remove(path);
}

static void die(const char *what)
{
	perror(what);
	exit(2);
}
