/*
 * The ledger: accounts, transfers, holds, checkpoints and their verification.
 *
 * Other operations post by themselves. These are for operators: to look, to adjust with a reason,
 * to move money between books, and to prove that nothing was changed.
 *
 * Since 0.1.
 */
#ifndef MARKET_LEDGER_H
#define MARKET_LEDGER_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

/* The side on which an account's balance grows: assets, expenses and control accounts by debits,
 * the others by credits. */
typedef enum market_account_class {
	MARKET_ACCOUNT_ASSET = 1,
	MARKET_ACCOUNT_LIABILITY,
	MARKET_ACCOUNT_EQUITY,
	MARKET_ACCOUNT_REVENUE,
	MARKET_ACCOUNT_EXPENSE,
	MARKET_ACCOUNT_CONTROL
} market_account_class;

/* An account of one book and currency. */
typedef struct market_account {
	market_id id;
	const char *name; /* of the chart of accounts, with its suffix: "escrow:ord_…" */
	const char *currency;
	int32_t account_class;
	int64_t flags;          /* as stored */
	market_money overdraft; /* how far below zero the balance may go */
	market_money debits_posted, credits_posted;
	market_money debits_pending, credits_pending; /* in holds */
	int64_t version;                              /* number of its last leg */
	market_money balance;                         /* on the side of its class */
	market_money available;                       /* what of it isn't held */
	bool limited;                                 /* the balance may not fall below −overdraft */
	bool frozen_in, frozen_out, closed;
} market_account;

typedef enum market_transfer_kind {
	MARKET_TRANSFER_DIRECT = 1,
	MARKET_TRANSFER_PENDING,  /* a hold */
	MARKET_TRANSFER_POST,     /* of a hold, whole or in part; the rest is freed */
	MARKET_TRANSFER_VOID,     /* frees a hold */
	MARKET_TRANSFER_EXPIRE,   /* frees a hold whose time has passed */
	MARKET_TRANSFER_REVERSAL, /* undoes an earlier transfer, once */
	MARKET_TRANSFER_ACCOUNT   /* changed an account's flags or overdraft */
} market_transfer_kind;

/* One account's part of a transfer. Held amounts are changes of the pending sums: a hold's are
 * positive, those of its end negative. */
typedef struct market_leg {
	market_id id;
	market_id account;
	const char *name;
	const char *currency;
	market_money debit, credit;
	market_money debit_held, credit_held;
	int64_t version; /* of the account after it, and its sums then */
	market_money debits_posted, credits_posted, debits_pending, credits_pending;
} market_leg;

/* A transfer never changes. */
typedef struct market_transfer {
	market_id id;
	const char *client_id; /* permanent and unique in its book: "purpose:object" */
	const char *purpose;
	int32_t kind;
	market_time effective_at, recorded_at;
	market_id journal;      /* the operation that posted it */
	market_id pending;      /* the hold it ends, or the transfer it reverses */
	market_time expires_at; /* of a hold */
	const char *reason;
	int64_t rate_numerator, rate_denominator; /* of an exchange */
	const int64_t *position; /* in the sealed tree of its book; absent until it is sealed */
	const market_leg *const *legs;
	size_t n_legs;
	market_id
		request; /* LED-10: while `id` is absent nothing is posted: it waits as this request */
} market_transfer;
MARKET_API void market_transfer_free(market_transfer *transfer);

/* One leg to post: an account by its name and one of both amounts. */
typedef struct market_leg_params {
	uint32_t size;
	const char *account;
	market_money debit;
	market_money credit;
} market_leg_params;
#define MARKET_LEG_PARAMS_INIT MARKET_INIT(market_leg_params)

/* The book is the seller's or the buyer's, or the platform's when neither is given. `kind` is
 * direct when absent. `pending` names the hold that ends or the transfer that is reversed. Without
 * legs a POST posts the whole hold and a REVERSAL mirrors the whole transfer. Two currencies are an
 * exchange and need its rate as a fraction. */
typedef struct market_ledger_transfer_params {
	uint32_t size;
	const char *key;
	market_id seller;
	market_id buyer;
	const char *client_id;
	int32_t kind;
	const market_leg_params *const *legs;
	size_t n_legs;
	market_id pending;
	market_time expires_at;
	const char *reason;
	int64_t rate_numerator;
	int64_t rate_denominator;
} market_ledger_transfer_params;
#define MARKET_LEDGER_TRANSFER_PARAMS_INIT MARKET_INIT(market_ledger_transfer_params)

/* Posts one transfer. The same client id and content again gives the first one. By operators with
 * ledger. Errors: EDENIED, EINVALID, ELIMIT, EOVERFLOW, ECURRENCY, EUNBALANCED, EKEYREUSED,
 * ENOTFOUND (pending), ESTATE, EEXPIRED, ECLOSED, EFROZEN, EFUNDS. Since 0.1. */
