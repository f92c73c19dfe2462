/* What findings leave behind: the queue of what waits for an operator (CAT-4). */
#include "libmarket/listing/listing.h"

#include <string.h>

static const mk_listing_review *subject(const mk_ctx *ctx);
static int last_of(mk_ctx *ctx, const mk_listing *listing, mk_listing_review **out,
                   market_error *err);
static int judge(mk_ctx *ctx, const mk_listing *listing, market_listing_report **report,
                 const char **json, const char **digest, market_error *err);
static bool was_judged(const mk_listing_review *last, const char *digest, int32_t severity);
static int blocked(mk_ctx *ctx, const market_listing_report *report, market_error *err);
static int digest_of(mk_ctx *ctx, const mk_listing *listing, const char *findings, const char **out,
                     market_error *err);
static int write_report(mk_ctx *ctx, const market_listing_report *report, const char **out,
                        market_error *err);
static int add(mk_ctx *ctx, const mk_listing *listing, const market_listing_report *report,
               const char *json, const char *digest, market_error *err);
static void decide(mk_ctx *ctx, mk_listing_review *review, int32_t to, const char *reason);
static int fill(mk_ctx *ctx, void *row, market_error *err);

#define COLUMNS \
	"book_id, id, seller_id, product_id, offer_book_id, offer_id, state, severity, reason, " \
	"created_at, decided_at, version, report, digest"

const char *const mk_listing_ddl[] = {
	"CREATE TABLE IF NOT EXISTS listing_review ({key}, seller_id {int}, product_id {int}, "
	"offer_book_id {int}, offer_id {int}, state {int} NOT NULL, severity {int} NOT NULL, reason "
	"TEXT, created_at {int} NOT NULL, decided_at {int}, version {int} NOT NULL, report TEXT NOT "
	"NULL, digest TEXT NOT NULL){strict}",
	"CREATE INDEX IF NOT EXISTS listing_review_state ON listing_review (book_id, state, id)",
	"CREATE INDEX IF NOT EXISTS listing_review_product ON listing_review (book_id, product_id, id)",
	"CREATE INDEX IF NOT EXISTS listing_review_offer ON listing_review (book_id, offer_book_id, "
	"offer_id, id)",
	/* one listing waits (MARKET_REVIEW_OPEN) once, whoever offers it at the same time */
	"CREATE UNIQUE INDEX IF NOT EXISTS listing_review_open_product ON listing_review (book_id, "
	"product_id) WHERE state = 2 AND product_id IS NOT NULL",
	"CREATE UNIQUE INDEX IF NOT EXISTS listing_review_open_offer ON listing_review (book_id, "
	"offer_book_id, offer_id) WHERE state = 2 AND offer_id IS NOT NULL",
	NULL,
};

static const mk_statement review_insert = {
	.name = "listing_review_insert",
	.table = "listing_review",
	.sql = "INSERT INTO listing_review (" COLUMNS
		   ") VALUES (:book_id, :id, :seller_id, :product_id, :offer_book_id, :offer_id, :state, "
		   ":severity, :reason, :created_at, :decided_at, :version, :report, :digest) ON CONFLICT "
		   "DO NOTHING",
};
static const mk_statement review_save = {
	.name = "listing_review_save",
	.table = "listing_review",
	.sql = "UPDATE listing_review SET state = :state, reason = :reason, decided_at = :decided_at, "
		   "version = version + 1 WHERE book_id = :book_id AND id = :id AND version = :version",
};
static const mk_statement review_by_id = {
	.name = "listing_review_by_id",
	.sql = "SELECT " COLUMNS " FROM listing_review WHERE book_id = ?1 AND id = ?2",
};
static const mk_statement review_page = {
	.name = "listing_review_page",
	.sql = "SELECT " COLUMNS " FROM listing_review WHERE book_id = 0 AND state = ?1 AND ?2 >= 0 "
		   "AND id > ?3 ORDER BY id LIMIT ?4",
};
static const mk_statement review_of_product = {
	.name = "listing_review_of_product",
	.sql = "SELECT " COLUMNS " FROM listing_review WHERE book_id = 0 AND product_id = ?1 "
		   "ORDER BY id DESC LIMIT 1",
};
static const mk_statement review_of_offer = {
	.name = "listing_review_of_offer",
	.sql = "SELECT " COLUMNS " FROM listing_review WHERE book_id = 0 AND offer_book_id = ?1 AND "
		   "offer_id = ?2 ORDER BY id DESC LIMIT 1",
};

