/* Every operation with every field wrong, as JSON: code and path, and nothing written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/record/field.h"
#include "tests/unit/bad_input.h"

static const char bad_bytes[] = "aa\xff\xfe"
								"aa";

static bool is_pair(const call_place *place)
{
	return place->n_steps > 0 && (place->steps[place->n_steps - 1]->flags & MK_PAIRS);
}

/* The params with another value at a place. */
static json_t *with(const call_place *place, json_t *value)
{
	json_t *params = bad_input_params(place->op);

	if (!is_pair(place))
		json_object_set_new(call_holder(place, params), place->field->name, value);
	return params;
}

/* ---- missing ---- */

static void leave_out(const call_place *place, void *user_data)
{
	json_t *params;

	if (!(place->field->flags & MK_REQUIRED) || is_pair(place))
		return;
	params = bad_input_params(place->op);
	json_object_del(call_holder(place, params), place->field->name);
	bad_input_refused(user_data, place->op, params, MARKET_EMISSING, place->path);
}

static void missing_is_named(void)
{
	bad_input bad;

	bad_input_open(&bad, "missing");
	bad_input_each(&bad, leave_out);
	bad_input_close(&bad);
}

/* ---- wrong type ---- */

static const struct {
	const char *json;
	json_type type;
} other_values[] = {
	{"null", JSON_NULL},          {"true", JSON_TRUE}, {"12", JSON_INTEGER}, {"1.5", JSON_REAL},
	{"\"\\u007e\"", JSON_STRING}, {"[]", JSON_ARRAY},  {"{}", JSON_OBJECT},
};

/* What a value of another type is answered with, or 0 when it fits. A text that can't be read as
 * the number or name it stands for is invalid, not of another type. */
static int type_code(const mk_field *field, json_type type)
{
	switch (field->kind) {
	case MK_BOOL:
		return type == JSON_TRUE ? 0 : MARKET_ETYPE;
	case MK_INT:
		return type == JSON_INTEGER ? 0 : MARKET_ETYPE;
	case MK_MONEY:
		return MARKET_ETYPE;
	case MK_TIME:
		if (type == JSON_STRING)
			return MARKET_EINVALID;
		return type == JSON_INTEGER && !(field->flags & MK_DURATION) ? 0 : MARKET_ETYPE;
	case MK_RATE:
	case MK_ID:
	case MK_ENUM:
	case MK_BLOB:
		return type == JSON_STRING ? MARKET_EINVALID : MARKET_ETYPE;
	case MK_TEXT:
		return type == JSON_STRING ? 0 : MARKET_ETYPE;
	case MK_RECORD:
		return type == JSON_OBJECT ? 0 : MARKET_ETYPE;
	case MK_LIST:
		return type == (field->flags & MK_PAIRS ? JSON_OBJECT : JSON_ARRAY) ? 0 : MARKET_ETYPE;
	}
	return MARKET_ETYPE;
}

static void retype_items(const call_place *place, bad_input *bad, json_t *value)
{
	const json_type wanted = place->field->record ? JSON_OBJECT : JSON_STRING;
	char path[200];
	json_t *list = json_array();

	if (place->field->kind != MK_LIST || (place->field->flags & MK_PAIRS) ||
	    json_typeof(value) == wanted) {
		json_decref(list);
		return;
	}
	for (int64_t i = 0; i < (place->field->min > 1 ? place->field->min : 1); i++)
		json_array_append(list, value);
	snprintf(path, sizeof(path), "%s[0]", place->path);
	bad_input_refused(bad, place->op, with(place, list), MARKET_ETYPE, path);
}

static void retype(const call_place *place, void *user_data)
{
	for (size_t i = 0; i < sizeof(other_values) / sizeof(other_values[0]); i++) {
		const int code = type_code(place->field, other_values[i].type);
		json_t *value = json_loads(other_values[i].json, JSON_DECODE_ANY, NULL);
		json_t *pairs;
		char path[200];

		retype_items(place, user_data, value);
		if (place->field->flags & MK_PAIRS && other_values[i].type != JSON_STRING) {
			pairs = json_object();
			json_object_set(pairs, "colour", value);
			snprintf(path, sizeof(path), "%s.colour", place->path);
			bad_input_refused(user_data, place->op, with(place, pairs), MARKET_ETYPE, path);
		}
		if (code != 0 && !is_pair(place))
			bad_input_refused(user_data, place->op, with(place, json_incref(value)), code,
			                  place->path);
		json_decref(value);
	}
}

