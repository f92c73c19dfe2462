#include "tests/power/vfs.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REGION 32768
#define MOST_NAMES 64

struct power_state power = {.sector = 4096, .powersafe = true};

/* Events outlive files, so their names are kept. */
static char *names[MOST_NAMES];
static sqlite3_vfs *real;

typedef struct power_file {
	sqlite3_file base;
	const char *name;
	power_database *base_of;
	int started;
	bool database, mapped;
	bool goes; /* when it is closed */
	int lock;
	unsigned log_shared; /* bits */
} power_file;

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                    int *out_flags);
static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_folder);
static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out);
static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out);
static int vfs_random(sqlite3_vfs *vfs, int size, char *out);
static int vfs_sleep(sqlite3_vfs *vfs, int microseconds);
static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *out);
static int vfs_last_error(sqlite3_vfs *vfs, int size, char *out);
static int file_close(sqlite3_file *file);
static int file_read(sqlite3_file *file, void *data, int size, sqlite3_int64 at);
static int file_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 at);
static int file_truncate(sqlite3_file *file, sqlite3_int64 size);
static int file_sync(sqlite3_file *file, int flags);
static int file_size(sqlite3_file *file, sqlite3_int64 *size);
static int file_lock(sqlite3_file *file, int lock);
static int file_unlock(sqlite3_file *file, int lock);
static int file_check_lock(sqlite3_file *file, int *out);
static int file_control(sqlite3_file *file, int operation, void *argument);
static int file_sector_size(sqlite3_file *file);
static int file_characteristics(sqlite3_file *file);
static int shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **out);
static int shm_lock(sqlite3_file *file, int offset, int n, int flags);
static void shm_barrier(sqlite3_file *file);
static int shm_unmap(sqlite3_file *file, int remove);
static const char *keep_name(const char *name);
static void happen(disk_kind kind, const char *name, int64_t at, const void *data, int64_t size);
static bool fails(power_fault fault, const char *call, const char *name);

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_check_lock,
	.xFileControl = file_control,
	.xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_characteristics,
	.xShmMap = shm_map,
	.xShmLock = shm_lock,
	.xShmBarrier = shm_barrier,
	.xShmUnmap = shm_unmap,
};

static sqlite3_vfs own = {
	.iVersion = 2,
	.szOsFile = sizeof(power_file),
	.mxPathname = 1000,
	.zName = "power",
	.xOpen = vfs_open,
	.xDelete = vfs_delete,
	.xAccess = vfs_access,
	.xFullPathname = vfs_full_path,
	.xRandomness = vfs_random,
	.xSleep = vfs_sleep,
	.xGetLastError = vfs_last_error,
	.xCurrentTimeInt64 = vfs_time,
};

void power_register(void)
{
	if (!real)
		real = sqlite3_vfs_find(NULL);
	if (own.szOsFile < real->szOsFile)
		own.szOsFile = real->szOsFile;
	own.xCurrentTime = real->xCurrentTime;
	sqlite3_vfs_register(&own, 1);
}

void power_unregister(void)
{
	sqlite3_vfs_register(real, 1);
}

/* A connection that was left open still has the old shared memory, so it isn't released. */
void power_insert(disk *d)
{
	power.disk = d;
	power.started++;
	memset(power.bases, 0, sizeof(power.bases));
}

void power_arm(power_fault fault, int64_t n, bool for_good)
{
	power.fault = fault;
	power.fails_at = n;
	power.for_good = for_good;
	power.calls = power.hits = 0;
	power.hit[0] = '\0';
}

void power_log_clear(power_log *log)
{
	for (size_t i = 0; i < log->n; i++)
		free(log->events[i].data);
	free(log->events);
	memset(log, 0, sizeof(*log));
}

/* ---- files ---- */

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                    int *out_flags)
{
	power_file *f = (power_file *)file;
	(void)vfs;
	if (!name || !strstr(name, POWER_STORE))
		return real->xOpen(real, name, file, flags, out_flags);
	memset(f, 0, sizeof(*f));
	if (fails(POWER_ERROR, "open", name))
		return SQLITE_CANTOPEN;
	f->name = keep_name(name);
	f->base_of = &power.bases[strstr(name, POWER_SANDBOX) != NULL];
	f->started = power.started;
	if (!disk_has(power.disk, f->name)) {
		if (!(flags & SQLITE_OPEN_CREATE))
			return SQLITE_CANTOPEN;
		happen(DISK_CREATE, f->name, 0, NULL, 0);
	}
	f->database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
	f->goes = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
	if (out_flags)
		*out_flags = flags;
	f->base.pMethods = &methods;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
	(void)vfs;
	if (!strstr(name, POWER_STORE))
		return real->xDelete(real, name, sync_folder);
	if (fails(POWER_ERROR, "delete", name))
		return SQLITE_IOERR_DELETE;
	if (!disk_has(power.disk, name))
		return SQLITE_IOERR_DELETE_NOENT;
	happen(sync_folder ? DISK_REMOVE_SYNCED : DISK_REMOVE, keep_name(name), 0, NULL, 0);
	return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	(void)vfs;
	if (!strstr(name, POWER_STORE))
		return real->xAccess(real, name, flags, out);
	if (fails(POWER_ERROR, "access", name))
		return SQLITE_IOERR_ACCESS;
	/* An empty journal counts as none. */
	*out = disk_has(power.disk, name) &&
	       (flags != SQLITE_ACCESS_EXISTS || disk_size(power.disk, name) > 0);
	return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
	(void)vfs;
	if (!strstr(name, POWER_STORE))
		return real->xFullPathname(real, name, size, out);
	sqlite3_snprintf(size, out, "%s", name);
	return SQLITE_OK;
}

