/* Opening an SQLite store: the file, what it is, and how the connection works. */
#include "libmarket/store/sqlite.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmarket/base/clock.h"

#define APPLICATION_ID 0x4d4b5431 /* "MKT1" */
#define LONGEST_WAIT_US 400

static int check_path(const mk_store_url *url, const mk_store_options *options, market_error *err);
static int out_of_reach(const char *path, int why, market_error *err);
static int open_database(mk_sqlite *s, const mk_store_url *url, const mk_store_options *options,
                         market_error *err);
static int wait_for_lock(void *data, int count);
static int recognise(mk_sqlite *s, bool create, market_error *err);
static int query_int(mk_sqlite *s, const char *sql, int64_t *out, market_error *err);
static int set_up(mk_sqlite *s, bool memory, market_error *err);

int mk_sqlite_open(mk_store *store, const mk_store_url *url, const mk_store_options *options,
                   market_error *err)
{
	mk_sqlite *s = (mk_sqlite *)store;
	int64_t step = 0;
	int rc = check_path(url, options, err);

	s->writers = options->writers;
	if (rc == 0)
		rc = open_database(s, url, options, err);
	if (rc == 0)
		rc = recognise(s, options->create || url->memory, err);
	if (rc == 0)
		rc = set_up(s, url->memory, err);
	if (rc == 0 && !url->memory)
		rc = query_int(s, "PRAGMA wal_autocheckpoint", &step, err);
	if (rc == 0)
		mk_sqlite_watch_log(s, (int)step);
	return rc == 0 ? mk_sqlite_keep_statements(s, err) : rc;
}

int mk_sqlite_keep_statements(mk_sqlite *s, market_error *err)
{
	const struct {
		const char *sql;
		sqlite3_stmt **statement;
	} kept[] = {{"BEGIN", &s->begin_read},
	            {"BEGIN IMMEDIATE", &s->begin_write},
	            {"COMMIT", &s->commit},
	            {"ROLLBACK", &s->rollback}};
	int rc = SQLITE_OK;

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]) && rc == SQLITE_OK; i++) {
		sqlite3_finalize(*kept[i].statement);
		*kept[i].statement = NULL;
		rc = sqlite3_prepare_v3(s->db, kept[i].sql, -1, SQLITE_PREPARE_PERSISTENT,
		                        kept[i].statement, NULL);
	}
	return rc == SQLITE_OK ? 0 : mk_sqlite_failure(s, rc, "open", err);
}

int mk_store_check_folder(const char *path, market_error *err)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];
	struct stat info;
	int length = slash == path ? 1 : slash ? (int)(slash - path) : 1;

	snprintf(folder, sizeof(folder), "%.*s", length, slash ? path : ".");
	if (stat(folder, &info) != 0) {
		mk_error_set(err, MARKET_EABSENT, "there is no folder \"%s\" for the file", folder);
		return mk_error_hint(err, MARKET_EABSENT, "Make the folder, or check the path.");
	}
	return 0;
}

/* SQLite says only "unable to open": what is wrong is told here. */
static int check_path(const mk_store_url *url, const mk_store_options *options, market_error *err)
{
	struct stat info;

	if (url->memory)
		return 0;
	if (stat(url->target, &info) != 0) {
		if (errno != ENOENT)
			return out_of_reach(url->target, errno, err);
		if (options->create && !options->read_only)
			return mk_store_check_folder(url->target, err);
		mk_error_set(err, MARKET_EABSENT, "there is no store at \"%s\"", url->target);
		return mk_error_hint(err, MARKET_EABSENT,
		                     "Check the path, or allow the store to be created.");
	}
	if (!S_ISREG(info.st_mode))
		return mk_error_set(err, MARKET_EFOREIGN, "\"%s\" isn't a file", url->target);
	return access(url->target, R_OK) == 0 ? 0 : out_of_reach(url->target, errno, err);
}

static int out_of_reach(const char *path, int why, market_error *err)
{
	mk_error_set(err, MARKET_EIO, "the file \"%s\" can't be read", path);
	return mk_error_detail(err, MARKET_EIO, "%s.",
	                       why == EACCES    ? "The user may not read it, or a folder on the way"
	                       : why == ENOTDIR ? "A part of the path isn't a folder"
	                                        : "The system refuses it");
}

