/* One operation. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST (1024 * 1024) /* bytes of params */

/* What is called. */
typedef struct request {
	const char *op;
	const char *as;
	const char *key;
	market_time at;
	json_t *in; /* an object, borrowed */
} request;

static int prepare(cli_market *open, const request *request, market_error *err);
static int run(cli_market *open, const request *request, char **reply, market_error *err);

static json_t *parse_params(const char *argument)
{
	json_error_t where;
	json_t *in;
	size_t size = 0;
	char *text = NULL;
	if (!argument)
		return json_object();
	if (strcmp(argument, "-") == 0)
		argument = text = cli_read_file("-", LONGEST + 1, &size);
	if (size > LONGEST) {
		cli_usage("params are longer than %d bytes", LONGEST);
		argument = NULL;
	}
	in = argument ? json_loads(argument, JSON_REJECT_DUPLICATES, &where) : NULL;
	if (!in && argument)
		fprintf(stderr, "market: params: line %d, column %d: %s\n", where.line, where.column,
		        where.text);
	free(text);
	return in;
}

int cli_call(const cli *cli)
{
	request request = {.as = cli->as, .key = cli->key};
	cli_market open;
	market_error err;
	char *reply = NULL;
	int rc, code;
	request.op = cli->argv[1];
	if (cli->at && !cli_time(cli->at, &request.at))
		return cli_usage("--at %s isn't a time", cli->at);
	request.in = parse_params(cli->argc > 2 ? cli->argv[2] : NULL);
	if (!json_is_object(request.in)) {
		json_decref(request.in);
		return cli_usage("params are one JSON object");
	}
	rc = cli_open(cli, &open);
	if (rc != 0) {
		json_decref(request.in);
		return rc;
	}
	code = prepare(&open, &request, &err);
	if (code == 0)
		code = run(&open, &request, &reply, &err);
	if (code == MARKET_EUNKNOWNOP)
		cli_unknown_operation(request.op);
	cli_print_result(code, reply, &err, cli->table);
	market_text_free(reply);
	json_decref(request.in);
	cli_close(&open);
	return code == 0 ? EXIT_OK : EXIT_REFUSED;
}

static int prepare(cli_market *open, const request *request, market_error *err)
{
	int rc = cli_set_time(open, request->at, err);
	return rc == 0 ? cli_act_for(open, request->as ? request->as : "operator:cli", err) : rc;
}

static int run(cli_market *open, const request *request, char **reply, market_error *err)
{
	char *params;
	int rc;
	if (request->key)
		json_object_set_new(request->in, "key", json_string(request->key));
	params = json_dumps(request->in, JSON_COMPACT);
	if (!params)
		return cli_fail(err, MARKET_EUTF8, "the params can't be written as JSON", "in");
	rc = market_call(open->session, request->op, params, reply, err);
	free(params);
	return rc;
}
