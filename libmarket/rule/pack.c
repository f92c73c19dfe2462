#include "libmarket/rule/pack.h"

#include "libmarket/base/limits.h"
#include "libmarket/base/money.h"

static const mk_enum_value severities[] = {
	{MARKET_SEVERITY_NOTE, "note", "it is recorded"},
	{MARKET_SEVERITY_REVIEW, "review", "an operator looks at it first"},
	{MARKET_SEVERITY_BLOCK, "block", "the listing is refused"},
	{0, NULL, NULL},
};
const mk_enum mk_severity_enum = {"severity", severities};

static const mk_enum_value stages[] = {
	{MARKET_STAGE_STRUCTURE, "structure", "attributes, lengths, images"},
	{MARKET_STAGE_TEXT, "text", "banned terms and patterns"},
	{MARKET_STAGE_LICENCE, "licence", "what a category asks for"},
	{MARKET_STAGE_PRICE, "price", "bounds of prices"},
	{MARKET_STAGE_HOOK, "hook", "the application's own checks"},
	{0, NULL, NULL},
};
const mk_enum mk_listing_stage_enum = {"listing_stage", stages};

/* A kind of rule begins with mk_rule, whose members these are. */
#define RULE_FIELDS \
	MK_F_TEXT(mk_rule, id, MK_REQUIRED, 1, MK_MAX_CODE, "its name, unique in the pack"), \
		MK_F_ENUM(mk_rule, severity, mk_severity_enum, MK_REQUIRED, "note, review or block"), \
		MK_F_TEXTS(mk_rule, categories, 0, 1, MK_MAX_RULES, \
	               "codes of back categories, with those below; none: all"), \
	{ \
		.name = "texts", .summary = "what is said of a breach, by locale", .kind = MK_LIST, \
		.flags = MK_PAIRS, .record = &mk_pair_record, .max = 50, \
		.offset = MK_AT(mk_rule, texts, const market_pair *const *), \
		.count_offset = MK_AT(mk_rule, n_texts, size_t) \
	}

#define T mk_structure_rule
static const mk_field structure_fields[] = {
	RULE_FIELDS,
	MK_F_TEXTS(T, require, 0, 1, 100, "fields that must be there: title, attributes.<name> …"),
	MK_F_TEXT(T, field, 0, 1, MK_MAX_CODE, "the field whose length is bounded"),
	MK_F_OPT_INT(T, minimum, 0, 0, MK_MAX_TEXT, "characters at least; of images, how many"),
	MK_F_OPT_INT(T, maximum, 0, 0, MK_MAX_TEXT, "characters at most; of images, how many"),
};
#undef T
static const mk_record structure_record =
	MK_RECORD_OF("structure_rule", mk_structure_rule, structure_fields, "what a listing must have");

#define T mk_text_rule
static const mk_field text_fields[] = {
	RULE_FIELDS,
	MK_F_TEXTS(T, fields, 0, 1, 100, "title, description, brand, attributes, …; none: all"),
	MK_F_TEXTS(T, terms, 0, 1, MK_MAX_TERMS, "banned terms"),
	MK_F_TEXTS(T, except, 0, 1, MK_MAX_TERMS, "a term within one of these isn't banned"),
	MK_F_TEXTS(T, patterns, 0, 1, MK_MAX_PATTERNS, "PCRE2 patterns, on folded text"),
	MK_F_BOOL(T, joined, 0, "patterns see letters without what separates them"),
	MK_F_BOOL(T, inside_words, 0, "terms are found inside of words too"),
	MK_F_TEXTS(T, match, 0, 1, MK_MAX_EXAMPLES, "examples that have it"),
	MK_F_TEXTS(T, pass, 0, 1, MK_MAX_EXAMPLES, "examples that haven't"),
};
#undef T
static const mk_record text_record =
	MK_RECORD_OF("text_rule", mk_text_rule, text_fields, "banned terms and patterns");

#define T mk_licence_rule
static const mk_field licence_fields[] = {
	RULE_FIELDS,
	MK_F_TEXT(T, requirement, 0, 1, MK_MAX_CODE, "the requirement that the seller must have met"),
	MK_F_TEXT(T, attribute, 0, 1, MK_MAX_METADATA_NAME, "the attribute that must state it"),
	MK_F_TEXT(T, pattern, 0, 1, MK_MAX_PATTERN, "the form of the attribute's value"),
};
#undef T
static const mk_record licence_record =
	MK_RECORD_OF("licence_rule", mk_licence_rule, licence_fields, "what a category asks for");

#define T mk_price_rule
static const mk_field price_fields[] = {
	RULE_FIELDS,
	MK_F_MONEY(T, minimum, 0, 1, MK_MONEY_MAX, "the least price, in that currency"),
	MK_F_MONEY(T, maximum, 0, 1, MK_MONEY_MAX, "the highest price, in that currency"),
	MK_F_OPT_RATE(T, reduction, 0, 0, 1000000, "the most that a price is below the list price"),
};
#undef T
static const mk_record price_record =
	MK_RECORD_OF("price_rule", mk_price_rule, price_fields, "bounds of prices");

#define T mk_rule_pack
static const mk_field pack_fields[] = {
	MK_F_TEXT(T, name, MK_REQUIRED, 1, MK_MAX_CODE, "its name"),
	MK_F_TEXT(T, locale, 0, 2, 35, "of its texts when no other is asked for"),
	MK_F_TEXT(T, summary, MK_MULTILINE, 1, MK_MAX_TEXT, "what it is for"),
	MK_F_LIST(T, structure, mk_structure_rule, structure_record, 0, 0, MK_MAX_RULES,
              "what a listing must have"),
	MK_F_LIST(T, rules, mk_text_rule, text_record, 0, 0, MK_MAX_RULES, "terms and patterns"),
	MK_F_LIST(T, licences, mk_licence_rule, licence_record, 0, 0, MK_MAX_RULES,
              "what categories ask for"),
	MK_F_LIST(T, prices, mk_price_rule, price_record, 0, 0, MK_MAX_RULES, "bounds of prices"),
};
#undef T
const mk_record mk_rule_pack_record =
	MK_RECORD_OF("rule_pack", mk_rule_pack, pack_fields, "a pack of rules (CAT-4)");