/* The connection is used by one thread at a time, so it needs no mutex. A path is never a URI. */
static int open_database(mk_sqlite *s, const mk_store_url *url, const mk_store_options *options,
                         market_error *err)
{
	int flags = options->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	const char *path = url->memory ? ":memory:" : url->target;
	int rc;

	if (!options->read_only && (options->create || url->memory))
		flags |= SQLITE_OPEN_CREATE;
	if (url->memory)
		flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	else if (path[0] != '/')
		path = mk_arena_format(&s->base.arena, "./%s", path);
	if (!path)
		return mk_error_no_memory(err);
	if (!url->memory) {
		s->wal = mk_wal_open(&s->base.allocator);
		if (!s->wal)
			return mk_error_no_memory(err);
	}
	rc = sqlite3_open_v2(path, &s->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
	                     s->wal ? mk_wal_name(s->wal) : NULL);
	if (rc != SQLITE_OK)
		return mk_sqlite_failure(s, rc, "open", err);
	s->vfs = sqlite3_vfs_find(NULL);
	sqlite3_busy_handler(s->db, wait_for_lock, s);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	if (!options->read_only && sqlite3_db_readonly(s->db, "main") == 1)
		return mk_error_set(err, MARKET_EREADONLY, "the file \"%s\" can't be written", url->target);
	return 0;
}

/* A commit takes about a millisecond, so the waits stay short: SQLite's own grow to 100 ms. */
static int wait_for_lock(void *data, int count)
{
	mk_sqlite *s = data;
	int64_t now = mk_clock_monotonic_us();
	int wait = count < 5 ? 50 << count : LONGEST_WAIT_US;

	if (count == 0)
		s->waiting_since = now;
	if (s->has_turn || s->base.leads)
		mk_writers_met_process(s->writers);
	if (now - s->waiting_since >= s->base.busy_ms * 1000)
		return 0;
	s->vfs->xSleep(s->vfs, wait);
	return 1;
}

/* A store of ours carries our application id, set when it is created and before anything else; so
 * it is read last: another process may be making the store just now. */
static int recognise(mk_sqlite *s, bool create, market_error *err)
{
	int64_t id = 0, objects = 0;
	int rc = query_int(s, "SELECT COUNT(*) FROM sqlite_schema", &objects, err);

	if (rc == 0)
		rc = query_int(s, "PRAGMA application_id", &id, err);
	if (rc != 0 || id == APPLICATION_ID)
		return rc;
	if (id != 0 || objects != 0)
		return mk_error_set(err, MARKET_EFOREIGN, "the database belongs to another application");
	if (!create)
		return mk_error_set(err, MARKET_EFOREIGN, "the file is empty");
	return 0;
}

static int query_int(mk_sqlite *s, const char *sql, int64_t *out, market_error *err)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &statement, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(statement);
	if (rc == SQLITE_ROW)
		*out = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : mk_sqlite_failure(s, rc, "open", err);
}

static int set_up(mk_sqlite *s, bool memory, market_error *err)
{
	static const char pragmas[] =
		"PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-32768;"
		"PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=4000";
	int64_t deadline = mk_clock_monotonic_us() + s->base.busy_ms * 1000;
	int64_t id = 0;
	int rc;

	/* Switching to WAL gives SQLITE_BUSY without waiting when two processes create a store at once.
	 */
	while (!s->base.read_only && !memory) {
		rc = sqlite3_exec(s->db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
		if (rc == SQLITE_OK)
			break;
		if ((rc & 0xff) != SQLITE_BUSY || mk_clock_monotonic_us() >= deadline)
			return mk_sqlite_failure(s, rc, "open", err);
		s->vfs->xSleep(s->vfs, LONGEST_WAIT_US);
	}
	rc = sqlite3_exec(s->db, pragmas, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return mk_sqlite_failure(s, rc, "open", err);
	rc = query_int(s, "PRAGMA application_id", &id, err);
	if (rc == 0 && id != APPLICATION_ID) {
		rc = sqlite3_exec(s->db, "PRAGMA application_id=0x4d4b5431", NULL, NULL, NULL);
		rc = rc == SQLITE_OK ? 0 : mk_sqlite_failure(s, rc, "open", err);
	}
	return rc;
}
