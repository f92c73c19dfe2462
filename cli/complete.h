/* What may stand next, for the completions of shells and of market shell. */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "cli/command.h"

/* Takes the words that are offered; keeps those that begin as the word to be completed does. A word
 * that ends with : / or = goes on. */
typedef struct cli_completion {
	const char *word;
	void (*take)(const char *word, const char *summary, void *user_data);
	void *user_data;
} cli_completion;

void cli_complete_offer(const cli_completion *to, const char *word, const char *summary);
void cli_complete_operations(const cli_completion *to);
/* Operations, their nouns and commands. */
void cli_complete_topics(const cli_completion *to);
void cli_complete_actors(const cli_completion *to);
/* The fields of an operation, as FIELD= or, where the values are known, FIELD=VALUE. */
void cli_complete_fields(const cli_completion *to, const char *operation);
/* URLs; of SQLite by the folders and stores that are there. */
void cli_complete_stores(const cli_completion *to);

#endif
