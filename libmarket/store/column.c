#include "libmarket/store/driver.h"

#include <string.h>

static mk_mapping *new_mapping(mk_store *store, const mk_prepared *prepared,
                               const mk_record *record, size_t n);
static bool find_column(const mk_record *record, const char *name, mk_column *out);
static bool scalar_column(const mk_field *field, mk_column *out);
static bool id_column(const mk_record *record, const char *name, mk_column *out);
static bool row_column(const mk_record *record, const char *name, mk_column *out);
static const mk_field *row_field(const mk_record *record, const char *name, size_t size);
static const mk_field *first_of(const mk_record *record, mk_kind kind, uint32_t flags);
static bool add_moneys(mk_store *store, mk_mapping *binding);
static int link_column(mk_mapping *reading, const mk_columns *columns, mk_column *column,
                       market_error *err);
static int32_t own_book(const mk_mapping *reading, const mk_columns *columns);
static int32_t column_named(const mk_columns *columns, const char *name, size_t size,
                            const char *end);

int mk_row_binding(mk_store *store, mk_prepared *prepared, const mk_record *record,
                   const mk_mapping **out, market_error *err)
{
	mk_mapping *binding = mk_mapping_find(prepared->bindings, record);

	if (binding) {
		*out = binding;
		return 0;
	}
	if (!prepared->names && prepared->n_parameters > 0)
		return mk_error_set(err, MARKET_EINTERNAL,
		                    "statement %s has no named parameters to bind a record",
		                    prepared->statement->name);
	binding = new_mapping(store, prepared, record, prepared->n_parameters);
	if (!binding)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < binding->n_columns; i++)
		if (!find_column(record, prepared->names[i], &binding->columns[i]))
			return mk_error_set(err, MARKET_EINTERNAL,
			                    "statement %s binds :%s, which %s doesn't have",
			                    prepared->statement->name, prepared->names[i], record->name);
	if (!add_moneys(store, binding))
		return mk_error_no_memory(err);
	binding->next = prepared->bindings;
	prepared->bindings = binding;
	*out = binding;
	return 0;
}

int mk_row_reading(mk_store *store, mk_prepared *prepared, const mk_record *record,
                   const mk_columns *columns, mk_mapping **out, market_error *err)
{
	mk_mapping *reading = mk_mapping_find(prepared->readings, record);
	int rc;

	if (reading) {
		*out = reading;
		return 0;
	}
	reading = new_mapping(store, prepared, record, columns->n);
	if (!reading)
		return mk_error_no_memory(err);
	reading->values = MK_NEW_ARRAY(&store->arena, mk_value, columns->n + 1);
	if (!reading->values)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < columns->n; i++) {
		const char *name = columns->name(columns->result, i);

		if (!name)
			return mk_error_no_memory(err);
		if (!find_column(record, name, &reading->columns[i]))
			return mk_error_set(err, MARKET_EINTERNAL,
			                    "statement %s returns column %s, which %s doesn't have",
			                    prepared->statement->name, name, record->name);
	}
	for (size_t i = 0; i < columns->n; i++) {
		rc = link_column(reading, columns, &reading->columns[i], err);
		if (rc != 0)
			return rc;
	}
	reading->next = prepared->readings;
	prepared->readings = reading;
	*out = reading;
	return 0;
}

static mk_mapping *new_mapping(mk_store *store, const mk_prepared *prepared,
                               const mk_record *record, size_t n)
{
	mk_mapping *mapping = MK_NEW(&store->arena, mk_mapping);

	if (!mapping)
		return NULL;
	mapping->record = record;
	mapping->statement = prepared->statement->name;
	mapping->n_columns = n;
	mapping->columns = MK_NEW_ARRAY(&store->arena, mk_column, n + 1);
	return mapping->columns ? mapping : NULL;
}