MARKET_API int market_ledger_transfer(struct market_session *session,
                                      const market_ledger_transfer_params *in,
                                      market_transfer **out, market_error *err);

/* One transfer of a batch: as market_ledger_transfer_params. */
typedef struct market_transfer_params {
	uint32_t size;
	market_id seller;
	market_id buyer;
	const char *client_id;
	int32_t kind;
	const market_leg_params *const *legs;
	size_t n_legs;
	market_id pending;
	market_time expires_at;
	const char *reason;
	int64_t rate_numerator;
	int64_t rate_denominator;
} market_transfer_params;
#define MARKET_TRANSFER_PARAMS_INIT MARKET_INIT(market_transfer_params)

/* Up to 1,024 transfers, all or none; the error's field names the first that failed
 * (`transfers[3]…`). Later ones see what earlier ones did. */
typedef struct market_ledger_batch_params {
	uint32_t size;
	const char *key;
	const market_transfer_params *const *transfers;
	size_t n_transfers;
} market_ledger_batch_params;
#define MARKET_LEDGER_BATCH_PARAMS_INIT MARKET_INIT(market_ledger_batch_params)

/* A batch: the journal row that its transfers name. */
typedef struct market_ledger_batch_result {
	market_id id;
	market_id request; /* while `id` is absent it waits as this request */
} market_ledger_batch_result;
/* Posts a linked batch. By operators with ledger. Errors: as market_ledger_transfer. Since 0.1. */
MARKET_API int market_ledger_batch(struct market_session *session,
                                   const market_ledger_batch_params *in,
                                   market_ledger_batch_result **out, market_error *err);
MARKET_API void market_ledger_batch_result_free(market_ledger_batch_result *result);

/* Either the account's id, or its book, name and currency. */
typedef struct market_ledger_account_get_params {
	uint32_t size;
	const char *key;
	market_id account;
	market_id seller;
	market_id buyer;
	const char *name;
	const char *currency;
} market_ledger_account_get_params;
#define MARKET_LEDGER_ACCOUNT_GET_PARAMS_INIT MARKET_INIT(market_ledger_account_get_params)

/* One account: balance, pending sums and version are of one moment. By operators with ledger.
 * Errors: EDENIED, EMISSING, ENOTFOUND. Since 0.1. */
MARKET_API int market_ledger_account_get(struct market_session *session,
                                         const market_ledger_account_get_params *in,
                                         market_account **out, market_error *err);
MARKET_API void market_account_free(market_account *account);

typedef struct market_ledger_account_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	market_id buyer;
	const char *after;
	const int64_t *limit;
} market_ledger_account_list_params;
#define MARKET_LEDGER_ACCOUNT_LIST_PARAMS_INIT MARKET_INIT(market_ledger_account_list_params)

typedef struct market_account_page {
	const market_account *const *items;
	size_t n_items;
	const char *next;
} market_account_page;
/* The accounts of a book in the order in which they were opened. By operators with ledger. Since
 * 0.1. */
MARKET_API int market_ledger_account_list(struct market_session *session,
                                          const market_ledger_account_list_params *in,
                                          market_account_page **out, market_error *err);
MARKET_API void market_account_page_free(market_account_page *page);

/* Absent members stay as they are. */
typedef struct market_ledger_account_update_params {
	uint32_t size;
	const char *key;
	market_id account;
	const bool *frozen_in;  /* nothing may raise the balance */
	const bool *frozen_out; /* nothing may lower it */
	const bool *closed;     /* true only, for ever; wants a balance of zero and no hold */
	market_money overdraft;
	const char *reason;
} market_ledger_account_update_params;
#define MARKET_LEDGER_ACCOUNT_UPDATE_PARAMS_INIT MARKET_INIT(market_ledger_account_update_params)

/* Freezes, unfreezes or closes an account, or sets its overdraft; recorded and sealed as a
 * transfer. A liability (escrow, seller_available, …) never gets an overdraft. By operators with
 * ledger. Errors: ENOTFOUND, EDENIED, EINVALID, ECURRENCY, ECLOSED, ESTATE. Since 0.1. */
MARKET_API int market_ledger_account_update(struct market_session *session,
                                            const market_ledger_account_update_params *in,
                                            market_account **out, market_error *err);

/* Either the transfer's id, or its book and client id. */
typedef struct market_ledger_transfer_get_params {
	uint32_t size;
	const char *key;
	market_id transfer;
	market_id seller;
	market_id buyer;
	const char *client_id;
} market_ledger_transfer_get_params;
#define MARKET_LEDGER_TRANSFER_GET_PARAMS_INIT MARKET_INIT(market_ledger_transfer_get_params)

