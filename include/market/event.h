/*
 * The journal as a list of events.
 *
 * Since 0.1.
 */
#ifndef MARKET_EVENT_H
#define MARKET_EVENT_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

/* One write operation as it was recorded: who did what, when, and the events it raised. */
typedef struct market_journal_entry {
	market_id id;
	const char *operation;
	const char *actor; /* "operator:NAME", "buyer:ID", "member:ID", "system", "anonymous" */
	const char *key;
	market_time effective_at; /* when it counts */
	market_time recorded_at;  /* when it was written */
	int64_t policy;           /* the number of the policy version it used */
	int64_t outcome;          /* 0, or the code of the refusal that was kept */
	const char *events;       /* a JSON array: [{"type","object","book",…changed fields}] */
} market_journal_entry;

typedef struct market_event_list_params {
	uint32_t size;
	const char *key;
	market_time from;  /* recorded at or after; absent: from the beginning */
	const char *after; /* the cursor of the page before */
	const int64_t *limit;
} market_event_list_params;
#define MARKET_EVENT_LIST_PARAMS_INIT MARKET_INIT(market_event_list_params)

typedef struct market_event_page {
	const market_journal_entry *const *items;
	size_t n_items;
	const char *next;
} market_event_page;

/* The journal by id, whose beginning is the recorded time. Rows committed later may have an earlier
 * id: this list is for people, not a cursor for subscribers. By operators with ledger. Since 0.1.
 */
MARKET_API int market_event_list(struct market_session *session, const market_event_list_params *in,
                                 market_event_page **out, market_error *err);
MARKET_API void market_event_page_free(market_event_page *page);

#ifdef __cplusplus
}
#endif
#endif
