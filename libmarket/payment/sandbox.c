/* The provider "sandbox": what it answers, and what it tells later. The method decides. How it
 * writes and checks notifications is in sandbox_notice.c, what it remembers in sandbox_memory.c. */
#include "libmarket/payment/sandbox.h"

#include <string.h>

#include "libmarket/engine/market.h"

#define MOST_NOTICES 4

typedef struct behaviour {
	const char *word;    /* of the method, behind the colon */
	int32_t first;       /* what the call is answered */
	int32_t result;      /* what becomes true … */
	market_time after;   /* … this long after the call */
	market_time expires; /* told with the first answer */
	const char *reason;
	bool lost;              /* it never arrived */
	bool twice;             /* the notification comes twice */
	bool disordered;        /* and one that came before it comes after it */
	market_time told_after; /* the notification, after the outcome */
	int64_t units_short;
} behaviour;

static const behaviour charges[] = {
	{.word = "", .first = MARKET_PROVIDER_OK, .result = MARKET_PROVIDER_OK},
	{.word = "declined",
     .first = MARKET_PROVIDER_DECLINED,
     .result = MARKET_PROVIDER_DECLINED,
     .reason = "declined"},
	{.word = "insufficient",
     .first = MARKET_PROVIDER_DECLINED,
     .result = MARKET_PROVIDER_DECLINED,
     .reason = "insufficient funds"},
	{.word = "failed",
     .first = MARKET_PROVIDER_FAILED,
     .result = MARKET_PROVIDER_FAILED,
     .reason = "try again"},
	{.word = "unknown",
     .first = MARKET_PROVIDER_UNKNOWN,
     .result = MARKET_PROVIDER_OK,
     .told_after = MK_HOUR},
	{.word = "unknown_lost", .first = MARKET_PROVIDER_UNKNOWN, .lost = true},
	{.word = "delayed",
     .first = MARKET_PROVIDER_PENDING,
     .result = MARKET_PROVIDER_OK,
     .after = MK_HOUR,
     .expires = 2 * MK_HOUR},
	{.word = "late",
     .first = MARKET_PROVIDER_PENDING,
     .result = MARKET_PROVIDER_OK,
     .after = 2 * MK_HOUR},
	{.word = "duplicate", .first = MARKET_PROVIDER_OK, .result = MARKET_PROVIDER_OK, .twice = true},
	{.word = "out_of_order",
     .first = MARKET_PROVIDER_OK,
     .result = MARKET_PROVIDER_OK,
     .disordered = true},
	{.word = "authorise",
     .first = MARKET_PROVIDER_AUTHORISED,
     .result = MARKET_PROVIDER_AUTHORISED,
     .expires = 7 * MK_DAY},
	{.word = "void_fails",
     .first = MARKET_PROVIDER_AUTHORISED,
     .result = MARKET_PROVIDER_AUTHORISED,
     .expires = 7 * MK_DAY},
	{.word = "refund_fails", .first = MARKET_PROVIDER_OK, .result = MARKET_PROVIDER_OK},
	{.word = "refund_fails_once", .first = MARKET_PROVIDER_OK, .result = MARKET_PROVIDER_OK},
	{.word = "refund_unknown", .first = MARKET_PROVIDER_OK, .result = MARKET_PROVIDER_OK},
	{.word = "refund_bounces", .first = MARKET_PROVIDER_OK, .result = MARKET_PROVIDER_OK},
	{.word = "refund_amount", .first = MARKET_PROVIDER_OK, .result = MARKET_PROVIDER_OK},
	{.word = "unpaid",
     .first = MARKET_PROVIDER_PENDING,
     .result = MARKET_PROVIDER_FAILED,
     .after = 3 * MK_DAY,
     .expires = 3 * MK_DAY,
     .reason = "not paid"},
	{.word = "amount",
     .first = MARKET_PROVIDER_PENDING,
     .result = MARKET_PROVIDER_OK,
     .after = MK_DAY,
     .expires = 3 * MK_DAY,
     .units_short = 1},
};
/* A voucher is paid at a bank's counter some day. */
static const behaviour voucher = {.word = "",
                                  .first = MARKET_PROVIDER_PENDING,
                                  .result = MARKET_PROVIDER_OK,
                                  .after = MK_DAY,
                                  .expires = 3 * MK_DAY};
static const behaviour unheard_of = {.first = MARKET_PROVIDER_DECLINED,
                                     .result = MARKET_PROVIDER_DECLINED,
                                     .reason = "unknown method"};
static const behaviour done = {.first = MARKET_PROVIDER_OK, .result = MARKET_PROVIDER_OK};
static const behaviour one_short = {
	.first = MARKET_PROVIDER_OK, .result = MARKET_PROVIDER_OK, .units_short = 1};
static const behaviour not_done = {
	.first = MARKET_PROVIDER_FAILED, .result = MARKET_PROVIDER_FAILED, .reason = "refused"};
static const behaviour silent = {
	.first = MARKET_PROVIDER_UNKNOWN, .result = MARKET_PROVIDER_OK, .told_after = MK_HOUR};

static int sandbox_send(const market_provider_request *request, market_provider_answer *answer,
                        void *user_data, market_error *err);
