/*
 * Deposits: what a seller lodges with the platform as security (SEL-4).
 *
 * Since 0.1.
 */
#ifndef MARKET_DEPOSIT_H
#define MARKET_DEPOSIT_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

/* A seller's deposit, in the seller's currency. It is no part of the net position. */
typedef struct market_deposit {
	market_id id; /* absent until something was lodged */
	market_id seller;
	const char *currency;
	market_money balance;
	market_money minimum;   /* by the policy, the seller's type and its categories */
	market_money shortfall; /* what is missing to the minimum */
	market_time top_up_by;  /* fallen below the minimum: to be topped up by then */
	market_time return_at;  /* of a closing seller: not returned before then */
	market_time created_at;
	int64_t version;
} market_deposit;
MARKET_API void market_deposit_free(market_deposit *deposit);

typedef enum market_deposit_kind {
	MARKET_DEPOSIT_PAID = 1,  /* came to the platform's bank */
	MARKET_DEPOSIT_TOPPED_UP, /* from what was available */
	MARKET_DEPOSIT_DRAWN,     /* a penalty */
	MARKET_DEPOSIT_RETURNED   /* made available to the closing seller */
} market_deposit_kind;

typedef struct market_deposit_movement {
	market_id id;
	market_id seller;
	int32_t kind;
	market_money amount;
	const char *reason; /* a bank's reference, or the penalty's code */
	market_time created_at;
} market_deposit_movement;

typedef struct market_deposit_get_params {
	uint32_t size;
	const char *key;
	market_id seller;
} market_deposit_get_params;
#define MARKET_DEPOSIT_GET_PARAMS_INIT MARKET_INIT(market_deposit_get_params)

/* A seller's deposit. By members with finance and operators with settlement. Errors: ENOTFOUND,
 * EDENIED. Since 0.1. */
MARKET_API int market_deposit_get(struct market_session *session,
                                  const market_deposit_get_params *in, market_deposit **out,
                                  market_error *err);

typedef struct market_deposit_pay_params {
	uint32_t size;
	const char *key;
	market_id seller;
	market_money amount;
	const char *reason; /* the bank's reference */
} market_deposit_pay_params;
#define MARKET_DEPOSIT_PAY_PARAMS_INIT MARKET_INIT(market_deposit_pay_params)

/* Money for the deposit has come to the platform's bank: Dr interbook:0 / Cr seller_deposit, and in
 * book 0 Dr bank / Cr interbook:seller. By operators with settlement. Errors: ENOTFOUND, EDENIED,
 * EINVALID (amount), ECURRENCY, ESTATE (the seller is gone or closing). Since 0.1. */
MARKET_API int market_deposit_pay(struct market_session *session,
                                  const market_deposit_pay_params *in, market_deposit **out,
                                  market_error *err);

typedef struct market_deposit_top_up_params {
	uint32_t size;
	const char *key;
	market_id seller;
	market_money amount;
} market_deposit_top_up_params;
#define MARKET_DEPOSIT_TOP_UP_PARAMS_INIT MARKET_INIT(market_deposit_top_up_params)

/* Tops the deposit up from what is available: Dr seller_available / Cr seller_deposit, a line of
 * the next payout. By members with finance and operators with settlement. Errors: ENOTFOUND,
 * EDENIED, EINVALID (amount), ECURRENCY, ESTATE (the seller is gone or closing), EFUNDS, EINFLIGHT
 * (refunds under way need what is available). Since 0.1. */
MARKET_API int market_deposit_top_up(struct market_session *session,
                                     const market_deposit_top_up_params *in, market_deposit **out,
                                     market_error *err);

/* A penalty from the deposit: Dr seller_deposit / Cr fee_revenue:penalty. `reason` is its code.
 * Below the minimum a top-up is due and nothing new may be listed. By operators with settlement.
 * Errors: ENOTFOUND, EDENIED, EMISSING (reason), EINVALID (amount), ECURRENCY, EFUNDS.
 * Since 0.1. */
MARKET_API int market_deposit_draw(struct market_session *session,
                                   const market_deposit_pay_params *in, market_deposit **out,
                                   market_error *err);

typedef struct market_deposit_return_params {
	uint32_t size;
	const char *key;
	market_id deposit;
} market_deposit_return_params;
#define MARKET_DEPOSIT_RETURN_PARAMS_INIT MARKET_INIT(market_deposit_return_params)

/* Makes the deposit of a closing seller available to it, once the longest of the policy's windows
 * has passed since its last order ended and no case is open, and that of a rejected one at once: Dr
 * seller_deposit / Cr seller_available, which pays what is owed first. Run by itself at
 * `return_at`, put off while orders are open. By the system and operators with settlement. Errors:
 * ENOTFOUND, EDENIED, ESTATE (not closing, too early, nothing lodged). Since 0.1. */
MARKET_API int market_deposit_return(struct market_session *session,
                                     const market_deposit_return_params *in, market_deposit **out,
                                     market_error *err);

typedef struct market_deposit_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *after;
	const int64_t *limit;
} market_deposit_list_params;
#define MARKET_DEPOSIT_LIST_PARAMS_INIT MARKET_INIT(market_deposit_list_params)

typedef struct market_deposit_page {
	const market_deposit_movement *const *items;
	size_t n_items;
	const char *next;
} market_deposit_page;

/* What came to a seller's deposit and left it, oldest first. By members with finance and operators
 * with settlement. Errors: ENOTFOUND, EDENIED, EINVALID (after). Since 0.1. */
MARKET_API int market_deposit_list(struct market_session *session,
                                   const market_deposit_list_params *in, market_deposit_page **out,
                                   market_error *err);
MARKET_API void market_deposit_page_free(market_deposit_page *page);

#ifdef __cplusplus
}
#endif

#endif