static market_id seller_of(const void *row)
{
	return ((const market_listing_review *)row)->seller;
}

const mk_entity mk_listing_review_entity = {
	.kind = MARKET_ID_LISTING_REVIEW,
	.name = "listing_review",
	.record = &mk_listing_review_record,
	.by_id = &review_by_id,
	.seller = seller_of,
	.fill = fill,
};

int mk_listing_refuse_blocked(mk_ctx *ctx, const mk_listing *listing, market_error *err)
{
	market_listing_report *report = NULL;
	const int rc = mk_listing_run(ctx, listing, &report, err);

	return rc == 0 && report->severity == MARKET_SEVERITY_BLOCK ? blocked(ctx, report, err) : rc;
}

int mk_listing_gate(mk_ctx *ctx, const mk_listing *listing, mk_listing_review *decided, bool *waits,
                    market_error *err)
{
	market_listing_report *report = NULL;
	mk_listing_review *last = decided;
	const char *json = NULL, *digest = NULL;
	int rc = judge(ctx, listing, &report, &json, &digest, err);

	*waits = false;
	if (rc == 0 && report->severity == MARKET_SEVERITY_BLOCK)
		return blocked(ctx, report, err);
	if (rc == 0 && !decided)
		rc = last_of(ctx, listing, &last, err);
	if (rc != 0)
		return rc;
	if (!was_judged(last, digest, report->severity)) {
		if (last && last->review.state == MARKET_REVIEW_OPEN &&
		    (report->severity != 0 || !listing->is_change))
			decide(ctx, last, MARKET_REVIEW_NOTED, "the listing was changed");
		*waits = report->severity == MARKET_SEVERITY_REVIEW;
		return report->severity == 0 ? 0 : add(ctx, listing, report, json, digest, err);
	}
	if (last->review.state == MARKET_REVIEW_REFUSED) {
		rc = mk_error_set(err, MARKET_ELISTING, "an operator refused this listing");
		return mk_error_detail(err, rc, "%s", last->review.reason ? last->review.reason : "");
	}
	*waits = last->review.state == MARKET_REVIEW_OPEN;
	return 0;
}

int mk_listing_decide(mk_ctx *ctx, const mk_listing *listing, int32_t to, const char *reason,
                      market_error *err)
{
	market_listing_report *report = NULL;
	const char *json = NULL, *digest = NULL;
	mk_listing_review *last = NULL;
	int rc = mk_listing_is_checked(ctx) ? last_of(ctx, listing, &last, err) : 0;

	if (rc != 0 || !last || last->review.state != MARKET_REVIEW_OPEN)
		return rc;
	if (listing->n_texts > 0)
		rc = judge(ctx, listing, &report, &json, &digest, err);
	if (rc == 0 && (!digest || strcmp(digest, last->digest) == 0))
		decide(ctx, last, to, reason);
	return rc;
}

int mk_listing_review_step(mk_ctx *ctx, int32_t to, const char *reason, mk_listing_review **out,
                           market_error *err)
{
	mk_listing_review *review = mk_arena_copy(ctx->arena, subject(ctx), sizeof(*review));
	int rc;

	if (!review)
		return mk_error_no_memory(err);
	if (review->review.state != MARKET_REVIEW_OPEN) {
		rc = mk_error_set(err, MARKET_ESTATE, "the review is %s",
		                  mk_enum_name(&mk_listing_review_state_enum, review->review.state));
		return mk_error_object(err, rc, MARKET_ID_LISTING_REVIEW, review->review.id);
	}
	decide(ctx, review, to, reason);
	ctx->result = review->review.id;
	if (out)
		*out = review;
	return 0;
}

int mk_listing_review_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	ctx->output = (void *)(uintptr_t)ctx->subject;
	return fill(ctx, ctx->output, err);
}

