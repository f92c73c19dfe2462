/* A provider whose memory is a file: what is in it was asked, by whichever process. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <market/plugin.h>

#include "tests/chaos/chaos.h"

#define SLOW_US 1300000 /* longer than a claim counts: another process asks again */

static int provider_send(const market_provider_request *request, market_provider_answer *answer,
                         void *user_data, market_error *err);
static int provider_query(const market_provider_request *request, market_provider_answer *answer,
                          void *user_data, market_error *err);
static int provider_verify(const char *body, size_t size, const char *signature, market_time now,
                           market_time tolerance, market_provider_event *event, void *user_data,
                           market_error *err);
static void remember(const chaos *c, const market_provider_request *request);
static void fill(const market_provider_request *request, market_provider_answer *answer, bool done);
static uint64_t number_of(const char *text);

chaos_fate chaos_fate_of(const char *request_key)
{
	switch (number_of(request_key) % 16) {
	case 0:
		return CHAOS_SILENT;
	case 1:
		return CHAOS_LOST;
	case 2:
		return CHAOS_REFUSED;
	default:
		return CHAOS_DONE;
	}
}

bool chaos_register(chaos *c, fault_market *m)
{
	const market_payment_provider provider = {
		.size = sizeof(provider),
		.name = "chaos",
		.user_data = c,
		.send = provider_send,
		.query = provider_query,
		.verify = provider_verify,
	};

	return fault_check(market_provider_register(m->market, &provider, &m->err) == 0, "%s",
	                   m->err.message);
}

void chaos_notification(char out[400], const chaos_order *order)
{
	snprintf(out, 400, "%s %lld", order->payment, order->cents);
}

static int provider_send(const market_provider_request *request, market_provider_answer *answer,
                         void *user_data, market_error *err)
{
	const chaos *c = user_data;
	chaos_fate fate = chaos_fate_of(request->key);
	uint64_t moment = (uint64_t)fault_now_us();

	(void)err;
	remember(c, request);
	/* The moments in which a claim is open are those in which a process should die. */
	if (fault_now_us() < c->until)
		usleep(fault_below(&moment, 100) == 0 ? SLOW_US : (useconds_t)fault_below(&moment, 2000));
	if (fate == CHAOS_DONE || fate == CHAOS_REFUSED)
		fill(request, answer, fate == CHAOS_DONE);
	else
		answer->result = MARKET_PROVIDER_UNKNOWN;
	return 0;
}

static int provider_query(const market_provider_request *request, market_provider_answer *answer,
                          void *user_data, market_error *err)
{
	chaos_fate fate = chaos_fate_of(request->key);

	(void)err;
	remember(user_data, request);
	fill(request, answer, fate == CHAOS_DONE || fate == CHAOS_SILENT);
	return 0;
}

static int provider_verify(const char *body, size_t size, const char *signature, market_time now,
                           market_time tolerance, market_provider_event *event, void *user_data,
                           market_error *err)
{
	long long cents = 0;

	(void)size;
	(void)signature;
	(void)tolerance;
	(void)user_data;
	(void)err;
	event->type = MARKET_EVENT_CAPTURED;
	if (sscanf(body, "%35s %lld", event->payment, &cents) != 2)
		return MARKET_ESYNTAX;
	snprintf(event->event, sizeof(event->event), "captured %s", event->payment);
	snprintf(event->reference, sizeof(event->reference), "ch_%s", event->payment);
	event->amount = (market_money){cents, "BRL"};
	event->occurred_at = now;
	return 0;
}

static void remember(const chaos *c, const market_provider_request *request)
{
	char path[400], line[300];
	int file, length;

	chaos_path(path, c, "provider", 0);
	file = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
	length = snprintf(line, sizeof(line), "%s\t%d\t%lld\n", request->key, request->kind,
	                  (long long)request->amount.amount);
	fault_check(file >= 0 && write(file, line, (size_t)length) == length, "%s", path);
	close(file);
}

static void fill(const market_provider_request *request, market_provider_answer *answer, bool done)
{
	answer->result = done ? MARKET_PROVIDER_OK : MARKET_PROVIDER_FAILED;
	if (!done)
		snprintf(answer->reason, sizeof(answer->reason), "refused");
	else if (request->kind == MARKET_REQUEST_CHARGE)
		snprintf(answer->reference, sizeof(answer->reference), "ch_%s", request->object);
	else
		snprintf(answer->reference, sizeof(answer->reference), "%s", request->key);
	if (done)
		answer->amount = request->amount;
}

static uint64_t number_of(const char *text)
{
	uint64_t number = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		number = (number ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return fault_random(&number);
}
