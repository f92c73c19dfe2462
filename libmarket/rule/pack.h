/*
 * Rule packs: what listings and other texts are checked for, read from YAML by descriptors (CAT-4).
 * A pack stands in a file of its own or in the policy.
 */
#ifndef MK_RULE_PACK_H
#define MK_RULE_PACK_H

#include <market/listing.h>

#include "libmarket/record/record.h"

#define MK_MAX_PACKS 50
#define MK_MAX_RULES 1000    /* of a kind, in a pack */
#define MK_MAX_TERMS 5000    /* of a rule */
#define MK_MAX_TERM 200      /* bytes */
#define MK_MAX_PATTERN 1000  /* bytes */
#define MK_MAX_PATTERNS 100  /* of a rule */
#define MK_MAX_EXAMPLES 1000 /* of a rule */

extern const mk_enum mk_severity_enum, mk_listing_stage_enum;

/* What every kind of rule begins with. */
typedef struct mk_rule {
	const char *id; /* unique in its pack */
	int32_t severity;
	const char *const *categories; /* codes of back categories, with descendants; none: all */
	size_t n_categories;
	const market_pair *const *texts; /* what is said of a breach, by locale */
	size_t n_texts;
} mk_rule;

/* What a listing must have. */
typedef struct mk_structure_rule {
	mk_rule rule;
	const char *const *require; /* names of fields */
	size_t n_require;
	const char *field; /* whose length is bounded: in characters; of `images`, how many */
	const int64_t *minimum, *maximum;
} mk_structure_rule;

/* Banned terms and patterns. */
typedef struct mk_text_rule {
	mk_rule rule;
	const char *const *fields; /* none: all texts */
	size_t n_fields;
	const char *const *terms;
	size_t n_terms;
	const char *const *except; /* a hit inside one of these is none */
	size_t n_except;
	const char *const *patterns;
	size_t n_patterns;
	bool joined;              /* patterns see the text without what separates letters */
	bool inside_words;        /* terms are found within words of Latin and such scripts */
	const char *const *match; /* examples: in each the rule finds something … */
	size_t n_match;
	const char *const *pass; /* … and in these nothing */
	size_t n_pass;
} mk_text_rule;

/* What the seller or the listing must show to sell in these categories. */
typedef struct mk_licence_rule {
	mk_rule rule;
	const char *requirement; /* the key of a requirement that the seller's submission meets */
	const char *attribute;   /* the product states it … */
	const char *pattern;     /* … in this form */
} mk_licence_rule;

typedef struct mk_price_rule {
	mk_rule rule;
	market_money minimum, maximum; /* of a SKU's price, in that currency; absent: none */
	const market_rate *reduction;  /* at most this off the list price */
} mk_price_rule;

typedef struct mk_rule_pack {
	const char *name;
	const char *locale; /* of its texts, when no other is asked for */
	const char *summary;
	const mk_structure_rule *const *structure;
	size_t n_structure;
	const mk_text_rule *const *rules;
	size_t n_rules;
	const mk_licence_rule *const *licences;
	size_t n_licences;
	const mk_price_rule *const *prices;
	size_t n_prices;
} mk_rule_pack;
extern const mk_record mk_rule_pack_record;

/* Reads and checks a pack's text; all errors are in `yaml`. The result lives in yaml->arena.
 * Errors: EPOLICY, ENOMEM. */
int mk_rule_pack_read(const char *text, size_t size, mk_yaml *yaml, const mk_rule_pack **out,
                      market_error *err);
/* Checks packs that a document brought: reports errors of rules, terms and patterns to `yaml`.
 * ENOMEM alone is returned. */
int mk_rule_packs_check(const mk_rule_pack *const *packs, size_t count, mk_yaml *yaml,
                        market_error *err);
/* Tries the rules' examples; a wrong one is an error at its place. Errors: EPOLICY, ENOMEM. */
int mk_rule_pack_try(const mk_rule_pack *pack, mk_yaml *yaml, market_error *err);

/* What a rule says of a breach, of texts by locale: in `locale`, in its language ("zh" of "zh-CN"),
 * in the pack's own, or the first there is; NULL when there is none. */
const char *mk_rule_message(const market_pair *const *texts, size_t count, const char *own_locale,
                            const char *locale);
/* Whether a rule concerns a category by its path ("/media/books/"); NULL: of none. */
bool mk_rule_concerns(const mk_rule *rule, const char *category_path);

#endif