/* One transfer with its legs. By operators with ledger. Errors: EDENIED, EMISSING, ENOTFOUND. Since
 * 0.1. */
MARKET_API int market_ledger_transfer_get(struct market_session *session,
                                          const market_ledger_transfer_get_params *in,
                                          market_transfer **out, market_error *err);

typedef struct market_ledger_transfer_list_params {
	uint32_t size;
	const char *key;
	market_id account;
	const char *after;
	const int64_t *limit;
} market_ledger_transfer_list_params;
#define MARKET_LEDGER_TRANSFER_LIST_PARAMS_INIT MARKET_INIT(market_ledger_transfer_list_params)

/* One line of an account: a leg with what is needed of its transfer. */
typedef struct market_ledger_entry {
	market_id id;
	int64_t version;
	market_id transfer;
	const char *client_id;
	const char *purpose;
	int32_t kind;
	market_time effective_at;
	const char *currency;
	market_money debit, credit, debit_held, credit_held;
	market_money debits_posted, credits_posted, debits_pending, credits_pending; /* after it */
} market_ledger_entry;

typedef struct market_ledger_entry_page {
	const market_ledger_entry *const *items;
	size_t n_items;
	const char *next;
} market_ledger_entry_page;
/* The lines of an account by version. By operators with ledger. Errors: ENOTFOUND, EDENIED. Since
 * 0.1. */
MARKET_API int market_ledger_transfer_list(struct market_session *session,
                                           const market_ledger_transfer_list_params *in,
                                           market_ledger_entry_page **out, market_error *err);
MARKET_API void market_ledger_entry_page_free(market_ledger_entry_page *page);

/* Of one book, or of the whole store when `all` is set. */
typedef struct market_ledger_trial_balance_params {
	uint32_t size;
	const char *key;
	market_id seller;
	market_id buyer;
	bool all;
} market_ledger_trial_balance_params;
#define MARKET_LEDGER_TRIAL_BALANCE_PARAMS_INIT MARKET_INIT(market_ledger_trial_balance_params)

/* Accounts of one name in one currency, without the suffix of the name. */
typedef struct market_balance_line {
	const char *account;
	const char *currency;
	int32_t account_class;
	int64_t accounts;
	market_money debits_posted, credits_posted, debits_pending, credits_pending;
	market_money balance; /* on the side of its class */
} market_balance_line;

typedef struct market_trial_balance {
	const market_balance_line *const *lines;
	size_t n_lines;
} market_trial_balance;
/* The trial balance: per currency its debits equal its credits. By operators with ledger. Since
 * 0.1. */
MARKET_API int market_ledger_trial_balance(struct market_session *session,
                                           const market_ledger_trial_balance_params *in,
                                           market_trial_balance **out, market_error *err);
MARKET_API void market_trial_balance_free(market_trial_balance *balance);

typedef enum market_side { MARKET_SIDE_DEBIT = 1, MARKET_SIDE_CREDIT } market_side;

/* From the book `from_…` to the book `to_…` (the platform's where neither seller nor buyer is
 * given). `from_account` is posted on `side`, `to_account` on the other side. */
typedef struct market_ledger_move_params {
	uint32_t size;
	const char *key;
	const char *client_id;
	market_id from_seller, from_buyer;
	const char *from_account;
	market_id to_seller, to_buyer;
	const char *to_account;
	market_money amount;
	int32_t side; /* debit when absent */
	const char *reason;
} market_ledger_move_params;
#define MARKET_LEDGER_MOVE_PARAMS_INIT MARKET_INIT(market_ledger_move_params)

/* Moves money between two books by two transfers over the accounts interbook:BOOK. The first is
 * posted now and given out; the second, in the other book, by ledger.move.finish from market_work.
 * By operators with ledger. Errors: as market_ledger_transfer, without those of holds. Since 0.1.
 */
MARKET_API int market_ledger_move(struct market_session *session,
                                  const market_ledger_move_params *in, market_transfer **out,
                                  market_error *err);

typedef struct market_ledger_move_finish_params {
	uint32_t size;
	const char *key;
	market_id transfer; /* the first half */
} market_ledger_move_finish_params;
#define MARKET_LEDGER_MOVE_FINISH_PARAMS_INIT MARKET_INIT(market_ledger_move_finish_params)

/* Posts the second half of a move; twice is once. By the system and operators with ledger.
 * Errors: ENOTFOUND, EDENIED, EINVALID, ECLOSED, EFROZEN, EFUNDS. Since 0.1. */
MARKET_API int market_ledger_move_finish(struct market_session *session,
                                         const market_ledger_move_finish_params *in,
                                         market_transfer **out, market_error *err);

typedef struct market_ledger_hold_expire_params {
	uint32_t size;
	const char *key;
	market_id transfer; /* the hold */
} market_ledger_hold_expire_params;
#define MARKET_LEDGER_HOLD_EXPIRE_PARAMS_INIT MARKET_INIT(market_ledger_hold_expire_params)

