/* CAT-1: what a category and those above it ask of who sells there. */
#include "libmarket/catalog/catalog.h"
#include "libmarket/engine/policy_sellers.h"
#include "libmarket/party/submission.h"

static bool has_met(const mk_ctx *ctx, mk_submission *const *shown, size_t count,
                    const char *requirement);

int mk_licences_check(mk_ctx *ctx, market_id seller, const market_product *product,
                      market_error *err)
{
	mk_submission **shown = NULL;
	mk_effective effective = {.n_licences = 0};
	size_t count = 0;
	void *category = NULL;
	int rc = mk_load(ctx, &mk_category_entity, product->category, "offer", &category, err);

	if (rc == 0)
		rc = mk_category_effective(ctx, category, &effective, err);
	if (rc == 0 && effective.n_licences > 0)
		rc = mk_submission_list(ctx, seller, &shown, &count, err);
	for (size_t i = 0; rc == 0 && i < effective.n_licences; i++)
		if (!has_met(ctx, shown, count, effective.licences[i]->name)) {
			rc =
				mk_error_at(err, MARKET_EINCOMPLETE, "offer",
			                "the seller hasn't met requirement %s of category %s",
			                effective.licences[i]->name, ((const market_category *)category)->code);
			mk_error_detail(err, rc, "It is for: %s.", effective.licences[i]->value);
		}
	return rc;
}

static bool has_met(const mk_ctx *ctx, mk_submission *const *shown, size_t count,
                    const char *requirement)
{
	const mk_requirement *asked = mk_policy_requirement(ctx->policy, requirement);

	for (size_t i = 0; i < count; i++)
		if (mk_text_equal(shown[i]->submission.requirement, requirement) &&
		    mk_submission_meets(&shown[i]->submission, asked, ctx->now))
			return true;
	return false;
}
