/* What copies, backups and restores share. */
#ifndef MK_OP_STORE_H
#define MK_OP_STORE_H

#include <market/store.h>

#include "libmarket/store/copy.h"

typedef struct mk_store_job {
	market_store_options options;
	market_store_report report;
	mk_arena arena; /* outlives the stores */
	mk_digest *digest;
	mk_keys *keys; /* NULL: the source's can't be read */
	mk_store_url from_url, to_url;
	mk_store *from, *to;
	const char *store_id;
} mk_store_job;

/* ---- store_job.c ---- */

int mk_store_job_begin(mk_store_job *job, const market_store_options *options, market_error *err);
/* Closes everything; gives the report when `rc` is 0. Returns `rc`. */
int mk_store_job_end(mk_store_job *job, int rc, market_store_report *out);
/* Opens `from_url` and checks it: schema, identity, anchors, keys. */
int mk_store_job_source(mk_store_job *job, market_error *err);
/* Copies into `to_url`, row by row, and verifies. */
int mk_store_job_copy(mk_store_job *job, market_error *err);
/* Tells of a phase that has no rows to count. */
void mk_store_job_tell(const mk_store_job *job, market_store_phase phase);
/* Recomputes a store's ledger. */
int mk_store_job_verify(mk_store_job *job, mk_store *store, market_error *err);
/* Copies the keys when they are wanted, and tells which file the copy needs. */
int mk_store_job_keys(mk_store_job *job, const char *path, market_error *err);

/* ---- store_file.c ---- */

/* Puts a finished file in place, on disk with its folder. EEXISTS when there is one already. */
int mk_file_place(const char *from, const char *path, mk_arena *arena, market_error *err);
void mk_file_remove(const char *path);
bool mk_file_exists(const char *path);
/* `<path>.sha256`: its digest and name, as sha256sum prints them. */
int mk_file_write_sum(const char *path, mk_digest *digest, mk_arena *arena, market_error *err);
/* Whether there is one; ECORRUPT when the file isn't what it says. */
int mk_file_check_sum(const char *path, mk_digest *digest, mk_arena *arena, bool *found,
                      market_error *err);

#endif
