/* Calls that are wrong as a whole, keys, and values exactly at their limits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/record/field.h"
#include "tests/unit/bad_input.h"

/* ---- the whole text ---- */

static const struct {
	const char *json;
	int code;
} broken[] = {
	{"", MARKET_ESYNTAX},
	{" ", MARKET_ESYNTAX},
	{"{", MARKET_ESYNTAX},
	{"{}}", MARKET_ESYNTAX},
	{"{}{}", MARKET_ESYNTAX},
	{"{'a':1}", MARKET_ESYNTAX},
	{"{\"a\":1,}", MARKET_ESYNTAX},
	{"{\"a\" 1}", MARKET_ESYNTAX},
	{"{\"a\":01}", MARKET_ESYNTAX},
	{"{\"a\":NaN}", MARKET_ESYNTAX},
	{"{\"a\":\"\\ud800\"}", MARKET_ESYNTAX},
	{"{/**/}", MARKET_ESYNTAX},
	{"\xef\xbb\xbf{}", MARKET_ESYNTAX},
	{"{\"name\":\"a\",\"name\":\"a\"}", MARKET_ESYNTAX},
	{"{\"a\":99999999999999999999}", MARKET_ELIMIT},
	{"[]", MARKET_ETYPE},
	{"null", MARKET_ESYNTAX},
	{"[[[[[[[[[[[[[[[[[", MARKET_ELIMIT},
	{"{\"a\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}", MARKET_ELIMIT},
};

static void broken_json_is_refused(void)
{
	bad_input bad;
	const mk_op *op;

	bad_input_open(&bad, "broken JSON");
	for (size_t i = 0; (op = mk_op_at(i)); i++)
		for (size_t j = 0; j < sizeof(broken) / sizeof(broken[0]); j++) {
			bad_input_refused_text(&bad, op, broken[j].json, broken[j].code, "");
			if (broken[j].code == MARKET_ESYNTAX && j > 0)
				CU_ASSERT_PTR_NOT_NULL(strstr(bad.market.err.detail, "Line 1, column "));
		}
	bad_input_close(&bad);
}

static void long_json_is_refused(void)
{
	bad_input bad;
	char *text = malloc(MK_MAX_JSON + 2);

	memset(text, ' ', MK_MAX_JSON + 1);
	text[0] = '{';
	text[MK_MAX_JSON] = '}';
	text[MK_MAX_JSON + 1] = '\0';
	bad_input_open(&bad, "JSON of more than its limit");
	bad_input_refused_text(&bad, mk_op_find("buyer.create"), text, MARKET_ELIMIT, "");
	text[MK_MAX_JSON - 1] = '}';
	text[MK_MAX_JSON] = '\0';
	bad.what = "JSON of exactly its limit";
	bad_input_refused_text(&bad, mk_op_find("buyer.create"), text, MARKET_EMISSING, "name");
	free(text);
	bad_input_close(&bad);
}

static void call_without_its_parts_is_refused(void)
{
	bad_input bad;
	test_market *market;
	market_error err;
	char *reply = (char *)"kept";
	const mk_op *op;

	bad_input_open(&bad, "a call without its parts");
	market = &bad.market;
	CHECK_ERROR(market_call(NULL, "buyer.get", "{}", &reply, &err), MARKET_EMISUSE, "");
	CU_ASSERT_PTR_NULL(reply);
	CHECK_ERROR(market_call(market->session, NULL, "{}", &reply, &err), MARKET_EMISUSE, "");
	CHECK_ERROR(market_call(market->session, "buyer.destroy", "{}", &reply, &err),
	            MARKET_EUNKNOWNOP, "");
	CHECK_ERROR(market_call(market->session, "", "{}", &reply, &err), MARKET_EUNKNOWNOP, "");
	CHECK_INT(market_call(market->session, "buyer.destroy", "{}", NULL, NULL), MARKET_EUNKNOWNOP);
	CHECK_ERROR(market_call(market->session, "buyer.get", NULL, &reply, &err), MARKET_EMISSING,
	            "buyer");
	for (size_t i = 0; (op = mk_op_at(i)); i++)
		bad_input_refused_struct(&bad, op, NULL, MARKET_EMISUSE, "");
	bad_input_close(&bad);
}

