#include "cli/cli.h"

int cli_ledger(const cli *cli)
{
	return cli_usage("%s comes later", cli->argv[0]);
}
