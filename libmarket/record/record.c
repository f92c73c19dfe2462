#include "libmarket/record/record.h"

#include "libmarket/base/limits.h"
#include "libmarket/record/field.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MOST_NAMES 256
#define LONGEST_MESSAGE 400 /* longer than an error takes, which cuts at a whole character */

static size_t format_step(const mk_path *path, char *text, size_t size);
static const char *expected(const mk_field *field);

static const mk_field pair_fields[] = {
	MK_F_TEXT(market_pair, name, MK_REQUIRED, 1, MK_MAX_METADATA_NAME, "the caller's name for it"),
	MK_F_TEXT(market_pair, value, MK_REQUIRED | MK_MULTILINE, 0, MK_MAX_METADATA_VALUE,
              "the caller's text"),
};
const mk_record mk_pair_record =
	MK_RECORD_OF("pair", market_pair, pair_fields, "a name and a text");

const mk_field *mk_record_field(const mk_record *record, const char *name, size_t size)
{
	size_t i;

	for (i = 0; i < record->n_fields; i++) {
		const mk_field *field = &record->fields[i];

		if (strlen(field->name) == size && memcmp(field->name, name, size) == 0)
			return field;
	}
	return NULL;
}

const char *mk_enum_name(const mk_enum *enumeration, int32_t value)
{
	const mk_enum_value *at;

	for (at = enumeration->values; at->name; at++)
		if (at->value == value)
			return at->name;
	return NULL;
}

bool mk_enum_value_of(const mk_enum *enumeration, const char *name, size_t size, int32_t *out)
{
	const mk_enum_value *at;

	for (at = enumeration->values; at->name; at++)
		if (strlen(at->name) == size && memcmp(at->name, name, size) == 0) {
			*out = at->value;
			return true;
		}
	return false;
}

const mk_field *mk_field_public(const mk_record *record, const char *name, size_t size)
{
	const mk_field *field = mk_record_field(record, name, size);

	return field && !(field->flags & MK_INTERNAL) ? field : NULL;
}

const char *mk_field_nearest(const mk_record *record, const char *name)
{
	const char *names[MK_MAX_FIELDS];
	size_t count = 0;
	size_t i;

	for (i = 0; i < record->n_fields && count < MK_MAX_FIELDS; i++)
		if (!(record->fields[i].flags & MK_INTERNAL))
			names[count++] = record->fields[i].name;
	return mk_text_nearest(name, names, count);
}

const char *mk_enum_nearest(const mk_enum *enumeration, const char *name)
{
	const char *names[MOST_NAMES];
	size_t count = 0;
	const mk_enum_value *at;

	for (at = enumeration->values; at->name && count < MOST_NAMES; at++)
		names[count++] = at->name;
	return mk_text_nearest(name, names, count);
}

size_t mk_scalar_size(mk_kind kind)
{
	switch (kind) {
	case MK_BOOL:
		return sizeof(bool);
	case MK_INT:
	case MK_RATE:
	case MK_TIME:
		return sizeof(int64_t);
	case MK_MONEY:
		return sizeof(market_money);
	case MK_ID:
		return sizeof(market_id);
	case MK_ENUM:
		return sizeof(int32_t);
	case MK_BLOB:
		return sizeof(market_blob);
	case MK_TEXT:
	case MK_RECORD:
	case MK_LIST:
		break;
	}
	return sizeof(void *);
}

size_t mk_field_width(const mk_field *field)
{
	return field->flags & MK_OPTIONAL ? sizeof(void *) : mk_scalar_size(field->kind);
}

size_t mk_field_most(const mk_field *field)
{
	if (field->max > 0)
		return (size_t)field->max;
	return field->kind == MK_LIST ? MK_MAX_LIST : MK_MAX_JSON;
}

