/* From a jansson tree to structs in an arena, by descriptor. */
#include "libmarket/base/money.h"
#include "libmarket/record/field.h"
#include "libmarket/record/json_scan.h"

#include <string.h>

#define REF "ref:"
#define LONGEST_REF 256

typedef struct reader {
	mk_arena *arena;
	mk_pending_ref **refs; /* where the next one is linked; NULL: refused */
	market_error *err;
} reader;

static int read_record(reader *r, const mk_record *record, json_t *object, const mk_path *path,
                       void **out);
static bool has_key(const mk_record *record, const mk_path *path);
static int read_key(reader *r, json_t *key, char *value);
static int unknown_field(reader *r, const mk_record *record, json_t *object, const mk_path *path);
static int absent_field(const mk_field *field, const mk_path *parent, market_error *err);
static int read_field(reader *r, const mk_field *field, json_t *json, void *value,
                      const mk_path *parent);
static int read_scalar(reader *r, const mk_field *field, json_t *json, void *value,
                       const mk_path *parent);
static int read_text(reader *r, const mk_field *field, json_t *json, void *value,
                     const mk_path *parent);
static int read_money(reader *r, const mk_field *field, json_t *json, void *value,
                      const mk_path *parent);
static int read_ref(reader *r, const mk_field *field, const char *text, void *value,
                    const mk_path *parent);
static int read_nested(reader *r, const mk_field *field, json_t *json, void *value,
                       const mk_path *parent);
static int read_list(reader *r, const mk_field *field, json_t *json, void *value,
                     const mk_path *parent);
static int read_item(reader *r, const mk_field *field, json_t *json, const mk_path *path,
                     const void **out);
static int read_pairs(reader *r, const mk_field *field, json_t *json, void *value,
                      const mk_path *parent);

int mk_json_read(const mk_record *record, const char *json, size_t size, mk_arena *arena,
                 void **out, mk_pending_ref **refs, market_error *err)
{
	reader r = {arena, refs, err};
	json_t *root = NULL;
	void *value = NULL;
	int code;

	if (refs)
		*refs = NULL;
	code = mk_json_scan(json, size, &root, err);
	if (code != 0)
		return code;
	code = read_record(&r, record, root, NULL, &value);
	json_decref(root);
	if (code == 0)
		*out = value;
	return code;
}

static int read_record(reader *r, const mk_record *record, json_t *object, const mk_path *path,
                       void **out)
{
	const uint32_t size = (uint32_t)record->size;
	json_t *found[MK_MAX_FIELDS];
	json_t *key = has_key(record, path) ? json_object_get(object, "key") : NULL;
	char *value;
	size_t known = key ? 1 : 0;
	size_t i;
	int code = 0;

	if (record->n_fields > MK_MAX_FIELDS)
		return mk_error_set(r->err, MARKET_EINTERNAL, "the table %s is too long", record->name);
	for (i = 0; i < record->n_fields; i++) {
		found[i] = NULL;
		if (!(record->fields[i].flags & MK_INTERNAL))
			found[i] = json_object_get(object, record->fields[i].name);
		if (found[i])
			known++;
	}
	if (known != json_object_size(object))
		return unknown_field(r, record, object, path);
	value = mk_arena_zero(r->arena, record->size);
	if (!value)
		return mk_error_no_memory(r->err);
	if (mk_record_sized(record))
		memcpy(value, &size, sizeof(size));
	if (key)
		code = read_key(r, key, value);
	for (i = 0; i < record->n_fields && code == 0; i++) {
		if (found[i])
			code = read_field(r, &record->fields[i], found[i], value, path);
		else
			code = absent_field(&record->fields[i], path, r->err);
	}
	*out = value;
	return code;
}

/* The params of an operation hold its idempotency key beside their fields. */
static bool has_key(const mk_record *record, const mk_path *path)
{
	return record->params && !path;
}

static int read_key(reader *r, json_t *key, char *value)
{
	const char *text;

	if (!json_is_string(key))
		return mk_error_at(r->err, MARKET_ETYPE, "key", "key must be a text");
	text = mk_arena_text(r->arena, json_string_value(key));
	if (!text)
		return mk_error_no_memory(r->err);
	memcpy(value + sizeof(void *), &text, sizeof(text));
	return 0;
}

