/* SEL-1: requirements of the policy against what a seller has submitted. */
#ifndef MK_PARTY_REQUIREMENT_H
#define MK_PARTY_REQUIREMENT_H

#include "libmarket/party/submission.h"

/* Whether no requirement of the gate is open: computed, never stored. */
int mk_seller_complete(mk_ctx *ctx, const mk_seller *seller, mk_gate gate, bool *complete,
                       market_error *err);

/* What an operation has planned and not written yet. */
typedef struct mk_seller_news {
	const mk_submission *decided; /* a new one, or one that was stored otherwise; NULL: none */
	bool payout_account;          /* one was named */
	const char *verified_name;    /* a provider has just verified it; NULL: none */
} mk_seller_news;

/* SEL-2: the one place that passes an application on. One in onboarding of which nothing is open
 * any more passes to review, and by policy to approval. `news` may be NULL. The caller saves. */
int mk_seller_advance(mk_ctx *ctx, mk_seller *seller, const mk_seller_news *news,
                      market_error *err);
/* For every operation that may meet a requirement: advances and saves. The seller was read before
 * its submissions are. It is saved whatever changes: of two operations at the same time, each of
 * which meets what the other still sees open, the later one misses the version, is run again and
 * sees the earlier. */
int mk_seller_met(mk_ctx *ctx, mk_seller *seller, const mk_seller_news *news, market_error *err);
/* SEL-11: opens the gate that lapsed submissions closed, once each of their requirements is met
 * anew or asked no more. The caller saves. */
int mk_seller_reopen(mk_ctx *ctx, mk_seller *seller, const mk_seller_news *news, market_error *err);
/* SEL-11: a submission has just ceased to count. When its requirement is of the gate `sell` and met
 * by nothing else, an approved seller takes no new orders. The caller saves. */
int mk_seller_lapse(mk_ctx *ctx, mk_seller *seller, const mk_submission *lapsed, market_error *err);
/* SEL-1: EINCOMPLETE when a requirement of the gate `sell` is asked of `after` that wasn't asked of
 * `before`, and isn't met; the detail lists all of them. */
int mk_seller_check_asked(mk_ctx *ctx, const mk_seller *before, const mk_seller *after,
                          market_error *err);
/* SEL-11: EINCOMPLETE when what closes the gate wouldn't be asked any more. */
int mk_seller_check_left(mk_ctx *ctx, const mk_seller *before, const mk_seller *after,
                         market_error *err);
/* Whether a submission of the seller is pending or is to be looked at again. */
int mk_submissions_wait(mk_ctx *ctx, const mk_seller *seller, const mk_seller_news *news,
                        bool *waits, market_error *err);
int mk_seller_fill(mk_ctx *ctx, void *row, market_error *err);

#endif
