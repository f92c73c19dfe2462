/*
 * What sellers earn: lots, balances, payouts, statements, and trials of changed fees.
 *
 * Since 0.1.
 */
#ifndef MARKET_SETTLEMENT_H
#define MARKET_SETTLEMENT_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

/* ---- lots: the lines of a seller's account ---- */

typedef enum market_lot_kind {
	MARKET_LOT_EARNING = 1, /* of a release; matures */
	MARKET_LOT_RESERVE,     /* held back of an earning until its own date */
	MARKET_LOT_REFUND,      /* taken for a refund after release; negative */
	MARKET_LOT_FEE,         /* kept or charged fees; negative */
	MARKET_LOT_RETURNED,    /* a payout that came back */
	MARKET_LOT_ADJUSTMENT,  /* posted by hand, either sign */
	MARKET_LOT_DEPOSIT      /* lodged as a deposit, negative, or returned of it */
} market_lot_kind;

typedef struct market_lot {
	market_id id;
	market_id seller;
	const char *currency;
	int32_t kind;
	market_id order;
	market_id refund;
	market_id payout; /* which claimed it; absent: open */
	market_money amount;
	market_money remaining; /* of it, after refunds and reserve: what counts in the balance */
	market_time created_at;
	market_time matures_at;
	market_time matured_at; /* absent: pending or reserved */
	int64_t version;
} market_lot;
MARKET_API void market_lot_free(market_lot *lot);

/* `payout` absent: the matured lots that no payout has claimed. */
typedef struct market_lot_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	market_id payout;
	const char *after;
	const int64_t *limit;
} market_lot_list_params;
#define MARKET_LOT_LIST_PARAMS_INIT MARKET_INIT(market_lot_list_params)

typedef struct market_lot_page {
	const market_lot *const *items;
	size_t n_items;
	const char *next;
} market_lot_page;

/* The lines of a payout, or those of the next one, oldest first. By members of the seller with
 * finance and operators with settlement. Errors: EINVALID (after). Since 0.1. */
MARKET_API int market_lot_list(struct market_session *session, const market_lot_list_params *in,
                               market_lot_page **out, market_error *err);
MARKET_API void market_lot_page_free(market_lot_page *page);

typedef struct market_settlement_mature_params {
	uint32_t size;
	const char *key;
	market_id order;
} market_settlement_mature_params;
#define MARKET_SETTLEMENT_MATURE_PARAMS_INIT MARKET_INIT(market_settlement_mature_params)

struct market_order;

/* The earning of an order becomes available, less the reserve; what the seller owes is paid first.
 * By the system, when the order's `mature_at` has come and no refund of it is under way. Errors:
 * ESTATE, EFROZEN. Since 0.1. */
MARKET_API int market_settlement_mature(struct market_session *session,
                                        const market_settlement_mature_params *in,
                                        struct market_order **out, market_error *err);

typedef struct market_settlement_release_reserve_params {
	uint32_t size;
	const char *key;
	market_id lot;
} market_settlement_release_reserve_params;
#define MARKET_SETTLEMENT_RELEASE_RESERVE_PARAMS_INIT \
	MARKET_INIT(market_settlement_release_reserve_params)

/* A reserve's time is over: what remains of it becomes available. By the system. Errors: ESTATE.
 * Since 0.1. */
MARKET_API int market_settlement_release_reserve(struct market_session *session,
                                                 const market_settlement_release_reserve_params *in,
                                                 market_lot **out, market_error *err);

/* ---- balances (SET-1) ---- */

/* Net = pending + reserved + available + in payout − receivable; the deposit stands apart. */
typedef struct market_balance {
	market_id seller;
	const char *currency;
	market_money pending;
	market_money reserved;
	market_money available;
	market_money deposit;
	market_money receivable; /* what the seller owes */
	market_money in_payout;
	market_money net;
} market_balance;
MARKET_API void market_balance_free(market_balance *balance);

/* `currency` absent: the seller's. */
typedef struct market_balance_get_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *currency;
} market_balance_get_params;
#define MARKET_BALANCE_GET_PARAMS_INIT MARKET_INIT(market_balance_get_params)

/* A seller's balances in one currency. By members of the seller with finance and operators with
 * settlement. Since 0.1. */
