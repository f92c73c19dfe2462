/* What the steps of an import are made of: reads, comparisons, writes. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/import.h"

const char *import_text(const import_item *item, const char *field)
{
	return json_string_value(json_object_get(item->rows[0].values, field));
}

json_t *import_address(market_id_kind kind, const char *owner, const char *text)
{
	market_id id;

	if (market_id_parse(kind, text, &id))
		return json_string(text);
	return owner ? json_sprintf("ref:%s/%s", owner, text) : json_sprintf("ref:%s", text);
}

void import_copy(json_t *in, const source_row *row, const char *const *fields)
{
	for (; *fields; fields++) {
		json_t *value = json_object_get(row->values, *fields);

		if (value)
			json_object_set(in, *fields, value);
	}
}

import_step *import_ask(import_item *item, const char *operation, json_t *in)
{
	import_step *step = &item->asks[item->n_asks++];

	*step = (import_step){.operation = operation, .in = in};
	return step;
}

import_step *import_write(import_item *item, import_outcome outcome, const char *operation,
                          json_t *in)
{
	import_step *step = &item->writes[item->n_writes++];

	if (item->n_writes > 1)
		step[-1].linked = true;
	*step = (import_step){.operation = operation, .in = in};
	if (item->outcome == IMPORT_UNCHANGED)
		item->outcome = outcome;
	return step;
}

void import_refuse(import_item *item, size_t row, int code, const char *field, const char *format,
                   ...)
{
	va_list args;

	if (item->outcome == IMPORT_REFUSED)
		return;
	item->outcome = IMPORT_REFUSED;
	item->bad_row = row;
	item->problem.code = code;
	snprintf(item->problem.column, sizeof(item->problem.column), "%s", field);
	va_start(args, format);
	vsnprintf(item->problem.reason, sizeof(item->problem.reason), format, args);
	va_end(args);
}

json_t *import_found(import_item *item, size_t ask)
{
	return item->asks[ask].code == 0 ? item->asks[ask].out : NULL;
}

/* Amounts are equal whatever zeros they end with; a text that is empty is absent. */
static bool same(json_t *stated, json_t *found, const char *currency)
{
	char a[MARKET_MONEY_TEXT_SIZE], b[MARKET_MONEY_TEXT_SIZE];
	market_money amount, other;

	if (json_is_object(stated) && !found)
		return json_object_size(stated) == 0;
	if (json_is_object(found) && json_is_string(stated)) {
		if (!market_money_parse(json_string_value(stated), currency, &amount) ||
		    !market_money_parse(cli_text(found, "amount"), currency, &other))
			return false;
		market_money_format(amount, a);
		market_money_format(other, b);
		return strcmp(a, b) == 0;
	}
	return json_equal(stated, found);
}

/* The first image is the one that is shown first. */
static bool same_order(json_t *stated, json_t *found)
{
	char *a = json_dumps(stated, JSON_COMPACT), *b = json_dumps(found, JSON_COMPACT);
	bool same = !found || (a && b && strcmp(a, b) == 0);

	free(a);
	free(b);
	return same;
}

bool import_differs(const source_row *row, json_t *found, const char *field)
{
	json_t *stated = json_object_get(row->values, field);
	json_t *value = json_object_get(found, field);

	if (!stated)
		return false;
	return !same(stated, value, cli_text(value, "currency")) ||
	       (strcmp(field, "images") == 0 && !same_order(stated, value));
}

bool import_any_differs(const source_row *row, json_t *found, const char *const *fields)
{
	for (; *fields; fields++)
		if (import_differs(row, found, *fields))
			return true;
	return false;
}

bool import_fixed(import_item *item, json_t *found, const char *const *fields)
{
	for (; *fields; fields++)
		if (import_differs(&item->rows[0], found, *fields)) {
			import_refuse(item, 0, MARKET_EINVALID, *fields,
			              "it exists with another %s, which an import doesn't change", *fields);
			return true;
		}
	return false;
}

bool import_number(import_item *item, const char *field, json_int_t *out)
{
	const char *text = import_text(item, field);
	char *end = NULL;

	errno = 0;
	*out = text ? strtoll(text, &end, 10) : 0;
	if (!text || (errno == 0 && *end == '\0' && strspn(text, "0123456789") == strlen(text)))
		return true;
	import_refuse(item, 0, MARKET_ETYPE, field, "%.60s isn't a whole number from 0", text);
	return false;
}
