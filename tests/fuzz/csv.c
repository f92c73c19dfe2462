/* A table: read, written with every field quoted, and read again, it is the same. */
#include "cli/csv.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

typedef struct table {
	char *data; /* all fields of all rows, each with its NUL */
	size_t size;
	size_t rows;
	bool good;
} table;

static table read_table(const void *data, size_t size);
static void add(FILE *out, const char *text);
static char *write_table(const table *t, size_t n_columns, size_t *size);
static void quote(FILE *out, const char *text);

static size_t columns;

void fuzz_csv(const uint8_t *data, size_t size)
{
	table first = read_table(data, size), second;

	if (first.good) {
		size_t written = 0;
		char *text = write_table(&first, columns, &written);

		second = read_table(text, written);
		fuzz_check(second.good && second.rows == first.rows && second.size == first.size &&
		               memcmp(second.data, first.data, first.size) == 0,
		           "%zu rows were read, written and read again as %zu rows", first.rows,
		           second.rows);
		free(second.data);
		free(text);
	}
	free(first.data);
}

static table read_table(const void *data, size_t size)
{
	static const char *const wanted[] = {"id"};
	table t = {.rows = 0};
	char path[40];
	FILE *out = open_memstream(&t.data, &t.size);
	int file = memfd_create("table", 0), rc = -1;
	csv in;

	fuzz_check(out && file >= 0 && write(file, data, size) == (ssize_t)size, "no memory");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	if (csv_open(&in, path, wanted, 1)) {
		columns = in.n_columns;
		/* the header's fields are the row that was read last */
		for (size_t i = 0; i < in.n_fields; i++)
			add(out, in.row + in.fields[i]);
		while ((rc = csv_next(&in)) > 0) {
			t.rows++;
			fuzz_check(in.n_fields == columns && csv_get(&in, 0) != NULL, "a row is incomplete");
			for (size_t i = 0; i < in.n_fields; i++)
				add(out, in.row + in.fields[i]);
		}
	}
	fuzz_check(rc == 0 || strncmp(in.error, path, strlen(path)) == 0, "an error without its file");
	csv_close(&in);
	close(file);
	fclose(out);
	t.good = rc == 0;
	return t;
}

static void add(FILE *out, const char *text)
{
	fwrite(text, 1, strlen(text) + 1, out);
}

static char *write_table(const table *t, size_t n_columns, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);
	size_t column = 0;

	fuzz_check(out != NULL, "no memory");
	for (const char *at = t->data; at < t->data + t->size; at += strlen(at) + 1) {
		quote(out, at);
		column = (column + 1) % n_columns;
		fputs(column == 0 ? "\r\n" : ",", out);
	}
	fclose(out);
	return text;
}

static void quote(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}
