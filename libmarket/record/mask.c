/* Outputs without what is sensitive: masked here, once, for typed callers and JSON alike. */
#include "libmarket/record/field.h"

#include <string.h>

#define DEEPEST 8

static bool is_sensitive(const mk_record *record, int depth);
static bool mask_record(const mk_record *record, char *value, mk_arena *arena);
static bool mask_field(const mk_field *field, char *value, mk_arena *arena);

const void *mk_record_masked(const mk_record *record, const void *value, mk_arena *arena)
{
	char *copy;

	if (!is_sensitive(record, 0))
		return value;
	copy = mk_record_clone(record, value, arena);
	return copy && mask_record(record, copy, arena) ? copy : NULL;
}

bool mk_record_is_sensitive(const mk_record *record)
{
	return is_sensitive(record, 0);
}

static bool is_sensitive(const mk_record *record, int depth)
{
	for (size_t i = 0; i < record->n_fields; i++) {
		const mk_field *field = &record->fields[i];

		if (field->flags & MK_SENSITIVE)
			return true;
		if (field->record && depth < DEEPEST && is_sensitive(field->record, depth + 1))
			return true;
	}
	return false;
}

/* The value is a deep copy of the arena's own: what it points to may be changed. */
static bool mask_record(const mk_record *record, char *value, mk_arena *arena)
{
	bool good = true;

	for (size_t i = 0; good && i < record->n_fields; i++)
		good = mask_field(&record->fields[i], value, arena);
	return good;
}

static bool mask_field(const mk_field *field, char *value, mk_arena *arena)
{
	char *member = value + field->offset;
	bool good = true;
	size_t count;

	if (field->kind == MK_TEXT && (field->flags & MK_SENSITIVE)) {
		const char **text = (const char **)(void *)member;

		*text = *text ? mk_mask_copy(*text, arena) : NULL;
		return !arena->failed;
	}
	if (field->kind == MK_RECORD) {
		char *nested = *(char **)(void *)member;

		return !nested || mask_record(field->record, nested, arena);
	}
	if (field->kind != MK_LIST || !field->record)
		return true;
	memcpy(&count, value + field->count_offset, sizeof(count));
	for (size_t i = 0; good && i < count; i++)
		good = mask_record(field->record, (*(char ***)(void *)member)[i], arena);
	return good;
}

const char *mk_mask_copy(const char *text, mk_arena *arena)
{
	mk_text out;
	const char *copy;

	mk_text_init(&out, arena->allocator, 1 << 16);
	mk_mask(text, &out);
	copy = out.failed ? NULL : mk_arena_text_n(arena, out.size ? out.data : "", out.size);
	mk_text_close(&out);
	if (!copy)
		arena->failed = true;
	return copy;
}
