/* rules: packs of listing rules. */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST (1024 * 1024)

static int check(const char *path);
static int add(const char *policy_path, const char *pack_path);
static const char *line_of(const char *text, const char *start);
static void print_pack(const char *text);

int cli_rules(const cli *cli)
{
	if (cli->argc == 3 && strcmp(cli->argv[1], "check") == 0)
		return check(cli->argv[2]);
	if (cli->argc == 4 && strcmp(cli->argv[1], "add") == 0)
		return add(cli->argv[2], cli->argv[3]);
	return cli_usage("rules check FILE | rules add POLICY FILE");
}

static int check(const char *path)
{
	market_policy_error errors[100];
	market_error err;
	size_t count = 0, size = 0;
	char *text = cli_read_file(path, LONGEST + 1, &size);
	int rc;

	if (!text)
		return cli_usage("can't read %s: %s", path, strerror(errno));
	rc = market_rules_check(text, size, errors, 100, &count, &err);
	free(text);
	for (size_t i = 0; i < count; i++)
		printf("%s:%d:%d: %s%s%s%s\n", path, errors[i].line, errors[i].column, errors[i].message,
		       errors[i].hint[0] ? " (" : "", errors[i].hint, errors[i].hint[0] ? ")" : "");
	if (rc != 0 && count == 0)
		cli_error(path, &err);
	if (rc == 0)
		printf("%s: ok\n", path);
	return rc == 0 ? EXIT_OK : EXIT_REFUSED;
}

/* The policy with the pack before those it has. */
static int add(const char *policy_path, const char *pack_path)
{
	size_t size;
	char *policy = cli_read_file(policy_path, LONGEST + 1, &size);
	char *pack = policy ? cli_read_file(pack_path, LONGEST + 1, &size) : NULL;
	const char *section, *packs;

	if (!pack) {
		int rc = cli_usage("can't read %s: %s", policy ? pack_path : policy_path, strerror(errno));

		free(policy);
		return rc;
	}
	section = line_of(policy, "listing:");
	packs = section ? line_of(section, "  packs:") : NULL;
	if (packs) {
		const char *rest = packs + strcspn(packs, "\n");

		printf("%.*s  packs:\n", (int)(packs - policy), policy);
		print_pack(pack);
		fputs(*rest ? rest + 1 : rest, stdout);
	} else {
		fputs(policy, stdout);
		fputs(section ? "" : "\nlisting:\n  packs:\n", stdout);
		if (!section)
			print_pack(pack);
	}
	free(policy);
	free(pack);
	return section && !packs ? cli_usage("%s has a section listing without packs", policy_path)
	                         : EXIT_OK;
}

/* Where the first line begins that starts so. */
static const char *line_of(const char *text, const char *start)
{
	for (; text; text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL)
		if (strncmp(text, start, strlen(start)) == 0)
			return text;
	return NULL;
}

/* A file's mapping as an item of a list. */
static void print_pack(const char *text)
{
	bool begun = false;

	while (*text) {
		const size_t size = strcspn(text, "\n");
		const bool empty = size == strspn(text, " \t\r"), remark = *text == '#';

		if (strncmp(text, "---", 3) != 0 && !(empty && !begun))
			printf("%s%.*s\n", empty ? "" : begun || remark ? "      " : "    - ", (int)size, text);
		begun = begun || (!empty && !remark && strncmp(text, "---", 3) != 0);
		text += size + (text[size] == '\n');
	}
}
