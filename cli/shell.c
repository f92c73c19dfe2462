/* market shell: operations line by line. */
#include "cli/shell.h"

#include <stdlib.h>
#include <string.h>

#include "cli/line.h"
#include "cli/table.h"

typedef struct shell {
	cli_market open;
	char as[160];
	market_time at; /* 0: the clock's */
	bool table;
	bool refused; /* one was */
	cli_line *line;
} shell;

static int start(const cli *cli, shell *shell);
static bool run_line(shell *shell, const char *text);
static int run_word(shell *shell, const char *word, const char *rest, market_error *err);
static int run_operation(shell *shell, const char *operation, const char *rest);
static int move_to(shell *shell, const char *time, market_error *err);
static void complete(const char *text, const char **word, cli_completion *to);

static const struct {
	const char *name, *form, *summary;
} words[] = {
	{"as", "as ACTOR",
     "who acts from now on: operator:NAME, system, anonymous, buyer:ID, member:ID"},
	{"at", "at TIME|now", "when: what is due by then is done first"},
	{"work", "work", "do what is due"},
	{"table", "table on|off", "tables, or a line of JSON each"},
	{"help", "help [OPERATION]", "this, or what an operation takes"},
	{"quit", "quit", "the end; Ctrl-D too"},
};
#define N_WORDS (sizeof(words) / sizeof(words[0]))

static const char *history_path(const cli *cli, char *path, size_t size)
{
	static const char option[] = "--history";
	const char *home = getenv("HOME");
	for (int i = 1; i < cli->argc; i++) {
		const char *value = cli->argv[i] + strlen(option);
		if (strncmp(cli->argv[i], option, strlen(option)) != 0)
			continue;
		value = *value == '=' ? value + 1 : cli->argv[++i];
		return *value != '\0' ? value : NULL;
	}
	if (!home || (size_t)snprintf(path, size, "%s/.market_history", home) >= size)
		return NULL;
	return path;
}

static void prompt_of(const shell *shell, char *prompt, size_t size)
{
	char time[MARKET_TIME_TEXT_SIZE] = "";
	if (shell->at != 0)
		market_time_format(shell->at, time);
	snprintf(prompt, size, "%s%s%s> ", shell->as, *time != '\0' ? " " : "", time);
}

int cli_shell(const cli *cli)
{
	shell shell = {.table = cli_shows_tables(cli)};
	char path[4096], prompt[256];
	const char *text;
	int rc = start(cli, &shell);
	if (rc != 0)
		return rc;
	shell.line = cli_line_open(history_path(cli, path, sizeof(path)), complete);
	if (!shell.line) {
		cli_close(&shell.open);
		return cli_usage("memory is exhausted");
	}
	if (cli_line_interactive(shell.line))
		printf("market %s, %s; help says what can be done\n", market_version(), cli->store);
	do {
		prompt_of(&shell, prompt, sizeof(prompt));
		text = cli_line_read(shell.line, prompt);
	} while (text && run_line(&shell, text));
	rc = shell.refused && !cli_line_interactive(shell.line) ? EXIT_REFUSED : EXIT_OK;
	if (!text && ferror(stdin))
		rc = cli_usage("can't read standard input");
	cli_line_close(shell.line);
	cli_close(&shell.open);
	return rc;
}

static int start(const cli *cli, shell *shell)
{
	market_error err;
	int rc;
	snprintf(shell->as, sizeof(shell->as), "%s", cli->as ? cli->as : "operator:cli");
	rc = cli_open(cli, &shell->open);
	if (rc != 0)
		return rc;
	rc = cli_act_for(&shell->open, shell->as, &err);
	if (rc == 0 && cli->at)
		rc = move_to(shell, cli->at, &err);
	if (rc == 0)
		return 0;
	cli_error("shell", &err);
	cli_close(&shell->open);
	return EXIT_USAGE;
}

/* False: the end. */
static bool run_line(shell *shell, const char *text)
{
	char word[128];
	market_error err;
	size_t length;
	int rc = 0;
	text += strspn(text, " \t");
	length = strcspn(text, " \t");
	snprintf(word, sizeof(word), "%.*s", (int)length, text);
	text += length + strspn(text + length, " \t");
	if (word[0] == '\0' || word[0] == '#')
		return true;
	if (strcmp(word, "quit") == 0 || strcmp(word, "exit") == 0)
		return false;
	rc = run_word(shell, word, text, &err);
	if (rc > 0)
		rc = run_operation(shell, word, text);
	else if (rc < 0)
		cli_print_result(rc, NULL, &err, shell->table);
	shell->refused = shell->refused || rc != 0;
	return true;
}

