/* The ledger's operations for operators: handlers, records and entities. */
#ifndef MK_ACCOUNTING_ACCOUNTING_H
#define MK_ACCOUNTING_ACCOUNTING_H

#include "libmarket/engine/context.h"

extern const mk_record mk_market_account_record, mk_market_transfer_record, mk_market_leg_record;
extern const mk_record mk_ledger_entry_record, mk_balance_line_record, mk_trial_balance_record;
extern const mk_record mk_ledger_batch_record, mk_market_checkpoint_record, mk_ledger_report_record;
extern const mk_enum mk_side_enum, mk_ledger_result_enum;
extern const mk_entity mk_account_entity, mk_transfer_entity, mk_batch_entity, mk_checkpoint_entity;
/* A transfer, or the request that waits for it or has become it. */
extern const mk_entity mk_posting_entity;

int mk_ledger_transfer(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_batch(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_transfer_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_transfer_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_account_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_account_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_account_update(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_trial_balance(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_move(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_move_finish(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_hold_expire(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_adjust(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_write_off(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_checkpoint_op(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_verify_op(mk_ctx *ctx, const void *params, market_error *err);

/* What postings by hand are asked with, and how each is posted. */
extern const mk_record mk_ledger_transfer_params, mk_ledger_batch_params, mk_ledger_move_params,
	mk_ledger_adjust_params, mk_ledger_write_off_params;
int mk_post_transfer(mk_ctx *ctx, const void *params, market_error *err);
int mk_post_batch(mk_ctx *ctx, const void *params, market_error *err);
int mk_post_move(mk_ctx *ctx, const void *params, market_error *err);
int mk_post_adjust(mk_ctx *ctx, const void *params, market_error *err);
int mk_post_write_off(mk_ctx *ctx, const void *params, market_error *err);

/* LED-10: requests for postings by hand that need a second person. In book 0. */
extern const mk_record mk_ledger_request_record;
extern const mk_enum mk_ledger_request_state_enum;
extern const mk_entity mk_ledger_request_entity;
extern const char *const mk_accounting_ddl[];
int mk_ledger_request_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_request_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_request_approve(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_request_reject(mk_ctx *ctx, const void *params, market_error *err);
int mk_ledger_request_expire(mk_ctx *ctx, const void *params, market_error *err);
/* The state that a decision leads to from `state`, or 0. */
int32_t mk_ledger_request_next_state(int32_t state, int32_t decision);

/* The book that params name in `<prefix>seller` and `<prefix>buyer`: the seller's, the buyer's, or
 * 0. EINVALID when both are given, ENOTFOUND when there is no such seller or buyer. */
int mk_book_of(mk_ctx *ctx, market_id seller, market_id buyer, const char *prefix, int64_t *book,
               market_error *err);
/* Adds legs by account names; errors name `legs[i]`. */
int mk_add_legs(mk_ctx *ctx, mk_transfer *transfer, const market_leg_params *const *legs,
                size_t count, market_error *err);
/* A name taken apart, in the arena. */
int mk_account_name_split(mk_ctx *ctx, const char *name, const char **stem, const char **suffix,
                          market_error *err);

/* Plans the end of an object's deadline, if it has one. */
int mk_end_deadline(mk_ctx *ctx, market_id object, market_error *err);

/* ACC-4: what postings by hand did to sellers' available balances and debts, by seller and
 * currency. Each becomes a line of the seller's, which the next payout takes over. */
#define MK_BY_HAND_MAX 64
typedef struct mk_by_hand {
	size_t count;
	struct {
		market_id seller;
		market_money amount;
	} lines[MK_BY_HAND_MAX];
} mk_by_hand;
/* Whether an account of this name is kept equal to lines, and so only exists for a seller. */
bool mk_is_of_seller(const char *stem);
/* Collects a posted transfer of the seller's book, or of another book when the seller is absent:
 * those have no such accounts. EINVALID, ELIMIT. */
int mk_by_hand_collect(mk_by_hand *all, market_id seller, const mk_transfer *transfer,
                       market_error *err);
/* Plans the lines, once per operation. */
int mk_by_hand_add(mk_ctx *ctx, const mk_by_hand *all, market_error *err);

#endif
