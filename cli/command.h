/* The table of commands: what runs, what it takes, and what help, completion and the manual say. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/cli.h"

typedef enum cli_value {
	CLI_NONE = 0,
	CLI_TEXT,
	CLI_NUMBER,
	CLI_TIME,
	CLI_ACTOR,
	CLI_STORE,
	CLI_FILE,
	CLI_FOLDER,
	CLI_OPERATION,
	CLI_PARAMS,
	CLI_TOPIC, /* a command, an operation or its noun */
	CLI_WORD   /* one of the words in `shown`, which | divides */
} cli_value;

typedef struct cli_option {
	const char *name;  /* "--store" */
	cli_value value;   /* CLI_NONE: a flag */
	const char *shown; /* "URL" */
	const char *summary;
	bool everywhere; /* with any command */
	bool many;
} cli_option;

typedef struct cli_argument {
	cli_value value;
	const char *shown;
	bool optional;
} cli_argument;

#define CLI_MOST_OPTIONS 6
#define CLI_MOST_ARGUMENTS 2

/* One command, or one verb of one that has several: those stand next to each other. */
typedef struct cli_command {
	const char *name;
	const char *verb; /* NULL: none */
	int (*run)(const cli *cli);
	const char *summary;
	const char *detail; /* sentences */
	const char *options[CLI_MOST_OPTIONS];
	cli_argument arguments[CLI_MOST_ARGUMENTS];
	bool hidden; /* for programs: left out of help and completion */
} cli_command;

extern const cli_command cli_commands[]; /* ends with a NULL name */
extern const cli_option cli_options[];   /* ends with a NULL name */

const cli_option *cli_option_named(const char *name, size_t length);
bool cli_command_takes(const cli_command *command, const cli_option *option);
/* The command, or the verb of it, that these words begin; NULL: none. */
const cli_command *cli_command_of(const char *name, const char *verb);
/* "store copy [--keys] [--anchor FILE]... FROM TO" */
void cli_print_form(const cli_command *command, FILE *out);
/* Checks words, options and their number against the table; says what is wrong on stderr. 0 or
 * EXIT_USAGE. */
int cli_check_usage(const cli *cli, const cli_command **out);

void cli_print_help(FILE *out);
/* Of a command, an operation or its noun, or of "operations". */
int cli_help_topic(const char *topic);

/* What was perhaps meant by `word`: of the names that were offered, the nearest that isn't far. */
typedef struct cli_nearest {
	const char *word;
	const char *name; /* NULL: none */
	size_t distance;
} cli_nearest;
void cli_offer(cli_nearest *nearest, const char *name);
/* The operation that was perhaps meant, or NULL. */
const char *cli_nearest_operation(const char *word);
/* ", did you mean NAME?" to stderr, or nothing; ends the line. */
void cli_suggest(const char *name);
bool cli_is_operation(const char *name);

#endif
