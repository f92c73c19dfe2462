/* market help: of commands from their table, of operations from the library's. */
#include <string.h>

#include "cli/command.h"
#include "cli/operation.h"
#include "cli/table.h"

#define WIDEST_TYPE 32

static void print_commands(FILE *out);
static void help_command(const cli_command *first);
static void help_operation(const char *name, json_t *operation);
static bool help_noun(const char *noun);
static void print_options(const cli_command *command, size_t indent);
static void print_fields(const char *title, json_t *schema);
static const char *join(pool *pool, json_t *texts);

static const char *bold(FILE *out)
{
	return cli_colour_of(out, CLI_BOLD);
}

static const char *plain(FILE *out)
{
	return cli_colour_of(out, CLI_PLAIN);
}

void cli_print_help(FILE *out)
{
	cli_table *options = cli_table_new(NULL, 2);
	fprintf(out, "%susage:%s market [--store URL] COMMAND ...\n\n", bold(out), plain(out));
	print_commands(out);
	for (const cli_option *option = cli_options; option->name; option++) {
		char shown[64];
		const char *cells[] = {shown, option->summary};
		snprintf(shown, sizeof(shown), "%s %s", option->name, option->shown ? option->shown : "");
		if (option->everywhere)
			cli_table_add(options, cells);
	}
	fprintf(out, "\n%soptions of any command%s\n", bold(out), plain(out));
	cli_table_print(options, out, 2);
	cli_table_free(options);
	fputs(
		"\nURL: sqlite:PATH (made when absent) or postgresql://..., with ?keys=FILE for the keys.\n"
		"ACTOR: operator:NAME, system, anonymous, buyer:ID, member:ID (ID may be ref:REF).\n"
		"Exit: 0 done, 1 refused, 2 wrong usage or could not run; ledger verify also 3:\n"
		"self-consistent, but without an anchor.\n"
		"More: market help COMMAND, market help operations, market help OPERATION.\n",
		out);
}

static void print_commands(FILE *out)
{
	cli_table *table = cli_table_new(NULL, 2);
	for (const cli_command *one = cli_commands; one->name; one++) {
		char name[64];
		const char *cells[] = {name, one->summary};
		snprintf(name, sizeof(name), "%s%s%s", one->name, one->verb ? " " : "",
		         one->verb ? one->verb : "");
		if (!one->hidden)
			cli_table_add(table, cells);
	}
	fprintf(out, "%scommands%s\n", bold(out), plain(out));
	cli_table_print(table, out, 2);
	cli_table_free(table);
}

int cli_help(const cli *cli)
{
	if (cli->argc > 1)
		return cli_help_topic(cli->argv[1]);
	cli_print_help(stdout);
	return EXIT_OK;
}

int cli_help_topic(const char *topic)
{
	const cli_command *command = cli_command_of(topic, NULL);
	json_t *operation = command ? NULL : cli_operation(topic);
	cli_nearest nearest = {.word = topic};
	if (command) {
		help_command(command);
		return EXIT_OK;
	}
	if (operation) {
		help_operation(topic, operation);
		return EXIT_OK;
	}
	if (help_noun(strcmp(topic, "operations") == 0 ? "" : topic))
		return EXIT_OK;
	for (const cli_command *one = cli_commands; one->name; one++)
		cli_offer(&nearest, one->name);
	cli_usage("there is no command or operation %s", topic);
	if (!nearest.name)
		nearest.name = cli_nearest_operation(topic);
	if (nearest.name)
		fprintf(stderr, "  did you mean %s?\n", nearest.name);
	return EXIT_USAGE;
}

static void help_command(const cli_command *first)
{
	for (const cli_command *one = first; one->name && strcmp(one->name, first->name) == 0; one++) {
		if (one != first)
			putchar('\n');
		fputs("market ", stdout);
		fputs(bold(stdout), stdout);
		cli_print_form(one, stdout);
		printf("%s\n  %s\n", plain(stdout), one->summary);
		if (one->detail[0] != '\0') {
			cli_table *text = cli_table_new(NULL, 1);
			cli_table_add(text, &one->detail);
			cli_table_print(text, stdout, 2);
			cli_table_free(text);
		}
		print_options(one, 4);
	}
	fputs("\nIts other options: market help.\n", stdout);
}