static void wrong_type_is_named(void)
{
	bad_input bad;

	bad_input_open(&bad, "wrong type");
	bad_input_each(&bad, retype);
	bad_input_close(&bad);
}

/* ---- texts ---- */

static json_t *text_of(size_t size)
{
	char *text = malloc(size + 1);
	json_t *json;

	memset(text, 'a', size);
	json = json_stringn(text, size);
	free(text);
	return json;
}

static void resize_text(const call_place *place, void *user_data)
{
	const size_t most = mk_field_most(place->field);

	if (place->field->kind != MK_TEXT || is_pair(place))
		return;
	/* the whole JSON text is too long then */
	bad_input_refused(user_data, place->op, with(place, text_of(most + 1)), MARKET_ELIMIT,
	                  most >= MK_MAX_JSON / 2 ? "" : place->path);
	if (place->field->min > 0)
		bad_input_refused(user_data, place->op, with(place, text_of((size_t)place->field->min - 1)),
		                  MARKET_ELIMIT, place->path);
}

static void text_sizes_are_bounded(void)
{
	bad_input bad;

	bad_input_open(&bad, "a text too long or short");
	bad_input_each(&bad, resize_text);
	bad_input_close(&bad);
}

/* A marked text in the params is replaced by bytes that no JSON library would write. */
static void refuse_bytes(bad_input *bad, const call_place *place, const char *bytes,
                         const char *path)
{
	static const char mark[] = "MARKED";
	json_t *params = place->field->flags & MK_PAIRS
	                     ? with(place, json_pack("{s:s}", "colour", mark))
	                     : with(place, json_string(mark));
	char *text = json_dumps(params, JSON_COMPACT);
	char *at = strstr(text, mark);

	memcpy(at, bytes, sizeof(mark) - 1);
	bad_input_refused_text(bad, place->op, text, MARKET_EUTF8, path);
	free(text);
	json_decref(params);
}

static void spoil_text(const call_place *place, void *user_data)
{
	char path[200];

	snprintf(path, sizeof(path), "%s%s", place->path,
	         place->field->flags & MK_PAIRS ? ".colour" : "");
	if (is_pair(place) || (place->field->kind != MK_TEXT && !(place->field->flags & MK_PAIRS)))
		return;
	refuse_bytes(user_data, place, bad_bytes, path);
	refuse_bytes(user_data, place, "aa\xc0\xafzz", path);
	refuse_bytes(user_data, place, "aa\xed\xa0\x80z", path);
}

static void invalid_utf8_is_named(void)
{
	bad_input bad;

	bad_input_open(&bad, "invalid UTF-8");
	bad_input_each(&bad, spoil_text);
	bad_input_close(&bad);
}

static json_t *text_with(const mk_field *field, const char *inside)
{
	json_t *filled = text_of(field->min > 1 ? (size_t)field->min - 1 : 0);
	json_t *whole = json_sprintf("%s%s", json_string_value(filled), inside);

	json_decref(filled);
	return whole;
}

static void put_controls(const call_place *place, void *user_data)
{
	static const char *const controls[] = {"\x01", "\x1b", "\x7f", "\n", "\r"};
	const mk_field *field = place->field;
	char path[200];

	snprintf(path, sizeof(path), "%s[0].value", place->path);
	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
		if (i < 3 && (field->flags & MK_PAIRS))
			bad_input_refused(user_data, place->op,
			                  with(place, json_pack("{s:s}", "colour", controls[i])), MARKET_EUTF8,
			                  path);
		if (field->kind == MK_TEXT && !is_pair(place) && (i < 3 || !(field->flags & MK_MULTILINE)))
			bad_input_refused(user_data, place->op, with(place, text_with(field, controls[i])),
			                  MARKET_EUTF8, place->path);
	}
}

