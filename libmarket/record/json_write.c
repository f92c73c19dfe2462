/* JSON by descriptor, without a tree between. */
#include "libmarket/base/base64.h"
#include "libmarket/base/clock.h"
#include "libmarket/base/money.h"
#include "libmarket/record/field.h"

#include <string.h>

/* Within a sensitive record or list everything is masked. */
#define MASKED (1u << 31)

static void write_record(const mk_record *record, const void *value, uint32_t flags, mk_text *out);
static bool written(const mk_field *field, const void *value, uint32_t flags);
static void write_field(const mk_field *field, const void *value, uint32_t flags, mk_text *out);
static void write_scalar(const mk_field *field, const void *at, mk_text *out);
static void write_money(market_money value, mk_text *out);
static void write_text(const char *text, uint32_t flags, mk_text *out);
static void write_blob(const market_blob *blob, mk_text *out);
static void write_list(const mk_field *field, const void *value, uint32_t flags, mk_text *out);
static void add_error_text(mk_text *out, const char *name, const char *text);

void mk_json_write(const mk_record *record, const void *value, uint32_t flags, mk_text *out)
{
	write_record(record, value, flags & (MK_JSON_INTERNAL | MK_JSON_FULL), out);
}

void mk_json_error(const market_error *err, mk_text *out)
{
	const char *name = market_error_name(err->code);

	mk_text_add(out, "{\"code\":");
	mk_text_add_json(out, name ? name : "internal");
	add_error_text(out, "class", market_error_class_name(err->error_class));
	add_error_text(out, "message", err->message);
	add_error_text(out, "detail", err->detail);
	add_error_text(out, "hint", err->hint);
	add_error_text(out, "field", err->field);
	add_error_text(out, "object", err->object);
	mk_text_add_char(out, '}');
}

void mk_mask(const char *text, mk_text *out)
{
	size_t length = mk_utf8_length(text);
	size_t shown = length > 7 ? 4 : length > 4 ? length / 2 : 0;
	size_t masked = length - shown;
	size_t i;

	for (i = 0; i < masked; i++) {
		mk_text_add_char(out, '*');
		do {
			text++;
		} while (((unsigned char)*text & 0xC0) == 0x80);
	}
	if (length > masked)
		mk_text_add(out, text);
}

static void write_record(const mk_record *record, const void *value, uint32_t flags, mk_text *out)
{
	bool first = true;
	size_t i;

	mk_text_add_char(out, '{');
	for (i = 0; i < record->n_fields; i++) {
		const mk_field *field = &record->fields[i];

		if (!written(field, value, flags))
			continue;
		mk_text_add(out, first ? "\"" : ",\"");
		mk_text_add(out, field->name);
		mk_text_add_n(out, "\":", 2);
		write_field(field, value, flags, out);
		first = false;
	}
	mk_text_add_char(out, '}');
}

/* A required number is written even when it is zero. */
static bool written(const mk_field *field, const void *value, uint32_t flags)
{
	if ((field->flags & MK_INTERNAL) && !(flags & MK_JSON_INTERNAL))
		return false;
	if (mk_field_present(field, value))
		return true;
	if (!(field->flags & MK_REQUIRED) || (field->flags & MK_OPTIONAL))
		return false;
	return field->kind == MK_BOOL || field->kind == MK_INT || field->kind == MK_RATE ||
	       (field->kind == MK_TIME && (field->flags & MK_DURATION));
}

static void write_field(const mk_field *field, const void *value, uint32_t flags, mk_text *out)
{
	const void *at = mk_member(field, value);

	if ((field->flags & MK_SENSITIVE) && !(flags & MK_JSON_FULL))
		flags |= MASKED;
	if (field->flags & MK_OPTIONAL)
		at = *(const void *const *)at;
	switch (field->kind) {
	case MK_TEXT:
		write_text(*(const char *const *)at, flags, out);
		break;
	case MK_RECORD:
		write_record(field->record, *(const void *const *)at, flags, out);
		break;
	case MK_LIST:
		write_list(field, value, flags, out);
		break;
	case MK_BOOL:
	case MK_INT:
	case MK_MONEY:
	case MK_RATE:
	case MK_ID:
	case MK_TIME:
	case MK_ENUM:
	case MK_BLOB:
		if (flags & MASKED)
			mk_text_add(out, "\"****\"");
		else
			write_scalar(field, at, out);
		break;
	}
}