static int file_close(sqlite3_file *file)
{
	power_file *f = (power_file *)file;
	file_unlock(file, SQLITE_LOCK_NONE);
	if (f->goes && disk_has(power.disk, f->name))
		happen(DISK_REMOVE, f->name, 0, NULL, 0);
	return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *data, int size, sqlite3_int64 at)
{
	const power_file *f = (power_file *)file;
	int64_t got;
	if (fails(POWER_ERROR, "read", f->name))
		return SQLITE_IOERR_READ;
	got = disk_read(power.disk, f->name, at, size, data);
	/* In a database SQLite takes it for the file's end, whose size it has checked before. */
	if (got == size && !f->database && fails(POWER_SHORT_READ, "read", f->name))
		got = size / 2;
	if (got == size)
		return SQLITE_OK;
	memset((char *)data + got, 0, (size_t)(size - got));
	return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 at)
{
	const power_file *f = (power_file *)file;
	int half = size / 2;
	if (fails(POWER_FULL, "write", f->name)) {
		happen(DISK_WRITE, f->name, at, data, half);
		return SQLITE_FULL;
	}
	if (fails(POWER_ERROR, "write", f->name)) {
		happen(DISK_WRITE, f->name, at, data, half);
		return SQLITE_IOERR_WRITE;
	}
	happen(DISK_WRITE, f->name, at, data, size);
	return SQLITE_OK;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	const power_file *f = (power_file *)file;
	if (fails(POWER_ERROR, "truncate", f->name))
		return SQLITE_IOERR_TRUNCATE;
	happen(DISK_TRUNCATE, f->name, size, NULL, 0);
	return SQLITE_OK;
}

static int file_sync(sqlite3_file *file, int flags)
{
	const power_file *f = (power_file *)file;
	(void)flags;
	if (fails(POWER_ERROR, "sync", f->name)) {
		happen(DISK_FAILED_SYNC, f->name, 0, NULL, 0);
		return SQLITE_IOERR_FSYNC;
	}
	happen(DISK_SYNC, f->name, 0, NULL, 0);
	return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	const power_file *f = (power_file *)file;
	if (fails(POWER_ERROR, "size", f->name))
		return SQLITE_IOERR_FSTAT;
	*size = disk_size(power.disk, f->name);
	return SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int lock)
{
	power_file *f = (power_file *)file;
	power_database *d = f->base_of;
	if (fails(POWER_ERROR, "lock", f->name))
		return SQLITE_IOERR_LOCK;
	if (f->lock >= lock)
		return SQLITE_OK;
	if ((d->exclusive && d->exclusive != f) ||
	    (lock > SQLITE_LOCK_SHARED && d->reserved && d->reserved != f) ||
	    (lock == SQLITE_LOCK_EXCLUSIVE && d->shared > 1))
		return SQLITE_BUSY;
	if (f->lock == SQLITE_LOCK_NONE)
		d->shared++;
	if (lock >= SQLITE_LOCK_RESERVED)
		d->reserved = f;
	if (lock == SQLITE_LOCK_EXCLUSIVE)
		d->exclusive = f;
	f->lock = lock;
	return SQLITE_OK;
}

static int file_unlock(sqlite3_file *file, int lock)
{
	power_file *f = (power_file *)file;
	power_database *d = f->base_of;
	if (f->lock <= lock || f->started != power.started)
		return SQLITE_OK;
	if (d->exclusive == f)
		d->exclusive = NULL;
	if (d->reserved == f)
		d->reserved = NULL;
	if (lock == SQLITE_LOCK_NONE)
		d->shared--;
	f->lock = lock;
	return SQLITE_OK;
}

static int file_check_lock(sqlite3_file *file, int *out)
{
	*out = ((power_file *)file)->base_of->reserved != NULL;
	return SQLITE_OK;
}

