/*
 * Texts as words of the text index (CAT-8): folded as listing rules fold them (NFKC, case, what
 * isn't shown), accents taken off. A run of Chinese, Japanese or Korean becomes the pairs of its
 * letters and its last letter; another run of letters and digits is a word.
 */
#ifndef MK_SEARCH_TERMS_H
#define MK_SEARCH_TERMS_H

#include "libmarket/base/text.h"
#include "libmarket/store/store.h"

#define MK_SEARCH_MAX_WORDS 250 /* of an entry; what follows isn't found */
#define MK_SEARCH_MAX_ASKED 32  /* runs of a query */

/* Adds the words of a text to `words`, each with a space behind it, until there are so many. False
 * when memory is exhausted. */
typedef struct mk_search_words {
	mk_text text;
	size_t count;
} mk_search_words;
bool mk_search_add(mk_arena *arena, const char *text, mk_search_words *words);

/* Of the words of facets: one of `words`; all of `all`; one of `cases`. */
typedef struct mk_search_any {
	const char *const *words;
	size_t n;
} mk_search_any;
typedef struct mk_search_case {
	const mk_search_any *all;
	size_t n;
} mk_search_case;
typedef struct mk_search_group {
	const mk_search_case *cases;
	size_t n;
} mk_search_group;

/*
 * What a store's text index is asked: all words of `text`, those of one run beside each other,
 * all `facets`, and `group` unless it is NULL; one of no cases holds of nothing. A single letter of
 * Chinese asks for a word that begins with it, and so does the last run before a "*". NULL when
 * memory is exhausted; "" when nothing is asked; `too_many` when the text has more runs than may be
 * asked.
 */
char *mk_search_ask(mk_arena *arena, mk_store_kind kind, const char *text,
                    const char *const *facets, size_t n_facets, const mk_search_group *group,
                    bool *too_many);

#endif
