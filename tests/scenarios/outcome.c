/* Whether an operation went as its row says. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenarios/scenario.h"

#define CELL 2000

void scenario_say(char why[SCENARIO_WHY], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, SCENARIO_WHY, format, args);
	va_end(args);
}

/* The next word of a cell, quotes around a part of it removed. */
static bool next_word(const char **cell, char word[CELL])
{
	size_t used = 0;
	bool quoted = false;

	*cell += strspn(*cell, " ");
	while (**cell && (quoted || **cell != ' ') && used < CELL - 1) {
		if (**cell == '"')
			quoted = !quoted;
		else
			word[used++] = **cell;
		(*cell)++;
	}
	word[used] = '\0';
	return used > 0;
}

/* What a path leads to, NULL when it is absent. False when it leads into what has no parts. A text
 * on the way that is JSON, as an event's is, has its parts: they are `text`'s, freed by the caller.
 */
static bool find(const json_t *at, const char *path, size_t size, const json_t **found,
                 json_t **text)
{
	const char *end = path + size;
	char step[100];

	while (path < end) {
		const size_t length = strcspn(path, ".#");

		if (json_is_string(at) && !*text)
			at = *text = json_loads(json_string_value(at), 0, NULL);
		if (!json_is_array(at) && !json_is_object(at))
			return false;
		snprintf(step, sizeof(step), "%.*s", (int)length, path);
		at = json_is_array(at) ? json_array_get(at, (size_t)atoi(step)) : json_object_get(at, step);
		path += length + 1;
	}
	*found = at;
	return true;
}

/* A value as a row writes it: money as "12.00 BRL", a time as it stands. */
static void write_value(const json_t *value, char out[CELL])
{
	if (!value || json_is_null(value))
		snprintf(out, CELL, "-");
	else if (json_is_object(value) && json_object_get(value, "amount"))
		snprintf(out, CELL, "%s %s", json_string_value(json_object_get(value, "amount")),
		         json_string_value(json_object_get(value, "currency")));
	else if (json_is_string(value))
		snprintf(out, CELL, "%s", json_string_value(value));
	else if (json_is_integer(value))
		snprintf(out, CELL, "%lld", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		snprintf(out, CELL, "%s", json_is_true(value) ? "true" : "false");
	else
		snprintf(out, CELL, "a list or object");
}

static bool same(const json_t *value, const char *actual, const char *expected)
{
	market_time a, b;

	if (strcmp(actual, expected) == 0)
		return true;
	/* an amount without its currency */
	if (json_is_object(value))
		return strncmp(actual, expected, strlen(expected)) == 0 && actual[strlen(expected)] == ' ';
	return strlen(expected) >= 10 && strchr(expected, '-') && market_time_parse(expected, &a) &&
	       market_time_parse(actual, &b) && a == b;
}

static bool check_found(const json_t *value, const char *name, const char *expected,
                        scenario_values *values, char why[SCENARIO_WHY])
{
	const size_t size = strlen(name);
	char actual[CELL];

	if (size > 0 && name[size - 1] != '#') {
		write_value(value, actual);
	} else if (!value || json_is_array(value)) { /* empty lists are left out */
		snprintf(actual, sizeof(actual), "%zu", json_array_size(value));
	} else {
		scenario_say(why, "%s counts what isn't a list", name);
		return false;
	}
	if (expected[0] == '$' && !scenario_value(values, expected + 1)) {
		if (!value)
			scenario_say(why, "%s is absent", name);
		else
			json_object_set_new(values->named, expected + 1, json_string(actual));
		return value != NULL;
	}
	if (expected[0] == '$')
		expected = scenario_value(values, expected + 1);
	if (same(value, actual, expected))
		return true;
	scenario_say(why, "%s is %s, not %s", name, actual, expected);
	return false;
}

/* `word`: name=expected, or name#=count. */
static bool check_value(char *word, const json_t *reply, scenario_values *values,
                        char why[SCENARIO_WHY])
{
	char *equals = strchr(word, '=');
	const json_t *value = NULL;
	json_t *text = NULL;
	bool good;

	*equals = '\0';
	good = find(reply, word, strcspn(word, "#"), &value, &text);
	if (good)
		good = check_found(value, word, equals + 1, values, why);
	else
		scenario_say(why, "%s leads into what has no parts", word);
	json_decref(text);
	return good;
}

static bool check_success(const char *cell, const json_t *reply, bool replayed,
                          scenario_values *values, char why[SCENARIO_WHY])
{
	char word[CELL];
	bool wants_replay = false;

	while (next_word(&cell, word)) {
		if (strcmp(word, "replayed") == 0) {
			wants_replay = true;
		} else if (!strchr(word, '=')) {
			scenario_say(why, "\"%s\" isn't field=value", word);
			return false;
		} else if (!check_value(word, reply, values, why)) {
			return false;
		}
	}
	if (wants_replay == replayed)
		return true;
	scenario_say(why, "it was %sdone before with this key", replayed ? "" : "not ");
	return false;
}

bool scenario_outcome(const char *expected, int code, const json_t *reply, bool replayed,
                      const market_error *err, scenario_values *values, char why[SCENARIO_WHY])
{
	char word[CELL];
	const char *cell = expected;

	if (!next_word(&cell, word)) {
		scenario_say(why, "the outcome is missing");
		return false;
	}
	if (strcmp(word, "ok") == 0) {
		if (code == 0)
			return check_success(cell, reply, replayed, values, why);
		scenario_say(why, "refused: %s %s (%s)", market_error_name(code), err->field, err->message);
		return false;
	}
	if (code == 0 || !market_error_name(code) || strcmp(market_error_name(code), word) != 0) {
		scenario_say(why, "%s %s (%s), not %s", code == 0 ? "ok" : market_error_name(code),
		             code == 0 ? "" : err->field, code == 0 ? "" : err->message, word);
		return false;
	}
	if (next_word(&cell, word) && strcmp(err->field, word) != 0) {
		scenario_say(why, "%s at \"%s\", not at \"%s\" (%s)", market_error_name(code), err->field,
		             word, err->message);
		return false;
	}
	if (next_word(&cell, word) && !strstr(err->message, word)) {
		scenario_say(why, "\"%s\" doesn't say \"%s\"", err->message, word);
		return false;
	}
	return true;
}

void scenario_bind(const char *cell, const json_t *reply, scenario_values *values)
{
	char word[CELL], why[SCENARIO_WHY];

	while (next_word(&cell, word)) {
		const char *name = strstr(word, "=$");

		if (name && !scenario_value(values, name + 2))
			check_value(word, reply, values, why);
	}
}

/* "buyer:$ana" is the buyer whose id was named. */
bool scenario_actor(const char *who, const scenario_values *values, char out[300],
                    char why[SCENARIO_WHY])
{
	const char *dollar = strchr(who, '$');
	const char *value = dollar ? scenario_value(values, dollar + 1) : NULL;

	if (dollar && !value) {
		scenario_say(why, "%s isn't set", dollar);
		return false;
	}
	if (dollar)
		snprintf(out, 300, "%.*s%s", (int)(dollar - who), who, value);
	else
		snprintf(out, 300, "%s", who);
	return true;
}
