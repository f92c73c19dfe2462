/* FIELD=VALUE ... to params, by the schema of the operation. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/operation.h"
#include "cli/shell.h"

static const char *take_word(const char *text, char *word, size_t size);
static json_t *convert(json_t *schema, const char *text);
static json_t *money(const char *text);
static json_t *divide(const char *text);
static void put(json_t *params, const char *path, json_t *value);
static void unknown_field(const char *operation, json_t *schema, const char *path, char *problem,
                          size_t size);

/* The name of a field, and where its value begins. */
static const char *take_name(const char *text, char *name, size_t size)
{
	size_t length = strcspn(text, "= \t");
	if (text[length] != '=' || length == 0 || length >= size)
		return NULL;
	memcpy(name, text, length);
	name[length] = '\0';
	return text + length + 1;
}

json_t *shell_params(const char *operation, const char *text, char *problem, size_t size)
{
	json_t *schema = json_object_get(cli_operation(operation), "params");
	json_t *params = json_object();
	char name[128], word[SHELL_LONGEST];
	problem[0] = '\0';
	for (text += strspn(text, " \t"); *text != '\0'; text += strspn(text, " \t")) {
		const char *value = take_name(text, name, sizeof(name));
		json_t *field = value ? cli_field(schema, name) : NULL, *made;
		const char *dot = value ? strchr(name, '.') : NULL;
		json_error_t where;
		if (!value) {
			snprintf(problem, size, "FIELD=VALUE is expected at %.40s", text);
			break;
		}
		if (!field && dot) {
			char above[128];
			snprintf(above, sizeof(above), "%.*s", (int)(dot - name), name);
			field = json_object_get(cli_field(schema, above), "additionalProperties");
		}
		if (schema && !json_is_object(field)) {
			unknown_field(operation, schema, name, problem, size);
			break;
		}
		if (*value == '{' || *value == '[') {
			made = json_loads(value, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &where);
			text = made ? value + where.position : value;
			if (!made)
				snprintf(problem, size, "%s, column %d: %.150s", name, where.column, where.text);
		} else {
			text = take_word(value, word, sizeof(word));
			made = text ? convert(field, word) : NULL;
			if (!made)
				snprintf(problem, size, text ? "%s: the value isn't UTF-8" : "%s: a quote is open",
				         name);
		}
		if (!made)
			break;
		put(params, name, made);
	}
	if (problem[0] == '\0')
		return params;
	json_decref(params);
	return NULL;
}

/* Up to the next blank; '…' as it stands, "…" with \" and \\. NULL: a quote isn't closed. */
static const char *take_word(const char *text, char *word, size_t size)
{
	size_t used = 0;
	char quote = '\0';
	for (; *text != '\0' && (quote || (*text != ' ' && *text != '\t')); text++) {
		if (quote ? *text == quote : *text == '\'' || *text == '"') {
			quote = quote ? '\0' : *text;
			continue;
		}
		if (*text == '\\' && quote != '\'' && text[1] != '\0')
			text++;
		if (used + 1 < size)
			word[used++] = *text;
	}
	word[used] = '\0';
	return quote ? NULL : text;
}

/* What isn't of the field's kind goes on as text: the operation says what it wants. */
static json_t *convert(json_t *schema, const char *text)
{
	const char *type = cli_text(schema, "type");
	bool whole = strcmp(type, "integer") == 0 || json_object_get(schema, "anyOf");
	size_t digits = strspn(*text == '-' ? text + 1 : text, "0123456789");
	if (whole && digits > 0 && digits < 19 && text[digits + (*text == '-')] == '\0')
		return json_integer(strtoll(text, NULL, 10));
	if (strcmp(type, "boolean") == 0 && (strcmp(text, "true") == 0 || strcmp(text, "yes") == 0))
		return json_true();
	if (strcmp(type, "boolean") == 0 && (strcmp(text, "false") == 0 || strcmp(text, "no") == 0))
		return json_false();
	if (cli_is_money(schema))
		return money(text);
	if (strcmp(type, "array") == 0 &&
	    strcmp(cli_text(json_object_get(schema, "items"), "type"), "string") == 0)
		return divide(text);
	return json_string(text);
}

/* "12.50 BRL", also without the blank. */
static json_t *money(const char *text)
{
	size_t amount = strspn(text, "-0123456789.");
	const char *currency = text + amount + strspn(text + amount, " ");
	if (amount == 0 || *currency == '\0')
		return json_string(text);
	return json_pack("{s:s%, s:s}", "amount", text, amount, "currency", currency);
}

static json_t *divide(const char *text)
{
	json_t *all = json_array();
	while (*text != '\0') {
		size_t length = strcspn(text, ",");
		json_array_append_new(all, json_stringn(text, length));
		text += length + (text[length] == ',');
	}
	return all;
}

static void put(json_t *params, const char *path, json_t *value)
{
	const char *dot;
	while ((dot = strchr(path, '.'))) {
		char name[128];
		json_t *inner;
		snprintf(name, sizeof(name), "%.*s", (int)(dot - path), path);
		inner = json_object_get(params, name);
		if (!json_is_object(inner)) {
			inner = json_object();
			json_object_set_new(params, name, inner);
		}
		params = inner;
		path = dot + 1;
	}
	json_object_set_new(params, path, value);
}

static void unknown_field(const char *operation, json_t *schema, const char *path, char *problem,
                          size_t size)
{
	cli_nearest nearest = {.word = path};
	const char *name;
	json_t *field;
	json_object_foreach(json_object_get(schema, "properties"), name, field)
		cli_offer(&nearest, name);
	snprintf(problem, size, "%s has no field %s%s%s%s", operation, path,
	         nearest.name ? ", did you mean " : "", nearest.name ? nearest.name : "",
	         nearest.name ? "?" : "");
}
