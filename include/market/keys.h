/*
 * The store's keys: which are in use, and how they are changed.
 *
 * Sealed fields (identity numbers, accounts' numbers) are encrypted by a key of their record, and
 * that key is wrapped by the store's sealing key, which lies in the keys file. A change of the
 * sealing key wraps every record's key anew; the fields themselves stay as they are.
 *
 * Since 0.1.
 */
#ifndef MARKET_KEYS_H
#define MARKET_KEYS_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct market_session;

/* One sealing key of the keys file. */
typedef struct market_sealing_key {
	int64_t number;  /* from 1, rising */
	bool current;    /* new records are sealed by it */
	int64_t records; /* of the store that it has wrapped */
} market_sealing_key;

typedef struct market_keys {
	int64_t signing;                          /* number of the key that signs checkpoints */
	const market_sealing_key *const *sealing; /* oldest first */
	size_t n_sealing;
	/* Sealed records, and the newest checkpoint, by keys that this keys file hasn't: it is an older
	 * copy. */
	int64_t missing;
} market_keys;

typedef struct market_keys_get_params {
	uint32_t size;
	const char *key;
} market_keys_get_params;
#define MARKET_KEYS_GET_PARAMS_INIT MARKET_INIT(market_keys_get_params)

/* The keys that this process knows, and how many records each sealing key has wrapped: all sealed
 * records are read for that. No secret is shown. By operators with sealed. Since 0.1. */
MARKET_API int market_keys_get(struct market_session *session, const market_keys_get_params *in,
                               market_keys **out, market_error *err);
MARKET_API void market_keys_free(market_keys *keys);

/* What was wrapped anew by one keys.rewrap. */
typedef struct market_rewrapped {
	int64_t looked;    /* records that were read */
	int64_t rewrapped; /* of these, by the current key now */
	const char *next;  /* where to go on; NULL at the end of that kind */
} market_rewrapped;

typedef struct market_keys_rewrap_params {
	uint32_t size;
	const char *key;
	const char *record;   /* which kind: "submission", "payout_account", … */
	const char *after;    /* the cursor of the call before */
	const int64_t *limit; /* records to look at */
} market_keys_rewrap_params;
#define MARKET_KEYS_REWRAP_PARAMS_INIT MARKET_INIT(market_keys_rewrap_params)

/* Wraps the keys of some records by the current sealing key. market_keys_rotate calls it until all
 * are done. By operators with sealed. Errors: EINVALID (record, after). Since 0.1. */
MARKET_API int market_keys_rewrap(struct market_session *session,
                                  const market_keys_rewrap_params *in, market_rewrapped **out,
                                  market_error *err);
MARKET_API void market_rewrapped_free(market_rewrapped *rewrapped);

typedef struct market_keys_options {
	uint32_t size;
	bool signing; /* change the key that signs checkpoints instead */
	/* Called now and then; `total` records were there at the beginning. */
	void (*progress)(int64_t done, int64_t total, void *user_data);
	void *user_data;
} market_keys_options;
#define MARKET_KEYS_OPTIONS_INIT MARKET_INIT(market_keys_options)

/* What was done. Filled up to the size that the caller sets. */
typedef struct market_keys_report {
	uint32_t size;
	bool added;        /* a new key; false: an interrupted change was brought to its end */
	int64_t number;    /* of the key that is in use now */
	int64_t records;   /* that are sealed by it */
	int64_t rewrapped; /* of these, in this call */
} market_keys_report;
#define MARKET_KEYS_REPORT_INIT MARKET_INIT(market_keys_report)

/*
 * Adds a sealing key to the keys file and wraps every sealed record's key by it, in transactions of
 * some hundred records each. Others go on using the store, and take the new key from the same file.
 * Where several machines have a file each, every one needs the new file: until then a record that
 * was wrapped anew can't be shown there (EKEY).
 * A change that was interrupted is brought to its end by the next call, which adds no further key
 * then. The older keys stay in the file; a backup from before needs them. With `signing` a new
 * signing key is added; the older one's secret half is destroyed.
 * By operators with sealed. `options` and `report` may be NULL. Errors: EDENIED, ELIMIT (64 keys),
 * EBUSY (another process changes the keys), EKEY, and those of market_keys_rewrap. Since 0.1.
 */
MARKET_API int market_keys_rotate(struct market_session *session,
                                  const market_keys_options *options, market_keys_report *report,
                                  market_error *err);

/*
 * Takes an older sealing key out of the keys file for good. Refused while a record of this store is
 * wrapped by it, and within a minute of the file's last change, so that nobody is still writing by
 * it. Backups from before can't be read after that. By operators with sealed. Errors: EDENIED,
 * EINVALID (the current one, or there is none of that number), ESTATE, EBUSY, EKEY. Since 0.1.
 */
MARKET_API int market_keys_drop(struct market_session *session, int64_t number, market_error *err);

#ifdef __cplusplus
}
#endif
#endif
