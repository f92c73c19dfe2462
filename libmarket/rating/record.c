#include <string.h>

#include "libmarket/party/party.h"
#include "libmarket/rating/sql.h"

static const mk_enum_value state_values[] = {
	{MARKET_RATING_PENDING, "pending", "waits for an operator"},
	{MARKET_RATING_PUBLISHED, "published", "everybody sees it"},
	{MARKET_RATING_REJECTED, "rejected", "was refused"},
	{MARKET_RATING_REMOVED, "removed", "was published and is no longer"},
	{0, NULL, NULL},
};
const mk_enum mk_rating_state_enum = {"rating_state", state_values};

static const mk_field score_fields[] = {
	MK_F_TEXT(market_dimension_score, dimension, 0, 0, 0, "one of the policy's dimensions"),
	MK_F_INT(market_dimension_score, score, 0, 1, 5, "1 to 5"),
};
static const mk_record score_record =
	MK_RECORD_OF("dimension_score", market_dimension_score, score_fields, "one dimension's score");

typedef struct score_list {
	const market_dimension_score *const *scores;
	size_t n_scores;
} score_list;
static const mk_field score_list_fields[] = {
	MK_F_LIST(score_list, scores, market_dimension_score, score_record, 0, 0, 0, "the scores"),
};
static const mk_record score_list_record =
	MK_RECORD_OF("score_list", score_list, score_list_fields, "scores of a row");

#define T market_rating
static const mk_field rating_fields[] = {
	MK_F_ID(T, id, RATING, 0, "the rating"),
	MK_F_TEXT(T, ref, MK_REF, 1, MK_MAX_KEY, "the caller's reference"),
	MK_F_ID(T, buyer, BUYER, MK_SELF_BOOK, "who rates"),
	MK_F_ID(T, seller, SELLER, MK_SELF_BOOK, "who is rated"),
	MK_F_ID(T, order, ORDER, MK_OWN_BOOK, "the received order"),
	MK_F_ID(T, line, LINE, MK_OWN_BOOK, "its line"),
	MK_F_ID(T, product, PRODUCT, 0, "what was bought"),
	MK_F_ENUM(T, state, mk_rating_state_enum, 0, "where it stands"),
	MK_F_LIST(T, scores, market_dimension_score, score_record, MK_NOT_ROW, 0, 0,
              "one of each dimension"),
	MK_F_TEXT(T, text, MK_MULTILINE, 1, MK_MAX_TEXT, "in words"),
	MK_F_BOOL(T, anonymous, MK_REQUIRED, "the buyer isn't shown"),
	MK_F_BOOL(T, counted, MK_REQUIRED, "towards the seller's scores"),
	MK_F_TEXT(T, not_counted, 0, 1, MK_MAX_CODE, "why a published one isn't"),
	MK_F_INT(T, credit, MK_REQUIRED, -1, 1, "credit points that it gives"),
	MK_F_TEXT(T, not_credited, 0, 1, MK_MAX_CODE, "why it gives none"),
	MK_F_TEXT(T, reason, 0, 1, MK_MAX_CODE, "code of a rejection or removal"),
	MK_F_TIME(T, created_at, 0, "made"),
	MK_F_TIME(T, published_at, 0, "published"),
	MK_F_TIME(T, ended_at, 0, "rejected or removed"),
	MK_F_INT(T, version, 0, 0, 0, "of the record"),
	{.name = "scores_text",
     .summary = "the scores as JSON",
     .kind = MK_TEXT,
     .flags = MK_INTERNAL,
     .offset = MK_AT(mk_rating, scores_text, const char *)},
	{.name = "bought_at",
     .summary = "when the order was placed",
     .kind = MK_TIME,
     .flags = MK_INTERNAL,
     .offset = MK_AT(mk_rating, bought_at, market_time)},
};
const mk_record mk_rating_record =
	MK_RECORD_OF("rating", mk_rating, rating_fields, "a buyer's rating");
#undef T

static const mk_field mean_fields[] = {
	MK_F_TEXT(market_dimension_mean, dimension, 0, 0, 0, "one of the policy's dimensions"),
	MK_F_TEXT(market_dimension_mean, mean, 0, 0, 0,
              "the mean to one decimal; absent without ratings"),
	MK_F_INT(market_dimension_mean, sum, MK_REQUIRED, 0, 0, "of the scores"),
	MK_F_INT(market_dimension_mean, count, MK_REQUIRED, 0, 0, "of the ratings"),
};
static const mk_record mean_record =
	MK_RECORD_OF("dimension_mean", market_dimension_mean, mean_fields, "the mean of one dimension");

#define T market_seller_score
static const mk_field seller_score_fields[] = {
	MK_F_ID(T, seller, SELLER, 0, "the seller"),
	MK_F_TIME(T, from, 0, "the first day of the window"),
	MK_F_TIME(T, as_of, 0, "what was so at this time"),
	MK_F_LIST(T, means, market_dimension_mean, mean_record, 0, 0, 0, "one per dimension"),
	MK_F_INT(T, credit, MK_REQUIRED, 0, 0, "credit points of all time"),
};
const mk_record mk_seller_score_record =
	MK_RECORD_OF("seller_score", T, seller_score_fields, "a seller's scores");
#undef T

