#include "cli/progress.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 40

void cli_progress_show(cli_progress *progress, size_t done, size_t all, const char *text)
{
	char bar[WIDTH + 1];
	size_t percent = all == 0 || done > all ? 100 : done * 100 / all;
	if (!progress->wanted || percent + 1 == progress->shown)
		return;
	progress->shown = percent + 1;
	memset(bar, ' ', WIDTH);
	memset(bar, '#', percent * WIDTH / 100);
	bar[WIDTH] = '\0';
	fprintf(stderr, "\r[%s] %3zu %%  %s", bar, percent, text);
	fflush(stderr);
}

void cli_progress_end(cli_progress *progress)
{
	if (progress->shown > 0)
		fputs("\r\033[K", stderr);
	progress->shown = 0;
	fflush(stderr);
}