/* ---- keys ---- */

static void spoil_key(bad_input *bad, const mk_op *op, json_t *key, int code)
{
	json_t *params = bad_input_params(op);

	json_object_set_new(params, "key", key);
	bad_input_refused(bad, op, params, code, "key");
}

static void broken_key_is_named(void)
{
	char long_key[MK_MAX_KEY + 2];
	bad_input bad;
	const mk_op *op;

	memset(long_key, 'k', sizeof(long_key) - 1);
	long_key[MK_MAX_KEY + 1] = '\0';
	bad_input_open(&bad, "a broken key");
	for (size_t i = 0; (op = mk_op_at(i)); i++) {
		spoil_key(&bad, op, json_string(long_key), MARKET_ELIMIT);
		spoil_key(&bad, op, json_string(""), MARKET_ELIMIT);
		spoil_key(&bad, op, json_string("a\x01"), MARKET_EUTF8);
		spoil_key(&bad, op, json_string("a\n"), MARKET_EUTF8);
		spoil_key(&bad, op, json_integer(1), MARKET_ETYPE);
		spoil_key(&bad, op, json_null(), MARKET_ETYPE);
		spoil_key(&bad, op, json_object(), MARKET_ETYPE);
	}
	bad_input_close(&bad);
}

/* ---- at the limit ---- */

/* Somebody who may do nothing: what passes the checks of its params is then denied. */
static void nobody(test_market *market)
{
	const market_actor actor = {.kind = MARKET_ACTOR_OPERATOR, .name = "nobody"};
	market_error err;

	CHECK_OK(market_session_act_as(market->session, &actor, &err));
}

static void accepted(const call_place *place, test_market *market, json_t *value)
{
	json_t *params = bad_input_params(place->op);
	char *text;
	char label[500];
	int rc;

	json_object_set_new(call_holder(place, params), place->field->name, value);
	text = json_dumps(params, JSON_COMPACT);
	rc = market_call(market->session, place->op->name, text, NULL, &market->err);
	snprintf(label, sizeof(label), "%s, %s at its limit: %s", place->op->name, place->path,
	         rc < 0 ? market->err.message : "");
	/* an anonymous caller's operation may go on to its handler */
	if (rc != 0 && market_error_class_of(rc) != MARKET_CLASS_STATE &&
	    strcmp(market->err.field, place->path) == 0 && rc != MARKET_EINVALID &&
	    rc != MARKET_ECURRENCY && rc != MARKET_EPROVIDER)
		test_check_int(rc, 0, label, __FILE__, __LINE__);
	free(text);
	json_decref(params);
}

static json_t *text_of(size_t size)
{
	char *text = malloc(size);
	json_t *json;

	memset(text, 'a', size);
	json = json_stringn(text, size);
	free(text);
	return json;
}

static void try_text(const call_place *place, test_market *market)
{
	const mk_field *field = place->field;
	const size_t most = mk_field_most(field);

	if (most < MK_MAX_JSON / 2)
		accepted(place, market, text_of(most));
	if (field->min > 0)
		accepted(place, market, text_of((size_t)field->min));
	if (field->flags & MK_MULTILINE)
		accepted(place, market, json_string("a\r\n\tb"));
	if (most >= 12)
		accepted(place, market, json_string("\xe6\x9e\x97\xf0\x9f\x98\x80\xc3\xa9"));
}

static json_t *number_of(const mk_field *field, int64_t number)
{
	char text[MK_TIME_TEXT_SIZE];

	if (field->kind == MK_RATE)
		mk_rate_format(number, text);
	else if (field->kind == MK_MONEY)
		mk_money_format(mk_money(number, "BRL"), text);
	else if (field->flags & MK_DURATION)
		mk_duration_format(number, text);
	if (field->kind == MK_MONEY)
		return json_pack("{s:s, s:s}", "amount", text, "currency", "BRL");
	if (field->kind == MK_RATE || (field->flags & MK_DURATION))
		return json_string(text);
	return json_integer(number);
}

