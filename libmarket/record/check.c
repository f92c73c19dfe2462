/* Limits of values and of whole params. Nothing is allocated here but the copy of the params. */
#include "libmarket/base/clock.h"
#include "libmarket/base/limits.h"
#include "libmarket/base/money.h"
#include "libmarket/record/field.h"

#include <string.h>

#define LARGEST_SIZE 65536 /* of a params struct; more is an uninitialised one */

typedef struct checker {
	mk_arena *arena;
	market_error *err;
	int depth;
} checker;

static int check_key(const void *value, market_error *err);
static int check_record(checker *c, const mk_record *record, const void *value, bool copy,
                        const mk_path *path, const void **out);
static int check_size(const mk_record *record, const void *value, const mk_path *path,
                      market_error *err);
static bool tail_is_zero(const void *value, size_t known, size_t size);
static bool cuts_field(const mk_record *record, size_t size);
static void *complete(const mk_record *record, const void *value, mk_arena *arena);
static int check_child(checker *c, const mk_field *field, const void *value, const mk_path *parent,
                       const void **out);
static int check_list(checker *c, const mk_field *field, const void *value, const mk_path *parent,
                      const void **out);
static int check_items(checker *c, const mk_field *field, const void *const *items, size_t count,
                       const mk_path *parent, const void **out);
static int check_pair(const market_pair *const *pairs, size_t at, const mk_path *path,
                      market_error *err);
static int check_int(const mk_field *field, int64_t value, const mk_path *parent,
                     market_error *err);
static int out_of_bounds(const mk_field *field, const mk_path *parent, market_error *err);
static int check_money(const mk_field *field, market_money value, const mk_path *parent,
                       market_error *err);
static int check_id(const mk_field *field, market_id value, const mk_path *parent,
                    market_error *err);
static int check_bytes(const char *text, size_t least, size_t most, bool multiline,
                       const mk_path *path, market_error *err);
static bool plain(const char *text, size_t size);

int mk_record_check(const mk_record *record, const void *params, mk_arena *arena, const void **out,
                    market_error *err)
{
	checker c = {arena, err, 0};
	int code;

	if (!params)
		return mk_error_set(err, MARKET_EMISSING, "the params are missing");
	if (record->params) {
		code = check_size(record, params, NULL, err);
		if (code == 0)
			code = check_key(params, err);
		if (code != 0)
			return code;
	}
	return check_record(&c, record, params, true, NULL, out);
}

int mk_options_take(const void *given, void *out, size_t size, market_error *err)
{
	uint32_t own = *(const uint32_t *)given;

	if (own < sizeof(own) || own > LARGEST_SIZE)
		return mk_error_set(err, MARKET_ESIZE, "the size %u isn't one of options", (unsigned)own);
	if (!tail_is_zero(given, size, own))
		return mk_error_set(err, MARKET_ESIZE, "the options are of a newer version");
	memcpy(out, given, own < size ? own : size);
	return 0;
}

void mk_report_give(const void *report, size_t size, void *out)
{
	const uint32_t own = *(const uint32_t *)out;

	memcpy(out, report, own < size ? own : size);
	*(uint32_t *)out = own;
}

int mk_field_check(const mk_field *field, const void *value, const mk_path *parent,
                   market_error *err)
{
	const mk_path path = {parent, field->name, -1};
	const void *at = mk_member(field, value);

	if (field->flags & MK_OPTIONAL) {
		at = *(const void *const *)at;
		if (!at)
			return field->flags & MK_REQUIRED ? mk_field_missing(field, parent, err) : 0;
	}
	switch (field->kind) {
	case MK_BOOL:
		return 0;
	case MK_INT:
	case MK_RATE:
	case MK_TIME:
		return check_int(field, *(const int64_t *)at, parent, err);
	case MK_MONEY:
		return check_money(field, *(const market_money *)at, parent, err);
	case MK_ID:
		return check_id(field, *(const market_id *)at, parent, err);
	case MK_ENUM:
		if (*(const int32_t *)at == 0)
			break;
		if (!mk_enum_name(field->enumeration, *(const int32_t *)at))
			return mk_field_fail(field, parent, MARKET_EINVALID, err, "%s %d isn't known",
			                     field->name, (int)*(const int32_t *)at);
		return 0;
	case MK_TEXT:
		if (!*(const char *const *)at)
			break;
		return check_bytes(*(const char *const *)at, (size_t)field->min, mk_field_most(field),
		                   (field->flags & MK_MULTILINE) != 0, &path, err);
	case MK_BLOB:
		if (!((const market_blob *)at)->data)
			break;
		if (((const market_blob *)at)->size > mk_field_most(field))
			return mk_field_fail(field, parent, MARKET_ELIMIT, err, "%s is longer than %zu bytes",
			                     field->name, mk_field_most(field));
		return 0;
	case MK_RECORD:
	case MK_LIST:
		return 0;
	}
	return field->flags & MK_REQUIRED ? mk_field_missing(field, parent, err) : 0;
}

