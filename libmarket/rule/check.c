#include <string.h>

#include "libmarket/base/limits.h"
#include "libmarket/base/money.h"
#include "libmarket/rule/internal.h"

/* What one document's check works with. */
typedef struct checker {
	mk_yaml *yaml;
	mk_arena scratch;
	mk_patterns *patterns;
	const char **ids; /* of the pack's rules so far */
	size_t n_ids;
} checker;

static void check_pack(checker *c, const mk_rule_pack *pack);
static void check_id(checker *c, const mk_rule *rule);
static void check_texts(checker *c, const mk_rule *rule);
static void check_structure(checker *c, const mk_structure_rule *rule);
static void check_text_rule(checker *c, const mk_text_rule *rule);
static void check_term(checker *c, const char *term);
static void check_pattern(checker *c, const void *place, const char *field, const char *pattern);
static void check_licence(checker *c, const mk_licence_rule *rule);
static void check_price(checker *c, const mk_price_rule *rule);
static int try_rule(const mk_rule_pack *pack, const mk_text_rule *rule, mk_yaml *yaml,
                    mk_arena *scratch, market_error *err);
static int first_error(const mk_yaml *yaml, market_error *err);

int mk_rule_pack_read(const char *text, size_t size, mk_yaml *yaml, const mk_rule_pack **out,
                      market_error *err)
{
	void *parsed = NULL;
	int rc = mk_yaml_read(&mk_rule_pack_record, text, size, yaml, &parsed, err);
	const mk_rule_pack *const packs[] = {parsed};

	if (rc == 0)
		rc = mk_rule_packs_check(packs, 1, yaml, err);
	if (rc == 0 && yaml->n_errors > 0)
		rc = first_error(yaml, err);
	if (rc == 0)
		*out = parsed;
	return rc;
}

int mk_rule_packs_check(const mk_rule_pack *const *packs, size_t count, mk_yaml *yaml,
                        market_error *err)
{
	checker c = {.yaml = yaml};
	bool failed;

	mk_arena_init(&c.scratch, yaml->arena->allocator);
	c.patterns = mk_patterns_new(yaml->arena->allocator);
	for (size_t i = 0; c.patterns && i < count; i++) {
		for (size_t k = 0; k < i; k++)
			if (strcmp(packs[k]->name, packs[i]->name) == 0)
				mk_yaml_report(yaml, packs[i], "name", "", "pack %s stands twice", packs[i]->name);
		check_pack(&c, packs[i]);
	}
	failed = !c.patterns || c.scratch.failed || yaml->arena->failed;
	mk_patterns_free(c.patterns);
	mk_arena_close(&c.scratch);
	return failed ? mk_error_no_memory(err) : 0;
}

int mk_rule_pack_try(const mk_rule_pack *pack, mk_yaml *yaml, market_error *err)
{
	mk_arena scratch;
	int rc = 0;

	mk_arena_init(&scratch, yaml->arena->allocator);
	for (size_t i = 0; rc == 0 && i < pack->n_rules; i++)
		rc = try_rule(pack, pack->rules[i], yaml, &scratch, err);
	mk_arena_close(&scratch);
	return rc == 0 && yaml->n_errors > 0 ? first_error(yaml, err) : rc;
}

const char *mk_rule_message(const market_pair *const *texts, size_t count, const char *own_locale,
                            const char *locale)
{
	const char *wanted[2] = {locale, own_locale};

	for (size_t w = 0; w < 2; w++) {
		const size_t language = wanted[w] ? strcspn(wanted[w], "-_") : 0;

		for (size_t i = 0; wanted[w] && i < count; i++)
			if (strcmp(texts[i]->name, wanted[w]) == 0)
				return texts[i]->value;
		for (size_t i = 0; wanted[w] && i < count; i++)
			if (strcspn(texts[i]->name, "-_") == language &&
			    strncmp(texts[i]->name, wanted[w], language) == 0)
				return texts[i]->value;
	}
	return count > 0 ? texts[0]->value : NULL;
}

bool mk_rule_concerns(const mk_rule *rule, const char *category_path)
{
	if (rule->n_categories == 0)
		return true;
	if (!category_path)
		return false;
	for (const char *at = category_path; *at == '/'; at += strcspn(at, "/")) {
		const size_t length = strcspn(++at, "/");

		for (size_t i = 0; i < rule->n_categories; i++)
			if (strlen(rule->categories[i]) == length &&
			    strncmp(rule->categories[i], at, length) == 0)
				return true;
	}
	return false;
}

