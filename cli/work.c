/* Due work, as an application's own loop and webhook would do it. */
#include "cli/cli.h"

#include <market/plugin.h>
#include <string.h>

#define BUDGET 1000

int cli_work(cli_market *open, market_error *err)
{
	int done;
	do {
		done = market_work(open->session, BUDGET, NULL, err);
	} while (done == BUDGET);
	return done < 0 ? done : 0;
}
