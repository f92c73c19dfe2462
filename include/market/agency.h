/*
 * Agencies: a firm whose people act for several sellers, by rights that each seller delegates.
 *
 * Since 0.1.
 */
#ifndef MARKET_AGENCY_H
#define MARKET_AGENCY_H

#include <market/error.h>
#include <market/event.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

/* A firm that operates stores of others. Owns a book: its own id. */
typedef struct market_agency {
	market_id id;
	const char *ref; /* unique in the store */
	const char *name;
	const char *country; /* ISO 3166-1 alpha-2 */
	market_time created_at;
	int64_t version;
} market_agency;
MARKET_API void market_agency_free(market_agency *agency);

/* Somebody of an agency; acts as `member:ID`. */
typedef struct market_agency_member {
	market_id id;
	const char *ref; /* unique in the store, among sellers' members, too */
	market_id agency;
	const char *name;
	bool manager; /* adds and removes people, and gives up delegations */
	market_time created_at;
	market_time removed_at; /* acts no more since then */
	int64_t version;
} market_agency_member;
MARKET_API void market_agency_member_free(market_agency_member *member);

/* What the people of an agency may do for a seller (SEL-6). Viewing is always part of it; what only
 * owners may do, and naming the payout account, never is. */
typedef struct market_delegation {
	market_id id;
	market_id seller;
	market_id agency;
	bool finance;
	bool catalogue;
	bool fulfilment;
	bool support;
	market_time valid_to; /* nothing by it from then on */
	market_time created_at;
	market_time ended_at;
	const char *ended_by; /* "member" of the seller, "agency", "operator"; "grant": a newer one */
	int64_t version;
} market_delegation;
MARKET_API void market_delegation_free(market_delegation *delegation);

typedef struct market_agency_create_params {
	uint32_t size;
	const char *key;
	const char *ref;
	const char *name;
	const char *country;
} market_agency_create_params;
#define MARKET_AGENCY_CREATE_PARAMS_INIT MARKET_INIT(market_agency_create_params)

/* Adds an agency. By operators with sellers. Errors: EEXISTS (ref). Since 0.1. */
MARKET_API int market_agency_create(struct market_session *session,
                                    const market_agency_create_params *in, market_agency **out,
                                    market_error *err);

typedef struct market_agency_get_params {
	uint32_t size;
	const char *key;
	market_id agency;
} market_agency_get_params;
#define MARKET_AGENCY_GET_PARAMS_INIT MARKET_INIT(market_agency_get_params)

/* One agency. By its people and operators with sellers. Since 0.1. */
MARKET_API int market_agency_get(struct market_session *session, const market_agency_get_params *in,
                                 market_agency **out, market_error *err);

typedef struct market_agency_list_params {
	uint32_t size;
	const char *key;
	const char *after;
	const int64_t *limit;
} market_agency_list_params;
#define MARKET_AGENCY_LIST_PARAMS_INIT MARKET_INIT(market_agency_list_params)

typedef struct market_agency_page {
	const market_agency *const *items;
	size_t n_items;
	const char *next;
} market_agency_page;

/* All agencies, oldest first. By operators with sellers. Errors: EINVALID (after). Since 0.1. */
MARKET_API int market_agency_list(struct market_session *session,
                                  const market_agency_list_params *in, market_agency_page **out,
                                  market_error *err);
MARKET_API void market_agency_page_free(market_agency_page *page);

typedef struct market_agency_member_add_params {
	uint32_t size;
	const char *key;
	market_id agency;
	const char *ref;
	const char *name;
	bool manager;
} market_agency_member_add_params;
#define MARKET_AGENCY_MEMBER_ADD_PARAMS_INIT MARKET_INIT(market_agency_member_add_params)

/* Adds somebody to an agency. By its managers and operators with sellers. Errors: EEXISTS (ref).
 * Since 0.1. */
MARKET_API int market_agency_member_add(struct market_session *session,
                                        const market_agency_member_add_params *in,
                                        market_agency_member **out, market_error *err);

typedef struct market_agency_member_remove_params {
	uint32_t size;
	const char *key;
	market_id member;
} market_agency_member_remove_params;
#define MARKET_AGENCY_MEMBER_REMOVE_PARAMS_INIT MARKET_INIT(market_agency_member_remove_params)

