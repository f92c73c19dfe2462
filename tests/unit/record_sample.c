#include "tests/unit/record_sample.h"

#include "libmarket/base/clock.h"
#include "libmarket/base/limits.h"
#include "libmarket/base/money.h"

#define FIELDS(X) \
	X(MK_F_BOOL(sample, flag, 0, "a flag")) \
	X(MK_F_OPT_BOOL(sample, choice, 0, "a flag whose false counts")) \
	X(MK_F_INT(sample, count, MK_REQUIRED, 1, 1000, "a number")) \
	X(MK_F_INT(sample, zero, 0, 0, 9, "a number from zero")) \
	X(MK_F_OPT_INT(sample, limit, 0, 0, 50, "a number whose zero counts")) \
	X(MK_F_MONEY(sample, price, 0, 100, 50000, "an amount")) \
	X(MK_F_OPT_MONEY(sample, discount, 0, 0, 0, "an amount behind a pointer")) \
	X(MK_F_RATE(sample, rate, 0, 0, 500000, "a rate")) \
	X(MK_F_OPT_RATE(sample, share, 0, 0, 0, "a rate whose zero counts")) \
	X(MK_F_ID(sample, buyer, BUYER, MK_SELF_BOOK, "a buyer")) \
	X(MK_F_ID(sample, order, ORDER, 0, "an order")) \
	X(MK_F_TIME(sample, at, 0, "a time")) \
	X(MK_F_OPT_TIME(sample, until, 0, "a time whose zero counts")) \
	X(MK_F_SPAN(sample, span, 0, MK_HOUR, 2 * MK_DAY, "a duration")) \
	X(MK_F_ENUM(sample, state, sample_state_enum, 0, "a state")) \
	X(MK_F_TEXT(sample, name, MK_REQUIRED, 2, 20, "a name")) \
	X(MK_F_TEXT(sample, note, MK_MULTILINE, 0, 0, "a text of several lines")) \
	X(MK_F_TEXT(sample, secret, MK_SENSITIVE, 1, 40, "a secret")) \
	X(MK_F_BLOB(sample, blob, 0, 8, "bytes")) \
	X(MK_F_RECORD(sample, inner, sample_inner, sample_inner_record, 0, "a record")) \
	X(MK_F_LIST(sample, lines, sample_line, sample_line_record, 0, 1, 3, "the lines")) \
	X(MK_F_TEXTS(sample, codes, 0, 0, 3, "the codes")) \
	X(MK_F_METADATA(sample)) \
	X(MK_F_INT(sample, internal, MK_INTERNAL, 0, 0, "for the row only"))

static const mk_enum_value states[] = {
	{SAMPLE_DRAFT, "draft", "not shown yet"},
	{SAMPLE_ACTIVE, "active", "shown"},
	{SAMPLE_ENDED, "ended", "over"},
	{0, NULL, NULL},
};
const mk_enum sample_state_enum = {"sample_state", states};

static const mk_field line_fields[] = {
	MK_F_ID(sample_line, sku, SKU, 0, "what"),
	MK_F_INT(sample_line, quantity, MK_REQUIRED, 1, 100, "how many"),
	MK_F_TEXT(sample_line, note, 0, 0, 20, "a note"),
};
const mk_record sample_line_record = MK_SIZED_OF("sample_line", sample_line, line_fields, "a line");

static const mk_field inner_fields[] = {
	MK_F_TEXT(sample_inner, city, MK_REQUIRED, 1, 10, "a city"),
	MK_F_MONEY(sample_inner, fee, 0, 0, 0, "an amount without bounds"),
	MK_F_RECORD(sample_inner, inner, sample_inner, sample_inner_record, 0, "another one within"),
};
const mk_record sample_inner_record =
	MK_RECORD_OF("sample_inner", sample_inner, inner_fields, "a record within");

#define COMMA(...) __VA_ARGS__,
static const mk_field fields[] = {FIELDS(COMMA)};
const mk_record sample_record = MK_PARAMS_OF("sample", sample, fields, "a field of every kind");

