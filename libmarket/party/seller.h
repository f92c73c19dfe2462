/* Steps of a seller, private to libmarket/party and libmarket/seller. */
#ifndef MK_PARTY_SELLER_H
#define MK_PARTY_SELLER_H

#include "libmarket/party/party.h"

typedef enum mk_seller_step {
	MK_SELLER_BEGIN = 1,
	MK_SELLER_COMPLETE, /* no requirement of the gate `sell` is open */
	MK_SELLER_APPROVE,
	MK_SELLER_WAIVE, /* approved with a waiver */
	MK_SELLER_REJECT,
	MK_SELLER_SUSPEND,
	MK_SELLER_REINSTATE,
	MK_SELLER_CLOSE,
	MK_SELLER_TERMINATE
} mk_seller_step;

/* Takes a step; ESTATE names the seller's state. The caller saves. */
int mk_seller_step_to(mk_ctx *ctx, mk_seller *seller, mk_seller_step step, market_error *err);
/* ESTATE when it was rejected or terminated. */
int mk_seller_check_there(const mk_seller *seller, market_error *err);
/* Takes the subject a step by market_seller_reason_params, with its event, and saves it. */
int mk_seller_finish_step(mk_ctx *ctx, mk_seller_step step, const void *params, market_error *err);
/* The subject is rejected when the time of its application is over; else ESTATE. */
int mk_seller_give_up(mk_ctx *ctx, market_error *err);
/* SEL-8: EUNCONFIRMED unless the session says that its person has just proved who they are; params
 * can't say so. */
int mk_check_confirmation(const mk_ctx *ctx, market_error *err);
void mk_member_insert(mk_ctx *ctx, const market_member *member);

extern const mk_record mk_seller_reason_params, mk_seller_get_params;

int mk_buyer_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_buyer_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_address_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_address_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_seller_apply(mk_ctx *ctx, const void *params, market_error *err);
int mk_seller_approve(mk_ctx *ctx, const void *params, market_error *err);
int mk_seller_suspend(mk_ctx *ctx, const void *params, market_error *err);
int mk_seller_reinstate(mk_ctx *ctx, const void *params, market_error *err);
int mk_seller_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_seller_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_seller_holiday_set(mk_ctx *ctx, const void *params, market_error *err);
int mk_seller_holiday_clear(mk_ctx *ctx, const void *params, market_error *err);
int mk_member_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_member_update(mk_ctx *ctx, const void *params, market_error *err);
int mk_member_remove(mk_ctx *ctx, const void *params, market_error *err);
int mk_member_list(mk_ctx *ctx, const void *params, market_error *err);

#endif
