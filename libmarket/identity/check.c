/* SEL-1: a check from its start to what the seller supplies, and its end when nobody answers. */
#include <string.h>

#include "libmarket/engine/policy_identity.h"
#include "libmarket/engine/policy_sellers.h"
#include "libmarket/identity/identity.h"
#include "libmarket/party/requirement.h"
#include "libmarket/party/seller.h"

static int check_start(mk_ctx *ctx, const market_identity_check_params *in, market_error *err);
static int ask(mk_ctx *ctx, const mk_identity *row, market_error *err);
static int check_items(const mk_identity *row, const market_identity_supply_params *in,
                       market_error *err);
static bool is_wanted(const char *wanted, const char *code);
static size_t count_codes(const char *codes);
static const char *lines_of(mk_ctx *ctx, const char *before,
                            const market_identity_supply_params *in);

int mk_identity_check(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_identity_check_params *in = params;
	const mk_seller *seller = ctx->subject;
	const market_seller *s = &seller->seller;
	mk_submission submission = {.submission = {
									.seller = s->id,
									.requirement = in->requirement,
									.state = MARKET_SUBMISSION_PENDING,
									.valid_from = ctx->now,
									.created_at = ctx->now,
									.version = 1,
								}};
	mk_identity row = {.identity = {
						   .seller = s->id,
						   .requirement = in->requirement,
						   .provider = ctx->policy->identity->provider,
						   .state = MARKET_IDENTITY_PENDING,
						   .country = in->country ? in->country : s->country,
						   .expires_at = ctx->now + ctx->policy->identity->expire_after,
						   .created_at = ctx->now,
						   .version = 1,
					   }};
	int rc = check_start(ctx, in, err);

	if (rc != 0)
		return rc;
	row.identity.given_name = in->legal_name  ? in->legal_name
	                          : s->legal_name ? s->legal_name
	                                          : s->name;
	mk_submission_add(ctx, &submission);
	row.identity.submission = submission.submission.id;
	row.identity.id = mk_new_id(ctx, s->id.book);
	row.due_at = row.identity.expires_at;
	rc = mk_identity_seal_number(ctx, &row, in->number, err);
	if (rc == 0)
		rc = ask(ctx, &row, err);
	if (rc != 0)
		return rc;
	mk_identity_insert(ctx, &row);
	mk_event(ctx, "identity.started", MARKET_ID_IDENTITY, row.identity.id);
	mk_event_text(ctx, "requirement", in->requirement);
	ctx->result = row.identity.id;
	return 0;
}

int mk_identity_get(mk_ctx *ctx, const void *params, market_error *err)
{
	(void)params;
	ctx->output = (void *)ctx->subject;
	return mk_identity_unseal(ctx->keys, ctx->output, ctx->arena, err);
}

int mk_identity_supply(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_identity_supply_params *in = params;
	mk_identity *row = (mk_identity *)ctx->subject;
	const char *lines;
	int rc;

	if (row->identity.state != MARKET_IDENTITY_WANTING)
		return mk_error_at(err, MARKET_ESTATE, "identity", "the check is %s, nothing is asked for",
		                   mk_enum_name(&mk_identity_state_enum, row->identity.state));
	rc = check_items(row, in, err);
	if (rc == 0)
		rc = mk_identity_unseal(ctx->keys, row, ctx->arena, err);
	if (rc != 0)
		return rc;
	lines = lines_of(ctx, row->items, in);
	rc = lines ? mk_identity_seal_items(ctx, row, lines, err) : mk_error_no_memory(err);
	if (rc == 0)
		rc = ask(ctx, row, err);
	if (rc != 0)
		return rc;
	row->identity.state = MARKET_IDENTITY_PENDING;
	row->identity.wanted = NULL;
	row->identity.expires_at = ctx->now + ctx->policy->identity->expire_after;
	mk_identity_save(ctx, row);
	mk_event(ctx, "identity.supplied", MARKET_ID_IDENTITY, row->identity.id);
	ctx->result = row->identity.id;
	return 0;
}

