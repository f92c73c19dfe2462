/*
 * libmarket: the core of a multi-seller marketplace, in your process.
 *
 * Open a market, open a session for an actor, call operations. Every operation has one shape,
 *
 *   int market_<noun>_<verb>(market_session *session, const market_<noun>_<verb>_params *in,
 *                            market_<noun> **out, market_error *err);
 *
 * returns 0 or a negative MARKET_E… code, fills `err` (which may be NULL) when it fails, and gives
 * an output that the caller frees with market_<noun>_free. `out` may be NULL when it isn't wanted.
 * Inputs are borrowed for the call. A writing operation is one transaction; with a `key` it is done
 * once, however often it is sent.
 *
 * Since 0.1.
 */
#ifndef MARKET_H
#define MARKET_H

#include <market/error.h>
#include <market/types.h>

#include <market/agency.h>
#include <market/batch.h>
#include <market/brand.h>
#include <market/buyer.h>
#include <market/catalog.h>
#include <market/closing.h>
#include <market/deposit.h>
#include <market/escrow.h>
#include <market/event.h>
#include <market/front_category.h>
#include <market/identity.h>
#include <market/keys.h>
#include <market/ledger.h>
#include <market/ledger_request.h>
#include <market/listing.h>
#include <market/onboarding.h>
#include <market/order.h>
#include <market/payment.h>
#include <market/policy.h>
#include <market/rating.h>
#include <market/refund.h>
#include <market/search.h>
#include <market/seller.h>
#include <market/service_fee.h>
#include <market/settlement.h>
#include <market/shipment.h>
#include <market/standing.h>
#include <market/store.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MARKET_VERSION_MAJOR 0
#define MARKET_VERSION_MINOR 1
#define MARKET_VERSION_PATCH 0
#define MARKET_VERSION "0.1.0"

/* The version of the library that runs, as text. */
MARKET_API const char *market_version(void);

/* The shared root: a store, its policies, keys and providers. Any thread may use it. */
typedef struct market market;
/* One actor's conversation with a market; one thread at a time. */
typedef struct market_session market_session;

enum {
	MARKET_OPEN_CREATE = 1 << 0,   /* make the store when it is absent or empty */
	MARKET_OPEN_MIGRATE = 1 << 1,  /* bring an older store's schema up to date */
	MARKET_OPEN_READ_ONLY = 1 << 2 /* refuse every writing operation */
};

typedef enum market_log_level {
	MARKET_LOG_ERROR = 1,
	MARKET_LOG_WARNING,
	MARKET_LOG_INFO,
	MARKET_LOG_DEBUG
} market_log_level;

/* What the application gives at open. NULL members take the library's own. The struct and its texts
 * are copied. The callbacks may be called from any thread that uses the market. */
typedef struct market_options {
	uint32_t size;
	uint32_t flags;
	const market_allocator *allocator;
	market_time (*clock)(void *user_data);
	bool (*random)(void *bytes, size_t size, void *user_data);
	void (*log)(int32_t level, const char *message, void *user_data);
	void *user_data;
	const char *policy; /* YAML of a new store's first policy; NULL: the built-in one */
	size_t policy_size;
	const char *keys; /* the key file; NULL: as the store URL says */
	/* Sessions of different threads work side by side, each on a connection of its own: at most so
	 * many; 0: 8. A store in memory has one. */
	int32_t connections;
} market_options;
#define MARKET_OPTIONS_INIT MARKET_INIT(market_options)

/*
 * Opens the store that `url` names: "sqlite:PATH", "sqlite::memory:" or "postgresql://…", with
 * "?keys=FILE" for the key file. PATH is taken as it is, up to a "?"; FILE and what PostgreSQL's
 * URL holds may have %XX for any byte. Errors: EINVALID (the URL, flags), EABSENT, EFOREIGN,
 * EINCOMPLETE (a copy into it hasn't ended), ESCHEMA, ECORRUPT, EREADONLY, EKEY, EPOLICY,
 * EUNAVAILABLE, EIO, EFULL, EBUSY, ENOMEM.
 */
MARKET_API int market_open(const char *url, const market_options *options, market **out,
                           market_error *err);

/* Closes the market; its sessions must be closed before. NULL does nothing. */
MARKET_API void market_close(market *market);

