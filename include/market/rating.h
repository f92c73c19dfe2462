/*
 * Ratings of received goods and the scores of sellers made of them.
 *
 * Since 0.1.
 */
#ifndef MARKET_RATING_H
#define MARKET_RATING_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

typedef enum market_rating_state {
	MARKET_RATING_PENDING = 1, /* waits for an operator */
	MARKET_RATING_PUBLISHED,
	MARKET_RATING_REJECTED,
	MARKET_RATING_REMOVED /* was published and is no longer */
} market_rating_state;

/* What a rating gives for one dimension: 1 to 5. */
typedef struct market_dimension_score {
	const char *dimension;
	int64_t score;
} market_dimension_score;

/* A buyer's rating of a received order line (RAT-1). It lies in the seller's book. Others than its
 * buyer, the seller and operators don't see order, line and reference; of an anonymous one the
 * seller doesn't either, and nobody but its buyer and operators sees the buyer. */
typedef struct market_rating {
	market_id id;
	const char *ref;
	market_id buyer;
	market_id seller;
	market_id order;
	market_id line;
	market_id product;
	int32_t state;
	const market_dimension_score *const *scores; /* in the order of the policy's dimensions */
	size_t n_scores;
	const char *text;
	bool anonymous;
	bool counted;            /* towards the seller's scores; decided when it is published (RAT-4) */
	const char *not_counted; /* why it isn't: "monthly_limit", "same_item" */
	int64_t credit;          /* the points it gives the seller: 1, 0 or -1 */
	const char *not_credited; /* why it gives none although its scores would */
	const char *reason;       /* code of its rejection or removal */
	market_time created_at;
	market_time published_at;
	market_time ended_at; /* rejected or removed */
	int64_t version;
} market_rating;

/* One dimension's score of a new rating. */
typedef struct market_rating_mark {
	uint32_t size;
	const char *dimension;
	int64_t score;
} market_rating_mark;
#define MARKET_RATING_MARK_INIT MARKET_INIT(market_rating_mark)

/* `scores` has each dimension of the policy once. */
typedef struct market_rating_create_params {
	uint32_t size;
	const char *key;
	market_id order;
	market_id line;
	const char *ref;
	const market_rating_mark *const *scores;
	size_t n_scores;
	const char *text;
	bool anonymous;
} market_rating_create_params;
#define MARKET_RATING_CREATE_PARAMS_INIT MARKET_INIT(market_rating_create_params)

/* Rates a line of an order that was received, once and within the policy's window after receipt.
 * Without text the rating is published at once, with text it waits for an operator. By the buyer.
 * Errors: EINVALID (scores[i].dimension), EMISSING (scores), ENOTFOUND (line), ESTATE (order,
 * line), EEXPIRED, EEXISTS (line, ref). Since 0.1. */
MARKET_API int market_rating_create(struct market_session *session,
                                    const market_rating_create_params *in, market_rating **out,
                                    market_error *err);
MARKET_API void market_rating_free(market_rating *rating);

typedef struct market_rating_publish_params {
	uint32_t size;
	const char *key;
	market_id rating;
} market_rating_publish_params;
#define MARKET_RATING_PUBLISH_PARAMS_INIT MARKET_INIT(market_rating_publish_params)

/* Publishes a pending rating. Whether it counts is decided here: per buyer, seller and calendar
 * month of its making the first few published, and the same item bought again within the policy's
 * time once (RAT-4). By operators with ratings. Errors: ESTATE. Since 0.1. */
MARKET_API int market_rating_publish(struct market_session *session,
                                     const market_rating_publish_params *in, market_rating **out,
                                     market_error *err);

typedef struct market_rating_reject_params {
	uint32_t size;
	const char *key;
	market_id rating;
	const char *reason; /* a code */
} market_rating_reject_params;
#define MARKET_RATING_REJECT_PARAMS_INIT MARKET_INIT(market_rating_reject_params)

/* Refuses a pending rating: it never counts. By operators with ratings. Errors: ESTATE. Since 0.1.
 */
MARKET_API int market_rating_reject(struct market_session *session,
                                    const market_rating_reject_params *in, market_rating **out,
                                    market_error *err);

typedef struct market_rating_remove_params {
	uint32_t size;
	const char *key;
	market_id rating;
	const char *reason; /* a code */
} market_rating_remove_params;
#define MARKET_RATING_REMOVE_PARAMS_INIT MARKET_INIT(market_rating_remove_params)

/* Takes a published rating out of the seller's scores and points from now on; scores as of earlier
 * times keep it. Its place among the month's first few isn't given to another. By operators with
 * ratings. Errors: ESTATE. Since 0.1. */
MARKET_API int market_rating_remove(struct market_session *session,
                                    const market_rating_remove_params *in, market_rating **out,
                                    market_error *err);

typedef struct market_rating_get_params {
	uint32_t size;
	const char *key;
	market_id rating;
} market_rating_get_params;
#define MARKET_RATING_GET_PARAMS_INIT MARKET_INIT(market_rating_get_params)

/* One rating: a published one by anybody, others by the buyer and operators with ratings.
 * Errors: ENOTFOUND. Since 0.1. */
MARKET_API int market_rating_get(struct market_session *session, const market_rating_get_params *in,
                                 market_rating **out, market_error *err);

/* `state` absent: published; other states by operators with ratings. */
typedef struct market_rating_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	int32_t state;
	const char *after;
	const int64_t *limit;
} market_rating_list_params;
#define MARKET_RATING_LIST_PARAMS_INIT MARKET_INIT(market_rating_list_params)

typedef struct market_rating_page {
	const market_rating *const *items;
	size_t n_items;
	const char *next;
} market_rating_page;

/* A seller's ratings, newest first. By anybody. Errors: EDENIED (state), EINVALID (after). Since
 * 0.1. */
MARKET_API int market_rating_list(struct market_session *session,
                                  const market_rating_list_params *in, market_rating_page **out,
                                  market_error *err);
MARKET_API void market_rating_page_free(market_rating_page *page);

/* A seller's mean of one dimension: `sum` / `count`, exact, and shown to one decimal ("4.7"),
 * halves up. Without ratings there is no mean. */
typedef struct market_dimension_mean {
	const char *dimension;
	const char *mean;
	int64_t sum;
	int64_t count;
} market_dimension_mean;

/* A seller's scores as of a time: what counted then and was published on the days from `from` on.
 * Credit points are of all time. */
typedef struct market_seller_score {
	market_id seller;
	market_time from; /* the first day of the window; days are UTC */
	market_time as_of;
	const market_dimension_mean *const *means; /* one per dimension of the policy in effect then */
	size_t n_means;
	int64_t credit;
} market_seller_score;

/* `as_of` absent: now. */
typedef struct market_rating_score_params {
	uint32_t size;
	const char *key;
	market_id seller;
	market_time as_of;
} market_rating_score_params;
#define MARKET_RATING_SCORE_PARAMS_INIT MARKET_INIT(market_rating_score_params)

/* A seller's scores, now or as of any past time (RAT-6). By anybody.
 * Errors: EINVALID (as_of lies in the future). Since 0.1. */
MARKET_API int market_rating_score(struct market_session *session,
                                   const market_rating_score_params *in, market_seller_score **out,
                                   market_error *err);
MARKET_API void market_seller_score_free(market_seller_score *score);

#ifdef __cplusplus
}
#endif
#endif