static bool find_column(const mk_record *record, const char *name, mk_column *out)
{
	const mk_field *field = row_field(record, name, strlen(name));

	*out = (mk_column){.kind = MK_COLUMN_INT, .value = MK_VALUE_INT, .other = MK_BOOK_NONE};
	if (strcmp(name, "currency") == 0 && (field || first_of(record, MK_MONEY, 0))) {
		if (field && field->kind != MK_TEXT)
			return false;
		out->kind = MK_COLUMN_CURRENCY;
		out->value = MK_VALUE_TEXT;
		out->field = field;
		out->offset = field ? field->offset : MK_NOWHERE;
		return true;
	}
	if (field && field->kind != MK_ID)
		return scalar_column(field, out);
	return id_column(record, name, out) || row_column(record, name, out);
}

static bool scalar_column(const mk_field *field, mk_column *out)
{
	bool optional = (field->flags & MK_OPTIONAL) != 0;

	out->field = field;
	out->offset = field->offset;
	switch (field->kind) {
	case MK_BOOL:
		out->kind = optional ? MK_COLUMN_OPT_BOOL : MK_COLUMN_BOOL;
		return true;
	case MK_INT:
	case MK_RATE:
		out->kind = optional ? MK_COLUMN_OPT_INT : MK_COLUMN_INT;
		return true;
	case MK_TIME:
		out->kind = optional                     ? MK_COLUMN_OPT_INT
		            : field->flags & MK_DURATION ? MK_COLUMN_INT
		                                         : MK_COLUMN_TIME;
		return true;
	case MK_MONEY:
		out->kind = optional ? MK_COLUMN_OPT_MONEY : MK_COLUMN_MONEY;
		return true;
	case MK_ENUM:
		out->kind = MK_COLUMN_ENUM;
		return true;
	case MK_TEXT:
		out->kind = MK_COLUMN_TEXT;
		out->value = MK_VALUE_TEXT;
		return true;
	case MK_BLOB:
		out->kind = MK_COLUMN_BLOB;
		out->value = MK_VALUE_BLOB;
		return true;
	case MK_LIST:
		out->kind = MK_COLUMN_PAIRS;
		out->value = MK_VALUE_TEXT;
		out->count_offset = field->count_offset;
		return (field->flags & MK_PAIRS) != 0;
	case MK_ID:
	case MK_RECORD:
		break;
	}
	return false;
}

/* `x_id` and `x_book_id` of a field x. */
static bool id_column(const mk_record *record, const char *name, mk_column *out)
{
	static const char *const ends[] = {"_book_id", "_id"};
	size_t size = strlen(name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t end = strlen(ends[i]);
		const mk_field *field = NULL;

		if (size > end && strcmp(name + size - end, ends[i]) == 0)
			field = row_field(record, name, size - end);
		if (!field || field->kind != MK_ID || strcmp(field->name, "id") == 0)
			continue;
		out->kind = i == 0 ? MK_COLUMN_BOOK : MK_COLUMN_ID;
		out->field = field;
		out->offset = field->offset;
		return true;
	}
	return false;
}

/* `id` and `book_id`, the row's own. */
static bool row_column(const mk_record *record, const char *name, mk_column *out)
{
	const mk_field *key = row_field(record, "id", 2);
	bool book = strcmp(name, "book_id") == 0;

	if (!book && strcmp(name, "id") != 0)
		return false;
	if (key && key->kind == MK_ID) {
		out->kind = book ? MK_COLUMN_KEY_BOOK : MK_COLUMN_KEY;
		out->field = key;
		out->offset = key->offset;
		return true;
	}
	out->kind = MK_COLUMN_OWN_BOOK;
	out->offset = MK_NOWHERE;
	return book && first_of(record, MK_ID, MK_OWN_BOOK);
}

static const mk_field *row_field(const mk_record *record, const char *name, size_t size)
{
	const mk_field *field = mk_record_field(record, name, size);

	return field && !(field->flags & MK_NOT_ROW) ? field : NULL;
}