MARKET_API int market_balance_get(struct market_session *session,
                                  const market_balance_get_params *in, market_balance **out,
                                  market_error *err);

/* ---- payouts (SET-3) ---- */

typedef enum market_payout_state {
	MARKET_PAYOUT_DRAFT = 1,  /* before it claims its lines */
	MARKET_PAYOUT_SUBMITTED,  /* the lines are claimed; the request is queued */
	MARKET_PAYOUT_PROCESSING, /* sent to the provider */
	MARKET_PAYOUT_PAID,
	MARKET_PAYOUT_FAILED,  /* the money is available again; retried as the same payout */
	MARKET_PAYOUT_UNKNOWN, /* no definite outcome yet: nothing is freed or sent again */
	MARKET_PAYOUT_RETURNED /* paid, and came back */
} market_payout_state;

typedef struct market_payout {
	market_id id;
	const char *ref;
	market_id seller;
	const char *currency;
	market_money amount;
	market_money receivable; /* deducted before: what the seller owed */
	int64_t lines;           /* lots that it claimed */
	int32_t state;
	int64_t attempt;
	market_id period; /* the settlement period that it closed */
	const char *bank;
	const char *holder;
	const char *reason; /* of a failure or return, the provider's */
	market_time created_at;
	market_time paid_at;
	market_time failed_at;
	market_time returned_at;
	int64_t version;
	market_id
		account; /* the payout account that its last attempt goes to, whatever is named since */
} market_payout;
MARKET_API void market_payout_free(market_payout *payout);

/* `currency` absent: the seller's. */
typedef struct market_payout_create_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *currency;
	const char *ref;
} market_payout_create_params;
#define MARKET_PAYOUT_CREATE_PARAMS_INIT MARKET_INIT(market_payout_create_params)

/* Pays a seller all that is available, what it owes deducted. A payout that failed is tried again
 * instead of a new one. By operators with settlement and the system. Errors: ESTATE (suspended:
 * held), EINCOMPLETE (no payout account), EFROZEN (the account has changed and isn't ready),
 * EINFLIGHT (the outcome of the last payout is open, or refunds under way need the money), EFUNDS
 * (nothing, or less than the minimum), EEXISTS (ref). Since 0.1. */
MARKET_API int market_payout_create(struct market_session *session,
                                    const market_payout_create_params *in, market_payout **out,
                                    market_error *err);

typedef struct market_payout_retry_params {
	uint32_t size;
	const char *key;
	market_id payout;
} market_payout_retry_params;
#define MARKET_PAYOUT_RETRY_PARAMS_INIT MARKET_INIT(market_payout_retry_params)

/* Tries a failed payout again: the same payout, a new attempt (PAY-3), with what is available now
 * and to the account that is named now, since the last attempt was refused for good. By operators
 * with settlement and the system. Errors: ESTATE, and those of payout.create. Since 0.1. */
MARKET_API int market_payout_retry(struct market_session *session,
                                   const market_payout_retry_params *in, market_payout **out,
                                   market_error *err);

typedef struct market_payout_get_params {
	uint32_t size;
	const char *key;
	market_id payout;
} market_payout_get_params;
#define MARKET_PAYOUT_GET_PARAMS_INIT MARKET_INIT(market_payout_get_params)

/* One payout. By members of the seller with finance and operators with settlement. Since 0.1. */
MARKET_API int market_payout_get(struct market_session *session, const market_payout_get_params *in,
                                 market_payout **out, market_error *err);

typedef struct market_payout_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *after;
	const int64_t *limit;
} market_payout_list_params;
#define MARKET_PAYOUT_LIST_PARAMS_INIT MARKET_INIT(market_payout_list_params)

typedef struct market_payout_page {
	const market_payout *const *items;
	size_t n_items;
	const char *next;
} market_payout_page;

/* A seller's payouts, oldest first. By members of the seller with finance and operators with
 * settlement. Errors: EINVALID (after). Since 0.1. */
MARKET_API int market_payout_list(struct market_session *session,
                                  const market_payout_list_params *in, market_payout_page **out,
                                  market_error *err);
MARKET_API void market_payout_page_free(market_payout_page *page);

