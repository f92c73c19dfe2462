#include "libmarket/party/requirement.h"

#include <string.h>

#include "libmarket/engine/policy_sellers.h"
#include "libmarket/identity/identity.h"
#include "libmarket/party/payout_account.h"
#include "libmarket/party/review.h"
#include "libmarket/party/seller.h"
#include "libmarket/party/submission.h"
#include "libmarket/seller/brand.h"
#include "libmarket/seller/category.h"

static bool applies(const mk_requirement *requirement, const mk_seller *seller)
{
	const char *type = mk_enum_name(&mk_store_type_enum, seller->seller.store_type);
	if (requirement->n_categories > 0 &&
	    !mk_seller_trades_in(seller, requirement->categories, requirement->n_categories))
		return false;
	for (size_t i = 0; i < requirement->n_store_types; i++)
		if (mk_text_equal(requirement->store_types[i], type))
			return true;
	return requirement->n_store_types == 0;
}

/* A seller's submissions as the operation leaves them, oldest first. */
static int list_submissions(mk_ctx *ctx, const mk_seller *seller, const mk_seller_news *news,
                            const market_submission ***out, size_t *count, market_error *err)
{
	const mk_submission *decided = news ? news->decided : NULL;
	mk_submission **rows = NULL;
	const market_submission **list;
	int rc = mk_submission_list(ctx, seller->seller.id, &rows, count, err);

	if (rc != 0)
		return rc;
	list = MK_NEW_ARRAY(ctx->arena, const market_submission *, *count + 1);
	if (!list)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < *count; i++)
		list[i] = decided && mk_id_equal(decided->submission.id, rows[i]->submission.id)
		              ? &decided->submission
		              : &rows[i]->submission;
	if (decided && decided->fresh)
		list[(*count)++] = &decided->submission;
	*out = list;
	return 0;
}

/* One that counts does, though a newer one be refused or wait; else the newest tells. A renewed
 * requirement asks again (SEL-1). */
static const char *submitted_state(const mk_ctx *ctx, const mk_requirement *requirement,
                                   const market_submission *const *submissions, size_t count)
{
	const char *state = "open";
	bool met = false;

	for (size_t i = 0; i < count; i++) {
		const market_submission *submission = submissions[i];
		const bool counts = mk_submission_counts(submission, ctx->now);

		if (strcmp(submission->requirement, requirement->key) != 0 || (met && !counts))
			continue;
		if (!mk_submission_is_of(submission, requirement, ctx->now))
			state = "open";
		else if (counts || submission->state == MARKET_SUBMISSION_PENDING ||
		         submission->state == MARKET_SUBMISSION_REJECTED)
			state = mk_enum_name(&mk_submission_state_enum, submission->state);
		else
			state = submission->valid_from > ctx->now ? "pending" : "expired";
		met = mk_submission_meets(submission, requirement, ctx->now);
	}
	return state;
}

/* What the market can tell by itself. */
static int computed_state(mk_ctx *ctx, const mk_seller *seller, const mk_requirement *requirement,
                          const mk_seller_news *news, const char **state, market_error *err)
{
	market_payout_account *account = NULL;
	bool held = true; /* SEL-13 */
	int rc = 0;
	*state = "open";
	if (strcmp(requirement->key, "payout_account") == 0) {
		rc = mk_payout_account_find(ctx, seller->seller.id, &account, err);
		if (rc == 0 && account && !news->payout_account)
			rc = mk_identity_holds(ctx, seller->seller.id, news->verified_name, account->holder,
			                       &held, err);
		if ((account || news->payout_account) && held)
			*state = "accepted";
	}
	if (strcmp(requirement->key, "brand_authorisation") == 0) {
		mk_seller own = *seller;
		bool shown = false;
		rc = mk_brands_shown(ctx, &own, &shown, err);
		if (shown)
			*state = "accepted";
	}
	return rc;
}

