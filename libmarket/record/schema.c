/* The JSON Schema (draft 2020-12) of a record. Nested records are written in place. */
#include "libmarket/base/limits.h"
#include "libmarket/record/field.h"

#include <string.h>

/* The records around the one being written: a record within itself isn't expanded again. */
typedef struct around {
	const struct around *outer;
	const mk_record *record;
} around;

static void write_record(const mk_record *record, bool input, const around *outer, mk_text *out);
static bool is_within(const around *at, const mk_record *record);
static void write_required(const mk_record *record, mk_text *out);
static void write_field(const mk_field *field, bool input, const around *outer, mk_text *out);
static void write_kind(const mk_field *field, bool input, const around *outer, mk_text *out);
static void write_int(const mk_field *field, mk_text *out);
static void write_money(mk_text *out);
static void write_id(const mk_field *field, bool input, mk_text *out);
static void write_time(const mk_field *field, bool input, mk_text *out);
static void write_enum(const mk_enum *enumeration, mk_text *out);
static void write_text(int64_t least, size_t most, mk_text *out);
static void write_blob(const mk_field *field, mk_text *out);
static void write_list(const mk_field *field, bool input, const around *outer, mk_text *out);

void mk_json_schema(const mk_record *record, bool input, mk_text *out)
{
	write_record(record, input, NULL, out);
}

static void write_record(const mk_record *record, bool input, const around *outer, mk_text *out)
{
	const around here = {outer, record};
	bool first = true;
	size_t i;

	mk_text_add(out, "{\"type\":\"object\",\"title\":");
	mk_text_add_json(out, record->name);
	if (record->summary) {
		mk_text_add(out, ",\"description\":");
		mk_text_add_json(out, record->summary);
	}
	if (is_within(outer, record)) {
		mk_text_add_char(out, '}');
		return;
	}
	mk_text_add(out, ",\"properties\":{");
	if (record->params && !outer) {
		mk_text_add(out, "\"key\":{");
		write_text(1, MK_MAX_KEY, out);
		mk_text_add_char(out, '}');
		first = false;
	}
	for (i = 0; i < record->n_fields; i++) {
		const mk_field *field = &record->fields[i];

		if (field->flags & MK_INTERNAL)
			continue;
		if (!first)
			mk_text_add_char(out, ',');
		first = false;
		mk_text_add_json(out, field->name);
		mk_text_add_char(out, ':');
		write_field(field, input, &here, out);
	}
	mk_text_add_char(out, '}');
	write_required(record, out);
	mk_text_add(out, input ? ",\"additionalProperties\":false}" : "}");
}

static bool is_within(const around *at, const mk_record *record)
{
	for (; at; at = at->outer)
		if (at->record == record)
			return true;
	return false;
}

static void write_required(const mk_record *record, mk_text *out)
{
	bool any = false;
	size_t i;

	for (i = 0; i < record->n_fields; i++) {
		const mk_field *field = &record->fields[i];

		if (!(field->flags & MK_REQUIRED) || (field->flags & MK_INTERNAL))
			continue;
		mk_text_add(out, any ? "," : ",\"required\":[");
		mk_text_add_json(out, field->name);
		any = true;
	}
	if (any)
		mk_text_add_char(out, ']');
}

static void write_field(const mk_field *field, bool input, const around *outer, mk_text *out)
{
	if (field->kind == MK_RECORD) {
		write_record(field->record, input, outer, out);
		return;
	}
	mk_text_add_char(out, '{');
	write_kind(field, input, outer, out);
	if (field->summary) {
		mk_text_add(out, ",\"description\":");
		mk_text_add_json(out, field->summary);
	}
	mk_text_add_char(out, '}');
}

