/*
 * For those who extend a market: payment providers, and checks of listings.
 *
 * Since 0.1.
 */
#ifndef MARKET_PLUGIN_H
#define MARKET_PLUGIN_H

#include <market/error.h>
#include <market/listing.h>
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
	/*
	 * - charge: the method
	 * - capture, void, refund: the charge's reference; NULL while the provider has told none
	 * - payout: "<payout account's identifier> <bank>". The account's number stays sealed (SEL-10).
	 *   A provider that needs it opens a session of its own for an operator with
	 *   MARKET_RIGHT_SEALED and calls payout_account.reveal for that account and its seller, whose
	 *   identifier has the book of the account's as both of its numbers; that look is journalled.
	 */
	const char *target;
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
	MARKET_EVENT_SETTLED, /* the payment's money is on its way to the bank; `fee` is kept */
	MARKET_EVENT_VOIDED   /* an authorisation was given up as asked */
} market_provider_event_type;

/* What a notification says, once it is verified and read. */
typedef struct market_provider_event {
	uint32_t size;
	int32_t type;                          /* a market_provider_event_type */
	char event[MARKET_PROVIDER_TEXT_SIZE]; /* the provider's own permanent name of the event */
	char payment[MARKET_ID_TEXT_SIZE];     /* the text of the payment's identifier; may be empty */
	char key[MARKET_PROVIDER_TEXT_SIZE]; /* the request's key; may be empty for a payment's event */
	char reference[MARKET_PROVIDER_TEXT_SIZE]; /* of the money; SETTLED: of the settlement */
	char reason[MARKET_PROVIDER_TEXT_SIZE];
	market_money amount; /* CAPTURED: always */
	market_money fee;
	market_time occurred_at;
	market_time expires; /* AUTHORISED */
} market_provider_event;

/*
 * A payment provider. All functions may be called from any thread, several at once, outside of
 * transactions, except `verify`, which is called inside one and must not block, nor call the
 * library (EMISUSE); the others may, by sessions of their own.
 *
 * They return 0 or a negative MARKET_E… code; an error of `send` or `query` counts as an unknown
 * outcome. `err` is never NULL and comes empty; the code alone is enough, the rest is for people.
 * What they fill comes empty too. Texts end with a NUL and are UTF-8. An answer that can't be, with
 * a result or a currency that doesn't exist or a reference that isn't UTF-8, counts as unknown; an
 * event like that is refused with EINVALID.
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
 * used; requests stay with the one that they were made for. Call it before other threads use the
 * market. While a provider isn't registered, payment.start and payment.notify are refused with
 * EPROVIDER and its requests wait. Errors: EINVALID, EEXISTS, ENOMEM. */
MARKET_API int market_provider_register(struct market *market,
                                        const market_payment_provider *provider, market_error *err);

/*
 * The built-in provider "sandbox". It behaves as a real one, keeps its memory in a file of its own
 * beside the store (`<path>.sandbox`; for PostgreSQL beside the keys, `./<database>.sandbox`; in
 * memory for a store in memory) and moves no money. market_open registers it when a policy of the
 * store names it, as the built-in policy does; otherwise there is none, nor its secret. The method
 * decides:
 *
 * - `card`, `wallet`, `instant`: captured at once
 * - `card:declined`: declined
 * - `card:insufficient`: declined for want of funds
 * - `card:failed`: fails at the provider; a new attempt may succeed
 * - `card:unknown`: no answer, though it was captured; a query finds it
 * - `card:unknown_lost`: no answer, and it never arrived; a query finds that
 * - `card:delayed`: pending; captured an hour later
 * - `card:late`: pending; captured two hours later, with nobody told how long it may take
 * - `card:duplicate`: captured; the notification comes twice
 * - `card:out_of_order`: captured; "authorised" arrives after "captured"
 * - `card:authorise`: authorised for seven days, captured by a request of its own
 * - `card:void_fails`: the same; it can't be voided
 * - `card:refund_fails`: captured; its refunds fail
 * - `card:refund_fails_once`: captured; a refund fails, and its next attempt succeeds
 * - `card:refund_unknown`: captured; a refund's answer is lost, a query finds it done
 * - `card:refund_bounces`: captured; its refunds come back a day later
 * - `card:refund_amount`: captured; its refunds are one unit short
 * - `boleto`: pending for three days; captured after one
 * - `boleto:unpaid`: pending for three days, then failed
 * - `boleto:amount`: captured after a day, one unit short
 *
 * and so on for other methods before the colon. An unknown word behind it is declined. The bank of
 * a payout account decides over payouts: `…:fails` fails, `…:unknown` has no answer and a query
 * finds it paid, `…:returned` is paid and comes back two days later, `…:amount` is paid one unit
 * short; any other is paid.
 */

/* Registers the sandbox for a policy that is yet to be published. Errors: EEXISTS, ENOMEM. */
MARKET_API int market_sandbox_register(struct market *market, market_error *err);

/* The first notification that the sandbox has sent by `now` and that nobody has acknowledged:
 * `body` and `signature` are freed with market_text_free; both NULL when there is none. An
 * application's webhook would receive them; a test or demonstration hands them to payment.notify
 * and then acknowledges `number`. Errors: EMISUSE, EPROVIDER (the sandbox isn't registered). */