static int sandbox_query(const market_provider_request *request, market_provider_answer *answer,
                         void *user_data, market_error *err);
static int carry_out(mk_sandbox *s, const market_provider_request *request,
                     market_provider_answer *answer, market_error *err);
static bool is_first(const market_provider_request *request);
static const behaviour *behave(const market_provider_request *request, const char *method);
static const behaviour *behave_charge(const char *method, const char *word);
static const char *word_of(const char *method);
static void fill(const mk_sandbox_request *request, int32_t result, market_provider_answer *answer);
static size_t write_notices(mk_sandbox *s, const mk_sandbox_request *request, const behaviour *b,
                            mk_sandbox_notice *notices);
static int32_t event_type(int64_t kind, int32_t result);

int mk_sandbox_provider(market *m, market_payment_provider *out, market_error *err)
{
	mk_sandbox *s = mk_allocate_zero(&m->allocator, sizeof(*s));

	if (!s)
		return mk_error_no_memory(err);
	s->market = m;
	pthread_mutex_init(&s->lock, NULL);
	mk_arena_init(&s->arena, &m->allocator);
	*out = (market_payment_provider){
		.size = sizeof(*out),
		.name = MK_SANDBOX,
		.user_data = s,
		.send = sandbox_send,
		.query = sandbox_query,
		.verify = mk_sandbox_verify,
		.destroy = mk_sandbox_close,
	};
	return 0;
}

static int sandbox_send(const market_provider_request *request, market_provider_answer *answer,
                        void *user_data, market_error *err)
{
	mk_sandbox *s = user_data;
	mk_sandbox_request *known = NULL;
	int rc;

	pthread_mutex_lock(&s->lock);
	rc = mk_sandbox_open(s, err);
	if (rc == 0)
		rc = mk_sandbox_find(s, request->key, &known, err);
	if (rc == 0 && known)
		fill(known, (int32_t)(request->now >= known->known_at ? known->result : known->first),
		     answer);
	else if (rc == 0)
		rc = carry_out(s, request, answer, err);
	pthread_mutex_unlock(&s->lock);
	return rc;
}

static int sandbox_query(const market_provider_request *request, market_provider_answer *answer,
                         void *user_data, market_error *err)
{
	mk_sandbox *s = user_data;
	mk_sandbox_request *known = NULL;
	int rc;

	pthread_mutex_lock(&s->lock);
	rc = mk_sandbox_open(s, err);
	if (rc == 0)
		rc = mk_sandbox_find(s, request->key, &known, err);
	if (rc == 0 && known) {
		fill(known,
		     (int32_t)(request->now >= known->known_at ? known->result : MARKET_PROVIDER_PENDING),
		     answer);
	} else if (rc == 0) {
		answer->result = MARKET_PROVIDER_FAILED;
		mk_sandbox_copy(answer->reason, sizeof(answer->reason), "never seen");
	}
	pthread_mutex_unlock(&s->lock);
	return rc;
}

void mk_sandbox_close(void *user_data)
{
	mk_sandbox *s = user_data;
	const market_allocator allocator = s->market->allocator;

	mk_store_close(s->store);
	mk_mac_close(s->mac);
	mk_arena_close(&s->arena);
	mk_wipe(s->secret, sizeof(s->secret));
	pthread_mutex_destroy(&s->lock);
	mk_release(&allocator, s);
}

static int carry_out(mk_sandbox *s, const market_provider_request *request,
                     market_provider_answer *answer, market_error *err)
{
	mk_sandbox_notice notices[MOST_NOTICES];
	mk_sandbox_request *charge = NULL;
	mk_sandbox_request own = {
		.request_key = request->key,
		.kind = request->kind,
		.object = request->object,
		.amount = request->amount,
		.method = request->target ? request->target : "",
	};
	const behaviour *b;
	size_t count;
	int rc = 0;

	if (request->kind == MARKET_REQUEST_CAPTURE || request->kind == MARKET_REQUEST_VOID ||
	    request->kind == MARKET_REQUEST_REFUND) {
		rc = mk_sandbox_find_reference(s, request->target, &charge, err);
		if (rc != 0)
			return rc;
		own.method = charge ? charge->method : "";
	}
	b = behave(request, own.method);
	if (b->lost) {
		answer->result = b->first;
		return 0;
	}
	own.reference = request->kind != MARKET_REQUEST_REFUND && charge
	                    ? charge->reference
	                    : mk_arena_format(&s->arena, "sb_%s", request->key);
	own.first = b->first;
	own.result = b->result;
	own.known_at = request->now + b->after;
	own.expires = b->expires != 0 ? request->now + b->expires : 0;
	own.reason = b->reason;
	if (b->units_short > 0)
		own.amount = mk_money_sub(own.amount, mk_money(b->units_short, own.amount.currency));
	count = write_notices(s, &own, b, notices);
	if (s->arena.failed)
		return mk_error_no_memory(err);
	rc = mk_sandbox_keep(s, &own, notices, count, err);
	if (rc == 0)
		fill(&own, b->first, answer);
	return rc;
}

