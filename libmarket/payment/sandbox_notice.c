/* The sandbox's notifications: JSON bodies, signed with HMAC-SHA256 over their time and text. */
#include <string.h>

#include "libmarket/engine/market.h"
#include "libmarket/payment/sandbox.h"
#include "libmarket/payment/signature.h"

/* A body as it travels. */
typedef struct message {
	const char *event;
	int32_t type;
	const char *payment;
	const char *key;
	const char *reference;
	const char *reason;
	market_money amount;
	market_money fee;
	market_time occurred_at;
	market_time expires;
} message;

static const mk_enum_value event_values[] = {
	{MARKET_EVENT_AUTHORISED, "authorised", "a charge is authorised"},
	{MARKET_EVENT_CAPTURED, "captured", "the money is taken"},
	{MARKET_EVENT_FAILED, "failed", "a charge was declined or failed"},
	{MARKET_EVENT_REFUNDED, "refunded", "money went back to the buyer"},
	{MARKET_EVENT_REFUND_FAILED, "refund_failed", "it couldn't, or came back"},
	{MARKET_EVENT_PAID_OUT, "paid_out", "a payout is paid"},
	{MARKET_EVENT_PAYOUT_FAILED, "payout_failed", "it couldn't be"},
	{MARKET_EVENT_PAYOUT_RETURNED, "payout_returned", "the bank sent it back"},
	{MARKET_EVENT_SETTLED, "settled", "the provider has paid out what it took"},
	{MARKET_EVENT_VOIDED, "voided", "an authorisation is given up"},
	{0, NULL, NULL},
};
const mk_enum mk_sandbox_event_enum = {"sandbox_event", event_values};

static const mk_field message_fields[] = {
	MK_F_TEXT(message, event, MK_REQUIRED, 1, MARKET_PROVIDER_TEXT_SIZE - 1, "its permanent name"),
	MK_F_ENUM(message, type, mk_sandbox_event_enum, MK_REQUIRED, "what happened"),
	MK_F_TEXT(message, payment, 0, 1, MARKET_ID_TEXT_SIZE - 1, "to which payment"),
	MK_F_TEXT(message, key, 0, 1, MARKET_PROVIDER_TEXT_SIZE - 1, "to which request"),
	MK_F_TEXT(message, reference, 0, 1, MARKET_PROVIDER_TEXT_SIZE - 1, "the provider's"),
	MK_F_TEXT(message, reason, 0, 1, MARKET_PROVIDER_TEXT_SIZE - 1, "of a failure"),
	MK_F_MONEY(message, amount, 0, 0, 0, "how much"),
	MK_F_MONEY(message, fee, 0, 0, 0, "what the provider keeps"),
	MK_F_TIME(message, occurred_at, 0, "when"),
	MK_F_TIME(message, expires, 0, "of an authorisation"),
};
static const mk_record message_record =
	MK_RECORD_OF("sandbox_message", message, message_fields, "a notification's body");

static int enter(market *m, mk_sandbox **out, market_error *err);
static void leave(mk_sandbox *s);
static char *signature_text(mk_sandbox *s, const char *body, market_time now, market_error *err);

const char *mk_sandbox_body(mk_sandbox *s, const mk_sandbox_request *request, int32_t type,
                            market_time at, market_money fee)
{
	bool charge = request->kind == MARKET_REQUEST_CHARGE || request->kind == MARKET_REQUEST_CAPTURE;
	message m = {
		.event = mk_arena_format(&s->arena, "evt_%s_%s", mk_enum_name(&mk_sandbox_event_enum, type),
	                             request->request_key),
		.type = type,
		.payment = charge ? request->object : NULL,
		.key = request->request_key,
		.reference = request->reference,
		.reason = type == MARKET_EVENT_REFUND_FAILED || type == MARKET_EVENT_PAYOUT_RETURNED
	                  ? (request->reason ? request->reason : "came back")
	                  : request->reason,
		.amount = request->amount,
		.fee = fee,
		.occurred_at = at,
		.expires = type == MARKET_EVENT_AUTHORISED ? request->expires : 0,
	};
	const char *body = NULL;
	mk_text text;

	mk_text_init(&text, s->arena.allocator, MK_MAX_JSON);
	mk_json_write(&message_record, &m, 0, &text);
	if (text.failed)
		s->arena.failed = true;
	else
		body = mk_arena_text_n(&s->arena, text.data, text.size);
	mk_text_close(&text);
	return body;
}

