/* What the policy says of who stands behind sellers (SEL-1, SEL-13). */
#ifndef MK_ENGINE_POLICY_IDENTITY_H
#define MK_ENGINE_POLICY_IDENTITY_H

#include "libmarket/engine/policy.h"

typedef enum mk_identity_field {
	MK_SHOW_LEGAL_NAME = 1,
	MK_SHOW_COUNTRY,
	MK_SHOW_NUMBER,
	MK_SHOW_NUMBER_MASKED,
	MK_SHOW_ADDRESS,
	MK_SHOW_LICENCES
} mk_identity_field;

extern const mk_record mk_identity_policy_record;

/* Checks the section; a policy without one gets what it stands for. */
void mk_policy_check_identity(mk_yaml *yaml, mk_policy *policy);
/* Whether buyers are told that of sellers of a country. */
bool mk_policy_shows(const mk_policy *policy, const char *country, mk_identity_field field);

#endif
