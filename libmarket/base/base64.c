#include "libmarket/base/base64.h"

#include "libmarket/base/error.h"

#include <string.h>

static int digit_of(char c);
static bool read_group(const char *text, size_t digits, uint8_t *to);

int mk_base64_encode(const void *data, size_t size, mk_text *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *from = data;
	size_t i;

	for (i = 0; i < size && !out->failed; i += 3) {
		size_t left = size - i;
		uint32_t bits = (uint32_t)from[i] << 16;
		char group[4];

		if (left > 1)
			bits |= (uint32_t)from[i + 1] << 8;
		if (left > 2)
			bits |= from[i + 2];
		group[0] = digits[bits >> 18];
		group[1] = digits[bits >> 12 & 63];
		group[2] = left > 1 ? digits[bits >> 6 & 63] : '=';
		group[3] = left > 2 ? digits[bits & 63] : '=';
		mk_text_add_n(out, group, sizeof(group));
	}
	return out->failed ? MARKET_ENOMEM : 0;
}

bool mk_base64_decode(const char *text, mk_arena *arena, market_blob *out)
{
	size_t length = text ? strlen(text) : 0;
	size_t padding = 0;
	uint8_t *data;
	size_t i;

	if (!text || length % 4 != 0)
		return false;
	if (length > 0 && text[length - 1] == '=')
		padding = text[length - 2] == '=' ? 2 : 1;
	data = mk_arena_get(arena, length / 4 * 3);
	if (!data)
		return false;
	for (i = 0; i < length; i += 4) {
		size_t digits = i + 4 == length ? 4 - padding : 4;

		if (!read_group(text + i, digits, data + i / 4 * 3))
			return false;
	}
	out->data = data;
	out->size = length / 4 * 3 - padding;
	return true;
}

static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Bits behind the last byte must be zero, so that each value has one text only. */
static bool read_group(const char *text, size_t digits, uint8_t *to)
{
	uint32_t bits = 0;
	size_t i;

	for (i = 0; i < 4; i++) {
		int digit = i < digits ? digit_of(text[i]) : 0;

		if (digit < 0)
			return false;
		bits = bits << 6 | (uint32_t)digit;
	}
	if ((digits == 3 && (bits & 0xFF) != 0) || (digits == 2 && (bits & 0xFFFF) != 0))
		return false;
	to[0] = (uint8_t)(bits >> 16);
	to[1] = (uint8_t)(bits >> 8);
	to[2] = (uint8_t)bits;
	return true;
}
