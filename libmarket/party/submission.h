/* Submissions: what sellers have shown for the policy's requirements (SEL-1). */
#ifndef MK_PARTY_SUBMISSION_H
#define MK_PARTY_SUBMISSION_H

#include "libmarket/party/party.h"

typedef struct mk_submission {
	market_submission submission;
	market_blob document_sealed;
	market_blob document_key;
	market_blob document_index; /* blind: equal numbers find each other */
	market_time due_at;         /* of its deadline row, the earliest of its timers to come */
	market_time due_before;     /* as it was read; not a column */
	bool fresh;                 /* not stored yet */
} mk_submission;

extern const mk_record mk_submission_record;
extern const mk_entity mk_submission_entity;
extern const mk_enum mk_submission_state_enum;

/* All submissions of a seller, oldest first; only requirement, state and times are read. */
int mk_submission_list(mk_ctx *ctx, market_id seller, mk_submission ***out, size_t *count,
                       market_error *err);

/* Whether it was accepted or waived and its time runs. */
bool mk_submission_counts(const market_submission *submission, market_time now);
/* Whether it is of the requirement's version that is asked for now. `requirement` NULL: any is. */
bool mk_submission_is_of(const market_submission *submission, const mk_requirement *requirement,
                         market_time now);
/* Both: the requirement is met by it. */
bool mk_submission_meets(const market_submission *submission, const mk_requirement *requirement,
                         market_time now);
/* Plans a new one, pending or waived or an exam's; its `id` comes back. */
void mk_submission_add(mk_ctx *ctx, mk_submission *row);
/* Plans what became of one that was read: `state`, `reason` and `valid_to` are set by the caller.
 */
void mk_submission_settle(mk_ctx *ctx, mk_submission *row);
/* Sets what follows from a decision made now: when it was made, when it is looked at again. */
void mk_submission_decided(const mk_ctx *ctx, mk_submission *row);
/* Plans the deadline of the earliest timer after the one that was handled last. */
void mk_submission_time(mk_ctx *ctx, mk_submission *row);
/* Plans the update of one that was read and changed, its deadline included. */
void mk_submission_save(mk_ctx *ctx, mk_submission *row);
/* EINVALID when a submission of that kind can't be made for the requirement. */
int mk_submission_check_kind(const mk_ctx *ctx, const char *key, mk_requirement_kind kind,
                             const mk_requirement **out, market_error *err);

int mk_submission_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_submission_accept(mk_ctx *ctx, const void *params, market_error *err);
int mk_submission_reject(mk_ctx *ctx, const void *params, market_error *err);
int mk_submission_waive(mk_ctx *ctx, const void *params, market_error *err);
int mk_submission_revoke(mk_ctx *ctx, const void *params, market_error *err);
int mk_submission_recheck(mk_ctx *ctx, const void *params, market_error *err);
int mk_submission_expire(mk_ctx *ctx, const void *params, market_error *err);
int mk_submission_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_submission_reveal(mk_ctx *ctx, const void *params, market_error *err);
int mk_submission_page(mk_ctx *ctx, const void *params, market_error *err);

#endif
