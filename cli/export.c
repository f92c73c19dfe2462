/* market export: what is stored, in the form that market import takes (CAT-9). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/import_run.h"

typedef struct export_to {
	const import_kind *kind;
	source_format format;
	const char *path;  /* NULL: standard output */
	char beside[4096]; /* what is written, until it is whole */
	FILE *out;
} export_to;

static int parse(const cli *cli, export_to *to);
static bool open_out(export_to *to);
static bool close_out(export_to *to, bool good);
static void put_row(void *out, json_t *row);
static void put_cells(const export_to *to, json_t *row);

int cli_export(const cli *cli)
{
	export_to to = {0};
	cli_market open;
	market_error err;
	bool good;
	int rc = parse(cli, &to);

	if (rc == 0)
		rc = cli_open_existing(cli, &open);
	if (rc != 0)
		return rc;
	if (!open_out(&to)) {
		cli_close(&open);
		return cli_usage("can't write %s: %s", to.path, strerror(errno));
	}
	for (size_t i = 0; to.format == SOURCE_CSV && to.kind->fields[i]; i++)
		fprintf(to.out, "%s%s", i > 0 ? "," : "", to.kind->fields[i]);
	if (to.format == SOURCE_CSV)
		fputs("\r\n", to.out);
	good = to.kind->export(&open, put_row, &to, &err) == 0;
	if (!good)
		cli_error("export", &err);
	cli_close(&open);
	if (!close_out(&to, good) && good)
		return cli_usage("can't write %s", to.path ? to.path : "the output");
	return good ? EXIT_OK : EXIT_USAGE;
}

static int parse(const cli *cli, export_to *to)
{
	for (int i = 1; i < cli->argc; i++) {
		const char *argument = cli->argv[i];

		if (strncmp(argument, "--format", 8) == 0) {
			to->format = import_format_of(argument[8] == '=' ? argument + 9 : cli->argv[++i]);
			if (to->format == 0)
				return cli_usage("--format is csv or jsonl");
		} else if (!to->kind) {
			to->kind = import_kind_named(argument);
			if (!to->kind)
				return cli_usage("export: there is no kind %s", argument);
		} else if (strcmp(argument, "-") != 0) {
			to->path = argument;
		}
	}
	if (to->format == 0)
		to->format = source_format_of(to->path ? to->path : "");
	if (to->format == 0 && to->path)
		return cli_usage("%s: --format csv or jsonl is needed", to->path);
	if (to->format == 0)
		to->format = SOURCE_CSV;
	return 0;
}

/* A file is there whole or not at all; a pipe or a device is written to. */
static bool open_out(export_to *to)
{
	struct stat info;

	to->out = stdout;
	if (!to->path)
		return true;
	if (stat(to->path, &info) != 0 || S_ISREG(info.st_mode)) {
		if ((size_t)snprintf(to->beside, sizeof(to->beside), "%s.new", to->path) >=
		    sizeof(to->beside)) {
			errno = ENAMETOOLONG;
			return false;
		}
	}
	to->out = fopen(to->beside[0] ? to->beside : to->path, "w");
	return to->out != NULL;
}

static bool close_out(export_to *to, bool good)
{
	bool written = fflush(to->out) == 0 && !ferror(to->out);

	if (to->out == stdout)
		return written;
	if (to->beside[0])
		written = fsync(fileno(to->out)) == 0 && written;
	written = fclose(to->out) == 0 && written;
	if (to->beside[0] && good && written)
		return rename(to->beside, to->path) == 0;
	if (to->beside[0])
		remove(to->beside);
	return written;
}

static void put_row(void *out, json_t *row)
{
	const export_to *to = out;

	if (to->format == SOURCE_CSV) {
		put_cells(to, row);
	} else {
		json_dumpf(row, to->out, JSON_COMPACT);
		putc('\n', to->out);
	}
}

static void put_cells(const export_to *to, json_t *row)
{
	for (size_t i = 0; to->kind->fields[i]; i++) {
		json_t *value = json_object_get(row, to->kind->fields[i]);
		char *text = value && !json_is_string(value)
		                 ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY)
		                 : NULL;

		if (i > 0)
			putc(',', to->out);
		if (value)
			source_write_cell(to->out, text ? text : json_string_value(value));
		free(text);
	}
	fputs("\r\n", to->out);
}
