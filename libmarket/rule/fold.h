/*
 * Text as rules see it: NFKC with case folded and what is never shown left out, and that once more
 * with the tricks between letters taken away. Every character knows the bytes of the original that
 * it came from. Its work is in proportion to the text: 18 characters at most come from one, and of
 * marks in a row only MK_MAX_MARKS are kept.
 */
#ifndef MK_RULE_FOLD_H
#define MK_RULE_FOLD_H

#include "libmarket/base/text.h"

#define MK_MAX_MARKS 30  /* on one letter, as in Unicode's stream-safe text */
#define MK_MAX_TRICKS 8  /* separators in a row that are skipped between two letters */
#define MK_FOLD_SPARE 32 /* cleared bytes behind an encoded view */

typedef enum mk_fold_kind {
	MK_FOLD_WORD = 1, /* a letter or digit of a script that has blanks between its words */
	MK_FOLD_HAN,      /* of Chinese, Japanese or Korean */
	MK_FOLD_MARK,     /* drawn over or around the letter before it */
	MK_FOLD_BLANK,
	MK_FOLD_SIGN, /* punctuation, symbols, emoji: a trick when it stands between letters */
	MK_FOLD_BREAK /* ends a clause or line: never skipped */
} mk_fold_kind;

typedef struct mk_fold_char {
	uint32_t code;
	uint32_t from, to; /* bytes of the original */
	uint32_t kind;
} mk_fold_char;

typedef struct mk_join_char {
	uint32_t code;
	uint32_t at; /* in `chars` */
} mk_join_char;

typedef struct mk_folded {
	mk_fold_char *chars;
	size_t n_chars;
	mk_join_char *joined; /* letters with nothing but words' blanks and breaks between them */
	size_t n_joined;
	bool cut; /* marks were left out */
} mk_folded;

/* `text` is valid UTF-8. False when memory is exhausted. */
bool mk_fold(const char *text, size_t size, mk_arena *arena, mk_folded *out);

/* A view as UTF-8, of `joined` or of all characters. NULL when memory is exhausted. */
char *mk_fold_encode(const mk_folded *folded, bool joined, mk_arena *arena, size_t *size);

#endif
