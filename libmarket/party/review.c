#include "libmarket/party/review.h"

#include <string.h>

#include "libmarket/engine/policy_sellers.h"
#include "libmarket/party/seller.h"
#include "libmarket/standing/standing.h"

#define T market_review
static const mk_field review_fields[] = {
	MK_F_ID(T, id, SELLER, 0, "who waits"),
	MK_F_TEXT(T, name, 0, 0, 0, "the shop's name"),
	MK_F_ENUM(T, store_type, mk_store_type_enum, 0, "the type of store"),
	MK_F_TEXT(T, country, 0, 0, 0, "ISO 3166-1 alpha-2"),
	MK_F_ENUM(T, state, mk_seller_state_enum, 0, "where it stands"),
	MK_F_TIME(T, since, 0, "waits since then"),
	MK_F_TEXT(T, claimed_by, 0, 0, 0, "the operator who looks at it"),
	MK_F_TIME(T, claimed_until, 0, "until then"),
	MK_F_INT(T, version, 0, 0, 0, "of the seller's record"),
};
#undef T
const mk_record mk_review_record =
	MK_RECORD_OF("review", market_review, review_fields, "a seller that waits for an operator");

#define COLUMNS \
	"book_id, id, name, store_type, country, state, review_since " \
	"AS since, claimed_by, claimed_until, version"

/* ?1 store type or 0, ?2 country or '', ?3 1: not claimed, 2: claimed by ?4, ?5 now */
static const mk_statement review_page = {
	.name = "review_page",
	.sql = "SELECT " COLUMNS " FROM seller WHERE review_since IS NOT NULL AND (CAST(?1 AS BIGINT) "
		   "= 0 OR store_type = ?1) AND (CAST(?2 AS TEXT) = '' OR country = ?2) AND (CAST(?3 AS "
		   "BIGINT) = 0 OR (?3 = 1 AND (claimed_until IS NULL OR claimed_until <= ?5)) OR (?3 = 2 "
		   "AND claimed_by = CAST(?4 AS TEXT) AND claimed_until > ?5)) AND (review_since > ?6 OR "
		   "(review_since = ?6 AND id > ?7)) ORDER BY review_since, id LIMIT ?8",
};
static const mk_statement review_by_id = {
	.name = "review_by_id",
	.sql = "SELECT " COLUMNS " FROM seller WHERE book_id = ?1 AND id = ?2",
};

static market_id own_id(const void *row)
{
	return ((const market_review *)row)->id;
}

const mk_entity mk_review_entity = {
	.kind = MARKET_ID_SELLER,
	.name = "review",
	.record = &mk_review_record,
	.by_id = &review_by_id,
	.registered = true,
	.seller = own_id,
};

static bool claimed(const mk_seller *seller, market_time now);
static bool by_me(const mk_ctx *ctx, const mk_seller *seller);
static int taken(const mk_seller *seller, market_error *err);
static int save(mk_ctx *ctx, mk_seller *seller, const char *event);

int mk_review_check_claim(const mk_ctx *ctx, const mk_seller *seller, market_error *err)
{
	return claimed(seller, ctx->now) && !by_me(ctx, seller) ? taken(seller, err) : 0;
}

int mk_review_follow(mk_ctx *ctx, mk_seller *seller, const mk_seller_news *news, market_error *err)
{
	bool waits = seller->seller.state == MARKET_SELLER_IN_REVIEW;
	int rc = 0;

	if (mk_seller_is_gone(seller))
		waits = false;
	else if (!waits)
		rc = mk_submissions_wait(ctx, seller, news, &waits, err);
	if (rc != 0)
		return rc;
	if (!waits) {
		seller->review_since = seller->claimed_until = 0;
		seller->claimed_by = NULL;
	} else if (seller->review_since == 0) {
		seller->review_since = ctx->now;
	}
	return 0;
}

