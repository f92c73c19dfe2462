/* What the commands of the program share. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <jansson.h>
#include <market.h>
#include <stdio.h>

enum { EXIT_OK = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_SELF_CONSISTENT = 3 };

/* The arguments in front of the command, and what is left of them. */
typedef struct cli {
	const char *store;
	const char *as;
	const char *at;
	const char *key;
	int argc; /* of the command: argv[0] is its name */
	char **argv;
} cli;

typedef struct cli_market {
	market *market;
	market_session *session;
} cli_market;

/* Prints "market: …" to stderr and returns EXIT_USAGE. */
int cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints an error with its detail, hint and field to stderr. */
void cli_error(const char *what, const market_error *err);
/* Opens the store of --store, making it when it is absent, with a session for operator:cli. */
int cli_open(const cli *cli, cli_market *out);
void cli_close(cli_market *open);
/* An error as JSON, as the results of call and batch give it. */
json_t *cli_error_json(const market_error *err);
/* ISO 8601 or milliseconds. */
bool cli_time(const char *text, market_time *out);
/* Runs due work until nothing more is due at the session's time, and delivers the sandbox's
 * notifications as a webhook would. */
int cli_work(cli_market *open, market_error *err);
/* A whole file ("-": standard input), at most `limit` bytes; freed with free. */
char *cli_read_file(const char *path, size_t limit, size_t *size);

int cli_call(const cli *cli);
int cli_batch(const cli *cli);
int cli_schema(const cli *cli);
int cli_policy(const cli *cli);
int cli_ledger(const cli *cli);
int cli_work_command(const cli *cli);
int cli_demo(const cli *cli);
int cli_replay(const cli *cli);

#endif
