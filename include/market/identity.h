/*
 * Who stands behind a seller: requirements that a provider verifies, and what buyers are told.
 *
 * Since 0.1.
 */
#ifndef MARKET_IDENTITY_H
#define MARKET_IDENTITY_H

#include <market/error.h>
#include <market/payment.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market;
struct market_session;

typedef enum market_identity_state {
	MARKET_IDENTITY_PENDING = 1, /* the provider's answer is awaited */
	MARKET_IDENTITY_WANTING,     /* the provider asks for more: `wanted` */
	MARKET_IDENTITY_PASSED,
	MARKET_IDENTITY_REFUSED,
	MARKET_IDENTITY_CONTRADICTED, /* the provider took its answer back: an operator decides */
	MARKET_IDENTITY_EXPIRED       /* nobody answered in time */
} market_identity_state;

/* One check of a seller by a provider (SEL-1). It decides over a submission of its own. */
typedef struct market_identity {
	market_id id;
	market_id seller;
	market_id submission;
	const char *requirement;
	const char *provider;
	int32_t state;
	const char *given_name;    /* what the seller stated */
	const char *legal_name;    /* what the provider verified */
	const char *country;       /* ISO 3166-1 alpha-2 */
	const char *number;        /* of registration; sealed at rest, shown masked (SEL-10) */
	const char *address;       /* verified */
	const char *licences;      /* verified, parted by blanks */
	const char *codes;         /* reasons of a refusal, parted by blanks */
	const char *wanted;        /* what the provider asks for, parted by blanks */
	const char *contradiction; /* what it said later */
	const char *reference;     /* the provider's */
	market_time valid_to;
	market_time expires_at; /* it is given up then; absent: answered */
	market_time created_at;
	market_time answered_at;
	int64_t version;
} market_identity;
MARKET_API void market_identity_free(market_identity *identity);

typedef struct market_identity_check_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *requirement;
	const char *legal_name; /* absent: the seller's */
	const char *country;    /* absent: the seller's */
	const char *number;
} market_identity_check_params;
#define MARKET_IDENTITY_CHECK_PARAMS_INIT MARKET_INIT(market_identity_check_params)

/* Starts a check for a requirement of kind `verified`: a submission that is pending, and a request
 * that market_work sends to the policy's identity provider. By the seller's owners and operators
 * with sellers. Errors: EINVALID (requirement: not one that is verified), ESTATE (the seller is
 * gone), EINFLIGHT (a check for it is open), EPROVIDER. Since 0.1. */
MARKET_API int market_identity_check(struct market_session *session,
                                     const market_identity_check_params *in, market_identity **out,
                                     market_error *err);

typedef struct market_identity_get_params {
	uint32_t size;
	const char *key;
	market_id identity;
} market_identity_get_params;
#define MARKET_IDENTITY_GET_PARAMS_INIT MARKET_INIT(market_identity_get_params)

/* One of them. By the seller's members and operators with sellers. Since 0.1. */
MARKET_API int market_identity_get(struct market_session *session,
                                   const market_identity_get_params *in, market_identity **out,
                                   market_error *err);

/* One thing that the provider asked for. */
typedef struct market_identity_item {
	uint32_t size;
	const char *code; /* one of the check's `wanted` */
	const char *text;
} market_identity_item;

typedef struct market_identity_supply_params {
	uint32_t size;
	const char *key;
	market_id identity;
	const market_identity_item *const *items;
	size_t n_items;
} market_identity_supply_params;
#define MARKET_IDENTITY_SUPPLY_PARAMS_INIT MARKET_INIT(market_identity_supply_params)

/* Gives the provider what it asked for; it is sealed at rest, and the provider is asked anew. By
 * the seller's owners and operators with sellers. Errors: ESTATE (nothing is asked for), EINVALID
 * (items: one that wasn't asked for), EINCOMPLETE (items: one is left out). Since 0.1. */
MARKET_API int market_identity_supply(struct market_session *session,
                                      const market_identity_supply_params *in,
                                      market_identity **out, market_error *err);

/* Gives up a check whose time is over: its submission is rejected, code `expired`. By the system.
 * Errors: ESTATE. Since 0.1. */
MARKET_API int market_identity_expire(struct market_session *session,
                                      const market_identity_get_params *in, market_identity **out,
                                      market_error *err);

typedef struct market_identity_notify_params {
	uint32_t size;
	const char *key;
	const char *provider;
	const char *body;
	const char *signature;
} market_identity_notify_params;
#define MARKET_IDENTITY_NOTIFY_PARAMS_INIT MARKET_INIT(market_identity_notify_params)

/* Takes a notification of an identity provider: verified, stored once by its event, applied when it
 * fits. The record's `provider` is `identity:<name>`. A second final answer that differs from the
 * first changes nothing by itself: the check is `contradicted`, its submission pending again, and
 * an operator decides. By anybody: the signature tells. Errors: EPROVIDER, ESIGNATURE, EEXPIRED,
 * ESYNTAX, EINVALID (body). Since 0.1. */
MARKET_API int market_identity_notify(struct market_session *session,
                                      const market_identity_notify_params *in,
                                      market_notification **out, market_error *err);

typedef enum market_identity_result {
	MARKET_IDENTITY_PASSES = 1,
	MARKET_IDENTITY_REFUSES, /* with codes */
	MARKET_IDENTITY_WANTS,   /* more: with codes */
	MARKET_IDENTITY_WAITS,   /* it will answer later */
	MARKET_IDENTITY_UNKNOWN  /* no answer: it is queried by the same key */
} market_identity_result;

