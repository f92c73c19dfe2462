/* Rows of a CSV or JSON Lines file, by the names of fields. */
#include "cli/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/reader.h"

static bool open_csv(source *s);
static bool is_used(const source_options *options, const char *column);
static bool has_column(const source *s, const char *column);
static bool refuse_source(source *s, const char *what, const char *word);
static int next_csv(source *s, source_row *row);
static void put_value(const source *s, source_row *row, const char *column, const char *text);
static int next_line(source *s, source_row *row);
static int read_line(source *s, size_t *size);
static void take_object(const source *s, source_row *row, json_t *object);
static void complete_row(const source *s, source_row *row);

source_format source_format_of(const char *path)
{
	const char *end = strrchr(path, '.');

	if (end && strcmp(end, ".csv") == 0)
		return SOURCE_CSV;
	return end && (strcmp(end, ".jsonl") == 0 || strcmp(end, ".ndjson") == 0) ? SOURCE_JSONL : 0;
}

bool source_open(source *s, const char *path, const source_options *options)
{
	memset(s, 0, sizeof(*s));
	s->options = options;
	s->name = strcmp(path, "-") == 0 ? "standard input" : path;
	s->in = -1;
	s->format = options->format ? options->format : source_format_of(path);
	if (s->format == 0)
		return refuse_source(s, "--format csv or jsonl is needed", "");
	s->file = source_stream(s, path);
	if (!s->file)
		return refuse_source(s, s->opened ? "unknown encoding " : "",
		                     s->opened ? options->encoding : strerror(errno));
	if (s->format == SOURCE_CSV)
		return open_csv(s);
	s->text = malloc(CLI_LONGEST_LINE + 1);
	return s->text || refuse_source(s, "memory is exhausted", "");
}

int source_next(source *s, source_row *row)
{
	int rc;

	memset(row, 0, sizeof(*row));
	row->values = json_object();
	rc = s->format == SOURCE_CSV ? next_csv(s, row) : next_line(s, row);
	if (s->failed && refuse_source(s, "reading failed", "") == 0)
		rc = -1;
	if (rc > 0 && row->problem.code == 0)
		complete_row(s, row);
	if (rc <= 0)
		json_decref(row->values);
	return rc;
}

const char *source_column(const source *s, const char *field)
{
	for (size_t i = 0; i < s->options->n_maps; i++)
		if (strcmp(s->options->maps[i].field, field) == 0)
			return s->options->maps[i].column;
	return field;
}

void source_close(source *s)
{
	if (s->format == SOURCE_CSV)
		csv_close(&s->csv);
	else if (s->file)
		fclose(s->file);
	free(s->text);
	free(s->columns);
	s->text = NULL;
	s->columns = NULL;
}

static bool open_csv(source *s)
{
	if (!csv_open_stream(&s->csv, s->file, s->name, NULL, 0)) {
		snprintf(s->error, sizeof(s->error), "%s", s->csv.error);
		return false;
	}
	s->columns = calloc(s->csv.n_columns, sizeof(*s->columns));
	if (!s->columns)
		return refuse_source(s, "memory is exhausted", "");
	for (size_t i = 0; i < s->csv.n_columns; i++) {
		const char *column = s->csv.row + s->csv.fields[i];

		if (strlen(column) >= SOURCE_MAX_NAME)
			return refuse_source(s, "a column's name is too long: ", column);
		snprintf(s->columns[i], SOURCE_MAX_NAME, "%s", column);
		if (!is_used(s->options, column))
			return refuse_source(s, "no field is called as the column ", column);
	}
	for (size_t i = 0; i < s->options->n_maps; i++)
		if (!has_column(s, s->options->maps[i].column))
			return refuse_source(s, "there is no column ", s->options->maps[i].column);
	return true;
}

/* Once columns are mapped, others may be left out. */
static bool is_used(const source_options *options, const char *column)
{
	return options->n_maps > 0 || source_has_field(options, column);
}

static bool has_column(const source *s, const char *column)
{
	for (size_t i = 0; i < s->csv.n_columns; i++)
		if (strcmp(s->columns[i], column) == 0)
			return true;
	return false;
}

bool source_has_field(const source_options *options, const char *field)
{
	const char *object = source_pairs_of(field);

	for (const char *const *one = options->fields; *one; one++)
		if (strcmp(*one, object ? object : field) == 0)
			return true;
	return false;
}

