/*
 * Sellers: application, requirements, members, payout account.
 *
 * Since 0.1.
 */
#ifndef MARKET_SELLER_H
#define MARKET_SELLER_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

typedef enum market_seller_state {
	MARKET_SELLER_APPLIED = 1,
	MARKET_SELLER_INVITED,
	MARKET_SELLER_ONBOARDING,
	MARKET_SELLER_IN_REVIEW,
	MARKET_SELLER_APPROVED,
	MARKET_SELLER_REJECTED,
	MARKET_SELLER_SUSPENDED,
	MARKET_SELLER_CLOSING,
	MARKET_SELLER_TERMINATED
} market_seller_state;

typedef enum market_store_type {
	MARKET_STORE_FLAGSHIP = 1,
	MARKET_STORE_EXCLUSIVE,
	MARKET_STORE_SPECIALTY,
	MARKET_STORE_INDIVIDUAL,
	MARKET_STORE_PLATFORM /* the platform's own: opened by operators, pays no fees */
} market_store_type;

/* SEL-6 */
typedef enum market_role {
	MARKET_ROLE_OWNER = 1,
	MARKET_ROLE_FINANCE,
	MARKET_ROLE_CATALOGUE,
	MARKET_ROLE_FULFILMENT,
	MARKET_ROLE_SUPPORT,
	MARKET_ROLE_VIEWER
} market_role;

/* Somebody who acts for a seller. */
typedef struct market_member {
	market_id id;
	const char *ref; /* unique in the store */
	market_id seller;
	const char *name;
	int32_t role;
	market_time created_at;
	int64_t version;
	market_time removed_at; /* acts no more since then */
} market_member;

/* SEL-1: what the policy asks and how far the seller has met it; computed on reading. */
typedef struct market_requirement {
	const char *name;
	const char *summary;
	const char *gate;  /* "sell" or "payout" */
	const char *state; /* "open", "pending", "accepted", "rejected", "waived", "expired" */
} market_requirement;

/* A seller. Owns a book: its own id. */
typedef struct market_seller {
	market_id id;
	const char *ref; /* unique in the store */
	const char *name;
	const char *legal_name;
	int32_t store_type;
	const char *country;  /* ISO 3166-1 alpha-2 */
	const char *currency; /* of its orders and balances */
	int32_t state;
	const char *reason; /* code of the last step that needs one (SEL-2) */
	market_id owner;    /* the member made with the application */
	market_time created_at;
	market_time approved_at;
	market_time answer_by; /* an application unanswered by then is rejected */
	int64_t version;
	const market_pair *const *metadata;
	size_t n_metadata;
	const market_requirement *const *requirements;
	size_t n_requirements;
	market_time holiday_from;      /* on holiday from then on … */
	market_time holiday_to;        /* … until then; absent: until it is ended */
	const char *const *categories; /* codes of the back categories it trades in; not in lists */
	size_t n_categories;
	market_time closing_at; /* being wound up since then */
	/* What a requirement of the gate `sell` asks was met and is so no more: no new orders since
	 * then (SEL-11). */
	market_time gate_closed_at;
} market_seller;
MARKET_API void market_seller_free(market_seller *seller);

/* `owner_name` and `owner_ref` are of the first member, whose role is owner. */
typedef struct market_seller_apply_params {
	uint32_t size;
	const char *key;
	const char *ref;
	const char *name;
	const char *legal_name;
	int32_t store_type;
	const char *country;
	const char *currency;
	const char *owner_name;
	const char *owner_ref;
	const market_pair *const *metadata;
	size_t n_metadata;
	const char *const *categories; /* codes of back categories; absent: none chosen */
	size_t n_categories;
} market_seller_apply_params;
#define MARKET_SELLER_APPLY_PARAMS_INIT MARKET_INIT(market_seller_apply_params)

/* Applies. The application is in `onboarding` and passes to `in_review` by itself when no
 * requirement of the gate `sell` is open; unanswered, it is rejected after the policy's time (code
 * `stale`). Requirements of the policy that name categories are asked of those who chose one of
 * them or one below (SEL-1). By anybody; the platform's own store by operators with sellers.
 * Errors: EDENIED (store_type), ECURRENCY, EINVALID (categories: an unknown one, or one named
 * twice), EEXISTS (ref, owner_ref). Since 0.1. */
