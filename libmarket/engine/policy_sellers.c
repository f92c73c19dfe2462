/* The policy's section `sellers`. */
#include "libmarket/engine/policy_sellers.h"

#include <string.h>

#include "libmarket/base/clock.h"
#include "libmarket/base/limits.h"

#define LONGEST (3660 * MK_DAY)

static const mk_enum_value requirement_kind_values[] = {
	{MK_COMPUTED, "computed", "from data that the market holds"},
	{MK_ATTESTED, "attested", "a document or statement that an operator accepts"},
	{MK_VERIFIED, "verified", "by a provider"},
	{MK_TRAINING, "training", "by an exam"},
	{0, NULL, NULL},
};
const mk_enum mk_requirement_kind_enum = {"requirement_kind", requirement_kind_values};

static const mk_enum_value gate_values[] = {
	{MK_GATE_SELL, "sell", "open: the seller can't be approved"},
	{MK_GATE_PAYOUT, "payout", "open: the seller isn't paid out"},
	{0, NULL, NULL},
};
const mk_enum mk_gate_enum = {"gate", gate_values};

static const mk_field question_fields[] = {
	MK_F_TEXT(mk_exam_question, question, MK_REQUIRED | MK_MULTILINE, 1, MK_MAX_TEXT,
              "what is asked"),
	MK_F_TEXTS(mk_exam_question, choices, MK_REQUIRED, 2, 20, "what may be answered"),
	MK_F_INT(mk_exam_question, answer, MK_REQUIRED, 1, 20, "the right choice's number, from 1"),
};
static const mk_record question_record =
	MK_RECORD_OF("exam_question", mk_exam_question, question_fields, "a question of an exam");

static const mk_field exam_fields[] = {
	MK_F_INT(mk_exam, pass, MK_REQUIRED, 1, 200, "right answers that it takes"),
	MK_F_SPAN(mk_exam, retry_after, 0, 0, LONGEST, "not again before, once failed"),
	MK_F_SPAN(mk_exam, valid_for, 0, 0, LONGEST, "passed for that long; left out: for ever"),
	MK_F_LIST(mk_exam, questions, mk_exam_question, question_record, MK_REQUIRED, 1, 200,
              "in their order"),
};
static const mk_record exam_record =
	MK_RECORD_OF("exam", mk_exam, exam_fields, "what a training asks (SEL-11)");

static const mk_field requirement_fields[] = {
	MK_F_TEXT(mk_requirement, key, MK_REQUIRED, 1, MK_MAX_CODE, "its name in submissions"),
	MK_F_ENUM(mk_requirement, kind, mk_requirement_kind_enum, MK_REQUIRED, "how it is met"),
	MK_F_ENUM(mk_requirement, gate, mk_gate_enum, MK_REQUIRED, "what it blocks while it is open"),
	MK_F_TEXT(mk_requirement, summary, 0, 0, MK_MAX_NAME, "what sellers are told"),
	MK_F_TEXTS(mk_requirement, store_types, 0, 0, 10, "whom it concerns; none: all"),
	MK_F_TIME(mk_requirement, version, 0, "submissions made before it don't count"),
	MK_F_TEXTS(mk_requirement, categories, 0, 0, 1000,
               "asked of sellers in these back categories, or below; none: all"),
	MK_F_SPAN(mk_requirement, recheck, 0, 0, LONGEST, "an operator looks at it again after that"),
	MK_F_RECORD(mk_requirement, exam, mk_exam, exam_record, 0, "of the kind training"),
};
static const mk_record requirement_record = MK_RECORD_OF(
	"requirement", mk_requirement, requirement_fields, "what a seller must show (SEL-1)");

static const mk_field reason_fields[] = {
	MK_F_TEXT(mk_reason, code, MK_REQUIRED, 1, MK_MAX_CODE, "what a decision names"),
	MK_F_TEXTS(mk_reason, decisions, 0, 0, 20, "operations that may give it; none: all"),
	{.name = "texts",
     .summary = "what it says, by locale",
     .kind = MK_LIST,
     .flags = MK_PAIRS,
     .record = &mk_pair_record,
     .max = 50,
     .offset = MK_AT(mk_reason, texts, const market_pair *const *),
     .count_offset = MK_AT(mk_reason, n_texts, size_t)},
};
static const mk_record reason_record =
	MK_RECORD_OF("reason", mk_reason, reason_fields, "why a seller was refused (SEL-2)");

