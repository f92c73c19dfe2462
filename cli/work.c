/* Due work, as an application's own loop and webhook would do it. */
#include "cli/cli.h"

#include <market/plugin.h>
#include <string.h>
#include <time.h>

#define BUDGET 1000

static int next_due(cli_market *open, market_time *due, market_error *err);
static int deliver(cli_market *open, market_time now, bool *any, market_error *err);
static int hand_over(cli_market *open, const char *body, const char *signature, market_error *err);

static market_time real_time(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (market_time)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What is delivered makes new work, and the other way round. */
int cli_work(cli_market *open, market_error *err)
{
	bool any = true;
	while (any) {
		int done;
		any = false;
		do {
			done = market_work(open->session, BUDGET, NULL, err);
			if (done < 0)
				return done;
			any = any || done > 0;
		} while (done == BUDGET);
		done = deliver(open, open->at != 0 ? open->at : real_time(), &any, err);
		if (done != 0)
			return done;
	}
	return 0;
}

/* Each thing is done at its own time: not after others that a later clock would bring first. */
int cli_work_until(cli_market *open, market_time to, market_error *err)
{
	market_time last = 0;
	for (;;) {
		market_time due = 0;
		int rc = next_due(open, &due, err);
		if (rc != 0)
			return rc;
		if (due == 0 || due > to || (due <= open->at && due == last))
			return to > open->at ? cli_set_time(open, to, err) : 0;
		last = due;
		if (due > open->at)
			rc = cli_set_time(open, due, err);
		if (rc == MARKET_ETIMEORDER) /* something later was done before it */
			rc = cli_set_time(open, to, err);
		if (rc == 0)
			rc = cli_work(open, err);
		if (rc != 0)
			return rc;
	}
}

int cli_catch_up(cli_market *open, market_time to, market_error *err)
{
	open->at = 0;
	return cli_work_until(open, to, err);
}

static int next_due(cli_market *open, market_time *due, market_error *err)
{
	market_time sent = 0;
	int rc = market_work(open->session, 0, due, err);
	if (rc == 0)
		rc = market_sandbox_next_due(open->market, &sent, err);
	if (rc == MARKET_EPROVIDER) /* the policy has another provider */
		rc = 0;
	if (sent != 0 && (*due == 0 || sent < *due))
		*due = sent;
	return rc;
}

static int deliver(cli_market *open, market_time now, bool *any, market_error *err)
{
	for (;;) {
		char *body = NULL, *signature = NULL;
		int64_t number = 0;
		int rc =
			market_sandbox_next_notification(open->market, now, &number, &body, &signature, err);
		if (rc != 0 || !body)
			return rc == MARKET_EPROVIDER ? 0 : rc;
		rc = hand_over(open, body, signature, err);
		market_text_free(body);
		market_text_free(signature);
		if (rc == 0)
			rc = market_sandbox_acknowledge(open->market, number, err);
		if (rc != 0)
			return rc;
		*any = true;
	}
}

/* A webhook answers a notification that the market refuses too: it would be refused again. */
static int hand_over(cli_market *open, const char *body, const char *signature, market_error *err)
{
	market_payment_notify_params in = MARKET_PAYMENT_NOTIFY_PARAMS_INIT;
	int rc = cli_act_as(open, "anonymous", err);
	in.provider = "sandbox";
	in.body = body;
	in.signature = signature;
	if (rc == 0)
		rc = market_payment_notify(open->session, &in, NULL, err);
	if (market_error_class_of(rc) != MARKET_CLASS_CALLER)
		return rc;
	cli_error("notification", err);
	return 0;
}
