/* Deep copies in one allocation: one walk measures, a second one fills. */
#include "libmarket/record/field.h"

#include <string.h>

#define ALIGNMENT ((size_t)16)

/* Before each packed block, so that it can be freed when its market is gone. */
typedef union header {
	market_allocator allocator;
	char space[(sizeof(market_allocator) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT];
} header;

/* Room in a block; `base` is NULL while measuring. */
typedef struct room {
	char *base;
	size_t used;
} room;

static void *copy_record(room *r, const mk_record *record, const void *value);
static void copy_field(room *r, const mk_field *field, const void *value, char *own);
static void copy_list(room *r, const mk_field *field, const void *value, char *own);
static void *copy_bytes(room *r, const void *bytes, size_t size);
static void *copy_text(room *r, const char *text);
static void *take(room *r, size_t size);

int mk_record_pack(const mk_record *record, const void *value, const market_allocator *allocator,
                   void **out, market_error *err)
{
	room r = {NULL, 0};
	header *block;

	(void)copy_record(&r, record, value);
	block = mk_allocate(allocator, sizeof(header) + r.used);
	if (!block)
		return mk_error_no_memory(err);
	block->allocator = *allocator;
	r.base = (char *)(block + 1);
	r.used = 0;
	*out = copy_record(&r, record, value);
	return 0;
}

void mk_record_free(void *packed)
{
	market_allocator allocator;
	header *block;

	if (!packed)
		return;
	block = (header *)packed - 1;
	allocator = block->allocator;
	mk_release(&allocator, block);
}

char *mk_record_pack_text(const char *text, size_t size, const market_allocator *allocator)
{
	header *block = mk_allocate(allocator, sizeof(header) + size + 1);
	char *copy;

	if (!block)
		return NULL;
	block->allocator = *allocator;
	copy = (char *)(block + 1);
	memcpy(copy, text, size);
	copy[size] = '\0';
	return copy;
}

void *mk_record_clone(const mk_record *record, const void *value, mk_arena *arena)
{
	room r = {NULL, 0};

	(void)copy_record(&r, record, value);
	r.base = mk_arena_get(arena, r.used);
	if (!r.base)
		return NULL;
	r.used = 0;
	return copy_record(&r, record, value);
}

static void *copy_record(room *r, const mk_record *record, const void *value)
{
	char *own = copy_bytes(r, value, record->size);
	size_t i;

	if (record->params) {
		const char *key;

		memcpy(&key, (const char *)value + sizeof(void *), sizeof(key));
		key = copy_text(r, key);
		if (own)
			memcpy(own + sizeof(void *), &key, sizeof(key));
	}
	for (i = 0; i < record->n_fields; i++) {
		const mk_field *field = &record->fields[i];

		if ((field->flags & MK_OPTIONAL) || field->kind >= MK_TEXT)
			copy_field(r, field, value, own);
	}
	return own;
}

/* `own` is NULL while measuring. */
static void copy_field(room *r, const mk_field *field, const void *value, char *own)
{
	const void *from = *(const void *const *)mk_member(field, value);
	const void *to;

	if (!from)
		return;
	if (field->kind == MK_LIST) {
		copy_list(r, field, value, own);
		return;
	}
	if (field->kind == MK_TEXT)
		to = copy_text(r, from);
	else if (field->kind == MK_RECORD)
		to = copy_record(r, field->record, from);
	else if (field->kind == MK_BLOB)
		to = copy_bytes(r, from, ((const market_blob *)mk_member(field, value))->size);
	else
		to = copy_bytes(r, from, mk_scalar_size(field->kind));
	if (own)
		*(const void **)(own + field->offset) = to;
}

static void copy_list(room *r, const mk_field *field, const void *value, char *own)
{
	const void *const *items = *(const void *const *const *)mk_member(field, value);
	size_t count = mk_count(field, value);
	const void **list = take(r, count * sizeof(*items));
	size_t i;

	for (i = 0; i < count; i++) {
		const void *item = NULL;

		if (items[i])
			item = field->record ? copy_record(r, field->record, items[i]) : copy_text(r, items[i]);
		if (list)
			list[i] = item;
	}
	if (own)
		*(const void **)(own + field->offset) = list;
}

static void *copy_bytes(room *r, const void *bytes, size_t size)
{
	void *own = take(r, size);

	if (own && size > 0)
		memcpy(own, bytes, size);
	return own;
}

static void *copy_text(room *r, const char *text)
{
	return text ? copy_bytes(r, text, strlen(text) + 1) : NULL;
}

static void *take(room *r, size_t size)
{
	void *own = r->base ? r->base + r->used : NULL;

	r->used += (size + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
	return own;
}
