/* Searching texts by terms and patterns. */
#include <stdio.h>
#include <string.h>

#include "libmarket/rule/set.h"
#include "tests/unit/test.h"

void suite_rule(void);

static mk_arena arena;
static mk_yaml *yaml;
static mk_findings found;

static void make_yaml(void)
{
	yaml = MK_NEW(&arena, mk_yaml);
	yaml->arena = &arena;
}

static void before(void)
{
	mk_arena_init(&arena, &mk_allocator_default);
	make_yaml();
}

static void after(void)
{
	mk_arena_close(&arena);
}

/* What a pack of these rules, written as YAML, finds in a text. */
static size_t look(const char *rules, const mk_rule_text *text)
{
	char *document = mk_arena_format(&arena, "name: p\nrules:\n%s", rules);
	const mk_rule_pack *pack = NULL;
	mk_rule_set *set = NULL;
	market_error err;

	found = (mk_findings){.arena = &arena};
	if (mk_rule_pack_read(document, strlen(document), yaml, &pack, &err) != 0 ||
	    mk_rule_set_make(&mk_allocator_default, &pack, 1, &set, &err) != 0) {
		CU_FAIL("the pack isn't one");
		printf("%s\n", err.message);
		return 999;
	}
	CHECK_OK(mk_rule_set_search(set, text, &found, &err));
	mk_rule_set_free(set);
	return found.count;
}

static size_t find(const char *rules, const char *text)
{
	const mk_rule_text in = {.field = "title", .text = text};

	return look(rules, &in);
}

static void place(size_t at, int64_t offset, int64_t length, const char *text)
{
	CU_ASSERT_FATAL(at < found.count);
	CHECK_INT(found.list[at]->offset, offset);
	CHECK_INT(found.list[at]->length, length);
	CHECK_TEXT(found.list[at]->found, text);
}

static void places_are_the_originals(void)
{
	static const char rules[] = "- {id: a, severity: block, terms: [微信, WeChat]}\n";

	CHECK_INT(find(rules, "加微信"), 1);
	place(0, 3, 6, "微信");
	CHECK_INT(found.list[0]->characters, 1);
	CHECK_INT(find(rules, "加\xE2\x80\x8B微 😀 信吧"), 1);
	place(0, 6, 12, "微 😀 信");
	CHECK_INT(found.list[0]->characters, 2);
	CHECK_INT(find(rules, "my ＷｅＣｈａｔ id"), 1);
	place(0, 3, 18, "ＷｅＣｈａｔ");
	CHECK_INT(find(rules, "w e c h a t 微信"), 2);
	place(0, 0, 11, "w e c h a t");
	place(1, 12, 6, "微信");
}

static void chinese_has_no_bounds_of_words(void)
{
	static const char rules[] = "- {id: a, severity: block, terms: [国家级, art, 高仿a货]}\n";

	CHECK_INT(find(rules, "本品为国家级产品"), 1);
	CHECK_INT(find(rules, "a cart of parts"), 0);
	CHECK_INT(find(rules, "state of the art"), 1);
	CHECK_INT(find(rules, "中文art中文"), 1);
	CHECK_INT(find(rules, "高仿A货x"), 1);
	CHECK_INT(find(rules, "超级高仿-A货"), 1);
	CHECK_INT(find("- {id: a, severity: block, terms: [art], inside_words: true}\n", "carts"), 1);
}

static void widest_hit_and_exceptions(void)
{
	static const char rules[] = "- {id: a, severity: block, terms: [最, 最高, 最高级],\n"
								"   except: [最后, 最近]}\n"
								"- {id: b, severity: note, terms: [最高]}\n";

	CHECK_INT(find(rules, "最高级"), 2);
	CHECK_TEXT(found.list[0]->rule, "b");
	CHECK_TEXT(found.list[1]->rule, "a");
	place(1, 0, 9, "最高级");
	CHECK_INT(find(rules, "最后的最近"), 0);
	CHECK_INT(find(rules, "最后最好"), 1);
	place(0, 6, 3, "最");
	CHECK_INT(found.severity, MARKET_SEVERITY_BLOCK);
}

static void patterns_find_all(void)
{
	static const char rules[] =
		"- {id: link, severity: block, patterns: ['https?://\\S+', 'www\\.\\w+']}\n"
		"- {id: digits, severity: review, patterns: ['\\d{6}'], joined: true}\n"
		"- {id: again, severity: note, patterns: ['(\\w)\\1\\1']}\n";

	CHECK_INT(find(rules, "see HTTPS://A.example 和 ｗｗｗ.b"), 3);
	place(0, 4, 17, "HTTPS://A.example");
	place(1, 26, 11, "ｗｗｗ.b");
	CHECK_TEXT(found.list[2]->rule, "again");
	CHECK_INT(find(rules, "1-2.3 4 5 6"), 1);
	place(0, 0, 11, "1-2.3 4 5 6");
	CHECK_INT(find(rules, "https://a https://b"), 2);
	CHECK_INT(find(rules, "no more"), 0);
}

