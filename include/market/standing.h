/*
 * Penalty points of sellers (SEL-7) and the standing of buyers (BUY-1): violations, what the points
 * of a rolling window bring about, and appeals.
 *
 * Since 0.1.
 */
#ifndef MARKET_STANDING_H
#define MARKET_STANDING_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

typedef enum market_violation_party {
	MARKET_VIOLATION_SELLER = 1,
	MARKET_VIOLATION_BUYER
} market_violation_party;

typedef enum market_violation_state {
	MARKET_VIOLATION_ACTIVE = 1,
	MARKET_VIOLATION_APPEALED,  /* waits for a decision; its points count meanwhile */
	MARKET_VIOLATION_WITHDRAWN, /* never counts again */
	MARKET_VIOLATION_UPHELD,    /* an appeal was refused */
	MARKET_VIOLATION_EXPIRED    /* left the window */
} market_violation_state;

/* Who brought it about. */
typedef enum market_violation_cause {
	MARKET_CAUSE_PARTY = 1,
	MARKET_CAUSE_PLATFORM /* the platform's own action: it is on record, but gives no points */
} market_violation_cause;

typedef enum market_violation_decision {
	MARKET_DECISION_WITHDRAW = 1,
	MARKET_DECISION_UPHOLD
} market_violation_decision;

/* What the points of a party bring about. */
typedef enum market_standing_action_kind {
	MARKET_ACTION_LISTING_BLOCK = 1, /* of a seller: no new offer, nothing new comes on sale */
	MARKET_ACTION_SEARCH_DEMOTION,   /* its offers come last by relevance */
	MARKET_ACTION_PAYOUT_RESERVE,    /* a part of what it earns is kept back */
	MARKET_ACTION_SUSPENSION,        /* it is suspended */
	MARKET_ACTION_NO_RATING,         /* a buyer doesn't rate */
	MARKET_ACTION_REFUND_REASON,     /* it is refunded only for a reason that is named */
	MARKET_ACTION_NO_ORDER           /* it places no orders */
} market_standing_action_kind;

/* What a seller or a buyer did against the rules. One of `seller` and `buyer` is present. */
typedef struct market_violation {
	market_id id;
	int32_t party;
	market_id seller;
	market_id buyer;
	const char *type; /* one of the policy's */
	int32_t cause;
	int64_t points;
	market_id order;      /* that it is about; may be absent */
	const char *note;     /* what happened, in words that the party reads */
	const char *evidence; /* SHA-256 of a document, 64 hexadecimal digits */
	int32_t state;
	market_time created_at;
	market_time appeal_by;  /* no appeal from then on */
	market_time expires_at; /* the points count until then */
	const char *statement;  /* of the appeal */
	market_time appealed_at;
	const char *reason; /* code of the decision */
	market_time decided_at;
	int64_t version;
} market_violation;
MARKET_API void market_violation_free(market_violation *violation);

typedef struct market_violation_record_params {
	uint32_t size;
	const char *key;
	market_id seller; /* this or `buyer` */
	market_id buyer;
	const char *type;
	int32_t cause; /* absent: the party */
	market_id order;
	const char *note;
	const char *evidence;
} market_violation_record_params;
#define MARKET_VIOLATION_RECORD_PARAMS_INIT MARKET_INIT(market_violation_record_params)

/* Records a violation. When the points of the window then reach a threshold of the policy, its
 * actions begin, or are prolonged. One that the platform itself brought about has 0 points. By
 * operators with sellers, of buyers with buyers. Errors: EMISSING (seller), EINVALID (buyer: both
 * are named; type; order: another party's; evidence), EDENIED, ENOTFOUND, ESTATE (the seller is
 * gone). Since 0.1. */
MARKET_API int market_violation_record(struct market_session *session,
                                       const market_violation_record_params *in,
                                       market_violation **out, market_error *err);

typedef struct market_violation_get_params {
	uint32_t size;
	const char *key;
	market_id violation;
} market_violation_get_params;
#define MARKET_VIOLATION_GET_PARAMS_INIT MARKET_INIT(market_violation_get_params)

/* One violation. By members of the seller, the buyer, and operators with sellers or buyers. Since
 * 0.1. */
MARKET_API int market_violation_get(struct market_session *session,
                                    const market_violation_get_params *in, market_violation **out,
                                    market_error *err);

typedef struct market_violation_page {
	const market_violation *const *items;
	size_t n_items;
	const char *next;
} market_violation_page;

typedef struct market_violation_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *after;
	const int64_t *limit;
} market_violation_list_params;
#define MARKET_VIOLATION_LIST_PARAMS_INIT MARKET_INIT(market_violation_list_params)

/* A seller's violations, those withdrawn and expired included, oldest first. By its members and
 * operators with sellers. Errors: ENOTFOUND, EINVALID (after). Since 0.1. */
