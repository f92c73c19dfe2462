/* Versions of the policy. */
#include "libmarket/engine/operations.h"
#include "libmarket/op/op.h"

static const mk_field policy_publish_fields[] = {
	MK_F_TEXT(market_policy_publish_params, text, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_POLICY,
              "the YAML"),
	MK_F_TIME(market_policy_publish_params, effective_at, 0, "in effect from; now when absent"),
};
static const mk_record policy_publish_params = MK_PARAMS_OF(
	"policy_publish_params", market_policy_publish_params, policy_publish_fields, "a new version");

static const mk_field policy_get_fields[] = {
	MK_F_ID(market_policy_get_params, policy, POLICY, 0,
            "the version; the one in effect when absent"),
};
static const mk_record policy_get_params =
	MK_PARAMS_OF("policy_get_params", market_policy_get_params, policy_get_fields, "which version");

#define BY_OPERATOR MK_RELATIONS({MK_REL_OPERATOR, MARKET_RIGHT_POLICY})

static const mk_op ops[] = {
	{
		.name = "policy.publish",
		.since = "0.1",
		.summary = "Publishes a version of the policy.",
		.params = &policy_publish_params,
		.result = &mk_policy_version_record,
		.gives = &mk_policy_entity,
		.relations = BY_OPERATOR,
		.errors = MK_ERRORS(MARKET_EDENIED, MARKET_EPOLICY, MARKET_ETIMEORDER),
		.flags = MK_OP_WRITES | MK_OP_ALONE,
		.handler = mk_policy_publish,
	},
	{
		.name = "policy.get",
		.since = "0.1",
		.summary = "One version of the policy.",
		.params = &policy_get_params,
		.result = &mk_policy_version_record,
		.relations = BY_OPERATOR,
		.errors = MK_ERRORS(MARKET_EDENIED, MARKET_ENOTFOUND),
		.handler = mk_policy_get,
	},
};
extern const mk_op_group mk_op_policy;
const mk_op_group mk_op_policy = {ops, 2};

MK_TYPED(market_policy_publish, &ops[0], market_policy_publish_params, market_policy)
MK_TYPED(market_policy_get, &ops[1], market_policy_get_params, market_policy)
MK_TYPED_FREE(market_policy_free, market_policy)
