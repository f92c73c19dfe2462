/* Submissions: what sellers have shown for the policy's requirements (SEL-1). */
#ifndef MK_PARTY_SUBMISSION_H
#define MK_PARTY_SUBMISSION_H

#include "libmarket/party/party.h"

typedef struct mk_submission {
	market_submission submission;
	market_blob document_sealed;
	market_blob document_key;
	market_blob document_index; /* blind: equal numbers find each other */
} mk_submission;

extern const mk_record mk_submission_record;
extern const mk_entity mk_submission_entity;
extern const mk_enum mk_submission_state_enum;

/* All submissions of a seller, oldest first; only requirement, state and times are read. */
int mk_submission_list(mk_ctx *ctx, market_id seller, mk_submission ***out, size_t *count,
                       market_error *err);

/* Plans a submission that is pending; its `id` comes back. */
void mk_submission_add(mk_ctx *ctx, mk_submission *row);
/* Plans what became of one that was read: `state`, `reason` and `valid_to` are set by the caller.
 */
void mk_submission_settle(mk_ctx *ctx, mk_submission *row);

int mk_submission_create(mk_ctx *ctx, const void *params, market_error *err);
int mk_submission_accept(mk_ctx *ctx, const void *params, market_error *err);
int mk_submission_reject(mk_ctx *ctx, const void *params, market_error *err);

#endif
