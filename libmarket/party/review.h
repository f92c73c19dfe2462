/* The operators' queue, and reasons by code (SEL-2). */
#ifndef MK_PARTY_REVIEW_H
#define MK_PARTY_REVIEW_H

#include <market/onboarding.h>

#include "libmarket/party/requirement.h"

extern const mk_record mk_review_record;
extern const mk_entity mk_review_entity;

/* ESTATE while another operator has claimed the seller's review. */
int mk_review_check_claim(const mk_ctx *ctx, const mk_seller *seller, market_error *err);
/* A seller waits for an operator while it is in review, a submission of it is pending or one is to
 * be looked at again. Sets or clears the queue's columns; the caller saves. `news` may be NULL. */
int mk_review_follow(mk_ctx *ctx, mk_seller *seller, const mk_seller_news *news, market_error *err);
/* EINVALID when the policy lists reasons and not this one for the decision, an operation's name. */
int mk_reason_check(const mk_ctx *ctx, const char *decision, const char *code, market_error *err);

int mk_seller_review_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_seller_review_claim(mk_ctx *ctx, const void *params, market_error *err);
int mk_seller_review_release(mk_ctx *ctx, const void *params, market_error *err);
int mk_reason_list(mk_ctx *ctx, const void *params, market_error *err);

#endif