/* The state of each applicable requirement: computed on reading, never stored (SEL-1). */
static int requirement_states(mk_ctx *ctx, const mk_seller *seller, const mk_seller_news *news,
                              market_requirement **out, size_t *count, market_error *err)
{
	static const mk_seller_news nothing = {.decided = NULL};
	const mk_policy_sellers *sellers = ctx->policy->sellers;
	market_requirement *states =
		MK_NEW_ARRAY(ctx->arena, market_requirement, sellers->n_requirements + 1);
	const market_submission **submissions = NULL;
	size_t n = 0, n_submissions = 0;
	int rc;
	if (!states)
		return mk_error_no_memory(err);
	if (!news)
		news = &nothing;
	rc = list_submissions(ctx, seller, news, &submissions, &n_submissions, err);
	for (size_t i = 0; rc == 0 && i < sellers->n_requirements; i++) {
		const mk_requirement *requirement = sellers->requirements[i];
		if (!applies(requirement, seller))
			continue;
		states[n].name = requirement->key;
		states[n].summary = requirement->summary;
		states[n].gate = mk_enum_name(&mk_gate_enum, requirement->gate);
		if (requirement->kind == MK_COMPUTED)
			rc = computed_state(ctx, seller, requirement, news, &states[n].state, err);
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

static int is_complete(mk_ctx *ctx, const mk_seller *seller, mk_gate gate,
                       const mk_seller_news *news, bool *complete, market_error *err)
{
	market_requirement *states = NULL;
	size_t count = 0;
	int rc = requirement_states(ctx, seller, news, &states, &count, err);
	*complete = true;
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (strcmp(states[i].gate, mk_enum_name(&mk_gate_enum, gate)) == 0 &&
		    !is_met(states[i].state))
			*complete = false;
	return rc;
}

int mk_seller_complete(mk_ctx *ctx, const mk_seller *seller, mk_gate gate, bool *complete,
                       market_error *err)
{
	return is_complete(ctx, seller, gate, NULL, complete, err);
}

int mk_seller_advance(mk_ctx *ctx, mk_seller *seller, const mk_seller_news *news, market_error *err)
{
	const market_time answer_by = seller->seller.answer_by;
	bool complete = false;
	int rc;
	/* one whose time is over only waits for its deadline's turn */
	if (seller->seller.state != MARKET_SELLER_ONBOARDING ||
	    (answer_by != 0 && answer_by <= ctx->now))
		return 0;
	rc = is_complete(ctx, seller, MK_GATE_SELL, news, &complete, err);
	if (rc != 0 || !complete)
		return rc;
	rc = mk_seller_step_to(ctx, seller, MK_SELLER_COMPLETE, err);
	if (rc != 0)
		return rc;
	mk_event(ctx, "seller.in_review", MARKET_ID_SELLER, seller->seller.id);
	if (!ctx->policy->sellers->auto_approve)
		return 0;
	rc = mk_places_suffice(ctx, seller, &complete, err);
	if (rc != 0 || !complete)
		return rc;
	rc = mk_seller_step_to(ctx, seller, MK_SELLER_APPROVE, err);
	if (rc != 0)
		return rc;
	mk_event(ctx, "seller.approved", MARKET_ID_SELLER, seller->seller.id);
	return mk_review_follow(ctx, seller, news, err);
}

/* What lapsed before the approval was waived by it. */
static bool closes_gate(const mk_seller *seller, const market_requirement *state,
                        const market_submission *const *submissions, size_t count)
{
	if (strcmp(state->gate, "sell") != 0 || is_met(state->state))
		return false;
	for (size_t i = 0; i < count; i++)
		if (submissions[i]->lapsed_at != 0 &&
		    submissions[i]->lapsed_at > seller->seller.approved_at &&
		    strcmp(submissions[i]->requirement, state->name) == 0)
			return true;
	return false;
}

int mk_seller_reopen(mk_ctx *ctx, mk_seller *seller, const mk_seller_news *news, market_error *err)
{
	market_requirement *states = NULL;
	const market_submission **submissions = NULL;
	size_t count = 0, n_submissions = 0;
	int rc = 0;

	if (seller->seller.gate_closed_at == 0)
		return 0;
	rc = requirement_states(ctx, seller, news, &states, &count, err);
	if (rc == 0)
		rc = list_submissions(ctx, seller, news, &submissions, &n_submissions, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (closes_gate(seller, &states[i], submissions, n_submissions))
			return 0;
	if (rc != 0)
		return rc;
	seller->seller.gate_closed_at = 0;
	mk_event(ctx, "seller.gate_opened", MARKET_ID_SELLER, seller->seller.id);
	return 0;
}

int mk_seller_met(mk_ctx *ctx, mk_seller *seller, const mk_seller_news *news, market_error *err)
{
	int rc = mk_seller_advance(ctx, seller, news, err);
	if (rc == 0)
		rc = mk_seller_reopen(ctx, seller, news, err);
	if (rc == 0)
		rc = mk_review_follow(ctx, seller, news, err);
	/* whatever changed: decisions at the same time must meet */
	if (rc == 0)
		mk_seller_save(ctx, seller);
	return rc;
}

/* A timer that is late finds what was accepted meanwhile. */
static bool is_met_since(const mk_ctx *ctx, const char *name,
                         const market_submission *const *submissions, size_t count)
{
	const mk_requirement *requirement = mk_policy_requirement(ctx->policy, name);

	for (size_t i = 0; i < count; i++)
		if (strcmp(submissions[i]->requirement, name) == 0 && submissions[i]->lapsed_at == 0 &&
		    mk_submission_meets(submissions[i], requirement, ctx->recorded))
			return true;
	return false;
}

/* What never began counted for nothing, and what was over at the approval was waived by it. */
static bool was_of_no_use(const mk_ctx *ctx, const mk_seller *seller, const market_submission *s)
{
	const market_time approved_at = seller->seller.approved_at;

	return s->valid_from > ctx->now || ctx->now < approved_at ||
	       (s->valid_to != 0 && s->valid_to <= approved_at);
}

int mk_seller_lapse(mk_ctx *ctx, mk_seller *seller, const mk_submission *lapsed, market_error *err)
{
	const mk_seller_news news = {.decided = lapsed};
	market_requirement *states = NULL;
	const market_submission **submissions = NULL;
	size_t count = 0, n_submissions = 0;
	int rc;

	if (seller->seller.gate_closed_at != 0 || (seller->seller.state != MARKET_SELLER_APPROVED &&
	                                           seller->seller.state != MARKET_SELLER_SUSPENDED))
		return 0;
	if (was_of_no_use(ctx, seller, &lapsed->submission))
		return 0;
	rc = requirement_states(ctx, seller, &news, &states, &count, err);
	if (rc == 0)
		rc = list_submissions(ctx, seller, &news, &submissions, &n_submissions, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (strcmp(states[i].name, lapsed->submission.requirement) != 0 ||
		    strcmp(states[i].gate, "sell") != 0 || is_met(states[i].state) ||
		    is_met_since(ctx, states[i].name, submissions, n_submissions))
			continue;
		seller->seller.gate_closed_at = ctx->now;
		mk_event(ctx, "seller.gate_closed", MARKET_ID_SELLER, seller->seller.id);
		mk_event_text(ctx, "requirement", states[i].name);
	}
	return rc;
}

static bool is_asked(const market_requirement *states, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(states[i].name, name) == 0)
			return true;
	return false;
}

int mk_seller_check_asked(mk_ctx *ctx, const mk_seller *before, const mk_seller *after,
                          market_error *err)
{
	market_requirement *old = NULL, *asked = NULL;
	const char **open;
	size_t n_old = 0, n_asked = 0, n = 0;
	int rc = requirement_states(ctx, before, NULL, &old, &n_old, err);

	if (rc == 0)
		rc = requirement_states(ctx, after, NULL, &asked, &n_asked, err);
	if (rc != 0)
		return rc;
	open = MK_NEW_ARRAY(ctx->arena, const char *, n_asked + 1);
	if (!open)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < n_asked; i++)
		if (strcmp(asked[i].gate, "sell") == 0 && !is_met(asked[i].state) &&
		    !is_asked(old, n_old, asked[i].name))
			open[n++] = asked[i].name;
	if (n == 0)
		return 0;
	rc = mk_error_at(err, MARKET_EINCOMPLETE, "categories",
	                 "requirements of the categories are open");
	return mk_error_detail_list(err, rc, open, n);
}

int mk_seller_check_left(mk_ctx *ctx, const mk_seller *before, const mk_seller *after,
                         market_error *err)
{
	market_requirement *old = NULL, *asked = NULL;
	const market_submission **list = NULL;
	size_t n_old = 0, n_asked = 0, n_list = 0;
	int rc = requirement_states(ctx, before, NULL, &old, &n_old, err);

	if (rc == 0)
		rc = requirement_states(ctx, after, NULL, &asked, &n_asked, err);
	if (rc == 0)
		rc = list_submissions(ctx, before, NULL, &list, &n_list, err);
	for (size_t i = 0; rc == 0 && i < n_old; i++)
		if (closes_gate(before, &old[i], list, n_list) && !is_asked(asked, n_asked, old[i].name))
			rc = mk_error_at(err, MARKET_EINCOMPLETE, "categories",
			                 "requirement %s has lapsed: it is met anew or waived first",
			                 old[i].name);
	return rc;
}

int mk_submissions_wait(mk_ctx *ctx, const mk_seller *seller, const mk_seller_news *news,
                        bool *waits, market_error *err)
{
	const market_submission **list = NULL;
	size_t count = 0;
	int rc = list_submissions(ctx, seller, news, &list, &count, err);

	*waits = false;
	for (size_t i = 0; rc == 0 && !*waits && i < count; i++) {
		mk_identity *awaited = NULL;

		if (list[i]->state == MARKET_SUBMISSION_PENDING) {
			rc = mk_identity_awaited(ctx, list[i], &awaited, err);
			*waits = !awaited;
		} else {
			*waits = list[i]->recheck_at != 0 && list[i]->recheck_at <= ctx->now &&
			         mk_submission_counts(list[i], ctx->now);
		}
	}
	return rc;
}

int mk_seller_fill(mk_ctx *ctx, void *row, market_error *err)
{
	mk_seller *seller = row;
	market_requirement *states = NULL;
	const market_requirement **items;
	size_t count = 0;
	int rc = requirement_states(ctx, seller, NULL, &states, &count, err);
	if (rc != 0)
		return rc;
	items = MK_NEW_ARRAY(ctx->arena, const market_requirement *, count + 1);
	if (!items)
		return mk_error_no_memory(err);
	for (size_t i = 0; i < count; i++)
		items[i] = &states[i];
	seller->seller.requirements = items;
	seller->seller.n_requirements = count;
	return mk_seller_categories_fill(ctx, seller, err);
}