MARKET_API int market_seller_apply(struct market_session *session,
                                   const market_seller_apply_params *in, market_seller **out,
                                   market_error *err);

typedef struct market_seller_approve_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *waiver; /* the reason for approving in spite of open requirements */
} market_seller_approve_params;
#define MARKET_SELLER_APPROVE_PARAMS_INIT MARKET_INIT(market_seller_approve_params)

/* Approves an application of which nothing is open; with a waiver also one that isn't complete
 * (SEL-2). A store of a brand takes a place among the brand's (SEL-3). By operators with sellers.
 * Errors: ENOTFOUND, ESTATE, EINCOMPLETE, EQUOTA. Since 0.1. */
MARKET_API int market_seller_approve(struct market_session *session,
                                     const market_seller_approve_params *in, market_seller **out,
                                     market_error *err);

/* A reason code is required (SEL-2). */
typedef struct market_seller_reason_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *reason;
	const char *note;
} market_seller_reason_params;
#define MARKET_SELLER_REASON_PARAMS_INIT MARKET_INIT(market_seller_reason_params)

/* Rejects an application. By operators with sellers. Errors: ENOTFOUND, ESTATE. Since 0.1. */
MARKET_API int market_seller_reject(struct market_session *session,
                                    const market_seller_reason_params *in, market_seller **out,
                                    market_error *err);
/* Suspends an approved seller: no new orders; open ones run on; payouts are held (SEL-12).
 * By operators with sellers. Errors: ENOTFOUND, ESTATE. Since 0.1. */
MARKET_API int market_seller_suspend(struct market_session *session,
                                     const market_seller_reason_params *in, market_seller **out,
                                     market_error *err);
/* Ends a suspension. By operators with sellers. Errors: ENOTFOUND, ESTATE. Since 0.1. */
MARKET_API int market_seller_reinstate(struct market_session *session,
                                       const market_seller_reason_params *in, market_seller **out,
                                       market_error *err);

typedef struct market_seller_get_params {
	uint32_t size;
	const char *key;
	market_id seller;
} market_seller_get_params;
#define MARKET_SELLER_GET_PARAMS_INIT MARKET_INIT(market_seller_get_params)

/* One seller with its requirements. By its members and operators with sellers. Since 0.1. */
MARKET_API int market_seller_get(struct market_session *session, const market_seller_get_params *in,
                                 market_seller **out, market_error *err);

/* Rejects an application whose time is over (code `stale`). By the system. Since 0.1. */
MARKET_API int market_seller_expire(struct market_session *session,
                                    const market_seller_get_params *in, market_seller **out,
                                    market_error *err);

typedef struct market_seller_list_params {
	uint32_t size;
	const char *key;
	int32_t state; /* absent: all */
	const char *after;
	const int64_t *limit;
} market_seller_list_params;
#define MARKET_SELLER_LIST_PARAMS_INIT MARKET_INIT(market_seller_list_params)

typedef struct market_seller_page {
	const market_seller *const *items;
	size_t n_items;
	const char *next;
} market_seller_page;

/* Sellers by time of application, oldest first. By operators with sellers. Since 0.1. */
MARKET_API int market_seller_list(struct market_session *session,
                                  const market_seller_list_params *in, market_seller_page **out,
                                  market_error *err);
MARKET_API void market_seller_page_free(market_seller_page *page);

typedef enum market_submission_state {
	MARKET_SUBMISSION_PENDING = 1,
	MARKET_SUBMISSION_ACCEPTED,
	MARKET_SUBMISSION_REJECTED,
	MARKET_SUBMISSION_WAIVED
} market_submission_state;

/* What a seller has shown for one requirement (SEL-1). One that is accepted or waived counts while
 * its time runs, also when a newer one was refused or waits for an operator. */