static void write_scalar(const mk_field *field, const void *at, mk_text *out)
{
	char id[MARKET_ID_TEXT_SIZE];
	char text[MK_TIME_TEXT_SIZE > MK_RATE_TEXT_SIZE ? MK_TIME_TEXT_SIZE : MK_RATE_TEXT_SIZE];
	const char *name;

	switch (field->kind) {
	case MK_BOOL:
		mk_text_add(out, *(const bool *)at ? "true" : "false");
		return;
	case MK_INT:
		mk_text_add_int(out, *(const int64_t *)at);
		return;
	case MK_MONEY:
		write_money(*(const market_money *)at, out);
		return;
	case MK_RATE:
		mk_rate_format(*(const market_rate *)at, text);
		mk_text_add_json(out, text);
		return;
	case MK_ID:
		market_id_format(field->id_kind, *(const market_id *)at, id);
		mk_text_add_json(out, id);
		return;
	case MK_TIME:
		if (field->flags & MK_DURATION)
			mk_duration_format(*(const market_time *)at, text);
		else
			mk_time_format(*(const market_time *)at, text);
		mk_text_add_json(out, text);
		return;
	case MK_ENUM:
		name = mk_enum_name(field->enumeration, *(const int32_t *)at);
		if (name)
			mk_text_add_json(out, name);
		else
			mk_text_format(out, "\"%d\"", (int)*(const int32_t *)at);
		return;
	case MK_BLOB:
		write_blob(at, out);
		return;
	case MK_TEXT:
	case MK_RECORD:
	case MK_LIST:
		break;
	}
}

static void write_money(market_money value, mk_text *out)
{
	char amount[MK_MONEY_TEXT_SIZE];

	if (mk_money_broken(value)) {
		mk_text_add(out, "null");
		return;
	}
	mk_money_format(value, amount);
	mk_text_add(out, "{\"amount\":");
	mk_text_add_json(out, amount);
	mk_text_add(out, ",\"currency\":");
	mk_text_add_json_n(out, value.currency, strnlen(value.currency, 3));
	mk_text_add_char(out, '}');
}

static void write_text(const char *text, uint32_t flags, mk_text *out)
{
	mk_text masked;

	if (!(flags & MASKED)) {
		mk_text_add_json(out, text);
		return;
	}
	mk_text_init(&masked, out->allocator, out->limit);
	mk_mask(text, &masked);
	mk_text_add_json(out, masked.data);
	out->failed = out->failed || masked.failed;
	mk_text_close(&masked);
}

static void write_blob(const market_blob *blob, mk_text *out)
{
	mk_text_add_char(out, '"');
	(void)mk_base64_encode(blob->data, blob->size, out);
	mk_text_add_char(out, '"');
}

static void write_list(const mk_field *field, const void *value, uint32_t flags, mk_text *out)
{
	const void *const *items = *(const void *const *const *)mk_member(field, value);
	const bool pairs = (field->flags & MK_PAIRS) != 0;
	size_t count = mk_count(field, value);
	size_t i;

	mk_text_add_char(out, pairs ? '{' : '[');
	for (i = 0; i < count; i++) {
		if (i > 0)
			mk_text_add_char(out, ',');
		if (pairs) {
			mk_text_add_json(out, ((const market_pair *)items[i])->name);
			mk_text_add_char(out, ':');
			write_text(((const market_pair *)items[i])->value, flags, out);
		} else if (field->record) {
			write_record(field->record, items[i], flags, out);
		} else {
			write_text(items[i], flags, out);
		}
	}
	mk_text_add_char(out, pairs ? '}' : ']');
}

static void add_error_text(mk_text *out, const char *name, const char *text)
{
	if (!text || text[0] == '\0')
		return;
	mk_text_add_char(out, ',');
	mk_text_add_json(out, name);
	mk_text_add_char(out, ':');
	mk_text_add_json(out, text);
}