static const mk_field *first_of(const mk_record *record, mk_kind kind, uint32_t flags)
{
	for (size_t i = 0; i < record->n_fields; i++) {
		const mk_field *field = &record->fields[i];

		if (field->kind == kind && !(field->flags & MK_NOT_ROW) && (field->flags & flags) == flags)
			return field;
	}
	return NULL;
}

/* A row has one currency, so all moneys of a record that gives any must agree. The field `currency`
 * comes first. */
static bool add_moneys(mk_store *store, mk_mapping *binding)
{
	const mk_record *record = binding->record;
	const mk_field *currency = row_field(record, "currency", 8);
	bool any = false;

	for (size_t i = 0; i < binding->n_columns; i++)
		any = any || binding->columns[i].kind == MK_COLUMN_MONEY ||
		      binding->columns[i].kind == MK_COLUMN_OPT_MONEY ||
		      binding->columns[i].kind == MK_COLUMN_CURRENCY;
	if (!any)
		return true;
	binding->moneys = MK_NEW_ARRAY(&store->arena, mk_column, record->n_fields + 1);
	if (!binding->moneys)
		return false;
	if (currency && currency->kind == MK_TEXT)
		scalar_column(currency, &binding->moneys[binding->n_moneys++]);
	for (size_t i = 0; i < record->n_fields; i++)
		if (record->fields[i].kind == MK_MONEY && !(record->fields[i].flags & MK_NOT_ROW))
			scalar_column(&record->fields[i], &binding->moneys[binding->n_moneys++]);
	return true;
}

/* Finds the column that holds a money's currency or an id's book. */
static int link_column(mk_mapping *reading, const mk_columns *columns, mk_column *column,
                       market_error *err)
{
	const mk_field *field = column->field;
	size_t size = field ? strlen(field->name) : 0;

	switch (column->kind) {
	case MK_COLUMN_OWN_BOOK:
	case MK_COLUMN_CURRENCY:
		if (column->offset == MK_NOWHERE) /* others are read with it */
			*column = (mk_column){.kind = MK_COLUMN_BOOK, .value = column->value};
		return 0;
	case MK_COLUMN_MONEY:
	case MK_COLUMN_OPT_MONEY:
		column->other = column_named(columns, "currency", 8, "");
		if (column->other >= 0)
			return 0;
		return mk_error_set(err, MARKET_EINTERNAL, "statement %s returns %s without currency",
		                    reading->statement, field->name);
	case MK_COLUMN_KEY:
		column->other = column_named(columns, "book_id", 7, "");
		break;
	case MK_COLUMN_ID:
		column->other = column_named(columns, field->name, size, "_book_id");
		if (column->other < 0 && field->flags & MK_OWN_BOOK)
			column->other = own_book(reading, columns);
		break;
	default:
		return 0;
	}
	if (column->other < 0 && field->flags & MK_SELF_BOOK)
		column->other = MK_BOOK_SELF;
	if (column->other == MK_BOOK_NONE)
		return mk_error_set(err, MARKET_EINTERNAL,
		                    "statement %s returns the id of %s without its book",
		                    reading->statement, field->name);
	return 0;
}

/* The row's book; of a buyer or seller its id is the book. */
static int32_t own_book(const mk_mapping *reading, const mk_columns *columns)
{
	const mk_field *key = row_field(reading->record, "id", 2);
	int32_t column = column_named(columns, "book_id", 7, "");

	if (column < 0 && key && key->flags & MK_SELF_BOOK)
		column = column_named(columns, "id", 2, "");
	return column;
}

static int32_t column_named(const mk_columns *columns, const char *name, size_t size,
                            const char *end)
{
	for (size_t i = 0; i < columns->n; i++) {
		const char *other = columns->name(columns->result, i);

		if (strncmp(other, name, size) == 0 && strcmp(other + size, end) == 0)
			return (int32_t)i;
	}
	return MK_BOOK_NONE;
}
