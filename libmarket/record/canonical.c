/*
 * The canonical encoding: of each present field, by name, its name (u8 size, bytes), its kind (u8)
 * and its value; a zero byte ends a record. Integers are big-endian, texts have a u32 size before
 * them, a list its u32 count. Pairs are in order of name.
 */
#include "libmarket/record/field.h"

#include <string.h>

/* Small pieces gather here, so that the text grows in few steps. */
typedef struct sink {
	mk_text *out;
	size_t used;
	uint8_t bytes[1024];
} sink;

typedef struct sorted {
	uint64_t start; /* the name's first eight bytes */
	const mk_field *field;
} sorted;

static void write_record(sink *s, const mk_record *record, const void *value);
static size_t sort_fields(const mk_record *record, const void *value, sorted order[MK_MAX_FIELDS]);
static uint64_t start_of(const char *name);
static bool before(const sorted *a, const sorted *b);
static void write_value(sink *s, const mk_field *field, const void *value);
static void write_list(sink *s, const mk_field *field, const void *value);
static void write_pairs(sink *s, const market_pair *const *pairs, size_t count);
static const market_pair *next_pair(const market_pair *const *pairs, size_t count,
                                    const market_pair *after);
static void put_text(sink *s, const void *bytes, size_t size);
static void put_u32(sink *s, uint32_t value);
static void put_u64(sink *s, uint64_t value);
static void put(sink *s, const void *bytes, size_t size);
static void flush(sink *s);

void mk_record_canonical(const mk_record *record, const void *value, mk_text *out)
{
	sink s;

	s.out = out;
	s.used = 0;
	write_record(&s, record, value);
	flush(&s);
}

static void write_record(sink *s, const mk_record *record, const void *value)
{
	const uint8_t end = 0;
	sorted order[MK_MAX_FIELDS];
	size_t count;
	size_t i;

	if (record->n_fields > MK_MAX_FIELDS) {
		s->out->failed = true;
		return;
	}
	count = sort_fields(record, value, order);
	for (i = 0; i < count; i++) {
		const mk_field *field = order[i].field;
		const uint8_t kind = (uint8_t)field->kind;
		const size_t length = strlen(field->name);
		const uint8_t size = (uint8_t)length;

		put(s, &size, 1);
		put(s, field->name, length);
		put(s, &kind, 1);
		write_value(s, field, value);
	}
	put(s, &end, 1);
}

static size_t sort_fields(const mk_record *record, const void *value, sorted order[MK_MAX_FIELDS])
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < record->n_fields; i++) {
		const mk_field *field = &record->fields[i];
		sorted one;
		size_t at;

		if (!mk_field_present(field, value))
			continue;
		one.start = start_of(field->name);
		one.field = field;
		for (at = count; at > 0 && before(&one, &order[at - 1]); at--)
			order[at] = order[at - 1];
		order[at] = one;
		count++;
	}
	return count;
}

static uint64_t start_of(const char *name)
{
	uint64_t start = 0;
	int shift;

	for (shift = 56; shift >= 0 && *name; shift -= 8)
		start |= (uint64_t)(uint8_t)*name++ << shift;
	return start;
}

static bool before(const sorted *a, const sorted *b)
{
	if (a->start != b->start)
		return a->start < b->start;
	return strcmp(a->field->name, b->field->name) < 0;
}

static void write_value(sink *s, const mk_field *field, const void *value)
{
	const void *at = mk_member(field, value);

	if (field->flags & MK_OPTIONAL)
		at = *(const void *const *)at;
	switch (field->kind) {
	case MK_BOOL: {
		const uint8_t byte = *(const bool *)at ? 1 : 0;

		put(s, &byte, 1);
		break;
	}
	case MK_INT:
	case MK_RATE:
	case MK_TIME:
		put_u64(s, (uint64_t) * (const int64_t *)at);
		break;
	case MK_MONEY:
		put_u64(s, (uint64_t)((const market_money *)at)->amount);
		put(s, ((const market_money *)at)->currency, 3);
		break;
	case MK_ID:
		put_u64(s, (uint64_t)((const market_id *)at)->book);
		put_u64(s, (uint64_t)((const market_id *)at)->id);
		break;
	case MK_ENUM:
		put_u32(s, (uint32_t) * (const int32_t *)at);
		break;
	case MK_TEXT:
		put_text(s, *(const char *const *)at, strlen(*(const char *const *)at));
		break;
	case MK_BLOB:
		put_text(s, ((const market_blob *)at)->data, ((const market_blob *)at)->size);
		break;
	case MK_RECORD:
		write_record(s, field->record, *(const void *const *)at);
		break;
	case MK_LIST:
		write_list(s, field, value);
		break;
	}
}

static void write_list(sink *s, const mk_field *field, const void *value)
{
	const void *const *items = *(const void *const *const *)mk_member(field, value);
	size_t count = mk_count(field, value);
	size_t i;

	put_u32(s, (uint32_t)count);
	if (field->flags & MK_PAIRS) {
		write_pairs(s, (const market_pair *const *)items, count);
		return;
	}
	for (i = 0; i < count; i++) {
		if (field->record)
			write_record(s, field->record, items[i]);
		else
			put_text(s, items[i], strlen(items[i]));
	}
}

/* A JSON object has no order. Names are unique (mk_record_check). */
static void write_pairs(sink *s, const market_pair *const *pairs, size_t count)
{
	const market_pair *pair = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		pair = next_pair(pairs, count, pair);
		if (!pair)
			break;
		put_text(s, pair->name, strlen(pair->name));
		put_text(s, pair->value, strlen(pair->value));
	}
}

static const market_pair *next_pair(const market_pair *const *pairs, size_t count,
                                    const market_pair *after)
{
	const market_pair *next = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		if (after && strcmp(pairs[i]->name, after->name) <= 0)
			continue;
		if (!next || strcmp(pairs[i]->name, next->name) < 0)
			next = pairs[i];
	}
	return next;
}

static void put_text(sink *s, const void *bytes, size_t size)
{
	put_u32(s, (uint32_t)size);
	put(s, bytes, size);
}

static void put_u32(sink *s, uint32_t value)
{
	const uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
	                          (uint8_t)value};

	put(s, bytes, sizeof(bytes));
}

static void put_u64(sink *s, uint64_t value)
{
	put_u32(s, (uint32_t)(value >> 32));
	put_u32(s, (uint32_t)value);
}

static void put(sink *s, const void *bytes, size_t size)
{
	if (size > sizeof(s->bytes) - s->used) {
		flush(s);
		if (size > sizeof(s->bytes)) {
			mk_text_add_n(s->out, bytes, size);
			return;
		}
	}
	memcpy(s->bytes + s->used, bytes, size);
	s->used += size;
}

static void flush(sink *s)
{
	mk_text_add_n(s->out, s->bytes, s->used);
	s->used = 0;
}
