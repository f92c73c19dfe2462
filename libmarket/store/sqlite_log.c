/* Bringing the log's pages into the file, off the writers' path. */
#include "libmarket/store/sqlite.h"

/* The log is copied when it has grown by a step since it began anew, or since the last time; that
 * doesn't hinder writers. Where they go on meanwhile it never ends, so that from so many steps on
 * the rest is copied in a turn of its own, and the log begins anew. */
#define MOST_STEPS 3
#define PATIENCE_MS 50 /* with readers of what is copied last */

static int committed(void *data, sqlite3 *db, const char *name, int pages);
static void copy_log(mk_sqlite *s);
static void begin_anew(mk_sqlite *s);

void mk_sqlite_watch_log(mk_sqlite *s, int step)
{
	int unset = 0;

	if (!s->writers || s->base.read_only)
		return;
	atomic_compare_exchange_strong(&s->writers->log_step, &unset, step);
	sqlite3_wal_hook(s->db, committed, s);
}

void mk_sqlite_tend_log(mk_store *store)
{
	mk_sqlite *s = (mk_sqlite *)store;
	mk_writers *writers = s->writers;
	int pages;

	if (!writers || store->read_only || store->leads || !sqlite3_get_autocommit(s->db))
		return;
	if (!mk_writers_log_due(writers) || atomic_exchange(&writers->log_tended, true))
		return;
	pages = atomic_load(&writers->log_pages);
	atomic_store(&writers->log_copied, pages);
	if (pages < MOST_STEPS * atomic_load(&writers->log_step))
		copy_log(s);
	else
		begin_anew(s);
	atomic_store(&writers->log_tended, false);
}

bool mk_writers_log_due(const mk_writers *writers)
{
	return atomic_load(&writers->log_pages) >=
	       atomic_load(&writers->log_copied) + atomic_load(&writers->log_step);
}

/* In the turn of whoever has committed. */
static int committed(void *data, sqlite3 *db, const char *name, int pages)
{
	mk_sqlite *s = data;

	(void)db;
	(void)name;
	if (pages < atomic_load(&s->writers->log_pages))
		atomic_store(&s->writers->log_copied, 0);
	atomic_store(&s->writers->log_pages, pages);
	return SQLITE_OK;
}

/* What it can't do now is done the next time; only a failed sync is told, by what it refuses. */
static void copy_log(mk_sqlite *s)
{
	market_error ignored;
	int rc = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

	if (rc != SQLITE_OK)
		mk_sqlite_failure(s, rc, "checkpoint", &ignored);
}

static void begin_anew(mk_sqlite *s)
{
	int64_t patience = s->base.busy_ms;
	market_error ignored;
	int rc;

	mk_writers_take(s->writers);
	s->base.busy_ms = PATIENCE_MS;
	rc = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
	s->base.busy_ms = patience;
	mk_writers_give(s->writers);
	if (rc != SQLITE_OK)
		mk_sqlite_failure(s, rc, "checkpoint", &ignored);
}
