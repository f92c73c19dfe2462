#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/store_sample.h"

void suite_store_sqlite(void);

static mk_arena arena;
static market_error err;

static void before(void)
{
	memset(&err, 0, sizeof(err));
	mk_arena_init(&arena, &mk_allocator_default);
}

static void after(void)
{
	mk_arena_close(&arena);
}

static const char *path_of(const char *name)
{
	return mk_arena_format(&arena, "%s/%s", test_temp_dir(), name);
}

static mk_store *open_file(const char *name, bool create)
{
	mk_store_options options = {.create = create, .busy_ms = 50};

	return sample_open(mk_arena_format(&arena, "sqlite:%s", path_of(name)), &options, &err);
}

static void write_file(const char *name, const void *data, size_t size)
{
	FILE *file = fopen(path_of(name), "wb");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT(fwrite(data, 1, size, file) == size);
	fclose(file);
}

static long size_of(const char *name)
{
	struct stat info;

	return stat(path_of(name), &info) == 0 ? (long)info.st_size : -1;
}

/* ---- opening ---- */

static void made_only_when_allowed(void)
{
	mk_store *store;

	CU_ASSERT_PTR_NULL(open_file("a.db", false));
	CHECK_INT(err.code, MARKET_EABSENT);
	CHECK_INT(size_of("a.db"), -1);
	store = open_file("a.db", true);
	CU_ASSERT_PTR_NOT_NULL_FATAL(store);
	mk_store_close(store);
	store = open_file("a.db", false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(store);
	mk_store_close(store);
}

static void folder_is_named(void)
{
	CU_ASSERT_PTR_NULL(open_file("none/a.db", true));
	CHECK_INT(err.code, MARKET_EABSENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "/none\" for the file"));
	write_file("plain", "x", 1);
	CU_ASSERT_PTR_NULL(open_file("plain/a.db", true));
	CHECK_INT(err.code, MARKET_EIO);
	CHECK_TEXT(err.detail, "A part of the path isn't a folder.");
}

