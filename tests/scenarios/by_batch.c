#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/scenarios/ways.h"

static char *read_answer(scenario_batch *b);
static int read_error(const json_t *error, market_error *err);

bool scenario_batch_open(scenario_batch *b, const char *program, const char *url,
                         char why[SCENARIO_WHY])
{
	int in[2], out[2];

	memset(b, 0, sizeof(*b));
	signal(SIGPIPE, SIG_IGN);
	if (pipe(in) != 0 || pipe(out) != 0) {
		scenario_say(why, "pipe: %s", strerror(errno));
		return false;
	}
	b->pid = fork();
	if (b->pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execl(program, program, "--store", url, "batch", (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	b->to = in[1];
	b->from = out[0];
	if (b->pid > 0)
		return true;
	scenario_say(why, "fork: %s", strerror(errno));
	return false;
}

bool scenario_batch_close(scenario_batch *b)
{
	int status = 0;

	close(b->to);
	close(b->from);
	free(b->buffer);
	b->buffer = NULL;
	return waitpid(b->pid, &status, 0) == b->pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == (b->refused ? 1 : 0);
}

static int fail(market_error *err, const char *what)
{
	memset(err, 0, sizeof(*err));
	err->code = MARKET_EINTERNAL;
	snprintf(err->message, sizeof(err->message), "market batch: %s", what);
	return MARKET_EINTERNAL;
}

static bool write_all(int to, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t n = write(to, text, size);

		if (n <= 0)
			return false;
		text += n;
		size -= (size_t)n;
	}
	return true;
}

static int call(void *data, const char *who, const char *operation, const char *params,
                json_t **reply, bool *replayed, market_error *err)
{
	scenario_batch *b = data;
	json_t *in = json_loads(params, JSON_REJECT_DUPLICATES, NULL);
	json_t *line = json_pack("{s:s, s:s, s:I, s:o}", "op", operation, "as", who, "at",
	                         (json_int_t)b->now, "in", in);
	char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
	json_t *answer;
	int rc = 0;

	json_decref(line);
	if (!text || !write_all(b->to, text, strlen(text)) || !write_all(b->to, "\n", 1)) {
		free(text);
		return fail(err, "the line can't be sent");
	}
	free(text);
	text = read_answer(b);
	answer = text ? json_loads(text, 0, NULL) : NULL;
	free(text);
	if (!answer)
		return fail(err, "no answer");
	if (json_is_true(json_object_get(answer, "ok"))) {
		*reply = json_incref(json_object_get(answer, "out"));
		*replayed = json_is_true(json_object_get(answer, "replayed"));
	} else {
		rc = read_error(json_object_get(answer, "error"), err);
		b->refused = true;
	}
	json_decref(answer);
	return rc;
}

static char *read_answer(scenario_batch *b)
{
	for (;;) {
		char *end = b->used > 0 ? memchr(b->buffer, '\n', b->used) : NULL;
		char *line;
		ssize_t n;

		if (end) {
			size_t size = (size_t)(end - b->buffer);

			line = strndup(b->buffer, size);
			memmove(b->buffer, end + 1, b->used - size - 1);
			b->used -= size + 1;
			return line;
		}
		if (b->room - b->used < 65536) {
			b->room += 131072;
			b->buffer = realloc(b->buffer, b->room);
			if (!b->buffer)
				abort();
		}
		n = read(b->from, b->buffer + b->used, b->room - b->used);
		if (n <= 0)
			return NULL;
		b->used += (size_t)n;
	}
}

static int read_error(const json_t *error, market_error *err)
{
	const char *code = json_string_value(json_object_get(error, "code"));
	const char *field = json_string_value(json_object_get(error, "field"));
	const char *message = json_string_value(json_object_get(error, "message"));

	memset(err, 0, sizeof(*err));
	for (int32_t c = -1; c > -100 && code; c--)
		if (market_error_name(c) && strcmp(market_error_name(c), code) == 0)
			err->code = c;
	snprintf(err->field, sizeof(err->field), "%s", field ? field : "");
	snprintf(err->message, sizeof(err->message), "%s", message ? message : "");
	return err->code != 0 ? err->code : fail(err, "an error without a known code");
}

static void set_time(void *data, market_time now)
{
	((scenario_batch *)data)->now = now;
}

/* The program does what is due before each line that has a time. */
scenario_way scenario_by_batch(scenario_batch *b)
{
	return (scenario_way){.data = b, .call = call, .set_time = set_time};
}
