/* From a YAML tree to structs in an arena, by descriptor; every error is kept and reading goes on.
 */
#include "libmarket/base/limits.h"
#include "libmarket/base/money.h"
#include "libmarket/record/field.h"
#include "libmarket/record/yaml_tree.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
	mk_yaml *state;
	bool partial; /* what is missing may have followed the syntax error */
} reader;

static void *read_record(reader *r, const mk_record *record, const mk_yaml_node *node);
static void find_fields(reader *r, const mk_record *record, const mk_yaml_node *node,
                        const mk_yaml_node *found[MK_MAX_FIELDS]);
static void unknown_key(reader *r, const mk_record *record, const mk_yaml_node *key);
static void read_field(reader *r, const mk_field *field, const mk_yaml_node *node, void *value);
static void read_scalar(reader *r, const mk_field *field, const mk_yaml_node *node, void *value);
static int parse_scalar(reader *r, const mk_field *field, const mk_yaml_node *node, void *value,
                        market_error *err);
static bool parse_bool(const mk_yaml_node *node, bool *out);
static bool parse_int(const mk_yaml_node *node, int64_t *out);
static int parse_money(const mk_field *field, const char *text, market_money *out,
                       market_error *err);
static void read_list(reader *r, const mk_field *field, const mk_yaml_node *node, void *value);
static const void *read_item(reader *r, const mk_field *field, const mk_yaml_node *node,
                             size_t index);
static void read_pairs(reader *r, const mk_field *field, const mk_yaml_node *node, void *value);
static const market_pair *read_pair(reader *r, const mk_field *field, const mk_yaml_node *node,
                                    const market_pair *const *before, size_t count);
static void wrong_type(reader *r, const mk_field *field, const mk_yaml_node *node);
static void add_error(reader *r, const mk_yaml_node *node, const market_error *err);
static void add_place(reader *r, const void *value, const char *field, int line, int column);
static const mk_yaml_place *find_place(const mk_yaml *state, const void *value, const char *field);
static void insert(mk_yaml *state, int line, int column, const char *hint, const char *format,
                   va_list arguments) MK_PRINTF(5, 0);
static int first_error(const mk_yaml *state, market_error *err);

int mk_yaml_read(const mk_record *record, const char *yaml, size_t size, mk_yaml *state, void **out,
                 market_error *err)
{
	reader r = {state, false};
	mk_yaml_node *root = NULL;
	void *value = NULL;
	int code;

	state->n_errors = 0;
	state->places = NULL;
	code = mk_yaml_tree(yaml ? yaml : "", yaml ? size : 0, state, &root, &r.partial, err);
	if (code != 0)
		return code;
	if (root && root->kind == MK_YAML_MAPPING)
		value = read_record(&r, record, root);
	else if (root && root->kind != MK_YAML_REFUSED && !(root->plain && root->text[0] == '\0'))
		mk_yaml_add(state, root->line, root->column, NULL,
		            "the document must be a mapping of keys");
	else if (state->n_errors == 0)
		mk_yaml_add(state, 1, 1, NULL, "the document is empty");
	if (state->arena->failed)
		return mk_error_no_memory(err);
	if (state->n_errors > 0)
		return first_error(state, err);
	*out = value;
	return 0;
}

void mk_yaml_report(mk_yaml *state, const void *value, const char *field, const char *hint,
                    const char *format, ...)
{
	const mk_yaml_place *place = find_place(state, value, field);
	va_list arguments;

	if (!place && field)
		place = find_place(state, value, NULL);
	va_start(arguments, format);
	insert(state, place ? place->line : 1, place ? place->column : 1, hint, format, arguments);
	va_end(arguments);
}

void mk_yaml_add(mk_yaml *state, int line, int column, const char *hint, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	insert(state, line, column, hint, format, arguments);
	va_end(arguments);
}

