/* Bringing the log's pages into the file, off the writers' path. */
#include "libmarket/base/clock.h"
#include "libmarket/store/sqlite.h"

/* The log is copied when it has grown by a step since it began anew, or since the last time; that
 * doesn't hinder writers. Where they go on meanwhile it never ends, so that from so many steps on
 * the rest is copied in a turn of its own, and the log begins anew. */
#define MOST_STEPS 3
#define PATIENCE_MS \
	50 /* with writers of other processes, and with readers of what is copied last */
#define PAUSE_US 100

typedef enum locks {
	WRITER,
	READERS /* of what stands in the log */
} locks;

static int committed(void *data, sqlite3 *db, const char *name, int pages);
static void copy_log(mk_sqlite *s);
static void begin_anew(mk_sqlite *s);
static bool stop_writers(mk_sqlite *s);
static void let_write(void *data);
static bool checkpoint(mk_sqlite *s, bool *whole);
static bool lock(mk_sqlite *s, locks which);
static void unlock(mk_sqlite *s, locks which);
static int set_lock(mk_sqlite *s, locks which, int how);

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
	if (!stop_writers(s))
		return;
	mk_wal_on_sync(s->wal, let_write, s);
	checkpoint(s, NULL);
	mk_wal_on_sync(s->wal, NULL, NULL);
	let_write(s);
}

/* Without writers and without readers of older pages, the next writer begins the log anew. */
static void begin_anew(mk_sqlite *s)
{
	int64_t until = mk_clock_monotonic_us() + PATIENCE_MS * 1000;
	bool whole = false;

	if (!stop_writers(s))
		return;
	while (checkpoint(s, &whole) && !whole && mk_clock_monotonic_us() < until)
		s->vfs->xSleep(s->vfs, PAUSE_US);
	if (whole && lock(s, READERS))
		unlock(s, READERS);
	let_write(s);
}

/*
 * SQLite before 3.51.3 forgets transactions when a log that was copied whole begins anew between
 * the moment a checkpoint reads how long it is and the moment it looks what is still to be copied
 * (https://sqlite.org/wal.html#walresetbug). Only a writer begins it anew. So none may write until
 * the checkpoint syncs the log, which it does when there is something to copy: from then on the log
 * counts as not copied.
 */
static bool stop_writers(mk_sqlite *s)
{
	mk_writers_take(s->writers);
	s->stops_writers = lock(s, WRITER);
	if (!s->stops_writers)
		mk_writers_give(s->writers);
	return s->stops_writers;
}

static void let_write(void *data)
{
	mk_sqlite *s = data;

	if (!s->stops_writers)
		return;
	s->stops_writers = false;
	unlock(s, WRITER);
	mk_writers_give(s->writers);
}

static bool checkpoint(mk_sqlite *s, bool *whole)
{
	market_error ignored;
	int pages = 0, copied = 0;
	int rc = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &copied);

	if (rc != SQLITE_OK && rc != SQLITE_BUSY)
		mk_sqlite_failure(s, rc, "checkpoint", &ignored);
	if (whole)
		*whole = rc == SQLITE_OK && copied == pages;
	return rc == SQLITE_OK || rc == SQLITE_BUSY;
}

/* Of the log's index, as its readers and writers take them (https://sqlite.org/walformat.html). */
static bool lock(mk_sqlite *s, locks which)
{
	int64_t until = mk_clock_monotonic_us() + PATIENCE_MS * 1000;
	int rc;

	while ((rc = set_lock(s, which, SQLITE_SHM_LOCK)) == SQLITE_BUSY &&
	       mk_clock_monotonic_us() < until)
		s->vfs->xSleep(s->vfs, PAUSE_US);
	return rc == SQLITE_OK;
}

static void unlock(mk_sqlite *s, locks which)
{
	set_lock(s, which, SQLITE_SHM_UNLOCK);
}

static int set_lock(mk_sqlite *s, locks which, int how)
{
	sqlite3_file *file = NULL;
	int rc = sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);

	if (rc != SQLITE_OK || !file || !file->pMethods || file->pMethods->iVersion < 2)
		return SQLITE_ERROR;
	return file->pMethods->xShmLock(file, which == WRITER ? 0 : 4, which == WRITER ? 1 : 4,
	                                how | SQLITE_SHM_EXCLUSIVE);
}
