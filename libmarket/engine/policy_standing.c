/* The policy's section `standing`. */
#include <string.h>

#include <market/brand.h>
#include <market/standing.h>

#include "libmarket/base/clock.h"
#include "libmarket/base/limits.h"
#include "libmarket/engine/policy_standing.h"

#define LONGEST (3660 * MK_DAY)
#define MOST_POINTS 1000000

static const mk_enum_value party_values[] = {
	{MARKET_VIOLATION_SELLER, "seller", "a seller's"},
	{MARKET_VIOLATION_BUYER, "buyer", "a buyer's"},
	{0, NULL, NULL},
};
const mk_enum mk_violation_party_enum = {"violation_party", party_values};

static const mk_enum_value action_values[] = {
	{MARKET_ACTION_LISTING_BLOCK, "listing_block", "nothing new of the seller comes on sale"},
	{MARKET_ACTION_SEARCH_DEMOTION, "search_demotion", "its offers come last by relevance"},
	{MARKET_ACTION_PAYOUT_RESERVE, "payout_reserve", "a part of its earnings is kept back"},
	{MARKET_ACTION_SUSPENSION, "suspension", "it is suspended"},
	{MARKET_ACTION_NO_RATING, "no_rating", "the buyer doesn't rate"},
	{MARKET_ACTION_REFUND_REASON, "no_refund_without_reason",
     "it is refunded only for a reason that is named"},
	{MARKET_ACTION_NO_ORDER, "no_order", "it places no orders"},
	{0, NULL, NULL},
};
const mk_enum mk_standing_action_enum = {"standing_action", action_values};

static const mk_field type_fields[] = {
	MK_F_TEXT(mk_violation_type, key, MK_REQUIRED, 1, MK_MAX_CODE, "its code"),
	MK_F_ENUM(mk_violation_type, party, mk_violation_party_enum, MK_REQUIRED, "whose it is"),
	MK_F_INT(mk_violation_type, points, MK_REQUIRED, 1, MOST_POINTS, "what it gives"),
	MK_F_TEXT(mk_violation_type, summary, MK_REQUIRED, 1, MK_MAX_NAME, "what the party is told"),
};
static const mk_record type_record =
	MK_RECORD_OF("violation_type", mk_violation_type, type_fields, "what is against the rules");

#define T mk_standing_threshold
static const mk_field threshold_fields[] = {
	MK_F_INT(T, points, MK_REQUIRED, 1, MOST_POINTS, "that bring it about"),
	MK_F_ENUM(T, action, mk_standing_action_enum, MK_REQUIRED, "what comes of them"),
	MK_F_SPAN(T, duration, MK_REQUIRED, MK_HOUR, LONGEST, "for how long"),
	MK_F_OPT_RATE(T, rate, 0, 1, 1000000, "of a payout reserve"),
};
#undef T
static const mk_record threshold_record = MK_RECORD_OF("standing_threshold", mk_standing_threshold,
                                                       threshold_fields, "points and their action");

#define T mk_policy_standing
static const mk_field standing_fields[] = {
	MK_F_SPAN(T, window, MK_REQUIRED, MK_DAY, LONGEST, "points count that long"),
	MK_F_SPAN(T, appeal_within, MK_REQUIRED, MK_HOUR, LONGEST, "an appeal comes no later"),
	MK_F_LIST(T, violations, mk_violation_type, type_record, 0, 0, 200, "what gives points"),
	MK_F_LIST(T, seller_thresholds, mk_standing_threshold, threshold_record, 0, 0, 50,
              "what comes of a seller's points (SEL-7)"),
	MK_F_LIST(T, buyer_thresholds, mk_standing_threshold, threshold_record, 0, 0, 50,
              "what comes of a buyer's points (BUY-1)"),
	MK_F_TEXT(T, price_breach, 0, 1, MK_MAX_CODE, "the violation of a brand's price (CAT-5)"),
};
const mk_record mk_standing_policy_record =
	MK_RECORD_OF("standing", T, standing_fields, "penalty points and what comes of them");
#undef T

static const mk_policy_standing without_section = {
	.window = 365 * MK_DAY,
	.appeal_within = 15 * MK_DAY,
};

static void check_thresholds(mk_yaml *yaml, const mk_standing_threshold *const *all, size_t count,
                             bool of_seller);

void mk_policy_check_standing(mk_yaml *yaml, mk_policy *policy)
{
	const mk_policy_standing *standing = policy->standing;

	if (!standing)
		policy->standing = standing = &without_section;
	for (size_t i = 0; i < standing->n_violations; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(standing->violations[k]->key, standing->violations[i]->key) == 0)
				mk_yaml_report(yaml, standing->violations[i], "key", "",
				               "violation %s stands twice", standing->violations[i]->key);
	check_thresholds(yaml, standing->seller_thresholds, standing->n_seller_thresholds, true);
	check_thresholds(yaml, standing->buyer_thresholds, standing->n_buyer_thresholds, false);
	if (standing->price_breach &&
	    !mk_policy_violation(policy, MARKET_VIOLATION_SELLER, standing->price_breach))
		mk_yaml_report(yaml, standing, "price_breach", "list it under violations",
		               "sellers have no violation %s", standing->price_breach);
	if (policy->brands->price_breach == MARKET_PRICE_BREACH_VIOLATION && !standing->price_breach)
		mk_yaml_report(yaml, policy->brands, "price_breach", "set standing.price_breach",
		               "a breach is a violation, but the policy doesn't say which");
}

static void check_thresholds(mk_yaml *yaml, const mk_standing_threshold *const *all, size_t count,
                             bool of_seller)
{
	for (size_t i = 0; i < count; i++) {
		const mk_standing_threshold *threshold = all[i];
		const char *name = mk_enum_name(&mk_standing_action_enum, threshold->action);
		const bool reserve = threshold->action == MARKET_ACTION_PAYOUT_RESERVE;

		if ((threshold->action <= MARKET_ACTION_SUSPENSION) != of_seller)
			mk_yaml_report(yaml, threshold, "action", "", "%s isn't an action against %s", name,
			               of_seller ? "sellers" : "buyers");
		if (reserve != (threshold->rate != NULL))
			mk_yaml_report(yaml, threshold, "action", "a payout_reserve, and nothing else, has one",
			               reserve ? "%s needs a rate" : "%s takes no rate", name);
	}
}

const mk_violation_type *mk_policy_violation(const mk_policy *policy, int32_t party,
                                             const char *type)
{
	const mk_policy_standing *standing = policy->standing;

	for (size_t i = 0; i < standing->n_violations; i++)
		if (standing->violations[i]->party == party &&
		    strcmp(standing->violations[i]->key, type) == 0)
			return standing->violations[i];
	return NULL;
}
