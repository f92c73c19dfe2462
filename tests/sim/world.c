/* The market that is driven: its store, clock, provider, calls and faults. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/base/limits.h"
#include "tests/sim/sim.h"

#define FIRST_ROOM 4096

static market_time read_clock(void *user_data);
static bool give_random(void *bytes, size_t size, void *user_data);
static void hear(int32_t level, const char *message, void *user_data);
static void *allocate(size_t size, void *user_data);
static void *reallocate(void *block, size_t size, void *user_data);
static void release(void *block, void *user_data);
static int provider_send(const market_provider_request *request, market_provider_answer *answer,
                         void *user_data, market_error *err);
static int provider_query(const market_provider_request *request, market_provider_answer *answer,
                          void *user_data, market_error *err);
static int provider_verify(const char *body, size_t size, const char *signature, market_time now,
                           market_time tolerance, market_provider_event *event, void *user_data,
                           market_error *err);
static int call(sim *s, const mk_op *op, const void *params, void **out);
static int conflict(mk_store *store, void *user_data);
static void show(sim *s, const mk_op *op, const void *params);
static void trace(sim *s, const mk_op *op, int rc, const void *out);
static void again(sim *s, const mk_op *op, const void *params, int expected);

size_t sim_grow(void *list, size_t size)
{
	SIM_LIST(char) *l = list;

	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : FIRST_ROOM;
		char *at = calloc(room, size);

		if (!at)
			abort();
		if (l->at)
			memcpy(at, l->at, l->n * size);
		free(l->at);
		l->at = at;
		l->room = room;
	}
	return l->n++;
}

bool sim_open(sim *s, const char *url)
{
	const market_allocator allocator = {allocate, reallocate, release, s};
	const market_payment_provider provider = {
		.size = sizeof(provider),
		.name = "sim",
		.user_data = s,
		.send = provider_send,
		.query = provider_query,
		.verify = provider_verify,
	};
	market_options options = MARKET_OPTIONS_INIT;

	options.flags = MARKET_OPEN_CREATE;
	options.allocator = &allocator;
	options.clock = read_clock;
	options.random = give_random;
	options.log = hear;
	options.user_data = s;
	options.policy = s->policy_text;
	options.policy_size = strlen(s->policy_text);
	options.connections = 1;
	s->allocations_left = -1;
	if (url != s->url)
		snprintf(s->url, sizeof(s->url), "%s", url);
	if (market_open(s->url, &options, &s->market, &s->err) != 0 ||
	    market_provider_register(s->market, &provider, &s->err) != 0 ||
	    market_session_open(s->market, NULL, &s->session, &s->err) != 0) {
		sim_fail(s, "the market can't be opened: %s (%s)", s->err.message, s->err.detail);
		return false;
	}
	mk_store_set_before_flush(s->market->store, conflict, s);
	sim_as_operator(s);
	return true;
}

void sim_close(sim *s)
{
	market_session_close(s->session);
	market_close(s->market);
	s->session = NULL;
	s->market = NULL;
}

void sim_reopen(sim *s)
{
	sim_close(s);
	s->reopened++;
	sim_open(s, s->url);
}

void sim_as(sim *s, int32_t kind, market_id id)
{
	const market_actor actor = {.kind = kind,
	                            .id = id,
	                            .name = kind == MARKET_ACTOR_OPERATOR ? "sim" : NULL,
	                            .rights = MARKET_RIGHT_ALL,
	                            .confirmed_at = s->now};

	if (market_session_act_as(s->session, &actor, &s->err) != 0)
		sim_fail(s, "nobody acts: %s", s->err.message);
}

void sim_as_operator(sim *s)
{
	sim_as(s, MARKET_ACTOR_OPERATOR, (market_id){0, 0});
}

void sim_as_system(sim *s)
{
	sim_as(s, MARKET_ACTOR_SYSTEM, (market_id){0, 0});
}

bool sim_run(sim *s, const char *name, void *params, void **out, int expected)
{
	struct head {
		uint32_t size;
		const char *key;
	} *head = params;
	const mk_op *op = mk_op_find(name);
	char key[40];
	void *result = NULL;
	int rc;

	*out = NULL;
	if (s->failed)
		return false;
	if (!op) {
		sim_fail(s, "there is no operation %s", name);
		return false;
	}
	if (s->session->actor.kind != MARKET_ACTOR_ANONYMOUS && sim_next(&s->fault_random) % 2 == 0) {
		snprintf(key, sizeof(key), "sim-%llu", (unsigned long long)++s->next_key);
		head->key = key;
	}
	show(s, op, params);
	rc = call(s, op, params, &result);
	trace(s, op, rc, result);
	for (size_t i = 0; i < 256 && mk_op_at(i); i++)
		if (mk_op_at(i) == op)
			rc == 0 ? s->counts[i].ok++ : s->counts[i].refused++;
	if (rc != expected) {
		sim_fail(s, "expected %s, got %s: %s (%s) %s",
		         expected ? market_error_name(expected) : "ok", rc ? market_error_name(rc) : "ok",
		         s->err.message, s->err.detail, s->err.field);
		sim_free(result);
		return false;
	}
	if (head->key && (op->flags & MK_OP_WRITES) && sim_next(&s->fault_random) % 32 == 0)
		again(s, op, params, expected);
	head->key = NULL;
	*out = rc == 0 ? result : NULL;
	return rc == 0 && !s->failed;
}

/* The same key and content: the same answer, and nothing else happens. */
static void again(sim *s, const mk_op *op, const void *params, int expected)
{
	void *result = NULL;
	int rc = mk_op_run(s->session, op, params, &result, &s->err);

	if (rc != expected)
		sim_fail(s, "sent again with its key: expected %d, got %d: %s", expected, rc,
		         s->err.message);
	else if (rc == 0 && !market_session_replayed(s->session))
		sim_fail(s, "sent again with its key it was done again");
	sim_free(result);
}

