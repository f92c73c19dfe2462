#include "libmarket/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct error_row {
	int32_t code;
	int32_t error_class;
	const char *name;
	const char *summary;
} error_row;

static const error_row *row_of(int32_t code);
static void write_text(char *to, size_t size, const char *format, va_list arguments)
	MK_PRINTF(3, 0);
static void cut(char *text, size_t length);

static const error_row rows[] = {
#define X(name, number, klass, text, summary) {-number, MARKET_CLASS_##klass, text, summary},
	MARKET_ERROR_LIST(X)
#undef X
};

const char *market_error_name(int32_t code)
{
	const error_row *row = row_of(code);

	if (code == MARKET_OK)
		return "ok";
	return row ? row->name : NULL;
}

int32_t market_error_class_of(int32_t code)
{
	const error_row *row = row_of(code);

	return row ? row->error_class : 0;
}

const char *market_error_class_name(int32_t error_class)
{
	switch (error_class) {
	case MARKET_CLASS_CALLER:
		return "caller";
	case MARKET_CLASS_STATE:
		return "state";
	case MARKET_CLASS_CONFLICT:
		return "conflict";
	case MARKET_CLASS_TRANSIENT:
		return "transient";
	case MARKET_CLASS_FATAL:
		return "fatal";
	default:
		return NULL;
	}
}

const char *market_error_summary(int32_t code)
{
	const error_row *row = row_of(code);

	return row ? row->summary : NULL;
}

#define WRITE(to, format) \
	do { \
		va_list arguments; \
		va_start(arguments, format); \
		write_text((to), sizeof(to), (format), arguments); \
		va_end(arguments); \
	} while (0)

int mk_error_set(market_error *err, int code, const char *format, ...)
{
	market_error fresh;

	if (!err)
		return code;
	memset(&fresh, 0, sizeof(fresh));
	fresh.code = code;
	fresh.error_class = market_error_class_of(code);
	WRITE(fresh.message, format);
	*err = fresh;
	return code;
}

int mk_error_detail(market_error *err, int code, const char *format, ...)
{
	if (!err)
		return code;
	WRITE(err->detail, format);
	return code;
}

int mk_error_detail_list(market_error *err, int code, const char *const *texts, size_t count)
{
	const size_t more = sizeof("; and 18446744073709551615 more.");
	size_t used = 0, told = 0;

	if (!err)
		return code;
	for (; told < count; told++) {
		const size_t length = strlen(texts[told]);
		if (used + 2 + length + more > sizeof(err->detail))
			break;
		used += (size_t)snprintf(err->detail + used, sizeof(err->detail) - used, "%s%s",
		                         told > 0 ? "; " : "", texts[told]);
	}
	if (told < count)
		snprintf(err->detail + used, sizeof(err->detail) - used, "%s%zu more.",
		         told > 0 ? "; and " : "", count - told);
	else
		snprintf(err->detail + used, sizeof(err->detail) - used, ".");
	return code;
}

int mk_error_hint(market_error *err, int code, const char *format, ...)
{
	if (!err)
		return code;
	WRITE(err->hint, format);
	return code;
}

int mk_error_field(market_error *err, int code, const char *format, ...)
{
	if (!err)
		return code;
	WRITE(err->field, format);
	return code;
}

int mk_error_object(market_error *err, int code, market_id_kind kind, market_id id)
{
	char text[MARKET_ID_TEXT_SIZE];

	if (!err)
		return code;
	market_id_format(kind, id, text);
	memcpy(err->object, text, sizeof(text));
	return code;
}

int mk_error_object_text(market_error *err, int code, const char *text)
{
	if (!err)
		return code;
	snprintf(err->object, sizeof(err->object), "%s", text ? text : "");
	return code;
}

int mk_error_at(market_error *err, int code, const char *field, const char *format, ...)
{
	market_error fresh;

	if (!err)
		return code;
	memset(&fresh, 0, sizeof(fresh));
	fresh.code = code;
	fresh.error_class = market_error_class_of(code);
	WRITE(fresh.message, format);
	(void)mk_error_field(&fresh, code, "%s", field ? field : "");
	*err = fresh;
	return code;
}

void mk_error_prefix(market_error *err, const char *format, ...)
{
	char prefix[sizeof(err->field)];
	const char *join;

	if (!err)
		return;
	WRITE(prefix, format);
	join = err->field[0] == '\0' || err->field[0] == '[' ? "" : ".";
	(void)mk_error_field(err, err->code, "%s%s%s", prefix, join, err->field);
}

void mk_error_clear(market_error *err)
{
	if (err)
		memset(err, 0, sizeof(*err));
}

int mk_error_no_memory(market_error *err)
{
	return mk_error_set(err, MARKET_ENOMEM, "memory is exhausted");
}

static const error_row *row_of(int32_t code)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].code == code)
			return &rows[i];
	return NULL;
}

/* Through a buffer, since an argument may be the very text that is replaced. */
static void write_text(char *to, size_t size, const char *format, va_list arguments)
{
	char text[sizeof(((market_error *)NULL)->detail)];
	int length = vsnprintf(text, size, format, arguments);

	if (length < 0)
		text[0] = '\0';
	else if ((size_t)length >= size)
		cut(text, size - 1);
	memcpy(to, text, strlen(text) + 1);
}

/* Drops a character whose bytes were cut. */
static void cut(char *text, size_t length)
{
	size_t start = length;
	unsigned char lead;
	size_t need;

	while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
		start--;
	if (start == 0)
		return;
	lead = (unsigned char)text[start - 1];
	need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
	if (length - (start - 1) < need)
		text[start - 1] = '\0';
}
