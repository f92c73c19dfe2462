#include "cli/csv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static bool read_header(csv *csv, const char *const *wanted, size_t n_wanted);
static int read_row(csv *csv);
static int read_plain(csv *csv, int c);
static int read_quoted(csv *csv);
static int refuse_byte(csv *csv, int c);
static int line_end(csv *csv, int c);
static bool add(csv *csv, int c);
static int next_byte(csv *csv);

enum { BAD = -2 }; /* beside EOF and bytes */

bool csv_open(csv *csv, const char *path, const char *const *wanted, size_t n_wanted)
{
	return csv_open_stream(csv, fopen(path, "rb"), path, wanted, n_wanted);
}

bool csv_open_stream(csv *csv, FILE *file, const char *name, const char *const *wanted,
                     size_t n_wanted)
{
	memset(csv, 0, sizeof(*csv));
	csv->path = name;
	csv->next_line = 1;
	csv->file = file;
	csv->row = malloc(CSV_MAX_ROW);
	if (!csv->file || !csv->row) {
		snprintf(csv->error, sizeof(csv->error), "%s: %s", name, strerror(errno));
		return false;
	}
	return read_header(csv, wanted, n_wanted);
}

int csv_next(csv *csv)
{
	int rc = read_row(csv);
	if (rc <= 0)
		return rc;
	if (csv->n_fields != csv->n_columns)
		return csv_refuse(csv, "%zu fields; the header has %zu", csv->n_fields, csv->n_columns);
	if (++csv->n_rows > CSV_MAX_ROWS)
		return csv_refuse(csv, "more than %d rows", CSV_MAX_ROWS);
	return 1;
}

const char *csv_get(const csv *csv, size_t wanted)
{
	return csv->row + csv->fields[csv->wanted[wanted]];
}

int csv_refuse(csv *csv, const char *format, ...)
{
	va_list args;
	int used = snprintf(csv->error, sizeof(csv->error), "%s:%zu: ", csv->path, csv->line);
	if (used < 0 || (size_t)used >= sizeof(csv->error))
		return -1;
	va_start(args, format);
	vsnprintf(csv->error + used, sizeof(csv->error) - (size_t)used, format, args);
	va_end(args);
	return -1;
}

void csv_skip(csv *csv)
{
	while (!csv->ended) {
		int c = next_byte(csv);
		if (c == '"' && !csv->malformed)
			csv->inside = !csv->inside;
		if (c == '\n')
			csv->next_line++;
		csv->ended = (c == '\n' && !csv->inside) || c == EOF;
	}
}

void csv_write_field(FILE *out, const char *text)
{
	bool quoted = strpbrk(text, ",\"\r\n") != NULL;
	if (quoted)
		putc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	if (quoted)
		putc('"', out);
}

void csv_close(csv *csv)
{
	if (csv->file)
		fclose(csv->file);
	free(csv->row);
	csv->file = NULL;
	csv->row = NULL;
}

static void skip_byte_order_mark(csv *csv)
{
	static const unsigned char mark[3] = {0xef, 0xbb, 0xbf};
	csv->n_pending = fread(csv->pending, 1, 3, csv->file);
	if (csv->n_pending == 3 && memcmp(csv->pending, mark, 3) == 0)
		csv->n_pending = 0;
}

static int next_byte(csv *csv)
{
	int c;
	if (csv->n_pending == 0)
		return getc(csv->file);
	c = csv->pending[0];
	csv->n_pending--;
	memmove(csv->pending, csv->pending + 1, csv->n_pending);
	return c;
}

static bool read_header(csv *csv, const char *const *wanted, size_t n_wanted)
{
	skip_byte_order_mark(csv);
	int rc = read_row(csv);
	if (rc <= 0)
		return rc == 0 ? csv_refuse(csv, "the header is missing") == 0 : false;
	csv->n_columns = csv->n_fields;
	for (size_t i = 0; i < csv->n_fields; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(csv->row + csv->fields[i], csv->row + csv->fields[k]) == 0)
				return csv_refuse(csv, "column %s stands there twice", csv->row + csv->fields[i]) ==
				       0;
	for (size_t i = 0; i < n_wanted; i++) {
		size_t k = 0;
		while (k < csv->n_fields && strcmp(csv->row + csv->fields[k], wanted[i]) != 0)
			k++;
		if (k == csv->n_fields)
			return csv_refuse(csv, "column %s is missing", wanted[i]) == 0;
		csv->wanted[i] = k;
	}
	return true;
}

