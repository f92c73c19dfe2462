#include "cli/operation.h"

#include <string.h>

#define DEEPEST 4

static json_t *operations; /* of the whole schema; stays */

static void visit(json_t *schema, const char *prefix, int depth, cli_field_visit *each,
                  void *user_data);
static const char *type_of_text(pool *pool, json_t *schema);
static const char *join(pool *pool, json_t *texts, const char *between);

json_t *cli_operation(const char *name)
{
	static json_t *schema;
	market_error err;
	char *text = NULL;
	if (!schema && market_schema(&text, &err) == 0) {
		schema = json_loads(text, 0, NULL);
		operations = json_object_get(schema, "operations");
	}
	market_text_free(text);
	return json_object_get(operations, name);
}

json_t *cli_field(json_t *schema, const char *path)
{
	while (schema && *path != '\0') {
		size_t length = strcspn(path, ".");
		char name[128];
		bool list = length > 2 && strncmp(path + length - 2, "[]", 2) == 0;
		size_t own = list ? length - 2 : length;
		if (own >= sizeof(name))
			return NULL;
		memcpy(name, path, own);
		name[own] = '\0';
		schema = json_object_get(json_object_get(schema, "properties"), name);
		if (list)
			schema = json_object_get(schema, "items");
		path += length + (path[length] == '.');
	}
	return schema;
}

const char *cli_type(pool *pool, json_t *schema)
{
	const char *type = cli_text(schema, "type");
	const char *title = cli_text(schema, "title");
	if (json_object_get(schema, "anyOf"))
		return cli_type(pool, json_array_get(json_object_get(schema, "anyOf"), 0));
	if (json_object_get(schema, "enum"))
		return join(pool, json_object_get(schema, "enum"), "|");
	if (cli_is_money(schema))
		return "money";
	if (strcmp(type, "array") == 0)
		return pool_format(pool, "list of %s", cli_type(pool, json_object_get(schema, "items")));
	if (strcmp(type, "object") == 0)
		return *title != '\0' ? title : "pairs of texts";
	return strcmp(type, "string") == 0 ? type_of_text(pool, schema) : pool_text(pool, type);
}

bool cli_is_money(json_t *schema)
{
	json_t *fields = json_object_get(schema, "properties");
	return json_object_size(fields) == 2 && json_object_get(fields, "amount") &&
	       json_object_get(fields, "currency");
}

void cli_each_field(json_t *schema, cli_field_visit *each, void *user_data)
{
	visit(schema, "", 0, each, user_data);
}

static void visit(json_t *schema, const char *prefix, int depth, cli_field_visit *each,
                  void *user_data)
{
	json_t *required = json_object_get(schema, "required"), *field, *item;
	const char *name;
	size_t i;
	if (depth == DEEPEST || cli_is_money(schema))
		return;
	json_object_foreach(json_object_get(schema, "properties"), name, field)
	{
		json_t *items = json_object_get(field, "items");
		bool needed = false;
		char path[512];
		json_array_foreach(required, i, item) needed =
			needed || strcmp(json_string_value(item), name) == 0;
		snprintf(path, sizeof(path), "%s%s%s", prefix, name, items ? "[]" : "");
		each(path, field, needed, user_data);
		snprintf(path, sizeof(path), "%s%s%s.", prefix, name, items ? "[]" : "");
		visit(items ? items : field, path, depth + 1, each, user_data);
	}
}

static const char *type_of_text(pool *pool, json_t *schema)
{
	const char *pattern = cli_text(schema, "pattern");
	const char *format = cli_text(schema, "format");
	size_t letters = strncmp(pattern, "^(", 2) == 0 ? strcspn(pattern + 2, "_[") : 0;
	if (letters > 0 && pattern[2 + letters] == '_')
		return pool_format(pool, "id %.*s_...%s", (int)letters, pattern + 2,
		                   strstr(pattern, "ref:") ? " or ref:REF" : "");
	if (strstr(pattern, "(ms|s|min|h|d)"))
		return "duration";
	if (strcmp(format, "date-time") == 0)
		return "time";
	return *format != '\0' ? pool_text(pool, format) : "text";
}

static const char *join(pool *pool, json_t *texts, const char *between)
{
	const char *all = "";
	json_t *text;
	size_t i;
	json_array_foreach(texts, i, text) all =
		pool_format(pool, "%s%s%s", all, i > 0 ? between : "", json_string_value(text));
	return all;
}