static void check_pack(checker *c, const mk_rule_pack *pack)
{
	const size_t most = pack->n_structure + pack->n_rules + pack->n_licences + pack->n_prices;

	c->n_ids = 0;
	c->ids = mk_arena_array(c->yaml->arena, sizeof(*c->ids), most + 1);
	if (!c->ids)
		return;
	for (size_t i = 0; i < pack->n_structure; i++)
		check_structure(c, pack->structure[i]);
	for (size_t i = 0; i < pack->n_rules; i++)
		check_text_rule(c, pack->rules[i]);
	for (size_t i = 0; i < pack->n_licences; i++)
		check_licence(c, pack->licences[i]);
	for (size_t i = 0; i < pack->n_prices; i++)
		check_price(c, pack->prices[i]);
}

static void check_id(checker *c, const mk_rule *rule)
{
	for (size_t i = 0; i < c->n_ids; i++)
		if (strcmp(c->ids[i], rule->id) == 0)
			mk_yaml_report(c->yaml, rule, "id", "", "rule %s stands twice", rule->id);
	c->ids[c->n_ids++] = rule->id;
	check_texts(c, rule);
}

static void check_texts(checker *c, const mk_rule *rule)
{
	for (size_t i = 0; i < rule->n_texts; i++)
		if (rule->texts[i]->value[0] == '\0')
			mk_yaml_report(c->yaml, rule->texts[i], NULL, "", "the text for %s is empty",
			               rule->texts[i]->name);
}

static void check_structure(checker *c, const mk_structure_rule *rule)
{
	check_id(c, &rule->rule);
	if (rule->n_require == 0 && !rule->field)
		mk_yaml_report(c->yaml, rule, NULL, "Give require, or field with minimum or maximum.",
		               "rule %s asks for nothing", rule->rule.id);
	if (rule->field && !rule->minimum && !rule->maximum)
		mk_yaml_report(c->yaml, rule, "field", "Give minimum, maximum or both.",
		               "the length of %s has no bound", rule->field);
	if (!rule->field && (rule->minimum || rule->maximum))
		mk_yaml_report(c->yaml, rule, rule->minimum ? "minimum" : "maximum", "Give field.",
		               "rule %s has a bound of no field", rule->rule.id);
	if (rule->minimum && rule->maximum && *rule->minimum > *rule->maximum)
		mk_yaml_report(c->yaml, rule, "minimum", "", "the minimum is above the maximum");
}

static void check_text_rule(checker *c, const mk_text_rule *rule)
{
	check_id(c, &rule->rule);
	if (rule->n_terms == 0 && rule->n_patterns == 0)
		mk_yaml_report(c->yaml, rule, NULL, "Give terms, patterns or both.",
		               "rule %s looks for nothing", rule->rule.id);
	if (rule->n_except > 0 && rule->n_terms == 0)
		mk_yaml_report(c->yaml, rule, "except", "Write a look-ahead into the pattern.",
		               "exceptions are of terms, and rule %s has none", rule->rule.id);
	for (size_t i = 0; i < rule->n_terms; i++)
		check_term(c, rule->terms[i]);
	for (size_t i = 0; i < rule->n_except; i++)
		check_term(c, rule->except[i]);
	for (size_t i = 0; i < rule->n_patterns; i++)
		check_pattern(c, rule->patterns[i], NULL, rule->patterns[i]);
}

static void check_term(checker *c, const char *term)
{
	const uint32_t *codes;
	uint32_t count;
	bool starts, ends, edge;

	mk_arena_reset(&c->scratch);
	if (strlen(term) > MK_MAX_TERM)
		mk_yaml_report(c->yaml, term, NULL, "", "the term is longer than %d bytes", MK_MAX_TERM);
	else if (!mk_term_codes(term, &c->scratch, &codes, &count, &starts, &ends, &edge))
		c->yaml->arena->failed = true;
	else if (count == 0)
		mk_yaml_report(c->yaml, term, NULL, "Write a pattern.",
		               "nothing of the term \"%s\" is a letter or digit", term);
	else if (edge)
		mk_yaml_report(c->yaml, term, NULL, "Leave the sign out, or write a pattern.",
		               "a sign begins or ends the term \"%s\", and signs are skipped", term);
}

