#include "tests/unit/call_sample.h"

#include <stdio.h>
#include <string.h>

#include "libmarket/record/field.h"

static json_t *sample_text(const mk_field *field);
static json_t *sample_int(const mk_field *field);
static json_t *sample_money(const mk_field *field);
static json_t *sample_span(const mk_field *field);
static json_t *sample_rate(const mk_field *field);
static json_t *sample_id(const mk_field *field, call_sample_id id, void *user_data);
static json_t *sample_list(const mk_field *field, bool all, call_sample_id id, void *user_data);
static void each_place(call_place *at, const mk_record *record, const char *prefix,
                       void (*visit)(const call_place *, void *), void *user_data);

json_t *call_sample(const mk_record *params, bool all, call_sample_id id, void *user_data)
{
	json_t *object = json_object();

	for (size_t i = 0; i < params->n_fields; i++) {
		const mk_field *field = &params->fields[i];

		if ((field->flags & MK_INTERNAL) || (!all && !(field->flags & MK_REQUIRED)))
			continue;
		json_object_set_new(object, field->name, call_sample_value(field, all, id, user_data));
	}
	return object;
}

json_t *call_sample_value(const mk_field *field, bool all, call_sample_id id, void *user_data)
{
	switch (field->kind) {
	case MK_BOOL:
		return json_true();
	case MK_INT:
		return sample_int(field);
	case MK_MONEY:
		return sample_money(field);
	case MK_RATE:
		return sample_rate(field);
	case MK_ID:
		return sample_id(field, id, user_data);
	case MK_TIME:
		return field->flags & MK_DURATION ? sample_span(field)
		                                  : json_string("2026-01-05T00:00:00.000Z");
	case MK_ENUM:
		return json_string(field->enumeration->values[0].name);
	case MK_TEXT:
		return sample_text(field);
	case MK_BLOB:
		return json_string("AAAA");
	case MK_RECORD:
		return call_sample(field->record, all, id, user_data);
	case MK_LIST:
		return sample_list(field, all, id, user_data);
	}
	return NULL;
}

void call_each_place(const mk_op *op, void (*visit)(const call_place *place, void *user_data),
                     void *user_data)
{
	call_place at = {.op = op};

	each_place(&at, op->params, "", visit, user_data);
}

json_t *call_holder(const call_place *place, json_t *params)
{
	for (size_t i = 0; i < place->n_steps; i++) {
		params = json_object_get(params, place->steps[i]->name);
		if (place->steps[i]->kind == MK_LIST)
			params = json_array_get(params, 0);
	}
	return params;
}

void *call_struct(const call_place *place, void *params)
{
	for (size_t i = 0; i < place->n_steps; i++) {
		const mk_field *step = place->steps[i];
		void *member;

		memcpy(&member, (char *)params + step->offset, sizeof(member));
		if (step->kind == MK_LIST)
			memcpy(&member, member, sizeof(member));
		params = member;
	}
	return params;
}

static json_t *sample_text(const mk_field *field)
{
	static const char filler[] = "abcdefghij";
	size_t most = mk_field_most(field);
	size_t size = most < 3 ? most : 3;

	if (strcmp(field->name, "currency") == 0)
		return json_string("BRL");
	if (strcmp(field->name, "country") == 0)
		return json_string("BR");
	if ((size_t)field->min > size)
		size = (size_t)field->min;
	return json_stringn(filler, size < sizeof(filler) - 1 ? size : sizeof(filler) - 1);
}

static json_t *sample_int(const mk_field *field)
{
	if (mk_bounded(field) && (field->min > 1 || field->max < 1))
		return json_integer(field->min);
	return json_integer(1);
}

static json_t *sample_money(const mk_field *field)
{
	market_money money = mk_money(1000, "BRL");
	char text[MK_MONEY_TEXT_SIZE];

	if (mk_bounded(field) && (field->min > 1000 || field->max < 1000))
		money = mk_money(field->min, "BRL");
	mk_money_format(money, text);
	return json_pack("{s:s, s:s}", "amount", text, "currency", "BRL");
}

static json_t *sample_span(const mk_field *field)
{
	market_time span = MK_DAY;
	char text[MK_TIME_TEXT_SIZE];

	if (mk_bounded(field) && (field->min > span || field->max < span))
		span = field->min > 0 ? field->min : field->max;
	mk_duration_format(span, text);
	return json_string(text);
}

static json_t *sample_rate(const mk_field *field)
{
	market_rate rate = 50000;
	char text[MK_RATE_TEXT_SIZE];

	if (mk_bounded(field) && (field->min > rate || field->max < rate))
		rate = field->max;
	mk_rate_format(rate, text);
	return json_string(text);
}

static json_t *sample_id(const mk_field *field, call_sample_id id, void *user_data)
{
	const bool own_book = (field->flags & MK_SELF_BOOK) || field->id_kind == MARKET_ID_BUYER ||
	                      field->id_kind == MARKET_ID_SELLER;
	const char *given = id ? id(field, user_data) : NULL;
	char text[MARKET_ID_TEXT_SIZE];

	if (given)
		return json_string(given);
	market_id_format(field->id_kind, (market_id){own_book ? 77 : 7, 77}, text);
	return json_string(text);
}

static json_t *sample_list(const mk_field *field, bool all, call_sample_id id, void *user_data)
{
	json_t *list;

	if (field->flags & MK_PAIRS)
		return json_pack("{s:s}", "colour", "red");
	list = json_array();
	for (int64_t i = 0; i < (field->min > 1 ? field->min : 1); i++)
		json_array_append_new(list, field->record ? call_sample(field->record, all, id, user_data)
		                                          : json_string("abc"));
	return list;
}

static void each_place(call_place *at, const mk_record *record, const char *prefix,
                       void (*visit)(const call_place *, void *), void *user_data)
{
	for (size_t i = 0; i < record->n_fields; i++) {
		const mk_field *field = &record->fields[i];
		char inner[sizeof(at->path)];

		if (field->flags & MK_INTERNAL)
			continue;
		at->field = field;
		snprintf(at->path, sizeof(at->path), "%.100s%s", prefix, field->name);
		visit(at, user_data);
		if (!field->record || at->n_steps == CALL_SAMPLE_DEPTH)
			continue;
		snprintf(inner, sizeof(inner), "%.100s%s%s.", prefix, field->name,
		         field->kind == MK_LIST ? "[0]" : "");
		at->steps[at->n_steps++] = field;
		each_place(at, field->record, inner, visit, user_data);
		at->n_steps--;
	}
}
