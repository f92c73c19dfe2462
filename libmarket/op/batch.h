/* Many operations of one caller; private to libmarket/op. */
#ifndef MK_OP_BATCH_H
#define MK_OP_BATCH_H

#include "libmarket/op/run.h"

#define MK_BATCH_MOST MARKET_BATCH_LONGEST_CHAIN /* items of one transaction */

/* What an item has left in a transaction. */
typedef enum mk_batch_trace {
	MK_TRACE_NONE = 0, /* nothing: it may run again */
	MK_TRACE_KEYED,    /* the journal tells by its key */
	MK_TRACE_LOST      /* writes without a key */
} mk_batch_trace;

typedef struct mk_batch {
	market_session *session;
	const market_batch_item *items;
	market_batch_result *results;
	size_t n;
	market_actor actor; /* the session's own, and its time */
	char actor_name[MK_MAX_CODE + 1];
	market_time at;
	mk_arena arena; /* of an item's params */
	/* Where the next group ends, unless it begins behind that. */
	size_t limit;
	/* Items before it have a transaction of their own each. */
	size_t single;
	/* The group whose commit has no known outcome, and what its items have left there. */
	size_t doubt_from, doubt_to;
	mk_batch_trace traces[MK_BATCH_MOST];
} mk_batch;

/* Whether the commit of its group has no known outcome (op/batch.c). */
bool mk_batch_in_doubt(const mk_batch *batch, size_t index);

/* ---- op/batch_item.c ---- */

/* The operation of an item, or NULL. */
const mk_op *mk_batch_op(const mk_batch *batch, size_t index);
/* Runs one item with `run`, of which all but session, operation and output is given, and fills its
 * result. */
int mk_batch_run(mk_batch *batch, size_t index, mk_run *run);
mk_batch_trace mk_batch_trace_of(const mk_run *run, int code);
void mk_batch_fail(mk_batch *batch, size_t index, const market_error *err);
/* Takes the answers back: they were never given. */
void mk_batch_drop(mk_batch *batch, size_t from, size_t to);
/* EUNKNOWN, as of a commit that was lost. */
void mk_batch_fail_unknown(mk_batch *batch, size_t from, size_t to);

/* ---- op/batch_chain.c ---- */

/* Behind the last item of the chain that begins there, be it one item alone. */
size_t mk_batch_chain_end(const mk_batch *batch, size_t from);
bool mk_batch_is_chain(const mk_batch *batch, size_t from);
/* Whether the chain can be run at all; else its results are filled. */
bool mk_batch_chain_sound(mk_batch *batch, size_t from, size_t to);
/* A chain in a transaction of its own, as often as it takes. */
void mk_batch_run_chain(mk_batch *batch, size_t from, size_t to);

#endif
