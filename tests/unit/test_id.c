#include <string.h>

#include "libmarket/base/clock.h"
#include "tests/unit/test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define EPOCH INT64_C(946684800000)

void suite_id(void);

static void text_of_ids(void)
{
	static const struct {
		market_id_kind kind;
		market_id id;
		const char *text;
	} rows[] = {
		{MARKET_ID_ORDER, {1, 2}, "ord_1_2"},
		{MARKET_ID_ORDER, {0, 2}, "ord_0_2"},
		{MARKET_ID_BUYER, {31, 31}, "buy_z"},
		{MARKET_ID_BUYER, {32, 32}, "buy_10"},
		{MARKET_ID_SELLER, {1023, 1023}, "sel_zz"},
		{MARKET_ID_POLICY, {0, INT64_MAX}, "pol_0_7zzzzzzzzzzzz"},
		{MARKET_ID_LINE, {INT64_MAX - 1, INT64_MAX}, "lin_7zzzzzzzzzzzy_7zzzzzzzzzzzz"},
		{MARKET_ID_LINE, {INT64_MAX, INT64_MAX}, "lin_7zzzzzzzzzzzz"},
		{MARKET_ID_SKU, {987654321, 123456789012345}, "sku_xdwt5h_3g9230vqvs"},
	};
	char text[MARKET_ID_TEXT_SIZE];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		market_id back = {7, 7};

		market_id_format(rows[i].kind, rows[i].id, text);
		CHECK_TEXT(text, rows[i].text);
		CU_ASSERT_TRUE(market_id_parse(rows[i].kind, text, &back));
		CHECK_INT(back.book, rows[i].id.book);
		CHECK_INT(back.id, rows[i].id.id);
	}
}

static void every_kind_has_its_prefix(void)
{
	static const char *const prefixes[] = {
#define X(name, prefix, word) prefix,
		MARKET_ID_KIND_LIST(X)
#undef X
	};
	market_id id = {INT64_MAX - 1, INT64_MAX};
	char text[MARKET_ID_TEXT_SIZE];
	size_t kind;
	size_t other;

	for (kind = 1; kind < COUNT(prefixes); kind++) {
		market_id_format((market_id_kind)kind, id, text);
		CU_ASSERT(strlen(text) < MARKET_ID_TEXT_SIZE);
		CU_ASSERT_EQUAL(strncmp(text, prefixes[kind], strlen(prefixes[kind])), 0);
		CU_ASSERT_EQUAL(text[strlen(prefixes[kind])], '_');
		for (other = 0; other < COUNT(prefixes); other++) {
			market_id back = {7, 7};
			bool parsed = market_id_parse((market_id_kind)other, text, &back);

			CU_ASSERT_EQUAL(parsed, other == kind);
		}
	}
}

static void absent_ids_have_no_text(void)
{
	static const market_id none[] = {{0, 0}, {5, 0}, {5, -1}, {-1, 5}, {INT64_MIN, INT64_MIN}};
	char text[MARKET_ID_TEXT_SIZE];
	market_id one = {1, 1};
	size_t i;

	for (i = 0; i < COUNT(none); i++) {
		memset(text, 'x', sizeof(text));
		market_id_format(MARKET_ID_ORDER, none[i], text);
		CHECK_TEXT(text, "");
	}
	market_id_format(MARKET_ID_NONE, one, text);
	CHECK_TEXT(text, "");
	market_id_format((market_id_kind)10000, one, text);
	CHECK_TEXT(text, "");
	market_id_format((market_id_kind)-1, one, text);
	CHECK_TEXT(text, "");
}

static void each_id_has_one_text_only(void)
{
	static const char *const refused[] = {
		"",
		"ord",
		"ord_",
		"ord__",
		"ord__1",
		"ord_1_",
		"ord_1_1",
		"ord_0",
		"ord_1_0",
		"ord_0_0",
		"ord_01",
		"ord_01_2",
		"ord_1_02",
		"ord_00_2",
		"ord_1_2_3",
		"Ord_1",
		"ORD_1",
		"ord_A",
		"ord_i",
		"ord_l",
		"ord_o",
		"ord_u",
		"ord_1 ",
		" ord_1",
		"ord_1\n",
		"ord-1",
		"ord_-1",
		"ord_+1",
		"ord_1-2",
		"pay_1",
		"or_1",
		"ordd_1",
		"ord_8000000000000",
		"ord_zzzzzzzzzzzzz",
		"ord_10000000000000",
		"ord_1_8000000000000",
		"ord_\xC3\xA9",
		"ref:1",
	};
	market_id out = {7, 8};
	size_t i;

	for (i = 0; i < COUNT(refused); i++)
		CU_ASSERT_FALSE(market_id_parse(MARKET_ID_ORDER, refused[i], &out));
	CU_ASSERT_FALSE(market_id_parse(MARKET_ID_ORDER, NULL, &out));
	CU_ASSERT_FALSE(market_id_parse(MARKET_ID_NONE, "_1", &out));
	CU_ASSERT_FALSE(market_id_parse((market_id_kind)10000, "ord_1", &out));
	CHECK_INT(out.book, 7);
	CHECK_INT(out.id, 8);
	CU_ASSERT_TRUE(market_id_parse(MARKET_ID_ORDER, "ord_7zzzzzzzzzzzz", &out));
	CHECK_INT(out.id, INT64_MAX);
}

