#include "libmarket/store/driver.h"

#include "libmarket/base/money.h"

#include <string.h>

#define MAX_PAIRS_TEXT (128 * 1024)

/* A PAIRS list by itself, to read its JSON. */
typedef struct pairs {
	const market_pair *const *metadata;
	size_t n_metadata;
} pairs;

static const mk_field pairs_fields[] = {MK_F_METADATA(pairs)};
static const mk_record pairs_record =
	MK_RECORD_OF("metadata", pairs, pairs_fields, "the caller's texts");
static const mk_field number_fields[] = {MK_F_INT(mk_number, number, 0, 0, 0, "a number")};
const mk_record mk_number_record = MK_RECORD_OF("number", mk_number, number_fields, "one number");

static int check_moneys(const mk_mapping *binding, const char *record, const char **currency,
                        market_error *err);
static const market_money *money_at(const mk_column *column, const char *record);
static void bind_column(const mk_column *column, const char *at, mk_value *value);
static void bind_reference(const mk_column *column, const char *at, mk_value *out);
static bool bind_pairs(const mk_column *column, const char *record, mk_arena *arena, mk_value *out);
static market_id first_own(const mk_record *record, const char *value);
static void make_id(const mk_mapping *reading, const mk_column *column, const mk_value *value,
                    market_id *out);
static int make_money(const mk_mapping *reading, const mk_column *column, const mk_value *value,
                      market_money *out, market_error *err);
static int make_reference(const mk_mapping *reading, const mk_column *column, const mk_value *value,
                          char *row, mk_arena *arena, market_error *err);
static int make_pairs(const mk_column *column, const mk_value *value, char *row, mk_arena *arena,
                      market_error *err);

int mk_row_bind(const mk_mapping *binding, const void *record, mk_arena *arena, mk_value *values,
                market_error *err)
{
	const mk_column *column = binding->columns, *end = column + binding->n_columns;
	const char *base = record, *currency = NULL;
	int rc = binding->n_moneys > 0 ? check_moneys(binding, base, &currency, err) : 0;

	for (mk_value *value = values; rc == 0 && column < end; column++, value++) {
		*value = (mk_value){.kind = column->value};
		if (column->kind < MK_COLUMN_PAIRS)
			bind_column(column, base + column->offset, value);
		else if (column->kind == MK_COLUMN_CURRENCY)
			*value = mk_text_value(currency);
		else if (column->kind == MK_COLUMN_OWN_BOOK)
			value->number = first_own(binding->record, base).book;
		else if (!bind_pairs(column, base, arena, value))
			rc = mk_error_no_memory(err);
	}
	return rc;
}

int mk_row_make(const mk_mapping *reading, mk_arena *arena, void **out, market_error *err)
{
	const mk_column *column = reading->columns, *end = column + reading->n_columns;
	char *row = mk_arena_zero(arena, reading->record->size);
	int rc = 0;

	if (!row)
		return mk_error_no_memory(err);
	for (const mk_value *value = reading->values; rc == 0 && column < end; column++, value++) {
		char *at = row + column->offset;

		if (value->null)
			continue;
		switch (column->kind) {
		case MK_COLUMN_INT:
		case MK_COLUMN_TIME:
			*(int64_t *)at = value->number;
			break;
		case MK_COLUMN_BOOL:
			*(bool *)at = value->number != 0;
			break;
		case MK_COLUMN_ENUM:
			*(int32_t *)at = (int32_t)value->number;
			break;
		case MK_COLUMN_KEY:
		case MK_COLUMN_ID:
			make_id(reading, column, value, (market_id *)at);
			break;
		case MK_COLUMN_KEY_BOOK:
		case MK_COLUMN_BOOK:
			break;
		case MK_COLUMN_MONEY:
			rc = make_money(reading, column, value, (market_money *)at, err);
			break;
		default:
			rc = make_reference(reading, column, value, row, arena, err);
		}
	}
	*out = row;
	return rc;
}

static int check_moneys(const mk_mapping *binding, const char *record, const char **currency,
                        market_error *err)
{
	*currency = NULL;
	for (size_t i = 0; i < binding->n_moneys; i++) {
		const mk_column *column = &binding->moneys[i];
		const market_money *money;
		const char *own;

		if (column->kind == MK_COLUMN_TEXT) {
			own = *(const char *const *)(record + column->offset);
		} else {
			money = money_at(column, record);
			if (money && mk_money_broken(*money))
				return mk_error_set(err, MARKET_EOVERFLOW, "the amount %s of %s overflows",
				                    column->field->name, binding->record->name);
			own = money && money->currency[0] ? money->currency : NULL;
		}
		if (own && *currency && strcmp(own, *currency) != 0)
			return mk_error_set(err, MARKET_EINTERNAL, "%s of %s is in %.3s, the row in %.3s",
			                    column->field->name, binding->record->name, own, *currency);
		if (own)
			*currency = own;
	}
	return 0;
}

static const market_money *money_at(const mk_column *column, const char *record)
{
	const void *at = record + column->offset;

	return column->kind == MK_COLUMN_OPT_MONEY ? *(const market_money *const *)at : at;
}

static void bind_column(const mk_column *column, const char *at, mk_value *value)
{
	switch (column->kind) {
	case MK_COLUMN_INT:
		value->number = *(const int64_t *)at;
		break;
	case MK_COLUMN_TIME:
		value->number = *(const int64_t *)at;
		value->null = value->number == 0;
		break;
	case MK_COLUMN_BOOL:
		value->number = *(const bool *)at;
		break;
	case MK_COLUMN_ENUM:
		value->number = *(const int32_t *)at;
		value->null = value->number == 0;
		break;
	case MK_COLUMN_KEY:
		value->number = ((const market_id *)at)->id;
		break;
	case MK_COLUMN_KEY_BOOK:
		value->number = ((const market_id *)at)->book;
		break;
	case MK_COLUMN_ID:
		value->number = ((const market_id *)at)->id;
		value->null = value->number == 0;
		break;
	case MK_COLUMN_BOOK:
		value->number = ((const market_id *)at)->book;
		value->null = ((const market_id *)at)->id == 0;
		break;
	default:
		bind_reference(column, at, value);
	}
}

