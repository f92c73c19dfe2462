/* market: the command line of libmarket. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"

/* Options that hold everywhere may stand before or behind the command's name. 1: taken. */
static int take_option(cli *cli, int argc, char **argv, int *at)
{
	static const char *const names[] = {"--store", "--as", "--at", "--key"};
	const char **values[] = {&cli->store, &cli->as, &cli->at, &cli->key};
	const char *word = argv[*at];
	for (size_t i = 0; i < 4; i++) {
		size_t length = strlen(names[i]);
		if (strcmp(word, names[i]) == 0) {
			if (*at + 1 >= argc)
				return cli_usage("%s needs a value", names[i]);
			*values[i] = argv[++*at];
			return 1;
		}
		if (strncmp(word, names[i], length) == 0 && word[length] == '=') {
			*values[i] = word + length + 1;
			return 1;
		}
	}
	if (strcmp(word, "--table") == 0)
		cli->table = true;
	else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		cli->help = true;
	else
		return 0;
	return 1;
}

/* A stream that is closed stays so: no file of the store may take its place. */
static void keep_streams(void)
{
	static const int flags[] = {O_WRONLY, O_RDONLY, O_RDONLY};
	for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++)
		if (fcntl(file, F_GETFD) < 0 && open("/dev/null", flags[file]) < 0)
			return;
}

int main(int argc, char **argv)
{
	const cli_command *command = NULL;
	cli cli = {0};
	int used = 0, rc;
	bool completes = argc > 1 && strcmp(argv[1], "complete") == 0;
	keep_streams();
	for (int i = 1; i < argc; i++) {
		int taken = completes ? 0 : take_option(&cli, argc, argv, &i);
		if (taken == EXIT_USAGE)
			return EXIT_USAGE;
		if (taken == 0)
			argv[used++] = argv[i];
	}
	cli.argc = used;
	cli.argv = argv;
	if (used == 0) {
		cli_print_help(cli.help ? stdout : stderr);
		return cli.help ? EXIT_OK : EXIT_USAGE;
	}
	if (strcmp(argv[0], "--version") == 0 || strcmp(argv[0], "-V") == 0) {
		printf("market %s\n", market_version());
		return EXIT_OK;
	}
	rc = cli_check_usage(&cli, &command);
	if (rc == 0)
		rc = cli.help ? cli_help_topic(argv[0]) : command->run(&cli);
	if (!cli_written())
		rc = EXIT_USAGE;
	return rc;
}
