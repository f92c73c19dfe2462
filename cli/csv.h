/* A table in CSV (RFC 4180), read row by row. */
#ifndef CLI_CSV_H
#define CLI_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
	CSV_MAX_COLUMNS = 64,
	CSV_MAX_WANTED = 16,
	CSV_MAX_ROW = 256 * 1024,
	CSV_MAX_ROWS = 10 * 1000 * 1000
};

typedef struct csv {
	const char *path;
	FILE *file;
	char *row; /* the fields of the last row, each with its NUL */
	size_t used;
	size_t fields[CSV_MAX_COLUMNS]; /* where they begin */
	size_t n_fields;
	size_t n_columns;
	size_t wanted[CSV_MAX_WANTED];
	size_t n_rows;
	size_t line; /* at which the last row begins */
	size_t next_line;
	size_t n_pending; /* bytes that are read again */
	unsigned char pending[3];
	bool ended;      /* the last row was read to its end */
	bool inside;     /* quotes */
	bool malformed;  /* the quotes of the row say nothing */
	char error[400]; /* "path:line: message" */
} csv;

/* Opens a table whose header has the wanted columns, in any order and among others. Returns false
 * with `error` set; csv_close is due in any case. Lines end with LF or CRLF; a byte order mark is
 * skipped. */
bool csv_open(csv *csv, const char *path, const char *const *wanted, size_t n_wanted);
/* The same of a stream, which csv_close closes; `name` is what errors call it. */
bool csv_open_stream(csv *csv, FILE *file, const char *name, const char *const *wanted,
                     size_t n_wanted);
/* The next row: 1, 0 at the end, -1 with `error` set. Every row has as many fields as the header;
 * text is valid UTF-8 without NUL. */
int csv_next(csv *csv);
/* A field of the last row by its number among the wanted columns. Lives until the next row. */
const char *csv_get(const csv *csv, size_t wanted);
/* Behind a row that was refused: reads on to the end of its line, so that csv_next gives the row
 * after it. */
void csv_skip(csv *csv);
/* Whether all bytes are valid UTF-8. */
bool csv_valid_utf8(const char *text);
/* Writes one field, quoted where it must be. */
void csv_write_field(FILE *out, const char *text);
/* Sets `error` for the last row; returns -1. */
int csv_refuse(csv *csv, const char *format, ...) __attribute__((format(printf, 2, 3)));
void csv_close(csv *csv);

#endif
