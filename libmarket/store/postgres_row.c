/* What the server answers, as values of a record. */
#include "libmarket/store/postgres.h"

enum {
	OID_BOOL = 16,
	OID_NAME = 19,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_UNKNOWN = 705,
	OID_CHAR = 1042,
	OID_VARCHAR = 1043
};

static const char *column_name(const void *result, size_t index);
static bool readable(mk_value_kind kind, Oid type);
static int64_t read_int(const char *bytes, int size);

int mk_postgres_reading(mk_postgres *p, mk_prepared *prepared, const mk_record *record,
                        const PGresult *result, mk_mapping **out, market_error *err)
{
	mk_columns columns;
	int rc;

	*out = mk_mapping_find(prepared->readings, record);
	if (*out)
		return 0;
	columns.name = column_name;
	columns.result = result;
	columns.n = (size_t)PQnfields(result);
	rc = mk_row_reading(&p->base, prepared, record, &columns, out, err);
	for (int i = 0; rc == 0 && i < (int)columns.n; i++)
		if (!readable((*out)->columns[i].value, PQftype(result, i))) {
			prepared->readings = (*out)->next;
			rc = mk_error_set(err, MARKET_EINTERNAL, "statement %s returns %s of type %u: cast it",
			                  prepared->statement->name, PQfname(result, i), PQftype(result, i));
		}
	return rc;
}

void mk_postgres_fetch(const PGresult *result, int row, const mk_mapping *reading)
{
	for (size_t i = 0; i < reading->n_columns; i++) {
		mk_value *value = &reading->values[i];
		int at = (int)i;

		value->null = PQgetisnull(result, row, at);
		value->data = PQgetvalue(result, row, at);
		value->size = (size_t)PQgetlength(result, row, at);
		if (reading->columns[i].value == MK_VALUE_INT)
			value->number = value->null ? 0 : read_int(value->data, (int)value->size);
	}
}

static const char *column_name(const void *result, size_t index)
{
	return PQfname(result, (int)index);
}

static bool readable(mk_value_kind kind, Oid type)
{
	switch (type) {
	case MK_OID_INT8:
	case OID_INT4:
	case OID_INT2:
	case OID_BOOL:
		return kind == MK_VALUE_INT;
	case MK_OID_TEXT:
	case OID_VARCHAR:
	case OID_CHAR:
	case OID_NAME:
	case OID_UNKNOWN:
		return kind == MK_VALUE_TEXT;
	case MK_OID_BYTEA:
		return kind == MK_VALUE_BLOB;
	default:
		return false;
	}
}

/* Integers of 1, 2, 4 or 8 bytes, the highest first. */
static int64_t read_int(const char *bytes, int size)
{
	uint64_t number = size > 0 && (signed char)bytes[0] < 0 ? UINT64_MAX : 0;

	for (int i = 0; i < size; i++)
		number = number << 8 | (uint8_t)bytes[i];
	return (int64_t)number;
}
