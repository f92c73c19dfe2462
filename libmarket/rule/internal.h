/* What the files of libmarket/rule share. */
#ifndef MK_RULE_INTERNAL_H
#define MK_RULE_INTERNAL_H

#include "libmarket/base/error.h"
#include "libmarket/rule/set.h"

/* ---- term.c: an index of terms by their first two characters ---- */

typedef struct mk_term {
	const uint32_t *codes;
	uint32_t count;
	uint32_t rule;
	bool excuses;                /* an exception of the rule, no hit */
	bool starts_word, ends_word; /* must begin or end where a word does */
} mk_term;

typedef struct mk_term_pair {
	uint32_t first, second; /* second NO_SECOND: terms of one character */
	uint32_t from, to;      /* in the sorted list; an empty slot has to 0 */
} mk_term_pair;

#define MK_TERM_SEEN_BITS 15
typedef struct mk_terms {
	mk_term *list; /* sorted by their characters, the shorter first */
	size_t count, room;
	mk_term_pair *pairs; /* a hash table */
	uint32_t mask;
	bool singles;                                 /* there are terms of one character */
	uint64_t seen[(1 << MK_TERM_SEEN_BITS) / 64]; /* of which pairs there may be terms */
} mk_terms;

typedef struct mk_term_hit {
	const mk_term *term;
	uint32_t from, to; /* in the joined view, `to` behind the end */
} mk_term_hit;

typedef struct mk_term_hits {
	mk_term_hit *list;
	size_t count, room;
	bool cut; /* more than MK_MAX_FINDINGS */
} mk_term_hits;

/* The characters that are looked for, in the arena. `*count` is 0 when nothing of the term stays;
 * `edge` tells that a sign at its beginning or end would be lost. */
bool mk_term_codes(const char *text, mk_arena *arena, const uint32_t **codes, uint32_t *count,
                   bool *starts_word, bool *ends_word, bool *edge);
/* Sorts `list` and makes the table. False when memory is exhausted. */
bool mk_terms_index(mk_terms *terms, mk_arena *arena);
/* All hits by where they begin, the shorter first. */
bool mk_terms_search(const mk_terms *terms, const mk_folded *text, mk_arena *arena,
                     mk_term_hits *hits);

/* ---- pattern.c: PCRE2 ---- */

typedef struct mk_patterns mk_patterns;

/* Compiled patterns, which the arena's allocator serves and mk_patterns_free releases. */
mk_patterns *mk_patterns_new(const market_allocator *allocator);
void mk_patterns_free(mk_patterns *patterns); /* NULL-safe */
/* Adds one; `index` is what its hits are known by. Errors: EPOLICY (message, and where in detail),
 * ENOMEM. */
int mk_patterns_add(mk_patterns *patterns, const char *pattern, bool joined, uint32_t rule,
                    market_error *err);
/* Makes one of those that can be tried together. ENOMEM. */
int mk_patterns_ready(mk_patterns *patterns, market_error *err);
bool mk_patterns_any(const mk_patterns *patterns, bool joined);

typedef struct mk_pattern_hit {
	uint32_t rule;
	bool bounded;    /* the search met its bounds: no place */
	size_t from, to; /* bytes of the view */
} mk_pattern_hit;

/* Calls `hit` for each hit of the patterns of a view whose rule `wanted` wants. Both may be called
 * often. `hit` returns false when memory is exhausted. ENOMEM. */
typedef struct mk_pattern_search {
	const char *text; /* with MK_FOLD_SPARE bytes behind it */
	size_t size;
	bool joined;
	mk_arena *arena;
	bool (*wanted)(uint32_t rule, void *data);
	bool (*hit)(const mk_pattern_hit *hit, void *data);
	void *data;
} mk_pattern_search;
int mk_patterns_search(const mk_patterns *patterns, const mk_pattern_search *search,
                       market_error *err);

#endif
