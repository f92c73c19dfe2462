#include "libmarket/rule/fold.h"

#include <string.h>
#include <utf8proc.h>

#define OPTIONS \
	(utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | \
	                    UTF8PROC_IGNORE)
#define MOST_OF_ONE 32 /* 18 is Unicode's own bound, for U+FDFA */
#define NO_START SIZE_MAX

typedef struct folder {
	mk_arena *arena;
	mk_folded *out;
	size_t room;
	size_t marks;  /* in a row */
	bool compound; /* something may have to be reordered or composed */
} folder;

static bool fold_one(folder *f, uint32_t code, uint32_t from, uint32_t to);
static bool push(folder *f, uint32_t code, uint32_t from, uint32_t to);
static bool is_plain(uint32_t code);
static bool is_joining(uint32_t code, const utf8proc_property_t *property);
static uint32_t kind_of(uint32_t code);
static bool is_han(uint32_t code);
static void reorder(mk_folded *out);
static void compose(mk_folded *out);
static uint32_t composed(uint32_t first, uint32_t second);
static bool join(mk_arena *arena, mk_folded *out);
static const mk_fold_char *between(const mk_folded *out, size_t before, size_t after);
static bool stands_alone(const mk_folded *out, size_t at);

/* Of ASCII; letters and digits are words. */
static const uint8_t ascii_kinds[128] = {
	['\t'] = MK_FOLD_BLANK, ['\n'] = MK_FOLD_BREAK, ['\r'] = MK_FOLD_BREAK, [' '] = MK_FOLD_BLANK,
	[','] = MK_FOLD_BREAK,  [';'] = MK_FOLD_BREAK,  ['?'] = MK_FOLD_BREAK,
};

bool mk_fold(const char *text, size_t size, mk_arena *arena, mk_folded *out)
{
	const char *at = text;
	folder f = {.arena = arena, .out = out, .room = size + 16};

	memset(out, 0, sizeof(*out));
	out->chars = mk_arena_array(arena, sizeof(*out->chars), f.room);
	if (!out->chars)
		return false;
	while ((size_t)(at - text) < size) {
		const uint32_t from = (uint32_t)(at - text);
		const uint8_t first = (uint8_t)*at;
		uint32_t code;

		if (first < 0x80) {
			at++;
			code = first >= 'A' && first <= 'Z' ? first + 32U : first;
			if (!push(&f, code, from, from + 1))
				return false;
			continue;
		}
		code = mk_utf8_next(&at);
		if (!fold_one(&f, code, from, (uint32_t)(at - text)))
			return false;
	}
	if (f.compound) {
		reorder(out);
		compose(out);
	}
	for (size_t i = 0; i < out->n_chars; i++)
		if (out->chars[i].kind == 0)
			out->chars[i].kind = kind_of(out->chars[i].code);
	return join(arena, out);
}

char *mk_fold_encode(const mk_folded *folded, bool joined, mk_arena *arena, size_t *size)
{
	const size_t count = joined ? folded->n_joined : folded->n_chars;
	char *text = mk_arena_get(arena, 4 * count + MK_FOLD_SPARE);
	size_t used = 0;

	if (!text)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		const uint32_t code = joined ? folded->joined[i].code : folded->chars[i].code;

		if (code < 0x80)
			text[used++] = (char)code;
		else
			used += (size_t)utf8proc_encode_char((utf8proc_int32_t)code,
			                                     (utf8proc_uint8_t *)text + used);
	}
	/* compiled patterns read ahead in whole words */
	memset(text + used, 0, MK_FOLD_SPARE);
	*size = used;
	return text;
}

