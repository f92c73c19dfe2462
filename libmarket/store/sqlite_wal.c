#include "libmarket/store/sqlite_wal.h"

#include <sqlite3.h>
#include <string.h>

/* The default file system writes at most 128 KiB less one byte at once. */
#define ROOM (120 * 1024)
#define FRAME_HEADER 24

struct mk_wal {
	sqlite3_vfs vfs;
	sqlite3_vfs *real;
	const market_allocator *allocator;
	char name[40];
	void (*on_sync)(void *data);
	void *data;
};

/* An open log. The default file system's file lies behind it. */
typedef struct log_file {
	sqlite3_file base;
	sqlite3_file *real;
	mk_wal *wal;
	char *bytes; /* NULL: nothing is collected */
	int used;
	sqlite3_int64 at; /* where `bytes` belong in the file */
	bool page_next;   /* the last write was a frame's header */
	bool commit;      /* of a transaction's last page */
	bool lost;        /* what belongs at `at` couldn't be written */
} log_file;

static int set_up(mk_wal *wal);
static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                    int *out_flags);
static int open_log(mk_wal *wal, const char *name, log_file *log, int flags, int *out_flags);
static int make_safe(log_file *log);
static int log_close(sqlite3_file *file);
static int log_read(sqlite3_file *file, void *data, int size, sqlite3_int64 at);
static int log_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 at);
static int log_truncate(sqlite3_file *file, sqlite3_int64 size);
static int log_sync(sqlite3_file *file, int flags);
static int log_size(sqlite3_file *file, sqlite3_int64 *size);
static int log_lock(sqlite3_file *file, int lock);
static int log_unlock(sqlite3_file *file, int lock);
static int log_check_lock(sqlite3_file *file, int *out);
static int log_control(sqlite3_file *file, int operation, void *argument);
static int log_sector_size(sqlite3_file *file);
static int log_characteristics(sqlite3_file *file);
static int collect(log_file *log, const void *data, int size, sqlite3_int64 at);
static int flush(log_file *log);
static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_folder);
static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out);
static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out);
static int vfs_random(sqlite3_vfs *vfs, int size, char *out);
static int vfs_sleep(sqlite3_vfs *vfs, int microseconds);
static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *out);
static int vfs_last_error(sqlite3_vfs *vfs, int size, char *out);

/* Version 1: shared memory and mapping are asked of the database's file, never of the log's. */
static const sqlite3_io_methods log_methods = {
	.iVersion = 1,
	.xClose = log_close,
	.xRead = log_read,
	.xWrite = log_write,
	.xTruncate = log_truncate,
	.xSync = log_sync,
	.xFileSize = log_size,
	.xLock = log_lock,
	.xUnlock = log_unlock,
	.xCheckReservedLock = log_check_lock,
	.xFileControl = log_control,
	.xSectorSize = log_sector_size,
	.xDeviceCharacteristics = log_characteristics,
};

mk_wal *mk_wal_open(const market_allocator *allocator)
{
	mk_wal *wal = mk_allocate_zero(allocator, sizeof(*wal));

	if (!wal)
		return NULL;
	wal->allocator = allocator;
	wal->real = sqlite3_vfs_find(NULL);
	sqlite3_snprintf(sizeof(wal->name), wal->name, "market-%p", (void *)wal);
	if (wal->real && set_up(wal) == SQLITE_OK)
		return wal;
	mk_release(allocator, wal);
	return NULL;
}

void mk_wal_close(mk_wal *wal)
{
	if (!wal)
		return;
	sqlite3_vfs_unregister(&wal->vfs);
	mk_release(wal->allocator, wal);
}

const char *mk_wal_name(const mk_wal *wal)
{
	return wal->name;
}

void mk_wal_on_sync(mk_wal *wal, void (*call)(void *data), void *data)
{
	wal->on_sync = call;
	wal->data = data;
}

static int set_up(mk_wal *wal)
{
	const sqlite3_vfs *real = wal->real;

	wal->vfs = (sqlite3_vfs){
		.iVersion = real->iVersion > 1 ? 2 : 1,
		.szOsFile = real->szOsFile + (int)sizeof(log_file),
		.mxPathname = real->mxPathname,
		.zName = wal->name,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_path,
		.xRandomness = vfs_random,
		.xSleep = vfs_sleep,
		.xCurrentTime = real->xCurrentTime,
		.xGetLastError = vfs_last_error,
		.xCurrentTimeInt64 = vfs_time,
	};
	return sqlite3_vfs_register(&wal->vfs, 0);
}

static sqlite3_vfs *real_vfs(sqlite3_vfs *vfs)
{
	return ((mk_wal *)vfs)->real;
}

/* Any file but the log is the default file system's own, as if it had been opened there. */
static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                    int *out_flags)
{
	sqlite3_vfs *real = real_vfs(vfs);

	if (flags & SQLITE_OPEN_WAL)
		return open_log((mk_wal *)vfs, name, (log_file *)file, flags, out_flags);
	return real->xOpen(real, name, file, flags, out_flags);
}

static int open_log(mk_wal *wal, const char *name, log_file *log, int flags, int *out_flags)
{
	int rc;

	memset(log, 0, sizeof(*log));
	log->wal = wal;
	log->real = (sqlite3_file *)(log + 1);
	log->real->pMethods = NULL;
	rc = wal->real->xOpen(wal->real, name, log->real, flags, out_flags);
	/* SQLite closes whatever has methods, even if it couldn't be opened. */
	if (log->real->pMethods)
		log->base.pMethods = &log_methods;
	return rc == SQLITE_OK ? make_safe(log) : rc;
}

/* A killed process may have left a transaction whose sync it hadn't come to. Whoever reads it from
 * the log answers as if it were safe. */
