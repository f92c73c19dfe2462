/* A policy: compiled or refused with errors that name their place. */
#include <stdlib.h>

#include "libmarket/engine/policy.h"
#include "tests/fuzz/fuzz.h"

void fuzz_policy(const uint8_t *data, size_t size)
{
	const mk_policy *policy = NULL;
	char *text = fuzz_text(data, size);
	mk_arena arena;
	mk_yaml *yaml;
	market_error err;
	int rc;

	mk_arena_init(&arena, &mk_allocator_default);
	yaml = calloc(1, sizeof(*yaml));
	fuzz_check(yaml != NULL, "no memory");
	yaml->arena = &arena;
	rc = mk_policy_compile(text, size, yaml, &policy, &err);
	fuzz_check(rc != 0 || (policy && yaml->n_errors == 0), "a policy without a policy");
	fuzz_check(rc == 0 || market_error_class_of(rc) == MARKET_CLASS_CALLER, "%s: %s",
	           market_error_name(rc), err.message);
	fuzz_check(rc == 0 || err.message[0], "an error without its message");
	for (size_t i = 0; i < yaml->n_errors; i++)
		fuzz_check(yaml->errors[i].line > 0 && yaml->errors[i].column > 0 &&
		               yaml->errors[i].message[0],
		           "error %zu has no place: %d:%d: %s", i, yaml->errors[i].line,
		           yaml->errors[i].column, yaml->errors[i].message);
	mk_arena_close(&arena);
	free(yaml);
	free(text);
}