MARKET_API int market_sandbox_next_notification(struct market *market, market_time now,
                                                int64_t *number, char **body, char **signature,
                                                market_error *err);

/* The notification was taken, as a webhook says with its answer: it isn't sent again. One that
 * isn't acknowledged is, as by a real provider. Again changes nothing. Errors: EMISUSE, EPROVIDER.
 */
MARKET_API int market_sandbox_acknowledge(struct market *market, int64_t number, market_error *err);

/* Signs a body as the sandbox would at `now`: for tests and benchmarks that write notifications of
 * their own. Freed with market_text_free. */
MARKET_API int market_sandbox_sign(struct market *market, const char *body, market_time now,
                                   char **signature, market_error *err);

/* When the first notification that isn't acknowledged falls due, 0: none is planned. */
MARKET_API int market_sandbox_next_due(struct market *market, market_time *due, market_error *err);

/* ---- checks of listings (CAT-4) ---- */

/* What a hook sees: all that the rules saw. It lives during the call. */
typedef struct market_listing_view {
	uint32_t size;
	const char *object;   /* the text of the product's or offer's identifier; NULL: not stored */
	const char *seller;   /* of the seller's identifier; NULL: the platform */
	const char *category; /* its path: "/media/books/"; NULL: none */
	const char *locale;   /* of messages; NULL: none was asked for */
	const market_listing_text *const *texts;
	size_t n_texts;
	const market_listing_price *const *prices;
	size_t n_prices;
	int64_t n_images;
} market_listing_view;

/* Where a hook's findings go. */
typedef struct market_listing_findings market_listing_findings;

/*
 * Looks at a listing after all rules of the policy and may add findings; those that block veto it.
 * `check` runs while the operation plans, maybe more than once, on any thread; it must be quick and
 * may not call the library but for market_listing_findings_add: any other call is refused with
 * EMISUSE. It returns 0 or a negative MARKET_E… code; a failure is a finding itself, a review.
 */
typedef struct market_listing_hook {
	uint32_t size;
	const char *name;
	void *user_data;
	int (*check)(const market_listing_view *listing, market_listing_findings *findings,
	             void *user_data, market_error *err);
	void (*destroy)(void *user_data); /* at market_close; may be NULL */
} market_listing_hook;

/* Adds a hook under its name; the struct and its name are copied. Hooks run in the order in which
 * they were added. Call it before other threads use the market. Errors: EINVALID, EEXISTS, ENOMEM.
 * Since 0.1. */
MARKET_API int market_listing_hook_register(struct market *market, const market_listing_hook *hook,
                                            market_error *err);

/* Adds a finding; it is copied. `rule` and `severity` are needed; `field` should be one of the
 * view's, `offset` and `length` within its text. `pack`, `stage`, `characters` and `found` are set
 * by the library. Errors: EINVALID, ENOMEM. Since 0.1. */
MARKET_API int market_listing_findings_add(market_listing_findings *findings,
                                           const market_listing_finding *finding,
                                           market_error *err);

/* ---- choice of a warehouse (CAT-7) ---- */

/* What a seller has of one SKU in one warehouse. All texts live during the call. */
typedef struct market_warehouse_stock {
	const char *warehouse; /* the text of its identifier */
	const char *country;   /* ISO 3166-1; NULL: not stated */
	int64_t available;     /* pieces that nobody has reserved */
} market_warehouse_stock;

/* One item of a checkout. The hook sets `chosen`. */
typedef struct market_warehouse_item {
	const char *sku, *seller; /* the texts of their identifiers */
	int64_t quantity;
	const market_warehouse_stock *stocks; /* the oldest warehouse first */
	size_t n_stocks;
	int64_t chosen; /* the place of one of `stocks`; comes as -1: the library chooses */
} market_warehouse_item;

typedef struct market_warehouse_question {
	uint32_t size;
	const char *country; /* where the goods go; NULL: nobody knows */
	market_warehouse_item *items;
	size_t n_items;
} market_warehouse_question;

/*
 * Chooses a warehouse for each item of a checkout, where the policy says `warehouse_choice: hook`.
 * `choose` runs while the order is planned, maybe more than once, on any thread; it must be quick
 * and may not call the library: that is refused with EMISUSE. Items of one SKU share its stock, and
 * a warehouse that the buyer names stays. The oldest warehouse that has enough serves an item for
 * which nothing is chosen or what is chosen hasn't enough, and all items when the hook gives an
 * error or none is registered; an error and a choice that isn't there are logged as warnings.
 */
typedef struct market_warehouse_hook {
	uint32_t size;
	void *user_data;
	int (*choose)(market_warehouse_question *question, void *user_data, market_error *err);
	void (*destroy)(void *user_data); /* at market_close; may be NULL */
} market_warehouse_hook;

/* Sets the hook; the struct is copied. A market has one. Call it before other threads use the
 * market. Errors: EINVALID, EEXISTS, ENOMEM. Since 0.1. */
MARKET_API int market_warehouse_hook_register(struct market *market,
                                              const market_warehouse_hook *hook, market_error *err);

#ifdef __cplusplus
}
#endif
#endif
