/* CAT-1: attribute values against their definitions. */
#include "libmarket/catalog/sql.h"

#include <string.h>

typedef struct values {
	const market_pair *const *at;
	size_t n;
} values;

static int check_values(const mk_effective *effective, values stated, bool variant,
                        market_error *err);
static int check_value(const market_attribute *attribute, const char *value, market_error *err);
static int check_number(const market_attribute *attribute, const char *value, market_error *err);
static int check_length(const market_attribute *attribute, const char *value, market_error *err);
static int wrong(const market_attribute *attribute, const char *value, market_error *err);
static const char *value_of(values stated, const char *name);
static bool alike(const mk_effective *effective, values a, values b);

int mk_attribute_check_product(const mk_effective *effective, const market_product *product,
                               market_error *err)
{
	const values stated = {product->attributes, product->n_attributes};

	return check_values(effective, stated, false, err);
}

int mk_attribute_check_skus(const mk_effective *effective, const market_offer_sku *const *skus,
                            size_t count, market_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		const values stated = {skus[i]->attributes, skus[i]->n_attributes};

		rc = check_values(effective, stated, true, err);
		for (size_t j = 0; rc == 0 && j < i; j++) {
			const values other = {skus[j]->attributes, skus[j]->n_attributes};

			if (alike(effective, stated, other))
				rc = mk_error_at(err, MARKET_EINVALID, "attributes",
				                 "SKUs %zu and %zu are the same variant", j, i);
		}
		if (rc != 0)
			mk_error_prefix(err, "skus[%zu]", i);
	}
	return rc;
}

bool mk_attribute_number(const char *text, int digits, int64_t *out)
{
	const bool negative = *text == '-';
	const int most = digits > 0 ? 12 : 18;
	int64_t number = 0;
	int before = 0, behind = 0;

	if (negative)
		text++;
	for (; *text >= '0' && *text <= '9'; text++, before++) {
		if (before == most || (before > 0 && number == 0))
			return false;
		number = 10 * number + (*text - '0');
	}
	if (before == 0)
		return false;
	if (*text == '.' && digits > 0) {
		for (text++; *text >= '0' && *text <= '9' && behind < digits; text++, behind++)
			number = 10 * number + (*text - '0');
		if (behind == 0 || text[-1] == '0')
			return false;
	}
	if (*text != '\0' || (negative && number == 0))
		return false;
	for (; behind < digits; behind++)
		number *= 10;
	*out = negative ? -number : number;
	return true;
}

static int check_values(const mk_effective *effective, values stated, bool variant,
                        market_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < stated.n; i++) {
		const market_attribute *attribute = mk_attribute_named(effective, stated.at[i]->name);

		if (!attribute)
			continue;
		if (attribute->variant != variant)
			rc = mk_error_at(err, MARKET_EINVALID, attribute->name,
			                 variant ? "%s is stated by the product" : "%s is stated by the SKUs",
			                 attribute->name);
		else
			rc = check_value(attribute, stated.at[i]->value, err);
	}
	for (size_t i = 0; rc == 0 && i < effective->n_attributes; i++) {
		const market_attribute *attribute = effective->attributes[i];

		if (attribute->required && attribute->variant == variant &&
		    !value_of(stated, attribute->name))
			rc = mk_error_at(err, MARKET_EMISSING, attribute->name, "attribute %s is missing",
			                 attribute->name);
	}
	if (rc != 0)
		mk_error_prefix(err, "attributes");
	return rc;
}

static int check_value(const market_attribute *attribute, const char *value, market_error *err)
{
	switch (attribute->type) {
	case MARKET_ATTRIBUTE_INTEGER:
	case MARKET_ATTRIBUTE_DECIMAL:
		return check_number(attribute, value, err);
	case MARKET_ATTRIBUTE_BOOLEAN:
		return strcmp(value, "true") == 0 || strcmp(value, "false") == 0
		           ? 0
		           : wrong(attribute, value, err);
	case MARKET_ATTRIBUTE_CHOICE:
		for (size_t i = 0; i < attribute->n_options; i++)
			if (strcmp(attribute->options[i]->name, value) == 0)
				return 0;
		return wrong(attribute, value, err);
	default:
		return check_length(attribute, value, err);
	}
}

static int check_number(const market_attribute *attribute, const char *value, market_error *err)
{
	const int digits = attribute->type == MARKET_ATTRIBUTE_DECIMAL ? MK_DECIMAL_DIGITS : 0;
	int64_t number, bound;

	if (!mk_attribute_number(value, digits, &number))
		return wrong(attribute, value, err);
	if (attribute->minimum && mk_attribute_number(attribute->minimum, digits, &bound) &&
	    number < bound)
		return mk_error_at(err, MARKET_EINVALID, attribute->name, "%.40s %.40s is below %s",
		                   attribute->name, value, attribute->minimum);
	if (attribute->maximum && mk_attribute_number(attribute->maximum, digits, &bound) &&
	    number > bound)
		return mk_error_at(err, MARKET_EINVALID, attribute->name, "%.40s %.40s is above %s",
		                   attribute->name, value, attribute->maximum);
	return 0;
}

static int check_length(const market_attribute *attribute, const char *value, market_error *err)
{
	const int64_t characters = (int64_t)mk_utf8_length(value);
	int64_t bound;

	if (attribute->minimum && mk_attribute_number(attribute->minimum, 0, &bound) &&
	    characters < bound)
		return mk_error_at(err, MARKET_EINVALID, attribute->name,
		                   "%s has %lld characters, less than %s", attribute->name,
		                   (long long)characters, attribute->minimum);
	if (attribute->maximum && mk_attribute_number(attribute->maximum, 0, &bound) &&
	    characters > bound)
		return mk_error_at(err, MARKET_EINVALID, attribute->name,
		                   "%s has %lld characters, more than %s", attribute->name,
		                   (long long)characters, attribute->maximum);
	return 0;
}

static int wrong(const market_attribute *attribute, const char *value, market_error *err)
{
	(void)mk_error_at(err, MARKET_EINVALID, attribute->name, "\"%.40s\" is no %s for %s", value,
	                  mk_enum_name(&mk_attribute_type_enum, attribute->type), attribute->name);
	if (attribute->type == MARKET_ATTRIBUTE_INTEGER || attribute->type == MARKET_ATTRIBUTE_DECIMAL)
		mk_error_hint(err, MARKET_EINVALID,
		              "A number has digits, and no zeros that could be left out.");
	return MARKET_EINVALID;
}

/* A text of nothing, or of blanks, states nothing. */
static const char *value_of(values stated, const char *name)
{
	for (size_t i = 0; i < stated.n; i++) {
		const char *value = stated.at[i]->value;

		if (strcmp(stated.at[i]->name, name) == 0)
			return value[strspn(value, " ")] != '\0' ? value : NULL;
	}
	return NULL;
}

/* CAT-2: variants differ in what makes them, when the category says what does. */
static bool alike(const mk_effective *effective, values a, values b)
{
	bool any = false;

	for (size_t i = 0; i < effective->n_attributes; i++) {
		const market_attribute *attribute = effective->attributes[i];

		if (!attribute->variant)
			continue;
		any = true;
		if (!mk_text_equal(value_of(a, attribute->name), value_of(b, attribute->name)))
			return false;
	}
	return any;
}
