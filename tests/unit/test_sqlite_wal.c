/* The log is written by the transaction: how often, and what is in the file then. */
#include "libmarket/store/sqlite_wal.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/test.h"

void suite_sqlite_wal(void);

static char path[600], copy[600];
static mk_wal *wal;
static sqlite3 *db;

static void sql(const char *text)
{
	CU_ASSERT_EQUAL(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
}

static int64_t number(const char *text)
{
	sqlite3_stmt *statement = NULL;
	int64_t value = -1;

	CU_ASSERT_EQUAL(sqlite3_prepare_v2(db, text, -1, &statement, NULL), SQLITE_OK);
	if (sqlite3_step(statement) == SQLITE_ROW)
		value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

/* A file system that counts the writes to logs and fails them when told to. */
static struct {
	sqlite3_vfs vfs;
	sqlite3_vfs *real;
	sqlite3_io_methods methods;
	const sqlite3_io_methods *real_methods;
	int writes, largest;
	bool fail;
} counter;

static int counted_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 at)
{
	counter.writes++;
	counter.largest = size > counter.largest ? size : counter.largest;
	return counter.fail ? SQLITE_IOERR_WRITE : counter.real_methods->xWrite(file, data, size, at);
}

static int counted_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                        int *out_flags)
{
	int rc = counter.real->xOpen(counter.real, name, file, flags, out_flags);

	(void)vfs;
	if (rc != SQLITE_OK || !(flags & SQLITE_OPEN_WAL))
		return rc;
	counter.real_methods = file->pMethods;
	counter.methods = *file->pMethods;
	counter.methods.xWrite = counted_write;
	file->pMethods = &counter.methods;
	return rc;
}

static int open_db(const char *name)
{
	wal = mk_wal_open(&mk_allocator_default);
	CU_ASSERT_PTR_NOT_NULL_FATAL(wal);
	return sqlite3_open_v2(name, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, mk_wal_name(wal));
}

static void close_db(void)
{
	CU_ASSERT_EQUAL(sqlite3_close(db), SQLITE_OK);
	mk_wal_close(wal);
}

static void before(void)
{
	memset(&counter, 0, sizeof(counter));
	sqlite3_initialize();
	counter.real = sqlite3_vfs_find(NULL);
	counter.vfs = *counter.real;
	counter.vfs.zName = "market-count";
	counter.vfs.xOpen = counted_open;
	sqlite3_vfs_register(&counter.vfs, 1);
	snprintf(path, sizeof(path), "%s/log.db", test_temp_dir());
	snprintf(copy, sizeof(copy), "%s/copy.db", test_temp_dir());
	CU_ASSERT_EQUAL_FATAL(open_db(path), SQLITE_OK);
	sql("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
	    "CREATE TABLE t (id INTEGER PRIMARY KEY, data BLOB)");
}

static void after(void)
{
	close_db();
	sqlite3_vfs_unregister(&counter.vfs);
	sqlite3_vfs_register(counter.real, 1);
	remove(path);
}

static void one_write_a_transaction(void)
{
	before();
	counter.writes = 0;
	sql("BEGIN; INSERT INTO t VALUES (1, zeroblob(50000)); INSERT INTO t VALUES (2, 'x'); COMMIT");
	CHECK_INT(counter.writes, 1);
	CU_ASSERT(counter.largest > 50000);
	CHECK_INT(number("SELECT COUNT(*) FROM t"), 2);
	after();
}

/* Larger than what is collected, and than the cache: pages are written before the commit and read
 * back from the log. */