static void check_pattern(checker *c, const void *place, const char *field, const char *pattern)
{
	market_error err;
	int rc;

	if (strlen(pattern) > MK_MAX_PATTERN) {
		mk_yaml_report(c->yaml, place, field, "", "the pattern is longer than %d bytes",
		               MK_MAX_PATTERN);
		return;
	}
	rc = mk_patterns_add(c->patterns, pattern, false, 0, &err);
	if (rc == MARKET_ENOMEM)
		c->yaml->arena->failed = true;
	else if (rc != 0)
		mk_yaml_report(c->yaml, place, field, err.detail, "%s", err.message);
}

static void check_licence(checker *c, const mk_licence_rule *rule)
{
	check_id(c, &rule->rule);
	if (!rule->requirement && !rule->attribute)
		mk_yaml_report(c->yaml, rule, NULL, "Give requirement, attribute or both.",
		               "rule %s asks for nothing", rule->rule.id);
	if (rule->pattern && !rule->attribute)
		mk_yaml_report(c->yaml, rule, "pattern", "Give attribute.",
		               "the pattern is of no attribute");
	if (rule->pattern)
		check_pattern(c, rule, "pattern", rule->pattern);
}

static void check_price(checker *c, const mk_price_rule *rule)
{
	const bool low = rule->minimum.currency[0] != '\0', high = rule->maximum.currency[0] != '\0';

	check_id(c, &rule->rule);
	if (!low && !high && !rule->reduction)
		mk_yaml_report(c->yaml, rule, NULL, "Give minimum, maximum or reduction.",
		               "rule %s bounds nothing", rule->rule.id);
	if (low && high && strcmp(rule->minimum.currency, rule->maximum.currency) != 0)
		mk_yaml_report(c->yaml, rule, "maximum", "Write a rule for each currency.",
		               "minimum and maximum are in two currencies");
	else if (low && high && mk_money_less(rule->maximum, rule->minimum))
		mk_yaml_report(c->yaml, rule, "minimum", "", "the minimum is above the maximum");
}

/* Each rule by itself, so that no other one's hit is taken for its own. */
static int try_rule(const mk_rule_pack *pack, const mk_text_rule *rule, mk_yaml *yaml,
                    mk_arena *scratch, market_error *err)
{
	mk_text_rule alone = *rule;
	const mk_text_rule *const rules[] = {&alone};
	mk_rule_pack part = {.name = pack->name, .rules = rules, .n_rules = 1};
	const mk_rule_pack *const packs[] = {&part};
	mk_rule_set *set = NULL;
	int rc;

	alone.n_fields = alone.rule.n_categories = 0;
	rc = mk_rule_set_make(scratch->allocator, packs, 1, &set, err);
	for (size_t i = 0; rc == 0 && i < rule->n_match + rule->n_pass; i++) {
		const bool wanted = i < rule->n_match;
		const char *example = wanted ? rule->match[i] : rule->pass[i - rule->n_match];
		const mk_rule_text text = {.field = "", .text = example};
		mk_findings findings = {.arena = scratch};

		rc = mk_rule_set_search(set, &text, &findings, err);
		if (rc == 0 && wanted && findings.count == 0)
			mk_yaml_report(yaml, example, NULL, "Add a term or pattern, or take the example away.",
			               "rule %s doesn't find anything here", rule->rule.id);
		if (rc == 0 && !wanted && findings.count > 0)
			mk_yaml_report(yaml, example, NULL, "Add an exception, or narrow the term or pattern.",
			               "rule %s finds \"%s\" here", rule->rule.id,
			               findings.list[0]->found ? findings.list[0]->found : "");
		mk_arena_reset(scratch);
	}
	mk_rule_set_free(set);
	return rc;
}

static int first_error(const mk_yaml *yaml, market_error *err)
{
	const mk_yaml_error *first = &yaml->errors[0];
	const int rc = mk_error_set(err, MARKET_EPOLICY, "line %d, column %d: %s", first->line,
	                            first->column, first->message);

	return mk_error_hint(err, rc, "%s", first->hint);
}
