/* Commit groups: who fails, fails alone; what undoes the group is seen; nobody waits for ever. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libmarket/base/clock.h"
#include "libmarket/store/sqlite.h"
#include "tests/unit/store_sample.h"

void suite_writers(void);

#define MOST 8
#define FEW 20
#define ENOUGH_US 30000000

typedef enum action {
	ADD,    /* a row */
	FAIL,   /* a refusal that nothing is kept of */
	REFUSE, /* a refusal, of which the row 100 more is kept */
	SPOIL,  /* a row, then an error */
	FILL,   /* more than the disk takes */
	ORPHAN  /* a row that the commit refuses */
} action;

typedef struct caller {
	struct rig *rig;
	action what;
	int64_t id;
	int64_t seen; /* rows there, at its answer */
	market_error err;
	int rc;
	atomic_llong done;
} caller;

typedef struct rig {
	mk_writers writers;
	mk_store *store;
	caller callers[MOST];
	atomic_bool over;
} rig;

static market_error err;

static const mk_statement add_row = {
	.name = "add", .table = "t", .sql = "INSERT INTO t (id, parent, body) VALUES (?1, ?2, ?3)"};
static const mk_statement fill_disk = {
	.name = "fill", .table = "t", .sql = "INSERT INTO t (id, body) VALUES (?1, zeroblob(8000000))"};
static const mk_statement count_rows = {.name = "count", .sql = "SELECT COUNT(*) AS n FROM t"};

static int64_t rows_in(mk_store *store)
{
	mk_arena arena;
	void *row = NULL;
	int64_t n;

	mk_arena_init(&arena, &mk_allocator_default);
	CHECK_OK(mk_store_get(store, &arena, &count_rows, &count_record, MK_NO_ARGS, &row, &err));
	n = row ? ((const count *)row)->n : -1;
	mk_arena_close(&arena);
	return n;
}

static mk_store *open_store(mk_writers *writers, bool create)
{
	const mk_store_options options = {.create = create, .writers = writers};
	char url[700];

	snprintf(url, sizeof(url), "sqlite:%s/writers.db", test_temp_dir());
	return sample_open(url, &options, &err);
}

static void open_rig(rig *r)
{
	memset(r, 0, sizeof(*r));
	mk_writers_open(&r->writers);
	r->store = open_store(&r->writers, true);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r->store);
	CHECK_OK(mk_store_execute_text(r->store,
	                               "CREATE TABLE t (id INTEGER PRIMARY KEY, parent INTEGER "
	                               "REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED, body BLOB)",
	                               &err));
}

static void close_rig(rig *r)
{
	mk_store_close(r->store);
	mk_writers_close(&r->writers);
}

static int add(mk_store *store, int64_t id, int64_t parent, market_error *error)
{
	const mk_value args[] = {mk_int(id), parent ? mk_int(parent) : mk_null_int(), mk_blob(NULL, 0)};
	int64_t rows = mk_store_write(store, &add_row, args, 3, error);

	return rows == 1 ? 0 : (int)rows;
}

static int run(void *where, void *data, bool *spoilt, market_error *error)
{
	mk_store *store = where;
	caller *c = data;
	int64_t rows, id = c->what == REFUSE ? c->id + 100 : c->id;
	int rc = c->what == FAIL ? 0 : add(store, id, c->what == ORPHAN ? 999 : 0, error);

	c->seen = rows_in(store);
	if (rc == 0 && c->what == FILL) {
		rows = mk_store_write(store, &fill_disk, MK_ARGS(mk_int(c->id + 1000)), error);
		return rows < 0 ? (int)rows : 0;
	}
	if (rc != 0 || c->what == ADD || c->what == ORPHAN)
		return rc;
	*spoilt = c->what == SPOIL;
	return mk_error_set(error, MARKET_ESTATE, "refused");
}

static void *enter(void *data, mk_store **store)
{
	*store = ((rig *)data)->store;
	return *store;
}

static void leave(void *data, void *where)
{
	CU_ASSERT_PTR_EQUAL(where, ((rig *)data)->store);
}

static int write_once(caller *c)
{
	const mk_lead lead = {.enter = enter, .leave = leave, .data = c->rig};
	mk_group_member member = {.run = run, .data = c, .err = &c->err};

	return mk_writers_write(&c->rig->writers, &lead, &member);
}

static void *call(void *data)
{
	caller *c = data;

	c->rc = write_once(c);
	return NULL;
}

static int members(mk_writers *writers)
{
	int n;

	pthread_mutex_lock(&writers->lock);
	n = writers->n_members;
	pthread_mutex_unlock(&writers->lock);
	return n;
}

/* One group of all, in their order. */
static void write_group(rig *r, const action *what, int n)
{
	pthread_t threads[MOST];

	mk_writers_take(&r->writers);
	for (int i = 0; i < n; i++) {
		r->callers[i] = (caller){.rig = r, .what = what[i], .id = i + 1};
		pthread_create(&threads[i], NULL, call, &r->callers[i]);
		while (members(&r->writers) <= i)
			mk_store_pause(1);
	}
	mk_writers_give(&r->writers);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	CU_ASSERT_FALSE(r->writers.taken);
	CU_ASSERT_PTR_NULL(r->writers.first);
}

