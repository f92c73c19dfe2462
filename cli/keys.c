/* The store's keys: which there are, and their change. */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int list(cli_market *open);
static int rotate(cli_market *open, bool signing);
static int drop(cli_market *open, int64_t number);
static int refused(const char *what, const market_error *err);
static bool read_number(const char *text, int64_t *out);
static void show(int64_t done, int64_t total, void *user_data);

int cli_keys(const cli *cli)
{
	static const char usage[] = "keys list | keys rotate [--signing] | keys drop NUMBER";
	const char *verb = cli->argc > 1 ? cli->argv[1] : "";
	const char *word = cli->argc > 2 ? cli->argv[2] : NULL;
	const bool signing = word && strcmp(word, "--signing") == 0;
	int64_t number = 0;
	cli_market open;
	int rc;
	if (cli->argc > 3 || (strcmp(verb, "list") == 0 && word) ||
	    (strcmp(verb, "rotate") == 0 && word && !signing) ||
	    (strcmp(verb, "drop") == 0 && !read_number(word, &number)))
		return cli_usage("%s", usage);
	rc = cli_open_existing(cli, &open);
	if (rc != 0)
		return rc;
	if (strcmp(verb, "list") == 0)
		rc = list(&open);
	else if (strcmp(verb, "rotate") == 0)
		rc = rotate(&open, signing);
	else
		rc = drop(&open, number);
	cli_close(&open);
	return rc;
}

/* An older key that has nothing left in the store stays for backups alone. */
static int list(cli_market *open)
{
	const market_keys_get_params in = MARKET_KEYS_GET_PARAMS_INIT;
	market_keys *keys = NULL;
	market_error err;
	if (market_keys_get(open->session, &in, &keys, &err) != 0)
		return refused("keys list", &err);
	printf("signing key %lld: in use\n", (long long)keys->signing);
	for (size_t i = 0; i < keys->n_sealing; i++) {
		const market_sealing_key *key = keys->sealing[i];
		printf("sealing key %lld: %lld records%s\n", (long long)key->number,
		       (long long)key->records,
		       key->current        ? ", in use"
		       : key->records == 0 ? ", may go when no backup from before its change is needed"
		                           : "");
	}
	market_keys_free(keys);
	return EXIT_OK;
}

static int rotate(cli_market *open, bool signing)
{
	market_keys_options options = MARKET_KEYS_OPTIONS_INIT;
	market_keys_report done = MARKET_KEYS_REPORT_INIT;
	market_error err;
	const bool terminal = isatty(STDERR_FILENO);
	int rc;
	options.signing = signing;
	options.progress = terminal ? show : NULL;
	rc = market_keys_rotate(open->session, &options, &done, &err);
	if (terminal)
		fputs("\r\033[K", stderr);
	if (rc != 0)
		return refused("keys rotate", &err);
	printf("%s key %lld: %s\n", signing ? "signing" : "sealing", (long long)done.number,
	       done.added ? "new, in use" : "in use; its change had been interrupted");
	if (signing)
		return EXIT_OK;
	printf("records: %lld, wrapped anew: %lld\n", (long long)done.records,
	       (long long)done.rewrapped);
	return list(open);
}

static int drop(cli_market *open, int64_t number)
{
	market_error err;
	if (market_keys_drop(open->session, number, &err) != 0)
		return refused("keys drop", &err);
	printf("sealing key %lld: gone\n", (long long)number);
	return EXIT_OK;
}

static int refused(const char *what, const market_error *err)
{
	cli_error(what, err);
	return EXIT_REFUSED;
}

static bool read_number(const char *text, int64_t *out)
{
	char *end = NULL;
	if (!text || *text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0';
}

static void show(int64_t done, int64_t total, void *user_data)
{
	(void)user_data;
	fprintf(stderr, "\r\033[Kwrapping %lld of %lld", (long long)done, (long long)total);
	fflush(stderr);
}
