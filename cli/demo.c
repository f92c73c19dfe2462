#include "cli/cli.h"

int cli_demo(const cli *cli)
{
	return cli_usage("%s comes later", cli->argv[0]);
}
