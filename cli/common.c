#include "cli/cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int cli_usage(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("market: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	return EXIT_USAGE;
}

void cli_error(const char *what, const market_error *err)
{
	fprintf(stderr, "market: %s: %s (%s)\n", what, err->message, market_error_name(err->code));
	if (err->field[0] != '\0')
		fprintf(stderr, "  at %s\n", err->field);
	if (err->detail[0] != '\0')
		fprintf(stderr, "  %s\n", err->detail);
	if (err->hint[0] != '\0')
		fprintf(stderr, "  %s\n", err->hint);
}

static void log_line(int32_t level, const char *message, void *user_data)
{
	(void)user_data;
	if (level <= MARKET_LOG_WARNING)
		fprintf(stderr, "market: %s\n", message);
}

int cli_open(const cli *cli, cli_market *out)
{
	market_options options = MARKET_OPTIONS_INIT;
	market_actor actor = {.kind = MARKET_ACTOR_OPERATOR, .name = "cli", .rights = MARKET_RIGHT_ALL};
	market_error err;
	memset(out, 0, sizeof(*out));
	if (!cli->store)
		return cli_usage("--store URL is needed");
	options.flags = MARKET_OPEN_CREATE | MARKET_OPEN_MIGRATE;
	options.log = log_line;
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

void cli_close(cli_market *open)
{
	market_session_close(open->session);
	market_close(open->market);
	memset(open, 0, sizeof(*open));
}

json_t *cli_error_json(const market_error *err)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "code", market_error_name(err->code), "class",
	                 market_error_class_name(err->error_class), "message", err->message, "detail", err->detail,
	                 "hint", err->hint, "field", err->field, "object", err->object);
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
	if (file != stdin)
		fclose(file);
	return data;
}