static void random_ids_come_back(void)
{
	uint64_t state = test_random_seed();
	unsigned wrong = 0;
	int i;

	for (i = 0; i < 100000; i++) {
		market_id id = {(int64_t)(test_random(&state) >> (1 + test_random_below(&state, 63))),
		                (int64_t)(test_random(&state) >> (1 + test_random_below(&state, 63))) | 1};
		char text[MARKET_ID_TEXT_SIZE];
		market_id back = {0, 0};

		market_id_format(MARKET_ID_SHIPMENT, id, text);
		wrong += !market_id_parse(MARKET_ID_SHIPMENT, text, &back);
		wrong += back.book != id.book || back.id != id.id;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void new_ids_rise_and_tell_their_time(void)
{
	mk_id_source source;
	int64_t first;
	int64_t second;

	mk_id_source_init(&source, 0xFFFFFFFF);
	first = mk_id_next(&source, EPOCH + 5000);
	CHECK_INT(first, INT64_C(5000) << 22);
	CHECK_INT(mk_id_time(first), EPOCH + 5000);
	CU_ASSERT(mk_id_first(EPOCH + 5000) <= first && first < mk_id_first(EPOCH + 5001));
	CHECK_INT(mk_id_first(EPOCH - 1), 0);
	CHECK_INT(mk_id_first(INT64_MAX), INT64_MAX);
	second = mk_id_next(&source, EPOCH + 5000);
	CHECK_INT(second, first + 1);
	second = mk_id_next(&source, EPOCH + 5001);
	CHECK_INT(mk_id_time(second), EPOCH + 5001);
	mk_id_source_init(&source, 0x12345);
	CHECK_INT(mk_id_next(&source, EPOCH + 1) & 0x3FFFFF, 0x12346);
}

static void new_ids_never_go_back(void)
{
	mk_id_source source;
	int64_t first;
	int64_t second;

	mk_id_source_init(&source, 100);
	first = mk_id_next(&source, EPOCH + 5000);
	second = mk_id_next(&source, EPOCH + 4000);
	CHECK_INT(mk_id_time(second), EPOCH + 5000);
	CU_ASSERT(second != first);
	second = mk_id_next(&source, INT64_MIN);
	CHECK_INT(mk_id_time(second), EPOCH + 5000);
}

static void new_ids_are_positive_at_any_time(void)
{
	static const market_time times[] = {INT64_MIN, -1, 0, EPOCH - 1, EPOCH, INT64_MAX};
	size_t i;

	for (i = 0; i < COUNT(times); i++) {
		mk_id_source source;

		mk_id_source_init(&source, 0x3FFFFF);
		CU_ASSERT(mk_id_next(&source, times[i]) > 0);
		CU_ASSERT(mk_id_next(&source, times[i]) > 0);
	}
}

static void a_full_millisecond_takes_the_next(void)
{
	const uint32_t all = UINT32_C(1) << 22;
	mk_id_source source;
	unsigned wrong = 0;
	int64_t first = 0;
	uint32_t i;

	mk_id_source_init(&source, 0xFFFFFFFF);
	for (i = 0; i < all; i++) {
		int64_t id = mk_id_next(&source, EPOCH + 9);

		if (i == 0)
			first = id;
		wrong += id != first + i;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CHECK_INT(mk_id_time(first + all - 1), EPOCH + 9);
	CHECK_INT(mk_id_time(mk_id_next(&source, EPOCH + 9)), EPOCH + 10);
	CHECK_INT(mk_id_time(mk_id_next(&source, EPOCH + 9)), EPOCH + 10);
}

void suite_id(void)
{
	CU_pSuite s = test_suite("id");

	CU_add_test(s, "an identifier's text, and back", text_of_ids);
	CU_add_test(s, "every kind has its own prefix and fits", every_kind_has_its_prefix);
	CU_add_test(s, "an absent identifier has an empty text", absent_ids_have_no_text);
	CU_add_test(s, "an identifier has one text only", each_id_has_one_text_only);
	CU_add_test(s, "random identifiers come back", random_ids_come_back);
	CU_add_test(s, "new identifiers rise and tell their time", new_ids_rise_and_tell_their_time);
	CU_add_test(s, "new identifiers never go back in time", new_ids_never_go_back);
	CU_add_test(s, "new identifiers are positive at any time", new_ids_are_positive_at_any_time);
	CU_add_test(s, "a full millisecond takes the next", a_full_millisecond_takes_the_next);
}