static bool refuse_source(source *s, const char *what, const char *word)
{
	snprintf(s->error, sizeof(s->error), "%s: %s%.100s", s->name, what, word);
	return false;
}

static int next_csv(source *s, source_row *row)
{
	int rc = csv_next(&s->csv);

	row->line = s->csv.line;
	if (rc < 0) {
		size_t at = s->csv.n_fields;
		const char *reason = strchr(s->csv.error + strlen(s->name) + 1, ' ');

		csv_skip(&s->csv);
		source_problem_set(&row->problem, MARKET_ESYNTAX,
		                   at > 0 && at <= s->csv.n_columns ? s->columns[at - 1] : "", "%s",
		                   reason ? reason + 1 : s->csv.error);
		return 1;
	}
	for (size_t i = 0; rc > 0 && i < s->csv.n_columns && row->problem.code == 0; i++)
		put_value(s, row, s->columns[i], source_read_cell(s->csv.row + s->csv.fields[i]));
	return rc;
}

/* An empty cell states nothing. */
static void put_value(const source *s, source_row *row, const char *column, const char *text)
{
	const source_options *options = s->options;
	bool mapped = false;

	if (*text == '\0')
		return;
	for (size_t i = 0; i < options->n_maps; i++) {
		if (strcmp(options->maps[i].column, column) != 0)
			continue;
		mapped = true;
		if (options->maps[i].field[0] != '\0')
			source_put(row, options->maps[i].field, column, text);
	}
	if (!mapped && source_has_field(options, column))
		source_put(row, column, column, text);
	else if (!mapped && !is_used(options, column))
		source_problem_set(&row->problem, MARKET_EUNKNOWNFIELD, column, "there is no such field");
}

static int next_line(source *s, source_row *row)
{
	size_t size = 0;
	json_error_t where;
	json_t *object;
	int rc;

	do
		rc = read_line(s, &size);
	while (rc > 0 && strspn(s->text, " \t\r") == size);
	if (rc <= 0)
		return rc;
	row->line = s->line;
	if (size > CLI_LONGEST_LINE) {
		source_problem_set(&row->problem, MARKET_ELIMIT, "", "the line is longer than %zu bytes",
		                   CLI_LONGEST_LINE);
		return 1;
	}
	object = json_loadb(s->text, size, JSON_REJECT_DUPLICATES, &where);
	if (!json_is_object(object))
		source_problem_set(&row->problem, MARKET_ESYNTAX, "", "column %d: %s", where.column,
		                   object ? "one JSON object is expected" : where.text);
	else
		take_object(s, row, object);
	json_decref(object);
	return 1;
}

static int read_line(source *s, size_t *size)
{
	int c;

	s->line++;
	*size = 0;
	while ((c = getc(s->file)) != EOF && c != '\n') {
		if (*size < CLI_LONGEST_LINE)
			s->text[*size] = (char)c;
		++*size;
		if (s->line == 1 && *size == 3 && memcmp(s->text, "\xef\xbb\xbf", 3) == 0)
			*size = 0;
	}
	s->text[*size < CLI_LONGEST_LINE ? *size : CLI_LONGEST_LINE] = '\0';
	return c == EOF && *size == 0 ? 0 : 1;
}

static void take_object(const source *s, source_row *row, json_t *object)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		char *text = json_is_string(value)
		                 ? NULL
		                 : json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));

		if (!json_is_null(value) && row->problem.code == 0)
			put_value(s, row, name, text ? text : json_string_value(value));
		free(text);
	}
}

static void complete_row(const source *s, source_row *row)
{
	const source_options *options = s->options;

	for (size_t i = 0; i < options->n_values; i++) {
		const char *field = options->values[i].column, *object = source_pairs_of(field);
		json_t *in =
			object && strchr(field, '.') ? json_object_get(row->values, object) : row->values;

		if (!json_object_get(in, in == row->values ? field : strchr(field, '.') + 1))
			source_put(row, field, field, options->values[i].field);
	}
	for (const char *const *one = options->required; *one && row->problem.code == 0; one++)
		if (!json_object_get(row->values, *one))
			source_problem_set(&row->problem, MARKET_EMISSING, source_column(s, *one),
			                   "%s is missing", *one);
}