int mk_listing_review_list(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_listing_review_list_params *in = params;
	const int32_t state = in->state ? in->state : MARKET_REVIEW_OPEN;
	const mk_page *page;
	int rc = mk_page_read(ctx, &review_page, &mk_listing_review_record,
	                      offsetof(market_listing_review, id) + offsetof(market_id, id),
	                      MK_ARGS(mk_int(state)), in->after, in->limit, err);

	page = ctx->output;
	for (size_t i = 0; rc == 0 && i < page->n_items; i++)
		rc = fill(ctx, page->items[i], err);
	return rc;
}

int mk_listing_review_refuse(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_listing_review_refuse_params *in = params;

	return mk_listing_review_step(ctx, MARKET_REVIEW_REFUSED, in->reason, NULL, err);
}

static const mk_listing_review *subject(const mk_ctx *ctx)
{
	return ctx->subject;
}

static int last_of(mk_ctx *ctx, const mk_listing *listing, mk_listing_review **out,
                   market_error *err)
{
	const market_id product = listing->product, offer = listing->offer;
	void *row = NULL;
	int rc;

	if (mk_id_absent(offer))
		rc = mk_store_get(ctx->store, ctx->arena, &review_of_product, &mk_listing_review_record,
		                  MK_ARGS(mk_int(product.id)), &row, err);
	else
		rc = mk_store_get(ctx->store, ctx->arena, &review_of_offer, &mk_listing_review_record,
		                  MK_ARGS(mk_int(offer.book), mk_int(offer.id)), &row, err);
	*out = row;
	return rc;
}

static int judge(mk_ctx *ctx, const mk_listing *listing, market_listing_report **report,
                 const char **json, const char **digest, market_error *err)
{
	int rc = mk_listing_run(ctx, listing, report, err);

	if (rc == 0)
		rc = write_report(ctx, *report, json, err);
	return rc == 0 ? digest_of(ctx, listing, *json, digest, err) : rc;
}

/* A review that was over before anyone decided says nothing of what it was of. */
static bool was_judged(const mk_listing_review *last, const char *digest, int32_t severity)
{
	return last && strcmp(last->digest, digest) == 0 &&
	       (last->review.state != MARKET_REVIEW_NOTED || severity != MARKET_SEVERITY_REVIEW);
}

static int blocked(mk_ctx *ctx, const market_listing_report *report, market_error *err)
{
	const market_listing_finding *first = NULL;
	const char **texts = MK_NEW_ARRAY(ctx->arena, const char *, report->n_findings + 1);
	int rc;

	for (size_t i = 0; texts && i < report->n_findings; i++) {
		const market_listing_finding *f = report->findings[i];
		const bool found = f->found && *f->found;

		if (!first && f->severity == MARKET_SEVERITY_BLOCK)
			first = f;
		texts[i] = mk_arena_join(ctx->arena, MK_TEXTS(f->field, ": ", f->rule, found ? " \"" : "",
		                                              found ? f->found : "", found ? "\"" : ""));
		if (!texts[i])
			return mk_error_no_memory(err);
	}
	if (!texts)
		return mk_error_no_memory(err);
	rc = mk_error_at(err, MARKET_ELISTING, first ? first->field : "", "rule %s blocks the listing",
	                 first ? first->rule : "of more findings than are listed");
	mk_error_detail_list(err, rc, texts, report->n_findings);
	return mk_error_hint(err, rc, "listing.check gives all findings in full.");
}

static int write_report(mk_ctx *ctx, const market_listing_report *report, const char **out,
                        market_error *err)
{
	market_listing_report kept = *report;
	mk_text text;

	mk_text_init(&text, ctx->arena->allocator, MK_MAX_OUTPUT);
	mk_json_write(&mk_listing_report_record, &kept, 0, &text);
	/* it is read again as any JSON is */
	while (!text.failed && text.size > MK_MAX_JSON / 2) {
		kept.n_findings /= 2;
		kept.cut = true;
		mk_text_reset(&text);
		mk_json_write(&mk_listing_report_record, &kept, 0, &text);
	}
	*out = text.failed ? NULL : mk_arena_text_n(ctx->arena, text.data, text.size);
	mk_text_close(&text);
	return *out ? 0 : mk_error_no_memory(err);
}