static void write_kind(const mk_field *field, bool input, const around *outer, mk_text *out)
{
	switch (field->kind) {
	case MK_BOOL:
		mk_text_add(out, "\"type\":\"boolean\"");
		break;
	case MK_INT:
		write_int(field, out);
		break;
	case MK_MONEY:
		write_money(out);
		break;
	case MK_RATE:
		mk_text_add(out, "\"type\":\"string\",\"pattern\":\"^-?[0-9]+(\\\\.[0-9]+)? ?%$\"");
		break;
	case MK_ID:
		write_id(field, input, out);
		break;
	case MK_TIME:
		write_time(field, input, out);
		break;
	case MK_ENUM:
		write_enum(field->enumeration, out);
		break;
	case MK_TEXT:
		write_text(field->min, mk_field_most(field), out);
		break;
	case MK_BLOB:
		write_blob(field, out);
		break;
	case MK_LIST:
		write_list(field, input, outer, out);
		break;
	case MK_RECORD:
		break;
	}
}

static void write_int(const mk_field *field, mk_text *out)
{
	mk_text_add(out, "\"type\":\"integer\"");
	if (mk_bounded(field))
		mk_text_format(out, ",\"minimum\":%lld,\"maximum\":%lld", (long long)field->min,
		               (long long)field->max);
}

static void write_money(mk_text *out)
{
	mk_text_add(out, "\"type\":\"object\",\"properties\":{"
	                 "\"amount\":{\"type\":\"string\",\"pattern\":\"^-?[0-9]+(\\\\.[0-9]+)?$\"},"
	                 "\"currency\":{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\"}},"
	                 "\"required\":[\"amount\",\"currency\"],\"additionalProperties\":false");
}

static void write_id(const mk_field *field, bool input, mk_text *out)
{
	const char *digits = "[0-9a-hj-km-np-tv-z]+";

	mk_text_format(out, "\"type\":\"string\",\"pattern\":\"^(%s_%s(_%s)?%s)$\"",
	               mk_id_prefix(field->id_kind), digits, digits, input ? "|ref:.+" : "");
}

static void write_time(const mk_field *field, bool input, mk_text *out)
{
	if (field->flags & MK_DURATION)
		mk_text_add(out, "\"type\":\"string\",\"pattern\":\"^-?[0-9]+ ?(ms|s|min|h|d)$\"");
	else if (input)
		mk_text_add(out, "\"anyOf\":[{\"type\":\"string\",\"format\":\"date-time\"},"
		                 "{\"type\":\"string\",\"format\":\"date\"},{\"type\":\"integer\"}]");
	else
		mk_text_add(out, "\"type\":\"string\",\"format\":\"date-time\"");
}

static void write_enum(const mk_enum *enumeration, mk_text *out)
{
	const mk_enum_value *at;

	mk_text_add(out, "\"type\":\"string\",\"enum\":[");
	for (at = enumeration->values; at->name; at++) {
		if (at != enumeration->values)
			mk_text_add_char(out, ',');
		mk_text_add_json(out, at->name);
	}
	mk_text_add_char(out, ']');
}

static void write_text(int64_t least, size_t most, mk_text *out)
{
	mk_text_add(out, "\"type\":\"string\"");
	if (least > 0)
		mk_text_add(out, ",\"minLength\":1");
	mk_text_format(out, ",\"maxLength\":%zu", most);
}

static void write_blob(const mk_field *field, mk_text *out)
{
	mk_text_format(out, "\"type\":\"string\",\"contentEncoding\":\"base64\",\"maxLength\":%zu",
	               (mk_field_most(field) + 2) / 3 * 4);
}

static void write_list(const mk_field *field, bool input, const around *outer, mk_text *out)
{
	if (field->flags & MK_PAIRS) {
		mk_text_format(out, "\"type\":\"object\",\"maxProperties\":%zu,\"additionalProperties\":{",
		               mk_field_most(field));
		write_text(0, MK_MAX_METADATA_VALUE, out);
		mk_text_add_char(out, '}');
		return;
	}
	mk_text_add(out, "\"type\":\"array\",");
	if (field->min > 0)
		mk_text_format(out, "\"minItems\":%lld,", (long long)field->min);
	mk_text_format(out, "\"maxItems\":%zu,\"items\":", mk_field_most(field));
	if (field->record) {
		write_record(field->record, input, outer, out);
		return;
	}
	mk_text_add_char(out, '{');
	write_text(1, MK_MAX_TEXT, out);
	mk_text_add_char(out, '}');
}
