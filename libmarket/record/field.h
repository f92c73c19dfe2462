/* What the readers, writers and checks of records share: members by descriptor, paths, messages. */
#ifndef MK_RECORD_FIELD_H
#define MK_RECORD_FIELD_H

#include "libmarket/base/arena.h"
#include "libmarket/record/record.h"

/* Where a value lies, from the innermost step outwards; lives on the stack. */
typedef struct mk_path {
	const struct mk_path *parent;
	const char *name;
	int64_t index; /* of an item in the list `name`, or −1 */
} mk_path;

#define MK_PATH_SIZE 160
void mk_path_format(const mk_path *path, char text[MK_PATH_SIZE]);
/* Sets an error at a path; `err` may be NULL. */
int mk_path_fail(const mk_path *path, int code, market_error *err, const char *format, ...)
	MK_PRINTF(4, 5);
/* The same at a field of the record at `parent`. */
int mk_field_fail(const mk_field *field, const mk_path *parent, int code, market_error *err,
                  const char *format, ...) MK_PRINTF(5, 6);
/* "price must be an amount", ETYPE. */
int mk_field_wrong_type(const mk_field *field, const mk_path *parent, market_error *err);
int mk_field_missing(const mk_field *field, const mk_path *parent, market_error *err);

/* A value as an error shows it: at most MK_QUOTE_SIZE − 1 bytes, control characters replaced. */
#define MK_QUOTE_SIZE 64
const char *mk_quote(const char *text, char out[MK_QUOTE_SIZE]);

/* A field that the outside may name; and the one whose name is nearest, or NULL. */
const mk_field *mk_field_public(const mk_record *record, const char *name, size_t size);
const char *mk_field_nearest(const mk_record *record, const char *name);
const char *mk_enum_nearest(const mk_enum *enumeration, const char *name);

static inline const void *mk_member(const mk_field *field, const void *value)
{
	return (const char *)value + field->offset;
}

static inline size_t mk_count(const mk_field *field, const void *value)
{
	return *(const size_t *)((const char *)value + field->count_offset);
}

static inline bool mk_bounded(const mk_field *field)
{
	return field->min <= field->max && (field->min != 0 || field->max != 0);
}

/* Zero is a value of a required field whose bounds hold it; elsewhere zero is absent. */
static inline bool mk_zero_allowed(const mk_field *field)
{
	return mk_bounded(field) && field->min <= 0 && field->max >= 0;
}

static inline bool mk_record_sized(const mk_record *record)
{
	return record->params || record->sized;
}

/* The bytes of a member in its struct, and of the value behind an optional one's pointer. */
size_t mk_field_width(const mk_field *field);
size_t mk_scalar_size(mk_kind kind);

/* The most bytes or items a field takes. */
size_t mk_field_most(const mk_field *field);

/* Whether a member holds a value: not NULL, zero or empty. */
bool mk_field_present(const mk_field *field, const void *value);

/* ---- check.c: limits of one field that isn't a RECORD, or of the count of a LIST ---- */

int mk_field_check(const mk_field *field, const void *value, const mk_path *parent,
                   market_error *err);
int mk_field_check_count(const mk_field *field, size_t count, const mk_path *parent,
                         market_error *err);
/* One text of a LIST of texts. */
int mk_field_check_item(const mk_field *field, const char *text, const mk_path *path,
                        market_error *err);
/* A zero that was written out where zero can't be told from absent: ELIMIT when bounds exclude it.
 */
int mk_field_check_zero(const mk_field *field, const void *value, const mk_path *parent,
                        market_error *err);

/* ---- value.c: values from text ---- */

/* Where the value of a scalar goes: the member, or new memory behind an optional member's pointer.
 * NULL when memory is exhausted. */
void *mk_field_slot(const mk_field *field, void *value, mk_arena *arena);
/* RATE, ID, TIME, ENUM, TEXT and BLOB from their text; the text is copied. */
int mk_field_read(const mk_field *field, const char *text, void *value, mk_arena *arena,
                  const mk_path *parent, market_error *err);
/* The word and the prefix of an identifier's kind ("order", "ord"). */
const char *mk_id_word(market_id_kind kind);
const char *mk_id_prefix(market_id_kind kind);

#endif
