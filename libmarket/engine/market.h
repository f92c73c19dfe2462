/* The shared root and the session, as the library sees them. */
#ifndef MK_ENGINE_MARKET_H
#define MK_ENGINE_MARKET_H

#include <pthread.h>

#include "libmarket/engine/context.h"
#include "libmarket/store/writers.h"

struct mk_providers;
struct mk_listing_hooks;
struct market_warehouse_hook;

typedef struct mk_policy_version {
	const mk_policy *policy;
	mk_arena arena; /* of all that the version is made of */
	mk_zone *calendar;
	mk_rule_set *rules; /* of its listing packs; NULL: not yet used */
	struct mk_policy_version *older;
} mk_policy_version;

/* What a call works with, one thread at a time. */
typedef struct mk_connection {
	mk_store *store;
	mk_digest *digest;
	pthread_t user; /* while it is taken */
	bool taken;
	struct mk_connection *next;
} mk_connection;

struct market {
	market_allocator allocator;
	market_time (*clock)(void *user_data);
	bool (*random)(void *bytes, size_t size, void *user_data);
	void (*log)(int32_t level, const char *message, void *user_data);
	void *user_data;
	bool read_only;
	mk_store_url url;
	const char *store_id;
	mk_arena arena;  /* lives as long as the market: texts of the open */
	mk_store *store; /* of the first connection */
	mk_digest *digest;
	mk_keys *keys;
	mk_writers writers; /* SQLite: whose turn it is of those of this process that write */
	/* The rest is behind the lock, which nobody holds for long. */
	pthread_mutex_t lock;
	pthread_cond_t given; /* a connection was given back */
	mk_connection *connections;
	int32_t n_connections, max_connections; /* those that are being opened count */
	int64_t refused_until;                  /* monotonic µs: the server gave no connection more */
	mk_id_source ids;
	mk_policy_version *policies; /* newest first; none goes before the market does */
	struct mk_providers *providers;
	struct mk_identities *identities;
	struct mk_listing_hooks *listing_hooks;       /* NULL: none */
	struct market_warehouse_hook *warehouse_hook; /* NULL: none */
};

struct market_session {
	market *market;
	mk_connection *connection; /* NULL while it needs none */
	int connection_uses;
	mk_digest *digest; /* NULL before the first key */
	market_actor actor;
	char actor_name[MK_MAX_CODE + 1];
	market_time at; /* replay clock; 0: the market's */
	mk_arena arena; /* of one operation */
	mk_text events;
	bool replayed;
	bool dead;    /* after MARKET_EINTERNAL */
	bool busy;    /* an operation runs: calls from inside it are refused */
	bool held;    /* a batch has the connection for all its items */
	bool writing; /* it counts among the market's writers */
};

void mk_log(market *market, int32_t level, const char *format, ...) MK_PRINTF(3, 4);

/* ---- connections (engine/pool.c) ---- */

/* A free connection, opened when all are taken and there may be more; else waits for one. EMISUSE
 * when this very thread has one: a call from inside an operation. EBUSY after 5 s. */
int mk_pool_take(market *market, mk_connection **out, market_error *err);
void mk_pool_give(market *market, mk_connection *connection);
/* Whether operations of several sessions are written together: SQLite in a file, several
 * connections. */
bool mk_pool_groups(const market *market);
/* Without waiting, or NULL: the first connection, which knows best what was written last; any other
 * that is free or may be opened. */
mk_connection *mk_pool_take_first(market *market);
mk_connection *mk_pool_take_other(market *market);
/* Whether this very thread has a connection. */
bool mk_pool_is_inside(market *market);
/* The first one, whose store and digest are the market's own. */
int mk_pool_open(market *market, const market_options *options, market_error *err);
void mk_pool_close(market *market);
int64_t mk_market_next_id(market *market, market_time now);

/* ---- policies as stored (engine/policy_store.c) ---- */

extern const char *const mk_engine_ddl[];
extern const mk_statement mk_policy_newest; /* mk_number: of the newest version */

/* Reads the versions newer than those that the market holds. Inside a transaction. */
int mk_policy_refresh(market *market, mk_store *store, mk_arena *arena, int64_t newest,
                      market_error *err);
/* Forgets the versions that the market holds. */
void mk_policy_forget(market *market);
/* The version in effect at a time; the oldest when none is yet. */
const mk_policy *mk_policy_at(market *market, market_time time);
/* The version of that number, or NULL. */
const mk_policy *mk_policy_numbered(market *market, int64_t number);
/* The rules of a version that the market holds, made when they are first asked for. */
int mk_policy_rules(market *market, const mk_policy *policy, const mk_rule_set **out,
                    market_error *err);
/* The newest. */
const mk_policy *mk_policy_last(market *market);
/* Plans a new version; `number` is its own. */
void mk_policy_insert(mk_ctx *ctx, market_id id, int64_t number, market_time effective,
                      const char *text);

#endif
