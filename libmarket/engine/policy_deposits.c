/* The policy's section `deposits`. */
#include "libmarket/engine/policy_deposits.h"

#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/base/limits.h"

#define LONGEST (3660 * MK_DAY)

static const mk_enum_value combine_values[] = {
	{MK_DEPOSIT_HIGHEST, "highest", "of several categories the highest counts"},
	{MK_DEPOSIT_SUM, "sum", "each category's is asked"},
	{0, NULL, NULL},
};
static const mk_enum combine_enum = {"deposit_combine", combine_values};

static const mk_field rule_fields[] = {
	MK_F_TEXTS(mk_deposit_rule, store_types, 0, 0, 10, "of whom; none: all"),
	MK_F_TEXT(mk_deposit_rule, deposit_class, 0, 1, MK_MAX_CODE,
              "of categories of this class; left out: of every seller"),
	MK_F_MONEY(mk_deposit_rule, minimum, MK_REQUIRED, 0, 0, "at least"),
};
static const mk_record rule_record =
	MK_RECORD_OF("deposit_rule", mk_deposit_rule, rule_fields, "what is to be lodged (SEL-4)");

#define T mk_policy_deposits
static const mk_field deposits_fields[] = {
	MK_F_LIST(T, minimums, mk_deposit_rule, rule_record, 0, 0, 1000, "what is to be lodged"),
	MK_F_ENUM(T, combine, combine_enum, 0, "what several categories ask"),
	MK_F_SPAN(T, top_up_within, MK_REQUIRED, 0, LONGEST, "a shortfall is made up within"),
	MK_F_SPAN(T, chargeback_window, MK_REQUIRED, 0, LONGEST,
              "not returned before chargebacks can't come any more"),
};
const mk_record mk_deposits_policy_record =
	MK_RECORD_OF("deposits", T, deposits_fields, "sellers' deposits (SEL-4)");
#undef T

static const mk_policy_deposits without_section = {
	.combine = MK_DEPOSIT_HIGHEST,
	.top_up_within = 15 * MK_DAY,
	.chargeback_window = 120 * MK_DAY,
};

void mk_policy_check_deposits(mk_yaml *yaml, mk_policy *policy)
{
	const mk_policy_deposits *deposits = policy->deposits;

	if (!deposits) {
		policy->deposits = &without_section;
		return;
	}
	for (size_t i = 0; i < deposits->n_minimums; i++) {
		const mk_deposit_rule *rule = deposits->minimums[i];

		if (!mk_money_positive(rule->minimum))
			mk_yaml_report(yaml, rule, "minimum", "", "a deposit's minimum is above zero");
		for (size_t k = 0; k < rule->n_store_types; k++) {
			int32_t value = 0;
			const char *name = rule->store_types[k];

			if (!mk_enum_value_of(&mk_store_type_enum, name, strlen(name), &value))
				mk_yaml_report(yaml, rule, "store_types", "", "there is no store type %s", name);
		}
	}
}

bool mk_deposit_rule_asks(const mk_deposit_rule *rule, int32_t store_type,
                          const char *deposit_class)
{
	const char *type = mk_enum_name(&mk_store_type_enum, store_type);
	bool named = rule->n_store_types == 0;

	for (size_t i = 0; i < rule->n_store_types; i++)
		named = named || mk_text_equal(rule->store_types[i], type);
	return named && (!rule->deposit_class || mk_text_equal(rule->deposit_class, deposit_class));
}