static void fields_and_categories(void)
{
	static const char rules[] =
		"- {id: a, severity: block, terms: [fake], fields: [title, attributes]}\n"
		"- {id: b, severity: note, terms: [fake], categories: [media]}\n";
	mk_rule_text text = {.field = "title", .text = "fake", .category = "/media/books/"};

	CHECK_INT(look(rules, &text), 2);
	text.field = "attributes.colour";
	text.category = "/multimedia/";
	CHECK_INT(look(rules, &text), 1);
	CHECK_TEXT(found.list[0]->rule, "a");
	text.field = "description";
	CHECK_INT(look(rules, &text), 0);
	text.category = NULL;
	CHECK_INT(look(rules, &text), 0);
}

static void messages_by_locale(void)
{
	static const char rules[] = "- id: a\n  severity: note\n  terms: [fake]\n"
								"  texts: {en: no fakes, zh: 假货, zh-TW: 假貨}\n";
	mk_rule_text text = {.field = "title", .text = "fake", .locale = "zh-TW"};

	CHECK_INT(look(rules, &text), 1);
	CHECK_TEXT(found.list[0]->message, "假貨");
	text.locale = "zh-CN";
	look(rules, &text);
	CHECK_TEXT(found.list[0]->message, "假货");
	text.locale = "pt";
	look(rules, &text);
	CHECK_TEXT(found.list[0]->message, "no fakes");
}

static void a_bound_is_a_review(void)
{
	static const char rules[] = "- {id: slow, severity: note, patterns: ['(a|aa)+$']}\n"
								"- {id: quick, severity: note, terms: [end]}\n";
	char text[600];

	memset(text, 'a', 400);
	strcpy(text + 400, " end");
	CHECK_INT(find(rules, text), 2);
	CU_ASSERT_FATAL(found.count == 2);
	CHECK_TEXT(found.list[0]->rule, "quick");
	CHECK_TEXT(found.list[1]->rule, "slow");
	CHECK_INT(found.list[1]->severity, MARKET_SEVERITY_REVIEW);
	CHECK_INT(found.list[1]->length, 0);
	CHECK_INT(found.severity, MARKET_SEVERITY_REVIEW);
}

static void findings_are_bounded(void)
{
	static const char rules[] = "- {id: a, severity: note, terms: [坏]}\n";
	char text[3 * MK_MAX_FINDINGS + 4] = "";

	for (int i = 0; i < MK_MAX_FINDINGS; i++)
		strcpy(text + 3 * i, "坏");
	CHECK_INT(find(rules, text), MK_MAX_FINDINGS);
	CU_ASSERT(!found.cut);
	CHECK_INT(found.severity, MARKET_SEVERITY_NOTE);
	strcat(text, "坏");
	CHECK_INT(find(rules, text), MK_MAX_FINDINGS);
	CU_ASSERT(found.cut);
	CHECK_INT(found.severity, MARKET_SEVERITY_REVIEW);
}

/* Terms found by the index are those that a plain search finds. */
static void random_terms(void)
{
	static const char *const letters[] = {"甲", "乙", "丙", "丁"};
	uint64_t state = test_random_seed();
	int wrong = 0;

	for (int round = 0; round < 300; round++) {
		char rules[4000] = "", text[200] = "";
		char terms[12][20];
		size_t expected = 0;

		for (int t = 0; t < 12; t++) {
			const uint64_t length = 1 + test_random_below(&state, 4);

			terms[t][0] = '\0';
			for (uint64_t i = 0; i < length; i++)
				strcat(terms[t], letters[test_random_below(&state, 4)]);
			sprintf(rules + strlen(rules), "- {id: r%d, severity: note, terms: [%s]}\n", t,
			        terms[t]);
		}
		for (uint64_t i = test_random_below(&state, 40); i > 0; i--)
			strcat(text, letters[test_random_below(&state, 4)]);
		/* where a term's hits overlap each is one */
		for (int t = 0; t < 12; t++)
			for (const char *at = text; (at = strstr(at, terms[t])) != NULL; at += 3)
				expected++;
		wrong += find(rules, text) != expected;
		mk_arena_reset(&arena);
		make_yaml();
	}
	CHECK_INT(wrong, 0);
}

void suite_rule(void)
{
	CU_pSuite s = test_suite_with("rule", before, after);

	CU_add_test(s, "CAT-4: a finding points at the original's bytes and characters",
	            places_are_the_originals);
	CU_add_test(s, "CAT-4: Chinese has no bounds of words, Latin has",
	            chinese_has_no_bounds_of_words);
	CU_add_test(s, "CAT-4: a rule's widest hit counts, none in an exception",
	            widest_hit_and_exceptions);
	CU_add_test(s, "CAT-4: patterns list every hit, not just the first", patterns_find_all);
	CU_add_test(s, "CAT-4: a rule looks at its fields and categories", fields_and_categories);
	CU_add_test(s, "CAT-4: a finding has the rule's text in the locale asked for",
	            messages_by_locale);
	CU_add_test(s, "CAT-4: a search that meets its bounds is a review, not a pass",
	            a_bound_is_a_review);
	CU_add_test(s, "CAT-4: findings beyond the bound are a review", findings_are_bounded);
	CU_add_test(s, "CAT-4: the index finds what a plain search finds", random_terms);
}