static void foreign_files_are_refused(void)
{
	sqlite3 *db;

	write_file("text",
	           "This is no database at all, but it is longer than a hundred bytes, so that SQLite "
	           "reads it as a header and finds nothing it knows there.\n",
	           137);
	CU_ASSERT_PTR_NULL(open_file("text", true));
	CHECK_INT(err.code, MARKET_EFOREIGN);
	write_file("empty", "", 0);
	CU_ASSERT_PTR_NULL(open_file("empty", false));
	CHECK_INT(err.code, MARKET_EFOREIGN);
	CU_ASSERT_PTR_NULL(open_file(".", true));
	CHECK_INT(err.code, MARKET_EFOREIGN);
	CU_ASSERT_FATAL(sqlite3_open(path_of("other.db"), &db) == SQLITE_OK);
	CU_ASSERT(sqlite3_exec(db, "CREATE TABLE notes (text TEXT)", NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(db);
	CU_ASSERT_PTR_NULL(open_file("other.db", true));
	CHECK_INT(err.code, MARKET_EFOREIGN);
	CU_ASSERT_FATAL(sqlite3_open(path_of("application.db"), &db) == SQLITE_OK);
	CU_ASSERT(sqlite3_exec(db, "PRAGMA application_id=77", NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(db);
	CU_ASSERT_PTR_NULL(open_file("application.db", true));
	CHECK_INT(err.code, MARKET_EFOREIGN);
}

static void empty_file_becomes_a_store(void)
{
	mk_store *store;

	write_file("empty", "", 0);
	store = open_file("empty", true);
	CU_ASSERT_PTR_NOT_NULL_FATAL(store);
	mk_store_close(store);
	store = open_file("empty", false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(store);
	mk_store_close(store);
}

/* Cut at every kind of place: the file is foreign or damaged, never taken for a good one. */
static void truncated_files_are_refused(void)
{
	static char bytes[1 << 20];
	static const long cuts[] = {10, 60, 99, 100, 511, 512, 1000, 4095, 4096, 5000, 8192};
	mk_store *store = open_file("whole.db", true);
	thing put;
	size_t size;
	FILE *file;

	CU_ASSERT_PTR_NOT_NULL_FATAL(store);
	sample_table(store);
	for (int64_t id = 1; id < 200; id++) {
		put = sample_full(1, id);
		sample_insert(store, &put);
	}
	mk_store_close(store);
	file = fopen(path_of("whole.db"), "rb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	size = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	CU_ASSERT_FATAL(size > 12000);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		write_file("cut.db", bytes, (size_t)cuts[i]);
		store = open_file("cut.db", false);
		CU_ASSERT(!store && (err.code == MARKET_EFOREIGN || err.code == MARKET_ECORRUPT));
		mk_store_close(store);
	}
	memset(bytes + 4096, 0xa5, 4096);
	write_file("spoilt.db", bytes, size);
	store = open_file("spoilt.db", false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(store);
	CHECK_ERROR(mk_store_get(store, &arena, &thing_by_id, &thing_record,
	                         MK_ARGS(mk_int(1), mk_int(1)), (void *[]){NULL}, &err),
	            MARKET_ECORRUPT, NULL);
	mk_store_close(store);
}

static void memory_is_a_store(void)
{
	mk_store *store = sample_open("sqlite::memory:", NULL, &err);
	thing put = sample_full(1, 1);

	CU_ASSERT_PTR_NOT_NULL_FATAL(store);
	CHECK_INT(mk_store_kind_of(store), MK_STORE_SQLITE);
	sample_table(store);
	sample_insert(store, &put);
	CHECK_INT(sample_count(store), 1);
	mk_store_close(store);
}

static void path_is_never_a_uri(void)
{
	mk_store_url url = {.kind = MK_STORE_SQLITE, .target = "file:x?mode=memory"};
	mk_store *store = NULL;

	CHECK_ERROR(mk_store_open(&url, NULL, &store, &err), MARKET_EABSENT, NULL);
	CU_ASSERT_PTR_NULL(store);
}

typedef struct setting {
	const char *text;
} setting;
static const mk_field setting_fields[] = {MK_F_TEXT(setting, text, 0, 0, 0, "a setting")};
static const mk_record setting_record =
	MK_RECORD_OF("setting", setting, setting_fields, "a setting");

static void settings_are_safe(void)
{
	static const mk_statement settings[] = {
		{.name = "wal", .sql = "SELECT journal_mode AS text FROM pragma_journal_mode"},
		{.name = "full", .sql = "SELECT CAST(synchronous AS TEXT) AS text FROM pragma_synchronous"},
		{.name = "keys",
	     .sql = "SELECT CAST(foreign_keys AS TEXT) AS text FROM pragma_foreign_keys"},
		{.name = "application",
	     .sql = "SELECT CAST(application_id AS TEXT) AS text FROM pragma_application_id"},
	};
	static const char *const expected[] = {"wal", "2", "1", "1296782385"};
	mk_store *store = open_file("a.db", true);
	void *row;

	CU_ASSERT_PTR_NOT_NULL_FATAL(store);
	for (size_t i = 0; i < 4; i++) {
		row = NULL;
		CHECK_OK(
			mk_store_get(store, &arena, &settings[i], &setting_record, MK_NO_ARGS, &row, &err));
		CHECK_TEXT(row ? ((setting *)row)->text : NULL, expected[i]);
	}
	mk_store_close(store);
}

/* ---- failures of the disk ---- */

static int insert_data(mk_store *store, int64_t id)
{
	static char bytes[20000];
	thing put = sample_full(1, id);
	mk_plan *plan = mk_plan_new(&arena);
	int rc = mk_store_begin(store, true, &err);

	put.data = (market_blob){bytes, sizeof(bytes)};
	if (rc != 0)
		return rc;
	mk_plan_add_record(plan, MK_PHASE_INSERT, &thing_insert, put.id, &thing_record, &put, MK_RETRY);
	rc = mk_plan_flush(plan, store, &err);
	if (rc == 0)
		return mk_store_commit(store, &err);
	mk_store_rollback(store);
	return rc;
}

static void full_disk_is_typed(void)
{
	mk_store *store = open_file("a.db", true);

	CU_ASSERT_PTR_NOT_NULL_FATAL(store);
	sample_table(store);
	CHECK_OK(mk_store_execute_text(store, "PRAGMA max_page_count=5", &err));
	CHECK_ERROR(insert_data(store, 1), MARKET_EFULL, NULL);
	CHECK_INT(sample_count(store), 0);
	CHECK_OK(mk_store_execute_text(store, "PRAGMA max_page_count=1000", &err));
	CHECK_OK(insert_data(store, 1));
	CHECK_INT(sample_count(store), 1);
	mk_store_close(store);
}

/* A file system whose syncs and writes fail when told to, and whose files can be write-protected.
 */
static struct {
	sqlite3_vfs vfs;
	sqlite3_vfs *real;
	sqlite3_io_methods methods[2]; /* a database's, and those of files without locks */
	const sqlite3_io_methods *real_methods;
	bool fail_sync, fail_write, protect;
} shim;

static int shim_sync(sqlite3_file *file, int flags)
{
	return shim.fail_sync ? SQLITE_IOERR_FSYNC : shim.real_methods->xSync(file, flags);
}

static int shim_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 at)
{
	return shim.fail_write ? SQLITE_IOERR_WRITE : shim.real_methods->xWrite(file, data, size, at);
}

static int shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *out_flags)
{
	sqlite3_io_methods *methods;
	int rc;

	(void)vfs;
	if (shim.protect)
		flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
	rc = shim.real->xOpen(shim.real, name, file, flags, out_flags);
	if (rc != SQLITE_OK || !file->pMethods)
		return rc;
	methods = &shim.methods[flags & SQLITE_OPEN_MAIN_DB ? 0 : 1];
	shim.real_methods = file->pMethods;
	*methods = *file->pMethods;
	methods->xSync = shim_sync;
	methods->xWrite = shim_write;
	file->pMethods = methods;
	return rc;
}

static void use_shim(void)
{
	memset(&shim, 0, sizeof(shim));
	sqlite3_initialize();
	shim.real = sqlite3_vfs_find(NULL);
	shim.vfs = *shim.real;
	shim.vfs.zName = "market-test";
	shim.vfs.xOpen = shim_open;
	sqlite3_vfs_register(&shim.vfs, 1);
}

static void leave_shim(void)
{
	sqlite3_vfs_unregister(&shim.vfs);
	sqlite3_vfs_register(shim.real, 1);
}

static void failed_sync_refuses_writes(void)
{
	mk_store *store;

	use_shim();
	store = open_file("a.db", true);
	CU_ASSERT_PTR_NOT_NULL_FATAL(store);
	sample_table(store);
	CHECK_OK(insert_data(store, 1));
	shim.fail_sync = true;
	CHECK_ERROR(insert_data(store, 2), MARKET_EIO, NULL);
	shim.fail_sync = false;
	CHECK_ERROR(insert_data(store, 3), MARKET_EIO, NULL);
	CHECK_ERROR(mk_store_write(store, &thing_add, MK_ARGS(mk_int(0), mk_int(1), mk_int(1)), &err),
	            MARKET_EIO, NULL);
	CHECK_INT(sample_count(store), 1);
	mk_store_close(store);
	store = open_file("a.db", false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(store);
	CHECK_OK(insert_data(store, 4));
	mk_store_close(store);
	leave_shim();
}

static void failed_write_is_typed(void)
{
	mk_store *store;

	use_shim();
	store = open_file("a.db", true);
	CU_ASSERT_PTR_NOT_NULL_FATAL(store);
	sample_table(store);
	shim.fail_write = true;
	CHECK_ERROR(insert_data(store, 1), MARKET_EIO, NULL);
	shim.fail_write = false;
	CHECK_INT(sample_count(store), 0);
	mk_store_close(store);
	leave_shim();
}

static void protected_file_is_read_only(void)
{
	mk_store *store = open_file("a.db", true);

	CU_ASSERT_PTR_NOT_NULL_FATAL(store);
	sample_table(store);
	use_shim();
	shim.protect = true;
	CU_ASSERT_PTR_NULL(open_file("a.db", false));
	CHECK_INT(err.code, MARKET_EREADONLY);
	shim.protect = false;
	leave_shim();
	mk_store_close(store);
}

static void locked_file_is_busy(void)
{
	mk_store *store = open_file("a.db", true), *other = open_file("a.db", true);

	CU_ASSERT_FATAL(store && other);
	CHECK_OK(mk_store_begin(store, true, &err));
	CHECK_ERROR(mk_store_begin(other, true, &err), MARKET_EBUSY, NULL);
	CHECK_OK(mk_store_commit(store, &err));
	CHECK_OK(mk_store_begin(other, true, &err));
	CHECK_OK(mk_store_commit(other, &err));
	mk_store_close(other);
	mk_store_close(store);
}

void suite_store_sqlite(void)
{
	CU_pSuite s = test_suite_with("store_sqlite", before, after);

	CU_add_test(s, "a store is made only when that is allowed", made_only_when_allowed);
	CU_add_test(s, "a folder that isn't there is named", folder_is_named);
	CU_add_test(s, "foreign files are refused", foreign_files_are_refused);
	CU_add_test(s, "an empty file becomes a store", empty_file_becomes_a_store);
	CU_add_test(s, "truncated and damaged files are refused", truncated_files_are_refused);
	CU_add_test(s, "a store may live in memory", memory_is_a_store);
	CU_add_test(s, "a path is never a URI", path_is_never_a_uri);
	CU_add_test(s, "WAL, full syncs, foreign keys, application id", settings_are_safe);
	CU_add_test(s, "a full disk is typed and undone", full_disk_is_typed);
	CU_add_test(s, "a failed sync refuses writes until reopened", failed_sync_refuses_writes);
	CU_add_test(s, "a failed write is typed", failed_write_is_typed);
	CU_add_test(s, "a write-protected file is read-only", protected_file_is_read_only);
	CU_add_test(s, "a locked file is busy after the deadline", locked_file_is_busy);
}
