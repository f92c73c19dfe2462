/*
 * Payments of a checkout, their shares of seller orders, and what providers say of them.
 *
 * Since 0.1.
 */
#ifndef MARKET_PAYMENT_H
#define MARKET_PAYMENT_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

typedef enum market_payment_state {
	MARKET_PAYMENT_CREATED = 1, /* nothing was asked of the provider yet */
	MARKET_PAYMENT_PENDING,     /* an attempt is on its way; its outcome is open */
	MARKET_PAYMENT_AUTHORISED,  /* PAY-4: posts nothing */
	MARKET_PAYMENT_CAPTURED,
	MARKET_PAYMENT_FAILED, /* the last attempt was declined or failed: a new one may be started */
	MARKET_PAYMENT_CLOSED  /* not expected any more: its orders are closed or it was replaced */
} market_payment_state;

/* ORD-3: what one payment pays of one seller order. Shares of a payment sum to it exactly. */
typedef struct market_share {
	market_id id;
	market_id payment;
	market_id order;
	const char *currency;
	market_money amount;
	market_money captured;
	market_money refunded;     /* by refunds */
	market_money in_flight;    /* refunds requested, outcome open */
	market_money charged_back; /* lost or under chargeback */
	market_money payable;      /* PAY-2: captured for a closed order, owed to the buyer */
	market_money returned;     /* of it, back at the buyer */
	market_money fee;          /* PAY-5: the provider's fee for this share */
	market_money settled;      /* what the provider has settled, fee included */
	int64_t version;
} market_share;

/* A payment of a checkout. Belongs to the buyer. */
typedef struct market_payment {
	market_id id;
	market_id group;
	market_id buyer;
	const char *provider;
	const char *method; /* as the provider names it */
	const char *currency;
	market_money amount;
	int32_t state;
	int64_t attempt;       /* PAY-3: how often it was asked of the provider */
	market_id request;     /* of the last attempt */
	const char *reference; /* the provider's */
	const char *reason;    /* of the last failure */
	market_money fee;      /* PAY-5 */
	market_time created_at;
	market_time authorised_at;
	market_time authorisation_expires;
	market_time captured_at;
	market_time settled_at;
	int64_t version;
	const market_share *const *shares;
	size_t n_shares;
} market_payment;
MARKET_API void market_payment_free(market_payment *payment);

typedef struct market_payment_get_params {
	uint32_t size;
	const char *key;
	market_id payment;
} market_payment_get_params;
#define MARKET_PAYMENT_GET_PARAMS_INIT MARKET_INIT(market_payment_get_params)

/* One payment with its shares. By its buyer and operators with payments. Since 0.1. */
MARKET_API int market_payment_get(struct market_session *session,
                                  const market_payment_get_params *in, market_payment **out,
                                  market_error *err);

typedef struct market_payment_list_params {
	uint32_t size;
	const char *key;
	market_id group;
	const char *after;
	const int64_t *limit;
} market_payment_list_params;
#define MARKET_PAYMENT_LIST_PARAMS_INIT MARKET_INIT(market_payment_list_params)

typedef struct market_payment_page {
	const market_payment *const *items;
	size_t n_items;
	const char *next;
} market_payment_page;

/* The payments of a checkout, oldest first, without shares. By its buyer and operators with
 * payments. Errors: EINVALID (after). Since 0.1. */
MARKET_API int market_payment_list(struct market_session *session,
                                   const market_payment_list_params *in, market_payment_page **out,
                                   market_error *err);
MARKET_API void market_payment_page_free(market_payment_page *page);

/* `method` absent: the one given when the order was placed. */
typedef struct market_payment_start_params {
	uint32_t size;
	const char *key;
	market_id payment;
	const char *method;
} market_payment_start_params;
#define MARKET_PAYMENT_START_PARAMS_INIT MARKET_INIT(market_payment_start_params)