/* A call with a fault is made again without: the fault must have left nothing. */
static int call(sim *s, const mk_op *op, const void *params, void **out)
{
	int64_t fault = s->faults ? (int64_t)(sim_next(&s->fault_random) % 64) : 63;
	int64_t patience = mk_clock_monotonic_us() + MK_PATIENCE_US;
	int rc;

	if (fault < 3)
		s->allocations_left = (int64_t)(sim_next(&s->fault_random) % 24);
	else if (fault < 5)
		s->conflicts_left = 1 + (int)(sim_next(&s->fault_random) % (MK_MAX_TRIES - 2));
	rc = mk_op_run(s->session, op, params, out, &s->err);
	s->allocations_left = -1;
	s->conflicts_left = 0;
	/* on a machine that stood still meanwhile a conflict isn't tried again */
	if (rc != MARKET_ENOMEM && (rc != MARKET_ECONFLICT || mk_clock_monotonic_us() < patience))
		return rc;
	s->no_memory += rc == MARKET_ENOMEM;
	return mk_op_run(s->session, op, params, out, &s->err);
}

/* As if another had written between the reads and the flush. */
static int conflict(mk_store *store, void *user_data)
{
	sim *s = user_data;

	(void)store;
	if (s->conflicts_left <= 0)
		return 0;
	s->conflicts_left--;
	s->conflicts++;
	return MK_AGAIN;
}

void *sim_read(sim *s, const char *name, const void *params)
{
	const mk_op *op = mk_op_find(name);
	void *result = NULL;
	int rc;

	if (s->failed || !op)
		return NULL;
	s->reads.ok++;
	rc = mk_op_run(s->session, op, params, &result, &s->err);
	if (rc != 0) {
		show(s, op, params);
		sim_fail(s, "%s fails: %s: %s", name, market_error_name(rc), s->err.message);
	}
	return result;
}

void sim_free(void *out)
{
	mk_record_free(out);
}

static void show(sim *s, const mk_op *op, const void *params)
{
	static const char *const actors[] = {"", "anonymous", "buyer", "member", "operator", "system"};
	char at[MARKET_TIME_TEXT_SIZE];
	mk_text text;

	mk_text_init(&text, &mk_allocator_default, 1 << 16);
	mk_json_write(op->params, params, MK_JSON_FULL, &text);
	market_time_format(s->now, at);
	snprintf(s->shown, sizeof(s->shown), "%s %s as %s %lld: %s", at, op->name,
	         actors[s->session->actor.kind], (long long)s->session->actor.id.id,
	         text.data ? text.data : "");
	mk_text_close(&text);
}

