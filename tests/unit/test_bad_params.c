/* Every params struct with every member wrong: code and path, and nothing written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/record/field.h"
#include "tests/unit/bad_input.h"

/* One fault in fresh params. */
typedef struct spoilt {
	bad_input *bad;
	const call_place *place;
	mk_arena arena;
	void *params;
	char *member;
} spoilt;

static void begin(spoilt *s, bad_input *bad, const call_place *place)
{
	*s = (spoilt){.bad = bad, .place = place};
	mk_arena_init(&s->arena, &mk_allocator_default);
	s->params = bad_input_struct(bad, place->op, &s->arena);
	s->member = (char *)call_struct(place, s->params) + place->field->offset;
}

static void end(spoilt *s, int code, const char *after)
{
	char path[200];

	snprintf(path, sizeof(path), "%s%s", s->place->path, after);
	bad_input_refused_struct(s->bad, s->place->op, s->params, code, path);
	mk_arena_close(&s->arena);
}

/* A member's own bytes, or those that its pointer leads to. */
static void put(spoilt *s, const void *value)
{
	const mk_field *field = s->place->field;
	const size_t size = mk_scalar_size(field->kind);
	void *copy;

	if (field->flags & MK_OPTIONAL) {
		copy = mk_arena_copy(&s->arena, value, size);
		memcpy(s->member, &copy, sizeof(copy));
	} else {
		memcpy(s->member, value, size);
	}
}

static void spoil_with(bad_input *bad, const call_place *place, const void *value, int code)
{
	spoilt s;

	begin(&s, bad, place);
	put(&s, value);
	end(&s, code, "");
}

/* ---- missing ---- */

/* A pair's name is its member's name in JSON, so only a struct can lack it. */
static void clear(const call_place *place, void *user_data)
{
	const mk_field *field = place->field;
	spoilt s;
	bool number = field->kind == MK_INT || field->kind == MK_RATE || field->kind == MK_TIME;

	if (!(field->flags & MK_REQUIRED) || field->kind == MK_BOOL)
		return;
	if (number && mk_zero_allowed(field) && !(field->flags & MK_OPTIONAL))
		return;
	begin(&s, user_data, place);
	memset(s.member, 0, mk_field_width(field));
	if (field->kind == MK_LIST)
		memset((char *)call_struct(place, s.params) + field->count_offset, 0, sizeof(size_t));
	end(&s, MARKET_EMISSING, "");
}

static void absent_member_is_named(void)
{
	bad_input bad;

	bad_input_open(&bad, "absent");
	bad_input_each(&bad, clear);
	bad_input_close(&bad);
}

/* ---- texts ---- */

static void spoil_text(bad_input *bad, const call_place *place, size_t size, const char *inside,
                       int code)
{
	char *text = malloc(size + strlen(inside) + 1);

	memset(text, 'a', size);
	memcpy(text + size, inside, strlen(inside) + 1);
	spoil_with(bad, place, &text, code);
	free(text);
}

static void change_text(const call_place *place, void *user_data)
{
	static const char *const broken[] = {"\xff",     "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80",
	                                     "\xe2\x82", "\x01",     "\x1b",         "\x7f"};
	const mk_field *field = place->field;
	const size_t least = (size_t)field->min;

	if (field->kind != MK_TEXT)
		return;
	spoil_text(user_data, place, mk_field_most(field) + 1, "", MARKET_ELIMIT);
	if (least > 0)
		spoil_text(user_data, place, least - 1, "", MARKET_ELIMIT);
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		if (mk_field_most(field) >= strlen(broken[i]))
			spoil_text(user_data, place, least > strlen(broken[i]) ? least - strlen(broken[i]) : 0,
			           broken[i], MARKET_EUTF8);
	if (!(field->flags & MK_MULTILINE)) {
		spoil_text(user_data, place, least > 1 ? least - 1 : 0, "\n", MARKET_EUTF8);
		spoil_text(user_data, place, least > 1 ? least - 1 : 0, "\r", MARKET_EUTF8);
	}
}

static void spoilt_text_is_named(void)
{
	bad_input bad;

	bad_input_open(&bad, "a spoilt text");
	bad_input_each(&bad, change_text);
	bad_input_close(&bad);
}

/* ---- numbers ---- */

