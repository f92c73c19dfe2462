/*
 * A set of packs made ready to search texts: terms in one index, patterns in few automata. It
 * doesn't change once it is made; any number of threads may search with it.
 */
#ifndef MK_RULE_SET_H
#define MK_RULE_SET_H

#include "libmarket/rule/fold.h"
#include "libmarket/rule/pack.h"

#define MK_MAX_FINDINGS 1000 /* of a report */

typedef struct mk_rule_set mk_rule_set;

/* The packs must outlive the set; `count` may be 0. Errors: EPOLICY (a pattern), ENOMEM. */
int mk_rule_set_make(const market_allocator *allocator, const mk_rule_pack *const *packs,
                     size_t count, mk_rule_set **out, market_error *err);
void mk_rule_set_free(mk_rule_set *set); /* NULL-safe */

/* Findings in the making; lives in an arena. */
typedef struct mk_findings {
	mk_arena *arena;
	const market_listing_finding **list;
	size_t count, room;
	int32_t severity; /* the gravest */
	bool cut;
} mk_findings;

/* A copy of the finding, its texts included. False when memory is exhausted; one too many only sets
 * `cut`, which is a review. */
bool mk_findings_add(mk_findings *findings, const market_listing_finding *finding);

/* What is searched: one text of a listing, rating or message. */
typedef struct mk_rule_text {
	const char *field;
	const char *text;     /* valid UTF-8 */
	const char *category; /* path, or NULL */
	const char *locale;   /* of the messages, or NULL */
} mk_rule_text;

/* Adds what the set's terms and patterns find. Where a search meets its bounds, that is a finding
 * of its own, a review, and the rest is searched all the same. ENOMEM. */
int mk_rule_set_search(const mk_rule_set *set, const mk_rule_text *text, mk_findings *findings,
                       market_error *err);

/* Whether a text has a pattern's form from its beginning to its end, both folded: licences. */
int mk_rule_has_form(const char *pattern, const char *text, mk_arena *arena, bool *out,
                     market_error *err);

#endif
