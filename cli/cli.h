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
	bool table; /* tables are wanted wherever the output goes */
	bool help;
	int argc; /* of the command: argv[0] is its name */
	char **argv;
} cli;

typedef struct cli_market {
	market *market;
	market_session *session;
	market_time at;  /* the session's time; 0: the clock's */
	char actor[160]; /* who acts, as last set by cli_act_as */
} cli_market;

/* Prints "market: …" to stderr and returns EXIT_USAGE. */
int cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints an error with its detail, hint and field to stderr. */
void cli_error(const char *what, const market_error *err);
/* Whether all that was printed is written; says on stderr when it isn't. */
bool cli_written(void);
/* Opens the store of --store, making it when it is absent, with a session for operator:cli. */
int cli_open(const cli *cli, cli_market *out);
/* The same for a store that is there. */
int cli_open_existing(const cli *cli, cli_market *out);
/* The same as cli_open; a new store gets this policy (NULL: the built-in one). */
int cli_open_with(const cli *cli, const char *policy, cli_market *out);
void cli_close(cli_market *open);
/* The built-in policy with other values of some keys ({key, value}); freed with free, NULL when it
 * can't be made. */
char *cli_policy_with(const char *const (*changes)[2], size_t count);
/* Whether people read the output: on a terminal, or because tables are wanted. */
bool cli_shows_tables(const cli *cli);
/* A reply of an operation as tables. */
void cli_print_reply(json_t *reply, FILE *out);
/* The outcome of an operation: its reply or its error, as a line of JSON or for people. */
void cli_print_result(int rc, const char *reply, const market_error *err, bool table);
/* Says on stderr which one was perhaps meant. */
void cli_unknown_operation(const char *name);
/* An error as JSON, as the results of call and batch give it. */
json_t *cli_error_json(const market_error *err);
/* ISO 8601 or milliseconds. */
bool cli_time(const char *text, market_time *out);
/* Fills an error of the program's own; returns its code. */
int cli_fail(market_error *err, int code, const char *message, const char *field);
/* Runs due work until nothing more is due at the session's time, and delivers the sandbox's
 * notifications as a webhook would. */
int cli_work(cli_market *open, market_error *err);
/* Moves the session's time on to `to`, stopping at each time at which something is due. */
int cli_work_until(cli_market *open, market_time to, market_error *err);
/* The same from wherever the store's own time stands. */
int cli_catch_up(cli_market *open, market_time to, market_error *err);
/* Change who acts and when, where it isn't so already. */
int cli_act_as(cli_market *open, const char *actor, market_error *err);
int cli_set_time(cli_market *open, market_time at, market_error *err);
/* Whether the program vouches for more than the actor's name; then `out` is that text. */
bool cli_vouched(const char *actor, char *out, size_t size);
/* The same as cli_act_as, with what the program vouches for. */
int cli_act_for(cli_market *open, const char *actor, market_error *err);
/* Runs an operation. `in` is taken over; `key` and `out` may be NULL. */
int cli_do(cli_market *open, const char *actor, const char *key, const char *operation, json_t *in,
           json_t **out, market_error *err);
/* A text of an object, or "". */
const char *cli_text(json_t *object, const char *name);
/* A path beside the store's file, or for a server in the working folder by the database's name.
 * False for a store in memory. */
bool cli_beside(const cli *cli, const char *suffix, char *path, size_t size);
/* Writes a file whole or not at all; what isn't a file is written to. */
bool cli_write_file(const char *path, const char *text);
/* A whole file ("-": standard input), at most `limit` bytes; freed with free. */
char *cli_read_file(const char *path, size_t limit, size_t *size);

int cli_call(const cli *cli);
int cli_batch(const cli *cli);
int cli_schema(const cli *cli);
int cli_policy(const cli *cli);
int cli_rules(const cli *cli);
int cli_keys(const cli *cli);
int cli_ledger(const cli *cli);
int cli_work_command(const cli *cli);
int cli_demo(const cli *cli);
int cli_replay(const cli *cli);
int cli_store(const cli *cli);
int cli_shell(const cli *cli);
int cli_import(const cli *cli);
int cli_export(const cli *cli);
int cli_help(const cli *cli);
int cli_complete(const cli *cli);
int cli_manual(const cli *cli);

#endif
