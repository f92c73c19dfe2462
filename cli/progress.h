/* A bar on a terminal. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cli_progress {
	bool wanted;
	size_t shown; /* percent + 1; 0: nothing yet */
} cli_progress;

/* Shows the bar on stderr when its percentage has changed, with a text behind it. */
void cli_progress_show(cli_progress *progress, size_t done, size_t all, const char *text);
/* Takes the bar away. */
void cli_progress_end(cli_progress *progress);

#endif
