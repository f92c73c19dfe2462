/* Lines of "ACTOR OPERATION PARAMS", called one after another. */
#include <stdlib.h>
#include <string.h>

#include "libmarket/op/op.h"
#include "tests/fuzz/fuzz.h"

#define MOST_LINES 6

static void call_line(fuzz_world *w, char *line);

void fuzz_params(const uint8_t *data, size_t size)
{
	fuzz_world *w = fuzz_world_get();
	char *plain = fuzz_text(data, size), *text = fuzz_world_fill(w, plain), *rest = NULL;
	char *line = strtok_r(text, "\n", &rest);

	for (int i = 0; line && i < MOST_LINES; i++) {
		call_line(w, line);
		line = strtok_r(NULL, "\n", &rest);
	}
	free(text);
	free(plain);
}

static void call_line(fuzz_world *w, char *line)
{
	static const char *const actors[] = {"operator:fuzz", "buyer:ref:ana", "member:ref:owner",
	                                     "system", "anonymous"};
	const char *actor = actors[(unsigned char)line[0] % (sizeof(actors) / sizeof(actors[0]))];
	char *operation = strchr(line, ' '), *params = operation ? strchr(operation + 1, ' ') : NULL;
	const mk_op *op;

	if (!params)
		return;
	*operation++ = '\0';
	*params++ = '\0';
	for (size_t i = 0; i < sizeof(actors) / sizeof(actors[0]); i++)
		if (strcmp(line, actors[i]) == 0)
			actor = actors[i];
	op = mk_op_find(operation);
	if (op)
		fuzz_round_trip(op->params, params, strlen(params));
	fuzz_world_call(w, actor, operation, params, NULL);
}
