/* What the policy says of penalty points (SEL-7) and of buyers' standing (BUY-1). */
#ifndef MK_ENGINE_POLICY_STANDING_H
#define MK_ENGINE_POLICY_STANDING_H

#include "libmarket/engine/policy.h"

extern const mk_record mk_standing_policy_record;
extern const mk_enum mk_violation_party_enum, mk_standing_action_enum;

/* Checks the section; a policy without one knows no violations. */
void mk_policy_check_standing(mk_yaml *yaml, mk_policy *policy);
/* NULL: the policy has no such violation of that party. */
const mk_violation_type *mk_policy_violation(const mk_policy *policy, int32_t party,
                                             const char *type);

#endif
