/* Every operation of a scenario twice, one after the other or one inside the other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/op/op.h"
#include "tests/unit/conflict.h"

#define MAX_LOG 4000

typedef struct answer {
	int line;
	int code;
	char *reply; /* with identifiers replaced by the order of their appearance */
} answer;

typedef struct run {
	scenario *scenario;
	scenario_values values;
	scenario_market outer, inner; /* PostgreSQL: two connections */
	meddler meddler;
	bool nested, keyed, two;
	answer log[MAX_LOG];
	size_t n_log;
	json_t *names; /* identifier → number */
	int64_t twins;
	/* of the step */
	const scenario_step *step;
	const char *who, *params;
	bool pending; /* the twin is still to come */
	bool met;     /* it came: this is what it was answered */
	int inner_code;
	json_t *inner_reply;
} run;

static void log_answer(run *r, int code, const json_t *reply);

/* ---- names in place of identifiers ---- */

static bool is_id(const char *text)
{
	size_t prefix = strcspn(text, "_");

	return prefix == 3 && text[3] == '_' &&
	       strspn(text + 4, "0123456789abcdefghjkmnpqrstvwxyz_") == strlen(text + 4);
}

static json_t *rename_ids(run *r, const json_t *value);

static json_t *rename_text(run *r, const char *text)
{
	char name[32];
	const json_t *known = json_object_get(r->names, text);

	if (strncmp(text, "interbook:", 10) == 0)
		return json_string("interbook");
	if (!is_id(text))
		return json_string(strlen(text) > 30 && strchr(text, '_') ? "long" : text);
	if (!known) {
		snprintf(name, sizeof(name), "%.3s%zu", text, json_object_size(r->names));
		json_object_set_new(r->names, text, json_string(name));
		known = json_object_get(r->names, text);
	}
	return json_string(json_string_value(known));
}

static json_t *rename_ids(run *r, const json_t *value)
{
	json_t *out;
	const char *name;
	json_t *item;
	size_t i;

	if (json_is_string(value))
		return rename_text(r, json_string_value(value));
	if (json_is_array(value)) {
		out = json_array();
		json_array_foreach(value, i, item) json_array_append_new(out, rename_ids(r, item));
		return out;
	}
	if (!json_is_object(value))
		return json_deep_copy(value);
	out = json_object();
	json_object_foreach((json_t *)value, name, item)
	{
		/* the number of a row's changes counts those that were undone */
		if (strcmp(name, "version") != 0 && strcmp(name, "next") != 0)
			json_object_set_new(out, name, rename_ids(r, item));
	}
	return out;
}

/* ---- one call ---- */

static int call_once(run *r, scenario_market *m, json_t **reply, market_error *err)
{
	char *text = NULL;
	int rc = market_session_act_as_text(m->session, r->who, err);

	if (rc == 0)
		rc = market_call(m->session, r->step->operation, r->params, &text, err);
	*reply = rc == 0 ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
	market_text_free(text);
	return rc;
}

static int twin(mk_store *store, void *user_data)
{
	run *r = user_data;
	market_error err;

	if (!r->pending)
		return 0;
	r->pending = false;
	r->twins++;
	if (!r->two)
		return meddler_bump(&r->meddler, store);
	r->inner.now = r->outer.now - 1;
	r->inner_code = call_once(r, &r->inner, &r->inner_reply, &err);
	r->met = true;
	return 0;
}

static void log_answer(run *r, int code, const json_t *reply)
{
	const mk_op *op = mk_op_find(r->step->operation);
	json_t *renamed;

	/* twins stand in a list in any order */
	if (reply && (op->flags & MK_OP_PAGED))
		renamed =
			json_pack("{s:i}", "items", (int)json_array_size(json_object_get(reply, "items")));
	else
		renamed = reply ? rename_ids(r, reply) : NULL;

	CU_ASSERT_FATAL(r->n_log < MAX_LOG);
	r->log[r->n_log++] =
		(answer){r->step->line, code, renamed ? json_dumps(renamed, JSON_SORT_KEYS) : strdup("")};
	json_decref(renamed);
}

/* The first answer comes from inside the second. What is refused is done once, and where there is
 * one connection alone the operation is done twice in any case. The first is a millisecond earlier:
 * what two processes write at one time has no order. */
static void call_twice(run *r, bool writes)
{
	json_t *reply = NULL, *again = NULL;
	market_error err;
	int rc;

	r->outer.now += writes && r->nested && r->two;
	r->pending = r->nested && writes;
	r->met = false;
	r->inner_reply = NULL;
	rc = call_once(r, &r->outer, &reply, &err);
	r->pending = false;
	if (r->met && r->inner_code == 0) {
		scenario_bind(r->step->outcome, r->inner_reply, &r->values);
		log_answer(r, 0, r->inner_reply);
	}
	scenario_bind(r->step->outcome, reply, &r->values);
	log_answer(r, rc, reply);
	r->outer.now += writes && !(r->nested && r->two);
	if (rc == 0 && writes && !r->met) {
		rc = call_once(r, &r->outer, &again, &err);
		log_answer(r, rc, again);
	}
	json_decref(again);
	json_decref(reply);
	json_decref(r->inner_reply);
}