static void print_help(void)
{
	cli_table *table = cli_table_new(NULL, 2);
	const char *const operation[][2] = {
		{"OPERATION PARAMS", "run it with a JSON object"},
		{"OPERATION FIELD=VALUE ...",
	     "the same; VALUE is a word, 'a text', \"a text\", 12.50BRL, [JSON] or {JSON}"}};
	cli_table_add(table, operation[0]);
	cli_table_add(table, operation[1]);
	for (size_t i = 0; i < N_WORDS; i++)
		cli_table_add(table, (const char *const[]){words[i].form, words[i].summary});
	cli_table_print(table, stdout, 0);
	cli_table_free(table);
}

static int help(const char *topic)
{
	if (*topic == '\0')
		print_help();
	else
		cli_help_topic(topic);
	return 0;
}

/* 1: the word is none of the shell's own. */
static int run_word(shell *shell, const char *word, const char *rest, market_error *err)
{
	int rc;
	if (strcmp(word, "help") == 0)
		return help(rest);
	if (strcmp(word, "table") == 0) {
		shell->table = strcmp(rest, "off") != 0;
		return 0;
	}
	if (strcmp(word, "at") == 0)
		return move_to(shell, rest, err);
	if (strcmp(word, "as") == 0) {
		rc = cli_act_for(&shell->open, rest, err);
		if (rc == 0)
			snprintf(shell->as, sizeof(shell->as), "%s", rest);
		return rc;
	}
	if (strcmp(word, "work") != 0)
		return 1;
	return shell->at != 0 ? cli_catch_up(&shell->open, shell->at, err)
	                      : cli_work(&shell->open, err);
}

static json_t *params_of(const char *operation, const char *rest)
{
	char problem[512];
	json_error_t where;
	json_t *in;
	if (*rest != '{') {
		in = shell_params(operation, rest, problem, sizeof(problem));
	} else {
		in = json_loads(rest, JSON_REJECT_DUPLICATES, &where);
		snprintf(problem, sizeof(problem), "params, column %d: %s", where.column, where.text);
	}
	if (!in)
		cli_usage("%s", problem);
	return in;
}

static int run_operation(shell *shell, const char *operation, const char *rest)
{
	market_error err;
	char *params = NULL, *reply = NULL;
	json_t *in;
	int rc;
	if (!cli_is_operation(operation)) {
		cli_nearest nearest = {.word = operation};
		for (size_t i = 0; i < N_WORDS; i++)
			cli_offer(&nearest, words[i].name);
		cli_usage("there is no operation %s", operation);
		if (!nearest.name)
			nearest.name = cli_nearest_operation(operation);
		if (nearest.name)
			fprintf(stderr, "  did you mean %s?\n", nearest.name);
		return MARKET_EUNKNOWNOP;
	}
	in = params_of(operation, rest);
	if (!in)
		return MARKET_ESYNTAX;
	params = json_dumps(in, JSON_COMPACT);
	json_decref(in);
	rc = cli_set_time(&shell->open, shell->at, &err);
	if (rc == 0)
		rc = cli_act_for(&shell->open, shell->as, &err);
	if (rc == 0)
		rc = market_call(shell->open.session, operation, params, &reply, &err);
	cli_print_result(rc, reply, &err, shell->table);
	if (rc == 0 && shell->table && market_session_replayed(shell->open.session))
		puts("replayed: this key was done before");
	market_text_free(reply);
	free(params);
	return rc;
}

static int move_to(shell *shell, const char *time, market_error *err)
{
	market_time at = 0;
	int rc;
	if (strcmp(time, "now") == 0) {
		shell->at = 0;
		return cli_set_time(&shell->open, 0, err);
	}
	if (!cli_time(time, &at) || at <= 0)
		return cli_fail(err, MARKET_EINVALID, "this isn't a time", "at");
	rc = cli_set_time(&shell->open, at, err);
	if (rc == 0)
		rc = cli_catch_up(&shell->open, at, err);
	if (rc == 0)
		shell->at = at;
	else
		cli_set_time(&shell->open, shell->at, &(market_error){0});
	return rc;
}

/* ---- completion ---- */

static void complete(const char *text, const char **word, cli_completion *to)
{
	char first[128];
	size_t length;
	text += strspn(text, " \t");
	*word = strrchr(text, ' ');
	*word = *word ? *word + 1 : text;
	to->word = *word;
	length = strcspn(text, " \t");
	snprintf(first, sizeof(first), "%.*s", (int)length, text);
	if (*word == text) {
		for (size_t i = 0; i < N_WORDS; i++)
			cli_complete_offer(to, words[i].name, words[i].summary);
		cli_complete_operations(to);
	} else if (strcmp(first, "as") == 0) {
		cli_complete_actors(to);
	} else if (strcmp(first, "help") == 0) {
		cli_complete_topics(to);
	} else {
		cli_complete_fields(to, first);
	}
}
