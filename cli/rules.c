/* Policies made of the built-in one. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

/* The value of a key on a line of its own. */
static const char *find_value(const char *text, const char *key, size_t *length)
{
	char line[64];
	const char *found;
	int size = snprintf(line, sizeof(line), "%s:", key);
	for (found = strstr(text, line); found; found = strstr(found + 1, line)) {
		const char *before = found;
		while (before > text && before[-1] == ' ')
			before--;
		if (before > text && before[-1] != '\n')
			continue;
		found += size;
		*length = strcspn(found, "\n");
		return found;
	}
	return NULL;
}

char *cli_policy_with(const char *const (*changes)[2], size_t count)
{
	char *text = strdup(market_policy_default(NULL));
	for (size_t i = 0; text && i < count; i++) {
		size_t length = 0;
		const char *value = find_value(text, changes[i][0], &length);
		char *changed = NULL;
		if (!value || asprintf(&changed, "%.*s %s%s", (int)(value - text), text, changes[i][1],
		                       value + length) < 0)
			changed = NULL;
		if (!value)
			cli_usage("the built-in policy has no key %s", changes[i][0]);
		free(text);
		text = changed;
	}
	return text;
}
