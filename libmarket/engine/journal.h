/* The journal: one row a write operation; audit, idempotency, events and result in one. */
#ifndef MK_ENGINE_JOURNAL_H
#define MK_ENGINE_JOURNAL_H

#include "libmarket/engine/context.h"

typedef struct mk_journal {
	market_id id;
	const char *operation;
	const char *actor;
	const char *key;
	market_blob digest; /* of operation and params; only with a key */
	market_time recorded_at;
	market_time effective_at;
	int64_t policy;
	int64_t outcome;     /* 0, or the code of a kept refusal */
	const char *refusal; /* the refusal's texts, JSON */
	market_id result;
	const char *events;
	market_id delegation; /* by which an agency's member acted */
} mk_journal;
extern const mk_record mk_journal_record;
extern const mk_statement mk_journal_insert, mk_journal_by_key, mk_journal_last;

/* Deadlines: one row an object. */
typedef struct mk_deadline {
	market_id id; /* the object's */
	market_time due_at;
	const char *operation;
	int64_t refusals; /* how often its operation was refused */
} mk_deadline;
extern const mk_record mk_deadline_record;
extern const mk_statement mk_deadline_get, mk_deadline_due, mk_deadline_next, mk_deadline_postpone;

/* The registry of refs that are unique in the store. */
typedef struct mk_registered {
	market_id id;
	int64_t kind;
	const char *ref;
	market_id target;
} mk_registered;
extern const mk_record mk_registered_record;
extern const mk_statement mk_registry_get;

typedef struct mk_key {
	market_id id;
} mk_key;
extern const mk_record mk_key_record; /* rows of book_id, id alone */

#endif