int mk_field_check_count(const mk_field *field, size_t count, const mk_path *parent,
                         market_error *err)
{
	if (count > mk_field_most(field))
		return mk_field_fail(field, parent, MARKET_ELIMIT, err, "%s holds %zu items, more than %zu",
		                     field->name, count, mk_field_most(field));
	if (field->min > 0 && count < (size_t)field->min)
		return mk_field_fail(field, parent, MARKET_ELIMIT, err,
		                     "%s holds %zu items, fewer than %zu", field->name, count,
		                     (size_t)field->min);
	return 0;
}

int mk_field_check_item(const mk_field *field, const char *text, const mk_path *path,
                        market_error *err)
{
	return check_bytes(text, 1, MK_MAX_TEXT, (field->flags & MK_MULTILINE) != 0, path, err);
}

int mk_field_check_zero(const mk_field *field, const void *value, const mk_path *parent,
                        market_error *err)
{
	if ((field->flags & MK_OPTIONAL) || mk_zero_allowed(field) || !mk_bounded(field))
		return 0;
	if (field->kind != MK_INT && field->kind != MK_RATE && field->kind != MK_TIME)
		return 0;
	if (*(const int64_t *)mk_member(field, value) != 0)
		return 0;
	return out_of_bounds(field, parent, err);
}

static int check_key(const void *value, market_error *err)
{
	const mk_path path = {NULL, "key", -1};
	const char *key;

	memcpy(&key, (const char *)value + sizeof(void *), sizeof(key));
	return key ? check_bytes(key, 1, MK_MAX_KEY, false, &path, err) : 0;
}

/* `out` is `value` itself unless a copy is wanted or something below had to be completed. */
static int check_record(checker *c, const mk_record *record, const void *value, bool copy,
                        const mk_path *path, const void **out)
{
	const void *from = value;
	char *own = NULL;
	int code = 0;
	size_t i;

	if (c->depth >= MK_MAX_JSON_DEPTH)
		return mk_path_fail(path, MARKET_ELIMIT, c->err, "the records are nested more than %d deep",
		                    MK_MAX_JSON_DEPTH);
	if (mk_record_sized(record)) {
		code = check_size(record, value, path, c->err);
		if (code != 0)
			return code;
	}
	if (copy || (mk_record_sized(record) && *(const uint32_t *)value < record->size)) {
		own = complete(record, value, c->arena);
		if (!own)
			return mk_error_no_memory(c->err);
		from = own;
	}
	c->depth++;
	for (i = 0; i < record->n_fields && code == 0; i++) {
		const mk_field *field = &record->fields[i];
		const void *child = NULL;

		if (field->kind != MK_RECORD && field->kind != MK_LIST) {
			code = mk_field_check(field, from, path, c->err);
			continue;
		}
		code = check_child(c, field, from, path, &child);
		if (code != 0 || child == *(const void *const *)mk_member(field, from))
			continue;
		if (!own) {
			own = mk_arena_copy(c->arena, value, record->size);
			if (!own)
				return mk_error_no_memory(c->err);
			from = own;
		}
		*(const void **)(own + field->offset) = child;
	}
	c->depth--;
	*out = from;
	return code;
}

static int check_size(const mk_record *record, const void *value, const mk_path *path,
                      market_error *err)
{
	uint32_t size = *(const uint32_t *)value;

	if (size < (record->params ? 2 * sizeof(void *) : sizeof(uint32_t)) || size > LARGEST_SIZE ||
	    (size < record->size && cuts_field(record, size)))
		return mk_path_fail(path, MARKET_ESIZE, err, "%s: the size %u isn't one of this struct",
		                    record->name, (unsigned)size);
	if (!tail_is_zero(value, record->size, size))
		return mk_path_fail(path, MARKET_ESIZE, err,
		                    "%s: the struct is larger than known and its tail isn't zero",
		                    record->name);
	return 0;
}

