#include "libmarket/rule/internal.h"

#include <stdlib.h>
#include <string.h>

#define NO_SECOND UINT32_MAX

static bool narrow(const mk_terms *terms, uint32_t depth, uint32_t code, uint32_t *from,
                   uint32_t *to);
static bool found(const mk_terms *terms, uint32_t from, uint32_t to, uint32_t depth, uint32_t at,
                  const mk_folded *text, mk_arena *arena, mk_term_hits *hits);
static bool at_words(const mk_term *term, uint32_t from, uint32_t to, const mk_folded *text);
static bool walk(const mk_terms *terms, const mk_term_pair *pair, uint32_t at,
                 const mk_folded *text, mk_arena *arena, mk_term_hits *hits);
static const mk_term_pair *find_pair(const mk_terms *terms, uint32_t first, uint32_t second);
static void add_pair(mk_terms *terms, uint32_t first, uint32_t second, uint32_t from, uint32_t to);
static int by_codes(const void *left, const void *right);
static uint32_t hash(uint32_t first, uint32_t second);

bool mk_term_codes(const char *text, mk_arena *arena, const uint32_t **codes, uint32_t *count,
                   bool *starts_word, bool *ends_word, bool *edge)
{
	mk_folded folded;
	uint32_t *list;

	if (!mk_fold(text, strlen(text), arena, &folded))
		return false;
	list = mk_arena_array(arena, sizeof(*list), folded.n_joined + 1);
	if (!list)
		return false;
	for (size_t i = 0; i < folded.n_joined; i++)
		list[i] = folded.joined[i].code;
	*codes = list;
	*count = (uint32_t)folded.n_joined;
	*edge = *starts_word = *ends_word = false;
	if (folded.n_joined > 0) {
		const uint32_t first = folded.joined[0].at, last = folded.joined[folded.n_joined - 1].at;

		*edge = folded.chars[0].kind > MK_FOLD_BLANK ||
		        folded.chars[folded.n_chars - 1].kind > MK_FOLD_BLANK;
		*starts_word = folded.chars[first].kind == MK_FOLD_WORD;
		*ends_word = folded.chars[last].kind == MK_FOLD_WORD;
	}
	return true;
}

bool mk_terms_index(mk_terms *terms, mk_arena *arena)
{
	uint32_t size = 16;

	while (size < 2 * terms->count)
		size *= 2;
	terms->pairs = mk_arena_array(arena, sizeof(*terms->pairs), size);
	if (!terms->pairs)
		return false;
	terms->mask = size - 1;
	if (terms->count > 1)
		qsort(terms->list, terms->count, sizeof(*terms->list), by_codes);
	for (uint32_t i = 0, next; i < terms->count; i = next) {
		const mk_term *term = &terms->list[i];
		const uint32_t second = term->count > 1 ? term->codes[1] : NO_SECOND;

		for (next = i + 1; next < terms->count; next++) {
			const mk_term *other = &terms->list[next];

			if (other->codes[0] != term->codes[0] ||
			    (other->count > 1 ? other->codes[1] : NO_SECOND) != second)
				break;
		}
		add_pair(terms, term->codes[0], second, i, next);
		terms->singles = terms->singles || second == NO_SECOND;
	}
	return true;
}

bool mk_terms_search(const mk_terms *terms, const mk_folded *text, mk_arena *arena,
                     mk_term_hits *hits)
{
	const mk_join_char *joined = text->joined;

	for (size_t i = 0; i < text->n_joined && !hits->cut; i++) {
		const uint32_t first = joined[i].code;
		const uint32_t second = i + 1 < text->n_joined ? joined[i + 1].code : NO_SECOND;
		const uint32_t pair = hash(first, second) >> (32 - MK_TERM_SEEN_BITS);
		const mk_term_pair *at;

		if (terms->singles && (at = find_pair(terms, first, NO_SECOND)) != NULL &&
		    !found(terms, at->from, at->to, 1, (uint32_t)i, text, arena, hits))
			return false;
		if (!(terms->seen[pair / 64] >> (pair % 64) & 1) || second == NO_SECOND)
			continue;
		at = find_pair(terms, first, second);
		if (at && !walk(terms, at, (uint32_t)i, text, arena, hits))
			return false;
	}
	return true;
}

