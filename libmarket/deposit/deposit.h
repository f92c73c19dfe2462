/* SEL-4: sellers' deposits. */
#ifndef MK_DEPOSIT_DEPOSIT_H
#define MK_DEPOSIT_DEPOSIT_H

#include <market/deposit.h>

#include "libmarket/party/party.h"

typedef struct mk_deposit {
	market_deposit deposit;
	market_time due_before; /* return_at as it was read; not a column */
	bool fresh;             /* not stored yet */
} mk_deposit;

extern const mk_record mk_deposit_record, mk_deposit_movement_record;
extern const mk_entity mk_deposit_entity;
extern const char *const mk_deposit_ddl[];

/* EFUNDS when less than the policy's minimum is lodged: nothing new is listed then. `category` is
 * the one to list in, whose class counts beside those of the seller's own. */
int mk_deposit_check(mk_ctx *ctx, const mk_seller *seller, market_id category, const char *field,
                     market_error *err);
/* A seller is leaving: its deposit gets the time at which it may be returned. */
int mk_deposit_closing(mk_ctx *ctx, const mk_seller *seller, market_error *err);

int mk_deposit_pay(mk_ctx *ctx, const void *params, market_error *err);
int mk_deposit_top_up(mk_ctx *ctx, const void *params, market_error *err);
int mk_deposit_draw(mk_ctx *ctx, const void *params, market_error *err);
int mk_deposit_return(mk_ctx *ctx, const void *params, market_error *err);
int mk_deposit_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_deposit_list(mk_ctx *ctx, const void *params, market_error *err);

#endif
