/* Text as rules see it, against the Unicode library's own whole-text form. */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "libmarket/rule/fold.h"
#include "tests/unit/test.h"

void suite_fold(void);

static mk_arena arena;

static void before(void)
{
	mk_arena_init(&arena, &mk_allocator_default);
}

static void after(void)
{
	mk_arena_close(&arena);
}

static const char *view(const char *text, bool joined)
{
	mk_folded folded;
	char *out;
	size_t size = 0;

	if (!mk_fold(text, strlen(text), &arena, &folded))
		return NULL;
	out = mk_fold_encode(&folded, joined, &arena, &size);
	out[size] = '\0';
	return out;
}

/* Each place lies within the text, on characters' bounds. */
static bool places_fit(const char *text, const mk_folded *folded)
{
	const size_t size = strlen(text);

	for (size_t i = 0; i < folded->n_chars; i++) {
		const mk_fold_char *c = &folded->chars[i];

		if (c->from >= c->to || c->to > size || ((uint8_t)text[c->from] & 0xC0) == 0x80 ||
		    ((uint8_t)text[c->to] & 0xC0) == 0x80)
			return false;
	}
	for (size_t i = 0; i < folded->n_joined; i++)
		if (folded->joined[i].at >= folded->n_chars ||
		    (i > 0 && folded->joined[i].at <= folded->joined[i - 1].at))
			return false;
	return true;
}

static bool like_library(const char *text)
{
	utf8proc_uint8_t *whole = utf8proc_NFKC_Casefold((const utf8proc_uint8_t *)text);
	mk_folded folded;
	bool same = mk_fold(text, strlen(text), &arena, &folded) && whole &&
	            strcmp((const char *)whole, view(text, false)) == 0 && places_fit(text, &folded);

	free(whole);
	mk_arena_reset(&arena);
	return same;
}

static void each_code_point(void)
{
	int wrong = 0;

	for (utf8proc_int32_t code = 0x20; code < 0x110000; code++) {
		char text[16] = "";
		utf8proc_ssize_t size;

		if (code >= 0xD800 && code <= 0xDFFF)
			continue;
		size = utf8proc_encode_char(code, (utf8proc_uint8_t *)text);
		strcpy(text + size, "a");
		wrong += !like_library(text);
	}
	CHECK_INT(wrong, 0);
}

static void random_texts(void)
{
	/* first of a range, and how many: where things join, and where they don't */
	static const uint32_t ranges[][2] = {
		{0x20, 95},    {0xC0, 400},   {0x300, 112}, {0x1100, 256},  {0x3041, 200}, {0xFF01, 240},
		{0x4E00, 200}, {0xAC00, 500}, {0x900, 128}, {0x1D400, 300}, {0x1F300, 50}, {0x2000, 100}};
	uint64_t state = test_random_seed();
	int wrong = 0;

	for (int i = 0; i < 20000; i++) {
		char text[256] = "";
		size_t size = 0;
		const uint64_t count = 1 + test_random_below(&state, 24);

		for (uint64_t k = 0; k < count; k++) {
			const uint32_t *range =
				ranges[test_random_below(&state, sizeof(ranges) / sizeof(ranges[0]))];

			size += (size_t)utf8proc_encode_char(
				(utf8proc_int32_t)(range[0] + test_random_below(&state, range[1])),
				(utf8proc_uint8_t *)text + size);
		}
		text[size] = '\0';
		wrong += !like_library(text);
	}
	CHECK_INT(wrong, 0);
}

static void forms_are_folded(void)
{
	CHECK_TEXT(view("ＷｅＣｈａｔ", false), "wechat");
	CHECK_TEXT(view("Ⓦⓔ℃ﬁ①", false), "we°cfi1");
	CHECK_TEXT(view("Straße", false), "strasse");
	CHECK_TEXT(view("ｶﾞ", false), "ガ");
	CHECK_TEXT(view("e\xCC\x81", false), "é");
	CHECK_TEXT(view("微\xE2\x80\x8B信\xEF\xBB\xBF\xC2\xAD", false), "微信");
}

