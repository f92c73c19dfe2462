/*
 * Checks of listings (CAT-4): structure, terms and patterns, licences, prices, hooks, in this
 * order; and the reviews that they leave. The catalogue brings what is checked.
 */
#ifndef MK_LISTING_LISTING_H
#define MK_LISTING_LISTING_H

#include <market/plugin.h>

#include "libmarket/engine/context.h"

#define MK_MAX_LISTING_TEXTS 200
#define MK_MAX_LISTING_PRICES 200

/* What is checked. */
typedef struct mk_listing {
	market_id seller;         /* absent: the platform */
	market_id product, offer; /* what is stored of it */
	const char *category;     /* its path; NULL: none */
	const char *locale;       /* of the messages; NULL: each pack's own */
	bool is_product;          /* its structure and what attributes state are looked at */
	bool is_change;           /* of what is published: others may be asked for beside it */
	const market_listing_text **texts;
	size_t n_texts;
	const market_listing_price **prices;
	size_t n_prices;
	int64_t n_images;
} mk_listing;

typedef struct mk_listing_review {
	market_listing_review review;
	const char *report; /* as JSON */
	const char *digest; /* of the content and the findings */
} mk_listing_review;

/* Adds a text that isn't absent. False when memory is exhausted. */
bool mk_listing_say(mk_ctx *ctx, mk_listing *listing, const char *field, const char *text);
bool mk_listing_ask(mk_ctx *ctx, mk_listing *listing, market_money price, market_money list_price);

/* Whether anything is looked at: without rules and hooks a check isn't worth its reads. */
bool mk_listing_is_checked(const mk_ctx *ctx);
/* All findings. ENOMEM, and what reading gives. */
int mk_listing_run(mk_ctx *ctx, const mk_listing *listing, market_listing_report **out,
                   market_error *err);
/* Findings that block are ELISTING, which names them. Else what was found is kept as a review, and
 * `waits` tells whether an operator must look at it first. `decided`: the listing's last review as
 * this operation leaves it; NULL: as it is stored. */
int mk_listing_gate(mk_ctx *ctx, const mk_listing *listing, mk_listing_review *decided, bool *waits,
                    market_error *err);
/* ELISTING for what must not be even as a draft; the rest isn't looked at yet. */
int mk_listing_refuse_blocked(mk_ctx *ctx, const mk_listing *listing, market_error *err);
/* A decision on the product or offer itself is one on its open review, whose state it becomes; one
 * on a content only on the review of that content. */
int mk_listing_decide(mk_ctx *ctx, const mk_listing *listing, int32_t to, const char *reason,
                      market_error *err);

/* The subject's review gets its state; ESTATE when it isn't open. `out` may be NULL. */
int mk_listing_review_step(mk_ctx *ctx, int32_t to, const char *reason, mk_listing_review **out,
                           market_error *err);

/* ---- hooks ---- */

void mk_listing_hooks_close(market *m);
int mk_listing_hooks_run(mk_ctx *ctx, const mk_listing *listing, mk_findings *findings,
                         market_error *err);

/* ---- rows ---- */

extern const mk_enum mk_listing_review_state_enum;
extern const mk_record mk_listing_finding_record, mk_listing_report_record;
extern const mk_record mk_listing_review_record, mk_listing_review_page_record;
extern const mk_entity mk_listing_review_entity;
extern const mk_record mk_listing_check_params, mk_listing_review_get_params;
extern const mk_record mk_listing_review_list_params, mk_listing_review_clear_params;
extern const mk_record mk_listing_review_refuse_params;
extern const char *const mk_listing_ddl[];

/* ---- handlers; those that look at products and offers are the catalogue's ---- */

int mk_listing_review_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_listing_review_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_listing_review_refuse(mk_ctx *ctx, const void *params, market_error *err);

#endif
