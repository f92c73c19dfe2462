/* One value of a row: guarded against spreadsheets, and put where its field is. */
#include "cli/source.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static bool put_object(source_row *row, const char *field, const char *column, const char *text);

/* Behind any number of ' stands what begins a formula. */
static bool is_formula(const char *text)
{
	text += strspn(text, "'");
	return *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
}

void source_write_cell(FILE *out, const char *text)
{
	char *guarded;

	if (!is_formula(text)) {
		csv_write_field(out, text);
	} else if (asprintf(&guarded, "'%s", text) >= 0) {
		csv_write_field(out, guarded);
		free(guarded);
	}
}

const char *source_read_cell(const char *text)
{
	return *text == '\'' && is_formula(text) ? text + 1 : text;
}

const char *source_pairs_of(const char *field)
{
	static const char *const objects[] = {"metadata", "attributes", "licences", "images"};

	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		size_t length = strlen(objects[i]);

		if (strncmp(field, objects[i], length) == 0 &&
		    (field[length] == '.' || field[length] == '\0'))
			return objects[i];
	}
	return NULL;
}

bool source_put(source_row *row, const char *field, const char *column, const char *text)
{
	const char *object = source_pairs_of(field);
	json_t *pairs;

	if (!object)
		return json_object_set_new(row->values, field, json_string(text)) == 0;
	if (strcmp(object, field) == 0)
		return put_object(row, field, column, text);
	pairs = json_object_get(row->values, object);
	if (!pairs) {
		pairs = json_object();
		json_object_set_new(row->values, object, pairs);
	}
	return json_object_set_new(pairs, strchr(field, '.') + 1, json_string(text)) == 0;
}

static bool put_object(source_row *row, const char *field, const char *column, const char *text)
{
	json_error_t where;
	json_t *value = json_loads(text, JSON_REJECT_DUPLICATES, &where), *one;
	const char *name;
	bool texts = json_is_object(value);

	if (texts)
		json_object_foreach(value, name, one) texts = texts && json_is_string(one);
	if (!texts) {
		json_decref(value);
		source_problem_set(&row->problem, MARKET_ESYNTAX, column,
		                   "this isn't a JSON object of texts");
		return false;
	}
	if (!json_object_get(row->values, field))
		return json_object_set_new(row->values, field, value) == 0;
	json_object_update_missing(json_object_get(row->values, field), value);
	json_decref(value);
	return true;
}

void source_problem_set(source_problem *problem, int code, const char *column, const char *format,
                        ...)
{
	va_list args;

	problem->code = code;
	snprintf(problem->column, sizeof(problem->column), "%s", column);
	va_start(args, format);
	vsnprintf(problem->reason, sizeof(problem->reason), format, args);
	va_end(args);
}
