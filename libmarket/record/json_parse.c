/*
 * A strict parser that makes jansson's values. jansson's own drops a byte of a text or number when
 * its buffer can't grow, without a word, and takes most other lack of memory for a syntax error.
 */
#include "libmarket/base/arena.h"
#include "libmarket/base/limits.h"
#include "libmarket/base/text.h"
#include "libmarket/record/json_scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SMALL_TEXT 512
#define LONGEST_INTEGER 20 /* a sign and 19 digits */
#define LARGEST_EXPONENT 308

typedef struct parser {
	const char *json;
	size_t size, at;
	market_error *err;
} parser;

/* A text without its quotes and escapes. */
typedef struct decoded {
	char small[SMALL_TEXT];
	char *data; /* `small`, or memory of its own; NUL-terminated */
	size_t size;
} decoded;

static int parse_value(parser *p, int depth, json_t **out);
static int parse_object(parser *p, int depth, json_t **out);
static int parse_member(parser *p, int depth, json_t *object);
static int parse_array(parser *p, int depth, json_t **out);
static int parse_text(parser *p, json_t **out);
static int parse_number(parser *p, json_t **out);
static int parse_word(parser *p, json_t **out);
static int decode(parser *p, decoded *out);
static int find_end(parser *p, size_t *end);
static int check_utf8(const parser *p, size_t start, size_t end);
static int decode_escapes(parser *p, size_t end, decoded *out);
static bool read_escape(const char *json, size_t size, size_t *at, uint32_t *out);
static bool read_unit(const char *json, size_t size, size_t at, uint32_t *out);
static size_t write_utf8(uint32_t code, char *out);
static void release(decoded *text);
static size_t digits(const parser *p, size_t at);
static char next(parser *p);
static int made(const parser *p, const json_t *value);
static int refuse(const parser *p, size_t at, int code, const char *what);
static int unexpected(const parser *p);
static int not_text(const parser *p, size_t at, const char *what);
static int twice(const parser *p, size_t at, size_t end);

int mk_json_parse(const char *json, size_t size, json_t **out, market_error *err)
{
	parser p = {.json = json, .size = size, .err = err};
	json_t *root = NULL;
	char first = next(&p);
	int code;

	if (first != '{' && first != '[')
		return unexpected(&p);
	code = parse_value(&p, 0, &root);
	if (code == 0 && (next(&p) != '\0' || p.at < p.size))
		code = refuse(&p, p.at, MARKET_ESYNTAX, "something follows the JSON text's end");
	if (code != 0) {
		json_decref(root);
		return code;
	}
	*out = root;
	return 0;
}

static int parse_value(parser *p, int depth, json_t **out)
{
	char first = next(p);

	if (depth > MK_MAX_JSON_DEPTH)
		return refuse(p, p->at, MARKET_ELIMIT, "the JSON text is nested too deep");
	if (first == '{')
		return parse_object(p, depth, out);
	if (first == '[')
		return parse_array(p, depth, out);
	if (first == '"')
		return parse_text(p, out);
	if (first == '-' || (first >= '0' && first <= '9'))
		return parse_number(p, out);
	return parse_word(p, out);
}

static int parse_object(parser *p, int depth, json_t **out)
{
	int code;

	*out = json_object();
	code = made(p, *out);
	p->at++;
	if (code == 0 && next(p) == '}') {
		p->at++;
		return 0;
	}
	while (code == 0) {
		code = parse_member(p, depth, *out);
		if (code != 0)
			break;
		if (next(p) == '}') {
			p->at++;
			break;
		}
		if (next(p) != ',')
			code = unexpected(p);
		p->at++;
	}
	return code;
}

static int parse_member(parser *p, int depth, json_t *object)
{
	decoded name = {.data = NULL};
	json_t *value = NULL;
	size_t start;
	int code;

	if (next(p) != '"')
		return unexpected(p);
	start = p->at;
	code = decode(p, &name);
	if (code == 0 && memchr(name.data, '\0', name.size))
		code = not_text(p, start + 1, "the JSON text holds a NUL");
	if (code == 0 && json_object_get(object, name.data))
		code = twice(p, start, p->at);
	if (code == 0 && next(p) != ':')
		code = unexpected(p);
	p->at++;
	if (code == 0)
		code = parse_value(p, depth + 1, &value);
	if (code != 0)
		json_decref(value);
	else if (json_object_set_new_nocheck(object, name.data, value) != 0)
		code = mk_error_no_memory(p->err);
	release(&name);
	return code;
}

