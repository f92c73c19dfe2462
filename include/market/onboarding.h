/*
 * Onboarding beyond the application: the operators' queue, decisions over submissions, exams, a
 * seller's categories, reasons by code (SEL-1, SEL-2, SEL-11).
 *
 * Since 0.1.
 */
#ifndef MARKET_ONBOARDING_H
#define MARKET_ONBOARDING_H

#include <market/seller.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- a seller's categories ---- */

typedef struct market_seller_categories_set_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *const *categories; /* codes of back categories; absent: none */
	size_t n_categories;
} market_seller_categories_set_params;
#define MARKET_SELLER_CATEGORIES_SET_PARAMS_INIT MARKET_INIT(market_seller_categories_set_params)

/* Chooses the back categories that a seller trades in anew. Once it is past `onboarding`, what the
 * policy asks of the new ones for selling must be met before: submit for it first. By the seller's
 * owners and operators with sellers. Errors: ENOTFOUND, EDENIED, EINVALID (categories), ESTATE (the
 * seller is gone), EINCOMPLETE (its detail lists what is open; or what has lapsed would be left).
 * Since 0.1. */
MARKET_API int market_seller_categories_set(struct market_session *session,
                                            const market_seller_categories_set_params *in,
                                            market_seller **out, market_error *err);

/* ---- the operators' queue ---- */

/* A seller that waits for an operator: it is in review, a submission is pending or is to be looked
 * at again. */
typedef struct market_review {
	market_id id; /* the seller */
	const char *name;
	int32_t store_type;
	const char *country;
	int32_t state;
	market_time since;         /* waits since then */
	const char *claimed_by;    /* the operator who looks at it … */
	market_time claimed_until; /* … until then, when it is later than now */
	int64_t version;
} market_review;
MARKET_API void market_review_free(market_review *review);

typedef enum market_review_claim {
	MARKET_REVIEW_FREE = 1, /* claimed by nobody */
	MARKET_REVIEW_MINE      /* claimed by the session's operator */
} market_review_claim;

typedef struct market_seller_review_list_params {
	uint32_t size;
	const char *key;
	int32_t store_type;  /* absent: all */
	const char *country; /* absent: all */
	int32_t claimed;     /* absent: all */
	const char *after;
	const int64_t *limit;
} market_seller_review_list_params;
#define MARKET_SELLER_REVIEW_LIST_PARAMS_INIT MARKET_INIT(market_seller_review_list_params)

typedef struct market_review_page {
	const market_review *const *items;
	size_t n_items;
	const char *next;
} market_review_page;

/* The queue, the longest waiting first. By operators with sellers. Errors: EDENIED, EINVALID
 * (after). Since 0.1. */
MARKET_API int market_seller_review_list(struct market_session *session,
                                         const market_seller_review_list_params *in,
                                         market_review_page **out, market_error *err);
MARKET_API void market_review_page_free(market_review_page *page);

/* Claims a review for the session's operator, or prolongs the own claim: for the policy's time
 * decisions of others over the seller and its submissions are refused with ESTATE. By operators
 * with sellers. Errors: ENOTFOUND, EDENIED, ESTATE (claimed by another, or nothing waits).
 * Since 0.1. */
MARKET_API int market_seller_review_claim(struct market_session *session,
                                          const market_seller_get_params *in, market_review **out,
                                          market_error *err);

/* Gives the own claim back. By operators with sellers. Errors: ENOTFOUND, EDENIED, ESTATE (not
 * claimed, or by another). Since 0.1. */
MARKET_API int market_seller_review_release(struct market_session *session,
                                            const market_seller_get_params *in, market_review **out,
                                            market_error *err);

/* ---- reasons ---- */

typedef struct market_reason {
	const char *code;
	const char *text; /* in the locale asked for, else another that there is */
} market_reason;

typedef struct market_reasons {
	const market_reason *const *items;
	size_t n_items;
} market_reasons;

typedef struct market_reason_list_params {
	uint32_t size;
	const char *key;
	const char *decision; /* an operation's name, "seller.reject"; absent: all */
	const char *locale;   /* BCP 47, "zh-CN"; absent: the first text of each */
} market_reason_list_params;
#define MARKET_REASON_LIST_PARAMS_INIT MARKET_INIT(market_reason_list_params)

/* The policy's reasons; none: any text is taken for a code. By anybody. Errors: EINVALID
 * (decision). Since 0.1. */
MARKET_API int market_reason_list(struct market_session *session,
                                  const market_reason_list_params *in, market_reasons **out,
                                  market_error *err);
MARKET_API void market_reasons_free(market_reasons *reasons);

/* ---- submissions ---- */

typedef struct market_submission_waive_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *requirement;
	const char *reason;   /* a code */
	market_time valid_to; /* absent: for ever */
} market_submission_waive_params;
#define MARKET_SUBMISSION_WAIVE_PARAMS_INIT MARKET_INIT(market_submission_waive_params)

/* Doesn't ask one requirement of one seller, until the requirement is renewed. By operators with
 * sellers. Errors: ENOTFOUND, EDENIED, EINVALID (requirement: none such, or computed; reason;
 * valid_to), ESTATE (the seller is gone, or another operator has claimed it). Since 0.1. */
