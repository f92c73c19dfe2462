/* Copies, backups and restores of whole stores. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_ANCHORS 64
#define LONGEST_ANCHOR (1024 * 1024)
#define BAR_WIDTH 30

static const char usage[] = "store copy [--keys] [--anchor FILE]... FROM TO | "
							"store backup [--keys] [--anchor FILE]... FILE | "
							"store restore [--keys] [--anchor FILE]... FILE";

/* The arguments behind "store". */
typedef struct request {
	const char *verb;
	const char *names[2];
	int n_names;
	char *anchors[MOST_ANCHORS];
	size_t n_anchors;
	bool keys;
} request;

/* What the terminal shows; nothing is printed twice. */
typedef struct bar {
	int32_t phase;
	int percent;
} bar;

static int parse(const cli *cli, request *r);
static int run(const cli *cli, request *r);
static void show(const market_store_progress *progress, void *user_data);
static void report(const request *r, const market_store_report *done);

int cli_store(const cli *cli)
{
	request r = {0};
	int rc = parse(cli, &r);
	if (rc == 0)
		rc = run(cli, &r);
	for (size_t i = 0; i < r.n_anchors; i++)
		free(r.anchors[i]);
	return rc;
}

static int take_anchor(const cli *cli, int *at, request *r)
{
	const char *path = cli->argv[*at] + strlen("--anchor");
	size_t size = 0;
	if (*path == '=')
		path++;
	else
		path = *path == '\0' && *at + 1 < cli->argc ? cli->argv[++*at] : NULL;
	if (!path || r->n_anchors == MOST_ANCHORS)
		return cli_usage("%s", usage);
	r->anchors[r->n_anchors] = cli_read_file(path, LONGEST_ANCHOR, &size);
	return r->anchors[r->n_anchors] ? (r->n_anchors++, 0) : cli_usage("can't read %s", path);
}

static int parse(const cli *cli, request *r)
{
	int wanted;
	r->verb = cli->argc > 1 ? cli->argv[1] : "";
	wanted = strcmp(r->verb, "copy") == 0 ? 2 : 1;
	if (wanted == 1 && strcmp(r->verb, "backup") != 0 && strcmp(r->verb, "restore") != 0)
		return cli_usage("%s", usage);
	for (int i = 2; i < cli->argc; i++) {
		const char *argument = cli->argv[i];
		int rc = 0;
		if (strcmp(argument, "--keys") == 0)
			r->keys = true;
		else if (strncmp(argument, "--anchor", strlen("--anchor")) == 0)
			rc = take_anchor(cli, &i, r);
		else if (argument[0] == '-' || r->n_names == wanted)
			rc = cli_usage("%s", usage);
		else
			r->names[r->n_names++] = argument;
		if (rc != 0)
			return rc;
	}
	if (r->n_names != wanted)
		return cli_usage("%s", usage);
	if (wanted == 1 && !cli->store)
		return cli_usage("--store URL is needed");
	return 0;
}

static int run(const cli *cli, request *r)
{
	market_store_options options = MARKET_STORE_OPTIONS_INIT;
	market_store_report done = MARKET_STORE_REPORT_INIT;
	market_error err;
	bar shown = {0};
	char what[32];
	int rc;
	options.flags = r->keys ? MARKET_STORE_KEYS : 0;
	options.anchors = (const char *const *)r->anchors;
	options.n_anchors = r->n_anchors;
	if (isatty(STDERR_FILENO)) {
		options.progress = show;
		options.user_data = &shown;
	}
	if (strcmp(r->verb, "copy") == 0)
		rc = market_store_copy(r->names[0], r->names[1], &options, &done, &err);
	else if (strcmp(r->verb, "backup") == 0)
		rc = market_store_backup(cli->store, r->names[0], &options, &done, &err);
	else
		rc = market_store_restore(r->names[0], cli->store, &options, &done, &err);
	if (shown.phase != 0)
		fputs("\r\033[K", stderr);
	if (rc == 0) {
		report(r, &done);
		return EXIT_OK;
	}
	snprintf(what, sizeof(what), "store %s", r->verb);
	cli_error(what, &err);
	return EXIT_REFUSED;
}

static void show(const market_store_progress *progress, void *user_data)
{
	static const char *const names[] = {
		[MARKET_STORE_COUNTING] = "counting",
		[MARKET_STORE_WRITING] = "copying",
		[MARKET_STORE_COMPARING] = "comparing",
		[MARKET_STORE_VERIFYING] = "verifying",
	};
	bar *shown = user_data;
	int percent = progress->total > 0 ? (int)(progress->done * 100 / progress->total) : 0;
	int filled = percent * BAR_WIDTH / 100;
	if (progress->phase == shown->phase && percent == shown->percent)
		return;
	shown->phase = progress->phase;
	shown->percent = percent;
	if (progress->total <= 0) {
		fprintf(stderr, "\r\033[K%-9s", names[progress->phase]);
		return;
	}
	fprintf(stderr, "\r\033[K%-9s [", names[progress->phase]);
	for (int i = 0; i < BAR_WIDTH; i++)
		fputc(i < filled ? '#' : ' ', stderr);
	fprintf(stderr, "] %3d %%  %s", percent, progress->table);
	fflush(stderr);
}

static void report(const request *r, const market_store_report *done)
{
	const char *copy = strcmp(r->verb, "restore") == 0 ? "store"
	                   : strcmp(r->verb, "copy") == 0  ? "copy"
	                                                   : "backup";
	if (done->rows > 0)
		printf("%lld rows of %lld tables, equal at both ends: accounts, tree heads and "
		       "checkpoints among them\n",
		       (long long)done->rows, (long long)done->tables);
	if (strcmp(r->verb, "restore") == 0)
		puts(done->checksum ? "checksum: ok" : "checksum: there is none");
	if (done->checkpoint > 0)
		printf("newest checkpoint: %lld\n", (long long)done->checkpoint);
	else
		puts("newest checkpoint: there is none");
	if (done->verified)
		printf("verify: %s, %lld transfers of %lld books\n",
		       r->n_anchors > 0 ? "ok" : "self_consistent", (long long)done->transfers,
		       (long long)done->books);
	else
		puts("verify: not done, the keys aren't here");
	if (done->keys_copied)
		printf("keys: copied to %s\n", done->keys);
	else
		printf("keys: not copied; the %s needs %s\n", copy, done->keys);
}