static int parse_array(parser *p, int depth, json_t **out)
{
	int code;

	*out = json_array();
	code = made(p, *out);
	p->at++;
	if (code == 0 && next(p) == ']') {
		p->at++;
		return 0;
	}
	while (code == 0) {
		json_t *item = NULL;

		code = parse_value(p, depth + 1, &item);
		if (code != 0) {
			json_decref(item);
			break;
		}
		if (json_array_append_new(*out, item) != 0)
			return mk_error_no_memory(p->err);
		if (next(p) == ']') {
			p->at++;
			break;
		}
		if (next(p) != ',')
			code = unexpected(p);
		p->at++;
	}
	return code;
}

static int parse_text(parser *p, json_t **out)
{
	decoded text = {.data = NULL};
	size_t start = p->at;
	int code = decode(p, &text);

	if (code == 0 && memchr(text.data, '\0', text.size))
		code = not_text(p, start + 1, "the JSON text holds a NUL");
	if (code == 0) {
		*out = json_stringn_nocheck(text.data, text.size);
		code = made(p, *out);
	}
	release(&text);
	return code;
}

static int parse_number(parser *p, json_t **out)
{
	size_t start = p->at, at = start + (p->json[start] == '-'), whole = digits(p, at), part;
	bool real = false;
	int64_t exponent = 0;

	if (whole == 0 || (whole > 1 && p->json[at] == '0'))
		return refuse(p, start, MARKET_ESYNTAX, "the JSON text isn't well-formed");
	at += whole;
	if (at < p->size && p->json[at] == '.') {
		real = true;
		part = digits(p, ++at);
		at += part;
		if (part == 0)
			return refuse(p, start, MARKET_ESYNTAX, "the JSON text isn't well-formed");
	}
	if (at < p->size && (p->json[at] == 'e' || p->json[at] == 'E')) {
		bool negative = at + 1 < p->size && p->json[at + 1] == '-';

		real = true;
		at += at + 1 < p->size && (negative || p->json[at + 1] == '+') ? 2 : 1;
		part = digits(p, at);
		if (part == 0)
			return refuse(p, start, MARKET_ESYNTAX, "the JSON text isn't well-formed");
		for (size_t i = 0; i < part && exponent <= LARGEST_EXPONENT; i++)
			exponent = exponent * 10 + (p->json[at + i] - '0');
		exponent = negative ? 0 : exponent;
		at += part;
	}
	p->at = at;
	if (real && (int64_t)whole + exponent > LARGEST_EXPONENT)
		return refuse(p, start, MARKET_ELIMIT, "a number is too large");
	if (real) {
		/* No field takes one: that it has a fraction is all that is asked. */
		*out = json_real(0);
	} else {
		char text[LONGEST_INTEGER + 1] = "";
		long long number;

		if (at - start > LONGEST_INTEGER)
			return refuse(p, start, MARKET_ELIMIT, "a number is too large");
		memcpy(text, p->json + start, at - start);
		errno = 0;
		number = strtoll(text, NULL, 10);
		if (errno == ERANGE)
			return refuse(p, start, MARKET_ELIMIT, "a number is too large");
		*out = json_integer(number);
	}
	return made(p, *out);
}

static int parse_word(parser *p, json_t **out)
{
	static const char *const words[] = {"null", "true", "false"};
	size_t length = 0;

	while (p->at + length < p->size && p->json[p->at + length] >= 'a' &&
	       p->json[p->at + length] <= 'z')
		length++;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (length == strlen(words[i]) && memcmp(p->json + p->at, words[i], length) == 0) {
			*out = i == 0 ? json_null() : json_boolean(i == 1);
			p->at += length;
			return 0;
		}
	return unexpected(p);
}

/* The text whose quote is next; afterwards the parser stands behind its other quote. */
static int decode(parser *p, decoded *out)
{
	size_t start = p->at + 1, end = 0;
	int code = find_end(p, &end);

	if (code != 0)
		return code;
	code = check_utf8(p, start, end);
	if (code != 0)
		return code;
	out->data = out->small;
	if (end - start >= SMALL_TEXT) {
		out->data = mk_allocate(&mk_allocator_default, end - start + 1);
		if (!out->data)
			return mk_error_no_memory(p->err);
	}
	p->at = start;
	code = decode_escapes(p, end, out);
	p->at = end + 1;
	return code;
}

static int find_end(parser *p, size_t *end)
{
	size_t at = p->at + 1;

	for (; at < p->size && p->json[at] != '"'; at++) {
		if ((unsigned char)p->json[at] < 0x20)
			return refuse(p, at, MARKET_ESYNTAX, "the JSON text isn't well-formed");
		if (p->json[at] == '\\' && at + 1 < p->size)
			at++;
	}
	if (at >= p->size)
		return refuse(p, p->size, MARKET_ESYNTAX, "the JSON text ends too early");
	*end = at;
	return 0;
}

