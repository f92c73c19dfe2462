/* Values from the texts that JSON and YAML carry them in. */
#include "libmarket/base/base64.h"
#include "libmarket/base/clock.h"
#include "libmarket/base/money.h"
#include "libmarket/record/field.h"

#include <stdio.h>
#include <string.h>

static int read_id(const mk_field *field, const char *text, market_id *out, const mk_path *parent,
                   market_error *err);
static int read_time(const mk_field *field, const char *text, market_time *out,
                     const mk_path *parent, market_error *err);
static int read_enum(const mk_field *field, const char *text, int32_t *out, const mk_path *parent,
                     market_error *err);
static bool list_values(const mk_enum *enumeration, char *out, size_t size);
static int refuse(const mk_field *field, const char *text, const mk_path *parent, market_error *err,
                  const char *what, const char *form);

void *mk_field_slot(const mk_field *field, void *value, mk_arena *arena)
{
	void *member = (char *)value + field->offset;

	if (!(field->flags & MK_OPTIONAL))
		return member;
	*(void **)member = mk_arena_zero(arena, mk_scalar_size(field->kind));
	return *(void **)member;
}

int mk_field_read(const mk_field *field, const char *text, void *value, mk_arena *arena,
                  const mk_path *parent, market_error *err)
{
	void *slot = mk_field_slot(field, value, arena);

	if (!slot)
		return mk_error_no_memory(err);
	switch (field->kind) {
	case MK_RATE:
		if (!mk_rate_parse(text, slot))
			return refuse(field, text, parent, err, "a rate",
			              "A rate is written as \"5%\" or \"0.6%\".");
		return 0;
	case MK_ID:
		return read_id(field, text, slot, parent, err);
	case MK_TIME:
		return read_time(field, text, slot, parent, err);
	case MK_ENUM:
		return read_enum(field, text, slot, parent, err);
	case MK_TEXT:
		*(char **)slot = mk_arena_text(arena, text);
		return *(char **)slot ? 0 : mk_error_no_memory(err);
	case MK_BLOB:
		if (mk_base64_decode(text, arena, slot))
			return 0;
		if (arena->failed)
			return mk_error_no_memory(err);
		return mk_field_fail(field, parent, MARKET_EINVALID, err, "%s isn't base64", field->name);
	case MK_BOOL:
	case MK_INT:
	case MK_MONEY:
	case MK_RECORD:
	case MK_LIST:
		break;
	}
	return mk_field_wrong_type(field, parent, err);
}

const char *mk_id_word(market_id_kind kind)
{
	static const char *const words[] = {
#define X(name, prefix, word) word,
		MARKET_ID_KIND_LIST(X)
#undef X
	};

	return (size_t)kind < sizeof(words) / sizeof(words[0]) ? words[kind] : "none";
}

const char *mk_id_prefix(market_id_kind kind)
{
	static const char *const prefixes[] = {
#define X(name, prefix, word) prefix,
		MARKET_ID_KIND_LIST(X)
#undef X
	};

	return (size_t)kind < sizeof(prefixes) / sizeof(prefixes[0]) ? prefixes[kind] : "";
}

static int read_id(const mk_field *field, const char *text, market_id *out, const mk_path *parent,
                   market_error *err)
{
	char quoted[MK_QUOTE_SIZE];
	int code;

	if (market_id_parse(field->id_kind, text, out))
		return 0;
	code = mk_field_fail(field, parent, MARKET_EINVALID, err,
	                     "%s \"%s\" isn't an identifier of kind %s", field->name,
	                     mk_quote(text, quoted), mk_id_word(field->id_kind));
	return mk_error_detail(err, code, "The text of such an identifier begins with \"%s_\".",
	                       mk_id_prefix(field->id_kind));
}

static int read_time(const mk_field *field, const char *text, market_time *out,
                     const mk_path *parent, market_error *err)
{
	if (field->flags & MK_DURATION) {
		if (mk_duration_parse(text, out))
			return 0;
		return refuse(
			field, text, parent, err, "a duration",
			"A duration is written as \"48h\", \"15d\", \"30min\", \"90s\" or \"500ms\".");
	}
	if (mk_time_parse(text, out))
		return 0;
	return refuse(field, text, parent, err, "a time",
	              "A time is written as \"2026-01-31T12:00:00Z\", a day as \"2026-01-31\".");
}

static int read_enum(const mk_field *field, const char *text, int32_t *out, const mk_path *parent,
                     market_error *err)
{
	char quoted[MK_QUOTE_SIZE];
	char values[100];
	const char *nearest;
	int code;

	if (mk_enum_value_of(field->enumeration, text, strlen(text), out))
		return 0;
	code = mk_field_fail(field, parent, MARKET_EINVALID, err, "%s \"%s\" isn't known", field->name,
	                     mk_quote(text, quoted));
	nearest = mk_enum_nearest(field->enumeration, text);
	if (nearest)
		return mk_error_hint(err, code, "Did you mean \"%s\"?", nearest);
	if (list_values(field->enumeration, values, sizeof(values)))
		return mk_error_hint(err, code, "It is one of %s.", values);
	return code;
}

/* All of them or, where they are too many for a hint, none. */
static bool list_values(const mk_enum *enumeration, char *out, size_t size)
{
	size_t used = 0;

	for (const mk_enum_value *at = enumeration->values; at->name; at++) {
		int length = snprintf(out + used, size - used, "%s%s", used > 0 ? ", " : "", at->name);

		if (length < 0 || (size_t)length >= size - used)
			return false;
		used += (size_t)length;
	}
	return used > 0;
}

/* A sensitive value isn't repeated. */
static int refuse(const mk_field *field, const char *text, const mk_path *parent, market_error *err,
                  const char *what, const char *form)
{
	char quoted[MK_QUOTE_SIZE];
	int code;

	if (field->flags & MK_SENSITIVE)
		code = mk_field_fail(field, parent, MARKET_EINVALID, err, "%s isn't %s", field->name, what);
	else
		code = mk_field_fail(field, parent, MARKET_EINVALID, err, "%s \"%s\" isn't %s", field->name,
		                     mk_quote(text, quoted), what);
	return mk_error_detail(err, code, "%s", form);
}
