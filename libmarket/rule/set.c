#include <string.h>

#include "libmarket/rule/internal.h"

struct mk_rule_set {
	mk_arena arena;
	const mk_rule_pack *const *packs;
	size_t n_packs;
	struct entry *rules; /* of all packs, in their order */
	size_t n_rules;
	mk_terms terms;
	mk_patterns *patterns;
	bool plain, joined; /* there are patterns on that view */
};

typedef struct entry {
	const mk_rule_pack *pack;
	const mk_text_rule *rule;
} entry;

/* One search of one text. */
typedef struct search {
	const mk_rule_set *set;
	const mk_rule_text *text;
	mk_folded folded;
	mk_findings *findings;
	/* of the view that patterns are searched in */
	const char *view;
	bool joined;
	size_t at, place; /* bytes of the view before character `place` */
} search;

static int add_rule(mk_rule_set *set, uint32_t number, market_error *err);
static bool add_term(mk_rule_set *set, const char *text, uint32_t number, bool excuses);
static bool has_blank(const mk_term *term);
static bool add_unblanked(mk_rule_set *set, const mk_term *term);
static bool term_room(mk_rule_set *set);
static bool applies(const entry *rule, const mk_rule_text *text);
static bool covers(const char *const *fields, size_t count, const char *field);
static bool search_terms(search *s);
static bool is_inside_another(const mk_term_hits *hits, size_t at);
static int search_patterns(search *s, bool joined, market_error *err);
static bool wanted(uint32_t rule, void *data);
static bool pattern_hit(const mk_pattern_hit *hit, void *data);
static size_t place_of(search *s, size_t byte);
static bool report(search *s, const entry *rule, size_t first, size_t last);
static bool report_bounds(search *s, const char *pack, const char *rule, const char *message);
static bool note(search *s, market_listing_finding *finding, uint32_t from, uint32_t to);

int mk_rule_set_make(const market_allocator *allocator, const mk_rule_pack *const *packs,
                     size_t count, mk_rule_set **out, market_error *err)
{
	mk_rule_set *set = mk_allocate_zero(allocator, sizeof(*set));
	int rc = 0;

	if (!set)
		return mk_error_no_memory(err);
	mk_arena_init(&set->arena, allocator);
	set->packs = packs;
	set->n_packs = count;
	for (size_t i = 0; i < count; i++)
		set->n_rules += packs[i]->n_rules;
	set->rules = mk_arena_array(&set->arena, sizeof(*set->rules), set->n_rules + 1);
	set->patterns = mk_patterns_new(allocator);
	if (!set->rules || !set->patterns)
		rc = mk_error_no_memory(err);
	for (size_t i = 0, at = 0; rc == 0 && i < count; i++)
		for (size_t k = 0; rc == 0 && k < packs[i]->n_rules; k++, at++) {
			set->rules[at] = (entry){packs[i], packs[i]->rules[k]};
			rc = add_rule(set, (uint32_t)at, err);
		}
	if (rc == 0 && !mk_terms_index(&set->terms, &set->arena))
		rc = mk_error_no_memory(err);
	if (rc == 0)
		rc = mk_patterns_ready(set->patterns, err);
	if (rc != 0) {
		mk_rule_set_free(set);
		return rc;
	}
	set->plain = mk_patterns_any(set->patterns, false);
	set->joined = mk_patterns_any(set->patterns, true);
	*out = set;
	return 0;
}

void mk_rule_set_free(mk_rule_set *set)
{
	const market_allocator *allocator;

	if (!set)
		return;
	allocator = set->arena.allocator;
	mk_patterns_free(set->patterns);
	mk_arena_close(&set->arena);
	mk_release(allocator, set);
}

bool mk_findings_add(mk_findings *findings, const market_listing_finding *finding)
{
	market_listing_finding *copy;

	if (findings->count == MK_MAX_FINDINGS) {
		findings->cut = true;
		if (findings->severity < MARKET_SEVERITY_REVIEW)
			findings->severity = MARKET_SEVERITY_REVIEW;
		/* what is not listed counts all the same */
		if (finding->severity > findings->severity)
			findings->severity = finding->severity;
		return true;
	}
	if (findings->count == findings->room) {
		const size_t room = findings->room > 0 ? 4 * findings->room : 8;
		const market_listing_finding **more = mk_arena_array(findings->arena, sizeof(*more), room);

		if (!more)
			return false;
		if (findings->count > 0)
			memcpy(more, findings->list, findings->count * sizeof(*more));
		findings->list = more;
		findings->room = room;
	}
	copy = mk_arena_copy(findings->arena, finding, sizeof(*finding));
	if (!copy)
		return false;
	copy->field = mk_arena_text(findings->arena, finding->field);
	copy->pack = mk_arena_text(findings->arena, finding->pack);
	copy->rule = mk_arena_text(findings->arena, finding->rule);
	copy->found = mk_arena_text(findings->arena, finding->found);
	copy->message = mk_arena_text(findings->arena, finding->message);
	if (findings->arena->failed)
		return false;
	findings->list[findings->count++] = copy;
	if (copy->severity > findings->severity)
		findings->severity = copy->severity;
	return true;
}

