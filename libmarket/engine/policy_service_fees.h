/* What the policy says of yearly fees and modules (SEL-5). */
#ifndef MK_ENGINE_POLICY_SERVICE_FEES_H
#define MK_ENGINE_POLICY_SERVICE_FEES_H

#include "libmarket/engine/policy.h"

extern const mk_record mk_service_fees_policy_record;

void mk_policy_check_service_fees(mk_yaml *yaml, mk_policy *policy);
/* NULL: the policy has none of that key. */
const mk_yearly_fee *mk_policy_yearly_fee(const mk_policy *policy, const char *key);
const mk_service_module *mk_policy_module(const mk_policy *policy, const char *key);

#endif