/* Removes somebody of an agency, for good and at once. By its managers and operators with sellers.
 * Errors: ESTATE (removed already). Since 0.1. */
MARKET_API int market_agency_member_remove(struct market_session *session,
                                           const market_agency_member_remove_params *in,
                                           market_agency_member **out, market_error *err);

/* Of an agency. */
typedef struct market_agency_page_params {
	uint32_t size;
	const char *key;
	market_id agency;
	const char *after;
	const int64_t *limit;
} market_agency_page_params;
#define MARKET_AGENCY_PAGE_PARAMS_INIT MARKET_INIT(market_agency_page_params)

typedef struct market_agency_member_page {
	const market_agency_member *const *items;
	size_t n_items;
	const char *next;
} market_agency_member_page;

/* An agency's people, those removed included, oldest first. By themselves and operators with
 * sellers. Errors: EINVALID (after). Since 0.1. */
MARKET_API int market_agency_member_list(struct market_session *session,
                                         const market_agency_page_params *in,
                                         market_agency_member_page **out, market_error *err);
MARKET_API void market_agency_member_page_free(market_agency_member_page *page);

typedef struct market_delegation_grant_params {
	uint32_t size;
	const char *key;
	market_id seller;
	market_id agency;
	bool finance;
	bool catalogue;
	bool fulfilment;
	bool support;
	market_time valid_to;
} market_delegation_grant_params;
#define MARKET_DELEGATION_GRANT_PARAMS_INIT MARKET_INIT(market_delegation_grant_params)

/* Lets an agency's people act for the seller until `valid_to`; it takes the place of what the
 * agency had. By the seller's owners; `finance` needs a fresh confirmation. Errors: ENOTFOUND
 * (agency), EINVALID (valid_to isn't in the future), EUNCONFIRMED. Since 0.1. */
MARKET_API int market_delegation_grant(struct market_session *session,
                                       const market_delegation_grant_params *in,
                                       market_delegation **out, market_error *err);

typedef struct market_delegation_get_params {
	uint32_t size;
	const char *key;
	market_id delegation;
} market_delegation_get_params;
#define MARKET_DELEGATION_GET_PARAMS_INIT MARKET_INIT(market_delegation_get_params)

/* Ends a delegation at once. By the seller's owners, the agency's managers, who give it up, and
 * operators with sellers. Errors: ESTATE (ended already). Since 0.1. */
MARKET_API int market_delegation_revoke(struct market_session *session,
                                        const market_delegation_get_params *in,
                                        market_delegation **out, market_error *err);

typedef struct market_delegation_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *after;
	const int64_t *limit;
} market_delegation_list_params;
#define MARKET_DELEGATION_LIST_PARAMS_INIT MARKET_INIT(market_delegation_list_params)

typedef struct market_delegation_page {
	const market_delegation *const *items;
	size_t n_items;
	const char *next;
} market_delegation_page;

/* What a seller has delegated, oldest first. By its owners and operators with sellers. Errors:
 * EINVALID (after). Since 0.1. */
MARKET_API int market_delegation_list(struct market_session *session,
                                      const market_delegation_list_params *in,
                                      market_delegation_page **out, market_error *err);
MARKET_API void market_delegation_page_free(market_delegation_page *page);
/* What an agency was delegated, oldest first. By its people and operators with sellers. Errors:
 * EINVALID (after). Since 0.1. */
MARKET_API int market_agency_delegation_list(struct market_session *session,
                                             const market_agency_page_params *in,
                                             market_delegation_page **out, market_error *err);

typedef struct market_delegation_audit_params {
	uint32_t size;
	const char *key;
	market_id delegation;
	const char *after;
	const int64_t *limit;
} market_delegation_audit_params;
#define MARKET_DELEGATION_AUDIT_PARAMS_INIT MARKET_INIT(market_delegation_audit_params)

/* What the agency's people did for the seller, by this delegation and others: the journal's rows,
 * by id. By the seller's owners and operators with sellers. Errors: EINVALID (after). Since 0.1. */
MARKET_API int market_delegation_audit(struct market_session *session,
                                       const market_delegation_audit_params *in,
                                       market_event_page **out, market_error *err);

#ifdef __cplusplus
}
#endif
#endif
