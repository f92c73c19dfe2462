/* SEL-13: what buyers are told of a seller, and whose account its payouts may go to. */
#include <string.h>

#include "libmarket/engine/policy_identity.h"
#include "libmarket/engine/policy_sellers.h"
#include "libmarket/identity/identity.h"
#include "libmarket/rule/fold.h"

static int same_name(mk_ctx *ctx, const char *a, const char *b, bool *out, market_error *err);
static const char *folded(mk_ctx *ctx, const char *name);
static const char *shown_number(mk_ctx *ctx, const char *country, const char *number);

int mk_seller_identity(mk_ctx *ctx, const void *params, market_error *err)
{
	const mk_seller *seller = ctx->subject;
	const market_seller *s = &seller->seller;
	const char *country = s->country;
	market_legal_identity *shown = MK_NEW(ctx->arena, market_legal_identity);
	mk_identity *verified = NULL;
	int rc;

	(void)params;
	if (!shown)
		return mk_error_no_memory(err);
	rc = mk_identity_verified(ctx, s->id, false, &verified, err);
	if (rc == 0 && verified)
		rc = mk_identity_unseal(ctx->keys, verified, ctx->arena, err);
	if (rc != 0)
		return rc;
	*shown = (market_legal_identity){.seller = s->id, .name = s->name, .verified = verified};
	if (mk_policy_shows(ctx->policy, country, MK_SHOW_LEGAL_NAME))
		shown->legal_name = verified ? verified->identity.legal_name : s->legal_name;
	if (mk_policy_shows(ctx->policy, country, MK_SHOW_COUNTRY))
		shown->country = verified ? verified->identity.country : country;
	if (verified) {
		shown->number = shown_number(ctx, country, verified->identity.number);
		if (mk_policy_shows(ctx->policy, country, MK_SHOW_ADDRESS))
			shown->address = verified->identity.address;
		if (mk_policy_shows(ctx->policy, country, MK_SHOW_LICENCES))
			shown->licences = verified->identity.licences;
	}
	ctx->output = shown;
	return 0;
}

int mk_identity_holds(mk_ctx *ctx, market_id seller, const char *verified, const char *holder,
                      bool *out, market_error *err)
{
	mk_identity *row = NULL;
	int rc = 0;

	*out = true;
	if (!verified)
		rc = mk_identity_verified(ctx, seller, false, &row, err);
	/* what counts no more binds the account until another name is verified */
	if (rc == 0 && !verified && !row)
		rc = mk_identity_verified(ctx, seller, true, &row, err);
	if (rc == 0 && row)
		verified = row->identity.legal_name;
	return rc == 0 && verified ? same_name(ctx, verified, holder, out, err) : rc;
}

int mk_identity_check_holder(mk_ctx *ctx, market_id seller, const char *holder, market_error *err)
{
	bool holds = false;
	int rc = mk_identity_holds(ctx, seller, NULL, holder, &holds, err);

	if (rc != 0 || holds)
		return rc;
	rc = mk_error_at(err, MARKET_EHOLDER, "holder", "the holder isn't who was verified");
	return mk_error_hint(err, rc, "Name an account that the verified legal person holds.");
}

int mk_identity_awaited(mk_ctx *ctx, const market_submission *submission, mk_identity **out,
                        market_error *err)
{
	const mk_requirement *requirement = mk_policy_requirement(ctx->policy, submission->requirement);
	int rc = 0;

	*out = NULL;
	if (requirement && requirement->kind == MK_VERIFIED)
		rc = mk_identity_of_submission(ctx, submission->id, out, err);
	if (rc == 0 && *out && !mk_identity_open(*out))
		*out = NULL;
	return rc;
}

int mk_identity_check_accept(mk_ctx *ctx, const market_submission *submission, market_error *err)
{
	mk_identity *row = NULL;
	int rc = mk_identity_awaited(ctx, submission, &row, err);

	if (rc == 0 && row) {
		rc = mk_error_at(err, MARKET_ESTATE, "submission", "the provider's answer is awaited");
		rc = mk_error_object(err, rc, MARKET_ID_IDENTITY, row->identity.id);
	}
	return rc;
}

/* Case, blanks, full-width forms and signs don't make another person. */
static int same_name(mk_ctx *ctx, const char *a, const char *b, bool *out, market_error *err)
{
	const char *first = folded(ctx, a), *second = folded(ctx, b);

	if (!first || !second)
		return mk_error_no_memory(err);
	*out = strcmp(first, second) == 0;
	return 0;
}

static const char *folded(mk_ctx *ctx, const char *name)
{
	mk_folded view;
	size_t size = 0, n = 0;
	char *text;

	if (!mk_fold(name, strlen(name), ctx->arena, &view))
		return NULL;
	text = mk_fold_encode(&view, false, ctx->arena, &size);
	for (size_t i = 0; text && i < size; i++)
		if (!strchr(" .,-'", text[i]))
			text[n++] = text[i];
	if (text)
		text[n] = '\0';
	return text;
}

static const char *shown_number(mk_ctx *ctx, const char *country, const char *number)
{
	if (!number)
		return NULL;
	if (mk_policy_shows(ctx->policy, country, MK_SHOW_NUMBER))
		return number;
	return mk_policy_shows(ctx->policy, country, MK_SHOW_NUMBER_MASKED)
	           ? mk_mask_copy(number, ctx->arena)
	           : NULL;
}
