/* The rules of the replayed marketplace where they aren't the built-in ones: a boleto was paid days
 * after the purchase, and some parcels were months on their way. */
#include "cli/replay.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *key;
	const char *value;
} periods[] = {
	{"name", "replay"},
	{"unpaid_close", "30d"},
	{"unshipped_cancel", "60d"},
	{"carrier_reports", "true"},
	{"carrier_limit", "240d"},
	{"claim_age", "1s"},
};

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

char *replay_policy(void)
{
	char *text = strdup(market_policy_default(NULL));
	for (size_t i = 0; text && i < sizeof(periods) / sizeof(periods[0]); i++) {
		size_t length = 0;
		const char *value = find_value(text, periods[i].key, &length);
		char *changed = NULL;
		if (!value)
			continue;
		if (asprintf(&changed, "%.*s %s%s", (int)(value - text), text, periods[i].value, value + length) < 0)
			changed = NULL;
		free(text);
		text = changed;
	}
	return text;
}