static void *read_record(reader *r, const mk_record *record, const mk_yaml_node *node)
{
	const uint32_t size = (uint32_t)record->size;
	const mk_yaml_node *found[MK_MAX_FIELDS] = {NULL};
	void *value = mk_arena_zero(r->state->arena, record->size);
	size_t i;

	if (!value || record->n_fields > MK_MAX_FIELDS)
		return NULL;
	if (mk_record_sized(record))
		memcpy(value, &size, sizeof(size));
	add_place(r, value, NULL, node->line, node->column);
	find_fields(r, record, node, found);
	for (i = 0; i < record->n_fields; i++) {
		const mk_field *field = &record->fields[i];

		if (found[i])
			read_field(r, field, found[i], value);
		else if ((field->flags & MK_REQUIRED) && !(field->flags & MK_INTERNAL) && !r->partial)
			mk_yaml_add(r->state, node->line, node->column, NULL, "\"%s\" is missing in this %s",
			            field->name, record->name);
	}
	return value;
}

static void find_fields(reader *r, const mk_record *record, const mk_yaml_node *node,
                        const mk_yaml_node *found[MK_MAX_FIELDS])
{
	const mk_yaml_node *child;

	for (child = node->first; child; child = child->next) {
		const mk_yaml_node *key = child->key;
		const mk_field *field;
		size_t at;

		if (!key || key->kind != MK_YAML_SCALAR)
			continue;
		field = mk_field_public(record, key->text, strlen(key->text));
		if (!field) {
			unknown_key(r, record, key);
			continue;
		}
		at = (size_t)(field - record->fields);
		if (found[at])
			mk_yaml_add(r->state, key->line, key->column, NULL,
			            "the key \"%s\" is there twice, first on line %d", field->name,
			            found[at]->key->line);
		else
			found[at] = child;
	}
}

static void unknown_key(reader *r, const mk_record *record, const mk_yaml_node *key)
{
	char hint[sizeof(r->state->errors[0].hint)];
	char quoted[MK_QUOTE_SIZE];
	const char *nearest;

	/* Nothing is looked for when the error would fall off the end. */
	if (r->state->n_errors == MK_MAX_POLICY_ERRORS &&
	    r->state->errors[MK_MAX_POLICY_ERRORS - 1].line < key->line)
		return;
	nearest = mk_field_nearest(record, key->text);
	if (nearest)
		(void)snprintf(hint, sizeof(hint), "Did you mean \"%s\"?", nearest);
	mk_yaml_add(r->state, key->line, key->column, nearest ? hint : NULL,
	            "the key \"%s\" isn't known in this %s", mk_quote(key->text, quoted), record->name);
}

static void read_field(reader *r, const mk_field *field, const mk_yaml_node *node, void *value)
{
	void *member = (char *)value + field->offset;
	const bool scalar = node->kind == MK_YAML_SCALAR;

	add_place(r, value, field->name, scalar ? node->line : node->key->line,
	          scalar ? node->column : node->key->column);
	if (node->kind == MK_YAML_REFUSED)
		return;
	if (scalar && node->plain &&
	    (node->text[0] == '\0' || strcmp(node->text, "~") == 0 ||
	     strcmp(node->text, "null") == 0)) {
		mk_yaml_add(r->state, node->key->line, node->key->column, "Leave the key out.",
		            "\"%s\" has no value", field->name);
		return;
	}
	if (field->kind == MK_RECORD) {
		if (node->kind == MK_YAML_MAPPING)
			*(void **)member = read_record(r, field->record, node);
		else
			wrong_type(r, field, node);
	} else if (field->kind == MK_LIST) {
		if (field->flags & MK_PAIRS)
			read_pairs(r, field, node, value);
		else
			read_list(r, field, node, value);
	} else if (scalar) {
		read_scalar(r, field, node, value);
	} else {
		wrong_type(r, field, node);
	}
}

static void read_scalar(reader *r, const mk_field *field, const mk_yaml_node *node, void *value)
{
	market_error err;

	mk_error_clear(&err);
	if (parse_scalar(r, field, node, value, &err) == 0 &&
	    mk_field_check_zero(field, value, NULL, &err) == 0)
		(void)mk_field_check(field, value, NULL, &err);
	if (err.code != 0)
		add_error(r, node, &err);
}

