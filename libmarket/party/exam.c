#include "libmarket/party/exam.h"

#include <string.h>

#include "libmarket/engine/policy_sellers.h"
#include "libmarket/party/seller.h"

#define FAILED "failed" /* the reason of an exam that was taken */

static int find_next(mk_ctx *ctx, market_id seller, const mk_requirement *requirement,
                     market_time *out, market_error *err);
static int mark(const mk_exam *exam, const market_exam_take_params *in, int64_t *right,
                market_error *err);

int mk_exam_get(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_exam_get_params *in = params;
	const mk_requirement *requirement = NULL;
	const market_exam_question **questions;
	market_exam *out = MK_NEW(ctx->arena, market_exam);
	int rc = mk_submission_check_kind(ctx, in->requirement, MK_TRAINING, &requirement, err);

	if (rc != 0)
		return rc;
	questions =
		MK_NEW_ARRAY(ctx->arena, const market_exam_question *, requirement->exam->n_questions);
	if (!out || !questions)
		return mk_error_no_memory(err);
	*out = (market_exam){
		.seller = in->seller,
		.requirement = requirement->key,
		.summary = requirement->summary,
		.pass = requirement->exam->pass,
		.questions = questions,
		.n_questions = requirement->exam->n_questions,
	};
	for (size_t i = 0; i < out->n_questions; i++) {
		const mk_exam_question *from = requirement->exam->questions[i];
		market_exam_question *to = MK_NEW(ctx->arena, market_exam_question);

		if (!to)
			return mk_error_no_memory(err);
		*to = (market_exam_question){from->question, from->choices, from->n_choices};
		questions[i] = to;
	}
	ctx->output = out;
	return find_next(ctx, in->seller, requirement, &out->next_at, err);
}

int mk_exam_take(mk_ctx *ctx, const void *params, market_error *err)
{
	const market_exam_take_params *in = params;
	mk_seller *seller = (mk_seller *)ctx->subject;
	const mk_requirement *requirement = NULL;
	mk_submission row = {.submission = {.seller = in->seller, .requirement = in->requirement}};
	market_submission *s = &row.submission;
	const mk_seller_news news = {.decided = &row};
	market_time next = 0;
	int64_t right = 0;
	int rc = mk_submission_check_kind(ctx, in->requirement, MK_TRAINING, &requirement, err);

	if (rc == 0)
		rc = mk_seller_check_there(seller, err);
	if (rc == 0)
		rc = find_next(ctx, in->seller, requirement, &next, err);
	if (rc == 0 && next != 0)
		rc = mk_error_at(err, MARKET_ESTATE, "requirement",
		                 "the exam was failed and can't be taken again yet");
	if (rc == 0)
		rc = mark(requirement->exam, in, &right, err);
	if (rc != 0)
		return rc;
	s->statement = mk_arena_format(ctx->arena, "%lld of %zu", (long long)right,
	                               requirement->exam->n_questions);
	s->state =
		right >= requirement->exam->pass ? MARKET_SUBMISSION_ACCEPTED : MARKET_SUBMISSION_REJECTED;
	if (s->state == MARKET_SUBMISSION_REJECTED)
		s->reason = FAILED;
	else if (requirement->exam->valid_for != 0)
		s->valid_to = ctx->now + requirement->exam->valid_for;
	mk_submission_add(ctx, &row);
	ctx->result = s->id;
	return mk_seller_met(ctx, seller, &news, err);
}

/* When it may be taken again after the last failure; 0: now. */
static int find_next(mk_ctx *ctx, market_id seller, const mk_requirement *requirement,
                     market_time *out, market_error *err)
{
	mk_submission **rows = NULL;
	size_t count = 0;
	int rc = mk_submission_list(ctx, seller, &rows, &count, err);

	*out = 0;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const market_submission *s = &rows[i]->submission;
		const market_time at = s->created_at + requirement->exam->retry_after;

		if (strcmp(s->requirement, requirement->key) == 0 && mk_text_equal(s->reason, FAILED))
			*out = at > ctx->now ? at : 0;
	}
	return rc;
}

static int mark(const mk_exam *exam, const market_exam_take_params *in, int64_t *right,
                market_error *err)
{
	if (in->n_answers != exam->n_questions)
		return mk_error_at(err, MARKET_EINVALID, "answers",
		                   "there are %zu answers to %zu questions", in->n_answers,
		                   exam->n_questions);
	for (size_t i = 0; i < exam->n_questions; i++) {
		const mk_exam_question *question = exam->questions[i];
		size_t choice = 0;

		while (choice < question->n_choices &&
		       strcmp(question->choices[choice], in->answers[i]) != 0)
			choice++;
		if (choice == question->n_choices) {
			mk_error_set(err, MARKET_EINVALID, "question %zu has no such choice", i + 1);
			return mk_error_field(err, MARKET_EINVALID, "answers[%zu]", i);
		}
		*right += (int64_t)choice + 1 == question->answer;
	}
	return 0;
}
