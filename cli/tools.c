/* schema, policy, work and ledger. */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_POLICY (1024 * 1024)

int cli_schema(const cli *cli)
{
	market_error err;
	char *text = NULL;
	(void)cli;
	if (market_schema(&text, &err) != 0) {
		cli_error("schema", &err);
		return EXIT_USAGE;
	}
	fputs(text, stdout);
	market_text_free(text);
	return EXIT_OK;
}

static int check_policy(const char *path)
{
	market_policy_error errors[100];
	market_error err;
	size_t count = 0, size = 0;
	char *text = cli_read_file(path, LONGEST_POLICY + 1, &size);
	int rc;
	if (!text)
		return cli_usage("can't read %s: %s", path, strerror(errno));
	rc = market_policy_check(text, size, errors, 100, &count, &err);
	free(text);
	for (size_t i = 0; i < count; i++)
		printf("%s:%d:%d: %s%s%s%s\n", path, errors[i].line, errors[i].column, errors[i].message,
		       errors[i].hint[0] ? " (" : "", errors[i].hint, errors[i].hint[0] ? ")" : "");
	if (rc != 0 && count == 0)
		cli_error(path, &err);
	if (rc == 0)
		printf("%s: ok\n", path);
	return rc == 0 ? EXIT_OK : EXIT_REFUSED;
}

int cli_policy(const cli *cli)
{
	if (cli->argc == 3 && strcmp(cli->argv[1], "check") == 0)
		return check_policy(cli->argv[2]);
	if (cli->argc == 2 && strcmp(cli->argv[1], "default") == 0) {
		fputs(market_policy_default(NULL), stdout);
		return EXIT_OK;
	}
	return cli_usage("policy check FILE | policy default");
}

int cli_work_command(const cli *cli)
{
	cli_market open;
	market_error err;
	market_time at = 0;
	int rc;
	if (cli->argc != 1)
		return cli_usage("work [--at TIME]");
	if (cli->at && !cli_time(cli->at, &at))
		return cli_usage("--at %s isn't a time", cli->at);
	rc = cli_open(cli, &open);
	if (rc != 0)
		return rc;
	rc = cli_set_time(&open, at, &err);
	if (rc == 0)
		rc = at != 0 ? cli_catch_up(&open, at, &err) : cli_work(&open, &err);
	if (rc != 0)
		cli_error("work", &err);
	cli_close(&open);
	return rc == 0 ? EXIT_OK : EXIT_REFUSED;
}
