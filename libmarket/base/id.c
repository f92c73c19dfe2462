/*
 * The text of an identifier: `<prefix>_<book>_<id>`, or `<prefix>_<id>` for a book that is its own
 * id. Both numbers are base32 without leading zeros, so that each identifier has one text only.
 */
#include <market/types.h>

#include <string.h>

#define DIGITS_SIZE 14 /* 13 digits of 63 bits, and a NUL */

static const char *prefix_of(market_id_kind kind);
static char *write_number(char *to, int64_t number);
static bool read_number(const char *text, size_t size, int64_t *out);

static const char alphabet[33] = "0123456789abcdefghjkmnpqrstvwxyz";

void market_id_format(market_id_kind kind, market_id id, char text[MARKET_ID_TEXT_SIZE])
{
	const char *prefix = prefix_of(kind);
	char *to = text;

	text[0] = '\0';
	if (!prefix || id.id <= 0 || id.book < 0)
		return;
	while (*prefix)
		*to++ = *prefix++;
	*to++ = '_';
	if (id.book != id.id) {
		to = write_number(to, id.book);
		*to++ = '_';
	}
	to = write_number(to, id.id);
	*to = '\0';
}

bool market_id_parse(market_id_kind kind, const char *text, market_id *out)
{
	const char *prefix = prefix_of(kind);
	const char *separator;
	market_id id;
	size_t length;

	if (!prefix || !text)
		return false;
	length = strlen(prefix);
	if (strncmp(text, prefix, length) != 0 || text[length] != '_')
		return false;
	text += length + 1;
	separator = strchr(text, '_');
	if (!separator) {
		if (!read_number(text, strlen(text), &id.id) || id.id == 0)
			return false;
		id.book = id.id;
	} else {
		if (!read_number(text, (size_t)(separator - text), &id.book) ||
		    !read_number(separator + 1, strlen(separator + 1), &id.id) || id.id == 0 ||
		    id.book == id.id)
			return false;
	}
	*out = id;
	return true;
}

static const char *prefix_of(market_id_kind kind)
{
	static const char *const prefixes[] = {
#define X(name, prefix, word) prefix,
		MARKET_ID_KIND_LIST(X)
#undef X
	};

	if (kind <= MARKET_ID_NONE || (size_t)kind >= sizeof(prefixes) / sizeof(prefixes[0]))
		return NULL;
	return prefixes[kind];
}

static char *write_number(char *to, int64_t number)
{
	char digits[DIGITS_SIZE];
	size_t count = 0;

	do {
		digits[count++] = alphabet[number & 31];
		number >>= 5;
	} while (number > 0);
	while (count > 0)
		*to++ = digits[--count];
	return to;
}

static bool read_number(const char *text, size_t size, int64_t *out)
{
	uint64_t number = 0;
	size_t i;

	if (size == 0 || size >= DIGITS_SIZE || (size > 1 && text[0] == '0'))
		return false;
	for (i = 0; i < size; i++) {
		const char *digit = memchr(alphabet, text[i], sizeof(alphabet) - 1);

		if (!digit)
			return false;
		number = number << 5 | (uint64_t)(digit - alphabet);
	}
	/* 13 digits hold 65 bits: the first one must leave the number within 63. */
	if (size == DIGITS_SIZE - 1 && text[0] > '7')
		return false;
	*out = (int64_t)number;
	return true;
}
