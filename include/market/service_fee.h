/*
 * Yearly service fees of back categories, and service modules (SEL-5).
 *
 * Since 0.1.
 */
#ifndef MARKET_SERVICE_FEE_H
#define MARKET_SERVICE_FEE_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

typedef enum market_service_fee_state {
	MARKET_SERVICE_FEE_RUNNING = 1, /* earned month by month */
	MARKET_SERVICE_FEE_SETTLED,     /* its year is over */
	MARKET_SERVICE_FEE_REFUNDED     /* ended before by an operator */
} market_service_fee_state;

/* A year's fee of one seller: 365 days in twelve equal parts. */
typedef struct market_service_fee {
	market_id id;
	market_id seller;
	const char *fee; /* the policy's key */
	int32_t state;
	const char *currency;
	market_money amount; /* without tax */
	market_money tax;
	market_money earned;   /* so far; the rest is deferred */
	market_money refunded; /* without tax */
	int64_t parts;         /* of twelve that are earned */
	market_time from_at;
	market_time to_at;
	const char *reason; /* code of an early refund */
	int64_t version;
} market_service_fee;
MARKET_API void market_service_fee_free(market_service_fee *fee);

typedef struct market_service_fee_charge_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *fee;
} market_service_fee_charge_params;
#define MARKET_SERVICE_FEE_CHARGE_PARAMS_INIT MARKET_INIT(market_service_fee_charge_params)

/* Charges a year's fee from now on, once while it runs: Dr seller_available, then other reserves
 * and seller_receivable up to the advance limit / Cr fee_deferred, tax_payable. By operators with
 * settlement. Errors: ENOTFOUND, EDENIED, EINVALID (fee: none such, or not asked of the seller),
 * ESTATE, EEXISTS, ECURRENCY, EQUOTA, EINFLIGHT (refunds under way need it). Since 0.1. */
MARKET_API int market_service_fee_charge(struct market_session *session,
                                         const market_service_fee_charge_params *in,
                                         market_service_fee **out, market_error *err);

typedef struct market_service_fee_get_params {
	uint32_t size;
	const char *key;
	market_id fee;
} market_service_fee_get_params;
#define MARKET_SERVICE_FEE_GET_PARAMS_INIT MARKET_INIT(market_service_fee_get_params)

/* One fee. By members with finance and operators with settlement. Errors: ENOTFOUND, EDENIED.
 * Since 0.1. */
MARKET_API int market_service_fee_get(struct market_session *session,
                                      const market_service_fee_get_params *in,
                                      market_service_fee **out, market_error *err);

/* A twelfth of a running fee is earned: Dr fee_deferred / Cr fee_revenue:service. The last one
 * settles the year: by its sales and rating a part comes back to seller_available with its tax,
 * from what is deferred, then from fee_revenue:service. By the system. Errors: ENOTFOUND, EDENIED,
 * ESTATE (nothing is due). Since 0.1. */
MARKET_API int market_service_fee_earn(struct market_session *session,
                                       const market_service_fee_get_params *in,
                                       market_service_fee **out, market_error *err);

typedef struct market_service_fee_refund_params {
	uint32_t size;
	const char *key;
	market_id fee;
	const char *reason; /* a code */
} market_service_fee_refund_params;
#define MARKET_SERVICE_FEE_REFUND_PARAMS_INIT MARKET_INIT(market_service_fee_refund_params)

/* Ends a running fee: what isn't earned goes back to seller_available with its tax. By operators
 * with settlement. Errors: ENOTFOUND, EDENIED, ESTATE. Since 0.1. */
MARKET_API int market_service_fee_refund(struct market_session *session,
                                         const market_service_fee_refund_params *in,
                                         market_service_fee **out, market_error *err);

typedef struct market_service_fee_list_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *after;
	const int64_t *limit;
} market_service_fee_list_params;
#define MARKET_SERVICE_FEE_LIST_PARAMS_INIT MARKET_INIT(market_service_fee_list_params)

typedef struct market_service_fee_page {
	const market_service_fee *const *items;
	size_t n_items;
	const char *next;
} market_service_fee_page;

/* A seller's yearly fees, oldest first. By members with finance and operators with settlement.
 * Errors: ENOTFOUND, EDENIED, EINVALID (after). Since 0.1. */
