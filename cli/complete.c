/* market complete WORD...: what may stand for the last word, one a line, with a tab and a summary
 * behind it. The line ":files" or ":folders" leaves it to the shell. */
#include "cli/complete.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/operation.h"

static void complete_value(const cli_completion *to, cli_value value, const char *shown);
static void complete_first(const cli_completion *to);
static void complete_option(const cli_completion *to, const cli_command *command);
static void offer_entry(const cli_completion *to, const char *path, const char *entry);

static void print(const char *word, const char *summary, void *user_data)
{
	(void)user_data;
	printf("%s%s%s\n", word, summary ? "\t" : "", summary ? summary : "");
}

/* What the words before the last one leave open. */
typedef struct place {
	const cli_command *command;
	const cli_option *option; /* whose value comes */
	size_t arguments;
	bool verb; /* comes */
} place;

static place find_place(int count, char **words)
{
	place at = {0};
	for (int i = 0; i < count; i++) {
		size_t length = strcspn(words[i], "=");
		const cli_option *option = cli_option_named(words[i], length);
		if (option && option->value != CLI_NONE && words[i][length] == '\0') {
			if (i + 1 == count)
				at.option = option;
			i++;
		} else if (words[i][0] == '-' && words[i][1] != '\0') {
			continue;
		} else if (!at.command) {
			at.command = cli_command_of(words[i], NULL);
			at.verb = at.command && at.command->verb;
		} else if (at.verb) {
			const cli_command *one = cli_command_of(at.command->name, words[i]);
			at.command = one ? one : at.command;
			at.verb = false;
		} else {
			at.arguments++;
		}
	}
	return at;
}

int cli_complete(const cli *cli)
{
	int count = cli->argc > 1 ? cli->argc - 2 : 0;
	char **words = cli->argv + 1;
	const char *word = cli->argc > 1 ? words[count] : "";
	cli_completion to = {.word = word, .take = print};
	place at = find_place(count, words);
	const cli_option *option = cli_option_named(word, strcspn(word, "="));
	if (at.option) {
		complete_value(&to, at.option->value, at.option->shown);
	} else if (option && strchr(word, '=') && option->value != CLI_NONE) {
		to.word = strchr(word, '=') + 1; /* the shell puts what is before it back */
		complete_value(&to, option->value, option->shown);
	} else if (word[0] == '-') {
		complete_option(&to, at.command);
	} else if (!at.command) {
		complete_first(&to);
	} else if (at.verb) {
		for (const cli_command *one = at.command; one->name; one++)
			if (strcmp(one->name, at.command->name) == 0)
				cli_complete_offer(&to, one->verb, one->summary);
	} else if (at.arguments < CLI_MOST_ARGUMENTS && at.command->arguments[at.arguments].shown) {
		const cli_argument *argument = &at.command->arguments[at.arguments];
		complete_value(&to, argument->value, argument->shown);
	}
	return EXIT_OK;
}

void cli_complete_offer(const cli_completion *to, const char *word, const char *summary)
{
	if (strncmp(word, to->word, strlen(to->word)) == 0)
		to->take(word, summary, to->user_data);
}

void cli_complete_operations(const cli_completion *to)
{
	market_operation operation;
	for (size_t i = 0; market_operation_at(i, &operation); i++)
		cli_complete_offer(to, operation.name, operation.summary);
}

void cli_complete_topics(const cli_completion *to)
{
	const char *last = "";
	market_operation operation;
	complete_first(to);
	cli_complete_offer(to, "operations", "all operations");
	for (size_t i = 0; market_operation_at(i, &operation); i++) {
		char noun[64];
		snprintf(noun, sizeof(noun), "%.*s", (int)strcspn(operation.name, "."), operation.name);
		if (strcmp(noun, last) != 0 && !cli_command_of(noun, NULL))
			cli_complete_offer(to, noun, "its operations");
		last = operation.name;
	}
	cli_complete_operations(to);
}

void cli_complete_actors(const cli_completion *to)
{
	static const char *const actors[][2] = {
		{"operator:", "staff, by name"}, {"system", "timed work"},
		{"anonymous", "anybody"},        {"buyer:", "by id"},
		{"buyer:ref:", "by reference"},  {"member:", "of a seller, by id"},
		{"member:ref:", "by reference"},
	};
	for (size_t i = 0; i < sizeof(actors) / sizeof(actors[0]); i++)
		cli_complete_offer(to, actors[i][0], actors[i][1]);
}

