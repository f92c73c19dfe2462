/* Ratings and sellers' scores (RAT-1, RAT-4, RAT-6). */
#ifndef MK_RATING_RATING_H
#define MK_RATING_RATING_H

#include "libmarket/engine/context.h"

typedef struct mk_rating {
	market_rating rating;
	const char *scores_text; /* JSON text of `scores` */
	market_time bought_at;   /* the order's placing: RAT-4 */
} mk_rating;

extern const mk_record mk_rating_record, mk_seller_score_record;
extern const mk_entity mk_rating_entity;
extern const mk_enum mk_rating_state_enum;
extern const char *const mk_rating_ddl[];

/* The one transition table. */
typedef enum mk_rating_step {
	MK_RATING_PUBLISH = 1,
	MK_RATING_REJECT,
	MK_RATING_REMOVE
} mk_rating_step;
/* The state that a step leads to, or 0 where the table has none. */
int32_t mk_rating_next_state(int32_t from, mk_rating_step step);

/* ---- handlers ---- */

/* The mean of a seller's scores of all dimensions, as of now, in hundredths; 0: none yet. */
int mk_rating_mean(mk_ctx *ctx, market_id seller, int64_t *hundredths, market_error *err);
int mk_rating_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_rating_publish(mk_ctx *ctx, const void *params, market_error *err);
int mk_rating_reject(mk_ctx *ctx, const void *params, market_error *err);
int mk_rating_remove(mk_ctx *ctx, const void *params, market_error *err);
int mk_rating_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_rating_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_rating_score(mk_ctx *ctx, const void *params, market_error *err);

#endif