bool mk_field_present(const mk_field *field, const void *value)
{
	const void *member = mk_member(field, value);

	if (field->flags & MK_OPTIONAL)
		return *(const void *const *)member != NULL;
	switch (field->kind) {
	case MK_BOOL:
		return *(const bool *)member;
	case MK_INT:
	case MK_RATE:
	case MK_TIME:
		return *(const int64_t *)member != 0;
	case MK_MONEY:
		return ((const market_money *)member)->currency[0] != '\0';
	case MK_ID:
		return ((const market_id *)member)->id != 0;
	case MK_ENUM:
		return *(const int32_t *)member != 0;
	case MK_BLOB:
		return ((const market_blob *)member)->data != NULL;
	case MK_TEXT:
	case MK_RECORD:
	case MK_LIST:
		break;
	}
	return *(const void *const *)member != NULL;
}

void mk_path_format(const mk_path *path, char text[MK_PATH_SIZE])
{
	text[0] = '\0';
	(void)format_step(path, text, MK_PATH_SIZE);
}

int mk_path_fail(const mk_path *path, int code, market_error *err, const char *format, ...)
{
	char message[LONGEST_MESSAGE];
	char text[MK_PATH_SIZE];
	va_list arguments;

	if (!err)
		return code;
	va_start(arguments, format);
	(void)vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	mk_path_format(path, text);
	return mk_error_at(err, code, text, "%s", message);
}

int mk_field_fail(const mk_field *field, const mk_path *parent, int code, market_error *err,
                  const char *format, ...)
{
	const mk_path path = {parent, field->name, -1};
	char message[LONGEST_MESSAGE];
	va_list arguments;

	if (!err)
		return code;
	va_start(arguments, format);
	(void)vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	return mk_path_fail(&path, code, err, "%s", message);
}

int mk_field_wrong_type(const mk_field *field, const mk_path *parent, market_error *err)
{
	return mk_field_fail(field, parent, MARKET_ETYPE, err, "%s must be %s", field->name,
	                     expected(field));
}

int mk_field_missing(const mk_field *field, const mk_path *parent, market_error *err)
{
	return mk_field_fail(field, parent, MARKET_EMISSING, err, "%s is missing", field->name);
}

const char *mk_quote(const char *text, char out[MK_QUOTE_SIZE])
{
	size_t i;

	for (i = 0; text[i] != '\0' && i < MK_QUOTE_SIZE - 4; i++)
		out[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7F ? '?' : text[i];
	if (text[i] != '\0') {
		while (i > 0 && ((unsigned char)text[i] & 0xC0) == 0x80)
			i--;
		memcpy(out + i, "...", 3);
		i += 3;
	}
	out[i] = '\0';
	return out;
}

/* Returns the length written so far. */
static size_t format_step(const mk_path *path, char *text, size_t size)
{
	size_t used;
	int length;

	if (!path)
		return 0;
	used = format_step(path->parent, text, size);
	if (used + 1 >= size)
		return used;
	if (path->index >= 0)
		length = snprintf(text + used, size - used, "%s%s[%lld]", used > 0 ? "." : "", path->name,
		                  (long long)path->index);
	else
		length = snprintf(text + used, size - used, "%s%s", used > 0 ? "." : "", path->name);
	return length < 0 ? used : used + (size_t)length;
}

static const char *expected(const mk_field *field)
{
	switch (field->kind) {
	case MK_BOOL:
		return "true or false";
	case MK_INT:
		return "a whole number";
	case MK_MONEY:
		return "an amount with its currency";
	case MK_RATE:
		return "a rate such as \"5%\"";
	case MK_ID:
		return "an identifier";
	case MK_TIME:
		return field->flags & MK_DURATION ? "a duration such as \"48h\"" : "a time";
	case MK_ENUM:
		return "a name";
	case MK_TEXT:
		return "a text";
	case MK_BLOB:
		return "a base64 text";
	case MK_RECORD:
		return "an object";
	case MK_LIST:
		break;
	}
	return field->flags & MK_PAIRS ? "an object of texts" : "a list";
}