void cli_complete_fields(const cli_completion *to, const char *operation)
{
	json_t *params = json_object_get(cli_operation(operation), "params"), *field, *value;
	const char *name;
	json_object_foreach(json_object_get(params, "properties"), name, field)
	{
		json_t *values = json_object_get(field, "enum");
		bool flag = strcmp(cli_text(field, "type"), "boolean") == 0;
		const char *summary = cli_text(field, "description");
		char word[256];
		size_t i;
		snprintf(word, sizeof(word), "%s=", name);
		if (strncmp(to->word, word, strlen(word)) != 0 || (!values && !flag)) {
			cli_complete_offer(to, word, summary);
			continue;
		}
		json_array_foreach(values, i, value)
		{
			snprintf(word, sizeof(word), "%s=%s", name, json_string_value(value));
			cli_complete_offer(to, word, summary);
		}
		for (i = 0; flag && i < 2; i++) {
			snprintf(word, sizeof(word), "%s=%s", name, i == 0 ? "true" : "false");
			cli_complete_offer(to, word, summary);
		}
	}
}

void cli_complete_stores(const cli_completion *to)
{
	const char *path = to->word + strlen("sqlite:");
	const char *slash;
	char folder[4096];
	struct dirent *entry;
	DIR *entries;
	if (strncmp(to->word, "sqlite:", strlen("sqlite:")) != 0) {
		cli_complete_offer(to, "sqlite:", "a file");
		cli_complete_offer(to, "postgresql://", "a server's database");
		return;
	}
	cli_complete_offer(to, "sqlite::memory:", "gone at the end");
	slash = strrchr(path, '/');
	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path + 1) : 2,
	         slash ? path : "./");
	entries = opendir(folder);
	while (entries && (entry = readdir(entries)))
		offer_entry(to, slash ? folder : "", entry->d_name);
	if (entries)
		closedir(entries);
}

static bool is_sqlite(const char *path)
{
	static const char head[] = "SQLite format 3";
	char found[sizeof(head)] = "";
	FILE *file = fopen(path, "rb");
	bool is = file && fread(found, 1, sizeof(found), file) == sizeof(found) &&
	          memcmp(found, head, sizeof(head)) == 0;
	if (file)
		fclose(file);
	return is;
}

static void offer_entry(const cli_completion *to, const char *folder, const char *entry)
{
	char word[4352];
	const char *path = word + strlen("sqlite:");
	struct stat found;
	int size = snprintf(word, sizeof(word) - 1, "sqlite:%s%s", folder, entry);
	if (entry[0] == '.' || size < 0 || (size_t)size >= sizeof(word) - 1 ||
	    strncmp(word, to->word, strlen(to->word)) != 0 || stat(path, &found) != 0)
		return;
	if (S_ISDIR(found.st_mode))
		memcpy(word + size, "/", 2);
	else if (!S_ISREG(found.st_mode) || !is_sqlite(path))
		return;
	cli_complete_offer(to, word, NULL);
}

static void complete_first(const cli_completion *to)
{
	const char *last = "";
	for (const cli_command *one = cli_commands; one->name; one++) {
		if (!one->hidden && strcmp(one->name, last) != 0)
			cli_complete_offer(to, one->name, one->summary);
		last = one->name;
	}
}

static void complete_option(const cli_completion *to, const cli_command *command)
{
	for (const cli_option *option = cli_options; option->name; option++)
		if (command ? cli_command_takes(command, option) : option->everywhere)
			cli_complete_offer(to, option->name, option->summary);
	if (!command)
		cli_complete_offer(to, "--version", "which version this is");
}

static void complete_words(const cli_completion *to, const char *words)
{
	while (*words != '\0') {
		char word[64];
		size_t length = strcspn(words, "|");
		snprintf(word, sizeof(word), "%.*s", (int)length, words);
		cli_complete_offer(to, word, NULL);
		words += length + (words[length] == '|');
	}
}

static void complete_value(const cli_completion *to, cli_value value, const char *shown)
{
	switch (value) {
	case CLI_STORE:
		cli_complete_stores(to);
		break;
	case CLI_ACTOR:
		cli_complete_actors(to);
		break;
	case CLI_OPERATION:
		cli_complete_operations(to);
		break;
	case CLI_TOPIC:
		cli_complete_topics(to);
		break;
	case CLI_WORD:
		complete_words(to, shown);
		break;
	case CLI_FILE:
		puts(":files");
		break;
	case CLI_FOLDER:
		puts(":folders");
		break;
	case CLI_NONE:
	case CLI_TEXT:
	case CLI_NUMBER:
	case CLI_TIME:
	case CLI_PARAMS:
		break;
	}
}