static void change_money(bad_input *bad, const call_place *place)
{
	const mk_field *field = place->field;
	market_money money = {1000, "QQQ"};

	spoil_with(bad, place, &money, MARKET_ECURRENCY);
	memcpy(money.currency, "BRLX", 4);
	spoil_with(bad, place, &money, MARKET_ECURRENCY);
	money = mk_money(mk_bounded(field) ? field->max : MK_MONEY_MAX, "BRL");
	money.amount++;
	spoil_with(bad, place, &money, MARKET_ELIMIT);
	money = mk_money(mk_bounded(field) ? field->min : -MK_MONEY_MAX, "BRL");
	money.amount--;
	spoil_with(bad, place, &money, MARKET_ELIMIT);
}

static void change_number(const call_place *place, void *user_data)
{
	const mk_field *field = place->field;
	int64_t least = field->min, most = field->max;
	bool optional = (field->flags & MK_OPTIONAL) != 0;
	bool required = (field->flags & MK_REQUIRED) != 0;

	if (field->kind == MK_MONEY)
		change_money(user_data, place);
	if (field->kind != MK_INT && field->kind != MK_RATE && field->kind != MK_TIME)
		return;
	if (!mk_bounded(field)) {
		if (field->kind != MK_TIME)
			return;
		least = field->flags & MK_DURATION ? 0 : INT64_C(-62135596800000);
		most = field->flags & MK_DURATION ? INT64_MAX : INT64_C(253402300799999);
	}
	least--;
	if (least != 0 || optional)
		spoil_with(user_data, place, &least, MARKET_ELIMIT);
	else if (required)
		spoil_with(user_data, place, &least, MARKET_EMISSING);
	if (most < INT64_MAX) {
		most++;
		spoil_with(user_data, place, &most, MARKET_ELIMIT);
	}
}

static void number_out_of_bounds_is_named(void)
{
	bad_input bad;

	bad_input_open(&bad, "a number out of bounds");
	bad_input_each(&bad, change_number);
	bad_input_close(&bad);
}

/* ---- names and identifiers ---- */

static void change_name(const call_place *place, void *user_data)
{
	static const int32_t unknown[] = {-1, 9999, INT32_MAX};
	static const market_id ids[] = {{-1, 5}, {5, -5}, {5, 0}, {INT64_MIN, INT64_MIN}};
	const market_id other_book = {5, 6};

	for (size_t i = 0; place->field->kind == MK_ENUM && i < 3; i++)
		spoil_with(user_data, place, &unknown[i], MARKET_EINVALID);
	for (size_t i = 0; place->field->kind == MK_ID && i < 4; i++)
		spoil_with(user_data, place, &ids[i], MARKET_EINVALID);
	if (place->field->kind == MK_ID && (place->field->flags & MK_SELF_BOOK))
		spoil_with(user_data, place, &other_book, MARKET_EINVALID);
}

static void unknown_value_is_named(void)
{
	bad_input bad;

	bad_input_open(&bad, "an unknown value");
	bad_input_each(&bad, change_name);
	bad_input_close(&bad);
}

/* ---- lists and bytes ---- */

static void set_count(spoilt *s, size_t count)
{
	char *owner = call_struct(s->place, s->params);

	memcpy(owner + s->place->field->count_offset, &count, sizeof(count));
}

static void repeat_first(spoilt *s, size_t count)
{
	const void **items = mk_arena_get(&s->arena, count * sizeof(*items));
	const void *const *first;

	memcpy(&first, s->member, sizeof(first));
	for (size_t i = 0; i < count; i++)
		items[i] = *first;
	memcpy(s->member, &items, sizeof(items));
	set_count(s, count);
}

static void change_list(const call_place *place, void *user_data)
{
	const mk_field *field = place->field;
	const size_t most = mk_field_most(field);
	const void *none[1] = {NULL}, *items = none, *nothing = NULL;
	market_blob blob = {none, most + 1};
	spoilt s;

	if (field->kind == MK_BLOB)
		spoil_with(user_data, place, &blob, MARKET_ELIMIT);
	if (field->kind != MK_LIST)
		return;
	begin(&s, user_data, place);
	repeat_first(&s, most + 1);
	end(&s, MARKET_ELIMIT, "");
	begin(&s, user_data, place);
	put(&s, &nothing);
	end(&s, MARKET_EINVALID, "");
	begin(&s, user_data, place);
	put(&s, &items);
	set_count(&s, field->min > 1 ? (size_t)field->min : 1);
	end(&s, MARKET_EINVALID, "[0]");
	if (field->min > 0) {
		begin(&s, user_data, place);
		set_count(&s, (size_t)field->min - 1);
		end(&s, MARKET_ELIMIT, "");
	}
	if (field->flags & MK_PAIRS) {
		begin(&s, user_data, place);
		repeat_first(&s, 2);
		end(&s, MARKET_EINVALID, "[1]");
	}
}