/* A period of the policy's schedule, opened by the first money that becomes available in it. */
typedef struct market_settlement_period {
	market_id id;
	market_id seller;
	const char *currency;
	market_time from_at;
	market_time to_at;
	market_time
		due_at; /* when it is run; later than `to_at` while the payout account isn't ready */
	market_time closed_at;
	market_id payout;    /* absent: nothing was paid */
	const char *outcome; /* why nothing was paid */
	int64_t version;
} market_settlement_period;
MARKET_API void market_settlement_period_free(market_settlement_period *period);

typedef struct market_settlement_run_params {
	uint32_t size;
	const char *key;
	market_id period;
} market_settlement_run_params;
#define MARKET_SETTLEMENT_RUN_PARAMS_INIT MARKET_INIT(market_settlement_run_params)

/* The payout day of one seller: closes the period and pays. What can't be paid (nothing, less than
 * the minimum, suspended, no account) carries over to the next period; an account that isn't ready
 * yet makes it wait. By the system, at the period's end. Errors: ESTATE. Since 0.1. */
MARKET_API int market_settlement_run(struct market_session *session,
                                     const market_settlement_run_params *in,
                                     market_settlement_period **out, market_error *err);

/* ---- statements (SET-4) ---- */

/* One transfer's effect on what the seller has. */
typedef struct market_statement_line {
	market_time at;
	const char *purpose;  /* "release", "mature", "refund", "payout", … */
	const char *object;   /* the text of the order, refund or payout */
	const char *transfer; /* the text of its identifier */
	market_money pending;
	market_money reserved;
	market_money available;
	market_money in_payout;
	market_money receivable;
	market_money amount;  /* the change of the net position */
	market_money deposit; /* of the deposit, which stands apart from it */
} market_statement_line;

/* Opening + lines = closing. */
typedef struct market_statement {
	market_id seller;
	const char *currency;
	market_time from;
	market_time to;
	market_money opening;
	market_money closing;
	int64_t checkpoint;          /* the first that covers all its transfers; 0: none was made yet */
	const char *checkpoint_root; /* hexadecimal */
	const market_statement_line *const *lines;
	size_t n_lines;
} market_statement;
MARKET_API void market_statement_free(market_statement *statement);

/* Either `from` and `to`, or `at`, a time within a period of the policy's schedule. */
typedef struct market_statement_get_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *currency; /* absent: the seller's */
	market_time at;
	market_time from;
	market_time to;
} market_statement_get_params;
#define MARKET_STATEMENT_GET_PARAMS_INIT MARKET_INIT(market_statement_get_params)

/* The statement of a period that is over. Made again it is the same to the byte, once a checkpoint
 * covers it. By members of the seller with finance and operators with settlement. Errors: EMISSING,
 * EINVALID (to), ESTATE (the period isn't over, or timers due in it are open). Since 0.1. */
MARKET_API int market_statement_get(struct market_session *session,
                                    const market_statement_get_params *in, market_statement **out,
                                    market_error *err);

/* ---- trials of changed fees (COM-3) ---- */

typedef struct market_fee_difference {
	market_id seller;
	const char *currency;
	int64_t orders;
	market_money before; /* fees and their tax as they were frozen */
	market_money after;  /* as the other rules would have them */
	market_money difference;
} market_fee_difference;

typedef struct market_fee_trial {
	int64_t orders;
	const market_fee_difference *const *sellers;
	size_t n_sellers;
} market_fee_trial;
MARKET_API void market_fee_trial_free(market_fee_trial *trial);

/* `policy` is the text of a whole policy; its fees are tried on the orders of `seller`, or of all,
 * that were placed in from ≤ created_at < to. */
typedef struct market_fee_dry_run_params {
	uint32_t size;
	const char *key;
	const char *policy;
	market_id seller;
	market_time from;
	market_time to;
} market_fee_dry_run_params;
#define MARKET_FEE_DRY_RUN_PARAMS_INIT MARKET_INIT(market_fee_dry_run_params)

/* What other fee rules would have taken of past orders that were paid. Changes nothing.
 * By operators with policy. Errors: EPOLICY (policy), EINVALID (to). Since 0.1. */
MARKET_API int market_fee_dry_run(struct market_session *session,
                                  const market_fee_dry_run_params *in, market_fee_trial **out,
                                  market_error *err);

#ifdef __cplusplus
}
#endif
#endif