static int digest_of(mk_ctx *ctx, const mk_listing *listing, const char *findings, const char **out,
                     market_error *err)
{
	char hex[2 * sizeof(mk_hash) + 1];
	mk_hash hash;
	int rc = mk_digest_begin(ctx->digest, err);

	for (size_t i = 0; rc == 0 && i < listing->n_texts; i++) {
		const market_listing_text *said = listing->texts[i];

		rc = mk_digest_add(ctx->digest, said->field, strlen(said->field) + 1, err);
		if (rc == 0)
			rc = mk_digest_add(ctx->digest, said->text, strlen(said->text) + 1, err);
	}
	for (size_t i = 0; rc == 0 && i < listing->n_prices; i++) {
		char text[2 * MK_MONEY_TEXT_SIZE];

		mk_money_format(listing->prices[i]->price, text);
		rc = mk_digest_add(ctx->digest, text, strlen(text) + 1, err);
		mk_money_format(listing->prices[i]->list_price, text);
		if (rc == 0)
			rc = mk_digest_add(ctx->digest, text, strlen(text) + 1, err);
	}
	if (rc == 0)
		rc = mk_digest_add(ctx->digest, findings, strlen(findings), err);
	if (rc == 0)
		rc = mk_digest_end(ctx->digest, &hash, err);
	if (rc != 0)
		return rc;
	mk_hex(&hash, sizeof(hash), hex);
	*out = mk_arena_text(ctx->arena, hex);
	return *out ? 0 : mk_error_no_memory(err);
}

static int add(mk_ctx *ctx, const mk_listing *listing, const market_listing_report *report,
               const char *json, const char *digest, market_error *err)
{
	mk_listing_review *review = MK_NEW(ctx->arena, mk_listing_review);

	if (!review)
		return mk_error_no_memory(err);
	review->review.id = mk_new_id(ctx, 0);
	review->review.seller = listing->seller;
	review->review.offer = listing->offer;
	if (mk_id_absent(listing->offer))
		review->review.product = listing->product;
	review->review.severity = report->severity;
	review->review.state =
		report->severity == MARKET_SEVERITY_REVIEW ? MARKET_REVIEW_OPEN : MARKET_REVIEW_NOTED;
	review->review.created_at = ctx->now;
	review->review.version = 1;
	review->report = json;
	review->digest = digest;
	/* behind the update that ends the one before */
	mk_plan_add_record(ctx->plan, MK_PHASE_LAST, &review_insert, review->review.id,
	                   &mk_listing_review_record, review, MK_RETRY);
	mk_event(ctx, review->review.state == MARKET_REVIEW_OPEN ? "listing.held" : "listing.noted",
	         MARKET_ID_LISTING_REVIEW, review->review.id);
	if (!mk_id_absent(listing->seller))
		mk_event_book(ctx, listing->seller.book);
	if (mk_id_absent(listing->offer))
		mk_event_id(ctx, "product", MARKET_ID_PRODUCT, listing->product);
	else
		mk_event_id(ctx, "offer", MARKET_ID_OFFER, listing->offer);
	return 0;
}

static void decide(mk_ctx *ctx, mk_listing_review *review, int32_t to, const char *reason)
{
	static const char *const events[] = {
		[MARKET_REVIEW_NOTED] = "listing.changed",
		[MARKET_REVIEW_CLEARED] = "listing.cleared",
		[MARKET_REVIEW_REFUSED] = "listing.refused",
	};

	review->review.state = to;
	review->review.reason = reason;
	review->review.decided_at = ctx->now;
	mk_update(ctx, &review_save, &mk_listing_review_record, review->review.id, review);
	mk_event(ctx, events[to], MARKET_ID_LISTING_REVIEW, review->review.id);
	if (!mk_id_absent(review->review.seller))
		mk_event_book(ctx, review->review.seller.book);
	mk_event_text(ctx, "reason", reason);
}

static int fill(mk_ctx *ctx, void *row, market_error *err)
{
	mk_listing_review *review = row;
	void *report = NULL;
	int rc = mk_json_read(&mk_listing_report_record, review->report, strlen(review->report),
	                      ctx->arena, &report, NULL, err);

	if (rc != 0)
		return rc == MARKET_ENOMEM
		           ? rc
		           : mk_error_set(err, MARKET_ECORRUPT, "a review's findings can't be read");
	review->review.cut = ((const market_listing_report *)report)->cut;
	review->review.findings = ((const market_listing_report *)report)->findings;
	review->review.n_findings = ((const market_listing_report *)report)->n_findings;
	return 0;
}
