/* SEL-1, SEL-2, SEL-11: submissions with their timers, exams, the operators' queue and its claims.
 */
#include <string.h>

#include "tests/sim/sim.h"

enum { MOST_SUBMISSIONS = 60 };
static const market_time recheck = 20 * SIM_DAY, warning = 7 * SIM_DAY, claim = 2 * SIM_HOUR;

static bool decided(const sim_submission *sub)
{
	return sub->state == MARKET_SUBMISSION_ACCEPTED || sub->state == MARKET_SUBMISSION_WAIVED;
}

static bool counts(const sim_submission *sub, market_time now)
{
	return decided(sub) && sub->valid_from <= now && (sub->valid_to == 0 || now < sub->valid_to);
}

bool sim_terms_met(const sim *s, size_t seller, market_time now)
{
	for (size_t i = 0; i < s->submissions.n; i++)
		if (s->submissions.at[i].seller == seller && !s->submissions.at[i].exam &&
		    counts(&s->submissions.at[i], now))
			return true;
	return false;
}

/* What waits for the provider of identities alone isn't an operator's. */
static bool waits(const sim *s, size_t seller, market_time now)
{
	const sim_seller *sel = &s->sellers.at[seller];

	if (SIM_GONE(sel))
		return false;
	if (sel->state == MARKET_SELLER_IN_REVIEW)
		return true;
	for (size_t i = 0; i < s->submissions.n; i++) {
		const sim_submission *sub = &s->submissions.at[i];
		const bool again = sub->recheck_at != 0 && sub->recheck_at <= now && counts(sub, now);

		if (sub->seller == seller && (sub->state == MARKET_SUBMISSION_PENDING || again))
			return true;
	}
	return false;
}

void sim_review_follow(sim *s, size_t seller, market_time now)
{
	sim_seller *sel = &s->sellers.at[seller];

	if (!waits(s, seller, now))
		sel->review_since = sel->claimed_until = 0;
	else if (sel->review_since == 0)
		sel->review_since = now;
}

static void open_gate(sim *s, size_t seller, market_time now)
{
	bool lapsed = false;

	for (size_t i = 0; i < s->submissions.n; i++)
		lapsed = lapsed || (s->submissions.at[i].seller == seller && !s->submissions.at[i].exam &&
		                    s->submissions.at[i].lapsed_at != 0);
	if (!lapsed || sim_terms_met(s, seller, now))
		s->sellers.at[seller].gate_closed_at = 0;
}

void sim_seller_met(sim *s, size_t seller, market_time now)
{
	sim_seller_advance(s, seller, now);
	if (s->sellers.at[seller].gate_closed_at != 0)
		open_gate(s, seller, now);
	sim_review_follow(s, seller, now);
}

bool sim_claimed(const sim *s, size_t seller)
{
	return s->sellers.at[seller].claimed_until > s->now && s->sellers.at[seller].claimed_by_other;
}

/* ---- timers ---- */

static market_time earlier(market_time after, market_time best, market_time at)
{
	return at > after && (best == 0 || at < best) ? at : best;
}

static void set_due(sim_submission *sub, market_time after)
{
	market_time due = 0;

	if (decided(sub) && sub->lapsed_at == 0) {
		due = earlier(after, due, sub->valid_from);
		due = earlier(after, due, sub->recheck_at);
		if (sub->valid_to != 0) {
			due = earlier(after, due, sub->valid_to - warning);
			due = earlier(after, due, sub->valid_to);
		}
	}
	sub->due_at = due;
}

static void lapse(sim *s, size_t i, market_time now)
{
	sim_submission *sub = &s->submissions.at[i];
	sim_seller *sel = &s->sellers.at[sub->seller];
	const bool sells =
		sel->state == MARKET_SELLER_APPROVED || sel->state == MARKET_SELLER_SUSPENDED;

	sub->lapsed_at = now;
	sub->due_at = 0;
	if (sells && sel->gate_closed_at == 0 && !sub->exam && !sim_terms_met(s, sub->seller, now))
		sel->gate_closed_at = now;
	sim_review_follow(s, sub->seller, now);
}

void sim_submission_expire(sim *s, size_t i, market_time now)
{
	sim_submission *sub = &s->submissions.at[i];
	const market_time due = sub->due_at;

	if (due == sub->valid_to) {
		lapse(s, i, now);
		return;
	}
	set_due(sub, due);
	if (due == sub->recheck_at)
		sim_review_follow(s, sub->seller, now);
	else if (due == sub->valid_from)
		sim_seller_met(s, sub->seller, now);
}