static int parse_scalar(reader *r, const mk_field *field, const mk_yaml_node *node, void *value,
                        market_error *err)
{
	void *slot;
	bool good;

	if (field->kind != MK_BOOL && field->kind != MK_INT && field->kind != MK_MONEY)
		return mk_field_read(field, node->text, value, r->state->arena, NULL, err);
	slot = mk_field_slot(field, value, r->state->arena);
	if (!slot)
		return mk_error_no_memory(err);
	if (field->kind == MK_MONEY)
		return parse_money(field, node->text, slot, err);
	good = field->kind == MK_BOOL ? parse_bool(node, slot) : parse_int(node, slot);
	if (good)
		return 0;
	(void)mk_field_wrong_type(field, NULL, err);
	if (!node->plain)
		return mk_error_hint(err, MARKET_ETYPE, "Leave the quotes out.");
	return MARKET_ETYPE;
}

static bool parse_bool(const mk_yaml_node *node, bool *out)
{
	if (!node->plain || (strcmp(node->text, "true") != 0 && strcmp(node->text, "false") != 0))
		return false;
	*out = node->text[0] == 't';
	return true;
}

static bool parse_int(const mk_yaml_node *node, int64_t *out)
{
	const char *digits = node->text + (node->text[0] == '-' ? 1 : 0);
	long long value;

	if (!node->plain || *digits == '\0' || strspn(digits, "0123456789") != strlen(digits) ||
	    (digits[0] == '0' && digits[1] != '\0'))
		return false;
	errno = 0;
	value = strtoll(node->text, NULL, 10);
	if (errno != 0)
		return false;
	*out = value;
	return true;
}

static int parse_money(const mk_field *field, const char *text, market_money *out,
                       market_error *err)
{
	char quoted[MK_QUOTE_SIZE];
	int code;

	if (mk_money_parse_pair(text, out))
		return 0;
	code = mk_field_fail(field, NULL, MARKET_EINVALID, err, "%s \"%s\" isn't an amount",
	                     field->name, mk_quote(text, quoted));
	return mk_error_detail(err, code, "An amount is written as \"12.34 BRL\".");
}

static void read_list(reader *r, const mk_field *field, const mk_yaml_node *node, void *value)
{
	const mk_yaml_node *child;
	const void **items;
	market_error err;
	size_t count = 0;

	if (node->kind != MK_YAML_SEQUENCE) {
		wrong_type(r, field, node);
		return;
	}
	if (!(r->partial && node->count < mk_field_most(field)) &&
	    mk_field_check_count(field, node->count, NULL, &err) != 0) {
		add_error(r, node->key, &err);
		return;
	}
	items = mk_arena_get(r->state->arena, node->count * sizeof(*items));
	if (!items)
		return;
	for (child = node->first; child; child = child->next) {
		const void *item = read_item(r, field, child, count);

		if (item)
			items[count++] = item;
	}
	*(const void ***)((char *)value + field->offset) = items;
	*(size_t *)((char *)value + field->count_offset) = count;
}

static const void *read_item(reader *r, const mk_field *field, const mk_yaml_node *node,
                             size_t index)
{
	const mk_path path = {NULL, field->name, (int64_t)index};
	const char *text;
	market_error err;

	if (node->kind == MK_YAML_REFUSED)
		return NULL;
	if (field->record) {
		if (node->kind == MK_YAML_MAPPING)
			return read_record(r, field->record, node);
		mk_yaml_add(r->state, node->line, node->column, NULL, "an item of %s must be a mapping",
		            field->name);
		return NULL;
	}
	if (node->kind != MK_YAML_SCALAR) {
		mk_yaml_add(r->state, node->line, node->column, NULL, "an item of %s must be a text",
		            field->name);
		return NULL;
	}
	if (mk_field_check_item(field, node->text, &path, &err) != 0) {
		add_error(r, node, &err);
		return NULL;
	}
	text = mk_arena_text(r->state->arena, node->text);
	if (text)
		add_place(r, text, NULL, node->line, node->column);
	return text;
}

static void read_pairs(reader *r, const mk_field *field, const mk_yaml_node *node, void *value)
{
	const mk_yaml_node *child;
	const market_pair **pairs;
	market_error err;
	size_t count = 0;

	if (node->kind != MK_YAML_MAPPING) {
		wrong_type(r, field, node);
		return;
	}
	if (mk_field_check_count(field, node->count, NULL, &err) != 0) {
		add_error(r, node->key, &err);
		return;
	}
	pairs = mk_arena_get(r->state->arena, node->count * sizeof(*pairs));
	if (!pairs)
		return;
	for (child = node->first; child; child = child->next) {
		const market_pair *pair = read_pair(r, field, child, pairs, count);

		if (pair)
			pairs[count++] = pair;
	}
	*(const market_pair ***)((char *)value + field->offset) = pairs;
	*(size_t *)((char *)value + field->count_offset) = count;
}

