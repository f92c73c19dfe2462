/* LED-10: names of operators, whom no record knows. Two that look alike must not pass for two
 * persons. Among alphabets that are foreign to each other look-alikes remain. */
#include <string.h>

#include "libmarket/op/run.h"

typedef struct range {
	uint32_t first, last;
} range;

/* What can't be seen, isn't composed (NFC), or is another way to write a letter, digit, sign or
 * space. In order. */
static const range refused[] = {
	{0x0000, 0x001F},    /* control characters */
	{0x007F, 0x00BF},    /* more of them, wide spaces, signs, small digits */
	{0x00D7, 0x00D7},    /* × */
	{0x00F7, 0x00F7},    /* ÷ */
	{0x0132, 0x0133},    /* two letters in one */
	{0x0149, 0x0149},    /* the same */
	{0x017F, 0x017F},    /* the long s */
	{0x01C0, 0x01CC},    /* clicks, two letters in one */
	{0x01F1, 0x01F3},    /* the same */
	{0x0250, 0x036F},    /* phonetic letters, combining marks */
	{0x0374, 0x037E},    /* Greek signs */
	{0x0384, 0x0385},    /* the same */
	{0x0387, 0x0387},    /* the same */
	{0x061C, 0x061C},    /* a direction */
	{0x1100, 0x11FF},    /* parts of Hangul syllables */
	{0x1680, 0x1680},    /* a space */
	{0x17B4, 0x17B5},    /* vowels that aren't seen */
	{0x180B, 0x180F},    /* Mongolian selectors */
	{0x1AB0, 0x1AFF},    /* combining marks */
	{0x1D00, 0x1DFF},    /* phonetic letters, combining marks */
	{0x1F00, 0x1FFF},    /* Greek letters that NFC replaces, and their like */
	{0x2000, 0x2BFF},    /* spaces, directions, joiners, dashes, quotes, signs, symbols */
	{0x2DE0, 0x2E7F},    /* combining letters, punctuation */
	{0x3000, 0x3004},    /* a space, punctuation */
	{0x302A, 0x302F},    /* combining marks */
	{0x3099, 0x309C},    /* the same */
	{0x3164, 0x3164},    /* a letter that isn't seen */
	{0x3200, 0x33FF},    /* letters in circles and squares */
	{0xA960, 0xA97F},    /* parts of Hangul syllables */
	{0xD7B0, 0xD7FF},    /* the same */
	{0xE000, 0xFFFF},    /* private and compatible characters, selectors, wide letters */
	{0x1D000, 0x1D7FF},  /* letters and digits of mathematics and music */
	{0x1F000, 0x1FBFF},  /* symbols */
	{0x2F800, 0x2FA1F},  /* compatible ideographs */
	{0xE0000, 0x10FFFF}, /* tags, selectors, private characters */
};

/* Alphabets whose letters look like one another's: a name has those of one. */
static const range alphabets[][2] = {
	{{0x0041, 0x024F}, {0x1E00, 0x1EFF}}, /* Latin */
	{{0x0370, 0x03FF}, {0x2C80, 0x2CFF}}, /* Greek, Coptic */
	{{0x0400, 0x052F}, {0xA640, 0xA69F}}, /* Cyrillic */
	{{0x0530, 0x058F}, {0x0530, 0x058F}}, /* Armenian */
	{{0x13A0, 0x13FF}, {0xAB70, 0xABBF}}, /* Cherokee */
	{{0xA4D0, 0xA4FF}, {0xA4D0, 0xA4FF}}, /* Lisu */
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int check_spaces(const char *name, market_error *err);
static int check_characters(const char *name, market_error *err);
static bool is_refused(uint32_t character);
static unsigned alphabet_of(uint32_t character);
static int unclear(market_error *err, int rc);

int mk_operator_check_name(const char *name, market_error *err)
{
	int rc;

	if (!name || name[0] == '\0')
		return mk_error_set(err, MARKET_EINVALID, "an operator needs a name");
	if (strlen(name) > MK_MAX_CODE)
		return mk_error_set(err, MARKET_ELIMIT, "an operator's name has at most %d bytes",
		                    MK_MAX_CODE);
	if (!mk_utf8_valid(name, strlen(name)))
		return mk_error_set(err, MARKET_EUTF8, "the operator's name isn't valid text");
	rc = check_spaces(name, err);
	return rc == 0 ? check_characters(name, err) : rc;
}

static int check_spaces(const char *name, market_error *err)
{
	if (name[0] != ' ' && name[strlen(name) - 1] != ' ' && !strstr(name, "  "))
		return 0;
	return unclear(err, mk_error_set(err, MARKET_EINVALID,
	                                 "the operator's name has a space at its begin or end, or two "
	                                 "in a row"));
}

static int check_characters(const char *name, market_error *err)
{
	unsigned known = 0;

	while (*name) {
		uint32_t character = mk_utf8_next(&name);
		unsigned own = alphabet_of(character);

		if (is_refused(character))
			return unclear(err,
			               mk_error_set(err, MARKET_EINVALID, "the operator's name holds U+%04X",
			                            (unsigned)character));
		if (known != 0 && own != 0 && own != known)
			return unclear(err, mk_error_set(err, MARKET_EINVALID,
			                                 "the operator's name mixes alphabets at U+%04X",
			                                 (unsigned)character));
		known = own != 0 ? own : known;
	}
	return 0;
}

static bool is_refused(uint32_t character)
{
	for (size_t i = 0; i < COUNT(refused) && refused[i].first <= character; i++)
		if (character <= refused[i].last)
			return true;
	return false;
}

/* From 1; 0: of no letter, or of another script. */
static unsigned alphabet_of(uint32_t character)
{
	if (character < 0x80 && !((character | 0x20) >= 'a' && (character | 0x20) <= 'z'))
		return 0;
	for (unsigned i = 0; i < COUNT(alphabets); i++)
		for (size_t k = 0; k < 2; k++)
			if (character >= alphabets[i][k].first && character <= alphabets[i][k].last)
				return i + 1;
	return 0;
}

static int unclear(market_error *err, int rc)
{
	return mk_error_hint(err, rc,
	                     "Names that look alike must be the same name: use the letters of one "
	                     "alphabet, composed (NFC), digits, ASCII punctuation and single spaces.");
}
