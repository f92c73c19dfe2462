/* One operation on its way through the door; private to libmarket/op. */
#ifndef MK_OP_RUN_H
#define MK_OP_RUN_H

#include "libmarket/engine/journal.h"
#include "libmarket/engine/market.h"
#include "libmarket/op/op.h"

/* What stays the same over the runs of one operation. */
typedef struct mk_run {
	market_session *session;
	market *market;
	const mk_op *op;
	const void *params; /* checked, in the session's arena */
	const char *key;
	mk_hash digest; /* of operation and params; with a key */
	market_actor actor;
	const char *actor_text;
	int64_t actor_book;
	market_time effective; /* 0: the session's time */
	bool timed;            /* run from a deadline: the subject's own timers aren't worked first */
	bool want_output;
	bool json; /* the output is JSON text */
	market_id subject;
	bool doubtful; /* a commit of it has no known outcome */
	bool settled;  /* the journal has the refusal that is given */
	void *output;  /* out: packed, or text; released with mk_record_free */
	bool replayed; /* out */
	bool alone;    /* it had to leave a group */
	/* In a transaction that the caller begins and ends (op/batch.c, op/group.c): it is tried once,
	 * and for
	 * timers that are due it gives MK_TIMERS with `due`. */
	bool shares;
	bool linked; /* of a chain: no refusal is kept */
	bool spoilt; /* out: the transaction holds some of its writes, but not all */
	bool one_book;
	int64_t book; /* with `one_book`: another one gives MK_OTHER_BOOK */
	mk_deadline due;
} mk_run;

/* Beside 0, errors and MK_AGAIN. */
enum {
	MK_TIMERS = MK_AGAIN + 1, /* its subject's timers come first */
	MK_OTHER_BOOK             /* it doesn't belong into this transaction */
};

/* What the first batch of reads found. */
typedef struct mk_opening {
	const void *subject;
	const mk_deadline *deadline; /* of the subject */
	const mk_journal *earlier;   /* of the same actor and key */
	const market_member *member; /* of the actor, or made of a delegation */
	uint32_t permissions;        /* MK_CAN_… */
	const market_agency_member *agency_member;
	const mk_policy *policy;
} mk_opening;

/* What a member actor may do, in both (op/authorise.c). `row` is the seller's member that it is;
 * NULL: it may be an agency's. */
int mk_actor_open(const mk_run *run, const market_member *row, mk_ctx *ctx, mk_opening *opening,
                  market_error *err);
/* 0, ENOTFOUND for strangers, EDENIED for those who may know of the subject (op/authorise.c). */
int mk_authorise(const mk_run *run, const mk_opening *opening, market_error *err);

/* A connection for what the session does until it gives it back; between the two it may be taken
 * again, and is the same. EMISUSE for a call from inside an operation. */
int mk_connection_take(market_session *session, market_error *err);
void mk_connection_give(market_session *session);

/* The actor as the journal writes it; the session's own text. */
const char *mk_actor_text(const market_actor *actor, mk_arena *arena);
int64_t mk_actor_book(const market_actor *actor);

/* Reads outside a transaction, again when it met others. */
int mk_session_read(market_session *session, mk_query *queries, size_t n_queries,
                    market_error *err);
int mk_session_get(market_session *session, const mk_statement *statement, const mk_record *record,
                   const mk_value *args, size_t n_args, void **row, market_error *err);

/* EMISUSE for a call from inside an operation, and after an internal error. */
int mk_session_usable(const market_session *session, market_error *err);
/* Who acts; checked (op/session.c). */
int mk_session_actor(market_session *session, const market_actor *actor, market_error *err);
/* An operator's name: EINVALID, ELIMIT or EUTF8 (op/operator.c). */
int mk_operator_check_name(const char *name, market_error *err);
int mk_session_actor_text(market_session *session, const char *text, market_error *err);
/* ETIMEORDER when the time lies before the newest journal row's. */
int mk_session_time(market_session *session, market_time at, market_error *err);
/* JSON params in the arena, their references resolved (op/call.c). */
int mk_call_parse(market_session *session, const mk_op *op, const char *json, mk_arena *arena,
                  void **params, mk_pending_ref **refs, market_error *err);

/* One whole operation, on the session's connection if it has one: with the caller's params, or
 * checked ones. */
int mk_run_params(mk_run *run, const void *params, market_error *err);
int mk_run_operation(mk_run *run, market_error *err);
/* One try of it: 0, an error, MK_AGAIN after a miss, or MK_TIMERS. */
int mk_run_attempt(mk_run *run, market_error *err);
/* Whether what a lost commit has left in doubt is looked at once more, after a pause. */
bool mk_look_again(int rc, int looks);
/* Whose transaction it is. */
int64_t mk_run_book(const mk_run *run);
void mk_run_drop_output(mk_run *run);

/* ---- op/group.c ---- */

/* Whether the next run shares a transaction with other sessions'. */
bool mk_group_wanted(const mk_run *run, int tries);
int mk_group_run(mk_run *run, market_error *err);
/* Counts the session among those that write; false when it is counted already. */
bool mk_group_enter(market_session *session);
void mk_group_leave(market_session *session);

/* Runs a deadline's operation at its due time as the system. */
int mk_run_deadline(market_session *session, const mk_deadline *deadline, market_error *err);

/* Sends or queries the first request to a provider that is due at `now` (op/send.c). The session's
 * connection is given back while the provider is asked. `*did` is false when none is due. */
int mk_send_request(market_session *session, market_time now, bool *did, market_error *err);

/* Whether an error of timed work concerns its object alone, so that all others go on. */
bool mk_is_of_object(int code);
/* A connection for a session that isn't in the middle of something, or that of its batch; and back.
 */
int mk_session_enter(market_session *session, market_error *err);
void mk_session_leave(market_session *session);

market_time mk_session_now(const market_session *session);

/* A finished run's refusal, as its journal row keeps it, and back (op/refusal.c). */
const char *mk_refusal_write(const market_error *err, mk_arena *arena);
int mk_refusal_read(int code, const char *text, mk_arena *arena, market_error *err);

#endif
