#include "cli/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/pool.h"

#define GAP 2
#define NARROWEST 24 /* of a folded column */

struct cli_table {
	pool pool;
	size_t columns;
	bool headed;
	const char **cells; /* row by row, the headings first */
	size_t n_cells, room;
	size_t *widths;
	bool *numbers;
};

static void add_row(cli_table *table, const char *const *cells);
static const char *clean(pool *pool, const char *text);
static size_t width_of(const char *text, size_t bytes);
static uint32_t next_character(const char **text);
static size_t character_width(uint32_t c);
static bool is_number(const char *text);
static void print_row(const cli_table *table, size_t row, FILE *out, size_t indent, size_t width);
static void print_folded(const char *text, FILE *out, size_t from, size_t width);

const char *cli_colour_of(FILE *out, cli_colour colour)
{
	static const char *const sequences[] = {"\033[0m", "\033[1m", "\033[2m", "\033[31m",
	                                        "\033[32m"};
	const char *none = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	if ((none && *none != '\0') || !term || strcmp(term, "dumb") == 0 || !isatty(fileno(out)))
		return "";
	return sequences[colour];
}

size_t cli_terminal_width(FILE *out)
{
	struct winsize size;
	if (!isatty(fileno(out)))
		return 0;
	return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

size_t cli_text_width(const char *text)
{
	return width_of(text, strlen(text));
}

cli_table *cli_table_new(const char *const *headings, size_t columns)
{
	pool pool = {0};
	cli_table *table = pool_take(&pool, sizeof(*table));
	table->pool = pool;
	table->columns = columns;
	table->headed = headings != NULL;
	table->widths = pool_take(&table->pool, columns * sizeof(*table->widths));
	table->numbers = pool_take(&table->pool, columns * sizeof(*table->numbers));
	for (size_t i = 0; i < columns; i++)
		table->numbers[i] = true;
	if (headings)
		add_row(table, headings);
	return table;
}

void cli_table_add(cli_table *table, const char *const *cells)
{
	for (size_t i = 0; i < table->columns; i++)
		if (cells[i] && cells[i][0] != '\0' && !is_number(cells[i]))
			table->numbers[i] = false;
	add_row(table, cells);
}

size_t cli_table_width(const cli_table *table)
{
	size_t width = 0;
	for (size_t i = 0; i < table->columns; i++)
		width += table->widths[i] + (i > 0 ? GAP : 0);
	return width;
}

void cli_table_print(const cli_table *table, FILE *out, size_t indent)
{
	size_t rows = table->n_cells / table->columns;
	size_t width = cli_terminal_width(out);
	for (size_t row = 0; row < rows; row++) {
		bool heading = row == 0 && table->headed;
		if (heading)
			fputs(cli_colour_of(out, CLI_BOLD), out);
		print_row(table, row, out, indent, width);
		if (heading)
			fputs(cli_colour_of(out, CLI_PLAIN), out);
		fputc('\n', out);
	}
}

void cli_table_free(cli_table *table)
{
	pool pool;
	if (!table)
		return;
	pool = table->pool;
	free(table->cells);
	pool_free(&pool);
}

static void add_row(cli_table *table, const char *const *cells)
{
	for (size_t i = 0; i < table->columns; i++) {
		const char *text = clean(&table->pool, cells[i] ? cells[i] : "");
		size_t width = cli_text_width(text);
		*POOL_APPEND(table->cells, table->n_cells, table->room) = text;
		if (width > table->widths[i])
			table->widths[i] = width;
	}
}

/* A name or note of a stranger must not move the cursor of who reads it. */
static const char *clean(pool *pool, const char *text)
{
	const char *from = text;
	char *copy = pool_take(pool, strlen(text) + 1), *to = copy;
	while (*from != '\0') {
		const char *begin = from;
		uint32_t c = next_character(&from);
		bool mark = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || mark) {
			*to++ = c == '\n' || c == '\t' ? ' ' : '?';
			continue;
		}
		memcpy(to, begin, (size_t)(from - begin));
		to += from - begin;
	}
	*to = '\0';
	return copy;
}

static size_t width_of(const char *text, size_t bytes)
{
	const char *end = text + bytes;
	size_t width = 0;
	while (text < end)
		width += character_width(next_character(&text));
	return width;
}

/* A byte that is no UTF-8 stands for itself. */
static uint32_t next_character(const char **text)
{
	const unsigned char *s = (const unsigned char *)*text;
	size_t more = s[0] >= 0xf0 ? 3 : s[0] >= 0xe0 ? 2 : s[0] >= 0xc0 ? 1 : 0;
	uint32_t c = more > 0 ? s[0] & (0x3fu >> more) : s[0];
	for (size_t i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80) {
			*text += 1;
			return s[0];
		}
		c = c << 6 | (s[i] & 0x3f);
	}
	*text += more + 1;
	return c;
}

static size_t character_width(uint32_t c)
{
	static const uint32_t wide[][2] = {{0x1100, 0x115f},  {0x2e80, 0xa4cf},   {0xac00, 0xd7a3},
	                                   {0xf900, 0xfaff},  {0xfe30, 0xfe6f},   {0xff00, 0xff60},
	                                   {0xffe0, 0xffe6},  {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff},
	                                   {0x20000, 0x3fffd}};
	if ((c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) || (c >= 0xfe00 && c <= 0xfe0f))
		return 0;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (c >= wide[i][0] && c <= wide[i][1])
			return 2;
	return 1;
}

/* With or without a currency behind it. */
static bool is_number(const char *text)
{
	size_t digits;
	if (*text == '-')
		text++;
	digits = strspn(text, "0123456789");
	text += digits;
	if (digits > 0 && *text == '.')
		text += 1 + strspn(text + 1, "0123456789");
	if (*text == ' ')
		text += 1 + strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	return digits > 0 && (*text == '\0' || strcmp(text, "%") == 0);
}

static void print_row(const cli_table *table, size_t row, FILE *out, size_t indent, size_t width)
{
	const char **cells = &table->cells[row * table->columns];
	size_t at = indent;
	fprintf(out, "%*s", (int)indent, "");
	for (size_t i = 0; i < table->columns; i++) {
		bool last = i + 1 == table->columns;
		size_t room = table->widths[i] - cli_text_width(cells[i]);
		if (last && !table->numbers[i]) {
			print_folded(cells[i], out, at, width);
			return;
		}
		if (table->numbers[i])
			fprintf(out, "%*s%s", (int)room, "", cells[i]);
		else
			fprintf(out, "%s%*s", cells[i], (int)room, "");
		if (!last)
			fprintf(out, "%*s", GAP, "");
		at += table->widths[i] + GAP;
	}
}

static void print_folded(const char *text, FILE *out, size_t from, size_t width)
{
	size_t used = 0;
	if (width < from + NARROWEST) {
		fputs(text, out);
		return;
	}
	while (*text != '\0') {
		size_t bytes = strcspn(text, " ");
		size_t columns = width_of(text, bytes);
		if (used > 0 && from + used + 1 + columns > width) {
			fprintf(out, "\n%*s", (int)from, "");
			used = 0;
		}
		fprintf(out, "%s%.*s", used > 0 ? " " : "", (int)bytes, text);
		used += columns + (used > 0 ? 1 : 0);
		text += bytes;
		text += strspn(text, " ");
	}
}