static int check_utf8(const parser *p, size_t start, size_t end)
{
	size_t at = start;

	while (at < end) {
		size_t length = 1;

		if ((unsigned char)p->json[at] >= 0x80) {
			while (length < 4 && at + length < end &&
			       ((unsigned char)p->json[at + length] & 0xC0) == 0x80)
				length++;
			if (!mk_utf8_valid(p->json + at, length))
				return not_text(p, at, "the JSON text isn't valid UTF-8");
		}
		at += length;
	}
	return 0;
}

static int decode_escapes(parser *p, size_t end, decoded *out)
{
	while (p->at < end) {
		size_t start = p->at;
		uint32_t code;

		if (p->json[p->at] != '\\') {
			out->data[out->size++] = p->json[p->at++];
			continue;
		}
		if (!read_escape(p->json, end, &p->at, &code))
			return refuse(p, start, MARKET_ESYNTAX, "the JSON text isn't well-formed");
		out->size += write_utf8(code, out->data + out->size);
	}
	out->data[out->size] = '\0';
	return 0;
}

/* An escape is never shorter than what it stands for. */
static bool read_escape(const char *json, size_t size, size_t *at, uint32_t *out)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *name = *at + 1 < size ? strchr(names, json[*at + 1]) : NULL;
	uint32_t low;

	if (name && *name) {
		*out = (unsigned char)values[name - names];
		*at += 2;
		return true;
	}
	if (*at + 1 >= size || json[*at + 1] != 'u' || !read_unit(json, size, *at + 2, out))
		return false;
	*at += 6;
	if (*out < 0xD800 || *out > 0xDFFF)
		return true;
	if (*out > 0xDBFF || *at + 1 >= size || json[*at] != '\\' || json[*at + 1] != 'u' ||
	    !read_unit(json, size, *at + 2, &low) || low < 0xDC00 || low > 0xDFFF)
		return false;
	*out = 0x10000 + ((*out - 0xD800) << 10) + (low - 0xDC00);
	*at += 6;
	return true;
}

static bool read_unit(const char *json, size_t size, size_t at, uint32_t *out)
{
	*out = 0;
	for (size_t i = at; i < at + 4; i++) {
		char c = i < size ? json[i] : '\0';
		int digit = c >= '0' && c <= '9'   ? c - '0'
		            : c >= 'a' && c <= 'f' ? c - 'a' + 10
		            : c >= 'A' && c <= 'F' ? c - 'A' + 10
		                                   : -1;

		if (digit < 0)
			return false;
		*out = *out << 4 | (uint32_t)digit;
	}
	return true;
}

static size_t write_utf8(uint32_t code, char *out)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xE0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3F));
		out[2] = (char)(0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3F));
	out[2] = (char)(0x80 | (code >> 6 & 0x3F));
	out[3] = (char)(0x80 | (code & 0x3F));
	return 4;
}

static void release(decoded *text)
{
	if (text->data != text->small)
		mk_release(&mk_allocator_default, text->data);
}

static size_t digits(const parser *p, size_t at)
{
	size_t n = 0;

	while (at + n < p->size && p->json[at + n] >= '0' && p->json[at + n] <= '9')
		n++;
	return n;
}

/* The next byte that isn't white space, '\0' at the end. */
static char next(parser *p)
{
	while (p->at < p->size && strchr(" \t\n\r", p->json[p->at]) && p->json[p->at])
		p->at++;
	return p->at < p->size ? p->json[p->at] : '\0';
}

static int made(const parser *p, const json_t *value)
{
	return value ? 0 : mk_error_no_memory(p->err);
}

static int refuse(const parser *p, size_t at, int code, const char *what)
{
	(void)mk_error_set(p->err, code, "%s", what);
	return mk_json_place(p->json, at, code, p->err);
}

static int unexpected(const parser *p)
{
	return refuse(p, p->at, MARKET_ESYNTAX,
	              p->at < p->size ? "the JSON text isn't well-formed"
	                              : "the JSON text ends too early");
}

static int not_text(const parser *p, size_t at, const char *what)
{
	char path[MK_PATH_SIZE] = "";

	mk_json_path(p->json, p->size, at, path);
	(void)mk_error_at(p->err, MARKET_EUTF8, path, "%s", what);
	return mk_json_place(p->json, at, MARKET_EUTF8, p->err);
}

static int twice(const parser *p, size_t at, size_t end)
{
	char name[MK_QUOTE_SIZE * 2];
	char quoted[MK_QUOTE_SIZE];
	size_t length = end - at - 2;

	length = length < sizeof(name) ? length : sizeof(name) - 1;
	memcpy(name, p->json + at + 1, length);
	name[length] = '\0';
	(void)mk_error_set(p->err, MARKET_ESYNTAX, "the field \"%s\" is there twice",
	                   mk_quote(name, quoted));
	return mk_json_place(p->json, at, MARKET_ESYNTAX, p->err);
}