#define COUNT (sizeof(fields) / sizeof(fields[0]))
static mk_field backwards[COUNT];
const mk_record sample_backwards_record = MK_PARAMS_OF("sample", sample, backwards, "backwards");

static void turn_backwards(void)
{
	for (size_t i = 0; i < COUNT; i++)
		backwards[i] = fields[COUNT - 1 - i];
}

sample *full_sample(mk_arena *arena)
{
	static const bool choice = false;
	static const int64_t limit = 0;
	static const market_rate share = 0;
	static const market_time until = 0;
	static const market_pair pairs[] = {{"colour", "red"}, {"size", ""}};
	static const market_pair *const metadata[] = {&pairs[0], &pairs[1]};
	static const char *const codes[] = {"a", "\xC3\xA9t\xC3\xA9"};
	static const sample_line line_values[] = {{sizeof(sample_line), {7, 1001}, 1, NULL},
	                                          {sizeof(sample_line), {0, 1002}, 100, "gift"}};
	static const sample_line *const lines[] = {&line_values[0], &line_values[1]};
	static const sample_inner innermost = {"Recife", {0, ""}, NULL};
	static sample_inner inner;
	static market_money discount;
	sample *s = small_sample(arena);

	turn_backwards();
	discount = mk_money(0, "JPY");
	inner = (sample_inner){"Bel\xC3\xA9m", mk_money(-12345, "KWD"), &innermost};
	s->flag = true;
	s->choice = &choice;
	s->zero = 9;
	s->limit = &limit;
	s->price = mk_money(1234, "BRL");
	s->discount = &discount;
	s->rate = 125000;
	s->share = &share;
	s->buyer = (market_id){42, 42};
	s->order = (market_id){7, 1};
	s->at = 1769860800123;
	s->until = &until;
	s->span = 48 * MK_HOUR;
	s->state = SAMPLE_ENDED;
	s->note = "two\nlines\t\"quoted\" \\ \xE4\xB8\xAD\xE6\x96\x87";
	s->secret = "12345678901";
	s->blob = (market_blob){"\0\xFF\x80z", 4};
	s->inner = &inner;
	s->lines = lines;
	s->n_lines = 2;
	s->codes = codes;
	s->n_codes = 2;
	s->metadata = metadata;
	s->n_metadata = 2;
	return s;
}

sample *small_sample(mk_arena *arena)
{
	sample *s = MK_NEW(arena, sample);

	turn_backwards();
	s->size = sizeof(*s);
	s->key = "key-1";
	s->count = 3;
	s->name = "Ana";
	return s;
}

const char sample_json[] =
	"{\"flag\":true,\"choice\":false,\"count\":3,\"zero\":9,\"limit\":0,"
	"\"price\":{\"amount\":\"12.34\",\"currency\":\"BRL\"},"
	"\"discount\":{\"amount\":\"0\",\"currency\":\"JPY\"},\"rate\":\"12.5%\",\"share\":\"0%\","
	"\"buyer\":\"buy_1a\",\"order\":\"ord_7_1\",\"at\":\"2026-01-31T12:00:00.123Z\","
	"\"until\":\"1970-01-01T00:00:00.000Z\",\"span\":\"2d\",\"state\":\"ended\",\"name\":\"Ana\","
	"\"note\":\"two\\nlines\\t\\\"quoted\\\" \\\\ \xE4\xB8\xAD\xE6\x96\x87\","
	"\"secret\":\"12345678901\",\"blob\":\"AP+Aeg==\","
	"\"inner\":{\"city\":\"Bel\xC3\xA9m\",\"fee\":{\"amount\":\"-12.345\",\"currency\":\"KWD\"},"
	"\"inner\":{\"city\":\"Recife\"}},"
	"\"lines\":[{\"sku\":\"sku_7_z9\",\"quantity\":1},{\"sku\":\"sku_0_za\",\"quantity\":100,"
	"\"note\":\"gift\"}],"
	"\"codes\":[\"a\",\"\xC3\xA9t\xC3\xA9\"],\"metadata\":{\"colour\":\"red\",\"size\":\"\"}}";
