#include "cli/command.h"

#include "cli/table.h"

#include <string.h>

const cli_option cli_options[] = {
	{"--store", CLI_STORE, "URL", "which store: sqlite:PATH or postgresql://...", true, false},
	{"--as", CLI_ACTOR, "ACTOR", "who acts", true, false},
	{"--at", CLI_TIME, "TIME", "when: ISO 8601, or milliseconds since 1970", true, false},
	{"--key", CLI_TEXT, "KEY", "done once under this key, however often it is sent", true, false},
	{"--table", CLI_NONE, NULL, "tables, also where the output is no terminal", true, false},
	{"--anchor", CLI_FILE, "FILE", "a checkpoint that was kept elsewhere", false, true},
	{"--out", CLI_FILE, "FILE", "write it there", false, false},
	{"--keys", CLI_NONE, NULL, "copy the file with the keys too", false, false},
	{"--signing", CLI_NONE, NULL, "the key that signs checkpoints instead", false, false},
	{"--map", CLI_TEXT, "COLUMN=FIELD", "a column of another name", false, true},
	{"--set", CLI_TEXT, "FIELD=VALUE", "the value of rows that state none", false, true},
	{"--format", CLI_WORD, "csv|jsonl", "unless the file's name says it", false, false},
	{"--encoding", CLI_TEXT, "NAME", "of the file, as iconv knows it: GB18030", false, false},
	{"--report", CLI_FILE, "FILE", "where refused rows are listed", false, false},
	{"--limit", CLI_NUMBER, "N", "no more than so many orders", false, false},
	{"--json", CLI_NONE, NULL, "JSON Lines for programs", false, false},
	{"--history", CLI_FILE, "FILE", "where the lines are kept; with an empty name nowhere", false,
     false},
	{"--help", CLI_NONE, NULL, "what the command does and takes", true, false},
	{NULL, CLI_NONE, NULL, NULL, false, false},
};