static const mk_field month_fields[] = {
	MK_F_ID(mk_rating_month, id, NONE, 0, "the counter"),
	MK_F_ID(mk_rating_month, buyer, BUYER, MK_SELF_BOOK, "whose ratings"),
	MK_F_INT(mk_rating_month, month, 0, 0, 0, "year and month of their making"),
	MK_F_INT(mk_rating_month, counted, 0, 0, 0, "how many count towards scores"),
	MK_F_INT(mk_rating_month, credit, 0, 0, 0, "the credit points they gave"),
	MK_F_INT(mk_rating_month, version, 0, 0, 0, "of the row"),
};
const mk_record mk_rating_month_record =
	MK_RECORD_OF("rating_month", mk_rating_month, month_fields, "what a buyer's month has given");

static const mk_field item_fields[] = {
	MK_F_ID(mk_rating_item, id, NONE, 0, "the row"),
	MK_F_ID(mk_rating_item, buyer, BUYER, MK_SELF_BOOK, "who bought it"),
	MK_F_ID(mk_rating_item, product, PRODUCT, 0, "the item"),
	MK_F_INT(mk_rating_item, version, 0, 0, 0, "grows with each rating published"),
};
const mk_record mk_rating_item_record =
	MK_RECORD_OF("rating_item", mk_rating_item, item_fields, "an item that a buyer rated");

static const mk_field day_fields[] = {
	MK_F_ID(mk_rating_day, id, NONE, 0, "the row"),
	MK_F_TEXT(mk_rating_day, dimension, 0, 0, 0, "the dimension; empty: credit points"),
	MK_F_INT(mk_rating_day, day, 0, 0, 0, "of publication"),
	MK_F_INT(mk_rating_day, gone_day, 0, 0, 0, "of removal; 0: still there"),
	MK_F_INT(mk_rating_day, total, 0, 0, 0, "the sum"),
	MK_F_INT(mk_rating_day, ratings, 0, 0, 0, "how many"),
	MK_F_INT(mk_rating_day, version, 0, 0, 0, "of the row"),
};
const mk_record mk_rating_day_record =
	MK_RECORD_OF("rating_day", mk_rating_day, day_fields, "sums of a day");

static const mk_field sum_fields[] = {
	MK_F_INT(mk_rating_sum, total, 0, 0, 0, "the sum"),
	MK_F_INT(mk_rating_sum, ratings, 0, 0, 0, "how many"),
};
const mk_record mk_rating_sum_record =
	MK_RECORD_OF("rating_sum", mk_rating_sum, sum_fields, "sums");

static market_id rating_buyer(const void *row)
{
	return ((const mk_rating *)row)->rating.buyer;
}

static market_id rating_seller(const void *row)
{
	return ((const mk_rating *)row)->rating.seller;
}

static int rating_fill(mk_ctx *ctx, void *row, market_error *err)
{
	return mk_rating_show(ctx, row, err);
}

const mk_entity mk_rating_entity = {
	.kind = MARKET_ID_RATING,
	.name = "rating",
	.record = &mk_rating_record,
	.by_id = &mk_rating_by_id,
	.by_ref = &mk_rating_by_ref,
	.buyer = rating_buyer,
	.seller = rating_seller,
	.fill = rating_fill,
};

const char *mk_rating_scores_write(mk_ctx *ctx, const market_rating *rating)
{
	const score_list list = {rating->scores, rating->n_scores};
	const char *copy = NULL;
	mk_text text;

	mk_text_init(&text, ctx->arena->allocator, MK_MAX_JSON);
	mk_json_write(&score_list_record, &list, 0, &text);
	if (text.failed)
		ctx->arena->failed = true;
	else
		copy = mk_arena_text_n(ctx->arena, text.data, text.size);
	mk_text_close(&text);
	return copy;
}

int mk_rating_scores_read(mk_ctx *ctx, mk_rating *row, market_error *err)
{
	void *list = NULL;
	int rc;

	if (row->rating.scores)
		return 0;
	rc = mk_json_read(&score_list_record, row->scores_text, strlen(row->scores_text), ctx->arena,
	                  &list, NULL, err);
	if (rc != 0 && rc != MARKET_ENOMEM)
		rc = mk_error_object(
			err, mk_error_set(err, MARKET_ECORRUPT, "the scores of a rating can't be read"),
			MARKET_ID_RATING, row->rating.id);
	if (rc != 0)
		return rc;
	row->rating.scores = ((const score_list *)list)->scores;
	row->rating.n_scores = ((const score_list *)list)->n_scores;
	return 0;
}

bool mk_rating_moderates(const mk_ctx *ctx)
{
	return ctx->actor.kind == MARKET_ACTOR_SYSTEM ||
	       (ctx->actor.kind == MARKET_ACTOR_OPERATOR &&
	        (ctx->actor.rights & MARKET_RIGHT_RATINGS) != 0);
}

int mk_rating_show(mk_ctx *ctx, mk_rating *row, market_error *err)
{
	market_rating *rating = &row->rating;
	bool own = ctx->actor.kind == MARKET_ACTOR_BUYER && mk_id_equal(ctx->actor.id, rating->buyer);
	bool seller = ctx->actor.kind == MARKET_ACTOR_MEMBER && ctx->member &&
	              mk_id_equal(ctx->member->seller, rating->seller);
	int rc = mk_rating_scores_read(ctx, row, err);

	if (rc != 0 || own || mk_rating_moderates(ctx))
		return rc;
	if (rating->anonymous)
		rating->buyer = (market_id){0, 0};
	if (rating->anonymous || !seller) {
		rating->order = (market_id){0, 0};
		rating->line = (market_id){0, 0};
		rating->ref = NULL;
	}
	return 0;
}