static bool fold_one(folder *f, uint32_t code, uint32_t from, uint32_t to)
{
	utf8proc_int32_t parts[MOST_OF_ONE];
	utf8proc_ssize_t count;
	int unused = 0;

	if (is_plain(code))
		return push(f, code, from, to);
	if (code >= 0xFF01 && code <= 0xFF5E) { /* full-width forms of ASCII */
		code -= 0xFEE0;
		return push(f, code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code, from, to);
	}
	count = utf8proc_decompose_char((utf8proc_int32_t)code, parts, MOST_OF_ONE, OPTIONS, &unused);
	for (utf8proc_ssize_t i = 0; i < count && i < MOST_OF_ONE; i++) {
		const utf8proc_property_t *property = utf8proc_get_property(parts[i]);
		const size_t marks = property->combining_class != 0 ? f->marks + 1 : 0;

		if (marks > MK_MAX_MARKS) {
			f->out->cut = true;
			continue;
		}
		f->compound = f->compound || is_joining((uint32_t)parts[i], property);
		if (!push(f, (uint32_t)parts[i], from, to))
			return false;
		f->marks = marks;
	}
	return true;
}

static bool push(folder *f, uint32_t code, uint32_t from, uint32_t to)
{
	mk_folded *out = f->out;

	if (out->n_chars == f->room) {
		mk_fold_char *more = mk_arena_get(f->arena, 2 * f->room * sizeof(*more));

		if (!more)
			return false;
		memcpy(more, out->chars, out->n_chars * sizeof(*more));
		out->chars = more;
		f->room *= 2;
	}
	f->marks = 0;
	out->chars[out->n_chars++] = (mk_fold_char){code, from, to, 0};
	return true;
}

/* What stays as it is, whatever follows it: the bulk of Chinese and Japanese. */
static bool is_plain(uint32_t code)
{
	return (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0x3400 && code <= 0x4DBF) ||
	       (code >= 0x3041 && code <= 0x3094) || (code >= 0x30A1 && code <= 0x30FA) ||
	       code == 0x3001 || code == 0x3002 || (code >= 0xAC00 && code <= 0xD7A3);
}

/* Whether it may change places or become one with what stands before it. */
static bool is_joining(uint32_t code, const utf8proc_property_t *property)
{
	return property->combining_class != 0 || property->category == UTF8PROC_CATEGORY_MN ||
	       property->category == UTF8PROC_CATEGORY_MC || (code >= 0x1161 && code <= 0x11C2);
}

static uint32_t kind_of(uint32_t code)
{
	if (code < 0x80) {
		const uint32_t lower = code | 0x20;

		if ((lower >= 'a' && lower <= 'z') || (code >= '0' && code <= '9'))
			return MK_FOLD_WORD;
		return ascii_kinds[code] ? ascii_kinds[code] : MK_FOLD_SIGN;
	}
	if (is_han(code))
		return MK_FOLD_HAN;
	if (code == 0x3001 || code == 0x3002)
		return MK_FOLD_BREAK;
	switch (utf8proc_category((utf8proc_int32_t)code)) {
	case UTF8PROC_CATEGORY_ME:
		return MK_FOLD_MARK;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
		/* those of other scripts are vowels and belong to the word */
		return (code >= 0x0300 && code <= 0x036F) || (code >= 0x20D0 && code <= 0x20FF)
		           ? MK_FOLD_MARK
		           : MK_FOLD_WORD;
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
		return MK_FOLD_WORD;
	case UTF8PROC_CATEGORY_ZS:
		return MK_FOLD_BLANK;
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return MK_FOLD_BREAK;
	default:
		return MK_FOLD_SIGN;
	}
}