static void fails_alone(void)
{
	static const action what[] = {ADD, FAIL, ADD, REFUSE, ADD};
	rig r;

	open_rig(&r);
	write_group(&r, what, 5);
	CHECK_INT(r.callers[0].rc, 0);
	CHECK_INT(r.callers[1].rc, MARKET_ESTATE);
	CHECK_INT(r.callers[2].rc, 0);
	CHECK_INT(r.callers[3].rc, MARKET_ESTATE);
	CHECK_INT(r.callers[4].rc, 0);
	CHECK_TEXT(r.callers[3].err.message, "refused");
	CHECK_INT(r.callers[2].seen, 2);
	CHECK_INT(r.callers[4].seen, 4);
	CHECK_INT(rows_in(r.store), 4);
	close_rig(&r);
}

static void leader_fails(void)
{
	static const action what[] = {FAIL, ADD, FAIL};
	rig r;

	open_rig(&r);
	write_group(&r, what, 3);
	CHECK_INT(r.callers[0].rc, MARKET_ESTATE);
	CHECK_INT(r.callers[1].rc, 0);
	CHECK_INT(r.callers[2].rc, MARKET_ESTATE);
	CHECK_INT(rows_in(r.store), 1);
	close_rig(&r);
}

/* What one has left half done undoes all. */
static void spoils(void)
{
	static const action what[] = {ADD, REFUSE, SPOIL, ADD};
	rig r;

	open_rig(&r);
	write_group(&r, what, 4);
	CHECK_INT(r.callers[0].rc, MK_AGAIN);
	CHECK_INT(r.callers[1].rc, MK_AGAIN);
	CHECK_INT(r.callers[2].rc, MARKET_ESTATE);
	CHECK_INT(r.callers[3].rc, 0); /* in the next group */
	CHECK_INT(r.callers[3].seen, 1);
	CHECK_INT(rows_in(r.store), 1);
	close_rig(&r);
}

static void commit_fails(void)
{
	static const action what[] = {ADD, FAIL, ORPHAN, REFUSE};
	rig r;

	open_rig(&r);
	write_group(&r, what, 4);
	for (int i = 0; i < 4; i++) {
		CHECK_INT(r.callers[i].rc, MARKET_EINTERNAL);
		CHECK_TEXT(r.callers[i].err.message, "statement commit breaks a constraint");
	}
	CHECK_INT(rows_in(r.store), 0);
	write_group(&r, what, 1);
	CHECK_INT(r.callers[0].rc, 0);
	CHECK_INT(rows_in(r.store), 1);
	close_rig(&r);
}

static void disk_fills(void)
{
	static const action what[] = {ADD, FAIL, FILL, ADD};
	rig r;

	open_rig(&r);
	CHECK_OK(mk_store_execute_text(r.store, "PRAGMA max_page_count=100", &err));
	write_group(&r, what, 4);
	CHECK_INT(r.callers[0].rc, MK_AGAIN);
	CHECK_INT(r.callers[1].rc, MK_AGAIN);
	CHECK_INT(r.callers[2].rc, MARKET_EFULL);
	CHECK_INT(r.callers[3].rc, 0); /* in the next group */
	CHECK_INT(rows_in(r.store), 1);
	close_rig(&r);
}

/* ---- nobody waits for ever ---- */

static void *call_on(void *data)
{
	caller *c = data;

	atomic_fetch_add(&c->rig->writers.inside, 1);
	for (; !atomic_load(&c->rig->over); c->id += MOST) {
		c->rc = write_once(c);
		if (c->rc != 0)
			break;
		c->done++;
	}
	atomic_fetch_sub(&c->rig->writers.inside, 1);
	return NULL;
}

static int64_t slowest_of(rig *r)
{
	int64_t least = INT64_MAX;

	for (int i = 0; i < 4; i++)
		if (atomic_load(&r->callers[i].done) < least)
			least = atomic_load(&r->callers[i].done);
	return least;
}

/* While four threads write in groups, until all have written a few times. */
static int64_t write_beside(mk_writers *writers, int64_t *slowest)
{
	rig r;
	pthread_t threads[4];
	int64_t done = 0, all, id = 1000000, until;
	mk_store *other;

	open_rig(&r);
	other = open_store(writers ? writers : &r.writers, false);
	for (int i = 0; i < 4; i++) {
		r.callers[i].rig = &r;
		r.callers[i].what = ADD;
		r.callers[i].id = i + 1;
		pthread_create(&threads[i], NULL, call_on, &r.callers[i]);
	}
	until = mk_clock_monotonic_us() + ENOUGH_US;
	while (other && (done < FEW || slowest_of(&r) < FEW) && mk_clock_monotonic_us() < until) {
		if (mk_store_begin(other, true, &err) != 0 || add(other, id++, 0, &err) != 0 ||
		    mk_store_commit(other, &err) != 0)
			break;
		done++;
	}
	atomic_store(&r.over, true);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		CHECK_INT(r.callers[i].rc, 0);
	}
	*slowest = slowest_of(&r);
	all = done;
	for (int i = 0; i < 4; i++)
		all += r.callers[i].done;
	CHECK_INT(rows_in(r.store), all);
	mk_store_close(other);
	close_rig(&r);
	return done;
}

