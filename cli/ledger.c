/* Checkpoints and verification (LED-7, LED-8). */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "cli/table.h"

#define MOST_ANCHORS 64
#define LONGEST_ANCHOR (1024 * 1024)

static int checkpoint(const cli *cli, const char *path);
static int verify(const cli *cli, const char *const *paths, size_t count);
static int report(const market_ledger_report *report, bool table);

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

int cli_ledger(const cli *cli)
{
	static const char usage[] = "ledger checkpoint [--out FILE] | ledger verify [--anchor FILE]...";
	const char *paths[MOST_ANCHORS];
	size_t count = 0;
	bool verifies = cli->argc > 1 && strcmp(cli->argv[1], "verify") == 0;
	if (!verifies && (cli->argc < 2 || strcmp(cli->argv[1], "checkpoint") != 0))
		return cli_usage("%s", usage);
	for (int i = 2; i < cli->argc; i++) {
		const char *path = option(cli, verifies ? "--anchor" : "--out", &i);
		if (!path || count == (verifies ? MOST_ANCHORS : 1))
			return cli_usage("%s", usage);
		paths[count++] = path;
	}
	return verifies ? verify(cli, paths, count) : checkpoint(cli, count > 0 ? paths[0] : NULL);
}

static int checkpoint(const cli *cli, const char *path)
{
	market_ledger_checkpoint_params in = MARKET_LEDGER_CHECKPOINT_PARAMS_INIT;
	market_checkpoint *made = NULL;
	cli_market open;
	market_error err;
	int rc = cli_open_existing(cli, &open);
	if (rc != 0)
		return rc;
	in.key = cli->key;
	rc = EXIT_OK;
	if (market_ledger_checkpoint(open.session, &in, &made, &err) != 0) {
		cli_error("ledger checkpoint", &err);
		rc = EXIT_USAGE;
	} else if (!path) {
		puts(made->anchor);
	} else if (!cli_write_file(path, made->anchor)) {
		rc = cli_usage("can't write %s", path);
	} else {
		printf("%s: %lld transfers of %lld books\n", path, (long long)made->transfers,
		       (long long)made->books);
	}
	market_checkpoint_free(made);
	cli_close(&open);
	return rc;
}

static int verify(const cli *cli, const char *const *paths, size_t count)
{
	market_ledger_verify_params in = MARKET_LEDGER_VERIFY_PARAMS_INIT;
	market_ledger_report *found = NULL;
	char *texts[MOST_ANCHORS] = {NULL};
	cli_market open;
	market_error err;
	int rc = cli_open_existing(cli, &open);
	if (rc != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		size_t size = 0;
		texts[i] = cli_read_file(paths[i], LONGEST_ANCHOR, &size);
		if (!texts[i])
			rc = cli_usage("can't read %s", paths[i]);
	}
	in.anchors = (const char *const *)texts;
	in.n_anchors = count;
	if (rc == 0 && market_ledger_verify(open.session, &in, &found, &err) != 0) {
		cli_error("ledger verify", &err);
		rc = err.code == MARKET_ECORRUPT ? EXIT_REFUSED : EXIT_USAGE;
	}
	if (rc == 0)
		rc = report(found, cli_shows_tables(cli));
	market_ledger_report_free(found);
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	cli_close(&open);
	return rc;
}

static void print_since(const char *what, int64_t count, market_time since, const char *amounts)
{
	char time[MARKET_TIME_TEXT_SIZE];
	if (count == 0)
		return;
	market_time_format(since, time);
	printf("%s: %lld, since %s%s%s\n", what, (long long)count, time, amounts ? ", " : "",
	       amounts ? amounts : "");
}

static int report(const market_ledger_report *found, bool table)
{
	static const char *const names[] = {
		[MARKET_LEDGER_OK] = "ok",
		[MARKET_LEDGER_SELF_CONSISTENT] = "self_consistent",
		[MARKET_LEDGER_BROKEN] = "broken",
	};
	const struct {
		const char *name;
		int64_t count;
	} counts[] = {
		{"books", found->books},
		{"accounts", found->accounts},
		{"transfers", found->transfers},
		{"legs", found->legs},
		{"checkpoints", found->checkpoints},
		{"anchors", found->anchors},
	};
	cli_table *aligned = table ? cli_table_new(NULL, 2) : NULL;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		char count[24];
		const char *cells[] = {counts[i].name, count};
		snprintf(count, sizeof(count), "%lld", (long long)counts[i].count);
		if (table)
			cli_table_add(aligned, cells);
		else
			printf("%s: %s\n", counts[i].name, count);
	}
	if (table)
		cli_table_print(aligned, stdout, 0);
	cli_table_free(aligned);
	print_since("not sealed yet", found->unsealed, found->unsealed_since, NULL);
	print_since("in transit between books", found->in_transit, found->in_transit_since,
	            found->in_transit_amounts);
	if (found->result == MARKET_LEDGER_BROKEN)
		printf("broken at %s: %s\n", found->place, found->problem);
	printf("verify: %s%s%s\n",
	       cli_colour_of(stdout, found->result == MARKET_LEDGER_BROKEN ? CLI_RED : CLI_GREEN),
	       names[found->result], cli_colour_of(stdout, CLI_PLAIN));
	switch (found->result) {
	case MARKET_LEDGER_OK:
		return EXIT_OK;
	case MARKET_LEDGER_SELF_CONSISTENT:
		return EXIT_SELF_CONSISTENT;
	default:
		return EXIT_REFUSED;
	}
}
