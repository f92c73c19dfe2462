/* Params written as YAML, made JSON by the operation's descriptor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "libmarket/op/op.h"
#include "tests/scenarios/scenario.h"

typedef struct maker {
	yaml_document_t document;
	char *why;
	bool failed;
} maker;

static json_t *make(maker *m, yaml_node_t *node, const mk_field *field, const mk_record *record);

/* Replaces $names by their values. */
static char *substitute(const char *text, const scenario_values *values, char why[SCENARIO_WHY])
{
	size_t room = strlen(text) + 1, used = 0;
	char *out = malloc(room);

	while (out && *text) {
		char name[64];
		size_t size = *text == '$' ? strspn(text + 1, "abcdefghijklmnopqrstuvwxyz0123456789_") : 0;
		const char *add = text;
		size_t length = 1;

		if (size > 0 && size < sizeof(name)) {
			snprintf(name, sizeof(name), "%.*s", (int)size, text + 1);
			add = values ? scenario_value(values, name) : NULL;
			if (!add) {
				scenario_say(why, "$%s isn't set", name);
				free(out);
				return NULL;
			}
			length = strlen(add);
		}
		room += length;
		out = realloc(out, room);
		if (!out)
			abort();
		memcpy(out + used, add, length);
		used += length;
		text += 1 + size;
	}
	out[used] = '\0';
	return out;
}

static json_t *money_of(const char *text)
{
	const char *space = strchr(text, ' ');

	if (!space || strlen(space + 1) != 3)
		return NULL;
	return json_pack("{s:s#, s:s}", "amount", text, (int)(space - text), "currency", space + 1);
}

static json_t *scalar(const char *text, bool plain, const mk_field *field)
{
	char *end;
	long long number = strtoll(text, &end, 10);
	bool whole = *text != '\0' && *end == '\0';
	json_t *money = !plain || (field && field->kind != MK_MONEY) ? NULL : money_of(text);

	if (money)
		return money;
	if (!plain || (field && (field->kind == MK_TEXT || (field->flags & MK_PAIRS))))
		return json_string(text);
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		return json_boolean(text[0] == 't');
	if (strcmp(text, "null") == 0 || strcmp(text, "~") == 0)
		return json_null();
	if (whole && (!field || field->kind == MK_INT || field->kind == MK_TIME))
		return json_integer(number);
	return json_string(text);
}

static json_t *mapping(maker *m, yaml_node_t *node, const mk_field *of, const mk_record *record)
{
	json_t *object = json_object();
	yaml_node_pair_t *pair = node->data.mapping.pairs.start;

	for (; pair < node->data.mapping.pairs.top; pair++) {
		yaml_node_t *key = yaml_document_get_node(&m->document, pair->key);
		yaml_node_t *value = yaml_document_get_node(&m->document, pair->value);
		const char *name = (const char *)key->data.scalar.value;
		const mk_field *field = record ? mk_record_field(record, name, strlen(name)) : NULL;

		if (of && (of->flags & MK_PAIRS))
			field = of;
		if (json_object_get(object, name)) {
			scenario_say(m->why, "%s is there twice", name);
			m->failed = true;
		}
		json_object_set_new(
			object, name,
			make(m, value, field, field && !(field->flags & MK_PAIRS) ? field->record : NULL));
	}
	return object;
}

static json_t *make(maker *m, yaml_node_t *node, const mk_field *field, const mk_record *record)
{
	json_t *list;

	switch (node->type) {
	case YAML_SCALAR_NODE:
		return scalar((const char *)node->data.scalar.value,
		              node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE, field);
	case YAML_MAPPING_NODE:
		return mapping(m, node, field, record);
	case YAML_SEQUENCE_NODE:
		list = json_array();
		for (yaml_node_item_t *i = node->data.sequence.items.start;
		     i < node->data.sequence.items.top; i++)
			json_array_append_new(list,
			                      make(m, yaml_document_get_node(&m->document, *i), NULL, record));
		return list;
	default:
		return json_null();
	}
}

static json_t *parse(const char *text, const mk_record *record, char why[SCENARIO_WHY])
{
	maker m = {.why = why};
	yaml_parser_t parser;
	json_t *out = NULL;
	yaml_node_t *root;

	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
	if (!yaml_parser_load(&parser, &m.document)) {
		scenario_say(why, "params: %s near column %zu", parser.problem, parser.problem_mark.column);
	} else {
		root = yaml_document_get_root_node(&m.document);
		if (root)
			out = make(&m, root, NULL, record);
		if (m.failed || !json_is_object(out)) {
			if (!m.failed)
				scenario_say(why, "params are \"name: value, name: value\"");
			json_decref(out);
			out = NULL;
		}
		yaml_document_delete(&m.document);
	}
	yaml_parser_delete(&parser);
	return out;
}

json_t *scenario_params(const char *operation, const char *yaml, const scenario_values *values,
                        char why[SCENARIO_WHY])
{
	const mk_op *op = mk_op_find(operation);
	char *filled = substitute(yaml, values, why);
	size_t size = filled ? strlen(filled) + 3 : 0;
	char *text = filled ? malloc(size) : NULL;
	json_t *out = NULL;

	if (text) {
		snprintf(text, size, "{%s}", filled);
		out = parse(text, op ? op->params : NULL, why);
	}
	free(text);
	free(filled);
	return out;
}
