/* Where in a JSON text a byte lies, as errors name fields: "lines[2].title". */
#include "libmarket/base/limits.h"
#include "libmarket/record/field.h"
#include "libmarket/record/json_scan.h"

#include <stdio.h>
#include <string.h>

typedef struct level {
	bool object;
	bool name_follows;  /* of an object: the next text is a name */
	size_t start, size; /* the name, without its quotes */
	size_t index;
} level;

static size_t end_of_text(const char *json, size_t size, size_t at);
static void take(level *top, char c);
static void write_path(const char *json, const level *levels, size_t depth, char out[MK_PATH_SIZE]);

void mk_json_path(const char *json, size_t size, size_t at, char out[MK_PATH_SIZE])
{
	level levels[MK_MAX_JSON_DEPTH + 1];
	size_t depth = 0;
	size_t i = 0;

	memset(levels, 0, sizeof(levels));
	while (i < at && i < size) {
		level *top = &levels[depth > 0 ? depth - 1 : 0];
		const char c = json[i];
		size_t start = ++i;

		if (c == '"') {
			i = end_of_text(json, size, i);
			if (top->name_follows && i <= at) {
				top->start = start;
				top->size = i - 1 - start;
			}
		} else if ((c == '{' || c == '[') && depth <= MK_MAX_JSON_DEPTH) {
			levels[depth] = (level){.object = c == '{', .name_follows = c == '{'};
			depth++;
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		} else {
			take(top, c);
		}
	}
	write_path(json, levels, depth, out);
}

/* Behind the closing quote. */
static size_t end_of_text(const char *json, size_t size, size_t at)
{
	while (at < size && json[at] != '"')
		at += json[at] == '\\' ? 2 : 1;
	return at + 1;
}

static void take(level *top, char c)
{
	if (c == ':') {
		top->name_follows = false;
	} else if (c == ',') {
		top->index++;
		top->name_follows = top->object;
		top->size = 0;
	}
}

static void write_path(const char *json, const level *levels, size_t depth, char out[MK_PATH_SIZE])
{
	char name[MK_QUOTE_SIZE];
	char quoted[MK_QUOTE_SIZE];
	size_t used = 0;
	int n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < depth && used < MK_PATH_SIZE; i++) {
		if (!levels[i].object) {
			n = snprintf(out + used, MK_PATH_SIZE - used, "[%zu]", levels[i].index);
		} else if (levels[i].size > 0 && !levels[i].name_follows) {
			snprintf(name, sizeof(name), "%.*s", (int)levels[i].size, json + levels[i].start);
			n = snprintf(out + used, MK_PATH_SIZE - used, "%s%s", used > 0 ? "." : "",
			             mk_quote(name, quoted));
		} else {
			break;
		}
		used += n > 0 ? (size_t)n : 0;
	}
}