static void timers(sim *s, size_t i)
{
	while (!s->failed && s->submissions.at[i].due_at != 0 && s->submissions.at[i].due_at <= s->now)
		sim_submission_expire(s, i, s->submissions.at[i].due_at);
}

/* ---- actions ---- */

static void same(sim *s, size_t i, const market_submission *got)
{
	const sim_submission *sub = &s->submissions.at[i];

	sim_same(s, "state of a submission", sub->state, got->state);
	sim_same(s, "recheck_at of a submission", sub->recheck_at, got->recheck_at);
	sim_same(s, "lapsed_at of a submission", sub->lapsed_at, got->lapsed_at);
	sim_same(s, "valid_to of a submission", sub->valid_to, got->valid_to);
}

static size_t any_seller(sim *s, const char *operation)
{
	size_t i;

	if (s->sellers.n == 0)
		return SIM_NONE;
	i = (size_t)sim_below(s, (int64_t)s->sellers.n);
	sim_seller_timers(s, i, operation);
	return i;
}

static size_t any_submission(sim *s)
{
	return s->submissions.n == 0 ? SIM_NONE : (size_t)sim_below(s, (int64_t)s->submissions.n);
}

/* A new one as it was made; `made` is freed. */
static void add(sim *s, size_t seller, sim_submission sub, void *made)
{
	const size_t i = SIM_ADD(s->submissions);

	sub.id = ((market_submission *)made)->id;
	sub.seller = seller;
	if (decided(&sub)) {
		sub.decided_at = s->now;
		sub.recheck_at =
			sub.state == MARKET_SUBMISSION_ACCEPTED && !sub.exam ? s->now + recheck : 0;
		set_due(&sub, s->now);
	}
	s->submissions.at[i] = sub;
	if (sub.state == MARKET_SUBMISSION_PENDING)
		sim_review_follow(s, seller, s->now);
	else
		sim_seller_met(s, seller, s->now);
	same(s, i, made);
	sim_free(made);
}

static void submit(sim *s)
{
	market_submission_create_params in = MARKET_SUBMISSION_CREATE_PARAMS_INIT;
	const size_t i = any_seller(s, "submission.create");
	int expected = 0;
	void *out;

	if (i == SIM_NONE || s->submissions.n >= MOST_SUBMISSIONS)
		return;
	in.seller = s->sellers.at[i].id;
	in.requirement = sim_chance(s, 90) ? "terms" : sim_chance(s, 50) ? "nothing" : "rules";
	in.statement = "I agree";
	in.valid_from = sim_chance(s, 20) ? s->now + sim_below(s, 5) * SIM_DAY : 0;
	in.valid_to = sim_chance(s, 50) ? s->now + sim_below(s, 40) * SIM_DAY + SIM_HOUR : 0;
	if (in.requirement[0] != 't')
		expected = MARKET_EINVALID;
	else if (SIM_GONE(&s->sellers.at[i]))
		expected = MARKET_ESTATE;
	else if (in.valid_to != 0 && in.valid_to <= in.valid_from)
		expected = MARKET_EINVALID;
	if (sim_run(s, "submission.create", &in, &out, expected))
		add(s, i,
		    (sim_submission){.state = MARKET_SUBMISSION_PENDING,
		                     .valid_from = in.valid_from,
		                     .valid_to = in.valid_to},
		    out);
}

static void waive(sim *s)
{
	market_submission_waive_params in = MARKET_SUBMISSION_WAIVE_PARAMS_INIT;
	const size_t i = any_seller(s, "submission.waive");
	int expected = 0;
	void *out;

	if (i == SIM_NONE || s->submissions.n >= MOST_SUBMISSIONS || !sim_chance(s, 30))
		return;
	in.seller = s->sellers.at[i].id;
	in.requirement = sim_chance(s, 80) ? "terms" : "payout_account";
	in.reason = "known";
	in.valid_to = sim_chance(s, 80) ? s->now + sim_below(s, 20) * SIM_DAY : 0;
	if (SIM_GONE(&s->sellers.at[i]))
		expected = MARKET_ESTATE;
	else if (in.requirement[0] == 'p' || (in.valid_to != 0 && in.valid_to <= s->now))
		expected = MARKET_EINVALID;
	if (sim_run(s, "submission.waive", &in, &out, expected))
		add(s, i, (sim_submission){.state = MARKET_SUBMISSION_WAIVED, .valid_to = in.valid_to},
		    out);
}

