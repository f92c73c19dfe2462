#include "libmarket/record/json_scan.h"

#include "libmarket/base/limits.h"
#include "libmarket/record/field.h"

#include <string.h>

static int scan_bounds(const char *json, size_t size, market_error *err);
static int refuse(const char *json, size_t at, int code, market_error *err, const char *what);
static void place_of(const char *json, size_t at, int *line, int *column);

int mk_json_scan(const char *json, size_t size, json_t **out, market_error *err)
{
	json_t *root = NULL;
	int code;

	if (!json || size == 0)
		return mk_error_set(err, MARKET_ESYNTAX, "the JSON text is empty");
	code = scan_bounds(json, size, err);
	if (code != 0)
		return code;
	code = mk_json_parse(json, size, &root, err);
	if (code != 0)
		return code;
	if (!json_is_object(root)) {
		json_decref(root);
		return mk_error_set(err, MARKET_ETYPE, "the JSON text must be an object");
	}
	*out = root;
	return 0;
}

int mk_json_place(const char *json, size_t at, int code, market_error *err)
{
	int line, column;

	place_of(json, at, &line, &column);
	return mk_error_detail(err, code, "Line %d, column %d.", line, column);
}

/* Brackets are counted outside of strings; whether they match is the parser's business. */
static int scan_bounds(const char *json, size_t size, market_error *err)
{
	bool text = false;
	int depth = 0;
	size_t i;

	if (size > MK_MAX_JSON)
		return mk_error_set(err, MARKET_ELIMIT, "the JSON text is longer than %d bytes",
		                    MK_MAX_JSON);
	for (i = 0; i < size; i++) {
		const char c = json[i];

		if (c == '\0')
			return refuse(json, i, MARKET_ESYNTAX, err, "the JSON text holds a NUL");
		if (text) {
			if (c == '\\' && i + 1 < size && json[i + 1] != '\0')
				i++;
			else if (c == '"')
				text = false;
		} else if (c == '"') {
			text = true;
		} else if (c == '{' || c == '[') {
			if (++depth > MK_MAX_JSON_DEPTH)
				return refuse(json, i, MARKET_ELIMIT, err, "the JSON text is nested too deep");
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	return 0;
}

static int refuse(const char *json, size_t at, int code, market_error *err, const char *what)
{
	(void)mk_error_set(err, code, "%s", what);
	return mk_json_place(json, at, code, err);
}

/* Both from 1; a column is a character. */
static void place_of(const char *json, size_t at, int *line, int *column)
{
	size_t i;

	*line = 1;
	*column = 1;
	for (i = 0; i < at; i++) {
		if (json[i] == '\n') {
			(*line)++;
			*column = 1;
		} else if (((unsigned char)json[i] & 0xC0) != 0x80) {
			(*column)++;
		}
	}
}