/* A pragma's value may be written over before SQLite reads it. */
static int file_control(sqlite3_file *file, int operation, void *argument)
{
	const power_file *f = (power_file *)file;
	char **pragma = argument;
	size_t room;
	if (operation != SQLITE_FCNTL_PRAGMA || !f->database || !pragma[1] || !pragma[2])
		return SQLITE_NOTFOUND;
	room = strlen(pragma[2]) + 1;
	if (power.checkpoint_pages > 0 && strcmp(pragma[1], "wal_autocheckpoint") == 0)
		snprintf(pragma[2], room, "%d", power.checkpoint_pages);
	else if (power.synchronous && strcmp(pragma[1], "synchronous") == 0)
		snprintf(pragma[2], room, "%s", power.synchronous);
	return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file)
{
	(void)file;
	return power.sector;
}

static int file_characteristics(sqlite3_file *file)
{
	(void)file;
	return power.powersafe ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0;
}

/* ---- shared memory ---- */

static int shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **out)
{
	power_file *f = (power_file *)file;
	power_database *d = f->base_of;
	*out = NULL;
	if (fails(POWER_ERROR, "map", f->name))
		return SQLITE_IOERR_SHMMAP;
	if (region >= POWER_REGIONS || size > REGION)
		return SQLITE_IOERR_SHMSIZE;
	d->mapped += !f->mapped;
	f->mapped = true;
	if (!d->regions[region] && extend)
		d->regions[region] = calloc(1, REGION);
	*out = d->regions[region];
	return SQLITE_OK;
}

static int shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	power_file *f = (power_file *)file;
	power_database *d = f->base_of;
	bool shared = flags & SQLITE_SHM_SHARED;
	if (f->started != power.started)
		return SQLITE_OK;
	if (!(flags & SQLITE_SHM_UNLOCK) && fails(POWER_ERROR, "shm lock", f->name))
		return SQLITE_IOERR_SHMLOCK;
	for (int i = offset; i < offset + n; i++) {
		int others = d->log_shared[i] - ((f->log_shared >> i) & 1);
		bool taken = (d->log_exclusive[i] && d->log_exclusive[i] != f) || (!shared && others > 0);
		if (!(flags & SQLITE_SHM_UNLOCK) && taken)
			return SQLITE_BUSY;
	}
	for (int i = offset; i < offset + n; i++) {
		unsigned bit = 1U << i;
		bool take = flags & SQLITE_SHM_LOCK;
		if (!shared && (take || d->log_exclusive[i] == f))
			d->log_exclusive[i] = take ? f : NULL;
		if (shared && take != ((f->log_shared & bit) != 0)) {
			d->log_shared[i] += take ? 1 : -1;
			f->log_shared ^= bit;
		}
	}
	return SQLITE_OK;
}

static void shm_barrier(sqlite3_file *file)
{
	(void)file;
	__sync_synchronize();
}

static int shm_unmap(sqlite3_file *file, int remove)
{
	power_file *f = (power_file *)file;
	power_database *d = f->base_of;
	(void)remove;
	if (!f->mapped || f->started != power.started || --d->mapped > 0)
		return SQLITE_OK;
	for (size_t i = 0; i < POWER_REGIONS; i++) {
		free(d->regions[i]);
		d->regions[i] = NULL;
	}
	return SQLITE_OK;
}

/* ---- what has no fault ---- */

static int vfs_random(sqlite3_vfs *vfs, int size, char *out)
{
	(void)vfs;
	return real->xRandomness(real, size, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	return real->xSleep(real, microseconds);
}

static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
	(void)vfs;
	return real->xCurrentTimeInt64(real, out);
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *out)
{
	(void)vfs;
	(void)size;
	(void)out;
	return 0;
}

/* ---- events ---- */

static const char *keep_name(const char *name)
{
	size_t i = 0;
	while (i < MOST_NAMES && names[i] && strcmp(names[i], name) != 0)
		i++;
	if (i == MOST_NAMES)
		abort();
	if (!names[i])
		names[i] = strdup(name);
	return names[i];
}

static void happen(disk_kind kind, const char *name, int64_t at, const void *data, int64_t size)
{
	disk_event event = {.kind = kind, .name = name, .at = at, .size = size};
	power_log *log = power.log;
	event.data = (unsigned char *)(uintptr_t)data;
	disk_apply(power.disk, &event);
	if (!log)
		return;
	if (log->watched && log->seen == 0 && access(log->watched, F_OK) == 0)
		log->seen = log->n;
	if (data) {
		event.data = malloc((size_t)size + 1);
		if (!event.data)
			abort();
		memcpy(event.data, data, (size_t)size);
	}
	if (log->n == log->room) {
		log->room = log->room * 2 + 1024;
		log->events = realloc(log->events, log->room * sizeof(*log->events));
		if (!log->events)
			abort();
	}
	log->events[log->n++] = event;
}

static bool fails(power_fault fault, const char *call, const char *name)
{
	if (power.fault != fault || fault == POWER_NONE || strstr(name, POWER_SANDBOX))
		return false;
	power.calls++;
	if (power.calls < power.fails_at || (power.calls > power.fails_at && !power.for_good))
		return false;
	if (power.hits++ == 0)
		snprintf(power.hit, sizeof(power.hit), "%s", call);
	return true;
}