static void broken_list_is_named(void)
{
	bad_input bad;

	bad_input_open(&bad, "a broken list");
	bad_input_each(&bad, change_list);
	bad_input_close(&bad);
}

/* ---- size and tail ---- */

static void resize_nested(const call_place *place, void *user_data)
{
	static const uint32_t sizes[] = {0, 1, 3, 65537};
	const mk_record *record = place->field->record;
	char *nested, *larger;
	uint32_t size;
	spoilt s;

	if (!record || !mk_record_sized(record))
		return;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		begin(&s, user_data, place);
		memcpy(&nested, s.member, sizeof(nested));
		if (place->field->kind == MK_LIST)
			memcpy(&nested, (const void *)nested, sizeof(char *));
		memcpy(nested, &sizes[i], sizeof(sizes[i]));
		end(&s, MARKET_ESIZE, place->field->kind == MK_LIST ? "[0]" : "");
	}
	begin(&s, user_data, place);
	memcpy(&nested, s.member, sizeof(nested));
	if (place->field->kind == MK_LIST)
		memcpy(&nested, (const void *)nested, sizeof(char *));
	larger = mk_arena_zero(&s.arena, record->size + 8);
	memcpy(larger, nested, record->size);
	size = (uint32_t)record->size + 8;
	memcpy(larger, &size, sizeof(size));
	larger[record->size + 7] = 1;
	if (place->field->kind == MK_LIST)
		memcpy(*(void **)(void *)s.member, &larger, sizeof(larger));
	else
		memcpy(s.member, &larger, sizeof(larger));
	end(&s, MARKET_ESIZE, place->field->kind == MK_LIST ? "[0]" : "");
}

static void resize(bad_input *bad, const mk_op *op)
{
	const uint32_t sizes[] = {0, 4, 8, 15, 65537, (uint32_t)op->params->size - 1};
	const uint32_t larger = (uint32_t)op->params->size + 16;
	mk_arena arena;
	char *grown;
	void *params;

	mk_arena_init(&arena, &mk_allocator_default);
	for (size_t i = 0; op->params->n_fields > 0 && i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const mk_field *last = &op->params->fields[op->params->n_fields - 1];

		/* padding behind the last member may be missing */
		if (i == 5 && last->offset + mk_field_width(last) < op->params->size)
			continue;
		params = bad_input_struct(bad, op, &arena);
		memcpy(params, &sizes[i], sizeof(sizes[i]));
		bad_input_refused_struct(bad, op, params, MARKET_ESIZE, "");
	}
	for (size_t at = 0; at < 16; at++) {
		grown = mk_arena_zero(&arena, larger);
		memcpy(grown, bad_input_struct(bad, op, &arena), op->params->size);
		memcpy(grown, &larger, sizeof(larger));
		grown[op->params->size + at] = 1;
		bad_input_refused_struct(bad, op, grown, MARKET_ESIZE, "");
	}
	mk_arena_close(&arena);
}

static void size_and_tail_are_checked(void)
{
	bad_input bad;
	const mk_op *op;

	bad_input_open(&bad, "a struct's size");
	for (size_t i = 0; (op = mk_op_at(i)); i++)
		resize(&bad, op);
	bad_input_each(&bad, resize_nested);
	bad_input_close(&bad);
}

void suite_bad_params(void);
void suite_bad_params(void)
{
	CU_pSuite suite = test_suite_on_store("bad_params");

	CU_add_test(suite, "an absent member of any params is named", absent_member_is_named);
	CU_add_test(suite, "a member's text that is spoilt is named", spoilt_text_is_named);
	CU_add_test(suite, "a member's number out of bounds is named", number_out_of_bounds_is_named);
	CU_add_test(suite, "a member's unknown name or broken identifier is named",
	            unknown_value_is_named);
	CU_add_test(suite, "a member's broken list is named", broken_list_is_named);
	CU_add_test(suite, "a struct's size and tail are checked, nested ones too",
	            size_and_tail_are_checked);
}