static void decide(sim *s, const char *operation, int32_t state)
{
	market_submission_decide_params in = {.size = sizeof(in)};
	const size_t i = any_submission(s);
	sim_submission *sub;
	bool good;
	int expected;
	void *out;

	if (i == SIM_NONE)
		return;
	timers(s, i);
	sub = &s->submissions.at[i];
	in.submission = sub->id;
	in.reason = state == MARKET_SUBMISSION_REJECTED ? "blurred" : NULL;
	good = sub->state == MARKET_SUBMISSION_PENDING && !sim_claimed(s, sub->seller);
	expected = good ? 0 : MARKET_ESTATE;
	if (good && state == MARKET_SUBMISSION_ACCEPTED && sub->valid_to != 0 &&
	    sub->valid_to <= s->now)
		expected = MARKET_EEXPIRED;
	if (expected == 0) {
		sub->state = state;
		sub->decided_at = s->now;
		sub->recheck_at = state == MARKET_SUBMISSION_ACCEPTED ? s->now + recheck : 0;
		set_due(sub, s->now);
		sim_seller_met(s, sub->seller, s->now);
	}
	if (sim_run(s, operation, &in, &out, expected))
		same(s, i, out);
	sim_free(out);
}

static void accept_one(sim *s)
{
	decide(s, "submission.accept", MARKET_SUBMISSION_ACCEPTED);
}

static void reject_one(sim *s)
{
	decide(s, "submission.reject", MARKET_SUBMISSION_REJECTED);
}

static void revoke(sim *s)
{
	market_submission_revoke_params in = MARKET_SUBMISSION_REVOKE_PARAMS_INIT;
	const size_t i = any_submission(s);
	sim_submission *sub;
	bool good;
	void *out;

	if (i == SIM_NONE || !sim_chance(s, 40))
		return;
	timers(s, i);
	sub = &s->submissions.at[i];
	in.submission = sub->id;
	in.reason = "fraud";
	good = decided(sub) && sub->lapsed_at == 0 && !sim_claimed(s, sub->seller);
	if (good) {
		sub->state = MARKET_SUBMISSION_REJECTED;
		sub->recheck_at = 0;
		lapse(s, i, s->now);
	}
	if (sim_run(s, "submission.revoke", &in, &out, good ? 0 : MARKET_ESTATE))
		same(s, i, out);
	sim_free(out);
}

static void look_again(sim *s)
{
	market_submission_get_params in = MARKET_SUBMISSION_GET_PARAMS_INIT;
	const size_t i = any_submission(s);
	sim_submission *sub;
	bool good;
	void *out;

	if (i == SIM_NONE)
		return;
	timers(s, i);
	sub = &s->submissions.at[i];
	in.submission = sub->id;
	good = sub->recheck_at != 0 && counts(sub, s->now) && !sim_claimed(s, sub->seller);
	if (good) {
		sub->recheck_at = s->now + recheck;
		set_due(sub, s->now);
		sim_seller_met(s, sub->seller, s->now);
	}
	if (sim_run(s, "submission.recheck", &in, &out, good ? 0 : MARKET_ESTATE))
		same(s, i, out);
	sim_free(out);
}

static void expire(sim *s)
{
	market_submission_get_params in = MARKET_SUBMISSION_GET_PARAMS_INIT;
	const size_t i = any_submission(s);
	bool due;
	void *out;

	if (i == SIM_NONE)
		return;
	in.submission = s->submissions.at[i].id;
	due = s->submissions.at[i].due_at != 0 && s->submissions.at[i].due_at <= s->now;
	if (due)
		sim_submission_expire(s, i, s->now);
	sim_as_system(s);
	if (sim_run(s, "submission.expire", &in, &out, due ? 0 : MARKET_ESTATE))
		same(s, i, out);
	sim_free(out);
	sim_as_operator(s);
}

/* The newest of an exam tells when it may be taken again. */
static bool too_soon(const sim *s, size_t seller)
{
	bool soon = false;

	for (size_t i = 0; i < s->submissions.n; i++) {
		const sim_submission *sub = &s->submissions.at[i];

		if (sub->seller == seller && sub->exam)
			soon = sub->state == MARKET_SUBMISSION_REJECTED && sub->valid_from + SIM_DAY > s->now;
	}
	return soon;
}