typedef enum market_actor_kind {
	MARKET_ACTOR_ANONYMOUS = 1, /* anybody: no keys */
	MARKET_ACTOR_BUYER,
	MARKET_ACTOR_MEMBER,   /* a member of a seller */
	MARKET_ACTOR_OPERATOR, /* staff of the marketplace; the application vouches for name and rights
	                        */
	MARKET_ACTOR_SYSTEM    /* the library's own timed work */
} market_actor_kind;

/* What an operator may do. */
#define MARKET_RIGHT_LIST(X) \
	X(SELLERS, 0, "sellers", "approve, reject, suspend and close sellers") \
	X(CATALOG, 1, "catalog", "categories, products and offers") \
	X(ORDERS, 2, "orders", "see and change orders") \
	X(REFUNDS, 3, "refunds", "refund and release escrow") \
	X(LEDGER, 4, "ledger", "post, adjust and inspect the ledger") \
	X(SETTLEMENT, 5, "settlement", "payouts and statements") \
	X(POLICY, 6, "policy", "publish a policy") \
	X(SEALED, 7, "sealed", "see sealed fields in full; audited") \
	X(BUYERS, 8, "buyers", "see and change buyers") \
	X(RATINGS, 9, "ratings", "moderate ratings") \
	X(PAYMENTS, 10, "payments", "payments and notifications")
enum {
#define X(name, bit, text, summary) MARKET_RIGHT_##name = 1 << (bit),
	MARKET_RIGHT_LIST(X)
#undef X
		MARKET_RIGHT_ALL = 0x7fffffff
};

/* Who acts. `id` is of the buyer or the member; `name` is the operator's. `confirmed_at` is when
 * the person last proved to the application who they are (a password, a second factor); absent:
 * that isn't known. Some operations want it to be fresh (SEL-8). */
typedef struct market_actor {
	int32_t kind;
	market_id id;
	const char *name;
	uint32_t rights;
	market_time confirmed_at;
} market_actor;

/* Opens a session. The actor is copied; NULL: anybody. */
MARKET_API int market_session_open(market *market, const market_actor *actor, market_session **out,
                                   market_error *err);
MARKET_API void market_session_close(market_session *session);

/* Changes the actor of a session. No record knows an operator: its name is what two persons are
 * told apart by (LED-10), so EINVALID refuses what can't be seen or is another way to write the
 * same: control, zero-width and combining characters, directions, compatible and wide forms,
 * letters of two alphabets, a space at the begin or end or two in a row. */
MARKET_API int market_session_act_as(market_session *session, const market_actor *actor,
                                     market_error *err);

/* The same from text: "anonymous", "system", "operator:NAME" (all rights), "buyer:ID",
 * "buyer:ref:REF", "member:ID", "member:ref:REF"; with "confirmed " before it, the person has just
 * proved who they are, with "confirmed TIME " at that time. Only for trusted callers: it vouches
 * for whom it names. */
MARKET_API int market_session_act_as_text(market_session *session, const char *actor,
                                          market_error *err);

/* Sets the effective time of the session's further operations (a replay of the past); 0 returns to
 * the clock. ETIMEORDER when it lies before the newest journal row's. Only for trusted callers. */
MARKET_API int market_session_set_time(market_session *session, market_time at, market_error *err);

/* Whether the session's last operation was a replay of an earlier one with the same key. */
MARKET_API bool market_session_replayed(const market_session *session);

/* Runs the operation of that name with params as a JSON object (with its "key" where there is one)
 * and gives the result as JSON text, freed with market_text_free. */
MARKET_API int market_call(market_session *session, const char *operation, const char *params,
                           char **reply, market_error *err);
MARKET_API void market_text_free(char *text);

/* Runs due deadlines, provider requests and other timed work in order of due time, at most `budget`
 * of them, and tells in `next_due` when there is more to do (0: nothing is planned). The session
 * acts as the system meanwhile. Returns how many were done, or an error. */
MARKET_API int market_work(market_session *session, int budget, market_time *next_due,
                           market_error *err);

/* The API as JSON Schema, made from the table of operations. Freed with market_text_free. */
MARKET_API int market_schema(char **out, market_error *err);

/* One operation of the table, for bindings and tools. Texts are static. */
typedef struct market_operation {
	const char *name;
	const char *summary;
	const char *since;
	bool writes;
	bool money;
	bool paged;
} market_operation;
/* The operation number `index` from 0; false behind the last. */
MARKET_API bool market_operation_at(size_t index, market_operation *out);

#ifdef __cplusplus
}
#endif
#endif