static void bind_reference(const mk_column *column, const char *at, mk_value *out)
{
	const void *pointer;

	switch (column->kind) {
	case MK_COLUMN_TEXT:
		*out = mk_text_value(*(const char *const *)at);
		return;
	case MK_COLUMN_BLOB:
		*out = mk_blob(((const market_blob *)at)->data, ((const market_blob *)at)->size);
		return;
	case MK_COLUMN_MONEY:
		*out = mk_money_value(*(const market_money *)at);
		return;
	default:
		break;
	}
	pointer = *(const void *const *)at;
	out->null = !pointer;
	if (!pointer)
		return;
	if (column->kind == MK_COLUMN_OPT_MONEY)
		*out = mk_money_value(*(const market_money *)pointer);
	else if (column->kind == MK_COLUMN_OPT_BOOL)
		out->number = *(const bool *)pointer;
	else
		out->number = *(const int64_t *)pointer;
}

static bool bind_pairs(const mk_column *column, const char *record, mk_arena *arena, mk_value *out)
{
	const market_pair *const *list = *(const market_pair *const *const *)(record + column->offset);
	size_t n = *(const size_t *)(record + column->count_offset);
	mk_text text;
	char *copy;

	out->null = n == 0 || !list;
	if (out->null)
		return true;
	mk_text_init(&text, arena->allocator, MAX_PAIRS_TEXT);
	for (size_t i = 0; i < n; i++) {
		mk_text_add_char(&text, i == 0 ? '{' : ',');
		mk_text_add_json(&text, list[i]->name);
		mk_text_add_char(&text, ':');
		mk_text_add_json(&text, list[i]->value);
	}
	mk_text_add_char(&text, '}');
	copy = text.failed ? NULL : mk_arena_text_n(arena, text.data, text.size);
	if (copy) {
		out->data = copy;
		out->size = text.size;
	}
	mk_text_close(&text);
	return copy != NULL;
}

static market_id first_own(const mk_record *record, const char *value)
{
	for (size_t i = 0; i < record->n_fields; i++) {
		const mk_field *field = &record->fields[i];
		market_id id;

		if (field->kind != MK_ID || !(field->flags & MK_OWN_BOOK) || field->flags & MK_NOT_ROW)
			continue;
		id = *(const market_id *)(value + field->offset);
		if (id.id != 0)
			return id;
	}
	return (market_id){0, 0};
}

static void make_id(const mk_mapping *reading, const mk_column *column, const mk_value *value,
                    market_id *out)
{
	if (value->number == 0)
		return;
	out->id = value->number;
	out->book = column->other >= 0 ? reading->values[column->other].number : value->number;
}

static int make_money(const mk_mapping *reading, const mk_column *column, const mk_value *value,
                      market_money *out, market_error *err)
{
	const mk_value *currency = &reading->values[column->other];

	*out = mk_money(value->number, currency->null ? NULL : currency->data);
	if (mk_money_broken(*out))
		return mk_error_set(err, MARKET_ECORRUPT, "%s of a stored %s has no valid currency",
		                    column->field->name, reading->record->name);
	return 0;
}

static int make_reference(const mk_mapping *reading, const mk_column *column, const mk_value *value,
                          char *row, mk_arena *arena, market_error *err)
{
	char *at = row + column->offset;
	void *copy;

	switch (column->kind) {
	case MK_COLUMN_TEXT:
	case MK_COLUMN_CURRENCY:
		copy = mk_arena_text_n(arena, value->data, value->size);
		break;
	case MK_COLUMN_BLOB:
		copy = mk_arena_copy(arena, value->data, value->size);
		((market_blob *)at)->size = value->size;
		break;
	case MK_COLUMN_PAIRS:
		return make_pairs(column, value, row, arena, err);
	case MK_COLUMN_OPT_MONEY:
		copy = mk_arena_get(arena, sizeof(market_money));
		if (copy && make_money(reading, column, value, copy, err) != 0)
			return MARKET_ECORRUPT;
		break;
	case MK_COLUMN_OPT_BOOL:
		copy = mk_arena_get(arena, sizeof(bool));
		if (copy)
			*(bool *)copy = value->number != 0;
		break;
	default:
		copy = mk_arena_copy(arena, &value->number, sizeof(value->number));
	}
	if (!copy)
		return mk_error_no_memory(err);
	*(void **)at = copy;
	return 0;
}

static int make_pairs(const mk_column *column, const mk_value *value, char *row, mk_arena *arena,
                      market_error *err)
{
	char *json =
		mk_arena_format(arena, "{\"metadata\":%.*s}", (int)value->size, (const char *)value->data);
	void *read;
	int rc;

	if (!json)
		return mk_error_no_memory(err);
	rc = mk_json_read(&pairs_record, json, strlen(json), arena, &read, NULL, err);
	if (rc == MARKET_ENOMEM)
		return rc;
	if (rc != 0)
		return mk_error_set(err, MARKET_ECORRUPT, "a stored %s isn't an object of texts",
		                    column->field->name);
	*(const market_pair *const **)(row + column->offset) = ((const pairs *)read)->metadata;
	*(size_t *)(row + column->count_offset) = ((const pairs *)read)->n_metadata;
	return 0;
}
