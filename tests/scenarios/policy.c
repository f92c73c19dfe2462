/* The built-in policy with some values changed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenarios/scenario.h"

/* A part of a text: the lines of one key, with those that lie deeper. */
typedef struct part {
	size_t start, end;
} part;

static size_t line_end(const char *text, size_t at)
{
	const char *end = strchr(text + at, '\n');

	return end ? (size_t)(end - text) + 1 : strlen(text);
}

static size_t indent_of(const char *line)
{
	return strspn(line, " ");
}

static bool is_blank(const char *line)
{
	const char *text = line + indent_of(line);

	return *text == '\n' || *text == '\0' || *text == '#';
}

/* The lines of a key at one depth within a part. */
static bool find_key(const char *text, part within, const char *key, size_t size, size_t indent,
                     part *out)
{
	for (size_t at = within.start; at < within.end; at = line_end(text, at)) {
		const char *line = text + at;

		if (indent_of(line) != indent || strncmp(line + indent, key, size) != 0 ||
		    line[indent + size] != ':')
			continue;
		out->start = at;
		for (at = line_end(text, at); at < within.end; at = line_end(text, at)) {
			line = text + at;
			if (!is_blank(line) && indent_of(line) <= indent && line[indent] != '-')
				break;
		}
		out->end = at;
		return true;
	}
	return false;
}

static char *replace(char *text, part what, const char *with)
{
	size_t size = strlen(text) - (what.end - what.start) + strlen(with) + 1;
	char *out = malloc(size);

	if (!out)
		abort();
	snprintf(out, size, "%.*s%s%s", (int)what.start, text, with, text + what.end);
	free(text);
	return out;
}

/* "orders.unpaid_close: 5min" */
static char *change_value(char *text, const char *line, size_t size, char why[SCENARIO_WHY])
{
	const char *colon = memchr(line, ':', size);
	const char *key = line;
	part at = {0, strlen(text)};
	size_t depth = 0;
	char with[1000];

	while (colon && key < colon) {
		size_t length = strcspn(key, ".:");

		if (!find_key(text, at, key, length, depth * 2, &at)) {
			scenario_say(why, "the policy has no %.*s", (int)(colon - line), line);
			free(text);
			return NULL;
		}
		if (key + length < colon)
			at.start = line_end(text, at.start);
		else
			snprintf(with, sizeof(with), "%*s%.*s%.*s\n", (int)(depth * 2), "", (int)length, key,
			         (int)(size - (size_t)(colon - line)), colon);
		key += length + 1;
		depth++;
	}
	return replace(text, at, with);
}

static char *change_section(char *text, const char *lines, size_t size, size_t indent,
                            char why[SCENARIO_WHY])
{
	size_t key = strcspn(lines + indent, ":");
	char *with = calloc(1, size + 2);
	part at = {0, strlen(text)};

	if (!with)
		abort();
	for (const char *line = lines; line < lines + size; line += strcspn(line, "\n") + 1) {
		size_t length = strcspn(line, "\n");
		size_t cut = indent_of(line) < indent ? indent_of(line) : indent;

		strncat(with, line + cut, length - cut);
		strcat(with, "\n");
	}
	if (!find_key(text, at, lines + indent, key, 0, &at)) {
		scenario_say(why, "the policy has no %.*s", (int)key, lines + indent);
		free(text);
		free(with);
		return NULL;
	}
	text = replace(text, at, with);
	free(with);
	return text;
}

char *scenario_policy(const char *changes, char why[SCENARIO_WHY])
{
	size_t size = 0;
	const char *built_in = market_policy_default(&size);
	char *text = calloc(1, size + 1);
	const char *line = changes;

	if (!text)
		abort();
	memcpy(text, built_in, size);
	while (text && *line) {
		size_t indent = indent_of(line);
		size_t length = strcspn(line, "\n");
		size_t key = strcspn(line + indent, ".:\n");
		const char *next = line + length + (line[length] != '\0');

		if (is_blank(line)) {
			line = next;
			continue;
		}
		if (line[indent + key] == '.') {
			text = change_value(text, line + indent, length - indent, why);
			line = next;
			continue;
		}
		while (*next && (is_blank(next) || indent_of(next) > indent))
			next += strcspn(next, "\n") + (next[strcspn(next, "\n")] != '\0');
		text = change_section(text, line, (size_t)(next - line), indent, why);
		line = next;
	}
	return text;
}
