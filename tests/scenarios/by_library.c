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

static int call(void *data, const char *who, const char *operation, const char *params,
                json_t **reply, bool *replayed, market_error *err)
{
	scenario_market *m = data;
	char *text = NULL;
	int rc = market_session_act_as_text(m->session, who, err);

	if (rc == 0)
		rc = market_call(m->session, operation, params, &text, err);
	*replayed = market_session_replayed(m->session);
	if (rc == 0)
		*reply = json_loads(text, JSON_DECODE_ANY, NULL);
	market_text_free(text);
	return rc;
}

static int work(void *data, market_error *err)
{
	scenario_market *m = data;
	int done, all = 0;

	do {
		done = market_work(m->session, 1000, NULL, err);
		all += done > 0 ? done : 0;
	} while (done == 1000);
	return done < 0 ? done : all;
}

static void set_time(void *data, market_time now)
{
	((scenario_market *)data)->now = now;
}

scenario_way scenario_by_library(scenario_market *m)
{
	return (scenario_way){.data = m, .call = call, .work = work, .set_time = set_time};
}
