#include <string.h>

#include "libmarket/listing/listing.h"

int market_rules_check(const char *text, size_t size, market_policy_error *errors,
                       size_t max_errors, size_t *n_errors, market_error *err)
{
	const mk_rule_pack *pack = NULL;
	size_t count = 0;
	mk_arena arena;
	mk_yaml *yaml;
	int rc;

	mk_arena_init(&arena, &mk_allocator_default);
	yaml = MK_NEW(&arena, mk_yaml);
	if (yaml) {
		yaml->arena = &arena;
		rc = mk_rule_pack_read(text, size, yaml, &pack, err);
		if (rc == 0)
			rc = mk_rule_pack_try(pack, yaml, err);
		count = yaml->n_errors < max_errors ? yaml->n_errors : max_errors;
		for (size_t i = 0; i < count; i++) {
			errors[i].line = yaml->errors[i].line;
			errors[i].column = yaml->errors[i].column;
			memcpy(errors[i].message, yaml->errors[i].message, sizeof(errors[i].message));
			memcpy(errors[i].hint, yaml->errors[i].hint, sizeof(errors[i].hint));
		}
	} else {
		rc = mk_error_no_memory(err);
	}
	if (n_errors)
		*n_errors = count;
	mk_arena_close(&arena);
	return rc;
}
