/* A growing text or byte buffer, UTF-8, and small text helpers. */
#ifndef MK_BASE_TEXT_H
#define MK_BASE_TEXT_H

#include "libmarket/base/arena.h"

/* Grows from the allocator up to `limit` bytes. A failed append sets `failed` and later ones do
 * nothing, so that a sequence needs one check at its end. `data` always ends with a NUL. */
typedef struct mk_text {
	const market_allocator *allocator;
	char *data;
	size_t size;
	size_t capacity;
	size_t limit;
	bool failed;
} mk_text;

void mk_text_init(mk_text *text, const market_allocator *allocator, size_t limit);
void mk_text_reset(mk_text *text); /* empties it and keeps the memory */
void mk_text_close(mk_text *text);
void mk_text_add(mk_text *text, const char *chars);
void mk_text_add_n(mk_text *text, const void *bytes, size_t size);
void mk_text_add_char(mk_text *text, char c);
void mk_text_add_int(mk_text *text, int64_t value);
void mk_text_add_dotted(mk_text *text, const int64_t *values, size_t count); /* "1.2.3" */
void mk_text_join(mk_text *text, const char *const *parts);                  /* of MK_TEXTS */
void mk_text_format(mk_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A JSON string with its quotes, escaped. */
void mk_text_add_json(mk_text *text, const char *chars);
void mk_text_add_json_n(mk_text *text, const char *chars, size_t size);
/* Big-endian integers and length-prefixed bytes, for canonical encodings. */
void mk_text_add_u32(mk_text *text, uint32_t value);
void mk_text_add_u64(mk_text *text, uint64_t value);
void mk_text_add_numbers(mk_text *text, const int64_t *values, size_t count); /* u64 each */
void mk_text_add_bytes(mk_text *text, const void *bytes, size_t size);        /* u32 size, bytes */

/* Valid UTF-8 without NUL, surrogates, overlong forms; control characters other than \t \n \r are
 * refused too. */
bool mk_utf8_valid(const char *text, size_t size);
/* The code point of valid UTF-8 that `*text` begins with, and on to the next. */
uint32_t mk_utf8_next(const char **text);
/* Characters (code points) of valid UTF-8. */
size_t mk_utf8_length(const char *text);

bool mk_text_equal(const char *a, const char *b); /* NULL equals NULL only */
/* Edit distance bounded to 3, to find the nearest of a list of names for a hint; NULL if none. */
const char *mk_text_nearest(const char *word, const char *const *words, size_t count);
void mk_hex(const void *bytes, size_t size, char *out); /* 2 × size + 1 characters */
bool mk_unhex(const char *hex, void *out, size_t size);

#endif
