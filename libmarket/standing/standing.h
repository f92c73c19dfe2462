/* Violations, the points of a window, and what they bring about (SEL-7, BUY-1). */
#ifndef MK_STANDING_STANDING_H
#define MK_STANDING_STANDING_H

#include <market/standing.h>

#include "libmarket/party/party.h"

#define MK_PENALTY_REASON "penalty_points"           /* of a suspension by points */
#define MK_PENALTY_OVER "penalty_points_over"        /* of its end by time */
#define MK_PENALTY_WITHDRAWN "penalty_points_undone" /* of its end by a decision */

typedef struct mk_violation {
	market_violation violation;
	market_time due_at; /* of its deadline row */
} mk_violation;

/* An action as the row of a seller or a buyer holds it. `violation` is a number in its book. */
typedef struct mk_action {
	int32_t action;
	market_time since, until;
	market_rate rate;
	int64_t points;
	int64_t violation;
	const char *type;
} mk_action;
#define MK_ACTION_KINDS (MARKET_ACTION_NO_ORDER + 1)

/* All actions of a party, by kind; `until` 0: none. */
typedef struct mk_actions {
	mk_action of[MK_ACTION_KINDS];
} mk_actions;

extern const mk_record mk_violation_record, mk_standing_record;
extern const mk_entity mk_violation_entity;
extern const mk_enum mk_violation_state_enum, mk_violation_cause_enum, mk_violation_decision_enum;
extern const char *const mk_standing_ddl[];

/* ---- what others ask: `standing` is the column of a seller's or a buyer's row, NULL: nothing ----
 */

/* The action when it is in force; `out` may be NULL. */
bool mk_standing_has(mk_ctx *ctx, const char *standing, int32_t action, mk_action *out);
/* ELIMITED when it is, with the reason and the end of it. */
int mk_standing_check(mk_ctx *ctx, const char *standing, int32_t action, const char *field,
                      market_error *err);
/* BUY-1: the same of a buyer who isn't read yet. */
int mk_standing_check_buyer(mk_ctx *ctx, market_id buyer, int32_t action, const char *field,
                            market_error *err);
/* SEL-7: whether the seller is suspended by its points, and by nothing else. */
bool mk_standing_suspended(const mk_seller *seller);

/* ---- violations ---- */

/* CAT-5: records the violation of a price rule by an offer, and saves the seller; NULL: it is read.
 * The offer's own entry in the search is the caller's work. */
int mk_violation_of_price(mk_ctx *ctx, mk_seller *seller, market_id offer, const char *note,
                          market_error *err);

/* ---- points (points.c) ---- */

/* Violations of a party that weren't withdrawn, oldest first; the newest MK_MOST_VIOLATIONS. */
#define MK_MOST_VIOLATIONS 1000
int mk_violations_read(mk_ctx *ctx, market_id party, mk_violation ***out, size_t *count,
                       market_error *err);
/* Those that count at a time. */
int64_t mk_points_at(mk_violation *const *all, size_t count, market_time at, int64_t *violations);
int mk_actions_read(mk_ctx *ctx, const char *standing, mk_actions *out, market_error *err);
int mk_actions_write(mk_ctx *ctx, const mk_actions *actions, const char **out, market_error *err);
/* What a violation begins and prolongs when the points of the window are `points` with it. */
void mk_actions_begin(const mk_ctx *ctx, const market_violation *violation, int64_t points,
                      mk_actions *actions);
/* What the policy in effect says of the violation that began it; NULL: nothing. */
const char *mk_action_summary(const mk_ctx *ctx, const mk_action *action);
/* Those whose time is over are gone. */
void mk_actions_drop_ended(const mk_ctx *ctx, mk_actions *actions);
/* After a reserve comes the lower one that a later or smaller threshold has brought about beside
 * it, and that lasts longer. Whether there was one. */
bool mk_actions_begin_milder(const mk_ctx *ctx, mk_violation *const *all, size_t count,
                             const mk_actions *before, mk_actions *now);
/* An action may hang on another violation now, whose timer ends it. */
void mk_violations_move_timers(mk_ctx *ctx, mk_violation *const *all, size_t count,
                               market_id except, const mk_actions *actions);
/* What all violations together have brought about and is in force. */
void mk_actions_trace(const mk_ctx *ctx, mk_violation *const *all, size_t count, mk_actions *out);

/* ---- parties (violation.c) ---- */

/* A party that is read: one of the two. */
typedef struct mk_offender {
	mk_seller *seller;
	mk_buyer *buyer;
	mk_actions actions; /* in force */
} mk_offender;
int mk_offender_load(mk_ctx *ctx, const market_violation *violation, const char *field,
                     mk_offender *out, market_error *err);
/* Plans the row with its new actions, and what follows from a change of them: events, the
 * suspension or its end, the search. */
int mk_offender_save(mk_ctx *ctx, mk_offender *offender, const mk_actions *now, const char *why,
                     market_id except, market_error *err);
/* When something of it is to be done next. */
market_time mk_violation_due(const market_violation *violation, const mk_actions *actions);

/* ---- handlers ---- */

int mk_violation_record_one(mk_ctx *ctx, const void *params, market_error *err);
int mk_violation_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_violation_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_buyer_violation_list(mk_ctx *ctx, const void *params, market_error *err);
int mk_violation_appeals(mk_ctx *ctx, const void *params, market_error *err);
int mk_violation_appeal(mk_ctx *ctx, const void *params, market_error *err);
int mk_violation_decide(mk_ctx *ctx, const void *params, market_error *err);
int mk_violation_expire(mk_ctx *ctx, const void *params, market_error *err);
int mk_standing_get(mk_ctx *ctx, const void *params, market_error *err);
int mk_buyer_standing_get(mk_ctx *ctx, const void *params, market_error *err);

#endif
