/* Values as text: what is read, written and read again is the same value. */
#include <stdlib.h>
#include <string.h>

#include "libmarket/base/clock.h"
#include "tests/fuzz/fuzz.h"

static void times(const char *text);
static void durations(const char *text);
static void amounts(char *text);
static void identifiers(const char *text);

void fuzz_values(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	times(text);
	durations(text);
	identifiers(text);
	amounts(text);
	free(text);
}

static void times(const char *text)
{
	char out[MARKET_TIME_TEXT_SIZE];
	market_time first = 0, second = 0;

	if (!market_time_parse(text, &first))
		return;
	market_time_format(first, out);
	fuzz_check(market_time_parse(out, &second) && first == second, "the time %s is %s", text, out);
}

static void durations(const char *text)
{
	char out[MK_TIME_TEXT_SIZE];
	int64_t first = 0, second = 0;

	if (!mk_duration_parse(text, &first))
		return;
	mk_duration_format(first, out);
	fuzz_check(mk_duration_parse(out, &second) && first == second, "the duration %s is %s", text,
	           out);
}

static void identifiers(const char *text)
{
	char out[MARKET_ID_TEXT_SIZE];

	for (int kind = MARKET_ID_NONE; kind <= MARKET_ID_LEDGER_REQUEST; kind++) {
		market_id id = {0, 0}, again = {0, 0};

		if (!market_id_parse((market_id_kind)kind, text, &id))
			continue;
		market_id_format((market_id_kind)kind, id, out);
		fuzz_check(market_id_parse((market_id_kind)kind, out, &again) && id.book == again.book &&
		               id.id == again.id && strcmp(out, text) == 0,
		           "the identifier %s is %s", text, out);
	}
}

/* "12.34 BRL" */
static void amounts(char *text)
{
	char *space = strchr(text, ' '), out[MARKET_MONEY_TEXT_SIZE];
	market_money first, second;

	if (!space)
		return;
	*space = '\0';
	if (!market_money_parse(text, space + 1, &first))
		return;
	market_money_format(first, out);
	fuzz_check(market_money_parse(out, space + 1, &second) && first.amount == second.amount &&
	               strcmp(first.currency, second.currency) == 0,
	           "the amount %s %s is %s", text, space + 1, out);
}