static int make_safe(log_file *log)
{
	sqlite3_int64 size = 0;
	int rc = log->real->pMethods->xFileSize(log->real, &size);

	return rc == SQLITE_OK && size > 0 ? log->real->pMethods->xSync(log->real, SQLITE_SYNC_NORMAL)
	                                   : rc;
}

static int log_close(sqlite3_file *file)
{
	log_file *log = (log_file *)file;

	flush(log);
	mk_release(log->wal->allocator, log->bytes);
	return log->real->pMethods->xClose(log->real);
}

static int log_read(sqlite3_file *file, void *data, int size, sqlite3_int64 at)
{
	log_file *log = (log_file *)file;
	int rc = flush(log);

	if (log->lost && at + size > log->at) /* what stands there is of an older log */
		return SQLITE_IOERR_READ;
	return rc != SQLITE_OK ? rc : log->real->pMethods->xRead(log->real, data, size, at);
}

/* A frame is its header, which tells whether it ends a transaction, and its page. Anything else
 * goes through at once. */
static int log_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 at)
{
	log_file *log = (log_file *)file;
	const unsigned char *header = data;
	bool is_page = log->page_next && at == log->at + log->used;
	int rc;

	log->page_next = false;
	/* nothing may stand behind a gap: only a transaction that begins before it fills it */
	if (log->lost && at > log->at)
		return SQLITE_IOERR_WRITE;
	log->lost = false;
	if (size == FRAME_HEADER) {
		rc = collect(log, data, size, at);
		log->page_next = rc == SQLITE_OK;
		log->commit = (header[4] | header[5] | header[6] | header[7]) != 0;
		return rc;
	}
	if (is_page) {
		rc = collect(log, data, size, at);
		return rc == SQLITE_OK && log->commit ? flush(log) : rc;
	}
	rc = flush(log);
	return rc != SQLITE_OK ? rc : log->real->pMethods->xWrite(log->real, data, size, at);
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	log_file *log = (log_file *)file;
	int rc = flush(log);

	return rc != SQLITE_OK ? rc : log->real->pMethods->xTruncate(log->real, size);
}

static int log_sync(sqlite3_file *file, int flags)
{
	log_file *log = (log_file *)file;
	int rc = flush(log);

	if (log->wal->on_sync)
		log->wal->on_sync(log->wal->data);
	return rc != SQLITE_OK ? rc : log->real->pMethods->xSync(log->real, flags);
}

static int log_size(sqlite3_file *file, sqlite3_int64 *size)
{
	log_file *log = (log_file *)file;
	int rc = flush(log);

	return rc != SQLITE_OK ? rc : log->real->pMethods->xFileSize(log->real, size);
}

static int log_lock(sqlite3_file *file, int lock)
{
	sqlite3_file *real = ((log_file *)file)->real;

	return real->pMethods->xLock(real, lock);
}

static int log_unlock(sqlite3_file *file, int lock)
{
	sqlite3_file *real = ((log_file *)file)->real;

	return real->pMethods->xUnlock(real, lock);
}

static int log_check_lock(sqlite3_file *file, int *out)
{
	sqlite3_file *real = ((log_file *)file)->real;

	return real->pMethods->xCheckReservedLock(real, out);
}

static int log_control(sqlite3_file *file, int operation, void *argument)
{
	log_file *log = (log_file *)file;
	int rc = flush(log);

	return rc != SQLITE_OK ? rc : log->real->pMethods->xFileControl(log->real, operation, argument);
}

static int log_sector_size(sqlite3_file *file)
{
	sqlite3_file *real = ((log_file *)file)->real;

	return real->pMethods->xSectorSize(real);
}

static int log_characteristics(sqlite3_file *file)
{
	sqlite3_file *real = ((log_file *)file)->real;

	return real->pMethods->xDeviceCharacteristics(real);
}

static int collect(log_file *log, const void *data, int size, sqlite3_int64 at)
{
	int rc = SQLITE_OK;

	if (!log->bytes)
		log->bytes = mk_allocate(log->wal->allocator, ROOM);
	if (at != log->at + log->used || size > ROOM - log->used)
		rc = flush(log);
	if (rc != SQLITE_OK)
		return rc;
	if (!log->bytes || size > ROOM) {
		log->at = at + size; /* where the page is expected */
		return log->real->pMethods->xWrite(log->real, data, size, at);
	}
	if (log->used == 0)
		log->at = at;
	memcpy(log->bytes + log->used, data, (size_t)size);
	log->used += size;
	return SQLITE_OK;
}

/* What couldn't be written is dropped, and with it the transaction it belonged to. */
static int flush(log_file *log)
{
	int size = log->used, rc;

	if (size == 0)
		return SQLITE_OK;
	log->used = 0;
	rc = log->real->pMethods->xWrite(log->real, log->bytes, size, log->at);
	log->lost = rc != SQLITE_OK;
	return rc;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
	return real_vfs(vfs)->xDelete(real_vfs(vfs), name, sync_folder);
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	return real_vfs(vfs)->xAccess(real_vfs(vfs), name, flags, out);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
	return real_vfs(vfs)->xFullPathname(real_vfs(vfs), name, size, out);
}

static int vfs_random(sqlite3_vfs *vfs, int size, char *out)
{
	return real_vfs(vfs)->xRandomness(real_vfs(vfs), size, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
	return real_vfs(vfs)->xSleep(real_vfs(vfs), microseconds);
}

static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
	return real_vfs(vfs)->xCurrentTimeInt64(real_vfs(vfs), out);
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *out)
{
	return real_vfs(vfs)->xGetLastError(real_vfs(vfs), size, out);
}
