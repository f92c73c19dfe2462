/*
 * Many operations in one call.
 *
 * Since 0.1.
 */
#ifndef MARKET_BATCH_H
#define MARKET_BATCH_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;
struct market_actor;

enum {
	MARKET_BATCH_LINKED = 1 << 0, /* this item and the next succeed or fail together */
	MARKET_BATCH_QUIET = 1 << 1   /* its output isn't wanted */
};

/* So many items may be linked to one chain. */
#define MARKET_BATCH_LONGEST_CHAIN 64

/* One operation, with its params as JSON or as the struct of its typed function. Who acts and when
 * are the session's own where they aren't given; both hold for this item alone. */
typedef struct market_batch_item {
	uint32_t size;
	uint32_t flags;                   /* MARKET_BATCH_… */
	const char *operation;            /* its name: "order.place" */
	const char *params;               /* one JSON object; NULL: {} */
	const void *in;                   /* the typed function's params, in place of `params` */
	const char *key;                  /* with `params`, in place of their own; NULL: that */
	const char *as;                   /* who acts, as of market_session_act_as_text */
	const struct market_actor *actor; /* who acts, in place of `as` */
	market_time at;                   /* the effective time, as of market_session_set_time */
} market_batch_item;
#define MARKET_BATCH_ITEM_INIT MARKET_INIT(market_batch_item)

/* What became of one item. Of `reply` and `out` at most one is set, and only when `code` is 0. */
typedef struct market_batch_result {
	int32_t code; /* 0 or that of `error` */
	bool replayed;
	size_t broken_by; /* with ECHAIN: the index of the item that broke the chain */
	char *reply;      /* JSON, of an item with JSON params */
	void *out;        /* of an item with `in`: the typed function's output */
	market_error error;
} market_batch_result;

/*
 * Runs the items in their order, each as a single call would: what an earlier one has done, a later
 * one finds. Several share a transaction, so that one wait for the disk or the server does for all
 * of them: at most 64, for 10 ms at most, on PostgreSQL those of one book. An item that is refused
 * disturbs no other, and its refusal is kept by its key as ever. `results` has room for `n`
 * results, in the items' order; when the call returns, the transactions of all of them are
 * committed.
 *
 * Items that are MARKET_BATCH_LINKED form a chain with the one after the last of them. A chain is
 * one transaction, done whole or not at all: the item that broke it has its own error, all others
 * of it ECHAIN, and no refusal is kept. A replay of an item that was done before the chain isn't
 * undone with it. An operation that runs alone, like ledger.checkpoint, can't be linked (EMISUSE).
 *
 * Without a key an item whose commit has no known outcome is answered EUNKNOWN, as is each item of
 * a chain unless all that write have a key.
 *
 * Items and what they point to are borrowed for the call. The outputs belong to the caller:
 * market_batch_free, or market_text_free for each `reply` and the type's own function for each
 * `out`.
 *
 * Returns 0 when the items were run, whatever became of each. Otherwise none was, and `results` has
 * no outputs. Errors: EMISUSE, ESIZE (of an item), EBUSY, EUNAVAILABLE, ENOMEM. Since 0.1.
 */
MARKET_API int market_batch(struct market_session *session, const market_batch_item *items,
                            size_t n, market_batch_result *results, market_error *err);

/* Frees the outputs of the results and sets them to NULL. */
MARKET_API void market_batch_free(market_batch_result *results, size_t n);

#ifdef __cplusplus
}
#endif
#endif