/* Asks the provider for the money: a request is queued, which market_work sends. When some of its
 * orders were closed meanwhile, the payment is replaced by one for the others, which is the result.
 * By its buyer and operators with payments.
 * Errors: EINFLIGHT (the last attempt's outcome is open), ESTATE, EMISSING (method), EPROVIDER (not
 * registered). Since 0.1. */
MARKET_API int market_payment_start(struct market_session *session,
                                    const market_payment_start_params *in, market_payment **out,
                                    market_error *err);

/* What became of a notification. */
typedef enum market_notification_result {
	MARKET_NOTIFICATION_APPLIED = 1,
	MARKET_NOTIFICATION_KNOWN,      /* it says what was known, or is out of order */
	MARKET_NOTIFICATION_LATE,       /* PAY-2: money for a closed order; goes back to the buyer */
	MARKET_NOTIFICATION_MISMATCHED, /* PAY-2: amount or currency differ; the money is in suspense */
	MARKET_NOTIFICATION_UNMATCHED   /* names nothing that is known here */
} market_notification_result;

/* What a provider said, stored once by its own event's name. */
typedef struct market_notification {
	market_id id;
	const char *provider;
	const char *event;   /* the provider's own name of it */
	const char *type;    /* "captured", "authorised", "failed", "refunded", … */
	market_id payment;   /* what it is about; absent when about a request of another kind */
	const char *request; /* the request's permanent key */
	const char *currency;
	market_money amount;
	const char *reference;
	int32_t result;
	market_money suspense; /* PAY-2: money that is neither returned nor moved yet */
	market_time occurred_at;
	market_time received_at;
	int64_t version;
} market_notification;
MARKET_API void market_notification_free(market_notification *notification);

typedef struct market_payment_notify_params {
	uint32_t size;
	const char *key;
	const char *provider;  /* absent: the policy's */
	const char *body;      /* as it was received, to the byte */
	const char *signature; /* the header that came with it */
} market_payment_notify_params;
#define MARKET_PAYMENT_NOTIFY_PARAMS_INIT MARKET_INIT(market_payment_notify_params)

/* Takes a provider's notification: verified, stored once, and applied when it fits. The same event
 * again gives the same result and writes nothing, not even a journal row (without a key);
 * market_session_replayed tells. It is never refused for the state of what it is
 * about (PAY-1, PAY-2). By anybody: the signature is what counts. Errors: EPROVIDER, ESIGNATURE,
 * EEXPIRED (its time is outside the tolerance), ESYNTAX, EINVALID. Since 0.1. */
MARKET_API int market_payment_notify(struct market_session *session,
                                     const market_payment_notify_params *in,
                                     market_notification **out, market_error *err);

/* `fee` is what the provider keeps of this payment. */
typedef struct market_payment_settle_params {
	uint32_t size;
	const char *key;
	market_id payment;
	market_money fee;
	const char *reference; /* of the provider's settlement */
} market_payment_settle_params;
#define MARKET_PAYMENT_SETTLE_PARAMS_INIT MARKET_INIT(market_payment_settle_params)

/* The provider has paid out what it captured, less its fee, to the platform's bank account. The fee
 * is divided over the shares by captured cash (PAY-5). By operators with payments and the system.
 * Errors: ESTATE, EINVALID (fee), ECURRENCY. Since 0.1. */
MARKET_API int market_payment_settle(struct market_session *session,
                                     const market_payment_settle_params *in, market_payment **out,
                                     market_error *err);

typedef struct market_payment_return_params {
	uint32_t size;
	const char *key;
	market_id payment;
} market_payment_return_params;
#define MARKET_PAYMENT_RETURN_PARAMS_INIT MARKET_INIT(market_payment_return_params)

/* Sends back what is owed to the buyer: money for closed orders whose automatic refund failed,
 * which is also sent again by itself at doubling intervals, and money in suspense, which isn't
 * (PAY-2). By operators with payments, and the system. Errors: EINFLIGHT, ESTATE (nothing is owed).
 * Since 0.1.
 */
MARKET_API int market_payment_return(struct market_session *session,
                                     const market_payment_return_params *in, market_payment **out,
                                     market_error *err);

