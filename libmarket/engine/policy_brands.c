/* The policy's section `brands`. */
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/base/limits.h"
#include "libmarket/engine/policy_brands.h"

static const mk_enum_value price_breach_values[] = {
	{1, "block", "the offer or the change is refused"},
	{2, "review", "the offer is blocked until an operator unblocks it"},
	{3, "event", "an event is raised"},
	{4, "violation", "it is a violation of the seller's (SEL-7)"},
	{0, NULL, NULL},
};
const mk_enum mk_price_breach_enum = {"price_breach", price_breach_values};

static const mk_field quota_fields[] = {
	MK_F_ENUM(mk_brand_quota, store_type, mk_store_type_enum, MK_REQUIRED, "the type of store"),
	MK_F_INT(mk_brand_quota, stores, MK_REQUIRED, 0, 1000000, "of a brand at most"),
};
static const mk_record quota_record =
	MK_RECORD_OF("brand_quota", mk_brand_quota, quota_fields, "how many stores a brand may have");

static const mk_field tier_fields[] = {
	MK_F_TEXT(mk_brand_tier, tier, MK_REQUIRED, 1, MK_MAX_CODE, "its name"),
	MK_F_BOOL(mk_brand_tier, open, 0, "its brands are sold without an authorisation"),
	MK_F_LIST(mk_brand_tier, quotas, mk_brand_quota, quota_record, 0, 0, 10,
              "by type of store; none: any number"),
};
static const mk_record tier_record =
	MK_RECORD_OF("brand_tier", mk_brand_tier, tier_fields, "brands of one rank (SEL-3)");

#define T mk_policy_brands
static const mk_field brands_fields[] = {
	MK_F_LIST(T, tiers, mk_brand_tier, tier_record, MK_REQUIRED, 1, 20, "the ranks of brands"),
	MK_F_TEXTS(T, open, 0, 0, 1000, "codes of brands that are sold without an authorisation"),
	MK_F_SPAN(T, review_hold, MK_REQUIRED, MK_HOUR, 3660 * MK_DAY,
              "a seller in review holds its place that long"),
	MK_F_TEXTS(T, warnings, 0, 0, 10, "spans before the end of an authorisation"),
	MK_F_TEXT(T, channel, 0, 1, MK_MAX_CODE, "this marketplace in authorisations"),
	MK_F_INT(T, specialty_brands, MK_REQUIRED, 1, 100, "that a specialty store has at least"),
	MK_F_ENUM(T, price_breach, mk_price_breach_enum, MK_REQUIRED,
              "what comes of a price that a brand doesn't want (CAT-5)"),
};
const mk_record mk_brands_record =
	MK_RECORD_OF("brands", T, brands_fields, "brands and their stores (SEL-3)");
#undef T

static const mk_brand_quota one_flagship = {.store_type = MK_STORE_FLAGSHIP, .stores = 1};
static const mk_brand_quota three_exclusive = {.store_type = MK_STORE_EXCLUSIVE, .stores = 3};
static const mk_brand_quota *const standard_quotas[] = {&one_flagship, &three_exclusive};
static const mk_brand_tier standard = {
	.tier = "standard", .quotas = standard_quotas, .n_quotas = 2};
static const mk_brand_tier *const standard_tiers[] = {&standard};
static const mk_policy_brands without_section = {
	.tiers = standard_tiers,
	.n_tiers = 1,
	.review_hold = 14 * MK_DAY,
	.specialty_brands = 2,
	.price_breach = 1,
};

static void check_tier(mk_yaml *yaml, const mk_policy_brands *brands, size_t at)
{
	const mk_brand_tier *tier = brands->tiers[at];
	for (size_t i = 0; i < at; i++)
		if (strcmp(brands->tiers[i]->tier, tier->tier) == 0)
			mk_yaml_report(yaml, tier, "tier", "", "tier %s stands twice", tier->tier);
	for (size_t i = 0; i < tier->n_quotas; i++)
		for (size_t k = 0; k < i; k++)
			if (tier->quotas[k]->store_type == tier->quotas[i]->store_type)
				mk_yaml_report(yaml, tier->quotas[i], "store_type", "",
				               "tier %s has two quotas of one store type", tier->tier);
}

void mk_policy_check_brands(mk_yaml *yaml, mk_policy *policy)
{
	const mk_policy_brands *brands = policy->brands;
	int64_t span;
	if (!brands) {
		policy->brands = &without_section;
		return;
	}
	for (size_t i = 0; i < brands->n_tiers; i++)
		check_tier(yaml, brands, i);
	for (size_t i = 0; i < brands->n_warnings; i++)
		if (!mk_duration_parse(brands->warnings[i], &span) || span <= 0)
			mk_yaml_report(yaml, brands, "warnings", "durations are written as 30d or 48h",
			               "\"%s\" isn't a duration", brands->warnings[i]);
}

const mk_brand_tier *mk_policy_brand_tier(const mk_policy *policy, const char *tier)
{
	for (size_t i = 0; tier && i < policy->brands->n_tiers; i++)
		if (strcmp(policy->brands->tiers[i]->tier, tier) == 0)
			return policy->brands->tiers[i];
	return NULL;
}

/* A tier that the policy no longer has asks for the first one's. */
static const mk_brand_tier *tier_or_first(const mk_policy *policy, const char *tier)
{
	const mk_brand_tier *found = mk_policy_brand_tier(policy, tier);
	return found ? found : policy->brands->tiers[0];
}

int64_t mk_policy_brand_quota(const mk_policy *policy, const char *tier, int32_t store_type)
{
	const mk_brand_tier *found = tier_or_first(policy, tier);
	for (size_t i = 0; i < found->n_quotas; i++)
		if (found->quotas[i]->store_type == store_type)
			return found->quotas[i]->stores;
	return INT64_MAX;
}

bool mk_policy_brand_open(const mk_policy *policy, const char *code, const char *tier)
{
	for (size_t i = 0; i < policy->brands->n_open; i++)
		if (strcmp(policy->brands->open[i], code) == 0)
			return true;
	return tier_or_first(policy, tier)->open;
}