static const market_pair *read_pair(reader *r, const mk_field *field, const mk_yaml_node *node,
                                    const market_pair *const *before, size_t count)
{
	market_pair *pair;
	market_error err;
	size_t i;

	if (node->kind == MK_YAML_REFUSED || node->key->kind != MK_YAML_SCALAR)
		return NULL;
	if (node->kind != MK_YAML_SCALAR) {
		mk_yaml_add(r->state, node->line, node->column, NULL, "a value of %s must be a text",
		            field->name);
		return NULL;
	}
	pair = MK_NEW(r->state->arena, market_pair);
	if (!pair)
		return NULL;
	pair->name = node->key->text;
	pair->value = node->text;
	if (mk_field_check(&mk_pair_record.fields[0], pair, NULL, &err) != 0)
		add_error(r, node->key, &err);
	if (mk_field_check(&mk_pair_record.fields[1], pair, NULL, &err) != 0)
		add_error(r, node, &err);
	for (i = 0; i < count; i++)
		if (strcmp(before[i]->name, pair->name) == 0) {
			mk_yaml_add(r->state, node->key->line, node->key->column, NULL,
			            "a key of %s is there twice", field->name);
			return NULL;
		}
	add_place(r, pair, NULL, node->line, node->column);
	return pair;
}

static void wrong_type(reader *r, const mk_field *field, const mk_yaml_node *node)
{
	const mk_yaml_node *at = node->kind == MK_YAML_SCALAR ? node : node->key;
	market_error err;

	(void)mk_field_wrong_type(field, NULL, &err);
	add_error(r, at, &err);
}

static void add_error(reader *r, const mk_yaml_node *node, const market_error *err)
{
	const char *hint = err->hint[0] != '\0' ? err->hint : err->detail;

	mk_yaml_add(r->state, node->line, node->column, hint, "%s", err->message);
}

static void add_place(reader *r, const void *value, const char *field, int line, int column)
{
	mk_yaml_place *place = MK_NEW(r->state->arena, mk_yaml_place);

	if (!place)
		return;
	place->value = value;
	place->field = field;
	place->line = line;
	place->column = column;
	place->next = r->state->places;
	r->state->places = place;
}

static const mk_yaml_place *find_place(const mk_yaml *state, const void *value, const char *field)
{
	const mk_yaml_place *place;

	for (place = state->places; place; place = place->next)
		if (place->value == value && mk_text_equal(place->field, field))
			return place;
	return NULL;
}

static void insert(mk_yaml *state, int line, int column, const char *hint, const char *format,
                   va_list arguments)
{
	const size_t most = sizeof(state->errors) / sizeof(state->errors[0]);
	size_t at = state->n_errors;
	mk_yaml_error *error;

	while (at > 0 && (state->errors[at - 1].line > line || (state->errors[at - 1].line == line &&
	                                                        state->errors[at - 1].column > column)))
		at--;
	if (at == most)
		return;
	if (state->n_errors < most)
		state->n_errors++;
	error = &state->errors[at];
	memmove(error + 1, error, (state->n_errors - at - 1) * sizeof(*error));
	error->line = line;
	error->column = column;
	(void)vsnprintf(error->message, sizeof(error->message), format, arguments);
	(void)snprintf(error->hint, sizeof(error->hint), "%s", hint ? hint : "");
}

static int first_error(const mk_yaml *state, market_error *err)
{
	const mk_yaml_error *first = &state->errors[0];

	(void)mk_error_set(err, MARKET_EPOLICY, "line %d, column %d: %s", first->line, first->column,
	                   first->message);
	if (state->n_errors > 1)
		(void)mk_error_detail(err, MARKET_EPOLICY, "%zu errors were found.", state->n_errors);
	if (first->hint[0] != '\0')
		(void)mk_error_hint(err, MARKET_EPOLICY, "%s", first->hint);
	return MARKET_EPOLICY;
}