/* A newer caller's longer struct is taken while what we don't know of it is zero. */
static bool tail_is_zero(const void *value, size_t known, size_t size)
{
	const char *bytes = value;

	for (size_t i = known; i < size; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

static bool cuts_field(const mk_record *record, size_t size)
{
	size_t i;

	for (i = 0; i < record->n_fields; i++) {
		const mk_field *field = &record->fields[i];

		if (field->offset < size && field->offset + mk_field_width(field) > size)
			return true;
		if (field->kind == MK_LIST && field->offset < size &&
		    field->count_offset + sizeof(size_t) > size)
			return true;
	}
	return false;
}

static void *complete(const mk_record *record, const void *value, mk_arena *arena)
{
	const uint32_t full = (uint32_t)record->size;
	size_t size = record->size;
	char *own = mk_arena_get(arena, record->size);

	if (!own)
		return NULL;
	if (mk_record_sized(record) && *(const uint32_t *)value < size)
		size = *(const uint32_t *)value;
	memcpy(own, value, size);
	memset(own + size, 0, record->size - size);
	if (mk_record_sized(record))
		memcpy(own, &full, sizeof(full));
	return own;
}

static int check_child(checker *c, const mk_field *field, const void *value, const mk_path *parent,
                       const void **out)
{
	const mk_path path = {parent, field->name, -1};
	const void *child = *(const void *const *)mk_member(field, value);

	*out = child;
	if (field->kind == MK_LIST)
		return check_list(c, field, value, parent, out);
	if (child)
		return check_record(c, field->record, child, false, &path, out);
	return field->flags & MK_REQUIRED ? mk_field_missing(field, parent, c->err) : 0;
}

static int check_list(checker *c, const mk_field *field, const void *value, const mk_path *parent,
                      const void **out)
{
	const void *const *items = *(const void *const *const *)mk_member(field, value);
	size_t count = mk_count(field, value);
	int code;

	if (!items && count > 0)
		return mk_field_fail(field, parent, MARKET_EINVALID, c->err,
		                     "%s is NULL and its count is %zu", field->name, count);
	if (!items)
		return field->flags & MK_REQUIRED ? mk_field_missing(field, parent, c->err) : 0;
	code = mk_field_check_count(field, count, parent, c->err);
	return code != 0 ? code : check_items(c, field, items, count, parent, out);
}

static int check_items(checker *c, const mk_field *field, const void *const *items, size_t count,
                       const mk_path *parent, const void **out)
{
	const void **own = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		const mk_path path = {parent, field->name, (int64_t)i};
		const void *item = items[i];
		int code;

		if (!item)
			return mk_path_fail(&path, MARKET_EINVALID, c->err, "%s holds a NULL", field->name);
		if (!field->record)
			code = mk_field_check_item(field, item, &path, c->err);
		else
			code = check_record(c, field->record, item, false, &path, &item);
		if (code == 0 && (field->flags & MK_PAIRS))
			code = check_pair((const market_pair *const *)items, i, &path, c->err);
		if (code != 0)
			return code;
		if (item != items[i] && !own) {
			own = mk_arena_copy(c->arena, items, count * sizeof(*items));
			if (!own)
				return mk_error_no_memory(c->err);
		}
		if (own)
			own[i] = item;
	}
	if (own)
		*out = own;
	return 0;
}

static int check_pair(const market_pair *const *pairs, size_t at, const mk_path *path,
                      market_error *err)
{
	char quoted[MK_QUOTE_SIZE];
	size_t i;

	for (i = 0; i < at; i++)
		if (strcmp(pairs[i]->name, pairs[at]->name) == 0)
			return mk_path_fail(path, MARKET_EINVALID, err, "the name \"%s\" is there twice",
			                    mk_quote(pairs[at]->name, quoted));
	return 0;
}

static int check_int(const mk_field *field, int64_t value, const mk_path *parent, market_error *err)
{
	if (value == 0 && !(field->flags & MK_OPTIONAL)) {
		if ((field->flags & MK_REQUIRED) && !mk_zero_allowed(field))
			return mk_field_missing(field, parent, err);
		return 0;
	}
	if (mk_bounded(field)) {
		if (value < field->min || value > field->max)
			return out_of_bounds(field, parent, err);
	} else if (field->kind == MK_TIME) {
		if (field->flags & MK_DURATION ? value < 0 : !mk_time_valid(value))
			return mk_field_fail(field, parent, MARKET_ELIMIT, err,
			                     "%s lies outside of what a %s holds", field->name,
			                     field->flags & MK_DURATION ? "duration" : "time");
	}
	return 0;
}

static int out_of_bounds(const mk_field *field, const mk_path *parent, market_error *err)
{
	char least[MK_RATE_TEXT_SIZE];
	char most[MK_RATE_TEXT_SIZE];

	if (field->kind == MK_RATE) {
		mk_rate_format(field->min, least);
		mk_rate_format(field->max, most);
	} else if (field->kind == MK_TIME && (field->flags & MK_DURATION)) {
		mk_duration_format(field->min, least);
		mk_duration_format(field->max, most);
	} else {
		return mk_field_fail(field, parent, MARKET_ELIMIT, err, "%s must lie between %lld and %lld",
		                     field->name, (long long)field->min, (long long)field->max);
	}
	return mk_field_fail(field, parent, MARKET_ELIMIT, err, "%s must lie between %s and %s",
	                     field->name, least, most);
}

static int check_money(const mk_field *field, market_money value, const mk_path *parent,
                       market_error *err)
{
	market_money least, most;

	if (value.currency[0] == '\0' && mk_money_is_zero(value))
		return (field->flags & (MK_REQUIRED | MK_OPTIONAL)) != 0
		           ? mk_field_missing(field, parent, err)
		           : 0;
	if (value.currency[3] != '\0' || mk_currency_digits(value.currency) < 0)
		return mk_field_fail(field, parent, MARKET_ECURRENCY, err, "%s: the currency isn't known",
		                     field->name);
	least = mk_money(mk_bounded(field) ? field->min : -MK_MONEY_MAX, value.currency);
	most = mk_money(mk_bounded(field) ? field->max : MK_MONEY_MAX, value.currency);
	if (mk_money_less(value, least) || mk_money_less(most, value)) {
		char low[MK_MONEY_TEXT_SIZE];
		char high[MK_MONEY_TEXT_SIZE];

		mk_money_format(least, low);
		mk_money_format(most, high);
		return mk_field_fail(field, parent, MARKET_ELIMIT, err,
		                     "%s must lie between %s and %s %.3s", field->name, low, high,
		                     value.currency);
	}
	return 0;
}

static int check_id(const mk_field *field, market_id value, const mk_path *parent,
                    market_error *err)
{
	if (value.id == 0 && value.book == 0)
		return field->flags & MK_REQUIRED ? mk_field_missing(field, parent, err) : 0;
	if (value.id <= 0 || value.book < 0 ||
	    ((field->flags & MK_SELF_BOOK) && value.book != value.id))
		return mk_field_fail(field, parent, MARKET_EINVALID, err,
		                     "%s isn't an identifier of kind %s", field->name,
		                     mk_id_word(field->id_kind));
	return 0;
}

static int check_bytes(const char *text, size_t least, size_t most, bool multiline,
                       const mk_path *path, market_error *err)
{
	size_t size = strnlen(text, most + 1);

	if (size > most)
		return mk_path_fail(path, MARKET_ELIMIT, err, "%s is longer than %zu bytes", path->name,
		                    most);
	if (size < least && size == 0)
		return mk_path_fail(path, MARKET_ELIMIT, err, "%s is empty", path->name);
	if (size < least)
		return mk_path_fail(path, MARKET_ELIMIT, err, "%s is shorter than %zu bytes", path->name,
		                    least);
	if (plain(text, size))
		return 0;
	if (!mk_utf8_valid(text, size))
		return mk_path_fail(path, MARKET_EUTF8, err,
		                    "%s isn't valid UTF-8 or holds a control character", path->name);
	if (!multiline && (memchr(text, '\n', size) || memchr(text, '\r', size)))
		return mk_path_fail(path, MARKET_EUTF8, err, "%s holds a line break", path->name);
	return 0;
}

/* Only printable ASCII, eight bytes at a time: the usual case. */
static bool plain(const char *text, size_t size)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t high = ones * 0x80;
	size_t i;

	for (i = 0; i + 8 <= size; i += 8) {
		uint64_t word;
		uint64_t delete;

		memcpy(&word, text + i, sizeof(word));
		delete = word ^ ones * 0x7F;
		if (((word | (word - ones * 0x20) | (delete - ones)) & high) != 0)
			return false;
	}
	for (; i < size; i++)
		if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] >= 0x7F)
			return false;
	return true;
}
