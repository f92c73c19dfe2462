#include "libmarket/party/requirement.h"

#include <string.h>

#include "libmarket/party/payout_account.h"
#include "libmarket/party/seller.h"
#include "libmarket/party/submission.h"

static bool applies(const mk_requirement *requirement, const mk_seller *seller)
{
	const char *type = mk_enum_name(&mk_store_type_enum, seller->seller.store_type);
	for (size_t i = 0; i < requirement->n_store_types; i++)
		if (mk_text_equal(requirement->store_types[i], type))
			return true;
	return requirement->n_store_types == 0;
}

/* The newest submission counts, unless the requirement has been renewed since or its time is over.
 */
static const char *submitted_state(const mk_ctx *ctx, const mk_requirement *requirement,
                                   mk_submission *const *submissions, size_t count)
{
	const char *state = "open";
	for (size_t i = 0; i < count; i++) {
		const market_submission *submission = &submissions[i]->submission;
		if (strcmp(submission->requirement, requirement->key) != 0)
			continue;
		if (submission->created_at < requirement->version ||
		    (submission->valid_to != 0 && submission->valid_to <= ctx->now))
			state = "open";
		else
			state = mk_enum_name(&mk_submission_state_enum, submission->state);
	}
	return state;
}

/* What the market can tell by itself. */
static int computed_state(mk_ctx *ctx, const mk_seller *seller, const mk_requirement *requirement,
                          const char **state, market_error *err)
{
	market_payout_account *account = NULL;
	int rc = 0;
	*state = "open";
	if (strcmp(requirement->key, "payout_account") == 0) {
		rc = mk_payout_account_find(ctx, seller->seller.id, &account, err);
		if (account)
			*state = "accepted";
	}
	return rc;
}

/* The state of each applicable requirement: computed on reading, never stored (SEL-1). */
static int requirement_states(mk_ctx *ctx, const mk_seller *seller, market_requirement **out,
                              size_t *count, market_error *err)
{
	const mk_policy_sellers *sellers = ctx->policy->sellers;
	market_requirement *states =
		MK_NEW_ARRAY(ctx->arena, market_requirement, sellers->n_requirements + 1);
	mk_submission **submissions = NULL;
	size_t n = 0, n_submissions = 0;
	int rc;
	if (!states)
		return mk_error_no_memory(err);
	rc = mk_submission_list(ctx, seller->seller.id, &submissions, &n_submissions, err);
	for (size_t i = 0; rc == 0 && i < sellers->n_requirements; i++) {
		const mk_requirement *requirement = sellers->requirements[i];
		if (!applies(requirement, seller))
			continue;
		states[n].name = requirement->key;
		states[n].summary = requirement->summary;
		states[n].gate = mk_enum_name(&mk_gate_enum, requirement->gate);
		if (requirement->kind == MK_COMPUTED)
			rc = computed_state(ctx, seller, requirement, &states[n].state, err);
		else
			states[n].state = submitted_state(ctx, requirement, submissions, n_submissions);
		n++;
	}
	*out = states;
	*count = n;
	return rc;
}

static bool is_met(const char *state)
{
	return strcmp(state, "accepted") == 0 || strcmp(state, "waived") == 0;
}

int mk_seller_complete(mk_ctx *ctx, const mk_seller *seller, mk_gate gate, bool *complete,
                       market_error *err)
{
	market_requirement *states = NULL;
	size_t count = 0;
	int rc = requirement_states(ctx, seller, &states, &count, err);
	*complete = true;
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (strcmp(states[i].gate, mk_enum_name(&mk_gate_enum, gate)) == 0 &&
		    !is_met(states[i].state))
			*complete = false;
	return rc;
}

int mk_seller_advance(mk_ctx *ctx, mk_seller *seller, const char *const *also_accepted,
                      size_t n_also, market_error *err)
{
	market_requirement *states = NULL;
	size_t count = 0;
	int rc;
	if (seller->seller.state != MARKET_SELLER_ONBOARDING)
		return 0;
	rc = requirement_states(ctx, seller, &states, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		bool met = is_met(states[i].state) || strcmp(states[i].gate, "sell") != 0;
		for (size_t k = 0; k < n_also; k++)
			met = met || strcmp(also_accepted[k], states[i].name) == 0;
		if (!met)
			return 0;
	}
	if (rc == 0)
		rc = mk_seller_step_to(ctx, seller, MK_SELLER_COMPLETE, err);
	if (rc == 0)
		mk_event(ctx, "seller.in_review", MARKET_ID_SELLER, seller->seller.id);
	if (rc == 0 && ctx->policy->sellers->auto_approve) {
		rc = mk_seller_step_to(ctx, seller, MK_SELLER_APPROVE, err);
		mk_event(ctx, "seller.approved", MARKET_ID_SELLER, seller->seller.id);
	}
	return rc;
}

int mk_seller_fill(mk_ctx *ctx, void *row, market_error *err)
{
	mk_seller *seller = row;
	market_requirement *states = NULL;
	const market_requirement **items;
	size_t count = 0;
	int rc = requirement_states(ctx, seller, &states, &count, err);
	if (rc != 0)
		return rc;
	items = MK_NEW_ARRAY(ctx->arena, const market_requirement *, count + 1);
	if (!items)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < count; i++)
		items[i] = &states[i];
	seller->seller.requirements = items;
	seller->seller.n_requirements = count;
	return 0;
}
