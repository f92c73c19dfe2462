#include "tests/bench/bench.h"

#include <errno.h>
#include <ftw.h>
#include <mntent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char folder[1024];

static void remove_folder(void);
static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk);
static int64_t nanoseconds(clockid_t clock);

void bench_die(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("market-bench: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

void bench_check(int rc, const market_error *err, const char *what)
{
	if (rc < 0)
		bench_die("%s: %s (%d) %s %s", what, err->message, rc, err->field, err->detail);
}

const char *bench_folder(void)
{
	const char *base = getenv("TMPDIR");
	char here[512];

	if (folder[0] != '\0')
		return folder;
	if (!base || base[0] != '/')
		base = getcwd(here, sizeof(here));
	if (!base)
		bench_die("the current folder has no name: %s", strerror(errno));
	snprintf(folder, sizeof(folder), "%s/market-bench.XXXXXX", base);
	if (!mkdtemp(folder))
		bench_die("no folder can be made in %s: %s", base, strerror(errno));
	atexit(remove_folder);
	return folder;
}

const char *bench_file_system(void)
{
	static char name[64];
	struct stat own, other;
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	struct mntent *entry;

	snprintf(name, sizeof(name), "unknown");
	if (!mounts || stat(bench_folder(), &own) != 0)
		return name;
	while ((entry = getmntent(mounts)) != NULL)
		if (stat(entry->mnt_dir, &other) == 0 && other.st_dev == own.st_dev)
			snprintf(name, sizeof(name), "%s", entry->mnt_type);
	endmntent(mounts);
	return name;
}

void bench_copy_file(const char *from, const char *to)
{
	static char buffer[1 << 16];
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	size_t n;

	if (!in || !out)
		bench_die("copying %s to %s: %s", from, to, strerror(errno));
	while ((n = fread(buffer, 1, sizeof(buffer), in)) > 0)
		if (fwrite(buffer, 1, n, out) != n)
			bench_die("writing %s: %s", to, strerror(errno));
	if (ferror(in) || fflush(out) != 0 || fsync(fileno(out)) != 0)
		bench_die("copying %s to %s: %s", from, to, strerror(errno));
	fclose(in);
	fclose(out);
	chmod(to, 0600);
}

int64_t bench_file_size(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 ? (int64_t)info.st_size : 0;
}

int64_t bench_now(void)
{
	return nanoseconds(CLOCK_MONOTONIC);
}

int64_t bench_cpu(void)
{
	return nanoseconds(CLOCK_THREAD_CPUTIME_ID);
}

uint64_t bench_next(bench_random *random, uint64_t below)
{
	uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (z ^ (z >> 31)) % below;
}

static void remove_folder(void)
{
	nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
	(void)info;
	(void)kind;
	(void)walk;
	return remove(path);
}

static int64_t nanoseconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
