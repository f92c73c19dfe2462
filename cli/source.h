/* Rows of a CSV or JSON Lines file, by the names of fields. */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include <iconv.h>
#include <jansson.h>
#include <market.h>
#include <stdio.h>

#include "cli/csv.h"

enum { SOURCE_MAX_MAPS = 64, SOURCE_MAX_NAME = 128 };

typedef enum source_format { SOURCE_CSV = 1, SOURCE_JSONL } source_format;

/* What is wrong with a row. */
typedef struct source_problem {
	int code; /* 0: nothing */
	char column[SOURCE_MAX_NAME];
	char reason[400];
} source_problem;

typedef struct source_row {
	size_t line;
	json_t *values; /* texts, and objects of texts (metadata, attributes, licences, images) */
	source_problem problem;
} source_row;

/* A column, and the field that it is: "title", or one pair of an object, "metadata.city". */
typedef struct source_map {
	char column[SOURCE_MAX_NAME];
	char field[SOURCE_MAX_NAME]; /* "": ignored */
} source_map;

typedef struct source_options {
	source_format format; /* 0: by the file's name */
	const char *encoding; /* NULL: UTF-8 */
	source_map maps[SOURCE_MAX_MAPS];
	size_t n_maps;
	source_map values[SOURCE_MAX_MAPS]; /* --set: field and value of rows that state none */
	size_t n_values;
	const char *const *fields;   /* that there are; ends with NULL */
	const char *const *required; /* ends with NULL */
} source_options;

typedef struct source {
	const source_options *options;
	const char *name;
	FILE *file; /* of JSON Lines */
	csv csv;
	source_format format;
	char (*columns)[SOURCE_MAX_NAME]; /* of the CSV header */
	char *text;                       /* a line of JSON */
	size_t line;
	int in; /* the file itself */
	iconv_t converter;
	bool opened, converts, ended, failed;
	unsigned char raw[65536]; /* not converted yet */
	size_t n_raw;
	size_t done, size; /* bytes read, and of the file; 0: unknown */
	char error[400];
} source;

/* The object of pairs that a field belongs to: "metadata.city" is of "metadata". NULL: none. */
const char *source_pairs_of(const char *field);

/* By a file's name; 0: it doesn't say. */
source_format source_format_of(const char *path);
/* Whether there is such a field, or pair of one. */
bool source_has_field(const source_options *options, const char *field);
/* Opens "-" or a file. False with `error` set; source_close is due in any case. */
bool source_open(source *s, const char *path, const source_options *options);
/* The next row, bad ones with their problem: 1, 0 at the end, -1 with `error` set. */
int source_next(source *s, source_row *row);
/* The column that a field comes from. */
const char *source_column(const source *s, const char *field);
void source_problem_set(source_problem *problem, int code, const char *column, const char *format,
                        ...) __attribute__((format(printf, 4, 5)));
void source_close(source *s);

/* source_open.c: the bytes of a file as UTF-8. */
FILE *source_stream(source *s, const char *path);
/* source_cell.c. A text that a spreadsheet would take for a formula is written with ' before it. */
void source_write_cell(FILE *out, const char *text);
const char *source_read_cell(const char *text);
/* Puts a value at its field; false with the row's problem set. */
bool source_put(source_row *row, const char *field, const char *column, const char *text);

#endif