typedef struct market_payment_lapse_params {
	uint32_t size;
	const char *key;
	market_id payment;
} market_payment_lapse_params;
#define MARKET_PAYMENT_LAPSE_PARAMS_INIT MARKET_INIT(market_payment_lapse_params)

/* The authorisation has expired uncaptured (PAY-4). By the system. Errors: ESTATE. Since 0.1. */
MARKET_API int market_payment_lapse(struct market_session *session,
                                    const market_payment_lapse_params *in, market_payment **out,
                                    market_error *err);

/* ---- requests to providers ---- */

typedef enum market_request_kind {
	MARKET_REQUEST_CHARGE = 1, /* authorise and capture */
	MARKET_REQUEST_CAPTURE,    /* of an authorisation */
	MARKET_REQUEST_REFUND,
	MARKET_REQUEST_PAYOUT,
	MARKET_REQUEST_VOID,    /* gives up an authorisation (PAY-4) */
	MARKET_REQUEST_IDENTITY /* who a seller is (SEL-1): no money */
} market_request_kind;

typedef enum market_request_state {
	MARKET_REQUEST_QUEUED = 1,
	MARKET_REQUEST_SENDING, /* claimed by a process */
	MARKET_REQUEST_OK,
	MARKET_REQUEST_DECLINED,
	MARKET_REQUEST_FAILED,
	MARKET_REQUEST_UNKNOWN, /* no answer or not a final one: queried by the same key until it is
	                           known */
	MARKET_REQUEST_RETURNED /* a payout that was paid and came back */
} market_request_state;

/* PAY-3: one attempt at a provider. */
typedef struct market_request {
	market_id id;
	int32_t kind;
	const char *object; /* what it is for, the text of its identifier */
	int64_t attempt;
	const char *request_key; /* permanent */
	const char *provider;
	const char *currency;
	market_money amount;
	int32_t state;
	int64_t fence; /* raised by each claim */
	int64_t queries;
	market_time next_at;   /* when it is sent or queried next */
	const char *reference; /* the provider's */
	const char *reason;
	market_time created_at;
	market_time resolved_at;
	int64_t version;
} market_request;
MARKET_API void market_request_free(market_request *request);

typedef struct market_request_get_params {
	uint32_t size;
	const char *key;
	market_id request;
} market_request_get_params;
#define MARKET_REQUEST_GET_PARAMS_INIT MARKET_INIT(market_request_get_params)

/* One request. By operators with payments. Since 0.1. */
MARKET_API int market_request_get(struct market_session *session,
                                  const market_request_get_params *in, market_request **out,
                                  market_error *err);

typedef enum market_provider_result {
	MARKET_PROVIDER_OK = 1,
	MARKET_PROVIDER_AUTHORISED, /* of a charge: not captured yet */
	MARKET_PROVIDER_DECLINED,
	MARKET_PROVIDER_FAILED,
	MARKET_PROVIDER_PENDING, /* accepted; the outcome comes later */
	MARKET_PROVIDER_UNKNOWN  /* no answer */
} market_provider_result;

typedef struct market_provider_outcome_params {
	uint32_t size;
	const char *key;
	market_id request;
	int64_t fence;   /* of the claim that this is the answer to */
	int32_t outcome; /* a market_provider_result */
	const char *reference;
	const char *reason;
	market_time
		expires; /* AUTHORISED: of the authorisation; PENDING: until when it may still come */
	market_money amount; /* OK: what was moved; absent: what was asked */
} market_provider_outcome_params;
#define MARKET_PROVIDER_OUTCOME_PARAMS_INIT MARKET_INIT(market_provider_outcome_params)

/* Records a provider's answer to a claimed request. An answer to an earlier claim, or to a request
 * whose outcome is known, changes nothing. By the system. Since 0.1. */
MARKET_API int market_provider_outcome(struct market_session *session,
                                       const market_provider_outcome_params *in,
                                       market_request **out, market_error *err);

#ifdef __cplusplus
}
#endif
#endif