MARKET_API int market_submission_waive(struct market_session *session,
                                       const market_submission_waive_params *in,
                                       market_submission **out, market_error *err);

typedef struct market_submission_get_params {
	uint32_t size;
	const char *key;
	market_id submission;
} market_submission_get_params;
#define MARKET_SUBMISSION_GET_PARAMS_INIT MARKET_INIT(market_submission_get_params)

typedef struct market_submission_revoke_params {
	uint32_t size;
	const char *key;
	market_id submission;
	const char *reason; /* a code */
} market_submission_revoke_params;
#define MARKET_SUBMISSION_REVOKE_PARAMS_INIT MARKET_INIT(market_submission_revoke_params)

/* Takes back that a submission was accepted or waived, as if its time were over. By operators with
 * sellers. Errors: ENOTFOUND, EDENIED, EINVALID (reason), ESTATE (it doesn't count, or another
 * operator has claimed the review). Since 0.1. */
MARKET_API int market_submission_revoke(struct market_session *session,
                                        const market_submission_revoke_params *in,
                                        market_submission **out, market_error *err);

/* An operator has looked again at what was accepted and leaves it; the next look is due after the
 * requirement's time. By operators with sellers. Errors: ENOTFOUND, EDENIED, ESTATE (it has no
 * such time, doesn't count, or another operator has claimed the review). Since 0.1. */
MARKET_API int market_submission_recheck(struct market_session *session,
                                         const market_submission_get_params *in,
                                         market_submission **out, market_error *err);

/* A timer of a submission: it begins to count, a warning before its end, the time to look again, or
 * its end, which closes the gate of its requirement unless that is met otherwise. By the system.
 * Errors: ENOTFOUND, EDENIED, ESTATE (nothing is due). Since 0.1. */
MARKET_API int market_submission_expire(struct market_session *session,
                                        const market_submission_get_params *in,
                                        market_submission **out, market_error *err);

/* One submission, its document's number masked. By the seller's owners and operators with sellers.
 * Errors: ENOTFOUND, EDENIED. Since 0.1. */
MARKET_API int market_submission_get(struct market_session *session,
                                     const market_submission_get_params *in,
                                     market_submission **out, market_error *err);

/* The same with the whole number; the read is recorded in the journal. By operators with sealed.
 * Errors: ENOTFOUND, EDENIED. Since 0.1. */
MARKET_API int market_submission_reveal(struct market_session *session,
                                        const market_submission_get_params *in,
                                        market_submission **out, market_error *err);

typedef struct market_submission_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	int32_t state; /* absent: all */
	const char *after;
	const int64_t *limit;
} market_submission_list_params;
#define MARKET_SUBMISSION_LIST_PARAMS_INIT MARKET_INIT(market_submission_list_params)

typedef struct market_submission_page {
	const market_submission *const *items;
	size_t n_items;
	const char *next;
} market_submission_page;

/* A seller's submissions, oldest first. By the seller's owners and operators with sellers. Errors:
 * ENOTFOUND, EDENIED, EINVALID (after). Since 0.1. */
MARKET_API int market_submission_list(struct market_session *session,
                                      const market_submission_list_params *in,
                                      market_submission_page **out, market_error *err);
MARKET_API void market_submission_page_free(market_submission_page *page);

/* ---- exams ---- */

typedef struct market_exam_question {
	const char *question;
	const char *const *choices;
	size_t n_choices;
} market_exam_question;

/* What a requirement of the kind training asks. */
typedef struct market_exam {
	market_id seller;
	const char *requirement;
	const char *summary;
	int64_t pass; /* right answers that it takes */
	const market_exam_question *const *questions;
	size_t n_questions;
	market_time next_at; /* failed, and not again before then */
} market_exam;

typedef struct market_exam_get_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *requirement;
} market_exam_get_params;
#define MARKET_EXAM_GET_PARAMS_INIT MARKET_INIT(market_exam_get_params)

/* The questions of an exam. By the seller's owners and operators with sellers. Errors: ENOTFOUND,
 * EDENIED, EINVALID (requirement). Since 0.1. */
MARKET_API int market_exam_get(struct market_session *session, const market_exam_get_params *in,
                               market_exam **out, market_error *err);
MARKET_API void market_exam_free(market_exam *exam);

typedef struct market_exam_take_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *requirement;
	const char *const *answers; /* the chosen text of each question, in their order */
	size_t n_answers;
} market_exam_take_params;
#define MARKET_EXAM_TAKE_PARAMS_INIT MARKET_INIT(market_exam_take_params)

/* Takes an exam: gives a submission that is accepted, for the policy's time, or rejected with the
 * code `failed`; its statement tells how many answers were right. By the seller's owners. Errors:
 * ENOTFOUND, EDENIED, EINVALID (requirement; answers: not one each, or not one of the choices),
 * ESTATE (the seller is gone, or it is too soon after a failure). Since 0.1. */
MARKET_API int market_exam_take(struct market_session *session, const market_exam_take_params *in,
                                market_submission **out, market_error *err);

#ifdef __cplusplus
}
#endif

#endif