MARKET_API int market_service_fee_list(struct market_session *session,
                                       const market_service_fee_list_params *in,
                                       market_service_fee_page **out, market_error *err);
MARKET_API void market_service_fee_page_free(market_service_fee_page *page);

/* ---- modules ---- */

typedef enum market_subscription_state {
	MARKET_SUBSCRIPTION_ACTIVE = 1,
	MARKET_SUBSCRIPTION_CANCELLED, /* runs to the end of what is paid */
	MARKET_SUBSCRIPTION_ENDED
} market_subscription_state;

/* A service that a seller takes: a warehouse, photography, training, … */
typedef struct market_subscription {
	market_id id;
	market_id seller;
	const char *module; /* the policy's key */
	int32_t state;
	market_time created_at;
	market_time paid_until;
	const char *reason; /* why it ended: cancelled, unpaid, seller_closing, withdrawn */
	int64_t version;
} market_subscription;
MARKET_API void market_subscription_free(market_subscription *subscription);

typedef struct market_module_subscribe_params {
	uint32_t size;
	const char *key;
	market_id seller;
	const char *module;
} market_module_subscribe_params;
#define MARKET_MODULE_SUBSCRIBE_PARAMS_INIT MARKET_INIT(market_module_subscribe_params)

/* Takes a module of the policy: the first 30 days are billed at once to the seller's account, as
 * service_fee.charge takes its money, Cr fee_revenue:<module>, tax_payable. By members with finance
 * and operators with settlement. Errors: ENOTFOUND, EDENIED, EINVALID (module), ESTATE, EEXISTS,
 * ECURRENCY, EQUOTA, EINFLIGHT (refunds under way need it). Since 0.1. */
MARKET_API int market_module_subscribe(struct market_session *session,
                                       const market_module_subscribe_params *in,
                                       market_subscription **out, market_error *err);

typedef struct market_subscription_get_params {
	uint32_t size;
	const char *key;
	market_id subscription;
} market_subscription_get_params;
#define MARKET_SUBSCRIPTION_GET_PARAMS_INIT MARKET_INIT(market_subscription_get_params)

/* Ends a subscription with what is paid. By members with finance and operators with settlement.
 * Errors: ENOTFOUND, EDENIED, ESTATE. Since 0.1. */
MARKET_API int market_module_cancel(struct market_session *session,
                                    const market_subscription_get_params *in,
                                    market_subscription **out, market_error *err);

/* What was paid is over: the next 30 days are billed, or the subscription ends, because it was
 * cancelled, the seller may owe no more, is closing, or the policy has the module no longer. While
 * refunds under way need what the seller has it is put off by an hour. By the system. Errors:
 * ENOTFOUND, EDENIED, ESTATE (nothing is due). Since 0.1. */
MARKET_API int market_module_bill(struct market_session *session,
                                  const market_subscription_get_params *in,
                                  market_subscription **out, market_error *err);

typedef struct market_subscription_page {
	const market_subscription *const *items;
	size_t n_items;
	const char *next;
} market_subscription_page;

/* A seller's subscriptions, oldest first. By members with finance and operators with settlement.
 * Errors: ENOTFOUND, EDENIED, EINVALID (after). Since 0.1. */
MARKET_API int market_subscription_list(struct market_session *session,
                                        const market_service_fee_list_params *in,
                                        market_subscription_page **out, market_error *err);
MARKET_API void market_subscription_page_free(market_subscription_page *page);

typedef struct market_module {
	const char *module;
	const char *summary;
	market_money price; /* of 30 days, without tax */
	market_money tax;
} market_module;

typedef struct market_modules {
	const market_module *const *items;
	size_t n_items;
} market_modules;

typedef struct market_module_list_params {
	uint32_t size;
	const char *key;
} market_module_list_params;
#define MARKET_MODULE_LIST_PARAMS_INIT MARKET_INIT(market_module_list_params)

/* The policy's modules. By anybody. Since 0.1. */
MARKET_API int market_module_list(struct market_session *session,
                                  const market_module_list_params *in, market_modules **out,
                                  market_error *err);
MARKET_API void market_modules_free(market_modules *modules);

#ifdef __cplusplus
}
#endif

#endif