static void tricks_are_joined(void)
{
	CHECK_TEXT(view("微.信", true), "微信");
	CHECK_TEXT(view("微 * 信", true), "微信");
	CHECK_TEXT(view("微😀信😀", true), "微信");
	CHECK_TEXT(view("加 V 信", true), "加v信");
	CHECK_TEXT(view("w e c h a t", true), "wechat");
	CHECK_TEXT(view("w.e-c_h*a|t", true), "wechat");
	CHECK_TEXT(view("w\xCC\xB6"
	                "e\xCC\xB6"
	                "x",
	                true),
	           "wex");
	CHECK_TEXT(view("1️⃣3️⃣8️⃣", true), "138");
}

static void words_stay_apart(void)
{
	CHECK_TEXT(view("hot elbow", true), "hot elbow");
	CHECK_TEXT(view("brand   new", true), "brand new");
	CHECK_TEXT(view("最，好", true), "最,好");
	CHECK_TEXT(view("质量。好", true), "质量。好");
	CHECK_TEXT(view("最\n好", true), "最\n好");
	CHECK_TEXT(view("最.........好", true), "最 好");
	CHECK_TEXT(view("最........好", true), "最好");
}

static void marks_are_bounded(void)
{
	char text[512] = "a";
	mk_folded folded;

	for (int i = 0; i < MK_MAX_MARKS; i++)
		strcat(text, "\xCC\xB6");
	CU_ASSERT_FATAL(mk_fold(text, strlen(text), &arena, &folded));
	CU_ASSERT(!folded.cut);
	CHECK_INT(folded.n_chars, 1 + MK_MAX_MARKS);
	strcat(text, "\xCC\xB6");
	CU_ASSERT_FATAL(mk_fold(text, strlen(text), &arena, &folded));
	CU_ASSERT(folded.cut);
	CHECK_INT(folded.n_chars, 1 + MK_MAX_MARKS);
}

static void growth_is_bounded(void)
{
	char text[3001] = "";
	mk_folded folded;

	for (int i = 0; i < 1000; i++)
		strcpy(text + 3 * i, "\xEF\xB7\xBA"); /* U+FDFA, the widest of all */
	CU_ASSERT_FATAL(mk_fold(text, strlen(text), &arena, &folded));
	CHECK_INT(folded.n_chars, 18 * 1000);
	CU_ASSERT(places_fit(text, &folded));
}

static int kind_of(const char *text)
{
	mk_folded folded;

	CU_ASSERT_FATAL(mk_fold(text, strlen(text), &arena, &folded));
	CU_ASSERT_FATAL(folded.n_chars == 1);
	return folded.chars[0].kind;
}

static void ideographs_at_their_ends(void)
{
	static const char *const of_han[] = {"\u3005", "\u3007", "\u3041", "\u312F",
	                                     "\u31A0", "\u3400", "\u4DBF", "\u4E00",
	                                     "\u9FFF", "\uAC00", "\uD7A3", "\U00020000"};
	static const char *const others[] = {"\u3012", "\u30FB", "\u4DC0", "\u4DFF", "a"};

	for (size_t i = 0; i < sizeof(of_han) / sizeof(of_han[0]); i++)
		CHECK_INT(kind_of(of_han[i]), MK_FOLD_HAN);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CU_ASSERT(kind_of(others[i]) != MK_FOLD_HAN);
}

void suite_fold(void)
{
	CU_pSuite s = test_suite_with("fold", before, after);

	CU_add_test(s, "CAT-4: each code point is folded as the Unicode library folds it",
	            each_code_point);
	CU_add_test(s, "CAT-4: random texts are folded as the Unicode library folds them",
	            random_texts);
	CU_add_test(s, "CAT-4: full-width forms, case and what isn't shown are folded",
	            forms_are_folded);
	CU_add_test(s, "CAT-4: separators between letters are taken away", tricks_are_joined);
	CU_add_test(s, "CAT-4: words and clauses stay apart", words_stay_apart);
	CU_add_test(s, "CAT-4: the first and last signs of each East Asian script are of it",
	            ideographs_at_their_ends);
	CU_add_test(s, "CAT-4: marks on a letter are bounded", marks_are_bounded);
	CU_add_test(s, "CAT-4: a text grows within its bound", growth_is_bounded);
}
