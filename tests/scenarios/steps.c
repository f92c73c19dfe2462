/* Steps in order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenarios/scenario.h"

typedef struct running {
	const scenario *scenario;
	const scenario_way *way;
	scenario_values *values;
	market_time now;
	char *why;
} running;

static bool run_step(running *r, const scenario_step *step);
static bool run_call(running *r, const scenario_step *step);
static bool run_balance(running *r, const scenario_step *step);
static bool move_clock(running *r, market_time now, bool work);
static bool books_balance(running *r);

bool scenario_run(const scenario *scenario, const scenario_way *way, scenario_values *values,
                  char why[SCENARIO_WHY])
{
	running r = {.scenario = scenario, .way = way, .values = values, .now = scenario->start};
	char reason[SCENARIO_WHY] = "";

	r.why = reason;
	values->named = json_object();
	if (!move_clock(&r, r.now, true)) {
		scenario_say(why, "%s: %.700s", scenario->path, reason);
		return false;
	}
	for (size_t i = 0; i < scenario->n_steps; i++) {
		const scenario_step *step = &scenario->steps[i];

		if (run_step(&r, step))
			continue;
		scenario_say(why, "%s:%d: %.700s", step->file ? step->file : scenario->path, step->line,
		             reason);
		return false;
	}
	if (books_balance(&r))
		return true;
	scenario_say(why, "%s: at the end: %.700s", scenario->path, reason);
	return false;
}

void scenario_values_free(scenario_values *values)
{
	json_decref(values->named);
	values->named = NULL;
}

const char *scenario_value(const scenario_values *values, const char *name)
{
	return json_string_value(json_object_get(values->named, name));
}

static bool run_step(running *r, const scenario_step *step)
{
	switch (step->verb) {
	case SCENARIO_CALL:
		return run_call(r, step);
	case SCENARIO_BALANCE:
		return run_balance(r, step);
	case SCENARIO_AT:
		if (step->time < r->now) {
			scenario_say(r->why, "the clock doesn't go back");
			return false;
		}
		return move_clock(r, step->time, true);
	case SCENARIO_AFTER:
		return move_clock(r, r->now + step->time, true);
	case SCENARIO_LATER:
		return move_clock(r, r->now + step->time, false);
	case SCENARIO_WORK:
		return move_clock(r, r->now, true);
	}
	return false;
}

static int call(running *r, const char *who, const char *operation, json_t *params, json_t **reply,
                bool *replayed, market_error *err)
{
	char *text = json_dumps(params, JSON_COMPACT);
	int code;

	memset(err, 0, sizeof(*err));
	*reply = NULL;
	*replayed = false;
	code = r->way->call(r->way->data, who, operation, text ? text : "", reply, replayed, err);
	free(text);
	return code;
}

static bool run_call(running *r, const scenario_step *step)
{
	market_error err;
	json_t *reply, *params;
	bool replayed, good;
	char who[300];
	int code;

	params = scenario_params(step->operation, step->params, r->values, r->why);
	if (!params || !scenario_actor(step->who, r->values, who, r->why)) {
		json_decref(params);
		return false;
	}
	code = call(r, who, step->operation, params, &reply, &replayed, &err);
	if (r->way->answered)
		r->way->answered(step, code, reply, &err);
	good = scenario_outcome(step->outcome, code, reply, replayed, &err, r->values, r->why);
	json_decref(reply);
	json_decref(params);
	return good;
}

/* "seller:lin" is the book of a seller's reference, "platform" book 0. */
static bool run_balance(running *r, const scenario_step *step)
{
	const char *name = strchr(step->who, ':');
	const char *currency = strchr(step->outcome, ' ');
	char text[600], expected[300], owner[300];
	market_error err;
	json_t *reply, *params;
	bool replayed, good;
	int code;

	if (!currency || !scenario_actor(name ? name + 1 : "", r->values, owner, r->why)) {
		scenario_say(r->why, "a balance is an amount and its currency");
		return false;
	}
	if (name)
		snprintf(text, sizeof(text), "%.*s: %s%s, name: \"%s\", currency: %s",
		         (int)(name - step->who), step->who, strchr(name, '$') ? "" : "ref:", owner,
		         step->operation, currency + 1);
	else
		snprintf(text, sizeof(text), "name: \"%s\", currency: %s", step->operation, currency + 1);
	params = scenario_params("ledger.account.get", text, r->values, r->why);
	if (!params)
		return false;
	code = call(r, "operator:auditor", "ledger.account.get", params, &reply, &replayed, &err);
	json_decref(params);
	snprintf(expected, sizeof(expected), "ok balance=\"%s\"", step->outcome);
	/* what nothing was ever posted to has a balance of zero */
	if (code == MARKET_ENOTFOUND &&
	    strspn(step->outcome, "0.") >= (size_t)(currency - step->outcome))
		return true;
	good = scenario_outcome(expected, code, reply, replayed, &err, r->values, r->why);
	json_decref(reply);
	return good;
}

static bool move_clock(running *r, market_time now, bool work)
{
	market_error err;
	int rc = 0;

	r->now = now;
	memset(&err, 0, sizeof(err));
	if (work && r->way->work)
		rc = r->way->work(r->way->data, now, &err);
	else
		r->way->set_time(r->way->data, now);
	if (rc >= 0)
		return true;
	scenario_say(r->why, "what is due: %s (%s)", market_error_name(rc), err.message);
	return false;
}

/* Every scenario ends with a ledger in which nothing is broken. */
static bool books_balance(running *r)
{
	market_error err;
	json_t *reply;
	json_t *none = json_object();
	bool replayed, good;
	int code;

	code = call(r, "operator:auditor", "ledger.verify", none, &reply, &replayed, &err);
	good = scenario_outcome("ok place=-", code, reply, replayed, &err, r->values, r->why);
	json_decref(reply);
	json_decref(none);
	return good;
}
