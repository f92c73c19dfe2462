#include "libmarket/base/money.h"

#include <string.h>

#include "tests/unit/test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void suite_money_text(void);

static bool is(market_money m, int64_t amount, const char *currency);
static const market_money nothing;

static void currency_list_is_complete(void)
{
	static const char none[][8] = {"XBA", "XTS", "XAU", "XDR", "brl", "BR", "BRLX", "", "DEM"};
	char code[4] = "AAA";
	int counts[5] = {0, 0, 0, 0, 0};
	size_t i;

	CHECK_INT(mk_currency_digits("BRL"), 2);
	CHECK_INT(mk_currency_digits("EUR"), 2);
	CHECK_INT(mk_currency_digits("CNY"), 2);
	CHECK_INT(mk_currency_digits("JPY"), 0);
	CHECK_INT(mk_currency_digits("KWD"), 3);
	CHECK_INT(mk_currency_digits("CLF"), 4);
	CHECK_INT(mk_currency_digits("AED"), 2);
	CHECK_INT(mk_currency_digits("ZWG"), 2);
	CHECK_INT(mk_currency_digits(NULL), -1);
	for (i = 0; i < COUNT(none); i++)
		CHECK_INT(mk_currency_digits(none[i]), -1);
	/* Every code there is: what the list of ISO 4217 counts by digits. */
	for (code[0] = 'A'; code[0] <= 'Z'; code[0]++)
		for (code[1] = 'A'; code[1] <= 'Z'; code[1]++)
			for (code[2] = 'A'; code[2] <= 'Z'; code[2]++)
				if (mk_currency_digits(code) >= 0)
					counts[mk_currency_digits(code)]++;
	CHECK_INT(counts[0], 17);
	CHECK_INT(counts[1], 0);
	CHECK_INT(counts[2], 139);
	CHECK_INT(counts[3], 7);
	CHECK_INT(counts[4], 2);
}

static void formatting(void)
{
	static const struct {
		int64_t amount;
		const char *currency, *text;
	} rows[] = {
		{0, "BRL", "0.00"},
		{1, "BRL", "0.01"},
		{-1, "BRL", "-0.01"},
		{10, "BRL", "0.10"},
		{1234, "BRL", "12.34"},
		{-1234, "BRL", "-12.34"},
		{100, "BRL", "1.00"},
		{0, "JPY", "0"},
		{1234, "JPY", "1234"},
		{-7, "JPY", "-7"},
		{1, "KWD", "0.001"},
		{1234567, "KWD", "1234.567"},
		{5, "CLF", "0.0005"},
		{INT64_MAX, "JPY", "9223372036854775807"},
		{-INT64_MAX, "BRL", "-92233720368547758.07"},
		{INT64_MAX, "CLF", "922337203685477.5807"},
	};
	char text[MK_MONEY_TEXT_SIZE];
	market_money back;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		mk_money_format(mk_money(rows[i].amount, rows[i].currency), text);
		CHECK_TEXT(text, rows[i].text);
		CU_ASSERT_TRUE(mk_money_parse(rows[i].text, rows[i].currency, &back));
		CU_ASSERT(is(back, rows[i].amount, rows[i].currency));
	}
	mk_money_format(nothing, text);
	CHECK_TEXT(text, "");
	mk_money_format(mk_money(INT64_MIN, "BRL"), text);
	CHECK_TEXT(text, "!!!");
	mk_money_format(mk_money(5, "XTS"), text);
	CHECK_TEXT(text, "!!!");
}