static void print_options(const cli_command *command, size_t indent)
{
	cli_table *table = cli_table_new(NULL, 2);
	for (const cli_option *option = cli_options; option->name; option++) {
		char shown[64];
		const char *cells[] = {shown, option->summary};
		snprintf(shown, sizeof(shown), "%s %s", option->name, option->shown ? option->shown : "");
		if (!option->everywhere && cli_command_takes(command, option))
			cli_table_add(table, cells);
	}
	cli_table_print(table, stdout, indent);
	cli_table_free(table);
}

static void help_operation(const char *name, json_t *operation)
{
	pool pool = {0};
	json_t *result = json_object_get(operation, "result");
	cli_table *facts = cli_table_new(NULL, 2);
	const char *by[] = {"by", join(&pool, json_object_get(operation, "by"))};
	const char *errors[] = {"errors", join(&pool, json_object_get(operation, "errors"))};
	const char *since[] = {"since", cli_text(operation, "since")};
	const char *result_cells[] = {"result", pool_format(&pool, "%s: %s", cli_type(&pool, result),
	                                                    cli_text(result, "description"))};
	printf("%s%s%s  %s\n  %s\n\n", bold(stdout), name, plain(stdout),
	       json_is_true(json_object_get(operation, "writes")) ? "writes" : "reads",
	       cli_text(operation, "summary"));
	cli_table_add(facts, by);
	if (*errors[1] != '\0')
		cli_table_add(facts, errors);
	if (json_object_size(result) > 0)
		cli_table_add(facts, result_cells);
	cli_table_add(facts, since);
	cli_table_print(facts, stdout, 2);
	cli_table_free(facts);
	print_fields("params", json_object_get(operation, "params"));
	print_fields("result", result);
	pool_free(&pool);
}

static bool help_noun(const char *noun)
{
	static const char *const headings[] = {"operation", "", "what it does"};
	cli_table *table = cli_table_new(headings, 3);
	market_operation operation;
	size_t length = strlen(noun), found = 0;
	for (size_t i = 0; market_operation_at(i, &operation); i++) {
		const char *cells[] = {operation.name, operation.writes ? "writes" : "reads",
		                       operation.summary};
		if (length > 0 &&
		    (strncmp(operation.name, noun, length) != 0 || operation.name[length] != '.'))
			continue;
		found++;
		cli_table_add(table, cells);
	}
	if (found > 0)
		cli_table_print(table, stdout, 0);
	cli_table_free(table);
	return found > 0;
}

typedef struct rows {
	cli_table *table;
	pool pool;
} rows;

static void add_field(const char *path, json_t *field, bool required, void *user_data)
{
	rows *rows = user_data;
	const char *meaning = cli_text(field, "description");
	const char *cells[] = {path, cli_type(&rows->pool, field), required ? "needed" : "", meaning};
	if (strcmp(path, "key") == 0)
		cells[3] = "done once under this key";
	if (strlen(cells[1]) > WIDEST_TYPE) { /* the names of an enumeration */
		cells[3] = pool_format(&rows->pool, "%s: %s", meaning,
		                       join(&rows->pool, json_object_get(field, "enum")));
		cells[1] = "one of";
	}
	cli_table_add(rows->table, cells);
}

static void print_fields(const char *title, json_t *schema)
{
	const char *headings[] = {title, "type", "", "meaning"};
	rows rows = {.table = cli_table_new(headings, 4)};
	putchar('\n');
	cli_each_field(schema, add_field, &rows);
	cli_table_print(rows.table, stdout, 2);
	cli_table_free(rows.table);
	pool_free(&rows.pool);
}

static const char *join(pool *pool, json_t *texts)
{
	const char *all = "";
	json_t *text;
	size_t i;
	json_array_foreach(texts, i, text) all =
		pool_format(pool, "%s%s%s", all, i > 0 ? ", " : "", json_string_value(text));
	return all;
}