MARKET_API int market_violation_list(struct market_session *session,
                                     const market_violation_list_params *in,
                                     market_violation_page **out, market_error *err);
MARKET_API void market_violation_page_free(market_violation_page *page);

typedef struct market_buyer_violation_list_params {
	uint32_t size;
	const char *key;
	market_id buyer;
	const char *after;
	const int64_t *limit;
} market_buyer_violation_list_params;
#define MARKET_BUYER_VIOLATION_LIST_PARAMS_INIT MARKET_INIT(market_buyer_violation_list_params)

/* The same of a buyer. By the buyer and operators with buyers. Since 0.1. */
MARKET_API int market_buyer_violation_list(struct market_session *session,
                                           const market_buyer_violation_list_params *in,
                                           market_violation_page **out, market_error *err);

typedef struct market_violation_appeals_params {
	uint32_t size;
	const char *key;
	const char *after;
	const int64_t *limit;
} market_violation_appeals_params;
#define MARKET_VIOLATION_APPEALS_PARAMS_INIT MARKET_INIT(market_violation_appeals_params)

/* The violations whose appeal waits for a decision, in the order of the appeals. By operators with
 * sellers or buyers. Errors: EINVALID (after). Since 0.1. */
MARKET_API int market_violation_appeals(struct market_session *session,
                                        const market_violation_appeals_params *in,
                                        market_violation_page **out, market_error *err);

typedef struct market_violation_appeal_params {
	uint32_t size;
	const char *key;
	market_id violation;
	const char *statement;
} market_violation_appeal_params;
#define MARKET_VIOLATION_APPEAL_PARAMS_INIT MARKET_INIT(market_violation_appeal_params)

/* Appeals against a violation, once and in the policy's time. Its points and what hangs on them
 * stay until the decision. By owners of the seller or the buyer. Errors: ESTATE, EEXPIRED. Since
 * 0.1. */
MARKET_API int market_violation_appeal(struct market_session *session,
                                       const market_violation_appeal_params *in,
                                       market_violation **out, market_error *err);

typedef struct market_violation_decide_params {
	uint32_t size;
	const char *key;
	market_id violation;
	int32_t decision;
	const char *reason;
} market_violation_decide_params;
#define MARKET_VIOLATION_DECIDE_PARAMS_INIT MARKET_INIT(market_violation_decide_params)

/* Decides an appeal; a violation without one can be withdrawn, too. Withdrawn points are gone as if
 * they had never been: actions that they alone brought about end, those that they prolonged become
 * shorter, and a seller that was suspended by them, and by nothing else, is reinstated. By
 * operators with sellers, of buyers with buyers. Errors: ESTATE. Since 0.1. */
MARKET_API int market_violation_decide(struct market_session *session,
                                       const market_violation_decide_params *in,
                                       market_violation **out, market_error *err);

/* Ends actions whose time is over, and the violation itself when it leaves the window. By the
 * system, as its deadline. Errors: ESTATE (nothing is due). Since 0.1. */
MARKET_API int market_violation_expire(struct market_session *session,
                                       const market_violation_get_params *in,
                                       market_violation **out, market_error *err);

/* An action that is in force. */
typedef struct market_standing_action {
	int32_t action;
	market_time since;
	market_time until;
	market_rate rate;    /* of a payout reserve */
	int64_t points;      /* that it was brought about by */
	market_id violation; /* the one that reached the threshold */
	const char *type;    /* of that one */
	const char *summary; /* of the type in the policy in effect; may be absent */
} market_standing_action;

/* How a seller or a buyer stands. */
typedef struct market_standing {
	market_id seller;
	market_id buyer;
	int64_t points;     /* that count now */
	int64_t violations; /* that they are of */
	const market_standing_action *const *actions;
	size_t n_actions;
} market_standing;
MARKET_API void market_standing_free(market_standing *standing);

typedef struct market_standing_get_params {
	uint32_t size;
	const char *key;
	market_id seller;
} market_standing_get_params;
#define MARKET_STANDING_GET_PARAMS_INIT MARKET_INIT(market_standing_get_params)

/* A seller's points and the actions in force. By its members and operators with sellers. Since 0.1.
 */
MARKET_API int market_standing_get(struct market_session *session,
                                   const market_standing_get_params *in, market_standing **out,
                                   market_error *err);

typedef struct market_buyer_standing_get_params {
	uint32_t size;
	const char *key;
	market_id buyer;
} market_buyer_standing_get_params;
#define MARKET_BUYER_STANDING_GET_PARAMS_INIT MARKET_INIT(market_buyer_standing_get_params)

/* The same of a buyer. By the buyer and operators with buyers. Since 0.1. */
MARKET_API int market_buyer_standing_get(struct market_session *session,
                                         const market_buyer_standing_get_params *in,
                                         market_standing **out, market_error *err);

#ifdef __cplusplus
}
#endif
#endif