/* Its first attempt: keys end with the attempt's number. */
static bool is_first(const market_provider_request *request)
{
	const char *attempt = strrchr(request->key, ':');

	return attempt && strcmp(attempt, ":1") == 0;
}

static const behaviour *behave(const market_provider_request *request, const char *method)
{
	const char *word = word_of(method);

	switch (request->kind) {
	case MARKET_REQUEST_CHARGE:
		return behave_charge(method, word);
	case MARKET_REQUEST_REFUND:
		if (strcmp(word, "refund_fails") == 0 ||
		    (strcmp(word, "refund_fails_once") == 0 && is_first(request)))
			return &not_done;
		if (strcmp(word, "refund_amount") == 0)
			return &one_short;
		return strcmp(word, "refund_unknown") == 0 ? &silent : &done;
	case MARKET_REQUEST_VOID:
		return strcmp(word, "void_fails") == 0 ? &not_done : &done;
	case MARKET_REQUEST_PAYOUT:
		if (strcmp(word, "fails") == 0)
			return &not_done;
		if (strcmp(word, "amount") == 0)
			return &one_short;
		return strcmp(word, "unknown") == 0 ? &silent : &done;
	default:
		return &done;
	}
}

static const behaviour *behave_charge(const char *method, const char *word)
{
	if (strcmp(method, "boleto") == 0)
		return &voucher;
	for (size_t i = 0; i < sizeof(charges) / sizeof(charges[0]); i++)
		if (strcmp(charges[i].word, word) == 0)
			return &charges[i];
	return &unheard_of;
}

static const char *word_of(const char *method)
{
	const char *colon = strrchr(method, ':');

	return colon ? colon + 1 : "";
}

static void fill(const mk_sandbox_request *request, int32_t result, market_provider_answer *answer)
{
	answer->result = result;
	answer->expires = request->expires;
	if (result == MARKET_PROVIDER_UNKNOWN)
		return;
	mk_sandbox_copy(answer->reference, sizeof(answer->reference), request->reference);
	if (request->reason && result != MARKET_PROVIDER_PENDING)
		mk_sandbox_copy(answer->reason, sizeof(answer->reason), request->reason);
	if (result == MARKET_PROVIDER_OK)
		answer->amount = request->amount;
}

static size_t write_notices(mk_sandbox *s, const mk_sandbox_request *r, const behaviour *b,
                            mk_sandbox_notice *notices)
{
	const char *word = word_of(r->method);
	int32_t type = event_type(r->kind, b->result);
	market_money none = {0, ""};
	size_t n = 0;

	if (type == 0)
		return 0;
	notices[n++] = (mk_sandbox_notice){.due_at = r->known_at + b->told_after,
	                                   .body = mk_sandbox_body(s, r, type, r->known_at, none)};
	if (b->twice) {
		notices[n] = notices[0];
		notices[n++].due_at += MK_MINUTE;
	}
	if (b->disordered)
		notices[n++] = (mk_sandbox_notice){
			.due_at = r->known_at + MK_MINUTE,
			.body = mk_sandbox_body(s, r, MARKET_EVENT_AUTHORISED, r->known_at - MK_MINUTE, none)};
	/* a day later it pays out what it took, less 0.6 % */
	if (type == MARKET_EVENT_CAPTURED && b->units_short == 0)
		notices[n++] = (mk_sandbox_notice){
			.due_at = r->known_at + MK_DAY,
			.body = mk_sandbox_body(s, r, MARKET_EVENT_SETTLED, r->known_at + MK_DAY,
		                            mk_money_rate(r->amount, 6000, MK_HALF_UP))};
	if (type == MARKET_EVENT_REFUNDED && strcmp(word, "refund_bounces") == 0)
		notices[n++] = (mk_sandbox_notice){
			.due_at = r->known_at + MK_DAY,
			.body = mk_sandbox_body(s, r, MARKET_EVENT_REFUND_FAILED, r->known_at + MK_DAY, none)};
	if (type == MARKET_EVENT_PAID_OUT && strcmp(word, "returned") == 0)
		notices[n++] =
			(mk_sandbox_notice){.due_at = r->known_at + 2 * MK_DAY,
		                        .body = mk_sandbox_body(s, r, MARKET_EVENT_PAYOUT_RETURNED,
		                                                r->known_at + 2 * MK_DAY, none)};
	return n;
}

static int32_t event_type(int64_t kind, int32_t result)
{
	bool ok = result == MARKET_PROVIDER_OK;

	if (kind == MARKET_REQUEST_REFUND)
		return ok ? MARKET_EVENT_REFUNDED : MARKET_EVENT_REFUND_FAILED;
	if (kind == MARKET_REQUEST_PAYOUT)
		return ok ? MARKET_EVENT_PAID_OUT : MARKET_EVENT_PAYOUT_FAILED;
	if (kind == MARKET_REQUEST_VOID)
		return ok ? MARKET_EVENT_VOIDED : 0; /* nothing has changed */
	if (result == MARKET_PROVIDER_AUTHORISED)
		return MARKET_EVENT_AUTHORISED;
	return ok ? MARKET_EVENT_CAPTURED : MARKET_EVENT_FAILED;
}
