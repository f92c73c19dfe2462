/*
 * Whole stores: copies between files and databases, backups and their return.
 *
 * These take store URLs as market_open does, and need no open market. What is copied is the store
 * as it is at one moment, while others go on using it.
 *
 * Since 0.1.
 */
#ifndef MARKET_STORE_H
#define MARKET_STORE_H

#include <market/error.h>
#include <market/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
	MARKET_STORE_KEYS = 1 << 0 /* copy the keys file too, to where the target looks for its own */
};

typedef enum market_store_phase {
	MARKET_STORE_COUNTING = 1,
	MARKET_STORE_WRITING,
	MARKET_STORE_COMPARING, /* the target is read back */
	MARKET_STORE_VERIFYING  /* its ledger is recomputed */
} market_store_phase;

/* How far it is: rows done of all in this phase; 0 of 0 where that isn't known. `table` is static
 * for the call. */
typedef struct market_store_progress {
	int32_t phase;
	const char *table;
	int64_t done, total;
} market_store_progress;

typedef struct market_store_options {
	uint32_t size;
	uint32_t flags;
	const char *const *anchors; /* texts of checkpoints kept outside: the store must hold them */
	size_t n_anchors;
	void (*progress)(const market_store_progress *progress, void *user_data);
	void *user_data;
	const market_allocator *allocator; /* NULL: the library's own */
} market_store_options;
#define MARKET_STORE_OPTIONS_INIT MARKET_INIT(market_store_options)

/* What was done. Filled up to the size that the caller sets. */
typedef struct market_store_report {
	uint32_t size;
	int64_t tables, rows;     /* equal at both ends, row by row; 0: copied as a file */
	int64_t checkpoint;       /* number of the newest; 0: none */
	int64_t books, transfers; /* of the verified ledger */
	bool verified;            /* the copy's ledger was recomputed; false: its keys aren't here */
	bool checksum;            /* a restore: the file has its checksum beside it, and it matches */
	bool keys_copied;
	char keys[1024]; /* the keys file that the copy looks for */
} market_store_report;
#define MARKET_STORE_REPORT_INIT MARKET_INIT(market_store_report)

/*
 * Copies the store `from` into `to`, either kind to either. `to` is an empty database or a file
 * that isn't there. Every row is read back and compared and the copy's ledger is verified; until
 * then market_open refuses `to` with EINCOMPLETE. A copy that was interrupted starts anew when it
 * is called again. Memory is bounded, whatever the store's size. `out` may be NULL.
 * Errors: EINVALID, EABSENT, EFOREIGN and ESCHEMA (of either end), EEXISTS (`to` holds a store),
 * ETIMEORDER (`from` is older than an anchor), EKEY, ECORRUPT (the ends differ, or the ledger is
 * broken), ECONFLICT, EBUSY, EUNAVAILABLE, EIO, EFULL, ENOMEM. Since 0.1.
 */
MARKET_API int market_store_copy(const char *from, const char *to,
                                 const market_store_options *options, market_store_report *out,
                                 market_error *err);

/*
 * Writes the store `from` to a new file, an SQLite store by itself, with its SHA-256 in
 * `<path>.sha256`. The file appears when it is whole and its ledger verified. With
 * MARKET_STORE_KEYS the keys go to `<path>.keys`, of mode 0600. A PostgreSQL store is read in one
 * transaction. Errors: as market_store_copy. Since 0.1.
 */
MARKET_API int market_store_backup(const char *from, const char *path,
                                   const market_store_options *options, market_store_report *out,
                                   market_error *err);

/*
 * Copies a backup into `to`, after checking the file's checksum, where there is one, and its
 * structure. With anchors a backup that is older than one of them is refused with ETIMEORDER, which
 * names both numbers, before anything is written. With MARKET_STORE_KEYS the keys come from
 * `<path>.keys`. Errors: as market_store_copy. Since 0.1.
 */
MARKET_API int market_store_restore(const char *path, const char *to,
                                    const market_store_options *options, market_store_report *out,
                                    market_error *err);

#ifdef __cplusplus
}
#endif
#endif
