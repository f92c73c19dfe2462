#include "cli/cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/table.h"

int cli_usage(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fprintf(stderr, "%smarket:%s ", cli_colour_of(stderr, CLI_RED),
	        cli_colour_of(stderr, CLI_PLAIN));
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	return EXIT_USAGE;
}

void cli_error(const char *what, const market_error *err)
{
	cli_usage("%s: %s (%s)", what, err->message, market_error_name(err->code));
	if (err->field[0] != '\0')
		fprintf(stderr, "  at %s\n", err->field);
	if (err->detail[0] != '\0')
		fprintf(stderr, "  %s\n", err->detail);
	if (err->hint[0] != '\0')
		fprintf(stderr, "  %s\n", err->hint);
}

bool cli_written(void)
{
	static bool told;
	bool bad = fflush(stdout) != 0;
	bad = ferror(stdout) || bad;
	if (bad && !told)
		cli_usage("can't write the output");
	told = told || bad;
	return !bad;
}

static void log_line(int32_t level, const char *message, void *user_data)
{
	(void)user_data;
	if (level <= MARKET_LOG_WARNING)
		fprintf(stderr, "market: %s\n", message);
}

static int open_store(const cli *cli, uint32_t flags, const char *policy, cli_market *out);

int cli_open(const cli *cli, cli_market *out)
{
	return open_store(cli, MARKET_OPEN_CREATE | MARKET_OPEN_MIGRATE, NULL, out);
}

int cli_open_existing(const cli *cli, cli_market *out)
{
	return open_store(cli, 0, NULL, out);
}

int cli_open_with(const cli *cli, const char *policy, cli_market *out)
{
	return open_store(cli, MARKET_OPEN_CREATE | MARKET_OPEN_MIGRATE, policy, out);
}

static int open_store(const cli *cli, uint32_t flags, const char *policy, cli_market *out)
{
	market_options options = MARKET_OPTIONS_INIT;
	market_actor actor = {.kind = MARKET_ACTOR_OPERATOR, .name = "cli", .rights = MARKET_RIGHT_ALL};
	market_error err;
	memset(out, 0, sizeof(*out));
	if (!cli->store)
		return cli_usage("--store URL is needed");
	options.flags = flags;
	options.log = log_line;
	options.policy = policy;
	options.policy_size = policy ? strlen(policy) : 0;
	if (market_open(cli->store, &options, &out->market, &err) != 0) {
		cli_error("can't open the store", &err);
		return EXIT_USAGE;
	}
	if (market_session_open(out->market, &actor, &out->session, &err) != 0) {
		cli_error("can't open a session", &err);
		cli_close(out);
		return EXIT_USAGE;
	}
	return 0;
}

bool cli_shows_tables(const cli *cli)
{
	return cli->table || isatty(STDOUT_FILENO);
}

void cli_close(cli_market *open)
{
	market_session_close(open->session);
	market_close(open->market);
	memset(open, 0, sizeof(*open));
}

json_t *cli_error_json(const market_error *err)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "code", market_error_name(err->code),
	                 "class", market_error_class_name(err->error_class), "message", err->message,
	                 "detail", err->detail, "hint", err->hint, "field", err->field, "object",
	                 err->object);
}

bool cli_time(const char *text, market_time *out)
{
	return market_time_parse(text, out);
}

char *cli_read_file(const char *path, size_t limit, size_t *size)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	char *data = file ? malloc(limit + 1) : NULL;
	size_t used = 0, got;
	if (!data) {
		if (file && file != stdin)
			fclose(file);
		return NULL;
	}
	while (used < limit && (got = fread(data + used, 1, limit - used, file)) > 0)
		used += got;
	data[used] = '\0';
	*size = used;
	if (ferror(file)) {
		free(data);
		data = NULL;
	}
	if (file != stdin)
		fclose(file);
	return data;
}

bool cli_beside(const cli *cli, const char *suffix, char *path, size_t size)
{
	const char *from = strchr(cli->store, ':');
	const char *name;
	size_t length;
	if (!from)
		return false;
	from++;
	length = strcspn(from, "?");
	if (strncmp(cli->store, "sqlite:", 7) == 0) {
		if (length == 0 || strncmp(from, ":memory:", 8) == 0)
			return false;
		return (size_t)snprintf(path, size, "%.*s%s", (int)length, from, suffix) < size;
	}
	name = memrchr(from, '/', length);
	name = name ? name + 1 : from;
	length -= (size_t)(name - from);
	if ((from = strstr(cli->store, "dbname=")) != NULL) {
		name = from + 7;
		length = strcspn(name, "& ");
	}
	if (length == 0) {
		name = "market";
		length = 6;
	}
	return (size_t)snprintf(path, size, "./%.*s%s", (int)length, name, suffix) < size;
}

bool cli_write_file(const char *path, const char *text)
{
	char beside[4096];
	struct stat info;
	/* a pipe or a device is written to, and never replaced by a file */
	bool whole = stat(path, &info) != 0 || S_ISREG(info.st_mode);
	FILE *file;
	bool ok;
	if ((size_t)snprintf(beside, sizeof(beside), "%s.new", path) >= sizeof(beside))
		return false;
	file = fopen(whole ? beside : path, "w");
	ok = file && fputs(text, file) >= 0 && fflush(file) == 0;
	ok = ok && (!whole || fsync(fileno(file)) == 0);
	if (file && fclose(file) != 0)
		ok = false;
	ok = ok && (!whole || rename(beside, path) == 0);
	if (file && whole && !ok)
		remove(beside);
	return ok;
}
