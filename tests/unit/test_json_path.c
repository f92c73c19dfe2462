#include "libmarket/record/json_scan.h"
#include "tests/unit/test.h"

#include <string.h>

static const struct {
	const char *json; /* ^ stands for the byte looked at */
	const char *path;
} places[] = {
	{"{\"name\":\"^\"}", "name"},
	{"{\"name\":\"a^b\"}", "name"},
	{"{\"na^me\":\"a\"}", ""},
	{"{\"a\":{\"b\":\"^\"}}", "a.b"},
	{"{\"a\":{\"b^\":\"\"}}", "a"},
	{"{\"a\":{\"b\":\"\"},\"c\":\"^\"}", "c"},
	{"{\"l\":[\"^\"]}", "l[0]"},
	{"{\"l\":[\"x\",\"y\",\"^\"]}", "l[2]"},
	{"{\"l\":[{\"a\":1},{\"a\":1,\"b\":\"^\"}]}", "l[1].b"},
	{"{\"l\":[[],[[\"^\"]]]}", "l[1][0][0]"},
	{"{\"a\\\"b\":\"^\"}", "a\\\"b"},
	{"{\"a\":\"x\\\"y\",\"b\":\"^\"}", "b"},
	{"{\"a\":\"{[\",\"b\" : \"^\"}", "b"},
	{"^{}", ""},
	{"{\"a\":1}^", ""},
	{"{\"a\":^1}", "a"},
	{"{\"a\":1,^", ""},
};

static void path_is_of_the_value(void)
{
	char path[MK_PATH_SIZE];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *json = places[i].json;

		mk_json_path(json, strlen(json), (size_t)(strchr(json, '^') - json), path);
		CHECK_TEXT(path, places[i].path);
	}
}

static void path_is_bounded(void)
{
	char json[4096] = "";
	char path[MK_PATH_SIZE];

	for (size_t i = 0; i < 200; i++)
		memcpy(json + strlen(json), "{\"abcdefgh\":", 13);
	mk_json_path(json, strlen(json), strlen(json), path);
	CU_ASSERT(strlen(path) < MK_PATH_SIZE);
	memset(json, '[', sizeof(json));
	mk_json_path(json, sizeof(json), sizeof(json), path);
	CU_ASSERT(strlen(path) < MK_PATH_SIZE);
	mk_json_path("{\"a\":\"\\", 7, 7, path);
	CHECK_TEXT(path, "a");
}

void suite_json_path(void);
void suite_json_path(void)
{
	CU_pSuite suite = test_suite("json_path");

	CU_add_test(suite, "the path of a byte is its value's", path_is_of_the_value);
	CU_add_test(suite, "depth and length of a path are bounded", path_is_bounded);
}