typedef struct market_submission {
	market_id id;
	const char *ref;
	market_id seller;
	const char *requirement;
	int32_t state;
	const char *statement;
	const char
		*document; /* the document's number; sealed at rest, masked unless read in full (SEL-10) */
	market_time valid_from;
	market_time valid_to;
	const char *reason; /* code of a rejection, or the words of a waiver */
	market_time created_at;
	market_time decided_at;
	int64_t version;
	market_time recheck_at; /* an operator is to look at it again (SEL-11) */
	market_time lapsed_at;  /* counted and counts no more since then */
} market_submission;
MARKET_API void market_submission_free(market_submission *submission);

typedef struct market_submission_create_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *ref;
	const char *requirement;
	const char *statement;
	const char *document;
	market_time valid_from;
	market_time valid_to;
} market_submission_create_params;
#define MARKET_SUBMISSION_CREATE_PARAMS_INIT MARKET_INIT(market_submission_create_params)

/* Submits something for a requirement of the policy. By the seller's owners and operators with
 * sellers. Errors: EINVALID (no such requirement, or one that is computed), ESTATE (the seller is
 * gone), EEXISTS (ref). Since 0.1. */
MARKET_API int market_submission_create(struct market_session *session,
                                        const market_submission_create_params *in,
                                        market_submission **out, market_error *err);

typedef struct market_submission_decide_params {
	uint32_t size;
	const char *key;
	market_id submission;
	const char *reason; /* required for a rejection */
} market_submission_decide_params;
#define MARKET_SUBMISSION_DECIDE_PARAMS_INIT MARKET_INIT(market_submission_decide_params)

/* Accepts a pending submission; an application whose last open requirement it was passes to review.
 * By operators with sellers. Errors: ESTATE, EEXPIRED (its time is over). Since 0.1. */
MARKET_API int market_submission_accept(struct market_session *session,
                                        const market_submission_decide_params *in,
                                        market_submission **out, market_error *err);
/* Rejects a pending submission with a reason code. By operators with sellers.
 * Errors: EMISSING (reason), ESTATE. Since 0.1. */
MARKET_API int market_submission_reject(struct market_session *session,
                                        const market_submission_decide_params *in,
                                        market_submission **out, market_error *err);

/* Where a seller's payouts go (SEL-8). The account number is sealed at rest (SEL-10). A change is a
 * record of its own: what was sent to the one before stays as it was. */
typedef struct market_payout_account {
	market_id id;
	market_id seller;
	const char *holder;
	const char *bank;
	const char *country;
	const char *account; /* masked unless read in full */
	market_time created_at;
	market_time ready_at; /* payouts wait until then after a change */
	int64_t version;
	market_time replaced_at; /* by the next one; absent: payouts go here */
} market_payout_account;
MARKET_API void market_payout_account_free(market_payout_account *account);

typedef struct market_payout_account_set_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *holder;
	const char *bank;
	const char *country;
	const char *account;
} market_payout_account_set_params;
#define MARKET_PAYOUT_ACCOUNT_SET_PARAMS_INIT MARKET_INIT(market_payout_account_set_params)

/* Names the account that payouts go to, the first time or anew; a change delays payouts by the
 * policy's time, and payouts that were sent stay with the account before. An application whose last
 * open requirement it was passes to review. By the seller's owners and finance members, whose
 * session says that they have just proved who they are (market_actor.confirmed_at). Errors:
 * EUNCONFIRMED (not within the policy's time), EHOLDER (not who was verified, SEL-13). Since 0.1.
 */
MARKET_API int market_payout_account_set(struct market_session *session,
                                         const market_payout_account_set_params *in,
                                         market_payout_account **out, market_error *err);

typedef struct market_payout_account_get_params {
	uint32_t size;
	const char *key;
	market_id seller;
	market_id account; /* one of the seller's, also a replaced one; absent: the current one */
} market_payout_account_get_params;
#define MARKET_PAYOUT_ACCOUNT_GET_PARAMS_INIT MARKET_INIT(market_payout_account_get_params)

/* A payout account, its number masked. By owners, finance members and operators with settlement.
 * Errors: ENOTFOUND. Since 0.1. */
MARKET_API int market_payout_account_get(struct market_session *session,
                                         const market_payout_account_get_params *in,
                                         market_payout_account **out, market_error *err);
