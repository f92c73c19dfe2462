#include "cli/cli.h"

int cli_replay(const cli *cli)
{
	return cli_usage("%s comes later", cli->argv[0]);
}