static void take_exam(sim *s)
{
	static const char *const choices[] = {"good", "bad", "none"};
	market_exam_take_params in = MARKET_EXAM_TAKE_PARAMS_INIT;
	const size_t i = any_seller(s, "exam.take");
	const size_t choice = (size_t)sim_below(s, 3);
	sim_submission sub = {.exam = true};
	int expected = 0;
	void *out;

	if (i == SIM_NONE || s->submissions.n >= MOST_SUBMISSIONS || !sim_chance(s, 40))
		return;
	in.seller = s->sellers.at[i].id;
	in.requirement = "rules";
	in.answers = &choices[choice];
	in.n_answers = 1;
	if (SIM_GONE(&s->sellers.at[i]) || too_soon(s, i))
		expected = MARKET_ESTATE;
	else if (choice == 2)
		expected = MARKET_EINVALID;
	sub.state = choice == 0 ? MARKET_SUBMISSION_ACCEPTED : MARKET_SUBMISSION_REJECTED;
	sub.valid_to = choice == 0 ? s->now + 40 * SIM_DAY : 0;
	sim_as(s, MARKET_ACTOR_MEMBER, s->sellers.at[i].owner);
	if (sim_run(s, "exam.take", &in, &out, expected)) {
		add(s, i, sub, out);
		s->submissions.at[s->submissions.n - 1].valid_from = s->now; /* when it was taken */
	}
	sim_as_operator(s);
}

static void as_operator(sim *s, bool other)
{
	const market_actor actor = {.kind = MARKET_ACTOR_OPERATOR,
	                            .name = other ? "other" : "sim",
	                            .rights = MARKET_RIGHT_ALL,
	                            .confirmed_at = s->now};

	if (market_session_act_as(s->session, &actor, &s->err) != 0)
		sim_fail(s, "nobody acts: %s", s->err.message);
}

static void same_review(sim *s, size_t seller, const market_review *got)
{
	const sim_seller *sel = &s->sellers.at[seller];

	sim_same(s, "since of a review", sel->review_since, got->since);
	sim_same(s, "claimed_until of a review", sel->claimed_until, got->claimed_until);
}

static void claim_one(sim *s)
{
	market_seller_get_params in = MARKET_SELLER_GET_PARAMS_INIT;
	const size_t i = any_seller(s, "seller.review.claim");
	const bool other = sim_chance(s, 50);
	sim_seller *sel;
	bool good;
	void *out;

	if (i == SIM_NONE)
		return;
	sel = &s->sellers.at[i];
	in.seller = sel->id;
	good =
		sel->review_since != 0 && (sel->claimed_until <= s->now || sel->claimed_by_other == other);
	if (good) {
		sel->claimed_until = s->now + claim;
		sel->claimed_by_other = other;
	}
	as_operator(s, other);
	if (sim_run(s, "seller.review.claim", &in, &out, good ? 0 : MARKET_ESTATE))
		same_review(s, i, out);
	sim_free(out);
	sim_as_operator(s);
}

static void release_one(sim *s)
{
	market_seller_get_params in = MARKET_SELLER_GET_PARAMS_INIT;
	const size_t i = any_seller(s, "seller.review.release");
	const bool other = sim_chance(s, 50);
	sim_seller *sel;
	bool good;
	void *out;

	if (i == SIM_NONE)
		return;
	sel = &s->sellers.at[i];
	in.seller = sel->id;
	good = sel->claimed_until > s->now && sel->claimed_by_other == other;
	if (good)
		sel->claimed_until = 0;
	as_operator(s, other);
	if (sim_run(s, "seller.review.release", &in, &out, good ? 0 : MARKET_ESTATE))
		same_review(s, i, out);
	sim_free(out);
	sim_as_operator(s);
}

void sim_check_submissions(sim *s)
{
	for (size_t i = 0; i < s->submissions.n; i++) {
		market_submission_get_params in = MARKET_SUBMISSION_GET_PARAMS_INIT;
		void *out;

		in.submission = s->submissions.at[i].id;
		out = sim_read(s, "submission.get", &in);
		if (out)
			same(s, i, out);
		sim_free(out);
	}
}

const sim_action sim_onboarding_actions[] = {
	{"submission.create", submit, 2},
	{"submission.accept", accept_one, 3},
	{"submission.reject", reject_one, 1},
	{"submission.waive", waive, 1},
	{"submission.revoke", revoke, 1},
	{"submission.recheck", look_again, 2},
	{"submission.expire", expire, 1},
	{"exam.take", take_exam, 1},
	{"seller.review.claim", claim_one, 2},
	{"seller.review.release", release_one, 1},
	{NULL, NULL, 0},
};
