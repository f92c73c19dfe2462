/* market: the command line of libmarket. */
#include "cli/cli.h"

#include <string.h>

static const struct {
	const char *name;
	int (*run)(const cli *cli);
	const char *usage;
	const char *summary;
} commands[] = {
	{"call", cli_call, "call [--as ACTOR] [--at TIME] [--key KEY] OPERATION [JSON|-]",
     "run one operation"},
	{"batch", cli_batch, "batch [FILE|-]", "run operations from JSON Lines, one result a line"},
	{"work", cli_work_command, "work [--at TIME]", "do what is due"},
	{"schema", cli_schema, "schema", "print the API as JSON Schema"},
	{"policy", cli_policy, "policy check FILE | policy default",
     "check a policy; print the built-in one"},
	{"ledger", cli_ledger, "ledger checkpoint [--out FILE] | ledger verify [--anchor FILE]...",
     "sign a checkpoint; verify every record"},
	{"store", cli_store,
     "store copy [--keys] [--anchor FILE]... FROM TO |\n"
     "  store backup|restore [--keys] [--anchor FILE]... FILE",
     "copy a whole store; write it to a file; bring it back"},
	{"demo", cli_demo, "demo", "a day of a small marketplace in a fresh store"},
	{"replay", cli_replay, "replay [--limit N] [--json] DIR", "run a folder of real orders"},
};

static void print_help(FILE *out)
{
	fputs("usage: market [--store URL] COMMAND ...\n\n", out);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(out, "  %s\n      %s\n", commands[i].usage, commands[i].summary);
	fputs(
		"\nURL: sqlite:PATH (made when absent) or postgresql://..., with ?keys=FILE for the keys.\n"
		"ACTOR: operator:NAME, system, anonymous, buyer:ID, member:ID (ID may be ref:REF).\n"
		"Exit: 0 done, 1 refused, 2 wrong usage or could not run; ledger verify also 3:\n"
		"self-consistent, but without an anchor.\n",
		out);
}

/* Options may stand before or behind the command's name. */
static int take_option(cli *cli, int argc, char **argv, int *at)
{
	static const char *const names[] = {"--store", "--as", "--at", "--key"};
	const char **values[] = {&cli->store, &cli->as, &cli->at, &cli->key};
	for (size_t i = 0; i < 4; i++) {
		size_t length = strlen(names[i]);
		if (strcmp(argv[*at], names[i]) == 0) {
			if (*at + 1 >= argc)
				return cli_usage("%s needs a value", names[i]);
			*values[i] = argv[++*at];
			return 1;
		}
		if (strncmp(argv[*at], names[i], length) == 0 && argv[*at][length] == '=') {
			*values[i] = argv[*at] + length + 1;
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	cli cli = {0};
	int used = 0;
	for (int i = 1; i < argc; i++) {
		int taken = take_option(&cli, argc, argv, &i);
		if (taken == EXIT_USAGE)
			return EXIT_USAGE;
		if (taken == 0)
			argv[used++] = argv[i];
	}
	cli.argc = used;
	cli.argv = argv;
	if (used == 0) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "help") == 0) {
		print_help(stdout);
		return EXIT_OK;
	}
	if (strcmp(argv[0], "--version") == 0) {
		printf("market %s\n", market_version());
		return EXIT_OK;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[0], commands[i].name) == 0)
			return commands[i].run(&cli);
	return cli_usage("there is no command %s; see market --help", argv[0]);
}
