#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/base/limits.h"
#include "libmarket/base/zone.h"
#include "libmarket/engine/policy_brands.h"
#include "libmarket/engine/policy_deposits.h"
#include "libmarket/engine/policy_identity.h"
#include "libmarket/engine/policy_sellers.h"
#include "libmarket/engine/policy_service_fees.h"
#include "libmarket/engine/policy_standing.h"
#include "libmarket/ledger/ledger.h"

static void check_currencies(mk_yaml *yaml, const mk_policy *policy);
static void check_orders(mk_yaml *yaml, const mk_policy_orders *orders);
static void check_requirements(mk_yaml *yaml, const mk_policy_sellers *sellers);
static void check_store_types(mk_yaml *yaml, const void *owner, const char *const *names,
                              size_t count);
static void check_fees(mk_yaml *yaml, const mk_policy *policy);
static void check_splits(mk_yaml *yaml, const mk_policy *policy);
static void check_settlement(mk_yaml *yaml, const mk_policy *policy);
static int check_zone(mk_yaml *yaml, const mk_policy_settlement *settlement, market_error *err);
static void check_ratings(mk_yaml *yaml, const mk_policy_ratings *ratings);
static void check_catalogue(mk_yaml *yaml, const mk_policy_catalogue *catalogue);

int mk_policy_compile(const char *text, size_t size, mk_yaml *yaml, const mk_policy **out,
                      market_error *err)
{
	mk_policy *policy = NULL;
	void *parsed = NULL;
	int rc = mk_yaml_read(&mk_policy_record, text, size, yaml, &parsed, err);
	if (rc != 0)
		return rc;
	policy = parsed;
	check_currencies(yaml, policy);
	check_requirements(yaml, policy->sellers);
	mk_policy_check_sellers(yaml, policy->sellers);
	mk_policy_check_brands(yaml, policy);
	mk_policy_check_identity(yaml, policy);
	mk_policy_check_standing(yaml, policy);
	mk_policy_check_deposits(yaml, policy);
	mk_policy_check_service_fees(yaml, policy);
	check_orders(yaml, policy->orders);
	check_fees(yaml, policy);
	check_splits(yaml, policy);
	check_settlement(yaml, policy);
	check_ratings(yaml, policy->ratings);
	if (policy->catalogue)
		check_catalogue(yaml, policy->catalogue);
	rc = check_zone(yaml, policy->settlement, err);
	if (rc == 0 && policy->listing)
		rc = mk_rule_packs_check(policy->listing->packs, policy->listing->n_packs, yaml, err);
	if (rc == 0 && yaml->arena->failed)
		rc = mk_error_no_memory(err);
	if (rc != 0)
		return rc;
	if (yaml->n_errors > 0) {
		const mk_yaml_error *first = &yaml->errors[0];
		rc = mk_error_set(err, MARKET_EPOLICY, "line %d, column %d: %s", first->line, first->column,
		                  first->message);
		return mk_error_hint(err, rc, "%s", first->hint);
	}
	*out = policy;
	return 0;
}

bool mk_policy_has_currency(const mk_policy *policy, const char *currency)
{
	for (size_t i = 0; i < policy->n_currencies; i++)
		if (strcmp(policy->currencies[i], currency) == 0)
			return true;
	return false;
}

mk_rounding mk_policy_rounding(const mk_policy *policy)
{
	return policy->fees->rounding == MK_HALF_EVEN + 1 ? MK_HALF_EVEN : MK_HALF_UP;
}

static void check_currencies(mk_yaml *yaml, const mk_policy *policy)
{
	for (size_t i = 0; i < policy->n_currencies; i++)
		if (mk_currency_digits(policy->currencies[i]) < 0)
			mk_yaml_report(yaml, policy, "currencies", "codes are those of ISO 4217",
			               "unknown currency %s", policy->currencies[i]);
}

static void check_orders(mk_yaml *yaml, const mk_policy_orders *orders)
{
	int64_t span;
	for (size_t i = 0; i < orders->n_seller_extensions; i++)
		if (!mk_duration_parse(orders->seller_extensions[i], &span) || span <= 0)
			mk_yaml_report(yaml, orders, "seller_extensions", "durations are written as 3d or 48h",
			               "\"%s\" isn't a duration", orders->seller_extensions[i]);
}

static void check_requirements(mk_yaml *yaml, const mk_policy_sellers *sellers)
{
	for (size_t i = 0; i < sellers->n_requirements; i++) {
		const mk_requirement *requirement = sellers->requirements[i];
		check_store_types(yaml, requirement, requirement->store_types, requirement->n_store_types);
	}
}

static void check_store_types(mk_yaml *yaml, const void *owner, const char *const *names,
                              size_t count)
{
	static const char *const all[] = {"flagship", "exclusive", "specialty", "individual",
	                                  "platform"};
	for (size_t i = 0; i < count; i++) {
		int32_t value = 0;
		if (!mk_enum_value_of(&mk_store_type_enum, names[i], strlen(names[i]), &value))
			mk_yaml_report(yaml, owner, "store_types", mk_text_nearest(names[i], all, 5),
			               "unknown store type %s", names[i]);
	}
}

static void check_amount(mk_yaml *yaml, const mk_policy *policy, const void *owner,
                         const char *field, market_money amount)
{
	if (amount.currency[0] != '\0' && !mk_policy_has_currency(policy, amount.currency))
		mk_yaml_report(yaml, owner, field, "list it under currencies",
		               "currency %s isn't one of this policy", amount.currency);
}

