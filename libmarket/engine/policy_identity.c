/* The policy's section `identity`. */
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/base/limits.h"
#include "libmarket/engine/policy_identity.h"

static const mk_enum_value field_values[] = {
	{MK_SHOW_LEGAL_NAME, "legal_name", "the legal name"},
	{MK_SHOW_COUNTRY, "country", "the country"},
	{MK_SHOW_NUMBER, "number", "the number of registration, in full"},
	{MK_SHOW_NUMBER_MASKED, "number_masked", "its last characters"},
	{MK_SHOW_ADDRESS, "address", "the address"},
	{MK_SHOW_LICENCES, "licences", "numbers of licences"},
	{0, NULL, NULL},
};
static const mk_enum field_enum = {"identity_field", field_values};

static const mk_field shown_fields[] = {
	MK_F_TEXTS(mk_identity_shown, countries, 0, 0, 300, "of sellers there; none: everywhere else"),
	MK_F_TEXTS(mk_identity_shown, fields, MK_REQUIRED, 1, 10, "what buyers are told"),
};
static const mk_record shown_record =
	MK_RECORD_OF("identity_shown", mk_identity_shown, shown_fields, "what buyers are told");

#define T mk_policy_identity
static const mk_field identity_fields[] = {
	MK_F_TEXT(T, provider, 0, 1, 50, "who verifies sellers"),
	MK_F_SPAN(T, expire_after, MK_REQUIRED, MK_HOUR, 3660 * MK_DAY,
              "a check without an answer is given up after it"),
	MK_F_SPAN(T, tolerance, MK_REQUIRED, 1000, MK_DAY,
              "between a notification's signature and its arrival"),
	MK_F_LIST(T, shown, mk_identity_shown, shown_record, 0, 0, 300,
              "what buyers are told of sellers (SEL-13)"),
};
const mk_record mk_identity_policy_record =
	MK_RECORD_OF("identity", T, identity_fields, "who stands behind sellers");
#undef T

static const mk_policy_identity without_section = {
	.expire_after = 30 * MK_DAY,
	.tolerance = 5 * MK_MINUTE,
};

static bool names(const char *const *texts, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(texts[i], text) == 0)
			return true;
	return false;
}

static void check_shown(mk_yaml *yaml, const mk_policy_identity *identity, size_t at)
{
	const mk_identity_shown *shown = identity->shown[at];
	int32_t field;

	for (size_t i = 0; i < shown->n_fields; i++)
		if (!mk_enum_value_of(&field_enum, shown->fields[i], strlen(shown->fields[i]), &field))
			mk_yaml_report(yaml, shown, "fields",
			               "use legal_name, country, number, number_masked, address or licences",
			               "\"%s\" isn't something that buyers are told", shown->fields[i]);
	for (size_t i = 0; i < at; i++) {
		const mk_identity_shown *before = identity->shown[i];

		if (shown->n_countries == 0 && before->n_countries == 0)
			mk_yaml_report(yaml, shown, "fields", "", "two entries are for everywhere else");
		for (size_t k = 0; k < shown->n_countries; k++)
			if (names(before->countries, before->n_countries, shown->countries[k]))
				mk_yaml_report(yaml, shown, "countries", "", "country %s stands twice",
				               shown->countries[k]);
	}
}

void mk_policy_check_identity(mk_yaml *yaml, mk_policy *policy)
{
	const mk_policy_sellers *sellers = policy->sellers;

	if (!policy->identity)
		policy->identity = &without_section;
	for (size_t i = 0; i < policy->identity->n_shown; i++)
		check_shown(yaml, policy->identity, i);
	for (size_t i = 0; i < sellers->n_requirements; i++)
		if (sellers->requirements[i]->kind == MK_VERIFIED && !policy->identity->provider)
			mk_yaml_report(yaml, sellers->requirements[i], "kind", "set identity.provider",
			               "requirement %s is verified, but the policy names no identity provider",
			               sellers->requirements[i]->key);
}

static const mk_identity_shown *shown_for(const mk_policy *policy, const char *country)
{
	const mk_identity_shown *elsewhere = NULL;

	for (size_t i = 0; i < policy->identity->n_shown; i++) {
		const mk_identity_shown *shown = policy->identity->shown[i];

		if (shown->n_countries == 0)
			elsewhere = shown;
		else if (country && names(shown->countries, shown->n_countries, country))
			return shown;
	}
	return elsewhere;
}

bool mk_policy_shows(const mk_policy *policy, const char *country, mk_identity_field field)
{
	const mk_identity_shown *shown = shown_for(policy, country);

	if (!shown)
		return field == MK_SHOW_LEGAL_NAME || field == MK_SHOW_COUNTRY;
	return names(shown->fields, shown->n_fields, mk_enum_name(&field_enum, field));
}