int mk_rule_set_search(const mk_rule_set *set, const mk_rule_text *text, mk_findings *findings,
                       market_error *err)
{
	search s = {.set = set, .text = text, .findings = findings};
	int rc = 0;

	if (set->n_rules == 0)
		return 0;
	if (!mk_fold(text->text, strlen(text->text), findings->arena, &s.folded))
		return mk_error_no_memory(err);
	if (s.folded.cut &&
	    !report_bounds(&s, "", "marks", "more marks stand on one letter than any script has"))
		return mk_error_no_memory(err);
	if (set->terms.count > 0 && !search_terms(&s))
		return mk_error_no_memory(err);
	if (set->plain)
		rc = search_patterns(&s, false, err);
	if (rc == 0 && set->joined)
		rc = search_patterns(&s, true, err);
	return rc;
}

int mk_rule_has_form(const char *pattern, const char *text, mk_arena *arena, bool *out,
                     market_error *err)
{
	mk_text_rule rule = {.patterns = (const char *const[]){NULL}, .n_patterns = 1};
	const mk_text_rule *const rules[] = {&rule};
	mk_rule_pack pack = {.name = "", .rules = rules, .n_rules = 1};
	const mk_rule_pack *const packs[] = {&pack};
	const char *whole = mk_arena_join(arena, MK_TEXTS("\\A(?:", pattern, ")\\z"));
	mk_findings findings = {.arena = arena};
	const mk_rule_text field = {.field = "", .text = text};
	mk_rule_set *set = NULL;
	int rc;

	if (!whole)
		return mk_error_no_memory(err);
	rule.rule.id = "";
	rule.rule.severity = MARKET_SEVERITY_NOTE;
	rule.patterns = &whole;
	rc = mk_rule_set_make(arena->allocator, packs, 1, &set, err);
	if (rc == 0)
		rc = mk_rule_set_search(set, &field, &findings, err);
	mk_rule_set_free(set);
	*out = findings.count == 1 && findings.severity == MARKET_SEVERITY_NOTE;
	return rc;
}

static int add_rule(mk_rule_set *set, uint32_t number, market_error *err)
{
	const mk_text_rule *rule = set->rules[number].rule;

	for (size_t i = 0; i < rule->n_terms; i++)
		if (!add_term(set, rule->terms[i], number, false))
			return mk_error_no_memory(err);
	for (size_t i = 0; i < rule->n_except; i++)
		if (!add_term(set, rule->except[i], number, true))
			return mk_error_no_memory(err);
	for (size_t i = 0; i < rule->n_patterns; i++) {
		const int rc = mk_patterns_add(set->patterns, rule->patterns[i], rule->joined, number, err);

		if (rc != 0)
			return rc;
	}
	return 0;
}

static bool add_term(mk_rule_set *set, const char *text, uint32_t number, bool excuses)
{
	mk_terms *terms = &set->terms;
	const bool inside = set->rules[number].rule->inside_words || excuses;
	mk_term term = {.rule = number, .excuses = excuses};
	bool edge;

	if (!term_room(set) || !mk_term_codes(text, &set->arena, &term.codes, &term.count,
	                                      &term.starts_word, &term.ends_word, &edge))
		return false;
	term.starts_word = term.starts_word && !inside;
	term.ends_word = term.ends_word && !inside;
	if (term.count == 0)
		return true;
	terms->list[terms->count++] = term;
	return !has_blank(&term) || add_unblanked(set, &term);
}

static bool has_blank(const mk_term *term)
{
	for (uint32_t i = 0; i < term->count; i++)
		if (term->codes[i] == ' ')
			return true;
	return false;
}

/* "designer style" is in "designer-style", whose sign is skipped. */
static bool add_unblanked(mk_rule_set *set, const mk_term *term)
{
	mk_term bare = *term;
	uint32_t *codes = mk_arena_array(&set->arena, sizeof(*codes), term->count);

	if (!codes || !term_room(set))
		return false;
	bare.codes = codes;
	bare.count = 0;
	for (uint32_t i = 0; i < term->count; i++)
		if (term->codes[i] != ' ')
			codes[bare.count++] = term->codes[i];
	set->terms.list[set->terms.count++] = bare;
	return true;
}

static bool term_room(mk_rule_set *set)
{
	mk_terms *terms = &set->terms;
	const size_t room = terms->room > 0 ? 2 * terms->room : 64;
	mk_term *more;

	if (terms->count < terms->room)
		return true;
	more = mk_arena_array(&set->arena, sizeof(*more), room);
	if (!more)
		return false;
	if (terms->count > 0)
		memcpy(more, terms->list, terms->count * sizeof(*more));
	terms->list = more;
	terms->room = room;
	return true;
}

static bool applies(const entry *rule, const mk_rule_text *text)
{
	return mk_rule_concerns(&rule->rule->rule, text->category) &&
	       covers(rule->rule->fields, rule->rule->n_fields, text->field);
}

/* "attributes" stands for "attributes.colour" and "skus[2].attributes.colour", not the other way.
 */