int mk_sandbox_verify(const char *body, size_t size, const char *signature, market_time now,
                      market_time tolerance, market_provider_event *event, void *user_data,
                      market_error *err)
{
	mk_sandbox *s = user_data;
	const message *m = NULL;
	void *parsed = NULL;
	int rc;

	pthread_mutex_lock(&s->lock);
	rc = mk_sandbox_open(s, err);
	if (rc == 0)
		rc = mk_signature_check(s->mac, body, size, signature, now, tolerance, err);
	if (rc == 0) {
		rc = mk_json_read(&message_record, body, size, &s->arena, &parsed, NULL, err);
		if (rc == 0)
			rc = mk_record_check(&message_record, parsed, &s->arena, (const void **)&m, err);
		if (rc != 0)
			mk_error_prefix(err, "body");
	}
	if (rc == 0) {
		event->type = m->type;
		mk_sandbox_copy(event->event, sizeof(event->event), m->event);
		mk_sandbox_copy(event->payment, sizeof(event->payment), m->payment);
		mk_sandbox_copy(event->key, sizeof(event->key), m->key);
		mk_sandbox_copy(event->reference, sizeof(event->reference), m->reference);
		mk_sandbox_copy(event->reason, sizeof(event->reason), m->reason);
		event->amount = m->amount;
		event->fee = m->fee;
		event->occurred_at = m->occurred_at;
		event->expires = m->expires;
	}
	pthread_mutex_unlock(&s->lock);
	return rc;
}

void mk_sandbox_copy(char *to, size_t size, const char *from)
{
	size_t length = from ? strlen(from) : 0;

	if (length >= size)
		length = size - 1;
	if (length > 0)
		memcpy(to, from, length);
	to[length] = '\0';
}

int market_sandbox_next_notification(market *m, market_time now, int64_t *number, char **body,
                                     char **signature, market_error *err)
{
	mk_sandbox *s = NULL;
	mk_sandbox_notice *notice = NULL;
	int rc;

	if (!number || !body || !signature)
		return mk_error_set(err, MARKET_EMISUSE,
		                    "places for number, body and signature are needed");
	*number = 0;
	*body = *signature = NULL;
	rc = enter(m, &s, err);
	if (rc == 0)
		rc = mk_sandbox_next(s, now, &notice, err);
	if (rc == 0 && notice) {
		*signature = signature_text(s, notice->body, now, err);
		*body = mk_record_pack_text(notice->body, strlen(notice->body), &m->allocator);
		*number = notice->id.id;
		if (!*signature || !*body) {
			mk_record_free(*signature);
			mk_record_free(*body);
			*signature = *body = NULL;
			rc = mk_error_no_memory(err);
		}
	}
	leave(s);
	return rc;
}

int market_sandbox_acknowledge(market *m, int64_t number, market_error *err)
{
	mk_sandbox *s = NULL;
	int rc = enter(m, &s, err);

	if (rc == 0)
		rc = mk_sandbox_acknowledge(s, number, err);
	leave(s);
	return rc;
}

int market_sandbox_sign(market *m, const char *body, market_time now, char **signature,
                        market_error *err)
{
	mk_sandbox *s = NULL;
	int rc;

	if (!body || !signature)
		return mk_error_set(err, MARKET_EMISUSE, "a body and a place for the signature are needed");
	*signature = NULL;
	rc = enter(m, &s, err);
	if (rc == 0) {
		*signature = signature_text(s, body, now, err);
		rc = *signature ? 0 : mk_error_no_memory(err);
	}
	leave(s);
	return rc;
}

int market_sandbox_next_due(market *m, market_time *due, market_error *err)
{
	mk_sandbox *s = NULL;
	int rc;

	if (!due)
		return mk_error_set(err, MARKET_EMISUSE, "a place for the time is needed");
	rc = enter(m, &s, err);
	if (rc == 0)
		rc = mk_sandbox_due(s, due, err);
	leave(s);
	return rc;
}

/* Takes the sandbox's lock once there is a sandbox. */
static int enter(market *m, mk_sandbox **out, market_error *err)
{
	const market_payment_provider *provider = m ? mk_provider_find(m, MK_SANDBOX) : NULL;

	if (!m)
		return mk_error_set(err, MARKET_EMISUSE, "a market is needed");
	if (!provider || provider->destroy != mk_sandbox_close)
		return mk_provider_absent(MK_SANDBOX, err);
	*out = provider->user_data;
	pthread_mutex_lock(&(*out)->lock);
	return mk_sandbox_open(*out, err);
}

static void leave(mk_sandbox *s)
{
	if (s)
		pthread_mutex_unlock(&s->lock);
}

static char *signature_text(mk_sandbox *s, const char *body, market_time now, market_error *err)
{
	const char *text = mk_signature_make(s->mac, body, now, &s->arena, err);

	return text ? mk_record_pack_text(text, strlen(text), &s->market->allocator) : NULL;
}