static int unknown_field(reader *r, const mk_record *record, json_t *object, const mk_path *path)
{
	char quoted[MK_QUOTE_SIZE];
	const char *nearest;
	const char *name;
	json_t *json;
	int code;

	json_object_foreach(object, name, json)
	{
		const mk_path place = {path, mk_quote(name, quoted), -1};

		if (mk_field_public(record, name, strlen(name)))
			continue;
		if (has_key(record, path) && strcmp(name, "key") == 0)
			continue;
		code = mk_path_fail(&place, MARKET_EUNKNOWNFIELD, r->err,
		                    "the field \"%s\" isn't known here", quoted);
		nearest = mk_field_nearest(record, name);
		if (nearest)
			return mk_error_hint(r->err, code, "Did you mean \"%s\"?", nearest);
		return code;
	}
	return mk_error_set(r->err, MARKET_EINTERNAL, "the table %s is inconsistent", record->name);
}

/* Where zero is a value, only the text can tell that it's missing; mk_record_check sees the rest.
 */
static int absent_field(const mk_field *field, const mk_path *parent, market_error *err)
{
	if (!(field->flags & MK_REQUIRED) || (field->flags & MK_INTERNAL))
		return 0;
	if (field->kind == MK_BOOL)
		return mk_field_missing(field, parent, err);
	if (field->kind != MK_INT && field->kind != MK_RATE && field->kind != MK_TIME)
		return 0;
	return mk_zero_allowed(field) ? mk_field_missing(field, parent, err) : 0;
}

static int read_field(reader *r, const mk_field *field, json_t *json, void *value,
                      const mk_path *parent)
{
	int code;

	if (field->kind == MK_RECORD)
		return read_nested(r, field, json, value, parent);
	if (field->kind == MK_LIST && (field->flags & MK_PAIRS))
		return read_pairs(r, field, json, value, parent);
	if (field->kind == MK_LIST)
		return read_list(r, field, json, value, parent);
	code = read_scalar(r, field, json, value, parent);
	return code != 0 ? code : mk_field_check_zero(field, value, parent, r->err);
}

static int read_scalar(reader *r, const mk_field *field, json_t *json, void *value,
                       const mk_path *parent)
{
	const bool point = field->kind == MK_TIME && !(field->flags & MK_DURATION);
	void *slot;

	if (json_is_string(json))
		return read_text(r, field, json, value, parent);
	if (field->kind == MK_MONEY)
		return read_money(r, field, json, value, parent);
	if (!(field->kind == MK_BOOL && json_is_boolean(json)) &&
	    !((field->kind == MK_INT || point) && json_is_integer(json)))
		return mk_field_wrong_type(field, parent, r->err);
	slot = mk_field_slot(field, value, r->arena);
	if (!slot)
		return mk_error_no_memory(r->err);
	if (field->kind == MK_BOOL)
		*(bool *)slot = json_is_true(json);
	else
		*(int64_t *)slot = json_integer_value(json);
	return 0;
}

static int read_text(reader *r, const mk_field *field, json_t *json, void *value,
                     const mk_path *parent)
{
	const char *text = json_string_value(json);

	if (field->kind == MK_ID && strncmp(text, REF, strlen(REF)) == 0)
		return read_ref(r, field, text + strlen(REF), value, parent);
	return mk_field_read(field, text, value, r->arena, parent, r->err);
}

static int read_money(reader *r, const mk_field *field, json_t *json, void *value,
                      const mk_path *parent)
{
	const mk_path path = {parent, field->name, -1};
	const char *amount = json_string_value(json_object_get(json, "amount"));
	const char *currency = json_string_value(json_object_get(json, "currency"));
	char quoted[MK_QUOTE_SIZE];
	market_money *slot;

	if (!json_is_object(json) || !amount || !currency || json_object_size(json) != 2) {
		int code = mk_field_wrong_type(field, parent, r->err);

		return mk_error_detail(r->err, code,
		                       "An amount is {\"amount\":\"12.34\",\"currency\":\"BRL\"}.");
	}
	if (strlen(currency) != 3 || mk_currency_digits(currency) < 0)
		return mk_path_fail(&path, MARKET_ECURRENCY, r->err, "%s: the currency \"%s\" isn't known",
		                    field->name, mk_quote(currency, quoted));
	slot = mk_field_slot(field, value, r->arena);
	if (!slot)
		return mk_error_no_memory(r->err);
	if (mk_money_parse(amount, currency, slot))
		return 0;
	return mk_path_fail(&path, MARKET_EINVALID, r->err, "%s: \"%s\" isn't an amount in %s",
	                    field->name, mk_quote(amount, quoted), currency);
}