static void control_characters_are_named(void)
{
	bad_input bad;

	bad_input_open(&bad, "a control character");
	bad_input_each(&bad, put_controls);
	bad_input_close(&bad);
}

/* ---- numbers, lists, names ---- */

static json_t *number_of(const mk_field *field, int64_t number)
{
	char text[MK_TIME_TEXT_SIZE];

	switch (field->kind) {
	case MK_INT:
		return json_integer(number);
	case MK_RATE:
		mk_rate_format(number, text);
		return json_string(text);
	case MK_MONEY:
		mk_money_format(mk_money(number, "BRL"), text);
		return json_pack("{s:s, s:s}", "amount", text, "currency", "BRL");
	case MK_TIME:
		if (!(field->flags & MK_DURATION))
			return json_integer(number);
		mk_duration_format(number, text);
		return json_string(text);
	default:
		return NULL;
	}
}

static void exceed(const call_place *place, void *user_data)
{
	const mk_field *field = place->field;
	const bool money = field->kind == MK_MONEY;
	const bool point = field->kind == MK_TIME && !(field->flags & MK_DURATION);
	int64_t least = field->min, most = field->max;
	json_t *below, *above;

	if (money && !mk_bounded(field)) {
		most = MK_MONEY_MAX;
		least = -most;
	} else if (point && !mk_bounded(field)) {
		least = INT64_C(-62135596800000);
		most = INT64_C(253402300799999);
	} else if (!mk_bounded(field)) {
		return;
	}
	below = number_of(field, least - 1);
	above = number_of(field, most + 1);
	/* a negative duration or rate isn't one at all */
	if (below && !(least == 0 && (field->kind == MK_RATE || field->kind == MK_TIME)))
		bad_input_refused(user_data, place->op, with(place, json_incref(below)), MARKET_ELIMIT,
		                  place->path);
	if (above)
		bad_input_refused(user_data, place->op, with(place, json_incref(above)), MARKET_ELIMIT,
		                  place->path);
	json_decref(below);
	json_decref(above);
}

static void numbers_are_bounded(void)
{
	bad_input bad;

	bad_input_open(&bad, "a number out of bounds");
	bad_input_each(&bad, exceed);
	bad_input_close(&bad);
}

static void change_length(const call_place *place, void *user_data)
{
	const mk_field *field = place->field;
	const size_t most = mk_field_most(field);
	json_t *list;
	char name[32];

	if (field->kind != MK_LIST)
		return;
	list = field->flags & MK_PAIRS ? json_object() : json_array();
	for (size_t i = 0; i < most + 1; i++) {
		snprintf(name, sizeof(name), "n%zu", i);
		if (field->flags & MK_PAIRS)
			json_object_set_new(list, name, json_string("v"));
		else
			json_array_append_new(list, json_object());
	}
	bad_input_refused(user_data, place->op, with(place, list), MARKET_ELIMIT, place->path);
	if (field->min > 0)
		bad_input_refused(user_data, place->op, with(place, json_array()), MARKET_ELIMIT,
		                  place->path);
}

static void lists_are_bounded(void)
{
	bad_input bad;

	bad_input_open(&bad, "a list too long or short");
	bad_input_each(&bad, change_length);
	bad_input_close(&bad);
}

static void misname(const call_place *place, void *user_data)
{
	if (place->field->kind != MK_ENUM)
		return;
	bad_input_refused(user_data, place->op, with(place, json_string("nobody_knows_it")),
	                  MARKET_EINVALID, place->path);
	bad_input_refused(user_data, place->op, with(place, json_string("")), MARKET_EINVALID,
	                  place->path);
}

static void unknown_names_are_named(void)
{
	bad_input bad;

	bad_input_open(&bad, "an unknown name");
	bad_input_each(&bad, misname);
	bad_input_close(&bad);
}

