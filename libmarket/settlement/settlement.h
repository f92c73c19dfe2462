/*
 * What sellers have: lots, the accounts they make up, and where money is taken from.
 *
 * A lot is a line of the seller's account. An earning's lot is pending until it matures; a
 * reserve's lot is reserved until its own date; debts (refunds after release, kept fees) and money
 * that came back are lots that are matured from the first. ACC-4: seller_available = the sum of
 * `remaining` of all matured lots that no payout has claimed + seller_receivable.
 */
#ifndef MK_SETTLEMENT_SETTLEMENT_H
#define MK_SETTLEMENT_SETTLEMENT_H

#include <market/settlement.h>

#include "libmarket/order/order.h"
#include "libmarket/settlement/reversal.h"

/* ---- lots ---- */

typedef struct mk_lot {
	market_lot lot;
	market_time due_at; /* of its deadline row: a reserve's */
} mk_lot;

extern const mk_record mk_lot_record;
extern const mk_entity mk_lot_entity;
extern const mk_enum mk_lot_kind_enum;

/* A lot with the fields that all have; the caller sets the others, then adds it. */
mk_lot *mk_lot_new(mk_ctx *ctx, int32_t kind, market_id seller, market_money amount);
void mk_lot_add(mk_ctx *ctx, mk_lot *lot);
/* Plans the update of a lot that was read and changed, its deadline included. Once per lot and
 * operation. */
void mk_lot_save(mk_ctx *ctx, mk_lot *lot);
/* The lots of an order, oldest first. */
int mk_lot_list_order(mk_ctx *ctx, market_id order, mk_lot ***out, size_t *count,
                      market_error *err);
/* The sum and number of a seller's matured lots that no payout has claimed. */
int mk_lot_open_sum(mk_ctx *ctx, market_id seller, const char *currency, market_money *sum,
                    int64_t *count, market_error *err);

/* ---- accounts (ESC-7) ---- */

/* What is taken from a seller, and from where. */
typedef struct mk_draw {
	market_id seller;
	market_id order; /* what it is for */
	bool own; /* the order's own pending and reserve lots come first; else from available on */
	market_id refund; /* on the line that it leaves */
	int32_t kind;     /* of that line, a market_lot_kind */
	market_money amount;
	bool deposit;   /* ruling, recourse, lost chargeback, penalty */
	bool unlimited; /* the advance limit doesn't bind */
	bool paid_out;  /* as if all that is available were paid out, and nothing owed */
	/* out */
	market_money pending, reserved, available, deposited, receivable;
} mk_draw;

/* Finds the sources in their order and adds the debits; without a transfer it only looks. EQUOTA
 * when the receivable would exceed the policy's advance limit. */
int mk_draw_from(mk_ctx *ctx, mk_transfer *transfer, mk_draw *draw, market_error *err);

/* Adds debits of `amount` to the affiliates' accounts: pending, payable, then their receivable
 * (AFF-1). */
int mk_draw_affiliate(mk_ctx *ctx, mk_transfer *transfer, int64_t book, market_money amount,
                      market_error *err);

/* ---- what an order's money is divided into (COM-4 to COM-6) ---- */

/* A line of an order, or its freight. */
typedef struct mk_component {
	mk_order_line *line;   /* NULL: the freight */
	market_money total;    /* cash and third-funded discount */
	market_money refunded; /* so far */
	const market_line_fee *const *fees;
	size_t n_fees;
	const market_line_split *const *splits;
	size_t n_splits;
	mk_part *parts; /* amount and tax of each fee, then the splits */
	size_t n_parts;
} mk_component;

/* The components of an order whose lines are loaded, the freight last. `reversed` of all parts is
 * zero. */
int mk_component_list(mk_ctx *ctx, const mk_order *order, mk_component **out, size_t *count,
                      market_error *err);
/* COM-6: what the refunds so far take back is reversed in one step. */
void mk_component_accrue(mk_component *component, mk_rounding rounding);
/* Adds the credits of what is left of all parts; `*seller` is what is left for the seller of
 * `held`, less than zero when kept fees exceed it. */
void mk_component_credit(mk_transfer *transfer, const mk_component *components, size_t count,
                         market_money held, market_money *seller);

/* COM-6: the fees of a wholly refunded order that no refund gives back, drawn from available on. */
int mk_settlement_keep_fees(mk_ctx *ctx, const mk_order *order, market_error *err);

/* ---- periods (SET-3, SET-4) ---- */

typedef struct mk_period_row {
	market_settlement_period period;
} mk_period_row;
extern const mk_record mk_period_record;
extern const mk_entity mk_period_entity;

/* The bounds of the period of the schedule that holds a time. Manual: the month. */
void mk_period_bounds(const mk_ctx *ctx, market_time time, market_time *from, market_time *to);
/* Something of the seller's is available or was: opens its period unless one is open. */
int mk_period_open(mk_ctx *ctx, market_id seller, const char *currency, market_error *err);

/* The currency that params name, or the seller's. ECURRENCY. */
struct mk_seller;
int mk_settlement_currency(const struct mk_seller *seller, const char *asked, const char **out,
                           market_error *err);

/* ---- checks ---- */

/* ACC-4 of all currencies of a book, as mk_verify_setup.check_book wants it: writes what is wrong
 * to `problem` and leaves it empty when nothing is. */
int mk_settlement_check_book(mk_store *store, int64_t book, char problem[200], void *user_data,
                             market_error *err);

extern const char *const mk_settlement_ddl[];

/* ---- handlers ---- */

int mk_settlement_mature(mk_ctx *ctx, const void *params, market_error *err);
int mk_settlement_release_reserve(mk_ctx *ctx, const void *params, market_error *err);
int mk_settlement_run(mk_ctx *ctx, const void *params, market_error *err);
int mk_lot_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_balance_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_statement_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_fee_dry_run(mk_ctx *ctx, const void *params, market_error *err);

#endif