typedef struct market_identity_answer_params {
	uint32_t size;
	const char *key;
	market_id request;
	int64_t fence;
	int32_t outcome; /* a market_identity_result */
	const char *reference;
	const char *legal_name;
	const char *country;
	const char *number;
	const char *address;
	const char *licences;
	const char *codes;
	market_time valid_to;
} market_identity_answer_params;
#define MARKET_IDENTITY_ANSWER_PARAMS_INIT MARKET_INIT(market_identity_answer_params)

/* Records the provider's answer to a claimed request. One to an earlier claim, or to a request
 * whose outcome is known, changes nothing. By the system. Since 0.1. */
MARKET_API int market_identity_answer(struct market_session *session,
                                      const market_identity_answer_params *in, market_request **out,
                                      market_error *err);

/* Who stands behind a seller, as far as its region wants buyers to know (SEL-13). Fields that the
 * policy doesn't name for its country are absent. */
typedef struct market_legal_identity {
	market_id seller;
	const char *name;
	const char *legal_name;
	const char *country;
	const char *number; /* of registration, in full or masked as the policy says */
	const char *address;
	const char *licences;
	bool verified; /* by a provider; else as the seller states */
} market_legal_identity;
MARKET_API void market_legal_identity_free(market_legal_identity *identity);

typedef struct market_seller_identity_params {
	uint32_t size;
	const char *key;
	market_id seller;
} market_seller_identity_params;
#define MARKET_SELLER_IDENTITY_PARAMS_INIT MARKET_INIT(market_seller_identity_params)

/* What buyers are told of a seller that was approved (SEL-13). By anybody. Errors: ENOTFOUND (it
 * wasn't). Since 0.1. */
MARKET_API int market_seller_identity(struct market_session *session,
                                      const market_seller_identity_params *in,
                                      market_legal_identity **out, market_error *err);

/* ---- providers ---- */

#define MARKET_IDENTITY_TEXT_SIZE 512

/* What a provider is asked to verify. The texts live during the call and are whole: the library
 * keeps number and items sealed. */
typedef struct market_identity_request {
	uint32_t size;
	const char *key;   /* permanent; the same key is the same attempt */
	const char *check; /* the text of the check's identifier */
	const char *requirement;
	const char *legal_name;
	const char *country;
	const char *number; /* NULL: none was given */
	const char *items;  /* lines `<code>=<text>`, oldest first; NULL: none */
	market_time asked_at;
	market_time now;
} market_identity_request;

/* What it answers, or tells in a notification. The provider fills it; it comes empty. Texts end
 * with a NUL and are UTF-8. */
typedef struct market_identity_told {
	uint32_t size;
	int32_t result; /* a market_identity_result */
	char reference[128];
	char legal_name[MARKET_IDENTITY_TEXT_SIZE]; /* PASSES: always */
	char country[4];
	char number[128];
	char address[MARKET_IDENTITY_TEXT_SIZE];
	char licences[MARKET_IDENTITY_TEXT_SIZE]; /* parted by blanks */
	char codes[MARKET_IDENTITY_TEXT_SIZE];    /* REFUSES, WANTS: always; parted by blanks */
	market_time valid_to;
	/* of a notification */
	char event[128]; /* the provider's own permanent name of it */
	char key[128];   /* the request's */
	market_time occurred_at;
} market_identity_told;

/*
 * An identity provider, with the rules of market_payment_provider (market/plugin.h): all but
 * `verify` are called outside of transactions, from any thread; an error of `start` or `query`, or
 * an answer that can't be, counts as no answer.
 */
typedef struct market_identity_provider {
	uint32_t size;
	const char *name;
	void *user_data;
	/* Begins what is asked, or goes on with what was supplied since. Idempotent by the key. */
	int (*start)(const market_identity_request *request, market_identity_told *told,
	             void *user_data, market_error *err);
	/* What became of the request with that key. */
	int (*query)(const market_identity_request *request, market_identity_told *told,
	             void *user_data, market_error *err);
	/* Checks the signature in constant time and its time, then reads the body. Errors: ESIGNATURE,
	 * EEXPIRED, ESYNTAX, EINVALID. */
	int (*verify)(const char *body, size_t size, const char *signature, market_time now,
	              market_time tolerance, market_identity_told *told, void *user_data,
	              market_error *err);
	void (*destroy)(void *user_data); /* at market_close; may be NULL */
} market_identity_provider;

/* Adds a provider under its name; the struct and its name are copied. The policy says which one is
 * used (`identity.provider`); a check stays with the one that it was started at. Call it before
 * other threads use the market. Errors: EINVALID, EEXISTS, ENOMEM. Since 0.1. */
MARKET_API int market_identity_register(struct market *market,
                                        const market_identity_provider *provider,
                                        market_error *err);

/*
 * The built-in identity provider "sandbox" remembers nothing and asks nobody. It is there in every
 * market and used when the policy names it. What stands behind the last colon of the legal name
 * decides; the rest is the name:
 *
 * - nothing, or an unknown word: passes, with the name, number and country that were given
 * - `refused`: refuses, codes `name_mismatch document_unreadable`
 * - `more`: asks for `proof_of_address`, passes once it is supplied
 * - `late`: answers nothing, passes when it is queried an hour later
 * - `never`: never answers
 * - `unknown`: its answer is lost, a query finds it passed
 * - `renamed`: passes with another legal name, `<name> Holding`
 * - `short`: passes, valid for 60 days
 *
 * It takes notifications that market_identity_sandbox_sign has signed: JSON with `event`, `key`,
 * `result` (`passes`, `refuses`, `wants`) and the answer's other fields. Since 0.1.
 */
MARKET_API int market_identity_sandbox_sign(struct market *market, const char *body,
                                            market_time now, char **signature, market_error *err);

#ifdef __cplusplus
}
#endif
#endif
