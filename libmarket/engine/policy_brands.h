/* What the policy says of brands (SEL-3). */
#ifndef MK_ENGINE_POLICY_BRANDS_H
#define MK_ENGINE_POLICY_BRANDS_H

#include "libmarket/engine/policy.h"

extern const mk_record mk_brands_record;

/* Checks the section; a policy without one gets what it stands for. */
void mk_policy_check_brands(mk_yaml *yaml, mk_policy *policy);
/* NULL: the policy has no such tier. */
const mk_brand_tier *mk_policy_brand_tier(const mk_policy *policy, const char *tier);
/* How many stores of a type a brand of that tier may have; INT64_MAX: any number. */
int64_t mk_policy_brand_quota(const mk_policy *policy, const char *tier, int32_t store_type);
/* Whether anybody may sell the brand. */
bool mk_policy_brand_open(const mk_policy *policy, const char *code, const char *tier);

#endif
