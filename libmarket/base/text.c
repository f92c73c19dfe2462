#include "libmarket/base/text.h"

#include <endian.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SMALLEST 512
#define SHORT_FORMAT 256 /* longer ones are formatted twice */
#define LONGEST_WORD 64
#define FARTHEST 3

static inline bool reserve(mk_text *text, size_t more);
static bool grow(mk_text *text, size_t more);
static size_t sequence_length(const unsigned char *bytes, size_t size);
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length);
static size_t least(size_t a, size_t b);
static int digit_of(char c);

/* What an empty text shows before it has memory; never written. */
static char nothing[1];

void mk_text_init(mk_text *text, const market_allocator *allocator, size_t limit)
{
	text->allocator = allocator;
	text->data = nothing;
	text->size = 0;
	text->capacity = 0;
	text->limit = limit;
	text->failed = false;
}

void mk_text_reset(mk_text *text)
{
	text->size = 0;
	text->failed = false;
	if (text->capacity > 0)
		text->data[0] = '\0';
}

void mk_text_close(mk_text *text)
{
	if (text->capacity > 0)
		mk_release(text->allocator, text->data);
	mk_text_init(text, text->allocator, text->limit);
}

void mk_text_add(mk_text *text, const char *chars)
{
	if (chars)
		mk_text_add_n(text, chars, strlen(chars));
}

void mk_text_add_n(mk_text *text, const void *bytes, size_t size)
{
	if (size == 0 || !reserve(text, size))
		return;
	memcpy(text->data + text->size, bytes, size);
	text->size += size;
	text->data[text->size] = '\0';
}

void mk_text_add_char(mk_text *text, char c)
{
	if (!reserve(text, 1))
		return;
	text->data[text->size++] = c;
	text->data[text->size] = '\0';
}

void mk_text_join(mk_text *text, const char *const *parts)
{
	for (; *parts; parts++)
		mk_text_add_n(text, *parts, strlen(*parts));
}

void mk_text_add_int(mk_text *text, int64_t value)
{
	char digits[24];
	char *at = digits + sizeof(digits);
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		*--at = '-';
	mk_text_add_n(text, at, (size_t)(digits + sizeof(digits) - at));
}

void mk_text_add_dotted(mk_text *text, const int64_t *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			mk_text_add_char(text, '.');
		mk_text_add_int(text, values[i]);
	}
}

void mk_text_format(mk_text *text, const char *format, ...)
{
	char small[SHORT_FORMAT];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(small, sizeof(small), format, arguments);
	va_end(arguments);
	if (length < (int)sizeof(small)) {
		text->failed = text->failed || length < 0;
		mk_text_add_n(text, small, length < 0 ? 0 : (size_t)length);
		return;
	}
	if (!reserve(text, (size_t)length))
		return;
	va_start(arguments, format);
	(void)vsnprintf(text->data + text->size, (size_t)length + 1, format, arguments);
	va_end(arguments);
	text->size += (size_t)length;
}

void mk_text_add_json(mk_text *text, const char *chars)
{
	if (chars)
		mk_text_add_json_n(text, chars, strlen(chars));
	else
		mk_text_add_n(text, "null", 4);
}

void mk_text_add_json_n(mk_text *text, const char *chars, size_t size)
{
	static const char hex[] = "0123456789abcdef";
	size_t from = 0;
	size_t i;

	mk_text_add_char(text, '"');
	for (i = 0; i < size; i++) {
		unsigned char c = (unsigned char)chars[i];
		char escape[6] = {'\\', (char)c, '0', '0', 0, 0};
		size_t length = 2;

		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7F)
			continue;
		switch (c) {
		case '"':
		case '\\':
			break;
		case '\n':
			escape[1] = 'n';
			break;
		case '\r':
			escape[1] = 'r';
			break;
		case '\t':
			escape[1] = 't';
			break;
		default:
			escape[1] = 'u';
			escape[4] = hex[c >> 4];
			escape[5] = hex[c & 15];
			length = 6;
		}
		mk_text_add_n(text, chars + from, i - from);
		mk_text_add_n(text, escape, length);
		from = i + 1;
	}
	mk_text_add_n(text, chars + from, size - from);
	mk_text_add_char(text, '"');
}

void mk_text_add_u32(mk_text *text, uint32_t value)
{
	const uint32_t bytes = htobe32(value);

	mk_text_add_n(text, &bytes, sizeof(bytes));
}

void mk_text_add_u64(mk_text *text, uint64_t value)
{
	const uint64_t bytes = htobe64(value);

	mk_text_add_n(text, &bytes, sizeof(bytes));
}

void mk_text_add_numbers(mk_text *text, const int64_t *values, size_t count)
{
	if (!reserve(text, 8 * count))
		return;
	for (size_t i = 0; i < count; i++) {
		const uint64_t bytes = htobe64((uint64_t)values[i]);

		memcpy(text->data + text->size + 8 * i, &bytes, sizeof(bytes));
	}
	text->size += 8 * count;
	text->data[text->size] = '\0';
}

void mk_text_add_bytes(mk_text *text, const void *bytes, size_t size)
{
	if (size > UINT32_MAX) {
		text->failed = true;
		return;
	}
	mk_text_add_u32(text, (uint32_t)size);
	mk_text_add_n(text, bytes, size);
}

bool mk_utf8_valid(const char *text, size_t size)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t i = 0;

	while (i < size) {
		size_t length;

		if (bytes[i] >= 0x20 && bytes[i] < 0x7F) {
			i++;
			continue;
		}
		length = sequence_length(bytes + i, size - i);
		if (length == 0)
			return false;
		i += length;
	}
	return true;
}

