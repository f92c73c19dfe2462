/* Operations of the engine itself: policy versions and the journal as a list. */
#ifndef MK_ENGINE_OPERATIONS_H
#define MK_ENGINE_OPERATIONS_H

#include "libmarket/engine/context.h"

extern const mk_record mk_policy_version_record, mk_journal_entry_record;
extern const mk_entity mk_policy_entity;
int mk_policy_publish(mk_ctx *ctx, const void *params, market_error *err);
int mk_policy_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_event_list(mk_ctx *ctx, const void *params, market_error *err);

#endif