const cli_command cli_commands[] = {
	{.name = "call",
     .run = cli_call,
     .summary = "run one operation",
     .detail = "Prints the result, or the error, as one line of JSON. PARAMS is a JSON object; - "
               "reads it from standard input. With --table the result is shown as tables.",
     .arguments = {{CLI_OPERATION, "OPERATION", false}, {CLI_PARAMS, "PARAMS", true}}},
	{.name = "batch",
     .run = cli_batch,
     .summary = "run operations from JSON Lines, one result a line",
     .detail = "A line is {\"op\":NAME,\"in\":PARAMS} with \"as\", \"at\" and \"key\" where they "
               "are wanted. It goes on behind a refusal. Lines that are there at once share "
               "transactions; a result is printed when it is safe. With \"linked\":true a line "
               "and the next succeed or fail together.",
     .arguments = {{CLI_FILE, "FILE", true}}},
	{.name = "shell",
     .run = cli_shell,
     .summary = "run operations line by line",
     .detail = "A line is OPERATION PARAMS or OPERATION FIELD=VALUE ...; `help` there lists the "
               "rest. On a terminal lines can be edited and completed, and are kept in "
               "~/.market_history.",
     .options = {"--history"}},
	{.name = "work",
     .run = cli_work_command,
     .summary = "do what is due",
     .detail = "Runs deadlines, provider requests and other timed work until nothing more is due."},
	{.name = "schema", .run = cli_schema, .summary = "print the API as JSON Schema", .detail = ""},
	{.name = "policy",
     .verb = "check",
     .run = cli_policy,
     .summary = "check a policy",
     .detail = "Prints each error as FILE:LINE:COLUMN.",
     .arguments = {{CLI_FILE, "FILE", false}}},
	{.name = "policy",
     .verb = "default",
     .run = cli_policy,
     .summary = "print the built-in policy",
     .detail = ""},
	{.name = "rules",
     .verb = "check",
     .run = cli_rules,
     .summary = "check a pack of listing rules",
     .detail = "Tries the rules' examples too. Prints each error as FILE:LINE:COLUMN.",
     .arguments = {{CLI_FILE, "FILE", false}}},
	{.name = "rules",
     .verb = "add",
     .run = cli_rules,
     .summary = "print a policy with a pack put into it",
     .detail = "The pack is looked at before those that the policy has.",
     .arguments = {{CLI_FILE, "POLICY", false}, {CLI_FILE, "FILE", false}}},
	{.name = "ledger",
     .verb = "checkpoint",
     .run = cli_ledger,
     .summary = "sign a checkpoint",
     .detail = "Prints it, or writes it to a file. Kept elsewhere it is an anchor.",
     .options = {"--out"}},
	{.name = "ledger",
     .verb = "verify",
     .run = cli_ledger,
     .summary = "verify every record",
     .detail = "Exits 0 when all agrees with the anchors, 1 when something is broken, and 3 when "
               "the store agrees with itself but no anchor was given.",
     .options = {"--anchor"}},
	{.name = "keys",
     .verb = "list",
     .run = cli_keys,
     .summary = "the keys' numbers and what each has sealed",
     .detail = "Says which older key may go. No secret is shown."},
	{.name = "keys",
     .verb = "rotate",
     .run = cli_keys,
     .summary = "change the sealing key and wrap all records' keys by it",
     .detail = "The store can be in use. A change that was interrupted is brought to its end.",
     .options = {"--signing"}},
	{.name = "keys",
     .verb = "drop",
     .run = cli_keys,
     .summary = "take an older sealing key out of the keys file",
     .detail = "Refused while a record needs it, and within a minute of a change. Backups from "
               "before can't be read after that.",
     .arguments = {{CLI_NUMBER, "NUMBER", false}}},
	{.name = "store",
     .verb = "copy",
     .run = cli_store,
     .summary = "copy a whole store, of either kind, to an empty one",
     .detail = "The copy is read back and compared, then verified.",
     .options = {"--keys", "--anchor"},
     .arguments = {{CLI_STORE, "FROM", false}, {CLI_STORE, "TO", false}}},
	{.name = "store",
     .verb = "backup",
     .run = cli_store,
     .summary = "write a whole store to a file",
     .detail = "The store can be in use.",
     .options = {"--keys", "--anchor"},
     .arguments = {{CLI_FILE, "FILE", false}}},
	{.name = "store",
     .verb = "restore",
     .run = cli_store,
     .summary = "bring a backup back to an empty store",
     .detail = "With an anchor a backup that is older than it says so.",
     .options = {"--keys", "--anchor"},
     .arguments = {{CLI_FILE, "FILE", false}}},
	{.name = "import",
     .run = cli_import,
     .summary = "bring sellers, products, stock from a file",
     .detail = "The file is CSV or JSON Lines. What is there already is compared and changed, so "
               "the same file again changes nothing. A bad row is reported and the rest goes in; "
               "then the exit status is 1. FILE - is standard input.",
     .options = {"--format", "--encoding", "--map", "--set", "--report"},
     .arguments = {{CLI_WORD, "sellers|categories|products|warehouses|offers|stock", false},
                   {CLI_FILE, "FILE", false}}},
	{.name = "export",
     .run = cli_export,
     .summary = "write sellers, products, stock to a file",
     .detail = "In the form that import takes. Without FILE to standard output, as CSV.",
     .options = {"--format"},
     .arguments = {{CLI_WORD, "sellers|categories|products|warehouses|offers|stock", false},
                   {CLI_FILE, "FILE", true}}},
	{.name = "demo",
     .run = cli_demo,
     .summary = "a day of a small marketplace in a fresh store",
     .detail = "Without --store the store is temporary."},
	{.name = "replay",
     .run = cli_replay,
     .summary = "run a folder of real orders",
     .detail = "The folder holds the files of the Olist data set, or some of them.",
     .options = {"--limit", "--json"},
     .arguments = {{CLI_FOLDER, "DIR", false}}},
	{.name = "help",
     .run = cli_help,
     .summary = "what a command or an operation does and takes",
     .detail = "Of an operation: who may call it, its params, its result and its errors. Of a noun "
               "(`order`): its operations. `operations` lists them all.",
     .arguments = {{CLI_TOPIC, "COMMAND|OPERATION", true}}},
	{.name = "complete",
     .run = cli_complete,
     .summary = "what may stand next in a command line",
     .detail = "",
     .hidden = true},
	{.name = "manual",
     .run = cli_manual,
     .summary = "print a page of the manual",
     .detail = "",
     .arguments = {{CLI_WORD, "1|3", false}},
     .hidden = true},
	{.name = NULL},
};

static const cli_command *verb_of(const cli_command *command, const char *verb);
static int wrong_verb(const cli_command *command, const char *verb);
static int check_words(const cli *cli, const cli_command *command);
static void print_usage(const cli_command *command);
static int wrong(const cli_command *command, const char *what, const char *word);

const cli_option *cli_option_named(const char *name, size_t length)
{
	for (const cli_option *option = cli_options; option->name; option++)
		if (strlen(option->name) == length && strncmp(option->name, name, length) == 0)
			return option;
	return NULL;
}

bool cli_command_takes(const cli_command *command, const cli_option *option)
{
	for (size_t i = 0; i < CLI_MOST_OPTIONS && command->options[i]; i++)
		if (strcmp(command->options[i], option->name) == 0)
			return true;
	return option->everywhere;
}

const cli_command *cli_command_of(const char *name, const char *verb)
{
	for (const cli_command *one = cli_commands; one->name; one++)
		if (strcmp(one->name, name) == 0)
			return one->verb && verb ? verb_of(one, verb) : one;
	return NULL;
}