static void larger_than_the_room(void)
{
	before();
	sql("PRAGMA cache_size=20");
	counter.writes = 0;
	sql("BEGIN; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) "
	    "INSERT INTO t SELECT i, randomblob(3000) FROM n; UPDATE t SET data = zeroblob(2000); "
	    "COMMIT");
	CU_ASSERT(counter.largest < 128 * 1024);
	CHECK_INT(number("SELECT SUM(length(data)) FROM t"), 400 * 2000);
	CHECK_INT(number("SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
	sql("PRAGMA wal_checkpoint(TRUNCATE)");
	CHECK_INT(number("SELECT COUNT(*) FROM t"), 400);
	after();
}

static void copy_file(const char *from, const char *to)
{
	static char buffer[1 << 16];
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	size_t n;

	CU_ASSERT_FATAL(in && out);
	while ((n = fread(buffer, 1, sizeof(buffer), in)) > 0)
		fwrite(buffer, 1, n, out);
	fclose(in);
	fclose(out);
}

/* As after a kill: what is committed is in the files, whatever this process still holds. */
static void committed_is_in_the_file(void)
{
	char log[700], log_copy[700];
	sqlite3 *own;
	mk_wal *own_wal;

	before();
	sql("PRAGMA synchronous=OFF");
	sql("BEGIN; INSERT INTO t VALUES (1, zeroblob(20000)); INSERT INTO t VALUES (2, 'x'); COMMIT");
	sql("BEGIN; INSERT INTO t VALUES (3, zeroblob(20000))");
	snprintf(log, sizeof(log), "%s-wal", path);
	snprintf(log_copy, sizeof(log_copy), "%s-wal", copy);
	copy_file(path, copy);
	copy_file(log, log_copy);
	own = db;
	own_wal = wal;
	CU_ASSERT_EQUAL_FATAL(open_db(copy), SQLITE_OK);
	CHECK_INT(number("SELECT COUNT(*) FROM t"), 2);
	close_db();
	db = own;
	wal = own_wal;
	sql("ROLLBACK");
	CHECK_INT(number("SELECT COUNT(*) FROM t"), 2);
	after();
}

static void failed_write_undoes_the_transaction(void)
{
	before();
	sql("INSERT INTO t VALUES (1, 'kept')");
	counter.fail = true;
	CU_ASSERT_EQUAL(sqlite3_exec(db, "INSERT INTO t VALUES (2, zeroblob(9000))", NULL, NULL, NULL),
	                SQLITE_IOERR);
	counter.fail = false;
	CHECK_INT(number("SELECT COUNT(*) FROM t"), 1);
	sql("INSERT INTO t VALUES (3, zeroblob(9000))");
	CHECK_INT(number("SELECT SUM(id) FROM t"), 4);
	CHECK_INT(number("SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
	after();
}

/* The calls that SQLite makes, and one write that fails behind its back. */
static void nothing_stands_behind_a_gap(void)
{
	static unsigned char frame[24], page[4096], read_back[16];
	char log[701];
	sqlite3_vfs *vfs;
	sqlite3_file *file;
	sqlite3_int64 size;

	before();
	memset(log, 0, sizeof(log)); /* SQLite looks for parameters behind the name */
	snprintf(log, sizeof(log) - 1, "%s-wal", path);
	vfs = sqlite3_vfs_find(mk_wal_name(wal));
	file = calloc(1, (size_t)vfs->szOsFile);
	CU_ASSERT_EQUAL_FATAL(vfs->xOpen(vfs, log, file, SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE, NULL),
	                      SQLITE_OK);
	CU_ASSERT_EQUAL(file->pMethods->xWrite(file, frame, 24, 100000), SQLITE_OK);
	CU_ASSERT_EQUAL(file->pMethods->xWrite(file, page, 4096, 100024), SQLITE_OK);
	counter.fail = true;
	CU_ASSERT_EQUAL(file->pMethods->xFileSize(file, &size), SQLITE_IOERR_WRITE);
	counter.fail = false;
	CU_ASSERT_EQUAL(file->pMethods->xRead(file, read_back, 16, 100024), SQLITE_IOERR_READ);
	CU_ASSERT_EQUAL(file->pMethods->xWrite(file, frame, 24, 104120), SQLITE_IOERR_WRITE);
	CU_ASSERT_EQUAL(file->pMethods->xWrite(file, frame, 24, 100000), SQLITE_OK);
	CU_ASSERT_EQUAL(file->pMethods->xWrite(file, page, 4096, 100024), SQLITE_OK);
	CU_ASSERT_EQUAL(file->pMethods->xWrite(file, frame, 24, 104120), SQLITE_OK);
	CU_ASSERT_EQUAL(file->pMethods->xRead(file, read_back, 16, 100024), SQLITE_OK);
	file->pMethods->xClose(file);
	free(file);
	after();
}

/* Another connection, with a log of its own making, reads and writes in turn. */
static void two_connections(void)
{
	sqlite3 *first;
	mk_wal *first_wal;

	before();
	first = db;
	first_wal = wal;
	CU_ASSERT_EQUAL_FATAL(open_db(path), SQLITE_OK);
	for (int i = 0; i < 20; i++) {
		sqlite3 *other = db;

		sql("INSERT INTO t (data) VALUES (randomblob(5000))");
		CHECK_INT(number("SELECT COUNT(*) FROM t"), i + 1);
		db = first;
		first = other;
	}
	sql("PRAGMA wal_checkpoint(RESTART)");
	sql("INSERT INTO t (data) VALUES ('last')");
	CU_ASSERT_EQUAL(sqlite3_close(first), SQLITE_OK);
	CHECK_INT(number("SELECT COUNT(*) FROM t"), 21);
	sqlite3_close(db);
	mk_wal_close(wal);
	wal = first_wal;
	CU_ASSERT_EQUAL(sqlite3_open(path, &db), SQLITE_OK);
	CHECK_INT(number("SELECT COUNT(*) FROM t"), 21);
	after();
}

void suite_sqlite_wal(void)
{
	CU_pSuite s = CU_add_suite("sqlite_wal", NULL, NULL);

	CU_add_test(s, "a transaction's pages are one write", one_write_a_transaction);
	CU_add_test(s, "a transaction larger than the room and the cache", larger_than_the_room);
	CU_add_test(s, "what is committed is in the file", committed_is_in_the_file);
	CU_add_test(s, "a failed write undoes its transaction", failed_write_undoes_the_transaction);
	CU_add_test(s, "nothing stands behind pages that were lost", nothing_stands_behind_a_gap);
	CU_add_test(s, "two connections in turn", two_connections);
}
