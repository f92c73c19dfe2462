/* CAT-8: what the text index is given and asked. */
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/search/terms.h"
#include "tests/unit/test.h"

static const char *words_of(mk_arena *arena, const char *text)
{
	mk_search_words words = {.count = 0};
	const char *out;

	mk_text_init(&words.text, arena->allocator, 65536);
	CU_ASSERT(mk_search_add(arena, text, &words));
	out = mk_arena_text_n(arena, words.text.size ? words.text.data : "", words.text.size);
	mk_text_close(&words.text);
	return out;
}

static void texts_become_words(void)
{
	mk_arena arena;

	mk_arena_init(&arena, &mk_allocator_default);
	CHECK_TEXT(words_of(&arena, "Ｔelevisão, 50\""), "televisao 50 ");
	CHECK_TEXT(words_of(&arena, "苹果手机iPhone"), "苹果 果手 手机 机 iphone ");
	CHECK_TEXT(words_of(&arena, "手\u200b机"), "手机 机 ");
	CHECK_TEXT(words_of(&arena, "한국 カメラ"), "한국 국 カメ メラ ラ ");
	CHECK_TEXT(words_of(&arena, "e\u0301t\u00e9"), "ete ");
	CHECK_TEXT(words_of(&arena, "' OR \\ \" * ( ) : ' - ^"), "or ");
	CHECK_TEXT(words_of(&arena, ""), "");
	mk_arena_close(&arena);
}

static const char *asked(mk_arena *arena, mk_store_kind kind, const char *text, bool *too_many)
{
	static const char *const facets[] = {"f1", "f2"};

	return mk_search_ask(arena, kind, text, facets, 2, NULL, too_many);
}

static void words_are_asked_for(void)
{
	static const char *const words[] = {"a", "b"};
	static const mk_search_any all[] = {{words, 2}, {words, 1}};
	static const mk_search_case cases[] = {{all, 2}, {all, 1}};
	static const mk_search_group group = {cases, 2}, nothing = {NULL, 0};
	mk_arena arena;
	bool too_many;

	mk_arena_init(&arena, &mk_allocator_default);
	CHECK_TEXT(asked(&arena, MK_STORE_SQLITE, "绿茶杯 Tea 茶", &too_many),
	           "{words} : (\"绿茶 茶杯\" AND \"tea\" AND \"茶\" *) AND {facets} : \"f1\" AND "
	           "{facets} : \"f2\"");
	CHECK_TEXT(asked(&arena, MK_STORE_POSTGRES, "绿茶杯 Te*", &too_many),
	           "'绿茶' <-> '茶杯' & 'te':* & '=f1' & '=f2'");
	CU_ASSERT(!too_many);
	CHECK_TEXT(mk_search_ask(&arena, MK_STORE_SQLITE, "tea", NULL, 0, &group, &too_many),
	           "{words} : (\"tea\") AND {facets} : (((\"a\" OR \"b\") AND (\"a\")) OR ((\"a\" OR "
	           "\"b\")))");
	CHECK_TEXT(mk_search_ask(&arena, MK_STORE_POSTGRES, NULL, NULL, 0, &group, &too_many),
	           "((('=a' | '=b') & ('=a')) | (('=a' | '=b')))");
	CHECK_TEXT(mk_search_ask(&arena, MK_STORE_POSTGRES, "tea", NULL, 0, &nothing, &too_many),
	           "'tea' & ((('=nothing')))");
	CHECK_TEXT(asked(&arena, MK_STORE_SQLITE, NULL, &too_many),
	           "{facets} : \"f1\" AND {facets} : \"f2\"");
	CHECK_TEXT(mk_search_ask(&arena, MK_STORE_SQLITE, "*", NULL, 0, NULL, &too_many), "");
	mk_arena_close(&arena);
}

/* The index holds 250 words; a query may hold 32. */
static void texts_are_bounded(void)
{
	char text[4 * 300 + 1];
	mk_search_words words = {.count = 0};
	bool too_many;
	mk_arena arena;

	mk_arena_init(&arena, &mk_allocator_default);
	for (int i = 0; i < 300; i++)
		sprintf(text + 4 * i, "a%02d ", i % 100);
	mk_text_init(&words.text, arena.allocator, 65536);
	CU_ASSERT(mk_search_add(&arena, text, &words));
	CHECK_INT((int)words.count, MK_SEARCH_MAX_WORDS);
	mk_text_close(&words.text);
	mk_search_ask(&arena, MK_STORE_SQLITE, text, NULL, 0, NULL, &too_many);
	CU_ASSERT(too_many);
	text[4 * 32] = '\0';
	mk_search_ask(&arena, MK_STORE_SQLITE, text, NULL, 0, NULL, &too_many);
	CU_ASSERT(!too_many);
	mk_arena_close(&arena);
}

void suite_search_words(void);
void suite_search_words(void)
{
	CU_pSuite suite = test_suite("search words");

	CU_add_test(suite, "CAT-8: texts become words of the index", texts_become_words);
	CU_add_test(suite, "CAT-8: a question is written for each store", words_are_asked_for);
	CU_add_test(suite, "CAT-8: texts and questions are bounded", texts_are_bounded);
}