static void alone_beside_groups(void)
{
	int64_t slowest = 0;

	CU_ASSERT(write_beside(NULL, &slowest) >= FEW);
	CU_ASSERT(slowest >= FEW);
}

/* Turns of its own: as if it were another process. */
static void other_process(void)
{
	mk_writers writers;
	int64_t slowest = 0;

	memset(&writers, 0, sizeof(writers));
	mk_writers_open(&writers);
	CU_ASSERT(write_beside(&writers, &slowest) >= FEW);
	CU_ASSERT(slowest >= FEW);
	mk_writers_close(&writers);
}

/* ---- the log ---- */

#define STEP 50     /* pages */
#define WRITES 1000 /* of two pages and more */

static void *read_on(void *data)
{
	rig *r = data;
	mk_store *store = open_store(&r->writers, false);
	market_error error;

	while (store && !atomic_load(&r->over)) {
		if (mk_store_begin(store, false, &error) != 0)
			break;
		rows_in(store);
		mk_store_pause(1);
		mk_store_rollback(store);
	}
	mk_store_close(store);
	return NULL;
}

/* There is always one of the two within a transaction. */
static void log_is_bounded(void)
{
	rig r;
	pthread_t readers[2];
	struct stat info;
	char path[700];
	off_t largest = 0;

	open_rig(&r);
	CHECK_OK(mk_store_execute_text(r.store, "PRAGMA synchronous=OFF", &err));
	atomic_store(&((mk_sqlite *)r.store)->writers->log_step, STEP);
	snprintf(path, sizeof(path), "%s/writers.db-wal", test_temp_dir());
	for (int i = 0; i < 2; i++)
		pthread_create(&readers[i], NULL, read_on, &r);
	for (int i = 0; i < WRITES; i++) {
		CHECK_OK(mk_store_begin(r.store, true, &err));
		CHECK_OK(add(r.store, i + 1, 0, &err));
		CHECK_OK(mk_store_commit(r.store, &err));
		if (stat(path, &info) == 0 && info.st_size > largest)
			largest = info.st_size;
	}
	atomic_store(&r.over, true);
	for (int i = 0; i < 2; i++)
		pthread_join(readers[i], NULL);
	CHECK_INT(rows_in(r.store), WRITES);
	/* all that was written would be more than 40 steps */
	CU_ASSERT(largest > 0 && largest <= 12 * STEP * 4200);
	close_rig(&r);
}

static off_t file_size(void)
{
	struct stat info;
	char path[700];

	snprintf(path, sizeof(path), "%s/writers.db", test_temp_dir());
	return stat(path, &info) == 0 ? info.st_size : -1;
}

/* A transaction of another process, which could begin the log anew. */
static void copied_without_writers(void)
{
	rig r;
	mk_writers writers;
	mk_store *other;
	off_t before;

	open_rig(&r);
	memset(&writers, 0, sizeof(writers));
	mk_writers_open(&writers);
	other = open_store(&writers, false);
	for (int i = 0; i < STEP; i++) {
		CHECK_OK(mk_store_begin(r.store, true, &err));
		CHECK_OK(add(r.store, i + 1, 0, &err));
		CHECK_OK(mk_store_commit(r.store, &err));
	}
	before = file_size();
	for (int most = 1; most <= STEP; most += STEP - 1) { /* copied, and begun anew */
		atomic_store(&r.writers.log_copied, 0);
		atomic_store(&r.writers.log_step, atomic_load(&r.writers.log_pages) / most);
		CHECK_OK(mk_store_begin(other, true, &err));
		mk_store_tend(r.store);
		CHECK_INT(file_size(), before);
		CHECK_OK(mk_store_commit(other, &err));
	}
	atomic_store(&r.writers.log_copied, 0);
	mk_store_tend(r.store);
	CU_ASSERT(file_size() > before);
	CHECK_OK(mk_store_begin(other, true, &err));
	mk_store_rollback(other);
	mk_store_close(other);
	mk_writers_close(&writers);
	close_rig(&r);
}

void suite_writers(void)
{
	CU_pSuite s = test_suite("writers");

	CU_add_test(s, "a member that fails, fails alone, its refusal kept", fails_alone);
	CU_add_test(s, "a leader that fails writes the others", leader_fails);
	CU_add_test(s, "a member that leaves half of its writes undoes the group", spoils);
	CU_add_test(s, "a commit that fails is the error of all, of refusals too", commit_fails);
	CU_add_test(s, "a full disk is the answer of one; those before it run again", disk_fills);
	CU_add_test(s, "who wants the turn alone gets it among groups", alone_beside_groups);
	CU_add_test(s, "the log stays small under constant writing and reading", log_is_bounded);
	CU_add_test(s, "the log isn't copied while another process writes", copied_without_writers);
	CU_add_test(s, "another process gets the file among groups", other_process);
}