static void mix(sim *s, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		s->digest = (s->digest ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
}

static void trace(sim *s, const mk_op *op, int rc, const void *out)
{
	mk_text text;

	mk_text_init(&text, &mk_allocator_default, 1 << 20);
	if (out)
		mk_json_write(op->result, out, MK_JSON_FULL, &text);
	mix(s, s->shown, strlen(s->shown));
	mix(s, (const char *)&rc, sizeof(rc));
	if (text.data)
		mix(s, text.data, text.size);
	if (s->trace)
		printf("%lld %s -> %s %s\n", (long long)s->step, s->shown,
		       rc ? market_error_name(rc) : "ok", text.data ? text.data : s->err.message);
	mk_text_close(&text);
}

/* ---- what the market is given ---- */

static market_time read_clock(void *user_data)
{
	return ((sim *)user_data)->now;
}

static bool give_random(void *bytes, size_t size, void *user_data)
{
	sim *s = user_data;
	unsigned char *at = bytes;

	for (size_t i = 0; i < size; i++)
		at[i] = (unsigned char)sim_next(&s->provider_random);
	return true;
}

/* A deadline that is refused is told as a warning. */
static void hear(int32_t level, const char *message, void *user_data)
{
	sim *s = user_data;

	s->warnings += level <= MARKET_LOG_WARNING;
	if (s->trace)
		printf("%lld log %d: %s\n", (long long)s->step, level, message);
}

static bool fails(sim *s)
{
	return s->allocations_left >= 0 && s->allocations_left-- == 0;
}

static void *allocate(size_t size, void *user_data)
{
	return fails(user_data) ? NULL : malloc(size);
}

static void *reallocate(void *block, size_t size, void *user_data)
{
	return fails(user_data) ? NULL : realloc(block, size);
}

static void release(void *block, void *user_data)
{
	(void)user_data;
	free(block);
}

/* ---- the provider ---- */

typedef struct odds {
	int ok, declined, failed, pending, unknown, authorised; /* per cent */
} odds;

static int32_t draw(sim *s, const odds *o)
{
	int x = (int)(sim_next(&s->provider_random) % 100);

	if (!s->faults || (x -= o->ok) < 0)
		return MARKET_PROVIDER_OK;
	if ((x -= o->declined) < 0)
		return MARKET_PROVIDER_DECLINED;
	if ((x -= o->failed) < 0)
		return MARKET_PROVIDER_FAILED;
	if ((x -= o->pending) < 0)
		return MARKET_PROVIDER_PENDING;
	if ((x -= o->unknown) < 0)
		return MARKET_PROVIDER_UNKNOWN;
	return MARKET_PROVIDER_AUTHORISED;
}

static void note_sent(sim *s, const market_provider_request *request,
                      market_provider_answer *answer, bool query)
{
	sim_sent *sent = SIM_NEW(s->sent);

	*sent = (sim_sent){.query = query,
	                   .kind = request->kind,
	                   .result = answer->result,
	                   .amount = request->amount.amount,
	                   .now = request->now,
	                   .expires = answer->expires};
	snprintf(sent->key, sizeof(sent->key), "%s", request->key);
	snprintf(sent->object, sizeof(sent->object), "%s", request->object);
	sent->moved = sent->amount;
	if (answer->result == MARKET_PROVIDER_OK && s->faults && request->kind != MARKET_REQUEST_VOID &&
	    sent->amount > 3 && sim_next(&s->provider_random) % 20 == 0) {
		sent->moved += sim_next(&s->provider_random) % 2 ? 3 : -3;
		answer->amount = sim_money(sent->moved);
	}
	if (answer->result != MARKET_PROVIDER_UNKNOWN)
		snprintf(answer->reference, sizeof(answer->reference), "ref-%.100s", request->key);
	s->provider_calls++;
	if (s->trace)
		printf("%lld provider %s: %d, %lld of %lld\n", (long long)s->step, request->key,
		       answer->result, (long long)sent->moved, (long long)sent->amount);
}

static int provider_send(const market_provider_request *request, market_provider_answer *answer,
                         void *user_data, market_error *err)
{
	static const odds all[] = {
		[MARKET_REQUEST_CHARGE] = {70, 7, 5, 7, 6, 5},
		[MARKET_REQUEST_CAPTURE] = {80, 0, 10, 0, 10, 0},
		[MARKET_REQUEST_REFUND] = {74, 4, 12, 0, 10, 0},
		[MARKET_REQUEST_PAYOUT] = {74, 4, 10, 0, 12, 0},
		[MARKET_REQUEST_VOID] = {80, 0, 20, 0, 0, 0},
	};
	sim *s = user_data;

	(void)err;
	answer->result = draw(s, &all[request->kind]);
	if (answer->result == MARKET_PROVIDER_PENDING)
		answer->expires =
			request->now + (int64_t)(1 + sim_next(&s->provider_random) % 72) * SIM_HOUR;
	if (answer->result == MARKET_PROVIDER_AUTHORISED)
		answer->expires = request->now + 7 * SIM_DAY;
	note_sent(s, request, answer, false);
	return 0;
}

/* What it left open ends with one of the next queries. */
static int provider_query(const market_provider_request *request, market_provider_answer *answer,
                          void *user_data, market_error *err)
{
	static const odds ends = {50, 0, 20, 30, 0, 0};
	sim *s = user_data;

	(void)err;
	answer->result = draw(s, &ends);
	note_sent(s, request, answer, true);
	return 0;
}

/* The body is the event's fields: type, event, payment, key, reference, amount, fee. */
static int provider_verify(const char *body, size_t size, const char *signature, market_time now,
                           market_time tolerance, market_provider_event *event, void *user_data,
                           market_error *err)
{
	long long amount = 0, fee = 0, expires = 0;

	(void)size;
	(void)tolerance;
	(void)user_data;
	if (strcmp(signature, "good") != 0)
		return mk_error_set(err, MARKET_ESIGNATURE, "the signature is wrong");
	if (sscanf(body, "%d %127s %35s %127s %127s %lld %lld %lld", &event->type, event->event,
	           event->payment, event->key, event->reference, &amount, &fee, &expires) != 8)
		return mk_error_set(err, MARKET_ESYNTAX, "the body isn't one");
	if (strcmp(event->payment, "-") == 0)
		event->payment[0] = '\0';
	if (strcmp(event->key, "-") == 0)
		event->key[0] = '\0';
	if (strcmp(event->reference, "-") == 0)
		event->reference[0] = '\0';
	event->amount = mk_money(amount, SIM_CURRENCY);
	event->fee = mk_money(fee, SIM_CURRENCY);
	event->occurred_at = now;
	event->expires = expires;
	return 0;
}