static void parsing_is_strict(void)
{
	static const char *const refused[] = {
		"",
		" ",
		"-",
		".",
		"1.",
		".5",
		"-.5",
		"+1",
		"1 ",
		" 1",
		"1,00",
		"01",
		"00",
		"-01.00",
		"1.234",
		"1.000",
		"1e2",
		"0x10",
		"--1",
		"1-",
		"1.2.3",
		"-0",
		"-0.00",
		"1\n",
		"NaN",
		"1_000",
		"1.-5",
		"9223372036854775807",
		"92233720368547758.08",
		"-92233720368547758.08",
		"99999999999999999999999999999999999999",
	};
	market_money out = {42, "EUR"};
	size_t i;

	for (i = 0; i < COUNT(refused); i++)
		CU_ASSERT_FALSE(mk_money_parse(refused[i], "BRL", &out));
	CU_ASSERT_FALSE(mk_money_parse("1.0", "JPY", &out));
	CU_ASSERT_FALSE(mk_money_parse("1", "XTS", &out));
	CU_ASSERT_FALSE(mk_money_parse("1", "brl", &out));
	CU_ASSERT_FALSE(mk_money_parse("1", "", &out));
	CU_ASSERT_FALSE(mk_money_parse("1", NULL, &out));
	CU_ASSERT_FALSE(mk_money_parse(NULL, "BRL", &out));
	CU_ASSERT(is(out, 42, "EUR"));
	CU_ASSERT_TRUE(mk_money_parse("12.3", "BRL", &out));
	CU_ASSERT(is(out, 1230, "BRL"));
	CU_ASSERT_TRUE(mk_money_parse("12", "BRL", &out));
	CU_ASSERT(is(out, 1200, "BRL"));
	CU_ASSERT_TRUE(mk_money_parse("-0.01", "BRL", &out));
	CU_ASSERT(is(out, -1, "BRL"));
	CU_ASSERT_TRUE(mk_money_parse("92233720368547758.07", "BRL", &out));
	CU_ASSERT(is(out, INT64_MAX, "BRL"));
}

static void parsing_pairs(void)
{
	static const char *const refused[] = {
		"",          "12.34",     "12.34BRL",   "12.34  BRL", " 12.34 BRL", "12.34 BRL ",
		"BRL 12.34", "12.34 brl", "12.345 BRL", " BRL",       "12.34 BRLX", "1 2 BRL",
	};
	market_money out = {42, "EUR"};
	size_t i;

	for (i = 0; i < COUNT(refused); i++)
		CU_ASSERT_FALSE(mk_money_parse_pair(refused[i], &out));
	CU_ASSERT_FALSE(mk_money_parse_pair(NULL, &out));
	CU_ASSERT(is(out, 42, "EUR"));
	CU_ASSERT_TRUE(mk_money_parse_pair("12.34 BRL", &out));
	CU_ASSERT(is(out, 1234, "BRL"));
	CU_ASSERT_TRUE(mk_money_parse_pair("-5 JPY", &out));
	CU_ASSERT(is(out, -5, "JPY"));
}

static void rates_as_text(void)
{
	static const struct {
		const char *text;
		market_rate rate;
		const char *written;
	} rows[] = {
		{"5%", 50000, "5%"},         {"0.6 %", 6000, "0.6%"},
		{"12.5%", 125000, "12.5%"},  {"0%", 0, "0%"},
		{"100%", 1000000, "100%"},   {"0.0001%", 1, "0.0001%"},
		{"-2.50%", -25000, "-2.5%"}, {"10.00%", 100000, "10%"},
	};
	static const char *const refused[] = {
		"",     "%",        " %",  "5",   "5 ",  "5  %", "5%%",
		"5 % ", "0.00001%", ".5%", "5.%", "05%", "5e1%", "9223372036854775807%",
	};
	char text[MK_RATE_TEXT_SIZE];
	market_rate rate = 42;
	size_t i;

	for (i = 0; i < COUNT(refused); i++)
		CU_ASSERT_FALSE(mk_rate_parse(refused[i], &rate));
	CU_ASSERT_FALSE(mk_rate_parse(NULL, &rate));
	CHECK_INT(rate, 42);
	for (i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_TRUE(mk_rate_parse(rows[i].text, &rate));
		CHECK_INT(rate, rows[i].rate);
		mk_rate_format(rate, text);
		CHECK_TEXT(text, rows[i].written);
	}
	mk_rate_format(INT64_MIN, text);
	CHECK_TEXT(text, "-922337203685477.5808%");
}

void suite_money_text(void)
{
	CU_pSuite s = test_suite("money_text");

	CU_add_test(s, "the currencies are those of ISO 4217", currency_list_is_complete);
	CU_add_test(s, "amounts as text, and back", formatting);
	CU_add_test(s, "amounts are read strictly", parsing_is_strict);
	CU_add_test(s, "an amount with its currency", parsing_pairs);
	CU_add_test(s, "rates as text, and back", rates_as_text);
}

static bool is(market_money m, int64_t amount, const char *currency)
{
	return m.amount == amount && strcmp(m.currency, currency) == 0;
}
