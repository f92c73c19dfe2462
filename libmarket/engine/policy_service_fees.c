/* The policy's section `service_fees`. */
#include "libmarket/engine/policy_service_fees.h"

#include <string.h>

#include "libmarket/base/limits.h"
#include "libmarket/ledger/ledger.h"

static const mk_field refund_fields[] = {
	MK_F_MONEY(mk_fee_refund, sales_from, MK_REQUIRED, 0, 0, "of the year's sales"),
	MK_F_INT(mk_fee_refund, rating_from, 0, 0, 500, "hundredths of the seller's mean"),
	MK_F_RATE(mk_fee_refund, share, MK_REQUIRED, 0, 1000000, "of the fee that comes back"),
};
static const mk_record refund_record =
	MK_RECORD_OF("fee_refund", mk_fee_refund, refund_fields, "what a good year gives back");

static const mk_field yearly_fields[] = {
	MK_F_TEXT(mk_yearly_fee, key, MK_REQUIRED, 1, MK_MAX_CODE, "its name"),
	MK_F_TEXTS(mk_yearly_fee, store_types, 0, 0, 10, "of whom; none: all"),
	MK_F_TEXT(mk_yearly_fee, fee_class, 0, 1, MK_MAX_CODE,
              "of sellers in categories of this class; left out: of every seller"),
	MK_F_MONEY(mk_yearly_fee, amount, MK_REQUIRED, 0, 0, "of a year, without tax"),
	MK_F_LIST(mk_yearly_fee, refunds, mk_fee_refund, refund_record, 0, 0, 50,
              "what comes back; the largest that fits"),
};
static const mk_record yearly_record =
	MK_RECORD_OF("yearly_fee", mk_yearly_fee, yearly_fields, "a yearly service fee");

static const mk_field module_fields[] = {
	MK_F_TEXT(mk_service_module, key, MK_REQUIRED, 1, MK_MAX_CODE,
              "its name: the account is fee_revenue:<key>"),
	MK_F_TEXT(mk_service_module, summary, 0, 0, MK_MAX_NAME, "what sellers are told"),
	MK_F_MONEY(mk_service_module, price, MK_REQUIRED, 0, 0, "of 30 days, without tax"),
};
static const mk_record module_record =
	MK_RECORD_OF("service_module", mk_service_module, module_fields, "a service for sellers");

#define T mk_policy_service_fees
static const mk_field section_fields[] = {
	MK_F_RATE(T, tax, 0, 0, 1000000, "added to these fees"),
	MK_F_LIST(T, yearly, mk_yearly_fee, yearly_record, 0, 0, 500, "yearly fees"),
	MK_F_LIST(T, modules, mk_service_module, module_record, 0, 0, 500, "modules"),
};
const mk_record mk_service_fees_policy_record =
	MK_RECORD_OF("service_fees", T, section_fields, "yearly fees and modules (SEL-5)");
#undef T

static const mk_policy_service_fees without_section = {.tax = 0};

static void check_types(mk_yaml *yaml, const mk_yearly_fee *fee)
{
	for (size_t i = 0; i < fee->n_store_types; i++) {
		int32_t value = 0;
		const char *name = fee->store_types[i];

		if (!mk_enum_value_of(&mk_store_type_enum, name, strlen(name), &value))
			mk_yaml_report(yaml, fee, "store_types", "", "there is no store type %s", name);
	}
}

void mk_policy_check_service_fees(mk_yaml *yaml, mk_policy *policy)
{
	const mk_policy_service_fees *section = policy->service_fees;

	if (!section) {
		policy->service_fees = &without_section;
		return;
	}
	for (size_t i = 0; i < section->n_yearly; i++) {
		const mk_yearly_fee *fee = section->yearly[i];

		check_types(yaml, fee);
		if (!mk_money_positive(fee->amount))
			mk_yaml_report(yaml, fee, "amount", "", "a fee is above zero");
		if (mk_policy_yearly_fee(policy, fee->key) != fee)
			mk_yaml_report(yaml, fee, "key", "", "fee %s stands twice", fee->key);
		for (size_t k = 0; k < fee->n_refunds; k++)
			if (!mk_money_same_currency(fee->refunds[k]->sales_from, fee->amount))
				mk_yaml_report(yaml, fee->refunds[k], "sales_from", "",
				               "sales and fee are in different currencies");
	}
	for (size_t i = 0; i < section->n_modules; i++) {
		const mk_service_module *module = section->modules[i];

		if (!mk_money_positive(module->price))
			mk_yaml_report(yaml, module, "price", "", "a price is above zero");
		if (!mk_account_suffix_valid(module->key))
			mk_yaml_report(yaml, module, "key", "",
			               "a module's key has letters, digits, '_', '-' and '.'");
		if (mk_policy_module(policy, module->key) != module)
			mk_yaml_report(yaml, module, "key", "", "module %s stands twice", module->key);
	}
}

const mk_yearly_fee *mk_policy_yearly_fee(const mk_policy *policy, const char *key)
{
	for (size_t i = 0; i < policy->service_fees->n_yearly; i++)
		if (strcmp(policy->service_fees->yearly[i]->key, key) == 0)
			return policy->service_fees->yearly[i];
	return NULL;
}

const mk_service_module *mk_policy_module(const mk_policy *policy, const char *key)
{
	for (size_t i = 0; i < policy->service_fees->n_modules; i++)
		if (strcmp(policy->service_fees->modules[i]->key, key) == 0)
			return policy->service_fees->modules[i];
	return NULL;
}
