#include "libmarket/record/json_scan.h"

#include "libmarket/base/limits.h"
#include "libmarket/record/field.h"

#include <string.h>

static int scan_bounds(const char *json, size_t size, market_error *err);
static int refuse(const char *json, size_t at, int code, market_error *err, const char *what);
static int parse_error(const char *json, size_t size, const json_error_t *error, market_error *err);
static int duplicate(const char *json, size_t size, const json_error_t *error, market_error *err);
static size_t token_start(const char *json, size_t end);
static void place_of(const char *json, size_t at, int *line, int *column);

int mk_json_scan(const char *json, size_t size, json_t **out, market_error *err)
{
	json_error_t error;
	json_t *root;
	int code;

	if (!json || size == 0)
		return mk_error_set(err, MARKET_ESYNTAX, "the JSON text is empty");
	code = scan_bounds(json, size, err);
	if (code != 0)
		return code;
	memset(&error, 0, sizeof(error));
	root = json_loadb(json, size, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		return parse_error(json, size, &error, err);
	if (!json_is_object(root)) {
		json_decref(root);
		return mk_error_set(err, MARKET_ETYPE, "the JSON text must be an object");
	}
	*out = root;
	return 0;
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
	int line, column;

	place_of(json, at, &line, &column);
	(void)mk_error_set(err, code, "%s", what);
	return mk_error_detail(err, code, "Line %d, column %d.", line, column);
}

static int parse_error(const char *json, size_t size, const json_error_t *error, market_error *err)
{
	const char *what = "the JSON text isn't well-formed";
	char path[MK_PATH_SIZE] = "";
	int code = MARKET_ESYNTAX;

	switch (json_error_code(error)) {
	case json_error_out_of_memory:
		return mk_error_no_memory(err);
	case json_error_duplicate_key:
		return duplicate(json, size, error, err);
	case json_error_invalid_utf8:
		code = MARKET_EUTF8;
		what = "the JSON text isn't valid UTF-8";
		break;
	case json_error_null_character:
	case json_error_null_byte_in_key:
		code = MARKET_EUTF8;
		what = "the JSON text holds a NUL";
		break;
	case json_error_numeric_overflow:
		code = MARKET_ELIMIT;
		what = "a number is too large";
		break;
	case json_error_premature_end_of_input:
		what = "the JSON text ends too early";
		break;
	case json_error_end_of_input_expected:
		what = "something follows the JSON text's end";
		break;
	default:
		break;
	}
	if (code == MARKET_EUTF8 && error->position >= 0)
		mk_json_path(json, size, (size_t)error->position, path);
	(void)mk_error_at(err, code, path, "%s", what);
	return mk_error_detail(err, code, "Line %d, column %d.", error->line,
	                       error->column > 0 ? error->column : 1);
}

static int duplicate(const char *json, size_t size, const json_error_t *error, market_error *err)
{
	size_t end = error->position > 0 ? (size_t)error->position : 0;
	char name[MK_QUOTE_SIZE * 2];
	char quoted[MK_QUOTE_SIZE];
	size_t length = 0;
	size_t start;
	int line, column;

	if (end > size)
		end = size;
	start = token_start(json, end);
	for (; start + 1 + length < end && json[start + 1 + length] != '"' && length < sizeof(name) - 1;
	     length++)
		name[length] = json[start + 1 + length];
	name[length] = '\0';
	place_of(json, start, &line, &column);
	(void)mk_error_set(err, MARKET_ESYNTAX, "the field \"%s\" is there twice",
	                   mk_quote(name, quoted));
	return mk_error_detail(err, MARKET_ESYNTAX, "Line %d, column %d.", line, column);
}

/* The opening quote of the string that ends before `end`. */
static size_t token_start(const char *json, size_t end)
{
	size_t at = end;

	while (at > 0 && json[at - 1] != '"')
		at--;
	if (at > 0)
		at--;
	while (at > 0) {
		size_t slashes = 0;

		at--;
		if (json[at] != '"')
			continue;
		while (slashes < at && json[at - 1 - slashes] == '\\')
			slashes++;
		if (slashes % 2 == 0)
			break;
	}
	return at;
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