static bool is_han(uint32_t code)
{
	if (code >= 0x3005 && code <= 0x9FFF)
		return code >= 0x3400 ? code <= 0x4DBF || code >= 0x4E00
		                      : code <= 0x3007 || (code >= 0x3041 && code != 0x30FB &&
		                                           (code <= 0x312F || code >= 0x31A0));
	return (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
	       (code >= 0x20000 && code <= 0x3FFFD) || (code >= 0x1100 && code <= 0x11FF);
}

/* Marks in a row by their class, those of one class as they stand. */
static void reorder(mk_folded *out)
{
	for (size_t i = 1; i < out->n_chars; i++) {
		const mk_fold_char c = out->chars[i];
		const int rank = utf8proc_get_property((utf8proc_int32_t)c.code)->combining_class;
		size_t at = i;

		while (rank != 0 && at > 0 &&
		       utf8proc_get_property((utf8proc_int32_t)out->chars[at - 1].code)->combining_class >
		           rank) {
			out->chars[at] = out->chars[at - 1];
			at--;
		}
		out->chars[at] = c;
	}
}

/* A mark that nothing of its class separates from its letter becomes one with it (Unicode, D117).
 */
static void compose(mk_folded *out)
{
	size_t start = NO_START, used = 0;
	int last = 0; /* class of what stands behind the start */

	for (size_t i = 0; i < out->n_chars; i++) {
		const mk_fold_char c = out->chars[i];
		const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)c.code);
		const int rank = property->combining_class;
		const bool open = start != NO_START && (start + 1 == used || (last != 0 && last < rank));
		const uint32_t one =
			open && is_joining(c.code, property) ? composed(out->chars[start].code, c.code) : 0;

		if (one != 0) {
			mk_fold_char *into = &out->chars[start];

			into->code = one;
			into->from = into->from < c.from ? into->from : c.from;
			into->to = into->to > c.to ? into->to : c.to;
			continue;
		}
		if (rank == 0)
			start = used;
		last = rank;
		out->chars[used++] = c;
	}
	out->n_chars = used;
}

static uint32_t composed(uint32_t first, uint32_t second)
{
	utf8proc_int32_t pair[2] = {(utf8proc_int32_t)first, (utf8proc_int32_t)second};

	return utf8proc_normalize_utf32(pair, 2, OPTIONS) == 1 ? (uint32_t)pair[0] : 0;
}

static bool join(mk_arena *arena, mk_folded *out)
{
	size_t before = NO_START;

	/* a letter and what stands before it */
	out->joined = mk_arena_get(arena, (2 * out->n_chars + 1) * sizeof(*out->joined));
	if (!out->joined)
		return false;
	for (size_t i = 0; i < out->n_chars; i++) {
		const mk_fold_char *c = &out->chars[i];

		if (c->kind > MK_FOLD_HAN)
			continue;
		if (before != NO_START && before + 1 < i) {
			const mk_fold_char *kept = between(out, before, i);

			if (kept)
				out->joined[out->n_joined++] = (mk_join_char){
					kept->kind == MK_FOLD_BREAK ? kept->code : ' ', (uint32_t)(kept - out->chars)};
		}
		out->joined[out->n_joined++] = (mk_join_char){c->code, (uint32_t)i};
		before = i;
	}
	return true;
}

/* What stays of the characters between two letters; NULL: nothing. */
static const mk_fold_char *between(const mk_folded *out, size_t before, size_t after)
{
	const mk_fold_char *blank = NULL;
	size_t tricks = 0;

	for (size_t i = before + 1; i < after; i++) {
		const mk_fold_char *c = &out->chars[i];

		if (c->kind == MK_FOLD_BREAK)
			return c;
		if (c->kind == MK_FOLD_BLANK && !blank)
			blank = c;
		tricks += c->kind != MK_FOLD_MARK;
	}
	if (tricks > MK_MAX_TRICKS)
		return &out->chars[before + 1];
	if (!blank || out->chars[before].kind == MK_FOLD_HAN || out->chars[after].kind == MK_FOLD_HAN)
		return NULL;
	return stands_alone(out, before) && stands_alone(out, after) ? NULL : blank;
}

static bool stands_alone(const mk_folded *out, size_t at)
{
	return (at == 0 || out->chars[at - 1].kind != MK_FOLD_WORD) &&
	       (at + 1 == out->n_chars || out->chars[at + 1].kind != MK_FOLD_WORD);
}