static void try_list(const call_place *place, test_market *market)
{
	const mk_field *field = place->field;
	const size_t most = mk_field_most(field);
	json_t *params = bad_input_params(place->op);
	json_t *sample = json_object_get(call_holder(place, params), field->name);
	json_t *list = field->flags & MK_PAIRS ? json_object() : json_array();
	char name[32];

	for (size_t i = 0; i < most; i++) {
		snprintf(name, sizeof(name), "n%zu", i);
		if (field->flags & MK_PAIRS)
			json_object_set_new(list, name, json_string("v"));
		else
			json_array_append(list, json_array_get(sample, 0));
	}
	accepted(place, market, list);
	json_decref(params);
}

static void try_limit(const call_place *place, void *user_data)
{
	const mk_field *field = place->field;
	const bool number = field->kind == MK_INT || field->kind == MK_RATE ||
	                    field->kind == MK_MONEY || field->kind == MK_TIME;

	if (place->n_steps > 0 && (place->steps[place->n_steps - 1]->flags & MK_PAIRS))
		return;
	if (field->kind == MK_TEXT)
		try_text(place, user_data);
	if (field->kind == MK_LIST)
		try_list(place, user_data);
	for (const mk_enum_value *v = field->kind == MK_ENUM ? field->enumeration->values : NULL;
	     v && v->name; v++)
		accepted(place, user_data, json_string(v->name));
	if (number && mk_bounded(field)) {
		accepted(place, user_data, number_of(field, field->min));
		accepted(place, user_data, number_of(field, field->max));
	}
}

static void value_at_its_limit_is_taken(void)
{
	test_market market;
	const mk_op *op;

	test_market_open(&market, NULL);
	nobody(&market);
	for (size_t i = 0; (op = mk_op_at(i)); i++)
		call_each_place(op, try_limit, &market);
	CU_ASSERT_PTR_NOT_NULL(market.session);
	test_market_close(&market);
}

/* An older program's struct ends earlier, a newer one's later. */
static void structs_of_other_ages_are_taken(void)
{
	bad_input bad;
	const mk_op *op;
	mk_arena arena;
	uint32_t size;
	char *grown;
	int rc;

	bad_input_open(&bad, "a struct of another age");
	mk_arena_init(&arena, &mk_allocator_default);
	nobody(&bad.market);
	for (size_t i = 0; (op = mk_op_at(i)); i++) {
		const mk_field *last;

		if (op->relations[0].kind == MK_REL_ANYONE || op->params->n_fields == 0)
			continue;
		last = &op->params->fields[op->params->n_fields - 1];
		size = (uint32_t)op->params->size + 64;
		grown = mk_arena_zero(&arena, size);
		memcpy(grown, bad_input_struct(&bad, op, &arena), op->params->size);
		memcpy(grown, &size, sizeof(size));
		rc = mk_op_run(bad.market.session, op, grown, NULL, &bad.market.err);
		CU_ASSERT(rc == MARKET_EDENIED || rc == MARKET_ENOTFOUND);
		size = last->offset;
		memcpy(grown, &size, sizeof(size));
		rc = mk_op_run(bad.market.session, op, grown, NULL, &bad.market.err);
		if (last->flags & MK_REQUIRED)
			test_check_error(rc, &bad.market.err, last->offset > 16 ? MARKET_EMISSING : rc,
			                 last->name, op->name, __FILE__, __LINE__);
		else
			CU_ASSERT(rc == MARKET_EDENIED || rc == MARKET_ENOTFOUND);
		bad.refused++;
	}
	mk_arena_close(&arena);
	test_act_as(&bad.market, "operator:test");
	bad_input_close(&bad);
}

void suite_bad_call(void);
void suite_bad_call(void)
{
	CU_pSuite suite = test_suite_on_store("bad_call");

	CU_add_test(suite, "JSON that isn't well-formed is refused with its place",
	            broken_json_is_refused);
	CU_add_test(suite, "JSON is bounded at its limit", long_json_is_refused);
	CU_add_test(suite, "a call without session, name or params is refused",
	            call_without_its_parts_is_refused);
	CU_add_test(suite, "a broken key is named by every operation", broken_key_is_named);
	CU_add_test(suite, "a value exactly at its limit is taken", value_at_its_limit_is_taken);
	CU_add_test(suite, "params structs of older and newer programs are taken",
	            structs_of_other_ages_are_taken);
}
