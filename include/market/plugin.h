/*
 * For those who extend a market: payment providers.
 *
 * Since 0.1.
 */
#ifndef MARKET_PLUGIN_H
#define MARKET_PLUGIN_H

#include <market/error.h>
#include <market/payment.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market;

/* What is asked of a provider. The texts belong to the library and live during the call. */
typedef struct market_provider_request {
	uint32_t size;
	int32_t kind; /* a market_request_kind */
	const char
		*key; /* PAY-3: permanent; the same key is the same attempt, however often it comes */
	const char
		*object; /* what it is for: the text of a payment's, refund's or payout's identifier */
	const char *target; /* charge: the method; capture, refund: the charge's reference; payout: the
	                       account */
	market_money amount;
	market_time now;
} market_provider_request;

#define MARKET_PROVIDER_TEXT_SIZE 128

/* What it answers. The provider fills it. */
typedef struct market_provider_answer {
	uint32_t size;
	int32_t result; /* a market_provider_result */
	char reference[MARKET_PROVIDER_TEXT_SIZE];
	char reason[MARKET_PROVIDER_TEXT_SIZE];
	market_time expires; /* AUTHORISED, PENDING */
	market_money amount; /* OK: what was moved; absent: what was asked */
} market_provider_answer;

typedef enum market_provider_event_type {
	MARKET_EVENT_AUTHORISED = 1,
	MARKET_EVENT_CAPTURED,
	MARKET_EVENT_FAILED, /* a charge or capture was declined or failed */
	MARKET_EVENT_REFUNDED,
	MARKET_EVENT_REFUND_FAILED,
	MARKET_EVENT_PAID_OUT,
	MARKET_EVENT_PAYOUT_FAILED,
	MARKET_EVENT_PAYOUT_RETURNED,
	MARKET_EVENT_SETTLED /* the payment's money is on its way to the bank; `fee` is kept */
} market_provider_event_type;

/* What a notification says, once it is verified and read. */
typedef struct market_provider_event {
	uint32_t size;
	int32_t type;                          /* a market_provider_event_type */
	char event[MARKET_PROVIDER_TEXT_SIZE]; /* the provider's own permanent name of the event */
	char payment[MARKET_ID_TEXT_SIZE];     /* the text of the payment's identifier; may be empty */
	char key[MARKET_PROVIDER_TEXT_SIZE]; /* the request's key; may be empty for a payment's event */
	char reference[MARKET_PROVIDER_TEXT_SIZE];
	char reason[MARKET_PROVIDER_TEXT_SIZE];
	market_money amount;
	market_money fee;
	market_time occurred_at;
	market_time expires; /* AUTHORISED */
} market_provider_event;

/*
 * A payment provider. All functions may be called from any thread, outside of transactions, except
 * `verify`, which is called inside one and must not block. They return 0 or a negative MARKET_E…
 * code; an error of `send` or `query` counts as an unknown outcome.
 */
typedef struct market_payment_provider {
	uint32_t size;
	const char *name;
	void *user_data;
	/* Does what is asked. Idempotent by `request->key`. */
	int (*send)(const market_provider_request *request, market_provider_answer *answer,
	            void *user_data, market_error *err);
	/* What became of the request with that key. FAILED when the provider has never seen it. */
	int (*query)(const market_provider_request *request, market_provider_answer *answer,
	             void *user_data, market_error *err);
	/* Checks the signature in constant time and that its time is within `tolerance` of `now`, then
	 * reads the body. Errors: ESIGNATURE, EEXPIRED, ESYNTAX, EINVALID. */
	int (*verify)(const char *body, size_t size, const char *signature, market_time now,
	              market_time tolerance, market_provider_event *event, void *user_data,
	              market_error *err);
	void (*destroy)(void *user_data); /* at market_close; may be NULL */
} market_payment_provider;

/* Adds a provider under its name; the struct and its name are copied. The policy says which one is
 * used. Call it before other threads use the market. Errors: EINVALID, EEXISTS, ENOMEM. */
MARKET_API int market_provider_register(struct market *market,
                                        const market_payment_provider *provider, market_error *err);

/*
 * The built-in provider "sandbox". It behaves as a real one, keeps its memory in a file of its own
 * beside the store (`<path>.sandbox`; for PostgreSQL beside the keys, `./<database>.sandbox`; in
 * memory for a store in memory) and moves no money. The method decides:
 *
 *   card, wallet, instant       captured at once
 *   card:declined               declined
 *   card:insufficient           declined for want of funds
 *   card:failed                 fails at the provider; a new attempt may succeed
 *   card:unknown                no answer, though it was captured; a query finds it
 *   card:unknown_lost           no answer, and it never arrived; a query finds that
 *   card:delayed                pending; captured an hour later
 *   card:late                   pending; captured two hours later, with nobody told how long it may
 * take card:duplicate              captured; the notification comes twice card:out_of_order
 * captured; "authorised" arrives after "captured" card:authorise              authorised for seven
 * days, captured by a request of its own card:refund_fails           captured; its refunds fail
 *   card:refund_unknown         captured; a refund's answer is lost, a query finds it done
 *   boleto                      pending for three days; captured after one
 *   boleto:unpaid               pending for three days, then failed
 *   boleto:amount               captured after a day, one unit short
 *   payout                      paid
 *   payout:fails                fails
 *   payout:unknown              no answer; a query finds it paid
 *   payout:returned             paid; comes back two days later
 *
 * and so on for other methods before the colon. An unknown word behind it is declined.
 */

/* The next notification that the sandbox has sent by `now`, each once: `body` and `signature` are
 * freed with market_text_free; both NULL when there is none. An application's webhook would receive
 * them; a test or demonstration hands them to payment.notify. */
MARKET_API int market_sandbox_next_notification(struct market *market, market_time now, char **body,
                                                char **signature, market_error *err);

/* Signs a body as the sandbox would at `now`: for tests and benchmarks that write notifications of
 * their own. Freed with market_text_free. */
MARKET_API int market_sandbox_sign(struct market *market, const char *body, market_time now,
                                   char **signature, market_error *err);

/* When the next notification falls due, 0: none is planned. */
MARKET_API int market_sandbox_next_due(struct market *market, market_time *due, market_error *err);

#ifdef __cplusplus
}
#endif
#endif
