/* Names that were perhaps meant. */
#include <string.h>

#include "cli/command.h"
#include "cli/table.h"

#define LONGEST 48

static size_t distance(const char *a, const char *b);
static size_t least(size_t a, size_t b);

void cli_offer(cli_nearest *nearest, const char *name)
{
	size_t length = strlen(nearest->word);
	size_t far = length / 3 > 0 ? length / 3 : 1;
	size_t found;
	if (*name == '\0' || length == 0 || length > LONGEST || strlen(name) > LONGEST)
		return;
	found = distance(nearest->word, name);
	if (found == strlen(name) || found > far || (nearest->name && found >= nearest->distance))
		return;
	nearest->name = name;
	nearest->distance = found;
}

/* Also with noun and verb the other way round. */
const char *cli_nearest_operation(const char *word)
{
	char turned[LONGEST + 1] = "";
	const char *dot = strchr(word, '.');
	market_operation operation;
	cli_nearest nearest = {.word = word}, other = {.word = turned};
	if (dot && strlen(word) <= LONGEST)
		snprintf(turned, sizeof(turned), "%s.%.*s", dot + 1, (int)(dot - word), word);
	for (size_t i = 0; market_operation_at(i, &operation); i++) {
		cli_offer(&nearest, operation.name);
		cli_offer(&other, operation.name);
	}
	if (other.name && (!nearest.name || other.distance < nearest.distance))
		return other.name;
	return nearest.name;
}

void cli_unknown_operation(const char *name)
{
	fprintf(stderr, "%smarket:%s there is no operation %s", cli_colour_of(stderr, CLI_RED),
	        cli_colour_of(stderr, CLI_PLAIN), name);
	cli_suggest(cli_nearest_operation(name));
	fputs("  market help operations lists them\n", stderr);
}

void cli_suggest(const char *name)
{
	if (name)
		fprintf(stderr, ", did you mean %s?\n", name);
	else
		fputc('\n', stderr);
}

bool cli_is_operation(const char *name)
{
	market_operation operation;
	for (size_t i = 0; market_operation_at(i, &operation); i++)
		if (strcmp(operation.name, name) == 0)
			return true;
	return false;
}

/* Insertions, deletions, changes and neighbours swapped. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][LONGEST + 1];
	size_t *above = rows[0], *last = rows[1], *row = rows[2];
	size_t width = strlen(b);
	for (size_t j = 0; j <= width; j++)
		last[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t *free_row = above;
		row[0] = i;
		for (size_t j = 1; j <= width; j++) {
			size_t change = last[j - 1] + (a[i - 1] != b[j - 1]);
			row[j] = least(change, least(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], above[j - 2] + 1);
		}
		above = last;
		last = row;
		row = free_row;
	}
	return last[width];
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}
