#include "libmarket/engine/operations.h"

#include <string.h>

#include "libmarket/engine/market.h"

static const mk_field version_fields[] = {
	MK_F_ID(market_policy, id, POLICY, 0, "the version"),
	MK_F_INT(market_policy, number, 0, 0, 0, "from 1"),
	MK_F_TIME(market_policy, effective_at, 0, "in effect from"),
	MK_F_TIME(market_policy, recorded_at, 0, "published"),
	MK_F_TEXT(market_policy, text, MK_MULTILINE, 0, 0, "the YAML"),
};
const mk_record mk_policy_version_record =
	MK_RECORD_OF("policy_version", market_policy, version_fields, "a version of the policy");

static const mk_statement policy_by_id = {
	.name = "policy_by_id",
	.sql = "SELECT book_id, id, number, effective_at, recorded_at, text FROM policy "
		   "WHERE book_id = ?1 AND id = ?2",
};
const mk_entity mk_policy_entity = {
	.kind = MARKET_ID_POLICY,
	.name = "policy",
	.record = &mk_policy_version_record,
	.by_id = &policy_by_id,
};

int mk_policy_publish(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_policy_publish_params *in = params;
	const mk_policy *last = mk_policy_last(ctx->market);
	market_time effective = in->effective_at != 0 ? in->effective_at : ctx->now;
	mk_yaml *yaml = MK_NEW(ctx->arena, mk_yaml);
	const mk_policy *compiled = NULL;
	int rc;
	if (!yaml)
		return mk_error_no_memory(err);
	yaml->arena = ctx->arena;
	rc = mk_policy_compile(in->text, strlen(in->text), yaml, &compiled, err);
	if (rc != 0)
		return mk_error_field(err, rc, "text");
	if (effective < last->effective || effective < ctx->now)
		return mk_error_at(err, MARKET_ETIMEORDER, "effective_at",
		                   "a version takes effect neither in the past nor before the last one");
	ctx->result = mk_new_id(ctx, 0);
	mk_policy_insert(ctx, ctx->result, last->number + 1, effective, in->text);
	mk_event(ctx, "policy.published", MARKET_ID_POLICY, ctx->result);
	mk_event_int(ctx, "number", last->number + 1);
	return 0;
}

int mk_policy_get(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_policy_get_params *in = params;
	market_id id = mk_id_absent(in->policy) ? ctx->policy->id : in->policy;
	return mk_load(ctx, &mk_policy_entity, id, "policy", &ctx->output, err);
}

int market_policy_check(const char *text, size_t size, market_policy_error *errors,
                        size_t max_errors, size_t *n_errors, market_error *err)
{
	mk_arena arena;
	mk_yaml *yaml;
	const mk_policy *compiled = NULL;
	size_t count = 0;
	int rc;
	mk_arena_init(&arena, &mk_allocator_default);
	yaml = MK_NEW(&arena, mk_yaml);
	if (yaml) {
		yaml->arena = &arena;
		rc = mk_policy_compile(text, size, yaml, &compiled, err);
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

const char *market_policy_default(size_t *size)
{
	if (size)
		*size = mk_policy_default_size;
	return mk_policy_default;
}