/* Its deadline: neither the provider nor the seller answered in time. */
int mk_identity_expire(mk_ctx *ctx, const void *params, market_error *err)
{
	mk_identity *row = (mk_identity *)ctx->subject;
	mk_submission *submission = NULL;
	mk_request *request = NULL;
	mk_seller *seller = NULL;
	mk_seller_news news = {.decided = NULL};
	int rc;

	(void)params;
	if (!mk_identity_open(row) || row->identity.expires_at > ctx->now)
		return mk_error_at(err, MARKET_ESTATE, "identity", "the check's time isn't over");
	rc = mk_load(ctx, &mk_submission_entity, row->identity.submission, NULL, (void **)&submission,
	             err);
	if (rc == 0)
		rc = mk_request_latest(ctx, MARKET_REQUEST_IDENTITY, row->identity.id, &request, err);
	if (rc != 0)
		return rc;
	if (request)
		mk_request_close(ctx, request, MARKET_REQUEST_FAILED, NULL, "expired");
	if (submission->submission.state == MARKET_SUBMISSION_PENDING) {
		submission->submission.state = MARKET_SUBMISSION_REJECTED;
		submission->submission.reason = "expired";
		mk_submission_settle(ctx, submission);
		news.decided = submission;
		rc = mk_seller_load(ctx, row->identity.seller, NULL, &seller, err);
		if (rc == 0)
			rc = mk_seller_met(ctx, seller, &news, err);
	}
	row->identity.state = MARKET_IDENTITY_EXPIRED;
	row->identity.wanted = NULL;
	row->identity.expires_at = 0;
	mk_identity_save(ctx, row);
	mk_event(ctx, "identity.expired", MARKET_ID_IDENTITY, row->identity.id);
	ctx->result = row->identity.id;
	return rc;
}

static int check_start(mk_ctx *ctx, const market_identity_check_params *in, market_error *err)
{
	const mk_seller *seller = ctx->subject;
	const mk_requirement *requirement = mk_policy_requirement(ctx->policy, in->requirement);
	mk_identity *last = NULL;
	int rc;

	if (!requirement)
		return mk_error_at(err, MARKET_EINVALID, "requirement", "the policy has no requirement %s",
		                   in->requirement);
	if (requirement->kind != MK_VERIFIED)
		return mk_error_at(err, MARKET_EINVALID, "requirement", "requirement %s isn't verified",
		                   in->requirement);
	rc = mk_seller_check_there(seller, err);
	if (rc != 0)
		return rc;
	if (!mk_identity_find(ctx->market, ctx->policy->identity->provider))
		return mk_identity_absent(ctx->policy->identity->provider, err);
	rc = mk_identity_newest(ctx, in->seller, in->requirement, &last, err);
	if (rc == 0 && last && mk_identity_open(last)) {
		rc = mk_error_at(err, MARKET_EINFLIGHT, "requirement", "a check of %s is open",
		                 in->requirement);
		rc = mk_error_object(err, rc, MARKET_ID_IDENTITY, last->identity.id);
	}
	return rc;
}

/* It costs nothing: the amount is zero in the seller's currency. */
static int ask(mk_ctx *ctx, const mk_identity *row, market_error *err)
{
	mk_seller *seller = NULL;
	market_id request;
	int rc = mk_seller_load(ctx, row->identity.seller, NULL, &seller, err);

	if (rc != 0)
		return rc;
	return mk_request_queue_at(ctx, row->identity.provider, MARKET_REQUEST_IDENTITY,
	                           MARKET_ID_IDENTITY, row->identity.id,
	                           mk_money(0, seller->seller.currency), NULL, &request, err);
}

static int check_items(const mk_identity *row, const market_identity_supply_params *in,
                       market_error *err)
{
	for (size_t i = 0; i < in->n_items; i++) {
		if (!is_wanted(row->identity.wanted, in->items[i]->code))
			return mk_error_at(err, MARKET_EINVALID, "items", "%s isn't asked for",
			                   in->items[i]->code);
		for (size_t k = 0; k < i; k++)
			if (strcmp(in->items[k]->code, in->items[i]->code) == 0)
				return mk_error_at(err, MARKET_EINVALID, "items", "%s stands twice",
				                   in->items[i]->code);
	}
	if (in->n_items < count_codes(row->identity.wanted))
		return mk_error_at(err, MARKET_EINCOMPLETE, "items", "the provider asks for %s",
		                   row->identity.wanted);
	return 0;
}

static bool is_wanted(const char *wanted, const char *code)
{
	const size_t size = strlen(code);

	for (const char *at = wanted; at && *at; at += strcspn(at, " ")) {
		at += strspn(at, " ");
		if (strcspn(at, " ") == size && strncmp(at, code, size) == 0 && size > 0)
			return true;
	}
	return false;
}

static size_t count_codes(const char *codes)
{
	size_t count = 0;

	for (const char *at = codes; at && *(at += strspn(at, " ")); at += strcspn(at, " "))
		count++;
	return count;
}

static const char *lines_of(mk_ctx *ctx, const char *before,
                            const market_identity_supply_params *in)
{
	const char *lines = before ? before : "";

	for (size_t i = 0; lines && i < in->n_items; i++)
		lines = mk_arena_join(ctx->arena,
		                      MK_TEXTS(lines, in->items[i]->code, "=", in->items[i]->text, "\n"));
	return lines;
}
