/* Calls of a provider. What it tells is checked like params before anything is made of it. */
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/payment/provider.h"

/* What an answer and an event have in common. */
typedef struct told {
	const char *event;
	const char *payment;
	const char *key;
	const char *reference;
	const char *reason;
	market_money amount;
	market_money fee;
	market_time occurred_at;
	market_time expires;
} told;

#define TOLD_TEXT(member, summary) \
	MK_F_TEXT(told, member, 0, 1, MARKET_PROVIDER_TEXT_SIZE - 1, summary)
static const mk_field told_fields[] = {
	TOLD_TEXT(event, "the event's permanent name"),
	TOLD_TEXT(payment, "of which payment"),
	TOLD_TEXT(key, "of which request"),
	TOLD_TEXT(reference, "the provider's"),
	MK_F_TEXT(told, reason, MK_MULTILINE, 1, MARKET_PROVIDER_TEXT_SIZE - 1, "of a failure"),
	MK_F_MONEY(told, amount, 0, 0, 0, "how much"),
	MK_F_MONEY(told, fee, 0, 0, 0, "what the provider keeps"),
	MK_F_TIME(told, occurred_at, 0, "when"),
	MK_F_TIME(told, expires, 0, "until when"),
};
static const mk_record told_record = MK_RECORD_OF("told", told, told_fields, "what was told");

static int check_event(mk_ctx *ctx, market_provider_event *event, market_error *err);
static int check_answer(market *m, const market_payment_provider *provider,
                        market_provider_answer *answer, market_error *err);
static int failed(const char *name, int rc, market_error *err);
static bool readable(char *text, size_t size);
static const char *ended(char *text, size_t size);
static const char *for_people(char *text, size_t size);

int mk_provider_verify(mk_ctx *ctx, const market_payment_provider *provider,
                       const market_payment_notify_params *in, market_provider_event *event,
                       market_error *err)
{
	market_error own;
	int rc;

	mk_error_clear(&own);
	*event = (market_provider_event){.size = sizeof(*event)};
	rc = provider->verify(in->body, strlen(in->body), in->signature, ctx->now,
	                      ctx->policy->payments->tolerance, event, provider->user_data, &own);
	rc = rc != 0 ? failed(provider->name, rc, &own) : check_event(ctx, event, &own);
	if (rc != 0 && err)
		*err = own;
	return rc;
}

int mk_provider_ask(market *m, const market_payment_provider *provider,
                    const market_provider_request *request, bool query,
                    market_provider_answer *answer, market_error *err)
{
	int rc;

	mk_error_clear(err);
	rc = (query ? provider->query : provider->send)(request, answer, provider->user_data, err);
	rc = rc != 0 ? failed(provider->name, rc, err) : check_answer(m, provider, answer, err);
	if (rc != 0)
		*answer =
			(market_provider_answer){.size = sizeof(*answer), .result = MARKET_PROVIDER_UNKNOWN};
	return rc;
}

static int check_event(mk_ctx *ctx, market_provider_event *event, market_error *err)
{
	told words = {
		.event = ended(event->event, sizeof(event->event)),
		.payment = ended(event->payment, sizeof(event->payment)),
		.key = ended(event->key, sizeof(event->key)),
		.reference = ended(event->reference, sizeof(event->reference)),
		.reason = for_people(event->reason, sizeof(event->reason)),
		.amount = event->amount,
		.fee = event->fee,
		.occurred_at = event->occurred_at,
		.expires = event->expires,
	};
	const void *checked;
	int rc;

	if (event->type < MARKET_EVENT_AUTHORISED || event->type > MARKET_EVENT_VOIDED ||
	    !words.event || mk_money_negative(event->amount) || mk_money_negative(event->fee))
		return mk_error_at(err, MARKET_EINVALID, "body",
		                   "the notification has no event of a known type");
	if (event->type == MARKET_EVENT_CAPTURED && !mk_money_positive(event->amount))
		return mk_error_at(err, MARKET_EINVALID, "body",
		                   "the notification doesn't say how much was captured");
	rc = mk_record_check(&told_record, &words, ctx->arena, &checked, err);
	if (rc != 0 && rc != MARKET_ENOMEM)
		rc = mk_error_at(err, MARKET_EINVALID, "body", "the notification's %s", err->message);
	return rc;
}

static int check_answer(market *m, const market_payment_provider *provider,
                        market_provider_answer *answer, market_error *err)
{
	told words = {
		.reference = ended(answer->reference, sizeof(answer->reference)),
		.reason = for_people(answer->reason, sizeof(answer->reason)),
		.amount = answer->amount,
		.expires = answer->expires,
	};
	const void *checked;
	mk_arena arena;
	int rc = 0;

	if (answer->result < MARKET_PROVIDER_OK || answer->result > MARKET_PROVIDER_UNKNOWN)
		return mk_error_set(err, MARKET_EPROVIDER, "provider %s answers with result %d",
		                    provider->name, answer->result);
	mk_arena_init(&arena, &m->allocator);
	rc = mk_record_check(&told_record, &words, &arena, &checked, err);
	mk_arena_close(&arena);
	if (rc != 0 && rc != MARKET_ENOMEM)
		rc = mk_error_set(err, MARKET_EPROVIDER, "provider %s answers: %s", provider->name,
		                  err->message);
	return rc;
}

/* A provider need fill no more than the code that it returns. */
static int failed(const char *name, int rc, market_error *err)
{
	if (rc > 0 || !market_error_name(rc))
		return mk_error_set(err, MARKET_EPROVIDER, "provider %s answers with %d", name, rc);
	if (!readable(err->message, sizeof(err->message)) ||
	    !readable(err->detail, sizeof(err->detail)) || !readable(err->hint, sizeof(err->hint)) ||
	    !readable(err->field, sizeof(err->field)) || !readable(err->object, sizeof(err->object)) ||
	    !err->message[0])
		return mk_error_set(err, rc, "provider %s: %s", name, market_error_summary(rc));
	err->code = rc;
	err->error_class = market_error_class_of(rc);
	return rc;
}

static bool readable(char *text, size_t size)
{
	text[size - 1] = '\0';
	return mk_utf8_valid(text, strlen(text));
}

static const char *ended(char *text, size_t size)
{
	text[size - 1] = '\0';
	return text[0] ? text : NULL;
}

/* A character that was cut in a buffer makes no answer unknown. */
static const char *for_people(char *text, size_t size)
{
	if (!readable(text, size))
		for (char *at = text; *at; at++)
			if ((unsigned char)*at < ' ' || (unsigned char)*at > '~')
				*at = '?';
	return text[0] ? text : NULL;
}