uint32_t mk_utf8_next(const char **text)
{
	const unsigned char *at = (const unsigned char *)*text;
	uint32_t character = *at++;

	if (character >= 0x80)
		character &= character >= 0xF0 ? 0x07 : character >= 0xE0 ? 0x0F : 0x1F;
	for (; (*at & 0xC0) == 0x80; at++)
		character = character << 6 | (*at & 0x3F);
	*text = (const char *)at;
	return character;
}

size_t mk_utf8_length(const char *text)
{
	size_t length = 0;

	for (; *text; text++)
		if (((unsigned char)*text & 0xC0) != 0x80)
			length++;
	return length;
}

bool mk_text_equal(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	return strcmp(a, b) == 0;
}

const char *mk_text_nearest(const char *word, const char *const *words, size_t count)
{
	const char *nearest = NULL;
	size_t length;
	size_t bound;
	size_t i;

	if (!word)
		return NULL;
	length = strlen(word);
	if (length == 0 || length > LONGEST_WORD)
		return NULL;
	/* At most half of a short word may differ: a hint that fits anything helps nobody. */
	bound = least(FARTHEST, length < 2 ? 1 : length / 2) + 1;
	for (i = 0; i < count; i++) {
		size_t other = words[i] ? strlen(words[i]) : 0;
		size_t found;

		if (other == 0 || other > LONGEST_WORD || other >= length + bound ||
		    length >= other + bound)
			continue;
		found = distance(word, length, words[i], other);
		if (found < bound) {
			bound = found;
			nearest = words[i];
		}
	}
	return nearest;
}

void mk_hex(const void *bytes, size_t size, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *from = bytes;
	size_t i;

	for (i = 0; i < size; i++) {
		out[2 * i] = digits[from[i] >> 4];
		out[2 * i + 1] = digits[from[i] & 15];
	}
	out[2 * size] = '\0';
}

bool mk_unhex(const char *hex, void *out, size_t size)
{
	unsigned char *to = out;
	size_t i;

	if (!hex || strlen(hex) != 2 * size)
		return false;
	for (i = 0; i < 2 * size; i++)
		if (digit_of(hex[i]) < 0)
			return false;
	for (i = 0; i < size; i++)
		to[i] = (unsigned char)(digit_of(hex[2 * i]) * 16 + digit_of(hex[2 * i + 1]));
	return true;
}

/* The memory is never larger than the limit allows. */
static inline bool reserve(mk_text *text, size_t more)
{
	return (more < text->capacity - text->size && !text->failed) || grow(text, more);
}

static bool grow(mk_text *text, size_t more)
{
	size_t capacity = text->capacity > 0 ? text->capacity : SMALLEST;
	size_t need;
	char *data;

	if (text->failed)
		return false;
	if (text->size > text->limit || more > text->limit - text->size || more > SIZE_MAX / 4)
		goto failed;
	need = text->size + more + 1;
	while (capacity < need)
		capacity = capacity > SIZE_MAX / 4 ? need : capacity * 2;
	if (capacity - 1 > text->limit)
		capacity = text->limit + 1;
	data = mk_reallocate(text->allocator, text->capacity > 0 ? text->data : NULL, capacity);
	if (!data)
		goto failed;
	data[text->size] = '\0';
	text->data = data;
	text->capacity = capacity;
	return true;

failed:
	text->failed = true;
	return false;
}

/* Bytes of the character at `bytes` by the table of well-formed sequences (Unicode 3-7), or 0. */
static size_t sequence_length(const unsigned char *bytes, size_t size)
{
	unsigned char lead = bytes[0];
	unsigned char low = 0x80;
	unsigned char high = 0xBF;
	size_t length;
	size_t i;

	if (lead < 0x80)
		return lead == '\t' || lead == '\n' || lead == '\r' || (lead >= 0x20 && lead != 0x7F);
	if (lead < 0xC2 || lead > 0xF4)
		return 0;
	length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
	if (size < length)
		return 0;
	if (lead == 0xC2)
		low = 0xA0; /* below lie the control characters U+0080 to U+009F */
	else if (lead == 0xE0)
		low = 0xA0;
	else if (lead == 0xED)
		high = 0x9F;
	else if (lead == 0xF0)
		low = 0x90;
	else if (lead == 0xF4)
		high = 0x8F;
	if (bytes[1] < low || bytes[1] > high)
		return 0;
	for (i = 2; i < length; i++)
		if ((bytes[i] & 0xC0) != 0x80)
			return 0;
	return length;
}

/* Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	unsigned char rows[3][LONGEST_WORD + 1];
	size_t i;
	size_t j;

	for (j = 0; j <= b_length; j++)
		rows[0][j] = (unsigned char)j;
	for (i = 1; i <= a_length; i++) {
		unsigned char *row = rows[i % 3];
		const unsigned char *above = rows[(i - 1) % 3];

		row[0] = (unsigned char)i;
		for (j = 1; j <= b_length; j++) {
			size_t best = above[j - 1] + (size_t)(a[i - 1] != b[j - 1]);

			best = least(best, least((size_t)above[j] + 1, (size_t)row[j - 1] + 1));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				best = least(best, (size_t)rows[(i - 2) % 3][j - 2] + 1);
			row[j] = (unsigned char)best;
		}
	}
	return rows[a_length % 3][b_length];
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}