static int read_row(csv *csv)
{
	size_t bad = 0; /* the first field that isn't UTF-8 */
	int c = next_byte(csv);
	csv->line = csv->next_line;
	csv->used = csv->n_fields = 0;
	csv->ended = c == EOF;
	csv->inside = csv->malformed = false;
	if (c == EOF)
		return ferror(csv->file) ? csv_refuse(csv, "can't be read: %s", strerror(errno)) : 0;
	for (;;) {
		csv->inside = c == '"';
		if (csv->n_fields == CSV_MAX_COLUMNS)
			return csv_refuse(csv, "more than %d fields", CSV_MAX_COLUMNS);
		csv->fields[csv->n_fields++] = csv->used;
		c = c == '"' ? read_quoted(csv) : read_plain(csv, c);
		if (c == BAD)
			return -1;
		if (!add(csv, '\0'))
			return csv_refuse(csv, "longer than %d bytes", CSV_MAX_ROW);
		if (bad == 0 && !csv_valid_utf8(csv->row + csv->fields[csv->n_fields - 1]))
			bad = csv->n_fields;
		if (c != ',')
			break;
		c = next_byte(csv);
	}
	csv->ended = true;
	if (bad == 0)
		return 1;
	csv->n_fields = bad;
	return csv_refuse(csv, "field %zu isn't valid UTF-8", bad);
}

/* Both give what ended the field: a comma, a line feed, EOF, or BAD. */
static int read_plain(csv *csv, int c)
{
	for (;;) {
		if (c == ',' || c == EOF)
			return c;
		if (c == '\n' || c == '\r')
			return line_end(csv, c);
		if (c == '"') {
			csv->malformed = true;
			csv_refuse(csv, "a quote inside field %zu, which isn't quoted", csv->n_fields);
			return BAD;
		}
		if (c == '\0' || !add(csv, c))
			return refuse_byte(csv, c);
		c = next_byte(csv);
	}
}

static int read_quoted(csv *csv)
{
	for (;;) {
		int c = next_byte(csv);
		if (c == '"') {
			c = next_byte(csv);
			csv->inside = c == '"';
			if (c == ',' || c == EOF)
				return c;
			if (c == '\n' || c == '\r')
				return line_end(csv, c);
			if (c != '"') {
				csv->malformed = true;
				csv_refuse(csv, "text behind the closing quote of field %zu", csv->n_fields);
				return BAD;
			}
		} else if (c == EOF) {
			csv->ended = true;
			csv_refuse(csv, "the quote of field %zu isn't closed", csv->n_fields);
			return BAD;
		}
		if (c == '\n')
			csv->next_line++;
		if (c == '\0' || !add(csv, c))
			return refuse_byte(csv, c);
	}
}

static int refuse_byte(csv *csv, int c)
{
	if (c == '\0')
		csv_refuse(csv, "a NUL in field %zu", csv->n_fields);
	else
		csv_refuse(csv, "longer than %d bytes", CSV_MAX_ROW);
	return BAD;
}

static int line_end(csv *csv, int c)
{
	if (c == '\r')
		c = next_byte(csv);
	if (c != '\n') {
		csv->ended = c == EOF;
		csv_refuse(csv, "a carriage return without a line feed");
		return BAD;
	}
	csv->next_line++;
	return '\n';
}

static bool add(csv *csv, int c)
{
	if (csv->used == CSV_MAX_ROW)
		return false;
	csv->row[csv->used++] = (char)c;
	return true;
}

static size_t sequence(const unsigned char *text)
{
	if (text[0] < 0x80)
		return 1;
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	return text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
}

bool csv_valid_utf8(const char *bytes)
{
	const unsigned char *text = (const unsigned char *)bytes;
	while (*text) {
		size_t length = sequence(text);
		if (length == 0)
			return false;
		for (size_t i = 1; i < length; i++)
			if ((text[i] & 0xc0) != 0x80)
				return false;
		if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
		    (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f))
			return false;
		text += length;
	}
	return true;
}