static const mk_field seller_fields[] = {
	MK_F_SPAN(mk_policy_sellers, application_stale, MK_REQUIRED, MK_HOUR, LONGEST,
              "an unanswered application is rejected after this"),
	MK_F_SPAN(mk_policy_sellers, payout_account_cooling, MK_REQUIRED, 0, LONGEST,
              "payouts wait this long after a change of the payout account (SEL-8)"),
	MK_F_SPAN(mk_policy_sellers, confirmation_fresh, MK_REQUIRED, 1, LONGEST,
              "a person's proof of who they are counts that long (SEL-8)"),
	MK_F_BOOL(mk_policy_sellers, auto_approve, 0,
              "approve complete applications without an operator (SEL-2)"),
	MK_F_LIST(mk_policy_sellers, requirements, mk_requirement, requirement_record, 0, 0, 100,
              "what sellers must show"),
	MK_F_SPAN(mk_policy_sellers, review_claim, 0, 0, LONGEST,
              "an operator's claim on a review lasts that long"),
	MK_F_TEXTS(mk_policy_sellers, warnings, 0, 0, 10, "spans before the end of a submission"),
	MK_F_LIST(mk_policy_sellers, reasons, mk_reason, reason_record, 0, 0, 500,
              "codes of decisions; none: any text"),
};
const mk_record mk_sellers_record =
	MK_RECORD_OF("sellers", mk_policy_sellers, seller_fields, "onboarding of sellers");

static void check_requirement(mk_yaml *yaml, const mk_requirement *requirement)
{
	const mk_exam *exam = requirement->exam;
	const bool training = requirement->kind == MK_TRAINING;

	if (training != (exam != NULL))
		mk_yaml_report(yaml, requirement, "exam", "",
		               training ? "requirement %s is a training and has no exam"
		                        : "requirement %s has an exam and isn't a training",
		               requirement->key);
	if (!exam)
		return;
	if (exam->pass > (int64_t)exam->n_questions)
		mk_yaml_report(yaml, exam, "pass", "", "the exam has %zu questions and takes %lld answers",
		               exam->n_questions, (long long)exam->pass);
	for (size_t i = 0; i < exam->n_questions; i++)
		if (exam->questions[i]->answer > (int64_t)exam->questions[i]->n_choices)
			mk_yaml_report(yaml, exam->questions[i], "answer", "", "the question has %zu choices",
			               exam->questions[i]->n_choices);
}

static void check_reasons(mk_yaml *yaml, const mk_policy_sellers *sellers)
{
	for (size_t i = 0; i < sellers->n_reasons; i++) {
		const mk_reason *reason = sellers->reasons[i];

		for (size_t k = 0; k < i; k++)
			if (strcmp(sellers->reasons[k]->code, reason->code) == 0)
				mk_yaml_report(yaml, reason, "code", "", "reason %s stands twice", reason->code);
		for (size_t k = 0; k < reason->n_decisions; k++)
			if (!mk_policy_is_decision(reason->decisions[k]))
				mk_yaml_report(yaml, reason, "decisions", "",
				               "%s isn't a decision that gives a reason", reason->decisions[k]);
	}
}

void mk_policy_check_sellers(mk_yaml *yaml, const mk_policy_sellers *sellers)
{
	int64_t span;

	for (size_t i = 0; i < sellers->n_requirements; i++) {
		const mk_requirement *requirement = sellers->requirements[i];

		check_requirement(yaml, requirement);
		for (size_t k = 0; k < i; k++)
			if (strcmp(sellers->requirements[k]->key, requirement->key) == 0)
				mk_yaml_report(yaml, requirement, "key", "", "requirement %s stands twice",
				               requirement->key);
	}
	for (size_t i = 0; i < sellers->n_warnings; i++)
		if (!mk_duration_parse(sellers->warnings[i], &span) || span <= 0)
			mk_yaml_report(yaml, sellers, "warnings", "durations are written as 30d or 48h",
			               "\"%s\" isn't a duration", sellers->warnings[i]);
	check_reasons(yaml, sellers);
}

const mk_requirement *mk_policy_requirement(const mk_policy *policy, const char *key)
{
	for (size_t i = 0; i < policy->sellers->n_requirements; i++)
		if (strcmp(policy->sellers->requirements[i]->key, key) == 0)
			return policy->sellers->requirements[i];
	return NULL;
}

bool mk_policy_is_decision(const char *operation)
{
	static const char *const all[] = {
		"seller.reject",    "seller.suspend",    "seller.reinstate",  "seller.close",
		"seller.terminate", "submission.reject", "submission.revoke", "submission.waive",
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(all[i], operation) == 0)
			return true;
	return false;
}

bool mk_reason_serves(const mk_reason *reason, const char *decision)
{
	for (size_t i = 0; i < reason->n_decisions; i++)
		if (strcmp(reason->decisions[i], decision) == 0)
			return true;
	return reason->n_decisions == 0;
}
