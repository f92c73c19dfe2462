#include <market/plugin.h>
#include <string.h>

#include "tests/scenarios/ways.h"

static market_time stopped_clock(void *user_data)
{
	return ((scenario_market *)user_data)->now;
}

int scenario_market_open(scenario_market *m, const scenario *scenario, const char *url,
                         const market_allocator *allocator, market_error *err)
{
	market_options options = MARKET_OPTIONS_INIT;
	int rc;

	memset(m, 0, sizeof(*m));
	m->now = scenario->start;
	options.flags = MARKET_OPEN_CREATE;
	options.clock = stopped_clock;
	options.user_data = m;
	options.allocator = allocator;
	options.policy = scenario->policy;
	options.policy_size = scenario->policy ? strlen(scenario->policy) : 0;
	rc = market_open(url, &options, &m->market, err);
	if (rc == 0)
		rc = market_session_open(m->market, NULL, &m->session, err);
	return rc;
}

void scenario_market_close(scenario_market *m)
{
	market_session_close(m->session);
	market_close(m->market);
	memset(m, 0, sizeof(*m));
}

/* As an application's webhook does. */
static int deliver(scenario_market *m, bool *any, market_error *err)
{
	market_payment_notify_params in = MARKET_PAYMENT_NOTIFY_PARAMS_INIT;

	for (;;) {
		char *body = NULL, *signature = NULL;
		int64_t number = 0;
		int rc =
			market_sandbox_next_notification(m->market, m->now, &number, &body, &signature, err);

		if (rc != 0 || !body)
			return rc == MARKET_EPROVIDER ? 0 : rc;
		in.provider = "sandbox";
		in.body = body;
		in.signature = signature;
		rc = market_session_act_as_text(m->session, "anonymous", err);
		if (rc == 0)
			rc = market_payment_notify(m->session, &in, NULL, err);
		market_text_free(body);
		market_text_free(signature);
		if (rc == 0 || market_error_class_of(rc) == MARKET_CLASS_CALLER)
			rc = market_sandbox_acknowledge(m->market, number, err);
		if (rc != 0)
			return rc;
		*any = true;
	}
}

static int work_now(scenario_market *m, market_error *err)
{
	bool any = true;

	while (any) {
		int done = market_work(m->session, 1000, NULL, err);

		if (done < 0)
			return done;
		any = done > 0;
		done = deliver(m, &any, err);
		if (done != 0)
			return done;
	}
	return 0;
}

/* Moves on to each thing at its own time. */
static int work(void *data, market_time until, market_error *err)
{
	scenario_market *m = data;
	market_time due, sent = 0, last = 0;
	int rc;

	m->asleep = false;
	for (;;) {
		rc = work_now(m, err);
		if (rc == 0)
			rc = market_work(m->session, 0, &due, err);
		if (rc == 0)
			rc = market_sandbox_next_due(m->market, &sent, err);
		if (rc == MARKET_EPROVIDER)
			rc = 0;
		if (rc != 0)
			return rc;
		if (due == 0 || (sent != 0 && sent < due))
			due = sent;
		if (due == 0 || due > until || (due <= m->now && due == last))
			break;
		last = due;
		if (due > m->now)
			m->now = due;
	}
	m->now = until;
	return work_now(m, err);
}

static int call(void *data, const char *who, const char *operation, const char *params,
                json_t **reply, bool *replayed, market_error *err)
{
	scenario_market *m = data;
	char *text = NULL;
	int rc = m->asleep ? 0 : work_now(m, err);

	if (rc == 0)
		rc = market_session_act_as_text(m->session, who, err);
	if (rc == 0)
		rc = market_call(m->session, operation, params, &text, err);
	*replayed = market_session_replayed(m->session);
	if (rc == 0)
		*reply = json_loads(text, JSON_DECODE_ANY, NULL);
	market_text_free(text);
	return rc;
}

static void set_time(void *data, market_time now)
{
	scenario_market *m = data;

	m->now = now;
	m->asleep = true;
}

scenario_way scenario_by_library(scenario_market *m)
{
	return (scenario_way){.data = m, .call = call, .work = work, .set_time = set_time};
}
