/*
 * Postings by hand that wait for a second person.
 *
 * Since 0.1.
 */
#ifndef MARKET_LEDGER_REQUEST_H
#define MARKET_LEDGER_REQUEST_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

typedef enum market_ledger_request_state {
	MARKET_LEDGER_REQUEST_WAITING = 1,
	MARKET_LEDGER_REQUEST_APPROVED, /* and posted */
	MARKET_LEDGER_REQUEST_REJECTED,
	MARKET_LEDGER_REQUEST_EXPIRED
} market_ledger_request_state;

/* A posting by hand that needs a second person (LED-10): ledger.transfer, batch, move, adjust or
 * write_off from the policy's ledger.two_person_amount on, or in another currency than that. It
 * was checked as if it were posted, and nothing was. */
typedef struct market_ledger_request {
	market_id id;
	int32_t state;
	const char *operation; /* that was called */
	const char *params;    /* with this, as JSON */
	market_money amount;   /* the sum of its debits that was too much for one person */
	const char *requested_by;
	market_time requested_at, expires_at;
	const char *decided_by;
	market_time decided_at;
	const char *note;   /* of who decided */
	market_id transfer; /* approved: what was posted; absent for a batch */
	market_id journal;  /* approved: the operation that its transfers name */
	int64_t version;
} market_ledger_request;
MARKET_API void market_ledger_request_free(market_ledger_request *request);

typedef struct market_ledger_request_get_params {
	uint32_t size;
	const char *key;
	market_id request;
} market_ledger_request_get_params;
#define MARKET_LEDGER_REQUEST_GET_PARAMS_INIT MARKET_INIT(market_ledger_request_get_params)

/* One request. By operators with ledger. Errors: ENOTFOUND, EDENIED. Since 0.1. */
MARKET_API int market_ledger_request_get(struct market_session *session,
                                         const market_ledger_request_get_params *in,
                                         market_ledger_request **out, market_error *err);

typedef struct market_ledger_request_approve_params {
	uint32_t size;
	const char *key;
	market_id request;
	const char *note;
} market_ledger_request_approve_params;
#define MARKET_LEDGER_REQUEST_APPROVE_PARAMS_INIT MARKET_INIT(market_ledger_request_approve_params)

/* Posts now what another operator asked for. By operators with ledger. Errors: EDENIED (the one
 * who asked), ESTATE (decided or expired), and what the operation asked for gives. Since 0.1. */
MARKET_API int market_ledger_request_approve(struct market_session *session,
                                             const market_ledger_request_approve_params *in,
                                             market_ledger_request **out, market_error *err);

typedef struct market_ledger_request_reject_params {
	uint32_t size;
	const char *key;
	market_id request;
	const char *note; /* why */
} market_ledger_request_reject_params;
#define MARKET_LEDGER_REQUEST_REJECT_PARAMS_INIT MARKET_INIT(market_ledger_request_reject_params)

/* Rejects a request; who asked may take it back so. By operators with ledger. Errors: ENOTFOUND,
 * EDENIED, ESTATE. Since 0.1. */
MARKET_API int market_ledger_request_reject(struct market_session *session,
                                            const market_ledger_request_reject_params *in,
                                            market_ledger_request **out, market_error *err);

typedef struct market_ledger_request_expire_params {
	uint32_t size;
	const char *key;
	market_id request;
} market_ledger_request_expire_params;
#define MARKET_LEDGER_REQUEST_EXPIRE_PARAMS_INIT MARKET_INIT(market_ledger_request_expire_params)

/* Ends a request that nobody decided within the policy's ledger.approval_within; run by
 * market_work. By the system and operators with ledger. Errors: ENOTFOUND, EDENIED, ESTATE. Since
 * 0.1. */
MARKET_API int market_ledger_request_expire(struct market_session *session,
                                            const market_ledger_request_expire_params *in,
                                            market_ledger_request **out, market_error *err);

typedef struct market_ledger_request_list_params {
	uint32_t size;
	const char *key;
	int32_t state; /* waiting when absent */
	const char *after;
	const int64_t *limit;
} market_ledger_request_list_params;
#define MARKET_LEDGER_REQUEST_LIST_PARAMS_INIT MARKET_INIT(market_ledger_request_list_params)

typedef struct market_ledger_request_page {
	const market_ledger_request *const *items;
	size_t n_items;
	const char *next;
} market_ledger_request_page;
/* The requests in a state, oldest first. By operators with ledger. Since 0.1. */
MARKET_API int market_ledger_request_list(struct market_session *session,
                                          const market_ledger_request_list_params *in,
                                          market_ledger_request_page **out, market_error *err);
MARKET_API void market_ledger_request_page_free(market_ledger_request_page *page);

#ifdef __cplusplus
}
#endif
#endif
