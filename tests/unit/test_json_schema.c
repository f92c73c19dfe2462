/* The JSON Schema of a record, and errors as JSON. */
#include <jansson.h>

#include <string.h>

#include "libmarket/base/limits.h"
#include "libmarket/record/record.h"
#include "tests/unit/record_sample.h"
#include "tests/unit/test.h"

void suite_json_schema(void);

static mk_text out;

static void set_up(void)
{
	mk_text_init(&out, &mk_allocator_default, 1024 * 1024);
}

static void tear_down(void)
{
	mk_text_close(&out);
}

static void schema_is_json(void)
{
	json_error_t error;
	json_t *schema;
	json_t *properties;

	mk_json_schema(&sample_record, true, &out);
	CU_ASSERT_FALSE(out.failed);
	schema = json_loads(out.data, JSON_REJECT_DUPLICATES, &error);
	CU_ASSERT_PTR_NOT_NULL_FATAL(schema);
	properties = json_object_get(schema, "properties");
	CHECK_INT(json_object_size(properties),
	          sample_record.n_fields); /* no internal one, but the key */
	CU_ASSERT_PTR_NULL(json_object_get(properties, "internal"));
	CHECK_INT(json_integer_value(json_object_get(json_object_get(properties, "key"), "maxLength")),
	          MK_MAX_KEY);
	CU_ASSERT_TRUE(json_is_false(json_object_get(schema, "additionalProperties")));
	CHECK_INT(json_array_size(json_object_get(schema, "required")), 2);
	CHECK_INT(json_integer_value(json_object_get(json_object_get(properties, "count"), "maximum")),
	          1000);
	CHECK_TEXT(json_string_value(json_object_get(json_object_get(properties, "order"), "pattern")),
	           "^(ord_[0-9a-hj-km-np-tv-z]+(_[0-9a-hj-km-np-tv-z]+)?|ref:.+)$");
	json_decref(schema);
	mk_text_reset(&out);
	mk_json_schema(&sample_record, false, &out);
	CU_ASSERT_PTR_NULL(strstr(out.data, "ref:"));
	CU_ASSERT_PTR_NULL(strstr(out.data, "},\"additionalProperties\":false}"));
}

static void errors_as_json(void)
{
	market_error err;

	(void)mk_error_at(&err, MARKET_ELIMIT, "lines[2].quantity", "too \"many\"");
	mk_json_error(&err, &out);
	CHECK_TEXT(out.data,
	           "{\"code\":\"limit\",\"class\":\"caller\",\"message\":\"too \\\"many\\\"\","
	           "\"field\":\"lines[2].quantity\"}");
}

void suite_json_schema(void)
{
	CU_pSuite suite = test_suite_with("json schema", set_up, tear_down);

	CU_add_test(suite, "the schema is JSON and names the public fields", schema_is_json);
	CU_add_test(suite, "an error as JSON leaves empty fields out", errors_as_json);
}
