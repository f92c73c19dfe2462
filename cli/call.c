/* One operation, or many from JSON Lines. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST (1024 * 1024) /* bytes of params, and of a line */

/* One request of call or batch. */
typedef struct request {
	const char *op;
	const char *as;
	const char *key;
	market_time at;
	json_t *in; /* an object, borrowed */
} request;

static int prepare(cli_market *open, const request *request, market_error *err);
static int run(cli_market *open, const request *request, char **reply, market_error *err);
static json_t *result_line(json_int_t n, const request *request, int rc, bool replayed,
                           const char *reply, const market_error *err);
static int read_request(json_t *line, request *out, market_error *err);

static void print_json(json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	if (text)
		puts(text);
	free(text);
	fflush(stdout);
}

/* ---- call ---- */

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

/* ---- batch ---- */

static int parse_line(const char *text, size_t size, json_t **line, market_error *err)
{
	char message[200];
	json_error_t where;
	if (size > LONGEST) {
		snprintf(message, sizeof(message), "the line is longer than %d bytes", LONGEST);
		return cli_fail(err, MARKET_ELIMIT, message, "");
	}
	*line = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
	if (*line)
		return 0;
	snprintf(message, sizeof(message), "column %d: %.150s", where.column, where.text);
	return cli_fail(err, MARKET_ESYNTAX, message, "");
}

static bool run_line(cli_market *open, json_int_t n, const char *text, size_t size)
{
	request request = {0};
	market_error err;
	char *reply = NULL;
	json_t *line = NULL, *result;
	int rc = parse_line(text, size, &line, &err);
	if (rc == 0)
		rc = read_request(line, &request, &err);
	if (rc == 0)
		rc = prepare(open, &request, &err);
	if (rc == 0 && request.at != 0)
		rc = cli_catch_up(open, request.at, &err);
	if (rc == 0 && request.at != 0)
		rc = prepare(open, &request, &err);
	if (rc == 0)
		rc = run(open, &request, &reply, &err);
	result = result_line(n, &request, rc, market_session_replayed(open->session), reply, &err);
	print_json(result);
	json_decref(result);
	json_decref(line);
	market_text_free(reply);
	return rc == 0;
}

/* The next line without its end; of one that is too long, one byte more than a line may have. False
 * at the end of the file. */
static bool read_line(FILE *file, char *line, size_t *size)
{
	int c = getc(file);
	*size = 0;
	if (c == EOF)
		return false;
	for (; c != EOF && c != '\n'; c = getc(file))
		if (*size <= LONGEST)
			line[(*size)++] = (char)c;
	if (*size > 0 && *size <= LONGEST && line[*size - 1] == '\r')
		(*size)--;
	return true;
}

int cli_batch(const cli *cli)
{
	cli_market open;
	FILE *file = stdin;
	char *line;
	size_t size = 0;
	json_int_t n = 0;
	bool clean = true;
	int rc;
	if (cli->argc > 2)
		return cli_usage("batch [FILE|-]");
	if (cli->argc == 2 && strcmp(cli->argv[1], "-") != 0)
		file = fopen(cli->argv[1], "r");
	if (!file)
		return cli_usage("can't read %s", cli->argv[1]);
	line = malloc(LONGEST + 1);
	rc = line ? cli_open(cli, &open) : cli_usage("memory is exhausted");
	while (rc == 0 && read_line(file, line, &size))
		if (size > 0)
			clean = run_line(&open, ++n, line, size) && clean;
	free(line);
	if (file != stdin)
		fclose(file);
	if (rc != 0)
		return rc;
	cli_close(&open);
	return clean ? EXIT_OK : EXIT_REFUSED;
}

/* ---- steps ---- */

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

static int read_at(json_t *value, market_time *out, market_error *err)
{
	if (!value)
		return 0;
	if (json_is_integer(value))
		*out = json_integer_value(value);
	else if (!json_is_string(value) || !cli_time(json_string_value(value), out))
		return cli_fail(err, MARKET_EINVALID, "this isn't a time", "at");
	return *out > 0 ? 0 : cli_fail(err, MARKET_EINVALID, "this isn't a time", "at");
}

static int read_text(json_t *line, const char *name, const char **out, market_error *err)
{
	json_t *value = json_object_get(line, name);
	if (value && !json_is_string(value))
		return cli_fail(err, MARKET_ETYPE, "a text is expected", name);
	*out = json_string_value(value);
	return 0;
}

static int read_request(json_t *line, request *out, market_error *err)
{
	static const char *const known[] = {"op", "as", "in", "at", "key"};
	const char *name;
	json_t *value;
	int rc;
	if (!json_is_object(line))
		return cli_fail(err, MARKET_ETYPE, "a line is one JSON object", "");
	json_object_foreach(line, name, value)
	{
		bool found = false;
		for (size_t i = 0; i < 5; i++)
			found = found || strcmp(name, known[i]) == 0;
		if (!found)
			return cli_fail(err, MARKET_EUNKNOWNFIELD, "a line has op, as, in, at and key", name);
	}
	rc = read_text(line, "op", &out->op, err);
	if (rc == 0)
		rc = read_text(line, "as", &out->as, err);
	if (rc == 0)
		rc = read_text(line, "key", &out->key, err);
	if (rc == 0)
		rc = read_at(json_object_get(line, "at"), &out->at, err);
	if (rc != 0)
		return rc;
	if (!out->op)
		return cli_fail(err, MARKET_EMISSING, "the operation is missing", "op");
	out->in = json_object_get(line, "in");
	if (!out->in) {
		out->in = json_object();
		json_object_set_new(line, "in", out->in);
	}
	return json_is_object(out->in)
	           ? 0
	           : cli_fail(err, MARKET_ETYPE, "params are one JSON object", "in");
}

static json_t *result_line(json_int_t n, const request *request, int rc, bool replayed,
                           const char *reply, const market_error *err)
{
	json_t *result = json_object();
	json_object_set_new(result, "n", json_integer(n));
	json_object_set_new(result, "op", request->op ? json_string(request->op) : json_null());
	json_object_set_new(result, "ok", json_boolean(rc == 0));
	if (rc == 0 && replayed)
		json_object_set_new(result, "replayed", json_true());
	if (rc == 0)
		json_object_set_new(result, "out", json_loads(reply, JSON_DECODE_ANY, NULL));
	else
		json_object_set_new(result, "error", cli_error_json(err));
	return result;
}