static void set_key(run *r, json_t *params, const scenario_step *step)
{
	char key[64];

	json_object_del(params, "key");
	snprintf(key, sizeof(key), "twin-%d-%zu", step->line, (size_t)(step - r->scenario->steps));
	if (r->keyed && strcmp(r->who, "anonymous") != 0)
		json_object_set_new(params, "key", json_string(key));
}

/* A checkpoint seals while it reads, so its twin waits for it. */
static void run_step(run *r, const scenario_step *step)
{
	const mk_op *op = step->verb == SCENARIO_CALL ? mk_op_find(step->operation) : NULL;
	scenario_way way = scenario_by_library(&r->outer);
	char why[SCENARIO_WHY], who[300];
	market_error err;
	json_t *params;
	char *text;

	if (step->verb == SCENARIO_AT || step->verb == SCENARIO_AFTER) {
		CHECK_OK(way.work(
			way.data, step->verb == SCENARIO_AT ? step->time : r->outer.now + step->time, &err));
		return;
	}
	if (step->verb == SCENARIO_WORK || !op || !scenario_actor(step->who, &r->values, who, why))
		return;
	params = scenario_params(step->operation, step->params, &r->values, why);
	if (!params)
		return; /* a name wasn't set, in both runs */
	CHECK_OK(way.work(way.data, r->outer.now, &err));
	r->step = step;
	r->who = who;
	set_key(r, params, step);
	text = json_dumps(params, JSON_COMPACT);
	r->params = text;
	call_twice(r, (op->flags & MK_OP_WRITES) && strcmp(op->name, "ledger.checkpoint") != 0);
	free(text);
	json_decref(params);
}

/* ---- both runs ---- */

static void open_run(run *r, const char *path, bool nested, bool keyed)
{
	char why[SCENARIO_WHY] = "";
	const char *url = test_store_url();
	market_error err;

	memset(r, 0, sizeof(*r));
	r->scenario = scenario_read(path, why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r->scenario);
	r->nested = nested;
	r->keyed = keyed;
	r->two = test_on_postgres();
	r->names = json_object();
	r->values.named = json_object();
	CHECK_OK_FATAL(scenario_market_open(&r->outer, r->scenario, url, NULL, &err));
	if (r->two)
		CHECK_OK_FATAL(scenario_market_open(&r->inner, r->scenario, url, NULL, &err));
	meddler_open(&r->meddler, &r->outer, url);
	mk_store_set_before_flush(r->outer.market->store, twin, r);
}

static void do_run(run *r)
{
	static const scenario_step last = {.operation = (char *)"ledger.trial_balance",
	                                   .outcome = (char *)""};
	json_t *reply = NULL;
	market_error err;

	r->met = false;
	for (size_t i = 0; i < r->scenario->n_steps; i++)
		run_step(r, &r->scenario->steps[i]);
	r->step = &last;
	r->who = "operator:auditor";
	r->params = "{\"all\":true}";
	CHECK_OK(call_once(r, &r->outer, &reply, &err));
	log_answer(r, 0, reply);
	json_decref(reply);
	CHECK_OK(market_session_act_as_text(r->outer.session, "operator:auditor", &err));
}

static void check_ledger(run *r)
{
	char *reply = NULL;
	market_error err;

	CHECK_OK(market_call(r->outer.session, "ledger.verify", "{}", &reply, &err));
	CU_ASSERT_PTR_NULL(strstr(reply, "\"broken\""));
	market_text_free(reply);
}

static void close_run(run *r)
{
	for (size_t i = 0; i < r->n_log; i++)
		free(r->log[i].reply);
	json_decref(r->names);
	json_decref(r->values.named);
	scenario_market_close(&r->outer);
	if (r->two)
		scenario_market_close(&r->inner);
	meddler_close(&r->meddler);
	scenario_free(r->scenario);
	free(r);
}

static void compare_one(const run *serial, size_t i, const answer *a, const answer *b)
{
	char label[400];
	size_t from = 0;

	if (a->line == b->line && a->code == b->code && strcmp(a->reply, b->reply) == 0)
		return;
	snprintf(label, sizeof(label), "%.300s: answer %zu, of line %d and line %d",
	         serial->scenario->path, i, a->line, b->line);
	while (a->reply[from] && a->reply[from] == b->reply[from])
		from++;
	from = from > 100 ? from - 100 : 0;
	test_check_int(b->code, a->code, label, __FILE__, __LINE__);
	test_check_text(b->reply + from, a->reply + from, label, __FILE__, __LINE__);
}

static void compare(const run *serial, const run *nested)
{
	size_t n = serial->n_log < nested->n_log ? serial->n_log : nested->n_log;
	unsigned failures = CU_get_number_of_failures();

	for (size_t i = 0; i < n && CU_get_number_of_failures() == failures; i++)
		compare_one(serial, i, &serial->log[i], &nested->log[i]);
	if (CU_get_number_of_failures() == failures)
		test_check_int((int64_t)nested->n_log, (int64_t)serial->n_log, serial->scenario->path,
		               __FILE__, __LINE__);
}

int64_t conflict_twins(const char *path, bool keyed)
{
	run *serial = calloc(1, sizeof(*serial)), *nested = calloc(1, sizeof(*nested));
	int64_t twins;

	open_run(serial, path, false, keyed);
	do_run(serial);
	open_run(nested, path, true, keyed);
	do_run(nested);
	compare(serial, nested);
	check_ledger(nested);
	twins = nested->twins;
	close_run(serial);
	close_run(nested);
	return twins;
}
