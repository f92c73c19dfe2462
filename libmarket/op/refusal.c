#include <string.h>

#include "libmarket/op/run.h"

/* A kept refusal's texts. */
typedef struct refusal {
	const char *message;
	const char *detail;
	const char *hint;
	const char *field;
	const char *object;
} refusal;

static const mk_field refusal_fields[] = {
	MK_F_TEXT(refusal, message, 0, 0, 0, "the message"),
	MK_F_TEXT(refusal, detail, MK_MULTILINE, 0, 0, "sentences"),
	MK_F_TEXT(refusal, hint, MK_MULTILINE, 0, 0, "what may help"),
	MK_F_TEXT(refusal, field, 0, 0, 0, "the param's path"),
	MK_F_TEXT(refusal, object, 0, 0, 0, "the identifier concerned"),
};
static const mk_record refusal_record =
	MK_RECORD_OF("refusal", refusal, refusal_fields, "a kept refusal");

static const char *present(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

const char *mk_refusal_write(const market_error *err, mk_arena *arena)
{
	const refusal kept = {present(err->message), present(err->detail), present(err->hint),
	                      present(err->field), present(err->object)};
	mk_text text;
	const char *copy;
	mk_text_init(&text, arena->allocator, 8 * sizeof(market_error));
	mk_json_write(&refusal_record, &kept, 0, &text);
	copy = text.failed ? NULL : mk_arena_text_n(arena, text.data, text.size);
	mk_text_close(&text);
	return copy;
}

int mk_refusal_read(int code, const char *text, mk_arena *arena, market_error *err)
{
	void *parsed = NULL;
	const refusal *kept;
	int rc =
		text ? mk_json_read(&refusal_record, text, strlen(text), arena, &parsed, NULL, NULL) : 0;
	if (rc == MARKET_ENOMEM)
		return mk_error_no_memory(err);
	if (rc != 0 || !parsed)
		return mk_error_set(err, code, "the operation was refused before");
	kept = parsed;
	mk_error_set(err, code, "%s", kept->message ? kept->message : "");
	mk_error_detail(err, code, "%s", kept->detail ? kept->detail : "");
	mk_error_hint(err, code, "%s", kept->hint ? kept->hint : "");
	mk_error_field(err, code, "%s", kept->field ? kept->field : "");
	mk_error_object_text(err, code, kept->object);
	return code;
}