static void change_currency(const call_place *place, void *user_data)
{
	static const char *const unknown[] = {"QQQ", "brl", "", "BR", "BRLX"};

	if (place->field->kind != MK_MONEY)
		return;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		bad_input_refused(
			user_data, place->op,
			with(place, json_pack("{s:s, s:s}", "amount", "10.00", "currency", unknown[i])),
			MARKET_ECURRENCY, place->path);
	bad_input_refused(user_data, place->op,
	                  with(place, json_pack("{s:s, s:s}", "amount", "1.234", "currency", "BRL")),
	                  MARKET_EINVALID, place->path);
	bad_input_refused(user_data, place->op,
	                  with(place, json_pack("{s:f, s:s}", "amount", 1.5, "currency", "BRL")),
	                  MARKET_ETYPE, place->path);
	bad_input_refused(
		user_data, place->op,
		with(place, json_pack("{s:s, s:s, s:i}", "amount", "1", "currency", "BRL", "x", 1)),
		MARKET_ETYPE, place->path);
}

static void broken_amounts_are_named(void)
{
	bad_input bad;

	bad_input_open(&bad, "a broken amount");
	bad_input_each(&bad, change_currency);
	bad_input_close(&bad);
}

/* ---- identifiers ---- */

static void change_kind(const call_place *place, void *user_data)
{
	const mk_field *field = place->field;
	char text[MARKET_ID_TEXT_SIZE];

	if (field->kind != MK_ID)
		return;
	for (market_id_kind kind = MARKET_ID_BUYER; kind <= MARKET_ID_POLICY; kind++) {
		if (kind == field->id_kind)
			continue;
		market_id_format(kind, (market_id){77, 77}, text);
		bad_input_refused(user_data, place->op, with(place, json_string(text)), MARKET_EINVALID,
		                  place->path);
	}
	bad_input_refused(user_data, place->op, with(place, json_string("ref:")), MARKET_EINVALID,
	                  place->path);
	if (field->flags & MK_SELF_BOOK) {
		market_id_format(field->id_kind, (market_id){7, 77}, text);
		bad_input_refused(user_data, place->op, with(place, json_string(text)), MARKET_EINVALID,
		                  place->path);
	}
}

static void identifiers_of_other_kinds_are_named(void)
{
	bad_input bad;

	bad_input_open(&bad, "another kind's identifier");
	bad_input_each(&bad, change_kind);
	bad_input_close(&bad);
}

/* ---- unknown fields ---- */

static void add_field(const call_place *place, void *user_data)
{
	json_t *params = bad_input_params(place->op);
	json_t *holder = call_holder(place, params);
	char path[200];
	size_t prefix = strlen(place->path) - strlen(place->field->name);

	/* once a record, at its first field */
	if (is_pair(place) || json_object_iter_key(json_object_iter(holder)) == NULL ||
	    strcmp(json_object_iter_key(json_object_iter(holder)), place->field->name) != 0) {
		json_decref(params);
		return;
	}
	json_object_set_new(holder, "nobody_knows_it", json_integer(1));
	snprintf(path, sizeof(path), "%.*snobody_knows_it", (int)prefix, place->path);
	bad_input_refused(user_data, place->op, params, MARKET_EUNKNOWNFIELD, path);
}

static void unknown_fields_are_named(void)
{
	bad_input bad;

	bad_input_open(&bad, "an unknown field");
	bad_input_each(&bad, add_field);
	bad_input_close(&bad);
}

void suite_bad_input(void);
void suite_bad_input(void)
{
	CU_pSuite suite = test_suite_on_store("bad_input");

	CU_add_test(suite, "a missing field of any operation is named", missing_is_named);
	CU_add_test(suite, "a field of another JSON type is named", wrong_type_is_named);
	CU_add_test(suite, "a text over or under its size is named", text_sizes_are_bounded);
	CU_add_test(suite, "a text that isn't UTF-8 is named", invalid_utf8_is_named);
	CU_add_test(suite, "a control character is named", control_characters_are_named);
	CU_add_test(suite, "a number just over or under its bounds is named", numbers_are_bounded);
	CU_add_test(suite, "a list just over or under its bounds is named", lists_are_bounded);
	CU_add_test(suite, "an unknown name of an enumeration is named", unknown_names_are_named);
	CU_add_test(suite, "an amount without a currency's form is named", broken_amounts_are_named);
	CU_add_test(suite, "an identifier of any other kind is named",
	            identifiers_of_other_kinds_are_named);
	CU_add_test(suite, "a field that no operation knows is named", unknown_fields_are_named);
}