/* The same in full; the read is recorded in the journal. By operators with sealed. Since 0.1. */
MARKET_API int market_payout_account_reveal(struct market_session *session,
                                            const market_payout_account_get_params *in,
                                            market_payout_account **out, market_error *err);

typedef struct market_member_create_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *ref;
	const char *name;
	int32_t role;
} market_member_create_params;
#define MARKET_MEMBER_CREATE_PARAMS_INIT MARKET_INIT(market_member_create_params)

/* Adds a member. By the seller's owners and operators with sellers. Errors: EEXISTS (ref). Since
 * 0.1. */
MARKET_API int market_member_create(struct market_session *session,
                                    const market_member_create_params *in, market_member **out,
                                    market_error *err);
MARKET_API void market_member_free(market_member *member);

typedef struct market_member_update_params {
	uint32_t size;
	const char *key;
	market_id member;
	const char *name; /* absent: as it is */
	int32_t role;     /* absent: as it is */
} market_member_update_params;
#define MARKET_MEMBER_UPDATE_PARAMS_INIT MARKET_INIT(market_member_update_params)

/* Changes a member's name or role; the next operation is judged by the new role. By the seller's
 * owners and operators with sellers. Errors: EMISSING (neither is given), ESTATE (removed, or the
 * last owner's role). Since 0.1. */
MARKET_API int market_member_update(struct market_session *session,
                                    const market_member_update_params *in, market_member **out,
                                    market_error *err);

typedef struct market_member_remove_params {
	uint32_t size;
	const char *key;
	market_id member;
} market_member_remove_params;
#define MARKET_MEMBER_REMOVE_PARAMS_INIT MARKET_INIT(market_member_remove_params)

/* Removes a member, for good and at once: sessions that act for it are refused from then on. Its
 * record stays, as does what it did. By the seller's owners and operators with sellers. Errors:
 * ESTATE (removed already, or the last owner). Since 0.1. */
MARKET_API int market_member_remove(struct market_session *session,
                                    const market_member_remove_params *in, market_member **out,
                                    market_error *err);

typedef struct market_member_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	bool removed; /* those that were removed, too */
	const char *after;
	const int64_t *limit;
} market_member_list_params;
#define MARKET_MEMBER_LIST_PARAMS_INIT MARKET_INIT(market_member_list_params)

typedef struct market_member_page {
	const market_member *const *items;
	size_t n_items;
	const char *next;
} market_member_page;

/* A seller's members, oldest first. By the seller's members and operators with sellers. Errors:
 * EINVALID (after). Since 0.1. */
MARKET_API int market_member_list(struct market_session *session,
                                  const market_member_list_params *in, market_member_page **out,
                                  market_error *err);
MARKET_API void market_member_page_free(market_member_page *page);

typedef struct market_seller_holiday_set_params {
	uint32_t size;
	const char *key;
	market_id seller;
	market_time from; /* absent: now */
	market_time to;   /* absent: until seller.holiday.clear */
} market_seller_holiday_set_params;
#define MARKET_SELLER_HOLIDAY_SET_PARAMS_INIT MARKET_INIT(market_seller_holiday_set_params)

/* The seller is on holiday between two times: nothing of it can be bought then (CAT-6). What was
 * ordered before goes on, with its timers. It takes the place of a holiday that was set before. By
 * owners of the seller and operators with sellers. Errors: ESTATE (rejected or terminated),
 * EINVALID (to: not after `from` and now). Since 0.1. */
MARKET_API int market_seller_holiday_set(struct market_session *session,
                                         const market_seller_holiday_set_params *in,
                                         market_seller **out, market_error *err);

typedef struct market_seller_holiday_clear_params {
	uint32_t size;
	const char *key;
	market_id seller;
} market_seller_holiday_clear_params;
#define MARKET_SELLER_HOLIDAY_CLEAR_PARAMS_INIT MARKET_INIT(market_seller_holiday_clear_params)

/* Ends the holiday, or takes back one that is planned. By owners of the seller and operators with
 * sellers. Errors: ESTATE (none is set). Since 0.1. */
MARKET_API int market_seller_holiday_clear(struct market_session *session,
                                           const market_seller_holiday_clear_params *in,
                                           market_seller **out, market_error *err);

#ifdef __cplusplus
}
#endif
#endif