static bool covers(const char *const *fields, size_t count, const char *field)
{
	for (size_t i = 0; i < count; i++) {
		const size_t size = strlen(fields[i]);

		if (strcmp(fields[i], field) == 0)
			return true;
		for (const char *at = field; at; at = strchr(at, '.') ? strchr(at, '.') + 1 : NULL)
			if (strncmp(at, fields[i], size) == 0 && (at[size] == '.' || at[size] == '['))
				return true;
	}
	return count == 0;
}

static bool search_terms(search *s)
{
	mk_term_hits hits = {.list = NULL};

	if (!mk_terms_search(&s->set->terms, &s->folded, s->findings->arena, &hits))
		return false;
	for (size_t i = 0; i < hits.count; i++) {
		const mk_term_hit *hit = &hits.list[i];
		const entry *rule = &s->set->rules[hit->term->rule];

		if (hit->term->excuses || !applies(rule, s->text) || is_inside_another(&hits, i))
			continue;
		if (!report(s, rule, s->folded.joined[hit->from].at, s->folded.joined[hit->to - 1].at))
			return false;
	}
	return !hits.cut ||
	       report_bounds(s, "", "hits", "more hits than are looked at; there may be others");
}

/* Of a rule's hits only the widest counts, and none within an exception. */
static bool is_inside_another(const mk_term_hits *hits, size_t at)
{
	const mk_term_hit *hit = &hits->list[at];

	for (size_t i = 0; i < hits->count; i++) {
		const mk_term_hit *other = &hits->list[i];
		const bool same = other->from == hit->from && other->to == hit->to;

		if (other->from > hit->from)
			break;
		if (i == at || other->term->rule != hit->term->rule || other->to < hit->to)
			continue;
		if (!same || other->term->excuses || i < at)
			return true;
	}
	return false;
}

static int search_patterns(search *s, bool joined, market_error *err)
{
	mk_pattern_search patterns = {.joined = joined,
	                              .arena = s->findings->arena,
	                              .wanted = wanted,
	                              .hit = pattern_hit,
	                              .data = s};

	patterns.text = mk_fold_encode(&s->folded, joined, patterns.arena, &patterns.size);
	if (!patterns.text)
		return mk_error_no_memory(err);
	s->view = patterns.text;
	s->joined = joined;
	s->at = s->place = 0;
	return mk_patterns_search(s->set->patterns, &patterns, err);
}

static bool wanted(uint32_t rule, void *data)
{
	const search *s = data;

	return applies(&s->set->rules[rule], s->text);
}

static bool pattern_hit(const mk_pattern_hit *hit, void *data)
{
	search *s = data;
	const entry *rule = &s->set->rules[hit->rule];
	size_t first, last;

	if (hit->bounded)
		return report_bounds(s, rule->pack->name, rule->rule->rule.id,
		                     "the pattern's search met its bounds; the text may have it or not");
	first = place_of(s, hit->from);
	last = place_of(s, hit->to - 1);
	if (s->joined) {
		first = s->folded.joined[first].at;
		last = s->folded.joined[last].at;
	}
	return report(s, rule, first, last);
}

/* Which character of the view a byte belongs to. Hits come from left to right. */
static size_t place_of(search *s, size_t byte)
{
	if (byte < s->at)
		s->at = s->place = 0;
	for (;;) {
		size_t next = s->at + 1;

		while ((s->view[next] & 0xC0) == 0x80)
			next++;
		if (byte < next)
			return s->place;
		s->at = next;
		s->place++;
	}
}

static bool report(search *s, const entry *rule, size_t first, size_t last)
{
	uint32_t from = s->folded.chars[first].from, to = s->folded.chars[last].to;
	market_listing_finding finding = {
		.pack = rule->pack->name,
		.rule = rule->rule->rule.id,
		.severity = rule->rule->rule.severity,
		.message = mk_rule_message(rule->rule->rule.texts, rule->rule->rule.n_texts,
	                               rule->pack->locale, s->text->locale),
	};

	/* marks may have changed places */
	for (size_t i = first; i <= last; i++) {
		from = s->folded.chars[i].from < from ? s->folded.chars[i].from : from;
		to = s->folded.chars[i].to > to ? s->folded.chars[i].to : to;
	}
	return note(s, &finding, from, to);
}

static bool report_bounds(search *s, const char *pack, const char *rule, const char *message)
{
	market_listing_finding finding = {
		.pack = pack, .rule = rule, .severity = MARKET_SEVERITY_REVIEW, .message = message};

	return note(s, &finding, 0, 0);
}

static bool note(search *s, market_listing_finding *finding, uint32_t from, uint32_t to)
{
	finding->field = s->text->field;
	finding->stage = MARKET_STAGE_TEXT;
	finding->offset = from;
	finding->length = to - from;
	for (uint32_t i = 0; i < from; i++)
		finding->characters += (s->text->text[i] & 0xC0) != 0x80;
	if (to > from) {
		finding->found = mk_arena_text_n(s->findings->arena, s->text->text + from, to - from);
		if (!finding->found)
			return false;
	}
	return mk_findings_add(s->findings, finding);
}