static int read_ref(reader *r, const mk_field *field, const char *text, void *value,
                    const mk_path *parent)
{
	const mk_path path = {parent, field->name, -1};
	const size_t length = strlen(text);
	char place[MK_PATH_SIZE];
	mk_pending_ref *ref;

	if (!r->refs)
		return mk_path_fail(&path, MARKET_EINVALID, r->err, "%s can't be a reference here",
		                    field->name);
	if (length == 0 || length > LONGEST_REF || !mk_utf8_valid(text, length))
		return mk_path_fail(&path, MARKET_EINVALID, r->err, "%s isn't a reference", field->name);
	mk_path_format(&path, place);
	ref = mk_arena_zero(r->arena, sizeof(*ref));
	if (!ref)
		return mk_error_no_memory(r->err);
	ref->target = (market_id *)((char *)value + field->offset);
	ref->kind = field->id_kind;
	ref->text = mk_arena_text(r->arena, text);
	ref->path = mk_arena_text(r->arena, place);
	if (!ref->text || !ref->path)
		return mk_error_no_memory(r->err);
	*r->refs = ref;
	r->refs = &ref->next;
	return 0;
}

static int read_nested(reader *r, const mk_field *field, json_t *json, void *value,
                       const mk_path *parent)
{
	const mk_path path = {parent, field->name, -1};
	void *nested = NULL;
	int code;

	if (!json_is_object(json))
		return mk_field_wrong_type(field, parent, r->err);
	code = read_record(r, field->record, json, &path, &nested);
	*(void **)((char *)value + field->offset) = nested;
	return code;
}

static int read_list(reader *r, const mk_field *field, json_t *json, void *value,
                     const mk_path *parent)
{
	size_t count = json_array_size(json);
	const void **items;
	size_t i;
	int code;

	if (!json_is_array(json))
		return mk_field_wrong_type(field, parent, r->err);
	code = mk_field_check_count(field, count, parent, r->err);
	if (code != 0)
		return code;
	items = mk_arena_get(r->arena, count * sizeof(*items));
	if (!items)
		return mk_error_no_memory(r->err);
	for (i = 0; i < count; i++) {
		const mk_path path = {parent, field->name, (int64_t)i};

		code = read_item(r, field, json_array_get(json, i), &path, &items[i]);
		if (code != 0)
			return code;
	}
	*(const void ***)((char *)value + field->offset) = items;
	*(size_t *)((char *)value + field->count_offset) = count;
	return 0;
}

static int read_item(reader *r, const mk_field *field, json_t *json, const mk_path *path,
                     const void **out)
{
	void *nested = NULL;
	int code;

	if (!field->record) {
		if (!json_is_string(json))
			return mk_path_fail(path, MARKET_ETYPE, r->err, "an item of %s must be a text",
			                    field->name);
		*out = mk_arena_text(r->arena, json_string_value(json));
		return *out ? 0 : mk_error_no_memory(r->err);
	}
	if (!json_is_object(json))
		return mk_path_fail(path, MARKET_ETYPE, r->err, "an item of %s must be an object",
		                    field->name);
	code = read_record(r, field->record, json, path, &nested);
	*out = nested;
	return code;
}

static int read_pairs(reader *r, const mk_field *field, json_t *json, void *value,
                      const mk_path *parent)
{
	const mk_path list = {parent, field->name, -1};
	const market_pair **pairs;
	char quoted[MK_QUOTE_SIZE];
	const char *name;
	json_t *item;
	size_t count = 0;
	int code;

	if (!json_is_object(json))
		return mk_field_wrong_type(field, parent, r->err);
	code = mk_field_check_count(field, json_object_size(json), parent, r->err);
	if (code != 0)
		return code;
	pairs = mk_arena_get(r->arena, json_object_size(json) * sizeof(*pairs));
	if (!pairs)
		return mk_error_no_memory(r->err);
	json_object_foreach(json, name, item)
	{
		const mk_path path = {&list, mk_quote(name, quoted), -1};
		market_pair *pair;

		if (!json_is_string(item))
			return mk_path_fail(&path, MARKET_ETYPE, r->err, "%s must be a text", quoted);
		pair = mk_arena_zero(r->arena, sizeof(*pair));
		if (!pair)
			return mk_error_no_memory(r->err);
		pair->name = mk_arena_text(r->arena, name);
		pair->value = mk_arena_text(r->arena, json_string_value(item));
		if (!pair->name || !pair->value)
			return mk_error_no_memory(r->err);
		pairs[count++] = pair;
	}
	*(const market_pair ***)((char *)value + field->offset) = pairs;
	*(size_t *)((char *)value + field->count_offset) = count;
	return 0;
}
