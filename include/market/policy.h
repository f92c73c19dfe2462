/*
 * Versions of the policy.
 *
 * Since 0.1.
 */
#ifndef MARKET_POLICY_H
#define MARKET_POLICY_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

/* One published version. */
typedef struct market_policy {
	market_id id;
	int64_t number;           /* from 1 */
	market_time effective_at; /* in effect from then on, until the next */
	market_time recorded_at;
	const char *text; /* the YAML as it was published */
} market_policy;

typedef struct market_policy_publish_params {
	uint32_t size;
	const char *key;
	const char *text;
	market_time effective_at; /* absent: now */
} market_policy_publish_params;
#define MARKET_POLICY_PUBLISH_PARAMS_INIT MARKET_INIT(market_policy_publish_params)

/* Publishes a new version. What was placed before keeps the version frozen for it.
 * By operators with policy. Errors: EPOLICY, ETIMEORDER (before the last version or what is
 * recorded). Since 0.1. */
MARKET_API int market_policy_publish(struct market_session *session,
                                     const market_policy_publish_params *in, market_policy **out,
                                     market_error *err);
MARKET_API void market_policy_free(market_policy *policy);

typedef struct market_policy_get_params {
	uint32_t size;
	const char *key;
	market_id policy; /* absent: the version in effect */
} market_policy_get_params;
#define MARKET_POLICY_GET_PARAMS_INIT MARKET_INIT(market_policy_get_params)

/* One version. By operators with policy. Since 0.1. */
MARKET_API int market_policy_get(struct market_session *session, const market_policy_get_params *in,
                                 market_policy **out, market_error *err);

/* One error of a policy's text. */
typedef struct market_policy_error {
	int line;   /* from 1 */
	int column; /* from 1 */
	char message[240];
	char hint[120];
} market_policy_error;

/* Checks a policy's text as a whole, without a store. Returns 0 or EPOLICY (or ENOMEM); up to
 * `max_errors` errors are written to `errors`, in order of line, and their count to `n_errors`. */
MARKET_API int market_policy_check(const char *text, size_t size, market_policy_error *errors,
                                   size_t max_errors, size_t *n_errors, market_error *err);

/* The built-in policy's text. */
MARKET_API const char *market_policy_default(size_t *size);

#ifdef __cplusplus
}
#endif
#endif
