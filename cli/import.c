/* market import: rows of a file become objects, those that are there already stay (CAT-9).
 *
 * An object is found by its reference. So the same file again only reads, and a row that has
 * changed is compared with what is stored, whatever was imported before. */
#include "cli/import.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/import_run.h"

static const char *option(const cli *cli, const char *name, int *at);
static int parse(const cli *cli, import_run *run);
static int parse_option(const cli *cli, import_run *run, int *at);
static int add_pair(source_map *pairs, size_t *count, const char *text, const char *name);
static int check_pairs(const import_run *run);
static void print_summary(const cli *cli, const import_run *run);

int cli_import(const cli *cli)
{
	import_run *run = calloc(1, sizeof(*run));
	int rc = run ? parse(cli, run) : cli_usage("memory is exhausted");

	if (rc == 0)
		rc = check_pairs(run);
	if (rc == 0 && !source_open(&run->source, run->path, &run->options))
		rc = cli_usage("%s", run->source.error);
	if (rc == 0 && run->report_path && !import_report_open(run))
		rc = cli_usage("can't write %s", run->report_path);
	if (rc == 0)
		rc = cli_open(cli, &run->open);
	if (rc == 0) {
		rc = import_run_all(run);
		cli_close(&run->open);
	}
	if (run && run->kind)
		source_close(&run->source);
	if (run && !import_report_close(run) && rc == 0)
		rc = cli_usage("can't write %s", run->report_path);
	if (rc == 0) {
		print_summary(cli, run);
		rc = !cli_written() ? EXIT_USAGE : run->refused > 0 ? EXIT_REFUSED : EXIT_OK;
	}
	free(run);
	return rc;
}

/* The value of "NAME VALUE" or "NAME=VALUE" at `*at`; NULL when it is something else. */
static const char *option(const cli *cli, const char *name, int *at)
{
	const char *argument = cli->argv[*at];
	size_t length = strlen(name);

	if (strncmp(argument, name, length) != 0)
		return NULL;
	if (argument[length] == '=')
		return argument + length + 1;
	return argument[length] == '\0' && *at + 1 < cli->argc ? cli->argv[++*at] : NULL;
}

static int parse(const cli *cli, import_run *run)
{
	for (int i = 1; i < cli->argc; i++) {
		const char *argument = cli->argv[i];

		if (argument[0] == '-' && argument[1] != '\0') {
			if (parse_option(cli, run, &i) != 0)
				return EXIT_USAGE;
		} else if (!run->kind) {
			run->kind = import_kind_named(argument);
			if (!run->kind)
				return cli_usage("import: there is no kind %s", argument);
		} else {
			run->path = argument;
		}
	}
	if (!run->kind || !run->path)
		return cli_usage("import KIND FILE");
	run->options.fields = run->kind->fields;
	run->options.required = run->kind->required;
	run->as = cli->as ? cli->as : "operator:cli";
	run->progress.wanted = isatty(STDERR_FILENO);
	return 0;
}

static int parse_option(const cli *cli, import_run *run, int *at)
{
	const char *value = option(cli, "--map", at);

	if (value)
		return add_pair(run->options.maps, &run->options.n_maps, value, "--map COLUMN=FIELD");
	value = option(cli, "--set", at);
	if (value)
		return add_pair(run->options.values, &run->options.n_values, value, "--set FIELD=VALUE");
	value = option(cli, "--encoding", at);
	if (value) {
		run->options.encoding = value;
		return 0;
	}
	value = option(cli, "--report", at);
	if (value) {
		run->report_path = value;
		return 0;
	}
	value = option(cli, "--format", at);
	run->options.format = import_format_of(value ? value : "");
	return run->options.format ? 0 : cli_usage("--format is csv or jsonl");
}

static int add_pair(source_map *pairs, size_t *count, const char *text, const char *name)
{
	const char *equals = strrchr(text, '=');
	source_map *pair = &pairs[*count];

	if (strncmp(name, "--set", 5) == 0)
		equals = strchr(text, '=');
	if (!equals || equals == text || (size_t)(equals - text) >= sizeof(pair->column) ||
	    strlen(equals + 1) >= sizeof(pair->field))
		return cli_usage("%s: %s isn't such a pair", name, text);
	if (*count == SOURCE_MAX_MAPS)
		return cli_usage("%s: more than %d", name, SOURCE_MAX_MAPS);
	memcpy(pair->column, text, (size_t)(equals - text));
	pair->column[equals - text] = '\0';
	memcpy(pair->field, equals + 1, strlen(equals + 1) + 1);
	++*count;
	return 0;
}

static int check_field(const import_run *run, const char *field)
{
	if (source_has_field(&run->options, field))
		return 0;
	return cli_usage("%s have no field %s", run->kind->name, field);
}

static int check_pairs(const import_run *run)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < run->options.n_maps; i++)
		if (run->options.maps[i].field[0] != '\0')
			rc = check_field(run, run->options.maps[i].field);
	for (size_t i = 0; rc == 0 && i < run->options.n_values; i++)
		rc = check_field(run, run->options.values[i].column);
	return rc;
}

source_format import_format_of(const char *name)
{
	if (strcmp(name, "csv") == 0)
		return SOURCE_CSV;
	return strcmp(name, "jsonl") == 0 ? SOURCE_JSONL : 0;
}

static void print_summary(const cli *cli, const import_run *run)
{
	if (cli_shows_tables(cli))
		printf("%zu rows: %zu created, %zu changed, %zu unchanged, %zu refused\n", run->n_rows,
		       run->created, run->changed, run->unchanged, run->refused);
	else
		printf("{\"rows\":%zu,\"created\":%zu,\"changed\":%zu,\"unchanged\":%zu,\"refused\":%zu}\n",
		       run->n_rows, run->created, run->changed, run->unchanged, run->refused);
}
