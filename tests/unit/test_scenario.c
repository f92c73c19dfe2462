/* The reader and judge of scenarios: what they take, and what they refuse with its line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/base/clock.h"
#include "tests/scenarios/ways.h"
#include "tests/unit/test.h"

static scenario *read_text(const char *text, char why[SCENARIO_WHY])
{
	char path[4200];
	FILE *file;

	snprintf(path, sizeof(path), "%s/one.txt", test_temp_dir());
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
	return scenario_read(path, why);
}

static void rows_are_read(void)
{
	char why[SCENARIO_WHY];
	scenario *s = read_text("# Title\n"
	                        "covers: SEL-1, SEL-2\n"
	                        "start: 2026-02-01 10:30\n"
	                        "\n"
	                        "| who | operation | params | outcome |\n"
	                        "| --- | --- | --- | --- |\n"
	                        "| operator ann | buyer.get | buyer: ref:a | ok |\n"
	                        "| | buyer.get | a: x\\|y, | not_found buyer |\n"
	                        "| | | b: 2 | |\n"
	                        "# a remark\n"
	                        "after 90d\n"
	                        "| buyer bo | buyer.get | | ok |\n"
	                        "balance seller:lin escrow:$o = 1.00 BRL\n",
	                        why);

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CHECK_TEXT(s->title, "Title");
	CHECK_TEXT(s->covers, "SEL-1, SEL-2");
	CHECK_TEXT(s->name, "one");
	CU_ASSERT_FALSE(s->library_only);
	CHECK_INT(s->start, INT64_C(1769941800000));
	CHECK_INT(s->n_steps, 5);
	CHECK_TEXT(s->steps[0].who, "operator:ann");
	CHECK_TEXT(s->steps[1].who, "operator:ann");
	CHECK_TEXT(s->steps[1].params, "a: x|y, b: 2");
	CHECK_TEXT(s->steps[1].outcome, "not_found buyer");
	CHECK_INT(s->steps[2].time, 90 * MK_DAY);
	CHECK_TEXT(s->steps[3].who, "buyer:ref:bo");
	CHECK_TEXT(s->steps[4].operation, "escrow:$o");
	CHECK_INT(s->steps[4].line, 13);
	scenario_free(s);
}

static void broken_files_are_refused(void)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"", "the first line"},
		{"Title\n", ":1: the first line"},
		{"# T\n", "it has no steps"},
		{"# T\nsomething\n", ":2: \"something\" isn't a line"},
		{"# T\n| a | b | c |\n", ":2: a row has four cells"},
		{"# T\n| a | b | c | d | e |\n", ":2: a row has four cells"},
		{"# T\n| a | b | c | d\n", ":2: a row has four cells"},
		{"# T\n| | buyer.get | | ok |\n", ":2: the first row names who acts"},
		{"# T\n| | | more | |\n", ":2: the operation is missing"},
		{"# T\n| system | buyer.get | | |\n", ":2: the outcome is missing"},
		{"# T\nafter long\n", ":2: \"long\" isn't a time"},
		{"# T\nat 2026-13-01\n", ":2: \"2026-13-01\" isn't a time"},
		{"# T\nbalance a = 1\n", ":2: a balance is"},
		{"# T\nstart: soon\n", ":2: \"soon\" isn't a time"},
		{"# T\nonly: sometimes\n", ":2: \"only: library\""},
		{"# T\npolicy:\n  nothing.there: 1\nwork\n", "the policy has no nothing.there"},
		{"# T\npolicy:\n  nothing:\n    a: 1\nwork\n", "the policy has no nothing"},
		{"# T\nwork\ncovers: SEL-1\n", ":3: \"covers: SEL-1\" isn't a line"},
	};
	char why[SCENARIO_WHY];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_PTR_NULL(read_text(cases[i].text, why));
		if (!strstr(why, cases[i].why))
			CHECK_TEXT(why, cases[i].why);
	}
}

static void policy_is_changed(void)
{
	char why[SCENARIO_WHY];
	size_t size;
	char *policy = scenario_policy("  sellers.application_stale: 10d\n"
	                               "  orders.extension: 1d\n"
	                               "  currencies: [BRL, EUR]\n"
	                               "  splits:\n"
	                               "    - {kind: affiliate, rate: 1%}\n",
	                               why);

	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	CU_ASSERT_PTR_NOT_NULL(strstr(policy, "\n  application_stale: 10d\n"));
	CU_ASSERT_PTR_NULL(strstr(policy, "application_stale: 90d"));
	CU_ASSERT_PTR_NOT_NULL(strstr(policy, "\n  extension: 1d\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(policy, "\ncurrencies: [BRL, EUR]\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(policy, "\nsplits:\n  - {kind: affiliate, rate: 1%}\n"));
	CU_ASSERT_PTR_NULL(strstr(policy, "rate: 3%"));
	CU_ASSERT_PTR_NOT_NULL(strstr(market_policy_default(&size), "rate: 3%"));
	CHECK_INT(market_policy_check(policy, strlen(policy), NULL, 0, &size, NULL), 0);
	free(policy);
}

static char *params_of(const char *yaml)
{
	scenario_values values = {json_pack("{s:s, s:s}", "a", "sel_1", "b", "x")};
	char why[SCENARIO_WHY] = "";
	json_t *params = scenario_params("seller.apply", yaml, &values, why);
	char *text = params ? json_dumps(params, JSON_COMPACT | JSON_ENSURE_ASCII) : strdup(why);

	json_decref(params);
	json_decref(values.named);
	return text;
}

static void params_become_json(void)
{
	static const struct {
		const char *yaml, *json;
	} cases[] = {
		{"", "{}"},
		{"name: Lin's, currency: BRL", "{\"name\":\"Lin's\",\"currency\":\"BRL\"}"},
		{"name: 12", "{\"name\":\"12\"}"},
		{"store_type: individual", "{\"store_type\":\"individual\"}"},
		{"metadata: {a: 1, b: two}", "{\"metadata\":{\"a\":\"1\",\"b\":\"two\"}}"},
		{"other: 12", "{\"other\":12}"},
		{"other: \"12\"", "{\"other\":\"12\"}"},
		{"other: true", "{\"other\":true}"},
		{"other: null", "{\"other\":null}"},
		{"other: 1.50 BRL", "{\"other\":{\"amount\":\"1.50\",\"currency\":\"BRL\"}}"},
		{"other: [ref:a/b, $a]", "{\"other\":[\"ref:a/b\",\"sel_1\"]}"},
		{"other: {x: $b-$b}", "{\"other\":{\"x\":\"x-x\"}}"},
		{"name: $c", "$c isn't set"},
		{"name: a, name: b", "name is there twice"},
		{"name: [a", "params: did not find expected ',' or ']' near column 9"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = params_of(cases[i].yaml);

		CHECK_TEXT(text, cases[i].json);
		free(text);
	}
}

static void outcomes_are_judged(void)
{
	static const struct {
		const char *cell;
		int code;
		bool replayed, good;
	} cases[] = {
		{"ok", 0, false, true},
		{"ok", MARKET_ESTATE, false, false},
		{"ok", 0, true, false},
		{"ok replayed", 0, true, true},
		{"ok replayed", 0, false, false},
		{"ok state=open", 0, false, true},
		{"ok state=shut", 0, false, false},
		{"ok state", 0, false, false},
		{"ok price=\"1.50 BRL\"", 0, false, true},
		{"ok price=1.50", 0, false, true},
		{"ok price=1.5", 0, false, false},
		{"ok price=1", 0, false, false},
		{"ok at=2026-01-05", 0, false, true},
		{"ok at=2026-01-06", 0, false, false},
		{"ok list#=2", 0, false, true},
		{"ok list#=1", 0, false, false},
		{"ok list.1.n=7", 0, false, true},
		{"ok list.0.n=7", 0, false, false},
		{"ok gone=-", 0, false, true},
		{"ok state=-", 0, false, false},
		{"ok known=open", 0, false, false},
		{"ok state=$known", 0, false, true},
		{"ok state=$other", 0, false, false},
		{"ok state=$new list.0.n=$new", 0, false, false},
		{"ok gone=$new", 0, false, false},
		{"ok title=\"two words\"", 0, false, true},
		{"state", MARKET_ESTATE, false, true},
		{"state", 0, false, false},
		{"state", MARKET_EFUNDS, false, false},
		{"state order", MARKET_ESTATE, false, true},
		{"state lines", MARKET_ESTATE, false, false},
		{"state order finished", MARKET_ESTATE, false, true},
		{"state order shipped", MARKET_ESTATE, false, false},
		{"nonsense", MARKET_ESTATE, false, false},
		{"", 0, false, false},
	};
	json_t *reply = json_pack("{s:s, s:s, s:{s:s, s:s}, s:s, s:[{}, {s:i}]}", "state", "open",
	                          "title", "two words", "price", "amount", "1.50", "currency", "BRL",
	                          "at", "2026-01-05T00:00:00.000Z", "list", "n", 7);
	market_error err = {.field = "order", .message = "the order is finished"};
	char why[SCENARIO_WHY];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		scenario_values values = {json_pack("{s:s, s:s}", "known", "open", "other", "shut")};
		bool good = scenario_outcome(cases[i].cell, cases[i].code, reply, cases[i].replayed, &err,
		                             &values, why);

		test_check_int(good, cases[i].good, cases[i].cell, __FILE__, __LINE__);
		json_decref(values.named);
	}
	json_decref(reply);
}

static void failing_step_is_named(void)
{
	char why[SCENARIO_WHY] = "";
	scenario *s = read_text("# T\n"
	                        "| operator ann | buyer.create | name: Ana, ref: ana | ok |\n"
	                        "| | buyer.get | buyer: ref:ana | ok name=Bo |\n",
	                        why);
	scenario_values values = {0};
	scenario_market m;
	scenario_way way = scenario_by_library(&m);
	market_error err;
	char url[8400];

	snprintf(url, sizeof(url), "sqlite:%s/s.db", test_temp_dir());
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CHECK_OK_FATAL(scenario_market_open(&m, s, url, NULL, &err));
	CU_ASSERT_FALSE(scenario_run(s, &way, &values, why));
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "one.txt:3: name is Ana, not Bo"));
	scenario_values_free(&values);
	scenario_market_close(&m);
	scenario_free(s);
}

void suite_scenario(void);
void suite_scenario(void)
{
	CU_pSuite suite = test_suite("scenario");

	CU_add_test(suite, "rows, times and balances are read", rows_are_read);
	CU_add_test(suite, "a broken file is refused with its line", broken_files_are_refused);
	CU_add_test(suite, "values and sections of the policy are changed", policy_is_changed);
	CU_add_test(suite, "params become JSON by the operation's descriptor", params_become_json);
	CU_add_test(suite, "an outcome is judged by code, field and values", outcomes_are_judged);
	CU_add_test(suite, "a step that goes otherwise is named", failing_step_is_named);
}