/* Frees a hold whose time has passed; run at its expiry by market_work. A hold that has ended stays
 * as it is. By the system and operators with ledger. Errors: ENOTFOUND, EDENIED, ESTATE. Since 0.1.
 */
MARKET_API int market_ledger_hold_expire(struct market_session *session,
                                         const market_ledger_hold_expire_params *in,
                                         market_transfer **out, market_error *err);

/* An adjustment by hand. `client_id` without a purpose: it is "adjustment". */
typedef struct market_ledger_adjust_params {
	uint32_t size;
	const char *key;
	market_id seller;
	market_id buyer;
	const char *client_id;
	const market_leg_params *const *legs;
	size_t n_legs;
	const char *reason;
} market_ledger_adjust_params;
#define MARKET_LEDGER_ADJUST_PARAMS_INIT MARKET_INIT(market_ledger_adjust_params)

/* Posts an adjustment with its reason. By operators with ledger.
 * Errors: as market_ledger_transfer, without those of holds. Since 0.1. */
MARKET_API int market_ledger_adjust(struct market_session *session,
                                    const market_ledger_adjust_params *in, market_transfer **out,
                                    market_error *err);

typedef struct market_ledger_write_off_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *client_id; /* without a purpose: it is "write_off" */
	market_money amount;
	const char *reason;
} market_ledger_write_off_params;
#define MARKET_LEDGER_WRITE_OFF_PARAMS_INIT MARKET_INIT(market_ledger_write_off_params)

/* Writes off what a seller has owed for longer than the policy says: seller_receivable to bad_debt.
 * By operators with ledger. Errors: EDENIED, EINVALID, EKEYREUSED, EFUNDS (it owes
 * less), ESTATE (not for long enough). Since 0.1. */
MARKET_API int market_ledger_write_off(struct market_session *session,
                                       const market_ledger_write_off_params *in,
                                       market_transfer **out, market_error *err);

typedef struct market_ledger_checkpoint_params {
	uint32_t size;
	const char *key;
} market_ledger_checkpoint_params;
#define MARKET_LEDGER_CHECKPOINT_PARAMS_INIT MARKET_INIT(market_ledger_checkpoint_params)

/* A signed statement over all books. Keep `anchor` outside the store: verification with it finds
 * what was changed or cut off since. */
typedef struct market_checkpoint {
	market_id id;
	market_time recorded_at;
	int64_t books, transfers; /* that it covers */
	const char *anchor;       /* JSON */
} market_checkpoint;

/* Makes a checkpoint over everything posted so far. By operators with ledger and the system.
 * Errors: EDENIED, ECORRUPT, EKEY. Since 0.1. */
MARKET_API int market_ledger_checkpoint(struct market_session *session,
                                        const market_ledger_checkpoint_params *in,
                                        market_checkpoint **out, market_error *err);
MARKET_API void market_checkpoint_free(market_checkpoint *checkpoint);

typedef struct market_ledger_verify_params {
	uint32_t size;
	const char *key;
	const char *const *anchors; /* texts of checkpoints kept outside */
	size_t n_anchors;
} market_ledger_verify_params;
#define MARKET_LEDGER_VERIFY_PARAMS_INIT MARKET_INIT(market_ledger_verify_params)

typedef enum market_ledger_result {
	MARKET_LEDGER_OK = 1,          /* all is consistent, up to the anchor at least */
	MARKET_LEDGER_SELF_CONSISTENT, /* no anchor: a cut off end isn't excluded */
	MARKET_LEDGER_BROKEN
} market_ledger_result;

typedef struct market_ledger_report {
	int32_t result;
	int64_t books, accounts, transfers, legs, checkpoints;
	int64_t anchors;            /* that match */
	int64_t unsealed;           /* transfers that no tree holds yet */
	market_time unsealed_since; /* the oldest of them */
	int64_t in_transit;         /* moves between books whose second half is to come */
	market_time in_transit_since;
	const char *in_transit_amounts; /* "12.34 BRL, …" */
	const char *place;              /* broken: the first place, and what is wrong there */
	const char *problem;
} market_ledger_report;

/* Recomputes everything from the stored rows: legs, sums, versions, holds, seals, heads,
 * checkpoints. A broken ledger is a result, not an error. By operators with ledger. Errors:
 * EDENIED, EINVALID, ESYNTAX, ESIGNATURE (an anchor), EKEY. Since 0.1. */
MARKET_API int market_ledger_verify(struct market_session *session,
                                    const market_ledger_verify_params *in,
                                    market_ledger_report **out, market_error *err);
MARKET_API void market_ledger_report_free(market_ledger_report *report);

#ifdef __cplusplus
}
#endif
#endif
