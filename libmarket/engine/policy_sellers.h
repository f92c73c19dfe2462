/* What the policy says of sellers' onboarding (SEL-1, SEL-2, SEL-11). */
#ifndef MK_ENGINE_POLICY_SELLERS_H
#define MK_ENGINE_POLICY_SELLERS_H

#include "libmarket/engine/policy.h"

extern const mk_record mk_sellers_record;

void mk_policy_check_sellers(mk_yaml *yaml, const mk_policy_sellers *sellers);
/* NULL: the policy has no such requirement. */
const mk_requirement *mk_policy_requirement(const mk_policy *policy, const char *key);
/* Whether the operation is one that gives a reason's code. */
bool mk_policy_is_decision(const char *operation);
bool mk_reason_serves(const mk_reason *reason, const char *decision);

#endif
