/*
 * The driver of all targets.
 *
 *   market-fuzz --list                      names the targets
 *   market-fuzz TARGET FILE|FOLDER...       gives the target each file once
 *   market-fuzz --fuzz=TARGET [OPTION|FOLDER]...   libFuzzer, where it is linked in
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
	const char *name;
	fuzz_target *run;
} targets[] = {
	{"checkpoint", fuzz_checkpoint},
	{"csv", fuzz_csv},
	{"fold", fuzz_fold},
	{"rules", fuzz_rules},
	{"notification", fuzz_notification},
	{"params", fuzz_params},
	{"policy", fuzz_policy},
	{"url", fuzz_url},
	{"values", fuzz_values},
};
#define N_TARGETS (sizeof(targets) / sizeof(targets[0]))

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*run)(const uint8_t *data, size_t size))
	__attribute__((weak));

static fuzz_target *chosen;

static int list(void);
static fuzz_target *find(const char *name);
static int fuzz_one(const uint8_t *data, size_t size);
static int replay(const char *path);
static int replay_file(const char *path);

int main(int argc, char **argv)
{
	const char *fuzz = argc > 1 && strncmp(argv[1], "--fuzz=", 7) == 0 ? argv[1] + 7 : NULL;
	int count = 0;

	if (argc == 2 && strcmp(argv[1], "--list") == 0)
		return list();
	chosen = fuzz ? find(fuzz) : argc > 2 ? find(argv[1]) : NULL;
	if (!chosen) {
		fputs("usage: market-fuzz --list | TARGET FILE|FOLDER... | --fuzz=TARGET ...\n", stderr);
		return 2;
	}
	if (fuzz && !LLVMFuzzerRunDriver) {
		fputs("libFuzzer isn't linked in\n", stderr);
		return 2;
	}
	/* It passes over what begins with two dashes, and gives it to the processes that it starts. */
	if (fuzz)
		return LLVMFuzzerRunDriver(&argc, &argv, fuzz_one);
	for (int i = 2; i < argc; i++)
		count += replay(argv[i]);
	printf("%d inputs\n", count);
	return count > 0 ? 0 : 1;
}

void fuzz_check(bool good, const char *format, ...)
{
	va_list args;

	if (good)
		return;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	fuzz_check(text != NULL, "no memory");
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

void fuzz_round_trip(const mk_record *record, const char *json, size_t size)
{
	void *first = NULL, *second = NULL;
	const void *whole = NULL;
	mk_text once, twice;
	mk_arena arena;
	market_error err;

	mk_arena_init(&arena, &mk_allocator_default);
	mk_text_init(&once, &mk_allocator_default, SIZE_MAX / 2);
	mk_text_init(&twice, &mk_allocator_default, SIZE_MAX / 2);
	if (mk_json_read(record, json, size, &arena, &first, NULL, &err) == 0 &&
	    mk_record_check(record, first, &arena, &whole, &err) == 0) {
		mk_json_write(record, whole, MK_JSON_FULL, &once);
		fuzz_check(mk_json_read(record, once.data, once.size, &arena, &second, NULL, &err) == 0,
		           "%s was read, and what was written isn't: %s at %s\n%s", record->name,
		           err.message, err.field, once.data);
		mk_json_write(record, second, MK_JSON_FULL, &twice);
		fuzz_check(once.size == twice.size && memcmp(once.data, twice.data, once.size) == 0,
		           "%s was written as\n%s\nand then as\n%s", record->name, once.data, twice.data);
	}
	mk_text_close(&once);
	mk_text_close(&twice);
	mk_arena_close(&arena);
}

static int list(void)
{
	for (size_t i = 0; i < N_TARGETS; i++)
		puts(targets[i].name);
	return 0;
}

static fuzz_target *find(const char *name)
{
	for (size_t i = 0; i < N_TARGETS; i++)
		if (strcmp(targets[i].name, name) == 0)
			return targets[i].run;
	return NULL;
}

static int fuzz_one(const uint8_t *data, size_t size)
{
	chosen(data, size);
	return 0;
}

static int replay(const char *path)
{
	struct dirent **entries = NULL;
	struct stat info;
	int count = 0, n;

	if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
		return replay_file(path);
	n = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		char inner[4096];

		snprintf(inner, sizeof(inner), "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			count += replay_file(inner);
		free(entries[i]);
	}
	free(entries);
	return count;
}

static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t size = 0, room = 0, got = 1;

	fuzz_check(file != NULL, "%s can't be read", path);
	while (got > 0) {
		if (size == room) {
			room = room * 2 + 4096;
			data = realloc(data, room);
			fuzz_check(data != NULL, "no memory");
		}
		got = fread(data + size, 1, room - size, file);
		size += got;
	}
	fclose(file);
	/* The name stands there when an input ends it all. */
	fprintf(stderr, "%s\n", path);
	chosen(data, size);
	free(data);
	return 1;
}