/* From the first two characters on, as long as there are terms that go on like the text. */
static bool walk(const mk_terms *terms, const mk_term_pair *pair, uint32_t at,
                 const mk_folded *text, mk_arena *arena, mk_term_hits *hits)
{
	uint32_t from = pair->from, to = pair->to, depth = 2;

	while (found(terms, from, to, depth, at, text, arena, hits)) {
		if (at + depth >= text->n_joined || hits->cut ||
		    !narrow(terms, depth, text->joined[at + depth].code, &from, &to))
			return true;
		depth++;
	}
	return false;
}

/* The terms that end at this depth stand first. */
static bool found(const mk_terms *terms, uint32_t from, uint32_t to, uint32_t depth, uint32_t at,
                  const mk_folded *text, mk_arena *arena, mk_term_hits *hits)
{
	for (; from < to && terms->list[from].count == depth; from++) {
		const mk_term *term = &terms->list[from];

		if (!at_words(term, at, at + depth, text))
			continue;
		if (hits->count == MK_MAX_FINDINGS) {
			hits->cut = true;
			return true;
		}
		if (hits->count == hits->room) {
			const size_t room = hits->room > 0 ? 4 * hits->room : 16;
			mk_term_hit *more = mk_arena_array(arena, sizeof(*more), room);

			if (!more)
				return false;
			if (hits->count > 0)
				memcpy(more, hits->list, hits->count * sizeof(*more));
			hits->list = more;
			hits->room = room;
		}
		hits->list[hits->count++] = (mk_term_hit){term, at, at + depth};
	}
	return true;
}

/* A word of Latin isn't found inside another one: neither "art" in "cart" nor over two words. */
static bool at_words(const mk_term *term, uint32_t from, uint32_t to, const mk_folded *text)
{
	const uint32_t first = text->joined[from].at, last = text->joined[to - 1].at;

	if (term->starts_word && first > 0 && text->chars[first - 1].kind == MK_FOLD_WORD)
		return false;
	return !term->ends_word || last + 1 == text->n_chars ||
	       text->chars[last + 1].kind != MK_FOLD_WORD;
}

/* Those of the sorted range whose character at `depth` is `code`. */
static bool narrow(const mk_terms *terms, uint32_t depth, uint32_t code, uint32_t *from,
                   uint32_t *to)
{
	uint32_t low = *from, high = *to, end = *to;

	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		const mk_term *term = &terms->list[middle];

		if (term->count <= depth || term->codes[depth] < code)
			low = middle + 1;
		else
			high = middle;
	}
	*from = low;
	for (high = end; low < high;) {
		const uint32_t middle = low + (high - low) / 2;

		if (terms->list[middle].codes[depth] <= code)
			low = middle + 1;
		else
			high = middle;
	}
	*to = low;
	return *from < *to;
}

static const mk_term_pair *find_pair(const mk_terms *terms, uint32_t first, uint32_t second)
{
	for (uint32_t at = hash(first, second);; at++) {
		const mk_term_pair *pair = &terms->pairs[at & terms->mask];

		if (pair->to == 0)
			return NULL;
		if (pair->first == first && pair->second == second)
			return pair;
	}
}

static void add_pair(mk_terms *terms, uint32_t first, uint32_t second, uint32_t from, uint32_t to)
{
	const uint32_t seen = hash(first, second) >> (32 - MK_TERM_SEEN_BITS);
	uint32_t at = hash(first, second);

	while (terms->pairs[at & terms->mask].to != 0)
		at++;
	terms->pairs[at & terms->mask] = (mk_term_pair){first, second, from, to};
	terms->seen[seen / 64] |= UINT64_C(1) << (seen % 64);
}

static int by_codes(const void *left, const void *right)
{
	const mk_term *a = left, *b = right;

	for (uint32_t i = 0; i < a->count && i < b->count; i++)
		if (a->codes[i] != b->codes[i])
			return a->codes[i] < b->codes[i] ? -1 : 1;
	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	return a->rule < b->rule ? -1 : a->rule > b->rule;
}

static uint32_t hash(uint32_t first, uint32_t second)
{
	uint32_t value = first * 0x9E3779B1U ^ second * 0x85EBCA6BU;

	return value ^ value >> 15;
}
