/* What the policy says of deposits (SEL-4). */
#ifndef MK_ENGINE_POLICY_DEPOSITS_H
#define MK_ENGINE_POLICY_DEPOSITS_H

#include "libmarket/engine/policy.h"

extern const mk_record mk_deposits_policy_record;

void mk_policy_check_deposits(mk_yaml *yaml, mk_policy *policy);
/* Whether an entry is asked of that type of store in categories of that class. */
bool mk_deposit_rule_asks(const mk_deposit_rule *rule, int32_t store_type,
                          const char *deposit_class);

#endif