static bool has_predicate(const mk_fee_rule *rule)
{
	return rule->n_categories > 0 || rule->n_store_types > 0 || rule->n_sellers > 0;
}

static void check_rules(mk_yaml *yaml, const mk_policy *policy, const mk_fee_kind *kind)
{
	for (size_t i = 0; i < kind->n_rules; i++) {
		const mk_fee_rule *rule = kind->rules[i];
		bool last = i + 1 == kind->n_rules;
		check_store_types(yaml, rule, rule->store_types, rule->n_store_types);
		check_amount(yaml, policy, rule, "flat", rule->flat);
		check_amount(yaml, policy, rule, "floor", rule->floor);
		check_amount(yaml, policy, rule, "cap", rule->cap);
		if (mk_money_compare(rule->floor, rule->cap) == 1 && rule->cap.currency[0] != '\0')
			mk_yaml_report(yaml, rule, "floor", "", "the floor of rule %s is above its cap",
			               rule->name);
		if (last && has_predicate(rule))
			mk_yaml_report(yaml, rule, "name", "add a rule without predicates at the end",
			               "fee kind %s has no default rule", kind->kind);
		if (!last && !has_predicate(rule))
			mk_yaml_report(yaml, rule, "name", "only the last rule may match everything",
			               "rules behind %s can never match", rule->name);
		if (!rule->rate && rule->flat.currency[0] == '\0')
			mk_yaml_report(yaml, rule, "name", "give a rate, a flat amount or both",
			               "rule %s charges nothing", rule->name);
	}
}

/* ACC-1: a kind is part of accounts' names. */
static void check_kind(mk_yaml *yaml, const void *owner, const char *kind)
{
	if (!mk_account_suffix_valid(kind))
		mk_yaml_report(yaml, owner, "kind", "use 1 to 64 letters, digits, '_', '-' or '.'",
		               "\"%s\" can't be a kind's name", kind);
}

/* COM-1: every kind has a default rule, or the policy is refused. */
static void check_fees(mk_yaml *yaml, const mk_policy *policy)
{
	for (size_t i = 0; i < policy->fees->n_kinds; i++) {
		const mk_fee_kind *kind = policy->fees->kinds[i];
		check_kind(yaml, kind, kind->kind);
		check_rules(yaml, policy, kind);
		for (size_t k = 0; k < i; k++)
			if (strcmp(policy->fees->kinds[k]->kind, kind->kind) == 0)
				mk_yaml_report(yaml, kind, "kind", "", "fee kind %s stands twice", kind->kind);
	}
}

static void check_splits(mk_yaml *yaml, const mk_policy *policy)
{
	for (size_t i = 0; i < policy->n_splits; i++)
		check_kind(yaml, policy->splits[i], policy->splits[i]->kind);
}

static void check_settlement(mk_yaml *yaml, const mk_policy *policy)
{
	const mk_policy_settlement *settlement = policy->settlement;
	check_amount(yaml, policy, settlement, "minimum", settlement->minimum);
	check_amount(yaml, policy, settlement, "advance_limit", settlement->advance_limit);
	check_amount(yaml, policy, policy->ledger, "two_person_amount",
	             policy->ledger->two_person_amount);
	for (size_t i = 0; i < settlement->n_reserves; i++)
		check_store_types(yaml, settlement->reserves[i], settlement->reserves[i]->store_types,
		                  settlement->reserves[i]->n_store_types);
}

/* Only what is wrong with the name is the policy's fault. */
static int check_zone(mk_yaml *yaml, const mk_policy_settlement *settlement, market_error *err)
{
	mk_zone *zone = NULL;
	int rc = mk_zone_load(yaml->arena->allocator, settlement->zone, &zone, err);
	mk_zone_close(zone);
	if (rc != MARKET_EINVALID)
		return rc;
	mk_yaml_report(yaml, settlement, "zone", "use a name such as Asia/Shanghai or UTC",
	               "unknown time zone %s", settlement->zone);
	return 0;
}

static void check_ratings(mk_yaml *yaml, const mk_policy_ratings *ratings)
{
	if (ratings->negative_to >= ratings->positive_from)
		mk_yaml_report(yaml, ratings, "negative_to", "", "negative_to is not below positive_from");
	for (size_t i = 0; i < ratings->n_dimensions; i++) {
		if (strlen(ratings->dimensions[i]) > MK_MAX_CODE)
			mk_yaml_report(yaml, ratings, "dimensions", "",
			               "a dimension's name is longer than %d bytes", MK_MAX_CODE);
		for (size_t k = 0; k < i; k++)
			if (strcmp(ratings->dimensions[k], ratings->dimensions[i]) == 0)
				mk_yaml_report(yaml, ratings, "dimensions", "", "dimension %s stands twice",
				               ratings->dimensions[i]);
	}
}

static void check_catalogue(mk_yaml *yaml, const mk_policy_catalogue *catalogue)
{
	static const char *const all[] = {"category", "title",      "description",
	                                  "brand",    "attributes", "images"};
	for (size_t i = 0; i < catalogue->n_change_automatic; i++) {
		size_t k = 0;
		while (k < 6 && strcmp(all[k], catalogue->change_automatic[i]) != 0)
			k++;
		if (k == 6)
			mk_yaml_report(yaml, catalogue, "change_automatic",
			               mk_text_nearest(catalogue->change_automatic[i], all, 6),
			               "a change has no field %s", catalogue->change_automatic[i]);
	}
}