static const cli_command *verb_of(const cli_command *command, const char *verb)
{
	const cli_command *one = command;
	for (; one->name && strcmp(one->name, command->name) == 0; one++)
		if (strcmp(one->verb, verb) == 0)
			return one;
	return NULL;
}

void cli_print_form(const cli_command *command, FILE *out)
{
	fputs(command->name, out);
	if (command->verb)
		fprintf(out, " %s", command->verb);
	for (size_t i = 0; i < CLI_MOST_OPTIONS && command->options[i]; i++) {
		const char *name = command->options[i];
		const cli_option *option = cli_option_named(name, strlen(name));
		fprintf(out, " [%s%s%s]%s", name, option->shown ? " " : "",
		        option->shown ? option->shown : "", option->many ? "..." : "");
	}
	for (size_t i = 0; i < CLI_MOST_ARGUMENTS && command->arguments[i].shown; i++)
		fprintf(out, command->arguments[i].optional ? " [%s]" : " %s", command->arguments[i].shown);
}

int cli_check_usage(const cli *cli, const cli_command **out)
{
	const char *name = cli->argv[0];
	const cli_command *command = cli_command_of(name, NULL);
	cli_nearest nearest = {.word = name};
	if (!command && cli_is_operation(name))
		return cli_usage("%s is an operation: market call %s", name, name);
	if (!command) {
		for (const cli_command *one = cli_commands; one->name; one++)
			cli_offer(&nearest, one->hidden ? "" : one->name);
		fprintf(stderr, "%smarket:%s there is no command %s", cli_colour_of(stderr, CLI_RED),
		        cli_colour_of(stderr, CLI_PLAIN), name);
		cli_suggest(nearest.name);
		fputs("  market help lists the commands\n", stderr);
		return EXIT_USAGE;
	}
	*out = command;
	if (cli->help || command->hidden)
		return 0;
	if (command->verb) {
		const char *verb = cli->argc > 1 ? cli->argv[1] : "";
		*out = verb_of(command, verb);
		if (!*out)
			return wrong_verb(command, verb);
	}
	return check_words(cli, *out);
}

static int wrong_verb(const cli_command *command, const char *verb)
{
	cli_nearest nearest = {.word = verb};
	const cli_command *one;
	for (one = command; one->name && strcmp(one->name, command->name) == 0; one++)
		cli_offer(&nearest, one->verb);
	fprintf(stderr, "%smarket:%s ", cli_colour_of(stderr, CLI_RED),
	        cli_colour_of(stderr, CLI_PLAIN));
	if (*verb == '\0')
		fprintf(stderr, "%s needs one of its verbs\n", command->name);
	else
		fprintf(stderr, "there is no %s %s", command->name, verb);
	if (*verb != '\0')
		cli_suggest(nearest.name);
	while (command < one)
		print_usage(command++);
	return EXIT_USAGE;
}

static int check_option(const cli *cli, const cli_command *command, int *at)
{
	const char *word = cli->argv[*at];
	size_t length = strcspn(word, "=");
	const cli_option *option = cli_option_named(word, length);
	if (option && cli_command_takes(command, option)) {
		if (option->value == CLI_NONE && word[length] == '=')
			return wrong(command, "it takes no value:", option->name);
		if (option->value != CLI_NONE && word[length] == '\0' && ++*at >= cli->argc)
			return wrong(command, "a value is missing behind", option->name);
		return 0;
	}
	wrong(command, "it has no option", word);
	if (!option) {
		cli_nearest nearest = {.word = word};
		for (option = cli_options; option->name; option++)
			if (cli_command_takes(command, option))
				cli_offer(&nearest, option->name);
		if (nearest.name)
			fprintf(stderr, "  did you mean %s?\n", nearest.name);
	}
	return EXIT_USAGE;
}

static int check_words(const cli *cli, const cli_command *command)
{
	size_t words = 0, least = 0, most = 0;
	while (most < CLI_MOST_ARGUMENTS && command->arguments[most].shown)
		least += command->arguments[most++].optional ? 0 : 1;
	for (int i = command->verb ? 2 : 1; i < cli->argc; i++) {
		const char *word = cli->argv[i];
		if (word[0] == '-' && word[1] != '\0') {
			if (check_option(cli, command, &i) != 0)
				return EXIT_USAGE;
		} else if (words++ == most) {
			return wrong(command, "it doesn't take", word);
		}
	}
	return words < least ? wrong(command, "it needs", command->arguments[words].shown) : 0;
}

static int wrong(const cli_command *command, const char *what, const char *word)
{
	cli_usage("%s%s%s: %s %s", command->name, command->verb ? " " : "",
	          command->verb ? command->verb : "", what, word);
	print_usage(command);
	return EXIT_USAGE;
}

static void print_usage(const cli_command *command)
{
	fputs("usage: market ", stderr);
	cli_print_form(command, stderr);
	fputc('\n', stderr);
}
