/* Statements of ratings and what their files share; private to libmarket/rating. */
#ifndef MK_RATING_SQL_H
#define MK_RATING_SQL_H

#include "libmarket/rating/rating.h"

/* Why a rating doesn't count (RAT-4). */
#define MK_RATING_MONTHLY_LIMIT "monthly_limit"
#define MK_RATING_SAME_ITEM "same_item"

/* What one buyer's ratings made in a calendar month have given a seller; the counter of the month.
 */
typedef struct mk_rating_month {
	market_id id;
	market_id buyer;
	int64_t month; /* 202601 */
	int64_t counted;
	int64_t credit;
	int64_t version;
} mk_rating_month;

/* One row a buyer and item: whoever publishes a rating of it changes the row, so that two at a time
 * can't both be the first. */
typedef struct mk_rating_item {
	market_id id;
	market_id buyer;
	market_id product;
	int64_t version;
} mk_rating_item;

/* Sums of what was published on a day and, from `gone_day` on, no longer is (0: it still is). The
 * empty dimension holds credit points. */
typedef struct mk_rating_day {
	market_id id;
	const char *dimension;
	int64_t day; /* days since 1970-01-01, UTC */
	int64_t gone_day;
	int64_t total;
	int64_t ratings;
	int64_t version;
} mk_rating_day;
#define MK_RATING_CREDIT "" /* the dimension of credit points */

typedef struct mk_rating_sum {
	int64_t total;
	int64_t ratings;
} mk_rating_sum;

extern const mk_record mk_rating_month_record, mk_rating_item_record, mk_rating_day_record,
	mk_rating_sum_record;
extern const mk_statement mk_rating_by_id, mk_rating_by_ref, mk_rating_by_line, mk_rating_insert,
	mk_rating_update, mk_rating_page, mk_rating_bought_near, mk_rating_published_between,
	mk_rating_removed_between;
extern const mk_statement mk_rating_month_get, mk_rating_month_insert, mk_rating_month_update;
extern const mk_statement mk_rating_item_get, mk_rating_item_insert, mk_rating_item_update;
extern const mk_statement mk_rating_day_get, mk_rating_day_insert, mk_rating_day_add,
	mk_rating_day_sum;

/* The text of scores that a row carries, and back. */
const char *mk_rating_scores_write(mk_ctx *ctx, const market_rating *rating);
int mk_rating_scores_read(mk_ctx *ctx, mk_rating *row, market_error *err);
/* Decodes a row and leaves out what the actor may not see of it. */
int mk_rating_show(mk_ctx *ctx, mk_rating *row, market_error *err);
/* Whether the actor sees everything of all ratings. */
bool mk_rating_moderates(const mk_ctx *ctx);

/* RAT-4: decides whether a rating that is being published counts, and plans the counters and the
 * sums of the day. */
int mk_rating_count(mk_ctx *ctx, mk_rating *row, market_error *err);
/* Plans the sums of a rating that is removed now. */
int mk_rating_uncount(mk_ctx *ctx, const mk_rating *row, market_error *err);
int64_t mk_rating_day_of(market_time time);

#endif