int mk_reason_check(const mk_ctx *ctx, const char *decision, const char *code, market_error *err)
{
	const mk_policy_sellers *sellers = ctx->policy->sellers;

	/* SEL-7: by it is known what points did, and they undo it */
	if (strncmp(code, MK_PENALTY_REASON, strlen(MK_PENALTY_REASON)) == 0)
		return mk_error_at(err, MARKET_EINVALID, "reason", "the reason %s is of penalty points",
		                   code);
	for (size_t i = 0; i < sellers->n_reasons; i++)
		if (strcmp(sellers->reasons[i]->code, code) == 0 &&
		    mk_reason_serves(sellers->reasons[i], decision))
			return 0;
	if (sellers->n_reasons == 0)
		return 0;
	mk_error_at(err, MARKET_EINVALID, "reason", "the policy has no reason %s for %s", code,
	            decision);
	return mk_error_hint(err, MARKET_EINVALID, "reason.list gives the codes.");
}

int mk_seller_review_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_seller_review_list_params *in = params;
	const char *me = ctx->actor.name ? ctx->actor.name : "";

	return mk_page_read(ctx, &review_page, &mk_review_record, offsetof(market_review, since),
	                    MK_ARGS(mk_int(in->store_type),
	                            mk_text_value(in->country ? in->country : ""), mk_int(in->claimed),
	                            mk_text_value(me), mk_int(ctx->now)),
	                    in->after, in->limit, err);
}

int mk_seller_review_claim(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_seller *seller = (mk_seller *)ctx->subject;
	int rc = mk_review_check_claim(ctx, seller, err);

	(void)params;
	if (rc != 0)
		return rc;
	if (seller->review_since == 0)
		return mk_error_at(err, MARKET_ESTATE, "seller", "nothing of the seller waits for review");
	seller->claimed_by = ctx->actor.name;
	seller->claimed_until = ctx->now + ctx->policy->sellers->review_claim;
	return save(ctx, seller, "seller.review_claimed");
}

int mk_seller_review_release(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_seller *seller = (mk_seller *)ctx->subject;

	(void)params;
	if (!claimed(seller, ctx->now))
		return mk_error_at(err, MARKET_ESTATE, "seller", "the review isn't claimed");
	if (!by_me(ctx, seller))
		return taken(seller, err);
	seller->claimed_by = NULL;
	seller->claimed_until = 0;
	return save(ctx, seller, "seller.review_released");
}

int mk_reason_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_reason_list_params *in = params;
	const mk_policy_sellers *sellers = ctx->policy->sellers;
	market_reasons *out = MK_NEW(ctx->arena, market_reasons);
	const market_reason **items =
		MK_NEW_ARRAY(ctx->arena, const market_reason *, sellers->n_reasons + 1);

	if (in->decision && !mk_policy_is_decision(in->decision))
		return mk_error_at(err, MARKET_EINVALID, "decision", "%s isn't a decision with a reason",
		                   in->decision);
	if (!out || !items)
		return mk_error_no_memory(err);
	*out = (market_reasons){.items = items};
	for (size_t i = 0; i < sellers->n_reasons; i++) {
		const mk_reason *reason = sellers->reasons[i];
		market_reason *item;

		if (in->decision && !mk_reason_serves(reason, in->decision))
			continue;
		item = MK_NEW(ctx->arena, market_reason);
		if (!item)
			return mk_error_no_memory(err);
		item->code = reason->code;
		item->text = mk_rule_message(reason->texts, reason->n_texts, NULL, in->locale);
		items[out->n_items++] = item;
	}
	ctx->output = out;
	return 0;
}

static bool claimed(const mk_seller *seller, market_time now)
{
	return seller->claimed_until > now;
}

static bool by_me(const mk_ctx *ctx, const mk_seller *seller)
{
	return ctx->actor.kind == MARKET_ACTOR_OPERATOR &&
	       mk_text_equal(ctx->actor.name, seller->claimed_by);
}

static int taken(const mk_seller *seller, market_error *err)
{
	mk_error_at(err, MARKET_ESTATE, "seller", "operator %s has claimed the review",
	            seller->claimed_by);
	return mk_error_object(err, MARKET_ESTATE, MARKET_ID_SELLER, seller->seller.id);
}

static int save(mk_ctx *ctx, mk_seller *seller, const char *event)
{
	mk_event(ctx, event, MARKET_ID_SELLER, seller->seller.id);
	mk_event_text(ctx, "operator", ctx->actor.name);
	mk_seller_save(ctx, seller);
	ctx->result = seller->seller.id;
	return 0;
}
